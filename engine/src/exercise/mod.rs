//! A live exercise on a scenario: what players are told and asked, what they decide, and what becomes of it in the simulated
//! world. A session is the replay of its journal; it opens no file and no screen.

pub mod forecast;
pub mod journal;
pub mod rehearse;
pub mod review;
mod salience;
pub mod session;
mod trigger;
pub mod view;

pub use salience::worth_telling;
