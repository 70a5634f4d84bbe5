//! A session on a terminal: its log, its board, what a team sees, forecasts.

use resus_engine::exercise::forecast::Outlook;
use resus_engine::exercise::session::{LogEntry, LogEvent, Session};
use resus_engine::exercise::view::{Status, board, visible};
use resus_engine::scenario::exercise::Question;
use resus_report::session_words::{clock, course, log_line};

use crate::table::{cut, number, percent, pounds, short_wins, signed, table, wrap};

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
pub fn forecast(question: &Question, outlooks: &[Outlook], forks: u64) -> String {
    let low = outlooks.iter().flat_map(|o| o.fan.iter().map(|f| f.0)).fold(0.95, f64::min);
    let mut out = format!(
        "forecast: {forks} futures of each course, the same luck for all; for a day nothing else\nis ordered, then the playbook takes over\n"
    );
    let mut rows =
        vec![["course", "harm", "against none [95 %]", "better", "cost"].map(String::from).to_vec()];
    for o in outlooks {
        let d = &o.difference;
        rows.push(vec![
            cut(course(question, o.option), 30),
            number(o.harm),
            format!("{} [{}, {}]", signed(d.estimate), signed(d.low), signed(d.high)),
            short_wins(&o.wins),
            pounds(o.cost),
        ]);
    }
    out += &table(&rows);
    out += &format!(
        "care capacity ahead, {} (lowest block) to 100 %: 95 %, middle, 5 % of futures\n",
        percent(low)
    );
    for o in outlooks {
        out += &format!("  {}\n", cut(course(question, o.option), 76));
        for pick in [|f: &(f64, f64, f64)| f.2, |f: &(f64, f64, f64)| f.1, |f: &(f64, f64, f64)| f.0] {
            out += &format!("    {}\n", sparkline(&o.fan.iter().map(pick).collect::<Vec<_>>(), low, 72));
        }
    }
    out.lines().fold(String::new(), |all, l| all + &cut(l, 80) + "\n")
}
