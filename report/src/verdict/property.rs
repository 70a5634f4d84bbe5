//! Every sentence of a verdict against generated findings: what it claims is worked out here from the numbers, by other means than the
//! verdict's own, and a sentence of a form that nobody checks is a failure, as is a finding that goes without its sentence.

use std::sync::LazyLock;

use proptest::prelude::*;
use resus_engine::catalogue::outcome::Outcome;
use resus_engine::catalogue::pillar::Pillar;
use resus_engine::parameters::Row;
use resus_engine::scenario::{bundled, load};
use resus_engine::stats::intervals::Interval;
use resus_engine::stats::paired::Wins;
use resus_engine::stats::pareto::Robustness;
use resus_engine::study::aim::Aim;
use resus_engine::study::comparison::{Compared, Comparison, Paired, Summary};
use resus_engine::study::investment::{Advice, Choice, Cost, Judged, Part, Problem};
use resus_engine::study::pillars::{Lead, OUTCOMES, Pair, PillarYear, Pillars, Shares, Worth, Yearly};
use resus_engine::study::tornado::{Bar, Tornado};

use super::{comparison, investment, pillars};

/// An interval around an estimate: of a size, reaching so far down and up in shares of it.
#[allow(clippy::float_cmp)] // one of the estimates is drawn as exactly 0
fn interval(estimate: f64, (down, up): (f64, f64)) -> Interval {
    let size = if estimate == 0.0 { 1.0 } else { estimate.abs() };
    Interval { estimate, low: estimate - down * size, high: estimate + up * size }
}

/// What is drawn of a pair: difference in shares of the baseline, reach of the interval, p, wins and ties in shares.
type Draw = (f64, (f64, f64), f64, (f64, f64));

fn draw() -> impl Strategy<Value = Draw> {
    let difference = prop_oneof![Just(0.0), -0.9..3.0f64, -0.03..0.03f64, Just(-0.999), Just(-0.997)];
    let reach = (prop_oneof![0.0..0.3f64, 0.5..2.0f64], prop_oneof![0.0..0.3f64, 0.5..2.0f64]);
    (difference, reach, prop_oneof![Just(1e-9), 0.0..0.1f64, 0.0..1.0f64], (0.0..1.0f64, 0.0..1.0f64))
}

fn paired(base: f64, n: usize, (share, reach, p, wins): Draw) -> Paired {
    // Nothing is measured below zero.
    let of = interval(if base > 0.0 { share * base } else { share.max(0.0) }, reach);
    let better = (wins.0 * n as f64) as usize;
    let same = (wins.1 * (n - better) as f64) as usize;
    Paired {
        difference: of.estimate,
        interval: (of.low, of.high),
        wins: Wins { better, same, of: n },
        p: (n > 1).then_some(p),
        variance_ratio: 2.0,
    }
}

prop_compose! {
    pub(in crate::verdict) fn comparisons()(
        strategies in 1usize..5,
        replicates in prop_oneof![1usize..40, 30usize..900],
        base in 0usize..5,
        means in prop::collection::vec(prop_oneof![Just(0.0), 0.5..2000.0f64], Outcome::ALL.len()),
        draws in prop::collection::vec(draw(), 5 * Outcome::ALL.len()),
        to_best in prop::collection::vec(draw(), 5),
        late in prop::collection::vec(prop_oneof![Just(0.0), 0.0..1.0f64], 5),
    ) -> Comparison {
        let baseline = base % strategies;
        let summary = |k: usize, o: Outcome| {
            let mean = means[o as usize];
            let p = (k != baseline).then(|| paired(mean, replicates, draws[k * Outcome::ALL.len() + o as usize]));
            Summary {
                outcome: o,
                n: replicates,
                mean: p.map_or(mean, |p| mean + p.difference),
                limit: None,
                median: None,
                low: 0.0,
                high: 0.0,
                censored: if o == Outcome::Recovery95 { (late[k] * replicates as f64).floor() / replicates as f64 } else { 0.0 },
                paired: p,
            }
        };
        let strategies: Vec<Compared> = (0..strategies)
            .map(|k| Compared { strategy: k, outcomes: Outcome::ALL.iter().map(|o| summary(k, *o)).collect() })
            .collect();
        let harm = |k: usize| strategies[k].get(Outcome::Harm).mean;
        let best = (0..strategies.len()).min_by(|a, b| harm(*a).total_cmp(&harm(*b))).unwrap();
        let lead = |k: usize| {
            // What it is of is known: only how sure it is is drawn.
            let by = harm(k) - harm(best);
            let of = interval(by, to_best[k].1);
            (k != best).then(|| Paired { difference: by, interval: (of.low, of.high), ..paired(by, replicates, to_best[k]) })
        };
        Comparison {
            baseline,
            replicates,
            to_best: (0..strategies.len()).map(lead).collect(),
            pareto: vec![0.0; strategies.len()],
            robustness: vec![Robustness { mean_regret: 0.0, high_regret: 0.0, satisfies: 0.0 }; strategies.len()],
            saved: None,
            strategies,
        }
    }
}

pub(in crate::verdict) fn names(c: &Comparison) -> Vec<String> {
    (0..c.strategies.len()).map(|k| format!("S{k}")).collect()
}

/// The strategies that a text names, in their order.
pub(in crate::verdict) fn named(text: &str) -> Vec<usize> {
    text.split('“').skip(1).map(|t| t.split('”').next().unwrap()[1..].parse().unwrap()).collect()
}

