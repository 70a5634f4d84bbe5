//! `resus list`.

use resus_engine::catalogue::action::ActionKind;
use resus_engine::catalogue::kinds::AssetKind;
use resus_engine::catalogue::outcome::Outcome;
use resus_engine::estate::import::example;
use resus_engine::estate::posture::Control;
use resus_engine::parameters::ParametersSpec;
use resus_engine::scenario::portfolio::read_portfolio;
use resus_engine::scenario::spec::{ScenarioSpec, StrategyBook};
use resus_engine::scenario::{bundled, england};
use resus_engine::source::{Located, read};
use resus_report::format::rate;
use resus_report::json::{BundledScenario, Catalogue, CatalogueEntry, Document as _, List};
use resus_report::terms::terms;

use crate::failure::CommandResult;
use crate::source::Source;
use crate::table::wrap;

/// List what there is: the bundled scenarios, or what files and options may name.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Which list.
    #[arg(value_enum, default_value_t = What::Scenarios)]
    what: What,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Bundled scenarios.
    Scenarios,
    /// Bundled portfolios: scenarios with how often each comes.
    Portfolios,
    /// What can be bought or changed beforehand.
    Levers,
    /// What people do in an incident.
    Playbooks,
    /// Bundled strategies: levers with a playbook.
    Strategies,
    /// What is measured of a run.
    Outcomes,
    /// What can be ordered in an incident.
    Actions,
    /// Constants of the model, with unit, range and source.
    Parameters,
    /// Controls of an organisation, as levers and --set posture change them.
    Controls,
    /// Kinds of organisation, with what their size counts and which is typical.
    Kinds,
    /// Kinds of system.
    Systems,
    /// Words, each with its meaning and source.
    Terms,
}

/// Prints the list.
pub fn run(args: &Args) -> CommandResult {
    let entries = match args.what {
        What::Scenarios => return scenarios(args),
        What::Levers | What::Playbooks | What::Strategies => strategies(args.what),
        What::Portfolios => portfolios(),
        What::Outcomes => outcomes(),
        What::Actions => actions(),
        What::Parameters => parameters(),
        What::Controls => controls(),
        What::Kinds => kinds(),
        What::Systems => systems(),
        What::Terms => terms().iter().map(term).collect(),
    };
    if args.json {
        let list = format!("{:?}", args.what).to_lowercase();
        return super::print(&Catalogue { list, entries }.text());
    }
    super::print(&entries.iter().map(in_words).collect::<String>())
}

/// A term of the glossary as an entry.
pub fn term(t: &resus_report::terms::Term) -> CatalogueEntry {
    CatalogueEntry {
        id: t.term.clone(),
        name: t.term.clone(),
        about: t.meaning.clone(),
        source: Some(t.source.clone()),
        ..CatalogueEntry::default()
    }
}

/// Its name and unit, and below what it is, its value and range, and its source.
pub fn in_words(e: &CatalogueEntry) -> String {
    let unit = e.unit.as_ref().map_or(String::new(), |u| format!("  [{u}]"));
    let mut out = format!("{}{unit}\n", e.id);
    let name = if e.name.is_empty() || e.name == e.id { String::new() } else { format!("{}. ", e.name) };
    let about = format!("{name}{}", e.about);
    out += &wrap(about.trim(), 4);
    let range = match (&e.low, &e.high) {
        (Some(low), Some(high)) => format!(", plausible {low} to {high}"),
        _ => String::new(),
    };
    if let Some(value) = &e.value {
        out += &wrap(&format!("{value}{range}"), 4);
    }
    if let Some(source) = e.source.as_ref().filter(|s| !s.is_empty()) {
        out += &wrap(&format!("Source: {source}"), 4);
    }
    out
}

fn scenarios(args: &Args) -> CommandResult {
    let mut out = String::new();
    let mut list = vec![];
    for (n, (name, path, _)) in bundled::SCENARIOS.iter().enumerate() {
        // Only what it says of itself: a whole country takes its time to build.
        let text = Source::open(Some(path))?.text;
        let (spec, _) = read::<ScenarioSpec>(&text);
        let Some(s) = spec else { continue };
        let default = if n == 0 { " (the default)" } else { "" };
        let default = format!("{default}{}", if s.exercise.is_some() { ", with an exercise" } else { "" });
        out += &format!("{name}{default}\n    {}\n{}    scenarios/{path}\n", s.title, wrap(&s.about, 4));
        list.push(BundledScenario {
            name,
            path,
            title: s.title,
            about: s.about,
            default: n == 0,
            exercise: s.exercise.is_some(),
        });
    }
    out += "\nPortfolios, for `resus portfolio`, `pillars` and `criticality`:\n";
    out += &portfolios().iter().map(in_words).collect::<String>();
    super::print(&if args.json { List(list).text() } else { out })
}

