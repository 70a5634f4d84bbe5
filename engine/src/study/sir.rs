//! SIR mode: the worm on a given edge list, with plain rates of transmission and recovery, so that it can be held against the laws
//! and the packages of epidemiology. It runs on the same clock, queue and keyed draws as everything else.
//!
//! A node that is infected recovers after an exponential time; until then it infects each neighbour after an exponential time of
//! their edge (Kermack and McKendrick 1927 on a network; event-driven as in Kiss, Miller and Simon, "Mathematics of Epidemics on
//! Networks", 2017, appendix A). What happens is all that it costs: edges are looked at when one end is infected, and recoveries
//! are counted without being queued.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{ScheduleLabel, SingleThreadedExecutor};

use crate::sim::core::builder::Phase;
use crate::sim::core::queue::EventQueue;
use crate::sim::core::run::Clock;
use crate::streams::{StreamName, Streams};
use crate::units::DAY;

/// The most nodes and edges of a network.
pub const MOST_NODES: usize = 10_000_000;
/// The most edges of a network.
pub const MOST_EDGES: usize = 100_000_000;
/// Minutes of a step.
const STEP: u32 = 30;

/// An undirected network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Where a node's neighbours begin in `to`.
    first: Vec<u32>,
    to: Vec<u32>,
}

/// Why an edge list is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Too many nodes or edges, or none.
    #[error("a network has 1 to {MOST_NODES} nodes and at most {MOST_EDGES} edges")]
    Size,
    /// An edge names a node that there is not.
    #[error("edge {0} names node {1}, and nodes are numbered from 0 below {2}")]
    NoSuchNode(usize, u32, u32),
}

impl Network {
    /// From an edge list; each edge leads both ways. Loops and edges listed again are left out.
    ///
    /// # Errors
    /// When the network is too large or an edge names a node that there is not.
    pub fn new(nodes: u32, edges: &[(u32, u32)]) -> Result<Self, NetworkError> {
        if nodes == 0 || nodes as usize > MOST_NODES || edges.len() > MOST_EDGES {
            return Err(NetworkError::Size);
        }
        if let Some((n, e)) = edges.iter().enumerate().find(|(_, e)| e.0.max(e.1) >= nodes) {
            return Err(NetworkError::NoSuchNode(n, e.0.max(e.1), nodes));
        }
        let mut both: Vec<(u32, u32)> =
            edges.iter().filter(|e| e.0 != e.1).flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
        both.sort_unstable();
        both.dedup();
        let mut first = vec![0u32; nodes as usize + 1];
        for (a, _) in &both {
            first[*a as usize + 1] += 1;
        }
        for n in 1..first.len() {
            first[n] += first[n - 1];
        }
        Ok(Self { first, to: both.into_iter().map(|e| e.1).collect() })
    }

    /// Everybody joined to everybody.
    ///
    /// # Errors
    /// When it is too large.
    pub fn complete(nodes: u32) -> Result<Self, NetworkError> {
        let edges = u64::from(nodes) * u64::from(nodes.saturating_sub(1)) / 2;
        if edges > MOST_EDGES as u64 {
            return Err(NetworkError::Size);
        }
        let edges: Vec<(u32, u32)> = (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| (a, b))).collect();
        Self::new(nodes, &edges)
    }

    /// A random network of so many nodes and a mean degree: as many edges as that asks for, each between two nodes drawn alike
    /// (Erdős and Rényi 1959; a few edges fewer, where one is drawn twice).
    ///
    /// # Errors
    /// When it is too large.
    pub fn random(nodes: u32, mean_degree: f64, seed: u64) -> Result<Self, NetworkError> {
        let edges = (f64::from(nodes) * mean_degree.max(0.0) / 2.0).round();
        if edges > MOST_EDGES as f64 {
            return Err(NetworkError::Size);
        }
        let streams = Streams::new(seed, 0);
        let end = |n: u64, which| {
            (streams.stream(StreamName::Network { edge: n }).nth(which).uniform() * f64::from(nodes)) as u32
        };
        let edges: Vec<(u32, u32)> = (0..edges as u64).map(|n| (end(n, 0), end(n, 1))).collect();
        Self::new(nodes, &edges)
    }

    /// Nodes.
    pub fn nodes(&self) -> u32 {
        self.first.len() as u32 - 1
    }
    /// Edges.
    pub fn edges(&self) -> usize {
        self.to.len() / 2
    }
    /// A node's neighbours.
    pub fn neighbours(&self, node: u32) -> &[u32] {
        &self.to[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }
}

