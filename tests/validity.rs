//! Behaviours that published studies agree on come out of the model without being set anywhere.

use std::sync::Arc;

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::{Scenario, bundled};
use resus_engine::sim::Simulation;
use resus_engine::stats::{mean, quantile, sorted};
use resus_engine::study::validation::observe;
use resus_tests::Replaced as _;
use resus_tests::scenario;

fn historical(name: &str) -> String {
    bundled::scenario(name).expect("bundled").1.to_owned()
}

/// Values of a figure over runs in which the attack came to anything.
fn figure(s: &Arc<Scenario>, id: &str, runs: u64) -> Vec<f64> {
    let n = s
        .evidence
        .iter()
        .position(|f| f.id.get().is_some_and(|i| i == id))
        .expect("the scenario has this figure");
    let mut sim = Simulation::new(s);
    (0..runs).filter_map(|k| observe(&mut sim, 7, k)).filter_map(|run| run[n]).collect()
}

#[test]
fn a_hospital_loses_a_fifth_of_its_volume_in_the_first_week_and_has_it_back_in_the_fourth() {
    // Neprash, McGlave and Nikpay 2026: −17 to −24 % in the first week, back within three weeks. Here: that range widened by half of
    // itself on both sides, for the runs are a hundred; and the fourth week within 5 %.
    let s = scenario(&historical("hospitals"));
    let first = mean(&figure(&s, "week-1", 100));
    assert!((-0.275..=-0.135).contains(&first), "first week: {first}");
    let fourth = mean(&figure(&s, "week-4", 100));
    assert!(fourth.abs() < 0.05, "fourth week: {fourth}");
}

#[test]
fn recovery_takes_days_for_some_and_weeks_to_months_for_others() {
    // Surveys have three in ten over a month; the model has fewer (docs/explanation/validity.md), but it has them.
    let s = scenario(&historical("hospitals"));
    let days: Vec<f64> = figure(&s, "within-a-week", 200).iter().map(|h| h / 24.0).collect();
    let days = sorted(&days);
    let (short, long) = (quantile(&days, 0.1), quantile(&days, 0.97));
    assert!(short < 4.0 && long > 28.0, "from {short} to {long} days");
}

#[test]
fn precaution_is_a_large_part_of_the_harm_of_a_worm() {
    // Being disconnected though not infected: without the rules by which trusts cut off what was whole, most of the harm is gone.
    let text = historical("wannacry-2017")
        .replaced("seed: 2017,", "seed: 2017, only: [\"Midlands\", \"North West\"],");
    let precaution = |l: &str| {
        l.contains("(do: IsolateAsset)") || l.contains("followed: 0.25, act: [(do: LeaveNationalNetwork)")
    };
    let without: Vec<&str> = text.lines().filter(|l| !precaution(l)).collect();
    assert_eq!(without.len() + 2, text.lines().count());
    let harm = |text: &str| {
        let s = scenario(text);
        let mut sim = Simulation::new(&s);
        (0..20).map(|k| sim.run(1, k, 0).get(Outcome::Harm).expect("harm always has a value")).sum::<f64>()
    };
    let (with, without) = (harm(&text), harm(&without.join("\n")));
    assert!(without < 0.7 * with, "{without} without precaution, {with} with it");
}

#[test]
fn emergencies_hold_up_better_than_planned_care() {
    // Outpatients fell to 40 % in Ireland; emergencies at the worst hit hospital of the record (CHSF) kept 52 % on that day.
    let s = scenario(&historical("hse-2021"));
    let planned = mean(&figure(&s, "outpatients-12", 20));
    let mut sim = Simulation::new(&s);
    let mut emergencies = vec![];
    for k in 0..20 {
        sim.reset(7, k, s.baseline, false);
        sim.play(69 * 1440);
        let services = s.estate.services.iter().zip(sim.capacity());
        let of = services.filter(|(s, _)| s.kind == resus_engine::catalogue::kinds::ServiceKind::Emergency);
        emergencies.push(mean(&of.map(|(_, state)| state.capacity_share - 1.0).collect::<Vec<_>>()));
    }
    let emergencies = mean(&emergencies);
    assert!(planned < emergencies - 0.1, "outpatients {planned}, emergencies {emergencies}");
}
