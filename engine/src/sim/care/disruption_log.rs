//! Records in the trace when a service is disturbed or whole again, and because of what.

use crate::estate::{Estate, Need, ServiceId};
use crate::sim::care::{Care, ServiceState};
use crate::sim::core::run::RunContext;
use crate::sim::core::trace::{EventKind, NO_CAUSE};
use crate::sim::state::assets::Assets;
use crate::units::SimTime;

/// Below this share of its capacity a service is recorded as disturbed …
const DISTURBED: f64 = 0.9;
/// … and above this one as restored.
const RESTORED: f64 = 0.95;

pub(super) fn log_disruption(
    ctx: &mut RunContext,
    care: &mut Care,
    estate: &Estate,
    assets: &Assets,
    s: ServiceId,
    now: SimTime,
) {
    let ServiceState { capacity_share, logged, .. } = care.services[s.ix()];
    if capacity_share < DISTURBED && !logged {
        let loss =
            |d: u32| estate.dependencies[d as usize].loss * f64::from(1.0 - care.links[d as usize].health);
        let dependencies = estate.service(s).dependencies.clone();
        let worst = dependencies.max_by(|a, b| loss(*a).total_cmp(&loss(*b)).then(b.cmp(a)));
        let (cause_asset, cause) = match worst.map(|d| estate.dependencies[d as usize].on) {
            Some(Need::Asset(a, _)) => (Some(a), assets.get(a).cause),
            Some(Need::Service(t)) => {
                let is =
                    |w: &EventKind| matches!(w, EventKind::ServiceDisturbed { service, .. } if *service == t);
                let entry = ctx.trace.events.iter().rposition(|e| is(&e.kind));
                (None, entry.map_or(NO_CAUSE, |i| i as u32))
            }
            None => (None, NO_CAUSE),
        };
        care.services[s.ix()].logged = true;
        ctx.record(now, EventKind::ServiceDisturbed { service: s, capacity_share, cause_asset }, cause);
    } else if capacity_share > RESTORED && logged {
        care.services[s.ix()].logged = false;
        ctx.record(now, EventKind::ServiceRestored { service: s }, NO_CAUSE);
    }
}
