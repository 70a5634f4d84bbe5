//! Runs something long with a progress bar on standard error and a clean end on Ctrl-C, or when the system asks it to end (SIGTERM).

use std::io::IsTerminal as _;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use resus_engine::scenario::Scenario;
use resus_engine::study::replicates::{Progress, ReplicationPlan, Study, run};

use crate::failure::Failure;

/// What Ctrl-C stops: the progress of all that was begun in this process.
static STARTED: Mutex<Vec<Arc<Progress>>> = Mutex::new(vec![]);

fn started() -> MutexGuard<'static, Vec<Arc<Progress>>> {
    STARTED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets Ctrl-C stop `progress`; at the second Ctrl-C the process ends at once.
fn stop_on_interrupt(progress: &Arc<Progress>) {
    started().push(progress.clone());
    // A second handler in the same process is refused: the first one serves all that is started.
    let _ = ctrlc::set_handler(|| {
        let again = started().iter().filter(|p| p.stop.swap(true, Ordering::Relaxed)).count() > 0;
        if again {
            std::process::exit(130);
        }
        eprintln!("stopping after the replicates in hand; Ctrl-C again ends at once");
    });
}

/// A bar that counts runs up to `total`, where that is known; hidden when `quiet` or when standard error is no terminal.
fn progress_bar(total: Option<u64>, quiet: bool) -> ProgressBar {
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
    bar
}

/// Does `work`, showing the runs that it counts (of `total`, where that is known) unless `quiet`. Ctrl-C asks it to stop.
///
/// # Errors
/// When threads cannot be started, or a replicate panics.
pub fn with_progress<T: Send>(
    total: Option<u64>,
    quiet: bool,
    work: impl FnOnce(&Progress) -> Result<T, rayon::ThreadPoolBuildError> + Send,
) -> Result<T, Failure> {
    let progress = Arc::new(Progress::default());
    stop_on_interrupt(&progress);
    let bar = progress_bar(total, quiet);
    let result = std::thread::scope(|scope| {
        let running = scope.spawn(|| work(&progress));
        while !running.is_finished() {
            bar.set_position(progress.done.load(Ordering::Relaxed));
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

/// Runs `plan` for the strategies with these indices.
///
/// # Errors
/// As [`with_progress`].
pub fn run_study(
    scenario: &Arc<Scenario>,
    strategies: &[usize],
    plan: ReplicationPlan,
    quiet: bool,
) -> Result<Study, Failure> {
    let total = plan.replicates * strategies.len() as u64;
    with_progress(Some(total), quiet, |progress| run(scenario, strategies, plan, progress))
}
