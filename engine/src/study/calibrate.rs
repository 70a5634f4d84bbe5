//! Uncertain parameters fitted to evidence without a likelihood: approximate Bayesian computation by sequential Monte Carlo (Toni et
//! al. 2009, "Approximate Bayesian computation scheme for parameter inference and model selection in dynamical systems"; the tolerance
//! falls to a quantile of what was kept, Del Moral et al. 2012; the kernel is that of Liu and West 2001), on summaries that a regression
//! learns from a pilot (semi-automatic, Fearnhead and Prangle 2012) and which at the end takes out what is left of the distance (as
//! Beaumont, Zhang and Balding 2002).
//!
//! Each free parameter is drawn from its plausible range, flat, whatever its value in the file, as a standard normal number moved to
//! it; all others are drawn from theirs in each run, so that the posterior says what the evidence tells of the free ones whatever the
//! others are. Every candidate and run is keyed by its generation and number: the same on any number of threads, and after any
//! interruption.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::parameters::ParametersSpec;
use crate::random::Quantile;
use crate::scenario::Scenario;
use crate::sim::Simulation;
use crate::stats::agreement::{Agreement, with_law};
use crate::stats::linear::{cholesky, dot, forward, moments, solve};
use crate::stats::normal::{normal_cumulated, normal_quantile};
use crate::stats::{quantile, sorted};
use crate::streams::{Stream, StreamName, Streams, text_id};
use crate::study::replicates::{Progress, parallel_replicates};
use crate::study::validation::{fulfils, measured, observe};

/// Runs of a scenario whose figures are of many incidents, for one candidate.
const INCIDENTS: u64 = 20;
/// Runs that are tried until the incident happens as it is known.
const TRIES: u64 = 6;
/// The share of a generation's distances at which the next one's tolerance lies.
const SHRINK: f64 = 0.5;
/// It ends when fewer than this share of the candidates is kept.
const STALLED: f64 = 0.015;
/// The share of the budget that is the pilot, drawn from the prior.
const PILOT: f64 = 0.4;
/// The t value from which a figure is taken to tell of a parameter: of figures that do not, one in a thousand has so large a one.
const CLEAR: f64 = 3.3;
/// The share of the pilot, on either side, that is not counted to what the model reaches.
const BEYOND: f64 = 0.01;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationOptions {
    /// Paths of the free parameters.
    pub free: Vec<String>,
    /// Most candidates that are simulated.
    pub budget: u64,
    /// Candidates that each generation keeps.
    pub keep: usize,
    /// Seed.
    pub seed: u64,
}

/// One kept candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Particle {
    /// Where it stands, in standard normal numbers.
    pub z: Vec<f64>,
    /// Weight; a generation's add up to 1.
    pub weight: f64,
    /// Distance of what it simulated from what was reported.
    pub distance: f64,
    /// The figures it simulated; absent where no run gave a value.
    pub simulated: Vec<Option<f64>>,
}

/// One generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// Largest distance that was let in; of the first generation, that was kept.
    pub tolerance: f64,
    /// Candidates that were simulated for it.
    pub tried: u64,
    /// Those that were kept.
    pub particles: Vec<Particle>,
}

/// How far a calibration is: written between batches, so that it can be taken up again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What is asked for.
    #[serde(rename = "ask")]
    pub options: CalibrationOptions,
    /// Hash of the scenarios and their parameters.
    pub hash: u64,
    /// What figures tell of the parameters, once the pilot is done.
    pub summaries: Option<Summaries>,
    /// Generations that are done.
    pub generations: Vec<Generation>,
    /// The one that is under way: candidates simulated and particles kept so far.
    pub under_way: Option<Generation>,
    /// It is over.
    pub done: bool,
}

impl State {
    /// Candidates that were simulated.
    pub fn tried(&self) -> u64 {
        self.generations.iter().chain(&self.under_way).map(|g| g.tried).sum()
    }
}

