//! The invariants of the model, each as a property over scenarios and replicates.

use std::sync::Arc;

use resus_engine::catalogue::event::WayIn;
use resus_engine::catalogue::outcome::Outcome;
use resus_engine::estate::{AssetId, ConnectionId, OrgId};
use resus_engine::scenario::{Scenario, bundled};
use resus_engine::sim::Simulation;
use resus_engine::sim::care::Care;
use resus_engine::sim::core::record::Record;
use resus_engine::sim::core::trace::EventKind;
use resus_engine::sim::state::assets::Assets;
use resus_engine::sim::state::intrusions::Intrusions;
use resus_engine::sim::state::jobs::{Jobs, Teams};
use resus_engine::sim::state::links::Links;
use resus_engine::study::replicates::{Progress, ReplicationPlan, run};
use resus_tests::Replaced as _;
use resus_tests::{counted, cut, names, national, records, scenario, sized, with_campaigns};

fn all() -> impl Iterator<Item = (&'static str, Arc<Scenario>)> {
    let regional = names().map(|name| (name, sized(name, 200_000)));
    let ireland = bundled::scenario("hse-2021").map(|(_, text)| ("hse-2021", text.to_owned()));
    regional
        .chain(national().map(|name| (name, cut(name))))
        .chain(ireland)
        .map(|(name, text)| (name, scenario(&text)))
}

#[test]
fn same_bytes_on_one_and_two_threads() {
    for (name, s) in all() {
        let study = |threads| {
            run(
                &s,
                &[0, s.strategies.len() - 1],
                ReplicationPlan { seed: 3, first: 0, replicates: 6, threads, detail: true },
                &Progress::default(),
            )
            .unwrap()
        };
        assert_eq!(study(1), study(2), "{name}");
    }
}

#[test]
fn a_reset_world_is_a_new_world() {
    for (name, s) in all() {
        let mut used = Simulation::new(&s);
        for k in 0..4 {
            used.run(9, k, (k % 3) as usize);
        }
        assert_eq!(used.run(9, 5, 1), Simulation::new(&s).run(9, 5, 1), "{name}");
    }
}

#[test]
fn hosts_contacts_effort_and_people_are_conserved() {
    for (name, s) in all() {
        let mut sim = Simulation::new(&s);
        for replicate in 0..3 {
            for strategy in 0..s.strategies.len() {
                sim.reset(5, replicate, strategy, false);
                let mut until = 0;
                while sim.play(until) {
                    until += 2 * 1440;
                    for (state, asset) in counted(&sim, &s) {
                        assert_eq!(state.hosts(), asset.hosts, "{name}: {asset:?}");
                        assert!((0.0..=1.0).contains(&state.health));
                    }
                    for job in &sim.world().resource::<Jobs>().work {
                        assert!(job.done <= job.effort + 1e-9, "{name}: {job:?}");
                    }
                    let world = sim.world();
                    let (borrowed, lent): (f64, f64) = world
                        .resource::<Teams>()
                        .all()
                        .iter()
                        .fold((0.0, 0.0), |(b, l), t| (b + t.borrowed, l + t.lent));
                    assert!((borrowed - lent).abs() < 1e-9, "{name}: people appear or vanish");
                    assert!(
                        world.resource::<resus_engine::sim::ledger::Ledger>().imbalance < 1e-6,
                        "{name}: contacts vanish"
                    );
                }
                sim.settle();
                let (left, arrived) = sim.ledger().spilled();
                let coming = sim.world().resource::<Care>().on_the_way();
                assert!(
                    (left - arrived - coming).abs() < 1e-6 * left.max(1.0),
                    "{name}: of {left} who turn to others {arrived} arrive and {coming} are on their way"
                );
            }
        }
    }
}

#[test]
fn no_campaign_no_disruption() {
    let s = scenario(&with_campaigns(&sized("friday-night", 200_000), "", ""));
    let mut sim = Simulation::new(&s);
    for strategy in 0..s.strategies.len() {
        let r = sim.run(1, 0, strategy);
        for o in Outcome::ALL {
            let expected = if matches!(o, Outcome::CostLevers | Outcome::CostTotal) {
                s.strategies[strategy].cost
            } else {
                0.0
            };
            assert!(
                (r.get(*o).unwrap_or(0.0) - expected).abs() < 1e-9,
                "{}: {}",
                s.strategies[strategy].id,
                o.id()
            );
        }
    }
}

