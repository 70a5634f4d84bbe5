//! People at keyboards: from a foothold to control of identity, to the next organisation, to detonation.

use bevy_ecs::prelude::*;

use super::{Due, Field, Intrusion, Stage, strike};
use crate::draws::{Purpose, pair};
use crate::estate::kinds::{AssetKind, ConnectionKind, OrgKind};
use crate::estate::{AssetId, ConnectionId, OrgId};
use crate::scenario::Spread;
use crate::scenario::random::{Quantile, Resolve, Resolver};
use crate::sim::chronicle::{Cause, What};
use crate::sim::state::{Ctx, Incident, Roster, later};
use crate::units::SimTime;

/// A first host in an organisation; where others' sign-in is trusted there, the crew is as far as its accounts carry it.
pub(super) fn foothold(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    org: OrgId,
    door: AssetId,
    phished: bool,
    cause: Cause,
    stage: Stage,
) {
    let n = field.intrusions.all.len() as u32;
    let threshold = ctx.draw(Purpose::Detection, pair(campaign, org.0)).exponential();
    field.intrusions.all.push(Intrusion {
        campaign,
        org,
        stage,
        since: now,
        stage_since: now,
        foothold: door,
        due: now,
        frozen: None,
        generation: 0,
        evicted: false,
        phished,
        cause,
        threshold,
        integrated: 0.0,
        integrated_to: now,
        noticed: false,
    });
    field.ledger.entered(now, org);
    hold(ctx, field, door, 1);
    field.intrusions.changed.push(n);
    plan(ctx, field, now, n);
}

/// The intruder holds some of an asset's hosts.
fn hold(ctx: &Ctx, field: &mut Field, asset: AssetId, hosts: u32) {
    let state = field.assets.get_mut(asset);
    let vulnerable = hosts.min(state.vulnerable);
    let protected = (hosts - vulnerable).min(state.protected);
    state.vulnerable -= vulnerable;
    state.protected -= protected;
    state.held += vulnerable + protected;
    field.ledger.held(ctx.estate().asset(asset).owner, asset);
}

/// Schedules the end of the current stage.
fn plan(ctx: &Ctx, field: &mut Field, now: SimTime, n: u32) {
    let i = &mut field.intrusions.all[n as usize];
    let u = ctx.draw(Purpose::Stage, pair(i.campaign, i.org.0)).nth(i.stage as u64).uniform();
    let Some((wait, factor)) = stage_wait(ctx, i) else { return };
    let since = later(now, sleep(ctx, i, n));
    (i.stage_since, i.due) = (since, later(since, wait.at(u) * factor));
    i.generation += 1;
    field.agenda.add(i.due, n, Due::Advance { intrusion: n, generation: i.generation });
}

/// Minutes for which an intrusion lies still: the first of a campaign may, before it goes on from its foothold.
fn sleep(ctx: &Ctx, i: &Intrusion, n: u32) -> f64 {
    let campaign = &ctx.case.scenario.campaigns[i.campaign as usize];
    let Spread::Operator { sleeps: Some(sleeps), .. } = &campaign.spread else { return 0.0 };
    if n > 0 || i.stage != Stage::Foothold {
        return 0.0;
    }
    let mut with = Resolver::new(ctx.luck.of_replicate);
    let u = ctx.draw(Purpose::Sleep, u64::from(i.campaign)).uniform();
    sleeps.resolve(with.on(&campaign.id).and("sleeps")).at(u)
}

/// How long the intruder's stage takes: a distribution, and by how much controls lengthen it.
pub(super) fn stage_wait<'c>(ctx: &'c Ctx, i: &Intrusion) -> Option<(&'c Quantile, f64)> {
    let (t, p) = (&ctx.numbers().threat, ctx.posture(i.org));
    let detection = 1.0 + t.endpoint_detection_slows * p.endpoint_detection;
    let factor = 1.0 + t.multi_factor_slows * p.multi_factor;
    let (wait, slowed) = match i.stage {
        Stage::Foothold => (&t.discovery, 1.0),
        Stage::Discovery => (&t.credentials, factor),
        Stage::Credentials => (&t.lateral, 1.0 + t.segmentation_slows * p.segmentation),
        Stage::Lateral => (&t.identity, factor),
        Stage::Identity => (&t.theft, 1.0),
        Stage::Theft => (&t.sabotage, 1.0),
        Stage::Ready | Stage::Detonated => return None,
    };
    Some((wait, slowed * detection))
}

