//! The master scenario events list as a table that others can read and write: spreadsheet and CSV, in the columns of HSEEP or in the plain
//! ones, by their header names and without any internal ids.

use crate::event_words::happened;
use std::fmt::Write as _;
use std::io::Cursor;

use calamine::{Data, Reader as _};
use resus_engine::scenario::Scenario;
use resus_engine::scenario::exercise::spec::{Channel, InjectKind};
use resus_engine::scenario::exercise::{Exercise, Inject, When};
use resus_engine::units::DateTime;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

/// One event, as it stands in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Number.
    pub number: u32,
    /// Minutes after STARTEX; absent when it comes by a trigger or by hand.
    pub at: Option<i64>,
    /// The trigger in words, where there is one.
    pub trigger: String,
    /// Type.
    pub kind: InjectKind,
    /// How it is given.
    pub mode: String,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Short title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Expected response.
    pub expect: String,
    /// Objective.
    pub objective: String,
    /// Notes.
    pub notes: String,
}

/// A set of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Those of HSEEP.
    Hseep,
    /// The plain ones.
    Plain,
}

/// A field that a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Number,
    Time,
    Kind,
    Mode,
    From,
    To,
    Title,
    Text,
    Expect,
    Objective,
    Notes,
    /// Known, and not needed.
    Other,
}

const HSEEP: [(&str, Field); 10] = [
    ("Event Number", Field::Number),
    ("Designated Scenario Time", Field::Time),
    ("Event Type", Field::Kind),
    ("Inject Mode", Field::Mode),
    ("From", Field::From),
    ("To", Field::To),
    ("Message", Field::Text),
    ("Expected Participant Response", Field::Expect),
    ("Exercise Objective", Field::Objective),
    ("Notes", Field::Notes),
];

const PLAIN: [(&str, Field); 13] = [
    ("Control Number", Field::Number),
    ("Move", Field::Other),
    ("Group", Field::Objective),
    ("Delivery Time", Field::Time),
    ("Simulated Time", Field::Other),
    ("Assigned To", Field::Mode),
    ("Status", Field::Other),
    ("Title", Field::Title),
    ("Description", Field::Kind),
    ("From Org", Field::From),
    ("To Org", Field::To),
    ("Details", Field::Text),
    ("Expected Actions", Field::Expect),
];

impl Columns {
    fn list(self) -> &'static [(&'static str, Field)] {
        match self {
            Self::Hseep => &HSEEP,
            Self::Plain => &PLAIN,
        }
    }
}

