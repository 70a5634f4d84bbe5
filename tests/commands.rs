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

/// The planner's commands on a small care system, as one would try them first.
fn planner(command: &str, more: &[&str]) -> Vec<&'static str> {
    let mut args = vec![command, "--set", "estate.population=150000"];
    args.extend(more);
    args.into_iter().map(|a| &*Box::leak(a.to_owned().into_boxed_str())).collect()
}

/// The cells of a line of CSV.
fn cells(line: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            c => out.last_mut().unwrap().push(c),
        }
    }
    out
}

/// A table as CSV: no two columns of one name, numbers all through with a unit, intervals around their estimates, no number too long.
fn sound(file: &str, text: &str) {
    let lines: Vec<Vec<String>> = text.lines().map(cells).collect();
    let head = &lines[0];
    let distinct: std::collections::BTreeSet<&String> = head.iter().collect();
    assert_eq!(distinct.len(), head.len(), "{file}: {head:?}");
    let column = |c: usize| lines[1..].iter().map(move |l| l[c].as_str());
    let value = |text: &str| text.parse::<f64>().ok();
    let of_outcomes = matches!(file, "replicates.csv" | "summary.csv");
    for (c, name) in head.iter().enumerate() {
        assert!(lines.iter().all(|l| l.len() == head.len()), "{file}");
        let unit = name.ends_with(')') && name.contains(" (");
        for cell in column(c).filter(|cell| !cell.is_empty()) {
            assert!(cell.len() < 26 || value(cell).is_none(), "{file}, {name}: {cell}");
            // Words, a parameter's value among them; a year needs no unit.
            if !["value", "year"].contains(&name.as_str()) {
                let number = unit || of_outcomes && c > 2 || file == "replicates.csv" && c > 0;
                assert_eq!(value(cell).is_some(), number, "{file}, {name}: {cell}");
            }
        }
        if let Some((estimate, unit)) = name.split_once(": low end of 95 % interval") {
            let find = |name: String| {
                head.iter().position(|h| *h == name).unwrap_or_else(|| panic!("{file} has no {name}"))
            };
            let (middle, high) = (
                find(format!("{estimate}{unit}")),
                find(format!("{estimate}: high end of 95 % interval{unit}")),
            );
            for row in &lines[1..] {
                let [low, middle, high] = [c, middle, high].map(|c| value(&row[c]));
                if let (Some(low), Some(middle), Some(high)) = (low, middle, high) {
                    // A bootstrap's interval may leave out the mean of values that are nearly all the same.
                    assert!(
                        low <= high && (low <= middle && middle <= high || high - low < 0.1 * middle.abs()),
                        "{file}, {name}: {low} {middle} {high}"
                    );
                }
            }
        }
    }
    if file == "summary.csv" {
        let at = |name: &str| head.iter().position(|h| h == name).unwrap();
        for row in &lines[1..] {
            if let (Some(low), Some(middle), Some(high)) =
                (value(&row[at("low")]), value(&row[at("difference")]), value(&row[at("high")]))
            {
                assert!(low <= middle && middle <= high, "{row:?}");
            }
        }
    }
}