/// −1 shown to be less, 1 shown to be more, 0 cannot be told: at 5 % after adjustment, from 30 runs on.
pub(in crate::verdict) fn told(p: &Paired, runs: usize) -> i8 {
    if runs < 30 || p.p.unwrap() > 0.05 {
        0
    } else if p.interval.1 < 0.0 {
        -1
    } else {
        i8::from(p.interval.0 > 0.0)
    }
}

/// What stands in round brackets behind each name.
fn bracketed(text: &str) -> Vec<&str> {
    text.split('”')
        .skip(1)
        .filter_map(|t| t.strip_prefix(" ("))
        .map(|t| t.split(')').next().unwrap())
        .collect()
}

/// The first number of a text, with its sign.
pub(in crate::verdict) fn first_number(text: &str) -> f64 {
    let text = text.replace('−', "-");
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or_else(|| panic!("no number in {text}"));
    let sign = if text[..start].ends_with('-') || text[..start].ends_with("-£") { -1.0 } else { 1.0 };
    let digits: String = text[start..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || ".,".contains(*c))
        .filter(|c| *c != ',')
        .collect();
    let rest = &text[start..].trim_start_matches(|c: char| c.is_ascii_digit() || ".,".contains(c));
    let unit = match rest.chars().next() {
        Some('k') => 1e3,
        Some('m') => 1e6,
        _ if rest.starts_with("bn") => 1e9,
        _ => 1.0,
    };
    sign * digits.trim_end_matches('.').parse::<f64>().unwrap() * unit
}

/// By how much a number is off when it is printed: three digits, two of them after the point below ten.
pub(in crate::verdict) fn printed(of: f64) -> f64 {
    (0.006 * of.abs()).max(0.0051)
}

pub(in crate::verdict) fn about(got: f64, expected: f64, within: f64) -> bool {
    (got - expected).abs() <= within
}

