//! Several scenarios of one year: what each is expected to cost and harm in a year, what all of them together exceed with a given chance,
//! which of them carries it, and what strategies that all of them have change.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::outcome::Outcome;
use crate::estate::OrgId;
use crate::scenario::frequency::Frequency;
use crate::scenario::{NoSuchStrategy, Scenario};
use crate::sim::core::record::Record;
use crate::stats::annual_loss::{CHANCES, Peril, YEARS, Years, exceeded, expected};
use crate::stats::bootstrap::mean_interval;
use crate::stats::intervals::Interval;
use crate::strategy::Strategy;
use crate::streams::{StreamName, Streams, text_id};
use crate::study::felt::{By, Subject};
use crate::study::measured::{common_limit, filled};
use crate::study::replicates::{Progress, ReplicationPlan, Study, run};

/// One scenario of a portfolio.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name in the portfolio: a bundled name or a file. Its years are drawn by it.
    pub name: String,
    /// What happens.
    pub scenario: Arc<Scenario>,
    /// How often.
    pub frequency: Frequency,
}

/// Scenarios that come in a year, independently of each other.
#[derive(Clone, Debug)]
pub struct Portfolio {
    /// Title.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// Its scenarios, each of which has all of `strategies`.
    pub members: Vec<Member>,
    /// Ids of the strategies that are compared, the baseline among them.
    pub strategies: Vec<String>,
    /// Position of the baseline in `strategies`.
    pub baseline: usize,
}

/// Why scenarios make no portfolio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPortfolio {
    /// There is none.
    #[error("a portfolio has at least one scenario")]
    Empty,
    /// A strategy is none of a scenario's and is not bundled.
    #[error("the scenario '{1}' has no strategy '{0}', and none of that name is bundled")]
    Strategy(String, String),
    /// No strategy stands in all of the scenarios.
    #[error("the scenarios have no strategy in common")]
    NothingInCommon,
    /// The baseline is none of the strategies.
    #[error("the baseline '{0}' is none of the strategies that all scenarios have")]
    Baseline(String),
}

