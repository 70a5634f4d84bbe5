//! Proof that processes of the engine follow their laws: the spread of the SIR mode, the queue of calls. Each check names its law,
//! its level and what was found; a check at level α fails one right engine in 1/α, and is keyed, so that it never flickers.

use std::sync::Arc;

use crate::estate::Handling;
use crate::sim::care::calls::Lines;
use crate::stats::agreement::{Agreement, two_samples, with_law};
use crate::stats::queue::mean_wait;
use crate::stats::{mean, variance};
use crate::streams::{StreamName, Streams};
use crate::study::sir::{Course, Network, Rates, Sir};
use crate::units::DAY;

/// The level of each check.
pub const LEVEL: f64 = 0.001;

/// One check.
#[derive(Clone, Debug)]
pub struct Check {
    /// What was simulated.
    pub process: String,
    /// Which quantity.
    pub quantity: &'static str,
    /// The law or the reference that it is held against.
    pub against: &'static str,
    /// Simulated runs, or batches.
    pub n: usize,
    /// Largest gap between distribution functions, or for a mean the distance in standard errors.
    pub statistic: f64,
    /// Chance of at least this when the engine is right.
    pub p: f64,
}

impl Check {
    /// Whether it agrees at [`LEVEL`].
    pub fn passes(&self) -> bool {
        self.p >= LEVEL
    }
}

fn check(
    process: &str,
    quantity: &'static str,
    against: &'static str,
    n: usize,
    agreement: Agreement,
) -> Check {
    Check { process: process.to_owned(), quantity, against, n, statistic: agreement.gap, p: agreement.p }
}

/// Nodes of the complete graph.
const SMALL: u32 = 60;

/// The checks of the SIR mode on networks whose laws are known, and on a random one against a plain simulation; `runs` each.
///
/// # Panics
/// Never: the networks are of sizes that fit.
pub fn sir(seed: u64, runs: u64) -> Vec<Check> {
    let complete = Arc::new(Network::complete(SMALL).expect("60 nodes are few"));
    let courses = |network: &Arc<Network>, rates, first: &[u32]| {
        let mut sir = Sir::new(network, rates, 365);
        (0..runs).map(|k| sir.run(seed, k, first)).collect::<Vec<Course>>()
    };
    let n = runs as usize;
    let mut out = vec![];

    let si = Rates { transmission: 0.25, recovery: 0.0 };
    let law = Birth::new(SMALL, si.transmission);
    let ends: Vec<f64> = courses(&complete, si, &[0]).iter().map(|c| c.last_at).collect();
    let name = format!("SI, complete graph of {SMALL}");
    // Times are whole minutes, rounded down: what is seen at t was over before the next minute.
    let minute = 1.0 / f64::from(DAY);
    let agreement = with_law(&ends, |t| law.all_by(t + minute), |t| law.all_by(t));
    out.push(check(&name, "time to the last infection", "pure birth process", n, agreement));

    let sir = Rates { transmission: 0.18 / f64::from(SMALL), recovery: 0.1 };
    let sizes = final_sizes(SMALL, sir);
    let found: Vec<f64> = courses(&complete, sir, &[0]).iter().map(|c| f64::from(c.final_size)).collect();
    let upto = |x: f64| sizes.iter().take((x as usize + 1).min(sizes.len())).sum::<f64>();
    let agreement = with_law(&found, upto, |x| upto(x - 1.0));
    let name = format!("SIR, complete graph of {SMALL}");
    out.push(check(&name, "final size", "embedded jump chain", n, agreement));

    let random = Arc::new(Network::random(1000, 6.0, seed).expect("1,000 nodes are few"));
    out.extend(against_plain(
        "SIR, random graph of 1,000",
        &random,
        Rates { transmission: 0.25, recovery: 0.1 },
        seed,
        runs,
    ));
    out
}

