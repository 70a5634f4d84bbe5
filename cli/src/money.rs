//! Sums of money as a treasurer writes them on the command line.

/// Smaller sums are slips of the pen: no lever costs so little.
const LEAST: f64 = 1000.0;
/// Larger ones too: beyond what a nation spends.
const MOST: f64 = 1e12;

/// Pounds, from £5m, £500k, 2.5 million, £750,000 or £1bn. A number with neither a sign nor a unit might mean any of them, and is none.
///
/// # Errors
/// What is wrong with the text, and how to write it.
pub fn sum(text: &str) -> Result<f64, String> {
    const HOW: &str = "write £5m, £500k or £750,000";
    let text = text.trim();
    let signed = text.starts_with('£');
    let bare = text.trim_start_matches('£').trim().to_lowercase();
    let unit_at = bare.find(char::is_alphabetic).unwrap_or(bare.len());
    let (digits, unit) = (bare[..unit_at].trim(), bare[unit_at..].trim());
    let factor = match unit {
        "" => 1.0,
        "k" | "thousand" => 1e3,
        "m" | "mn" | "million" => 1e6,
        "bn" | "billion" => 1e9,
        _ => return Err(format!("'{text}' is no sum of money; {HOW}")),
    };
    let Some(number) = number(digits) else {
        return Err(format!("'{text}' is no sum of money; {HOW}"));
    };
    let pounds = number * factor;
    if pounds <= 0.0 {
        return Err(format!("'{text}' is nothing to spend; {HOW}"));
    }
    if unit.is_empty() && (!signed || pounds < LEAST) {
        let whole = if pounds < LEAST { String::new() } else { format!(" or £{digits}") };
        return Err(format!("'{text}' has no unit; write £{digits}m, £{digits}k{whole}"));
    }
    if !(LEAST..=MOST).contains(&pounds) {
        return Err(format!("'{text}' is outside of £1k to £1,000bn; {HOW}"));
    }
    Ok(pounds)
}

/// A number of digits, with thousands apart by commas or not; a comma that parts anything else is a mistake: who writes 2,5 means 2.5.
fn number(digits: &str) -> Option<f64> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let sound = all_digits(first)
        && all_digits(fraction)
        && (!grouped || first.len() <= 3)
        && groups.all(|g| g.len() == 3 && all_digits(g));
    sound.then(|| digits.replace(',', "").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same sum in each way in which it may be written.
    fn forms(pounds: u64) -> Vec<String> {
        let mut grouped = String::new();
        let plain = pounds.to_string();
        for (k, digit) in plain.chars().enumerate() {
            if k > 0 && (plain.len() - k).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let (k, m) = (pounds as f64 / 1e3, pounds as f64 / 1e6);
        let mut out = vec![format!("£{plain}"), format!("£{grouped}")];
        for (number, units) in [(k, ["k", " thousand", "K"]), (m, ["m", " million", " M"])] {
            out.extend(units.iter().flat_map(|unit| ["£", ""].map(|sign| format!("{sign}{number}{unit}"))));
        }
        out
    }

    #[test]
    fn a_sum_is_the_same_however_it_is_written() {
        for pounds in
            [1000, 1001, 12_500, 99_999, 500_000, 750_000, 1_000_000, 1_234_567, 5_000_000, 80_000_000_000]
        {
            for text in forms(pounds) {
                let read = sum(&text);
                let right = read.as_ref().is_ok_and(|p| (p - pounds as f64).abs() < 1e-9 * pounds as f64);
                assert!(right, "{text}: {read:?}");
            }
        }
        assert_eq!(sum("£1bn"), sum("1,000 million"));
    }

    #[test]
    fn what_has_no_unit_is_none_and_is_told_how_to_be_written() {
        for (text, told) in [
            ("5", "'5' has no unit; write £5m, £5k"),
            ("£5", "'£5' has no unit; write £5m, £5k"),
            ("2.5", "'2.5' has no unit; write £2.5m, £2.5k"),
            ("5000", "'5000' has no unit; write £5000m, £5000k or £5000"),
            ("£999", "'£999' has no unit; write £999m, £999k"),
            ("0", "'0' is nothing to spend"),
            ("£0m", "'£0m' is nothing to spend"),
            ("£0.2k", "'£0.2k' is outside of £1k to £1,000bn"),
            ("£9000bn", "'£9000bn' is outside of £1k to £1,000bn"),
        ] {
            let error = sum(text).expect_err(text);
            assert!(error.starts_with(told), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_no_sum_is_refused() {
        for text in [
            "",
            "£",
            "lots",
            "-£1m",
            "-1m",
            "£-5m",
            "$5m",
            "5 apples",
            "2,5m",
            "£1,00,000",
            "1.2.3m",
            "£5m!",
            "nanm",
            "inf",
            "1e6",
            ",5m",
            "£.5m",
            "5.m",
        ] {
            let error = sum(text).expect_err(text);
            assert!(error.contains("is no sum of money"), "{text}: {error}");
        }
    }
}
