//! One organisation: who it is, its size and controls, its assets and what they need of each other.

use std::collections::BTreeMap;

use super::{Builder, valid_id};
use crate::catalogue::kinds::{AssetKind, ConnectionKind, OrgRole, SegmentKind};
use crate::estate::posture::Posture;
use crate::estate::spec::{AssetSpec, KindSpec, OrganisationSpec};
use crate::estate::{Asset, AssetId, OrgId, Organisation, Segment, SegmentId, Stated, Unstated};
use crate::random::{Resolve, Resolver};
use crate::source::Located;
use crate::streams::{Stream, StreamName, text_id};

/// The most hosts of one asset.
const MOST_HOSTS: f64 = 2e6;

/// The assets of one organisation that a file or a template states, by kind, and the zones that they stand in.
struct Assets {
    by_kind: BTreeMap<AssetKind, AssetId>,
    zones: Vec<SegmentKind>,
}

impl Builder<'_> {
    pub(super) fn organisation(&mut self, o: &OrganisationSpec) {
        let org = OrgId(self.estate.organisations.len() as u32);
        let id = self.identity(o);
        let Some(kind) = self.kinds.get(&o.kind).copied() else {
            self.diagnostics.wrong(&o.id.at, format!("the template has no {}", o.kind.label()));
            return;
        };
        let mut resolver = Resolver::new(self.streams);
        let Some(size) = self.size(o, kind, &id, &mut resolver) else { return };
        let posture = self.controls(o, text_id(&id), &mut resolver);
        let region = self.region(o);
        let first_segment = self.estate.segments.len() as u32;
        let first_asset = self.estate.assets.len() as u32;
        // A supplier's platforms are the assets that its template does not know.
        let mine = self.template.suppliers.iter().filter_map(Located::get).filter(|s| s.id == id);
        let platforms: Vec<Located<AssetSpec>> =
            mine.map(|s| self.template.platform(s.platform, f64::from(s.hosts)).into()).collect();
        let Assets { by_kind, zones } = self.assets((org, o), kind, &id, size, &platforms);
        self.needs(o, kind, &by_kind, &platforms);
        for zone in &zones {
            self.estate.segments.push(Segment {
                kind: *zone,
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
            region,
            place: o.place.filter(|(a, b)| a.is_finite() && b.is_finite()),
            size,
            stated: Stated {
                size: o.size.as_ref().is_some_and(|s| s.value.is_some()),
                controls: o.posture.as_ref().is_some_and(|p| p.is_whole()),
                systems: o.assets.is_some(),
                care: o.services.is_some(),
            },
            staff: kind.staff_per_size * size,
            posture,
            assets: first_asset..self.estate.assets.len() as u32,
            hosts: self.estate.assets[first_asset as usize..].iter().map(|a| a.hosts).sum(),
            services: 0..0,
            segments: first_segment..self.estate.segments.len() as u32,
            connections: vec![],
            helped_by: None,
        });
        let lan = SegmentId(first_segment);
        for s in first_segment + 1..self.estate.segments.len() as u32 {
            self.join(lan, SegmentId(s), ConnectionKind::Routed, kind.inner_pass.get());
        }
        let joined = self.join(lan, SegmentId(0), ConnectionKind::Routed, kind.national_pass.get());
        self.joined.push(joined);
    }

    /// Its id, held against those that there are.
    fn identity(&mut self, o: &OrganisationSpec) -> String {
        let id = o.id.get().cloned().unwrap_or_default();
        if !valid_id(&id) {
            self.diagnostics.wrong(&o.id.at, format!("'{id}' cannot be an id")).help =
                Some("use lower case, digits and hyphens".into());
        } else if self.estate.find_org(&id).is_some() {
            self.diagnostics.wrong(&o.id.at, format!("two organisations are called '{id}'"));
        }
        id
    }

    /// Its size, as stated or else its kind's: drawn, or typical.
    fn size(
        &mut self,
        o: &OrganisationSpec,
        kind: &KindSpec,
        id: &str,
        resolver: &mut Resolver,
    ) -> Option<f64> {
        let size = o.size.as_ref().and_then(Located::get).copied().unwrap_or_else(|| {
            let stream = self.streams.stream(StreamName::Size { organisation: text_id(id) });
            kind.size.resolve(resolver).at(self.quantile(stream)).round()
        });
        if !size.is_finite() || !(0.0..=1e7).contains(&size) {
            let at = o.size.as_ref().map_or(&o.id.at, |s| &s.at);
            self.diagnostics.wrong(at, "a size lies between 0 and 10,000,000");
            return None;
        }
        Some(size)
    }

    /// Its controls: its own over its kind's, and what is asked for beside the file over both.
    fn controls(&mut self, o: &OrganisationSpec, organisation: u64, resolver: &mut Resolver) -> Posture {
        let base = &self.posture[&o.kind];
        let mut posture = o.posture.as_ref().map_or_else(|| base.clone(), |own| own.with_fallback(base));
        for (_, over) in self.overrides.iter().filter(|(kind, _)| *kind == o.kind) {
            posture = over.with_fallback(&posture);
        }
        if let Some(flaw) = posture.validate() {
            self.diagnostics.wrong(&o.id.at, flaw);
        }
        let uniform = |control: &str| {
            let control = text_id(control);
            self.quantile(self.streams.stream(StreamName::Posture { organisation, control }))
        };
        posture.draw(uniform, resolver)
    }

    /// Where in a kind's distribution stands what nobody stated: drawn, or in the middle.
    fn quantile(&self, stream: Stream) -> f64 {
        match self.estate.unstated {
            Unstated::Drawn(_) => stream.uniform(),
            Unstated::Typical => 0.5,
        }
    }

    /// Its region, by position.
    fn region(&mut self, o: &OrganisationSpec) -> u32 {
        let regions = &mut self.estate.regions;
        let region = o.region.clone().unwrap_or_else(|| "Region".into());
        let known = regions.iter().position(|r| *r == region);
        known.unwrap_or_else(|| {
            regions.push(region);
            regions.len() - 1
        }) as u32
    }

    /// Its assets, but for those that a supplier hosts.
    fn assets(
        &mut self,
        (owner, o): (OrgId, &OrganisationSpec),
        kind: &KindSpec,
        id: &str,
        size: f64,
        platforms: &[Located<AssetSpec>],
    ) -> Assets {
        let first_segment = self.estate.segments.len() as u32;
        let in_cloud = o.kind.role() == OrgRole::Supplier;
        let mut out = Assets {
            by_kind: BTreeMap::new(),
            zones: vec![if in_cloud { SegmentKind::Cloud } else { SegmentKind::Lan }],
        };
        let more = if o.assets.is_none() { platforms } else { &[] };
        for spec in o.assets.as_ref().unwrap_or(&kind.assets).iter().chain(more) {
            let Some(a) = spec.get() else { continue };
            if o.suppliers.iter().any(|(k, _)| *k == a.kind) {
                continue; // the supplier has it instead
            }
            if out.by_kind.contains_key(&a.kind) {
                self.diagnostics.wrong(&spec.at, format!("'{id}' has two assets of kind {}", a.kind.name()));
                continue;
            }
            let hosts = (a.hosts + a.hosts_per_size * size).round().max(1.0);
            let sound = hosts.is_finite()
                && hosts <= MOST_HOSTS
                && a.hosts >= 0.0
                && a.hosts_per_size >= 0.0
                && a.records_per_size.is_finite();
            if !sound {
                self.diagnostics.wrong(&spec.at, "hosts must be numbers from 0, at most 2,000,000 in all");
                continue;
            }
            let zone = if in_cloud { SegmentKind::Cloud } else { a.segment };
            let segment = out.zones.iter().position(|z| *z == zone).unwrap_or_else(|| {
                out.zones.push(zone);
                out.zones.len() - 1
            });
            out.by_kind.insert(a.kind, AssetId(self.estate.assets.len() as u32));
            self.estate.assets.push(Asset {
                kind: a.kind,
                owner,
                segment: SegmentId(first_segment + segment as u32),
                hosts: hosts as u32,
                stops_at: a.stops_at.get().max(1e-3),
                needs: vec![],
                needed_by: vec![],
                level: 0,
                restore_fixed: a.restore_fixed.get(),
                restore_per_host: a.restore_per_host.get(),
                records: a.records_per_size.max(0.0) * size,
                holds: a.held(size),
                dependents: vec![],
                customers: vec![],
                instances: vec![],
                criticality: 0.0,
            });
        }
        out
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
                self.diagnostics.wrong(&o.id.at, "its assets need each other in a circle");
                for id in by_kind.values() {
                    self.estate.assets[id.ix()].needs.clear();
                }
            }
        }
    }
}
