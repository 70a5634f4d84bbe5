//! Dates, times of day and the local calendar of a run: when it starts, and which days are bank holidays.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::{DAY, NotInUnit, SimTime};

/// A local date and time, the start of a scenario: only its hour, weekday and date matter to the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// Days since 1 January 1970.
    pub day: i64,
    /// Minute of the day.
    pub minute: u32,
}

impl DateTime {
    /// Reads `2026-11-13T18:30`.
    ///
    /// # Errors
    /// When the text is not a date of the calendar from 1970 to 2200 with a time of day.
    pub fn parse(text: &str) -> Result<Self, NotInUnit> {
        let wrong = || NotInUnit(format!("'{text}' is not a date and time; write \"2026-11-13T18:30\""));
        let field = |range: std::ops::Range<usize>| {
            text.get(range).and_then(|t| t.parse::<i64>().ok()).ok_or_else(wrong)
        };
        let (year, month, day, hour, minute) =
            (field(0..4)?, field(5..7)?, field(8..10)?, field(11..13)?, field(14..16)?);
        let shape = text.len() == 16
            && text.bytes().enumerate().all(|(i, b)| match i {
                4 | 7 => b == b'-',
                10 => b == b'T' || b == b' ',
                13 => b == b':',
                _ => b.is_ascii_digit(),
            });
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if !shape
            || !(1970..=2200).contains(&year)
            || !(1..=12).contains(&month)
            || !(1..=days).contains(&day)
            || hour > 23
            || minute > 59
        {
            return Err(wrong());
        }
        // Days from the civil date: H. Hinnant, "chrono-compatible low-level date algorithms".
        let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
        let era = y.div_euclid(400);
        let of_era = y - era * 400;
        let of_year = (153 * m + 2) / 5 + day - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        Ok(Self { day: days, minute: (hour * 60 + minute) as u32 })
    }
    /// Year, month and day of the calendar.
    pub const fn date(self) -> (i64, i64, i64) {
        // The same algorithm backwards; its years begin in March.
        let z = self.day + 719_468;
        let of_era = z.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + z.div_euclid(146_097) * 400 + if month <= 2 { 1 } else { 0 }, month, day)
    }
    /// Hour of the week at `t`, 0 = Monday 00:00–01:00, … 167.
    pub fn hour_of_week(self, t: SimTime) -> usize {
        let minute = i64::from(self.minute) + i64::from(t);
        let day = (self.day + minute.div_euclid(1440) + 3).rem_euclid(7);
        (day * 24 + minute.rem_euclid(1440) / 60) as usize
    }
    /// Weekday and clock time at `t`, as `Fri 18:30`.
    pub fn label(self, t: SimTime) -> String {
        let how = self.hour_of_week(t);
        let minute = (self.minute + t) % 60;
        format!("{} {:02}:{minute:02}", ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][how / 24], how % 24)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for DateTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DateTime".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "a local date and time: \"2026-11-13T18:30\"", "x-leaf": true })
    }
}

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(
    /// Days since 1 January 1970.
    pub i64,
);

impl Date {
    /// Reads `2026-12-25`.
    ///
    /// # Errors
    /// [`NotInUnit`] when it is no such date.
    pub fn parse(text: &str) -> Result<Self, NotInUnit> {
        DateTime::parse(&format!("{text}T00:00"))
            .map(|d| Self(d.day))
            .map_err(|_| NotInUnit(format!("'{text}' is not a date; write \"2026-12-25\"")))
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "a date: \"2026-12-25\"", "x-leaf": true })
    }
}

/// Whether an hour of the week is a working hour: Monday to Friday, 08:00 to 18:00.
pub const fn office_hours(hour_of_week: usize) -> bool {
    hour_of_week / 24 < 5 && hour_of_week % 24 >= 8 && hour_of_week % 24 < 18
}

/// Tells the hour of the week at any minute of the run; a bank holiday is lived as a Sunday.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Start, local time.
    pub starts: DateTime,
    /// Bank holidays as days after the day of the start, rising.
    holidays: Vec<u32>,
}

impl Calendar {
    /// From the start and the dates of bank holidays; those before the start do not matter.
    pub fn new(starts: DateTime, holidays: impl IntoIterator<Item = Date>) -> Self {
        let mut holidays: Vec<u32> =
            holidays.into_iter().filter_map(|d| u32::try_from(d.0 - starts.day).ok()).collect();
        holidays.sort_unstable();
        Self { starts, holidays }
    }
    /// Minutes past the hour at which the run starts.
    pub const fn offset(&self) -> u32 {
        self.starts.minute % 60
    }
    /// Minutes since midnight at `t`.
    pub const fn minute_of_day(&self, t: SimTime) -> u32 {
        (self.starts.minute + t) % DAY
    }
    /// Hour of the week at `t`, 0 = Monday 00:00–01:00, … 167.
    pub fn hour_of_week(&self, t: SimTime) -> usize {
        let day = (self.starts.minute + t) / DAY;
        if self.holidays.is_empty() || self.holidays.binary_search(&day).is_err() {
            self.starts.hour_of_week(t)
        } else {
            6 * 24 + (self.minute_of_day(t) / 60) as usize
        }
    }
    /// Whether it is a working hour at `t`.
    pub fn office_hours(&self, t: SimTime) -> bool {
        office_hours(self.hour_of_week(t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_holiday_is_a_sunday() {
        let starts = DateTime::parse("2026-12-24T18:30").unwrap();
        let calendar =
            Calendar::new(starts, [Date::parse("2026-12-25").unwrap(), Date::parse("2026-01-01").unwrap()]);
        assert_eq!(calendar.hour_of_week(0), 3 * 24 + 18);
        let friday_noon = 18 * 60;
        assert_eq!(calendar.hour_of_week(friday_noon), 6 * 24 + 12);
        assert!(!calendar.office_hours(friday_noon));
        assert!(calendar.office_hours(friday_noon + 3 * DAY), "Monday the 28th is no holiday here");
    }
}
