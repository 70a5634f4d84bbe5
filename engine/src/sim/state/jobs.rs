//! Teams and their jobs: people are shared out in the order of the strategy's priority, and work flows while they are there.

use bevy_ecs::prelude::*;

use crate::catalogue::action::Action;
use crate::estate::{AssetId, ConnectionId, OrgId};
use crate::sim::core::events::Loan;
use crate::sim::core::trace::Cause;
use crate::strategy::Priority;
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

/// What a job works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// All of the organisation.
    Organisation,
    /// One of its assets, to bring it back.
    Asset(AssetId),
    /// One of its assets that was cut off, to assure it.
    Cut(AssetId),
    /// The instance that a customer reaches over a connection.
    Instance(ConnectionId),
}

impl Subject {
    /// The asset, if it is one.
    pub const fn asset(self) -> Option<AssetId> {
        match self {
            Self::Asset(a) | Self::Cut(a) => Some(a),
            Self::Organisation | Self::Instance(_) => None,
        }
    }
}

/// What an order asks for.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// For whom.
    pub org: OrgId,
    /// Whose team does it.
    pub team: OrgId,
    /// What.
    pub action: Action,
    /// On what.
    pub subject: Subject,
    /// Hosts that it is to bring back, and how many it has.
    pub hosts: u32,
    /// Hosts brought back.
    pub restored: u32,
    /// Why it was ordered.
    pub cause: Cause,
}

/// How far a job is; apart from the [`Job`], so that a team's count reads few lines of memory.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Person-hours asked for.
    pub effort: f64,
    /// Person-hours done; never more than asked for.
    pub done: f64,
    /// Most people who can work on it.
    pub most: f64,
    /// People at work now.
    pub people: f64,
    /// What the priority makes of it: less comes first, and among equals what was ordered first.
    rank: f64,
    /// Class.
    pub class: Class,
    /// Level of the asset: what it needs of the same organisation comes first.
    level: u8,
    /// Others of the organisation need it, so higher levels wait for it.
    needed: bool,
    /// It is finished and out of its queue.
    pub closed: bool,
}

impl Work {
    /// Of `effort` person-hours, on which at most so many people can work; at a level, and whether higher levels wait for it.
    pub const fn new(class: Class, (level, needed): (u8, bool), effort: f64, most: f64) -> Self {
        Self { effort, done: 0.0, most, people: 0.0, rank: 0.0, class, level, needed, closed: false }
    }
    /// Whether all of it is done.
    pub fn is_done(&self) -> bool {
        self.done >= self.effort
    }
}

/// One organisation's team.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Team {
    /// People lent to it.
    pub borrowed: f64,
    /// People lent by it.
    pub lent: f64,
    /// Those whom it has lent are on their way home.
    pub recalled: bool,
    /// Unfinished jobs, in the order of the strategy's priority.
    pub queue: Vec<JobId>,
    /// Those of them that have people, in the same order.
    pub working: Vec<JobId>,
    /// It is on the list of teams to be shared out afresh.
    pub listed: bool,
    /// All its people are at work.
    pub busy: bool,
    /// Up to when work is counted.
    pub counted: SimTime,
    /// Counts reschedulings.
    pub generation: u32,
    /// The run has touched it.
    touched: bool,
}

