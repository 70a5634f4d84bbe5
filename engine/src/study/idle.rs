//! Levers that have no effect in a scenario: what is bought for nothing here is said, with why.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::catalogue::outcome::Outcome;
use crate::catalogue::pillar::Pillar;
use crate::scenario::Scenario;
use crate::sim::core::record::Record;
use crate::strategy::lever::Change;
use crate::study::replicates::{Progress, ReplicationPlan, each};

/// Why a lever has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// All whom it reaches are there already, or it reaches nobody.
    NothingToChange,
    /// What it changes is asked for by nothing that happens.
    NothingAsks,
}

/// A lever without effect.
#[derive(Clone, Debug)]
pub struct IdleLever {
    /// Text id.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// The pillar that it belongs to.
    pub pillar: Pillar,
    /// What it would change.
    pub changes: Vec<Change>,
    /// Why it has none.
    pub why: Why,
}

/// The levers of a scenario that have no effect there.
#[derive(Clone, Debug, Default)]
pub struct Idle {
    /// In the scenario's order.
    pub levers: Vec<IdleLever>,
    /// Replicates in which no outcome differs but the levers' own cost.
    pub replicates: u64,
}

/// Whether any outcome differs beside what the levers cost.
fn differ(a: &Record, b: &Record) -> bool {
    let without = |r: &Record| r.get(Outcome::CostTotal).zip(r.get(Outcome::CostLevers)).map(|(t, l)| t - l);
    let money = |a: Option<f64>, b: Option<f64>| match (a, b) {
        // Sums of pounds in another order differ in their last digits.
        (Some(a), Some(b)) => (a - b).abs() > 1e-6 * a.abs().max(b.abs()).max(1.0),
        (a, b) => a != b,
    };
    money(without(a), without(b))
        || Outcome::ALL
            .iter()
            .filter(|o| !matches!(o, Outcome::CostLevers | Outcome::CostTotal))
            .any(|o| a.get(*o).map(f64::to_bits) != b.get(*o).map(f64::to_bits))
}

/// The levers that change no outcome but cost, each alone at full uptake on top of the baseline, in the replicates of `plan`. A lever is out as
/// soon as one replicate shows an effect.
///
/// # Errors
/// When threads cannot be started.
pub fn idle_levers(
    scenario: &Scenario,
    plan: ReplicationPlan,
    progress: &Progress,
) -> Result<Idle, rayon::ThreadPoolBuildError> {
    let base = &scenario.strategies[scenario.baseline];
    let mut strategies = vec![base.clone()];
    let mut levers = vec![];
    for lever in scenario.own_levers() {
        let with = base.with_levers(lever.text_id(), &lever.name, &[(lever, 1.0)], &scenario.estate);
        let why = if with.postures == base.postures && with.system == base.system {
            Why::NothingToChange
        } else {
            Why::NothingAsks
        };
        levers.push(IdleLever {
            id: lever.text_id().to_owned(),
            name: lever.name.clone(),
            pillar: lever.pillar,
            changes: lever.changes.clone(),
            why,
        });
        strategies.push(Arc::new(with));
    }
    let tried = Arc::new(Scenario { strategies, baseline: 0, ..scenario.clone() });
    let acts: Vec<AtomicBool> = levers.iter().map(|_| AtomicBool::new(false)).collect();
    // Whether a lever acts in any replicate does not depend on which worker sees it first.
    let done = each(&tried, plan, progress, |sim, replicate| {
        let open = |k: &usize| levers[*k].why == Why::NothingAsks && !acts[*k].load(Ordering::Relaxed);
        let left: Vec<usize> = (0..levers.len()).filter(open).collect();
        if left.is_empty() {
            return;
        }
        let before = sim.run(plan.seed, replicate, 0);
        for k in left {
            if differ(&before, &sim.run(plan.seed, replicate, k + 1)) {
                acts[k].store(true, Ordering::Relaxed);
            }
        }
    })?;
    let idle = levers.into_iter().zip(&acts).filter(|(_, acts)| !acts.load(Ordering::Relaxed));
    Ok(Idle { levers: idle.map(|(l, _)| l).collect(), replicates: done.len() as u64 })
}
