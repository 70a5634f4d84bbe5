//! How an estate prepares and responds: controls, levers by pillar, playbooks of orders.

pub mod lever;
pub mod playbook;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::estate::Estate;
use crate::estate::posture::Posture;
use crate::source::Located;
use crate::strategy::lever::{Lever, System};
use crate::strategy::playbook::Playbook;
use crate::units::Share;

/// In which order a team takes up its jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Priority {
    /// In the order in which they came.
    #[default]
    FirstCome,
    /// What costs care most while it is down comes first.
    HarmFirst,
    /// What is done soonest comes first.
    QuickWins,
    /// What others need comes first, then in the order in which they came.
    PrerequisitesFirst,
}

impl Priority {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::FirstCome, Self::HarmFirst, Self::QuickWins, Self::PrerequisitesFirst];
    /// Words for it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FirstCome => "in the order of arrival",
            Self::HarmFirst => "by what costs care most",
            Self::QuickWins => "by what is done soonest",
            Self::PrerequisitesFirst => "by what others need",
        }
    }
}

/// A strategy as a file states it: levers pulled beforehand and a playbook followed during an incident.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StrategySpec {
    /// Text id.
    pub id: Located<String>,
    /// Name as printed, at most 40 characters.
    pub name: String,
    /// What it is, in a sentence.
    #[serde(default)]
    pub summary: String,
    /// Levers by id, each with its uptake: the share of organisations reached.
    #[serde(default)]
    pub levers: Vec<(Located<String>, Share)>,
    /// Playbook by id.
    pub playbook: Located<String>,
    /// Order of work.
    #[serde(default)]
    pub priority: Priority,
}

/// A strategy ready to run: every organisation's controls with the levers pulled, and what they cost.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Text id.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// What it is.
    pub summary: String,
    /// Controls by organisation.
    pub postures: Vec<Posture>,
    /// What the system as a whole does.
    pub system: System,
    /// Rules.
    pub playbook: Playbook,
    /// Order of work.
    pub priority: Priority,
    /// Pounds: set-up and one year of the levers.
    pub cost: f64,
    /// The levers that were pulled, by id, each with its uptake.
    pub levers: Vec<(String, f64)>,
}

impl Strategy {
    /// This one with more levers pulled; their cost is added.
    pub fn with_levers(&self, id: &str, name: &str, levers: &[(&Lever, f64)], estate: &Estate) -> Self {
        let mut out =
            Self { id: id.to_owned(), name: name.to_owned(), summary: String::new(), ..self.clone() };
        for (lever, uptake) in levers {
            out.cost += lever.pull(*uptake, estate, &mut out.postures, &mut out.system);
            out.levers.push((lever.text_id().to_owned(), *uptake));
        }
        out
    }
    /// This one with its levers pulled anew, as `to` states them and no longer `from`.
    pub fn with_other_levers<'a>(
        &self,
        from: impl Fn(&str) -> Option<&'a Lever>,
        to: impl Fn(&str) -> Option<&'a Lever>,
        estate: &Estate,
    ) -> Self {
        let mut out = self.clone();
        out.postures = estate.organisations.iter().map(|o| o.posture).collect();
        out.system = System::default();
        for (id, uptake) in &self.levers {
            let (set_up, yearly) = from(id).map_or((0.0, 0.0), |l| l.cost(*uptake, estate));
            out.cost -= set_up + yearly;
            if let Some(lever) = to(id) {
                out.cost += lever.pull(*uptake, estate, &mut out.postures, &mut out.system);
            }
        }
        out
    }
    /// Whether it pulls a lever.
    pub fn pulls(&self, lever: &str) -> bool {
        self.levers.iter().any(|(id, uptake)| id == lever && *uptake > 0.0)
    }
    /// Pulls `levers` on `estate`.
    pub fn new(spec: &StrategySpec, levers: &[(&Lever, f64)], playbook: Playbook, estate: &Estate) -> Self {
        let mut postures: Vec<Posture> = estate.organisations.iter().map(|o| o.posture).collect();
        let mut system = System::default();
        let mut cost = 0.0;
        for (lever, uptake) in levers {
            cost += lever.pull(*uptake, estate, &mut postures, &mut system);
        }
        Self {
            id: spec.id.get().cloned().unwrap_or_default(),
            name: spec.name.clone(),
            summary: spec.summary.clone(),
            postures,
            system,
            playbook,
            priority: spec.priority,
            cost,
            levers: levers.iter().map(|(l, uptake)| (l.text_id().to_owned(), *uptake)).collect(),
        }
    }
}
