//! Effort, teams, shifts and people who come to help.

use super::*;
use crate::catalogue::outcome::Outcome;

#[test]
fn effort_is_what_the_action_costs_and_each_host_that_it_concerns() {
    let mut s = Small::new();
    // 2 person-hours and a fiftieth for each of 100 endpoints; in half an hour at the soonest, so that 8 people have a place.
    s.order("north", ActionKind::IsolateAsset, Target::Kind(AssetKind::Endpoints));
    assert_eq!(s.last_job(), (4.0, 8.0));
    // What is not aimed at systems concerns all 118 hosts.
    s.order("north", ActionKind::InformPublic, Target::Affected);
    assert!(near(s.last_job().0, 1.0 + 1.18) && near(s.last_job().1, 2.18 / 0.5), "{:?}", s.last_job());
    // Hosts are pulled one by one: only those that are held or lost.
    s.hold("north", AssetKind::Endpoints, 6);
    s.lose("north", AssetKind::Servers, 4, HostImpact::Encrypted);
    s.order("north", ActionKind::IsolateHosts, Target::Affected);
    assert!(near(s.last_job().0, 2.0 + 0.5 * 10.0), "{:?}", s.last_job());
    // Assurance looks at each asset that was cut off, and then at the whole.
    let efforts = |s: &Small, last: usize| -> Vec<f64> {
        s.jobs().iter().rev().take(last).rev().map(|(_, w)| w.effort).collect()
    };
    s.effect("north", ActionKind::IsolateAsset, Target::Affected);
    s.order("north", ActionKind::AssureAndReconnect, Target::Affected);
    assert_eq!(efforts(&s, 3), [10.0, 1.0, 3.0]);
    // What is being assured already is not assured twice.
    s.effect("north", ActionKind::SwitchEverythingOff, Target::All);
    s.order("north", ActionKind::AssureAndReconnect, Target::Affected);
    assert_eq!(efforts(&s, 4), [0.4, 0.2, 0.2, 3.0]);
}

#[test]
fn exercised_plans_save_effort() {
    let mut s = Small::new();
    s.order("south", ActionKind::SendWorkToNeighbour, Target::Affected);
    // Half exercised, and they save two fifths: a fifth less.
    assert!(near(s.last_job().0, 60.0 * 0.8), "{:?}", s.last_job());
}

#[test]
fn a_team_works_by_day_and_at_night_with_fewer() {
    // 60 person-hours by at most 6 people. By day 4 are there until 20:00, so 12 person-hours are left for 2: six hours.
    let mut lone = Small::new();
    lone.order("north", ActionKind::SendWorkToNeighbour, Target::Affected);
    lone.play(3000);
    assert_eq!(lone.done("north", ActionKind::SendWorkToNeighbour), [18 * 60]);
    assert!(lone.sim.incident(lone.org("north")).sending);
    // It needs no look at each shift or step until then.
    let events = lone.sim.events();
    assert!(events < 100, "{events}");
    // A second job of the kind waits: from 02:00 to 08:00 2 people do 12 person-hours, from 08:00 4 do 48.
    let mut two = Small::new();
    two.order("north", ActionKind::SendWorkToNeighbour, Target::Affected);
    two.order("north", ActionKind::PostponePlannedCare, Target::Affected);
    two.play(3000);
    assert_eq!(two.done("north", ActionKind::SendWorkToNeighbour), [18 * 60]);
    assert_eq!(two.done("north", ActionKind::PostponePlannedCare), [36 * 60]);
    // More people than have a place do not hasten it: 60 person-hours by 6 people.
    let mut many = Small::with(&[("responders: 4,", "responders: 9,")]);
    many.order("north", ActionKind::SendWorkToNeighbour, Target::Affected);
    many.play(3000);
    assert_eq!(many.done("north", ActionKind::SendWorkToNeighbour), [600]);
}

