//! How care suffers and copes: capacity from dependencies with their workarounds, diversion, backlog and harm.
//! It wakes once an hour, and only while a service is disturbed or a backlog is open.

pub mod backlog;

use bevy_ecs::prelude::*;

use super::chronicle::What;
use super::clock::{Agenda, Phase};
use super::state::{Assets, Ctx, Incident, Links};
use super::{Ledger, SimBuilder};
use crate::estate::{ConnectionId, Estate, Need, OrgId, ServiceId};
use crate::units::SimTime;
use backlog::Hour;

/// What is due in the phase Care.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    /// The next whole hour.
    Hour,
}

/// A service in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ServiceState {
    /// Share of its usual capacity that it has now.
    pub factor: f64,
    /// Contacts that wait.
    pub backlog: f64,
    /// Contacts that neighbours sent here in the hour that comes.
    pub incoming: f64,
    /// Disturbed, crowded or with a backlog: care looks at it every hour.
    active: bool,
    /// A dependency changed since the last hour.
    dirty: bool,
    /// The chronicle has it as disturbed.
    told: bool,
}

/// A dependency in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
    awake: bool,
    /// Dependencies that use each connection.
    by_connection: Vec<Vec<u32>>,
    relinked: Vec<u32>,
}

impl Care {
    /// Everything undisturbed.
    pub fn reset(&mut self, estate: &Estate) {
        self.services.clear();
        self.services.resize(estate.services.len(), ServiceState { factor: 1.0, ..ServiceState::default() });
        self.links.clear();
        self.links.resize(estate.dependencies.len(), Link { health: 1.0, since: NEVER, paper: NEVER });
        self.modes.clear();
        self.modes.resize(estate.organisations.len(), Mode::default());
        self.active.clear();
        self.relinked.clear();
        (self.sorted, self.awake) = (true, false);
        if self.by_connection.len() != estate.connections.len() {
            self.by_connection = vec![vec![]; estate.connections.len()];
            for (d, dependency) in (0u32..).zip(&estate.dependencies) {
                if let Need::Asset(_, Some(c)) = dependency.on {
                    self.by_connection[c.ix()].push(d);
                }
            }
        }
    }
    /// A connection was cut or joined: dependencies over it are looked at again in this step's care.
    pub fn link_changed(&mut self, _: &Estate, c: ConnectionId) {
        self.relinked.extend_from_slice(&self.by_connection[c.ix()]);
    }
    /// Paper working is ordered at `org` since then.
    pub fn paper(&mut self, estate: &Estate, org: OrgId, since: SimTime) {
        for s in estate.org(org).services.clone() {
            for d in estate.services[s as usize].dependencies.clone() {
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
        let _ = estate;
    }
    fn wake(&mut self, s: ServiceId) {
        let state = &mut self.services[s.ix()];
        state.dirty = true;
        if !state.active {
            state.active = true;
            self.sorted = self.active.last().is_none_or(|l| *l < s) && self.sorted;
            self.active.push(s);
        }
    }
    fn set_health(&mut self, s: ServiceId, d: u32, health: f32, now: SimTime) {
        let link = &mut self.links[d as usize];
        if (link.health - health).abs() < 1e-6 {
            return;
        }
        link.health = health;
        link.since = if health >= 1.0 { NEVER } else { link.since.min(now) };
        self.wake(s);
    }
}

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.agenda::<Due>();
    sim.resource(Care::default());
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
    let now = ctx.clock.now;
    let scenario = ctx.case.scenario.clone();
    let estate = &*scenario.estate;
    let reach = |d: u32, assets: &Assets| match estate.dependencies[d as usize].on {
        Need::Asset(a, c) => {
            if c.is_none_or(|c| links.open(c)) {
                assets.get(a).health
            } else {
                0.0
            }
        }
        Need::Service(_) => 1.0,
    };
    for a in &assets.changed {
        for &(s, d) in &estate.asset(*a).dependents {
            let health = reach(d, &assets);
            care.set_health(s, d, health, now);
        }
    }
    assets.changed.clear();
    for k in 0..care.relinked.len() {
        let d = care.relinked[k];
        let health = reach(d, &assets);
        care.set_health(estate.dependencies[d as usize].service, d, health, now);
    }
    care.relinked.clear();
    let due = agenda.take(now);
    let hour = !due.is_empty();
    agenda.done(due);
    if hour {
        care.awake = false;
        work_hour(&mut ctx, &mut care, &mut ledger, estate, &assets, now);
    }
    if !care.awake && !care.active.is_empty() {
        care.awake = true;
        let minute = (scenario.starts.minute + now) % 60;
        agenda.add(now + 60 - minute, 0, Due::Hour);
    }
}

/// Capacity of a service: the product over its dependencies of 1 − loss·(1 − health)·(1 − workaround).
fn factor(ctx: &Ctx, care: &Care, estate: &Estate, s: ServiceId, now: SimTime) -> f64 {
    let service = estate.service(s);
    let c = &ctx.numbers().care;
    let mut factor = 1.0;
    for d in service.dependencies.clone() {
        let link = &care.links[d as usize];
        if link.health >= 1.0 {
            continue;
        }
        let dep = &estate.dependencies[d as usize];
        let gone = 1.0 - f64::from(link.health);
        let mut workaround = 0.0;
        if dep.workaround > 0.0 {
            let ordered = link.paper <= now;
            let p = ctx.posture(service.owner);
            let since = if ordered { link.since.max(link.paper.min(link.since + 240)) } else { link.since };
            let t = f64::from(now.saturating_sub(since));
            let onset = dep.onset * (1.0 - 0.5 * p.exercised_plans);
            let ramp = if onset > 0.0 { (t / onset).min(1.0) } else { 1.0 };
            let tired = 1.0 - (1.0 - c.tired) * ((t - onset).max(0.0) / dep.tires).min(1.0);
            let ready = c.unready + (1.0 - c.unready) * p.continuity;
            workaround = dep.workaround * ramp * tired * ready * if ordered { 1.0 } else { c.improvised };
        }
        factor *= 1.0 - dep.loss * gone * (1.0 - workaround);
    }
    if factor < 1.0
        && care.modes[service.owner.ix()].sending
        && service.deferrable > 0.5
        && service.divertible > 0.0
    {
        factor += (1.0 - factor) * c.sent_away;
    }
    factor
}

fn work_hour(
    ctx: &mut Ctx,
    care: &mut Care,
    ledger: &mut Ledger,
    estate: &Estate,
    assets: &Assets,
    now: SimTime,
) {
    if !care.sorted {
        care.active.sort_unstable();
        care.sorted = true;
    }
    let how = ctx.case.scenario.starts.hour_of_week(now.saturating_sub(60));
    let mut k = 0;
    // Those who are woken by a service that they depend on come after it in the list and are seen in this hour, or else in the next.
    while k < care.active.len() {
        let s = care.active[k];
        let before = care.services[s.ix()].factor;
        let factor = factor(ctx, care, estate, s, now);
        care.services[s.ix()].factor = factor;
        care.services[s.ix()].dirty = false;
        if (factor - before).abs() > 1e-4 {
            for &(t, d) in &estate.service(s).dependents {
                care.set_health(t, d, factor as f32, now);
            }
        }
        k += 1;
    }
    let c = &ctx.numbers().care.clone();
    let (mut lost_capacity, mut disturbed) = (0.0, 0u32);
    for k in 0..care.active.len() {
        let s = care.active[k];
        let service = estate.service(s);
        let state = care.services[s.ix()];
        let mode = care.modes[service.owner.ix()];
        let demand = service.level * f64::from(estate.profiles[service.profile as usize][how]);
        let usual = demand * (1.0 + service.headroom);
        let lost = service.level * service.harm * (1.0 - state.factor);
        lost_capacity += lost;
        disturbed += u32::from(state.factor < 0.95);
        let extra = if mode.extra { 1.0 + c.extra_sessions } else { 1.0 };
        // Planned care that is put off frees people for what cannot wait elsewhere; here it simply waits.
        let postponed =
            if mode.postponing && service.deferrable > 0.8 && state.factor < 1.0 { c.postponed } else { 0.0 };
        let eased = if mode.postponing && service.deferrable <= 0.8 {
            (1.0 - state.factor) * c.postponed * 0.3
        } else {
            0.0
        };
        let capacity = usual * (state.factor * (1.0 - postponed) + eased) * extra;
        let hour = Hour::of(demand, state.incoming, state.backlog, capacity, service.deferrable);
        let state = &mut care.services[s.ix()];
        state.backlog = hour.backlog;
        // Those who came from elsewhere are people of this hour; who sent them has counted them.
        state.incoming = 0.0;
        let mut diverted = 0.0;
        if hour.urgent > 1e-9 {
            let ordered = if mode.diverting { c.divert_ordered } else { 0.0 };
            let informed = if mode.public { c.informed } else { 0.0 };
            let willing = hour.urgent
                * (service.divertible + (1.0 - service.divertible) * (ordered + informed)).min(1.0);
            let mut left = willing;
            for n in &service.neighbours {
                let there = estate.service(*n);
                let usual = there.level * f64::from(estate.profiles[there.profile as usize][how]);
                let room = (usual * (care.services[n.ix()].factor * (1.0 + there.headroom + c.surge) - 1.0)
                    - care.services[n.ix()].incoming)
                    .max(0.0);
                let sent = left.min(room);
                if sent > 0.0 {
                    care.services[n.ix()].incoming += sent;
                    let over = (care.services[n.ix()].incoming - usual * there.headroom).clamp(0.0, sent);
                    ledger.crowded(over * there.harm * c.crowding_harm);
                    diverted += sent;
                    left -= sent;
                    care.wake(*n);
                }
            }
        }
        let lost_contacts = hour.urgent - diverted;
        ledger.care_hour(
            service,
            &super::ledger::CareHour {
                demand,
                served: hour.served_new,
                diverted,
                deferred: hour.deferred,
                lost: lost_contacts,
                drained: hour.drained,
                waiting: hour.backlog,
                factor: state_factor(care, s),
            },
            c,
        );
        if ctx.chronicle.kept {
            tell(ctx, care, estate, assets, s, now);
        }
    }
    ledger.hour(now, lost_capacity, disturbed);
    let services = &mut care.services;
    care.active.retain(|s| {
        let state = &mut services[s.ix()];
        let stays = state.factor < 1.0 || state.backlog > 1e-6 || state.incoming > 0.0 || state.dirty;
        if !stays {
            state.active = false;
            state.backlog = 0.0;
        }
        stays
    });
    care.sorted = false;
    if care.active.iter().any(|s| care.services[s.ix()].backlog > 1e-6) {
        ledger.backlog_open();
    } else {
        ledger.backlog_clear(now);
    }
}

fn state_factor(care: &Care, s: ServiceId) -> f64 {
    care.services[s.ix()].factor
}

/// Notes in the chronicle when a service is disturbed or whole again, and because of what.
fn tell(ctx: &mut Ctx, care: &mut Care, estate: &Estate, assets: &Assets, s: ServiceId, now: SimTime) {
    let state = care.services[s.ix()];
    if state.factor < 0.9 && !state.told {
        let worst = estate
            .service(s)
            .dependencies
            .clone()
            .max_by(|a, b| {
                let loss = |d: u32| {
                    estate.dependencies[d as usize].loss * f64::from(1.0 - care.links[d as usize].health)
                };
                loss(*a).total_cmp(&loss(*b)).then(b.cmp(a))
            })
            .map(|d| estate.dependencies[d as usize].on);
        let (cause_asset, cause) = match worst {
            Some(Need::Asset(a, _)) => (Some(a), assets.get(a).cause),
            Some(Need::Service(t)) => {
                let is = |w: &What| matches!(w, What::ServiceDisturbed { service, .. } if *service == t);
                (
                    None,
                    ctx.chronicle
                        .events
                        .iter()
                        .rposition(|e| is(&e.what))
                        .map_or(super::chronicle::NO_CAUSE, |i| i as u32),
                )
            }
            None => (None, super::chronicle::NO_CAUSE),
        };
        care.services[s.ix()].told = true;
        ctx.note(now, What::ServiceDisturbed { service: s, factor: state.factor, cause_asset }, cause);
    } else if state.factor > 0.95 && state.told {
        care.services[s.ix()].told = false;
        ctx.note(now, What::ServiceRestored { service: s }, super::chronicle::NO_CAUSE);
    }
}
