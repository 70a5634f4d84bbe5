//! From what a person wrote (or a generator made) to a validated [`Estate`].

mod network;
mod organisation;
mod services;

use std::collections::BTreeMap;

use crate::catalogue::kinds::{AssetKind, OrgKind, OrgRole, SegmentKind};
use crate::estate::posture::PostureSpec;
use crate::estate::spec::{AssetSpec, InlineSpec, JoinsSpec, KindSpec, OrganisationSpec, TemplateSpec};
use crate::estate::{AssetId, ConnectionId, Estate, MOST_ORGANISATIONS, Need, OrgId, Segment};
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

/// Builds the estate of `spec` with the templates of `template`; `posture` replaces the templates' controls,
/// `overrides` those of the organisations themselves too.
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
        streams: Streams::new(seed, 0),
        estate: Estate::default(),
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
        e.weight = e.services.iter().map(|s| s.level * s.harm).sum();
        let hosts: f64 = e.assets.iter().map(|a| f64::from(a.hosts)).sum();
        if e.assets.len() > MOST_ASSETS || hosts > MOST_HOSTS {
            self.diagnostics
                .wrong(&(0..0), format!("an estate has at most {MOST_ASSETS} assets and {MOST_HOSTS} hosts"));
            return;
        }
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

/// How much harm a day hangs on each asset, by itself and through what needs it, and whose care uses it over a connection.
fn criticality(e: &mut Estate) {
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
            source: platform.source.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
