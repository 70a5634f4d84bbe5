//! Outcomes of many replicates as plain numbers, of which differences may be taken: times that are censored are restricted to a limit
//! which all that is compared shares.

use crate::catalogue::outcome::Outcome;
use crate::sim::core::record::Record;
use crate::stats::survival::restricted_values;

/// How far times of this outcome are known under every one of the strategies: the smallest, over those with a censored time as their
/// longest, of that time. None where nothing needs to be restricted: the outcome is no time, or all curves come down to nobody.
pub fn common_limit(strategies: &[Vec<Record>], o: Outcome) -> Option<f64> {
    let times = |records: &Vec<Record>| longest_if_censored(o, records.iter().filter_map(|r| r.time(o)));
    strategies.iter().filter_map(times).min_by(f64::total_cmp)
}

/// The longest of these times of an outcome, if it is censored.
pub fn longest_if_censored(o: Outcome, times: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    // Of equal times a censored one is the longer.
    let longest = times.max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    longest.filter(|longest| o.is_time() && longest.1).map(|longest| longest.0)
}

/// Plain numbers for values of an outcome with whether each is censored, in their order: times are restricted to `limit`, so that their
/// mean is the restricted mean by Kaplan–Meier.
pub fn restricted(o: Outcome, values: &[(f64, bool)], limit: Option<f64>) -> Vec<f64> {
    if o.is_time() {
        restricted_values(values, limit.unwrap_or(f64::INFINITY))
    } else {
        values.iter().map(|v| v.0).collect()
    }
}

/// A value for each record that has one, in their order, as [`restricted`] gives it.
pub fn values(records: &[Record], o: Outcome, limit: Option<f64>) -> Vec<Option<f64>> {
    let known: Vec<(f64, bool)> = records.iter().filter_map(|r| r.time(o)).collect();
    let mut values = restricted(o, &known, limit).into_iter();
    records.iter().map(|r| r.get(o).and_then(|_| values.next())).collect()
}

/// As [`values`], with 0 where there is none.
pub fn filled(records: &[Record], o: Outcome, limit: Option<f64>) -> Vec<f64> {
    values(records, o, limit).into_iter().map(|v| v.unwrap_or(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(times: &[(f64, bool)]) -> Vec<Record> {
        let record = |t: &(f64, bool)| {
            let mut r = Record::default();
            r.set_time(Outcome::Recovery95, *t);
            r
        };
        times.iter().map(record).collect()
    }

    #[test]
    fn the_limit_is_as_far_as_all_are_known() {
        let whole = records(&[(5.0, true), (9.0, false)]);
        let open = records(&[(5.0, false), (8.0, true), (3.0, true)]);
        let limit = |s: &[Vec<Record>]| common_limit(s, Outcome::Recovery95);
        assert_eq!(limit(std::slice::from_ref(&whole)), None, "the longest is known");
        assert_eq!(limit(&[open.clone(), whole.clone()]), Some(8.0));
        assert_eq!(
            limit(&[records(&[(9.0, false), (9.0, true)])]),
            Some(9.0),
            "one of the longest is not known"
        );
        assert_eq!(common_limit(&[open], Outcome::Harm), None);
    }

    #[test]
    fn what_is_missing_stays_so() {
        let mut list = records(&[(5.0, false), (8.0, true)]);
        list.insert(1, Record::default());
        assert_eq!(values(&list, Outcome::Recovery95, Some(6.0)), [Some(5.0), None, Some(6.0)]);
        assert_eq!(filled(&list, Outcome::Recovery95, Some(6.0)), [5.0, 0.0, 6.0]);
    }
}
