//! `resus plan`.

use std::sync::Arc;

use resus_engine::scenario::Scenario;
use resus_engine::source::suggest;
use resus_engine::strategy::Priority;
use resus_engine::study::aim::Aim;
use resus_engine::study::investment::{Advice, Incidents, InvestmentOptions, Judged, Part, advise};
use resus_report::json::{Document as _, Plan};
use resus_report::verdict::{
    self,
    investment::{choice_in_words, over},
};
use resus_report::{RunInfo, pages};

use super::{BoardArgs, Common, Files};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::subject::Subject;
use crate::table::{cut, number, percent, pounds, short_wins, table, wrap};
use crate::{money, progress};

/// What to buy for a budget and whom to follow: the levers, their uptake, the playbook and the order of work that lower harm most, and a
/// roadmap.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Money for set-up and running in all years together: £5m, £500k, £750,000.
    #[arg(long, value_parser = money::sum, allow_hyphen_values = true)]
    budget: f64,
    /// What is to be lowered: an outcome of `resus list outcomes`, or a sum such as harm=1,contacts_not_served=0.01.
    #[arg(long = "for", value_name = "OUTCOME[=WEIGHT],…", default_value = "harm")]
    aim: Aim,
    /// How often such an incident comes, in times a year, where the scenario does not say it or another figure is meant: 0.1.
    #[arg(long, value_name = "TIMES A YEAR", value_parser = super::pillars::times)]
    frequency: Option<f64>,
    /// Keep to this playbook, by id; without it the best of all is followed.
    #[arg(long)]
    playbook: Option<String>,
    /// Keep to this order of work; without it the best of all is followed.
    #[arg(long, value_enum)]
    order: Option<Order>,
    /// Replicates of the search; without it 120, for a country 40.
    #[arg(long, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    search: Option<u64>,
    /// Replicates, not seen by the search, on which its findings are judged; without it 500, for a country 100.
    #[arg(long, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    replicates: Option<u64>,
    /// Last year that is paid for; the first is the year after the scenario's. Without it 2030, or where that is not within five years, the
    /// fifth.
    #[arg(long)]
    until: Option<i32>,
    /// What is paid a year later counts less by so much, in present values.
    #[arg(long, value_name = "RATE", default_value = "3.5%", value_parser = super::compare::share)]
    discount: f64,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    board: BoardArgs,
}

/// The year to which the strategy for health and adult social care runs.
const STRATEGY: i32 = 2030;
/// Years that are paid for where that says nothing.
const USUAL_YEARS: i32 = 5;
/// Nobody plans further ahead.
const MOST_YEARS: i32 = 20;

/// Replicates of the search and of the judge.
const USUAL: (u64, u64) = (120, 500);
/// Those for an estate whose runs take long.
const USUAL_OF_A_COUNTRY: (u64, u64) = (40, 100);

/// An order of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Order {
    /// In the order in which jobs came.
    FirstCome,
    /// What costs care most while it is down comes first.
    HarmFirst,
    /// What is done soonest comes first.
    QuickWins,
    /// What others need comes first.
    PrerequisitesFirst,
}

impl From<Order> for Priority {
    fn from(order: Order) -> Self {
        match order {
            Order::FirstCome => Self::FirstCome,
            Order::HarmFirst => Self::HarmFirst,
            Order::QuickWins => Self::QuickWins,
            Order::PrerequisitesFirst => Self::PrerequisitesFirst,
        }
    }
}

/// The scenario keeps to the playbook and the order of work that were asked for.
fn keep(args: &Args, scenario: &mut Scenario) -> Result<(), Failure> {
    if let Some(id) = &args.playbook {
        let known = scenario.playbooks.iter().map(|p| p.0.as_str());
        let Some(playbook) = scenario.playbook(id).cloned() else {
            return Err(bad_input(format!("no playbook '{id}'"), suggest(id, "there are: ", known)));
        };
        Arc::make_mut(&mut scenario.strategies[scenario.baseline]).playbook = playbook;
    }
    if let Some(order) = args.order {
        Arc::make_mut(&mut scenario.strategies[scenario.baseline]).priority = order.into();
    }
    Ok(())
}

