//! Findings as JSON: one type for each document that a command prints. The reference of all of them is generated from these types.
//!
//! Keys come out in alphabetical order. A number that is not there is null; no field is ever left out.

mod bench;
mod calibrate;
mod compare;
mod criticality;
mod estate;
mod evidence;
mod list;
mod pillars;
mod plan;
mod portfolio;
mod reference;
mod review;
mod run;
mod verify;
mod who;

use resus_engine::scenario::Scenario;
use schemars::JsonSchema;
use serde::Serialize;

pub use bench::{Bench, StrategySpeed};
pub use calibrate::{Calibrate, CalibrateCheck, CalibrateLeaveOneOut};
pub use compare::Compare;
pub use criticality::Criticality;
pub use estate::{Estate, Import};
pub use evidence::{Evidence, EvidenceScores, EvidenceSummary, ScenarioEvidence};
pub use list::{BundledScenario, Catalogue, CatalogueEntry, List};
pub use pillars::Pillars;
pub use plan::Plan;
pub use portfolio::Portfolio;
pub use reference::reference;
pub use review::Review;
pub use run::{Run, Story};
pub use verify::Verify;

use crate::RunInfo;

/// What a command prints with `--json`.
pub trait Document: Serialize + JsonSchema {
    /// The command that prints it.
    const COMMAND: &'static str;
    /// Name and version of its format, which stands in the field `format`; absent where the document is a list.
    const FORMAT: Option<&'static str>;

    /// The text, indented, with a line's end.
    ///
    /// # Panics
    /// Never: the types hold plain data with text as keys.
    fn text(&self) -> String {
        // A value keeps its keys sorted, whatever the order of a type's fields.
        let mut value = serde_json::to_value(self).expect("plain data");
        if let (Some(format), Some(fields)) = (Self::FORMAT, value.as_object_mut()) {
            fields.insert("format".into(), format.into());
        }
        format!("{value:#}\n")
    }
}

/// A number where there is one: what is not finite is null in JSON.
pub fn finite(v: f64) -> Option<f64> {
    Some(v).filter(|v| v.is_finite())
}

/// Which study it is: enough to run it again.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Provenance {
    /// Version of resus.
    version: String,
    /// Where the scenario came from: a path, or `scenarios/…` for a bundled one.
    scenario: String,
    /// Hash of the scenario's text and of what was changed beside it, as 16 hexadecimal digits.
    hash: String,
    /// Seed of the study.
    seed: u64,
    /// What was changed beside the file by `--set`, as `path=value`.
    what_if: Vec<String>,
}

impl Provenance {
    /// Of a study of a scenario.
    pub fn new(scenario: &Scenario, run: &RunInfo) -> Self {
        Self {
            version: run.version.clone(),
            scenario: run.source.clone(),
            hash: hash(scenario),
            seed: run.seed,
            what_if: scenario.overrides.clone(),
        }
    }
}

fn hash(scenario: &Scenario) -> String {
    format!("{:016x}", scenario.hash)
}

/// An estimate with a 95 % interval.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
struct Interval {
    /// The estimate; null where there is none.
    estimate: Option<f64>,
    /// Lower end of the 95 % interval.
    low: Option<f64>,
    /// Upper end of the 95 % interval.
    high: Option<f64>,
}

impl From<&resus_engine::stats::intervals::Interval> for Interval {
    fn from(i: &resus_engine::stats::intervals::Interval) -> Self {
        Self { estimate: finite(i.estimate), low: finite(i.low), high: finite(i.high) }
    }
}
