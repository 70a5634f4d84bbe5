//! How orders are carried out: preconditions, people, effort, and what each action does when it is done.

pub mod teams;

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::chronicle::{Cause, NO_CAUSE, What};
use super::clock::{Agenda, Phase};
use super::command;
use super::recovery;
use super::state::{Assets, Ctx, Incident, Links, Nation, Roster, later};
use super::threat::{self, Intrusions, Stage, operator};
use super::{Ledger, SimBuilder};
use crate::draws::{Purpose, pair};
use crate::estate::kinds::{AssetKind, ConnectionKind, OrgKind};
use crate::estate::{AssetId, ConnectionId, OrgId};
use crate::strategy::action::{Action, ActionKind, Target};
use crate::strategy::playbook::Trigger;
use crate::units::SimTime;
use teams::{Class, Job, JobId, Jobs, LAST, Subject, Teams, Work};

/// What is due in the phase Response.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    /// An order is given, by a rule or by a person.
    Order(OrgId, Action, Cause),
    /// A team's work is to be counted: a job is done or the shift changes.
    Count(OrgId, u32),
    /// People arrive at a team, from another one.
    Arrive(OrgId, OrgId, u32),
}

/// Why nobody is hunted where systems failed without an attack.
const NO_INTRUDER: &str = "nothing points to an intruder";

/// Hours between looks at the running recovery of a fleet, which comes back bit by bit.
const LOOK: f64 = 6.0;

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.agenda::<Due>();
    sim.resource(Jobs::default());
    sim.resource(Teams::default());
    sim.systems(Phase::Response, run);
    sim.on_reset(|world| {
        let organisations = world.resource::<Roster>().0.len();
        world.resource_mut::<Jobs>().reset(organisations);
        world.resource_mut::<Teams>().reset(organisations);
    });
}

/// What the response systems read and write.
#[derive(SystemParam)]
pub(crate) struct Yard<'w, 's> {
    pub ctx: Ctx<'w>,
    pub agenda: ResMut<'w, Agenda<Due>>,
    pub jobs: ResMut<'w, Jobs>,
    pub assets: ResMut<'w, Assets>,
    pub links: ResMut<'w, Links>,
    pub nation: ResMut<'w, Nation>,
    pub intrusions: ResMut<'w, Intrusions>,
    pub threats: ResMut<'w, Agenda<threat::Due>>,
    pub commands: ResMut<'w, Agenda<command::Due>>,
    pub ledger: ResMut<'w, Ledger>,
    pub care: ResMut<'w, super::care::Care>,
    pub roster: Res<'w, Roster>,
    pub teams: ResMut<'w, Teams>,
    pub incidents: Query<'w, 's, &'static mut Incident>,
}

fn run(mut yard: Yard) {
    let due = yard.agenda.take(yard.ctx.clock.now);
    for same_minute in due.chunk_by(|a, b| a.0 == b.0) {
        for &(now, _, _, event) in same_minute {
            match event {
                Due::Order(org, action, cause) => yard.order(now, org, action, cause),
                Due::Count(team, generation) => {
                    if yard.teams.get(team).generation == generation {
                        yard.list(team);
                    }
                }
                Due::Arrive(to, from, people) => yard.arrive(now, to, from, people),
            }
        }
        yard.settle(same_minute[0].0);
    }
    yard.agenda.done(due);
}

fn class(action: ActionKind) -> Class {
    use ActionKind as A;
    match action {
        A::IsolateAsset
        | A::IsolateHosts
        | A::IsolateSegment
        | A::IsolateOrganisation
        | A::LeaveNationalNetwork
        | A::DisconnectSupplier
        | A::DisableRemoteAccess
        | A::SwitchEverythingOff
        | A::BlockIndicators
        | A::RegisterKillSwitch => Class::Containment,
        A::ResetCredentials | A::EmergencyPatching | A::HuntAndEvict => Class::Eradication,
        A::RestoreFromBackup | A::Rebuild | A::UseDecryptor | A::AssureAndReconnect => Class::Recovery,
        _ => Class::Continuity,
    }
}

