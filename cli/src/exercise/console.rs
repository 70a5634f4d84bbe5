//! The terminal console: clock, board, what is known against what is true, injects, open questions, forecast, branches, journal.
//! Everything it does is a command of [`super::script`]; it keeps nothing that is not in the journal.

use std::io;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};
use ratatui::{Frame, Terminal};
use resus_engine::exercise::forecast::{Outlook, of_question};
use resus_engine::exercise::session::Session;
use resus_engine::exercise::view::{Board, Status, board};
use resus_report::session_words;

use super::{script, words};
use crate::table::{cut, lines as wrapped, number, percent, short_wins, signed};

/// Forks of a forecast.
const FORKS: u64 = 200;
/// Real time between steps while it runs by itself, at first.
const PACE: Duration = Duration::from_millis(400);
/// The fastest and the slowest.
const PACES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_mins(10));

/// What the left side shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Board,
    Log,
    Injects,
    Forecast,
    Journal,
    Help,
}

const TABS: [(Tab, &str); 6] = [
    (Tab::Board, "Board"),
    (Tab::Log, "Log"),
    (Tab::Injects, "Injects"),
    (Tab::Forecast, "Forecast"),
    (Tab::Journal, "Journal"),
    (Tab::Help, "Help"),
];

/// The console's own state.
pub struct Console {
    tab: Tab,
    /// What is being typed.
    input: Option<String>,
    /// What the last command said.
    said: String,
    /// Lines that the left side is scrolled by.
    scroll: u16,
    /// Show what is true beside what is known.
    truth: bool,
    /// Runs by itself.
    running: bool,
    /// Real time between steps.
    pace: Duration,
    /// The forecast of a question, with the entry after which it was made.
    forecast: Option<(usize, u64, Vec<Outlook>)>,
    hide_forecasts: bool,
    /// No colours, as NO_COLOR asks.
    plain: bool,
}

