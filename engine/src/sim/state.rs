//! What changes in a run and is read all over: assets, connections, incidents. Dense by stable id, because the
//! profile showed random access by `Query::get` to dominate.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use std::sync::Arc;

use super::chronicle::{Cause, Chronicle, NO_CAUSE, What};
use super::clock::Clock;
use super::response::teams::ON_DUTY;
use crate::draws::{Draws, Key, Purpose};
use crate::estate::kinds::OrgKind;
use crate::estate::{Asset, AssetId, ConnectionId, Estate, OrgId};
use crate::scenario::parameters::Parameters;
use crate::scenario::{Loss, Scenario};
use crate::strategy::Strategy;
use crate::strategy::posture::Posture;
use crate::units::SimTime;

/// The scenario and the strategy under which this run is played.
#[derive(Resource, Clone, Debug)]
pub struct Case {
    /// Scenario.
    pub scenario: Arc<Scenario>,
    /// Strategy.
    pub strategy: Arc<Strategy>,
}

/// The numbers of this replicate.
#[derive(Resource, Debug)]
pub struct Numbers(pub Parameters);

/// The draws of this replicate.
#[derive(Resource, Debug)]
pub struct Luck {
    /// What decides from here on; in a fork, others than the replicate's.
    pub draws: Draws,
    /// What decided the uncertain parameters.
    pub of_replicate: Draws,
}

impl Luck {
    /// Of a replicate that is not forked.
    pub const fn new(draws: Draws) -> Self {
        Self { draws, of_replicate: draws }
    }
}

/// Hosts of an asset and how it is cut off. The five counts always add up to its hosts, once the run has touched it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AssetState {
    /// Hosts that a worm could take.
    pub vulnerable: u32,
    /// Hosts that it could not.
    pub protected: u32,
    /// Hosts that an intruder holds.
    pub held: u32,
    /// Hosts encrypted or wiped.
    pub lost: u32,
    /// Hosts that failed with their data whole.
    pub failed: u32,
    /// Of those held or lost, so many were pulled off the network: they spread nothing.
    pub contained: u32,
    /// Lost hosts were wiped: no decryptor helps.
    pub wiped: bool,
    /// Cut off from the network.
    pub isolated: bool,
    /// Switched off.
    pub off: bool,
    /// A recovery job is at work on it.
    pub restoring: bool,
    /// Share of capacity taken by a flood.
    pub flooded: f32,
    /// What it gives to those who need it, in [0, 1], with what it needs itself taken into account.
    pub health: f32,
    /// Why it is not whole.
    pub cause: Cause,
    /// The run has touched it, so its counts are made up.
    touched: bool,
}

impl AssetState {
    /// Nothing has happened to it, and nobody has counted its hosts.
    const UNTOUCHED: Self = Self {
        vulnerable: 0,
        protected: 0,
        held: 0,
        lost: 0,
        failed: 0,
        contained: 0,
        wiped: false,
        isolated: false,
        off: false,
        restoring: false,
        flooded: 0.0,
        health: 1.0,
        cause: NO_CAUSE,
        touched: false,
    };
    /// Hosts down.
    pub const fn down(&self) -> u32 {
        self.lost + self.failed
    }
    /// Hosts in all.
    pub const fn hosts(&self) -> u32 {
        self.vulnerable + self.protected + self.held + self.lost + self.failed
    }
    fn own_health(&self, asset: &Asset) -> f32 {
        if self.off || self.isolated {
            return 0.0;
        }
        let down = f64::from(self.down()) / f64::from(asset.hosts) / asset.stops_at;
        (1.0 - down).max(0.0) as f32 * (1.0 - self.flooded)
    }
    /// Takes `n` hosts down; held and vulnerable ones first.
    pub fn lose(&mut self, n: u32, loss: Loss) {
        let n = n.min(self.vulnerable + self.protected + self.held);
        let held = n.min(self.held);
        let vulnerable = (n - held).min(self.vulnerable);
        self.held -= held;
        self.vulnerable -= vulnerable;
        self.protected -= n - held - vulnerable;
        match loss {
            Loss::Failed => self.failed += n,
            Loss::Encrypted => self.lost += n,
            Loss::Wiped => {
                self.lost += n;
                self.wiped = true;
            }
        }
    }
    /// Brings `n` hosts back, clean and patched.
    pub fn restore(&mut self, n: u32) {
        let lost = n.min(self.lost);
        let failed = (n - lost).min(self.failed);
        self.lost -= lost;
        self.failed -= failed;
        self.protected += lost + failed;
        self.contained = self.contained.min(self.held + self.lost);
        if self.lost == 0 {
            self.wiped = false;
        }
    }
}

