//! Teams and their jobs: people are shared out in the order of the strategy's priority, and work flows while they are there.

use bevy_ecs::prelude::*;

use crate::estate::{AssetId, OrgId};
use crate::sim::chronicle::Cause;
use crate::strategy::Priority;
use crate::strategy::action::Action;
use crate::units::SimTime;

/// Index of a job.
pub type JobId = u32;

/// People on duty in an organisation without responders, who contain and keep care going, but neither evict nor restore.
pub const ON_DUTY: f64 = 1.0;

/// Which jobs go first, whatever the priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Stop it.
    Containment,
    /// Tell others, keep care going.
    Continuity,
    /// Get it out.
    Eradication,
    /// Bring systems back.
    Recovery,
}

/// Work that an order asks for.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// For whom.
    pub org: OrgId,
    /// Whose team does it.
    pub team: OrgId,
    /// What.
    pub action: Action,
    /// On which asset, if on one.
    pub asset: Option<AssetId>,
    /// Class.
    pub class: Class,
    /// Level of the asset: lower levels of the same organisation come first.
    pub level: u8,
    /// Person-hours asked for.
    pub effort: f64,
    /// Person-hours done; never more than asked for.
    pub done: f64,
    /// Most people who can work on it.
    pub most: f64,
    /// People at work now.
    pub people: f64,
    /// Hosts that it is to bring back, and how many it has.
    pub hosts: u32,
    /// Hosts brought back.
    pub restored: u32,
    /// Weight of what it brings back for care.
    pub harm: f64,
    /// When it was ordered: its place in the queue among equals.
    pub seq: u32,
    /// What the priority makes of it: less comes first.
    pub rank: f64,
    /// It is finished.
    pub finished: bool,
    /// Why it was ordered.
    pub cause: Cause,
}

impl Job {
    fn before(&self, other: &Self) -> bool {
        let order = self.class.cmp(&other.class).then(self.rank.total_cmp(&other.rank));
        order.then(self.seq.cmp(&other.seq)).is_lt()
    }
}

/// One organisation's team; a component of its entity.
#[derive(Component, Clone, Debug, Default, PartialEq)]
pub struct Team {
    /// People lent to it.
    pub borrowed: f64,
    /// People lent by it.
    pub lent: f64,
    /// Unfinished jobs, in the order of the strategy's priority.
    pub queue: Vec<JobId>,
    /// Those of them that have people, in the same order.
    pub working: Vec<JobId>,
    /// It is on the list of teams to be shared out afresh.
    pub listed: bool,
    /// Up to when work is counted.
    pub counted: SimTime,
    /// Counts reschedulings.
    pub generation: u32,
    /// Person-hours worked.
    pub worked: f64,
}

impl Team {
    /// Back to nobody at work; lists keep their memory.
    pub fn reset(&mut self) {
        let (mut queue, mut working) = (std::mem::take(&mut self.queue), std::mem::take(&mut self.working));
        queue.clear();
        working.clear();
        *self = Self { queue, working, ..Self::default() };
    }
    /// People on duty, of `own` and those lent.
    pub fn on_duty(&self, own: f64, share: f64) -> f64 {
        (own + self.borrowed - self.lent).max(0.0) * share
    }
}

/// Levels of recovery that are told apart; the last is for assurance, after all others.
const LEVELS: usize = 21;

/// All jobs of the run.
#[derive(Resource, Debug, Default)]
pub struct Jobs {
    /// The jobs.
    pub all: Vec<Job>,
    /// Teams to be shared out afresh before the minute ends.
    pub listed: Vec<OrgId>,
    /// Jobs that one count found finished; kept for its memory.
    pub just_done: Vec<JobId>,
    /// What an isolation is aimed at; kept for its memory.
    pub targets: Vec<AssetId>,
    /// By organisation: unfinished recovery jobs at each level.
    open: Vec<[u16; LEVELS]>,
}

impl Jobs {
    /// Back to none.
    pub fn reset(&mut self, organisations: usize) {
        for job in self.all.drain(..) {
            self.open[job.org.ix()] = [0; LEVELS];
        }
        self.listed.clear();
        self.open.resize(organisations, [0; LEVELS]);
    }

    fn slot(&mut self, job: &Job) -> Option<&mut u16> {
        let level = usize::from(job.level).min(LEVELS - 1);
        (job.class == Class::Recovery).then(|| &mut self.open[job.org.ix()][level])
    }

    fn place(&self, queue: &[JobId], id: JobId) -> usize {
        let new = &self.all[id as usize];
        // Mostly a new job comes last, and the first one is done first.
        if queue.first() == Some(&id) {
            return 0;
        }
        if queue.last().is_some_and(|q| self.all[*q as usize].before(new)) {
            return queue.len();
        }
        queue.partition_point(|q| self.all[*q as usize].before(new))
    }

