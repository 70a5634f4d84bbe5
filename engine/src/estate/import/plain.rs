//! A plain spreadsheet: one organisation a row, columns in any order, heads as people write them; and a second sheet for suppliers.
//!
//! Every mistake is found and named by its cell; with one of them nothing is made of the sheet.

use std::collections::BTreeMap;

use super::tables::{amount_of, kind_of, records, text};
use super::{Importer, Org, Refused, Table, Understood, own, plain_id, refused, short, squeeze};
use crate::catalogue::kinds::{AssetKind, OrgKind, OrgRole};
use crate::estate::MOST_ORGANISATIONS;
use crate::estate::posture::Control;
use crate::estate::spec::KindSpec;
use crate::random::{Resolve, Resolver};
use crate::source::{Located, did_you_mean};
use crate::streams::Streams;
use crate::units::{Quantity, Share};

/// The most rows of a sheet.
pub const MOST_ROWS: usize = MOST_ORGANISATIONS + 1000;
/// The most columns of a sheet.
pub const MOST_COLUMNS: usize = 256;
/// Rows among which the heads are looked for.
const HEADS_WITHIN: usize = 30;
/// From so many times the typical size on, up or down, somebody should look again.
const UNUSUAL: f64 = 20.0;

/// A sheet as it was read: cells as text.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its name in messages.
    pub name: String,
    /// Whether cells are named as in a workbook (`C7`), or by line and column as in CSV.
    pub lettered: bool,
    /// Rows, each with its number from 1. Empty ones may be left out.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// The sheets of an estate.
#[derive(Clone, Debug, Default)]
pub struct Sheets {
    /// One organisation a row: its name, kind, and what else is known.
    pub organisations: Sheet,
    /// One supplier a row: what it runs, and for whom.
    pub suppliers: Option<Sheet>,
}

impl Sheet {
    /// Reads CSV: UTF-8 or else Latin-1, with commas, semicolons or tabs.
    ///
    /// # Errors
    /// When it is too large.
    pub fn csv(table: &Table) -> Result<Self, Refused> {
        let text = text(table)?;
        let first = text.lines().next().unwrap_or("");
        let count = |c: char| first.matches(c).count();
        let delimiter = [(count(','), b','), (count(';'), b';'), (count('\t'), b'\t')];
        let delimiter = delimiter.into_iter().max_by_key(|d| d.0).filter(|d| d.0 > 0).map_or(b',', |d| d.1);
        let mut rows = vec![];
        for (line, row) in records(&text, delimiter) {
            match row {
                Ok(row) => rows.push((line, row)),
                Err(e) => return refused(format!("{}, line {line}: {e}", table.name), "mend the line"),
            }
        }
        Ok(Self { name: table.name.clone(), lettered: false, rows })
    }

    /// A cell in words, with the name of its column.
    fn cell(&self, line: u64, column: usize, head: &str) -> String {
        let head = if head.is_empty() { String::new() } else { format!(" ({head})") };
        if self.lettered {
            format!("{}, cell {}{line}{head}", self.name, letters(column))
        } else {
            format!("{}, line {line}, column {}{head}", self.name, column + 1)
        }
    }
}

