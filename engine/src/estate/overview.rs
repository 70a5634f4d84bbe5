//! What an estate looks like: counts, suppliers, single points of failure.

use std::collections::BTreeSet;

use crate::catalogue::kinds::OrgKind;
use crate::catalogue::kinds::OrgRole;
use crate::estate::{AssetId, Estate, Need, OrgId, Service, ServiceId};
use crate::parameters::{CareParameters, Weights};

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
    /// Organisations that feel its loss.
    pub customers: usize,
    /// Share of harm-weighted care of three days that is lost when all it hosts is gone for so long, on paper, as [`HOURS`] says.
    pub share: f64,
}

/// One asset on which much depends.
#[derive(Clone, Debug)]
pub struct Point {
    /// Which.
    pub asset: AssetId,
    /// Services that feel its loss, through other assets and services too.
    pub services: usize,
    /// Organisations that give them.
    pub organisations: usize,
    /// Share of harm-weighted care of three days that is lost without it, through other assets too.
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
    /// Of an estate, in which care copes as `care` says.
    pub fn of(e: &Estate, care: &CareParameters) -> Self {
        let weight = e.weight.max(1e-9) * HOURS;
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
        let mut loss = Loss::new(e, care, &[]);
        let mut suppliers: Vec<SupplierShare> = (0u32..)
            .zip(&e.organisations)
            .filter(|(_, o)| o.kind.role() == OrgRole::Supplier)
            .map(|(n, o)| {
                let felt = loss.without(o.assets.clone().map(AssetId));
                SupplierShare { org: OrgId(n), customers: felt.organisations, share: felt.care / weight }
            })
            .collect();
        suppliers.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.org.cmp(&b.org)));
        let mut points: Vec<Point> = (0..e.assets.len() as u32)
            .map(AssetId)
            .map(|asset| {
                let felt = loss.without([asset]);
                Point {
                    asset,
                    services: felt.services,
                    organisations: felt.organisations,
                    share: felt.care / weight,
                }
            })
            .collect();
        points.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.asset.cmp(&b.asset)));
        points.truncate(10);
        Self { kinds, suppliers, points }
    }
}

/// For how long something is lost whose static impact is told, in hours: as long as the ranking of criticality goes by.
pub const HOURS: f64 = 72.0;

/// What is felt when assets are wholly lost for [`HOURS`], by a sum and not by a simulation: paper is in full swing from the start and
/// never tires, neighbours have room, nobody turns up elsewhere, demand is that of an average hour, and backlogs drain through headroom.
#[derive(Clone, Debug, Default)]
pub(crate) struct StaticImpact {
    /// Harm-weighted contacts.
    pub care: f64,
    /// The same under each of the other weightings that were asked for.
    pub under: Vec<f64>,
    services: usize,
    organisations: usize,
}

/// Works out losses; keeps its memory from one to the next.
pub(crate) struct Loss<'e> {
    estate: &'e Estate,
    care: &'e CareParameters,
    weightings: &'e [Weights],
    health: Vec<f64>,
    factor: Vec<f64>,
}

impl<'e> Loss<'e> {
    pub fn new(estate: &'e Estate, care: &'e CareParameters, weightings: &'e [Weights]) -> Self {
        let (health, factor) = (vec![1.0; estate.assets.len()], vec![1.0; estate.services.len()]);
        Self { estate, care, weightings, health, factor }
    }
    /// As how many contacts lost it counts that a service has this share of its capacity for so long.
    fn as_lost(&self, service: &Service, share: f64) -> f64 {
        let c = self.care;
        let unmet = 1.0 - (share * (1.0 + service.headroom)).min(1.0);
        let urgent = unmet * (1.0 - service.deferrable);
        let diverted = if service.neighbours.is_empty() { 0.0 } else { urgent * service.divertible };
        let deferred = unmet * service.deferrable;
        // Half of the loss on average, and half of the time in which what has gathered drains.
        let days = HOURS / 24.0;
        let wait = 0.5 * days + 0.5 * days * deferred / service.headroom.max(0.01);
        let waiting = deferred * (wait * c.waiting_harm).min(c.lost_harm);
        service.level * HOURS * ((urgent - diverted) * c.lost_harm + diverted * c.diverted_harm + waiting)
    }
    fn without(&mut self, lost: impl IntoIterator<Item = AssetId>) -> StaticImpact {
        self.without_all(lost, [])
    }
    /// Without these assets, and with these services closed.
    pub fn without_all(
        &mut self,
        lost: impl IntoIterator<Item = AssetId>,
        closed: impl IntoIterator<Item = ServiceId>,
    ) -> StaticImpact {
        let e = self.estate;
        let mut assets: Vec<AssetId> = lost.into_iter().collect();
        let gone = assets.len();
        let mut k = 0;
        while k < assets.len() {
            let a = assets[k];
            let needs = e.asset(a).needs.iter().map(|(n, loss)| 1.0 - loss * (1.0 - self.health[n.ix()]));
            self.health[a.ix()] = if k < gone { 0.0 } else { needs.product() };
            // Who is met again is counted again, from all that it needs; levels rise, so this ends.
            assets.extend(e.asset(a).needed_by.iter().filter(|n| self.health[n.ix()] > 0.0));
            k += 1;
        }
        let closed: Vec<ServiceId> = closed.into_iter().collect();
        let direct = assets.iter().flat_map(|a| &e.asset(*a).dependents).map(|(s, _)| *s);
        let mut services: Vec<ServiceId> =
            direct.chain(closed.iter().copied()).collect::<BTreeSet<_>>().into_iter().collect();
        let mut k = 0;
        while k < services.len() {
            let s = services[k];
            let before = self.factor[s.ix()];
            let continuity = e.org(e.service(s).owner).posture.continuity;
            let after: f64 = e
                .service(s)
                .dependencies
                .clone()
                .map(|d| {
                    let d = &e.dependencies[d as usize];
                    let there = match d.on {
                        Need::Asset(a, _) => self.health[a.ix()],
                        Need::Service(t) => self.factor[t.ix()],
                    };
                    let ready = self.care.unready + (1.0 - self.care.unready) * continuity;
                    let gone = (1.0 - there) * d.lost(self.care.dependence);
                    1.0 - gone * (1.0 - d.workaround * ready)
                })
                .product();
            let after = if closed.contains(&s) { 0.0 } else { after };
            self.factor[s.ix()] = after;
            // Services may depend on each other in a circle: small changes go no further.
            if before - after > 1e-6 {
                services.extend(e.dependents(e.service(s)).iter().map(|(t, _)| *t));
            }
            k += 1;
        }
        let felt: BTreeSet<ServiceId> =
            services.iter().copied().filter(|s| self.factor[s.ix()] < 0.999).collect();
        let mut out = StaticImpact {
            care: 0.0,
            under: vec![0.0; self.weightings.len()],
            services: felt.len(),
            organisations: felt.iter().map(|s| e.service(*s).owner).collect::<BTreeSet<_>>().len(),
        };
        for s in &felt {
            let service = e.service(*s);
            let contacts = self.as_lost(service, self.factor[s.ix()]);
            out.care += contacts * service.harm;
            for (sum, weights) in out.under.iter_mut().zip(self.weightings) {
                *sum +=
                    contacts * if service.own_harm { service.harm } else { weights[service.kind as usize] };
            }
        }
        for a in assets {
            self.health[a.ix()] = 1.0;
        }
        for s in services {
            self.factor[s.ix()] = 1.0;
        }
        out
    }
}
