//! What is left when it is all over: nothing. In a world that nobody attacks any more, and with time enough, everything comes back:
//! systems, connections, instances, people, care. Nobody waits for what only they could bring about.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use resus_engine::catalogue::action::{Action, ActionKind, Target};
use resus_engine::catalogue::kinds::OrgKind;
use resus_engine::estate::OrgId;
use resus_engine::scenario::{Scenario, bundled};
use resus_engine::sim::core::trace::EventKind;
use resus_engine::sim::state::assets::Assets;
use resus_engine::sim::state::intrusions::Intrusions;
use resus_engine::sim::state::jobs::Jobs;
use resus_engine::sim::state::links::Links;
use resus_engine::sim::{Leftover, Simulation};
use resus_tests::{cut, names, national, scenario, sized, with_campaigns};

use crate::generated;

const DAY: u32 = 1440;
/// Days without a blow after which everything must be back.
const QUIET: u32 = 150;

/// How a world ended.
enum End {
    /// Somebody is inside whom nobody has noticed, or it was struck not long before the end: there is nothing to ask.
    NotOver,
    /// It is over, and this is left.
    Over(Vec<String>),
}

/// Whether anything of an organisation's systems is down.
fn assets_left(sim: &Simulation, s: &Scenario, o: OrgId) -> bool {
    s.estate.assets_of(o).any(|a| sim.asset(a).down() > 0)
}

/// Plays a replicate under a strategy to the end.
fn end(sim: &mut Simulation, s: &Scenario, replicate: u64, strategy: usize) -> End {
    sim.reset(11, replicate, strategy, true);
    sim.play(u32::MAX);
    let blow = |k: &EventKind| {
        matches!(
            k,
            EventKind::Entered { .. }
                | EventKind::CarriedOn { .. }
                | EventKind::AssetLost { .. }
                | EventKind::Detonated { .. }
                | EventKind::Reinfected { .. }
        )
    };
    let last = sim.trace().iter().filter(|e| blow(&e.kind)).map(|e| e.at).max();
    let estate = &s.estate;
    let (assets, intrusions) = (sim.world().resource::<Assets>(), sim.world().resource::<Intrusions>());
    let inside = |o: OrgId| intrusions.all.iter().any(|i| i.org == o && !i.evicted);
    let hidden = intrusions.all.iter().any(|i| !i.evicted && !i.noticed)
        || (0..estate.organisations.len() as u32)
            .map(OrgId)
            .any(|o| !inside(o) && estate.assets_of(o).any(|a| assets.get(a).held > 0));
    // Whoever only keeps care going, by the playbook, leaves systems as they are, and others may wait for them.
    let playbook = &s.strategies[strategy].playbook;
    let idle = |o: OrgId| {
        let left = assets_left(sim, s, o) || inside(o);
        left && !playbook.acts(estate.org(o).kind)
    };
    let idle = (0..estate.organisations.len() as u32).map(OrgId).any(idle);
    // A small team may be at work for years on what it was asked for long ago: there is not time enough. Who goes on ordering is not.
    let ordered = sim.trace().iter().rev().find(|e| matches!(e.kind, EventKind::Ordered { .. }));
    let long_ago = ordered.is_none_or(|e| e.at + QUIET * DAY < s.horizon);
    let jobs = sim.world().resource::<Jobs>();
    let at_work = long_ago && jobs.work.iter().any(|w| !w.closed && w.people > 0.0);
    if hidden || at_work || idle || last.is_some_and(|at| at + QUIET * DAY > s.horizon) {
        return End::NotOver;
    }
    let name = |o: OrgId| &estate.org(o).id;
    let said = |l: Leftover| match l {
        Leftover::Intruder(o) => format!("an intruder in {}", name(o)),
        Leftover::Asset(a) => format!("{}: {:?}", estate.asset_id(a), assets.get(a)),
        Leftover::Connection(c) => {
            let (a, b) = (&estate.connections[c.ix()].a, &estate.connections[c.ix()].b);
            let owner = |s: &resus_engine::estate::SegmentId| {
                estate.segments[s.ix()].owner.map_or("the national network", |o| name(o).as_str())
            };
            let cut = [(1, "the first"), (2, "the second"), (4, "a lost instance")];
            let why = sim.world().resource::<Links>().0[c.ix()];
            let by: Vec<&str> = cut.iter().filter(|(bit, _)| why & bit != 0).map(|c| c.1).collect();
            format!("the connection of {} and {}, cut by {}", owner(a), owner(b), by.join(" and "))
        }
        Leftover::Work(o, what) => format!("{} has ordered {what:?}, and it is not done", name(o)),
        Leftover::PeopleAway(o) => format!("people of {} are away", name(o)),
        Leftover::Service(s) => {
            format!("{} has {}", estate.service_id(s), sim.capacity()[s.ix()].capacity_share)
        }
    };
    End::Over(sim.leftovers().into_iter().map(said).collect())
}

