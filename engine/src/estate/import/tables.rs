//! An organisation's own tables: a header, columns in any order, one thing a row.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Importer, LARGEST_TABLE, Org, Refused, Table, Understood, own, plain_id, refused, short, squeeze,
};
use crate::catalogue::kinds::{AssetKind, OrgKind, OrgRole, SegmentKind, ServiceKind};
use crate::estate::spec::{DependencySpec, On};
use crate::source::{Located, did_you_mean};
use crate::units::{Number, PersonHours, Quantity, Share, SimDuration};

/// Source of a platform whose hosts nobody stated.
const TYPICAL: &str = "typical";

/// One row of a table with a header.
pub(super) struct Row<'a> {
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
        amount_of(text, most).map(Some).map_err(|e| format!("{column} {e}"))
    }
    fn unit<Q: Quantity>(&self, column: &str) -> Understood<Option<Q>> {
        let Some(text) = self.given(column) else { return Ok(None) };
        let read = text.parse::<f64>().map_or_else(|_| Q::from_text(text), Q::from_bare);
        read.map(Some).map_err(|e| format!("{column}: {e}"))
    }
}

impl Importer<'_> {
    /// A table with a header; `take` understands one row.
    pub(super) fn rows(
        &mut self,
        table: &Table,
        needed: &[&str],
        more: &[&str],
        take: fn(&mut Self, &Row) -> Understood<()>,
    ) -> Result<(), Refused> {
        let text = text(table)?;
        let mut rows = records(&text, b',');
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
        let id = self.found(row)?;
        Ok(self.orgs.get_mut(&id).expect("it was just found"))
    }

    /// The id of the organisation that a row means: by its id, that of one that it succeeded, or its name.
    fn found(&mut self, row: &Row) -> Understood<String> {
        let word = row.text("organisation").to_lowercase();
        if self.orgs.contains_key(&word) {
            return Ok(word);
        }
        if let Some(successor) = self.successors.get(&word) {
            self.succeeded.insert(word);
            return Ok(successor.clone());
        }
        let named = plain_id(&word);
        if self.orgs.contains_key(&named) {
            return Ok(named);
        }
        Err(no_such("organisation", &word, self.orgs.keys().map(String::as_str)))
    }

    pub(super) fn detail(&mut self, row: &Row) -> Understood<()> {
        let kind = match row.given("kind") {
            Some(word) => Some(kind_of(word, OrgKind::ALL, OrgKind::label, OrgKind::name)?),
            None => None,
        };
        let size = row.amount("size", 1e7)?;
        let region = row.given("region").map(str::to_owned);
        let before = self.successors.contains_key(&row.text("organisation").to_lowercase());
        let org = self.org(row)?;
        if before {
            // Of those that it succeeded it has the size, unless its own is stated.
            org.inherited += size.unwrap_or(0.0);
            return Ok(());
        }
        org.kind = kind.unwrap_or(org.kind);
        org.size = size.or(org.size);
        org.region = region.unwrap_or_else(|| std::mem::take(&mut org.region));
        Ok(())
    }

    pub(super) fn supplier(&mut self, row: &Row) -> Understood<()> {
        let asset = kind_of(row.text("asset"), AssetKind::ALL, AssetKind::label, AssetKind::name)?;
        let name = row.text("supplier").to_owned();
        let hosts = row.amount("hosts", 2e6)?.map(|h| h.max(1.0));
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
        self.platform(&id, &name, asset, hosts);
        Ok(())
    }

    /// A supplier, made where there is none of this id.
    pub(super) fn supplier_org(&mut self, id: &str, name: &str) -> &mut Org {
        let base = own(&self.kinds, OrgKind::Supplier, |k| &k.assets);
        self.orgs.entry(id.to_owned()).or_insert_with(|| {
            let mut org = Org::new(name.to_owned(), OrgKind::Supplier, "Suppliers".into());
            org.assets = Some(base);
            org
        })
    }

    /// Sees to it that a supplier runs a system for others, on at least so many hosts; else on as many as is typical.
    pub(super) fn platform(&mut self, id: &str, name: &str, system: AssetKind, hosts: Option<f64>) {
        let mut platform = self.template.platform(system, hosts.unwrap_or_else(|| self.usual_hosts(system)));
        let supplier = self.supplier_org(id, name);
        let assets = supplier.assets.get_or_insert_default();
        if hosts.is_none() {
            platform.source = TYPICAL.into();
        }
        match (assets.iter_mut().find(|a| a.kind == system), hosts) {
            // What is stated goes before what is typical; of two that are stated the larger counts.
            (Some(known), Some(hosts)) if known.source != TYPICAL => known.hosts = hosts.max(known.hosts),
            (Some(known), Some(_)) => *known = platform,
            (Some(_), None) => {}
            (None, _) => assets.push(platform),
        }
    }

    /// Hosts of a platform among the templates' suppliers: the median of those that run it, else of all.
    fn usual_hosts(&self, system: AssetKind) -> f64 {
        let of = |those: Option<AssetKind>| {
            let all = self.template.suppliers.iter().filter_map(Located::get);
            let mut hosts: Vec<u32> =
                all.filter(|s| those.is_none_or(|k| s.platform == k)).map(|s| s.hosts).collect();
            hosts.sort_unstable();
            hosts.get(hosts.len() / 2).map(|h| f64::from(*h))
        };
        of(Some(system)).or_else(|| of(None)).unwrap_or(60.0)
    }

    pub(super) fn asset(&mut self, row: &Row) -> Understood<()> {
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
        let typical = typical.unwrap_or_else(|| self.template.platform(kind, hosts));
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
            assets.push(typical);
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

    pub(super) fn service(&mut self, row: &Row) -> Understood<()> {
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
        s.harm = harm.or(s.harm);
        Ok(())
    }

    pub(super) fn dependency(&mut self, row: &Row) -> Understood<()> {
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
            learns: row.unit::<SimDuration>("learns")?,
            tires: row.unit::<SimDuration>("tires")?,
            hard: row.unit::<Share>("hard")?.is_some_and(|h| h.get() > 0.5),
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
    pub(super) fn places(&mut self, table: &Table) -> Result<BTreeMap<String, (f64, f64)>, Refused> {
        let wanted: BTreeSet<String> = self.orgs.values().map(|o| o.postcode.clone()).collect();
        let text = text(table)?;
        let mut rows = records(&text, b',');
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
}

/// A table's text.
pub(super) fn text(table: &Table) -> Result<String, Refused> {
    if table.bytes.len() > LARGEST_TABLE {
        return refused(format!("{} is larger than {} MiB", table.name, LARGEST_TABLE >> 20), "split it");
    }
    let text = String::from_utf8(table.bytes.clone())
        .unwrap_or_else(|e| e.into_bytes().into_iter().map(char::from).collect());
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// Its records with their lines. Lines are counted here: the reader takes a carriage return for the end of one, and passes over
/// empty ones.
pub(super) fn records(text: &str, delimiter: u8) -> impl Iterator<Item = (u64, Understood<Vec<String>>)> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
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

/// A number from 0, with or without marks of thousands.
pub(super) fn amount_of(text: &str, most: f64) -> Understood<f64> {
    let plain: String = text.chars().filter(|c| *c != ',' && !c.is_whitespace()).collect();
    match plain.parse::<f64>() {
        Ok(v) if (0.0..=most).contains(&v) => Ok(v),
        _ => Err(format!("'{}' is no number from 0 to {most}", short(text))),
    }
}

/// A kind by its label or its name in files, whatever the case and the separators.
pub(super) fn kind_of<T: Copy + 'static>(
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

pub(super) fn no_such<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let help = did_you_mean(word, known).map_or(String::new(), |advice| format!("; {advice}"));
    format!("no {what} '{}'{help}", short(word))
}
