//! How care suffers and copes: capacity from dependencies with their workarounds, diversion, backlog and harm.
//! It wakes once an hour, and only while a service is short of capacity or changing; what is steady, a backlog that
//! drains above all, is counted in closed form.

pub mod backlog;
pub mod calls;
mod capacity;
mod hour;
mod telling;

use bevy_ecs::prelude::*;

use super::clock::{Agenda, Phase};
use super::state::{Assets, Ctx, Incident, Links};
use super::{Ledger, SimBuilder};
use crate::estate::{ConnectionId, Estate, Need, OrgId, Service, ServiceId};
use crate::scenario::Scenario;
use crate::scenario::parameters::CareParameters;
use crate::units::SimTime;
use backlog::Cumulated;
use calls::Lines;

/// What is due in the phase Care.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    /// The next whole hour.
    Hour,
    /// The backlog of a service is gone, if it has been steady since that hour.
    Drained(ServiceId, u32),
    /// A service that has been steady since that hour is to be looked at again.
    Look(ServiceId, u32),
}

/// Whether a service is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Nothing is the matter.
    #[default]
    Calm,
    /// Every hour.
    Active,
    /// Since the end of hour `began` its capacity is what it is, all who come are served, and its backlog, if any, drains; the
    /// accounts have it up to the end of hour `settled`.
    Steady { began: u32, settled: u32 },
}

/// A service in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceState {
    /// Share of its usual capacity that it has now.
    pub factor: f64,
    /// Contacts that wait; while it is steady, those of the hour in which that began.
    pub backlog: f64,
    /// Contacts that neighbours sent, for this hour …
    incoming: f64,
    /// … and for the next.
    sent_here: f64,
    /// Contacts by which its backlog shrinks in an hour of average demand, while it is steady.
    drain_rate: f64,
    /// The capacity that those who depend on it were told.
    passed_on: f32,
    place: Place,
    /// The hour in whose round its capacity is to be computed again.
    again: u32,
    /// The chronicle has it as disturbed.
    told: bool,
    /// It is closed, whatever it depends on.
    pub(super) closed: bool,
}

