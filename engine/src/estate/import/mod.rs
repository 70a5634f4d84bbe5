//! From tables that an organisation has to an estate's file: the published organisation directory (27 columns, no header), and
//! tables of its own for what the directory does not know.
//!
//! What no table states comes from the templates, as for every authored estate. A row that cannot be used is set aside with its line
//! and the reason; a table that is not what it should be is refused as a whole.

mod directory;
mod tables;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::kinds::{AssetKind, OrgKind};
use crate::estate::spec::{AssetSpec, KindSpec, ServiceSpec, TemplateSpec};
use crate::source::Located;
pub use directory::Directory;

/// The largest table that is read, in bytes.
pub const LARGEST_TABLE: usize = 64 << 20;

/// A table as it was read.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name in messages.
    pub name: String,
    /// Its bytes: UTF-8, or else Latin-1.
    pub bytes: Vec<u8>,
}

/// The tables of an estate. Those beside the directory's have a header; columns may stand in any order.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Files of the directory.
    pub directories: Vec<(Directory, Table)>,
    /// `organisation`, and `kind`, `size`, `region` where they are known.
    pub organisations: Option<Table>,
    /// `postcode`, `lat`, `long`.
    pub places: Option<Table>,
    /// `organisation`, `asset`, `hosts`, and `segment`, `restore_fixed`, `restore_per_host`, `stops_at`.
    pub assets: Option<Table>,
    /// `organisation`, `service`, `daily`, and `headroom`, `harm`.
    pub services: Option<Table>,
    /// `organisation`, `service`, `on`, `loss`, and `workaround`, `onset`, `tires`.
    pub dependencies: Option<Table>,
    /// `organisation`, `asset`, `supplier`, and `hosts` of the platform.
    pub suppliers: Option<Table>,
}

/// A row that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its table.
    pub table: String,
    /// Its line, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// What came of an import.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The estate's file.
    pub text: String,
    /// Organisations of each kind.
    pub kinds: BTreeMap<OrgKind, usize>,
    /// Rows set aside, in the order of the tables.
    pub rejected: Vec<Rejected>,
    /// What was assumed.
    pub notes: Vec<String>,
}

/// Why a table was refused, or the whole import.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Refused {
    /// What is wrong, and where.
    pub what: String,
    /// What to do.
    pub help: String,
}

fn refused<T>(what: impl Into<String>, help: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { what: what.into(), help: help.into() })
}

struct Org {
    name: String,
    kind: OrgKind,
    region: String,
    size: Option<f64>,
    postcode: String,
    assets: Option<Vec<AssetSpec>>,
    services: Option<Vec<ServiceSpec>>,
    suppliers: Vec<(AssetKind, String)>,
}

/// What a row asks for, once it is understood.
type Understood<T> = Result<T, String>;

struct Importer<'a> {
    template: &'a TemplateSpec,
    kinds: BTreeMap<OrgKind, &'a KindSpec>,
    /// By id.
    orgs: BTreeMap<String, Org>,
    rejected: Vec<Rejected>,
    notes: Vec<String>,
}

