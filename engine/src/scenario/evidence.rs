//! What really happened in the incident that a scenario is about: figures as they were reported, and how each is measured in a run.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::kinds::{AssetKind, OrgKind, ServiceKind};
use crate::estate::{Estate, OrgId};
use crate::source::Located;
use crate::units::{Number, Quantity, Share, SimDuration};

/// The most figures of a scenario.
pub const MOST_FIGURES: usize = 100;

/// One figure on record.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FigureSpec {
    /// Text id.
    pub id: Located<String>,
    /// What was reported, in words, at most 60 characters.
    pub figure: String,
    /// How it is measured in a run.
    pub measure: Measure,
    /// What was reported, in the measure's unit: shares as fractions, times in hours.
    pub value: f64,
    /// Lower end of what was reported, where a range or an interval was.
    #[serde(default)]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(default)]
    pub high: Option<f64>,
    /// The times of its measure count from the first impact instead of the start.
    #[serde(default)]
    pub since_impact: bool,
    /// Of many incidents rather than of one: what is made of the runs.
    #[serde(default)]
    pub across: Option<Across>,
    /// The scenario states it, as a decision or as what was known before: it is shown and not scored.
    #[serde(default)]
    pub given: bool,
    /// Of a given figure: only runs in which it lies between these are compared, since the incident happened so.
    #[serde(default)]
    pub condition: Option<(f64, f64)>,
    /// The curve that it is a point of, by any name: points of one curve count as one figure.
    #[serde(default)]
    pub curve: Option<String>,
    /// The least and the most that is possible, in the measure's unit, where that is not what the measure says: shares 0 to 1, change of
    /// activity −1 to 0.25 of the usual, times 0 to the horizon, counts 0 to all there are. Money and harm have no bounds of their own.
    #[serde(default)]
    pub feasible: Option<(f64, f64)>,
    /// Where it was published.
    pub source: String,
}

impl FigureSpec {
    /// Whether it is the share of many incidents in which something was so.
    pub const fn counts_runs(&self) -> bool {
        matches!(self.across, Some(Across::AtMost(_) | Across::Above(_)))
    }
    /// Whether a run that gave this value is of the incident as it is known: always, where it states no condition.
    pub fn fulfilled(&self, value: Option<f64>) -> bool {
        self.condition.is_none_or(|(low, high)| value.is_some_and(|v| low <= v && v <= high))
    }
    /// Its unit in words.
    pub fn unit(&self) -> &'static str {
        if self.counts_runs() { "share" } else { self.measure.unit() }
    }
}

/// What is made of many runs.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
pub enum Across {
    /// Their mean.
    Mean,
    /// The share in which the measure is at most this.
    AtMost(f64),
    /// The share in which it is above this.
    Above(f64),
}

/// Which organisations a measure is about.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub enum Where {
    /// All.
    All,
    /// Those of these kinds.
    Kinds(Vec<OrgKind>),
    /// Those that were entered or struck, of these kinds.
    Hit(Vec<OrgKind>),
    /// Those of these kinds that lost their supplier's platform of this kind.
    Customers(AssetKind, Vec<OrgKind>),
    /// Those of these kinds to which one that was entered or struck sends, and that were not themselves.
    Beside(Vec<OrgKind>),
    /// Of others that are meant, those of a size or setting.
    Only(Only),
}

/// Organisations of a size or setting, of those that are meant. A run in which there is none gives no share.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// Which.
    pub of: Box<Where>,
    /// From and up to which size: beds, patients, places or clients; any without it.
    #[serde(default)]
    pub size: Option<(f64, f64)>,
    /// From and up to how many kilometres to the nearest other organisation of its kind; any without it. Those without a place are not meant.
    #[serde(default)]
    pub apart: Option<(f64, f64)>,
}

impl Only {
    /// Whether an organisation is of the size and setting.
    pub fn admits(&self, estate: &Estate, org: OrgId) -> bool {
        let within =
            |range: Option<(f64, f64)>, v: f64| range.is_none_or(|(low, high)| low <= v && v <= high);
        within(self.size, estate.org(org).size)
            && (self.apart.is_none() || estate.apart(org).is_some_and(|km| within(self.apart, km)))
    }
}

impl Where {
    /// Kinds of organisations that may be meant; none given means all.
    pub fn kinds(&self) -> &[OrgKind] {
        match self {
            Self::All => &[],
            Self::Kinds(kinds) | Self::Hit(kinds) | Self::Customers(_, kinds) | Self::Beside(kinds) => kinds,
            Self::Only(only) => only.of.kinds(),
        }
    }
    /// Whether an organisation may be meant, whatever happens.
    pub fn possible(&self, estate: &Estate, org: OrgId) -> bool {
        match self {
            Self::Only(only) => only.admits(estate, org) && only.of.possible(estate, org),
            Self::All | Self::Kinds(_) | Self::Hit(_) | Self::Customers(..) | Self::Beside(_) => {
                self.kinds().is_empty() || self.kinds().contains(&estate.org(org).kind)
            }
        }
    }
    /// What is left of it without the size and setting.
    pub fn regardless(&self) -> &Self {
        match self {
            Self::Only(only) => only.of.regardless(),
            Self::All | Self::Kinds(_) | Self::Hit(_) | Self::Customers(..) | Self::Beside(_) => self,
        }
    }
}

/// What an organisation may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum State {
    /// Entered or struck.
    Hit,
    /// Neither, but a service has lost at least an hour of its capacity.
    Disturbed,
    /// Either of the two.
    Affected,
    /// Diverting emergencies, by order.
    Diverting,
}

