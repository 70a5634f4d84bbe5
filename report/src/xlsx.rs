//! The tables of a report as sheets of one workbook: the same columns as in CSV, numbers as numbers.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::{Report, Table, sheet_names};

/// Most characters in the name of a sheet.
const NAME: usize = 31;
/// Width of the widest column.
const WIDEST: usize = 60;

/// The workbook: a sheet with what the report says in sentences, then one for each table.
///
/// # Errors
/// When a table has more rows than a sheet holds.
pub fn xlsx(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same report is the same bytes on any day.
    book.set_properties(
        &DocProperties::new()
            .set_title(&report.title)
            .set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?),
    );
    let (bold, plain) = (Format::new().set_bold().set_text_wrap(), Format::new().set_text_wrap());
    let front = book.add_worksheet();
    front.set_name("report")?.set_column_width(0, 100)?;
    front.write_with_format(0, 0, &report.title, &bold)?;
    let lines = [&report.subtitle, &report.bar].into_iter().chain(&report.verdict);
    for (row, line) in (1..).zip(lines) {
        front.write_with_format(row, 0, line, &plain)?;
    }
    for (name, table) in sheet_names(report) {
        let sheet = book.add_worksheet();
        sheet.set_name(name.chars().take(NAME).collect::<String>())?;
        fill(sheet, &table, &bold)?;
    }
    book.save_to_buffer()
}

fn fill(sheet: &mut rust_xlsxwriter::Worksheet, table: &Table, bold: &Format) -> Result<(), XlsxError> {
    let mut widths = vec![];
    for (c, head) in (0u16..).zip(table.heads()) {
        sheet.write_with_format(0, c, &head, bold)?;
        widths.push(head.chars().count().min(24));
    }
    for (r, row) in (1u32..).zip(&table.rows) {
        let mut c = 0u16;
        for (cell, column) in row.iter().zip(&table.columns) {
            for value in table.values(cell, column) {
                widths[usize::from(c)] = widths[usize::from(c)].max(value.chars().count());
                match value.parse::<f64>() {
                    Ok(number) if cell.number && number.is_finite() => sheet.write(r, c, number)?,
                    Ok(_) | Err(_) => sheet.write(r, c, &value)?,
                };
                c += 1;
            }
        }
    }
    for (c, width) in (0u16..).zip(widths) {
        sheet.set_column_width(c, width.min(WIDEST) as f64 + 2.0)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};

    use super::*;
    use crate::{Cell, Column, Section};
    use resus_engine::stats::intervals::Interval;

    #[test]
    fn tables_come_back_as_they_were_written() {
        let mut table = Table::new(
            "a table",
            [Column::text("strategy"), Column::interval("difference [95 %]", "£").named("difference")],
        );
        let i = Interval { estimate: -2.0, low: -3.5, high: 1.0 };
        table.row([Cell::text("007"), Cell::interval(&i, "−2")]);
        table.row([Cell::text("b"), Cell::text("baseline")]);
        let section = |id: &str| Section { id: id.into(), tables: vec![table.clone()], ..Section::default() };
        let long = "a-name-that-is-longer-than-a-sheet-may-have".to_owned();
        let report = Report {
            title: "T".into(),
            verdict: vec!["A sentence.".into()],
            sections: vec![section("first"), section(&(long.clone() + "-1")), section(&(long + "-2"))],
            ..Report::default()
        };
        let bytes = xlsx(&report).unwrap();
        assert_eq!(bytes, xlsx(&report).unwrap());
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names().len(), 4);
        let sheet = book.worksheet_range("first").unwrap();
        let row = |r: u32| {
            (0..4).map(|c| sheet.get_value((r, c)).cloned().unwrap_or_default()).collect::<Vec<Data>>()
        };
        assert_eq!(row(0)[1], Data::String("difference (£)".into()));
        // Words that look like a number stay words.
        assert_eq!(
            row(1),
            [Data::String("007".into()), Data::Float(-2.0), Data::Float(-3.5), Data::Float(1.0)]
        );
        assert_eq!(row(2)[1..], [Data::Empty, Data::Empty, Data::Empty]);
    }
}