/// What is known of an organisation's assets together.
#[derive(Clone, Copy, Debug)]
struct Owner {
    touched: bool,
    left_open: f64,
}

const QUIET: Owner = Owner { touched: false, left_open: 1.0 };

/// All assets. What a run does not touch costs it nothing: hosts are counted when an asset is first touched, and only the touched
/// are reset.
#[derive(Resource, Debug)]
pub struct Assets {
    estate: Arc<Estate>,
    strategy: Arc<Strategy>,
    unpatched_open: f64,
    states: Vec<AssetState>,
    touched: Vec<AssetId>,
    /// By organisation: whether any of its assets is touched, and the share of open hosts that patching left in those that are not.
    owners: Vec<Owner>,
    patched: Vec<OrgId>,
    /// Assets whose health changed in this step: care reads and clears it.
    pub changed: Vec<AssetId>,
    stack: Vec<AssetId>,
}

impl Assets {
    /// All whole.
    pub fn new(estate: &Arc<Estate>, strategy: &Arc<Strategy>) -> Self {
        Self {
            estate: estate.clone(),
            strategy: strategy.clone(),
            unpatched_open: 0.0,
            states: vec![AssetState::UNTOUCHED; estate.assets.len()],
            touched: vec![],
            owners: vec![QUIET; estate.organisations.len()],
            patched: vec![],
            changed: vec![],
            stack: vec![],
        }
    }
    /// One asset. Of one that the run has not touched, hosts are not counted: [`vulnerable`](Self::vulnerable) and
    /// [`whole`](Self::whole) count them.
    pub fn get(&self, id: AssetId) -> &AssetState {
        &self.states[id.ix()]
    }
    /// One asset, to change; call [`refresh`](Self::refresh) afterwards.
    pub fn get_mut(&mut self, id: AssetId) -> &mut AssetState {
        if !self.states[id.ix()].touched {
            self.states[id.ix()] = AssetState { touched: true, ..self.whole(id) };
            self.owners[self.estate.asset(id).owner.ix()].touched = true;
            self.touched.push(id);
        }
        &mut self.states[id.ix()]
    }
    /// One asset with its hosts counted.
    pub fn whole(&self, id: AssetId) -> AssetState {
        let state = self.states[id.ix()];
        if state.touched {
            return state;
        }
        let vulnerable = self.open(id);
        AssetState { vulnerable, protected: self.estate.asset(id).hosts - vulnerable, ..state }
    }
    /// Hosts of an asset that a worm could take.
    pub fn vulnerable(&self, id: AssetId) -> u32 {
        let state = &self.states[id.ix()];
        if state.touched { state.vulnerable } else { self.open(id) }
    }
    /// Hosts of an untouched asset that are open to a worm: the share follows posture, less what was patched meanwhile.
    fn open(&self, id: AssetId) -> u32 {
        let asset = self.estate.asset(id);
        let p = &self.strategy.postures[asset.owner.ix()];
        let share = (p.unsupported + (1.0 - p.patching) * self.unpatched_open).clamp(0.0, 1.0);
        let open = (f64::from(asset.hosts) * share).round();
        (open * self.owners[asset.owner.ix()].left_open).ceil() as u32
    }
    /// An organisation patches this share of its open hosts.
    pub fn patch(&mut self, org: OrgId, share: f64) {
        let owner = &mut self.owners[org.ix()];
        if owner.touched {
            for id in self.estate.assets_of(org) {
                let state = &mut self.states[id.ix()];
                let fixed = (f64::from(state.vulnerable) * share) as u32;
                state.vulnerable -= fixed;
                state.protected += fixed;
            }
        }
        if owner.left_open >= 1.0 {
            self.patched.push(org);
        }
        owner.left_open *= 1.0 - share;
    }
    /// All hosts whole, under another strategy and another replicate's share of missing updates that open the weakness used.
    pub fn reset(&mut self, strategy: &Arc<Strategy>, unpatched_open: f64) {
        for id in self.touched.drain(..) {
            self.states[id.ix()] = AssetState::UNTOUCHED;
            self.owners[self.estate.asset(id).owner.ix()] = QUIET;
        }
        for org in self.patched.drain(..) {
            self.owners[org.ix()] = QUIET;
        }
        self.strategy.clone_from(strategy);
        self.unpatched_open = unpatched_open;
        self.changed.clear();
    }
    /// Recomputes the health of an asset and of all that need it; the cause is handed on.
    pub fn refresh(&mut self, estate: &Estate, id: AssetId) {
        self.stack.push(id);
        while let Some(id) = self.stack.pop() {
            let asset = estate.asset(id);
            let mut health = self.states[id.ix()].own_health(asset);
            let mut cause = NO_CAUSE;
            for (needed, loss) in &asset.needs {
                let there = &self.states[needed.ix()];
                if there.health < 1.0 {
                    health *= 1.0 - *loss as f32 * (1.0 - there.health);
                    cause = there.cause;
                }
            }
            let state = &self.states[id.ix()];
            let whole = state.down() == 0 && !state.isolated && !state.off && state.flooded <= 0.0;
            if whole && health < 1.0 {
                self.get_mut(id).cause = cause;
            }
            #[allow(clippy::float_cmp)] // the same inputs give the same bits; anything else is a change
            if health != self.states[id.ix()].health {
                self.get_mut(id).health = health;
                self.changed.push(id);
                self.stack.extend_from_slice(&asset.needed_by);
            }
        }
    }
}

