//! A world for one scenario, played replicate after replicate.

use std::sync::Arc;

use bevy_ecs::prelude::*;

use super::core::builder::SimBuilder;
use super::core::events::{CommandEvent, ResponseEvent, ThreatEvent};
use super::core::queue::EventQueue;
use super::core::record::Record;
use super::core::run::{Clock, RunSetup, RunStreams};
use super::core::trace::{Event, NO_CAUSE, Trace};
use super::ledger::Ledger;
use super::ledger::entries::{Detail, LastEntries};
use super::state::assets::{AssetState, Assets};
use super::state::incident::{Commanded, Incident, Nation, OrganisationEntities};
use super::state::intrusions::Intrusions;
use super::state::jobs::{Jobs, Teams};
use super::state::links::Links;
use super::{care, command, detection, response, threat};
use crate::catalogue::action::{Action, ActionKind};
use crate::catalogue::technique::Stage;
use crate::estate::{AssetId, ConnectionId, OrgId, ServiceId};
use crate::parameters::{Parameters, ParametersSpec};
use crate::random::Resolver;
use crate::scenario::Scenario;
use crate::scenario::campaign::HostImpact;
use crate::strategy::playbook::Trigger;
use crate::streams::{StreamName, Streams};
use crate::units::DAY;

/// What fails when somebody asks what its loss means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// All hosts of an asset.
    Asset(AssetId),
    /// A service, whatever it depends on.
    Service(ServiceId),
}

/// What is not as it was before anything happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// An intruder who was noticed is still inside.
    Intruder(OrgId),
    /// Hosts are down, held or flooded, or it is isolated, switched off or being restored.
    Asset(AssetId),
    /// Somebody has cut it, or a customer's instance behind it is lost.
    Connection(ConnectionId),
    /// Work that an organisation has ordered is not done.
    Work(OrgId, ActionKind),
    /// People of its team are with others.
    PeopleAway(OrgId),
    /// It has less than its usual capacity.
    Service(ServiceId),
}

