//! What comes of orders in a small estate in which everything can be worked out by hand.

mod containment;
mod others;
mod recovery;
mod stock;
mod work;

use std::sync::Arc;

use bevy_ecs::system::SystemState;

use super::action::{Doing, rules};
use super::*;
use crate::catalogue::event::Refusal;
use crate::catalogue::kinds::AssetKind;
use crate::catalogue::technique::Stage;
use crate::scenario::campaign::HostImpact;
use crate::scenario::load;
use crate::sim::Simulation;
use crate::sim::core::events::Loan;
use crate::sim::core::trace::NO_CAUSE;
use crate::sim::state::intrusions::Intrusion;

/// It is Monday, 08:00. Strategy 0 takes jobs first come, first served, strategy 1 by harm.
const SMALL: &str = r#"(
    format: 1, title: "Small", starts: "2026-01-05T08:00", horizon: "40 days", step: "1 min",
    estate: Inline(
        organisations: [
            (id: "north", name: "North", kind: AcuteTrust, region: "Here", size: 100, place: (53.0, -1.5), suppliers: [(Laboratory, "synolab")],
             posture: (responders: 4, exercised_plans: 0, asset_visibility: 1, isolated_backups: 0, tested_restores: 1, endpoint_detection: 0.5,
                       patching: 0, unsupported: 0.2),
             assets: [
                (kind: Endpoints, hosts: 100, segment: Lan, restore_fixed: 6, restore_per_host: 0.3),
                (kind: Identity, hosts: 4, segment: Data, stops_at: 0.5, restore_fixed: 10, restore_per_host: 1),
                (kind: Servers, hosts: 10, segment: Data, stops_at: 0.5, needs: [(Identity, 1)], restore_fixed: 20, restore_per_host: 2),
                (kind: RemoteAccess, hosts: 2, segment: Dmz, stops_at: 0.5, restore_fixed: 5, restore_per_host: 1),
                (kind: Backup, hosts: 2, segment: Data, stops_at: 0.5, restore_fixed: 5, restore_per_host: 1),
             ],
             services: [(kind: Outpatients, daily_per_size: 1, profile: "flat", headroom: 0.1, deferrable: 1, harm: 0.05, value: 100,
                         needs: [(on: Asset(Servers), loss: 0.5), (on: Asset(Laboratory), loss: 0.4)])]),
            (id: "south", name: "South", kind: AcuteTrust, region: "Here", size: 300, place: (53.1, -1.5), suppliers: [(Laboratory, "synolab")],
             posture: (responders: 8, exercised_plans: 0.5),
             assets: [(kind: Servers, hosts: 50, segment: Data, stops_at: 0.5, restore_fixed: 20, restore_per_host: 2)],
             services: [(kind: Outpatients, daily_per_size: 1, profile: "flat", headroom: 0.1, deferrable: 1, harm: 0.05, value: 100,
                         needs: [(on: Asset(Laboratory), loss: 0.4)])]),
            (id: "east", name: "East", kind: AcuteTrust, region: "There", size: 100, place: (53.2, -0.5), posture: (responders: 50)),
            (id: "surgery", name: "Surgery", kind: GpPractice, region: "Here", size: 8000, place: (53.1, -1.4), posture: (responders: 0)),
            (id: "synolab", name: "Labs", kind: Supplier, region: "Here", size: 100, place: (53.2, -1.3), posture: (responders: 5, exercised_plans: 0),
             assets: [(kind: Laboratory, hosts: 10, segment: Cloud, stops_at: 0.5, restore_fixed: 20, restore_per_host: 1)], services: []),
            (id: "board", name: "Board", kind: CareBoard, region: "Here", size: 300, place: (53.1, -1.3), posture: (responders: 20, exercised_plans: 0)),
            (id: "nation", name: "Nation", kind: NationalBody, region: "Here", size: 1, place: (53.1, -1.3), posture: (responders: 40)),
        ],
        connections: [(from: "north", to: "south", kind: Vpn, pass: 0.5), (from: "north", to: "surgery", kind: Mail, pass: 0.9)],
    ),
    parameters: (
        threat: (unpatched_open: 0.5, endpoint_detection_blocks: 0, credentials: "10h"),
        detection: (encryption_noticed: "1h", supplier_noticed: 2),
        command: (indicators_delay: "8h"),
        response: (night_shift: 0.5, weekend_shift: 1, plans_save: 0.4, eviction: 0.4, eviction_with_detection: 0.6, national_team: 12, mutual_aid: 6, travel: "10h",
                   hourly_cost: "£1", on_duty: 1),
        recovery: (rebuild_factor: 3, failed_restore_factor: 2, decryptor_factor: 0.5, decryptor_chance: 1, reinfection: 1,
                   reinfection_delay: "5h", instance: 60, acceptance: "5 days", effort: 1, together: 3, crowding: 1, mend_per_host: 0.25, visibility_saves: 0),
        money: (host: "£0"),
        actions: [
            (action: IsolateAsset, effort: 2, per_host: 0.02, shortest: "30 min"),
            (action: IsolateHosts, effort: 2, per_host: 0.5, shortest: "1h"),
            (action: InformPublic, effort: 1, per_host: 0.01, shortest: "30 min"),
            (action: SendWorkToNeighbour, effort: 60, shortest: "10h"),
            (action: PostponePlannedCare, effort: 60, shortest: "10h"),
            (action: RestoreFromBackup, effort: 8, per_host: 0.1, shortest: "4h"),
            (action: Rebuild, effort: 16, per_host: 0.2, shortest: "8h"),
            (action: AssureAndReconnect, effort: 3, per_host: 0.1, shortest: "12h"),
        ],
    ),
    playbooks: [(id: "small", summary: "What is learnt shows in what is ordered.", rules: [
        (when: SupplierLost, act: [(do: PaperWorking)]),
        (when: SupplierBack, act: [(do: ExtraSessions)]),
        (when: Contained, act: [(do: InformPublic)]),
        (when: Evicted, act: [(do: InformRegulator)]),
    ])],
    campaigns: [(id: "crew", begins: Fixed("39 days"), entries: [(via: Insider, at: Organisation("east"), per_day: 1)],
                 spread: Operator(crew: 1), payloads: [Encrypt])],
    strategies: [
        Own(id: "first-come", name: "First come", playbook: "small"),
        Own(id: "harm-first", name: "Harm first", playbook: "small", priority: HarmFirst),
    ],
    baseline: "first-come",
)"#;

