//! Every parameter matters: a change of it changes an outcome somewhere, and an override to zero is an override.

use resus_engine::catalogue::action::ActionKind;
use resus_engine::parameters::ParametersSpec;
use resus_engine::scenario::load;
use resus_engine::sim::core::record::Record;
use resus_tests::Replaced as _;
use resus_tests::{names, records, scenario, sized};

const REPLICATES: u64 = 8;
/// Of the small estate that uses everything, in which what happens seldom must happen at all.
const OF_EVERYTHING: u64 = 64;

/// What `everything.ron` sets itself.
const SET: &str =
    "parameters: (money: (ransom_paid: 0.5), threat: (dwell: \"9 days\"), recovery: (decryptor_chance: 0.5))";

fn everything() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/everything.ron")).unwrap()
}

/// Scenarios that between them use all of the model, with what becomes of them.
struct Battery(Vec<(String, u64, Vec<Vec<Record>>)>);

impl Battery {
    fn new() -> Self {
        let endless = sized("worm", 100_000)
            .replaced("Worm(kill_switch: LogNormal(median: \"6h\", p90: \"14h\"))", "Worm()");
        // Somebody who comes by e-mail alone.
        let phished = sized("friday-night", 100_000).replaced(
            "via: StolenCredential, at: Kind(AcuteTrust), targets: 1, found: true",
            "via: Phishing, at: Kind(AcuteTrust), targets: 1",
        );
        let texts = [endless, phished].into_iter().chain(names().map(|n| sized(n, 100_000)));
        let texts = texts.map(|t| (t, REPLICATES));
        let all = std::iter::once((everything(), OF_EVERYTHING)).chain(texts);
        Self(all.map(|(t, n)| (t.clone(), n, records(&scenario(&t), n))).collect())
    }
    /// Whether `change` of a scenario's text changes an outcome of one of them.
    fn matters(&self, change: impl Fn(&str) -> Option<String>) -> bool {
        self.0.iter().any(|(text, n, before)| {
            change(text).is_some_and(|text| records(&scenario(&text), *n) != *before)
        })
    }
}

fn with_parameters(text: &str, parameters: &str) -> String {
    if text.contains(SET) {
        let mut groups = [
            ("money", "ransom_paid: 0.5".to_owned()),
            ("threat", "dwell: \"9 days\"".to_owned()),
            ("recovery", "decryptor_chance: 0.5".to_owned()),
        ];
        let mut rest = format!(", {parameters}");
        for (group, fields) in &mut groups {
            if let Some(more) = parameters.strip_prefix(&format!("{group}: (")) {
                let more = more.strip_suffix(')').unwrap();
                let same = more.split(':').next() == fields.split(':').next();
                *fields = if same { more.to_owned() } else { format!("{fields}, {more}") };
                rest.clear();
            }
        }
        let merged = groups.map(|(group, fields)| format!("{group}: ({fields})")).join(", ");
        return text.replace(SET, &format!("parameters: ({merged}{rest})"));
    }
    assert!(text.contains("    strategies: ["), "there is a place for parameters");
    text.replacen("    strategies: [", &format!("    parameters: ({parameters}),\n    strategies: ["), 1)
}

#[test]
fn every_parameter_changes_an_outcome_and_zero_is_an_override() {
    let battery = Battery::new();
    let sound = |path: &str, value: &str| {
        let (group, field) = path.split_once('.').unwrap();
        let parameters = format!("{group}: ({field}: {value})");
        load(&with_parameters(&battery.0[0].0, &parameters), None).is_ok().then_some(parameters)
    };
    let mut idle = vec![];
    let mut tried = 0;
    for path in ParametersSpec::default().missing().iter().filter(|p| !p.starts_with("actions")) {
        let zero = ["0", "\"0h\"", "\"£0\""].iter().find_map(|v| sound(path, v));
        let other = |values: [&str; 3]| values.iter().find_map(|v| sound(path, v));
        let (low, high) = (other(["0.17", "\"£77\"", "\"7h\""]), other(["0.83", "\"£7k\"", "\"300h\""]));
        for (what, values) in [("zero", vec![zero]), ("another value", vec![low, high])] {
            let values: Vec<String> =
                values.into_iter().map(|v| v.unwrap_or_else(|| panic!("{path} takes no {what}"))).collect();
            tried += 1;
            if !values.iter().any(|v| battery.matches(v)) {
                idle.push(format!("{path} to {what}"));
            }
        }
    }
    assert!(tried > 100);
    assert!(idle.is_empty(), "these change nothing: {idle:#?}");
}

