//! Tables of text: the first column to the left, the others to the right, never wider than asked.

/// Lays rows out in columns two spaces apart; the first row is the head.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|s| s.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for (n, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (c, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[c] - cell.chars().count());
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

/// A number with three significant figures, thousands apart.
pub fn number(v: f64) -> String {
    if !v.is_finite() {
        return "–".into();
    }
    let size = v.abs();
    let text = match size {
        s if s >= 1e9 => format!("{:.2}bn", v / 1e9),
        s if s >= 1e8 => format!("{:.0}m", v / 1e6),
        s if s >= 1e7 => format!("{:.1}m", v / 1e6),
        s if s >= 1e6 => format!("{:.2}m", v / 1e6),
        s if s >= 1e5 => format!("{:.0}k", v / 1e3),
        s if s >= 1e4 => format!("{:.1}k", v / 1e3),
        s if s >= 100.0 => format!("{v:.0}"),
        s if s >= 10.0 => format!("{v:.1}"),
        s if s > 0.0 => format!("{v:.2}"),
        _ => return "0".into(),
    };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |d| ("−", d));
    let whole = digits.split('.').next().unwrap_or(digits);
    if whole.len() > 3 && digits.ends_with(|c: char| c.is_ascii_digit()) {
        format!("{sign}{},{}", &whole[..whole.len() - 3], &whole[whole.len() - 3..])
    } else {
        format!("{sign}{digits}")
    }
}

/// A number with its sign.
pub fn signed(v: f64) -> String {
    if v > 0.0 { format!("+{}", number(v)) } else { number(v).replace('-', "−") }
}

/// Cut to `width` characters.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        text.into()
    } else {
        text.chars().take(width - 1).chain(['…']).collect()
    }
}

/// Text in lines of at most 80 characters.
pub fn wrap(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut line = " ".repeat(indent);
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() + 1 > 80 && line.trim() != "" {
            out += line.trim_end();
            out.push('\n');
            line = " ".repeat(indent);
        }
        line += word;
        line.push(' ');
    }
    out + line.trim_end() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(1234.5), "1,234");
        assert_eq!(number(-0.5), "−0.50");
        assert_eq!(signed(12_345_678.0), "+12.3m");
    }
}
