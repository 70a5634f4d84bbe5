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
    /// The same for the logarithm: for what is known by its order of magnitude. All values are above zero.
    LogPert {
        /// Lowest value.
        low: Param<T>,
        /// Most likely value, of the logarithm.
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
    /// Within `Uncertain`: one of a list of equally likely values. All lists of one name in a replicate take the value at the same
    /// place, so that values that belong together stay together; they are of one length.
    Joint(String, Vec<Param<T>>),
}

/// How sure we are of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Sure {
    /// A published figure for this very quantity.
    High,
    /// Published figures for something near it.
    Medium,
    /// Judgement, or fitted to incidents within a range that is judgement.
    Low,
}

impl Sure {
    /// The word used in reports.
    pub const fn label(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// What is known of a parameter beside its value; each part where it is stated.
#[derive(Clone, Debug)]
struct Known<T> {
    /// Lowest and highest plausible value; of a distribution, of its centre.
    range: Option<(T, T)>,
    unit: Option<String>,
    sure: Option<Sure>,
    source: Option<String>,
}

impl<T> Known<T> {
    const NOTHING: Self = Self { range: None, unit: None, sure: None, source: None };
}

impl<T: Quantity> Known<T> {
    fn told(&self, value: String) -> Told {
        Told {
            value,
            range: self.range.map(|(l, h)| (l.number(), h.number())),
            shown: self.range.map(|(l, h)| (l.to_string(), h.to_string())),
            unit: self.unit.clone(),
            sure: self.sure,
            source: self.source.clone(),
        }
    }
    /// Whether its ends lie so far apart that its order of magnitude counts.
    fn wide(low: f64, high: f64) -> bool {
        low > 0.0 && high >= 10.0 * low
    }
    fn flat(&self) -> Option<Quantile> {
        let (low, high) = self.range.map(|(l, h)| (l.number(), h.number())).filter(|(l, h)| l < h)?;
        Some(if Self::wide(low, high) {
            Quantile::log_uniform(low, high)?
        } else {
            Quantile::Uniform(low, high)
        })
    }
    /// The distribution of what is known: from the lowest over `mode` to the highest; by order of magnitude where they lie a factor
    /// of ten apart.
    fn spread(&self, mode: T) -> Option<Dist<T>> {
        let (low, high) = self.range.filter(|(l, h)| l.number() < h.number())?;
        let mode = T::from_number(mode.number().clamp(low.number(), high.number())).ok()?;
        let wide = Self::wide(low.number(), high.number());
        let (low, mode, high) = (low.into(), mode.into(), high.into());
        Some(if wide { Dist::LogPert { low, mode, high } } else { Dist::Pert { low, mode, high } })
    }
}

/// A parameter: one value, or `Uncertain(...)`, drawn once per replicate. The long form says what is known of it.
#[derive(Clone, Debug)]
pub struct Param<T: Quantity> {
    value: Value<T>,
    known: Known<T>,
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
    unit: Option<String>,
    sure: Option<Sure>,
    source: String,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Quantity + DeserializeOwned"))]
enum UncertainForm<T: Quantity> {
    Uncertain(Dist<T>),
}

impl<'de, T: Quantity + DeserializeOwned> Deserialize<'de> for Param<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bare = |value| Self { value, known: Known::NOTHING };
        let read = by_beginning(deserializer, |piece| match piece.word() {
            "Uncertain" => {
                piece.read().map(|UncertainForm::Uncertain(d)| bare(Value::Uncertain(Box::new(d))))
            }
            "(" => piece.read::<Sourced<T>>().map(|s| Self {
                value: s.value.value,
                known: Known { range: s.low.zip(s.high), unit: s.unit, sure: s.sure, source: Some(s.source) },
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
    /// Where its centre is to lie instead of where the distribution has it.
    centre: Option<Param<T>>,
    /// The distribution is that of the set below, with its centre here.
    moved: bool,
    known: Known<T>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Quantity + DeserializeOwned"))]
enum MovedForm<T: Quantity> {
    Moved(Param<T>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Quantity + DeserializeOwned"))]
struct SourcedRandom<T: Quantity> {
    value: Random<T>,
    centre: Option<Param<T>>,
    low: Option<T>,
    high: Option<T>,
    unit: Option<String>,
    sure: Option<Sure>,
    source: String,
}

const DISTRIBUTIONS: [&str; 10] = [
    "Fixed",
    "Uniform",
    "Triangular",
    "Pert",
    "LogPert",
    "LogNormal",
    "Beta",
    "Exponential",
    "Choice",
    "Joint",
];

impl<'de, T: Quantity + DeserializeOwned> Deserialize<'de> for Random<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut known, mut centre, mut moved) = (Known::NOTHING, None, false);
        let dist = by_beginning(deserializer, |piece| match piece.word() {
            "(" => piece.read::<SourcedRandom<T>>().and_then(|s| {
                centre = s.centre;
                known =
                    Known { range: s.low.zip(s.high), unit: s.unit, sure: s.sure, source: Some(s.source) };
                s.value.dist
            }),
            "Uncertain" => piece.read::<Param<T>>().map(Dist::Fixed),
            "Moved" => piece.read().map(|MovedForm::Moved(to): MovedForm<T>| {
                moved = true;
                centre = Some(to.clone());
                Dist::Fixed(to)
            }),
            word if DISTRIBUTIONS.contains(&word) || word.starts_with(char::is_uppercase) => {
                piece.read::<Dist<T>>()
            }
            _ => piece.read::<Param<T>>().map(Dist::Fixed),
        })?;
        Ok(Self { dist, centre, moved, known })
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
    /// The logarithm is a beta of two shapes, stretched to low, width.
    LogBeta(Beta, f64, f64),
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
            Self::LogBeta(beta, low, width) => (low + width * beta.inverse_cdf(u)).exp(),
            Self::LogNormal(mu, sigma) => (mu + sigma * normal_quantile(u)).exp(),
            Self::Exponential(mean) => -mean * (1.0 - u).ln(),
            Self::Choice(values) => {
                values.iter().find(|(_, upto)| u <= *upto).or(values.last()).map_or(0.0, |v| v.0)
            }
        }
    }
}

impl Quantile {
    /// Flat in the logarithm between two numbers above zero.
    pub(super) fn log_uniform(low: f64, high: f64) -> Option<Self> {
        Some(Self::LogBeta(Beta::new(1.0, 1.0).ok()?, low.ln(), high.ln() - low.ln()))
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
    /// The same for all that is drawn under one name.
    fn together(&self, name: &str) -> f64 {
        self.draws.key(Purpose::Joint, text_id(name)).uniform()
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
    /// Fixes it, or its centre, at the engine's number `value`, moved into the unit's range.
    fn fix(&mut self, value: f64);
    /// From now on it, or its centre, is drawn once a replicate from its plausible range, where one is stated.
    fn widen(&mut self);
    /// Its plausible range, where one is stated, as a flat distribution that knows nothing of the value: of its logarithm where
    /// the ends lie a factor of ten apart.
    fn prior(&self) -> Option<Quantile>;
    /// This one, with what it leaves to the one below.
    #[must_use]
    fn over(&self, _below: Option<&Self>) -> Self
    where
        Self: Clone,
    {
        self.clone()
    }
}

fn undrawn() -> Resolver {
    Resolver::new(Draws::new(0, 0))
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
    /// Its unit in words, where stated.
    pub unit: Option<String>,
    /// How sure we are of it, where stated.
    pub sure: Option<Sure>,
    /// Where it comes from, where stated.
    pub source: Option<String>,
}

impl<T: Quantity> Resolve for Param<T> {
    type Out = f64;
    fn resolve(&self, with: &mut Resolver) -> f64 {
        match &self.value {
            Value::Known(v) => v.number(),
            Value::Uncertain(d) => {
                let u = match &**d {
                    Dist::Joint(name, _) => with.together(name),
                    _ => with.uniform(),
                };
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
        self.known.told(value)
    }
    fn fix(&mut self, value: f64) {
        if let Ok(value) = T::from_number(value) {
            self.value = Value::Known(value);
        }
    }
    fn widen(&mut self) {
        if let Value::Known(v) = &self.value
            && let Some(dist) = self.known.spread(*v)
        {
            self.value = Value::Uncertain(Box::new(dist));
        }
    }
    fn prior(&self) -> Option<Quantile> {
        self.known.flat()
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
            Self::LogPert { low, mode, high } => {
                write!(f, "PERT of the logarithm from {low} over {mode} to {high}")
            }
            Self::LogNormal { median, p90 } => {
                write!(f, "log-normal, median {median}, nine in ten below {p90}")
            }
            Self::Beta { mean, sd } => write!(f, "beta, mean {mean}, standard deviation {sd}"),
            Self::Exponential { mean } => write!(f, "exponential, mean {mean}"),
            Self::Choice(list) => {
                let words: Vec<String> = list.iter().map(|(v, w)| format!("{v} (weight {w})")).collect();
                write!(f, "one of {}", words.join(", "))
            }
            Self::Joint(name, list) => write!(f, "one of {} values, together with '{name}'", list.len()),
        }
    }
}

impl<T: Quantity> Param<T> {
    /// Drawn once a replicate.
    pub fn uncertain(dist: Dist<T>) -> Self {
        Self { value: Value::Uncertain(Box::new(dist)), known: Known::NOTHING }
    }
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
        Self { value: Value::Known(value), known: Known::NOTHING }
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
            Self::Triangular { low, mode, high } | Self::Pert { low, mode, high } | Self::LogPert { low, mode, high }
                if !ordered(&[low, mode, high]) =>
            {
                Err("these must rise: low, mode, high".into())
            }
            Self::LogPert { low, .. } if known(low).is_some_and(|l| l <= 0.0) => {
                Err("'low' must be above zero".into())
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
            Self::Joint(_, list) if list.is_empty() || list.len() > 1000 => Err("a joint list needs 1 to 1,000 values".into()),
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
            Self::Triangular { low, mode, high }
            | Self::Pert { low, mode, high }
            | Self::LogPert { low, mode, high } => vec![low, mode, high],
            Self::Choice(list) => list.iter().map(|(p, _)| p).collect(),
            Self::Joint(_, list) => list.iter().collect(),
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
            Self::LogPert { low, mode, high } => {
                let ln = |p: &Param<T>, with: &mut Resolver| p.resolve(with).max(1e-9).ln();
                let (a, m, b) = (ln(low, with), ln(mode, with), ln(high, with));
                let width = (b - a).max(1e-12);
                match beta(1.0 + 4.0 * (m - a) / width, 1.0 + 4.0 * (b - m) / width, a, b - a) {
                    Quantile::Beta(beta, a, width) => Quantile::LogBeta(beta, a, width),
                    _ => Quantile::Fixed(m.exp()),
                }
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
            Self::Joint(_, list) => {
                let upto = |k: usize| (k + 1) as f64 / list.len() as f64;
                Quantile::Choice(list.iter().enumerate().map(|(k, v)| (v.resolve(with), upto(k))).collect())
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
    fn widen(&mut self) {}
    fn prior(&self) -> Option<Quantile> {
        None
    }
}

impl<T: Quantity> Resolve for Random<T> {
    type Out = Quantile;
    fn resolve(&self, with: &mut Resolver) -> Quantile {
        let plain = self.dist.as_ref().map_or(Quantile::Fixed(0.0), |d| d.resolve(with));
        match &self.centre {
            Some(centre) => plain.recentred(centre.resolve(with)),
            None => plain,
        }
    }
    fn flaw(&self) -> Option<String> {
        if let Some(Dist::Joint(..)) = &self.dist {
            return Some("'Joint' is drawn once a replicate: write Uncertain(Joint(...)), or Moved(Uncertain(Joint(...))) for a centre".into());
        }
        self.dist.as_ref().and_then(Resolve::flaw).or_else(|| self.centre.as_ref().and_then(Resolve::flaw))
    }
    fn told(&self) -> Told {
        let plain = self.dist.as_ref().map_or(String::new(), ToString::to_string);
        self.known.told(match &self.centre {
            Some(centre) => format!("{plain}, its centre moved to {centre}"),
            None => plain,
        })
    }
    fn fix(&mut self, value: f64) {
        if let Ok(value) = T::from_number(value) {
            self.centre = Some(value.into());
        }
    }
    fn widen(&mut self) {
        if self.centre.is_none()
            && let Some(dist) = self.spread()
        {
            self.centre = Some(Param::uncertain(dist));
        }
    }
    fn prior(&self) -> Option<Quantile> {
        self.known.flat().filter(|_| self.centre.is_none())
    }
    fn over(&self, below: Option<&Self>) -> Self {
        match below.filter(|_| self.moved) {
            Some(below) => Self { centre: self.centre.clone(), ..below.clone() },
            None => self.clone(),
        }
    }
}

impl<T: Quantity> Random<T> {
    /// Always `value`.
    pub fn fixed(value: T) -> Self {
        Self { dist: Some(Dist::Fixed(value.into())), centre: None, moved: false, known: Known::NOTHING }
    }
    fn spread(&self) -> Option<Dist<T>> {
        let centre = self.dist.as_ref()?.resolve(&mut undrawn()).centre();
        self.known.spread(T::from_number(centre).ok()?)
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
    fn centres_move_and_shapes_stay() {
        for (text, centre) in [
            ("LogNormal(median: \"5 days\", p90: \"12 days\")", 7200.0),
            ("Uniform(low: \"1h\", high: \"3h\")", 120.0),
            ("LogPert(low: \"1h\", mode: \"10h\", high: \"100h\")", 600.0),
            ("Exponential(mean: \"2h\")", 120.0),
            ("Choice([(\"1h\", 1), (\"5h\", 3)])", 240.0),
        ] {
            let q = quantile(text);
            assert!((q.centre() - centre).abs() < 1e-6 * centre, "{text}: {}", q.centre());
            let moved = q.clone().recentred(2.0 * centre);
            for u in [0.05, 0.5, 0.93] {
                assert!((moved.at(u) - 2.0 * q.at(u)).abs() < 1e-6 * q.at(u), "{text}");
            }
        }
        let (share, _) = read::<Random<Share>>("Beta(mean: 0.58, sd: 0.27)");
        let moved = share.unwrap().resolve(&mut undrawn()).recentred(0.8);
        assert!((moved.centre() - 0.8).abs() < 1e-9 && moved.at(0.999) <= 1.0);
        let below = read::<Random<SimDuration>>("LogNormal(median: \"9h\", p90: \"40h\")").0.unwrap();
        let moved = read::<Random<SimDuration>>("Moved(\"3h\")").0.unwrap().over(Some(&below));
        let moved = moved.resolve(&mut undrawn());
        assert!((moved.at(0.5) - 180.0).abs() < 1e-6 && (moved.at(0.9) - 800.0).abs() < 1e-6);
        let text = "(value: LogNormal(median: \"9h\", p90: \"40h\"), low: \"4h\", high: \"20h\", sure: Low, source: \"x\")";
        let (wide, mistakes) = read::<Random<SimDuration>>(text);
        let mut wide = wide.unwrap();
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let prior = wide.prior().unwrap();
        assert!(prior.at(1e-6) >= 240.0 && prior.at(1.0 - 1e-6) <= 1200.0);
        wide.widen();
        let centres: Vec<f64> =
            (0..50).map(|k| wide.resolve(Resolver::new(Draws::new(1, k)).on("x")).centre()).collect();
        assert!(
            centres.iter().all(|c| (240.0..=1200.0).contains(c))
                && centres[0] + 1e-6 < centres[1].max(centres[2])
        );
    }

    #[test]
    fn what_is_drawn_together_stays_together() {
        let param = |text: &str| read::<Param<Share>>(text).0.unwrap();
        let a = param("Uncertain(Joint(\"posterior\", [0.1, 0.2, 0.3, 0.4]))");
        let b = param("Uncertain(Joint(\"posterior\", [0.2, 0.4, 0.6, 0.8]))");
        let c = param("Uncertain(Joint(\"another\", [0.1, 0.2, 0.3, 0.4]))");
        let mut counts = [0; 4];
        let mut alike = 0;
        for k in 0..400 {
            let mut with = Resolver::new(Draws::new(1, k));
            let (a, b, c) = (a.resolve(with.on("a")), b.resolve(with.on("b")), c.resolve(with.on("c")));
            assert!((2.0 * a - b).abs() < 1e-12);
            counts[(a * 10.0).round() as usize - 1] += 1;
            alike += usize::from((a - c).abs() < 1e-12);
        }
        // Binomial, n = 400, p = 1/4: five standard deviations are 43.
        assert!(counts.iter().chain([&alike]).all(|n| (57..=143).contains(n)), "{counts:?} {alike}");
        assert!(
            read::<Random<Share>>("Joint(\"x\", [0.1])").0.unwrap().flaw().unwrap().contains("Uncertain")
        );
        assert!(param("Uncertain(Joint(\"x\", []))").flaw().is_some());
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
