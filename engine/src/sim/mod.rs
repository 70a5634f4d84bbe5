//! The ECS world of one replicate: a clock that jumps, and one plugin for each domain.

pub mod care;
pub mod chronicle;
pub mod clock;
pub mod command;
pub mod detection;
pub mod ledger;
pub mod recovery;
pub mod response;
pub mod sir;
pub mod state;
pub mod threat;

use std::sync::Arc;

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{ScheduleBuildSettings, ScheduleLabel, SingleThreadedExecutor};
use bevy_ecs::system::ScheduleSystem;

use crate::draws::{Draws, Purpose};
use crate::estate::{AssetId, ConnectionId, OrgId, ServiceId};
use crate::experiment::outcome::Record;
use crate::scenario::Scenario;
use crate::scenario::parameters::ParametersSpec;
use crate::scenario::random::Resolver;
use crate::strategy::action::Action;
use crate::strategy::playbook::Trigger;
use chronicle::{Chronicle, Event};
use clock::{Agenda, Clock, Phase};
pub use ledger::Ledger;
use state::{AssetState, Assets, Case, Commanded, Incident, Links, Luck, Nation, Numbers, Roster};

#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Step;

/// What a plugin adds its parts to.
pub struct SimBuilder {
    world: World,
    schedule: Schedule,
    next: Vec<fn(&World) -> Option<usize>>,
    events: Vec<fn(&World) -> u64>,
    resets: Vec<fn(&mut World)>,
    forks: Vec<fn(&mut World)>,
}

impl SimBuilder {
    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.world.resource::<Case>().scenario
    }
    /// An agenda of the domain's own events.
    pub fn agenda<E: Copy + Send + Sync + 'static>(&mut self) {
        let clock = *self.world.resource::<Clock>();
        self.world.insert_resource(Agenda::<E>::new(clock.step, clock.end));
        self.next.push(|world| world.resource::<Agenda<E>>().next());
        self.events.push(|world| world.resource::<Agenda<E>>().worked_off());
        self.resets.push(|world| world.resource_mut::<Agenda<E>>().clear());
    }
    /// A resource of the domain's own.
    pub fn resource(&mut self, resource: impl Resource) {
        self.world.insert_resource(resource);
    }
    /// Systems in a phase.
    pub fn systems<M>(&mut self, phase: Phase, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) {
        self.schedule.add_systems(systems.in_set(phase));
    }
    /// What is drawn afresh in a fork: pending thresholds, and waits given how long they have lasted.
    pub fn on_fork(&mut self, fork: fn(&mut World)) {
        self.forks.push(fork);
    }
    /// What is done before each replicate, after all agendas are empty.
    pub fn on_reset(&mut self, reset: fn(&mut World)) {
        self.resets.push(reset);
    }
}

/// What fails when somebody asks what its loss means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// All hosts of an asset.
    Asset(AssetId),
    /// A service, whatever it depends on.
    Service(ServiceId),
}

/// A world for one scenario, built once for each worker and used for many replicates.
pub struct Simulation {
    world: World,
    schedule: Schedule,
    next: Vec<fn(&World) -> Option<usize>>,
    events: Vec<fn(&World) -> u64>,
    resets: Vec<fn(&mut World)>,
    forks: Vec<fn(&mut World)>,
    scenario: Arc<Scenario>,
    /// Organisations that this run has touched.
    touched: QueryState<&'static mut Incident, Changed<Incident>>,
    /// Up to when it was played.
    reached: u32,
    /// Parameters in place of the scenario's.
    parameters: Option<ParametersSpec>,
}