impl Battery {
    fn matches(&self, parameters: &str) -> bool {
        self.matters(|text| Some(with_parameters(text, parameters)))
    }
}

#[test]
fn the_cost_of_every_action_changes_an_outcome() {
    let battery = Battery::new();
    let mut idle = vec![];
    for action in ActionKind::ALL.iter().map(|a| a.name()) {
        for (what, cost) in [
            ("effort", "effort: 300, shortest: \"1h\""),
            ("shortest", "effort: 8, shortest: \"5 days\""),
            ("per_host", "effort: 8, per_host: 3, shortest: \"1h\""),
        ] {
            if !battery.matches(&format!("actions: [(action: {action}, {cost})]")) {
                idle.push(format!("{action}: {what}"));
            }
        }
    }
    assert!(idle.is_empty(), "these change nothing: {idle:#?}");
}

#[test]
fn every_control_changes_an_outcome() {
    let battery = Battery::new();
    let kinds = [
        "AcuteTrust",
        "GpPractice",
        "Pharmacy",
        "Supplier",
        "CareHome",
        "MentalHealthTrust",
        "PathologyNetwork",
    ];
    let mut idle = vec![];
    for field in [
        "patching",
        "unsupported",
        "multi_factor",
        "endpoint_detection",
        "segmentation",
        "isolated_backups",
        "tested_restores",
        "monitoring_hours",
        "phishing_resistance",
        "phishing_reporting",
        "exercised_plans",
        "leadership",
        "continuity",
        "supplier_assurance",
        "asset_visibility",
        "secure_design",
        "responders",
    ] {
        for value in ["0", "1"] {
            let posture: Vec<String> = kinds.iter().map(|k| format!("({k}, ({field}: {value}))")).collect();
            let generated = |text: &str| {
                let changed =
                    text.replace("seed: 7)", &format!("seed: 7, posture: [{}])", posture.join(", ")));
                (changed != text).then_some(changed)
            };
            if !battery.matters(generated) {
                idle.push(format!("{field} to {value}"));
            }
        }
    }
    assert!(idle.is_empty(), "these change nothing: {idle:#?}");
}

#[test]
fn every_bundled_lever_changes_an_outcome_besides_its_cost() {
    use resus_engine::catalogue::outcome::Outcome;
    let book =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/strategies/default.ron"))
            .unwrap();
    let from = book.find("levers: [").unwrap();
    let to = book.find("playbooks: [").unwrap();
    let levers: Vec<&str> =
        book[from..to].split("(id: \"").skip(1).map(|l| l.split('"').next().unwrap()).collect();
    assert!(levers.len() >= 14);
    for lever in levers {
        let differs = names().any(|name| {
            let own = |levers: &str| {
                format!("Own(id: \"mine\", name: \"Mine\", levers: [{levers}], playbook: \"coordinated\")")
            };
            let text = sized(name, 100_000);
            let from = text.find("    strategies: [").unwrap();
            let with = |levers: &str| {
                let text = format!(
                    "{}    strategies: [{}],\n    baseline: \"mine\",\n)",
                    &text[..from],
                    own(levers)
                );
                records(&scenario(&text), 12)
            };
            let harm = |records: Vec<Vec<Record>>| {
                records[0]
                    .iter()
                    .map(|r| {
                        [Outcome::Harm, Outcome::HoursToDetect, Outcome::HostsEncrypted]
                            .map(|o| r.get(o).map(f64::to_bits))
                    })
                    .collect::<Vec<_>>()
            };
            harm(with("")) != harm(with(&format!("(\"{lever}\", 1.0)")))
        });
        assert!(differs, "{lever} changes nothing but its cost");
    }
}

