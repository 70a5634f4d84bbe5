//! Numbers in words that people read: short, with thousands apart and a true minus sign.

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

/// A count: whole below a thousand.
pub fn whole(v: f64) -> String {
    if v.abs() < 999.5 { format!("{:.0}", v.round()).replace('-', "−") } else { number(v) }
}

/// A number with its sign.
pub fn signed(v: f64) -> String {
    if v > 0.0 { format!("+{}", number(v)) } else { number(v) }
}

/// A share in per cent.
pub fn percent(v: f64) -> String {
    if !v.is_finite() {
        return "–".into();
    }
    let p = v * 100.0;
    let digits = usize::from(p.abs() < 9.95 && p.abs() > 0.0);
    format!("{p:.digits$} %").replace('-', "−")
}

/// Pounds.
pub fn pounds(v: f64) -> String {
    let text = number(v.abs());
    if v < 0.0 { format!("−£{text}") } else { format!("£{text}") }
}

/// A share as runs of a hundred.
pub fn in_100(share: f64) -> String {
    format!("in {:.0} of 100 runs", share * 100.0)
}

/// With a capital first letter.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(1234.5), "1,234");
        assert_eq!(number(-0.5), "−0.50");
        assert_eq!(signed(12_345_678.0), "+12.3m");
        assert_eq!(percent(-0.034), "−3.4 %");
        assert_eq!(pounds(-1_250_000.0), "−£1.25m");
    }
}
