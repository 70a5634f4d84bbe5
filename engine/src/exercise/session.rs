//! A session: the journal's entries, the branches that they make, and the world as it is in the branch at hand.

use std::sync::Arc;

use crate::catalogue::action::Action;
use crate::estate::OrgId;
use crate::exercise::journal::{Command, Entry, Rating, Sink};
use crate::exercise::salience::worth_telling;
use crate::exercise::trigger;
use crate::scenario::exercise::{Exercise, When};
use crate::scenario::{Override, Scenario, load_with};
use crate::sim::Simulation;
use crate::sim::core::trace::Event;
use crate::source::suggest;
use crate::units::SimTime;

/// Why a command has no effect: what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct UserError {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

fn refused<T>(what: impl Into<String>, help: impl Into<String>) -> Result<T, UserError> {
    Err(UserError { what: what.into(), help: help.into() })
}

/// Position of an id among those that there are.
fn position<'a>(
    id: &str,
    what: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Result<usize, UserError> {
    known.clone().position(|k| k == id).ok_or_else(|| UserError {
        what: format!("there is no {what} '{id}'"),
        help: suggest(id, "there are: ", known),
    })
}

/// A line of what happened in the exercise.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// Minute of the scenario.
    pub at: SimTime,
    /// What.
    pub what: LogEvent,
}

/// What is told.
#[derive(Clone, Debug, PartialEq)]
pub enum LogEvent {
    /// An inject was given, by position in the list; whether by hand.
    Inject(usize, bool),
    /// A question opened, by position.
    Opened(usize),
    /// It was answered: question, option, reason.
    Decided(usize, usize, String),
    /// A team ordered something, by position.
    Ordered(usize, OrgId, Action),
    /// Somebody noted something.
    Noted(String, String),
    /// An objective was rated, by position, with evidence.
    Rated(usize, Rating, String),
    /// Something happened in the world.
    World(Event),
    /// The exercise is over.
    Ended,
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Question.
    pub question: usize,
    /// Option.
    pub option: usize,
    /// When the question opened.
    pub opened: SimTime,
    /// When it was answered.
    pub at: SimTime,
    /// Orders given before it, in the order of [`State::orders`].
    pub orders_before: usize,
}

/// The exercise as it stands in a branch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Minute of the scenario.
    pub now: SimTime,
    /// By inject: when it was given.
    pub given: Vec<Option<SimTime>>,
    /// By inject: it is held back.
    pub held: Vec<bool>,
    /// By question: when it opened.
    pub opened: Vec<Option<SimTime>>,
    /// Answers.
    pub decisions: Vec<Decision>,
    /// Orders of people: when, to whom, what.
    pub orders: Vec<(SimTime, OrgId, Action)>,
    /// What was told.
    pub log: Vec<LogEntry>,
}

impl State {
    /// Whether a question waits for an answer.
    pub fn open(&self, question: usize) -> bool {
        self.opened[question].is_some() && !self.decisions.iter().any(|d| d.question == question)
    }
}

/// A line of entries that stands on another one up to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Name.
    pub name: String,
    /// The branch that it left, and the last entry that it shares.
    pub parent: Option<(usize, u64)>,
}

/// A place to stop at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next inject.
    Inject,
    /// The next question.
    Decision,
    /// Whatever comes first: an inject, a question, or something in the world that is worth telling.
    Event,
}

/// The session.
pub struct Session {
    scenario: Arc<Scenario>,
    exercise: Arc<Exercise>,
    strategy: usize,
    practice: bool,
    seed: u64,
    entries: Vec<Entry>,
    /// By entry: the branch that it belongs to.
    of: Vec<usize>,
    branches: Vec<Branch>,
    at: usize,
    state: State,
    sim: Simulation,
    /// Events of the trace that have been told.
    seen: usize,
    sink: Option<Box<dyn Sink>>,
}

impl Session {
    /// The entry with which a session on a scenario begins.
    ///
    /// # Errors
    /// When the scenario has no exercise, or no such strategy.
    pub fn launch(
        scenario: &Scenario,
        source: &str,
        text: &str,
        seed: u64,
        strategy: Option<&str>,
        practice: bool,
    ) -> Result<Entry, UserError> {
        if scenario.exercise.is_none() {
            return refused(
                "the scenario has no exercise",
                "add `exercise: (…)` to it (docs/reference/scenario.md), or take a bundled one: friday-night, lab-supplier, care-records",
            );
        }
        let chosen = match strategy {
            None => scenario.baseline,
            Some(id) => position(id, "strategy", scenario.strategies.iter().map(|s| s.id.as_str()))?,
        };
        let launch = Command::Launch {
            version: env!("CARGO_PKG_VERSION").into(),
            source: source.into(),
            text: text.into(),
            overrides: scenario.overrides.clone(),
            seed,
            practice,
            strategy: scenario.strategies[chosen].id.clone(),
        };
        Ok(Entry::after(None, launch))
    }

