//! Quantities that are not one fixed number: parameters that are uncertain (drawn once a replicate) and
//! random quantities (drawn each time the question comes up).

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use statrs::distribution::{Beta, ContinuousCDF, Normal};

use super::reading::by_beginning;
use crate::draws::{Draws, Purpose, text_id};
use crate::units::Quantity;

/// A distribution over quantities of one unit; each of its own parameters may be uncertain.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Quantity + DeserializeOwned"))]
#[schemars(bound = "T: Quantity + JsonSchema")]
pub enum Dist<T: Quantity> {
    /// Always this value.
    Fixed(Param<T>),
    /// Every value between the two is as likely.
    Uniform {
        /// Lowest value.
        low: Param<T>,
        /// Highest value.
        high: Param<T>,
    },
    /// Rises to the mode and falls to the highest value in straight lines.
    Triangular {
        /// Lowest value.
        low: Param<T>,
        /// Most likely value.
        mode: Param<T>,
        /// Highest value.
        high: Param<T>,
    },
    /// Smooth form of the triangular one: a beta distribution with shape weight 4 on the mode (Malcolm et al. 1959).
    Pert {
        /// Lowest value.
        low: Param<T>,
        /// Most likely value.
        mode: Param<T>,
        /// Highest value.
        high: Param<T>,
    },
    /// Log-normal, given by what people know: half are below `median`, nine in ten below `p90`.
    LogNormal {
        /// Half of the values are below.
        median: Param<T>,
        /// Nine in ten values are below.
        p90: Param<T>,
    },
    /// Beta on [0, 1], by its mean and standard deviation.
    Beta {
        /// Mean, strictly between 0 and 1.
        mean: Param<T>,
        /// Standard deviation, below √(mean·(1−mean)).
        sd: Param<T>,
    },
    /// Exponential, by its mean.
    Exponential {
        /// Mean.
        mean: Param<T>,
    },
    /// One of a list, each with its weight.
    Choice(Vec<(Param<T>, f64)>),
}

/// A parameter: one value, or `Uncertain(...)`, drawn once per replicate. The long form gives its range and source.
#[derive(Clone, Debug)]
pub struct Param<T: Quantity> {
    value: Value<T>,
    /// Lowest plausible value, where stated.
    pub low: Option<T>,
    /// Highest plausible value, where stated.
    pub high: Option<T>,
    /// Where the value comes from, where stated.
    pub source: Option<String>,
}

#[derive(Clone, Debug)]
enum Value<T: Quantity> {
    Known(T),
    Uncertain(Box<Dist<T>>),
    /// Could not be read; the mistake is noted and the file refused.
    Unreadable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Quantity + DeserializeOwned"))]
struct Sourced<T: Quantity> {
    value: Param<T>,
    low: Option<T>,
    high: Option<T>,
    source: String,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Quantity + DeserializeOwned"))]
enum UncertainForm<T: Quantity> {
    Uncertain(Dist<T>),
}

impl<'de, T: Quantity + DeserializeOwned> Deserialize<'de> for Param<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bare = |value| Self { value, low: None, high: None, source: None };
        let read = by_beginning(deserializer, |piece| match piece.word() {
            "Uncertain" => {
                piece.read().map(|UncertainForm::Uncertain(d)| bare(Value::Uncertain(Box::new(d))))
            }
            "(" => piece.read::<Sourced<T>>().map(|s| Self {
                value: s.value.value,
                low: s.low,
                high: s.high,
                source: Some(s.source),
            }),
            _ => piece.read::<T>().map(|v| bare(Value::Known(v))),
        })?;
        Ok(read.unwrap_or_else(|| bare(Value::Unreadable)))
    }
}

impl<T: Quantity + JsonSchema> JsonSchema for Param<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A quantity drawn afresh for each question: a plain value or a distribution.
#[derive(Clone, Debug)]
pub struct Random<T: Quantity> {
    /// Absent when it could not be read; the mistake is noted and the file refused.
    dist: Option<Dist<T>>,
    /// Where it comes from, where stated.
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Quantity + DeserializeOwned"))]
struct SourcedRandom<T: Quantity> {
    value: Random<T>,
    source: String,
}

const DISTRIBUTIONS: [&str; 8] =
    ["Fixed", "Uniform", "Triangular", "Pert", "LogNormal", "Beta", "Exponential", "Choice"];

impl<'de, T: Quantity + DeserializeOwned> Deserialize<'de> for Random<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut source = None;
        let dist = by_beginning(deserializer, |piece| match piece.word() {
            "(" => piece.read::<SourcedRandom<T>>().and_then(|s| {
                source = Some(s.source);
                s.value.dist
            }),
            "Uncertain" => piece.read::<Param<T>>().map(Dist::Fixed),
            word if DISTRIBUTIONS.contains(&word) || word.starts_with(char::is_uppercase) => {
                piece.read::<Dist<T>>()
            }
            _ => piece.read::<Param<T>>().map(Dist::Fixed),
        })?;
        Ok(Self { dist, source })
    }
}

