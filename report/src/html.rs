//! A report as one self-contained HTML file: no script, no font, no request; it opens offline and prints.

use maud::{DOCTYPE, Markup, PreEscaped, html as page};

use crate::{Report, Section, Table, file_name};

const STYLE: &str = include_str!("style.css");

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
                    p class="bar" { @if report.bar.is_empty() { "Simulated data: a comparison of possible futures, not a forecast and no record of events" } @else { (report.bar) } }
                    h1 { (report.title) }
                    p class="subtitle" { (report.subtitle) }
                }
                main id="main" {
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
                footer { p { "Made by resus, an open simulation of cyber incidents in health and care. Organisations are invented unless a source is named." } }
            }
        }
    };
    out.into_string()
}

fn section(s: &Section) -> Markup {
    page! {
        section aria-labelledby=(s.id) {
            h2 id=(s.id) { (s.title) }
            @for t in &s.text { p { (t) } }
            @for c in &s.charts { figure tabindex="0" aria-label={ "Chart: " (s.title) } { (c) } }
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
            table {
                caption { (t.caption) }
                thead { tr { @for (c, column) in t.columns.iter().enumerate() { th scope="col" class=[number(c).then_some("n")] { (column.head) } } } }
                tbody {
                    @for row in &t.rows {
                        tr {
                            @for (c, cell) in row.iter().enumerate() {
                                @if c == 0 { th scope="row" { (cell.shown) } }
                                @else { td class=[cell.number.then_some("n")] { (cell.shown) } }
                            }
                        }
                    }
                }
            }
        }
        p class="csv" { a download=(file) href={ "data:text/csv;charset=utf-8," (encoded(&t.csv())) } { "Save " (file) } }
    }
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