/// Rates a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Over each edge that has one infected end.
    pub transmission: f64,
    /// Of each infected node; 0 for the SI process.
    pub recovery: f64,
}

/// What became of one outbreak. Times are in days since the first infection, exact to the minute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Course {
    /// Nodes ever infected, the first ones too.
    pub final_size: u32,
    /// Most nodes infected at once, at the end of a step.
    pub peak: u32,
    /// When that was, the first time.
    pub peak_at: f64,
    /// When the last node was infected.
    pub last_at: f64,
    /// Events worked off.
    pub events: u64,
}

/// Not to be infected as far as anybody knows.
const NEVER: u32 = u32::MAX;

#[derive(Resource, Debug)]
struct Outbreak {
    network: Arc<Network>,
    rates: Rates,
    streams: Streams,
    /// By node: the minute at which it will be infected as things stand, plus one; 0 once it is.
    due: Vec<u32>,
    /// Infections that fall into the step that is being worked off.
    soon: BinaryHeap<Reverse<(u32, u32)>>,
    /// By step: infected less recovered.
    change: Vec<i32>,
    /// When the last one was infected.
    last: u32,
    course: Course,
}

/// Outbreaks on one network; built once, used for many.
pub struct Sir {
    world: World,
    schedule: Schedule,
}

#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Step;

impl Sir {
    /// Outbreaks on `network` for at most `days`: what would happen later does not.
    pub fn new(network: &Arc<Network>, rates: Rates, days: u32) -> Self {
        let end = days.max(1) * DAY;
        let mut world = World::new();
        world.insert_resource(Clock { now: 0, step: STEP, end });
        world.insert_resource(EventQueue::<()>::new(STEP, end));
        world.insert_resource(Outbreak {
            network: network.clone(),
            rates,
            streams: Streams::new(0, 0),
            due: vec![NEVER; network.nodes() as usize],
            soon: BinaryHeap::new(),
            change: vec![0; (end / STEP) as usize + 2],
            last: 0,
            course: Course::default(),
        });
        let mut schedule = Schedule::new(Step);
        schedule.set_executor(SingleThreadedExecutor::new());
        schedule.add_systems(spread.in_set(Phase::Threat));
        Self { world, schedule }
    }

    /// One outbreak from `first`.
    pub fn run(&mut self, seed: u64, replicate: u64, first: &[u32]) -> Course {
        let mut outbreak = self.world.resource_mut::<Outbreak>();
        outbreak.streams = Streams::new(seed, replicate);
        outbreak.due.fill(NEVER);
        outbreak.change.fill(0);
        outbreak.course = Course::default();
        for node in first {
            outbreak.due[*node as usize] = 1;
        }
        let mut queue = self.world.resource_mut::<EventQueue<()>>();
        queue.clear();
        for node in first {
            queue.add(0, *node, ());
        }
        while let Some(bucket) = self.world.resource::<EventQueue<()>>().next() {
            self.world.resource_mut::<Clock>().now = bucket as u32 * STEP;
            self.schedule.run(&mut self.world);
        }
        self.world.resource_mut::<Outbreak>().close()
    }
}

fn spread(clock: Res<Clock>, mut queue: ResMut<EventQueue<()>>, mut outbreak: ResMut<Outbreak>) {
    let outbreak = &mut *outbreak;
    let network = outbreak.network.clone();
    let due = queue.take(clock.now);
    outbreak.course.events += due.len() as u64;
    for &(minute, node, _, ()) in &due {
        outbreak.soon_until(minute, &network, &mut queue);
        outbreak.infect(minute, node, &network, &mut queue);
    }
    outbreak.soon_until(NEVER, &network, &mut queue);
    queue.done(due);
}

