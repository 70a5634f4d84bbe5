//! Replicates in parallel: each worker has one world; results do not depend on how many workers there are.

use std::ops::Range;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::scenario::Scenario;
use crate::sim::Simulation;
use crate::sim::core::record::Record;
use crate::sim::ledger::entries::Detail;
use crate::study::felt::{Felt, Folding, tallies};

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct ReplicationPlan {
    /// Seed of the study.
    pub seed: u64,
    /// The first replicate.
    pub first: u64,
    /// Replicates of each strategy.
    pub replicates: u64,
    /// Threads; 0 for all cores.
    pub threads: usize,
    /// Whether to keep what the outcomes leave out.
    pub detail: bool,
}

impl Default for ReplicationPlan {
    /// 200 replicates of seed 1 on all cores, outcomes only.
    fn default() -> Self {
        Self { seed: 1, first: 0, replicates: 200, threads: 0, detail: false }
    }
}

/// How far it is, and whether to stop; shared with whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    /// Runs done (replicates × strategies).
    pub done: AtomicU64,
    /// Set it to end after the replicates in hand.
    pub stop: AtomicBool,
}

/// Records by strategy (as chosen), then by replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Records of the replicates that every strategy has finished.
    pub records: Vec<Vec<Record>>,
    /// What the outcomes leave out, likewise; empty unless asked for.
    pub details: Vec<Vec<Detail>>,
    /// Who felt it, under each strategy; absent unless details were asked for.
    pub felt: Option<Felt>,
    /// Replicates that were asked for.
    pub asked: u64,
}

impl Study {
    /// Replicates that were finished.
    pub fn finished(&self) -> u64 {
        self.records.first().map_or(0, |r| r.len() as u64)
    }
    /// Adds the replicates that follow.
    pub fn append(&mut self, next: Self) {
        for (all, more) in self.records.iter_mut().zip(next.records) {
            all.extend(more);
        }
        self.details.resize(next.details.len(), vec![]);
        for (all, more) in self.details.iter_mut().zip(next.details) {
            all.extend(more);
        }
        match (&mut self.felt, next.felt) {
            (Some(felt), Some(more)) => felt.append(&more),
            (felt, more) => *felt = felt.take().or(more),
        }
        self.asked += next.asked;
    }
    /// Whether it was stopped before its end.
    pub fn partial(&self) -> bool {
        self.finished() < self.asked
    }
}

/// Runs `plan` for the strategies with these indices. When it is stopped, the longest unbroken run of finished replicates
/// from 0 is kept, so that a partial study is the beginning of the whole one.
///
/// # Errors
/// When threads cannot be started.
pub fn run(
    scenario: &Arc<Scenario>,
    strategies: &[usize],
    plan: ReplicationPlan,
    progress: &Progress,
) -> Result<Study, rayon::ThreadPoolBuildError> {
    let base = strategies.iter().position(|s| *s == scenario.baseline).unwrap_or(0);
    let felt = plan
        .detail
        .then(|| Mutex::new(Folding::new(Felt::new(&scenario.estate, strategies.len(), base), plan.first)));
    let rows = each(scenario, plan, progress, |sim, replicate| {
        let mut who = vec![];
        let run = |s: &usize| {
            sim.reset(plan.seed, replicate, *s, false);
            if plan.detail {
                sim.count_by_service();
            }
            sim.play(u32::MAX);
            let record = sim.record();
            progress.done.fetch_add(1, Ordering::Relaxed);
            if plan.detail {
                who.push(tallies(sim));
            }
            // What each service felt is in the sums: kept by run, it would fill the memory.
            (record, if plan.detail { Detail { harm: vec![], ..sim.detail() } } else { Detail::default() })
        };
        let row = strategies.iter().map(run).collect::<Vec<_>>();
        if let Some(felt) = &felt {
            felt.lock().expect("no worker panics while it holds the sums").add(replicate, who);
        }
        row
    })?;
    let whole = rows.len();
    let mut study = Study {
        records: vec![Vec::with_capacity(whole); strategies.len()],
        details: vec![vec![]; if plan.detail { strategies.len() } else { 0 }],
        felt: felt.map(|f| f.into_inner().expect("no worker panics while it holds the sums").felt),
        asked: plan.replicates,
    };
    for row in rows {
        for (s, (record, detail)) in row.into_iter().enumerate() {
            study.records[s].push(record);
            if plan.detail {
                study.details[s].push(detail);
            }
        }
    }
    Ok(study)
}

/// Whether two forms of a scenario come to the same outcomes, in the first `n` replicates under every strategy of theirs.
pub fn same_outcomes(one: &Arc<Scenario>, other: &Arc<Scenario>, seed: u64, n: u64) -> bool {
    let strategies = one.strategies.len();
    let (mut a, mut b) = (Simulation::new(one), Simulation::new(other));
    other.strategies.len() == strategies
        && (0..n).all(|r| (0..strategies).all(|s| a.run(seed, r, s) == b.run(seed, r, s)))
}

/// Does `work` for each replicate of `plan` in a world of the worker's own, and gives what came of it in the order of the replicates. When
/// it is stopped, the longest unbroken run from the first is kept. The work itself counts what it has done.
///
/// # Errors
/// When threads cannot be started.
pub fn each<T: Send>(
    scenario: &Arc<Scenario>,
    plan: ReplicationPlan,
    progress: &Progress,
    work: impl Fn(&mut Simulation, u64) -> T + Sync,
) -> Result<Vec<T>, rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build()?;
    let replicates = plan.first..plan.first + plan.replicates;
    Ok(pool.install(|| parallel_replicates(replicates, &progress.stop, || Simulation::new(scenario), &work)))
}

/// Shares `numbers` out among the threads of the pool that it is called in, each with a world of its own, and gives what came of them in
/// their order. When it is stopped, the longest unbroken run from the first is kept.
pub fn parallel_replicates<W, T: Send>(
    numbers: Range<u64>,
    stop: &AtomicBool,
    world: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, u64) -> T + Sync,
) -> Vec<T> {
    let next = AtomicU64::new(numbers.start);
    let finished: Mutex<Vec<(u64, T)>> = Mutex::new(Vec::new());
    rayon::broadcast(|_| {
        let mut world = world();
        let mut mine = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= numbers.end || stop.load(Ordering::Relaxed) {
                break;
            }
            mine.push((n, work(&mut world, n)));
        }
        finished.lock().expect("no worker panics while it holds the list").extend(mine);
    });
    let mut rows = finished.into_inner().expect("no worker panics while it holds the list");
    rows.sort_unstable_by_key(|r| r.0);
    rows.into_iter().zip(numbers).take_while(|(r, n)| r.0 == *n).map(|(r, _)| r.1).collect()
}