#[test]
fn planners_commands_print_tables_that_fit_and_json_and_reports() {
    let folder = std::env::temp_dir().join(format!("resus-planner-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (command, more, words) in [
        ("pillars", &["--replicates", "12"][..], "Too few runs to say"),
        ("criticality", &["--replicates", "4", "--most", "10", "--leaders", "4"], "hurts most"),
        ("plan", &["--budget", "£1m", "--search", "10", "--replicates", "20"], "roadmap"),
        ("compare", &["--replicates", "12", "--strategies", "all-pillars"], "baseline"),
    ] {
        let args = planner(command, more);
        let text = out(&args);
        assert!(text.contains(words), "{text}");
        fits(&text);
        let file = folder.join(format!("{command}.html"));
        let csv = folder.join(command);
        let book = folder.join(format!("{command}.xlsx"));
        let with = [file.to_str().unwrap(), csv.to_str().unwrap(), book.to_str().unwrap()];
        let wanted = ["--json", "--threads", "1", "--report", with[0], "--csv", with[1], "--xlsx", with[2]];
        let json = out(&[&args[..], &wanted].concat());
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["format"], format!("resus-{command}-1"));
        assert_eq!(
            json,
            out(&[&args[..], &["--json", "--threads", "2"]].concat()),
            "{command} on 1 and 2 threads"
        );
        let page = std::fs::read_to_string(&file).unwrap();
        assert!(
            page.contains("<main") && page.contains("data:text/csv") && page.contains("hash of the scenario")
        );
        assert!(
            !page.contains("<script")
                && page.matches("http://").count() == page.matches("http://www.w3.org/2000/svg").count()
                && !page.contains("https://")
        );
        assert!(std::fs::read(&book).unwrap().starts_with(b"PK"));
        // The page for the board comes first, and its line for the register is a file of its own.
        assert!(page.find("For the board").unwrap() < page.find("In short").unwrap());
        let risk = std::fs::read_to_string(csv.join("risk-register.csv")).unwrap();
        assert!(risk.starts_with("cause,event,impact,likelihood,score,owner,residual\n"), "{risk}");
        let tables = std::fs::read_dir(&csv)
            .unwrap()
            .filter(|f| f.as_ref().unwrap().path().extension().is_some_and(|e| e == "csv"))
            .count();
        assert!(tables >= 4, "{command}: {tables} tables");
        for file in std::fs::read_dir(&csv).unwrap() {
            let path = file.unwrap().path();
            sound(path.file_name().unwrap().to_str().unwrap(), &std::fs::read_to_string(&path).unwrap());
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn tables_alone_move_no_parameters() {
    let folder = std::env::temp_dir().join(format!("resus-tables-{}", std::process::id()));
    let (csv, page) = (folder.join("csv"), folder.join("page.md"));
    std::fs::create_dir_all(&folder).unwrap();
    let args = planner("compare", &["--replicates", "30", "--strategies", "all-pillars"]);
    out(&[&args[..], &["--csv", csv.to_str().unwrap()]].concat());
    assert!(csv.join("replicates.csv").is_file() && !csv.join("tornado.csv").exists());
    let markdown = ["--markdown", page.to_str().unwrap(), "--csv", csv.to_str().unwrap()];
    out(&[&args[..], &markdown, &["--no-tornado"]].concat());
    assert!(!csv.join("tornado.csv").exists());
    assert!(std::fs::read_to_string(&page).unwrap().contains("No parameter was moved over its range"));
    out(&[&args[..], &markdown].concat());
    assert!(csv.join("tornado.csv").is_file());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn who_feels_it_is_told_by_care_organisation_and_region() {
    let args = ["compare", "friday-night", "--replicates", "20", "--strategies", "all-pillars"];
    let text = out(&[&args[..], &["--by", "care,organisation,region"]].concat());
    fits(&text);
    for words in
        ["by kind of care: under “As things stand”", "by organisation: ", "by region: ", "back, days"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let value: serde_json::Value = serde_json::from_str(&out(&[&args[..], &["--json"]].concat())).unwrap();
    let sum = |of: &str, what: &str| -> f64 {
        let list = value["who"][of].as_array().unwrap();
        list.iter().map(|l| l["strategies"]["as-things-stand"][what].as_f64().unwrap()).sum()
    };
    for (of, outcome) in [("care", "harm_care"), ("regions", "harm")] {
        let harm = value["strategies"][0]["outcomes"][outcome]["mean"].as_f64().unwrap();
        assert!(harm > 0.0 && (sum(of, "harm") - harm).abs() < 1e-6 * harm, "{of}");
    }
    let first = value["who"]["organisations"][0]["id"].as_str().unwrap().to_owned();
    let text = out(&[&args[..], &["--organisation", &first]].concat());
    fits(&text);
    assert!(text.contains("among organisations of its kind"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_report_that_was_stopped_says_so_and_ends_with_130() {
    let folder = std::env::temp_dir().join(format!("resus-stopped-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let page = folder.join("page.html");
    let mut running = Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
        .args([
            "compare",
            "friday-night",
            "--replicates",
            "1000000",
            "--strategies",
            "all-pillars",
            "--report",
            page.to_str().unwrap(),
        ])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // Once it runs it has a handler, and some replicates are done.
    std::thread::sleep(std::time::Duration::from_secs(5));
    let asked = Command::new("kill").args(["-TERM", &running.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert_eq!(running.wait().unwrap().code(), Some(130));
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("UNFINISHED: stopped before its end"), "{}", &text[..600]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_precision_is_reached_or_said_not_to_be() {
    let args =
        ["compare", "bad-update", "--set", "estate.population=100000", "--strategies", "exercised-plans"];
    assert!(out(&[&args[..], &["--precision", "10%"]].concat()).contains("is known to ± 10 %"));
    assert!(
        out(&[&args[..], &["--precision", "0.1%", "--most", "120"]].concat())
            .contains("was not reached in 120")
    );
}

#[test]
fn what_if_moves_what_it_names() {
    let harm = |set: &str| {
        let text = out(&[
            "compare",
            "--replicates",
            "80",
            "--strategies",
            "all-pillars",
            "--json",
            "--set",
            "estate.population=150000",
            "--set",
            set,
        ]);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        value["strategies"][0]["outcomes"]["harm"]["mean"].as_f64().unwrap()
    };
    let before = harm("horizon=60 days");
    assert!(harm("posture.acute_trust.multi_factor=1") < before);
    assert!(harm("care.lost_harm=2") > before);
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
fn everything_that_can_be_named_is_listed_once_in_lines_that_fit() {
    // Of each list something that a person would look for, and how it is written there.
    for (list, entry) in [
        ("levers", "multi-factor"),
        ("playbooks", "isolate-early"),
        ("strategies", "all-pillars"),
        ("outcomes", "harm  [index]"),
        ("actions", "RestoreFromBackup"),
        ("parameters", "threat.dwell  [time]"),
        ("controls", "multi_factor  [share from 0 to 1]"),
        ("kinds", "GpPractice  [size in patients]"),
        ("systems", "PatientRecord"),
        ("terms", "wins, better"),
    ] {
        let text = out(&["list", list]);
        fits(&text);
        assert!(text.lines().any(|l| l == entry), "{list}: no {entry}\n{text}");
        let value: serde_json::Value = serde_json::from_str(&out(&["list", list, "--json"])).unwrap();
        assert_eq!(value["list"], list);
        let ids: Vec<&str> =
            value["entries"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap()).collect();
        let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert!(!ids.is_empty() && distinct.len() == ids.len(), "{list}: {ids:?}");
        let shown = text.lines().filter(|l| !l.starts_with(' ') && !l.is_empty()).count();
        assert_eq!(shown, ids.len(), "{list}");
    }
    assert!(out(&["explain", "restricted", "mean"]).starts_with("restricted mean\n    average time"));
    let unknown = resus(&["explain", "replicaet"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean 'replicate'?"));
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
        &["compare", "--set", "threat.dwel=3 days"],
        &["compare", "--set", "nonsense"],
        &["compare", "--precision", "5%", "--replicates", "9"],
        &["compare", "--report", "/no/such/folder/page.html"],
        &["pillars", "--to", "build-secur=50%"],
        &["pillars", "--to", "150%"],
        &["pillars", "--to", "20%", "--from", "40%"],
        &["plan", "--budget", "£0"],
        &["plan", "--budget", "lots"],
        &["plan", "--budget", "£1m", "--playbook", "coordinate"],
        &["plan", "--budget", "£1m", "--until", "2020"],
        &["criticality", "--leaders", "0"],
        &["run", "--replicate", "3", "--replicates", "5"],
        &["run", "--threads", "100000"],
        &["compare", "--precision", "0"],
        &["compare", "--by", "ward"],
        &["compare", "--organisation", "nobody"],
        &["compare", "--organisation", "synolab"],
        &["compare", "--likelihood", "6"],
        &["compare", "--boundaries", "shapes.geojson"],
        &["compare", "--report", "page.html", "--boundaries", "no-such.geojson"],
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
fn a_value_that_changes_nothing_is_said_to() {
    let note = |set: &str| {
        let o = resus(&["run", "--replicate", "3", "--set", set]);
        assert!(o.status.success(), "{set}");
        String::from_utf8_lossy(&o.stderr).contains("changed nothing")
    };
    // Nobody comes through an exposed service in this scenario.
    assert!(note("posture.acute_trust.patching=0.95"));
    assert!(!note("posture.acute_trust.multi_factor=0.95"));
    assert!(!note("threat.dwell=20 days"));
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

#[test]
fn verify_holds_processes_against_their_laws() {
    let text = out(&["verify", "--replicates", "60"]);
    assert!(text.contains("embedded jump chain") && text.contains("Erlang C") && !text.contains("DISAGREES"));
    fits(&text);
    let value: serde_json::Value =
        serde_json::from_str(&out(&["verify", "queue", "--replicates", "60", "--json"])).unwrap();
    assert_eq!(value["format"], "resus-verify-1");
    let folder = std::env::temp_dir().join(format!("resus-verify-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    };
    let ring: Vec<String> = (0..40).map(|n| format!("{n} {}", (n + 1) % 40)).collect();
    let edges = file("ring.txt", &ring.join("\n"));
    assert!(out(&["verify", "sir", "--edges", &edges, "--replicates", "100"]).contains("Gillespie"));
    let bad = file("bad.csv", "0,1\n1;2\n");
    let o = resus(&["verify", "sir", "--edges", &bad]);
    assert_eq!(o.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&o.stderr).contains("line 2"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn bench_prints_what_a_batch_would_take() {
    let args =
        ["bench", "--set", "estate.population=100000", "--replicates", "2", "--strategies", "all-pillars"];
    let text = out(&args);
    assert!(text.contains("runs/s") && text.contains("events/s"));
    fits(&text);
    let value: serde_json::Value = serde_json::from_str(&out(&[&args[..], &["--json"]].concat())).unwrap();
    assert_eq!(value["format"], "resus-bench-1");
    assert!(value["strategies"][0]["events"].as_u64().unwrap() > 0);
}
