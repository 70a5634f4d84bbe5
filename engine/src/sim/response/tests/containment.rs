//! What is cut off and from whom, when an organisation counts as contained, and what it does to an intruder inside.

use super::*;

const NORTH: [AssetKind; 5] = [
    AssetKind::Endpoints,
    AssetKind::Identity,
    AssetKind::Servers,
    AssetKind::RemoteAccess,
    AssetKind::Backup,
];

impl Small {
    /// Which of North's systems are isolated, and which are off.
    pub(super) fn cut(&self) -> (Vec<AssetKind>, Vec<AssetKind>) {
        let those = |f: fn(&crate::sim::state::assets::AssetState) -> bool| {
            NORTH.into_iter().filter(|k| f(&self.state("north", *k))).collect()
        };
        (those(|s| s.isolated), those(|s| s.off))
    }

    /// Whether traffic passes between two organisations, and between one and the national network.
    pub(super) fn open(&self, from: &str, to: Option<&str>) -> bool {
        let (org, to) = (self.org(from), to.map(|t| self.org(t)));
        let estate = &self.sim.scenario().estate;
        let mut between = estate.org(org).connections.iter().filter(|c| estate.other_end(**c, org) == to);
        let connection = between.next().unwrap_or_else(|| panic!("{from} is not joined with {to:?}"));
        self.sim.open(*connection)
    }

    fn frozen(&mut self) -> Vec<bool> {
        self.response(|r| r.intrusions.all.iter().map(|i| i.frozen.is_some()).collect())
    }
}

#[test]
fn what_is_hit_is_isolated_or_its_segment_or_the_remote_access() {
    for (what, to, isolated) in [
        (ActionKind::IsolateAsset, Target::Affected, &[AssetKind::Servers][..]),
        (ActionKind::IsolateAsset, Target::Kind(AssetKind::Backup), &[AssetKind::Backup]),
        (
            ActionKind::IsolateSegment,
            Target::Affected,
            &[AssetKind::Identity, AssetKind::Servers, AssetKind::Backup],
        ),
        (ActionKind::DisableRemoteAccess, Target::Affected, &[AssetKind::RemoteAccess]),
    ] {
        let mut s = Small::new();
        s.lose("north", AssetKind::Servers, 2, HostImpact::Encrypted);
        assert_eq!(s.order("north", what, to), None);
        s.play(1440);
        assert_eq!(s.cut(), (isolated.to_vec(), vec![]), "{what:?} {to:?}");
        // What is isolated gives nothing.
        assert!(s.state("north", isolated[0]).health < 1e-9);
    }
    let mut s = Small::new();
    assert_eq!(s.order("north", ActionKind::SwitchEverythingOff, Target::All), None);
    s.play(1440);
    assert_eq!(s.cut(), (vec![], NORTH.to_vec()));
    // Nobody else is switched off.
    assert!(!s.state("south", AssetKind::Servers).off);
}

#[test]
fn hosts_that_are_pulled_spread_nothing_and_the_system_goes_on() {
    let mut s = Small::new();
    s.hold("north", AssetKind::Endpoints, 7);
    s.lose("north", AssetKind::Endpoints, 3, HostImpact::Encrypted);
    assert_eq!(s.order("north", ActionKind::IsolateHosts, Target::Affected), None);
    s.play(1440);
    let state = s.state("north", AssetKind::Endpoints);
    assert_eq!((state.held, state.lost, state.contained), (4, 3, 7));
    // Who is pulled off works no more, also where an intruder only held the host.
    assert!(!state.isolated && (f64::from(state.health) - 0.93).abs() < 1e-6, "{}", state.health);
}

