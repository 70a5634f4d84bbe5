//! Many replicates: Monte Carlo, the comparison of strategies, and the planner's questions.

pub mod calibrate;
pub mod compare;
pub mod criticality;
pub mod evidence;
pub mod monte_carlo;
pub mod outcome;
pub mod pillars;
pub mod plan;
pub mod tornado;
pub mod verify;
