//! The board's page of a comparison of strategies.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::study::comparison::{Comparison, MATTERS, Paired, Summary};
use resus_engine::study::tornado::Tornado;

use super::{nothing, some};
use crate::board::{self, Board, Figure};
use crate::format::{in_runs_of, number, pounds, signed};
use crate::pages::parameter_name;
use crate::verdict::comparison::Verdict;
use crate::verdict::{percent, too_few};

/// The three numbers of the page.
pub(crate) const NUMBERS: [Outcome; 3] = [Outcome::Harm, Outcome::ContactsNotServed, Outcome::Recovery95];

/// What a board is told of a comparison of strategies that are called so and whose levers cost so much, in its order. `t` is the tornado of
/// the one that is recommended; without its risk.
pub fn comparison(names: &[String], costs: &[f64], c: &Comparison, t: &Tornado) -> Board {
    let v = Verdict { names, c };
    let n = c.replicates;
    let none = |why: String| Board {
        decision: vec![why],
        costs: nothing(),
        given_up: nothing(),
        turned_by: nothing(),
        ..Board::default()
    };
    if let Some(few) = too_few(n, 500) {
        return none(few);
    }
    if names.len() < 2 {
        return none("Only one strategy was run: there is nothing to decide between.".into());
    }
    if c.strategies.iter().all(|s| s.get(Outcome::Harm).mean <= 0.0) {
        return none(format!(
            "Nothing was disrupted under any strategy in {n} runs: there is nothing to decide."
        ));
    }
    let mut page = match v.less().first() {
        Some(best) => change(&v, *best, costs, t),
        None => stay(&v),
    };
    let harmful = v.harmful();
    if !harmful.is_empty() {
        let names: Vec<String> = harmful.iter().map(|k| v.name(*k)).collect();
        page.decision.push(format!("More harm than under {}: {}.", v.base(), some(&names, "and")));
    }
    page
}

/// The strategy that the page is about, beside the baseline: the one that is shown to do least harm.
pub(crate) fn chosen(names: &[String], c: &Comparison) -> Option<usize> {
    Verdict { names, c }.less().first().copied().filter(|_| too_few(c.replicates, 500).is_none())
}

/// No strategy is shown to be better.
fn stay(v: &Verdict) -> Board {
    let base = v.base();
    Board {
        decision: vec![format!(
            "No change is shown to help patients: no strategy lowers the harm under {base} by {} or more in {} runs.",
            percent(MATTERS),
            v.c.replicates
        )],
        numbers: NUMBERS.iter().map(|o| of_one(v.of(v.c.baseline, *o), &base)).collect(),
        costs: vec![format!(
            "One such incident costs {} in all under {base}.",
            pounds(v.of(v.c.baseline, Outcome::CostTotal).mean)
        )],
        given_up: vec!["Nothing, as long as nothing is changed.".into()],
        turned_by: vec!["More runs may show a smaller difference.".into()],
        ..Board::default()
    }
}

/// The baseline's own number.
fn of_one(s: &Summary, base: &str) -> Figure {
    let show = |x: f64| shown(s.outcome, x);
    Figure {
        value: show(s.mean),
        what: format!("{} under {base}, mean", what(s.outcome)),
        range: format!("{} in nine of ten runs", board::ends(s.low, s.high, show)),
    }
}

fn what(o: Outcome) -> &'static str {
    match o {
        Outcome::Recovery95 => "until 95 % of capacity is back",
        _ => o.label(),
    }
}

fn shown(o: Outcome, v: f64) -> String {
    if o == Outcome::Recovery95 { board::days(v) } else { number(v) }
}

/// A strategy is shown to be better for patients.
fn change(v: &Verdict, best: usize, costs: &[f64], t: &Tornado) -> Board {
    let (base, n) = (v.base(), v.c.replicates);
    let harm = v.of(best, Outcome::Harm).paired.expect("it is compared");
    let today = v.of(v.c.baseline, Outcome::Harm).mean;
    let mut decision = vec![format!(
        "For patients {} is better than {base}: {} less harm, and better {}.",
        v.name(best),
        percent(-harm.difference / today),
        in_runs_of(&harm.wins)
    )];
    let even: Vec<String> = v.even(best).iter().map(|k| v.name(*k)).collect();
    if !even.is_empty() {
        decision.push(format!(
            "{} may do as well: choose among these by cost and by what people can do.",
            some(&even, "and")
        ));
    }
    let worse = v.worse(best);
    let cost = v.of(best, Outcome::CostTotal).paired.expect("it is compared");
    if !worse.is_empty() || cost.is_more() {
        decision.push("It has a price: weigh it against what is paid and given up.".into());
    }
    Board {
        decision,
        numbers: NUMBERS.iter().map(|o| difference(v, best, *o)).collect(),
        costs: paid(v, best, costs, &cost),
        given_up: given_up(&worse, &harm, &base),
        turned_by: turned_by(t, &even, n),
        ..Board::default()
    }
}

