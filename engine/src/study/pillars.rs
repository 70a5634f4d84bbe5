//! What each of the five pillars is worth: all 32 combinations on common replicates, each pillar alone, each added last, its
//! Shapley share of the whole benefit, and which pairs are worth more or less together.

use std::sync::Arc;

use rayon::prelude::*;

use crate::catalogue::outcome::Outcome;
use crate::catalogue::pillar::Pillar;
use crate::scenario::Scenario;
use crate::stats::attribution::{interaction, shapley};
use crate::stats::bootstrap::{bca_ratio, mean_interval};
use crate::stats::intervals::Interval;
use crate::stats::mean;
use crate::stats::multiplicity::holm;
use crate::stats::paired::p_value;
use crate::strategy::Strategy;
use crate::streams::{Stream, StreamName, Streams, text_id};
use crate::study::portfolio::{Measure, average_incident};
use crate::study::replicates::Study;

const PILLARS: usize = Pillar::ALL.len();
const SETS: usize = 1 << PILLARS;

/// The outcomes whose benefit is shared out.
pub const OUTCOMES: [Outcome; 4] =
    [Outcome::ContactsNotServed, Outcome::Harm, Outcome::Recovery95, Outcome::CostTotal];
/// Levels at which each pillar is tried alone, as shares of the way from today's to the level asked for.
pub const STEPS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];

/// Maturity of each pillar from 0 (as the estate stands) to 1 (exemplary: every lever at full uptake).
pub type Levels = [f64; PILLARS];

/// The baseline with its pillars raised to `levels`: by their levers alone. Whom to follow in an incident costs nothing and is no pillar's
/// merit, so playbook and order of work stay those of the baseline.
fn raised(scenario: &Scenario, id: &str, levels: Levels) -> Strategy {
    let base = &scenario.strategies[scenario.baseline];
    let level = |p: Pillar| levels[p as usize];
    let levers: Vec<_> = scenario.own_levers().map(|l| (l, level(l.pillar))).filter(|l| l.1 > 0.0).collect();
    base.with_levers(id, id, &levers, &scenario.estate)
}

/// The scenario with a strategy for each of the 32 sets of pillars (as bits, the first pillar lowest), each pillar in the set at its
/// level of `to`, the others at that of `from`; behind them each pillar alone at the lower [`STEPS`].
pub fn design(scenario: &Scenario, from: Levels, to: Levels) -> Arc<Scenario> {
    let mut strategies: Vec<Arc<Strategy>> = (0..SETS)
        .map(|set| {
            let levels = std::array::from_fn(|p| if set & 1 << p == 0 { from[p] } else { to[p] });
            Arc::new(raised(scenario, &format!("set-{set:05b}"), levels))
        })
        .collect();
    for p in 0..PILLARS {
        for step in &STEPS[..STEPS.len() - 1] {
            let mut levels = from;
            levels[p] += step * (to[p] - from[p]);
            strategies.push(Arc::new(raised(scenario, &format!("{}-{step}", Pillar::ALL[p].id()), levels)));
        }
    }
    Arc::new(Scenario { strategies, baseline: 0, ..scenario.clone() })
}

/// What one pillar is worth for one outcome: benefit is what the outcome falls by against the starting point.
#[derive(Clone, Debug)]
pub struct Worth {
    /// It alone.
    pub alone: Interval,
    /// It on top of the other four.
    pub last: Interval,
    /// Its Shapley value: its average contribution over all orders in which the five can be added.
    pub shapley: Interval,
    /// That as a share of the benefit of all five; NaN when all five bring no benefit that can be told from zero.
    pub share: Interval,
    /// Alone at each of [`STEPS`].
    pub steps: Vec<Interval>,
    /// How far its Shapley value is behind the largest; absent for that pillar itself.
    pub behind: Option<Lead>,
}

/// By how much the pillar with the largest Shapley value leads another.
#[derive(Clone, Copy, Debug)]
pub struct Lead {
    /// The difference.
    pub by: Interval,
    /// p-value against none, adjusted for the other four (Holm).
    pub p: f64,
}

/// Two pillars together.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// Positions of the two.
    pub of: (usize, usize),
    /// Shapley interaction index: above zero they are worth more together than apart.
    pub worth: Interval,
    /// p-value against none, adjusted for the ten pairs (Holm).
    pub p: f64,
}

/// One outcome.
#[derive(Clone, Debug)]
pub struct Shares {
    /// Which.
    pub outcome: Outcome,
    /// Mean at the starting point.
    pub start: f64,
    /// Mean of each of the 32 sets.
    pub means: Vec<f64>,
    /// Benefit of all five.
    pub whole: Interval,
    /// That as a share of the mean at the starting point.
    pub relative: Interval,
    /// By pillar.
    pub pillars: Vec<Worth>,
    /// All pairs, the strongest first.
    pub pairs: Vec<Pair>,
}

