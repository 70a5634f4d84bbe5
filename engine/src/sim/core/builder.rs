//! What each domain's plugin adds its parts to, and the phases of a step.

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{ScheduleBuildSettings, ScheduleLabel, SingleThreadedExecutor};
use bevy_ecs::system::ScheduleSystem;

use super::queue::EventQueue;
use super::run::{Clock, RunSetup};
use crate::scenario::Scenario;

/// The phases of a step, in order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Attacks proceed.
    Threat,
    /// They are noticed.
    Detection,
    /// People decide.
    Command,
    /// Orders are carried out, and systems come back.
    Response,
    /// Care suffers and copes.
    Care,
}

#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Step;

/// What a plugin adds its parts to.
pub struct SimBuilder {
    /// The world.
    pub(in crate::sim) world: World,
    /// What is run once a step.
    pub(in crate::sim) schedule: Schedule,
    /// For each queue: the next bucket in which anything is due.
    pub(in crate::sim) next: Vec<fn(&World) -> Option<usize>>,
    /// For each queue: events processed.
    pub(in crate::sim) processed: Vec<fn(&World) -> u64>,
    /// What is done before each replicate, in this order.
    pub(in crate::sim) resets: Vec<fn(&mut World)>,
    /// What is done for a fork.
    pub(in crate::sim) forks: Vec<fn(&mut World)>,
}

impl SimBuilder {
    /// Without any domain, over a world that has what [`core`](super) keeps.
    pub(in crate::sim) fn new(world: World) -> Self {
        let mut schedule = Schedule::new(Step);
        schedule.set_executor(SingleThreadedExecutor::new());
        schedule.set_build_settings(ScheduleBuildSettings {
            ambiguity_detection: bevy_ecs::schedule::LogLevel::Error,
            ..Default::default()
        });
        schedule.configure_sets(
            (Phase::Threat, Phase::Detection, Phase::Command, Phase::Response, Phase::Care).chain(),
        );
        Self { world, schedule, next: vec![], processed: vec![], resets: vec![], forks: vec![] }
    }
    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.world.resource::<RunSetup>().scenario
    }
    /// A queue of the domain's own events.
    pub fn queue<E: Copy + Send + Sync + 'static>(&mut self) {
        let clock = *self.world.resource::<Clock>();
        self.world.insert_resource(EventQueue::<E>::new(clock.step, clock.end));
        self.next.push(|world| world.resource::<EventQueue<E>>().next());
        self.processed.push(|world| world.resource::<EventQueue<E>>().processed());
        self.resets.push(|world| world.resource_mut::<EventQueue<E>>().clear());
    }
    /// Messages to another domain, which drains them.
    pub fn messages<M: Message>(&mut self) {
        self.world.init_resource::<Messages<M>>();
        self.resets.push(|world| world.resource_mut::<Messages<M>>().clear());
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
    /// What is done before each replicate, after all queues are empty.
    pub fn on_reset(&mut self, reset: fn(&mut World)) {
        self.resets.push(reset);
    }
}
