//! The book's commands are run, and print what the book shows.
//!
//! A fenced block `console` is a session in a terminal: lines that begin with `$ ` are commands, what follows is what they print. A
//! line `…` stands for any number of lines; a command that shows nothing may print anything. All blocks of a page run in order in one
//! empty folder. A command must succeed, unless the next one is `echo $?` and shows its exit code. A block after the remark
//! `<!-- file: NAME -->` is written into that file first. Lines of a block `sh` take too long to be run here: each `resus …` in them
//! must be understood by the command line.
//!
//! After a change of what is printed that is meant: `RESUS_UPDATE_BOOK=1 cargo test -p resus-tests book` writes what is shown anew,
//! keeping each `…` in its place. Read the difference.
#![cfg(unix)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_resus-under-test");
/// Stands for any number of lines.
const ANY: &str = "…";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn updating() -> bool {
    std::env::var_os("RESUS_UPDATE_BOOK").is_some()
}

/// The book's pages, each with its path in `docs/`.
fn pages() -> Vec<(String, PathBuf)> {
    let docs = root().join("docs");
    let (mut folders, mut pages) = (vec![docs.clone()], vec![]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                pages.push((path.strip_prefix(&docs).unwrap().to_str().unwrap().to_owned(), path));
            }
        }
    }
    pages.sort();
    pages
}

/// An empty folder for `page`, in which `bin/resus` is the binary under test.
fn folder(page: &str) -> (PathBuf, PathBuf) {
    let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book").join(page.replace(['/', '.'], "-"));
    let _ = std::fs::remove_dir_all(&top);
    let (bin, work) = (top.join("bin"), top.join("work"));
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::create_dir_all(&work).unwrap();
    std::os::unix::fs::symlink(BINARY, bin.join("resus")).unwrap();
    (bin, work)
}

/// What a shell prints for `command` in `work`, to both outputs, and its exit code.
fn printed(command: &str, bin: &Path, work: &Path, columns: &str) -> (String, i32) {
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let o = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(work)
        .envs([("PATH", path.as_str()), ("NO_COLOR", "1"), ("COLUMNS", columns), ("LC_ALL", "C.UTF-8")])
        .output()
        .unwrap();
    (String::from_utf8_lossy(&o.stdout).into_owned(), o.status.code().unwrap_or(-1))
}

/// A fenced block of a page.
struct Block {
    /// What stands behind the opening fence.
    kind: String,
    /// The file that a remark before it names.
    file: Option<String>,
    /// First line and the one past the last, between the fences; counted from 0.
    lines: std::ops::Range<usize>,
}

fn blocks(lines: &[&str]) -> Vec<Block> {
    let (mut blocks, mut open): (Vec<Block>, bool) = (vec![], false);
    for (n, line) in lines.iter().enumerate() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let closes = open;
        open = !open;
        if closes {
            blocks.last_mut().unwrap().lines.end = n;
        } else {
            let remark = n.checked_sub(1).and_then(|n| lines[n].strip_prefix("<!-- file: "));
            let file = remark.and_then(|r| r.strip_suffix(" -->")).map(str::to_owned);
            blocks.push(Block { kind: kind.to_owned(), file, lines: n + 1..n + 1 });
        }
    }
    assert!(!open, "a fence is left open");
    blocks
}

/// One command of a session and the lines that are shown for it.
struct Step {
    command: String,
    /// Line of the command, from 0.
    at: usize,
    shown: std::ops::Range<usize>,
}

fn steps(lines: &[&str], block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = vec![];
    let mut goes_on = false;
    for n in block.lines.clone() {
        let line = lines[n];
        if goes_on {
            let last = steps.last_mut().unwrap();
            last.command = format!("{}{line}", last.command.trim_end_matches('\\'));
            last.shown = n + 1..n + 1;
        } else if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), at: n, shown: n + 1..n + 1 });
        } else if let Some(last) = steps.last_mut() {
            last.shown.end = n + 1;
            continue;
        } else {
            panic!("line {}: a session begins with a command", n + 1);
        }
        goes_on = line.ends_with('\\');
    }
    steps
}

fn trimmed<'t>(lines: impl IntoIterator<Item = &'t str>) -> Vec<&'t str> {
    let mut lines: Vec<&str> = lines.into_iter().map(str::trim_end).collect();
    while lines.last().is_some_and(|l| l.is_empty()) {
        lines.pop();
    }
    lines
}

