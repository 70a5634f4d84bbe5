//! What hurts patients most when it is lost, attacked or not: assets, organisations, services and suppliers, for hours to a week; and
//! what people's records that they hold would weigh if they were taken. Screening by the static estate, then by a few runs; full simulation of the leaders; a selection of the worst with a stated
//! probability of being right.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use crate::catalogue::kinds::OrgRole;
use crate::catalogue::kinds::{AssetKind, OrgKind, ServiceKind};
use crate::catalogue::outcome::Outcome;
use crate::estate::overview::Loss;
use crate::estate::{AssetId, Estate, Need, OrgId, Service, ServiceId};
use crate::parameters::{ByRecord, HarmParameters, Parameters, ParametersSpec, Weights};
use crate::random::Resolver;
use crate::scenario::Scenario;
use crate::scenario::bundled::WEIGHTINGS;
use crate::sim::{Failing, Simulation};
use crate::source::read;
use crate::stats::intervals::{Interval, of_mean};
use crate::stats::mean;
use crate::stats::ranking::{Demand, Selection, select_largest};
use crate::strategy::Strategy;
use crate::streams::{StreamName, Streams};
use crate::study::replicates::Progress;
use crate::units::{DAY, HOUR, WEEK};

/// How long things are lost, in hours.
pub const LASTS: [u32; 4] = [4, 24, 72, 168];
/// Runs of each candidate in the second screening.
const GLANCES: u64 = 6;
/// Times as many pass the static screening as will be leaders.
const WIDER: usize = 4;
/// Probability with which the worst is to be selected.
pub const SURE: f64 = 0.95;
/// Share of the leader's harm by which it must lead for that.
pub const MATTERS: f64 = 0.05;

/// What may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A system or fleet.
    Asset(AssetId),
    /// All that an organisation has and gives.
    Organisation(OrgId),
    /// One service of one organisation.
    Service(ServiceId),
    /// All that a supplier hosts.
    Supplier(OrgId),
}

/// The classes among which the worst is selected, with the words used in reports.
pub const CLASSES: [&str; 4] = ["systems", "organisations", "services", "suppliers"];

impl Target {
    /// Position in [`CLASSES`].
    pub const fn class(self) -> usize {
        match self {
            Self::Asset(_) => 0,
            Self::Organisation(_) => 1,
            Self::Service(_) => 2,
            Self::Supplier(_) => 3,
        }
    }
    /// Its name as printed.
    pub fn name(self, e: &Estate) -> String {
        match self {
            Self::Asset(a) => format!("{}, {}", e.org(e.asset(a).owner).name, e.asset(a).kind.label()),
            Self::Service(s) => format!("{}, {}", e.org(e.service(s).owner).name, e.service(s).kind.label()),
            Self::Organisation(o) | Self::Supplier(o) => e.org(o).name.clone(),
        }
    }
    /// The author's id.
    pub fn id(self, e: &Estate) -> String {
        match self {
            Self::Asset(a) => e.asset_id(a),
            Self::Service(s) => e.service_id(s),
            Self::Organisation(o) | Self::Supplier(o) => e.org(o).id.clone(),
        }
    }
    /// What fails with it.
    fn failing(self, e: &Estate) -> Vec<Failing> {
        let assets = |o: OrgId| e.assets_of(o).map(Failing::Asset);
        let services = |o: OrgId| e.org(o).services.clone().map(|s| Failing::Service(ServiceId(s)));
        match self {
            Self::Asset(a) => vec![Failing::Asset(a)],
            Self::Service(s) => vec![Failing::Service(s)],
            Self::Organisation(o) => assets(o).chain(services(o)).collect(),
            Self::Supplier(o) => assets(o).collect(),
        }
    }
    fn all(e: &Estate) -> Vec<Self> {
        let organisations = || (0u32..).zip(&e.organisations).map(|(n, o)| (OrgId(n), o));
        let supplier = |kind: OrgKind| kind.role() == OrgRole::Supplier;
        let assets = (0..e.assets.len() as u32).map(AssetId).map(Self::Asset);
        let services = (0..e.services.len() as u32).map(ServiceId).map(Self::Service);
        assets
            .chain(organisations().filter(|(_, o)| !supplier(o.kind)).map(|(n, _)| Self::Organisation(n)))
            .chain(services)
            .chain(organisations().filter(|(_, o)| supplier(o.kind)).map(|(n, _)| Self::Supplier(n)))
            .collect()
    }
}

