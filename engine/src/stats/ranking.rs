//! Which of several is the largest, with a stated probability of being right.

use crate::stats::variance;

/// What a selection came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The one selected: the survivor with the largest mean.
    pub best: usize,
    /// Those that could not be told from it before observations ran out; itself alone when the selection is certain at the stated level.
    pub survivors: Vec<usize>,
    /// Observations taken of each.
    pub taken: Vec<usize>,
    /// Mean of each, over what was taken of it.
    pub means: Vec<f64>,
}

/// What a selection is to guarantee.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Observations of each in the first stage, at least 2.
    pub first: usize,
    /// A difference that matters: when the best leads by at least this much, it is selected with the probability below.
    pub matters: f64,
    /// Probability of a correct selection.
    pub probability: f64,
    /// Most observations of any.
    pub most: usize,
}

/// The fully sequential procedure of Kim and Nelson (2001, ACM TOMACS 11:251–273), for the largest mean; observations of one
/// round may depend on each other (common random numbers). `observe(alive, n)` gives the n-th observation of each of `alive`.
///
/// # Panics
/// When `k` is zero or `first` below 2.
pub fn select_largest(
    k: usize,
    demand: Demand,
    mut observe: impl FnMut(&[usize], usize) -> Vec<f64>,
) -> Selection {
    assert!(k > 0 && demand.first > 1, "a selection needs candidates, and two observations of each");
    let mut alive: Vec<usize> = (0..k).collect();
    let mut seen: Vec<Vec<f64>> = vec![vec![]; k];
    let mut take = |alive: &[usize], n: usize, seen: &mut Vec<Vec<f64>>| {
        for (i, value) in alive.iter().zip(observe(alive, n)) {
            seen[*i].push(value);
        }
    };
    for n in 0..demand.first {
        take(&alive, n, &mut seen);
    }
    let freedom = demand.first as f64 - 1.0;
    let alpha = 1.0 - demand.probability;
    let eta = 0.5 * ((2.0 * alpha / (k as f64 - 1.0).max(1.0)).powf(-2.0 / freedom) - 1.0);
    let h2 = 2.0 * eta * freedom;
    let spread: Vec<Vec<f64>> = (0..k)
        .map(|i| {
            (0..k)
                .map(|l| variance(&seen[i].iter().zip(&seen[l]).map(|(a, b)| a - b).collect::<Vec<_>>()))
                .collect()
        })
        .collect();
    let mut n = demand.first;
    let mut sums: Vec<f64> = seen.iter().map(|s| s.iter().sum()).collect();
    loop {
        let r = n as f64;
        let beaten = |i: usize, l: usize| {
            let w = demand.matters / (2.0 * r) * (h2 * spread[i][l] / demand.matters.powi(2) - r).max(0.0);
            sums[i] / r < sums[l] / r - w
        };
        let left: Vec<usize> =
            alive.iter().copied().filter(|i| !alive.iter().any(|l| l != i && beaten(*i, *l))).collect();
        alive = left;
        if alive.len() <= 1 || n >= demand.most {
            break;
        }
        take(&alive, n, &mut seen);
        for i in &alive {
            sums[*i] += seen[*i][n];
        }
        n += 1;
    }
    let means: Vec<f64> = seen.iter().map(|s| crate::stats::mean(s)).collect();
    let best = *alive
        .iter()
        .max_by(|a, b| means[**a].total_cmp(&means[**b]).then(b.cmp(a)))
        .expect("the leader is never beaten");
    Selection { best, survivors: alive, taken: seen.iter().map(Vec::len).collect(), means }
}

