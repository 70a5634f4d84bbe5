//! A live exercise on a scenario: what players are told and asked, what they decide, and what becomes of it in the simulated
//! world. A session is the replay of its journal; it opens no file and no screen.

pub mod forecast;
pub mod journal;
pub mod rehearse;
pub mod review;
pub mod session;
pub mod spec;
pub mod view;

use crate::estate::kinds::{AssetKind, ServiceKind};
use crate::estate::{AssetId, OrgId};
use crate::sim::Simulation;
use crate::strategy::action::Action;
use crate::strategy::lever::Pillar;
use crate::units::SimTime;
use spec::{Channel, InjectKind, Role};

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

impl Happened {
    /// Whether it holds now.
    pub fn holds(&self, sim: &Simulation) -> bool {
        let e = &sim.scenario().estate;
        let organisations = || (0..e.organisations.len() as u32).map(OrgId);
        let enough =
            |n: u32, list: &dyn Fn(OrgId) -> bool| organisations().filter(|o| list(*o)).count() >= n as usize;
        match self {
            Self::CareBelow { care, share, organisations } => {
                let low = e
                    .services
                    .iter()
                    .zip(sim.capacity())
                    .filter(|(s, c)| s.kind == *care && c.factor < *share);
                low.count() >= *organisations as usize
            }
            Self::SystemsDown { system, organisations } => {
                let down = (0..e.assets.len() as u32)
                    .map(AssetId)
                    .filter(|a| e.asset(*a).kind == *system && sim.asset(*a).down() > 0);
                down.count() >= *organisations as usize
            }
            Self::Suspected(n) => enough(*n, &|o| sim.incident(o).suspected.is_some()),
            Self::Declared(n) => enough(*n, &|o| sim.incident(o).declared.is_some()),
            Self::Evicted(n) => enough(*n, &|o| sim.incident(o).evicted.is_some()),
            Self::Detonated => sim.detonated(),
            Self::NationKnows => sim.nation().knows.is_some(),
            Self::NationalIncident => sim.nation().incident.is_some(),
            Self::Recovered(o) => {
                let hit = |a: AssetId| sim.asset(a).cause != crate::sim::chronicle::NO_CAUSE;
                e.assets_of(*o).any(hit) && e.assets_of(*o).all(|a| sim.asset(a).down() == 0)
            }
        }
    }
    /// In words.
    pub fn words(&self, e: &crate::estate::Estate) -> String {
        match self {
            Self::CareBelow { care, share, organisations } => {
                format!("{} below {:.0} % at {organisations} or more", care.label(), share * 100.0)
            }
            Self::SystemsDown { system, organisations } => {
                format!("{} down at {organisations} or more", system.label())
            }
            Self::Suspected(n) => format!("{n} suspect an incident"),
            Self::Declared(n) => format!("{n} have declared"),
            Self::Evicted(n) => format!("{n} have evicted the intruder"),
            Self::Detonated => "the attack has detonated".into(),
            Self::NationKnows => "the national level knows".into(),
            Self::NationalIncident => "a national incident is declared".into(),
            Self::Recovered(o) => format!("{} has recovered", e.org(*o).name),
        }
    }
}
