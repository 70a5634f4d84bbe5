//! One thing wrong with a file: where, what, and what was probably meant.

use std::fmt;
use std::ops::Range;

/// One thing wrong with a file: where, what, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Byte range in the file; empty when the whole file is meant.
    pub at: Range<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake without advice.
    pub fn new(at: Range<usize>, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), help: None }
    }
    /// With advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All that is wrong with a text, in the order of its places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    /// One or more.
    pub list: Vec<Diagnostic>,
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, d) in self.list.iter().enumerate() {
            let line = if n == 0 { "" } else { "\n" };
            write!(f, "{line}at byte {}: {}", d.at.start, d.what)?;
            if let Some(help) = &d.help {
                write!(f, "; {help}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
