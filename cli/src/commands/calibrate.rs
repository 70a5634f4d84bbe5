//! `resus calibrate`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resus_engine::parameters::{ParametersSpec, Row};
use resus_engine::scenario::Scenario;
use resus_engine::source::{did_you_mean, read};
use resus_engine::study::calibrate::{CalibrationOptions, Posterior, Problem, State};
use resus_engine::study::leave_one_out::{self, CannotLeaveOut, Keep, LeftOut};
use resus_engine::study::scorecard::Scorecard;
use resus_engine::study::validation::ValidationReport;
use resus_report::json::{Calibrate, CalibrateCheck, CalibrateLeaveOneOut, Document as _};
use resus_report::verdict;

use super::{Running, evidence};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::source::Source;
use crate::table::{cut, number, table, wrap};

/// Fit uncertain parameters to real incidents: what may they be, given what happened?
///
/// Approximate Bayesian computation by sequential Monte Carlo: candidates are drawn from the plausible ranges, simulated, and kept when
/// what they give is near to what was reported; generation after generation nearer.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Scenario files or bundled names with evidence; all bundled ones without it.
    files: Vec<String>,
    /// Parameters to fit, as group.parameter, with commas between; each needs a plausible range.
    #[arg(long, value_delimiter = ',', required = true)]
    free: Vec<String>,
    /// Most candidates that are simulated.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u64).range(50..=10_000_000))]
    budget: u64,
    /// Candidates that each generation keeps.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(20..=10_000))]
    keep: u16,
    /// Folder for the posterior, and for where it stands: the same command takes up what was stopped.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Instead, check the method on so many synthetic data sets whose parameters are known.
    #[arg(long, value_name = "SETS", value_parser = clap::value_parser!(u16).range(10..=10_000), conflicts_with = "out")]
    check: Option<u16>,
    /// Instead, leave out each incident in turn, fit the others, and hold it against what they say. A smaller --budget makes it short.
    #[arg(long, conflicts_with = "check")]
    leave_one_out: bool,
    /// Runs by which an incident that was left out is foretold.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(20..=100_000), requires = "leave_one_out")]
    replicates: u64,
    #[command(flatten)]
    running: Running,
}

/// The level below which ranks are said not to be uniform.
const LEVEL: f64 = 0.001;

