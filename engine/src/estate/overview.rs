//! What an estate looks like: counts, suppliers, single points of failure.

use std::collections::BTreeSet;

use super::kinds::OrgKind;
use super::{AssetId, Estate, Need, OrgId};

/// One kind of organisation.
#[derive(Clone, Debug)]
pub struct KindCount {
    /// Kind.
    pub kind: OrgKind,
    /// Organisations.
    pub organisations: usize,
    /// Hosts.
    pub hosts: u64,
    /// Services.
    pub services: usize,
    /// Contacts a day.
    pub contacts: f64,
}

/// One supplier.
#[derive(Clone, Debug)]
pub struct SupplierShare {
    /// Which.
    pub org: OrgId,
    /// Organisations whose care depends on it.
    pub customers: usize,
    /// Share of harm-weighted care lost when all it hosts is gone and nothing is done.
    pub share: f64,
}

/// One asset on which much depends.
#[derive(Clone, Debug)]
pub struct Point {
    /// Which.
    pub asset: AssetId,
    /// Services that depend on it directly.
    pub services: usize,
    /// Organisations that give them.
    pub organisations: usize,
    /// Share of harm-weighted care lost without it, through other assets too.
    pub share: f64,
}

/// The overview.
#[derive(Clone, Debug)]
pub struct Overview {
    /// By kind.
    pub kinds: Vec<KindCount>,
    /// Suppliers, the weightiest first.
    pub suppliers: Vec<SupplierShare>,
    /// The ten weightiest assets.
    pub points: Vec<Point>,
}

impl Overview {
    /// Of an estate.
    pub fn of(e: &Estate) -> Self {
        let weight = e.weight().max(1e-9);
        let kinds = OrgKind::ALL
            .iter()
            .map(|&kind| {
                let of: Vec<_> = e.organisations.iter().filter(|o| o.kind == kind).collect();
                let services = || of.iter().flat_map(|o| o.services.clone());
                KindCount {
                    kind,
                    organisations: of.len(),
                    hosts: of
                        .iter()
                        .flat_map(|o| o.assets.clone())
                        .map(|a| u64::from(e.assets[a as usize].hosts))
                        .sum(),
                    services: services().count(),
                    contacts: services().map(|s| e.services[s as usize].level * 24.0).sum(),
                }
            })
            .filter(|k| k.organisations > 0)
            .collect();
        let customers = |a: AssetId| -> BTreeSet<OrgId> {
            e.asset(a).dependents.iter().map(|(s, _)| e.service(*s).owner).collect()
        };
        let mut suppliers: Vec<SupplierShare> = (0u32..)
            .zip(&e.organisations)
            .filter(|(_, o)| o.kind == OrgKind::Supplier)
            .map(|(n, o)| {
                let hosted = || o.assets.clone().map(AssetId);
                let share: f64 = hosted()
                    .flat_map(|a| &e.asset(a).dependents)
                    .filter(|(_, d)| matches!(e.dependencies[*d as usize].on, Need::Asset(_, Some(_))))
                    .map(|(s, d)| e.dependencies[*d as usize].loss * e.service(*s).level * e.service(*s).harm)
                    .sum();
                SupplierShare {
                    org: OrgId(n),
                    customers: hosted().flat_map(customers).collect::<BTreeSet<_>>().len(),
                    share: share / weight,
                }
            })
            .collect();
        suppliers.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.org.cmp(&b.org)));
        let mut points: Vec<Point> = (0..e.assets.len() as u32)
            .map(AssetId)
            .map(|a| Point {
                asset: a,
                services: e.asset(a).dependents.len(),
                organisations: customers(a).len(),
                share: e.asset(a).criticality / weight,
            })
            .collect();
        points.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.asset.cmp(&b.asset)));
        points.truncate(10);
        Self { kinds, suppliers, points }
    }
}