impl Default for ServiceState {
    fn default() -> Self {
        Self {
            factor: 1.0,
            backlog: 0.0,
            incoming: 0.0,
            sent_here: 0.0,
            drain_rate: 0.0,
            passed_on: 1.0,
            place: Place::Calm,
            again: 0,
            told: false,
            closed: false,
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
    /// What is due later of services that became steady in this step, by hour.
    planned: Vec<(u32, Due)>,
    /// Services that are steady no more, since when they were.
    woken: Vec<(ServiceId, u32)>,
    /// Minutes past the hour at which the run starts.
    offset: u32,
    /// By profile.
    cumulated: Vec<Cumulated>,
    /// Dependencies that use each connection.
    by_connection: Vec<Vec<u32>>,
    relinked: Vec<u32>,
    /// Lines of the services that take calls.
    lines: Vec<(ServiceId, Lines)>,
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
        Self { by_connection, cumulated, lines: lines.collect(), offset, ..Self::default() }
    }
    /// Everything undisturbed.
    fn reset(&mut self, estate: &Estate) {
        self.services.clear();
        self.services.resize(estate.services.len(), ServiceState::default());
        self.links.clear();
        self.links.resize(estate.dependencies.len(), Link { health: 1.0, since: NEVER, paper: NEVER });
        self.modes.clear();
        self.modes.resize(estate.organisations.len(), Mode::default());
        self.active.clear();
        self.relinked.clear();
        self.lines.iter_mut().for_each(|(_, l)| l.reset());
        self.planned.clear();
        self.woken.clear();
        (self.sorted, self.awake, self.waiting) = (true, false, 0);
    }
    fn lines(&mut self, s: ServiceId) -> &mut Lines {
        let at =
            self.lines.binary_search_by_key(&s, |l| l.0).expect("every service that takes calls has lines");
        &mut self.lines[at].1
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
            if self.services[s.ix()].factor < 1.0 {
                self.wake(s);
            }
            for d in estate.service(s).dependencies.clone() {
                let link = &mut self.links[d as usize];
                link.paper = link.paper.min(since);
            }
        }
    }
    /// The organisation's orders to its services changed.
    pub fn mode(&mut self, estate: &Estate, org: OrgId, i: &Incident) {
        self.modes[org.ix()] = Mode {
            diverting: i.diverting,
            postponing: i.postponing,
            sending: i.sending,
            public: i.public,
            extra: i.extra,
        };
        for s in estate.org(org).services.clone().map(ServiceId) {
            if self.services[s.ix()].place != Place::Calm {
                self.wake(s);
            }
        }
    }
    /// A service is closed, or open again.
    pub(super) fn close(&mut self, s: ServiceId, closed: bool) {
        self.services[s.ix()].closed = closed;
        self.wake(s);
    }
    fn wake(&mut self, s: ServiceId) {
        let state = &mut self.services[s.ix()];
        state.again = 0;
        if state.place == Place::Active {
            return;
        }
        if let Place::Steady { settled, .. } = state.place {
            self.woken.push((s, settled));
        }
        state.place = Place::Active;
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
        let link = &mut self.links[d as usize];
        if link.health == health {
            return;
        }
        link.health = health;
        link.since = if health >= 1.0 { NEVER } else { link.since.min(now) };
        self.wake(s);
    }
    fn set_backlog(&mut self, s: ServiceId, backlog: f64) {
        let before = std::mem::replace(&mut self.services[s.ix()].backlog, backlog);
        match (before > 0.0, backlog > 0.0) {
            (false, true) => self.waiting += 1,
            (true, false) => self.waiting -= 1,
            _ => {}
        }
    }
    /// A service is steady from the end of hour `since`, with capacity `share` in units of its demand.
    fn steady_from(&mut self, service: &Service, s: ServiceId, since: u32, share: f64) {
        let rate = service.level * (share - 1.0);
        let state = &mut self.services[s.ix()];
        (state.drain_rate, state.place) = (rate, Place::Steady { began: since, settled: since });
        let (backlog, again) = (state.backlog, state.again);
        if again != u32::MAX {
            self.planned.push((again, Due::Look(s, since)));
        }
        if backlog > 0.0
            && let Some(end) = self.cumulated[service.profile as usize].clears(since, backlog, rate)
        {
            self.planned.push((end, Due::Drained(s, since)));
        }
    }
    /// Accounts for a steady service from the end of hour `since` to that of hour `until`.
    fn settle(
        &mut self,
        estate: &Estate,
        ledger: &mut Ledger,
        c: &CareParameters,
        s: ServiceId,
        since: u32,
        until: u32,
    ) {
        let service = estate.service(s);
        let sums = &self.cumulated[service.profile as usize];
        let state = self.services[s.ix()];
        if state.backlog > 0.0 {
            let drain = sums.drain(since, until, state.backlog, state.drain_rate);
            ledger.drained(service, s, &drain, c);
            self.set_backlog(s, drain.backlog);
        }
        if state.factor < 1.0 {
            ledger.steady(service, state.factor, since, until);
        }
    }
    /// Accounts for all that is steady, up to `now`; called before the accounts are read.
    pub(super) fn settle_all(
        &mut self,
        estate: &Estate,
        ledger: &mut Ledger,
        c: &CareParameters,
        now: SimTime,
    ) {
        let until = self.tick(now);
        for s in (0..self.services.len() as u32).map(ServiceId) {
            if let Place::Steady { began, settled } = self.services[s.ix()].place {
                self.settle(estate, ledger, c, s, settled, until);
                self.services[s.ix()].place = Place::Steady { began, settled: until };
            }
        }
    }
}

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.agenda::<Due>();
    let care = Care::new(sim.scenario());
    sim.resource(care);
    sim.systems(Phase::Care, run);
    sim.on_reset(|world| {
        let scenario = world.resource::<super::state::Case>().scenario.clone();
        world.resource_mut::<Care>().reset(&scenario.estate);
    });
}

