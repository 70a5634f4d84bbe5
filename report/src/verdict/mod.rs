//! What to make of a study's findings, in plain sentences: the answer first, then how sure it is. The same sentences stand over tables,
//! in reports and in JSON.

use resus_engine::stats::paired::FEWEST;

pub mod comparison;
pub mod criticality;
pub mod investment;
pub mod pillars;
pub mod review;

/// That there are too few runs to conclude anything, and how many to ask for; nothing when there are enough. `usual` is what the command
/// runs by itself.
fn too_few(runs: usize, usual: usize) -> Option<String> {
    let are = if runs == 1 { "one run is".to_owned() } else { format!("{runs} runs are") };
    (runs < FEWEST).then(|| {
        format!(
            "Too few runs to say: {are} not enough to tell a difference from chance. Ask for at least {FEWEST} (--replicates {FEWEST}); {usual} is usual."
        )
    })
}

/// A share in whole per cent, as sentences give it.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
