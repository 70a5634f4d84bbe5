//! How systems come back: restore or rebuild, level by level, with spoiled backups, failed restores and reinfection.

use super::SimBuilder;
use super::chronicle::{Cause, What};
use super::command;
use super::response::Yard;
use super::response::teams::{Job, Subject};
use super::state::later;
use super::threat;
use crate::draws::{Purpose, pair};
use crate::estate::kinds::AssetKind;
use crate::estate::{AssetId, ConnectionId, Need, OrgId, ServiceId};
use crate::strategy::action::{Action, ActionKind, Target};
use crate::strategy::playbook::Trigger;
use crate::units::SimTime;

/// Adds the domain: it works through the teams' jobs, so it has no system of its own.
pub fn plugin(_: &mut SimBuilder) {}

/// Orders the restoration of what is down: a job for each asset that is not yet being restored.
pub(super) fn order(yard: &mut Yard, org: OrgId, action: Action, cause: Cause) {
    let scenario = yard.ctx.case.scenario.clone();
    let estate = &scenario.estate;
    let backup_down = estate
        .assets_of(org)
        .any(|a| estate.asset(a).kind == AssetKind::Backup && yard.assets.get(a).down() > 0);
    for a in estate.assets_of(org) {
        let state = *yard.assets.get(a);
        let aimed = match action.to {
            Target::Kind(kind) => estate.asset(a).kind == kind,
            _ => true,
        };
        if state.down() == 0 || state.restoring || !aimed {
            continue;
        }
        let asset = estate.asset(a);
        let (r, p) = (&yard.ctx.numbers().recovery, yard.ctx.posture(org));
        // How well an organisation knows its own systems tells on the restoration of all of them.
        let factor = r.effort.at(yard.ctx.draw(Purpose::Restoring, u64::from(org.0)).uniform());
        let mut effort = factor * (asset.restore_fixed + asset.restore_per_host * f64::from(state.lost));
        if state.lost == 0 {
            effort = r.mend_per_host * f64::from(state.failed);
        } else {
            // A backup of this system that nobody could reach is whole; others only where the backup itself stands.
            let isolated =
                yard.ctx.draw(Purpose::BackupReached, u64::from(a.0)).uniform() < p.isolated_backups;
            if action.what == ActionKind::Rebuild || backup_down && !isolated {
                effort *= r.rebuild_factor;
            } else if yard.ctx.draw(Purpose::RestoreWorks, u64::from(a.0)).uniform() >= p.tested_restores {
                effort *= r.failed_restore_factor;
            }
        }
        let (fixed, per_host, shortest) = yard.ctx.numbers().actions[action.what as usize];
        let most = (r.together + r.crowding * f64::from(state.down()) / 100.0).max(0.1);
        let effort = effort + fixed + per_host * f64::from(state.down());
        let hours = (effort / most).max(shortest / 60.0);
        yard.assets.get_mut(a).restoring = true;
        yard.queue(org, action, Subject::Asset(a), (effort, hours, state.down(), asset.criticality), cause);
    }
}

/// Hosts of a fleet come back in step with the work done on it; a system comes back as a whole, at the end.
pub(super) fn bring_back(yard: &mut Yard, now: SimTime, id: u32) {
    let job = yard.jobs.all[id as usize];
    let Some(a) = job.subject.asset() else { return };
    let scenario = yard.ctx.case.scenario.clone();
    let work = yard.jobs.work[id as usize];
    let due = if work.is_done() {
        job.hosts
    } else if scenario.estate.asset(a).stops_at < 1.0 {
        0
    } else {
        (f64::from(job.hosts) * work.done / work.effort) as u32
    };
    let back = due - job.restored;
    if back == 0 {
        return;
    }
    yard.jobs.all[id as usize].restored = due;
    let before = yard.assets.get(a).down();
    yard.assets.get_mut(a).restore(back);
    yard.assets.refresh(&scenario.estate, a);
    reinfect(yard, now, job.org, a, before - yard.assets.get(a).down(), due);
}

