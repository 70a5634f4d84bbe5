//! Capacity, what is ordered, what is recorded: piece by piece.

use super::super::capacity::capacity_share;
use super::super::disruption_log::log_disruption;
use super::super::hourly::{sent_on, usual_capacity};
use super::*;
use crate::estate::Service;

/// What a service can do at `now` when some of its dependencies are as given: which, health, since when, since when on paper.
fn share(w: &mut Wards, s: ServiceId, links: &[(u32, f32, SimTime, SimTime)], now: SimTime) -> (f64, u32) {
    let first = w.dependency(s, 0);
    w.care(|ctx, care, _, estate| {
        care.links.fill(WHOLE);
        for &(n, health, since, paper) in links {
            care.links[(first + n) as usize] = Link { health, since, paper };
        }
        capacity_share(ctx, care, estate, s, now)
    })
}

#[test]
fn capacity_by_hand() {
    let mut w = Wards::with(&[("dependence: 1,", "dependence: 0.8,")]);
    let s = w.service("north", ServiceKind::Outpatients);
    // Of what is lost four fifths count. Who is three quarters ready wins back 0.4 + 0.6 · 0.75 = 0.85 of a workaround, half of it
    // unasked, and with plans half exercised, which save half, after three quarters of two hours.
    let cases: &[(&[(u32, f32, SimTime, SimTime)], SimTime, (f64, u32))] = &[
        (&[], 60, (1.0, u32::MAX)),
        (&[(1, 0.5, 60, NEVER)], 60, (0.9, u32::MAX)),
        (&[(1, 0.5, 60, NEVER), (3, 0.75, 60, NEVER)], 60, (0.72, u32::MAX)),
        // Half way to what is improvised; half way to what was ordered 20 minutes later.
        (&[(0, 0.0, 0, NEVER)], 45, (1.0 - 0.4 * (1.0 - 0.1275), 1)),
        (&[(0, 0.0, 0, 20)], 65, (1.0 - 0.4 * (1.0 - 0.255), 1)),
        // Ordered for later: still improvised, and tired for 195 minutes of 3,000. A hundredth of capacity goes in 12.25 hours.
        (&[(0, 0.0, 0, 300)], 285, (0.699_348 - 0.000_816 * 6.5, 13)),
        // Ordered late it has begun after four hours; ordered before it was needed, when it was needed.
        (&[(0, 0.0, 0, 300)], 300, (1.0 - 0.4 * (1.0 - 0.51 * 60.0 / 90.0), 1)),
        (&[(0, 0.0, 100, 5)], 145, (1.0 - 0.4 * (1.0 - 0.255), 1)),
        // At once, and it tires over the usual hundred hours; tired out.
        (&[(2, 0.0, 0, NEVER)], 0, (0.748 - 0.000_272 * 18.5, 37)),
        (&[(2, 0.0, 0, NEVER)], 7000, (0.7208, u32::MAX)),
        // One that tires beside one that is just tired out, and two that tire: slopes add up, each times the rest.
        (
            &[(0, 0.0, 4410, NEVER), (2, 0.0, 0, NEVER)],
            6000,
            (0.6816 * 0.7208 - 0.000_816 * 0.7208 * 9.0, 18),
        ),
        (
            &[(0, 0.0, 4410, NEVER), (2, 0.0, 3000, NEVER)],
            6000,
            (0.6816 * 0.7344 - (0.000_816 * 0.7344 + 0.000_272 * 0.6816) * 6.5, 13),
        ),
        // Steep: looked at after twelve hours all the same; and when it is tired out, which may be sooner.
        (&[(0, 0.0, 0, 0)], 390, (0.79584 - 0.001_632 * 6.0, 12)),
        (&[(0, 0.0, 0, 0)], 2760, (0.731_376 - 0.001_632 * 2.75, 6)),
    ];
    for (links, now, (expected, hours)) in cases {
        let (found, again) = share(&mut w, s, links, *now);
        assert!((found - expected).abs() < 1e-6 && again == *hours, "{links:?} at {now}: {found} {again}");
    }
    // Closed is closed.
    w.care(|_, care, _, _| care.services[s.ix()].closed = true);
    assert_eq!(share(&mut w, s, &[], 60), (0.0, u32::MAX));
}

