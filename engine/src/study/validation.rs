//! The model held against what really happened: each figure of a scenario's evidence, measured in runs of its baseline.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::catalogue::kinds::{AssetKind, OrgKind};
use crate::catalogue::outcome::Outcome;
use crate::estate::{AssetId, ConnectionId, Estate, Need, OrgId, ServiceId};
use crate::parameters::ParametersSpec;
use crate::scenario::Scenario;
use crate::scenario::evidence::{
    Across, ActivityMeasure, BackMeasure, CustomersMeasure, FigureSpec, HostState, Measure, Moment,
    OrganisationsMeasure, State, WaitMeasure, Where, minutes,
};
use crate::scenario::naive::Naive;
use crate::sim::Simulation;
use crate::sim::core::record::Record;
use crate::sim::ledger::entries::Account;
use crate::stats::normal::{normal_cumulated, normal_quantile};
use crate::stats::scoring::{band_holds, crps, crps_normal, interval_score, transformed};
use crate::stats::{mean, quantile, sorted};
use crate::streams::{StreamName, Streams, text_id};
use crate::study::replicates::{Progress, ReplicationPlan, each};
use crate::study::scorecard::{Entry, Scorecard, Scores};

/// What intervals leave out: they are of 90 %.
pub const ALPHA: f64 = 0.1;
/// Hours of capacity whose loss counts as a disturbance.
const DISTURBED_HOURS: f64 = 1.0;
/// Minutes between looks at what is on its way back.
const BACK_STEP: u32 = 60;
/// Incidents of which a figure over many is taken to be made.
const INCIDENTS: f64 = 100.0;

/// What was simulated for one figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulated {
    /// Median over the runs; of what is made of many runs, its value.
    pub median: f64,
    /// 5 % quantile, or the lower end of the interval.
    pub low: f64,
    /// 95 % quantile, or the upper end.
    pub high: f64,
    /// Runs in which it has a value.
    pub n: usize,
}

/// One figure held against the record.
#[derive(Clone, Debug)]
pub struct FigureCheck {
    /// Its place among the scenario's figures.
    pub figure: usize,
    /// What was simulated; absent when no run gave a value.
    pub simulated: Option<Simulated>,
    /// Whether the reported value, or for what is made of many runs any of its reported range, lies in the simulated interval.
    pub covered: bool,
    /// Interval score in units of the reported value (of 1 where that is smaller than a hundredth): the interval's width, plus twenty
    /// times what it misses by.
    pub score: f64,
    /// What one would say without a model.
    pub naive: Naive,
    /// How wide its interval is and what it scores, as shares of what is feasible.
    pub scores: Scores,
    /// Where the reported value lies in what was simulated, in [0, 1] (probability integral transform, ties broken by a draw); absent
    /// when no run gave a value.
    pub transform: Option<f64>,
}

/// A scenario held against its evidence.
#[derive(Clone, Debug)]
pub struct ValidationReport {
    /// Runs.
    pub runs: usize,
    /// Of these, in which the attack came to anything.
    pub happened: usize,
    /// Of these, in which each condition was fulfilled: place of the figure, runs.
    pub conditions: Vec<(usize, usize)>,
    /// Those in which all were: only they are compared, since the incident did happen so.
    pub compared: usize,
    /// The figures, misses first.
    pub figures: Vec<FigureCheck>,
    /// What is scored, in the scenario's order: a figure, or a curve with all its points.
    pub entries: Vec<Entry>,
}

impl ValidationReport {
    /// What its figures say together; absent where nothing is scored.
    pub fn scorecard(&self) -> Option<Scorecard> {
        Scorecard::of([self])
    }
}

/// Runs the baseline of `scenario` and holds it against its evidence.
///
/// # Errors
/// When threads cannot be started.
pub fn validate(
    scenario: &Arc<Scenario>,
    plan: ReplicationPlan,
    progress: &Progress,
) -> Result<ValidationReport, rayon::ThreadPoolBuildError> {
    let runs = each(scenario, plan, progress, |sim, replicate| {
        let observed = observe(sim, plan.seed, replicate);
        progress.done.fetch_add(1, Ordering::Relaxed);
        observed
    })?;
    Ok(held_against(scenario, plan.seed, &runs))
}

