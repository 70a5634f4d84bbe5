//! A live exercise: the journal is all there is; branches and forecasts leave what happened alone.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use resus_engine::exercise::forecast::of_question;
use resus_engine::exercise::journal;
use resus_engine::exercise::journal::{Command as Do, Entry};
use resus_engine::exercise::session::{Next, Session};
use resus_engine::exercise::view;
use resus_engine::exercise::view::Status;
use resus_engine::scenario::{bundled, load};
use resus_engine::sim::Simulation;
use resus_engine::streams::{StreamName, Streams};
use resus_tests::Replaced as _;
use resus_tests::diagnostics;
use resus_tests::{scenario, sized};

fn session() -> Session {
    let (_, path, text) = bundled::SCENARIOS[0];
    let s = load(text, None).unwrap();
    let launch = Session::launch(&s, path, text, 1, None, false).unwrap();
    Session::replay(vec![launch], None).unwrap()
}

fn decide(question: &str, option: &str) -> Do {
    Do::Decide { question: question.into(), option: option.into(), reason: "because".into() }
}

/// A session with decisions, orders, injects by hand, a branch and a return.
fn played() -> Session {
    let mut s = session();
    let begins = s.exercise().begins;
    for command in [
        Do::Advance { to: begins + 61 },
        decide("littleford-first", "hunt"),
        decide("tell", "all"),
        Do::Hold { number: 13 },
        Do::Advance { to: begins + 25 * 60 },
        decide("continuity", "paper"),
        Do::Release { number: 12 },
        Do::Note { by: "evaluator".into(), text: "seen".into() },
        Do::Branch { name: "other".into(), from: 1 },
        decide("littleford-first", "cut"),
        Do::Advance { to: begins + 30 * 60 },
        Do::Switch { name: "main".into() },
        Do::Advance { to: begins + 40 * 60 },
    ] {
        s.apply(command.clone()).unwrap_or_else(|e| panic!("{command:?}: {e} {}", e.help));
    }
    s
}

#[test]
fn a_replay_is_the_session_to_the_byte() {
    let live = played();
    let text: String = live.entries().iter().map(|e| e.line() + "\n").collect();
    let read = journal::read(text.as_bytes()).unwrap();
    let again = Session::replay(read.entries, None).unwrap();
    assert!(live.state() == again.state());
    assert_eq!(live.branches(), again.branches());
    assert_eq!(live.branch(), again.branch());
    let lines: String = again.entries().iter().map(|e| e.line() + "\n").collect();
    assert_eq!(text, lines);
}

#[test]
fn a_branch_shares_the_past_and_leaves_the_line_that_it_left_alone() {
    let mut s = played();
    let main = s.state().clone();
    s.apply(Do::Switch { name: "other".into() }).unwrap();
    let other = s.state().clone();
    assert_ne!(main.decisions, other.decisions);
    let shared = s.exercise().begins + 60;
    let past = |t: &[resus_engine::exercise::session::LogEntry]| {
        t.iter().filter(|t| t.at < shared).cloned().collect::<Vec<_>>()
    };
    assert_eq!(past(&main.log), past(&other.log));
    s.apply(Do::Switch { name: "main".into() }).unwrap();
    assert!(*s.state() == main);
}

#[test]
fn forecasts_leave_the_session_alone_and_repeat() {
    let mut s = session();
    let to = s.find(Next::Decision);
    s.apply(Do::Advance { to }).unwrap();
    let before = s.state().clone();
    let q = s.open_questions().next().unwrap();
    let (one, two) = (of_question(&s, q, 12), of_question(&s, q, 12));
    assert_eq!(one, two);
    assert!(*s.state() == before);
    // Doing nothing, and an option that orders nothing, are the same on every fork.
    assert!(one[1].difference.estimate.abs() < 1e-12 && one[1].wins.same == one[1].wins.of);
    assert!(one.iter().skip(2).any(|o| o.difference.estimate.abs() > 1.0), "some answer makes a difference");
    s.apply(Do::Advance { to: to + 600 }).unwrap();
    let mut without = session();
    without.apply(Do::Advance { to }).unwrap();
    without.apply(Do::Advance { to: to + 600 }).unwrap();
    assert!(s.state() == without.state());
}

