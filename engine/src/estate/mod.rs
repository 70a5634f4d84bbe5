//! Who and what there is: organisations, assets, networks, services and what depends on what. Built once,
//! validated, never changed, shared by all threads.

mod build;
mod generate;
pub mod import;
pub mod keys;
mod nation;
mod nearest;
pub mod overview;
pub mod posture;
pub mod selector;
pub mod spec;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::catalogue::kinds::{AssetKind, ConnectionKind, OrgKind, SegmentKind, ServiceKind};
pub use build::{build, build_stated};
pub use generate::generate;
pub use nation::nation;

use crate::estate::keys::Keys;
use crate::estate::posture::Posture;
use crate::parameters::{ByRecord, Weights};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index of a dense array.
            pub const fn ix(self) -> usize { self.0 as usize }
        }
    )*};
}
ids!(
    /// Dense id of an organisation.
    OrgId,
    /// Dense id of an asset.
    AssetId,
    /// Dense id of a segment.
    SegmentId,
    /// Dense id of a connection.
    ConnectionId,
    /// Dense id of a service.
    ServiceId
);

/// How many neighbours a service may divert to.
pub const NEIGHBOURS: usize = 3;
/// The most organisations an estate may have.
pub const MOST_ORGANISATIONS: usize = 100_000;

/// An organisation.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Author's id.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Kind.
    pub kind: OrgKind,
    /// Region's index in [`Estate::regions`].
    pub region: u32,
    /// Latitude and longitude, degrees; absent where nobody stated them.
    pub place: Option<(f64, f64)>,
    /// Beds, patients, places or clients.
    pub size: f64,
    /// Which of its figures its author stated.
    pub stated: Stated,
    /// People employed.
    pub staff: f64,
    /// Controls, before any strategy.
    pub posture: Posture,
    /// Its assets.
    pub assets: Range<u32>,
    /// Hosts in all of them.
    pub hosts: u32,
    /// Its services.
    pub services: Range<u32>,
    /// Its segments; the first is the LAN (a supplier's: the cloud).
    pub segments: Range<u32>,
    /// Connections of its segments with others.
    pub connections: Vec<ConnectionId>,
    /// The organisation whose responders help it when it has none of its own.
    pub helped_by: Option<OrgId>,
}

/// Which of an organisation's figures its author stated; the others are its kind's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// Its size.
    pub size: bool,
    /// Every one of its controls.
    pub controls: bool,
    /// Its systems.
    pub systems: bool,
    /// Its care services.
    pub care: bool,
}

/// What stands for a figure that nobody stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unstated {
    /// A draw from the distribution of its kind, by the estate's seed: for organisations that are invented.
    Drawn(u64),
    /// The typical value, which is the median of its kind: for an estate of one's own, where luck would pass for knowledge of somebody.
    #[default]
    Typical,
}

/// How many organisations of an estate of one's own lean on the typical figures of their kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TypicalFigures {
    /// Organisations in all.
    pub organisations: usize,
    /// Of them, those of typical size.
    pub size: usize,
    /// Those with a control that is typical.
    pub controls: usize,
    /// Those with the systems of their kind.
    pub systems: usize,
    /// Those with the care services of their kind.
    pub care: usize,
    /// Those without a place.
    pub unplaced: usize,
}

/// A system or a fleet; [`Estate::asset_id`] has its name.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Kind.
    pub kind: AssetKind,
    /// Owner.
    pub owner: OrgId,
    /// Segment that it stands in.
    pub segment: SegmentId,
    /// Hosts.
    pub hosts: u32,
    /// Share of hosts whose loss stops it.
    pub stops_at: f64,
    /// Assets that it needs, and the share of it lost without them.
    pub needs: Vec<(AssetId, f64)>,
    /// Assets that need it.
    pub needed_by: Vec<AssetId>,
    /// Length of the longest chain of needs below it.
    pub level: u8,
    /// Person-hours to restore it, fixed part.
    pub restore_fixed: f64,
    /// Person-hours to restore each host.
    pub restore_per_host: f64,
    /// People's records in it.
    pub records: f64,
    /// Of how many of these people it holds each kind of record.
    pub holds: ByRecord,
    /// Services that depend on it: (service, index of the dependency in [`Estate::dependencies`]).
    pub dependents: Vec<(ServiceId, u32)>,
    /// Other organisations that use it over a connection, or what needs it.
    pub customers: Vec<OrgId>,
    /// Connections over which customers reach an instance of their own.
    pub instances: Vec<ConnectionId>,
    /// Sum over dependents of loss × harm-weighted demand an hour: what its loss costs care.
    pub criticality: f64,
}

impl Asset {
    /// Whether its hosts come back one after the other: computers, devices and servers that each do something by themselves. One system on
    /// several hosts is back when all of it is.
    pub fn in_parts(&self) -> bool {
        self.stops_at >= 1.0 || self.kind == AssetKind::Servers
    }
}

