//! How a campaign begins and gets in: at each organisation it tries each way in, again and again, for a time or a number of tries. The
//! control against it decides once whether the way in is open to the campaign there at all, and then try by try.

use super::entry_point::entry_point;
use super::operator::{self, Foothold};
use super::{ThreatParams, outage, worm};
use crate::catalogue::event::WayIn;
use crate::catalogue::technique::{EntryKind, Stage};
use crate::estate::OrgId;
use crate::estate::posture::Posture;
use crate::parameters::ThreatParameters;
use crate::random::{Quantile, Resolve, Resolver};
use crate::scenario::campaign::{Campaign, CampaignKind};
use crate::sim::core::events::ThreatEvent;
use crate::sim::core::run::{RunContext, later};
use crate::sim::core::trace::{EventKind, NO_CAUSE};
use crate::sim::state::intrusions::MOST_ENTRIES;
use crate::streams::{Stream, StreamName, Streams};
use crate::units::{DAY, SimTime};

/// The control against a way in, in [0, 1].
fn control(via: EntryKind, p: &Posture, t: &ThreatParameters) -> f64 {
    match via {
        EntryKind::Phishing => p.phishing_resistance,
        EntryKind::ExposedService => {
            (p.patching * (1.0 - p.unsupported)).max(p.secure_design * t.exposed_by_design)
        }
        EntryKind::StolenCredential => p.multi_factor,
        EntryKind::SupplierCompromise => p.supplier_assurance,
        EntryKind::RemovableMedia => p.endpoint_detection,
        EntryKind::Insider => p.leadership * t.insider_deterred,
        EntryKind::Update => p.supplier_assurance * t.update_assured,
    }
}

/// A campaign begins.
pub(super) fn begin(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, n: u32) {
    let scenario = ctx.setup.scenario.clone();
    let campaign = &scenario.campaigns[n as usize];
    threat.ledger.begun(now);
    let mut with = Resolver::new(ctx.streams.replicate);
    match &campaign.spread {
        CampaignKind::Operator { .. } | CampaignKind::Worm { .. } => {
            enter_later(ctx, threat, now, n, campaign);
            if let CampaignKind::Worm { kill_switch: Some(found), .. } = &campaign.spread {
                let after = found
                    .resolve(with.on(&campaign.id).and("kill switch"))
                    .at(ctx.stream(StreamName::KillSwitch { campaign: ctx.campaign_key(n) }).uniform());
                threat.events.add(later(now, after), n, ThreatEvent::KillSwitch);
            }
        }
        CampaignKind::Supplier { supplier, carries_on } => {
            let cause = ctx.record(now, EventKind::Began { campaign: n }, NO_CAUSE);
            let carries = carries_on.resolve(with.on(&campaign.id).and("carries on"));
            operator::lose_supplier(ctx, threat, now, n, *supplier, carries, cause);
        }
        CampaignKind::Outage { at, spec } => outage::begin(ctx, threat, now, n, at, spec),
        CampaignKind::Flood { at, assets, intensity, lasts } => {
            let until = (
                intensity.resolve(with.on(&campaign.id).and("intensity")),
                lasts.resolve(with.on(&campaign.id).and("lasts")),
            );
            outage::flood(ctx, threat, now, n, (at, assets), until);
        }
    }
}

/// When a campaign begins.
pub(super) fn begins(campaign: &Campaign, replicate: Streams) -> Quantile {
    campaign.begins.resolve(Resolver::new(replicate).on(&campaign.id))
}

/// Share of what a control stops that it stops for the whole campaign.
const fn for_good(via: EntryKind, t: &ThreatParameters) -> f64 {
    match via {
        EntryKind::ExposedService
        | EntryKind::StolenCredential
        | EntryKind::SupplierCompromise
        | EntryKind::Update => t.shut_for_good,
        EntryKind::Phishing | EntryKind::RemovableMedia | EntryKind::Insider => t.shut_for_good_people,
    }
}

/// A campaign's tries of one way in at one organisation.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Tries {
    /// Tries a minute.
    rate: f64,
    /// Chance that each succeeds, where the way in is not shut.
    success: f64,
    /// Minutes for which they go on.
    lasts: f64,
    /// How many there are at most.
    most: f64,
}

/// Tries up to which each has its own time; later ones come at the mean pace of these.
const EACH: u64 = 1000;

