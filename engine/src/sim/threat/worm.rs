//! Self-spreading code over fleets as metapopulations: binomial leaps of a step.
//!
//! Costs what happens: a leap looks only at segments that hold infected hosts and those next to them. What arrives over the
//! national network can reach everybody, so each segment that is joined to it has a threshold drawn once, in attempts for each of
//! its hosts, and waits in a heap until the attempts that the network has passed on so far cross it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use bevy_ecs::prelude::*;
use rand_distr::{Binomial, Distribution};

use super::{ThreatParams, strike};
use crate::catalogue::event::WayIn;
use crate::catalogue::kinds::{AssetKind, ConnectionKind};
use crate::estate::{AssetId, ConnectionId, Estate, SegmentId};
use crate::scenario::campaign::CampaignKind;
use crate::sim::core::events::ThreatEvent;
use crate::sim::core::run::RunContext;
use crate::sim::core::trace::{Cause, EventKind, NO_CAUSE};
use crate::sim::state::assets::AssetState;
use crate::streams::StreamName;
use crate::units::SimTime;

/// Minutes between leaps.
const LEAP: u32 = 15;
/// The national network: it has no hosts of its own and passes on what it is sent to all who are joined to it.
const NATIONAL: SegmentId = SegmentId(0);

/// The worms of a run, by campaign.
#[derive(Resource, Debug, Default)]
pub(super) struct Worms(Vec<Worm>);

impl Worms {
    /// Back to nothing infected.
    pub fn reset(&mut self, campaigns: usize) {
        self.0.resize_with(campaigns, Worm::default);
        self.0.iter_mut().for_each(Worm::reset);
    }
}

/// One campaign's worm in a run.
#[derive(Debug, Default)]
struct Worm {
    /// Segments that hold infected hosts, in the order in which they were entered.
    live: Vec<SegmentId>,
    /// By segment: whether it is among the live.
    is_live: Vec<bool>,
    /// By segment: attempts that meet each of its hosts in this leap, the strongest single source of them, and why that one is
    /// infected.
    force: Vec<(f64, f64, Cause)>,
    /// Segments that have any.
    forced: Vec<SegmentId>,
    /// Attempts for each host that the national network has passed on so far, before any connection's own share.
    passed_on: f64,
    /// Segments that the national network has not brought it to, each with how much must be passed on until it does: never less
    /// than that, since people only ever close what is open.
    waiting: BinaryHeap<Reverse<(Passed, u32)>>,
    /// Those of them whose turn came while they were cut off.
    cut_off: Vec<(SegmentId, ConnectionId)>,
    /// How often a segment's threshold was drawn.
    drawn: Vec<u32>,
    /// The national network has passed on anything.
    met: bool,
    /// Kinds of assets that it takes, a bit each.
    takes: u32,
    taken: Vec<(AssetId, u32)>,
}

/// A sum of attempts, to be ordered.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Passed(f64);
impl Eq for Passed {}
impl PartialOrd for Passed {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Passed {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Worm {
    /// Back to nothing infected.
    fn reset(&mut self) {
        for s in self.live.drain(..) {
            self.is_live[s.ix()] = false;
        }
        self.forced.clear();
        self.waiting.clear();
        self.cut_off.clear();
        self.drawn.clear();
        (self.passed_on, self.met) = (0.0, false);
    }

    /// Hosts of an asset that it could take now.
    fn open(&self, threat: &ThreatParams, estate: &Estate, a: AssetId) -> u32 {
        let s = threat.infrastructure.assets.get(a);
        let taken = self.takes & 1 << estate.asset(a).kind as u32 != 0;
        if s.is_cut() || !taken { 0 } else { threat.infrastructure.assets.vulnerable(a) }
    }

    /// Hosts of a segment that it could take now.
    fn open_hosts(&self, threat: &ThreatParams, estate: &Estate, segment: SegmentId) -> f64 {
        estate.segments[segment.ix()].assets.iter().map(|a| f64::from(self.open(threat, estate, *a))).sum()
    }

    /// Room for all segments of an estate.
    fn resize(&mut self, segments: usize) {
        self.is_live.resize(segments, false);
        self.force.resize(segments, (0.0, 0.0, NO_CAUSE));
    }

    /// A segment holds an infected host.
    fn enters(&mut self, segment: SegmentId) {
        if !std::mem::replace(&mut self.is_live[segment.ix()], true) {
            self.live.push(segment);
        }
    }