impl Console {
    /// A fresh one.
    pub fn new(hide_forecasts: bool) -> Self {
        Self {
            tab: Tab::Board,
            input: None,
            said: "space: next event · : command · ? help · q leave (nothing is lost)".into(),
            scroll: 0,
            truth: true,
            running: false,
            pace: PACE,
            forecast: None,
            hide_forecasts,
            plain: std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()),
        }
    }

    fn colour(&self, status: Status) -> Style {
        if self.plain {
            return Style::default();
        }
        let (r, g, b) = match status {
            Status::Working => (0x86, 0x91, 0xb6),
            Status::AtRisk => (0xfc, 0xed, 0x22),
            Status::Down => (0xf5, 0x4a, 0x40),
            Status::Isolated => (0xae, 0x9f, 0xf3),
            Status::Restoring => (0x82, 0xfc, 0xde),
        };
        Style::default().fg(Color::Rgb(r, g, b))
    }

    /// Does a command of the script language and keeps what it says.
    fn command(&mut self, session: &mut Session, line: &str) {
        if self.hide_forecasts && line.starts_with("forecast") {
            "forecasts are hidden (--hide-forecasts)".clone_into(&mut self.said);
            return;
        }
        if let Some(minutes) = line.trim().strip_prefix("fit ").map(|m| m.trim().parse::<u32>()) {
            self.fit(session, minutes.ok());
            return;
        }
        self.said = match script::line(session, line) {
            Ok(said) if said.is_empty() => "done".into(),
            Ok(said) => said.trim_end().to_owned(),
            Err(r) => format!("{}: {}", r.what, r.help),
        };
        self.scroll = 0;
    }

    /// Sets the pace so that what is left takes so many minutes of the room.
    fn fit(&mut self, session: &Session, minutes: Option<u32>) {
        let left = session.exercise().ends.saturating_sub(session.state().now) / session.scenario().step;
        match minutes.filter(|m| (1..=1440).contains(m) && left > 0) {
            Some(m) => {
                self.pace = (Duration::from_mins(u64::from(m)) / left).clamp(PACES.0, PACES.1);
                self.said =
                    format!("{left} steps in {m} minutes: one each {:.1} s; p runs", self.pace.as_secs_f64());
            }
            None => "write: fit MINUTES, of the room, from 1 to 1440".clone_into(&mut self.said),
        }
    }

    fn look_ahead(&mut self, session: &Session) {
        let Some(q) = session.open_questions().next() else {
            "no question is open".clone_into(&mut self.said);
            return;
        };
        if self.hide_forecasts {
            "forecasts are hidden (--hide-forecasts)".clone_into(&mut self.said);
            return;
        }
        self.forecast = Some((q, session.entries().len() as u64, of_question(session, q, FORKS)));
        self.tab = Tab::Forecast;
        self.scroll = 0;
    }

    /// One key; true when people leave.
    fn key(&mut self, session: &mut Session, code: KeyCode) -> bool {
        if let Some(input) = &mut self.input {
            match code {
                KeyCode::Enter => {
                    let line = std::mem::take(input);
                    self.input = None;
                    self.command(session, &line);
                }
                KeyCode::Esc => self.input = None,
                KeyCode::Backspace => {
                    input.pop();
                }
                KeyCode::Char(c) => input.push(c),
                _ => {}
            }
            return false;
        }
        match code {
            KeyCode::Char('q') => return true,
            KeyCode::Char(' ') => self.command(session, "next event"),
            KeyCode::Char('i') => self.command(session, "next inject"),
            KeyCode::Char('d') => self.command(session, "next decision"),
            KeyCode::Char('s') => self.command(session, &format!("advance {} min", session.scenario().step)),
            KeyCode::Char('h') => self.command(session, "advance 1h"),
            KeyCode::Char('p') => self.running = !self.running,
            KeyCode::Char('+') => self.pace = (self.pace / 2).max(PACES.0),
            KeyCode::Char('-') => self.pace = (self.pace * 2).min(PACES.1),
            KeyCode::Char('g') => self.input = Some("fit ".into()),
            KeyCode::Char('t') => self.truth = !self.truth,
            KeyCode::Char('f') => self.look_ahead(session),
            KeyCode::Char('b') => self.input = Some("branch ".into()),
            KeyCode::Char('n') => self.input = Some("note facilitator ".into()),
            KeyCode::Char(':') => self.input = Some(String::new()),
            KeyCode::Char('?') => self.tab = Tab::Help,
            KeyCode::Char(c @ '1'..='9') => {
                let option = c as usize - '1' as usize;
                let x = session.exercise().clone();
                let line = session.open_questions().next().and_then(|q| {
                    let q = &x.questions[q];
                    q.options.get(option).map(|o| format!("decide {} {}", q.id, o.id))
                });
                match line {
                    Some(line) => self.command(session, &line),
                    None => "no such answer".clone_into(&mut self.said),
                }
            }
            KeyCode::Tab | KeyCode::Right => self.turn(1),
            KeyCode::BackTab | KeyCode::Left => self.turn(TABS.len() - 1),
            KeyCode::Down => self.scroll = self.scroll.saturating_add(1),
            KeyCode::Up => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::PageDown => self.scroll = self.scroll.saturating_add(10),
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(10),
            _ => {}
        }
        false
    }

    fn turn(&mut self, by: usize) {
        let at = TABS.iter().position(|t| t.0 == self.tab).unwrap_or(0);
        self.tab = TABS[(at + by) % TABS.len()].0;
        self.scroll = 0;
    }

    /// Draws the whole screen.
    pub fn draw(&self, session: &Session, frame: &mut Frame) {
        let area = frame.area();
        let [top, middle, bottom, prompt] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Min(8),
            Constraint::Length(4),
            Constraint::Length(1),
        ])
        .areas(area);
        self.bar(session, frame, top);
        let side = if area.width >= 120 { Constraint::Percentage(40) } else { Constraint::Length(30) };
        let [left, right] = Layout::horizontal([Constraint::Min(30), side]).areas(middle);
        let text = match self.tab {
            Tab::Board => self.board(session, left.width.saturating_sub(2)),
            Tab::Log => lines(&words::log(session, &session.state().log)),
            Tab::Injects => lines(&script::show(session, "injects")),
            Tab::Forecast => self.fan(session, left.width.saturating_sub(4)),
            Tab::Journal => lines(&script::show(session, "journal")),
            Tab::Help => help(),
        };
        let title =
            TABS.map(|(t, name)| if t == self.tab { format!("[{name}]") } else { name.to_owned() }).join(" ");
        let block =
            Block::default().borders(Borders::ALL).title(cut(&title, left.width.saturating_sub(2) as usize));
        // The log is read from its end.
        let height = left.height.saturating_sub(2);
        let from = if matches!(self.tab, Tab::Log | Tab::Journal) {
            (text.len() as u16).saturating_sub(height).saturating_sub(self.scroll)
        } else {
            self.scroll
        };
        frame.render_widget(Paragraph::new(text).block(block).scroll((from, 0)), left);
        questions(session, frame, right);
        let said: Vec<Line> = lines(&self.said);
        let skip = (said.len() as u16).saturating_sub(bottom.height);
        frame.render_widget(Paragraph::new(said).scroll((skip, 0)), bottom);
        let line = match &self.input {
            Some(input) => format!(":{input}_"),
            None => {
                "space next  i inject  d decision  h hour  p run  f forecast  t truth  b branch  : ".into()
            }
        };
        frame
            .render_widget(Paragraph::new(line).style(Style::default().add_modifier(Modifier::BOLD)), prompt);
    }

    fn bar(&self, session: &Session, frame: &mut Frame, area: Rect) {
        let state = if session.state().now >= session.exercise().ends {
            "over"
        } else if self.running {
            "running"
        } else {
            "paused"
        };
        let text = format!(
            " EXERCISE: SIMULATED DATA │ {} │ {state} │ {} │ entry {} ",
            session_words::clock(session, session.state().now),
            session.branch().name,
            session.entries().len() - 1
        );
        frame.render_widget(
            Paragraph::new(text).style(Style::default().add_modifier(Modifier::REVERSED)),
            area,
        );
    }

    fn board(&self, session: &Session, width: u16) -> Vec<Line<'static>> {
        let b: Board = board(session, 40);
        let e = &session.scenario().estate;
        let mut out = vec![];
        for row in &b.rows {
            let name = cut(&e.org(row.org).name, (width as usize).saturating_sub(14).max(10));
            out.push(Line::from(Span::styled(
                format!("{name} [{}]", row.incident),
                Style::default().add_modifier(Modifier::BOLD),
            )));
            let mut spans: Vec<Span> = vec![Span::raw(" ")];
            let mut used = 1;
            let hurt = b.columns.iter().zip(&row.services).filter_map(|(k, s)| s.map(|s| (k, s)));
            for (kind, (status, factor)) in hurt.filter(|(_, s)| s.0 != Status::Working) {
                let text = format!("{} {} {} ", status.shape(), kind.label(), percent(factor));
                if used + text.chars().count() > width as usize {
                    out.push(Line::from(std::mem::replace(&mut spans, vec![Span::raw(" ")])));
                    used = 1;
                }
                used += text.chars().count();
                spans.push(Span::styled(text, self.colour(status)));
            }
            if spans.len() == 1 {
                spans.push(Span::styled("○ all care as usual", self.colour(Status::Working)));
            }
            out.push(Line::from(spans));
            for (label, list, shown) in
                [("known", &row.known, true), ("true", &row.truth, self.truth && row.truth != row.known)]
            {
                if !list.is_empty() && shown {
                    let systems: Vec<String> =
                        list.iter().map(|(k, s)| format!("{} {k}", s.shape())).collect();
                    let text = wrapped(&format!("{label}: {}", systems.join(", ")), width as usize, 0, 1);
                    out.extend(text.into_iter().map(Line::from));
                }
            }
        }
        out.push(Line::from("○ working ▲ at risk ☒ down ◆ isolated ◐ restoring"));
        out
    }

    fn fan(&self, session: &Session, width: u16) -> Vec<Line<'static>> {
        let Some((q, entries, outlooks)) = &self.forecast else {
            return lines("press f to look ahead at the first open question");
        };
        let question = &session.exercise().questions[*q];
        let mut out = vec![Line::from(question.text.clone())];
        if *entries != session.entries().len() as u64 {
            out.push(Line::from("(made before the last entry: press f again)"));
        }
        out.push(Line::from(format!("{FORKS} futures of each; then the playbook takes over")));
        let low = outlooks.iter().flat_map(|o| o.fan.iter().map(|f| f.0)).fold(0.95, f64::min);
        for o in outlooks {
            out.push(Line::from(Span::styled(
                cut(session_words::course(question, o.option), width as usize),
                Style::default().add_modifier(Modifier::BOLD),
            )));
            let d = &o.difference;
            out.push(Line::from(format!(
                " harm {} [{}, {}], better {}",
                signed(d.estimate),
                number(d.low),
                number(d.high),
                short_wins(&o.wins)
            )));
            for (mark, pick) in
                [('+', (|f| f.2) as fn(&(f64, f64, f64)) -> f64), ('=', |f| f.1), ('−', |f| f.0)]
            {
                let values: Vec<f64> = o.fan.iter().map(pick).collect();
                out.push(Line::from(format!(
                    " {mark}{}",
                    words::sparkline(&values, low, width.saturating_sub(3) as usize)
                )));
            }
        }
        out.push(Line::from(format!("care capacity, {} to 100 %", percent(low))));
        out
    }
}

