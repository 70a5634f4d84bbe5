//! The reference of JSON is the one of the types that are written, and what is written has the fields that it names.

use std::process::Command;

fn out(args: &[&str]) -> String {
    let o = Command::new(env!("CARGO_BIN_EXE_resus-under-test")).args(args).output().unwrap();
    assert!(o.status.success(), "{args:?}: {}", String::from_utf8_lossy(&o.stderr));
    String::from_utf8(o.stdout).unwrap()
}

#[test]
fn the_reference_of_json_is_the_one_of_the_types() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference/json.md");
    assert_eq!(
        out(&["schema", "--json"]),
        std::fs::read_to_string(file).unwrap(),
        "run `resus schema --json > docs/reference/json.md`"
    );
}

/// The fields that the reference names under a heading.
fn fields<'r>(reference: &'r str, heading: &str) -> Vec<&'r str> {
    let (_, text) = reference.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let rows = text.lines().take_while(|l| !l.starts_with('#')).filter_map(|l| l.strip_prefix("| `"));
    rows.filter_map(|l| l.split('`').next()).collect()
}

fn keys(value: &serde_json::Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn documents_have_the_fields_that_the_reference_names() {
    let reference = out(&["schema", "--json"]);
    let small = ["--set", "estate.population=100000", "--json"];
    let document = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&out(&[args, &small].concat())).unwrap()
    };
    let compared = document(&["compare", "--replicates", "2", "--strategies", "all-pillars"]);
    assert_eq!(compared["format"], "resus-compare-1");
    assert_eq!(keys(&compared), fields(&reference, "## `compare --json`"));
    assert_eq!(keys(&compared["strategies"][1]), fields(&reference, "### ComparedStrategy"));
    let harm = &compared["strategies"][1]["outcomes"]["harm"];
    assert_eq!(keys(harm), fields(&reference, "### ComparedOutcome"));
    assert_eq!(keys(&harm["paired"]), fields(&reference, "### PairedDifference"));
    assert!(compared["strategies"][0]["outcomes"]["harm"]["paired"].is_null());
    assert_eq!(keys(&compared["who"]), fields(&reference, "### Who"));
    let run = document(&["run", "--replicates", "2"]);
    assert_eq!(keys(&run), fields(&reference, "## `run --json`"));
    assert_eq!(run["what_if"], serde_json::json!(["estate.population=100000"]));
    let bench = document(&["bench", "--replicates", "1", "--strategies", "all-pillars"]);
    assert_eq!(keys(&bench), fields(&reference, "## `bench --json`"));
    for document in [&compared, &run, &bench] {
        for what in ["seed", "version", "hash", "what_if", "partial"] {
            assert!(!document[what].is_null(), "{what} of {}", document["format"]);
        }
    }
    let story = document(&["run", "--replicates", "1"]);
    assert_eq!(keys(&story), fields(&reference, "## `run --replicates 1 --json`"));
    assert_eq!(keys(&story["events"][0]), fields(&reference, "### StoryEvent"));
    let list: serde_json::Value = serde_json::from_str(&out(&["list", "--json"])).unwrap();
    assert_eq!(keys(&list[0]), fields(&reference, "### BundledScenario"));
}
