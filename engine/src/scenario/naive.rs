//! What one would say of a figure without a model: what is possible at all, and a rule of thumb. A forecast has skill when it beats both.

use crate::catalogue::kinds::{OrgKind, ServiceKind};
use crate::catalogue::outcome::Outcome;
use crate::estate::{Estate, OrgId, Organisation, Service};
use crate::scenario::evidence::{ActivityMeasure, FigureSpec, HostsMeasure, Measure, Moment, Where, minutes};
use crate::units::{DAY, Number};

/// Of a service's usual contacts, at most so many more: judgement, since nobody plans for more than a Saturday's sessions on top of a week.
const MOST_BEYOND: f64 = 0.25;
/// Of a service's usual contacts, so many more: a quarter less. Published averages of many hospitals' first week are −17 to −24 %
/// (Neprash, McGlave, Nikpay 2026); this is the round number beside them.
const VOLUME: f64 = -0.25;
/// Of the usual contacts of those beside one that was hit, so many more come: a tenth, about the room that planners keep.
const BESIDE: f64 = 0.1;
/// Of systems, customers or runs: half, as who knows nothing says.
const HALF: f64 = 0.5;
/// Of all organisations, hosts, people, contacts or pounds: one in ten, the order of magnitude of an incident that is told of at all.
const FEW: f64 = 0.1;
/// Minutes that a caller waits: ten, many times the usual seconds.
const WAIT: f64 = 10.0;
/// Hours from entry to detonation: five and a half days (M-Trends: 5 to 6 days for ransomware).
const DWELL: f64 = 5.5 * 24.0;
/// Hours until everything is back: 24 days (Coveware, second quarter of 2022, average downtime).
const DOWNTIME: f64 = 24.0 * 24.0;
/// Hours between any other two moments: a day.
const WITHIN: f64 = 24.0;

/// Two forecasts that need no model, in the unit of the figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Naive {
    /// The least that is possible …
    pub low: f64,
    /// … and the most: uniform between them is the first.
    pub high: f64,
    /// A constant that somebody would say who has read of such incidents, the same for all figures of a kind: the second.
    pub rule: f64,
}

impl Naive {
    /// Of a figure; absent where its measure has no bounds of its own and it states none. Bounds that a figure states come first.
    pub fn of(figure: &FigureSpec, estate: &Estate, horizon: u32) -> Option<Self> {
        let (range, rule) = if figure.counts_runs() {
            (Some((0.0, 1.0)), Some(HALF))
        } else {
            of_measure(&figure.measure, estate, horizon)
        };
        let (low, high) = figure.feasible.or(range)?;
        let rule = rule.unwrap_or(low + FEW * (high - low)).clamp(low, high);
        Some(Self { low, high, rule })
    }

    /// How wide the range is.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }
}

/// Range and rule of a measure. Without a range there is only what a figure states; without a rule it is `FEW` of the range.
fn of_measure(measure: &Measure, estate: &Estate, horizon: u32) -> (Option<(f64, f64)>, Option<f64>) {
    let share = Some((0.0, 1.0));
    match measure {
        Measure::Outcome(id) => {
            let of = id.get().and_then(|id| Outcome::by_id(id));
            of.map_or((None, None), |outcome| of_outcome(outcome, estate, horizon))
        }
        Measure::Organisations(m) if m.share => (share, None),
        Measure::Organisations(m) => (Some((0.0, organisations(&m.of, estate).count() as f64)), None),
        Measure::Hosts(m) if m.share => (share, Some(HALF)),
        Measure::Hosts(m) => (Some((0.0, hosts(m, estate))), None),
        Measure::Activity(m) | Measure::Arrivals(m) => activity(m, estate, (-1.0, MOST_BEYOND), VOLUME),
        Measure::PutOff(m) => activity(m, estate, (0.0, 1.0), -VOLUME),
        Measure::Wait(m) => {
            let patience = |s: &Service| s.calls.filter(|_| s.kind == m.care).map(|c| c.patience * 60.0);
            let longest = estate.services.iter().filter_map(patience).reduce(f64::max);
            (Some((0.0, longest.unwrap_or(60.0))), Some(WAIT))
        }
        Measure::CustomersBack(_) => (share, Some(HALF)),
        Measure::Back(_) => (Some((0.0, f64::from(horizon) / 60.0)), Some(DOWNTIME)),
        Measure::Between(from, to) => (Some((0.0, f64::from(horizon) / 60.0)), Some(between(*from, *to))),
    }
}

const fn between(from: Moment, to: Moment) -> f64 {
    match (from, to) {
        (_, Moment::Restored) => DOWNTIME,
        (Moment::Entry, Moment::Impact) => DWELL,
        (
            Moment::Start
            | Moment::Entry
            | Moment::Impact
            | Moment::Suspicion
            | Moment::NationKnows
            | Moment::NationalIncident
            | Moment::Restored,
            Moment::Start
            | Moment::Entry
            | Moment::Impact
            | Moment::Suspicion
            | Moment::NationKnows
            | Moment::NationalIncident,
        ) => WITHIN,
    }
}

