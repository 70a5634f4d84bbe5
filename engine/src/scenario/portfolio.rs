//! A portfolio as a file states it: scenarios that may come in a year, each with how often.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::frequency::Frequency;
use crate::source::{Diagnostic, Diagnostics, Located, read};

/// The most scenarios of a portfolio.
const MOST: usize = 64;

/// Several scenarios with how often each comes in a year.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PortfolioSpec {
    /// Version of this format; 1.
    pub format: Located<u32>,
    /// Title.
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub about: String,
    /// Its scenarios: they are meant to come to the same people, independently of each other.
    pub scenarios: Vec<Located<PortfolioEntry>>,
    /// Ids of the strategies that are compared over all of them; a bundled one need not stand in each scenario. Without it those that
    /// stand in all.
    #[serde(default)]
    pub strategies: Vec<Located<String>>,
    /// Id of the strategy that the others are compared with; without it the first scenario's baseline.
    #[serde(default)]
    pub baseline: Option<Located<String>>,
}

/// One scenario of a portfolio.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PortfolioEntry {
    /// Bundled name, or a file, looked for from the portfolio's folder.
    pub scenario: Located<String>,
    /// How often it comes, in place of what the scenario states itself.
    #[serde(default)]
    pub frequency: Option<Located<Frequency>>,
}

/// Whether a text looks like a portfolio and not like a scenario.
pub fn looks_like(text: &str) -> bool {
    let has = |field: &str| text.lines().any(|l| l.trim_start().starts_with(field));
    has("scenarios:") && !has("horizon:")
}

/// Reads and checks one; the scenarios themselves are not opened.
///
/// # Errors
/// All that is wrong with it, each with its place.
pub fn read_portfolio(text: &str) -> Result<(PortfolioSpec, Vec<Diagnostic>), Diagnostics> {
    let (spec, list) = read::<PortfolioSpec>(text);
    let mut diagnostics = Diagnostics { list };
    let Some(spec) = spec else { return Err(diagnostics) };
    if let Some(v) = spec.format.get().filter(|v| **v != 1) {
        diagnostics.wrong(&spec.format.at, format!("format {v} is not known to this version")).help =
            Some("use `format: 1`".into());
    }
    if spec.scenarios.is_empty() || spec.scenarios.len() > MOST {
        diagnostics.wrong(&spec.format.at, format!("a portfolio has 1 to {MOST} scenarios")).help =
            Some("add `scenarios: [(scenario: \"friday-night\")]`".into());
    }
    let entries: Vec<&PortfolioEntry> = spec.scenarios.iter().filter_map(Located::get).collect();
    for (n, entry) in entries.iter().enumerate() {
        if let Some(frequency) = &entry.frequency {
            Frequency::check(frequency, &mut diagnostics);
        }
        if entries[..n].iter().any(|e| e.scenario.get() == entry.scenario.get()) {
            diagnostics.wrong(&entry.scenario.at, "this scenario is listed twice").help =
                Some("add the two frequencies up".into());
        }
    }
    if let Some(baseline) = &spec.baseline
        && !spec.strategies.is_empty()
        && !spec.strategies.iter().any(|s| s.get() == baseline.get())
    {
        diagnostics.unknown(
            baseline,
            "strategy of the portfolio",
            spec.strategies.iter().filter_map(Located::get).map(String::as_str),
        );
    }
    diagnostics.list.sort_by_key(|d| d.at.start);
    if diagnostics.may_pass() { Ok((spec, diagnostics.list)) } else { Err(diagnostics) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::bundled;
    use crate::stats::annual_loss::Rate;

    #[test]
    fn mistakes_are_told_with_their_places() {
        let whole = "(format: 1, title: \"A\", scenarios: [(scenario: \"worm\"), (scenario: \"friday-night\", frequency: (per_year: 0.1, low: 0.1, high: 0.1, source: \"s\"))], strategies: [\"a\"], baseline: \"a\")";
        assert!(read_portfolio(whole).is_ok());
        for (from, to, what) in [
            ("format: 1", "format: 3", "format 3"),
            ("\"friday-night\"", "\"worm\"", "listed twice"),
            ("per_year: 0.1", "per_year: -1", "above 0"),
            ("baseline: \"a\"", "baseline: \"b\"", "no strategy of the portfolio 'b'"),
            ("scenarios:", "scenariso:", "no field 'scenariso'"),
            (
                "(scenario: \"worm\"), (scenario: \"friday-night\", frequency: (per_year: 0.1, low: 0.1, high: 0.1, source: \"s\"))",
                "",
                "1 to 64",
            ),
        ] {
            let text = whole.replacen(from, to, 1);
            assert_ne!(text, whole);
            let wrong = read_portfolio(&text).unwrap_err();
            assert!(wrong.list.iter().any(|d| d.what.contains(what) && d.at.end > 0), "{to}: {wrong}");
        }
    }

    #[test]
    fn bundled_ones_are_whole() {
        for (name, _, text) in bundled::PORTFOLIOS {
            assert!(looks_like(text), "{name}");
            let (spec, warnings) = read_portfolio(text).unwrap();
            assert_eq!(warnings, [], "{name}");
            for entry in spec.scenarios.iter().filter_map(Located::get) {
                let id = entry.scenario.get().unwrap();
                let (_, text) = bundled::scenario(id).unwrap_or_else(|| panic!("{name}: {id}"));
                let (spec, _) = read::<crate::scenario::spec::ScenarioSpec>(text);
                assert!(spec.unwrap().frequency.is_some() || entry.frequency.is_some(), "{name}: {id}");
            }
        }
    }

    #[test]
    fn bundled_frequencies_lie_where_their_ranges_say() {
        let mut told = 0;
        for (name, path, text) in bundled::SCENARIOS {
            assert!(!looks_like(text), "{name}");
            let (spec, _) = read::<crate::scenario::spec::ScenarioSpec>(text);
            let frequency = spec.unwrap().frequency;
            // What happened in a year on record is no question of how often.
            assert_eq!(frequency.is_none(), path.starts_with("historical/"), "{name}");
            let Some(f) = frequency.as_ref().and_then(|f| f.get()) else { continue };
            told += 1;
            let mean = Rate::mean_of_range(f.low, f.high);
            assert!((f.per_year / mean - 1.0).abs() < 0.05, "{name}: {} for {mean}", f.per_year);
            assert!(f.source.len() > 40, "{name}");
        }
        assert_eq!(told, 10);
    }
}
