//! What to buy for a budget: the set of levers and their uptake that lowers harm most, by simulation on common replicates; the
//! sets that cannot be told from it; a frontier over budgets; the value of the next pound; a roadmap by year.
//!
//! The search picks what looks best on its own replicates, and so flatters it (the optimiser's curse); all that is reported comes
//! from replicates that the search has not seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::outcome::Outcome;
use crate::scenario::Scenario;
use crate::sim::core::record::Record;
use crate::stats::bootstrap::{bca_ratio, mean_interval};
use crate::stats::intervals::{Interval, of_mean};
use crate::stats::mean;
use crate::stats::paired::Wins;
use crate::stats::ranking::{Demand, Selection, select_largest};
use crate::streams::{StreamName, Streams};
use crate::study::measured::{common_limit, filled};
use crate::study::replicates::{Progress, ReplicationPlan, run};

/// Uptake rises in this many steps from nothing to all organisations that a lever is for.
pub const STEPS: u8 = 2;
/// Budgets of the frontier, as shares of the one asked for; the last one lies beyond it.
pub const FRONTIER: [f64; 6] = [0.125, 0.25, 0.5, 0.75, 1.0, 1.25];
/// Probability with which the best set is to be selected, when it leads by [`MATTERS`].
pub const SURE: f64 = 0.95;
/// Share of the baseline's harm that counts as a lead.
pub const MATTERS: f64 = 0.02;

/// Steps of uptake by lever, in the order of [`Problem::levers`].
pub type Choice = Vec<u8>;

/// What can be bought.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Levers by id and name, with the pillar's words.
    pub levers: Vec<(String, String, &'static str)>,
    /// Pounds for (set-up, each year) of each lever at each step from 0.
    costs: Vec<Vec<(f64, f64)>>,
}

