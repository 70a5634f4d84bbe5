//! Judges sets on replicates that the search has not seen.

use std::collections::{BTreeMap, BTreeSet};

use super::{Choice, InvestmentOptions, Judged, Part, Problem, STEPS, Search, Year, weighed};
use crate::sim::core::record::Record;
use crate::stats::bootstrap::{bca_ratio, mean_interval};
use crate::stats::intervals::Interval;
use crate::stats::mean;
use crate::stats::paired::Wins;
use crate::streams::{StreamName, Streams};
use crate::study::portfolio::Measure;

pub(super) struct Judge<'a> {
    pub problem: &'a Problem,
    options: &'a InvestmentOptions,
    streams: Streams,
    weights: &'a [f64],
    /// By scenario how far times are known, under all that was heard first; absent before.
    limits: Option<Vec<Vec<Option<f64>>>>,
    values: BTreeMap<Choice, Vec<f64>>,
    /// Pounds lost, levers not counted.
    losses: BTreeMap<Choice, Vec<f64>>,
}

impl<'a> Judge<'a> {
    pub fn new(
        problem: &'a Problem,
        options: &'a InvestmentOptions,
        weights: &'a [f64],
        streams: Streams,
    ) -> Self {
        let (values, losses) = (BTreeMap::new(), BTreeMap::new());
        Self { problem, options, weights, streams, limits: None, values, losses }
    }
    /// Runs those of the choices that were not run yet; `None` when it was stopped.
    pub fn hear(&mut self, search: &mut Search, choices: &BTreeSet<Choice>) -> Option<()> {
        let fresh: Vec<Choice> = choices.iter().filter(|c| !self.values.contains_key(*c)).cloned().collect();
        if fresh.is_empty() {
            return Some(());
        }
        let records = search.records(&fresh, self.options.search, self.options.judge)?;
        let aim = &self.options.aim;
        let limits = self.limits.get_or_insert_with(|| records.iter().map(|s| aim.limits(s)).collect());
        let loss = |s: &Vec<Record>| s.iter().map(|r| Measure::Loss.of(r)).collect();
        for (k, choice) in fresh.into_iter().enumerate() {
            let values = records.iter().zip(limits.iter()).map(|(s, l)| aim.values(&s[k], l));
            let losses = records.iter().map(|s| loss(&s[k]));
            self.losses.insert(choice.clone(), weighed(self.weights, losses));
            self.values.insert(choice, weighed(self.weights, values));
        }
        Some(())
    }
    /// Values of a choice that was heard.
    pub fn of(&self, choice: &Choice) -> &[f64] {
        &self.values[choice]
    }
    pub fn mean(&self, choice: &Choice) -> f64 {
        mean(self.of(choice))
    }
    /// Pounds over all years.
    pub fn total(&self, choice: &Choice) -> f64 {
        self.problem.cost(choice).over(self.options.years())
    }
    /// By what `best` is lower than another, with an interval of this level.
    pub fn lead(&self, best: &Choice, other: &Choice, level: f64) -> Interval {
        self.interval_of(&self.gain(other, best), level)
    }
    fn interval(&self, list: &[f64]) -> Interval {
        self.interval_of(list, 0.95)
    }
    fn interval_of(&self, list: &[f64], level: f64) -> Interval {
        mean_interval(
            list,
            level,
            self.streams.stream(StreamName::Bootstrap { of: 0, outcome: 0, figure: 0 }),
        )
    }
    /// By what `b` is lower than `a`, by replicate.
    fn gain(&self, a: &Choice, b: &Choice) -> Vec<f64> {
        difference(self.of(a), self.of(b))
    }
    pub fn judged(&self, choice: &Choice) -> Judged {
        let none = self.problem.nothing();
        let gain = self.gain(&none, choice);
        let cost = self.problem.cost(choice);
        let years = self.options.years();
        Judged {
            choice: choice.clone(),
            cost,
            total: self.total(choice),
            present_value: cost.present_value(years, self.options.discount),
            mean: self.mean(choice),
            benefit: self.interval(&gain),
            relative: bca_ratio(
                &gain,
                self.of(&none),
                0.95,
                self.streams.stream(StreamName::Bootstrap { of: 0, outcome: 0, figure: 1 }),
            ),
            wins: Wins::of_differences(&gain.iter().map(|g| -g).collect::<Vec<_>>()),
        }
    }
    /// What `levers` bring, with which a set is `whole`, and without which it is `less`.
    pub fn part(&self, whole: &Choice, less: &Choice, levers: &[usize]) -> Part {
        let (with, without) = (self.problem.cost(whole), self.problem.cost(less));
        let cost = super::Cost { set_up: with.set_up - without.set_up, yearly: with.yearly - without.yearly };
        Part {
            levers: levers.to_vec(),
            cost,
            total: cost.over(self.options.years()),
            benefit: self.interval(&self.gain(less, whole)),
            loss: self.interval(&difference(&self.losses[less], &self.losses[whole])),
        }
    }
    /// What each £100,000 lowers the value by in going from one set to a dearer one; none when that costs no more.
    pub fn next_pound(&self, from: &Choice, to: &Choice) -> Option<Interval> {
        let pounds = self.total(to) - self.total(from);
        (pounds > 1.0).then(|| {
            let list: Vec<f64> = self.gain(from, to).iter().map(|g| g / pounds * 1e5).collect();
            self.interval(&list)
        })
    }
    /// What is bought in each year, and what it comes to by the end of it.
    pub fn roadmap(&self, road: &[Choice], from: i32) -> Vec<Year> {
        let mut before = self.problem.nothing();
        let mut years = vec![];
        for (year, at) in (from..).zip(road) {
            let bought = (0..at.uptake.len())
                .filter(|l| at.uptake[*l] > before.uptake[*l])
                .map(|l| (l, f64::from(at.uptake[l]) / f64::from(STEPS)))
                .collect();
            let (cost, had) = (self.problem.cost(at), self.problem.cost(&before));
            let state = self.judged(at);
            years.push(Year { year, bought, set_up: cost.set_up - had.set_up, running: cost.yearly, state });
            before.clone_from(at);
        }
        years
    }
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
