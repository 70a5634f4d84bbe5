//! What a run's events say in words.

use resus_engine::estate::{AssetId, Estate, OrgId, ServiceId};
use resus_engine::scenario::Scenario;
use resus_engine::sim::chronicle::{Event, What};

use crate::table::number;

/// One event in words.
pub fn event(scenario: &Scenario, e: &Event) -> String {
    let estate: &Estate = &scenario.estate;
    let org = |o: OrgId| estate.org(o).name.as_str();
    let asset = |a: AssetId| format!("{} of {}", estate.asset(a).kind.label(), org(estate.asset(a).owner));
    let service =
        |s: ServiceId| format!("{} at {}", estate.service(s).kind.label(), org(estate.service(s).owner));
    match e.what {
        What::Began { campaign } => format!("{} begins", scenario.campaigns[campaign as usize].name),
        What::Entered { org: o, via } => format!("{} entered by {via}", org(o)),
        What::Stopped { org: o } => format!("the attack is stopped at the door of {}", org(o)),
        What::Reached { org: o, stage } => format!("intruder at {} {stage}", org(o)),
        What::CarriedOn { org: o, from } => format!("intruder moves on from {} to {}", org(from), org(o)),
        What::Detonated { org: o } => format!("detonation at {} (T1486)", org(o)),
        What::RecordsTaken { org: o, records } => {
            format!("{} records taken from {}", number(records), org(o))
        }
        What::AssetLost { asset: a, how, hosts } => {
            format!("{} {how}: {hosts} of {} hosts", asset(a), estate.asset(a).hosts)
        }
        What::AssetCut { asset: a, how } => format!("{} {how}", asset(a)),
        What::AssetBack { asset: a } => format!("{} is back", asset(a)),
        What::Reinfected { asset: a } => format!("{} taken again: the intruder was still inside", asset(a)),
        What::Suspected { org: o, how } => format!("{} suspects an incident: {how}", org(o)),
        What::Declared { org: o } => format!("{} declares an incident", org(o)),
        What::NationKnows { org: o } => format!("the national level learns of it from {}", org(o)),
        What::AlertRead { org: o } => format!("{} reads the alert", org(o)),
        What::NationalIncident => "a national incident is declared".into(),
        What::Ordered { org: o, action } => format!("{} orders: {}", org(o), action.label()),
        What::Refused { org: o, action, why } => format!("{} cannot {}: {why}", org(o), action.label()),
        What::Done { org: o, action } => format!("{} has done: {}", org(o), action.label()),
        What::Evicted { org: o } => format!("{} has evicted the intruder", org(o)),
        What::HuntFailed { org: o } => format!("{}: the hunt missed something and starts again", org(o)),
        What::Recovered { org: o } => format!("{} has all its systems back", org(o)),
        What::InstanceBack { org: o } => format!("the supplier has {} back on its platform", org(o)),
        What::KillSwitchFound => "the worm's kill switch is found".into(),
        What::KillSwitchRegistered => "the kill switch is registered: no new infections".into(),
        What::ServiceDisturbed { service: s, factor, .. } => {
            format!("{} falls to {:.0} % of capacity", service(s), factor * 100.0)
        }
        What::ServiceRestored { service: s } => format!("{} is whole again", service(s)),
    }
}

/// The kind of an event, for summaries and JSON.
pub fn kind(e: &Event) -> &'static str {
    match e.what {
        What::Began { .. } => "began",
        What::Entered { .. } => "entered",
        What::Stopped { .. } => "stopped",
        What::Reached { .. } => "stage",
        What::CarriedOn { .. } => "carried on",
        What::Detonated { .. } => "detonated",
        What::RecordsTaken { .. } => "records taken",
        What::AssetLost { .. } => "assets lost",
        What::AssetCut { .. } => "assets cut off",
        What::AssetBack { .. } => "assets back",
        What::Reinfected { .. } => "reinfected",
        What::Suspected { .. } => "suspected",
        What::Declared { .. } => "declared",
        What::NationKnows { .. } => "nation knows",
        What::AlertRead { .. } => "alerts read",
        What::NationalIncident => "national incident",
        What::Ordered { .. } => "orders given",
        What::Refused { .. } => "orders that could not be carried out",
        What::Done { .. } => "orders done",
        What::Evicted { .. } => "evicted",
        What::HuntFailed { .. } => "hunts that failed",
        What::Recovered { .. } => "recovered",
        What::InstanceBack { .. } => "customers back",
        What::KillSwitchFound | What::KillSwitchRegistered => "kill switch",
        What::ServiceDisturbed { .. } => "services disturbed",
        What::ServiceRestored { .. } => "services whole again",
    }
}
