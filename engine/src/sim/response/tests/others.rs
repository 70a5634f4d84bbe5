//! Eradication, hardening, continuity, and what others are told.

use super::*;

#[test]
fn there_must_be_an_intruder_to_hunt() {
    for what in [ActionKind::HuntAndEvict, ActionKind::ResetCredentials] {
        let mut s = Small::new();
        assert_eq!(s.order("north", what, Target::All), Some(Refusal::NoIntruder), "{what:?}");
        s.lose("north", AssetKind::Servers, 3, HostImpact::Failed);
        assert_eq!(
            s.order("north", what, Target::All),
            Some(Refusal::NoIntruder),
            "{what:?} of what merely failed"
        );
        let mut lost = Small::new();
        lost.lose("north", AssetKind::Servers, 3, HostImpact::Encrypted);
        assert_eq!(lost.order("north", what, Target::All), None, "{what:?}");
        s.intrude("south", Stage::Lateral);
        assert_eq!(s.order("north", what, Target::All), Some(Refusal::NoIntruder), "{what:?} of another's");
        s.intrude("north", Stage::Foothold);
        assert_eq!(s.order("north", what, Target::All), None, "{what:?}");
        let north = s.org("north");
        s.response(|r| r.incidents.get_mut(north).evicted = Some(0));
        assert_eq!(s.order("north", what, Target::All), Some(Refusal::IntruderOut), "{what:?}");
    }
}

#[test]
fn that_there_is_no_intruder_is_news_once() {
    let mut s = Small::new();
    // Whoever learns that the intruder is out tells the regulator.
    for at in [0, 600, 1439, 1440, 2000, 2880] {
        s.play(at);
        assert_eq!(s.order("north", ActionKind::HuntAndEvict, Target::All), Some(Refusal::NoIntruder));
    }
    s.play(5000);
    let told = s.ordered("north", ActionKind::InformRegulator);
    assert!(told.len() == 1 && told[0] <= 1, "{told:?}");
    assert_eq!(s.sim.incident(s.org("north")).evicted, None);
    // Of a refusal for another reason nothing comes.
    let mut s = Small::new();
    let north = s.org("north");
    s.response(|r| r.incidents.get_mut(north).evicted = Some(0));
    assert_eq!(s.order("north", ActionKind::HuntAndEvict, Target::All), Some(Refusal::IntruderOut));
    s.play(2000);
    assert!(s.ordered("north", ActionKind::InformRegulator).is_empty());
}

#[test]
fn a_hunt_succeeds_more_often_with_detection_on_hosts() {
    // 40 in 100 without any, 60 with all: half and half with half of it. Bounds at three standard errors of 600 hunts.
    let mut s = Small::new();
    for (detection, expected) in
        [("endpoint_detection: 0.5", 0.5), ("endpoint_detection: 0", 0.4), ("endpoint_detection: 1", 0.6)]
    {
        s = Small::with(&[("endpoint_detection: 0.5", detection)]);
        let n = 600;
        let mut out = 0;
        for replicate in 0..n {
            s.start(replicate, 0);
            s.intrude("north", Stage::Lateral);
            s.effect("north", ActionKind::HuntAndEvict, Target::All);
            out += u32::from(s.sim.incident(s.org("north")).evicted.is_some());
        }
        let share = f64::from(out) / n as f64;
        assert!((share - expected).abs() < 0.0612, "{detection}: {share}, not {expected}");
    }
    // Where nobody is inside any more, a hunt always ends.
    for replicate in 0..40 {
        s.start(replicate, 0);
        s.effect("north", ActionKind::HuntAndEvict, Target::All);
        assert!(s.sim.incident(s.org("north")).evicted.is_some());
    }
}

