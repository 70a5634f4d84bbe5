//! A distribution ready to draw from, by its quantile function.

use statrs::distribution::{Beta, ContinuousCDF};

use crate::stats::normal::normal_quantile;

/// A distribution ready to draw from, in the engine's numbers, by its quantile function.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantile {
    /// Always this number.
    Fixed(f64),
    /// Uniform from .0 to .1.
    Uniform(f64, f64),
    /// Low, mode, high.
    Triangular(f64, f64, f64),
    /// Beta of two shapes, stretched to low, width.
    Beta(Beta, f64, f64),
    /// The logarithm is a beta of two shapes, stretched to low, width.
    LogBeta(Beta, f64, f64),
    /// Of the logarithm: mean and standard deviation.
    LogNormal(f64, f64),
    /// Mean.
    Exponential(f64),
    /// Values with cumulative weights up to 1.
    Choice(Vec<(f64, f64)>),
    /// Another one, moved to the edges of (least, largest) where it goes beyond.
    Within(Box<Self>, f64, f64),
}

impl Quantile {
    /// The value below which a share `u` of draws lies.
    pub fn at(&self, u: f64) -> f64 {
        match self {
            Self::Fixed(v) => *v,
            Self::Uniform(a, b) => a + (b - a) * u,
            Self::Triangular(a, m, b) => {
                let (width, left) = (b - a, m - a);
                if width <= 0.0 {
                    *a
                } else if u * width < left {
                    a + (u * width * left).sqrt()
                } else {
                    b - ((1.0 - u) * width * (b - m)).sqrt()
                }
            }
            Self::Beta(beta, low, width) => low + width * beta.inverse_cdf(u),
            Self::LogBeta(beta, low, width) => (low + width * beta.inverse_cdf(u)).exp(),
            Self::LogNormal(mu, sigma) => (mu + sigma * normal_quantile(u)).exp(),
            Self::Exponential(mean) => -mean * (1.0 - u).ln(),
            Self::Choice(values) => {
                values.iter().find(|(_, upto)| u <= *upto).or(values.last()).map_or(0.0, |v| v.0)
            }
            Self::Within(inner, low, high) => inner.at(u).clamp(*low, *high),
        }
    }
}

impl Quantile {
    /// Flat in the logarithm between two numbers above zero.
    pub(crate) fn log_uniform(low: f64, high: f64) -> Option<Self> {
        Some(Self::LogBeta(Beta::new(1.0, 1.0).ok()?, low.ln(), high.ln() - low.ln()))
    }
    /// This one, moved to the edges of (least, largest) where it goes beyond: bounds belong to the unit of what is drawn.
    #[must_use]
    pub fn within(self, (low, high): (f64, f64)) -> Self {
        let inside = self.at(1e-12) >= low && self.at(1.0 - 1e-12) <= high;
        if inside { self } else { Self::Within(Box::new(self), low, high) }
    }
    /// Where it lies: the median of a log-normal, the mode of a triangle, the mean of the others.
    pub fn centre(&self) -> f64 {
        match self {
            Self::Fixed(v) | Self::Exponential(v) | Self::Triangular(_, v, _) => *v,
            Self::Uniform(a, b) => 0.5 * (a + b),
            Self::Beta(beta, low, width) => low + width * mean(beta),
            Self::LogBeta(beta, low, width) => (low + width * mean(beta)).exp(),
            Self::LogNormal(mu, _) => mu.exp(),
            Self::Choice(values) => {
                let mut before = 0.0;
                let weigh = |(v, upto): &(f64, f64)| v * (upto - std::mem::replace(&mut before, *upto));
                values.iter().map(weigh).sum()
            }
            Self::Within(inner, low, high) => inner.centre().clamp(*low, *high),
        }
    }
    /// The same with its centre elsewhere: stretched in proportion; a beta on [0, 1] keeps its standard deviation as far as it can.
    #[must_use]
    pub fn recentred(self, to: f64) -> Self {
        let from = self.centre();
        let by = to / from;
        match self {
            Self::Beta(beta, 0.0, 1.0) => {
                let m = to.clamp(1e-6, 1.0 - 1e-6);
                let (a, b) = (beta.shape_a(), beta.shape_b());
                let variance = (a * b / ((a + b).powi(2) * (a + b + 1.0))).min(0.9 * m * (1.0 - m));
                let nu = m * (1.0 - m) / variance - 1.0;
                Beta::new(m * nu, (1.0 - m) * nu).map_or(Self::Fixed(m), |beta| Self::Beta(beta, 0.0, 1.0))
            }
            _ if from <= 0.0 || !by.is_finite() => Self::Fixed(to),
            Self::Fixed(_) => Self::Fixed(to),
            Self::Uniform(a, b) => Self::Uniform(a * by, b * by),
            Self::Triangular(a, m, b) => Self::Triangular(a * by, m * by, b * by),
            Self::Beta(beta, low, width) => Self::Beta(beta, low * by, width * by),
            Self::LogBeta(beta, low, width) => Self::LogBeta(beta, low + by.max(1e-300).ln(), width),
            Self::LogNormal(mu, sigma) => Self::LogNormal(mu + by.max(1e-300).ln(), sigma),
            Self::Exponential(mean) => Self::Exponential(mean * by),
            Self::Choice(values) => Self::Choice(values.into_iter().map(|(v, w)| (v * by, w)).collect()),
            Self::Within(inner, low, high) => inner.recentred(to).within((low, high)),
        }
    }
}

fn mean(beta: &Beta) -> f64 {
    beta.shape_a() / (beta.shape_a() + beta.shape_b())
}

impl Quantile {
    /// A value above `elapsed`, distributed as this is among the values above it: what a wait that has lasted so long comes to
    /// when its rest is drawn afresh. Where the distribution ends before, `elapsed` itself.
    pub fn beyond(&self, elapsed: f64, u: f64) -> f64 {
        // The share of draws up to `elapsed`, by bisection of the quantile function: to 2^-50.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if self.at(middle) <= elapsed { low = middle } else { high = middle }
        }
        self.at((low + (1.0 - low) * u).min(1.0 - 1e-12)).max(elapsed)
    }
}
