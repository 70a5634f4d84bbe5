//! The standard normal distribution.

use statrs::distribution::{ContinuousCDF, Normal};

/// Quantile of the standard normal distribution.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Share of the standard normal distribution below `z`.
pub(crate) fn normal_cumulated(z: f64) -> f64 {
    Normal::standard().cdf(z)
}
