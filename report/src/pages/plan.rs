//! What to buy for a budget.

use resus_engine::scenario::Scenario;
use resus_engine::study::investment::{Advice, Judged, Part, STEPS};

use super::closing;
use crate::chart::{self, Bar};
use crate::format::{in_runs_of, number, percent, pounds};
use crate::verdict;
use crate::verdict::investment::{choice_in_words, in_that_time, over, response_in_words};
use crate::{Cell, Column, Report, RunInfo, Section, Table};

/// The report.
pub fn plan(scenario: &Scenario, a: &Advice, budget: f64, run: &RunInfo) -> Report {
    let mut sections = vec![bought(a)];
    if !a.parts.is_empty() {
        sections.push(parts(a));
    }
    sections.push(road(a));
    sections.push(frontier(a));
    if !a.rivals.is_empty() {
        sections.push(rivals(a));
    }
    sections.extend(closing(scenario, run));
    Report {
        board: Some(board(scenario, a, run)),
        bar: run.bar(),
        title: format!("What to buy first for {}", pounds(budget)),
        subtitle: run.line(scenario),
        verdict: verdict::investment::sentences(a),
        sections,
    }
}

fn board(scenario: &Scenario, a: &Advice, run: &RunInfo) -> crate::Board {
    let mut board = verdict::board::plan(a);
    board.risk = crate::Risk {
        impact: format!("As things stand: {} of {}, on average", number(a.nothing), a.aim.label()),
        ..verdict::board::cause(scenario)
    };
    run.own.fill(&mut board.risk, None, None);
    board.risk.residual =
        format!("with what is bought and followed: {} of {}, on average", number(a.best.mean), a.aim.label());
    board.basis = verdict::board::basis(scenario, &run.replicates, verdict::board::OF_RUNS);
    board
}

fn benefit(j: &Judged) -> [Cell; 2] {
    let b = &j.relative;
    let shown = format!("{} [{} to {}]", percent(b.estimate), percent(b.low), percent(b.high));
    [Cell::interval(b, shown), Cell::of(j.wins.share(), in_runs_of(&j.wins))]
}

/// Columns of [`benefit`], the first headed so.
fn benefits(a: &Advice, head: &str) -> [Column; 2] {
    [
        Column::interval(head, "share of today’s value").named(&format!("{} lowered", a.aim.label())),
        Column::number("better", "share of runs with ties half"),
    ]
}

fn bought(a: &Advice) -> Section {
    let mut table = Table::new(
        "The set to buy",
        [Column::text("lever"), Column::text("pillar"), Column::number("reaches", "share of organisations")],
    );
    for (lever, step) in a.problem.levers.iter().zip(&a.best.choice.uptake) {
        if *step > 0 {
            let share = f64::from(*step) / f64::from(STEPS);
            table.row([
                Cell::text(&lever.name),
                Cell::text(lever.pillar.label()),
                Cell::of(share, format!("{} of organisations", percent(share))),
            ]);
        }
    }
    let mut text = vec![format!(
        "It costs {} to set up and {} each year: {} {}, {} at present value (discounted at {} a year). Without it the mean of {} is {}; with it {}. The search tried \
         {} sets; what is reported comes from runs that it had not seen.",
        pounds(a.best.cost.set_up),
        pounds(a.best.cost.yearly),
        pounds(a.best.total),
        over(a.years),
        pounds(a.best.present_value),
        percent(a.discount),
        a.aim.label(),
        number(a.nothing),
        number(a.best.mean),
        a.tried
    )];
    if let Some(response) = response_in_words(&a.problem, &a.best.choice) {
        text.push(format!(
            "In an incident {response}: that costs nothing, and is no merit of what is bought. Alone it lowers {} by {}; what is bought does alone by {}.",
            a.aim.label(),
            percent(a.response.relative.estimate),
            percent(a.levers.relative.estimate)
        ));
    }
    if !a.idle.is_empty() {
        let names: Vec<&str> = a.idle.iter().map(|l| a.problem.levers[*l].name.as_str()).collect();
        text.push(format!("Changes nothing here and was not tried further: {}.", names.join(", ")));
    }
    Section { id: "set".into(), title: "What to buy".into(), text, tables: vec![table], ..Section::default() }
}

