//! The planner's questions, held against what must be true of any answer.

use std::sync::Arc;

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::{Scenario, bundled, load};
use resus_engine::study::criticality::{CriticalityOptions, Target, criticality};
use resus_engine::study::investment::{
    Advice, Choice, Incidents, InvestmentOptions as Budget, Problem, advise,
};
use resus_engine::study::pillars::{Often, attribute, costs, design};
use resus_engine::study::replicates::{Progress, ReplicationPlan, run};
use resus_tests::Replaced as _;
use resus_tests::{scenario, sized};

fn plan(replicates: u64) -> ReplicationPlan {
    ReplicationPlan { seed: 1, first: 0, replicates, threads: 0, detail: false }
}

#[test]
fn shares_add_up_to_the_whole_and_an_empty_pillar_is_worth_nothing() {
    let s = scenario(&sized("friday-night", 200_000));
    // A pillar that is not raised is a player who brings nothing.
    let tried = design(&s, [0.0; 5], [1.0, 1.0, 0.0, 1.0, 1.0]);
    let all: Vec<usize> = (0..tried.strategies.len()).collect();
    let study = run(&tried, &all, plan(40), &Progress::default()).unwrap();
    let levels = [1.0, 1.0, 0.0, 1.0, 1.0];
    let often = Often { per_year: 0.2, range: None, costs: costs(&s, [0.0; 5], levels) };
    let found = attribute(std::slice::from_ref(&study), &[1.0], Some(&often), 1);
    // A year is an incident times its frequency; what levers cost is paid once, and not by the incident.
    let y = found.yearly.as_ref().unwrap();
    let of = |o: Outcome| found.outcomes.iter().find(|s| s.outcome == o).unwrap();
    let (harm, total) = (of(Outcome::Harm).whole.estimate, of(Outcome::CostTotal).whole.estimate);
    assert!((y.whole.harm.estimate - 0.2 * harm).abs() < 1e-9 * harm.abs());
    let levers = tried.strategies[31].cost;
    assert!((y.whole.set_up + y.whole.running - levers).abs() < 1e-6 * levers && levers > 0.0);
    assert!((y.whole.avoided.estimate - 0.2 * (total + levers)).abs() < 1e-9 * levers);
    let sums = y.pillars.iter().fold((0.0, 0.0, 0.0), |a, p| {
        (a.0 + p.harm.estimate, a.1 + p.avoided.estimate, a.2 + p.set_up + p.running)
    });
    assert!((sums.0 - y.whole.harm.estimate).abs() < 1e-6 * harm.abs());
    assert!(
        (sums.1 - y.whole.avoided.estimate).abs() < 1e-6 * levers && (sums.2 - levers).abs() < 1e-6 * levers
    );
    assert!(y.pillars[2].set_up == 0.0 && y.pillars[2].avoided.estimate.abs() < 1e-6);
    for o in found.outcomes {
        let sum: f64 = o.pillars.iter().map(|w| w.shapley.estimate).sum();
        assert!((sum - o.whole.estimate).abs() < 1e-6 * o.start.abs().max(1.0), "{}", o.outcome.id());
        assert!(o.pillars[2].shapley.estimate.abs() < 1e-9 && o.pillars[2].alone.estimate.abs() < 1e-9);
        // The leader is behind nobody, the others by what their shares differ.
        let most = o.pillars.iter().map(|w| w.shapley.estimate).fold(f64::MIN, f64::max);
        assert_eq!(o.pillars.iter().filter(|w| w.behind.is_none()).count(), 1);
        for w in &o.pillars {
            let behind = w.behind.map_or(0.0, |lead| lead.by.estimate);
            assert!((most - w.shapley.estimate - behind).abs() < 1e-6 * most.abs().max(1.0));
        }
        assert!((o.means[0] - o.means[31] - o.whole.estimate).abs() < 1e-6 * o.start.abs().max(1.0));
    }
}

fn asked(budget: f64, aim: &str) -> Budget {
    Budget {
        budget,
        aim: aim.parse().unwrap(),
        playbooks: true,
        priorities: true,
        seed: 1,
        search: 12,
        judge: 40,
        threads: 0,
        from: 2027,
        to: 2030,
        discount: 0.035,
    }
}

