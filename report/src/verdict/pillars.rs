//! What a planner would say of the worth of the five pillars.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::catalogue::pillar::Pillar;
use resus_engine::study::pillars::{OUTCOMES, Pillars, Shares};

use super::{percent, too_few};

/// A set of pillars, one bit each, the first pillar lowest.
pub fn set_in_words(set: usize) -> String {
    match set {
        0 => "none (as things stand)".to_owned(),
        31 => "all five".to_owned(),
        1..=30 | 32.. => {
            let members = Pillar::ALL.iter().enumerate().filter(|(p, _)| set & 1 << p != 0);
            members.map(|(_, p)| p.label()).collect::<Vec<_>>().join(" + ")
        }
    }
}

fn of(p: &Pillars, outcome: Outcome) -> &Shares {
    let at = OUTCOMES.iter().position(|o| *o == outcome).expect("one of the outcomes that are attributed");
    &p.outcomes[at]
}

/// What all five do to harm, which buys most of it, which cost more than they save, and which pair is worth more or less together.
pub fn sentences(p: &Pillars) -> Vec<String> {
    let label = |p: usize| Pillar::ALL[p].label();
    let harm = of(p, Outcome::Harm);
    if let Some(few) = too_few(p.replicates, 300) {
        return vec![few];
    }
    if harm.whole.low <= 0.0 {
        return vec![
            "All five pillars together lower harm by nothing that can be told from zero here.".to_owned(),
        ];
    }
    let mut out = vec![format!(
        "All five pillars together lower harm by {} [{} to {}].",
        percent(harm.relative.estimate),
        percent(harm.relative.low),
        percent(harm.relative.high)
    )];
    let mut order: Vec<usize> = (0..Pillar::ALL.len()).collect();
    order.sort_by(|a, b| harm.pillars[*b].shapley.estimate.total_cmp(&harm.pillars[*a].shapley.estimate));
    let (first, second) = (&harm.pillars[order[0]], &harm.pillars[order[1]]);
    let sure = if first.share.low > second.share.high {
        "that it leads is sure at this number of replicates".to_owned()
    } else {
        format!("{} may be as good", label(order[1]))
    };
    out.push(format!(
        "{} buys most: {} of that benefit [{} to {}]; {sure}.",
        label(order[0]),
        percent(first.share.estimate),
        percent(first.share.low),
        percent(first.share.high)
    ));
    let cost = of(p, Outcome::CostTotal);
    let costly: Vec<&str> =
        (0..Pillar::ALL.len()).filter(|p| cost.pillars[*p].shapley.high < 0.0).map(label).collect();
    if !costly.is_empty() {
        out.push(format!(
            "In money alone these cost more than they save in this one incident: {}.",
            costly.join(", ")
        ));
    }
    if let Some(pair) = harm.pairs.iter().find(|p| p.p <= 0.05) {
        let (a, b) = pair.of;
        let (how, why) = if pair.worth.estimate > 0.0 {
            ("more", "they need each other")
        } else {
            ("less", "they do part of the same work")
        };
        out.push(format!("{} and {} are worth {how} together than apart: {why}.", label(a), label(b)));
    }
    out
}
