//! The commands of an exercise, one a line: typed at the console's prompt, or kept in a file that plays an exercise without a terminal.

use resus_engine::catalogue::action::{ActionKind, Target};
use resus_engine::catalogue::kinds::AssetKind;
use resus_engine::exercise::forecast::of_question;
use resus_engine::exercise::journal::{Command, Rating};
use resus_engine::exercise::session::{Next, Session, UserError};
use resus_engine::source::{did_you_mean, suggest};
use resus_engine::units::{Quantity as _, SimDuration};
use resus_report::session_words;

use super::words;
use crate::table::wrap;

/// What can be typed, with a word on each.
pub const HELP: [(&str, &str); 18] = [
    ("next [event|inject|decision]", "go on to the next thing worth telling"),
    ("advance 2h", "go on for a time of the exercise"),
    ("end", "go on to the end"),
    ("decide QUESTION OPTION [reason]", "answer an open question"),
    ("order TEAM ORGANISATION ACTION [KIND|All]", "order something that nobody asked about"),
    ("release N", "give inject N now"),
    ("hold N", "hold inject N back"),
    ("note BY text", "note something; BY is a function, not a name"),
    ("rate OBJECTIVE performed|some|major|unable evidence", "rate an objective"),
    ("forecast QUESTION [FORKS]", "what each answer may lead to"),
    ("board", "organisations and care, known and true"),
    ("view TEAM", "what a team knows: its organisations, and what it was told"),
    ("questions", "open questions"),
    ("injects", "injects still to come"),
    ("journal", "entries with their numbers"),
    ("branches", "branches"),
    ("branch NAME ENTRY", "go back to just after an entry, in a new branch"),
    ("switch NAME", "look at another branch"),
];

fn wrong<T>(what: impl Into<String>, help: impl Into<String>) -> Result<T, UserError> {
    Err(UserError { what: what.into(), help: help.into() })
}

fn action(name: &str) -> Result<ActionKind, UserError> {
    let names = || ActionKind::ALL.iter().map(|k| k.name());
    match ActionKind::ALL.iter().find(|k| k.name() == name) {
        Some(k) => Ok(*k),
        None => wrong(format!("no action '{name}'"), suggest(name, "actions are: ", names())),
    }
}

fn target(name: Option<&str>) -> Result<Target, UserError> {
    match name {
        None | Some("Affected") => Ok(Target::Affected),
        Some("All") => Ok(Target::All),
        Some("Clean") => Ok(Target::Clean),
        Some(name) => match AssetKind::ALL.iter().find(|k| k.name() == name) {
            Some(k) => Ok(Target::Kind(*k)),
            None => wrong(
                format!("no kind of system '{name}'"),
                "write Affected, Clean, All or a kind such as Endpoints",
            ),
        },
    }
}

