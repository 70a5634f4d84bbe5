//! From tables that an organisation has to an estate's file: a plain spreadsheet, or the published organisation directory (27 columns, no
//! header); and tables of its own for what these do not know.
//!
//! What no table states is typical of its kind, as in every authored estate: nothing is drawn, and no place is made up. A row of the
//! directory or of a further table that cannot be used is set aside with its line and the reason; a spreadsheet with a mistake, or a table
//! that is not what it should be, is refused as a whole.

mod directory;
mod example;
mod plain;
mod tables;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::kinds::{AssetKind, OrgKind, OrgRole};
use crate::estate::spec::{AssetSpec, KindSpec, ServiceSpec, TemplateSpec};
use crate::source::Located;
use crate::units::Date;
pub use directory::Directory;
pub use example::{Example, example};
pub use plain::{MOST_COLUMNS, MOST_ROWS, Sheet, Sheets};

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
    /// A plain spreadsheet.
    pub plain: Option<Sheets>,
    /// Files of the directory.
    pub directories: Vec<(Directory, Table)>,
    /// The day for which the directory is asked; today's state without it.
    pub on: Option<Date>,
    /// The directory's list of successors: who was before, who came after, why, and from when.
    pub succession: Option<Table>,
    /// `organisation`, and `kind`, `size`, `region` where they are known.
    pub organisations: Option<Table>,
    /// `postcode`, `lat`, `long`.
    pub places: Option<Table>,
    /// `organisation`, `asset`, `hosts`, and `segment`, `restore_fixed`, `restore_per_host`, `stops_at`.
    pub assets: Option<Table>,
    /// `organisation`, `service`, `daily`, and `headroom`, `harm`.
    pub services: Option<Table>,
    /// `organisation`, `service`, `on`, `loss`, and `workaround`, `onset`, `learns`, `tires`, `hard` (1 for yes).
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
    /// Every mistake, where there are many.
    pub mistakes: Vec<String>,
}

fn refused<T>(what: impl Into<String>, help: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { what: what.into(), help: help.into(), mistakes: vec![] })
}

