//! Many replicates: Monte Carlo, the comparison of strategies, the planner's questions, and the model held against laws and the record.

pub mod aim;
pub mod calibrate;
pub mod comparison;
pub mod criticality;
pub mod felt;
pub mod idle;
pub mod investment;
pub mod leave_one_out;
pub mod measured;
pub mod pillars;
pub mod portfolio;
pub mod replicates;
pub mod scorecard;
pub mod sir;
pub mod tornado;
pub mod validation;
pub mod verification;
