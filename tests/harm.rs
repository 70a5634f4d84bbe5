//! Harm: what the index counts, by which weights, and that it orders what everybody in the field would order the same way.

use std::sync::Arc;

use resus_engine::catalogue::kinds::{AssetKind, OrgKind, RecordKind, ServiceKind};
use resus_engine::catalogue::outcome::Outcome;
use resus_engine::estate::overview::Overview;
use resus_engine::estate::{Estate, Need, OrgId};
use resus_engine::random::Resolver;
use resus_engine::scenario::{Override, Scenario, bundled, load_with};
use resus_engine::sim::core::record::Record;
use resus_engine::streams::Streams;
use resus_engine::study::criticality::{
    CLASSES, CriticalityOptions, FirstSight, Target, at_first_sight, criticality,
};
use resus_engine::study::replicates::Progress;
use resus_tests::Replaced as _;
use resus_tests::{records, scenario, sized, with_campaigns};

fn with(text: &str, sets: &[&str]) -> Arc<Scenario> {
    let sets: Vec<Override> = sets.iter().map(|s| s.parse().unwrap()).collect();
    Arc::new(load_with(text, None, &sets).unwrap_or_else(|e| panic!("{e}")))
}

fn value(r: &Record, o: Outcome) -> f64 {
    r.get(o).unwrap_or_else(|| panic!("{} has a value", o.id()))
}

/// A crew that takes records, and encrypts or not.
fn theft(payloads: &str) -> String {
    sized("friday-night", 150_000)
        .replaced("payloads: [Encrypt, StealRecords]", &format!("payloads: [{payloads}]"))
}

#[test]
fn a_theft_without_encryption_is_harm() {
    let (both, alone) = (
        records(&scenario(&theft("Encrypt, StealRecords")), 30),
        records(&scenario(&theft("StealRecords")), 30),
    );
    let (mut stolen, mut saved) = (0, 0);
    for alone in &alone {
        for (r, loud) in alone.iter().zip(&both[0]) {
            let sum = value(r, Outcome::HarmCare) + value(r, Outcome::HarmRecords);
            assert!((value(r, Outcome::Harm) - sum).abs() < 1e-9 * sum.max(1.0));
            assert_eq!(value(r, Outcome::HarmRecords) > 0.0, value(r, Outcome::RecordsExposed) > 0.0);
            assert!(value(r, Outcome::HostsEncrypted) <= 0.0);
            if value(r, Outcome::RecordsExposed) > 0.0 {
                stolen += 1;
                // Whoever saves every host and loses the records has not averted all of the harm.
                saved += u32::from(value(loud, Outcome::Harm) > value(r, Outcome::Harm));
                assert!(value(r, Outcome::Harm) > 0.0);
            }
        }
    }
    assert!(
        stolen > 20 && saved > 10,
        "{stolen} thefts, {saved} with less harm than where hosts were encrypted"
    );
}

#[test]
fn what_records_weigh_is_for_a_board_to_set() {
    let text = theft("Encrypt, StealRecords");
    let sum = |sets: &[&str], o: Outcome| -> f64 {
        records(&with(&text, sets), 20)[0].iter().map(|r| value(r, o)).sum()
    };
    let usual = sum(&[], Outcome::HarmRecords);
    assert!(usual > 0.0);
    assert!(sum(&["harm.records=0"], Outcome::HarmRecords) <= 0.0);
    assert!((sum(&["harm.records=3"], Outcome::HarmRecords) - 3.0 * usual).abs() < 1e-9 * usual);
    let care = sum(&[], Outcome::HarmCare);
    assert!(
        (sum(&["harm.records=0"], Outcome::Harm) - care).abs() < 1e-9 * care,
        "care alone is what it was"
    );
    // Published or kept: five times as much, and counted.
    let (kept, out) = (
        sum(&["threat.published=0"], Outcome::HarmRecords),
        sum(&["threat.published=1"], Outcome::HarmRecords),
    );
    assert!((out - 5.0 * kept).abs() < 1e-9 * out, "{out} published, {kept} kept");
    assert!(sum(&["threat.published=0"], Outcome::RecordsPublished) <= 0.0);
    let all = sum(&[], Outcome::RecordsExposed);
    assert!((sum(&["threat.published=1"], Outcome::RecordsPublished) - all).abs() < 1e-9 * all);
}