/// Runs and prints.
pub fn run(args: &Args) -> CommandResult {
    args.files.check()?;
    let subject = Subject::open(&args.common, args.frequency)?;
    let mut members: Vec<Scenario> = subject.members.iter().map(|m| Scenario::clone(m)).collect();
    members.iter_mut().try_for_each(|m| keep(args, m))?;
    let members: Vec<Arc<Scenario>> = members.into_iter().map(Arc::new).collect();
    let scenario = &subject.scenario;

    let from = scenario.calendar.starts.date().0 as i32 + 1;
    let usual = from..from + USUAL_YEARS;
    let until = args.until.unwrap_or(if usual.contains(&STRATEGY) { STRATEGY } else { usual.end - 1 });
    if !(from..from + MOST_YEARS).contains(&until) {
        return Err(bad_input(
            format!("what is bought is paid for from {from} on, and not until {until}"),
            format!("give --until {from} or a year soon after"),
        ));
    }
    let (search, judge) = if super::is_large(scenario) { USUAL_OF_A_COUNTRY } else { USUAL };
    let (search, judge) = (args.search.unwrap_or(search), args.replicates.unwrap_or(judge));
    let options = InvestmentOptions {
        budget: args.budget,
        aim: args.aim.clone(),
        playbooks: args.playbook.is_none(),
        priorities: args.order.is_none(),
        seed: args.common.running.seed,
        search,
        judge,
        threads: args.common.running.threads,
        from,
        to: until,
        discount: args.discount,
    };
    let Some(a) = progress::with_progress(None, args.common.running.silent(), |progress| {
        let of = Incidents {
            scenarios: &members,
            weights: &subject.weights,
            per_year: subject.per_year.map(|p| p.0),
        };
        Ok(advise(of, &options, progress))
    })?
    else {
        return Err(Failure::Stopped);
    };
    let playbook = args.playbook.as_ref().map_or(String::new(), |p| format!(" --playbook {p}"));
    let order = args.order.and_then(|o| clap::ValueEnum::to_possible_value(&o));
    let order = order.map_or(String::new(), |o| format!(" --order {}", o.get_name()));
    let frequency = args.frequency.map_or(String::new(), |f| format!(" --frequency {f}"));
    let aim: Vec<String> = args.aim.terms().iter().map(|(o, w)| format!("{}={w}", o.id())).collect();
    let more = format!(
        " --budget £{}{frequency}{playbook}{order} --for {} --search {} --replicates {} --until {} --discount {}",
        args.budget,
        aim.join(","),
        search,
        judge,
        until,
        args.discount
    );
    let (own, board) = args.board.own();
    let info = args.common.run_info(
        &subject.source,
        "plan",
        &(more + &board),
        format!("{search} replicates searched, {judge} judged"),
    );
    let info = RunInfo { own, ..info };
    args.files.write(&pages::plan(scenario, &a, args.budget, &info))?;
    if args.common.running.json {
        return super::print(&Plan::new(scenario, &a, args.budget, &info).text());
    }
    super::print(&(Common::heading(scenario, &info) + &to_text(&a)))
}

fn lowered(j: &Judged) -> String {
    let of = &j.relative;
    format!("{} [{}, {}]", percent(of.estimate), percent(of.low), percent(of.high))
}

/// Rows of what a lever or a pillar costs and brings.
fn part_row(name: &str, a: &Advice, p: &Part) -> Vec<String> {
    let of = |v: f64| percent(v / a.nothing);
    vec![
        cut(name, 28),
        pounds(p.cost.set_up),
        pounds(p.cost.yearly),
        format!("{} [{}, {}]", of(p.benefit.estimate), of(p.benefit.low), of(p.benefit.high)),
        p.cost_for_each(a.incidents()).map_or("–".into(), pounds),
    ]
}

