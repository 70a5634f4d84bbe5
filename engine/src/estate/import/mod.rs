//! From tables that an organisation has to an estate's file: the published organisation directory (27 columns, no header), and
//! tables of its own for what the directory does not know.
//!
//! What no table states comes from the templates, as for every authored estate. A row that cannot be used is set aside with its line
//! and the reason; a table that is not what it should be is refused as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::catalogue::kinds::OrgRole;
use crate::catalogue::kinds::{AssetKind, OrgKind, SegmentKind, ServiceKind};
use crate::estate::spec::{AssetSpec, DependencySpec, KindSpec, On, ServiceSpec, TemplateSpec};
use crate::estate::{MOST_ORGANISATIONS, build};
use crate::source::{Located, nearest};
use crate::streams::text_id;
use crate::units::{Number, PersonHours, Quantity, Share, SimDuration};

/// The largest table that is read, in bytes.
pub const LARGEST_TABLE: usize = 64 << 20;
/// Columns of the directory's layout.
const COLUMNS: usize = 27;
/// Prescribing setting of a GP practice, in the directory's practice file (its others are walk-in centres, out-of-hours services, …).
const GP_PRACTICE: &str = "4";

/// A file of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directory {
    /// Trusts (published as `etr.csv`).
    Trusts,
    /// Practices and other prescribing cost centres (`epraccur.csv`).
    Practices,
    /// Pharmacies (`edispensary.csv`).
    Pharmacies,
    /// Care homes (`ecarehomesite.csv`).
    CareHomes,
}