#[allow(clippy::too_many_lines)] // one arm for each form of sentence
fn check_comparison(c: &Comparison) -> Result<(), TestCaseError> {
    let names = names(c);
    let sentences = comparison::of(&names, c);
    let n = c.replicates;
    if n < 30 {
        prop_assert_eq!(sentences.len(), 1);
        prop_assert!(
            sentences[0].starts_with("Too few runs to say: ") && sentences[0].contains("at least 30")
        );
        return Ok(());
    }
    if c.strategies.len() == 1 {
        prop_assert!(sentences[0].starts_with("Only one strategy"));
        return Ok(());
    }
    let all = |o: Outcome| c.strategies.iter().map(move |s| s.get(o).mean);
    if all(Outcome::Harm).all(|h| h <= 0.0) {
        prop_assert!(sentences[0].starts_with("Nothing was disrupted"));
        return Ok(());
    }
    let others: Vec<usize> = (0..names.len()).filter(|k| *k != c.baseline).collect();
    let finding = |k: usize, o: Outcome| told(c.strategies[k].get(o).paired.as_ref().unwrap(), n);
    let those = |o: Outcome, as_told: i8| -> Vec<usize> {
        others.iter().copied().filter(|k| finding(*k, o) == as_told).collect()
    };
    let harm = |k: usize| c.strategies[k].get(Outcome::Harm).mean;
    let today = harm(c.baseline);
    // A difference below two hundredths of today's harm is none that matters.
    let matters =
        |k: &usize| c.strategies[*k].get(Outcome::Harm).paired.unwrap().difference.abs() >= 0.02 * today;
    let of_harm = |as_told: i8, much: bool| -> Vec<usize> {
        those(Outcome::Harm, as_told).into_iter().filter(|k| matters(k) == much).collect()
    };
    let less = of_harm(-1, true);
    // By its own interval, but not when all are judged together.
    let hinted = |k: &usize| {
        let p = c.strategies[*k].get(Outcome::Harm).paired.unwrap();
        i8::from(p.interval.0 > 0.0) - i8::from(p.interval.1 < 0.0)
    };
    let open = |hint: i8| -> Vec<usize> {
        those(Outcome::Harm, 0).into_iter().filter(|k| hinted(k) == hint).collect()
    };
    let near_today: Vec<usize> = of_harm(-1, false).into_iter().chain(of_harm(1, false)).collect();
    let best = less.iter().copied().min_by(|a, b| harm(*a).total_cmp(&harm(*b)));
    // Each list of names that is to be told, and by which beginning of a sentence.
    let (mut even, mut near) = (vec![], vec![]);
    let least =
        best.filter(|best| (0..names.len()).min_by(|a, b| harm(*a).total_cmp(&harm(*b))) == Some(*best));
    if let Some(best) = least {
        // Of equal ones the first is the least.
        for &k in others.iter().filter(|k| **k != best) {
            let lead = c.to_best[k].unwrap();
            if told(&lead, n) != 1 {
                even.push(k);
            } else if (harm(k) - harm(best)) < 0.02 * today {
                near.push(k);
            }
        }
    }
    let also: Vec<usize> =
        less.iter().copied().filter(|k| Some(*k) != best && !even.contains(k) && !near.contains(k)).collect();
    let flat = all(Outcome::Recovery95).all(|r| r <= 0.0);
    let none = |list: Vec<usize>| if flat { vec![] } else { list };
    let late: Vec<usize> =
        none((0..names.len()).filter(|k| c.strategies[*k].get(Outcome::Recovery95).censored > 0.0).collect());
    let expected = [
        ("Its harm cannot be told from", even),
        ("In harm it hardly leads", near),
        ("Less harm than", also),
        ("More harm than", of_harm(1, true)),
        ("Within 2 % of the harm of", near_today),
        ("Perhaps less harm than", open(-1)),
        ("Perhaps more harm than", open(1)),
        ("Harm that cannot be told from", open(0)),
        ("Fewer organisations are affected", those(Outcome::OrganisationsAffected, -1)),
        ("More organisations are affected", those(Outcome::OrganisationsAffected, 1)),
        ("95 % of affected care is back sooner", none(those(Outcome::Recovery95, -1))),
        ("95 % of affected care is back later", none(those(Outcome::Recovery95, 1))),
        ("Not back by the end", late),
    ];
    for (start, mut who) in expected {
        if who.is_empty() {
            prop_assert!(!sentences.iter().any(|s| s.starts_with(start)), "{start}: {sentences:?}");
            continue;
        }
        let Some(sentence) = sentences.iter().find(|s| s.starts_with(start)) else {
            return Err(TestCaseError::fail(format!("no “{start}” in {sentences:?}")));
        };
        let list = sentence.split_once(": ").map_or(sentence.as_str(), |s| s.1);
        let mut got = named(if start == "In harm it hardly leads" { sentence } else { list });
        got.sort_unstable();
        who.sort_unstable();
        prop_assert_eq!(got, who, "{}", sentence);
    }
    for sentence in &sentences {
        let words = |start: &str| sentence.starts_with(start);
        let list = sentence.split_once(": ").map_or("", |s| s.1);
        if sentence.contains("” comes at a price: ") {
            let k = named(sentence)[0];
            prop_assert!(less.contains(&k) && Some(k) != best, "{sentence}");
            check_price(c, k, list, finding(k, Outcome::CostTotal) == 1)?;
        } else if words("“") {
            // The one that does least harm: who, by how much, in how many runs.
            let k = named(sentence)[0];
            let p = c.strategies[k].get(Outcome::Harm).paired.unwrap();
            prop_assert_eq!(Some(k), best, "{}", sentence);
            prop_assert_eq!(sentence.contains("does least harm"), least.is_some(), "{}", sentence);
            prop_assert_eq!(sentence.contains("is shown to do less harm"), least.is_none(), "{}", sentence);
            let share = first_number(list);
            prop_assert!(about(share, -100.0 * p.difference / today, 0.51), "{sentence}");
            prop_assert!(share < 100.0 || harm(k) <= 0.0, "what is left is not nothing: {sentence}");
            let better = format!("better in {} of {n} runs", p.wins.better);
            prop_assert!(sentence.contains(&better), "{sentence}");
            prop_assert_eq!(
                sentence.contains(&format!("the same in {}", p.wins.same)),
                p.wins.same > 0 || sentence.contains("the same in 0"),
                "{}",
                sentence
            );
        } else if words("No strategy is shown to lower the harm of") {
            prop_assert!(
                best.is_none()
                    && sentence.contains("by 2 % or more")
                    && sentence.contains(&format!("{n} runs")),
                "{sentence}"
            );
        } else if words("Its harm cannot be told from")
            || words("In harm it hardly leads")
            || words("Harm that cannot")
            || words("Perhaps ")
            || words("Within 2 %")
        {
            // The names were checked.
            prop_assert!(
                named(sentence).len() > usize::from(words("Harm") || words("Perhaps")),
                "{sentence}"
            );
        } else if words("Less harm than") {
            for (k, by) in named(list).into_iter().zip(bracketed(list)) {
                prop_assert!(
                    harm(k) < today && about(first_number(by), 100.0 * (1.0 - harm(k) / today), 0.51),
                    "{sentence}"
                );
            }
        } else if words("More harm than") {
            for (k, by) in named(list).into_iter().zip(bracketed(list)) {
                prop_assert!(harm(k) > today, "{sentence}");
                let p = c.strategies[k].get(Outcome::Harm).paired.unwrap();
                prop_assert!(more(by, p.difference, today), "{sentence}: {} on {today}", p.difference);
            }
        } else if words("Less harm, but at a price: ") {
            check_price(c, best.unwrap(), list, false)?;
        } else if words("With its own cost counted it is £") {
            let p = c.strategies[best.unwrap()].get(Outcome::CostTotal).paired.unwrap();
            prop_assert_eq!(told(&p, n), if sentence.contains("dearer") { 1 } else { -1 }, "{}", sentence);
            prop_assert!(
                about(first_number(sentence), p.difference.abs(), 0.006 * p.difference.abs().max(1.0)),
                "{sentence}"
            );
        } else if words("With its own cost counted, whether it is dearer or cheaper") {
            prop_assert_eq!(finding(best.unwrap(), Outcome::CostTotal), 0, "{}", sentence);
        } else if words("No service fell below 95 %") {
            prop_assert!(flat && sentence.contains(&format!("{n} runs")), "{sentence}");
        } else if words("Fewer organisations are affected") || words("More organisations are affected") {
            let mean = |k: usize| c.strategies[k].get(Outcome::OrganisationsAffected).mean;
            let (of_base, list) = sentence.split_once("): ").unwrap();
            let said = |words: &str, k: usize| about(first_number(words), mean(k), printed(mean(k)));
            prop_assert!(said(of_base.split_once(" (").unwrap().1, c.baseline), "{sentence}");
            for (k, words) in named(list).into_iter().zip(bracketed(list)) {
                prop_assert!(said(words, k), "{sentence}: {}", mean(k));
                prop_assert_eq!(mean(k) < mean(c.baseline), sentence.starts_with("Fewer"), "{}", sentence);
            }
        } else if words("95 % of affected care is back ") {
            let hours = |k: usize| c.strategies[k].get(Outcome::Recovery95).mean;
            let sooner = words("95 % of affected care is back sooner");
            let (of_base, list) = sentence.split_once("): ").unwrap();
            prop_assert!(lasts(of_base.split_once(" (").unwrap().1, hours(c.baseline)), "{sentence}");
            for (k, taken) in named(list).into_iter().zip(bracketed(list)) {
                prop_assert!(k != c.baseline && lasts(taken, hours(k)), "{sentence}: {}", hours(k));
                prop_assert!(
                    if sooner { hours(k) < hours(c.baseline) } else { hours(k) > hours(c.baseline) },
                    "{sentence}"
                );
            }
        } else if words("No strategy is shown to bring 95 %") {
            prop_assert!(!flat && others.iter().all(|k| finding(*k, Outcome::Recovery95) == 0), "{sentence}");
        } else if words("Not back by the end") {
            for (k, part) in named(list).into_iter().zip(list.split('”').skip(1)) {
                let runs = c.strategies[k].get(Outcome::Recovery95).censored * n as f64;
                prop_assert!(
                    about(first_number(part), runs, 0.01) && sentence.contains(&format!("of {n} runs")),
                    "{sentence}"
                );
            }
        } else {
            return Err(TestCaseError::fail(format!("nobody checks “{sentence}”")));
        }
    }
    // What must not be left out.
    for &k in less.iter().filter(|k| Some(**k) != best) {
        let told = sentences.iter().any(|s| s.starts_with(&format!("“S{k}” comes at a price: ")));
        prop_assert_eq!(
            told,
            comparison::PRICES.iter().any(|o| finding(k, *o) == 1),
            "{}: {:?}",
            k,
            sentences
        );
    }
    if let Some(best) = best {
        let worse = |o: &Outcome| finding(best, *o) == 1;
        let price = sentences.iter().any(|s| s.starts_with("Less harm, but"));
        prop_assert_eq!(price, comparison::PRICES.iter().any(worse), "{:?}", sentences);
        prop_assert!(sentences[0].starts_with('“'));
        prop_assert!(
            sentences.iter().any(|s| s.contains("dearer")) || finding(best, Outcome::CostTotal) == -1
        );
    } else {
        prop_assert!(sentences[0].starts_with("No strategy is shown to lower the harm of"));
    }
    Ok(())
}

