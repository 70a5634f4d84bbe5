//! What a board reads first: the decision, three numbers, what it costs, what is given up, what would change our mind. One page holds it,
//! so that lists end after a few names with how many more there are.

mod comparison;
mod criticality;
mod investment;
mod pillars;
mod portfolio;
#[cfg(test)]
mod property;

pub(crate) use comparison::chosen;
pub use comparison::comparison;
pub use criticality::criticality;
pub(crate) use criticality::worst;
pub use investment::plan;
pub(crate) use pillars::of as of_pillars;
pub use pillars::pillars;
pub use portfolio::portfolio;

use resus_engine::scenario::Scenario;

use super::list;
use crate::board::Risk;
use crate::format::capital;

/// Names in one sentence of the page.
const NAMES: usize = 3;

/// What is said where nothing follows from the findings.
fn nothing() -> Vec<String> {
    vec!["Nothing is said here: there is no decision.".into()]
}

/// A list that ends after [`NAMES`] names.
fn some(items: &[String], word: &str) -> String {
    if items.len() <= NAMES + 1 {
        return list(items, word);
    }
    format!("{} {word} {} others", items[..NAMES].join(", "), items.len() - NAMES)
}

/// Cause and event of a scenario's risk: who comes and by which ways, and what the scenario is.
pub(crate) fn cause(scenario: &Scenario) -> Risk {
    let ways = |entries: &[resus_engine::scenario::campaign::Entry]| {
        let mut ways: Vec<String> = vec![];
        for label in
            entries.iter().map(|e| resus_engine::catalogue::technique::EntryKind::label(e.via).to_owned())
        {
            if !ways.contains(&label) {
                ways.push(label);
            }
        }
        some(&ways, "or")
    };
    let mut causes: Vec<String> = scenario
        .campaigns
        .iter()
        .map(|c| {
            if c.entries.is_empty() {
                c.name.clone()
            } else {
                format!("{} through {}", c.name, ways(&c.entries))
            }
        })
        .collect();
    if causes.is_empty() {
        causes.push("none: this scenario has no campaign".into());
    }
    Risk { cause: capital(&some(&causes, "and")), event: scenario.title.clone(), ..Risk::default() }
}

/// What ranges leave open where nothing but runs is uncertain in them.
pub(crate) const OF_RUNS: &str = "the number of runs leaves open";
/// What they leave open where how often incidents come is in them, too.
pub(crate) const OF_RUNS_AND_FREQUENCIES: &str = "the number of runs and the frequencies leave open";

/// What the page rests on; `open` is what its ranges say.
pub(crate) fn basis(scenario: &Scenario, replicates: &str, open: &str) -> String {
    let rows = scenario.parameters.rows();
    let judged = rows
        .iter()
        .filter(|r| r.description.source.as_deref().is_none_or(|s| s.starts_with("judgement")))
        .count();
    format!(
        "Simulated: {replicates}. Ranges say what {open}, not how far the model may be from the world. Of {} parameters {judged} are \
         judgement. Harm-weighted contacts are an index for comparing, no count of injured people.",
        rows.len()
    )
}
