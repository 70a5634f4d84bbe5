//! Whether what the incidents tell of the parameters helps with one that was not among them: each is left out in turn, whole, the others
//! are fitted, and it is held against what they say (cross-validation by incidents; figures of one incident hang together, so leaving out
//! single figures would leave the answer in).

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::parameters::ParametersSpec;
use crate::scenario::Scenario;
use crate::study::calibrate::{CalibrationOptions, Posterior, Problem, State, Unsound};
use crate::study::replicates::{Progress, ReplicationPlan};
use crate::study::validation::{ValidationReport, validate_under};

/// One incident, foretold without it.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// Its place among the scenarios.
    pub scenario: usize,
    /// Held against runs with every parameter drawn from its plausible range …
    pub ranges: ValidationReport,
    /// … and with the free ones drawn from what the other incidents say of them.
    pub fitted: ValidationReport,
    /// Candidates that were simulated for that.
    pub candidates: u64,
}

/// Where a calibration without one incident stood and is to be kept, by the incident's place.
pub trait Keep {
    /// Where it stood, if it was begun.
    fn resumed(&mut self, scenario: usize, problem: &Problem) -> Option<State>;
    /// Where it stands now.
    fn save(&mut self, scenario: usize, state: &State);
}

/// Nothing is kept.
impl Keep for () {
    fn resumed(&mut self, _: usize, _: &Problem) -> Option<State> {
        None
    }
    fn save(&mut self, _: usize, _: &State) {}
}

/// Why incidents cannot be left out in turn.
#[derive(Debug, thiserror::Error)]
pub enum CannotLeaveOut {
    /// There is nothing to learn from.
    #[error("to leave one incident out, at least two are needed")]
    TooFew,
    /// The parameters cannot be free.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// No threads.
    #[error(transparent)]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// What `leave_one_out` simulates, in the units of its progress: candidates and runs.
pub fn work(incidents: usize, options: &CalibrationOptions, plan: ReplicationPlan) -> u64 {
    incidents as u64 * (options.budget + 2 * plan.replicates)
}

/// Leaves each incident out in turn. When it is stopped, those that are done are given.
///
/// # Errors
/// When there are fewer than two, when a parameter cannot be free in one of them, or when threads cannot be started.
pub fn leave_one_out(
    scenarios: &[Arc<Scenario>],
    options: &CalibrationOptions,
    plan: ReplicationPlan,
    progress: &Progress,
    keep: &mut dyn Keep,
) -> Result<Vec<LeftOut>, CannotLeaveOut> {
    if scenarios.len() < 2 {
        return Err(CannotLeaveOut::TooFew);
    }
    // What one of them states itself is not free in it, even where it is only held against the others.
    Problem::new(scenarios, &options.free)?;
    let each = work(1, options, plan);
    let mut out = vec![];
    for (n, scenario) in scenarios.iter().enumerate() {
        let others: Vec<_> =
            scenarios.iter().enumerate().filter(|(k, _)| *k != n).map(|(_, s)| s.clone()).collect();
        let problem = Problem::new(&others, &options.free)?;
        let begun = n as u64 * each;
        let inner = Progress::default();
        let resumed = keep.resumed(n, &problem);
        let state = problem.run(options, resumed, plan.threads, &inner, &mut |state| {
            keep.save(n, state);
            progress.done.store(begun + state.tried(), Ordering::Relaxed);
            inner.stop.store(progress.stop.load(Ordering::Relaxed), Ordering::Relaxed);
        })?;
        progress.done.store(begun + options.budget, Ordering::Relaxed);
        let uncertain = scenario.parameters.made_uncertain();
        let ranges = validate_under(scenario, plan, progress, |_| uncertain.clone())?;
        let drawn = drawn(&problem.posterior(&state), plan.replicates as usize);
        let fitted = validate_under(scenario, plan, progress, |replicate| {
            with(&uncertain, &options.free, &drawn, replicate - plan.first)
        })?;
        let whole = |r: &ValidationReport| r.runs as u64 == plan.replicates;
        if !state.done || !whole(&ranges) || !whole(&fitted) {
            break;
        }
        out.push(LeftOut { scenario: n, ranges, fitted, candidates: state.tried() });
    }
    Ok(out)
}

/// As many equally likely draws from a posterior.
fn drawn(posterior: &Posterior, draws: usize) -> Vec<Vec<f64>> {
    posterior.sample(draws).into_iter().map(<[f64]>::to_vec).collect()
}

/// Parameters of which the free ones have the values of a run's draw; where nothing was fitted, all are uncertain.
fn with(uncertain: &ParametersSpec, free: &[String], drawn: &[Vec<f64>], run: u64) -> ParametersSpec {
    let mut parameters = uncertain.clone();
    if let Some(values) = drawn.get(run as usize % drawn.len().max(1)) {
        free.iter().zip(values).for_each(|(path, value)| parameters.set_value(path, *value));
    }
    parameters
}