/// The same with the parameters of each run as they are given for its number.
///
/// # Errors
/// When threads cannot be started.
pub fn validate_under(
    scenario: &Arc<Scenario>,
    plan: ReplicationPlan,
    progress: &Progress,
    parameters: impl Fn(u64) -> ParametersSpec + Sync,
) -> Result<ValidationReport, rayon::ThreadPoolBuildError> {
    let runs = each(scenario, plan, progress, |sim, replicate| {
        sim.set_parameters(parameters(replicate));
        let observed = observe(sim, plan.seed, replicate);
        progress.done.fetch_add(1, Ordering::Relaxed);
        observed
    })?;
    Ok(held_against(scenario, plan.seed, &runs))
}

/// What runs came to, held against the evidence of `scenario`; `seed` breaks ties.
pub fn held_against(scenario: &Scenario, seed: u64, runs: &[Option<Vec<Option<f64>>>]) -> ValidationReport {
    let evidence = &scenario.evidence;
    let happened: Vec<&Vec<Option<f64>>> = runs.iter().flatten().collect();
    let compared: Vec<&Vec<Option<f64>>> =
        happened.iter().copied().filter(|run| fulfils(evidence, run)).collect();
    let conditions = evidence.iter().enumerate().filter(|(_, f)| f.condition.is_some());
    let fulfilled = |n: usize, f: &FigureSpec| happened.iter().filter(|run| f.fulfilled(run[n])).count();
    let mut figures: Vec<FigureCheck> = evidence
        .iter()
        .enumerate()
        .map(|(n, figure)| {
            let values: Vec<f64> = compared.iter().filter_map(|run| run[n]).collect();
            check(n, figure, &values, &naive(scenario, figure), tie(scenario, seed, figure))
        })
        .collect();
    let entries = entries(scenario, seed, &figures, &compared);
    let conditions = conditions.map(|(n, f)| (n, fulfilled(n, f))).collect();
    let given = |h: &FigureCheck| evidence[h.figure].given;
    figures.sort_by(|a, b| {
        given(a).cmp(&given(b)).then(a.covered.cmp(&b.covered)).then(b.score.total_cmp(&a.score))
    });
    ValidationReport {
        runs: runs.len(),
        happened: happened.len(),
        conditions,
        compared: compared.len(),
        figures,
        entries,
    }
}

/// Whether a run that observed these figures is of the incident as it is known: every condition holds.
pub fn fulfils(evidence: &[FigureSpec], observed: &[Option<f64>]) -> bool {
    evidence.iter().zip(observed).all(|(figure, value)| figure.fulfilled(*value))
}

fn naive(scenario: &Scenario, figure: &FigureSpec) -> Naive {
    Naive::of(figure, &scenario.estate, scenario.horizon)
        .expect("a scenario that holds together says what is feasible")
}

/// A uniform number by which a figure's place among equal ones is told.
fn tie(scenario: &Scenario, seed: u64, figure: &FigureSpec) -> f64 {
    let id = figure.id.get().map_or("", String::as_str);
    let figure = text_id(&format!("{}/{id}", scenario.title));
    Streams::of_study(seed, "validation").stream(StreamName::Transform { figure }).uniform()
}

