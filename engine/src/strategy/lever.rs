//! Levers: what can be bought or changed beforehand, by pillar of the 2030 strategy, with cost and uptake.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::kinds::OrgKind;
use crate::catalogue::pillar::Pillar;
use crate::estate::posture::{Control, Posture};
use crate::estate::{Estate, Organisation};
use crate::parameters::Row;
use crate::random::{Confidence, Description, Param, Resolve};
use crate::source::Located;
use crate::streams::{StreamName, Streams, text_id};
use crate::units::{Number, Pounds, Quantity, Share};

/// People employed by all organisations of England as the bundled template makes them: what a nation pays for as a whole, an estate pays
/// by its share of them.
pub const ENGLAND_STAFF: f64 = 3_010_000.0;

/// What a lever changes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub enum Change {
    /// A control of each organisation reached rises to at least this share.
    Raise(Control, Param<Share>),
    /// A control falls to at most this share (unsupported systems).
    Lower(Control, Param<Share>),
    /// People are added at organisations that have responders.
    Hire(Param<Number>),
    /// National monitoring covers this share of what happens.
    NationalMonitoring(Param<Share>),
    /// Indicators seen by one are put in place by all.
    SharedIndicators,
    /// National and regional responders are more by this factor.
    SharedTeams(Param<Number>),
    /// Alerts reach everybody in this share of the usual time.
    AlertTime(Param<Share>),
}

impl Change {
    /// Its name in paths of values: the control's, or its own.
    pub fn path_name(&self) -> &'static str {
        match self {
            Self::Raise(control, _) | Self::Lower(control, _) => control.name(),
            Self::Hire(_) => "hire",
            Self::NationalMonitoring(_) => "national_monitoring",
            Self::SharedIndicators => "shared_indicators",
            Self::SharedTeams(_) => "shared_teams",
            Self::AlertTime(_) => "alert_time",
        }
    }
    /// What its value is, in words.
    fn about(&self) -> String {
        match self {
            Self::Raise(control, _) => format!("what it raises {} to", control.label()),
            Self::Lower(control, _) => format!("what it lowers {} to", control.label()),
            Self::Hire(_) => "people hired at each organisation".into(),
            Self::NationalMonitoring(_) => "share of what happens that is monitored nationally".into(),
            Self::SharedIndicators => "indicators are shared".into(),
            Self::SharedTeams(_) => "factor on national and regional responders".into(),
            Self::AlertTime(_) => "share of the usual time in which alerts arrive".into(),
        }
    }
    /// What a reader is told of its value; none of what has no value.
    fn describe(&self) -> Option<Description> {
        match self {
            Self::Raise(_, to) | Self::Lower(_, to) => Some(to.describe()),
            Self::NationalMonitoring(share) | Self::AlertTime(share) => Some(share.describe()),
            Self::Hire(number) | Self::SharedTeams(number) => Some(number.describe()),
            Self::SharedIndicators => None,
        }
    }
    /// Whether its value is one that holds for a whole study.
    fn settled(&self) -> bool {
        match self {
            Self::Raise(_, to) | Self::Lower(_, to) => to.known().is_some(),
            Self::NationalMonitoring(share) | Self::AlertTime(share) => share.known().is_some(),
            Self::Hire(number) | Self::SharedTeams(number) => number.known().is_some(),
            Self::SharedIndicators => true,
        }
    }
    fn set_value(&mut self, value: f64) {
        match self {
            Self::Raise(_, to) | Self::Lower(_, to) => to.set_value(value),
            Self::NationalMonitoring(share) | Self::AlertTime(share) => share.set_value(value),
            Self::Hire(number) | Self::SharedTeams(number) => number.set_value(value),
            Self::SharedIndicators => {}
        }
    }
}

