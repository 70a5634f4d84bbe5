//! A filled example of a spreadsheet for an estate of one's own: invented names, for a population, with what its columns mean.

use super::plain::typical;
use crate::catalogue::kinds::{AssetKind, OrgKind, OrgRole};
use crate::estate::spec::{KindSpec, SupplierSpec, TemplateSpec};
use crate::source::Located;

/// The columns of an example, each with what belongs into it.
const COLUMNS: &[(&str, &str)] = &[
    ("name", "Name as reports print it. A row that counts several may leave it out."),
    ("kind", "Kind of organisation, as in the sheet Kinds. Needed."),
    ("size", "How large, in the unit of its kind (sheet Kinds). Empty: typical, the median of the kind."),
    ("region", "Care system. Those of one region help each other and are each other's neighbours."),
    ("postcode", "Postcode, with a table of places given beside (--places). Empty: no place."),
    ("latitude", "Degrees north, such as 53.48. Empty: no place."),
    ("longitude", "Degrees east, such as -2.24. Empty: no place."),
    ("count", "So many alike, each of this size. Empty: 1."),
    (
        "suppliers",
        "Who runs which system for it: GP record: Surgeline; telephony: Ringwell. Empty: it runs its own.",
    ),
    ("notes", "For yourself; passed over."),
];

/// The columns of the suppliers' sheet.
const SUPPLIER_COLUMNS: &[(&str, &str)] = &[
    ("supplier", "Name, as in the column suppliers."),
    ("system", "What it runs for others, as in the sheet Systems. Several: GP record; telephony."),
    ("hosts", "Machines on which it runs. Empty: typical."),
    (
        "customers",
        "Names from the first sheet, or kinds: all GP practices; Northmere General. Empty: those whose row names it.",
    ),
];

/// A filled example, as sheets of text.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// Heads, then a row for each organisation.
    pub organisations: Vec<Vec<String>>,
    /// Heads, then a row for each supplier.
    pub suppliers: Vec<Vec<String>>,
    /// Heads, then each kind: its size's unit, its typical size, the systems that it has, where the figures come from.
    pub kinds: Vec<Vec<String>>,
    /// Heads, then each system and who has it.
    pub systems: Vec<Vec<String>>,
    /// Heads, then each column with what belongs into it.
    pub explanations: Vec<Vec<String>>,
}

/// An example for so many people, with the numbers of `template` and invented names. At most three of a kind have a row each; others
/// share one.
pub fn example(template: &TemplateSpec, people: u32) -> Example {
    let heads = |columns: &[(&str, &str)]| columns.iter().map(|c| c.0.to_owned()).collect::<Vec<_>>();
    let (first, last) = (&template.names.first, &template.names.last);
    let mut n = 0;
    let mut place_name = || {
        n += 1;
        let of = |list: &[String], at: usize| list.get(at % list.len().max(1)).cloned().unwrap_or_default();
        format!("{}{}", of(first, 7 * n), of(last, 5 * n))
    };
    let region = place_name();
    let mut organisations = vec![heads(COLUMNS)];
    let kinds: Vec<&KindSpec> = template.kinds.iter().filter_map(Located::get).collect();
    let provides = |k: &&&KindSpec| k.kind.role() == OrgRole::Provider;
    for kind in kinds.iter().filter(provides) {
        let each = kind.people_each.unwrap_or(f64::from(people)).max(1.0);
        if f64::from(people) < 0.5 * each && each > 3e6 {
            continue;
        }
        let count = (f64::from(people) / each).round().max(1.0) as usize;
        let suppliers = shares(template, kind.kind, count);
        // Who serves all is as large as the people are many; for others the example leaves every second size open.
        let people_each = f64::from(people) / 1000.0 / count as f64;
        let size = |k: usize| match kind.size_unit.as_str() {
            "thousand people" => people_each.round().max(1.0).to_string(),
            _ if k.is_multiple_of(2) => typical(kind).to_string(),
            _ => String::new(),
        };
        let ending = kind.names.first().map_or("", String::as_str);
        let row = |name: String, size: String, count: usize, supplier: &str| {
            let count = if count == 1 { String::new() } else { count.to_string() };
            let mut row = vec![name, kind.kind.label().into(), size, region.clone()];
            row.extend([String::new(), String::new(), String::new(), count, supplier.into(), String::new()]);
            row
        };
        if count <= 3 {
            let by_one: Vec<&str> =
                suppliers.iter().flat_map(|(text, n)| std::iter::repeat_n(text.as_str(), *n)).collect();
            for k in 0..count {
                let name = format!("{} {ending}", place_name());
                organisations.push(row(name, size(k), 1, by_one.get(k).copied().unwrap_or("")));
            }
        } else {
            for (k, (supplier, n)) in suppliers.iter().enumerate().filter(|(_, s)| s.1 > 0) {
                let name = if *n == 1 { format!("{} {ending}", place_name()) } else { String::new() };
                organisations.push(row(name, size(k + 1), *n, supplier));
            }
        }
    }
    let board = kinds.iter().find(|k| k.kind == OrgKind::CareBoard);
    if let Some(board) = board {
        let name = format!("{region} {}", board.names.first().map_or("", String::as_str));
        let mut row =
            vec![name, board.kind.label().into(), (people / 1000).max(1).to_string(), region.clone()];
        row.resize(COLUMNS.len(), String::new());
        organisations.push(row);
    }
    let mut suppliers = vec![heads(SUPPLIER_COLUMNS)];
    let named = |s: &SupplierSpec| {
        let words = format!("{}: {}", s.platform.label(), s.name);
        organisations.iter().any(|row| row[8].split("; ").any(|cell| cell == words))
    };
    for (k, s) in template.suppliers.iter().filter_map(Located::get).filter(|s| named(s)).enumerate() {
        let hosts = if k.is_multiple_of(2) { s.hosts.to_string() } else { String::new() };
        suppliers.push(vec![s.name.clone(), s.platform.label().into(), hosts, String::new()]);
    }
    Example {
        organisations,
        suppliers,
        kinds: kind_rows(&kinds),
        systems: system_rows(&kinds),
        explanations: explanations(),
    }
}

