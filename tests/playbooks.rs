//! The bundled playbooks, held to what a competent team would do; and what a rule's conditions say.

use std::sync::Arc;

use resus_engine::catalogue::action::ActionKind;
use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::{Scenario, load};
use resus_engine::sim::Simulation;
use resus_engine::sim::core::trace::{Event, EventKind};
use resus_engine::strategy::Strategy;
use resus_tests::{Replaced as _, cut, diagnostics, names, national, records, scenario, sized};

/// A bundled scenario in which the bundled strategy `prepared` follows each of these playbooks in turn.
fn followed(text: &str, prepared: &str, playbooks: &[&str]) -> Arc<Scenario> {
    let s = scenario(text);
    let base = s.strategies.iter().find(|t| t.id == prepared).unwrap_or_else(|| panic!("no {prepared}"));
    let follow = |id: &&str| {
        let playbook = s.playbook(id).unwrap_or_else(|| panic!("no playbook {id}")).clone();
        Arc::new(Strategy { id: (*id).to_owned(), playbook, ..Strategy::clone(base) })
    };
    let strategies = playbooks.iter().map(follow).collect();
    Arc::new(Scenario { strategies, baseline: 0, ..Scenario::clone(&s) })
}

/// Mean of an outcome under the first strategy, and by how much the second is above it: mean and two standard errors of the pairs.
fn paired(s: &Arc<Scenario>, outcome: Outcome, replicates: u64) -> (f64, f64, f64) {
    let of = records(s, replicates);
    let value = |k: usize, n: usize| of[k][n].get(outcome).unwrap_or(0.0);
    let n = replicates as usize;
    let differences: Vec<f64> = (0..n).map(|k| value(1, k) - value(0, k)).collect();
    let mean = differences.iter().sum::<f64>() / n as f64;
    let spread = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    let first = (0..n).map(|k| value(0, k)).sum::<f64>() / n as f64;
    (first, mean, 2.0 * (spread / n as f64).sqrt())
}

/// All bundled scenarios, each for a small care system.
fn everywhere() -> impl Iterator<Item = (&'static str, String)> {
    let starter = ("starter", resus_engine::scenario::bundled::STARTER.to_owned());
    names().map(|n| (n, sized(n, 300_000))).chain(national().map(|n| (n, cut(n)))).chain([starter])
}

#[test]
fn the_coordinated_playbook_is_nowhere_worse_than_the_usual_one() {
    let mut worse = vec![];
    for (name, text) in everywhere() {
        for prepared in ["as-things-stand", "all-pillars"] {
            let s = followed(&text, prepared, &["usual", "coordinated"]);
            let (usual, more, noise) = paired(&s, Outcome::Harm, 20);
            // A difference that a verdict would call one: apart from zero, and two in a hundred.
            if more - noise > 0.0 && more > 0.02 * usual {
                worse.push(format!("{name}, {prepared}: {more:.1} ± {noise:.1} on {usual:.1}"));
            }
        }
    }
    assert!(worse.is_empty(), "{}", worse.join("; "));
}

/// What happens in a replicate under the first strategy.
fn story(s: &Arc<Scenario>, replicate: u64) -> Vec<Event> {
    let mut sim = Simulation::new(s);
    sim.reset(1, replicate, 0, true);
    sim.play(u32::MAX);
    sim.trace().to_vec()
}

fn ordered(story: &[Event]) -> Vec<ActionKind> {
    let order = |e: &Event| match e.kind {
        EventKind::Ordered { action, .. } => Some(action),
        _ => None,
    };
    story.iter().filter_map(order).collect()
}

/// Orders against an intruder.
const FIGHTS: [ActionKind; 11] = [
    ActionKind::IsolateAsset,
    ActionKind::IsolateHosts,
    ActionKind::IsolateSegment,
    ActionKind::IsolateOrganisation,
    ActionKind::LeaveNationalNetwork,
    ActionKind::DisconnectSupplier,
    ActionKind::DisableRemoteAccess,
    ActionKind::SwitchEverythingOff,
    ActionKind::BlockIndicators,
    ActionKind::HuntAndEvict,
    ActionKind::ResetCredentials,
];

#[test]
fn nobody_fights_an_intruder_when_an_update_is_to_blame() {
    for playbook in ["usual", "isolate-early", "off-for-hours", "coordinated"] {
        for text in [sized("bad-update", 300_000), cut("national-update"), cut("national-network")] {
            let s = followed(&text, "as-things-stand", &[playbook]);
            for replicate in 0..3 {
                let story = story(&s, replicate);
                let orders = ordered(&story);
                let fought: Vec<_> = orders.iter().filter(|a| FIGHTS.contains(a)).collect();
                assert!(fought.is_empty(), "{playbook}: {fought:?}");
                assert!(!story.iter().any(|e| matches!(e.kind, EventKind::AssetCut { .. })), "{playbook}");
                assert!(!story.iter().any(|e| matches!(e.kind, EventKind::AlertRead { .. })), "{playbook}");
            }
        }
        let s = followed(&sized("bad-update", 300_000), "as-things-stand", &[playbook]);
        let orders = ordered(&story(&s, 0));
        assert!(orders.contains(&ActionKind::RestoreFromBackup), "{playbook}");
        assert!(orders.contains(&ActionKind::PaperWorking), "{playbook}");
    }
}

