//! Tries sets on the search's own replicates, budget by budget from the cheapest up.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{BEYOND, Choice, Incidents, InvestmentOptions, Problem, SPARED, STEPS, weighed};
use crate::scenario::Scenario;
use crate::sim::core::record::Record;
use crate::stats::intervals::of_mean;
use crate::stats::mean;
use crate::study::replicates::{Progress, ReplicationPlan, run};

/// The budgets that are looked at: these, and their tenfolds, such as people ask for.
const DIGITS: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0];
/// So many of what is in.
const EXCHANGES: usize = 3;
/// Sets of each budget that go to the judge.
const SHORTLIST: usize = 2;
/// A lever's cost below which no budget is looked at apart, as a share of that of all levers.
const FINEST: f64 = 1.0 / 4096.0;

pub(super) struct Search<'a> {
    of: Incidents<'a>,
    problem: &'a Problem,
    options: &'a InvestmentOptions,
    progress: &'a Progress,
    /// Values by choice, on the search's replicates.
    seen: BTreeMap<Choice, Vec<f64>>,
    idle: Vec<usize>,
}

impl<'a> Search<'a> {
    pub fn new(
        of: Incidents<'a>,
        problem: &'a Problem,
        options: &'a InvestmentOptions,
        progress: &'a Progress,
    ) -> Self {
        Self { of, problem, options, progress, seen: BTreeMap::new(), idle: vec![] }
    }
    /// Sets that were tried.
    pub fn tried(&self) -> usize {
        self.seen.len()
    }
    /// Levers that change nothing, neither alone nor on top of all others.
    pub fn idle(&self) -> &[usize] {
        &self.idle
    }
    /// Records of each choice in each scenario over replicates from `first`.
    pub fn records(&self, choices: &[Choice], first: u64, replicates: u64) -> Option<Vec<Vec<Vec<Record>>>> {
        let all: Vec<usize> = (0..choices.len()).collect();
        let plan = ReplicationPlan {
            seed: self.options.seed,
            first,
            replicates,
            threads: self.options.threads,
            detail: false,
        };
        let of = |scenario: &Arc<Scenario>| {
            let strategies = choices.iter().map(|c| Arc::new(self.problem.strategy(scenario, c))).collect();
            let scenario = Arc::new(Scenario { strategies, baseline: 0, ..Scenario::clone(scenario) });
            run(&scenario, &all, plan, self.progress).ok().filter(|s| !s.partial()).map(|s| s.records)
        };
        self.of.scenarios.iter().map(of).collect()
    }
    /// Means on the search's replicates; what was tried before is not run again.
    fn try_all(&mut self, choices: &[Choice]) -> Option<Vec<f64>> {
        let mut fresh: Vec<Choice> =
            choices.iter().filter(|c| !self.seen.contains_key(*c)).cloned().collect();
        fresh.sort_unstable();
        fresh.dedup();
        if !fresh.is_empty() {
            let records = self.records(&fresh, 0, self.options.search)?;
            // What is tried later may be known less far, so times count here with what was watched; the judge restricts them to one limit.
            let at_sight = |s: &Vec<Record>| s.iter().map(|r| self.options.aim.at_sight(r)).collect();
            let each =
                (0..fresh.len()).map(|k| weighed(self.of.weights, records.iter().map(|s| at_sight(&s[k]))));
            self.seen.extend(fresh.iter().cloned().zip(each));
        }
        Some(choices.iter().map(|c| mean(&self.seen[c])).collect())
    }
    fn total(&self, choice: &Choice) -> f64 {
        self.problem.cost(choice).over(self.options.years())
    }
    fn everything(&self) -> Choice {
        Choice { response: 0, uptake: vec![STEPS; self.problem.levers.len()] }
    }

