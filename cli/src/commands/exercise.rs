//! `resus exercise`.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resus_engine::exercise::journal::{FileSink, Read, Sink, read};
use resus_engine::exercise::rehearse::rehearse;
use resus_engine::exercise::session::Session;
use resus_engine::scenario::exercise::Exercise;
use resus_engine::scenario::{Override, Scenario};
use resus_engine::source::LARGEST_FILE;
use resus_engine::units::DateTime;
use resus_report::{msel, pack, session_words};

use crate::exercise::{console, script, words};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::source::{Source, strategy};
use crate::table::{cut, percent, table, wrap};

/// Run a tabletop exercise, or rehearse one.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    before: Option<Before>,
    /// Scenario file or bundled name with an exercise; the default scenario without it.
    file: Option<String>,
    /// A value in place of one that the file states, as path=value.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Override>,
    /// Seed of the session: the same one meets the same world.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How prepared the organisations are, and whose playbook those without a team follow: a strategy, by id.
    #[arg(long)]
    strategy: Option<String>,
    /// The computer plays the players' side by this strategy; questions stay open for practice.
    #[arg(long, value_name = "STRATEGY", conflicts_with = "strategy")]
    practice: Option<String>,
    /// Where the journal is written; it must not exist. Without it: resus-exercise.jsonl here, or nowhere with --script.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Go on with this journal where it ended.
    #[arg(long, value_name = "JOURNAL", conflicts_with_all = ["file", "journal", "seed", "strategy", "practice", "set"])]
    resume: Option<PathBuf>,
    /// Play the commands of a file, one a line (- for standard input), without a terminal.
    #[arg(long, value_name = "FILE")]
    script: Option<String>,
    /// Show no forecasts.
    #[arg(long)]
    hide_forecasts: bool,
    /// Behind a script, print the console's screen as text, such as 80x24.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size, requires = "script")]
    screen: Option<(u16, u16)>,
    /// Keys for that screen: > turns the page, f looks ahead, t hides the truth.
    #[arg(long, default_value = "", requires = "screen")]
    keys: String,
}

/// What is done before the day.
#[derive(clap::Subcommand, Debug)]
enum Before {
    /// A dry run: how often each inject is plausible in the simulated world, and what the world would send by itself.
    Rehearse(RehearseArgs),
    /// Write the papers of the day: manual, briefs, evaluation guides, agendas, lists of events, a paper backup.
    Pack(PackArgs),
    /// Read somebody else's list of events (MSEL) from a spreadsheet or CSV, as the injects of a scenario file.
    ImportMsel(ImportArgs),
}

/// The papers of the day.
#[derive(clap::Args, Debug)]
struct PackArgs {
    /// Scenario file or bundled name with an exercise; the default scenario without it.
    file: Option<String>,
    /// Folder for them; it is made when it is not there.
    #[arg(long)]
    out: PathBuf,
    /// Local date and time of the day, for a calendar file: 2027-03-01T09:00.
    #[arg(long, value_parser = date_time)]
    day: Option<DateTime>,
    /// How long it lasts, in minutes.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(15..=10_080))]
    minutes: u32,
}

/// Somebody else's list.
#[derive(clap::Args, Debug)]
struct ImportArgs {
    /// Workbook (xlsx, xls, ods) or CSV.
    file: PathBuf,
    /// File to write; it must not exist. Without it the injects are printed.
    #[arg(long)]
    out: Option<PathBuf>,
    /// A column that is called otherwise, as 'Theirs=Message'. May be given more than once.
    #[arg(long, value_name = "THEIRS=HEAD")]
    map: Vec<String>,
    /// Local date and time at which players join, where the list has absolute times: 2026-11-14T13:30.
    #[arg(long, value_parser = date_time)]
    startex: Option<DateTime>,
    /// Write the rows without a mistake although others have one.
    #[arg(long)]
    keep_going: bool,
}

fn date_time(text: &str) -> Result<DateTime, String> {
    DateTime::parse(text).map_err(|e| e.to_string())
}

