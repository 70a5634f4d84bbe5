//! What a planner would say of a comparison of strategies.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::Scenario;
use resus_engine::study::comparison::{Compared, Comparison, MATTERS, Paired, Summary};
use resus_engine::study::tornado::Tornado;

use super::{list, percent, too_few};
use crate::format::{self, in_runs_of, number, pounds};

/// What less harm may come at the price of, beside money.
pub(super) const PRICES: [Outcome; 6] = [
    Outcome::ContactsNotServed,
    Outcome::ContactsDeferred,
    Outcome::ContactsLost,
    Outcome::Recovery95,
    Outcome::BacklogDays,
    Outcome::RecordsExposed,
];

/// What to make of a comparison of a scenario's strategies.
pub fn sentences(scenario: &Scenario, c: &Comparison) -> Vec<String> {
    let names: Vec<String> =
        c.strategies.iter().map(|s| scenario.strategies[s.strategy].name.clone()).collect();
    of(&names, c)
}

/// What to make of a comparison of strategies that are called so, in its order: which does least harm and at what price, which is as good,
/// which does more; when care comes back, sooner and later; what cannot be told.
pub fn of(names: &[String], c: &Comparison) -> Vec<String> {
    if let Some(few) = too_few(c.replicates, 500) {
        return vec![few];
    }
    let v = Verdict { names, c };
    if c.strategies.len() < 2 {
        return vec!["Only one strategy was run: there is nothing to compare it with.".into()];
    }
    if c.strategies.iter().all(|s| harm(s) <= 0.0) {
        let n = c.replicates;
        return vec![format!(
            "Nothing was disrupted under any strategy in {n} runs: there is nothing to choose between."
        )];
    }
    let mut out = v.care();
    out.extend(v.affected());
    out.extend(v.recovery());
    out
}

fn harm(s: &Compared) -> f64 {
    s.get(Outcome::Harm).mean
}

pub(super) struct Verdict<'a> {
    pub(super) names: &'a [String],
    pub(super) c: &'a Comparison,
}

