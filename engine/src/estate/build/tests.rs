//! A small estate, worked out by hand.

use super::build;
use crate::catalogue::kinds::{AssetKind, ConnectionKind, OrgKind, SegmentKind, ServiceKind};
use crate::estate::posture::PostureSpec;
use crate::estate::spec::{InlineSpec, ProfileSpec};
use crate::estate::{AssetId, Estate, Handling, Need, OrgId, ServiceId};
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

/// Suppliers of the market and another, a national body, two care boards, and three trusts: North and South with most that a file may say.
const MARKET: &str = r#"(
    organisations: [
        (id: "brightward", name: "Brightward", kind: Supplier, size: 10),
        (id: "synolab", name: "Labs", kind: Supplier, size: 10, services: [], assets: [
            (kind: Laboratory, hosts: 4, segment: Lan, restore_fixed: 1, restore_per_host: 1),
            (kind: PatientRecord, hosts: 6, segment: Lan, restore_fixed: 1, restore_per_host: 1, records_per_size: 2)]),
        (id: "nation", name: "Nation", kind: NationalBody, size: 1, assets: [
            (kind: NationalNetwork, hosts: 4, segment: Data, restore_fixed: 1, restore_per_host: 1),
            (kind: Email, hosts: 1, segment: Data, restore_fixed: 1, restore_per_host: 1)]),
        (id: "first-board", name: "First board", kind: CareBoard, size: 100, region: "Shire", assets: []),
        (id: "dales", name: "Dales board", kind: CareBoard, size: 100, region: "Dale", assets: []),
        (id: "north", name: "No\u{7}rth", kind: AcuteTrust, size: 100, region: "Dale", place: (54, -1.2), posture: (responders: 4, patching: 0.5),
         suppliers: [(PatientRecord, "brightward"), (Laboratory, "synolab")],
         assets: [
            (kind: Imaging, hosts: 3, segment: Clinical, restore_fixed: 1, restore_per_host: 1, records_per_size: 500),
            (kind: Servers, hosts: 5, segment: Data, restore_fixed: 1, restore_per_host: 1),
            (kind: Backup, hosts: 7, segment: Data, restore_fixed: 1, restore_per_host: 1),
         ],
         services: [
            (kind: Emergency, daily_per_size: 2.4, profile: "flat", headroom: 0.1, deferrable: 0, divertible: 0.5, harm: 1, value: 1,
             needs: [(on: Service(Pathology), loss: 0.3), (on: Asset(NationalNetwork), loss: 0.2), (on: Asset(Email), loss: 0.2),
                     (on: Service(Theatres), loss: 0.5)]),
            (kind: Pathology, daily_per_size: 2.4, profile: "flat", headroom: 0.1, deferrable: 0, harm: 1, value: 1,
             needs: [(on: Service(Pathology), loss: 0.1), (on: Service(Emergency), loss: 0.6)]),
            (kind: Calls111, daily_per_size: 2.4, profile: "flat", headroom: 0.1, deferrable: 0, handling: "6 min", patience: "3 min", harm: 1,
             value: 1, needs: []),
            (kind: Dispatch999, daily_per_size: 2.4, profile: "flat", headroom: 0.1, deferrable: 0, handling: "30 min", harm: 1, value: 1, needs: []),
            (kind: Outpatients, daily_per_size: 2.4, profile: "flat", headroom: 0.1, deferrable: 0, handling: "0 min", harm: 1, value: 1, needs: []),
         ]),
        (id: "south", name: "South", kind: AcuteTrust, size: 10, place: (inf, -1.4), suppliers: [(PatientRecord, "synolab")], assets: [],
         services: [
            (kind: Emergency, daily_per_size: 2.4, profile: "flat", headroom: 0.1, deferrable: 0, divertible: 0, harm: 1, value: 1,
             needs: [(on: Service(Pathology), loss: 0.8)]),
            (kind: Pathology, daily_per_size: 2.4, profile: "flat", headroom: 0.1, deferrable: 0, harm: 1, value: 1, needs: []),
         ]),
        (id: "west", name: "West", kind: AcuteTrust, size: 50, place: (53, -1.2), suppliers: [(PatientRecord, "brightward")], assets: [],
         services: [(kind: Emergency, daily_per_size: 2.4, profile: "flat", headroom: 0.1, deferrable: 0, harm: 1, value: 1, needs: [])]),
    ],
    connections: [(from: "north", to: "south", kind: Vpn, pass: 0.5)],
)"#;

