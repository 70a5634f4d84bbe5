//! The closed lists: kinds, actions, outcomes, pillars, techniques. A new entry is met by the compiler wherever it matters.

pub mod action;
pub mod event;
pub mod kinds;
pub mod outcome;
pub mod pillar;
pub mod technique;