/// Minutes after STARTEX as `T+1:25`.
pub fn relative(minutes: i64) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("T{sign}{}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// The list of a scenario's exercise.
pub fn events(scenario: &Scenario, x: &Exercise) -> Vec<Event> {
    let to = |i: &Inject| {
        let names: Vec<&str> = i.to.iter().map(|t| x.teams[*t].name.as_str()).collect();
        if names.is_empty() { "All players".to_owned() } else { names.join("; ") }
    };
    x.injects
        .iter()
        .map(|i| {
            let (at, trigger) = match &i.when {
                When::At(at) => (Some(i64::from(*at) - i64::from(x.begins)), String::new()),
                When::World(h) => (None, format!("when {}", happened(h, &scenario.estate))),
                When::ByHand => (None, "by hand".to_owned()),
            };
            Event {
                number: i.number,
                at,
                trigger,
                kind: i.kind,
                mode: i.channel.label().to_owned(),
                from: i.from.clone(),
                to: to(i),
                title: i.text.split(['.', '?', '!', ':']).next().unwrap_or("").trim().to_owned(),
                text: i.text.clone(),
                expect: i.expect.clone(),
                objective: x.objectives[i.objective].text.clone(),
                notes: i.notes.clone(),
            }
        })
        .collect()
}

/// The table: heads, then a row for each event. `starts` is the local time of STARTEX.
pub fn table(events: &[Event], columns: Columns, starts: DateTime) -> Vec<Vec<String>> {
    let mut out = vec![columns.list().iter().map(|c| c.0.to_owned()).collect::<Vec<_>>()];
    for e in events {
        let row = columns.list().iter().map(|(name, field)| match field {
            Field::Number => e.number.to_string(),
            Field::Time => e.at.map_or_else(|| e.trigger.clone(), relative),
            Field::Kind => e.kind.label().to_owned(),
            Field::Mode => e.mode.clone(),
            Field::From => e.from.clone(),
            Field::To => e.to.clone(),
            Field::Title => e.title.clone(),
            Field::Text => e.text.clone(),
            Field::Expect => e.expect.clone(),
            Field::Objective => e.objective.clone(),
            Field::Notes => e.notes.clone(),
            Field::Other if *name == "Move" => {
                e.at.map_or(String::new(), |at| (at.max(0) / (12 * 60) + 1).to_string())
            }
            Field::Other if *name == "Simulated Time" => {
                e.at.and_then(|at| u32::try_from(at).ok()).map_or(String::new(), |at| starts.label(at))
            }
            Field::Other => "planned".to_owned(),
        });
        out.push(row.collect());
    }
    out
}

/// As CSV.
///
/// # Panics
/// Never: memory takes it.
pub fn csv(table: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(vec![]);
    for row in table {
        writer.write_record(row).expect("memory takes it");
    }
    String::from_utf8(writer.into_inner().expect("memory takes it")).expect("cells are text")
}

/// As a spreadsheet (xlsx).
///
/// # Errors
/// When a cell is too long for the format.
pub fn xlsx(table: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A day of the library's own choice keeps the bytes the same each time.
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(
        &rust_xlsxwriter::DocProperties::new()
            .set_title("Master scenario events list")
            .set_creation_datetime(&day),
    );
    let sheet = book.add_worksheet();
    sheet.set_name("MSEL")?;
    let head = Format::new().set_bold().set_text_wrap();
    let body = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (r, row) in (0u32..).zip(table) {
        for (c, cell) in (0u16..).zip(row) {
            sheet.write_string_with_format(r, c, cell, if r == 0 { &head } else { &body })?;
        }
    }
    for (c, head) in (0u16..).zip(table.first().into_iter().flatten()) {
        let wide =
            ["Message", "Details", "Expected Participant Response", "Expected Actions", "Exercise Objective"];
        sheet.set_column_width(c, if wide.contains(&head.as_str()) { 48 } else { 18 })?;
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The cell, such as `C7`.
    pub cell: String,
    /// What.
    pub what: String,
}

/// What was read of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Events without a mistake.
    pub events: Vec<Event>,
    /// Mistakes, by cell.
    pub errors: Vec<CellError>,
    /// Rows with anything in them, without the head.
    pub rows: usize,
    /// Heads that nothing was made of.
    pub unused: Vec<String>,
}

/// A cell as a workbook gives it.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Text(String),
    /// A day and time of day as a spreadsheet counts them: days since 30 December 1899.
    Serial(f64),
}

impl Value {
    fn text(&self) -> String {
        match self {
            Self::Text(t) => t.trim().to_owned(),
            Self::Serial(v) => v.to_string(),
        }
    }
}

fn name_of(row: usize, column: usize) -> String {
    let mut letters = String::new();
    let mut c = column + 1;
    while c > 0 {
        letters.insert(0, char::from(b'A' + ((c - 1) % 26) as u8));
        c = (c - 1) / 26;
    }
    format!("{letters}{}", row + 1)
}

