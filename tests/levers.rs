//! Levers act where their pillar says so, ways in are a campaign's, and what levers cost, change and meet can be set.

use std::sync::Arc;

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::{Override, Scenario, bundled, load_with};
use resus_engine::sim::Simulation;
use resus_engine::sim::core::trace::EventKind;
use resus_engine::study::idle::{Why, idle_levers};
use resus_engine::study::replicates::{Progress, ReplicationPlan};
use resus_engine::study::tornado::ranged;
use resus_tests::Replaced as _;
use resus_tests::{records, scenario, sized};

/// One hospital, whom a crew tries at a rate, with a control.
fn tried(per_day: &str, multi_factor: f64, more: &str) -> Arc<Scenario> {
    let starter = bundled::STARTER
        .replaced(
            "population: 300000, seed: 1",
            &format!("population: 60000, seed: 1, posture: [(AcuteTrust, (multi_factor: {multi_factor}))]"),
        )
        .replaced("horizon: \"30 days\"", "horizon: \"60 days\"")
        .replaced("Uniform(low: \"0h\", high: \"24h\")", "\"0h\"")
        .replaced("found: true, per_day: 1.5, lasts: \"7 days\"", &format!("per_day: {per_day}{more}"));
    scenario(&starter)
}

/// When each of so many campaigns came in, if it did.
fn entered(s: &Arc<Scenario>, n: u64) -> Vec<Option<u32>> {
    let mut sim = Simulation::new(s);
    let first = |replicate| {
        sim.reset(1, replicate, 0, true);
        for day in 1.. {
            let on = sim.play(day * 1440);
            let entry = sim.trace().iter().find(|e| matches!(e.kind, EventKind::Entered { .. }));
            if let Some(entry) = entry {
                return Some(entry.at);
            }
            if !on {
                break;
            }
        }
        None
    };
    (0..n).map(first).collect()
}

#[test]
fn full_control_lowers_entry_by_the_share_that_it_claims_at_any_pace() {
    let n = 400;
    let share = |s: &Arc<Scenario>| entered(s, n).iter().flatten().count() as f64 / n as f64;
    for per_day in ["1.5", "0.05"] {
        let (open, shut) = (share(&tried(per_day, 0.0, "")), share(&tried(per_day, 1.0, "")));
        let law = 1.0 - (-60.0 * per_day.parse::<f64>().unwrap()).exp();
        // Binomial, 400: four standard errors.
        assert!((open - law).abs() < 4.0 * (0.25 / n as f64).sqrt(), "{per_day}: {open} of {law}");
        // 0.9 × 0.95 of campaigns are kept out for good: less than 21 % of those that came in still do, at 400 draws.
        assert!(shut < 0.21 * open, "{per_day} a day: {open} without, {shut} with the control");
        assert!(shut > 0.0, "no control keeps everybody out");
    }
}

#[test]
fn a_better_control_opens_nothing_that_was_shut() {
    let times: Vec<Vec<Option<u32>>> =
        [0.0, 0.3, 0.6, 0.9, 1.0].iter().map(|c| entered(&tried("0.3", *c, ""), 200)).collect();
    for pair in times.windows(2) {
        for (less, more) in pair[0].iter().zip(&pair[1]) {
            let (less, more) = (less.unwrap_or(u32::MAX), more.unwrap_or(u32::MAX));
            assert!(less <= more, "{less} with the weaker control, {more} with the stronger");
        }
    }
    assert!(times[0].iter().flatten().count() > 2 * times[4].iter().flatten().count());
}

#[test]
fn what_was_found_open_is_open_as_things_stand_and_can_be_shut() {
    let found = |c: f64, levers: &str| {
        let text = tried("6", c, ", found: true, lasts: \"20 days\"");
        let lever = text.own_levers().find(|l| l.text_id() == "multi-factor").unwrap().clone();
        let base = &text.strategies[0];
        let pulled = base.with_levers("x", "x", &[(&lever, levers.parse().unwrap())], &text.estate);
        Arc::new(Scenario { strategies: vec![Arc::new(pulled)], baseline: 0, ..Scenario::clone(&text) })
    };
    let inside = |s: &Arc<Scenario>| entered(s, 200).iter().flatten().count();
    assert_eq!(inside(&found(0.6, "0")), 200, "it is known to be open");
    let after = inside(&found(0.6, "1"));
    // (0.9 × 0.95 × 0.97 − 0.9 × 0.95 × 0.6) / (1 − 0.9 × 0.95 × 0.6) = 0.65 of them are shut: five standard errors are 0.17.
    assert!((35..105).contains(&after), "{after} of 200 still get in");
}

