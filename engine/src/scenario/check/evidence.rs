//! Checks figures of a real incident.

use super::Check;
use crate::catalogue::outcome::Outcome;
use crate::estate::Estate;
use crate::scenario::evidence;
use crate::scenario::evidence::{ActivityMeasure, FigureSpec, MOST_FIGURES, Measure, WaitMeasure};
use crate::scenario::naive::Naive;
use crate::source::Located;

impl Check {
    pub(super) fn evidence(
        &mut self,
        list: &[Located<FigureSpec>],
        estate: &Estate,
        horizon: u32,
    ) -> Vec<FigureSpec> {
        if list.len() > MOST_FIGURES {
            self.diagnostics.wrong(&(0..0), format!("at most {MOST_FIGURES} figures of evidence"));
            return vec![];
        }
        for (n, figure) in list.iter().filter_map(Located::get).enumerate() {
            if list.iter().filter_map(Located::get).take(n).any(|f| f.id.get() == figure.id.get()) {
                self.diagnostics.wrong(&figure.id.at, "two figures have this id");
            }
            let (low, high) = (figure.low.unwrap_or(figure.value), figure.high.unwrap_or(figure.value));
            let sound = [low, figure.value, high].iter().all(|v| v.is_finite());
            if !sound || low > figure.value || figure.value > high {
                self.diagnostics
                    .wrong(&figure.id.at, "a figure is a number between its `low` and its `high`");
            }
            for time in figure.measure.times() {
                if evidence::minutes(time) > horizon {
                    self.diagnostics.wrong(&time.at, "this is after the scenario ends").help =
                        Some("give an earlier time, or a longer `horizon`".into());
                }
            }
            match &figure.measure {
                Measure::Outcome(id) => {
                    if id.get().is_some_and(|id| Outcome::by_id(id).is_none()) {
                        self.diagnostics.unknown(id, "outcome", Outcome::ALL.iter().map(|o| o.id()));
                    }
                }
                Measure::Activity(ActivityMeasure { from, to, .. })
                | Measure::PutOff(ActivityMeasure { from, to, .. })
                | Measure::Arrivals(ActivityMeasure { from, to, .. })
                | Measure::Wait(WaitMeasure { from, to, .. }) => {
                    if evidence::minutes(from) >= evidence::minutes(to) {
                        self.diagnostics.wrong(&to.at, "this is not after `from`");
                    }
                }
                Measure::Organisations(_)
                | Measure::Hosts(_)
                | Measure::CustomersBack(_)
                | Measure::Back(_)
                | Measure::Between(..) => {}
            }
        }
        let figures: Vec<FigureSpec> = list.iter().filter_map(Located::get).cloned().collect();
        for figure in &figures {
            self.bounds(figure, estate, horizon);
            self.condition_and_curve(figure, &figures);
        }
        figures
    }

    /// What is possible must be known, and what was reported must be possible.
    fn bounds(&mut self, figure: &FigureSpec, estate: &Estate, horizon: u32) {
        if figure.feasible.is_some_and(|(low, high)| !(low.is_finite() && high.is_finite() && low < high)) {
            self.diagnostics.wrong(&figure.id.at, "`feasible` goes from a number to a larger one");
            return;
        }
        // A wrong measure has been told of.
        if matches!(&figure.measure, Measure::Outcome(id) if id.get().is_none_or(|id| Outcome::by_id(id).is_none()))
        {
            return;
        }
        let state = "state `feasible: (low, high)`, the least and the most that is possible";
        match Naive::of(figure, estate, horizon) {
            None => {
                self.diagnostics
                    .wrong(&figure.id.at, format!("there is no telling how far {} can go", figure.unit()))
                    .help = Some(state.into());
            }
            Some(n) if !(n.low..=n.high).contains(&figure.value) => {
                self.diagnostics
                    .wrong(
                        &figure.id.at,
                        format!("{} is not possible: this goes from {} to {}", figure.value, n.low, n.high),
                    )
                    .help = Some(state.into());
            }
            Some(_) => {}
        }
    }

    fn condition_and_curve(&mut self, figure: &FigureSpec, figures: &[FigureSpec]) {
        if let Some((low, high)) = figure.condition {
            if !figure.given || figure.across.is_some() {
                self.diagnostics
                    .wrong(&figure.id.at, "a condition is for a figure of one incident that is given")
                    .help = Some("add `given: true`".into());
            } else if !(low <= figure.value && figure.value <= high) {
                self.diagnostics.wrong(&figure.id.at, "what was reported does not fulfil its own condition");
            }
        }
        let Some(curve) = &figure.curve else { return };
        let other = figures.iter().find(|f| f.curve.as_ref() == Some(curve) && f.unit() != figure.unit());
        if figure.given || figure.across.is_some() {
            self.diagnostics.wrong(&figure.id.at, "a point of a curve is scored, and of one incident").help =
                Some("take `curve` away".into());
        } else if other.is_some() {
            self.diagnostics
                .wrong(&figure.id.at, format!("the points of the curve '{curve}' have more than one unit"));
        }
    }
}
