//! Nobody's attack, and floods: assets that fail together and mend, or are swamped for a time.

use super::{Due, Field, account, strike};
use crate::draws::{Purpose, pair};
use crate::estate::kinds::AssetKind;
use crate::estate::{AssetId, OrgId, ServiceId};
use crate::scenario::Loss;
use crate::scenario::random::{Param, Random, Resolve, Resolver};
use crate::scenario::spec::OutageSpec;
use crate::sim::chronicle::{NO_CAUSE, What};
use crate::sim::command;
use crate::sim::state::{Ctx, later};
use crate::strategy::playbook::Trigger;
use crate::units::{Share, SimDuration, SimTime};

pub(super) fn begin(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    at: &[OrgId],
    spec: &OutageSpec,
) {
    let scenario = ctx.case.scenario.clone();
    let estate = &scenario.estate;
    let cause = ctx.note(now, What::Began { campaign }, NO_CAUSE);
    let mut with = Resolver::new(ctx.luck.of_replicate);
    let organisations =
        spec.organisations.resolve(with.on(&scenario.campaigns[campaign as usize].id).and("organisations"));
    let share = spec.share.resolve(with.on(&scenario.campaigns[campaign as usize].id).and("share"));
    let mends = spec
        .mends
        .as_ref()
        .map(|m| m.resolve(with.on(&scenario.campaigns[campaign as usize].id).and("mends")));
    for &org in at {
        // Who assures suppliers takes updates in rings and is hit less often.
        let key = ctx.draw(Purpose::Rollout, pair(campaign, org.0));
        if key.uniform() >= organisations * (1.0 - 0.5 * ctx.posture(org).supplier_assurance) {
            continue;
        }
        for a in estate.assets_of(org).filter(|a| spec.assets.contains(&estate.asset(*a).kind)) {
            let key = ctx.draw(Purpose::Rollout, pair(campaign + 1000, a.0));
            let hosts = (f64::from(estate.asset(a).hosts) * share.at(key.uniform())).round() as u32;
            let moment = later(now, key.nth(1).uniform() * f64::from(spec.roll_out.get()));
            if moment == now {
                strike(ctx, field, now, campaign, a, hosts, cause);
            } else {
                field.agenda.add(moment, a.0, Due::Strike { campaign, asset: a, hosts, cause });
            }
            if let Some(mends) = &mends {
                field.agenda.add(later(moment, mends.at(key.nth(2).uniform()).max(1.0)), a.0, Due::Mend(a));
            }
        }
    }
}

/// An asset fails as a whole, for `lasts` minutes, because somebody asks what its loss means.
pub(super) fn fail(ctx: &mut Ctx, field: &mut Field, now: SimTime, asset: AssetId, lasts: u32) {
    let state = field.assets.get_mut(asset);
    let before = state.down();
    state.lose(u32::MAX, Loss::Failed);
    let hosts = state.down() - before;
    let cause = ctx.note(now, What::AssetLost { asset, how: "failed", hosts }, NO_CAUSE);
    account(ctx, field, now, (asset, hosts), Loss::Failed, cause);
    field.agenda.add(now + lasts, asset.0, Due::Mend(asset));
}

/// A service closes for `lasts` minutes; its people notice as they would notice systems that are down.
pub(super) fn close(ctx: &mut Ctx, field: &mut Field, now: SimTime, service: ServiceId, lasts: u32) {
    let org = ctx.estate().service(service).owner;
    field.ledger.impact(now);
    field.care.close(service, true);
    field.agenda.add(now + lasts, service.0, Due::Open(service));
    let noticed =
        ctx.numbers().detection.encryption_noticed.at(ctx.draw(Purpose::Notice, pair(org.0, 0)).uniform());
    let at = later(now, noticed);
    field.command.add(at, org.0, command::Due::Suspect(org, "a service had to close", NO_CAUSE));
    field.command.add(at, org.0, command::Due::Learn(org, Trigger::Impact, NO_CAUSE));
}

pub(super) fn mend(ctx: &mut Ctx, field: &mut Field, now: SimTime, asset: AssetId) {
    let state = field.assets.get_mut(asset);
    if state.failed == 0 {
        return;
    }
    state.protected += state.failed;
    state.failed = 0;
    ctx.note(now, What::AssetBack { asset }, state.cause);
    let estate = ctx.case.scenario.clone();
    field.assets.refresh(&estate.estate, asset);
    super::super::command::mended(ctx, &mut field.command, &field.assets, now, asset);
}

pub(super) fn flood(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    at: &[OrgId],
    kinds: &[AssetKind],
    intensity: &Param<Share>,
    lasts: &Random<SimDuration>,
) {
    let scenario = ctx.case.scenario.clone();
    let estate = &scenario.estate;
    let cause = ctx.note(now, What::Began { campaign }, NO_CAUSE);
    let mut with = Resolver::new(ctx.luck.of_replicate);
    let intensity = intensity.resolve(with.on(&scenario.campaigns[campaign as usize].id).and("intensity"));
    let lasts = lasts.resolve(with.on(&scenario.campaigns[campaign as usize].id).and("lasts"));
    for &org in at {
        let until = later(now, lasts.at(ctx.draw(Purpose::Rollout, pair(campaign, org.0)).uniform()));
        for a in estate.assets_of(org).filter(|a| kinds.contains(&estate.asset(*a).kind)) {
            field.assets.get_mut(a).flooded = intensity as f32;
            let cause = ctx.note(
                now,
                What::AssetLost { asset: a, how: "flooded", hosts: estate.asset(a).hosts },
                cause,
            );
            field.assets.get_mut(a).cause = cause;
            field.ledger.impact(now);
            field.assets.refresh(estate, a);
            field.intrusions.struck.push((now, a, cause));
            field.agenda.add(until, a.0, Due::FloodEnds(a));
        }
    }
}

pub(super) fn flood_ends(ctx: &mut Ctx, field: &mut Field, now: SimTime, asset: AssetId) {
    let state = field.assets.get_mut(asset);
    state.flooded = 0.0;
    ctx.note(now, What::AssetBack { asset }, state.cause);
    let scenario = ctx.case.scenario.clone();
    field.assets.refresh(&scenario.estate, asset);
}
