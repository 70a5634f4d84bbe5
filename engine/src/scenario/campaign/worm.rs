//! Self-spreading code, with or without a kill switch.

use schemars::JsonSchema;
use serde::Deserialize;

use super::CampaignKind;
use crate::catalogue::kinds::AssetKind;
use crate::random::Random;
use crate::units::SimDuration;

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

impl WormSpec {
    pub(super) fn resolve(&self) -> CampaignKind {
        CampaignKind::Worm { kill_switch: self.kill_switch.clone(), takes: self.takes.clone() }
    }
}
