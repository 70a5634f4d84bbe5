//! People at keyboards: from a foothold to control of identity, to the next organisation, to detonation.

use super::entry_point::entry_point;
use super::{ThreatParams, strike};
use crate::catalogue::kinds::{AssetKind, ConnectionKind, OrgRole};
use crate::catalogue::technique::{EntryKind, Stage};
use crate::estate::{AssetId, ConnectionId, OrgId};
use crate::parameters::ByRecord;
use crate::random::{Quantile, Resolve, Resolver};
use crate::scenario::campaign::CampaignKind;
use crate::sim::core::events::ThreatEvent;
use crate::sim::core::run::{RunContext, later};
use crate::sim::core::trace::{Cause, EventKind};
use crate::sim::state::intrusions::{Intrusion, IntrusionChanged};
use crate::streams::{Stream, StreamName};
use crate::units::SimTime;

/// How an intruder comes into an organisation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foothold {
    pub campaign: u32,
    pub org: OrgId,
    /// The asset of its first host.
    pub door: AssetId,
    /// It came by phishing: staff may report it.
    pub phished: bool,
    /// How far it is from the beginning.
    pub stage: Stage,
}

/// A first host in an organisation; where others' sign-in is trusted there, the crew is as far as its accounts carry it.
pub(super) fn foothold(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    first: Foothold,
    cause: Cause,
) {
    let Foothold { campaign, org, door, phished, stage } = first;
    let n = threat.intrusions.all.len() as u32;
    let threshold = ctx
        .stream(StreamName::Detection {
            campaign: ctx.campaign_key(campaign),
            organisation: ctx.org_key(org),
        })
        .exponential();
    threat.intrusions.all.push(Intrusion {
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
    threat.ledger.entered(now, org);
    hold(ctx, threat, door, 1);
    threat.intrusion_changed.write(IntrusionChanged(n));
    plan(ctx, threat, now, n);
}

/// The intruder holds some of an asset's hosts.
fn hold(ctx: &RunContext, threat: &mut ThreatParams, asset: AssetId, hosts: u32) {
    let state = threat.infrastructure.assets.get_mut(asset);
    let vulnerable = hosts.min(state.vulnerable);
    let protected = (hosts - vulnerable).min(state.protected);
    state.vulnerable -= vulnerable;
    state.protected -= protected;
    state.held += vulnerable + protected;
    threat.ledger.held(ctx.estate().asset(asset).owner, asset);
}

/// Schedules the end of the current stage.
fn plan(ctx: &RunContext, threat: &mut ThreatParams, now: SimTime, n: u32) {
    let i = &mut threat.intrusions.all[n as usize];
    let u = stage_stream(ctx, i).uniform();
    let Some((wait, factor)) = stage_wait(ctx, i) else { return };
    let since = later(now, sleep(ctx, i, n));
    (i.stage_since, i.due) = (since, later(since, wait.at(u) * factor));
    i.generation += 1;
    threat.events.add(i.due, n, ThreatEvent::Advance { intrusion: n, generation: i.generation });
}

/// Minutes for which an intrusion lies still: the first of a campaign may, before it goes on from its foothold.
fn sleep(ctx: &RunContext, i: &Intrusion, n: u32) -> f64 {
    let campaign = &ctx.setup.scenario.campaigns[i.campaign as usize];
    let CampaignKind::Operator { sleeps: Some(sleeps), .. } = &campaign.spread else { return 0.0 };
    if n > 0 || i.stage != Stage::Foothold {
        return 0.0;
    }
    let mut with = Resolver::new(ctx.streams.replicate);
    let u = ctx.stream(StreamName::Sleep { campaign: ctx.campaign_key(i.campaign) }).uniform();
    sleeps.resolve(with.on(&campaign.id).and("sleeps")).at(u)
}

/// What decides how long an intruder's stage takes.
pub(super) fn stage_stream(ctx: &RunContext, i: &Intrusion) -> Stream {
    let campaign = ctx.campaign_key(i.campaign);
    ctx.stream(StreamName::Stage { campaign, organisation: ctx.org_key(i.org), stage: i.stage as u8 })
}

/// How long the intruder's stage takes: a distribution, and by how much controls lengthen it.
pub(super) fn stage_wait<'c>(ctx: &'c RunContext, i: &Intrusion) -> Option<(&'c Quantile, f64)> {
    let (t, p) = (&ctx.parameters.threat, ctx.posture(i.org));
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

pub(super) fn advance(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    n: u32,
    generation: u32,
) {
    let i = threat.intrusions.all[n as usize];
    if i.generation != generation || i.evicted || i.frozen.is_some() || i.stage >= Stage::Ready {
        return;
    }
    let stage = i.stage.next();
    let cause = ctx.record(now, EventKind::Reached { org: i.org, stage }, i.cause);
    let i = &mut threat.intrusions.all[n as usize];
    (i.stage, i.cause) = (stage, cause);
    let (campaign, org) = (i.campaign, i.org);
    threat.intrusion_changed.write(IntrusionChanged(n));
    let scenario = ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    let take = |kinds: &[AssetKind], threat: &mut ThreatParams, share: f64| {
        for a in estate.assets_of(org).filter(|a| kinds.contains(&estate.asset(*a).kind)) {
            hold(ctx, threat, a, ((f64::from(estate.asset(a).hosts) * share).ceil() as u32).max(1));
        }
    };
    let (lateral, privileged) = (ctx.parameters.threat.lateral_hold, ctx.parameters.threat.privileged_hold);
    match stage {
        Stage::Lateral => take(&[AssetKind::Endpoints, AssetKind::Servers], threat, lateral),
        Stage::Identity => {
            take(&[AssetKind::Identity], threat, privileged);
            carry_later(ctx, threat, now, n);
        }
        Stage::Theft => {
            if scenario.campaigns[campaign as usize].payload.steals {
                steal(ctx, threat, now, n);
            }
        }
        Stage::Ready => {
            take(&[AssetKind::Backup], threat, privileged);
            if threat.intrusions.detonation[campaign as usize].is_none() {
                let at = good_hour(ctx, threat, now, campaign);
                threat.intrusions.detonation[campaign as usize] = Some(at);
                threat.events.add(at, n, ThreatEvent::Detonate(campaign));
            } else if threat.intrusions.detonation[campaign as usize].is_some_and(|d| d <= now) {
                detonate_org(ctx, threat, now, n, 1.0);
            }
        }
        Stage::Foothold | Stage::Discovery | Stage::Credentials | Stage::Detonated => {}
    }
    plan(ctx, threat, now, n);
}

fn steal(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, n: u32) {
    let i = threat.intrusions.all[n as usize];
    let luck = ctx.stream(StreamName::Theft {
        campaign: ctx.campaign_key(i.campaign),
        organisation: ctx.org_key(i.org),
    });
    let share = ctx.parameters.threat.theft_share.at(luck.uniform()).min(1.0);
    let published = luck.nth(1).uniform() < ctx.parameters.threat.published;
    let (mut records, mut held) = (0.0, ByRecord::default());
    for a in ctx.estate().assets_of(i.org) {
        let asset = ctx.estate().asset(a);
        records += asset.records * share;
        held.iter_mut().zip(asset.holds).for_each(|(all, more)| *all += more * share);
    }
    if records > 0.0 {
        let harm = ctx.parameters.harm.of_records(&held, published);
        ctx.record(now, EventKind::RecordsTaken { org: i.org, records }, i.cause);
        threat.ledger.taken(i.org, records, published, harm);
    }
}

/// Patience runs out, then the next hour when few people watch, for most crews.
fn good_hour(ctx: &RunContext, threat: &ThreatParams, now: SimTime, campaign: u32) -> SimTime {
    let t = &ctx.parameters.threat;
    let key = ctx.stream(StreamName::NightWait { campaign: ctx.campaign_key(campaign) });
    let first = threat.intrusions.all.iter().filter(|i| i.campaign == campaign).map(|i| i.since).min();
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
fn carry_later(ctx: &RunContext, threat: &mut ThreatParams, now: SimTime, n: u32) {
    let i = threat.intrusions.all[n as usize];
    let t = &ctx.parameters.threat;
    for &c in &ctx.estate().org(i.org).connections {
        let Some(target) = ctx.estate().other_end(c, i.org) else { continue };
        let connection = &ctx.estate().connections[c.ix()];
        if target == i.org || connection.pass <= 0.0 {
            continue;
        }
        let ease = match connection.kind {
            ConnectionKind::FederatedIdentity => t.carry_federated,
            ConnectionKind::Vpn => t.carry_vpn,
            ConnectionKind::Routed => t.carry_routed,
            ConnectionKind::Hosted => t.carry_hosted,
            ConnectionKind::Mail => t.carry_mail,
        };
        let p = ctx.posture(target);
        // A supplier's doors are as open as its customers' assurance leaves them.
        let assured = if ctx.estate().org(i.org).kind.role() == OrgRole::Supplier {
            1.0 - t.supplier_doors * p.supplier_assurance
        } else {
            1.0
        };
        let rate = connection.pass / t.carry_reference.max(1e-6)
            * ease
            * assured
            * (1.0 - t.control_effect * p.multi_factor);
        if rate > 1e-6 {
            let minutes = t.next_organisation.at(ctx
                .stream(StreamName::SpreadDelay {
                    campaign: ctx.campaign_key(i.campaign),
                    connection: ctx.connection_key(c),
                    target: ctx.org_key(target),
                })
                .uniform())
                / rate;
            threat.events.add(later(now, minutes), c.0, ThreatEvent::Carry { intrusion: n, connection: c.0 });
        }
    }
}

pub(super) fn carry(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, n: u32, c: u32) {
    let i = threat.intrusions.all[n as usize];
    let c = ConnectionId(c);
    let Some(target) = ctx.estate().other_end(c, i.org) else { return };
    let crew = match ctx.setup.scenario.campaigns[i.campaign as usize].spread {
        CampaignKind::Operator { crew, .. } => crew as usize,
        CampaignKind::Worm { .. }
        | CampaignKind::Supplier { .. }
        | CampaignKind::Outage { .. }
        | CampaignKind::Flood { .. } => usize::MAX,
    };
    let busy = threat
        .intrusions
        .all
        .iter()
        .filter(|o| o.campaign == i.campaign && !o.evicted && o.stage < Stage::Ready)
        .count();
    let blocked = threat.incidents.get(target).blocks(&threat.nation)
        && ctx
            .stream(StreamName::CarryOnBlocked {
                campaign: ctx.campaign_key(i.campaign),
                target: ctx.org_key(target),
            })
            .uniform()
            < ctx.parameters.command.indicators_effect;
    let gone = i.evicted || i.frozen.is_some() || i.stage == Stage::Detonated && crew != usize::MAX;
    if gone
        || blocked
        || busy >= crew
        || !threat.infrastructure.links.open(c)
        || threat.intrusions.ever(i.campaign, target)
    {
        return;
    }
    let Some(door) = entry_point(ctx, EntryKind::SupplierCompromise, target) else {
        return;
    };
    if threat.infrastructure.assets.get(door).is_cut() {
        return;
    }
    let cause = ctx.record(now, EventKind::CarriedOn { org: target, from: i.org }, i.cause);
    // Who controls a sign-in that others trust comes to them with accounts that work there, as far as they trust it.
    let connection = &ctx.estate().connections[c.ix()];
    let known = connection.kind == ConnectionKind::FederatedIdentity
        && ctx
            .stream(StreamName::FederatedSignIn {
                campaign: ctx.campaign_key(i.campaign),
                target: ctx.org_key(target),
            })
            .uniform()
            < connection.pass;
    let stage = if known { Stage::Lateral } else { Stage::Foothold };
    let first = Foothold { campaign: i.campaign, org: target, door, phished: false, stage };
    foothold(ctx, threat, now, first, cause);
}

pub(super) fn detonate(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, campaign: u32) {
    for n in 0..threat.intrusions.all.len() as u32 {
        let i = threat.intrusions.all[n as usize];
        if i.campaign == campaign
            && i.stage >= Stage::Identity
            && i.stage < Stage::Detonated
            && !i.evicted
            && i.frozen.is_none()
        {
            detonate_org(ctx, threat, now, n, 1.0);
        }
    }
}

pub(super) fn detonate_early(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, n: u32) {
    let i = threat.intrusions.all[n as usize];
    if i.evicted || i.frozen.is_some() || i.stage < Stage::Lateral || i.stage == Stage::Detonated {
        return;
    }
    // Without identity it reaches only where it has been.
    detonate_org(
        ctx,
        threat,
        now,
        n,
        if i.stage >= Stage::Identity { 1.0 } else { ctx.parameters.threat.early_reach },
    );
}

/// Plans which of an organisation's assets are struck, and when: encryption takes hours, so cutting off saves the rest.
fn detonate_org(ctx: &mut RunContext, threat: &mut ThreatParams, now: SimTime, n: u32, reach: f64) {
    let i = threat.intrusions.all[n as usize];
    let cause = ctx.record(now, EventKind::Detonated { org: i.org }, i.cause);
    let i = &mut threat.intrusions.all[n as usize];
    (i.stage, i.cause) = (Stage::Detonated, cause);
    let i = *i;
    threat.intrusion_changed.write(IntrusionChanged(n));
    let (t, p) = (&ctx.parameters.threat, ctx.posture(i.org));
    // How thorough a crew is, it is everywhere.
    let coverage =
        t.coverage.at(ctx.stream(StreamName::Coverage { campaign: ctx.campaign_key(i.campaign) }).uniform())
            * reach;
    let spread_over = t.encryption_time.at(ctx
        .stream(StreamName::EncryptionTime {
            campaign: ctx.campaign_key(i.campaign),
            organisation: ctx.org_key(i.org),
        })
        .uniform());
    let home = ctx.estate().asset(i.foothold).segment;
    for a in ctx.estate().assets_of(i.org) {
        let asset = ctx.estate().asset(a);
        let mut chance = coverage;
        if asset.segment != home {
            chance *= 1.0 - t.segmentation_saves * p.segmentation;
        }
        if matches!(asset.kind, AssetKind::MedicalDevices | AssetKind::BuildingManagement) {
            chance *= t.device_reach * (1.0 - t.secure_design_saves * p.secure_design);
        }
        chance *= 1.0 - t.endpoint_detection_saves * p.endpoint_detection;
        let key = ctx
            .stream(StreamName::AssetHit { campaign: ctx.campaign_key(i.campaign), asset: ctx.asset_key(a) });
        let moment = now + (key.nth(1).uniform() * spread_over) as u32;
        if asset.stops_at < 1.0 {
            // A system is lost as a whole or not.
            if key.uniform() < chance.sqrt() {
                threat.events.add(
                    moment,
                    a.0,
                    ThreatEvent::Strike { campaign: i.campaign, asset: a, hosts: asset.hosts, cause },
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
                    threat.events.add(
                        at,
                        a.0,
                        ThreatEvent::Strike { campaign: i.campaign, asset: a, hosts, cause },
                    );
                }
            }
        }
    }
}

/// How far a supplier's customers assure their suppliers: the mean over them, by their staff, since who buys most is heard most.
fn assurance(ctx: &RunContext, supplier: OrgId) -> f64 {
    let estate = ctx.estate();
    let customers = estate.org(supplier).connections.iter().filter_map(|c| estate.other_end(*c, supplier));
    let (mut sum, mut all) = (0.0, 0.0);
    for customer in customers.filter(|c| *c != supplier) {
        let staff = estate.org(customer).staff;
        sum += staff * ctx.posture(customer).supplier_assurance;
        all += staff;
    }
    if all > 0.0 { sum / all } else { 0.0 }
}

/// A shared platform and what surrounds it is lost at once; the intruder may be carried on to its customers.
pub(super) fn lose_supplier(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    campaign: u32,
    supplier: OrgId,
    carries: f64,
    cause: Cause,
) {
    let scenario = ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    let p = *ctx.posture(supplier);
    // The better its own doors are watched, and the more its customers ask of it, the likelier the attack fails there.
    let t = &ctx.parameters.threat;
    let watched = t.supplier_stopped * p.endpoint_detection * p.monitoring_hours;
    let assured = t.supplier_assured * assurance(ctx, supplier);
    let stopped = ctx
        .stream(StreamName::SupplierStopped {
            campaign: ctx.campaign_key(campaign),
            supplier: ctx.org_key(supplier),
        })
        .uniform()
        < 1.0 - (1.0 - watched) * (1.0 - assured);
    if stopped {
        ctx.record(now, EventKind::Stopped { org: supplier }, cause);
        return;
    }
    let door = estate.assets_of(supplier).next();
    if let Some(door) = door {
        let first = Foothold { campaign, org: supplier, door, phished: false, stage: Stage::Foothold };
        foothold(ctx, threat, now, first, cause);
        let n = threat.intrusions.all.len() - 1;
        threat.intrusions.all[n].stage = Stage::Detonated;
        if scenario.campaigns[campaign as usize].payload.steals {
            steal(ctx, threat, now, n as u32);
        }
        let cause = ctx.record(now, EventKind::Detonated { org: supplier }, cause);
        for a in estate.assets_of(supplier) {
            let saved = estate.asset(a).kind == AssetKind::Backup
                && ctx
                    .stream(StreamName::SupplierBackup {
                        campaign: ctx.campaign_key(campaign),
                        asset: ctx.asset_key(a),
                    })
                    .uniform()
                    < p.isolated_backups;
            if !saved {
                strike(ctx, threat, now, campaign, a, estate.asset(a).hosts, cause);
            }
        }
        let t = &ctx.parameters.threat;
        for &c in &estate.org(supplier).connections {
            let Some(customer) = estate.other_end(c, supplier) else { continue };
            if customer == supplier {
                continue;
            }
            let key = ctx.stream(StreamName::SupplierCarriesOn {
                campaign: ctx.campaign_key(campaign),
                connection: ctx.connection_key(c),
                customer: ctx.org_key(customer),
            });
            let chance = carries * estate.connections[c.ix()].pass / t.carry_reference.max(1e-6)
                * (1.0 - ctx.posture(customer).supplier_assurance);
            if key.uniform() < chance {
                let at = later(now, t.next_organisation.at(key.nth(1).uniform()) * t.supplier_hastens);
                threat.events.add(at, c.0, ThreatEvent::Carry { intrusion: n as u32, connection: c.0 });
            }
        }
    }
}

/// What was restored while the intruder was inside is lost again.
pub(super) fn reinfect(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    n: u32,
    asset: AssetId,
    hosts: u32,
) {
    let i = threat.intrusions.all[n as usize];
    if !i.evicted && i.frozen.is_none() {
        let cause = ctx.record(now, EventKind::Reinfected { asset }, i.cause);
        strike(ctx, threat, now, i.campaign, asset, hosts, cause);
    }
}
