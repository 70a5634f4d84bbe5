//! `resus verify`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use resus_engine::study::sir::{Network, Rates, Sir};
use resus_engine::study::verification::{Check, LEVEL, against_plain, queue, sir};
use resus_report::json::{Document as _, Verify};

use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::table::{table, wrap};

/// The largest edge list that is read, in bytes.
const LARGEST_EDGES: u64 = 1 << 30;

/// Hold the engine's processes against their laws.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What to verify.
    #[arg(value_enum, default_value = "all")]
    what: What,
    /// Runs of each process.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u64).range(20..=1_000_000))]
    replicates: u64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// With sir: a network of your own, one edge a line as two node numbers from 0, with a comma or blanks between.
    #[arg(long, value_name = "FILE")]
    edges: Option<PathBuf>,
    /// With --edges: transmissions a day over each edge with one infected end.
    #[arg(long, default_value_t = 0.25)]
    transmission: f64,
    /// With --edges: recoveries a day of each infected node.
    #[arg(long, default_value_t = 0.1)]
    recovery: f64,
    /// With --csv: the nodes that are infected first, with commas between.
    #[arg(long, value_name = "NODES", value_delimiter = ',', default_value = "0", requires = "csv")]
    first: Vec<u32>,
    /// With --edges: write each run's outcome as CSV, instead of holding them against a plain simulation.
    #[arg(long, value_name = "FILE.csv", requires = "edges")]
    csv: Option<PathBuf>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// No progress bar.
    #[arg(long)]
    quiet: bool,
}

/// A process with a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// All of them.
    All,
    /// The worm on a given network, with plain rates: SIR.
    Sir,
    /// The queue of calls: M/M/c.
    Queue,
}

/// Verifies and prints; a check that fails makes the command fail.
pub fn run(args: &Args) -> CommandResult {
    let silent = args.quiet || args.json;
    let checks = if let Some(file) = &args.edges {
        if args.what == What::Queue {
            return Err(bad_input("a queue has no edges", "write: resus verify sir --edges FILE"));
        }
        let positive = |v: f64| v.is_finite() && (0.0..=1e6).contains(&v);
        if !positive(args.transmission) || !positive(args.recovery) || args.transmission <= 0.0 {
            return Err(bad_input("a rate is a number from 0", "write: --transmission 0.25 --recovery 0.1"));
        }
        let network = Arc::new(read(file)?);
        let rates = Rates { transmission: args.transmission, recovery: args.recovery };
        if let Some(csv) = &args.csv {
            return outcomes(args, &network, rates, csv);
        }
        if rates.recovery <= 0.0 {
            return Err(bad_input(
                "the plain simulation needs a rate of recovery",
                "add --recovery, or write each run with --csv",
            ));
        }
        let name = format!("SIR, {}", file.display());
        progress::with_progress(None, silent, |_| {
            Ok(against_plain(&name, &network, rates, args.seed, args.replicates))
        })?
    } else {
        progress::with_progress(None, silent, |_| {
            let spread = if args.what == What::Queue { vec![] } else { sir(args.seed, args.replicates) };
            let calls =
                if args.what == What::Sir { vec![] } else { queue(args.seed, args.replicates.div_ceil(10)) };
            Ok(spread.into_iter().chain(calls).collect())
        })?
    };
    super::print(&if args.json { Verify::new(&checks).text() } else { as_table(&checks) })?;
    match checks.iter().filter(|c| !c.passes()).count() {
        0 => Ok(()),
        n => Err(Failure::Other(miette::miette!("{n} of {} checks disagree with their law", checks.len()))),
    }
}

fn as_table(checks: &[Check]) -> String {
    let mut rows = vec![["process", "quantity", "n", "gap", "p", ""].map(String::from).to_vec()];
    for c in checks {
        let verdict = if c.passes() { "agrees" } else { "DISAGREES" };
        let gap = format!("{:.3}", c.statistic);
        rows.push(vec![
            c.process.clone(),
            c.quantity.into(),
            c.n.to_string(),
            gap,
            format!("{:.3}", c.p),
            verdict.into(),
        ]);
    }
    let mut out = table(&rows);
    let mut laws: Vec<&str> = checks.iter().map(|c| c.against).collect();
    laws.dedup();
    out += &format!("\n{}", wrap(&format!("Held against: {}.", laws.join("; ")), 0));
    out += "Gap: largest distance of the distribution functions (Kolmogorov and Smirnov),\nof a mean its distance in standard errors. p: chance of at least that much when\n";
    let _ = writeln!(out, "the engine is right; a check fails below {LEVEL}.");
    out
}

/// Each run's outcome, for other packages to compare with.
fn outcomes(args: &Args, network: &Arc<Network>, rates: Rates, file: &Path) -> CommandResult {
    if let Some(node) = args.first.iter().find(|n| **n >= network.nodes()) {
        return Err(bad_input(
            format!("there is no node {node}"),
            format!("the network has nodes 0 to {}", network.nodes() - 1),
        ));
    }
    let started = std::time::Instant::now();
    let mut runner = Sir::new(network, rates, 2000);
    let built = started.elapsed();
    let mut text = String::from("run,final_size,peak,peak_at,last_at\n");
    for k in 0..args.replicates {
        let c = runner.run(args.seed, k, &args.first);
        let _ = writeln!(text, "{k},{},{},{},{}", c.final_size, c.peak, c.peak_at, c.last_at);
    }
    let each = started.elapsed().saturating_sub(built).as_secs_f64() * 1e3 / args.replicates as f64;
    super::write(file, text.as_bytes())?;
    super::print(&format!(
        "{} runs on {} nodes and {} edges: {each:.2} ms each\n",
        args.replicates,
        network.nodes(),
        network.edges()
    ))
}

/// An edge list.
fn read(file: &Path) -> Result<Network, Failure> {
    let shown = file.display();
    let size = std::fs::metadata(file).map_or(0, |m| m.len());
    if size > LARGEST_EDGES {
        return Err(bad_input(
            format!("'{shown}' is larger than {} MiB", LARGEST_EDGES >> 20),
            "give a smaller network",
        ));
    }
    let text = std::fs::read_to_string(file).map_err(|e| {
        bad_input(format!("'{shown}' cannot be read: {e}"), "give a file with one edge a line: 0,1")
    })?;
    let mut edges = vec![];
    let mut nodes = 0;
    for (n, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let mut ends = line.split([',', ' ', '\t']).filter(|p| !p.is_empty()).map(str::parse::<u32>);
        let (Some(Ok(a)), Some(Ok(b)), None) = (ends.next(), ends.next(), ends.next()) else {
            return Err(bad_input(
                format!(
                    "{shown}, line {}: '{}' is no edge",
                    n + 1,
                    line.chars().take(40).collect::<String>()
                ),
                "write two node numbers from 0: 0,1",
            ));
        };
        nodes = nodes.max(a.max(b).saturating_add(1));
        edges.push((a, b));
    }
    Network::new(nodes, &edges)
        .map_err(|e| bad_input(format!("{shown}: {e}"), "number the nodes from 0 without gaps"))
}
