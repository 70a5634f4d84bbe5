//! `evidence --json`: the model held against real incidents.

use resus_engine::scenario::Scenario;
use resus_engine::stats::scoring::PARTS;
use resus_engine::study::scorecard::{Entry, Scorecard, Scores};
use resus_engine::study::validation::{FigureCheck, ValidationReport};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, finite, hash};

/// One figure on record, and what was simulated. Shares are fractions, times are in hours.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct EvidenceFigure {
    /// Its id.
    id: Option<String>,
    /// What was reported, in words.
    figure: String,
    /// Unit of the numbers.
    unit: &'static str,
    /// What was reported.
    reported: f64,
    /// Lower end of what was reported; null where none is published.
    low: Option<f64>,
    /// Upper end of what was reported; null where none is published.
    high: Option<f64>,
    /// Where it was published.
    source: String,
    /// Median of what was simulated; null when no run gave a value, as the quantiles and `n`.
    median: Option<f64>,
    /// 5 % quantile of what was simulated.
    q05: Option<f64>,
    /// 95 % quantile of what was simulated.
    q95: Option<f64>,
    /// Runs that gave a value.
    n: Option<usize>,
    /// Whether the scenario states it, so that it is not scored.
    given: bool,
    /// Of a given figure, between what it lies in the runs that are compared; null where that is not asked.
    condition: Option<(f64, f64)>,
    /// The curve that it is a point of; null where it is none.
    curve: Option<String>,
    /// The least that is feasible.
    feasible_low: f64,
    /// The most that is feasible.
    feasible_high: f64,
    /// The rule of thumb.
    rule: f64,
    /// Whether what was reported lies in the simulated 90 % interval.
    covered: bool,
    /// Interval score: the interval's width in units of the figure, plus twenty times what it misses by; less is better. Null when infinite.
    score: Option<f64>,
    /// How wide its interval is and what it scores.
    scores: EvidenceScores,
    /// Where the reported value lies in what was simulated, in 0 to 1 (probability integral transform); null when no run gave a value.
    transform: Option<f64>,
}

/// Scores as shares of what is feasible; less is better.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EvidenceScores {
    /// Width of the 90 % interval.
    width: Option<f64>,
    /// Continuous ranked probability score.
    crps: Option<f64>,
    /// That of the uniform forecast over what is feasible.
    crps_uniform: Option<f64>,
    /// That of the rule of thumb.
    crps_rule: Option<f64>,
    /// Share of the uniform forecast's score that is saved: 1 is perfect, below 0 the naive forecast is better. Null when infinite.
    skill_uniform: Option<f64>,
    /// Share of the rule of thumb's score that is saved; null when infinite.
    skill_rule: Option<f64>,
}

impl From<&Scores> for EvidenceScores {
    fn from(s: &Scores) -> Self {
        Self {
            width: finite(s.width),
            crps: finite(s.crps),
            crps_uniform: finite(s.uniform),
            crps_rule: finite(s.rule),
            skill_uniform: finite(s.skill_uniform()),
            skill_rule: finite(s.skill_rule()),
        }
    }
}

/// What counts as one: a figure, or a curve with all its points.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ScoredFigure {
    /// The figure's id, or the curve's name.
    name: String,
    /// How many points it has: 1 of a figure.
    points: usize,
    /// Whether the reported value lies in the 90 % interval; of a curve, whether all of it lies in the band that holds 90 % of the runs' curves.
    covered: bool,
    /// Interval score; of a curve the mean over its points. Null when infinite.
    score: Option<f64>,
    /// Scores; of a curve means over its points.
    scores: EvidenceScores,
    /// Probability integral transform; of a curve that of the mean over its points.
    transform: Option<f64>,
}

impl ScoredFigure {
    fn new(scenario: &Scenario, entry: &Entry) -> Self {
        Self {
            name: entry.name(&scenario.evidence).to_owned(),
            points: entry.figures.len(),
            covered: entry.covered,
            score: finite(entry.interval_score),
            scores: (&entry.scores).into(),
            transform: entry.transform,
        }
    }
}

/// What all figures say together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EvidenceSummary {
    /// Incidents with a figure that is scored.
    incidents: usize,
    /// Figures that are scored, a curve counting as one.
    figures: usize,
    /// Those covered.
    covered: usize,
    /// Those that save at least a quarter of the score of either naive forecast.
    beat: usize,
    /// Mean interval score; null when infinite.
    score: Option<f64>,
    /// Median width of the 90 % interval, as a share of what is feasible.
    median_width: Option<f64>,
    /// Means of the scores over the figures, and the skill of these.
    scores: EvidenceScores,
    /// With one vote an incident, the share of figures that are covered.
    covered_vote: Option<f64>,
    /// With one vote an incident, skill against the better naive forecast; null when infinite.
    skill_vote: Option<f64>,
    /// How many transforms lie in each fifth of 0 to 1.
    transform_fifths: [usize; PARTS],
    /// Chance of fifths as uneven by chance, were figures independent.
    transform_p: Option<f64>,
}