/// A calibration problem: scenarios with evidence, and the priors of the free parameters.
pub struct Problem {
    scenarios: Vec<Arc<Scenario>>,
    /// Of each scenario, what the others are drawn from.
    made_uncertain: Vec<ParametersSpec>,
    priors: Vec<(String, Quantile)>,
    /// Scored figures: scenario, place in it, reported.
    figures: Vec<(usize, usize, f64)>,
    /// What replaces the reported figures.
    synthetic: Option<Vec<Option<f64>>>,
}

/// Why there is no such problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// A free parameter has no plausible range, or there is none of this name.
    #[error("'{0}' is no parameter with a plausible range")]
    NoPrior(String),
    /// A scenario states it itself.
    #[error("'{0}' is stated by the scenario '{1}' itself: there it cannot be free")]
    Stated(String, String),
}

/// A posterior: weighted values of the free parameters in the engine's numbers, best first.
#[derive(Clone, Debug)]
pub struct Posterior {
    /// Paths.
    pub free: Vec<String>,
    /// By candidate: weight, distance, values after the regression, values as they were simulated.
    pub streams: Vec<(f64, f64, Vec<f64>, Vec<f64>)>,
}

impl Posterior {
    /// So many equally likely draws, by systematic resampling.
    pub fn sample(&self, streams: usize) -> Vec<&[f64]> {
        let total: f64 = self.streams.iter().map(|d| d.0).sum();
        let (mut upto, mut out) = (0.0, vec![]);
        for (weight, _, values, _) in &self.streams {
            upto += weight / total;
            while out.len() < streams && (out.len() as f64 + 0.5) / (streams as f64) < upto {
                out.push(values.as_slice());
            }
        }
        out
    }
    /// A weighted quantile of a parameter.
    pub fn quantile(&self, parameter: usize, p: f64) -> f64 {
        let mut list: Vec<(f64, f64)> = self.streams.iter().map(|d| (d.2[parameter], d.0)).collect();
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = list.iter().map(|d| d.1).sum();
        let mut upto = 0.0;
        for (value, weight) in &list {
            upto += weight;
            if upto >= p * total {
                return *value;
            }
        }
        list.last().map_or(f64::NAN, |d| d.0)
    }
}

/// What figures tell of the parameters: by each one its expectation, as a linear regression on the normal scores of the figures in the
/// pilot. Scores ask only for ranks, so a figure that the model cannot reach counts as the outermost that it can; and so do figures that
/// it reaches one by one but not together, lest a model that is wrong somewhere send a parameter to where nothing supports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summaries {
    /// By figure, what the pilot simulated, rising.
    seen: Vec<Vec<f64>>,
    /// By parameter, its slope on each figure.
    slopes: Vec<Vec<f64>>,
    /// By parameter, between what its expectation lies in all but `BEYOND` of the pilot on either side.
    reach: Vec<(f64, f64)>,
}

impl Summaries {
    fn new(pilot: &[Particle]) -> Self {
        let figures = pilot.first().map_or(0, |p| p.simulated.len());
        let seen = |k: usize| sorted(&pilot.iter().filter_map(|p| p.simulated[k]).collect::<Vec<_>>());
        let mut new = Self { seen: (0..figures).map(seen).collect(), slopes: vec![], reach: vec![] };
        let scores: Vec<Vec<f64>> = pilot.iter().map(|p| new.scores(&p.simulated)).collect();
        let truths: Vec<&[f64]> = pilot.iter().map(|p| p.z.as_slice()).collect();
        new.slopes = slopes(&scores, &truths);
        let reached = |slope: &Vec<f64>| {
            let told = sorted(&scores.iter().map(|x| dot(slope, x)).collect::<Vec<_>>());
            (quantile(&told, BEYOND), quantile(&told, 1.0 - BEYOND))
        };
        new.reach = new.slopes.iter().map(reached).collect();
        new
    }
    /// Normal scores of figures; 0, the middle, where there is no value.
    fn scores(&self, figures: &[Option<f64>]) -> Vec<f64> {
        let of = |(seen, value): (&Vec<f64>, &Option<f64>)| {
            let Some(value) = value.filter(|_| !seen.is_empty()) else { return 0.0 };
            let (below, upto) = (seen.partition_point(|s| *s < value), seen.partition_point(|s| *s <= value));
            let (rank, n) = ((below + upto) as f64 / 2.0, seen.len() as f64);
            normal_quantile(rank.clamp(0.5, n - 0.5) / n)
        };
        self.seen.iter().zip(figures).map(of).collect()
    }
    /// What the figures tell: of each parameter a standard normal number.
    fn of(&self, figures: &[Option<f64>]) -> Vec<f64> {
        let scores = self.scores(figures);
        let all = self.slopes.iter().zip(&self.reach);
        all.map(|(slope, (low, high))| dot(slope, &scores).clamp(*low, *high)).collect()
    }
}

