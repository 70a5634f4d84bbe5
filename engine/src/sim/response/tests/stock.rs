//! What an organisation finds left to be done, and when it does it though no rule says so.

use super::*;
use crate::sim::state::incident::{Incident, Planned};

/// A rule for the first hunt, and one for who waits until it is contained, of others; in place of the usual ones.
const HUNTING: (&str, &str) = (
    "(when: Contained, act: [(do: InformPublic)])",
    "(when: Contained, who: [GpPractice], act: [(do: InformPublic)]),
     (when: Impact, who: [AcuteTrust, Supplier], act: [(do: PaperWorking), (do: HuntAndEvict)])",
);

impl Small {
    /// The next thing that is left to be done.
    fn left(&mut self, org: &str) -> Option<ActionKind> {
        let org = self.org(org);
        self.response(|r| r.unfinished(org))
    }

    /// Takes stock at a minute; what is ordered then.
    fn stock(&mut self, org: &str, now: SimTime) -> Vec<ActionKind> {
        let org = self.org(org);
        let before = self.sim.trace().len();
        self.response(|r| {
            r.take_stock(now, org);
            r.settle(now);
        });
        let ordered = |e: &crate::sim::core::trace::Event| match e.kind {
            EventKind::Ordered { org: of, action } => (of == org).then_some(action),
            _ => None,
        };
        self.sim.trace()[before..].iter().filter_map(ordered).collect()
    }

    fn cut_towards(&mut self, by: &str, with: &str) {
        let (by, with, scenario) = (self.org(by), self.org(with), self.sim.scenario().clone());
        let estate = &scenario.estate;
        let mut between =
            estate.org(by).connections.iter().filter(|c| estate.other_end(**c, by) == Some(with));
        let connection = *between.next().expect("they are joined");
        self.response(|r| r.infrastructure.links.cut(estate, connection, by));
    }
}

#[test]
fn what_is_left_is_hunted_then_restored_then_joined_again() {
    let mut s = Small::new();
    assert_eq!(s.left("north"), None);
    s.intrude("north", Stage::Lateral);
    assert_eq!(s.left("north"), None, "nobody knows of it");
    s.response(|r| r.intrusions.all[0].noticed = true);
    s.lose("north", AssetKind::Servers, 1, HostImpact::Encrypted);
    assert_eq!(s.left("north"), Some(ActionKind::HuntAndEvict));
    s.response(|r| r.intrusions.all[0].evicted = true);
    assert_eq!(s.left("north"), Some(ActionKind::RestoreFromBackup));
    // What failed is restored, unless it mends by itself: that is waited for.
    let mut s = Small::new();
    let remote = s.asset("north", AssetKind::RemoteAccess);
    s.lose("north", AssetKind::RemoteAccess, 1, HostImpact::Failed);
    assert_eq!(s.left("north"), Some(ActionKind::RestoreFromBackup));
    s.response(|r| r.infrastructure.assets.get_mut(remote).mends = true);
    assert_eq!(s.left("north"), None);
    s.effect("north", ActionKind::IsolateAsset, Target::Kind(AssetKind::Backup));
    assert_eq!(s.left("north"), None);
    s.lose("north", AssetKind::RemoteAccess, 1, HostImpact::Encrypted);
    assert_eq!(s.left("north"), Some(ActionKind::RestoreFromBackup));
    // Of itself, and of what it cut towards others; not what others cut.
    for what in [ActionKind::IsolateAsset, ActionKind::SwitchEverythingOff] {
        let mut s = Small::new();
        s.effect("north", what, Target::Kind(AssetKind::Backup));
        assert_eq!(s.left("north"), Some(ActionKind::AssureAndReconnect), "{what:?}");
        assert_eq!(s.left("south"), None);
    }
    let mut s = Small::new();
    s.cut_towards("south", "north");
    assert_eq!((s.left("north"), s.left("south")), (None, Some(ActionKind::AssureAndReconnect)));
    // A supplier must be able to say that it is safe; of a neighbour that is not asked.
    for (with, then) in [("synolab", None), ("south", Some(ActionKind::AssureAndReconnect))] {
        let mut s = Small::new();
        s.cut_towards("north", with);
        assert_eq!(s.left("north"), Some(ActionKind::AssureAndReconnect), "{with}");
        let kind = if with == "synolab" { AssetKind::Laboratory } else { AssetKind::Servers };
        s.lose(with, kind, 1, HostImpact::Encrypted);
        assert_eq!(s.left("north"), then, "{with}");
    }
}

#[test]
fn the_first_hunt_is_left_to_a_rule_that_is_still_to_come() {
    // Whether a hunt is left to a rule when stock is taken of an intruder who is known.
    let later = |s: &mut Small, org: &str, now: SimTime, set: &dyn Fn(&mut Incident)| {
        s.start(1, 0);
        s.intrude(org, Stage::Lateral);
        let id = s.org(org);
        s.response(|r| {
            r.intrusions.all[0].noticed = true;
            set(&mut r.incidents.get_mut(id));
        });
        let ordered = s.stock(org, now);
        assert!(ordered.is_empty() || ordered == [ActionKind::HuntAndEvict], "{ordered:?}");
        ordered.is_empty()
    };
    // It is the fourth, counted from 0; for sixty days after it is suspected.
    let mut s = Small::with(&[HUNTING]);
    assert!(later(&mut s, "north", 0, &|_| {}));
    assert!(later(&mut s, "north", 90 * 1440, &|_| {}), "nobody suspects anybody");
    assert!(later(&mut s, "north", 0, &|i| i.fired = 0b1_0111), "others have been heard");
    assert!(!later(&mut s, "north", 0, &|i| i.fired = 0b1000));
    assert!(!later(&mut s, "north", 0, &|i| i.hunts = 1));
    for (now, expected) in [(10, true), (10 + 60 * 1440 - 1, true), (10 + 60 * 1440, false)] {
        assert_eq!(later(&mut s, "north", now, &|i| i.suspected = Some(10)), expected, "{now}");
    }
    // Who is not meant by it hunts, and who has no such rule.
    assert!(!later(&mut s, "surgery", 0, &|_| {}));
    assert!(!later(&mut Small::new(), "north", 0, &|_| {}));
}

