//! `resus pillars`.

use resus_engine::catalogue::outcome::Outcome as O;
use resus_engine::catalogue::pillar::Pillar;
use resus_engine::source::suggest;
use resus_engine::stats::intervals::Interval;
use resus_engine::study::idle::{Idle, idle_levers};
use resus_engine::study::pillars::{
    Levels, Often, PillarYear, Pillars, STEPS, Yearly, attribute, costs, design,
};
use resus_engine::study::replicates::{Progress, ReplicationPlan, Study};
use resus_report::json::{self, Document as _};
use resus_report::{RunInfo, pages, verdict};

use super::compare::share;
use super::{BoardArgs, Common, Files};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::subject::Subject;
use crate::table::{number, percent, pounds, signed, table, wrap};

/// What each of the five pillars is worth: all 32 combinations on the same replicates.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Replicates of each combination.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    replicates: u64,
    /// Maturity to which a pillar is raised, as PILLAR=SHARE or one share for all; 100% is exemplary: every lever reaches everybody.
    #[arg(long, value_name = "PILLAR=SHARE", value_delimiter = ',')]
    to: Vec<String>,
    /// Maturity at which a pillar starts, likewise; 0% is the estate as it stands.
    #[arg(long, value_name = "PILLAR=SHARE", value_delimiter = ',')]
    from: Vec<String>,
    /// How often such an incident comes, in times a year, where the scenario does not say it or another figure is meant: 0.1.
    #[arg(long, value_name = "TIMES A YEAR", value_parser = times)]
    frequency: Option<f64>,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    board: BoardArgs,
}

fn levels(list: &[String], usual: f64) -> Result<Levels, Failure> {
    let mut out = [usual; Pillar::ALL.len()];
    for text in list {
        let (id, value) =
            text.split_once('=').map_or((None, text.as_str()), |(id, v)| (Some(id.trim()), v.trim()));
        let value = share(value).map_err(|e| bad_input(e, "write build-secure=60% or 60%"))?;
        match id {
            None => out.fill(value),
            Some(id) => {
                let p = Pillar::ALL.iter().position(|p| p.id() == id).ok_or_else(|| {
                    let help = suggest(id, "pillars are: ", Pillar::ALL.map(Pillar::id));
                    bad_input(format!("no pillar '{id}'"), help)
                })?;
                out[p] = value;
            }
        }
    }
    Ok(out)
}

/// Times a year.
pub fn times(text: &str) -> Result<f64, String> {
    let times: Result<f64, _> = text.parse();
    match times {
        Ok(times) if times > 0.0 && times <= 1000.0 => Ok(times),
        _ => Err("write times a year above 0: 0.1 is once in ten years".into()),
    }
}

/// Runs and prints.
pub fn run(args: &Args) -> CommandResult {
    args.files.check()?;
    let (from, to) = (levels(&args.from, 0.0)?, levels(&args.to, 1.0)?);
    if let Some(p) = (0..from.len()).find(|p| from[*p] > to[*p]) {
        return Err(bad_input(
            format!("'{}' starts above the level to which it is raised", Pillar::ALL[p].id()),
            "give --from a level below that of --to",
        ));
    }
    let subject = Subject::open(&args.common, args.frequency)?;
    let scenario = &subject.scenario;
    let plan = args.common.running.plan(args.replicates);
    let mut studies: Vec<Study> = vec![];
    let mut sets = 0;
    for member in &subject.members {
        let tried = design(member, from, to);
        sets = tried.strategies.len();
        let all: Vec<usize> = (0..sets).collect();
        let study = progress::run_study(&tried, &all, plan, args.common.running.silent())?;
        // An average incident of a portfolio needs all of its scenarios.
        if study.finished() < 2 || study.partial() && subject.members.len() > 1 {
            return Err(Failure::Stopped);
        }
        studies.push(study);
    }
    let costs = subject.members.iter().map(|m| costs(m, from, to));
    let dearest = costs.max_by(|a, b| sum(a).total_cmp(&sum(b))).unwrap_or_default();
    let often = subject.per_year.map(|(per_year, range)| Often { per_year, range, costs: dearest });
    let p = attribute(&studies, &subject.weights, often.as_ref(), args.common.running.seed);
    let study = &studies[0];
    let n = study.finished();
    let option = |name: &str, list: &[String]| {
        if list.is_empty() { String::new() } else { format!(" --{name} {}", list.join(",")) }
    };
    let own = args.board.own().1;
    let frequency = args.frequency.map_or(String::new(), |f| format!(" --frequency {f}"));
    let more =
        format!("{}{}{frequency} --replicates {n}{own}", option("from", &args.from), option("to", &args.to));
    let info = args.common.run_info(
        &subject.source,
        "pillars",
        &more,
        match subject.members.len() {
            1 => format!("{n} replicates of each of {sets} combinations"),
            m => format!("{n} replicates of each of {m} scenarios under each of {sets} combinations"),
        },
    );
    let info = RunInfo { partial: study.partial(), own: args.board.own().0, ..info };
    // Most levers show their effect in the first replicate; for the others a country takes a second for each run.
    let runs = if super::is_large(scenario) { 3 } else { 100 };
    let idle = verdict::idle::sentences(&idle_in_all(&subject, args.common.running.plan(runs))?);
    let mut report = pages::pillars(scenario, &p, &info);
    report.sections.extend(pages::without_effect(&idle));
    args.files.write(&report)?;
    let text = if args.common.running.json {
        json::Pillars::new(scenario, &p, from, to, &info).without_effect(idle).text()
    } else {
        let idle: String = idle.iter().map(|s| wrap(s, 0)).collect();
        let gap = if idle.is_empty() { "" } else { "\n" };
        Common::heading(scenario, &info) + &to_text(&p) + gap + &idle
    };
    super::print(&text)?;
    if study.partial() { Err(Failure::Stopped) } else { Ok(()) }
}

