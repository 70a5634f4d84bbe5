//! The local calendar of a run: when it starts, and which days are bank holidays.

use crate::units::{DAY, Date, DateTime, SimTime, office_hours};

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
