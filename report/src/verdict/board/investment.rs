//! The board's page of what to buy.

use resus_engine::study::investment::Advice;

use super::nothing;
use crate::board::{self, Board, Figure};
use crate::format::{number, pounds};
use crate::verdict::investment::{over, sentences};
use crate::verdict::{percent, too_few};

/// What a board is told of what to buy, without its risk.
pub fn plan(a: &Advice) -> Board {
    let (best, said) = (&a.best, sentences(a));
    let what = a.aim.label();
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
    // What is bought, whom to follow and what it lowers; then how sure that is, and what more money brings: the verdict's own sentences.
    let decided = said.iter().position(|s| s.starts_with("Together")).map_or(said.len(), |k| k + 1);
    let mut said = said.into_iter();
    let decision = said.by_ref().take(decided).collect();
    let yearly = format!("{} to set up and {} each year", pounds(best.cost.set_up), pounds(best.cost.yearly));
    Board {
        decision,
        numbers: vec![
            Figure {
                value: percent(best.relative.estimate),
                what: format!("of {what} less"),
                range: board::ends(best.relative.low, best.relative.high, percent),
            },
            Figure {
                value: number(best.benefit.estimate),
                what: format!("{what} less, from {}", number(a.nothing)),
                range: board::ends(best.benefit.low, best.benefit.high, number),
            },
            Figure {
                value: pounds(best.total),
                what: format!("to set up and run {}", over(a.years)),
                range: yearly.clone(),
            },
        ],
        costs: vec![format!(
            "{} {}, all of it bought at the beginning: {yearly}. At present value {}.",
            pounds(best.total),
            over(a.years),
            pounds(best.present_value)
        )],
        given_up: vec![format!(
            "It was chosen for {what} alone: what it does to anything else is not counted here."
        )],
        turned_by: said.collect(),
        ..Board::default()
    }
}
