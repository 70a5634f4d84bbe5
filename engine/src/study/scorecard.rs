//! How good forecasts of the record were: what counts as one figure, what it scores, and what all of them say together.

use crate::scenario::evidence::FigureSpec;
use crate::scenario::naive::Naive;
use crate::stats::scoring::{PARTS, by_fifths, crps_uniform, skill, uniformity};
use crate::stats::{mean, quantile, sorted};
use crate::study::validation::ValidationReport;

/// A figure beats a naive forecast clearly when it saves this share of its score.
pub const CLEARLY: f64 = 0.25;

/// Scores of one figure, or means over several, as shares of what is feasible: less is better, but for how wide the interval is that is
/// no aim in itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// Width of the 90 % interval.
    pub width: f64,
    /// Continuous ranked probability score.
    pub crps: f64,
    /// That of the uniform forecast over what is feasible.
    pub uniform: f64,
    /// That of the rule of thumb.
    pub rule: f64,
}

impl Scores {
    /// In units of what is feasible, when between `reported.0` and `reported.1` came about: of a range the nearest to what a naive
    /// forecast says in the middle counts, as it does for the forecast itself.
    pub fn new(naive: &Naive, width: f64, crps: f64, reported: (f64, f64)) -> Self {
        let all = naive.width();
        let nearest = |x: f64| x.clamp(reported.0, reported.1);
        let middle = f64::midpoint(naive.low, naive.high);
        Self {
            width: width / all,
            crps: crps / all,
            uniform: crps_uniform(naive.low, naive.high, nearest(middle)) / all,
            rule: (nearest(naive.rule) - naive.rule).abs() / all,
        }
    }
    /// Of a forecast that said nothing: it scores as one that is as wrong as can be.
    pub fn of_silence(naive: &Naive, reported: (f64, f64)) -> Self {
        Self::new(naive, naive.width(), naive.width(), reported)
    }
    /// Means over several; NaN of none.
    pub fn mean<'s>(all: impl Iterator<Item = &'s Self> + Clone) -> Self {
        let of = |f: fn(&Self) -> f64| mean(&all.clone().map(f).collect::<Vec<_>>());
        Self {
            width: of(|s| s.width),
            crps: of(|s| s.crps),
            uniform: of(|s| s.uniform),
            rule: of(|s| s.rule),
        }
    }
    /// Share of the uniform forecast's score that is saved: 1 is perfect, below 0 it was the better one.
    pub fn skill_uniform(&self) -> f64 {
        skill(self.crps, self.uniform)
    }
    /// Share of the rule of thumb's score that is saved.
    pub fn skill_rule(&self) -> f64 {
        skill(self.crps, self.rule)
    }
    /// The lesser of the two: skill against the better naive forecast.
    pub fn skill(&self) -> f64 {
        self.skill_uniform().min(self.skill_rule())
    }
}

/// What counts as one: a figure, or a curve with all its points.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Places of its figures in the scenario.
    pub figures: Vec<usize>,
    /// Whether the reported value lies in the 90 % interval; of a curve, whether all of it lies in the band that holds 90 % of the runs'.
    pub covered: bool,
    /// Interval score, as of a figure; of a curve the mean over its points.
    pub interval_score: f64,
    /// Scores; of a curve means over its points.
    pub scores: Scores,
    /// Where the reported value lies in what was simulated, in [0, 1]; of a curve the mean over its points. Absent when no run gave a value.
    pub transform: Option<f64>,
}

impl Entry {
    /// Its name: the figure's id, or the curve's name.
    pub fn name<'f>(&self, evidence: &'f [FigureSpec]) -> &'f str {
        let figure = &evidence[self.figures[0]];
        figure.curve.as_deref().unwrap_or_else(|| figure.id.get().map_or("", String::as_str))
    }
}

/// What all figures of one or more incidents say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Scorecard {
    /// Incidents with a figure that is scored.
    pub incidents: usize,
    /// Figures that are scored, a curve counting as one.
    pub figures: usize,
    /// Those covered.
    pub covered: usize,
    /// Those that beat both naive forecasts clearly.
    pub beat: usize,
    /// Mean interval score.
    pub interval_score: f64,
    /// Median width of the interval as a share of what is feasible.
    pub width: f64,
    /// Means of the scores over the figures; the skill of these is that of all figures.
    pub scores: Scores,
    /// With one vote an incident: share of its figures that are covered, mean over the incidents.
    pub covered_vote: f64,
    /// With one vote an incident: skill of its figures together against the better naive forecast, mean over the incidents.
    pub skill_vote: f64,
    /// Transforms of the figures, by fifths.
    pub fifths: [usize; PARTS],
    /// Chance of fifths as uneven as these if what was reported came from the forecasts and figures did not hang together (exact).
    pub uniform_p: f64,
}