#[test]
fn a_value_that_is_moved_is_the_value_that_is_set() {
    let text = sized("friday-night", 60_000);
    let s = scenario(&text);
    let levers = s.own_levers().count();
    let of = |kind: &str| ranged(&s).iter().filter(|r| r.path.starts_with(kind)).count();
    assert!(of("levers.") > 2 * levers - 3 && of("campaigns.") == 2 && of("threat.") > 30);
    let mut same = vec![];
    for row in ranged(&s).iter().filter(|r| !r.path.starts_with("actions")) {
        if !(row.path.starts_with("levers.") || row.path.starts_with("campaigns.")) {
            continue;
        }
        let (low, _) = row.description.range.unwrap();
        let moved = Arc::new(s.with_value(&row.path, low));
        let set: Override = format!("{}={low}", row.path).parse().unwrap();
        let loaded = Arc::new(load_with(&text, None, &[set]).unwrap_or_else(|e| panic!("{}: {e}", row.path)));
        for (a, b) in moved.strategies.iter().zip(&loaded.strategies) {
            assert_eq!(a.postures, b.postures, "{}", row.path);
            assert_eq!(a.system, b.system, "{}", row.path);
            assert!((a.cost - b.cost).abs() < 1e-6 * b.cost.max(1.0), "{}: {} {}", row.path, a.cost, b.cost);
        }
        let all = |s: &Scenario| -> Vec<_> {
            s.strategies.iter().map(|s| (s.postures.clone(), s.system, s.cost.to_bits())).collect()
        };
        if row.path.starts_with("campaigns.") {
            assert_eq!(records(&moved, 6), records(&loaded, 6), "{}", row.path);
            assert_ne!(records(&moved, 30), records(&s, 30), "{} moves nothing", row.path);
        } else if all(&moved) == all(&s) {
            same.push(row.path.clone());
        }
    }
    // What another lever of the same strategy raises higher moves nothing.
    assert_eq!(same, ["levers.protect-critical.segmentation", "levers.protect-critical.isolated_backups"]);
}

#[test]
fn what_is_wrong_with_a_lever_or_a_way_in_is_said() {
    let text = sized("friday-night", 60_000);
    for (set, what, help) in [
        ("levers.multi-facto.cost=2", "no lever", "did you mean 'multi-factor'?"),
        ("levers.multi-factor.cots=2", "has no 'cots'", "did you mean 'cost'?"),
        ("levers.multi-factor.multi_factor=1.2", "between 0 and 1", ""),
        ("levers.multi-factor.multi_factor=Uncertain(Uniform(low: 0.5, high: 0.9))", "whole study", ""),
        ("campaigns.crew.phishin.per_day=2", "no way in 'phishin'", "did you mean 'phishing'?"),
        ("campaigns.crew.phishing.per_dya=2", "has no 'per_dya'", "did you mean 'per_day'?"),
        ("campaigns.crw.phishing.per_day=2", "no campaign", "did you mean 'crew'?"),
        ("campaigns.crew.phishing.targets=0", "tries nobody", ""),
    ] {
        let loaded = load_with(&text, None, &[set.parse::<Override>().unwrap()]);
        let mistakes = loaded.err().unwrap_or_else(|| panic!("{set} passes")).list;
        assert!(
            mistakes.iter().any(|m| m.what.contains(what) && m.help.as_deref().unwrap_or("").contains(help)),
            "{set}: {mistakes:?}"
        );
    }
}

