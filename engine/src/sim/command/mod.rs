//! How decisions are made: suspicion, declaration, alerts, and the rules of the playbook that turn them into orders.

mod alerts;
mod playbook;

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::care::Care;
use super::core::builder::{Phase, SimBuilder};
use super::core::events::{CommandEvent, ResponseEvent, ThreatEvent};
use super::core::queue::EventQueue;
use super::core::run::{RunContext, later};
use super::core::trace::{Cause, EventKind};
use super::ledger::Ledger;
use super::state::assets::Assets;
use super::state::incident::{Commanded, Incidents, Nation, OrganisationEntities, Planned};
use super::state::intrusions::Intrusions;
use super::state::news::{News, sees_attack};
use crate::catalogue::event::Suspicion;
use crate::catalogue::technique::Stage;
use crate::estate::OrgId;
use crate::strategy::playbook::Trigger;
use crate::streams::StreamName;
use crate::units::SimTime;
use alerts::Alerts;

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.queue::<CommandEvent>();
    sim.resource(Alerts::default());
    sim.resource(Planned::default());
    sim.on_reset(|world| {
        let organisations = world.resource::<OrganisationEntities>().0.len();
        world.resource_mut::<Planned>().reset(organisations);
        world.resource_mut::<Alerts>().reset();
        world.run_system_cached(playbook::timed).expect("the reset reads what the run reads");
    });
    sim.systems(Phase::Command, run);
    sim.on_fork(|world| world.run_system_cached(fork).expect("the fork reads what the run reads"));
}

/// What the command systems read and write.
#[derive(SystemParam)]
struct CommandParams<'w, 's> {
    ctx: RunContext<'w>,
    news: News<'w>,
    orders: ResMut<'w, EventQueue<ResponseEvent>>,
    threats: ResMut<'w, EventQueue<ThreatEvent>>,
    nation: ResMut<'w, Nation>,
    ledger: ResMut<'w, Ledger>,
    alerts: ResMut<'w, Alerts>,
    intrusions: Res<'w, Intrusions>,
    assets: Res<'w, Assets>,
    care: Res<'w, Care>,
    commanded: Res<'w, Commanded>,
    planned: ResMut<'w, Planned>,
    incidents: Incidents<'w, 's>,
}

/// Draws afresh the decisions that are under way, given how long they have been.
fn fork(ctx: RunContext, mut news: News, mut planned: ResMut<Planned>, incidents: Incidents) {
    let now = ctx.clock.now;
    news.events.redraw(|_, event| match *event {
        CommandEvent::Declare(org) => {
            let suspected = incidents.get(org).suspected?;
            let factor = decision_factor(&ctx, suspected, org);
            let elapsed = f64::from(now.saturating_sub(suspected)) / factor.max(1e-9);
            let u = ctx.stream(StreamName::Decision { organisation: ctx.org_key(org) }).uniform();
            let delay = ctx.parameters.command.decision_delay.beyond(elapsed, u) * factor;
            let at = later(suspected, delay).max(now);
            planned.add(org, at);
            Some(at)
        }
        CommandEvent::Suspect(..)
        | CommandEvent::Learn(..)
        | CommandEvent::Read(..)
        | CommandEvent::Follow(..)
        | CommandEvent::NationKnows(_)
        | CommandEvent::Indicators => None,
    });
}

fn run(mut command: CommandParams) {
    let due = command.news.events.take(command.ctx.clock.now);
    for &(now, _, _, event) in &due {
        match event {
            CommandEvent::Suspect(org, how, cause) => command.suspect(now, org, how, cause),
            CommandEvent::Declare(org) => command.declare(now, org),
            CommandEvent::NationKnows(org) => command.nation_knows(now, org),
            CommandEvent::Indicators => {
                command.nation.indicators.get_or_insert(now);
            }
            CommandEvent::Learn(org, trigger, cause) => command.learn(now, org, trigger, cause),
            CommandEvent::Read(org, cause) => {
                command.ctx.record(now, EventKind::AlertRead { org }, cause);
            }
            CommandEvent::Follow(org, rule, cause) => command.follow(now, org, rule, cause),
        }
    }
    command.news.events.done(due);
}