fn questions(session: &Session, frame: &mut Frame, area: Rect) {
    let x = session.exercise();
    let width = area.width.saturating_sub(2) as usize;
    let mut text: Vec<Line> = vec![];
    for (n, q) in session.open_questions().enumerate() {
        let q = &x.questions[q];
        let head = format!("{} ({})", q.text, x.teams[q.to].name);
        text.extend(
            wrapped(&head, width, 0, 0)
                .into_iter()
                .map(|l| Line::styled(l, Style::default().add_modifier(Modifier::BOLD))),
        );
        for (k, o) in q.options.iter().enumerate() {
            let key = if n == 0 { format!("{} ", k + 1) } else { "  ".into() };
            text.extend(wrapped(&format!("{key}{}", o.text), width, 0, 2).into_iter().map(Line::from));
        }
    }
    if text.is_empty() {
        text.push(Line::from("no question is open"));
    }
    text.push(Line::from(""));
    text.push(Line::styled("next injects", Style::default().add_modifier(Modifier::BOLD)));
    let state = session.state();
    for (n, i) in x.injects.iter().enumerate().filter(|(n, _)| state.given[*n].is_none()).take(6) {
        let held = if state.held[n] { " held" } else { "" };
        let line = format!("{} {}{held}", i.number, session_words::due(session, &i.when));
        text.extend(wrapped(&line, width, 0, 2).into_iter().map(Line::from));
    }
    let block = Block::default().borders(Borders::ALL).title("Questions");
    frame.render_widget(Paragraph::new(text).block(block).wrap(Wrap { trim: false }), area);
}

