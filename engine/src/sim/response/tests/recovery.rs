//! How long systems take to come back, in which order, and what is lost again.

use super::*;

/// The job of restoring 6 encrypted servers of 10, by an action.
fn servers(changes: &[(&str, &str)], what: ActionKind, backup_lost: bool) -> (f64, f64) {
    let mut s = Small::with(changes);
    s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
    if backup_lost {
        s.lose("north", AssetKind::Backup, 1, HostImpact::Encrypted);
    }
    assert_eq!(s.order("north", what, Target::Kind(AssetKind::Servers)), None);
    assert_eq!(s.jobs().len(), 1, "only what it is aimed at");
    s.last_job()
}

#[test]
fn the_effort_of_a_restoration_follows_from_hosts_and_backups() {
    // 20 person-hours and 2 for each of 6 hosts; the action's own 8 and a tenth for each host. Three people and one for a hundred
    // hosts down have a place.
    let places = 3.0 + 0.06;
    let (none, isolated, untested) = (
        &[][..],
        &[("isolated_backups: 0", "isolated_backups: 1")][..],
        &[("tested_restores: 1", "tested_restores: 0")][..],
    );
    for (changes, what, backup_lost, effort) in [
        (none, ActionKind::RestoreFromBackup, false, 32.0 + 8.6),
        // A lost backup means building afresh, unless it was out of reach.
        (none, ActionKind::RestoreFromBackup, true, 3.0 * 32.0 + 8.6),
        (isolated, ActionKind::RestoreFromBackup, true, 32.0 + 8.6),
        (isolated, ActionKind::RestoreFromBackup, false, 32.0 + 8.6),
        // Who never tried a restore finds out now.
        (untested, ActionKind::RestoreFromBackup, false, 2.0 * 32.0 + 8.6),
        (untested, ActionKind::RestoreFromBackup, true, 3.0 * 32.0 + 8.6),
        // Who builds afresh needs no backup.
        (none, ActionKind::Rebuild, false, 3.0 * 32.0 + 17.2),
        (isolated, ActionKind::Rebuild, true, 3.0 * 32.0 + 17.2),
        (untested, ActionKind::Rebuild, false, 3.0 * 32.0 + 17.2),
    ] {
        let (asked, most) = servers(changes, what, backup_lost);
        assert!(near(asked, effort), "{changes:?} {what:?} {backup_lost}: {asked}, not {effort}");
        assert!(near(most, places), "{most}");
    }
    // A factor on all of an organisation's efforts is one on the systems', not on the action's own.
    let (asked, _) =
        servers(&[(" effort: 1, together", " effort: 1.5, together")], ActionKind::RestoreFromBackup, false);
    assert!(near(asked, 48.0 + 8.6), "{asked}");
    // Another system that is lost is no backup.
    let mut s = Small::new();
    s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
    s.lose("north", AssetKind::Identity, 2, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Kind(AssetKind::Servers));
    assert!(near(s.last_job().0, 32.0 + 8.6));
}

#[test]
fn what_only_failed_is_mended_by_hand() {
    let mut s = Small::new();
    s.lose("north", AssetKind::Endpoints, 80, HostImpact::Failed);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    let (effort, most) = s.last_job();
    assert!(near(effort, 0.25 * 80.0 + 8.0 + 8.0) && near(most, 3.8), "{effort} {most}");
    // Never sooner than the action's shortest time: 4 hours.
    let mut s = Small::new();
    s.lose("north", AssetKind::Servers, 1, HostImpact::Failed);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    let (effort, most) = s.last_job();
    assert!(near(effort, 8.35) && near(most, 8.35 / 4.0), "{effort} {most}");
}

#[test]
fn each_system_that_is_down_is_restored_once() {
    for (to, kinds) in [
        (Target::Affected, &[AssetKind::Endpoints, AssetKind::Servers][..]),
        (Target::All, &[AssetKind::Endpoints, AssetKind::Servers]),
        (Target::Kind(AssetKind::Servers), &[AssetKind::Servers]),
    ] {
        let mut s = Small::new();
        assert_eq!(
            s.order("north", ActionKind::RestoreFromBackup, Target::Affected),
            Some(Refusal::NothingToRestore)
        );
        assert_eq!(s.order("north", ActionKind::Rebuild, Target::Affected), Some(Refusal::NothingToRestore));
        s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
        s.lose("north", AssetKind::Endpoints, 10, HostImpact::Failed);
        s.lose("south", AssetKind::Servers, 6, HostImpact::Encrypted);
        for _ in 0..2 {
            assert_eq!(s.order("north", ActionKind::RestoreFromBackup, to), None);
        }
        let subjects: Vec<Subject> = s.jobs().iter().map(|(job, _)| job.subject).collect();
        let expected: Vec<Subject> = kinds.iter().map(|k| Subject::Asset(s.asset("north", *k))).collect();
        assert_eq!(subjects, expected, "{to:?}");
    }
}

