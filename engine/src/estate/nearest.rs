//! The nearest services of a kind. Those whose places are known are sorted from south to north, and looked for outwards from where somebody
//! is. Where a place is not known nobody invents one: those of the same region are near, all others far.

use std::collections::BTreeMap;

use crate::catalogue::kinds::ServiceKind;
use crate::estate::{Estate, OrgId, ServiceId};

/// Distance in degrees of latitude, good enough to order neighbours; a degree of longitude counts as it does in England.
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot((a.1 - b.1) * 0.6)
}

/// Kilometres between two places: a degree of latitude is 111 of them.
pub(super) fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    distance(a, b) * 111.0
}

/// Services of one kind that give care.
#[derive(Default)]
struct OfKind {
    /// Those whose places are known, from south to north.
    placed: Vec<(f64, ServiceId)>,
    /// The others, by region; in each in the order of the estate.
    unplaced: BTreeMap<u32, Vec<ServiceId>>,
    /// All, by region; in each in the order of the estate.
    all: BTreeMap<u32, Vec<ServiceId>>,
}

/// Services that give care, by kind.
pub(super) struct NearestIndex(BTreeMap<ServiceKind, OfKind>);

impl NearestIndex {
    pub fn new(estate: &Estate) -> Self {
        let mut all: BTreeMap<ServiceKind, OfKind> = BTreeMap::new();
        for (i, s) in (0u32..).zip(&estate.services).filter(|(_, s)| s.level > 0.0) {
            let (owner, id) = (estate.org(s.owner), ServiceId(i));
            let of = all.entry(s.kind).or_default();
            match owner.place {
                Some((lat, _)) => of.placed.push((lat, id)),
                None => of.unplaced.entry(owner.region).or_default().push(id),
            }
            of.all.entry(owner.region).or_default().push(id);
        }
        for of in all.values_mut() {
            of.placed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        Self(all)
    }

    /// All services of a kind.
    pub fn all(&self, kind: ServiceKind) -> impl Iterator<Item = ServiceId> {
        self.0.get(&kind).into_iter().flat_map(|of| of.all.values().flatten().copied())
    }

    /// The `most` nearest services of a kind that other organisations give, nearest first.
    pub fn services(&self, estate: &Estate, org: OrgId, kind: ServiceKind, most: usize) -> Vec<ServiceId> {
        let Some(of) = self.0.get(&kind) else { return vec![] };
        let me = estate.org(org);
        let Some(place) = me.place else {
            return near_and_far(&of.all, estate, org, most).into_iter().map(|f| f.0).collect();
        };
        let placed = by_distance(&of.placed, estate, (org, place), most);
        if of.unplaced.is_empty() {
            return placed;
        }
        // In my own region first those whose distance is known, then the others; the same for all other regions.
        let rank = |s: &ServiceId| estate.org(estate.service(*s).owner).region != me.region;
        let mut found: Vec<(bool, bool, ServiceId)> =
            placed.into_iter().map(|s| (rank(&s), false, s)).collect();
        found
            .extend(near_and_far(&of.unplaced, estate, org, most).into_iter().map(|(s, far)| (far, true, s)));
        found.sort_by_key(|f| (f.0, f.1));
        found.into_iter().map(|f| f.2).take(most).collect()
    }
}

/// Those of my region, then those of others, each with whether it is far: the ones that follow me in the estate, then those before me, so
/// that not everybody turns to the same one.
fn near_and_far(
    regions: &BTreeMap<u32, Vec<ServiceId>>,
    estate: &Estate,
    org: OrgId,
    most: usize,
) -> Vec<(ServiceId, bool)> {
    let mine = estate.org(org).region;
    let of = |list: &[ServiceId], far: bool| -> Vec<(ServiceId, bool)> {
        let after = list.partition_point(|s| estate.service(*s).owner <= org);
        let others = list[after..].iter().chain(&list[..after]);
        others.filter(|s| estate.service(**s).owner != org).take(most).map(|s| (*s, far)).collect()
    };
    let mut found = regions.get(&mine).map_or(vec![], |list| of(list, false));
    let later = regions.range(mine..).chain(regions.range(..mine)).filter(|(region, _)| **region != mine);
    for (_, list) in later {
        if found.len() >= most {
            break;
        }
        found.extend(of(list, true));
    }
    found.truncate(most);
    found
}

fn by_distance(
    list: &[(f64, ServiceId)],
    estate: &Estate,
    (org, place): (OrgId, (f64, f64)),
    most: usize,
) -> Vec<ServiceId> {
    let mut north = list.partition_point(|s| s.0 < place.0);
    let mut south = north;
    let mut found: Vec<(f64, ServiceId)> = Vec::with_capacity(most + 1);
    loop {
        let gap = |s: Option<&(f64, ServiceId)>| s.map_or(f64::INFINITY, |s| (s.0 - place.0).abs());
        let (above, below) = (list.get(north), south.checked_sub(1).and_then(|i| list.get(i)));
        let upwards = gap(above) <= gap(below);
        let next = if upwards { above } else { below };
        // Nobody further to the north or south can be nearer than those found.
        let Some(&(_, s)) = next.filter(|n| found.len() < most || gap(Some(n)) <= found[most - 1].0) else {
            break;
        };
        if upwards {
            north += 1;
        } else {
            south -= 1;
        }
        let owner = estate.service(s).owner;
        if let Some(there) = estate.org(owner).place.filter(|_| owner != org) {
            let near = (distance(place, there), s);
            let at = found.partition_point(|f| f.0.total_cmp(&near.0).then(f.1.cmp(&near.1)).is_lt());
            found.insert(at, near);
            found.truncate(most);
        }
    }
    found.into_iter().map(|f| f.1).collect()
}
