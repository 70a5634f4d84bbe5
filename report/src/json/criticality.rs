//! `criticality --json`: what hurts most when it is lost.

use std::collections::BTreeMap;

use resus_engine::catalogue::kinds::RecordKind;
use resus_engine::scenario::Scenario;
use resus_engine::scenario::bundled::WEIGHTINGS;
use resus_engine::stats::ranking::Selection;
use resus_engine::study::criticality::{
    self as study, CLASSES, Holding, ImpactEstimate, LASTS, Leader, Market, Reweighted, Target,
};
use resus_engine::study::portfolio::FeltInAYear;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, Provenance, finite};
use crate::{RunInfo, verdict};

/// One loss of one length.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Loss {
    /// How long it is lost, in hours.
    hours: u32,
    /// Harm-weighted contacts, mean.
    harm: Option<f64>,
    /// Lower end of its 95 % interval.
    low: Option<f64>,
    /// Upper end of the 95 % interval.
    high: Option<f64>,
    /// Organisations that feel it, mean.
    organisations: f64,
    /// Days until no backlog is left, mean restricted to the horizon.
    backlog_days: f64,
    /// Share of runs in which the backlog was still open at the horizon.
    backlog_open: f64,
}

impl Loss {
    fn new(hours: u32, h: &ImpactEstimate) -> Self {
        Self {
            hours,
            harm: finite(h.harm.estimate),
            low: finite(h.harm.low),
            high: finite(h.harm.high),
            organisations: h.organisations,
            backlog_days: h.backlog,
            backlog_open: h.open,
        }
    }
}

/// What is held of people.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct HeldRecords {
    /// People's records.
    people: f64,
    /// Of how many of them each kind of record is held.
    by_kind: BTreeMap<&'static str, f64>,
    /// Harm expected of a theft there.
    harm: Option<f64>,
}

impl HeldRecords {
    fn new(h: &Holding) -> Self {
        let by_kind = RecordKind::ALL.iter().zip(h.by_kind).map(|(k, n)| (k.name(), n)).collect();
        Self { people: h.people, by_kind, harm: finite(h.harm) }
    }
}

/// An organisation or supplier that holds records.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RecordHolder {
    /// Its class: organisations or suppliers.
    class: &'static str,
    /// Its id.
    id: String,
    /// What it holds.
    #[serde(flatten)]
    held: HeldRecords,
}

/// A place under one weighting.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PlaceUnder {
    /// The weighting: `as set`, or the name of a bundled one.
    weights: &'static str,
    /// Harm of three days without it and of a theft of its records, mean of a few runs.
    harm: Option<f64>,
    /// Its place in its class, from 1.
    place: usize,
}

/// A leader under other weightings.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LeaderReweighted {
    /// Its class.
    class: &'static str,
    /// Its id.
    id: String,
    /// Its place under each weighting.
    places: Vec<PlaceUnder>,
}

/// Something whose loss was simulated in full.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LossLeader {
    /// Its class: systems, organisations, services or suppliers.
    class: &'static str,
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its loss for each length of time, care alone.
    losses: Vec<Loss>,
    /// What it holds of people.
    records: HeldRecords,
    /// Mean harm by kind of service when it is lost for 72 hours, in harm-weighted contacts.
    harm_by_service_72h: BTreeMap<&'static str, f64>,
}

/// The selection of the worst of a class at 72 hours.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct WorstSelection {
    /// The class.
    class: &'static str,
    /// The one selected, by id.
    best: String,
    /// Those that cannot be told from it, by id, itself among them.
    survivors: Vec<String>,
    /// Runs that were taken of each candidate.
    runs: Vec<usize>,
}

/// Who hosts a platform for how much of the care that needs one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct HostShare {
    /// The supplier, by id; null for users who host it themselves.
    supplier: Option<String>,
    /// Share of the harm-weighted care that depends on such platforms.
    share: f64,
}

/// How much of a kind of platform hangs on few suppliers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PlatformMarket {
    /// Kind of platform.
    platform: &'static str,
    /// Herfindahl–Hirschman index, the sum of squared shares: 1 is a monopoly.
    concentration: f64,
    /// Who hosts it, the largest share first.
    shares: Vec<HostShare>,
}