/// Whether `shown` is what was `printed`, where a line `…` stands for any number of lines.
fn matches(shown: &[&str], printed: &[&str]) -> bool {
    let Some(any) = shown.iter().position(|l| *l == ANY) else { return shown == printed };
    let (before, after) = (&shown[..any], &shown[any + 1..]);
    printed.starts_with(before)
        && (any..=printed.len()).any(|from| after.is_empty() || matches(after, &printed[from..]))
}

/// A line's words, with every figure replaced by the same sign, so that lines of two runs can be told to be the same one.
fn likeness(a: &str, b: &str) -> f64 {
    let words = |line: &str| -> Vec<String> {
        let plain = |word: &str| {
            let figure = word.contains(|c: char| c.is_ascii_digit());
            let rule = word.starts_with('─');
            if figure {
                "0"
            } else if rule {
                "─"
            } else {
                word
            }
            .to_owned()
        };
        line.split_whitespace().map(plain).collect()
    };
    let (a, mut b) = (words(a), words(b));
    let all = a.len() + b.len();
    if all == 0 {
        return 0.6;
    }
    let mut common = 0;
    for word in &a {
        if let Some(at) = b.iter().position(|w| w == word) {
            b.swap_remove(at);
            common += 1;
        }
    }
    2.0 * f64::from(common) / all as f64
}

/// What is `printed` now, cut as `shown` is: each `…` stays between the lines between which it stood. Absent where no line of a piece
/// can be found again.
fn cut_alike(shown: &[&str], printed: &[&str]) -> Option<Vec<String>> {
    let lines: Vec<&str> = shown.iter().copied().filter(|l| *l != ANY).collect();
    if lines.len() == shown.len() {
        return Some(printed.iter().map(|l| (*l).to_owned()).collect());
    }
    // Whether lines may be left out before the n-th line, and at the end; pieces by the number of their first line.
    let (mut free, mut pieces, mut n) = (vec![false; lines.len() + 1], vec![], 0);
    let mut begins = true;
    for line in shown {
        if *line == ANY {
            (free[n], begins) = (true, true);
            continue;
        }
        if std::mem::take(&mut begins) {
            pieces.push(n);
        }
        n += 1;
    }
    pieces.push(n);
    if lines.is_empty() {
        return Some(vec![ANY.to_owned()]);
    }
    // The best that the first i shown lines and the first j printed ones can be told to be the same, and how: 0 the i-th shown line is
    // gone, 1 the j-th printed one is left out, 2 they are the same.
    let width = printed.len() + 1;
    let (mut best, mut how) = (vec![0.0; (n + 1) * width], vec![0u8; (n + 1) * width]);
    for i in 0..=n {
        for j in 0..width {
            let at = i * width + j;
            let mut choices = vec![];
            if i > 0 {
                choices.push((best[at - width], 0));
            }
            if j > 0 {
                choices.push((best[at - 1] - if free[i] { 0.0 } else { 0.05 }, 1));
            }
            if i > 0 && j > 0 {
                let same = likeness(lines[i - 1], printed[j - 1]);
                if same >= 0.5 {
                    choices.push((best[at - width - 1] + same, 2));
                }
            }
            if let Some(choice) = choices.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)) {
                (best[at], how[at]) = choice;
            }
        }
    }
    let mut same = vec![None; n];
    let (mut i, mut j) = (n, printed.len());
    while i > 0 || j > 0 {
        match how[i * width + j] {
            2 => {
                (i, j) = (i - 1, j - 1);
                same[i] = Some(j);
            }
            1 => j -= 1,
            _ => i -= 1,
        }
    }
    let mut out = vec![];
    for (k, piece) in pieces.windows(2).enumerate() {
        let mut found = same[piece[0]..piece[1]].iter().flatten();
        let first = *found.next()?;
        let last = found.next_back().copied().unwrap_or(first);
        let first = if k == 0 && !free[0] { 0 } else { first };
        let last = if piece[1] == n && !free[n] { printed.len() - 1 } else { last };
        if free[piece[0]] {
            out.push(ANY.to_owned());
        }
        out.extend(printed[first..=last].iter().map(|l| (*l).to_owned()));
    }
    if free[n] {
        out.push(ANY.to_owned());
    }
    Some(out)
}

