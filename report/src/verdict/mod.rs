//! What to make of a study's findings, in plain sentences: the answer first, then how sure it is. The same sentences stand over tables,
//! in reports and in JSON. A sentence says what the findings say and no more: the tests hold each against generated findings.

use resus_engine::stats::paired::FEWEST;

pub mod board;
pub mod comparison;
pub mod criticality;
pub mod estate;
pub mod evidence;
pub mod idle;
pub mod investment;
pub mod pillars;
pub mod portfolio;
#[cfg(test)]
mod property;
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

/// A share in whole per cent, as sentences give it. What is not quite nothing or everything is never rounded to it.
fn percent(share: f64) -> String {
    let (sign, size) = (if share < 0.0 { "−" } else { "" }, share.abs() * 100.0);
    match size {
        0.0 => "0 %".to_owned(),
        s if s < 1.0 => format!("{sign}{s:.1} %").replace("0.0 %", "0.1 %"),
        s if s > 99.0 && s < 100.0 => format!("{sign}{:.1} %", s.min(99.9)),
        s => format!("{sign}{s:.0} %"),
    }
}

/// A list as people write it, with this word before the last: a, b and c.
fn list(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {word} {last}", most.join(", ")),
    }
}
