//! How a backlog grows and drains: one hour of one service, and the undisturbed drain of many hours in closed form.
//! A backlog drains only through spare capacity.

use crate::sim::care::calls::Answered;
use crate::sim::ledger::entries::Drain;

/// What became of an hour's contacts. Everybody is somewhere: demand = served + deferred + urgent, where the urgent are diverted or lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    /// Of this hour's own demand, served.
    pub served_new: f64,
    /// Of this hour's own demand, put into the backlog.
    pub deferred: f64,
    /// Of this hour's own demand, those who can neither be served nor wait.
    pub urgent: f64,
    /// Taken from the backlog and served.
    pub drained: f64,
    /// The backlog afterwards.
    pub backlog: f64,
}

impl Hour {
    /// `demand` of its own and `incoming` from neighbours meet `capacity`; neighbours' emergencies were promised a place and
    /// are served first, then the hour's own, then the backlog.
    pub fn of(demand: f64, incoming: f64, backlog: f64, capacity: f64, deferrable: f64) -> Self {
        let left = (capacity - incoming).max(0.0);
        let served_new = demand.min(left);
        let unmet = demand - served_new;
        let deferred = unmet * deferrable;
        let drained = backlog.min(left - served_new);
        Self {
            served_new,
            deferred,
            urgent: unmet - deferred,
            drained,
            backlog: backlog + deferred - drained,
        }
    }
}

impl Hour {
    /// An hour of calls that met `capacity`; those who put off calling ring again when lines are free.
    pub fn of_calls(calls: &Answered, backlog: f64, capacity: f64, deferrable: f64) -> Self {
        let served_new = calls.arrived - calls.unmet;
        let deferred = calls.unmet * deferrable;
        let drained = backlog.min((capacity - calls.arrived).max(0.0));
        Self {
            served_new,
            deferred,
            urgent: calls.unmet - deferred,
            drained,
            backlog: backlog + deferred - drained,
        }
    }
}

/// Demand of one profile summed over the hours of a run, so that a service that only drains is not looked at every hour.
#[derive(Clone, Debug, Default)]
pub struct Cumulated {
    /// Sum of the factors of the first n hours.
    once: Vec<f64>,
    /// Sum of `once` over the hours 1 to n.
    twice: Vec<f64>,
}

