//! `resus evidence`.

use std::path::PathBuf;
use std::sync::Arc;

use resus_engine::parameters::ParametersSpec;
use resus_engine::scenario::{Override, Scenario, bundled};
use resus_engine::study::scorecard::{Entry, Scorecard};
use resus_engine::study::validation::{FigureCheck, ValidationReport, validate};
use resus_report::json::{Document as _, Evidence, ScenarioEvidence};
use resus_report::verdict::{self, evidence::skill};

use super::Running;
use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::source::Source;
use crate::table::{cut, number, table, wrap};

/// Hold the model against real incidents: what it says beside what was reported, misses first.
///
/// Parameters are drawn from their plausible ranges, so that an interval tells all that the model leaves open.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Scenario files or bundled names with evidence; all bundled ones without it.
    files: Vec<String>,
    /// Runs of each scenario.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(20..=100_000))]
    replicates: u64,
    /// Parameters in place of the default set, as `resus calibrate` writes them.
    #[arg(long, value_name = "FILE.ron", conflicts_with = "fixed")]
    parameters: Option<PathBuf>,
    /// Hold every parameter at its value.
    #[arg(long)]
    fixed: bool,
    /// A value in place of one that the files state, as path=value.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Override>,
    #[command(flatten)]
    running: Running,
}

/// Bundled scenarios that carry evidence, by name.
pub fn historical() -> Vec<String> {
    bundled::SCENARIOS.iter().filter(|s| s.1.starts_with("historical/")).map(|s| s.0.to_owned()).collect()
}

/// Opens scenarios that carry evidence.
pub fn open(
    files: &[String],
    set: &[Override],
    parameters: &ParametersSpec,
) -> Result<Vec<(Source, Arc<Scenario>)>, Failure> {
    let files = if files.is_empty() { historical() } else { files.to_vec() };
    files
        .iter()
        .map(|file| {
            let source = Source::open(Some(file))?;
            let scenario = source.load_over(set, parameters)?;
            if scenario.evidence.is_empty() {
                let help = format!("add `evidence: [...]` to it, or use one of: {}", historical().join(", "));
                return Err(bad_input(format!("'{}' carries no evidence", source.name), help));
            }
            Ok((source, scenario))
        })
        .collect()
}

/// Holds and prints; a miss does not make the command fail, since it is a finding.
pub fn run(args: &Args) -> CommandResult {
    args.running.keep_to_threads();
    let parameters = match &args.parameters {
        Some(file) => Source::open(Some(&file.to_string_lossy()))?.parameters()?,
        None => ParametersSpec::default(),
    };
    let opened = open(&args.files, &args.set, &parameters)?;
    let total = args.replicates * opened.len() as u64;
    let plan = args.running.plan(args.replicates);
    let all = progress::with_progress(Some(total), args.running.silent(), |progress| {
        let mut all = vec![];
        for (source, scenario) in opened {
            let made_uncertain = if args.fixed {
                scenario
            } else {
                Arc::new(Scenario { parameters: scenario.parameters.made_uncertain(), ..(*scenario).clone() })
            };
            let evidence = validate(&made_uncertain, plan, progress)?;
            all.push((source, made_uncertain, evidence));
        }
        Ok(all)
    })?;
    let partial = all.iter().any(|(_, _, e)| (e.runs as u64) < args.replicates);
    super::print(&if args.running.json {
        as_json(args, &all, partial)
    } else {
        as_text(args, &all, partial)
    })?;
    if partial { Err(Failure::Stopped) } else { Ok(()) }
}

type All = [(Source, Arc<Scenario>, ValidationReport)];

fn value(v: f64, unit: &str) -> String {
    let sign = if v < 0.0 { "−" } else { "" };
    let v = v.abs();
    match unit {
        "share" => format!("{sign}{:.1} %", v * 100.0),
        "£" => format!("{sign}£{}", number(v)),
        "hours" if v >= 96.0 => format!("{sign}{:.1} d", v / 24.0),
        "hours" => format!("{sign}{v:.1} h"),
        "minutes" => format!("{sign}{v:.1} min"),
        _ => format!("{sign}{}", number(v)),
    }
}