/// A restored host is not safe while the intruder is inside.
fn reinfect(yard: &mut Yard, now: SimTime, org: OrgId, a: AssetId, hosts: u32, nth: u32) {
    let Some(n) = yard.intrusions.inside(org).next() else { return };
    let key = yard.ctx.draw(Purpose::Reinfection, pair(a.0, nth));
    let r = &yard.ctx.numbers().recovery;
    if hosts > 0 && key.uniform() < r.reinfection {
        let at = later(now, r.reinfection_delay.at(key.nth(1).uniform()).max(1.0));
        yard.threats.add(at, a.0, threat::Due::Reinfect { intrusion: n, asset: a, hosts });
    }
}

/// An asset's job is done; when nothing of the organisation is down any more, it has recovered.
pub(super) fn finished(yard: &mut Yard, now: SimTime, job: Job, a: AssetId) {
    yard.assets.get_mut(a).restoring = false;
    let scenario = yard.ctx.case.scenario.clone();
    let state = *yard.assets.get(a);
    if state.down() > 0 {
        // Lost again meanwhile: the work goes on.
        yard.order(
            now,
            job.org,
            Action { what: job.action.what, to: Target::Kind(scenario.estate.asset(a).kind) },
            job.cause,
        );
        return;
    }
    let cause = yard.ctx.note(now, What::AssetBack { asset: a }, job.cause);
    // A rebuilt system was isolated with the others; it is joined again as part of its restoration.
    let s = yard.assets.get_mut(a);
    s.isolated = false;
    yard.assets.refresh(&scenario.estate, a);
    instances(yard, job.org, a, cause);
    command::supplier_back(&yard.ctx, &mut yard.commands, &yard.assets, now, a, cause);
    if scenario.estate.assets_of(job.org).all(|a| yard.assets.get(a).down() == 0) {
        yard.ctx.note(now, What::Recovered { org: job.org }, cause);
        yard.ledger.restored_at(now);
        yard.commands.add(now, job.org.0, command::Due::Learn(job.org, Trigger::Recovered, cause));
    }
}

/// A platform is whole again: the customers' instances on it that were lost are restored and assured one by one.
fn instances(yard: &mut Yard, org: OrgId, a: AssetId, cause: Cause) {
    let scenario = yard.ctx.case.scenario.clone();
    let estate = &scenario.estate;
    let asset = estate.asset(a);
    let action = Action { what: ActionKind::AssureAndReconnect, to: Target::Affected };
    for &c in &asset.instances {
        if !yard.links.instance_lost(c) {
            continue;
        }
        let over = |d: &&(ServiceId, u32)| estate.dependencies[d.1 as usize].on == Need::Asset(a, Some(c));
        let harm = asset.dependents.iter().filter(over).map(|(s, d)| {
            estate.dependencies[*d as usize].loss * estate.service(*s).level * estate.service(*s).harm
        });
        let harm = harm.sum();
        let (r, luck) = (&yard.ctx.numbers().recovery, yard.ctx.draw(Purpose::Instance, u64::from(c.0)));
        let (effort, shortest) = (r.instance.at(luck.uniform()), r.acceptance.at(luck.nth(1).uniform()));
        yard.queue(org, action, Subject::Instance(c), (effort, shortest / 60.0, 0, harm), cause);
    }
}

/// A customer's instance is back, and the customer learns it.
pub(super) fn instance_back(yard: &mut Yard, now: SimTime, job: Job, c: ConnectionId) {
    let Some(customer) = yard.ctx.estate().other_end(c, job.org) else { return };
    let cause = yard.ctx.note(now, What::InstanceBack { org: customer }, job.cause);
    if yard.links.regain_instance(c) {
        yard.care.link_changed(c);
    }
    yard.commands.add(now, customer.0, command::Due::Learn(customer, Trigger::SupplierBack, cause));
}
