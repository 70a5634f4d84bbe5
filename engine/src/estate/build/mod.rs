//! From what a person wrote (or a generator made) to a validated [`Estate`].

use std::collections::BTreeMap;

use crate::catalogue::kinds::OrgRole;
use crate::catalogue::kinds::{AssetKind, ConnectionKind, OrgKind, SegmentKind};
use crate::estate::Handling;
use crate::estate::nearest::NearestIndex;
use crate::estate::posture::PostureSpec;
use crate::estate::spec::{AssetSpec, InlineSpec, KindSpec, On, OrganisationSpec, ServiceSpec, TemplateSpec};
use crate::estate::{
    Asset, AssetId, Connection, ConnectionId, Dependency, Estate, MOST_ORGANISATIONS, NEIGHBOURS, Need,
    Neighbours, OrgId, Organisation, Segment, SegmentId, Service, ServiceId,
};
use crate::random::{Resolve, Resolver};
use crate::source::{Diagnostic, Located, nearest};
use crate::streams::{StreamName, Streams, text_id};
use crate::units::Quantity;

/// The most assets and hosts an estate may have.
const MOST_ASSETS: usize = 1_000_000;
const MOST_HOSTS: f64 = 50e6;

struct Builder<'a> {
    template: &'a TemplateSpec,
    kinds: BTreeMap<OrgKind, &'a KindSpec>,
    posture: BTreeMap<OrgKind, PostureSpec>,
    /// What is asked for beside the file, over all that it states.
    what_if: &'a [(OrgKind, PostureSpec)],
    streams: Streams,
    estate: Estate,
    diagnostics: Vec<Diagnostic>,
    by_kind: Vec<BTreeMap<AssetKind, AssetId>>,
    /// What national bodies run for all.
    national: BTreeMap<AssetKind, AssetId>,
    /// Each organisation's connection with the national network.
    joined: Vec<ConnectionId>,
    hosted: Vec<Vec<(AssetKind, OrgId, ConnectionId)>>,
}

/// Builds the estate of `spec` with the templates of `template`; `posture` replaces the templates' controls,
/// `what_if` those of the organisations themselves too.
///
/// # Errors
/// All the mistakes found, with their places in the file that `spec` came from.
pub fn build(
    spec: &InlineSpec,
    template: &TemplateSpec,
    posture: &[(OrgKind, PostureSpec)],
    what_if: &[(OrgKind, PostureSpec)],
    seed: u64,
) -> Result<Estate, Vec<Diagnostic>> {
    let kinds: BTreeMap<_, _> = template.kinds.iter().filter_map(Located::get).map(|k| (k.kind, k)).collect();
    let mut postures: BTreeMap<OrgKind, PostureSpec> =
        kinds.iter().map(|(kind, k)| (*kind, k.posture.clone())).collect();
    for (kind, over) in posture {
        let base = postures.entry(*kind).or_default();
        *base = over.with_fallback(base);
    }
    let mut b = Builder {
        template,
        kinds,
        posture: postures,
        what_if,
        streams: Streams::new(seed, 0),
        estate: Estate::default(),
        diagnostics: Vec::new(),
        by_kind: Vec::new(),
        national: BTreeMap::new(),
        joined: Vec::new(),
        hosted: Vec::new(),
    };
    b.profiles();
    b.estate.segments.push(Segment {
        kind: SegmentKind::National,
        owner: None,
        assets: vec![],
        connections: vec![],
        hosts: 0,
    });
    let specs: Vec<&OrganisationSpec> = spec.organisations.iter().filter_map(Located::get).collect();
    if specs.is_empty() || specs.len() > MOST_ORGANISATIONS {
        b.diagnostics
            .push(Diagnostic::new(0..0, format!("an estate has 1 to {MOST_ORGANISATIONS} organisations")));
        return Err(b.diagnostics);
    }
    for o in &specs {
        b.organisation(o);
    }
    b.connect(spec, &specs);
    b.services(&specs);
    b.finish();
    if b.diagnostics.is_empty() { Ok(b.estate) } else { Err(b.diagnostics) }
}

pub(super) fn valid_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 80
        && id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

