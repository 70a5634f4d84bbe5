//! One file for each subcommand.

pub mod bench;
pub mod calibrate;
pub mod check;
pub mod compare;
pub mod completions;
pub mod criticality;
pub mod estate;
pub mod evidence;
pub mod exercise;
pub mod explain;
pub mod list;
pub mod new;
pub mod pillars;
pub mod plan;
pub mod portfolio;
pub mod review;
pub mod run;
pub mod schema;
pub mod verify;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use resus_engine::parameters::ParametersSpec;
use resus_engine::scenario::{Override, Scenario};
use resus_engine::study::replicates::{ReplicationPlan, same_outcomes};
use resus_report::{Report, RunInfo};

use crate::failure::{CommandResult, Failure, bad_input};
use crate::source::Source;

/// Whether each run of a scenario takes long: then fewer are made where nothing is said.
pub fn is_large(scenario: &Scenario) -> bool {
    scenario.estate.organisations.len() > resus_engine::study::tornado::LARGE
}

/// What every study takes.
#[derive(clap::Args, Debug)]
pub struct Common {
    /// Scenario file or bundled name; the default scenario without it.
    pub file: Option<String>,
    /// A value in place of one that the file states, as path=value: threat.dwell="20 days", posture.acute_trust.multi_factor=0.95,
    /// horizon="30 days", estate.population=300000. May be given more than once.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<Override>,
    /// How it is run and told.
    #[command(flatten)]
    pub running: Running,
}

/// How a study is run and told.
#[derive(clap::Args, Debug)]
pub struct Running {
    /// Seed of the study.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Threads, at most 1024; all cores without it.
    #[arg(long, default_value_t = 0, value_parser = threads)]
    pub threads: usize,
    /// Print JSON instead of tables (docs/reference/json.md).
    #[arg(long)]
    pub json: bool,
    /// No progress bar.
    #[arg(long)]
    pub quiet: bool,
}

/// More threads than a machine may have are a slip of the finger, and would only cost memory.
fn threads(text: &str) -> Result<usize, String> {
    let threads: usize = text.parse().map_err(|_| "give a number of threads".to_owned())?;
    if threads <= 1024 { Ok(threads) } else { Err("at most 1024 threads".into()) }
}

impl Running {
    /// Whether to show no progress.
    pub fn silent(&self) -> bool {
        self.quiet || self.json
    }
    /// What is worked out on all cores, such as resampling, keeps to as many threads as the replicates do.
    pub fn keep_to_threads(&self) {
        // Once in a process; a second time there is nothing to change.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build_global();
    }
    /// So many replicates from the first, without their details.
    pub fn plan(&self, replicates: u64) -> ReplicationPlan {
        ReplicationPlan { seed: self.seed, first: 0, replicates, threads: self.threads, detail: false }
    }
}

impl Common {
    /// The scenario with what is set beside it.
    pub fn load(&self) -> Result<(Source, std::sync::Arc<Scenario>), Failure> {
        self.load_with(None)
    }
    /// The same with one more value set beside it.
    pub fn load_with(&self, more: Option<Override>) -> Result<(Source, std::sync::Arc<Scenario>), Failure> {
        self.running.keep_to_threads();
        let source = Source::open(self.file.as_deref())?;
        let set: Vec<Override> = self.set.iter().cloned().chain(more).collect();
        let scenario = source.load_with(&set)?;
        if !self.running.quiet {
            self.say_what_is_idle(&source, &scenario)?;
        }
        Ok((source, scenario))
    }
    /// A value that changes nothing is probably not the one that was meant.
    fn say_what_is_idle(&self, source: &Source, scenario: &std::sync::Arc<Scenario>) -> CommandResult {
        // A country takes a second for each run, and what has an effect there mostly has one in the first.
        let runs = if is_large(scenario) { 2 } else { 100 };
        for (n, set) in self.set.iter().enumerate().filter(|(_, set)| set.changes_runs()) {
            let others: Vec<Override> =
                self.set.iter().enumerate().filter(|(k, _)| *k != n).map(|(_, set)| set.clone()).collect();
            let without = source.load_silently(&others, &ParametersSpec::default())?;
            if same_outcomes(scenario, &without, self.running.seed, runs) {
                eprintln!(
                    "note: --set '{set}' changed nothing: without it every outcome is the same, in {runs} runs under each strategy."
                );
            }
        }
        Ok(())
    }
    /// What stands over the tables.
    pub fn heading(scenario: &Scenario, run: &RunInfo) -> String {
        let partial = if run.partial { " PARTIAL: stopped before its end." } else { "" };
        format!(
            "{}\n{}\n{}, seed {}.{partial}\n{}\n",
            scenario.title,
            run.source,
            run.replicates,
            run.seed,
            unstated(scenario)
        )
    }
    /// How the study was run; `more` are the command's own options, `replicates` what was run in words.
    pub fn run_info(&self, source: &Source, command: &str, more: &str, replicates: String) -> RunInfo {
        let mut line = format!("resus {command}");
        if let Some(file) = &self.file {
            line += &format!(" {file}");
        }
        for set in &self.set {
            line += &format!(" --set '{set}'");
        }
        RunInfo {
            source: source.name.clone(),
            seed: self.running.seed,
            replicates,
            version: env!("CARGO_PKG_VERSION").into(),
            command: format!("{line} --seed {}{more}", self.running.seed),
            partial: false,
            own: resus_report::BoardsOwn::default(),
        }
    }
}