#[test]
fn what_cannot_be_seen_cannot_be_isolated() {
    let orders = [ActionKind::IsolateAsset, ActionKind::IsolateHosts, ActionKind::IsolateSegment];
    let unseen = ("asset_visibility: 1", "asset_visibility: 0");
    for what in orders {
        let refused = |s: &mut Small| s.order("north", what, Target::Affected);
        assert_eq!(refused(&mut Small::new()), Some(Refusal::NothingAffected), "{what:?}");
        let mut quiet = Small::with(&[unseen]);
        quiet.hold("north", AssetKind::Servers, 3);
        assert_eq!(refused(&mut quiet), Some(Refusal::NothingAffected), "{what:?} of a quiet hold");
        let mut watched = Small::new();
        watched.hold("north", AssetKind::Servers, 3);
        assert_eq!(refused(&mut watched), None, "{what:?} of a hold that is watched");
        // Lost hosts are plain to see.
        let mut plain = Small::with(&[unseen]);
        plain.lose("north", AssetKind::Servers, 1, HostImpact::Failed);
        assert_eq!(refused(&mut plain), None, "{what:?} of what is down");
        let mut plain = Small::with(&[unseen]);
        plain.hold("north", AssetKind::Endpoints, 5);
        plain.lose("north", AssetKind::Servers, 1, HostImpact::Encrypted);
        assert_eq!(refused(&mut plain), None, "{what:?} of what is lost");
        plain.play(1440);
        assert_eq!(plain.state("north", AssetKind::Endpoints).contained, 0, "{what:?} of a quiet hold");
    }
    assert_eq!(
        Small::new().order("south", ActionKind::DisableRemoteAccess, Target::All),
        Some(Refusal::NoRemoteAccess)
    );
    // Three tenths of the holds are seen where three tenths of assets are known.
    let mut s = Small::with(&[("asset_visibility: 1", "asset_visibility: 0.3")]);
    let mut seen = 0;
    for replicate in 0..400 {
        s.start(replicate, 0);
        s.hold("north", AssetKind::Servers, 3);
        seen += i32::from(s.order("north", ActionKind::IsolateAsset, Target::Affected).is_none());
    }
    assert!((90..150).contains(&seen), "{seen} of 400");
}

#[test]
fn connections_are_cut_with_whom_the_action_says() {
    let north = |what: ActionKind, to: Target, hit: bool| {
        let mut s = Small::new();
        if hit {
            s.lose("synolab", AssetKind::Laboratory, 1, HostImpact::Encrypted);
        }
        assert_eq!(s.order("north", what, to), None);
        s.play(1440);
        assert!(s.open("south", Some("synolab")), "{what:?} is North's own");
        [Some("south"), Some("surgery"), Some("synolab"), None].map(|other| s.open("north", other))
    };
    assert_eq!(north(ActionKind::IsolateOrganisation, Target::All, false), [false; 4]);
    // By Vpn, by mail, to a supplier over federated identity, to the national network.
    assert_eq!(north(ActionKind::LeaveNationalNetwork, Target::All, false), [true, false, true, false]);
    // A supplier is cut off when it is hit, or when all are.
    assert_eq!(north(ActionKind::DisconnectSupplier, Target::Affected, false), [true; 4]);
    assert_eq!(north(ActionKind::DisconnectSupplier, Target::Affected, true), [true, true, false, true]);
    assert_eq!(north(ActionKind::DisconnectSupplier, Target::All, false), [true, true, false, true]);
    // What an intruder holds there counts as hit.
    let mut s = Small::new();
    s.hold("synolab", AssetKind::Laboratory, 1);
    s.order("north", ActionKind::DisconnectSupplier, Target::Affected);
    s.play(1440);
    assert!(!s.open("north", Some("synolab")));
    // With a neighbour hit, the supplier stays.
    let mut s = Small::new();
    s.lose("south", AssetKind::Servers, 9, HostImpact::Encrypted);
    s.order("north", ActionKind::DisconnectSupplier, Target::Affected);
    s.play(1440);
    assert!(s.open("north", Some("south")) && s.open("north", Some("synolab")));
}

