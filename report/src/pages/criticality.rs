//! What hurts most when it is lost.

use std::collections::BTreeSet;

use resus_engine::catalogue::kinds::{RecordKind, ServiceKind};
use resus_engine::scenario::Scenario;
use resus_engine::scenario::bundled::WEIGHTINGS;
use resus_engine::study::criticality::{CLASSES, Criticality, LASTS, MATTERS, SURE};
use resus_engine::study::portfolio::FeltInAYear;

use super::closing;
use crate::chart;
use crate::format::{number, percent, rate, whole};
use crate::{Cell, Column, Report, RunInfo, Section, Table, verdict};

/// Unit of harm in CSV.
const INDEX: &str = "index";
/// Organisations of which it is told what they feel in a year.
const FELT: usize = 100;
/// Rows of the heat map.
const HOTTEST: usize = 16;

/// A length of time in words.
pub(crate) fn lasts(hours: u32) -> String {
    match hours {
        168 => "a week".into(),
        h => format!("{h} h"),
    }
}

/// The report.
pub fn criticality(scenario: &Scenario, c: &Criticality, run: &RunInfo) -> Report {
    let e = &scenario.estate;
    let mut sections = vec![heat(scenario, c)];
    for (class, name) in CLASSES.iter().enumerate() {
        let mut table = Table::new(format!("Loss of {name}"), &["what is lost"]);
        for h in LASTS {
            table.columns.push(Column::interval(format!("harm, {}", lasts(h)), INDEX));
        }
        table.columns.extend([
            Column::number("harm of a theft of records", INDEX).named("records"),
            Column::number("felt by (organisations)", "organisations").named("felt by"),
            Column::number("days to clear, 72 h", "days"),
            Column::number("days to clear, a week", "days"),
        ]);
        for l in c.leaders.iter().filter(|l| l.target.class() == class) {
            let harm = l.hurt.iter().map(|h| {
                Cell::interval(
                    &h.harm,
                    format!(
                        "{} [{} to {}]",
                        number(h.harm.estimate),
                        number(h.harm.low),
                        number(h.harm.high)
                    ),
                )
            });
            let days = |n: usize| {
                let h = &l.hurt[n];
                let past =
                    if h.open > 0.0 { format!(" ({} past the end)", percent(h.open)) } else { String::new() };
                Cell::of(h.backlog, format!("{:.1}{past}", h.backlog))
            };
            let felt = l.hurt[2].organisations;
            table.row(std::iter::once(Cell::text(l.target.name(e))).chain(harm).chain([
                Cell::of(l.holding.harm, number(l.holding.harm)),
                Cell::of(felt, format!("{felt:.0}")),
                days(2),
                days(3),
            ]));
        }
        if !table.rows.is_empty() {
            sections.push(Section {
                id: format!("lost-{name}"),
                title: format!("Which {name} hurt most"),
                text: vec!["Harm-weighted contacts with their 95 % intervals; nobody attacks, people only keep care going on paper, by diversion and at neighbours; all is back at once at the end. Records: the harm to be expected of a theft there, of as many records as crews take; ranked by 72 hours and records together.".into()],
                tables: vec![table],
                ..Section::default()
            });
        }
    }
    sections.push(holders(scenario, c));
    sections.push(reweighted(scenario, c));
    sections.push(chosen(scenario, c));
    sections.push(markets(scenario, c));
    sections.extend(closing(scenario, run));
    Report {
        board: Some(board(scenario, c, run)),
        bar: run.bar(),
        title: "What hurts most when it is lost".into(),
        subtitle: run.line(scenario),
        verdict: verdict::criticality::sentences(c, e),
        sections,
    }
}