fn service(e: &Estate, org: OrgId, kind: ServiceKind) -> ServiceId {
    let mut all = e.org(org).services.clone().map(ServiceId);
    all.find(|s| e.service(*s).kind == kind).expect("it gives such care")
}

#[test]
fn suppliers_host_what_they_sell_and_hold_the_records() {
    let e = built(MARKET).unwrap();
    let [brightward, synolab, north, south, west] =
        ["brightward", "synolab", "north", "south", "west"].map(|id| e.find_org(id).unwrap());
    // A supplier of the market that says nothing of its systems has its platform, as large as the market says, in the cloud.
    let platform = asset(&e, brightward, AssetKind::PatientRecord);
    assert_eq!(e.asset(platform).hosts, 90);
    assert_eq!(e.segments[e.asset(platform).segment.ix()].kind, SegmentKind::Cloud);
    let connection = |org: OrgId, with: OrgId| {
        let mut all = e.org(org).connections.iter().filter(|c| e.other_end(**c, org) == Some(with));
        *all.next().expect("they are joined")
    };
    let (bought, tests) = (connection(north, brightward), connection(north, synolab));
    let (unlisted, west_bought) = (connection(south, synolab), connection(west, brightward));
    let how = |c: crate::estate::ConnectionId| (e.connections[c.ix()].kind, e.connections[c.ix()].pass);
    // Brightward and Synolab sell over federated identity, each its own platform; of the other one nothing is known.
    assert_eq!(how(bought), (ConnectionKind::FederatedIdentity, 0.05));
    assert_eq!(how(tests), (ConnectionKind::FederatedIdentity, 0.06));
    assert_eq!(how(unlisted), (ConnectionKind::Hosted, 0.05));
    assert_eq!(how(connection(north, south)), (ConnectionKind::Vpn, 0.5));
    let [laboratory, records] =
        [AssetKind::Laboratory, AssetKind::PatientRecord].map(|kind| asset(&e, synolab, kind));
    assert_eq!(e.asset(platform).instances, [bought, west_bought]);
    assert_eq!(e.asset(laboratory).instances, [tests]);
    assert!(e.asset(records).instances.is_empty());
    // 900 records a bed of a trust in its patient record; the supplier's own; 500 a bed in imaging.
    let near = |a: AssetId, expected: f64| (e.asset(a).records - expected).abs() < 1e-9;
    assert!(near(platform, 900.0 * 150.0) && near(records, 900.0 * 10.0 + 2.0 * 10.0));
    assert!(near(laboratory, 0.0) && near(asset(&e, north, AssetKind::Imaging), 50_000.0));
}

#[test]
fn an_organisation_stands_where_it_says_with_its_people_and_helpers() {
    let e = built(MARKET).unwrap();
    let [nation, first, dales, north, south, west] =
        ["nation", "first-board", "dales", "north", "south", "west"].map(|id| e.find_org(id).unwrap());
    assert_eq!(e.org(north).place, Some((54.0, -1.2)));
    // Where it is not given, nobody invents it.
    assert_eq!([south, nation].map(|o| e.org(o).place), [None, None]);
    assert_eq!(e.org(north).name, "North");
    assert!((e.org(north).staff - 900.0).abs() < 1e-9, "nine a bed");
    assert_eq!([north, west].map(|o| e.org(o).helped_by), [Some(dales), Some(first)]);
    // Each system stands in its zone, and zones know their systems and hosts.
    let zones = |org: OrgId| -> Vec<(SegmentKind, u32, Vec<AssetId>)> {
        let segments = e.org(org).segments.clone().map(|s| &e.segments[s as usize]);
        segments.map(|s| (s.kind, s.hosts, s.assets.clone())).collect()
    };
    let of = |kind: AssetKind| asset(&e, north, kind);
    let expected = [
        (SegmentKind::Lan, 0, vec![]),
        (SegmentKind::Clinical, 3, vec![of(AssetKind::Imaging)]),
        (SegmentKind::Data, 12, vec![of(AssetKind::Servers), of(AssetKind::Backup)]),
    ];
    assert_eq!(zones(north), expected);
    assert_eq!(e.org(north).hosts, 15);
}