/// Runs a page's sessions. Gives what is wrong with it, and its text with what is printed now, where that is wanted.
fn play(page: &str, text: &str, update: bool) -> (Vec<String>, String) {
    let lines: Vec<&str> = text.lines().collect();
    let (bin, work) = folder(page);
    let (mut wrong, mut anew) = (vec![], vec![]);
    for block in blocks(&lines) {
        if let Some(file) = &block.file {
            std::fs::write(work.join(file), lines[block.lines.clone()].join("\n") + "\n").unwrap();
        }
        let steps = if block.kind == "console" { steps(&lines, &block) } else { vec![] };
        let mut code = 0;
        for (k, step) in steps.iter().enumerate() {
            let place = format!("docs/{page}:{}: $ {}", step.at + 1, step.command);
            let asks = |step: &Step| step.command == "echo $?";
            let out = if asks(step) {
                format!("{code}\n")
            } else {
                let (out, exit) = printed(&step.command, &bin, &work, "80");
                code = exit;
                if code != 0 && !steps.get(k + 1).is_some_and(asks) {
                    wrong.push(format!("{place}\nexit code {code}\n{out}"));
                }
                out
            };
            let shown = trimmed(lines[step.shown.clone()].iter().copied());
            let out = trimmed(out.lines());
            if shown.is_empty() || matches(&shown, &out) {
                continue;
            }
            match cut_alike(&shown, &out) {
                Some(now) if update => anew.push((step.shown.clone(), now)),
                _ => wrong.push(format!(
                    "{place}\nshown:\n{}\nprinted:\n{}\n(RESUS_UPDATE_BOOK=1 writes it anew, where every piece can be found again)",
                    shown.join("\n"),
                    out.join("\n")
                )),
            }
        }
    }
    let mut now: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
    for (place, text) in anew.into_iter().rev() {
        let kept = trimmed(lines[place.clone()].iter().copied()).len();
        now.splice(place.start..place.start + kept, text);
    }
    let _ = std::fs::remove_dir_all(work.parent().unwrap());
    (wrong, now.join("\n") + "\n")
}