/// Who feels what the scenarios of a portfolio bring in a year.
pub fn felt_in_a_year(scenario: &Scenario, felt: &[FeltInAYear]) -> Section {
    let e = &scenario.estate;
    let mut table = Table::new(
        "Expected in a year, as things stand, the most harm first",
        [
            Column::text("organisation"),
            Column::text("kind"),
            Column::number("times disturbed", "times a year"),
            Column::number("harm", INDEX),
            Column::number("service-days lost", "days"),
        ],
    );
    for f in felt.iter().take(FELT) {
        let org = e.org(f.organisation);
        table.row([
            Cell::text(&org.name),
            Cell::text(org.kind.label()),
            Cell::of(f.times, rate(f.times)),
            Cell::number(f.harm),
            Cell::number(f.service_days),
        ]);
    }
    Section {
        id: "felt-in-a-year".into(),
        title: "Who feels a year".into(),
        text: vec![format!(
            "What the portfolio’s scenarios bring to {} organisations, each weighted by how often it comes; the first {} are shown. Harm is of care that was due there and of records \
             that were taken there: of a supplier’s loss it stands with its customers. What follows asks instead what each loss would do if it came.",
            felt.len(),
            table.rows.len()
        )],
        tables: vec![table],
        ..Section::default()
    }
}

fn board(scenario: &Scenario, c: &Criticality, run: &RunInfo) -> crate::Board {
    let e = &scenario.estate;
    let mut board = verdict::board::criticality(c, e);
    if let Some(worst) = verdict::board::worst(c) {
        let name = worst.target.name(e);
        let h = &worst.hurt[2];
        let risk = &mut board.risk;
        risk.cause = format!("Whatever takes {name} away: an attack, a failure, a dispute");
        risk.event = format!("{name} is lost for {}", lasts(LASTS[2]));
        risk.impact = format!(
            "{} harm-weighted contacts [{} to {}]; {:.0} organisations feel it; nobody waits any more after {:.0} days",
            number(h.harm.estimate),
            number(h.harm.low),
            number(h.harm.high),
            h.organisations,
            h.backlog
        );
        run.own.fill(risk, Some(f64::from(LASTS[2])), None);
    }
    board.basis = verdict::board::basis(scenario, &run.replicates, verdict::board::OF_RUNS);
    board
}

fn heat(scenario: &Scenario, c: &Criticality) -> Section {
    let e = &scenario.estate;
    // Organisations and suppliers as a whole: rows of one kind.
    let rows: Vec<_> = c.leaders.iter().filter(|l| matches!(l.target.class(), 1 | 3)).take(HOTTEST).collect();
    let kinds: BTreeSet<ServiceKind> =
        rows.iter().flat_map(|l| l.by_service.iter().filter(|(_, h)| **h >= 1.0).map(|(k, _)| *k)).collect();
    let columns: Vec<String> = kinds.iter().map(|k| k.label().to_owned()).collect();
    let data: Vec<(String, Vec<f64>)> = rows
        .iter()
        .map(|l| {
            (l.target.name(e), kinds.iter().map(|k| l.by_service.get(k).copied().unwrap_or(0.0)).collect())
        })
        .collect();
    let mut table =
        Table::new("Harm by service when an organisation or supplier is lost for 72 hours", &["lost"]);
    table.columns.extend(columns.iter().map(|c| Column::number(c.clone(), INDEX)));
    for (name, values) in &data {
        table.row(
            std::iter::once(Cell::text(name.clone())).chain(values.iter().map(|v| Cell::of(*v, whole(*v)))),
        );
    }
    Section {
        id: "heat".into(),
        title: "Where patients feel it".into(),
        text: vec!["Rows: what is lost for three days. Columns: the care that suffers, wherever it is given. Darker is worse; cells below one are left empty.".into()],
        charts: vec![chart::heat("c-heat", "Harm by what is lost and which care suffers", "harm-weighted contacts, mean, loss of 72 hours", &columns, &data)],
        tables: vec![table],
    }
}

fn holders(scenario: &Scenario, c: &Criticality) -> Section {
    let mut table = Table::new("Who holds what of people", &["who"]);
    table.columns.push(Column::number("people", "records"));
    table.columns.extend(RecordKind::ALL.iter().map(|k| Column::number(k.label(), "records")));
    table.columns.push(Column::number("harm of a theft", INDEX));
    for (target, held) in &c.holders {
        let count = |n: f64| Cell::of(n, number(n));
        let name = std::iter::once(Cell::text(target.name(&scenario.estate)));
        let kinds = held.by_kind.iter().map(|n| count(*n));
        table.row(name.chain([count(held.people)]).chain(kinds).chain([count(held.harm)]));
    }
    Section {
        id: "holders".into(),
        title: "What is known of people, and where".into(),
        text: vec!["Of how many people each kind of record is held, and the harm to be expected of a theft: as much is taken as crews take on average, and published as often. What records weigh is for a board to set: the parameters harm.records and harm.records_….".into()],
        tables: vec![table],
        ..Section::default()
    }
}

