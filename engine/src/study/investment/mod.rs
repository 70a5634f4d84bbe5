//! What to buy for a budget, and whom to follow: the levers, their uptake, the playbook and the order of work that together make an
//! outcome smallest, by simulation on common replicates; the sets that cannot be told from it; what each part brings; a frontier over
//! budgets; the value of the next pound; a roadmap by year that ends in that very set.
//!
//! The search picks what looks best on its own replicates, and so flatters it (the optimiser's curse); all that is reported comes
//! from replicates that the search has not seen. What it tries for a budget does not hang on the budget that was asked for, and what is
//! affordable for less is for more: so a larger budget never buys what is judged worse.

mod judge;
mod search;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalogue::pillar::Pillar;
use crate::scenario::Scenario;
use crate::stats::intervals::Interval;
use crate::stats::paired::Wins;
use crate::stats::ranking::cheapest_within;
use crate::strategy::playbook::Playbook;
use crate::strategy::{Priority, Strategy};
use crate::streams::Streams;
use crate::study::aim::Aim;
use crate::study::replicates::Progress;

use judge::Judge;
use search::Search;

/// Uptake rises in this many steps from nothing to all organisations that a lever is for.
pub const STEPS: u8 = 2;
/// Level at which others are shown to be worse than the best set, all together.
pub const SURE: f64 = 0.95;
/// Share of the baseline's value that counts as a lead.
pub const MATTERS: f64 = 0.02;
/// Share of the baseline's value for which no more is paid: of sets that lower it nearly as far the cheapest is taken.
pub const SPARED: f64 = 0.005;
/// The most sets that are listed as not told from the best.
const MOST_RIVALS: usize = 7;
/// The last budget that is looked at lies beyond the one asked for by at least this factor.
const BEYOND: f64 = 1.25;

/// Levers with their uptake, and whom to follow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// Index in [`Problem::responses`].
    pub response: usize,
    /// Steps of uptake by lever, in the order of [`Problem::levers`].
    pub uptake: Vec<u8>,
}

/// A playbook and an order of work. They cost nothing.
#[derive(Clone, Debug)]
pub struct Response {
    /// The playbook's id; absent when it is the baseline's and none of the scenario's list.
    pub playbook: Option<String>,
    /// In which order teams take up their jobs.
    pub priority: Priority,
    rules: Playbook,
}

/// A lever that can be bought.
#[derive(Clone, Debug)]
pub struct Buyable {
    /// Text id.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// The pillar that it belongs to.
    pub pillar: Pillar,
    /// Pounds at each step from 0.
    costs: Vec<Cost>,
}

/// What something costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Pounds, once.
    pub set_up: f64,
    /// Pounds for each year in which it runs, the first among them.
    pub yearly: f64,
}

impl Cost {
    /// Pounds over so many years, set up at the beginning of the first.
    pub fn over(self, years: usize) -> f64 {
        self.set_up + self.yearly * years as f64
    }
    /// The same at present value: what is paid in the k-th year after the first is divided by (1 + `rate`)^k (HM Treasury, *The Green Book*,
    /// 2022, annex 6).
    pub fn present_value(self, years: usize, rate: f64) -> f64 {
        present_value((0..years).map(|k| self.yearly + if k == 0 { self.set_up } else { 0.0 }), rate)
    }
}

/// Present value of what is paid year by year, the first undiscounted.
pub fn present_value(paid: impl IntoIterator<Item = f64>, rate: f64) -> f64 {
    paid.into_iter().zip(0..).map(|(pounds, k)| pounds / (1.0 + rate).powi(k)).sum()
}

/// What can be bought, and who can be followed.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The levers.
    pub levers: Vec<Buyable>,
    /// The playbooks and orders of work, those of the baseline first.
    pub responses: Vec<Response>,
}

