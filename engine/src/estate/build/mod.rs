//! From what a person wrote (or a generator made) to a validated [`Estate`].

mod network;
mod organisation;
mod services;

use std::collections::BTreeMap;

use crate::catalogue::kinds::{AssetKind, OrgKind, OrgRole, RecordKind, SegmentKind};
use crate::estate::keys::Keys;
use crate::estate::posture::PostureSpec;
use crate::estate::spec::{AssetSpec, InlineSpec, JoinsSpec, KindSpec, OrganisationSpec, TemplateSpec};
use crate::estate::{AssetId, ConnectionId, Estate, MOST_ORGANISATIONS, Need, OrgId, Segment, Unstated};
use crate::parameters::{ByRecord, Weights};
use crate::source::{Diagnostics, Located};
use crate::streams::Streams;

/// The most assets and hosts an estate may have.
const MOST_ASSETS: usize = 1_000_000;
const MOST_HOSTS: f64 = 50e6;

struct Builder<'a> {
    template: &'a TemplateSpec,
    kinds: BTreeMap<OrgKind, &'a KindSpec>,
    posture: BTreeMap<OrgKind, PostureSpec>,
    /// What is asked for beside the file, over all that it states.
    overrides: &'a [(OrgKind, PostureSpec)],
    streams: Streams,
    estate: Estate,
    diagnostics: Diagnostics,
    by_kind: Vec<BTreeMap<AssetKind, AssetId>>,
    /// What national bodies run for all.
    national: BTreeMap<AssetKind, AssetId>,
    /// Each organisation's connection with the national network.
    joined: Vec<ConnectionId>,
    hosted: Vec<Vec<(AssetKind, OrgId, ConnectionId)>>,
}

/// Builds the estate of `spec`, whose organisations are invented, with the templates of `template`: what it does not state is drawn by
/// `seed`. `posture` replaces the templates' controls, `overrides` those of the organisations themselves too.
///
/// # Errors
/// All the mistakes found, with their places in the file that `spec` came from.
pub fn build(
    spec: &InlineSpec,
    template: &TemplateSpec,
    posture: &[(OrgKind, PostureSpec)],
    overrides: &[(OrgKind, PostureSpec)],
    seed: u64,
) -> Result<Estate, Diagnostics> {
    built(spec, template, posture, overrides, Unstated::Drawn(seed))
}

/// Builds an estate of one's own: what `spec` does not state is the typical value of its kind, and nothing is drawn.
///
/// # Errors
/// As of [`build`].
pub fn build_stated(
    spec: &InlineSpec,
    template: &TemplateSpec,
    overrides: &[(OrgKind, PostureSpec)],
) -> Result<Estate, Diagnostics> {
    built(spec, template, &[], overrides, Unstated::Typical)
}

fn built(
    spec: &InlineSpec,
    template: &TemplateSpec,
    posture: &[(OrgKind, PostureSpec)],
    overrides: &[(OrgKind, PostureSpec)],
    unstated: Unstated,
) -> Result<Estate, Diagnostics> {
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
        overrides,
        streams: match unstated {
            Unstated::Drawn(seed) => Streams::new(seed, 0),
            Unstated::Typical => Streams::new(0, 0),
        },
        estate: Estate { unstated, ..Estate::default() },
        diagnostics: Diagnostics::default(),
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
        b.diagnostics.wrong(&(0..0), format!("an estate has 1 to {MOST_ORGANISATIONS} organisations"));
        return Err(b.diagnostics);
    }
    for o in &specs {
        b.organisation(o);
    }
    b.connect(spec, &specs);
    b.services(&specs);
    b.finish();
    if b.diagnostics.list.is_empty() { Ok(b.estate) } else { Err(b.diagnostics) }
}

pub(super) fn valid_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 80
        && id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

