//! Times that may be censored: the product-limit estimate (Kaplan and Meier 1958) and what is read off it.

use statrs::distribution::{ContinuousCDF, Normal};

/// A step of the survival curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Time.
    pub time: f64,
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
            out.push(Point { time, survival, greenwood });
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