/// Calibrates, or checks the calibration, and prints.
pub fn run(args: &Args) -> CommandResult {
    let opened = evidence::open(&args.files, &[], &ParametersSpec::default())?;
    let scenarios: Vec<_> = opened.iter().map(|(_, s)| s.clone()).collect();
    let rows: Vec<Row> = scenarios[0].parameters.rows();
    let known: Vec<&str> =
        rows.iter().filter(|r| r.description.range.is_some()).map(|r| r.path.as_str()).collect();
    if let Some(path) = args.free.iter().find(|p| p.starts_with("actions.")) {
        return Err(bad_input(format!("'{path}' cannot be free"), "free a parameter of another group"));
    }
    if let Some((n, path)) = args.free.iter().enumerate().find(|(n, p)| args.free[..*n].contains(p)) {
        return Err(bad_input(
            format!("'{path}' is given to --free twice"),
            format!("take number {} away", n + 1),
        ));
    }
    let unsound = |e: &dyn std::fmt::Display| {
        let near = args
            .free
            .iter()
            .find(|p| !known.contains(&p.as_str()))
            .and_then(|p| did_you_mean(p, known.iter().copied()));
        bad_input(
            e,
            near.unwrap_or_else(|| {
                "the parameters with a range are in scenarios/parameters/default.ron".into()
            }),
        )
    };
    let mut problem = Problem::new(&scenarios, &args.free).map_err(|e| unsound(&e))?;
    let options = CalibrationOptions {
        free: args.free.clone(),
        budget: args.budget,
        keep: usize::from(args.keep),
        seed: args.running.seed,
    };
    let silent = args.running.silent();
    if let Some(sets) = args.check {
        let sets = u64::from(sets);
        let ranks = progress::with_progress(Some(sets * args.budget), silent, |progress| {
            problem.check(&options, sets, args.running.threads, progress)
        })?;
        return checked(args, sets, &ranks);
    }
    if args.leave_one_out {
        return left_out(args, &opened, &options);
    }
    let file = args.out.as_ref().map(|dir| dir.join("state.json"));
    if let Some(dir) = &args.out {
        make(dir)?;
    }
    let resumed = match &file {
        Some(file) if file.exists() => Some(resume(file, &options, &problem)?),
        _ => None,
    };
    let mut failed = None;
    let mut save = |state: &State| {
        if let Some(file) = &file {
            let text = serde_json::to_string(state).expect("numbers and texts are JSON");
            failed = super::write(file, text.as_bytes()).err();
        }
    };
    let state = progress::with_progress(Some(args.budget), silent, |progress| {
        problem.run(&options, resumed, args.running.threads, progress, &mut |s| save(s))
    })?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    let posterior = problem.posterior(&state);
    if let Some(dir) = &args.out {
        super::write(&dir.join("posterior.csv"), &csv(&posterior).expect("memory takes what is written"))?;
        super::write(&dir.join("posterior.ron"), ron(args, &rows, &posterior, &state).as_bytes())?;
    }
    super::print(&if args.running.json {
        Calibrate::new(&problem, &posterior, &state).text()
    } else {
        as_text(args, &rows, &problem, &posterior, &state)
    })?;
    if state.done { Ok(()) } else { Err(Failure::Stopped) }
}

fn make(dir: &Path) -> CommandResult {
    std::fs::create_dir_all(dir)
        .map_err(|e| bad_input(format!("'{}' cannot be made: {e}", dir.display()), "give a folder"))
}

/// Files in which the calibrations without one incident each stand.
struct Folder<'a> {
    /// By incident; none where nothing is kept.
    files: Vec<PathBuf>,
    options: &'a CalibrationOptions,
    failed: Option<Failure>,
}

impl Keep for Folder<'_> {
    fn resumed(&mut self, scenario: usize, problem: &Problem) -> Option<State> {
        let file = self.files.get(scenario).filter(|f| f.exists())?;
        resume(file, self.options, problem).map_err(|e| self.failed = Some(e)).ok()
    }
    fn save(&mut self, scenario: usize, state: &State) {
        // What is of another calibration stays as it is.
        if let Some(file) = self.files.get(scenario).filter(|_| self.failed.is_none()) {
            let text = serde_json::to_string(state).expect("numbers and texts are JSON");
            self.failed = super::write(file, text.as_bytes()).err();
        }
    }
}

