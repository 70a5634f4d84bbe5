//! How a team's work goes on: jobs join its queue, its people are shared out over them, and what they have done is counted when a job is
//! done, the shift changes or somebody comes.

use super::{ResponseParams, action, recovery};
use crate::catalogue::action::{Action, ActionKind};
use crate::estate::OrgId;
use crate::sim::core::events::{Loan, ResponseEvent};
use crate::sim::core::run::later;
use crate::sim::core::trace::Cause;
use crate::sim::state::jobs::{APART, Class, Job, JobId, LAST, Subject, Work};
use crate::streams::StreamName;
use crate::units::{DAY, SimTime};

/// Hours between looks at the running recovery of a fleet, which comes back bit by bit.
const LOOK: f64 = 6.0;

impl ResponseParams<'_, '_> {
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
            || matches!(action::rules(action.what).class, Class::Containment | Class::Continuity);
        let team = if own { org } else { estate.org(org).helped_by.unwrap_or(org) };
        let effort = (effort
            * (1.0 - self.ctx.parameters.response.plans_save * self.ctx.posture(org).exercised_plans))
            .max(0.05);
        // What was cut off and is clean is assured piece by piece; the connections with others come last, after all systems are back.
        let level = match subject {
            Subject::Cut(_) => (APART, false),
            Subject::Asset(a) => (estate.asset(a).level, !estate.asset(a).needed_by.is_empty()),
            Subject::Organisation | Subject::Instance(_) if action.what == ActionKind::AssureAndReconnect => {
                (LAST, false)
            }
            Subject::Organisation | Subject::Instance(_) => (0, false),
        };
        let most = (effort / shortest.max(0.05)).max(0.05);
        let job = Job { org, team, action, subject, hosts, restored: 0, cause };
        let work = Work::new(action::rules(action.what).class, level, effort, most);
        let t = self.teams.get_mut(team);
        if self.jobs.add(t, (job, work), self.ctx.setup.strategy.priority, harm) {
            self.list(team);
        }
    }

    /// The team is to be shared out afresh.
    pub(super) fn list(&mut self, team: OrgId) {
        let t = self.teams.get_mut(team);
        if !std::mem::replace(&mut t.listed, true) {
            self.jobs.listed.push(team);
        }
    }

    /// Counts and shares out every team in which something changed in this minute; what they finish may list more.
    pub(super) fn settle(&mut self, now: SimTime) {
        let mut k = 0;
        while let Some(&team) = self.jobs.listed.get(k) {
            self.teams.get_mut(team).listed = false;
            self.count(now, team);
            self.plan(now, team);
            k += 1;
        }
        self.jobs.listed.clear();
    }

    /// Share of a team that is at work.
    fn shift(&self, now: SimTime) -> f64 {
        let hour = self.ctx.setup.scenario.calendar.hour_of_week(now);
        let r = &self.ctx.parameters.response;
        match (hour / 24, hour % 24) {
            (0..=4, 8..20) => 1.0,
            (_, 8..20) => r.weekend_shift,
            _ => r.night_shift,
        }
    }

    /// When the shift changes next, after `now`.
    fn next_shift(&self, now: SimTime) -> SimTime {
        let minute = self.ctx.setup.scenario.calendar.minute_of_day(now);
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
            self.jobs.allocate_staff(t, people);
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
        let soonest = self.jobs.allocate_staff(t, people) * 60.0;
        let generation = t.generation;
        if t.queue.is_empty() {
            if t.borrowed > 0.0 {
                self.events.add(now + DAY, team.0, ResponseEvent::Idle(team, generation));
            }
            return;
        }
        if t.lent > 0.0 && t.on_duty(own, 1.0) <= 0.0 && !std::mem::replace(&mut t.recalled, true) {
            self.recall(now, team);
        }
        let t = self.teams.get(team);
        let estate = &self.ctx.setup.scenario.estate;
        let fleet = |id: &JobId| {
            self.jobs.work[*id as usize].class == Class::Recovery
                && self.jobs.all[*id as usize].subject.asset().is_some_and(|a| estate.asset(a).in_parts())
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
            self.events.add(at, team.0, ResponseEvent::Count(team, generation));
        }
    }

    /// Person-hours of a job up to `now` that no count has seen.
    pub(super) fn uncounted(&self, now: SimTime, job: &Job, work: &Work) -> f64 {
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

    /// People come to help another team, as many as can be spared at home.
    pub(super) fn arrive(&mut self, now: SimTime, loan: Loan) {
        for org in [loan.to, loan.from] {
            self.count(now, org);
            self.list(org);
        }
        let spare = (self.ctx.people(loan.from) - self.teams.get(loan.from).lent).max(0.0);
        let people = loan.people.min(spare);
        self.teams.get_mut(loan.from).lent += people;
        self.teams.get_mut(loan.to).borrowed += people;
        if people > 0.0 {
            self.teams.loans.push(Loan { people, ..loan });
        }
    }

    /// A team that has lent all of its people, and has work of its own, calls them back: they are home when they have travelled.
    fn recall(&mut self, now: SimTime, team: OrgId) {
        let travel = &self.ctx.parameters.response.travel;
        let minutes = |l: &Loan| {
            let stream = StreamName::Travel { organisation: self.ctx.org_key(l.asked), national: l.national };
            travel.at(self.ctx.stream(stream).uniform())
        };
        let home = self.teams.loans.iter().filter(|l| l.from == team).map(minutes).fold(0.0, f64::max);
        self.events.add(later(now, home), team.0, ResponseEvent::GoHome(team));
    }

    /// A team to which others have lent people has had no work for a day: they go home.
    pub(super) fn idle(&mut self, now: SimTime, team: OrgId, generation: u32) {
        let t = self.teams.get(team);
        if t.generation == generation && t.queue.is_empty() {
            self.go_home(now, |l| l.to == team);
        }
    }

    /// These loans are over. Whoever asked for them may ask again.
    pub(super) fn go_home(&mut self, now: SimTime, over: impl Fn(&Loan) -> bool) {
        let mut k = 0;
        while let Some(&loan) = self.teams.loans.get(k) {
            if !over(&loan) {
                k += 1;
                continue;
            }
            self.teams.loans.remove(k);
            for org in [loan.to, loan.from] {
                self.count(now, org);
                self.list(org);
            }
            // Summed anew, so that nothing is left of the last one's people.
            let borrowed = self.teams.loans.iter().filter(|l| l.to == loan.to).map(|l| l.people).sum();
            let lent = self.teams.loans.iter().filter(|l| l.from == loan.from).map(|l| l.people).sum();
            self.teams.get_mut(loan.to).borrowed = borrowed;
            let home = self.teams.get_mut(loan.from);
            (home.lent, home.recalled) = (lent, false);
            let mut incident = self.incidents.get_mut(loan.asked);
            if loan.national {
                incident.called = false;
            } else {
                incident.aided = false;
            }
        }
    }
}
