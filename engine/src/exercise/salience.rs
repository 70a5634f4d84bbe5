//! What is worth a room's time.

use crate::estate::OrgId;
use crate::scenario::Scenario;
use crate::sim::core::trace::{Event, EventKind};

/// Whether an event is worth telling to a room.
pub fn worth_telling(scenario: &Scenario, e: &Event) -> bool {
    let big = |o: OrgId| scenario.estate.org(o).staff >= 200.0;
    match e.kind {
        EventKind::Detonated { .. }
        | EventKind::NationKnows { .. }
        | EventKind::NationalIncident
        | EventKind::KillSwitchFound
        | EventKind::KillSwitchRegistered
        | EventKind::RecordsTaken { .. } => true,
        EventKind::Suspected { org, .. }
        | EventKind::Declared { org }
        | EventKind::Evicted { org }
        | EventKind::HuntFailed { org }
        | EventKind::InstanceBack { org }
        | EventKind::Recovered { org } => big(org),
        EventKind::ServiceDisturbed { service, capacity_share, .. } => {
            capacity_share < 0.6 && big(scenario.estate.service(service).owner)
        }
        EventKind::Began { .. }
        | EventKind::Entered { .. }
        | EventKind::Stopped { .. }
        | EventKind::Reached { .. }
        | EventKind::CarriedOn { .. }
        | EventKind::AssetLost { .. }
        | EventKind::AssetCut { .. }
        | EventKind::AssetBack { .. }
        | EventKind::Reinfected { .. }
        | EventKind::AlertRead { .. }
        | EventKind::Ordered { .. }
        | EventKind::Refused { .. }
        | EventKind::Done { .. }
        | EventKind::ServiceRestored { .. } => false,
    }
}
