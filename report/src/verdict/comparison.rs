//! What a planner would say of a comparison of strategies.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::Scenario;
use resus_engine::study::comparison::{Compared, Comparison, Paired};

use super::too_few;
use crate::format::{self, in_runs_of, number};

/// Which strategy keeps most care going and which recovers first, against the baseline; which do worse than it.
pub fn sentences(scenario: &Scenario, c: &Comparison) -> Vec<String> {
    let name = |s: &Compared| scenario.strategies[s.strategy].name.clone();
    let base = &c.strategies[c.baseline];
    let others: Vec<&Compared> =
        c.strategies.iter().enumerate().filter(|(k, _)| *k != c.baseline).map(|(_, s)| s).collect();
    if let Some(few) = too_few(c.replicates, 500) {
        return vec![few];
    }
    if harm(base) <= 0.0 && others.iter().all(|s| harm(s) <= 0.0) {
        return vec!["Nothing was disrupted under any strategy: there is nothing to choose between.".into()];
    }
    let Some(best) = others.iter().min_by(|a, b| harm(a).total_cmp(&harm(b))) else {
        return vec!["Only one strategy was run: there is nothing to compare it with.".into()];
    };
    let mut out = vec![];
    out.push(match best.get(Outcome::Harm).paired.filter(Paired::is_less) {
        Some(p) => format!(
            "{} keeps most care going: {:.0} % less harm than {}, and better {}.",
            name(best),
            100.0 * (1.0 - harm(best) / harm(base).max(1e-9)),
            name(base),
            in_runs_of(&p.wins)
        ),
        None => format!("No strategy is shown to be better than {} in {} runs.", name(base), c.replicates),
    });
    let recovery = |s: &Compared| s.get(Outcome::Recovery95).mean;
    if let Some(fast) = c.strategies.iter().min_by(|a, b| recovery(a).total_cmp(&recovery(b))) {
        let (a, b) = (recovery(fast) / 24.0, recovery(base) / 24.0);
        out.push(if b - a < 0.05 {
            "Recovery of 95 % of capacity takes about as long under all of them.".to_owned()
        } else {
            format!(
                "{} recovers first: 95 % of capacity after {a:.1} days on average, against {b:.1}.",
                name(fast)
            )
        });
    }
    let does_worse = |s: &Compared| s.get(Outcome::Harm).paired.is_some_and(|p| p.is_more());
    let worse: Vec<String> = others.iter().filter(|s| does_worse(s)).map(|s| name(s)).collect();
    if !worse.is_empty() {
        out.push(format!("Worse than {}: {}.", name(base), worse.join(", ")));
    }
    out
}

fn harm(s: &Compared) -> f64 {
    s.get(Outcome::Harm).mean
}

/// What pairing saved, from the strategy of which it is least to the one of which it is most.
pub fn saved((least, most): (f64, f64)) -> String {
    let (least, most) = (number(least), number(most));
    let times = if least == most { most } else { format!("{least} to {most}") };
    format!(
        "Common luck saved work: without it the differences in harm would need {times} times as many replicates, depending on the strategy, for the same precision."
    )
}

/// Whether the precision asked for (half-width as a share of the baseline's mean harm) was reached after so many replicates.
pub fn precision(reached: bool, share: f64, replicates: u64) -> String {
    let share = format::percent(share);
    if reached {
        format!(
            "Every mean above is known to ± {share} of the baseline’s harm, after {replicates} replicates of each."
        )
    } else {
        format!(
            "The precision of {share} was not reached in {replicates} replicates of each: the intervals are wider."
        )
    }
}
