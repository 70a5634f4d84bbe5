//! Scores of forecasts: they punish both an interval that misses and one that is wider than it need be. And whether what came about lies
//! in them as often where it should.

use statrs::distribution::{ChiSquared, ContinuousCDF as _};
use statrs::function::gamma::ln_gamma;

use crate::stats::normal::{normal_cumulated, normal_density};

/// The interval score of a central interval [`low`, `high`] of level 1 − `alpha` when `x` comes about: its width, plus 2/α times what it
/// misses by (Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation", JASA 2007, eq. 43). Less is better;
/// nobody can win by being vague. In the unit of `x`.
pub fn interval_score(low: f64, high: f64, alpha: f64, x: f64) -> f64 {
    (high - low) + 2.0 / alpha * ((low - x).max(0.0) + (x - high).max(0.0))
}

/// The continuous ranked probability score of a forecast that is a sample, when `x` comes about: the integral of (F − 1{x ≤ ·})² for the
/// sample's own distribution function, which is E|X − x| − ½ E|X − X′| with both drawn from the sample (Gneiting and Raftery 2007, eq. 20
/// and 21). Less is better; that of one point is its distance. In the unit of `x`; NaN of nothing. Needs rising values.
pub fn crps(sorted: &[f64], x: f64) -> f64 {
    let n = sorted.len() as f64;
    let (mut distance, mut spread) = (0.0, 0.0);
    for (k, v) in sorted.iter().enumerate() {
        distance += (v - x).abs();
        // Of all n² ordered pairs, the k-th smallest is the larger one in 2k more than it is the smaller one.
        spread += v * (2.0 * k as f64 + 1.0 - n);
    }
    distance / n - spread / (n * n)
}

/// That of a forecast that is uniform between `low` and `high`. In the unit of `x`.
pub fn crps_uniform(low: f64, high: f64, x: f64) -> f64 {
    let width = high - low;
    if width <= 0.0 {
        return (x - low).abs();
    }
    let within = x.clamp(low, high);
    let inside = ((within - low).powi(3) + (high - within).powi(3)) / (3.0 * width * width);
    inside + (x - within).abs()
}

/// That of a normal forecast (Gneiting and Raftery 2007, 4.2). In the unit of `x`.
pub fn crps_normal(mean: f64, sd: f64, x: f64) -> f64 {
    if sd <= 0.0 {
        return (x - mean).abs();
    }
    let z = (x - mean) / sd;
    let twice = 2.0 * normal_cumulated(z) - 1.0;
    sd * (z * twice + 2.0 * normal_density(z) - 1.0 / std::f64::consts::PI.sqrt())
}

/// Skill of a score against that of a naive forecast: the share of the latter that is saved. 1 is perfect, 0 as good, less than 0 worse; 0
/// where both are perfect, minus infinity where only the naive one is.
pub fn skill(score: f64, naive: f64) -> f64 {
    if naive > 0.0 {
        1.0 - score / naive
    } else if score > 0.0 {
        f64::NEG_INFINITY
    } else {
        0.0
    }
}

/// The probability integral transform of `x` under a forecast that is a sample: its rank among the sample's values, in (0, 1), ties and
/// the place between two ranks broken by `draw`, a uniform number (the randomised form of Czado, Gneiting and Held 2009).
/// Uniform, whatever the law and also with ties, when `x` is one more draw from it. Needs rising values.
pub fn transformed(sorted: &[f64], x: f64, draw: f64) -> f64 {
    let below = sorted.partition_point(|v| *v < x) as f64;
    let equal = sorted.partition_point(|v| *v <= x) as f64 - below;
    (below + draw * (equal + 1.0)) / (sorted.len() as f64 + 1.0)
}

/// Whether a curve lies in the band that holds 1 − `alpha` of the curves of a forecast as wholes: how far out it lies is its outermost
/// point, each by its rank among the forecast's points there (as in the extremal depth of Narisetty and Nair 2016). `forecast` has one
/// curve a run, each with as many points as `x`. Of one point it is the central interval. False of nothing.
pub fn band_holds(forecast: &[Vec<f64>], x: &[f64], alpha: f64) -> bool {
    let n = forecast.len() as f64;
    let columns: Vec<Vec<f64>> = (0..x.len())
        .map(|k| super::sorted(&forecast.iter().map(|curve| curve[k]).collect::<Vec<_>>()))
        .collect();
    // How far from the middle a value's rank is, in [0, 1]; equal values share the middle of their ranks, or the nearest to the middle of
    // all when they are many.
    let out = |curve: &[f64]| {
        let one = |(column, v): (&Vec<f64>, &f64)| {
            let below = column.partition_point(|c| c < v) as f64;
            let upto = column.partition_point(|c| c <= v) as f64;
            (n / 2.0 - (n / 2.0).clamp(below, upto)).abs() * 2.0 / n
        };
        columns.iter().zip(curve).map(one).fold(0.0, f64::max)
    };
    let all = super::sorted(&forecast.iter().map(|curve| out(curve)).collect::<Vec<_>>());
    out(x) <= super::quantile(&all, 1.0 - alpha)
}