/// A column's letters in a workbook, counted from 0.
fn letters(column: usize) -> String {
    let mut out = String::new();
    let mut c = column + 1;
    while c > 0 {
        out.insert(0, char::from(b'A' + ((c - 1) % 26) as u8));
        c = (c - 1) / 26;
    }
    out
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Column {
    Name,
    Id,
    Kind,
    Size,
    Region,
    Postcode,
    Latitude,
    Longitude,
    Place,
    Count,
    Suppliers,
    /// Of a sheet of suppliers: what it runs.
    Runs,
    Hosts,
    Customers,
    /// Who runs this system for the organisation.
    System(AssetKind),
    Control(Control),
    PassedOver,
}

/// Heads of a sheet of organisations: how we write them, and how others do.
const ORGANISATIONS: &[(Column, &str, &[&str])] = &[
    (Column::Name, "name", &["organisation", "organisationname", "provider", "trust", "who"]),
    (Column::Id, "id", &["code", "odscode", "organisationcode", "ods"]),
    (Column::Kind, "kind", &["type", "organisationtype", "kindoforganisation", "category", "sector"]),
    (
        Column::Size,
        "size",
        &["beds", "numberofbeds", "listsize", "places", "clients", "patients", "howlarge"],
    ),
    (
        Column::Region,
        "region",
        &["icb", "ics", "integratedcareboard", "careboard", "caresystem", "integratedcaresystem", "area"],
    ),
    (Column::Postcode, "postcode", &["postalcode", "zip"]),
    (Column::Latitude, "latitude", &["lat"]),
    (Column::Longitude, "longitude", &["long", "lon", "lng"]),
    (Column::Place, "place", &["latlong", "latitudelongitude", "coordinates", "location"]),
    (Column::Count, "count", &["howmany", "numberoforganisations"]),
    (Column::Suppliers, "suppliers", &["supplier", "systemsuppliers", "vendors", "vendor"]),
    (Column::PassedOver, "notes", &["note", "comment", "comments", "remarks", "source"]),
];

/// Heads of a sheet of suppliers.
const SUPPLIERS: &[(Column, &str, &[&str])] = &[
    (Column::Name, "supplier", &["name", "suppliers", "vendor", "company"]),
    (Column::Runs, "system", &["systems", "runs", "platform", "product", "what", "asset"]),
    (Column::Hosts, "hosts", &["servers", "machines", "numberofhosts"]),
    (Column::Customers, "customers", &["for", "usedby", "who", "organisations", "customer"]),
    (Column::PassedOver, "notes", &["note", "comment", "comments", "remarks", "source"]),
];

/// Words for kinds beside their own.
const SYNONYMS: &[(&str, OrgKind)] = &[
    ("hospital", OrgKind::AcuteTrust),
    ("hospital trust", OrgKind::AcuteTrust),
    ("acute", OrgKind::AcuteTrust),
    ("acute hospital", OrgKind::AcuteTrust),
    ("specialist", OrgKind::SpecialistTrust),
    ("specialist hospital", OrgKind::SpecialistTrust),
    ("mental health", OrgKind::MentalHealthTrust),
    ("community", OrgKind::CommunityTrust),
    ("community health", OrgKind::CommunityTrust),
    ("ambulance", OrgKind::AmbulanceTrust),
    ("ambulance service", OrgKind::AmbulanceTrust),
    ("gp", OrgKind::GpPractice),
    ("gp surgery", OrgKind::GpPractice),
    ("general practice", OrgKind::GpPractice),
    ("practice", OrgKind::GpPractice),
    ("surgery", OrgKind::GpPractice),
    ("community pharmacy", OrgKind::Pharmacy),
    ("chemist", OrgKind::Pharmacy),
    ("nursing home", OrgKind::CareHome),
    ("residential home", OrgKind::CareHome),
    ("home care", OrgKind::HomeCare),
    ("domiciliary care", OrgKind::HomeCare),
    ("council", OrgKind::SocialCare),
    ("local authority", OrgKind::SocialCare),
    ("social care", OrgKind::SocialCare),
    ("adult social care", OrgKind::SocialCare),
    ("111", OrgKind::Provider111),
    ("nhs 111", OrgKind::Provider111),
    ("pathology", OrgKind::PathologyNetwork),
    ("laboratory", OrgKind::PathologyNetwork),
    ("laboratory network", OrgKind::PathologyNetwork),
    ("icb", OrgKind::CareBoard),
    ("care board", OrgKind::CareBoard),
    ("vendor", OrgKind::Supplier),
];

/// A head as letters and digits.
fn plain(head: &str) -> String {
    head.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A control's name as people write it.
/// What a head means, or the head that was probably meant. A head that is like none is nobody's business here.
fn column(
    head: &str,
    known: &[(Column, &'static str, &[&str])],
    systems: bool,
) -> Result<Option<Column>, String> {
    let wanted = plain(head);
    if wanted.is_empty() {
        return Ok(None);
    }
    if let Some(found) = known.iter().find(|(_, own, more)| *own == wanted || more.contains(&wanted.as_str()))
    {
        return Ok(Some(found.0));
    }
    let mut heads: Vec<String> = known.iter().map(|k| k.1.to_owned()).collect();
    if systems {
        let of_supplier = wanted.strip_suffix("supplier").unwrap_or(&wanted);
        let system = |k: &&AssetKind| [plain(k.label()), plain(k.name())].iter().any(|n| n == of_supplier);
        if let Some(k) = AssetKind::ALL.iter().find(system) {
            return Ok(Some(Column::System(*k)));
        }
        if let Some(c) = Control::ALL.iter().find(|c| plain(c.name()) == wanted) {
            return Ok(Some(Column::Control(*c)));
        }
        heads.extend(AssetKind::ALL.iter().map(|k| k.label().to_owned()));
        heads.extend(Control::ALL.iter().map(|c| c.label()));
    }
    let meant = heads
        .iter()
        .map(|h| (strsim::damerau_levenshtein(&plain(h), &wanted), h))
        .filter(|(d, h)| *d <= (h.len() / 4).max(1))
        .min_by_key(|m| m.0);
    match meant {
        Some((_, h)) => Err(format!("no column '{}'; did you mean '{h}'?", short(head))),
        None => Ok(None),
    }
}

/// A row of which every cell is understood by its column.
struct Cells<'a> {
    sheet: &'a Sheet,
    columns: &'a [(usize, Column, String)],
    line: u64,
    row: &'a [String],
}

impl Cells<'_> {
    fn text(&self, column: Column) -> &str {
        let at = self.columns.iter().find(|c| c.1 == column).map(|c| c.0);
        at.and_then(|n| self.row.get(n)).map_or("", |t| t.trim())
    }
    fn at(&self, column: Column) -> String {
        match self.columns.iter().find(|c| c.1 == column) {
            Some((n, _, head)) => self.sheet.cell(self.line, *n, head),
            None if self.sheet.lettered => format!("{}, row {}", self.sheet.name, self.line),
            None => format!("{}, line {}", self.sheet.name, self.line),
        }
    }
}

/// The heads of a sheet and the rows below them.
struct Understanding<'a> {
    columns: Vec<(usize, Column, String)>,
    rows: &'a [(u64, Vec<String>)],
    passed_over: Vec<String>,
}

fn understand<'a>(
    sheet: &'a Sheet,
    known: &[(Column, &'static str, &[&str])],
    needed: &[Column],
    systems: bool,
    mistakes: &mut Vec<String>,
) -> Result<Understanding<'a>, Refused> {
    let lists = || {
        let own: Vec<&str> = known.iter().map(|k| k.1).collect();
        format!("heads are: {}; `resus estate template --xlsx FILE` writes an example", own.join(", "))
    };
    if sheet.rows.len() > MOST_ROWS {
        return refused(format!("{} has more than {MOST_ROWS} rows", sheet.name), "split it");
    }
    let of = |row: &[String]| row.iter().filter(|c| matches!(column(c, known, systems), Ok(Some(_)))).count();
    let at = sheet.rows.iter().take(HEADS_WITHIN).position(|(_, row)| {
        let there = |c: &Column| row.iter().any(|h| column(h, known, systems) == Ok(Some(*c)));
        needed.iter().all(there) || of(row) >= 2 && needed.iter().any(there)
    });
    let Some(at) = at else {
        let (line, row) = sheet
            .rows
            .iter()
            .find(|r| r.1.iter().any(|c| !c.trim().is_empty()))
            .map_or((1, &[][..]), |(line, row)| (*line, row.as_slice()));
        let near = row.iter().find_map(|h| column(h, known, systems).err());
        let near = near.map_or(String::new(), |n| format!(": {n}"));
        return refused(format!("{}, row {line}: no row of heads{near}", sheet.name), lists());
    };
    let (line, heads) = &sheet.rows[at];
    if heads.len() > MOST_COLUMNS {
        return refused(format!("{} has more than {MOST_COLUMNS} columns", sheet.name), "split it");
    }
    let (mut columns, mut passed_over): (Vec<(usize, Column, String)>, Vec<String>) = (vec![], vec![]);
    for (n, head) in heads.iter().enumerate() {
        let head = head.trim();
        match column(head, known, systems) {
            Ok(Some(Column::PassedOver)) => {}
            Ok(Some(c)) if columns.iter().any(|k| k.1 == c) => {
                mistakes.push(format!("{}: a second column of the same", sheet.cell(*line, n, head)));
            }
            Ok(Some(c)) => columns.push((n, c, short(head))),
            Ok(None) if head.is_empty() => {}
            Ok(None) => passed_over.push(short(head)),
            Err(what) => mistakes.push(format!("{}: {what}", sheet.cell(*line, n, ""))),
        }
    }
    for lacking in needed.iter().filter(|c| !columns.iter().any(|k| k.1 == **c)) {
        let own = known.iter().find(|k| k.0 == *lacking).map_or("", |k| k.1);
        mistakes.push(format!("{}, row {line}: no column '{own}'", sheet.name));
    }
    Ok(Understanding { columns, rows: &sheet.rows[at + 1..], passed_over })
}

/// A supplier that a cell names.
struct Named {
    at: String,
    organisations: Vec<String>,
    /// Absent: what the sheet of suppliers says that it runs.
    system: Option<AssetKind>,
    supplier: String,
}

impl Importer<'_> {
    /// The sheets of an estate.
    pub(super) fn plain(&mut self, sheets: &Sheets) -> Result<(), Refused> {
        let mut mistakes: Vec<String> = vec![];
        let mut named: Vec<Named> = vec![];
        let sheet = &sheets.organisations;
        let u = understand(sheet, ORGANISATIONS, &[Column::Name, Column::Kind], true, &mut mistakes)?;
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        for (line, row) in u.rows {
            if row.iter().all(|c| c.trim().is_empty()) {
                continue;
            }
            let cells = Cells { sheet, columns: &u.columns, line: *line, row };
            self.organisation(&cells, &mut seen, &mut named, &mut mistakes);
        }
        self.note_passed_over(sheet, &u.passed_over);
        if self.towns > 0 {
            self.notes.push(format!(
                "Where {} of them are is told by the name of a place, which is not known here: give latitude and longitude, or a postcode.",
                self.towns
            ));
        }
        if let Some(sheet) = &sheets.suppliers {
            let u = understand(sheet, SUPPLIERS, &[Column::Name, Column::Runs], false, &mut mistakes)?;
            for (line, row) in u.rows.iter().filter(|(_, row)| row.iter().any(|c| !c.trim().is_empty())) {
                let cells = Cells { sheet, columns: &u.columns, line: *line, row };
                self.platforms(&cells, &mut named, &mut mistakes);
            }
            self.note_passed_over(sheet, &u.passed_over);
        }
        for n in named {
            if let Err(what) = self.joined(&n) {
                mistakes.push(format!("{}: {what}", n.at));
            }
        }
        if mistakes.is_empty() {
            return Ok(());
        }
        let count = mistakes.len();
        Err(Refused {
            what: format!("{count} mistake{} in the sheet", if count == 1 { "" } else { "s" }),
            help: "mend the cells; `resus estate template --xlsx FILE` writes an example with all kinds"
                .into(),
            mistakes,
        })
    }

    fn note_passed_over(&mut self, sheet: &Sheet, heads: &[String]) {
        if !heads.is_empty() {
            self.notes.push(format!("{}: columns passed over: {}.", sheet.name, heads.join(", ")));
        }
    }

    /// One row of organisations.
    fn organisation(
        &mut self,
        cells: &Cells,
        seen: &mut BTreeMap<String, u64>,
        named: &mut Vec<Named>,
        mistakes: &mut Vec<String>,
    ) {
        let before = mistakes.len();
        let mut wrong = |column: Column, what: String| mistakes.push(format!("{}: {what}", cells.at(column)));
        let kind = organisation_kind(cells.text(Column::Kind)).map_err(|what| wrong(Column::Kind, what)).ok();
        let spec = kind.and_then(|k| self.kinds.get(&k).copied());
        let size =
            size(cells.text(Column::Size), spec).map_err(|what| wrong(Column::Size, what)).ok().flatten();
        let count = count(cells.text(Column::Count)).map_err(|what| wrong(Column::Count, what)).unwrap_or(1);
        let unnamed = cells.text(Column::Name).is_empty() && cells.text(Column::Id).is_empty();
        let (id, name) =
            naming(cells, kind, count).map_err(|what| wrong(Column::Name, what)).unwrap_or_default();
        if let Some(first) = Some(&id)
            .filter(|id| !id.is_empty() && !unnamed)
            .and_then(|id| seen.insert(id.clone(), cells.line))
        {
            let what =
                format!("'{}' stands in row {first}, too; give one of them an id of its own", short(&name));
            wrong(Column::Name, what);
        }
        let place = place(cells).map_err(|(column, what)| wrong(column, what)).ok().flatten();
        let mut posture = vec![];
        for (_, column, _) in cells.columns {
            let Column::Control(control) = column else { continue };
            match control_value(*control, cells.text(*column)) {
                Ok(value) => posture.extend(value.map(|v| (control.name(), v))),
                Err(what) => wrong(*column, what),
            }
        }
        if self.orgs.len() + count > MOST_ORGANISATIONS {
            wrong(Column::Count, format!("an estate has at most {MOST_ORGANISATIONS} organisations"));
        }
        let suppliers = named_suppliers(cells, &mut wrong);
        let (Some(kind), true) = (kind, mistakes.len() == before) else { return };
        self.look_again(cells, size, spec);
        let told = cells.text(Column::Place);
        let postcode = match cells.text(Column::Postcode) {
            "" if !is_degrees(told) && told.contains(|c: char| c.is_ascii_digit()) => told,
            postcode => postcode,
        };
        if place.is_none() && postcode.is_empty() && !told.is_empty() {
            self.towns += 1;
        }
        let region = Some(cells.text(Column::Region)).filter(|r| !r.is_empty()).unwrap_or("Our care system");
        let region = region.chars().filter(|c| !c.is_control()).take(80).collect();
        let one = Org { size, place, postcode: squeeze(postcode), posture, ..Org::new(name, kind, region) };
        let made = self.made(&id, one, count, unnamed);
        if let Err(id) = &made {
            mistakes.push(format!("{}: '{id}' is there already", cells.at(Column::Name)));
        }
        let made = made.unwrap_or_default();
        named.extend(suppliers.into_iter().map(|(column, system, supplier)| Named {
            at: cells.at(column),
            organisations: made.clone(),
            system,
            supplier,
        }));
    }

    /// Says of a size that is far from the typical one that it may be in another unit.
    fn look_again(&mut self, cells: &Cells, size: Option<f64>, kind: Option<&KindSpec>) {
        let Some((size, kind)) = size.zip(kind) else { return };
        let typical = typical(kind);
        if typical > 0.0 && !(1.0 / UNUSUAL..=UNUSUAL).contains(&(size / typical)) {
            self.notes.push(format!(
                "Look again: {}: {size} {} where a typical {} has {typical}.",
                cells.at(Column::Size),
                kind.size_unit,
                kind.kind.label()
            ));
        }
    }

    /// Puts as many like this one into the estate, and gives their ids; or the id that is there already.
    fn made(&mut self, id: &str, one: Org, count: usize, unnamed: bool) -> Result<Vec<String>, String> {
        // Rows without a name go on counting where the last one of the kind left off.
        let mut first = 1;
        if unnamed {
            let upto = self.counted.entry(one.kind).or_insert(0);
            first += *upto;
            *upto += count;
        }
        let mut made = vec![];
        for n in first..first + count {
            let numbered = count > 1 || unnamed;
            let id = if numbered { format!("{id}-{n}") } else { id.to_owned() };
            let name = if numbered { format!("{} {n}", one.name) } else { one.name.clone() };
            if one.kind.role() == OrgRole::Supplier {
                self.supplier_org(&id, &name).size = one.size;
            } else if self.orgs.contains_key(&id) {
                return Err(id);
            } else {
                self.orgs.insert(id.clone(), Org { name, ..one.clone() });
            }
            made.push(id);
        }
        Ok(made)
    }

    /// One row of suppliers: what it runs, and for whom.
    fn platforms(&mut self, cells: &Cells, named: &mut Vec<Named>, mistakes: &mut Vec<String>) {
        let mut wrong = |column: Column, what: String| mistakes.push(format!("{}: {what}", cells.at(column)));
        let name: String = cells.text(Column::Name).chars().filter(|c| !c.is_control()).take(80).collect();
        let id = plain_id(&name);
        if id.is_empty() {
            return wrong(Column::Name, "no supplier is named".into());
        }
        if self.orgs.get(&id).is_some_and(|o| o.kind.role() != OrgRole::Supplier) {
            return wrong(
                Column::Name,
                format!("'{name}' is no supplier but a {}", self.orgs[&id].kind.label()),
            );
        }
        let hosts = match cells.text(Column::Hosts) {
            "" => None,
            text => match amount_of(text, 2e6) {
                Ok(n) if n >= 1.0 => Some(n),
                _ => {
                    return wrong(
                        Column::Hosts,
                        format!("'{}' is no number of machines from 1", short(text)),
                    );
                }
            },
        };
        let customers: Vec<&str> = pieces(cells.text(Column::Customers)).collect();
        let systems: Vec<&str> = pieces(cells.text(Column::Runs)).collect();
        if systems.is_empty() {
            wrong(Column::Runs, "what does it run? A system, such as GP record".into());
        }
        for word in systems {
            match kind_of(word, AssetKind::ALL, AssetKind::label, AssetKind::name) {
                Err(what) => wrong(Column::Runs, what),
                Ok(system) => {
                    self.platform(&id, &name, system, hosts);
                    let mut served = vec![];
                    for customer in &customers {
                        match self.customers(customer) {
                            Ok(found) => served.extend(found),
                            Err(what) => wrong(Column::Customers, what),
                        }
                    }
                    let (at, system) = (cells.at(Column::Customers), Some(system));
                    named.push(Named { at, organisations: served, system, supplier: name.clone() });
                }
            }
        }
    }

    /// Whom a customer's cell means: an organisation by its name or id, or all of a kind.
    fn customers(&self, word: &str) -> Understood<Vec<String>> {
        let id = plain_id(word);
        if self.orgs.contains_key(&id) {
            return Ok(vec![id]);
        }
        let named: Vec<String> =
            self.orgs.iter().filter(|(_, o)| plain_id(&o.name) == id).map(|(id, _)| id.clone()).collect();
        if !named.is_empty() {
            return Ok(named);
        }
        let lower = word.to_lowercase();
        let one = lower.strip_prefix("all ").unwrap_or(&lower);
        let kind = organisation_kind(one)
            .or_else(|what| {
                let single = one.strip_suffix("ies").map(|s| format!("{s}y"));
                let single = single.or_else(|| one.strip_suffix('s').map(str::to_owned));
                single.ok_or(what).and_then(|s| organisation_kind(&s))
            })
            .map_err(|_| {
                let known =
                    self.orgs.values().map(|o| o.name.as_str()).chain(OrgKind::ALL.iter().map(|k| k.label()));
                super::tables::no_such("organisation or kind", word, known)
            })?;
        let all: Vec<String> =
            self.orgs.iter().filter(|(_, o)| o.kind == kind).map(|(id, _)| id.clone()).collect();
        if all.is_empty() { Err(format!("there is no {} in the sheet", kind.label())) } else { Ok(all) }
    }

    /// What a supplier runs for others: what it has beside what every supplier has.
    fn runs(&self, supplier: &str) -> Vec<AssetKind> {
        let base = own(&self.kinds, OrgKind::Supplier, |k| &k.assets);
        let assets = self.orgs.get(supplier).and_then(|o| o.assets.as_ref());
        let kinds = assets.into_iter().flatten().map(|a| a.kind);
        kinds.filter(|k| base.iter().all(|b| b.kind != *k)).collect()
    }

    /// Joins organisations with a supplier.
    fn joined(&mut self, named: &Named) -> Understood<()> {
        let id = plain_id(&named.supplier);
        if id.is_empty() {
            return Err(format!("'{}' is no name of a supplier", short(&named.supplier)));
        }
        if self.orgs.get(&id).is_some_and(|o| o.kind.role() != OrgRole::Supplier) {
            return Err(format!("'{}' is no supplier but a {}", named.supplier, self.orgs[&id].kind.label()));
        }
        let systems = named.system.map_or_else(|| self.runs(&id), |system| vec![system]);
        if systems.is_empty() {
            let name = short(&named.supplier);
            return Err(format!("what does {name} run? Write it as 'GP record: {name}'"));
        }
        for system in systems {
            self.platform(&id, &named.supplier, system, None);
            for customer in &named.organisations {
                let Some(org) = self.orgs.get_mut(customer) else { continue };
                let usual = self
                    .kinds
                    .get(&org.kind)
                    .is_some_and(|k| k.assets.iter().filter_map(Located::get).any(|a| a.kind == system));
                if !usual {
                    if named.system.is_some() {
                        *self.without_effect.entry((org.kind, system)).or_default() += 1;
                    }
                } else if let Some((_, other)) = org.suppliers.iter().find(|(k, _)| *k == system) {
                    if *other != id {
                        return Err(format!("{} has its {} from {other} already", org.name, system.label()));
                    }
                } else {
                    org.suppliers.push((system, id.clone()));
                }
            }
        }
        Ok(())
    }
}