/// What one loss of one length came to.
#[derive(Clone, Debug)]
pub struct ImpactEstimate {
    /// Harm-weighted contacts, mean with 95 % interval.
    pub harm: Interval,
    /// Organisations that feel it, mean.
    pub organisations: f64,
    /// Days until no backlog is left, restricted mean.
    pub backlog: f64,
    /// Share of runs in which the backlog was still open at the horizon.
    pub open: f64,
}

/// What is held of people.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Holding {
    /// People's records.
    pub people: f64,
    /// Of how many of them each kind of record is held, in the order of [`RecordKind::ALL`](crate::catalogue::kinds::RecordKind::ALL).
    pub by_kind: ByRecord,
    /// Harm expected of a theft there: as much is taken as crews take on average, and published as often.
    pub harm: f64,
}

/// Something under several weightings: first as set, then each of [`WEIGHTINGS`].
#[derive(Clone, Debug)]
pub struct Reweighted {
    /// What is lost.
    pub target: Target,
    /// Harm of three days without it and of a theft of its records, mean.
    pub harm: Vec<f64>,
    /// Its place in its class, from 1, among all that passed the first screening.
    pub rank: Vec<usize>,
}

/// One leader.
#[derive(Clone, Debug)]
pub struct Leader {
    /// What is lost.
    pub target: Target,
    /// What it holds of people.
    pub holding: Holding,
    /// For each of [`LASTS`].
    pub hurt: Vec<ImpactEstimate>,
    /// Mean harm by kind of service when it is lost for 72 hours.
    pub by_service: BTreeMap<ServiceKind, f64>,
}

impl Leader {
    /// What it is ranked by: harm of three days without it, and of a theft of its records.
    pub fn harm(&self) -> f64 {
        self.hurt[2].harm.estimate + self.holding.harm
    }
}

/// How much of a kind of platform hangs on few suppliers.
#[derive(Clone, Debug)]
pub struct Market {
    /// Platform.
    pub platform: AssetKind,
    /// Share of the harm-weighted care that depends on such platforms, by who hosts it; the largest first. `None`: users themselves.
    pub shares: Vec<(Option<OrgId>, f64)>,
    /// Herfindahl–Hirschman index: sum of squared shares of suppliers, each self-hosting user being one more; 1 is a monopoly.
    pub concentration: f64,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Criticality {
    /// Leaders of all classes, by harm at 72 hours and of the records that they hold, the worst first.
    pub leaders: Vec<Leader>,
    /// Organisations and suppliers by what they hold of people, the weightiest first.
    pub holders: Vec<(Target, Holding)>,
    /// Leaders under other weightings, by class and as set.
    pub reweighted: Vec<Reweighted>,
    /// Who is the worst of each class that has any, under each weighting: as set, then each of [`WEIGHTINGS`].
    pub worst: Vec<Vec<Target>>,
    /// The selection of the worst at 72 hours, by class: candidates and what the procedure came to.
    pub selections: Vec<(Vec<Target>, Selection)>,
    /// Platforms.
    pub markets: Vec<Market>,
    /// Candidates before screening.
    pub candidates: usize,
    /// Runs of each leader and length.
    pub replicates: u64,
}

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct CriticalityOptions {
    /// Seed.
    pub seed: u64,
    /// Runs of each leader and length.
    pub replicates: u64,
    /// Most runs of each leader in the selection.
    pub most: u64,
    /// Leaders of each class.
    pub leaders: usize,
    /// Threads; 0 for all cores.
    pub threads: usize,
}

/// One loss in one run; the moment is any minute of a week, the same for all losses of a replicate.
struct Lab<'s> {
    scenario: &'s Arc<Scenario>,
    seed: u64,
    weightings: &'s [Weighting],
}

/// Another weighting of harm.
struct Weighting {
    care: Weights,
    harm: HarmParameters,
}

/// What one run of a loss came to.
#[derive(Default)]
struct Run {
    /// Harm from care.
    harm: f64,
    /// The same under each of the other weightings.
    under: Vec<f64>,
    backlog: (f64, bool),
    by_service: Vec<f64>,
}

