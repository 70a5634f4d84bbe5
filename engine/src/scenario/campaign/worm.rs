//! Self-spreading code, with or without a kill switch.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CampaignKind, sound};
use crate::catalogue::kinds::AssetKind;
use crate::random::Random;
use crate::source::Diagnostics;
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
    /// Held against itself; mistakes are noted at `at`.
    pub(super) fn resolve(&self, at: &Range<usize>, diagnostics: &mut Diagnostics) -> CampaignKind {
        if let Some(kill_switch) = &self.kill_switch {
            sound(kill_switch, at, diagnostics);
        }
        CampaignKind::Worm { kill_switch: self.kill_switch.clone(), takes: self.takes.clone() }
    }
}