impl Directory {
    /// All, with the word for each and the beginning of its published file's name.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Trusts, "trusts", "etr"),
        (Self::Practices, "practices", "epraccur"),
        (Self::Pharmacies, "pharmacies", "edispensary"),
        (Self::CareHomes, "care-homes", "ecarehome"),
    ];
}

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

    /// A file of the directory.
    fn directory(&mut self, directory: Directory, table: &Table) -> Result<(), Refused> {
        let text = text(table)?;
        let mut any = false;
        for (line, row) in records(&text) {
            let row = match row {
                Ok(row) => row,
                Err(reason) => {
                    self.reject(table, line, reason);
                    continue;
                }
            };
            any |= row.len() == COLUMNS;
            match listed(directory, &row) {
                Err(reason) => self.reject(table, line, reason),
                Ok((id, _)) if self.orgs.contains_key(&id) => {
                    self.reject(table, line, format!("'{}' was listed before", row[0]));
                }
                Ok(_) if self.orgs.len() >= MOST_ORGANISATIONS => {
                    return refused(
                        format!(
                            "{}, line {line}: an estate has at most {MOST_ORGANISATIONS} organisations",
                            table.name
                        ),
                        "import a part of the directory",
                    );
                }
                Ok((id, org)) => {
                    self.orgs.insert(id, org);
                }
            }
        }
        if any {
            return Ok(());
        }
        refused(
            format!("{} is no file of the organisation directory: no row has {COLUMNS} columns", table.name),
            "give it as it is published: 27 columns, no header",
        )
    }

    /// A table with a header; `take` understands one row.
    fn rows(
        &mut self,
        table: &Table,
        needed: &[&str],
        more: &[&str],
        take: fn(&mut Self, &Row) -> Understood<()>,
    ) -> Result<(), Refused> {
        let text = text(table)?;
        let mut rows = records(&text);
        let columns = format!("its columns are {}, and may be {}", needed.join(", "), more.join(", "));
        let head: Vec<String> = match rows.next() {
            Some((_, Ok(head))) => head.iter().map(|c| c.trim().to_lowercase()).collect(),
            _ => return refused(format!("{} is empty", table.name), columns),
        };
        if let Some(lacking) = needed.iter().find(|c| !head.iter().any(|h| h == *c)) {
            return refused(format!("{}, line 1: no column '{lacking}'", table.name), columns);
        }
        if let Some(odd) = head.iter().find(|h| !needed.contains(&h.as_str()) && !more.contains(&h.as_str()))
        {
            return refused(format!("{}, line 1: unknown column '{odd}'", table.name), columns);
        }
        for (line, row) in rows {
            let done = row.and_then(|row| {
                if row.len() != head.len() {
                    return Err(format!("{} columns where the header has {}", row.len(), head.len()));
                }
                take(self, &Row { head: &head, cells: row })
            });
            if let Err(reason) = done {
                self.reject(table, line, reason);
            }
        }
        Ok(())
    }

    fn org(&mut self, row: &Row) -> Understood<&mut Org> {
        let id = row.text("organisation").to_lowercase();
        if !self.orgs.contains_key(&id) {
            return Err(no_such("organisation", &id, self.orgs.keys().map(String::as_str)));
        }
        Ok(self.orgs.get_mut(&id).expect("it was just found"))
    }

    fn detail(&mut self, row: &Row) -> Understood<()> {
        let kind = match row.given("kind") {
            Some(word) => Some(kind_of(word, OrgKind::ALL, OrgKind::label, OrgKind::name)?),
            None => None,
        };
        let size = row.amount("size", 1e7)?;
        let region = row.given("region").map(str::to_owned);
        let org = self.org(row)?;
        org.kind = kind.unwrap_or(org.kind);
        org.size = size.or(org.size);
        org.region = region.unwrap_or_else(|| std::mem::take(&mut org.region));
        Ok(())
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

    fn supplier(&mut self, row: &Row) -> Understood<()> {
        let asset = kind_of(row.text("asset"), AssetKind::ALL, AssetKind::label, AssetKind::name)?;
        let name = row.text("supplier").to_owned();
        let hosts = row.amount("hosts", 2e6)?.unwrap_or(200.0).max(1.0);
        let id = plain_id(&name);
        if id.is_empty() {
            return Err("no supplier is named".into());
        }
        if self.orgs.get(&id).is_some_and(|o| o.kind.role() != OrgRole::Supplier) {
            return Err(format!("'{name}' is no supplier but a {}", self.orgs[&id].kind.label()));
        }
        let org = self.org(row)?;
        if org.suppliers.iter().any(|(k, _)| *k == asset) {
            return Err(format!("a supplier of its {} was named before", asset.label()));
        }
        org.suppliers.push((asset, id.clone()));
        let base = own(&self.kinds, OrgKind::Supplier, |k| &k.assets);
        let supplier = self.orgs.entry(id).or_insert_with(|| {
            let mut org = Org::new(name, OrgKind::Supplier, "Suppliers".into());
            org.assets = Some(base);
            org
        });
        let assets = supplier.assets.get_or_insert_default();
        match assets.iter_mut().find(|a| a.kind == asset) {
            Some(known) => known.hosts = known.hosts.max(hosts),
            None => assets.push(build::platform(asset, hosts)),
        }
        Ok(())
    }

    fn asset(&mut self, row: &Row) -> Understood<()> {
        let kind = kind_of(row.text("asset"), AssetKind::ALL, AssetKind::label, AssetKind::name)?;
        let hosts = row.amount("hosts", 2e6)?.ok_or("no number of hosts")?;
        let segment = match row.given("segment") {
            Some(word) => Some(kind_of(word, SegmentKind::ALL, SegmentKind::label, SegmentKind::name)?),
            None => None,
        };
        let fixed = row.unit::<PersonHours>("restore_fixed")?;
        let each = row.unit::<PersonHours>("restore_per_host")?;
        let stops_at = row.unit::<Share>("stops_at")?;
        let known = self.template.kinds.iter().filter_map(Located::get).flat_map(|k| &k.assets);
        let typical = known.filter_map(Located::get).find(|a| a.kind == kind).cloned();
        let kinds = self.kinds.clone();
        let org = self.org(row)?;
        if org.suppliers.iter().any(|(k, _)| *k == kind) {
            return Err(format!("a supplier hosts its {}", kind.label()));
        }
        let assets = org.assets.get_or_insert_with(|| own(&kinds, org.kind, |k| &k.assets));
        let at = assets.iter().position(|a| a.kind == kind);
        if hosts < 0.5 {
            let at = at.ok_or_else(|| format!("it has no {} to take away", kind.label()))?;
            assets.remove(at);
            return Ok(());
        }
        let at = at.unwrap_or_else(|| {
            assets.push(typical.unwrap_or_else(|| build::platform(kind, hosts)));
            assets.len() - 1
        });
        let a = &mut assets[at];
        (a.hosts, a.hosts_per_size) = (hosts, 0.0);
        a.segment = segment.unwrap_or(a.segment);
        a.restore_fixed = fixed.unwrap_or(a.restore_fixed);
        a.restore_per_host = each.unwrap_or(a.restore_per_host);
        a.stops_at = stops_at.unwrap_or(a.stops_at);
        Ok(())
    }

    fn service(&mut self, row: &Row) -> Understood<()> {
        let kind = kind_of(row.text("service"), ServiceKind::ALL, ServiceKind::label, ServiceKind::name)?;
        let daily = row.amount("daily", 1e7)?.ok_or("no number of contacts a day")?;
        let headroom = row.unit::<Share>("headroom")?;
        let harm = row.unit::<Number>("harm")?;
        let known = self.template.kinds.iter().filter_map(Located::get).flat_map(|k| &k.services);
        let typical = known.filter_map(Located::get).find(|s| s.kind == kind).cloned();
        let kinds = self.kinds.clone();
        let org = self.org(row)?;
        let size =
            org.size.ok_or("contacts a day need the organisation's size: give it with --organisations")?;
        if size <= 0.0 {
            return Err("contacts a day need a size above 0".into());
        }
        let services = org.services.get_or_insert_with(|| own(&kinds, org.kind, |k| &k.services));
        let at = services.iter().position(|s| s.kind == kind);
        if daily <= 0.0 {
            let at = at.ok_or_else(|| format!("it has no {} to take away", kind.label()))?;
            services.remove(at);
            return Ok(());
        }
        let at = match (at, typical) {
            (Some(at), _) => at,
            (None, Some(typical)) => {
                services.push(typical);
                services.len() - 1
            }
            (None, None) => return Err(format!("no kind of organisation gives {}", kind.label())),
        };
        let s = &mut services[at];
        s.daily_per_size = daily / size;
        s.headroom = headroom.unwrap_or(s.headroom);
        s.harm = harm.unwrap_or(s.harm);
        Ok(())
    }

    fn dependency(&mut self, row: &Row) -> Understood<()> {
        let kind = kind_of(row.text("service"), ServiceKind::ALL, ServiceKind::label, ServiceKind::name)?;
        let word = row.text("on");
        let on = kind_of(word, AssetKind::ALL, AssetKind::label, AssetKind::name).map(On::Asset).or_else(
            |reason| {
                kind_of(word, ServiceKind::ALL, ServiceKind::label, ServiceKind::name)
                    .map(On::Service)
                    .map_err(|_| reason)
            },
        )?;
        let loss = row.unit::<Share>("loss")?.ok_or("no share lost")?;
        let spec = DependencySpec {
            on,
            loss,
            workaround: row.unit("workaround")?,
            onset: row.unit::<SimDuration>("onset")?,
            tires: row.unit::<SimDuration>("tires")?,
        };
        let kinds = self.kinds.clone();
        let org = self.org(row)?;
        let services = org.services.get_or_insert_with(|| own(&kinds, org.kind, |k| &k.services));
        let Some(s) = services.iter_mut().find(|s| s.kind == kind) else {
            return Err(format!("it gives no {}", kind.label()));
        };
        match s.needs.iter_mut().find(|n| n.get().is_some_and(|n| n.on == spec.on)) {
            Some(known) => *known = spec.into(),
            None => s.needs.push(spec.into()),
        }
        Ok(())
    }

    /// Latitude and longitude by postcode.
    fn places(&mut self, table: &Table) -> Result<BTreeMap<String, (f64, f64)>, Refused> {
        let wanted: BTreeSet<String> = self.orgs.values().map(|o| o.postcode.clone()).collect();
        let text = text(table)?;
        let mut rows = records(&text);
        let columns = "its columns are postcode, lat, long; others are passed over";
        let Some((_, Ok(head))) = rows.next() else {
            return refused(format!("{} is empty", table.name), columns);
        };
        let column =
            |names: &[&str]| head.iter().position(|h| names.contains(&h.trim().to_lowercase().as_str()));
        // The second names are those of the Office for National Statistics' postcode directory.
        let (Some(code), Some(lat), Some(lon)) = (
            column(&["postcode", "pcds"]),
            column(&["lat", "latitude"]),
            column(&["long", "lon", "longitude"]),
        ) else {
            return refused(format!("{}, line 1: a column is missing", table.name), columns);
        };
        let mut places = BTreeMap::new();
        for (line, row) in rows {
            let Ok(row) = row else { continue };
            let code = squeeze(row.get(code).map_or("", String::as_str));
            if !wanted.contains(&code) {
                continue;
            }
            let degrees = |n: usize, most: f64| {
                row.get(n).and_then(|t| t.trim().parse::<f64>().ok()).filter(|v| v.abs() <= most)
            };
            match (degrees(lat, 90.0), degrees(lon, 180.0)) {
                (Some(lat), Some(lon)) => {
                    places.insert(code, (lat, lon));
                }
                _ => self.reject(table, line, "no latitude and longitude in degrees"),
            }
        }
        Ok(places)
    }

    fn write(&mut self, places: &BTreeMap<String, (f64, f64)>) -> String {
        let regions: Vec<&String> =
            self.orgs.values().map(|o| &o.region).collect::<BTreeSet<_>>().into_iter().collect();
        let mut out = String::from("// Imported by `resus estate import`.\n(\n    organisations: [\n");
        let mut unplaced = 0;
        for (id, o) in &self.orgs {
            let at = regions.binary_search(&&o.region).unwrap_or(0);
            let (lat, lon) = places.get(&o.postcode).copied().unwrap_or_else(|| {
                unplaced += usize::from(!o.postcode.is_empty());
                made_up(at, &o.postcode)
            });
            let _ = write!(
                out,
                "        (id: \"{id}\", name: {:?}, kind: {}, region: {:?}, place: ({lat:.4}, {lon:.4})",
                o.name,
                o.kind.name(),
                o.region
            );
            if let Some(size) = o.size {
                let _ = write!(out, ", size: {size:?}");
            }
            if !o.suppliers.is_empty() {
                let list: Vec<String> =
                    o.suppliers.iter().map(|(k, s)| format!("({}, \"{s}\")", k.name())).collect();
                let _ = write!(out, ", suppliers: [{}]", list.join(", "));
            }
            if let Some(assets) = &o.assets {
                out += ", assets: [\n";
                for a in assets {
                    write_asset(&mut out, a);
                }
                out += "        ]";
            }
            if let Some(services) = &o.services {
                out += ", services: [\n";
                for s in services {
                    write_service(&mut out, s);
                }
                out += "        ]";
            }
            out += "),\n";
        }
        out += "    ],\n)\n";
        if unplaced > 0 {
            self.notes.push(format!(
                "{unplaced} postcodes have no place: neighbours are those of the same region. Give places with --places."
            ));
        }
        out
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

/// One row of a table with a header.
struct Row<'a> {
    head: &'a [String],
    cells: Vec<String>,
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        self.head.iter().position(|h| h == column).and_then(|n| self.cells.get(n)).map_or("", |t| t.trim())
    }
    fn given(&self, column: &str) -> Option<&str> {
        Some(self.text(column)).filter(|t| !t.is_empty())
    }
    fn amount(&self, column: &str, most: f64) -> Understood<Option<f64>> {
        let Some(text) = self.given(column) else { return Ok(None) };
        match text.replace(',', "").parse::<f64>() {
            Ok(v) if (0.0..=most).contains(&v) => Ok(Some(v)),
            _ => Err(format!("{column} '{}' is no number from 0 to {most}", short(text))),
        }
    }
    fn unit<Q: Quantity>(&self, column: &str) -> Understood<Option<Q>> {
        let Some(text) = self.given(column) else { return Ok(None) };
        let read = text.parse::<f64>().map_or_else(|_| Q::from_text(text), Q::from_bare);
        read.map(Some).map_err(|e| format!("{column}: {e}"))
    }
}