impl Problem {
    /// Of a scenario.
    pub fn new(scenario: &Scenario) -> Self {
        let share = |step: u8| f64::from(step) / f64::from(STEPS);
        let levers = || scenario.own_levers();
        Self {
            levers: levers()
                .map(|l| (l.id.get().cloned().unwrap_or_default(), l.name.clone(), l.pillar.label()))
                .collect(),
            costs: levers()
                .map(|l| (0..=STEPS).map(|s| l.cost(share(s), &scenario.estate)).collect())
                .collect(),
        }
    }
    /// Pounds for set-up and the first year.
    pub fn cost(&self, choice: &Choice) -> f64 {
        choice.iter().zip(&self.costs).map(|(s, c)| c[*s as usize].0 + c[*s as usize].1).sum()
    }
    /// Pounds for each year.
    pub fn yearly(&self, choice: &Choice) -> f64 {
        choice.iter().zip(&self.costs).map(|(s, c)| c[*s as usize].1).sum()
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct InvestmentOptions {
    /// Pounds for set-up and the first year.
    pub budget: f64,
    /// Which outcome is to be small.
    pub outcome: Outcome,
    /// Seed.
    pub seed: u64,
    /// Replicates of the search.
    pub search: u64,
    /// Replicates, not seen by the search, on which what it found is judged.
    pub judge: u64,
    /// Threads; 0 for all cores.
    pub threads: usize,
    /// Year of the roadmap's first purchases.
    pub from: i32,
    /// Its last year.
    pub to: i32,
}

/// One set, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Uptakes.
    pub choice: Choice,
    /// Pounds for set-up and the first year.
    pub cost: f64,
    /// Mean outcome.
    pub mean: f64,
    /// What it lowers the outcome by against buying nothing, 95 % BCa interval.
    pub benefit: Interval,
    /// That as a share of the outcome when nothing is bought.
    pub relative: Interval,
    /// In how many replicates it is better than buying nothing.
    pub wins: Wins,
}

/// A year of the roadmap.
#[derive(Clone, Debug)]
pub struct Year {
    /// Calendar year.
    pub year: i32,
    /// What is bought in it: lever and the uptake it rises to, as a share.
    pub bought: Vec<(usize, f64)>,
    /// Pounds spent on set-up and first years of it.
    pub spent: f64,
    /// Pounds for what was bought before and runs on.
    pub running: f64,
    /// All that is in place at its end, judged.
    pub state: Judged,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Advice {
    /// What could be bought.
    pub problem: Problem,
    /// Mean outcome when nothing is bought.
    pub nothing: f64,
    /// The best set within the budget.
    pub best: Judged,
    /// Sets that cannot be told from it.
    pub rivals: Vec<Judged>,
    /// Whether the best one stood alone in the end.
    pub selection: Selection,
    /// Best sets of rising budgets: (budget, set).
    pub frontier: Vec<(f64, Judged)>,
    /// What £100,000 beyond the budget would buy, with a 95 % interval; absent when nothing more is to be had.
    pub next_pound: Option<Interval>,
    /// By year.
    pub roadmap: Vec<Year>,
    /// Sets that the search tried.
    pub tried: usize,
}

struct Search<'a> {
    scenario: &'a Scenario,
    problem: &'a Problem,
    options: InvestmentOptions,
    progress: &'a Progress,
    seen: BTreeMap<Choice, Vec<f64>>,
}

impl Search<'_> {
    /// Records of each choice over replicates from `first`.
    fn records(&self, choices: &[Choice], first: u64, replicates: u64) -> Option<Vec<Vec<Record>>> {
        let base = &self.scenario.strategies[self.scenario.baseline];
        let strategies = choices
            .iter()
            .map(|choice| {
                let levers: Vec<_> = self
                    .scenario
                    .own_levers()
                    .zip(choice)
                    .filter(|(_, s)| **s > 0)
                    .map(|(l, s)| (l, f64::from(*s) / f64::from(STEPS)))
                    .collect();
                Arc::new(base.with_levers("choice", "choice", &levers, &self.scenario.estate))
            })
            .collect();
        let scenario = Arc::new(Scenario { strategies, baseline: 0, ..self.scenario.clone() });
        let all: Vec<usize> = (0..choices.len()).collect();
        let plan = ReplicationPlan {
            seed: self.options.seed,
            first,
            replicates,
            threads: self.options.threads,
            detail: false,
        };
        let study = run(&scenario, &all, plan, self.progress).ok()?;
        if study.partial() {
            return None;
        }
        Some(study.records)
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
            let value = |r: &Record| r.get(self.options.outcome).unwrap_or(0.0);
            let values = records.iter().map(|s| s.iter().map(value).collect());
            self.seen.extend(fresh.into_iter().zip(values));
        }
        Some(choices.iter().map(|c| mean(&self.seen[c])).collect())
    }
    /// Steps up that `budget` allows.
    fn ups(&self, choice: &Choice, budget: f64) -> Vec<Choice> {
        let mut out = vec![];
        for l in 0..choice.len() {
            for to in choice[l] + 1..=STEPS {
                let mut up = choice.clone();
                up[l] = to;
                if self.problem.cost(&up) <= budget {
                    out.push(up);
                }
            }
        }
        out
    }
    /// Whether going from `a` to `b` lowers the outcome by more than its standard error.
    fn gains(&self, a: &Choice, b: &Choice) -> bool {
        let differences: Vec<f64> = self.seen[a].iter().zip(&self.seen[b]).map(|(a, b)| a - b).collect();
        let of = of_mean(&differences, 0.68);
        of.low > 0.0
    }
    /// Adds steps one by one, by gain (for each pound, when `by_pound`), until nothing affordable helps; returns the path.
    fn greedy(&mut self, from: &Choice, budget: f64, by_pound: bool) -> Option<Vec<Choice>> {
        let mut path = vec![from.clone()];
        loop {
            let at = path.last().expect("a path begins somewhere").clone();
            let ups = self.ups(&at, budget);
            if ups.is_empty() {
                return Some(path);
            }
            let now = self.try_all(std::slice::from_ref(&at))?[0];
            let means = self.try_all(&ups)?;
            let price = |c: &Choice| {
                if by_pound { (self.problem.cost(c) - self.problem.cost(&at)).max(1.0) } else { 1.0 }
            };
            let best = ups
                .iter()
                .zip(&means)
                .filter(|(c, m)| **m < now && self.gains(&at, c))
                .max_by(|a, b| ((now - a.1) / price(a.0)).total_cmp(&((now - b.1) / price(b.0))));
            match best {
                Some((choice, _)) => path.push(choice.clone()),
                None => return Some(path),
            }
        }
    }
    /// The best found within `budget`: two greedy paths, then exchanges of what is in for what is not.
    fn best(&mut self, budget: f64, exchanges: usize) -> Option<Choice> {
        let none = vec![0; self.problem.levers.len()];
        let mut best = none.clone();
        for by_pound in [true, false] {
            let end = self.greedy(&none, budget, by_pound)?.pop().expect("a path ends somewhere");
            let means = self.try_all(&[best.clone(), end.clone()])?;
            if means[1] < means[0] {
                best = end;
            }
        }
        for _ in 0..exchanges {
            let mut swaps = vec![];
            for l in (0..best.len()).filter(|l| best[*l] > 0) {
                let mut less = best.clone();
                less[l] = 0;
                swaps.extend(self.ups(&less, budget).into_iter().filter(|c| *c != best));
                swaps.push(less);
            }
            let means = self.try_all(&swaps)?;
            let now = self.try_all(std::slice::from_ref(&best))?[0];
            let better = swaps
                .iter()
                .zip(&means)
                .filter(|(c, m)| **m < now && self.gains(&best, c))
                .min_by(|a, b| a.1.total_cmp(b.1));
            let Some((found, _)) = better.map(|(c, m)| (c.clone(), *m)) else { break };
            // What the exchange freed may buy more.
            best = self.greedy(&found, budget, true)?.pop().expect("a path ends somewhere");
        }
        Some(best)
    }
    /// The best found for each budget of [`FRONTIER`]; `found` is that for the whole budget.
    fn frontier(&mut self, found: &Choice) -> Option<Vec<(f64, Choice)>> {
        let mut frontier: Vec<(f64, Choice)> = vec![];
        for share in FRONTIER {
            let budget = share * self.options.budget;
            #[allow(clippy::float_cmp)] // one of the constants is exactly 1
            let choice = if share == 1.0 { found.clone() } else { self.best(budget, 0)? };
            frontier.push((budget, choice));
        }
        // A smaller budget's find is affordable for a larger one.
        for k in 1..frontier.len() {
            let means = self.try_all(&[frontier[k - 1].1.clone(), frontier[k].1.clone()])?;
            if means[0] < means[1] {
                let smaller = frontier[k - 1].1.clone();
                frontier[k].1 = smaller;
            }
        }
        Some(frontier)
    }
}

