//! What a person writes: the scenario file, piece by piece.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::kinds::AssetKind;
use crate::catalogue::technique::EntryKind;
use crate::catalogue::technique::Payload;
use crate::estate::selector::Selector;
use crate::estate::spec::EstateSpec;
use crate::parameters::ParametersSpec;
use crate::random::{Param, Random};
use crate::scenario::evidence::FigureSpec;
use crate::scenario::exercise::spec::ExerciseSpec;
use crate::source::Located;
use crate::strategy::StrategySpec;
use crate::strategy::lever::{Lever, PillarSpec};
use crate::strategy::playbook::PlaybookSpec;
use crate::units::{Date, DateTime, Number, Share, SimDuration};

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
    /// What a pillar brings beside its levers.
    #[serde(default)]
    pub pillars: Vec<PillarSpec>,
}

/// Something that happens: an attack or a failure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignSpec {
    /// Text id.
    pub id: Located<String>,
    /// Name as printed.
    #[serde(default)]
    pub name: String,
    /// When it begins, after the start.
    #[serde(default)]
    pub begins: Option<Random<SimDuration>>,
    /// Ways in.
    #[serde(default)]
    pub entries: Vec<Located<EntrySpec>>,
    /// How it spreads.
    pub spread: SpreadSpec,
    /// What it does in the end.
    #[serde(default)]
    pub payloads: Vec<Payload>,
}

/// One way in, at some organisations.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntrySpec {
    /// Way.
    pub via: EntryKind,
    /// Where it is tried.
    pub at: Located<Selector>,
    /// Successes a day at an organisation without the control against it.
    pub per_day: Param<Number>,
    /// It stops after this many successes.
    #[serde(default = "one")]
    pub most: u32,
}

const fn one() -> u32 {
    1
}

/// How a campaign spreads.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub enum SpreadSpec {
    /// People at keyboards: stage by stage, then detonation everywhere that identity reaches.
    Operator(OperatorSpec),
    /// Self-spreading code.
    Worm(WormSpec),
    /// A shared platform is lost at once; its connections may carry the intruder on.
    Supplier(SupplierLossSpec),
    /// Nobody's attack: a bad update or a failed data centre.
    Outage(OutageSpec),
    /// Denial of service.
    Flood(FloodSpec),
}

/// People at keyboards.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorSpec {
    /// Organisations that the crew works in at once.
    pub crew: u32,
    /// How long its first foothold lies still before it goes on; absent: not at all.
    #[serde(default)]
    pub sleeps: Option<Random<SimDuration>>,
}

/// Self-spreading code.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WormSpec {
    /// When its kill switch is found, after it begins; absent: there is none.
    #[serde(default)]
    pub kill_switch: Option<Random<SimDuration>>,
    /// Kinds of assets that run what it takes; none given means all.
    #[serde(default)]
    pub takes: Vec<AssetKind>,
}

/// Loss of a supplier's platform.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierLossSpec {
    /// Id of the supplier.
    pub supplier: Located<String>,
    /// Chance that the intruder is carried on over a connection that lets all traffic through; scaled by the share let through and by supplier assurance.
    pub carries_on: Param<Share>,
}

/// A failure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageSpec {
    /// Organisations.
    pub at: Located<Selector>,
    /// Kinds of assets that fail.
    pub assets: Vec<AssetKind>,
    /// Share of organisations that are hit.
    pub organisations: Param<Share>,
    /// Share of each asset's hosts that fails.
    pub share: Random<Share>,
    /// Time over which it rolls out.
    pub roll_out: SimDuration,
    /// When hosts mend by themselves, after they failed; absent: by hand only.
    #[serde(default)]
    pub mends: Option<Random<SimDuration>>,
}

/// Denial of service.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FloodSpec {
    /// Organisations.
    pub at: Located<Selector>,
    /// Kinds of assets that are flooded.
    pub assets: Vec<AssetKind>,
    /// Share of their capacity that is taken.
    pub intensity: Param<Share>,
    /// How long it lasts.
    pub lasts: Random<SimDuration>,
}
