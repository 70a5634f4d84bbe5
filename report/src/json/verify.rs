//! `verify --json`: the engine's processes held against their laws.

use resus_engine::study::verification::{Check, LEVEL};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, finite};

/// One process held against its law.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LawCheck {
    /// What was simulated.
    process: String,
    /// Which quantity of it.
    quantity: &'static str,
    /// The law or reference that it is held against.
    against: &'static str,
    /// Simulated runs, or batches.
    n: usize,
    /// Largest gap between the distribution functions, in 0 to 1 (Kolmogorov and Smirnov); of a mean, its distance in standard errors.
    statistic: Option<f64>,
    /// Chance of at least that statistic when the engine is right.
    p: Option<f64>,
    /// The level below which `p` is a disagreement.
    level: f64,
    /// Whether `p` is at least `level`.
    agrees: bool,
}

impl From<&Check> for LawCheck {
    fn from(c: &Check) -> Self {
        Self {
            process: c.process.clone(),
            quantity: c.quantity,
            against: c.against,
            n: c.n,
            statistic: finite(c.statistic),
            p: finite(c.p),
            level: LEVEL,
            agrees: c.passes(),
        }
    }
}

/// The engine's processes held against their laws.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Verify {
    /// The checks.
    checks: Vec<LawCheck>,
}

impl Verify {
    /// Of some checks.
    pub fn new(checks: &[Check]) -> Self {
        Self { checks: checks.iter().map(Into::into).collect() }
    }
}

impl Document for Verify {
    const COMMAND: &'static str = "verify --json";
    const FORMAT: Option<&'static str> = Some("resus-verify-1");
}
