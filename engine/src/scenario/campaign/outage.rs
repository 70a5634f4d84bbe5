//! Nobody's attack: a bad update or a failed data centre.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CampaignKind, has_any, sound};
use crate::catalogue::kinds::AssetKind;
use crate::estate::Estate;
use crate::estate::selector::{Selector, select};
use crate::random::{Param, Random};
use crate::source::{Diagnostics, Located};
use crate::units::{Share, SimDuration};

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

impl OutageSpec {
    pub(super) fn resolve(&self, estate: &Estate, diagnostics: &mut Diagnostics) -> CampaignKind {
        sound(&self.organisations, &self.at.at, diagnostics);
        sound(&self.share, &self.at.at, diagnostics);
        if let Some(mends) = &self.mends {
            sound(mends, &self.at.at, diagnostics);
        }
        let at = select(&self.at, estate, diagnostics);
        has_any(&self.assets, &at, &self.at.at, estate, diagnostics);
        CampaignKind::Outage { at, spec: self.clone() }
    }
}
