//! What a planner would say of the worth of the five pillars.

use std::collections::BTreeMap;

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::catalogue::pillar::Pillar;
use resus_engine::stats::intervals::Interval;
use resus_engine::stats::paired::ALPHA;
use resus_engine::study::comparison::MATTERS;
use resus_engine::study::pillars::{OUTCOMES, Pillars, Shares, Yearly};

use super::portfolio::with;
use super::{list, percent, too_few};
use crate::format::{number, pounds, rate};

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

fn label(pillar: usize) -> String {
    format!("“{}”", Pillar::ALL[pillar].label())
}

/// What all five do to harm and at what price, which brings most of it, what each is in money alone and on top of the others, which pair
/// is worth more or less together.
pub fn sentences(p: &Pillars) -> Vec<String> {
    if let Some(few) = too_few(p.replicates, 300) {
        return vec![few];
    }
    let harm = of(p, Outcome::Harm);
    if harm.means.iter().all(|m| *m <= 0.0) {
        return vec![format!("Nothing was disrupted in {} runs, whatever pillars are raised.", p.replicates)];
    }
    let mut out = vec![together(p, harm)];
    if lowers(harm) {
        out.extend(price(p));
        out.push(first(harm));
    }
    let harmful: Vec<String> =
        (0..Pillar::ALL.len()).filter(|k| harm.pillars[*k].shapley.high < 0.0).map(label).collect();
    if !harmful.is_empty() {
        out.push(format!("Averaged over all orders of adding, raising harm: {}.", list(&harmful, "and")));
    }
    if let Some(y) = &p.yearly {
        out.push(a_year(y));
    } else {
        out.extend(money(of(p, Outcome::CostTotal)));
        out.push(NOT_STATED.into());
    }
    if let Some(pair) = harm.pairs.iter().find(|p| p.p <= ALPHA && p.worth.excludes_zero()) {
        let (a, b) = pair.of;
        out.push(if pair.worth.estimate > 0.0 {
            format!("{} and {} are worth more together than apart.", label(a), label(b))
        } else {
            format!("{} and {} are worth less together than apart: part of what one brings the other brings, too.", label(a), label(b))
        });
    }
    out
}

/// What is said where it is not known how often incidents come.
pub(crate) const NOT_STATED: &str = "All of this is if this incident happens once: its yearly frequency is not stated (--frequency 0.1 would say once in ten years).";

/// How often incidents come, over a table of what a year brings.
pub fn how_often(y: &Yearly) -> String {
    let range = y.range.map_or(String::new(), |(low, high)| {
        format!(" ({} to {}, and all of this with it in proportion)", rate(low), rate(high))
    });
    format!(
        "In a year, {} such incidents being expected{range}; levers are paid whether or not one comes.",
        rate(y.per_year)
    )
}

/// What all five bring in a year, and what they cost.
fn a_year(y: &Yearly) -> String {
    let w = &y.whole;
    let against = if w.avoided.low > w.running {
        ", less than that"
    } else if w.avoided.high < w.running {
        ", more than that"
    } else {
        ", which may be more or less than that"
    };
    format!(
        "At {} such incidents a year all five avert harm of {} and avoid {} of loss a year; they cost {} to set up and {} each year{against}.",
        rate(y.per_year),
        with(&w.harm, number),
        with(&w.avoided, pounds),
        pounds(w.set_up),
        pounds(w.running)
    )
}

/// Whether all five together are shown to lower an outcome.
fn lowers(s: &Shares) -> bool {
    s.whole.low > 0.0 && s.relative.low > 0.0
}

/// Whether all five together are shown to raise an outcome.
fn raises(s: &Shares) -> bool {
    s.whole.high < 0.0
}

fn together(p: &Pillars, harm: &Shares) -> String {
    let n = p.replicates;
    let r = &harm.relative;
    if lowers(harm) {
        format!(
            "All five pillars together lower harm by {} [{} to {}], over {n} runs of each combination.",
            percent(r.estimate),
            percent(r.low),
            percent(r.high)
        )
    } else if raises(harm) {
        let w = &harm.whole;
        format!(
            "All five pillars together raise harm by {} [{} to {}] over {n} runs: worse than as things stand.",
            number(-w.estimate),
            number(-w.high),
            number(-w.low)
        )
    } else {
        let w = &harm.whole;
        format!(
            "Whether all five pillars together lower harm cannot be told from {n} runs: they lower it by {} [{} to {}].",
            number(w.estimate),
            number(w.low),
            number(w.high)
        )
    }
}

/// What less harm comes with in the other outcomes, where that is worse.
fn price(p: &Pillars) -> Option<String> {
    let mut worse = vec![];
    for s in p.outcomes.iter().filter(|s| raises(s)) {
        let by = -s.whole.estimate;
        match s.outcome {
            Outcome::CostTotal => {
                worse.push(format!("{} more spent in all, what the pillars cost included", pounds(by)));
            }
            Outcome::Recovery95 => {
                worse.push(format!("95 % of affected care back {:.1} days later", by / 24.0));
            }
            Outcome::Harm => {}
            o => worse.push(format!("{} more {}", number(by), o.label())),
        }
    }
    (!worse.is_empty()).then(|| format!("Less harm, but: {}.", worse.join("; ")))
}

/// The pillar that brings most of what all five do to harm, and what may bring as much.
fn first(harm: &Shares) -> String {
    let shapley = |k: &usize| harm.pillars[*k].shapley.estimate;
    let leader =
        (0..Pillar::ALL.len()).max_by(|a, b| shapley(a).total_cmp(&shapley(b))).expect("there are five");
    let even = |k: &usize| {
        harm.pillars[*k].behind.is_some_and(|lead| {
            lead.p > ALPHA || lead.by.low <= 0.0 || lead.by.estimate < MATTERS * harm.start
        })
    };
    let rivals: Vec<String> =
        (0..Pillar::ALL.len()).filter(|k| *k != leader).filter(even).map(label).collect();
    let share = &harm.pillars[leader].share;
    let most = format!(
        "{} brings most of that: {} [{} to {}] of it, averaged over all orders of adding",
        label(leader),
        percent(share.estimate),
        percent(share.low),
        percent(share.high)
    );
    if rivals.is_empty() {
        format!("{most}.")
    } else {
        format!("{most}; {} may bring as much.", list(&rivals, "or"))
    }
}

/// What each pillar is in money, alone and on top of the other four: the two may differ, for pillars do part of the same work.
fn money(cost: &Shares) -> Vec<String> {
    let word = |i: &Interval| {
        if i.low > 0.0 {
            "saves more than it costs"
        } else if i.high < 0.0 {
            "costs more than it saves"
        } else {
            "may save or cost"
        }
    };
    let mut groups: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for (k, worth) in cost.pillars.iter().enumerate() {
        groups.entry((word(&worth.alone), word(&worth.last))).or_default().push(label(k));
    }
    let sentence = |((alone, last), who): ((&str, &str), Vec<String>)| {
        let each = if who.len() > 1 { "each of " } else { "" };
        if alone == last {
            format!(
                "In money, if this incident happens once, {each}{} {alone}, alone as on top of the other four.",
                list(&who, "and")
            )
        } else {
            format!(
                "In money, if this incident happens once, {each}{} {alone} alone, and {last} on top of the other four.",
                list(&who, "and")
            )
        }
    };
    let told = groups
        .into_iter()
        .filter(|((alone, last), _)| (*alone, *last) != ("may save or cost", "may save or cost"));
    told.map(sentence).collect()
}