/// A part of a network.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Kind.
    pub kind: SegmentKind,
    /// Owner; absent for the national network.
    pub owner: Option<OrgId>,
    /// Assets in it.
    pub assets: Vec<AssetId>,
    /// Connections that end here.
    pub connections: Vec<ConnectionId>,
    /// Hosts in it.
    pub hosts: u32,
}

/// A connection between two segments.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    /// One end.
    pub a: SegmentId,
    /// The other end.
    pub b: SegmentId,
    /// Kind.
    pub kind: ConnectionKind,
    /// Share of traffic let through.
    pub pass: f64,
}

/// Nearest services of the same kind elsewhere, nearest first, at most [`NEIGHBOURS`]; a list of service ids.
#[derive(Clone, Copy, Debug)]
pub struct Neighbours {
    ids: [ServiceId; NEIGHBOURS],
    count: u8,
}

impl Neighbours {
    /// The first of `ids`.
    fn new(ids: &[ServiceId]) -> Self {
        let count = ids.len().min(NEIGHBOURS);
        let mut all = [ServiceId(u32::MAX); NEIGHBOURS];
        all[..count].copy_from_slice(&ids[..count]);
        Self { ids: all, count: count as u8 }
    }
}

impl std::ops::Deref for Neighbours {
    type Target = [ServiceId];
    fn deref(&self) -> &[ServiceId] {
        &self.ids[..usize::from(self.count)]
    }
}

/// A service; [`Estate::service_id`] has its name. Lists that a run walks lie in the estate, so that a service fits two lines of cache.
#[derive(Clone, Debug)]
pub struct Service {
    /// Kind.
    pub kind: ServiceKind,
    /// Who gives it.
    pub owner: OrgId,
    /// Contacts an hour, on the week's average.
    pub level: f64,
    /// Index in [`Estate::profiles`].
    pub profile: u32,
    /// Capacity above demand, share.
    pub headroom: f64,
    /// How calls are handled, if its contacts are calls.
    pub calls: Option<Handling>,
    /// Share of unmet contacts that can wait.
    pub deferrable: f64,
    /// Share of the rest that neighbours can take.
    pub divertible: f64,
    /// Harm weight of one unmet contact: its own, else the usual one of its kind.
    pub harm: f64,
    /// Whether that is its own, whatever a kind weighs.
    pub own_harm: bool,
    /// Pounds of one contact.
    pub value: f64,
    /// Its dependencies in [`Estate::dependencies`].
    pub dependencies: Range<u32>,
    /// To whom it can send.
    pub neighbours: Neighbours,
    /// Services whose neighbour this one is, in [`Estate::senders`].
    senders: Range<u32>,
    /// Services that depend on this one, in [`Estate::dependents`].
    dependents: Range<u32>,
    /// The largest share of capacity that one of them loses without it.
    pub needed: f64,
}

/// How the calls of a service are handled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handling {
    /// Hours that a call takes on average at usual capacity.
    pub mean: f64,
    /// Hours that a caller waits at most.
    pub patience: f64,
}

/// On what a service depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// An asset, reached over a connection when it is somebody else's.
    Asset(AssetId, Option<ConnectionId>),
    /// A service.
    Service(ServiceId),
}

/// A dependency of a service.
#[derive(Clone, Copy, Debug)]
pub struct Dependency {
    /// Whose it is.
    pub service: ServiceId,
    /// On what.
    pub on: Need,
    /// Share of capacity lost without it.
    pub loss: f64,
    /// Share of the loss that manual working wins back.
    pub workaround: f64,
    /// Minutes until it does.
    pub onset: f64,
    /// Minutes over which it is learned after that; none: it is known.
    pub learns: f64,
    /// Minutes over which it tires, where its template states them.
    pub tires: Option<f64>,
    /// Whether what is lost is technical and known, whatever `care.dependence` says of the rest.
    pub hard: bool,
}

impl Dependency {
    /// Share of capacity lost without it where nothing is done, when every share that is in doubt is multiplied by `dependence`.
    pub fn lost(&self, dependence: f64) -> f64 {
        if self.hard { self.loss } else { (self.loss * dependence).min(1.0) }
    }
}

