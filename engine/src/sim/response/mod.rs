//! How orders are carried out: preconditions, people, effort, what each action does when it is done, and how systems come back.

mod action;
mod recovery;
mod stock;
mod work;

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::care::Care;
use super::core::builder::{Phase, SimBuilder};
use super::core::events::{ResponseEvent, ThreatEvent};
use super::core::queue::EventQueue;
use super::core::run::{RunContext, later};
use super::core::trace::{Cause, EventKind};
use super::ledger::Ledger;
use super::state::assets::Infrastructure;
use super::state::incident::{Commanded, Incidents, Nation, OrganisationEntities, Planned};
use super::state::intrusions::Intrusions;
use super::state::jobs::{Class, Job, Jobs, Subject, Teams, Work};
use super::state::news::News;
use crate::catalogue::action::{Action, ActionKind, Target};
use crate::estate::{AssetId, OrgId};
use crate::strategy::playbook::Trigger;
use crate::streams::StreamName;
use crate::units::SimTime;
use action::Doing;

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.queue::<ResponseEvent>();
    sim.resource(Jobs::default());
    sim.resource(Teams::default());
    sim.systems(Phase::Response, run);
    sim.on_reset(|world| {
        let organisations = world.resource::<OrganisationEntities>().0.len();
        world.resource_mut::<Jobs>().reset(organisations);
        world.resource_mut::<Teams>().reset(organisations);
    });
}

/// What the response systems read and write.
#[derive(SystemParam)]
pub(super) struct ResponseParams<'w, 's> {
    ctx: RunContext<'w>,
    events: ResMut<'w, EventQueue<ResponseEvent>>,
    jobs: ResMut<'w, Jobs>,
    teams: ResMut<'w, Teams>,
    infrastructure: Infrastructure<'w>,
    incidents: Incidents<'w, 's>,
    commanded: Res<'w, Commanded>,
    planned: Res<'w, Planned>,
    intrusions: ResMut<'w, Intrusions>,
    threats: ResMut<'w, EventQueue<ThreatEvent>>,
    nation: ResMut<'w, Nation>,
    news: News<'w>,
    ledger: ResMut<'w, Ledger>,
    care: ResMut<'w, Care>,
}

fn run(mut response: ResponseParams) {
    let due = response.events.take(response.ctx.clock.now);
    for same_minute in due.chunk_by(|a, b| a.0 == b.0) {
        for &(now, _, _, event) in same_minute {
            match event {
                ResponseEvent::Order(org, action, cause) => response.order(now, org, action, cause),
                ResponseEvent::Count(team, generation) => {
                    if response.teams.get(team).generation == generation {
                        response.list(team);
                    }
                }
                ResponseEvent::TakeStock(org) => response.take_stock(now, org),
                ResponseEvent::Arrive(loan) => response.arrive(now, loan),
                ResponseEvent::GoHome(team) => response.go_home(now, |l| l.from == team),
                ResponseEvent::Idle(team, generation) => response.idle(now, team, generation),
            }
        }
        response.settle(same_minute[0].0);
    }
    response.events.done(due);
}

/// Person-hours worked up to the end of the play that no count has seen: jobs go on between counts.
pub(super) fn in_hand(In(now): In<SimTime>, response: ResponseParams) -> f64 {
    let of = |(job, work): (&Job, &Work)| response.uncounted(now, job, work);
    let jobs = &response.jobs;
    jobs.all.iter().zip(&jobs.work).filter(|(_, work)| work.people > 0.0).map(of).sum()
}

