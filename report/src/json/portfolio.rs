//! `portfolio --json`: what several scenarios come to in a year.

use std::collections::BTreeMap;

use resus_engine::stats::annual_loss::CHANCES;
use resus_engine::study::portfolio::{self as study, Measure, MemberRisk, PortfolioRisk, StrategyRisk};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, Interval, Provenance, finite, hash};
use crate::{RunInfo, verdict};

/// One value of harm (index) and one of loss (pounds).
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
struct HarmAndLoss<T> {
    /// The index of harm.
    harm: T,
    /// Pounds that incidents cost, levers not counted.
    loss: T,
}

/// One value for each measure.
fn both<T, U>(values: &[T; 2], of: impl Fn(&T) -> U) -> HarmAndLoss<U> {
    let [harm, loss] = Measure::ALL.map(|m| of(&values[m as usize]));
    HarmAndLoss { harm, loss }
}

/// How often a scenario comes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct TimesAYear {
    /// Expected number a year.
    expected: f64,
    /// 5 % quantile of what it is drawn from.
    low: f64,
    /// 95 % quantile of it.
    high: f64,
    /// Where it comes from.
    source: String,
}

/// One scenario as things stand.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PortfolioMember {
    /// Its name in the portfolio: a bundled name or a file.
    scenario: String,
    /// Its title.
    title: String,
    /// Hash of its text and of what was changed beside it.
    hash: String,
    /// How often it comes.
    frequency: TimesAYear,
    /// Of one incident: mean with its 95 % interval.
    incident: HarmAndLoss<Interval>,
    /// Expected in a year, with a 95 % interval over frequency and replicates.
    annual: HarmAndLoss<Interval>,
    /// Share of what is expected of all scenarios.
    share: HarmAndLoss<f64>,
    /// Share of draws of frequencies and replicates in which it is the largest.
    largest: HarmAndLoss<f64>,
}

impl PortfolioMember {
    fn new(m: &study::Member, r: &MemberRisk) -> Self {
        Self {
            scenario: m.name.clone(),
            title: m.scenario.title.clone(),
            hash: hash(&m.scenario),
            frequency: TimesAYear {
                expected: r.per_year.estimate,
                low: r.per_year.low,
                high: r.per_year.high,
                source: m.frequency.source.clone(),
            },
            incident: both(&r.incident, |i| i.into()),
            annual: both(&r.annual, |i| i.into()),
            share: both(&r.share, |v| *v),
            largest: both(&r.largest, |v| *v),
        }
    }
}

/// A point of the exceedance curve.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Exceedance {
    /// Chance that a year exceeds it.
    chance: f64,
    /// What is exceeded.
    exceeded: HarmAndLoss<Option<f64>>,
}

/// One strategy over the whole portfolio.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PortfolioStrategy {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// Expected in a year, with a 95 % interval.
    annual: HarmAndLoss<Interval>,
    /// What it lowers that by against the baseline, by the same frequencies and replicates; null of the baseline.
    lowers: Option<HarmAndLoss<Interval>>,
    /// How much more harm it leaves in a year than the strategy with the least, by the same draws; null of that one.
    behind: Option<Interval>,
    /// The exceedance curve of a year.
    exceedance: Vec<Exceedance>,
    /// Expected in a year by scenario, by its name in the portfolio.
    scenarios: BTreeMap<String, HarmAndLoss<f64>>,
    /// Pounds for its levers, once.
    levers_set_up: f64,
    /// Pounds for its levers, each year.
    levers_yearly: f64,
}

impl PortfolioStrategy {
    fn new(p: &study::Portfolio, s: &StrategyRisk) -> Self {
        let point = |(k, chance): (usize, &f64)| Exceedance {
            chance: *chance,
            exceeded: both(&s.exceeded, |curve| finite(curve[k])),
        };
        Self {
            id: s.id.clone(),
            name: s.name.clone(),
            annual: both(&s.annual, |i| i.into()),
            lowers: s.lowers.as_ref().map(|l| both(l, |i| i.into())),
            behind: s.behind.as_ref().map(Into::into),
            exceedance: CHANCES.iter().enumerate().map(point).collect(),
            scenarios: (p.members.iter().zip(&s.members))
                .map(|(m, v)| (m.name.clone(), both(v, |v| *v)))
                .collect(),
            levers_set_up: s.levers.0,
            levers_yearly: s.levers.1,
        }
    }
}

/// What several scenarios come to in a year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Portfolio {
    #[serde(flatten)]
    provenance: Provenance,
    /// Title.
    title: String,
    /// Replicates of each scenario under each strategy.
    replicates: u64,
    /// Years that were drawn for the exceedance curves.
    years: u64,
    /// Share of these in which nothing happens.
    quiet: f64,
    /// What to make of it, in sentences.
    verdict: Vec<String>,
    /// Id of the strategy that the others are compared with.
    baseline: String,
    /// Its scenarios, under the baseline.
    scenarios: Vec<PortfolioMember>,
    /// Its strategies.
    strategies: Vec<PortfolioStrategy>,
}

impl Portfolio {
    /// Of what was found.
    pub fn new(p: &study::Portfolio, r: &PortfolioRisk, run: &RunInfo) -> Self {
        let titles: Vec<&str> = p.members.iter().map(|m| m.scenario.title.as_str()).collect();
        Self {
            provenance: Provenance::new(&p.as_one(), run),
            title: p.title.clone(),
            replicates: r.replicates,
            years: r.years,
            quiet: r.quiet,
            verdict: verdict::portfolio::sentences(&titles, r),
            baseline: r.base().id.clone(),
            scenarios: p.members.iter().zip(&r.members).map(|(m, r)| PortfolioMember::new(m, r)).collect(),
            strategies: r.strategies.iter().map(|s| PortfolioStrategy::new(p, s)).collect(),
        }
    }
}

impl Document for Portfolio {
    const COMMAND: &'static str = "portfolio --json";
    const FORMAT: Option<&'static str> = Some("resus-portfolio-1");
}