pub(super) fn advance(ctx: &mut Ctx, field: &mut Field, now: SimTime, n: u32, generation: u32) {
    let i = field.intrusions.all[n as usize];
    if i.generation != generation || i.evicted || i.frozen.is_some() || i.stage >= Stage::Ready {
        return;
    }
    let stage = i.stage.next();
    let cause = ctx.note(now, What::Reached { org: i.org, stage: stage.label() }, i.cause);
    let i = &mut field.intrusions.all[n as usize];
    (i.stage, i.cause) = (stage, cause);
    let (campaign, org) = (i.campaign, i.org);
    field.intrusions.changed.push(n);
    let scenario = ctx.case.scenario.clone();
    let estate = &scenario.estate;
    let take = |kinds: &[AssetKind], field: &mut Field, share: f64| {
        for a in estate.assets_of(org).filter(|a| kinds.contains(&estate.asset(*a).kind)) {
            hold(ctx, field, a, ((f64::from(estate.asset(a).hosts) * share).ceil() as u32).max(1));
        }
    };
    match stage {
        Stage::Lateral => take(&[AssetKind::Endpoints, AssetKind::Servers], field, 0.03),
        Stage::Identity => {
            take(&[AssetKind::Identity], field, 0.5);
            carry_later(ctx, field, now, n);
        }
        Stage::Theft if scenario.campaigns[campaign as usize].payload.steals => {
            steal(ctx, field, now, n);
        }
        Stage::Ready => {
            take(&[AssetKind::Backup], field, 0.5);
            if field.intrusions.detonation[campaign as usize].is_none() {
                let at = good_hour(ctx, field, now, campaign);
                field.intrusions.detonation[campaign as usize] = Some(at);
                field.agenda.add(at, n, Due::Detonate(campaign));
            } else if field.intrusions.detonation[campaign as usize].is_some_and(|d| d <= now) {
                detonate_org(ctx, field, now, n, 1.0);
            }
        }
        _ => {}
    }
    plan(ctx, field, now, n);
}

fn steal(ctx: &mut Ctx, field: &mut Field, now: SimTime, n: u32) {
    let i = field.intrusions.all[n as usize];
    let share = ctx
        .numbers()
        .threat
        .theft_share
        .at(ctx.draw(Purpose::Theft, pair(i.campaign, i.org.0)).uniform())
        .min(1.0);
    let records: f64 =
        ctx.estate().assets_of(i.org).map(|a| ctx.estate().asset(a).records).sum::<f64>() * share;
    if records > 0.0 {
        ctx.note(now, What::RecordsTaken { org: i.org, records }, i.cause);
        field.ledger.taken(i.org, records);
    }
}

/// Patience runs out, then the next hour when few people watch, for most crews.
fn good_hour(ctx: &Ctx, field: &Field, now: SimTime, campaign: u32) -> SimTime {
    let t = &ctx.numbers().threat;
    let key = ctx.draw(Purpose::NightWait, u64::from(campaign));
    let first = field.intrusions.all.iter().filter(|i| i.campaign == campaign).map(|i| i.since).min();
    let dwelt = later(first.unwrap_or(now), t.dwell.at(key.nth(2).uniform()));
    let mut at = later(now, t.patience.at(key.uniform())).max(dwelt);
    if key.nth(1).uniform() < t.prefers_night {
        while ctx.office_hours(at) {
            at += 60;
        }
    }
    at.max(now + 1)
}

/// From control of identity, each connection may carry the intruder on after a delay of its own.
fn carry_later(ctx: &Ctx, field: &mut Field, now: SimTime, n: u32) {
    let i = field.intrusions.all[n as usize];
    let t = &ctx.numbers().threat;
    for &c in &ctx.estate().org(i.org).connections {
        let Some(target) = ctx.estate().other_end(c, i.org) else { continue };
        let connection = &ctx.estate().connections[c.ix()];
        if target == i.org || connection.pass <= 0.0 {
            continue;
        }
        let ease = match connection.kind {
            ConnectionKind::FederatedIdentity => 1.0,
            ConnectionKind::Vpn => 0.7,
            ConnectionKind::Routed => 0.4,
            ConnectionKind::Hosted => 0.3,
            ConnectionKind::Mail => 0.15,
        };
        let p = ctx.posture(target);
        // A supplier's doors are as open as its customers' assurance leaves them.
        let assured = if ctx.estate().org(i.org).kind == OrgKind::Supplier {
            1.0 - 0.8 * p.supplier_assurance
        } else {
            1.0
        };
        let rate = connection.pass / 0.04 * ease * assured * (1.0 - t.control_effect * p.multi_factor);
        if rate > 1e-6 {
            let minutes = t
                .next_organisation
                .at(ctx.draw(Purpose::SpreadDelay, pair(i.campaign << 20 | c.0, target.0)).uniform())
                / rate;
            field.agenda.add(later(now, minutes), c.0, Due::Carry { intrusion: n, connection: c.0 });
        }
    }
}