#[test]
fn full_protection_stops_the_worm() {
    let text = sized("worm", 200_000).replaced("seed: 7", "seed: 7, posture: ALL");
    let kinds = [
        "AcuteTrust",
        "MentalHealthTrust",
        "CommunityTrust",
        "AmbulanceTrust",
        "GpPractice",
        "Pharmacy",
        "CareHome",
        "HomeCare",
        "SocialCare",
        "Hospice",
        "Provider111",
        "PathologyNetwork",
        "Supplier",
        "CareBoard",
        "NationalBody",
    ];
    let with = |patching: &str, unsupported: &str| {
        let list: Vec<String> = kinds
            .iter()
            .map(|k| format!("({k}, (patching: {patching}, unsupported: {unsupported}))"))
            .collect();
        scenario(&text.replaced("ALL", &format!("[{}]", list.join(", "))))
    };
    let hosts = |s: &Arc<Scenario>| {
        (0..10).map(|k| Simulation::new(s).run(2, k, 0).get(Outcome::HostsEncrypted).unwrap()).sum::<f64>()
    };
    assert!(hosts(&with("0.3", "0.3")) > 100.0, "an open estate is taken");
    assert!(hosts(&with("1.0", "0.0")) <= 40.0, "only the seeds are lost where nothing is open");
}

/// Organisations that an intruder or the worm is in.
fn held(sim: &Simulation, s: &Scenario) -> Vec<bool> {
    let assets = sim.world().resource::<Assets>();
    let mut held: Vec<bool> = (0..s.estate.organisations.len() as u32)
        .map(|o| s.estate.assets_of(OrgId(o)).any(|a| assets.get(a).held + assets.get(a).lost > 0))
        .collect();
    for i in &sim.world().resource::<Intrusions>().all {
        held[i.org.ix()] |= !i.evicted;
    }
    held
}

#[test]
fn no_infection_without_a_path() {
    let (mut newly, mut over_a_path) = (0, 0);
    for name in ["friday-night", "worm", "lab-supplier"] {
        let s = scenario(&sized(name, 150_000));
        for replicate in 0..40 {
            for strategy in [0, 1, 4] {
                let mut sim = Simulation::new(&s);
                sim.reset(4, replicate, strategy, true);
                let mut before = held(&sim, &s);
                let mut seen = 0;
                let mut until = s.step;
                loop {
                    let open: Vec<bool> = {
                        let links = sim.world().resource::<Links>();
                        (0..s.estate.connections.len() as u32).map(|c| links.open(ConnectionId(c))).collect()
                    };
                    let going = sim.play(until);
                    until += s.step;
                    let entered: Vec<OrgId> = sim.trace()[seen..]
                        .iter()
                        .filter_map(|e| match e.kind {
                            // The worm notes an entry too, with its technique: that one must have had a path.
                            EventKind::Entered { org, via } if via != WayIn::Worm => Some(org),
                            _ => None,
                        })
                        .collect();
                    seen = sim.trace().len();
                    let now = held(&sim, &s);
                    for o in (0..now.len()).filter(|o| now[*o] && !before[*o]) {
                        newly += 1;
                        let org = OrgId(o as u32);
                        if entered.contains(&org) || s.campaigns.iter().any(|c| matches!(&c.spread, resus_engine::scenario::campaign::CampaignKind::Supplier { supplier, .. } if *supplier == org)) {
                            continue;
                        }
                        // Over one open connection from a held organisation, or over the national network with both joined to it.
                        let joined = |o: OrgId| {
                            s.estate
                                .org(o)
                                .connections
                                .iter()
                                .any(|c| open[c.ix()] && s.estate.other_end(*c, o).is_none())
                        };
                        let path = s.estate.org(org).connections.iter().any(|c| {
                            open[c.ix()]
                                && s.estate
                                    .other_end(*c, org)
                                    .is_some_and(|other| other != org && before[other.ix()])
                        }) || joined(org)
                            && (0..before.len()).any(|b| before[b] && joined(OrgId(b as u32)));
                        assert!(
                            path,
                            "{name}, replicate {replicate}: {} was entered from nowhere",
                            s.estate.org(org).id
                        );
                        over_a_path += 1;
                    }
                    before = now;
                    if !going {
                        break;
                    }
                }
            }
        }
    }
    assert!(newly > 50 && over_a_path > 10, "the test has seen spread: {newly}, {over_a_path}");
}