fn lines(text: &str) -> Vec<Line<'static>> {
    text.lines().map(|l| Line::from(l.to_owned())).collect()
}

fn help() -> Vec<Line<'static>> {
    let keys = "space next event · i inject · d decision · s step · h hour · p run/pause · + - pace · g fit the rest into the room's minutes\n1-9 answer the first open question · f forecast · t truth · n note\nTab turn the page · arrows scroll · b branch · : command · q leave\n\nCommands:";
    let list: String = script::HELP.iter().map(|(c, w)| [c, "\n    ", w, "\n"].concat()).collect();
    lines(&format!("{keys}\n{list}"))
}

/// Runs it until people leave; everything that was done is in the journal.
///
/// # Errors
/// When the terminal fails.
pub fn run(session: &mut Session, hide_forecasts: bool) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let mut console = Console::new(hide_forecasts);
    let mut last = Instant::now();
    let result = loop {
        if let Err(e) = terminal.draw(|frame| console.draw(session, frame)) {
            break Err(e);
        }
        let wait = if console.running {
            console.pace.saturating_sub(last.elapsed())
        } else {
            Duration::from_hours(1)
        };
        match event::poll(wait) {
            Ok(true) => match event::read() {
                Ok(Event::Key(key)) if key.kind == KeyEventKind::Press => {
                    let interrupt =
                        key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
                    if interrupt || console.key(session, key.code) {
                        break Ok(());
                    }
                }
                Ok(_) => {}
                Err(e) => break Err(e),
            },
            Ok(false) => {}
            Err(e) => break Err(e),
        }
        if console.running && last.elapsed() >= console.pace {
            // Time that passed while nobody looked does not pile up: one step a beat.
            last = Instant::now();
            let before = session.open_questions().count();
            console.key(session, KeyCode::Char('s'));
            let over = session.state().now >= session.exercise().ends;
            // A question stops the clock: it waits for people.
            console.running = !over && session.open_questions().count() <= before;
        }
    };
    ratatui::restore();
    result
}

/// The screen as text, for scripts and tests.
pub fn screen(session: &Session, hide_forecasts: bool, keys: &str, (width, height): (u16, u16)) -> String {
    let Ok(mut terminal) = Terminal::new(ratatui::backend::TestBackend::new(width, height));
    let mut console = Console::new(hide_forecasts);
    for c in keys.chars() {
        match c {
            'f' => console.look_ahead(session),
            't' => console.truth = !console.truth,
            '\t' | '>' => console.turn(1),
            _ => {}
        }
    }
    let _ = terminal.draw(|frame| console.draw(session, frame));
    let buffer = terminal.backend().buffer();
    let mut out = String::new();
    for y in 0..height {
        let row: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
        out += row.trim_end();
        out.push('\n');
    }
    out
}
