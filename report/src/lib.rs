//! `resus-report`: what a study found, as a page for a board: SVG charts, one self-contained HTML file, Markdown, CSV, JSON;
//! the words of events and sessions; the papers of an exercise. It knows no files and no network.

mod board;
pub mod boundaries;
pub mod chart;
mod docx;
pub mod estate_sheet;
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
pub mod terms;
pub mod verdict;
mod xlsx;

use std::borrow::Cow;

use maud::Markup;
use resus_engine::stats::intervals::Interval;

pub use board::{Board, BoardsOwn, Figure, Risk};
pub use docx::docx;
pub use html::html;
pub use markdown::markdown;
pub use run_info::RunInfo;
pub use xlsx::xlsx;

/// One cell of a table: what is read, and what a machine reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// As printed.
    pub shown: String,
    /// As written into CSV: words, a number, or as many numbers as the column has names.
    pub raw: Vec<String>,
    /// A number, to be set to the right.
    pub number: bool,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        let shown = text.into();
        Self { raw: vec![shown.clone()], shown, number: false }
    }
    /// A number, shown short.
    pub fn number(v: f64) -> Self {
        Self::of(v, format::number(v))
    }
    /// A number with its sign.
    pub fn signed(v: f64) -> Self {
        Self::of(v, format::signed(v))
    }
    /// A share, shown in per cent.
    pub fn percent(v: f64) -> Self {
        Self::of(v, format::percent(v))
    }
    /// Pounds.
    pub fn pounds(v: f64) -> Self {
        Self::of(v, format::pounds(v))
    }
    /// A number shown in words of one's own.
    pub fn of(v: f64, shown: impl Into<String>) -> Self {
        Self::numbers(&[v], shown)
    }
    /// An estimate with both ends of its interval, for a [`Column::interval`].
    pub fn interval(i: &Interval, shown: impl Into<String>) -> Self {
        Self::numbers(&[i.estimate, i.low, i.high], shown)
    }
    /// Two ends, for a [`Column::range`], shown with a word between.
    pub fn range(low: f64, high: f64) -> Self {
        Self::numbers(&[low, high], format!("{} to {}", format::number(low), format::number(high)))
    }
    fn numbers(values: &[f64], shown: impl Into<String>) -> Self {
        Self { shown: shown.into(), raw: values.iter().map(|v| format::raw(*v)).collect(), number: true }
    }
}

/// A column of a table: how it is headed where people read it, and how what is in it is called in CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Heading.
    pub head: String,
    /// Names in CSV, one for each number of a cell; no two in a table are the same.
    names: Vec<String>,
    /// Unit of its numbers; absent of words.
    unit: Option<String>,
}

impl Column {
    /// Words.
    pub fn text(head: impl Into<String>) -> Self {
        let head = head.into();
        Self { names: vec![head.clone()], head, unit: None }
    }
    /// Numbers in a unit.
    pub fn number(head: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { unit: Some(unit.into()), ..Self::text(head) }
    }
    /// Estimates with both ends of a 95 % interval.
    pub fn interval(head: impl Into<String>, unit: impl Into<String>) -> Self {
        Self::number(head, unit).with_ends()
    }
    /// Two ends, each with its name.
    pub fn range(head: impl Into<String>, names: [String; 2], unit: impl Into<String>) -> Self {
        Self { names: names.into(), ..Self::number(head, unit) }
    }
    /// Called otherwise in CSV than on the page.
    pub fn named(mut self, name: &str) -> Self {
        let ends = self.names.len() > 1;
        self.names = vec![name.to_owned()];
        if ends { self.with_ends() } else { self }
    }
    fn with_ends(mut self) -> Self {
        let name = self.names[0].clone();
        self.names.extend(Self::ends(&name));
        self
    }
    /// What the ends of the 95 % interval of something are called.
    pub fn ends(name: &str) -> [String; 2] {
        ["low", "high"].map(|end| format!("{name}: {end} end of 95 % interval"))
    }
    /// Its name where it stands alone, without the columns beside it.
    fn alone(&self) -> &str {
        if self.names.len() == 1 { &self.names[0] } else { &self.head }
    }
    /// Names in CSV, with the unit.
    fn csv(&self) -> impl Iterator<Item = String> + '_ {
        self.names.iter().map(|name| match &self.unit {
            Some(unit) => format!("{name} ({unit})"),
            None => name.clone(),
        })
    }
}

