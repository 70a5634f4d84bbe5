//! Strategies compared on the same replicates: each outcome with its spread, and paired differences.

use rayon::prelude::*;

use std::sync::Arc;

use crate::catalogue::outcome::Outcome;
use crate::scenario::Scenario;
use crate::sim::core::record::Record;
use crate::stats::bootstrap::mean_interval;
use crate::stats::multiplicity::holm;
use crate::stats::paired::{ALPHA, FEWEST, Wins, p_value};
use crate::stats::pareto::{Robustness, membership, robustness};
use crate::stats::sequential;
#[cfg(doc)]
use crate::stats::survival::restricted_values;
use crate::stats::survival::{kaplan_meier, median};
use crate::stats::{mean, quantile, sorted, variance};
use crate::streams::{StreamName, Streams, text_id};
use crate::study::measured::{common_limit, filled, longest_if_censored, restricted, values};
use crate::study::replicates::{Progress, ReplicationPlan, Study, run};

/// One outcome under one strategy.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Which outcome.
    pub outcome: Outcome,
    /// Replicates in which it has a value.
    pub n: usize,
    /// Mean; of a time the mean restricted to `limit`.
    pub mean: f64,
    /// To what times are restricted: as far as they are known under all strategies that are compared. None where nothing had to be.
    pub limit: Option<f64>,
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

/// A strategy's outcome minus the baseline's, replicate by replicate, over the replicates in which both have a value.
///
/// The estimand is the difference of means; of times that of restricted means, each time cut at [`Summary::limit`], the same for all
/// strategies. Where every replicate has a value it is the strategy's [`Summary::mean`] minus the baseline's. Interval and p-value are
/// about that same number, by pseudo-observations ([`restricted_values`]). Which of a pair is the better is decided by the times cut at the
/// limit, too: a pair is a tie when neither has come by then, or when it is not known which came first (Gehan 1965, Biometrika
/// 52:203–223).
#[derive(Clone, Copy, Debug)]
pub struct Paired {
    /// Difference of means; below zero is better.
    pub difference: f64,
    /// 95 % interval of it: BCa bootstrap, Student's t below [`FEWEST`] replicates; NaN of a single one.
    pub interval: (f64, f64),
    /// In how many replicates the strategy is better.
    pub wins: Wins,
    /// p-value against no difference ([`p_value`]), adjusted over the strategies (Holm); none of a single replicate.
    pub p: Option<f64>,
    /// By how much pairing shrank the variance of the difference: unpaired over paired.
    pub variance_ratio: f64,
}

impl Paired {
    /// Whether it is shown to be less than the baseline: there are enough replicates, the adjusted p-value is at most [`ALPHA`], and the
    /// interval lies below zero.
    pub fn is_less(&self) -> bool {
        self.is_told() && self.interval.1 < 0.0
    }
    /// Whether it is shown to be more.
    pub fn is_more(&self) -> bool {
        self.is_told() && self.interval.0 > 0.0
    }
    /// Whether its own interval says so, the one way or the other, and yet it is not shown when all that is compared is judged together.
    pub fn is_hinted(&self) -> bool {
        let aside = self.interval.1 < 0.0 || self.interval.0 > 0.0;
        self.wins.of >= FEWEST && aside && !self.is_told()
    }
    fn is_told(&self) -> bool {
        self.wins.of >= FEWEST && self.p.is_some_and(|p| p <= ALPHA)
    }
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
    /// By strategy: its harm minus that of the one with the least mean harm, with p-values adjusted over the strategies (Holm); absent for
    /// that one itself.
    pub to_best: Vec<Option<Paired>>,
    /// By strategy: how often it is in the Pareto set of [`AIMS`] when the replicates are drawn anew.
    pub pareto: Vec<f64>,
    /// By strategy: regret and satisficing in harm over the replicates, each of which is a world with parameters of its own; enough is
    /// half of the baseline's mean.
    pub robustness: Vec<Robustness>,
    /// What common luck saved: how many times as many replicates independent runs would need for the same precision of the differences in
    /// harm, for the strategy of which that is least and for the one of which it is most; absent where nothing varies.
    pub saved: Option<(f64, f64)>,
}

