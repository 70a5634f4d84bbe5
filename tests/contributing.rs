//! The walks of CONTRIBUTING.md: an action is added to a copy of the sources with the edits that its walk names, and no others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use resus_tests::Replaced as _;

const ACTION: &str = "OpenCommandPost";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// Puts `text` behind the first line that begins with `line`.
fn insert(file: &Path, line: &str, text: &str) {
    let old = fs::read_to_string(file).unwrap();
    let at = old.lines().position(|l| l.trim_start().starts_with(line));
    let at = at.unwrap_or_else(|| panic!("{} has no line '{line}'", file.display()));
    let mut lines: Vec<&str> = old.lines().collect();
    lines.insert(at + 1, text);
    fs::write(file, lines.join("\n") + "\n").unwrap();
}

#[test]
fn the_walk_names_files_that_there_are() {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let named: Vec<&str> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|p| p.contains('/') && !p.contains([' ', '<', '…', '*']) && !p.starts_with("target/"))
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for path in named {
        let short = |folder: &str| root().join(folder).join(path).exists();
        let there =
            short(".") || short("engine/src") || short("engine/src/sim") || short("engine/src/scenario");
        let there = there || short("engine/src/sim/response");
        assert!(there, "CONTRIBUTING.md names {path}, which is not there");
    }
}

#[test]
#[ignore = "builds the command line once more"]
fn an_action_is_added_by_its_walk_alone() {
    let copied = root().join("target/walk");
    let _ = fs::remove_dir_all(&copied);
    for part in ["engine", "report", "cli", "scenarios", "docs"] {
        copy(&root().join(part), &copied.join(part));
    }
    fs::copy(root().join("Cargo.lock"), copied.join("Cargo.lock")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    fs::write(copied.join("Cargo.toml"), manifest.replaced(", \"tests\"]", "]")).unwrap();
    let engine = copied.join("engine/src");
    // 1. One line of the catalogue, and whether it keeps care going.
    insert(
        &engine.join("catalogue/action.rs"),
        "InformRegulator = ",
        &format!("    /// Coordination: open a command post.\n    {ACTION} = \"open a command post\","),
    );
    insert(
        &engine.join("catalogue/action.rs"),
        "| Self::InformRegulator => false",
        &format!("            Self::{ACTION} => false,"),
    );
    // 2. Its rules, and its arm.
    insert(
        &engine.join("sim/response/action/mod.rs"),
        "ActionKind::InformRegulator =>",
        &format!("        ActionKind::{ACTION} => &coordination::COMMAND_POST,"),
    );
    let rules = engine.join("sim/response/action/coordination.rs");
    let effect = "effect: |response, doing| response.incidents.get_mut(doing.org).public = true";
    let more =
        format!("\npub(super) const COMMAND_POST: ActionRules = ActionRules {{ {effect}, ..PLAIN }};\n");
    fs::write(&rules, fs::read_to_string(&rules).unwrap() + &more).unwrap();
    // 3. One row of costs.
    insert(
        &copied.join("scenarios/parameters/default.ron"),
        "(action: InformRegulator",
        &format!(
            "        (action: {ACTION}, effort: 4, shortest: \"1h\", within: 2, sure: Low, source: \"a test\"),"
        ),
    );
    // A playbook orders it.
    let scenario = fs::read_to_string(copied.join("scenarios/starter.ron")).unwrap();
    let book = "playbooks: [(id: \"posted\", summary: \"x\", rules: [(when: At(\"1h\"), act: [(do: OpenCommandPost)])])],\n    strategies: [Own(id: \"mine\", name: \"Mine\", playbook: \"posted\")],\n    baseline: \"mine\",\n)";
    let from = scenario.find("    strategies: [").expect("the starter lists strategies");
    let file = copied.join("posted.ron");
    fs::write(&file, format!("{}    {book}\n", &scenario[..from])).unwrap();
    // Dependencies are built already.
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let output = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet", "-p", "resus", "--", "run"])
        .arg(&file)
        .args(["--replicates", "1", "--all"])
        .env("CARGO_TARGET_DIR", target)
        .current_dir(&copied)
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{err}");
    assert!(out.contains("has done: open a command post"), "{out}");
    fs::remove_dir_all(&copied).unwrap();
}
