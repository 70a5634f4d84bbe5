//! What is built into the binary: scenarios, templates, parameters, strategies.

use super::Scenario;
use crate::source::{Diagnostic, Diagnostics, did_you_mean};

macro_rules! bundled {
    ($($name:literal: $path:literal),* $(,)?) => {
        /// Bundled scenarios: (name, path below `scenarios/`, text). The first is the default.
        pub const SCENARIOS: &[(&str, &str, &str)] = &[$(($name, $path, include_str!(concat!("../../../scenarios/", $path)))),*];
    };
}
bundled! {
    "friday-night": "regional/friday-night.ron",
    "lab-supplier": "regional/lab-supplier.ron",
    "worm": "regional/worm.ron",
    "bad-update": "regional/bad-update.ron",
    "care-records": "social-care/care-records.ron",
    "national-worm": "national/worm.ron",
    "gp-records": "national/gp-records.ron",
    "national-campaign": "national/campaign.ron",
    "national-network": "national/network.ron",
    "national-update": "national/bad-update.ron",
    "wannacry-2017": "historical/wannacry-2017.ron",
    "hse-2021": "historical/hse-2021.ron",
    "advanced-2022": "historical/advanced-2022.ron",
    "hospitals": "historical/hospitals.ron",
    "settings": "historical/settings.ron",
    "san-diego-2021": "historical/san-diego-2021.ron",
    "chsf-2022": "historical/chsf-2022.ron",
    "barcelona-2023": "historical/barcelona-2023.ron",
    "pathology-2024": "historical/pathology-2024.ron",
    "bad-update-2024": "historical/bad-update-2024.ron",
}

/// Bundled portfolios: (name, path below `scenarios/`, text). The first is the default.
pub const PORTFOLIOS: &[(&str, &str, &str)] = &[
    (
        "care-system",
        "portfolios/care-system.ron",
        include_str!("../../../scenarios/portfolios/care-system.ron"),
    ),
    ("england", "portfolios/england.ron", include_str!("../../../scenarios/portfolios/england.ron")),
];

/// The text of a bundled portfolio, by its name or path.
pub fn portfolio(name: &str) -> Option<(&'static str, &'static str)> {
    PORTFOLIOS.iter().find(|(n, path, _)| *n == name || *path == name).map(|(_, path, text)| (*path, *text))
}

/// Families of templates: (name, text).
pub const FAMILIES: &[(&str, &str)] = &[
    ("england", include_str!("../../../scenarios/templates/england.ron")),
    ("ireland", include_str!("../../../scenarios/templates/ireland.ron")),
];

/// The templates of a family.
pub fn template(family: &str) -> Option<&'static str> {
    FAMILIES.iter().find(|f| f.0 == family).map(|f| f.1)
}
/// The default parameters.
pub const PARAMETERS: &str = include_str!("../../../scenarios/parameters/default.ron");
/// Other weights of the harm index: (name, what they go by, text). `--set weights=NAME` takes them.
pub const WEIGHTINGS: &[(&str, &str, &str)] = &[
    ("cost", "what a contact costs", include_str!("../../../scenarios/parameters/weights-cost.ron")),
    ("people", "everybody counts the same", include_str!("../../../scenarios/parameters/weights-people.ron")),
    (
        "clinicians",
        "clinicians' scores of documented harms",
        include_str!("../../../scenarios/parameters/weights-clinicians.ron"),
    ),
];
/// The bundled levers, playbooks and strategies.
pub const STRATEGIES: &str = include_str!("../../../scenarios/strategies/default.ron");
/// The commented starter of `resus new`.
pub const STARTER: &str = include_str!("../../../scenarios/starter.ron");

/// The text of a bundled scenario, by its name or path.
pub fn scenario(name: &str) -> Option<(&'static str, &'static str)> {
    SCENARIOS.iter().find(|(n, path, _)| *n == name || *path == name).map(|(_, path, text)| (*path, *text))
}

/// A bundled scenario, by its name or path.
///
/// # Errors
/// When there is none of that name.
pub fn load(name: &str) -> Result<Scenario, Diagnostics> {
    let Some((_, text)) = scenario(name) else {
        let mut wrong = Diagnostic::new(0..0, format!("no bundled scenario '{name}'"));
        wrong.help = did_you_mean(name, SCENARIOS.iter().map(|s| s.0));
        return Err(wrong.into());
    };
    super::load(text, None)
}