impl Lab<'_> {
    fn run(&self, sim: &mut Simulation, target: Target, hours: u32, replicate: u64) -> Run {
        sim.reset(self.seed, replicate, 0, false);
        sim.count_by_service();
        let u = Streams::new(self.seed, replicate).stream(StreamName::LossMoment {}).uniform();
        for what in target.failing(&self.scenario.estate) {
            sim.fail(what, (u * f64::from(WEEK)) as u32, hours * HOUR);
        }
        sim.play(u32::MAX);
        let record = sim.record();
        // What is done does not hang on the weights, so the same run tells the harm under any.
        let services = &self.scenario.estate.services;
        let accounts = || services.iter().zip(sim.ledger().accounts()).filter(|(_, a)| a.as_lost > 0.0);
        let under = |w: &Weighting| {
            let weight = |s: &Service| if s.own_harm { s.harm } else { w.care[s.kind as usize] };
            accounts().map(|(s, a)| a.as_lost * weight(s)).sum()
        };
        Run {
            harm: record.get(Outcome::HarmCare).unwrap_or(0.0),
            under: self.weightings.iter().map(under).collect(),
            backlog: (record.get(Outcome::BacklogDays).unwrap_or(0.0), record.censored(Outcome::BacklogDays)),
            by_service: sim.detail().harm,
        }
    }
}

/// Only what keeps care going is done, as the baseline's playbook says it; nobody attacks.
fn quiet(scenario: &Scenario) -> Arc<Scenario> {
    let mut strategy: Strategy = (*scenario.strategies[scenario.baseline]).clone();
    for rule in &mut strategy.playbook.rules {
        rule.act.retain(|a| a.what.keeps_care_going());
    }
    let strategies = vec![Arc::new(strategy)];
    // A week in which it may happen, and time for the backlog after the longest loss.
    let horizon = scenario.horizon.max(WEEK + 28 * DAY);
    Arc::new(Scenario { campaigns: vec![], strategies, baseline: 0, horizon, ..scenario.clone() })
}

/// Works it out; `progress` counts runs. `None` when it was stopped.
///
/// # Errors
/// When threads cannot be started.
pub fn criticality(
    scenario: &Scenario,
    options: CriticalityOptions,
    progress: &Progress,
) -> Result<Option<Criticality>, rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build()?;
    let quiet = quiet(scenario);
    let usual = Usual::new(&scenario.parameters);
    let weightings = weightings(scenario);
    let lab = Lab { scenario: &quiet, seed: options.seed, weightings: &weightings };
    let e = &scenario.estate;
    let holds = |t: Target| holding(e, t, &usual);
    // Harm of the records of a target as set, and under each of the other weightings.
    let records = |t: Target| -> Vec<f64> {
        let held = holds(t).by_kind;
        let of = |harm| usual.theft(&held, harm);
        [&usual.parameters.harm].into_iter().chain(weightings.iter().map(|w| &w.harm)).map(of).collect()
    };
    let stopped = || progress.stop.load(Ordering::Relaxed);
    // The runs of a list of (target, hours, replicate), each by whichever thread is free.
    let runs = |list: &[(Target, u32, u64)]| -> Vec<Run> {
        pool.install(|| {
            list.par_iter()
                .map_init(
                    || Simulation::new(&quiet),
                    |sim, (target, hours, replicate)| {
                        progress.done.fetch_add(1, Ordering::Relaxed);
                        if stopped() {
                            return Run::default();
                        }
                        lab.run(sim, *target, *hours, *replicate)
                    },
                )
                .collect()
        })
    };
    let all = Target::all(e);
    let candidates = all.len();
    let mut holders: Vec<(Target, Holding)> = all
        .iter()
        .filter(|t| matches!(t, Target::Organisation(_) | Target::Supplier(_)))
        .map(|t| (*t, holds(*t)))
        .filter(|(_, h)| h.people > 0.0)
        .collect();
    holders.sort_by(|a, b| b.1.harm.total_cmp(&a.1.harm).then(a.0.cmp(&b.0)));
    holders.truncate(options.leaders);
    let (mut leaders, mut selections, mut reweighted, mut worst) = (vec![], vec![], vec![], vec![]);
    for list in screened(e, all, &usual, &weightings) {
        let list = widest(list, options.leaders);
        let glances: Vec<_> = list.iter().flat_map(|(_, t)| (0..GLANCES).map(|k| (*t, 72, k))).collect();
        let seen = runs(&glances);
        if stopped() {
            return Ok(None);
        }
        let Some((mut ranked, first)) = reweighted_by(&list, &seen, &records) else { continue };
        worst.push(first);
        ranked.truncate(options.leaders);
        let of: Vec<Target> = ranked.iter().map(|r| r.target).collect();
        let demand = Demand {
            first: 20.min(options.most as usize).max(2),
            matters: (MATTERS * ranked[0].harm[0]).max(1e-9),
            probability: SURE,
            most: options.most as usize,
        };
        let records: Vec<f64> = of.iter().map(|t| records(*t)[0]).collect();
        let selection = select(&of, &records, demand, &runs);
        leaders.extend(&of);
        reweighted.extend(ranked);
        selections.push((of, selection));
    }
    let list: Vec<_> = leaders
        .iter()
        .flat_map(|t| {
            LASTS.iter().flat_map(move |h| (0..options.replicates).map(move |k| (*t, *h, GLANCES + k)))
        })
        .collect();
    let seen = runs(&list);
    if stopped() {
        return Ok(None);
    }
    let per_leader = LASTS.len() * options.replicates as usize;
    let mut out: Vec<Leader> = leaders
        .iter()
        .zip(seen.chunks(per_leader))
        .map(|(target, runs)| Leader {
            target: *target,
            holding: holds(*target),
            hurt: runs.chunks(options.replicates as usize).map(|r| hurt(e, r)).collect(),
            by_service: by_service(e, runs.chunks(options.replicates as usize).nth(2).unwrap_or(&[])),
        })
        .collect();
    out.sort_by(|a, b| b.harm().total_cmp(&a.harm()).then(a.target.cmp(&b.target)));
    Ok(Some(Criticality {
        leaders: out,
        holders,
        reweighted,
        worst,
        selections,
        markets: markets(e),
        candidates,
        replicates: options.replicates,
    }))
}

