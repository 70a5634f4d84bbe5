//! Teams and their jobs: people are shared out in the order of the strategy's priority, and work flows while they are there.

use bevy_ecs::prelude::*;

use crate::estate::{AssetId, OrgId};
use crate::sim::chronicle::Cause;
use crate::strategy::Priority;
use crate::strategy::action::Action;
use crate::units::SimTime;

/// Index of a job.
pub type JobId = u32;

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
    /// When it was ordered: its place in the queue.
    pub seq: u32,
    /// It is finished.
    pub finished: bool,
    /// Why it was ordered.
    pub cause: Cause,
}

/// One organisation's team; a component of its entity.
#[derive(Component, Clone, Debug, Default, PartialEq)]
pub struct Team {
    /// People of its own.
    pub people: f64,
    /// People lent to it.
    pub borrowed: f64,
    /// People lent by it.
    pub lent: f64,
    /// Unfinished jobs, in queue order.
    pub queue: Vec<JobId>,
    /// Up to when work is counted.
    pub counted: SimTime,
    /// Counts reschedulings.
    pub generation: u32,
    /// Person-hours worked.
    pub worked: f64,
}

impl Team {
    /// People on duty.
    pub fn on_duty(&self, share: f64) -> f64 {
        (self.people + self.borrowed - self.lent).max(0.0) * share
    }
}

/// All jobs of the run.
#[derive(Resource, Debug, Default)]
pub struct Jobs {
    /// The jobs.
    pub all: Vec<Job>,
}

impl Jobs {
    /// Sorts a queue; jobs that must wait for a lower level of their organisation's recovery stand where they are but get nobody.
    pub fn sort(&self, queue: &mut [JobId], priority: Priority) {
        queue.sort_by(|a, b| {
            let (x, y) = (&self.all[*a as usize], &self.all[*b as usize]);
            let rank = x.class.cmp(&y.class);
            let order = match priority {
                Priority::FirstCome => std::cmp::Ordering::Equal,
                Priority::HarmFirst => y.harm.total_cmp(&x.harm),
                Priority::QuickWins => x.effort.total_cmp(&y.effort),
                Priority::PrerequisitesFirst => x.level.cmp(&y.level),
            };
            rank.then(order).then(x.seq.cmp(&y.seq))
        });
    }

    /// Shares `people` out over a sorted queue and returns hours until the first job is done. Within one organisation a level
    /// of recovery starts when the lower ones are done; so more people never make it slower.
    pub fn share_out(&mut self, queue: &[JobId], people: f64) -> f64 {
        let mut left = people;
        let mut soonest = f64::INFINITY;
        for &id in queue {
            let job = self.all[id as usize];
            let waits = job.class == Class::Recovery
                && queue.iter().any(|o| {
                    let other = &self.all[*o as usize];
                    other.org == job.org && other.class == Class::Recovery && other.level < job.level
                });
            let given = if waits { 0.0 } else { job.most.min(left) };
            left -= given;
            self.all[id as usize].people = given;
            if given > 0.0 {
                soonest = soonest.min((job.effort - job.done) / given);
            }
        }
        soonest
    }

    /// Counts `hours` of work on a queue; returns the person-hours worked.
    pub fn work(&mut self, queue: &[JobId], hours: f64) -> f64 {
        let mut worked = 0.0;
        for &id in queue {
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

    fn job(level: u8, effort: f64, most: f64, seq: u32) -> Job {
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
            seq,
            finished: false,
            cause: 0,
        }
    }

    fn makespan(people: f64, priority: Priority, jobs: &[Job]) -> f64 {
        let mut all = Jobs { all: jobs.to_vec() };
        let mut queue: Vec<u32> = (0..jobs.len() as u32).collect();
        let mut hours = 0.0;
        while !queue.is_empty() {
            all.sort(&mut queue, priority);
            let step = all.share_out(&queue, people);
            all.work(&queue, step);
            hours += step;
            queue.retain(|id| all.all[*id as usize].done < all.all[*id as usize].effort);
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
                        n,
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
