//! Scenarios that nobody wrote: whatever is asked for, accounts balance, runs repeat, and nothing panics.

use proptest::prelude::*;
use resus_engine::catalogue::outcome::Outcome;
use resus_engine::sim::Simulation;
use resus_engine::sim::care::Care;
use resus_engine::sim::ledger::Ledger;
use resus_engine::sim::state::jobs::Jobs;
use resus_engine::study::replicates::{Progress, ReplicationPlan, run};
use resus_tests::{counted, scenario};

const KINDS: [&str; 6] = ["AcuteTrust", "GpPractice", "Pharmacy", "CareHome", "Supplier", "AmbulanceTrust"];
const VIAS: [&str; 7] = [
    "Phishing",
    "ExposedService",
    "StolenCredential",
    "SupplierCompromise",
    "RemovableMedia",
    "Insider",
    "Update",
];
const ACTIONS: [&str; 16] = [
    "IsolateAsset",
    "IsolateSegment",
    "IsolateOrganisation",
    "SwitchEverythingOff",
    "LeaveNationalNetwork",
    "DisconnectSupplier",
    "DisconnectSupplier, to: All",
    "HuntAndEvict",
    "RestoreFromBackup",
    "Rebuild",
    "AssureAndReconnect",
    "AssureAndReconnect, to: Clean",
    "MutualAid",
    "CallNationalTeam",
    "ExtraSessions",
    "ResumeUsualCare",
];
const CONDITIONS: [&str; 12] = [
    "",
    "if: [Attacked],",
    "unless: [Attacked],",
    "if: [IntruderKnown],",
    "if: [HostsDown(\"5%\")], again: \"3h\",",
    "if: [KindDown(Servers)],",
    "if: [CareBelow(\"90%\")], again: \"6h\",",
    "unless: [CareRearranged, CareBelow(\"90%\")], again: \"1h\",",
    "if: [CareCutOff(\"80%\")],",
    "if: [Reported(2)], again: \"6h\",",
    "if: [QuietFor(\"5h\"), AssetsKnown(\"50%\")], again: \"5h\",",
    "unless: [SupplierAttacked],",
];
const TRIGGERS: [&str; 9] = [
    "Suspected",
    "Declared",
    "Impact",
    "SupplierLost",
    "SupplierBack",
    "Alert",
    "Contained",
    "Evicted",
    "Recovered",
];

fn kind() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&KINDS[..])
}

fn spread() -> impl Strategy<Value = String> {
    prop_oneof![
        (1..5u32).prop_map(|crew| format!("Operator(crew: {crew})")),
        proptest::option::of(1..40u32).prop_map(|k| k.map_or("Worm()".into(), |h| format!("Worm(kill_switch: \"{h}h\")"))),
        (0.0..1.0f64).prop_map(|c| format!("Supplier(supplier: \"synolab\", carries_on: {c})")),
        (kind(), 0.0..1.0f64, 0.0..1.0f64, 1..100u32).prop_map(|(k, o, s, m)| format!(
            "Outage(at: Kind({k}), assets: [Endpoints, Servers], organisations: {o}, share: {s}, roll_out: \"3h\", mends: Exponential(mean: \"{m}h\"))"
        )),
        (kind(), 0.0..1.0f64, 1..200u32).prop_map(|(k, i, l)| format!(
            "Flood(at: Kind({k}), assets: [Servers, Telephony, Endpoints], intensity: {i}, lasts: Uniform(low: \"1h\", high: \"{}h\"))",
            l + 1
        )),
    ]
}

fn campaign(n: usize) -> impl Strategy<Value = String> {
    let entry = (proptest::sample::select(&VIAS[..]), kind(), 0.0..20.0f64, 1..6u32).prop_map(
        |(via, at, rate, most)| format!("(via: {via}, at: Kind({at}), per_day: {rate}, most: {most})"),
    );
    (spread(), proptest::collection::vec(entry, 1..3), 0..200u32, proptest::sample::select(&["Encrypt", "Wipe", "Disrupt", "Encrypt, StealRecords"][..]))
        .prop_map(move |(spread, entries, begins, payload)| {
            format!("(id: \"c{n}\", begins: \"{begins}h\", entries: [{}], spread: {spread}, payloads: [{payload}])", entries.join(", "))
        })
}