/// A scenario with time enough.
fn long(text: &str, days: u32) -> Arc<Scenario> {
    let from = text.find("horizon: \"").expect("a horizon") + 10;
    let to = from + text[from..].find('"').expect("its end");
    scenario(&format!("{}{days} days{}", &text[..from], &text[to..]))
}

#[test]
fn everything_comes_back_in_bundled_scenarios_under_every_strategy() {
    // Every bundled playbook, also where a scenario does not use it.
    let all = "strategies: [Standard(\"as-things-stand\"), Standard(\"isolate-early\"), Standard(\"switch-off\"), Standard(\"off-for-hours\"), Standard(\"restore-by-harm\"), Standard(\"defend-as-one\"), Standard(\"exercised-plans\"), Standard(\"all-pillars\")]";
    let with_all = |text: String| {
        let from = text.find("strategies: [").expect("strategies");
        let to = from + text[from..].find("],\n").expect("their end") + 1;
        if text[from..to].contains("Own(") { text } else { format!("{}{all}{}", &text[..from], &text[to..]) }
    };
    let systems = names().map(|n| (n, sized(n, 200_000))).chain(national().map(|n| (n, cut(n))));
    let past =
        ["hse-2021", "advanced-2022"].map(|n| (n, bundled::scenario(n).expect("bundled").1.to_owned()));
    let (mut over, mut problems) = (0, vec![]);
    for (name, text) in systems.chain(past) {
        let s = long(&with_all(text), 730);
        let mut sim = Simulation::new(&s);
        for strategy in 0..s.strategies.len() {
            for replicate in 0..4 {
                let End::Over(left) = end(&mut sim, &s, replicate, strategy) else { continue };
                over += 1;
                if let Some(first) = left.first() {
                    problems.push(format!(
                        "{name}, {}, {replicate}: {} left, {first}",
                        s.strategies[strategy].id,
                        left.len()
                    ));
                }
            }
        }
    }
    println!("{over} worlds are over");
    assert!(problems.is_empty(), "{} of {over}:\n{}", problems.len(), problems.join("\n"));
    assert!(over > 150, "the test has seen {over} worlds in which it is over");
}

/// A care system that nobody attacks, with an organisation that people command and that has cut itself off, played for ten days.
fn cut_off_by_people(s: &Arc<Scenario>) -> (Simulation, OrgId) {
    let org = (0..s.estate.organisations.len() as u32)
        .map(OrgId)
        .find(|o| s.estate.org(*o).kind == OrgKind::AcuteTrust);
    let org = org.expect("an acute trust");
    let mut sim = Simulation::new(s);
    sim.reset(1, 0, 0, false);
    sim.command([org]);
    for (hour, what, to) in [
        (1, ActionKind::IsolateOrganisation, Target::Affected),
        (2, ActionKind::DisconnectSupplier, Target::All),
        (3, ActionKind::SwitchEverythingOff, Target::All),
    ] {
        sim.order(hour * 60, org, Action { what, to });
    }
    sim.play(10 * DAY);
    assert!(sim.leftovers().len() > 10, "people decide when what they cut comes back: {:?}", sim.leftovers());
    (sim, org)
}

#[test]
fn what_people_have_cut_they_can_join_again() {
    let s = scenario(&with_campaigns(&sized("friday-night", 200_000), "", ""));
    let (mut sim, org) = cut_off_by_people(&s);
    sim.order(10 * DAY + 60, org, Action { what: ActionKind::AssureAndReconnect, to: Target::Affected });
    sim.play(14 * DAY);
    assert_eq!(sim.leftovers(), [], "they have taken it back");
}

#[test]
fn what_people_have_cut_comes_back_when_they_leave() {
    let s = scenario(&with_campaigns(&sized("friday-night", 200_000), "", ""));
    let (mut sim, _) = cut_off_by_people(&s);
    sim.hand_over();
    sim.play(14 * DAY);
    assert_eq!(sim.leftovers(), [], "those who take over see what is left");
}

#[test]
fn everything_comes_back_in_scenarios_that_nobody_wrote() {
    let config =
        Config { cases: 120, failure_persistence: None, rng_seed: RngSeed::Fixed(15), ..Config::default() };
    let (mut over, mut seen, mut problems) = (0, 0, BTreeMap::<String, u32>::new());
    let mut runner = TestRunner::new(config);
    let file = generated::file();
    for _ in 0..120 {
        let text = file.new_tree(&mut runner).expect("a scenario").current();
        let s = long(&text, 600);
        let mut sim = Simulation::new(&s);
        for strategy in 0..s.strategies.len() {
            seen += 1;
            let End::Over(left) = end(&mut sim, &s, 0, strategy) else { continue };
            over += 1;
            if let Some(first) = left.first() {
                let what = format!("{}: {} left, {first}", s.strategies[strategy].id, left.len());
                *problems.entry(what).or_default() += 1;
            }
        }
    }
    println!("{over} of {seen} worlds are over");
    assert!(over > 300, "the test has seen {over} worlds in which it is over");
    let list: Vec<&String> = problems.keys().take(40).collect();
    assert!(problems.is_empty(), "{} of {over}: {list:#?}", problems.len());
}