#[test]
fn weights_of_a_run_are_those_that_are_set() {
    // A weight of care counts in proportion, in a run and in the capacity that recovery is told by.
    let text = sized("care-records", 150_000);
    let of = |sets: &[&str]| records(&with(&text, sets), 4)[0].clone();
    let (usual, doubled) = (of(&[]), of(&["harm.home_care=0.06"]));
    let (none, more) = (of(&["harm.home_care=0"]), of(&["harm.home_care=0.03"]));
    assert_eq!(usual, more);
    for ((u, d), n) in usual.iter().zip(&doubled).zip(&none) {
        let [u, d, n] = [u, d, n].map(|r| value(r, Outcome::HarmCare));
        assert!(u > n && (d - u - (u - n)).abs() < 1e-6 * u, "{n}, {u}, {d}");
    }
}

#[test]
fn other_weightings_are_whole_and_change_the_harm() {
    let text = sized("friday-night", 100_000);
    let usual: Vec<f64> =
        records(&with(&text, &[]), 6)[0].iter().map(|r| value(r, Outcome::HarmCare)).collect();
    assert!(bundled::WEIGHTINGS.len() >= 3);
    for (name, _, text_of) in bundled::WEIGHTINGS {
        for field in ["emergency", "gp_appointments", "home_care", "pathology", "hospital_discharge"] {
            assert!(text_of.contains(&format!("{field}: (value:")), "{name} states {field}");
        }
        let set = format!("weights={name}");
        let other = with(&text, &[&set]);
        assert_eq!(other.overrides, [set]);
        let harm: Vec<f64> = records(&other, 6)[0].iter().map(|r| value(r, Outcome::HarmCare)).collect();
        assert_ne!(harm, usual, "{name}");
    }
}

/// A supplier of records to general practice is lost.
fn without_gp_records() -> String {
    let lost = "(id: \"gp\", begins: \"30h\", spread: Supplier(supplier: \"medora\", carries_on: 0), payloads: [Encrypt])";
    with_campaigns(&sized("friday-night", 300_000), lost, "")
}

#[test]
fn who_loses_an_appointment_turns_up_elsewhere_and_is_counted_once() {
    let text = without_gp_records();
    let of = |sets: &[&str], o: Outcome| -> f64 {
        records(&with(&text, sets), 5)[0].iter().map(|r| value(r, o)).sum()
    };
    let nobody = ["care.gp_to_111=0", "care.gp_to_emergency=0", "care.calls_to_emergency=0"];
    assert!(of(&nobody, Outcome::ContactsSpilled) <= 0.0);
    let (lost, before) = (of(&[], Outcome::ContactsLost), of(&nobody, Outcome::ContactsLost));
    let spilled = of(&[], Outcome::ContactsSpilled);
    // Three in ten of those lost, but for 111 and emergency departments, which lose some of those who come.
    assert!(spilled > 0.25 * before && spilled < 0.5 * before, "{spilled} of {before}");
    assert!(
        lost < before && lost > before - spilled - 1e-6,
        "{lost} after {before}, {spilled} went elsewhere"
    );
    // Emergency departments and 111 are harder pressed: harm falls by less than what those who went away weighed.
    let (harm, base) = (of(&[], Outcome::HarmCare), of(&nobody, Outcome::HarmCare));
    assert!(harm > base - 0.05 * spilled, "{harm} after {base}");
    // All of them to an emergency department are more than it can take.
    let crowd = of(&["care.gp_to_111=0", "care.gp_to_emergency=1"], Outcome::HarmCare);
    assert!(crowd > harm, "{crowd} of {harm}");
}

