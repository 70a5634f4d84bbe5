//! Dates, times of day and the local calendar of a run: when it starts, and which days are bank holidays.

use jiff::{SignedDuration, civil};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::{DAY, NotInUnit, SimTime};

/// A local date and time, the start of a scenario: only its hour, weekday and date matter to the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// Days since 1 January 1970.
    day: i64,
    /// Minute of the day.
    minute: u32,
}

/// Day 0.
const EPOCH: civil::Date = civil::date(1970, 1, 1);

impl DateTime {
    /// Reads `2026-11-13T18:30`.
    ///
    /// # Errors
    /// When the text is not a date of the calendar from 1970 to 2200 with a time of day.
    pub fn parse(text: &str) -> Result<Self, NotInUnit> {
        let wrong = || NotInUnit(format!("'{text}' is not a date and time; write \"2026-11-13T18:30\""));
        // What is written looks alike everywhere: digits in their places, a letter or a space between.
        let format = match text.as_bytes() {
            [date @ .., b'T', _, _, b':', _, _] if date.len() == 10 => "%Y-%m-%dT%H:%M",
            [date @ .., b' ', _, _, b':', _, _] if date.len() == 10 => "%Y-%m-%d %H:%M",
            _ => return Err(wrong()),
        };
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let at = civil::DateTime::strptime(format, text).map_err(|_| wrong())?;
        if digits != 12 || !(1970..=2200).contains(&at.year()) {
            return Err(wrong());
        }
        let day = i64::from(EPOCH.until(at.date()).map_err(|_| wrong())?.get_days());
        Ok(Self { day, minute: at.hour() as u32 * 60 + at.minute() as u32 })
    }
    /// Year, month and day of the calendar.
    pub fn date(self) -> (i64, i64, i64) {
        let date = EPOCH.saturating_add(SignedDuration::from_hours(self.day * 24));
        (date.year().into(), date.month().into(), date.day().into())
    }
    /// So many minutes later.
    pub const fn plus(self, minutes: u32) -> Self {
        let minute = self.minute + minutes;
        Self { day: self.day + (minute / DAY) as i64, minute: minute % DAY }
    }
    /// Minutes from here to `other`; below 0 when that is earlier.
    pub const fn minutes_until(self, other: Self) -> i64 {
        (other.day - self.day) * DAY as i64 + other.minute as i64 - self.minute as i64
    }
    /// Days since 1 January 1970.
    pub const fn day(self) -> i64 {
        self.day
    }
    /// Minute of the day.
    pub const fn minute(self) -> u32 {
        self.minute
    }
    /// Whether clocks in the United Kingdom jump over it: they go from 01:00 to 02:00 on the last Sunday of March (Summer Time Act 1972, as
    /// amended in 2002).
    pub fn skipped(self) -> bool {
        let (_, month, day) = self.date();
        let sunday = (self.day + 3).rem_euclid(7) == 6;
        month == 3 && day > 24 && sunday && self.minute / 60 == 1
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    fn what_is_no_date_is_refused() {
        for text in [
            "2026-11-13",
            "2026-11-13T24:00",
            "2026-13-01T00:00",
            "2026-1-013T00:00",
            "+026-11-13T18:30",
            "1969-12-31T23:59",
            "2201-01-01T00:00",
            "2026-11-13t18:30",
            "2026-11-13T18:30Z",
            "2026-11-13T18:3٣",
            "",
        ] {
            assert!(DateTime::parse(text).is_err(), "{text}");
        }
        let start = DateTime::parse("2026-12-31 23:30").unwrap();
        assert_eq!(start.plus(45), DateTime::parse("2027-01-01T00:15").unwrap());
        assert_eq!(start.minutes_until(start.plus(3000)), 3000);
        assert_eq!(start.plus(3000).minutes_until(start), -3000);
    }

    #[test]
    fn clocks_jump_over_one_hour_a_year() {
        let skipped = |text: &str| DateTime::parse(text).unwrap().skipped();
        assert!(skipped("2026-03-29T01:00") && skipped("2027-03-28T01:59") && skipped("2024-03-31T01:30"));
        assert!(!skipped("2026-03-29T00:59") && !skipped("2026-03-29T02:00") && !skipped("2026-03-22T01:30"));
        assert!(!skipped("2026-10-25T01:30"), "an hour that comes twice is there");
    }

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