/// Why a connection is cut: a bit for each reason, so that one who reconnects does not undo another's cut.
pub mod cut {
    /// By the owner of its first end.
    pub const BY_A: u8 = 1;
    /// By the owner of its second end.
    pub const BY_B: u8 = 2;
    /// The customer's instance at the other end was lost.
    pub const INSTANCE: u8 = 4;
}

/// All connections.
#[derive(Resource, Debug, Default)]
pub struct Links(pub Vec<u8>);

impl Links {
    /// Whether traffic passes.
    pub fn open(&self, id: ConnectionId) -> bool {
        self.0[id.ix()] == 0
    }
    fn bit(estate: &Estate, id: ConnectionId, org: OrgId) -> u8 {
        let c = &estate.connections[id.ix()];
        if estate.segments[c.a.ix()].owner == Some(org) { cut::BY_A } else { cut::BY_B }
    }
    /// The customer's instance is lost; true when the connection was open.
    pub fn lose_instance(&mut self, id: ConnectionId) -> bool {
        let was = self.open(id);
        self.0[id.ix()] |= cut::INSTANCE;
        was
    }
    /// Whether the customer's instance is lost.
    pub fn instance_lost(&self, id: ConnectionId) -> bool {
        self.0[id.ix()] & cut::INSTANCE != 0
    }
    /// The customer's instance is back; true when the connection is open now.
    pub fn regain_instance(&mut self, id: ConnectionId) -> bool {
        self.0[id.ix()] &= !cut::INSTANCE;
        self.open(id)
    }
    /// Whether `org` has cut it.
    pub fn cut_by(&self, estate: &Estate, id: ConnectionId, org: OrgId) -> bool {
        self.0[id.ix()] & Self::bit(estate, id, org) != 0
    }
    /// Cuts; true when it was open.
    pub fn cut(&mut self, estate: &Estate, id: ConnectionId, org: OrgId) -> bool {
        let was = self.open(id);
        self.0[id.ix()] |= Self::bit(estate, id, org);
        was
    }
    /// Takes `org`'s cut back; true when it is open now and was not.
    pub fn rejoin(&mut self, estate: &Estate, id: ConnectionId, org: OrgId) -> bool {
        let was = self.open(id);
        self.0[id.ix()] &= !Self::bit(estate, id, org);
        !was && self.open(id)
    }
}

/// An organisation's incident and what it has ordered; a component of its entity.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct Incident {
    /// When it was suspected.
    pub suspected: Option<SimTime>,
    /// When it was declared.
    pub declared: Option<SimTime>,
    /// When all containment orders were done.
    pub contained: Option<SimTime>,
    /// When the intruder was out.
    pub evicted: Option<SimTime>,
    /// When it was last found that there is no intruder to hunt.
    pub cleared: Option<SimTime>,
    /// Rules that have fired, a bit each.
    pub fired: u64,
    /// Hunts that are over.
    pub hunts: u32,
    /// Containment jobs that are not done.
    pub containing: u32,
    /// Paper working since.
    pub paper: Option<SimTime>,
    /// Emergencies are diverted.
    pub diverting: bool,
    /// Planned care is put off.
    pub postponing: bool,
    /// Work is sent to neighbours.
    pub sending: bool,
    /// The public is informed.
    pub public: bool,
    /// When the regulator was told.
    pub regulator: Option<SimTime>,
    /// Extra sessions run.
    pub extra: bool,
    /// Indicators are blocked here by its own order.
    blocking: bool,
    /// The national team was called.
    pub called: bool,
    /// Neighbours were asked for people.
    pub aided: bool,
    /// The nation knows.
    pub reported: bool,
    /// Why there is an incident.
    pub cause: Cause,
}