/// Fields of the format beside the parameters: a place in `everything.ron` and what is written there instead.
const FIELDS: &[(&str, &str, &str)] = &[
    ("starts", "2026-12-23T05:30", "2026-12-23T15:30"),
    ("bank_holidays", "[\"2026-12-25\"]", "[]"),
    ("horizon", "\"30 days\"", "\"20 days\""),
    ("step", "step: \"15 min\"", "step: \"60 min\""),
    ("organisation.size", "size: 500", "size: 600"),
    ("organisation.place", "place: (53.3, -1.2)", "place: (55.3, -1.2)"),
    ("organisation.posture", "multi_factor: 0.3", "multi_factor: 0"),
    (
        "organisation.suppliers",
        "place: (53.3, -1.2), suppliers: [(Laboratory, \"labs\")]",
        "place: (53.3, -1.2)",
    ),
    ("asset.hosts", "hosts: 20, hosts_per_size: 0.2", "hosts: 40, hosts_per_size: 0.2"),
    ("asset.hosts_per_size", "hosts_per_size: 6", "hosts_per_size: 3"),
    (
        "asset.segment",
        "hosts: 20, hosts_per_size: 0.2, segment: Data",
        "hosts: 20, hosts_per_size: 0.2, segment: Dmz",
    ),
    ("asset.stops_at", "stops_at: 0.6", "stops_at: 0.1"),
    ("asset.needs", "needs: [(Identity, 0.6)]", "needs: []"),
    (
        "asset.restore_fixed",
        "restore_fixed: 40, restore_per_host: 2",
        "restore_fixed: 400, restore_per_host: 2",
    ),
    ("asset.restore_per_host", "restore_per_host: 0.2", "restore_per_host: 1.2"),
    ("asset.records_per_size", "records_per_size: 400", "records_per_size: 0"),
    ("service.daily_per_size", "daily_per_size: 0.5", "daily_per_size: 0.6"),
    (
        "service.profile",
        "daily_per_size: 0.5, profile: \"emergency\"",
        "daily_per_size: 0.5, profile: \"flat\"",
    ),
    ("service.headroom", "headroom: 0.2, deferrable: 0.6", "headroom: 0, deferrable: 0.6"),
    ("service.handling", "handling: \"10 min\"", "handling: \"20 min\""),
    ("service.patience", "patience: \"10 min\"", "patience: \"1 min\""),
    ("service.deferrable", "deferrable: 0.6, divertible: 0.3", "deferrable: 0, divertible: 0.3"),
    ("service.divertible", "deferrable: 0.1, divertible: 0.5", "deferrable: 0.1, divertible: 0"),
    ("service.harm", "harm: 1,", "harm: 2,"),
    ("service.harm", "harm: 0.05, value: 150", "value: 150"),
    ("asset.holds", "records_per_size: 400", "records_per_size: 400, holds: [(Safeguarding, 1)]"),
    (
        "dependency.on",
        "(on: Service(Pathology), loss: 0.3), (on: Asset(MedicalDevices)",
        "(on: Services(Dispensing), loss: 0.3), (on: Asset(MedicalDevices)",
    ),
    ("service.value", "value: 300", "value: 0"),
    ("dependency.loss", "(on: Service(Pathology), loss: 0.3)", "(on: Service(Pathology), loss: 0)"),
    ("dependency.workaround", "loss: 0.4, workaround: 0.6", "loss: 0.4, workaround: 0"),
    ("dependency.onset", "onset: \"2h\"", "onset: \"20h\""),
    ("dependency.learns", "tires: \"5 days\"", "learns: \"20 days\", tires: \"5 days\""),
    ("dependency.hard", "loss: 0.4, workaround: 0.6", "loss: 0.4, hard: true, workaround: 0.6"),
    ("dependency.tires", "tires: \"5 days\"", "tires: \"1h\""),
    ("connection.pass", "kind: Vpn, pass: 0.5", "kind: Vpn, pass: 0"),
    ("connection.kind", "kind: Vpn, pass: 0.5", "kind: Mail, pass: 0.5"),
    ("campaign.begins", "begins: Uniform(low: \"0h\", high: \"24h\")", "begins: \"0h\""),
    ("entry.via", "via: Insider", "via: Phishing"),
    ("entry.at", "at: Organisation(\"north\")", "at: Organisation(\"south\")"),
    ("entry.per_day", "per_day: 4", "per_day: 0"),
    ("entry.most", "most: 2), (via: Update", "most: 1), (via: Update"),
    ("entry.lasts", "per_day: 1.5, most: 1", "per_day: 1.5, most: 1, lasts: \"1h\""),
    ("entry.attempts", "per_day: 1.5, most: 1", "per_day: 1.5, most: 1, attempts: 1"),
    ("entry.targets", "per_day: 1.5, most: 1", "per_day: 1.5, most: 1, targets: 1"),
    ("entry.found", "per_day: 4, most: 1", "per_day: 4, most: 1, found: true"),
    ("operator.crew", "crew: 8", "crew: 1"),
    ("operator.sleeps", "crew: 8", "crew: 8, sleeps: \"5 days\""),
    ("worm.kill_switch", "kill_switch: LogNormal(median: \"6h\", p90: \"14h\")", "kill_switch: \"1h\""),
    (
        "worm.takes",
        "kill_switch: LogNormal(median: \"6h\", p90: \"14h\")",
        "takes: [Identity], kill_switch: LogNormal(median: \"6h\", p90: \"14h\")",
    ),
    ("supplier.supplier", "carries_on: \"30%\"", "carries_on: 1"),
    ("outage.at", "Outage(at: Any", "Outage(at: Kind(GpPractice)"),
    ("outage.assets", "assets: [Endpoints]", "assets: [Servers]"),
    ("outage.organisations", "organisations: \"70%\"", "organisations: 0"),
    ("outage.share", "share: Beta(mean: 0.6, sd: 0.2)", "share: 0.1"),
    ("outage.roll_out", "roll_out: \"2h\"", "roll_out: \"20h\""),
    ("outage.mends", ", mends: LogNormal(median: \"30h\", p90: \"4 days\")", ""),
    ("flood.at", "Flood(at: Kind(AcuteTrust)", "Flood(at: Organisation(\"north\")"),
    ("flood.assets", "assets: [Servers], intensity", "assets: [Endpoints], intensity"),
    ("flood.intensity", "intensity: 0.8", "intensity: 0.3"),
    ("flood.lasts", "lasts: LogNormal(median: \"10h\", p90: \"30h\")", "lasts: \"1h\""),
    ("payload", "payloads: [Encrypt, StealRecords]", "payloads: [StealRecords]"),
    ("payload wipe", "payloads: [Wipe]", "payloads: []"),
    ("lever.changes", "Raise(MultiFactor, 0.9)", "Raise(MultiFactor, 0.99), Hire(9)"),
    ("lever.first", "first: [AcuteTrust, GpPractice]", "first: [GpPractice]"),
    ("lever.set_up_per_staff", "set_up_per_staff: 10", "set_up_per_staff: 0"),
    ("lever.yearly_per_staff", "yearly_per_staff: 5", "yearly_per_staff: 0"),
    ("lever.fixed", "fixed: \"£10k\"", "fixed: 0"),
    ("lever.fixed_yearly", "fixed: \"£10k\"", "fixed: \"£10k\", fixed_yearly: \"£1m\""),
    ("lever.set_up_per_host", "set_up_per_staff: 10", "set_up_per_staff: 10, set_up_per_host: 9"),
    ("lever.yearly_per_host", "set_up_per_staff: 10", "set_up_per_staff: 10, yearly_per_host: 9"),
    (
        "lever.set_up_per_organisation",
        "set_up_per_staff: 10",
        "set_up_per_staff: 10, set_up_per_organisation: 900",
    ),
    (
        "lever.yearly_per_organisation",
        "set_up_per_staff: 10",
        "set_up_per_staff: 10, yearly_per_organisation: 900",
    ),
    ("lever.cost", "set_up_per_staff: 10", "set_up_per_staff: 10, cost: 2"),
    ("strategy.levers", "(\"own-lever\", 0.6)", "(\"own-lever\", 0)"),
    ("strategy.playbook", "0.6)], playbook: \"all-actions\"", "0.6)], playbook: \"usual\""),
    ("strategy.priority", ", priority: QuickWins", ", priority: HarmFirst"),
    ("strategy.priority", ", priority: QuickWins", ""),
    ("strategy.priority", ", priority: QuickWins", ", priority: PrerequisitesFirst"),
    ("rule.when", "(when: SupplierLost,", "(when: Recovered,"),
    ("rule.when", "(when: SupplierLost,", "(when: At(\"7 days\"),"),
    ("rule.if", "(when: Impact, if: [OutOfHours]", "(when: Impact"),
    ("rule.if", "if: [OutOfHours]", "if: [NoneDown]"),
    ("rule.if", "if: [OutOfHours]", "if: [Attacked]"),
    ("rule.if", "if: [OutOfHours]", "if: [NationalIncident]"),
    ("rule.if", "if: [OutOfHours]", "if: [OwnResponders]"),
    ("rule.if", "if: [OutOfHours]", "if: [BackupIntact]"),
    ("rule.if", "if: [OutOfHours]", "if: [NotEvicted]"),
    ("rule.who", "who: [GpPractice], act", "who: [Pharmacy], act"),
    ("rule.after", "after: \"3 days\"", "after: \"1 days\""),
    ("rule.followed", "followed: 0.8", "followed: 0"),
    ("rule.act.to", "to: Kind(Endpoints)", "to: Kind(Servers)"),
];

