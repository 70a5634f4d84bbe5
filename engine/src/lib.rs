//! `resus-engine` simulates what a cyber incident does to health and care, and compares what people could do about it.
//!
//! # A tour
//!
//! A **scenario** is a text in RON: an estate of organisations with their systems and services, campaigns (attacks and failures), and strategies.
//! It is read and checked as a whole; [`load`](scenario::load) gives it, or all that is wrong with it, each with its place.
//!
//! ```
//! use resus_engine::prelude::*;
//!
//! let scenario = Arc::new(bundled::load("friday-night")?);
//! assert!(scenario.estate.organisations.len() > 800);
//!
//! let wrong = load("(format: 1, titel: \"x\")", None).unwrap_err();
//! assert!(wrong.to_string().contains("did you mean 'title'?"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A **replicate** is one possible course of it, named by a seed and a number: every draw is keyed by what it decides, so two strategies
//! meet the same luck wherever they face the same question. [`Simulation`](sim::Simulation) is a world in which replicates are played one
//! after another; it can be stopped at any minute, looked at, given orders, and forked.
//!
//! ```
//! # use resus_engine::prelude::*;
//! # let scenario = Arc::new(bundled::load("friday-night")?);
//! let mut sim = Simulation::new(&scenario);
//! let record = sim.run(1, 0, scenario.baseline);
//! assert_eq!(record, sim.run(1, 0, scenario.baseline), "the same seed and replicate: the same record");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A **study** runs many replicates on all cores; what comes of it does not depend on how many there are.
//! [`compare`](study::comparison::compare) pairs the strategies replicate by replicate.
//!
//! ```
//! # use resus_engine::prelude::*;
//! # let scenario = Arc::new(bundled::load("friday-night")?);
//! let strategies = scenario.strategies_named(["as-things-stand", "all-pillars"])?;
//! let plan = ReplicationPlan { replicates: 20, ..ReplicationPlan::default() };
//! let study = run(&scenario, &strategies, plan, &Progress::default())?;
//! let found = compare(&scenario, &strategies, strategies[0], &study, plan.seed);
//! let paired = found.strategies[1].get(Outcome::Harm).paired.expect("it is not the baseline");
//! let (low, high) = paired.interval;
//! assert!(low <= paired.difference && paired.difference <= high);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The modules
//!
//! Each imports only what stands before it; a test holds them to it.
//!
//! - [`units`], [`source`], [`catalogue`]: quantities as types, texts with the places of their mistakes, closed lists.
//! - [`streams`], [`stats`], [`random`], [`parameters`]: keyed random numbers, estimates, distributions, what the model rests on.
//! - [`estate`], [`strategy`], [`scenario`]: who and what there is, how it prepares and responds, what happens.
//! - [`sim`]: the world of a run. [`study`]: many runs. [`exercise`]: people in one run.
//!
//! Units are named at each item: times are whole minutes since the scenario starts, shares lie in \[0, 1\], money is pounds.

pub mod catalogue;
pub mod estate;
pub mod exercise;
pub mod parameters;
pub mod prelude;
pub mod random;
pub mod scenario;
pub mod sim;
pub mod source;
pub mod stats;
pub mod strategy;
pub mod streams;
pub mod study;
pub mod units;
