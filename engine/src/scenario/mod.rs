//! From a file to a checked [`Scenario`]: what a person writes, the mistakes in it, and what the engine runs.

pub mod bundled;
pub mod calendar;
mod check;
pub mod evidence;
pub mod parameters;
pub mod random;
pub mod reading;
pub mod schema;
pub mod spec;
mod what_if;

use std::sync::Arc;

pub use check::{Loaded, check_part, england, load, load_over, load_with};
pub use what_if::WhatIf;

use crate::estate::{Estate, OrgId};
use crate::exercise::Exercise;
use crate::strategy::Strategy;
use crate::strategy::lever::{Lever, PillarSpec};
use crate::strategy::playbook::Playbook;
use crate::units::SimTime;
pub use calendar::Calendar;
use parameters::ParametersSpec;
use random::{Param, Random};
use spec::{EntryKind, OutageSpec};

/// A scenario that is known to hold together; shared by all threads.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Title.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// What to discuss.
    pub discuss: Vec<String>,
    /// Start, local time, and bank holidays.
    pub calendar: Calendar,
    /// Minutes that it runs.
    pub horizon: SimTime,
    /// Minutes of a step; divides 60.
    pub step: u32,
    /// Who and what there is.
    pub estate: Arc<Estate>,
    /// What happens.
    pub campaigns: Vec<Campaign>,
    /// The complete parameters.
    pub parameters: ParametersSpec,
    /// Strategies, in the file's order.
    pub strategies: Vec<Arc<Strategy>>,
    /// Index of the baseline in `strategies`.
    pub baseline: usize,
    /// What really happened, where the scenario is about a real incident.
    pub evidence: Vec<evidence::FigureSpec>,
    /// A tabletop exercise on it.
    pub exercise: Option<Arc<Exercise>>,
    /// All levers that a strategy may pull, the scenario's own first.
    pub levers: Vec<Lever>,
    /// All playbooks, by id, the scenario's own first.
    pub playbooks: Vec<(String, Playbook)>,
    /// What each pillar does beside its levers.
    pub pillars: Vec<PillarSpec>,
    /// What was asked for beside the file, as `path=value`.
    pub what_if: Vec<String>,
    /// Hash of the scenario's text and of what was asked for beside it, to name it in reports.
    pub hash: u64,
}

impl Scenario {
    /// The levers that its ids mean: one of each id, the scenario's own before a bundled one.
    pub fn own_levers(&self) -> impl Iterator<Item = &Lever> {
        let earlier = |n: usize, l: &Lever| self.levers[..n].iter().any(|e| e.id.get() == l.id.get());
        self.levers.iter().enumerate().filter(move |(n, l)| !earlier(*n, l)).map(|(_, l)| l)
    }
    /// A playbook by its id.
    pub fn playbook(&self, id: &str) -> Option<&Playbook> {
        self.playbooks.iter().find(|(i, _)| i == id).map(|(_, p)| p)
    }
}

/// A campaign with its organisations found.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Text id.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// When it begins.
    pub begins: Random<crate::units::SimDuration>,
    /// Ways in.
    pub entries: Vec<Entry>,
    /// How it spreads.
    pub spread: Spread,
    /// Whether it encrypts, wipes, steals, disrupts.
    pub payload: Payloads,
}

/// What a campaign does in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payloads {
    /// How hosts are lost, if at all.
    pub loss: Option<Loss>,
    /// Whether records are taken.
    pub steals: bool,
}

/// How hosts are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Encrypted.
    Encrypted,
    /// Wiped.
    Wiped,
    /// Failed: the data are whole.
    Failed,
}

/// A way in.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Way.
    pub via: EntryKind,
    /// Where it is tried.
    pub at: Vec<OrgId>,
    /// Successes a day without a control.
    pub per_day: Param<crate::units::Number>,
    /// Most successes.
    pub most: u32,
}

/// How a campaign spreads.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::SpreadSpec`
pub enum Spread {
    Operator {
        crew: u32,
        sleeps: Option<Random<crate::units::SimDuration>>,
    },
    Worm {
        kill_switch: Option<Random<crate::units::SimDuration>>,
        takes: Vec<crate::estate::kinds::AssetKind>,
    },
    Supplier {
        supplier: OrgId,
        carries_on: Param<crate::units::Share>,
    },
    Outage {
        at: Vec<OrgId>,
        spec: OutageSpec,
    },
    Flood {
        at: Vec<OrgId>,
        assets: Vec<crate::estate::kinds::AssetKind>,
        intensity: Param<crate::units::Share>,
        lasts: Random<crate::units::SimDuration>,
    },
}