#[test]
fn work_that_goes_on_at_the_end_is_counted() {
    // Two jobs for two people each, or one of them.
    let two = ("shortest: \"10h\"", "shortest: \"30h\"");
    for (jobs, until, worked) in [
        (1, 120, 4.0),
        // By day two people of four, at night the two that are there.
        (1, 13 * 60 + 30, 27.0),
        (2, 120, 8.0),
        // Twelve hours of four by day, an hour and a half of two at night.
        (2, 13 * 60 + 30, 51.0),
        // Done: all of it and no more.
        (1, 2000, 60.0),
        (2, 5000, 120.0),
    ] {
        let mut s = Small::with(&[two]);
        for what in [ActionKind::SendWorkToNeighbour, ActionKind::PostponePlannedCare].into_iter().take(jobs)
        {
            assert_eq!(s.order("north", what, Target::Affected), None);
        }
        s.play(until);
        let counted = s.sim.record().get(Outcome::CostResponse).expect("a pound an hour");
        assert!(near(counted, worked), "{jobs}, {until}: {counted} of {worked}");
    }
    // Four at work by day, two at night.
    let mut s = Small::new();
    s.order("north", ActionKind::SendWorkToNeighbour, Target::Affected);
    s.play(13 * 60 + 30);
    let counted = s.sim.record().get(Outcome::CostResponse).expect("a pound an hour");
    assert!(near(counted, 51.0), "{counted}");
}

#[test]
fn who_has_no_responders_is_helped_except_in_containing_and_in_keeping_care_going() {
    let mut s = Small::new();
    let (surgery, board) = (s.org("surgery"), s.org("board"));
    for (what, team) in [
        (ActionKind::SwitchEverythingOff, surgery),
        (ActionKind::PaperWorking, surgery),
        (ActionKind::EmergencyPatching, board),
    ] {
        s.order("surgery", what, Target::All);
        assert_eq!(s.jobs().last().unwrap().0.team, team, "{what:?}");
    }
    // Who has responders does all with them.
    s.order("north", ActionKind::EmergencyPatching, Target::All);
    assert_eq!(s.jobs().last().unwrap().0.team, s.org("north"));
}

#[test]
fn containment_comes_first_then_care_then_eradication_then_recovery() {
    let mut s = Small::new();
    s.lose("north", AssetKind::Endpoints, 50, HostImpact::Encrypted);
    let orders = [
        ActionKind::RestoreFromBackup,
        ActionKind::EmergencyPatching,
        ActionKind::PaperWorking,
        ActionKind::IsolateAsset,
    ];
    for what in orders {
        assert_eq!(s.order("north", what, Target::Affected), None);
    }
    let north = s.org("north");
    let jobs = s.jobs();
    let queue = s.response(|r| r.teams.get(north).queue.clone());
    let queue: Vec<ActionKind> = queue.iter().map(|id| jobs[*id as usize].0.action.what).collect();
    assert_eq!(queue, orders.into_iter().rev().collect::<Vec<_>>());
    for (class, actions) in [
        (
            Class::Containment,
            &[
                ActionKind::IsolateAsset,
                ActionKind::IsolateHosts,
                ActionKind::IsolateSegment,
                ActionKind::SwitchEverythingOff,
                ActionKind::DisableRemoteAccess,
                ActionKind::IsolateOrganisation,
                ActionKind::LeaveNationalNetwork,
                ActionKind::DisconnectSupplier,
                ActionKind::BlockIndicators,
                ActionKind::RegisterKillSwitch,
            ][..],
        ),
        (
            Class::Eradication,
            &[ActionKind::EmergencyPatching, ActionKind::ResetCredentials, ActionKind::HuntAndEvict],
        ),
        (
            Class::Recovery,
            &[
                ActionKind::RestoreFromBackup,
                ActionKind::Rebuild,
                ActionKind::UseDecryptor,
                ActionKind::AssureAndReconnect,
            ],
        ),
    ] {
        for what in actions {
            assert_eq!(rules(*what).class, class, "{what:?}");
        }
    }
}

