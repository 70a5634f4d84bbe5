//! Two strategies on the same luck, and what the second one changes. `cargo run --release --example compare`

use resus_engine::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scenario = Arc::new(bundled::load("friday-night")?);
    let strategies = scenario.strategies_named(["as-things-stand", "defend-as-one"])?;
    let plan = ReplicationPlan { replicates: 100, ..ReplicationPlan::default() };
    let study = run(&scenario, &strategies, plan, &Progress::default())?;
    let found = compare(&scenario, &strategies, strategies[0], &study, plan.seed);
    for outcome in [Outcome::Harm, Outcome::ContactsNotServed, Outcome::CostTotal] {
        let paired = found.strategies[1].get(outcome).paired.expect("it is not the baseline");
        let (low, high) = paired.interval;
        println!("{}: {:+.0} [{low:+.0}, {high:+.0}] {}", outcome.label(), paired.difference, outcome.unit());
    }
    Ok(())
}