/// Parts of [0, 1] by which transforms are counted.
pub const PARTS: usize = 5;

/// The most numbers whose every outcome is looked at.
const EXACT: usize = 300;

/// How many of these numbers in [0, 1] lie in each fifth.
pub fn by_fifths(transforms: &[f64]) -> [usize; PARTS] {
    let mut counts = [0; PARTS];
    for p in transforms {
        counts[((p * PARTS as f64) as usize).min(PARTS - 1)] += 1;
    }
    counts
}

/// Chance that independent uniform numbers fall into fifths at most as likely as these counts: the exact multinomial test (Read and
/// Cressie 1988); of more than 300, Pearson's approximation to it. 1 of nothing.
pub fn uniformity(counts: [usize; PARTS]) -> f64 {
    let total: usize = counts.iter().sum();
    if total > EXACT {
        let expected = total as f64 / PARTS as f64;
        let statistic = counts.iter().map(|c| (*c as f64 - expected).powi(2) / expected).sum::<f64>();
        return ChiSquared::new((PARTS - 1) as f64).map_or(f64::NAN, |law| law.sf(statistic));
    }
    // By the largest count first, so that each set of counts is looked at once, times the ways to give it to the fifths.
    let chance = |c: &[usize]| -> f64 {
        let factorial = |n: usize| ln_gamma(n as f64 + 1.0);
        let ln = factorial(total)
            - c.iter().map(|n| factorial(*n)).sum::<f64>()
            - total as f64 * (PARTS as f64).ln();
        ln.exp()
    };
    let observed = chance(&counts) * (1.0 + 1e-9);
    let mut p = 0.0;
    let mut visit = |c: [usize; PARTS]| {
        let one = chance(&c);
        if one <= observed {
            p += one * orders(c);
        }
    };
    for a in total.div_ceil(PARTS)..=total {
        let left = total - a;
        for b in left.div_ceil(PARTS - 1)..=a.min(left) {
            let left = left - b;
            for c in left.div_ceil(PARTS - 2)..=b.min(left) {
                let left = left - c;
                for d in left.div_ceil(PARTS - 3)..=c.min(left) {
                    visit([a, b, c, d, left - d]);
                }
            }
        }
    }
    p.min(1.0)
}