/// Leaves each incident out in turn, and prints.
fn left_out(args: &Args, opened: &[(Source, Arc<Scenario>)], options: &CalibrationOptions) -> CommandResult {
    if opened.len() < 2 {
        return Err(bad_input(CannotLeaveOut::TooFew, "name at least two scenarios with evidence"));
    }
    let mut files = vec![];
    if let Some(dir) = &args.out {
        make(dir)?;
        for (n, (source, scenario)) in opened.iter().enumerate() {
            let stem = Path::new(&source.name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let file = dir.join(format!("without-{stem}.json"));
            if files.contains(&file) {
                let help = format!("give each scenario's file a name of its own; '{stem}' is taken");
                return Err(bad_input(format!("number {} is again '{}'", n + 1, scenario.title), help));
            }
            files.push(file);
        }
    }
    let scenarios: Vec<_> = opened.iter().map(|(_, s)| s.clone()).collect();
    // A file of another calibration is told of before anything is simulated.
    for (n, file) in files.iter().enumerate().filter(|(_, f)| f.exists()) {
        let others: Vec<_> =
            scenarios.iter().enumerate().filter(|(k, _)| *k != n).map(|(_, s)| s.clone()).collect();
        let problem =
            Problem::new(&others, &options.free).map_err(|e| bad_input(e, "free another parameter"))?;
        resume(file, options, &problem)?;
    }
    let plan = args.running.plan(args.replicates);
    let mut keep = Folder { files, options, failed: None };
    let total = leave_one_out::work(scenarios.len(), options, plan);
    let done = progress::with_progress(Some(total), args.running.silent(), |progress| {
        match leave_one_out::leave_one_out(&scenarios, options, plan, progress, &mut keep) {
            Ok(done) => Ok(Ok(done)),
            Err(CannotLeaveOut::Threads(e)) => Err(e),
            Err(e @ (CannotLeaveOut::TooFew | CannotLeaveOut::Unsound(_))) => Ok(Err(e)),
        }
    })?
    .map_err(|e| bad_input(e, "free other parameters, or name other scenarios"))?;
    if let Some(failure) = keep.failed {
        return Err(failure);
    }
    let partial = done.len() < scenarios.len();
    super::print(&if args.running.json {
        CalibrateLeaveOneOut::new(
            options,
            args.replicates,
            opened.iter().map(|(source, _)| source.name.as_str()),
            &done,
            partial,
        )
        .text()
    } else {
        left_out_as_text(args, opened, &done, partial)
    })?;
    if partial { Err(Failure::Stopped) } else { Ok(()) }
}

fn left_out_as_text(
    args: &Args,
    opened: &[(Source, Arc<Scenario>)],
    done: &[LeftOut],
    partial: bool,
) -> String {
    let stopped = if partial { " PARTIAL: stopped before its end; the same command goes on." } else { "" };
    let mut out = format!(
        "Each of {} incidents foretold without it, seed {}.{stopped}\n\n",
        opened.len(),
        args.running.seed
    );
    let head = ["left out", "figures", "covered", "fitted", "width", "fitted", "skill", "fitted"];
    let mut lines = vec![head.map(String::from).to_vec()];
    for left in done {
        let cards = [&left.ranges, &left.fitted].map(ValidationReport::scorecard);
        let [Some(ranges), Some(fitted)] = &cards else { continue };
        lines.push(vec![
            cut(&opened[left.scenario].1.title, 22),
            ranges.figures.to_string(),
            ranges.covered.to_string(),
            fitted.covered.to_string(),
            format!("{:.2}", ranges.width),
            format!("{:.2}", fitted.width),
            verdict::evidence::skill(ranges.scores.skill()),
            verdict::evidence::skill(fitted.scores.skill()),
        ]);
    }
    out += &table(&lines);
    out.push('\n');
    let overall = |of: fn(&LeftOut) -> &ValidationReport| Scorecard::of(done.iter().map(of));
    if let Some((ranges, fitted)) = overall(|l| &l.ranges).zip(overall(|l| &l.fitted)) {
        for sentence in verdict::evidence::left_out(&ranges, &fitted) {
            out += &wrap(&sentence, 0);
        }
        out.push('\n');
    }
    out + &wrap(verdict::evidence::LEFT_OUT_LEGEND, 0)
}

/// Where a calibration that was stopped stands.
fn resume(file: &Path, options: &CalibrationOptions, problem: &Problem) -> Result<State, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|e| bad_input(format!("'{shown}' cannot be read: {e}"), "give another folder"))?;
    let state: State = serde_json::from_str(&text).map_err(|e| {
        bad_input(format!("'{shown}' does not say where a calibration stands: {e}"), "give another folder")
    })?;
    if state.options != *options {
        let was = &state.options;
        return Err(bad_input(
            format!("'{shown}' is of another calibration"),
            format!(
                "it was made with --free {} --budget {} --keep {} --seed {}; give another folder",
                was.free.join(","),
                was.budget,
                was.keep,
                was.seed
            ),
        ));
    }
    if !problem.takes_up(&state) {
        return Err(bad_input(
            format!("'{shown}' is of a calibration of other scenarios, parameters or figures"),
            "give another folder, or remove it to begin again",
        ));
    }
    Ok(state)
}