/// Slopes of each of `truths` in a linear regression on those coordinates of `points` that clearly tell of it: of all, the least clear
/// is left out until each one's t value is at least `CLEAR`. A coordinate that tells nothing has a small slope by chance, and a figure that
/// the model misses would pull by it.
fn slopes(points: &[Vec<f64>], truths: &[&[f64]]) -> Vec<Vec<f64>> {
    let all: Vec<Vec<f64>> = points.iter().zip(truths).map(|(x, z)| [x.as_slice(), z].concat()).collect();
    let (mean, covariance) =
        moments(&all.iter().map(Vec::as_slice).collect::<Vec<_>>(), &vec![1.0; points.len()]);
    let figures = points.first().map_or(0, Vec::len);
    let told = |truth: usize| {
        let mut of: Vec<usize> = (0..figures).filter(|k| covariance[*k][*k] > 1e-9).collect();
        loop {
            let normal: Vec<Vec<f64>> =
                of.iter().map(|i| of.iter().map(|j| covariance[*i][*j]).collect()).collect();
            let with: Vec<f64> = of.iter().map(|k| covariance[*k][truth]).collect();
            let lower = cholesky(&normal);
            let slope = solve(&lower, &with);
            let left = (covariance[truth][truth] - dot(&slope, &with)).max(1e-12);
            let freedom = (points.len() as f64 - of.len() as f64 - 1.0).max(1.0);
            let t = |k: usize| {
                let unit: Vec<f64> = (0..of.len()).map(|j| f64::from(u8::from(j == k))).collect();
                slope[k].abs() / (left * solve(&lower, &unit)[k].max(1e-300) / freedom).sqrt()
            };
            let least = (0..of.len()).map(|k| (t(k), k)).min_by(|a, b| a.0.total_cmp(&b.0));
            match least {
                Some((t, k)) if t < CLEAR => of.remove(k),
                _ => {
                    let mut slopes = vec![0.0; figures];
                    of.iter().zip(slope).for_each(|(k, by)| slopes[*k] = by);
                    return slopes;
                }
            };
        }
    };
    (figures..mean.len()).map(told).collect()
}

/// So many standard normal numbers of one key, from its `first` draw.
fn normals(stream: Stream, first: u64, so_many: usize) -> Vec<f64> {
    (first..first + so_many as u64).map(|k| normal_quantile(stream.nth(k).uniform())).collect()
}

