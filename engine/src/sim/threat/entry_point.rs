//! The asset through which a way in leads.

use crate::catalogue::kinds::AssetKind;
use crate::catalogue::technique::EntryKind;
use crate::estate::{AssetId, OrgId};
use crate::sim::core::run::RunContext;

/// The asset through which an entry comes.
pub(super) fn entry_point(ctx: &RunContext, via: EntryKind, org: OrgId) -> Option<AssetId> {
    let kinds: &[AssetKind] = match via {
        EntryKind::StolenCredential => &[AssetKind::RemoteAccess, AssetKind::Servers],
        EntryKind::ExposedService => {
            &[AssetKind::WebPortal, AssetKind::RemoteAccess, AssetKind::Servers, AssetKind::MedicalDevices]
        }
        EntryKind::SupplierCompromise | EntryKind::Update => {
            &[AssetKind::Servers, AssetKind::IntegrationEngine]
        }
        EntryKind::Phishing | EntryKind::RemovableMedia | EntryKind::Insider => &[AssetKind::Endpoints],
    };
    let estate = ctx.estate();
    let find = |kind: &AssetKind| estate.assets_of(org).find(|a| estate.asset(*a).kind == *kind);
    kinds
        .iter()
        .find_map(find)
        .or_else(|| find(&AssetKind::Endpoints))
        .or_else(|| estate.assets_of(org).next())
}