impl Default for Incident {
    fn default() -> Self {
        Self {
            suspected: None,
            declared: None,
            contained: None,
            evicted: None,
            cleared: None,
            fired: 0,
            hunts: 0,
            containing: 0,
            paper: None,
            diverting: false,
            postponing: false,
            sending: false,
            public: false,
            regulator: None,
            extra: false,
            blocking: false,
            called: false,
            aided: false,
            reported: false,
            cause: NO_CAUSE,
        }
    }
}

impl Incident {
    /// Puts indicators in place here.
    pub fn block(&mut self) {
        self.blocking = true;
    }
    /// Whether indicators are in place here, by its own order or everybody's.
    pub fn blocks(&self, nation: &Nation) -> bool {
        self.blocking || nation.indicators.is_some()
    }
}

/// The entity of each organisation, by its id.
#[derive(Resource, Debug, Default)]
pub struct Roster(pub Vec<Entity>);

/// What the system as a whole knows and does.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Nation {
    /// Since when it knows of an attack.
    pub knows: Option<SimTime>,
    /// Since when a national incident is declared.
    pub incident: Option<SimTime>,
    /// Since when indicators are shared with all.
    pub indicators: Option<SimTime>,
    /// Since when the kill switch is known.
    pub kill_switch_known: Option<SimTime>,
    /// Since when it is registered.
    pub kill_switch: Option<SimTime>,
}

/// Organisations that people command: they follow orders, not the playbook.
#[derive(Resource, Clone, Debug, Default)]
pub struct Commanded(pub Vec<bool>);

impl Commanded {
    /// Whether people command it.
    pub fn is(&self, org: OrgId) -> bool {
        self.0.get(org.ix()).copied().unwrap_or(false)
    }
}

/// What nearly every system reads.
#[derive(SystemParam)]
pub struct Ctx<'w> {
    /// Scenario and strategy.
    pub case: Res<'w, Case>,
    /// Parameters.
    pub numbers: Res<'w, Numbers>,
    /// Draws.
    pub luck: Res<'w, Luck>,
    /// Clock.
    pub clock: Res<'w, Clock>,
    /// Chronicle.
    pub chronicle: ResMut<'w, Chronicle>,
}

impl Ctx<'_> {
    /// The estate.
    pub fn estate(&self) -> &Estate {
        &self.case.scenario.estate
    }
    /// An organisation's controls.
    pub fn posture(&self, org: OrgId) -> &Posture {
        &self.case.strategy.postures[org.ix()]
    }
    /// People in an organisation's own team: its responders, times what the strategy makes of the teams that serve others; where it
    /// has none, those on duty.
    pub fn people(&self, org: OrgId) -> f64 {
        let serves = matches!(self.estate().org(org).kind, OrgKind::CareBoard | OrgKind::NationalBody);
        let people =
            self.posture(org).responders * if serves { self.case.strategy.system.teams } else { 1.0 };
        if people > 0.0 { people } else { ON_DUTY }
    }
    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.numbers.0
    }
    /// Key of a draw.
    pub fn draw(&self, purpose: Purpose, subject: u64) -> Key {
        self.luck.draws.key(purpose, subject)
    }
    /// Whether it is a working hour at `t`.
    pub fn office_hours(&self, t: SimTime) -> bool {
        self.case.scenario.calendar.office_hours(t)
    }
    /// Notes an entry of the chronicle.
    pub fn note(&mut self, at: SimTime, what: What, cause: Cause) -> Cause {
        self.chronicle.note(at, what, cause)
    }
}

/// Minutes as a time from now; never zero minutes for what takes time.
pub fn later(now: SimTime, minutes: f64) -> SimTime {
    now.saturating_add(minutes.clamp(0.0, 4e9) as u32)
}
