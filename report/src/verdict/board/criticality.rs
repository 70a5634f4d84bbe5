//! The board's page of what hurts most when it is lost.

use resus_engine::estate::Estate;
use resus_engine::study::criticality::{Criticality, LASTS};

use crate::board::{self, Board, Figure};
use crate::format::number;
use crate::pages::lasts;
use crate::verdict::criticality::sentences;

use super::nothing;

/// What a board is told of what hurts most, without its risk.
pub fn criticality(c: &Criticality, e: &Estate) -> Board {
    let said = sentences(c, e);
    let Some(worst) = worst(c) else {
        return Board {
            decision: vec!["Nothing that was tried hurts anybody when it is lost.".into()],
            costs: nothing(),
            given_up: nothing(),
            turned_by: nothing(),
            ..Board::default()
        };
    };
    let name = worst.target.name(e);
    Board {
        decision: said
            .iter()
            .filter(|s| s.starts_with("Of organisations") || s.starts_with("Of suppliers"))
            .cloned()
            .collect(),
        numbers: LASTS
            .iter()
            .zip(&worst.hurt)
            .skip(1)
            .map(|(hours, h)| Figure {
                value: number(h.harm.estimate),
                what: format!("harm (index) when {name} is lost for {}", lasts(*hours)),
                range: board::ends(h.harm.low, h.harm.high, number),
            })
            .collect(),
        costs: vec!["This study buys nothing: “resus plan” says what protection costs.".into()],
        given_up: vec![
            "What is not among the leaders was dropped by quick looks, and is outside these statements."
                .into(),
        ],
        turned_by: said
            .iter()
            .filter(|s| s.starts_with("The most concentrated"))
            .cloned()
            .chain(["Sizes and dependencies that are invented: a ranking is as good as they are.".to_owned()])
            .collect(),
        ..Board::default()
    }
}

/// The organisation or supplier whose loss for three days does most harm.
pub(crate) fn worst(c: &Criticality) -> Option<&resus_engine::study::criticality::Leader> {
    let harm = |l: &&resus_engine::study::criticality::Leader| l.hurt[2].harm.estimate;
    let whole = c.leaders.iter().filter(|l| matches!(l.target.class(), 1 | 3));
    whole.max_by(|a, b| harm(a).total_cmp(&harm(b))).filter(|l| harm(l) > 0.0)
}
