//! `plan --json`: what to buy for a budget.

use std::collections::BTreeMap;

use resus_engine::scenario::Scenario;
use resus_engine::study::investment::{Advice, Judged, Part, Problem, STEPS, Year};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, Provenance, finite};
use crate::{RunInfo, verdict};

/// A set of levers, judged on replicates that the search had not seen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct JudgedSet {
    /// Uptake as a share of the organisations that a lever is for, by the lever's id; what is not bought is left out.
    levers: BTreeMap<String, f64>,
    /// Playbook to follow, by id; null when it is the baseline's own and none of the scenario's list.
    playbook: Option<String>,
    /// Order of work, in words.
    order_of_work: &'static str,
    /// Pounds for set-up.
    set_up: f64,
    /// Pounds for each year.
    yearly: f64,
    /// Pounds over all years, when all of it is bought at the beginning of the first.
    cost: f64,
    /// That at present value.
    present_value: f64,
    /// Mean of what is to be lowered.
    mean: Option<f64>,
    /// What it lowers that by against buying nothing.
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
        let bought = problem.levers.iter().zip(&j.choice.uptake).filter(|(_, step)| **step > 0);
        Self {
            levers: bought
                .map(|(lever, step)| (lever.id.clone(), f64::from(*step) / f64::from(STEPS)))
                .collect(),
            playbook: problem.responses[j.choice.response].playbook.clone(),
            order_of_work: problem.responses[j.choice.response].priority.label(),
            set_up: j.cost.set_up,
            yearly: j.cost.yearly,
            cost: j.total,
            present_value: j.present_value,
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
    /// What £100,000 beyond the budget would lower it by.
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
    /// Pounds for setting it up.
    set_up: f64,
    /// Pounds for running what is in place, what is new among it.
    running: f64,
    /// All that is in place at its end.
    state: JudgedSet,
}

impl RoadmapYear {
    fn new(problem: &Problem, y: &Year) -> Self {
        Self {
            year: y.year,
            bought: y.bought.iter().map(|(l, share)| (problem.levers[*l].id.clone(), *share)).collect(),
            set_up: y.set_up,
            running: y.running,
            state: JudgedSet::new(problem, &y.state),
        }
    }
}

/// What a part of the best set brings on top of all the others.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PlanPart {
    /// The levers of it, by id.
    levers: Vec<String>,
    /// Pounds for set-up.
    set_up: f64,
    /// Pounds for each year.
    yearly: f64,
    /// Pounds over all years.
    cost: f64,
    /// By how much less the set lowers what is asked for without it, in its unit.
    benefit: Option<f64>,
    /// Lower end of the 95 % interval of `benefit`.
    low: Option<f64>,
    /// Upper end of the 95 % interval of `benefit`.
    high: Option<f64>,
    /// Pounds of loss that it avoids in one incident, levers not counted.
    loss_avoided: Option<f64>,
    /// Lower end of the 95 % interval of `loss_avoided`.
    loss_low: Option<f64>,
    /// Upper end of the 95 % interval of `loss_avoided`.
    loss_high: Option<f64>,
    /// Pounds over all years for each unit that it lowers in the incidents that are expected in them, or in one; null when it is not shown to lower it.
    cost_for_each: Option<f64>,
}

impl PlanPart {
    fn new(problem: &Problem, incidents: f64, p: &Part) -> Self {
        Self {
            levers: p.levers.iter().map(|l| problem.levers[*l].id.clone()).collect(),
            set_up: p.cost.set_up,
            yearly: p.cost.yearly,
            cost: p.total,
            benefit: finite(p.benefit.estimate),
            low: finite(p.benefit.low),
            high: finite(p.benefit.high),
            loss_avoided: finite(p.loss.estimate),
            loss_low: finite(p.loss.low),
            loss_high: finite(p.loss.high),
            cost_for_each: p.cost_for_each(incidents).and_then(finite),
        }
    }
}

/// What to buy for a budget, and whom to follow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Plan {
    #[serde(flatten)]
    provenance: Provenance,
    /// Pounds for set-up and running in all years together.
    budget: f64,
    /// Years that are paid for.
    years: usize,
    /// Such incidents a year that are expected; null where that is not known, and then all is told of one.
    per_year: Option<f64>,
    /// Yearly rate of discount, as a share.
    discount: f64,
    /// What is to be lowered: weights by outcome, by id.
    aim: BTreeMap<&'static str, f64>,
    /// Mean of it when nothing is bought and the baseline's playbook is followed.
    nothing: Option<f64>,
    /// What to make of it, in sentences.
    verdict: Vec<String>,
    /// The best set within the budget.
    best: JudgedSet,
    /// Its playbook and order of work, with nothing bought.
    response_alone: JudgedSet,
    /// Its levers, under the baseline's playbook and order of work.
    levers_alone: JudgedSet,
    /// All of its levers together, on top of its playbook and order of work.
    bought: PlanPart,
    /// Its levers one by one, each on top of all the others.
    parts: Vec<PlanPart>,
    /// The same by pillar, by its id.
    pillars: BTreeMap<&'static str, PlanPart>,
    /// Affordable sets that are not shown to be worse than it by 2 % of `nothing`, the cheapest first, at most seven.
    rivals: Vec<JudgedSet>,
    /// How many there are in all.
    rivals_in_all: usize,
    /// The best sets found for rising budgets, the last one beyond the one asked for; of budgets with the same set the least.
    frontier: Vec<FrontierPoint>,
    /// What money beyond the budget would bring; null when nothing more is to be had.
    next_pound: Option<NextPound>,
    /// What to buy year by year, the budget in equal parts, up to the best set.
    roadmap: Vec<RoadmapYear>,
    /// What the roadmap pays in all years, at present value, in pounds.
    roadmap_present_value: f64,
    /// Levers that change nothing here, neither alone nor on top of all others, and were not tried further, by id.
    without_effect: Vec<String>,
    /// Sets that the search tried.
    tried: usize,
}

impl Plan {
    /// Of advice on a budget in pounds.
    pub fn new(scenario: &Scenario, a: &Advice, budget: f64, run: &RunInfo) -> Self {
        let judged = |j: &Judged| JudgedSet::new(&a.problem, j);
        Self {
            provenance: Provenance::new(scenario, run),
            budget,
            years: a.years,
            per_year: a.per_year,
            discount: a.discount,
            aim: a.aim.terms().iter().map(|(o, w)| (o.id(), *w)).collect(),
            nothing: finite(a.nothing),
            verdict: verdict::investment::sentences(a),
            best: judged(&a.best),
            response_alone: judged(&a.response),
            levers_alone: judged(&a.levers),
            bought: PlanPart::new(&a.problem, a.incidents(), &a.bought),
            parts: a.parts.iter().map(|p| PlanPart::new(&a.problem, a.incidents(), p)).collect(),
            pillars: a
                .pillars
                .iter()
                .map(|(p, part)| (p.id(), PlanPart::new(&a.problem, a.incidents(), part)))
                .collect(),
            rivals_in_all: a.ties,
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
            roadmap_present_value: a.road_present_value(),
            without_effect: a.idle.iter().map(|l| a.problem.levers[*l].id.clone()).collect(),
            tried: a.tried,
        }
    }
}

impl Document for Plan {
    const COMMAND: &'static str = "plan --json";
    const FORMAT: Option<&'static str> = Some("resus-plan-2");
}