impl Problem {
    /// Of these scenarios, with these parameters free.
    ///
    /// # Errors
    /// When a parameter has no range, or a scenario states it itself.
    pub fn new(scenarios: &[Arc<Scenario>], free: &[String]) -> Result<Self, Unsound> {
        let mut priors = vec![];
        for path in free {
            let mut found: Option<Quantile> = None;
            for scenario in scenarios {
                let own = scenario.parameters.priors().into_iter().find(|(p, _)| p == path).map(|(_, q)| q);
                let Some(own) = own else {
                    let known = scenario.parameters.rows().iter().any(|r| r.path == *path);
                    return Err(if known && found.is_some() {
                        Unsound::Stated(path.clone(), scenario.title.clone())
                    } else {
                        Unsound::NoPrior(path.clone())
                    });
                };
                if found.as_ref().is_some_and(|f| *f != own) {
                    return Err(Unsound::Stated(path.clone(), scenario.title.clone()));
                }
                found = Some(own);
            }
            priors.push((path.clone(), found.ok_or_else(|| Unsound::NoPrior(path.clone()))?));
        }
        let mut figures = vec![];
        for (s, scenario) in scenarios.iter().enumerate() {
            let scored = scenario.evidence.iter().enumerate().filter(|(_, f)| !f.given);
            figures.extend(scored.map(|(n, f)| (s, n, f.value)));
        }
        let made_uncertain = scenarios.iter().map(|s| s.parameters.made_uncertain()).collect();
        Ok(Self { scenarios: scenarios.to_vec(), made_uncertain, priors, figures, synthetic: None })
    }

    /// Names it: the scenarios, their parameters and what is free.
    fn hash(&self) -> u64 {
        let mut text = String::new();
        for scenario in &self.scenarios {
            text += &format!("{:016x} {:?}\n", scenario.hash, scenario.parameters.rows());
        }
        text_id(&text)
    }

    /// Whether a calibration that stands so is of these scenarios, parameters and figures, and whole.
    pub fn takes_up(&self, state: &State) -> bool {
        let whole = |p: &Particle| p.z.len() == self.priors.len() && p.simulated.len() == self.figures.len();
        let summed = state.summaries.as_ref().is_none_or(|s| {
            s.seen.len() == self.figures.len()
                && s.slopes.len() == self.priors.len()
                && s.slopes.iter().all(|slope| slope.len() == self.figures.len())
                && s.reach.len() == self.priors.len()
                && s.reach.iter().all(|(low, high)| low <= high)
        });
        state.hash == self.hash()
            && summed
            && (state.generations.is_empty() || state.summaries.is_some())
            && state.generations.iter().all(|g| !g.particles.is_empty())
            && state.generations.iter().chain(&state.under_way).flat_map(|g| &g.particles).all(whole)
    }

    fn target(&self) -> Vec<Option<f64>> {
        self.synthetic.clone().unwrap_or_else(|| self.figures.iter().map(|f| Some(f.2)).collect())
    }

    /// The engine's number of a parameter at a standard normal one.
    fn value(&self, parameter: usize, z: f64) -> f64 {
        self.priors[parameter].1.at(normal_cumulated(z).clamp(1e-9, 1.0 - 1e-9))
    }

    /// A world of each scenario.
    fn worlds(&self) -> Vec<Simulation> {
        self.scenarios.iter().map(Simulation::new).collect()
    }

    /// The figures that a candidate simulates.
    fn simulate(&self, sims: &mut [Simulation], z: &[f64], seed: u64, key: u64) -> Vec<Option<f64>> {
        let mut all: Vec<Vec<Option<f64>>> = vec![];
        for (s, scenario) in self.scenarios.iter().enumerate() {
            let mut parameters = self.made_uncertain[s].clone();
            z.iter()
                .enumerate()
                .for_each(|(k, z)| parameters.set_value(&self.priors[k].0, self.value(k, *z)));
            sims[s].set_parameters(parameters);
            let many = scenario.evidence.iter().any(|f| f.across.is_some());
            let mut runs = vec![];
            for n in 0..if many { INCIDENTS } else { TRIES } {
                let observed = observe(&mut sims[s], seed, key.wrapping_mul(64).wrapping_add(n));
                runs.extend(observed.filter(|run| fulfils(&scenario.evidence, run)));
                if !many && !runs.is_empty() {
                    break;
                }
            }
            let of = |n: usize| -> Vec<f64> { runs.iter().filter_map(|r| r[n]).collect() };
            let figures = scenario.evidence.iter().enumerate();
            all.push(figures.map(|(n, f)| measured(f, &of(n))).collect());
        }
        self.figures.iter().map(|(s, n, ..)| all[*s][*n]).collect()
    }