#[test]
fn neighbours_send_the_people_that_they_have() {
    for (asked, sent) in [("mutual_aid: 6", 6.0), ("mutual_aid: 11", 8.0)] {
        let mut s = Small::with(&[("mutual_aid: 6", asked)]);
        let (north, south) = (s.org("north"), s.org("south"));
        assert_eq!(s.order("north", ActionKind::MutualAid, Target::Affected), None);
        s.play(600);
        let asked_at = s.done("north", ActionKind::MutualAid)[0];
        // They are on the road for ten hours. The largest team of the region comes: neither one's own, nor the board's, nor a larger
        // one elsewhere.
        s.play(asked_at + 600);
        let people = |s: &mut Small| {
            s.response(|r| r.teams.all().iter().map(|t| (t.borrowed, t.lent)).collect::<Vec<_>>())
        };
        assert!(people(&mut s).iter().all(|p| *p == (0.0, 0.0)));
        s.play(asked_at + 602);
        for (n, (borrowed, lent)) in (0u32..).zip(people(&mut s)) {
            let expected =
                (if OrgId(n) == north { sent } else { 0.0 }, if OrgId(n) == south { sent } else { 0.0 });
            assert_eq!((borrowed, lent), expected, "{asked}: organisation {n}");
        }
        assert_eq!(s.order("north", ActionKind::MutualAid, Target::Affected), Some(Refusal::AskedAlready));
        // What is lent once cannot be lent again.
        let lent = people(&mut s)[south.ix()].1;
        let now = s.at;
        let east = s.org("east");
        s.response(|r| r.arrive(now, loan(east, south, 5.0)));
        assert!(near(people(&mut s)[south.ix()].1 - lent, f64::min(5.0, 8.0 - lent)));
    }
}

#[test]
fn people_who_come_work_and_those_who_are_away_do_not() {
    let mut s = Small::new();
    s.order("north", ActionKind::SendWorkToNeighbour, Target::Affected);
    s.order("south", ActionKind::SendWorkToNeighbour, Target::Affected);
    s.play(5 * 60);
    let (north, south) = (s.org("north"), s.org("south"));
    s.response(|r| {
        r.arrive(300, loan(north, south, 2.0));
        r.settle(300);
    });
    s.play(3000);
    // North: 5 hours of 4, then 40 person-hours of 6.
    assert_eq!(s.done("north", ActionKind::SendWorkToNeighbour), [300 + 400]);
    // South: 48 person-hours by at most 4.8 people, of 8 and then of 6.
    assert_eq!(s.done("south", ActionKind::SendWorkToNeighbour), [600]);
    // Of 4 people who are asked for 6, none is left.
    let mut s = Small::new();
    s.order("north", ActionKind::SendWorkToNeighbour, Target::Affected);
    s.play(300);
    let (north, south) = (s.org("north"), s.org("south"));
    s.response(|r| {
        r.arrive(300, loan(south, north, 3.0));
        r.settle(300);
    });
    s.play(5000);
    // 20 of 60 person-hours are done; one person does 7 until 20:00, 6 at night and 5 by day. South has had nothing to do for a day:
    // its guests go home, and 4 people do the last 22.
    assert_eq!(s.done("north", ActionKind::SendWorkToNeighbour), [300 + 1440 + 330]);
}

#[test]
fn the_national_team_is_called_once_and_comes_to_who_does_the_work() {
    let mut s = Small::new();
    let (board, nation) = (s.org("board"), s.org("nation"));
    assert_eq!(s.order("surgery", ActionKind::CallNationalTeam, Target::Affected), None);
    s.play(1400);
    let (borrowed, lent) = s.response(|r| (r.teams.get(board).borrowed, r.teams.get(nation).lent));
    assert_eq!((borrowed, lent), (12.0, 12.0));
    assert_eq!(
        s.order("surgery", ActionKind::CallNationalTeam, Target::Affected),
        Some(Refusal::CalledAlready)
    );
    // Who has responders of its own gets them itself.
    let mut s = Small::new();
    assert_eq!(s.order("north", ActionKind::CallNationalTeam, Target::Affected), None);
    s.play(1400);
    let north = s.org("north");
    assert!(near(s.response(|r| r.teams.get(north).borrowed), 12.0));
    // With teams half as large again, half as many more.
    let mut s = Small::new();
    let mut setup = s.sim.world_mut().resource_mut::<crate::sim::core::run::RunSetup>();
    Arc::make_mut(&mut setup.strategy).system.teams = 1.5;
    assert_eq!(s.order("north", ActionKind::CallNationalTeam, Target::Affected), None);
    s.play(1400);
    assert!(near(s.response(|r| r.teams.get(north).borrowed), 18.0));
}