#[test]
fn a_hunt_that_fails_starts_again_with_another_chance() {
    let mut s = Small::new();
    let north = s.org("north");
    let (mut failed, mut replicates) = (0, 0);
    for replicate in 0..30 {
        s.start(replicate, 0);
        s.intrude("north", Stage::Lateral);
        assert_eq!(s.order("north", ActionKind::HuntAndEvict, Target::All), None);
        s.play(50_000);
        let failures = s.when(|e| e == EventKind::HuntFailed { org: north }).len();
        assert_eq!(s.ordered("north", ActionKind::HuntAndEvict).len(), failures + 1);
        assert_eq!(
            s.when(|e| e == EventKind::Evicted { org: north }).len(),
            1,
            "after {failures} that failed"
        );
        failed += failures;
        replicates += 1;
    }
    // One failure for each success on average, when each hunt has its own even chance; the bounds are four standard errors.
    assert!((0.0..2.1).contains(&(failed as f64 / f64::from(replicates))) && failed > 5, "{failed}");
}

#[test]
fn eviction_frees_what_was_held_here_and_nowhere_else() {
    let mut s = Small::with(&[(
        "eviction: 0.4, eviction_with_detection: 0.6",
        "eviction: 1, eviction_with_detection: 1",
    )]);
    s.intrude("north", Stage::Lateral);
    s.intrude("south", Stage::Lateral);
    s.hold("north", AssetKind::Servers, 4);
    s.hold("south", AssetKind::Servers, 4);
    s.lose("north", AssetKind::Servers, 1, HostImpact::Encrypted);
    s.effect("north", ActionKind::IsolateHosts, Target::Affected);
    let before = s.state("north", AssetKind::Servers);
    assert_eq!((before.held, before.lost, before.contained), (3, 1, 4));
    s.effect("north", ActionKind::HuntAndEvict, Target::All);
    let state = s.state("north", AssetKind::Servers);
    assert_eq!((state.held, state.lost, state.contained), (0, 1, 1));
    assert_eq!((state.vulnerable, state.protected), (before.vulnerable, before.protected + 3));
    assert_eq!(s.state("south", AssetKind::Servers).held, 4);
    assert_eq!(s.response(|r| r.intrusions.all.iter().map(|i| i.evicted).collect::<Vec<_>>()), [true, false]);
}

#[test]
fn new_credentials_set_back_an_intruder_who_lived_on_old_ones() {
    for (stage, back) in [
        (Stage::Foothold, false),
        (Stage::Discovery, false),
        (Stage::Credentials, true),
        (Stage::Lateral, true),
        (Stage::Ready, true),
        (Stage::Detonated, false),
    ] {
        let mut s = Small::new();
        s.intrude("north", stage);
        s.intrude("south", Stage::Lateral);
        s.intrude("north", Stage::Lateral);
        s.response(|r| r.intrusions.all[2].evicted = true);
        s.play(100);
        s.effect("north", ActionKind::ResetCredentials, Target::All);
        let now: Vec<_> =
            s.response(|r| r.intrusions.all.iter().map(|i| (i.stage, i.generation, i.due)).collect());
        // It starts again from what it knows of the network, and needs ten hours for other accounts.
        let expected = if back { (Stage::Discovery, 1, 100 + 600) } else { (stage, 0, 50_000) };
        assert_eq!(now[0], expected, "{stage:?}");
        assert_eq!(now[1..], [(Stage::Lateral, 0, 50_000); 2], "another's, and one that is out");
        if back {
            s.play(720);
            assert_eq!(s.response(|r| r.intrusions.all[0].stage), Stage::Credentials, "then it has them");
        }
    }
}

#[test]
fn a_kill_switch_must_be_known_and_works_from_the_next_step_on() {
    let mut s = Small::new();
    assert_eq!(s.order("north", ActionKind::RegisterKillSwitch, Target::All), Some(Refusal::NoKillSwitch));
    s.response(|r| r.nation.kill_switch_known = Some(0));
    assert_eq!(s.order("north", ActionKind::RegisterKillSwitch, Target::All), None);
    s.play(600);
    let done = s.done("north", ActionKind::RegisterKillSwitch)[0];
    assert_eq!(s.sim.nation().kill_switch, Some(done + 1));
    assert_eq!(s.when(|e| e == EventKind::KillSwitchRegistered), [done + 1]);
}