/// Reads a list from a spreadsheet (xlsx, xls, ods) or CSV. `map` names columns that are called otherwise: (theirs, one of the heads above).
/// `startex` is needed for absolute times.
///
/// # Errors
/// When the file is neither, or has no row of heads.
pub fn read(bytes: &[u8], map: &[(String, String)], startex: Option<DateTime>) -> Result<Imported, String> {
    let grid = if bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        sheet(bytes)?
    } else {
        text(bytes)?
    };
    let known = |head: &str| -> Option<Field> {
        let mapped =
            map.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(head)).map_or(head, |m| m.1.as_str());
        HSEEP.iter().chain(&PLAIN).find(|(name, _)| name.eq_ignore_ascii_case(mapped)).map(|(_, f)| *f)
    };
    // The head is the first row that names a number or a text and two known columns at least.
    let heads = grid.iter().position(|row| row.iter().filter(|v| known(&v.text()).is_some()).count() >= 2);
    let Some(at) = heads else {
        return Err("no row of heads was found: heads are those of HSEEP (Event Number, Message …) or the plain ones (Control Number, Details …); \
                    name others with --map 'Theirs=Message'"
            .into());
    };
    let fields: Vec<Option<Field>> = grid[at].iter().map(|v| known(&v.text())).collect();
    let mut out = Imported {
        unused: grid[at]
            .iter()
            .zip(&fields)
            .filter(|(v, f)| f.is_none() && !v.text().is_empty())
            .map(|(v, _)| v.text())
            .collect(),
        ..Imported::default()
    };
    for (r, row) in grid.iter().enumerate().skip(at + 1) {
        if row.iter().all(|v| v.text().is_empty()) {
            continue;
        }
        out.rows += 1;
        let before = out.errors.len();
        let mut e =
            Event { mode: Channel::Phone.label().into(), trigger: "by hand".into(), ..Event::default() };
        let mut numbered = false;
        for (c, (value, field)) in row.iter().zip(&fields).enumerate() {
            let text = value.text();
            let mut wrong = |what: String| out.errors.push(CellError { cell: name_of(r, c), what });
            match field {
                Some(Field::Number) => match text
                    .trim_start_matches(|c: char| !c.is_ascii_digit())
                    .trim_end_matches(".0")
                    .parse()
                {
                    Ok(n) if out.events.iter().any(|o| o.number == n) => {
                        wrong(format!("the number {n} is there twice"));
                    }
                    Ok(n) => (e.number, numbered) = (n, true),
                    Err(_) => wrong(format!("'{text}' is no number")),
                },
                Some(Field::Time) => match time(value, startex) {
                    Ok(Some(at)) => (e.at, e.trigger) = (Some(at), String::new()),
                    Ok(None) => e.trigger = if text.is_empty() { "by hand".into() } else { text },
                    Err(what) => wrong(what),
                },
                Some(Field::Kind) => match text.to_lowercase().as_str() {
                    "" | "inject" => e.kind = InjectKind::Inject,
                    "contingency inject" | "contingency" => e.kind = InjectKind::Contingency,
                    "expected action" | "expected player action" => e.kind = InjectKind::ExpectedAction,
                    _ => wrong(format!(
                        "'{text}' is no type of event: Inject, Contingency Inject or Expected Action"
                    )),
                },
                Some(Field::Mode) if !text.is_empty() => e.mode = text,
                Some(Field::From) => e.from = text,
                Some(Field::To) => e.to = text,
                Some(Field::Title) => e.title = text,
                Some(Field::Text) => e.text = text,
                Some(Field::Expect) => e.expect = text,
                Some(Field::Objective) => e.objective = text,
                Some(Field::Notes) => e.notes = text,
                Some(Field::Mode | Field::Other) | None => {}
            }
        }
        if e.text.is_empty() {
            e.text.clone_from(&e.title);
        }
        if e.text.is_empty() {
            out.errors.push(CellError { cell: name_of(r, 0), what: "the row has no text to give".into() });
        }
        if !numbered && out.errors.len() == before {
            e.number = out.events.iter().map(|o| o.number).max().unwrap_or(0) + 1;
        }
        if out.errors.len() == before {
            out.events.push(e);
        }
    }
    Ok(out)
}

fn sheet(bytes: &[u8]) -> Result<Vec<Vec<Value>>, String> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes))
        .map_err(|e| format!("the workbook cannot be read: {e}"))?;
    let name = book.sheet_names().first().cloned().ok_or("the workbook has no sheet")?;
    let range = book.worksheet_range(&name).map_err(|e| format!("sheet '{name}' cannot be read: {e}"))?;
    let (top, left) = range.start().unwrap_or((0, 0));
    let value = |d: &Data| match d {
        Data::Empty => Value::Text(String::new()),
        Data::DateTime(t) => Value::Serial(t.as_f64()),
        other => Value::Text(other.to_string()),
    };
    // Cells keep their places: what is empty above and to the left counts.
    let mut grid = vec![vec![]; top as usize];
    for row in range.rows() {
        let mut cells = vec![Value::Text(String::new()); left as usize];
        cells.extend(row.iter().map(value));
        grid.push(cells);
    }
    Ok(grid)
}

fn text(bytes: &[u8]) -> Result<Vec<Vec<Value>>, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| "the file is neither a workbook nor CSV in UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or("");
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    reader
        .records()
        .map(|r| {
            r.map(|r| r.iter().map(|c| Value::Text(c.to_owned())).collect())
                .map_err(|e| format!("the CSV cannot be read: {e}"))
        })
        .collect()
}

