//! Playbooks: ordered rules that turn what an organisation learns into orders.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::action::Action;
use crate::catalogue::kinds::OrgKind;
use crate::source::Located;
use crate::streams::text_id;
use crate::units::{Share, SimDuration};

/// The most rules of a playbook: each organisation keeps a bit for each.
pub const MOST_RULES: usize = 64;

/// What an organisation learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Trigger {
    /// It suspects an intrusion of its own.
    Suspected,
    /// It declared an incident of its own.
    Declared,
    /// Systems of its own are encrypted, wiped or failed.
    Impact,
    /// A supplier's system that it depends on was lost.
    SupplierLost,
    /// A supplier's system that it depends on is back.
    SupplierBack,
    /// It read an alert that somebody else is attacked.
    Alert,
    /// Its containment actions are done.
    Contained,
    /// The intruder is out.
    Evicted,
    /// Its systems are back.
    Recovered,
    /// A worm's kill switch was found.
    KillSwitchFound,
    /// It is so long since the scenario started: a decision whose time is on record.
    At(SimDuration),
}

/// What must hold besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Condition {
    /// Systems of its own are down.
    SystemsDown,
    /// None of its systems is down.
    NoneDown,
    /// Something points to an attack: systems of its own are encrypted or wiped, or an intruder is inside.
    Attacked,
    /// It is night or weekend.
    OutOfHours,
    /// A national incident is declared.
    NationalIncident,
    /// It has responders of its own.
    OwnResponders,
    /// It holds a backup that works.
    BackupIntact,
    /// The intruder is still inside as far as it knows.
    NotEvicted,
}

/// One rule: when something is learnt and the conditions hold, order the actions.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What sets it off.
    pub when: Trigger,
    /// What must hold.
    #[serde(default, rename = "if")]
    pub conditions: Vec<Condition>,
    /// Kinds of organisation that follow it; none given means all.
    #[serde(default)]
    pub who: Vec<OrgKind>,
    /// Time that passes first.
    #[serde(default)]
    pub after: Option<SimDuration>,
    /// Share of organisations that follow it.
    #[serde(default)]
    pub followed: Option<Share>,
    /// The orders.
    pub act: Vec<Action>,
}

impl Rule {
    /// Whether organisations of a kind follow it.
    pub fn concerns(&self, kind: OrgKind) -> bool {
        self.who.is_empty() || self.who.contains(&kind)
    }
}

/// A playbook as a file states it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaybookSpec {
    /// Text id.
    pub id: Located<String>,
    /// What it is, in a sentence.
    pub summary: String,
    /// Rules, in order.
    pub rules: Vec<Located<Rule>>,
}

/// A playbook ready to follow.
#[derive(Clone, Debug, Default)]
pub struct Playbook {
    /// Rules, in order; at most [`MOST_RULES`].
    pub rules: Vec<Rule>,
    /// By rule: what the draws of who follows it are named by, so that a rule that is added moves no other.
    pub keys: Vec<u64>,
}

impl Playbook {
    /// Whether organisations of a kind do anything by it but keep care going.
    pub fn acts(&self, kind: OrgKind) -> bool {
        let fights = |r: &Rule| r.act.iter().any(|a| !a.what.keeps_care_going());
        self.rules.iter().any(|r| r.concerns(kind) && fights(r))
    }
    /// From a file's form; rules that could not be read were noted as mistakes.
    pub fn new(spec: &PlaybookSpec) -> Self {
        let rules: Vec<Rule> = spec.rules.iter().filter_map(|r| r.get().cloned()).collect();
        let name = |r: &Rule| format!("{:?} {:?} {:?}", r.when, r.who, r.act);
        let key = |n: usize| {
            let before = rules[..n].iter().filter(|r| name(r) == name(&rules[n])).count();
            text_id(&name(&rules[n])).wrapping_add(before as u64)
        };
        Self { keys: (0..rules.len()).map(key).collect(), rules }
    }
}