/// In how many orders falling numbers can stand.
fn orders(falling: [usize; PARTS]) -> f64 {
    let mut orders = 1.0;
    let mut equal = 0.0;
    for (k, n) in falling.iter().enumerate() {
        equal = if k > 0 && falling[k - 1] == *n { equal + 1.0 } else { 1.0 };
        orders *= (k + 1) as f64 / equal;
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal::normal_quantile;
    use crate::stats::sorted;
    use crate::streams::{StreamName, Streams};

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

    #[test]
    fn crps_is_that_of_the_closed_forms() {
        use crate::stats::test_data::{A, close};
        // Of one point, the absolute error.
        close(crps(&[3.0], 7.5), 4.5);
        // By hand: (1 + 3 + 7) / 3 − ½ · (2 · (2 + 6 + 4)) / 9.
        close(crps(&[2.0, 4.0, 8.0], 1.0), 11.0 / 3.0 - 12.0 / 9.0);
        // By the published formula, as properscoring's crps_ensemble and scoringRules' crps_sample compute it.
        close(crps(&sorted(&A), 3.3), 0.592);
        close(crps(&sorted(&A), 12.0), 6.512);
        // Of a uniform and of a normal sample: quantiles of the law, ever finer.
        let n = 4000;
        let at = |k: usize| (k as f64 + 0.5) / n as f64;
        let uniform: Vec<f64> = (0..n).map(|k| 2.0 + 3.0 * at(k)).collect();
        let normal: Vec<f64> = (0..n).map(|k| 2.0 + 3.0 * normal_quantile(at(k))).collect();
        for x in [0.0, 2.0, 2.7, 4.9, 6.0] {
            assert!((crps(&uniform, x) - crps_uniform(2.0, 5.0, x)).abs() < 1e-6, "{x}");
            assert!((crps(&normal, x) - crps_normal(2.0, 3.0, x)).abs() < 1e-3, "{x}");
        }
        // scipy.stats in the formula: of N(0, 1) at 0.5, and of a uniform on [0, 1] at 0.3.
        close(crps_normal(0.0, 1.0, 0.5), 0.331_403_531_254_855_9);
        close(crps_uniform(0.0, 1.0, 0.3), 0.123_333_333_333_333_33);
        close(crps_uniform(4.0, 4.0, 6.5), 2.5);
        close(crps_normal(4.0, 0.0, 6.5), 2.5);
    }

    #[test]
    fn skill_is_what_is_saved() {
        assert!((skill(0.25, 1.0) - 0.75).abs() < 1e-12 && (skill(2.0, 1.0) + 1.0).abs() < 1e-12);
        assert!(skill(0.0, 0.0).abs() < 1e-12);
        assert!(skill(1.0, 0.0) == f64::NEG_INFINITY);
    }

    #[test]
    fn transforms_of_what_is_drawn_from_the_same_law_are_uniform() {
        // 4,000 figures, each one more draw beside nine: of a continuous law, and of one with three values, so nearly all ties. Each fifth
        // holds 800 of them with a standard deviation of 25: five of these are missed once in a million. Keyed.
        for steps in [None, Some(3.0)] {
            let transforms: Vec<f64> = (0..4000)
                .map(|n| {
                    let draw = |k: u64| Streams::new(9, n).stream(StreamName::Test { n: k }).uniform();
                    let value = |k: u64| steps.map_or(draw(k), |s: f64| (draw(k) * s).floor());
                    transformed(&sorted(&(0..9).map(value).collect::<Vec<_>>()), value(9), draw(10))
                })
                .collect();
            let counts = by_fifths(&transforms);
            assert!(counts.iter().all(|c| c.abs_diff(800) < 125), "{counts:?}");
        }
        // A forecast that is too narrow pushes them outwards.
        let narrow: Vec<f64> = (0..4000)
            .map(|n| {
                let draw = |k: u64| Streams::new(9, n).stream(StreamName::Test { n: k }).uniform();
                let sample: Vec<f64> = (0..9).map(|k| 0.4 + 0.2 * draw(k)).collect();
                transformed(&sorted(&sample), draw(9), draw(10))
            })
            .collect();
        let counts = by_fifths(&narrow);
        assert!(counts[0] > 1200 && counts[4] > 1200 && uniformity(counts) < 1e-6, "{counts:?}");
        assert_eq!(by_fifths(&[0.0, 0.2, 0.399, 1.0]), [1, 2, 0, 0, 1]);
    }

    #[test]
    fn a_band_holds_as_many_curves_as_it_says() {
        // Curves of four points, walks that are drawn from the same law as the forecast: of 1,000 nine in ten, with a standard deviation
        // of 9.5 and some more for a forecast of 400.
        let walk = |n: u64| {
            let step = |k: u64| Streams::new(5, n).stream(StreamName::Test { n: k }).uniform() - 0.5;
            (0..4)
                .scan(0.0, |at, k| {
                    *at += step(k);
                    Some(*at)
                })
                .collect::<Vec<f64>>()
        };
        let forecast: Vec<Vec<f64>> = (0..400).map(walk).collect();
        let held = (1000..2000).filter(|n| band_holds(&forecast, &walk(*n), 0.1)).count();
        assert!(held.abs_diff(900) < 50, "{held}");
        // A point far out is enough, and of one point it is the central interval.
        let mut far = walk(0);
        far[2] = 9.0;
        assert!(!band_holds(&forecast, &far, 0.1));
        let one: Vec<Vec<f64>> = (0..101).map(|k| vec![f64::from(k)]).collect();
        let held = |x: f64| band_holds(&one, &[x], 0.1);
        assert!(held(6.0) && held(94.0) && !held(3.0) && !held(97.0));
        // Where most runs say the same, that is in the middle.
        let same: Vec<Vec<f64>> = (0..10).map(|k| vec![f64::from(u8::from(k == 0))]).collect();
        assert!(band_holds(&same, &[0.0], 0.1) && !band_holds(&[], &[0.0], 0.1));
    }

    #[test]
    fn uniformity_is_exact() {
        use crate::stats::test_data::close;
        // By hand: one number tells nothing; two share a fifth one time in five; three lie in one fifth one time in twenty-five, and all
        // apart 12 times in 25, which is the likeliest.
        close(uniformity([0; 5]), 1.0);
        close(uniformity([0, 1, 0, 0, 0]), 1.0);
        close(uniformity([0, 0, 2, 0, 0]), 0.2);
        close(uniformity([1, 0, 0, 0, 1]), 1.0);
        close(uniformity([0, 3, 0, 0, 0]), 0.04);
        // By enumeration of all outcomes (tests/reference/statistics.py).
        close(uniformity([7, 1, 2, 0, 2]), 0.024_743_956_48);
        close(uniformity([2, 9, 4, 5, 10]), 0.105_924_720_529_189_62);
        // Where it goes over to the approximation, the two are near.
        let (exact, near) = (uniformity([75, 60, 48, 57, 60]), uniformity([75, 60, 48, 57, 61]));
        assert!((exact - near).abs() < 0.02 && exact > 0.1, "{exact} {near}");
    }
}
