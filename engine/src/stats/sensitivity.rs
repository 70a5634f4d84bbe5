//! Which inputs move an output: variance shares and elementary effects on the unit cube.

use crate::streams::Stream;

/// Share of the output's variance that an input accounts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sobol {
    /// Alone (Saltelli et al. 2010, Comput. Phys. Commun. 181:259–270, table 2 b).
    pub first: f64,
    /// With all its interactions (Jansen 1999, Comput. Phys. Commun. 117:35–43).
    pub total: f64,
}

/// Variance shares of each of `inputs` from outputs at `a` and `b` (independent designs of n points) and at `ab[i]`, which is `a` with
/// the column of input i from `b`.
pub fn sobol(a: &[f64], b: &[f64], ab: &[Vec<f64>]) -> Vec<Sobol> {
    let n = a.len() as f64;
    let both: Vec<f64> = a.iter().chain(b).copied().collect();
    let m = crate::stats::mean(&both);
    let spread = both.iter().map(|v| (v - m).powi(2)).sum::<f64>() / both.len() as f64;
    ab.iter()
        .map(|c| {
            let first: f64 = c.iter().zip(a).zip(b).map(|((c, a), b)| b * (c - a)).sum();
            let total: f64 = c.iter().zip(a).map(|(c, a)| (a - c).powi(2)).sum();
            Sobol { first: first / n / spread, total: total / (2.0 * n) / spread }
        })
        .collect()
}

/// Effects of an input over trajectories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Morris {
    /// Mean effect.
    pub mean: f64,
    /// Mean of absolute effects: how much it matters (Campolongo et al. 2007, Environ. Model. Softw. 22:1509–1518).
    pub absolute: f64,
    /// Standard deviation: how far its effect depends on the others or bends.
    pub spread: f64,
}