/// Works it out; `None` when it was stopped.
pub fn advise(scenario: &Scenario, options: InvestmentOptions, progress: &Progress) -> Option<Advice> {
    let problem = Problem::new(scenario);
    let outcome = options.outcome;
    let none: Choice = vec![0; problem.levers.len()];
    let mut search = Search { scenario, problem: &problem, options, progress, seen: BTreeMap::new() };
    let found = search.best(options.budget, 2)?;
    let frontier = search.frontier(&found)?;
    let within = frontier.iter().rposition(|(b, _)| *b <= options.budget).map(|k| frontier[k].1.clone())?;
    // Those that the search could hardly tell from the best go to the judge.
    let top = mean(&search.seen[&within]);
    let mut close: Vec<(f64, Choice)> = search
        .seen
        .iter()
        .filter(|(c, _)| problem.cost(c) <= options.budget && **c != within)
        .filter(|(c, _)| !search.gains(c, &within) || mean(&search.seen[*c]) <= top)
        .map(|(c, v)| (mean(v), c.clone()))
        .collect();
    close.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    close.truncate(7);
    let roadmap = road(&mut search)?;
    // Where the roadmap ends is within the budget too.
    let end = roadmap.last().map(|y| y.0.clone());
    let mut contenders: Vec<Choice> =
        std::iter::once(within).chain(close.into_iter().map(|c| c.1)).chain(end).collect();
    let mut kept = vec![];
    contenders.retain(|c| {
        !kept.contains(c) && {
            kept.push(c.clone());
            true
        }
    });
    let mut wanted: Vec<Choice> = std::iter::once(none.clone()).chain(contenders.iter().cloned()).collect();
    wanted.extend(frontier.iter().map(|f| f.1.clone()));
    wanted.extend(roadmap.iter().map(|y| y.0.clone()));
    wanted.sort_unstable();
    wanted.dedup();
    let records = search.records(&wanted, options.search, options.judge)?;
    let limit = common_limit(&records, outcome);
    let values = records.iter().map(|s| filled(s, outcome, limit)).collect();
    let tried = search.seen.len();
    let judge = Judge {
        problem: &problem,
        streams: Streams::of_study(options.seed, "investment"),
        wanted,
        values,
        none,
    };
    let of = |c: &Choice| judge.judged(c);
    let nothing = mean(judge.of(&judge.none));
    let demand = Demand {
        first: (options.judge as usize).clamp(2, 50),
        matters: (MATTERS * nothing).max(1e-9),
        probability: SURE,
        most: options.judge as usize,
    };
    let selection = select_largest(contenders.len(), demand, |alive, n| {
        alive.iter().map(|i| -judge.of(&contenders[*i])[n]).collect()
    });
    let best = of(&contenders[selection.best]);
    let rivals =
        selection.survivors.iter().filter(|s| **s != selection.best).map(|s| of(&contenders[*s])).collect();
    // At the budget itself the judge's choice stands for the search's.
    #[allow(clippy::float_cmp)] // the budget is its own product with one
    let chosen = |b: f64, c: &Choice| if b == options.budget { best.clone() } else { of(c) };
    let judged: Vec<(f64, Judged)> = frontier.iter().map(|(b, c)| (*b, chosen(*b, c))).collect();
    let next_pound = judged.last().and_then(|(_, beyond)| {
        let pounds = beyond.cost - best.cost;
        (pounds > 1.0).then(|| {
            let gain = |(a, b): (&f64, &f64)| (a - b) / pounds * 1e5;
            let list: Vec<f64> =
                judge.of(&best.choice).iter().zip(judge.of(&beyond.choice)).map(gain).collect();
            judge.interval(&list)
        })
    });
    Some(Advice {
        nothing,
        best,
        rivals,
        selection,
        frontier: judged,
        next_pound,
        roadmap: judge.roadmap(&roadmap),
        tried,
        problem: problem.clone(),
    })
}

