//! Every command, run as a user runs it.

use std::process::{Command, Output};

fn resus(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
        .args(args)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80")
        .output()
        .unwrap()
}

fn out(args: &[&str]) -> String {
    let o = resus(args);
    assert!(o.status.success(), "{args:?}: {}", String::from_utf8_lossy(&o.stderr));
    String::from_utf8(o.stdout).unwrap()
}

fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} characters: {line}", line.chars().count());
    }
}

#[test]
fn compare_prints_a_verdict_and_tables_that_fit() {
    let text = out(&["compare", "--replicates", "4", "--strategies", "all-pillars,switch-off"]);
    assert!(text.contains("All five pillars") && text.contains("baseline"));
    fits(&text);
}

#[test]
fn compare_is_the_same_on_any_number_of_threads() {
    let json =
        |threads| out(&["compare", "care-records", "--replicates", "4", "--json", "--threads", threads]);
    assert_eq!(json("1"), json("2"));
    let value: serde_json::Value = serde_json::from_str(&json("1")).unwrap();
    assert_eq!(value["format"], "resus-compare-1");
}

#[test]
fn one_replicate_tells_its_story() {
    let text = out(&["run", "lab-supplier", "--replicates", "1"]);
    assert!(text.contains("Synolab") && text.contains("day 1"));
    fits(&text);
    let why = out(&["run", "lab-supplier", "--why", "synolab/laboratory-system"]);
    assert!(why.contains("because"), "{why}");
}

#[test]
fn the_other_commands_answer() {
    fits(&out(&["estate"]));
    fits(&out(&["list"]));
    fits(&out(&["run", "--replicates", "3"]));
    assert!(out(&["completions", "bash"]).contains("resus"));
    assert!(out(&["--version"]).starts_with("resus "));
}

#[test]
fn the_reference_of_the_format_is_the_one_of_the_types() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference/scenario.md");
    assert_eq!(
        out(&["schema"]),
        std::fs::read_to_string(file).unwrap(),
        "run `resus schema > docs/reference/scenario.md`"
    );
}

#[test]
fn bad_input_ends_with_code_2_and_says_what_to_do() {
    for args in [
        &["check", "no-such-file"][..],
        &["compare", "--strategies", "isolate-erly"],
        &["run", "--why", "nothing"],
        &["frobnicate"],
    ] {
        let o = resus(args);
        assert_eq!(o.status.code(), Some(2), "{args:?}");
        assert!(o.stdout.is_empty() && !o.stderr.is_empty());
    }
    assert!(
        String::from_utf8_lossy(&resus(&["compare", "--strategies", "isolate-erly"]).stderr)
            .contains("did you mean 'isolate-early'?")
    );
}

#[test]
fn every_bundled_file_passes_the_check() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios");
    let mut files = vec![];
    let mut folders = vec![std::path::PathBuf::from(root)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "ron") {
                files.push(path.to_string_lossy().into_owned());
            }
        }
    }
    assert!(files.len() >= 9);
    out(&["check"].into_iter().chain(files.iter().map(String::as_str)).collect::<Vec<_>>());
}

#[test]
fn new_writes_a_starter_once() {
    let file = std::env::temp_dir().join(format!("resus-starter-{}.ron", std::process::id()));
    let name = file.to_str().unwrap();
    out(&["new", name]);
    out(&["check", name]);
    assert_eq!(resus(&["new", name]).status.code(), Some(2));
    std::fs::remove_file(file).unwrap();
}