    /// The session that a journal's entries make; new entries go to `sink`.
    ///
    /// # Errors
    /// When the first entry launches nothing, the scenario in it cannot be read by this version, or an entry makes no sense.
    pub fn replay(entries: Vec<Entry>, sink: Option<Box<dyn Sink>>) -> Result<Self, UserError> {
        let Some(Entry {
            command: Command::Launch { version, text, overrides, seed, practice, strategy, .. },
            ..
        }) = entries.first()
        else {
            return refused("the journal does not begin with a launch", "give a journal of `resus exercise`");
        };
        if version != env!("CARGO_PKG_VERSION") {
            return refused(
                format!("the journal was made by resus {version}, this is {}", env!("CARGO_PKG_VERSION")),
                "use the version that made it: another one may compute another world",
            );
        }
        let overrides: Vec<Override> = overrides.iter().filter_map(|w| w.parse().ok()).collect();
        let scenario = match load_with(text, None, &overrides) {
            Ok(scenario) => scenario,
            Err(wrong) => {
                let what = wrong.list.first().map_or(String::new(), |m| m.what.clone());
                return refused(
                    format!("the scenario in the journal cannot be read: {what}"),
                    "an exercise's estate is generated or inline",
                );
            }
        };
        let Some(exercise) = scenario.exercise.clone() else {
            return refused(
                "the scenario in the journal has no exercise",
                "give a journal of `resus exercise`",
            );
        };
        let Some(strategy) = scenario.strategies.iter().position(|s| s.id == *strategy) else {
            return refused(
                format!("the scenario in the journal has no strategy '{strategy}'"),
                "give a journal of `resus exercise`",
            );
        };
        let scenario = Arc::new(scenario);
        let (seed, practice, sim) = (*seed, *practice, Simulation::new(&scenario));
        let mut session = Self {
            strategy,
            practice,
            seed,
            entries: vec![],
            of: vec![],
            branches: vec![Branch { name: "main".into(), parent: None }],
            at: 0,
            state: State::default(),
            seen: 0,
            sink: None,
            scenario,
            exercise,
            sim,
        };
        session.begin();
        for entry in entries {
            let command = entry.command.clone();
            if !matches!(command, Command::Launch { .. }) {
                session.check(&command)?;
            }
            session.enter(entry);
            session.effect(&command, true);
        }
        session.sink = sink;
        Ok(session)
    }