impl ResponseParams<'_, '_> {
    /// Assets of `org` that an action is aimed at.
    fn targets(&self, org: OrgId, to: Target) -> impl Iterator<Item = AssetId> + use<'_> {
        let estate = self.ctx.estate();
        let known = move |a: AssetId| {
            let s = self.infrastructure.assets.get(a);
            // Lost hosts are plain to see; a quiet hold only where assets are known and watched.
            let seen = || {
                self.ctx.stream(StreamName::HoldSeen { asset: self.ctx.asset_key(a) }).uniform()
                    < self.ctx.posture(org).asset_visibility
            };
            s.down() > 0 || s.held > 0 && seen()
        };
        estate.assets_of(org).filter(move |a| match to {
            Target::All => true,
            Target::Kind(kind) => estate.asset(*a).kind == kind,
            Target::Affected => known(*a),
            Target::Clean => !known(*a),
        })
    }

    /// An order, from a rule or a person: refused with a reason, or a job for a team.
    fn order(&mut self, now: SimTime, org: OrgId, action: Action, cause: Cause) {
        let rules = action::rules(action.what);
        if let Some(why) = (rules.refusal)(self, org, action.to) {
            let cause = self.ctx.record(now, EventKind::Refused { org, action: action.what, why }, cause);
            (rules.refused)(self, &Doing { now, org, to: action.to, cause }, why);
            return;
        }
        let cause = self.ctx.record(now, EventKind::Ordered { org, action: action.what }, cause);
        if matches!(action.what, ActionKind::RestoreFromBackup | ActionKind::Rebuild) {
            recovery::order(self, org, action, cause);
            return;
        }
        let (fixed, per_host, shortest) = self.ctx.parameters.actions[action.what as usize];
        if action.what == ActionKind::AssureAndReconnect {
            action::assure_each(self, org, action, cause);
        }
        let hosts = (rules.reach)(self, org, action.to);
        let work = (fixed + per_host * hosts, shortest / 60.0, 0, 0.0);
        self.queue(org, action, Subject::Organisation, work, cause);
        if rules.class == Class::Containment {
            self.incidents.get_mut(org).containing += 1;
        }
    }

    /// A job is done: the action takes effect.
    fn finish(&mut self, now: SimTime, id: u32) {
        let job = self.jobs.all[id as usize];
        match job.subject {
            Subject::Asset(a) => recovery::finished(self, now, job, a),
            Subject::Cut(a) => action::finish_assurance(self, now, job, a),
            Subject::Instance(c) => recovery::instance_back(self, now, job, c),
            Subject::Organisation => self.take_effect(now, job),
        }
        if self.jobs.unfinished(job.org) == 0 && self.unfinished(job.org).is_some() {
            self.incidents.take_stock_later(&mut self.events, now, job.org);
        }
    }

    /// A job that an organisation ordered for all of itself is done.
    fn take_effect(&mut self, now: SimTime, job: Job) {
        let (org, action) = (job.org, job.action);
        let cause = self.ctx.record(now, EventKind::Done { org, action: action.what }, job.cause);
        let rules = action::rules(action.what);
        (rules.effect)(self, &Doing { now, org, to: action.to, cause });
        match rules.class {
            Class::Continuity => {
                let Self { ctx, care, incidents, .. } = self;
                care.mode(ctx.estate(), org, incidents.get(org));
            }
            Class::Containment => {
                self.steer(now, org);
                let mut incident = self.incidents.get_mut(org);
                incident.containing -= 1;
                if incident.containing == 0 && incident.contained.is_none() && incident.suspected.is_some() {
                    incident.contained = Some(now);
                    self.ledger.contained(now);
                    self.news.learn(now, org, Trigger::Contained, cause);
                }
            }
            Class::Eradication | Class::Recovery => {}
        }
    }

    /// Whether every connection of `org` with others is cut.
    fn cut_off(&self, org: OrgId) -> bool {
        let estate = self.ctx.estate();
        estate.org(org).connections.iter().all(|c| {
            let connection = &estate.connections[c.ix()];
            let inner = estate.segments[connection.a.ix()].owner == estate.segments[connection.b.ix()].owner;
            inner || !self.infrastructure.links.open(*c)
        })
    }

    /// Whether intruders in `org` can still be steered from outside, and act on what changed.
    fn steer(&mut self, now: SimTime, org: OrgId) {
        if self.intrusions.inside(org).next().is_none() {
            return;
        }
        let estate = self.ctx.estate();
        let assets = &self.infrastructure.assets;
        let all_off = estate.assets_of(org).all(|a| assets.get(a).off);
        let held_cut = {
            let mut held = estate.assets_of(org).filter(|a| assets.get(*a).held > 0).peekable();
            held.peek().is_some()
                && held.all(|a| {
                    let s = assets.get(a);
                    s.is_cut() || s.contained >= s.held
                })
        };
        let cut_off = self.cut_off(org) || all_off || held_cut;
        self.intrusions.freeze(&mut self.threats, now, org, cut_off);
    }

    /// A customer will notice that a supplier's system is out of reach.
    fn lost_to(&mut self, now: SimTime, customer: OrgId, cause: Cause) {
        let u = self.ctx.stream(StreamName::Notice { organisation: self.ctx.org_key(customer) }).uniform();
        let detection = &self.ctx.parameters.detection;
        let delay = detection.supplier_noticed * detection.encryption_noticed.at(u);
        self.news.learn(later(now, delay), customer, Trigger::SupplierLost, cause);
    }
}

#[cfg(test)]
mod tests;
