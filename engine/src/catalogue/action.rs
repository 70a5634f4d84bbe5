//! The catalogue of actions: what an organisation can order during an incident, by a rule or by a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::kinds::AssetKind;

macro_rules! actions {
    ($($(#[doc = $doc:literal])* $name:ident = $label:literal,)*) => {
        /// Kind of an action.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[repr(u8)]
        pub enum ActionKind { $($(#[doc = $doc])* $name),* }
        impl ActionKind {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The words used in reports.
            pub const fn label(self) -> &'static str { match self { $(Self::$name => $label),* } }
            /// What it is, in a sentence.
            pub const fn about(self) -> &'static str { match self { $(Self::$name => concat!($($doc),*).trim_ascii()),* } }
            /// Its name in a scenario file.
            pub const fn name(self) -> &'static str { match self { $(Self::$name => stringify!($name)),* } }
        }
    };
}

actions! {
    /// Containment: cut assets off from the network; who uses them over it loses them.
    IsolateAsset = "isolate systems",
    /// Containment: pull the hosts that are known to be affected off the network, one by one; the rest goes on working.
    IsolateHosts = "isolate affected hosts",
    /// Containment: cut the segments that hold affected assets off from the others.
    IsolateSegment = "isolate network segments",
    /// Containment: cut every connection of the organisation with others.
    IsolateOrganisation = "cut all outside connections",
    /// Containment: leave the national health network.
    LeaveNationalNetwork = "leave the national network",
    /// Containment: cut the connections to the affected supplier, or to all.
    DisconnectSupplier = "disconnect suppliers",
    /// Containment: shut remote access.
    DisableRemoteAccess = "disable remote access",
    /// Containment: switch every system off.
    SwitchEverythingOff = "switch everything off",
    /// Containment: block what is known of the attacker.
    BlockIndicators = "block indicators",
    /// Containment: register the worm's kill switch, once it has been found.
    RegisterKillSwitch = "register the kill switch",
    /// Eradication: reset all credentials; the intruder's hold on identity ends.
    ResetCredentials = "reset credentials",
    /// Eradication: patch now what is open.
    EmergencyPatching = "patch urgently",
    /// Eradication: hunt the intruder and evict.
    HuntAndEvict = "hunt and evict",
    /// Recovery: restore affected systems from backup; without one it becomes a rebuild.
    RestoreFromBackup = "restore from backup",
    /// Recovery: rebuild affected systems.
    Rebuild = "rebuild",
    /// Recovery: use a decryptor, if one is to be had.
    UseDecryptor = "use a decryptor",
    /// Recovery: assure what was isolated or switched off, and reconnect.
    AssureAndReconnect = "assure and reconnect",
    /// Continuity: work on paper.
    PaperWorking = "work on paper",
    /// Continuity: ask the ambulance service to take emergencies elsewhere.
    DivertEmergencies = "divert emergencies",
    /// Continuity: put off planned care to spare capacity for the urgent.
    PostponePlannedCare = "postpone planned care",
    /// Continuity: send samples, images and calls to a neighbour.
    SendWorkToNeighbour = "send work to a neighbour",
    /// Continuity: borrow responders from neighbours.
    MutualAid = "call for mutual aid",
    /// Continuity: extra sessions against the backlog.
    ExtraSessions = "run extra sessions",
    /// Continuity: end what was ordered for want of capacity: diversion, planned care put off, work sent to neighbours.
    ResumeUsualCare = "resume usual care",
    /// Coordination: ask for a national incident; the national team may then be called by all.
    DeclareNationalIncident = "declare a national incident",
    /// Coordination: call in the national team.
    CallNationalTeam = "call the national team",
    /// Coordination: share indicators with everybody.
    ShareIndicators = "share indicators",
    /// Coordination: inform the public.
    InformPublic = "inform the public",
    /// Coordination: inform the regulator.
    InformRegulator = "inform the regulator",
}

impl ActionKind {
    /// Whether it keeps care going rather than fights an intruder.
    pub const fn keeps_care_going(self) -> bool {
        match self {
            Self::PaperWorking
            | Self::DivertEmergencies
            | Self::PostponePlannedCare
            | Self::SendWorkToNeighbour
            | Self::ExtraSessions
            | Self::ResumeUsualCare
            | Self::InformPublic => true,
            Self::IsolateAsset
            | Self::IsolateHosts
            | Self::IsolateSegment
            | Self::IsolateOrganisation
            | Self::LeaveNationalNetwork
            | Self::DisconnectSupplier
            | Self::DisableRemoteAccess
            | Self::SwitchEverythingOff
            | Self::BlockIndicators
            | Self::RegisterKillSwitch
            | Self::ResetCredentials
            | Self::EmergencyPatching
            | Self::HuntAndEvict
            | Self::RestoreFromBackup
            | Self::Rebuild
            | Self::UseDecryptor
            | Self::AssureAndReconnect
            | Self::MutualAid
            | Self::DeclareNationalIncident
            | Self::CallNationalTeam
            | Self::ShareIndicators
            | Self::InformRegulator => false,
        }
    }
}

/// What an action is aimed at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Target {
    /// What is known to be affected.
    #[default]
    Affected,
    /// Everything that the organisation has.
    All,
    /// Its assets of one kind.
    Kind(AssetKind),
    /// What is not known to be affected. To reconnect: what nobody holds, and what is left of systems whose affected hosts were pulled off
    /// one by one.
    Clean,
}

/// An action with its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// What to do.
    #[serde(rename = "do")]
    pub what: ActionKind,
    /// To what.
    #[serde(default)]
    pub to: Target,
}
