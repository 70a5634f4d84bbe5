//! A little linear algebra on small dense matrices, row by row.

/// Sum of the products of what stands at the same place, as far as both reach.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The lower triangle L of a positive definite matrix A = L·Lᵀ (A.-L. Cholesky, 1910); what is not quite definite gets as much added to its
/// diagonal as makes it so.
pub fn cholesky(a: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = a.len();
    let largest = (0..n).map(|i| a[i][i].abs()).fold(1e-12, f64::max);
    let mut jitter = 0.0;
    'again: loop {
        let mut l = vec![vec![0.0; n]; n];
        for i in 0..n {
            for j in 0..=i {
                let sum = dot(&l[i][..j], &l[j][..j]);
                if i == j {
                    let d = a[i][i] + jitter - sum;
                    if d <= 1e-14 * largest {
                        jitter = (jitter * 10.0).max(1e-10 * largest);
                        continue 'again;
                    }
                    l[i][i] = d.sqrt();
                } else {
                    l[i][j] = (a[i][j] - sum) / l[j][j];
                }
            }
        }
        return l;
    }
}

/// x with L·x = b.
pub fn forward(l: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x: Vec<f64> = Vec::with_capacity(b.len());
    for (i, row) in l.iter().enumerate() {
        x.push((b[i] - dot(row, &x)) / row[i]);
    }
    x
}

/// x with (L·Lᵀ)·x = b.
pub fn solve(l: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x = forward(l, b);
    for i in (0..x.len()).rev() {
        let sum: f64 = (i + 1..x.len()).map(|k| l[k][i] * x[k]).sum();
        x[i] = (x[i] - sum) / l[i][i];
    }
    x
}

/// Weighted mean and covariance of points.
pub fn moments(points: &[&[f64]], weights: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = points.first().map_or(0, |p| p.len());
    let total: f64 = weights.iter().sum();
    let of =
        |f: &dyn Fn(&[f64]) -> f64| points.iter().zip(weights).map(|(p, w)| w * f(p)).sum::<f64>() / total;
    let mean: Vec<f64> = (0..n).map(|i| of(&|p| p[i])).collect();
    let covariance =
        (0..n).map(|i| (0..n).map(|j| of(&|p| (p[i] - mean[i]) * (p[j] - mean[j]))).collect()).collect();
    (mean, covariance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        // By hand: [[4, 2], [2, 3]] x = [2, 5] has x = (−1/2, 2).
        let l = cholesky(&[vec![4.0, 2.0], vec![2.0, 3.0]]);
        let x = solve(&l, &[2.0, 5.0]);
        assert!((x[0] + 0.5).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12);
        assert!(cholesky(&[vec![1.0, 1.0], vec![1.0, 1.0]])[1][1] > 0.0, "a flat one is bent a little");
    }

    #[test]
    fn moments_are_weighted() {
        let (mean, covariance) = moments(&[&[0.0, 1.0], &[4.0, 1.0]], &[3.0, 1.0]);
        assert!(
            (mean[0] - 1.0).abs() < 1e-12
                && (covariance[0][0] - 3.0).abs() < 1e-12
                && covariance[0][1].abs() < 1e-12
        );
    }

    #[test]
    fn products_and_a_triangle_by_hand() {
        assert!((dot(&[2.0, 3.0, 9.0], &[4.0, 5.0]) - 23.0).abs() < 1e-12);
        let l = cholesky(&[vec![4.0, 2.0, 2.0], vec![2.0, 5.0, 3.0], vec![2.0, 3.0, 6.0]]);
        let expected = [[2.0, 0.0, 0.0], [1.0, 2.0, 0.0], [1.0, 1.0, 2.0]];
        for (row, by_hand) in l.iter().zip(expected) {
            assert!(row.len() == 3 && row.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-12), "{l:?}");
        }
    }

    #[test]
    fn what_is_not_definite_is_bent_by_little_more_than_it_needs() {
        for scale in [1.0, 4e6, 1e-4] {
            // Flat, and short of flat by a millionth: L·Lᵀ is the matrix, with at most ten times that on its diagonal.
            for short in [0.0, 1e-6] {
                let (a, b) = (scale, scale * (1.0 + short));
                let l = cholesky(&[vec![a, b], vec![b, a]]);
                let bent = [dot(&l[0], &l[0]) - a, dot(&l[1], &l[1]) - a];
                assert!(
                    bent.iter().all(|d| (short * a * 0.9..=a * (10.1 * short + 1e-9)).contains(d)),
                    "{scale} {short}: {bent:?}"
                );
                assert!((dot(&l[0], &l[1]) - b).abs() < 1e-9 * a);
            }
        }
    }

    #[test]
    fn what_rises_together_has_a_covariance() {
        // By hand: means 1 and 1.5; deviations (−1, −0.5) with weight 3/4 and (3, 1.5) with 1/4.
        let (mean, covariance) = moments(&[&[0.0, 1.0], &[4.0, 3.0]], &[3.0, 1.0]);
        assert!((mean[0] - 1.0).abs() < 1e-12 && (mean[1] - 1.5).abs() < 1e-12);
        for (i, j, by_hand) in [(0, 0, 3.0), (0, 1, 1.5), (1, 0, 1.5), (1, 1, 0.75)] {
            assert!((covariance[i][j] - by_hand).abs() < 1e-12, "{covariance:?}");
        }
    }
}