/// A table's text.
fn text(table: &Table) -> Result<String, Refused> {
    if table.bytes.len() > LARGEST_TABLE {
        return refused(format!("{} is larger than {} MiB", table.name, LARGEST_TABLE >> 20), "split it");
    }
    let text = String::from_utf8(table.bytes.clone())
        .unwrap_or_else(|e| e.into_bytes().into_iter().map(char::from).collect());
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// Its records with their lines. Lines are counted here: the reader takes a carriage return for the end of one, and passes over
/// empty ones.
fn records(text: &str) -> impl Iterator<Item = (u64, Understood<Vec<String>>)> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let (mut counted, mut line) = (0, 1);
    std::iter::from_fn(move || {
        let read = reader.read_record(&mut record);
        let position = match &read {
            Ok(false) => return None,
            Ok(true) => record.position(),
            Err(e) => e.position(),
        };
        let from = position.map_or(counted, |p| p.byte() as usize).clamp(counted, text.len());
        let blank = text[from..].bytes().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        line += text[counted..from + blank].bytes().filter(|b| *b == b'\n').count() as u64;
        counted = from + blank;
        Some((line, read.map(|_| record.iter().map(str::to_owned).collect()).map_err(|e| e.to_string())))
    })
}

/// An organisation as the directory lists it.
fn listed(directory: Directory, row: &[String]) -> Understood<(String, Org)> {
    if row.len() != COLUMNS {
        return Err(format!("{} columns instead of {COLUMNS}", row.len()));
    }
    let cell = |n: usize| row[n - 1].trim();
    let (code, name) = (cell(1), cell(2));
    let id = code.to_lowercase();
    if !build::valid_id(&id) {
        return Err(format!("'{}' is no organisation code", short(code)));
    }
    if name.is_empty() {
        return Err(format!("'{code}' has no name"));
    }
    if !cell(12).is_empty() {
        return Err(format!("'{code}' closed on {}", short(cell(12))));
    }
    match cell(13) {
        "" | "A" | "ACTIVE" => {}
        "C" => return Err(format!("'{code}' is closed")),
        "D" => return Err(format!("'{code}' is dormant")),
        "P" => return Err(format!("'{code}' is only proposed")),
        other => return Err(format!("'{code}' has status '{}', which is not known", short(other))),
    }
    let kind = match directory {
        Directory::Trusts => trust(name),
        Directory::Pharmacies => OrgKind::Pharmacy,
        Directory::CareHomes => OrgKind::CareHome,
        Directory::Practices if matches!(cell(26), "" | GP_PRACTICE) => OrgKind::GpPractice,
        Directory::Practices => {
            return Err(format!("'{code}' is no GP practice: prescribing setting {}", short(cell(26))));
        }
    };
    let region = [cell(4), cell(3)].into_iter().find(|c| !c.is_empty()).unwrap_or("Region").to_owned();
    Ok((id, Org { postcode: squeeze(cell(10)), ..Org::new(titled(name), kind, region) }))
}