/// A bundled scenario under one playbook of these rules.
fn ruled(text: &str, rules: &str) -> String {
    let from = text.find("strategies: [").expect("strategies");
    let to = from + text[from..].find("baseline:").expect("a baseline");
    let rest = text[to..].replaced("as-things-stand", "own");
    let own = "[Own(id: \"own\", name: \"Own\", playbook: \"own\")]";
    let book =
        format!("playbooks: [(id: \"own\", summary: \"\", rules: [{rules}])], strategies: {own},\n    ");
    format!("{}{book}{rest}", &text[..from])
}

#[test]
fn a_rule_that_can_never_do_what_it_says_is_refused_with_its_place() {
    let text = sized("bad-update", 60_000);
    let act = "act: [(do: PaperWorking)]";
    for (rule, expected) in [
        ("(when: Impact, act: [])".to_owned(), "needs an order"),
        (format!("(when: Impact, if: [Attacked], unless: [Attacked], {act})"), "must not hold"),
        (format!("(when: Impact, if: [NoneDown, KindDown(Identity)], {act})"), "nothing is down"),
        (format!("(when: Impact, if: [NoneDown, HostsDown(\"5%\")], {act})"), "nothing is down"),
        (format!("(when: Impact, if: [HostsDown(\"0%\")], {act})"), "always holds"),
        (format!("(when: Impact, unless: [Reported(0)], {act})"), "always holds"),
        (format!("(when: Impact, if: [CareCutOff(0)], {act})"), "always holds"),
        (format!("(when: Impact, if: [CareBelow(0)], {act})"), "never holds"),
        (format!("(when: Impact, again: \"6h\", {act})"), "looks at conditions anew"),
        (format!("(when: Impact, if: [Attacked], again: \"30 min\", {act})"), "at least 1h"),
        (format!("(when: Impact, if: [HostsDown(\"120%\")], {act})"), "between 0"),
        (format!("(when: Impact, if: [Atacked], {act})"), "Atacked"),
    ] {
        let text = ruled(&text, &rule);
        let loaded = load(&text, None);
        let found = diagnostics(&loaded).iter().find(|m| m.what.contains(expected));
        let found = found.unwrap_or_else(|| panic!("{rule}: {:?}", diagnostics(&loaded)));
        let place = text.find(&rule).unwrap()..text.find(&rule).unwrap() + rule.len();
        assert!(place.contains(&found.at.start), "{rule}: {found:?}");
    }
    let sound = format!("(when: Impact, if: [HostsDown(\"5%\")], unless: [Attacked], again: \"1h\", {act})");
    assert!(load(&ruled(&text, &sound), None).is_ok());
}

/// How often the regulator is told under one rule of these conditions, and the least number of minutes after it was suspected.
fn told(text: &str, conditions: &str) -> (usize, u32) {
    let s = scenario(&ruled(text, &format!("(when: Impact, {conditions} act: [(do: InformRegulator)])")));
    let (mut count, mut soonest) = (0, u32::MAX);
    for replicate in 0..24 {
        let story = story(&s, replicate);
        for e in &story {
            let EventKind::Ordered { org, action: ActionKind::InformRegulator } = e.kind else { continue };
            let suspected = |e: &&Event| matches!(e.kind, EventKind::Suspected { org: o, .. } if o == org);
            let at = story.iter().find(suspected).expect("who was struck suspects").at;
            count += 1;
            soonest = soonest.min(e.at - at);
        }
    }
    (count, soonest)
}

