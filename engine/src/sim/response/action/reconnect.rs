//! Assurance, and the organisation's own cuts taken back; what is lost stays lost.

use super::{ActionRules, Doing, PLAIN};
use crate::catalogue::event::Refusal;
use crate::estate::{AssetId, OrgId};
use crate::sim::core::trace::EventKind;
use crate::sim::response::ResponseParams;
use crate::sim::state::jobs::Class;
use crate::sim::state::news::whole;

pub(super) const ASSURED: ActionRules = ActionRules {
    class: Class::Recovery,
    refusal: |response, org, _| {
        if response.intrusions.known(org) {
            return Some(Refusal::IntruderInside);
        }
        (!is_cut(response, org)).then_some(Refusal::NothingCutOff)
    },
    reach: |response, org, _| {
        let estate = response.ctx.estate();
        let state = |a: AssetId| response.infrastructure.assets.get(a);
        let cut = |a: &AssetId| state(*a).off || state(*a).isolated;
        estate.assets_of(org).filter(cut).map(|a| f64::from(estate.asset(a).hosts)).sum()
    },
    effect: reconnect,
    ..PLAIN
};

/// Whether `org` has cut anything off, from within or from outside.
fn is_cut(response: &ResponseParams, org: OrgId) -> bool {
    let estate = response.ctx.estate();
    let infrastructure = &response.infrastructure;
    let off = |a: AssetId| infrastructure.assets.get(a).isolated || infrastructure.assets.get(a).off;
    estate.assets_of(org).any(off)
        || estate.org(org).connections.iter().any(|c| infrastructure.links.cut_by(estate, *c, org))
}

fn reconnect(response: &mut ResponseParams, doing: &Doing) {
    let (now, org) = (doing.now, doing.org);
    let scenario = response.ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    for a in estate.assets_of(org) {
        let state = response.infrastructure.assets.get_mut(a);
        if state.isolated || state.off {
            (state.isolated, state.off) = (false, false);
            if state.down() == 0 {
                response.ctx.record(now, EventKind::AssetBack { asset: a }, state.cause);
            }
            response.infrastructure.refresh(estate, a);
        }
    }
    if whole(estate, &response.infrastructure.assets, org) {
        response.ledger.restored_at(now);
    }
    for &c in &estate.org(org).connections {
        if response.infrastructure.links.rejoin(estate, c, org) {
            response.care.link_changed(c);
        }
    }
    let ResponseParams { ctx, news, infrastructure, intrusions, .. } = response;
    news.supplier_back(ctx, infrastructure, intrusions, now, org, doing.cause);
    response.steer(now, org);
}