#[test]
fn they_turn_up_after_a_time() {
    let text = without_gp_records();
    let of = |after: &str| {
        records(&with(&text, &["care.gp_to_emergency=1", "care.gp_to_111=0", after]), 3)[0].clone()
    };
    assert_ne!(of("care.turns_up_after=1h"), of("care.turns_up_after=12h"));
}

#[test]
fn ambulances_depend_on_all_departments_that_they_serve() {
    for name in ["friday-night", "national-campaign"] {
        let s = bundled::load(name).unwrap();
        let e = &s.estate;
        let mut served = vec![0; e.services.len()];
        let mut crews = 0;
        for s in e.services.iter().filter(|s| s.kind == ServiceKind::Dispatch999) {
            crews += 1;
            let mut left = 1.0;
            for d in s.dependencies.clone().map(|d| &e.dependencies[d as usize]) {
                if let Need::Service(on) = d.on {
                    assert_eq!(e.service(on).kind, ServiceKind::Emergency);
                    served[on.ix()] += 1;
                    left *= 1.0 - d.loss;
                }
            }
            // All of them together cost what the template says.
            assert!((left - 0.75).abs() < 1e-9, "{name}: {left}");
        }
        let departments = || e.services.iter().zip(&served).filter(|(s, _)| s.kind == ServiceKind::Emergency);
        assert!(departments().count() > crews, "{name}");
        assert!(departments().all(|(_, n)| *n >= 1), "{name}: a department that nobody drives to");
    }
}

/// What three days of care without something cost at first sight.
struct Sight<'s> {
    e: &'s Estate,
    all: Vec<FirstSight>,
}

impl Sight<'_> {
    fn of(&self, target: Target) -> f64 {
        self.all.iter().find(|a| a.target == target).unwrap_or_else(|| panic!("no {target:?}")).care
    }
    fn orgs(&self, kind: OrgKind) -> Vec<OrgId> {
        (0u32..).zip(&self.e.organisations).filter(|(_, o)| o.kind == kind).map(|(n, _)| OrgId(n)).collect()
    }
    /// The middle one of a kind, by harm.
    fn middle(&self, kind: OrgKind) -> f64 {
        let mut all: Vec<f64> =
            self.orgs(kind).into_iter().map(|o| self.of(Target::Organisation(o))).collect();
        all.sort_unstable_by(f64::total_cmp);
        all[all.len() / 2]
    }
    fn most(&self, kind: OrgKind) -> f64 {
        self.orgs(kind).into_iter().map(|o| self.of(Target::Organisation(o))).fold(0.0, f64::max)
    }
    fn least(&self, kind: OrgKind) -> f64 {
        self.orgs(kind).into_iter().map(|o| self.of(Target::Organisation(o))).fold(f64::MAX, f64::min)
    }
    fn supplier(&self, id: &str) -> f64 {
        self.of(Target::Supplier(self.e.find_org(id).unwrap_or_else(|| panic!("no supplier {id}"))))
    }
    /// The largest acute trust by beds.
    fn trust(&self) -> OrgId {
        let size = |o: &OrgId| self.e.org(*o).size;
        self.orgs(OrgKind::AcuteTrust).into_iter().max_by(|a, b| size(a).total_cmp(&size(b))).unwrap()
    }
    fn asset(&self, org: OrgId, kind: AssetKind) -> f64 {
        let a = self.e.assets_of(org).find(|a| self.e.asset(*a).kind == kind);
        self.of(Target::Asset(a.unwrap_or_else(|| panic!("no {}", kind.label()))))
    }
    fn service(&self, kind: ServiceKind) -> f64 {
        let of = (0u32..).zip(&self.e.services).filter(|(_, s)| s.kind == kind);
        of.map(|(n, _)| self.of(Target::Service(resus_engine::estate::ServiceId(n)))).fold(0.0, f64::max)
    }
}

