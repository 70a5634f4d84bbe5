//! Laws of queues, to hold simulated ones against.

/// Mean wait in an M/M/c queue, in hours: calls come at `demand` an hour and take `mean` hours on `lines` lines, and nobody gives up
/// (A. K. Erlang, 1917): P(wait) ÷ (capacity − demand). Needs demand × mean below the number of lines.
pub fn mean_wait(demand: f64, mean: f64, lines: u32) -> f64 {
    let load = demand * mean;
    let mut blocked = 1.0;
    for n in 1..=lines {
        blocked = load * blocked / (f64::from(n) + load * blocked);
    }
    let busy = load / f64::from(lines);
    let waits = blocked / (1.0 - busy * (1.0 - blocked));
    waits / (f64::from(lines) / mean - demand)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_agrees_with_published_tables() {
        // Load of 8 erlang on 10 lines: P(wait) = 0.409 (standard Erlang C tables).
        let wait = mean_wait(8.0, 1.0, 10);
        assert!((wait * 2.0 - 0.409).abs() < 5e-4, "{wait}");
    }
}