#[test]
#[allow(clippy::float_cmp)] // as written, not computed
fn its_own_controls_come_before_its_kinds_and_what_is_asked_for_before_both() {
    let controls = |text: &str| read::<PostureSpec>(text).0.expect("it can be read");
    let (spec, _) = read::<InlineSpec>(MARKET);
    let kinds = [(OrgKind::AcuteTrust, controls("(leadership: 0.9, responders: 7, patching: 0.3)"))];
    let asked = [
        (OrgKind::AcuteTrust, controls("(patching: 0.1)")),
        (OrgKind::CareBoard, controls("(patching: 0.7, leadership: 0.2)")),
    ];
    let e = build(&spec.expect("it can be read"), &england(), &kinds, &asked, 0).unwrap();
    let of = |id: &str| {
        let posture = &e.org(e.find_org(id).unwrap()).posture;
        [posture.leadership, posture.responders, posture.patching]
    };
    assert_eq!(of("north"), [0.9, 4.0, 0.1]);
    assert_eq!(of("west"), [0.9, 7.0, 0.1]);
    assert_eq!(of("dales"), [0.2, 24.0, 0.7]);
    assert_eq!(of("nation"), [0.7, 30.0, 0.95]);
}

#[test]
#[allow(clippy::float_cmp)] // as written, not computed
fn care_depends_on_ones_own_first_then_on_the_nearest() {
    let e = built(MARKET).unwrap();
    let [nation, north, south, west] = ["nation", "north", "south", "west"].map(|id| e.find_org(id).unwrap());
    let emergency = [north, south, west].map(|o| service(&e, o, ServiceKind::Emergency));
    let pathology = [north, south].map(|o| service(&e, o, ServiceKind::Pathology));
    let needs = |s: ServiceId| -> Vec<(Need, f64)> {
        let all = e.service(s).dependencies.clone().map(|d| &e.dependencies[d as usize]);
        all.map(|d| (d.on, d.loss)).collect()
    };
    // The national network is everybody's, over one's own connection with it; a national body's mail is its own. Nobody has theatres.
    let network = asset(&e, nation, AssetKind::NationalNetwork);
    let joined = *e.org(north).connections.iter().find(|c| e.other_end(**c, north).is_none()).unwrap();
    assert_eq!(
        needs(emergency[0]),
        [(Need::Service(pathology[0]), 0.3), (Need::Asset(network, Some(joined)), 0.2)]
    );
    // Nobody depends on itself: of the same kind it is the nearest other's.
    assert_eq!(needs(pathology[0]), [(Need::Service(pathology[1]), 0.1), (Need::Service(emergency[0]), 0.6)]);
    assert_eq!(needs(emergency[1]), [(Need::Service(pathology[1]), 0.8)]);
    let (first, second) =
        (e.service(emergency[0]).dependencies.start, e.service(pathology[0]).dependencies.start);
    let third = e.service(emergency[1]).dependencies.start;
    assert_eq!(e.dependents(e.service(pathology[0])), [(emergency[0], first)]);
    assert_eq!(e.dependents(e.service(pathology[1])), [(pathology[0], second), (emergency[1], third)]);
    assert_eq!(e.dependents(e.service(emergency[0])), [(pathology[0], second + 1)]);
    assert!(e.dependents(e.service(emergency[2])).is_empty());
    // The most that anybody loses without it.
    let needed = |s: ServiceId| e.service(s).needed;
    assert_eq!(pathology.map(needed), [0.3, 0.8]);
    // Only who can send elsewhere has neighbours, nearest first: West a degree away, South two.
    assert_eq!(&*e.service(emergency[0]).neighbours, [emergency[2], emergency[1]]);
    assert!(e.service(emergency[1]).neighbours.is_empty() && e.service(pathology[0]).neighbours.is_empty());
    assert_eq!(e.senders(e.service(emergency[1])), [emergency[0]]);
    assert_eq!(e.senders(e.service(emergency[2])), [emergency[0]]);
    assert!(e.senders(e.service(emergency[0])).is_empty());
    // Calls take hours; whoever states no patience waits for ever, and what takes no time is no call.
    let calls = |kind| e.service(service(&e, north, kind)).calls;
    assert_eq!(calls(ServiceKind::Calls111), Some(Handling { mean: 0.1, patience: 0.05 }));
    assert_eq!(calls(ServiceKind::Dispatch999), Some(Handling { mean: 0.5, patience: f64::INFINITY }));
    assert_eq!(calls(ServiceKind::Outpatients), None);
}