fn advised(s: &Arc<Scenario>, ask: &Budget) -> Advice {
    let of = Incidents { scenarios: std::slice::from_ref(s), weights: &[1.0], per_year: None };
    advise(of, ask, &Progress::default()).unwrap()
}

#[test]
fn sets_cost_what_their_levers_cost_and_stay_within_the_budget() {
    let s = scenario(&sized("friday-night", 150_000));
    let problem = Problem::new(&s, true, true);
    let full = Choice { response: 0, uptake: vec![2; problem.levers.len()] };
    let pillars = s.strategies.iter().find(|s| s.id == "all-pillars").unwrap();
    assert!((problem.cost(&full).over(1) - pillars.cost).abs() < 1e-3 * pillars.cost);
    let ask = asked(2e6, "harm");
    let a = advised(&s, &ask);
    assert!(a.best.total <= ask.budget && a.rivals.iter().all(|r| r.total <= ask.budget));
    for (budget, j) in &a.frontier {
        assert!(j.total <= *budget + 1e-6);
    }
    // The roadmap never gives back, never spends ahead of its money, running costs included, and ends in the set that is advised.
    let mut spent = 0.0;
    for (k, y) in a.roadmap.iter().enumerate() {
        spent += y.set_up + y.running;
        assert!(spent <= ask.budget * (k + 1) as f64 / a.roadmap.len() as f64 + 1e-6);
        let before =
            k.checked_sub(1).map_or(problem.nothing().uptake, |k| a.roadmap[k].state.choice.uptake.clone());
        assert!(before.iter().zip(&y.state.choice.uptake).all(|(a, b)| a <= b));
        assert!((y.running - problem.cost(&y.state.choice).yearly).abs() < 1e-6);
    }
    assert_eq!(a.roadmap.len(), 4);
    assert_eq!(a.roadmap.last().unwrap().state.choice, a.best.choice);
    // Bought later, it costs no more than at once.
    assert!(spent <= a.best.total + 1e-6 && a.road_present_value() <= a.best.present_value + 1e-6);
}

#[test]
fn a_larger_budget_never_buys_less() {
    let s = scenario(&sized("friday-night", 150_000));
    for aim in ["harm", "harm=1,cost_activity=0.001", "recovery_95"] {
        let mut before = f64::INFINITY;
        for budget in [2e5, 7e5, 1.9e6, 5e6] {
            let a = advised(&s, &asked(budget, aim));
            assert!(a.best.mean <= before, "{aim}: {} for {budget}, {before} for less", a.best.mean);
            before = a.best.mean;
            for pair in a.frontier.windows(2) {
                assert!(pair[0].0 < pair[1].0 && pair[1].1.mean <= pair[0].1.mean, "{aim} {budget}");
            }
            assert!(a.best.mean <= a.nothing, "nothing is affordable, too");
        }
    }
}

#[test]
fn a_plan_for_several_scenarios_is_for_their_average_incident() {
    let s = scenario(&sized("friday-night", 150_000));
    let other = scenario(&sized("bad-update", 150_000));
    let ask = asked(3e6, "harm");
    let of = |scenarios: &[Arc<Scenario>], weights: &[f64], per_year: Option<f64>| {
        advise(Incidents { scenarios, weights, per_year }, &ask, &Progress::default()).unwrap()
    };
    // Twice the same scenario is the scenario; one without weight does not count.
    let alone = advised(&s, &ask);
    for same in
        [of(&[s.clone(), s.clone()], &[0.25, 0.75], None), of(&[s.clone(), other.clone()], &[1.0, 0.0], None)]
    {
        assert_eq!(same.best.choice, alone.best.choice);
        assert!((same.best.mean - alone.best.mean).abs() < 1e-9 * alone.nothing);
    }
    // What nothing comes to is the average of what it comes to in each.
    let both = of(&[s.clone(), other.clone()], &[0.25, 0.75], Some(0.5));
    let expected = 0.25 * alone.nothing + 0.75 * advised(&other, &ask).nothing;
    assert!((both.nothing - expected).abs() < 1e-9 * expected);
    // Two incidents are expected in four years.
    assert!((both.incidents() - 2.0).abs() < 1e-12);
    if let (Some(one), Some(each)) =
        (both.bought.cost_for_each(1.0), both.bought.cost_for_each(both.incidents()))
    {
        assert!((one - 2.0 * each).abs() < 1e-9 * one);
    }
}

