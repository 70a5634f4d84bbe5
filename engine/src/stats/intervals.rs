//! Intervals for means of one and two samples, and for quantiles.

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

use crate::stats::{mean, sorted, variance};

/// Quantile `p` of Student's t with `freedom` degrees of freedom.
pub fn t_quantile(p: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |t| t.inverse_cdf(p))
}

/// An estimate with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Half of its width.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }
    /// Whether zero lies outside.
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
    fn around(estimate: f64, half: f64) -> Self {
        Self { estimate, low: estimate - half, high: estimate + half }
    }
}

/// Student's interval of `level` for the mean of independent values; exact for normal ones, in the limit for all with a
/// variance. NaN ends below two values. For paired samples give the differences.
pub fn of_mean(values: &[f64], level: f64) -> Interval {
    let n = values.len() as f64;
    let t = t_quantile(0.5 + 0.5 * level, (n - 1.0).max(f64::MIN_POSITIVE));
    Interval::around(mean(values), t * (variance(values) / n).sqrt())
}

/// Welch's interval of `level` for mean(a) − mean(b) of two independent samples with variances of their own (Welch 1947,
/// Biometrika 34:28–35).
pub fn of_difference(a: &[f64], b: &[f64], level: f64) -> Interval {
    let (va, vb) = (variance(a) / a.len() as f64, variance(b) / b.len() as f64);
    let freedom = (va + vb).powi(2) / (va * va / (a.len() as f64 - 1.0) + vb * vb / (b.len() as f64 - 1.0));
    let t = t_quantile(0.5 + 0.5 * level, freedom);
    Interval::around(mean(a) - mean(b), t * (va + vb).sqrt())
}

/// Interval of at least `level` for the quantile `p` of a distribution, between two of the sample's own values; free of any
/// assumption on its shape (Conover, Practical Nonparametric Statistics, 3.2). Ends are infinite where the sample is too small.
pub fn of_quantile(values: &[f64], p: f64, level: f64) -> Interval {
    let list = sorted(values);
    let n = list.len();
    let estimate = crate::stats::quantile(&list, p);
    let Ok(below) = Binomial::new(p, n as u64) else {
        return Interval { estimate, low: f64::NAN, high: f64::NAN };
    };
    let tail = 0.5 * (1.0 - level);
    // Largest r with P(fewer than r below) ≤ tail, and smallest s with P(at least s below) ≤ tail.
    let r = (0..=n).rev().find(|r| *r == 0 || below.cdf(*r as u64 - 1) <= tail).unwrap_or(0);
    let s = (1..=n).find(|s| 1.0 - below.cdf(*s as u64 - 1) <= tail);
    Interval {
        estimate,
        low: if r == 0 { f64::NEG_INFINITY } else { list[r - 1] },
        high: s.map_or(f64::INFINITY, |s| list[s - 1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_data::{A, B, close};
    use crate::streams::{StreamName, Streams};

    #[test]
    fn intervals_are_those_of_scipy() {
        // SciPy 1.17.1: t.interval(0.95, n − 1, mean, sem), ttest_ind(equal_var=False).confidence_interval,
        // quantile_test(q=0, p=0.5).confidence_interval.
        let of = of_mean(&A, 0.95);
        close(of.low, 2.475_388_519_881_103);
        close(of.high, 6.004_611_480_118_897);
        let of = of_difference(&A, &B, 0.95);
        close(of.low, -2.863_262_083_031_407);
        close(of.high, 1.068_262_083_031_407);
        let of = of_quantile(&A, 0.5, 0.95);
        assert_eq!((of.low, of.high), (2.2, 6.0));
    }

    #[test]
    fn quantiles_are_covered_at_least_as_often_as_stated() {
        // 400 samples of 60 exponentials: the true 0.9 quantile is ln 10. At 95 % fewer than 360 covered has a chance below 1e-5.
        let covered = (0..400)
            .filter(|k| {
                let streams = Streams::new(5, *k);
                let values: Vec<f64> =
                    (0..60).map(|i| streams.stream(StreamName::Test { n: i }).exponential()).collect();
                let of = of_quantile(&values, 0.9, 0.95);
                (of.low..=of.high).contains(&10f64.ln())
            })
            .count();
        assert!(covered >= 360, "{covered}");
        let small = of_quantile(&[1.0, 2.0], 0.9, 0.95);
        assert!(small.high.is_infinite(), "two values cannot bound a 0.9 quantile from above");
    }

    #[test]
    fn an_interval_says_how_wide_it_is_and_whether_zero_lies_outside() {
        let of = |low: f64, high: f64| Interval { estimate: 0.5 * (low + high), low, high };
        close(of(1.0, 4.0).half_width(), 1.5);
        close(of(-1.0, 4.0).half_width(), 2.5);
        for (low, high, outside) in
            [(1.0, 4.0, true), (-4.0, -1.0, true), (-1.0, 4.0, false), (0.0, 4.0, false), (-4.0, 0.0, false)]
        {
            assert_eq!(of(low, high).excludes_zero(), outside, "{low} to {high}");
        }
    }
}