fn row(scenario: &Scenario, h: &FigureCheck) -> Vec<String> {
    let figure = &scenario.evidence[h.figure];
    let unit = figure.unit();
    let reported = value(figure.value, unit);
    let (median, interval) = h.simulated.map_or(("–".into(), "no run gave it".into()), |s| {
        (value(s.median, unit), format!("{} to {}", value(s.low, unit), value(s.high, unit)))
    });
    let verdict = if figure.given {
        "given"
    } else if h.covered {
        "covered"
    } else {
        "MISSED"
    };
    vec![cut(&figure.figure, 30), reported, median, interval, verdict.into()]
}

/// What counts as one: a figure, or a curve.
fn score_row(scenario: &Scenario, entry: &Entry) -> Vec<String> {
    let (s, figures) = (&entry.scores, entry.figures.len());
    let name = match &scenario.evidence[entry.figures[0]].curve {
        Some(curve) => format!("curve of {figures}: {curve}"),
        None => scenario.evidence[entry.figures[0]].figure.clone(),
    };
    let mut row = vec![cut(&name, 26)];
    row.extend([s.width, s.crps, s.uniform, s.rule].map(|v| format!("{v:.3}")));
    row.push(skill(s.skill()));
    row.push(entry.transform.map_or("–".into(), |p| format!("{p:.2}")));
    row.push(if entry.covered { "covered" } else { "MISSED" }.into());
    row
}

fn as_text(args: &Args, all: &All, partial: bool) -> String {
    let mut out = String::new();
    let sentences = |list: Vec<String>| list.iter().map(|s| wrap(s, 0)).collect::<String>();
    for (source, scenario, report) in all {
        out += &format!(
            "{}\n{} · {} runs, seed {}",
            scenario.title, source.name, report.runs, args.running.seed
        );
        out += &format!("{}\n", if partial { ". PARTIAL: stopped before its end." } else { "" });
        out += &sentences(verdict::evidence::compared(scenario, report));
        out.push('\n');
        let head = ["figure", "reported", "median", "5–95 %", ""];
        let mut rows = vec![head.map(String::from).to_vec()];
        rows.extend(report.figures.iter().map(|h| row(scenario, h)));
        out += &table(&rows);
        if let Some(scorecard) = report.scorecard() {
            let head = ["scored", "width", "CRPS", "uniform", "rule", "skill", "PIT", ""];
            let mut rows = vec![head.map(String::from).to_vec()];
            rows.extend(report.entries.iter().map(|e| score_row(scenario, e)));
            out += &format!("\n{}\n{}", table(&rows), sentences(verdict::evidence::summary(&scorecard)));
        }
        out.push('\n');
    }
    let overall = Scorecard::of(all.iter().map(|(_, _, report)| report));
    if let Some(overall) = overall.filter(|o| o.incidents > 1) {
        out += &format!("All incidents\n{}\n", sentences(verdict::evidence::overall(&overall)));
    }
    out + &wrap(verdict::evidence::LEGEND, 0)
}

fn as_json(args: &Args, all: &All, partial: bool) -> String {
    let scenario = |(source, scenario, report): &(Source, Arc<Scenario>, ValidationReport)| {
        ScenarioEvidence::new(&source.name, scenario, report)
    };
    let evidence = Evidence {
        version: env!("CARGO_PKG_VERSION").into(),
        seed: args.running.seed,
        what_if: args.set.iter().map(ToString::to_string).collect(),
        replicates: args.replicates,
        partial,
        fixed: args.fixed,
        parameters: args.parameters.as_ref().map(|p| p.to_string_lossy().into_owned()),
        summary: Scorecard::of(all.iter().map(|(_, _, report)| report)).as_ref().map(Into::into),
        scenarios: all.iter().map(scenario).collect(),
    };
    evidence.text()
}