#[test]
fn an_estate_without_connections_keeps_an_intruder_in() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/everything.ron")).unwrap();
    let crew = "(id: \"crew\", begins: \"0h\", entries: [(via: StolenCredential, at: Organisation(\"north\"), per_day: 9)], spread: Operator(crew: 9), payloads: [Encrypt])";
    let hit = |pass: &str| -> f64 {
        let text = with_campaigns(&text, crew, "").replaced("pass: 0.5", pass);
        let text = text
            .replaced("pass: 0.6", pass)
            .replaced("pass: 0.9", pass)
            .replaced(", suppliers: [(Laboratory, \"labs\")]", "")
            .replaced("suppliers: [(Laboratory, \"labs\")],", "");
        let s = scenario(&text);
        records(&s, 10)[2].iter().filter_map(|r| r.get(Outcome::OrganisationsHit)).fold(0.0, f64::max)
    };
    assert!(hit("pass: 0.9") > 1.0, "over an open connection it goes on");
    assert!(hit("pass: 0") <= 1.0, "without one it stays");
}

#[test]
fn a_kill_switch_stops_new_infections_at_that_instant() {
    let s = scenario(&sized("worm", 200_000));
    let mut registered = 0;
    for replicate in 0..20 {
        let (_, told) = Simulation::new(&s).run_traced(6, replicate, 0);
        let Some(at) = told.iter().find(|e| e.kind == EventKind::KillSwitchRegistered).map(|e| e.at) else {
            continue;
        };
        registered += 1;
        let late = told.iter().find(|e| {
            let entered = matches!(e.kind, EventKind::Entered { via: WayIn::Worm, .. });
            e.at > at && (entered || matches!(e.kind, EventKind::AssetLost { .. }))
        });
        assert!(late.is_none(), "replicate {replicate}: {late:?} after {at}");
    }
    assert!(registered > 10);
}

#[test]
fn more_responders_never_lengthen_recovery() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/everything.ron")).unwrap();
    let loss = "(id: \"lab\", begins: \"1h\", spread: Supplier(supplier: \"labs\", carries_on: 0), payloads: [Wipe])";
    let text = with_campaigns(&text, loss, "")
        .replaced("hosts: 40, segment: Cloud", "hosts: 2000, segment: Cloud")
        .replaced("restore_fixed: 300, restore_per_host: 5", "restore_fixed: 300, restore_per_host: 0.3");
    let hours = |people: u32| -> Vec<f64> {
        let s =
            scenario(&text.replaced("posture: (responders: 5)", &format!("posture: (responders: {people})")));
        records(&s, 20)[2].iter().map(|r| r.get(Outcome::Recovery100).unwrap()).collect()
    };
    let all: Vec<Vec<f64>> = [2, 4, 8, 16, 32].into_iter().map(hours).collect();
    for pair in all.windows(2) {
        for (few, many) in pair[0].iter().zip(&pair[1]) {
            assert!(many <= few, "{many} hours with more people, {few} with fewer");
        }
    }
    assert!(all[0].iter().sum::<f64>() > 1.5 * all[4].iter().sum::<f64>(), "people matter here");
}

#[test]
fn work_goes_on_in_the_morning_where_nobody_works_at_night() {
    let bad_update = sized("bad-update", 200_000);
    let campaigns = bad_update.find("campaigns: [").unwrap();
    let at_night = |share: f64| {
        let night = format!("parameters: (response: (night_shift: {share})),\n");
        let s = scenario(&format!("{}{night}{}", &bad_update[..campaigns], &bad_update[campaigns..]));
        let mut sim = Simulation::new(&s);
        // In a replicate in which no team lends all of its people: those do not come back before the end.
        sim.run(1, 1, 0);
        let jobs = sim.world().resource::<Jobs>();
        (jobs.work.len(), jobs.work.iter().filter(|w| !w.closed).count())
    };
    for share in [0.0, 0.3, 1.0] {
        let (all, open) = at_night(share);
        assert!(all > 100 && open == 0, "{share} of the people at night: {open} of {all} jobs never done");
    }
}