impl Tries {
    /// Minutes until the try that comes after `n` others.
    fn at(&self, n: f64, stream: Stream) -> f64 {
        let own = (n as u64).min(EACH);
        let gaps = |upto: u64| (0..=upto).map(|k| gap(stream, k)).sum::<f64>();
        let sum = if n > EACH as f64 { gaps(EACH) * (n + 1.0) / (EACH + 1) as f64 } else { gaps(own) };
        sum / self.rate
    }
    /// Minutes until the first of them that succeeds, if one does. A higher chance of success is never later with the same `stream`.
    fn succeed(&self, stream: Stream) -> Option<f64> {
        if self.rate <= 0.0 || self.success <= 0.0 {
            return None;
        }
        // How many fail first is geometric, by its quantile function.
        let failures = if self.success >= 1.0 {
            0.0
        } else {
            (stream.nth(FAILURES).uniform().ln() / (-self.success).ln_1p()).floor()
        };
        if failures >= self.most {
            return None;
        }
        let at = self.at(failures, stream);
        (at < self.lasts).then_some(at)
    }
    /// How many of them there were within so many minutes.
    fn made(&self, within: f64, stream: Stream) -> f64 {
        let (mut at, mut n) = (0.0, 0);
        while n < EACH {
            at += gap(stream, n) / self.rate;
            if at > within {
                return (n as f64).min(self.most);
            }
            n += 1;
        }
        (n as f64 * within / at.max(1e-9)).floor().min(self.most)
    }
}

/// Which draw of an entry's stream says how many tries fail.
const FAILURES: u64 = u64::MAX;

/// Time between tries, in their mean: the first is the stream's own number, as if there were no control.
fn gap(stream: Stream, n: u64) -> f64 {
    if n == 0 { stream.exponential() } else { stream.nth(n).exponential() }
}

/// The tries of a way in at an organisation, and whether they can succeed at all: a control shuts it for the whole campaign with a
/// chance of its own, and stops the rest try by try. Together they stop the share that the control stops of single tries.
/// `streams` are those by which the campaign began.
fn tries(ctx: &RunContext, streams: Streams, n: u32, e: u32, org: OrgId) -> Option<Tries> {
    let campaign = &ctx.setup.scenario.campaigns[n as usize];
    let entry = &campaign.entries[e as usize];
    let mut with = Resolver::new(ctx.streams.replicate);
    let per_day = entry.per_day.resolve(with.on(&campaign.id).and(entry.via.label()));
    let key = (ctx.campaign_key(n), ctx.entry_key(n, e));
    let t = &ctx.parameters.threat;
    let stops = |p: &Posture| t.control_effect * control(entry.via, p, t);
    let shuts = |p: &Posture| for_good(entry.via, t) * stops(p);
    let posture = ctx.posture(org);
    let luck = StreamName::EntryShut { campaign: key.0, entry: key.1, organisation: ctx.org_key(org) };
    let mut u = streams.stream(luck).uniform();
    if entry.found {
        // That it is open as things stand is known: what is drawn lies beyond what shuts it there.
        let today = shuts(&ctx.estate().org(org).posture);
        u = today + (1.0 - today) * u;
    }
    if u < shuts(posture) {
        return None;
    }
    let lasts = entry.lasts.as_ref().map_or(f64::INFINITY, |lasts| {
        let lasts = lasts.resolve(with.on(&campaign.id).and(entry.via.label()).and("lasts"));
        lasts.at(streams.stream(StreamName::EntryLasts { campaign: key.0, entry: key.1 }).uniform())
    });
    let most = entry.attempts.as_ref().map_or(f64::INFINITY, |attempts| {
        attempts.resolve(with.on(&campaign.id).and(entry.via.label()).and("attempts")).round()
    });
    let success = (1.0 - stops(posture)) / (1.0 - shuts(posture)).max(1e-12);
    Some(Tries { rate: per_day / f64::from(DAY), success, lasts, most })
}

/// The organisations at which a way in is tried, in a list that is given back to `meant`: all that are meant, or so many of them, drawn
/// for each campaign.
fn targets(
    ctx: &RunContext,
    threat: &mut ThreatParams,
    streams: Streams,
    n: u32,
    e: u32,
) -> Vec<(u64, OrgId)> {
    let entry = &ctx.setup.scenario.campaigns[n as usize].entries[e as usize];
    let mut at = std::mem::take(&mut threat.intrusions.meant);
    at.clear();
    at.extend(entry.at.iter().map(|o| (0, *o)));
    if let Some(targets) = entry.targets {
        let (campaign, entry) = (ctx.campaign_key(n), ctx.entry_key(n, e));
        for (luck, o) in &mut at {
            let name = StreamName::EntryTarget { campaign, entry, organisation: ctx.org_key(*o) };
            *luck = streams.stream(name).bits();
        }
        at.sort_unstable();
        at.truncate(targets as usize);
    }
    at
}

