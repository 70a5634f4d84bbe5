//! Checks an exercise against its scenario: teams, objectives, injects, questions and the orders behind their answers.

use super::Check;
use crate::catalogue::action::Action;
use crate::estate::selector::{organisation, select};
use crate::estate::{Estate, OrgId};
use crate::scenario::exercise::spec::{
    ExerciseSpec, Happened as HappenedSpec, InjectSpec, ObjectiveSpec, OptionSpec, QuestionSpec, TeamSpec,
    When as WhenSpec,
};
use crate::scenario::exercise::{Choice, Exercise, Happened, Inject, Objective, Question, Team, When};
use crate::source::Located;
use crate::units::SimTime;

/// The most injects, questions, teams and objectives each, and options of a question.
const MOST_EVENTS: usize = 500;

/// What injects and questions point to.
struct Frame<'a> {
    estate: &'a Estate,
    begins: SimTime,
    teams: Vec<String>,
    objectives: Vec<String>,
}

impl Check {
    pub(super) fn exercise(
        &mut self,
        located: &Located<ExerciseSpec>,
        estate: &Estate,
        horizon: SimTime,
    ) -> Option<Exercise> {
        let spec = located.get()?;
        let begins = spec.begins.get()?.get();
        let ends = spec.ends.get()?.get();
        if begins >= ends || ends > horizon {
            self.diagnostics.wrong(&spec.ends.at, "an exercise ends after it begins and within the horizon");
        }
        let most = [spec.injects.len(), spec.questions.len(), spec.teams.len(), spec.objectives.len()];
        if most.iter().any(|n| *n > MOST_EVENTS) {
            let what = format!("at most {MOST_EVENTS} injects, questions, teams and objectives each");
            self.diagnostics.wrong(&located.at, what);
            return None;
        }
        if spec.teams.is_empty() || spec.objectives.is_empty() {
            self.diagnostics.wrong(&located.at, "an exercise has an objective and a team at least");
            return None;
        }
        let objectives: Vec<Objective> =
            spec.objectives.iter().filter_map(Located::get).map(objective).collect();
        let teams = self.teams(&spec.teams, estate);
        let frame = Frame {
            estate,
            begins,
            teams: teams.iter().map(|t| t.id.clone()).collect(),
            objectives: objectives.iter().map(|o| o.id.clone()).collect(),
        };
        let injects = self.injects(&spec.injects, &frame);
        let questions = self.questions(&spec.questions, &frame);
        Some(Exercise {
            aim: spec.aim.clone(),
            replicate: spec.replicate,
            begins,
            ends,
            objectives,
            teams,
            injects,
            questions,
        })
    }

    fn teams(&mut self, list: &[Located<TeamSpec>], estate: &Estate) -> Vec<Team> {
        let mut commanded: Vec<OrgId> = vec![];
        let mut out = vec![];
        for t in list.iter().filter_map(Located::get) {
            let mut commands: Vec<OrgId> = vec![];
            for s in &t.commands {
                let found = select(s, estate, &mut self.diagnostics);
                if found.iter().any(|o| commanded.contains(o)) {
                    self.diagnostics.wrong(&s.at, "another team commands one of these already");
                }
                commanded.extend(&found);
                commands.extend(found);
            }
            out.push(Team {
                id: t.id.get().cloned().unwrap_or_default(),
                name: t.name.clone(),
                role: t.role,
                commands,
                brief: t.brief.clone(),
            });
        }
        out
    }

    fn injects(&mut self, list: &[Located<InjectSpec>], frame: &Frame) -> Vec<Inject> {
        let mut out: Vec<Inject> = vec![];
        for i in list {
            let (at, Some(i)) = (&i.at, i.get()) else { continue };
            if out.iter().any(|o| o.number == i.number) {
                self.diagnostics.wrong(at, format!("two injects have the number {}", i.number));
            }
            out.push(Inject {
                number: i.number,
                kind: i.kind,
                when: self.when(&i.when, frame),
                plausible: i.plausible.as_ref().and_then(|h| self.happened(h, frame.estate)),
                from: i.from.clone(),
                to: i.to.iter().filter_map(|t| self.position(t, "team", &frame.teams)).collect(),
                channel: i.channel,
                text: i.text.clone(),
                expect: i.expect.clone(),
                objective: self.position(&i.objective, "objective", &frame.objectives).unwrap_or(0),
                notes: i.notes.clone(),
            });
        }
        out.sort_by_key(|i| i.number);
        out
    }

