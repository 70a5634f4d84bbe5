//! The draws of uncertain parameters, each by its own path in the format.

use crate::streams::{StreamName, Streams, text_id};

/// Turns what a scenario states into numbers for one replicate.
pub struct Resolver {
    streams: Streams,
    subject: u64,
    n: u64,
}

impl Resolver {
    /// For one replicate.
    pub const fn new(streams: Streams) -> Self {
        Self { streams, subject: 0, n: 0 }
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
    pub(super) fn uniform(&mut self) -> f64 {
        self.n += 1;
        self.streams.stream(StreamName::Parameter { path: self.subject }).nth(self.n).uniform()
    }
    /// The same for all that is drawn under one name.
    pub(super) fn together(&self, name: &str) -> f64 {
        self.streams.stream(StreamName::Joint { name: text_id(name) }).uniform()
    }
}
