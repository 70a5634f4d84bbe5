//! What a planner would say of what to buy.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::study::investment::{Advice, Choice, MATTERS, Problem, STEPS, SURE};

use super::{percent, too_few};
use crate::format::{in_runs_of, pounds};

/// The levers of a set, each with how far it is taken up where that is not everybody.
pub fn set_in_words(problem: &Problem, choice: &Choice) -> String {
    let parts: Vec<String> = choice
        .iter()
        .zip(&problem.levers)
        .filter(|(step, _)| **step > 0)
        .map(|(step, (_, name, _))| if *step == STEPS { name.clone() } else { format!("{name} (half)") })
        .collect();
    if parts.is_empty() { "nothing".into() } else { parts.join(", ") }
}

/// What to buy first, what it lowers, whether another set is as good, and what more money would bring.
pub fn sentences(a: &Advice, outcome: Outcome) -> Vec<String> {
    let best = &a.best;
    if let Some(few) = too_few(best.wins.of, 500) {
        return vec![few];
    }
    if best.benefit.low <= 0.0 {
        return vec![
            "Nothing that this budget buys lowers the outcome by an amount that can be told from zero."
                .to_owned(),
        ];
    }
    let mut out = vec![
        format!("Buy first, for {}: {}.", pounds(best.cost), set_in_words(&a.problem, &best.choice)),
        format!(
            "That lowers {} by {} [{} to {}] and is better {}.",
            outcome.label(),
            percent(best.relative.estimate),
            percent(best.relative.low),
            percent(best.relative.high),
            in_runs_of(&best.wins)
        ),
    ];
    out.push(match a.rivals.len() {
        0 => format!(
            "Of what the search found, no other set is as good: the chance that this is the right one among them is at least {}, given a lead of {} of today's value.",
            percent(SURE),
            percent(MATTERS)
        ),
        n => format!(
            "{n} other set{} found by the search cannot be told from it.",
            if n == 1 { "" } else { "s" }
        ),
    });
    if let Some(next) = &a.next_pound {
        out.push(if next.low > 0.0 {
            format!(
                "Another £100,000 would lower it by about {} of today’s value more.",
                percent(next.estimate / a.nothing)
            )
        } else {
            "More money than this buys nothing more that can be told from zero.".to_owned()
        });
    }
    out
}
