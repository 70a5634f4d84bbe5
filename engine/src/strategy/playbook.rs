//! Playbooks: ordered rules that turn what an organisation learns into orders.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::action::Action;
use crate::catalogue::kinds::{AssetKind, OrgKind};
use crate::source::Located;
use crate::streams::text_id;
use crate::units::{HOUR, Share, SimDuration};

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

/// What must hold besides, as far as the organisation can know it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
pub enum Condition {
    /// Systems of its own are down.
    SystemsDown,
    /// None of its systems is down.
    NoneDown,
    /// What it sees is an attack: systems of its own are encrypted or wiped, or it has noticed an intruder. What merely fails is none.
    Attacked,
    /// It has noticed an intruder who is not out.
    IntruderKnown,
    /// At least this share of its hosts is down.
    HostsDown(Share),
    /// A system of its own of this kind is down.
    KindDown(AssetKind),
    /// Its services together, weighed by the harm of losing them, have less than this share of their usual capacity.
    CareBelow(Share),
    /// By its own orders it diverts, puts planned care off or sends work to neighbours.
    CareRearranged,
    /// If it cut every connection with others, at least this share of its care would go on, and of the care that others give with its
    /// systems: weighed by harm, on paper, with its and their plans for continuity as they are.
    CareCutOff(Share),
    /// A supplier whose systems it uses is seen to be attacked, by the same signs.
    SupplierAttacked,
    /// At least so many organisations, itself included, have reported an attack to the national level.
    Reported(u32),
    /// For so long it has suspected nothing new and found nothing more struck.
    QuietFor(SimDuration),
    /// It knows and watches at least this share of its systems, so that it sees what an intruder holds there.
    AssetsKnown(Share),
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
    /// What must not hold: none of these.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// Kinds of organisation that follow it; none given means all.
    #[serde(default)]
    pub who: Vec<OrgKind>,
    /// Time that passes first.
    #[serde(default)]
    pub after: Option<SimDuration>,
    /// When the conditions do not hold by then, they are looked at again after so long, until they do; at least an hour.
    #[serde(default)]
    pub again: Option<SimDuration>,
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
    /// Whether it hangs on conditions.
    pub fn is_conditional(&self) -> bool {
        !self.conditions.is_empty() || !self.unless.is_empty()
    }
    /// What is wrong with it, if anything: it could never do anything, or not what it says.
    pub fn mistake(&self) -> Option<String> {
        let (on, off) = (&self.conditions, &self.unless);
        if self.act.is_empty() {
            return Some("a rule needs an order under `act`".into());
        }
        if let Some(both) = on.iter().find(|c| off.contains(c)) {
            let name = both.name();
            return Some(format!("`{name}` must hold and must not hold: the rule would never be followed"));
        }
        if on.contains(&Condition::NoneDown) && on.iter().any(|c| c.says() == Some(Says::SomethingIsDown)) {
            return Some("nothing is down, and something is: the rule would never be followed".into());
        }
        for condition in on.iter().chain(off) {
            if let Some(Says::Always | Says::Never) = condition.says() {
                let ever = if condition.says() == Some(Says::Always) { "always" } else { "never" };
                return Some(format!("`{}` of nothing {ever} holds", condition.name()));
            }
        }
        if self.again.is_some() && !self.is_conditional() {
            return Some(
                "`again` looks at conditions anew, and there are none under `if` or `unless`".into(),
            );
        }
        self.again.is_some_and(|again| again.get() < HOUR).then(|| "`again` is at least 1h".into())
    }
}

/// What a condition says whatever happens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    SomethingIsDown,
    Always,
    Never,
}

impl Condition {
    /// Its name in a scenario file, without its value.
    fn name(self) -> String {
        format!("{self:?}").chars().take_while(|c| *c != '(').collect()
    }
    fn says(self) -> Option<Says> {
        match self {
            Self::SystemsDown | Self::KindDown(_) => Some(Says::SomethingIsDown),
            Self::HostsDown(share) if share.get() > 0.0 => Some(Says::SomethingIsDown),
            Self::HostsDown(_) | Self::Reported(0) => Some(Says::Always),
            Self::CareCutOff(share) | Self::AssetsKnown(share) if share.get() <= 0.0 => Some(Says::Always),
            Self::CareBelow(share) if share.get() <= 0.0 => Some(Says::Never),
            Self::NoneDown
            | Self::Attacked
            | Self::IntruderKnown
            | Self::CareBelow(_)
            | Self::CareRearranged
            | Self::CareCutOff(_)
            | Self::SupplierAttacked
            | Self::Reported(_)
            | Self::QuietFor(_)
            | Self::AssetsKnown(_)
            | Self::OutOfHours
            | Self::NationalIncident
            | Self::OwnResponders
            | Self::BackupIntact
            | Self::NotEvicted => None,
        }
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