impl Simulation {
    /// Builds the world.
    ///
    /// # Panics
    /// When the scenario has no strategy; a checked scenario has.
    pub fn new(scenario: &Arc<Scenario>) -> Self {
        let mut world = World::new();
        let strategy = scenario.strategies.first().expect("a checked scenario has a strategy").clone();
        let numbers = scenario.parameters.resolve(&mut Resolver::new(Draws::new(0, 0)));
        world.insert_resource(Clock { now: 0, step: scenario.step, end: scenario.horizon });
        world.insert_resource(Case { scenario: scenario.clone(), strategy: strategy.clone() });
        world.insert_resource(Numbers(numbers));
        world.insert_resource(Luck::new(Draws::new(0, 0)));
        world.insert_resource(Chronicle::default());
        world.insert_resource(Assets::new(&scenario.estate, &strategy));
        world.insert_resource(Links::default());
        world.insert_resource(Nation::default());
        world.insert_resource(Commanded::default());
        world.insert_resource(Ledger::default());
        let roster =
            (0..scenario.estate.organisations.len()).map(|_| world.spawn(Incident::default()).id()).collect();
        world.insert_resource(Roster(roster));
        let mut schedule = Schedule::new(Step);
        schedule.set_executor(SingleThreadedExecutor::new());
        schedule.set_build_settings(ScheduleBuildSettings {
            ambiguity_detection: bevy_ecs::schedule::LogLevel::Error,
            ..Default::default()
        });
        schedule.configure_sets(
            (
                Phase::Threat,
                Phase::Detection,
                Phase::Command,
                Phase::Response,
                Phase::Recovery,
                Phase::Care,
                Phase::Ledger,
            )
                .chain(),
        );
        let mut builder =
            SimBuilder { world, schedule, next: vec![], events: vec![], resets: vec![], forks: vec![] };
        // Agendas are emptied in plugin order before any reset fills them: threat comes last.
        for plugin in [
            detection::plugin,
            command::plugin,
            response::plugin,
            recovery::plugin,
            care::plugin,
            threat::plugin,
        ] {
            plugin(&mut builder);
        }
        let SimBuilder { mut world, schedule, next, events, resets, forks } = builder;
        let touched = world.query_filtered();
        Self {
            world,
            schedule,
            next,
            events,
            resets,
            forks,
            scenario: scenario.clone(),
            touched,
            reached: 0,
            parameters: None,
        }
    }

    /// Sets the world back to the start of a replicate under a strategy.
    pub fn reset(&mut self, seed: u64, replicate: u64, strategy: usize, keep_chronicle: bool) {
        let scenario = self.scenario.clone();
        let draws = Draws::new(seed, replicate);
        let estate = &scenario.estate;
        let strategy = scenario.strategies[strategy].clone();
        let parameters = self.parameters.as_ref().unwrap_or(&scenario.parameters);
        let numbers = parameters.resolve(&mut Resolver::new(draws));
        let w = &mut self.world;
        w.resource_mut::<Clock>().now = 0;
        self.reached = 0;
        w.resource_mut::<Assets>().reset(&strategy, numbers.threat.unpatched_open);
        let mut links = w.resource_mut::<Links>();
        links.0.clear();
        links.0.resize(estate.connections.len(), 0);
        *w.resource_mut::<Nation>() = Nation::default();
        w.resource_mut::<Ledger>().reset(
            estate.organisations.len(),
            estate.assets.len(),
            scenario.horizon,
            scenario.calendar.offset(),
        );
        let mut chronicle = w.resource_mut::<Chronicle>();
        chronicle.kept = keep_chronicle;
        chronicle.events.clear();
        // Only those whom the last run touched: a world may have fifty thousand organisations.
        for mut incident in self.touched.iter_mut(w) {
            *incident.bypass_change_detection() = Incident::default();
        }
        w.clear_trackers();
        w.resource_mut::<Case>().strategy = strategy;
        w.resource_mut::<Numbers>().0 = numbers;
        *w.resource_mut::<Luck>() = Luck::new(draws);
        for reset in &self.resets {
            reset(&mut self.world);
        }
    }

    /// From the next reset on these parameters hold in place of the scenario's.
    pub fn set_parameters(&mut self, parameters: ParametersSpec) {
        self.parameters = Some(parameters);
    }