impl Verdict<'_> {
    pub(super) fn name(&self, k: usize) -> String {
        format!("“{}”", self.names[k])
    }
    pub(super) fn base(&self) -> String {
        self.name(self.c.baseline)
    }
    pub(super) fn of(&self, k: usize, o: Outcome) -> &Summary {
        self.c.strategies[k].get(o)
    }
    /// The others of which a finding holds against the baseline.
    fn those(&self, o: Outcome, holds: impl Fn(&Paired) -> bool) -> Vec<usize> {
        (0..self.c.strategies.len()).filter(|k| self.of(*k, o).paired.as_ref().is_some_and(&holds)).collect()
    }
    fn list(&self, of: &[usize], words: impl Fn(usize) -> String) -> String {
        list(&of.iter().map(|k| format!("{}{}", self.name(*k), words(*k))).collect::<Vec<_>>(), "and")
    }
    fn names(&self, of: &[usize], word: &str) -> String {
        list(&of.iter().map(|k| self.name(*k)).collect::<Vec<_>>(), word)
    }

    /// The harm that matters: a small share of the baseline's.
    fn least(&self) -> f64 {
        MATTERS * self.of(self.c.baseline, Outcome::Harm).mean
    }
    /// Those shown to do less harm than the baseline by as much as matters, the least first.
    pub(super) fn less(&self) -> Vec<usize> {
        let mut less = self.those(Outcome::Harm, |p| p.is_less() && -p.difference >= self.least());
        less.sort_by(|a, b| self.of(*a, Outcome::Harm).mean.total_cmp(&self.of(*b, Outcome::Harm).mean));
        less
    }
    /// Those shown to do more harm than the baseline by as much as matters.
    pub(super) fn harmful(&self) -> Vec<usize> {
        self.those(Outcome::Harm, |p| p.is_more() && p.difference >= self.least())
    }
    /// Others whose harm cannot be told from that of the one with the least, where `best` is that one.
    pub(super) fn even(&self, best: usize) -> Vec<usize> {
        let told = |k: &usize| self.c.to_best[*k].is_some_and(|p| p.is_more());
        let not_base = (0..self.names.len()).filter(|k| *k != best && *k != self.c.baseline);
        not_base.filter(|k| self.c.to_best[best].is_none() && !told(k)).collect()
    }

    /// Who does less harm than the baseline, and who more, by as much as matters.
    fn care(&self) -> Vec<String> {
        let (base, n) = (self.base(), self.c.replicates);
        let least = self.least();
        let (less, more) = (self.less(), self.harmful());
        let near = self.those(Outcome::Harm, |p| (p.is_less() || p.is_more()) && p.difference.abs() < least);
        let hinted =
            |sign: f64| self.those(Outcome::Harm, move |p| p.is_hinted() && p.difference * sign > 0.0);
        let open = self.those(Outcome::Harm, |p| !p.is_less() && !p.is_more() && !p.is_hinted());
        let mut out = vec![];
        match less.split_first() {
            Some((best, others)) => out.extend(self.best(*best, others)),
            None => out.push(format!(
                "No strategy is shown to lower the harm of {base} by {} or more in {n} runs.",
                percent(MATTERS)
            )),
        }
        if !more.is_empty() {
            let list = self.list(&more, |k| format!(" ({})", self.more(k)));
            out.push(format!("More harm than {base}: {list}."));
        }
        if !near.is_empty() {
            out.push(format!(
                "Within {} of the harm of {base}: {}.",
                percent(MATTERS),
                self.names(&near, "and")
            ));
        }
        for (word, hinted) in [("less", hinted(-1.0)), ("more", hinted(1.0))] {
            if !hinted.is_empty() {
                out.push(format!(
                    "Perhaps {word} harm than {base}, by its own interval but not with all {} judged together: {}. More runs would tell.",
                    self.names.len() - 1,
                    self.names(&hinted, "and")
                ));
            }
        }
        if !open.is_empty() {
            out.push(format!("Harm that cannot be told from that of {base}: {}.", self.names(&open, "and")));
        }
        out
    }

    /// The strategy with the least harm of those that are shown to do less than the baseline, what is as good, and its price; `others`
    /// do less harm than the baseline, too.
    fn best(&self, best: usize, others: &[usize]) -> Vec<String> {
        let (base, n) = (self.base(), self.c.replicates);
        let p = self.of(best, Outcome::Harm).paired.expect("it is compared");
        let today = self.of(self.c.baseline, Outcome::Harm).mean;
        // One of which it is not shown may have the smallest mean.
        let least = self.c.to_best[best].is_none();
        let does = if least {
            "does least harm on average".to_owned()
        } else {
            format!("is shown to do less harm than {base}")
        };
        let mut out = vec![format!(
            "{} {does} over {n} runs: {} less{}, and better {}.",
            self.name(best),
            percent(-p.difference / today),
            if least { format!(" than {base}") } else { String::new() },
            in_runs_of(&p.wins)
        )];
        out.extend(self.price(best));
        let beaten = |k: &usize| self.c.to_best[*k].is_some_and(|p| p.is_more());
        let close = |k: &usize| self.c.to_best[*k].is_some_and(|p| p.difference < MATTERS * today);
        let rivals = |told: bool| -> Vec<usize> {
            let not_base = (0..self.names.len()).filter(|k| *k != best && *k != self.c.baseline);
            not_base.filter(|k| least && beaten(k) == told && (!told || close(k))).collect()
        };
        let (even, near) = (rivals(false), rivals(true));
        if !even.is_empty() {
            out.push(format!("Its harm cannot be told from that of {}.", self.names(&even, "or")));
        }
        if !near.is_empty() {
            out.push(format!(
                "In harm it hardly leads {}: by less than {} of today’s harm.",
                self.names(&near, "and"),
                percent(MATTERS)
            ));
        }
        let less: Vec<usize> =
            others.iter().copied().filter(|k| !even.contains(k) && !near.contains(k)).collect();
        if !less.is_empty() {
            out.push(format!(
                "Less harm than {base}, too: {}.",
                self.list(&less, |k| {
                    let p = self.of(k, Outcome::Harm).paired.expect("it is compared");
                    format!(" (by {})", percent(-p.difference / today))
                })
            ));
        }
        out.extend(self.prices(others));
        out
    }

    /// What a strategy makes worse beside harm and money.
    pub(super) fn worse(&self, k: usize) -> Vec<String> {
        let paired = |o: Outcome| self.of(k, o).paired;
        let is_more = |o: Outcome| paired(o).is_some_and(|p| p.is_more());
        // Contacts put off are among those not served on the day: once is enough.
        let told = |o: Outcome| o == Outcome::ContactsDeferred && is_more(Outcome::ContactsNotServed);
        let words = |o: Outcome| {
            let by = paired(o).map_or(0.0, |p| p.difference);
            match o {
                Outcome::Recovery95 => format!("95 % of affected care back {} later", days(o, by)),
                Outcome::BacklogDays => format!("the backlog cleared {} later", days(o, by)),
                Outcome::ContactsDeferred => self.more_of(k, o, "contacts put off"),
                _ => self.more_of(k, o, o.label()),
            }
        };
        PRICES.into_iter().filter(|o| is_more(*o) && !told(*o)).map(words).collect()
    }

    /// What the best one makes worse, and what it costs.
    fn price(&self, best: usize) -> Vec<String> {
        let worse = self.worse(best);
        let mut out = vec![];
        if !worse.is_empty() {
            out.push(format!("Less harm, but at a price: {}.", list(&worse, "and")));
        }
        if let Some(p) = self.of(best, Outcome::CostTotal).paired {
            out.push(if p.is_more() {
                format!("With its own cost counted it is {} dearer in all.", pounds(p.difference))
            } else if p.is_less() {
                format!("With its own cost counted it is {} cheaper in all.", pounds(-p.difference))
            } else {
                "With its own cost counted, whether it is dearer or cheaper cannot be told.".to_owned()
            });
        }
        out
    }

    /// What others that do less harm make worse.
    fn prices(&self, others: &[usize]) -> Vec<String> {
        let mut out = vec![];
        for &k in others {
            let mut worse = self.worse(k);
            if worse.is_empty() {
                continue;
            }
            if let Some(p) = self.of(k, Outcome::CostTotal).paired.filter(Paired::is_more) {
                worse.push(format!("{} dearer in all", pounds(p.difference)));
            }
            out.push(format!("{} comes at a price: {}.", self.name(k), list(&worse, "and")));
        }
        out
    }

    /// How much more of an outcome there is than under the baseline, with the outcome's name.
    fn more_of(&self, k: usize, o: Outcome, name: &str) -> String {
        let p = self.of(k, o).paired.expect("it is compared");
        let ratio = p.difference / self.of(self.c.baseline, o).mean;
        if !ratio.is_finite() {
            format!("{} {name} where there were none", number(p.difference))
        } else if ratio < 1.0 {
            let share = if ratio < 0.01 { percent(ratio) } else { format!("{:.0} %", 100.0 * ratio) };
            format!("{share} more {name}")
        } else {
            format!("{} times as many {name}", times(1.0 + ratio))
        }
    }

    /// How much more harm there is than under the baseline.
    fn more(&self, k: usize) -> String {
        self.more_of(k, Outcome::Harm, "").replace(" as many", " as much").trim_end().to_owned()
    }

    /// How many organisations are affected, without which nobody could read how soon they are back.
    fn affected(&self) -> Vec<String> {
        let o = Outcome::OrganisationsAffected;
        let mean = |k: usize| number(self.of(k, o).mean);
        let base = format!("{} ({} on average)", self.base(), mean(self.c.baseline));
        let mut fewer = self.those(o, Paired::is_less);
        fewer.sort_by(|a, b| self.of(*a, o).mean.total_cmp(&self.of(*b, o).mean));
        [("Fewer", fewer), ("More", self.those(o, Paired::is_more))]
            .into_iter()
            .filter(|(_, who)| !who.is_empty())
            .map(|(which, who)| {
                let list = self.list(&who, |k| format!(" ({})", mean(k)));
                format!("{which} organisations are affected than under {base}: {list}.")
            })
            .collect()
    }

    /// When 95 % of affected care is back: sooner and later than under the baseline, and not by the end.
    fn recovery(&self) -> Vec<String> {
        let o = Outcome::Recovery95;
        let n = self.c.replicates;
        let mean = |k: usize| self.of(k, o).mean;
        if (0..self.names.len()).all(|k| mean(k) <= 0.0) {
            return vec![format!(
                "No service fell below 95 % of its capacity under any strategy, in any of {n} runs."
            )];
        }
        let mut sooner = self.those(o, Paired::is_less);
        sooner.sort_by(|a, b| mean(*a).total_cmp(&mean(*b)));
        let later = self.those(o, Paired::is_more);
        let base = format!("{} ({} on average)", self.base(), days(o, mean(self.c.baseline)));
        let taken = |k: usize| format!(" ({})", days(o, mean(k)));
        let mut out = vec![];
        if !sooner.is_empty() {
            out.push(format!(
                "95 % of affected care is back sooner than under {base}: {}.",
                self.list(&sooner, taken)
            ));
        }
        if !later.is_empty() {
            out.push(format!(
                "95 % of affected care is back later than under {base}: {}.",
                self.list(&later, taken)
            ));
        }
        if sooner.is_empty() && later.is_empty() {
            out.push(format!(
                "No strategy is shown to bring 95 % of affected care back sooner or later than {} in {n} runs.",
                self.base()
            ));
        }
        let late = |k: &usize| self.of(*k, o).censored > 0.0;
        let late: Vec<usize> = (0..self.names.len()).filter(late).collect();
        if !late.is_empty() {
            let runs = |k: usize| format!(" in {:.0}", self.of(k, o).censored * n as f64);
            out.push(format!(
                "Not back by the end of the time looked at, of {n} runs: {}.",
                self.list(&late, runs)
            ));
        }
        out
    }
}