#[test]
fn patches_reach_what_is_known_and_supported() {
    for (visibility, open) in [("1", 14), ("0.5", 42), ("0", 70)] {
        let mut s = Small::with(&[("asset_visibility: 1", &format!("asset_visibility: {visibility}"))]);
        // A fifth without support, and half of the unpatched four fifths and more: 70 of 100.
        assert_eq!(s.state("north", AssetKind::Endpoints).vulnerable, 70);
        let south = s.state("south", AssetKind::Servers).vulnerable;
        s.effect("north", ActionKind::EmergencyPatching, Target::All);
        // Four fifths of those that are known get it.
        assert_eq!(s.state("north", AssetKind::Endpoints).vulnerable, open, "visibility {visibility}");
        assert_eq!(s.state("south", AssetKind::Servers).vulnerable, south);
    }
}

#[test]
fn indicators_are_blocked_here_or_shared_with_all() {
    let mut s = Small::new();
    s.effect("north", ActionKind::BlockIndicators, Target::All);
    let nation = *s.sim.nation();
    assert!(s.sim.incident(s.org("north")).blocks(&nation));
    assert!(!s.sim.incident(s.org("south")).blocks(&nation));
    s.effect("south", ActionKind::ShareIndicators, Target::All);
    s.play(480);
    assert_eq!(s.sim.nation().indicators, None);
    s.play(482);
    assert_eq!(s.sim.nation().indicators, Some(480));
}

#[test]
fn continuity_is_for_who_gives_care() {
    for what in [
        ActionKind::DivertEmergencies,
        ActionKind::PostponePlannedCare,
        ActionKind::SendWorkToNeighbour,
        ActionKind::ExtraSessions,
    ] {
        let mut s = Small::new();
        assert_eq!(s.order("synolab", what, Target::All), Some(Refusal::NoCare), "{what:?}");
        assert_eq!(s.order("north", what, Target::All), None, "{what:?}");
        let north = s.org("north");
        let set = |s: &Small| {
            let i = s.sim.incident(north);
            [i.diverting, i.postponing, i.sending, i.extra]
        };
        assert_eq!(set(&s), [false; 4], "{what:?} is ordered and not done");
        s.play(10_000);
        let all = [
            ActionKind::DivertEmergencies,
            ActionKind::PostponePlannedCare,
            ActionKind::SendWorkToNeighbour,
            ActionKind::ExtraSessions,
        ];
        assert_eq!(set(&s), all.map(|a| a == what), "{what:?}");
    }
    // Paper since it was first taken out.
    let mut s = Small::new();
    s.order("north", ActionKind::PaperWorking, Target::All);
    s.play(1440);
    let since = s.done("north", ActionKind::PaperWorking)[0];
    s.order("north", ActionKind::PaperWorking, Target::All);
    s.play(2880);
    assert_eq!(s.done("north", ActionKind::PaperWorking).len(), 2);
    assert_eq!(s.sim.incident(s.org("north")).paper, Some(since));
}

#[test]
fn the_nation_declares_once_and_only_what_it_knows_of() {
    let mut s = Small::new();
    let what = ActionKind::DeclareNationalIncident;
    assert_eq!(s.order("north", what, Target::All), Some(Refusal::NationUnaware));
    let north = s.org("north");
    s.response(|r| r.incidents.get_mut(north).reported = true);
    assert_eq!(s.order("north", what, Target::All), None);
    s.play(600);
    let at = s.done("north", what)[0];
    assert_eq!(s.sim.nation().incident, Some(at));
    assert_eq!(s.when(|e| e == EventKind::NationalIncident), [at]);
    assert_eq!(s.order("north", what, Target::All), Some(Refusal::DeclaredAlready));
    assert_eq!(s.order("south", what, Target::All), Some(Refusal::NationUnaware));
    // The public is told by who tells it.
    s.effect("south", ActionKind::InformPublic, Target::All);
    assert!(s.sim.incident(s.org("south")).public && !s.sim.incident(north).public);
}
