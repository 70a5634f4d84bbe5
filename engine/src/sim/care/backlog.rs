//! One hour of one service: who is served, who waits, who must go elsewhere. A backlog drains only through spare capacity.

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
    fn nobody_vanishes_and_less_capacity_is_never_better() {
        for k in 0..50 {
            let capacity = f64::from(k) * 0.5;
            let (less, more) =
                (Hour::of(10.0, 3.0, 20.0, capacity, 0.4), Hour::of(10.0, 3.0, 20.0, capacity + 0.5, 0.4));
            assert!((less.served_new + less.deferred + less.urgent - 10.0).abs() < 1e-12);
            assert!(less.backlog >= more.backlog && less.urgent >= more.urgent);
        }
    }
}
