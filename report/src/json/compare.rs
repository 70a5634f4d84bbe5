//! `compare --json`: strategies compared on the same replicates.

use std::collections::BTreeMap;

use resus_engine::estate::OrgId;
use resus_engine::scenario::Scenario;
use resus_engine::study::comparison::{Comparison, Paired, Summary};
use resus_engine::study::replicates::Study;
use schemars::JsonSchema;
use serde::Serialize;

use super::run::OutcomeSummary;
use super::who::Who;
use super::{Document, Provenance, finite};
use crate::RunInfo;

/// A strategy's outcome minus the baseline's, replicate by replicate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PairedDifference {
    /// Difference of means, of times of restricted means, in the outcome's unit; below zero is better.
    difference: Option<f64>,
    /// Lower end of its 95 % interval (BCa bootstrap; Student's t below 30 replicates). Null with a single replicate.
    low: Option<f64>,
    /// Upper end of the 95 % interval.
    high: Option<f64>,
    /// Replicates in which both have a value.
    n: usize,
    /// Share of these in which the strategy is better, ties counted half.
    better: f64,
    /// Share of these in which both are the same, or of whose times it is not known which is less.
    same: f64,
    /// p-value against no difference, adjusted over the strategies (Holm). Null with a single replicate.
    adjusted_p: Option<f64>,
    /// By how much pairing shrank the variance of the difference: unpaired over paired. Null where the difference does not vary.
    variance_ratio: Option<f64>,
}

impl From<Paired> for PairedDifference {
    fn from(p: Paired) -> Self {
        Self {
            difference: finite(p.difference),
            low: finite(p.interval.0),
            high: finite(p.interval.1),
            n: p.wins.of,
            better: p.wins.share(),
            same: p.wins.same as f64 / p.wins.of as f64,
            adjusted_p: p.p,
            variance_ratio: finite(p.variance_ratio),
        }
    }
}

/// One outcome of a strategy, and against the baseline.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ComparedOutcome {
    #[serde(flatten)]
    summary: OutcomeSummary,
    /// Against the baseline; null for the baseline itself.
    paired: Option<PairedDifference>,
}

impl From<&Summary> for ComparedOutcome {
    fn from(s: &Summary) -> Self {
        Self { summary: s.into(), paired: s.paired.map(Into::into) }
    }
}

/// One strategy of a comparison.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ComparedStrategy {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Pounds for its levers: set-up and a year.
    cost: f64,
    /// Share of resamples in which it is in the Pareto set of harm, recovery of 95 % of affected care, and total cost.
    pareto: f64,
    /// Mean over replicates of how much more harm it does than the best of those compared would have done there.
    mean_regret: Option<f64>,
    /// Share of replicates in which its harm is at most half of the baseline's mean.
    satisfies: f64,
    /// Outcomes, by id.
    outcomes: BTreeMap<&'static str, ComparedOutcome>,
}

/// What pairing saved: `variance_ratio` of harm over the strategies.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
struct Saved {
    /// For the strategy of which it is least.
    least: f64,
    /// For the strategy of which it is most.
    most: f64,
}

/// Strategies compared on the same replicates.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Compare {
    #[serde(flatten)]
    provenance: Provenance,
    /// The scenario's title.
    title: String,
    /// Replicates of each strategy that were finished.
    replicates: usize,
    /// Replicates that were asked for.
    asked: u64,
    /// Whether it was stopped before its end.
    partial: bool,
    /// How many times as many replicates independent runs would need for the same precision of the differences in harm. Null where
    /// nothing varies.
    saved_by_pairing: Option<Saved>,
    /// The baseline, by id.
    baseline: String,
    /// What to make of it, in sentences.
    verdict: Vec<String>,
    /// The strategies, in the order asked for.
    strategies: Vec<ComparedStrategy>,
    /// Who feels it; null where it was not counted.
    who: Option<Who>,
}

impl Compare {
    /// Of a comparison and the study behind it; an organisation is set among its peers.
    pub fn new(
        scenario: &Scenario,
        c: &Comparison,
        study: &Study,
        (verdict, organisation): (&[String], Option<OrgId>),
        run: &RunInfo,
    ) -> Self {
        let strategies = c.strategies.iter().enumerate().map(|(k, s)| {
            let of = &scenario.strategies[s.strategy];
            ComparedStrategy {
                id: of.id.clone(),
                name: of.name.clone(),
                cost: of.cost,
                pareto: c.pareto[k],
                mean_regret: finite(c.robustness[k].mean_regret),
                satisfies: c.robustness[k].satisfies,
                outcomes: s.outcomes.iter().map(|v| (v.outcome.id(), v.into())).collect(),
            }
        });
        Self {
            provenance: Provenance::new(scenario, run),
            title: scenario.title.clone(),
            replicates: c.replicates,
            asked: study.asked,
            partial: run.partial,
            saved_by_pairing: c.saved.map(|(least, most)| Saved { least, most }),
            baseline: scenario.strategies[scenario.baseline].id.clone(),
            verdict: verdict.to_vec(),
            strategies: strategies.collect(),
            who: study.felt.as_ref().map(|f| Who::new(scenario, c, f, organisation)),
        }
    }
}

impl Document for Compare {
    const COMMAND: &'static str = "compare --json";
    const FORMAT: Option<&'static str> = Some("resus-compare-1");
}