/// Those whose loss hurts, most first, with their harm and rank as set and under each of the other weightings; and who is first under
/// each. `None` when nobody's does. `records` is the harm of the records of one; `seen` are `GLANCES` runs of each of the list.
fn reweighted_by(
    list: &[(Vec<f64>, Target)],
    seen: &[Run],
    records: &dyn Fn(Target) -> Vec<f64>,
) -> Option<(Vec<Reweighted>, Vec<Target>)> {
    let mean_of = |runs: &[Run], of: &dyn Fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / GLANCES as f64;
    let harm_of = |t: Target, runs: &[Run]| -> Vec<f64> {
        let mut harm = records(t);
        harm[0] += mean_of(runs, &|r| r.harm);
        for (w, sum) in harm.iter_mut().skip(1).enumerate() {
            *sum += mean_of(runs, &|r| r.under[w]);
        }
        harm
    };
    let mut list: Vec<(Vec<f64>, Target)> = list
        .iter()
        .zip(seen.chunks(GLANCES as usize))
        .map(|((_, t), runs)| (harm_of(*t, runs), *t))
        .collect();
    list.retain(|(harm, _)| harm[0] > 0.0);
    let weightings = list.first()?.0.len();
    let ranks: Vec<Vec<usize>> = (0..weightings).map(|w| ranks(&list, w)).collect();
    let first = ranks.iter().map(|r| list[r.iter().position(|r| *r == 1).unwrap_or(0)].1).collect();
    let mut ranked: Vec<Reweighted> = list
        .into_iter()
        .enumerate()
        .map(|(k, (harm, target))| Reweighted { target, harm, rank: ranks.iter().map(|r| r[k]).collect() })
        .collect();
    ranked.sort_by_key(|r| r.rank[0]);
    Some((ranked, first))
}

/// What is usual, where it is not drawn for each run.
struct Usual {
    parameters: Parameters,
    /// Share of an organisation's records that a theft takes on average.
    taken: f64,
}

impl Usual {
    fn new(parameters: &ParametersSpec) -> Self {
        let parameters = parameters.resolve(&mut Resolver::new(Streams::new(0, 0)));
        let share = &parameters.threat.theft_share;
        // The mean by the midpoint rule over quantiles.
        let taken = (0..1000).map(|k| share.at((f64::from(k) + 0.5) / 1000.0).min(1.0)).sum::<f64>() / 1000.0;
        Self { parameters, taken }
    }
    /// Harm expected of a theft where so much is held.
    fn theft(&self, held: &ByRecord, harm: &HarmParameters) -> f64 {
        let published = self.parameters.threat.published;
        self.taken
            * (published * harm.of_records(held, true) + (1.0 - published) * harm.of_records(held, false))
    }
}

