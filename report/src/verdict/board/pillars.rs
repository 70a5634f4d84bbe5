//! The board's page of the worth of the pillars.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::catalogue::pillar::Pillar;
use resus_engine::stats::intervals::Interval;
use resus_engine::study::pillars::{OUTCOMES, Pillars, Shares};

use super::{nothing, some};
use crate::board::{self, Board, Figure};
use crate::format::{number, pounds};
use crate::verdict::pillars::{NOT_STATED, sentences};
use crate::verdict::too_few;

const NUMBERS: [Outcome; 3] = [Outcome::Harm, Outcome::ContactsNotServed, Outcome::Recovery95];

/// What a board is told of the pillars, without its risk.
pub fn pillars(p: &Pillars) -> Board {
    let none = |why: String| Board {
        decision: vec![why],
        costs: nothing(),
        given_up: nothing(),
        turned_by: nothing(),
        ..Board::default()
    };
    if let Some(few) = too_few(p.replicates, 300) {
        return none(few);
    }
    let harm = of(p, Outcome::Harm);
    if harm.means.iter().all(|m| *m <= 0.0) {
        return none(format!("Nothing was disrupted in {} runs, whatever pillars are raised.", p.replicates));
    }
    let said = sentences(p);
    // What all five do, and which brings most: the verdict's own sentences, which are held to the findings.
    let decision = said
        .iter()
        .filter(|s| s.contains("ll five pillars together") || s.contains("brings most of that"))
        .cloned()
        .collect();
    let raised: Vec<String> = p
        .outcomes
        .iter()
        .filter(|s| s.whole.high < 0.0)
        .map(|s| format!("{} ({})", what(s.outcome), by(s.outcome, &s.whole)))
        .collect();
    Board {
        decision,
        numbers: NUMBERS.iter().map(|o| figure(of(p, *o))).collect(),
        costs: match &p.yearly {
            Some(_) => said
                .iter()
                .filter(|s| s.contains(" such incidents a year all five avert "))
                .cloned()
                .collect(),
            None => money(&of(p, Outcome::CostTotal).whole),
        },
        given_up: vec![if raised.is_empty() {
            "With all five, nothing that is measured here is shown to get worse.".to_owned()
        } else {
            format!("With all five it gets worse: {}.", some(&raised, "and"))
        }],
        turned_by: vec![
            "No parameter was moved over its range here: “resus compare --report” does.".into(),
            "The order of the pillars is that of this one scenario.".into(),
        ],
        ..Board::default()
    }
}

pub(crate) fn of(p: &Pillars, outcome: Outcome) -> &Shares {
    let at = OUTCOMES.iter().position(|o| *o == outcome).expect("one of the outcomes that are attributed");
    &p.outcomes[at]
}

fn what(o: Outcome) -> &'static str {
    if o == Outcome::Recovery95 { "time until 95 % of capacity is back" } else { o.label() }
}

fn show(o: Outcome, v: f64) -> String {
    match o {
        Outcome::Recovery95 => board::days(v),
        Outcome::CostTotal => pounds(v),
        _ => number(v),
    }
}

/// What something that is lowered by so much changes by.
fn by(o: Outcome, lowered: &Interval) -> String {
    let change = |v: f64| format!("{}{}", if v < 0.0 { "+" } else { "" }, show(o, 0.0 - v));
    format!(
        "{} [{}]",
        change(lowered.estimate),
        board::ends(-lowered.high, -lowered.low, |v| change(0.0 - v))
    )
}

fn figure(s: &Shares) -> Figure {
    let change = |v: f64| format!("{}{}", if v > 0.0 { "+" } else { "" }, show(s.outcome, v));
    let told = if s.whole.excludes_zero() { "" } else { ": not shown to differ" };
    Figure {
        value: change(0.0 - s.whole.estimate),
        what: format!(
            "{} with all {}, against {} as things stand",
            what(s.outcome),
            Pillar::ALL.len(),
            show(s.outcome, s.start)
        ),
        range: format!("{}{told}", board::ends(0.0 - s.whole.high, 0.0 - s.whole.low, change)),
    }
}

fn money(whole: &Interval) -> Vec<String> {
    let first = if whole.high < 0.0 {
        format!(
            "All five, with one such incident, come to {} more in all [{}].",
            pounds(-whole.estimate),
            board::ends(-whole.high, -whole.low, pounds)
        )
    } else if whole.low > 0.0 {
        format!(
            "All five, with one such incident, come to {} less in all [{}].",
            pounds(whole.estimate),
            board::ends(whole.low, whole.high, pounds)
        )
    } else {
        format!(
            "Whether all five, with one such incident, are dearer or cheaper cannot be told: {}.",
            by(Outcome::CostTotal, whole)
        )
    };
    vec![first, NOT_STATED.into()]
}