fn check(n: usize, figure: &FigureSpec, values: &[f64], naive: &Naive, draw: f64) -> FigureCheck {
    let x = figure.value;
    if values.is_empty() {
        return FigureCheck {
            figure: n,
            simulated: None,
            covered: false,
            score: f64::INFINITY,
            naive: *naive,
            scores: Scores::of_silence(naive, (x, x)),
            transform: None,
        };
    }
    // A range over years or studies: the nearest of it counts.
    let reported = match figure.across {
        None => (x, x),
        Some(_) => (figure.low.unwrap_or(x), figure.high.unwrap_or(x)),
    };
    let (s, covered, nearest, crps, transform) = if figure.across.is_none() {
        let all = sorted(values);
        let (low, high) = (quantile(&all, ALPHA / 2.0), quantile(&all, 1.0 - ALPHA / 2.0));
        let s = Simulated { median: quantile(&all, 0.5), low, high, n: all.len() };
        (s, low <= x && x <= high, x, crps(&all, x), transformed(&all, x, draw))
    } else {
        // Of many incidents: as many as were reported on, about a hundred, would scatter so.
        let value = measured(figure, values).unwrap_or(f64::NAN);
        let spread = if figure.across == Some(Across::Mean) {
            values.iter().map(|v| (v - value).powi(2)).sum::<f64>() / values.len() as f64
        } else {
            value * (1.0 - value)
        };
        let sd = (spread / INCIDENTS).sqrt();
        let half = normal_quantile(1.0 - ALPHA / 2.0) * sd;
        let s = Simulated { median: value, low: value - half, high: value + half, n: values.len() };
        let (low, high) = reported;
        let nearest = value.clamp(low, high);
        // Where in the range it truly was nobody knows: anywhere in it, as of a value that is known to lie between two.
        let transform = match sd > 0.0 {
            true => {
                let below = |v: f64| normal_cumulated((v - value) / sd);
                below(low) + draw * (below(high) - below(low))
            }
            false if value < low => 1.0,
            false if high < value => 0.0,
            false => draw,
        };
        (s, s.low <= high && low <= s.high, nearest, crps_normal(value, sd, nearest), transform)
    };
    let unit = if x.abs() < 0.01 { 1.0 } else { x.abs() };
    FigureCheck {
        figure: n,
        simulated: Some(s),
        covered,
        score: interval_score(s.low, s.high, ALPHA, nearest) / unit,
        naive: *naive,
        scores: Scores::new(naive, s.high - s.low, crps, reported),
        transform: Some(transform),
    }
}

/// What is scored: figures, and curves with all their points.
fn entries(
    scenario: &Scenario,
    seed: u64,
    checks: &[FigureCheck],
    compared: &[&Vec<Option<f64>>],
) -> Vec<Entry> {
    let evidence = &scenario.evidence;
    let mut out: Vec<Entry> = vec![];
    for (n, figure) in evidence.iter().enumerate().filter(|(_, f)| !f.given) {
        let Some(curve) = &figure.curve else {
            out.push(Entry {
                figures: vec![n],
                covered: checks[n].covered,
                interval_score: checks[n].score,
                scores: checks[n].scores,
                transform: checks[n].transform,
            });
            continue;
        };
        if evidence[..n].iter().any(|f| f.curve.as_ref() == Some(curve)) {
            continue;
        }
        let points: Vec<usize> =
            (n..evidence.len()).filter(|k| evidence[*k].curve.as_ref() == Some(curve)).collect();
        let forecast: Vec<Vec<f64>> = compared
            .iter()
            .filter_map(|run| points.iter().map(|k| run[*k]).collect::<Option<Vec<f64>>>())
            .collect();
        let reported: Vec<f64> = points.iter().map(|k| evidence[*k].value).collect();
        let levels = sorted(&forecast.iter().map(|c| mean(c)).collect::<Vec<_>>());
        let tie = tie(scenario, seed, figure);
        out.push(Entry {
            covered: band_holds(&forecast, &reported, ALPHA),
            interval_score: mean(&points.iter().map(|k| checks[*k].score).collect::<Vec<_>>()),
            scores: Scores::mean(points.iter().map(|k| &checks[*k].scores)),
            transform: (!levels.is_empty()).then(|| transformed(&levels, mean(&reported), tie)),
            figures: points,
        });
    }
    out
}

/// What runs that gave these values say of a figure: the first of them, or for what is made of many what is made of all.
pub fn measured(figure: &FigureSpec, values: &[f64]) -> Option<f64> {
    let share =
        |f: &dyn Fn(f64) -> bool| values.iter().filter(|v| f(**v)).count() as f64 / values.len() as f64;
    let first = *values.first()?;
    Some(match figure.across {
        None => first,
        Some(Across::Mean) => mean(values),
        Some(Across::AtMost(x)) => share(&|v| v <= x),
        Some(Across::Above(x)) => share(&|v| v > x),
    })
}