/// Person-hours worked up to the end of the play that no count has seen: jobs go on between counts.
pub(super) fn in_hand(In(now): In<SimTime>, yard: Yard) -> f64 {
    let of = |(job, work): (&Job, &Work)| yard.uncounted(now, job, work);
    yard.jobs.all.iter().zip(&yard.jobs.work).filter(|(_, work)| work.people > 0.0).map(of).sum()
}

impl Yard<'_, '_> {
    pub(super) fn incident(&mut self, org: OrgId) -> Mut<'_, Incident> {
        self.incidents.get_mut(self.roster.0[org.ix()]).expect("every organisation has an incident")
    }

    /// Assets of `org` that an action is aimed at.
    fn targets(&self, org: OrgId, to: Target) -> impl Iterator<Item = AssetId> + use<'_> {
        let estate = self.ctx.estate();
        estate.assets_of(org).filter(move |a| match to {
            Target::All => true,
            Target::Kind(kind) => estate.asset(*a).kind == kind,
            Target::Affected => {
                let s = self.assets.get(*a);
                // Lost hosts are plain to see; a quiet hold only where assets are known and watched.
                let seen = || {
                    self.ctx.draw(Purpose::Effort, pair(a.0, 77)).uniform()
                        < self.ctx.posture(org).asset_visibility
                };
                s.down() > 0 || s.held > 0 && seen()
            }
        })
    }

    /// Why an action cannot be carried out; `None` when it can.
    fn refusal(&self, org: OrgId, action: Action) -> Option<&'static str> {
        use ActionKind as A;
        let estate = self.ctx.estate();
        let incident =
            || self.incidents.get(self.roster.0[org.ix()]).expect("every organisation has an incident");
        let none = |why| self.targets(org, action.to).next().is_none().then_some(why);
        let inside = || self.intrusions.inside(org).any(|n| self.intrusions.all[n as usize].noticed);
        let has = |kind| estate.assets_of(org).any(|a| estate.asset(a).kind == kind);
        match action.what {
            A::IsolateAsset | A::IsolateHosts | A::IsolateSegment => none("nothing known to be affected"),
            A::DisableRemoteAccess => {
                (!has(AssetKind::RemoteAccess)).then_some("has no remote access of its own")
            }
            A::RegisterKillSwitch if self.nation.kill_switch_known.is_none() => {
                Some("no kill switch is known")
            }
            A::HuntAndEvict | A::ResetCredentials if incident().evicted.is_some() => {
                Some("the intruder is out already")
            }
            A::HuntAndEvict | A::ResetCredentials
                if !command::attacked(estate, &self.assets, &self.intrusions, org) =>
            {
                Some(NO_INTRUDER)
            }
            A::RestoreFromBackup | A::Rebuild => none("nothing to restore"),
            A::UseDecryptor => (self.ctx.draw(Purpose::Decryptor, 0).uniform()
                >= self.ctx.numbers().recovery.decryptor_chance)
                .then_some("no decryptor is to be had"),
            A::AssureAndReconnect if inside() && incident().evicted.is_none() => {
                Some("the intruder is still inside")
            }
            A::AssureAndReconnect if !self.is_cut(org) => Some("nothing is cut off"),
            A::CallNationalTeam if incident().called => Some("called already"),
            A::MutualAid if incident().aided => Some("asked already"),
            A::DeclareNationalIncident if !incident().reported => {
                Some("the national level does not know yet")
            }
            A::DeclareNationalIncident if self.nation.incident.is_some() => Some("declared already"),
            A::SendWorkToNeighbour | A::DivertEmergencies | A::PostponePlannedCare | A::ExtraSessions
                if estate.org(org).services.is_empty() =>
            {
                Some("gives no care itself")
            }
            _ => None,
        }
    }

    /// An order, from a rule or a person: refused with a reason, or a job for a team.
    pub(crate) fn order(&mut self, now: SimTime, org: OrgId, action: Action, cause: Cause) {
        if let Some(why) = self.refusal(org, action) {
            let cause = self.ctx.note(now, What::Refused { org, action: action.what, why }, cause);
            // Systems failed by themselves: people may go on to bring them back. They do not ask again on the same day.
            let fresh = self.incident(org).cleared.is_none_or(|at| now >= at + crate::units::DAY);
            if action.what == ActionKind::HuntAndEvict && why == NO_INTRUDER && fresh {
                self.incident(org).cleared = Some(now);
                self.commands.add(now, org.0, command::Due::Learn(org, Trigger::Evicted, cause));
            }
            return;
        }
        let cause = self.ctx.note(now, What::Ordered { org, action: action.what }, cause);
        if matches!(action.what, ActionKind::RestoreFromBackup | ActionKind::Rebuild) {
            recovery::order(self, org, action, cause);
            return;
        }
        let (fixed, per_host, shortest) = self.ctx.numbers().actions[action.what as usize];
        let hosts = self.reach(org, action);
        self.queue(
            org,
            action,
            Subject::Organisation,
            (fixed + per_host * hosts, shortest / 60.0, 0, 0.0),
            cause,
        );
        if class(action.what) == Class::Containment {
            self.incident(org).containing += 1;
        }
    }

    /// Hosts that an action has to do with.
    fn reach(&self, org: OrgId, action: Action) -> f64 {
        let estate = self.ctx.estate();
        let hosts = |a: AssetId| f64::from(estate.asset(a).hosts);
        match action.what {
            ActionKind::IsolateAsset => self.targets(org, action.to).map(hosts).sum(),
            ActionKind::IsolateHosts => {
                let known = |a| f64::from(self.assets.get(a).held + self.assets.get(a).lost);
                self.targets(org, action.to).map(known).sum()
            }
            ActionKind::AssureAndReconnect => {
                let cut = |a: &AssetId| self.assets.get(*a).off || self.assets.get(*a).isolated;
                estate.assets_of(org).filter(cut).map(hosts).sum()
            }
            _ => f64::from(estate.org(org).hosts),
        }
    }

    /// Puts a job of `effort` person-hours, which takes at least `shortest` hours, into the queue of the team that serves `org`.
    pub(super) fn queue(
        &mut self,
        org: OrgId,
        action: Action,
        subject: Subject,
        work: (f64, f64, u32, f64),
        cause: Cause,
    ) {
        let (effort, shortest, hosts, harm) = work;
        let estate = self.ctx.estate();
        // Without responders of one's own, those on duty can still pull plugs and take out the paper forms.
        let own = self.ctx.posture(org).responders > 0.0
            || matches!(class(action.what), Class::Containment | Class::Continuity);
        let team = if own { org } else { estate.org(org).helped_by.unwrap_or(org) };
        let effort = (effort
            * (1.0 - self.ctx.numbers().response.plans_save * self.ctx.posture(org).exercised_plans))
            .max(0.05);
        // All systems of the organisation are assured together, after they are back.
        let level = match subject {
            Subject::Asset(a) => (estate.asset(a).level, !estate.asset(a).needed_by.is_empty()),
            _ if action.what == ActionKind::AssureAndReconnect => (LAST, false),
            _ => (0, false),
        };
        let most = (effort / shortest.max(0.05)).max(0.05);
        let job = Job { org, team, action, subject, hosts, restored: 0, cause };
        let work = Work::new(class(action.what), level, effort, most);
        let t = self.teams.get_mut(team);
        if self.jobs.add(t, (job, work), self.ctx.case.strategy.priority, harm) {
            self.list(team);
        }
    }

    /// The team is to be shared out afresh.
    fn list(&mut self, team: OrgId) {
        let t = self.teams.get_mut(team);
        if !std::mem::replace(&mut t.listed, true) {
            self.jobs.listed.push(team);
        }
    }

    /// Counts and shares out every team in which something changed in this minute; what they finish may list more.
    fn settle(&mut self, now: SimTime) {
        let mut k = 0;
        while let Some(&team) = self.jobs.listed.get(k) {
            self.teams.get_mut(team).listed = false;
            self.count(now, team);
            self.plan(now, team);
            k += 1;
        }
        self.jobs.listed.clear();
    }

    fn shift(&self, now: SimTime) -> f64 {
        let hour = self.ctx.case.scenario.calendar.minute_of_day(now) / 60;
        if (8..20).contains(&hour) { 1.0 } else { self.ctx.numbers().response.night_shift }
    }

    /// When the shift changes next, after `now`.
    fn next_shift(&self, now: SimTime) -> SimTime {
        let minute = self.ctx.case.scenario.calendar.minute_of_day(now);
        let change = [8, 20, 32].into_iter().map(|h| h * 60).find(|change| *change > minute);
        now + change.expect("a day has fewer than 32 hours") - minute
    }

    /// Counts a team's work up to `now` and finishes what is done.
    fn count(&mut self, now: SimTime, team: OrgId) {
        let own = self.ctx.people(team);
        loop {
            let from = self.teams.get(team).counted;
            let upto = now.min(self.next_shift(from));
            let share = self.shift(upto);
            let t = self.teams.get_mut(team);
            if t.working.is_empty() || from >= now {
                t.counted = now.max(from);
                return;
            }
            let worked = self.jobs.work(&t.working, f64::from(upto - from) / 60.0);
            t.counted = upto;
            self.ledger.worked(worked);
            if upto == now {
                break;
            }
            // Only a lone job is not looked at when the shift changes, and it goes on.
            let people = t.on_duty(own, share);
            self.jobs.share_out(t, people);
        }
        let t = self.teams.get_mut(team);
        let mut done = std::mem::take(&mut self.jobs.just_done);
        let working = std::mem::take(&mut t.working);
        for &id in &working {
            let work = self.jobs.work[id as usize];
            if work.is_done() && !work.closed {
                self.jobs.close(&mut t.queue, id);
                done.push(id);
            }
        }
        for &id in &working {
            if self.jobs.work[id as usize].class == Class::Recovery {
                recovery::bring_back(self, now, id);
            }
        }
        self.teams.get_mut(team).working = working;
        // Finishing may order more, and so come back here for the same minute: then nothing is left to count.
        for &id in &done {
            self.finish(now, id);
        }
        done.clear();
        self.jobs.just_done = done;
    }

    /// Shares the team out afresh and schedules its next count.
    fn plan(&mut self, now: SimTime, team: OrgId) {
        let (share, own) = (self.shift(now), self.ctx.people(team));
        let t = self.teams.get_mut(team);
        t.generation += 1;
        let people = t.on_duty(own, share);
        let soonest = self.jobs.share_out(t, people) * 60.0;
        if t.queue.is_empty() {
            return;
        }
        let generation = t.generation;
        let estate = &self.ctx.case.scenario.estate;
        let fleet = |id: &JobId| {
            self.jobs.work[*id as usize].class == Class::Recovery
                && self.jobs.all[*id as usize]
                    .subject
                    .asset()
                    .is_some_and(|a| estate.asset(a).stops_at >= 1.0)
        };
        let fleets = t.working.iter().any(fleet);
        let lone = (t.queue.len() == 1 && !t.working.is_empty() && !fleets).then(|| t.queue[0]);
        let staff = t.on_duty(own, 1.0);
        let at = if let Some(job) = lone {
            self.lone(now, job, staff)
        } else {
            let look = if fleets { LOOK * 60.0 } else { f64::INFINITY };
            Some(later(now, soonest.ceil().min(look).max(1.0)).min(self.next_shift(now)))
        };
        if let Some(at) = at {
            self.agenda.add(at, team.0, Due::Count(team, generation));
        }
    }

    /// Person-hours of a job up to `now` that no count has seen.
    fn uncounted(&self, now: SimTime, job: &Job, work: &Work) -> f64 {
        let team = self.teams.get(job.team);
        let staff = team.on_duty(self.ctx.people(job.team), 1.0);
        let (mut at, mut hours) = (team.counted, 0.0);
        while at < now {
            let upto = now.min(self.next_shift(at));
            let lone = team.queue.len() == 1;
            let people = if lone { (staff * self.shift(at)).min(work.most) } else { work.people };
            hours += people * f64::from(upto - at) / 60.0;
            at = upto;
        }
        hours.min(work.effort - work.done)
    }

    /// When a team of `staff` has done the one job that it has, shift after shift, or has nobody to go on with it; absent when that
    /// is past the end.
    fn lone(&self, now: SimTime, job: JobId, staff: f64) -> Option<SimTime> {
        let work = &self.jobs.work[job as usize];
        let (mut at, mut left) = (now, work.effort - work.done);
        while at < self.ctx.clock.end {
            let change = self.next_shift(at);
            let people = (staff * self.shift(at)).min(work.most);
            let shift = people * f64::from(change - at) / 60.0;
            if people <= 0.0 {
                return Some(at);
            }
            if left <= shift {
                return Some(later(at, (left / people * 60.0).ceil().max(1.0)));
            }
            left -= shift;
            at = change;
        }
        None
    }

    fn arrive(&mut self, now: SimTime, to: OrgId, from: OrgId, people: u32) {
        for org in [to, from] {
            self.count(now, org);
            self.list(org);
        }
        let spare = (self.ctx.people(from) - self.teams.get(from).lent).max(0.0);
        let people = f64::from(people).min(spare);
        self.teams.get_mut(from).lent += people;
        self.teams.get_mut(to).borrowed += people;
    }

    /// Whether `org` has cut anything off, from within or from outside.
    fn is_cut(&self, org: OrgId) -> bool {
        let estate = self.ctx.estate();
        estate.assets_of(org).any(|a| self.assets.get(a).isolated || self.assets.get(a).off)
            || estate.org(org).connections.iter().any(|c| self.links.cut_by(estate, *c, org))
    }

    fn cut_off(&self, org: OrgId) -> bool {
        let estate = self.ctx.estate();
        estate.org(org).connections.iter().all(|c| {
            let inner = {
                let c = &estate.connections[c.ix()];
                estate.segments[c.a.ix()].owner == estate.segments[c.b.ix()].owner
            };
            inner || !self.links.open(*c)
        })
    }

    /// Whether intruders in `org` can still be steered from outside, and act on what changed.
    fn steer(&mut self, now: SimTime, org: OrgId) {
        if self.intrusions.inside(org).next().is_none() {
            return;
        }
        let estate = self.ctx.estate();
        let all_off = estate.assets_of(org).all(|a| self.assets.get(a).off);
        let held_cut = {
            let mut held = estate.assets_of(org).filter(|a| self.assets.get(*a).held > 0).peekable();
            held.peek().is_some()
                && held.all(|a| {
                    let s = self.assets.get(a);
                    s.isolated || s.off || s.contained >= s.held
                })
        };
        let cut_off = self.cut_off(org) || all_off || held_cut;
        operator::freeze(&mut self.intrusions, &mut self.threats, now, org, cut_off);
    }

    fn isolate(&mut self, now: SimTime, asset: AssetId, off: bool, cause: Cause) {
        let state = self.assets.get_mut(asset);
        if off && !state.off || !off && !state.isolated {
            if off {
                state.off = true;
            } else {
                state.isolated = true;
            }
            let cause = self.ctx.note(
                now,
                What::AssetCut { asset, how: if off { "switched off" } else { "isolated" } },
                cause,
            );
            self.assets.get_mut(asset).cause = cause;
            self.ledger.impact(now);
            for &customer in &self.ctx.case.scenario.clone().estate.asset(asset).customers {
                self.lost_to(now, customer, cause);
            }
            let scenario = self.ctx.case.scenario.clone();
            self.assets.refresh(&scenario.estate, asset);
        }
    }

    fn cut(
        &mut self,
        now: SimTime,
        org: OrgId,
        cause: Cause,
        which: impl Fn(&crate::estate::Connection, Option<OrgId>) -> bool,
    ) {
        let scenario = self.ctx.case.scenario.clone();
        for &c in &scenario.estate.org(org).connections {
            let other = scenario.estate.other_end(c, org);
            if other != Some(org) && which(&scenario.estate.connections[c.ix()], other) {
                self.cut_one(now, org, c, cause);
            }
        }
    }

    fn cut_one(&mut self, now: SimTime, org: OrgId, c: ConnectionId, cause: Cause) {
        let scenario = self.ctx.case.scenario.clone();
        let estate = &scenario.estate;
        if self.links.cut(estate, c, org) {
            self.care.link_changed(c);
            if let Some(customer) =
                estate.other_end(c, org).filter(|_| estate.org(org).kind == OrgKind::Supplier)
            {
                self.lost_to(now, customer, cause);
            }
        }
    }

    /// A customer will notice that a supplier's system is out of reach.
    fn lost_to(&mut self, now: SimTime, customer: OrgId, cause: Cause) {
        let luck = self.ctx.draw(Purpose::Notice, pair(customer.0, 0)).uniform();
        let delay = 2.0 * self.ctx.numbers().detection.encryption_noticed.at(luck);
        let due = command::Due::Learn(customer, Trigger::SupplierLost, cause);
        self.commands.add(later(now, delay), customer.0, due);
    }

    /// What an action does when it is done.
    #[allow(clippy::too_many_lines)] // one arm for each action
    fn finish(&mut self, now: SimTime, id: u32) {
        use ActionKind as A;
        let job = self.jobs.all[id as usize];
        let (org, action) = (job.org, job.action);
        let scenario = self.ctx.case.scenario.clone();
        let estate = &scenario.estate;
        match job.subject {
            Subject::Asset(a) => return recovery::finished(self, now, job, a),
            Subject::Instance(c) => return recovery::instance_back(self, now, job, c),
            Subject::Organisation => {}
        }
        let cause = self.ctx.note(now, What::Done { org, action: action.what }, job.cause);
        match action.what {
            A::IsolateAsset | A::IsolateSegment => {
                let mut targets = std::mem::take(&mut self.jobs.targets);
                targets.extend(self.targets(org, action.to));
                for a in estate.assets_of(org) {
                    let segment = estate.asset(a).segment;
                    let aimed_at = if action.what == A::IsolateAsset {
                        targets.contains(&a)
                    } else {
                        targets.iter().any(|t| estate.asset(*t).segment == segment)
                    };
                    if aimed_at {
                        self.isolate(now, a, false, cause);
                    }
                }
                targets.clear();
                self.jobs.targets = targets;
            }
            A::IsolateHosts => {
                let mut targets = std::mem::take(&mut self.jobs.targets);
                targets.extend(self.targets(org, action.to));
                for a in targets.drain(..) {
                    let state = self.assets.get_mut(a);
                    state.contained = state.held + state.lost;
                }
                self.jobs.targets = targets;
            }
            A::IsolateOrganisation => self.cut(now, org, cause, |_, _| true),
            A::LeaveNationalNetwork => self.cut(now, org, cause, |c, other| {
                other.is_none() || c.kind == ConnectionKind::Hosted || c.kind == ConnectionKind::Mail
            }),
            A::DisconnectSupplier => {
                for &c in &estate.org(org).connections {
                    let Some(other) = estate.other_end(c, org) else { continue };
                    let down = |a: AssetId| self.assets.get(a).down() > 0 || self.assets.get(a).held > 0;
                    let aimed_at = estate.org(other).kind == OrgKind::Supplier
                        && (action.to == Target::All || estate.assets_of(other).any(down));
                    if aimed_at {
                        self.cut_one(now, org, c, cause);
                    }
                }
            }
            A::DisableRemoteAccess => {
                for a in estate.assets_of(org).filter(|a| estate.asset(*a).kind == AssetKind::RemoteAccess) {
                    self.isolate(now, a, false, cause);
                }
            }
            A::SwitchEverythingOff => estate.assets_of(org).for_each(|a| self.isolate(now, a, true, cause)),
            A::BlockIndicators => self.incident(org).block(),
            A::RegisterKillSwitch => {
                // The worm has already leapt in this step: from the next one on it does not.
                let at = self.ctx.clock.now + self.ctx.clock.step;
                self.nation.kill_switch.get_or_insert(at);
                self.ctx.note(at, What::KillSwitchRegistered, cause);
            }
            A::ResetCredentials => {
                for n in 0..self.intrusions.all.len() as u32 {
                    let i = &mut self.intrusions.all[n as usize];
                    let inside = i.org == org && !i.evicted;
                    if inside && i.stage >= Stage::Credentials && i.stage < Stage::Detonated {
                        // What it knew of accounts is worthless: it starts again from what it knows of the network.
                        i.stage = Stage::Discovery;
                        i.generation += 1;
                        i.due = later(
                            now,
                            self.ctx.numbers.0.threat.credentials.at(self
                                .ctx
                                .luck
                                .draws
                                .key(Purpose::Stage, pair(n, 999))
                                .uniform()),
                        );
                        let due = threat::Due::Advance { intrusion: n, generation: i.generation };
                        self.threats.add(i.due, n, due);
                    }
                }
            }
            A::EmergencyPatching => {
                let posture = self.ctx.posture(org);
                self.assets.patch(org, posture.asset_visibility * (1.0 - posture.unsupported));
            }
            A::HuntAndEvict => self.hunted(now, org, action, cause),
            A::UseDecryptor => {
                let factor = self.ctx.numbers().recovery.decryptor_factor;
                let Jobs { all, work, .. } = &mut *self.jobs;
                for (job, work) in all.iter().zip(work) {
                    let whole = job.subject.asset().is_some_and(|a| !self.assets.get(a).wiped);
                    if job.org == org && work.class == Class::Recovery && !work.closed && whole {
                        work.effort = work.done + (work.effort - work.done) * factor;
                    }
                }
            }
            A::AssureAndReconnect => self.reconnect(now, org),
            A::PaperWorking => {
                let since = self.incident(org).paper.get_or_insert(now).to_owned();
                self.care.paper(estate, org, since);
            }
            A::DivertEmergencies => self.incident(org).diverting = true,
            A::PostponePlannedCare => self.incident(org).postponing = true,
            A::SendWorkToNeighbour => self.incident(org).sending = true,
            A::ExtraSessions => self.incident(org).extra = true,
            A::InformPublic => self.incident(org).public = true,
            A::InformRegulator => self.ledger.regulator_told(now, org),
            A::DeclareNationalIncident => {
                self.nation.incident = Some(now);
                self.ctx.note(now, What::NationalIncident, cause);
            }
            A::ShareIndicators => self.commands.add(
                later(
                    now,
                    self.ctx
                        .numbers()
                        .command
                        .indicators_delay
                        .at(self.ctx.draw(Purpose::Indicators, 0).uniform()),
                ),
                0,
                command::Due::Indicators,
            ),
            A::CallNationalTeam | A::MutualAid => self.call(now, org, action.what),
            A::RestoreFromBackup | A::Rebuild => {}
        }
        let class = class(action.what);
        if class == Class::Continuity {
            self.care.mode(
                estate,
                org,
                self.incidents.get(self.roster.0[org.ix()]).expect("every organisation has an incident"),
            );
        }
        if class == Class::Containment {
            self.steer(now, org);
            let mut incident = self.incident(org);
            incident.containing -= 1;
            if incident.containing == 0 && incident.contained.is_none() && incident.suspected.is_some() {
                incident.contained = Some(now);
                self.ledger.contained(now, org);
                self.commands.add(now, org.0, command::Due::Learn(org, Trigger::Contained, cause));
            }
        }
    }

    fn call(&mut self, now: SimTime, org: OrgId, action: ActionKind) {
        let national = action == ActionKind::CallNationalTeam;
        if national {
            self.incident(org).called = true;
        } else {
            self.incident(org).aided = true;
        }
        let estate = self.ctx.estate();
        let from = if national {
            estate.organisations.iter().position(|o| o.kind == OrgKind::NationalBody)
        } else {
            // The largest team of another trust in the region.
            let serves = |o: &OrgId| {
                matches!(estate.org(*o).kind, OrgKind::Supplier | OrgKind::NationalBody | OrgKind::CareBoard)
            };
            let people = |o: &OrgId| self.ctx.posture(*o).responders;
            estate.by_region[estate.org(org).region as usize]
                .iter()
                .filter(|o| **o != org && !serves(o))
                .max_by(|a, b| people(a).total_cmp(&people(b)))
                .map(|o| o.ix())
        };
        let Some(from) = from else { return };
        let r = &self.ctx.numbers().response;
        let people =
            if national { r.national_team * self.ctx.case.strategy.system.teams } else { r.mutual_aid };
        let at = later(
            now,
            r.travel.at(self.ctx.draw(Purpose::Travel, pair(org.0, u32::from(national))).uniform()),
        );
        let own = self.ctx.posture(org).responders > 0.0;
        let to = if own { org } else { self.ctx.estate().org(org).helped_by.unwrap_or(org) };
        if to.ix() != from {
            self.agenda.add(at, org.0, Due::Arrive(to, OrgId(from as u32), people.round() as u32));
        }
    }

    /// A hunt is over: the intruder is out, or the hunt starts again.
    fn hunted(&mut self, now: SimTime, org: OrgId, action: Action, cause: Cause) {
        let r = &self.ctx.numbers().response;
        let chance =
            r.eviction + (r.eviction_with_detection - r.eviction) * self.ctx.posture(org).endpoint_detection;
        let inside = self.intrusions.inside(org).next().is_some();
        let tried = self.incident(org).hunts;
        self.incident(org).hunts += 1;
        if inside
            && self.ctx.draw(Purpose::Eviction, u64::from(org.0)).nth(u64::from(tried)).uniform() >= chance
        {
            self.ctx.note(now, What::HuntFailed { org }, cause);
            self.order(now, org, action, cause);
            return;
        }
        let scenario = self.ctx.case.scenario.clone();
        for i in self.intrusions.all.iter_mut().filter(|i| i.org == org) {
            i.evicted = true;
        }
        for a in scenario.estate.assets_of(org) {
            let state = self.assets.get_mut(a);
            state.protected += state.held;
            state.held = 0;
            state.contained = state.contained.min(state.lost);
        }
        let cause = self.ctx.note(now, What::Evicted { org }, cause);
        self.incident(org).evicted = Some(now);
        self.ledger.evicted(now, org);
        self.commands.add(now, org.0, command::Due::Learn(org, Trigger::Evicted, cause));
    }

    /// Takes back the organisation's own cuts; what is lost stays lost.
    fn reconnect(&mut self, now: SimTime, org: OrgId) {
        let scenario = self.ctx.case.scenario.clone();
        let estate = &scenario.estate;
        for a in estate.assets_of(org) {
            let state = self.assets.get_mut(a);
            if state.isolated || state.off {
                (state.isolated, state.off) = (false, false);
                if state.down() == 0 {
                    self.ctx.note(now, What::AssetBack { asset: a }, state.cause);
                }
                self.assets.refresh(estate, a);
            }
        }
        if estate.assets_of(org).all(|a| self.assets.get(a).down() == 0) {
            self.ledger.restored_at(now);
        }
        for &c in &estate.org(org).connections {
            if self.links.rejoin(estate, c, org) {
                self.care.link_changed(c);
                if let Some(customer) =
                    estate.other_end(c, org).filter(|_| estate.org(org).kind == OrgKind::Supplier)
                {
                    let due = command::Due::Learn(customer, Trigger::SupplierBack, NO_CAUSE);
                    self.commands.add(now, customer.0, due);
                }
            }
        }
        self.steer(now, org);
    }
}
