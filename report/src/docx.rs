//! A report as a document for word processors (docx): words and tables, for those who want to change them.

use std::io::Cursor;

use docx_rs::{Docx, DocxError, Paragraph, Run, Style, StyleType, Table, TableCell, TableRow, WidthType};

use crate::Report;

fn line(text: &str, style: Option<&str>) -> Paragraph {
    let p = Paragraph::new().add_run(Run::new().add_text(text));
    match style {
        Some(style) => p.style(style),
        None => p,
    }
}

/// The report as docx; charts are left to the page, tables say the same.
///
/// # Errors
/// When it cannot be packed.
pub fn docx(report: &Report) -> Result<Vec<u8>, DocxError> {
    // Sizes are in half points.
    let style =
        |id: &str, name: &str, size: usize| Style::new(id, StyleType::Paragraph).name(name).size(size).bold();
    let mut doc = Docx::new()
        .add_style(style("Heading1", "Heading 1", 40))
        .add_style(style("Heading2", "Heading 2", 28))
        .add_style(style("Caption", "Caption", 22))
        .add_paragraph(line(&report.bar, Some("Caption")))
        .add_paragraph(line(&report.title, Some("Heading1")))
        .add_paragraph(line(&report.subtitle, None));
    for sentence in &report.verdict {
        doc = doc.add_paragraph(line(sentence, None));
    }
    for s in &report.sections {
        doc = doc.add_paragraph(line(&s.title, Some("Heading2")));
        for t in &s.text {
            doc = doc.add_paragraph(line(t, None));
        }
        for t in &s.tables {
            let cell = |text: &str, bold: bool| {
                let run = Run::new().add_text(text);
                TableCell::new().add_paragraph(Paragraph::new().add_run(if bold { run.bold() } else { run }))
            };
            let head = TableRow::new(t.columns.iter().map(|c| cell(&c.head, true)).collect());
            let rows =
                t.rows.iter().map(|r| TableRow::new(r.iter().map(|c| cell(&c.shown, false)).collect()));
            let table = Table::new(std::iter::once(head).chain(rows).collect()).width(9000, WidthType::Dxa);
            doc = doc.add_paragraph(line(&t.caption, Some("Caption"))).add_table(table);
        }
    }
    let mut out = Cursor::new(vec![]);
    doc.build().pack(&mut out)?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Section, Table as Rows};

    #[test]
    fn a_document_holds_the_words_and_is_the_same_each_time() {
        let mut table = Rows::new("Teams", &["team", "role"]);
        table.row([Cell::text("Clinical & <leads>"), Cell::text("clinical")]);
        let section = Section {
            title: "Who plays".into(),
            text: vec!["You.".into()],
            tables: vec![table],
            ..Section::default()
        };
        let report = Report { title: "Manual".into(), sections: vec![section], ..Report::default() };
        let bytes = docx(&report).unwrap();
        assert!(bytes.starts_with(b"PK"));
        assert_eq!(bytes, docx(&report).unwrap());
        let read = docx_rs::read_docx(&bytes).unwrap().json();
        for words in ["Manual", "Who plays", "You.", "Clinical & <leads>"] {
            assert!(read.contains(words), "{words}");
        }
    }
}
