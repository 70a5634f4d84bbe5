//! What incidents cost in a year, whose number in a year and size are both uncertain: expected annual loss, and the loss that is exceeded
//! with a given chance. The collective risk model: a Poisson number of incidents of each source, each of a size drawn from its sample
//! (Klugman, Panjer, Willmot, *Loss Models*, chapters 9 and 10). A yearly rate that is itself uncertain is log-normal.

use statrs::distribution::{DiscreteCDF, Poisson};

use crate::stats::bootstrap::{RESAMPLES, resample};
use crate::stats::intervals::Interval;
use crate::stats::normal::normal_quantile;
use crate::stats::{mean, quantile, sorted};
use crate::streams::{StreamName, Streams};

/// Years that are drawn.
pub const YEARS: u64 = 100_000;
/// Chances of exceedance that are told, from an even year to the one in a hundred.
pub const CHANCES: [f64; 6] = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
/// The standard normal quantile of 95 %: ends of a range are the 5 % and 95 % quantiles.
const END: f64 = 1.644_853_626_951_472_7;

/// Times a year: log-normal around an expected number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Expected number a year: the mean.
    pub expected: f64,
    /// Standard deviation of the logarithm.
    sigma: f64,
}

impl Rate {
    /// With a 90 % range as wide, in proportion, as from `low` to `high`, all above zero; where `expected` is the mean that belongs to
    /// the two ([`mean_of_range`](Self::mean_of_range)) they are its 5 % and 95 % quantiles.
    pub fn new(expected: f64, low: f64, high: f64) -> Self {
        Self { expected, sigma: (high / low).ln() / (2.0 * END) }
    }
    /// The mean of the log-normal distribution of which these are the 5 % and 95 % quantiles.
    pub fn mean_of_range(low: f64, high: f64) -> f64 {
        let sigma = (high / low).ln() / (2.0 * END);
        (low * high).sqrt() * (0.5 * sigma * sigma).exp()
    }
    /// The rate below which a share `u` of draws lies.
    pub fn at(&self, u: f64) -> f64 {
        if self.sigma <= 0.0 {
            return self.expected;
        }
        self.expected * (self.sigma * normal_quantile(u) - 0.5 * self.sigma * self.sigma).exp()
    }
    /// Its 5 % and 95 % quantiles.
    pub fn range(&self) -> (f64, f64) {
        (self.at(0.05), self.at(0.95))
    }
}

/// Something that brings incidents: how often, and how many equally likely sizes of one are known. It is named by a hash, so that what is
/// put beside it moves none of its draws.
#[derive(Clone, Copy, Debug)]
pub struct Peril {
    /// Hash of its name.
    pub id: u64,
    /// Times a year.
    pub rate: Rate,
    /// Sizes that are known.
    pub known: usize,
}

/// Which incidents come in each of many years: the same for whatever is measured of them and whatever is done about them, so that two
/// strategies meet the same years.
#[derive(Clone, Debug)]
pub struct Years {
    /// Of each year that has any: which peril, and which of its known incidents.
    incidents: Vec<Vec<(u32, u32)>>,
    /// Years without any.
    quiet: u64,
}

impl Years {
    /// Draws `years` of them. In each a peril's rate is drawn, then the number of incidents at that rate, then which they are.
    pub fn draw(perils: &[Peril], years: u64, streams: Streams) -> Self {
        let mut out = Self { incidents: vec![], quiet: 0 };
        for year in 0..years {
            let mut list = vec![];
            for (n, peril) in (0u32..).zip(perils).filter(|(_, p)| p.known > 0) {
                let of = |what: StreamName| streams.stream(what);
                let rate = peril.rate.at(of(StreamName::YearsRate { peril: peril.id, year }).uniform());
                let count = poisson(rate, of(StreamName::YearsCount { peril: peril.id, year }).uniform());
                let which = of(StreamName::YearsIncident { peril: peril.id, year });
                for k in 0..count {
                    let place = (which.nth(k).uniform() * peril.known as f64) as usize;
                    list.push((n, place.min(peril.known - 1) as u32));
                }
            }
            if list.is_empty() {
                out.quiet += 1;
            } else {
                out.incidents.push(list);
            }
        }
        out
    }
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.quiet + self.incidents.len() as u64
    }
    /// Share of them in which nothing happens.
    pub fn quiet(&self) -> f64 {
        self.quiet as f64 / self.count() as f64
    }
    /// What each year comes to, in rising order, where `sizes` holds the known sizes of each peril.
    pub fn losses(&self, sizes: &[Vec<f64>]) -> Vec<f64> {
        let year = |list: &Vec<(u32, u32)>| list.iter().map(|(p, k)| sizes[*p as usize][*k as usize]).sum();
        let mut out: Vec<f64> = self.incidents.iter().map(year).collect();
        out.resize(self.count() as usize, 0.0);
        sorted(&out)
    }
}

