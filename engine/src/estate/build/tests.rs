//! A small estate, worked out by hand.

use super::build;
use crate::catalogue::kinds::{AssetKind, ConnectionKind, SegmentKind};
use crate::estate::spec::InlineSpec;
use crate::estate::{AssetId, Estate, OrgId};
use crate::scenario::england;
use crate::source::{Diagnostics, read};

/// A supplier who hosts a laboratory system, and a trust of 100 beds with 10 emergency attendances an hour.
const SMALL: &str = r#"(organisations: [
    (id: "host", name: "Host", kind: Supplier, size: 10, services: [],
     assets: [(kind: Laboratory, hosts: 10, segment: Lan, stops_at: 0.5, restore_fixed: 1, restore_per_host: 1)]),
    (id: "north", name: "North", kind: AcuteTrust, size: 100, region: "Shire", suppliers: [(Laboratory, "host")],
     assets: [
        (kind: Identity, hosts: 2, segment: Data, stops_at: 0.5, restore_fixed: 1, restore_per_host: 1),
        (kind: Servers, hosts: 3, hosts_per_size: 0.1, segment: Data, needs: [(Identity, 0.5)], restore_fixed: 1, restore_per_host: 1),
        (kind: Laboratory, hosts: 5, segment: Lan, restore_fixed: 1, restore_per_host: 1),
     ],
     services: [(kind: Emergency, daily_per_size: 2.4, profile: "flat", headroom: 0.2, deferrable: 0, harm: 2, value: 100,
        needs: [(on: Asset(Servers), loss: 0.4), (on: Asset(Laboratory), loss: 0.5), (on: Asset(Email), loss: 0.9)])]),
])"#;

fn built(text: &str) -> Result<Estate, Diagnostics> {
    let (spec, wrong) = read::<InlineSpec>(text);
    assert!(wrong.is_empty(), "{wrong:?}");
    build(&spec.expect("it can be read"), &england(), &[], &[], 0)
}

fn asset(e: &Estate, org: OrgId, kind: AssetKind) -> AssetId {
    e.assets_of(org).find(|a| e.asset(*a).kind == kind).expect("it has one")
}

#[test]
fn what_is_written_is_what_is_built() {
    let e = built(SMALL).unwrap();
    let (host, north) = (e.find_org("host").unwrap(), e.find_org("north").unwrap());
    assert_eq!(e.assets_of(north).count(), 2, "the supplier has its laboratory system");
    assert_eq!(e.regions, ["Region", "Shire"]);
    let (identity, servers) = (asset(&e, north, AssetKind::Identity), asset(&e, north, AssetKind::Servers));
    let laboratory = asset(&e, host, AssetKind::Laboratory);
    assert_eq!((e.asset(identity).hosts, e.asset(servers).hosts, e.org(north).hosts), (2, 13, 15));
    assert_eq!((e.asset(identity).level, e.asset(servers).level), (0, 1));
    assert_eq!(e.asset(servers).needs, [(identity, 0.5)]);
    assert_eq!(e.asset(identity).needed_by, [servers]);
    // Ten an hour of weight 2: what hangs on each system, and on what that needs. Nobody has mail: care does without.
    let near = |a: AssetId, expected: f64| (e.asset(a).criticality - expected).abs() < 1e-12;
    assert!(near(servers, 0.4 * 20.0) && near(identity, 0.5 * 0.4 * 20.0) && near(laboratory, 0.5 * 20.0));
    assert!((e.weight - 20.0).abs() < 1e-12);
    assert_eq!(e.dependencies.len(), 2);
    assert_eq!(e.asset(laboratory).customers, [north]);
    assert!(e.asset(servers).customers.is_empty());
    // Zones in the order of their first system, behind the one that is joined to others; a supplier stands in the cloud.
    let zones = |org| -> Vec<SegmentKind> {
        e.org(org).segments.clone().map(|s| e.segments[s as usize].kind).collect()
    };
    assert_eq!(zones(north), [SegmentKind::Lan, SegmentKind::Data]);
    assert_eq!(zones(host), [SegmentKind::Cloud]);
    let joins: Vec<(ConnectionKind, f64)> =
        e.org(north).connections.iter().map(|c| &e.connections[c.ix()]).map(|c| (c.kind, c.pass)).collect();
    let (routed, hosted) = (ConnectionKind::Routed, ConnectionKind::Hosted);
    assert_eq!(joins, [(routed, 1.0), (routed, 0.03), (hosted, 0.05)]);
}

#[test]
fn what_cannot_be_built_is_said() {
    for (from, to, what) in [
        (
            "hosts: 2, segment: Data,",
            "hosts: 2, segment: Data, needs: [(Servers, 0.1)],",
            "need each other in a circle",
        ),
        ("(Laboratory, \"host\")", "(Laboratory, \"hots\")", "no organisation 'hots'"),
        ("(Laboratory, \"host\")", "(Email, \"host\")", "hosts no e-mail"),
        ("size: 100", "size: -1", "a size lies between"),
        ("id: \"north\"", "id: \"host\"", "two organisations are called 'host'"),
        ("id: \"north\"", "id: \"North\"", "cannot be an id"),
        ("kind: Laboratory, hosts: 5", "kind: Servers, hosts: 5", "two assets of kind Servers"),
        ("hosts: 3, hosts_per_size: 0.1", "hosts: 3, hosts_per_size: 1e9", "at most 2,000,000"),
        ("profile: \"flat\"", "profile: \"flt\"", "no profile 'flt'"),
        ("daily_per_size: 2.4", "daily_per_size: -2.4", "contacts must be numbers from 0"),
    ] {
        let text = SMALL.replace(from, to);
        assert_ne!(text, SMALL, "{from} is there");
        let wrong = built(&text).expect_err(what).list;
        assert!(wrong.iter().any(|d| d.what.contains(what) && !d.at.is_empty()), "{what}: {wrong:?}");
    }
}
