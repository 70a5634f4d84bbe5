//! Times that may be censored: the product-limit estimate (Kaplan and Meier 1958) and what is read off it.

use statrs::distribution::{ContinuousCDF, Normal};

/// A step of the survival curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Time.
    pub time: f64,
    /// How many had not had the event before it.
    pub at_risk: f64,
    /// How many had it then.
    pub events: f64,
    /// Share still without the event after it.
    pub survival: f64,
    /// Greenwood's sum up to it, Σ d / (n · (n − d)): the variance of ln survival (Greenwood 1926).
    pub greenwood: f64,
}

impl Point {
    /// Interval of `level` for the survival, on the scale of ln(−ln S), so that it stays in [0, 1] (Kalbfleisch and Prentice 1980).
    pub fn interval(&self, level: f64) -> (f64, f64) {
        if self.survival <= 0.0 {
            return (0.0, 0.0);
        }
        let z = Normal::standard().inverse_cdf(0.5 + 0.5 * level);
        let half = z * self.greenwood.sqrt() / self.survival.ln().abs();
        (self.survival.powf(half.exp()), self.survival.powf((-half).exp()))
    }
}

/// Kaplan–Meier curve of (time, censored).
pub fn kaplan_meier(times: &[(f64, bool)]) -> Vec<Point> {
    let mut sorted = times.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut survival, mut greenwood) = (1.0, 0.0);
    let mut out: Vec<Point> = vec![];
    let mut at = 0;
    while at < sorted.len() {
        let time = sorted[at].0;
        let here = sorted[at..].iter().take_while(|t| t.0.total_cmp(&time).is_eq()).count();
        let events = sorted[at..at + here].iter().filter(|t| !t.1).count();
        if events > 0 {
            let (n, d) = ((sorted.len() - at) as f64, events as f64);
            survival *= 1.0 - d / n;
            greenwood += d / (n * (n - d));
            out.push(Point { time, at_risk: n, events: d, survival, greenwood });
        }
        at += here;
    }
    out
}

/// The first time at which half have had the event; `None` when fewer than half had it within the watch.
pub fn median(curve: &[Point]) -> Option<f64> {
    curve.iter().find(|p| p.survival <= 0.5 + 1e-12).map(|p| p.time)
}

/// Mean time, restricted to `limit`: the area under the curve up to there.
pub fn restricted_mean(curve: &[Point], limit: f64) -> f64 {
    let (mut area, mut from, mut survival) = (0.0, 0.0, 1.0);
    for p in curve.iter().take_while(|p| p.time < limit) {
        area += survival * (p.time - from);
        (from, survival) = (p.time, p.survival);
    }
    area + survival * (limit - from)
}

/// A value for each of the times (time, censored), in their order, of which [`restricted_mean`] is the plain mean: the time itself, cut at
/// `limit`, as far as it is known; a censored one counts with what is to be expected of it given all others. Differences of such values
/// within pairs are to a difference of restricted means what differences of plain values are to a difference of means. They are
/// pseudo-observations by the infinitesimal jackknife (Andersen, Hansen and Klein 2004, Lifetime Data Anal. 10:335–350; Parner, Andersen
/// and Overgaard 2023, ibid. 29:654–671). `limit` may be infinite when the largest time is no censored one.
pub fn restricted_values(times: &[(f64, bool)], limit: f64) -> Vec<f64> {
    let curve = kaplan_meier(times);
    let steps = &curve[..curve.partition_point(|p| p.time < limit)];
    // Area under the curve from each step to the limit; once nobody is left there is none.
    let mut behind = vec![0.0; steps.len() + 1];
    for k in (0..steps.len()).rev() {
        let Point { time, survival, .. } = steps[k];
        let until = steps.get(k + 1).map_or(limit, |next| next.time);
        behind[k] = behind[k + 1] + if survival > 0.0 { survival * (until - time) } else { 0.0 };
    }
    let mean = steps.first().map_or(limit, |s| s.time) + behind[0];
    // What all who outlast the first k steps gain by them.
    let mut gained = vec![0.0];
    for (k, Point { at_risk: n, events: d, .. }) in steps.iter().enumerate() {
        gained.push(gained[k] + if n > d { behind[k] * d / (n * (n - d)) } else { 0.0 });
    }
    let value = |(time, censored): &(f64, bool)| {
        let before = steps.partition_point(|s| s.time < *time);
        let own = match steps.get(before) {
            Some(p) if p.time.total_cmp(time).is_eq() => {
                if *censored {
                    gained[before + 1] - gained[before]
                } else {
                    -behind[before] / p.at_risk
                }
            }
            _ => 0.0,
        };
        mean + times.len() as f64 * (gained[before] + own)
    };
    times.iter().map(value).collect()
}

