//! The nearest services of a kind: sorted from south to north, looked for outwards from where somebody is.

use std::collections::BTreeMap;

use crate::catalogue::kinds::ServiceKind;
use crate::estate::{Estate, OrgId, Organisation, ServiceId};

/// Distance in degrees of latitude, good enough to order neighbours; a degree of longitude counts as it does in England.
fn distance(a: &Organisation, b: &Organisation) -> f64 {
    (a.lat - b.lat).hypot((a.lon - b.lon) * 0.6)
}

/// Services that give care, by kind, from south to north.
pub(super) struct NearestIndex(BTreeMap<ServiceKind, Vec<(f64, ServiceId)>>);

impl NearestIndex {
    pub fn new(estate: &Estate) -> Self {
        let mut all: BTreeMap<ServiceKind, Vec<(f64, ServiceId)>> = BTreeMap::new();
        for (i, s) in (0u32..).zip(&estate.services).filter(|(_, s)| s.level > 0.0) {
            all.entry(s.kind).or_default().push((estate.org(s.owner).lat, ServiceId(i)));
        }
        for list in all.values_mut() {
            list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        Self(all)
    }

    /// The `most` nearest services of a kind that other organisations give, nearest first.
    pub fn services(&self, estate: &Estate, org: OrgId, kind: ServiceKind, most: usize) -> Vec<ServiceId> {
        let me = estate.org(org);
        let list = self.0.get(&kind).map_or(&[][..], Vec::as_slice);
        let mut north = list.partition_point(|s| s.0 < me.lat);
        let mut south = north;
        let mut found: Vec<(f64, ServiceId)> = Vec::with_capacity(most + 1);
        loop {
            let gap = |s: Option<&(f64, ServiceId)>| s.map_or(f64::INFINITY, |s| (s.0 - me.lat).abs());
            let (above, below) = (list.get(north), south.checked_sub(1).and_then(|i| list.get(i)));
            let upwards = gap(above) <= gap(below);
            let next = if upwards { above } else { below };
            // Nobody further to the north or south can be nearer than those found.
            let Some(&(_, s)) = next.filter(|n| found.len() < most || gap(Some(n)) <= found[most - 1].0)
            else {
                break;
            };
            if upwards {
                north += 1;
            } else {
                south -= 1;
            }
            let owner = estate.service(s).owner;
            if owner != org {
                let place = (distance(me, estate.org(owner)), s);
                let at = found.partition_point(|f| f.0.total_cmp(&place.0).then(f.1.cmp(&place.1)).is_lt());
                found.insert(at, place);
                found.truncate(most);
            }
        }
        found.into_iter().map(|f| f.1).collect()
    }
}
