//! Units as types: times, shares, money, effort. A constructor refuses what is not of its unit, and each
//! unit reads the forms a person would write (`"36h"`, `"35%"`, `"£1.2m"`).

mod calendar;

use std::fmt;

pub use calendar::{Calendar, Date, DateTime, office_hours};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// Minutes in an hour.
pub const HOUR: u32 = 60;
/// Minutes in a day.
pub const DAY: u32 = 24 * HOUR;
/// Minutes in a week.
pub const WEEK: u32 = 7 * DAY;
/// The longest duration a scenario may state, in minutes (ten years).
pub const LONGEST: u32 = 3653 * DAY;

/// Why a text or number is not a value of a unit; the message says what is expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotInUnit(pub String);

/// A quantity that a person can write as a number or a text, and that the engine computes with as `f64`.
pub trait Quantity: Copy + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// The unit's name in the reference of the format.
    const NAME: &'static str;
    /// What a value may look like.
    const FORMS: &'static str;
    /// The least and the largest value, in the engine's numbers.
    const BOUNDS: (f64, f64);
    /// From the engine's number: minutes, fraction, pounds, hours.
    ///
    /// # Errors
    /// When the number is outside the unit's range or is not finite.
    fn from_number(number: f64) -> Result<Self, NotInUnit>;
    /// From a text such as `"36h"`.
    ///
    /// # Errors
    /// When the text is not of the unit.
    fn from_text(text: &str) -> Result<Self, NotInUnit>;
    /// From a bare number in a file, where that is allowed.
    ///
    /// # Errors
    /// When the unit needs a text or the number is out of range.
    fn from_bare(number: f64) -> Result<Self, NotInUnit> {
        Self::from_number(number)
    }
    /// The engine's number.
    fn number(self) -> f64;
    /// The number within the unit's bounds that is nearest to what was drawn; the least one for what is no number.
    fn bounded(drawn: f64) -> f64 {
        let (low, high) = Self::BOUNDS;
        if drawn.is_nan() { low } else { drawn.clamp(low, high) }
    }
}

fn split_number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || ".-+_,".contains(c))).unwrap_or(text.len());
    let number: f64 = text[..end].replace([',', '_'], "").parse().ok()?;
    number.is_finite().then(|| (number, text[end..].trim()))
}

/// Whole minutes since the scenario starts.
pub type SimTime = u32;

/// A length of time in whole minutes, at most ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SimDuration(u32);

impl SimDuration {
    /// From minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes)
    }
    /// Length in minutes.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Quantity for SimDuration {
    const NAME: &'static str = "Duration";
    const FORMS: &'static str =
        "a length of time: \"90 min\", \"36h\", \"5 days\", \"2 weeks\", \"1 day 12h\"";
    const BOUNDS: (f64, f64) = (0.0, LONGEST as f64);
    fn from_number(number: f64) -> Result<Self, NotInUnit> {
        if (0.0..=f64::from(LONGEST)).contains(&number) {
            Ok(Self(number.round() as u32))
        } else {
            Err(NotInUnit("a duration lies between 0 and ten years".into()))
        }
    }
    fn from_bare(_: f64) -> Result<Self, NotInUnit> {
        Err(NotInUnit("a duration needs a unit: \"90 min\", \"36h\", \"5 days\"".into()))
    }
    fn from_text(text: &str) -> Result<Self, NotInUnit> {
        let wrong =
            || NotInUnit(format!("'{text}' is not a duration; write \"90 min\", \"36h\" or \"5 days\""));
        let mut rest = text.trim();
        let mut minutes = 0.0;
        if rest.is_empty() {
            return Err(wrong());
        }
        while !rest.is_empty() {
            let (number, tail) = split_number(rest).ok_or_else(wrong)?;
            let end = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
            minutes += number
                * match &tail[..end] {
                    "m" | "min" | "mins" | "minute" | "minutes" => 1.0,
                    "h" | "hour" | "hours" => f64::from(HOUR),
                    "d" | "day" | "days" => f64::from(DAY),
                    "w" | "week" | "weeks" => f64::from(WEEK),
                    _ => return Err(wrong()),
                };
            rest = tail[end..].trim();
        }
        Self::from_number(minutes)
    }
    fn number(self) -> f64 {
        f64::from(self.0)
    }
}

impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            m if m < 2 * HOUR => write!(f, "{m} min"),
            m if m < 2 * DAY => write!(f, "{:.1} h", f64::from(m) / 60.0),
            m => write!(f, "{:.1} days", f64::from(m) / 1440.0),
        }
    }
}