impl Portfolio {
    /// Of scenarios, with the strategies of these ids, or where there are none those that all scenarios have; a bundled strategy need not
    /// stand in a scenario. Each scenario's baseline becomes the portfolio's: this one, or else the first scenario's.
    ///
    /// # Errors
    /// When the scenarios and the strategies do not go together.
    pub fn new(
        (title, about): (String, String),
        members: Vec<Member>,
        strategies: Vec<String>,
        baseline: Option<String>,
    ) -> Result<Self, NoPortfolio> {
        let first = &members.first().ok_or(NoPortfolio::Empty)?.scenario;
        let baseline = baseline.unwrap_or_else(|| first.strategies[first.baseline].id.clone());
        let has = |m: &Member, id: &str| m.scenario.strategies.iter().any(|s| s.id == id);
        let strategies = if strategies.is_empty() {
            let ids = first.strategies.iter().map(|s| s.id.clone());
            ids.filter(|id| members.iter().all(|m| has(m, id))).collect()
        } else {
            strategies
        };
        if strategies.is_empty() {
            return Err(NoPortfolio::NothingInCommon);
        }
        let at = strategies.iter().position(|s| *s == baseline).ok_or(NoPortfolio::Baseline(baseline))?;
        let with_all = |m: Member| {
            let mut scenario = Scenario::clone(&m.scenario);
            for id in &strategies {
                let unknown = |e: NoSuchStrategy| NoPortfolio::Strategy(e.0, m.name.clone());
                scenario = scenario.with_bundled(id).map_err(unknown)?;
            }
            scenario.baseline =
                scenario.strategies_named([strategies[at].as_str()]).expect("it was just added")[0];
            Ok(Member { scenario: Arc::new(scenario), ..m })
        };
        let members = members.into_iter().map(with_all).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { title, about, members, strategies, baseline: at })
    }

    /// Incidents a year that are expected, of all scenarios together.
    pub fn per_year(&self) -> f64 {
        self.members.iter().map(|m| m.frequency.per_year).sum()
    }
    /// Each scenario's share of the incidents that are expected.
    pub fn weights(&self) -> Vec<f64> {
        let all = self.per_year();
        self.members.iter().map(|m| m.frequency.per_year / all).collect()
    }
    /// One scenario that stands for all of them in what reports say beside findings: the first one's estate and parameters, the campaigns of
    /// all.
    pub fn as_one(&self) -> Scenario {
        let first = &self.members[0].scenario;
        let campaigns = self.members.iter().flat_map(|m| m.scenario.campaigns.iter().cloned()).collect();
        let parts: Vec<String> = (self.members.iter())
            .map(|m| format!("{} {:016x} {:?}", m.name, m.scenario.hash, m.frequency))
            .collect();
        Scenario {
            title: self.title.clone(),
            about: self.about.clone(),
            campaigns,
            frequency: None,
            exercise: None,
            hash: text_id(
                &[std::slice::from_ref(&self.title), &self.strategies[..], &parts[..]].concat().join("\n"),
            ),
            ..Scenario::clone(first)
        }
    }
    /// Plays strategies that `of` makes for each scenario, the same number of each, by the same `plan`; the first is the baseline. Studies
    /// come in the order of the scenarios; with [`average_incident`] they are one. `None` when it was stopped.
    ///
    /// # Errors
    /// When threads cannot be started.
    pub fn play(
        &self,
        of: impl Fn(&Scenario) -> Vec<Arc<Strategy>>,
        plan: ReplicationPlan,
        progress: &Progress,
    ) -> Result<Option<Vec<Study>>, rayon::ThreadPoolBuildError> {
        let mut studies = vec![];
        for m in &self.members {
            let strategies = of(&m.scenario);
            let all: Vec<usize> = (0..strategies.len()).collect();
            let scenario = Arc::new(Scenario { strategies, baseline: 0, ..Scenario::clone(&m.scenario) });
            let study = run(&scenario, &all, plan, progress)?;
            if study.partial() {
                return Ok(None);
            }
            studies.push(study);
        }
        Ok(Some(studies))
    }
    /// Names of two scenarios that play on different estates, where there are such.
    pub fn different_estates(&self) -> Option<(&str, &str)> {
        let first = &self.members[0];
        let organisations = |m: &Member| m.scenario.estate.organisations.len();
        let same = |m: &Member| {
            let pairs = first.scenario.estate.organisations.iter().zip(&m.scenario.estate.organisations);
            organisations(first) == organisations(m)
                && pairs.into_iter().all(|(a, b)| a.id == b.id && a.kind == b.kind && a.hosts == b.hosts)
        };
        let other = self.members.iter().find(|m| !same(m))?;
        Some((&first.name, &other.name))
    }
    /// What a strategy's levers cost, for set-up and for each year: they are paid once, however many incidents come. The scenarios are meant to
    /// come to the same people, so it is the dearest of their estates that counts.
    fn levers(&self, id: &str) -> (f64, f64) {
        let cost = |m: &Member| {
            let s = &m.scenario;
            let strategy = &s.strategies[s.strategies_named([id]).expect("all scenarios have it")[0]];
            let each = strategy.levers.iter().filter_map(|(id, uptake)| {
                s.own_levers().find(|l| l.text_id() == id).map(|l| l.cost(*uptake, &s.estate))
            });
            each.fold((0.0, 0.0), |sum, c| (sum.0 + c.0, sum.1 + c.1))
        };
        let costs = self.members.iter().map(cost);
        costs.max_by(|a, b| (a.0 + a.1).total_cmp(&(b.0 + b.1))).unwrap_or_default()
    }
}

/// An outcome of one strategy of several studies, by replicate: that of an incident of a scenario drawn by the studies' `weights`, which
/// sum to 1. Times the incidents of a year it is what is expected of a year. Times are restricted to what is known under every strategy of
/// the scenario.
pub fn average_incident(studies: &[Study], weights: &[f64], strategy: usize, outcome: Outcome) -> Vec<f64> {
    let n = studies.iter().map(Study::finished).min().unwrap_or(0) as usize;
    let mut out = vec![0.0; n];
    for (study, weight) in studies.iter().zip(weights) {
        let limit = common_limit(&study.records, outcome);
        for (sum, v) in out.iter_mut().zip(filled(&study.records[strategy], outcome, limit)) {
            *sum += weight * v;
        }
    }
    out
}

