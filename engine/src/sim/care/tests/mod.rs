//! What becomes of care in a small estate in which everything can be worked out by hand.

mod parts;
mod rounds;

use std::sync::Arc;

use bevy_ecs::system::SystemState;

use super::*;
use crate::catalogue::kinds::{AssetKind, ServiceKind};
use crate::estate::AssetId;
use crate::scenario::load;
use crate::sim::Simulation;
use crate::sim::core::trace::{EventKind, NO_CAUSE};
use crate::sim::ledger::entries::Account;
use crate::sim::simulation::Failing;

/// It is Monday, 08:00, and nobody attacks. Ten emergencies an hour come to North, two to South, five to East.
const WARDS: &str = r#"(
    format: 1, title: "Wards", starts: "2026-01-05T08:00", horizon: "20 days", step: "1 min",
    estate: Inline(organisations: [
        (id: "north", name: "North", kind: AcuteTrust, region: "Here", size: 240, place: (53.0, -1.5),
         posture: (exercised_plans: 0.5, continuity: 0.75),
         assets: [
            (kind: PatientRecord, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1),
            (kind: Servers, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1),
            (kind: Laboratory, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1),
            (kind: Imaging, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1),
            (kind: Email, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1),
            (kind: Telephony, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1),
         ],
         services: [
            (kind: Emergency, daily_per_size: 1, profile: "flat", headroom: 0.2, deferrable: 0.4, divertible: 0.5, harm: 2, value: 100,
             needs: [(on: Asset(PatientRecord), loss: 0.5)]),
            (kind: Outpatients, daily_per_size: 1, profile: "flat", headroom: 0, deferrable: 0.6, divertible: 0.2, harm: 0.5, value: 10,
             needs: [(on: Asset(Servers), loss: 0.5, workaround: 0.6, onset: "2h", tires: "50h"),
                     (on: Asset(Laboratory), loss: 0.25),
                     (on: Asset(Imaging), loss: 0.4, workaround: 0.5, onset: "0 min"),
                     (on: Asset(Email), loss: 1)]),
            (kind: ImagingTests, daily_per_size: 1, profile: "flat", headroom: 0.1, deferrable: 0.5, divertible: 0.2, harm: 0.5, value: 10,
             needs: [(on: Asset(Laboratory), loss: 0.25)]),
            (kind: Pathology, daily_per_size: 1, profile: "flat", headroom: 0.1, deferrable: 0.6, harm: 0.5, value: 10,
             needs: [(on: Asset(Laboratory), loss: 0.25)]),
            (kind: Admissions, daily_per_size: 1, profile: "flat", headroom: 0.1, deferrable: 0.6, harm: 0.5, value: 10,
             needs: [(on: Service(Pathology), loss: 0.5), (on: Asset(Telephony), loss: 0.3)]),
         ]),
        (id: "south", name: "South", kind: AcuteTrust, region: "Here", size: 48, place: (53.1, -1.5),
         assets: [(kind: PatientRecord, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1)],
         services: [(kind: Emergency, daily_per_size: 1, profile: "flat", headroom: 0.1, deferrable: 0, harm: 1, value: 100,
                     needs: [(on: Asset(PatientRecord), loss: 0.5)])]),
        (id: "east", name: "East", kind: AcuteTrust, region: "Here", size: 120, place: (53.3, -1.5),
         assets: [(kind: PatientRecord, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1)],
         services: [(kind: Emergency, daily_per_size: 1, profile: "flat", headroom: 0.1, deferrable: 0.5, harm: 4, value: 100,
                     needs: [(on: Asset(PatientRecord), loss: 0.5)])]),
        (id: "line", name: "Line", kind: Provider111, region: "Here", size: 1440, place: (53.2, -1.5),
         assets: [(kind: Telephony, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1)],
         services: [(kind: Calls111, daily_per_size: 1, profile: "flat", headroom: 0.1, handling: "6 min", patience: "3 min", deferrable: 0.25,
                     harm: 1, value: 10, needs: [(on: Asset(Telephony), loss: 0.5)])]),
    ]),
    parameters: (
        detection: (encryption_noticed: "1h"),
        care: (dependence: 1, improvised: 0.5, plans_hasten: 0.5, unready: 0.4, learned_first: 0.2, tired: 0.6, diverted_harm: 0.25, lost_harm: 1, waiting_harm: 0.024,
               crowding_harm: 0.5, surge: 0.1, extra_sessions: 0.08, freed: 0.5, postponed: 0.3, postponed_fully: 0.2, divert_ordered: 0.4, sent_away: 0.25,
               informed: 0.2, tires: "100h", calls_to_emergency: 0, planned_from: 0.8, sendable_from: 0.5),
    ),
    playbooks: [(id: "none", summary: "Nobody orders anything.", rules: [])],
    campaigns: [(id: "crew", begins: Fixed("19 days"), entries: [(via: Insider, at: Organisation("line"), per_day: 1)],
                 spread: Operator(crew: 1), payloads: [Encrypt])],
    strategies: [Own(id: "none", name: "None", playbook: "none")],
    baseline: "none",
)"#;