/// The other weightings that there are.
fn weightings(scenario: &Scenario) -> Vec<Weighting> {
    let of = |text: &str| {
        let (stated, wrong) = read::<ParametersSpec>(text);
        debug_assert!(wrong.is_empty(), "a bundled file is whole: {wrong:?}");
        let stated = stated.unwrap_or_default().with_fallback(&scenario.parameters);
        let harm = Usual::new(&stated).parameters.harm;
        Weighting { care: harm.weights(), harm }
    };
    WEIGHTINGS.iter().map(|w| of(w.2)).collect()
}

/// What is held of people by all that would be lost.
fn holding(e: &Estate, target: Target, usual: &Usual) -> Holding {
    let mut out = Holding::default();
    for f in target.failing(e) {
        let Failing::Asset(a) = f else { continue };
        let asset = e.asset(a);
        out.people += asset.records;
        out.by_kind.iter_mut().zip(asset.holds).for_each(|(all, more)| *all += more);
    }
    out.harm = usual.theft(&out.by_kind, &usual.parameters.harm);
    out
}

/// Targets by class, each with the harm of three days without it by a sum over the estate's dependencies, and of its records: as set,
/// and under each of the other weightings.
fn screened(
    e: &Estate,
    all: Vec<Target>,
    usual: &Usual,
    weightings: &[Weighting],
) -> Vec<Vec<(Vec<f64>, Target)>> {
    let weights: Vec<Weights> = weightings.iter().map(|w| w.care).collect();
    let mut loss = Loss::new(e, &usual.parameters.care, &weights);
    let mut by_class: Vec<Vec<(Vec<f64>, Target)>> = vec![vec![]; CLASSES.len()];
    for target in all {
        let (mut assets, mut services) = (vec![], vec![]);
        for f in target.failing(e) {
            match f {
                Failing::Asset(a) => assets.push(a),
                Failing::Service(s) => services.push(s),
            }
        }
        let felt = loss.without_all(assets, services);
        let held = holding(e, target, usual).by_kind;
        let mut harm = vec![felt.care + usual.theft(&held, &usual.parameters.harm)];
        harm.extend(felt.under.iter().zip(weightings).map(|(care, w)| care + usual.theft(&held, &w.harm)));
        by_class[target.class()].push((harm, target));
    }
    by_class
}

/// What three days without something would cost at first sight.
#[derive(Clone, Copy, Debug)]
pub struct FirstSight {
    /// What is lost.
    pub target: Target,
    /// Harm from care, by a sum over the estate's dependencies.
    pub care: f64,
    /// Harm expected of a theft of its records.
    pub records: f64,
}

/// What three days without each thing would cost, without a simulation; of all classes, the worst first. It is what the first screening
/// of [`criticality`] goes by.
pub fn at_first_sight(scenario: &Scenario) -> Vec<FirstSight> {
    let (e, usual) = (&*scenario.estate, Usual::new(&scenario.parameters));
    let sight = |(harm, target): (Vec<f64>, Target)| {
        let records = holding(e, target, &usual).harm;
        FirstSight { target, care: harm[0] - records, records }
    };
    let mut all: Vec<FirstSight> =
        screened(e, Target::all(e), &usual, &[]).into_iter().flatten().map(sight).collect();
    let harm = |s: &FirstSight| s.care + s.records;
    all.sort_by(|a, b| harm(b).total_cmp(&harm(a)).then(a.target.cmp(&b.target)));
    all
}

/// What passes the first screening: the worst as set, and the leaders under each of the other weightings.
fn widest(list: Vec<(Vec<f64>, Target)>, leaders: usize) -> Vec<(Vec<f64>, Target)> {
    let weightings = list.first().map_or(0, |l| l.0.len());
    let places: Vec<Vec<usize>> = (0..weightings).map(|w| ranks(&list, w)).collect();
    let passes = |k: usize| {
        let place = |(w, r): (usize, &Vec<usize>)| r[k] <= if w == 0 { leaders * WIDER } else { leaders };
        places.iter().enumerate().any(place)
    };
    list.into_iter().enumerate().filter(|(k, _)| passes(*k)).map(|(_, l)| l).collect()
}

/// The place of each, from 1, by harm under the `w`-th weighting.
fn ranks(list: &[(Vec<f64>, Target)], w: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by(|a, b| {
        let ((x, s), (y, t)) = (&list[*a], &list[*b]);
        y[w].total_cmp(&x[w]).then(s.cmp(t))
    });
    let mut out = vec![0; list.len()];
    for (place, k) in (1..).zip(order) {
        out[k] = place;
    }
    out
}

