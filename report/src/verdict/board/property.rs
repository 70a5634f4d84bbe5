//! The board's page against generated findings: every sentence is of a known form, and what it claims is worked out here from the numbers.

use proptest::prelude::*;
use resus_engine::catalogue::outcome::Outcome;
use resus_engine::study::comparison::Comparison;
use resus_engine::study::investment::Advice;
use resus_engine::study::pillars::Pillars;
use resus_engine::study::tornado::Tornado;

use super::comparison::NUMBERS;
use crate::Board;
use crate::pages::parameter_name;
use crate::verdict::comparison::PRICES;
use crate::verdict::property::{
    about, advice, comparisons, first_number, lasts, named, names, printed, side, studies, told, tornadoes,
};

type Checked = Result<(), TestCaseError>;

fn all(b: &Board) -> impl Iterator<Item = &String> {
    b.decision.iter().chain(&b.costs).chain(&b.given_up).chain(&b.turned_by)
}

/// Whether a list of names that ends after a few is the beginning of `who`, with how many more there are.
fn begins(text: &str, who: &[usize]) -> bool {
    let named = named(text);
    let more = text.contains(" others").then(|| {
        let before = text.split(" others").next().unwrap();
        before.rsplit(' ').next().unwrap().parse::<usize>().unwrap()
    });
    who.starts_with(&named) && named.len() + more.unwrap_or(0) == who.len()
}

/// A page on which nothing is decided says nothing else.
fn silent(b: &Board, start: &str) -> Checked {
    prop_assert!(b.decision.len() == 1 && b.decision[0].starts_with(start), "{:?}", b.decision);
    prop_assert!(b.numbers.is_empty() && b.costs[0].starts_with("Nothing is said"), "{b:?}");
    Ok(())
}

