//! How far each parameter moves the result over its plausible range, one at a time: all of them on a few replicates, those that move it
//! most on all.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::catalogue::outcome::Outcome;
use crate::parameters::Row;
use crate::scenario::Scenario;
use crate::sim::Simulation;
use crate::stats::intervals::{Interval, of_mean};
use crate::stats::mean;
use crate::study::replicates::{Progress, ReplicationPlan, parallel_replicates};

/// Organisations of an estate of which a single run takes long.
pub const LARGE: usize = 5000;

/// One parameter at both ends of its range.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The parameter.
    pub row: Row,
    /// The baseline's mean at the low end and at the high end.
    pub baseline: (f64, f64),
    /// The other strategy minus the baseline, at the low end and at the high end, with Student's 95 % interval.
    pub difference: (Interval, Interval),
    /// Replicates at each end.
    pub replicates: usize,
}

impl Bar {
    /// How far it moves the baseline.
    pub fn width(&self) -> f64 {
        (self.baseline.1 - self.baseline.0).abs()
    }
    /// Whether the sign of the difference depends on it.
    pub fn turns(&self) -> bool {
        self.difference.0.estimate * self.difference.1.estimate < 0.0
            && (self.difference.0.excludes_zero() || self.difference.1.excludes_zero())
    }
    /// How far it moves the difference.
    fn shift(&self) -> f64 {
        (self.difference.1.estimate - self.difference.0.estimate).abs()
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Tornado {
    /// The baseline's mean on the same replicates with all parameters as they are.
    pub centre: f64,
    /// Those on all replicates first, and the widest of them first.
    pub bars: Vec<Bar>,
    /// Whether it was stopped before all were moved.
    pub unfinished: bool,
}

/// How much work it takes.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Replicates at each end on which every parameter is moved.
    pub glance: u64,
    /// Replicates at each end for those that move the result most.
    pub full: u64,
    /// How many of them go on to that.
    pub kept: usize,
}

impl Effort {
    /// What a scenario is worth on which `replicates` were run: less for a large estate, of which each run takes long.
    pub fn usual(scenario: &Scenario, replicates: u64) -> Self {
        let large = scenario.estate.organisations.len() > LARGE;
        let (glance, full, kept) = if large { (1, 6, 8) } else { (10, 60, 16) };
        Self { glance: glance.min(replicates), full: full.min(replicates), kept }
    }
    /// Runs in all, of so many values that are moved.
    pub fn runs(&self, rows: usize) -> u64 {
        let all = rows as u64;
        let kept = all.min(self.kept as u64);
        self.full + 4 * (all * self.glance + kept * self.full.saturating_sub(self.glance))
    }
}

/// The values that state a range: parameters of the model, how often a way in is tried, what levers change and cost.
pub fn ranged(scenario: &Scenario) -> Vec<Row> {
    let rows = scenario.rows();
    rows.into_iter().filter(|r| r.description.range.is_some_and(|(low, high)| low < high)).collect()
}

/// Those of [`ranged`] that may move an outcome under the baseline and one `other` strategy: a lever that neither of them pulls moves
/// nothing, nor does its cost where nobody asks for money.
pub fn moved(scenario: &Scenario, other: usize, outcome: Outcome) -> Vec<Row> {
    let pulled = |row: &Row| match row.path.split('.').collect::<Vec<_>>()[..] {
        ["levers", id, what] => {
            let money = matches!(outcome, Outcome::CostLevers | Outcome::CostTotal);
            (what != "cost" || money)
                && [scenario.baseline, other].iter().any(|s| scenario.strategies[*s].pulls(id))
        }
        _ => true,
    };
    ranged(scenario).into_iter().filter(pulled).collect()
}

/// Of one end of one parameter: the outcome under the baseline, and by how much it differs under the other strategy, by replicate.
type Ends = Vec<(f64, f64)>;

/// Moves each of [`moved`] over its range, for the baseline and one `other` strategy, on common replicates from the first of `plan`; of
/// `plan.replicates` it takes no notice. Stopped, it gives what was moved by then.
///
/// # Errors
/// When threads cannot be started.
pub fn tornado(
    scenario: &Arc<Scenario>,
    other: usize,
    outcome: Outcome,
    (plan, effort): (ReplicationPlan, Effort),
    progress: &Progress,
) -> Result<Tornado, rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build()?;
    let rows = moved(scenario, other, outcome);
    let ends = |row: &Row| {
        let (low, high) = row.description.range.expect("only those with a range");
        [low, high]
    };
    // A job is one replicate at one end of one parameter. Neighbours in the list share their parameters, and a world serves them all:
    // to build one takes as long as many runs of a large estate.
    let play = |of: &[(usize, usize)], from: u64, to: u64| -> Vec<(f64, f64)> {
        let each = to.saturating_sub(from);
        let world = || (Simulation::new(scenario), usize::MAX);
        let work = |(sim, at): &mut (Simulation, usize), n: u64| {
            let place = (n / each) as usize;
            if std::mem::replace(at, place) != place {
                let (row, end) = of[place];
                sim.set_scenario(&Arc::new(scenario.with_value(&rows[row].path, ends(&rows[row])[end])));
            }
            let mut value = |s: usize| {
                let record = sim.run(plan.seed, plan.first + from + n % each, s);
                progress.done.fetch_add(1, Ordering::Relaxed);
                record.get(outcome).unwrap_or(0.0)
            };
            let base = value(scenario.baseline);
            (base, value(other) - base)
        };
        pool.install(|| parallel_replicates(0..of.len() as u64 * each, &progress.stop, world, work))
    };
    let still = pool.install(|| {
        let work = |sim: &mut Simulation, n: u64| {
            progress.done.fetch_add(1, Ordering::Relaxed);
            sim.run(plan.seed, plan.first + n, scenario.baseline).get(outcome).unwrap_or(0.0)
        };
        parallel_replicates(0..effort.full, &progress.stop, || Simulation::new(scenario), work)
    });
    let both =
        |rows: &[usize]| -> Vec<(usize, usize)> { rows.iter().flat_map(|r| [(*r, 0), (*r, 1)]).collect() };
    let all: Vec<usize> = (0..rows.len()).collect();
    let glanced = play(&both(&all), 0, effort.glance);
    let mut values: Vec<[Ends; 2]> = glanced
        .chunks(2 * effort.glance.max(1) as usize)
        .filter(|c| c.len() == 2 * effort.glance as usize)
        .map(|c| {
            let (low, high) = c.split_at(effort.glance as usize);
            [low.to_vec(), high.to_vec()]
        })
        .collect();
    let bar = |row: usize, [low, high]: &[Ends; 2]| {
        let base = |end: &Ends| mean(&end.iter().map(|v| v.0).collect::<Vec<_>>());
        let difference = |end: &Ends| of_mean(&end.iter().map(|v| v.1).collect::<Vec<_>>(), 0.95);
        Bar {
            row: rows[row].clone(),
            baseline: (base(low), base(high)),
            difference: (difference(low), difference(high)),
            replicates: low.len(),
        }
    };
    let mut unfinished = values.len() < rows.len() || (still.len() as u64) < effort.full;
    if !unfinished && effort.full > effort.glance {
        // What moves the result or the answer most, and what may turn it.
        let mut order: Vec<(bool, f64, usize)> = values
            .iter()
            .enumerate()
            .map(|(row, v)| {
                let b = bar(row, v);
                let crosses = b.difference.0.estimate * b.difference.1.estimate < 0.0;
                (crosses, b.width().max(b.shift()), row)
            })
            .collect();
        order.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        let kept: Vec<usize> = order.iter().take(effort.kept).map(|o| o.2).collect();
        let more = (effort.full - effort.glance) as usize;
        let played = play(&both(&kept), effort.glance, effort.full);
        for (row, both) in kept.iter().zip(played.chunks_exact(2 * more)) {
            let (low, high) = both.split_at(more);
            values[*row][0].extend(low);
            values[*row][1].extend(high);
        }
        unfinished = played.len() < kept.len() * 2 * more;
    }
    let mut bars: Vec<Bar> = values.iter().enumerate().map(|(row, v)| bar(row, v)).collect();
    bars.sort_by(|a, b| b.replicates.cmp(&a.replicates).then(b.width().total_cmp(&a.width())));
    Ok(Tornado { centre: mean(&still), bars, unfinished })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{bundled, load};
    use crate::study::replicates::run;

