//! Benchmarks of the engine: whole replicates, the agenda, draws, reset.

use std::sync::Arc;

use divan::{Bencher, black_box};
use resus_engine::scenario::{Scenario, bundled, load};
use resus_engine::sim::Simulation;
use resus_engine::sim::care::backlog::Hour;
use resus_engine::sim::core::queue::EventQueue;
use resus_engine::streams::{StreamName, Streams};

fn main() {
    divan::main();
}

fn default_scenario() -> Arc<Scenario> {
    Arc::new(load(bundled::SCENARIOS[0].2, None).expect("the bundled default loads"))
}

/// Whole replicates of the default scenario under each strategy.
#[divan::bench(args = [0, 1, 2, 3, 4, 5, 6], sample_count = 20)]
fn replicate(bencher: Bencher, strategy: usize) {
    let mut sim = Simulation::new(&default_scenario());
    let mut k = 0;
    bencher.bench_local(|| {
        k += 1;
        sim.run(1, k % 50, strategy)
    });
}

#[divan::bench]
fn reset(bencher: Bencher) {
    let mut sim = Simulation::new(&default_scenario());
    bencher.bench_local(|| sim.reset(1, 1, 0, false));
}

#[divan::bench]
fn draw(bencher: Bencher) {
    let streams = Streams::new(1, 1);
    let mut n = 0u32;
    bencher.bench_local(|| {
        n += 1;
        streams.stream(StreamName::Notice { organisation: u64::from(black_box(n)) }).uniform()
    });
}

#[divan::bench]
fn agenda_thousand_events(bencher: Bencher) {
    let mut agenda: EventQueue<u32> = EventQueue::new(15, 86_400);
    bencher.bench_local(|| {
        agenda.clear();
        for n in 0..1000u32 {
            agenda.add(n.wrapping_mul(7919) % 86_400, n, n);
        }
        let mut seen = 0;
        while let Some(bucket) = agenda.next() {
            let due = agenda.take(bucket as u32 * 15);
            seen += due.len();
            agenda.done(due);
        }
        seen
    });
}

#[divan::bench]
fn care_hour() -> Hour {
    Hour::of(black_box(10.0), black_box(1.0), black_box(40.0), black_box(9.0), black_box(0.4))
}
