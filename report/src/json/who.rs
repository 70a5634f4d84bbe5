//! Who feels an incident, in `compare --json`.

use std::collections::BTreeMap;

use resus_engine::estate::OrgId;
use resus_engine::scenario::Scenario;
use resus_engine::study::comparison::Comparison;
use resus_engine::study::felt::{AmongPeers, By, Felt, Line, Mean};
use schemars::JsonSchema;
use serde::Serialize;

use super::Interval;

/// Organisations that are written.
const ORGANISATIONS: usize = 200;

/// What one of those who feel it feels under a strategy, means over all replicates.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FeltUnder {
    /// Harm: of care, and of records where it is not of a kind of care.
    harm: f64,
    /// Contacts not served on the day, those among them that turned up elsewhere.
    contacts_not_served: f64,
    /// Days of full service lost, over its services.
    service_days_lost: f64,
    /// Days from the first impact until none of its services is below 95 % of its capacity any more, cut at the end of the run; 0 in
    /// replicates in which none was.
    days_until_back: f64,
    /// Share of replicates in which one of its services was.
    disturbed: f64,
    /// Share of replicates in which one still was at the end, so that `days_until_back` says too little.
    past_the_end: f64,
    /// Harm minus that under the baseline, with Student's 95 % interval; null for the baseline itself.
    difference: Option<Interval>,
}

impl From<&Mean> for FeltUnder {
    fn from(m: &Mean) -> Self {
        Self {
            harm: m.harm,
            contacts_not_served: m.unmet,
            service_days_lost: m.service_days,
            days_until_back: m.days,
            disturbed: m.disturbed,
            past_the_end: m.late,
            difference: m.difference.as_ref().map(Into::into),
        }
    }
}

/// One of those who feel it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FeltBy {
    /// Kind of care as the format names it, the region's name, or the organisation's id.
    id: String,
    /// Its name.
    name: String,
    /// By strategy, by id.
    strategies: BTreeMap<String, FeltUnder>,
}

/// An organisation among those of its kind, under a strategy.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PeersUnder {
    /// Share of the contacts due to it over the whole time that it does not serve on the day, mean.
    not_served: f64,
    /// 10 % quantile of that share over the organisations of its kind, itself among them.
    peers_q10: f64,
    /// Median of it.
    peers_median: f64,
    /// 90 % quantile of it.
    peers_q90: f64,
    /// How many of them lose a larger share.
    hit_harder: usize,
    /// How many there are.
    of: usize,
}

impl From<&AmongPeers> for PeersUnder {
    fn from(p: &AmongPeers) -> Self {
        Self {
            not_served: p.share,
            peers_q10: p.peers.0,
            peers_median: p.peers.1,
            peers_q90: p.peers.2,
            hit_harder: p.worse_off,
            of: p.of,
        }
    }
}

/// An organisation among those of its kind.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Peers {
    /// The organisation, by id.
    organisation: String,
    /// Its kind, as the format names it.
    kind: &'static str,
    /// By strategy, by id.
    strategies: BTreeMap<String, PeersUnder>,
}

/// Who feels it: those who feel anything under any strategy, the most harmed under the baseline first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Who {
    /// By kind of care.
    care: Vec<FeltBy>,
    /// By region of the estate, which in a country is a care system.
    regions: Vec<FeltBy>,
    /// By organisation: the 200 most harmed.
    organisations: Vec<FeltBy>,
    /// How many organisations feel anything.
    organisations_felt: usize,
    /// The organisation that was asked for among its peers; null where none was, or it gives no care.
    among_peers: Option<Peers>,
}

impl Who {
    pub(super) fn new(scenario: &Scenario, c: &Comparison, felt: &Felt, mine: Option<OrgId>) -> Self {
        let e = &scenario.estate;
        let id = |k: usize| scenario.strategies[c.strategies[k].strategy].id.clone();
        let line = |l: &Line| FeltBy {
            id: l.subject.id(e),
            name: l.subject.name(e),
            strategies: l.means.iter().enumerate().map(|(k, m)| (id(k), m.into())).collect(),
        };
        let lines = |by| felt.lines(by).iter().map(line).collect();
        let organisations = felt.lines(By::Organisation);
        let among = mine.and_then(|o| Some((o, felt.among_peers(e, o, crate::pages::hours(scenario))?)));
        Self {
            care: lines(By::Care),
            regions: lines(By::Place),
            organisations: organisations.iter().take(ORGANISATIONS).map(line).collect(),
            organisations_felt: organisations.len(),
            among_peers: among.map(|(o, peers)| Peers {
                organisation: e.org(o).id.clone(),
                kind: e.org(o).kind.name(),
                strategies: peers.iter().enumerate().map(|(k, p)| (id(k), p.into())).collect(),
            }),
        }
    }
}