fn reweighted(scenario: &Scenario, c: &Criticality) -> Section {
    let mut table = Table::new("Places under other weights of harm", &["class", "what is lost"]);
    table.columns.push(Column::number("as set", "place"));
    table.columns.extend(WEIGHTINGS.iter().map(|w| Column::number(w.0, "place")));
    for r in &c.reweighted {
        let names = [CLASSES[r.target.class()].to_owned(), r.target.name(&scenario.estate)];
        let places = r.rank.iter().map(|p| Cell::of(*p as f64, p.to_string()));
        table.row(names.into_iter().map(Cell::text).chain(places));
    }
    let about: Vec<String> = WEIGHTINGS.iter().map(|w| format!("{}: {}", w.0, w.1)).collect();
    Section {
        id: "weights".into(),
        title: "What if other things counted".into(),
        text: vec![format!(
            "The same losses under other published or stakeholders’ weights of harm ({}); places among all of a class that passed the first screening. “--set weights=NAME” takes a weighting for any command.",
            about.join("; ")
        )],
        tables: vec![table],
        ..Section::default()
    }
}

fn chosen(scenario: &Scenario, c: &Criticality) -> Section {
    let e = &scenario.estate;
    let mut table = Table::new(
        "Selection of the worst at 72 hours, by class",
        [
            Column::text("class"),
            Column::text("selected"),
            Column::text("cannot be told from it"),
            Column::number("candidates simulated", "candidates"),
            Column::number("most runs of one", "runs"),
        ],
    );
    for (of, s) in &c.selections {
        let others: Vec<String> =
            s.survivors.iter().filter(|i| **i != s.best).map(|i| of[*i].name(e)).collect();
        table.row([
            Cell::text(CLASSES[of[0].class()]),
            Cell::text(of[s.best].name(e)),
            Cell::text(if others.is_empty() { "none".into() } else { others.join("; ") }),
            Cell::of(of.len() as f64, of.len().to_string()),
            Cell::of(
                s.taken.iter().max().copied().unwrap_or(0) as f64,
                s.taken.iter().max().copied().unwrap_or(0).to_string(),
            ),
        ]);
    }
    Section {
        id: "selection".into(),
        title: "How sure the ranking is".into(),
        text: vec![format!(
            "{} candidates were screened by what the estate’s dependencies say at once, then by a few runs; the leaders of each class were simulated until the worst stood \
             alone (the sequential procedure of Kim and Nelson). When the worst leads by {} of its harm, it is selected with a probability of at least {}. What the \
             screening dropped is outside that statement.",
            c.candidates,
            percent(MATTERS),
            percent(SURE)
        )],
        tables: vec![table],
        ..Section::default()
    }
}

fn markets(scenario: &Scenario, c: &Criticality) -> Section {
    let e = &scenario.estate;
    let mut table = Table::new(
        "Platforms by how much of the care that needs one hangs on whom",
        [
            Column::text("platform"),
            Column::number("concentration (HHI)", "index from 0 to 1").named("concentration, HHI"),
            Column::text("largest"),
            Column::number("share", "share of care").named("share of the largest"),
            Column::text("second"),
            Column::number("share", "share of care").named("share of the second"),
        ],
    );
    for m in &c.markets {
        let name =
            |n: usize| m.shares.get(n).map_or("", |(host, _)| verdict::criticality::host_in_words(*host, e));
        let share = |n: usize| m.shares.get(n).map_or(Cell::text(""), |s| Cell::percent(s.1));
        table.row([
            Cell::text(m.platform.label()),
            Cell::of(m.concentration, format!("{:.2}", m.concentration)),
            Cell::text(name(0)),
            share(0),
            Cell::text(name(1)),
            share(1),
        ]);
    }
    Section {
        id: "suppliers".into(),
        title: "Concentration of suppliers".into(),
        text: vec!["The Herfindahl–Hirschman index is the sum of squared shares: 1 is one supplier for all, above 0.25 is highly concentrated. Who runs a platform of one’s own counts as one more supplier.".into()],
        tables: vec![table],
        ..Section::default()
    }
}
