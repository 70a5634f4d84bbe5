//! What the tests share: small scenarios, and what becomes of them.

use std::sync::Arc;

use resus_engine::estate::{Asset, AssetId};
use resus_engine::scenario::{Scenario, bundled, load};
use resus_engine::sim::Simulation;
use resus_engine::sim::core::record::Record;
use resus_engine::sim::state::assets::AssetState;
use resus_engine::source::{Diagnostic, Diagnostics};

/// Loads a scenario that must be sound.
///
/// # Panics
/// When it is not.
pub fn scenario(text: &str) -> Arc<Scenario> {
    let loaded = load(text, None);
    Arc::new(loaded.unwrap_or_else(|e| panic!("{e}\n{text}")))
}

/// What is wrong with a text that was to be a scenario; nothing when it is one.
pub fn diagnostics(loaded: &Result<Scenario, Diagnostics>) -> &[Diagnostic] {
    loaded.as_ref().err().map_or(&[], |e| &e.list)
}

/// The text of a bundled scenario for a care system of another size.
///
/// # Panics
/// When there is no such scenario.
pub fn sized(name: &str, population: u32) -> String {
    let (_, text) = bundled::scenario(name).unwrap_or_else(|| panic!("no scenario {name}"));
    // An exercise names organisations of the estate at its own size.
    let text =
        text.split_once("    exercise: (").map_or(text.to_owned(), |(before, _)| format!("{before})\n"));
    text.replaced("population: 1200000", &format!("population: {population}"))
}

/// The names of the bundled scenarios of one care system.
pub fn names() -> impl Iterator<Item = &'static str> {
    let elsewhere = |path: &str| path.starts_with("national/") || path.starts_with("historical/");
    bundled::SCENARIOS.iter().filter(move |s| !elsewhere(s.1)).map(|s| s.0)
}

/// The names of the bundled scenarios of a whole country.
pub fn national() -> impl Iterator<Item = &'static str> {
    bundled::SCENARIOS.iter().filter(|s| s.1.starts_with("national/")).map(|s| s.0)
}

/// The text of a bundled scenario of a whole country, cut to one care system of it.
///
/// # Panics
/// When there is no such scenario.
pub fn cut(name: &str) -> String {
    let (_, text) = bundled::scenario(name).unwrap_or_else(|| panic!("no scenario {name}"));
    text.replaced("Generate(seed: 7)", "Generate(only: [\"Tamarstow\"], seed: 7)")
}

/// All assets with their hosts counted, beside what they are.
pub fn counted<'s>(sim: &'s Simulation, s: &'s Scenario) -> impl Iterator<Item = (AssetState, &'s Asset)> {
    (0u32..).zip(&s.estate.assets).map(|(n, asset)| (sim.asset(AssetId(n)), asset))
}

/// `text` with another campaign list and, behind it, `more` fields.
///
/// # Panics
/// When `text` is not laid out as the bundled scenarios are.
pub fn with_campaigns(text: &str, campaigns: &str, more: &str) -> String {
    let from = text.find("campaigns: [").expect("campaigns");
    let to = text.find("strategies: [").expect("strategies");
    format!("{}campaigns: [{campaigns}],\n{more}\n{}", &text[..from], &text[to..])
}

/// The first `replicates` records under each strategy.
pub fn records(scenario: &Arc<Scenario>, replicates: u64) -> Vec<Vec<Record>> {
    let mut sim = Simulation::new(scenario);
    (0..scenario.strategies.len()).map(|s| (0..replicates).map(|k| sim.run(1, k, s)).collect()).collect()
}

/// Replacement that must find what it replaces: a test whose text has moved on fails instead of passing for nothing.
pub trait Replaced {
    /// The text with every `from` as `to`.
    ///
    /// # Panics
    /// When there is no `from`.
    fn replaced(&self, from: &str, to: &str) -> String;
}

impl Replaced for str {
    fn replaced(&self, from: &str, to: &str) -> String {
        assert!(self.contains(from), "the text has no '{from}'");
        self.replace(from, to)
    }
}