#[test]
fn customers_notice_that_a_supplier_is_out_of_reach_and_that_it_is_back() {
    // Noticed after twice an hour; whoever learns it takes out the paper.
    for cut in [ActionKind::IsolateOrganisation, ActionKind::SwitchEverythingOff] {
        let mut s = Small::new();
        s.order("synolab", cut, Target::All);
        s.play(600);
        let at = s.done("synolab", cut)[0];
        for customer in ["north", "south"] {
            assert_eq!(s.ordered(customer, ActionKind::PaperWorking), [at + 120], "{cut:?}");
        }
        assert!(s.ordered("surgery", ActionKind::PaperWorking).is_empty());
    }
    let mut s = Small::new();
    s.order("synolab", ActionKind::IsolateOrganisation, Target::All);
    s.play(600);
    s.order("synolab", ActionKind::AssureAndReconnect, Target::All);
    s.play(3000);
    let back = s.done("synolab", ActionKind::AssureAndReconnect)[0];
    for customer in ["north", "south"] {
        let ordered = s.ordered(customer, ActionKind::ExtraSessions);
        assert!(ordered.len() == 1 && ordered[0].abs_diff(back) <= 1, "{ordered:?} after {back}");
    }
    // A customer's own cut tells nobody.
    let mut s = Small::new();
    s.order("north", ActionKind::IsolateOrganisation, Target::All);
    s.play(1440);
    assert!(["north", "south", "surgery"].iter().all(|o| s.ordered(o, ActionKind::PaperWorking).is_empty()));
}

#[test]
fn an_organisation_takes_back_its_own_cuts_and_no_others() {
    let mut s = Small::new();
    assert_eq!(s.order("north", ActionKind::AssureAndReconnect, Target::All), Some(Refusal::NothingCutOff));
    s.effect("north", ActionKind::IsolateOrganisation, Target::All);
    s.effect("south", ActionKind::IsolateOrganisation, Target::All);
    assert_eq!(s.order("surgery", ActionKind::AssureAndReconnect, Target::All), Some(Refusal::NothingCutOff));
    assert_eq!(s.order("north", ActionKind::AssureAndReconnect, Target::All), None);
    s.play(3000);
    assert!(s.open("north", Some("surgery")) && s.open("north", None));
    assert!(!s.open("north", Some("south")) && !s.open("south", None));
    // Systems that are off or isolated are joined again, each whole one is back, what is lost stays lost.
    let mut s = Small::new();
    s.lose("north", AssetKind::Servers, 2, HostImpact::Encrypted);
    s.effect("north", ActionKind::SwitchEverythingOff, Target::All);
    s.effect("north", ActionKind::IsolateAsset, Target::All);
    assert_eq!(s.order("north", ActionKind::AssureAndReconnect, Target::All), None);
    // Before a day is over, when stock is taken and the lost ones are restored.
    s.play(1400);
    assert_eq!(s.cut(), (vec![], vec![]));
    assert_eq!(s.back("north", AssetKind::Endpoints), s.done("north", ActionKind::AssureAndReconnect));
    assert!(s.back("north", AssetKind::Servers).is_empty());
    assert_eq!(s.state("north", AssetKind::Servers).lost, 2);
    // Off alone and isolated alone are each something to take back.
    for what in [ActionKind::SwitchEverythingOff, ActionKind::IsolateAsset] {
        let mut s = Small::new();
        s.effect("north", what, Target::All);
        assert_eq!(s.order("north", ActionKind::AssureAndReconnect, Target::All), None, "{what:?}");
        s.play(3000);
        assert_eq!(s.cut(), (vec![], vec![]), "{what:?}");
    }
}

#[test]
fn nobody_reconnects_with_an_intruder_inside_whom_they_know_of() {
    for (noticed, evicted, refused) in [
        (false, None, None),
        (true, None, Some(Refusal::IntruderInside)),
        // One who came back after the eviction, and was noticed, is hunted first.
        (true, Some(5), Some(Refusal::IntruderInside)),
        (false, Some(5), None),
    ] {
        let mut s = Small::new();
        s.intrude("north", Stage::Lateral);
        s.effect("north", ActionKind::IsolateOrganisation, Target::All);
        let north = s.org("north");
        s.response(|r| {
            r.intrusions.all[0].noticed = noticed;
            r.incidents.get_mut(north).evicted = evicted;
        });
        assert_eq!(
            s.order("north", ActionKind::AssureAndReconnect, Target::All),
            refused,
            "{noticed} {evicted:?}"
        );
    }
}