/// A trust's kind, as far as its name tells.
fn trust(name: &str) -> OrgKind {
    let name = name.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if has(&["AMBULANCE"]) {
        OrgKind::AmbulanceTrust
    } else if has(&["HOSPITAL"]) {
        OrgKind::AcuteTrust
    } else if has(&["COMMUNITY"]) {
        OrgKind::CommunityTrust
    } else if has(&["MENTAL", "PARTNERSHIP", "PSYCH"]) {
        OrgKind::MentalHealthTrust
    } else {
        OrgKind::AcuteTrust
    }
}

/// A kind by its label or its name in files, whatever the case and the separators.
fn kind_of<T: Copy + 'static>(
    word: &str,
    all: &[T],
    label: fn(T) -> &'static str,
    name: fn(T) -> &'static str,
) -> Understood<T> {
    let plain =
        |t: &str| t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let wanted = plain(word);
    all.iter()
        .copied()
        .find(|k| plain(label(*k)) == wanted || plain(name(*k)) == wanted)
        .ok_or_else(|| no_such("kind", word, all.iter().map(|k| label(*k))))
}

fn no_such<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let help = nearest(word, known).map_or(String::new(), |n| format!("; did you mean '{n}'?"));
    format!("no {what} '{}'{help}", short(word))
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

