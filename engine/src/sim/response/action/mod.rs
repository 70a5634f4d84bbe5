//! The actions: for each, in which class its jobs are, why it may be refused, how many hosts it has to do with, and what it does when it
//! is done. A new one is a line of the catalogue, a constant in one of the files here, an arm of [`rules`], and a row of costs in the
//! parameters.

mod continuity;
mod coordination;
mod disconnect;
mod evict;
mod harden;
mod isolate;
mod reconnect;
mod restore;

pub(super) use reconnect::{assure_each, finish_assurance};

use super::ResponseParams;
use crate::catalogue::action::{ActionKind, Target};
use crate::catalogue::event::Refusal;
use crate::estate::OrgId;
use crate::sim::core::trace::Cause;
use crate::sim::state::jobs::Class;
use crate::units::SimTime;

/// What an action is.
pub(super) struct ActionRules {
    /// Which jobs go first, whatever the priority.
    pub class: Class,
    /// Why it cannot be carried out now; `None` when it can.
    pub refusal: fn(&ResponseParams, OrgId, Target) -> Option<Refusal>,
    /// What comes of a refusal.
    pub refused: fn(&mut ResponseParams, &Doing, why: Refusal),
    /// Hosts on which its effort depends.
    pub reach: fn(&ResponseParams, OrgId, Target) -> f64,
    /// What it does when it is done.
    pub effect: fn(&mut ResponseParams, &Doing),
}

/// An action being carried out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doing {
    pub now: SimTime,
    pub org: OrgId,
    pub to: Target,
    /// Why.
    pub cause: Cause,
}

/// An action that is always possible, concerns all hosts, and changes nothing by itself.
const PLAIN: ActionRules = ActionRules {
    class: Class::Continuity,
    refusal: |_, _, _| None,
    refused: |_, _, _| {},
    reach: |response, org, _| f64::from(response.ctx.estate().org(org).hosts),
    effect: |_, _| {},
};

/// The rules of an action.
pub(super) const fn rules(action: ActionKind) -> &'static ActionRules {
    match action {
        ActionKind::IsolateAsset => &isolate::ASSETS,
        ActionKind::IsolateHosts => &isolate::HOSTS,
        ActionKind::IsolateSegment => &isolate::SEGMENTS,
        ActionKind::SwitchEverythingOff => &isolate::ALL_OFF,
        ActionKind::DisableRemoteAccess => &isolate::REMOTE_ACCESS,
        ActionKind::IsolateOrganisation => &disconnect::ORGANISATION,
        ActionKind::LeaveNationalNetwork => &disconnect::NATIONAL_NETWORK,
        ActionKind::DisconnectSupplier => &disconnect::SUPPLIER,
        ActionKind::BlockIndicators => &harden::INDICATORS,
        ActionKind::RegisterKillSwitch => &harden::KILL_SWITCH,
        ActionKind::EmergencyPatching => &harden::PATCHING,
        ActionKind::ResetCredentials => &evict::CREDENTIALS,
        ActionKind::HuntAndEvict => &evict::HUNT,
        ActionKind::RestoreFromBackup => &restore::FROM_BACKUP,
        ActionKind::Rebuild => &restore::REBUILD,
        ActionKind::UseDecryptor => &restore::DECRYPTOR,
        ActionKind::AssureAndReconnect => &reconnect::ASSURED,
        ActionKind::PaperWorking => &continuity::PAPER,
        ActionKind::DivertEmergencies => &continuity::DIVERT,
        ActionKind::PostponePlannedCare => &continuity::POSTPONE,
        ActionKind::SendWorkToNeighbour => &continuity::SEND_WORK,
        ActionKind::ExtraSessions => &continuity::EXTRA_SESSIONS,
        ActionKind::MutualAid => &coordination::MUTUAL_AID,
        ActionKind::CallNationalTeam => &coordination::NATIONAL_TEAM,
        ActionKind::ResumeUsualCare => &continuity::USUAL_CARE,
        ActionKind::DeclareNationalIncident => &coordination::NATIONAL_INCIDENT,
        ActionKind::ShareIndicators => &coordination::INDICATORS,
        ActionKind::InformPublic => &coordination::PUBLIC,
        ActionKind::InformRegulator => &coordination::REGULATOR,
    }
}