#[test]
fn longer_outages_never_lower_harm() {
    let text = sized("bad-update", 200_000);
    // Nobody acts: what people do against a longer outage is another matter.
    let from = text.find("strategies: [").unwrap();
    let nobody = "playbooks: [(id: \"nothing\", summary: \"Nothing.\", rules: [])], strategies: [Own(id: \"nobody\", name: \"Nobody acts\", playbook: \"nothing\")], baseline: \"nobody\")";
    let text = format!("{}{nobody}", &text[..from]);
    let outage = |hours: u32| {
        let mends = format!("mends: Fixed(\"{hours}h\")");
        let s = scenario(&text.replaced("mends: LogNormal(median: \"30h\", p90: \"4 days\")", &mends));
        let mut sim = Simulation::new(&s);
        (0..12).map(|k| sim.run(3, k, 0)).collect::<Vec<_>>()
    };
    let all: Vec<_> = [3, 6, 12, 24, 48, 96].into_iter().map(outage).collect();
    for pair in all.windows(2) {
        for (k, (short, long)) in pair[0].iter().zip(&pair[1]).enumerate() {
            for o in [Outcome::Harm, Outcome::ContactsNotServed, Outcome::ServiceHoursLost] {
                let (short, long) = (short.get(o).unwrap(), long.get(o).unwrap());
                assert!(long >= short * (1.0 - 1e-9), "replicate {k}, {}: {long} after {short}", o.id());
            }
        }
    }
}

