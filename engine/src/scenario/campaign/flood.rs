//! Denial of service.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CampaignKind, has_any, sound};
use crate::catalogue::kinds::AssetKind;
use crate::estate::Estate;
use crate::estate::selector::{Selector, select};
use crate::random::{Param, Random};
use crate::source::{Diagnostics, Located};
use crate::units::{Share, SimDuration};

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

impl FloodSpec {
    pub(super) fn resolve(&self, estate: &Estate, diagnostics: &mut Diagnostics) -> CampaignKind {
        sound(&self.intensity, &self.at.at, diagnostics);
        sound(&self.lasts, &self.at.at, diagnostics);
        let at = select(&self.at, estate, diagnostics);
        has_any(&self.assets, &at, &self.at.at, estate, diagnostics);
        CampaignKind::Flood {
            at,
            assets: self.assets.clone(),
            intensity: self.intensity.clone(),
            lasts: self.lasts.clone(),
        }
    }
}