#[test]
fn a_set_that_is_bought_is_worth_what_it_is_judged_at() {
    let s = scenario(&sized("friday-night", 150_000));
    let ask = Budget { judge: 60, ..asked(3e6, "harm") };
    let a = advised(&s, &ask);
    let mean = |choice: &Choice| {
        let bought = Arc::new(a.problem.strategy(&s, choice));
        let alone = Arc::new(Scenario { strategies: vec![bought], baseline: 0, ..Scenario::clone(&s) });
        let study =
            run(&alone, &[0], ReplicationPlan { first: 12, ..plan(60) }, &Progress::default()).unwrap();
        study.records[0].iter().map(|r| r.get(Outcome::Harm).unwrap()).sum::<f64>() / 60.0
    };
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9 * a.abs().max(1.0);
    assert!(near(mean(&a.best.choice), a.best.mean));
    // Each part is worth what is missed without it; whom to follow and what to buy are told apart.
    for part in &a.parts {
        let mut less = a.best.choice.clone();
        for l in &part.levers {
            less.uptake[*l] = 0;
        }
        assert!(near(mean(&less) - a.best.mean, part.benefit.estimate));
    }
    let cost: f64 = a.parts.iter().map(|p| p.total).sum();
    assert!(near(cost, a.best.total));
    let none = a.problem.nothing();
    assert!(near(mean(&Choice { response: a.best.choice.response, ..none.clone() }), a.response.mean));
    assert!(near(mean(&Choice { response: 0, ..a.best.choice.clone() }), a.levers.mean));
    // The response is really another: a playbook or an order of work that was not the baseline's is tried.
    assert!(a.problem.responses.len() >= 12, "{}", a.problem.responses.len());
}

#[test]
fn longer_losses_hurt_more_and_a_part_never_more_than_the_whole() {
    let s = scenario(&sized("friday-night", 200_000));
    let ask = CriticalityOptions { seed: 1, replicates: 6, most: 20, leaders: 400, threads: 0 };
    let c = criticality(&s, ask, &Progress::default()).unwrap().unwrap();
    let harm = |t: Target| c.leaders.iter().find(|l| l.target == t).map(|l| l.hurt[2].harm.estimate);
    for l in &c.leaders {
        for pair in l.hurt.windows(2) {
            assert!(pair[0].harm.estimate <= pair[1].harm.estimate + 1e-6, "{}", l.target.name(&s.estate));
        }
        let whole = match l.target {
            Target::Asset(a) => harm(Target::Organisation(s.estate.asset(a).owner))
                .or(harm(Target::Supplier(s.estate.asset(a).owner))),
            Target::Service(v) => harm(Target::Organisation(s.estate.service(v).owner)),
            _ => None,
        };
        if let Some(whole) = whole {
            // Closing a service keeps its people's diversion from crowding others in another way: allow a hundredth.
            assert!(
                l.hurt[2].harm.estimate <= 1.01 * whole,
                "{}: {} of {whole}",
                l.target.name(&s.estate),
                l.hurt[2].harm.estimate
            );
        }
    }
    assert!(
        c.leaders.len() > 100
            && c.markets.iter().all(|m| (m.shares.iter().map(|s| s.1).sum::<f64>() - 1.0).abs() < 1e-9)
    );
}

#[test]
fn nothing_bought_without_an_attack() {
    let text = bundled::STARTER.replaced("population: 300000", "population: 60000");
    let from = text.find("    campaigns: [").unwrap();
    let to = text.find("    // Only what differs").unwrap();
    let quiet = format!("{}{}", &text[..from], &text[to..]);
    let s = Arc::new(load(&quiet, None).unwrap());
    let ask = Budget { search: 10, judge: 10, ..asked(1e6, "harm") };
    let a = advised(&s, &ask);
    assert!(a.best.total <= 0.0 && a.best.choice == a.problem.nothing());
    // Where nothing happens nothing has an effect.
    assert_eq!(a.idle.len(), a.problem.levers.len());
}
