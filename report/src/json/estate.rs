//! `estate --json` and `estate import --json`: a scenario's estate, and what came of an import.

use resus_engine::estate::import::Imported;
use resus_engine::estate::overview::Overview;
use resus_engine::estate::{self as engine};
use schemars::JsonSchema;
use serde::Serialize;

use super::Document;

/// Organisations of one kind.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct KindCount {
    /// Kind of organisation.
    kind: &'static str,
    /// Organisations.
    organisations: usize,
    /// Hosts of theirs.
    hosts: u64,
    /// Services that they give.
    services: usize,
    /// Contacts a day of these services.
    contacts_a_day: f64,
}

/// One supplier.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SupplierShare {
    /// Its id.
    id: String,
    /// Organisations that feel its loss.
    customers: usize,
    /// Share of harm-weighted care that is lost when all it hosts is gone and nothing is done.
    share_of_care: f64,
}

/// One asset on which much depends.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SinglePoint {
    /// Its id: `organisation/kind`.
    asset: String,
    /// Services that feel its loss, through other assets and services too.
    services: usize,
    /// Organisations that give these services.
    organisations: usize,
    /// Share of harm-weighted care that is lost without it.
    share_of_care: f64,
}

/// Figures of an estate of one's own that are typical of a kind, and not an organisation's own.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct TypicalFigures {
    /// Organisations of typical size.
    size: usize,
    /// Those with a control that is typical.
    controls: usize,
    /// Those with the systems of their kind.
    systems: usize,
    /// Those with the care services of their kind.
    care: usize,
    /// Those without a place.
    unplaced: usize,
}

/// A scenario's estate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Estate {
    /// Where the scenario came from: a path, or `scenarios/…` for a bundled one.
    scenario: String,
    /// Hosts in all.
    hosts: u64,
    /// Organisations.
    organisations: usize,
    /// Assets: systems and fleets.
    assets: usize,
    /// Services.
    services: usize,
    /// Connections between organisations.
    connections: usize,
    /// What was not stated of an estate of one's own; null where all organisations are invented.
    typical: Option<TypicalFigures>,
    /// Counts by kind of organisation.
    kinds: Vec<KindCount>,
    /// Suppliers, the weightiest first.
    suppliers: Vec<SupplierShare>,
    /// The ten assets whose loss alone costs most care, the weightiest first.
    single_points: Vec<SinglePoint>,
}

impl Estate {
    /// Of an estate and its overview; `source` says where the scenario came from.
    pub fn new(source: &str, e: &engine::Estate, o: &Overview) -> Self {
        Self {
            scenario: source.to_owned(),
            hosts: e.hosts(),
            organisations: e.organisations.len(),
            assets: e.assets.len(),
            services: e.services.len(),
            connections: e.connections.len(),
            typical: e.typical_figures().map(|t| TypicalFigures {
                size: t.size,
                controls: t.controls,
                systems: t.systems,
                care: t.care,
                unplaced: t.unplaced,
            }),
            kinds: (o.kinds.iter())
                .map(|k| KindCount {
                    kind: k.kind.name(),
                    organisations: k.organisations,
                    hosts: k.hosts,
                    services: k.services,
                    contacts_a_day: k.contacts,
                })
                .collect(),
            suppliers: (o.suppliers.iter())
                .map(|s| SupplierShare {
                    id: e.org(s.org).id.clone(),
                    customers: s.customers,
                    share_of_care: s.share,
                })
                .collect(),
            single_points: (o.points.iter())
                .map(|p| SinglePoint {
                    asset: e.asset_id(p.asset),
                    services: p.services,
                    organisations: p.organisations,
                    share_of_care: p.share,
                })
                .collect(),
        }
    }
}

impl Document for Estate {
    const COMMAND: &'static str = "estate --json";
    const FORMAT: Option<&'static str> = Some("resus-estate-1");
}

/// Organisations of one kind that were imported.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ImportedKind {
    /// Kind of organisation.
    kind: &'static str,
    /// Organisations.
    organisations: usize,
}

/// A row that was set aside.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RejectedRow {
    /// Its table.
    table: String,
    /// Its line, from 1.
    line: u64,
    /// Why.
    reason: String,
}

/// What came of an import.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Import {
    /// The file that was written.
    out: String,
    /// Organisations, by kind.
    kinds: Vec<ImportedKind>,
    /// Rows that were set aside, in the order of the tables.
    rejected: Vec<RejectedRow>,
    /// What was assumed, in sentences.
    notes: Vec<String>,
}

impl Import {
    /// Of an import into the file `out`.
    pub fn new(out: &str, made: &Imported) -> Self {
        Self {
            out: out.to_owned(),
            kinds: (made.kinds.iter())
                .map(|(kind, n)| ImportedKind { kind: kind.name(), organisations: *n })
                .collect(),
            rejected: (made.rejected.iter())
                .map(|r| RejectedRow { table: r.table.clone(), line: r.line, reason: r.reason.clone() })
                .collect(),
            notes: made.notes.clone(),
        }
    }
}

impl Document for Import {
    const COMMAND: &'static str = "estate import --json";
    const FORMAT: Option<&'static str> = Some("resus-import-1");
}
