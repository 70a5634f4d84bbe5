//! Strategies compared on the same replicates: each outcome with its spread, and paired differences.

use rayon::prelude::*;

use std::sync::Arc;

use crate::catalogue::outcome::Outcome;
use crate::scenario::Scenario;
use crate::sim::core::record::Record;
use crate::stats::bootstrap::bca_mean;
use crate::stats::multiplicity::holm;
use crate::stats::normal::normal_cumulated;
use crate::stats::pareto::{Robustness, membership, robustness};
use crate::stats::sequential;
use crate::stats::survival::{kaplan_meier, median, restricted_mean};
use crate::stats::{mean, quantile, sorted, variance};
use crate::streams::{StreamName, Streams, text_id};
use crate::study::replicates::{Progress, ReplicationPlan, Study, run};

/// One outcome under one strategy.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Which outcome.
    pub outcome: Outcome,
    /// Replicates in which it has a value.
    pub n: usize,
    /// Mean; of a censored time the mean restricted to the horizon.
    pub mean: f64,
    /// Median; of a censored time by Kaplan–Meier, absent when it lies past the horizon.
    pub median: Option<f64>,
    /// 5 % quantile.
    pub low: f64,
    /// 95 % quantile; of a censored time at most the horizon.
    pub high: f64,
    /// Share of replicates censored by the horizon.
    pub censored: f64,
    /// Against the baseline; absent for the baseline itself.
    pub paired: Option<Paired>,
}

/// A strategy's outcome minus the baseline's, replicate by replicate.
#[derive(Clone, Copy, Debug)]
pub struct Paired {
    /// Mean difference; below zero is better.
    pub difference: f64,
    /// 95 % BCa bootstrap interval of it.
    pub interval: (f64, f64),
    /// Share of replicates in which it is better, ties counted half.
    pub better: f64,
    /// Share of replicates in which both are the same.
    pub same: f64,
    /// p-value against no difference (normal approximation), adjusted over the strategies (Holm).
    pub p: f64,
    /// By how much pairing shrank the variance of the difference: unpaired over paired.
    pub variance_ratio: f64,
}

/// One strategy.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Index in the scenario.
    pub strategy: usize,
    /// Outcomes, in the order of [`Outcome::ALL`].
    pub outcomes: Vec<Summary>,
}

impl Compared {
    /// One outcome.
    pub fn get(&self, o: Outcome) -> &Summary {
        &self.outcomes[o as usize]
    }
}

/// All strategies, and what to make of them.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// In the order asked for.
    pub strategies: Vec<Compared>,
    /// Position of the baseline in it.
    pub baseline: usize,
    /// Replicates.
    pub replicates: usize,
    /// By strategy: how often it is in the Pareto set of [`AIMS`] when the replicates are drawn anew.
    pub pareto: Vec<f64>,
    /// By strategy: regret and satisficing in harm over the replicates, each of which is a world with parameters of its own; enough is
    /// half of the baseline's mean.
    pub robustness: Vec<Robustness>,
    /// What common luck saved: how many times as many replicates independent runs would need for the same precision of the differences in
    /// harm; the median over the strategies, absent where nothing varies.
    pub saved: Option<f64>,
}

/// What the Pareto set is about: care disruption, recovery and cost.
pub const AIMS: [Outcome; 3] = [Outcome::Harm, Outcome::Recovery95, Outcome::CostTotal];

/// How precisely harm is to be known.
#[derive(Clone, Copy, Debug)]
pub struct Precision {
    /// Half-width allowed, as a share of the baseline's mean harm.
    pub share: f64,
    /// Most replicates.
    pub most: u64,
}

/// Runs on until the baseline's mean harm and each paired difference from it are known to the precision asked for, at the looks of
/// [`sequential`]; says whether it was reached. `plan.replicates` does not matter.
///
/// # Errors
/// When threads cannot be started.
pub fn to_precision(
    scenario: &Arc<Scenario>,
    chosen: &[usize],
    plan: ReplicationPlan,
    ask: Precision,
    progress: &Progress,
) -> Result<(Study, bool), rayon::ThreadPoolBuildError> {
    let base = chosen.iter().position(|s| *s == scenario.baseline).unwrap_or(0);
    let mut study = Study { records: vec![vec![]; chosen.len()], details: vec![], asked: 0 };
    for n in sequential::sizes(ask.most as usize) {
        let first = study.finished();
        let replicates = n as u64 - first;
        study.append(run(
            scenario,
            chosen,
            ReplicationPlan { first: plan.first + first, replicates, ..plan },
            progress,
        )?);
        if study.partial() {
            return Ok((study, false));
        }
        let harm = |k: usize| -> Vec<f64> {
            study.records[k].iter().map(|r| r.get(Outcome::Harm).unwrap_or(0.0)).collect()
        };
        let of_base = harm(base);
        let allowed = ask.share * mean(&of_base);
        let precise = |k: usize| {
            let list: Vec<f64> = if k == base {
                of_base.clone()
            } else {
                harm(k).iter().zip(&of_base).map(|(a, b)| a - b).collect()
            };
            sequential::precise(&list, allowed, 0.95).is_some()
        };
        if (0..chosen.len()).all(precise) {
            return Ok((study, true));
        }
    }
    Ok((study, false))
}

fn values(records: &[Record], o: Outcome) -> Vec<f64> {
    records.iter().filter_map(|r| r.get(o)).collect()
}