impl Problem {
    /// Of a scenario: all of its levers; of playbooks and orders of work all, or only the baseline's.
    pub fn new(scenario: &Scenario, playbooks: bool, priorities: bool) -> Self {
        let share = |step: u8| f64::from(step) / f64::from(STEPS);
        let levers = scenario.own_levers().map(|l| {
            let cost = |s: u8| {
                let (set_up, yearly) = l.cost(share(s), &scenario.estate);
                Cost { set_up, yearly }
            };
            let costs = (0..=STEPS).map(cost).collect();
            Buyable { id: l.text_id().to_owned(), name: l.name.clone(), pillar: l.pillar, costs }
        });
        let base = &scenario.strategies[scenario.baseline];
        let as_text = |p: &Playbook| format!("{:?}", p.rules);
        let usual = as_text(&base.playbook);
        let own = scenario.playbooks.iter().find(|(_, p)| as_text(p) == usual).map(|(id, _)| id.clone());
        let mut books = vec![(own.clone(), base.playbook.clone())];
        if playbooks {
            // The scenario's own come first, and stand for bundled ones of the same id.
            for (id, book) in &scenario.playbooks {
                if !books.iter().any(|(known, _)| known.as_ref() == Some(id)) {
                    books.push((Some(id.clone()), book.clone()));
                }
            }
        }
        let mut orders = vec![base.priority];
        if priorities {
            orders.extend(Priority::ALL.into_iter().filter(|p| *p != base.priority));
        }
        let responses = books
            .iter()
            .flat_map(|(playbook, rules)| {
                orders.iter().map(|priority| Response {
                    playbook: playbook.clone(),
                    priority: *priority,
                    rules: rules.clone(),
                })
            })
            .collect();
        Self { levers: levers.collect(), responses }
    }
    /// Nothing bought, and the baseline's playbook and order of work.
    pub fn nothing(&self) -> Choice {
        Choice { response: 0, uptake: vec![0; self.levers.len()] }
    }
    /// What a choice costs.
    pub fn cost(&self, choice: &Choice) -> Cost {
        let each = self.levers.iter().zip(&choice.uptake).map(|(l, s)| l.costs[usize::from(*s)]);
        each.fold(Cost::default(), |a, b| Cost { set_up: a.set_up + b.set_up, yearly: a.yearly + b.yearly })
    }
    /// In how many things a choice follows another than the baseline: playbook, order of work.
    fn changes(&self, choice: &Choice) -> usize {
        let (usual, chosen) = (&self.responses[0], &self.responses[choice.response]);
        usize::from(chosen.playbook != usual.playbook) + usize::from(chosen.priority != usual.priority)
    }
    /// The same playbook in the baseline's order of work.
    fn in_usual_order(&self, response: usize) -> usize {
        let same = |r: &Response| r.playbook == self.responses[response].playbook;
        self.responses.iter().position(same).unwrap_or(response)
    }
    /// A choice as a strategy of a scenario, which has these levers by their ids.
    pub fn strategy(&self, scenario: &Scenario, choice: &Choice) -> Strategy {
        let base = &scenario.strategies[scenario.baseline];
        let bought = self.levers.iter().zip(&choice.uptake).filter(|(_, s)| **s > 0);
        let levers: Vec<_> = bought
            .filter_map(|(b, s)| {
                let lever = scenario.own_levers().find(|l| l.text_id() == b.id)?;
                Some((lever, f64::from(*s) / f64::from(STEPS)))
            })
            .collect();
        let response = &self.responses[choice.response];
        let mut out = base.with_levers("choice", "choice", &levers, &scenario.estate);
        out.playbook = response.rules.clone();
        out.priority = response.priority;
        out
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct InvestmentOptions {
    /// Pounds for set-up and running in all years together.
    pub budget: f64,
    /// What is to be small.
    pub aim: Aim,
    /// Whether other playbooks than the baseline's may be followed.
    pub playbooks: bool,
    /// Whether other orders of work may be.
    pub priorities: bool,
    /// Seed.
    pub seed: u64,
    /// Replicates of the search.
    pub search: u64,
    /// Replicates, not seen by the search, on which what it found is judged.
    pub judge: u64,
    /// Threads; 0 for all cores.
    pub threads: usize,
    /// First calendar year in which anything is bought.
    pub from: i32,
    /// Last year that is paid for.
    pub to: i32,
    /// Yearly rate at which what is paid later is discounted.
    pub discount: f64,
}

impl InvestmentOptions {
    /// Years that are paid for.
    pub fn years(&self) -> usize {
        usize::try_from(self.to - self.from + 1).unwrap_or(1).max(1)
    }
}

/// One set, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What it is.
    pub choice: Choice,
    /// What it costs.
    pub cost: Cost,
    /// Pounds over all years, when all of it is bought at the beginning of the first: what the budget holds.
    pub total: f64,
    /// That at present value.
    pub present_value: f64,
    /// Mean of what is to be small.
    pub mean: f64,
    /// By what it lowers that against nothing, 95 % BCa interval.
    pub benefit: Interval,
    /// That as a share of the value when nothing is bought.
    pub relative: Interval,
    /// In how many replicates it is better than nothing.
    pub wins: Wins,
}

/// What is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Incidents<'a> {
    /// The scenarios; levers, playbooks and costs are those of the first.
    pub scenarios: &'a [Arc<Scenario>],
    /// Each one's share of the incidents; they sum to 1. Replicates of the same number make up one average incident.
    pub weights: &'a [f64],
    /// Incidents a year that are expected, where that is known.
    pub per_year: Option<f64>,
}