/// What decides when a way in is tried at an organisation.
fn stream(ctx: &RunContext, streams: Streams, n: u32, e: u32, org: OrgId) -> Stream {
    let (campaign, entry) = (ctx.campaign_key(n), ctx.entry_key(n, e));
    streams.stream(StreamName::Entry { campaign, entry, organisation: ctx.org_key(org) })
}

/// Plans the first try that succeeds of each way in at each organisation.
fn enter_later(ctx: &RunContext, threat: &mut ThreatParams, now: SimTime, n: u32, campaign: &Campaign) {
    threat.intrusions.began[n as usize] = Some(now);
    let streams = ctx.streams.current;
    for e in 0..campaign.entries.len().min(MOST_ENTRIES) as u32 {
        let mut at = targets(ctx, threat, streams, n, e);
        for (_, org) in at.drain(..) {
            let Some(tries) = tries(ctx, streams, n, e, org) else { continue };
            if let Some(after) = tries.succeed(stream(ctx, streams, n, e, org)) {
                let event = ThreatEvent::Enter { campaign: n, entry: e, org };
                threat.events.add(later(now, after), org.0, event);
            }
        }
        threat.intrusions.meant = at;
    }
}

/// In a fork: the tries that are still to come are drawn afresh. Where a campaign tries, what is shut to it, and how many tries it has made
/// are as they were. `pending` are the ways in that were to succeed.
pub(super) fn fork(ctx: &RunContext, threat: &mut ThreatParams, now: SimTime, pending: &[(u32, u32, OrgId)]) {
    let scenario = ctx.setup.scenario.clone();
    let past = ctx.streams.replicate;
    for (n, campaign) in (0u32..).zip(&scenario.campaigns) {
        let Some(began) = threat.intrusions.began[n as usize] else { continue };
        let elapsed = f64::from(now.saturating_sub(began));
        for e in 0..campaign.entries.len().min(MOST_ENTRIES) as u32 {
            for (_, org) in targets(ctx, threat, past, n, e) {
                let Some(tries) = tries(ctx, past, n, e, org) else { continue };
                let before = stream(ctx, past, n, e, org);
                let over = tries.succeed(before).is_some_and(|at| later(began, at) < ctx.clock.end);
                if over && !pending.contains(&(n, e, org)) {
                    continue;
                }
                let left = Tries {
                    lasts: tries.lasts - elapsed,
                    most: tries.most - tries.made(elapsed, before),
                    ..tries
                };
                if let Some(after) = left.succeed(stream(ctx, ctx.streams.current, n, e, org)) {
                    let event = ThreatEvent::Enter { campaign: n, entry: e, org };
                    threat.events.add(later(now, after), org.0, event);
                }
            }
        }
    }
}

