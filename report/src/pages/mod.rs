//! One page for each of the planner's questions, and what all of them end with: assumptions, parameters, limits, provenance.

mod compare;
mod criticality;
mod pillars;
mod plan;
mod portfolio;
mod review;
mod who;

pub use compare::{Beside, compare};
pub(crate) use criticality::lasts;
pub use criticality::{criticality, felt_in_a_year};
pub use pillars::{pillars, without_effect};
pub use plan::plan;
pub use portfolio::portfolio;
pub use review::{Ending, review};
pub use who::{Wish, hours};

use resus_engine::scenario::Scenario;

use crate::verdict::estate::whose;
use crate::{Cell, RunInfo, Section, Table};

/// A parameter in words: what it is, without its path.
pub(crate) fn parameter_name(row: &resus_engine::parameters::Row) -> String {
    let about = row.about.trim().trim_end_matches('.');
    // What goes on from the parameter before it says too little alone.
    if about.starts_with('…') || about.ends_with('…') {
        format!("{about} ({})", row.path)
    } else {
        about.to_owned()
    }
}

/// The end of every report.
fn closing(scenario: &Scenario, run: &RunInfo) -> Vec<Section> {
    let rows = scenario.rows();
    let judged = rows
        .iter()
        .filter(|r| r.description.source.as_deref().is_none_or(|s| s.starts_with("judgement")))
        .count();
    let assumptions = Section {
        id: "assumptions".into(),
        title: "Assumptions and limits".into(),
        text: vec![
            scenario.about.clone(),
            "Every strategy was played on the same replicates with the same luck, so that differences come from the strategies. Intervals say how much the \
             number of replicates leaves open; they do not say how far the model may be from the world."
                .into(),
            "Harm-weighted contacts are an index for comparing strategies: contacts that were not given, weighted by how much a missed one matters and by how long \
             people waited. They are no count of injured people."
                .into(),
            format!(
                "Of {} parameters {judged} are judgement, because no published figure was found; the table below says which. Where the answer turns on one of them, \
                 find a better figure first.",
                rows.len()
            ),
            format!("{} Costs of levers are of the order of published business cases and no offer; set your own.", whose(&scenario.estate)),
        ],
        ..Section::default()
    };
    let mut parameters = Table::new(
        "Parameters of the model",
        &["parameter", "meaning", "value", "plausible range", "source"],
    );
    for r in rows {
        let range = r.description.shown.map_or(String::new(), |(low, high)| format!("{low} to {high}"));
        parameters.row([
            Cell::text(r.path),
            Cell::text(r.about),
            Cell::text(r.description.value),
            Cell::text(range),
            Cell::text(r.description.source.unwrap_or_default()),
        ]);
    }
    let mut provenance = Table::new("Provenance", &["what", "value"]);
    let what_if =
        if scenario.overrides.is_empty() { "nothing".to_owned() } else { scenario.overrides.join(", ") };
    for (what, value) in [
        ("scenario", run.source.clone()),
        ("hash of the scenario", format!("{:016x}", scenario.hash)),
        ("changed beside the file", what_if),
        ("seed", run.seed.to_string()),
        ("replicates", run.replicates.clone()),
        ("version of resus", run.version.clone()),
        ("made again by", run.command.clone()),
    ] {
        provenance.row([Cell::text(what), Cell::text(value)]);
    }
    vec![
        assumptions,
        Section {
            id: "parameters".into(),
            title: "Parameters and their sources".into(),
            tables: vec![parameters],
            ..Section::default()
        },
        Section {
            id: "provenance".into(),
            title: "How this was made".into(),
            tables: vec![provenance],
            ..Section::default()
        },
    ]
}
