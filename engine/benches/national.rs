//! The national estate: building it, whole replicates of national scenarios, and one hospital's attack in all of England beside the
//! same attack in its own care system's estate.

use std::sync::Arc;

use divan::Bencher;
use resus_engine::catalogue::kinds::OrgKind;
use resus_engine::scenario::{Scenario, bundled, load};
use resus_engine::sim::Simulation;

fn main() {
    divan::main();
}

fn scenario(text: &str) -> Arc<Scenario> {
    Arc::new(load(text, None).expect("a scenario of ours loads"))
}

fn bundled(name: &str) -> &'static str {
    bundled::scenario(name).expect("a bundled scenario").1
}

fn replicates(bencher: Bencher, scenario: &Arc<Scenario>, strategy: usize) {
    let mut sim = Simulation::new(scenario);
    let mut k = 0;
    bencher.bench_local(|| {
        k += 1;
        sim.run(1, k % 20, strategy)
    });
}

/// Everything from the text to the checked scenario, five strategies' controls of 42,776 organisations included.
#[divan::bench(sample_count = 10)]
fn load_england() {
    scenario(bundled("national-worm"));
}

/// The worm, 30 days, under each strategy.
#[divan::bench(args = [0, 1, 2, 3, 4], sample_count = 20)]
fn worm(bencher: Bencher, strategy: usize) {
    replicates(bencher, &scenario(bundled("national-worm")), strategy);
}

/// The supplier of records to most practices lost, 30 days, under each strategy.
#[divan::bench(args = [0, 1, 2, 3, 4], sample_count = 20)]
fn supplier_lost(bencher: Bencher, strategy: usize) {
    replicates(bencher, &scenario(bundled("gp-records")), strategy);
}

/// A crew in one hospital, 30 days.
#[divan::bench(args = ["England", "its own care system"], sample_count = 60)]
fn one_hospital(bencher: Bencher, estate: &str) {
    let text = |only: &str, at: &str| {
        format!(
            r#"(format: 1, title: "One hospital", starts: "2026-11-13T18:30", horizon: "30 days",
                estate: Generate(seed: 7, only: [{only}]),
                campaigns: [(id: "crew", entries: [(via: StolenCredential, at: {at}, per_day: 6, most: 1)],
                    spread: Operator(crew: 1), payloads: [Encrypt])],
                strategies: [Standard("as-things-stand")], baseline: "as-things-stand")"#
        )
    };
    let england = scenario(&text("", "Kind(AcuteTrust)"));
    let hospital = england
        .estate
        .organisations
        .iter()
        .find(|o| o.kind == OrgKind::AcuteTrust)
        .expect("England has hospitals");
    let at = format!("Organisation({:?})", hospital.id);
    let only = match estate {
        "England" => String::new(),
        _ => format!("{:?}", england.estate.regions[hospital.region as usize]),
    };
    replicates(bencher, &scenario(&text(&only, &at)), 0);
}