    /// Something fails at a minute of the replicate, and is back after `lasts` minutes, whoever attacks or not.
    pub fn fail(&mut self, what: Failing, at: u32, lasts: u32) {
        let due = match what {
            Failing::Asset(a) => threat::Due::Fail(a, lasts),
            Failing::Service(s) => threat::Due::Close(s, lasts),
        };
        self.world.resource_mut::<Agenda<threat::Due>>().add(at, 0, due);
    }

    /// From now on these organisations follow orders and not the playbook; a reset does not change it.
    pub fn command(&mut self, organisations: impl IntoIterator<Item = OrgId>) {
        let mut list = vec![false; self.scenario.estate.organisations.len()];
        organisations.into_iter().for_each(|o| list[o.ix()] = true);
        self.world.resource_mut::<Commanded>().0 = list;
    }

    /// From now on those who were commanded follow the playbook again, beginning with what they have learnt and not acted on.
    pub fn hand_over(&mut self) {
        let at = self.reached;
        let commanded = std::mem::take(&mut self.world.resource_mut::<Commanded>().0);
        for org in (0u32..).zip(&commanded).filter(|(_, c)| **c).map(|(n, _)| OrgId(n)) {
            let i = self.incident(org);
            let down = self.scenario.estate.assets_of(org).any(|a| self.asset(a).down() > 0);
            let learnt = [
                (Trigger::Suspected, i.suspected.is_some()),
                (Trigger::Declared, i.declared.is_some()),
                (Trigger::Impact, down),
                (Trigger::Evicted, i.evicted.is_some()),
            ];
            let mut agenda = self.world.resource_mut::<Agenda<command::Due>>();
            for (trigger, _) in learnt.into_iter().filter(|l| l.1) {
                agenda.add(at, org.0, command::Due::Learn(org, trigger, chronicle::NO_CAUSE));
            }
        }
    }

    /// Somebody orders an action at a minute that has not been played.
    pub fn order(&mut self, at: u32, org: OrgId, action: Action) {
        self.world.resource_mut::<Agenda<response::Due>>().add(
            at,
            org.0 << 6,
            response::Due::Order(org, action, chronicle::NO_CAUSE),
        );
    }

    /// The scenario.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }
    /// Services, by id.
    pub fn capacity(&self) -> &[care::ServiceState] {
        &self.world.resource::<care::Care>().services
    }
    /// An asset.
    pub fn asset(&self, a: AssetId) -> AssetState {
        self.world.resource::<Assets>().whole(a)
    }
    /// An organisation's incident.
    pub fn incident(&self, o: OrgId) -> &Incident {
        let entity = self.world.resource::<Roster>().0[o.ix()];
        self.world.get::<Incident>(entity).expect("every organisation has an incident")
    }
    /// What the system as a whole knows.
    pub fn nation(&self) -> &Nation {
        self.world.resource::<Nation>()
    }
    /// Whether an attack has detonated anywhere.
    pub fn detonated(&self) -> bool {
        self.world.resource::<threat::Intrusions>().all.iter().any(|i| i.stage == threat::Stage::Detonated)
    }

    /// From here to the next reset, harm is counted by service too.
    pub fn count_by_service(&mut self) {
        let services = self.scenario.estate.services.len();
        self.world.resource_mut::<Ledger>().by_service(services);
    }

    /// Brings all accounts up to where the run was played.
    pub fn settle(&mut self) {
        let (scenario, until) = (self.scenario.clone(), self.reached);
        self.world.resource_scope(|w, mut care: Mut<care::Care>| {
            w.resource_scope(|w, mut ledger: Mut<Ledger>| {
                care.settle_all(&scenario.estate, &mut ledger, &w.resource::<Numbers>().0.care, until);
            });
        });
    }
    /// The accounts.
    pub fn ledger(&self) -> &Ledger {
        self.world.resource::<Ledger>()
    }
    /// Whether traffic passes over a connection.
    pub fn open(&self, connection: ConnectionId) -> bool {
        self.world.resource::<Links>().open(connection)
    }

