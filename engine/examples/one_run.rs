//! One run, hour by hour: who is disturbed, and what an order changes. `cargo run --release --example one_run`

use resus_engine::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scenario = Arc::new(bundled::load("worm")?);
    let mut sim = Simulation::new(&scenario);
    sim.reset(1, 0, scenario.baseline, false);
    for day in 1..=5 {
        sim.play(day * 24 * 60);
        let disturbed = sim.capacity().iter().filter(|service| service.capacity_share < 0.95).count();
        println!("day {day}: {disturbed} services below 95 % of their capacity");
    }
    let trust = scenario.estate.find_org("ottermarsh-general").ok_or("no such organisation")?;
    sim.order(5 * 24 * 60, trust, Action { what: ActionKind::PaperWorking, to: Target::All });
    sim.play(u32::MAX);
    let harm = sim.record().get(Outcome::Harm).unwrap_or(0.0);
    println!("{harm:.0} {}", Outcome::Harm.label());
    Ok(())
}