/// Holds the parts of what strategy `k` makes worse against the findings: each that is worse is there once, and says by how much.
fn check_price(c: &Comparison, k: usize, list: &str, dearer: bool) -> Result<(), TestCaseError> {
    let worse = |o: Outcome| told(c.strategies[k].get(o).paired.as_ref().unwrap(), c.replicates) == 1;
    let parts: Vec<&str> = list.trim_end_matches('.').split(", ").flat_map(|p| p.split(" and ")).collect();
    let mut checked = 0;
    for (o, phrase) in [
        (Outcome::ContactsNotServed, "contacts not served on the day"),
        (Outcome::ContactsDeferred, "contacts put off"),
        (Outcome::ContactsLost, "contacts lost"),
        (Outcome::Recovery95, "95 % of affected care back "),
        (Outcome::BacklogDays, "the backlog cleared "),
        (Outcome::RecordsExposed, "records exposed"),
        (Outcome::CostTotal, " dearer in all"),
    ] {
        let part = parts.iter().find(|p| p.contains(phrase));
        let expected = match o {
            Outcome::CostTotal => dearer,
            Outcome::ContactsDeferred => worse(o) && !worse(Outcome::ContactsNotServed),
            _ => worse(o),
        };
        prop_assert_eq!(part.is_some(), expected, "{}: {}", phrase, list);
        let Some(part) = part else { continue };
        checked += 1;
        let by = c.strategies[k].get(o).paired.unwrap().difference;
        let base = c.strategies[c.baseline].get(o).mean;
        let right = match o {
            Outcome::Recovery95 => part.ends_with(" later") && lasts(part.strip_prefix(phrase).unwrap(), by),
            Outcome::BacklogDays => {
                part.ends_with(" later") && lasts(part.strip_prefix(phrase).unwrap(), 24.0 * by)
            }
            Outcome::CostTotal => about(first_number(part), by, 0.006 * by.max(1.0)),
            _ => more(part, by, base),
        };
        prop_assert!(right, "{part}: {by} on {base}");
    }
    prop_assert_eq!(checked, parts.len(), "{}", list);
    Ok(())
}

/// Whether “36 % more”, “2.10 times as many” or “12 where there were none” says by how much something is more.
fn more(words: &str, difference: f64, base: f64) -> bool {
    let got = first_number(words);
    if words.contains("where there were none") {
        base <= 0.0 && about(got, difference, 0.006 * difference.max(1.0))
    } else if words.contains(" times as m") {
        let times = (base + difference) / base;
        difference >= base && about(got, times, (0.006 * times).max(0.051))
    } else {
        words.contains(" % more") && difference < base && about(got, 100.0 * difference / base, 0.51)
    }
}

/// Whether “13.5 days” or “0.80 hours” says so many hours.
pub(in crate::verdict) fn lasts(words: &str, hours: f64) -> bool {
    let got = first_number(words);
    if words.contains(" hours") {
        about(got, hours, 0.06) && hours > 0.0
    } else {
        about(24.0 * got, hours, 1.21) && (got > 0.0 || hours <= 0.0)
    }
}

type Reach = (f64, f64);

fn reach() -> impl Strategy<Value = Reach> {
    (prop_oneof![0.0..0.5f64, 0.8..2.0f64], prop_oneof![0.0..0.5f64, 0.8..2.0f64])
}

prop_compose! {
    fn worths()(
        estimates in prop::collection::vec((-400.0..900.0f64, reach()), 3),
        behind in (0.0..50.0f64, reach(), prop_oneof![Just(1e-9), 0.0..1.0f64]),
    ) -> (Worth, (f64, Reach, f64)) {
        let of = |k: usize| interval(estimates[k].0, estimates[k].1);
        let worth = Worth { alone: of(0), last: of(1), shapley: of(2), share: of(2), steps: vec![], behind: None };
        (worth, behind)
    }
}

