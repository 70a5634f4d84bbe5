//! Assurance, and the organisation's own cuts taken back; what is lost stays lost.

use super::{ActionRules, Doing, PLAIN};
use crate::catalogue::action::{Action, Target};
use crate::catalogue::event::Refusal;
use crate::estate::{AssetId, OrgId};
use crate::sim::core::trace::{Cause, EventKind};
use crate::sim::response::ResponseParams;
use crate::sim::state::jobs::{Class, Job, Subject};
use crate::sim::state::news::whole;
use crate::units::SimTime;

pub(super) const ASSURED: ActionRules = ActionRules {
    class: Class::Recovery,
    refusal: |response, org, to| {
        if part(to) {
            return cut_and_clean(response, org, to).next().is_none().then_some(Refusal::NothingCutOff);
        }
        if response.intrusions.known(org) {
            return Some(Refusal::IntruderInside);
        }
        (!is_cut(response, org)).then_some(Refusal::NothingCutOff)
    },
    reach: |response, org, to| {
        let estate = response.ctx.estate();
        let hosts = |a: AssetId| f64::from(estate.asset(a).hosts);
        // All that was cut off is assured piece by piece, each for its own hosts, and what was lost is as it is restored.
        if part(to) { cut_and_clean(response, org, to).map(hosts).sum() } else { 0.0 }
    },
    effect: reconnect,
    ..PLAIN
};

/// Whether only some of an organisation's systems come back, and its connections with others stay as they are. That may be done while an
/// intruder is known to be inside: assurance leaves out what is held.
const fn part(to: Target) -> bool {
    match to {
        Target::Kind(_) | Target::Clean => true,
        Target::Affected | Target::All => false,
    }
}

/// Systems of `org` that it has cut off, that are meant, and of which assurance finds no host held or lost but those that were pulled off.
fn cut_and_clean<'r>(
    response: &'r ResponseParams,
    org: OrgId,
    to: Target,
) -> impl Iterator<Item = AssetId> + use<'r> {
    let estate = response.ctx.estate();
    estate.assets_of(org).filter(move |a| {
        let state = response.infrastructure.assets.get(*a);
        let meant = match to {
            Target::Kind(kind) => estate.asset(*a).kind == kind,
            Target::Affected | Target::All | Target::Clean => true,
        };
        meant && state.is_cut() && state.is_fit()
    })
}

/// Whether `org` has cut anything off, from within or from outside.
fn is_cut(response: &ResponseParams, org: OrgId) -> bool {
    let estate = response.ctx.estate();
    let infrastructure = &response.infrastructure;
    estate.assets_of(org).any(|a| infrastructure.assets.get(a).is_cut())
        || estate.org(org).connections.iter().any(|c| infrastructure.links.cut_by(estate, *c, org))
}

/// An asset is on the network again.
fn join(response: &mut ResponseParams, now: SimTime, asset: AssetId) {
    let state = response.infrastructure.assets.get_mut(asset);
    state.join();
    if state.down() == 0 {
        response.ctx.record(now, EventKind::AssetBack { asset }, state.cause);
    }
    let scenario = response.ctx.setup.scenario.clone();
    response.infrastructure.refresh(&scenario.estate, asset);
}

/// Each asset that an organisation has cut off, and that is not being restored, is assured by itself: those that matter most to care first,
/// where the strategy says so. None waits for the last.
pub(in crate::sim::response) fn assure_each(
    response: &mut ResponseParams,
    org: OrgId,
    action: Action,
    cause: Cause,
) {
    if part(action.to) {
        return;
    }
    let scenario = response.ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    let (_, per_host, shortest) = response.ctx.parameters.actions[action.what as usize];
    for a in estate.assets_of(org) {
        let state = response.infrastructure.assets.get(a);
        if !state.is_cut() || state.restoring || state.joining {
            continue;
        }
        let asset = estate.asset(a);
        response.infrastructure.assets.get_mut(a).joining = true;
        let work = (per_host * f64::from(asset.hosts), shortest / 60.0, 0, asset.criticality);
        response.queue(org, action, Subject::Cut(a), work, cause);
    }
}

/// An asset has been assured: it is joined again, unless assurance finds hosts held or lost that nobody has pulled off.
pub(in crate::sim::response) fn finish_assurance(
    response: &mut ResponseParams,
    now: SimTime,
    job: Job,
    a: AssetId,
) {
    let state = response.infrastructure.assets.get_mut(a);
    state.joining = false;
    if !state.is_cut() || state.restoring || !state.is_fit() {
        return;
    }
    join(response, now, a);
    let scenario = response.ctx.setup.scenario.clone();
    if whole(&scenario.estate, &response.infrastructure.assets, job.org) {
        response.ledger.restored_at(now);
    }
    let ResponseParams { ctx, news, infrastructure, intrusions, .. } = response;
    news.asset_back(ctx, infrastructure, intrusions, now, a, job.cause);
    response.steer(now, job.org);
}

fn reconnect(response: &mut ResponseParams, doing: &Doing) {
    let (now, org) = (doing.now, doing.org);
    let scenario = response.ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    if part(doing.to) {
        let mut back = std::mem::take(&mut response.jobs.targets);
        back.extend(cut_and_clean(response, org, doing.to));
        for a in back.drain(..) {
            join(response, now, a);
        }
        response.jobs.targets = back;
        return response.steer(now, org);
    }
    for a in estate.assets_of(org) {
        let state = response.infrastructure.assets.get(a);
        if state.is_cut() && !state.joining {
            join(response, now, a);
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
