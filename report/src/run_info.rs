//! How a study was run, so that it can be run again.

use resus_engine::scenario::Scenario;

use crate::BoardsOwn;

/// How a study was run; stands in every report and in JSON.
#[derive(Clone, Debug)]
pub struct RunInfo {
    /// Where the scenario came from: the path as it was given, or `scenarios/…` for a bundled one; of a review, the journal's path.
    pub source: String,
    /// Seed of the study; of a review, the session's.
    pub seed: u64,
    /// How many replicates of what were run, in words: `500 replicates of each strategy`.
    pub replicates: String,
    /// Version of resus that ran it.
    pub version: String,
    /// The command that runs it again, with every option that matters to its findings.
    pub command: String,
    /// It was stopped before its end: fewer replicates than were asked for.
    pub partial: bool,
    /// What the board says of the risk itself.
    pub own: BoardsOwn,
}

/// What stands over a page of findings.
const SIMULATED: &str =
    "Simulated data: a comparison of possible futures, not a forecast and no record of events";

impl RunInfo {
    /// What stands over every page: that it was stopped, and that the data are simulated.
    pub(crate) fn bar(&self) -> String {
        if self.partial {
            format!("UNFINISHED: stopped before its end, with what was done by then. {SIMULATED}")
        } else {
            SIMULATED.into()
        }
    }
    /// One line for under a title.
    pub(crate) fn line(&self, scenario: &Scenario) -> String {
        let partial = if self.partial { " PARTIAL: it was stopped before its end." } else { "" };
        format!("{} · {} · {} · seed {}.{partial}", scenario.title, self.source, self.replicates, self.seed)
    }
}
