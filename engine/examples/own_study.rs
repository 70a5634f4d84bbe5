//! A study of one's own: harm by how many of the acute trusts' systems have this month's updates. `cargo run --release --example own_study`

use resus_engine::prelude::*;
use resus_engine::stats::intervals::of_mean;
use resus_engine::study::replicates::each;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (_, text) = bundled::scenario("worm").ok_or("no such scenario")?;
    let plan = ReplicationPlan { replicates: 60, ..ReplicationPlan::default() };
    for patching in ["40%", "70%", "95%"] {
        let set: Override = format!("posture.acute_trust.patching={patching}").parse()?;
        let scenario = Arc::new(load_with(text, None, &[set])?);
        let harm = each(&scenario, plan, &Progress::default(), |sim, replicate| {
            sim.run(plan.seed, replicate, scenario.baseline).get(Outcome::Harm).unwrap_or(0.0)
        })?;
        let Interval { estimate, low, high } = of_mean(&harm, 0.95);
        println!("{patching} patched: {estimate:.0} [{low:.0}, {high:.0}] {}", Outcome::Harm.label());
    }
    Ok(())
}
