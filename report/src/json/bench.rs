//! `bench --json`: how fast a scenario runs on a machine.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, Provenance};

/// How fast one strategy runs, on one thread.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StrategySpeed {
    /// The strategy, by id.
    pub strategy: String,
    /// Replicates that were finished.
    pub replicates: usize,
    /// Milliseconds of a replicate, median.
    pub ms_median: f64,
    /// Milliseconds of the slowest; null when none was finished.
    pub ms_max: Option<f64>,
    /// Replicates a second; null when none was finished.
    pub replicates_per_second: Option<f64>,
    /// Events a second; null when none was finished.
    pub events_per_second: Option<f64>,
    /// Events of all replicates.
    pub events: u64,
}

/// How fast a scenario runs on this machine at this moment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Bench {
    /// Which study it was.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// Replicates of each strategy that were asked for.
    pub replicates: u64,
    /// Whether it was stopped before its end.
    pub partial: bool,
    /// Organisations.
    pub organisations: usize,
    /// Hosts.
    pub hosts: u64,
    /// Seconds to read and check the scenario and to build its estate.
    pub load_seconds: f64,
    /// Seconds to build a world.
    pub world_seconds: f64,
    /// Cores of the machine.
    pub cores: usize,
    /// Threads that were used together.
    pub threads: usize,
    /// By strategy.
    pub strategies: Vec<StrategySpeed>,
    /// Replicates a second of all threads together, measured.
    pub replicates_per_second_all_threads: f64,
    /// Peak resident memory of the process in bytes; null where the system does not tell it.
    pub peak_memory_bytes: Option<u64>,
}

impl Document for Bench {
    const COMMAND: &'static str = "bench --json";
    const FORMAT: Option<&'static str> = Some("resus-bench-1");
}
