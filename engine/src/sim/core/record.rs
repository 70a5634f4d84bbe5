//! The outcomes of one replicate.

use crate::catalogue::outcome::Outcome;

const COUNT: usize = Outcome::ALL.len();
const _: () = assert!(COUNT <= u32::BITS as usize, "one bit of `censored` each");

/// The outcomes of one replicate. A missing one is NaN; a censored one is the time at which watching ended.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    values: [f64; COUNT],
    censored: u32,
}

impl Default for Record {
    fn default() -> Self {
        Self { values: [f64::NAN; COUNT], censored: 0 }
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.censored == other.censored
            && self.values.iter().zip(&other.values).all(|(a, b)| a.to_bits() == b.to_bits())
    }
}

impl Record {
    /// The value, unless it is missing.
    pub fn get(&self, o: Outcome) -> Option<f64> {
        Some(self.values[o as usize]).filter(|v| !v.is_nan())
    }
    /// A time with whether it is censored, unless it is missing.
    pub fn time(&self, o: Outcome) -> Option<(f64, bool)> {
        self.get(o).map(|v| (v, self.censored(o)))
    }
    /// Whether the true time lies past the horizon.
    pub const fn censored(&self, o: Outcome) -> bool {
        self.censored & (1 << o as u32) != 0
    }
    pub(crate) fn set(&mut self, o: Outcome, value: f64) {
        self.values[o as usize] = value;
    }
    /// A time and whether it is censored; missing where nothing began from which it could count.
    pub(crate) fn set_maybe(&mut self, o: Outcome, time: Option<(f64, bool)>) {
        self.set_time(o, time.unwrap_or((f64::NAN, false)));
    }
    pub(crate) fn set_time(&mut self, o: Outcome, (value, censored): (f64, bool)) {
        self.values[o as usize] = value;
        self.censored |= u32::from(censored) << o as u32;
    }
}
