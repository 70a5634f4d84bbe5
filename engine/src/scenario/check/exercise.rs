//! Checks an exercise against its scenario: teams, objectives, injects, questions and the orders behind their answers.

use crate::catalogue::action::Action;
use crate::estate::{Estate, OrgId};
use crate::scenario::check::Check;
use crate::scenario::exercise;
use crate::scenario::exercise::Exercise;
use crate::scenario::exercise::spec::{ExerciseSpec, Happened as HappenedSpec, When as WhenSpec};
use crate::source::Located;

/// The most injects, questions, teams and objectives each, and options of a question.
const MOST_EVENTS: usize = 500;

impl Check {
    #[expect(
        clippy::too_many_lines,
        reason = "one list after the other, each checked against those before it"
    )]
    pub(super) fn exercise(
        &mut self,
        located: &Located<ExerciseSpec>,
        estate: &Estate,
        horizon: u32,
    ) -> Option<Exercise> {
        let spec = located.get()?;
        let begins = spec.begins.get()?.get();
        let ends = spec.ends.get()?.get();
        if begins >= ends || ends > horizon {
            self.wrong(&spec.ends.at, "an exercise ends after it begins and within the horizon");
        }
        let most = [spec.injects.len(), spec.questions.len(), spec.teams.len(), spec.objectives.len()];
        if most.iter().any(|n| *n > MOST_EVENTS) {
            self.wrong(
                &located.at,
                format!("at most {MOST_EVENTS} injects, questions, teams and objectives each"),
            );
            return None;
        }
        if spec.teams.is_empty() || spec.objectives.is_empty() {
            self.wrong(&located.at, "an exercise has an objective and a team at least");
            return None;
        }
        let objectives: Vec<exercise::Objective> = spec
            .objectives
            .iter()
            .filter_map(Located::get)
            .map(|o| exercise::Objective {
                id: o.id.get().cloned().unwrap_or_default(),
                text: o.text.clone(),
                pillar: o.pillar,
                caf: o.caf.clone(),
                eprr: o.eprr.clone(),
                look_for: o.look_for.clone(),
            })
            .collect();
        let mut commanded: Vec<OrgId> = vec![];
        let mut teams: Vec<exercise::Team> = vec![];
        for t in spec.teams.iter().filter_map(Located::get) {
            let mut commands: Vec<OrgId> = vec![];
            for s in &t.commands {
                let found = self.select(s, estate);
                if found.iter().any(|o| commanded.contains(o)) {
                    self.wrong(&s.at, "another team commands one of these already");
                }
                commanded.extend(&found);
                commands.extend(found);
            }
            let id = t.id.get().cloned().unwrap_or_default();
            teams.push(exercise::Team {
                id,
                name: t.name.clone(),
                role: t.role,
                commands,
                brief: t.brief.clone(),
            });
        }
        let objective_ids: Vec<String> = objectives.iter().map(|o| o.id.clone()).collect();
        let team_ids: Vec<String> = teams.iter().map(|t| t.id.clone()).collect();
        let mut injects: Vec<exercise::Inject> = vec![];
        for i in &spec.injects {
            let (at, Some(i)) = (&i.at, i.get()) else { continue };
            if injects.iter().any(|o| o.number == i.number) {
                self.wrong(at, format!("two injects have the number {}", i.number));
            }
            injects.push(exercise::Inject {
                number: i.number,
                kind: i.kind,
                when: self.when(&i.when, begins, estate),
                plausible: i.plausible.as_ref().and_then(|h| self.happened(h, estate)),
                from: i.from.clone(),
                to: i.to.iter().filter_map(|t| self.position(t, "team", &team_ids)).collect(),
                channel: i.channel,
                text: i.text.clone(),
                expect: i.expect.clone(),
                objective: self.position(&i.objective, "objective", &objective_ids).unwrap_or(0),
                notes: i.notes.clone(),
            });
        }
        injects.sort_by_key(|i| i.number);
        let mut questions: Vec<exercise::Question> = vec![];
        for q in &spec.questions {
            let (at, Some(q)) = (&q.at, q.get()) else { continue };
            let id = q.id.get().cloned().unwrap_or_default();
            if questions.iter().any(|o| o.id == id) {
                self.wrong(at, format!("two questions are called '{id}'"));
            }
            if !(2..=9).contains(&q.options.len()) {
                self.wrong(at, "a question has 2 to 9 options");
            }
            let mut options: Vec<exercise::Choice> = vec![];
            for o in q.options.iter().filter_map(Located::get) {
                let mut orders = vec![];
                for order in o.orders.iter().filter_map(Located::get) {
                    let action = Action { what: order.what, to: order.to };
                    orders.extend(self.select(&order.at, estate).into_iter().map(|org| (org, action)));
                }
                let id = o.id.get().cloned().unwrap_or_default();
                if options.iter().any(|other| other.id == id) {
                    self.wrong(&o.id.at, format!("two options are called '{id}'"));
                }
                options.push(exercise::Choice { id, text: o.text.clone(), orders });
            }
            questions.push(exercise::Question {
                id,
                when: self.when(&q.when, begins, estate),
                to: self.position(&q.to, "team", &team_ids).unwrap_or(0),
                text: q.text.clone(),
                objective: self.position(&q.objective, "objective", &objective_ids).unwrap_or(0),
                options,
            });
        }
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

    fn position(&mut self, id: &Located<String>, what: &str, known: &[String]) -> Option<usize> {
        let found = known.iter().position(|k| Some(k) == id.get());
        if found.is_none() {
            self.unknown(id, what, known.iter().map(String::as_str));
        }
        found
    }

    fn when(&mut self, when: &WhenSpec, begins: u32, estate: &Estate) -> exercise::When {
        match when {
            WhenSpec::At(after) => exercise::When::At(begins + after.get()),
            WhenSpec::ByHand => exercise::When::ByHand,
            WhenSpec::World(h) => {
                self.happened(h, estate).map_or(exercise::When::ByHand, exercise::When::World)
            }
        }
    }

    fn happened(&mut self, h: &HappenedSpec, estate: &Estate) -> Option<exercise::Happened> {
        use exercise::Happened as H;
        Some(match h {
            HappenedSpec::CareBelow { care, share, organisations } => {
                H::CareBelow { care: *care, share: share.get(), organisations: *organisations }
            }
            HappenedSpec::SystemsDown { system, organisations } => {
                H::SystemsDown { system: *system, organisations: *organisations }
            }
            HappenedSpec::Suspected(n) => H::Suspected(*n),
            HappenedSpec::Declared(n) => H::Declared(*n),
            HappenedSpec::Evicted(n) => H::Evicted(*n),
            HappenedSpec::Detonated => H::Detonated,
            HappenedSpec::NationKnows => H::NationKnows,
            HappenedSpec::NationalIncident => H::NationalIncident,
            HappenedSpec::Recovered(id) => H::Recovered(self.org(id, estate)?),
        })
    }
}