#[test]
fn the_default_step_is_fine_enough() {
    const REPLICATES: u64 = 400;
    // Against steps of a minute: the share of the mean by which an outcome may be off, and by how much in its own unit, beside the
    // chance of which order two events of one step fall in.
    let allowed = [
        (Outcome::Harm, 0.06, 0.0),
        (Outcome::HostsEncrypted, 0.06, 0.5),
        (Outcome::HoursToContain, 0.06, 0.1),
    ];
    for name in names() {
        let text = sized(name, 200_000);
        let minute = text.replaced("format: 1,", "format: 1, step: \"1 min\",");
        let of = |text: &str| -> Vec<Record> {
            let s = scenario(text);
            let mut sim = Simulation::new(&s);
            (0..REPLICATES).map(|k| sim.run(2, k, 0)).collect()
        };
        let (usual, fine) = (of(&text), of(&minute));
        for (o, share, unit) in allowed {
            let both = usual.iter().zip(&fine).filter_map(|(u, f)| Some((u.get(o)?, f.get(o)?)));
            let (differences, levels): (Vec<f64>, Vec<f64>) = both.map(|(u, f)| (u - f, f)).unzip();
            if differences.len() < 2 {
                continue;
            }
            let n = differences.len() as f64;
            let (mean, level) = (differences.iter().sum::<f64>() / n, levels.iter().sum::<f64>() / n);
            let error = (differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
            println!("{name}, {}: {mean:.3} ± {error:.3} of {level:.3}", o.id());
            assert!(
                mean.abs() < share * level + unit + 2.0 * error,
                "{name}, {}: {mean} ± {error} of {level}",
                o.id()
            );
        }
    }
}

#[test]
fn a_fork_keeps_the_past_and_draws_the_future_afresh() {
    let s = scenario(&sized("friday-night", 200_000));
    let at = 3 * 1440;
    let played = |fork: Option<u64>, at: u32| {
        let mut sim = Simulation::new(&s);
        sim.reset(1, 4, 0, true);
        sim.play(at);
        let past = sim.trace().to_vec();
        if let Some(n) = fork {
            sim.fork(n);
        }
        sim.play(u32::MAX);
        assert_eq!(past, sim.trace()[..past.len()], "the past stays");
        assert!(sim.trace()[past.len()..].iter().all(|e| e.at + s.step > at));
        (sim.record(), sim.trace().to_vec())
    };
    let (one, again, other, none) =
        (played(Some(1), at), played(Some(1), at), played(Some(2), at), played(None, at));
    assert!(one == again, "a fork is the same whenever it is played");
    assert!(one != other && one != none, "forks differ");
}

#[test]
fn forks_at_the_start_have_the_law_of_replicates() {
    // Hours until the first entry, of 600 forks of one replicate and of 600 replicates: two-sample Kolmogorov-Smirnov at 0.1 %.
    let s = scenario(&sized("friday-night", 200_000));
    let n = 600u64;
    let entered = |fork: bool| -> Vec<f64> {
        let mut sim = Simulation::new(&s);
        let mut all: Vec<f64> = (0..n)
            .map(|k| {
                sim.reset(1, if fork { 0 } else { k }, 0, true);
                if fork {
                    sim.play(0);
                    sim.fork(k);
                }
                sim.play(u32::MAX);
                let first = sim.trace().iter().find(|e| matches!(e.kind, EventKind::Entered { .. }));
                first.map_or(1e9, |e| f64::from(e.at))
            })
            .collect();
        all.sort_unstable_by(f64::total_cmp);
        all
    };
    let (a, b) = (entered(true), entered(false));
    let below = |list: &[f64], x: f64| list.partition_point(|v| *v <= x) as f64 / n as f64;
    let gap = a.iter().chain(&b).map(|x| (below(&a, *x) - below(&b, *x)).abs()).fold(0.0, f64::max);
    let critical = 1.949 * (2.0 / n as f64).sqrt();
    assert!(gap < critical, "{gap} of {critical}");
}

#[test]
fn what_a_shorter_watch_does_not_see_is_censored_and_not_dropped() {
    let times =
        [Outcome::HoursToDetect, Outcome::HoursToDeclare, Outcome::HoursToContain, Outcome::HoursToEvict];
    let (mut cut_short, mut seen) = (0, 0);
    for name in ["friday-night", "worm", "lab-supplier"] {
        let long = scenario(&sized(name, 150_000));
        let short = Arc::new(Scenario { horizon: 8 * 1440, ..Scenario::clone(&long) });
        let (mut far, mut near) = (Simulation::new(&long), Simulation::new(&short));
        for replicate in 0..30 {
            let (a, b) = (far.run(6, replicate, 0), near.run(6, replicate, 0));
            for o in times {
                let (Some(near), Some(far)) = (b.time(o), a.time(o)) else {
                    assert!(
                        b.time(o).is_none(),
                        "{name} {replicate} {}: only the short watch has it",
                        o.id()
                    );
                    continue;
                };
                seen += 1;
                cut_short += u32::from(near.1);
                assert!(near.0 <= far.0 + 1e-9, "{name} {replicate} {}: {near:?} {far:?}", o.id());
                // Whoever comes in again later is evicted later; the other times come once.
                if !near.1 && o != Outcome::HoursToEvict {
                    assert_eq!(near, far, "{name} {replicate} {}", o.id());
                }
            }
        }
    }
    assert!(cut_short > 9 && seen > 2 * cut_short, "{cut_short} of {seen}");
}

#[test]
fn an_eviction_is_over_when_nobody_is_held_any_more() {
    let (mut over, mut open) = (0, 0);
    for name in ["friday-night", "lab-supplier"] {
        let long = scenario(&sized(name, 150_000));
        let s = Arc::new(Scenario { horizon: 16 * 1440, ..Scenario::clone(&long) });
        let mut sim = Simulation::new(&s);
        for replicate in 0..40 {
            let Some((_, censored)) = sim.run(6, replicate, 0).time(Outcome::HoursToEvict) else { continue };
            let assets = sim.world().resource::<Assets>();
            let inside = sim.world().resource::<Intrusions>().all.iter().any(|i| !i.evicted)
                || (0..s.estate.assets.len() as u32).any(|a| assets.get(AssetId(a)).held > 0);
            assert_eq!(censored, inside, "{name} {replicate}");
            if inside { open += 1 } else { over += 1 }
        }
    }
    assert!(over > 0 && open > 0, "{over} over, {open} open");
}