/// Share of the baseline's harm that counts as a lead of one strategy over another.
pub const MATTERS: f64 = 0.02;

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
    let mut study = Study { records: vec![vec![]; chosen.len()], details: vec![], felt: None, asked: 0 };
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

/// Which of a pair is less: of a time that has not come by the limit it is known only that it is longer. Equal where that cannot be told.
fn less(a: (f64, bool), b: (f64, bool), limit: f64) -> std::cmp::Ordering {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let cut = |(t, censored): (f64, bool)| if t >= limit { (limit, true) } else { (t, censored) };
    let (a, b) = (cut(a), cut(b));
    match (a.1, b.1) {
        (false, true) if a.0 <= b.0 => Less,
        (true, false) if b.0 <= a.0 => Greater,
        (true, _) | (false, true) => Equal,
        (false, false) if (a.0 - b.0).abs() <= 1e-9 => Equal,
        (false, false) => a.0.total_cmp(&b.0),
    }
}

fn paired(
    records: &[Record],
    base: &[Record],
    (o, limit): (Outcome, Option<f64>),
    streams: Streams,
    (strategy, figure): (u64, u64),
) -> Option<Paired> {
    let both = records.iter().zip(base).filter_map(|(a, b)| a.time(o).zip(b.time(o)));
    let (ours, theirs): (Vec<(f64, bool)>, Vec<(f64, bool)>) = both.unzip();
    if ours.is_empty() {
        return None;
    }
    // Without some of the replicates the times may be known less far.
    let of_these = [&ours, &theirs].map(|times| longest_if_censored(o, times.iter().copied()));
    let limit = [limit].into_iter().chain(of_these).flatten().min_by(f64::total_cmp);
    let order = ours.iter().zip(&theirs).map(|(a, b)| less(*a, *b, limit.unwrap_or(f64::INFINITY)));
    let wins = Wins::count(order);
    let (a, b) = (restricted(o, &ours, limit), restricted(o, &theirs, limit));
    let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    let of_difference = variance(&differences);
    let key = StreamName::Bootstrap { of: strategy, outcome: text_id(o.id()), figure };
    let of = mean_interval(&differences, 0.95, streams.stream(key));
    Some(Paired {
        difference: of.estimate,
        interval: (of.low, of.high),
        wins,
        p: p_value(&differences),
        variance_ratio: if of_difference > 0.0 {
            (variance(&a) + variance(&b)) / of_difference
        } else {
            f64::NAN
        },
    })
}

/// Adjusts the p-values of comparisons that are made together (Holm).
fn adjust<'a>(all: impl Iterator<Item = &'a mut Paired>) {
    let mut all: Vec<&mut Paired> = all.filter(|p| p.p.is_some()).collect();
    let adjusted = holm(&all.iter().filter_map(|p| p.p).collect::<Vec<_>>());
    all.iter_mut().zip(adjusted).for_each(|(p, adjusted)| p.p = Some(adjusted));
}