prop_compose! {
    fn years()(
        per_year in 0.001..20.0f64,
        harm in (-900.0..900.0f64, reach()),
        avoided in (-9e5..9e5f64, reach()),
        costs in (0.0..1e7f64, 0.0..1e6f64),
    ) -> Yearly {
        let whole = PillarYear {
            harm: interval(harm.0, harm.1),
            avoided: interval(avoided.0, avoided.1),
            set_up: costs.0,
            running: costs.1,
        };
        Yearly { per_year, range: Some((0.5 * per_year, 2.0 * per_year)), pillars: vec![whole; 5], whole }
    }
}

prop_compose! {
    pub(in crate::verdict) fn studies()(
        replicates in prop_oneof![1usize..40, 30usize..500],
        wholes in prop::collection::vec((prop_oneof![Just(0.0), -900.0..900.0f64], reach()), OUTCOMES.len()),
        start in prop_oneof![Just(0.0), 1.0..3000.0f64],
        worths in prop::collection::vec(prop::collection::vec(worths(), 5), OUTCOMES.len()),
        pairs in prop::collection::vec((0usize..5, 1usize..5, -100.0..100.0f64, reach(), 0.0..0.2f64), 3),
        yearly in prop_oneof![Just(None), years().prop_map(Some)],
    ) -> Pillars {
        let outcomes = OUTCOMES.iter().enumerate().map(|(at, o)| {
            let whole = if start > 0.0 { interval(wholes[at].0, wholes[at].1) } else { interval(0.0, (0.0, 0.0)) };
            let mut list: Vec<Worth> = worths[at].iter().map(|w| w.0.clone()).collect();
            let leader = (0..5).max_by(|a, b| list[*a].shapley.estimate.total_cmp(&list[*b].shapley.estimate)).unwrap();
            let most = list[leader].shapley.estimate;
            for (k, w) in list.iter_mut().enumerate() {
                let (_, reach, p) = worths[at][k].1;
                let by = most - w.shapley.estimate;
                w.behind = (k != leader).then(|| Lead { by: interval(by, reach), p });
                let share = |v: f64| v / whole.estimate;
                w.share = Interval { estimate: share(w.shapley.estimate), low: share(w.shapley.low), high: share(w.shapley.high) };
            }
            let share = |v: f64| v / start;
            Shares {
                outcome: *o,
                start,
                means: if start > 0.0 { vec![start; 32] } else { vec![0.0; 32] },
                whole,
                relative: Interval { estimate: share(whole.estimate), low: share(whole.low), high: share(whole.high) },
                pillars: list,
                pairs: pairs
                    .iter()
                    .map(|(a, b, worth, reach, p)| Pair { of: (*a, (a + b) % 5), worth: interval(*worth, *reach), p: *p })
                    .collect(),
            }
        });
        Pillars { outcomes: outcomes.collect(), yearly, replicates }
    }
}

/// The pillars that a text names.
fn pillars_named(text: &str) -> Vec<usize> {
    let at = |label: &str| Pillar::ALL.iter().position(|p| p.label() == label).unwrap();
    text.split('“').skip(1).map(|t| at(t.split('”').next().unwrap())).collect()
}

/// 1 above zero, −1 below, 0 neither.
pub(in crate::verdict) fn side(i: &Interval) -> i8 {
    i8::from(i.low > 0.0) - i8::from(i.high < 0.0)
}

