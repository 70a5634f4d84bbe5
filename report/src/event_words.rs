//! A run's events in words: one sentence each, and the kind under which they are counted.

use resus_engine::estate::{AssetId, Estate, OrgId, ServiceId};
use resus_engine::scenario::Scenario;
use resus_engine::scenario::exercise::Happened;
use resus_engine::sim::core::trace::{Event, EventKind};

use crate::format::number;

/// One event in words, with the names of who and what it is about.
pub fn sentence(scenario: &Scenario, e: &Event) -> String {
    let estate: &Estate = &scenario.estate;
    let org = |o: OrgId| estate.org(o).name.as_str();
    let asset = |a: AssetId| format!("{} of {}", estate.asset(a).kind.label(), org(estate.asset(a).owner));
    let service =
        |s: ServiceId| format!("{} at {}", estate.service(s).kind.label(), org(estate.service(s).owner));
    match e.kind {
        EventKind::Began { campaign } => format!("{} begins", scenario.campaigns[campaign as usize].name),
        EventKind::Entered { org: o, via } => format!("{} entered by {via}", org(o)),
        EventKind::Stopped { org: o } => format!("the attack is stopped at the door of {}", org(o)),
        EventKind::Reached { org: o, stage } => format!("intruder at {} {stage}", org(o)),
        EventKind::CarriedOn { org: o, from } => {
            format!("intruder moves on from {} to {}", org(from), org(o))
        }
        EventKind::Detonated { org: o } => format!("detonation at {} (T1486)", org(o)),
        EventKind::RecordsTaken { org: o, records } => {
            format!("{} records taken from {}", number(records), org(o))
        }
        EventKind::AssetLost { asset: a, how, hosts } => {
            format!("{} {how}: {hosts} of {} hosts", asset(a), estate.asset(a).hosts)
        }
        EventKind::AssetCut { asset: a, how } => format!("{} {how}", asset(a)),
        EventKind::AssetBack { asset: a } => format!("{} is back", asset(a)),
        EventKind::Reinfected { asset: a } => {
            format!("{} taken again: the intruder was still inside", asset(a))
        }
        EventKind::Suspected { org: o, how } => format!("{} suspects an incident: {how}", org(o)),
        EventKind::Declared { org: o } => format!("{} declares an incident", org(o)),
        EventKind::NationKnows { org: o } => format!("the national level learns of it from {}", org(o)),
        EventKind::AlertRead { org: o } => format!("{} reads the alert", org(o)),
        EventKind::NationalIncident => "a national incident is declared".into(),
        EventKind::Ordered { org: o, action } => format!("{} orders: {}", org(o), action.label()),
        EventKind::Refused { org: o, action, why } => format!("{} cannot {}: {why}", org(o), action.label()),
        EventKind::Done { org: o, action } => format!("{} has done: {}", org(o), action.label()),
        EventKind::Evicted { org: o } => format!("{} has evicted the intruder", org(o)),
        EventKind::HuntFailed { org: o } => format!("{}: the hunt missed something and starts again", org(o)),
        EventKind::Recovered { org: o } => format!("{} has all its systems back", org(o)),
        EventKind::InstanceBack { org: o } => format!("the supplier has {} back on its platform", org(o)),
        EventKind::KillSwitchFound => "the worm's kill switch is found".into(),
        EventKind::KillSwitchRegistered => "the kill switch is registered: no new infections".into(),
        EventKind::ServiceDisturbed { service: s, capacity_share, .. } => {
            format!("{} falls to {:.0} % of capacity", service(s), capacity_share * 100.0)
        }
        EventKind::ServiceRestored { service: s } => format!("{} is whole again", service(s)),
    }
}

/// The kind of an event, for summaries and JSON; several kinds of event may be counted as one.
pub fn kind(e: &Event) -> &'static str {
    match e.kind {
        EventKind::Began { .. } => "began",
        EventKind::Entered { .. } => "entered",
        EventKind::Stopped { .. } => "stopped",
        EventKind::Reached { .. } => "stage",
        EventKind::CarriedOn { .. } => "carried on",
        EventKind::Detonated { .. } => "detonated",
        EventKind::RecordsTaken { .. } => "records taken",
        EventKind::AssetLost { .. } => "assets lost",
        EventKind::AssetCut { .. } => "assets cut off",
        EventKind::AssetBack { .. } => "assets back",
        EventKind::Reinfected { .. } => "reinfected",
        EventKind::Suspected { .. } => "suspected",
        EventKind::Declared { .. } => "declared",
        EventKind::NationKnows { .. } => "nation knows",
        EventKind::AlertRead { .. } => "alerts read",
        EventKind::NationalIncident => "national incident",
        EventKind::Ordered { .. } => "orders given",
        EventKind::Refused { .. } => "orders that could not be carried out",
        EventKind::Done { .. } => "orders done",
        EventKind::Evicted { .. } => "evicted",
        EventKind::HuntFailed { .. } => "hunts that failed",
        EventKind::Recovered { .. } => "recovered",
        EventKind::InstanceBack { .. } => "customers back",
        EventKind::KillSwitchFound | EventKind::KillSwitchRegistered => "kill switch",
        EventKind::ServiceDisturbed { .. } => "services disturbed",
        EventKind::ServiceRestored { .. } => "services whole again",
    }
}

/// What an inject or a question waits for, in words.
pub fn happened(h: &Happened, e: &Estate) -> String {
    match h {
        Happened::CareBelow { care, share, organisations } => {
            format!("{} below {:.0} % at {organisations} or more", care.label(), share * 100.0)
        }
        Happened::SystemsDown { system, organisations } => {
            format!("{} down at {organisations} or more", system.label())
        }
        Happened::Suspected(n) => format!("{n} suspect an incident"),
        Happened::Declared(n) => format!("{n} have declared"),
        Happened::Evicted(n) => format!("{n} have evicted the intruder"),
        Happened::Detonated => "the attack has detonated".into(),
        Happened::NationKnows => "the national level knows".into(),
        Happened::NationalIncident => "a national incident is declared".into(),
        Happened::Recovered(o) => format!("{} has recovered", e.org(*o).name),
    }
}
