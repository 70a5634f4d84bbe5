//! Who stands where in a file changes nobody's luck.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::sim::core::record::Record;
use resus_tests::{Replaced as _, records, scenario};

/// A small care system, written out, in which no campaign is after everybody, and no lever for a share of them all.
fn everything() -> String {
    include_str!("everything.ron")
        .replaced("at: Any", "at: Kind(AcuteTrust)")
        .replaced("(\"own-lever\", 0.6)", "(\"own-lever\", 1.0)")
}

/// Holds every outcome of every replicate of two scenarios against each other, but for those that `hang` on how many organisations there
/// are. Sums over services are the same but for rounding.
fn assert_same(before: &str, after: &str, hang: &[Outcome]) {
    let (before, after) = (records(&scenario(before), 12), records(&scenario(after), 12));
    let harm = |of: &[Vec<Record>]| -> f64 { of.iter().flatten().filter_map(|r| r.get(Outcome::Harm)).sum() };
    assert!(harm(&before) > 0.0, "nothing happens");
    for (s, (a, b)) in before.iter().zip(&after).enumerate() {
        for (n, (a, b)) in a.iter().zip(b).enumerate() {
            for o in Outcome::ALL.iter().filter(|o| !hang.contains(o)) {
                let same = match (a.get(*o), b.get(*o)) {
                    (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
                    (a, b) => a.is_none() && b.is_none(),
                };
                assert!(
                    same,
                    "strategy {s}, replicate {n}, {}: {:?} became {:?}",
                    o.id(),
                    a.get(*o),
                    b.get(*o)
                );
            }
        }
    }
}

#[test]
fn an_unrelated_hospice_put_first_changes_nobodys_luck() {
    // It reads alerts as all others do, and does what the playbook says.
    let hang = [Outcome::PeakDisrupted, Outcome::CostResponse, Outcome::CostLevers, Outcome::CostTotal];
    let hospice = r#"organisations: [
            (id: "aardvark", name: "Aardvark Hospice", kind: Hospice, region: "Elsewhere", size: 1, place: (58.0, -5.0),
             assets: [(kind: Endpoints, hosts: 3, segment: Lan, restore_fixed: 10, restore_per_host: 1)], services: []),"#;
    assert_same(&everything(), &everything().replaced("organisations: [", hospice), &hang);
}

#[test]
fn a_campaign_that_never_starts_put_first_changes_nobodys_luck() {
    let idle = r#"campaigns: [
        (id: "aardvark", begins: Fixed("60 days"), entries: [(via: Phishing, at: Kind(AcuteTrust), per_day: 1.0)],
         spread: Operator(crew: 1), payloads: [Encrypt]),"#;
    assert_same(&everything(), &everything().replaced("campaigns: [", idle), &[]);
}