#[allow(clippy::too_many_lines)] // one arm for each form of sentence
fn check_pillars(p: &Pillars) -> Result<(), TestCaseError> {
    let sentences = pillars::sentences(p);
    let n = p.replicates;
    if n < 30 {
        prop_assert!(
            sentences.len() == 1 && sentences[0].starts_with("Too few runs to say"),
            "{sentences:?}"
        );
        return Ok(());
    }
    let of = |o: Outcome| p.outcomes.iter().find(|s| s.outcome == o).unwrap();
    let (harm, cost) = (of(Outcome::Harm), of(Outcome::CostTotal));
    if harm.start <= 0.0 {
        prop_assert!(sentences[0].starts_with("Nothing was disrupted"), "{sentences:?}");
        return Ok(());
    }
    let lowered = side(&harm.whole) == 1;
    let mut in_money = vec![];
    for sentence in &sentences {
        let words = |start: &str| sentence.starts_with(start);
        let who = pillars_named(sentence);
        if words("All five pillars together lower harm by") {
            prop_assert!(lowered && sentence.contains(&format!("{n} runs")), "{sentence}");
            prop_assert!(
                about(first_number(sentence), 100.0 * harm.whole.estimate / harm.start, 0.51),
                "{sentence}"
            );
        } else if words("All five pillars together raise harm by") {
            prop_assert!(
                side(&harm.whole) == -1 && sentence.contains("worse than as things stand"),
                "{sentence}"
            );
            prop_assert!(
                about(first_number(sentence), -harm.whole.estimate, printed(harm.whole.estimate)),
                "{sentence}"
            );
        } else if words("Whether all five pillars together lower harm cannot be told") {
            prop_assert_eq!(side(&harm.whole), 0, "{}", sentence);
        } else if words("Less harm, but: ") {
            prop_assert!(lowered, "{sentence}");
            for (o, phrase) in [
                (Outcome::ContactsNotServed, "more contacts not served on the day"),
                (Outcome::Recovery95, "95 % of affected care back "),
                (Outcome::CostTotal, "more spent in all"),
            ] {
                prop_assert_eq!(
                    sentence.contains(phrase),
                    side(&of(o).whole) == -1,
                    "{}: {}",
                    phrase,
                    sentence
                );
            }
            for part in sentence.strip_prefix("Less harm, but: ").unwrap().split("; ") {
                let (o, got) = match part {
                    p if p.starts_with("95 %") => (Outcome::Recovery95, 24.0 * first_number(&p[4..])),
                    p if p.contains("spent") => (Outcome::CostTotal, first_number(p)),
                    p => (Outcome::ContactsNotServed, first_number(p)),
                };
                let by = -of(o).whole.estimate;
                prop_assert!(
                    about(got, by, if o == Outcome::Recovery95 { 1.21 } else { printed(by) }),
                    "{part}: {by}"
                );
            }
        } else if sentence.contains(" brings most of that") {
            let first = who[0];
            let value = |k: usize| harm.pillars[k].shapley.estimate;
            prop_assert!(lowered && (0..5).all(|k| value(k) <= value(first)), "{sentence}");
            let as_much: Vec<usize> = (0..5)
                .filter(|k| *k != first)
                .filter(|k| {
                    let lead = harm.pillars[*k].behind.unwrap();
                    lead.p > 0.05 || side(&lead.by) < 1 || value(first) - value(*k) < 0.02 * harm.start
                })
                .collect();
            prop_assert_eq!(&who[1..], &as_much[..], "{}", sentence);
        } else if words("Averaged over all orders of adding, raising harm") {
            let raising: Vec<usize> = (0..5).filter(|k| side(&harm.pillars[*k].shapley) == -1).collect();
            prop_assert_eq!(&who, &raising, "{}", sentence);
        } else if words("In money, ") {
            let phrase = |k: i8| {
                ["costs more than it saves", "may save or cost", "saves more than it costs"][(k + 1) as usize]
            };
            for k in who {
                let (alone, last) = (side(&cost.pillars[k].alone), side(&cost.pillars[k].last));
                let told = if alone == last {
                    format!("{}, alone as on top of the other four.", phrase(alone))
                } else {
                    format!("{} alone, and {} on top of the other four.", phrase(alone), phrase(last))
                };
                prop_assert!(
                    sentence.ends_with(&told) && !in_money.contains(&k),
                    "{sentence}: {:?}",
                    cost.pillars[k]
                );
                in_money.push(k);
            }
        } else if sentence.contains(" such incidents a year all five avert ") {
            let w = &p.yearly.as_ref().unwrap().whole;
            let harm = first_number(sentence.split_once("harm of ").unwrap().1);
            let avoided = first_number(sentence.split_once("avoid ").unwrap().1);
            prop_assert!(about(harm, w.harm.estimate, printed(w.harm.estimate)), "{sentence}: {w:?}");
            prop_assert!(
                about(avoided, w.avoided.estimate, printed(w.avoided.estimate)),
                "{sentence}: {w:?}"
            );
            let each = first_number(sentence.split_once(" to set up and ").unwrap().1);
            prop_assert!(about(each, w.running, printed(w.running)), "{sentence}: {w:?}");
            let told = [", more than that.", ", which may be more or less than that.", ", less than that."];
            let sign = i8::from(w.avoided.low > w.running) - i8::from(w.avoided.high < w.running);
            prop_assert!(sentence.ends_with(told[(sign + 1) as usize]), "{sentence}: {w:?}");
        } else if words("All of this is if this incident happens once") {
            prop_assert!(p.yearly.is_none(), "{sentence}");
        } else if sentence.contains(" together than apart") {
            let pair = harm.pairs.iter().find(|p| p.p <= 0.05 && side(&p.worth) != 0).unwrap();
            prop_assert_eq!(who, vec![pair.of.0, pair.of.1], "{}", sentence);
            prop_assert_eq!(sentence.contains("worth more"), pair.worth.low > 0.0, "{}", sentence);
            prop_assert_eq!(sentence.contains("worth less"), pair.worth.high < 0.0, "{}", sentence);
        } else {
            return Err(TestCaseError::fail(format!("nobody checks “{sentence}”")));
        }
    }
    // What must not be left out.
    let said = |words: &str| sentences.iter().any(|s| s.contains(words));
    let worse = OUTCOMES.iter().any(|o| *o != Outcome::Harm && side(&of(*o).whole) == -1);
    prop_assert_eq!(said("Less harm, but"), lowered && worse, "{:?}", sentences);
    prop_assert_eq!(said("brings most of that"), lowered, "{:?}", sentences);
    prop_assert_eq!(said(" such incidents a year all five"), p.yearly.is_some(), "{:?}", sentences);
    prop_assert_eq!(said("if this incident happens once"), p.yearly.is_none(), "{:?}", sentences);
    prop_assert_eq!(
        said("raising harm"),
        harm.pillars.iter().any(|w| side(&w.shapley) == -1),
        "{:?}",
        sentences
    );
    prop_assert_eq!(
        said("together than apart"),
        harm.pairs.iter().any(|p| p.p <= 0.05 && side(&p.worth) != 0)
    );
    let clear =
        (0..5).filter(|k| side(&cost.pillars[*k].alone) != 0 || side(&cost.pillars[*k].last) != 0).count();
    let clear = if p.yearly.is_some() { 0 } else { clear };
    prop_assert_eq!(in_money.len(), clear, "{:?}", sentences);
    Ok(())
}

/// Parameters of the starter scenario.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| load(bundled::STARTER, None).unwrap().parameters.rows());