    /// Goes on with a calibration until it is done or stopped; `save` is called between batches. `progress.done` counts candidates.
    ///
    /// # Errors
    /// When threads cannot be started.
    pub fn run(
        &self,
        options: &CalibrationOptions,
        resumed: Option<State>,
        threads: usize,
        progress: &Progress,
        save: &mut dyn FnMut(&State),
    ) -> Result<State, rayon::ThreadPoolBuildError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let mut state =
            resumed.filter(|s| s.options == *options && self.takes_up(s)).unwrap_or_else(|| State {
                options: options.clone(),
                hash: self.hash(),
                summaries: None,
                generations: vec![],
                under_way: None,
                done: false,
            });
        progress.done.store(state.tried(), Ordering::Relaxed);
        while !state.done && !progress.stop.load(Ordering::Relaxed) {
            pool.install(|| self.batch(&mut state, progress));
            save(&state);
        }
        Ok(state)
    }

    /// One batch of candidates of the generation that is under way.
    fn batch(&self, state: &mut State, progress: &Progress) {
        let options = state.options.clone();
        let n = state.generations.len() as u64;
        let left = options.budget.saturating_sub(state.tried());
        let tolerance = state.generations.last().map_or(f64::MAX, |g| {
            quantile(&sorted(&g.particles.iter().map(|p| p.distance).collect::<Vec<_>>()), SHRINK)
        });
        let mut generation =
            state.under_way.take().unwrap_or(Generation { tolerance, tried: 0, particles: vec![] });
        // The first generation is the pilot, and the nearest of it are kept.
        let first = n == 0;
        let pilot = (PILOT * options.budget as f64) as usize;
        let wanted = if first { pilot.max(2 * options.keep) } else { options.keep };
        let size = if first { wanted as u64 - generation.tried } else { (2 * options.keep as u64).max(16) };
        let size = size.min(left).min(64.max(options.keep as u64 / 2));
        let from = generation.tried;
        let before = state.generations.last();
        let kernel = before.map(Kernel::new);
        let target = state.summaries.as_ref().map(|s| s.of(&self.target()));
        let away = |summaries: &Summaries, target: &[f64], simulated: &[Option<f64>]| {
            let d: Vec<f64> = summaries.of(simulated).iter().zip(target).map(|(a, b)| a - b).collect();
            dot(&d, &d).sqrt()
        };
        let candidate = |sims: &mut Vec<Simulation>, k: u64| {
            let stream = Streams::of_study(options.seed, "calibration")
                .stream(StreamName::Candidate { generation: n, candidate: k });
            let z = kernel
                .as_ref()
                .map_or_else(|| normals(stream, 0, options.free.len()), |kernel| kernel.draw(stream));
            let simulated = self.simulate(sims, &z, options.seed, n << 40 | k);
            progress.done.fetch_add(1, Ordering::Relaxed);
            (z, simulated)
        };
        // A batch is done whole, whoever stops it: where generations end hangs on it.
        let candidates =
            parallel_replicates(from..from + size, &AtomicBool::new(false), || self.worlds(), candidate);
        generation.tried += size;
        for (z, simulated) in candidates {
            let distance =
                state.summaries.as_ref().zip(target.as_ref()).map_or(0.0, |(s, t)| away(s, t, &simulated));
            if (first || distance <= generation.tolerance) && generation.particles.len() < wanted {
                let weight = kernel.as_ref().map_or(1.0, |k| k.weight(before.expect("as above"), &z));
                generation.particles.push(Particle { z, weight, distance, simulated });
            }
        }
        let spent =
            state.generations.iter().map(|g| g.tried).sum::<u64>() + generation.tried >= options.budget;
        let stalled = !first
            && generation.tried >= 4 * options.keep as u64
            && (generation.particles.len() as f64) < STALLED * generation.tried as f64;
        if first && (generation.tried >= wanted as u64 || spent) {
            let summaries = Summaries::new(&generation.particles);
            let target = summaries.of(&self.target());
            for p in &mut generation.particles {
                p.distance = away(&summaries, &target, &p.simulated);
            }
            state.summaries = Some(summaries);
            generation.particles.sort_by(|a, b| a.distance.total_cmp(&b.distance));
            generation.particles.truncate(options.keep);
        }
        let kept = generation.particles.len();
        let full = kept >= options.keep && (!first || state.summaries.is_some());
        state.done = spent || stalled;
        // Half a generation is a sample too, only a smaller one.
        if full || state.done && 2 * kept >= options.keep {
            let total: f64 = generation.particles.iter().map(|p| p.weight).sum();
            generation.particles.iter_mut().for_each(|p| p.weight /= total);
            if first {
                generation.tolerance = generation.particles.last().map_or(0.0, |p| p.distance);
            }
            state.generations.push(generation);
        } else {
            state.under_way = Some(generation);
        }
    }

    /// The posterior of a calibration: its last full generation, what is left of the distance taken out by regression.
    pub fn posterior(&self, state: &State) -> Posterior {
        let free: Vec<String> = self.priors.iter().map(|(p, _)| p.clone()).collect();
        let Some((last, summaries)) = state.generations.last().zip(state.summaries.as_ref()) else {
            return Posterior { free, streams: vec![] };
        };
        let moved = regressed(last, summaries, &self.target());
        let values = |z: &[f64]| z.iter().enumerate().map(|(k, z)| self.value(k, *z)).collect::<Vec<_>>();
        let mut streams: Vec<_> = last
            .particles
            .iter()
            .zip(moved)
            .map(|(p, (z, weight))| (weight, p.distance, values(&z), values(&p.z)))
            .collect();
        streams.sort_by(|a, b| a.1.total_cmp(&b.1));
        Posterior { free, streams }
    }

    /// Quantiles of a parameter's prior.
    pub fn prior(&self, parameter: usize, p: f64) -> f64 {
        self.priors[parameter].1.at(p)
    }

    /// Whether parameters that generated a data set are found again (simulation-based calibration, Talts et al. 2018): for each of
    /// `sets` draws from the prior a data set is simulated and the calibration done on it; the weight of the posterior below the truth
    /// must be uniform. Gives by parameter these ranks in [0, 1] and how well they agree with it.
    ///
    /// # Errors
    /// When threads cannot be started.
    pub fn check(
        &mut self,
        options: &CalibrationOptions,
        sets: u64,
        threads: usize,
        progress: &Progress,
    ) -> Result<Vec<(Vec<f64>, Agreement)>, rayon::ThreadPoolBuildError> {
        let mut ranks = vec![vec![]; self.priors.len()];
        for set in 0..sets {
            let stream = Streams::new(options.seed, set).stream(StreamName::Truth {});
            let truth = normals(stream, 0, self.priors.len());
            self.synthetic = Some(self.simulate(&mut self.worlds(), &truth, options.seed ^ 0x5bc5, set));
            let own = CalibrationOptions { seed: options.seed.wrapping_add(1 + set), ..options.clone() };
            let inner = Progress::default();
            let state = self.run(&own, None, threads, &inner, &mut |state: &State| {
                progress.done.store(set * options.budget + state.tried(), Ordering::Relaxed);
                inner.stop.store(progress.stop.load(Ordering::Relaxed), Ordering::Relaxed);
            })?;
            if progress.stop.load(Ordering::Relaxed) {
                break;
            }
            let posterior = self.posterior(&state);
            for (k, ranks) in ranks.iter_mut().enumerate() {
                let truth = self.value(k, truth[k]);
                let total: f64 = posterior.streams.iter().map(|d| d.0).sum();
                let below: f64 = posterior.streams.iter().filter(|d| d.2[k] < truth).map(|d| d.0).sum();
                ranks.push(below / total.max(1e-300));
            }
        }
        self.synthetic = None;
        let uniform = |x: f64| x.clamp(0.0, 1.0);
        Ok(ranks
            .into_iter()
            .map(|r| {
                let agreement = with_law(&r, uniform, uniform);
                (r, agreement)
            })
            .collect())
    }
}