/// The small estate in a run.
struct Wards {
    sim: Simulation,
}

impl Wards {
    fn new() -> Self {
        Self::with(&[])
    }

    /// With pieces of the text replaced; each must be there.
    fn with(changes: &[(&str, &str)]) -> Self {
        let text = changes.iter().fold(WARDS.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "the text has no '{from}'");
            text.replace(from, to)
        });
        let scenario = Arc::new(load(&text, None).unwrap_or_else(|e| panic!("{e}")));
        let mut sim = Simulation::new(&scenario);
        sim.reset(1, 1, 0, true);
        sim.count_by_service();
        Self { sim }
    }

    fn estate(&self) -> Arc<Scenario> {
        self.sim.scenario().clone()
    }

    fn asset(&self, org: &str, kind: AssetKind) -> AssetId {
        let scenario = self.estate();
        let org = scenario.estate.find_org(org).expect("it is there");
        scenario.estate.assets_of(org).find(|a| scenario.estate.asset(*a).kind == kind).expect("it has one")
    }

    fn service(&self, org: &str, kind: ServiceKind) -> ServiceId {
        let scenario = self.estate();
        let org = scenario.estate.find_org(org).expect("it is there");
        let mut all = scenario.estate.org(org).services.clone().map(ServiceId);
        all.find(|s| scenario.estate.service(*s).kind == kind).expect("it gives such care")
    }

    /// The n-th thing that a service depends on.
    fn dependency(&self, s: ServiceId, n: u32) -> u32 {
        self.estate().estate.service(s).dependencies.start + n
    }

    /// Looks at, or changes, what care reads and writes.
    fn care<R>(&mut self, act: impl FnOnce(&mut RunContext, &mut Care, &mut Ledger, &Estate) -> R) -> R {
        let scenario = self.estate();
        let world = self.sim.world_mut();
        let mut state = SystemState::<(RunContext, ResMut<Care>, ResMut<Ledger>)>::new(world);
        let (mut ctx, mut care, mut ledger) = state.get_mut(world).expect("the world has what care needs");
        act(&mut ctx, &mut care, &mut ledger, &scenario.estate)
    }

    /// A system fails for some minutes.
    fn fail(&mut self, org: &str, kind: AssetKind, (at, lasts): (SimTime, u32)) {
        let a = self.asset(org, kind);
        self.sim.fail(Failing::Asset(a), at, lasts);
    }

    fn state(&self, s: ServiceId) -> ServiceState {
        self.sim.capacity()[s.ix()]
    }

    /// Plays up to a minute and brings the accounts up to there.
    fn play(&mut self, until: SimTime) {
        self.sim.play(until);
        self.sim.settle();
    }

    fn account(&self, s: ServiceId) -> Account {
        self.sim.ledger().accounts()[s.ix()]
    }

    /// Holds harm, contacts unmet, drained and received, and hours lost, against what they must be.
    fn holds(&self, s: ServiceId, expected: [f64; 5]) {
        let a = self.account(s);
        let found = [a.harm, a.unmet, a.drained, a.received, a.hours_lost];
        let same = found.into_iter().zip(expected).all(|(f, e)| near(f, e));
        assert!(same, "service {}: {found:?}, expected {expected:?}", s.0);
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-7
}

/// The sum of the whole numbers up to `n`.
fn up_to(n: f64) -> f64 {
    n * (n + 1.0) / 2.0
}
