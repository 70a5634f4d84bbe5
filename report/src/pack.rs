//! The papers of an exercise day, made from the scenario: situation manual, briefs, evaluation guides, agendas, a paper backup, the day
//! as a calendar file, and the list of events.

use resus_engine::scenario::Scenario;
use resus_engine::scenario::exercise::Exercise;
use resus_engine::units::DateTime;

use crate::event_words::happened;
use crate::msel::{self, Columns};
use crate::verdict::estate::unstated;
use crate::{Cell, Column, Report, Section, Table};

const BAR: &str = "EXERCISE: SIMULATED DATA";

fn section(id: &str, title: &str, text: Vec<String>) -> Section {
    Section { id: id.into(), title: title.into(), text, ..Section::default() }
}

fn paper(title: &str, scenario: &Scenario, sections: Vec<Section>) -> Report {
    Report {
        board: None,
        bar: BAR.into(),
        title: title.into(),
        subtitle: scenario.title.clone(),
        verdict: vec![],
        sections,
    }
}

/// One paper: its file's name without ending, and what is in it.
pub type Paper = (String, Report);

/// All papers of an exercise.
pub fn papers(scenario: &Scenario, x: &Exercise) -> Vec<Paper> {
    let mut out = vec![
        ("situation-manual".to_owned(), manual(scenario, x)),
        ("evaluation-guides".to_owned(), guides(scenario, x)),
        ("agenda-90-minutes".to_owned(), agenda(scenario, x, &NINETY, "Agenda, 90 minutes")),
        ("agenda-half-day".to_owned(), agenda(scenario, x, &HALF_DAY, "Agenda, half a day")),
        ("paper-backup".to_owned(), backup(scenario, x)),
    ];
    for t in &x.teams {
        let commands: Vec<&str> = t.commands.iter().map(|o| scenario.estate.org(*o).name.as_str()).collect();
        let power = if commands.is_empty() {
            "You give no orders to systems; your advice goes to those who do.".to_owned()
        } else {
            format!(
                "You command: {}. They follow your orders, not their usual playbook.",
                commands.join(", ")
            )
        };
        let report = paper(
            &format!("Brief: {}", t.name),
            scenario,
            vec![
                section(
                    "you",
                    "Who you are",
                    vec![format!("Role: {}.", t.role.label()), t.brief.clone(), power],
                ),
                section("rules", "How it works", rules(scenario.estate.typical_figures().is_none())),
            ],
        );
        out.push((format!("brief-{}", t.id), report));
    }
    out
}

fn rules(invented: bool) -> Vec<String> {
    let of = if invented { " of invented organisations" } else { "" };
    vec![
        format!("This is a simulation{of}. What you decide changes the simulated world; nobody has written what follows."),
        "Say what you would do and why, with what you know now. Ask the facilitator for whatever you would ask in your job.".into(),
        "No names of real patients or staff. No fault: the exercise tests plans, not people.".into(),
        "A message that begins with EXERCISE is part of it; NO DUFF means a real emergency.".into(),
    ]
}

fn manual(scenario: &Scenario, x: &Exercise) -> Report {
    let mut objectives = Table::new(
        "Objectives",
        &["objective", "pillar of the 2030 strategy", "CAF outcome", "EPRR standard"],
    );
    for o in &x.objectives {
        objectives.row([
            Cell::text(&o.text),
            Cell::text(o.pillar.label()),
            Cell::text(&o.caf),
            Cell::text(&o.eprr),
        ]);
    }
    let mut teams = Table::new("Teams", &["team", "role", "commands"]);
    for t in &x.teams {
        let commands: Vec<&str> = t.commands.iter().map(|o| scenario.estate.org(*o).name.as_str()).collect();
        teams.row([Cell::text(&t.name), Cell::text(t.role.label()), Cell::text(commands.join(", "))]);
    }
    let e = &scenario.estate;
    let invented = e.typical_figures().is_none();
    let estate = format!(
        "{}: {} organisations with {} hosts in {} systems, giving {} services. Players join on {}.",
        if invented { "An invented care system" } else { "The care system" },
        e.organisations.len(),
        e.hosts(),
        e.assets.len(),
        e.services.len(),
        scenario.calendar.starts.label(x.begins)
    );
    let mut list = vec![
        section("aim", "Aim", vec![x.aim.clone()]),
        Section { tables: vec![objectives], ..section("objectives", "Objectives", vec![]) },
        section(
            "scenario",
            "Scenario",
            [scenario.about.clone(), estate].into_iter().chain(unstated(e)).collect(),
        ),
        Section { tables: vec![teams], ..section("teams", "Who plays", vec![]) },
        section("rules", "How it works", rules(invented)),
    ];
    if !scenario.discuss.is_empty() {
        list.push(section("discuss", "To discuss", scenario.discuss.clone()));
    }
    paper("Situation manual", scenario, list)
}

