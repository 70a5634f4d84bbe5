//! The board's page of a portfolio.

use resus_engine::study::portfolio::{Measure, PortfolioRisk};

use super::nothing;
use crate::board::{self, Board, Figure};
use crate::format::{number, percent, pounds};
use crate::verdict::portfolio::sentences;
use crate::verdict::too_few;

/// What a board is told of a portfolio, without its risk; `titles` are those of the scenarios.
pub fn portfolio(titles: &[&str], r: &PortfolioRisk) -> Board {
    let said = sentences(titles, r);
    let base = r.base();
    let [harm, loss] = Measure::ALL.map(|m| &base.annual[m as usize]);
    if too_few(r.replicates as usize, 200).is_some() || said.len() < 2 {
        return Board {
            decision: said.into_iter().take(1).collect(),
            costs: nothing(),
            given_up: nothing(),
            turned_by: nothing(),
            ..Board::default()
        };
    }
    let (mut decision, mut costs, mut given_up, mut turned_by) = (vec![], vec![], vec![], vec![]);
    for sentence in said {
        if sentence.starts_with("It avoids") || sentence.starts_with("It adds") {
            costs.push(sentence);
        } else if sentence.starts_with("More harm") {
            given_up.push(sentence);
        } else if sentence.starts_with("Not told from it") {
            turned_by.push(sentence);
        } else {
            decision.push(sentence);
        }
    }
    if costs.is_empty() {
        costs.push(format!("Without a change: {} a year, as expected.", pounds(loss.estimate)));
    }
    if given_up.is_empty() {
        given_up.push("Only harm and money are told here; what else gets better or worse, “resus compare” tells of one scenario.".into());
    }
    turned_by.push("How often each scenario comes is judgement for the most part: better figures there move all of this first.".into());
    turned_by.push("What is in none of the scenarios is not counted.".into());
    let hundred = base.exceeded[Measure::Loss as usize][5];
    Board {
        decision,
        numbers: vec![
            Figure {
                value: pounds(loss.estimate),
                what: "expected loss a year, as things stand".into(),
                range: board::ends(loss.low, loss.high, pounds),
            },
            Figure {
                value: number(harm.estimate),
                what: "expected harm a year, as things stand".into(),
                range: board::ends(harm.low, harm.high, number),
            },
            Figure {
                value: pounds(hundred),
                what: "is exceeded by one year in a hundred".into(),
                range: format!("in {} of years nothing happens", percent(r.quiet)),
            },
        ],
        costs,
        given_up,
        turned_by,
        ..Board::default()
    }
}