#[test]
fn a_workaround_is_learned_before_it_tires() {
    let mut w =
        Wards::with(&[("onset: \"2h\", tires: \"50h\"", "onset: \"2h\", learns: \"100h\", tires: \"50h\"")]);
    let s = w.service("north", ServiceKind::Outpatients);
    // Half is lost. On paper from the start: 0.85 of 0.6 when all is known, a fifth of it at first, after 90 minutes; all of it 100 hours
    // later, and 0.6 of that another 50 hours later.
    let on_paper = [(0, 0.0, 0, 0)];
    let after = |learned: f64, tired: f64| 1.0 - 0.5 * (1.0 - 0.51 * learned * tired);
    let (start, hour) = (90, 60);
    // What comes and goes in an hour.
    let (comes, goes) = (0.5 * 0.51 * 0.8 / 100.0, 0.5 * 0.51 * 0.4 / 50.0);
    for (now, expected, hours) in [
        (start, after(0.2, 1.0) + comes * 6.0, 12),
        (start + 50 * hour, after(0.6, 1.0) + comes * 6.0, 12),
        (start + 95 * hour - 30, after(0.956, 1.0) + comes * 2.75, 6),
        (start + 100 * hour, after(1.0, 1.0) - goes * 6.0, 12),
        (start + 125 * hour, after(1.0, 0.8) - goes * 6.0, 12),
        (start + 150 * hour, after(1.0, 0.6), u32::MAX),
    ] {
        let (found, again) = share(&mut w, s, &on_paper, now);
        assert!(
            (found - expected).abs() < 1e-4 && again == hours,
            "at {now}: {found} {again}, expected {expected}"
        );
    }
}

#[test]
fn what_is_technical_is_lost_whatever_is_in_doubt() {
    let soft = ("dependence: 1,", "dependence: 0.5,");
    let hard = (
        "(on: Asset(Laboratory), loss: 0.25),\n                     (on: Asset(Imaging)",
        "(on: Asset(Laboratory), loss: 0.25, hard: true),\n                     (on: Asset(Imaging)",
    );
    for (changes, expected) in [(&[][..], 0.75), (&[soft], 0.875), (&[soft, hard], 0.75)] {
        let mut w = Wards::with(changes);
        let s = w.service("north", ServiceKind::Outpatients);
        let (found, _) = share(&mut w, s, &[(1, 0.0, 0, NEVER)], 60);
        assert!(near(found, expected), "{changes:?}: {found}");
    }
}

/// No knife edge: however care is ordered, a shortfall of one in a thousand changes what a service can do by no more than ten times that.
#[test]
fn a_small_cause_has_a_small_effect() {
    let mut w = Wards::new();
    let s = w.service("north", ServiceKind::Pathology);
    w.care(|ctx, _, _, estate| {
        let c = &ctx.parameters.care;
        for (deferrable, ordered) in (0..=10).flat_map(|d| (0..32).map(move |m| (f64::from(d) / 10.0, m))) {
            let mut service = estate.service(s).clone();
            service.deferrable = deferrable;
            let mode = Mode {
                diverting: ordered & 1 > 0,
                postponing: ordered & 2 > 0,
                sending: ordered & 4 > 0,
                extra: ordered & 8 > 0,
                public: ordered & 16 > 0,
            };
            let at = |share: f64| usual_capacity(&service, mode, share, c);
            for step in 0..1000 {
                let (more, less) = (1.0 - f64::from(step) / 1000.0, 1.0 - f64::from(step + 1) / 1000.0);
                let change = (at(more) - at(less)).abs();
                assert!(change < 0.01, "{mode:?}, {deferrable}: {change} between {more} and {less}");
            }
        }
    });
}

#[test]
fn work_is_sent_away_where_it_can_wait_and_be_sent() {
    let mut w = Wards::new();
    let north = w.estate().estate.find_org("north").unwrap();
    // A quarter of what is missing is done by others: of outpatients; not where only half can wait, nor where nobody takes it.
    for (kind, n, alone, sending) in [
        (ServiceKind::Outpatients, 1, 0.875, 0.875 + 0.125 / 4.0),
        (ServiceKind::ImagingTests, 0, 0.875, 0.875),
        (ServiceKind::Pathology, 0, 0.875, 0.875),
    ] {
        let s = w.service("north", kind);
        for (ordered, expected) in [(false, alone), (true, sending)] {
            w.care(|_, care, _, _| care.modes[north.ix()].sending = ordered);
            assert_eq!(
                share(&mut w, s, &[(n, 0.5, 0, NEVER)], 60),
                (expected, u32::MAX),
                "{kind:?} {ordered}"
            );
            assert_eq!(share(&mut w, s, &[], 60), (1.0, u32::MAX));
        }
    }
}

