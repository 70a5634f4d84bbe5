//! What to make of a study's findings, in plain sentences: the answer first, then how sure it is. The same sentences stand over tables,
//! in reports and in JSON.

pub mod comparison;
pub mod criticality;
pub mod investment;
pub mod pillars;
pub mod review;

/// A share in whole per cent, as sentences give it.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
