//! What a treasurer would say of a portfolio: what a year brings, who carries it, what bad years come to, and what a strategy changes.

use resus_engine::stats::annual_loss::CHANCES;
use resus_engine::stats::intervals::Interval;
use resus_engine::study::portfolio::{Measure, PortfolioRisk, StrategyRisk};

use super::{list, percent, too_few};
use crate::format::{number, pounds};

/// A scenario that brings most in at least this share of the draws may be the carrier.
const MAY: f64 = 0.05;
const HARM: usize = Measure::Harm as usize;
const LOSS: usize = Measure::Loss as usize;

/// An estimate with its interval in words.
pub(crate) fn with(i: &Interval, show: impl Fn(f64) -> String) -> String {
    format!("{} [{} to {}]", show(i.estimate), show(i.low), show(i.high))
}

/// What a year brings and what would change it; `titles` are those of the scenarios.
pub fn sentences(titles: &[&str], r: &PortfolioRisk) -> Vec<String> {
    if let Some(few) = too_few(r.replicates as usize, 200) {
        return vec![few];
    }
    let base = r.base();
    if base.annual[HARM].estimate <= 0.0 && base.annual[LOSS].estimate <= 0.0 {
        return vec![format!("Nothing was disrupted in {} runs of each scenario.", r.replicates)];
    }
    let scenarios =
        if titles.len() == 1 { "this scenario".into() } else { format!("these {} scenarios", titles.len()) };
    let mut out = vec![format!(
        "Under “{}” a year is expected to cost {} and to bring harm (index) of {} from {scenarios}; in {} of years none of it happens.",
        base.name,
        with(&base.annual[LOSS], pounds),
        with(&base.annual[HARM], number),
        percent(r.quiet)
    )];
    out.extend(bad_years(base));
    if titles.len() > 1 {
        out.extend(carriers(titles, r));
    }
    out.extend(strategies(r));
    out
}

/// What one year in twenty and one in a hundred exceed.
fn bad_years(base: &StrategyRisk) -> Option<String> {
    let of = |chance: f64| {
        let k = CHANCES.iter().position(|c| (c - chance).abs() < 1e-9).expect("it is one of them");
        base.exceeded[LOSS][k]
    };
    let (twenty, hundred) = (of(0.05), of(0.01));
    let one = (twenty > 0.0).then(|| format!("one year in twenty costs more than {}", pounds(twenty)));
    let other = (hundred > 0.0).then(|| format!("one in a hundred more than {}", pounds(hundred)));
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{}, {other}.", crate::format::capital(&one))),
        (None, Some(_)) => Some(format!(
            "More than nineteen years in twenty cost nothing; one year in a hundred costs more than {}.",
            pounds(hundred)
        )),
        _ => None,
    }
}

/// Which scenario brings most, of harm and of money.
fn carriers(titles: &[&str], r: &PortfolioRisk) -> Vec<String> {
    let one = |m: Measure| {
        let k = r.carrier(m);
        let rivals: Vec<String> = (0..titles.len())
            .filter(|n| *n != k && r.members[*n].largest[m as usize] >= MAY)
            .map(|n| format!("“{}”", titles[n]))
            .collect();
        (k, rivals)
    };
    let (harm, loss) = (one(Measure::Harm), one(Measure::Loss));
    let told = |what: &str, m: Measure, (k, rivals): &(usize, Vec<String>)| {
        let share = percent(r.members[*k].share[m as usize]);
        let most = format!("“{}” carries most of the {what}: {share} of what is expected", titles[*k]);
        if rivals.is_empty() {
            format!("{most}.")
        } else {
            format!("{most}; as far as frequencies are known, {} may carry more.", list(rivals, "or"))
        }
    };
    vec![told("harm", Measure::Harm, &harm), told("loss", Measure::Loss, &loss)]
}

/// What the strategy that lowers harm most changes, at what price, and which may do as well; which raise it.
fn strategies(r: &PortfolioRisk) -> Vec<String> {
    let harm = |s: &StrategyRisk| s.lowers.map(|l| l[HARM]);
    let others: Vec<&StrategyRisk> = r.strategies.iter().filter(|s| s.lowers.is_some()).collect();
    let mut out = vec![];
    let estimate = |s: &StrategyRisk| harm(s).map_or(0.0, |i| i.estimate);
    let best = (others.iter().copied().filter(|s| harm(s).is_some_and(|i| i.low > 0.0)))
        .max_by(|a, b| estimate(a).total_cmp(&estimate(b)));
    match best {
        None if others.is_empty() => {}
        None => out.push("No strategy is shown to lower the harm that is expected.".into()),
        Some(best) => {
            let lowers = best.lowers.expect("it is no baseline");
            let whole = r.base().annual[HARM].estimate;
            out.push(format!(
                "“{}” lowers the harm of a year most: by {}, {} of what is expected.",
                best.name,
                with(&lowers[HARM], number),
                percent(lowers[HARM].estimate / whole)
            ));
            out.push(price(best, &lowers[LOSS], r.base()));
            let even: Vec<String> = (r.strategies.iter())
                .filter(|s| s.id != best.id && s.behind.is_none_or(|b| b.low <= 0.0))
                .map(|s| format!("“{}”", s.name))
                .collect();
            if !even.is_empty() {
                out.push(format!("Not told from it by these runs: {}.", list(&even, "and")));
            }
        }
    }
    let worse: Vec<String> = (others.iter())
        .filter(|s| harm(s).is_some_and(|i| i.high < 0.0))
        .map(|s| format!("“{}”", s.name))
        .collect();
    if !worse.is_empty() {
        out.push(format!("More harm than as things stand: {}.", list(&worse, "and")));
    }
    out
}

/// What it does to money: the loss that it avoids, against what its levers cost beyond the baseline's.
pub(crate) fn price(s: &StrategyRisk, avoided: &Interval, base: &StrategyRisk) -> String {
    let (set_up, running) = (s.levers.0 - base.levers.0, s.levers.1 - base.levers.1);
    let loss = if avoided.high < 0.0 {
        let more = Interval { estimate: -avoided.estimate, low: -avoided.high, high: -avoided.low };
        format!("It adds {} of loss a year", with(&more, pounds))
    } else {
        format!("It avoids {} of loss a year", with(avoided, pounds))
    };
    if set_up <= 0.0 && running <= 0.0 {
        return format!("{loss}; its levers cost no more than the baseline’s.");
    }
    let against = if avoided.high < 0.0 {
        ""
    } else if avoided.low > running {
        ", less than it avoids"
    } else if avoided.high < running {
        ", more than it avoids"
    } else {
        ", which may be more or less than it avoids"
    };
    format!(
        "{loss}; its levers cost {} to set up and {} each year{against}.",
        pounds(set_up),
        pounds(running)
    )
}
