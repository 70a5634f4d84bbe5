//! `resus pillars`.

use resus_engine::catalogue::outcome::Outcome as O;
use resus_engine::catalogue::pillar::Pillar;
use resus_engine::source::suggest;
use resus_engine::stats::intervals::Interval;
use resus_engine::study::idle::idle_levers;
use resus_engine::study::pillars::{Levels, Pillars, STEPS, attribute, design};
use resus_engine::study::replicates::Progress;
use resus_report::json::{self, Document as _};
use resus_report::{RunInfo, pages, verdict};

use super::compare::share;
use super::{BoardArgs, Common, Files};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::table::{number, percent, signed, table, wrap};

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
    let (source, scenario) = args.common.load()?;
    let tried = design(&scenario, from, to);
    let all: Vec<usize> = (0..tried.strategies.len()).collect();
    let plan = args.common.running.plan(args.replicates);
    let study = progress::run_study(&tried, &all, plan, args.common.running.silent())?;
    if study.finished() < 2 {
        return Err(Failure::Stopped);
    }
    let p = attribute(&study, args.common.running.seed);
    let n = study.finished();
    let option = |name: &str, list: &[String]| {
        if list.is_empty() { String::new() } else { format!(" --{name} {}", list.join(",")) }
    };
    let own = args.board.own().1;
    let more = format!("{}{} --replicates {n}{own}", option("from", &args.from), option("to", &args.to));
    let info = args.common.run_info(
        &source,
        "pillars",
        &more,
        format!("{n} replicates of each of {} combinations", all.len()),
    );
    let info = RunInfo { partial: study.partial(), own: args.board.own().0, ..info };
    // Most levers show their effect in the first replicate; for the others a country takes a second for each run.
    let runs = if super::is_large(&scenario) { 3 } else { 100 };
    let idle = idle_levers(&scenario, args.common.running.plan(runs), &Progress::default());
    let idle = verdict::idle::sentences(&idle.map_err(|e| Failure::Other(miette::miette!("{e}")))?);
    let mut report = pages::pillars(&scenario, &p, &info);
    report.sections.extend(pages::without_effect(&idle));
    args.files.write(&report)?;
    let text = if args.common.running.json {
        json::Pillars::new(&scenario, &p, from, to, &info).without_effect(idle).text()
    } else {
        let idle: String = idle.iter().map(|s| wrap(s, 0)).collect();
        let gap = if idle.is_empty() { "" } else { "\n" };
        Common::heading(&scenario, &info) + &to_text(&p) + gap + &idle
    };
    super::print(&text)?;
    if study.partial() { Err(Failure::Stopped) } else { Ok(()) }
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
