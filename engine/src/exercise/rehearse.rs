//! A dry run: how the world of the scenario behaves in many replicates before a room is booked, and what that means for the list of injects.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use crate::estate::{OrgId, ServiceId};
use crate::exercise::salience::worth_telling;
use crate::exercise::session::Start;
use crate::exercise::trigger;
use crate::scenario::Scenario;
use crate::scenario::exercise::{Exercise, When};
use crate::sim::Simulation;
use crate::sim::core::trace::EventKind;
use crate::study::replicates::Progress;
use crate::units::SimTime;

/// What became of an inject or question over the runs.
#[derive(Clone, Debug)]
pub struct Fate {
    /// Share of runs in which it is given by itself before the end.
    pub given: f64,
    /// Median time after players joined, of the runs in which it is, in minutes.
    pub median: Option<f64>,
    /// Share of runs in which its text is plausible when it is given; absent when nothing says what it needs.
    pub plausible: Option<f64>,
}

/// Something that a room could be told of the world. It is the same event in two runs whatever it comes to in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // as in `EventKind`
pub enum WorldEvent {
    Detonated(OrgId),
    RecordsTaken(OrgId),
    Suspected(OrgId),
    Declared(OrgId),
    Evicted(OrgId),
    HuntFailed(OrgId),
    Recovered(OrgId),
    InstanceBack(OrgId),
    NationKnows,
    NationalIncident,
    KillSwitchFound,
    KillSwitchRegistered,
    ServiceDisturbed(ServiceId),
}

impl WorldEvent {
    /// What a room could be told of an event; nothing where it is of no use as an inject.
    fn of(event: &EventKind) -> Option<Self> {
        match *event {
            EventKind::Detonated { org } => Some(Self::Detonated(org)),
            EventKind::RecordsTaken { org, .. } => Some(Self::RecordsTaken(org)),
            EventKind::Suspected { org, .. } => Some(Self::Suspected(org)),
            EventKind::Declared { org } => Some(Self::Declared(org)),
            EventKind::Evicted { org } => Some(Self::Evicted(org)),
            EventKind::HuntFailed { org } => Some(Self::HuntFailed(org)),
            EventKind::Recovered { org } => Some(Self::Recovered(org)),
            EventKind::InstanceBack { org } => Some(Self::InstanceBack(org)),
            EventKind::NationKnows { .. } => Some(Self::NationKnows),
            EventKind::NationalIncident => Some(Self::NationalIncident),
            EventKind::KillSwitchFound => Some(Self::KillSwitchFound),
            EventKind::KillSwitchRegistered => Some(Self::KillSwitchRegistered),
            EventKind::ServiceDisturbed { service, .. } => Some(Self::ServiceDisturbed(service)),
            EventKind::Began { .. }
            | EventKind::Entered { .. }
            | EventKind::Stopped { .. }
            | EventKind::Reached { .. }
            | EventKind::CarriedOn { .. }
            | EventKind::AssetLost { .. }
            | EventKind::AssetCut { .. }
            | EventKind::AssetBack { .. }
            | EventKind::Reinfected { .. }
            | EventKind::AlertRead { .. }
            | EventKind::Ordered { .. }
            | EventKind::Refused { .. }
            | EventKind::Done { .. }
            | EventKind::ServiceRestored { .. } => None,
        }
    }
}

/// Something that the world would send by itself.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// What.
    pub what: WorldEvent,
    /// Share of runs in which it happens during the exercise.
    pub chance: f64,
    /// Median minutes after players joined.
    pub median: f64,
}

/// A move: the stretch of exercise time from one question to the next.
#[derive(Clone, Debug)]
pub struct Move {
    /// Question with which it begins, by position; absent for the one from STARTEX.
    pub from: Option<usize>,
    /// Question with which it ends; absent for the one to ENDEX.
    pub to: Option<usize>,
    /// Minutes: 5 %, 50 % and 95 % of the runs in which both come.
    pub minutes: (f64, f64, f64),
}

/// The dry run.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// Moves, in the usual order of the questions.
    pub moves: Vec<Move>,
    /// By inject.
    pub injects: Vec<Fate>,
    /// By question.
    pub questions: Vec<Fate>,
    /// By objective: share of runs in which an inject or question of it comes.
    pub objectives: Vec<f64>,
    /// What the world would send by itself in one run of ten or more, the likeliest first.
    pub proposals: Vec<Proposal>,
    /// Runs.
    pub runs: usize,
}

struct Run {
    injects: Vec<Option<(SimTime, bool)>>,
    questions: Vec<Option<SimTime>>,
    events: BTreeMap<WorldEvent, SimTime>,
}

