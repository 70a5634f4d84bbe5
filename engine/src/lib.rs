//! `resus-engine`: simulation of cyber incidents in health and care, and the mathematics to compare responses.
//!
//! A scenario file walks down the modules and never back up:
//! [`scenario`] → [`estate`] → [`strategy`] → [`sim`] → [`experiment`].

pub mod draws;
pub mod estate;
pub mod exercise;
pub mod experiment;
pub mod scenario;
pub mod sim;
pub mod stats;
pub mod strategy;
pub mod units;