/// How many organisations of a kind buy what, by the shares of the templates' markets: each platform's suppliers in turn.
fn shares(template: &TemplateSpec, kind: OrgKind, count: usize) -> Vec<(String, usize)> {
    let mut markets: Vec<(AssetKind, Vec<(&str, f64)>)> = vec![];
    for s in template.suppliers.iter().filter_map(Located::get) {
        let Some((_, share)) = s.customers.iter().find(|(k, _)| *k == kind) else { continue };
        match markets.iter_mut().find(|m| m.0 == s.platform) {
            Some(m) => m.1.push((&s.name, share.get())),
            None => markets.push((s.platform, vec![(&s.name, share.get())])),
        }
    }
    let mut out: Vec<(String, usize)> = vec![];
    for k in 0..count {
        let u = (k as f64 + 0.5) / count as f64;
        let chosen: Vec<String> = markets
            .iter()
            .filter_map(|(platform, offers)| {
                let mut upto = 0.0;
                let found = offers.iter().find(|(_, share)| {
                    upto += share;
                    u < upto
                });
                found.map(|(name, _)| format!("{}: {name}", platform.label()))
            })
            .collect();
        let text = chosen.join("; ");
        match out.iter_mut().find(|o| o.0 == text) {
            Some(o) => o.1 += 1,
            None => out.push((text, 1)),
        }
    }
    out
}

fn kind_rows(kinds: &[&KindSpec]) -> Vec<Vec<String>> {
    let mut rows =
        vec![["kind", "size is in", "typical size", "systems", "source"].map(String::from).to_vec()];
    rows.extend(kinds.iter().map(|k| {
        let systems: Vec<&str> = k.assets.iter().filter_map(Located::get).map(|a| a.kind.label()).collect();
        vec![
            k.kind.label().into(),
            k.size_unit.clone(),
            typical(k).to_string(),
            systems.join("; "),
            k.source.clone(),
        ]
    }));
    rows
}

fn system_rows(kinds: &[&KindSpec]) -> Vec<Vec<String>> {
    let mut rows = vec![["system", "who has one"].map(String::from).to_vec()];
    for system in AssetKind::ALL.iter().filter(|s| !s.is_national()) {
        let has = |k: &&&KindSpec| k.assets.iter().filter_map(Located::get).any(|a| a.kind == *system);
        let who: Vec<&str> = kinds.iter().filter(has).map(|k| k.kind.label()).collect();
        rows.push(vec![system.label().into(), who.join("; ")]);
    }
    rows
}

fn explanations() -> Vec<Vec<String>> {
    let mut rows = vec![["sheet", "column", "what belongs into it"].map(String::from).to_vec()];
    let of = |sheet: &str, columns: &[(&str, &str)]| -> Vec<Vec<String>> {
        columns
            .iter()
            .map(|(c, about)| vec![sheet.to_owned(), (*c).to_owned(), (*about).to_owned()])
            .collect()
    };
    rows.extend(of("Organisations", COLUMNS));
    rows.extend(of("Suppliers", SUPPLIER_COLUMNS));
    let more = "Columns may stand in any order, and any of them but name and kind may be missing. A column named after a system (GP record) says who runs it; \
                one named after a control (multi factor, patching) holds a share such as 85%. Other columns are passed over, and the import says so.";
    rows.push(vec!["Organisations".into(), "others".into(), more.into()]);
    rows
}
