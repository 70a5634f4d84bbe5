//! Pairs: how sure a mean difference is, and how often one of the two is the better.

use std::cmp::Ordering;

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::stats::{mean, variance};

/// The fewest pairs from which anything is concluded. Below it the bootstrap interval of a skewed mean is too narrow (Hesterberg 2015,
/// Am. Statist. 69:371–386), and Student's t, which is used then, leans on a normal shape that outcomes of incidents do not have.
pub const FEWEST: usize = 30;
/// A difference counts as shown when its p-value, adjusted for all comparisons made, is at most this.
pub const ALPHA: f64 = 0.05;
/// Up to so many pairs all arrangements of signs are gone through.
const ALL_SIGNS: usize = 12;

/// Two-sided p-value of differences within pairs against a mean of none; `None` below two pairs, which say nothing of chance.
///
/// Up to 12 pairs by the exact test over all arrangements of signs (Fisher 1935, The Design of Experiments, 21), above by Student's
/// t. It is never below what the most telling arrangement of so many signs has, 2 / 2ⁿ.
pub fn p_value(differences: &[f64]) -> Option<f64> {
    let n = differences.len();
    if n < 2 {
        return None;
    }
    let of = mean(differences);
    let size = differences.iter().map(|d| d.abs()).fold(0.0, f64::max);
    if size <= 1e-9 {
        return Some(1.0);
    }
    let least = f64::exp2(1.0 - n as f64).max(f64::MIN_POSITIVE);
    if n <= ALL_SIGNS {
        let observed = differences.iter().sum::<f64>().abs() - 1e-9 * size;
        let sum = |signs: u32| -> f64 {
            (0u32..).zip(differences).map(|(k, d)| if signs & 1 << k == 0 { *d } else { -d }).sum()
        };
        let as_far = (0..1u32 << n).filter(|signs| sum(*signs).abs() >= observed).count();
        return Some(as_far as f64 / f64::from(1u32 << n));
    }
    let error = (variance(differences) / n as f64).sqrt();
    let by_t = StudentsT::new(0.0, 1.0, n as f64 - 1.0).map_or(1.0, |t| 2.0 * t.cdf(-(of / error).abs()));
    // Where nothing varies the statistic is infinite.
    Some(if by_t.is_nan() { least } else { by_t.clamp(least, 1.0) })
}

/// How often one of a pair was the better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wins {
    /// Pairs in which it was.
    pub better: usize,
    /// Pairs in which both were the same, or in which it is not known which was the better.
    pub same: usize,
    /// Pairs.
    pub of: usize,
}

impl Wins {
    /// Of pairs by which of the two is less: less is better.
    pub fn count(order: impl IntoIterator<Item = Ordering>) -> Self {
        order.into_iter().fold(Self::default(), |mut wins, order| {
            wins.better += usize::from(order == Ordering::Less);
            wins.same += usize::from(order == Ordering::Equal);
            wins.of += 1;
            wins
        })
    }
    /// Of differences: below zero is better, and less than a billionth apart is the same.
    pub fn of_differences(differences: &[f64]) -> Self {
        let order = |d: &f64| if d.abs() <= 1e-9 { Ordering::Equal } else { d.total_cmp(&0.0) };
        Self::count(differences.iter().map(order))
    }
    /// Share of the pairs, ties counted half; NaN of none.
    pub fn share(&self) -> f64 {
        (self.better as f64 + 0.5 * self.same as f64) / self.of as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_data::{A, close};

    #[test]
    fn p_values_are_those_of_scipy() {
        // SciPy 1.17.1, tests/reference/statistics.py:
        // permutation_test((d,), np.mean, permutation_type="samples", alternative="two-sided").pvalue
        close(p_value(&[3.1, -0.4, 2.2, 5.8, 1.5, -1.3, 4.4]).unwrap(), 0.078_125);
        close(p_value(&[1.0, 2.0]).unwrap(), 0.5);
        close(p_value(&[2.0; 4]).unwrap(), 0.125);
        // ttest_1samp(A + [a − 4 for a in A], 0).pvalue
        let twenty: Vec<f64> = A.iter().copied().chain(A.map(|a| a - 4.0)).collect();
        close(p_value(&twenty).unwrap(), 0.005_021_805_104_876_692);
    }

    #[test]
    fn few_pairs_are_never_sure() {
        assert_eq!(p_value(&[]), None);
        assert_eq!(p_value(&[1e6]), None);
        for n in 2..40 {
            // ttest_1samp would say 0 here, or nothing: all differences are the same, or nearly.
            let least = f64::powi(0.5, n - 1);
            let same = vec![7.0; n as usize];
            let nearly: Vec<f64> = (0..n).map(|k| 1000.0 + 0.001 * f64::from(k)).collect();
            close(p_value(&same).unwrap(), least);
            assert!(p_value(&nearly).unwrap() >= least, "{n}");
            close(p_value(&vec![0.0; n as usize]).unwrap(), 1.0);
        }
        assert!(p_value(&vec![5.0; 3000]).unwrap() > 0.0, "zero would say that it cannot be");
    }

    #[test]
    fn wins_are_counted() {
        let wins = Wins::of_differences(&[-1.0, 0.0, 1e-12, 2.0, -3.0]);
        assert_eq!(wins, Wins { better: 2, same: 2, of: 5 });
        close(wins.share(), 0.6);
        assert!(Wins::default().share().is_nan());
    }
}