fn sum(costs: &[(f64, f64); 5]) -> f64 {
    costs.iter().map(|c| c.0 + c.1).sum()
}

/// Levers that have no effect in any of the scenarios.
fn idle_in_all(subject: &Subject, plan: ReplicationPlan) -> Result<Idle, Failure> {
    let mut all: Option<Idle> = None;
    for member in &subject.members {
        let idle = idle_levers(member, plan, &Progress::default())
            .map_err(|e| Failure::Other(miette::miette!("{e}")))?;
        let here = |id: &str| idle.levers.iter().any(|l| l.id == id);
        match &mut all {
            None => all = Some(idle),
            Some(all) => all.levers.retain(|l| here(&l.id)),
        }
    }
    Ok(all.unwrap_or_default())
}

/// What the pillars bring in a year.
fn yearly(y: &Yearly) -> String {
    let head = ["in a year", "less harm", "£ lost less", "set-up", "a year"];
    let mut rows = vec![head.map(String::from).to_vec()];
    let mut row = |name: &str, p: &PillarYear| {
        rows.push(vec![
            name.to_owned(),
            signed(p.harm.estimate),
            pounds(p.avoided.estimate),
            pounds(p.set_up),
            pounds(p.running),
        ]);
        let ends = |i: &Interval, show: fn(f64) -> String| format!("[{}, {}]", show(i.low), show(i.high));
        rows.push(vec![String::new(), ends(&p.harm, signed), ends(&p.avoided, pounds)]);
    };
    for (pillar, p) in Pillar::ALL.iter().zip(&y.pillars) {
        row(pillar.label(), p);
    }
    row("all five", &y.whole);
    format!("\n{}{}", wrap(&verdict::pillars::how_often(y), 0), table(&rows))
}

fn short(o: O, v: f64) -> f64 {
    if o == O::Recovery95 { v / 24.0 } else { v }
}

fn to_text(p: &Pillars) -> String {
    let mut out = String::new();
    for sentence in verdict::pillars::sentences(p) {
        out += &wrap(&sentence, 0);
    }
    for s in &p.outcomes {
        let o = s.outcome;
        let unit = if o == O::Recovery95 { "days to 95 % of affected care" } else { o.label() };
        out += &format!("\n{unit}: lower by, from {} [95 %]\n", number(short(o, s.start)));
        let with = |i: &Interval| {
            format!(
                "{} [{}, {}]",
                signed(short(o, i.estimate)),
                signed(short(o, i.low)),
                signed(short(o, i.high))
            )
        };
        let mut rows =
            vec![["pillar", "alone", "added last", "share of all five"].map(String::from).to_vec()];
        for (pillar, w) in Pillar::ALL.iter().zip(&s.pillars) {
            let share = if w.share.estimate.is_finite() {
                let bare = |v: f64| percent(v).replace(" %", "");
                (percent(w.share.estimate), format!("[{}, {}]", bare(w.share.low), bare(w.share.high)))
            } else {
                ("–".into(), String::new())
            };
            // Intervals stand below their estimates: beside them they would not fit eighty columns.
            let ends = |i: &Interval| format!("[{}, {}]", signed(short(o, i.low)), signed(short(o, i.high)));
            let estimate = |i: &Interval| signed(short(o, i.estimate));
            rows.push(vec![pillar.label().to_owned(), estimate(&w.alone), estimate(&w.last), share.0]);
            rows.push(vec![String::new(), ends(&w.alone), ends(&w.last), share.1]);
        }
        out += &table(&rows);
        out += &format!("all five: {}\n", with(&s.whole));
    }
    out += &p.yearly.as_ref().map_or(String::new(), yearly);
    let harm = &p.outcomes[1];
    out += "\nharm lowered by one pillar alone, by how far it is raised\n";
    let mut rows = vec![
        std::iter::once("pillar".to_owned()).chain(STEPS.iter().map(|s| percent(*s))).collect::<Vec<_>>(),
    ];
    for (pillar, w) in Pillar::ALL.iter().zip(&harm.pillars) {
        rows.push(
            std::iter::once(pillar.label().to_owned())
                .chain(w.steps.iter().map(|i| signed(i.estimate)))
                .collect(),
        );
    }
    out += &table(&rows);
    let pairs: Vec<String> = harm
        .pairs
        .iter()
        .filter(|x| x.p <= 0.05)
        .map(|x| {
            let (a, b) = x.of;
            format!(
                "{} + {}: {} [{}, {}]",
                Pillar::ALL[a].label(),
                Pillar::ALL[b].label(),
                signed(x.worth.estimate),
                signed(x.worth.low),
                signed(x.worth.high)
            )
        })
        .collect();
    out += "\npairs worth more (+) or less (−) together, in harm, adjusted for ten pairs\n";
    if pairs.is_empty() {
        out += "none that can be told from zero\n";
    }
    for pair in pairs {
        out += &wrap(&pair, 0);
    }
    out + "\nHarm is an index for comparing strategies, no count of injured people. Share:\nthe pillar's Shapley value, its average contribution over all orders of adding.\n"
}
