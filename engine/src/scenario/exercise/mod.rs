//! An exercise on a scenario: objectives, teams, injects and questions, as known to hold together.

pub mod spec;

use crate::catalogue::action::Action;
use crate::catalogue::kinds::{AssetKind, ServiceKind};
use crate::catalogue::pillar::Pillar;
use crate::estate::OrgId;
use crate::scenario::exercise::spec::{Channel, InjectKind, Role};
use crate::units::SimTime;

/// An exercise that is known to hold together.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// Aim.
    pub aim: String,
    /// Replicate that is played.
    pub replicate: u64,
    /// When players join.
    pub begins: SimTime,
    /// When it ends.
    pub ends: SimTime,
    /// Objectives.
    pub objectives: Vec<Objective>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Injects, by number.
    pub injects: Vec<Inject>,
    /// Questions.
    pub questions: Vec<Question>,
}

/// An objective.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::ObjectiveSpec`
pub struct Objective {
    pub id: String,
    pub text: String,
    pub pillar: Pillar,
    pub caf: String,
    pub eprr: String,
    pub look_for: Vec<String>,
}

/// A team.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::TeamSpec`
pub struct Team {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub commands: Vec<OrgId>,
    pub brief: String,
}

/// When something is due.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::When`
pub enum When {
    At(SimTime),
    World(Happened),
    ByHand,
}

/// What holds in the world.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::Happened`
pub enum Happened {
    CareBelow { care: ServiceKind, share: f64, organisations: u32 },
    SystemsDown { system: AssetKind, organisations: u32 },
    Suspected(u32),
    Declared(u32),
    Evicted(u32),
    Detonated,
    NationKnows,
    NationalIncident,
    Recovered(OrgId),
}

/// An inject.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::InjectSpec`
pub struct Inject {
    pub number: u32,
    pub kind: InjectKind,
    pub when: When,
    pub plausible: Option<Happened>,
    pub from: String,
    /// Positions of teams; empty for all.
    pub to: Vec<usize>,
    pub channel: Channel,
    pub text: String,
    pub expect: String,
    /// Position of the objective.
    pub objective: usize,
    pub notes: String,
}

/// A question.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::QuestionSpec`
pub struct Question {
    pub id: String,
    pub when: When,
    /// Position of the team.
    pub to: usize,
    pub text: String,
    /// Position of the objective.
    pub objective: usize,
    pub options: Vec<Choice>,
}

/// An answer.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::OptionSpec`
pub struct Choice {
    pub id: String,
    pub text: String,
    pub orders: Vec<(OrgId, Action)>,
}
