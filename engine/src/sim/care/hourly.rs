//! The hourly round over disturbed services: how much each can do, who is served, who is sent to a neighbour, who waits.

use crate::estate::{Estate, Service, ServiceId};
use crate::parameters::CareParameters;
use crate::sim::care::backlog::Hour;
use crate::sim::care::{Care, Mode, capacity, disruption_log};
use crate::sim::core::run::RunContext;
use crate::sim::ledger::Ledger;
use crate::sim::ledger::entries::CareHour;
use crate::sim::state::assets::Assets;
use crate::streams::StreamName;
use crate::units::SimTime;

/// A change by so much of a service's capacity is not felt by those who depend on it, or send to it.
const PROPAGATION_TOLERANCE: f64 = 5e-3;

pub(super) fn work(
    ctx: &mut RunContext,
    care: &mut Care,
    ledger: &mut Ledger,
    estate: &Estate,
    assets: &Assets,
    now: SimTime,
) {
    let tick = care.tick(now);
    let hour_of_week =
        ctx.setup.scenario.calendar.hour_of_week((care.tick(now) * 60 - care.offset).saturating_sub(1));
    // Those sent on in this hour arrive in the next, whoever stands where in the list.
    for k in 0..care.active.len() {
        let s = care.active[k];
        let state = &mut care.services[s.ix()];
        let quiet =
            state.inflow * f64::from(estate.profiles[estate.service(s).profile as usize][hour_of_week]);
        state.incoming = std::mem::take(&mut state.sent_here) + quiet;
    }
    let (mut lost_capacity, mut disturbed) = (0.0, 0u32);
    for k in 0..care.active.len() {
        let s = care.active[k];
        let service = estate.service(s);
        let state = care.services[s.ix()];
        let mode = care.modes[service.owner.ix()];
        let c = &ctx.parameters.care;
        let own = service.level * f64::from(estate.profiles[service.profile as usize][hour_of_week]);
        let capacity = own * usual_capacity(service, mode, state.capacity_share, c);
        let arrived = care.spills.arrive(estate, c, s, (tick, hour_of_week));
        let demand = own + arrived;
        // Calls are met one by one while the service is disturbed; one that only takes others' callers answers as ever while it can.
        let disturbed_here = state.capacity_share < 1.0 || state.incoming > 0.0;
        let (hour, demand, waited) =
            if let Some(handling) = service.calls.filter(|_| own > 0.0 && disturbed_here) {
                let left = (capacity - state.incoming).max(0.0);
                let stream = ctx.stream(StreamName::Calls { service: ctx.service_key(s), hour: tick });
                let usual = own * (1.0 + service.headroom);
                let calls = care.lines(s).hour(f64::from(tick - 1), demand, (usual, left), handling, stream);
                (Hour::of_calls(&calls, state.backlog, left, service.deferrable), calls.arrived, calls.waited)
            } else {
                let hour = Hour::of(demand, state.incoming, state.backlog, capacity, service.deferrable);
                (hour, demand, 0.0)
            };
        care.set_backlog(s, hour.backlog);
        let diverted = if hour.urgent > 1e-9 {
            divert(care, ledger, estate, s, hour.urgent, hour_of_week, c)
        } else {
            0.0
        };
        let lost = hour.urgent - diverted;
        let spilled = if lost > 1e-9 { spill(care, estate, s, (lost, tick), c) } else { 0.0 };
        lost_capacity += service.level * ledger.weight_of(service) * (1.0 - state.capacity_share);
        disturbed += u32::from(state.capacity_share < CareHour::DISTURBED);
        ledger.care_hour(
            (service, s),
            tick,
            &CareHour {
                demand,
                served: hour.served_new,
                diverted,
                deferred: hour.deferred,
                lost: lost - spilled,
                spilled,
                // As many calls as came by chance stand for those who were expected.
                arrived,
                drained: hour.drained,
                waiting: hour.backlog + waited,
                capacity_share: state.capacity_share,
                on_hold: waited,
            },
            c,
        );
        if ctx.trace.kept {
            disruption_log::log_disruption(ctx, care, estate, assets, s, now);
        }
    }
    ledger.hour(tick, lost_capacity, disturbed);
}

/// Capacity factors of all active services; those who are woken by one that they depend on are seen in the same round.
/// Gives how many it has looked at, to go on from there.
pub(super) fn refresh(
    ctx: &RunContext,
    care: &mut Care,
    estate: &Estate,
    now: SimTime,
    from: usize,
) -> usize {
    if from == 0 {
        care.sort();
    }
    let tick = care.tick(now);
    let mut k = from;
    while k < care.active.len() {
        let s = care.active[k];
        k += 1;
        let state = care.services[s.ix()];
        if state.again > tick {
            continue;
        }
        let (capacity_share, again) = capacity::capacity_share(ctx, care, estate, s, now);
        care.services[s.ix()].again = tick.saturating_add(again);
        changed(care, estate, s, capacity_share, now);
    }
    k
}