/// A ratio as people say it.
fn times(ratio: f64) -> String {
    if ratio < 100.0 { format!("{ratio:.1}") } else { number(ratio) }
}

/// A time of an outcome in days.
fn days(o: Outcome, time: f64) -> String {
    let days = if o == Outcome::BacklogDays { time } else { time / 24.0 };
    if days > 0.0 && days < 0.05 {
        format!("{} hours", number(days * 24.0))
    } else {
        format!("{days:.1} days")
    }
}

/// What would turn which of a strategy and the baseline does less harm, from the parameters that were moved; nothing when none was.
pub fn turned_by(t: &Tornado, strategy: &str, baseline: &str) -> Option<String> {
    let turning: Vec<String> = t.bars.iter().filter(|b| b.turns()).map(|b| b.row.path.clone()).collect();
    let which = format!("which of “{strategy}” and “{baseline}” does less harm");
    (!t.bars.is_empty()).then(|| {
        if turning.is_empty() {
            format!("No single parameter is shown to turn {which} when it is moved over its plausible range.")
        } else {
            format!("Within its plausible range each of these turns {which}: {}.", list(&turning, "and"))
        }
    })
}

/// What pairing saved, from the strategy of which it is least to the one of which it is most.
pub fn saved((least, most): (f64, f64)) -> String {
    let (least, most) = (number(least), number(most));
    let times = if least == most { most } else { format!("{least} to {most}") };
    format!(
        "Common luck saved work: without it the differences in harm would need {times} times as many replicates, depending on the strategy, for the same precision."
    )
}

/// Whether the precision asked for (half-width as a share of the baseline's mean harm) was reached after so many replicates.
pub fn precision(reached: bool, share: f64, replicates: u64) -> String {
    let share = format::percent(share);
    if reached {
        format!(
            "Every mean above is known to ± {share} of the baseline’s harm, after {replicates} replicates of each."
        )
    } else {
        format!(
            "The precision of {share} was not reached in {replicates} replicates of each: the intervals are wider."
        )
    }
}
