//! What can be seen: the truth, for the facilitator; and what a team has detected or been told, for players.

use crate::catalogue::kinds::ServiceKind;
use crate::estate::{AssetId, OrgId, ServiceId};
use crate::exercise::session::Session;
use crate::sim::Simulation;
use crate::sim::core::trace::{Event, EventKind};

/// How a service or system stands; each has a shape beside its colour wherever it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// As usual.
    Working,
    /// Short of capacity, or entered by an intruder.
    AtRisk,
    /// Being restored.
    Restoring,
    /// Cut off or switched off by its owner.
    Isolated,
    /// Down, or below half of its capacity.
    Down,
}

impl Status {
    /// Its shape.
    pub const fn shape(self) -> char {
        match self {
            Self::Working => '○',
            Self::AtRisk => '▲',
            Self::Restoring => '◐',
            Self::Isolated => '◆',
            Self::Down => '☒',
        }
    }
    /// Its word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::AtRisk => "at risk",
            Self::Restoring => "restoring",
            Self::Isolated => "isolated",
            Self::Down => "down",
        }
    }
}

/// A service and how it stands.
pub fn service(sim: &Simulation, s: ServiceId) -> (Status, f64) {
    let factor = sim.capacity()[s.ix()].capacity_share;
    let status = match factor {
        f if f < 0.5 => Status::Down,
        f if f < 0.95 => Status::AtRisk,
        _ => Status::Working,
    };
    (status, factor)
}

/// A system as it truly stands.
pub fn truth(sim: &Simulation, a: AssetId) -> Status {
    let s = sim.asset(a);
    match () {
        () if s.restoring => Status::Restoring,
        () if s.down() > 0 => Status::Down,
        () if s.is_cut() => Status::Isolated,
        () if s.held > 0 || s.health < 0.95 => Status::AtRisk,
        () => Status::Working,
    }
}

/// A system as its owner knows it: losses are plain to see once they are noticed, one's own cuts always; a quiet intruder is not seen.
pub fn known(sim: &Simulation, a: AssetId) -> Status {
    let s = sim.asset(a);
    let owner = sim.scenario().estate.asset(a).owner;
    let noticed = sim.incident(owner).suspected.is_some();
    match () {
        () if s.restoring => Status::Restoring,
        () if noticed && s.down() > 0 => Status::Down,
        () if s.is_cut() => Status::Isolated,
        () if noticed && s.health < 0.95 => Status::AtRisk,
        () => Status::Working,
    }
}

/// One organisation on the board.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub org: OrgId,
    /// Its services in the order of the board's columns: status and share of usual capacity.
    pub services: Vec<Option<(Status, f64)>>,
    /// Its systems that do not work, as known: kind's words and status.
    pub known: Vec<(&'static str, Status)>,
    /// The same as they truly are.
    pub truth: Vec<(&'static str, Status)>,
    /// Stage of its incident in words, as known.
    pub incident: &'static str,
}

/// The board of organisation × service.
#[derive(Clone, Debug)]
pub struct Board {
    /// Columns.
    pub columns: Vec<ServiceKind>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// Stage of an organisation's incident, in words.
pub fn incident(sim: &Simulation, o: OrgId) -> &'static str {
    let i = sim.incident(o);
    match () {
        () if i.evicted.is_some() => "intruder out",
        () if i.contained.is_some() => "contained",
        () if i.declared.is_some() => "declared",
        () if i.suspected.is_some() => "suspected",
        () => "–",
    }
}

/// The board: organisations that teams command first, then those that are disturbed most, `most` in all.
pub fn board(session: &Session, most: usize) -> Board {
    let (sim, e) = (session.world(), &session.scenario().estate);
    let commanded: Vec<OrgId> =
        session.exercise().teams.iter().flat_map(|t| t.commands.iter().copied()).collect();
    let hurt = |o: OrgId| -> f64 {
        let services = e.org(o).services.clone().map(ServiceId);
        services
            .map(|s| (1.0 - sim.capacity()[s.ix()].capacity_share) * e.service(s).level * e.service(s).harm)
            .sum()
    };
    let mut others: Vec<(f64, OrgId)> = (0..e.organisations.len() as u32)
        .map(OrgId)
        .filter(|o| !commanded.contains(o))
        .map(|o| (hurt(o), o))
        .filter(|(h, _)| *h > 1e-6)
        .collect();
    others.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut list = commanded;
    list.truncate(most);
    list.extend(others.into_iter().take(most.saturating_sub(list.len())).map(|o| o.1));
    let mut columns: Vec<ServiceKind> =
        list.iter().flat_map(|o| e.org(*o).services.clone()).map(|s| e.service(ServiceId(s)).kind).collect();
    columns.sort_unstable();
    columns.dedup();
    let rows = list
        .into_iter()
        .map(|org| {
            let of = |kind: ServiceKind| {
                let found = e.org(org).services.clone().map(ServiceId).find(|s| e.service(*s).kind == kind);
                found.map(|s| service(sim, s))
            };
            let systems = |status: fn(&Simulation, AssetId) -> Status| {
                e.assets_of(org)
                    .map(|a| (e.asset(a).kind.label(), status(sim, a)))
                    .filter(|(_, s)| *s != Status::Working)
                    .collect()
            };
            Row {
                org,
                services: columns.iter().map(|k| of(*k)).collect(),
                known: systems(known),
                truth: systems(truth),
                incident: incident(sim, org),
            }
        })
        .collect();
    Board { columns, rows }
}

/// Whether players of a team may know of an event: what their organisations noticed or did, and what is public.
pub fn visible(session: &Session, team: usize, e: &Event) -> bool {
    let estate = &session.scenario().estate;
    let own = |o: OrgId| session.exercise().teams[team].commands.contains(&o);
    match e.kind {
        EventKind::Suspected { org, .. }
        | EventKind::Declared { org }
        | EventKind::AlertRead { org }
        | EventKind::Ordered { org, .. }
        | EventKind::Refused { org, .. }
        | EventKind::Done { org, .. }
        | EventKind::Evicted { org }
        | EventKind::HuntFailed { org }
        | EventKind::InstanceBack { org }
        | EventKind::Recovered { org } => own(org),
        EventKind::AssetCut { asset, .. } | EventKind::AssetBack { asset } => own(estate.asset(asset).owner),
        EventKind::AssetLost { asset, .. } => {
            let owner = estate.asset(asset).owner;
            own(owner) && session.world().incident(owner).suspected.is_some()
        }
        EventKind::ServiceDisturbed { service, .. } | EventKind::ServiceRestored { service } => {
            own(estate.service(service).owner)
        }
        EventKind::NationalIncident => true,
        EventKind::Began { .. }
        | EventKind::Entered { .. }
        | EventKind::Stopped { .. }
        | EventKind::Reached { .. }
        | EventKind::CarriedOn { .. }
        | EventKind::Detonated { .. }
        | EventKind::RecordsTaken { .. }
        | EventKind::Reinfected { .. }
        | EventKind::NationKnows { .. }
        | EventKind::KillSwitchFound
        | EventKind::KillSwitchRegistered => false,
    }
}
