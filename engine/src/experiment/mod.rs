//! Many replicates: Monte Carlo and the comparison of strategies.

pub mod compare;
pub mod monte_carlo;
pub mod outcome;