#[test]
fn conditions_tell_a_fault_from_an_attack_much_from_little_and_now_from_later() {
    let (update, crew) = (sized("bad-update", 60_000), sized("friday-night", 200_000));
    let (all, at_once) = told(&update, "");
    assert!(all > 10 && at_once == 0);
    assert_eq!(told(&update, "if: [Attacked],").0, 0);
    assert_eq!(told(&update, "unless: [Attacked],").0, all);
    assert_eq!(told(&update, "if: [IntruderKnown],").0, 0);
    assert!(told(&crew, "if: [Attacked],").0 > 0);
    assert_eq!(told(&crew, "unless: [Attacked],").0, 0);
    // Extent: few lose nearly all of their hosts.
    let many = told(&update, "if: [HostsDown(\"95%\")],").0;
    assert!(many < all && told(&update, "if: [HostsDown(\"1%\")],").0 > many, "{many} of {all}");
    assert!(told(&update, "if: [KindDown(Endpoints)],").0 > 0);
    assert_eq!(told(&update, "if: [KindDown(AmbulanceDispatch)],").0, 0);
    // What is not so yet is looked at again, and only when the rule says so; few are whole again before they notice.
    let at_once = told(&update, "if: [NoneDown],").0;
    let (back, _) = told(&update, "if: [NoneDown], again: \"2h\",");
    assert!(at_once * 10 < back, "{at_once} at once, {back} in all");
    let (quiet, soonest) = told(&update, "if: [QuietFor(\"10h\")], again: \"1h\",");
    assert!(quiet > 0 && soonest >= 600, "{quiet} {soonest}");
    // Nobody reports an attack where there is none.
    assert_eq!(told(&update, "if: [Reported(1)], again: \"6h\",").0, 0);
    let (any, one) = (told(&crew, "").0, told(&crew, "if: [Reported(1)], again: \"1h\",").0);
    assert!(one > 0 && one <= any, "{one} of {any}");
    assert_eq!(told(&crew, "if: [Reported(9)], again: \"1h\",").0, 0);
}

#[test]
fn what_was_put_off_for_want_of_capacity_is_resumed_when_it_is_back() {
    let rules = "(when: Impact, who: [AcuteTrust], act: [(do: PostponePlannedCare), (do: DivertEmergencies)]), \
         (when: Impact, if: [CareRearranged], unless: [CareBelow(\"90%\")], after: \"2h\", again: \"2h\", act: [(do: ResumeUsualCare)])";
    let s = scenario(&ruled(&sized("bad-update", 200_000), rules));
    let mut sim = Simulation::new(&s);
    let (mut resumed, mut rearranged) = (0, 0);
    for replicate in 0..24 {
        sim.reset(1, replicate, 0, true);
        sim.play(u32::MAX);
        for e in sim.trace() {
            match e.kind {
                EventKind::Done { org, action: ActionKind::ResumeUsualCare } => {
                    resumed += 1;
                    assert!(!sim.incident(org).rearranged(), "nothing rearranges it after that");
                }
                EventKind::Done { action: ActionKind::PostponePlannedCare, .. } => rearranged += 1,
                _ => {}
            }
        }
    }
    assert!(resumed > 0 && resumed <= rearranged, "{resumed} of {rearranged}");
}

#[test]
fn only_what_is_clean_comes_back_while_an_intruder_is_inside() {
    let rules = "(when: Suspected, act: [(do: IsolateAsset, to: All)]), \
         (when: Suspected, after: \"3h\", act: [(do: AssureAndReconnect, to: Clean)])";
    let s = scenario(&ruled(&sized("friday-night", 200_000), rules));
    let mut sim = Simulation::new(&s);
    let (mut back, mut kept) = (0, 0);
    for replicate in 0..10 {
        sim.reset(1, replicate, 0, true);
        sim.play(u32::MAX);
        let cut = |e: &&Event| matches!(e.kind, EventKind::AssetCut { .. });
        let assured = sim
            .trace()
            .iter()
            .filter(|e| matches!(e.kind, EventKind::Done { action: ActionKind::AssureAndReconnect, .. }));
        let (cuts, assured) = (sim.trace().iter().filter(cut).count(), assured.count());
        back += usize::from(cuts > 0 && assured > 0);
        for a in (0..s.estate.assets.len() as u32).map(resus_engine::estate::AssetId) {
            let state = sim.asset(a);
            kept += usize::from(state.isolated && state.held + state.lost > 0);
        }
    }
    // Nobody hunts by these rules before stock is taken, so some of what is held stays off for a time; the rest is back.
    assert!(back > 0, "{back} {kept}");
}

/// The table of `docs/decisions/0007-playbooks.md`: `cargo test -p resus-tests --test main playbooks::harm -- --ignored --nocapture`.
#[test]
#[ignore = "a table to read, of a minute"]
fn harm_by_scenario_and_playbook() {
    let playbooks = ["usual", "isolate-early", "off-for-hours", "switch-off", "coordinated"];
    println!("{:22} {:16} {}", "scenario", "levers of", playbooks.map(|p| format!("{p:>14}")).join(""));
    let few = ["national-worm", "national-campaign", "gp-records"];
    let text = |name| resus_engine::scenario::bundled::scenario(name).expect("bundled").1;
    for (name, replicates) in names().map(|n| (n, 40)).chain(few.map(|n| (n, 10))) {
        for prepared in ["as-things-stand", "all-pillars"] {
            let of = records(&followed(text(name), prepared, &playbooks), replicates);
            let mean =
                |k: usize| of[k].iter().filter_map(|r| r.get(Outcome::Harm)).sum::<f64>() / replicates as f64;
            let means = [0, 1, 2, 3, 4].map(|k| format!("{:>14.0}", mean(k))).join("");
            println!("{name:22} {prepared:16} {means}");
        }
    }
}
