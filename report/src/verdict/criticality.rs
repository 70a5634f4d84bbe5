//! What a planner would say of what hurts most when it is lost.

use resus_engine::estate::Estate;
use resus_engine::study::criticality::{CLASSES, Criticality, MATTERS, SURE};

use super::percent;

/// The worst of each class and what cannot be told from it; the most concentrated platform.
pub fn sentences(c: &Criticality, e: &Estate) -> Vec<String> {
    let mut out = vec![];
    for (of, selection) in &c.selections {
        let class = CLASSES[of[0].class()];
        let worst = of[selection.best].name(e);
        let others: Vec<String> =
            selection.survivors.iter().filter(|s| **s != selection.best).map(|s| of[*s].name(e)).collect();
        out.push(if others.is_empty() {
            format!(
                "Of {class}, losing {worst} for three days hurts most; the chance that this is the right one is at least {}, given a lead of {}.",
                percent(SURE),
                percent(MATTERS)
            )
        } else {
            format!(
                "Of {class}, losing {worst} for three days hurts most, but these cannot be told from it: {}.",
                others.join("; ")
            )
        });
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

/// Who hosts a platform: a supplier by its name, or each user for itself.
pub fn host_in_words(host: Option<resus_engine::estate::OrgId>, e: &Estate) -> &str {
    host.map_or("users themselves", |h| e.org(h).name.as_str())
}