/// The least loss that a year exceeds with a chance of at most `chance`, of losses in rising order.
pub fn exceeded(losses: &[f64], chance: f64) -> f64 {
    let above = (chance * losses.len() as f64).floor() as usize;
    losses.len().checked_sub(above + 1).map_or(f64::NAN, |k| losses[k])
}

/// Expected loss a year with a 95 % interval, and of each peril likewise: rate times mean size. The interval covers both that rates are
/// uncertain and that sizes are known from a sample only: rates are drawn from their ranges and sizes drawn anew from the sample.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Of all perils together.
    pub whole: Interval,
    /// Of each.
    pub perils: Vec<Interval>,
    /// In which share of the draws each is the largest.
    pub largest: Vec<f64>,
}

/// Works it out for `sizes` of each peril; two calls with the same perils and streams draw the same rates and the same places of the samples, so
/// that differences between sizes may be given, too.
pub fn expected(perils: &[Peril], sizes: &[Vec<f64>], streams: Streams) -> Expected {
    let estimates: Vec<f64> =
        perils.iter().zip(sizes).map(|(p, s)| p.rate.expected * or_none(mean(s))).collect();
    let mut draws: Vec<Vec<f64>> = vec![Vec::with_capacity(RESAMPLES); perils.len()];
    for (list, (peril, sizes)) in draws.iter_mut().zip(perils.iter().zip(sizes)) {
        let rates = streams.stream(StreamName::ExpectedRate { peril: peril.id });
        let mut places = streams.stream(StreamName::ExpectedSizes { peril: peril.id }).rng();
        for k in 0..RESAMPLES as u64 {
            let sum: f64 = resample(&mut places, sizes.len()).map(|i| sizes[i]).sum();
            list.push(peril.rate.at(rates.nth(k).uniform()) * or_none(sum / sizes.len() as f64));
        }
    }
    let whole: Vec<f64> = (0..RESAMPLES).map(|k| draws.iter().map(|d| d[k]).sum()).collect();
    let leader =
        |k: usize| (0..draws.len()).max_by(|a, b| draws[*a][k].total_cmp(&draws[*b][k]).then(b.cmp(a)));
    let mut largest = vec![0.0; perils.len()];
    for (k, _) in whole.iter().enumerate().filter(|w| *w.1 > 0.0) {
        if let Some(p) = leader(k) {
            largest[p] += 1.0 / RESAMPLES as f64;
        }
    }
    let between = |estimate: f64, draws: &[f64]| {
        let draws = sorted(draws);
        Interval { estimate, low: quantile(&draws, 0.025), high: quantile(&draws, 0.975) }
    };
    Expected {
        whole: between(estimates.iter().sum(), &whole),
        perils: estimates.iter().zip(&draws).map(|(e, d)| between(*e, d)).collect(),
        largest,
    }
}

/// No sizes, no loss.
fn or_none(mean: f64) -> f64 {
    if mean.is_nan() { 0.0 } else { mean }
}

