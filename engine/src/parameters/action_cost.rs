//! What an action costs those who carry it out.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::action::ActionKind;
use crate::random::{Confidence, Description, Dist, Param, Quantile};
use crate::units::{Number, PersonHours, Quantity, SimDuration};

/// What an action costs those who carry it out.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionCost {
    /// Which action.
    pub action: ActionKind,
    /// Person-hours, whatever the target.
    pub effort: Param<PersonHours>,
    /// Person-hours for each host of the target.
    #[serde(default)]
    pub per_host: Option<Param<PersonHours>>,
    /// Shortest possible time, however many people help.
    pub shortest: Param<SimDuration>,
    /// Factor on all three; 1 without it.
    #[serde(default)]
    pub factor: Option<Param<Number>>,
    /// The plausible range of that factor: from one in so many to so many.
    #[serde(default)]
    pub within: Option<Number>,
    /// How sure we are.
    #[serde(default)]
    pub sure: Option<Confidence>,
    /// Where the numbers come from.
    #[serde(default)]
    pub source: String,
}

impl ActionCost {
    pub(super) fn path(&self) -> String {
        format!("actions.{}", self.action.name())
    }
    fn range(&self) -> Option<(f64, f64)> {
        self.within.map(Number::get).filter(|w| *w > 1.0).map(|w| (1.0 / w, w))
    }
    pub(super) fn describe(&self) -> Description {
        let per_host = self.per_host.as_ref().map_or(String::new(), |p| format!(", {p} a host"));
        let factor = self.factor.as_ref().map_or(String::new(), |f| format!(", times {f}"));
        Description {
            value: format!("{}{per_host}, at least {}{factor}", self.effort, self.shortest),
            range: self.range(),
            shown: self.range().map(|(l, h)| (format!("{l:.2} times"), format!("{h:.2} times"))),
            unit: Some("factor on effort and shortest time".into()),
            sure: self.sure,
            source: Some(self.source.clone()),
        }
    }
    fn factor(&self) -> Option<Dist<Number>> {
        let (low, high) = self.range()?;
        let number = |v| Number::from_number(v).expect("a factor is a number");
        Some(Dist::LogPert { low: number(low).into(), mode: number(1.0).into(), high: number(high).into() })
    }
    pub(super) fn make_uncertain(&mut self) {
        if self.factor.is_none() {
            self.factor = self.factor().map(Param::uncertain);
        }
    }
    pub(super) fn prior(&self) -> Option<Quantile> {
        // What is known by a factor is known by its logarithm.
        let (low, high) = self.range().filter(|_| self.factor.is_none())?;
        Quantile::log_uniform(low, high)
    }
}
