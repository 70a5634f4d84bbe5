//! Hosts are taken down, and what follows from it.

use super::ThreatParams;
use crate::catalogue::event::Damage;
use crate::estate::AssetId;
use crate::scenario::campaign::{CampaignKind, HostImpact};
use crate::sim::core::run::RunContext;
use crate::sim::core::trace::{Cause, EventKind};
use crate::sim::state::intrusions::AssetStruck;
use crate::units::SimTime;

/// Takes hosts of an asset down, if it can be reached, and tells those who watch.
pub(super) fn strike(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    campaign: u32,
    asset: AssetId,
    hosts: u32,
    cause: Cause,
) {
    let by = &ctx.setup.scenario.campaigns[campaign as usize];
    let Some(loss) = by.payload.loss else { return };
    let state = threat.infrastructure.assets.get_mut(asset);
    if state.is_cut() {
        return;
    }
    let before = state.down();
    state.lose(hosts, loss);
    let lost = state.down() - before;
    if lost == 0 {
        return;
    }
    state.mends |= matches!(&by.spread, CampaignKind::Outage { spec, .. } if spec.mends.is_some());
    let how = match loss {
        HostImpact::Encrypted => Damage::Encrypted,
        HostImpact::Wiped => Damage::Wiped,
        HostImpact::Failed => Damage::Failed,
    };
    let cause = ctx.record(now, EventKind::AssetLost { asset, how, hosts: lost }, cause);
    account(ctx, threat, now, (asset, lost), loss, cause);
}

/// What follows from lost hosts: accounts, health, and that somebody will notice.
pub(super) fn account(
    ctx: &mut RunContext,
    threat: &mut ThreatParams,
    now: SimTime,
    (asset, lost): (AssetId, u32),
    loss: HostImpact,
    cause: Cause,
) {
    let a = ctx.estate().asset(asset);
    let gone = f64::from(threat.infrastructure.assets.get(asset).lost) >= f64::from(a.hosts) * a.stops_at;
    for &c in a.instances.iter().filter(|_| gone && loss != HostImpact::Failed) {
        if threat.infrastructure.links.lose_instance(c) {
            threat.care.link_changed(c);
        }
    }
    threat.infrastructure.assets.get_mut(asset).cause = cause;
    threat.ledger.struck(now, ctx.estate().asset(asset).owner, asset, lost, loss);
    threat.infrastructure.refresh(&ctx.setup.scenario.estate, asset);
    threat.asset_struck.write(AssetStruck { at: now, asset, cause });
}