prop_compose! {
    pub(in crate::verdict) fn tornadoes()(ends in prop::collection::vec([(-9.0..9.0f64, reach()), (-9.0..9.0f64, reach())], 0..6)) -> Tornado {
        let bar = |(row, ends): (&Row, [(f64, Reach); 2])| {
            let [low, high] = ends.map(|(estimate, reach)| interval(estimate, reach));
            Bar { row: row.clone(), baseline: (1.0, 2.0), difference: (low, high), replicates: 10 }
        };
        Tornado { centre: 1.0, bars: ROWS.iter().zip(ends).map(bar).collect(), unfinished: false }
    }
}

fn check_turning(t: &Tornado) -> Result<(), TestCaseError> {
    let Some(sentence) = comparison::turned_by(t, "A", "B") else {
        prop_assert!(t.bars.is_empty(), "parameters were moved, and nothing is said");
        return Ok(());
    };
    prop_assert!(!t.bars.is_empty() && sentence.contains("“A” and “B”"), "{sentence}");
    let said: Vec<&str> = sentence
        .split_once(": ")
        .map_or(vec![], |s| s.1.trim_end_matches('.').split(", ").flat_map(|p| p.split(" and ")).collect());
    let turning = |b: &&Bar| {
        let (low, high) = (&b.difference.0, &b.difference.1);
        (low.estimate > 0.0) != (high.estimate > 0.0) && (side(low) != 0 || side(high) != 0)
    };
    let turning: Vec<&str> = t.bars.iter().filter(turning).map(|b| b.row.path.as_str()).collect();
    prop_assert_eq!(sentence.starts_with("No single parameter"), turning.is_empty(), "{}", sentence);
    prop_assert_eq!(said, turning, "{}", sentence);
    Ok(())
}

/// What can be bought in the starter scenario.
static PROBLEM: LazyLock<Problem> =
    LazyLock::new(|| Problem::new(&load(bundled::STARTER, None).unwrap(), true, true));

prop_compose! {
    fn judged()(
        n in prop_oneof![1usize..40, 30usize..600],
        total in 1e4..1e7f64,
        gain in (prop_oneof![Just(0.0), 0.0..800.0f64], reach()),
        shares in (0.0..1.0f64, 0.0..1.0f64),
        uptake in prop_oneof![1 => Just(vec![0; PROBLEM.levers.len()]), 9 => prop::collection::vec(0u8..3, PROBLEM.levers.len())],
        response in prop_oneof![Just(0), 0..PROBLEM.responses.len()],
    ) -> Judged {
        let benefit = interval(gain.0, gain.1);
        let share = |v: f64| v / 1000.0;
        let better = (shares.0 * n as f64) as usize;
        Judged {
            choice: Choice { response, uptake },
            cost: Cost { set_up: 0.2 * total, yearly: 0.2 * total },
            total,
            present_value: 0.95 * total,
            mean: 1000.0 - benefit.estimate,
            benefit,
            relative: Interval { estimate: share(benefit.estimate), low: share(benefit.low), high: share(benefit.high) },
            wins: Wins { better, same: (shares.1 * (n - better) as f64) as usize, of: n },
        }
    }
}

prop_compose! {
    pub(in crate::verdict) fn advice()(
        best in judged(),
        rivals in prop::collection::vec(judged(), 0..3),
        alone in (judged(), judged()),
        bought in (1e4..1e7f64, prop_oneof![Just(0.0), 0.0..800.0f64], reach()),
        loss in (prop_oneof![Just(0.0), -1e5..1e7f64], reach()),
        per_year in prop::option::of(0.001..3.0f64),
        next in prop::option::of((-20.0..20.0f64, reach())),
    ) -> Advice {
        Advice {
            problem: PROBLEM.clone(),
            aim: Aim::of(Outcome::Harm),
            nothing: 1000.0,
            best,
            ties: rivals.len(),
            rivals: { let mut rivals = rivals; rivals.sort_by(|a, b| a.total.total_cmp(&b.total)); rivals },
            response: alone.0,
            levers: alone.1,
            bought: Part { levers: vec![], cost: Cost::default(), total: bought.0, benefit: interval(bought.1, bought.2), loss: interval(loss.0, loss.1) },
            per_year,
            parts: vec![],
            pillars: vec![],
            years: 4,
            discount: 0.035,
            idle: vec![],
            frontier: vec![],
            next_pound: next.map(|(by, reach)| interval(by, reach)),
            roadmap: vec![],
            tried: 1,
        }
    }
}

