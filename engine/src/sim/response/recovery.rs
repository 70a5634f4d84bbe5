//! How systems come back: restore or rebuild, level by level, with spoiled backups, failed restores and reinfection.

use super::ResponseParams;
use crate::catalogue::action::{Action, ActionKind, Target};
use crate::catalogue::kinds::AssetKind;
use crate::estate::{AssetId, ConnectionId, Need, OrgId, ServiceId};
use crate::sim::core::events::ThreatEvent;
use crate::sim::core::run::later;
use crate::sim::core::trace::{Cause, EventKind};
use crate::sim::state::jobs::{Job, Subject};
use crate::sim::state::news::whole;
use crate::strategy::playbook::Trigger;
use crate::streams::StreamName;
use crate::units::SimTime;

/// Orders the restoration of what is down: a job for each asset that is not yet being restored.
pub(super) fn order(response: &mut ResponseParams, org: OrgId, action: Action, cause: Cause) {
    let scenario = response.ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    let backup_down = estate.assets_of(org).any(|a| {
        estate.asset(a).kind == AssetKind::Backup && response.infrastructure.assets.get(a).down() > 0
    });
    for a in estate.assets_of(org) {
        let state = *response.infrastructure.assets.get(a);
        let aimed = match action.to {
            Target::Kind(kind) => estate.asset(a).kind == kind,
            Target::Affected | Target::All => true,
            // What is down is known to be affected.
            Target::Clean => false,
        };
        if state.down() == 0 || state.restoring || !aimed {
            continue;
        }
        let asset = estate.asset(a);
        let (r, p) = (&response.ctx.parameters.recovery, response.ctx.posture(org));
        // How well an organisation knows its own systems tells on the restoration of all of them.
        let factor = r.effort.at(response
            .ctx
            .stream(StreamName::Restoring { organisation: response.ctx.org_key(org) })
            .uniform());
        // What depends on what, and where it is, need not be found out first by who has it in the inventory.
        let known = 1.0 - r.visibility_saves * p.asset_visibility;
        let mut effort =
            known * factor * (asset.restore_fixed + asset.restore_per_host * f64::from(state.lost));
        if state.lost == 0 {
            effort = known * r.mend_per_host * f64::from(state.failed);
        } else {
            // A backup of this system that nobody could reach is whole; others only where the backup itself stands.
            let isolated =
                response.ctx.stream(StreamName::BackupReached { asset: response.ctx.asset_key(a) }).uniform()
                    < p.isolated_backups;
            if action.what == ActionKind::Rebuild || backup_down && !isolated {
                effort *= r.rebuild_factor;
            } else if response
                .ctx
                .stream(StreamName::RestoreWorks { asset: response.ctx.asset_key(a) })
                .uniform()
                >= p.tested_restores
            {
                effort *= r.failed_restore_factor;
            }
        }
        let (fixed, per_host, shortest) = response.ctx.parameters.actions[action.what as usize];
        let most = (r.together + r.crowding * f64::from(state.down()) / 100.0).max(0.1);
        let effort = effort + fixed + per_host * f64::from(state.down());
        let hours = (effort / most).max(shortest / 60.0);
        response.infrastructure.assets.get_mut(a).restoring = true;
        response.queue(
            org,
            action,
            Subject::Asset(a),
            (effort, hours, state.down(), asset.criticality),
            cause,
        );
    }
}

/// Hosts of a fleet come back in step with the work done on it, and are on from the first; a system comes back as a whole, at the end.
pub(super) fn bring_back(response: &mut ResponseParams, now: SimTime, id: u32) {
    let job = response.jobs.all[id as usize];
    let Some(a) = job.subject.asset() else { return };
    let scenario = response.ctx.setup.scenario.clone();
    let work = response.jobs.work[id as usize];
    let due = if work.is_done() {
        job.hosts
    } else if !scenario.estate.asset(a).in_parts() {
        0
    } else {
        (f64::from(job.hosts) * work.done / work.effort) as u32
    };
    let back = due - job.restored;
    if back == 0 {
        return;
    }
    response.jobs.all[id as usize].restored = due;
    let state = response.infrastructure.assets.get_mut(a);
    let before = state.down();
    state.restore(back);
    let hosts = before - state.down();
    if !response.intrusions.known(job.org) {
        state.join();
    }
    response.infrastructure.refresh(&scenario.estate, a);
    reinfect(response, now, job.org, a, hosts, due);
}