impl Outbreak {
    /// Works off what fell into this step meanwhile, up to `minute`.
    fn soon_until(&mut self, minute: u32, network: &Network, queue: &mut EventQueue<()>) {
        while let Some(&Reverse((at, node))) = self.soon.peek() {
            if at > minute {
                return;
            }
            self.soon.pop();
            self.course.events += 1;
            self.infect(at, node, network, queue);
        }
    }

    /// A node is infected, unless it was before or will be later than was thought when this was added.
    fn infect(&mut self, minute: u32, node: u32, network: &Network, queue: &mut EventQueue<()>) {
        if self.due[node as usize] != minute + 1 {
            return;
        }
        self.due[node as usize] = 0;
        self.course.final_size += 1;
        self.last = minute;
        self.change[(minute / STEP) as usize] += 1;
        let Rates { transmission, recovery } = self.rates;
        let day = f64::from(DAY);
        // Days until it recovers, and the chance that an edge transmits nothing until then.
        let lasts = if recovery > 0.0 {
            self.streams.stream(StreamName::Infectious { node }).exponential() / recovery
        } else {
            f64::INFINITY
        };
        let spared = (-transmission * lasts).exp();
        if lasts.is_finite() {
            let recovers = (f64::from(minute) + lasts * day) / f64::from(STEP);
            if let Some(change) = self.change.get_mut(recovers as usize) {
                *change -= 1;
            }
        }
        let scale = -day / transmission.max(1e-300);
        let next_step = minute - minute % STEP + STEP;
        let Self { due, soon, streams, .. } = self;
        let streams = *streams;
        for neighbour in network.neighbours(node) {
            let known = due[*neighbour as usize];
            if known <= minute + 1 {
                continue;
            }
            let u = streams.stream(StreamName::Transmission { from: node, to: *neighbour }).uniform();
            if u <= spared {
                continue;
            }
            let at = f64::from(minute) + scale * u.ln();
            if at < f64::from(known - 1) {
                let at = at as u32;
                due[*neighbour as usize] = at + 1;
                if at < next_step {
                    soon.push(Reverse((at, *neighbour)));
                } else {
                    queue.add(at, *neighbour, ());
                }
            }
        }
    }

    /// Finds the peak.
    fn close(&mut self) -> Course {
        let (mut infected, mut peak, mut at) = (0, 0, 0);
        for (step, change) in self.change.iter().enumerate() {
            infected += change;
            if infected > peak {
                (peak, at) = (infected, step);
            }
        }
        self.course.last_at = f64::from(self.last) / f64::from(DAY);
        self.course.peak = peak.cast_unsigned();
        self.course.peak_at = (at as u32 * STEP) as f64 / f64::from(DAY);
        self.course
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_what_its_edges_say() {
        let n = Network::new(4, &[(0, 1), (1, 0), (2, 2), (1, 3)]).unwrap();
        assert_eq!((n.nodes(), n.edges()), (4, 2));
        assert_eq!(n.neighbours(1), [0, 3]);
        assert_eq!(Network::new(2, &[(0, 5)]), Err(NetworkError::NoSuchNode(0, 5, 2)));
        assert_eq!(Network::new(0, &[]), Err(NetworkError::Size));
    }

    #[test]
    fn an_outbreak_repeats_and_keeps_to_its_component() {
        let edges: Vec<(u32, u32)> = (0..99).filter(|n| *n != 49).map(|n| (n, n + 1)).collect();
        let network = Arc::new(Network::new(100, &edges).unwrap());
        let mut sir = Sir::new(&network, Rates { transmission: 5.0, recovery: 0.0 }, 1000);
        let course = sir.run(1, 0, &[0]);
        assert_eq!(course.final_size, 50);
        sir.run(1, 1, &[99]);
        assert_eq!(sir.run(1, 0, &[0]), course);
    }
}