fn summary(records: &[Record], o: Outcome, limit: Option<f64>) -> Summary {
    let list = sorted(&records.iter().filter_map(|r| r.get(o)).collect::<Vec<_>>());
    let censored = records.iter().filter(|r| r.censored(o)).count() as f64 / records.len().max(1) as f64;
    let median = if o.is_time() {
        let times: Vec<(f64, bool)> = records.iter().filter_map(|r| r.time(o)).collect();
        median(&kaplan_meier(&times))
    } else {
        Some(quantile(&list, 0.5))
    };
    let mean = mean(&values(records, o, limit).into_iter().flatten().collect::<Vec<_>>());
    Summary {
        outcome: o,
        n: list.len(),
        mean,
        limit,
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
    let id = |k: usize| text_id(&scenario.strategies[chosen[k]].id);
    let limits: Vec<Option<f64>> = Outcome::ALL.iter().map(|o| common_limit(&study.records, *o)).collect();
    let mut strategies: Vec<Compared> = (0..chosen.len())
        .map(|k| {
            let outcomes = Outcome::ALL
                .par_iter()
                .map(|&o| {
                    let limit = limits[o as usize];
                    let mut s = summary(&study.records[k], o, limit);
                    if k != base {
                        s.paired =
                            paired(&study.records[k], &study.records[base], (o, limit), streams, (id(k), 0));
                    }
                    s
                })
                .collect();
            Compared { strategy: chosen[k], outcomes }
        })
        .collect();
    for o in Outcome::ALL {
        adjust(strategies.iter_mut().filter_map(|s| s.outcomes[*o as usize].paired.as_mut()));
    }
    let harm = |k: &usize| strategies[*k].get(Outcome::Harm).mean;
    let best = (0..chosen.len()).min_by(|a, b| harm(a).total_cmp(&harm(b))).unwrap_or(base);
    let to = |k: usize| {
        let of = (Outcome::Harm, None);
        (k != best)
            .then(|| paired(&study.records[k], &study.records[best], of, streams, (id(k), id(best))))?
    };
    let mut to_best: Vec<Option<Paired>> = (0..chosen.len()).map(to).collect();
    adjust(to_best.iter_mut().flatten());
    let of = |o: Outcome| -> Vec<Vec<f64>> {
        study.records.iter().map(|s| filled(s, o, limits[o as usize])).collect()
    };
    let aims: Vec<Vec<Vec<f64>>> = AIMS.iter().map(|o| of(*o)).collect();
    let by_strategy: Vec<Vec<Vec<f64>>> =
        (0..chosen.len()).map(|s| aims.iter().map(|a| a[s].clone()).collect()).collect();
    let ratios = strategies.iter().filter_map(|s| s.get(Outcome::Harm).paired).map(|p| p.variance_ratio);
    let ratios = ratios.filter(|r| r.is_finite()).collect::<Vec<_>>();
    let enough = 0.5 * strategies[base].get(Outcome::Harm).mean;
    Comparison {
        pareto: membership(
            &by_strategy,
            500,
            streams.stream(StreamName::Bootstrap { of: 0, outcome: 0, figure: text_id("pareto") }),
        ),
        robustness: robustness(&aims[0], enough),
        to_best,
        saved: ratios
            .iter()
            .copied()
            .min_by(f64::total_cmp)
            .zip(ratios.iter().copied().max_by(f64::total_cmp)),
        baseline: base,
        replicates: study.finished() as usize,
        strategies,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{bundled, load};

    use std::cmp::Ordering::{Equal, Greater, Less};

    const T: Outcome = Outcome::Recovery95;

    /// A comparison of two strategies with these times.
    fn compared(base: &[(f64, bool)], other: &[(f64, bool)]) -> Comparison {
        let scenario = load(bundled::STARTER, None).unwrap();
        let record = |t: &(f64, bool)| {
            let mut r = Record::default();
            for o in Outcome::ALL {
                r.set(*o, 0.0);
            }
            r.set_time(T, *t);
            r
        };
        let records = [base, other].map(|s| s.iter().map(record).collect()).to_vec();
        let study = Study { records, details: vec![], felt: None, asked: base.len() as u64 };
        compare(&scenario, &[0, 1], 0, &study, 1)
    }

    #[test]
    fn pairs_of_times_by_hand() {
        let order = |a, b| less(a, b, 10.0);
        assert_eq!(order((3.0, false), (5.0, false)), Less);
        assert_eq!(order((3.0, false), (5.0, true)), Less);
        assert_eq!(order((5.0, true), (3.0, false)), Greater);
        assert_eq!(order((5.0, true), (3.0, true)), Equal, "neither has come");
        assert_eq!(order((5.0, true), (7.0, false)), Equal, "it may have come before or after");
        assert_eq!(order((11.0, false), (12.0, false)), Equal, "both come past the limit");
    }

    #[test]
    fn the_difference_of_times_is_that_of_their_means_and_lies_in_its_interval() {
        // Watched from the first impact on, which one strategy delays: most pairs are censored on both sides.
        let base: Vec<(f64, bool)> = (0..60)
            .map(|n| if n % 3 == 0 { (f64::from(n), false) } else { (f64::from(90 - n % 7), true) })
            .collect();
        let other: Vec<(f64, bool)> = (0..60)
            .map(|n| if n % 3 == 0 { (f64::from(n), false) } else { (f64::from(100 - n % 7), true) })
            .collect();
        let c = compared(&base, &other);
        let (a, b) = (c.strategies[1].get(T), c.strategies[0].get(T));
        let p = a.paired.unwrap();
        assert_eq!(a.limit, Some(90.0));
        assert!((a.mean - b.mean - p.difference).abs() < 1e-9, "{} {} {}", a.mean, b.mean, p.difference);
        assert!(p.interval.0 <= p.difference && p.difference <= p.interval.1);
        assert_eq!(p.wins, Wins { better: 0, same: 60, of: 60 });
    }

    #[test]
    fn a_faster_strategy_gains_what_it_is_faster_by() {
        let base: Vec<(f64, bool)> = (0..40).map(|n| (f64::from(20 + n), n >= 30)).collect();
        let other: Vec<(f64, bool)> = (0..40).map(|n| (f64::from(10 + n), false)).collect();
        let c = compared(&base, &other);
        let p = c.strategies[1].get(T).paired.unwrap();
        let means = c.strategies[1].get(T).mean - c.strategies[0].get(T).mean;
        assert!((means - p.difference).abs() < 1e-9 && p.interval.1 < -5.0, "{p:?}");
        assert_eq!(p.wins, Wins { better: 40, same: 0, of: 40 });
    }

    #[test]
    fn one_run_shows_nothing_and_few_are_never_told() {
        for n in [1, 2, 29, 30] {
            let base: Vec<(f64, bool)> = (0..n).map(|n| (f64::from(100 + n), false)).collect();
            let other: Vec<(f64, bool)> = (0..n).map(|n| (f64::from(n % 3), false)).collect();
            let p = compared(&base, &other).strategies[1].get(T).paired.unwrap();
            assert_eq!(p.p.is_none(), n == 1, "{p:?}");
            assert_eq!(p.interval.0.is_nan(), n == 1, "{p:?}");
            assert_eq!((p.is_less(), p.is_more()), (n == 30, false), "{p:?}");
            let p = compared(&other, &base).strategies[1].get(T).paired.unwrap();
            assert_eq!((p.is_less(), p.is_more()), (false, n == 30), "{p:?}");
        }
    }

    #[test]
    fn what_chance_may_have_done_is_not_told() {
        let base: Vec<(f64, bool)> = (0..40).map(|n| (f64::from(n), false)).collect();
        // One in thirty-nine the other way: sure. Alternating: not.
        let p = |step: fn(i32) -> f64| {
            let other: Vec<(f64, bool)> = (0..40).map(|n| (f64::from(n) + step(n), false)).collect();
            compared(&base, &other).strategies[1].get(T).paired.unwrap()
        };
        assert!(p(|n| if n == 3 { -1.0 } else { 1.0 + 0.01 * f64::from(n) }).is_more());
        let open = p(|n| if n % 2 == 0 { -1.0 } else { 1.1 });
        assert!(!open.is_more() && !open.is_less());
        // What is left of sureness after the adjustment for all strategies decides, whatever the interval says.
        let told = |p: f64| Paired { interval: (0.1, 0.2), p: Some(p), ..open }.is_more();
        assert!(told(0.05) && !told(0.051));
    }
}