#[test]
fn contained_is_who_suspects_and_has_done_all_that_was_ordered_to_contain() {
    let mut s = Small::new();
    let north = s.org("north");
    s.order("north", ActionKind::BlockIndicators, Target::All);
    s.play(2000);
    assert_eq!(s.sim.incident(north).contained, None, "nothing is suspected");

    let mut s = Small::new();
    s.response(|r| r.incidents.get_mut(north).suspected = Some(0));
    s.order("north", ActionKind::BlockIndicators, Target::All);
    s.order("north", ActionKind::LeaveNationalNetwork, Target::All);
    // Other work does not matter.
    s.order("north", ActionKind::SendWorkToNeighbour, Target::All);
    s.play(3000);
    let last = |what| s.done("north", what)[0];
    let at = last(ActionKind::BlockIndicators).max(last(ActionKind::LeaveNationalNetwork));
    assert!(last(ActionKind::BlockIndicators) != last(ActionKind::LeaveNationalNetwork));
    assert_eq!(s.sim.incident(north).contained, Some(at));
    // Learnt in this minute, acted on in the next.
    assert_eq!(s.ordered("north", ActionKind::InformPublic), [at + 1]);
    // Once contained is contained since then.
    s.order("north", ActionKind::BlockIndicators, Target::All);
    s.play(5000);
    assert_eq!(s.done("north", ActionKind::BlockIndicators).len(), 2);
    assert_eq!(s.sim.incident(north).contained, Some(at));
}

#[test]
fn an_intruder_that_is_cut_off_from_outside_waits() {
    let frozen = |prepare: &dyn Fn(&mut Small), what: ActionKind, to: Target| {
        let mut s = Small::new();
        s.intrude("north", Stage::Lateral);
        s.intrude("south", Stage::Lateral);
        prepare(&mut s);
        assert_eq!(s.order("north", what, to), None, "{what:?}");
        s.play(1440);
        let frozen = s.frozen();
        assert!(!frozen[1], "South's goes on");
        frozen[0]
    };
    let nothing = |_: &mut Small| {};
    let held = |s: &mut Small| {
        s.hold("north", AssetKind::Endpoints, 3);
        s.hold("north", AssetKind::Servers, 2);
    };
    assert!(frozen(&nothing, ActionKind::IsolateOrganisation, Target::All));
    assert!(frozen(&nothing, ActionKind::SwitchEverythingOff, Target::All));
    // The national network and mail alone do not do it, nor the isolation of what it does not hold.
    assert!(!frozen(&nothing, ActionKind::LeaveNationalNetwork, Target::All));
    assert!(!frozen(&nothing, ActionKind::BlockIndicators, Target::All));
    assert!(!frozen(&held, ActionKind::IsolateAsset, Target::Kind(AssetKind::Servers)));
    // All that it holds does, however it is cut.
    assert!(frozen(&held, ActionKind::IsolateAsset, Target::Affected));
    assert!(frozen(&held, ActionKind::IsolateHosts, Target::Affected));
    let and_servers_off = |s: &mut Small| {
        held(s);
        let a = s.asset("north", AssetKind::Servers);
        s.response(|r| r.infrastructure.assets.get_mut(a).off = true);
    };
    assert!(frozen(&and_servers_off, ActionKind::IsolateHosts, Target::Kind(AssetKind::Endpoints)));
    // Some hosts of each are not all.
    let more = |s: &mut Small| {
        held(s);
        s.effect("north", ActionKind::IsolateHosts, Target::Affected);
        s.hold("north", AssetKind::Servers, 1);
    };
    assert!(!frozen(&more, ActionKind::BlockIndicators, Target::All));
    // Whom nobody is inside of has nobody to freeze, and joined again it goes on with what was left.
    let mut s = Small::new();
    s.intrude("north", Stage::Lateral);
    s.effect("north", ActionKind::IsolateOrganisation, Target::All);
    s.order("north", ActionKind::BlockIndicators, Target::All);
    s.play(1440);
    assert_eq!(s.frozen(), [true]);
    s.order("north", ActionKind::AssureAndReconnect, Target::All);
    s.play(4320);
    assert_eq!(s.frozen(), [false]);
    let cut_at = s.done("north", ActionKind::BlockIndicators)[0];
    let joined_at = s.done("north", ActionKind::AssureAndReconnect)[0];
    assert_eq!(s.response(|r| r.intrusions.all[0].due), 50_000 + joined_at - cut_at);
}
