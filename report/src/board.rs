//! The page for the board: one A4 page that stands first in a report, with the decision, what it rests on, and a line for the risk
//! register. Its sentences are made in [`crate::verdict::board`].

use crate::{Cell, Column, Table, format};

/// What the board reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// The decision in plain words.
    pub decision: Vec<String>,
    /// At most three numbers with their ranges.
    pub numbers: Vec<Figure>,
    /// What it costs.
    pub costs: Vec<String>,
    /// What is given up for it.
    pub given_up: Vec<String>,
    /// What would change our mind.
    pub turned_by: Vec<String>,
    /// The line for the risk register.
    pub risk: Risk,
    /// What all of it rests on, in a line.
    pub basis: String,
}

/// A number that people remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The number.
    pub value: String,
    /// What it counts.
    pub what: String,
    /// Its range, and of what.
    pub range: String,
}

/// A line of a risk register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Risk {
    /// What brings it about.
    pub cause: String,
    /// What happens.
    pub event: String,
    /// What that does to care, as things stand.
    pub impact: String,
    /// How likely it is.
    pub likelihood: String,
    /// Impact × likelihood.
    pub score: String,
    /// Who answers for it.
    pub owner: String,
    /// What is left of it after the decision.
    pub residual: String,
}

impl Risk {
    /// Its parts with their names, in the order of a register.
    pub fn parts(&self) -> [(&'static str, &str); 7] {
        [
            ("cause", &self.cause),
            ("event", &self.event),
            ("impact", &self.impact),
            ("likelihood", &self.likelihood),
            ("score", &self.score),
            ("owner", &self.owner),
            ("residual", &self.residual),
        ]
    }
    /// As a table of one line, for a register's own columns.
    pub fn table(&self) -> Table {
        let mut table =
            Table::new("Line for the risk register", self.parts().map(|(name, _)| Column::text(name)));
        table.row(self.parts().map(|(_, text)| Cell::text(text)));
        table
    }
}

/// What the board itself says of a risk: what no simulation knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardsOwn {
    /// How likely such an incident is, from 1 (rare) to 5 (almost certain).
    pub likelihood: Option<u8>,
    /// Who answers for the risk.
    pub owner: Option<String>,
}

/// A score of impact from 1 to 4 by how long a service is interrupted, with its words: the descriptors “service/business interruption” of
/// the National Patient Safety Agency's risk matrix for risk managers (2008). Its fifth, the permanent loss of a service, no run comes to.
pub fn impact(hours: f64) -> (u8, &'static str) {
    match hours {
        h if h > 7.0 * 24.0 => (4, "major: interrupted for more than a week"),
        h if h > 24.0 => (3, "moderate: interrupted for more than a day"),
        h if h > 8.0 => (2, "minor: interrupted for more than 8 hours"),
        _ => (1, "negligible: interrupted for 8 hours or less"),
    }
}

impl BoardsOwn {
    /// The parts of a risk that hang on the board, filled in as far as it has said: likelihood, score, owner, residual. Impacts are by
    /// hours of interruption, as things stand and after the decision.
    pub(crate) fn fill(&self, risk: &mut Risk, today: Option<f64>, after: Option<(&str, f64)>) {
        let times = |score: u8| match self.likelihood {
            Some(l) => format!("impact {score} × likelihood {l} = {}", u32::from(score) * u32::from(l)),
            None => format!("impact {score} × the likelihood that you set"),
        };
        risk.likelihood = match self.likelihood {
            Some(l) => format!("{l} of 5, the board’s own estimate"),
            None => "for the board to set, 1 to 5: how often it comes is not simulated here".into(),
        };
        let scored = |hours: f64| {
            let (score, words) = impact(hours);
            format!("{} ({words})", times(score))
        };
        risk.score =
            today.map_or("not scored: this study does not tell how long care is interrupted".into(), scored);
        risk.residual = match after {
            Some((with, hours)) => format!("with {with}: {}", scored(hours)),
            None => "as the score: nothing is decided that would lower it".into(),
        };
        risk.owner = self.owner.clone().unwrap_or_else(|| "to be named".into());
    }
}

/// A count and the range around it in the words of a figure.
pub(crate) fn ends(low: f64, high: f64, show: impl Fn(f64) -> String) -> String {
    if low.is_finite() && high.is_finite() {
        format!("{} to {}", show(low), show(high))
    } else {
        "no range from a single run".into()
    }
}

/// A time in days, with a true minus sign.
pub(crate) fn days(hours: f64) -> String {
    format::days(hours / 24.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impacts_are_those_of_the_risk_matrix() {
        for (hours, score) in
            [(0.0, 1), (8.0, 1), (8.1, 2), (24.0, 2), (25.0, 3), (168.0, 3), (169.0, 4), (1e5, 4)]
        {
            assert_eq!(impact(hours).0, score, "{hours}");
        }
    }

    #[test]
    fn a_score_is_worked_out_when_the_board_says_how_likely_it_is() {
        let mut risk = Risk::default();
        let own = BoardsOwn { likelihood: Some(3), owner: Some("Chief nurse".into()) };
        own.fill(&mut risk, Some(30.0), Some(("“A”", 200.0)));
        assert!(risk.score.starts_with("impact 3 × likelihood 3 = 9"), "{}", risk.score);
        assert!(risk.residual.starts_with("with “A”: impact 4 × likelihood 3 = 12"), "{}", risk.residual);
        assert_eq!(risk.owner, "Chief nurse");
        BoardsOwn::default().fill(&mut risk, None, None);
        assert!(risk.likelihood.starts_with("for the board to set") && risk.score.starts_with("not scored"));
        assert_eq!(risk.table().rows.len(), 1);
        assert!(risk.table().csv().starts_with("cause,event,impact,likelihood,score,owner,residual\n"));
    }
}
