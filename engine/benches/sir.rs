//! The SIR mode beside a hand-written version of the same process: flat arrays, one queue of buckets, keyed draws, no ECS.

use std::sync::Arc;

use divan::Bencher;
use resus_engine::streams::{StreamName, Streams};
use resus_engine::study::sir::{Network, Rates, Sir};

fn main() {
    divan::main();
}

const RATES: Rates = Rates { transmission: 0.25, recovery: 0.1 };
const DAYS: u32 = 400;

fn network(nodes: u32) -> Arc<Network> {
    Arc::new(Network::random(nodes, 10.0, 7).expect("a network of this size"))
}

#[divan::bench(args = [10_000, 100_000], sample_count = 30)]
fn engine(bencher: Bencher, nodes: u32) {
    let network = network(nodes);
    let mut sir = Sir::new(&network, RATES, DAYS);
    let mut replicate = 0;
    bencher.bench_local(|| {
        replicate += 1;
        sir.run(1, replicate % 10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).final_size
    });
}

#[divan::bench(args = [10_000, 100_000], sample_count = 30)]
fn hand_written(bencher: Bencher, nodes: u32) {
    let network = network(nodes);
    let mut flat = Flat::new(&network);
    let mut replicate = 0;
    bencher.bench_local(|| {
        replicate += 1;
        flat.run(1, replicate % 10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    });
}

const STEP: u32 = 30;
const NEVER: u32 = u32::MAX;

/// The same process by hand.
struct Flat {
    network: Arc<Network>,
    due: Vec<u32>,
    buckets: Vec<Vec<(u32, u32)>>,
    change: Vec<i32>,
}

impl Flat {
    fn new(network: &Arc<Network>) -> Self {
        let steps = (DAYS * 1440 / STEP) as usize + 2;
        Self {
            network: network.clone(),
            due: vec![NEVER; network.nodes() as usize],
            buckets: vec![vec![]; steps],
            change: vec![0; steps],
        }
    }

    fn run(&mut self, seed: u64, replicate: u64, first: &[u32]) -> u32 {
        let streams = Streams::new(seed, replicate);
        self.due.fill(NEVER);
        self.change.fill(0);
        self.buckets.iter_mut().for_each(Vec::clear);
        for n in first {
            self.due[*n as usize] = 1;
            self.buckets[0].push((0, *n));
        }
        let mut size = 0;
        for step in 0..self.buckets.len() {
            self.buckets[step].sort_unstable();
            let mut k = 0;
            while k < self.buckets[step].len() {
                let (minute, node) = self.buckets[step][k];
                k += 1;
                if self.due[node as usize] != minute + 1 {
                    continue;
                }
                self.due[node as usize] = 0;
                size += 1;
                self.change[step] += 1;
                let lasts = streams.stream(StreamName::Infectious { node }).exponential() / RATES.recovery;
                let recovers = (f64::from(minute) + lasts * 1440.0) / f64::from(STEP);
                if let Some(c) = self.change.get_mut(recovers as usize) {
                    *c -= 1;
                }
                let spared = (-RATES.transmission * lasts).exp();
                for v in self.network.neighbours(node) {
                    let known = self.due[*v as usize];
                    if known <= minute + 1 {
                        continue;
                    }
                    let u = streams.stream(StreamName::Transmission { from: node, to: *v }).uniform();
                    if u <= spared {
                        continue;
                    }
                    let at = f64::from(minute) - 1440.0 / RATES.transmission * u.ln();
                    if at < f64::from(known - 1) {
                        self.due[*v as usize] = at as u32 + 1;
                        let bucket = (at as u32 / STEP) as usize;
                        if bucket == step {
                            let list = &mut self.buckets[step];
                            let place = k + list[k..].partition_point(|e| *e < (at as u32, *v));
                            list.insert(place, (at as u32, *v));
                        } else if let Some(list) = self.buckets.get_mut(bucket) {
                            list.push((at as u32, *v));
                        }
                    }
                }
            }
        }
        size
    }
}