impl Cumulated {
    /// Of a week's `profile`, over hours of the week.
    pub fn new(profile: &[f32; 168], hours: &[usize]) -> Self {
        let mut all = Self { once: vec![0.0], twice: vec![0.0] };
        let (mut once, mut twice) = (0.0, 0.0);
        for h in hours {
            once += f64::from(profile[*h]);
            twice += once;
            all.once.push(once);
            all.twice.push(twice);
        }
        all
    }
    /// The hour at whose end `backlog` is gone when it drains at `rate` × the profile from the end of hour `since`; absent when that
    /// is past the run.
    pub fn clears(&self, since: u32, backlog: f64, rate: f64) -> Option<u32> {
        if rate <= 0.0 {
            return None;
        }
        let level = self.once[since as usize] + backlog / rate;
        let hour = self.once.partition_point(|c| *c < level - 1e-9).max(since as usize + 1);
        (hour < self.once.len()).then_some(hour as u32)
    }
    /// From the end of hour `since` to that of hour `until`: the sum of the factors, and the sum over these hours of what has
    /// gathered by the end of each.
    pub fn gathered(&self, since: u32, until: u32) -> (f64, f64) {
        let (since, until) = (since as usize, until as usize);
        let before = self.once[since];
        let waits = self.twice[until] - self.twice[since] - (until - since) as f64 * before;
        (self.once[until] - before, waits)
    }
    /// The drain from the end of hour `since` to the end of hour `until`.
    pub fn drain(&self, since: u32, until: u32, backlog: f64, rate: f64) -> Drain {
        let clear = self.clears(since, backlog, rate).filter(|c| *c <= until);
        let last = clear.map_or(until, |c| c.saturating_sub(1)).max(since) as usize;
        let since = since as usize;
        let hours = (last - since) as f64;
        let before = self.once[since];
        let waited =
            hours * backlog - rate.max(0.0) * (self.twice[last] - self.twice[since] - hours * before);
        let drained = if clear.is_some() { backlog } else { rate.max(0.0) * (self.once[last] - before) };
        Drain { drained, waited, backlog: backlog - drained }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backlog_drains_at_spare_capacity_exactly() {
        let mut backlog = 100.0;
        let mut hours = 0;
        while backlog > 0.0 {
            let hour = Hour::of(10.0, 0.0, backlog, 12.5, 1.0);
            backlog = hour.backlog;
            hours += 1;
        }
        assert_eq!(hours, 40);
    }

    #[test]
    fn neighbours_are_served_first_then_ones_own_then_the_backlog() {
        // By hand: of a capacity of 12, 5 go to neighbours' patients; 7 of 10 of its own are served, of the other 3 two in five wait.
        let short = Hour::of(10.0, 5.0, 20.0, 12.0, 0.4);
        let expected = Hour { served_new: 7.0, deferred: 1.2, urgent: 1.8, drained: 0.0, backlog: 21.2 };
        assert!(short.distance(&expected) < 1e-12, "{short:?}");
        let long = Hour::of(10.0, 5.0, 20.0, 18.0, 0.4);
        let expected = Hour { served_new: 10.0, deferred: 0.0, urgent: 0.0, drained: 3.0, backlog: 17.0 };
        assert!(long.distance(&expected) < 1e-12, "{long:?}");
        // Promised to neighbours beyond capacity: nothing is left.
        assert!(Hour::of(10.0, 30.0, 20.0, 18.0, 0.0).served_new.abs() < 1e-12);
    }

    #[test]
    fn calls_that_are_not_answered_ring_again_or_are_urgent() {
        let calls = Answered { arrived: 40.0, unmet: 10.0, waited: 3.0 };
        let busy = Hour::of_calls(&calls, 5.0, 30.0, 0.3);
        let expected = Hour { served_new: 30.0, deferred: 3.0, urgent: 7.0, drained: 0.0, backlog: 8.0 };
        assert!(busy.distance(&expected) < 1e-12, "{busy:?}");
        let calls = Answered { arrived: 40.0, unmet: 0.0, waited: 0.5 };
        let free = Hour::of_calls(&calls, 5.0, 43.0, 0.3);
        let expected = Hour { served_new: 40.0, deferred: 0.0, urgent: 0.0, drained: 3.0, backlog: 2.0 };
        assert!(free.distance(&expected) < 1e-12, "{free:?}");
    }

    impl Hour {
        /// The largest difference between two hours' parts.
        fn distance(&self, other: &Self) -> f64 {
            let parts = |h: &Self| [h.served_new, h.deferred, h.urgent, h.drained, h.backlog];
            let differences = parts(self).into_iter().zip(parts(other)).map(|(a, b)| (a - b).abs());
            differences.fold(0.0, f64::max)
        }
    }

    #[test]
    fn nobody_vanishes_and_less_capacity_is_never_better() {
        for k in 0..50 {
            let capacity = f64::from(k) * 0.5;
            let (less, more) =
                (Hour::of(10.0, 3.0, 20.0, capacity, 0.4), Hour::of(10.0, 3.0, 20.0, capacity + 0.5, 0.4));
            assert!((less.served_new + less.deferred + less.urgent - 10.0).abs() < 1e-12);
            assert!(less.backlog >= more.backlog && less.urgent >= more.urgent);
        }
    }

    #[test]
    fn the_closed_form_is_the_sum_of_its_hours() {
        let mut profile = [0.0f32; 168];
        for (h, p) in profile.iter_mut().enumerate() {
            *p = if h % 24 < 8 || h / 24 > 4 { 0.0 } else { 1.0 + (h % 5) as f32 * 0.3 };
        }
        let (level, headroom, first) = (20.0, 0.07, 31);
        let sums = Cumulated::new(&profile, &(0..2000).map(|h| (first + h) % 168).collect::<Vec<_>>());
        for (start, backlog, until) in
            [(0u32, 300.0, 400u32), (17, 45.0, 60), (100, 5.0, 1500), (3, 2e5, 1990)]
        {
            let (mut b, mut drained, mut waited) = (backlog, 0.0, 0.0);
            let mut cleared = None;
            for h in start..until {
                let demand = level * f64::from(profile[(first + h as usize) % 168]);
                let hour = Hour::of(demand, 0.0, b, demand * (1.0 + headroom), 1.0);
                drained += hour.drained;
                waited += hour.backlog;
                b = hour.backlog;
                if b < 1e-9 && cleared.is_none() {
                    cleared = Some(h + 1);
                }
            }
            let closed = sums.drain(start, until, backlog, level * headroom);
            assert!((closed.backlog - b).abs() < 1e-6 && (closed.drained - drained).abs() < 1e-6);
            assert!((closed.waited - waited).abs() < 1e-4, "{} {waited}", closed.waited);
            assert_eq!(sums.clears(start, backlog, level * headroom).filter(|c| *c <= until), cleared);
        }
    }

    #[test]
    fn what_gathers_and_when_it_is_gone_by_hand() {
        let mut profile = [1.0f32; 168];
        profile[1] = 3.0;
        profile[3] = 0.0;
        // Factors of the hours: 1, 3, 1, 0, 1, 1; their sums 1, 4, 5, 5, 6, 7.
        let sums = Cumulated::new(&profile, &[0, 1, 2, 3, 4, 5]);
        let (all, waits) = sums.gathered(0, 3);
        assert!((all - 5.0).abs() < 1e-12 && (waits - 10.0).abs() < 1e-12, "{all} {waits}");
        // From the end of hour 1: 3, 4, 4.
        let (all, waits) = sums.gathered(1, 4);
        assert!((all - 4.0).abs() < 1e-12 && (waits - 11.0).abs() < 1e-12, "{all} {waits}");
        assert_eq!(sums.gathered(2, 2), (0.0, 0.0));
        // Ten drain at two for each: gone when five have gathered, at the end of the third hour. What is over is gone a little later.
        assert_eq!(sums.clears(0, 10.0, 2.0), Some(3));
        assert_eq!(sums.clears(0, 10.1, 2.0), Some(5));
        assert_eq!(sums.clears(1, 8.0, 2.0), Some(3));
        // Nothing is gone at the end of the first hour in which it could drain.
        assert_eq!(sums.clears(2, 0.0, 2.0), Some(3));
        assert_eq!(sums.clears(0, 14.0, 2.0), Some(6));
        assert_eq!(sums.clears(0, 14.1, 2.0), None);
        assert_eq!(sums.clears(0, 1.0, 0.0), None);
    }
}