/// Minutes after STARTEX: relative (`T+0:25`, `J-60`), a clock time or a date and time, or a spreadsheet's own. `None`: no time, a trigger.
fn time(value: &Value, startex: Option<DateTime>) -> Result<Option<i64>, String> {
    let needs = || "an absolute time needs --startex, the date and time at which players join".to_owned();
    let text = match value {
        Value::Serial(serial) => {
            let start = startex.ok_or_else(needs)?;
            // The last day that a spreadsheet knows is in the year 9999.
            if !(0.0..2_958_466.0).contains(serial) {
                return Err(format!("{serial} is no time of a spreadsheet"));
            }
            let minutes = (serial * 1440.0).round() as i64;
            // Days of a spreadsheet begin on 30 December 1899, 25,569 days before 1970; below one it is a time of day.
            let day = if *serial < 1.0 { start.day() } else { minutes.div_euclid(1440) - 25_569 };
            return Ok(Some(
                (day - start.day()) * 1440 + minutes.rem_euclid(1440) - i64::from(start.minute()),
            ));
        }
        Value::Text(t) => t.trim(),
    };
    let relative = text.strip_prefix(['T', 't', 'J', 'j', 'H', 'h', 'D', 'd']).map(str::trim_start);
    if let Some(rest) = relative.filter(|r| r.starts_with(['+', '-', '−'])) {
        let negative = !rest.starts_with('+');
        let rest = rest.trim_start_matches(['+', '-', '−']).trim();
        let parts: Option<Vec<i64>> = rest.split(':').map(|p| p.trim().parse().ok()).collect();
        let minutes = match parts.as_deref() {
            Some([minutes]) => *minutes,
            Some([hours, minutes]) if *minutes < 60 => hours * 60 + minutes,
            Some([days, hours, minutes]) if *minutes < 60 && *hours < 24 => {
                days * 1440 + hours * 60 + minutes
            }
            _ => {
                return Err(format!("'{text}' is no time: write T+0:25, J-60 (minutes) or T+1:06:30 (days)"));
            }
        };
        return Ok(Some(if negative { -minutes } else { minutes }));
    }
    let clock = |t: &str| -> Option<i64> {
        let (h, m) = t.split_once(':')?;
        let (h, m): (i64, i64) = (h.trim().parse().ok()?, m.get(..2)?.parse().ok()?);
        ((0..24).contains(&h) && (0..60).contains(&m)).then_some(h * 60 + m)
    };
    if let Ok(at) = DateTime::parse(text.get(..16).unwrap_or(text)) {
        let start = startex.ok_or_else(needs)?;
        return Ok(Some(start.minutes_until(at)));
    }
    if let Some(minute) = clock(text) {
        let start = startex.ok_or_else(needs)?;
        return Ok(Some(minute - i64::from(start.minute())));
    }
    if text.chars().next().is_some_and(|c| c.is_ascii_digit()) {
        return Err(format!("'{text}' is no time: write T+0:25, 13:30 or 2026-11-14 13:30"));
    }
    Ok(None)
}

