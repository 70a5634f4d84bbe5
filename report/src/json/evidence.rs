//! `evidence --json`: the model held against real incidents.

use resus_engine::scenario::Scenario;
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
    /// Whether what was reported lies in the simulated 90 % interval.
    covered: bool,
    /// Interval score: the interval's width in units of the figure, plus twenty times what it misses by; less is better. Null when infinite.
    score: Option<f64>,
}

impl EvidenceFigure {
    fn new(scenario: &Scenario, check: &FigureCheck) -> Self {
        let (figure, simulated) = (&scenario.evidence[check.figure], check.simulated);
        Self {
            id: figure.id.get().cloned(),
            figure: figure.figure.clone(),
            unit: figure.measure.unit(),
            reported: figure.value,
            low: figure.low,
            high: figure.high,
            source: figure.source.clone(),
            median: simulated.and_then(|s| finite(s.median)),
            q05: simulated.and_then(|s| finite(s.low)),
            q95: simulated.and_then(|s| finite(s.high)),
            n: simulated.map(|s| s.n),
            given: figure.given,
            covered: check.covered,
            score: finite(check.score),
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
    /// Runs in which the attack came to anything: only they are compared.
    happened: usize,
    /// Scored figures that are covered.
    covered: usize,
    /// Figures that are scored.
    scored: usize,
    /// Mean interval score; null when infinite or nothing is scored.
    score: Option<f64>,
    /// The figures, misses first.
    figures: Vec<EvidenceFigure>,
}

impl ScenarioEvidence {
    /// Of a scenario and what it was held against; `source` says where it came from.
    pub fn new(source: &str, scenario: &Scenario, report: &ValidationReport) -> Self {
        let (covered, scored) = report.covered(scenario);
        Self {
            scenario: source.to_owned(),
            title: scenario.title.clone(),
            hash: hash(scenario),
            runs: report.runs,
            happened: report.happened,
            covered,
            scored,
            score: finite(report.score(scenario)),
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
    /// Scored figures that are covered, over all scenarios.
    pub covered: usize,
    /// Figures that are scored.
    pub scored: usize,
    /// Mean interval score over them; null when infinite.
    pub score: Option<f64>,
    /// The scenarios.
    pub scenarios: Vec<ScenarioEvidence>,
}

impl Document for Evidence {
    const COMMAND: &'static str = "evidence --json";
    const FORMAT: Option<&'static str> = Some("resus-evidence-1");
}