/// What one organisation feels in a year, expected as things stand.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OrganisationYear {
    /// Its id.
    id: String,
    /// Times a year that one of its services is disturbed.
    times: f64,
    /// Harm, of care that was due there and of records that were taken there.
    harm: f64,
    /// Days of full service lost, over its services.
    service_days: f64,
}

/// What hurts most when it is lost.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Criticality {
    #[serde(flatten)]
    provenance: Provenance,
    /// Runs of each leader and length of loss.
    replicates: u64,
    /// Candidates before screening.
    candidates: usize,
    /// What to make of it, in sentences.
    verdict: Vec<String>,
    /// What was simulated in full, the worst at 72 hours first.
    leaders: Vec<LossLeader>,
    /// Organisations and suppliers that hold records, the weightiest first.
    holders: Vec<RecordHolder>,
    /// The leaders of each class under other weights of harm.
    reweighted: Vec<LeaderReweighted>,
    /// The selection of the worst, by class.
    selections: Vec<WorstSelection>,
    /// Platforms that at least one supplier hosts, the most concentrated first.
    markets: Vec<PlatformMarket>,
    /// Who feels what the scenarios of a portfolio bring in a year, the most harm first; empty of a single scenario.
    felt_in_a_year: Vec<OrganisationYear>,
}

impl Criticality {
    /// Of what was found.
    pub fn new(scenario: &Scenario, c: &study::Criticality, run: &RunInfo) -> Self {
        let e = &scenario.estate;
        let leader = |l: &Leader| LossLeader {
            class: CLASSES[l.target.class()],
            id: l.target.id(e),
            name: l.target.name(e),
            losses: LASTS.iter().zip(&l.hurt).map(|(hours, h)| Loss::new(*hours, h)).collect(),
            records: HeldRecords::new(&l.holding),
            harm_by_service_72h: l.by_service.iter().map(|(k, v)| (k.name(), *v)).collect(),
        };
        let selection = |(of, s): &(Vec<Target>, Selection)| WorstSelection {
            class: CLASSES[of[0].class()],
            best: of[s.best].id(e),
            survivors: s.survivors.iter().map(|i| of[*i].id(e)).collect(),
            runs: s.taken.clone(),
        };
        let market = |m: &Market| PlatformMarket {
            platform: m.platform.name(),
            concentration: m.concentration,
            shares: (m.shares.iter())
                .map(|(host, share)| HostShare { supplier: host.map(|h| e.org(h).id.clone()), share: *share })
                .collect(),
        };
        let holder = |(t, h): &(Target, Holding)| RecordHolder {
            class: CLASSES[t.class()],
            id: t.id(e),
            held: HeldRecords::new(h),
        };
        let names = || ["as set"].into_iter().chain(WEIGHTINGS.iter().map(|w| w.0));
        let reweighted = |r: &Reweighted| LeaderReweighted {
            class: CLASSES[r.target.class()],
            id: r.target.id(e),
            places: (names().zip(&r.harm).zip(&r.rank))
                .map(|((weights, harm), place)| PlaceUnder { weights, harm: finite(*harm), place: *place })
                .collect(),
        };
        Self {
            provenance: Provenance::new(scenario, run),
            replicates: c.replicates,
            candidates: c.candidates,
            verdict: verdict::criticality::sentences(c, e),
            leaders: c.leaders.iter().map(leader).collect(),
            holders: c.holders.iter().map(holder).collect(),
            reweighted: c.reweighted.iter().map(reweighted).collect(),
            selections: c.selections.iter().map(selection).collect(),
            markets: c.markets.iter().map(market).collect(),
            felt_in_a_year: vec![],
        }
    }
    /// With who feels a portfolio's year.
    #[must_use]
    pub fn felt(self, scenario: &Scenario, felt: &[FeltInAYear]) -> Self {
        let one = |f: &FeltInAYear| OrganisationYear {
            id: scenario.estate.org(f.organisation).id.clone(),
            times: f.times,
            harm: f.harm,
            service_days: f.service_days,
        };
        Self { felt_in_a_year: felt.iter().map(one).collect(), ..self }
    }
}

impl Document for Criticality {
    const COMMAND: &'static str = "criticality --json";
    const FORMAT: Option<&'static str> = Some("resus-criticality-1");
}