    /// The scenario.
    pub const fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }
    /// The exercise.
    pub const fn exercise(&self) -> &Arc<Exercise> {
        &self.exercise
    }
    /// The state in the branch at hand.
    pub const fn state(&self) -> &State {
        &self.state
    }
    /// The world in the branch at hand.
    pub const fn world(&self) -> &Simulation {
        &self.sim
    }
    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
    /// All branches.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }
    /// The branch at hand.
    pub fn branch(&self) -> &Branch {
        &self.branches[self.at]
    }
    /// Seed of the session.
    pub const fn seed(&self) -> u64 {
        self.seed
    }
    /// The strategy whose preparedness and playbook hold, as its position in the scenario.
    pub const fn strategy(&self) -> usize {
        self.strategy
    }

    fn begin(&mut self) {
        self.seen = 0;
        self.state = State {
            now: 0,
            given: vec![None; self.exercise.injects.len()],
            held: vec![false; self.exercise.injects.len()],
            opened: vec![None; self.exercise.questions.len()],
            ..State::default()
        };
        Start::of(self).play(&mut self.sim, true);
        self.play(self.exercise.begins);
        self.due();
    }

    /// Positions of the entries that make up a branch, in order.
    fn path(&self, branch: usize) -> Vec<usize> {
        let mut limits = vec![(branch, u64::MAX)];
        while let Some((parent, upto)) = self.branches[limits[limits.len() - 1].0].parent {
            limits.push((parent, upto));
        }
        let on = |n: usize| limits.iter().any(|(b, upto)| self.of[n] == *b && self.entries[n].seq <= *upto);
        (0..self.entries.len()).filter(|n| on(*n)).collect()
    }

    /// Plays the branch at hand from the beginning.
    fn rebuild(&mut self) {
        self.begin();
        for n in self.path(self.at) {
            let command = self.entries[n].command.clone();
            if !matches!(command, Command::Branch { .. } | Command::Switch { .. }) {
                self.effect(&command, false);
            }
        }
    }

    fn enter(&mut self, entry: Entry) {
        // What makes or changes a branch belongs to none: it moves nothing in any.
        let of = match entry.command {
            Command::Branch { .. } | Command::Switch { .. } => usize::MAX,
            Command::Launch { .. }
            | Command::Advance { .. }
            | Command::Release { .. }
            | Command::Hold { .. }
            | Command::Decide { .. }
            | Command::Order { .. }
            | Command::Note { .. }
            | Command::Rate { .. } => self.at,
        };
        self.of.push(of);
        self.entries.push(entry);
    }

    /// Checks a command, writes it down, and lets it take effect; returns what is told because of it.
    ///
    /// # Errors
    /// When it makes no sense now, or cannot be written; then nothing has changed.
    pub fn apply(&mut self, command: Command) -> Result<Vec<LogEntry>, UserError> {
        let command = match command {
            // The world stands at whole steps only.
            Command::Advance { to } => {
                Command::Advance { to: to.next_multiple_of(self.scenario.step).min(self.exercise.ends) }
            }
            other => other,
        };
        self.check(&command)?;
        let entry = Entry::after(self.entries.last(), command.clone());
        if let Some(sink) = &mut self.sink
            && let Err(e) = sink.append(&entry)
        {
            return refused(
                format!("the journal cannot be written: {e}"),
                "free space or mend the disk; nothing has changed",
            );
        }
        self.enter(entry);
        let before = self.state.log.len();
        self.effect(&command, true);
        if matches!(command, Command::Branch { .. } | Command::Switch { .. }) {
            return Ok(vec![]);
        }
        Ok(self.state.log[before.min(self.state.log.len())..].to_vec())
    }

    fn inject(&self, number: u32) -> Result<usize, UserError> {
        match self.exercise.injects.iter().position(|i| i.number == number) {
            Some(n) => Ok(n),
            None => refused(format!("there is no inject {number}"), "the list of injects has their numbers"),
        }
    }

    fn team(&self, id: &str) -> Result<usize, UserError> {
        position(id, "team", self.exercise.teams.iter().map(|t| t.id.as_str()))
    }

    fn question(&self, id: &str) -> Result<usize, UserError> {
        position(id, "question", self.exercise.questions.iter().map(|q| q.id.as_str()))
    }

    fn check(&self, command: &Command) -> Result<(), UserError> {
        let now = self.state.now;
        match command {
            Command::Launch { .. } => {
                refused("the session is launched already", "start a new one in a new journal")
            }
            Command::Advance { to } if *to <= now => {
                if now >= self.exercise.ends {
                    refused("the exercise is over", "go back with a branch, or end")
                } else {
                    refused("time goes forward only", "go back by making a branch from an earlier entry")
                }
            }
            Command::Advance { to } if *to > self.exercise.ends => {
                refused("that is past the end of the exercise", "advance to its end at most")
            }
            Command::Release { number } => match self.state.given[self.inject(*number)?] {
                Some(_) => refused(format!("inject {number} was given already"), "release another one"),
                None => Ok(()),
            },
            Command::Hold { number } => match self.state.given[self.inject(*number)?] {
                Some(_) => refused(format!("inject {number} was given already"), "hold one that was not"),
                None => Ok(()),
            },
            Command::Decide { question, option, .. } => {
                let q = self.question(question)?;
                if self.state.opened[q].is_none() {
                    return refused(
                        format!("the question '{question}' is not open yet"),
                        "advance until it opens",
                    );
                }
                if !self.state.open(q) {
                    return refused(
                        format!("the question '{question}' is answered already"),
                        "go back by making a branch from the entry before the answer",
                    );
                }
                let options = self.exercise.questions[q].options.iter().map(|o| o.id.as_str());
                position(option, "answer", options).map(|_| ())
            }
            Command::Order { team, organisation, .. } => {
                let team = self.team(team)?;
                let commands = &self.exercise.teams[team].commands;
                match self.scenario.estate.find_org(organisation) {
                    Some(o) if commands.contains(&o) => Ok(()),
                    _ => {
                        let ids: Vec<&str> =
                            commands.iter().map(|o| self.scenario.estate.org(*o).id.as_str()).collect();
                        refused(
                            format!("the team does not command '{organisation}'"),
                            if ids.is_empty() {
                                "it commands none".into()
                            } else {
                                format!("it commands: {}", ids.join(", "))
                            },
                        )
                    }
                }
            }
            Command::Note { text, .. } if text.len() > 4000 => {
                refused("a note has 4,000 characters at most", "split it")
            }
            Command::Advance { .. } | Command::Note { .. } => Ok(()),
            Command::Rate { objective, .. } => {
                position(objective, "objective", self.exercise.objectives.iter().map(|o| o.id.as_str()))
                    .map(|_| ())
            }
            Command::Branch { name, from } => {
                if self.branches.iter().any(|b| b.name == *name) || name.trim().is_empty() {
                    return refused(
                        format!("a branch '{name}' exists already, or has no name"),
                        "give another name",
                    );
                }
                match self.of.get(*from as usize) {
                    None => refused(
                        format!("there is no entry {from}"),
                        format!("entries are 0 to {}", self.entries.len() - 1),
                    ),
                    Some(&usize::MAX) => refused(
                        format!("entry {from} only changed the branch"),
                        "take an entry that did something",
                    ),
                    Some(_) => Ok(()),
                }
            }
            Command::Switch { name } => {
                position(name, "branch", self.branches.iter().map(|b| b.name.as_str())).map(|_| ())
            }
        }
    }

    /// What a checked command does. On `first` entry branches are made; when a branch is rebuilt they are there.
    fn effect(&mut self, command: &Command, first: bool) {
        match command {
            Command::Advance { to } => self.advance(*to),
            Command::Release { number } => {
                if let Ok(n) = self.inject(*number) {
                    self.give(n, true);
                }
            }
            Command::Hold { number } => {
                if let Ok(n) = self.inject(*number) {
                    self.state.held[n] = true;
                }
            }
            Command::Decide { question, option, reason } => {
                let Ok(q) = self.question(question) else { return };
                let Some(o) = self.exercise.questions[q].options.iter().position(|o| o.id == *option) else {
                    return;
                };
                self.state.decisions.push(Decision {
                    question: q,
                    option: o,
                    opened: self.state.opened[q].unwrap_or(self.state.now),
                    at: self.state.now,
                    orders_before: self.state.orders.len(),
                });
                self.tell(LogEvent::Decided(q, o, reason.clone()));
                for (org, action) in self.exercise.clone().questions[q].options[o].orders.iter().copied() {
                    self.order(org, action);
                }
            }
            Command::Order { team, organisation, action, to } => {
                let (Ok(team), Some(org)) = (self.team(team), self.scenario.estate.find_org(organisation))
                else {
                    return;
                };
                let action = Action { what: *action, to: *to };
                self.tell(LogEvent::Ordered(team, org, action));
                self.order(org, action);
            }
            Command::Note { by, text } => self.tell(LogEvent::Noted(by.clone(), text.clone())),
            Command::Rate { objective, rating, evidence } => {
                if let Some(o) = self.exercise.objectives.iter().position(|o| o.id == *objective) {
                    self.tell(LogEvent::Rated(o, *rating, evidence.clone()));
                }
            }
            Command::Branch { name, from } if first => {
                self.branches
                    .push(Branch { name: name.clone(), parent: Some((self.of[*from as usize], *from)) });
                self.at = self.branches.len() - 1;
                self.rebuild();
            }
            Command::Switch { name } if first => {
                self.at = self.branches.iter().position(|b| b.name == *name).unwrap_or(self.at);
                self.rebuild();
            }
            Command::Launch { .. } | Command::Branch { .. } | Command::Switch { .. } => {}
        }
    }

    fn tell(&mut self, what: LogEvent) {
        self.state.log.push(LogEntry { at: self.state.now, what });
    }

    fn order(&mut self, org: OrgId, action: Action) {
        self.state.orders.push((self.state.now, org, action));
        self.sim.order(self.state.now, org, action);
    }

    fn give(&mut self, n: usize, by_hand: bool) {
        self.state.given[n] = Some(self.state.now);
        self.tell(LogEvent::Inject(n, by_hand));
    }

    /// The world alone, with what happens in it.
    fn play(&mut self, to: SimTime) {
        self.sim.play(to);
        self.state.now = to;
        let events = self.sim.trace();
        let fresh = events[self.seen..].iter().map(|e| LogEntry { at: e.at, what: LogEvent::World(*e) });
        self.state.log.extend(fresh);
        self.seen = events.len();
    }

    fn advance(&mut self, to: SimTime) {
        while self.state.now < to {
            let next = (self.state.now + self.scenario.step).min(to);
            self.play(next);
            self.due();
        }
        if self.state.now >= self.exercise.ends {
            self.tell(LogEvent::Ended);
        }
    }

    /// Gives the injects and opens the questions that are due now.
    fn due(&mut self) {
        let exercise = self.exercise.clone();
        let due = |when: &When, s: &Self| match when {
            When::At(at) => *at <= s.state.now,
            When::World(h) => trigger::holds(h, &s.sim),
            When::ByHand => false,
        };
        for (n, i) in exercise.injects.iter().enumerate() {
            let by_itself = i.kind == crate::scenario::exercise::spec::InjectKind::Inject;
            if by_itself && self.state.given[n].is_none() && !self.state.held[n] && due(&i.when, self) {
                self.give(n, false);
            }
        }
        for (n, q) in exercise.questions.iter().enumerate() {
            if self.state.opened[n].is_none() && due(&q.when, self) {
                self.state.opened[n] = Some(self.state.now);
                self.tell(LogEvent::Opened(n));
            }
        }
    }

    /// The minute at which `next` comes, if nobody does anything until then; the exercise's end at the latest.
    pub fn find(&self, next: Next) -> SimTime {
        // A session of the same branch, without a journal, goes ahead and looks.
        let entries: Vec<Entry> = self.entries.clone();
        let Ok(mut ahead) = Self::replay(entries, None) else { return self.exercise.ends };
        while ahead.state.now < self.exercise.ends {
            let before = ahead.state.log.len();
            let to = ahead.state.now + ahead.scenario.step;
            ahead.advance(to.min(ahead.exercise.ends));
            let found = ahead.state.log[before..].iter().any(|t| match &t.what {
                LogEvent::Inject(..) => next != Next::Decision,
                LogEvent::Opened(_) => next != Next::Inject,
                LogEvent::World(e) => next == Next::Event && worth_telling(&ahead.scenario, e),
                LogEvent::Decided(..)
                | LogEvent::Ordered(..)
                | LogEvent::Noted(..)
                | LogEvent::Rated(..)
                | LogEvent::Ended => false,
            });
            if found {
                break;
            }
        }
        ahead.state.now
    }

    /// Questions that wait for an answer.
    pub fn open_questions(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.exercise.questions.len()).filter(|q| self.state.open(*q))
    }

    /// Outcomes at the end of the scenario when everybody follows the playbook from now on, with the session's own luck.
    pub fn ending(&self) -> crate::sim::core::record::Record {
        let mut sim = Simulation::new(&self.scenario);
        self.past().restore(&mut sim, self.state.now, usize::MAX);
        sim.hand_over();
        sim.play(u32::MAX);
        sim.record()
    }

    /// All that the world's past in this branch hangs on, for forecasts and reviews on other threads.
    pub fn past(&self) -> Past {
        Past { scenario: self.scenario.clone(), start: Start::of(self), orders: self.state.orders.clone() }
    }
}

