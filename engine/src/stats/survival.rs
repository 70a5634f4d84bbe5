//! Times that may be censored: the product-limit estimate (Kaplan and Meier 1958) and what is read off it.

/// A step of the survival curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Time.
    pub time: f64,
    /// Share still without the event after it.
    pub survival: f64,
}

/// Kaplan–Meier curve of (time, censored).
pub fn kaplan_meier(times: &[(f64, bool)]) -> Vec<Point> {
    let mut sorted = times.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut survival = 1.0;
    let mut out: Vec<Point> = vec![];
    let mut at = 0;
    while at < sorted.len() {
        let time = sorted[at].0;
        let here = sorted[at..].iter().take_while(|t| t.0.total_cmp(&time).is_eq()).count();
        let events = sorted[at..at + here].iter().filter(|t| !t.1).count();
        if events > 0 {
            survival *= 1.0 - events as f64 / (sorted.len() - at) as f64;
            out.push(Point { time, survival });
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