/// One of a kind, in words.
fn one(kind: OrgKind) -> String {
    let article = if kind.label().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {}", kind.label())
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// The pieces of a cell that lists several things.
fn pieces(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '\n']).map(str::trim).filter(|p| !p.is_empty())
}

/// A kind of organisation, in its own words or in others that people use.
fn organisation_kind(word: &str) -> Understood<OrgKind> {
    if word.is_empty() {
        return Err("no kind is given".into());
    }
    if let Some((_, kind)) = SYNONYMS.iter().find(|(s, _)| plain(s) == plain(word)) {
        return Ok(*kind);
    }
    kind_of(word, OrgKind::ALL, OrgKind::label, OrgKind::name).map_err(|_| {
        let labels = OrgKind::ALL.iter().map(|k| k.label());
        let help = did_you_mean(&word.to_lowercase(), labels.clone().chain(SYNONYMS.iter().map(|s| s.0)));
        let help = help.unwrap_or_else(|| format!("kinds are: {}", labels.collect::<Vec<_>>().join(", ")));
        format!("no kind '{}'; {help}", short(word))
    })
}

/// The typical size of a kind: the median.
pub(super) fn typical(kind: &KindSpec) -> f64 {
    kind.size.resolve(&mut Resolver::new(Streams::new(0, 0))).at(0.5).round()
}

