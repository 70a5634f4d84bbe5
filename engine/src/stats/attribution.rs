//! Who of several that act together brought how much.

/// Share of each of n players in v(all) − v(none) (Shapley 1953); `values[set]` with a set's members as bits, 2^n values.
///
/// # Panics
/// When the number of values is no power of two.
pub fn shapley(values: &[f64]) -> Vec<f64> {
    let n = players(values);
    (0..n)
        .map(|i| {
            let bit = 1 << i;
            subsets(n, bit).map(|s| weight(s, n) * (values[s | bit] - values[s])).sum()
        })
        .collect()
}

/// What players `i` and `j` bring together beyond what they bring apart, averaged over who else is there (the Shapley
/// interaction index of Grabisch and Roubens 1999, Int. J. Game Theory 28:547–565): above zero they are worth more together.
///
/// # Panics
/// When the number of values is no power of two.
pub fn interaction(values: &[f64], i: usize, j: usize) -> f64 {
    let n = players(values);
    let (a, b) = (1 << i, 1 << j);
    subsets(n, a | b)
        .map(|s| weight(s, n - 1) * (values[s | a | b] - values[s | a] - values[s | b] + values[s]))
        .sum()
}

fn players(values: &[f64]) -> usize {
    assert!(values.len().is_power_of_two(), "a value for each set of players");
    values.len().trailing_zeros() as usize
}

/// All sets without the members of `without`.
fn subsets(n: usize, without: usize) -> impl Iterator<Item = usize> {
    (0..1 << n).filter(move |s| s & without == 0)
}

/// Chance that exactly the members of `set` come before a player, among `n` in random order.
fn weight(set: usize, n: usize) -> f64 {
    let before = set.count_ones() as usize;
    // 1 / (n · C(n − 1, before))
    let choose = (0..before).fold(1.0, |c, k| c * (n - 1 - k) as f64 / (k + 1) as f64);
    1.0 / (n as f64 * choose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_data::close;

    #[test]
    fn the_glove_game_by_hand() {
        // One left glove (player 0), two right ones: a pair is worth 1. Known shares: 2/3, 1/6, 1/6.
        let pair = |s: usize| f64::from(u8::from(s & 1 == 1 && s & 6 != 0));
        let values: Vec<f64> = (0..8).map(pair).collect();
        for (got, expected) in shapley(&values).iter().zip([2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]) {
            close(*got, expected);
        }
        // By hand: with 2 absent the pair gains 1, with 2 present nothing; each has weight 1/2.
        close(interaction(&values, 0, 1), 0.5);
        close(interaction(&values, 1, 2), -0.5);
        // What is there without any player belongs to none of them.
        let raised: Vec<f64> = values.iter().map(|v| v + 7.0).collect();
        close(interaction(&raised, 0, 1), 0.5);
        close(shapley(&raised)[0], 2.0 / 3.0);
    }

    #[test]
    fn shares_add_up() {
        let values: Vec<f64> = (0..32).map(|s: u32| f64::from(s * s % 29)).collect();
        close(shapley(&values).iter().sum::<f64>(), values[31] - values[0]);
    }
}