/// A restored host is not safe while the intruder is inside.
fn reinfect(response: &mut ResponseParams, now: SimTime, org: OrgId, a: AssetId, hosts: u32, nth: u32) {
    let Some(n) = response.intrusions.inside(org).next() else { return };
    let key =
        response.ctx.stream(StreamName::Reinfection { asset: response.ctx.asset_key(a), restored: nth });
    let r = &response.ctx.parameters.recovery;
    if hosts > 0 && key.uniform() < r.reinfection {
        let at = later(now, r.reinfection_delay.at(key.nth(1).uniform()).max(1.0));
        response.threats.add(at, a.0, ThreatEvent::Reinfect { intrusion: n, asset: a, hosts });
    }
}

/// An asset's job is done; when nothing of the organisation is down any more, it has recovered.
pub(super) fn finished(response: &mut ResponseParams, now: SimTime, job: Job, a: AssetId) {
    response.infrastructure.assets.get_mut(a).restoring = false;
    let scenario = response.ctx.setup.scenario.clone();
    let state = *response.infrastructure.assets.get(a);
    if state.down() > 0 {
        // Lost again meanwhile: the work goes on.
        response.order(
            now,
            job.org,
            Action { what: job.action.what, to: Target::Kind(scenario.estate.asset(a).kind) },
            job.cause,
        );
        return;
    }
    let cause = response.ctx.record(now, EventKind::AssetBack { asset: a }, job.cause);
    // A rebuilt system was cut off with the others; it is joined again as part of its restoration.
    response.infrastructure.assets.get_mut(a).join();
    response.infrastructure.refresh(&scenario.estate, a);
    instances(response, job.org, a, cause);
    let ResponseParams { ctx, news, infrastructure, intrusions, .. } = response;
    news.asset_back(ctx, infrastructure, intrusions, now, a, cause);
    if whole(&scenario.estate, &response.infrastructure.assets, job.org) {
        response.ctx.record(now, EventKind::Recovered { org: job.org }, cause);
        response.ledger.restored_at(now);
        response.news.learn(now, job.org, Trigger::Recovered, cause);
    }
}

/// A platform is whole again: the customers' instances on it that were lost are restored and assured one by one.
fn instances(response: &mut ResponseParams, org: OrgId, a: AssetId, cause: Cause) {
    let scenario = response.ctx.setup.scenario.clone();
    let estate = &scenario.estate;
    let asset = estate.asset(a);
    let action = Action { what: ActionKind::AssureAndReconnect, to: Target::Affected };
    for &c in &asset.instances {
        if !response.infrastructure.links.instance_lost(c) {
            continue;
        }
        let over = |d: &&(ServiceId, u32)| estate.dependencies[d.1 as usize].on == Need::Asset(a, Some(c));
        let harm = asset.dependents.iter().filter(over).map(|(s, d)| {
            estate.dependencies[*d as usize].loss * estate.service(*s).level * estate.service(*s).harm
        });
        let harm = harm.sum();
        let (r, stream) = (
            &response.ctx.parameters.recovery,
            response.ctx.stream(StreamName::Instance { connection: response.ctx.connection_key(c) }),
        );
        let (effort, shortest) = (r.instance.at(stream.uniform()), r.acceptance.at(stream.nth(1).uniform()));
        response.queue(org, action, Subject::Instance(c), (effort, shortest / 60.0, 0, harm), cause);
    }
}

/// A customer's instance is back, and the customer learns it.
pub(super) fn instance_back(response: &mut ResponseParams, now: SimTime, job: Job, c: ConnectionId) {
    let Some(customer) = response.ctx.estate().other_end(c, job.org) else { return };
    let cause = response.ctx.record(now, EventKind::InstanceBack { org: customer }, job.cause);
    if response.infrastructure.links.regain_instance(c) {
        response.care.link_changed(c);
    }
    response.news.learn(now, customer, Trigger::SupplierBack, cause);
}