/// What of an estate of one's own was not stated, as a paragraph under the title; nothing where there is nothing to say.
pub fn unstated(scenario: &Scenario) -> String {
    resus_report::verdict::estate::unstated(&scenario.estate)
        .map_or(String::new(), |note| crate::table::wrap(&note, 0))
}

/// Where else the findings go.
#[derive(clap::Args, Debug)]
pub struct Files {
    /// Also write a report as one HTML file, which opens offline and prints.
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Also write the report as Markdown.
    #[arg(long, value_name = "FILE.md")]
    pub markdown: Option<PathBuf>,
    /// Also write the tables as CSV into this folder.
    #[arg(long, value_name = "DIR")]
    pub csv: Option<PathBuf>,
    /// Also write the tables as sheets of one workbook.
    #[arg(long, value_name = "FILE.xlsx")]
    pub xlsx: Option<PathBuf>,
}

/// What only a board knows, for its page and the risk register.
#[derive(clap::Args, Debug)]
pub struct BoardArgs {
    /// How likely such an incident is, 1 (rare) to 5 (almost certain), for the risk register's score.
    #[arg(long, value_name = "1..5", value_parser = clap::value_parser!(u8).range(1..=5))]
    likelihood: Option<u8>,
    /// Who answers for the risk, for the risk register.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
}

impl BoardArgs {
    /// As a report takes it, and as it is written in the command that makes the report again.
    pub fn own(&self) -> (resus_report::BoardsOwn, String) {
        let likelihood = self.likelihood.map_or(String::new(), |l| format!(" --likelihood {l}"));
        let owner = self.owner.as_ref().map_or(String::new(), |o| format!(" --owner '{o}'"));
        let own = resus_report::BoardsOwn { likelihood: self.likelihood, owner: self.owner.clone() };
        (own, likelihood + &owner)
    }
}

impl Files {
    /// Whether a report is wanted in any form.
    pub fn any(&self) -> bool {
        self.page() || self.csv.is_some() || self.xlsx.is_some()
    }
    /// Whether a report is wanted that people read from top to bottom, with all that explains the tables.
    pub fn page(&self) -> bool {
        self.report.is_some() || self.markdown.is_some()
    }
    /// Fails early where a file could not be written later.
    pub fn check(&self) -> Result<(), Failure> {
        for file in [&self.report, &self.markdown, &self.xlsx].into_iter().flatten() {
            let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if !folder.is_dir() || file.is_dir() {
                return Err(bad_input(
                    format!("'{}' cannot be written", file.display()),
                    "give a file in a folder that exists",
                ));
            }
        }
        match &self.csv {
            Some(folder) => std::fs::create_dir_all(folder).map_err(|e| {
                bad_input(format!("'{}' cannot be made: {e}", folder.display()), "give a folder")
            }),
            None => Ok(()),
        }
    }
    /// Writes what is wanted.
    pub fn write(&self, report: &Report) -> CommandResult {
        if let Some(file) = &self.report {
            write(file, resus_report::html(report).as_bytes())?;
        }
        if let Some(file) = &self.markdown {
            write(file, resus_report::markdown(report).as_bytes())?;
        }
        if let Some(file) = &self.xlsx {
            let bytes = resus_report::xlsx(report)
                .map_err(|e| Failure::Other(miette::miette!("cannot make {}: {e}", file.display())))?;
            write(file, &bytes)?;
        }
        if let Some(folder) = &self.csv {
            for (name, text) in report.csv() {
                write(&folder.join(name), text.as_bytes())?;
            }
        }
        Ok(())
    }
}

/// Writes under another name first, so that no half-written file is left.
pub fn write(file: &Path, bytes: &[u8]) -> CommandResult {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    std::fs::write(&part, bytes)
        .and_then(|()| std::fs::rename(&part, file))
        .map_err(|e| Failure::Other(miette::miette!("cannot write {}: {e}", file.display())))
}

/// Prints to standard output; a closed pipe is no failure.
pub fn print(text: &str) -> CommandResult {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Other(miette::miette!("cannot print: {e}")))
        }
        _ => Ok(()),
    }
}
