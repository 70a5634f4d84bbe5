//! `run --json`: one strategy over many replicates, or the story of one.

use std::collections::BTreeMap;

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::Scenario;
use resus_engine::sim::core::record::Record;
use resus_engine::sim::core::trace::{Event, NO_CAUSE};
use resus_engine::study::comparison::{Comparison, Summary};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, Provenance, finite};
use crate::{RunInfo, event_words};

/// One outcome of a strategy over replicates.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct OutcomeSummary {
    /// Unit of the numbers.
    unit: &'static str,
    /// Replicates in which it has a value.
    n: usize,
    /// Mean; of a time the mean restricted to `limit`. Null where no replicate has a value, as the quantiles.
    mean: Option<f64>,
    /// To what times are restricted: as far as they are known under every strategy that is compared, in the outcome's unit. Null where
    /// nothing had to be.
    limit: Option<f64>,
    /// Median; of a time by Kaplan–Meier, null when it lies past the horizon.
    median: Option<f64>,
    /// 5 % quantile.
    q05: Option<f64>,
    /// 95 % quantile; of a time at most the horizon.
    q95: Option<f64>,
    /// Share of replicates in which the time lies past the horizon.
    censored: f64,
}

impl From<&Summary> for OutcomeSummary {
    fn from(s: &Summary) -> Self {
        Self {
            unit: s.outcome.unit(),
            n: s.n,
            mean: finite(s.mean),
            limit: s.limit,
            median: s.median.and_then(finite),
            q05: finite(s.low),
            q95: finite(s.high),
            censored: s.censored,
        }
    }
}

/// One strategy over many replicates.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Run {
    #[serde(flatten)]
    provenance: Provenance,
    /// Strategy, by id.
    strategy: String,
    /// Replicates that were finished.
    replicates: usize,
    /// Whether it was stopped before its end.
    partial: bool,
    /// Outcomes, by id.
    outcomes: BTreeMap<&'static str, OutcomeSummary>,
}

impl Run {
    /// Of a comparison of one strategy with itself.
    pub fn new(scenario: &Scenario, c: &Comparison, run: &RunInfo) -> Self {
        let only = &c.strategies[c.baseline];
        Self {
            provenance: Provenance::new(scenario, run),
            strategy: scenario.strategies[only.strategy].id.clone(),
            replicates: c.replicates,
            partial: run.partial,
            outcomes: only.outcomes.iter().map(|s| (s.outcome.id(), s.into())).collect(),
        }
    }
}

impl Document for Run {
    const COMMAND: &'static str = "run --json";
    const FORMAT: Option<&'static str> = Some("resus-run-1");
}

/// One outcome of one replicate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OutcomeValue {
    /// Its value; of a time that lies past the horizon, how long was watched. Null where there is none.
    value: Option<f64>,
    /// Whether it is a time that lies past the horizon.
    censored: bool,
    /// Unit of the value.
    unit: &'static str,
}

/// Something that happened in a replicate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct StoryEvent {
    /// Minute of the scenario.
    minute: u32,
    /// Kind of event, in words.
    kind: &'static str,
    /// What happened, in words.
    text: String,
    /// Position in `events` of what caused it; null where nothing did.
    cause: Option<u32>,
}

/// The story of one replicate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Story {
    #[serde(flatten)]
    provenance: Provenance,
    /// Strategy, by id.
    strategy: String,
    /// Number of the replicate, from 0.
    replicate: u64,
    /// Outcomes, by id.
    outcomes: BTreeMap<&'static str, OutcomeValue>,
    /// What happened, in the order in which it was recorded.
    events: Vec<StoryEvent>,
}

impl Story {
    /// Of a replicate of a strategy, given by its position in the scenario.
    pub fn new(
        scenario: &Scenario,
        strategy: usize,
        replicate: u64,
        record: &Record,
        events: &[Event],
        run: &RunInfo,
    ) -> Self {
        let value = |o: &Outcome| {
            let value = record.get(*o).and_then(finite);
            (o.id(), OutcomeValue { value, censored: record.censored(*o), unit: o.unit() })
        };
        let event = |e: &Event| StoryEvent {
            minute: e.at,
            kind: event_words::kind(e),
            text: event_words::sentence(scenario, e),
            cause: (e.cause != NO_CAUSE).then_some(e.cause),
        };
        Self {
            provenance: Provenance::new(scenario, run),
            strategy: scenario.strategies[strategy].id.clone(),
            replicate,
            outcomes: Outcome::ALL.iter().map(value).collect(),
            events: events.iter().map(event).collect(),
        }
    }
}

impl Document for Story {
    const COMMAND: &'static str = "run --replicates 1 --json";
    const FORMAT: Option<&'static str> = Some("resus-story-1");
}
