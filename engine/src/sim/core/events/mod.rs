//! What can be due, by the phase that works it off; a file for each domain.

mod care;
mod command;
mod detection;
mod response;
mod threat;

pub use care::CareEvent;
pub use command::CommandEvent;
pub use detection::DetectionEvent;
pub use response::{Loan, ResponseEvent};
pub use threat::ThreatEvent;
