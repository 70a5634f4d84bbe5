//! Scores of forecasts: they punish both an interval that misses and one that is wider than it need be.

/// The interval score of a central interval [`low`, `high`] of level 1 − `alpha` when `x` comes about: its width, plus 2/α times what it
/// misses by (Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation", JASA 2007, eq. 43). Less is better;
/// nobody can win by being vague. In the unit of `x`.
pub fn interval_score(low: f64, high: f64, alpha: f64, x: f64) -> f64 {
    (high - low) + 2.0 / alpha * ((low - x).max(0.0) + (x - high).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misses_and_width_cost() {
        // By hand.
        assert!((interval_score(1.0, 3.0, 0.1, 2.0) - 2.0).abs() < 1e-12);
        assert!((interval_score(1.0, 3.0, 0.1, 3.5) - 12.0).abs() < 1e-12);
        assert!((interval_score(1.0, 3.0, 0.1, 0.9) - 4.0).abs() < 1e-12);
    }

    #[test]
    fn the_true_quantiles_score_best_on_average() {
        // Of a uniform on [0, 1] at α = 0.2 these are 0.1 and 0.9; any other pair costs more.
        let average = |low: f64, high: f64| {
            let at = |k: u32| interval_score(low, high, 0.2, (f64::from(k) + 0.5) / 1000.0);
            (0..1000).map(at).sum::<f64>() / 1000.0
        };
        let best = average(0.1, 0.9);
        for (low, high) in [(0.0, 1.0), (0.2, 0.8), (0.1, 1.0), (0.05, 0.9), (0.45, 0.55)] {
            assert!(average(low, high) > best + 1e-6, "{low} {high}");
        }
    }
}