fn difference(v: &Verdict, best: usize, o: Outcome) -> Figure {
    let p = v.of(best, o).paired.expect("it is compared");
    let by = |x: f64| {
        if o == Outcome::Recovery95 {
            format!("{}{}", if x > 0.0 { "+" } else { "" }, board::days(x))
        } else {
            signed(x)
        }
    };
    let told = if p.is_less() || p.is_more() { "" } else { ": not shown to differ" };
    Figure {
        value: by(p.difference),
        what: format!("{}, against {} under {}", what(o), shown(o, v.of(v.c.baseline, o).mean), v.base()),
        range: format!("{}{told}", board::ends(p.interval.0, p.interval.1, by)),
    }
}

fn paid(v: &Verdict, best: usize, costs: &[f64], p: &Paired) -> Vec<String> {
    let base = v.base();
    let levers = costs[best] - costs[v.c.baseline];
    let mut out = vec![if levers > 0.0 {
        format!("Its levers cost {} more than those of {base}, set-up and a year.", pounds(levers))
    } else if levers < 0.0 {
        format!("Its levers cost {} less than those of {base}, set-up and a year.", pounds(-levers))
    } else {
        format!("Its levers cost as much as those of {base}.")
    }];
    let ends = |sign: f64| {
        let (a, b) = (sign * p.interval.0, sign * p.interval.1);
        board::ends(a.min(b), a.max(b), pounds)
    };
    out.push(if p.is_more() {
        format!("With one such incident it comes to {} more in all [{}].", pounds(p.difference), ends(1.0))
    } else if p.is_less() {
        format!("With one such incident it comes to {} less in all [{}].", pounds(-p.difference), ends(-1.0))
    } else {
        format!("With one such incident, whether it is dearer or cheaper cannot be told [{}].", ends(1.0))
    });
    out.push("How often such an incident comes is not in these figures.".into());
    out
}

fn given_up(worse: &[String], harm: &Paired, base: &str) -> Vec<String> {
    let mut out = vec![if worse.is_empty() {
        "Nothing else that is measured for patients is shown to get worse.".to_owned()
    } else {
        format!("Worse than under {base}: {}.", some(worse, "and"))
    }];
    let lost = harm.wins.of - harm.wins.better - harm.wins.same;
    if lost > 0 {
        out.push(format!("In {lost} of {} runs it does more harm than {base}.", harm.wins.of));
    }
    out
}

/// That nothing is shown to turn the answer, and by how many runs.
fn moved(t: &Tornado) -> String {
    let most = t.bars.iter().map(|b| b.replicates).max().unwrap_or(0);
    let those = t.bars.iter().filter(|b| b.replicates == most).count();
    let runs = |n: usize| if n == 1 { "one run".to_owned() } else { format!("{n} runs") };
    let rest = t.bars.iter().map(|b| b.replicates).min().filter(|n| *n < most);
    let rest = rest
        .map_or(String::new(), |n| format!(" for the {those} that move most, {} for the others", runs(n)));
    format!(
        "No single one of {} parameters is shown to turn which does less harm when it is moved over its plausible range ({} at each end{rest}).",
        t.bars.len(),
        runs(most)
    )
}

fn turned_by(t: &Tornado, even: &[String], n: usize) -> Vec<String> {
    let mut out = vec![];
    let turning: Vec<String> = t
        .bars
        .iter()
        .filter(|b| b.turns())
        .map(|b| {
            let (low, high) = b.row.description.shown.clone().unwrap_or_default();
            format!("{} ({low} to {high})", parameter_name(&b.row))
        })
        .collect();
    out.push(if !turning.is_empty() {
        format!(
            "Within its plausible range each of these turns which does less harm: {}.",
            some(&turning, "and")
        )
    } else if t.bars.is_empty() {
        "No parameter was moved over its range: “--report” without “--no-tornado” does.".to_owned()
    } else {
        moved(t)
    });
    if t.unfinished {
        out.push("It was stopped before all parameters were moved.".into());
    }
    if !even.is_empty() {
        out.push(format!("More than {n} runs may tell them from {}.", some(even, "or")));
    }
    out
}
