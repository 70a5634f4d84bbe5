//! Makes a whole country, or some regions of it, from the templates: published counts, sizes and volumes of care; invented names.
//! A cut has the same organisations as the country has there. Which care systems there are follows from the day.

use std::collections::BTreeMap;

use crate::catalogue::kinds::{AssetKind, OrgKind, OrgRole};
use crate::estate::generate::{blank, joins, markets, size_mean, suppliers};
use crate::estate::spec::{
    AssetSpec, CountSpec, GenerateSpec, InlineSpec, KindSpec, NationSpec, OrganisationSpec, SupplierSpec,
    TemplateSpec,
};
use crate::random::{Random, Resolve, Resolver};
use crate::source::{Diagnostic, Diagnostics, Located, did_you_mean};
use crate::streams::{Stream, StreamName, Streams, text_id};
use crate::units::{Date, Number};

/// Days over which a year's care is spread.
const YEAR: f64 = 365.25;

/// Where those stand who serve all: the middle of the country, degrees.
const MIDDLE: (f64, f64) = (52.6, -1.5);

/// A care system of the country, or a part of one that was a system of its own before.
struct System<'n> {
    /// Its name on the day.
    name: &'n str,
    /// Its name before it became part of another.
    part: &'n str,
    region: &'n str,
    /// People, as an interval of the line on which all of the country stands, region by region.
    people: (f64, f64),
    /// Centre, degrees.
    place: (f64, f64),
    /// How far it reaches from there, degrees.
    reach: (f64, f64),
    wanted: bool,
}

/// One organisation to be, with the stretch of people whom it serves.
struct Unit {
    spec: OrganisationSpec,
    serves: (f64, f64),
    system: usize,
}

/// The country of `template` as it is `on` a day, cut as `spec` asks, and the template with the country's suppliers and volumes of care.
///
/// # Errors
/// When the template has no country, or a region or system is not in it.
pub fn nation(
    spec: &GenerateSpec,
    on: Date,
    mut template: TemplateSpec,
) -> Result<(InlineSpec, TemplateSpec), Diagnostics> {
    let Some(nation) = template.nation.take() else {
        let what = "this family of templates has no country";
        return Err(Diagnostic::new(spec.template.at.clone(), what).help("add `population: 1200000`").into());
    };
    let systems = systems(&nation, on, &spec.only)?;
    template.suppliers.clone_from(&nation.suppliers);
    markets(spec, &mut template.suppliers)?;
    scale(&nation, &mut template);
    let maker = Maker { nation: &nation, template: &template, systems, streams: Streams::new(spec.seed, 0) };
    let inline = maker.make(spec);
    Ok((inline, template))
}

/// The care systems, region by region, those that are asked for marked as wanted.
fn systems<'n>(
    nation: &'n NationSpec,
    on: Date,
    only: &[Located<String>],
) -> Result<Vec<System<'n>>, Diagnostics> {
    let mut out: Vec<System> = Vec::new();
    let mut upto = 0.0;
    for region in &nation.regions {
        let n = region.systems.len();
        let each = region.people / n.max(1) as f64;
        // A grid of cells over the region, about as wide as high; a degree of longitude is shorter than one of latitude.
        let (height, width) = (region.lat.1 - region.lat.0, region.lon.1 - region.lon.0);
        let columns =
            ((n as f64 * width * 0.6 / height.max(1e-6)).sqrt().round().max(1.0) as usize).min(n.max(1));
        let rows = n.div_ceil(columns).max(1);
        for (k, name) in region.systems.iter().enumerate() {
            let (row, column) = (k / columns, k % columns);
            let in_row = columns.min(n - row * columns);
            let reach = (0.5 * height / rows as f64, 0.5 * width / in_row as f64);
            out.push(System {
                name,
                part: name,
                region: &region.name,
                people: (upto, upto + each),
                place: (
                    region.lat.0 + reach.0 * (2 * row + 1) as f64,
                    region.lon.0 + reach.1 * (2 * column + 1) as f64,
                ),
                reach,
                wanted: only.is_empty(),
            });
            upto += each;
        }
    }
    for merger in nation.mergers.iter().filter(|m| m.from <= on) {
        for s in out.iter_mut().filter(|s| merger.of.iter().any(|n| n == s.name)) {
            s.name = &merger.name;
        }
    }
    let mut diagnostics = Diagnostics::default();
    for asked in only.iter().filter(|o| o.value.is_some()) {
        let text = asked.get().map_or("", String::as_str);
        let mut found = false;
        for s in out.iter_mut().filter(|s| [s.name, s.region].iter().any(|n| n.eq_ignore_ascii_case(text))) {
            (s.wanted, found) = (true, true);
        }
        if !found {
            let known = out.iter().flat_map(|s| [s.region, s.name]);
            let part = out.iter().find(|s| s.part.eq_ignore_ascii_case(text));
            let later = nation.mergers.iter().find(|m| m.name.eq_ignore_ascii_case(text));
            let help = match (part, later) {
                (Some(part), _) => format!("when this scenario starts it is a part of '{}'", part.name),
                (_, Some(later)) => {
                    format!("when this scenario starts there are still {}", later.of.join(" and "))
                }
                _ => did_you_mean(text, known)
                    .unwrap_or_else(|| format!("regions are: {}", regions(&nation.regions))),
            };
            diagnostics
                .wrong(&asked.at, format!("no region or care system '{text}' in {}", nation.name))
                .help = Some(help);
        }
    }
    if diagnostics.list.is_empty() { Ok(out) } else { Err(diagnostics) }
}