impl Team {
    /// Back to nobody at work; lists keep their memory.
    fn reset(&mut self) {
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

/// All teams, by organisation. Dense, since every order and every count goes to another one: in a national run, tens of thousands.
#[derive(Resource, Debug, Default)]
pub struct Teams {
    all: Vec<Team>,
    touched: Vec<OrgId>,
    /// Who works for whom now.
    pub loans: Vec<Loan>,
}

impl Teams {
    /// Nobody at work; only what the last run touched is reset.
    pub fn reset(&mut self, organisations: usize) {
        self.touched.drain(..).for_each(|o| self.all[o.ix()].reset());
        self.loans.clear();
        self.all.resize(organisations, Team::default());
    }
    /// Every team.
    pub fn all(&self) -> &[Team] {
        &self.all
    }
    /// A team.
    pub fn get(&self, org: OrgId) -> &Team {
        &self.all[org.ix()]
    }
    /// A team, to change.
    pub fn get_mut(&mut self, org: OrgId) -> &mut Team {
        let team = &mut self.all[org.ix()];
        if !std::mem::replace(&mut team.touched, true) {
            self.touched.push(org);
        }
        team
    }
}

/// Levels of recovery that are told apart, and a last place for what no other asset needs.
const LEVELS: usize = 21;
/// The level of what waits for all recovery of its organisation: assurance.
pub const LAST: u8 = u8::MAX;
/// The level of what waits for nothing and for which nothing waits: assurance of one asset that was cut off.
pub const APART: u8 = LAST - 1;

/// All jobs of the run.
#[derive(Resource, Debug, Default)]
pub struct Jobs {
    /// The jobs …
    pub all: Vec<Job>,
    /// … and how far each is.
    pub work: Vec<Work>,
    /// Teams to be shared out afresh before the minute ends.
    pub listed: Vec<OrgId>,
    /// Jobs that one count found finished; kept for its memory.
    pub just_done: Vec<JobId>,
    /// What an isolation is aimed at; kept for its memory.
    pub targets: Vec<AssetId>,
    /// By organisation: unfinished recovery jobs of assets at each level, those that no other asset needs at the last place.
    open: Vec<[u16; LEVELS]>,
    /// By organisation: unfinished jobs of all kinds.
    unfinished: Vec<u32>,
}

impl Jobs {
    /// Back to none.
    pub fn reset(&mut self, organisations: usize) {
        for (job, work) in self.all.drain(..).zip(self.work.drain(..)) {
            if work.class == Class::Recovery {
                self.open[job.org.ix()] = [0; LEVELS];
            }
            self.unfinished[job.org.ix()] = 0;
        }
        self.listed.clear();
        self.open.resize(organisations, [0; LEVELS]);
        self.unfinished.resize(organisations, 0);
    }

    /// Unfinished jobs of an organisation.
    pub fn unfinished(&self, org: OrgId) -> u32 {
        self.unfinished[org.ix()]
    }

    fn slot(&mut self, id: JobId) -> Option<&mut u16> {
        let (org, work) = (self.all[id as usize].org, &self.work[id as usize]);
        let place = if work.needed { usize::from(work.level).min(LEVELS - 2) } else { LEVELS - 1 };
        (work.class == Class::Recovery && work.level < APART).then(|| &mut self.open[org.ix()][place])
    }

    fn before(&self, a: JobId, b: JobId) -> bool {
        let (first, second) = (&self.work[a as usize], &self.work[b as usize]);
        let order = first.class.cmp(&second.class).then(first.rank.total_cmp(&second.rank));
        order.then(a.cmp(&b)).is_lt()
    }

    fn place(&self, queue: &[JobId], id: JobId) -> usize {
        // Mostly a new job comes last, and the first one is done first.
        if queue.first() == Some(&id) {
            return 0;
        }
        if queue.last().is_some_and(|q| self.before(*q, id)) {
            return queue.len();
        }
        queue.partition_point(|q| self.before(*q, id))
    }

    /// Adds a job for `team`, which brings back what weighs `harm` for care, where its class and the priority say. True when that
    /// changes who works on what now.
    pub fn add(
        &mut self,
        team: &mut Team,
        (job, mut work): (Job, Work),
        priority: Priority,
        harm: f64,
    ) -> bool {
        work.rank = match priority {
            Priority::FirstCome => 0.0,
            Priority::HarmFirst => -harm,
            Priority::QuickWins => work.effort,
            Priority::PrerequisitesFirst => f64::from(work.level),
        };
        let id = self.all.len() as JobId;
        self.all.push(job);
        self.work.push(work);
        self.unfinished[job.org.ix()] += 1;
        if let Some(open) = self.slot(id) {
            *open += 1;
        }
        team.queue.insert(self.place(&team.queue, id), id);
        // Behind others who have all the people there are it waits; recovery also makes higher levels wait for it.
        let waits = team.busy && team.working.last().is_some_and(|last| self.before(*last, id));
        !waits || work.class == Class::Recovery
    }

    /// Marks a job as finished and takes it out of its `queue`.
    pub fn close(&mut self, queue: &mut Vec<JobId>, id: JobId) {
        if let Some(open) = self.slot(id) {
            *open -= 1;
        }
        self.unfinished[self.all[id as usize].org.ix()] -= 1;
        self.work[id as usize].closed = true;
        queue.remove(self.place(queue, id));
    }

    /// Shares `people` out over a team's queue and returns hours until the first job is done; `working` gets those who have people.
    /// Within one organisation a level of recovery starts when what is needed of the lower ones is done; so more people never make it
    /// slower.
    pub fn allocate_staff(&mut self, team: &mut Team, people: f64) -> f64 {
        let mut left = people;
        let mut soonest = f64::INFINITY;
        for id in team.working.drain(..) {
            self.work[id as usize].people = 0.0;
        }
        for &id in &team.queue {
            if left <= 0.0 {
                break;
            }
            let work = &mut self.work[id as usize];
            let waits = work.class == Class::Recovery && work.level != APART && {
                let before =
                    if work.level == LAST { LEVELS } else { usize::from(work.level).min(LEVELS - 2) };
                self.open[self.all[id as usize].org.ix()][..before].iter().any(|open| *open > 0)
            };
            if waits {
                continue;
            }
            let given = work.most.min(left);
            left -= given;
            work.people = given;
            team.working.push(id);
            soonest = soonest.min((work.effort - work.done) / given);
        }
        team.busy = left <= 0.0;
        soonest
    }

    /// Counts `hours` of work; returns the person-hours worked.
    pub fn work(&mut self, working: &[JobId], hours: f64) -> f64 {
        let mut worked = 0.0;
        for &id in working {
            let job = &mut self.work[id as usize];
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
    use crate::catalogue::action::{ActionKind, Target};

    fn job(level: u8, effort: f64, most: f64) -> (Job, Work) {
        let job = Job {
            org: OrgId(0),
            team: OrgId(0),
            action: Action { what: ActionKind::RestoreFromBackup, to: Target::Affected },
            subject: Subject::Organisation,
            hosts: 0,
            restored: 0,
            cause: 0,
        };
        (job, Work::new(Class::Recovery, (level, effort > 30.0), effort, most))
    }

    fn makespan(people: f64, priority: Priority, jobs: &[(Job, Work)]) -> f64 {
        let mut all = Jobs::default();
        all.reset(1);
        let mut team = Team::default();
        for job in jobs {
            all.add(&mut team, *job, priority, job.1.effort);
        }
        let mut hours = 0.0;
        while !team.queue.is_empty() {
            let step = all.allocate_staff(&mut team, people);
            all.work(&team.working, step);
            hours += step;
            for id in team
                .working
                .iter()
                .filter(|id| all.work[**id as usize].is_done())
                .copied()
                .collect::<Vec<_>>()
            {
                all.close(&mut team.queue, id);
            }
        }
        hours
    }

    #[test]
    fn more_people_never_lengthen_recovery() {
        use crate::streams::{StreamName, Streams};
        for case in 0..200 {
            let streams = Streams::new(case, 0);
            let u = |n: u64| streams.stream(StreamName::Test { n }).uniform();
            let jobs: Vec<(Job, Work)> = (0..9u32)
                .map(|n| {
                    job(
                        (u(u64::from(n)) * 3.0) as u8,
                        5.0 + 90.0 * u(u64::from(n) + 50),
                        1.0 + 5.0 * u(u64::from(n) + 90),
                    )
                })
                .collect();
            for priority in Priority::ALL {
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