#[test]
fn what_is_ordered_changes_capacity_and_who_goes_elsewhere() {
    let mut w = Wards::new();
    let s = w.service("north", ServiceKind::Pathology);
    w.care(|ctx, _, _, estate| {
        let c = &ctx.parameters.care;
        let with = |change: &dyn Fn(&mut Service)| {
            let mut service = estate.service(s).clone();
            change(&mut service);
            service
        };
        let (plain, extra) = (Mode::default(), Mode { extra: true, ..Mode::default() });
        let postponing = Mode { postponing: true, ..Mode::default() };
        for (deferrable, mode, share, expected) in [
            (0.6, plain, 0.5, 1.1 * 0.5),
            (0.6, extra, 0.5, 1.1 * 0.5 * 1.08),
            // Nothing is put off where nothing is missing; else planned care is, and of the 0.3 half helps the others.
            (0.9, postponing, 1.0, 1.1),
            (0.6, postponing, 1.0, 1.1),
            (0.9, postponing, 0.5, 1.1 * 0.5 * 0.7),
            // Where little is missing, little is put off: half of it where a tenth is missing, all of it from a fifth on.
            (0.9, postponing, 0.9, 1.1 * 0.9 * 0.85),
            (0.6, postponing, 0.9, 1.1 * (0.9 + 0.1 * 0.3 * 0.5)),
            (0.6, postponing, 0.5, 1.1 * (0.5 + 0.5 * 0.3 * 0.5)),
            (0.8, postponing, 0.5, 1.1 * (0.5 + 0.5 * 0.3 * 0.5)),
        ] {
            let found = usual_capacity(&with(&|s| s.deferrable = deferrable), mode, share, c);
            assert!(near(found, expected), "{deferrable} {mode:?} {share}: {found}, expected {expected}");
        }
        let some = with(&|s| s.divertible = 0.2);
        let (diverting, public) =
            (Mode { diverting: true, ..Mode::default() }, Mode { public: true, ..Mode::default() });
        let both = Mode { diverting: true, public: true, ..Mode::default() };
        for (mode, expected) in [(plain, 0.2), (diverting, 0.52), (public, 0.36), (both, 0.68)] {
            assert!(near(sent_on(&some, mode, c), expected), "{mode:?}");
        }
        let mut more = c.clone();
        (more.divert_ordered, more.informed) = (0.9, 0.3);
        assert!(near(sent_on(&some, both, &more), 1.0), "nobody is sent twice");
    });
}

#[test]
fn who_is_disturbed_is_recorded_once_with_the_worst_that_is_missing() {
    let mut w = Wards::new();
    let (outpatients, admissions) =
        (w.service("north", ServiceKind::Outpatients), w.service("north", ServiceKind::Admissions));
    let pathology = w.service("north", ServiceKind::Pathology);
    let (laboratory, servers) =
        (w.asset("north", AssetKind::Laboratory), w.asset("north", AssetKind::Servers));
    let (first, needs) = (w.dependency(outpatients, 0) as usize, w.dependency(admissions, 0) as usize);
    let mut states = w.sim.world_mut().resource_mut::<Assets>();
    (states.get_mut(laboratory).cause, states.get_mut(servers).cause) = (7, 8);
    // What is recorded when a service has a share of its capacity at a minute.
    let told = |w: &mut Wards, s: ServiceId, share: f64, at: SimTime| {
        let scenario = w.estate();
        let world = w.sim.world_mut();
        let mut state = SystemState::<(RunContext, ResMut<Care>, Res<Assets>)>::new(world);
        let (mut ctx, mut care, assets) = state.get_mut(world).expect("the world has what care needs");
        let before = ctx.trace.events.len();
        care.services[s.ix()].capacity_share = share;
        log_disruption(&mut ctx, &mut care, &scenario.estate, &assets, s, at);
        ctx.trace.events[before..].iter().map(|e| (e.at, e.kind, e.cause)).collect::<Vec<_>>()
    };
    let disturbed = |service: ServiceId, capacity_share: f64, cause_asset: Option<AssetId>| {
        EventKind::ServiceDisturbed { service, capacity_share, cause_asset }
    };
    assert_eq!(told(&mut w, outpatients, 0.9, 1), []);
    // 0.5 · 0.2, 0.25 · 1, 0.4 · 0.5.
    w.care(|_, care, _, _| {
        for (n, health) in [(0, 0.8), (1, 0.0), (2, 0.5)] {
            care.links[first + n].health = health;
        }
    });
    assert_eq!(told(&mut w, outpatients, 0.89, 2), [(2, disturbed(outpatients, 0.89, Some(laboratory)), 7)]);
    assert_eq!(told(&mut w, outpatients, 0.5, 3), []);
    assert_eq!(told(&mut w, outpatients, 0.95, 4), []);
    let restored = (5, EventKind::ServiceRestored { service: outpatients }, NO_CAUSE);
    assert_eq!(told(&mut w, outpatients, 0.96, 5), [restored]);
    assert_eq!(told(&mut w, outpatients, 0.96, 6), []);
    // As bad as each other: the first.
    w.care(|_, care, _, _| care.links[first].health = 0.5);
    assert_eq!(told(&mut w, outpatients, 0.3, 7), [(7, disturbed(outpatients, 0.3, Some(servers)), 8)]);
    // A service that is missing is named by the last time that it was recorded.
    w.care(|ctx, care, _, _| {
        care.links[needs].health = 0.4;
        ctx.trace.events.clear();
    });
    for (s, at) in [(pathology, 10), (outpatients, 11)] {
        w.care(|_, care, _, _| care.services[s.ix()].logged = false);
        assert_eq!(told(&mut w, s, 0.1, at).len(), 1);
    }
    assert_eq!(told(&mut w, admissions, 0.7, 12), [(12, disturbed(admissions, 0.7, None), 0)]);
}