/// Pairs that everybody in the field would order the same way: what hurts more, what hurts less, and which of them are ordered otherwise.
#[allow(clippy::too_many_lines)] // one table
fn wrong_pairs(s: &Scenario) -> (usize, Vec<String>) {
    use OrgKind as O;
    let sight = Sight { e: &s.estate, all: at_first_sight(s) };
    let national = s.estate.find_org("national-digital-services");
    let trust = sight.trust();
    let mut pairs = vec![
        ("the shared laboratory", sight.middle(O::PathologyNetwork), "one pharmacy", sight.most(O::Pharmacy)),
        (
            "the shared laboratory",
            sight.middle(O::PathologyNetwork),
            "the largest home-care agency",
            sight.most(O::HomeCare),
        ),
        (
            "the shared laboratory",
            sight.middle(O::PathologyNetwork),
            "the largest practice",
            sight.most(O::GpPractice),
        ),
        (
            "GP records of six in ten practices",
            sight.supplier("medora"),
            "care planning of a tenth of care homes",
            sight.supplier("rotaline"),
        ),
        (
            "GP records of six in ten practices",
            sight.supplier("medora"),
            "care planning of a fifth and more of care homes",
            sight.supplier("carewright"),
        ),
        (
            "GP records of six in ten practices",
            sight.supplier("medora"),
            "GP records of a third",
            sight.supplier("surgeline"),
        ),
        (
            "GP records of six in ten practices",
            sight.supplier("medora"),
            "the largest practice",
            sight.most(O::GpPractice),
        ),
        (
            "the larger dispensing supplier",
            sight.supplier("scriptwise"),
            "the smaller",
            sight.supplier("apotheon"),
        ),
        (
            "records of a quarter of hospitals",
            sight.supplier("brightward"),
            "care planning of care homes",
            sight.supplier("everleaf"),
        ),
        (
            "111’s triage for six in seven",
            sight.supplier("callpath"),
            "care planning of a tenth of care homes",
            sight.supplier("rotaline"),
        ),
        (
            "the middle acute trust",
            sight.middle(O::AcuteTrust),
            "the largest care home",
            sight.most(O::CareHome),
        ),
        (
            "the smallest acute trust",
            sight.least(O::AcuteTrust),
            "the largest practice",
            sight.most(O::GpPractice),
        ),
        ("the largest acute trust", sight.most(O::AcuteTrust), "the smallest", sight.least(O::AcuteTrust)),
        (
            "the middle acute trust",
            sight.middle(O::AcuteTrust),
            "the middle community trust",
            sight.middle(O::CommunityTrust),
        ),
        (
            "the largest acute trust",
            sight.most(O::AcuteTrust),
            "the middle mental-health trust",
            sight.middle(O::MentalHealthTrust),
        ),
        (
            "an ambulance trust",
            sight.middle(O::AmbulanceTrust),
            "a 111 provider",
            sight.middle(O::Provider111),
        ),
        (
            "an ambulance trust",
            sight.middle(O::AmbulanceTrust),
            "the largest home-care agency",
            sight.most(O::HomeCare),
        ),
        ("a 111 provider", sight.middle(O::Provider111), "the largest pharmacy", sight.most(O::Pharmacy)),
        (
            "a mental-health trust",
            sight.middle(O::MentalHealthTrust),
            "the largest care home",
            sight.most(O::CareHome),
        ),
        (
            "a hospital’s sign-in",
            sight.asset(trust, AssetKind::Identity),
            "its e-mail",
            sight.asset(trust, AssetKind::Email),
        ),
        (
            "a hospital’s record",
            sight.asset(trust, AssetKind::PatientRecord),
            "its web portal",
            sight.asset(trust, AssetKind::WebPortal),
        ),
        ("999", sight.service(ServiceKind::Dispatch999), "111", sight.service(ServiceKind::Calls111)),
        (
            "a hospital’s emergencies",
            sight.service(ServiceKind::Emergency),
            "its outpatients",
            sight.service(ServiceKind::Outpatients),
        ),
        (
            "a hospital’s critical care",
            sight.service(ServiceKind::CriticalCare),
            "its pharmacy",
            sight.service(ServiceKind::HospitalPharmacy),
        ),
    ];
    if let Some(body) = national {
        let of = |kind| sight.asset(body, kind);
        pairs.extend([
            (
                "the national network",
                of(AssetKind::NationalNetwork),
                "care planning of a tenth of care homes",
                sight.supplier("rotaline"),
            ),
            (
                "the national network",
                of(AssetKind::NationalNetwork),
                "GP records of six in ten practices",
                sight.supplier("medora"),
            ),
            ("the national spine", of(AssetKind::Spine), "the referral service", of(AssetKind::Referrals)),
            (
                "national prescriptions",
                of(AssetKind::Prescriptions),
                "the larger dispensing supplier",
                sight.supplier("scriptwise"),
            ),
        ]);
    }
    let n = pairs.len();
    let wrong = pairs.into_iter().filter(|(_, more, _, less)| more <= less);
    (n, wrong.map(|(a, more, b, less)| format!("{a} ({more:.1}) before {b} ({less:.1})")).collect())
}

