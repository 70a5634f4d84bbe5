//! What a service can still do: the product over its dependencies of 1 − loss·(1 − health)·(1 − workaround).

use crate::estate::{Estate, ServiceId};
use crate::sim::care::Care;
use crate::sim::core::run::RunContext;
use crate::units::SimTime;

/// Hours after which a workaround that is learned or tires is looked at again at the soonest: that takes days …
const MOVING: f64 = 12.0;
/// … and the share of capacity that may come or go meanwhile. Until then it is counted as it is in the middle of that time.
const COARSE: f64 = 1e-2;

/// The share of its usual capacity that a service has from `now` on, and for how many hours while nothing else changes: workarounds
/// begin, are learned and tire; `u32::MAX` for ever.
pub(super) fn capacity_share(
    ctx: &RunContext,
    care: &Care,
    estate: &Estate,
    s: ServiceId,
    now: SimTime,
) -> (f64, u32) {
    if care.services[s.ix()].closed {
        return (0.0, u32::MAX);
    }
    let service = estate.service(s);
    let c = &ctx.parameters.care;
    let (mut capacity_share, mut beginning) = (1.0, false);
    // What part of the capacity goes in an hour with workarounds that tire, less what comes with those that are learned; how much
    // moves either way; and hours until the last of them stands still or turns.
    let (mut slope, mut pace, mut moving_for) = (0.0, 0.0, 0f64);
    for d in service.dependencies.clone() {
        let link = &care.links[d as usize];
        if link.health >= 1.0 {
            continue;
        }
        let dep = &estate.dependencies[d as usize];
        // What is lost without it, and done about it nothing.
        let gone = (1.0 - f64::from(link.health)) * dep.lost(c.dependence);
        let (mut workaround, mut goes) = (0.0, 0.0);
        if dep.workaround > 0.0 {
            let ordered = link.paper <= now;
            let p = ctx.posture(service.owner);
            // Paper that is ordered late starts late; staff improvise meanwhile.
            let since = if ordered { link.since.max(link.paper.min(link.since + 240)) } else { link.since };
            let t = f64::from(now.saturating_sub(since));
            let onset = dep.onset * (1.0 - c.plans_hasten * p.exercised_plans);
            let ramp = if onset > 0.0 { (t / onset).min(1.0) } else { 1.0 };
            let lasts = dep.tires.unwrap_or(c.tires).max(1.0);
            // First it is learned, then it tires.
            let worked = (t - onset).max(0.0);
            let (learning, first) =
                if dep.learns > 0.0 { ((worked / dep.learns).min(1.0), c.learned_first) } else { (1.0, 1.0) };
            let learned = first + (1.0 - first) * learning;
            let tiring = ((worked - dep.learns).max(0.0) / lasts).min(1.0);
            let tired = 1.0 - (1.0 - c.tired) * tiring;
            let ready = c.unready + (1.0 - c.unready) * p.continuity;
            let fresh = dep.workaround * ready * if ordered { 1.0 } else { c.improvised };
            workaround = fresh * ramp * learned * tired;
            beginning |= ramp < 1.0;
            if learning < 1.0 {
                goes = -gone * fresh * (1.0 - first) * 60.0 / dep.learns;
                moving_for = moving_for.max(dep.learns * (1.0 - learning) / 60.0);
            } else if tiring < 1.0 {
                goes = gone * fresh * (1.0 - c.tired) * 60.0 / lasts;
                moving_for = moving_for.max((lasts * (1.0 - tiring)) / 60.0);
            }
        }
        let left = 1.0 - gone * (1.0 - workaround);
        let goes = goes / left.max(1e-9);
        slope += goes;
        pace += goes.abs();
        capacity_share *= left;
    }
    if capacity_share < 1.0
        && care.modes[service.owner.ix()].sending
        && service.deferrable > c.sendable_from
        && service.divertible > 0.0
    {
        capacity_share += (1.0 - capacity_share) * c.sent_away;
    }
    if beginning {
        return (capacity_share, 1);
    }
    if moving_for <= 0.0 {
        return (capacity_share, u32::MAX);
    }
    slope *= capacity_share;
    let hours = (COARSE / (pace * capacity_share)).max(MOVING).min(moving_for).ceil().max(1.0);
    (capacity_share - slope * hours.min(moving_for) * 0.5, hours as u32)
}