    /// Adds a job, and puts it into `queue` where its class and the priority say.
    pub fn add(&mut self, queue: &mut Vec<JobId>, mut job: Job, priority: Priority) {
        job.rank = match priority {
            Priority::FirstCome => 0.0,
            Priority::HarmFirst => -job.harm,
            Priority::QuickWins => job.effort,
            Priority::PrerequisitesFirst => f64::from(job.level),
        };
        job.seq = self.all.len() as u32;
        if let Some(open) = self.slot(&job) {
            *open += 1;
        }
        self.all.push(job);
        queue.insert(self.place(queue, job.seq), job.seq);
    }

    /// Marks a job as finished and takes it out of its `queue`.
    pub fn close(&mut self, queue: &mut Vec<JobId>, id: JobId) {
        let job = self.all[id as usize];
        if let Some(open) = self.slot(&job) {
            *open -= 1;
        }
        self.all[id as usize].finished = true;
        queue.remove(self.place(queue, id));
    }

    /// Shares `people` out over a queue and returns hours until the first job is done; `working` gets those who have people.
    /// Within one organisation a level of recovery starts when the lower ones are done; so more people never make it slower.
    pub fn share_out(&mut self, queue: &[JobId], working: &mut Vec<JobId>, people: f64) -> f64 {
        let mut left = people;
        let mut soonest = f64::INFINITY;
        for id in working.drain(..) {
            self.all[id as usize].people = 0.0;
        }
        for &id in queue {
            if left <= 0.0 {
                break;
            }
            let job = self.all[id as usize];
            let level = usize::from(job.level).min(LEVELS - 1);
            let waits =
                job.class == Class::Recovery && self.open[job.org.ix()][..level].iter().any(|open| *open > 0);
            if waits {
                continue;
            }
            let given = job.most.min(left);
            left -= given;
            self.all[id as usize].people = given;
            working.push(id);
            soonest = soonest.min((job.effort - job.done) / given);
        }
        soonest
    }

    /// Counts `hours` of work; returns the person-hours worked.
    pub fn work(&mut self, working: &[JobId], hours: f64) -> f64 {
        let mut worked = 0.0;
        for &id in working {
            let job = &mut self.all[id as usize];
            let step = (job.people * hours).min(job.effort - job.done);
            job.done += step;
            worked += step;
            if job.effort - job.done < 1e-6 {
                job.done = job.effort;
            }
        }
        worked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::action::{ActionKind, Target};

    fn job(level: u8, effort: f64, most: f64) -> Job {
        Job {
            org: OrgId(0),
            team: OrgId(0),
            action: Action { what: ActionKind::RestoreFromBackup, to: Target::Affected },
            asset: None,
            class: Class::Recovery,
            level,
            effort,
            done: 0.0,
            most,
            people: 0.0,
            hosts: 0,
            restored: 0,
            harm: effort,
            seq: 0,
            rank: 0.0,
            finished: false,
            cause: 0,
        }
    }

    fn makespan(people: f64, priority: Priority, jobs: &[Job]) -> f64 {
        let mut all = Jobs::default();
        all.reset(1);
        let (mut queue, mut working) = (vec![], vec![]);
        for job in jobs {
            all.add(&mut queue, *job, priority);
        }
        let mut hours = 0.0;
        while !queue.is_empty() {
            let step = all.share_out(&queue, &mut working, people);
            all.work(&working, step);
            hours += step;
            for id in working
                .iter()
                .filter(|id| all.all[**id as usize].done >= all.all[**id as usize].effort)
                .copied()
                .collect::<Vec<_>>()
            {
                all.close(&mut queue, id);
            }
        }
        hours
    }

    #[test]
    fn more_people_never_lengthen_recovery() {
        use crate::draws::{Draws, Purpose};
        for case in 0..200 {
            let draws = Draws::new(case, 0);
            let u = |n: u64| draws.key(Purpose::Effort, n).uniform();
            let jobs: Vec<Job> = (0..9u32)
                .map(|n| {
                    job(
                        (u(u64::from(n)) * 3.0) as u8,
                        5.0 + 90.0 * u(u64::from(n) + 50),
                        1.0 + 5.0 * u(u64::from(n) + 90),
                    )
                })
                .collect();
            for priority in
                [Priority::FirstCome, Priority::HarmFirst, Priority::QuickWins, Priority::PrerequisitesFirst]
            {
                let mut last = f64::INFINITY;
                for people in 1..12 {
                    let hours = makespan(f64::from(people), priority, &jobs);
                    assert!(
                        hours <= last + 1e-9,
                        "case {case}, {priority:?}, {people}: {hours} after {last}"
                    );
                    last = hours;
                }
            }
        }
    }
}