/// What hosts may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum HostState {
    /// Encrypted or wiped now.
    Lost,
    /// Working now: neither lost nor failed, nor isolated or switched off.
    Working,
}

/// A moment of the run's story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Moment {
    /// The scenario starts.
    Start,
    /// The first intruder or worm is in.
    Entry,
    /// The first system or service is touched.
    Impact,
    /// Somebody suspects.
    Suspicion,
    /// The national level knows.
    NationKnows,
    /// A national incident is declared.
    NationalIncident,
    /// The last of the organisations that were entered or struck has all its systems back and joined; the end of the run where one has not.
    Restored,
}

/// How a figure is measured.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub enum Measure {
    /// An outcome of the run, by its id in JSON.
    Outcome(Located<String>),
    /// Organisations in a state by a time.
    Organisations(OrganisationsMeasure),
    /// Hosts in a state at a time.
    Hosts(HostsMeasure),
    /// Contacts given beyond the usual over a time: below zero when care was lost.
    Activity(ActivityMeasure),
    /// Contacts newly put off over a time, whatever is caught up meanwhile.
    PutOff(ActivityMeasure),
    /// Contacts that turned up beyond the usual over a time: those who came from elsewhere, less those sent away.
    Arrivals(ActivityMeasure),
    /// Minutes that a caller waits on average, over those hours of a time in which lines are disturbed.
    Wait(WaitMeasure),
    /// Of those who lost their supplier's platform, the share that has it back at a time.
    CustomersBack(CustomersMeasure),
    /// Hours from the first impact until a share of hosts works, and stays so; 0 where it always did, the end of the run where it has not
    /// come. Looked at every hour.
    Back(BackMeasure),
    /// Hours from one moment to another.
    Between(Moment, Moment),
}

/// Organisations in a state.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationsMeasure {
    /// Which.
    pub of: Vec<OrgKind>,
    /// State.
    pub state: State,
    /// As a share of them; else their number.
    #[serde(default)]
    pub share: bool,
    /// By when, after the scenario starts.
    pub by: Located<SimDuration>,
}

/// Hosts in a state.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostsMeasure {
    /// Kinds of assets; none given means all.
    #[serde(default)]
    pub assets: Vec<AssetKind>,
    /// Whose.
    pub of: Where,
    /// State.
    pub state: HostState,
    /// As a share of them; else their number.
    #[serde(default)]
    pub share: bool,
    /// When, after the scenario starts.
    pub at: Located<SimDuration>,
}

/// When hosts work again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackMeasure {
    /// Kinds of assets; none given means all.
    #[serde(default)]
    pub assets: Vec<AssetKind>,
    /// Whose.
    pub of: Where,
    /// Which share of them.
    pub share: Share,
}

/// Contacts of a time: given, put off or turned up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityMeasure {
    /// Kinds of care.
    pub care: Vec<ServiceKind>,
    /// Whose.
    pub of: Where,
    /// As a share of the usual; else in contacts.
    #[serde(default)]
    pub share: bool,
    /// In pounds instead of contacts.
    #[serde(default)]
    pub pounds: bool,
    /// From when, after the scenario starts.
    pub from: Located<SimDuration>,
    /// Until when.
    pub to: Located<SimDuration>,
    /// Times this: where those counted are a part of what the service counts.
    #[serde(default)]
    pub times: Option<Number>,
}

/// Waiting on the line.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitMeasure {
    /// Kind of care.
    pub care: ServiceKind,
    /// From when, after the scenario starts.
    pub from: Located<SimDuration>,
    /// Until when.
    pub to: Located<SimDuration>,
}

/// Customers of a lost platform.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomersMeasure {
    /// Kind of the platform.
    pub platform: AssetKind,
    /// Kinds of customers.
    pub of: Vec<OrgKind>,
    /// When, after the scenario starts.
    pub at: Located<SimDuration>,
}

impl Measure {
    /// The times at which a run is looked at, with their places in the file.
    pub fn times(&self) -> Vec<&Located<SimDuration>> {
        match self {
            Self::Outcome(_) | Self::Back(_) | Self::Between(..) => vec![],
            Self::Organisations(m) => vec![&m.by],
            Self::Hosts(m) => vec![&m.at],
            Self::Activity(m) | Self::PutOff(m) | Self::Arrivals(m) => vec![&m.from, &m.to],
            Self::Wait(m) => vec![&m.from, &m.to],
            Self::CustomersBack(m) => vec![&m.at],
        }
    }
    /// Its unit in words.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Outcome(id) => {
                let of = crate::catalogue::outcome::Outcome::by_id(id.get().map_or("", String::as_str));
                of.map_or("", crate::catalogue::outcome::Outcome::unit)
            }
            Self::Organisations(m) if !m.share => "organisations",
            Self::Hosts(m) if !m.share => "hosts",
            Self::Activity(m) | Self::PutOff(m) | Self::Arrivals(m) if m.share => "share",
            Self::Activity(m) | Self::PutOff(m) | Self::Arrivals(m) if m.pounds => "£",
            Self::Activity(_) | Self::PutOff(_) | Self::Arrivals(_) => "contacts",
            Self::Organisations(_) | Self::Hosts(_) | Self::CustomersBack(_) => "share",
            Self::Wait(_) => "minutes",
            Self::Back(_) | Self::Between(..) => "hours",
        }
    }
}

/// Minutes of a time that was checked.
pub fn minutes(time: &Located<SimDuration>) -> u32 {
    time.get().map_or(0, |t| t.number() as u32)
}
