//! What is known of a parameter beside its value: plausible range, unit, source, and how sure we are.

use schemars::JsonSchema;
use serde::Deserialize;

use super::distribution::Dist;
use super::quantile::Quantile;
use crate::units::Quantity;

/// How sure we are of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(rename = "Sure")]
pub enum Confidence {
    /// A published figure for this very quantity.
    High,
    /// Published figures for something near it.
    Medium,
    /// Judgement, or fitted to incidents within a range that is judgement.
    Low,
}

impl Confidence {
    /// The word used in reports.
    pub const fn label(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// What is known of a parameter beside its value; each part where it is stated.
#[derive(Clone, Debug)]
pub(super) struct Provenance<T> {
    /// Lowest and highest plausible value; of a distribution, of its centre.
    pub(super) range: Option<(T, T)>,
    pub(super) unit: Option<String>,
    pub(super) sure: Option<Confidence>,
    pub(super) source: Option<String>,
}

impl<T> Provenance<T> {
    pub(super) const NOTHING: Self = Self { range: None, unit: None, sure: None, source: None };
}

impl<T: Quantity> Provenance<T> {
    pub(super) fn describe(&self, value: String) -> Description {
        Description {
            value,
            range: self.range.map(|(l, h)| (l.number(), h.number())),
            shown: self.range.map(|(l, h)| (l.to_string(), h.to_string())),
            unit: self.unit.clone(),
            sure: self.sure,
            source: self.source.clone(),
        }
    }
    /// Whether its ends lie so far apart that its order of magnitude counts.
    pub(super) fn wide(low: f64, high: f64) -> bool {
        low > 0.0 && high >= 10.0 * low
    }
    pub(super) fn flat(&self) -> Option<Quantile> {
        let (low, high) = self.range.map(|(l, h)| (l.number(), h.number())).filter(|(l, h)| l < h)?;
        Some(if Self::wide(low, high) {
            Quantile::log_uniform(low, high)?
        } else {
            Quantile::Uniform(low, high)
        })
    }
    /// The distribution of what is known: from the lowest over `mode` to the highest; by order of magnitude where they lie a factor
    /// of ten apart.
    pub(super) fn spread(&self, mode: T) -> Option<Dist<T>> {
        let (low, high) = self.range.filter(|(l, h)| l.number() < h.number())?;
        let mode = T::from_number(mode.number().clamp(low.number(), high.number())).ok()?;
        let wide = Self::wide(low.number(), high.number());
        let (low, mode, high) = (low.into(), mode.into(), high.into());
        Some(if wide { Dist::LogPert { low, mode, high } } else { Dist::Pert { low, mode, high } })
    }
}

/// What a reader is told of a parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// Its value or distribution in words.
    pub value: String,
    /// Plausible range in the engine's numbers, where stated.
    pub range: Option<(f64, f64)>,
    /// The range in words.
    pub shown: Option<(String, String)>,
    /// Its unit in words, where stated.
    pub unit: Option<String>,
    /// How sure we are of it, where stated.
    pub sure: Option<Confidence>,
    /// Where it comes from, where stated.
    pub source: Option<String>,
}