#[test]
fn work_is_looked_at_no_more_than_it_must_be() {
    let long = (
        "SendWorkToNeighbour, effort: 60, shortest: \"10h\"",
        "SendWorkToNeighbour, effort: 1000, shortest: \"10h\"",
    );
    let system = (
        "stops_at: 0.5, needs: [(Identity, 1)], restore_fixed: 20",
        "stops_at: 0.5, needs: [(Identity, 1)], restore_fixed: 1000",
    );
    // Two weeks and more of work, alone: when it is done, and not at each shift. Two jobs are looked at when one is done and when the shift
    // changes; a system that comes back as a whole like any other work.
    for (what, changes, jobs, most) in [
        (ActionKind::SendWorkToNeighbour, long, 1, 3),
        (ActionKind::SendWorkToNeighbour, long, 2, 45),
        (ActionKind::RestoreFromBackup, system, 1, 12),
    ] {
        let mut s = Small::with(&[&ONE_SYSTEM[..], &[changes]].concat());
        if what == ActionKind::RestoreFromBackup {
            s.lose("north", AssetKind::PatientRecord, 6, HostImpact::Encrypted);
        }
        assert_eq!(s.order("north", what, Target::Affected), None);
        if jobs == 2 {
            s.order("north", ActionKind::PostponePlannedCare, Target::Affected);
        }
        let before = s.sim.events();
        s.play(30 * 1440);
        assert_eq!(
            s.done("north", what).len() + s.back("north", AssetKind::PatientRecord).len().min(1),
            1,
            "{what:?}"
        );
        let looks = s.sim.events() - before;
        assert!(looks <= most, "{what:?}, {jobs}: {looks}");
    }
}

#[test]
fn a_lone_job_runs_into_the_night() {
    // 48 of 48.5 person-hours are done by four people by day, the rest by two in a quarter of an hour.
    let mut s = Small::with(&[(
        "SendWorkToNeighbour, effort: 60, shortest: \"10h\"",
        "SendWorkToNeighbour, effort: 48.5, shortest: \"10h\"",
    )]);
    s.order("north", ActionKind::SendWorkToNeighbour, Target::Affected);
    s.play(3000);
    assert_eq!(s.done("north", ActionKind::SendWorkToNeighbour), [735]);
    // Whole minutes: 2.18 person-hours by four people are done in the 33rd minute, and no more than that is counted.
    let mut s = Small::new();
    s.order("north", ActionKind::InformPublic, Target::Affected);
    s.play(33);
    let counted = s.sim.record().get(Outcome::CostResponse).expect("a pound an hour");
    assert!(near(counted, 2.18), "{counted}");
}

#[test]
fn orders_of_one_step_are_carried_out_at_their_minutes() {
    let mut s = Small::with(&[("step: \"1 min\"", "step: \"30 min\"")]);
    let (north, south) = (s.org("north"), s.org("south"));
    let tell = Action { what: ActionKind::InformPublic, to: Target::All };
    s.sim.order(5, north, tell);
    s.sim.order(10, south, tell);
    s.play(600);
    // 2.18 person-hours by four people; 1.2 in half an hour at the soonest.
    assert_eq!(s.done("north", ActionKind::InformPublic), [5 + 33]);
    assert_eq!(s.done("south", ActionKind::InformPublic), [10 + 30]);
}

#[test]
fn a_decryptor_is_made_ready_beside_what_it_will_hasten() {
    let mut s = Small::new();
    s.lose("north", AssetKind::Identity, 2, HostImpact::Encrypted);
    s.order("north", ActionKind::RestoreFromBackup, Target::Affected);
    s.order("north", ActionKind::UseDecryptor, Target::All);
    // Of four people 3.02 have a place at the restoration; assurance would wait for it.
    let people: Vec<f64> = s.jobs().iter().map(|(_, w)| w.people).collect();
    assert!(near(people[0], 3.02) && people[1] > 0.0, "{people:?}");
}

impl Small {
    /// People lent to each of some teams, and by each.
    fn people_away(&mut self, orgs: [&str; 4]) -> [(f64, f64); 4] {
        let orgs = orgs.map(|o| self.org(o));
        self.response(|r| orgs.map(|o| (r.teams.get(o).borrowed, r.teams.get(o).lent)))
    }
}