/// Standard error of [`restricted_mean`] (Klein and Moeschberger, Survival Analysis, 4.5): each event weighs with the square of the
/// area behind it.
pub fn restricted_mean_error(curve: &[Point], limit: f64) -> f64 {
    let whole = restricted_mean(curve, limit);
    let (mut variance, mut before) = (0.0, 0.0);
    for p in curve.iter().take_while(|p| p.time < limit) {
        let behind = whole - restricted_mean(curve, p.time);
        if p.survival > 0.0 {
            variance += behind * behind * (p.greenwood - before);
        }
        before = p.greenwood;
    }
    variance.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_those_of_lifelines() {
        // lifelines 0.30.3: KaplanMeierFitter (log-log intervals), restricted_mean_survival_time. The error by the formula in NumPy.
        let times = [5, 8, 12, 12, 15, 20, 22, 30, 30, 35, 41, 60, 60, 60];
        let events = [1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0];
        let data: Vec<(f64, bool)> = times.iter().zip(events).map(|(t, e)| (f64::from(*t), e == 0)).collect();
        let curve = kaplan_meier(&data);
        for (time, survival, low, high) in [
            (12.0, 0.785_714, 0.472_464, 0.925_365),
            (20.0, 0.628_571, 0.322_721, 0.826_450),
            (35.0, 0.359_184, 0.115_602, 0.615_133),
        ] {
            let p = curve.iter().find(|p| p.time >= time).unwrap();
            let of = p.interval(0.95);
            assert!(
                (p.survival - survival).abs() < 1e-6
                    && (of.0 - low).abs() < 1e-6
                    && (of.1 - high).abs() < 1e-6
            );
        }
        assert_eq!(median(&curve), Some(30.0));
        for (limit, mean, error) in [
            (60.0, 34.617_346_938_775_51, 5.830_512_468_647_317),
            (40.0, 27.433_673_469_387_76, 3.455_908_259_491_082_4),
        ] {
            assert!((restricted_mean(&curve, limit) - mean).abs() < 1e-9);
            assert!((restricted_mean_error(&curve, limit) - error).abs() < 1e-9);
        }
    }

    #[test]
    fn values_of_single_runs_are_what_lifelines_gives_for_a_little_more_weight_on_each() {
        // lifelines 0.30.3, tests/reference/statistics.py: the restricted mean plus n times its derivative by the weight of each run,
        // with rmst(KaplanMeierFitter().fit(T, E, weights=w), t=limit).
        let times = [5, 8, 12, 12, 15, 20, 22, 30, 30, 35, 41, 60, 60, 60];
        let events = [1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0];
        let data: Vec<(f64, bool)> = times.iter().zip(events).map(|(t, e)| (f64::from(*t), e == 0)).collect();
        for (limit, expected) in [
            (
                60.0,
                [
                    5.0, 8.0, 12.0, 41.785_71, 12.321_43, 17.821_43, 48.464_29, 26.015_31, 26.015_31,
                    32.301_02, 63.729_59,
                ],
            ),
            (
                40.0,
                [
                    5.0, 8.0, 12.0, 32.642_86, 13.235_71, 18.735_71, 36.807_14, 28.725_51, 28.725_51,
                    35.011_22, 41.296_94,
                ],
            ),
        ] {
            let values = restricted_values(&data, limit);
            for (value, expected) in values.iter().zip(expected) {
                assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
            }
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            assert!((mean - restricted_mean(&kaplan_meier(&data), limit)).abs() < 1e-9, "{mean}");
        }
    }

    #[test]
    fn what_is_known_is_what_it_is() {
        // Nothing censored below the limit: each time itself, cut at the limit; in any order.
        let data = [(7.0, false), (2.0, false), (9.0, true), (7.0, false), (11.0, false)];
        for (limit, expected) in [(9.0, [7.0, 2.0, 9.0, 7.0, 9.0]), (1.0, [1.0; 5])] {
            for (value, expected) in restricted_values(&data, limit).iter().zip(expected) {
                assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
            }
        }
        assert_eq!(restricted_values(&[(3.0, false), (0.0, false)], f64::INFINITY), [3.0, 0.0]);
        assert_eq!(restricted_values(&[(4.0, true)], 4.0), [4.0]);
        assert!(restricted_values(&[], 4.0).is_empty());
    }

    #[test]
    fn curve_of_a_small_sample_by_hand() {
        let curve = kaplan_meier(&[(1.0, false), (2.0, true), (3.0, false), (4.0, false), (5.0, true)]);
        let expected = [(1.0, 0.8), (3.0, 0.8 * 2.0 / 3.0), (4.0, 0.8 / 3.0)];
        for (p, (t, s)) in curve.iter().zip(expected) {
            assert!((p.time - t).abs() < 1e-12 && (p.survival - s).abs() < 1e-12);
        }
        assert_eq!(median(&curve), Some(4.0));
        let area = 1.0 + 0.8 * 2.0 + 0.8 * 2.0 / 3.0 + 0.8 / 3.0;
        assert!((restricted_mean(&curve, 5.0) - area).abs() < 1e-12);
    }

    #[test]
    fn where_all_have_had_it_mean_and_error_are_those_of_the_sample() {
        let curve = kaplan_meier(&[(1.0, false), (2.0, false), (3.0, false), (4.0, false)]);
        // Exactly half have had it by 2.
        assert_eq!(median(&curve), Some(2.0));
        assert!((restricted_mean(&curve, 10.0) - 2.5).abs() < 1e-12);
        // By hand: √(Σ (t − 2.5)² / 4²).
        assert!((restricted_mean_error(&curve, 10.0) - (5.0f64 / 16.0).sqrt()).abs() < 1e-12);
    }
}