/// Elementary effects (Morris 1991, Technometrics 33:161–174) of a function on the unit cube, over `trajectories` random paths on a
/// grid of `levels` (even) levels.
pub fn morris(
    inputs: usize,
    trajectories: usize,
    levels: usize,
    key: Stream,
    mut f: impl FnMut(&[f64]) -> f64,
) -> Vec<Morris> {
    let step = levels as f64 / (2.0 * (levels as f64 - 1.0));
    let mut effects = vec![vec![]; inputs];
    for t in 0..trajectories as u64 {
        let key = key.nth(t);
        let at = |n: usize| key.nth(n as u64).uniform();
        // A starting level in the lower half, from which a step up stays on the grid; or its mirror image, and a step down.
        let mut point: Vec<f64> = (0..inputs)
            .map(|i| (at(i) * (levels / 2) as f64).floor() / (levels as f64 - 1.0))
            .map(|x| x.min(1.0 - step))
            .collect();
        let up: Vec<bool> = (0..inputs).map(|i| at(inputs + i) < 0.5).collect();
        for (x, up) in point.iter_mut().zip(&up) {
            *x += if *up { 0.0 } else { step };
        }
        let mut order: Vec<usize> = (0..inputs).collect();
        order.sort_by(|a, b| at(2 * inputs + a).total_cmp(&at(2 * inputs + b)));
        let mut before = f(&point);
        for i in order {
            let change = if up[i] { step } else { -step };
            point[i] += change;
            let after = f(&point);
            effects[i].push((after - before) / change);
            before = after;
        }
    }
    effects
        .iter()
        .map(|e| Morris {
            mean: crate::stats::mean(e),
            absolute: crate::stats::mean(&e.iter().map(|v| v.abs()).collect::<Vec<_>>()),
            spread: crate::stats::variance(e).sqrt(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::{StreamName, Streams};

    /// Ishigami and Homma (1990): shares are known exactly.
    fn ishigami(x: &[f64]) -> f64 {
        let x: Vec<f64> = x.iter().map(|u| std::f64::consts::PI * (2.0 * u - 1.0)).collect();
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    }

    #[test]
    fn variance_shares_of_ishigami() {
        let n = 40_000u64;
        let streams = Streams::new(2, 0);
        let point = |design: u64, n: u64| -> Vec<f64> {
            (0..3).map(|i| streams.stream(StreamName::Test { n: design }).nth(3 * n + i).uniform()).collect()
        };
        let (a, b): (Vec<_>, Vec<_>) = (0..n).map(|k| (point(0, k), point(1, k))).unzip();
        let f = |list: &[Vec<f64>]| list.iter().map(|x| ishigami(x)).collect::<Vec<_>>();
        let ab: Vec<Vec<f64>> = (0..3)
            .map(|i| {
                let mixed: Vec<Vec<f64>> = a
                    .iter()
                    .zip(&b)
                    .map(|(a, b)| {
                        let mut x = a.clone();
                        x[i] = b[i];
                        x
                    })
                    .collect();
                f(&mixed)
            })
            .collect();
        let shares = sobol(&f(&a), &f(&b), &ab);
        assert_eq!(shares.len(), 3);
        // Exact values for a = 7, b = 0.1; SALib 1.6.0 with 2^15 points agrees to three digits. The error at n = 40,000 is below 0.02.
        for (s, (first, total)) in shares.iter().zip([(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)]) {
            assert!((s.first - first).abs() < 0.03 && (s.total - total).abs() < 0.03, "{s:?}");
        }
    }

    #[test]
    fn effects_of_ishigami() {
        // SALib 1.6.0, 20,000 trajectories on 4 levels: mu, mu*, sigma.
        let key = Streams::new(6, 0).stream(StreamName::Test { n: 0 });
        let effects = morris(3, 20_000, 4, key, ishigami);
        assert_eq!(effects.len(), 3);
        let expected = [(7.658, 7.658, 6.249), (0.0, 7.875, 7.875), (0.0, 6.259, 8.844)];
        for (e, (mean, absolute, spread)) in effects.iter().zip(expected) {
            assert!((e.mean - mean).abs() < 0.2 && (e.absolute - absolute).abs() < 0.1, "{e:?}");
            assert!((e.spread - spread).abs() < 0.1, "{e:?}");
        }
    }

    #[test]
    fn effects_of_a_plane_are_its_slopes() {
        let key = Streams::new(4, 0).stream(StreamName::Test { n: 0 });
        let effects = morris(3, 20, 4, key, |x| 2.0 * x[0] - 5.0 * x[1] + 1.0);
        assert_eq!(effects.len(), 3);
        for (e, slope) in effects.iter().zip([2.0, -5.0, 0.0f64]) {
            assert!((e.mean - slope).abs() < 1e-9 && (e.absolute - slope.abs()).abs() < 1e-9);
            assert!(e.spread < 1e-9);
        }
    }

    #[test]
    fn paths_stay_on_the_grid_and_use_all_of_it() {
        let key = Streams::new(5, 0).stream(StreamName::Test { n: 0 });
        let mut seen = [[0; 6]; 2];
        morris(2, 500, 6, key, |x| {
            for (seen, x) in seen.iter_mut().zip(x) {
                let level = x * 5.0;
                assert!((level - level.round()).abs() < 1e-9 && (-1e-9..=5.0 + 1e-9).contains(&level), "{x}");
                seen[level.round() as usize] += 1;
            }
            0.0
        });
        // Each input is half of the time on each side of its step: a sixth of 1,500 points at each level, give or take.
        assert!(seen.iter().flatten().all(|n| (180..320).contains(n)), "{seen:?}");
    }

    #[test]
    fn levels_directions_and_order_are_drawn_apart() {
        // Of each path: at which of two levels each input starts in its half, whether it goes up, and which of two inputs moves first.
        // Each is so half of the time, and any two of them together a quarter.
        let key = Streams::new(7, 0).stream(StreamName::Test { n: 0 });
        let mut points: Vec<Vec<f64>> = vec![];
        morris(3, 2000, 4, key, |x| {
            points.push(x.to_vec());
            0.0
        });
        let said: Vec<[bool; 9]> = points
            .chunks(4)
            .map(|path| {
                let moved = |i: usize| (0..3).find(|k| (path[*k][i] - path[k + 1][i]).abs() > 0.0);
                let high = |i: usize| path[0][i].min(path[3][i]) > 0.1;
                let up = |i: usize| path[3][i] > path[0][i];
                let first = |a: usize, b: usize| moved(a) < moved(b);
                [high(0), high(1), high(2), up(0), up(1), up(2), first(0, 1), first(1, 2), first(0, 2)]
            })
            .collect();
        assert_eq!(said.len(), 2000);
        for a in 0..9 {
            for b in (a + 1..9).filter(|b| a < 6 || *b < 6) {
                let both = |x: bool, y: bool| said.iter().filter(|s| s[a] == x && s[b] == y).count();
                // Five standard deviations of 19.4.
                for (x, y) in [(true, true), (true, false), (false, true), (false, false)] {
                    assert!((403..=597).contains(&both(x, y)), "{a} {x}, {b} {y}: {} of 2,000", both(x, y));
                }
            }
        }
    }
}
