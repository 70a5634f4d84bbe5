//! What happened and why: each entry names the entry that caused it. Kept only when somebody will read it.

use bevy_ecs::prelude::*;

use crate::catalogue::action::ActionKind;
use crate::catalogue::event::{Cut, Damage, Refusal, Suspicion, WayIn};
use crate::catalogue::technique::Stage;
use crate::estate::{AssetId, OrgId, ServiceId};
use crate::units::SimTime;

/// Index of an entry; [`NO_CAUSE`] when there is none or nothing is kept.
pub type Cause = u32;
/// No cause is known.
pub const NO_CAUSE: Cause = u32::MAX;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // the names say it; `text` of the command line words it
pub enum EventKind {
    Began { campaign: u32 },
    Entered { org: OrgId, via: WayIn },
    Stopped { org: OrgId },
    Reached { org: OrgId, stage: Stage },
    CarriedOn { org: OrgId, from: OrgId },
    Detonated { org: OrgId },
    RecordsTaken { org: OrgId, records: f64 },
    AssetLost { asset: AssetId, how: Damage, hosts: u32 },
    AssetCut { asset: AssetId, how: Cut },
    AssetBack { asset: AssetId },
    Reinfected { asset: AssetId },
    Suspected { org: OrgId, how: Suspicion },
    Declared { org: OrgId },
    NationKnows { org: OrgId },
    AlertRead { org: OrgId },
    NationalIncident,
    Ordered { org: OrgId, action: ActionKind },
    Refused { org: OrgId, action: ActionKind, why: Refusal },
    Done { org: OrgId, action: ActionKind },
    Evicted { org: OrgId },
    HuntFailed { org: OrgId },
    Recovered { org: OrgId },
    InstanceBack { org: OrgId },
    KillSwitchFound,
    KillSwitchRegistered,
    ServiceDisturbed { service: ServiceId, capacity_share: f64, cause_asset: Option<AssetId> },
    ServiceRestored { service: ServiceId },
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Minute.
    pub at: SimTime,
    /// What.
    pub kind: EventKind,
    /// Because of which entry.
    pub cause: Cause,
}

/// The trace of a run.
#[derive(Resource, Debug, Default)]
pub struct Trace {
    /// Whether anything is kept.
    pub kept: bool,
    /// Entries in the order in which they were recorded.
    pub events: Vec<Event>,
}

impl Trace {
    /// Records an entry, when entries are kept.
    pub fn record(&mut self, at: SimTime, kind: EventKind, cause: Cause) -> Cause {
        if !self.kept {
            return NO_CAUSE;
        }
        self.events.push(Event { at, kind, cause });
        self.events.len() as u32 - 1
    }
}
