//! The standard normal distribution.

use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// Quantile of the standard normal distribution.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Share of the standard normal distribution below `z`.
pub(crate) fn normal_cumulated(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// Density of the standard normal distribution at `z`.
pub(crate) fn normal_density(z: f64) -> f64 {
    Normal::standard().pdf(z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959_963_984_540_054), (0.05, -1.644_853_626_951_472_7)] {
            assert!((normal_quantile(p) - z).abs() < 1e-9, "{p}");
            assert!((normal_cumulated(z) - p).abs() < 1e-9, "{z}");
        }
        assert!((normal_density(1.0) - 0.241_970_724_519_143_37).abs() < 1e-12);
    }
}