#[test]
fn a_fleet_comes_back_bit_by_bit_and_a_system_as_a_whole() {
    let mut s = Small::new();
    // 6 + 0.3 × 80 and 8 + 0.1 × 80: 46 person-hours for 3.8 people.
    s.lose("north", AssetKind::Endpoints, 80, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    s.play(360);
    assert_eq!(s.state("north", AssetKind::Endpoints).lost, 80, "nobody has looked yet");
    s.play(361);
    // After 6 hours 22.8 of 46 person-hours are done: 39 of 80 hosts; after 12 hours 45.6: 79 of 80.
    assert_eq!(s.state("north", AssetKind::Endpoints).lost, 80 - 39);
    s.play(722);
    assert_eq!(s.state("north", AssetKind::Endpoints).lost, 1);
    s.play(3000);
    let back = s.back("north", AssetKind::Endpoints);
    // By day for 12 hours by 3.8, then 0.4 person-hours by 2: 12 minutes into the night.
    assert!(back.len() == 1 && back[0].abs_diff(720 + 12) <= 1, "{back:?}");
    assert_eq!(s.state("north", AssetKind::Endpoints).down(), 0);
    let north = s.org("north");
    assert_eq!(s.when(|e| e == EventKind::Recovered { org: north }), back);

    let mut s = Small::with(&ONE_SYSTEM);
    // 32 + 8.6 person-hours by 3.06 people: 13 hours and a quarter by day.
    s.lose("north", AssetKind::PatientRecord, 6, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    s.play(720);
    assert_eq!(s.state("north", AssetKind::PatientRecord).lost, 6);
    s.play(3000);
    // Nor does a part of it come back when its team is looked at in between.
    let mut looked_at = Small::with(&ONE_SYSTEM);
    looked_at.lose("north", AssetKind::PatientRecord, 6, HostImpact::Encrypted);
    looked_at.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    looked_at.play(500);
    looked_at.order("north", ActionKind::BlockIndicators, Target::All);
    assert!(looked_at.jobs()[0].1.done > 20.0, "more than half of it is done");
    assert_eq!(looked_at.state("north", AssetKind::PatientRecord).lost, 6);
    // 36.72 by day, 3.88 by 2 at night: 116.4 minutes.
    assert_eq!(s.back("north", AssetKind::PatientRecord), [720 + 117]);

    // Servers come back one by one, as computers do: after 6 hours 18.36 of 40.6 person-hours are done, 2 of 6.
    let mut s = Small::new();
    s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    s.play(361);
    assert_eq!(s.state("north", AssetKind::Servers).lost, 4);
}

#[test]
fn what_was_switched_off_comes_back_piece_by_piece() {
    let (endpoints, servers) = (AssetKind::Endpoints, AssetKind::Servers);
    let mut s = Small::new();
    s.effect("north", ActionKind::SwitchEverythingOff, Target::All);
    s.lose("north", servers, 6, HostImpact::Encrypted);
    s.effect("north", ActionKind::IsolateOrganisation, Target::All);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    s.order("north", ActionKind::AssureAndReconnect, Target::Affected);
    // What is clean is assured in twelve hours; nobody waits for what is lost.
    let on = |s: &Small, kind| !s.state("north", kind).off;
    s.play(400);
    assert!(!on(&s, endpoints) && !on(&s, AssetKind::Identity));
    // Servers that are restored are on while others are still worked on.
    assert!(on(&s, servers) && s.state("north", servers).lost > 0);
    s.play(1440);
    assert!(on(&s, AssetKind::Identity) && !s.open("north", None));
    // Connections with others come last.
    s.play(5000);
    let (all, last) = (s.back("north", servers), s.done("north", ActionKind::AssureAndReconnect));
    assert!(all.len() == 1 && last.len() == 1 && all[0] < last[0], "{all:?} {last:?}");
    assert!(s.open("north", None));
    assert_eq!(s.cut(), (vec![], vec![]));
}

#[test]
fn what_others_need_comes_first_and_assurance_last() {
    let mut s = Small::new();
    s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
    s.lose("north", AssetKind::Identity, 2, HostImpact::Encrypted);
    s.effect("north", ActionKind::IsolateOrganisation, Target::All);
    s.order("north", ActionKind::AssureAndReconnect, Target::All);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    let identity = s.asset("north", AssetKind::Identity);
    let at_work = |s: &Small| -> Vec<Subject> {
        s.jobs().iter().filter(|(_, w)| w.people > 0.0).map(|(j, _)| j.subject).collect()
    };
    assert_eq!(at_work(&s), [Subject::Asset(identity)]);
    s.play(20_000);
    let (first, second) = (s.back("north", AssetKind::Identity)[0], s.back("north", AssetKind::Servers)[0]);
    let assured = s.done("north", ActionKind::AssureAndReconnect)[0];
    assert!(first < second && second < assured, "{first} {second} {assured}");
    // 12 + 8.2 person-hours by 3.02 people: 6.69 hours. Then 40.6: 5.3 hours by 3.06, the night by 2, and 0.38 the next morning by 3.06.
    assert_eq!((first, second), (402, 1440 + 8));
}

#[test]
fn what_costs_care_most_comes_first_where_that_is_the_priority() {
    let first = |strategy: usize| {
        let mut s = Small::new();
        s.start(1, strategy);
        s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
        s.lose("north", AssetKind::Endpoints, 60, HostImpact::Encrypted);
        s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
        let north = s.org("north");
        let id = s.response(|r| r.teams.get(north).queue[0]);
        s.jobs()[id as usize].0.subject == Subject::Asset(s.asset("north", AssetKind::Servers))
    };
    // Care depends on servers here and not on endpoints, which stand first in the list.
    assert!(!first(0) && first(1));
}

#[test]
fn what_is_restored_with_the_intruder_inside_is_lost_again() {
    let again = |changes: &[(&str, &str)], intruder: Option<&str>, evicted: bool| {
        let mut s = Small::with(&[&ONE_SYSTEM[..], changes].concat());
        if let Some(org) = intruder {
            s.intrude(org, Stage::Detonated);
        }
        s.response(|r| r.intrusions.all.iter_mut().for_each(|i| i.evicted = evicted));
        s.lose("north", AssetKind::PatientRecord, 6, HostImpact::Encrypted);
        s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
        s.play(1400);
        let (back, asset) =
            (s.back("north", AssetKind::PatientRecord), s.asset("north", AssetKind::PatientRecord));
        assert_eq!(back.len(), 1);
        let again = s.when(|e| e == EventKind::Reinfected { asset });
        assert!(again.is_empty() || again == [back[0] + 300], "five hours later: {again:?} after {back:?}");
        assert_eq!(s.state("north", AssetKind::PatientRecord).lost, if again.is_empty() { 0 } else { 6 });
        !again.is_empty()
    };
    let never = [("reinfection: 1", "reinfection: 0")];
    assert!(again(&[], Some("north"), false));
    assert!(!again(&never, Some("north"), false));
    assert!(!again(&[], Some("north"), true));
    assert!(!again(&[], Some("south"), false));
    assert!(!again(&[], None, false));
}

#[test]
fn what_is_lost_again_during_the_work_is_worked_on_again() {
    let mut s = Small::new();
    s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    s.play(300);
    s.lose("north", AssetKind::Servers, 3, HostImpact::Encrypted);
    s.play(900);
    // The first job brought 6 back; another restores 3: 26 + 8.3 person-hours.
    assert!(s.back("north", AssetKind::Servers).is_empty());
    assert_eq!(s.state("north", AssetKind::Servers).lost, 3);
    assert!(s.state("north", AssetKind::Servers).restoring);
    assert_eq!(s.jobs().len(), 2);
    assert!(near(s.last_job().0, 26.0 + 8.3), "{:?}", s.last_job());
    s.play(5000);
    let back = s.back("north", AssetKind::Servers);
    let north = s.org("north");
    assert_eq!(back.len(), 1);
    assert_eq!(s.when(|e| e == EventKind::Recovered { org: north }), back);
    // An organisation has recovered when the last of its systems is back.
    let mut s = Small::new();
    s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
    s.lose("north", AssetKind::RemoteAccess, 1, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    s.play(9000);
    let last = s.back("north", AssetKind::Servers)[0].max(s.back("north", AssetKind::RemoteAccess)[0]);
    assert_eq!(s.when(|e| e == EventKind::Recovered { org: north }), [last]);
}

#[test]
fn a_restored_system_is_joined_again() {
    let played = |to| {
        let mut s = Small::new();
        s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
        s.effect("north", ActionKind::IsolateAsset, Target::All);
        s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
        s.play(to);
        s
    };
    let back = played(5000).back("north", AssetKind::Servers)[0];
    let s = played(back + 1);
    assert!(!s.state("north", AssetKind::Servers).isolated);
    assert!(s.state("north", AssetKind::Identity).isolated, "what was not restored stays isolated");
    // Nobody ordered it, and a day later it is missed.
    let s = played(back + 3 * 1440);
    assert!(!s.state("north", AssetKind::Identity).isolated);
}

#[test]
fn customers_instances_come_back_one_by_one_and_the_one_that_weighs_most_first() {
    for (strategy, first, second) in [(0, "north", "south"), (1, "south", "north")] {
        let mut s = Small::new();
        s.start(1, strategy);
        let lab = s.asset("synolab", AssetKind::Laboratory);
        let instances = s.sim.scenario().estate.asset(lab).instances.clone();
        assert_eq!(instances.len(), 2);
        s.lose("synolab", AssetKind::Laboratory, 10, HostImpact::Encrypted);
        s.response(|r| instances.iter().for_each(|c| _ = r.infrastructure.links.lose_instance(*c)));
        s.order("synolab", ActionKind::RestoreFromBackup, Target::Affected);
        s.play(2000);
        let back = s.back("synolab", AssetKind::Laboratory)[0];
        assert!(instances.iter().all(|c| !s.sim.open(*c)), "the platform alone does not bring them back");
        // 60 person-hours each, over five days at least: half a person each, so that both are at work together.
        let jobs: Vec<(Job, Work)> =
            s.jobs().into_iter().filter(|(j, _)| matches!(j.subject, Subject::Instance(_))).collect();
        assert_eq!(jobs.len(), 2);
        assert!(jobs.iter().all(|(_, w)| near(w.effort, 60.0) && near(w.most, 0.5)), "{jobs:?}");
        let supplier = s.org("synolab");
        let queue = s.response(|r| r.teams.get(supplier).queue.clone());
        let order: Vec<Subject> = queue.iter().map(|id| s.jobs()[*id as usize].0.subject).collect();
        let customer = |subject: &Subject| match subject {
            Subject::Instance(c) => s.sim.scenario().estate.other_end(*c, supplier),
            _ => None,
        };
        assert_eq!(order.iter().map(customer).collect::<Vec<_>>(), [first, second].map(|o| Some(s.org(o))));
        s.play(20_000);
        for customer in ["north", "south"] {
            let org = s.org(customer);
            let regained = s.when(|e| e == EventKind::InstanceBack { org });
            assert!(
                regained.len() == 1 && regained[0].abs_diff(back + 5 * 1440) <= 1,
                "{regained:?} after {back}"
            );
            let told = s.ordered(customer, ActionKind::ExtraSessions);
            assert_eq!(told.len(), 1, "it learns that its supplier is back: {told:?}, {regained:?}, {back}");
        }
        assert!(instances.iter().all(|c| s.sim.open(*c)));
    }
    // An instance that was never lost is not restored.
    let mut s = Small::new();
    s.lose("synolab", AssetKind::Laboratory, 1, HostImpact::Encrypted);
    s.order("synolab", ActionKind::RestoreFromBackup, Target::Affected);
    s.play(3000);
    assert_eq!(s.back("synolab", AssetKind::Laboratory).len(), 1);
    assert!(s.jobs().iter().all(|(j, _)| !matches!(j.subject, Subject::Instance(_))));
}

#[test]
fn a_decryptor_saves_part_of_what_is_left() {
    let mut s = Small::with(&[("decryptor_chance: 1", "decryptor_chance: 0")]);
    assert_eq!(s.order("north", ActionKind::UseDecryptor, Target::All), Some(Refusal::NoDecryptor));
    let mut s = Small::new();
    assert_eq!(s.order("north", ActionKind::UseDecryptor, Target::All), None);
    let mut s = Small::new();
    s.lose("north", AssetKind::RemoteAccess, 2, HostImpact::Encrypted);
    s.lose("north", AssetKind::Servers, 6, HostImpact::Encrypted);
    s.lose("north", AssetKind::Endpoints, 50, HostImpact::Wiped);
    s.lose("south", AssetKind::Servers, 6, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Kind(AssetKind::RemoteAccess));
    s.order("north", ActionKind::RestoreFromBackup, Target::Kind(AssetKind::Servers));
    s.order("north", ActionKind::RestoreFromBackup, Target::Kind(AssetKind::Endpoints));
    s.order("north", ActionKind::EmergencyPatching, Target::All);
    s.order("south", ActionKind::RestoreFromBackup, Target::Affected);
    s.play(600);
    let north = s.org("north");
    // Counted now, so that what is left is known.
    s.response(|r| {
        r.list(north);
        r.settle(600);
    });
    let before = s.jobs();
    s.effect("north", ActionKind::UseDecryptor, Target::All);
    let after = s.jobs();
    let servers = s.asset("north", AssetKind::Servers);
    let remote = s.asset("north", AssetKind::RemoteAccess);
    let mut eased = 0;
    for ((job, was), (_, is)) in before.iter().zip(&after) {
        let expected = if job.subject == Subject::Asset(servers) {
            eased += 1;
            assert!(!was.closed && was.done > 1.0 && was.effort - was.done > 1.0, "it is under way: {was:?}");
            was.done + (was.effort - was.done) * 0.5
        } else {
            was.effort
        };
        assert!(near(is.effort, expected), "{job:?}: {is:?} after {was:?}");
        assert!(job.subject != Subject::Asset(remote) || was.closed, "this one is done");
    }
    assert_eq!(eased, 1);
}

#[test]
fn of_a_fleet_as_many_are_lost_again_as_came_back() {
    let mut s = Small::new();
    s.intrude("north", Stage::Detonated);
    s.lose("north", AssetKind::Endpoints, 80, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    // 39 are back after six hours, and lost five hours later.
    s.play(660);
    assert_eq!(s.state("north", AssetKind::Endpoints).lost, 80 - 39);
    s.play(662);
    assert_eq!(s.state("north", AssetKind::Endpoints).lost, 80);
}

#[test]
fn an_instance_weighs_what_its_customers_care_loses_without_it() {
    // One contact an hour of weight 2, of which nine tenths are lost; 30 of weight a half, of which a tenth is: 1.8 and 1.5.
    let mut s = Small::with(&[
        (
            "daily_per_size: 1, profile: \"flat\", headroom: 0.1, deferrable: 1, harm: 0.05, value: 100,\n                         needs: [(on: Asset(Servers), loss: 0.5), (on: Asset(Laboratory), loss: 0.4)]",
            "daily_per_size: 0.24, profile: \"flat\", headroom: 0.1, deferrable: 1, harm: 2, value: 100,\n                         needs: [(on: Asset(Laboratory), loss: 0.9)]",
        ),
        (
            "daily_per_size: 1, profile: \"flat\", headroom: 0.1, deferrable: 1, harm: 0.05, value: 100,\n                         needs: [(on: Asset(Laboratory), loss: 0.4)]",
            "daily_per_size: 2.4, profile: \"flat\", headroom: 0.1, deferrable: 1, harm: 0.5, value: 100,\n                         needs: [(on: Asset(Laboratory), loss: 0.1)]",
        ),
        ("id: \"synolab\", name: \"Labs\"", "id: \"synolab\", name: \"Laboratories\""),
    ]);
    s.start(1, 1);
    let lab = s.asset("synolab", AssetKind::Laboratory);
    let instances = s.sim.scenario().estate.asset(lab).instances.clone();
    s.lose("synolab", AssetKind::Laboratory, 10, HostImpact::Encrypted);
    s.response(|r| instances.iter().for_each(|c| _ = r.infrastructure.links.lose_instance(*c)));
    s.order("synolab", ActionKind::RestoreFromBackup, Target::Affected);
    s.play(2000);
    let supplier = s.org("synolab");
    let queue = s.response(|r| r.teams.get(supplier).queue.clone());
    let whose = queue.iter().filter_map(|id| match s.jobs()[*id as usize].0.subject {
        Subject::Instance(c) => s.sim.scenario().estate.other_end(c, supplier),
        _ => None,
    });
    assert_eq!(whose.collect::<Vec<_>>(), ["north", "south"].map(|o| s.org(o)));
}
