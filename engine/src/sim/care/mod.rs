//! How care suffers and copes: capacity from dependencies with their workarounds, diversion, backlog and harm.
//! It wakes once an hour, and only while a service is short of capacity or changing; what is steady, a backlog that
//! drains above all, is counted in closed form.

pub mod backlog;
pub mod calls;
mod capacity;
mod disruption_log;
mod hourly;
mod spill;
mod steady;

use bevy_ecs::prelude::*;

use super::core::builder::{Phase, SimBuilder};
use super::core::events::CareEvent;
use super::core::queue::EventQueue;
use super::core::run::RunContext;
use super::ledger::Ledger;
use super::state::assets::{AssetChanged, Assets};
use super::state::incident::Incident;
use super::state::links::Links;
use crate::estate::{ConnectionId, Estate, Need, OrgId, ServiceId};
use crate::parameters::CareParameters;
use crate::scenario::Scenario;
use crate::units::SimTime;
use backlog::Cumulated;
use calls::Lines;

/// Whether a service is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Cadence {
    /// Nothing is the matter.
    #[default]
    Undisturbed,
    /// Every hour.
    Hourly,
    /// Since the end of hour `began` its share of capacity is what it is; the accounts have it up to the end of hour `settled`.
    Steady { began: u32, settled: u32 },
}

/// A service in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceState {
    /// Share of its usual capacity that it has now.
    pub capacity_share: f64,
    /// Contacts that wait; while it is quiet, those of the hour up to which it is settled.
    pub backlog: f64,
    /// Contacts that neighbours sent, for this hour …
    incoming: f64,
    /// … and for the next.
    sent_here: f64,
    /// Contacts that quiet neighbours send, in an hour of average demand.
    inflow: f64,
    /// While it is quiet: capacity for its own, in units of demand.
    share: f64,
    /// The share of capacity with which those reckon who send to it …
    published_to_senders: f64,
    /// … and those who depend on it, or most of them: whom it touches least hears of it last.
    published_to_dependents: f64,
    cadence: Cadence,
    /// The hour in whose round its capacity is to be computed again.
    again: u32,
    /// The trace has it as disturbed.
    logged: bool,
    /// It is closed, whatever it depends on.
    pub(super) closed: bool,
    /// The run has touched it.
    touched: bool,
    /// It is on the list of those to be looked at in this step.
    stirred: bool,
    /// It sends to neighbours while it is quiet.
    sends: bool,
    /// The minute after that in which it was last looked at while it was quiet.
    looked: u32,
}

impl Default for ServiceState {
    fn default() -> Self {
        Self {
            capacity_share: 1.0,
            backlog: 0.0,
            incoming: 0.0,
            sent_here: 0.0,
            inflow: 0.0,
            share: 1.0,
            published_to_senders: 1.0,
            published_to_dependents: 1.0,
            cadence: Cadence::Undisturbed,
            again: 0,
            logged: false,
            closed: false,
            touched: false,
            stirred: false,
            sends: false,
            looked: 0,
        }
    }
}

/// A dependency in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Link {
    health: f32,
    /// Since when it is not whole.
    since: SimTime,
    /// Since when paper working was ordered.
    paper: SimTime,
}

const NEVER: SimTime = SimTime::MAX;
const WHOLE: Link = Link { health: 1.0, since: NEVER, paper: NEVER };

/// What an organisation has ordered, as far as care is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Mode {
    diverting: bool,
    postponing: bool,
    sending: bool,
    public: bool,
    extra: bool,
}

/// All services of the run.
#[derive(Resource, Debug, Default)]
pub struct Care {
    /// By id.
    pub services: Vec<ServiceState>,
    links: Vec<Link>,
    modes: Vec<Mode>,
    active: Vec<ServiceId>,
    sorted: bool,
    /// An hour is due.
    awake: bool,
    /// Services with a backlog.
    waiting: u32,
    /// What is due later of services that became quiet in this step, by hour.
    planned: Vec<(u32, CareEvent)>,
    /// Services that are quiet no more, up to when they are settled.
    woken: Vec<(ServiceId, u32)>,
    /// What quiet services send on, by id.
    flows: Vec<steady::Flows>,
    /// Services in no hourly round for which a dependency has changed in this step.
    stirred: Vec<ServiceId>,
    /// Services that may be quiet while they are short, by id.
    even: Vec<bool>,
    /// Services whose flows are to be planned afresh in this step.
    replan: Vec<ServiceId>,
    /// Minutes past the hour at which the run starts.
    offset: u32,
    /// By profile.
    cumulated: Vec<Cumulated>,
    /// Dependencies that use each connection.
    by_connection: Vec<Vec<u32>>,
    relinked: Vec<u32>,
    /// Lines of the services that take calls.
    lines: Vec<(ServiceId, Lines)>,
    /// Contacts on their way from one kind of service to another.
    spills: spill::Spills,
    /// What the run has touched: services, dependencies, orders.
    touched: (Vec<ServiceId>, Vec<u32>, Vec<OrgId>),
}