#[test]
fn every_field_of_a_generated_estate_changes_an_outcome() {
    let supplier = |more: &str| {
        format!(
            "suppliers: [(id: \"new\", name: \"New\", platform: CareRecord, customers: [(CareHome, 0.9)], pass: 0.5, hosts: 90{more}, source: \"x\")], seed: 7"
        )
    };
    let lost = "spread: Supplier(supplier: \"carewright\"";
    let mut idle = vec![];
    for (field, name, from, to, changes) in [
        ("joined", "worm", "seed: 7", "joined: [(GpPractice, Routed, 1.0)], seed: 7".to_owned(), vec![]),
        ("without", "care-records", "seed: 7", "without: [\"everleaf\"], seed: 7".to_owned(), vec![]),
        ("suppliers", "care-records", "seed: 7", supplier(""), vec![]),
        (
            "supplier.instances",
            "care-records",
            "seed: 7",
            supplier(", instances: true"),
            vec![(lost, "spread: Supplier(supplier: \"new\"")],
        ),
        ("seed", "worm", "seed: 7", "seed: 8".to_owned(), vec![]),
    ] {
        let text = changes.iter().fold(sized(name, 150_000), |t, (from, to)| t.replaced(from, to));
        let plain = if changes.is_empty() { text.clone() } else { text.replaced(from, &supplier("")) };
        let changed = records(&scenario(&text.replaced(from, &to)), 12);
        if changed == records(&scenario(&plain), 12) {
            idle.push(field);
        }
    }
    assert!(idle.is_empty(), "these change nothing: {idle:#?}");
}

#[test]
fn every_field_of_the_format_changes_an_outcome() {
    let text = everything();
    let before = records(&scenario(&text), 12);
    let mut idle = vec![];
    for (field, from, to) in FIELDS {
        if records(&scenario(&text.replaced(from, to)), 12) == before {
            idle.push(*field);
        }
    }
    assert!(idle.is_empty(), "these change nothing: {idle:#?}");
}