impl From<&Scorecard> for EvidenceSummary {
    fn from(s: &Scorecard) -> Self {
        Self {
            incidents: s.incidents,
            figures: s.figures,
            covered: s.covered,
            beat: s.beat,
            score: finite(s.interval_score),
            median_width: finite(s.width),
            scores: (&s.scores).into(),
            covered_vote: finite(s.covered_vote),
            skill_vote: finite(s.skill_vote),
            transform_fifths: s.fifths,
            transform_p: finite(s.uniform_p),
        }
    }
}

/// A condition, and in how many runs it was fulfilled.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FulfilledCondition {
    /// Id of the given figure.
    figure: Option<String>,
    /// Runs, of those in which the attack came to anything.
    runs: usize,
}

impl EvidenceFigure {
    fn new(scenario: &Scenario, check: &FigureCheck) -> Self {
        let (figure, simulated) = (&scenario.evidence[check.figure], check.simulated);
        Self {
            id: figure.id.get().cloned(),
            figure: figure.figure.clone(),
            unit: figure.unit(),
            reported: figure.value,
            low: figure.low,
            high: figure.high,
            source: figure.source.clone(),
            median: simulated.and_then(|s| finite(s.median)),
            q05: simulated.and_then(|s| finite(s.low)),
            q95: simulated.and_then(|s| finite(s.high)),
            n: simulated.map(|s| s.n),
            given: figure.given,
            condition: figure.condition,
            curve: figure.curve.clone(),
            feasible_low: check.naive.low,
            feasible_high: check.naive.high,
            rule: check.naive.rule,
            covered: check.covered,
            score: finite(check.score),
            scores: (&check.scores).into(),
            transform: check.transform,
        }
    }
}

/// One scenario held against its record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScenarioEvidence {
    /// Where the scenario came from: a path, or `scenarios/…` for a bundled one.
    scenario: String,
    /// Its title.
    title: String,
    /// Hash of the scenario's text and of what was changed beside it, as 16 hexadecimal digits.
    hash: String,
    /// Runs.
    runs: usize,
    /// Runs in which the attack came to anything.
    happened: usize,
    /// What they are asked for besides.
    conditions: Vec<FulfilledCondition>,
    /// Runs in which all of that was so: only they are compared.
    compared: usize,
    /// What its figures say together; null when nothing is scored.
    summary: Option<EvidenceSummary>,
    /// What counts as one figure, in the scenario's order.
    scored: Vec<ScoredFigure>,
    /// The figures, misses first.
    figures: Vec<EvidenceFigure>,
}

impl ScenarioEvidence {
    /// Of a scenario and what it was held against; `source` says where it came from.
    pub fn new(source: &str, scenario: &Scenario, report: &ValidationReport) -> Self {
        let condition = |(n, runs): &(usize, usize)| FulfilledCondition {
            figure: scenario.evidence[*n].id.get().cloned(),
            runs: *runs,
        };
        Self {
            scenario: source.to_owned(),
            title: scenario.title.clone(),
            hash: hash(scenario),
            runs: report.runs,
            happened: report.happened,
            conditions: report.conditions.iter().map(condition).collect(),
            compared: report.compared,
            summary: report.scorecard().as_ref().map(Into::into),
            scored: report.entries.iter().map(|e| ScoredFigure::new(scenario, e)).collect(),
            figures: report.figures.iter().map(|f| EvidenceFigure::new(scenario, f)).collect(),
        }
    }
}

/// The model held against real incidents.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Evidence {
    /// Version of resus.
    pub version: String,
    /// Seed.
    pub seed: u64,
    /// What was changed beside the files by `--set`, as `path=value`.
    pub what_if: Vec<String>,
    /// Runs of each scenario that were asked for.
    pub replicates: u64,
    /// Whether it was stopped before its end.
    pub partial: bool,
    /// Whether every parameter was held at its value.
    pub fixed: bool,
    /// The file of parameters in place of the default set; null where none was given.
    pub parameters: Option<String>,
    /// What all of them say together; null when nothing is scored.
    pub summary: Option<EvidenceSummary>,
    /// The scenarios.
    pub scenarios: Vec<ScenarioEvidence>,
}

impl Document for Evidence {
    const COMMAND: &'static str = "evidence --json";
    const FORMAT: Option<&'static str> = Some("resus-evidence-1");
}