fn guides(scenario: &Scenario, x: &Exercise) -> Report {
    let list = x
        .objectives
        .iter()
        .enumerate()
        .map(|(n, o)| {
            let mut look = Table::new(
                "What to look for",
                &["look for", "seen (time, by whom)", "rating: performed, some, major challenges, unable"],
            );
            for l in &o.look_for {
                look.row([Cell::text(l), Cell::text(""), Cell::text("")]);
            }
            let mut when = Table::new("When it is exercised", &["event", "when", "expected"]);
            for i in x.injects.iter().filter(|i| i.objective == n) {
                when.row([
                    Cell::text(format!("{} {}", i.kind.label(), i.number)),
                    Cell::text(due(scenario, x, &i.when)),
                    Cell::text(&i.expect),
                ]);
            }
            for q in x.questions.iter().filter(|q| q.objective == n) {
                when.row([
                    Cell::text(format!("Question {}", q.id)),
                    Cell::text(due(scenario, x, &q.when)),
                    Cell::text(&q.text),
                ]);
            }
            let links = format!(
                "Pillar: {}. CAF-aligned DSPT outcome: {}. EPRR core standard: {}.",
                o.pillar.label(),
                o.caf,
                o.eprr
            );
            Section { tables: vec![look, when], ..section(&o.id, &o.text, vec![links]) }
        })
        .collect();
    paper("Evaluation guides", scenario, list)
}

fn due(scenario: &Scenario, x: &Exercise, when: &resus_engine::scenario::exercise::When) -> String {
    use resus_engine::scenario::exercise::When;
    match when {
        When::At(at) => format!(
            "{}, {}",
            msel::relative(i64::from(*at) - i64::from(x.begins)),
            scenario.calendar.starts.label(*at)
        ),
        When::World(h) => format!("when {}", happened(h, &scenario.estate)),
        When::ByHand => "by hand".into(),
    }
}

/// Minutes of the room, and what happens in them.
const NINETY: [(u32, &str); 7] = [
    (10, "Welcome, rules, roles, aim and objectives"),
    (20, "Move 1: detect and declare"),
    (20, "Move 2: contain, against the care that it costs"),
    (15, "Move 3: long downtime and mutual aid"),
    (10, "Move 4: restoration and reconnection"),
    (10, "Hot debrief: what went well, what to change"),
    (5, "Owners, dates, close"),
];
const HALF_DAY: [(u32, &str); 9] = [
    (20, "Welcome, rules, roles, aim and objectives"),
    (40, "Move 1: detect and declare"),
    (40, "Move 2: contain, against the care that it costs"),
    (15, "Break"),
    (40, "Move 3: long downtime and mutual aid"),
    (30, "Move 4: restoration and reconnection"),
    (20, "Another branch: go back to one decision and play it otherwise"),
    (25, "Hot debrief with the value of each decision"),
    (10, "Owners, dates, close"),
];

fn agenda(scenario: &Scenario, x: &Exercise, plan: &[(u32, &str)], title: &str) -> Report {
    let moves = plan.iter().filter(|p| p.1.starts_with("Move")).count() as u32;
    let length = x.ends - x.begins;
    let mut table = Table::new(
        title,
        [
            Column::text("room time"),
            Column::number("minutes", "minutes"),
            Column::text("what"),
            Column::text("exercise time"),
        ],
    );
    let (mut at, mut done) = (0, 0);
    for (minutes, what) in plan {
        let span = if what.starts_with("Move") {
            done += 1;
            // Early moves go slowly: each takes twice the time of the one before it.
            let part =
                |k: u32| f64::from(length) * f64::from((1u32 << k) - 1) / f64::from((1u32 << moves) - 1);
            let label = |m: f64| msel::relative(m as i64);
            format!("{} to {}", label(part(done - 1)), label(part(done)))
        } else {
            String::new()
        };
        table.row([
            Cell::text(format!("{}:{:02}", at / 60, at % 60)),
            Cell::number(f64::from(*minutes)),
            Cell::text(*what),
            Cell::text(span),
        ]);
        at += minutes;
    }
    paper(
        title,
        scenario,
        vec![Section {
            tables: vec![table],
            ..section("agenda", "Agenda", vec![format!("{at} minutes in the room.")])
        }],
    )
}