/// The kernel by which particles of a generation are moved: each shrunk towards their mean, then a normal number of so much of their
/// covariance added that the covariance of all stays (Liu and West); how much, by Silverman's rule for their number.
struct Kernel {
    lower: Vec<Vec<f64>>,
    upto: Vec<f64>,
    /// Where each particle is shrunk to.
    from: Vec<Vec<f64>>,
}

impl Kernel {
    fn new(generation: &Generation) -> Self {
        let points: Vec<&[f64]> = generation.particles.iter().map(|p| p.z.as_slice()).collect();
        let weights: Vec<f64> = generation.particles.iter().map(|p| p.weight).collect();
        let (mean, mut covariance) = moments(&points, &weights);
        let effective =
            weights.iter().sum::<f64>().powi(2) / weights.iter().map(|w| w * w).sum::<f64>().max(1e-300);
        let d = mean.len() as f64;
        let share = (4.0 / ((d + 2.0) * effective)).powf(2.0 / (d + 4.0)).min(0.9);
        covariance.iter_mut().flatten().for_each(|c| *c *= share);
        let shrink = (1.0 - share).sqrt();
        let towards = |p: &&[f64]| mean.iter().zip(*p).map(|(m, z)| m + shrink * (z - m)).collect();
        let mut sum = 0.0;
        let upto = weights
            .iter()
            .map(|w| {
                sum += w;
                sum
            })
            .collect();
        Self { lower: cholesky(&covariance), upto, from: points.iter().map(towards).collect() }
    }
    fn draw(&self, stream: Stream) -> Vec<f64> {
        let at = stream.nth(0).uniform() * self.upto.last().copied().unwrap_or(1.0);
        let from = self.upto.partition_point(|u| *u < at).min(self.from.len() - 1);
        let e = normals(stream, 1, self.lower.len());
        self.from[from].iter().zip(&self.lower).map(|(z, row)| z + dot(row, &e)).collect()
    }
    /// Prior over how likely the kernel was to come here; the constants of both cancel in a generation.
    fn weight(&self, generation: &Generation, z: &[f64]) -> f64 {
        let prior = (-0.5 * dot(z, z)).exp();
        let density = |(p, from): (&Particle, &Vec<f64>)| {
            let difference: Vec<f64> = z.iter().zip(from).map(|(a, b)| a - b).collect();
            let w = forward(&self.lower, &difference);
            p.weight * (-0.5 * dot(&w, &w)).exp()
        };
        prior / generation.particles.iter().zip(&self.from).map(density).sum::<f64>().max(1e-300)
    }
}

/// Particles moved to where they would stand had they simulated what was reported, by the regression of the pilot, and weighted down with
/// the distance (Epanechnikov).
fn regressed(generation: &Generation, summaries: &Summaries, target: &[Option<f64>]) -> Vec<(Vec<f64>, f64)> {
    let particles = &generation.particles;
    let widest = particles.iter().map(|p| p.distance).fold(1e-12, f64::max) * 1.001;
    let target = summaries.of(target);
    let moved = |p: &Particle| {
        let told = summaries.of(&p.simulated);
        let z = p.z.iter().zip(told.iter().zip(&target)).map(|(z, (told, wanted))| z - told + wanted);
        (z.collect(), p.weight * (1.0 - (p.distance / widest).powi(2)))
    };
    particles.iter().map(moved).collect()
}
