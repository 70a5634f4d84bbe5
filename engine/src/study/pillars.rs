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
use crate::study::measured::{common_limit, filled};
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

/// All outcomes.
#[derive(Clone, Debug)]
pub struct Pillars {
    /// In the order of [`OUTCOMES`].
    pub outcomes: Vec<Shares>,
    /// Replicates.
    pub replicates: usize,
}

fn interval(values: &[f64], key: Stream) -> Interval {
    mean_interval(values, 0.95, key)
}

/// Shares out what a study of [`design`] found.
pub fn attribute(study: &Study, seed: u64) -> Pillars {
    let streams = Streams::of_study(seed, "pillars");
    let outcomes = OUTCOMES.par_iter().map(|o| one(study, *o, streams)).collect();
    Pillars { outcomes, replicates: study.finished() as usize }
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

fn one(study: &Study, outcome: Outcome, streams: Streams) -> Shares {
    let n = study.finished() as usize;
    // Of times restricted means, all to the same limit.
    let limit = common_limit(&study.records, outcome);
    let of = |s: usize| filled(&study.records[s], outcome, limit);
    let start = of(0);
    let benefit = |s: usize| -> Vec<f64> { of(s).iter().zip(&start).map(|(v, b)| b - v).collect() };
    let benefits: Vec<Vec<f64>> = (0..SETS).map(benefit).collect();
    // By what it is of, so that neither an outcome nor a figure that is added moves the intervals of the others.
    let key = |of: &str, figure: &str| {
        let (of, outcome, figure) = (text_id(of), text_id(outcome.id()), text_id(figure));
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
