//! A report as Markdown: for a ticket, a wiki, a diff.

use std::fmt::Write as _;

use crate::{Board, Report};

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn board(b: &Board) -> String {
    let mut out = "## For the board\n\n".to_owned();
    for sentence in &b.decision {
        let _ = write!(out, "{sentence}\n\n");
    }
    for f in &b.numbers {
        let _ = writeln!(out, "- **{}** [{}] {}", f.value, f.range, f.what);
    }
    let parts = [
        ("What it costs", &b.costs),
        ("What is given up", &b.given_up),
        ("What would change our mind", &b.turned_by),
    ];
    for (title, sentences) in parts {
        let _ = write!(out, "\n**{title}.** {}\n", sentences.join(" "));
    }
    out += "\n| risk register | |\n|---|---|\n";
    for (name, text) in b.risk.parts() {
        let _ = writeln!(out, "| {name} | {} |", cell(text));
    }
    let _ = write!(out, "\n{}\n\n## In short\n\n", b.basis);
    out
}

/// The report as Markdown; charts are left to the page, tables say the same.
pub fn markdown(report: &Report) -> String {
    let mut out = format!("# {}\n\n{}\n\n", report.title, report.subtitle);
    if let Some(b) = &report.board {
        out += &board(b);
    }
    for sentence in &report.verdict {
        let _ = writeln!(out, "- {sentence}");
    }
    for s in &report.sections {
        let _ = write!(out, "\n## {}\n", s.title);
        for t in &s.text {
            let _ = write!(out, "\n{t}\n");
        }
        for t in &s.tables {
            let _ = write!(out, "\n**{}**\n\n| ", t.caption);
            out += &t.columns.iter().map(|c| cell(&c.head)).collect::<Vec<_>>().join(" | ");
            out += " |\n|";
            for c in 0..t.columns.len() {
                out += if t.is_number(c) { "---:|" } else { "---|" };
            }
            out.push('\n');
            for row in &t.rows {
                let cells: Vec<String> = row.iter().map(|c| cell(&c.shown)).collect();
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
        }
    }
    out
}