#[test]
fn a_fork_with_nothing_left_to_chance_is_the_run() {
    let text = resus_tests::with_campaigns(&sized("bad-update", 100_000), "", "");
    let s = scenario(&text);
    let record = |fork: bool| {
        let mut sim = Simulation::new(&s);
        sim.reset(1, 0, 0, false);
        sim.play(1000);
        if fork {
            sim.fork(5);
        }
        sim.play(u32::MAX);
        sim.record()
    };
    assert_eq!(record(true), record(false));
}

#[test]
fn commands_that_make_no_sense_change_nothing() {
    let mut s = session();
    let (state, entries) = (s.state().clone(), s.entries().len());
    let begins = s.exercise().begins;
    for command in [
        Do::Advance { to: begins },
        Do::Advance { to: begins - 60 },
        decide("littleford-first", "hunt"),
        decide("nonsense", "hunt"),
        Do::Release { number: 99 },
        Do::Release { number: 1 },
        Do::Branch { name: "main".into(), from: 0 },
        Do::Branch { name: "x".into(), from: 77 },
        Do::Switch { name: "nowhere".into() },
        Do::Order {
            team: "littleford".into(),
            organisation: "ottermarsh-general".into(),
            action: resus_engine::catalogue::action::ActionKind::HuntAndEvict,
            to: resus_engine::catalogue::action::Target::Affected,
        },
        Do::Note { by: "evaluator".into(), text: "x".repeat(5000) },
    ] {
        let refused = s.apply(command.clone()).unwrap_err();
        assert!(!refused.help.is_empty(), "{command:?}");
    }
    assert!(*s.state() == state && s.entries().len() == entries);
}

#[test]
fn players_do_not_see_a_quiet_intruder() {
    let mut s = session();
    s.apply(Do::Advance { to: s.exercise().begins + 60 }).unwrap();
    let e = s.scenario().estate.clone();
    let org = e.find_org("ottermarsh-general").unwrap();
    let truth: Vec<Status> = e.assets_of(org).map(|a| view::truth(s.world(), a)).collect();
    let known: Vec<Status> = e.assets_of(org).map(|a| view::known(s.world(), a)).collect();
    assert!(truth.contains(&Status::AtRisk), "the crew is inside");
    assert!(known.iter().all(|k| *k == Status::Working), "and nobody there knows");
    let team = s.exercise().teams.iter().position(|t| t.id == "ottermarsh").unwrap();
    assert!(s.world().trace().iter().filter(|e| view::visible(&s, team, e)).all(|e| {
        !matches!(
            e.kind,
            resus_engine::sim::core::trace::EventKind::Entered { .. }
                | resus_engine::sim::core::trace::EventKind::Reached { .. }
        )
    }));
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("resus-{name}-{}.jsonl", std::process::id()))
}