fn backup(scenario: &Scenario, x: &Exercise) -> Report {
    let mut list: Vec<Section> = x
        .injects
        .iter()
        .map(|i| {
            let to: Vec<&str> = i.to.iter().map(|t| x.teams[*t].name.as_str()).collect();
            let to = if to.is_empty() { "all players".to_owned() } else { to.join(", ") };
            section(
                &format!("inject-{}", i.number),
                &format!("{} {}: {}", i.kind.label(), i.number, due(scenario, x, &i.when)),
                vec![
                    format!("EXERCISE. From {} by {} to {to}.", i.from, i.channel.label()),
                    i.text.clone(),
                    format!("Expected: {}", i.expect),
                    if i.notes.is_empty() { String::new() } else { format!("For controllers: {}", i.notes) },
                ]
                .into_iter()
                .filter(|t| !t.is_empty())
                .collect(),
            )
        })
        .collect();
    for q in &x.questions {
        let options = q.options.iter().enumerate().map(|(n, o)| format!("{}. {}", n + 1, o.text));
        list.push(section(
            &format!("question-{}", q.id),
            &format!("Question to {}: {}", x.teams[q.to].name, due(scenario, x, &q.when)),
            std::iter::once(q.text.clone()).chain(options).collect(),
        ));
    }
    paper("Paper backup: all injects and questions", scenario, list)
}

/// The list of events: (file name, bytes), in both sets of columns and both formats.
///
/// # Errors
/// When a text is too long for a spreadsheet's cell.
pub fn lists(
    scenario: &Scenario,
    x: &Exercise,
) -> Result<Vec<(String, Vec<u8>)>, rust_xlsxwriter::XlsxError> {
    let events = msel::events(scenario, x);
    let startex = startex(scenario, x);
    let mut out = vec![];
    for (columns, name) in [(Columns::Hseep, "msel-hseep"), (Columns::Plain, "msel-plain")] {
        let table = msel::table(&events, columns, startex);
        out.push((format!("{name}.csv"), msel::csv(&table).into_bytes()));
        out.push((format!("{name}.xlsx"), msel::xlsx(&table)?));
    }
    Ok(out)
}

/// Local date and time at which players join, in the scenario.
pub fn startex(scenario: &Scenario, x: &Exercise) -> DateTime {
    scenario.calendar.starts.plus(x.begins)
}

/// The day as a calendar file (RFC 5545), from a local date and time, of so many minutes.
pub fn calendar(scenario: &Scenario, x: &Exercise, day: DateTime, minutes: u32) -> String {
    let stamp = |at: DateTime| {
        let (year, month, day) = at.date();
        format!("{year:04}{month:02}{day:02}T{:02}{:02}00", at.minute() / 60, at.minute() % 60)
    };
    let escape =
        |t: &str| t.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".into(),
        "PRODID:-//resus//exercise//EN".into(),
        "BEGIN:VEVENT".into(),
        format!("UID:{:016x}@resus.invalid", scenario.hash),
        format!("DTSTAMP:{}Z", stamp(day)),
        format!("DTSTART:{}", stamp(day)),
        format!("DTEND:{}", stamp(day.plus(minutes))),
        format!("SUMMARY:{}", escape(&format!("EXERCISE: {}", scenario.title))),
        format!("DESCRIPTION:{}", escape(&x.aim)),
        "END:VEVENT".into(),
        "END:VCALENDAR".into(),
    ];
    lines.iter().map(|l| folded(l)).collect()
}

/// Lines of 75 bytes at most, folded as RFC 5545 asks.
fn folded(line: &str) -> String {
    let (mut out, mut used) = (String::new(), 0);
    for c in line.chars() {
        if used + c.len_utf8() > 74 {
            out += "\r\n ";
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out + "\r\n"
}