/// What one organisation feels in a year, expected as things stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeltInAYear {
    /// Who.
    pub organisation: OrgId,
    /// Times a year that one of its services is disturbed.
    pub times: f64,
    /// Harm, of care that was due there and of records that were taken there.
    pub harm: f64,
    /// Days of full service lost, over its services.
    pub service_days: f64,
}

/// Who feels a year, as things stand, of a portfolio on one estate: whoever feels anything, by harm, the most first. `None` when it was stopped.
///
/// # Errors
/// When threads cannot be started.
pub fn felt_in_a_year(
    portfolio: &Portfolio,
    plan: ReplicationPlan,
    progress: &Progress,
) -> Result<Option<Vec<FeltInAYear>>, rayon::ThreadPoolBuildError> {
    let mut all: BTreeMap<OrgId, FeltInAYear> = BTreeMap::new();
    for m in &portfolio.members {
        let plan = ReplicationPlan { detail: true, ..plan };
        let study = run(&m.scenario, &[m.scenario.baseline], plan, progress)?;
        if study.partial() {
            return Ok(None);
        }
        let f = m.frequency.per_year;
        for line in study.felt.expect("details were asked for").lines(By::Organisation) {
            let Subject::Organisation(organisation) = line.subject else { continue };
            let nothing = FeltInAYear { organisation, times: 0.0, harm: 0.0, service_days: 0.0 };
            let sum = all.entry(organisation).or_insert(nothing);
            sum.times += f * line.means[0].disturbed;
            sum.harm += f * line.means[0].harm;
            sum.service_days += f * line.means[0].service_days;
        }
    }
    let mut out: Vec<FeltInAYear> = all.into_values().collect();
    out.sort_by(|a, b| b.harm.total_cmp(&a.harm).then(a.organisation.cmp(&b.organisation)));
    Ok(Some(out))
}

/// What is told of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The index of harm.
    Harm,
    /// Pounds that incidents cost: lost activity, response, ransom, notification and penalties. What levers cost is paid without an incident,
    /// too, and told apart.
    Loss,
}

impl Measure {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Harm, Self::Loss];
    /// Stable name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Harm => "harm",
            Self::Loss => "loss",
        }
    }
    /// Unit.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Harm => "index",
            Self::Loss => "£",
        }
    }
    /// Its value of one incident.
    pub fn of(self, record: &Record) -> f64 {
        let get = |o| record.get(o).unwrap_or(0.0);
        match self {
            Self::Harm => get(Outcome::Harm),
            Self::Loss => get(Outcome::CostTotal) - get(Outcome::CostLevers),
        }
    }
}

/// One scenario under the baseline, one value for each of [`Measure::ALL`].
#[derive(Clone, Debug)]
pub struct MemberRisk {
    /// Times a year, with the 90 % range from which they are drawn.
    pub per_year: Interval,
    /// Of one incident, mean with its 95 % interval.
    pub incident: [Interval; 2],
    /// Expected in a year, with a 95 % interval over frequency and replicates.
    pub annual: [Interval; 2],
    /// Share of what is expected of all.
    pub share: [f64; 2],
    /// Share of the draws of the frequencies and replicates in which it is the largest.
    pub largest: [f64; 2],
}

/// One strategy over the whole portfolio, one value for each of [`Measure::ALL`].
#[derive(Clone, Debug)]
pub struct StrategyRisk {
    /// Id.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Expected in a year, with a 95 % interval.
    pub annual: [Interval; 2],
    /// What it lowers that by against the baseline, with a 95 % interval of the differences under the same frequencies and replicates; absent of
    /// the baseline.
    pub lowers: Option<[Interval; 2]>,
    /// How much more harm it leaves in a year than the strategy with the least, with a 95 % interval likewise; absent of that one.
    pub behind: Option<Interval>,
    /// What a year exceeds with each of [`CHANCES`].
    pub exceeded: [Vec<f64>; 2],
    /// By scenario: expected in a year.
    pub members: Vec<[f64; 2]>,
    /// Pounds for its levers: set-up, and each year.
    pub levers: (f64, f64),
}

