//! What is bought for nothing here.

use resus_engine::estate::posture::Control;
use resus_engine::strategy::lever::Change;
use resus_engine::study::idle::{Idle, IdleLever, Why};

use super::list;

/// What a control meets: an effect of it is an effect on this.
const fn control(control: Control) -> &'static str {
    match control {
        Control::Patching | Control::Unsupported => "known weaknesses of exposed services, and worms",
        Control::MultiFactor => "stolen credentials, and intruders who move on",
        Control::EndpointDetection => "intruders, worms and removable media",
        Control::Segmentation => "intruders and worms that move on inside",
        Control::IsolatedBackups | Control::TestedRestores => "restoring what was encrypted or wiped",
        Control::MonitoringHours => "intruders who have not been noticed",
        Control::PhishingResistance => "phishing",
        Control::PhishingReporting => "intruders whom staff can report",
        Control::ExercisedPlans => "decisions, and the work of a response",
        Control::Leadership => "the decision to declare, and insiders",
        Control::Continuity => "working on paper",
        Control::SupplierAssurance => "attacks on suppliers, what they pass on, and their updates",
        Control::AssetVisibility => "intruders who have not been noticed, and restoring",
        Control::SecureDesign => "exposed services, and devices that are struck",
        Control::Responders => "work that responders do",
    }
}

/// What a lever's change meets.
const fn meets(change: &Change) -> &'static str {
    match change {
        Change::Raise(c, _) | Change::Lower(c, _) => control(*c),
        Change::Hire(_) => "work that responders do",
        Change::NationalMonitoring(_) => "intruders who have not been noticed",
        Change::SharedIndicators => "intruders and worms whose traces others have seen",
        Change::SharedTeams(_) => "regional and national teams that are called",
        Change::AlertTime(_) => "alerts on which a playbook acts",
    }
}

fn sentence(lever: &IdleLever) -> String {
    let why = match lever.why {
        Why::NothingToChange => "all whom it reaches are there already".to_owned(),
        Why::NothingAsks => {
            let mut what: Vec<String> = vec![];
            for met in lever.changes.iter().map(meets) {
                if !what.iter().any(|w| w == met) {
                    what.push(met.to_owned());
                }
            }
            format!("it acts on {}, and here that changes nothing", list(&what, "and"))
        }
    };
    format!("{} ({}): {why}.", lever.name, lever.pillar.label())
}

/// A heading, and a sentence for each lever that has no effect in this scenario; nothing when each has one.
pub fn sentences(idle: &Idle) -> Vec<String> {
    if idle.levers.is_empty() {
        return vec![];
    }
    let heading = format!(
        "Without effect in this scenario, each alone at full uptake on top of the baseline: no outcome but cost differs in {} runs.",
        idle.replicates
    );
    std::iter::once(heading).chain(idle.levers.iter().map(sentence)).collect()
}
