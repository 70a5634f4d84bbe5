//! What can be due in the phase Threat.

use crate::estate::{AssetId, OrgId, ServiceId};
use crate::sim::core::trace::Cause;

/// What is due in the phase Threat.
#[derive(Clone, Copy, Debug)]
pub enum ThreatEvent {
    /// A campaign begins.
    Begin(u32),
    /// An entry succeeds, unless it was stopped.
    Enter {
        /// Campaign.
        campaign: u32,
        /// Entry.
        entry: u32,
        /// Organisation.
        org: OrgId,
    },
    /// An intruder finishes a stage.
    Advance {
        /// Intrusion.
        intrusion: u32,
        /// It counts only if nothing has rescheduled since.
        generation: u32,
    },
    /// The intruder reaches another organisation over a connection.
    Carry {
        /// From this intrusion.
        intrusion: u32,
        /// Over this connection.
        connection: u32,
    },
    /// The campaign detonates everywhere.
    Detonate(u32),
    /// A crew that was noticed detonates in one organisation.
    DetonateEarly(u32),
    /// An asset is struck.
    Strike {
        /// Campaign.
        campaign: u32,
        /// Asset.
        asset: AssetId,
        /// Hosts.
        hosts: u32,
        /// Because of.
        cause: Cause,
    },
    /// A restored asset is taken again.
    Reinfect {
        /// Intrusion.
        intrusion: u32,
        /// Asset.
        asset: AssetId,
        /// Hosts.
        hosts: u32,
    },
    /// The worm leaps.
    Leap(u32),
    /// The worm's kill switch is found.
    KillSwitch,
    /// Failed hosts mend by themselves.
    Mend(AssetId),
    /// A flood ends.
    FloodEnds(AssetId),
    /// All of an asset fails, by no campaign, and mends after so many minutes.
    Fail(AssetId, u32),
    /// A service closes, by no campaign, for so many minutes.
    Close(ServiceId, u32),
    /// It opens again.
    Open(ServiceId),
}