/// The events as the `injects` of a scenario file; teams and objectives become ids, which are listed for the author to define.
pub fn ron(events: &[Event]) -> (String, Vec<String>, Vec<String>) {
    let slug = |text: &str| {
        let mut out = String::new();
        for c in text.to_lowercase().chars() {
            if c.is_ascii_alphanumeric() {
                out.push(c);
            } else if !out.ends_with('-') && !out.is_empty() {
                out.push('-');
            }
        }
        let out: String = out.chars().take(40).collect();
        out.trim_end_matches('-').to_owned()
    };
    let (mut teams, mut objectives): (Vec<String>, Vec<String>) = (vec![], vec![]);
    let mut out = String::from("        injects: [\n");
    for e in events {
        let to: Vec<String> =
            e.to.split([';', '/'])
                .map(str::trim)
                .filter(|t| !t.is_empty() && !t.to_lowercase().starts_with("all"))
                .map(slug)
                .collect();
        teams.extend(to.iter().filter(|t| !teams.contains(t)).cloned().collect::<Vec<_>>());
        let objective = if e.objective.is_empty() { "general".to_owned() } else { slug(&e.objective) };
        if !objectives.contains(&objective) {
            objectives.push(objective.clone());
        }
        let when = match e.at {
            Some(at) if at >= 0 => format!("At(\"{at} min\")"),
            _ => "ByHand".into(),
        };
        let kind = match e.kind {
            InjectKind::Inject => "Inject",
            InjectKind::Contingency => "Contingency",
            InjectKind::ExpectedAction => "ExpectedAction",
        };
        let channel = match e.mode.to_lowercase() {
            m if m.contains("mail") => "Email",
            m if m.contains("person") || m.contains("verbal") => "InPerson",
            m if m.contains("media") || m.contains("news") => "Media",
            m if m.contains("alert") => "Alert",
            m if m.contains("screen") => "Screen",
            _ => "Phone",
        };
        let mut notes = e.notes.clone();
        if e.at.is_none_or(|at| at < 0) && e.trigger != "by hand" {
            notes = format!(
                "{}{}{notes}",
                e.at.map_or_else(|| e.trigger.clone(), relative),
                if notes.is_empty() { "" } else { ". " }
            );
        }
        let _ = writeln!(
            out,
            "            (number: {}, kind: {kind}, when: {when}, from: {:?}, to: {to:?}, channel: {channel}, text: {:?}, expect: {:?}, objective: {objective:?}, notes: {notes:?}),",
            e.number, e.from, e.text, e.expect
        );
    }
    out += "        ],\n";
    (out, teams, objectives)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn startex() -> DateTime {
        DateTime::parse("2026-11-14T13:30").unwrap()
    }

    fn list() -> Vec<Event> {
        let event = |number, at, kind| Event {
            number,
            at,
            trigger: if at.is_some() { String::new() } else { "when care falls, \"badly\"".into() },
            kind,
            mode: "e-mail".into(),
            from: "Ward 7".into(),
            to: "Clinical leads; IT".into(),
            title: "What now".into(),
            text: "What now, and\nwho says so? Ünïcode £".into(),
            expect: "Decides.".into(),
            objective: "Decide in time".into(),
            notes: "hold".into(),
        };
        vec![
            event(1, Some(25), InjectKind::Inject),
            event(2, Some(-60), InjectKind::Contingency),
            event(7, None, InjectKind::ExpectedAction),
        ]
    }

    #[test]
    fn both_sets_of_columns_come_back_from_both_formats() {
        for columns in [Columns::Hseep, Columns::Plain] {
            let t = table(&list(), columns, startex());
            for bytes in [csv(&t).into_bytes(), xlsx(&t).unwrap()] {
                let back = read(&bytes, &[], None).unwrap();
                assert_eq!((back.errors, back.rows, back.unused), (vec![], 3, vec![]));
                let expected: Vec<Event> = list()
                    .into_iter()
                    .map(|e| match columns {
                        Columns::Hseep => Event { title: String::new(), ..e },
                        Columns::Plain => Event { notes: String::new(), ..e },
                    })
                    .collect();
                assert_eq!(back.events, expected);
            }
            assert_eq!(xlsx(&t).unwrap(), xlsx(&t).unwrap(), "the same bytes each time");
        }
    }

    #[test]
    fn times_in_all_forms() {
        let at = |text: &str| time(&Value::Text(text.into()), Some(startex()));
        for (text, minutes) in [
            ("T+0:25", 25),
            ("J-60", -60),
            ("t + 1:06:30", 1830),
            ("14:00", 30),
            ("2026-11-15 13:30", 1440),
            ("H−0:05", -5),
        ] {
            assert_eq!(at(text), Ok(Some(minutes)), "{text}");
        }
        // 46,340 days after 30 December 1899 is 14 November 2026.
        assert_eq!(time(&Value::Serial(46_340.0 + 15.0 / 24.0), Some(startex())), Ok(Some(90)));
        assert_eq!(time(&Value::Serial(0.625), Some(startex())), Ok(Some(90)));
        assert_eq!(at("when care falls"), Ok(None));
        assert!(at("T+0:75").is_err() && at("99:99").is_err());
        assert!(time(&Value::Text("14:00".into()), None).is_err());
    }

    #[test]
    fn foreign_lists_come_in_by_their_heads_and_no_row_is_lost() {
        let text = "Our exercise;;;\nNr;Uhrzeit;Meldung;Wer\nI-1;T+0:10;Bildschirm schwarz;IT\nI-2;T+0:99;x;IT\nI-2;T+0:20;;IT\nI-1;T+0:30;again;IT\n";
        let map = [("Nr", "Event Number"), ("Uhrzeit", "Delivery Time"), ("Meldung", "Message")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()));
        let back = read(text.as_bytes(), &map, None).unwrap();
        assert_eq!((back.rows, back.events.len(), back.unused), (4, 1, vec!["Wer".to_owned()]));
        let cells: Vec<&str> = back.errors.iter().map(|e| e.cell.as_str()).collect();
        assert_eq!(cells, ["B4", "A5", "A6"], "{:?}", back.errors);
        assert!(read(b"a,b\n1,2\n", &[], None).is_err());
        assert!(read(&[0xff, 0xfe, 0x00], &[], None).is_err());
        assert!(read(b"PK\x03\x04garbage", &[], None).is_err());
    }
}
