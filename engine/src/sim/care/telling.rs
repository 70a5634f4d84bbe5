//! Tells the chronicle when a service is disturbed or whole again, and because of what.

use super::{Care, ServiceState};
use crate::estate::{Estate, Need, ServiceId};
use crate::sim::chronicle::{NO_CAUSE, What};
use crate::sim::state::{Assets, Ctx};
use crate::units::SimTime;

/// Below this share of its capacity a service is told as disturbed …
const DISTURBED: f64 = 0.9;
/// … and above this one as restored.
const RESTORED: f64 = 0.95;

pub(super) fn tell(
    ctx: &mut Ctx,
    care: &mut Care,
    estate: &Estate,
    assets: &Assets,
    s: ServiceId,
    now: SimTime,
) {
    let ServiceState { factor, told, .. } = care.services[s.ix()];
    if factor < DISTURBED && !told {
        let loss =
            |d: u32| estate.dependencies[d as usize].loss * f64::from(1.0 - care.links[d as usize].health);
        let dependencies = estate.service(s).dependencies.clone();
        let worst = dependencies.max_by(|a, b| loss(*a).total_cmp(&loss(*b)).then(b.cmp(a)));
        let (cause_asset, cause) = match worst.map(|d| estate.dependencies[d as usize].on) {
            Some(Need::Asset(a, _)) => (Some(a), assets.get(a).cause),
            Some(Need::Service(t)) => {
                let is = |w: &What| matches!(w, What::ServiceDisturbed { service, .. } if *service == t);
                let entry = ctx.chronicle.events.iter().rposition(|e| is(&e.what));
                (None, entry.map_or(NO_CAUSE, |i| i as u32))
            }
            None => (None, NO_CAUSE),
        };
        care.services[s.ix()].told = true;
        ctx.note(now, What::ServiceDisturbed { service: s, factor, cause_asset }, cause);
    } else if factor > RESTORED && told {
        care.services[s.ix()].told = false;
        ctx.note(now, What::ServiceRestored { service: s }, NO_CAUSE);
    }
}