#[allow(clippy::too_many_lines)] // one arm for each form of sentence
fn check_comparison(c: &Comparison, costs: &[f64], t: &Tornado) -> Checked {
    let (names, n, base) = (names(c), c.replicates, c.baseline);
    let b = super::comparison(&names, costs, c, t);
    let mean = |k: usize, o: Outcome| c.strategies[k].get(o).mean;
    if n < 30 {
        return silent(&b, "Too few runs to say");
    }
    if names.len() == 1 {
        return silent(&b, "Only one strategy");
    }
    if (0..names.len()).all(|k| mean(k, Outcome::Harm) <= 0.0) {
        return silent(&b, "Nothing was disrupted");
    }
    let paired = |k: usize, o: Outcome| c.strategies[k].get(o).paired.unwrap();
    let others: Vec<usize> = (0..names.len()).filter(|k| *k != base).collect();
    let today = mean(base, Outcome::Harm);
    let finding = |k: usize, o: Outcome| told(&paired(k, o), n);
    let matter = |k: &usize| paired(*k, Outcome::Harm).difference.abs() >= 0.02 * today;
    let of = |sign: i8| -> Vec<usize> {
        others.iter().copied().filter(|k| finding(*k, Outcome::Harm) == sign).filter(|k| matter(k)).collect()
    };
    let best = of(-1).into_iter().min_by(|x, y| mean(*x, Outcome::Harm).total_cmp(&mean(*y, Outcome::Harm)));
    let harmful = of(1);
    prop_assert_eq!(super::chosen(&names, c), best);
    let least = best.filter(|k| c.to_best[*k].is_none());
    let even: Vec<usize> = others
        .iter()
        .copied()
        .filter(|k| least.is_some() && Some(*k) != best && told(&c.to_best[*k].unwrap(), n) != 1)
        .collect();
    let turning: Vec<String> = t
        .bars
        .iter()
        .filter(|b| {
            let (low, high) = (&b.difference.0, &b.difference.1);
            low.estimate * high.estimate < 0.0 && (side(low) != 0 || side(high) != 0)
        })
        .map(|b| parameter_name(&b.row))
        .collect();
    prop_assert_eq!(b.numbers.len(), 3);
    for (f, o) in b.numbers.iter().zip(NUMBERS) {
        let is = |text: &str, v: f64| {
            if o == Outcome::Recovery95 {
                lasts(&text.replace(['+', '−'], ""), v.abs())
            } else {
                about(first_number(text).abs(), v.abs(), printed(v))
            }
        };
        match best {
            Some(k) => {
                let p = paired(k, o);
                prop_assert!(is(&f.value, p.difference), "{f:?}: {}", p.difference);
                prop_assert!(
                    f.value.starts_with('−') == (p.difference < 0.0) || p.difference.abs() < 0.006,
                    "{f:?}"
                );
                let (low, high) = f.range.split_once(" to ").unwrap();
                prop_assert!(
                    is(low, p.interval.0) && is(high.trim_end_matches(": not shown to differ"), p.interval.1),
                    "{f:?}: {p:?}"
                );
                prop_assert_eq!(f.range.contains("not shown to differ"), finding(k, o) == 0, "{:?}", f);
                prop_assert!(is(f.what.split_once("against ").unwrap().1, mean(base, o)), "{f:?}");
            }
            None => prop_assert!(is(&f.value, mean(base, o)), "{f:?}"),
        }
    }
    let mut seen = vec![];
    for sentence in all(&b) {
        let words = |start: &str| sentence.starts_with(start);
        let harm = |k: usize| paired(k, Outcome::Harm);
        let form = if words("For patients ") {
            let (k, p) = (best.unwrap(), harm(best.unwrap()));
            prop_assert_eq!(named(sentence), vec![k, base], "{}", sentence);
            let share = first_number(sentence.split_once(": ").unwrap().1);
            prop_assert!(about(share, -100.0 * p.difference / today, 0.51), "{sentence}");
            prop_assert!(
                sentence.contains(&format!("better in {} of {n} runs", p.wins.better)),
                "{sentence}"
            );
            "best"
        } else if words("No change is shown to help patients") {
            prop_assert!(best.is_none() && sentence.contains(&format!("in {n} runs")), "{sentence}");
            "none"
        } else if sentence.contains(" may do as well: ") {
            prop_assert!(begins(sentence, &even) && !even.is_empty(), "{sentence}: {even:?}");
            "even"
        } else if words("It has a price") {
            let k = best.unwrap();
            let worse = PRICES.iter().any(|o| finding(k, *o) == 1) || finding(k, Outcome::CostTotal) == 1;
            prop_assert!(worse, "{sentence}");
            "price"
        } else if words("More harm than under ") {
            prop_assert!(begins(sentence.split_once(": ").unwrap().1, &harmful), "{sentence}: {harmful:?}");
            "harmful"
        } else if words("Its levers cost ") {
            let more = costs[best.unwrap()] - costs[base];
            prop_assert_eq!(sentence.contains(" more than"), more > 0.0, "{}", sentence);
            prop_assert_eq!(sentence.contains(" less than"), more < 0.0, "{}", sentence);
            prop_assert!(
                more == 0.0 || about(first_number(sentence), more.abs(), printed(more)),
                "{sentence}"
            );
            "levers"
        } else if words("With one such incident") {
            let p = paired(best.unwrap(), Outcome::CostTotal);
            let sign = told(&p, n);
            prop_assert_eq!(sentence.contains(" more in all"), sign == 1, "{}", sentence);
            prop_assert_eq!(sentence.contains(" less in all"), sign == -1, "{}", sentence);
            prop_assert_eq!(sentence.contains("cannot be told"), sign == 0, "{}", sentence);
            prop_assert!(
                sign == 0 || about(first_number(sentence), p.difference.abs(), printed(p.difference)),
                "{sentence}"
            );
            "total"
        } else if words("One such incident costs ") {
            prop_assert!(
                best.is_none()
                    && about(
                        first_number(sentence).abs(),
                        mean(base, Outcome::CostTotal).abs(),
                        printed(mean(base, Outcome::CostTotal))
                    ),
                "{sentence}"
            );
            "today"
        } else if words("Nothing else that is measured for patients is shown to get worse") {
            prop_assert!(PRICES.iter().all(|o| finding(best.unwrap(), *o) != 1), "{sentence}");
            "kept"
        } else if words("Worse than under ") {
            prop_assert!(PRICES.iter().any(|o| finding(best.unwrap(), *o) == 1), "{sentence}");
            "worse"
        } else if words("In ") && sentence.contains(" runs it does more harm than ") {
            let w = harm(best.unwrap()).wins;
            prop_assert!(
                sentence.starts_with(&format!("In {} of {n} runs", n - w.better - w.same)),
                "{sentence}"
            );
            prop_assert!(w.better + w.same < n);
            "lost"
        } else if words("Nothing, as long as nothing is changed") || words("More runs may show") {
            prop_assert!(best.is_none());
            "stay"
        } else if words("Within its plausible range each of these turns") {
            let list = sentence.split_once(": ").unwrap().1;
            prop_assert!(!turning.is_empty() && list.starts_with(&turning[0]), "{sentence}: {turning:?}");
            let told = turning.iter().filter(|name| list.contains(name.as_str())).count();
            let more = if list.contains(" others") {
                first_number(list.rsplit_once(" and ").unwrap().1) as usize
            } else {
                0
            };
            prop_assert!(
                told + more >= turning.len() && told >= turning.len().min(3),
                "{sentence}: {turning:?}"
            );
            "turns"
        } else if words("No single one of ") {
            prop_assert!(turning.is_empty() && first_number(sentence) as usize == t.bars.len(), "{sentence}");
            "firm"
        } else if words("No parameter was moved") {
            prop_assert!(t.bars.is_empty());
            "unmoved"
        } else if words("More than ") {
            prop_assert!(begins(sentence, &even) && first_number(sentence) as usize == n, "{sentence}");
            "tell"
        } else if words("It was stopped before") {
            prop_assert!(t.unfinished);
            "stopped"
        } else if words("How often such an incident comes is not in these figures") {
            "often"
        } else {
            return Err(TestCaseError::fail(format!("nobody checks “{sentence}”")));
        };
        seen.push(form);
    }
    // What must not be left out.
    let said = |form: &str| seen.contains(&form);
    prop_assert_eq!(said("best"), best.is_some());
    prop_assert_eq!(said("none"), best.is_none());
    prop_assert_eq!(said("harmful"), !harmful.is_empty());
    if let Some(k) = best {
        let worse = PRICES.iter().any(|o| finding(k, *o) == 1);
        prop_assert_eq!(said("worse"), worse);
        prop_assert_eq!(said("price"), worse || finding(k, Outcome::CostTotal) == 1);
        prop_assert_eq!(said("even"), !even.is_empty());
        prop_assert_eq!(said("tell"), !even.is_empty());
        prop_assert_eq!(said("stopped"), t.unfinished);
        let w = paired(k, Outcome::Harm).wins;
        prop_assert_eq!(said("lost"), w.better + w.same < n);
        prop_assert!(said("levers") && said("total") && said("often"));
        prop_assert_eq!(said("turns"), !turning.is_empty());
    }
    // One page holds it.
    let characters: usize = all(&b).map(|s| s.chars().count()).sum();
    prop_assert!(characters < 2600, "{characters}: {b:?}");
    Ok(())
}