/// What the figures of the evidence come to in one run of the baseline, in their order; `None` when the attack came to nothing.
pub fn observe(sim: &mut Simulation, seed: u64, replicate: u64) -> Option<Vec<Option<f64>>> {
    let scenario = sim.scenario().clone();
    let figures = &scenario.evidence;
    let mut impact = 0;
    if figures.iter().any(|f| f.since_impact) {
        sim.reset(seed, replicate, scenario.baseline, false);
        let mut until = 0;
        while sim.ledger().first_impact().is_none() && sim.play(until) {
            until += crate::units::DAY;
        }
        impact = sim.ledger().first_impact()?;
    }
    let times = |f: &FigureSpec| -> Vec<u32> {
        let from = if f.since_impact { impact } else { 0 };
        f.measure.times().into_iter().map(|t| (from + minutes(t)).min(scenario.horizon)).collect()
    };
    let times: Vec<Vec<u32>> = figures.iter().map(times).collect();
    let back: Vec<(usize, &BackMeasure)> = figures
        .iter()
        .enumerate()
        .filter_map(|(n, f)| if let Measure::Back(m) = &f.measure { Some((n, m)) } else { None })
        .collect();
    let mut looks = times.concat();
    if !back.is_empty() {
        looks.extend((0..=scenario.horizon).step_by(BACK_STEP as usize));
    }
    looks.sort_unstable();
    looks.dedup();
    sim.reset(seed, replicate, scenario.baseline, false);
    sim.count_by_service();
    let mut out = vec![None; figures.len()];
    let mut before: Vec<(u32, Vec<Account>)> = vec![];
    // By figure of a way back: the last look at which too few worked.
    let mut too_few: Vec<Option<u32>> = vec![None; figures.len()];
    for at in looks {
        sim.play(at);
        for (n, m) in &back {
            let look = Look { sim, scenario: &scenario, at, from: at, since: None };
            if look
                .hosts(&m.assets, &m.of, HostState::Working, true)
                .is_some_and(|s| s < m.share.get() - 1e-9)
            {
                too_few[*n] = Some(at);
            }
        }
        if times.iter().all(|t| !t.contains(&at)) {
            continue;
        }
        sim.settle();
        for (n, (figure, times)) in figures.iter().zip(&times).enumerate() {
            if times.last() != Some(&at) {
                continue;
            }
            let since = before.iter().find(|(t, _)| Some(t) == times.first()).map(|(_, a)| a.as_slice());
            out[n] = Look { sim, scenario: &scenario, at, from: times[0], since }.measure(&figure.measure);
        }
        if times.iter().any(|t| t.len() == 2 && t[0] == at) {
            before.push((at, sim.ledger().accounts().to_vec()));
        }
    }
    sim.play(u32::MAX);
    let record = sim.record();
    let impact = sim.ledger().first_impact()?;
    for (n, figure) in figures.iter().enumerate() {
        match &figure.measure {
            Measure::Outcome(id) => out[n] = outcome(&record, id.get()?),
            Measure::Between(from, to) => {
                out[n] = moment(sim, *from)
                    .zip(moment(sim, *to))
                    .map(|(a, b)| (f64::from(b) - f64::from(a)) / 60.0);
            }
            Measure::Back(_) => {
                let back = too_few[n].map_or(impact, |at| (at + BACK_STEP).min(scenario.horizon));
                out[n] = Some(f64::from(back.saturating_sub(impact)) / 60.0);
            }
            // These were measured at their times.
            Measure::Organisations(_)
            | Measure::Hosts(_)
            | Measure::Activity(_)
            | Measure::PutOff(_)
            | Measure::Arrivals(_)
            | Measure::Wait(_)
            | Measure::CustomersBack(_) => {}
        }
    }
    Some(out)
}

fn outcome(record: &Record, id: &str) -> Option<f64> {
    record.get(Outcome::by_id(id)?)
}

fn moment(sim: &Simulation, moment: Moment) -> Option<u32> {
    match moment {
        Moment::Start => Some(0),
        Moment::Restored => {
            Some(sim.ledger().restored().filter(|_| !down(sim)).unwrap_or(sim.scenario().horizon))
        }
        Moment::Entry => sim.ledger().first_entry(),
        Moment::Impact => sim.ledger().first_impact(),
        Moment::Suspicion => sim.ledger().first_suspicion(),
        Moment::NationKnows => sim.nation().knows,
        Moment::NationalIncident => sim.nation().incident,
    }
}

/// Whether systems of anybody who was hit are down or cut off.
fn down(sim: &Simulation) -> bool {
    let estate = &sim.scenario().estate;
    let hit = (0..estate.organisations.len() as u32).map(OrgId).filter(|o| sim.ledger().hit_by(*o));
    hit.flat_map(|o| estate.assets_of(o)).map(|a| sim.asset(a)).any(|a| a.down() > 0 || a.is_cut())
}

