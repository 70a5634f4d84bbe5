//! `resus portfolio`.

use resus_engine::scenario::Override;
use resus_engine::stats::annual_loss::CHANCES;
use resus_engine::stats::intervals::Interval;
use resus_engine::study::portfolio::{Measure, Portfolio, PortfolioRisk, risk};
use resus_report::format::rate;
use resus_report::json::{self, Document as _};
use resus_report::{RunInfo, pages, verdict};

use super::{BoardArgs, Common, Files, Running};
use crate::failure::{CommandResult, Failure};
use crate::progress;
use crate::subject::of_arguments;
use crate::table::{cut, number, percent, pounds, table, wrap};

/// What several scenarios come to in a year: expected harm and loss, what bad years exceed, which scenario carries it, and what strategies
/// change.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A portfolio (file or bundled name), or scenarios, each a file or a bundled name, with how often it comes where it does not say so
    /// itself or another figure is meant: friday-night=0.1. The default portfolio without any.
    files_or_names: Vec<String>,
    /// A value in place of one that the scenarios state, as path=value; it must mean something in each of them.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Override>,
    /// Replicates of each scenario under each strategy.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    replicates: u64,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    board: BoardArgs,
}

/// Runs and prints.
pub fn run(args: &Args) -> CommandResult {
    args.files.check()?;
    args.running.keep_to_threads();
    let (source, portfolio) = of_arguments(&args.files_or_names, &args.set)?;
    let (scenarios, strategies) = (portfolio.members.len(), portfolio.strategies.len());
    let total = args.replicates * (scenarios * strategies) as u64;
    let plan = args.running.plan(args.replicates);
    let found = progress::with_progress(Some(total), args.running.silent(), |progress| {
        risk(&portfolio, plan, progress)
    })?;
    // A year needs all of its scenarios.
    let Some(r) = found else { return Err(Failure::Stopped) };
    let mut command = "resus portfolio".to_owned();
    for name in &args.files_or_names {
        command += &format!(" {name}");
    }
    for set in &args.set {
        command += &format!(" --set '{set}'");
    }
    let (own, board) = args.board.own();
    let info = RunInfo {
        source,
        seed: args.running.seed,
        replicates: format!(
            "{} replicates of each of {scenarios} scenarios under each of {strategies} strategies",
            args.replicates
        ),
        version: env!("CARGO_PKG_VERSION").into(),
        command: format!("{command} --replicates {} --seed {}{board}", args.replicates, args.running.seed),
        partial: false,
        own,
    };
    args.files.write(&pages::portfolio(&portfolio, &r, &info))?;
    if args.running.json {
        return super::print(&json::Portfolio::new(&portfolio, &r, &info).text());
    }
    super::print(&(Common::heading(&portfolio.as_one(), &info) + &to_text(&portfolio, &r)))
}

fn show(m: Measure, v: f64) -> String {
    match m {
        Measure::Harm => number(v),
        Measure::Loss => pounds(v),
    }
}

/// Intervals stand below their estimates: beside them they would not fit eighty columns.
fn ends(m: Measure, i: &Interval) -> String {
    format!("[{}, {}]", show(m, i.low), show(m, i.high))
}

fn to_text(p: &Portfolio, r: &PortfolioRisk) -> String {
    let titles: Vec<&str> = p.members.iter().map(|m| m.scenario.title.as_str()).collect();
    let mut out = String::new();
    for sentence in verdict::portfolio::sentences(&titles, r) {
        out += &wrap(&sentence, 0);
    }
    out += &incidents(&titles, r);
    out += &shares(&titles, r);
    out += &bad_years(r);
    if r.strategies.len() > 1 {
        out += &strategies(r);
    }
    out + "\n" + &wrap(FOOT, 0)
}

/// What words of the tables mean.
const FOOT: &str = "Harm is an index for comparing, no count of injured people. Lost: activity, response, ransom, notification and penalties; what levers cost is told apart. Expected: \
frequency times the mean of an incident; intervals (95 %) hold both the range of the frequency and what the number of runs leaves open. Scenarios come independently of each other; what is in none of them is not counted.";