/// Reads the tables and writes the estate's file.
///
/// # Errors
/// When a table is not what it should be, or nothing is left of them.
pub fn import(tables: &Tables, template: &TemplateSpec) -> Result<Imported, Refused> {
    let kinds = template.kinds.iter().filter_map(Located::get).map(|k| (k.kind, k)).collect();
    let mut i = Importer { template, kinds, orgs: BTreeMap::new(), rejected: vec![], notes: vec![] };
    for (directory, table) in &tables.directories {
        i.directory(*directory, table)?;
    }
    if i.orgs.is_empty() {
        let why = i
            .rejected
            .first()
            .map_or(String::new(), |r| format!("; {}, line {}: {}", r.table, r.line, r.reason));
        return refused(
            format!("no organisation is left to import{why}"),
            "give files of the organisation directory",
        );
    }
    let told: BTreeMap<OrgKind, usize> = i.counts();
    if tables.organisations.is_none() && tables.directories.iter().any(|d| d.0 == Directory::Trusts) {
        let trusts = [
            OrgKind::AcuteTrust,
            OrgKind::MentalHealthTrust,
            OrgKind::CommunityTrust,
            OrgKind::AmbulanceTrust,
        ];
        let list: Vec<String> =
            trusts.iter().filter_map(|k| told.get(k).map(|n| format!("{n} {}", k.label()))).collect();
        i.notes.push(format!(
            "The directory does not say a trust's kind: told by names, {}. Correct them with --organisations.",
            list.join(", ")
        ));
    }
    if let Some(table) = &tables.organisations {
        i.rows(table, &["organisation"], &["kind", "size", "region"], Importer::detail)?;
    }
    i.others();
    if let Some(table) = &tables.suppliers {
        i.rows(table, &["organisation", "asset", "supplier"], &["hosts"], Importer::supplier)?;
    } else {
        i.notes.push("Without --suppliers everybody runs what it uses itself.".into());
    }
    if let Some(table) = &tables.assets {
        let more = ["segment", "restore_fixed", "restore_per_host", "stops_at"];
        i.rows(table, &["organisation", "asset", "hosts"], &more, Importer::asset)?;
    }
    if let Some(table) = &tables.services {
        i.rows(table, &["organisation", "service", "daily"], &["headroom", "harm"], Importer::service)?;
    }
    if let Some(table) = &tables.dependencies {
        let more = ["workaround", "onset", "tires"];
        i.rows(table, &["organisation", "service", "on", "loss"], &more, Importer::dependency)?;
    }
    let sized = i.orgs.values().filter(|o| o.size.is_some()).count();
    if sized < i.orgs.len() {
        let unsized_ = i.orgs.len() - sized;
        i.notes.push(format!(
            "{unsized_} of {} organisations have the typical size of their kind.",
            i.orgs.len()
        ));
    }
    let places = match &tables.places {
        Some(table) => i.places(table)?,
        None => BTreeMap::new(),
    };
    let kinds = i.counts();
    let text = i.write(&places);
    Ok(Imported { text, kinds, rejected: i.rejected, notes: i.notes })
}

impl Importer<'_> {
    fn counts(&self) -> BTreeMap<OrgKind, usize> {
        let mut kinds = BTreeMap::new();
        for o in self.orgs.values() {
            *kinds.entry(o.kind).or_default() += 1;
        }
        kinds
    }

    fn reject(&mut self, table: &Table, line: u64, reason: impl Into<String>) {
        self.rejected.push(Rejected { table: table.name.clone(), line, reason: reason.into() });
    }

    /// The directory's files have no care boards, which help whoever has no responders, and no national bodies.
    fn others(&mut self) {
        let regions: BTreeSet<String> = self.orgs.values().map(|o| o.region.clone()).collect();
        let n = regions.len();
        for region in regions {
            let id = format!("board-{}", plain_id(&region));
            let name = format!("Integrated care board {region}");
            self.orgs.entry(id).or_insert_with(|| Org::new(name, OrgKind::CareBoard, region));
        }
        self.notes.push(format!(
            "Added: an integrated care board for each of {n} regions, to help those without responders."
        ));
        for body in self.template.nation.iter().flat_map(|n| &n.bodies).filter_map(Located::get) {
            let id = body.id.get().cloned().unwrap_or_default();
            let assets = body.assets.as_ref().map(|l| l.iter().filter_map(Located::get).cloned().collect());
            let size = body.size.as_ref().and_then(Located::get).copied();
            self.notes.push(format!("Added: {}, whose services all use.", body.name));
            let org = Org::new(body.name.clone(), body.kind, "National".into());
            self.orgs.entry(id).or_insert(Org { size, assets, ..org });
        }
    }
}

impl Org {
    fn new(name: String, kind: OrgKind, region: String) -> Self {
        Self {
            name,
            kind,
            region,
            size: None,
            postcode: String::new(),
            assets: None,
            services: None,
            suppliers: vec![],
        }
    }
}

/// What the kind's template gives.
fn own<T: Clone>(
    kinds: &BTreeMap<OrgKind, &KindSpec>,
    kind: OrgKind,
    list: impl Fn(&KindSpec) -> &Vec<Located<T>>,
) -> Vec<T> {
    kinds.get(&kind).map_or(vec![], |k| list(k).iter().filter_map(Located::get).cloned().collect())
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn squeeze(postcode: &str) -> String {
    postcode.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn plain_id(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars().take(80) {
        if c.is_ascii_alphanumeric() {
            id.push(c.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.trim_end_matches('-').to_owned()
}
