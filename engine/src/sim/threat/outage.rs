//! Nobody's attack, and floods: assets that fail together and mend, or are swamped for a time.

use super::strike::account;
use super::{ThreatParams, strike};
use crate::catalogue::event::{Damage, Suspicion};
use crate::catalogue::kinds::AssetKind;
use crate::estate::{AssetId, OrgId, ServiceId};
use crate::random::{Quantile, Resolve, Resolver};
use crate::scenario::campaign::HostImpact;
use crate::scenario::campaign::OutageSpec;
use crate::sim::core::events::ThreatEvent;
use crate::sim::core::run::{RunContext, later};
use crate::sim::core::trace::{EventKind, NO_CAUSE};
use crate::sim::state::intrusions::AssetStruck;
use crate::strategy::playbook::Trigger;
use crate::streams::StreamName;
use crate::units::SimTime;

/// Assets fail at some of the organisations, as it rolls out.
pub(super) fn begin(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    campaign: u32,
    at: &[OrgId],
    spec: &OutageSpec,
) {
    let scenario = ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    let cause = ctx.record(now, EventKind::Began { campaign }, NO_CAUSE);
    let mut with = Resolver::new(ctx.streams.replicate);
    let organisations =
        spec.organisations.resolve(with.on(&scenario.campaigns[campaign as usize].id).and("organisations"));
    let share = spec.share.resolve(with.on(&scenario.campaigns[campaign as usize].id).and("share"));
    let mends = spec
        .mends
        .as_ref()
        .map(|m| m.resolve(with.on(&scenario.campaigns[campaign as usize].id).and("mends")));
    for &org in at {
        // Who assures suppliers takes updates in rings and is hit less often.
        let key = ctx.stream(StreamName::RolloutReaches {
            campaign: ctx.campaign_key(campaign),
            organisation: ctx.org_key(org),
        });
        if key.uniform()
            >= organisations
                * (1.0 - ctx.parameters.threat.rollout_assured * ctx.posture(org).supplier_assurance)
        {
            continue;
        }
        for a in estate.assets_of(org).filter(|a| spec.assets.contains(&estate.asset(*a).kind)) {
            let key = ctx.stream(StreamName::Rollout {
                campaign: ctx.campaign_key(campaign),
                asset: ctx.asset_key(a),
            });
            let hosts = (f64::from(estate.asset(a).hosts) * share.at(key.uniform())).round() as u32;
            let moment = later(now, key.nth(1).uniform() * f64::from(spec.roll_out.get()));
            if moment == now {
                strike(ctx, threat, now, campaign, a, hosts, cause);
            } else {
                threat.events.add(moment, a.0, ThreatEvent::Strike { campaign, asset: a, hosts, cause });
            }
            if let Some(mends) = &mends {
                threat.events.add(
                    later(moment, mends.at(key.nth(2).uniform()).max(1.0)),
                    a.0,
                    ThreatEvent::Mend(a),
                );
            }
        }
    }
}

/// An asset fails as a whole, for `lasts` minutes, because somebody asks what its loss means.
pub(super) fn fail(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    asset: AssetId,
    lasts: u32,
) {
    let state = threat.infrastructure.assets.get_mut(asset);
    let before = state.down();
    state.lose(u32::MAX, HostImpact::Failed);
    state.mends = true;
    let hosts = state.down() - before;
    let cause = ctx.record(now, EventKind::AssetLost { asset, how: Damage::Failed, hosts }, NO_CAUSE);
    account(ctx, threat, now, (asset, hosts), HostImpact::Failed, cause);
    threat.events.add(now + lasts, asset.0, ThreatEvent::Mend(asset));
}

/// A service closes for `lasts` minutes; its people notice as they would notice systems that are down.
pub(super) fn close(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    service: ServiceId,
    lasts: u32,
) {
    let org = ctx.estate().service(service).owner;
    threat.ledger.impact(now);
    threat.care.close(service, true);
    threat.events.add(now + lasts, service.0, ThreatEvent::Open(service));
    let noticed = ctx
        .parameters
        .detection
        .encryption_noticed
        .at(ctx.stream(StreamName::Notice { organisation: ctx.org_key(org) }).uniform());
    let at = later(now, noticed);
    threat.news.suspect(at, org, Suspicion::ServiceClosed, NO_CAUSE);
    threat.news.learn(at, org, Trigger::Impact, NO_CAUSE);
}

/// It opens again.
pub(super) fn open(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, service: ServiceId) {
    threat.care.close(service, false);
    let org = ctx.estate().service(service).owner;
    threat.news.recovered(ctx, &threat.infrastructure.assets, now, org, NO_CAUSE);
}

/// Failed hosts mend by themselves.
pub(super) fn mend(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, asset: AssetId) {
    let state = threat.infrastructure.assets.get_mut(asset);
    state.mends = false;
    if state.failed == 0 {
        return;
    }
    state.protected += state.failed;
    state.failed = 0;
    ctx.record(now, EventKind::AssetBack { asset }, state.cause);
    let estate = ctx.setup.scenario.clone();
    threat.infrastructure.refresh(&estate.estate, asset);
    threat.news.mended(ctx, &threat.infrastructure, &threat.intrusions, now, asset);
}

/// Kinds of assets at organisations are swamped: a share of what they can do is taken for a time.
pub(super) fn flood(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    campaign: u32,
    (at, kinds): (&[OrgId], &[AssetKind]),
    (intensity, lasts): (f64, Quantile),
) {
    let scenario = ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    let cause = ctx.record(now, EventKind::Began { campaign }, NO_CAUSE);
    for &org in at {
        let until = later(
            now,
            lasts.at(ctx
                .stream(StreamName::Flood {
                    campaign: ctx.campaign_key(campaign),
                    organisation: ctx.org_key(org),
                })
                .uniform()),
        );
        for a in estate.assets_of(org).filter(|a| kinds.contains(&estate.asset(*a).kind)) {
            threat.infrastructure.assets.get_mut(a).flooded = intensity as f32;
            let cause = ctx.record(
                now,
                EventKind::AssetLost { asset: a, how: Damage::Flooded, hosts: estate.asset(a).hosts },
                cause,
            );
            threat.infrastructure.assets.get_mut(a).cause = cause;
            threat.ledger.impact(now);
            threat.infrastructure.refresh(estate, a);
            threat.asset_struck.write(AssetStruck { at: now, asset: a, cause });
            threat.events.add(until, a.0, ThreatEvent::FloodEnds(a));
        }
    }
}

/// A flood ends.
pub(super) fn flood_ends(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, asset: AssetId) {
    let state = threat.infrastructure.assets.get_mut(asset);
    state.flooded = 0.0;
    ctx.record(now, EventKind::AssetBack { asset }, state.cause);
    let scenario = ctx.setup.scenario.clone();
    threat.infrastructure.refresh(&scenario.estate, asset);
}
