//! A report as one self-contained HTML file: no script, no font, no request; it opens offline and prints.

use maud::{DOCTYPE, Markup, PreEscaped, html as page};

use crate::format::capital;
use crate::{Board, Cell, Report, Section, Table, file_name};

/// Columns of a table whose headings stand upright in print.
const MANY: usize = 11;
/// Characters of a number that is not broken over lines.
const SHORT: usize = 16;
/// Rows of the longest table that is also kept as a file in the page.
const LONGEST_SAVED: usize = 60;
const STYLE: &str = include_str!("style.css");

/// What words mean that the page uses, closed until somebody asks; the glossary has all of them.
fn words(report: &Report) -> Markup {
    let used = crate::terms::used_in(report);
    page! {
        @if !used.is_empty() {
            details class="words" {
                summary { "Words on this page, and where they come from" }
                dl { @for t in used { dt { (t.term) } dd { (t.meaning) " (" (t.source) ")" } } }
                p { "All words: docs/glossary.md, or " code { "resus list terms" } "." }
            }
        }
    }
}

/// The report as HTML.
pub fn html(report: &Report) -> String {
    let out = page! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (report.title) " – resus" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#main" { "Skip to the findings" }
                header {
                    p class="bar" { (report.bar) }
                    h1 { (report.title) }
                    p class="subtitle" { (report.subtitle) }
                }
                main id="main" {
                    @if let Some(b) = &report.board { (board(b)) }
                    @if !report.verdict.is_empty() {
                        section class="verdict" aria-labelledby="verdict" {
                            h2 id="verdict" { "In short" }
                            @for sentence in &report.verdict { p { (sentence) } }
                        }
                    }
                    nav aria-label="Contents" {
                        ul { @for s in &report.sections { li { a href={ "#" (s.id) } { (s.title) } } } }
                    }
                    @for s in &report.sections { (section(s)) }
                }
                footer { (words(report)) p { "Made by resus, an open simulation of cyber incidents in health and care. Organisations are invented, unless the report says otherwise or names a source." } }
            }
        }
    };
    out.into_string()
}

fn board(b: &Board) -> Markup {
    let risk = b.risk.table();
    page! {
        section class="board" aria-labelledby="board" {
            h2 id="board" { "For the board" }
            @for sentence in &b.decision { p class="decision" { (sentence) } }
            @if !b.numbers.is_empty() {
                dl class="numbers" {
                    @for f in &b.numbers { div { dt { (f.what) } dd { span class="value" { (f.value) } span class="range" { (f.range) } } } }
                }
            }
            div class="pairs" {
                @for (title, sentences) in [("What it costs", &b.costs), ("What is given up", &b.given_up), ("What would change our mind", &b.turned_by)] {
                    div { h3 { (title) } @for sentence in sentences { p { (sentence) } } }
                }
            }
            h3 id="risk-register" { (risk.caption) }
            table aria-labelledby="risk-register" class="risk" {
                tbody { @for (name, text) in b.risk.parts() { tr { th scope="row" { (capital(name)) } td { (text) } } } }
            }
            p class="csv" { (save("risk-register.csv", &risk)) }
            p class="basis" { (b.basis) }
        }
    }
}

fn section(s: &Section) -> Markup {
    page! {
        section aria-labelledby=(s.id) {
            // In print a heading stays with what follows it.
            div class="start" {
                h2 id=(s.id) { (s.title) }
                @for t in s.text.iter().take(1) { p { (t) } }
            }
            @for t in s.text.iter().skip(1) { p { (t) } }
            @for c in &s.charts { figure aria-label={ "Chart: " (s.title) } { (c) } }
            @for (n, t) in s.tables.iter().enumerate() {
                @if s.charts.is_empty() && t.rows.len() <= 40 { (table(t, &s.title, &file_name(&s.id, n))) }
                @else {
                    details open[t.rows.len() <= 12] {
                        summary { "Table: " (t.caption) }
                        (table(t, &s.title, &file_name(&s.id, n)))
                    }
                }
            }
        }
    }
}

fn table(t: &Table, of: &str, file: &str) -> Markup {
    let number = |c: usize| t.is_number(c);
    page! {
        div class="scroll" tabindex="0" role="region" aria-label={ "Table: " (t.caption) " (" (of) ")" } {
            table class=[(t.columns.len() > MANY).then_some("many")] {
                caption { (t.caption) }
                thead { tr { @for (c, column) in t.columns.iter().enumerate() { th scope="col" class=[number(c).then_some("n")] { (column.head) } } } }
                tbody {
                    @for row in &t.rows {
                        tr {
                            @for (c, cell) in row.iter().enumerate() {
                                @if c == 0 { th scope="row" { (cell.shown) } }
                                @else { td class=[class(cell)] data-head=(t.columns[c].alone()) { (cell.shown) } }
                            }
                        }
                    }
                }
            }
        }
        p class="csv" { (save(file, t)) }
    }
}

/// A number is set to the right; a short one is not broken.
fn class(cell: &Cell) -> Option<&'static str> {
    cell.number.then(|| if cell.shown.chars().count() <= SHORT { "n s" } else { "n" })
}

/// A link that saves a table as CSV; a long table is saved by `--csv` only, for it would be in the page twice.
fn save(file: &str, t: &Table) -> Markup {
    if t.rows.len() > LONGEST_SAVED {
        return page! { "As a file: “--csv” writes " (file) "." };
    }
    page! { a download=(file) href={ "data:text/csv;charset=utf-8," (encoded(&t.csv())) } { "Save " (file) } }
}

/// Percent-encoded for a data URL.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
            out.push(char::from(b));
        } else {
            out += &format!("%{b:02X}");
        }
    }
    out
}