/// Plays `runs` futures of the moment at which players join, the first of them the one that the exercise has, nobody deciding:
/// organisations follow the strategy's playbook. `None` when stopped.
///
/// # Panics
/// When the scenario has no exercise.
pub fn rehearse(
    scenario: &Arc<Scenario>,
    strategy: usize,
    seed: u64,
    runs: u64,
    progress: &Progress,
) -> Option<Rehearsal> {
    let exercise = scenario.exercise.as_ref().expect("the caller has an exercise");
    let list: Vec<Run> = (0..runs)
        .into_par_iter()
        .map_init(
            || Simulation::new(scenario),
            |sim, n| {
                progress.done.fetch_add(1, Ordering::Relaxed);
                (!progress.stop.load(Ordering::Relaxed))
                    .then(|| one(scenario, exercise, sim, strategy, (seed, n)))
            },
        )
        .collect::<Option<Vec<_>>>()?;
    let n = list.len().max(1) as f64;
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        (!times.is_empty()).then(|| crate::stats::quantile(&times, 0.5))
    };
    let after = |t: SimTime| f64::from(t - exercise.begins);
    let injects = (0..exercise.injects.len())
        .map(|i| {
            let given: Vec<(SimTime, bool)> = list.iter().filter_map(|r| r.injects[i]).collect();
            Fate {
                given: given.len() as f64 / n,
                median: median(given.iter().map(|g| after(g.0)).collect()),
                plausible: exercise.injects[i]
                    .plausible
                    .as_ref()
                    .filter(|_| !given.is_empty())
                    .map(|_| given.iter().filter(|g| g.1).count() as f64 / given.len() as f64),
            }
        })
        .collect();
    let questions = (0..exercise.questions.len())
        .map(|q| {
            let opened: Vec<f64> = list.iter().filter_map(|r| r.questions[q]).map(after).collect();
            Fate { given: opened.len() as f64 / n, median: median(opened), plausible: None }
        })
        .collect();
    let objectives = (0..exercise.objectives.len())
        .map(|o| {
            let exercised = |r: &&Run| {
                r.injects
                    .iter()
                    .zip(&exercise.injects)
                    .any(|(g, i)| i.objective == o && g.is_some_and(|g| g.1))
                    || r.questions
                        .iter()
                        .zip(&exercise.questions)
                        .any(|(g, q)| q.objective == o && g.is_some())
            };
            list.iter().filter(exercised).count() as f64 / n
        })
        .collect();
    let mut times: BTreeMap<WorldEvent, Vec<f64>> = BTreeMap::new();
    for (what, at) in list.iter().flat_map(|r| &r.events) {
        times.entry(*what).or_default().push(after(*at));
    }
    let mut proposals: Vec<Proposal> = times
        .into_iter()
        .map(|(what, t)| Proposal { what, chance: t.len() as f64 / n, median: median(t).unwrap_or(0.0) })
        .filter(|p| p.chance >= 0.1)
        .collect();
    proposals.sort_by(|a, b| b.chance.total_cmp(&a.chance).then(a.median.total_cmp(&b.median)));
    let moves = moves(exercise, &list);
    Some(Rehearsal { moves, injects, questions, objectives, proposals, runs: list.len() })
}

/// Stretches between questions, in the order of their median times.
fn moves(exercise: &Exercise, list: &[Run]) -> Vec<Move> {
    let quantiles = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        let q = |p| crate::stats::quantile(&times, p);
        (q(0.05), q(0.5), q(0.95))
    };
    let at = |r: &Run, q: Option<usize>, other: SimTime| q.map_or(Some(other), |q| r.questions[q]);
    let mut order: Vec<(f64, usize)> = (0..exercise.questions.len())
        .map(|q| (quantiles(list.iter().filter_map(|r| r.questions[q]).map(f64::from).collect()).1, q))
        .filter(|(median, _)| median.is_finite())
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let stops: Vec<Option<usize>> =
        std::iter::once(None).chain(order.into_iter().map(|(_, q)| Some(q))).chain([None]).collect();
    stops
        .windows(2)
        .map(|w| {
            let length = |r: &Run| {
                let (a, b) = (at(r, w[0], exercise.begins)?, at(r, w[1], exercise.ends)?);
                (b >= a).then(|| f64::from(b - a))
            };
            Move { from: w[0], to: w[1], minutes: quantiles(list.iter().filter_map(length).collect()) }
        })
        .filter(|m| m.minutes.1.is_finite())
        .collect()
}

fn one(
    scenario: &Scenario,
    exercise: &Arc<Exercise>,
    sim: &mut Simulation,
    strategy: usize,
    (seed, future): (u64, u64),
) -> Run {
    Start::new(exercise, strategy, seed).play(sim, true);
    if future > 0 {
        sim.fork(future);
    }
    // Nobody plays: who would be commanded goes on by the playbook.
    sim.command([]);
    let mut run = Run {
        injects: vec![None; exercise.injects.len()],
        questions: vec![None; exercise.questions.len()],
        events: BTreeMap::new(),
    };
    let mut seen = sim.trace().len();
    let mut now = exercise.begins;
    loop {
        let due = |when: &When, sim: &Simulation| match when {
            When::At(at) => *at <= now,
            When::World(h) => trigger::holds(h, sim),
            When::ByHand => false,
        };
        for (slot, i) in run.injects.iter_mut().zip(&exercise.injects) {
            if slot.is_none() && due(&i.when, sim) {
                *slot = Some((now, i.plausible.as_ref().is_none_or(|h| trigger::holds(h, sim))));
            }
        }
        for (slot, q) in run.questions.iter_mut().zip(&exercise.questions) {
            if slot.is_none() && due(&q.when, sim) {
                *slot = Some(now);
            }
        }
        if now >= exercise.ends {
            return run;
        }
        now = (now + scenario.step).min(exercise.ends);
        sim.play(now);
        for e in &sim.trace()[seen..] {
            if let Some(what) = WorldEvent::of(&e.kind).filter(|_| worth_telling(scenario, e)) {
                run.events.entry(what).or_insert_with(|| e.at.max(exercise.begins));
            }
        }
        seen = sim.trace().len();
    }
}
