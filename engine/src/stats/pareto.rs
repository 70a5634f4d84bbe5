//! Several aims at once, all of which are to be small: what is not dominated, and how sure that is.

use crate::streams::Stream;

use crate::stats::bootstrap::resample;

/// Whether `a` is nowhere worse than `b` and somewhere better.
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b) && a.iter().zip(b).any(|(a, b)| a < b)
}

/// Which points no other dominates.
pub fn front(points: &[Vec<f64>]) -> Vec<bool> {
    points.iter().map(|p| !points.iter().any(|q| dominates(q, p))).collect()
}

/// How often each option is in the Pareto set of means when replicates are drawn anew (bootstrap): 1 is sure, 0 is sure not.
/// `values[option][aim][replicate]`; replicates are common to all.
pub fn membership(values: &[Vec<Vec<f64>>], streams: usize, key: Stream) -> Vec<f64> {
    let n = values.first().and_then(|v| v.first()).map_or(0, Vec::len);
    let mut counts = vec![0usize; values.len()];
    let mut rng = key.rng();
    for _ in 0..streams {
        let chosen: Vec<usize> = resample(&mut rng, n).collect();
        let mean = |list: &Vec<f64>| chosen.iter().map(|i| list[*i]).sum::<f64>();
        let points: Vec<Vec<f64>> = values.iter().map(|aims| aims.iter().map(mean).collect()).collect();
        for (count, on) in counts.iter_mut().zip(front(&points)) {
            *count += usize::from(on);
        }
    }
    counts.into_iter().map(|c| c as f64 / streams.max(1) as f64).collect()
}

/// How an option fares over worlds in which all options were tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Robustness {
    /// Mean regret: how much worse than the best option of the same world (Savage 1951).
    pub mean_regret: f64,
    /// 95 % quantile of regret.
    pub high_regret: f64,
    /// Share of worlds in which it is within `enough` (satisficing, Simon 1956).
    pub satisfies: f64,
}

/// Regret and satisficing of each option; `values[option][world]`, smaller is better.
pub fn robustness(values: &[Vec<f64>], enough: f64) -> Vec<Robustness> {
    let worlds = values.first().map_or(0, Vec::len);
    let best: Vec<f64> =
        (0..worlds).map(|w| values.iter().map(|v| v[w]).fold(f64::INFINITY, f64::min)).collect();
    values
        .iter()
        .map(|v| {
            let regret: Vec<f64> = v.iter().zip(&best).map(|(v, b)| v - b).collect();
            Robustness {
                mean_regret: crate::stats::mean(&regret),
                high_regret: crate::stats::quantile(&crate::stats::sorted(&regret), 0.95),
                satisfies: v.iter().filter(|v| **v <= enough).count() as f64 / worlds.max(1) as f64,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::{StreamName, Streams};

    #[test]
    fn fronts_by_hand() {
        let points = [[1.0, 5.0], [2.0, 2.0], [5.0, 1.0], [3.0, 3.0], [1.0, 5.0]].map(|p| p.to_vec());
        assert_eq!(front(&points), [true, true, true, false, true]);
        let key = Streams::new(1, 0).stream(StreamName::Test { n: 1 << 40 });
        let sure = membership(&[vec![vec![1.0; 9]], vec![vec![2.0; 9]]], 50, key);
        assert_eq!(sure, [1.0, 0.0]);
    }

    #[test]
    fn regret_by_hand() {
        let r = robustness(&[vec![1.0, 9.0], vec![3.0, 4.0]], 4.0);
        assert_eq!((r[0].mean_regret, r[1].mean_regret), (2.5, 1.0));
        assert_eq!((r[0].satisfies, r[1].satisfies), (0.5, 1.0));
    }
}