impl Care {
    fn new(scenario: &Scenario) -> Self {
        let estate = &scenario.estate;
        let hours = scenario.horizon / 60 + 2;
        let offset = scenario.calendar.offset();
        let hours: Vec<usize> =
            (0..hours).map(|h| scenario.calendar.hour_of_week((h * 60).saturating_sub(offset))).collect();
        let mut by_connection = vec![vec![]; estate.connections.len()];
        for (d, dependency) in (0u32..).zip(&estate.dependencies) {
            if let Need::Asset(_, Some(c)) = dependency.on {
                by_connection[c.ix()].push(d);
            }
        }
        let cumulated = estate.profiles.iter().map(|p| Cumulated::new(p, &hours)).collect();
        let services = (0u32..).zip(&estate.services);
        let lines =
            services.filter(|(_, s)| s.calls.is_some()).map(|(n, _)| (ServiceId(n), Lines::default()));
        let even = (0..estate.services.len() as u32).map(|s| steady::even(estate, ServiceId(s))).collect();
        Self {
            even,
            services: vec![ServiceState::default(); estate.services.len()],
            flows: vec![steady::Flows::default(); estate.services.len()],
            links: vec![WHOLE; estate.dependencies.len()],
            modes: vec![Mode::default(); estate.organisations.len()],
            by_connection,
            cumulated,
            lines: lines.collect(),
            spills: spill::Spills::new(estate),
            offset,
            ..Self::default()
        }
    }
    /// Everything undisturbed.
    fn reset(&mut self) {
        let (services, links, modes) = &mut self.touched;
        for s in services.drain(..) {
            if self.services[s.ix()].sends {
                self.flows[s.ix()] = steady::Flows::default();
            }
            self.services[s.ix()] = ServiceState::default();
            self.spills.forget(s);
        }
        self.spills.reset();
        links.drain(..).for_each(|d| self.links[d as usize] = WHOLE);
        modes.drain(..).for_each(|o| self.modes[o.ix()] = Mode::default());
        self.active.clear();
        self.relinked.clear();
        self.lines.iter_mut().for_each(|(_, l)| l.reset());
        self.planned.clear();
        self.woken.clear();
        self.replan.clear();
        self.stirred.clear();
        (self.sorted, self.awake, self.waiting) = (true, false, 0);
    }
    fn lines(&mut self, s: ServiceId) -> &mut Lines {
        let at =
            self.lines.binary_search_by_key(&s, |l| l.0).expect("every service that takes calls has lines");
        &mut self.lines[at].1
    }
    /// Contacts that one service has lost and that have not yet turned up at another.
    pub fn on_the_way(&self) -> f64 {
        self.spills.on_the_way()
    }
    /// Whole hours of local time that have ended by `now`, counted from the one in which the run starts.
    fn tick(&self, now: SimTime) -> u32 {
        (self.offset + now) / 60
    }
    /// The minute of the round over the hour that ends at `tick`: the first step that starts when the hour is over. Hours may end
    /// within a step; all that is due at one hour's end must meet in one step.
    fn round(&self, tick: u32, step: u32) -> SimTime {
        (tick * 60 - self.offset).next_multiple_of(step)
    }
    /// A connection was cut or joined: dependencies over it are looked at again in this step's care.
    pub fn link_changed(&mut self, c: ConnectionId) {
        self.relinked.extend_from_slice(&self.by_connection[c.ix()]);
    }
    /// Paper working is ordered at `org` since then.
    pub fn paper(&mut self, estate: &Estate, org: OrgId, since: SimTime) {
        for s in estate.org(org).services.clone().map(ServiceId) {
            if self.services[s.ix()].capacity_share < 1.0 {
                self.activate_and_recompute(s);
            }
            for d in estate.service(s).dependencies.clone() {
                let link = self.link(d);
                link.paper = link.paper.min(since);
            }
        }
    }
    /// The organisation's orders to its services changed.
    pub fn mode(&mut self, estate: &Estate, org: OrgId, i: &Incident) {
        self.touched.2.push(org);
        self.modes[org.ix()] = Mode {
            diverting: i.diverting,
            postponing: i.postponing,
            sending: i.sending,
            public: i.public,
            extra: i.extra,
        };
        for s in estate.org(org).services.clone().map(ServiceId) {
            if self.services[s.ix()].cadence != Cadence::Undisturbed {
                self.activate_and_recompute(s);
            }
        }
    }
    /// A service is closed, or open again.
    pub(super) fn close(&mut self, s: ServiceId, closed: bool) {
        self.activate_and_recompute(s);
        self.services[s.ix()].closed = closed;
    }
    /// A dependency, to change.
    fn link(&mut self, d: u32) -> &mut Link {
        if self.links[d as usize] == WHOLE {
            self.touched.1.push(d);
        }
        &mut self.links[d as usize]
    }
    fn touch(&mut self, s: ServiceId) {
        if !std::mem::replace(&mut self.services[s.ix()].touched, true) {
            self.touched.0.push(s);
        }
    }
    /// A service is in the hourly round from now on, and its capacity is computed again.
    fn activate_and_recompute(&mut self, s: ServiceId) {
        self.services[s.ix()].again = 0;
        self.activate(s);
    }
    /// A service is in the hourly round from now on.
    fn activate(&mut self, s: ServiceId) {
        self.touch(s);
        let state = &mut self.services[s.ix()];
        if state.cadence == Cadence::Hourly {
            return;
        }
        if let Cadence::Steady { settled, .. } = state.cadence {
            self.woken.push((s, settled));
        }
        state.cadence = Cadence::Hourly;
        self.sorted = self.sorted && self.active.last().is_none_or(|l| *l < s);
        self.active.push(s);
    }
    fn sort(&mut self) {
        if !self.sorted {
            self.active.sort_unstable();
            self.sorted = true;
        }
    }
    #[allow(clippy::float_cmp)] // the same inputs give the same bits; anything else is a change
    fn set_health(&mut self, s: ServiceId, d: u32, health: f32, now: SimTime) {
        if self.links[d as usize].health == health {
            return;
        }
        let link = self.link(d);
        link.health = health;
        link.since = if health >= 1.0 { NEVER } else { link.since.min(now) };
        self.touch(s);
        let state = &mut self.services[s.ix()];
        // Who is looked at a second time in a step, because services depend on each other in a circle, waits for the next hour.
        if state.cadence == Cadence::Hourly || state.looked == now + 1 {
            self.activate_and_recompute(s);
        } else if !std::mem::replace(&mut state.stirred, true) {
            self.stirred.push(s);
        }
    }
    fn set_backlog(&mut self, s: ServiceId, backlog: f64) {
        let before = std::mem::replace(&mut self.services[s.ix()].backlog, backlog);
        match (before > 0.0, backlog > 0.0) {
            (false, true) => self.waiting += 1,
            (true, false) => self.waiting -= 1,
            (false, false) | (true, true) => {}
        }
    }
    /// Accounts for all that is quiet, up to `now`; called before the accounts are read.
    pub(super) fn settle_all(
        &mut self,
        estate: &Estate,
        ledger: &mut Ledger,
        c: &CareParameters,
        now: SimTime,
    ) {
        let until = self.tick(now);
        // In the order of their ids, so that sums do not hang on what was touched first.
        self.touched.0.sort_unstable();
        for k in 0..self.touched.0.len() {
            let s = self.touched.0[k];
            self.settle(estate, ledger, c, s, until);
        }
        ledger.backlog(self.waiting > 0, now);
    }
}

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.queue::<CareEvent>();
    let care = Care::new(sim.scenario());
    sim.resource(care);
    sim.systems(Phase::Care, run);
    sim.on_reset(|world| {
        world.resource_mut::<Care>().reset();
    });
}