    #[test]
    fn a_parameter_at_an_end_gives_what_a_scenario_with_that_value_gives() {
        let scenario = Arc::new(load(bundled::STARTER, None).unwrap());
        let plan = ReplicationPlan { threads: 1, ..ReplicationPlan::default() };
        let progress = Progress::default();
        let effort = Effort { glance: 2, full: 5, kept: 7 };
        let t = tornado(&scenario, 1, Outcome::Harm, (plan, effort), &progress).unwrap();
        assert!(!t.unfinished);
        assert_eq!(progress.done.load(Ordering::Relaxed), effort.runs(t.bars.len()));
        assert_eq!(t.bars.len(), moved(&scenario, 1, Outcome::Harm).len());
        assert_eq!(t.bars.iter().filter(|b| b.replicates == 5).count(), effort.kept);
        assert!(t.bars[..effort.kept].windows(2).all(|w| w[0].width() >= w[1].width()));
        let record = |parameters, n| {
            let moved = Arc::new(Scenario { parameters, ..(*scenario).clone() });
            let study =
                run(&moved, &[scenario.baseline, 1], ReplicationPlan { replicates: n, ..plan }, &progress);
            let study = study.unwrap();
            let mean = |s: usize| {
                mean(&study.records[s].iter().map(|r| r.get(Outcome::Harm).unwrap()).collect::<Vec<_>>())
            };
            (mean(0), mean(1) - mean(0))
        };
        let (still, _) = record(scenario.parameters.clone(), 5);
        assert!((t.centre - still).abs() < 1e-9);
        for b in [&t.bars[0], &t.bars[effort.kept - 1], &t.bars[effort.kept]] {
            let (low, _) = b.row.description.range.unwrap();
            let (base, difference) = record(scenario.parameters.with(&b.row.path, low), b.replicates as u64);
            assert!((b.baseline.0 - base).abs() < 1e-9 * base.max(1.0), "{}", b.row.path);
            assert!((b.difference.0.estimate - difference).abs() < 1e-9 * base.max(1.0), "{}", b.row.path);
        }
    }

    #[test]
    fn stopped_it_says_so() {
        let scenario = Arc::new(load(bundled::STARTER, None).unwrap());
        let progress = Progress::default();
        progress.stop.store(true, Ordering::Relaxed);
        let effort = Effort { glance: 1, full: 2, kept: 3 };
        let t =
            tornado(&scenario, 1, Outcome::Harm, (ReplicationPlan::default(), effort), &progress).unwrap();
        assert!(t.unfinished && t.bars.is_empty());
    }
}
