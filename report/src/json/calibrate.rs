//! `calibrate --json`: parameters fitted to real incidents, and the method checked.

use resus_engine::stats::agreement::Agreement;
use resus_engine::study::calibrate::{CalibrationOptions, Generation, Posterior, Problem, State};
use resus_engine::study::leave_one_out::LeftOut;
use resus_engine::study::scorecard::Scorecard;
use resus_engine::study::validation::ValidationReport;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, EvidenceSummary, finite};

/// Levels of the quantiles.
const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// One generation of candidates.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CandidateGeneration {
    /// Largest distance from what was reported that was let in, in standard deviations of what the figures tell of the parameters.
    tolerance: f64,
    /// Candidates that were simulated for it.
    tried: u64,
    /// Candidates that were kept.
    kept: usize,
}

impl From<&Generation> for CandidateGeneration {
    fn from(g: &Generation) -> Self {
        Self { tolerance: g.tolerance, tried: g.tried, kept: g.particles.len() }
    }
}

/// One parameter before and after.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FittedParameter {
    /// Its path: `group.parameter`.
    path: String,
    /// Levels of the quantiles.
    levels: [f64; 5],
    /// Quantiles of its plausible range, in minutes, fractions or pounds.
    prior: [Option<f64>; 5],
    /// Quantiles given what happened, in minutes, fractions or pounds.
    posterior: [Option<f64>; 5],
}

/// Parameters fitted to real incidents.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Calibrate {
    /// Version of resus.
    version: &'static str,
    /// Seed.
    seed: u64,
    /// Candidates that were simulated.
    candidates: u64,
    /// Whether it was stopped before its end.
    partial: bool,
    /// Generations that are done.
    generations: Vec<CandidateGeneration>,
    /// The free parameters.
    parameters: Vec<FittedParameter>,
}

impl Calibrate {
    /// Of a calibration and the posterior that it came to.
    pub fn new(problem: &Problem, posterior: &Posterior, state: &State) -> Self {
        let parameter = |(k, path): (usize, &String)| FittedParameter {
            path: path.clone(),
            levels: LEVELS,
            prior: LEVELS.map(|p| finite(problem.prior(k, p))),
            posterior: LEVELS.map(|p| finite(posterior.quantile(k, p))),
        };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            seed: state.options.seed,
            candidates: state.tried(),
            partial: !state.done,
            generations: state.generations.iter().map(Into::into).collect(),
            parameters: posterior.free.iter().enumerate().map(parameter).collect(),
        }
    }
}

impl Document for Calibrate {
    const COMMAND: &'static str = "calibrate --json";
    const FORMAT: Option<&'static str> = Some("resus-calibrate-1");
}

/// One parameter of the check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ParameterRanks {
    /// Its path: `group.parameter`.
    path: String,
    /// By data set, the weight of the posterior below the true value, in 0 to 1; uniform when the method is right.
    ranks: Vec<Option<f64>>,
    /// Largest distance of their distribution from the uniform, in 0 to 1 (Kolmogorov).
    gap: Option<f64>,
    /// Chance of at least that gap when the method is right.
    p: Option<f64>,
    /// The level below which `p` is taken to say that they are not uniform.
    level: f64,
    /// Whether `p` is at least `level`.
    uniform: bool,
}

/// The method checked on data sets whose parameters are known.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalibrateCheck {
    /// Data sets that were done.
    sets: u64,
    /// The free parameters.
    parameters: Vec<ParameterRanks>,
}

impl CalibrateCheck {
    /// Of ranks and how well they agree with the uniform, by parameter; `level` is where that is said to fail.
    pub fn new(free: &[String], ranks: &[(Vec<f64>, Agreement)], level: f64) -> Self {
        let parameter = |(path, (ranks, a)): (&String, &(Vec<f64>, Agreement))| ParameterRanks {
            path: path.clone(),
            ranks: ranks.iter().map(|r| finite(*r)).collect(),
            gap: finite(a.gap),
            p: finite(a.p),
            level,
            uniform: a.p >= level,
        };
        Self {
            sets: ranks.first().map_or(0, |r| r.0.len()) as u64,
            parameters: free.iter().zip(ranks).map(parameter).collect(),
        }
    }
}

impl Document for CalibrateCheck {
    const COMMAND: &'static str = "calibrate --check --json";
    const FORMAT: Option<&'static str> = Some("resus-calibrate-check-1");
}

/// One incident, foretold without it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LeftOutIncident {
    /// Where its scenario came from: a path, or `scenarios/…` for a bundled one.
    scenario: String,
    /// Candidates that were simulated to fit the others.
    candidates: u64,
    /// What its figures say of runs with every parameter drawn from its plausible range; null when nothing is scored.
    ranges: Option<EvidenceSummary>,
    /// What they say of runs with the free parameters drawn from what the others say; null when nothing is scored.
    fitted: Option<EvidenceSummary>,
}

/// Each incident foretold by a fit to the others.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalibrateLeaveOneOut {
    /// Version of resus.
    version: &'static str,
    /// Seed.
    seed: u64,
    /// The free parameters.
    free: Vec<String>,
    /// Most candidates for each fit.
    budget: u64,
    /// Runs by which each incident was foretold.
    replicates: u64,
    /// Whether it was stopped before its end.
    partial: bool,
    /// The incidents that are done.
    incidents: Vec<LeftOutIncident>,
    /// All of them together with parameters from their ranges; null when nothing is scored.
    ranges: Option<EvidenceSummary>,
    /// All of them together with fitted parameters; null when nothing is scored.
    fitted: Option<EvidenceSummary>,
}

impl CalibrateLeaveOneOut {
    /// Of incidents that were left out; `sources` says where the scenarios came from.
    pub fn new<'s>(
        options: &CalibrationOptions,
        replicates: u64,
        sources: impl Iterator<Item = &'s str>,
        done: &[LeftOut],
        partial: bool,
    ) -> Self {
        let sources: Vec<&str> = sources.collect();
        let incident = |l: &LeftOut| LeftOutIncident {
            scenario: sources[l.scenario].to_owned(),
            candidates: l.candidates,
            ranges: l.ranges.scorecard().as_ref().map(Into::into),
            fitted: l.fitted.scorecard().as_ref().map(Into::into),
        };
        let all = |of: fn(&LeftOut) -> &ValidationReport| {
            Scorecard::of(done.iter().map(of)).as_ref().map(Into::into)
        };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            seed: options.seed,
            free: options.free.clone(),
            budget: options.budget,
            replicates,
            partial,
            incidents: done.iter().map(incident).collect(),
            ranges: all(|l| &l.ranges),
            fitted: all(|l| &l.fitted),
        }
    }
}

impl Document for CalibrateLeaveOneOut {
    const COMMAND: &'static str = "calibrate --leave-one-out --json";
    const FORMAT: Option<&'static str> = Some("resus-calibrate-left-out-1");
}
