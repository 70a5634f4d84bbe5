//! What a planner's study is of: one scenario, or a portfolio of several with how often each comes.

use std::path::Path;
use std::sync::Arc;

use resus_engine::scenario::frequency::Frequency;
use resus_engine::scenario::{Override, Scenario, bundled};
use resus_engine::source::{Diagnostic, Located, suggest};
use resus_engine::study::portfolio::{Member, Portfolio};

use crate::commands::Common;
use crate::failure::{Failure, bad_input};
use crate::source::Source;

/// One scenario or several.
pub struct Subject {
    /// Where it came from.
    pub source: Source,
    /// What stands for it in reports: the scenario, or one made of all of them.
    pub scenario: Arc<Scenario>,
    /// The scenarios that are played.
    pub members: Vec<Arc<Scenario>>,
    /// Each one's share of the incidents.
    pub weights: Vec<f64>,
    /// Incidents a year, where that is known, with its range where it is a single scenario's.
    pub per_year: Option<(f64, Option<(f64, f64)>)>,
    /// The portfolio, where it is one.
    pub portfolio: Option<Portfolio>,
}

impl Subject {
    /// What a command was given, with how often it comes where that was stated beside it.
    pub fn open(common: &Common, frequency: Option<f64>) -> Result<Self, Failure> {
        let source = Source::open(common.file.as_deref())?;
        if !source.is_portfolio() {
            let beside = frequency.map(|f| format!("frequency={f}").parse().expect("a path and a value"));
            let (source, scenario) = common.load_with(beside)?;
            let of = |f: &Frequency| {
                let range = f.rate().range();
                (f.per_year, (range.0 < range.1).then_some(range))
            };
            let per_year = scenario.frequency.as_ref().map(of);
            let members = vec![scenario.clone()];
            return Ok(Self { source, scenario, members, weights: vec![1.0], per_year, portfolio: None });
        }
        if frequency.is_some() {
            return Err(bad_input(
                "a portfolio states how often each of its scenarios comes",
                "leave --frequency out, or give it with one scenario",
            ));
        }
        common.running.keep_to_threads();
        let portfolio = portfolio(&source, &common.set)?;
        Ok(Self {
            source,
            scenario: Arc::new(portfolio.as_one()),
            members: portfolio.members.iter().map(|m| m.scenario.clone()).collect(),
            weights: portfolio.weights(),
            per_year: Some((portfolio.per_year(), None)),
            portfolio: Some(portfolio),
        })
    }
}

/// The portfolio that a source states, with its scenarios.
pub fn portfolio(source: &Source, set: &[Override]) -> Result<Portfolio, Failure> {
    let spec = source.portfolio()?;
    let mut members = vec![];
    for entry in spec.scenarios.iter().filter_map(Located::get) {
        let Some(name) = entry.scenario.get() else { continue };
        let wrong = |what: String, help: String| {
            source.mistake(Diagnostic::new(entry.scenario.at.clone(), what).help(help))
        };
        let Some(opened) = source.beside(name) else {
            let help = suggest(name, "give a file, or one of: ", bundled::SCENARIOS.iter().map(|s| s.0));
            return Err(wrong(format!("there is no scenario '{name}'"), help));
        };
        let scenario = opened?.load_with(set)?;
        let stated = entry.frequency.as_ref().and_then(|f| f.get().cloned());
        let Some(frequency) = stated.or_else(|| scenario.frequency.clone()) else {
            return Err(wrong(
                format!("'{name}' does not state how often it comes"),
                "add `frequency: (per_year: …, low: …, high: …, source: \"…\")` behind it".into(),
            ));
        };
        members.push(Member { name: name.clone(), scenario, frequency });
    }
    let text = |id: &Located<String>| id.get().cloned().unwrap_or_default();
    let strategies = spec.strategies.iter().map(text).collect();
    made((spec.title.clone(), spec.about.clone()), members, strategies, spec.baseline.as_ref().map(text))
}

fn made(
    titles: (String, String),
    members: Vec<Member>,
    strategies: Vec<String>,
    baseline: Option<String>,
) -> Result<Portfolio, Failure> {
    Portfolio::new(titles, members, strategies, baseline).map_err(|e| {
        bad_input(e, "`resus list strategies` shows the bundled ones; a scenario may state its own")
    })
}

/// The portfolio of a command line: one that is stated in a file or bundled, or scenarios, each by a file or a bundled name, perhaps with
/// how often it comes behind an equals sign. Also what it is called over findings.
pub fn of_arguments(arguments: &[String], set: &[Override]) -> Result<(String, Portfolio), Failure> {
    let usual = [bundled::PORTFOLIOS[0].0.to_owned()];
    let arguments = if arguments.is_empty() { &usual } else { arguments };
    if let [one] = arguments
        && let Some(source) = stated(one)?.filter(Source::is_portfolio)
    {
        return Ok((source.name.clone(), portfolio(&source, set)?));
    }
    let mut members: Vec<Member> = vec![];
    for argument in arguments {
        let (name, frequency) = match argument.rsplit_once('=') {
            Some((name, frequency)) if stated(argument)?.is_none() => (name, Some(frequency)),
            _ => (argument.as_str(), None),
        };
        let source = Source::open(Some(name))?;
        if source.is_portfolio() {
            members.extend(portfolio(&source, set)?.members);
            continue;
        }
        let mut set = set.to_vec();
        if let Some(f) = frequency {
            let times: f64 = f.parse().map_err(|_| {
                bad_input(
                    format!("'{f}' is no number of times a year"),
                    format!("write {name}=0.1 for once in ten years"),
                )
            })?;
            set.push(format!("frequency={times}").parse().expect("a path and a value"));
        }
        let scenario = source.load_with(&set)?;
        let Some(frequency) = scenario.frequency.clone() else {
            return Err(bad_input(
                format!("'{name}' does not state how often it comes"),
                format!("write {name}=0.1 for once in ten years, or state a `frequency` in the scenario"),
            ));
        };
        members.push(Member { name: name.to_owned(), scenario, frequency });
    }
    for (n, m) in members.iter().enumerate() {
        if members[..n].iter().any(|e| e.name == m.name) {
            return Err(bad_input(format!("'{}' is given twice", m.name), "add the two frequencies up"));
        }
    }
    let title = if members.len() == 1 {
        format!("A year of “{}”", members[0].scenario.title)
    } else {
        format!("A year of {} scenarios", members.len())
    };
    Ok((arguments.join(" "), made((title, String::new()), members, vec![], None)?))
}

/// What a name stands for, where there is such a file or it is bundled.
fn stated(name: &str) -> Result<Option<Source>, Failure> {
    let known =
        Path::new(name).exists() || bundled::scenario(name).is_some() || bundled::portfolio(name).is_some();
    known.then(|| Source::open(Some(name))).transpose()
}
