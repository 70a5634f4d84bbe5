//! The published organisation directory: 27 columns, no header.

use super::tables::{records, text};
use super::{Importer, Org, Refused, Table, Understood, refused, short, squeeze};
use crate::catalogue::kinds::OrgKind;
use crate::estate::{MOST_ORGANISATIONS, build};

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

impl Importer<'_> {
    /// A file of the directory.
    pub(super) fn directory(&mut self, directory: Directory, table: &Table) -> Result<(), Refused> {
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