/// Plays commands one by one through a pipe and kills the process after `after` of them were acknowledged.
fn killed(path: &std::path::Path, commands: &[String], after: usize) -> usize {
    let _ = std::fs::remove_file(path);
    let mut child = Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
        .args(["exercise", "--script", "-", "--journal", path.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    for command in &commands[..after] {
        // A note says itself back: when it is read, all before it is acknowledged.
        writeln!(stdin, "{command}").unwrap();
        let wanted = command.rsplit(' ').next().unwrap().to_owned();
        let mut line = String::new();
        while !line.contains(&wanted) {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "it ended before {command}");
        }
    }
    // One more is on its way when it is killed.
    if let Some(next) = commands.get(after) {
        let _ = writeln!(stdin, "{next}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    after
}

#[test]
fn nothing_that_was_acknowledged_is_lost_when_the_process_is_killed() {
    let path = file("killed");
    let sessions = 200u64;
    for n in 0..sessions {
        let key = Streams::new(17, n).stream(StreamName::Test { n: 0 });
        let commands: Vec<String> = (0..5).map(|k| format!("note evaluator marker-{n}-{k}")).collect();
        let acknowledged = killed(&path, &commands, (key.uniform() * 6.0) as usize % 6);
        let Ok(text) = std::fs::read(&path) else {
            assert_eq!(acknowledged, 0, "a journal that was written to is there");
            continue;
        };
        let read = match journal::read(&text) {
            Ok(read) => read,
            Err(journal::Broken::Empty) => {
                assert_eq!(acknowledged, 0);
                continue;
            }
            Err(e) => panic!("session {n}: {e}"),
        };
        for k in 0..acknowledged {
            let marker = format!("marker-{n}-{k}");
            let there = |e: &Entry| matches!(&e.command, Do::Note { text, .. } if *text == marker);
            assert!(read.entries.iter().any(there), "session {n}: {marker} was acknowledged and is lost");
        }
        // Now and then the whole way: the session goes on where it was.
        if n % 40 == 0 && acknowledged > 0 {
            let done = Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
                .args(["exercise", "--resume", path.to_str().unwrap(), "--script", "/dev/null"])
                .output()
                .unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
    }
    let _ = std::fs::remove_file(&path);
}

#[test]
fn a_torn_line_is_repaired_and_tampering_is_refused() {
    let path = file("torn");
    let live = played();
    let text: String = live.entries().iter().map(|e| e.line() + "\n").collect();
    let resume = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
            .args([
                "exercise",
                "--resume",
                path.to_str().unwrap(),
                "--script",
                "/dev/null",
                "--screen",
                "80x24",
            ])
            .output()
            .unwrap()
    };
    let whole = resume(&text);
    let torn = resume(&format!("{text}{{\"seq\":99,\"pre"));
    assert_eq!(whole.stdout, torn.stdout);
    assert!(String::from_utf8_lossy(&torn.stderr).contains("torn"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "the torn rest is cut off");
    let changed = resume(&text.replaced("because", "Because"));
    assert_eq!(changed.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&changed.stderr).contains("tampered"));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn mistakes_in_an_exercise_are_told_with_their_places() {
    let text = bundled::SCENARIOS[0].2;
    for (from, to, what) in [
        ("to: \"strategic\", text", "to: \"strategc\", text", "no team 'strategc'"),
        (
            "objective: \"share\", plausible: NationKnows",
            "objective: \"shar\", plausible: NationKnows",
            "no objective 'shar'",
        ),
        (
            "Organisation(\"ottermarsh-general\"), do: HuntAndEvict",
            "Organisation(\"ottermarsh-genral\"), do: HuntAndEvict",
            "no organisation",
        ),
        ("ends: \"14 days\"", "ends: \"2 days\"", "ends after it begins"),
        ("(number: 2,", "(number: 1,", "have the number 1"),
        (
            "commands: [Organisation(\"ottermarsh-general\")]",
            "commands: [Kind(AcuteTrust)]",
            "another team commands",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let loaded = load(&text.replacen(from, to, 1), None);
        assert!(
            loaded.is_err() && diagnostics(&loaded).iter().any(|m| m.what.contains(what) && !m.at.is_empty()),
            "{what}: {:?}",
            diagnostics(&loaded)
        );
    }
}

#[test]
fn bundled_exercises_are_whole_and_their_worlds_fit_them() {
    use resus_engine::exercise::rehearse::rehearse;
    use resus_engine::study::replicates::Progress;
    let mut found = 0;
    for (name, _, text) in bundled::SCENARIOS {
        let s = std::sync::Arc::new(load(text, None).unwrap());
        let Some(x) = &s.exercise else { continue };
        found += 1;
        assert!(x.injects.len() >= 15 && x.questions.len() >= 5 && x.teams.len() >= 5, "{name}");
        assert!(x.injects.iter().all(|i| !i.expect.is_empty() && !i.text.is_empty()));
        let r = rehearse(&s, s.baseline, 1, 30, &Progress::default()).unwrap();
        for (i, fate) in x.injects.iter().zip(&r.injects) {
            let plausible = fate.plausible.unwrap_or(1.0);
            assert!(fate.given == 0.0 || plausible >= 0.8, "{name}, inject {}: {plausible}", i.number);
        }
        assert!(r.objectives.iter().all(|o| *o >= 0.8), "{name}: {:?}", r.objectives);
    }
    assert_eq!(found, 3);
}

#[test]
fn an_exercise_from_its_pack_to_its_review() {
    let folder = std::env::temp_dir().join(format!("resus-day-{}", std::process::id()));
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let run = |args: &[&str]| {
        let o = Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
            .args(args)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        assert!(o.status.success(), "{args:?}: {}", String::from_utf8_lossy(&o.stderr));
        String::from_utf8(o.stdout).unwrap()
    };
    let pack = path("pack");
    let listed = run(&["exercise", "pack", "--out", &pack, "--day", "2027-03-01T09:00"]);
    for name in [
        "situation-manual.html",
        "brief-ottermarsh.md",
        "brief-ottermarsh.docx",
        "evaluation-guides.html",
        "agenda-half-day.md",
        "msel-hseep.xlsx",
        "msel-plain.csv",
        "paper-backup.html",
        "exercise.ics",
    ] {
        assert!(listed.contains(name) && folder.join("pack").join(name).exists(), "{name}");
    }
    let calendar = std::fs::read_to_string(folder.join("pack/exercise.ics")).unwrap();
    assert!(calendar.contains("DTSTART:20270301T090000\r\n") && calendar.lines().all(|l| l.len() <= 75));
    // The list comes back from a workbook as it was written.
    let injects = run(&["exercise", "import-msel", &path("pack/msel-hseep.xlsx")]);
    assert_eq!(injects.matches("(number: ").count(), 18);
    assert_eq!(injects, run(&["exercise", "import-msel", &path("pack/msel-hseep.csv")]));
    let journal = path("day.jsonl");
    run(&["exercise", "--script", "exercise.txt", "--journal", &journal]);
    let before = std::fs::read(&journal).unwrap();
    let (page, text) = (path("review.html"), path("review.md"));
    let said = run(&["review", &journal, "--forks", "10", "--report", &page, "--markdown", &text]);
    assert!(said.contains("no decision") && said.contains("cut-at-once"));
    assert!(said.lines().all(|l| l.chars().count() <= 80), "{said}");
    assert_eq!(std::fs::read(&journal).unwrap(), before, "a review writes nothing into the journal");
    let page = std::fs::read_to_string(&page).unwrap();
    assert!(page.contains("Improvement plan") && page.contains("forty minutes") && page.contains("D1.a"));
    let json: serde_json::Value =
        serde_json::from_str(&run(&["review", &journal, "--forks", "10", "--json"])).unwrap();
    assert_eq!(json["decisions"].as_array().unwrap().len(), 5);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_broken_list_of_events_is_refused_by_its_cells() {
    let path = file("msel").with_extension("csv");
    std::fs::write(
        &path,
        "Event Number,Designated Scenario Time,Message\n1,T+0:10,first\n2,T+0:75,second\nx,T+0:20,third\n",
    )
    .unwrap();
    let run = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
            .args(["exercise", "import-msel", path.to_str().unwrap()])
            .args(more)
            .output()
            .unwrap()
    };
    let refused = run(&[]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2));
    assert!(said.contains("B3") && said.contains("A4") && said.contains("3 rows, 1 read"), "{said}");
    assert!(refused.stdout.is_empty());
    assert_eq!(run(&["--keep-going"]).status.code(), Some(0));
    std::fs::remove_file(&path).unwrap();
}