fn check_pillars(p: &Pillars) -> Checked {
    let b = super::pillars(p);
    if p.replicates < 30 {
        return silent(&b, "Too few runs to say");
    }
    let of = |o: Outcome| p.outcomes.iter().find(|s| s.outcome == o).unwrap();
    if of(Outcome::Harm).start <= 0.0 {
        return silent(&b, "Nothing was disrupted");
    }
    for (f, o) in b.numbers.iter().zip(NUMBERS) {
        let s = of(o);
        // What is lowered by something changes by its opposite.
        let (change, low, high) = (-s.whole.estimate, -s.whole.high, -s.whole.low);
        let is = |text: &str, v: f64| {
            if o == Outcome::Recovery95 {
                lasts(&text.replace(['+', '−'], ""), v.abs())
            } else {
                about(first_number(text), v, printed(v))
            }
        };
        let (from, to) = f.range.split_once(" to ").unwrap();
        prop_assert!(is(&f.value, change) && is(from, low) && is(to, high), "{f:?}: {change} {low} {high}");
        prop_assert_eq!(f.range.contains("not shown to differ"), side(&s.whole) == 0, "{:?}", f);
        prop_assert!(is(f.what.split_once("against ").unwrap().1, s.start), "{f:?}");
    }
    let cost = of(Outcome::CostTotal);
    let money = &b.costs[0];
    if let Some(y) = &p.yearly {
        let each = first_number(money.split_once(" to set up and ").unwrap().1);
        prop_assert!(b.costs.len() == 1 && about(each, y.whole.running, printed(y.whole.running)), "{money}");
        return Ok(());
    }
    prop_assert!(b.costs[1].contains("happens once: its yearly frequency is not stated"), "{:?}", b.costs);
    prop_assert_eq!(money.contains(" more in all"), side(&cost.whole) == -1, "{}", money);
    prop_assert_eq!(money.contains(" less in all"), side(&cost.whole) == 1, "{}", money);
    prop_assert_eq!(money.contains("cannot be told"), side(&cost.whole) == 0, "{}", money);
    prop_assert!(
        about(first_number(money).abs(), cost.whole.estimate.abs(), printed(cost.whole.estimate)),
        "{money}"
    );
    let raised = p.outcomes.iter().filter(|s| side(&s.whole) == -1).count();
    let given_up = &b.given_up[0];
    prop_assert_eq!(given_up.contains("gets worse"), raised > 0, "{}", given_up);
    prop_assert!(
        !b.decision.is_empty() && b.decision[0].contains("five pillars together"),
        "{:?}",
        b.decision
    );
    Ok(())
}

