//! `list --json`: the bundled scenarios, and what else there is to name.

use schemars::JsonSchema;
use serde::Serialize;

use super::Document;

/// One bundled scenario.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BundledScenario {
    /// The name by which commands take it.
    pub name: &'static str,
    /// Path in `scenarios/`.
    pub path: &'static str,
    /// Title.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// Whether it is the one that commands take when none is named.
    pub default: bool,
    /// Whether it has an exercise.
    pub exercise: bool,
}

/// The bundled scenarios.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct List(pub Vec<BundledScenario>);

impl Document for List {
    const COMMAND: &'static str = "list --json";
    const FORMAT: Option<&'static str> = None;
}

/// One thing that can be named in a file or an option.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct CatalogueEntry {
    /// How files and options name it.
    pub id: String,
    /// Its words in reports.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
    /// Its unit, where it has one.
    pub unit: Option<String>,
    /// Its value where no file states one, in words.
    pub value: Option<String>,
    /// Lower end of its plausible range, in words.
    pub low: Option<String>,
    /// Upper end of it.
    pub high: Option<String>,
    /// Where it comes from, where that is stated.
    pub source: Option<String>,
}

/// All of one list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Catalogue {
    /// Which list, as the command names it.
    pub list: String,
    /// Its entries.
    pub entries: Vec<CatalogueEntry>,
}

impl Document for Catalogue {
    const COMMAND: &'static str = "list WHAT --json";
    const FORMAT: Option<&'static str> = Some("resus-list-1");
}