    fn push(&mut self, to: SegmentId, attempts: f64, cause: Cause) {
        let (force, strongest, why) = &mut self.force[to.ix()];
        if *force <= 0.0 {
            self.forced.push(to);
        }
        *force += attempts;
        if attempts > *strongest {
            (*strongest, *why) = (attempts, cause);
        }
    }
}

/// The first infected host; it need not be one of the vulnerable.
pub(super) fn seed(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    campaign: u32,
    door: AssetId,
    cause: Cause,
) {
    let state = threat.infrastructure.assets.get_mut(door);
    let from = if state.vulnerable > 0 { &mut state.vulnerable } else { &mut state.protected };
    if *from == 0 {
        return;
    }
    *from -= 1;
    state.held += 1;
    state.cause = cause;
    let asset = ctx.estate().asset(door);
    threat.ledger.entered(now, asset.owner);
    threat.ledger.held(asset.owner, door);
    let worm = &mut threat.worms.0[campaign as usize];
    worm.resize(ctx.estate().segments.len());
    if let CampaignKind::Worm { takes, .. } = &ctx.setup.scenario.campaigns[campaign as usize].spread {
        let all = if takes.is_empty() { AssetKind::ALL } else { takes };
        worm.takes = all.iter().fold(0, |bits, kind| bits | 1 << *kind as u32);
    }
    let idle = worm.live.is_empty();
    worm.enters(asset.segment);
    if idle {
        threat.events.add(now + LEAP, campaign, ThreatEvent::Leap(campaign));
    }
    strike(ctx, threat, now, campaign, door, 1, cause);
}

/// Hosts of an asset that try addresses: what the payload has taken from its users goes on spreading until it is cut off or restored.
const fn infectious(a: &AssetState) -> u32 {
    if a.is_cut() { 0 } else { (a.held + a.lost).saturating_sub(a.contained) }
}

/// The leaps of this step: one, unless the step is longer than a leap.
pub(super) fn leaps(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, campaign: u32) {
    if threat.nation.kill_switch.is_some() {
        return;
    }
    let mut worm = std::mem::take(&mut threat.worms.0[campaign as usize]);
    let mut at = now;
    while at < ctx.clock.now + ctx.clock.step && !worm.live.is_empty() {
        leap(ctx, threat, &mut worm, at, campaign);
        at += LEAP;
    }
    if !worm.live.is_empty() {
        threat.events.add(at, campaign, ThreatEvent::Leap(campaign));
    }
    threat.worms.0[campaign as usize] = worm;
}

/// New infections of one leap: first computed everywhere from the state before it, then applied.
fn leap(ctx: &mut RunContext, threat: &mut ThreatParams, worm: &mut Worm, now: SimTime, campaign: u32) {
    let scenario = ctx.setup.scenario.clone();
    let estate = &*scenario.estate;
    let (national, loudest) = attempts(ctx, threat, worm, estate);
    // Each host that is joined to the national network is met by as many attempts as any address, times what its own connection lets
    // through.
    let per_host =
        national * ctx.parameters.threat.worm_boundary / ctx.parameters.threat.worm_addresses.max(1.0);
    if per_host > 0.0 {
        if !std::mem::replace(&mut worm.met, true) {
            for c in 0..estate.segments[NATIONAL.ix()].connections.len() {
                wait(ctx, threat, worm, estate, campaign, estate.segments[NATIONAL.ix()].connections[c]);
            }
        }
        for k in 0..worm.live.len() {
            let s = worm.live[k];
            let joined = |c: &&ConnectionId| {
                estate.connections[c.ix()].b == NATIONAL && threat.infrastructure.links.open(**c)
            };
            if let Some(c) = estate.segments[s.ix()].connections.iter().find(joined) {
                worm.push(s, per_host * estate.connections[c.ix()].pass, loudest);
            }
        }
        worm.passed_on += per_host;
    }
    worm.forced.sort_unstable();
    let key = ctx.campaign_key(campaign);
    for &s in &worm.forced {
        for &id in &estate.segments[s.ix()].assets {
            let vulnerable = worm.open(threat, estate, id);
            if vulnerable == 0 {
                continue;
            }
            let p = 1.0 - (-worm.force[s.ix()].0 * shield(ctx, threat, id)).exp();
            let mut rng = ctx
                .stream(StreamName::WormLocal { campaign: key, asset: ctx.asset_key(id), leap: now / LEAP })
                .rng();
            let n = Binomial::new(u64::from(vulnerable), p).map_or(0, |b| b.sample(&mut rng)) as u32;
            if n > 0 {
                worm.taken.push((id, n));
            }
        }
    }
    arrivals(ctx, threat, worm, estate, campaign);
    let mut taken = std::mem::take(&mut worm.taken);
    for (id, n) in taken.drain(..) {
        let asset = estate.asset(id);
        let state = threat.infrastructure.assets.get_mut(id);
        let first = state.held == 0 && state.lost == 0;
        let n = n.min(state.vulnerable);
        state.vulnerable -= n;
        state.held += n;
        worm.enters(asset.segment);
        threat.ledger.held(asset.owner, id);
        let mut cause = threat.infrastructure.assets.get(id).cause;
        if first {
            threat.ledger.entered(now, asset.owner);
            let (force, _, why) = worm.force[asset.segment.ix()];
            cause = if force > 0.0 { why } else { loudest };
            cause = ctx.record(now, EventKind::Entered { org: asset.owner, via: WayIn::Worm }, cause);
            threat.infrastructure.assets.get_mut(id).cause = cause;
        }
        // The payload follows within the leap.
        strike(ctx, threat, now, campaign, id, n, cause);
    }
    worm.taken = taken;
    for s in worm.forced.drain(..) {
        worm.force[s.ix()] = (0.0, 0.0, NO_CAUSE);
    }
    retire(threat, worm, estate);
}

/// The share of attempts that blocked indicators let through to an asset.
fn shield(ctx: &RunContext, threat: &ThreatParams, asset: AssetId) -> f64 {
    let owner = ctx.estate().asset(asset).owner;
    if threat.incidents.get(owner).blocks(&threat.nation) {
        1.0 - ctx.parameters.command.indicators_effect
    } else {
        1.0
    }
}

/// What the live segments send. A share of the attempts goes to the networks that a host knows, its own and those that are routed to
/// it, evenly over their hosts and the empty addresses between them; the rest goes to addresses drawn at random. Gives how many of
/// these go into the national network, and why the one that sends most of them is infected.
fn attempts(ctx: &RunContext, threat: &ThreatParams, worm: &mut Worm, estate: &Estate) -> (f64, Cause) {
    let t = &ctx.parameters.threat;
    let tried = t.worm_attempts * f64::from(LEAP) / 60.0;
    let (mut national, mut loudest) = (0.0, (0.0, NO_CAUSE));
    for k in 0..worm.live.len() {
        let s = worm.live[k];
        let segment = &estate.segments[s.ix()];
        let (mut hosts, mut cause) = (0.0, NO_CAUSE);
        for a in segment
            .assets
            .iter()
            .map(|a| threat.infrastructure.assets.get(*a))
            .filter(|a| a.held + a.lost > 0)
        {
            if cause == NO_CAUSE {
                cause = a.cause;
            }
            hosts += f64::from(infectious(a));
        }
        if hosts <= 0.0 {
            continue;
        }
        // Over a network that is joined to this one, as much gets through as its connection passes and division leaves.
        let joined = |c: &ConnectionId| {
            let connection = &estate.connections[c.ix()];
            let other = if connection.a == s { connection.b } else { connection.a };
            // Routed networks share their addresses; into another organisation's a boundary lets little through.
            let routed = match connection.kind {
                ConnectionKind::Routed => 1.0,
                ConnectionKind::Vpn => t.worm_boundary,
                ConnectionKind::Hosted | ConnectionKind::FederatedIdentity | ConnectionKind::Mail => 0.0,
            };
            let inner = segment.owner == estate.segments[other.ix()].owner;
            let divided = segment.owner.filter(|_| inner).map_or(0.0, |o| ctx.posture(o).segmentation);
            let through = routed * connection.pass * (1.0 - divided);
            (threat.infrastructure.links.open(*c) && through > 0.0).then_some((other, through))
        };
        let around = || segment.connections.iter().filter_map(joined);
        let known = |(other, through): (SegmentId, f64)| {
            if other == NATIONAL { 0.0 } else { f64::from(estate.segments[other.ix()].hosts) * through }
        };
        let reach = f64::from(segment.hosts.max(1)) + around().map(known).sum::<f64>();
        let each = hosts * tried * t.worm_local / (reach * t.worm_sparsity.max(1.0));
        worm.push(s, each, cause);
        for (other, through) in around() {
            if other == NATIONAL {
                let sent = hosts * tried * (1.0 - t.worm_local) * through;
                national += sent;
                if sent > loudest.0 {
                    loudest = (sent, cause);
                }
            } else if each > 0.0 {
                worm.push(other, each * through, cause);
            }
        }
    }
    (national, loudest.1)
}

/// Draws when the national network will bring it over a connection, in what must be passed on from here. Who has no open host now may
/// have one later, when it is switched on again; who is fully patched has none for good.
fn wait(
    ctx: &RunContext,
    threat: &ThreatParams,
    worm: &mut Worm,
    estate: &Estate,
    campaign: u32,
    c: ConnectionId,
) {
    let connection = &estate.connections[c.ix()];
    let weight = connection.pass * worm.open_hosts(threat, estate, connection.a);
    if weight <= 0.0 {
        let assets = &estate.segments[connection.a.ix()].assets;
        if connection.pass > 0.0 && assets.iter().any(|a| threat.infrastructure.assets.vulnerable(*a) > 0) {
            worm.cut_off.push((connection.a, c));
        }
        return;
    }
    worm.drawn.resize(estate.connections.len(), 0);
    let nth = &mut worm.drawn[c.ix()];
    *nth += 1;
    let key = ctx.stream(StreamName::WormNational {
        campaign: ctx.campaign_key(campaign),
        connection: ctx.connection_key(c),
        n: *nth,
    });
    worm.waiting.push(Reverse((Passed(worm.passed_on + key.exponential() / weight), c.0)));
}

/// Those whose threshold is crossed: a first host each, unless it is shielded or cut off.
fn arrivals(ctx: &RunContext, threat: &ThreatParams, worm: &mut Worm, estate: &Estate, campaign: u32) {
    for k in (0..worm.cut_off.len()).rev() {
        let (segment, c) = worm.cut_off[k];
        if threat.infrastructure.links.open(c) && worm.open_hosts(threat, estate, segment) > 0.0 {
            worm.cut_off.swap_remove(k);
            wait(ctx, threat, worm, estate, campaign, c);
        }
    }
    while let Some(Reverse((due, c))) = worm.waiting.peek().copied() {
        if due.0 > worm.passed_on {
            return;
        }
        worm.waiting.pop();
        let c = ConnectionId(c);
        let segment = estate.connections[c.ix()].a;
        if worm.is_live[segment.ix()] {
            continue;
        }
        let hosts = worm.open_hosts(threat, estate, segment);
        if !threat.infrastructure.links.open(c) {
            worm.cut_off.push((segment, c));
            continue;
        }
        if hosts <= 0.0 {
            wait(ctx, threat, worm, estate, campaign, c);
            continue;
        }
        let key = ctx.stream(StreamName::WormNational {
            campaign: ctx.campaign_key(campaign),
            connection: ctx.connection_key(c),
            n: worm.drawn[c.ix()],
        });
        let mut left = key.nth(1).uniform() * hosts;
        let mut door = None;
        for &a in &estate.segments[segment.ix()].assets {
            let open = worm.open(threat, estate, a);
            if open == 0 {
                continue;
            }
            door = Some(a);
            left -= f64::from(open);
            if left <= 0.0 {
                break;
            }
        }
        let Some(door) = door else { continue };
        // What is shielded lets a part of the attempts pass: then the rest of the wait is drawn afresh.
        if key.nth(2).uniform() < shield(ctx, threat, door) {
            worm.taken.push((door, 1));
        } else {
            wait(ctx, threat, worm, estate, campaign, c);
        }
    }
}

/// Segments without infected hosts are live no more; what joins them to the national network may bring it back.
fn retire(threat: &ThreatParams, worm: &mut Worm, estate: &Estate) {
    let Worm { live, is_live, cut_off, .. } = worm;
    live.retain(|s| {
        let segment = &estate.segments[s.ix()];
        let infected =
            segment.assets.iter().map(|a| threat.infrastructure.assets.get(*a)).any(|a| a.held + a.lost > 0);
        if !infected {
            is_live[s.ix()] = false;
            for c in segment.connections.iter().filter(|c| estate.connections[c.ix()].b == NATIONAL) {
                cut_off.push((*s, *c));
            }
        }
        infected
    });
}
