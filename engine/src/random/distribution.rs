//! Quantities that are not one fixed number: parameters that are uncertain (drawn once a replicate) and
//! random quantities (drawn each time the question comes up).

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use statrs::distribution::Beta;

use super::provenance::{Confidence, Description, Provenance};
use super::quantile::Quantile;
use super::resolver::Resolver;
use crate::source::by_beginning;
use crate::stats::normal::normal_quantile;
use crate::streams::Streams;
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

/// A parameter: one value, or `Uncertain(...)`, drawn once per replicate. The long form says what is known of it.
#[derive(Clone, Debug)]
pub struct Param<T: Quantity> {
    value: Value<T>,
    provenance: Provenance<T>,
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
    sure: Option<Confidence>,
    source: String,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Quantity + DeserializeOwned"))]
enum UncertainForm<T: Quantity> {
    Uncertain(Dist<T>),
}

impl<'de, T: Quantity + DeserializeOwned> Deserialize<'de> for Param<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bare = |value| Self { value, provenance: Provenance::NOTHING };
        let read = by_beginning(deserializer, |piece| match piece.word() {
            "Uncertain" => {
                piece.read().map(|UncertainForm::Uncertain(d)| bare(Value::Uncertain(Box::new(d))))
            }
            "(" => piece.read::<Sourced<T>>().map(|s| Self {
                value: s.value.value,
                provenance: Provenance {
                    range: s.low.zip(s.high),
                    unit: s.unit,
                    sure: s.sure,
                    source: Some(s.source),
                },
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
    provenance: Provenance<T>,
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
    sure: Option<Confidence>,
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
        let (mut provenance, mut centre, mut moved) = (Provenance::NOTHING, None, false);
        let dist = by_beginning(deserializer, |piece| match piece.word() {
            "(" => piece.read::<SourcedRandom<T>>().and_then(|s| {
                centre = s.centre;
                provenance = Provenance {
                    range: s.low.zip(s.high),
                    unit: s.unit,
                    sure: s.sure,
                    source: Some(s.source),
                };
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
        Ok(Self { dist, centre, moved, provenance })
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

/// What becomes a number, or a distribution ready to draw from, in each replicate.
pub trait Resolve {
    /// What it becomes.
    type Out: Clone + std::fmt::Debug;
    /// Draw what is uncertain.
    fn resolve(&self, with: &mut Resolver) -> Self::Out;
    /// Whether a distribution makes no sense, and why.
    fn validate(&self) -> Option<String>;
    /// What a reader is told of it.
    fn describe(&self) -> Description;
    /// Fixes it, or its centre, at the engine's number `value`, moved into the unit's range.
    fn set_value(&mut self, value: f64);
    /// From now on it, or its centre, is drawn once a replicate from its plausible range, where one is stated.
    fn make_uncertain(&mut self);
    /// Its plausible range, where one is stated, as a flat distribution that knows nothing of the value: of its logarithm where
    /// the ends lie a factor of ten apart.
    fn prior(&self) -> Option<Quantile>;
    /// This one, with what it leaves to the one below.
    #[must_use]
    fn with_fallback(&self, _below: Option<&Self>) -> Self
    where
        Self: Clone,
    {
        self.clone()
    }
}

fn undrawn() -> Resolver {
    Resolver::new(Streams::new(0, 0))
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
                // A value outside the unit's range (a log-normal share above 1, a wait of eleven years) is moved to its edge.
                let drawn = T::bounded(d.resolve(with).at(u));
                T::from_number(drawn).map_or(drawn, Quantity::number)
            }
            Value::Unreadable => 0.0,
        }
    }
    fn validate(&self) -> Option<String> {
        match &self.value {
            Value::Uncertain(d) => d.validate(),
            _ => None,
        }
    }
    fn describe(&self) -> Description {
        let value = match &self.value {
            Value::Known(v) => v.to_string(),
            Value::Uncertain(d) => format!("uncertain: {d}"),
            Value::Unreadable => String::new(),
        };
        self.provenance.describe(value)
    }
    fn set_value(&mut self, value: f64) {
        if let Ok(value) = T::from_number(value) {
            self.value = Value::Known(value);
        }
    }
    fn make_uncertain(&mut self) {
        if let Value::Known(v) = &self.value
            && let Some(dist) = self.provenance.spread(*v)
        {
            self.value = Value::Uncertain(Box::new(dist));
        }
    }
    fn prior(&self) -> Option<Quantile> {
        self.provenance.flat()
    }
}

impl<T: Quantity> std::fmt::Display for Param<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.describe().value)
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
        Self { value: Value::Uncertain(Box::new(dist)), provenance: Provenance::NOTHING }
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
        Self { value: Value::Known(value), provenance: Provenance::NOTHING }
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
    fn validate(&self) -> Option<String> {
        self.check().err().or_else(|| self.parts().into_iter().find_map(Resolve::validate))
    }
    fn describe(&self) -> Description {
        Description { value: self.to_string(), ..Description::default() }
    }
    fn set_value(&mut self, value: f64) {
        if let Ok(value) = T::from_number(value) {
            *self = Self::Fixed(value.into());
        }
    }
    fn make_uncertain(&mut self) {}
    fn prior(&self) -> Option<Quantile> {
        None
    }
}

impl<T: Quantity> Resolve for Random<T> {
    type Out = Quantile;
    fn resolve(&self, with: &mut Resolver) -> Quantile {
        let plain = self.dist.as_ref().map_or(Quantile::Fixed(0.0), |d| d.resolve(with));
        let centred = match &self.centre {
            Some(centre) => plain.recentred(centre.resolve(with)),
            None => plain,
        };
        centred.within(T::BOUNDS)
    }
    fn validate(&self) -> Option<String> {
        if let Some(Dist::Joint(..)) = &self.dist {
            return Some("'Joint' is drawn once a replicate: write Uncertain(Joint(...)), or Moved(Uncertain(Joint(...))) for a centre".into());
        }
        self.dist
            .as_ref()
            .and_then(Resolve::validate)
            .or_else(|| self.centre.as_ref().and_then(Resolve::validate))
    }
    fn describe(&self) -> Description {
        let plain = self.dist.as_ref().map_or(String::new(), ToString::to_string);
        self.provenance.describe(match &self.centre {
            Some(centre) => format!("{plain}, its centre moved to {centre}"),
            None => plain,
        })
    }
    fn set_value(&mut self, value: f64) {
        if let Ok(value) = T::from_number(value) {
            self.centre = Some(value.into());
        }
    }
    fn make_uncertain(&mut self) {
        if self.centre.is_none()
            && let Some(dist) = self.spread()
        {
            self.centre = Some(Param::uncertain(dist));
        }
    }
    fn prior(&self) -> Option<Quantile> {
        self.provenance.flat().filter(|_| self.centre.is_none())
    }
    fn with_fallback(&self, below: Option<&Self>) -> Self {
        match below.filter(|_| self.moved) {
            Some(below) => Self { centre: self.centre.clone(), ..below.clone() },
            None => self.clone(),
        }
    }
}

impl<T: Quantity> Random<T> {
    /// Always `value`.
    pub fn fixed(value: T) -> Self {
        Self {
            dist: Some(Dist::Fixed(value.into())),
            centre: None,
            moved: false,
            provenance: Provenance::NOTHING,
        }
    }
    fn spread(&self) -> Option<Dist<T>> {
        let centre = self.dist.as_ref()?.resolve(&mut undrawn()).centre();
        self.provenance.spread(T::from_number(centre).ok()?)
    }
    #[doc(hidden)]
    pub const fn unit(&self) -> PhantomData<T> {
        PhantomData
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read;
    use crate::units::{Share, SimDuration};

    fn quantile(text: &str) -> Quantile {
        let (value, diagnostics) = read::<Random<SimDuration>>(text);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        value.unwrap().resolve(Resolver::new(Streams::new(1, 1)).on("x"))
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
        let moved = read::<Random<SimDuration>>("Moved(\"3h\")").0.unwrap().with_fallback(Some(&below));
        let moved = moved.resolve(&mut undrawn());
        assert!((moved.at(0.5) - 180.0).abs() < 1e-6 && (moved.at(0.9) - 800.0).abs() < 1e-6);
        let text = "(value: LogNormal(median: \"9h\", p90: \"40h\"), low: \"4h\", high: \"20h\", sure: Low, source: \"x\")";
        let (wide, diagnostics) = read::<Random<SimDuration>>(text);
        let mut wide = wide.unwrap();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let prior = wide.prior().unwrap();
        assert!(prior.at(1e-6) >= 240.0 && prior.at(1.0 - 1e-6) <= 1200.0);
        wide.make_uncertain();
        let centres: Vec<f64> =
            (0..50).map(|k| wide.resolve(Resolver::new(Streams::new(1, k)).on("x")).centre()).collect();
        assert!(
            centres.iter().all(|c| (240.0..=1200.0).contains(c))
                && centres[0] + 1e-6 < centres[1].max(centres[2])
        );
    }

    #[test]
    fn draws_stay_within_the_bounds_of_their_unit() {
        fn check<T: Quantity + DeserializeOwned>(values: [&str; 3]) {
            let [low, mode, high] = values;
            let shapes = [
                format!("Uniform(low: {low}, high: {high})"),
                format!("Pert(low: {low}, mode: {mode}, high: {high})"),
                format!("LogPert(low: {low}, mode: {mode}, high: {high})"),
                format!("LogNormal(median: {mode}, p90: {high})"),
                format!("Exponential(mean: {high})"),
                format!("Choice([({low}, 1), ({high}, 2)])"),
            ];
            let (least, largest) = T::BOUNDS;
            for shape in shapes {
                let uncertain = read::<Param<T>>(&format!("Uncertain({shape})")).0.unwrap();
                let random = read::<Random<T>>(&shape).0.unwrap();
                let mut drawn = vec![];
                for replicate in 0..200 {
                    let mut with = Resolver::new(Streams::new(3, replicate));
                    drawn.push(uncertain.resolve(with.on("x")));
                    drawn.push(random.resolve(with.on("y")).at((replicate as f64 + 0.5) / 200.0));
                }
                assert!(drawn.iter().all(|v| (least..=largest).contains(v)), "{shape}: {drawn:?}");
                // What is drawn is the distribution's, not an edge of some other unit's.
                let centre = random.resolve(&mut undrawn()).centre();
                let near = drawn.iter().filter(|v| (0.02 * centre..=50.0 * centre).contains(*v)).count();
                assert!(near > drawn.len() / 2, "{shape}: {near} of {} near {centre}", drawn.len());
            }
        }
        check::<SimDuration>(["\"50 weeks\"", "\"200 weeks\"", "\"500 weeks\""]);
        check::<Share>(["0.2", "0.6", "0.95"]);
        check::<crate::units::Number>(["1", "1e9", "9e9"]);
        check::<crate::units::Pounds>(["\"£1m\"", "\"£900bn\"", "\"£9000bn\""]);
        check::<crate::units::PersonHours>(["1e3", "1e8", "9e8"]);
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
            let mut with = Resolver::new(Streams::new(1, k));
            let (a, b, c) = (a.resolve(with.on("a")), b.resolve(with.on("b")), c.resolve(with.on("c")));
            assert!((2.0 * a - b).abs() < 1e-12);
            counts[(a * 10.0).round() as usize - 1] += 1;
            alike += usize::from((a - c).abs() < 1e-12);
        }
        // Binomial, n = 400, p = 1/4: five standard deviations are 43.
        assert!(counts.iter().chain([&alike]).all(|n| (57..=143).contains(n)), "{counts:?} {alike}");
        assert!(
            read::<Random<Share>>("Joint(\"x\", [0.1])").0.unwrap().validate().unwrap().contains("Uncertain")
        );
        assert!(param("Uncertain(Joint(\"x\", []))").validate().is_some());
    }

    #[test]
    fn parameters_read_their_three_forms() {
        for text in ["0.35", "\"35%\"", "(value: 0.35, low: 0.2, high: 0.5, source: \"a guess\")"] {
            let (value, diagnostics) = read::<Param<Share>>(text);
            assert!(diagnostics.is_empty(), "{diagnostics:?}");
            assert!((value.unwrap().known().unwrap().get() - 0.35).abs() < 1e-12);
        }
        let (_, diagnostics) = read::<Param<Share>>("\"135%\"");
        assert_eq!(diagnostics.len(), 1);
    }
}