impl Scorecard {
    /// Of these incidents; absent where nothing is scored.
    pub fn of<'r>(reports: impl IntoIterator<Item = &'r ValidationReport>) -> Option<Self> {
        let incidents: Vec<&[Entry]> =
            reports.into_iter().map(|r| r.entries.as_slice()).filter(|e| !e.is_empty()).collect();
        if incidents.is_empty() {
            return None;
        }
        let all: Vec<&Entry> = incidents.iter().copied().flatten().collect();
        let together = |entries: &[Entry]| Scores::mean(entries.iter().map(|e| &e.scores));
        let covered =
            |entries: &[Entry]| entries.iter().filter(|e| e.covered).count() as f64 / entries.len() as f64;
        let votes = |of: &dyn Fn(&[Entry]) -> f64| {
            mean(&incidents.iter().map(|entries| of(entries)).collect::<Vec<_>>())
        };
        let fifths = by_fifths(&all.iter().filter_map(|e| e.transform).collect::<Vec<_>>());
        Some(Self {
            incidents: incidents.len(),
            figures: all.len(),
            covered: all.iter().filter(|e| e.covered).count(),
            beat: all.iter().filter(|e| e.scores.skill() >= CLEARLY).count(),
            interval_score: mean(&all.iter().map(|e| e.interval_score).collect::<Vec<_>>()),
            width: quantile(&sorted(&all.iter().map(|e| e.scores.width).collect::<Vec<_>>()), 0.5),
            scores: Scores::mean(all.iter().map(|e| &e.scores)),
            covered_vote: votes(&covered),
            skill_vote: votes(&|entries| together(entries).skill()),
            fifths,
            uniform_p: uniformity(fifths),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(covered: bool, crps: f64, uniform: f64, rule: f64, transform: f64) -> Entry {
        Entry {
            figures: vec![0],
            covered,
            interval_score: crps,
            scores: Scores { width: crps, crps, uniform, rule },
            transform: Some(transform),
        }
    }

    fn report(entries: Vec<Entry>) -> ValidationReport {
        ValidationReport { runs: 1, happened: 1, conditions: vec![], compared: 1, figures: vec![], entries }
    }

    #[test]
    fn an_incident_has_one_vote_however_many_figures_it_has() {
        // One incident with three figures of skill ½, all covered; one with one figure that the rule of thumb beats, missed.
        let many = report(vec![
            entry(true, 0.1, 0.2, 0.4, 0.5),
            entry(true, 0.1, 0.2, 0.4, 0.1),
            entry(true, 0.1, 0.2, 0.4, 0.3),
        ]);
        let one = report(vec![entry(false, 0.2, 0.4, 0.1, 0.99)]);
        let s = Scorecard::of([&many, &one]).unwrap();
        assert_eq!((s.incidents, s.figures, s.covered, s.beat), (2, 4, 3, 3));
        assert!((s.covered_vote - 0.5).abs() < 1e-12, "not three quarters");
        assert!((s.skill_vote - (0.5 - 1.0) / 2.0).abs() < 1e-12, "{}", s.skill_vote);
        assert_eq!(s.fifths, [1, 1, 1, 0, 1]);
        // Means over the figures: 0.125, 0.25 and 0.325.
        assert!((s.scores.skill() - 0.5).abs() < 1e-12 && (s.width - 0.1).abs() < 1e-12);
        assert!(Scorecard::of([&report(vec![])]).is_none(), "nothing is scored");
        assert_eq!(Scorecard::of([&many, &report(vec![])]).unwrap().incidents, 1);
    }

    #[test]
    fn scores_are_shares_of_what_is_feasible() {
        let naive = Naive { low: -100.0, high: 100.0, rule: 10.0 };
        let s = Scores::new(&naive, 50.0, 5.0, (30.0, 30.0));
        // By hand: of the uniform (130³ + 70³) / (3 · 200²) = 21.166….
        assert!((s.width - 0.25).abs() < 1e-12 && (s.crps - 0.025).abs() < 1e-12);
        assert!((s.uniform - 2_540_000.0 / 120_000.0 / 200.0).abs() < 1e-12 && (s.rule - 0.1).abs() < 1e-12);
        assert!((s.skill_rule() - 0.75).abs() < 1e-12 && s.skill_uniform() > 0.76 && s.skill() < 0.76);
        let silent = Scores::of_silence(&naive, (30.0, 30.0));
        // Of a range the nearest counts: the rule lies in it, the middle of the uniform beside it.
        let ranged = Scores::new(&naive, 50.0, 5.0, (5.0, 30.0));
        let at_five = Scores::new(&naive, 50.0, 5.0, (5.0, 5.0));
        assert!(ranged.rule == 0.0 && (ranged.uniform - at_five.uniform).abs() < 1e-12);
        assert!(silent.skill() < 0.0 && (silent.crps - 1.0).abs() < 1e-12);
    }
}