fn run(
    mut ctx: RunContext,
    mut events: ResMut<EventQueue<CareEvent>>,
    mut care: ResMut<Care>,
    mut changed: ResMut<Messages<AssetChanged>>,
    assets: Res<Assets>,
    links: Res<Links>,
    mut ledger: ResMut<Ledger>,
) {
    let (now, step) = (ctx.clock.now, ctx.clock.step);
    let scenario = ctx.setup.scenario.clone();
    let estate = &*scenario.estate;
    let care = &mut *care;
    let ledger = &mut *ledger;
    look_at_dependencies(care, &mut changed, &assets, &links, estate, now);
    let due = events.take(now);
    let hour = due.iter().find(|d| matches!(d.3, CareEvent::Hour)).map(|d| d.0);
    // Who is woken before an hour's round is in the round, so its drain ends with the hour before.
    let tick = hour.map_or(care.tick(now), |at| care.tick(at));
    let before = tick - u32::from(hour.is_some());
    for due in &due {
        if let CareEvent::Look(s, since) = due.3
            && matches!(care.services[s.ix()].cadence, Cadence::Steady { began, .. } if began == since)
        {
            look(&mut ctx, care, ledger, estate, &assets, s, (now, before));
        }
    }
    let mut refreshed = 0;
    loop {
        for k in 0.. {
            let Some(&s) = care.stirred.get(k) else { break };
            care.services[s.ix()].stirred = false;
            look(&mut ctx, care, ledger, estate, &assets, s, (now, before));
        }
        care.stirred.clear();
        if let Some(at) = hour {
            refreshed = hourly::refresh(&ctx, care, estate, at, refreshed);
        }
        if care.stirred.is_empty() {
            break;
        }
    }
    care.awake &= hour.is_none();
    settle_woken(&ctx, care, ledger, estate, before);
    for &(at, _, _, event) in &due {
        if let CareEvent::Drained(s, since) = event
            && matches!(care.services[s.ix()].cadence, Cadence::Steady { began, .. } if began == since)
        {
            care.settle(estate, ledger, &ctx.parameters.care, s, care.tick(at));
            // What was planned twice in an hour began twice at the same time: only the later plan may say that nothing is the matter.
            let state = &care.services[s.ix()];
            if state.capacity_share >= 1.0 && state.share >= 1.0 && state.backlog <= 0.0 {
                care.services[s.ix()].cadence = Cadence::Undisturbed;
            }
        }
    }
    let any = !due.is_empty();
    events.done(due);
    if let Some(at) = hour {
        hourly::work(&mut ctx, care, ledger, estate, &assets, at);
        settle_woken(&ctx, care, ledger, estate, tick);
        hourly::leave(&ctx, care, estate, tick);
    }
    loop {
        care.plan_all(&ctx, ledger, estate, tick);
        // Who is turned to by those whom others lose is in the round from now on.
        if care.woken.is_empty() {
            break;
        }
        settle_woken(&ctx, care, ledger, estate, tick);
    }
    if any {
        ledger.backlog(care.waiting > 0, now);
    }
    for &(end, due) in &care.planned {
        let (CareEvent::Drained(s, _) | CareEvent::Look(s, _)) = due else { continue };
        events.add(care.round(end, step), s.0, due);
    }
    care.planned.clear();
    if !care.awake && !care.active.is_empty() {
        care.awake = true;
        events.add(care.round(tick + 1, step), 0, CareEvent::Hour);
    }
}