#[derive(Clone)]
struct Org {
    name: String,
    kind: OrgKind,
    region: String,
    size: Option<f64>,
    /// Sizes of those that it succeeded.
    inherited: f64,
    place: Option<(f64, f64)>,
    postcode: String,
    /// Controls by their names in files.
    posture: Vec<(&'static str, f64)>,
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
    /// Who came after whom, of those that are no more on the day.
    successors: BTreeMap<String, String>,
    /// Those of them that a table names.
    succeeded: BTreeSet<String>,
    /// How many of a kind there are that have no name of their own.
    counted: BTreeMap<OrgKind, usize>,
    /// Rows whose place is a name.
    towns: usize,
    /// Suppliers of systems that the kind does not have.
    without_effect: BTreeMap<(OrgKind, AssetKind), usize>,
    rejected: Vec<Rejected>,
    notes: Vec<String>,
}

/// Reads the tables and writes the estate's file.
///
/// # Errors
/// When a table is not what it should be, or nothing is left of them.
pub fn import(tables: &Tables, template: &TemplateSpec) -> Result<Imported, Refused> {
    let kinds = template.kinds.iter().filter_map(Located::get).map(|k| (k.kind, k)).collect();
    let mut i = Importer {
        template,
        kinds,
        orgs: BTreeMap::new(),
        successors: BTreeMap::new(),
        succeeded: BTreeSet::new(),
        counted: BTreeMap::new(),
        towns: 0,
        without_effect: BTreeMap::new(),
        rejected: vec![],
        notes: vec![],
    };
    if let Some(sheets) = &tables.plain {
        i.plain(sheets)?;
    }
    for (directory, table) in &tables.directories {
        i.directory(*directory, table, tables.on)?;
    }
    if let Some(table) = &tables.succession {
        i.succession(table, tables.on)?;
    }
    if i.orgs.is_empty() {
        let why = i
            .rejected
            .first()
            .map_or(String::new(), |r| format!("; {}, line {}: {}", r.table, r.line, r.reason));
        return refused(
            format!("no organisation is left to import{why}"),
            "give a sheet with a row for each organisation, or files of the organisation directory",
        );
    }
    if tables.organisations.is_none() && tables.directories.iter().any(|d| d.0 == Directory::Trusts) {
        i.note_trusts();
    }
    if let Some(table) = &tables.organisations {
        i.rows(table, &["organisation"], &["kind", "size", "region"], Importer::detail)?;
    }
    i.others();
    if let Some(table) = &tables.suppliers {
        i.rows(table, &["organisation", "asset", "supplier"], &["hosts"], Importer::supplier)?;
    } else if i.orgs.values().all(|o| o.suppliers.is_empty()) {
        i.notes.push("No supplier is named: everybody runs what it uses itself.".into());
    }
    if let Some(table) = &tables.assets {
        let more = ["segment", "restore_fixed", "restore_per_host", "stops_at"];
        i.rows(table, &["organisation", "asset", "hosts"], &more, Importer::asset)?;
    }
    if let Some(table) = &tables.services {
        i.rows(table, &["organisation", "service", "daily"], &["headroom", "harm"], Importer::service)?;
    }
    if let Some(table) = &tables.dependencies {
        let more = ["workaround", "onset", "learns", "tires", "hard"];
        i.rows(table, &["organisation", "service", "on", "loss"], &more, Importer::dependency)?;
    }
    for o in i.orgs.values_mut().filter(|o| o.size.is_none() && o.inherited > 0.0) {
        o.size = Some(o.inherited);
    }
    let places = match &tables.places {
        Some(table) => i.places(table)?,
        None => BTreeMap::new(),
    };
    for o in i.orgs.values_mut().filter(|o| o.place.is_none()) {
        o.place = places.get(&o.postcode).copied();
    }
    i.note_what_was_assumed();
    let kinds = i.counts();
    let text = i.write();
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

    /// How many trusts of each kind their names tell.
    fn note_trusts(&mut self) {
        let told = self.counts();
        let trusts = [
            OrgKind::AcuteTrust,
            OrgKind::SpecialistTrust,
            OrgKind::MentalHealthTrust,
            OrgKind::CommunityTrust,
            OrgKind::AmbulanceTrust,
        ];
        let list: Vec<String> =
            trusts.iter().filter_map(|k| told.get(k).map(|n| format!("{n} {}", k.label()))).collect();
        self.notes.push(format!(
            "The directory does not say a trust's kind: told by names, {}. Correct them with --organisations.",
            list.join(", ")
        ));
    }

    /// What counts for others, what is typical, what has no effect and what has no place.
    fn note_what_was_assumed(&mut self) {
        for ((kind, system), n) in &self.without_effect {
            self.notes.push(format!(
                "Passed over: the supplier of a {} named for {n} of kind {}, whose care does not use one.",
                system.label(),
                kind.label()
            ));
        }
        if !self.succeeded.is_empty() {
            let names: Vec<String> = self.succeeded.iter().map(|s| s.to_uppercase()).collect();
            self.notes.push(format!(
                "What the tables say of {} that are no more on the day counts for who came after: {}.",
                names.len(),
                names.join(", ")
            ));
        }
        let all = self.orgs.len();
        let counted = |of: fn(&Org) -> bool| self.orgs.values().filter(|o| of(o)).count();
        let (unsized_, uncontrolled) = (counted(|o| o.size.is_none()), counted(|o| o.posture.is_empty()));
        let unplaced = counted(|o| o.place.is_none() && o.kind.role() == OrgRole::Provider);
        self.notes.push(format!(
            "Nothing is drawn: what no table states is typical of its kind, that is the median. Of {all} organisations that is the size of {unsized_} and all controls of {uncontrolled}."
        ));
        if unplaced > 0 {
            self.notes.push(format!(
                "{unplaced} that give care have no place: their neighbours are those of the same region, and no map shows them. Give latitude and longitude, or postcodes with --places."
            ));
        }
    }

    /// The directory's files have no care boards, which help whoever has no responders, and no national bodies.
    fn others(&mut self) {
        let of = |those: fn(&Org) -> bool| -> BTreeSet<String> {
            self.orgs.values().filter(|o| those(o)).map(|o| o.region.clone()).collect()
        };
        let with = of(|o| o.kind.role() == OrgRole::Regional);
        let without: Vec<String> =
            of(|o| o.kind.role() == OrgRole::Provider).difference(&with).cloned().collect();
        let n = without.len();
        for region in without {
            let id = format!("board-{}", plain_id(&region));
            let name = format!("Integrated care board {region}");
            self.orgs.entry(id).or_insert_with(|| Org::new(name, OrgKind::CareBoard, region));
        }
        if n > 0 {
            let each = if n == 1 { "for the region" } else { "for each region" };
            self.notes.push(format!(
                "Added: an integrated care board {each} without one ({n}), to help those without responders."
            ));
        }
        if let Some(centre) = self
            .kinds
            .get(&OrgKind::NationalBody)
            .filter(|_| self.orgs.values().all(|o| o.kind != OrgKind::NationalBody))
        {
            let name = centre.names.first().cloned().unwrap_or_default();
            self.notes.push(format!("Added: {name}, which can be called for help."));
            let org = Org::new(name.clone(), OrgKind::NationalBody, "National".into());
            self.orgs.entry(plain_id(&name)).or_insert(org);
        }
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
            inherited: 0.0,
            place: None,
            postcode: String::new(),
            posture: vec![],
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
