//! What people read, kept as files: a change of a word, a column or a figure is seen in the review of the change.
//! After a change that is meant: `INSTA_UPDATE=always cargo test --workspace --test main golden::`.

use std::process::Command;

fn printed(args: &[&str]) -> String {
    let o = Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    format!(
        "{}{}exit code {}\n",
        String::from_utf8_lossy(&o.stdout),
        String::from_utf8_lossy(&o.stderr),
        o.status.code().unwrap()
    )
}

#[test]
fn tables_of_a_comparison() {
    insta::assert_snapshot!(printed(&["compare", "friday-night", "--replicates", "40"]));
}

#[test]
fn the_readme_shows_what_the_command_prints() {
    let readme = include_str!("../README.md");
    let shown =
        readme.split("$ cargo run --release -- compare\n").nth(1).unwrap().split("\n…").next().unwrap();
    assert!(
        printed(&["compare"]).starts_with(shown),
        "paste the beginning of `resus compare` into README.md"
    );
}

#[test]
fn a_scripted_exercise() {
    insta::assert_snapshot!(printed(&["exercise", "--script", "exercise.txt"]));
}

#[test]
fn screens_of_an_exercise() {
    for (name, size, keys) in
        [("board", "80x24", ""), ("forecast", "80x24", "f"), ("log", "80x24", ">"), ("large", "140x44", "")]
    {
        let args = ["exercise", "--script", "exercise-short.txt", "--screen", size, "--keys", keys];
        let text = printed(&args);
        let lines: Vec<&str> = text.lines().collect();
        let rows: usize = size.split('x').nth(1).unwrap().parse().unwrap();
        insta::assert_snapshot!(format!("screen_{name}"), lines[lines.len() - rows - 1..].join("\n"));
    }
}

#[test]
fn a_dry_run() {
    insta::assert_snapshot!(printed(&["exercise", "rehearse", "--runs", "24"]));
}

#[test]
fn table_of_one_strategy() {
    insta::assert_snapshot!(printed(&["run", "care-records", "--replicates", "24"]));
}

#[test]
fn timeline_of_one_replicate() {
    insta::assert_snapshot!(printed(&[
        "run",
        "lab-supplier",
        "--replicates",
        "1",
        "--seed",
        "2",
        "--strategy",
        "defend-as-one"
    ]));
}

#[test]
fn why_a_service_was_lost() {
    insta::assert_snapshot!(printed(&["run", "worm", "--why", "littleford-teaching-hospitals/imaging"]));
}

#[test]
fn an_estate() {
    insta::assert_snapshot!(printed(&["estate"]));
}

#[test]
fn bundled_scenarios() {
    insta::assert_snapshot!(printed(&["list"]));
}

#[test]
fn mistakes_of_a_file() {
    insta::assert_snapshot!(printed(&["check", "broken.ron"]));
}

#[test]
fn a_misspelt_strategy() {
    insta::assert_snapshot!(printed(&["compare", "--strategies", "isolate-erly"]));
}