#[test]
fn a_team_that_is_away_is_called_home_when_it_has_work() {
    let mut s = Small::new();
    let [north, south, east, board] = ["north", "south", "east", "board"].map(|o| s.org(o));
    let away = |s: &mut Small| s.people_away(["north", "south", "east", "board"]);
    s.response(|r| {
        for l in
            [loan(board, east, 5.0), loan(north, south, 11.0), loan(north, east, 3.0), loan(east, south, 2.0)]
        {
            r.arrive(0, l);
        }
        // As many as there were to send; from a team that is away nobody comes.
        assert_eq!(r.teams.loans.iter().map(|l| l.people).collect::<Vec<_>>(), [5.0, 8.0, 3.0]);
        r.incidents.get_mut(north).aided = true;
        r.incidents.get_mut(board).aided = true;
    });
    assert_eq!(away(&mut s), [(11.0, 0.0), (0.0, 8.0), (0.0, 8.0), (5.0, 0.0)]);
    s.order("south", ActionKind::SendWorkToNeighbour, Target::Affected);
    s.play(600);
    assert_eq!(away(&mut s), [(11.0, 0.0), (0.0, 8.0), (0.0, 8.0), (5.0, 0.0)]);
    s.play(601);
    // South's are home after ten hours on the road, and only they; North may ask again.
    assert_eq!(away(&mut s), [(3.0, 0.0), (0.0, 0.0), (0.0, 8.0), (5.0, 0.0)]);
    let aided = |s: &mut Small| s.response(|r| [north, board].map(|o| r.incidents.get(o).aided));
    assert_eq!(aided(&mut s), [false, true]);
    // 48 person-hours from 18:00: two hours by 4.8 people, then by the four who are there at night.
    s.play(1400);
    assert_eq!(s.done("south", ActionKind::SendWorkToNeighbour), [720 + 576]);
    // So it is with nobody else away.
    let mut s = Small::new();
    s.response(|r| r.arrive(0, loan(north, south, 8.0)));
    s.order("south", ActionKind::SendWorkToNeighbour, Target::Affected);
    for (until, lent) in [(600, 8.0), (601, 0.0)] {
        s.play(until);
        assert!(near(s.people_away(["north", "south", "east", "board"])[1].1, lent), "{until}");
    }
    // Who has sent only some of its people does its work with the others.
    let mut s = Small::new();
    s.response(|r| r.arrive(0, loan(north, south, 3.0)));
    s.order("south", ActionKind::SendWorkToNeighbour, Target::Affected);
    s.play(1000);
    assert_eq!(s.people_away(["north", "south", "east", "board"])[..2], [(3.0, 0.0), (0.0, 3.0)]);
}

#[test]
fn guests_go_home_after_a_day_without_work() {
    let mut s = Small::new();
    let (north, south) = (s.org("north"), s.org("south"));
    s.response(|r| {
        r.arrive(0, loan(north, south, 2.0));
        r.settle(0);
    });
    let borrowed = |s: &mut Small| s.response(|r| r.teams.get(north).borrowed);
    // An hour of work in between: from its end on it is a day again.
    s.play(1000);
    s.order("north", ActionKind::InformPublic, Target::All);
    s.play(1440 + 300);
    let done = s.done("north", ActionKind::InformPublic)[0];
    assert!(near(borrowed(&mut s), 2.0), "there was work after {done}");
    s.play(done + 1440);
    assert!(near(borrowed(&mut s), 2.0));
    s.play(done + 1442);
    assert!(near(borrowed(&mut s), 0.0));
}

#[test]
fn a_regulator_who_is_told_in_time_gives_no_notice() {
    for (told, notice) in [(false, 1000.0), (true, 0.0)] {
        let mut s = Small::with(&[(
            "money: (host: \"£0\")",
            "money: (host: \"£0\", late_notice: \"£1000\", record: \"£0\")",
        )]);
        let north = s.org("north");
        s.response(|r| r.ledger.taken(north, 0.0, false, 0.0));
        if told {
            s.effect("north", ActionKind::InformRegulator, Target::All);
        }
        assert_eq!(s.sim.record().get(Outcome::CostTotal), Some(notice));
    }
}
