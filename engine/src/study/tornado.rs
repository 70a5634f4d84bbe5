//! How far each parameter moves the result over its plausible range, one at a time.

use std::sync::Arc;

use crate::catalogue::outcome::Outcome;
use crate::parameters::Row;
use crate::scenario::Scenario;
use crate::sim::core::record::Record;
use crate::stats::intervals::{Interval, of_mean};
use crate::stats::mean;
use crate::study::replicates::{Progress, ReplicationPlan, run};

/// One parameter at both ends of its range.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The parameter.
    pub row: Row,
    /// The baseline's mean at the low end and at the high end.
    pub baseline: (f64, f64),
    /// The other strategy minus the baseline, at the low end and at the high end, with Student's 95 % interval.
    pub difference: (Interval, Interval),
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
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Tornado {
    /// The baseline's mean on the same replicates with all parameters as they are.
    pub centre: f64,
    /// The widest first.
    pub bars: Vec<Bar>,
}

/// The parameters that state a range.
pub fn ranged(scenario: &Scenario) -> Vec<Row> {
    let rows = scenario.parameters.rows();
    rows.into_iter().filter(|r| r.description.range.is_some_and(|(low, high)| low < high)).collect()
}

/// Moves each of [`ranged`] over its range, for the baseline and one `other` strategy, on common replicates; the widest bar first. Stopped by
/// the watch it gives what is done.
///
/// # Errors
/// When threads cannot be started.
pub fn tornado(
    scenario: &Scenario,
    other: usize,
    outcome: Outcome,
    plan: ReplicationPlan,
    progress: &Progress,
) -> Result<Tornado, rayon::ThreadPoolBuildError> {
    let value = |r: &Record| r.get(outcome).unwrap_or(0.0);
    let still = run(&Arc::new(scenario.clone()), &[scenario.baseline], plan, progress)?;
    let mut out =
        Tornado { centre: mean(&still.records[0].iter().map(value).collect::<Vec<_>>()), bars: vec![] };
    for row in ranged(scenario) {
        let (low, high) = row.description.range.expect("only those with a range");
        let mut ends = vec![];
        for end in [low, high] {
            let parameters = scenario.parameters.with(&row.path, end);
            let moved = Arc::new(Scenario { parameters, ..scenario.clone() });
            let study = run(&moved, &[scenario.baseline, other], plan, progress)?;
            if study.partial() {
                return Ok(out.sorted());
            }
            let of = |s: usize| study.records[s].iter().map(value);
            let base: Vec<f64> = of(0).collect();
            let differences: Vec<f64> = of(1).zip(&base).map(|(a, b)| a - b).collect();
            ends.push((mean(&base), of_mean(&differences, 0.95)));
        }
        let (a, b) = (ends[0], ends[1]);
        out.bars.push(Bar { row, baseline: (a.0, b.0), difference: (a.1, b.1) });
    }
    Ok(out.sorted())
}

impl Tornado {
    fn sorted(mut self) -> Self {
        self.bars.sort_by(|a, b| b.width().total_cmp(&a.width()));
        self
    }
}