    fn questions(&mut self, list: &[Located<QuestionSpec>], frame: &Frame) -> Vec<Question> {
        let mut out: Vec<Question> = vec![];
        for q in list {
            let (at, Some(q)) = (&q.at, q.get()) else { continue };
            let id = q.id.get().cloned().unwrap_or_default();
            if out.iter().any(|o| o.id == id) {
                self.diagnostics.wrong(at, format!("two questions are called '{id}'"));
            }
            if !(2..=9).contains(&q.options.len()) {
                self.diagnostics.wrong(at, "a question has 2 to 9 options");
            }
            let options = self.options(&q.options, frame.estate);
            out.push(Question {
                id,
                when: self.when(&q.when, frame),
                to: self.position(&q.to, "team", &frame.teams).unwrap_or(0),
                text: q.text.clone(),
                objective: self.position(&q.objective, "objective", &frame.objectives).unwrap_or(0),
                options,
            });
        }
        out
    }

    fn options(&mut self, list: &[Located<OptionSpec>], estate: &Estate) -> Vec<Choice> {
        let mut out: Vec<Choice> = vec![];
        for o in list.iter().filter_map(Located::get) {
            let mut orders = vec![];
            for order in o.orders.iter().filter_map(Located::get) {
                let action = Action { what: order.what, to: order.to };
                let all = select(&order.at, estate, &mut self.diagnostics);
                orders.extend(all.into_iter().map(|org| (org, action)));
            }
            let id = o.id.get().cloned().unwrap_or_default();
            if out.iter().any(|other| other.id == id) {
                self.diagnostics.wrong(&o.id.at, format!("two options are called '{id}'"));
            }
            out.push(Choice { id, text: o.text.clone(), orders });
        }
        out
    }

    fn position(&mut self, id: &Located<String>, what: &str, known: &[String]) -> Option<usize> {
        let found = known.iter().position(|k| Some(k) == id.get());
        if found.is_none() {
            self.diagnostics.unknown(id, what, known.iter().map(String::as_str));
        }
        found
    }

    fn when(&mut self, when: &WhenSpec, frame: &Frame) -> When {
        match when {
            WhenSpec::At(after) => When::At(frame.begins + after.get()),
            WhenSpec::ByHand => When::ByHand,
            WhenSpec::World(h) => self.happened(h, frame.estate).map_or(When::ByHand, When::World),
        }
    }

    fn happened(&mut self, h: &HappenedSpec, estate: &Estate) -> Option<Happened> {
        Some(match h {
            HappenedSpec::CareBelow { care, share, organisations } => {
                Happened::CareBelow { care: *care, share: share.get(), organisations: *organisations }
            }
            HappenedSpec::SystemsDown { system, organisations } => {
                Happened::SystemsDown { system: *system, organisations: *organisations }
            }
            HappenedSpec::Suspected(n) => Happened::Suspected(*n),
            HappenedSpec::Declared(n) => Happened::Declared(*n),
            HappenedSpec::Evicted(n) => Happened::Evicted(*n),
            HappenedSpec::Detonated => Happened::Detonated,
            HappenedSpec::NationKnows => Happened::NationKnows,
            HappenedSpec::NationalIncident => Happened::NationalIncident,
            HappenedSpec::Recovered(id) => {
                Happened::Recovered(organisation(id, estate, &mut self.diagnostics)?)
            }
        })
    }
}

fn objective(o: &ObjectiveSpec) -> Objective {
    Objective {
        id: o.id.get().cloned().unwrap_or_default(),
        text: o.text.clone(),
        pillar: o.pillar,
        caf: o.caf.clone(),
        eprr: o.eprr.clone(),
        look_for: o.look_for.clone(),
    }
}