macro_rules! real_unit {
    ($(#[$doc:meta])* $name:ident, $label:literal, $range:expr, $forms:literal, $wrong:literal, $read:expr, $show:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
        pub struct $name(f64);
        impl $name {
            /// The value as a number in the unit.
            pub const fn get(self) -> f64 { self.0 }
        }
        impl Quantity for $name {
            const NAME: &'static str = $label;
            const FORMS: &'static str = $forms;
            const BOUNDS: (f64, f64) = (*$range.start(), *$range.end());
            fn from_number(number: f64) -> Result<Self, NotInUnit> {
                if $range.contains(&number) { Ok(Self(number)) } else { Err(NotInUnit(format!("{number} is not {}", $wrong))) }
            }
            fn from_text(text: &str) -> Result<Self, NotInUnit> {
                let read: fn(&str) -> Option<f64> = $read;
                let number = read(text.trim()).ok_or_else(|| NotInUnit(format!("'{text}' is not {}", $wrong)))?;
                Self::from_number(number)
            }
            fn number(self) -> f64 { self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let show: fn(f64) -> String = $show;
                f.write_str(&show(self.0))
            }
        }
    };
}

real_unit!(
    /// A proportion in [0, 1].
    Share, "Share", (0.0..=1.0), "a proportion: 0.35 or \"35%\"", "a share between 0 and 1 (or 0% and 100%)",
    |text| text.strip_suffix('%').and_then(|t| t.trim().parse::<f64>().ok()).map(|v| v / 100.0),
    |v| format!("{:.1}%", v * 100.0)
);
real_unit!(
    /// A non-negative number without unit: a factor, a weight, a rate or a count.
    Number, "Number", (0.0..=1e10), "a number from 0 to 10,000,000,000", "a number between 0 and 1e10",
    |text| split_number(text).filter(|(_, unit)| unit.is_empty()).map(|(v, _)| v),
    |v| format!("{v}")
);
real_unit!(
    /// Pounds sterling.
    Pounds, "Pounds", (0.0..=1e13), "money: \"£1.2m\", \"£45k\", \"£300\" or 300", "an amount of money; write \"£1.2m\", \"£45k\" or \"£300\"",
    |text| {
        let (v, unit) = split_number(text.strip_prefix('£')?)?;
        Some(v * match unit { "" => 1.0, "k" => 1e3, "m" => 1e6, "bn" => 1e9, _ => return None })
    },
    |v| match v { v if v >= 1e9 => format!("£{:.2}bn", v / 1e9), v if v >= 1e6 => format!("£{:.2}m", v / 1e6), v if v >= 1e3 => format!("£{:.1}k", v / 1e3), v => format!("£{v:.0}") }
);
real_unit!(
    /// Effort in person-hours.
    PersonHours, "PersonHours", (0.0..=1e9), "effort: \"12 person-hours\", \"12 ph\" or 12", "an effort; write \"12 person-hours\" or 12",
    |text| split_number(text).and_then(|(v, unit)| matches!(unit, "" | "ph" | "person-hours" | "person-hour").then_some(v)),
    |v| format!("{v} person-hours")
);

macro_rules! read_unit {
    ($($name:ident),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl de::Visitor<'_> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str($name::FORMS) }
                    fn visit_f64<E: de::Error>(self, v: f64) -> Result<$name, E> { $name::from_bare(v).map_err(E::custom) }
                    fn visit_u64<E: de::Error>(self, v: u64) -> Result<$name, E> { self.visit_f64(v as f64) }
                    fn visit_i64<E: de::Error>(self, v: i64) -> Result<$name, E> { self.visit_f64(v as f64) }
                    fn visit_str<E: de::Error>(self, v: &str) -> Result<$name, E> { $name::from_text(v).map_err(E::custom) }
                }
                deserializer.deserialize_any(Visitor)
            }
        }
        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> { $name::NAME.into() }
            fn json_schema(_: &mut SchemaGenerator) -> Schema { json_schema!({ "description": $name::FORMS, "x-leaf": true }) }
        }
    )*};
}
read_unit!(SimDuration, Share, Number, Pounds, PersonHours);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_as_units() {
        assert_eq!(SimDuration::from_text("1 day 12h").unwrap().get(), 36 * 60);
        assert!((Share::from_text("35%").unwrap().get() - 0.35).abs() < 1e-12);
        assert!((Pounds::from_text("£1.2m").unwrap().get() - 1.2e6).abs() < 1e-6);
        assert!(Share::from_number(35.0).is_err());
        assert!(SimDuration::from_bare(5.0).is_err());
        assert!(SimDuration::from_text("99999 weeks").is_err());
        assert!(Share::from_number(f64::NAN).is_err());
    }

    #[test]
    fn dates_know_their_weekday() {
        let friday = DateTime::parse("2026-11-13T18:30").unwrap();
        assert_eq!(friday.hour_of_week(0), 4 * 24 + 18);
        assert_eq!(friday.hour_of_week(30), 4 * 24 + 19);
        assert_eq!(friday.label(3 * DAY), "Mon 18:30");
        assert!(DateTime::parse("2026-02-29T00:00").is_err());
        for text in [
            "2026-01-01T00:00",
            "2026-02-28T00:00",
            "2026-03-01T00:00",
            "2026-12-31T00:00",
            "2024-02-29T00:00",
            "2000-12-31T00:00",
        ] {
            let (year, month, day) = DateTime::parse(text).unwrap().date();
            assert_eq!(format!("{year:04}-{month:02}-{day:02}"), text[..10]);
        }
    }
}