#[test]
fn the_book_shows_what_commands_print() {
    let pages = pages();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let wrong = std::sync::Mutex::new(vec![]);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((page, path)) =
                    pages.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let text = std::fs::read_to_string(path).unwrap();
                    let (found, now) = play(page, &text, updating());
                    wrong.lock().unwrap().extend(found);
                    if updating() && now != text {
                        std::fs::write(path, now).unwrap();
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The help of a command and of all below it, as a page.
fn help_of(command: &str, bin: &Path, work: &Path, page: &mut String) {
    let (text, code) = printed(&format!("{command} --help"), bin, work, "100");
    assert_eq!(code, 0, "{command} --help");
    let title = if command == "resus" { String::new() } else { format!("## {command}\n\n") };
    write!(page, "{title}```text\n{text}```\n\n").unwrap();
    let list = text.split("Commands:\n").nth(1).unwrap_or_default();
    for line in list.lines().take_while(|l| !l.is_empty()) {
        let name = line.strip_prefix("  ").and_then(|l| l.split(' ').next()).unwrap_or_default();
        if !name.is_empty() && name != "help" {
            help_of(&format!("{command} {name}"), bin, work, page);
        }
    }
}

#[test]
fn the_page_on_the_command_line_is_its_help() {
    let (bin, work) = folder("help");
    let mut page = "# The command line\n\nGenerated from the commands' own help by `RESUS_UPDATE_BOOK=1 cargo test -p resus-tests book`.\n\n".to_owned();
    help_of("resus", &bin, &work, &mut page);
    let path = root().join("docs/reference/command-line.md");
    let page = format!("{}\n", page.trim_end());
    if updating() {
        std::fs::write(&path, &page).unwrap();
    }
    let stands = std::fs::read_to_string(path).unwrap();
    let changed = page.lines().zip(stands.lines()).find(|(now, stood)| now != stood);
    assert!(page == stands, "docs/reference/command-line.md is out of date: {changed:?}");
}

/// The `resus` commands in blocks `sh` of a text, as one would type them.
fn commands_of(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut commands = vec![];
    for block in blocks(&lines).iter().filter(|b| b.kind == "sh") {
        let text = lines[block.lines.clone()].join("\n").replace("\\\n", " ");
        for line in text.lines() {
            // A remark, or where the output goes, is no part of it.
            let line = line.split(" #").next().unwrap().split(" > ").next().unwrap().trim();
            let typed = ["resus ", "cargo run --release -- ", "cargo run -- "]
                .iter()
                .find_map(|p| line.strip_prefix(p));
            commands.extend(typed.map(|rest| format!("resus {rest}")));
        }
    }
    commands
}

#[test]
fn commands_that_are_not_run_are_understood() {
    let (bin, work) = folder("sh");
    let others = ["README.md", "CONTRIBUTING.md"].map(|name| (name.to_owned(), root().join(name)));
    let mut asked = 0;
    for (page, path) in pages().into_iter().chain(others) {
        for command in commands_of(&std::fs::read_to_string(path).unwrap()) {
            // Asked for help at its end, a command line is read to the end and nothing is done.
            let (text, code) = printed(&format!("{command} --help"), &bin, &work, "80");
            assert_eq!(code, 0, "{page}: {command}\n{text}");
            asked += 1;
        }
    }
    assert!(asked > 5, "{asked} commands were found");
    let (text, code) = printed("resus compare --replicats 5 --help", &bin, &work, "80");
    assert_ne!(code, 0, "what is misspelt is found\n{text}");
}

/// Where the links of a text lead, outside code.
fn links_of(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let code: Vec<_> = blocks(&lines).into_iter().map(|b| b.lines).collect();
    let mut links = vec![];
    for (_, line) in lines.iter().enumerate().filter(|(n, _)| !code.iter().any(|c| c.contains(n))) {
        // Every second piece between backquotes is code.
        for piece in line.split('`').step_by(2).collect::<Vec<_>>().join("·").split("](").skip(1) {
            links.extend(piece.split(')').next().map(str::to_owned));
        }
    }
    links
}

/// Names of a page's headings, as links write them.
fn headings_of(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let code: Vec<_> = blocks(&lines).into_iter().map(|b| b.lines).collect();
    let outside = lines.iter().enumerate().filter(|(n, _)| !code.iter().any(|c| c.contains(n)));
    let heading =
        |line: &&str| line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_lowercase());
    let slug = |title: String| -> String {
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    outside.filter_map(|(_, line)| heading(line)).map(slug).collect()
}

#[test]
fn links_lead_somewhere() {
    let others = ["README.md", "CONTRIBUTING.md"].map(|name| (format!("../{name}"), root().join(name)));
    let mut followed = 0;
    for (page, path) in pages().into_iter().chain(others) {
        let text = std::fs::read_to_string(&path).unwrap();
        for link in links_of(&text).iter().filter(|l| !l.contains("://")) {
            let (file, heading) = link.split_once('#').map_or((link.as_str(), None), |(f, h)| (f, Some(h)));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(target.exists(), "{page} links to '{link}', which is not there");
            let inside =
                target.canonicalize().unwrap().starts_with(root().join("docs").canonicalize().unwrap());
            assert!(inside || page.starts_with(".."), "{page} links to '{link}', which is not in the book");
            if let Some(heading) = heading {
                let there = headings_of(&std::fs::read_to_string(&target).unwrap());
                assert!(there.iter().any(|h| h == heading), "{page} links to '{link}'; there are {there:?}");
            }
            followed += 1;
        }
    }
    assert!(followed > 20, "{followed} links were found");
}

#[test]
fn the_summary_lists_every_page() {
    let summary = links_of(&std::fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap());
    for (page, _) in pages() {
        assert!(page == "SUMMARY.md" || summary.contains(&page), "docs/SUMMARY.md does not list {page}");
    }
}

#[test]
fn what_differs_is_found() {
    let printed = ["Title", "", "row  1  2", "row  3  4", "", "end 5"];
    assert!(matches(&printed, &printed));
    assert!(matches(&["Title", ANY, "row  3  4", ANY], &printed));
    assert!(matches(&[ANY, "end 5"], &printed));
    assert!(!matches(&["Title", ANY, "row  3  5", ANY], &printed), "a figure");
    assert!(!matches(&["row  1  2", ANY], &printed), "not at the beginning");
    assert!(!matches(&["Title", ANY, "row  3  4"], &printed), "not at the end");
    assert!(!matches(&["Title", ANY, "row  3  4", "row  1  2", ANY], &printed), "another order");
    let page = "```console\n$ echo one; exit 3\none\n$ echo $?\n3\n$ echo two\nthree\n$ exit 4\n```\n";
    let (wrong, _) = play("what-differs", page, false);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].contains(":6: $ echo two") && wrong[1].contains("exit code 4"), "{wrong:?}");
}

#[test]
fn what_is_shown_anew_is_cut_as_it_was() {
    let shown =
        ["Title", "All is 5 better,", ANY, "harm", "row a  1", "row b  2", ANY, "cost", "row a  7", ANY];
    let now = [
        "Title",
        "All is 17,000 better,",
        "or so.",
        "",
        "harm",
        "row a  3",
        "row b  4",
        "",
        "days",
        "row a  5",
        "row b  6",
        "",
        "cost",
        "row a  8",
        "row b  9",
    ];
    let cut = cut_alike(&shown, &now).unwrap();
    let expected =
        ["Title", "All is 17,000 better,", ANY, "harm", "row a  3", "row b  4", ANY, "cost", "row a  8", ANY];
    assert_eq!(cut, expected);
    assert_eq!(cut_alike(&[ANY, "nothing like it"], &now), None);
}
