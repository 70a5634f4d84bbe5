//! The board's page of what to buy.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::study::investment::Advice;

use super::nothing;
use crate::board::{self, Board, Figure};
use crate::format::{number, pounds};
use crate::verdict::investment::sentences;
use crate::verdict::{percent, too_few};

/// What a board is told of what to buy, without its risk.
pub fn plan(a: &Advice, outcome: Outcome) -> Board {
    let (best, said) = (&a.best, sentences(a, outcome));
    let few = too_few(best.wins.of, 500).is_some();
    if few || best.benefit.low <= 0.0 || best.relative.low <= 0.0 {
        return Board {
            decision: said.into_iter().take(1).collect(),
            costs: nothing(),
            given_up: nothing(),
            turned_by: nothing(),
            ..Board::default()
        };
    }
    // What is bought and what it lowers; then how sure that is, and what more money brings: the verdict's own sentences.
    let mut said = said.into_iter();
    let decision = said.by_ref().take(2).collect();
    Board {
        decision,
        numbers: vec![
            Figure {
                value: percent(best.relative.estimate),
                what: format!("of {} less", outcome.label()),
                range: board::ends(best.relative.low, best.relative.high, percent),
            },
            Figure {
                value: number(best.benefit.estimate),
                what: format!("{} less, from {}", outcome.label(), number(a.nothing)),
                range: board::ends(best.benefit.low, best.benefit.high, number),
            },
            Figure {
                value: pounds(best.cost),
                what: "set-up and the first year".into(),
                range: format!("then {} each year", pounds(a.problem.yearly(&best.choice))),
            },
        ],
        costs: vec![format!(
            "{} to set up and run for the first year, {} each year after.",
            pounds(best.cost),
            pounds(a.problem.yearly(&best.choice))
        )],
        given_up: vec![format!(
            "It was chosen for {} alone: what it does to anything else is not counted here.",
            outcome.label()
        )],
        turned_by: said.collect(),
        ..Board::default()
    }
}
