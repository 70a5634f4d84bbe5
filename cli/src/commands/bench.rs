//! `resus bench`.

use std::time::Instant;

use resus_engine::sim::Simulation;
use resus_report::json::{Bench, Document as _, Provenance, StrategySpeed, finite};

use super::Common;
use crate::failure::{CommandResult, Failure};
use crate::table::{number, table};
use crate::{progress, source};

/// Measure how fast a scenario runs on this machine, to plan a batch. Figures are of this machine and this moment.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Strategies, by id, with commas between; all without it.
    #[arg(long, value_delimiter = ',')]
    strategies: Vec<String>,
    /// Replicates of each strategy.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    replicates: u64,
}

struct Row {
    strategy: usize,
    /// Milliseconds of each replicate, in rising order.
    each: Vec<f64>,
    events: u64,
}

impl Row {
    fn seconds(&self) -> f64 {
        self.each.iter().sum::<f64>() / 1e3
    }
    fn median(&self) -> f64 {
        self.each.get(self.each.len() / 2).copied().unwrap_or(0.0)
    }
}

/// Measures and prints.
pub fn run(args: &Args) -> CommandResult {
    let started = Instant::now();
    let (source, scenario) = args.common.load()?;
    let load = started.elapsed().as_secs_f64();
    let chosen: Vec<usize> = if args.strategies.is_empty() {
        (0..scenario.strategies.len()).collect()
    } else {
        args.strategies.iter().map(|id| source::strategy(&scenario, id)).collect::<Result<_, _>>()?
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if args.common.running.threads == 0 { cores } else { args.common.running.threads };
    let started = Instant::now();
    let mut sim = Simulation::new(&scenario);
    let world = started.elapsed().as_secs_f64();
    let total = args.replicates * chosen.len() as u64;
    let rows = progress::with_progress(Some(total), args.common.running.silent(), |progress| {
        let mut rows = vec![];
        for &strategy in &chosen {
            // The first run makes room; it does not count.
            sim.run(args.common.running.seed, 0, strategy);
            let (mut each, mut events) = (vec![], 0);
            for k in 0..args.replicates {
                if progress.stop.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                let started = Instant::now();
                sim.run(args.common.running.seed, k, strategy);
                each.push(started.elapsed().as_secs_f64() * 1e3);
                events += sim.events();
                progress.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            each.sort_by(f64::total_cmp);
            rows.push(Row { strategy, each, events });
        }
        Ok(rows)
    })?;
    if rows.iter().all(|r| r.each.is_empty()) {
        return Err(Failure::Stopped);
    }
    // What all cores do together is measured, not multiplied.
    let plan = args.common.running.plan(args.replicates);
    let started = Instant::now();
    let study = progress::run_study(&scenario, &chosen, plan, args.common.running.silent())?;
    let together = study.finished() as f64 * chosen.len() as f64 / started.elapsed().as_secs_f64();
    let memory = memory();
    let partial = study.partial() || rows.iter().any(|r| (r.each.len() as u64) < args.replicates);
    let more = format!(" --replicates {}", args.replicates);
    let info = args.common.run_info(&source, "bench", &more, format!("{} replicates", args.replicates));
    if args.common.running.json {
        let speed = |r: &Row| StrategySpeed {
            strategy: scenario.strategies[r.strategy].id.clone(),
            replicates: r.each.len(),
            ms_median: r.median(),
            ms_max: r.each.last().copied(),
            replicates_per_second: finite(r.each.len() as f64 / r.seconds()),
            events_per_second: finite(r.events as f64 / r.seconds()),
            events: r.events,
        };
        let bench = Bench {
            provenance: Provenance::new(&scenario, &info),
            replicates: args.replicates,
            partial,
            organisations: scenario.estate.organisations.len(),
            hosts: scenario.estate.hosts(),
            load_seconds: load,
            world_seconds: world,
            cores,
            threads,
            strategies: rows.iter().map(speed).collect(),
            replicates_per_second_all_threads: together,
            peak_memory_bytes: memory,
        };
        super::print(&bench.text())?;
        return if partial { Err(Failure::Stopped) } else { Ok(()) };
    }
    let mut out = format!(
        "{}\n{} organisations, {} hosts. Loaded in {load:.2} s; a world in {world:.2} s.\n\n",
        source.name,
        number(scenario.estate.organisations.len() as f64),
        number(scenario.estate.hosts() as f64),
    );
    let head = ["strategy", "median", "slowest", "runs/s", "events/s", "events a run"];
    let mut lines = vec![head.map(String::from).to_vec()];
    for r in rows.iter().filter(|r| !r.each.is_empty()) {
        let n = r.each.len() as f64;
        lines.push(vec![
            crate::table::cut(&scenario.strategies[r.strategy].name, 24),
            format!("{:.2} ms", r.median()),
            format!("{:.2} ms", r.each.last().copied().unwrap_or(0.0)),
            number(n / r.seconds()),
            number(r.events as f64 / r.seconds()),
            number(r.events as f64 / n),
        ]);
    }
    out += &table(&lines);
    out += &format!("\nOne thread above. {threads} threads together: {} runs/s.\n", number(together));
    if let Some(bytes) = memory {
        out += &format!("Peak memory of all this: {} MB.\n", number(bytes as f64 / 1e6));
    }
    out += "Figures are of this machine and this moment; others will differ.\n";
    super::print(&out)?;
    if partial { Err(Failure::Stopped) } else { Ok(()) }
}

/// Peak resident memory of this process in bytes, where the system tells it.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}
