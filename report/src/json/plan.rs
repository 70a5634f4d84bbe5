//! `plan --json`: what to buy for a budget.

use std::collections::BTreeMap;

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::Scenario;
use resus_engine::study::investment::{Advice, Judged, Problem, STEPS, Year};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, Provenance, finite};
use crate::{RunInfo, verdict};

/// A set of levers, judged on replicates that the search had not seen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct JudgedSet {
    /// Uptake as a share of the organisations that a lever is for, by the lever's id; what is not bought is left out.
    levers: BTreeMap<String, f64>,
    /// Pounds for set-up and the first year.
    cost: f64,
    /// Pounds for each year after.
    yearly: f64,
    /// Mean of the outcome, in its unit.
    mean: Option<f64>,
    /// What it lowers the outcome by against buying nothing, in its unit.
    benefit: Option<f64>,
    /// Lower end of the 95 % interval of `benefit`.
    low: Option<f64>,
    /// Upper end of the 95 % interval of `benefit`.
    high: Option<f64>,
    /// The benefit as a share of `nothing`.
    share: Option<f64>,
    /// Lower end of the 95 % interval of `share`.
    share_low: Option<f64>,
    /// Upper end of the 95 % interval of `share`.
    share_high: Option<f64>,
    /// Replicates on which it was judged.
    n: usize,
    /// Share of these in which it is better than buying nothing, ties counted half.
    better: f64,
}

impl JudgedSet {
    fn new(problem: &Problem, j: &Judged) -> Self {
        let bought = problem.levers.iter().zip(&j.choice).filter(|(_, step)| **step > 0);
        Self {
            levers: bought
                .map(|(lever, step)| (lever.0.clone(), f64::from(*step) / f64::from(STEPS)))
                .collect(),
            cost: j.cost,
            yearly: problem.yearly(&j.choice),
            mean: finite(j.mean),
            benefit: finite(j.benefit.estimate),
            low: finite(j.benefit.low),
            high: finite(j.benefit.high),
            share: finite(j.relative.estimate),
            share_low: finite(j.relative.low),
            share_high: finite(j.relative.high),
            n: j.wins.of,
            better: j.wins.share(),
        }
    }
}

/// The best set found for a budget.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FrontierPoint {
    /// Pounds.
    budget: f64,
    /// The set.
    set: JudgedSet,
}

/// What the next pound would buy.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct NextPound {
    /// What £100,000 beyond the budget would lower the outcome by, in its unit.
    per_100k: Option<f64>,
    /// Lower end of its 95 % interval.
    low: Option<f64>,
    /// Upper end of the 95 % interval.
    high: Option<f64>,
}

/// A year of the roadmap.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RoadmapYear {
    /// Calendar year.
    year: i32,
    /// What is bought in it: the uptake that a lever rises to, as a share, by the lever's id.
    bought: BTreeMap<String, f64>,
    /// Pounds spent on set-up and first years of it.
    spent: f64,
    /// Pounds for what was bought before and runs on.
    running: f64,
    /// All that is in place at its end.
    state: JudgedSet,
}

impl RoadmapYear {
    fn new(problem: &Problem, y: &Year) -> Self {
        Self {
            year: y.year,
            bought: y.bought.iter().map(|(l, share)| (problem.levers[*l].0.clone(), *share)).collect(),
            spent: y.spent,
            running: y.running,
            state: JudgedSet::new(problem, &y.state),
        }
    }
}

/// What to buy for a budget.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Plan {
    #[serde(flatten)]
    provenance: Provenance,
    /// Pounds for set-up and the first year.
    budget: f64,
    /// The outcome that is to be lowered, by id.
    outcome: &'static str,
    /// Mean of the outcome when nothing is bought, in its unit.
    nothing: Option<f64>,
    /// What to make of it, in sentences.
    verdict: Vec<String>,
    /// The best set within the budget.
    best: JudgedSet,
    /// Sets that cannot be told from it.
    rivals: Vec<JudgedSet>,
    /// The best sets found for rising budgets, the last one beyond the one asked for.
    frontier: Vec<FrontierPoint>,
    /// What money beyond the budget would bring; null when nothing more is to be had.
    next_pound: Option<NextPound>,
    /// What to buy year by year, the budget in equal parts.
    roadmap: Vec<RoadmapYear>,
    /// Sets that the search tried.
    tried: usize,
}

impl Plan {
    /// Of advice on a budget in pounds.
    pub fn new(scenario: &Scenario, a: &Advice, outcome: Outcome, budget: f64, run: &RunInfo) -> Self {
        let judged = |j: &Judged| JudgedSet::new(&a.problem, j);
        Self {
            provenance: Provenance::new(scenario, run),
            budget,
            outcome: outcome.id(),
            nothing: finite(a.nothing),
            verdict: verdict::investment::sentences(a, outcome),
            best: judged(&a.best),
            rivals: a.rivals.iter().map(judged).collect(),
            frontier: (a.frontier.iter())
                .map(|(budget, j)| FrontierPoint { budget: *budget, set: judged(j) })
                .collect(),
            next_pound: a.next_pound.map(|n| NextPound {
                per_100k: finite(n.estimate),
                low: finite(n.low),
                high: finite(n.high),
            }),
            roadmap: a.roadmap.iter().map(|y| RoadmapYear::new(&a.problem, y)).collect(),
            tried: a.tried,
        }
    }
}

impl Document for Plan {
    const COMMAND: &'static str = "plan --json";
    const FORMAT: Option<&'static str> = Some("resus-plan-1");
}