fn playbook() -> impl Strategy<Value = String> {
    let rule = (
        proptest::sample::select(&TRIGGERS[..]),
        proptest::sample::select(&CONDITIONS[..]),
        proptest::collection::vec(proptest::sample::select(&ACTIONS[..]), 1..5),
        0..40u32,
    )
        .prop_map(|(when, conditions, acts, after)| {
            let acts: Vec<String> = acts.iter().map(|a| format!("(do: {a})")).collect();
            format!("(when: {when}, {conditions} after: \"{after}h\", act: [{}])", acts.join(", "))
        });
    proptest::collection::vec(rule, 0..10).prop_map(|rules| rules.join(", "))
}

pub(crate) fn file() -> impl Strategy<Value = String> {
    let campaigns = (campaign(0), campaign(1)).prop_map(|(a, b)| format!("{a}, {b}"));
    let priority =
        proptest::sample::select(&["FirstCome", "HarmFirst", "QuickWins", "PrerequisitesFirst"][..]);
    let clock =
        (0..24u32, 0..60u32, 1..29u32, proptest::sample::select(&[1u32, 5, 15, 30, 60][..]), 2..40u32);
    (50_000..150_000u32, any::<u32>(), campaigns, playbook(), priority, clock, 0.0..1.0f64).prop_map(
        |(population, seed, campaigns, rules, priority, (hour, minute, day, step, days), uptake)| {
            format!(
                "(format: 1, title: \"Generated\", starts: \"2026-12-{day:02}T{hour:02}:{minute:02}\", bank_holidays: [\"2026-12-25\"], \
                 horizon: \"{days} days\", step: \"{step} min\", estate: Generate(population: {population}, seed: {seed}), \
                 campaigns: [{campaigns}], playbooks: [(id: \"own\", summary: \"\", rules: [{rules}])], \
                 strategies: [Own(id: \"own\", name: \"Own\", playbook: \"own\", priority: {priority}, levers: [(\"patching\", {uptake}), (\"isolated-backups\", {uptake})]), \
                 Standard(\"switch-off\"), Standard(\"all-pillars\")], baseline: \"own\")"
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn accounts_balance_and_runs_repeat(text in file()) {
        let s = scenario(&text);
        let mut sim = Simulation::new(&s);
        for strategy in 0..s.strategies.len() {
            sim.reset(11, 0, strategy, false);
            let mut until = 0;
            while sim.play(until) {
                until += 1440;
                for (state, asset) in counted(&sim, &s) {
                    prop_assert_eq!(state.hosts(), asset.hosts);
                    prop_assert!((0.0..=1.0).contains(&state.health));
                }
                for job in &sim.world().resource::<Jobs>().work {
                    prop_assert!(job.done <= job.effort + 1e-9);
                }
                prop_assert!(sim.world().resource::<Ledger>().imbalance < 1e-6);
            }
            let stepped = sim.record();
            let (left, arrived) = sim.ledger().spilled();
            let coming = sim.world().resource::<Care>().on_the_way();
            // Where hours end within a step, the last of them is accounted for on one side only.
            prop_assert!(left + 1e-6 >= arrived, "{arrived} arrive of {left}");
            prop_assert!(left - arrived - coming < 1e-6 + 0.2 * left, "{left} left, {arrived} arrived, {coming} on their way");
            prop_assert_eq!(stepped, sim.run(11, 0, strategy), "a run in pieces is the run");
            prop_assert_eq!(stepped, Simulation::new(&s).run(11, 0, strategy), "a reset world is a new world");
            for o in Outcome::ALL {
                let value = stepped.get(*o);
                prop_assert!(value.is_none_or(|v| v.is_finite() && (v >= -1e-6 || *o == Outcome::CostActivity || *o == Outcome::CostTotal)), "{}: {:?}", o.id(), value);
            }
            let parts = [Outcome::ContactsDiverted, Outcome::ContactsDeferred, Outcome::ContactsLost].iter().map(|o| stepped.get(*o).unwrap()).sum::<f64>();
            prop_assert!((parts - stepped.get(Outcome::ContactsNotServed).unwrap()).abs() < 1e-6 * parts.max(1.0));
        }
        let study = |threads| run(&s, &[0, 1], ReplicationPlan { seed: 3, first: 0, replicates: 3, threads, detail: true }, &Progress::default()).unwrap();
        prop_assert_eq!(study(1), study(2));
    }
}