/// A dry run.
#[derive(clap::Args, Debug)]
struct RehearseArgs {
    /// Scenario file or bundled name with an exercise; the default scenario without it.
    file: Option<String>,
    /// Replicates.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    runs: u64,
    /// Strategy whose playbook everybody follows, by id; the baseline without it.
    #[arg(long)]
    strategy: Option<String>,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// No progress bar.
    #[arg(long)]
    quiet: bool,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let parsed = text.split_once('x').and_then(|(w, h)| w.parse().ok().zip(h.parse().ok()));
    parsed
        .filter(|(w, h)| (40..=500).contains(w) && (12..=300).contains(h))
        .ok_or_else(|| "write WIDTHxHEIGHT, at least 40x12: 80x24".to_owned())
}

/// Runs the session, or what comes before it.
pub fn run(args: &Args) -> CommandResult {
    match &args.before {
        Some(Before::Rehearse(args)) => return dry_run(args),
        Some(Before::Pack(args)) => return pack(args),
        Some(Before::ImportMsel(args)) => return import(args),
        None => {}
    }
    let mut session = match &args.resume {
        Some(path) => resume(path)?,
        None => launch(args)?,
    };
    match &args.script {
        Some(file) => {
            play(&mut session, file, args.hide_forecasts)?;
            match args.screen {
                Some(size) => super::print(&console::screen(&session, args.hide_forecasts, &args.keys, size)),
                None => Ok(()),
            }
        }
        None if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() => {
            console::run(&mut session, args.hide_forecasts).map_err(|e| {
                Failure::Other(miette::miette!(
                    "the terminal failed: {e}; nothing is lost, go on with --resume"
                ))
            })
        }
        None => Err(bad_input(
            "this is no terminal",
            "run it in a terminal, or give --script FILE (- for standard input)",
        )),
    }
}

/// The session of a journal that is only looked at.
pub fn resume_read_only(path: &Path) -> Result<Session, Failure> {
    Session::replay(entries(path)?.0.entries, None).map_err(Failure::from)
}

/// What a journal holds, and how long its file is.
fn entries(path: &Path) -> Result<(Read, usize), Failure> {
    let text = std::fs::read(path).map_err(|e| {
        bad_input(format!("'{}' cannot be read: {e}", path.display()), "give a journal of `resus exercise`")
    })?;
    let found = read(&text).map_err(|e| {
        bad_input(
            format!("{}: {e}", path.display()),
            "a journal is only ever added to; take an untouched copy",
        )
    })?;
    Ok((found, text.len()))
}

/// Opens a journal, repairs a torn last line, and gives the session with its sink.
pub fn resume(path: &Path) -> Result<Session, Failure> {
    let (found, length) = entries(path)?;
    if found.whole < length {
        eprintln!(
            "the last line of {} was torn off while it was written; it had not been acknowledged and is dropped",
            path.display()
        );
    }
    let sink = FileSink::resume(path, found.whole).map_err(|e| {
        bad_input(format!("'{}' cannot be written: {e}", path.display()), "copy it to where you may write")
    })?;
    Session::replay(found.entries, Some(Box::new(sink))).map_err(Failure::from)
}

fn launch(args: &Args) -> Result<Session, Failure> {
    let source = Source::open(args.file.as_deref())?;
    let scenario = source.load_with(&args.set)?;
    let chosen = args.practice.as_deref().or(args.strategy.as_deref());
    let entry =
        Session::launch(&scenario, &source.name, &source.text, args.seed, chosen, args.practice.is_some())?;
    let path = match (&args.journal, &args.script) {
        (Some(path), _) => Some(path.clone()),
        (None, Some(_)) => None,
        (None, None) => Some(PathBuf::from("resus-exercise.jsonl")),
    };
    let sink: Option<Box<dyn Sink>> = match path {
        None => None,
        Some(path) => {
            let name = path.display();
            let mut sink = FileSink::create(&path).map_err(|e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => bad_input(
                    format!("'{name}' exists already"),
                    format!(
                        "go on with it: resus exercise --resume {name}; or give a new one: --journal FILE"
                    ),
                ),
                _ => bad_input(
                    format!("'{name}' cannot be written: {e}"),
                    "give --journal FILE in a folder that you may write to",
                ),
            })?;
            sink.append(&entry).map_err(|e| Failure::Other(miette::miette!("cannot write {name}: {e}")))?;
            Some(Box::new(sink))
        }
    };
    Session::replay(vec![entry], sink).map_err(Failure::from)
}

