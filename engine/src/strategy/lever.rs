//! Levers: what can be bought or changed beforehand, by pillar of the 2030 strategy, with cost and uptake.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::kinds::OrgKind;
use crate::catalogue::pillar::Pillar;
use crate::estate::Estate;
use crate::estate::posture::{Control, Posture};
use crate::source::Located;
use crate::streams::{StreamName, Streams, text_id};
use crate::units::{Number, Pounds, Share};

/// What a pillar does beside its levers, once it is more than half in place.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PillarSpec {
    /// The pillar.
    pub pillar: Pillar,
    /// Playbook that it brings, by id.
    #[serde(default)]
    pub playbook: Option<Located<String>>,
    /// Order of work that it brings.
    #[serde(default)]
    pub priority: Option<crate::strategy::Priority>,
}

/// What a lever changes.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum Change {
    /// A control of each organisation reached rises to at least this share.
    Raise(Control, Share),
    /// A control falls to at most this share (unsupported systems).
    Lower(Control, Share),
    /// People are added at organisations that have responders.
    Hire(Number),
    /// National monitoring covers this share of what happens.
    NationalMonitoring(Share),
    /// Indicators seen by one are put in place by all.
    SharedIndicators,
    /// National and regional responders are more by this factor.
    SharedTeams(Number),
    /// Alerts reach everybody in this share of the usual time.
    AlertTime(Share),
}

/// What the system as a whole does; changed by levers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct System {
    /// Share of national monitoring.
    pub monitoring: f64,
    /// Whether indicators are shared without an order.
    pub shared_indicators: bool,
    /// Factor on national and regional responders.
    pub teams: f64,
    /// Factor on the delay of alerts.
    pub alert_time: f64,
}

impl Default for System {
    fn default() -> Self {
        Self { monitoring: 0.0, shared_indicators: false, teams: 1.0, alert_time: 1.0 }
    }
}

/// A lever.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lever {
    /// Text id.
    pub id: Located<String>,
    /// Name as printed.
    pub name: String,
    /// Pillar that it belongs to.
    pub pillar: Pillar,
    /// What it changes.
    pub changes: Vec<Change>,
    /// Kinds of organisation that it is for, the first reached first; none given means all, in no order.
    #[serde(default)]
    pub first: Vec<OrgKind>,
    /// Set-up cost for each member of staff of an organisation reached.
    #[serde(default)]
    pub set_up_per_staff: Option<Pounds>,
    /// Yearly cost for each member of staff of an organisation reached.
    #[serde(default)]
    pub yearly_per_staff: Option<Pounds>,
    /// Cost whatever the uptake, for set-up and a year.
    #[serde(default)]
    pub fixed: Option<Pounds>,
    /// Where effect and cost come from.
    #[serde(default)]
    pub source: String,
}

impl Lever {
    /// The organisations that a share `uptake` reaches. Kinds come in the order of `first`, then by a luck of the lever's own: a higher
    /// uptake reaches the same ones and more.
    fn reached(&self, uptake: f64, estate: &Estate) -> Vec<usize> {
        let lever = text_id(self.id.get().map_or("", String::as_str));
        let streams = Streams::new(0, 0);
        let mut reached: Vec<(usize, u64, usize)> = (0..estate.organisations.len())
            .filter_map(|o| {
                let kind = estate.organisations[o].kind;
                let rank =
                    if self.first.is_empty() { Some(0) } else { self.first.iter().position(|k| *k == kind) }?;
                Some((rank, streams.stream(StreamName::Uptake { lever, organisation: o as u32 }).bits(), o))
            })
            .collect();
        reached.sort_unstable();
        reached.truncate((reached.len() as f64 * uptake).round() as usize);
        reached.into_iter().map(|r| r.2).collect()
    }

    /// Pounds for set-up and for each year at a share of organisations reached; what is fixed counts as set-up.
    pub fn cost(&self, uptake: f64, estate: &Estate) -> (f64, f64) {
        let pounds = |p: Option<Pounds>| p.map_or(0.0, Pounds::get);
        let staff: f64 = self.reached(uptake, estate).iter().map(|o| estate.organisations[*o].staff).sum();
        let fixed = if uptake > 0.0 { pounds(self.fixed) } else { 0.0 };
        (fixed + staff * pounds(self.set_up_per_staff), staff * pounds(self.yearly_per_staff))
    }

    /// Changes `postures` and `system` for a share of the organisations; returns its cost in pounds.
    pub fn pull(&self, uptake: f64, estate: &Estate, postures: &mut [Posture], system: &mut System) -> f64 {
        let reached = self.reached(uptake, estate);
        for change in &self.changes {
            match *change {
                Change::Raise(control, to) => reached.iter().for_each(|o| {
                    let value = postures[*o].control(control);
                    *value = value.max(to.get());
                }),
                Change::Lower(control, to) => reached.iter().for_each(|o| {
                    let value = postures[*o].control(control);
                    *value = value.min(to.get());
                }),
                Change::Hire(people) => reached
                    .iter()
                    .filter(|o| estate.organisations[**o].posture.responders > 0.0)
                    .for_each(|o| {
                        postures[*o].responders += people.get();
                    }),
                Change::NationalMonitoring(share) => {
                    system.monitoring = system.monitoring.max(share.get() * uptake);
                }
                Change::SharedIndicators => system.shared_indicators = uptake > 0.0,
                Change::SharedTeams(factor) => {
                    system.teams = system.teams.max(1.0 + (factor.get() - 1.0) * uptake);
                }
                Change::AlertTime(share) => {
                    system.alert_time = system.alert_time.min(1.0 - (1.0 - share.get()) * uptake);
                }
            }
        }
        let (set_up, yearly) = self.cost(uptake, estate);
        set_up + yearly
    }
}
