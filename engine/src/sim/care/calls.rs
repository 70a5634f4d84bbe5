//! Calls: one caller at a time meets a number of lines, first come, first served. Who would wait much longer than callers do is
//! not answered, wholly or in part: of a call's work, as much is taken on as fits before a caller's patience and two usual calls
//! are over, so that under too many calls waits come near to what callers bear. So a slower or smaller service never answers more
//! (the workload keeps its order, as in Kiefer and Wolfowitz, "On the theory of queues with many servers", 1955), and with endless
//! patience this is the M/M/c queue.

use crate::estate::Handling;
use crate::streams::Stream;

/// What became of an hour's calls.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Answered {
    /// Calls that came.
    pub arrived: f64,
    /// Of these, not answered.
    pub unmet: f64,
    /// Hours waited by all callers together.
    pub waited: f64,
}

/// The lines of one service: when each is free again, in hours since the start of the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines(Vec<f64>);

impl Lines {
    /// All lines free.
    pub fn reset(&mut self) {
        self.0.clear();
    }
    /// The hour from `start`: calls come at `demand` an hour, exponentially apart, and take exponentially long. As many lines are
    /// staffed as handle `usual` calls an hour; disturbed, they handle `capacity`, each more slowly.
    pub fn hour(
        &mut self,
        start: f64,
        demand: f64,
        (usual, capacity): (f64, f64),
        handling: Handling,
        stream: Stream,
    ) -> Answered {
        let lines = (usual * handling.mean).round().max(1.0) as usize;
        // Lines that are taken away are those that would be free last.
        self.0.sort_unstable_by(f64::total_cmp);
        self.0.resize(lines, start);
        let mean = lines as f64 / capacity;
        let mut answered = Answered::default();
        let mut time = start;
        for n in 0.. {
            let call = stream.nth(n);
            time += call.exponential() / demand;
            if time >= start + 1.0 {
                return answered;
            }
            answered.arrived += 1.0;
            if capacity <= 0.0 {
                answered.unmet += 1.0;
                continue;
            }
            let (mut line, mut free) = (0, f64::INFINITY);
            for (k, f) in self.0.iter().enumerate() {
                if *f < free {
                    (line, free) = (k, *f);
                }
            }
            let wait = (free - time).max(0.0);
            let work = call.nth(1).exponential() * mean;
            let taken_on = (handling.patience + 2.0 * handling.mean - wait).clamp(0.0, work);
            self.0[line] = time + wait + taken_on;
            answered.unmet += 1.0 - taken_on / work;
            answered.waited += wait.min(handling.patience);
        }
        answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::queue::mean_wait;
    use crate::streams::{StreamName, Streams};

    #[test]
    fn with_endless_patience_it_is_m_m_c() {
        // Batch means: 40 batches of 1,000 hours; the 99.9 % point of Student's t at 39 degrees of freedom is 3.56 (two-sided).
        for (case, (demand, mean, lines)) in
            [(40.0, 0.1, 5), (9.0, 0.1, 1), (50.0, 1.0 / 6.0, 10)].into_iter().enumerate()
        {
            let handling = Handling { mean, patience: f64::INFINITY };
            let mut queue = Lines::default();
            let streams = Streams::new(8, case as u64);
            let mut batches = vec![];
            for batch in 0..41u64 {
                let (mut waited, mut arrived) = (0.0, 0.0);
                for h in batch * 1000..(batch + 1) * 1000 {
                    let a = queue.hour(
                        h as f64,
                        demand,
                        (f64::from(lines) / mean, f64::from(lines) / mean),
                        handling,
                        streams.stream(StreamName::Test { n: h }),
                    );
                    assert!(a.unmet.abs() < 1e-12);
                    waited += a.waited;
                    arrived += a.arrived;
                }
                batches.push(waited / arrived);
            }
            let batches = &batches[1..];
            let n = batches.len() as f64;
            let average = batches.iter().sum::<f64>() / n;
            let spread = (batches.iter().map(|b| (b - average).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
            let expected = mean_wait(demand, mean, lines);
            assert!(spread < 0.05 * expected, "the test can tell: {spread} of {expected}");
            assert!((average - expected).abs() < 3.56 * spread, "{average} ± {spread}, expected {expected}");
        }
    }

    #[test]
    fn less_capacity_never_answers_more() {
        for replicate in 0..20 {
            let streams = Streams::new(replicate, 0);
            let mut last = f64::INFINITY;
            for capacity in [0.0, 5.0, 20.0, 35.0, 40.0, 44.0, 60.0] {
                let mut lines = Lines::default();
                let handling = Handling { mean: 0.15, patience: 0.2 };
                let unmet: f64 = (0..50u32)
                    .map(|h| {
                        lines
                            .hour(
                                f64::from(h),
                                40.0,
                                (44.0, capacity),
                                handling,
                                streams.stream(StreamName::Test { n: h.into() }),
                            )
                            .unmet
                    })
                    .sum();
                assert!(unmet <= last + 1e-9, "{capacity}: {unmet} after {last}");
                last = unmet;
            }
        }
    }

    #[test]
    fn under_too_many_calls_waits_come_near_to_patience_and_no_further() {
        // One line and a hundred calls at once: what the line takes on ends before a caller's patience and two usual calls are over.
        let handling = Handling { mean: 0.25, patience: 0.5 };
        let stream = Streams::new(3, 0).stream(StreamName::Test { n: 0 });
        let mut lines = Lines::default();
        let first = lines.hour(0.0, 400.0, (4.0, 4.0), handling, stream);
        // Ninety-five hours of work for two: hardly any call is answered.
        assert!(first.arrived > 300.0 && first.unmet > 0.9 * first.arrived && first.unmet < first.arrived);
        // Whoever comes waits at most half an hour, and nearly all of them do.
        let average = first.waited / first.arrived;
        assert!(average <= 0.5 + 1e-9 && average > 0.45, "{average}");
        // At the end of the hour the line is taken for an hour more: patience and two calls of a quarter.
        let free = lines.0[0];
        assert!(free <= 2.0 + 1e-9 && free > 1.9, "{free}");
        lines.reset();
        assert_eq!(lines, Lines::default(), "in another run all lines are free");
    }
}