/// What one pillar, or all five, bring in a year: what an incident's benefit comes to at the incidents that are expected.
#[derive(Clone, Copy, Debug)]
pub struct PillarYear {
    /// Harm that is averted: of a pillar its Shapley value, so that pillars add up.
    pub harm: Interval,
    /// Pounds of loss that are avoided, levers not counted; likewise.
    pub avoided: Interval,
    /// Pounds for its levers, once.
    pub set_up: f64,
    /// Pounds for them in each year.
    pub running: f64,
}

/// The same question asked of a year and not of one incident.
#[derive(Clone, Debug)]
pub struct Yearly {
    /// Incidents a year that are expected.
    pub per_year: f64,
    /// The 90 % range of that, where it is of a single scenario; all that is told of a year moves with it in proportion.
    pub range: Option<(f64, f64)>,
    /// By pillar.
    pub pillars: Vec<PillarYear>,
    /// Of all five.
    pub whole: PillarYear,
}

/// How often incidents come, as [`attribute`] takes it.
#[derive(Clone, Debug)]
pub struct Often {
    /// Incidents a year that are expected.
    pub per_year: f64,
    /// The 90 % range of that, where it is of a single scenario.
    pub range: Option<(f64, f64)>,
    /// What each pillar's levers cost at its level: set-up, and each year.
    pub costs: [(f64, f64); PILLARS],
}

/// All outcomes.
#[derive(Clone, Debug)]
pub struct Pillars {
    /// In the order of [`OUTCOMES`].
    pub outcomes: Vec<Shares>,
    /// What it comes to in a year, where it is known how often incidents come.
    pub yearly: Option<Yearly>,
    /// Replicates.
    pub replicates: usize,
}

fn interval(values: &[f64], key: Stream) -> Interval {
    mean_interval(values, 0.95, key)
}

/// What the levers of each pillar cost when it is raised, for set-up and for each year.
pub fn costs(scenario: &Scenario, from: Levels, to: Levels) -> [(f64, f64); PILLARS] {
    std::array::from_fn(|p| {
        let of = |level: f64| {
            let levers = scenario.own_levers().filter(|l| level > 0.0 && l.pillar == Pillar::ALL[p]);
            levers.map(|l| l.cost(level, &scenario.estate)).fold((0.0, 0.0), |a, c| (a.0 + c.0, a.1 + c.1))
        };
        let (from, to) = (of(from[p]), of(to[p]));
        (to.0 - from.0, to.1 - from.1)
    })
}

/// Shares out what studies of [`design`] found, one of each scenario; an incident is one of a scenario drawn by `weights`, which sum to 1. Of a
/// single scenario that is the scenario's.
pub fn attribute(studies: &[Study], weights: &[f64], often: Option<&Often>, seed: u64) -> Pillars {
    let streams = Streams::of_study(seed, "pillars");
    let outcomes = OUTCOMES
        .par_iter()
        .map(|o| one((*o, o.id()), |s| average_incident(studies, weights, s, *o), streams))
        .collect::<Vec<_>>();
    let yearly = often.map(|often| {
        let of = |s: usize| {
            let total = average_incident(studies, weights, s, Outcome::CostTotal);
            let levers = average_incident(studies, weights, s, Outcome::CostLevers);
            total.iter().zip(levers).map(|(t, l)| t - l).collect()
        };
        year(&outcomes, &one((Outcome::CostTotal, Measure::Loss.id()), of, streams), often)
    });
    let replicates = studies.iter().map(Study::finished).min().unwrap_or(0) as usize;
    Pillars { outcomes, yearly, replicates }
}

/// What an incident's benefits come to in a year.
fn year(outcomes: &[Shares], loss: &Shares, often: &Often) -> Yearly {
    let times = |i: &Interval| Interval {
        estimate: often.per_year * i.estimate,
        low: often.per_year * i.low,
        high: often.per_year * i.high,
    };
    let harm = outcomes.iter().find(|s| s.outcome == Outcome::Harm).expect("harm is one of the outcomes");
    let pillars = harm.pillars.iter().zip(&loss.pillars).zip(often.costs);
    let pillar = |((h, l), (set_up, running)): ((&Worth, &Worth), _)| PillarYear {
        harm: times(&h.shapley),
        avoided: times(&l.shapley),
        set_up,
        running,
    };
    Yearly {
        per_year: often.per_year,
        range: often.range,
        pillars: pillars.map(pillar).collect(),
        whole: PillarYear {
            harm: times(&harm.whole),
            avoided: times(&loss.whole),
            set_up: often.costs.iter().map(|c| c.0).sum(),
            running: often.costs.iter().map(|c| c.1).sum(),
        },
    }
}