/// Everything there is.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// Names of the regions.
    pub regions: Vec<String>,
    /// What stands for figures that nobody stated.
    pub unstated: Unstated,
    /// Organisations.
    pub organisations: Vec<Organisation>,
    /// Assets, grouped by owner.
    pub assets: Vec<Asset>,
    /// Segments; the first is the national network.
    pub segments: Vec<Segment>,
    /// Connections.
    pub connections: Vec<Connection>,
    /// Services; one comes after those that it depends on wherever possible.
    pub services: Vec<Service>,
    /// Dependencies, grouped by service.
    pub dependencies: Vec<Dependency>,
    /// Demand over the week as factors of the average, by hour of the week.
    pub profiles: Vec<[f32; 168]>,
    /// Harm-weighted demand of all services in an hour of the week's average, by the usual weights.
    pub weight: f64,
    /// Contacts in an hour of the week's average by kind of service, of those without a weight of their own …
    volumes: Weights,
    /// … and harm-weighted, of those with one.
    own_weight: f64,
    /// Organisations of each region.
    pub by_region: Vec<Vec<OrgId>>,
    /// What draws of luck are named by.
    pub keys: Keys,
    /// Organisations by their author's ids.
    by_id: BTreeMap<String, OrgId>,
    /// Grouped by service.
    senders: Vec<ServiceId>,
    /// Grouped by service: who depends on it, and by which dependency.
    dependents: Vec<(ServiceId, u32)>,
    /// Where contacts that a service has lost turn up: (service that lost them, where, its part of those who go to its kind), grouped by
    /// the first.
    spills: Vec<Spill>,
}

/// Where some of the contacts turn up that a service has lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spill {
    /// Who lost them.
    pub from: ServiceId,
    /// Where they turn up.
    pub to: ServiceId,
    /// Its part of those who go to services of its kind.
    pub part: f64,
}

impl Estate {
    /// An organisation.
    pub fn org(&self, id: OrgId) -> &Organisation {
        &self.organisations[id.ix()]
    }
    /// An asset.
    pub fn asset(&self, id: AssetId) -> &Asset {
        &self.assets[id.ix()]
    }
    /// A service.
    pub fn service(&self, id: ServiceId) -> &Service {
        &self.services[id.ix()]
    }
    /// The author's way to name an asset: `organisation/kind`.
    pub fn asset_id(&self, id: AssetId) -> String {
        let asset = self.asset(id);
        format!("{}/{}", self.org(asset.owner).id, asset.kind.label().replace(' ', "-"))
    }
    /// The author's way to name a service: `organisation/kind`.
    pub fn service_id(&self, id: ServiceId) -> String {
        let service = self.service(id);
        format!("{}/{}", self.org(service.owner).id, service.kind.label().replace(' ', "-"))
    }
    /// Services whose neighbour this one is.
    pub fn senders(&self, service: &Service) -> &[ServiceId] {
        &self.senders[service.senders.start as usize..service.senders.end as usize]
    }
    /// Services that depend on this one, each with the index of the dependency in [`Estate::dependencies`].
    pub fn dependents(&self, service: &Service) -> &[(ServiceId, u32)] {
        &self.dependents[service.dependents.start as usize..service.dependents.end as usize]
    }
    /// Where contacts that services have lost turn up, grouped by service.
    pub fn spills(&self) -> &[Spill] {
        &self.spills
    }
    /// Harm-weighted demand of all services in an hour of the week's average, by these weights.
    pub fn weight_under(&self, weights: &Weights) -> f64 {
        self.own_weight + self.volumes.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>()
    }
    /// Ids of an organisation's assets.
    pub fn assets_of(&self, org: OrgId) -> impl Iterator<Item = AssetId> + use<> {
        self.org(org).assets.clone().map(AssetId)
    }
    /// The organisation with an author's id.
    pub fn find_org(&self, id: &str) -> Option<OrgId> {
        self.by_id.get(id).copied()
    }
    /// How many organisations lean on typical figures; absent where all are invented, with figures drawn for them.
    pub fn typical_figures(&self) -> Option<TypicalFigures> {
        let Unstated::Typical = self.unstated else { return None };
        let count = |of: fn(&Organisation) -> bool| self.organisations.iter().filter(|o| of(o)).count();
        Some(TypicalFigures {
            organisations: self.organisations.len(),
            size: count(|o| !o.stated.size),
            controls: count(|o| !o.stated.controls),
            systems: count(|o| !o.stated.systems),
            care: count(|o| !o.stated.care),
            unplaced: count(|o| o.place.is_none()),
        })
    }
    /// Kilometres from an organisation to the nearest other one of its kind; absent without a place, or without another.
    pub fn apart(&self, org: OrgId) -> Option<f64> {
        let me = self.org(org);
        let place = me.place?;
        let others = self.organisations.iter().filter(|o| o.kind == me.kind && !std::ptr::eq(*o, me));
        others.filter_map(|o| o.place).map(|p| nearest::kilometres(place, p)).reduce(f64::min)
    }
    /// The owner of the far end of a connection, seen from `org`.
    pub fn other_end(&self, connection: ConnectionId, org: OrgId) -> Option<OrgId> {
        let c = &self.connections[connection.ix()];
        let (a, b) = (self.segments[c.a.ix()].owner, self.segments[c.b.ix()].owner);
        if a == Some(org) { b } else { a }
    }
    /// All hosts.
    pub fn hosts(&self) -> u64 {
        self.assets.iter().map(|a| u64::from(a.hosts)).sum()
    }
}