    /// Share of harm-weighted capacity at `points` moments, every [`ledger::CURVE_STEP`] hours from minute `from`; call it after
    /// [`record`](Self::record).
    pub fn capacity_from(&self, from: u32, points: usize) -> Vec<f32> {
        let weight = self.scenario.estate.weight.max(1e-9);
        self.world.resource::<Ledger>().capacity_from(weight, from, points)
    }

    /// What the outcomes leave out; call it after [`record`](Self::record).
    pub fn detail(&self) -> ledger::Detail {
        let weight = self.scenario.estate.weight.max(1e-9);
        self.world.resource::<Ledger>().detail(weight, self.scenario.horizon)
    }

    /// Plays on until `until` or the end; true while that is before the end.
    pub fn play(&mut self, until: u32) -> bool {
        let (step, horizon) = (self.scenario.step, self.scenario.horizon);
        loop {
            let next = self.next.iter().filter_map(|n| n(&self.world)).min();
            let now = next.map_or(horizon, |bucket| bucket as u32 * step);
            // What is due at the horizon itself is past it.
            if now >= until || now >= horizon {
                self.reached = until.min(horizon - 1);
                return until < horizon;
            }
            self.world.resource_mut::<Clock>().now = now;
            self.schedule.run(&mut self.world);
        }
    }

    /// From here on another future, the n-th: all that has happened stays, and what is still to come is drawn afresh. Thresholds
    /// are memoryless; stages, entries, decisions and the kill switch are drawn given how long they have been under way.
    pub fn fork(&mut self, n: u64) {
        let luck = self.world.resource::<Luck>().of_replicate.forked(n);
        self.world.resource_mut::<Clock>().now = self.reached;
        self.world.resource_mut::<Luck>().draws = luck;
        for fork in &self.forks {
            fork(&mut self.world);
        }
    }

    /// A whole replicate.
    pub fn run(&mut self, seed: u64, replicate: u64, strategy: usize) -> Record {
        self.reset(seed, replicate, strategy, false);
        self.play(u32::MAX);
        self.record()
    }

    /// A whole replicate with its chronicle.
    pub fn run_told(&mut self, seed: u64, replicate: u64, strategy: usize) -> (Record, Vec<Event>) {
        self.reset(seed, replicate, strategy, true);
        self.play(u32::MAX);
        let record = self.record();
        (record, std::mem::take(&mut self.world.resource_mut::<Chronicle>().events))
    }

    /// The outcomes so far.
    pub fn record(&mut self) -> Record {
        self.settle();
        let in_hand = self.world.run_system_cached_with(response::in_hand, self.reached);
        let in_hand = in_hand.expect("it reads what the run reads");
        let w = &self.world;
        let (case, numbers, luck) = (w.resource::<Case>(), w.resource::<Numbers>(), w.resource::<Luck>());
        let ledger = w.resource::<Ledger>();
        let money = &numbers.0.money;
        let asked =
            case.scenario.campaigns.iter().any(|c| c.payload.loss == Some(crate::scenario::Loss::Encrypted));
        let paid =
            asked && ledger.encrypted() && luck.draws.key(Purpose::Ransom, 0).uniform() < money.ransom_paid;
        let ransom = if paid { money.ransom.at(luck.draws.key(Purpose::Ransom, 1).uniform()) } else { 0.0 };
        ledger.close(case, numbers, w.resource::<Clock>(), ransom, in_hand)
    }

    /// The chronicle so far; empty when it is not kept.
    pub fn chronicle(&self) -> &[Event] {
        &self.world.resource::<Chronicle>().events
    }

    /// Events worked off since the last reset.
    pub fn events(&self) -> u64 {
        self.events.iter().map(|e| e(&self.world)).sum()
    }

    /// The world, to look at.
    pub fn world(&self) -> &World {
        &self.world
    }
}