fn of_outcome(outcome: Outcome, estate: &Estate, horizon: u32) -> (Option<(f64, f64)>, Option<f64>) {
    let hours = f64::from(horizon) / 60.0;
    let upto = |most: f64| Some((0.0, most));
    match outcome {
        Outcome::OrganisationsHit | Outcome::OrganisationsAffected => {
            (upto(estate.organisations.len() as f64), None)
        }
        Outcome::AssetsHit => (upto(estate.assets.len() as f64), None),
        Outcome::HostsEncrypted => (upto(estate.hosts() as f64), None),
        Outcome::HoursToDetect
        | Outcome::HoursToDeclare
        | Outcome::HoursToContain
        | Outcome::HoursToEvict => (upto(hours), Some(WITHIN)),
        Outcome::OrganisationsBack50
        | Outcome::OrganisationsBack95
        | Outcome::Recovery50
        | Outcome::Recovery80
        | Outcome::Recovery95
        | Outcome::Recovery100 => (upto(hours), Some(DOWNTIME)),
        Outcome::BacklogDays => (upto(f64::from(horizon) / f64::from(DAY)), Some(DOWNTIME / 24.0)),
        Outcome::ContactsNotServed
        | Outcome::ContactsDiverted
        | Outcome::ContactsDeferred
        | Outcome::ContactsLost
        | Outcome::ContactsSpilled => {
            (upto(estate.services.iter().map(|s| s.level).sum::<f64>() * hours), None)
        }
        Outcome::ServiceHoursLost => (upto(estate.services.len() as f64 * hours), None),
        Outcome::PeakDisrupted => (upto(1.0), None),
        Outcome::RecordsExposed | Outcome::RecordsPublished => {
            (upto(estate.assets.iter().map(|a| a.records).sum()), None)
        }
        // An index and pounds have no top.
        Outcome::Harm
        | Outcome::HarmCare
        | Outcome::HarmRecords
        | Outcome::CostActivity
        | Outcome::CostResponse
        | Outcome::CostRansom
        | Outcome::CostLevers
        | Outcome::CostTotal => (None, None),
    }
}

fn organisations<'e>(kinds: &'e [OrgKind], estate: &'e Estate) -> impl Iterator<Item = &'e Organisation> {
    estate.organisations.iter().filter(move |o| kinds.is_empty() || kinds.contains(&o.kind))
}

/// Organisations that may be meant, whatever happens.
fn possible<'e>(of: &'e Where, estate: &'e Estate) -> impl Iterator<Item = &'e Organisation> {
    let all = (0u32..).map(OrgId).zip(&estate.organisations);
    all.filter(move |(id, _)| of.possible(estate, *id)).map(|(_, o)| o)
}

fn hosts(m: &HostsMeasure, estate: &Estate) -> f64 {
    let assets = possible(&m.of, estate).flat_map(|o| o.assets.clone()).map(|a| &estate.assets[a as usize]);
    assets.filter(|a| m.assets.is_empty() || m.assets.contains(&a.kind)).map(|a| f64::from(a.hosts)).sum()
}

/// What services of these kinds of care usually come to in an hour, each contact counting as `unit` says.
fn usual(care: &[ServiceKind], of: &Where, estate: &Estate, unit: impl Fn(&Service) -> f64) -> f64 {
    let services = possible(of, estate).flat_map(|o| o.services.clone());
    let services = services.map(|s| &estate.services[s as usize]).filter(|s| care.contains(&s.kind));
    services.map(|s| s.level * unit(s)).sum()
}

/// Range and rule of contacts, both given as shares of the usual ones.
fn activity(
    m: &ActivityMeasure,
    estate: &Estate,
    (low, high): (f64, f64),
    rule: f64,
) -> (Option<(f64, f64)>, Option<f64>) {
    let hours = f64::from(minutes(&m.to).saturating_sub(minutes(&m.from))) / 60.0;
    let all = usual(&m.care, &m.of, estate, |s| if m.pounds { s.value } else { 1.0 }) * hours;
    let (rule, some) = match m.of.regardless() {
        // Of as many as are hit by the rule.
        Where::Hit(_) | Where::Customers(..) => (rule, FEW),
        Where::Beside(_) => (BESIDE, FEW),
        Where::All | Where::Kinds(_) | Where::Only(_) => (rule, 1.0),
    };
    let (all, some) = if m.share { (1.0, 1.0) } else { (all, some) };
    let all = all * m.times.map_or(1.0, Number::get);
    (Some((low * all, high * all)), Some(rule * all * some))
}