/// A world for one scenario, built once for each worker and used for many replicates.
pub struct Simulation {
    world: World,
    schedule: Schedule,
    next: Vec<fn(&World) -> Option<usize>>,
    processed: Vec<fn(&World) -> u64>,
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
        let parameters = scenario.parameters.resolve(&mut Resolver::new(Streams::new(0, 0)));
        world.insert_resource(Clock { now: 0, step: scenario.step, end: scenario.horizon });
        world.insert_resource(RunSetup::new(scenario, &strategy));
        world.insert_resource(parameters);
        world.insert_resource(RunStreams::new(Streams::new(0, 0)));
        world.insert_resource(Trace::default());
        world.insert_resource(Assets::new(&scenario.estate, &strategy));
        world.insert_resource(Links::default());
        world.insert_resource(Nation::default());
        world.insert_resource(Commanded::default());
        world.insert_resource(Ledger::default());
        let entities =
            (0..scenario.estate.organisations.len()).map(|_| world.spawn(Incident::default()).id()).collect();
        world.insert_resource(OrganisationEntities(entities));
        let mut builder = SimBuilder::new(world);
        // Queues are emptied in plugin order before any reset fills them: threat comes last.
        for plugin in [detection::plugin, command::plugin, response::plugin, care::plugin, threat::plugin] {
            plugin(&mut builder);
        }
        let SimBuilder { mut world, schedule, next, processed, resets, forks } = builder;
        let touched = world.query_filtered();
        Self {
            world,
            schedule,
            next,
            processed,
            resets,
            forks,
            scenario: scenario.clone(),
            touched,
            reached: 0,
            parameters: None,
        }
    }

    /// Sets the world back to the start of a replicate under a strategy.
    pub fn reset(&mut self, seed: u64, replicate: u64, strategy: usize, keep_trace: bool) {
        let scenario = self.scenario.clone();
        let streams = Streams::new(seed, replicate);
        let estate = &scenario.estate;
        let strategy = scenario.strategies[strategy].clone();
        let parameters = self.parameters.as_ref().unwrap_or(&scenario.parameters);
        let parameters = parameters.resolve(&mut Resolver::new(streams));
        let w = &mut self.world;
        w.resource_mut::<Clock>().now = 0;
        self.reached = 0;
        w.resource_mut::<Assets>().reset(
            &strategy,
            parameters.threat.unpatched_open,
            parameters.threat.endpoint_detection_blocks,
        );
        let mut links = w.resource_mut::<Links>();
        links.0.clear();
        links.0.resize(estate.connections.len(), 0);
        *w.resource_mut::<Nation>() = Nation::default();
        w.resource_mut::<Ledger>().reset(
            estate,
            parameters.harm.weights(),
            scenario.horizon,
            scenario.calendar.offset(),
        );
        let mut trace = w.resource_mut::<Trace>();
        trace.kept = keep_trace;
        trace.events.clear();
        // Only those whom the last run touched: a world may have fifty thousand organisations.
        for mut incident in self.touched.iter_mut(w) {
            *incident.bypass_change_detection() = Incident::default();
        }
        w.clear_trackers();
        w.resource_mut::<RunSetup>().strategy = strategy;
        *w.resource_mut::<Parameters>() = parameters;
        *w.resource_mut::<RunStreams>() = RunStreams::new(streams);
        for reset in &self.resets {
            reset(&mut self.world);
        }
    }

    /// From the next reset on these parameters hold in place of the scenario's.
    pub fn set_parameters(&mut self, parameters: ParametersSpec) {
        self.parameters = Some(parameters);
    }

    /// From the next reset on this scenario is played: one of the same estate, with other values of parameters, campaigns or levers. The
    /// world stays, which of a large estate takes longer to build than many runs.
    ///
    /// # Panics
    /// When it is of another estate, or of another length.
    pub fn set_scenario(&mut self, scenario: &Arc<Scenario>) {
        assert!(
            Arc::ptr_eq(&scenario.estate, &self.scenario.estate) && scenario.horizon == self.scenario.horizon,
            "a world is built for an estate and a horizon"
        );
        *self.world.resource_mut::<RunSetup>() = RunSetup::new(scenario, &scenario.strategies[0]);
        self.scenario = scenario.clone();
    }

    /// Something fails at a minute of the replicate, and is back after `lasts` minutes, whoever attacks or not.
    pub fn fail(&mut self, what: Failing, at: u32, lasts: u32) {
        let due = match what {
            Failing::Asset(a) => ThreatEvent::Fail(a, lasts),
            Failing::Service(s) => ThreatEvent::Close(s, lasts),
        };
        self.world.resource_mut::<EventQueue<ThreatEvent>>().add(at, 0, due);
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
            let mut orders = self.world.resource_mut::<EventQueue<ResponseEvent>>();
            orders.add(at + DAY, org.0, ResponseEvent::TakeStock(org));
            let mut events = self.world.resource_mut::<EventQueue<CommandEvent>>();
            for (trigger, _) in learnt.into_iter().filter(|l| l.1) {
                events.add(at, org.0, CommandEvent::Learn(org, trigger, NO_CAUSE));
            }
        }
    }

    /// Somebody orders an action at a minute that has not been played.
    pub fn order(&mut self, at: u32, org: OrgId, action: Action) {
        self.world.resource_mut::<EventQueue<ResponseEvent>>().add(
            at,
            org.0 << 6,
            ResponseEvent::Order(org, action, NO_CAUSE),
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
        let entity = self.world.resource::<OrganisationEntities>().0[o.ix()];
        self.world.get::<Incident>(entity).expect("every organisation has an incident")
    }
    /// What the system as a whole knows.
    pub fn nation(&self) -> &Nation {
        self.world.resource::<Nation>()
    }
    /// Everything that is not as it was before anything happened; nothing when all is over and everything is back. What an intruder
    /// holds whom nobody has noticed counts, the intruder himself does not.
    pub fn leftovers(&self) -> Vec<Leftover> {
        let estate = &self.scenario.estate;
        let (assets, links) = (self.world.resource::<Assets>(), self.world.resource::<Links>());
        let touched = |a: &AssetId| {
            let s = assets.get(*a);
            s.down() + s.held > 0 || s.is_cut() || s.restoring || s.flooded > 0.0
        };
        let intruders = self.world.resource::<Intrusions>().all.iter().filter(|i| i.noticed && !i.evicted);
        let mut left: Vec<Leftover> = intruders.map(|i| Leftover::Intruder(i.org)).collect();
        left.extend((0..estate.assets.len() as u32).map(AssetId).filter(touched).map(Leftover::Asset));
        let connections = (0..estate.connections.len() as u32).map(ConnectionId);
        left.extend(connections.filter(|c| !links.open(*c)).map(Leftover::Connection));
        let jobs = self.world.resource::<Jobs>();
        let open = jobs.all.iter().zip(&jobs.work).filter(|(_, work)| !work.closed);
        left.extend(open.map(|(job, _)| Leftover::Work(job.org, job.action.what)));
        let teams = (0u32..).zip(self.world.resource::<Teams>().all());
        left.extend(teams.filter(|(_, t)| t.lent > 0.0).map(|(n, _)| Leftover::PeopleAway(OrgId(n))));
        let services = (0u32..).zip(self.capacity()).filter(|(_, s)| s.capacity_share < 1.0);
        left.extend(services.map(|(n, _)| Leftover::Service(ServiceId(n))));
        left
    }
    /// Whether an attack has detonated anywhere.
    pub fn detonated(&self) -> bool {
        self.world.resource::<Intrusions>().all.iter().any(|i| i.stage == Stage::Detonated)
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
                care.settle_all(&scenario.estate, &mut ledger, &w.resource::<Parameters>().care, until);
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

    /// Share of harm-weighted capacity at `points` moments, every [`CURVE_STEP`](super::ledger::entries::CURVE_STEP) hours from minute `from`; call it after
    /// [`record`](Self::record).
    pub fn capacity_from(&self, from: u32, points: usize) -> Vec<f32> {
        self.world.resource::<Ledger>().capacity_from(from, points)
    }

    /// What the outcomes leave out; call it after [`record`](Self::record).
    pub fn detail(&self) -> Detail {
        self.world.resource::<Ledger>().detail(self.scenario.horizon)
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
        let forked = self.world.resource::<RunStreams>().replicate.forked(n);
        self.world.resource_mut::<Clock>().now = self.reached;
        self.world.resource_mut::<RunStreams>().current = forked;
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

    /// A whole replicate with its trace.
    pub fn run_traced(&mut self, seed: u64, replicate: u64, strategy: usize) -> (Record, Vec<Event>) {
        self.reset(seed, replicate, strategy, true);
        self.play(u32::MAX);
        let record = self.record();
        (record, std::mem::take(&mut self.world.resource_mut::<Trace>().events))
    }

    /// The outcomes so far.
    pub fn record(&mut self) -> Record {
        self.settle();
        let in_hand = self.world.run_system_cached_with(response::in_hand, self.reached);
        let in_hand = in_hand.expect("it reads what the run reads");
        let w = &self.world;
        let (setup, parameters) = (w.resource::<RunSetup>(), w.resource::<Parameters>());
        let ransom = w.resource::<RunStreams>().current.stream(StreamName::Ransom {});
        let ledger = w.resource::<Ledger>();
        let money = &parameters.money;
        let asked = setup.scenario.campaigns.iter().any(|c| c.payload.loss == Some(HostImpact::Encrypted));
        let paid = asked && ledger.encrypted() && ransom.uniform() < money.ransom_paid;
        let ransom = if paid { money.ransom.at(ransom.nth(1).uniform()) } else { 0.0 };
        let assets = w.resource::<Assets>();
        let held = w.resource::<Intrusions>().all.iter().any(|i| !i.evicted)
            || (0..setup.scenario.estate.assets.len() as u32).any(|a| assets.get(AssetId(a)).held > 0);
        ledger.close(setup, parameters, w.resource::<Clock>(), &LastEntries { ransom, in_hand, held })
    }

    /// The trace so far; empty when it is not kept.
    pub fn trace(&self) -> &[Event] {
        &self.world.resource::<Trace>().events
    }

    /// Events processed since the last reset.
    pub fn events(&self) -> u64 {
        self.processed.iter().map(|e| e(&self.world)).sum()
    }

    /// The world, to look at.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The world, to put it into a state that a test needs.
    #[cfg(test)]
    pub(in crate::sim) fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{bundled, load};
    use crate::streams::recording;

    #[test]
    fn a_whole_national_run_shares_no_stream() {
        for name in ["national-worm", "national-campaign"] {
            let (_, text) = bundled::scenario(name).expect("a bundled scenario");
            let asked = recording::of(|| {
                let scenario = Arc::new(load(text, None).expect("a bundled scenario is whole"));
                let mut sim = Simulation::new(&scenario);
                let last = scenario.strategies.len() - 1;
                sim.run(1, 0, last);
                sim.reset(1, 0, 0, false);
                sim.play(scenario.horizon / 2);
                sim.fork(3);
                sim.play(u32::MAX);
            });
            assert!(asked.streams.len() > 500_000, "{name}: {}", asked.streams.len());
            assert_eq!(
                asked.collisions,
                [],
                "{name}: a million streams of 64 bits collide with a chance of 3e-8"
            );
        }
    }
}
