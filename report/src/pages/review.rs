//! The after-action report of an exercise, and its improvement plan.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::exercise::journal::Rating;
use resus_engine::exercise::review::Judged;
use resus_engine::exercise::session::{LogEvent, Session};
use resus_engine::sim::core::record::Record;

use super::closing;
use crate::chart::{self, Difference};
use crate::format::{better_in, in_runs_of, number};
use crate::session_words::{clock, course, log_line};
use crate::{Cell, Column, Report, RunInfo, Section, Table, verdict};

const DIFFERENCE: &str = "difference from no decision";

/// What became of one branch, when everybody follows the playbook after its end.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Name of the branch, and of the session where several are compared.
    pub name: String,
    /// Outcomes at the end of the scenario.
    pub record: Record,
    /// Decisions in it, in words.
    pub decisions: String,
}

/// The report.
pub fn review(session: &Session, judged: &[Judged], endings: &[Ending], run: &RunInfo) -> Report {
    let x = session.exercise();
    let mut sections = vec![];
    for j in judged {
        sections.push(decision(session, j));
    }
    sections.push(objectives(session));
    sections.push(improvement(session));
    if endings.len() > 1 {
        sections.push(branches(endings));
    }
    sections.push(timeline(session));
    let mut end = closing(session.scenario(), run);
    end[0].text.insert(
        1,
        format!(
            "A decision’s worth is what it changed in harm over many futures of its moment: for {} hours nothing else is ordered, then organisations follow the \
             playbook. It judges the decision by what could be expected, not by what happened to follow.",
            resus_engine::exercise::forecast::HANDS_OFF / 60
        ),
    );
    sections.extend(end);
    Report {
        board: None,
        bar: run.bar(),
        title: "After-action report and improvement plan".into(),
        subtitle: format!("{} · {} · aim: {}", session.scenario().title, session.branch().name, x.aim),
        verdict: verdict::review::sentences(session, judged),
        sections,
    }
}

fn decision(session: &Session, j: &Judged) -> Section {
    let x = session.exercise();
    let q = &x.questions[j.question];
    let mut table = Table::new(
        format!("What each answer could have led to: {}", q.text),
        [
            Column::text("answer"),
            Column::text("taken"),
            Column::number("harm, mean", Outcome::Harm.unit()),
            Column::number(DIFFERENCE, Outcome::Harm.unit()),
            Column::range("95 % interval", Column::ends(DIFFERENCE), Outcome::Harm.unit()),
            Column::number("better", "share of futures with ties half"),
        ],
    );
    for (k, o) in j.outlooks.iter().enumerate() {
        table.row([
            Cell::text(course(q, o.option)),
            Cell::text(if k == j.option + 1 { "taken" } else { "" }),
            Cell::number(o.harm),
            Cell::signed(o.difference.estimate),
            Cell::range(o.difference.low, o.difference.high),
            Cell::of(o.wins.share(), in_runs_of(&o.wins)),
        ]);
    }
    let rows: Vec<Difference> = j
        .outlooks
        .iter()
        .enumerate()
        .skip(1)
        .map(|(k, o)| Difference {
            label: format!("{}{}", if k == j.option + 1 { "✓ " } else { "" }, course(q, o.option)),
            estimate: o.difference.estimate,
            low: o.difference.low,
            high: o.difference.high,
            note: better_in(&o.wins),
        })
        .collect();
    let opened = clock(session, j.times.0);
    let waited = j.times.1 - j.times.0;
    let delay = match j.delay {
        Some(d) => format!(
            " Taken at once it would have done {} [{} to {}] less harm.",
            number(d.estimate),
            number(d.low),
            number(d.high)
        ),
        None => String::new(),
    };
    Section {
        id: format!("decision-{}", q.id),
        title: format!("Decision: {}", q.text),
        text: vec![format!(
            "Asked of {} at {opened}, answered after {waited} minutes: “{}”.{delay}",
            x.teams[q.to].name, q.options[j.option].text
        )],
        charts: vec![chart::forest(
            &format!("c-{}", q.id),
            &format!("Difference in harm from no decision: {}", q.text),
            "harm-weighted contacts",
            &rows,
        )],
        tables: vec![table],
    }
}