#[test]
fn what_everybody_would_order_the_same_way_is_ordered_so() {
    for name in ["friday-night", "national-campaign"] {
        let s = bundled::load(name).unwrap();
        let (pairs, wrong) = wrong_pairs(&s);
        assert!(pairs >= 20);
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
    // The table can fail: it does with home visits and tests weighed as they were before anybody asked why.
    let (_, text) = bundled::scenario("friday-night").unwrap();
    let (_, wrong) = wrong_pairs(&with(text, &["harm.home_care=0.15", "harm.pathology=0.003"]));
    assert!(wrong.iter().any(|w| w.contains("home-care agency")), "{wrong:?}");
}

#[test]
fn the_estate_and_the_simulation_rank_suppliers_alike() {
    let s = bundled::load("friday-night").unwrap();
    let ask = CriticalityOptions { seed: 1, replicates: 6, most: 20, leaders: 12, threads: 0 };
    let c = criticality(&s, ask, &Progress::default()).unwrap().unwrap();
    let usual = s.parameters.resolve(&mut Resolver::new(Streams::new(0, 0)));
    let overview = Overview::of(&s.estate, &usual.care);
    let mut both: Vec<(f64, f64)> = vec![];
    for l in c.leaders.iter().filter(|l| CLASSES[l.target.class()] == "suppliers") {
        let Target::Supplier(org) = l.target else { continue };
        let share = overview.suppliers.iter().find(|o| o.org == org).unwrap().share;
        both.push((share, l.hurt[2].harm.estimate));
    }
    let place = |of: &dyn Fn(&(f64, f64)) -> f64, x: f64| both.iter().filter(|b| of(b) > x).count() as f64;
    let n = both.len() as f64;
    assert!(n > 8.0);
    // Spearman's rank correlation.
    let apart: f64 = both.iter().map(|b| (place(&|b| b.0, b.0) - place(&|b| b.1, b.1)).powi(2)).sum();
    let agree = 1.0 - 6.0 * apart / (n * (n * n - 1.0));
    assert!(agree > 0.85, "{agree}: {both:?}");
    // What is held counts: a council gives little care of its own, and is known by what it knows.
    assert!(c.holders.iter().all(|(_, h)| h.people > 0.0 && h.harm > 0.0));
    let clinical = RecordKind::Clinical as usize;
    assert!(
        c.holders.windows(2).all(|w| w[0].1.harm >= w[1].1.harm) && c.holders[0].1.by_kind[clinical] > 0.0
    );
    // Places under every weighting are places.
    for r in &c.reweighted {
        assert_eq!(r.rank.len(), 1 + bundled::WEIGHTINGS.len());
        assert!(r.rank.iter().all(|p| *p >= 1) && r.harm.iter().all(|h| h.is_finite() && *h >= 0.0));
    }
}