impl Builder<'_> {
    /// Demand over the week: 168 hours with a mean of 1.
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
                self.diagnostics
                    .wrong(&(0..0), format!("profile '{}' needs 24 hours and 7 days of numbers ≥ 0", p.id));
            }
            self.estate.profiles.push(hours);
        }
    }

    /// What follows from the whole: totals, what hangs on each asset, who is in a region and who helps whom.
    fn finish(&mut self) {
        let e = &mut self.estate;
        totals(e);
        let hosts: f64 = e.assets.iter().map(|a| f64::from(a.hosts)).sum();
        if e.assets.len() > MOST_ASSETS || hosts > MOST_HOSTS {
            self.diagnostics
                .wrong(&(0..0), format!("an estate has at most {MOST_ASSETS} assets and {MOST_HOSTS} hosts"));
            return;
        }
        e.keys = Keys::of(e);
        criticality(e);
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

impl Estate {
    /// From now on contacts weigh as much as this by kind of service, where a service has no weight of its own.
    pub(crate) fn weigh(&mut self, weights: &Weights) {
        for s in self.services.iter_mut().filter(|s| !s.own_harm) {
            s.harm = weights[s.kind as usize];
        }
        totals(self);
        rank(self);
    }
}

/// How much care all services give together.
fn totals(e: &mut Estate) {
    (e.volumes, e.own_weight, e.weight) = (Weights::default(), 0.0, 0.0);
    let mut weights = Weights::default();
    for s in &e.services {
        if s.own_harm {
            e.own_weight += s.level * s.harm;
        } else {
            e.volumes[s.kind as usize] += s.level;
            weights[s.kind as usize] = s.harm;
        }
    }
    e.weight = e.weight_under(&weights);
}

/// How much harm an hour hangs on each asset, by itself and through what needs it.
fn rank(e: &mut Estate) {
    for i in 0..e.assets.len() {
        let loss = |(s, d): &(crate::estate::ServiceId, u32)| {
            e.dependencies[*d as usize].loss * e.services[s.ix()].level * e.services[s.ix()].harm
        };
        e.assets[i].criticality = e.assets[i].dependents.iter().map(loss).sum();
    }
    // What is needed by others is as critical as they are; levels rise, so go from the top down.
    for i in from_the_top(e) {
        for k in 0..e.assets[i].needs.len() {
            let (n, loss) = e.assets[i].needs[k];
            e.assets[n.ix()].criticality += e.assets[i].criticality * loss;
        }
    }
}

/// Assets, those first that others need least.
fn from_the_top(e: &Estate) -> Vec<usize> {
    let mut order: Vec<usize> = (0..e.assets.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(e.assets[*i].level));
    order
}

/// How much harm hangs on each asset, what stands in each segment, and whose care uses each asset over a connection.
fn criticality(e: &mut Estate) {
    rank(e);
    for i in 0..e.assets.len() {
        let (segment, hosts) = (e.assets[i].segment.ix(), e.assets[i].hosts);
        e.segments[segment].assets.push(AssetId(i as u32));
        e.segments[segment].hosts += hosts;
    }
    for i in from_the_top(e) {
        let hosted = |d: u32| matches!(e.dependencies[d as usize].on, Need::Asset(_, Some(_)));
        let users = e.assets[i].dependents.iter().filter(|(_, d)| hosted(*d));
        let users: Vec<OrgId> = users.map(|(s, _)| e.services[s.ix()].owner).collect();
        let mut customers = std::mem::take(&mut e.assets[i].customers);
        customers.extend(users);
        customers.sort_unstable();
        customers.dedup();
        e.assets[i].customers.clone_from(&customers);
        for (n, _) in e.assets[i].needs.clone() {
            e.assets[n.ix()].customers.extend(&customers);
        }
    }
}

impl AssetSpec {
    /// Of how many people it holds each kind of record, in an organisation of this size.
    fn held(&self, size: f64) -> ByRecord {
        let usual = [(RecordKind::Demographic, 1.0), (RecordKind::Clinical, 1.0)];
        let stated: Vec<(RecordKind, f64)> = self.holds.iter().map(|(k, s)| (*k, s.get())).collect();
        let mut out = ByRecord::default();
        for (kind, share) in if stated.is_empty() { &usual[..] } else { &stated } {
            out[*kind as usize] += share * self.records_per_size.max(0.0) * size;
        }
        out
    }
}

impl TemplateSpec {
    /// How this family joins organisations.
    pub(super) fn joins(&self) -> &JoinsSpec {
        self.joins
            .as_ref()
            .expect("every bundled family says how it joins organisations, or is based on one that does")
    }

    /// What a supplier hosts for others.
    pub(super) fn platform(&self, kind: AssetKind, hosts: f64) -> AssetSpec {
        let platform =
            self.platform.as_ref().expect("every bundled family has a platform, or is based on one that has");
        AssetSpec {
            kind,
            hosts,
            hosts_per_size: 0.0,
            segment: SegmentKind::Cloud,
            stops_at: platform.stops_at,
            needs: platform.needs.clone(),
            restore_fixed: platform.restore_fixed,
            restore_per_host: platform.restore_per_host,
            records_per_size: 0.0,
            holds: vec![],
            source: platform.source.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