/// What is in place at the end of each year when the budget comes in equal parts: each year the steps that bring most for each pound
/// on top of what is there; what is not spent is kept.
fn road(search: &mut Search) -> Option<Vec<(Choice, i32)>> {
    let years = (search.options.to - search.options.from + 1).max(1);
    let mut at = vec![0; search.problem.levers.len()];
    let mut out = vec![];
    for k in 0..years {
        let budget = search.options.budget * f64::from(k + 1) / f64::from(years);
        at = search.greedy(&at, budget, true)?.pop().expect("a path ends somewhere");
        out.push((at.clone(), search.options.from + k));
    }
    Some(out)
}

struct Judge<'a> {
    problem: &'a Problem,
    streams: Streams,
    wanted: Vec<Choice>,
    values: Vec<Vec<f64>>,
    none: Choice,
}

impl Judge<'_> {
    fn of(&self, choice: &Choice) -> &[f64] {
        &self.values[self.wanted.binary_search(choice).expect("all that is judged was run")]
    }
    fn interval(&self, list: &[f64]) -> Interval {
        mean_interval(list, 0.95, self.streams.stream(StreamName::Bootstrap { of: 0, outcome: 0, figure: 0 }))
    }
    /// What is bought in each year, and what it comes to by the end of it.
    fn roadmap(&self, road: &[(Choice, i32)]) -> Vec<Year> {
        let mut years = vec![];
        let mut before = self.none.clone();
        for (k, (choice, year)) in road.iter().enumerate() {
            let bought = (0..choice.len())
                .filter(|l| choice[*l] > before[*l])
                .map(|l| (l, f64::from(choice[l]) / f64::from(STEPS)))
                .collect();
            let running = if k == 0 { 0.0 } else { self.problem.yearly(&before) };
            let spent = self.problem.cost(choice) - self.problem.cost(&before);
            years.push(Year { year: *year, bought, spent, running, state: self.judged(choice) });
            before.clone_from(choice);
        }
        years
    }
    fn judged(&self, choice: &Choice) -> Judged {
        let (nothing, with) = (self.of(&self.none), self.of(choice));
        let gain: Vec<f64> = nothing.iter().zip(with).map(|(a, b)| a - b).collect();
        Judged {
            choice: choice.clone(),
            cost: self.problem.cost(choice),
            mean: mean(with),
            benefit: self.interval(&gain),
            relative: bca_ratio(
                &gain,
                nothing,
                0.95,
                self.streams.stream(StreamName::Bootstrap { of: 0, outcome: 0, figure: 1 }),
            ),
            wins: Wins::of_differences(&gain.iter().map(|g| -g).collect::<Vec<_>>()),
        }
    }
}