#[test]
fn who_has_nothing_in_hand_or_planned_does_what_is_left() {
    let restored = [ActionKind::RestoreFromBackup];
    let lost = |changes: &[(&str, &str)]| {
        let mut s = Small::with(changes);
        s.lose("north", AssetKind::Servers, 2, HostImpact::Encrypted);
        s
    };
    assert_eq!(lost(&[]).stock("north", 100), restored);
    // Where people command, they decide; who has work in hand is asked when it is done; who only keeps care going leaves systems alone.
    let mut s = lost(&[]);
    let north = s.org("north");
    s.sim.command([north]);
    assert_eq!(s.stock("north", 100), []);
    let mut s = lost(&[]);
    s.order("north", ActionKind::BlockIndicators, Target::All);
    assert_eq!(s.stock("north", 100), []);
    let care = ["Contained, act: [(do: InformPublic)]", "Evicted, act: [(do: InformRegulator)]"]
        .map(|rule| (rule, "SupplierBack, act: [(do: ExtraSessions)]"));
    assert_eq!(lost(&care).stock("north", 100), []);
    // What is planned comes first: until then, and a day more.
    for (planned, ordered) in [(99, vec![100]), (100, vec![100]), (101, vec![101 + 1440])] {
        let mut s = lost(&[]);
        s.sim.world_mut().resource_mut::<Planned>().add(north, planned);
        s.stock("north", 100);
        s.play(2000);
        assert_eq!(s.ordered("north", ActionKind::RestoreFromBackup), ordered, "{planned}");
    }
    // So does what is to be decided at a time that is known, where one is meant.
    for (at, who, ordered) in
        [("1h", "AcuteTrust", 100), ("2h", "AcuteTrust", 1540), ("2h", "GpPractice", 100)]
    {
        let rule =
            format!("(when: At(\"{at}\"), who: [{who}], act: [(do: InformPublic)]), (when: Contained, ");
        let mut s = lost(&[("(when: Contained, ", &rule)]);
        s.play(100);
        s.stock("north", 100);
        s.play(2000);
        assert_eq!(s.ordered("north", ActionKind::RestoreFromBackup), [ordered], "{at} {who}");
    }
}

#[test]
fn who_waits_to_be_contained_knows_when_there_is_nothing_to_contain() {
    let suspected = |changes: &[(&str, &str)], containing: u32| {
        let mut s = Small::with(changes);
        let north = s.org("north");
        s.lose("north", AssetKind::Servers, 2, HostImpact::Encrypted);
        s.response(|r| {
            let mut incident = r.incidents.get_mut(north);
            (incident.suspected, incident.containing) = (Some(50), containing);
        });
        let ordered = s.stock("north", 100);
        (ordered, s.sim.incident(north).contained)
    };
    let restored = vec![ActionKind::RestoreFromBackup];
    assert_eq!(suspected(&[], 0), (vec![], Some(100)));
    assert_eq!(suspected(&[], 1), (restored.clone(), None));
    // Where only others wait for it, nobody waits.
    assert_eq!(suspected(&[HUNTING], 0), (restored, None));
}

#[test]
fn an_intruder_is_hunted_when_no_rule_will() {
    for (changes, ordered) in [(&[HUNTING][..], vec![]), (&[], vec![ActionKind::HuntAndEvict])] {
        let mut s = Small::with(changes);
        s.intrude("north", Stage::Lateral);
        s.response(|r| r.intrusions.all[0].noticed = true);
        assert_eq!(s.stock("north", 100), ordered);
        // What is lost is restored whatever rule is still to come.
        s.response(|r| r.intrusions.all[0].evicted = true);
        let mut s = Small::with(changes);
        s.lose("north", AssetKind::Servers, 2, HostImpact::Encrypted);
        assert_eq!(s.stock("north", 100), [ActionKind::RestoreFromBackup]);
    }
}

#[test]
fn stock_is_taken_a_day_after_the_last_job_is_done() {
    let mut s = Small::new();
    s.lose("north", AssetKind::Servers, 2, HostImpact::Encrypted);
    s.order("north", ActionKind::BlockIndicators, Target::All);
    s.order("north", ActionKind::LeaveNationalNetwork, Target::All);
    s.play(4000);
    let done = [ActionKind::BlockIndicators, ActionKind::LeaveNationalNetwork].map(|a| s.done("north", a)[0]);
    assert_ne!(done[0], done[1]);
    assert_eq!(s.ordered("north", ActionKind::RestoreFromBackup), [done[0].max(done[1]) + 1440]);
    // Nothing left, nothing taken.
    let mut s = Small::new();
    s.order("south", ActionKind::BlockIndicators, Target::All);
    s.play(4000);
    assert_eq!(s.when(|e| matches!(e, EventKind::Ordered { .. })).len(), 1);
}
