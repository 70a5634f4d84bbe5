//! The pages that resus makes, checked by axe in headless Chromium against WCAG 2.2 AA, wide and narrow, offline.

use std::process::Command;

#[test]
#[ignore = "needs Node, Chromium and `npm ci` in tests/accessibility: .ci/run passes it"]
fn reports_are_accessible() {
    let folder = std::env::temp_dir().join(format!("resus-pages-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let page = |name: &str| folder.join(format!("{name}.html")).to_str().unwrap().to_owned();
    let made: Vec<String> = [
        vec!["compare", "--replicates", "30"],
        vec!["pillars", "--replicates", "20"],
        vec!["criticality", "--replicates", "6", "--most", "20", "--leaders", "5"],
        vec!["plan", "--budget", "£3m", "--search", "12", "--replicates", "30"],
    ]
    .into_iter()
    .map(|args| {
        let file = page(args[0]);
        let done = Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
            .args(&args)
            .args(["--set", "estate.population=200000", "--report", &file])
            .output()
            .unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        file
    })
    .collect();
    let resus = |args: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
            .args(args)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let (journal, review, pack) = (
        folder.join("j.jsonl").to_str().unwrap().to_owned(),
        page("review"),
        folder.join("pack").to_str().unwrap().to_owned(),
    );
    resus(&["exercise", "--script", "exercise.txt", "--journal", &journal]);
    resus(&["review", &journal, "--forks", "10", "--report", &review]);
    resus(&["exercise", "pack", "--out", &pack]);
    let papers =
        ["situation-manual", "evaluation-guides", "agenda-half-day", "brief-strategic", "paper-backup"];
    let made: Vec<String> =
        made.into_iter().chain([review]).chain(papers.map(|p| format!("{pack}/{p}.html"))).collect();
    let checked = Command::new("node")
        .arg("accessibility/check.mjs")
        .args(&made)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("Node is installed");
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(
        checked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
}