fn shown(rows: &[Row], path: &str, value: f64) -> String {
    let text = written(path, value);
    let duration = text.ends_with("min\"");
    let unit =
        rows.iter().find(|r| r.path == path).and_then(|r| r.description.unit.clone()).unwrap_or_default();
    match (duration, text.contains('£')) {
        (true, _) if value >= 2880.0 => format!("{:.1} d", value / 1440.0),
        (true, _) => format!("{:.1} h", value / 60.0),
        (_, true) => format!("£{}", number(value)),
        _ if unit.contains("share") || value < 10.0 => format!("{value:.3}"),
        _ => number(value),
    }
}

fn as_text(args: &Args, rows: &[Row], problem: &Problem, posterior: &Posterior, state: &State) -> String {
    let mut out = String::new();
    let partial = if state.done { "" } else { " PARTIAL: stopped before its end; the same command goes on." };
    let _ = writeln!(out, "{} candidates, seed {}.{partial}\n", state.tried(), args.running.seed);
    let head = ["generation", "tolerance", "tried", "kept"];
    let mut lines = vec![head.map(String::from).to_vec()];
    for (n, g) in state.generations.iter().enumerate() {
        let kept = g.particles.len();
        lines.push(vec![
            (n + 1).to_string(),
            format!("{:.3}", g.tolerance),
            g.tried.to_string(),
            kept.to_string(),
        ]);
    }
    out += &table(&lines);
    out.push('\n');
    let head = ["parameter", "range", "5–95 %", "posterior", "5–95 %"];
    let mut lines = vec![head.map(String::from).to_vec()];
    for (k, path) in posterior.free.iter().enumerate() {
        let show = |v: f64| shown(rows, path, v);
        let between = |low: f64, high: f64| format!("{}–{}", show(low), show(high));
        lines.push(vec![
            path.clone(),
            show(problem.prior(k, 0.5)),
            between(problem.prior(k, 0.05), problem.prior(k, 0.95)),
            show(posterior.quantile(k, 0.5)),
            between(posterior.quantile(k, 0.05), posterior.quantile(k, 0.95)),
        ]);
    }
    out += &table(&lines);
    if let Some(dir) = &args.out {
        out += &wrap(
            &format!(
                "Written: {0}/posterior.ron, for `resus evidence --parameters` or a scenario; {0}/posterior.csv, one candidate a line; {0}/state.json, where it stands.",
                dir.display()
            ),
            0,
        );
    }
    out + &wrap(
        "Tolerance: distance from what was reported, in standard deviations of what the figures tell of the parameters.",
        0,
    )
}

/// One candidate a line, in the engine's numbers: minutes, fractions, pounds.
fn csv(posterior: &Posterior) -> csv::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(vec![]);
    let simulated = posterior.free.iter().map(|p| format!("{p}_simulated"));
    let head = ["weight".into(), "distance".into()].into_iter().chain(posterior.free.iter().cloned());
    out.write_record(head.chain(simulated))?;
    for (weight, distance, values, simulated) in &posterior.streams {
        let line = [weight, distance].into_iter().chain(values).chain(simulated);
        out.write_record(line.map(f64::to_string))?;
    }
    Ok(out.into_inner().expect("memory takes what is written"))
}

/// How a file would state a parameter's value.
fn written(path: &str, value: f64) -> String {
    let (group, field) = path.split_once('.').unwrap_or((path, ""));
    let sound = |text: &String| read::<ParametersSpec>(&format!("({group}: ({field}: {text}))")).1.is_empty();
    [format!("{value:?}"), format!("\"{value:.0} min\""), format!("\"£{value:.0}\"")]
        .into_iter()
        .find(sound)
        .unwrap_or_else(|| format!("{value:?}"))
}