/// The number of incidents at a uniform, by the quantile function: a larger rate never brings fewer.
fn poisson(rate: f64, u: f64) -> u64 {
    // Small rates, which most are, by adding up; the others by the library's search.
    if rate < 20.0 {
        let (mut term, mut below, mut n) = ((-rate).exp(), (-rate).exp(), 0);
        while u > below && n < 200 {
            n += 1;
            term *= rate / n as f64;
            below += term;
        }
        return n;
    }
    Poisson::new(rate).map_or(0, |law| law.inverse_cdf(u))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::text_id;

    fn peril(rate: Rate, known: usize) -> Peril {
        Peril { id: text_id("a peril"), rate, known }
    }

    /// A sample of a log-normal distribution at evenly spaced shares: its mean is that of the law, but for the end of the tail.
    fn evenly(low: f64, high: f64, n: usize) -> Vec<f64> {
        let law = Rate::new(Rate::mean_of_range(low, high), low, high);
        (0..n).map(|k| law.at((k as f64 + 0.5) / n as f64)).collect()
    }

    #[test]
    fn once_in_ten_years_between_a_hundred_thousand_and_a_million_is_forty_thousand_a_year() {
        // A frequency of 0.1 and a loss whose 90 % interval is £100k to £1m, log-normal: £40,400.13 a year, by closed form.
        let by_law = 0.1 * Rate::mean_of_range(1e5, 1e6);
        assert!((by_law - 40_400.13).abs() < 0.01, "{by_law}");
        let rate = Rate::new(0.1, 0.1, 0.1);
        let sizes = evenly(1e5, 1e6, 20_001);
        let found = expected(&[peril(rate, sizes.len())], std::slice::from_ref(&sizes), Streams::new(1, 0));
        // So many even shares leave out a few pounds of the tail.
        assert!((found.whole.estimate - 40_400.13).abs() < 5.0, "{:?}", found.whole);
        assert!(found.whole.low < 40_400.13 && 40_400.13 < found.whole.high);
        // The years that are drawn come to the same: their mean wavers by √(λ E[X²] / n), £516.
        let years = Years::draw(&[peril(rate, sizes.len())], YEARS, Streams::new(1, 0));
        let drawn = mean(&years.losses(&[sizes]));
        assert!((drawn - 40_400.13).abs() < 4.0 * 516.0, "{drawn}");
    }

    #[test]
    fn ranges_are_the_quantiles_that_they_are_called() {
        let (low, high) = (0.03, 0.3);
        let rate = Rate::new(Rate::mean_of_range(low, high), low, high);
        let (five, ninety_five) = rate.range();
        assert!((five - low).abs() < 1e-12 && (ninety_five - high).abs() < 1e-12, "{five} {ninety_five}");
        // By closed form: √0.009 · e^(σ²/2) with σ = ln 10 / (2 · 1.6449).
        assert!((rate.expected - 0.121_200_38).abs() < 1e-8, "{}", rate.expected);
        // The mean over evenly spaced shares is the expected one, wherever it lies in its range.
        for expected in [0.05, 0.1, 0.25] {
            let rate = Rate::new(expected, low, high);
            let n = 100_000;
            let over =
                (0..n).map(|k| rate.at((f64::from(k) + 0.5) / f64::from(n))).sum::<f64>() / f64::from(n);
            assert!((over / expected - 1.0).abs() < 1e-3, "{over} for {expected}");
        }
    }

    #[test]
    fn years_of_one_fixed_size_exceed_it_as_the_poisson_law_says() {
        // £1 each: a year exceeds k when more than k come. With 100,000 years the 1e-5 band of a share p is ± 4.4 √(p(1−p)/n).
        let years = Years::draw(&[peril(Rate::new(0.7, 0.7, 0.7), 1)], YEARS, Streams::new(3, 0));
        let losses = years.losses(&[vec![1.0]]);
        let law = Poisson::new(0.7).unwrap();
        for k in 0..5u64 {
            let p = 1.0 - law.cdf(k);
            let found = losses.iter().filter(|l| **l > k as f64 + 0.5).count() as f64 / YEARS as f64;
            assert!((found - p).abs() < 4.4 * (p * (1.0 - p) / YEARS as f64).sqrt(), "{k}: {found} for {p}");
        }
        // P(more than 1) = 0.156, P(more than 2) = 0.034: one year in ten comes to 2, one in twenty to 2, one in fifty to 3.
        let of = |chance| exceeded(&losses, chance);
        for (chance, n) in [(0.52, 0.0), (0.5, 1.0), (0.1, 2.0), (0.05, 2.0), (0.02, 3.0), (0.01, 3.0)] {
            assert!((of(chance) - n).abs() < 1e-9, "{chance}: {}", of(chance));
        }
    }

    #[test]
    fn an_uncertain_rate_spreads_the_years_as_the_mixed_law_says() {
        // E[N] = E[λ]; Var[N] = E[λ] + Var[λ], with Var[λ] = E[λ]² (e^σ² − 1): here 0.5 + 0.25 · 0.632.
        let rate = Rate::new(0.5, 0.1, 1.0);
        let years = Years::draw(&[peril(rate, 1)], YEARS, Streams::new(4, 0));
        let losses = years.losses(&[vec![1.0]]);
        let spread = 0.5 + 0.25 * ((rate.sigma * rate.sigma).exp() - 1.0);
        assert!((mean(&losses) - 0.5).abs() < 4.4 * (spread / YEARS as f64).sqrt(), "{}", mean(&losses));
        assert!(
            (crate::stats::variance(&losses) / spread - 1.0).abs() < 0.05,
            "{}",
            crate::stats::variance(&losses)
        );
        // A year without any: the mean of e^−λ, here by 10,000 even shares.
        let none = (0..10_000).map(|k| (-rate.at((f64::from(k) + 0.5) / 1e4)).exp()).sum::<f64>() / 1e4;
        assert!((years.quiet() - none).abs() < 4.4 * (none * (1.0 - none) / YEARS as f64).sqrt());
    }

    #[test]
    fn counts_are_those_of_the_law_and_rise_with_the_rate() {
        for rate in [0.05, 0.9, 7.5, 19.9, 20.1, 300.0] {
            let law = Poisson::new(rate).unwrap();
            for u in [0.001, 0.2, 0.5, 0.9, 0.9999] {
                assert_eq!(poisson(rate, u), law.inverse_cdf(u), "{rate} {u}");
                assert!(poisson(rate * 1.1, u) >= poisson(rate, u));
            }
        }
    }

    #[test]
    fn parts_add_up_and_curves_fall() {
        for seed in 0..30 {
            let u = |n| Streams::new(seed, 0).stream(StreamName::Test { n }).uniform();
            let count = 1 + (u(0) * 5.0) as u64;
            let perils: Vec<Peril> = (0..count)
                .map(|n| {
                    let low = 0.01 + u(10 + n);
                    let high = low * (1.0 + 9.0 * u(20 + n));
                    Peril { id: n, rate: Rate::new(0.5 * (low + high), low, high), known: 7 }
                })
                .collect();
            let sizes: Vec<Vec<f64>> = (0..count)
                .map(|n| (0..7).map(|k| (u(100 + 10 * n + k) - 0.2).max(0.01) * 1e6).collect())
                .collect();
            let e = expected(&perils, &sizes, Streams::new(seed, 1));
            let sum: f64 = e.perils.iter().map(|p| p.estimate).sum();
            assert!((sum - e.whole.estimate).abs() <= 1e-9 * sum.max(1.0), "{sum} {:?}", e.whole);
            assert!((e.largest.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{:?}", e.largest);
            for i in e.perils.iter().chain([&e.whole]) {
                assert!(0.0 <= i.low && i.low <= i.high, "{i:?}");
            }
            let years = Years::draw(&perils, 2000, Streams::new(seed, 2));
            let losses = years.losses(&sizes);
            assert_eq!(losses.len(), 2000);
            let curve = CHANCES.map(|c| exceeded(&losses, c));
            assert!(curve.windows(2).all(|w| w[0] <= w[1]), "{curve:?}");
            for (chance, loss) in CHANCES.iter().zip(curve) {
                let above = losses.iter().filter(|l| **l > loss).count() as f64 / 2000.0;
                assert!(above <= *chance + 1e-12, "{above} of the years exceed what {chance} do");
            }
            // What costs half in every incident costs half in every year.
            let half: Vec<Vec<f64>> = sizes.iter().map(|s| s.iter().map(|v| 0.5 * v).collect()).collect();
            let (all, halved) = (losses, years.losses(&half));
            assert!(all.iter().zip(&halved).all(|(a, h)| (0.5 * a - h).abs() < 1e-6));
        }
    }

    #[test]
    fn a_peril_that_is_added_moves_no_other() {
        let one = Peril { id: 7, rate: Rate::new(0.4, 0.2, 0.8), known: 5 };
        let other = Peril { id: 9, rate: Rate::new(2.0, 1.0, 4.0), known: 3 };
        let sizes = || vec![vec![1.0, 2.0, 4.0, 8.0, 16.0]];
        let alone = Years::draw(&[one], 5000, Streams::new(1, 0)).losses(&sizes());
        let both =
            Years::draw(&[other, one], 5000, Streams::new(1, 0)).losses(&[vec![0.0; 3], sizes().remove(0)]);
        assert_eq!(alone, both);
        let e = |perils: &[Peril], sizes: &[Vec<f64>]| expected(perils, sizes, Streams::new(1, 0));
        assert_eq!(
            e(&[one], &sizes()).perils[0],
            e(&[other, one], &[vec![5.0; 3], sizes().remove(0)]).perils[1]
        );
    }
}
