//! Text in columns of a terminal: tables, lines that are wrapped, names that are cut. Widths are those of a terminal's cells.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

pub use resus_report::format::{counted, number, percent, pounds, short_wins, signed};

/// Cells that a line of text fills at most; one of a terminal's usual 80 stays free.
const LINE: usize = 79;

/// Lays rows out in columns two spaces apart, the first to the left, the others to the right; the first row is the head.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|s| s.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for (n, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (c, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[c] - cell.width());
            if c == 0 {
                line += &format!("{cell}{pad}");
            } else {
                line += &format!("  {pad}{cell}");
            }
        }
        out += line.trim_end();
        out.push('\n');
        if n == 0 {
            out += &"─".repeat(widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1));
            out.push('\n');
        }
    }
    out
}

/// Cut to `width` cells, with an ellipsis where something is left out.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.into();
    }
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used < width
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Text in lines that fit a terminal, each indented by so many blanks.
pub fn wrap(text: &str, indent: usize) -> String {
    lines(text, LINE, indent, indent).join("\n") + "\n"
}

/// Text in lines of at most `width` cells, the first indented by `first` blanks, the others by `rest`. Breaks at blanks only: a word that
/// is longer than a line stands alone. One line for an empty text.
pub fn lines(text: &str, width: usize, first: usize, rest: usize) -> Vec<String> {
    let (first, rest) = (" ".repeat(first), " ".repeat(rest));
    let options = Options::new(width)
        .initial_indent(&first)
        .subsequent_indent(&rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let words: Vec<&str> = text.split_whitespace().collect();
    textwrap::wrap(&words.join(" "), options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_a_terminal_shows_them() {
        let rows =
            [["name", "n"], ["Ysbyty’r Bryn", "−1"], ["病院", "10"]].map(|r| r.map(String::from).to_vec());
        assert_eq!(
            table(&rows),
            "name            n\n─────────────────\nYsbyty’r Bryn  −1\n病院           10\n"
        );
        assert_eq!(cut("Northmere General", 10), "Northmere…");
        assert_eq!(cut("病院病院", 6), "病院…");
        assert_eq!(cut("ten cells.", 10), "ten cells.");
    }

    #[test]
    fn lines_break_at_blanks() {
        assert_eq!(lines("one  two\nthree four", 9, 0, 2), ["one two", "  three", "  four"]);
        assert_eq!(lines("a-hyphenated-word stays", 8, 1, 1), [" a-hyphenated-word", " stays"]);
        assert_eq!(lines("", 8, 3, 3), [""]);
        let text = "x".repeat(39) + " " + &"y".repeat(39);
        assert_eq!(wrap(&text, 0), format!("{text}\n"), "79 cells fit");
        assert_eq!(wrap(&text, 1).lines().count(), 2, "80 do not");
    }
}
