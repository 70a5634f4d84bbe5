//! What a session says, in lines of text.

use resus_engine::exercise::forecast::Outlook;
use resus_engine::exercise::session::{LogEntry, LogEvent, Session};
use resus_engine::exercise::view::{Status, board, visible};
use resus_engine::exercise::worth_telling;
use resus_engine::scenario::exercise::Exercise;
use resus_engine::units::SimTime;

use crate::table::{cut, number, percent, pounds, signed, table, wrap};
use crate::text;

/// Exercise time and clock time of a minute, as `T+1:30 Sat 14:00`.
pub fn clock(session: &Session, at: SimTime) -> String {
    let begins = session.exercise().begins;
    let (sign, minutes) = if at >= begins { ('+', at - begins) } else { ('−', begins - at) };
    format!("T{sign}{}:{:02} {}", minutes / 60, minutes % 60, session.scenario().calendar.starts.label(at))
}

/// Names of the teams that an inject goes to.
pub fn to_whom(exercise: &Exercise, to: &[usize]) -> String {
    if to.is_empty() {
        return "all".into();
    }
    to.iter().map(|t| exercise.teams[*t].name.as_str()).collect::<Vec<_>>().join(", ")
}

/// When something was told and what, in words; nothing for what is not worth a room's time.
pub fn log_line(session: &Session, t: &LogEntry) -> Option<(String, String)> {
    let x = session.exercise();
    let at = clock(session, t.at);
    let text = match &t.what {
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
            text::event(session.scenario(), e)
        }
        LogEvent::Ended => "ENDEX: the exercise is over".into(),
    };
    Some((at, text))
}

/// The log of the branch at hand, wrapped.
pub fn log(session: &Session, list: &[LogEntry]) -> String {
    list.iter()
        .filter_map(|t| log_line(session, t))
        .map(|(at, text)| wrap(&format!("{at}  {text}"), 0))
        .collect()
}

/// The board as a table, with what is known, and beside it what is true when `truth`.
pub fn board_text(session: &Session, truth: bool) -> String {
    let b = board(session, 10);
    let e = &session.scenario().estate;
    let mut out = format!("{}  branch {}\n", clock(session, session.state().now), session.branch().name);
    for row in &b.rows {
        let services: Vec<String> = b
            .columns
            .iter()
            .zip(&row.services)
            .filter_map(|(k, s)| {
                s.filter(|(status, _)| *status != Status::Working).map(|(status, f)| (k, status, f))
            })
            .map(|(k, status, f)| format!("{} {} {}", status.shape(), k.label(), percent(f)))
            .collect();
        let care = if services.is_empty() { "○ all care as usual".to_owned() } else { services.join(", ") };
        out += &wrap(&format!("{} [{}]: {care}", e.org(row.org).name, row.incident), 0);
        let systems = |list: &[(&str, Status)]| {
            list.iter().map(|(k, s)| format!("{} {k}", s.shape())).collect::<Vec<_>>().join(", ")
        };
        if !row.known.is_empty() {
            out += &wrap(&format!("known: {}", systems(&row.known)), 2);
        }
        if truth && row.truth != row.known {
            out += &wrap(&format!("true: {}", systems(&row.truth)), 2);
        }
    }
    out + "○ working ▲ at risk ☒ down ◆ isolated ◐ restoring\n"
}

/// What a team knows: injects and questions to it, what its organisations noticed and did, what is public; never the hidden truth.
pub fn players_view(session: &Session, team: usize) -> String {
    let x = session.exercise();
    let of = &x.teams[team];
    let mut out = format!("{}, {}\n", of.name, clock(session, session.state().now));
    for t in &session.state().log {
        let shown = match &t.what {
            LogEvent::Inject(n, _) => x.injects[*n].to.is_empty() || x.injects[*n].to.contains(&team),
            LogEvent::Opened(q) | LogEvent::Decided(q, ..) => x.questions[*q].to == team,
            LogEvent::Ordered(by, ..) => *by == team,
            LogEvent::World(e) => visible(session, team, e),
            LogEvent::Noted(..) | LogEvent::Rated(..) => false,
            LogEvent::Ended => true,
        };
        if let Some((at, text)) = Some(t).filter(|_| shown).and_then(|t| log_line(session, t)) {
            out += &wrap(&format!("{at}  {text}"), 0);
        }
    }
    let e = &session.scenario().estate;
    let b = board(session, of.commands.len().max(10));
    for row in b.rows.iter().filter(|r| of.commands.contains(&r.org)).take(12) {
        let care: Vec<String> = b
            .columns
            .iter()
            .zip(&row.services)
            .filter_map(|(k, s)| {
                s.filter(|s| s.0 != Status::Working)
                    .map(|(s, f)| format!("{} {} {}", s.shape(), k.label(), percent(f)))
            })
            .collect();
        let known: Vec<String> = row.known.iter().map(|(k, s)| format!("{} {k}", s.shape())).collect();
        let care = if care.is_empty() { "○ all care as usual".to_owned() } else { care.join(", ") };
        out += &wrap(&format!("{} [{}]: {care}", e.org(row.org).name, row.incident), 0);
        if !known.is_empty() {
            out += &wrap(&format!("systems: {}", known.join(", ")), 2);
        }
    }
    out
}

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Numbers in [low, 1] as a line of blocks of at most `width`.
pub fn sparkline(values: &[f64], low: f64, width: usize) -> String {
    let step = values.len().div_ceil(width.max(1)).max(1);
    values
        .chunks(step)
        .map(|c| {
            let v = c.iter().copied().fold(f64::INFINITY, f64::min);
            let level = ((v - low) / (1.0 - low).max(1e-9) * 7.0).clamp(0.0, 7.0);
            BLOCKS[level.round() as usize]
        })
        .collect()
}

/// A forecast as a table and a fan of blocks for each course.
pub fn forecast(outlooks: &[Outlook], forks: u64) -> String {
    let low = outlooks.iter().flat_map(|o| o.fan.iter().map(|f| f.0)).fold(0.95, f64::min);
    let mut out = format!(
        "forecast: {forks} futures of each course, the same luck for all; for a day nothing else\nis ordered, then the playbook takes over\n"
    );
    let mut rows =
        vec![["course", "harm", "against none [95 %]", "better", "cost"].map(String::from).to_vec()];
    for o in outlooks {
        let d = &o.difference;
        rows.push(vec![
            cut(&o.label, 30),
            number(o.harm),
            format!("{} [{}, {}]", signed(d.estimate), signed(d.low), signed(d.high)),
            format!("{:.0}/100", o.better * 100.0),
            pounds(o.cost),
        ]);
    }
    out += &table(&rows);
    out += &format!(
        "care capacity ahead, {} (lowest block) to 100 %: 95 %, middle, 5 % of futures\n",
        percent(low)
    );
    for o in outlooks {
        out += &format!("  {}\n", cut(&o.label, 76));
        for pick in [|f: &(f64, f64, f64)| f.2, |f: &(f64, f64, f64)| f.1, |f: &(f64, f64, f64)| f.0] {
            out += &format!("    {}\n", sparkline(&o.fan.iter().map(pick).collect::<Vec<_>>(), low, 72));
        }
    }
    out.lines().fold(String::new(), |all, l| all + &cut(l, 80) + "\n")
}