fn incidents(titles: &[&str], r: &PortfolioRisk) -> String {
    let mut rows = vec![["one incident", "times a year", "harm", "£ lost"].map(String::from).to_vec()];
    for (title, m) in titles.iter().zip(&r.members) {
        let f = &m.per_year;
        rows.push(vec![
            cut(title, 26),
            rate(f.estimate),
            number(m.incident[0].estimate),
            pounds(m.incident[1].estimate),
        ]);
        let range =
            if f.low < f.high { format!("[{}, {}]", rate(f.low), rate(f.high)) } else { String::new() };
        rows.push(vec![
            String::new(),
            range,
            ends(Measure::Harm, &m.incident[0]),
            ends(Measure::Loss, &m.incident[1]),
        ]);
    }
    format!("\nas things stand: how often each comes [90 %], and what one comes to [95 %]\n{}", table(&rows))
}

fn shares(titles: &[&str], r: &PortfolioRisk) -> String {
    let mut rows =
        vec![["expected in a year", "harm", "share", "£ lost", "share"].map(String::from).to_vec()];
    let mut row = |name: &str, annual: &[Interval; 2], share: &[f64; 2]| {
        let estimates = Measure::ALL.map(|m| show(m, annual[m as usize].estimate));
        let [harm, loss] = estimates;
        rows.push(vec![cut(name, 26), harm, percent(share[0]), loss, percent(share[1])]);
        let [harm, loss] = Measure::ALL.map(|m| ends(m, &annual[m as usize]));
        rows.push(vec![String::new(), harm, String::new(), loss, String::new()]);
    };
    for (title, m) in titles.iter().zip(&r.members) {
        row(title, &m.annual, &m.share);
    }
    if titles.len() > 1 {
        row("all of them", &r.base().annual, &[1.0, 1.0]);
    }
    format!("\nas things stand: which scenario brings how much [95 %]\n{}", table(&rows))
}

fn bad_years(r: &PortfolioRisk) -> String {
    let mut head = vec!["one year in …".to_owned()];
    head.extend(CHANCES.iter().map(|c| format!("{:.0}", 1.0 / c)));
    let mut rows = vec![head];
    for m in Measure::ALL {
        let name = if m == Measure::Harm { "harm" } else { "£ lost" };
        let curve = r.base().exceeded[m as usize].iter().map(|v| show(m, *v));
        rows.push(std::iter::once(name.to_owned()).chain(curve).collect());
    }
    format!("\nas things stand: … exceeds\n{}", table(&rows))
}

fn strategies(r: &PortfolioRisk) -> String {
    let head = ["in a year", "harm", "lower by", "£ lost", "lower by"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for s in &r.strategies {
        let [harm, loss] = Measure::ALL.map(|m| show(m, s.annual[m as usize].estimate));
        let Some(lowers) = s.lowers else {
            rows.push(vec![cut(&s.name, 26), harm, "baseline".into(), loss, "baseline".into()]);
            continue;
        };
        let [by_harm, by_loss] = Measure::ALL.map(|m| show(m, lowers[m as usize].estimate));
        rows.push(vec![cut(&s.name, 26), harm, by_harm, loss, by_loss]);
        let [harm, loss] = Measure::ALL.map(|m| ends(m, &lowers[m as usize]));
        rows.push(vec![String::new(), String::new(), harm, String::new(), loss]);
    }
    let mut out = format!("\nstrategies over all of them, on the same years [95 %]\n{}", table(&rows));
    let head = ["levers, paid once", "set-up", "each year", "1 year in 20", "1 in 100"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for s in &r.strategies {
        let curve = &s.exceeded[Measure::Loss as usize];
        rows.push(vec![
            cut(&s.name, 26),
            pounds(s.levers.0),
            pounds(s.levers.1),
            pounds(curve[3]),
            pounds(curve[5]),
        ]);
    }
    out += &format!("\nwhat they cost, and what bad years lose under them\n{}", table(&rows));
    out
}