/// What a portfolio comes to.
#[derive(Clone, Debug)]
pub struct PortfolioRisk {
    /// By scenario, under the baseline.
    pub members: Vec<MemberRisk>,
    /// By strategy, in the portfolio's order.
    pub strategies: Vec<StrategyRisk>,
    /// Position of the baseline among them.
    pub baseline: usize,
    /// Share of years in which nothing happens.
    pub quiet: f64,
    /// Years that were drawn.
    pub years: u64,
    /// Replicates of each scenario under each strategy.
    pub replicates: u64,
}

impl PortfolioRisk {
    /// The baseline over the whole portfolio.
    pub fn base(&self) -> &StrategyRisk {
        &self.strategies[self.baseline]
    }
    /// Position of the scenario that is expected to bring most.
    pub fn carrier(&self, measure: Measure) -> usize {
        let share = |k: &usize| self.members[*k].share[measure as usize];
        (0..self.members.len()).max_by(|a, b| share(a).total_cmp(&share(b)).then(b.cmp(a))).unwrap_or(0)
    }
}

/// Plays all scenarios under all strategies of the portfolio and draws the years. `None` when it was stopped.
///
/// # Errors
/// When threads cannot be started.
pub fn risk(
    portfolio: &Portfolio,
    plan: ReplicationPlan,
    progress: &Progress,
) -> Result<Option<PortfolioRisk>, rayon::ThreadPoolBuildError> {
    let mut studies = vec![];
    for m in &portfolio.members {
        let ids = portfolio.strategies.iter().map(String::as_str);
        let strategies = m.scenario.strategies_named(ids).expect("all scenarios have them");
        let study = run(&m.scenario, &strategies, plan, progress)?;
        if study.partial() {
            return Ok(None);
        }
        studies.push(study);
    }
    Ok(Some(told(portfolio, &studies, plan)))
}