impl From<&&str> for Column {
    fn from(head: &&str) -> Self {
        Self::text(*head)
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Columns; the first names the rows.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty one.
    pub fn new(caption: impl Into<String>, columns: impl IntoIterator<Item = impl Into<Column>>) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        Self { caption: format::capital(&caption.into()), columns, rows: vec![] }
    }
    /// Whether a column holds numbers.
    fn is_number(&self, column: usize) -> bool {
        self.rows.iter().any(|r| r.get(column).is_some_and(|c| c.number))
    }
    /// Adds a row.
    ///
    /// # Panics
    /// When it has not a cell for each column, with a value for each of its names: CSV would shift them.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let row: Vec<Cell> = cells.into_iter().collect();
        assert_eq!(row.len(), self.columns.len(), "cells and columns of “{}”", self.caption);
        for (cell, column) in row.iter().zip(&self.columns) {
            assert!(
                if cell.number {
                    column.unit.is_some() && cell.raw.len() == column.names.len()
                } else {
                    cell.raw.len() == 1
                },
                "“{}” in column “{}” of “{}”",
                cell.shown,
                column.head,
                self.caption
            );
        }
        self.rows.push(row);
    }
    /// What its columns are called for machines, with their units.
    fn heads(&self) -> impl Iterator<Item = String> + '_ {
        self.columns.iter().flat_map(Column::csv)
    }
    /// What a cell says to machines, one for each of its column's names.
    #[allow(clippy::unused_self)] // it is the table's rule, and reads like `heads`
    fn values(&self, cell: &Cell, column: &Column) -> Vec<String> {
        if cell.number || column.unit.is_none() {
            cell.raw.clone()
        } else {
            vec![String::new(); column.names.len()]
        }
    }
    /// As CSV: every number with its unit in the column's name, intervals by both ends. Words in a column of numbers, such as “past the
    /// end”, are left empty.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(vec![]);
        writer.write_record(self.heads()).expect("memory takes it");
        for row in &self.rows {
            let values = row.iter().zip(&self.columns).flat_map(|(cell, column)| self.values(cell, column));
            writer.write_record(values).expect("memory takes it");
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
    /// What stands over every page.
    pub bar: String,
    /// Heading.
    pub title: String,
    /// What was studied.
    pub subtitle: String,
    /// The page for the board, which comes first; absent where there is nothing for a board to decide.
    pub board: Option<Board>,
    /// The answer in plain sentences.
    pub verdict: Vec<String>,
    /// Parts, in order.
    pub sections: Vec<Section>,
}

impl Report {
    /// The tables as CSV files: (name, text).
    pub fn csv(&self) -> Vec<(String, String)> {
        self.tables().into_iter().map(|(name, t)| (name, t.csv())).collect()
    }
    /// All tables, each with the name of its file.
    fn tables(&self) -> Vec<(String, Cow<'_, Table>)> {
        let board = self.board.iter().map(|b| ("risk-register.csv".to_owned(), Cow::Owned(b.risk.table())));
        let sections = self
            .sections
            .iter()
            .flat_map(|s| s.tables.iter().enumerate().map(|(n, t)| (file_name(&s.id, n), Cow::Borrowed(t))));
        board.chain(sections).collect()
    }
}

/// The tables of a report, each with the name of its sheet: that of its file, no two the same in as many characters as a sheet's may have.
fn sheet_names(report: &Report) -> Vec<(String, Cow<'_, Table>)> {
    let mut out: Vec<(String, Cow<Table>)> = vec![];
    for (file, t) in report.tables() {
        let mut name: String = file.trim_end_matches(".csv").chars().take(28).collect();
        while out.iter().any(|o| o.0 == name) {
            name = format!("{}-{}", name.chars().take(26).collect::<String>(), out.len());
        }
        out.push((name, t));
    }
    out
}

/// The name of the n-th table's file in a section.
fn file_name(id: &str, n: usize) -> String {
    if n == 0 { format!("{id}.csv") } else { format!("{id}-{}.csv", n + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table::new(
            "a table",
            [
                Column::text("strategy"),
                Column::number("mean", "days"),
                Column::interval("difference [95 %]", "£").named("difference"),
                Column::range("5 to 95 %", ["5 % quantile".into(), "95 % quantile".into()], "days"),
            ],
        )
    }

    #[test]
    fn intervals_are_written_by_their_ends_and_numbers_with_their_unit() {
        let mut t = table();
        let i = Interval { estimate: -2.0, low: -3.5, high: 1e-250 };
        t.row([
            Cell::text("a, b"),
            Cell::number(12.0),
            Cell::interval(&i, "−2 [−3.5 to 0]"),
            Cell::range(1.0, 9.5),
        ]);
        t.row([
            Cell::text("c"),
            Cell::text("past the end"),
            Cell::text("baseline"),
            Cell::range(0.0, f64::NAN),
        ]);
        assert_eq!(
            t.csv(),
            "strategy,mean (days),difference (£),difference: low end of 95 % interval (£),difference: high end of 95 % interval (£),5 % quantile (days),95 % quantile (days)\n\
             \"a, b\",12.0,-2.0,-3.5,1e-250,1.0,9.5\n\
             c,,,,,0.0,\n"
        );
        assert_eq!(t.rows[0][3].shown, "1.00 to 9.50");
    }

    #[test]
    #[should_panic(expected = "in column “difference [95 %]”")]
    fn a_width_does_not_pass_for_an_interval() {
        table().row([Cell::text("a"), Cell::number(1.0), Cell::number(2.0), Cell::range(1.0, 2.0)]);
    }
}
