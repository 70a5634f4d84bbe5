//! What a planner would say of what to buy and whom to follow.

use resus_engine::study::investment::{Advice, Choice, MATTERS, Problem, STEPS, SURE};

use super::{percent, too_few};
use crate::format::{capital, counted, in_runs_of, often, pounds, rate};

/// The levers of a set, each with how far it is taken up where that is not everybody.
pub fn set_in_words(problem: &Problem, choice: &Choice) -> String {
    let parts: Vec<String> = choice
        .uptake
        .iter()
        .zip(&problem.levers)
        .filter(|(step, _)| **step > 0)
        .map(
            |(step, lever)| {
                if *step == STEPS { lever.name.clone() } else { format!("{} (half)", lever.name) }
            },
        )
        .collect();
    if parts.is_empty() { "nothing".into() } else { parts.join(", ") }
}

/// Whom a choice follows, where that is not the baseline's playbook and order of work: as an order to do so.
pub fn response_in_words(problem: &Problem, choice: &Choice) -> Option<String> {
    let (usual, chosen) = (&problem.responses[0], &problem.responses[choice.response]);
    let book = chosen.playbook.as_ref().filter(|_| chosen.playbook != usual.playbook);
    let book = book.map(|id| format!("follow the playbook “{id}”"));
    let order =
        (chosen.priority != usual.priority).then(|| format!("take up work {}", chosen.priority.label()));
    match (book, order) {
        (Some(book), Some(order)) => Some(format!("{book} and {order}")),
        (book, order) => book.or(order),
    }
}

/// The same after the set, in a list of sets.
pub fn choice_in_words(problem: &Problem, choice: &Choice) -> String {
    let set = set_in_words(problem, choice);
    response_in_words(problem, choice).map_or(set.clone(), |response| format!("{set}; {response}"))
}

/// Over how many years money is counted.
pub fn over(years: usize) -> String {
    format!("over {}", counted(years, "year", "years"))
}

/// In how many incidents something is averted: those that are expected in all years, or one.
pub fn in_that_time(a: &Advice) -> String {
    match a.per_year {
        Some(often) => format!("at {} such incidents a year", rate(often)),
        None => "if such an incident happens once in that time".into(),
    }
}

/// What to buy first and whom to follow, what that lowers and by which part, whether another set is as good, and what more money would
/// bring.
pub fn sentences(a: &Advice) -> Vec<String> {
    let best = &a.best;
    let runs = best.wins.of;
    if let Some(few) = too_few(runs, 500) {
        return vec![few];
    }
    let what = a.aim.label();
    if best.benefit.low <= 0.0 || best.relative.low <= 0.0 {
        return vec![format!(
            "Nothing that was found within this budget is shown to lower {what} in {runs} runs."
        )];
    }
    let bought = best.choice.uptake.iter().any(|step| *step > 0);
    let response = response_in_words(&a.problem, &best.choice);
    let mut out = vec![if bought {
        format!(
            "Buy first, for {} {}: {}.",
            pounds(best.total),
            over(a.years),
            set_in_words(&a.problem, &best.choice)
        )
    } else {
        "Buy nothing of what there is for this budget.".to_owned()
    }];
    if let Some(response) = &response {
        out.push(format!("In an incident {response}: that costs nothing."));
    }
    out.push(format!(
        "Together that lowers {what} by {} [{} to {}] and is better {}.",
        percent(best.relative.estimate),
        percent(best.relative.low),
        percent(best.relative.high),
        in_runs_of(&best.wins)
    ));
    if response.is_some() && bought {
        out.push(format!(
            "By what is followed alone it would be lowered by {}, by what is bought alone by {}.",
            percent(a.response.relative.estimate),
            percent(a.levers.relative.estimate)
        ));
    }
    if bought {
        out.push(match a.bought.cost_for_each(a.incidents()) {
            Some(each) => format!(
                "{}, what is bought costs {} for each {} that it averts.",
                capital(&in_that_time(a)),
                pounds(each),
                a.aim.one()
            ),
            None => {
                "What is bought is not shown to lower it further than what is followed does alone.".to_owned()
            }
        });
        out.push(match a.pays_from() {
            Some(from) => format!(
                "It avoids {} of loss in each incident: in money alone it pays for itself where such incidents come {} or oftener{}.",
                pounds(a.bought.loss.estimate),
                often(from),
                a.per_year.map_or("", |p| if p >= from { ", as they do here" } else { ", and here they do not" })
            ),
            None => "In money alone it is not shown to pay for itself, however often such incidents come.".to_owned(),
        });
    }
    let cheapest = a.rivals.first().map(|r| r.total).filter(|c| *c < best.total - 1.0);
    let cheaper = cheapest.map_or(String::new(), |c| format!(", and the cheapest costs {}", pounds(c)));
    let matters = percent(MATTERS);
    out.push(match a.ties {
        0 => format!(
            "Every other set that the search found is shown to be worse, by {matters} of today’s value or more (all of them together at {}).",
            percent(SURE)
        ),
        1 => format!(
            "One other set that the search found is not shown to be worse by {matters} of today’s value{}.",
            cheaper.replace("the cheapest", "it")
        ),
        n => format!("{n} other sets that the search found are not shown to be worse by {matters} of today’s value{cheaper}."),
    });
    out.push(match &a.next_pound {
        Some(next) if next.low > 0.0 => {
            format!(
                "Another £100,000 would lower it by about {} of today’s value more.",
                percent(next.estimate / a.nothing)
            )
        }
        Some(_) => "More money than this is not shown to lower it further.".to_owned(),
        None => "With more money than this the search found nothing more to buy.".to_owned(),
    });
    out
}
