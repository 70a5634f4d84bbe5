//! How a campaign begins and gets in: at each organisation a threshold is drawn once, and the hazard, lowered by the control against
//! the way in, runs up to it.

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
use crate::streams::{StreamName, Streams};
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

/// Entries a minute at an organisation.
pub(super) fn rate(ctx: &RunContext, campaign: &Campaign, entry: usize, org: OrgId) -> f64 {
    let entry = &campaign.entries[entry];
    let mut with = Resolver::new(ctx.streams.replicate);
    let per_day = entry.per_day.resolve(with.on(&campaign.id).and(entry.via.label()));
    let t = &ctx.parameters.threat;
    per_day * (1.0 - t.control_effect * control(entry.via, ctx.posture(org), t)) / f64::from(DAY)
}

/// What an entry's hazard must add up to at an organisation.
pub(super) fn threshold(ctx: &RunContext, campaign: u32, entry: u32, org: OrgId) -> f64 {
    let (campaign, entry) = (ctx.campaign_key(campaign), ctx.entry_key(campaign, entry));
    ctx.stream(StreamName::Entry { campaign, entry, organisation: org.0 }).exponential()
}

/// Ways in: at each organisation a threshold is drawn once and the hazard, lowered by the control, runs up to it.
fn enter_later(ctx: &RunContext, threat: &mut ThreatParams, now: SimTime, n: u32, campaign: &Campaign) {
    for (e, entry) in (0u32..).zip(&campaign.entries).take(MOST_ENTRIES) {
        for &org in &entry.at {
            let threshold = threshold(ctx, n, e, org);
            let rate = rate(ctx, campaign, e as usize, org);
            if rate > 0.0 {
                threat.events.add(
                    later(now, threshold / rate),
                    org.0,
                    ThreatEvent::Enter { campaign: n, entry: e, org },
                );
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
            .stream(StreamName::EntryBlocked { campaign: ctx.campaign_key(campaign), organisation: org.0 })
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
