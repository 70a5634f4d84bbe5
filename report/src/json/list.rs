//! `list --json`: the bundled scenarios.

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