fn play(session: &mut Session, file: &str, hide_forecasts: bool) -> CommandResult {
    let lines: Box<dyn Iterator<Item = String>> = if file == "-" {
        // As they come: each is answered before the next is read.
        Box::new(std::io::stdin().lock().lines().map_while(Result::ok))
    } else {
        let text = std::fs::read_to_string(file).map_err(|e| {
            bad_input(format!("'{file}' cannot be read: {e}"), "give a file of commands, one a line")
        })?;
        Box::new(text.lines().map(str::to_owned).collect::<Vec<_>>().into_iter())
    };
    if session.entries().len() == 1 {
        super::print(&format!("{}\n", session.scenario().title))?;
        super::print(&words::log(session, &session.state().log.clone()))?;
    }
    for (n, line) in lines.enumerate() {
        if hide_forecasts && line.trim().starts_with("forecast") {
            return Err(bad_input(
                format!("{file}, line {}: forecasts are hidden", n + 1),
                "leave out --hide-forecasts",
            ));
        }
        match script::line(session, &line) {
            Ok(said) => super::print(&said)?,
            Err(r) => return Err(bad_input(format!("{file}, line {}: {}", n + 1, r.what), r.help)),
        }
    }
    Ok(())
}

/// A scenario and its exercise.
fn exercise(file: Option<&str>) -> Result<(Arc<Scenario>, Arc<Exercise>), Failure> {
    let scenario = Source::open(file)?.load()?;
    match scenario.exercise.clone() {
        Some(x) => Ok((scenario, x)),
        None => Err(bad_input("the scenario has no exercise", "`resus list` says which bundled ones have")),
    }
}

fn pack(args: &PackArgs) -> CommandResult {
    let (scenario, x) = exercise(args.file.as_deref())?;
    std::fs::create_dir_all(&args.out).map_err(|e| {
        bad_input(
            format!("'{}' cannot be made: {e}", args.out.display()),
            "give a folder that you may write to",
        )
    })?;
    let mut files: Vec<(String, Vec<u8>)> = vec![];
    for (name, report) in pack::papers(&scenario, &x) {
        files.push((format!("{name}.html"), resus_report::html(&report).into_bytes()));
        files.push((format!("{name}.md"), resus_report::markdown(&report).into_bytes()));
        let document =
            resus_report::docx(&report).map_err(|e| Failure::Other(miette::miette!("{name}.docx: {e}")))?;
        files.push((format!("{name}.docx"), document));
    }
    files.extend(
        pack::lists(&scenario, &x).map_err(|e| Failure::Other(miette::miette!("the list of events: {e}")))?,
    );
    if let Some(day) = args.day {
        files.push(("exercise.ics".into(), pack::calendar(&scenario, &x, day, args.minutes).into_bytes()));
    }
    let mut out = format!("{}\n", args.out.display());
    for (name, bytes) in &files {
        super::write(&args.out.join(name), bytes)?;
        out += &format!("  {name}\n");
    }
    super::print(&out)
}