/// A name in capitals, as one would write it.
fn titled(name: &str) -> String {
    let word = |(n, w): (usize, &str)| {
        let small = w.to_lowercase();
        match small.as_str() {
            "nhs" | "gp" | "uk" | "plc" => w.to_uppercase(),
            "and" | "of" | "the" | "on" | "in" | "for" if n > 0 => small,
            _ => {
                let mut chars = small.chars();
                chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
            }
        }
    };
    if name.chars().any(char::is_lowercase) {
        return short_name(name);
    }
    short_name(&name.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join(" "))
}

fn short_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// What the kind's template gives.
fn own<T: Clone>(
    kinds: &BTreeMap<OrgKind, &KindSpec>,
    kind: OrgKind,
    list: impl Fn(&KindSpec) -> &Vec<Located<T>>,
) -> Vec<T> {
    kinds.get(&kind).map_or(vec![], |k| list(k).iter().filter_map(Located::get).cloned().collect())
}

/// A place that nobody stated: regions lie side by side, and organisations of one region together.
fn made_up(region: usize, postcode: &str) -> (f64, f64) {
    let aside = |salt: u64| (text_id(postcode).rotate_left(salt as u32) % 1000) as f64 / 1000.0 * 0.2;
    (50.5 + 0.8 * (region / 8 % 10) as f64 + aside(0), -4.5 + 0.9 * (region % 8) as f64 + aside(17))
}

