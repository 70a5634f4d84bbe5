//! The invariants of the model, each as a property over scenarios and replicates.

use std::sync::Arc;

use resus_engine::experiment::monte_carlo::{Plan, Watch, run};
use resus_engine::experiment::outcome::Outcome;
use resus_engine::scenario::{Scenario, bundled, load};
use resus_engine::sim::Simulation;
use resus_engine::sim::response::teams::{Jobs, Team};
use resus_engine::sim::state::Assets;

fn scenario(text: &str) -> Arc<Scenario> {
    let loaded = load(text, None);
    assert!(loaded.mistakes.is_empty(), "{:?}", loaded.mistakes);
    Arc::new(loaded.scenario.unwrap())
}

fn all() -> impl Iterator<Item = (&'static str, Arc<Scenario>)> {
    bundled::SCENARIOS
        .iter()
        .map(|(name, _, text)| (*name, scenario(&text.replace("population: 1200000", "population: 200000"))))
}

#[test]
fn same_bytes_on_one_and_two_threads() {
    for (name, s) in all() {
        let study =
            |threads| run(&s, &[0, 4], Plan { seed: 3, replicates: 6, threads }, &Watch::default()).unwrap();
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
                    for (state, asset) in sim.world().resource::<Assets>().states.iter().zip(&s.estate.assets)
                    {
                        assert_eq!(state.hosts(), asset.hosts, "{name}: {}", asset.id);
                        assert!((0.0..=1.0).contains(&state.health));
                    }
                    for job in &sim.world().resource::<Jobs>().all {
                        assert!(job.done <= job.effort + 1e-9, "{name}: {job:?}");
                    }
                    let world = sim.world();
                    let teams: Vec<&Team> = world.iter_entities().filter_map(|e| e.get::<Team>()).collect();
                    let (borrowed, lent): (f64, f64) =
                        teams.iter().fold((0.0, 0.0), |(b, l), t| (b + t.borrowed, l + t.lent));
                    assert!((borrowed - lent).abs() < 1e-9, "{name}: people appear or vanish");
                    assert!(
                        world.resource::<resus_engine::sim::Ledger>().imbalance < 1e-6,
                        "{name}: contacts vanish"
                    );
                }
            }
        }
    }
}

#[test]
fn no_campaign_no_disruption() {
    let text = bundled::SCENARIOS[0].2.replace("population: 1200000", "population: 200000");
    let from = text.find("campaigns: [").unwrap();
    let to = text.find("strategies: [").unwrap();
    let s = scenario(&format!("{}{}", &text[..from], &text[to..]));
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
    let text = bundled::scenario("worm")
        .unwrap()
        .1
        .replace("population: 1200000, seed: 7", "population: 200000, seed: 7, posture: ALL");
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
        scenario(&text.replace("ALL", &format!("[{}]", list.join(", "))))
    };
    let hosts = |s: &Arc<Scenario>| {
        (0..10).map(|k| Simulation::new(s).run(2, k, 0).get(Outcome::HostsEncrypted).unwrap()).sum::<f64>()
    };
    assert!(hosts(&with("0.3", "0.3")) > 100.0, "an open estate is taken");
    assert!(hosts(&with("1.0", "0.0")) <= 40.0, "only the seeds are lost where nothing is open");
}