/// What a part of the best set brings on top of all the others.
#[derive(Clone, Debug)]
pub struct Part {
    /// The levers of it, indices in [`Problem::levers`].
    pub levers: Vec<usize>,
    /// What it costs.
    pub cost: Cost,
    /// That over all years.
    pub total: f64,
    /// By how much less the set lowers the value of an incident without it, 95 % BCa interval.
    pub benefit: Interval,
    /// Pounds of an incident's loss that it avoids, levers not counted, with the same interval.
    pub loss: Interval,
}

impl Part {
    /// Pounds over all years for each unit of the value that it lowers in so many incidents; none when it is not shown to lower it.
    pub fn cost_for_each(&self, incidents: f64) -> Option<f64> {
        (self.benefit.low > 0.0).then(|| self.total / (incidents * self.benefit.estimate))
    }
}

/// A year of the roadmap.
#[derive(Clone, Debug)]
pub struct Year {
    /// Calendar year.
    pub year: i32,
    /// What is bought in it: lever and the uptake it rises to, as a share.
    pub bought: Vec<(usize, f64)>,
    /// Pounds for setting it up.
    pub set_up: f64,
    /// Pounds for running what is in place, what is new among it.
    pub running: f64,
    /// All that is in place at its end, judged; followed is whom the best set follows.
    pub state: Judged,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Advice {
    /// What could be bought.
    pub problem: Problem,
    /// What was asked to be small.
    pub aim: Aim,
    /// Mean of it when nothing is bought and the baseline's playbook is followed.
    pub nothing: f64,
    /// The best set within the budget.
    pub best: Judged,
    /// Affordable sets that are not shown to be worse than it by [`MATTERS`], the cheapest first.
    pub rivals: Vec<Judged>,
    /// How many there are in all.
    pub ties: usize,
    /// Its playbook and order of work, with nothing bought.
    pub response: Judged,
    /// Its levers, under the baseline's playbook and order of work.
    pub levers: Judged,
    /// All of its levers, on top of its playbook and order of work.
    pub bought: Part,
    /// Its levers one by one, on top of all the others.
    pub parts: Vec<Part>,
    /// The same by pillar, in the order of the pillars.
    pub pillars: Vec<(Pillar, Part)>,
    /// Best sets of rising budgets, the last one beyond the one asked for: (budget, set); of budgets with the same set the least.
    pub frontier: Vec<(f64, Judged)>,
    /// What £100,000 beyond the budget would buy, with a 95 % interval; absent when nothing more is to be had.
    pub next_pound: Option<Interval>,
    /// By year, up to the best set.
    pub roadmap: Vec<Year>,
    /// Years that are paid for.
    pub years: usize,
    /// Incidents a year that are expected, where that is known.
    pub per_year: Option<f64>,
    /// Yearly rate of discount.
    pub discount: f64,
    /// Levers that change nothing here, by index, and were not tried further.
    pub idle: Vec<usize>,
    /// Sets that the search tried.
    pub tried: usize,
}

impl Advice {
    /// Incidents that are expected in all years together; one where it is not known how often they come.
    pub fn incidents(&self) -> f64 {
        self.per_year.map_or(1.0, |often| often * self.years as f64)
    }
    /// From how many incidents a year on what is bought saves as much as it costs; none when it is not shown to save anything.
    pub fn pays_from(&self) -> Option<f64> {
        let each = self.bought.loss;
        (each.low > 0.0).then(|| self.bought.total / self.years as f64 / each.estimate)
    }
    /// What is paid over all years by the roadmap, at present value.
    pub fn road_present_value(&self) -> f64 {
        present_value(self.roadmap.iter().map(|y| y.set_up + y.running), self.discount)
    }
}

/// Works it out; `None` when it was stopped.
pub fn advise(of: Incidents, options: &InvestmentOptions, progress: &Progress) -> Option<Advice> {
    let problem = Problem::new(&of.scenarios[0], options.playbooks, options.priorities);
    let years = options.years();
    let none = problem.nothing();
    let mut search = Search::new(of, &problem, options, progress);
    let shortlists = search.shortlists()?;
    let idle = search.idle().to_vec();
    let pool: BTreeSet<Choice> =
        shortlists.iter().flat_map(|(_, s)| s.iter().cloned()).chain([none.clone()]).collect();
    let mut judge = Judge::new(&problem, options, of.weights, Streams::of_study(options.seed, "investment"));
    judge.hear(&mut search, &pool)?;
    // The best judged one for a budget: of those nearly as good the cheapest, and of these what changes least.
    let sets: Vec<&Choice> = pool.iter().collect();
    let slack = SPARED * judge.mean(&none);
    let best_for = |judge: &Judge, budget: f64| {
        // Another playbook or order of work costs nothing, but is not taken for nothing: it counts a pound.
        let price = |c: &Choice| judge.total(c) + problem.changes(c) as f64;
        let options: Vec<(f64, f64)> = sets.iter().map(|c| (price(c), judge.mean(c))).collect();
        sets[cheapest_within(&options, budget, slack).expect("nothing costs nothing")].clone()
    };
    let best = best_for(&judge, options.budget);
    let beyond = shortlists.last().map_or(options.budget, |s| s.0);
    let rivals = rivals(&judge, pool.iter().filter(|c| judge.total(c) <= options.budget), &best, &none);
    let road = search.road(&best)?;
    // What its parts bring.
    let bought: Vec<usize> = (0..best.uptake.len()).filter(|l| best.uptake[*l] > 0).collect();
    let without = |levers: &[usize]| {
        let mut less = best.clone();
        for l in levers {
            less.uptake[*l] = 0;
        }
        less
    };
    let by_pillar: BTreeMap<Pillar, Vec<usize>> = bought.iter().fold(BTreeMap::new(), |mut by, l| {
        by.entry(problem.levers[*l].pillar).or_default().push(*l);
        by
    });
    let response = Choice { response: best.response, ..none.clone() };
    let levers = Choice { response: 0, ..best.clone() };
    let mut more: BTreeSet<Choice> = road.iter().cloned().collect();
    more.extend(bought.iter().map(|l| without(&[*l])));
    more.extend(by_pillar.values().map(|l| without(l)));
    more.extend([response.clone(), levers.clone()]);
    judge.hear(&mut search, &more)?;
    let part = |of: &[usize]| judge.part(&best, &without(of), of);
    let mut frontier: Vec<(f64, Judged)> = vec![];
    let budgets = shortlists.iter().map(|s| s.0).filter(|b| *b < options.budget);
    for budget in budgets.chain([options.budget, beyond]) {
        let choice = best_for(&judge, budget);
        if frontier.last().is_none_or(|f| f.1.choice != choice) {
            frontier.push((budget, judge.judged(&choice)));
        }
    }
    let next_pound = judge.next_pound(&best, &best_for(&judge, beyond));
    Some(Advice {
        aim: options.aim.clone(),
        nothing: judge.mean(&none),
        best: judge.judged(&best),
        ties: rivals.len(),
        rivals: rivals.iter().take(MOST_RIVALS).map(|c| judge.judged(c)).collect(),
        response: judge.judged(&response),
        levers: judge.judged(&levers),
        bought: part(&bought),
        parts: bought.iter().map(|l| part(&[*l])).collect(),
        pillars: by_pillar.iter().map(|(p, l)| (*p, part(l))).collect(),
        frontier,
        next_pound,
        roadmap: judge.roadmap(&road, options.from),
        years,
        per_year: of.per_year,
        discount: options.discount,
        idle,
        tried: search.tried(),
        problem: problem.clone(),
    })
}

/// Values of an average incident by replicate, from those of each scenario.
fn weighed(weights: &[f64], values: impl Iterator<Item = Vec<f64>>) -> Vec<f64> {
    let mut out: Vec<f64> = vec![];
    for (weight, values) in weights.iter().zip(values) {
        out.resize(values.len(), 0.0);
        for (sum, value) in out.iter_mut().zip(values) {
            *sum += weight * value;
        }
    }
    out
}

/// Those of the affordable that are not shown to be worse than the best by as much as matters, all of them judged together (Bonferroni);
/// the cheapest first.
fn rivals<'a>(
    judge: &Judge,
    affordable: impl Iterator<Item = &'a Choice>,
    best: &Choice,
    none: &Choice,
) -> Vec<Choice> {
    let others: Vec<&Choice> = affordable.filter(|c| *c != best).collect();
    let matters = MATTERS * judge.mean(none);
    let level = 1.0 - (1.0 - SURE) / others.len().max(1) as f64;
    let near = |c: &&&Choice| judge.lead(best, c, level).low < matters;
    let mut out: Vec<Choice> = others.iter().filter(near).map(|c| (*c).clone()).collect();
    let total = |c: &Choice| judge.total(c);
    out.sort_by(|a, b| total(a).total_cmp(&total(b)).then(a.cmp(b)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_paid_later_weighs_less() {
        let cost = Cost { set_up: 100.0, yearly: 10.0 };
        assert!((cost.over(5) - 150.0).abs() < 1e-12);
        // By hand: 110 + 10/1.035 + 10/1.035².
        let by_hand = 110.0 + 10.0 / 1.035 + 10.0 / 1.071_225;
        assert!((cost.present_value(3, 0.035) - by_hand).abs() < 1e-9);
        assert!((cost.present_value(4, 0.0) - cost.over(4)).abs() < 1e-12);
    }
}