fn regions(all: &[crate::estate::spec::RegionSpec]) -> String {
    all.iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn sizes<'s>(count: &'s CountSpec, kind: &'s KindSpec) -> &'s Random<Number> {
    count.size.as_ref().unwrap_or(&kind.size)
}

/// Sizes of a kind: drawn, or following from the people served.
fn mean_size(count: &CountSpec, kind: &KindSpec, people: f64) -> f64 {
    match count.people_per_size {
        Some(each) => people / f64::from(count.count.max(1)) / each.max(1e-9),
        None => size_mean(&sizes(count, kind).resolve(&mut Resolver::new(Streams::new(0, 0)))),
    }
}

/// Scales the services of `template` so that all organisations of the country together give its volumes of care.
fn scale(nation: &NationSpec, template: &mut TemplateSpec) {
    let people: f64 = nation.regions.iter().map(|r| r.people).sum();
    let total = |template: &TemplateSpec, care| -> f64 {
        let of = |c: &CountSpec| -> f64 {
            let Some(kind) = template.kinds.iter().filter_map(Located::get).find(|k| k.kind == c.kind) else {
                return 0.0;
            };
            let daily: f64 = kind
                .services
                .iter()
                .filter_map(Located::get)
                .filter(|s| s.kind == care)
                .map(|s| s.daily_per_size)
                .sum();
            daily * f64::from(c.count) * mean_size(c, kind, people)
        };
        nation.counts.iter().map(of).sum()
    };
    for volume in &nation.volumes {
        let now = total(template, volume.care);
        if now <= 0.0 {
            continue;
        }
        let factor = volume.yearly / YEAR / now;
        for service in template
            .kinds
            .iter_mut()
            .filter_map(|k| k.value.as_mut())
            .flat_map(|k| k.services.iter_mut())
            .filter_map(|s| s.value.as_mut())
            .filter(|s| s.kind == volume.care)
        {
            service.daily_per_size *= factor;
        }
    }
}

struct Maker<'n> {
    nation: &'n NationSpec,
    template: &'n TemplateSpec,
    systems: Vec<System<'n>>,
    streams: Streams,
}