pub(super) fn carry(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    n: u32,
    c: u32,
    incidents: &Query<&Incident>,
    roster: &Roster,
) {
    let i = field.intrusions.all[n as usize];
    let c = ConnectionId(c);
    let Some(target) = ctx.estate().other_end(c, i.org) else { return };
    let crew = match ctx.case.scenario.campaigns[i.campaign as usize].spread {
        Spread::Operator { crew, .. } => crew as usize,
        _ => usize::MAX,
    };
    let busy = field
        .intrusions
        .all
        .iter()
        .filter(|o| o.campaign == i.campaign && !o.evicted && o.stage < Stage::Ready)
        .count();
    let incident = incidents.get(roster.0[target.ix()]).expect("every organisation has an incident");
    let blocked = incident.blocks(&field.nation)
        && ctx.draw(Purpose::CarryOn, pair(i.campaign, target.0)).uniform()
            < ctx.numbers().command.indicators_effect;
    let gone = i.evicted || i.frozen.is_some() || i.stage == Stage::Detonated && crew != usize::MAX;
    if gone || blocked || busy >= crew || !field.links.open(c) || field.intrusions.ever(i.campaign, target) {
        return;
    }
    let Some(door) = super::door(ctx, crate::scenario::spec::EntryKind::SupplierCompromise, target) else {
        return;
    };
    if field.assets.get(door).off || field.assets.get(door).isolated {
        return;
    }
    let cause = ctx.note(now, What::CarriedOn { org: target, from: i.org }, i.cause);
    // Who controls a sign-in that others trust comes to them with accounts that work there, as far as they trust it.
    let connection = &ctx.estate().connections[c.ix()];
    let known = connection.kind == ConnectionKind::FederatedIdentity
        && ctx.draw(Purpose::CarryOn, pair(i.campaign, target.0)).nth(1).uniform() < connection.pass;
    let stage = if known { Stage::Lateral } else { Stage::Foothold };
    foothold(ctx, field, now, i.campaign, target, door, false, cause, stage);
}

pub(super) fn detonate(ctx: &mut Ctx, field: &mut Field, now: SimTime, campaign: u32) {
    for n in 0..field.intrusions.all.len() as u32 {
        let i = field.intrusions.all[n as usize];
        if i.campaign == campaign
            && i.stage >= Stage::Identity
            && i.stage < Stage::Detonated
            && !i.evicted
            && i.frozen.is_none()
        {
            detonate_org(ctx, field, now, n, 1.0);
        }
    }
}

pub(super) fn detonate_early(ctx: &mut Ctx, field: &mut Field, now: SimTime, n: u32) {
    let i = field.intrusions.all[n as usize];
    if i.evicted || i.frozen.is_some() || i.stage < Stage::Lateral || i.stage == Stage::Detonated {
        return;
    }
    // Without identity it reaches only where it has been.
    detonate_org(ctx, field, now, n, if i.stage >= Stage::Identity { 1.0 } else { 0.4 });
}

/// Plans which of an organisation's assets are struck, and when: encryption takes hours, so cutting off saves the rest.
fn detonate_org(ctx: &mut Ctx, field: &mut Field, now: SimTime, n: u32, reach: f64) {
    let i = field.intrusions.all[n as usize];
    let cause = ctx.note(now, What::Detonated { org: i.org }, i.cause);
    let i = &mut field.intrusions.all[n as usize];
    (i.stage, i.cause) = (Stage::Detonated, cause);
    let i = *i;
    field.intrusions.changed.push(n);
    let (t, p) = (&ctx.numbers().threat, ctx.posture(i.org));
    // How thorough a crew is, it is everywhere.
    let coverage = t.coverage.at(ctx.draw(Purpose::Coverage, u64::from(i.campaign)).uniform()) * reach;
    let spread_over =
        t.encryption_time.at(ctx.draw(Purpose::AssetMoment, pair(i.campaign, i.org.0)).uniform());
    let home = ctx.estate().asset(i.foothold).segment;
    for a in ctx.estate().assets_of(i.org) {
        let asset = ctx.estate().asset(a);
        let mut chance = coverage;
        if asset.segment != home {
            chance *= 1.0 - t.segmentation_saves * p.segmentation;
        }
        if matches!(asset.kind, AssetKind::MedicalDevices | AssetKind::BuildingManagement) {
            chance *= 0.3 * (1.0 - t.secure_design_saves * p.secure_design);
        }
        chance *= 1.0 - t.endpoint_detection_saves * p.endpoint_detection;
        let key = ctx.draw(Purpose::AssetHit, pair(i.campaign, a.0));
        let moment = now + (key.nth(1).uniform() * spread_over) as u32;
        if asset.stops_at < 1.0 {
            // A system is lost as a whole or not.
            if key.uniform() < chance.sqrt() {
                field.agenda.add(
                    moment,
                    a.0,
                    Due::Strike { campaign: i.campaign, asset: a, hosts: asset.hosts, cause },
                );
            }
        } else {
            // A fleet goes host by host over the whole time: in eight parts.
            let hosts = f64::from(asset.hosts) * chance;
            for part in 0..8u32 {
                let upto = |k: u32| (hosts * f64::from(k) / 8.0) as u32;
                let at = now + (spread_over * f64::from(part) / 8.0) as u32;
                let hosts = upto(part + 1) - upto(part);
                if hosts > 0 {
                    field.agenda.add(at, a.0, Due::Strike { campaign: i.campaign, asset: a, hosts, cause });
                }
            }
        }
    }
}

