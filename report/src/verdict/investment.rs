//! What a planner would say of what to buy.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::study::investment::{Advice, Choice, MATTERS, Problem, STEPS, SURE};

use super::{percent, too_few};
use crate::format::{in_runs_of, number, pounds};

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
    let runs = best.wins.of;
    if let Some(few) = too_few(runs, 500) {
        return vec![few];
    }
    let what = outcome.label();
    if best.benefit.high < 0.0 {
        return vec![format!(
            "What the search found raises {what} by {} [{} to {}] on {runs} runs that it had not seen: buy none of it.",
            number(-best.benefit.estimate),
            number(-best.benefit.high),
            number(-best.benefit.low)
        )];
    }
    if best.benefit.low <= 0.0 || best.relative.low <= 0.0 {
        return vec![format!(
            "Nothing that was found within this budget is shown to lower {what} in {runs} runs."
        )];
    }
    let mut out = vec![
        format!("Buy first, for {}: {}.", pounds(best.cost), set_in_words(&a.problem, &best.choice)),
        format!(
            "That lowers {what} by {} [{} to {}] and is better {}.",
            percent(best.relative.estimate),
            percent(best.relative.low),
            percent(best.relative.high),
            in_runs_of(&best.wins)
        ),
    ];
    let cheapest = a.rivals.iter().map(|r| r.cost).min_by(f64::total_cmp).filter(|c| *c < best.cost - 1.0);
    let cheaper = cheapest.map_or(String::new(), |c| format!(", and the cheapest costs {}", pounds(c)));
    out.push(match a.rivals.len() {
        0 => format!(
            "Of what the search found, no other set is as good: the chance that this is the right one among them is at least {}, given a lead of {} of today’s value.",
            percent(SURE),
            percent(MATTERS)
        ),
        1 => format!("One other set found by the search cannot be told from it{}.", cheaper.replace("the cheapest", "it")),
        n => format!("{n} other sets found by the search cannot be told from it{cheaper}."),
    });
    out.push(match &a.next_pound {
        Some(next) if next.low > 0.0 => {
            format!(
                "Another £100,000 would lower it by about {} of today’s value more.",
                percent(next.estimate / a.nothing)
            )
        }
        Some(next) if next.high < 0.0 => {
            "What the search would buy with more money than this makes it worse.".to_owned()
        }
        Some(_) => "More money than this is not shown to lower it further.".to_owned(),
        None => "With more money than this the search found nothing more to buy.".to_owned(),
    });
    out
}