#[allow(clippy::too_many_lines)] // one table of sentences
fn check_advice(a: &Advice) -> Result<(), TestCaseError> {
    let sentences = investment::sentences(a);
    let (best, n) = (&a.best, a.best.wins.of);
    if n < 30 {
        prop_assert!(
            sentences.len() == 1 && sentences[0].starts_with("Too few runs to say"),
            "{sentences:?}"
        );
        return Ok(());
    }
    if side(&best.benefit) != 1 {
        prop_assert!(sentences.len() == 1, "{sentences:?}");
        prop_assert!(sentences[0].starts_with("Nothing that was found within this budget is shown to lower"));
        prop_assert!(sentences[0].contains(&format!("{n} runs")), "{sentences:?}");
        return Ok(());
    }
    let bought = best.choice.uptake.iter().any(|s| *s > 0);
    let (usual, chosen) = (&a.problem.responses[0], &a.problem.responses[best.choice.response]);
    let other = best.choice.response != 0;
    prop_assert_eq!(sentences[0].starts_with("Buy first, for £"), bought, "{:?}", sentences);
    prop_assert_eq!(sentences[0].starts_with("Buy nothing"), !bought, "{:?}", sentences);
    let begins = |start: &str| sentences.iter().any(|s| s.starts_with(start));
    prop_assert_eq!(begins("In an incident "), other, "{:?}", sentences);
    prop_assert_eq!(begins("By what is followed alone"), other && bought, "{:?}", sentences);
    let told = a.bought.benefit.low > 0.0;
    let start = if a.per_year.is_some() { "At " } else { "If such an incident happens once" };
    prop_assert_eq!(begins(start), bought && told, "{:?}", sentences);
    let saves = a.bought.loss.low > 0.0;
    prop_assert_eq!(begins("It avoids £"), bought && saves, "{:?}", sentences);
    prop_assert_eq!(begins("In money alone it is not shown"), bought && !saves, "{:?}", sentences);
    prop_assert_eq!(begins("What is bought is not shown"), bought && !told, "{:?}", sentences);
    prop_assert!(begins("Together that lowers "), "{sentences:?}");
    for sentence in &sentences {
        let words = |start: &str| sentence.starts_with(start);
        let after = |word: &str| first_number(sentence.split_once(word).unwrap().1);
        if words("Buy ") {
            if bought {
                prop_assert!(about(first_number(sentence), best.total, printed(best.total)), "{sentence}");
                prop_assert!(sentence.contains("over 4 years"), "{sentence}");
            }
            for (lever, step) in a.problem.levers.iter().zip(&best.choice.uptake) {
                prop_assert_eq!(
                    sentence.contains(lever.name.as_str()),
                    *step > 0,
                    "{}: {}",
                    lever.name,
                    sentence
                );
            }
        } else if words("In an incident ") {
            let id = chosen.playbook.as_deref().unwrap_or_default();
            prop_assert_eq!(
                sentence.contains(&format!("“{id}”")),
                chosen.playbook != usual.playbook,
                "{}",
                sentence
            );
            prop_assert_eq!(
                sentence.contains(chosen.priority.label()),
                chosen.priority != usual.priority,
                "{}",
                sentence
            );
        } else if words("Together that lowers ") {
            prop_assert!(about(after(" by "), best.benefit.estimate / 10.0, 0.51), "{sentence}");
            prop_assert!(
                sentence.contains(&format!("better in {} of {n} runs", best.wins.better)),
                "{sentence}"
            );
        } else if words("By what is followed alone") {
            prop_assert!(about(after("lowered by "), a.response.benefit.estimate / 10.0, 0.51), "{sentence}");
            prop_assert!(
                about(after("bought alone by "), a.levers.benefit.estimate / 10.0, 0.51),
                "{sentence}"
            );
        } else if words("If such an incident happens once") || words("At ") {
            // What is followed for nothing is no merit of what is bought.
            let incidents = a.per_year.map_or(1.0, |often| 4.0 * often);
            let each = a.bought.total / incidents / a.bought.benefit.estimate;
            prop_assert!(about(after(" costs "), each, printed(each)), "{sentence}");
        } else if words("It avoids £") {
            prop_assert!(
                about(first_number(sentence), a.bought.loss.estimate, printed(a.bought.loss.estimate)),
                "{sentence}"
            );
            let from = a.bought.total / 4.0 / a.bought.loss.estimate;
            prop_assert_eq!(
                sentence.contains("as they do here"),
                a.per_year.is_some_and(|p| p >= from),
                "{}",
                sentence
            );
            prop_assert_eq!(
                sentence.contains("here they do not"),
                a.per_year.is_some_and(|p| p < from),
                "{}",
                sentence
            );
        } else if words("What is bought is not shown to lower it further")
            || words("In money alone it is not shown")
        {
            // It was checked when it is told.
        } else if words("Every other set that the search found") {
            prop_assert!(a.rivals.is_empty(), "{sentence}");
        } else if sentence.contains("that the search found") {
            let counted = if words("One other set ") { 1 } else { first_number(sentence) as usize };
            prop_assert_eq!(counted, a.rivals.len(), "{}", sentence);
            let least = a.rivals.iter().map(|r| r.total).fold(f64::INFINITY, f64::min);
            match sentence.split_once(" costs £") {
                Some((_, cost)) => prop_assert!(
                    least < best.total && about(first_number(cost), least, printed(least)),
                    "{sentence}"
                ),
                None => prop_assert!(least >= best.total - 1.0, "{sentence}"),
            }
        } else if words("Another £100,000 would lower it") {
            let next = a.next_pound.unwrap();
            prop_assert_eq!(side(&next), 1, "{}", sentence);
            prop_assert!(about(after("about "), next.estimate / 10.0, 0.51), "{sentence}");
        } else if words("More money than this is not shown") {
            prop_assert!(side(&a.next_pound.unwrap()) <= 0, "{}", sentence);
        } else if words("With more money than this the search found nothing") {
            prop_assert!(a.next_pound.is_none(), "{sentence}");
        } else {
            return Err(TestCaseError::fail(format!("nobody checks “{sentence}”")));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_comparison_is_told_as_it_was_found(c in comparisons()) {
        check_comparison(&c)?;
    }
    #[test]
    fn pillars_are_told_as_they_were_found(p in studies()) {
        check_pillars(&p)?;
    }
    #[test]
    fn advice_is_told_as_it_was_found(a in advice()) {
        check_advice(&a)?;
    }
    #[test]
    fn what_would_turn_an_answer_is_told_as_it_was_found(t in tornadoes()) {
        check_turning(&t)?;
    }
}

#[test]
fn shares_are_not_rounded_to_nothing_or_all() {
    for (share, text) in [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.9999, "99.9 %"),
        (0.995, "99.5 %"),
        (0.99, "99 %"),
        (0.46, "46 %"),
        (0.0001, "0.1 %"),
        (-0.004, "−0.4 %"),
        (-0.5, "−50 %"),
    ] {
        assert_eq!(super::percent(share), text);
    }
}
