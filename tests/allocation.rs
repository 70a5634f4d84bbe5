//! Once warm, a replicate allocates nothing while it is played: memory is kept from one replicate to the next.

use std::sync::Arc;

use allocation_counter::measure;
use resus_engine::scenario::{bundled, load};
use resus_engine::sim::Simulation;

const REPLICATES: u64 = 6;

/// Allocations while resetting, and while playing, of a round over all strategies.
fn round(sim: &mut Simulation, strategies: usize) -> (u64, u64) {
    let (mut reset, mut played) = (0, 0);
    for strategy in 0..strategies {
        for replicate in 0..REPLICATES {
            reset += measure(|| sim.reset(1, replicate, strategy, false)).count_total;
            played += measure(|| {
                sim.play(u32::MAX);
            })
            .count_total;
        }
    }
    (reset, played)
}

#[test]
fn a_warm_replicate_allocates_nothing_while_it_is_played() {
    for (id, _, text) in bundled::SCENARIOS {
        let scenario = Arc::new(load(text, None).scenario.expect("bundled scenarios load"));
        let mut sim = Simulation::new(&scenario);
        let cold = round(&mut sim, scenario.strategies.len());
        let warm = round(&mut sim, scenario.strategies.len());
        println!("{id}: cold {cold:?}, warm {warm:?}");
        assert!(cold.1 > 0, "the counter counts");
        assert_eq!(warm.1, 0, "{id} allocates while it is played");
    }
}