/// A shared platform and what surrounds it is lost at once; the intruder may be carried on to its customers.
pub(super) fn lose_supplier(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    supplier: OrgId,
    carries: f64,
    cause: Cause,
) {
    let scenario = ctx.case.scenario.clone();
    let estate = &scenario.estate;
    let p = *ctx.posture(supplier);
    // The better its own doors are watched, the likelier the attack fails there.
    let stopped = ctx.draw(Purpose::Entry, pair(campaign, supplier.0)).uniform()
        < ctx.numbers().threat.supplier_stopped * p.endpoint_detection * p.monitoring_hours;
    if stopped {
        ctx.note(now, What::Stopped { org: supplier }, cause);
        return;
    }
    let door = estate.assets_of(supplier).next();
    if let Some(door) = door {
        foothold(ctx, field, now, campaign, supplier, door, false, cause, Stage::Foothold);
        let n = field.intrusions.all.len() - 1;
        field.intrusions.all[n].stage = Stage::Detonated;
        if scenario.campaigns[campaign as usize].payload.steals {
            steal(ctx, field, now, n as u32);
        }
        let cause = ctx.note(now, What::Detonated { org: supplier }, cause);
        for a in estate.assets_of(supplier) {
            let saved = estate.asset(a).kind == AssetKind::Backup
                && ctx.draw(Purpose::AssetHit, pair(campaign, a.0)).uniform() < p.isolated_backups;
            if !saved {
                strike(ctx, field, now, campaign, a, estate.asset(a).hosts, cause);
            }
        }
        let t = &ctx.numbers().threat;
        for &c in &estate.org(supplier).connections {
            let Some(customer) = estate.other_end(c, supplier) else { continue };
            if customer == supplier {
                continue;
            }
            let key = ctx.draw(Purpose::CarryOn, pair(campaign << 20 | c.0, customer.0));
            let chance = carries * estate.connections[c.ix()].pass / 0.04
                * (1.0 - ctx.posture(customer).supplier_assurance);
            if key.uniform() < chance {
                let at = later(now, t.next_organisation.at(key.nth(1).uniform()) * 0.25);
                field.agenda.add(at, c.0, Due::Carry { intrusion: n as u32, connection: c.0 });
            }
        }
    }
}

/// What was restored while the intruder was inside is lost again.
pub(super) fn reinfect(ctx: &mut Ctx, field: &mut Field, now: SimTime, n: u32, asset: AssetId, hosts: u32) {
    let i = field.intrusions.all[n as usize];
    if !i.evicted && i.frozen.is_none() {
        let cause = ctx.note(now, What::Reinfected { asset }, i.cause);
        strike(ctx, field, now, i.campaign, asset, hosts, cause);
    }
}

/// An organisation that is cut off from outside stops its intruders; one that is joined again lets them go on.
pub(crate) fn freeze(
    field: &mut super::Intrusions,
    agenda: &mut crate::sim::clock::Agenda<Due>,
    now: SimTime,
    org: OrgId,
    cut_off: bool,
) {
    for n in 0..field.all.len() {
        let i = &mut field.all[n];
        if i.org != org || i.evicted {
            continue;
        }
        match (i.frozen, cut_off) {
            (None, true) => {
                i.frozen = Some(i.due.saturating_sub(now));
                i.generation += 1;
            }
            (Some(left), false) => {
                i.frozen = None;
                i.generation += 1;
                i.due = now + left;
                if i.stage < Stage::Ready {
                    agenda.add(
                        i.due,
                        n as u32,
                        Due::Advance { intrusion: n as u32, generation: i.generation },
                    );
                } else if i.stage == Stage::Ready {
                    agenda.add(now + left.max(60), n as u32, Due::DetonateEarly(n as u32));
                }
            }
            _ => {}
        }
    }
}
