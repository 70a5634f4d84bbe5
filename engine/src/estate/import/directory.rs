//! The published organisation directory: 27 columns, no header.

use super::tables::{records, text};
use std::collections::BTreeMap;

use super::{Importer, Org, Refused, Table, Understood, refused, short, squeeze};
use crate::catalogue::kinds::OrgKind;
use crate::estate::{MOST_ORGANISATIONS, build};
use crate::units::Date;

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
    /// `on` is the day for which it is asked.
    pub(super) fn directory(
        &mut self,
        directory: Directory,
        table: &Table,
        on: Option<Date>,
    ) -> Result<(), Refused> {
        let text = text(table)?;
        let mut any = false;
        for (line, row) in records(&text, b',') {
            let row = match row {
                Ok(row) => row,
                Err(reason) => {
                    self.reject(table, line, reason);
                    continue;
                }
            };
            any |= row.len() == COLUMNS;
            match listed(directory, &row, on) {
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

/// A day of the directory: `20260401`, or with hyphens.
fn day(text: &str) -> Option<Date> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Date::parse(&format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..])).ok()
}

impl Importer<'_> {
    /// The directory's list of successors: predecessor, successor, reason, day; with heads or without.
    pub(super) fn succession(&mut self, table: &Table, on: Option<Date>) -> Result<(), Refused> {
        let text = text(table)?;
        let mut next: BTreeMap<String, String> = BTreeMap::new();
        // Where the predecessor, the successor and the day stand.
        let mut columns = (0, 1, 3);
        for (n, (line, row)) in records(&text, b',').enumerate() {
            let row = match row {
                Ok(row) => row,
                Err(reason) => {
                    self.reject(table, line, reason);
                    continue;
                }
            };
            let heads: Vec<String> = row.iter().map(|h| h.to_lowercase().replace([' ', '_'], "")).collect();
            if n == 0 && heads.iter().any(|h| h.contains("success")) {
                let find = |of: &dyn Fn(&str) -> bool| heads.iter().position(|h| of(h));
                let before = find(&|h| h == "organisationcode" || h.contains("predecessor"));
                let after = find(&|h| {
                    h.contains("success")
                        && !h.contains("date")
                        && !h.contains("reason")
                        && h.contains("code")
                });
                let date = find(&|h| h.contains("date"));
                let (Some(before), Some(after), Some(date)) = (before, after, date) else {
                    return refused(
                        format!("{}, line 1: no columns of predecessor, successor and date", table.name),
                        "give it as the directory publishes it: organisation code, successor organisation code, reason, effective date",
                    );
                };
                columns = (before, after, date);
                continue;
            }
            let cell = |n: usize| row.get(n).map_or("", |c| c.trim());
            let (before, after) = (cell(columns.0).to_lowercase(), cell(columns.1).to_lowercase());
            let Some(from) = day(cell(columns.2)) else {
                self.reject(table, line, format!("'{}' is no day such as 20260401", short(cell(columns.2))));
                continue;
            };
            if !build::valid_id(&before) || !build::valid_id(&after) {
                self.reject(table, line, "no codes of two organisations");
            } else if on.is_none_or(|on| from <= on) {
                next.insert(before, after);
            }
        }
        // Who came after those who came after, as far as one goes that is there; circles lead nowhere.
        for first in next.keys() {
            let (mut at, mut steps) = (first, 0);
            while let Some(after) = next.get(at).filter(|_| steps < 100) {
                (at, steps) = (after, steps + 1);
                if self.orgs.contains_key(at) {
                    break;
                }
            }
            if self.orgs.contains_key(at) && !self.orgs.contains_key(first) {
                self.successors.insert(first.clone(), at.clone());
            }
        }
        Ok(())
    }
}

/// An organisation as the directory lists it, on a day.
fn listed(directory: Directory, row: &[String], on: Option<Date>) -> Understood<(String, Org)> {
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
    if let Some((on, opens)) = on.zip(day(cell(11)))
        && opens > on
    {
        return Err(format!("'{code}' opens on {}", short(cell(11))));
    }
    // It is still there on its last day.
    let closes_later = on.zip(day(cell(12))).is_some_and(|(on, closes)| closes >= on);
    if !cell(12).is_empty() && !closes_later {
        return Err(format!("'{code}' closed on {}", short(cell(12))));
    }
    match cell(13) {
        "" | "A" | "ACTIVE" => {}
        // Closed since, and open on the day.
        "C" if closes_later => {}
        "P" if on.is_some() && day(cell(11)).is_some() => {}
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

/// In names of specialist trusts.
const SPECIALIST: &[&str] = &[
    "CHILDREN",
    "ORTHOPAEDIC",
    "CANCER",
    "CHRISTIE",
    "MARSDEN",
    "HEART AND CHEST",
    "PAPWORTH",
    "BROMPTON",
    "EYE HOSPITAL",
    "WOMEN'S",
    "WALTON CENTRE",
    "QUEEN VICTORIA HOSPITAL",
];
/// In names of mental-health trusts. The first say so; the others do not, and are those of the published list.
const MENTAL_HEALTH: &[&str] = &[
    "MENTAL HEALTH",
    "PARTNERSHIP",
    "PSYCH",
    "BERKSHIRE HEALTHCARE",
    "BLACK COUNTRY HEALTHCARE",
    "BRADFORD DISTRICT CARE",
    "CAMBRIDGESHIRE AND PETERBOROUGH NHS",
    "CAMDEN AND ISLINGTON",
    "CENTRAL AND NORTH WEST LONDON",
    "CUMBRIA, NORTHUMBERLAND, TYNE AND WEAR",
    "DERBYSHIRE HEALTHCARE",
    "DORSET HEALTHCARE",
    "EAST LONDON NHS",
    "GLOUCESTERSHIRE HEALTH AND CARE",
    "HEREFORDSHIRE AND WORCESTERSHIRE HEALTH AND CARE",
    "HUMBER TEACHING",
    "LANCASHIRE & SOUTH CUMBRIA",
    "LANCASHIRE AND SOUTH CUMBRIA",
    "MERSEY CARE",
    "NORFOLK AND SUFFOLK NHS",
    "NORTH EAST LONDON NHS",
    "NORTH STAFFORDSHIRE COMBINED",
    "NORTH WEST BOROUGHS",
    "NORTHAMPTONSHIRE HEALTHCARE",
    "NOTTINGHAMSHIRE HEALTHCARE",
    "OXFORD HEALTH",
    "OXLEAS",
    "PENNINE CARE",
    "ROTHERHAM DONCASTER AND SOUTH HUMBER",
    "SHEFFIELD HEALTH AND SOCIAL CARE",
    "SOUTH LONDON AND MAUDSLEY",
    "SOUTHERN HEALTH",
    "TAVISTOCK AND PORTMAN",
    "TEES, ESK AND WEAR VALLEYS",
    "WEST LONDON NHS",
];
/// In names of community trusts.
const COMMUNITY: &[&str] = &["COMMUNITY", "SOLENT", "DUDLEY INTEGRATED HEALTH"];

/// A trust's kind, as far as its name tells: the directory does not say it.
fn trust(name: &str) -> OrgKind {
    let name = name.to_uppercase().replace('\u{2019}', "'");
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if name.contains("AMBULANCE") {
        OrgKind::AmbulanceTrust
    } else if has(SPECIALIST) {
        OrgKind::SpecialistTrust
    } else if has(COMMUNITY) && !name.contains("HOSPITAL") {
        OrgKind::CommunityTrust
    } else if has(MENTAL_HEALTH) && !name.contains("NORTH WEST LONDON UNIVERSITY") {
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