fn write_asset(out: &mut String, a: &AssetSpec) {
    let _ = write!(
        out,
        "            (kind: {}, hosts: {:?}, hosts_per_size: {:?}, segment: {}, stops_at: {:?}, restore_fixed: {:?}, restore_per_host: {:?}, records_per_size: {:?}",
        a.kind.name(),
        a.hosts,
        a.hosts_per_size,
        a.segment.name(),
        a.stops_at.get(),
        a.restore_fixed.get(),
        a.restore_per_host.get(),
        a.records_per_size
    );
    if !a.needs.is_empty() {
        let needs: Vec<String> =
            a.needs.iter().map(|(k, s)| format!("({}, {:?})", k.name(), s.get())).collect();
        let _ = write!(out, ", needs: [{}]", needs.join(", "));
    }
    *out += "),\n";
}

fn write_service(out: &mut String, s: &ServiceSpec) {
    let _ = write!(
        out,
        "            (kind: {}, daily_per_size: {:?}, profile: {:?}, headroom: {:?}, deferrable: {:?}, harm: {:?}, value: {:?}",
        s.kind.name(),
        s.daily_per_size,
        s.profile.get().map_or("", String::as_str),
        s.headroom.get(),
        s.deferrable.get(),
        s.harm.get(),
        s.value.get()
    );
    let minutes = |out: &mut String, name: &str, d: Option<SimDuration>| {
        if let Some(d) = d {
            let _ = write!(out, ", {name}: \"{} min\"", d.get());
        }
    };
    minutes(out, "handling", s.handling);
    minutes(out, "patience", s.patience);
    if let Some(d) = s.divertible {
        let _ = write!(out, ", divertible: {:?}", d.get());
    }
    *out += ", needs: [\n";
    for n in s.needs.iter().filter_map(Located::get) {
        let on = match n.on {
            On::Asset(k) => format!("Asset({})", k.name()),
            On::Service(k) => format!("Service({})", k.name()),
        };
        let _ = write!(out, "                (on: {on}, loss: {:?}", n.loss.get());
        if let Some(w) = n.workaround {
            let _ = write!(out, ", workaround: {:?}", w.get());
        }
        minutes(out, "onset", n.onset);
        minutes(out, "tires", n.tires);
        *out += "),\n";
    }
    *out += "            ]),\n";
}