/// A way in that succeeds, unless it is stopped.
pub(super) fn enter(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    campaign: u32,
    entry: u32,
    org: OrgId,
) {
    let scenario = ctx.setup.scenario.clone();
    let spec = &scenario.campaigns[campaign as usize].entries[entry as usize];
    let worm = matches!(scenario.campaigns[campaign as usize].spread, CampaignKind::Worm { .. });
    // A registered kill switch stops the worm at the door too.
    if worm && threat.nation.kill_switch.is_some() {
        return;
    }
    // An entry of any kind counts towards each entry's own limit only.
    if *threat.intrusions.successes(campaign, entry) >= spec.most || threat.intrusions.ever(campaign, org) {
        return;
    }
    let blocked = threat.incidents.get(org).blocks(&threat.nation)
        && ctx
            .stream(StreamName::EntryBlocked {
                campaign: ctx.campaign_key(campaign),
                organisation: ctx.org_key(org),
            })
            .uniform()
            < ctx.parameters.command.indicators_effect;
    let door = entry_point(ctx, spec.via, org);
    let Some(door) = door.filter(|d| {
        !blocked
            && !threat.infrastructure.assets.get(*d).off
            && !threat.infrastructure.assets.get(*d).isolated
    }) else {
        return;
    };
    *threat.intrusions.successes(campaign, entry) += 1;
    let cause = ctx.record(now, EventKind::Entered { org, via: WayIn::Entry(spec.via) }, NO_CAUSE);
    if matches!(scenario.campaigns[campaign as usize].spread, CampaignKind::Worm { .. }) {
        worm::seed(ctx, threat, now, campaign, door, cause);
    } else {
        let phished = spec.via == EntryKind::Phishing;
        let foothold = Foothold { campaign, org, door, phished, stage: Stage::Foothold };
        operator::foothold(ctx, threat, now, foothold, cause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of 20,000 campaigns that get in within `days`, at tries a day, where this much of single tries is stopped, `for_good` of it for
    /// the whole campaign.
    fn share(per_day: f64, days: f64, stops: f64, for_good: f64, most: f64) -> f64 {
        let shuts = for_good * stops;
        let n = 20_000u32;
        let gets_in = (0..n).filter(|k| {
            let streams = Streams::new(5, u64::from(*k));
            let (campaign, entry) = (1, 1);
            let shut = StreamName::EntryShut { campaign, entry, organisation: 0 };
            let tries = Tries {
                rate: per_day / f64::from(DAY),
                success: (1.0 - stops) / (1.0 - shuts),
                lasts: days * f64::from(DAY),
                most,
            };
            let stream = streams.stream(StreamName::Entry { campaign, entry, organisation: 0 });
            streams.stream(shut).uniform() >= shuts && tries.succeed(stream).is_some()
        });
        gets_in.count() as f64 / f64::from(n)
    }

    /// Four standard errors of a share of 20,000.
    const NEAR: f64 = 0.0142;

    #[test]
    fn a_control_keeps_out_a_share_of_campaigns_however_often_they_try() {
        for (per_day, days) in [(1.5, 60.0), (0.05, 60.0), (500.0, 300.0)] {
            let open: f64 = 1.0 - f64::exp(-per_day * days);
            assert!(
                (share(per_day, days, 0.0, 0.9, f64::INFINITY) - open).abs() < NEAR,
                "the law without a control"
            );
            // In closed form: open to the campaign, and then exponential at the lower rate.
            let (stops, for_good) = (0.95, 0.9);
            let success = (1.0 - stops) / (1.0 - for_good * stops);
            let expected = (1.0 - for_good * stops) * (1.0 - f64::exp(-per_day * days * success));
            let full = share(per_day, days, stops, for_good, f64::INFINITY);
            assert!((full - expected).abs() < NEAR, "{per_day} a day: {full} for {expected}");
            assert!(1.0 - full / open > 0.84, "{per_day} a day: of {open} gets in {full}");
        }
        // Decided try by try, as it once was, a control that stops nineteen in twenty stops hardly anybody who tries ninety times.
        assert!(share(1.5, 60.0, 0.95, 0.0, f64::INFINITY) > 0.98);
    }

    #[test]
    fn tries_have_a_number() {
        // Three tries, each of which succeeds with a half, with time enough.
        let three = share(1.5, 6000.0, 0.5, 0.0, 3.0);
        assert!((three - 0.875).abs() < NEAR, "{three}");
    }

    #[test]
    fn more_chance_of_success_is_never_later() {
        for k in 0..2000 {
            let stream = Streams::new(1, k).stream(StreamName::Test { n: 1 });
            let at = |success: f64| {
                let tries = Tries { rate: 0.01, success, lasts: 9e5, most: f64::INFINITY };
                tries.succeed(stream).unwrap_or(f64::INFINITY)
            };
            let times = [0.0, 1e-5, 0.01, 0.2, 0.5, 0.9, 1.0].map(at);
            assert!(times.windows(2).all(|t| t[1] <= t[0]), "{times:?}");
            assert!(
                (times[6] - stream.exponential() / 0.01).abs() < 1e-9,
                "the first try is the threshold's own"
            );
        }
    }

    #[test]
    fn tries_that_were_made_are_counted() {
        for k in 0..500 {
            let stream = Streams::new(2, k).stream(StreamName::Test { n: 2 });
            let tries = Tries { rate: 0.01, success: 0.5, lasts: f64::INFINITY, most: 7.0 };
            for n in [0.0, 1.0, 5.0] {
                let at = tries.at(n, stream);
                assert!((tries.made(at + 1e-6, stream) - (n + 1.0)).abs() < 1e-9);
                assert!((tries.made(at - 1e-6, stream) - n).abs() < 1e-9);
            }
            assert!((tries.made(1e9, stream) - 7.0).abs() < 1e-9);
        }
    }
}