impl<T: Quantity + JsonSchema> JsonSchema for Random<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Random{}", T::NAME).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": format!("{}; or a distribution of such values", T::FORMS), "x-leaf": true })
    }
}

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
    /// Of the logarithm: mean and standard deviation.
    LogNormal(f64, f64),
    /// Mean.
    Exponential(f64),
    /// Values with cumulative weights up to 1.
    Choice(Vec<(f64, f64)>),
}

/// Quantile of the standard normal distribution.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Share of the standard normal distribution below `z`.
pub(crate) fn normal_cumulated(z: f64) -> f64 {
    Normal::standard().cdf(z)
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
            Self::LogNormal(mu, sigma) => (mu + sigma * normal_quantile(u)).exp(),
            Self::Exponential(mean) => -mean * (1.0 - u).ln(),
            Self::Choice(values) => {
                values.iter().find(|(_, upto)| u <= *upto).or(values.last()).map_or(0.0, |v| v.0)
            }
        }
    }
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

/// Turns what a scenario states into numbers for one replicate.
pub struct Resolver {
    draws: Draws,
    subject: u64,
    n: u64,
}

impl Resolver {
    /// For one replicate.
    pub const fn new(draws: Draws) -> Self {
        Self { draws, subject: 0, n: 0 }
    }
    /// The parameter that is resolved next, by its path in the format: its luck depends on nothing else.
    pub fn on(&mut self, path: &str) -> &mut Self {
        self.subject = text_id(path);
        self.n = 0;
        self
    }
    /// A parameter below the one named last.
    pub fn and(&mut self, path: &str) -> &mut Self {
        self.subject = self.subject.rotate_left(21) ^ text_id(path);
        self
    }
    fn uniform(&mut self) -> f64 {
        self.n += 1;
        self.draws.key(Purpose::Parameter, self.subject).nth(self.n).uniform()
    }
}

/// What becomes a number, or a distribution ready to draw from, in each replicate.
pub trait Resolve {
    /// What it becomes.
    type Out: Clone + std::fmt::Debug;
    /// Draw what is uncertain.
    fn resolve(&self, with: &mut Resolver) -> Self::Out;
    /// Whether a distribution makes no sense, and why.
    fn flaw(&self) -> Option<String>;
    /// What a reader is told of it.
    fn told(&self) -> Told;
    /// Fixes it at the engine's number `value`, moved into the unit's range.
    fn fix(&mut self, value: f64);
}

/// What a reader is told of a parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Its value or distribution in words.
    pub value: String,
    /// Plausible range in the engine's numbers, where stated.
    pub range: Option<(f64, f64)>,
    /// The range in words.
    pub shown: Option<(String, String)>,
    /// Where it comes from, where stated.
    pub source: Option<String>,
}

impl<T: Quantity> Resolve for Param<T> {
    type Out = f64;
    fn resolve(&self, with: &mut Resolver) -> f64 {
        match &self.value {
            Value::Known(v) => v.number(),
            Value::Uncertain(d) => {
                let u = with.uniform();
                // A value outside the unit's range (a log-normal share above 1) is moved to its edge.
                let drawn = d.resolve(with).at(u);
                T::from_number(drawn).map_or_else(|_| if drawn > 0.5 { 1.0 } else { 0.0 }, Quantity::number)
            }
            Value::Unreadable => 0.0,
        }
    }
    fn flaw(&self) -> Option<String> {
        match &self.value {
            Value::Uncertain(d) => d.flaw(),
            _ => None,
        }
    }
    fn told(&self) -> Told {
        let value = match &self.value {
            Value::Known(v) => v.to_string(),
            Value::Uncertain(d) => format!("uncertain: {d}"),
            Value::Unreadable => String::new(),
        };
        let range = self.low.zip(self.high);
        Told {
            value,
            range: range.map(|(l, h)| (l.number(), h.number())),
            shown: range.map(|(l, h)| (l.to_string(), h.to_string())),
            source: self.source.clone(),
        }
    }
    fn fix(&mut self, value: f64) {
        if let Ok(value) = T::from_number(value) {
            self.value = Value::Known(value);
        }
    }
}

