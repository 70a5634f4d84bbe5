//! Whether samples agree with each other or with a law: Kolmogorov and Smirnov's statistic, with its asymptotic level.

use crate::stats::sorted;

/// A test of agreement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Largest gap between the two distribution functions, in [0, 1].
    pub gap: f64,
    /// Chance of at least this gap when they agree: asymptotic for continuous quantities, and too large (cautious) with ties.
    pub p: f64,
}

/// Chance that Kolmogorov's limit exceeds `x` (Kolmogorov 1933): 2 Σ (−1)^(k−1) exp(−2k²x²).
fn beyond(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0;
    }
    let term = |k: u32| {
        let k = f64::from(k);
        (-2.0 * k * k * x * x).exp() * if k % 2.0 > 0.5 { 1.0 } else { -1.0 }
    };
    (2.0 * (1..=100).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

/// Whether two samples come from one distribution (Smirnov 1939). NaN where one is empty.
pub fn two_samples(a: &[f64], b: &[f64]) -> Agreement {
    let (a, b) = (sorted(a), sorted(b));
    let share = |list: &[f64], x: f64| list.partition_point(|v| *v <= x) as f64 / list.len() as f64;
    let gap = a.iter().chain(&b).map(|x| (share(&a, *x) - share(&b, *x)).abs()).fold(0.0, f64::max);
    let (n, m) = (a.len() as f64, b.len() as f64);
    Agreement { gap, p: beyond(gap * (n * m / (n + m)).sqrt()) }
}

/// Whether a sample comes from the law with this distribution function, P(X ≤ x), which may have steps: `below` gives P(X < x).
pub fn with_law(sample: &[f64], cdf: impl Fn(f64) -> f64, below: impl Fn(f64) -> f64) -> Agreement {
    let s = sorted(sample);
    let n = s.len() as f64;
    let gap = s
        .iter()
        .map(|x| {
            let (less, most) =
                (s.partition_point(|v| v < x) as f64 / n, s.partition_point(|v| v <= x) as f64 / n);
            (most - cdf(*x)).abs().max((less - below(*x)).abs())
        })
        .fold(0.0, f64::max);
    Agreement { gap, p: beyond(gap * n.sqrt()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_data::{A, B};

    #[test]
    fn gaps_and_levels_are_those_of_scipy() {
        // scipy.stats.ks_2samp(A, B), kstest(A, norm(4, 2).cdf), kstwobign.sf(1) and .isf(0.001) of SciPy 1.17.1.
        let two = two_samples(&A, &B);
        assert!((two.gap - 0.5).abs() < 1e-12, "{two:?}");
        assert!((beyond(1.0) - 0.269_999_671_677_35).abs() < 1e-12);
        assert!((beyond(1.949_474_603_504_375) - 0.001).abs() < 1e-6);
        // Kolmogorov's series by hand, where more than its first term counts, and where all of them do.
        assert!((beyond(0.5) - 0.963_945_243_664_875_1).abs() < 1e-12);
        assert!((beyond(0.0) - 1.0).abs() < 1e-12);
        // 0.5 × √(10 · 8 / 18) is 1.054.
        assert!((two.p - 0.216_460_224_947_425).abs() < 1e-9, "{two:?}");
        let normal = |x: f64| crate::stats::normal::normal_cumulated((x - 4.0) / 2.0);
        let one = with_law(&A, normal, normal);
        assert!((one.gap - 0.173_644_779_712_079_98).abs() < 1e-9, "{one:?}");
        // 0.1736 × √10 is 0.5491.
        assert!((one.p - 0.923_704_832_793_918).abs() < 1e-9, "{one:?}");
    }

    #[test]
    fn what_agrees_has_no_gap() {
        let same = two_samples(&A, &A);
        assert!(same.gap.abs() < 1e-12 && (same.p - 1.0).abs() < 1e-12, "{same:?}");
        // A fair coin that falls evenly: steps of the law are no gaps.
        let coin = with_law(
            &[0.0, 0.0, 1.0, 1.0],
            |x| if x < 1.0 { 0.5 } else { 1.0 },
            |x| if x > 0.0 { 0.5 } else { 0.0 },
        );
        assert!(coin.gap.abs() < 1e-12, "{coin:?}");
    }
}