/// Of options, each with its cost and its value, the cheapest that is affordable and whose value lies within `slack` of the least that is:
/// what is dearer by more than it is better is left alone. None when nothing is affordable.
///
/// More money never gets a larger value. Where the option that a smaller budget takes is still within `slack`, whatever is cheaper and
/// within it was so for the smaller budget, too, and the same is taken; where it is not, what is taken is less than it.
pub fn cheapest_within(options: &[(f64, f64)], budget: f64, slack: f64) -> Option<usize> {
    let affordable = || (0..options.len()).filter(|i| options[*i].0 <= budget);
    let least = affordable().map(|i| options[i].1).min_by(f64::total_cmp)?;
    affordable().filter(|i| options[*i].1 <= least + slack).min_by(|a, b| {
        let ((cost, value), (other_cost, other)) = (options[*a], options[*b]);
        cost.total_cmp(&other_cost).then(value.total_cmp(&other)).then(a.cmp(b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal::normal_quantile;
    use crate::streams::{StreamName, Streams};

    #[test]
    fn the_best_is_selected_as_often_as_stated() {
        // Ten normals, the best ahead by exactly what matters: the worst case. At 95 % fewer than 275 of 300 has a chance of 1 %;
        // the procedure is known to be conservative.
        let demand = Demand { first: 20, matters: 0.5, probability: 0.95, most: 100_000 };
        let right = (0..300)
            .filter(|k| {
                let streams = Streams::new(8, *k);
                let selection = select_largest(10, demand, |alive, n| {
                    alive
                        .iter()
                        .map(|i| {
                            let u = streams
                                .stream(StreamName::Test { n: (*i as u64) << 32 | n as u64 })
                                .uniform();
                            normal_quantile(u) + if *i == 3 { 0.5 } else { 0.0 }
                        })
                        .collect()
                });
                assert_eq!(selection.survivors.len(), 1);
                selection.best == 3
            })
            .count();
        assert!(right >= 275, "{right} of 300");
    }

    #[test]
    fn what_cannot_be_told_apart_stays() {
        let demand = Demand { first: 10, matters: 1.0, probability: 0.95, most: 12 };
        let noise = |i: usize, n: usize| if (i + n).is_multiple_of(2) { 50.0 } else { -50.0 };
        let selection = select_largest(2, demand, |alive, n| alive.iter().map(|i| noise(*i, n)).collect());
        assert_eq!(selection.survivors, [0, 1]);
    }

    #[test]
    fn selection_ends_in_the_round_in_which_the_procedure_says() {
        // By hand: one leads by 1 − 3, 1 + 3, 1 − 3 …, so that the variance of the difference in ten rounds is 10. Of two at 95 %, η is
        // ½(0.1^(−2/9) − 1) and h² = 18 η = 6.013: after r rounds, of which an even number leads by r, it is over once r > ½(60.13 − r).
        let demand = Demand { first: 10, matters: 1.0, probability: 0.95, most: 1000 };
        let lead = |n: usize| if n.is_multiple_of(2) { -2.0 } else { 4.0 };
        let observe = |alive: &[usize], n: usize| -> Vec<f64> {
            alive.iter().map(|i| [0.0, lead(n), -100.0][*i]).collect()
        };
        let of = select_largest(2, demand, observe);
        assert_eq!((of.best, of.survivors, of.taken), (1, vec![1], vec![22, 22]));
        // With a third, which is out at once, α is shared by two comparisons: h² = 8.513, and r > ½(85.13 − r).
        let of = select_largest(3, demand, observe);
        assert_eq!((of.best, of.survivors, of.taken), (1, vec![1], vec![30, 30, 10]));
        // Where a difference of two matters, half as long: r > 2 · ½(60.13 / 4 − r) from the start.
        let of = select_largest(2, Demand { matters: 2.0, ..demand }, observe);
        assert_eq!((of.best, of.taken), (1, vec![10, 10]));
        // It ends with the most observations, whatever is told apart by then.
        let of = select_largest(2, Demand { most: 21, ..demand }, observe);
        assert_eq!((of.survivors, of.taken), (vec![0, 1], vec![21, 21]));
    }

    #[test]
    fn the_cheapest_that_is_nearly_as_good_by_hand() {
        let options = [(0.0, 100.0), (5.0, 40.0), (6.0, 39.5), (20.0, 10.0)];
        for (budget, slack, taken) in [
            (4.0, 1.0, 0),
            (5.0, 1.0, 1),
            (6.0, 1.0, 1),
            (6.0, 0.0, 2),
            (20.0, 1.0, 3),
            (20.0, 30.0, 1),
            (20.0, 90.0, 0),
        ] {
            assert_eq!(cheapest_within(&options, budget, slack), Some(taken), "{budget} {slack}");
        }
        assert_eq!(cheapest_within(&options, -1.0, 1.0), None);
        assert_eq!(cheapest_within(&[(1.0, 2.0), (1.0, 1.5)], 1.0, 1.0), Some(1), "the better of one price");
    }

    #[test]
    fn more_money_never_gets_a_larger_value() {
        // Generated options, few costs and values so that ties come, and every budget and slack.
        for k in 0..3000 {
            let streams = Streams::new(9, k);
            let uniform = |n: u64| streams.stream(StreamName::Test { n }).uniform();
            let options: Vec<(f64, f64)> = (0..=(uniform(0) * 12.0) as u64)
                .map(|i| ((uniform(2 * i + 1) * 10.0).floor(), (uniform(2 * i + 2) * 20.0).floor()))
                .collect();
            for slack in [0.0, 1.0, 3.5, 30.0] {
                let mut before = f64::INFINITY;
                for budget in 0..10 {
                    let Some(taken) = cheapest_within(&options, f64::from(budget), slack) else { continue };
                    let (cost, value) = options[taken];
                    assert!(value <= before, "{options:?}, slack {slack}: {value} for {budget}");
                    let affordable = || options.iter().filter(|o| o.0 <= f64::from(budget));
                    assert!(cost <= f64::from(budget) && affordable().all(|o| value <= o.1 + slack));
                    assert!(affordable().all(|o| o.0 >= cost || affordable().any(|p| o.1 > p.1 + slack)));
                    before = value;
                }
            }
        }
    }
}
