//! Self-spreading code over fleets as metapopulations: binomial leaps of a quarter of an hour.

use bevy_ecs::prelude::*;
use rand_distr::{Binomial, Distribution};

use super::{Due, Field, strike};
use crate::draws::{Purpose, pair};
use crate::estate::{AssetId, SegmentId};
use crate::sim::chronicle::{Cause, NO_CAUSE, What};
use crate::sim::state::{Ctx, Incident, Roster};
use crate::units::SimTime;

/// Minutes between leaps.
const LEAP: u32 = 15;

/// What a leap computes with; kept for its memory.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// By segment: attempts that meet each of its hosts.
    force: Vec<f64>,
    /// By segment: the strongest single source of them, and why that one is infected.
    source: Vec<(f64, Cause)>,
    taken: Vec<(AssetId, u32)>,
}

/// The first infected host; it need not be one of the vulnerable.
pub(super) fn seed(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    door: AssetId,
    cause: Cause,
) {
    let state = field.assets.get_mut(door);
    let from = if state.vulnerable > 0 { &mut state.vulnerable } else { &mut state.protected };
    if *from == 0 {
        return;
    }
    *from -= 1;
    state.held += 1;
    state.cause = cause;
    field.intrusions.worm_hosts += 1;
    field.ledger.entered(now, ctx.estate().asset(door).owner);
    field.ledger.held(ctx.estate().asset(door).owner, door);
    let first = field.intrusions.worm_hosts == 1;
    if first {
        field.agenda.add(now + LEAP, campaign, Due::Leap(campaign));
    }
}

/// Hosts that try addresses in a segment.
fn active(ctx: &Ctx, field: &Field, segment: SegmentId) -> f64 {
    let live = |a: &AssetId| {
        let s = field.assets.get(*a);
        if s.off || s.isolated { 0.0 } else { f64::from(s.held) }
    };
    ctx.estate().segments[segment.ix()].assets.iter().map(live).sum()
}

/// The leaps of this step: one, unless the step is longer than a leap.
pub(super) fn leaps(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    incidents: &Query<&Incident>,
    roster: &Roster,
) {
    if field.nation.kill_switch.is_some() {
        return;
    }
    let mut at = now;
    while at < ctx.clock.now + ctx.clock.step {
        if !leap(ctx, field, at, campaign, incidents, roster) {
            field.intrusions.worm_hosts = 0;
            return;
        }
        at += LEAP;
    }
    field.agenda.add(at, campaign, Due::Leap(campaign));
}

/// New infections of one leap: first computed everywhere from the state before it, then applied. False when no host is left
/// that spreads it.
fn leap(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    incidents: &Query<&Incident>,
    roster: &Roster,
) -> bool {
    let scenario = ctx.case.scenario.clone();
    let estate = &scenario.estate;
    let t = &ctx.numbers().threat;
    // The national network has no hosts of its own: it passes on what it is sent, to all who are joined to it.
    let attempts = t.worm_attempts * f64::from(LEAP) / 60.0;
    let Scratch { mut force, mut source, mut taken } = std::mem::take(&mut field.intrusions.worm);
    force.clear();
    force.resize(estate.segments.len(), 0.0);
    source.clear();
    source.resize(estate.segments.len(), (0.0, NO_CAUSE));
    let mut push = |to: SegmentId, attempts: f64, cause: Cause| {
        force[to.ix()] += attempts;
        if attempts > source[to.ix()].0 {
            source[to.ix()] = (attempts, cause);
        }
    };
    let per_host = |s: SegmentId| 1.0 / (f64::from(estate.segments[s.ix()].hosts.max(1)) * t.worm_sparsity);
    let (mut national, mut loudest) = (0.0, (0.0, NO_CAUSE));
    for s in (0..estate.segments.len() as u32).map(SegmentId) {
        let hosts = active(ctx, field, s);
        if hosts <= 0.0 {
            continue;
        }
        let segment = &estate.segments[s.ix()];
        let infected = segment.assets.iter().map(|a| field.assets.get(*a)).find(|a| a.held > 0);
        let cause = infected.map_or(NO_CAUSE, |a| a.cause);
        push(s, hosts * attempts * t.worm_local * per_host(s), cause);
        let open = || segment.connections.iter().filter(|c| field.links.open(**c));
        let ways = open().count() as f64;
        for c in open() {
            let connection = &estate.connections[c.ix()];
            let other = if connection.a == s { connection.b } else { connection.a };
            let inner = segment.owner == estate.segments[other.ix()].owner;
            let divided = segment.owner.filter(|_| inner).map_or(0.0, |o| ctx.posture(o).segmentation);
            let sent = hosts * attempts * (1.0 - t.worm_local) * connection.pass * (1.0 - divided) / ways;
            if other == SegmentId(0) {
                national += sent;
                if sent > loudest.0 {
                    loudest = (sent, cause);
                }
            } else {
                push(other, sent * per_host(other), cause);
            }
        }
    }
    if national > 0.0 {
        let joined = || {
            let open = estate.segments[0].connections.iter().filter(|c| field.links.open(**c));
            open.map(|c| &estate.connections[c.ix()])
        };
        let hosts: f64 = joined().map(|c| f64::from(estate.segments[c.a.ix()].hosts)).sum();
        for c in joined() {
            push(c.a, national * c.pass / (hosts.max(1.0) * t.worm_sparsity), loudest.1);
        }
    }
    let mut any = false;
    for (i, asset) in (0u32..).zip(&estate.assets) {
        let id = AssetId(i);
        let state = field.assets.get(id);
        any |= state.held > 0 && !state.off && !state.isolated;
        let incident = incidents.get(roster.0[asset.owner.ix()]).expect("every organisation has an incident");
        let shield = if incident.blocking { 1.0 - ctx.numbers().command.indicators_effect } else { 1.0 };
        let pressure = force[asset.segment.ix()] * shield;
        if state.vulnerable == 0 || pressure <= 0.0 || state.off || state.isolated {
            continue;
        }
        let p = 1.0 - (-pressure).exp();
        let mut rng = ctx.draw(Purpose::WormLocal, pair(campaign, i)).nth(u64::from(now / LEAP)).rng();
        let n = Binomial::new(u64::from(state.vulnerable), p).map_or(0, |b| b.sample(&mut rng)) as u32;
        if n > 0 {
            taken.push((id, n));
        }
    }
    for (id, n) in taken.drain(..) {
        let state = field.assets.get_mut(id);
        let first = state.held == 0 && state.lost == 0;
        state.vulnerable -= n;
        state.held += n;
        field.intrusions.worm_hosts += u64::from(n);
        let owner = estate.asset(id).owner;
        field.ledger.held(owner, id);
        let mut cause = field.assets.get(id).cause;
        if first {
            field.ledger.entered(now, owner);
            cause = source[estate.asset(id).segment.ix()].1;
            cause = ctx.note(now, What::Entered { org: owner, via: "the worm (T1210)" }, cause);
            field.assets.get_mut(id).cause = cause;
        }
        // The payload follows within the leap: half of what is held goes down now, the rest goes on trying addresses.
        let hosts = field.assets.get(id).held.div_ceil(2);
        strike(ctx, field, now, campaign, id, hosts, cause);
    }
    field.intrusions.worm = Scratch { force, source, taken };
    any
}