/// Whether one of these is meant, where none named means all.
fn among<T: PartialEq>(these: &[T], one: T) -> bool {
    these.is_empty() || these.contains(&one)
}

/// A number found, or its share of all.
fn counted(share: bool, found: f64, all: f64) -> Option<f64> {
    if share { (all > 0.0).then(|| found / all) } else { Some(found) }
}

/// A look at a run.
struct Look<'s> {
    sim: &'s Simulation,
    scenario: &'s Scenario,
    at: u32,
    /// Where the time that is measured began, and the accounts of then; absent at the start of the run.
    from: u32,
    since: Option<&'s [Account]>,
}

impl Look<'_> {
    fn estate(&self) -> &Estate {
        &self.scenario.estate
    }

    fn organisations(&self, kinds: &[OrgKind]) -> impl Iterator<Item = OrgId> + use<'_> {
        let kinds = kinds.to_vec();
        let all = (0u32..).zip(&self.estate().organisations);
        all.filter(move |(_, o)| among(&kinds, o.kind)).map(|(n, _)| OrgId(n))
    }

    fn select(&self, which: &Where) -> Vec<OrgId> {
        match which {
            Where::All => self.organisations(&[]).collect(),
            Where::Kinds(kinds) => self.organisations(kinds).collect(),
            Where::Hit(kinds) => self.organisations(kinds).filter(|o| self.sim.ledger().hit_by(*o)).collect(),
            Where::Customers(platform, kinds) => {
                let mut found: Vec<OrgId> = self.customers(*platform, kinds).map(|(.., o)| o).collect();
                found.sort_unstable();
                found.dedup();
                found
            }
            Where::Beside(kinds) => self.beside(kinds),
            Where::Only(only) => {
                let all = self.select(&only.of).into_iter();
                all.filter(|o| only.admits(self.estate(), *o)).collect()
            }
        }
    }

    /// To whom those who were hit send, and who were not hit themselves.
    fn beside(&self, kinds: &[OrgKind]) -> Vec<OrgId> {
        let (estate, ledger) = (self.estate(), self.sim.ledger());
        let hit = (0..estate.organisations.len() as u32).map(OrgId).filter(|o| ledger.hit_by(*o));
        let services = hit.flat_map(|o| estate.org(o).services.clone()).map(ServiceId);
        let neighbours = services.flat_map(|s| estate.service(s).neighbours.to_vec());
        let mut found: Vec<OrgId> = neighbours
            .map(|n| estate.service(n).owner)
            .filter(|o| !ledger.hit_by(*o) && among(kinds, estate.org(*o).kind))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Platforms of a kind that were lost, each with its customers of these kinds and the connections over which they reach it.
    fn customers<'k>(
        &'k self,
        platform: AssetKind,
        kinds: &'k [OrgKind],
    ) -> impl Iterator<Item = (AssetId, ConnectionId, OrgId)> + 'k {
        let estate = self.estate();
        let all = (0u32..).map(AssetId).zip(&estate.assets);
        let lost = all.filter(move |(n, a)| a.kind == platform && self.sim.ledger().hit_asset(*n));
        lost.flat_map(move |(n, a)| {
            let over = |d: &(ServiceId, u32)| match estate.dependencies[d.1 as usize].on {
                Need::Asset(_, c) => c,
                Need::Service(_) => None,
            };
            let mut connections: Vec<ConnectionId> = a.dependents.iter().filter_map(over).collect();
            connections.sort_unstable();
            connections.dedup();
            let owner = a.owner;
            connections.into_iter().filter_map(move |c| Some((n, c, estate.other_end(c, owner)?)))
        })
        .filter(move |(.., o)| among(kinds, estate.org(*o).kind))
    }

    fn account(&self, s: ServiceId) -> Account {
        let now = self.sim.ledger().accounts()[s.ix()];
        self.since.map_or(now, |earlier| now.since(&earlier[s.ix()]))
    }

    fn measure(&self, measure: &Measure) -> Option<f64> {
        match measure {
            Measure::Organisations(m) => self.in_state(m),
            Measure::Hosts(m) => self.hosts(&m.assets, &m.of, m.state, m.share),
            Measure::Activity(m) => self.activity(m, Account::change),
            Measure::PutOff(m) => self.activity(m, |a| a.deferred),
            Measure::Arrivals(m) => self.activity(m, Account::arrivals),
            Measure::Wait(m) => self.wait(m),
            Measure::CustomersBack(m) => self.back(m),
            Measure::Outcome(_) | Measure::Back(_) | Measure::Between(..) => None,
        }
    }

    fn in_state(&self, m: &OrganisationsMeasure) -> Option<f64> {
        let hit = |o: OrgId| self.sim.ledger().hit_by(o);
        let lost = |o: OrgId| {
            let accounts = self.sim.ledger().accounts();
            self.estate().org(o).services.clone().any(|s| accounts[s as usize].hours_lost >= DISTURBED_HOURS)
        };
        let (mut all, mut found) = (0.0, 0.0);
        for o in self.organisations(&m.of) {
            all += 1.0;
            found += f64::from(u8::from(match m.state {
                State::Hit => hit(o),
                State::Disturbed => !hit(o) && lost(o),
                State::Affected => hit(o) || lost(o),
                State::Diverting => self.sim.incident(o).diverting,
            }));
        }
        counted(m.share, found, all)
    }

    fn hosts(&self, kinds: &[AssetKind], of: &Where, wanted: HostState, share: bool) -> Option<f64> {
        let (mut all, mut found) = (0.0, 0.0);
        for o in self.select(of) {
            for a in self.estate().assets_of(o) {
                let asset = self.estate().asset(a);
                if !among(kinds, asset.kind) {
                    continue;
                }
                let state = self.sim.asset(a);
                all += f64::from(asset.hosts);
                found += f64::from(match wanted {
                    HostState::Lost => state.lost,
                    HostState::Working if state.is_cut() => 0,
                    HostState::Working => asset.hosts - state.down(),
                });
            }
        }
        counted(share, found, all)
    }

    /// Services of kinds of care that some organisations give.
    fn services(&self, m: &ActivityMeasure) -> impl Iterator<Item = ServiceId> + use<'_> {
        let care = m.care.clone();
        let of = |o: OrgId| self.estate().org(o).services.clone().map(ServiceId);
        let all: Vec<ServiceId> = self.select(&m.of).into_iter().flat_map(of).collect();
        all.into_iter().filter(move |s| care.contains(&self.estate().service(*s).kind))
    }

    /// What accounts of a time come to, by what is wanted of each.
    fn activity(&self, m: &ActivityMeasure, wanted: impl Fn(&Account) -> f64) -> Option<f64> {
        let calendar = &self.scenario.calendar;
        let hours = self.from / 60..self.at / 60;
        let demand: Vec<f64> = self
            .estate()
            .profiles
            .iter()
            .map(|p| hours.clone().map(|h| f64::from(p[calendar.hour_of_week(h * 60)])).sum())
            .collect();
        let (mut change, mut usual) = (0.0, 0.0);
        for s in self.services(m) {
            let service = self.estate().service(s);
            let unit = if m.pounds { service.value } else { 1.0 };
            change += wanted(&self.account(s)) * unit;
            usual += service.level * demand[service.profile as usize] * unit;
        }
        let times = m.times.map_or(1.0, crate::units::Number::get);
        if m.share { (usual > 0.0).then(|| change / usual * times) } else { Some(change * times) }
    }

    fn wait(&self, m: &WaitMeasure) -> Option<f64> {
        let all = (0u32..).zip(&self.estate().services).filter(|(_, s)| s.kind == m.care);
        let (mut calls, mut validate) = (0.0, 0.0);
        for (n, _) in all {
            let account = self.account(ServiceId(n));
            calls += account.calls;
            validate += account.on_hold;
        }
        (calls > 0.0).then(|| validate / calls * 60.0)
    }

    fn back(&self, m: &CustomersMeasure) -> Option<f64> {
        let (mut all, mut back) = (0.0, 0.0);
        for (a, c, _) in self.customers(m.platform, &m.of) {
            all += 1.0;
            back += f64::from(u8::from(self.sim.asset(a).health > 0.99 && self.sim.open(c)));
        }
        counted(true, back, all)
    }
}
