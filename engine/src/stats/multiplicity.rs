//! Many comparisons at once.

/// Holm's adjustment of p-values (Holm 1979, Scand. J. Statist. 6:65–70): rejecting where the adjusted value is at most α keeps the
/// chance of any false rejection at most α, whatever depends on what.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut least = 0.0f64;
    for (rank, i) in order.into_iter().enumerate() {
        least = least.max((p[i] * (p.len() - rank) as f64).min(1.0));
        adjusted[i] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_data::close;

    #[test]
    fn adjusted_values_are_those_of_statsmodels() {
        // statsmodels 0.15.0: multipletests([.01, .04, .03, .005, .2], method="holm")[1].
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005, 0.2]);
        assert_eq!(adjusted.len(), 5);
        for (a, b) in adjusted.iter().zip([0.04, 0.09, 0.09, 0.025, 0.2]) {
            close(*a, b);
        }
    }
}