#[test]
fn demand_over_the_week_has_a_mean_of_one() {
    // Weights of hours sum up to 30, those of days to 8: 168 / 240 for a weight of 1.
    let mut hours = vec![1.0; 24];
    (hours[3], hours[20]) = (0.0, 8.0);
    let days = vec![2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let with = |hours: &[f64], days: &[f64]| {
        let mut template = england();
        let (hours, days) = (hours.to_vec(), days.to_vec());
        template.profiles.push(ProfileSpec { id: "own".into(), hours, days, source: String::new() });
        let (spec, _) = read::<InlineSpec>(SMALL);
        build(&spec.expect("it can be read"), &template, &[], &[], 0)
    };
    let e = with(&hours, &days).unwrap();
    let profile = e.profiles.last().unwrap();
    let at = |day: usize, hour: usize| f64::from(profile[day * 24 + hour]);
    for ((day, hour), expected) in
        [((0, 0), 1.4), ((0, 3), 0.0), ((0, 20), 11.2), ((1, 0), 0.7), ((6, 20), 5.6), ((6, 23), 0.7)]
    {
        assert!((at(day, hour) - expected).abs() < 1e-6, "day {day}, hour {hour}: {}", at(day, hour));
    }
    assert!((profile.iter().map(|p| f64::from(*p)).sum::<f64>() - 168.0).abs() < 1e-4);
    let (mut negative, mut endless) = (hours.clone(), days.clone());
    (negative[5], endless[2]) = (-1.0, f64::INFINITY);
    for (hours, days) in
        [(&hours[..23], &days[..]), (&hours, &days[..6]), (&negative, &days), (&hours, &endless)]
    {
        let wrong = with(hours, days).expect_err("it is no profile").list;
        assert!(
            wrong.iter().any(|d| d.what.contains("profile 'own' needs 24 hours and 7 days")),
            "{wrong:?}"
        );
    }
}

#[test]
fn an_estate_has_its_limits() {
    let wrong = built("(organisations: [])").expect_err("nobody is there").list;
    assert!(wrong[0].what.contains("an estate has 1 to"), "{wrong:?}");
    // A hundred thousand organisations: so many of one name are wrong for another reason.
    let (one, _) = read::<InlineSpec>(
        "(organisations: [(id: \"one\", name: \"One\", kind: AcuteTrust, size: 1, assets: [], services: [])])",
    );
    let one = one.expect("it can be read").organisations.remove(0);
    for (n, too_many) in [(100_000, false), (100_001, true)] {
        let spec = InlineSpec { organisations: vec![one.clone(); n], connections: vec![] };
        let wrong = build(&spec, &england(), &[], &[], 0).expect_err("one name for all").list;
        assert_eq!(wrong.iter().any(|d| d.what.contains("an estate has 1 to")), too_many, "{n}");
    }
    // Fifty million hosts and no more.
    let of = |organisations: usize| {
        let one = |n: usize| {
            let endpoints =
                "(kind: Endpoints, hosts: 2e6, segment: Lan, restore_fixed: 1, restore_per_host: 1)";
            format!(
                "(id: \"trust-{n}\", name: \"Trust\", kind: AcuteTrust, size: 1, services: [], assets: [{endpoints}]),"
            )
        };
        built(&format!("(organisations: [{}])", (0..organisations).map(one).collect::<String>()))
    };
    assert!(of(25).is_ok());
    let wrong = of(26).expect_err("two million too many").list;
    assert!(wrong.iter().any(|d| d.what.contains("assets and 50000000 hosts")), "{wrong:?}");
    // Ids of up to 80 letters.
    let long = |n: usize| built(&SMALL.replace("id: \"north\"", &format!("id: \"{}\"", "n".repeat(n))));
    assert!(long(80).is_ok());
    assert!(long(81).expect_err("it is too long").list.iter().any(|d| d.what.contains("cannot be an id")));
    // Nobody is joined with itself.
    let joined = "connections: [(from: \"north\", to: \"north\", kind: Vpn, pass: 0.5)]";
    let wrong = built(&SMALL.replacen("\n])", &format!("\n], {joined})"), 1)).expect_err("it is itself").list;
    assert!(wrong.iter().any(|d| d.what.contains("a connection joins two organisations")), "{wrong:?}");
}
