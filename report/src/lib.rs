//! `resus-report`: what a study found, as a page for a board: SVG charts, one self-contained HTML file, Markdown, CSV, JSON;
//! the words of events and sessions; the papers of an exercise. It knows no files and no network.

pub mod chart;
mod docx;
pub mod event_words;
pub mod format;
mod html;
pub mod json;
mod markdown;
pub mod msel;
pub mod pack;
pub mod pages;
mod run_info;
pub mod session_words;
pub mod verdict;

use maud::Markup;

pub use docx::docx;
pub use html::html;
pub use markdown::markdown;
pub use run_info::RunInfo;

/// One cell of a table: what is read, and what a machine reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// As printed.
    pub shown: String,
    /// As written into CSV.
    pub raw: String,
    /// A number, to be set to the right.
    pub number: bool,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        let shown = text.into();
        Self { raw: shown.clone(), shown, number: false }
    }
    /// A number, shown short.
    pub fn number(v: f64) -> Self {
        Self { shown: format::number(v), raw: format::raw(v), number: true }
    }
    /// A number with its sign.
    pub fn signed(v: f64) -> Self {
        Self { shown: format::signed(v), ..Self::number(v) }
    }
    /// A share, shown in per cent.
    pub fn percent(v: f64) -> Self {
        Self { shown: format::percent(v), ..Self::number(v) }
    }
    /// Pounds.
    pub fn pounds(v: f64) -> Self {
        Self { shown: format::pounds(v), ..Self::number(v) }
    }
    /// A number shown in words of one's own.
    pub fn of(v: f64, shown: impl Into<String>) -> Self {
        Self { shown: shown.into(), ..Self::number(v) }
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Heads of the columns; the first column names the rows.
    pub head: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty one.
    pub fn new(caption: impl Into<String>, head: &[&str]) -> Self {
        let head = head.iter().map(|h| (*h).to_owned()).collect();
        Self { caption: format::capital(&caption.into()), head, rows: vec![] }
    }
    /// Whether a column holds numbers.
    fn is_number(&self, column: usize) -> bool {
        self.rows.iter().any(|r| r.get(column).is_some_and(|c| c.number))
    }
    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }
    /// As CSV.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    pub fn csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
        writer.write_record(&self.head).expect("memory takes it");
        for row in &self.rows {
            writer.write_record(row.iter().map(|c| &c.raw)).expect("memory takes it");
        }
        String::from_utf8(writer.into_inner().expect("memory takes it")).expect("cells are text")
    }
}

/// A part of a report: words, perhaps a chart, and the table that says the same.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Short name for links and files: lower case and hyphens.
    pub id: String,
    /// Heading.
    pub title: String,
    /// What to see in it, one paragraph each.
    pub text: Vec<String>,
    /// Charts.
    pub charts: Vec<Markup>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// A report.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What stands over every page; without it, that the data are simulated.
    pub bar: String,
    /// Heading.
    pub title: String,
    /// What was studied.
    pub subtitle: String,
    /// The answer in plain sentences.
    pub verdict: Vec<String>,
    /// Parts, in order.
    pub sections: Vec<Section>,
}

impl Report {
    /// The tables as CSV files: (name, text).
    pub fn csv(&self) -> Vec<(String, String)> {
        let mut out = vec![];
        for s in &self.sections {
            for (n, t) in s.tables.iter().enumerate() {
                out.push((file_name(&s.id, n), t.csv()));
            }
        }
        out
    }
}

/// The name of the n-th table's file in a section.
fn file_name(id: &str, n: usize) -> String {
    if n == 0 { format!("{id}.csv") } else { format!("{id}-{}.csv", n + 1) }
}
