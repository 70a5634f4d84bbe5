//! Estimates and intervals; knows nothing of cyber attacks.

pub mod agreement;
pub mod annual_loss;
pub mod attribution;
pub mod bootstrap;
pub mod intervals;
pub mod linear;
pub mod multiplicity;
pub(crate) mod normal;
pub mod paired;
pub mod pareto;
pub mod queue;
pub mod ranking;
pub mod scoring;
pub mod sensitivity;
pub mod sequential;
pub mod survival;

/// Arithmetic mean; NaN of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample variance with divisor n − 1; NaN below two values.
pub fn variance(values: &[f64]) -> f64 {
    let m = mean(values);
    values.iter().map(|v| (v - m).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// Quantile `p` in [0, 1] of sorted values by linear interpolation (Hyndman and Fan 1996, type 7); NaN of nothing.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let at = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (low, share) = (at.floor() as usize, at.fract());
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (sorted[high] - sorted[low]) * share
}

/// The values in rising order.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut out = values.to_vec();
    out.sort_by(f64::total_cmp);
    out
}

/// Small samples whose statistics established packages computed; `tests/reference/statistics.py` computes them again.
#[cfg(test)]
mod test_data {
    pub const A: [f64; 10] = [3.1, 4.7, 2.2, 9.8, 5.5, 1.3, 4.4, 6.0, 2.9, 2.5];
    pub const B: [f64; 8] = [5.0, 6.1, 4.2, 7.7, 3.9, 4.8, 5.9, 3.5];
    pub const SKEWED: [f64; 12] = [0.1, 0.2, 0.2, 0.4, 0.9, 1.4, 1.5, 2.2, 2.9, 5.1, 8.8, 0.05];

    pub fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        // By hand: the 0.25 quantile of 1, 2, 4, 8 by type 7 lies at position 0.75.
        assert!((quantile(&[1.0, 2.0, 4.0, 8.0], 0.25) - 1.75).abs() < 1e-12);
        for (p, end) in [(0.0, 1.0), (1.0, 8.0), (-0.1, 1.0), (1.1, 8.0)] {
            assert!((quantile(&[1.0, 2.0, 4.0, 8.0], p) - end).abs() < 1e-12, "{p}");
        }
        assert!((variance(&[1.0, 2.0, 4.0, 8.0]) - 9.583_333_333_333_334).abs() < 1e-12);
    }
}