/// How many a row stands for.
fn count(text: &str) -> Understood<usize> {
    if text.is_empty() {
        return Ok(1);
    }
    let number = amount_of(text, MOST_ORGANISATIONS as f64).ok().filter(|n| *n >= 1.0 && n.fract() == 0.0);
    let number = number.map(|n| n as usize);
    number.ok_or_else(|| format!("'{}' is no whole number from 1 to {MOST_ORGANISATIONS}", short(text)))
}

/// An organisation's id and name; where a row that counts many has none, that of its kind.
fn naming(cells: &Cells, kind: Option<OrgKind>, count: usize) -> Understood<(String, String)> {
    let name: String = match (cells.text(Column::Name), kind) {
        ("", Some(kind)) if count > 1 => capital(kind.label()),
        ("", _) => {
            return Err(
                "no name is given; only a row that counts more than one organisation does without".into()
            );
        }
        (name, _) => name.chars().filter(|c| !c.is_control()).take(80).collect(),
    };
    let id = match cells.text(Column::Id) {
        "" => plain_id(&name),
        id => plain_id(id),
    };
    if id.is_empty() {
        return Err(format!(
            "'{}' has no letter or digit of the Latin alphabet: give it an id",
            short(&name)
        ));
    }
    Ok((id, name))
}

