//! When to stop: a mean is to be known to a stated precision.

use crate::stats::intervals::{Interval, of_mean};

/// The least number of values before a rule may stop: below it the estimate of the variance is too rough.
pub const FEWEST: usize = 100;

/// Looks are taken at these sizes only: each half as large again as the one before, so that there are few of them and stopping
/// at a lucky one is rare. `sizes(most)` ends with `most`.
pub fn sizes(most: usize) -> impl Iterator<Item = usize> {
    let mut next = FEWEST.min(most);
    let mut over = false;
    std::iter::from_fn(move || {
        if over {
            return None;
        }
        let now = next;
        over = now >= most;
        next = (now + now / 2).min(most);
        Some(now)
    })
}

/// Whether the interval of `level` of a mean is within ± `allowed` of it: the rule of Chow and Robbins (1965, Ann. Math. Statist.
/// 36:457–462) with Student's t, at looks of [`sizes`]. Its coverage is shown by simulation in this module's tests.
pub fn precise(values: &[f64], allowed: f64, level: f64) -> Option<Interval> {
    let of = of_mean(values, level);
    (values.len() >= FEWEST && of.half_width() <= allowed).then_some(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::{StreamName, Streams};

    /// Share of 1,000 runs in which the interval at the stop covers the true mean.
    fn coverage(value: impl Fn(f64) -> f64, truth: f64, allowed: f64) -> f64 {
        let covered = (0..1000)
            .filter(|k| {
                let streams = Streams::new(3, *k);
                let values: Vec<f64> =
                    (0..20_000).map(|i| value(streams.stream(StreamName::Test { n: i }).uniform())).collect();
                let stop = sizes(20_000)
                    .find_map(|n| precise(&values[..n], allowed, 0.95))
                    .unwrap_or_else(|| of_mean(&values, 0.95));
                (stop.low..=stop.high).contains(&truth)
            })
            .count();
        covered as f64 / 1000.0
    }

    #[test]
    fn intervals_at_the_stop_keep_their_coverage() {
        // Uniform, exponential, and a value that is 0 four times in five: nominal 0.95; at 0.95 fewer than 0.925 has a chance of 4e-4.
        assert!(coverage(|u| u, 0.5, 0.02) > 0.925);
        assert!(coverage(|u| -u.ln(), 1.0, 0.05) > 0.925);
        assert!(coverage(|u| if u < 0.2 { 5.0 } else { 0.0 }, 1.0, 0.1) > 0.925);
    }

    #[test]
    fn looks_end_at_the_most() {
        assert_eq!(sizes(300).collect::<Vec<_>>(), [100, 150, 225, 300]);
        assert_eq!(sizes(40).collect::<Vec<_>>(), [40]);
    }

    #[test]
    fn a_rule_stops_when_enough_is_seen_and_the_mean_is_known_well_enough() {
        // 0 and 2 in turn: the half width is about 1.984 × √(100 / 99) / 10, that is 0.1994.
        let values: Vec<f64> = (0..100).map(|k| f64::from(k % 2 * 2)).collect();
        let of = precise(&values, 0.2, 0.95).expect("precise enough");
        assert!((of.estimate - 1.0).abs() < 1e-12 && (of.half_width() - 0.1994).abs() < 1e-4, "{of:?}");
        assert_eq!(precise(&values, 0.199, 0.95), None, "not quite");
        assert_eq!(precise(&values[..98], 1.0, 0.95), None, "too few, however precise");
        assert!(precise(&values, of.half_width(), 0.95).is_some(), "just so");
    }
}