impl Maker<'_> {
    fn make(&self, spec: &GenerateSpec) -> InlineSpec {
        let mut ids: BTreeMap<String, u32> = BTreeMap::new();
        let mut units: Vec<Unit> = vec![];
        for (n, count) in self.nation.counts.iter().enumerate() {
            // Among those of its kind: another kind's count moves nobody's luck.
            let n = self.nation.counts[..n].iter().filter(|c| c.kind == count.kind).count();
            let kind = self.template.kinds.iter().filter_map(Located::get).find(|k| k.kind == count.kind);
            if let Some(kind) = kind {
                self.kind(n as u32, count, kind, &mut ids, &mut units);
            }
        }
        let wanted = |u: &Unit| {
            let serves = |s: &System| s.people.0 < u.serves.1 && u.serves.0 < s.people.1;
            self.systems[u.system].wanted || self.systems.iter().any(|s| s.wanted && serves(s))
        };
        units.retain(wanted);
        // Suppliers serve all, whatever is cut.
        let mut organisations = suppliers(&self.template.suppliers, &self.nation.name, MIDDLE);
        let connections = self
            .systems
            .iter()
            .enumerate()
            .filter(|(_, s)| s.wanted)
            .flat_map(|(n, s)| {
                // A laboratory network serves more than one system.
                let labs = |u: &Unit| {
                    u.spec.kind == OrgKind::PathologyNetwork
                        && s.people.0 < u.serves.1
                        && u.serves.0 < s.people.1
                };
                // Trusts that joined their networks stay joined, and a merger of boards joins no networks by itself; the board is the one
                // of the day.
                let board = |u: &Unit| {
                    u.spec.kind.role() == OrgRole::Regional && self.systems[u.system].name == s.name
                };
                let own = |u: &Unit| {
                    u.system == n
                        && u.spec.kind != OrgKind::PathologyNetwork
                        && u.spec.kind.role() != OrgRole::Regional
                };
                let here = |u: &&Unit| own(u) || labs(u) || board(u);
                joins(units.iter().filter(here).map(|u| &u.spec), self.template.joins(), &spec.joined)
            })
            .collect();
        organisations.extend(units.into_iter().map(|u| u.spec));
        organisations.extend(self.bodies());
        InlineSpec { organisations: organisations.into_iter().map(Into::into).collect(), connections }
    }

    /// What national bodies run for all, whatever is cut.
    fn bodies(&self) -> impl Iterator<Item = OrganisationSpec> {
        let of = |b: &OrganisationSpec| OrganisationSpec {
            region: Some(self.nation.name.clone()),
            place: Some(MIDDLE),
            ..b.clone()
        };
        self.nation.bodies.iter().filter_map(Located::get).map(of)
    }

    /// All organisations of a kind: evenly over the people of the country, each in the system where the middle of its own is.
    fn kind(
        &self,
        n: u32,
        count: &CountSpec,
        kind: &KindSpec,
        ids: &mut BTreeMap<String, u32>,
        out: &mut Vec<Unit>,
    ) {
        let people = self.systems.last().map_or(0.0, |s| s.people.1);
        if kind.kind.role() == OrgRole::Regional {
            out.extend(self.boards(n, count, kind, ids));
            return;
        }
        let each = people / f64::from(count.count.max(1));
        let size = sizes(count, kind).resolve(&mut Resolver::new(self.streams));
        let assets = count.hosts.map(|times| scaled(&kind.assets, times.get()));
        let key = |organisation: u32, what: u64| {
            let kind = text_id(kind.kind.name());
            self.streams.stream(StreamName::NationalEstate { kind, count: n, organisation }).nth(what)
        };
        let mean = mean_size(count, kind, people);
        let sizes: Vec<f64> = match count.people_per_size {
            Some(_) => vec![mean; count.count as usize],
            None => (0..count.count).map(|k| size.at(key(k, 0).uniform()).max(1.0)).collect(),
        };
        // The mean size is the template's, so that totals do not hang on the luck of the draws.
        let factor = mean * f64::from(count.count) / sizes.iter().sum::<f64>().max(1e-9);
        let markets = self.markets(kind.kind);
        for (k, drawn) in (0u32..).zip(sizes) {
            let serves = (f64::from(k) * each, f64::from(k + 1) * each);
            let middle = 0.5 * (serves.0 + serves.1);
            let system = self.systems.partition_point(|s| s.people.1 <= middle).min(self.systems.len() - 1);
            let name = self.name(n, k, count.count, kind, &key);
            let id = unique(&name, ids);
            let s = &self.systems[system];
            let around = |middle: f64, reach: f64, key: Stream| middle + reach * (2.0 * key.uniform() - 1.0);
            let place = (around(s.place.0, s.reach.0, key(k, 1)), around(s.place.1, s.reach.1, key(k, 2)));
            let suppliers = markets
                .iter()
                .filter_map(|(platform, offers)| {
                    let market = StreamName::Market {
                        kind: text_id(kind.kind.name()),
                        count: n,
                        organisation: k,
                        platform: text_id(platform.name()),
                    };
                    let u = self.market_position(*platform, system, self.streams.stream(market));
                    chosen(offers, u).map(|id| (*platform, id.to_owned().into()))
                })
                .collect();
            out.push(Unit {
                spec: OrganisationSpec {
                    size: Some((drawn * factor).round().max(1.0).into()),
                    suppliers,
                    assets: assets.clone(),
                    ..blank(&id, &name, kind.kind, s.name, place)
                },
                serves,
                system,
            });
        }
    }

    /// The board of each care system, named after it.
    fn boards(
        &self,
        n: u32,
        count: &CountSpec,
        kind: &KindSpec,
        ids: &mut BTreeMap<String, u32>,
    ) -> Vec<Unit> {
        let mut names: Vec<&str> = vec![];
        for s in &self.systems {
            if !names.contains(&s.name) {
                names.push(s.name);
            }
        }
        let of = |(k, name): (u32, &str)| {
            let parts = || self.systems.iter().enumerate().filter(|(_, s)| s.name == name);
            let (system, first) = parts().next().expect("each name is that of a system");
            let people: f64 = parts().map(|(_, s)| s.people.1 - s.people.0).sum();
            let size = match count.people_per_size {
                Some(each) => people / each.max(1e-9),
                None => size_mean(&sizes(count, kind).resolve(&mut Resolver::new(self.streams))),
            };
            let stream =
                StreamName::NationalEstate { kind: text_id(kind.kind.name()), count: n, organisation: k };
            let luck = |what: u64| self.streams.stream(stream).nth(what).uniform();
            let around = |middle: f64, reach: f64, what: u64| middle + reach * (2.0 * luck(what) - 1.0);
            let place = (around(first.place.0, first.reach.0, 1), around(first.place.1, first.reach.1, 2));
            let ending = kind.names.first().map_or("", String::as_str);
            let full = if names.len() == 1 { ending.to_owned() } else { format!("{name} {ending}") };
            (system, first.people, size, place, full)
        };
        let made: Vec<_> = (0u32..).zip(names.iter().copied()).map(of).collect();
        made.into_iter()
            .map(|(system, serves, size, place, name)| Unit {
                spec: OrganisationSpec {
                    size: Some(size.round().max(1.0).into()),
                    assets: count.hosts.map(|times| scaled(&kind.assets, times.get())),
                    ..blank(&unique(&name, ids), &name, kind.kind, self.systems[system].name, place)
                },
                serves,
                system,
            })
            .collect()
    }

    /// An invented name; no two of a kind share one while there are enough.
    fn name(&self, n: u32, k: u32, count: u32, kind: &KindSpec, key: &impl Fn(u32, u64) -> Stream) -> String {
        let (first, last) = (&self.template.names.first, &self.template.names.last);
        let pairs = (first.len() * last.len()).max(1);
        let at = if count as usize <= pairs {
            // A step that shares no factor with their number visits them all; one more than it never does.
            let step = (pairs / 2..=pairs + 1).find(|s| gcd(*s, pairs) == 1).unwrap_or(1);
            let from = (self
                .streams
                .stream(StreamName::NationalNames { kind: text_id(kind.kind.name()), count: n })
                .uniform()
                * pairs as f64) as usize;
            (from + k as usize * step) % pairs
        } else {
            (key(k, 3).uniform() * pairs as f64) as usize
        };
        let of = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
        let ending = (key(k, 4).uniform() * kind.names.len() as f64) as usize;
        let place = format!("{}{}", of(first, at / last.len().max(1)), of(last, at % last.len().max(1)));
        if count == 1 {
            return of(&kind.names, 0);
        }
        format!("{place} {}", of(&kind.names, ending))
    }

    /// What is on offer to a kind: by platform, suppliers with their shares.
    fn markets(&self, kind: OrgKind) -> Vec<(AssetKind, Vec<(&SupplierSpec, f64)>)> {
        let mut out: Vec<(AssetKind, Vec<(&SupplierSpec, f64)>)> = vec![];
        for s in self.template.suppliers.iter().filter_map(Located::get) {
            let Some((_, share)) = s.customers.iter().find(|(k, _)| *k == kind) else { continue };
            match out.iter_mut().find(|(p, _)| *p == s.platform) {
                Some((_, offers)) => offers.push((s, share.get())),
                None => out.push((s.platform, vec![(s, share.get())])),
            }
        }
        out
    }

    /// Where on a market an organisation stands: mostly where its system stands, if the market is clustered. The systems' places are
    /// spread evenly over the market, in an order of the market's own, so that national shares hold.
    fn market_position(&self, platform: AssetKind, system: usize, own: Stream) -> f64 {
        let clustered = self.nation.clustered.iter().find(|c| c.0 == platform).map_or(0.0, |c| c.1.get());
        if own.nth(1).uniform() >= clustered {
            return own.uniform();
        }
        let luck = |s: usize| {
            let platform = text_id(platform.name());
            self.streams.stream(StreamName::MarketOfSystem { platform, system: s as u32 }).bits()
        };
        let before = (0..self.systems.len()).filter(|s| (luck(*s), *s) < (luck(system), system)).count();
        (before as f64 + 0.5) / self.systems.len() as f64
    }
}

/// A name as an id that no other one has.
fn unique(name: &str, ids: &mut BTreeMap<String, u32>) -> String {
    let mut id: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let used = ids.entry(id.clone()).or_default();
    *used += 1;
    if *used > 1 {
        id += &format!("-{used}");
    }
    id
}

/// Assets with so many times the hosts.
fn scaled(assets: &[Located<AssetSpec>], times: f64) -> Vec<Located<AssetSpec>> {
    let of = |a: &AssetSpec| AssetSpec {
        hosts: a.hosts * times,
        hosts_per_size: a.hosts_per_size * times,
        ..a.clone()
    };
    assets.iter().filter_map(Located::get).map(|a| of(a).into()).collect()
}

fn chosen<'s>(offers: &[(&'s SupplierSpec, f64)], u: f64) -> Option<&'s str> {
    let mut upto = 0.0;
    offers
        .iter()
        .find(|(_, share)| {
            upto += share;
            u < upto
        })
        .map(|(s, _)| s.id.as_str())
}

const fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