/// Whether a file states the parameter as a distribution over time or organisations, so that only its centre is moved.
fn is_distribution(path: &str) -> bool {
    let (group, field) = path.split_once('.').unwrap_or((path, ""));
    let value = written(path, 1.0);
    read::<ParametersSpec>(&format!("({group}: ({field}: Moved({value})))")).1.is_empty()
}

/// Draws from the posterior that a file of parameters states.
const DRAWS: usize = 40;

/// The posterior as parameters: each replicate takes one of equally likely draws, the values of a draw together.
fn ron(args: &Args, rows: &[Row], posterior: &Posterior, state: &State) -> String {
    let mut out = format!(
        "// What parameters may be, given what happened: a posterior, made by\n//   resus calibrate {} --free {} --budget {} --keep {} --seed {} --out DIR\n// For `resus evidence --parameters FILE`, or to be copied into a scenario's `parameters`. Each replicate takes one of {DRAWS} equally likely\n// draws, the values of a draw together.\n(\n",
        args.files.join(" "),
        args.free.join(","),
        args.budget,
        args.keep,
        args.running.seed
    );
    let drawn = posterior.sample(DRAWS);
    let mut groups: Vec<&str> = posterior.free.iter().filter_map(|p| p.split('.').next()).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let _ = writeln!(out, "    {group}: (");
        for (k, path) in posterior.free.iter().enumerate().filter(|(_, p)| p.split('.').next() == Some(group))
        {
            let digits = |v: f64| {
                let scale = 10f64.powf(3.0 - v.abs().max(1e-300).log10().ceil());
                (v * scale).round() / scale
            };
            let values: Vec<String> = drawn.iter().map(|d| written(path, digits(d[k]))).collect();
            let drawn = format!("Uncertain(Joint(\"posterior\", [{}]))", values.join(", "));
            let drawn = if is_distribution(path) { format!("Moved({drawn})") } else { drawn };
            let about = rows.iter().find(|r| r.path == *path).map_or("", |r| r.about.as_str());
            let _ = writeln!(
                out,
                "        // {about}\n        {}: {drawn},",
                path.split('.').nth(1).unwrap_or("")
            );
        }
        out += "    ),\n";
    }
    let _ = write!(out, ")\n// {} candidates in {} generations.\n", state.tried(), state.generations.len());
    out
}

fn checked(
    args: &Args,
    sets: u64,
    ranks: &[(Vec<f64>, resus_engine::stats::agreement::Agreement)],
) -> CommandResult {
    let done = ranks.first().map_or(0, |r| r.0.len()) as u64;
    if args.running.json {
        super::print(&CalibrateCheck::new(&args.free, ranks, LEVEL).text())?;
    } else {
        let mut lines = vec![["parameter", "sets", "gap", "p", ""].map(String::from).to_vec()];
        for (path, (ranks, a)) in args.free.iter().zip(ranks) {
            let verdict = if a.p >= LEVEL { "uniform" } else { "NOT UNIFORM" };
            lines.push(vec![
                path.clone(),
                ranks.len().to_string(),
                format!("{:.3}", a.gap),
                format!("{:.3}", a.p),
                verdict.into(),
            ]);
        }
        let about = format!(
            "Ranks of the true value in the posterior, over data sets that were simulated with parameters from the prior. Gap: largest distance from the uniform (Kolmogorov); p: chance of at least that when the method is right; it fails below {LEVEL}."
        );
        super::print(&(table(&lines) + "\n" + &wrap(&about, 0)))?;
    }
    if done < sets {
        return Err(Failure::Stopped);
    }
    match ranks.iter().filter(|(_, a)| a.p < LEVEL).count() {
        0 => Ok(()),
        n => {
            Err(Failure::Other(miette::miette!("ranks of {n} of {} parameters are not uniform", ranks.len())))
        }
    }
}
