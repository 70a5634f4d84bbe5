//! Bias-corrected and accelerated bootstrap of a mean (Efron 1987, JASA 82:171–185).

use statrs::distribution::{ContinuousCDF, Normal};

use super::{mean, quantile};
use crate::draws::Key;

/// Resamples behind an interval.
pub const RESAMPLES: usize = 2000;

/// Interval of `level` (0.95, say) for the mean of `values`, which are independent; resampling draws from `key`.
///
/// With fewer than two values, or when all are equal, it is the mean itself on both sides.
pub fn bca_mean(values: &[f64], level: f64, key: Key) -> (f64, f64) {
    let n = values.len();
    let centre = mean(values);
    if n < 2 || values.iter().all(|v| (v - values[0]).abs() <= 1e-12 * values[0].abs().max(1.0)) {
        return (centre, centre);
    }
    let mut rng = key.rng();
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let sum: f64 = (0..n)
                .map(|_| {
                    use rand::TryRng as _;
                    let Ok(bits) = rng.try_next_u64();
                    values[((u128::from(bits) * n as u128) >> 64) as usize]
                })
                .sum();
            sum / n as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let normal = Normal::standard();
    // Ties count half, as SciPy does it: resampled means of few distinct values repeat.
    let below = means.iter().filter(|m| **m < centre).count() as f64
        + 0.5 * means.iter().copied().filter(|m| m.total_cmp(&centre).is_eq()).count() as f64;
    let z0 = normal
        .inverse_cdf((below / RESAMPLES as f64).clamp(1.0 / RESAMPLES as f64, 1.0 - 1.0 / RESAMPLES as f64));
    // The jackknife of a mean needs no leaving out: its influence is the deviation itself.
    let (two, three) = values.iter().fold((0.0, 0.0), |(a, b), v| {
        let d = v - centre;
        (a + d * d, b + d * d * d)
    });
    let a = three / (6.0 * f64::powf(two, 1.5));
    let end = |p: f64| {
        let z = z0 + normal.inverse_cdf(p);
        quantile(&means, normal.cdf(z0 + z / (1.0 - a * z)))
    };
    let tail = (1.0 - level) / 2.0;
    (end(tail), end(1.0 - tail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Draws, Purpose};

    #[test]
    fn intervals_of_a_skewed_mean_cover_it() {
        // 600 samples of 40 exponentials: nominal 95 %; with 600 trials the 99.9 % range of a true 93 % is 0.89 to 0.965.
        let covered = (0..600)
            .filter(|k| {
                let draws = Draws::new(11, *k);
                let values: Vec<f64> = (0..40).map(|i| draws.key(Purpose::Entry, i).exponential()).collect();
                let (low, high) = bca_mean(&values, 0.95, draws.key(Purpose::Bootstrap, 0));
                (low..=high).contains(&1.0)
            })
            .count();
        let share = covered as f64 / 600.0;
        assert!((0.89..=0.98).contains(&share), "{share}");
    }
}
