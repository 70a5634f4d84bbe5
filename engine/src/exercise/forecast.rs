//! What each answer to a question may lead to: many forks of the world from now, the same for every answer.

use rayon::prelude::*;

use crate::catalogue::action::Action;
use crate::catalogue::outcome::Outcome;
use crate::estate::OrgId;
use crate::exercise::session::Session;
use crate::scenario::exercise::{Choice, Question};
use crate::sim::Simulation;
use crate::sim::ledger::entries::CURVE_STEP;
use crate::stats::bootstrap::mean_interval;
use crate::stats::intervals::Interval;
use crate::stats::paired::Wins;
use crate::stats::{mean, quantile, sorted};
use crate::streams::{StreamName, Streams, text_id};
use crate::units::SimTime;

/// What one course of action may lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// The answer that is given, by position among the question's; absent for no decision.
    pub option: Option<usize>,
    /// Share of harm-weighted capacity at each [`CURVE_STEP`] hours from the moment on: 5 %, 50 % and 95 % of forks.
    pub fan: Vec<(f64, f64, f64)>,
    /// Harm-weighted contacts to the end of the scenario, from its beginning: mean over forks.
    pub harm: f64,
    /// Harm beyond that of the first course, with a 95 % interval; zero for the first.
    pub difference: Interval,
    /// In how many forks it does less harm than the first.
    pub wins: Wins,
    /// Total cost, mean.
    pub cost: f64,
}

/// How long nobody orders anything else, in minutes; from then on all follow the playbook.
pub const HANDS_OFF: u32 = crate::units::DAY;

/// What may be done at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The answer that is given, by position among the question's; absent for no decision.
    pub option: Option<usize>,
    /// Orders that it gives.
    pub orders: Vec<(OrgId, Action)>,
}

impl Course {
    /// All that can be done about a question: no decision first, then each answer.
    pub fn of(question: &Question) -> Vec<Self> {
        let answer = |(n, o): (usize, &Choice)| Self { option: Some(n), orders: o.orders.clone() };
        let none = Self { option: None, orders: vec![] };
        std::iter::once(none).chain(question.options.iter().enumerate().map(answer)).collect()
    }
}

/// For a day after a course nothing else is ordered; then those who are commanded follow the playbook.
///
/// From `at`, when `before` of the branch's orders had been given, each course on the same `forks` forks; the first is what the
/// others are compared with.
pub fn outlooks(
    session: &Session,
    at: SimTime,
    before: usize,
    courses: &[Course],
    forks: u64,
) -> Vec<Outlook> {
    let (past, scenario) = (session.past(), session.scenario());
    let hours = (scenario.horizon - at) / 60;
    let points = (hours as usize / CURVE_STEP).max(1);
    let jobs: Vec<(usize, u64)> = (0..courses.len()).flat_map(|c| (0..forks).map(move |n| (c, n))).collect();
    let runs: Vec<(f64, f64, Vec<f32>)> = jobs
        .par_iter()
        .map_init(
            || Simulation::new(scenario),
            |sim, (course, fork)| {
                past.restore(sim, at, before);
                sim.fork(*fork);
                for (org, action) in &courses[*course].orders {
                    sim.order(at, *org, *action);
                }
                sim.play(at + HANDS_OFF);
                sim.hand_over();
                sim.play(u32::MAX);
                let record = sim.record();
                let value = |o: Outcome| record.get(o).unwrap_or(0.0);
                (value(Outcome::Harm), value(Outcome::CostTotal), sim.capacity_from(at, points))
            },
        )
        .collect();
    let of = |c: usize| &runs[c * forks as usize..(c + 1) * forks as usize];
    let first: Vec<f64> = of(0).iter().map(|r| r.0).collect();
    courses
        .iter()
        .enumerate()
        .map(|(c, course)| {
            let runs = of(c);
            let harm: Vec<f64> = runs.iter().map(|r| r.0).collect();
            let differences: Vec<f64> = harm.iter().zip(&first).map(|(a, b)| a - b).collect();
            let key = Streams::of_study(session.seed(), "forecast").stream(StreamName::Bootstrap {
                of: c as u64,
                outcome: text_id(Outcome::Harm.id()),
                figure: 0,
            });
            let fan = (0..points)
                .map(|t| {
                    let all = sorted(&runs.iter().map(|r| f64::from(r.2[t])).collect::<Vec<_>>());
                    (quantile(&all, 0.05), quantile(&all, 0.5), quantile(&all, 0.95))
                })
                .collect();
            Outlook {
                option: course.option,
                fan,
                harm: mean(&harm),
                difference: mean_interval(&differences, 0.95, key),
                wins: Wins::of_differences(&differences),
                cost: mean(&runs.iter().map(|r| r.1).collect::<Vec<_>>()),
            }
        })
        .collect()
}

/// The answers to a question that is open, from now on; doing nothing stands first.
pub fn of_question(session: &Session, question: usize, forks: u64) -> Vec<Outlook> {
    let courses = Course::of(&session.exercise().questions[question]);
    outlooks(session, session.state().now, session.state().orders.len(), &courses, forks)
}