fn objectives(session: &Session) -> Section {
    let x = session.exercise();
    let mut table = Table::new(
        "Objectives, rated by evaluators",
        &["objective", "pillar", "CAF outcome", "EPRR standard", "rating", "evidence"],
    );
    for (n, o) in x.objectives.iter().enumerate() {
        let rated: Vec<(Rating, &str)> = session
            .state()
            .log
            .iter()
            .filter_map(|t| match &t.what {
                LogEvent::Rated(of, rating, evidence) if *of == n => Some((*rating, evidence.as_str())),
                LogEvent::Rated(..)
                | LogEvent::Inject(..)
                | LogEvent::Opened(_)
                | LogEvent::Decided(..)
                | LogEvent::Ordered(..)
                | LogEvent::Noted(..)
                | LogEvent::World(_)
                | LogEvent::Ended => None,
            })
            .collect();
        let rating = rated.last().map_or("not rated", |r| r.0.label());
        let evidence: Vec<&str> = rated.iter().map(|r| r.1).filter(|e| !e.is_empty()).collect();
        table.row([
            Cell::text(&o.text),
            Cell::text(o.pillar.label()),
            Cell::text(&o.caf),
            Cell::text(&o.eprr),
            Cell::text(rating),
            Cell::text(evidence.join("; ")),
        ]);
    }
    Section {
        id: "objectives".into(),
        title: "Objectives".into(),
        text: vec!["Ratings by HSEEP: performed without challenges, with some, with major challenges, unable to be performed.".into()],
        tables: vec![table],
        ..Section::default()
    }
}

fn improvement(session: &Session) -> Section {
    let x = session.exercise();
    let mut table = Table::new(
        "Improvement plan",
        &["objective", "strength or area to improve", "action", "owner", "by when"],
    );
    for t in &session.state().log {
        match &t.what {
            LogEvent::Rated(o, rating, evidence) => {
                let kind = if *rating == Rating::Performed { "strength" } else { "to improve" };
                table.row([
                    Cell::text(&x.objectives[*o].id),
                    Cell::text(format!("{kind}: {evidence}")),
                    Cell::text(""),
                    Cell::text(""),
                    Cell::text(""),
                ]);
            }
            LogEvent::Noted(by, note) => {
                table.row([
                    Cell::text("general"),
                    Cell::text(format!("{by}: {note}")),
                    Cell::text(""),
                    Cell::text(""),
                    Cell::text(""),
                ]);
            }
            LogEvent::Inject(..)
            | LogEvent::Opened(_)
            | LogEvent::Decided(..)
            | LogEvent::Ordered(..)
            | LogEvent::World(_)
            | LogEvent::Ended => {}
        }
    }
    Section {
        id: "improvement".into(),
        title: "Strengths, areas to improve, actions".into(),
        text: vec!["From the ratings and notes of the day; actions, owners and dates are for the debrief to fill in.".into()],
        tables: vec![table],
        ..Section::default()
    }
}

fn branches(endings: &[Ending]) -> Section {
    let shown = [
        Outcome::Harm,
        Outcome::ContactsNotServed,
        Outcome::HostsEncrypted,
        Outcome::Recovery95,
        Outcome::CostTotal,
    ];
    let mut table = Table::new(
        "Branches and sessions side by side, at the end of the scenario",
        &["branch", "decisions"],
    );
    table.columns.extend(
        shown
            .iter()
            .map(|o| Column::number(format!("{} ({})", o.label(), o.unit()), o.unit()).named(o.label())),
    );
    for e in endings {
        let values = shown.iter().map(|o| e.record.get(*o).map_or(Cell::text("–"), Cell::number));
        table.row([Cell::text(&e.name), Cell::text(&e.decisions)].into_iter().chain(values));
    }
    Section {
        id: "branches".into(),
        title: "What else was tried".into(),
        text: vec!["One future each, the one with the session’s own luck: read it as a story, and the decisions above for what was to be expected.".into()],
        tables: vec![table],
        ..Section::default()
    }
}

fn timeline(session: &Session) -> Section {
    let mut table = Table::new("What happened, in order", &["time", "what"]);
    for (at, what) in session.state().log.iter().filter_map(|e| log_line(session, e)) {
        table.row([Cell::text(at), Cell::text(what)]);
    }
    Section {
        id: "timeline".into(),
        title: "Timeline".into(),
        text: vec![
            "Injects, questions, decisions and orders, and what was worth telling of the world.".into(),
        ],
        tables: vec![table],
        ..Section::default()
    }
}