impl<T: Quantity> std::fmt::Display for Param<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.told().value)
    }
}

impl<T: Quantity> std::fmt::Display for Dist<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(v) => write!(f, "{v}"),
            Self::Uniform { low, high } => write!(f, "uniform from {low} to {high}"),
            Self::Triangular { low, mode, high } => write!(f, "triangular from {low} over {mode} to {high}"),
            Self::Pert { low, mode, high } => write!(f, "PERT from {low} over {mode} to {high}"),
            Self::LogNormal { median, p90 } => {
                write!(f, "log-normal, median {median}, nine in ten below {p90}")
            }
            Self::Beta { mean, sd } => write!(f, "beta, mean {mean}, standard deviation {sd}"),
            Self::Exponential { mean } => write!(f, "exponential, mean {mean}"),
            Self::Choice(list) => {
                let words: Vec<String> = list.iter().map(|(v, w)| format!("{v} (weight {w})")).collect();
                write!(f, "one of {}", words.join(", "))
            }
        }
    }
}

impl<T: Quantity> Param<T> {
    /// The value when it is known without a draw.
    pub fn known(&self) -> Option<T> {
        match &self.value {
            Value::Known(v) => Some(*v),
            _ => None,
        }
    }
}

impl<T: Quantity> From<T> for Param<T> {
    fn from(value: T) -> Self {
        Self { value: Value::Known(value), low: None, high: None, source: None }
    }
}

impl<T: Quantity> Dist<T> {
    fn check(&self) -> Result<(), String> {
        // With uncertain parameters the order is checked at the centre of what is known; draws are safe either way.
        let known = |p: &Param<T>| p.known().map(Quantity::number);
        let ordered = |list: &[&Param<T>]| {
            list.windows(2).all(|w| known(w[0]).zip(known(w[1])).is_none_or(|(a, b)| a <= b))
        };
        match self {
            Self::Uniform { low, high } if !ordered(&[low, high]) => Err("'low' is above 'high'".into()),
            Self::Triangular { low, mode, high } | Self::Pert { low, mode, high } if !ordered(&[low, mode, high]) => {
                Err("these must rise: low, mode, high".into())
            }
            Self::LogNormal { median, p90 } if !ordered(&[median, p90]) => Err("'p90' is below 'median'".into()),
            Self::LogNormal { median, .. } if known(median).is_some_and(|m| m <= 0.0) => Err("'median' must be above zero".into()),
            Self::Beta { mean, sd } => match known(mean).zip(known(sd)) {
                Some((m, s)) if m <= 0.0 || m >= 1.0 || s <= 0.0 || s * s >= m * (1.0 - m) => {
                    Err("a beta distribution needs a mean between 0 and 1 and a standard deviation below √(mean·(1−mean))".into())
                }
                _ => Ok(()),
            },
            Self::Choice(list) if list.is_empty() || list.len() > 1000 => Err("a choice needs 1 to 1,000 entries".into()),
            Self::Choice(list) if list.iter().any(|(_, w)| !w.is_finite() || *w < 0.0) || list.iter().all(|(_, w)| *w <= 0.0) => {
                Err("weights must be zero or more, and one of them above zero".into())
            }
            _ => Ok(()),
        }
    }
    fn parts(&self) -> Vec<&Param<T>> {
        match self {
            Self::Fixed(a) | Self::Exponential { mean: a } => vec![a],
            Self::Uniform { low: a, high: b }
            | Self::LogNormal { median: a, p90: b }
            | Self::Beta { mean: a, sd: b } => vec![a, b],
            Self::Triangular { low, mode, high } | Self::Pert { low, mode, high } => vec![low, mode, high],
            Self::Choice(list) => list.iter().map(|(p, _)| p).collect(),
        }
    }
}