    /// The levers that change nothing, whoever of these is followed, are put aside.
    fn put_aside(&mut self, responses: &[usize]) -> Option<()> {
        let levers = 0..self.problem.levers.len();
        let mut idle: Vec<usize> = levers.clone().collect();
        for &response in responses {
            let none = Choice { response, ..self.problem.nothing() };
            let all = Choice { response, ..self.everything() };
            let alone: Vec<Choice> = levers.clone().map(|l| with(&none, l, STEPS)).collect();
            let last: Vec<Choice> = levers.clone().map(|l| with(&all, l, 0)).collect();
            for tried in [std::slice::from_ref(&none), std::slice::from_ref(&all), &alone, &last] {
                self.try_all(tried)?;
            }
            let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
            let same = |a: &Choice, b: &Choice| self.seen[a].iter().zip(&self.seen[b]).all(near);
            idle.retain(|l| same(&none, &alone[*l]) && same(&all, &last[*l]));
        }
        self.idle = idle;
        Some(())
    }
    /// Whom to follow: the baseline's, the best with nothing bought and the best with everything bought.
    fn responses(&mut self) -> Option<Vec<usize>> {
        let mut out = vec![0];
        for base in [self.problem.nothing(), self.everything()] {
            let each: Vec<Choice> = (0..self.problem.responses.len())
                .map(|response| Choice { response, ..base.clone() })
                .collect();
            let means = self.try_all(&each)?;
            let best = (0..each.len()).min_by(|a, b| means[*a].total_cmp(&means[*b])).unwrap_or(0);
            if !out.contains(&best) {
                out.push(best);
            }
        }
        Some(out)
    }
    /// Budgets from the cheapest step that can be bought on, of one digit, the last one beyond the one asked for. They hang on what things
    /// cost alone.
    fn budgets(&self) -> Vec<f64> {
        let none = self.problem.nothing();
        let least = self.total(&self.everything()) * FINEST;
        let steps = self.ups(&none, f64::INFINITY).into_iter().map(|c| self.total(&c)).filter(|c| *c > least);
        let Some(cheapest) = steps.min_by(f64::total_cmp) else { return vec![self.options.budget] };
        let round = (0..).flat_map(|power| DIGITS.map(|d| d * 10f64.powi(power)));
        let mut out: Vec<f64> = vec![];
        for budget in round.skip_while(|b| *b < cheapest) {
            let enough = out.last().is_some_and(|b| *b >= BEYOND * self.options.budget);
            if enough {
                break;
            }
            out.push(budget);
        }
        out
    }
    /// For each budget the sets that look best, of all that was tried for it and for smaller ones.
    pub fn shortlists(&mut self) -> Option<Vec<(f64, Vec<Choice>)>> {
        let responses = self.responses()?;
        self.put_aside(&responses)?;
        let mut out = vec![];
        for budget in self.budgets() {
            for &response in &responses {
                let from = Choice { response, ..self.problem.nothing() };
                let ends = [self.greedy(&from, budget, true)?, self.greedy(&from, budget, false)?];
                let means = self.try_all(&ends)?;
                self.exchange(&ends[usize::from(means[1] < means[0])], budget)?;
            }
            // How sets of one price rank does not hang on what was tried for larger budgets, which come later.
            let mut found: Vec<(f64, f64, &Choice)> = (self.seen.iter())
                .map(|(c, v)| (mean(v), self.total(c), c))
                .filter(|(_, total, _)| *total <= budget)
                .collect();
            found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(b.2)));
            let mut shortlist: Vec<Choice> = found.into_iter().take(SHORTLIST).map(|f| f.2.clone()).collect();
            for k in 0..shortlist.len() {
                let thinned = self.thinned(&shortlist[k])?;
                // The same in the usual order of work may be as good.
                let response = self.problem.in_usual_order(thinned.response);
                shortlist.extend([Choice { response, ..thinned.clone() }, thinned]);
            }
            out.push((budget, shortlist));
        }
        Some(out)
    }
    /// Steps up that `budget` allows.
    fn ups(&self, choice: &Choice, budget: f64) -> Vec<Choice> {
        let mut out = vec![];
        for l in (0..choice.uptake.len()).filter(|l| !self.idle.contains(l)) {
            for to in choice.uptake[l] + 1..=STEPS {
                let up = with(choice, l, to);
                if self.total(&up) <= budget {
                    out.push(up);
                }
            }
        }
        out
    }
    /// Whether going from `a` to `b` lowers the value by more than its standard error.
    fn gains(&self, a: &Choice, b: &Choice) -> bool {
        let differences: Vec<f64> = self.seen[a].iter().zip(&self.seen[b]).map(|(a, b)| a - b).collect();
        of_mean(&differences, 0.68).low > 0.0
    }
    /// Of steps up the one that gains most, for each pound when `by_pound`; where none is shown to gain, what is there already.
    fn best_step(&mut self, at: &Choice, ups: &[Choice], by_pound: bool) -> Option<Choice> {
        let now = self.try_all(std::slice::from_ref(at))?[0];
        let means = self.try_all(ups)?;
        let price = |c: &Choice| if by_pound { (self.total(c) - self.total(at)).max(1.0) } else { 1.0 };
        let best = ups
            .iter()
            .zip(&means)
            .filter(|(c, m)| **m < now && self.gains(at, c))
            .max_by(|a, b| ((now - a.1) / price(a.0)).total_cmp(&((now - b.1) / price(b.0))));
        Some(best.map_or(at, |(c, _)| c).clone())
    }
    /// Adds steps one by one, by gain (for each pound, when `by_pound`), until nothing affordable helps.
    fn greedy(&mut self, from: &Choice, budget: f64, by_pound: bool) -> Option<Choice> {
        let mut at = from.clone();
        loop {
            let ups = self.ups(&at, budget);
            let next = self.best_step(&at, &ups, by_pound)?;
            if next == at {
                return Some(at);
            }
            at = next;
        }
    }
    /// Without the levers that are hardly missed, the least missed one first.
    fn thinned(&mut self, set: &Choice) -> Option<Choice> {
        let spared = SPARED * mean(&self.seen[&self.problem.nothing()]);
        let mut at = set.clone();
        loop {
            let less: Vec<Choice> =
                (0..at.uptake.len()).filter(|l| at.uptake[*l] > 0).map(|l| with(&at, l, 0)).collect();
            let now = self.try_all(std::slice::from_ref(&at))?[0];
            let means = self.try_all(&less)?;
            let least = (0..less.len()).min_by(|a, b| means[*a].total_cmp(&means[*b]));
            match least.filter(|k| means[*k] < now + spared) {
                Some(k) => at = less[k].clone(),
                None => return Some(at),
            }
        }
    }
    /// Leaves out in turn what would be missed least, and buys what helps most with what that frees.
    fn exchange(&mut self, set: &Choice, budget: f64) -> Option<()> {
        let mut less: Vec<Choice> =
            (0..set.uptake.len()).filter(|l| set.uptake[*l] > 0).map(|l| with(set, l, 0)).collect();
        let means = self.try_all(&less)?;
        let mut order: Vec<usize> = (0..less.len()).collect();
        order.sort_by(|a, b| means[*a].total_cmp(&means[*b]));
        for k in order.into_iter().take(EXCHANGES) {
            let less = std::mem::replace(&mut less[k], self.problem.nothing());
            let ups: Vec<Choice> = self.ups(&less, budget).into_iter().filter(|c| c != set).collect();
            self.best_step(&less, &ups, false)?;
        }
        Some(())
    }
    /// What is in place at the end of each year on the way to `set`, when the budget comes in equal parts: each year the steps towards it
    /// that bring most for each pound and for which there is money, for running them too; what is not spent is kept. In the last year there
    /// is money for all of it.
    pub fn road(&mut self, set: &Choice) -> Option<Vec<Choice>> {
        let years = self.options.years();
        let mut at = Choice { response: set.response, ..self.problem.nothing() };
        let mut spent = 0.0;
        let mut out = vec![];
        for year in 1..=years {
            let there = self.options.budget * year as f64 / years as f64;
            let before = self.problem.cost(&at).set_up;
            loop {
                let ups: Vec<Choice> = (0..set.uptake.len())
                    .flat_map(|l| (at.uptake[l] + 1..=set.uptake[l]).map(move |to| (l, to)))
                    .map(|(l, to)| with(&at, l, to))
                    .filter(|c| {
                        let cost = self.problem.cost(c);
                        year == years || spent + cost.set_up - before + cost.yearly <= there
                    })
                    .collect();
                let Some(first) = ups.first().cloned() else { break };
                // All of the set is bought in the end, also what gains too little to be told alone.
                let next = self.best_step(&at, &ups, true)?;
                at = if next == at { first } else { next };
            }
            let cost = self.problem.cost(&at);
            spent += cost.set_up - before + cost.yearly;
            out.push(at.clone());
        }
        Some(out)
    }
}

/// A choice with another uptake of one lever.
fn with(choice: &Choice, lever: usize, step: u8) -> Choice {
    let mut out = choice.clone();
    out.uptake[lever] = step;
    out
}
