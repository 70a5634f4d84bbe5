//! What a person writes: the scenario file, piece by piece.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::estate::spec::EstateSpec;
use crate::parameters::ParametersSpec;
use crate::scenario::campaign::CampaignSpec;
use crate::scenario::evidence::FigureSpec;
use crate::scenario::exercise::spec::ExerciseSpec;
use crate::source::Located;
use crate::strategy::StrategySpec;
use crate::strategy::lever::Lever;
use crate::strategy::playbook::PlaybookSpec;
use crate::units::{Date, DateTime, SimDuration};

/// A scenario.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioSpec {
    /// Version of this format; 1.
    pub format: Located<u32>,
    /// Title.
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub about: String,
    /// What to discuss.
    #[serde(default)]
    pub discuss: Vec<String>,
    /// Local date and time at which it starts.
    pub starts: Located<DateTime>,
    /// Bank holidays: demand and staffing are those of a Sunday.
    #[serde(default)]
    pub bank_holidays: Vec<Date>,
    /// How long it runs: 1 day to 2 years.
    pub horizon: Located<SimDuration>,
    /// Step of the clock: 1 to 60 minutes that divide an hour.
    #[serde(default)]
    pub step: Option<Located<SimDuration>>,
    /// Who and what there is.
    pub estate: Located<EstateSpec>,
    /// What happens; none is allowed.
    #[serde(default)]
    pub campaigns: Vec<Located<CampaignSpec>>,
    /// Parameters that differ from the default set.
    #[serde(default)]
    pub parameters: ParametersSpec,
    /// Levers beside the bundled ones.
    #[serde(default)]
    pub levers: Vec<Located<Lever>>,
    /// Playbooks beside the bundled ones.
    #[serde(default)]
    pub playbooks: Vec<Located<PlaybookSpec>>,
    /// Strategies to compare, bundled or one's own.
    pub strategies: Vec<Located<StrategyEntry>>,
    /// Id of the strategy that the others are compared with.
    pub baseline: Located<String>,
    /// What really happened, where the scenario is about a real incident.
    #[serde(default)]
    pub evidence: Vec<Located<FigureSpec>>,
    /// A tabletop exercise on it.
    #[serde(default)]
    pub exercise: Option<Located<ExerciseSpec>>,
}

/// A strategy of a scenario.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub enum StrategyEntry {
    /// A bundled one, by id.
    Standard(Located<String>),
    /// One's own.
    Own(StrategySpec),
}

/// Levers, playbooks and strategies in a file of their own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StrategyBook {
    /// Version of this format; 1.
    pub format: u32,
    /// Levers.
    pub levers: Vec<Located<Lever>>,
    /// Playbooks.
    pub playbooks: Vec<Located<PlaybookSpec>>,
    /// Strategies.
    pub strategies: Vec<Located<StrategySpec>>,
}