/// A service has this share of its usual capacity: those who depend on it and those who send to it feel a change.
pub(super) fn changed(care: &mut Care, estate: &Estate, s: ServiceId, capacity_share: f64, now: SimTime) {
    let state = &mut care.services[s.ix()];
    state.capacity_share = capacity_share;
    let whole = capacity_share >= 1.0;
    if (capacity_share - state.published_to_senders).abs() <= PROPAGATION_TOLERANCE
        && !(whole && state.published_to_senders < 1.0)
    {
        return;
    }
    state.published_to_senders = capacity_share;
    care.mark_senders_dirty(estate, s);
    let service = estate.service(s);
    let state = &mut care.services[s.ix()];
    if (capacity_share - state.published_to_dependents).abs() * service.needed <= PROPAGATION_TOLERANCE
        && !(whole && state.published_to_dependents < 1.0)
    {
        return;
    }
    state.published_to_dependents = capacity_share;
    for &(t, d) in estate.dependents(service) {
        let logged = f64::from(care.links[d as usize].health);
        let change = (capacity_share - logged).abs() * estate.dependencies[d as usize].loss;
        if change > PROPAGATION_TOLERANCE || (whole && logged < 1.0) {
            care.set_health(t, d, capacity_share as f32, now);
        }
    }
}

/// Capacity in units of the hour's demand.
pub(super) fn usual_capacity(service: &Service, mode: Mode, capacity_share: f64, c: &CareParameters) -> f64 {
    let extra = if mode.extra { 1.0 + c.extra_sessions } else { 1.0 };
    let mut share = capacity_share;
    if mode.postponing && capacity_share < 1.0 {
        // Planned care that is put off waits, and frees people for what cannot wait; so much of it as is wanted for that.
        if service.deferrable > c.planned_from {
            let wanted = ((1.0 - capacity_share) / c.postponed_fully.max(1e-6)).min(1.0);
            share *= 1.0 - c.postponed * wanted;
        } else {
            share += (1.0 - capacity_share) * c.postponed * c.freed;
        }
    }
    (1.0 + service.headroom) * share * extra
}

/// Share of those who can neither be served nor wait who go to neighbours, if they have room.
pub(super) fn sent_on(service: &Service, mode: Mode, c: &CareParameters) -> f64 {
    let ordered = if mode.diverting { c.divert_ordered } else { 0.0 };
    let informed = if mode.public { c.informed } else { 0.0 };
    (service.divertible + (1.0 - service.divertible) * (ordered + informed)).min(1.0)
}

/// Sends those who can be sent to neighbours with room; returns how many.
fn divert(
    care: &mut Care,
    ledger: &mut Ledger,
    estate: &Estate,
    s: ServiceId,
    urgent: f64,
    hour_of_week: usize,
    c: &CareParameters,
) -> f64 {
    let service = estate.service(s);
    let mode = care.modes[service.owner.ix()];
    let willing = urgent * sent_on(service, mode, c);
    let mut left = willing;
    for n in service.neighbours.iter() {
        if left <= 0.0 {
            break;
        }
        let there = estate.service(*n);
        let usual = there.level * f64::from(estate.profiles[there.profile as usize][hour_of_week]);
        let state = &care.services[n.ix()];
        let taken = state.sent_here + usual * state.inflow / there.level.max(1e-12);
        let room = (usual * (state.capacity_share * (1.0 + there.headroom + c.surge) - 1.0) - taken).max(0.0);
        let sent = left.min(room);
        if sent > 0.0 {
            care.activate(*n);
            let state = &mut care.services[n.ix()];
            let over = (taken + sent - usual * there.headroom).clamp(0.0, sent);
            state.sent_here += sent;
            ledger.received(*n, sent);
            ledger.crowded(there, *n, over * c.crowding_harm);
            left -= sent;
        }
    }
    willing - left
}

/// Those lost at a service who turn up at another kind of service later; returns how many.
fn spill(
    care: &mut Care,
    estate: &Estate,
    s: ServiceId,
    (lost, tick): (f64, u32),
    c: &CareParameters,
) -> f64 {
    let mut all = 0.0;
    for (to, share) in care.spills.ways(estate, c, s) {
        let contacts = lost * share;
        if contacts > 0.0 {
            care.spills.lost(c, to, tick, contacts);
            care.activate(to);
            all += contacts;
        }
    }
    all.min(lost)
}

/// Those whose share of capacity stays what it is leave the round.
pub(super) fn leave(ctx: &RunContext, care: &mut Care, estate: &Estate, tick: u32) {
    let c = &ctx.parameters.care;
    let mut active = std::mem::take(&mut care.active);
    active.retain(|s| {
        let state = care.services[s.ix()];
        if state.again <= tick + 1 || state.sent_here > 0.0 || care.spills.expected(*s) {
            return true;
        }
        let service = estate.service(*s);
        let share = usual_capacity(service, care.modes[service.owner.ix()], state.capacity_share, c);
        if share < 1.0 && !care.even[s.ix()] {
            return true;
        }
        care.enter_steady(*s, tick);
        false
    });
    care.active = active;
}
