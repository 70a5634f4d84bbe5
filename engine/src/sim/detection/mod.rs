//! How attacks are noticed: a hazard for each intrusion, integrated up to a threshold drawn once; losses within minutes.

use bevy_ecs::prelude::*;

use super::SimBuilder;
use super::chronicle::Cause;
use super::clock::{Agenda, Phase};
use super::command;
use super::state::{Ctx, later};
use super::threat::{Intrusions, Stage};
use crate::draws::{Purpose, pair};
use crate::estate::OrgId;
use crate::strategy::playbook::Trigger;
use crate::units::SimTime;

/// What is due in the phase Detection.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    /// The hazard of an intrusion crosses its threshold, or its rate changes with the shift.
    Look(u32),
    /// An organisation notices a loss.
    Notice(OrgId, Cause),
    /// An organisation notices that a supplier's system is gone.
    NoticeSupplier(OrgId, Cause),
}

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.agenda::<Due>();
    sim.systems(Phase::Detection, run);
}

/// Detections a minute of an intrusion at `t`.
fn rate(ctx: &Ctx, i: &super::threat::Intrusion, t: SimTime) -> f64 {
    let (d, p) = (&ctx.numbers().detection, ctx.posture(i.org));
    let watch =
        if ctx.office_hours(t) { 1.0 } else { p.monitoring_hours + (1.0 - p.monitoring_hours) * d.unwatched };
    let noise = d.base
        * d.noise_growth.powi(i.stage as i32)
        * (1.0 + d.endpoint_detection * p.endpoint_detection)
        * (1.0 + d.visibility * p.asset_visibility)
        * (1.0 + d.national_monitoring * ctx.case.strategy.system.monitoring);
    let reports = d.reports * p.phishing_reporting * if i.phished { 1.0 } else { 0.1 };
    (noise * watch + reports * if ctx.office_hours(t) { 1.0 } else { 0.2 }) / 1440.0
}

fn run(
    mut ctx: Ctx,
    mut agenda: ResMut<Agenda<Due>>,
    mut intrusions: ResMut<Intrusions>,
    mut commands: ResMut<Agenda<command::Due>>,
) {
    let now = ctx.clock.now;
    for k in 0..intrusions.changed.len() {
        let n = intrusions.changed[k];
        look(&mut ctx, &mut agenda, &mut intrusions, &mut commands, now, n);
    }
    intrusions.changed.clear();
    let scenario = ctx.case.scenario.clone();
    let estate = &scenario.estate;
    for k in 0..intrusions.struck.len() {
        let (at, asset, cause) = intrusions.struck[k];
        let owner = estate.asset(asset).owner;
        let delay = |org: OrgId| {
            ctx.numbers().detection.encryption_noticed.at(ctx.draw(Purpose::Notice, pair(org.0, 0)).uniform())
        };
        agenda.add(later(at, delay(owner)).max(now), owner.0, Due::Notice(owner, cause));
        for &customer in &estate.asset(asset).customers {
            agenda.add(
                later(at, 2.0 * delay(customer)).max(now),
                customer.0,
                Due::NoticeSupplier(customer, cause),
            );
        }
    }
    intrusions.struck.clear();
    let due = agenda.take(now);
    for &(at, _, _, event) in &due {
        match event {
            Due::Look(n) => look(&mut ctx, &mut agenda, &mut intrusions, &mut commands, at, n),
            Due::Notice(org, cause) => {
                for n in 0..intrusions.all.len() {
                    if intrusions.all[n].org == org {
                        intrusions.all[n].noticed = true;
                    }
                }
                commands.add(at, org.0, command::Due::Suspect(org, "systems are down", cause));
                commands.add(at, org.0, command::Due::Learn(org, Trigger::Impact, cause));
            }
            Due::NoticeSupplier(org, cause) => {
                commands.add(at, org.0, command::Due::Learn(org, Trigger::SupplierLost, cause));
            }
        }
    }
    agenda.done(due);
}

/// Integrates the hazard up to `now`; notices, or plans the next look: at the crossing or at the next change of shift.
fn look(
    ctx: &mut Ctx,
    agenda: &mut Agenda<Due>,
    intrusions: &mut Intrusions,
    commands: &mut Agenda<command::Due>,
    now: SimTime,
    n: u32,
) {
    let i = intrusions.all[n as usize];
    if i.evicted || i.noticed || i.stage == Stage::Detonated {
        return;
    }
    let since = i.integrated_to;
    let done = i.integrated + rate(ctx, &i, since) * f64::from(now.saturating_sub(since));
    let state = &mut intrusions.all[n as usize];
    (state.integrated, state.integrated_to) = (done, now.max(since));
    if done >= i.threshold - 1e-9 {
        state.noticed = true;
        commands.add(now, i.org.0, command::Due::Suspect(i.org, "an alert was followed up", i.cause));
        return;
    }
    let r = rate(ctx, &i, now);
    let crossing = if r > 0.0 { (i.threshold - done) / r } else { 4e9 };
    // Rates change at whole hours only.
    let hour = 60 - (ctx.case.scenario.calendar.offset() + now) % 60;
    let mut change = hour;
    while f64::from(change) < crossing
        && ctx.office_hours(now + change) == ctx.office_hours(now)
        && change < 24 * 60
    {
        change += 60;
    }
    agenda.add(later(now, crossing.ceil().min(f64::from(change)).max(1.0)), n, Due::Look(n));
}
