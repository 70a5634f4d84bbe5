//! What every domain stands on: the clock and its queues, the run, its trace and its record.

pub mod builder;
pub mod events;
pub mod queue;
pub mod record;
pub mod run;
pub mod trace;
