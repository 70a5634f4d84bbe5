//! What a person writes of an exercise, as part of the scenario file.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::action::{ActionKind, Target};
use crate::catalogue::kinds::{AssetKind, ServiceKind};
use crate::catalogue::pillar::Pillar;
use crate::estate::selector::Selector;
use crate::source::Located;
use crate::units::{Share, SimDuration};

/// A tabletop exercise on the scenario: objectives, teams, injects, questions.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExerciseSpec {
    /// Aim of the exercise, in a sentence.
    pub aim: String,
    /// Which replicate of the scenario is played: its luck.
    #[serde(default)]
    pub replicate: u64,
    /// When players join (STARTEX), after the scenario's start.
    pub begins: Located<SimDuration>,
    /// When it ends (ENDEX), likewise.
    pub ends: Located<SimDuration>,
    /// What is to be exercised.
    pub objectives: Vec<Located<ObjectiveSpec>>,
    /// Who plays.
    pub teams: Vec<Located<TeamSpec>>,
    /// Master scenario events list (MSEL).
    pub injects: Vec<Located<InjectSpec>>,
    /// What is asked of the players.
    #[serde(default)]
    pub questions: Vec<Located<QuestionSpec>>,
}

/// One objective.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveSpec {
    /// Text id.
    pub id: Located<String>,
    /// What players should be able to do.
    pub text: String,
    /// Pillar of the 2030 strategy that it serves.
    pub pillar: Pillar,
    /// CAF-aligned DSPT outcome, such as `D1.c`.
    #[serde(default)]
    pub caf: String,
    /// EPRR core standard, by number or name.
    #[serde(default)]
    pub eprr: String,
    /// What an evaluator looks for.
    #[serde(default)]
    pub look_for: Vec<String>,
}

/// The level or function of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Role {
    /// Strategic command: aims, priorities, external consequences.
    Strategic,
    /// Tactical command: plans and coordination of the response.
    Tactical,
    /// Clinical leads: safety of patients and care.
    Clinical,
    /// IT and cyber security: containment and recovery.
    It,
    /// Communications: staff, public, media.
    Communications,
    /// Liaison with suppliers.
    SupplierLiaison,
}

impl Role {
    /// The words used in papers.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Strategic => "strategic",
            Self::Tactical => "tactical",
            Self::Clinical => "clinical",
            Self::It => "IT",
            Self::Communications => "communications",
            Self::SupplierLiaison => "supplier liaison",
        }
    }
}

/// A team of players.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamSpec {
    /// Text id.
    pub id: Located<String>,
    /// Name as printed.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Organisations that it commands: they follow its orders, not their playbook.
    #[serde(default)]
    pub commands: Vec<Located<Selector>>,
    /// What its players are told beforehand.
    pub brief: String,
}

/// Type of an event in the list (HSEEP).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum InjectKind {
    /// Given to players.
    #[default]
    Inject,
    /// Given only when players do not do what is expected.
    Contingency,
    /// Not given: what is expected of players by then.
    ExpectedAction,
}

impl InjectKind {
    /// The words of the column Event Type.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Inject => "Inject",
            Self::Contingency => "Contingency Inject",
            Self::ExpectedAction => "Expected Action",
        }
    }
}

/// How an inject reaches players.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Channel {
    /// Telephone.
    #[default]
    Phone,
    /// E-mail.
    Email,
    /// In person.
    InPerson,
    /// News or social media.
    Media,
    /// A formal alert.
    Alert,
    /// A screen, such as a ransom note.
    Screen,
}

impl Channel {
    /// The words of the column Inject Mode.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Phone => "telephone",
            Self::Email => "e-mail",
            Self::InPerson => "in person",
            Self::Media => "media",
            Self::Alert => "alert",
            Self::Screen => "screen",
        }
    }
}

/// When an event of the list is due.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub enum When {
    /// So long after players joined.
    At(SimDuration),
    /// As soon as the simulated world is so.
    World(Happened),
    /// When the facilitator releases it.
    ByHand,
}

/// Something that holds in the simulated world.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub enum Happened {
    /// A kind of care is below a share of its capacity at so many organisations.
    CareBelow {
        /// Kind of care.
        care: ServiceKind,
        /// Share of usual capacity.
        share: Share,
        /// At so many organisations, at least.
        organisations: u32,
    },
    /// A kind of system is down, wholly or in part, at so many organisations.
    SystemsDown {
        /// Kind of system.
        system: AssetKind,
        /// At so many organisations, at least.
        organisations: u32,
    },
    /// So many organisations suspect an incident.
    Suspected(u32),
    /// So many have declared one.
    Declared(u32),
    /// So many have got the intruder out.
    Evicted(u32),
    /// The attack has detonated somewhere.
    Detonated,
    /// The national level knows.
    NationKnows,
    /// A national incident is declared.
    NationalIncident,
    /// None of the listed organisation's systems is down any more, after some were.
    Recovered(Located<String>),
}

/// One event of the list.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InjectSpec {
    /// Number in the list.
    pub number: u32,
    /// Type.
    #[serde(default)]
    pub kind: InjectKind,
    /// When.
    pub when: When,
    /// Holds in the world when the text is plausible; a rehearsal counts how often it does.
    #[serde(default)]
    pub plausible: Option<Happened>,
    /// From whom, in the exercise.
    pub from: String,
    /// Teams, by id; none means all.
    #[serde(default)]
    pub to: Vec<Located<String>>,
    /// How.
    #[serde(default)]
    pub channel: Channel,
    /// What players get to read or hear.
    pub text: String,
    /// What they are expected to do.
    #[serde(default)]
    pub expect: String,
    /// Objective, by id.
    pub objective: Located<String>,
    /// For controllers only.
    #[serde(default)]
    pub notes: String,
}

/// An order that an option gives.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderSpec {
    /// To which organisations.
    pub at: Located<Selector>,
    /// What to do.
    #[serde(rename = "do")]
    pub what: ActionKind,
    /// To what.
    #[serde(default)]
    pub to: Target,
}

/// One answer to a question.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionSpec {
    /// Text id.
    pub id: Located<String>,
    /// What it means.
    pub text: String,
    /// What is ordered; nothing for a matter of discussion.
    #[serde(default)]
    pub orders: Vec<Located<OrderSpec>>,
}

/// A decision asked of a team.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionSpec {
    /// Text id.
    pub id: Located<String>,
    /// When it opens.
    pub when: When,
    /// Team, by id.
    pub to: Located<String>,
    /// The question.
    pub text: String,
    /// Objective, by id.
    pub objective: Located<String>,
    /// Answers, two or more.
    pub options: Vec<Located<OptionSpec>>,
}
