//! Checks figures of a real incident.

use super::Check;
use crate::catalogue::outcome::Outcome;
use crate::scenario::evidence;
use crate::scenario::evidence::{ActivityMeasure, FigureSpec, MOST_FIGURES, Measure, WaitMeasure};
use crate::source::Located;

impl Check {
    pub(super) fn evidence(&mut self, list: &[Located<FigureSpec>], horizon: u32) -> Vec<FigureSpec> {
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
                | Measure::Wait(WaitMeasure { from, to, .. }) => {
                    if evidence::minutes(from) >= evidence::minutes(to) {
                        self.diagnostics.wrong(&to.at, "this is not after `from`");
                    }
                }
                Measure::Organisations(_)
                | Measure::Hosts(_)
                | Measure::CustomersBack(_)
                | Measure::Between(..) => {}
            }
        }
        list.iter().filter_map(Located::get).cloned().collect()
    }
}