fn paired(
    records: &[Record],
    base: &[Record],
    o: Outcome,
    streams: Streams,
    strategy: u64,
) -> Option<Paired> {
    let both: Vec<(f64, f64)> =
        records.iter().zip(base).filter_map(|(a, b)| a.get(o).zip(b.get(o))).collect();
    if both.is_empty() {
        return None;
    }
    let differences: Vec<f64> = both.iter().map(|(a, b)| a - b).collect();
    let count = |f: fn(f64) -> bool| differences.iter().filter(|d| f(**d)).count() as f64 / both.len() as f64;
    let (less, same) = (count(|d| d < -1e-9), count(|d| d.abs() <= 1e-9));
    let (a, b): (Vec<f64>, Vec<f64>) = both.into_iter().unzip();
    let of_difference = variance(&differences);
    Some(Paired {
        difference: mean(&differences),
        interval: bca_mean(
            &differences,
            0.95,
            streams.stream(StreamName::Bootstrap { of: strategy, outcome: text_id(o.id()), figure: 0 }),
        ),
        better: less + same / 2.0,
        same,
        p: two_sided(mean(&differences), of_difference, differences.len()),
        variance_ratio: if of_difference > 0.0 {
            (variance(&a) + variance(&b)) / of_difference
        } else {
            f64::NAN
        },
    })
}

/// Two-sided p-value of a mean with this sample variance; 1 where nothing varies around zero.
fn two_sided(mean: f64, variance: f64, n: usize) -> f64 {
    let error = (variance / n as f64).sqrt();
    if error > 0.0 {
        2.0 * normal_cumulated(-(mean / error).abs())
    } else {
        f64::from(u8::from(mean.abs() <= 1e-9))
    }
}

fn summary(records: &[Record], o: Outcome, limit: f64) -> Summary {
    let list = sorted(&values(records, o));
    let censored = records.iter().filter(|r| r.censored(o)).count() as f64 / records.len().max(1) as f64;
    let (mean, median) = if o.is_time() {
        let times: Vec<(f64, bool)> =
            records.iter().filter_map(|r| r.get(o).map(|v| (v, r.censored(o)))).collect();
        let curve = kaplan_meier(&times);
        (restricted_mean(&curve, limit), median(&curve))
    } else {
        (mean(&list), Some(quantile(&list, 0.5)))
    };
    Summary {
        outcome: o,
        n: list.len(),
        mean,
        median,
        low: quantile(&list, 0.05),
        high: quantile(&list, 0.95),
        censored,
        paired: None,
    }
}

/// Compares the strategies of a study; `chosen` are their indices in the scenario, `baseline` one of them.
pub fn compare(
    scenario: &Scenario,
    chosen: &[usize],
    baseline: usize,
    study: &Study,
    seed: u64,
) -> Comparison {
    let base = chosen.iter().position(|s| *s == baseline).unwrap_or(0);
    let streams = Streams::of_study(seed, "comparison");
    let horizon = f64::from(scenario.horizon) / 60.0;
    let mut strategies: Vec<Compared> = (0..chosen.len())
        .map(|k| {
            let outcomes = Outcome::ALL
                .par_iter()
                .map(|&o| {
                    let limit = if o == Outcome::BacklogDays { horizon / 24.0 } else { horizon };
                    let mut s = summary(&study.records[k], o, limit);
                    if k != base {
                        s.paired = paired(
                            &study.records[k],
                            &study.records[base],
                            o,
                            streams,
                            text_id(&scenario.strategies[chosen[k]].id),
                        );
                    }
                    s
                })
                .collect();
            Compared { strategy: chosen[k], outcomes }
        })
        .collect();
    for o in Outcome::ALL {
        let mut all: Vec<&mut Paired> =
            strategies.iter_mut().filter_map(|s| s.outcomes[*o as usize].paired.as_mut()).collect();
        let adjusted = holm(&all.iter().map(|p| p.p).collect::<Vec<_>>());
        all.iter_mut().zip(adjusted).for_each(|(p, adjusted)| p.p = adjusted);
    }
    let of = |o: Outcome| -> Vec<Vec<f64>> {
        study.records.iter().map(|s| s.iter().map(|r| r.get(o).unwrap_or(0.0)).collect()).collect()
    };
    let aims: Vec<Vec<Vec<f64>>> = AIMS.iter().map(|o| of(*o)).collect();
    let by_strategy: Vec<Vec<Vec<f64>>> =
        (0..chosen.len()).map(|s| aims.iter().map(|a| a[s].clone()).collect()).collect();
    let ratios = strategies.iter().filter_map(|s| s.get(Outcome::Harm).paired).map(|p| p.variance_ratio);
    let ratios = sorted(&ratios.filter(|r| r.is_finite()).collect::<Vec<_>>());
    let enough = 0.5 * strategies[base].get(Outcome::Harm).mean;
    Comparison {
        pareto: membership(
            &by_strategy,
            500,
            streams.stream(StreamName::Bootstrap { of: 0, outcome: 0, figure: text_id("pareto") }),
        ),
        robustness: robustness(&aims[0], enough),
        saved: Some(quantile(&ratios, 0.5)).filter(|r| r.is_finite()),
        baseline: base,
        replicates: study.finished() as usize,
        strategies,
    }
}