fn to_text(a: &Advice) -> String {
    let mut out = String::new();
    for sentence in verdict::investment::sentences(a) {
        out += &wrap(&sentence, 0);
    }
    if !a.parts.is_empty() {
        out += "\nwhat each part of it brings on top of the others\n";
        let mut rows =
            vec![["", "set-up", "a year", "lowers by [95 %]", "£ for each"].map(String::from).to_vec()];
        rows.extend(a.parts.iter().map(|p| part_row(&a.problem.levers[p.levers[0]].name, a, p)));
        if a.pillars.len() > 1 || a.parts.len() > 1 {
            rows.extend(
                a.pillars.iter().map(|(pillar, p)| part_row(&format!("pillar: {}", pillar.label()), a, p)),
            );
        }
        out += &table(&rows);
        out += &wrap(
            &format!(
                "£ for each: cost {} for each {} averted {}; – where none is shown to be averted. All of it averts {} on top of what is followed in each incident, for {}.",
                over(a.years),
                a.aim.one(),
                verdict::investment::in_that_time(a),
                number(a.bought.benefit.estimate),
                pounds(a.bought.total)
            ),
            0,
        );
    }
    out += &format!(
        "\nroadmap to {}, the budget in equal parts by year\n",
        a.roadmap.last().map_or(0, |y| y.year)
    );
    let mut rows = vec![["year", "buy", "set-up", "running", "lowered by then"].map(String::from).to_vec()];
    for y in &a.roadmap {
        let mut lines: Vec<String> = y
            .bought
            .iter()
            .map(|(l, share)| {
                let name = &a.problem.levers[*l].name;
                if *share < 1.0 { format!("{name} ({})", percent(*share)) } else { name.clone() }
            })
            .collect();
        if lines.is_empty() {
            lines.push(
                if y.state.choice == a.best.choice { "nothing more" } else { "save for next year" }.into(),
            );
        }
        for (n, line) in lines.into_iter().enumerate() {
            let first = |text: String| if n == 0 { text } else { String::new() };
            rows.push(vec![
                first(y.year.to_string()),
                cut(&line, 38),
                first(pounds(y.set_up)),
                first(pounds(y.running)),
                first(percent(y.state.relative.estimate)),
            ]);
        }
    }
    out += &table(&rows);
    let paid: f64 = a.roadmap.iter().map(|y| y.set_up + y.running).sum();
    out += &wrap(
        &format!(
            "In all {}, {} at present value (discounted at {} a year); all of it bought at the beginning {}, {} at present value.",
            pounds(paid),
            pounds(a.road_present_value()),
            percent(a.discount),
            pounds(a.best.total),
            pounds(a.best.present_value)
        ),
        0,
    );
    out += &format!("\nfor rising budgets: {} lowered by [95 %]\n", a.aim.label());
    let mut rows = vec![["budget", "cost", "lowered by", "better in"].map(String::from).to_vec()];
    for (budget, j) in &a.frontier {
        rows.push(vec![pounds(*budget), pounds(j.total), lowered(j), short_wins(&j.wins)]);
    }
    out += &table(&rows);
    for (budget, j) in &a.frontier {
        out += &wrap(&format!("{}: {}", pounds(*budget), choice_in_words(&a.problem, &j.choice)), 2);
    }
    if !a.rivals.is_empty() {
        out += "\nnot shown to be worse by 2 % of today’s value, the cheapest first\n";
        for j in &a.rivals {
            let words = choice_in_words(&a.problem, &j.choice);
            out += &wrap(&format!("{} ({}): {words}", pounds(j.total), lowered(j)), 2);
        }
    }
    if !a.idle.is_empty() {
        let names: Vec<&str> = a.idle.iter().map(|l| a.problem.levers[*l].name.as_str()).collect();
        out += &format!(
            "\n{}",
            wrap(&format!("Changes nothing here, and was not tried further: {}.", names.join(", ")), 0)
        );
    }
    out + "\nBudget and cost: set-up, and running in all years, as if all of it were bought\nat the beginning. Judged on runs that the search has not seen.\n"
}
