//! An estate as a workbook (xlsx): read cell by cell, and the filled example that people start from.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};
use resus_engine::estate::import::{Example, MOST_COLUMNS, MOST_ROWS, Sheet};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// The most bytes of a workbook, as it lies on disk.
pub const LARGEST_WORKBOOK: usize = 16 << 20;
/// The most bytes that it may unpack to.
const LARGEST_UNPACKED: u64 = 512 << 20;
/// The most cells with something in them, in all sheets.
const MOST_CELLS: usize = 4_000_000;

/// Reads all sheets of a workbook: (name, sheet). `file` names it in messages.
///
/// # Errors
/// When it is no workbook of this format, or too large.
pub fn workbook(bytes: &[u8], file: &str) -> Result<Vec<(String, Sheet)>, String> {
    if bytes.len() > LARGEST_WORKBOOK {
        return Err(format!("it is larger than {} MiB", LARGEST_WORKBOOK >> 20));
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(
            "it is a workbook of an old format, or has a password: save it as .xlsx without one".into()
        );
    }
    match unpacked(bytes) {
        None => return Err("it is no workbook (.xlsx)".into()),
        Some(size) if size > LARGEST_UNPACKED => {
            return Err(format!("it unpacks to more than {} MiB", LARGEST_UNPACKED >> 20));
        }
        Some(_) => {}
    }
    let wrong = |e: calamine::XlsxError| format!("it is no workbook (.xlsx): {e}");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(wrong)?;
    let (mut out, mut cells) = (vec![], 0);
    for name in book.sheet_names().clone() {
        let mut sheet = Sheet { name: format!("{file}, sheet '{name}'"), lettered: true, rows: vec![] };
        // Sheets of charts have no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        while let Some(cell) = reader.next_cell().map_err(wrong)? {
            let (row, column) = cell.get_position();
            let text = words(cell.get_value());
            if text.trim().is_empty() {
                continue;
            }
            cells += 1;
            if cells > MOST_CELLS || row as usize >= MOST_ROWS || column as usize >= MOST_COLUMNS {
                return Err(format!(
                    "sheet '{name}' has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns, or the workbook more than {MOST_CELLS} cells"
                ));
            }
            let line = u64::from(row) + 1;
            if sheet.rows.last().is_none_or(|r| r.0 != line) {
                sheet.rows.push((line, vec![]));
            }
            if let Some((_, cells)) = sheet.rows.last_mut() {
                cells.resize(cells.len().max(column as usize + 1), String::new());
                cells[column as usize] = text;
            }
        }
        out.push((name, sheet));
    }
    Ok(out)
}

fn words(value: &DataRef) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::SharedString(t) => (*t).to_owned(),
        DataRef::String(t) | DataRef::DateTimeIso(t) | DataRef::DurationIso(t) => t.clone(),
        DataRef::Int(v) => v.to_string(),
        DataRef::Float(v) => v.to_string(),
        DataRef::Bool(v) => v.to_string(),
        DataRef::DateTime(t) => t.as_f64().to_string(),
        DataRef::Error(e) => e.to_string(),
    }
}

/// Bytes to which an archive says that it unpacks, by its list of contents; absent when it is no archive.
fn unpacked(bytes: &[u8]) -> Option<u64> {
    let number = |at: usize, n: usize| -> Option<u64> {
        Some(bytes.get(at..at + n)?.iter().rev().fold(0, |v, b| v << 8 | u64::from(*b)))
    };
    // The record at the end says where the list begins and how many entries it has.
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let (entries, mut at) = (number(end + 10, 2)?, number(end + 16, 4)? as usize);
    let mut size = 0;
    for _ in 0..entries {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        size += number(at + 24, 4)?;
        at += 46 + (number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?) as usize;
    }
    Some(size)
}

/// The example as a workbook: organisations, suppliers, and what one has to know to fill them.
///
/// # Errors
/// When a cell is too long for the format.
pub fn template(example: &Example) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A day of the library's own choice keeps the bytes the same each time.
    let day = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title("An estate for resus").set_creation_datetime(&day));
    let sheets: [(&str, &[Vec<String>], &[f64]); 5] = [
        (
            "Organisations",
            &example.organisations,
            &[34.0, 24.0, 8.0, 18.0, 12.0, 10.0, 10.0, 8.0, 52.0, 24.0],
        ),
        ("Suppliers", &example.suppliers, &[32.0, 22.0, 8.0, 40.0]),
        ("What to fill in", &example.explanations, &[16.0, 14.0, 90.0]),
        ("Kinds", &example.kinds, &[26.0, 18.0, 12.0, 70.0, 70.0]),
        ("Systems", &example.systems, &[24.0, 90.0]),
    ];
    for (name, rows, widths) in sheets {
        fill(book.add_worksheet().set_name(name)?, rows, widths)?;
    }
    book.save_to_buffer()
}

fn fill(sheet: &mut Worksheet, rows: &[Vec<String>], widths: &[f64]) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_text_wrap();
    let body = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (r, row) in (0u32..).zip(rows) {
        for (c, cell) in (0u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            match cell.parse::<f64>() {
                Ok(v) if r > 0 => sheet.write_number_with_format(r, c, v, &body)?,
                _ => sheet.write_string_with_format(r, c, cell, if r == 0 { &head } else { &body })?,
            };
        }
    }
    for (c, width) in (0u16..).zip(widths) {
        sheet.set_column_width(c, *width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Example {
        let text = |rows: &[&[&str]]| -> Vec<Vec<String>> {
            rows.iter().map(|r| r.iter().map(|c| (*c).to_owned()).collect()).collect()
        };
        Example {
            organisations: text(&[&["name", "kind", "size"], &["Northmere", "acute trust", "640"]]),
            suppliers: text(&[&["supplier", "system"]]),
            kinds: text(&[&["kind"]]),
            systems: text(&[&["system"]]),
            explanations: text(&[&["sheet"]]),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = template(&example()).unwrap();
        let sheets = workbook(&bytes, "mine.xlsx").unwrap();
        let names: Vec<&str> = sheets.iter().map(|s| s.0.as_str()).collect();
        assert_eq!(names, ["Organisations", "Suppliers", "What to fill in", "Kinds", "Systems"]);
        assert_eq!(sheets[0].1.rows[1], (2, vec!["Northmere".into(), "acute trust".into(), "640".into()]));
        assert_eq!(bytes, template(&example()).unwrap(), "the same bytes each time");
    }

    #[test]
    fn what_is_far_out_or_no_workbook_is_refused() {
        let mut book = Workbook::new();
        book.add_worksheet().write_string(1_048_575, 16_383, "stray").unwrap();
        let far = workbook(&book.save_to_buffer().unwrap(), "far.xlsx").unwrap_err();
        assert!(far.contains("rows or"), "{far}");
        for bytes in [&b"name,kind\n"[..], b"PK", b"PK\x05\x06", &[0xd0, 0xcf, 0x11, 0xe0], b""] {
            assert!(workbook(bytes, "x").is_err());
        }
        let good = template(&example()).unwrap();
        for cut in (0..good.len()).step_by(97) {
            assert!(workbook(&good[..cut], "cut.xlsx").is_err(), "{cut}");
        }
    }
}