impl Builder<'_> {
    fn wrong(&mut self, at: &std::ops::Range<usize>, what: impl Into<String>) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic::new(at.clone(), what));
        self.diagnostics.last_mut().expect("one was just pushed")
    }

    fn profiles(&mut self) {
        for p in &self.template.profiles {
            let mut hours = [0f32; 168];
            if p.hours.len() == 24
                && p.days.len() == 7
                && p.hours.iter().chain(&p.days).all(|v| v.is_finite() && *v >= 0.0)
            {
                let sum: f64 = p.hours.iter().sum::<f64>() * p.days.iter().sum::<f64>();
                for (h, out) in hours.iter_mut().enumerate() {
                    *out = (p.hours[h % 24] * p.days[h / 24] / sum * 168.0) as f32;
                }
            } else {
                self.diagnostics.push(Diagnostic::new(
                    0..0,
                    format!("profile '{}' needs 24 hours and 7 days of numbers ≥ 0", p.id),
                ));
            }
            self.estate.profiles.push(hours);
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "the parts of one organisation, each built from those before it"
    )]
    fn organisation(&mut self, o: &OrganisationSpec) {
        let org = OrgId(self.estate.organisations.len() as u32);
        let id = o.id.get().cloned().unwrap_or_default();
        if !valid_id(&id) {
            self.wrong(&o.id.at, format!("'{id}' cannot be an id")).help =
                Some("use lower case, digits and hyphens".into());
        } else if self.estate.find_org(&id).is_some() {
            self.wrong(&o.id.at, format!("two organisations are called '{id}'"));
        }
        let Some(kind) = self.kinds.get(&o.kind).copied() else {
            self.wrong(&o.id.at, format!("the template has no {}", o.kind.label()));
            return;
        };
        let organisation = text_id(&id);
        let mut resolver = Resolver::new(self.streams);
        let size = o.size.as_ref().and_then(Located::get).copied().unwrap_or_else(|| {
            kind.size
                .resolve(&mut resolver)
                .at(self.streams.stream(StreamName::Size { organisation }).uniform())
                .round()
        });
        if !size.is_finite() || !(0.0..=1e7).contains(&size) {
            let at = o.size.as_ref().map_or(o.id.at.clone(), |s| s.at.clone());
            self.wrong(&at, "a size lies between 0 and 10,000,000");
            return;
        }
        let base = &self.posture[&o.kind];
        let mut posture = o.posture.as_ref().map_or_else(|| base.clone(), |own| own.with_fallback(base));
        for (_, over) in self.what_if.iter().filter(|(kind, _)| *kind == o.kind) {
            posture = over.with_fallback(&posture);
        }
        if let Some(flaw) = posture.validate() {
            self.wrong(&o.id.at, flaw);
        }
        let posture = posture.draw(
            |control| {
                let control = text_id(control);
                self.streams.stream(StreamName::Posture { organisation, control }).uniform()
            },
            &mut resolver,
        );
        let region = o.region.clone().unwrap_or_else(|| "Region".into());
        let region = self.estate.regions.iter().position(|r| *r == region).unwrap_or_else(|| {
            self.estate.regions.push(region);
            self.estate.regions.len() - 1
        });
        let (lat, lon) = o.place.filter(|(a, b)| a.is_finite() && b.is_finite()).unwrap_or((52.0, -1.0));
        let first_segment = self.estate.segments.len() as u32;
        let first_asset = self.estate.assets.len() as u32;
        let mut segments: Vec<SegmentKind> =
            vec![if o.kind.role() == OrgRole::Supplier { SegmentKind::Cloud } else { SegmentKind::Lan }];
        let mut specs: Vec<&Located<AssetSpec>> = o.assets.as_ref().unwrap_or(&kind.assets).iter().collect();
        // A supplier's platforms are the assets that its template does not know.
        let mine = self.template.suppliers.iter().filter_map(Located::get).filter(|s| s.id == id);
        let platforms: Vec<Located<AssetSpec>> =
            mine.map(|s| platform(s.platform, f64::from(s.hosts)).into()).collect();
        if o.assets.is_none() {
            specs.extend(&platforms);
        }
        let hosted: Vec<AssetKind> = o.suppliers.iter().map(|(k, _)| *k).collect();
        let mut by_kind = BTreeMap::new();
        for spec in specs {
            let Some(a) = spec.get() else { continue };
            if hosted.contains(&a.kind) {
                continue; // the supplier has it instead
            }
            if by_kind.contains_key(&a.kind) {
                self.wrong(&spec.at, format!("'{id}' has two assets of kind {}", a.kind.name()));
                continue;
            }
            let hosts = (a.hosts + a.hosts_per_size * size).round().max(1.0);
            let sound = hosts.is_finite()
                && hosts <= 2e6
                && a.hosts >= 0.0
                && a.hosts_per_size >= 0.0
                && a.records_per_size.is_finite();
            if !sound {
                self.wrong(&spec.at, "hosts must be numbers from 0, at most 2,000,000 in all");
                continue;
            }
            let zone = if o.kind.role() == OrgRole::Supplier { SegmentKind::Cloud } else { a.segment };
            let segment = segments.iter().position(|s| *s == zone).unwrap_or_else(|| {
                segments.push(zone);
                segments.len() - 1
            });
            by_kind.insert(a.kind, AssetId(self.estate.assets.len() as u32));
            self.estate.assets.push(Asset {
                kind: a.kind,
                owner: org,
                segment: SegmentId(first_segment + segment as u32),
                hosts: hosts as u32,
                stops_at: a.stops_at.get().max(1e-3),
                needs: vec![],
                needed_by: vec![],
                level: 0,
                restore_fixed: a.restore_fixed.get(),
                restore_per_host: a.restore_per_host.get(),
                records: a.records_per_size.max(0.0) * size,
                dependents: vec![],
                customers: vec![],
                instances: vec![],
                criticality: 0.0,
            });
        }
        self.needs(o, kind, &by_kind, &platforms);
        for kind in &segments {
            self.estate.segments.push(Segment {
                kind: *kind,
                owner: Some(org),
                assets: vec![],
                connections: vec![],
                hosts: 0,
            });
        }
        if o.kind.role() == OrgRole::National {
            let shared = by_kind.iter().filter(|(kind, _)| kind.is_national());
            self.national.extend(shared.map(|(kind, asset)| (*kind, *asset)));
        }
        self.by_kind.push(by_kind);
        self.hosted.push(vec![]);
        self.estate.by_id.insert(id.clone(), org);
        self.estate.organisations.push(Organisation {
            id,
            name: o.name.chars().filter(|c| !c.is_control()).take(80).collect(),
            kind: o.kind,
            region: region as u32,
            lat,
            lon,
            size,
            staff: kind.staff_per_size * size,
            posture,
            assets: first_asset..self.estate.assets.len() as u32,
            hosts: self.estate.assets[first_asset as usize..].iter().map(|a| a.hosts).sum(),
            services: 0..0,
            segments: first_segment..self.estate.segments.len() as u32,
            connections: vec![],
            helped_by: None,
        });
        let inner = if o.kind.role() == OrgRole::Supplier { 0.2 } else { 1.0 };
        for s in first_segment + 1..self.estate.segments.len() as u32 {
            self.join(SegmentId(first_segment), SegmentId(s), ConnectionKind::Routed, inner);
        }
        let pass = kind.national_pass.get();
        let joined = self.join(SegmentId(first_segment), SegmentId(0), ConnectionKind::Routed, pass);
        self.joined.push(joined);
    }

    fn needs(
        &mut self,
        o: &OrganisationSpec,
        kind: &KindSpec,
        by_kind: &BTreeMap<AssetKind, AssetId>,
        platforms: &[Located<AssetSpec>],
    ) {
        for spec in o.assets.as_ref().unwrap_or(&kind.assets).iter().chain(platforms) {
            let Some((a, id)) = spec.get().and_then(|a| by_kind.get(&a.kind).map(|id| (a, *id))) else {
                continue;
            };
            for (needed, loss) in &a.needs {
                if let Some(&needed) = by_kind.get(needed) {
                    self.estate.assets[id.ix()].needs.push((needed, loss.get()));
                    self.estate.assets[needed.ix()].needed_by.push(id);
                }
            }
        }
        // Levels by repeated relaxation; a cycle would never settle.
        for round in 0..=by_kind.len() {
            let mut settled = true;
            for id in by_kind.values() {
                let level = self
                    .estate
                    .asset(*id)
                    .needs
                    .iter()
                    .map(|(n, _)| self.estate.asset(*n).level + 1)
                    .max()
                    .unwrap_or(0);
                if level > self.estate.asset(*id).level {
                    self.estate.assets[id.ix()].level = level;
                    settled = false;
                }
            }
            if settled {
                break;
            }
            if round == by_kind.len() {
                self.wrong(&o.id.at, "its assets need each other in a circle");
                for id in by_kind.values() {
                    self.estate.assets[id.ix()].needs.clear();
                }
            }
        }
    }

    fn join(&mut self, a: SegmentId, b: SegmentId, kind: ConnectionKind, pass: f64) -> ConnectionId {
        let id = ConnectionId(self.estate.connections.len() as u32);
        self.estate.connections.push(Connection { a, b, kind, pass });
        for end in [a, b] {
            self.estate.segments[end.ix()].connections.push(id);
            if let Some(owner) = self.estate.segments[end.ix()].owner {
                let list = &mut self.estate.organisations[owner.ix()].connections;
                if list.last() != Some(&id) {
                    list.push(id);
                }
            }
        }
        id
    }

    fn find(&mut self, id: &Located<String>) -> Option<OrgId> {
        let text = id.get()?;
        let found = self.estate.find_org(text);
        if found.is_none() {
            let help = nearest(text, self.estate.organisations.iter().map(|o| o.id.as_str()))
                .map(|n| format!("did you mean '{n}'?"));
            self.wrong(&id.at, format!("no organisation '{text}'")).help = help;
        }
        found
    }

    fn lan(&self, org: OrgId) -> SegmentId {
        SegmentId(self.estate.org(org).segments.start)
    }

    fn connect(&mut self, spec: &InlineSpec, specs: &[&OrganisationSpec]) {
        if self.estate.organisations.len() != specs.len() {
            return;
        }
        for (i, o) in specs.iter().enumerate() {
            let org = OrgId(i as u32);
            for (kind, supplier) in &o.suppliers {
                let Some(at) = self.find(supplier) else { continue };
                if !self.by_kind[at.ix()].contains_key(kind) {
                    let what = format!("supplier '{}' hosts no {}", self.estate.org(at).id, kind.label());
                    self.wrong(&supplier.at, what);
                    continue;
                }
                let market = self
                    .template
                    .suppliers
                    .iter()
                    .filter_map(Located::get)
                    .find(|s| s.id == self.estate.org(at).id && s.platform == *kind);
                let (pass, federated) = market.map_or((0.05, false), |m| (m.pass.get(), m.federated));
                let instance = market.is_some_and(|m| m.instances);
                let link = if federated { ConnectionKind::FederatedIdentity } else { ConnectionKind::Hosted };
                let connection = self.join(self.lan(org), self.lan(at), link, pass);
                // Its people's records lie with the supplier.
                let usual = &self.kinds[&o.kind].assets;
                let own = usual.iter().filter_map(Located::get).find(|a| a.kind == *kind);
                let records = own.map_or(0.0, |a| a.records_per_size.max(0.0)) * self.estate.org(org).size;
                let platform = self.by_kind[at.ix()][kind];
                self.estate.assets[platform.ix()].records += records;
                self.hosted[i].push((*kind, at, connection));
                if instance {
                    self.estate.assets[platform.ix()].instances.push(connection);
                }
            }
        }
        for c in &spec.connections {
            let Some(c) = c.get() else { continue };
            if let (Some(a), Some(b)) = (self.find(&c.from), self.find(&c.to)) {
                if a == b {
                    self.wrong(&c.to.at, "a connection joins two organisations");
                } else {
                    self.join(self.lan(a), self.lan(b), c.kind, c.pass.get());
                }
            }
        }
    }

    fn services(&mut self, specs: &[&OrganisationSpec]) {
        if self.estate.organisations.len() != specs.len() {
            return;
        }
        let mut wanted: Vec<(ServiceId, &Located<ServiceSpec>)> = Vec::new();
        for (i, o) in specs.iter().enumerate() {
            let org = OrgId(i as u32);
            let first = self.estate.services.len() as u32;
            let kind = self.kinds[&o.kind];
            for located in o.services.as_ref().unwrap_or(&kind.services) {
                let Some(s) = located.get() else { continue };
                let name = s.profile.get().cloned().unwrap_or_default();
                let Some(profile) = self.template.profiles.iter().position(|p| p.id == name) else {
                    let help = nearest(&name, self.template.profiles.iter().map(|p| p.id.as_str()))
                        .map(|n| format!("did you mean '{n}'?"));
                    self.wrong(&s.profile.at, format!("no profile '{name}'")).help = help;
                    continue;
                };
                let level = s.daily_per_size * self.estate.org(org).size / 24.0;
                if !level.is_finite() || !(0.0..=1e7).contains(&level) {
                    self.wrong(&located.at, "contacts must be numbers from 0");
                    continue;
                }
                let id = ServiceId(self.estate.services.len() as u32);
                wanted.push((id, located));
                self.estate.services.push(Service {
                    kind: s.kind,
                    owner: org,
                    level,
                    profile: profile as u32,
                    headroom: s.headroom.get(),
                    calls: s.handling.filter(|h| h.number() > 0.0).map(|h| Handling {
                        mean: h.number() / 60.0,
                        patience: s.patience.map_or(f64::INFINITY, |p| p.number() / 60.0),
                    }),
                    deferrable: s.deferrable.get(),
                    divertible: s.divertible.map_or(0.0, crate::units::Share::get),
                    harm: s.harm.get(),
                    value: s.value.get(),
                    dependencies: 0..0,
                    neighbours: Neighbours::new(&[]),
                    senders: 0..0,
                    dependents: 0..0,
                    needed: 0.0,
                });
            }
            self.estate.organisations[i].services = first..self.estate.services.len() as u32;
        }
        let near = NearestIndex::new(&self.estate);
        for (id, spec) in wanted {
            self.dependencies(&near, id, spec.get().expect("only readable services are wanted"));
        }
        self.lists();
    }

    fn dependencies(&mut self, near: &NearestIndex, id: ServiceId, spec: &ServiceSpec) {
        let owner = self.estate.service(id).owner;
        let first = self.estate.dependencies.len() as u32;
        for d in &spec.needs {
            let Some(d) = d.get() else { continue };
            let on = match d.on {
                On::Asset(kind) => {
                    let own = self.by_kind[owner.ix()].get(&kind).map(|a| Need::Asset(*a, None));
                    let supplied = || {
                        let (_, at, c) = self.hosted[owner.ix()].iter().find(|(k, ..)| *k == kind)?;
                        Some(Need::Asset(self.by_kind[at.ix()][&kind], Some(*c)))
                    };
                    let national = || {
                        let asset = self.national.get(&kind)?;
                        Some(Need::Asset(*asset, Some(self.joined[owner.ix()])))
                    };
                    own.or_else(supplied).or_else(national)
                }
                On::Service(kind) => self
                    .estate
                    .org(owner)
                    .services
                    .clone()
                    .map(ServiceId)
                    .find(|s| self.estate.service(*s).kind == kind && *s != id)
                    .or_else(|| near.services(&self.estate, owner, kind, 1).first().copied())
                    .map(Need::Service),
            };
            // An estate without such an asset or service works without it: nothing to depend on.
            let Some(on) = on else { continue };
            let index = self.estate.dependencies.len() as u32;
            match on {
                Need::Asset(a, _) => self.estate.assets[a.ix()].dependents.push((id, index)),
                Need::Service(s) => {
                    let needed = &mut self.estate.services[s.ix()].needed;
                    *needed = needed.max(d.loss.get());
                }
            }
            self.estate.dependencies.push(Dependency {
                service: id,
                on,
                loss: d.loss.get(),
                workaround: d.workaround.map_or(0.0, crate::units::Share::get),
                onset: d.onset.map_or(120.0, Quantity::number),
                tires: d.tires.map(Quantity::number),
            });
        }
        self.estate.services[id.ix()].dependencies = first..self.estate.dependencies.len() as u32;
        let service = self.estate.service(id);
        if service.divertible > 0.0 {
            let neighbours = near.services(&self.estate, owner, service.kind, NEIGHBOURS);
            self.estate.services[id.ix()].neighbours = Neighbours::new(&neighbours);
        }
    }

    /// Who sends to each service and who depends on it.
    fn lists(&mut self) {
        let e = &mut self.estate;
        let n = e.services.len();
        let (mut senders, mut dependents) = (vec![vec![]; n], vec![vec![]; n]);
        for (id, s) in (0u32..).zip(&e.services) {
            s.neighbours.iter().for_each(|n| senders[n.ix()].push(ServiceId(id)));
        }
        for (index, d) in (0u32..).zip(&e.dependencies) {
            if let Need::Service(s) = d.on {
                dependents[s.ix()].push((d.service, index));
            }
        }
        for ((s, senders), dependents) in e.services.iter_mut().zip(&senders).zip(&dependents) {
            let (from, depend) = (e.senders.len() as u32, e.dependents.len() as u32);
            e.senders.extend(senders);
            e.dependents.extend(dependents);
            (s.senders, s.dependents) = (from..e.senders.len() as u32, depend..e.dependents.len() as u32);
        }
    }

    fn finish(&mut self) {
        let e = &mut self.estate;
        e.weight = e.services.iter().map(|s| s.level * s.harm).sum();
        let hosts: f64 = e.assets.iter().map(|a| f64::from(a.hosts)).sum();
        if e.assets.len() > MOST_ASSETS || hosts > MOST_HOSTS {
            self.diagnostics.push(Diagnostic::new(
                0..0,
                format!("an estate has at most {MOST_ASSETS} assets and {MOST_HOSTS} hosts"),
            ));
            return;
        }
        for i in 0..e.assets.len() {
            let a = &e.assets[i];
            let weight = a
                .dependents
                .iter()
                .map(|(s, d)| {
                    e.dependencies[*d as usize].loss * e.services[s.ix()].level * e.services[s.ix()].harm
                })
                .sum();
            let (segment, hosts) = (a.segment.ix(), a.hosts);
            e.assets[i].criticality = weight;
            e.segments[segment].assets.push(AssetId(i as u32));
            e.segments[segment].hosts += hosts;
        }
        // What is needed by others is as critical as they are; levels rise, so go from the top down.
        let mut order: Vec<usize> = (0..e.assets.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(e.assets[*i].level));
        for i in order {
            let hosted = |d: u32| matches!(e.dependencies[d as usize].on, Need::Asset(_, Some(_)));
            let users = e.assets[i].dependents.iter().filter(|(_, d)| hosted(*d));
            let users: Vec<OrgId> = users.map(|(s, _)| e.services[s.ix()].owner).collect();
            let mut customers = std::mem::take(&mut e.assets[i].customers);
            customers.extend(users);
            customers.sort_unstable();
            customers.dedup();
            e.assets[i].customers.clone_from(&customers);
            let (weight, needs) = (e.assets[i].criticality, e.assets[i].needs.clone());
            for (n, loss) in needs {
                let needed = &mut e.assets[n.ix()];
                needed.criticality += weight * loss;
                needed.customers.extend(&customers);
            }
        }
        e.by_region = vec![vec![]; e.regions.len()];
        for (i, o) in (0u32..).zip(&e.organisations) {
            e.by_region[o.region as usize].push(OrgId(i));
        }
        let boards: Vec<(u32, OrgId)> = (0u32..)
            .zip(&e.organisations)
            .filter(|(_, o)| o.kind.role() == OrgRole::Regional)
            .map(|(i, o)| (o.region, OrgId(i)))
            .collect();
        for o in &mut e.organisations {
            o.helped_by = boards.iter().find(|(r, _)| *r == o.region).or(boards.first()).map(|(_, b)| *b);
        }
    }
}

/// What a supplier hosts for others.
pub(super) fn platform(kind: AssetKind, hosts: f64) -> AssetSpec {
    let share = |v| crate::units::Share::from_number(v).expect("a share");
    let effort = |v| crate::units::PersonHours::from_number(v).expect("an effort");
    AssetSpec {
        kind,
        hosts,
        hosts_per_size: 0.0,
        segment: SegmentKind::Cloud,
        stops_at: share(0.3),
        needs: vec![(AssetKind::Identity, share(1.0)), (AssetKind::Servers, share(0.6))],
        restore_fixed: effort(600.0),
        restore_per_host: effort(6.0),
        records_per_size: 0.0,
        source: String::new(),
    }
}