/// A value that holds for a whole study; one that does not was refused when the file was read.
fn settled<T: Quantity>(value: &Param<T>) -> f64 {
    value.known().map_or(0.0, Quantity::number)
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
    /// Set-up cost for each host of an organisation reached.
    #[serde(default)]
    pub set_up_per_host: Option<Pounds>,
    /// Yearly cost for each host of an organisation reached.
    #[serde(default)]
    pub yearly_per_host: Option<Pounds>,
    /// Set-up cost for each organisation reached, whatever its size.
    #[serde(default)]
    pub set_up_per_organisation: Option<Pounds>,
    /// Yearly cost for each organisation reached, whatever its size.
    #[serde(default)]
    pub yearly_per_organisation: Option<Pounds>,
    /// Set-up cost of what is done once for all of England, whatever the uptake; an estate pays its share of it, by staff.
    #[serde(default)]
    pub fixed: Option<Pounds>,
    /// Yearly cost of the same.
    #[serde(default)]
    pub fixed_yearly: Option<Pounds>,
    /// Factor on all its costs; 1 without it.
    #[serde(default)]
    pub cost: Option<Number>,
    /// The plausible range of that factor: from one in so many to so many.
    #[serde(default)]
    pub within: Option<Number>,
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
                let rank = if self.first.is_empty() {
                    Some(0)
                } else {
                    self.first.iter().position(|k| *k == kind || *k == kind.counts_as())
                }?;
                Some((
                    rank,
                    streams
                        .stream(StreamName::Uptake { lever, organisation: estate.keys.organisations[o] })
                        .bits(),
                    o,
                ))
            })
            .collect();
        reached.sort_unstable();
        reached.truncate((reached.len() as f64 * uptake).round() as usize);
        reached.into_iter().map(|r| r.2).collect()
    }

    /// Pounds for set-up and for each year at a share of organisations reached: by their number, staff and hosts, and the estate's share of
    /// what is done once for all of England.
    pub fn cost(&self, uptake: f64, estate: &Estate) -> (f64, f64) {
        let pounds = |p: Option<Pounds>| p.map_or(0.0, Pounds::get);
        let reached = self.reached(uptake, estate);
        let sum = |of: fn(&Organisation) -> f64| -> f64 {
            reached.iter().map(|o| of(&estate.organisations[*o])).sum()
        };
        let (organisations, staff, hosts) =
            (reached.len() as f64, sum(|o| o.staff), sum(|o| f64::from(o.hosts)));
        let everybody: f64 = estate.organisations.iter().map(|o| o.staff).sum();
        let share = if uptake > 0.0 { (everybody / ENGLAND_STAFF).min(1.0) } else { 0.0 };
        let factor = self.cost.map_or(1.0, Number::get);
        let total =
            |each: Option<Pounds>, host: Option<Pounds>, person: Option<Pounds>, fixed: Option<Pounds>| {
                organisations * pounds(each)
                    + hosts * pounds(host)
                    + staff * pounds(person)
                    + share * pounds(fixed)
            };
        (
            factor
                * total(
                    self.set_up_per_organisation,
                    self.set_up_per_host,
                    self.set_up_per_staff,
                    self.fixed,
                ),
            factor
                * total(
                    self.yearly_per_organisation,
                    self.yearly_per_host,
                    self.yearly_per_staff,
                    self.fixed_yearly,
                ),
        )
    }

    /// Its text id.
    pub fn text_id(&self) -> &str {
        self.id.get().map_or("", String::as_str)
    }
    /// What is wrong with its values, if anything: each holds for a whole study.
    pub fn validate(&self) -> Option<String> {
        let drawn = self.changes.iter().find(|c| !c.settled())?;
        Some(format!(
            "{}: a lever's value holds for a whole study; write (value: 0.9, low: 0.8, high: 0.95, source: \"…\") and the tornado moves it over its range",
            drawn.path_name()
        ))
    }
    /// What it costs, by the names in the format.
    pub fn costs(&mut self) -> [(&'static str, &mut Option<Pounds>); 8] {
        [
            ("set_up_per_staff", &mut self.set_up_per_staff),
            ("yearly_per_staff", &mut self.yearly_per_staff),
            ("set_up_per_host", &mut self.set_up_per_host),
            ("yearly_per_host", &mut self.yearly_per_host),
            ("set_up_per_organisation", &mut self.set_up_per_organisation),
            ("yearly_per_organisation", &mut self.yearly_per_organisation),
            ("fixed", &mut self.fixed),
            ("fixed_yearly", &mut self.fixed_yearly),
        ]
    }
    /// The range of the factor on its costs.
    fn cost_range(&self) -> Option<(f64, f64)> {
        self.within.map(Number::get).filter(|w| *w > 1.0).map(|w| (1.0 / w, w))
    }
    /// Its values, each with its path: what it changes, and a factor on what it costs.
    pub fn rows(&self) -> Vec<Row> {
        let row = |what: &str, about: String, description: Description| Row {
            path: format!("levers.{}.{what}", self.text_id()),
            about,
            description,
        };
        let effect = |c: &Change| {
            let told = Description { source: Some(self.source.clone()), ..c.describe()? };
            Some(row(c.path_name(), format!("{}: {}.", self.name, c.about()), told))
        };
        let mut out: Vec<Row> = self.changes.iter().filter_map(effect).collect();
        let range = self.cost_range();
        let cost = Description {
            value: self.cost.map_or(1.0, Number::get).to_string(),
            range,
            shown: range.map(|(l, h)| (format!("{l:.2} times"), format!("{h:.2} times"))),
            unit: Some("factor on all its costs".into()),
            sure: Some(Confidence::Low),
            source: Some(self.source.clone()),
        };
        out.push(row("cost", format!("{}: what it costs, as a factor.", self.name), cost));
        out
    }
    /// Puts another value in place of one of its own, by the last part of its path; false when it has none of that name.
    pub fn set_value(&mut self, what: &str, value: f64) -> bool {
        if what == "cost" {
            self.cost = Number::from_number(value).ok();
            return true;
        }
        let found = self.changes.iter_mut().find(|c| c.path_name() == what);
        let there = found.is_some();
        if let Some(change) = found {
            change.set_value(value);
        }
        there
    }

    /// Changes `postures` and `system` for a share of the organisations; returns its cost in pounds.
    pub fn pull(&self, uptake: f64, estate: &Estate, postures: &mut [Posture], system: &mut System) -> f64 {
        let reached = self.reached(uptake, estate);
        for change in &self.changes {
            match change {
                Change::Raise(control, to) => reached.iter().for_each(|o| {
                    let value = postures[*o].control(*control);
                    *value = value.max(settled(to));
                }),
                Change::Lower(control, to) => reached.iter().for_each(|o| {
                    let value = postures[*o].control(*control);
                    *value = value.min(settled(to));
                }),
                Change::Hire(people) => reached
                    .iter()
                    .filter(|o| estate.organisations[**o].posture.responders > 0.0)
                    .for_each(|o| {
                        postures[*o].responders += settled(people);
                    }),
                Change::NationalMonitoring(share) => {
                    system.monitoring = system.monitoring.max(settled(share) * uptake);
                }
                Change::SharedIndicators => system.shared_indicators = uptake > 0.0,
                Change::SharedTeams(factor) => {
                    system.teams = system.teams.max(1.0 + (settled(factor) - 1.0) * uptake);
                }
                Change::AlertTime(share) => {
                    system.alert_time = system.alert_time.min(1.0 - (1.0 - settled(share)) * uptake);
                }
            }
        }
        let (set_up, yearly) = self.cost(uptake, estate);
        set_up + yearly
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{bundled, load, load_with};

    fn england() -> crate::scenario::Scenario {
        let (_, text) = bundled::scenario("national-worm").expect("bundled");
        load(text, None).expect("it is whole")
    }

    #[test]
    fn what_is_done_once_for_england_is_paid_by_share() {
        let england = england();
        let staff: f64 = england.estate.organisations.iter().map(|o| o.staff).sum();
        assert!((staff / ENGLAND_STAFF - 1.0).abs() < 0.02, "England employs {staff}");
        let small = load_with(bundled::SCENARIOS[0].2, None, &["estate.population=570000".parse().unwrap()]);
        let small = small.expect("it is whole");
        let both = |id: &str| {
            let cost = |s: &crate::scenario::Scenario| {
                let lever = s.own_levers().find(|l| l.text_id() == id).expect("bundled").clone();
                lever.cost(1.0, &s.estate)
            };
            (cost(&england), cost(&small))
        };
        // England's is as stated; a hundredth of its people pay about a hundredth of it, or a little more: what comes whole weighs more.
        let (nation, system) = both("shared-teams");
        assert!((nation.0 / 8e6 - 1.0).abs() < 0.02 && (nation.1 / 72e6 - 1.0).abs() < 0.02, "{nation:?}");
        let ratio = nation.1 / system.1;
        assert!((60.0..130.0).contains(&ratio), "{ratio}");
    }

    #[test]
    fn costs_scale_with_organisations_hosts_and_staff() {
        let s = england();
        let (n, hosts, staff) = s
            .estate
            .organisations
            .iter()
            .fold((0.0, 0.0, 0.0), |(n, h, p), o| (n + 1.0, h + f64::from(o.hosts), p + o.staff));
        let lever = |more: &str| -> Lever {
            let text =
                format!("(id: \"x\", name: \"X\", pillar: BuildSecure, changes: [SharedIndicators], {more})");
            crate::source::read::<Lever>(&text).0.expect("a lever")
        };
        for (more, expected) in [
            ("set_up_per_organisation: 3", (3.0 * n, 0.0)),
            ("yearly_per_host: 2", (0.0, 2.0 * hosts)),
            ("set_up_per_staff: 5, cost: 2", (10.0 * staff, 0.0)),
            ("yearly_per_organisation: 1, set_up_per_host: 1", (hosts, n)),
        ] {
            let (set_up, yearly) = lever(more).cost(1.0, &s.estate);
            assert!((set_up - expected.0).abs() < 1e-6 * expected.0.max(1.0), "{more}");
            assert!((yearly - expected.1).abs() < 1e-6 * expected.1.max(1.0), "{more}");
            assert!(lever(more).cost(0.0, &s.estate) == (0.0, 0.0), "{more}: nothing for nobody");
        }
    }
}