/// A size, alone or with the unit in which its kind counts.
fn size(text: &str, kind: Option<&KindSpec>) -> Understood<Option<f64>> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
    let (number, unit) = (text[..digits].trim(), text[digits..].trim());
    if let (false, Some(kind)) = (unit.is_empty() || number.is_empty(), kind) {
        let same = |a: &str, b: &str| plain(a).trim_end_matches('s') == plain(b).trim_end_matches('s');
        if !same(unit, &kind.size_unit) {
            return Err(format!(
                "'{}': the size of {} is in {}; give the number alone",
                short(text),
                one(kind.kind),
                kind.size_unit
            ));
        }
    }
    match amount_of(number, 1e7) {
        Ok(v) if v > 0.0 => Ok(Some(v)),
        _ => Err(format!("'{}' is no number above 0, at most 10,000,000", short(text))),
    }
}

fn control_value(control: Control, text: &str) -> Understood<Option<f64>> {
    if text.is_empty() {
        return Ok(None);
    }
    if !control.is_share() {
        return amount_of(text, 10_000.0).map(Some);
    }
    let read = text.parse::<f64>().map_or_else(|_| Share::from_text(text), Share::from_bare);
    read.map(|s| Some(s.get())).map_err(|e| e.to_string())
}

/// Whether a place is told in degrees, and not by a postcode or a town.
fn is_degrees(place: &str) -> bool {
    place.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
}

