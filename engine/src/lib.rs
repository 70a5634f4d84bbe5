//! `resus-engine`: simulation of cyber incidents in health and care, and the mathematics to compare responses.

pub mod catalogue;
pub mod estate;
pub mod exercise;
pub mod parameters;
pub mod random;
pub mod scenario;
pub mod sim;
pub mod source;
pub mod stats;
pub mod strategy;
pub mod streams;
pub mod study;
pub mod units;