/// North's servers are one system, which comes back as a whole.
const ONE_SYSTEM: [(&str, &str); 2] = [
    ("(kind: Servers, hosts: 10", "(kind: PatientRecord, hosts: 10"),
    ("on: Asset(Servers)", "on: Asset(PatientRecord)"),
];

/// The small estate in a run.
struct Small {
    sim: Simulation,
    /// Played up to here.
    at: SimTime,
}

impl Small {
    fn new() -> Self {
        Self::with(&[])
    }

    /// With pieces of the text replaced; each must be there.
    fn with(changes: &[(&str, &str)]) -> Self {
        let text = changes.iter().fold(SMALL.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "the text has no '{from}'");
            text.replace(from, to)
        });
        let scenario = Arc::new(load(&text, None).unwrap_or_else(|e| panic!("{e}")));
        let mut small = Self { sim: Simulation::new(&scenario), at: 0 };
        small.start(1, 0);
        small
    }

    /// Another replicate from its start.
    fn start(&mut self, replicate: u64, strategy: usize) {
        self.sim.reset(1, replicate, strategy, true);
        self.at = 0;
    }

    fn org(&self, id: &str) -> OrgId {
        self.sim.scenario().estate.find_org(id).unwrap_or_else(|| panic!("no {id}"))
    }

    fn asset(&self, org: &str, kind: AssetKind) -> AssetId {
        let estate = &self.sim.scenario().estate;
        let found = estate.assets_of(self.org(org)).find(|a| estate.asset(*a).kind == kind);
        found.unwrap_or_else(|| panic!("{org} has no {kind:?}"))
    }

    /// Plays up to a minute.
    fn play(&mut self, until: SimTime) {
        self.sim.play(until);
        self.at = until;
    }

    /// Looks at, or changes, what the response reads and writes.
    fn response<R>(&mut self, act: impl FnOnce(&mut ResponseParams) -> R) -> R {
        let world = self.sim.world_mut();
        let mut state = SystemState::<ResponseParams>::new(world);
        act(&mut state.get_mut(world).expect("the world has what the response needs"))
    }

    /// Orders an action now; why it is refused, if it is.
    fn order(&mut self, org: &str, what: ActionKind, to: Target) -> Option<Refusal> {
        let (now, org, before) = (self.at, self.org(org), self.sim.trace().len());
        self.response(|r| {
            r.order(now, org, Action { what, to }, NO_CAUSE);
            r.settle(now);
        });
        self.sim.trace()[before..].iter().find_map(|e| match e.kind {
            EventKind::Refused { why, .. } => Some(why),
            _ => None,
        })
    }

    /// What an action does when it is done, at once.
    fn effect(&mut self, org: &str, what: ActionKind, to: Target) {
        let (now, org) = (self.at, self.org(org));
        self.response(|r| (rules(what).effect)(r, &Doing { now, org, to, cause: NO_CAUSE }));
    }

    /// Takes hosts down.
    fn lose(&mut self, org: &str, kind: AssetKind, hosts: u32, how: HostImpact) {
        let (a, scenario) = (self.asset(org, kind), self.sim.scenario().clone());
        self.response(|r| {
            r.infrastructure.assets.get_mut(a).lose(hosts, how);
            r.infrastructure.refresh(&scenario.estate, a);
        });
    }

    /// An intruder holds hosts.
    fn hold(&mut self, org: &str, kind: AssetKind, hosts: u32) {
        let a = self.asset(org, kind);
        self.response(|r| {
            let state = r.infrastructure.assets.get_mut(a);
            let vulnerable = hosts.min(state.vulnerable);
            state.vulnerable -= vulnerable;
            state.protected -= hosts - vulnerable;
            state.held += hosts;
        });
    }

    /// An intruder is inside, and waits there.
    fn intrude(&mut self, org: &str, stage: Stage) {
        let (org, since) = (self.org(org), self.at);
        let foothold = AssetId(self.sim.scenario().estate.org(org).assets.start);
        let intrusion = Intrusion {
            campaign: 0,
            org,
            stage,
            since,
            stage_since: since,
            foothold,
            due: since + 50_000,
            frozen: None,
            generation: 0,
            evicted: false,
            phished: false,
            cause: NO_CAUSE,
            threshold: 1e9,
            integrated: 0.0,
            integrated_to: since,
            noticed: false,
        };
        self.response(|r| r.intrusions.all.push(intrusion));
    }

    /// The asset as it is.
    fn state(&self, org: &str, kind: AssetKind) -> crate::sim::state::assets::AssetState {
        self.sim.asset(self.asset(org, kind))
    }

    /// The jobs so far, with how far they are.
    fn jobs(&self) -> Vec<(Job, Work)> {
        let jobs = self.sim.world().resource::<Jobs>();
        jobs.all.iter().copied().zip(jobs.work.iter().copied()).collect()
    }

    /// Person-hours of the last job and the most people who can work on it.
    fn last_job(&self) -> (f64, f64) {
        let (_, work) = *self.jobs().last().expect("a job");
        (work.effort, work.most)
    }

    /// When things of a kind happened.
    fn when(&self, is: impl Fn(EventKind) -> bool) -> Vec<SimTime> {
        self.sim.trace().iter().filter(|e| is(e.kind)).map(|e| e.at).collect()
    }

    fn done(&self, org: &str, what: ActionKind) -> Vec<SimTime> {
        let org = self.org(org);
        self.when(|e| e == EventKind::Done { org, action: what })
    }

    fn ordered(&self, org: &str, what: ActionKind) -> Vec<SimTime> {
        let org = self.org(org);
        self.when(|e| e == EventKind::Ordered { org, action: what })
    }

    fn back(&self, org: &str, kind: AssetKind) -> Vec<SimTime> {
        let asset = self.asset(org, kind);
        self.when(|e| e == EventKind::AssetBack { asset })
    }
}

fn loan(to: OrgId, from: OrgId, people: f64) -> Loan {
    Loan { to, from, asked: to, national: false, people }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}
