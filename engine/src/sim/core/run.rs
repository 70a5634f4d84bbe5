//! One run: the scenario and strategy that are played, its parameters, its random numbers, its clock.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::trace::{Cause, EventKind, Trace};
use crate::catalogue::kinds::OrgRole;
use crate::estate::posture::Posture;
use crate::estate::{AssetId, ConnectionId, Estate, OrgId, ServiceId};
use crate::parameters::Parameters;
use crate::scenario::Scenario;
use crate::scenario::campaign::Entry;
use crate::strategy::Strategy;
use crate::streams::{Stream, StreamName, Streams, text_id};
use crate::units::SimTime;

/// Where the run stands.
#[derive(Resource, Clone, Copy, Debug)]
pub struct Clock {
    /// Start of the current step.
    pub now: SimTime,
    /// Minutes of a step.
    pub step: u32,
    /// End of the run.
    pub end: SimTime,
}

/// The scenario and the strategy under which this run is played.
#[derive(Resource, Clone, Debug)]
pub struct RunSetup {
    /// Scenario.
    pub scenario: Arc<Scenario>,
    /// Strategy.
    pub strategy: Arc<Strategy>,
    /// By campaign: what its streams are named by, and those of its ways in.
    keys: Arc<[(u64, Vec<u64>)]>,
}

impl RunSetup {
    /// Of a scenario and one of its strategies.
    pub fn new(scenario: &Arc<Scenario>, strategy: &Arc<Strategy>) -> Self {
        let entry = |entries: &[Entry], n: usize| {
            let before = entries[..n].iter().filter(|e| e.via == entries[n].via).count();
            text_id(entries[n].via.label()).wrapping_add(before as u64)
        };
        let keys = scenario
            .campaigns
            .iter()
            .map(|c| (text_id(&c.id), (0..c.entries.len()).map(|n| entry(&c.entries, n)).collect()));
        Self { keys: keys.collect(), scenario: scenario.clone(), strategy: strategy.clone() }
    }
}

/// The random numbers of this replicate.
#[derive(Resource, Debug)]
pub struct RunStreams {
    /// What decides from here on; in a fork, others than the replicate's.
    pub current: Streams,
    /// What decided the uncertain parameters.
    pub replicate: Streams,
}

impl RunStreams {
    /// Of a replicate that is not forked.
    pub const fn new(streams: Streams) -> Self {
        Self { current: streams, replicate: streams }
    }
}

/// What nearly every system reads.
#[derive(SystemParam)]
pub struct RunContext<'w> {
    /// Scenario and strategy.
    pub setup: Res<'w, RunSetup>,
    /// Parameters.
    pub parameters: Res<'w, Parameters>,
    /// Random numbers.
    pub streams: Res<'w, RunStreams>,
    /// Clock.
    pub clock: Res<'w, Clock>,
    /// Trace.
    pub trace: ResMut<'w, Trace>,
}

impl RunContext<'_> {
    /// The estate.
    pub fn estate(&self) -> &Estate {
        &self.setup.scenario.estate
    }
    /// An organisation's controls.
    pub fn posture(&self, org: OrgId) -> &Posture {
        &self.setup.strategy.postures[org.ix()]
    }
    /// People in an organisation's own team: its responders, times what the strategy makes of the teams that serve others; where it
    /// has none, those on duty.
    pub fn people(&self, org: OrgId) -> f64 {
        let serves = matches!(self.estate().org(org).kind.role(), OrgRole::Regional | OrgRole::National);
        let people =
            self.posture(org).responders * if serves { self.setup.strategy.system.teams } else { 1.0 };
        if people > 0.0 { people } else { self.parameters.response.on_duty }
    }
    /// The stream of one question.
    pub fn stream(&self, name: StreamName) -> Stream {
        self.streams.current.stream(name)
    }
    /// What a campaign's streams are named by: the hash of its id.
    pub fn campaign_key(&self, campaign: u32) -> u64 {
        self.setup.keys[campaign as usize].0
    }
    /// What the streams of a campaign's way in are named by.
    pub fn entry_key(&self, campaign: u32, entry: u32) -> u64 {
        self.setup.keys[campaign as usize].1[entry as usize]
    }
    /// What an organisation's streams are named by.
    pub fn org_key(&self, id: OrgId) -> u64 {
        self.estate().keys.organisations[id.ix()]
    }
    /// What an asset's streams are named by.
    pub fn asset_key(&self, id: AssetId) -> u64 {
        self.estate().keys.assets[id.ix()]
    }
    /// What a connection's streams are named by.
    pub fn connection_key(&self, id: ConnectionId) -> u64 {
        self.estate().keys.connections[id.ix()]
    }
    /// What a service's streams are named by.
    pub fn service_key(&self, id: ServiceId) -> u64 {
        self.estate().keys.services[id.ix()]
    }
    /// Whether it is a working hour at `t`.
    pub fn office_hours(&self, t: SimTime) -> bool {
        self.setup.scenario.calendar.office_hours(t)
    }
    /// Records what happened and why.
    pub fn record(&mut self, at: SimTime, kind: EventKind, cause: Cause) -> Cause {
        self.trace.record(at, kind, cause)
    }
}

/// Minutes as a time from now; never zero minutes for what takes time.
pub fn later(now: SimTime, minutes: f64) -> SimTime {
    now.saturating_add(minutes.clamp(0.0, 4e9) as u32)
}
