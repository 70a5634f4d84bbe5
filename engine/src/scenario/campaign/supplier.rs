//! Loss of a shared platform, whose connections may carry the intruder on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CampaignKind, sound};
use crate::estate::{Estate, selector};
use crate::random::Param;
use crate::source::{Diagnostics, Located};
use crate::units::Share;

/// Loss of a supplier's platform.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierLossSpec {
    /// Id of the supplier.
    pub supplier: Located<String>,
    /// Chance that the intruder is carried on over a connection that lets all traffic through; scaled by the share let through and by supplier assurance.
    pub carries_on: Param<Share>,
}

impl SupplierLossSpec {
    /// Its supplier found; none when the estate lacks it.
    pub(super) fn resolve(&self, estate: &Estate, diagnostics: &mut Diagnostics) -> Option<CampaignKind> {
        sound(&self.carries_on, &self.supplier.at, diagnostics);
        Some(CampaignKind::Supplier {
            supplier: selector::organisation(&self.supplier, estate, diagnostics)?,
            carries_on: self.carries_on.clone(),
        })
    }
}