fn check_plan(a: &Advice) -> Checked {
    let b = super::plan(a);
    let best = &a.best;
    if best.wins.of < 30 || side(&best.benefit) != 1 {
        prop_assert!(
            b.numbers.is_empty() && b.decision.len() == 1 && b.costs[0].starts_with("Nothing is said"),
            "{b:?}"
        );
        return Ok(());
    }
    // What to buy, whom to follow where that is another, and what it comes to.
    let other = best.choice.response != 0;
    prop_assert_eq!(b.decision.len(), 2 + usize::from(other), "{:?}", b);
    prop_assert!(b.decision[0].starts_with("Buy "), "{b:?}");
    prop_assert_eq!(b.decision[1].starts_with("In an incident "), other, "{:?}", b);
    prop_assert!(b.decision.last().unwrap().starts_with("Together that lowers "), "{b:?}");
    prop_assert!(about(first_number(&b.numbers[0].value), 100.0 * best.relative.estimate, 0.51), "{b:?}");
    prop_assert!(
        about(first_number(&b.numbers[1].value), best.benefit.estimate, printed(best.benefit.estimate)),
        "{b:?}"
    );
    prop_assert!(about(first_number(&b.numbers[2].value), best.total, printed(best.total)), "{b:?}");
    prop_assert!(about(first_number(&b.costs[0]), best.total, printed(best.total)), "{b:?}");
    prop_assert!(!b.turned_by.is_empty(), "{b:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_comparison_is_decided_as_it_was_found(
        c in comparisons(),
        costs in prop::collection::vec(prop_oneof![Just(0.0), 1e3..1e8f64], 5),
        t in tornadoes(),
        unfinished in any::<bool>(),
    ) {
        check_comparison(&c, &costs, &Tornado { unfinished, ..t })?;
    }
    #[test]
    fn pillars_are_decided_as_they_were_found(p in studies()) {
        check_pillars(&p)?;
    }
    #[test]
    fn a_plan_is_decided_as_it_was_found(a in advice()) {
        check_plan(&a)?;
    }
}