/// Does one line; returns what to print. Empty lines and those that begin with # do nothing.
pub fn line(session: &mut Session, text: &str) -> Result<String, UserError> {
    let text = text.trim();
    if text.is_empty() || text.starts_with('#') {
        return Ok(String::new());
    }
    let mut parts = text.split_whitespace();
    let verb = parts.next().unwrap_or("");
    let list: Vec<&str> = parts.collect();
    let rest = |n: usize| list.get(n..).map_or(String::new(), |l| l.join(" "));
    let number = |n: usize| -> Result<u64, UserError> {
        match list.get(n).and_then(|t| t.parse().ok()) {
            Some(v) => Ok(v),
            None => wrong(format!("'{verb}' needs a number"), usage(verb)),
        }
    };
    let word = |n: usize| -> Result<String, UserError> {
        match list.get(n) {
            Some(w) => Ok((*w).to_owned()),
            None => wrong(format!("'{verb}' lacks something"), usage(verb)),
        }
    };
    let command = match verb {
        "next" => {
            let next = match list.first().copied() {
                None | Some("event") => Next::Event,
                Some("inject") => Next::Inject,
                Some("decision") => Next::Decision,
                Some(other) => return wrong(format!("no '{other}' to go on to"), usage(verb)),
            };
            Command::Advance { to: session.find(next) }
        }
        "advance" => match SimDuration::from_text(&rest(0)) {
            Ok(d) => Command::Advance { to: (session.state().now + d.get()).min(session.exercise().ends) },
            Err(e) => return wrong(e.to_string(), usage(verb)),
        },
        "end" => Command::Advance { to: session.exercise().ends },
        "decide" => Command::Decide { question: word(0)?, option: word(1)?, reason: rest(2) },
        "order" => Command::Order {
            team: word(0)?,
            organisation: word(1)?,
            action: action(&word(2)?)?,
            to: target(list.get(3).copied())?,
        },
        "release" => Command::Release { number: number(0)? as u32 },
        "hold" => Command::Hold { number: number(0)? as u32 },
        "note" => Command::Note { by: word(0)?, text: rest(1) },
        "rate" => {
            let rating = match word(1)?.as_str() {
                "performed" => Rating::Performed,
                "some" => Rating::Some,
                "major" => Rating::Major,
                "unable" => Rating::Unable,
                other => return wrong(format!("no rating '{other}'"), usage(verb)),
            };
            Command::Rate { objective: word(0)?, rating, evidence: rest(2) }
        }
        "branch" => Command::Branch { name: word(0)?, from: number(1)? },
        "switch" => Command::Switch { name: word(0)? },
        "forecast" => return forecast(session, &word(0)?, if list.len() > 1 { number(1)? } else { 200 }),
        "board" | "questions" | "injects" | "journal" => return Ok(show(session, verb)),
        "view" => {
            let id = word(0)?;
            let x = session.exercise();
            return match x.teams.iter().position(|t| t.id == id) {
                Some(team) => Ok(words::players_view(session, team)),
                None => wrong(format!("there is no team '{id}'"), usage(verb)),
            };
        }
        "branches" => {
            let list = session.branches().iter().map(|b| {
                let from = b.parent.map_or(String::new(), |(p, seq)| {
                    format!(", from entry {seq} of {}", session.branches()[p].name)
                });
                let here = if b.name == session.branch().name { " (here)" } else { "" };
                format!("{}{from}{here}\n", b.name)
            });
            return Ok(list.collect());
        }
        "help" => return Ok(HELP.iter().map(|(c, w)| wrap(&format!("{c}: {w}"), 2)).collect()),
        other => {
            let verbs = || HELP.iter().filter_map(|h| h.0.split_whitespace().next());
            let help = did_you_mean(other, verbs()).unwrap_or_else(|| "`help` lists what there is".into());
            return wrong(format!("no command '{other}'"), help);
        }
    };
    let moved = matches!(command, Command::Branch { .. } | Command::Switch { .. });
    let told = session.apply(command)?;
    if moved {
        return Ok(format!(
            "now in branch {} at {}\n",
            session.branch().name,
            session_words::clock(session, session.state().now)
        ));
    }
    Ok(words::log(session, &told))
}

/// What is to be seen of the session under one of the words that only show.
pub fn show(session: &Session, what: &str) -> String {
    match what {
        "board" => words::board_text(session, true),
        "questions" => questions(session),
        "injects" => injects(session),
        _ => journal(session),
    }
}

fn usage(verb: &str) -> String {
    let of = HELP.iter().find(|h| h.0.starts_with(verb));
    of.map_or("`help` lists what there is".into(), |h| format!("write: {}", h.0))
}

fn forecast(session: &Session, question: &str, forks: u64) -> Result<String, UserError> {
    let Some(q) = session.open_questions().find(|q| session.exercise().questions[*q].id == question) else {
        return wrong(format!("the question '{question}' is not open"), "`questions` lists those that are");
    };
    if !(2..=10_000).contains(&forks) {
        return wrong("a forecast takes 2 to 10,000 forks", "write: forecast QUESTION 200");
    }
    Ok(words::forecast(&session.exercise().questions[q], &of_question(session, q, forks), forks))
}

fn questions(session: &Session) -> String {
    let open: Vec<usize> = session.open_questions().collect();
    if open.is_empty() {
        return "no question is open\n".into();
    }
    let x = session.exercise();
    open.into_iter()
        .map(|q| {
            let q = &x.questions[q];
            let mut out = wrap(&format!("{} to {}: {}", q.id, x.teams[q.to].name, q.text), 0);
            for o in &q.options {
                out += &wrap(&format!("[{}] {}", o.id, o.text), 4);
            }
            out
        })
        .collect()
}

fn injects(session: &Session) -> String {
    let x = session.exercise();
    let mut out = String::new();
    for (n, i) in x.injects.iter().enumerate().filter(|(n, _)| session.state().given[*n].is_none()) {
        let held = if session.state().held[n] { ", held" } else { "" };
        out += &wrap(
            &format!(
                "{} ({}{held}) {}: {}",
                i.number,
                session_words::due(session, &i.when),
                i.kind.label(),
                i.text
            ),
            0,
        );
    }
    if out.is_empty() { "all injects are given\n".into() } else { out }
}

fn journal(session: &Session) -> String {
    let mut out = String::new();
    for e in session.entries() {
        let what = session_words::command(session, &e.command);
        out += &wrap(&format!("{:>4}  {} {what}", e.seq, &e.hash[..8]), 0);
    }
    out
}
