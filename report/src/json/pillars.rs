//! `pillars --json`: what each of the five pillars is worth.

use std::collections::BTreeMap;

use resus_engine::catalogue::pillar::Pillar;
use resus_engine::scenario::Scenario;
use resus_engine::study::pillars::{self as study, Levels, Pair, STEPS, Shares, Worth};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, Interval, Provenance, finite};
use crate::{RunInfo, verdict};

/// One pillar alone at one level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PillarStep {
    /// Share of the way from the level of `from` to that of `to`.
    level: f64,
    /// What the outcome falls by, in its unit.
    benefit: Interval,
}

/// What one pillar is worth for one outcome: what the outcome falls by against the start, in its unit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PillarWorth {
    /// It alone.
    alone: Interval,
    /// It on top of the other four.
    last: Interval,
    /// Its Shapley value: its average contribution over all orders in which the five can be added.
    shapley: Interval,
    /// The Shapley value as a share of the benefit of all five; its numbers are null without a benefit that can be told from zero.
    share: Interval,
    /// It alone, raised by degrees.
    steps: Vec<PillarStep>,
}

impl From<&Worth> for PillarWorth {
    fn from(w: &Worth) -> Self {
        let step = |(level, s): (&f64, _)| PillarStep { level: *level, benefit: Interval::from(s) };
        Self {
            alone: (&w.alone).into(),
            last: (&w.last).into(),
            shapley: (&w.shapley).into(),
            share: (&w.share).into(),
            steps: STEPS.iter().zip(&w.steps).map(step).collect(),
        }
    }
}

/// Two pillars together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PillarPair {
    /// Their ids.
    pillars: [&'static str; 2],
    /// Shapley interaction index, in the outcome's unit: above zero they are worth more together than apart.
    interaction: Interval,
    /// p-value against none, adjusted for the ten pairs (Holm).
    adjusted_p: f64,
}

impl From<&Pair> for PillarPair {
    fn from(p: &Pair) -> Self {
        Self {
            pillars: [Pillar::ALL[p.of.0].id(), Pillar::ALL[p.of.1].id()],
            interaction: (&p.worth).into(),
            adjusted_p: p.p,
        }
    }
}

/// One combination of pillars.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PillarSet {
    /// Ids of the pillars that are raised.
    pillars: Vec<&'static str>,
    /// Mean of the outcome, in its unit.
    mean: Option<f64>,
}

/// What the pillars are worth for one outcome.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PillarOutcome {
    /// Unit of the outcome.
    unit: &'static str,
    /// Mean with no pillar raised.
    start: Option<f64>,
    /// What all five together lower it by.
    whole: Interval,
    /// Pillars, by id.
    pillars: BTreeMap<&'static str, PillarWorth>,
    /// All pairs, the strongest interaction first.
    pairs: Vec<PillarPair>,
    /// All 32 combinations.
    sets: Vec<PillarSet>,
}

impl From<&Shares> for PillarOutcome {
    fn from(s: &Shares) -> Self {
        let members = |set: usize| Pillar::ALL.iter().enumerate().filter(move |(b, _)| set & 1 << b != 0);
        let set = |(set, mean): (usize, &f64)| PillarSet {
            pillars: members(set).map(|(_, p)| p.id()).collect(),
            mean: finite(*mean),
        };
        Self {
            unit: s.outcome.unit(),
            start: finite(s.start),
            whole: (&s.whole).into(),
            pillars: Pillar::ALL.iter().zip(&s.pillars).map(|(p, w)| (p.id(), w.into())).collect(),
            pairs: s.pairs.iter().map(Into::into).collect(),
            sets: s.means.iter().enumerate().map(set).collect(),
        }
    }
}

/// What one pillar, or all five, bring in a year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PillarYear {
    /// Harm that is averted; of a pillar its Shapley value.
    harm: Interval,
    /// Pounds of loss that are avoided, levers not counted; likewise.
    avoided: Interval,
    /// Pounds for its levers, once.
    set_up: f64,
    /// Pounds for its levers, each year.
    running: f64,
}

impl From<&study::PillarYear> for PillarYear {
    fn from(y: &study::PillarYear) -> Self {
        Self { harm: (&y.harm).into(), avoided: (&y.avoided).into(), set_up: y.set_up, running: y.running }
    }
}

/// What the pillars bring in a year: an incident's benefit times the incidents that are expected.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PillarsYearly {
    /// Incidents a year that are expected.
    per_year: f64,
    /// 5 % quantile of that; null of a portfolio, and where it is taken as known.
    low: Option<f64>,
    /// 95 % quantile of that.
    high: Option<f64>,
    /// Pillars, by id.
    pillars: BTreeMap<&'static str, PillarYear>,
    /// All five.
    whole: PillarYear,
}

impl From<&study::Yearly> for PillarsYearly {
    fn from(y: &study::Yearly) -> Self {
        Self {
            per_year: y.per_year,
            low: y.range.map(|r| r.0),
            high: y.range.map(|r| r.1),
            pillars: Pillar::ALL.iter().zip(&y.pillars).map(|(p, y)| (p.id(), y.into())).collect(),
            whole: (&y.whole).into(),
        }
    }
}

/// What each of the five pillars is worth.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pillars {
    #[serde(flatten)]
    provenance: Provenance,
    /// Replicates of each combination that were finished.
    replicates: usize,
    /// Whether it was stopped before its end.
    partial: bool,
    /// Level at which each pillar starts, in the order of the strategy: 0 as the estate stands, 1 exemplary.
    from: Levels,
    /// Level to which each pillar is raised.
    to: Levels,
    /// What to make of it, in sentences.
    verdict: Vec<String>,
    /// Outcomes, by id.
    outcomes: BTreeMap<&'static str, PillarOutcome>,
    /// What they bring in a year; null where it is not known how often incidents come.
    yearly: Option<PillarsYearly>,
    /// Levers that change no outcome but cost here, and why, in sentences; the first one says how that was found. Empty when each has an
    /// effect.
    without_effect: Vec<String>,
}

impl Pillars {
    /// Of an attribution of pillars raised `from` some levels `to` others.
    pub fn new(scenario: &Scenario, p: &study::Pillars, from: Levels, to: Levels, run: &RunInfo) -> Self {
        Self {
            provenance: Provenance::new(scenario, run),
            replicates: p.replicates,
            partial: run.partial,
            from,
            to,
            verdict: verdict::pillars::sentences(p),
            outcomes: p.outcomes.iter().map(|s| (s.outcome.id(), s.into())).collect(),
            yearly: p.yearly.as_ref().map(Into::into),
            without_effect: vec![],
        }
    }
    /// With what is said of levers that have no effect.
    #[must_use]
    pub fn without_effect(self, sentences: Vec<String>) -> Self {
        Self { without_effect: sentences, ..self }
    }
}

impl Document for Pillars {
    const COMMAND: &'static str = "pillars --json";
    const FORMAT: Option<&'static str> = Some("resus-pillars-1");
}