impl CommandParams<'_, '_> {
    fn suspect(&mut self, now: SimTime, org: OrgId, how: Suspicion, cause: Cause) {
        let mut incident = self.incidents.get_mut(org);
        incident.last_sign = Some(now);
        if incident.suspected.is_some() {
            self.incidents.take_stock_later(&mut self.orders, now, org);
            return;
        }
        incident.suspected = Some(now);
        incident.cause = self.ctx.record(now, EventKind::Suspected { org, how }, cause);
        self.ledger.detected(now);
        self.news.learn(now, org, Trigger::Suspected, incident.cause);
        let declared = later(now, decision_delay(&self.ctx, now, org));
        self.planned.add(org, declared);
        self.news.events.add(declared, org.0, CommandEvent::Declare(org));
        // A crew that sees itself noticed may not wait.
        let threat = &self.ctx.parameters.threat;
        for n in self.intrusions.inside(org) {
            let i = &self.intrusions.all[n as usize];
            let stream = self.ctx.stream(StreamName::EarlyDetonation {
                campaign: self.ctx.campaign_key(i.campaign),
                organisation: self.ctx.org_key(org),
            });
            if i.stage < Stage::Detonated && stream.uniform() < threat.early_detonation {
                let at = later(now, threat.early_delay.at(stream.nth(1).uniform()));
                self.threats.add(at, n, ThreatEvent::DetonateEarly(n));
            }
        }
    }

    fn declare(&mut self, now: SimTime, org: OrgId) {
        let mut incident = self.incidents.get_mut(org);
        incident.declared = Some(now);
        incident.cause = self.ctx.record(now, EventKind::Declared { org }, incident.cause);
        self.ledger.declared(now, org);
        self.news.learn(now, org, Trigger::Declared, incident.cause);
        self.report(now, org);
    }

    /// The national level will hear of it.
    fn report(&mut self, now: SimTime, org: OrgId) {
        let u = self.ctx.stream(StreamName::Report { organisation: self.ctx.org_key(org) }).uniform();
        let delay = self.ctx.parameters.command.report_delay.at(u);
        self.news.events.add(later(now, delay), org.0, CommandEvent::NationKnows(org));
    }

    fn nation_knows(&mut self, now: SimTime, org: OrgId) {
        let mut incident = self.incidents.get_mut(org);
        incident.reported = true;
        let mut cause = incident.cause;
        if self.nation.knows.is_none() {
            self.nation.knows = Some(now);
            cause = self.ctx.record(now, EventKind::NationKnows { org }, cause);
            if self.ctx.setup.strategy.system.shared_indicators {
                let u = self.ctx.stream(StreamName::Indicators {}).uniform();
                let delay = self.ctx.parameters.command.indicators_delay.at(u);
                self.news.events.add(later(now, delay), 0, CommandEvent::Indicators);
            }
        }
        // Who merely lost systems has nothing to warn others of.
        if !sees_attack(self.ctx.estate(), &self.assets, &self.intrusions, org)
            || std::mem::replace(&mut self.incidents.get_mut(org).reported_attack, true)
        {
            return;
        }
        self.nation.attacks += 1;
        let Self { ctx, commanded, news, orders, alerts, planned, .. } = self;
        alerts.sound((ctx, commanded, planned), &mut news.events, orders, now, (org, cause));
    }
}

/// Time from suspicion to declaration.
fn decision_delay(ctx: &RunContext, now: SimTime, org: OrgId) -> f64 {
    let u = ctx.stream(StreamName::Decision { organisation: ctx.org_key(org) }).uniform();
    ctx.parameters.command.decision_delay.at(u) * decision_factor(ctx, now, org)
}

/// What people, plans and the hour make of a decision's delay.
fn decision_factor(ctx: &RunContext, now: SimTime, org: OrgId) -> f64 {
    let (c, p) = (&ctx.parameters.command, ctx.posture(org));
    let night = if ctx.office_hours(now) {
        1.0
    } else {
        1.0 + (c.out_of_hours - 1.0).max(0.0) * (1.0 - p.leadership)
    };
    (1.0 - c.leadership * p.leadership) * (1.0 - c.exercised_plans * p.exercised_plans) * night
}