impl<T: Quantity> Resolve for Dist<T> {
    type Out = Quantile;
    fn resolve(&self, with: &mut Resolver) -> Quantile {
        let beta = |a: f64, b: f64, low: f64, width: f64| match Beta::new(a, b) {
            Ok(beta) if width > 0.0 => Quantile::Beta(beta, low, width),
            _ => Quantile::Fixed(low),
        };
        match self {
            Self::Fixed(v) => Quantile::Fixed(v.resolve(with)),
            Self::Uniform { low, high } => Quantile::Uniform(low.resolve(with), high.resolve(with)),
            Self::Triangular { low, mode, high } => {
                Quantile::Triangular(low.resolve(with), mode.resolve(with), high.resolve(with))
            }
            Self::Pert { low, mode, high } => {
                let (a, m, b) = (low.resolve(with), mode.resolve(with), high.resolve(with));
                let width = (b - a).max(1e-12);
                beta(1.0 + 4.0 * (m - a) / width, 1.0 + 4.0 * (b - m) / width, a, b - a)
            }
            Self::LogNormal { median, p90 } => {
                let (m, p) = (median.resolve(with).max(1e-9), p90.resolve(with));
                Quantile::LogNormal(m.ln(), (p.max(m) / m).ln() / normal_quantile(0.9))
            }
            Self::Beta { mean, sd } => {
                let (m, s) = (mean.resolve(with).clamp(1e-6, 1.0 - 1e-6), sd.resolve(with));
                let nu = (m * (1.0 - m) / (s * s).max(1e-9) - 1.0).max(1e-3);
                beta(m * nu, (1.0 - m) * nu, 0.0, 1.0)
            }
            Self::Exponential { mean } => Quantile::Exponential(mean.resolve(with)),
            Self::Choice(list) => {
                let total: f64 = list.iter().map(|(_, w)| w).sum();
                let mut upto = 0.0;
                Quantile::Choice(
                    list.iter()
                        .map(|(v, w)| {
                            upto += w / total;
                            (v.resolve(with), upto)
                        })
                        .collect(),
                )
            }
        }
    }
    fn flaw(&self) -> Option<String> {
        self.check().err().or_else(|| self.parts().into_iter().find_map(Resolve::flaw))
    }
    fn told(&self) -> Told {
        Told { value: self.to_string(), ..Told::default() }
    }
    fn fix(&mut self, value: f64) {
        if let Ok(value) = T::from_number(value) {
            *self = Self::Fixed(value.into());
        }
    }
}

impl<T: Quantity> Resolve for Random<T> {
    type Out = Quantile;
    fn resolve(&self, with: &mut Resolver) -> Quantile {
        self.dist.as_ref().map_or(Quantile::Fixed(0.0), |d| d.resolve(with))
    }
    fn flaw(&self) -> Option<String> {
        self.dist.as_ref().and_then(Resolve::flaw)
    }
    fn told(&self) -> Told {
        let told = self.dist.as_ref().map(Resolve::told).unwrap_or_default();
        Told { source: self.source.clone(), ..told }
    }
    fn fix(&mut self, value: f64) {
        if let Some(dist) = &mut self.dist {
            dist.fix(value);
        }
    }
}

impl<T: Quantity> Random<T> {
    /// Always `value`.
    pub fn fixed(value: T) -> Self {
        Self { dist: Some(Dist::Fixed(value.into())), source: None }
    }
    #[doc(hidden)]
    pub const fn unit(&self) -> PhantomData<T> {
        PhantomData
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::reading::read;
    use crate::units::{Share, SimDuration};

    fn quantile(text: &str) -> Quantile {
        let (value, mistakes) = read::<Random<SimDuration>>(text);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        value.unwrap().resolve(Resolver::new(Draws::new(1, 1)).on("x"))
    }

    #[test]
    fn quantiles_say_what_their_names_say() {
        let q = quantile("LogNormal(median: \"5 days\", p90: \"12 days\")");
        assert!((q.at(0.5) - 7200.0).abs() < 1e-6 && (q.at(0.9) - 17280.0).abs() < 1e-6);
        assert!((quantile("Uniform(low: \"1h\", high: \"3h\")").at(0.25) - 90.0).abs() < 1e-9);
        // By hand: 300 − √(0.3 · 240 · 180).
        assert!(
            (quantile("Triangular(low: \"1h\", mode: \"2h\", high: \"5h\")").at(0.7)
                - (300.0 - 12_960f64.sqrt()))
            .abs()
                < 1e-9
        );
        assert!(
            matches!(quantile("Uncertain(Uniform(low: \"1h\", high: \"2h\"))"), Quantile::Fixed(v) if (60.0..=120.0).contains(&v))
        );
    }

    #[test]
    fn parameters_read_their_three_forms() {
        for text in ["0.35", "\"35%\"", "(value: 0.35, low: 0.2, high: 0.5, source: \"a guess\")"] {
            let (value, mistakes) = read::<Param<Share>>(text);
            assert!(mistakes.is_empty(), "{mistakes:?}");
            assert!((value.unwrap().known().unwrap().get() - 0.35).abs() < 1e-12);
        }
        let (_, mistakes) = read::<Param<Share>>("\"135%\"");
        assert_eq!(mistakes.len(), 1);
    }
}
