//! Numbers in words that people read: short, with thousands apart and a true minus sign.

use resus_engine::stats::paired::Wins;

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

/// Days with a digit after the point; a short time in hours.
pub fn days(v: f64) -> String {
    if v.abs() > 0.0 && v.abs() < 0.05 {
        format!("{} hours", number(v * 24.0))
    } else {
        format!("{v:.1} days").replace('-', "−")
    }
}

/// Pounds.
pub fn pounds(v: f64) -> String {
    let text = number(v.abs());
    if v < 0.0 { format!("−£{text}") } else { format!("£{text}") }
}

/// A number of things, in full: `1 campaign`, `2 campaigns`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", whole(n as f64), if n == 1 { one } else { many })
}

/// How many of the runs that were made, from a share of them.
pub fn in_runs(share: f64, runs: usize) -> String {
    format!("in {:.0} of {runs} runs", share * runs as f64)
}

/// In how many runs one of two was the better, and in how many nobody was.
pub fn in_runs_of(wins: &Wins) -> String {
    let Wins { better, same, of } = *wins;
    let text = format!("in {better} of {of} runs");
    if same == 0 { text } else { format!("{text}, the same in {same}") }
}

/// The same for a mark in a chart, which has no room for ties: the table beside it has them.
pub fn better_in(wins: &Wins) -> String {
    format!("better in {} of {} runs", wins.better, wins.of)
}

/// The same in short, ties counted half: 97/120.
pub fn short_wins(wins: &Wins) -> String {
    let half = if wins.same.is_multiple_of(2) { "" } else { ".5" };
    format!("{}{half}/{}", wins.better + wins.same / 2, wins.of)
}

/// A p-value with as many digits as anybody reads.
pub fn p_value(p: Option<f64>) -> String {
    match p {
        None => "–".into(),
        Some(p) if p < 0.001 => "below 0.001".into(),
        Some(p) => format!("{p:.3}"),
    }
}

/// A number for machines: all its digits, an exponent where it is very large or small, and a point even where it is whole, so that
/// nobody takes a column for integers. Empty where there is none.
pub fn raw(v: f64) -> String {
    if v.is_nan() { String::new() } else { format!("{v:?}") }
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
    fn one_is_not_many() {
        let all = [0, 1, 2000].map(|n| counted(n, "run", "runs"));
        assert_eq!(all, ["0 runs", "1 run", "2,000 runs"]);
    }

    #[test]
    fn numbers_for_machines_are_whole_and_bounded() {
        assert_eq!(raw(1e-250), "1e-250");
        assert_eq!(raw(12.0), "12.0");
        assert_eq!(raw(f64::NAN), "");
        for v in [1e-300, 0.1 + 0.2, 1234.5, 1e20, -7.25e-8, f64::MIN_POSITIVE] {
            assert!(
                raw(v).len() < 26 && raw(v).parse::<f64>().is_ok_and(|w| w.total_cmp(&v).is_eq()),
                "{}",
                raw(v)
            );
        }
    }

    #[test]
    fn runs_are_counted_as_they_were() {
        let wins = |better, same, of| Wins { better, same, of };
        assert_eq!(in_runs_of(&wins(2, 0, 2)), "in 2 of 2 runs");
        assert_eq!(in_runs_of(&wins(188, 5, 200)), "in 188 of 200 runs, the same in 5");
        assert_eq!(short_wins(&wins(188, 5, 200)), "190.5/200");
        assert_eq!(short_wins(&wins(1, 2, 3)), "2/3");
        assert_eq!(in_runs(0.25, 24), "in 6 of 24 runs");
        assert_eq!(p_value(Some(1e-250)), "below 0.001");
        assert_eq!((p_value(Some(0.0312)), p_value(None)), ("0.031".into(), "–".into()));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(1234.5), "1,234");
        assert_eq!(number(-0.5), "−0.50");
        assert_eq!(signed(12_345_678.0), "+12.3m");
        assert_eq!(percent(-0.034), "−3.4 %");
        assert_eq!(pounds(-1_250_000.0), "−£1.25m");
    }
}