/// Looks at a service that is in no hourly round, and tells what has become of it.
fn look(
    ctx: &mut RunContext,
    care: &mut Care,
    ledger: &mut Ledger,
    estate: &Estate,
    assets: &Assets,
    s: ServiceId,
    at: (SimTime, u32),
) {
    let quiet = care.look(ctx, ledger, estate, s, at);
    if quiet && ctx.trace.kept {
        disruption_log::log_disruption(ctx, care, estate, assets, s, at.0);
    }
}

/// Dependencies on what changed in this step, an asset's health or a connection.
fn look_at_dependencies(
    care: &mut Care,
    changed: &mut Messages<AssetChanged>,
    assets: &Assets,
    links: &Links,
    estate: &Estate,
    now: SimTime,
) {
    let reach = |d: u32| match estate.dependencies[d as usize].on {
        Need::Asset(_, Some(c)) if !links.open(c) => 0.0,
        Need::Asset(a, _) => assets.get(a).health,
        Need::Service(_) => 1.0,
    };
    for AssetChanged(a) in changed.drain() {
        for &(s, d) in &estate.asset(a).dependents {
            care.set_health(s, d, reach(d), now);
        }
    }
    for k in 0..care.relinked.len() {
        let d = care.relinked[k];
        care.set_health(estate.dependencies[d as usize].service, d, reach(d), now);
    }
    care.relinked.clear();
}

fn settle_woken(ctx: &RunContext, care: &mut Care, ledger: &mut Ledger, estate: &Estate, tick: u32) {
    for k in 0..care.woken.len() {
        let (s, since) = care.woken[k];
        care.account(estate, ledger, &ctx.parameters.care, s, since, tick);
        care.withdraw(estate, ledger, &ctx.parameters.care, s, tick);
    }
    care.woken.clear();
}

#[cfg(test)]
mod tests;
