//! The layers of the engine: each module imports only what stands left of it. The list here is the plan of the house.

use std::path::{Path, PathBuf};

/// The engine's modules, each allowed to import those before it.
const LAYERS: &[&[&str]] = &[
    &["units"],
    &["source"],
    &["catalogue"],
    &["streams"],
    &["stats"],
    &["random"],
    &["parameters"],
    &["estate"],
    &["strategy"],
    &["scenario"],
    &["sim"],
    &["study"],
    &["exercise"],
    &["prelude"],
];
/// The same inside `sim`; modules of one row do not import each other.
const SIM: &[&[&str]] = &[
    &["core"],
    &["state", "ledger"],
    &["care", "detection"],
    &["command"],
    &["threat"],
    &["response"],
    &["simulation"],
];

/// The paths that a `use` tree or an expression names, as `a::b::c`, with groups taken apart.
fn paths(text: &str) -> Vec<String> {
    fn walk(prefix: &str, tree: &str, out: &mut Vec<String>) {
        let Some(open) = tree.find('{') else {
            return out.push(format!("{prefix}{}", tree.trim()));
        };
        let (head, rest) = tree.split_at(open);
        let inner = rest.trim_start_matches('{').trim_end().trim_end_matches('}');
        let (mut depth, mut from) = (0, 0);
        let head = format!("{prefix}{}", head.trim());
        for (i, c) in inner.char_indices().chain([(inner.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    if !inner[from..i].trim().is_empty() {
                        walk(&head, &inner[from..i], out);
                    }
                    from = i + 1;
                }
                _ => {}
            }
        }
    }
    let mut out = vec![];
    walk("", text, &mut out);
    out
}

/// Where in `list` a module stands.
fn row(list: &[&[&str]], name: &str) -> Option<usize> {
    list.iter().position(|row| row.contains(&name))
}

/// What a file at `module` (as `sim::care`) imports from above, as `line imports X, which stands above it`.
fn upward(module: &str, text: &str) -> Vec<String> {
    let code = |l: &str| l.split("//").next().unwrap_or_default().to_owned();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines: Vec<String> = text.lines().map(code).collect();
    let text = &lines.join("\n");
    let here: Vec<&str> = module.split("::").collect();
    let mut found = vec![];
    let mut rest = text.as_str();
    while let Some(at) = ["crate::", "super::"].iter().filter_map(|p| rest.find(p)).min() {
        let line = text[..text.len() - rest.len() + at].matches('\n').count() + 1;
        let tail = &rest[at..];
        let end = match tail.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
            Some(i) if tail[i..].starts_with('{') => tail.find(';').unwrap_or(tail.len()),
            Some(i) => i,
            None => tail.len(),
        };
        for path in paths(&tail[..end]) {
            let mut parts: Vec<&str> = path.split("::").map(str::trim).collect();
            let mut whole: Vec<&str> = here.clone();
            if parts[0] == "crate" {
                whole.clear();
                parts.remove(0);
            }
            while parts.first() == Some(&"super") {
                whole.pop();
                parts.remove(0);
            }
            whole.extend(parts);
            let above = |list, from: Option<&&str>, to: Option<&&str>| {
                let (Some(from), Some(to)) = (from, to) else { return false };
                from != to && row(list, to).zip(row(list, from)).is_some_and(|(to, from)| to >= from)
            };
            if above(LAYERS, here.first(), whole.first())
                || here[0] == "sim" && whole[0] == "sim" && above(SIM, here.get(1), whole.get(1))
            {
                found.push(format!("{line} imports {}, which stands above it", whole.join("::")));
            }
        }
        rest = &rest[at + end.max(1)..];
    }
    found
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn engine() -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src");
    let mut all = vec![];
    files(&source, &mut all);
    all.sort();
    let module = |p: &PathBuf| {
        let path = p.strip_prefix(&source).unwrap().with_extension("");
        let parts: Vec<_> = path.iter().map(|p| p.to_str().unwrap()).filter(|p| *p != "mod").collect();
        parts.join("::")
    };
    all.into_iter().map(|p| (p.clone(), module(&p))).collect()
}

#[test]
fn nobody_imports_what_stands_above() {
    let mut found = vec![];
    let tests = |module: &str| module.split("::").any(|part| part == "tests");
    for (path, module) in engine().iter().filter(|(_, m)| m != "lib" && !tests(m)) {
        let text = std::fs::read_to_string(path).unwrap();
        found.extend(upward(module, &text).into_iter().map(|f| format!("{}:{f}", path.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_module_has_its_place() {
    let modules = engine();
    assert!(modules.len() > 100);
    for (path, module) in modules.iter().filter(|(_, m)| m != "lib") {
        let parts: Vec<&str> = module.split("::").collect();
        let placed = row(LAYERS, parts[0]).is_some()
            && (parts[0] != "sim" || parts.len() == 1 || row(SIM, parts[1]).is_some());
        assert!(placed, "{} is in no layer: give it its place in this file", path.display());
    }
}

#[test]
fn an_upward_import_is_found() {
    let found = |module, text: &str| upward(module, text);
    assert_eq!(
        found("estate::build", "use crate::units::DAY;\nuse crate::{sim::Record, source};\n"),
        ["2 imports sim::Record, which stands above it"]
    );
    assert_eq!(
        found("sim::care", "fn f() { super::response::order() }"),
        ["1 imports sim::response::order, which stands above it"]
    );
    assert_eq!(
        found("sim::care::hourly", "use super::super::{command, ledger};"),
        ["1 imports sim::command, which stands above it"]
    );
    assert_eq!(found("sim::core::queue", "use super::super::state::{assets::Assets, links};").len(), 2);
    assert!(found("sim::response", "use super::care::Care; // crate::study\n").is_empty());
    assert_eq!(
        found("stats", "#[cfg(test)]\nuse crate::study::run;").len(),
        1,
        "what is not a module of tests counts"
    );
    assert!(found("stats", "#[cfg(test)]\nmod tests {\nuse crate::study::run; }").is_empty());
}