/// The bundled portfolios, each with how often its scenarios come.
fn portfolios() -> Vec<CatalogueEntry> {
    let of = |(name, _, text): &(&str, &str, &str)| {
        let spec = read_portfolio(text).expect("a bundled file is whole").0;
        let scenarios = spec.scenarios.iter().filter_map(Located::get).map(|e| {
            let id = e.scenario.get().cloned().unwrap_or_default();
            let own = || {
                let (_, text) = bundled::scenario(&id)?;
                read::<ScenarioSpec>(text).0?.frequency?.value
            };
            let stated = e.frequency.as_ref().and_then(|f| f.get().cloned());
            let often =
                stated.or_else(own).map_or(String::new(), |f| format!(" ({} a year)", rate(f.per_year)));
            id + &often
        });
        CatalogueEntry {
            id: (*name).into(),
            name: spec.title.clone(),
            about: format!("{} Scenarios: {}.", spec.about, scenarios.collect::<Vec<_>>().join(", ")),
            ..CatalogueEntry::default()
        }
    };
    bundled::PORTFOLIOS.iter().map(of).collect()
}

fn text(id: &Located<String>) -> String {
    id.get().cloned().unwrap_or_default()
}

/// What the bundled file of strategies holds.
fn strategies(what: What) -> Vec<CatalogueEntry> {
    let (book, _) = read::<StrategyBook>(bundled::STRATEGIES);
    let book = book.expect("a bundled file can be read");
    match what {
        What::Levers => (book.levers.iter().filter_map(Located::get))
            .map(|l| {
                let changes: Vec<String> = l.changes.iter().map(|c| words(&format!("{c:?}"))).collect();
                CatalogueEntry {
                    id: text(&l.id),
                    name: l.name.clone(),
                    about: format!("Pillar: {}. It changes: {}.", l.pillar.label(), changes.join(", ")),
                    source: Some(l.source.clone()),
                    ..CatalogueEntry::default()
                }
            })
            .collect(),
        What::Playbooks => (book.playbooks.iter().filter_map(Located::get))
            .map(|p| CatalogueEntry {
                id: text(&p.id),
                about: p.summary.clone(),
                ..CatalogueEntry::default()
            })
            .collect(),
        _ => (book.strategies.iter().filter_map(Located::get))
            .map(|s| CatalogueEntry {
                id: text(&s.id),
                name: s.name.clone(),
                about: format!("{} Playbook: {}.", s.summary, text(&s.playbook)),
                ..CatalogueEntry::default()
            })
            .collect(),
    }
}

/// What a file writes, as words: `Raise(AssetVisibility, Share(0.95))` becomes `raise asset visibility 0.95`.
fn words(written: &str) -> String {
    let mut out = String::new();
    for c in written.chars() {
        if c.is_uppercase() || !(c.is_alphanumeric() || matches!(c, '.' | '-' | '%')) {
            out.push(' ');
        }
        if c.is_alphanumeric() || matches!(c, '.' | '-' | '%') {
            out.extend(c.to_lowercase());
        }
    }
    let dull = ["share", "number", "pounds"];
    out.split_whitespace().filter(|w| !dull.contains(w)).collect::<Vec<_>>().join(" ")
}

fn outcomes() -> Vec<CatalogueEntry> {
    let of = |o: &Outcome| CatalogueEntry {
        id: o.id().into(),
        name: o.label().into(),
        about: o.about().into(),
        unit: Some(o.unit().into()),
        ..CatalogueEntry::default()
    };
    Outcome::ALL.iter().map(of).collect()
}

fn actions() -> Vec<CatalogueEntry> {
    let of = |a: &ActionKind| CatalogueEntry {
        id: a.name().into(),
        name: a.label().into(),
        about: a.about().into(),
        ..CatalogueEntry::default()
    };
    ActionKind::ALL.iter().map(of).collect()
}

fn parameters() -> Vec<CatalogueEntry> {
    let (set, _) = read::<ParametersSpec>(bundled::PARAMETERS);
    let rows = set.expect("a bundled file can be read").rows();
    rows.into_iter()
        .map(|r| {
            let (low, high) = r.description.shown.unzip();
            CatalogueEntry {
                id: r.path,
                name: String::new(),
                about: r.about,
                unit: r.description.unit,
                value: Some(r.description.value),
                low,
                high,
                source: r.description.source,
            }
        })
        .collect()
}

fn controls() -> Vec<CatalogueEntry> {
    let of = |c: &Control| CatalogueEntry {
        id: c.name().into(),
        about: c.about().into(),
        unit: Some(if c.is_share() { "share from 0 to 1" } else { "people" }.into()),
        ..CatalogueEntry::default()
    };
    Control::ALL.iter().map(of).collect()
}

fn kinds() -> Vec<CatalogueEntry> {
    let templates = england();
    let rows = example(&templates, 500_000).kinds;
    let all = templates.kinds.iter().filter_map(Located::get);
    all.zip(rows.iter().skip(1))
        .map(|(k, row)| CatalogueEntry {
            id: k.kind.name().into(),
            name: k.kind.label().into(),
            about: format!("Systems: {}.", row[3].replace("; ", ", ")),
            unit: Some(format!("size in {}", row[1])),
            value: Some(format!("typical size {}", row[2])),
            source: Some(row[4].clone()),
            ..CatalogueEntry::default()
        })
        .collect()
}

fn systems() -> Vec<CatalogueEntry> {
    let of = |a: &AssetKind| CatalogueEntry {
        id: a.name().into(),
        name: a.label().into(),
        about: if a.is_national() { "A national body runs it for all.".into() } else { String::new() },
        ..CatalogueEntry::default()
    };
    AssetKind::ALL.iter().map(of).collect()
}
