//! What a session of an exercise says, in words: its log, its journal, when things are due, courses of action, what the world would send.

use resus_engine::exercise::journal::Command;
use resus_engine::exercise::rehearse::{Proposal, Rehearsal, WorldEvent};
use resus_engine::exercise::session::{LogEntry, LogEvent, Session};
use resus_engine::exercise::worth_telling;
use resus_engine::scenario::Scenario;
use resus_engine::scenario::exercise::{Exercise, Question, When};
use resus_engine::units::SimTime;

use crate::event_words;

/// Exercise time and clock time of a minute, as `T+1:30 Sat 14:00`.
pub fn clock(session: &Session, at: SimTime) -> String {
    let begins = session.exercise().begins;
    let (sign, minutes) = if at >= begins { ('+', at - begins) } else { ('−', begins - at) };
    format!("T{sign}{}:{:02} {}", minutes / 60, minutes % 60, session.scenario().calendar.starts.label(at))
}

/// When something is due.
pub fn due(session: &Session, when: &When) -> String {
    match when {
        When::At(at) => clock(session, *at),
        When::World(h) => format!("when {}", event_words::happened(h, &session.scenario().estate)),
        When::ByHand => "by hand".into(),
    }
}

/// Names of the teams that an inject goes to.
fn to_whom(exercise: &Exercise, to: &[usize]) -> String {
    if to.is_empty() {
        return "all".into();
    }
    to.iter().map(|t| exercise.teams[*t].name.as_str()).collect::<Vec<_>>().join(", ")
}

/// When something was told, and what; nothing for what is not worth a room's time.
pub fn log_line(session: &Session, entry: &LogEntry) -> Option<(String, String)> {
    let x = session.exercise();
    let text = match &entry.what {
        LogEvent::Inject(n, by_hand) => {
            let i = &x.injects[*n];
            let how = if *by_hand { ", by hand" } else { "" };
            format!(
                "INJECT {}{how}, {}, from {} to {}: {}",
                i.number,
                i.channel.label(),
                i.from,
                to_whom(x, &i.to),
                i.text
            )
        }
        LogEvent::Opened(q) => {
            let q = &x.questions[*q];
            let options: Vec<String> = q.options.iter().map(|o| format!("[{}] {}", o.id, o.text)).collect();
            format!("QUESTION {} to {}: {} {}", q.id, x.teams[q.to].name, q.text, options.join(" "))
        }
        LogEvent::Decided(q, o, reason) => {
            let q = &x.questions[*q];
            let why = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
            format!("DECIDED {}: {}{why}", q.id, q.options[*o].text)
        }
        LogEvent::Ordered(team, org, action) => {
            format!(
                "ORDER by {}: {} at {}",
                x.teams[*team].name,
                action.what.label(),
                session.scenario().estate.org(*org).name
            )
        }
        LogEvent::Noted(by, note) => format!("NOTE by {by}: {note}"),
        LogEvent::Rated(o, rating, evidence) => {
            format!("RATED {}: {}. {evidence}", x.objectives[*o].id, rating.label())
        }
        LogEvent::World(e) => {
            if !worth_telling(session.scenario(), e) {
                return None;
            }
            event_words::sentence(session.scenario(), e)
        }
        LogEvent::Ended => "ENDEX: the exercise is over".into(),
    };
    Some((clock(session, entry.at), text))
}

/// What people did, as an entry of the journal keeps it.
pub fn command(session: &Session, command: &Command) -> String {
    match command {
        Command::Launch { source, seed, strategy, .. } => {
            format!("launch {source}, seed {seed}, strategy {strategy}")
        }
        Command::Advance { to } => format!("advance to {}", clock(session, *to)),
        Command::Release { number } => format!("release {number}"),
        Command::Hold { number } => format!("hold {number}"),
        Command::Decide { question, option, reason } => format!("decide {question} {option} {reason}"),
        Command::Order { team, organisation, action, .. } => {
            format!("order {team} {organisation} {}", action.name())
        }
        Command::Note { by, text } => format!("note {by} {text}"),
        Command::Rate { objective, rating, evidence } => {
            format!("rate {objective}: {}. {evidence}", rating.label())
        }
        Command::Branch { name, from } => format!("branch {name} from {from}"),
        Command::Switch { name } => format!("switch {name}"),
    }
}

/// A course of action at a question: one of its answers, or none.
pub fn course(question: &Question, option: Option<usize>) -> &str {
    option.map_or("no decision", |o| &question.options[o].text)
}

/// What the world would send by itself, in words: the likeliest first, then the earliest.
pub fn proposals<'r>(scenario: &Scenario, rehearsal: &'r Rehearsal) -> Vec<(String, &'r Proposal)> {
    let mut list: Vec<(String, &Proposal)> =
        rehearsal.proposals.iter().map(|p| (world_event(scenario, p.what), p)).collect();
    list.sort_by(|(a, p), (b, q)| {
        q.chance.total_cmp(&p.chance).then(p.median.total_cmp(&q.median)).then(a.cmp(b))
    });
    list
}

fn world_event(scenario: &Scenario, what: WorldEvent) -> String {
    let e = &scenario.estate;
    match what {
        WorldEvent::Detonated(o) => format!("{} is encrypted", e.org(o).name),
        WorldEvent::RecordsTaken(o) => format!("records are taken from {}", e.org(o).name),
        WorldEvent::Suspected(o) => format!("{} suspects an incident", e.org(o).name),
        WorldEvent::Declared(o) => format!("{} declares an incident", e.org(o).name),
        WorldEvent::Evicted(o) => format!("the intruder is out of {}", e.org(o).name),
        WorldEvent::HuntFailed(o) => format!("a hunt at {} misses the intruder", e.org(o).name),
        WorldEvent::Recovered(o) => format!("{} has its systems back", e.org(o).name),
        WorldEvent::InstanceBack(o) => format!("{} is back on its supplier's platform", e.org(o).name),
        WorldEvent::NationKnows => "the national level learns of it".into(),
        WorldEvent::NationalIncident => "a national incident is declared".into(),
        WorldEvent::KillSwitchFound => "the kill switch is found".into(),
        WorldEvent::KillSwitchRegistered => "the kill switch is registered".into(),
        WorldEvent::ServiceDisturbed(s) => {
            format!("{} at {} falls below 60 %", e.service(s).kind.label(), e.org(e.service(s).owner).name)
        }
    }
}