/// What studies of the portfolio's strategies, one of each scenario, come to.
fn told(portfolio: &Portfolio, studies: &[Study], plan: ReplicationPlan) -> PortfolioRisk {
    let streams = Streams::of_study(plan.seed, "portfolio");
    let perils: Vec<Peril> = (portfolio.members.iter().zip(studies))
        .map(|(m, s)| Peril { id: text_id(&m.name), rate: m.frequency.rate(), known: s.finished() as usize })
        .collect();
    let sizes = |strategy: usize, measure: Measure| -> Vec<Vec<f64>> {
        studies.iter().map(|s| s.records[strategy].iter().map(|r| measure.of(r)).collect()).collect()
    };
    let years = Years::draw(&perils, YEARS, streams);
    let base = portfolio.baseline;
    let usual = Measure::ALL.map(|m| sizes(base, m));
    let at_base = [0, 1].map(|m| expected(&perils, &usual[m], streams));
    let members = (0..studies.len())
        .map(|k| {
            let (low, high) = perils[k].rate.range();
            let key = |m: Measure| {
                let (of, outcome) = (perils[k].id, text_id(m.id()));
                streams.stream(StreamName::Bootstrap { of, outcome, figure: text_id("incident") })
            };
            MemberRisk {
                per_year: Interval { estimate: perils[k].rate.expected, low, high },
                incident: Measure::ALL.map(|m| mean_interval(&usual[m as usize][k], 0.95, key(m))),
                annual: [0, 1].map(|m| at_base[m].perils[k]),
                share: [0, 1].map(|m| {
                    let whole = at_base[m].whole.estimate;
                    if whole > 0.0 { at_base[m].perils[k].estimate / whole } else { 0.0 }
                }),
                largest: [0, 1].map(|m| at_base[m].largest[k]),
            }
        })
        .collect();
    // What one set of sizes is above another, in a year, under the same draws.
    let above = |a: &[Vec<f64>], b: &[Vec<f64>]| {
        let differences: Vec<Vec<f64>> =
            a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a - b).collect()).collect();
        expected(&perils, &differences, streams).whole
    };
    let harms: Vec<Vec<Vec<f64>>> =
        (0..portfolio.strategies.len()).map(|s| sizes(s, Measure::Harm)).collect();
    let year = |sizes: &Vec<Vec<f64>>| -> f64 {
        perils.iter().zip(sizes).map(|(p, s)| p.rate.expected * crate::stats::mean(s)).sum()
    };
    let least = (0..harms.len())
        .min_by(|a, b| year(&harms[*a]).total_cmp(&year(&harms[*b])))
        .expect("there is a baseline");
    let strategy = |(s, id): (usize, &String)| {
        let of = Measure::ALL.map(|m| sizes(s, m));
        let annual = [0, 1].map(|m| expected(&perils, &of[m], streams));
        let first = &portfolio.members[0].scenario;
        let at = first.strategies_named([id.as_str()]).expect("all scenarios have it")[0];
        StrategyRisk {
            id: id.clone(),
            name: first.strategies[at].name.clone(),
            lowers: (s != base).then(|| [0, 1].map(|m| above(&usual[m], &of[m]))),
            behind: (s != least).then(|| above(&harms[s], &harms[least])),
            exceeded: [0, 1].map(|m| {
                let losses = years.losses(&of[m]);
                CHANCES.iter().map(|c| exceeded(&losses, *c)).collect()
            }),
            members: (0..studies.len()).map(|k| [0, 1].map(|m| annual[m].perils[k].estimate)).collect(),
            annual: annual.map(|a| a.whole),
            levers: portfolio.levers(id),
        }
    };
    PortfolioRisk {
        members,
        strategies: portfolio.strategies.iter().enumerate().map(strategy).collect(),
        baseline: base,
        quiet: years.quiet(),
        years: years.count(),
        replicates: studies.iter().map(Study::finished).min().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{bundled, load_with};

    fn small(name: &str, frequency: Frequency) -> Member {
        let (_, text) = bundled::scenario(name).unwrap();
        let scenario = load_with(text, None, &["estate.population=60000".parse().unwrap()]).unwrap();
        Member { name: name.into(), scenario: Arc::new(scenario), frequency }
    }

    fn two(strategies: &[&str]) -> Portfolio {
        let members = vec![
            small("bad-update", Frequency::known(0.5, "test")),
            small("friday-night", Frequency { low: 0.05, high: 0.2, ..Frequency::known(0.1, "test") }),
        ];
        let strategies = strategies.iter().map(|s| (*s).to_owned()).collect();
        Portfolio::new(("Two".into(), String::new()), members, strategies, None).unwrap()
    }

    fn plan() -> ReplicationPlan {
        ReplicationPlan { replicates: 8, threads: 1, ..ReplicationPlan::default() }
    }

    #[test]
    fn a_year_is_frequency_times_incident() {
        let p = two(&["as-things-stand", "all-pillars"]);
        let r = risk(&p, plan(), &Progress::default()).unwrap().unwrap();
        for m in Measure::ALL {
            let k = m as usize;
            let by_hand: f64 = r.members.iter().map(|x| x.per_year.estimate * x.incident[k].estimate).sum();
            let base = r.base();
            assert!(by_hand > 0.0 && (base.annual[k].estimate / by_hand - 1.0).abs() < 1e-9, "{m:?}");
            assert!((r.members.iter().map(|x| x.share[k]).sum::<f64>() - 1.0).abs() < 1e-9);
            assert!((r.members.iter().map(|x| x.largest[k]).sum::<f64>() - 1.0).abs() < 1e-6);
            for s in &r.strategies {
                assert!(s.exceeded[k].windows(2).all(|w| w[0] <= w[1]), "{:?}", s.exceeded);
                let least = r.strategies.iter().map(|s| s.annual[0].estimate).fold(f64::INFINITY, f64::min);
                let behind = s.behind.map_or(0.0, |b| b.estimate);
                assert!((s.annual[0].estimate - least - behind).abs() <= 1e-6 * least);
                if let Some(lowers) = &s.lowers {
                    let difference = base.annual[k].estimate - s.annual[k].estimate;
                    assert!((lowers[k].estimate - difference).abs() <= 1e-6 * base.annual[k].estimate);
                }
            }
        }
        // Nothing happens in a year with e^−0.5 times the mean of e^−λ over the range of the other.
        assert!((0.5..0.56).contains(&r.quiet), "{}", r.quiet);
        // What levers cost is no loss of an incident.
        let all = &r.strategies[1];
        assert!(all.levers.0 > 0.0 && all.levers.1 > 0.0 && r.base().levers == (0.0, 0.0));
        let cost = p.members[0].scenario.strategies.iter().find(|s| s.id == "all-pillars").unwrap().cost;
        assert!((all.levers.0 + all.levers.1 - cost).abs() < 1e-6 * cost);
        assert!(all.annual[1].estimate < 0.6 * cost, "a loss of {:?} holds no levers of {cost}", all.annual);
    }

    #[test]
    fn the_average_incident_of_a_year_is_what_the_year_is_made_of() {
        let p = two(&["as-things-stand", "all-pillars"]);
        let r = risk(&p, plan(), &Progress::default()).unwrap().unwrap();
        let of = |s: &Scenario| {
            let ids = ["as-things-stand", "all-pillars"];
            s.strategies_named(ids).unwrap().iter().map(|n| s.strategies[*n].clone()).collect()
        };
        let studies = p.play(of, plan(), &Progress::default()).unwrap().unwrap();
        for s in 0..2 {
            let harm = average_incident(&studies, &p.weights(), s, Outcome::Harm);
            let year = p.per_year() * crate::stats::mean(&harm);
            assert!((year / r.strategies[s].annual[0].estimate - 1.0).abs() < 1e-9, "{s}");
        }
    }

    #[test]
    fn what_all_feel_in_a_year_is_what_the_year_comes_to() {
        let p = two(&["as-things-stand"]);
        assert_eq!(p.different_estates(), None);
        let felt = felt_in_a_year(&p, plan(), &Progress::default()).unwrap().unwrap();
        let year = risk(&p, plan(), &Progress::default()).unwrap().unwrap().base().annual[0].estimate;
        let sum: f64 = felt.iter().map(|f| f.harm).sum();
        assert!(year > 0.0 && (sum / year - 1.0).abs() < 1e-6, "{sum} {year}");
        assert!(felt.windows(2).all(|w| w[0].harm >= w[1].harm));
        assert!(felt.iter().all(|f| f.times <= p.per_year() + 1e-9));
        assert!(felt.iter().any(|f| f.times > 0.1), "half of the organisations feel the update");
        let mut other = p;
        let text = bundled::scenario("worm").unwrap().1;
        let larger = load_with(text, None, &["estate.population=90000".parse().unwrap()]).unwrap();
        other.members[1] =
            Member { name: "larger".into(), scenario: Arc::new(larger), ..other.members[1].clone() };
        assert_eq!(other.different_estates(), Some(("bad-update", "larger")));
    }

    #[test]
    fn a_scenario_that_is_added_moves_no_other_and_order_means_nothing() {
        let mut p = two(&["as-things-stand"]);
        let whole = risk(&p, plan(), &Progress::default()).unwrap().unwrap();
        p.members.reverse();
        let turned = risk(&p, plan(), &Progress::default()).unwrap().unwrap();
        p.members.truncate(1);
        let alone = risk(&p, plan(), &Progress::default()).unwrap().unwrap();
        assert_eq!(alone.members[0].annual, whole.members[1].annual);
        assert_eq!(turned.members[0].annual, whole.members[1].annual);
        assert_eq!(turned.quiet.to_bits(), whole.quiet.to_bits());
    }

    #[test]
    fn strategies_go_with_all_scenarios_or_are_refused() {
        // Bundled, and in neither of the two as a matter of course.
        let p = two(&["as-things-stand", "exercised-plans"]);
        assert!(p.members.iter().all(|m| m.scenario.strategies_named(["exercised-plans"]).is_ok()));
        assert!(two(&[]).strategies.len() > 1, "what all of them have");
        let members = || vec![small("bad-update", Frequency::known(0.5, "test"))];
        let new = |strategies: &[&str], baseline: Option<&str>| {
            let strategies = strategies.iter().map(|s| (*s).to_owned()).collect();
            Portfolio::new((String::new(), String::new()), members(), strategies, baseline.map(str::to_owned))
        };
        assert!(matches!(new(&["as-things-stand", "nonsense"], None), Err(NoPortfolio::Strategy(..))));
        assert!(matches!(new(&["all-pillars"], None), Err(NoPortfolio::Baseline(_))));
        assert!(matches!(new(&["all-pillars"], Some("all-pillars")), Ok(p) if p.baseline == 0));
        assert!(matches!(
            Portfolio::new((String::new(), String::new()), vec![], vec![], None),
            Err(NoPortfolio::Empty)
        ));
    }
}