/// The SIR mode on any network against a plain simulation of the same process, from node 0; `runs` each.
pub fn against_plain(name: &str, network: &Arc<Network>, rates: Rates, seed: u64, runs: u64) -> Vec<Check> {
    let mut sir = Sir::new(network, rates, 2000);
    let ours: Vec<Course> = (0..runs).map(|k| sir.run(seed, k, &[0])).collect();
    let plain: Vec<Course> = (0..runs).map(|k| plain(network, rates, seed, k)).collect();
    let of = |list: &[Course], f: &dyn Fn(&Course) -> f64| list.iter().map(f).collect::<Vec<f64>>();
    let quantities: [(&'static str, &dyn Fn(&Course) -> f64); 3] = [
        ("final size", &|c| f64::from(c.final_size)),
        ("most infected at once", &|c| f64::from(c.peak)),
        ("time of the peak", &|c| c.peak_at),
    ];
    quantities
        .into_iter()
        .map(|(quantity, f)| {
            let agreement = two_samples(&of(&ours, f), &of(&plain, f));
            check(name, quantity, "Gillespie's direct method", runs as usize, agreement)
        })
        .collect()
}

/// The same process by Gillespie's direct method (1976), with none of the engine's parts but its random numbers.
fn plain(network: &Network, rates: Rates, seed: u64, replicate: u64) -> Course {
    let streams = Streams::new(seed, replicate);
    let mut asked = 0;
    let mut uniform = || {
        asked += 1;
        streams.stream(StreamName::Gillespie { n: asked }).uniform()
    };
    let most_neighbours = (0..network.nodes()).map(|n| network.neighbours(n).len()).max().unwrap_or(0) as f64;
    // Every infected node tries at the rate of the best connected one; tries at neighbours that it has not are void.
    let each = rates.transmission * most_neighbours + rates.recovery;
    let mut susceptible = vec![true; network.nodes() as usize];
    susceptible[0] = false;
    let mut infected = vec![0u32];
    let (mut t, mut course) = (0.0, Course { final_size: 1, peak: 1, ..Course::default() });
    while !infected.is_empty() {
        t += -uniform().ln() / (each * infected.len() as f64);
        let at = (uniform() * infected.len() as f64) as usize;
        let event = uniform() * each;
        if event < rates.recovery {
            infected.swap_remove(at);
            continue;
        }
        let neighbour = ((event - rates.recovery) / rates.transmission) as usize;
        if let Some(v) = network.neighbours(infected[at]).get(neighbour)
            && std::mem::replace(&mut susceptible[*v as usize], false)
        {
            infected.push(*v);
            course.final_size += 1;
            course.last_at = t;
            if infected.len() as u32 > course.peak {
                (course.peak, course.peak_at) = (infected.len() as u32, t);
            }
        }
        course.events += 1;
    }
    course
}

/// The law of the SI process on a complete graph: a pure birth process from one infected node, with rate β·k·(n − k) from k to k + 1,
/// solved by uniformisation (Jensen 1953).
struct Birth {
    /// Largest rate.
    rate: f64,
    /// Chance that all are infected after so many jumps of the uniformised chain.
    done: Vec<f64>,
}

impl Birth {
    fn new(n: u32, transmission: f64) -> Self {
        let rate_of = |k: u32| transmission * f64::from(k) * f64::from(n - k);
        let rate = (1..n).map(rate_of).fold(0.0, f64::max);
        let mut at = vec![0.0; n as usize + 1];
        at[1] = 1.0;
        let mut done = vec![0.0];
        while done.last().is_some_and(|d| *d < 1.0 - 1e-13) && done.len() < 100_000 {
            for k in (1..n).rev() {
                let leaves = at[k as usize] * rate_of(k) / rate;
                at[k as usize] -= leaves;
                at[k as usize + 1] += leaves;
            }
            done.push(at[n as usize]);
        }
        Self { rate, done }
    }
    /// Chance that all are infected by day `t`.
    fn all_by(&self, t: f64) -> f64 {
        let x = self.rate * t.max(0.0);
        let (mut log, mut sum, mut mass) = (-x, 0.0, 0.0);
        for (j, done) in self.done.iter().enumerate() {
            if j > 0 {
                log += (x / j as f64).ln();
            }
            sum += log.exp() * done;
            mass += log.exp();
        }
        // After more jumps than these all are infected.
        (sum + (1.0 - mass).max(0.0)).min(1.0)
    }
}

/// The law of the final size of SIR on a complete graph from one infected node, by the embedded jump chain over (susceptible,
/// infected): the next event is an infection with chance βs/(βs + γ). Index k holds the chance of k infected in all.
fn final_sizes(n: u32, rates: Rates) -> Vec<f64> {
    let n = n as usize;
    let mut at = vec![vec![0.0; n + 1]; n];
    at[n - 1][1] = 1.0;
    let mut sizes = vec![0.0; n + 1];
    for s in (0..n).rev() {
        for i in (1..=n - s).rev() {
            let here = at[s][i];
            let beta = rates.transmission * s as f64;
            let infects = beta / (beta + rates.recovery);
            if s > 0 {
                at[s - 1][i + 1] += here * infects;
            }
            at[s][i - 1] += here * (1.0 - infects);
        }
        sizes[n - s] = at[s][0];
    }
    sizes
}

/// The queue of calls with endless patience against the law of M/M/c: mean waits over batches of 1,000 hours.
pub fn queue(seed: u64, batches: u64) -> Vec<Check> {
    [(40.0, 0.1, 5u32), (9.0, 0.1, 1), (50.0, 1.0 / 6.0, 10)]
        .into_iter()
        .enumerate()
        .map(|(case, (demand, handling, lines))| {
            let mut queue = Lines::default();
            let streams = Streams::new(seed, case as u64);
            let patient = Handling { mean: handling, patience: f64::INFINITY };
            let capacity = f64::from(lines) / handling;
            let waits: Vec<f64> = (0..=batches)
                .map(|batch| {
                    let (mut waited, mut arrived) = (0.0, 0.0);
                    for h in batch * 1000..(batch + 1) * 1000 {
                        let stream = streams.stream(StreamName::Calls { service: 0, hour: h as u32 });
                        let a = queue.hour(h as f64, demand, (capacity, capacity), patient, stream);
                        waited += a.waited;
                        arrived += a.arrived;
                    }
                    waited / arrived
                })
                .skip(1)
                .collect();
            let error = (variance(&waits) / waits.len() as f64).sqrt();
            let z = (mean(&waits) - mean_wait(demand, handling, lines)) / error;
            let p = 2.0 * (1.0 - crate::stats::normal::normal_cumulated(z.abs()));
            Check {
                process: format!("calls on {lines} line{}", if lines == 1 { "" } else { "s" }),
                quantity: "mean wait",
                against: "Erlang C (M/M/c)",
                n: waits.len(),
                statistic: z.abs(),
                p,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_are_distributions() {
        let sizes = final_sizes(20, Rates { transmission: 0.02, recovery: 0.1 });
        assert!((sizes.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        // By hand, two nodes: the second is infected with chance β/(β + γ).
        let two = final_sizes(2, Rates { transmission: 0.3, recovery: 0.1 });
        assert!((two[2] - 0.75).abs() < 1e-12);
        // By hand, two nodes: an exponential time of rate β.
        let birth = Birth::new(2, 0.5);
        assert!((birth.all_by(1.0) - (1.0 - (-0.5f64).exp())).abs() < 1e-9);
    }

    #[test]
    fn a_wrong_rate_is_found_out() {
        let network = Arc::new(Network::complete(SMALL).unwrap());
        let mut sir = Sir::new(&network, Rates { transmission: 0.29, recovery: 0.0 }, 365);
        let ends: Vec<f64> = (0..400).map(|k| sir.run(1, k, &[0]).last_at).collect();
        let law = Birth::new(SMALL, 0.25);
        assert!(with_law(&ends, |t| law.all_by(t), |t| law.all_by(t)).p < LEVEL);
    }

    #[test]
    fn the_engine_follows_its_laws() {
        for check in sir(1, 400).into_iter().chain(queue(1, 40)) {
            assert!(check.passes(), "{check:?}");
        }
    }
}
