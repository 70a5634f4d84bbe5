//! The ECS world of one replicate: a clock that jumps, and one plugin for each domain.

pub mod care;
mod command;
pub mod core;
mod detection;
pub mod ledger;
mod response;
mod simulation;
pub mod state;
mod threat;

pub use self::core::record::Record;
pub use simulation::{Failing, Leftover, Simulation};
