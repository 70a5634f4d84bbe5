//! After the exercise: what each decision was worth, against every other answer, and what its delay cost.

use crate::exercise::forecast::{Course, Outlook, outlooks};
use crate::exercise::session::Session;
use crate::stats::intervals::Interval;
use crate::units::SimTime;

/// One decision, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Question.
    pub question: usize,
    /// Option chosen.
    pub option: usize,
    /// When the question opened, and when it was answered.
    pub times: (SimTime, SimTime),
    /// From the moment of the answer: no decision first, then every option.
    pub outlooks: Vec<Outlook>,
    /// Harm of having answered when one did rather than at once, with a 95 % interval; absent when nothing was ordered or no time passed.
    pub delay: Option<Interval>,
}

impl Judged {
    /// What was chosen, in the order of the outlooks.
    pub fn chosen(&self) -> &Outlook {
        &self.outlooks[self.option + 1]
    }
    /// The option with the least harm, by position.
    pub fn best(&self) -> usize {
        let harm = |k: &usize| self.outlooks[k + 1].harm;
        (0..self.outlooks.len() - 1).min_by(|a, b| harm(a).total_cmp(&harm(b))).unwrap_or(self.option)
    }
}

/// The decisions of the branch at hand, in order; each on `forks` forks of the world at its moment.
pub fn decisions(session: &Session, forks: u64) -> Vec<Judged> {
    session
        .state()
        .decisions
        .iter()
        .map(|d| {
            let question = &session.exercise().questions[d.question];
            let courses = Course::of(question);
            let outlooks = outlooks(session, d.at, d.orders_before, &courses, forks);
            let orders = &question.options[d.option].orders;
            let delay = (d.at > d.opened && !orders.is_empty())
                .then(|| late(session, d.opened, d.at, d.orders_before, orders, forks));
            Judged { question: d.question, option: d.option, times: (d.opened, d.at), outlooks, delay }
        })
        .collect()
}

/// Harm of giving `orders` at `at` and not at `opened` already, over forks from `opened`.
fn late(
    session: &Session,
    opened: SimTime,
    at: SimTime,
    before: usize,
    orders: &[(crate::estate::OrgId, crate::catalogue::action::Action)],
    forks: u64,
) -> Interval {
    use rayon::prelude::*;
    let past = session.past();
    let differences: Vec<f64> = (0..forks)
        .into_par_iter()
        .map_init(
            || crate::sim::Simulation::new(&past.scenario),
            |sim, fork| {
                let mut harm = [0.0; 2];
                for (k, when) in [opened, at].into_iter().enumerate() {
                    // What else was ordered in between is ordered in both, at its own time.
                    past.restore(sim, opened, before);
                    sim.fork(fork);
                    let between = past.orders.iter().take(before).filter(|o| o.0 > opened);
                    let mut list: Vec<_> =
                        between.copied().chain(orders.iter().map(|(o, a)| (when, *o, *a))).collect();
                    list.sort_by_key(|o| o.0);
                    for (minute, org, action) in list {
                        sim.play(minute);
                        sim.order(minute, org, action);
                    }
                    sim.play(at + crate::exercise::forecast::HANDS_OFF);
                    sim.hand_over();
                    sim.play(u32::MAX);
                    harm[k] = sim.record().get(crate::catalogue::outcome::Outcome::Harm).unwrap_or(0.0);
                }
                harm[1] - harm[0]
            },
        )
        .collect();
    crate::stats::intervals::of_mean(&differences, 0.95)
}
