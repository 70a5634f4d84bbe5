//! What a service can still do: the product over its dependencies of 1 − loss·(1 − health)·(1 − workaround).

use super::Care;
use crate::estate::{Estate, ServiceId};
use crate::sim::state::Ctx;
use crate::units::SimTime;

/// Hours after which a workaround that tires is looked at again: it tires over days.
const TIRING: u32 = 12;

/// The share of its usual capacity that a service has at `now`, and in how many hours that is another one while nothing else
/// changes, because workarounds begin or tire; `u32::MAX` for never.
pub(super) fn factor(ctx: &Ctx, care: &Care, estate: &Estate, s: ServiceId, now: SimTime) -> (f64, u32) {
    if care.services[s.ix()].closed {
        return (0.0, u32::MAX);
    }
    let service = estate.service(s);
    let c = &ctx.numbers().care;
    let (mut factor, mut again) = (1.0, u32::MAX);
    for d in service.dependencies.clone() {
        let link = &care.links[d as usize];
        if link.health >= 1.0 {
            continue;
        }
        let dep = &estate.dependencies[d as usize];
        let gone = 1.0 - f64::from(link.health);
        let mut workaround = 0.0;
        if dep.workaround > 0.0 {
            let ordered = link.paper <= now;
            let p = ctx.posture(service.owner);
            // Paper that is ordered late starts late; staff improvise meanwhile.
            let since = if ordered { link.since.max(link.paper.min(link.since + 240)) } else { link.since };
            let t = f64::from(now.saturating_sub(since));
            let onset = dep.onset * (1.0 - c.plans_hasten * p.exercised_plans);
            let ramp = if onset > 0.0 { (t / onset).min(1.0) } else { 1.0 };
            let tiring = ((t - onset).max(0.0) / dep.tires).min(1.0);
            if ramp < 1.0 {
                again = 1;
            } else if tiring < 1.0 {
                again = again.min(TIRING);
            }
            let tired = 1.0 - (1.0 - c.tired) * tiring;
            let ready = c.unready + (1.0 - c.unready) * p.continuity;
            workaround = dep.workaround * ramp * tired * ready * if ordered { 1.0 } else { c.improvised };
        }
        factor *= 1.0 - dep.loss * gone * (1.0 - workaround);
    }
    if factor < 1.0
        && care.modes[service.owner.ix()].sending
        && service.deferrable > 0.5
        && service.divertible > 0.0
    {
        factor += (1.0 - factor) * c.sent_away;
    }
    (factor, again)
}