fn run(
    mut ctx: Ctx,
    mut agenda: ResMut<Agenda<Due>>,
    mut care: ResMut<Care>,
    mut assets: ResMut<Assets>,
    links: Res<Links>,
    mut ledger: ResMut<Ledger>,
) {
    let (now, step) = (ctx.clock.now, ctx.clock.step);
    let scenario = ctx.case.scenario.clone();
    let estate = &*scenario.estate;
    let care = &mut *care;
    let ledger = &mut *ledger;
    look_at_dependencies(care, &mut assets, &links, estate, now);
    let due = agenda.take(now);
    for due in &due {
        if let Due::Look(s, since) = due.3
            && matches!(care.services[s.ix()].place, Place::Steady { began, .. } if began == since)
        {
            care.wake(s);
        }
    }
    let hour = due.iter().find(|d| matches!(d.3, Due::Hour)).map(|d| d.0);
    // Who is woken before an hour's round is in the round, so its drain ends with the hour before.
    let tick = hour.map_or(care.tick(now), |at| care.tick(at));
    let before = tick - u32::from(hour.is_some());
    if let Some(at) = hour {
        care.awake = false;
        hour::refresh(&ctx, care, estate, at);
    }
    settle_woken(&ctx, care, ledger, estate, before);
    for &(at, _, _, event) in &due {
        if let Due::Drained(s, since) = event
            && let Place::Steady { began, settled } = care.services[s.ix()].place
            && began == since
        {
            let until = care.tick(at);
            care.settle(estate, ledger, &ctx.numbers.0.care, s, settled, until);
            let whole = care.services[s.ix()].factor >= 1.0;
            care.services[s.ix()].place =
                if whole { Place::Calm } else { Place::Steady { began, settled: until } };
        }
    }
    let any = !due.is_empty();
    agenda.done(due);
    if let Some(at) = hour {
        hour::work(&mut ctx, care, ledger, estate, &assets, at);
        settle_woken(&ctx, care, ledger, estate, tick);
        hour::leave(&ctx, care, estate, tick);
    }
    if any {
        ledger.backlog(care.waiting > 0, now);
    }
    for &(end, due) in &care.planned {
        let (Due::Drained(s, _) | Due::Look(s, _)) = due else { continue };
        agenda.add(care.round(end, step), s.0, due);
    }
    care.planned.clear();
    if !care.awake && !care.active.is_empty() {
        care.awake = true;
        agenda.add(care.round(tick + 1, step), 0, Due::Hour);
    }
}

/// Dependencies on what changed in this step, an asset's health or a connection.
fn look_at_dependencies(care: &mut Care, assets: &mut Assets, links: &Links, estate: &Estate, now: SimTime) {
    let reach = |d: u32, assets: &Assets| match estate.dependencies[d as usize].on {
        Need::Asset(_, Some(c)) if !links.open(c) => 0.0,
        Need::Asset(a, _) => assets.get(a).health,
        Need::Service(_) => 1.0,
    };
    for a in &assets.changed {
        for &(s, d) in &estate.asset(*a).dependents {
            care.set_health(s, d, reach(d, assets), now);
        }
    }
    assets.changed.clear();
    for k in 0..care.relinked.len() {
        let d = care.relinked[k];
        care.set_health(estate.dependencies[d as usize].service, d, reach(d, assets), now);
    }
    care.relinked.clear();
}

fn settle_woken(ctx: &Ctx, care: &mut Care, ledger: &mut Ledger, estate: &Estate, tick: u32) {
    for k in 0..care.woken.len() {
        let (s, since) = care.woken[k];
        care.settle(estate, ledger, &ctx.numbers.0.care, s, since, tick);
    }
    care.woken.clear();
}