/// What each lever of the set and each pillar brings, and for how much.
fn parts(a: &Advice) -> Section {
    let columns = |head: &str| {
        [
            Column::text(head),
            Column::number("set-up", "£"),
            Column::number("each year", "£ a year"),
            Column::number("over all years", "£"),
            Column::interval("brings on top of the others", a.aim.unit()),
            Column::number("cost of each unit averted", "£"),
        ]
    };
    let row = |name: &str, p: &Part| {
        let b = &p.benefit;
        let each = p.cost_for_each(a.incidents());
        [
            Cell::text(name),
            Cell::pounds(p.cost.set_up),
            Cell::pounds(p.cost.yearly),
            Cell::pounds(p.total),
            Cell::interval(b, format!("{} [{} to {}]", number(b.estimate), number(b.low), number(b.high))),
            each.map_or(Cell::text("not shown"), Cell::pounds),
        ]
    };
    let mut levers = Table::new("Each lever of the set, on top of all the others", columns("lever"));
    for p in &a.parts {
        levers.row(row(&a.problem.levers[p.levers[0]].name, p));
    }
    let mut pillars = Table::new("Each pillar’s levers of the set together", columns("pillar"));
    for (pillar, p) in &a.pillars {
        pillars.row(row(pillar.label(), p));
    }
    Section {
        id: "parts".into(),
        title: "What each part brings, and for how much".into(),
        text: vec![format!(
            "By how much less {} is lowered when one lever, or all of a pillar, is left out of the set. What does the same work as another brings little on top of it. The cost of each unit \
             averted is that {} by what it lowers {}.",
            a.aim.label(),
            over(a.years),
            in_that_time(a)
        )],
        tables: vec![levers, pillars],
        ..Section::default()
    }
}

fn frontier(a: &Advice) -> Section {
    let mut table = Table::new(
        "Best sets found for rising budgets",
        [Column::number("budget", "£"), Column::number("cost", "£")]
            .into_iter()
            .chain(benefits(a, "lowers it by"))
            .chain([Column::text("set")]),
    );
    let mut points: Vec<(f64, Bar)> = vec![];
    for (budget, j) in &a.frontier {
        let [lower, better] = benefit(j);
        table.row([
            Cell::pounds(*budget),
            Cell::pounds(j.total),
            lower.clone(),
            better,
            Cell::text(choice_in_words(&a.problem, &j.choice)),
        ]);
        let bar = Bar {
            label: String::new(),
            estimate: j.relative.estimate,
            low: j.relative.low,
            high: j.relative.high,
            note: lower.shown,
        };
        if points.last().is_none_or(|p| (p.0 - j.total).abs() > 1.0) {
            points.push((j.total, bar));
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
            (&format!("spent {}", over(a.years)), &format!("{} lowered by", a.aim.label())),
            &points,
            percent,
            pounds,
        )],
        tables: vec![table],
    }
}

fn road(a: &Advice) -> Section {
    let mut table = Table::new(
        "Year by year, the budget in equal parts",
        [
            Column::text("year"),
            Column::text("buy"),
            Column::number("set-up", "£"),
            Column::number("running costs", "£ a year"),
        ]
        .into_iter()
        .chain(benefits(a, "lowered by then")),
    );
    for y in &a.roadmap {
        let list: Vec<String> = y
            .bought
            .iter()
            .map(|(l, share)| {
                if *share < 1.0 {
                    format!("{} ({} of organisations)", a.problem.levers[*l].name, percent(*share))
                } else {
                    a.problem.levers[*l].name.clone()
                }
            })
            .collect();
        let list = if list.is_empty() { "save for next year".into() } else { list.join(", ") };
        let [lower, better] = benefit(&y.state);
        table.row([
            Cell::text(y.year.to_string()),
            Cell::text(list),
            Cell::pounds(y.set_up),
            Cell::pounds(y.running),
            lower,
            better,
        ]);
    }
    Section {
        id: "roadmap".into(),
        title: "A roadmap".into(),
        text: vec![format!(
            "The same set, bought as the budget comes in equal parts: each year takes what brings most for each pound on top of what is there, running costs included; what is not spent is kept. \
             In all {}, {} at present value.",
            pounds(a.roadmap.iter().map(|y| y.set_up + y.running).sum()),
            pounds(a.road_present_value())
        )],
        tables: vec![table],
        ..Section::default()
    }
}

fn rivals(a: &Advice) -> Section {
    let mut table = Table::new(
        "Sets that are not shown to be worse than the best",
        [Column::text("set"), Column::number("cost", "£")].into_iter().chain(benefits(a, "lowers it by")),
    );
    for j in &a.rivals {
        let [lower, better] = benefit(j);
        table.row([Cell::text(choice_in_words(&a.problem, &j.choice)), Cell::pounds(j.total), lower, better]);
    }
    Section {
        id: "rivals".into(),
        title: "Just as good, as far as can be told".into(),
        text: vec![format!(
            "Choose among these by what the simulation does not know: people, contracts, timing. {} in all; the cheapest are listed.",
            a.ties
        )],
        tables: vec![table],
        ..Section::default()
    }
}
