//! `resus plan`.

use resus_engine::catalogue::outcome::Outcome as O;
use resus_engine::scenario::Scenario;
use resus_engine::source::suggest;
use resus_engine::study::investment::{Advice, InvestmentOptions, Judged, advise};
use resus_engine::units::{Pounds, Quantity as _};
use resus_report::json::{Document as _, Plan};
use resus_report::verdict::{self, investment::set_in_words};
use resus_report::{RunInfo, pages};

use super::{BoardArgs, Common, Files};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::table::{cut, percent, pounds, short_wins, table, wrap};

/// What to buy for a budget: the levers and their uptake that lower harm most, and a roadmap.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Money for set-up and the first year: £5m, £750k.
    #[arg(long, value_parser = budget)]
    budget: f64,
    /// What is to be lowered.
    #[arg(long = "for", value_name = "OUTCOME", default_value = "harm", value_parser = ["harm", "contacts_not_served", "recovery_95", "cost_total", "records_exposed"])]
    aim: String,
    /// Playbook that is followed, by id; the baseline's without it.
    #[arg(long)]
    playbook: Option<String>,
    /// Replicates of the search.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    search: u64,
    /// Replicates, not seen by the search, on which its findings are judged.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    replicates: u64,
    /// Last year of the roadmap, which begins in the year after the scenario's.
    #[arg(long, default_value_t = 2030)]
    until: i32,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    board: BoardArgs,
}

fn budget(text: &str) -> Result<f64, String> {
    let with_sign = if text.starts_with('£') { text.to_owned() } else { format!("£{text}") };
    let pounds = Pounds::from_text(&with_sign).map_err(|e| e.to_string())?.get();
    if pounds > 0.0 { Ok(pounds) } else { Err("a budget is more than nothing; write £5m or £750k".into()) }
}

/// Runs and prints.
pub fn run(args: &Args) -> CommandResult {
    args.files.check()?;
    let (source, scenario) = args.common.load()?;
    let mut scenario = Scenario::clone(&scenario);
    if let Some(id) = &args.playbook {
        let known = scenario.playbooks.iter().map(|p| p.0.as_str());
        let Some(playbook) = scenario.playbook(id).cloned() else {
            return Err(bad_input(format!("no playbook '{id}'"), suggest(id, "there are: ", known)));
        };
        let base = &mut scenario.strategies[scenario.baseline];
        std::sync::Arc::make_mut(base).playbook = playbook;
    }
    let outcome = *O::ALL.iter().find(|o| o.id() == args.aim).expect("clap lets these through only");
    let from = scenario.calendar.starts.date().0 as i32 + 1;
    if !(from..from + 20).contains(&args.until) {
        return Err(bad_input(
            format!("the roadmap begins in {from} and cannot end in {}", args.until),
            format!("give --until {from} or a year soon after"),
        ));
    }
    let options = InvestmentOptions {
        budget: args.budget,
        outcome,
        seed: args.common.running.seed,
        search: args.search,
        judge: args.replicates,
        threads: args.common.running.threads,
        from,
        to: args.until,
    };
    let Some(a) = progress::with_progress(None, args.common.running.silent(), |progress| {
        Ok(advise(&scenario, options, progress))
    })?
    else {
        return Err(Failure::Stopped);
    };
    let playbook = args.playbook.as_ref().map_or(String::new(), |p| format!(" --playbook {p}"));
    let more = format!(
        " --budget £{}{playbook} --for {} --search {} --replicates {} --until {}",
        args.budget, args.aim, args.search, args.replicates, args.until
    );
    let (own, board) = args.board.own();
    let info = args.common.run_info(
        &source,
        "plan",
        &(more + &board),
        format!("{} replicates searched, {} judged", args.search, args.replicates),
    );
    let info = RunInfo { own, ..info };
    args.files.write(&pages::plan(&scenario, &a, outcome, args.budget, &info))?;
    if args.common.running.json {
        return super::print(&Plan::new(&scenario, &a, outcome, args.budget, &info).text());
    }
    super::print(&(Common::heading(&scenario, &info) + &to_text(&a, outcome)))
}

fn lowered(j: &Judged) -> String {
    let of = &j.relative;
    format!("{} [{}, {}]", percent(of.estimate), percent(of.low), percent(of.high))
}

fn to_text(a: &Advice, outcome: O) -> String {
    let mut out = String::new();
    for sentence in verdict::investment::sentences(a, outcome) {
        out += &wrap(&sentence, 0);
    }
    out += &format!("\nfor rising budgets: {} lowered by [95 %]\n", outcome.label());
    let mut rows = vec![["budget", "cost", "lowered by", "better in"].map(String::from).to_vec()];
    for (budget, j) in &a.frontier {
        rows.push(vec![pounds(*budget), pounds(j.cost), lowered(j), short_wins(&j.wins)]);
    }
    out += &table(&rows);
    let mut before: Option<&Judged> = None;
    for (budget, j) in &a.frontier {
        if before.is_none_or(|b| b.choice != j.choice) {
            out += &wrap(&format!("{}: {}", pounds(*budget), set_in_words(&a.problem, &j.choice)), 2);
        }
        before = Some(j);
    }
    out += "\nroadmap, the budget in equal parts by year\n";
    let mut rows = vec![["year", "buy", "spend", "running", "lowered by then"].map(String::from).to_vec()];
    for y in &a.roadmap {
        let mut lines: Vec<String> = y
            .bought
            .iter()
            .map(|(l, share)| {
                if *share < 1.0 {
                    format!("{} ({})", a.problem.levers[*l].1, percent(*share))
                } else {
                    a.problem.levers[*l].1.clone()
                }
            })
            .collect();
        if lines.is_empty() {
            lines.push("save for next year".into());
        }
        for (n, line) in lines.into_iter().enumerate() {
            let first = |text: String| if n == 0 { text } else { String::new() };
            rows.push(vec![
                first(y.year.to_string()),
                cut(&line, 38),
                first(pounds(y.spent)),
                first(pounds(y.running)),
                first(percent(y.state.relative.estimate)),
            ]);
        }
    }
    out += &table(&rows);
    if !a.rivals.is_empty() {
        out += "\ncannot be told from the best\n";
        for j in &a.rivals {
            out += &wrap(
                &format!("{} ({}): {}", pounds(j.cost), lowered(j), set_in_words(&a.problem, &j.choice)),
                2,
            );
        }
    }
    out + "\nBudget and cost: set-up and the first year. Running: what was bought before, a\nyear. Judged on runs that the search has not seen.\n"
}
