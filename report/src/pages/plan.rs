//! What to buy for a budget.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::scenario::Scenario;
use resus_engine::study::investment::{Advice, Judged};

use super::closing;
use crate::chart::{self, Bar};
use crate::format::{in_runs_of, number, percent, pounds};
use crate::verdict::{self, investment::set_in_words};
use crate::{Cell, Column, Report, RunInfo, Section, Table};

/// The report.
pub fn plan(scenario: &Scenario, a: &Advice, outcome: Outcome, budget: f64, run: &RunInfo) -> Report {
    let mut sections = vec![bought(a, outcome)];
    sections.push(frontier(a, outcome));
    sections.push(road(a, outcome));
    if !a.rivals.is_empty() {
        sections.push(rivals(a, outcome));
    }
    sections.extend(closing(scenario, run));
    Report {
        board: Some(board(scenario, a, outcome, run)),
        bar: run.bar(),
        title: format!("What to buy first for {}", pounds(budget)),
        subtitle: run.line(scenario),
        verdict: verdict::investment::sentences(a, outcome),
        sections,
    }
}

fn board(scenario: &Scenario, a: &Advice, outcome: Outcome, run: &RunInfo) -> crate::Board {
    let mut board = verdict::board::plan(a, outcome);
    board.risk = crate::Risk {
        impact: format!("As things stand: {} of {}, on average", number(a.nothing), outcome.label()),
        ..verdict::board::cause(scenario)
    };
    run.own.fill(&mut board.risk, None, None);
    board.risk.residual =
        format!("with what is bought: {} of {}, on average", number(a.best.mean), outcome.label());
    board.basis = verdict::board::basis(scenario, &run.replicates);
    board
}

fn benefit(j: &Judged) -> [Cell; 2] {
    let b = &j.relative;
    let shown = format!("{} [{} to {}]", percent(b.estimate), percent(b.low), percent(b.high));
    [Cell::interval(b, shown), Cell::of(j.wins.share(), in_runs_of(&j.wins))]
}

/// Columns of [`benefit`], the first headed so.
fn benefits(head: &str, outcome: Outcome) -> [Column; 2] {
    [
        Column::interval(head, "share of today’s value").named(&format!("{} lowered", outcome.label())),
        Column::number("better", "share of runs with ties half"),
    ]
}

fn bought(a: &Advice, outcome: Outcome) -> Section {
    let mut table = Table::new(
        "The set to buy",
        [Column::text("lever"), Column::text("pillar"), Column::number("reaches", "share of organisations")],
    );
    for ((_, name, pillar), step) in a.problem.levers.iter().zip(&a.best.choice) {
        if *step > 0 {
            let share = f64::from(*step) / f64::from(resus_engine::study::investment::STEPS);
            table.row([
                Cell::text(name),
                Cell::text(*pillar),
                Cell::of(share, format!("{} of organisations", percent(share))),
            ]);
        }
    }
    Section {
        id: "set".into(),
        title: "What to buy".into(),
        text: vec![format!(
            "It costs {} to set up and run for the first year, and {} each year after. Without it the mean of {} is {}; with it {}. The search tried {} sets; what is \
             reported comes from runs that it had not seen.",
            pounds(a.best.cost),
            pounds(a.problem.yearly(&a.best.choice)),
            outcome.label(),
            number(a.nothing),
            number(a.best.mean),
            a.tried
        )],
        tables: vec![table],
        ..Section::default()
    }
}

fn frontier(a: &Advice, outcome: Outcome) -> Section {
    let mut table = Table::new(
        "Best sets found for rising budgets",
        [Column::number("budget", "£"), Column::number("cost", "£")]
            .into_iter()
            .chain(benefits("lowers it by", outcome))
            .chain([Column::text("set")]),
    );
    let mut points: Vec<(f64, Bar)> = vec![];
    for (budget, j) in &a.frontier {
        let [lower, better] = benefit(j);
        table.row([
            Cell::pounds(*budget),
            Cell::pounds(j.cost),
            lower.clone(),
            better,
            Cell::text(set_in_words(&a.problem, &j.choice)),
        ]);
        let bar = Bar {
            label: String::new(),
            estimate: j.relative.estimate,
            low: j.relative.low,
            high: j.relative.high,
            note: lower.shown,
        };
        if points.last().is_none_or(|p| (p.0 - j.cost).abs() > 1.0) {
            points.push((j.cost, bar));
        }
    }
    let next = a.next_pound.map_or(
        "Beyond the budget the search finds nothing more worth buying.".to_owned(),
        |n| {
            format!(
                "Beyond the budget, each further £100,000 lowers it by {} [{} to {}] of today’s value.",
                percent(n.estimate / a.nothing),
                percent(n.low / a.nothing),
                percent(n.high / a.nothing)
            )
        },
    );
    Section {
        id: "frontier".into(),
        title: "More or less money".into(),
        text: vec![next],
        charts: vec![chart::frontier(
            "c-frontier",
            "Benefit by money spent",
            ("spent on set-up and the first year", &format!("{} lowered by", outcome.label())),
            &points,
            percent,
            pounds,
        )],
        tables: vec![table],
    }
}

fn road(a: &Advice, outcome: Outcome) -> Section {
    let mut table = Table::new(
        "Year by year, the budget in equal parts",
        [
            Column::text("year"),
            Column::text("buy"),
            Column::number("spend", "£"),
            Column::number("running costs", "£ a year"),
        ]
        .into_iter()
        .chain(benefits("lowered by then", outcome)),
    );
    for y in &a.roadmap {
        let list: Vec<String> = y
            .bought
            .iter()
            .map(|(l, share)| {
                if *share < 1.0 {
                    format!("{} ({} of organisations)", a.problem.levers[*l].1, percent(*share))
                } else {
                    a.problem.levers[*l].1.clone()
                }
            })
            .collect();
        let list = if list.is_empty() { "save for next year".into() } else { list.join(", ") };
        let [lower, better] = benefit(&y.state);
        table.row([
            Cell::text(y.year.to_string()),
            Cell::text(list),
            Cell::pounds(y.spent),
            Cell::pounds(y.running),
            lower,
            better,
        ]);
    }
    Section {
        id: "roadmap".into(),
        title: "A roadmap".into(),
        text: vec!["Each year takes what brings most for each pound on top of what is there; what is not spent is kept. Running costs of earlier years come on top of the budget.".into()],
        tables: vec![table],
        ..Section::default()
    }
}

fn rivals(a: &Advice, outcome: Outcome) -> Section {
    let mut table = Table::new(
        "Sets that cannot be told from the best",
        [Column::text("set"), Column::number("cost", "£")]
            .into_iter()
            .chain(benefits("lowers it by", outcome)),
    );
    for j in &a.rivals {
        let [lower, better] = benefit(j);
        table.row([Cell::text(set_in_words(&a.problem, &j.choice)), Cell::pounds(j.cost), lower, better]);
    }
    Section {
        id: "rivals".into(),
        title: "Just as good, as far as can be told".into(),
        text: vec![
            "Choose among these by what the simulation does not know: people, contracts, timing.".into(),
        ],
        tables: vec![table],
        ..Section::default()
    }
}