fn import(args: &ImportArgs) -> CommandResult {
    let name = args.file.display();
    let bytes = std::fs::read(&args.file)
        .map_err(|e| bad_input(format!("'{name}' cannot be read: {e}"), "give a workbook or CSV"))?;
    if bytes.len() > LARGEST_FILE {
        return Err(bad_input(
            format!("'{name}' is larger than {} MiB", LARGEST_FILE >> 20),
            "a list of events is short",
        ));
    }
    let map = args
        .map
        .iter()
        .map(|m| m.split_once('=').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned())))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| bad_input("--map takes THEIRS=HEAD", "write --map 'Their column=Message'"))?;
    let found = msel::read(&bytes, &map, args.startex).map_err(|e| {
        bad_input(format!("{name}: {e}"), "a list has a row of heads and a row for each event")
    })?;
    let mut said = format!("{name}: {} rows, {} read", found.rows, found.events.len());
    if !found.unused.is_empty() {
        said += &format!("; columns without a use here: {}", found.unused.join(", "));
    }
    eprintln!("{said}");
    for e in &found.errors {
        eprintln!("  {}: {}", e.cell, e.what);
    }
    if !found.errors.is_empty() && !args.keep_going {
        return Err(bad_input(
            format!("{} mistakes; nothing was written", found.errors.len()),
            "mend the cells named above, or take what is good with --keep-going",
        ));
    }
    let (text, teams, objectives) = msel::ron(&found.events);
    eprintln!("teams to define: {}; objectives to define: {}", list(&teams), list(&objectives));
    match &args.out {
        None => super::print(&text),
        Some(path) if path.exists() => {
            Err(bad_input(format!("'{}' exists already", path.display()), "give a new name"))
        }
        Some(path) => super::write(path, text.as_bytes()),
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// Most lines about what the world would send by itself.
const PROPOSALS: usize = 12;

fn dry_run(args: &RehearseArgs) -> CommandResult {
    let (scenario, x) = exercise(args.file.as_deref())?;
    let s = args.strategy.as_deref().map_or(Ok(scenario.baseline), |id| strategy(&scenario, id))?;
    let done = progress::with_progress(Some(args.runs), args.quiet, |progress| {
        Ok(rehearse(&scenario, s, args.seed, args.runs, progress))
    })?;
    let Some(r) = done else { return Err(Failure::Stopped) };
    let time =
        |t: Option<f64>| t.map_or("–".into(), |m| format!("T+{:.0}:{:02.0}", (m / 60.0).floor(), m % 60.0));
    let mut out = format!(
        "{}\n{} futures from STARTEX by the playbook of {}, replicate {}, seed {}\n",
        scenario.title, r.runs, scenario.strategies[s].name, x.replicate, args.seed
    );
    let mut rows = vec![["inject", "comes in", "about", "plausible", "text"].map(String::from).to_vec()];
    for (i, f) in x.injects.iter().zip(&r.injects) {
        let kind = if matches!(i.when, resus_engine::scenario::exercise::When::ByHand) {
            "by hand".into()
        } else {
            percent(f.given)
        };
        let plausible = f.plausible.map_or("–".into(), percent);
        rows.push(vec![i.number.to_string(), kind, time(f.median), plausible, cut(&i.text, 40)]);
    }
    out += &format!(
        "\ninjects: share of runs in which they come, and in which their text fits the world\n{}",
        table(&rows)
    );
    let mut rows = vec![["question", "opens in", "about", "text"].map(String::from).to_vec()];
    for (q, f) in x.questions.iter().zip(&r.questions) {
        rows.push(vec![cut(&q.id, 20), percent(f.given), time(f.median), cut(&q.text, 40)]);
    }
    out += &format!("\nquestions\n{}", table(&rows));
    let mut rows = vec![["move", "5 %", "middle", "95 %"].map(String::from).to_vec()];
    for m in &r.moves {
        let name = |q: Option<usize>, other: &str| q.map_or(other.to_owned(), |q| x.questions[q].id.clone());
        let label = format!("{} to {}", name(m.from, "STARTEX"), name(m.to, "ENDEX"));
        let h = |minutes: f64| format!("{:.0}:{:02.0}", (minutes / 60.0).floor(), minutes % 60.0);
        rows.push(vec![cut(&label, 48), h(m.minutes.0), h(m.minutes.1), h(m.minutes.2)]);
    }
    out +=
        &format!("\nhow long the moves take, in exercise time, from question to question\n{}", table(&rows));
    out += "\nobjectives: share of runs in which something of them comes and fits\n";
    for (o, share) in x.objectives.iter().zip(&r.objectives) {
        out += &wrap(&format!("{} {}: {}", percent(*share), o.id, o.text), 2);
    }
    out += "\nwhat the world would send by itself\n";
    for (what, p) in session_words::proposals(&scenario, &r).iter().take(PROPOSALS) {
        out += &wrap(&format!("{} of runs, about {}: {what}", percent(p.chance), time(Some(p.median))), 2);
    }
    if r.proposals.is_empty() {
        out += "  nothing in one run of ten or more\n";
    }
    super::print(&out)
}
