//! Runs a study with a progress bar on standard error and a clean end on Ctrl-C.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use resus_engine::experiment::monte_carlo::{Plan, Study, Watch, run};
use resus_engine::scenario::Scenario;

use crate::Failure;

/// Runs `plan`, showing how far it is unless `quiet` or standard error is no terminal.
pub fn study(
    scenario: &Arc<Scenario>,
    strategies: &[usize],
    plan: Plan,
    quiet: bool,
) -> Result<Study, Failure> {
    let watch = Arc::new(Watch::default());
    let stop = watch.clone();
    // A second handler in the same process (tests of the library) is refused: the first one still serves.
    let _ = ctrlc::set_handler(move || {
        if stop.stop.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("stopping after the replicates in hand; Ctrl-C again ends at once");
    });
    let total = plan.replicates * strategies.len() as u64;
    let bar = if quiet || !std::io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr())
    };
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} runs  {per_sec}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    let result = std::thread::scope(|scope| {
        let running = scope.spawn(|| run(scenario, strategies, plan, &watch));
        while !running.is_finished() {
            bar.set_position(watch.done.load(Ordering::Relaxed));
            std::thread::sleep(Duration::from_millis(if bar.is_hidden() { 5 } else { 50 }));
        }
        running.join()
    });
    bar.finish_and_clear();
    match result {
        Ok(study) => study.map_err(|e| Failure::Other(miette::miette!("cannot start threads: {e}"))),
        Err(_) => {
            Err(Failure::Other(miette::miette!("a replicate failed; please report the scenario and seed")))
        }
    }
}
