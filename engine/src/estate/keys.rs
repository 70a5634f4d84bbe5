//! What draws of luck are named by: hashes of the author's ids, so that who stands where in a file changes nobody's luck.

use std::collections::HashMap;

use super::{Estate, SegmentId};
use crate::streams::{part_id, text_id};

/// Hashes by dense id.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Of an organisation: of its id.
    pub organisations: Vec<u64>,
    /// Of an asset: of its owner and its kind.
    pub assets: Vec<u64>,
    /// Of a service: of its owner and its kind.
    pub services: Vec<u64>,
    /// Of a connection: of the segments at both ends and its kind.
    pub connections: Vec<u64>,
}

impl Keys {
    /// The keys of an estate of which all lists are complete.
    pub(super) fn of(estate: &Estate) -> Self {
        let organisations: Vec<u64> = estate.organisations.iter().map(|o| text_id(&o.id)).collect();
        let mut seen: HashMap<u64, u32> = HashMap::new();
        // Of several that are alike each has a key of its own, in the order in which they belong to their owner.
        let mut key = |of: u64, kind: &str| {
            let n = seen.entry(part_id(of, kind, 0)).or_default();
            *n += 1;
            part_id(of, kind, *n)
        };
        let assets = estate.assets.iter().map(|a| key(organisations[a.owner.ix()], a.kind.label())).collect();
        let services =
            estate.services.iter().map(|s| key(organisations[s.owner.ix()], s.kind.label())).collect();
        let of_segment = |s: SegmentId| {
            let segment = &estate.segments[s.ix()];
            part_id(segment.owner.map_or(0, |o| organisations[o.ix()]), segment.kind.label(), 0)
        };
        let connections = estate
            .connections
            .iter()
            .map(|c| key(of_segment(c.a) ^ of_segment(c.b).rotate_left(1), c.kind.label()))
            .collect();
        Self { organisations, assets, services, connections }
    }
}