/// How far each pillar is behind the one with the largest mean of `values`, its Shapley values by replicate.
fn leads(values: &[Vec<f64>], key: impl Fn(usize) -> Stream) -> Vec<Option<Lead>> {
    let of = |p: usize| -> Vec<f64> { values.iter().map(|v| v[p]).collect() };
    let leader = (0..PILLARS).max_by(|a, b| mean(&of(*a)).total_cmp(&mean(&of(*b)))).expect("there are five");
    let lead = |p: usize| {
        let by: Vec<f64> = values.iter().map(|v| v[leader] - v[p]).collect();
        (p != leader).then(|| Lead { by: interval(&by, key(p)), p: p_value(&by).unwrap_or(1.0) })
    };
    let mut leads: Vec<Option<Lead>> = (0..PILLARS).map(lead).collect();
    let adjusted = holm(&leads.iter().flatten().map(|l| l.p).collect::<Vec<_>>());
    leads.iter_mut().flatten().zip(adjusted).for_each(|(lead, p)| lead.p = p);
    leads
}

/// Of one outcome, of which `of` gives the values of a strategy by replicate; its intervals are drawn by `id`.
fn one((outcome, id): (Outcome, &str), of: impl Fn(usize) -> Vec<f64>, streams: Streams) -> Shares {
    let start = of(0);
    let n = start.len();
    let benefit = |s: usize| -> Vec<f64> { of(s).iter().zip(&start).map(|(v, b)| b - v).collect() };
    let benefits: Vec<Vec<f64>> = (0..SETS).map(benefit).collect();
    // By what it is of, so that neither an outcome nor a figure that is added moves the intervals of the others.
    let key = |of: &str, figure: &str| {
        let (of, outcome, figure) = (text_id(of), text_id(id), text_id(figure));
        streams.stream(StreamName::Bootstrap { of, outcome, figure })
    };
    // Shapley values and interactions are linear: those of each replicate average to those of the means.
    let games: Vec<Vec<f64>> = (0..n).map(|r| benefits.iter().map(|b| b[r]).collect()).collect();
    let values: Vec<Vec<f64>> = games.iter().map(|g| shapley(g)).collect();
    let all = &benefits[SETS - 1];
    let whole = interval(all, key("all", "benefit"));
    let relative = bca_ratio(all, &start, 0.95, key("all", "share"));
    let ahead = leads(&values, |p| key(Pillar::ALL[p].id(), "lead"));
    let pillars = (0..PILLARS)
        .map(|p| {
            let id = Pillar::ALL[p].id();
            let own: Vec<f64> = values.iter().map(|v| v[p]).collect();
            let without = SETS - 1 - (1 << p);
            let last: Vec<f64> = all.iter().zip(&benefits[without]).map(|(a, w)| a - w).collect();
            let share = if whole.low > 0.0 {
                bca_ratio(&own, all, 0.95, key(id, "share"))
            } else {
                Interval { estimate: f64::NAN, low: f64::NAN, high: f64::NAN }
            };
            let lower = SETS + p * (STEPS.len() - 1);
            let mut steps: Vec<Interval> = (lower..lower + STEPS.len() - 1)
                .zip(STEPS)
                .map(|(s, step)| interval(&benefit(s), key(id, &format!("step {step}"))))
                .collect();
            let alone = interval(&benefits[1 << p], key(id, "alone"));
            steps.push(alone);
            Worth {
                alone,
                last: interval(&last, key(id, "last")),
                shapley: interval(&own, key(id, "shapley")),
                share,
                steps,
                behind: ahead[p],
            }
        })
        .collect();
    let mut pairs: Vec<Pair> = vec![];
    for i in 0..PILLARS {
        for j in i + 1..PILLARS {
            let list: Vec<f64> = games.iter().map(|g| interaction(g, i, j)).collect();
            pairs.push(Pair {
                of: (i, j),
                worth: interval(&list, key(Pillar::ALL[i].id(), Pillar::ALL[j].id())),
                p: p_value(&list).unwrap_or(1.0),
            });
        }
    }
    let adjusted = holm(&pairs.iter().map(|p| p.p).collect::<Vec<_>>());
    for (pair, p) in pairs.iter_mut().zip(adjusted) {
        pair.p = p;
    }
    pairs.sort_by(|a, b| b.worth.estimate.abs().total_cmp(&a.worth.estimate.abs()));
    let means = (0..SETS).map(|s| mean(&of(s))).collect();
    Shares { outcome, start: mean(&start), means, whole, relative, pillars, pairs }
}
