//! What a planner would say of what hurts most when it is lost.

use resus_engine::catalogue::kinds::OrgRole;
use resus_engine::estate::Estate;
use resus_engine::scenario::bundled::WEIGHTINGS;
use resus_engine::study::criticality::{CLASSES, Criticality, MATTERS, SURE, Target};

use super::percent;

/// The worst of each class and what cannot be told from it; the most concentrated platform.
pub fn sentences(c: &Criticality, e: &Estate) -> Vec<String> {
    let mut out = vec![];
    for (of, selection) in &c.selections {
        let class = CLASSES[of[0].class()];
        let worst = of[selection.best].name(e);
        let others: Vec<String> =
            selection.survivors.iter().filter(|s| **s != selection.best).map(|s| of[*s].name(e)).collect();
        out.push(if let Some(kind) = typical_owner(of[selection.best], e) {
            format!(
                "Of {class}, losing {worst} for three days hurts most, as far as the figures go; but its size is that of a typical {kind} and not its own, so this says which kind matters and not which of them."
            )
        } else if others.is_empty() {
            format!(
                "Of {class}, {worst} hurts most, lost for three days and its records taken; the chance that this is the right one is at least {}, given a lead of {}.",
                percent(SURE),
                percent(MATTERS)
            )
        } else {
            format!(
                "Of {class}, {worst} hurts most, lost for three days and its records taken, but these cannot be told from it: {}.",
                others.join("; ")
            )
        });
    }
    for worst in &c.worst {
        let mut others: Vec<(String, Vec<&str>)> = vec![];
        for (t, weights) in worst.iter().skip(1).zip(WEIGHTINGS).filter(|(t, _)| **t != worst[0]) {
            let name = t.name(e);
            match others.iter_mut().find(|o| o.0 == name) {
                Some((_, under)) => under.push(weights.0),
                None => others.push((name, vec![weights.0])),
            }
        }
        let others: Vec<String> =
            others.into_iter().map(|(name, under)| format!("{name} ({})", under.join(", "))).collect();
        if !others.is_empty() {
            let class = CLASSES[worst[0].class()];
            out.push(format!("Under other weights of harm the worst of {class} is {}.", others.join("; ")));
        }
    }
    if let Some((who, held)) = c.holders.first() {
        out.push(format!(
            "{} holds the weightiest records: those of {} people.",
            who.name(e),
            crate::format::number(held.people)
        ));
    }
    if let Some(m) = c.markets.iter().find(|m| m.shares.first().is_some_and(|s| s.0.is_some())) {
        let (host, share) = m.shares[0];
        out.push(format!(
            "The most concentrated platform is {}: {} of the care that needs one hangs on {}.",
            m.platform.label(),
            percent(share),
            host_in_words(host, e)
        ));
    }
    out
}

/// The kind of whoever loses it, where its size is only typical and there are others of that kind: no ranking among them means anything.
fn typical_owner(target: Target, e: &Estate) -> Option<&'static str> {
    let owner = match target {
        Target::Asset(a) => e.asset(a).owner,
        Target::Service(s) => e.service(s).owner,
        Target::Organisation(o) | Target::Supplier(o) => o,
    };
    let owner = e.org(owner);
    let alike = e.organisations.iter().filter(|o| o.kind == owner.kind && !o.stated.size).count();
    let typical =
        e.typical_figures().is_some() && owner.kind.role() == OrgRole::Provider && !owner.stated.size;
    (typical && alike > 1).then(|| owner.kind.label())
}

/// Who hosts a platform: a supplier by its name, or each user for itself.
pub fn host_in_words(host: Option<resus_engine::estate::OrgId>, e: &Estate) -> &str {
    host.map_or("users themselves", |h| e.org(h).name.as_str())
}