/// By bundled scenario: levers that can have no effect there, and those that have one only in the rare run in which an intruder moves on.
const IDLE: &[(&str, &[&str], &[&str])] = &[
    // A credential and phishing: no known weakness.
    ("friday-night", &["patching"], &[]),
    // A worm has no crew to watch, no e-mail and no account.
    ("worm", &["national-monitoring", "phishing", "multi-factor"], &[]),
    // The supplier is lost at once; what follows at customers follows seldom.
    (
        "lab-supplier",
        &["patching"],
        &["protect-critical", "national-monitoring", "phishing", "multi-factor", "segmentation"],
    ),
    (
        "care-records",
        &["patching"],
        &["protect-critical", "national-monitoring", "phishing", "multi-factor", "segmentation"],
    ),
    // Nobody attacks, and nothing is encrypted.
    (
        "bad-update",
        &[
            "protect-critical",
            "national-monitoring",
            "shared-indicators",
            "phishing",
            "patching",
            "multi-factor",
            "segmentation",
            "endpoint-detection",
            "isolated-backups",
        ],
        &[],
    ),
];

#[test]
fn every_lever_acts_where_its_pillar_says_so() {
    let mut wrong = vec![];
    for (name, never, seldom) in IDLE {
        let s = scenario(&sized(name, 200_000));
        let plan = ReplicationPlan { replicates: 60, ..ReplicationPlan::default() };
        let idle = idle_levers(&s, plan, &Progress::default()).unwrap();
        assert!(idle.levers.iter().all(|l| l.why == Why::NothingAsks), "{name}: {idle:?}");
        let found: Vec<&str> = idle.levers.iter().map(|l| l.id.as_str()).collect();
        let acts_after_all = never.iter().filter(|l| !found.contains(l));
        let idle_after_all = found.iter().filter(|l| !never.contains(l) && !seldom.contains(l));
        wrong.extend(acts_after_all.map(|l| format!("{name}: {l} acts")));
        wrong.extend(idle_after_all.map(|l| format!("{name}: {l} does nothing")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Nothing acts where nothing happens.
    let quiet = resus_tests::with_campaigns(&sized("friday-night", 60_000), "", "");
    let plan = ReplicationPlan { replicates: 2, ..ReplicationPlan::default() };
    let s = scenario(&quiet);
    assert_eq!(idle_levers(&s, plan, &Progress::default()).unwrap().levers.len(), s.own_levers().count());
}

#[test]
fn endpoint_detection_slows_a_worm_and_assurance_keeps_suppliers_standing() {
    let mean = |name: &str, sets: &[&str], o: Outcome| {
        let sets: Vec<Override> = sets.iter().map(|s| s.parse().unwrap()).collect();
        let s = Arc::new(load_with(&sized(name, 200_000), None, &sets).unwrap());
        let mut sim = Simulation::new(&s);
        (0..60).map(|k| sim.run(1, k, s.baseline).get(o).unwrap_or(0.0)).sum::<f64>() / 60.0
    };
    let all = |control: &str, to: &str| -> Vec<String> {
        [
            "acute_trust",
            "gp_practice",
            "care_home",
            "home_care_provider",
            "pathology_network",
            "mental_health_trust",
        ]
        .iter()
        .map(|k| format!("posture.{k}.{control}={to}"))
        .collect()
    };
    let with = |name: &str, control: &str, to: &str, o: Outcome| {
        let sets = all(control, to);
        mean(name, &sets.iter().map(String::as_str).collect::<Vec<_>>(), o)
    };
    let hosts = |to: &str| with("worm", "endpoint_detection", to, Outcome::HostsEncrypted);
    assert!(hosts("1") < 0.8 * hosts("0"), "{} {}", hosts("1"), hosts("0"));
    let lost = |to: &str| with("care-records", "supplier_assurance", to, Outcome::ContactsNotServed);
    assert!(lost("1") < 0.9 * lost("0"), "{} {}", lost("1"), lost("0"));
    // A factor for restoring alone: what is known is restored sooner.
    let effort = |to: &str| with("worm", "asset_visibility", to, Outcome::CostResponse);
    assert!(effort("1") < effort("0"), "{} {}", effort("1"), effort("0"));
}
