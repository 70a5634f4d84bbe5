//! Once warm, a replicate allocates nothing while it is played: memory is kept from one replicate to the next.

use allocation_counter::measure;
use resus_engine::scenario::bundled;
use resus_engine::sim::Simulation;
use resus_tests::{cut, names, national, scenario};

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
    let systems = names().map(|id| (id, bundled::scenario(id).expect("bundled").1.to_owned()));
    for (id, text) in systems.chain(national().map(|id| (id, cut(id)))) {
        let scenario = scenario(&text);
        let mut sim = Simulation::new(&scenario);
        let cold = round(&mut sim, scenario.strategies.len());
        let warm = round(&mut sim, scenario.strategies.len());
        println!("{id}: cold {cold:?}, warm {warm:?}");
        assert!(cold.1 > 0, "the counter counts");
        assert_eq!(warm.1, 0, "{id} allocates while it is played");
    }
}