/// The past of a branch: what it takes to bring a world there.
#[derive(Clone, Debug)]
pub struct Past {
    /// Scenario.
    pub scenario: Arc<Scenario>,
    start: Start,
    /// Orders of people.
    pub orders: Vec<(SimTime, OrgId, Action)>,
}

impl Past {
    /// Brings `sim` to minute `at`, with the first `upto` orders given by then.
    pub fn restore(&self, sim: &mut Simulation, at: SimTime, upto: usize) {
        self.start.play(sim, false);
        for (when, org, action) in self.orders.iter().take(upto).filter(|o| o.0 <= at) {
            sim.play(*when);
            sim.order(*when, *org, *action);
        }
        sim.play(at);
    }
}

/// How a world comes to the moment at which players join: until then everybody follows the playbook, from then on those who are
/// commanded follow orders.
#[derive(Clone, Debug)]
pub(super) struct Start {
    exercise: Arc<Exercise>,
    strategy: usize,
    seed: u64,
    practice: bool,
}

impl Start {
    pub fn of(session: &Session) -> Self {
        let start = Self::new(&session.exercise, session.strategy, session.seed);
        Self { practice: session.practice, ..start }
    }
    pub fn new(exercise: &Arc<Exercise>, strategy: usize, seed: u64) -> Self {
        Self { exercise: exercise.clone(), strategy, seed, practice: false }
    }
    pub fn play(&self, sim: &mut Simulation, keep_trace: bool) {
        sim.command([]);
        sim.reset(self.seed, self.exercise.replicate, self.strategy, keep_trace);
        sim.play(self.exercise.begins);
        let teams = self.exercise.teams.iter().filter(|_| !self.practice);
        sim.command(teams.flat_map(|t| t.commands.iter().copied()));
    }
}
