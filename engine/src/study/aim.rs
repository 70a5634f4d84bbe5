//! What is to be made small: one outcome, or a weighted sum of several.

use std::str::FromStr;

use crate::catalogue::outcome::Outcome;
use crate::sim::core::record::Record;
use crate::source::did_you_mean;
use crate::study::measured::{common_limit, filled};

/// Outcomes, each with the weight of one of its units; less is better.
#[derive(Clone, Debug, PartialEq)]
pub struct Aim {
    terms: Vec<(Outcome, f64)>,
}

impl Aim {
    /// One outcome alone.
    pub fn of(outcome: Outcome) -> Self {
        Self { terms: vec![(outcome, 1.0)] }
    }
    /// The outcomes with their weights.
    pub fn terms(&self) -> &[(Outcome, f64)] {
        &self.terms
    }
    /// Words for it in sentences and tables.
    pub fn label(&self) -> String {
        match &self.terms[..] {
            [(outcome, _)] => outcome.label().to_owned(),
            terms => {
                let factor =
                    |w: f64| if (w - 1.0).abs() < 1e-12 { String::new() } else { format!("{w} × ") };
                let term = |(o, w): &(Outcome, f64)| format!("{}{}", factor(*w), o.label());
                terms.iter().map(term).collect::<Vec<_>>().join(" + ")
            }
        }
    }
    /// Words for one unit of it.
    pub fn one(&self) -> String {
        match &self.terms[..] {
            [(outcome, _)] => match outcome.unit() {
                "index" => format!("point of {}", outcome.label()),
                "hours" => format!("hour of {}", outcome.label()),
                "days" => format!("day of {}", outcome.label()),
                _ => format!("one of {}", outcome.label()),
            },
            _ => format!("point of {}", self.label()),
        }
    }
    /// Its unit: that of its outcome, none of a sum.
    pub fn unit(&self) -> &'static str {
        match &self.terms[..] {
            [(outcome, _)] => outcome.unit(),
            _ => "weighted sum",
        }
    }
    /// It in one record. A time that is censored counts with what was watched, what is missing as nothing.
    pub fn at_sight(&self, record: &Record) -> f64 {
        self.terms.iter().map(|(o, w)| w * record.get(*o).unwrap_or(0.0)).sum()
    }
    /// How far each of its times is known under all of these strategies.
    pub(super) fn limits(&self, strategies: &[Vec<Record>]) -> Vec<Option<f64>> {
        self.terms.iter().map(|(o, _)| common_limit(strategies, *o)).collect()
    }
    /// It in each record, times restricted to `limits`.
    pub(super) fn values(&self, records: &[Record], limits: &[Option<f64>]) -> Vec<f64> {
        let mut sum = vec![0.0; records.len()];
        for ((outcome, weight), limit) in self.terms.iter().zip(limits) {
            for (sum, value) in sum.iter_mut().zip(filled(records, *outcome, *limit)) {
                *sum += weight * value;
            }
        }
        sum
    }
}

/// As it is written: `harm`, or `harm=1,contacts_not_served=0.01`.
impl FromStr for Aim {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut terms: Vec<(Outcome, f64)> = vec![];
        for part in text.split(',') {
            let (id, weight) = part.trim().split_once('=').unwrap_or((part.trim(), "1"));
            let Some(outcome) = Outcome::by_id(id) else {
                let hint = did_you_mean(id, Outcome::ALL.iter().map(|o| o.id()));
                let hint = hint.unwrap_or_else(|| "`resus list outcomes` shows all".into());
                return Err(format!("no outcome '{id}'; {hint}"));
            };
            let weight: f64 =
                weight.parse().ok().filter(|w: &f64| w.is_finite() && *w > 0.0).ok_or_else(|| {
                    format!("'{weight}' is no weight above 0; write harm=1,contacts_not_served=0.01")
                })?;
            if terms.iter().any(|t| t.0 == outcome) {
                return Err(format!("'{id}' stands twice"));
            }
            terms.push((outcome, weight));
        }
        Ok(Self { terms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_summed_by_weight() {
        let aim: Aim = "harm, contacts_not_served=0.01".parse().unwrap();
        assert_eq!(aim.terms(), [(Outcome::Harm, 1.0), (Outcome::ContactsNotServed, 0.01)]);
        let mut record = Record::default();
        record.set(Outcome::Harm, 7.0);
        assert!((aim.at_sight(&record) - 7.0).abs() < 1e-12);
        record.set(Outcome::ContactsNotServed, 300.0);
        assert!((aim.at_sight(&record) - 10.0).abs() < 1e-12);
        let records = [record, Record::default()];
        assert_eq!(aim.values(&records, &aim.limits(&[records.to_vec()])), [10.0, 0.0]);
        assert_eq!("harm".parse(), Ok(Aim::of(Outcome::Harm)));
    }

    #[test]
    fn a_mistake_is_named() {
        for (text, told) in [
            ("harn", "no outcome 'harn'; did you mean 'harm'?"),
            ("harm=x", "'x' is no weight above 0"),
            ("harm=-1", "'-1' is no weight above 0"),
            ("harm,harm=2", "'harm' stands twice"),
            ("", "no outcome ''"),
        ] {
            let error = text.parse::<Aim>().unwrap_err();
            assert!(error.starts_with(told), "{text}: {error}");
        }
    }
}