/// Latitude and longitude, from one column or two.
fn place(cells: &Cells) -> Result<Option<(f64, f64)>, (Column, String)> {
    let both = cells.text(Column::Place);
    let (column, lat, lon) = if both.is_empty() || !is_degrees(both) {
        (Column::Latitude, cells.text(Column::Latitude), cells.text(Column::Longitude))
    } else {
        let (lat, lon) = both.split_once([',', ';']).unwrap_or((both, ""));
        (Column::Place, lat.trim(), lon.trim())
    };
    if lat.is_empty() && lon.is_empty() {
        return Ok(None);
    }
    let degrees = |text: &str, most: f64| text.parse::<f64>().ok().filter(|v| v.abs() <= most);
    match (degrees(lat, 90.0), degrees(lon, 180.0)) {
        // In these islands no latitude is below 49 and no longitude above 3.
        (Some(a), Some(b)) if a.abs() < 12.0 && (49.0..62.0).contains(&b) => {
            Err((column, format!("latitude {a} and longitude {b} seem to have changed places")))
        }
        (Some(a), Some(b)) => Ok(Some((a, b))),
        _ => Err((
            column,
            format!("'{}', '{}' is no latitude and longitude in degrees", short(lat), short(lon)),
        )),
    }
}

/// What the cells of a row say of suppliers: where, of what, who.
fn named_suppliers(
    cells: &Cells,
    wrong: &mut impl FnMut(Column, String),
) -> Vec<(Column, Option<AssetKind>, String)> {
    let mut out = vec![];
    for piece in pieces(cells.text(Column::Suppliers)) {
        match piece.split_once([':', '=']) {
            None => out.push((Column::Suppliers, None, piece.to_owned())),
            Some((system, supplier)) => {
                match kind_of(system.trim(), AssetKind::ALL, AssetKind::label, AssetKind::name) {
                    Ok(system) => out.push((Column::Suppliers, Some(system), supplier.trim().to_owned())),
                    Err(what) => wrong(Column::Suppliers, what),
                }
            }
        }
    }
    for (_, column, _) in cells.columns {
        let Column::System(system) = column else { continue };
        let supplier = cells.text(*column);
        // Who runs it oneself says so.
        if !supplier.is_empty()
            && !["own", "none", "-", "in house", "in-house", "itself"]
                .contains(&supplier.to_lowercase().as_str())
        {
            out.push((*column, Some(*system), supplier.to_owned()));
        }
    }
    out
}
