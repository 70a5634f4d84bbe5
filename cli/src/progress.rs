//! Runs something long with a progress bar on standard error and a clean end on Ctrl-C.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use resus_engine::scenario::Scenario;
use resus_engine::study::replicates::{Progress, ReplicationPlan, Study, run};

use crate::Failure;

/// Does `work`, showing the runs that its watch counts (of `total`, where that is known) unless `quiet` or standard error is no
/// terminal. Ctrl-C sets the watch to stop.
pub fn watched<T: Send>(
    total: Option<u64>,
    quiet: bool,
    work: impl FnOnce(&Progress) -> Result<T, rayon::ThreadPoolBuildError> + Send,
) -> Result<T, Failure> {
    let watch = Arc::new(Progress::default());
    let stop = watch.clone();
    // A second handler in the same process is refused: the first one still serves, by the watches that it is told of.
    WATCHES.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(stop);
    let _ = ctrlc::set_handler(|| {
        let watches = WATCHES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let again = watches.iter().filter(|w| w.stop.swap(true, Ordering::Relaxed)).count() > 0;
        if again {
            std::process::exit(130);
        }
        eprintln!("stopping after the replicates in hand; Ctrl-C again ends at once");
    });
    let bar = if quiet || !std::io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr())
    };
    let template = match total {
        Some(_) => "{bar:30} {pos}/{len} runs  {per_sec}  {eta} left",
        None => "{spinner} {pos} runs  {per_sec}  {elapsed}",
    };
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let result = std::thread::scope(|scope| {
        let running = scope.spawn(|| work(&watch));
        while !running.is_finished() {
            bar.set_position(watch.done.load(Ordering::Relaxed));
            std::thread::sleep(Duration::from_millis(if bar.is_hidden() { 5 } else { 50 }));
        }
        running.join()
    });
    bar.finish_and_clear();
    match result {
        Ok(done) => done.map_err(|e| Failure::Other(miette::miette!("cannot start threads: {e}"))),
        Err(_) => {
            Err(Failure::Other(miette::miette!("a replicate failed; please report the scenario and seed")))
        }
    }
}

static WATCHES: std::sync::Mutex<Vec<Arc<Progress>>> = std::sync::Mutex::new(vec![]);

/// Runs `plan` for some strategies.
pub fn study(
    scenario: &Arc<Scenario>,
    strategies: &[usize],
    plan: ReplicationPlan,
    quiet: bool,
) -> Result<Study, Failure> {
    let total = plan.replicates * strategies.len() as u64;
    watched(Some(total), quiet, |watch| run(scenario, strategies, plan, watch))
}
