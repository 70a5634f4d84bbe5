//! How often a scenario's incident comes: a number of times a year, with how far that is known and by what.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::random::Confidence;
use crate::source::{Diagnostics, Located};
use crate::stats::annual_loss::Rate;

/// The most incidents a year that are taken: what comes oftener is no incident that anybody exercises.
const MOST: f64 = 1000.0;
/// A stated range and the one that is drawn may differ by this factor at an end before that is said.
const FAR: f64 = 1.5;

/// How often the incident comes, as a yearly frequency of such incidents to the whole estate of the scenario.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// Times a year that are expected: 0.1 is once in ten years.
    pub per_year: f64,
    /// Lowest plausible frequency: one in twenty would call a lower one.
    pub low: f64,
    /// Highest plausible frequency: one in twenty would call a higher one.
    pub high: f64,
    /// How sure we are of it.
    #[serde(default)]
    pub sure: Option<Confidence>,
    /// Where it comes from; judgement says so.
    pub source: String,
}

impl Frequency {
    /// One that is taken as known.
    pub fn known(per_year: f64, source: impl Into<String>) -> Self {
        Self { per_year, low: per_year, high: per_year, sure: None, source: source.into() }
    }
    /// What its draws follow.
    pub fn rate(&self) -> Rate {
        Rate::new(self.per_year, self.low, self.high)
    }
    /// What is wrong with it, or hardly what was meant, at its place.
    pub(crate) fn check(spec: &Located<Self>, diagnostics: &mut Diagnostics) {
        let Some(f) = spec.get() else { return };
        let all = [f.per_year, f.low, f.high];
        if !all.iter().all(|v| v.is_finite() && *v > 0.0 && *v <= MOST) {
            diagnostics
                .wrong(&spec.at, format!("a frequency is above 0 and at most {MOST} times a year"))
                .help = Some("0.1 is once in ten years; leave it out where it is not known".into());
        } else if f.low > f.per_year || f.per_year > f.high {
            diagnostics.wrong(&spec.at, "`per_year` lies between `low` and `high`").help =
                Some(format!("{} is not between {} and {}", f.per_year, f.low, f.high));
        } else {
            let (low, high) = f.rate().range();
            let far = |a: f64, b: f64| a / b > FAR || b / a > FAR;
            if far(low, f.low) || far(high, f.high) {
                diagnostics
                    .warn(&spec.at, format!("frequencies are drawn from {low:.2} to {high:.2} a year: the expected one lies near an end of its range"))
                    .help = Some(format!("with this range the expected one is {:.2}", Rate::mean_of_range(f.low, f.high)));
            }
        }
        if f.source.trim().is_empty() {
            diagnostics.wrong(&spec.at, "a frequency says where it comes from").help =
                Some("write `source: \"judgement: …\"` where it is judgement".into());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{bundled, load};

    fn with(frequency: &str) -> Vec<(bool, String)> {
        let text = bundled::STARTER.replacen("format: 1,", &format!("format: 1, frequency: {frequency},"), 1);
        match load(&text, None) {
            Ok(s) => s.warnings.into_iter().map(|d| (d.warning, d.what)).collect(),
            Err(wrong) => wrong.list.into_iter().map(|d| (d.warning, d.what)).collect(),
        }
    }

    #[test]
    fn a_frequency_is_a_number_in_its_range_with_a_source() {
        assert_eq!(with("(per_year: 0.12, low: 0.03, high: 0.3, source: \"judgement\")"), []);
        for (frequency, warning, what) in [
            ("(per_year: 0, low: 0, high: 1, source: \"judgement\")", false, "above 0"),
            ("(per_year: 5, low: 1, high: 1e9, source: \"judgement\")", false, "above 0"),
            (
                "(per_year: 0.5, low: 0.03, high: 0.3, source: \"judgement\")",
                false,
                "between `low` and `high`",
            ),
            ("(per_year: 0.1, low: 0.03, high: 0.3, source: \" \")", false, "where it comes from"),
            ("(per_year: 0.1, low: 0.03, high: 0.3)", false, "lacks its field 'source'"),
            ("(per_yaer: 0.1, low: 0.03, high: 0.3, source: \"judgement\")", false, "no field 'per_yaer'"),
            ("(per_year: 0.031, low: 0.03, high: 0.3, source: \"judgement\")", true, "drawn from"),
        ] {
            let said = with(frequency);
            assert!(said.iter().any(|s| s.0 == warning && s.1.contains(what)), "{frequency}: {said:?}");
        }
    }
}