/// Selects the most critical of a class, from blocks of runs.
fn select(
    of: &[Target],
    records: &[f64],
    demand: Demand,
    runs: &impl Fn(&[(Target, u32, u64)]) -> Vec<Run>,
) -> Selection {
    // The procedure asks round by round; runs of its replicates are made in blocks, for all who are left.
    let mut block: Vec<Vec<f64>> = vec![];
    let mut from = 0;
    let mut who: Vec<usize> = vec![];
    select_largest(of.len(), demand, |alive, n| {
        const BLOCK: usize = 20;
        if n >= from + block.len() {
            (from, who) = (n, alive.to_vec());
            let rounds = n..(n + BLOCK).min(demand.most.max(n + 1));
            // Apart from the replicates of the screening, which chose the leaders for their luck too.
            let list: Vec<_> = rounds
                .clone()
                .flat_map(|n| alive.iter().map(move |i| (*i, GLANCES + n as u64)))
                .map(|(i, k)| (of[i], 72, k))
                .collect();
            let seen = runs(&list);
            let harm = |(i, r): (&usize, &Run)| r.harm + records[*i];
            block = seen.chunks(alive.len()).map(|c| alive.iter().zip(c).map(harm).collect()).collect();
        }
        alive
            .iter()
            .map(|i| block[n - from][who.iter().position(|w| w == i).expect("who is left was there before")])
            .collect()
    })
}

fn hurt(e: &Estate, runs: &[Run]) -> ImpactEstimate {
    let over = |f: &dyn Fn(&Run) -> f64| runs.iter().map(f).collect::<Vec<f64>>();
    let felt = |r: &Run| {
        let mut owners: Vec<OrgId> = (0u32..)
            .zip(&r.by_service)
            .filter(|(_, harm)| **harm > 1e-6)
            .map(|(s, _)| e.service(ServiceId(s)).owner)
            .collect();
        owners.dedup();
        owners.len() as f64
    };
    ImpactEstimate {
        harm: of_mean(&over(&|r| r.harm), 0.95),
        organisations: mean(&over(&felt)),
        backlog: mean(&over(&|r| r.backlog.0)),
        open: mean(&over(&|r| f64::from(u8::from(r.backlog.1)))),
    }
}

fn by_service(e: &Estate, runs: &[Run]) -> BTreeMap<ServiceKind, f64> {
    let mut out = BTreeMap::new();
    for r in runs {
        for (s, harm) in e.services.iter().zip(&r.by_service).filter(|(_, h)| **h > 0.0) {
            *out.entry(s.kind).or_insert(0.0) += harm / runs.len() as f64;
        }
    }
    out
}

/// Platforms that at least one supplier hosts.
fn markets(e: &Estate) -> Vec<Market> {
    // (platform, who hosts it for whom) -> weight of the care that depends on it
    let mut weights: BTreeMap<AssetKind, BTreeMap<(Option<OrgId>, OrgId), f64>> = BTreeMap::new();
    for d in &e.dependencies {
        let Need::Asset(a, link) = d.on else { continue };
        let s = e.service(d.service);
        let asset = e.asset(a);
        let host = link.map(|_| asset.owner);
        let user = if host.is_some() { asset.owner } else { s.owner };
        *weights.entry(asset.kind).or_default().entry((host, user)).or_insert(0.0) +=
            d.loss * s.level * s.harm;
    }
    let mut out: Vec<Market> = weights
        .into_iter()
        .filter(|(_, of)| of.keys().any(|(host, _)| host.is_some()))
        .map(|(platform, of)| {
            let total: f64 = of.values().sum::<f64>().max(1e-12);
            let concentration = of.values().map(|w| (w / total).powi(2)).sum();
            let mut by_host: BTreeMap<Option<OrgId>, f64> = BTreeMap::new();
            for ((host, _), w) in &of {
                *by_host.entry(*host).or_insert(0.0) += w / total;
            }
            let mut shares: Vec<_> = by_host.into_iter().collect();
            shares.sort_by(|a, b| b.1.total_cmp(&a.1));
            Market { platform, shares, concentration }
        })
        .collect();
    out.sort_by(|a, b| b.concentration.total_cmp(&a.concentration));
    out
}
