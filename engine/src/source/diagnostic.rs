//! One thing wrong with a file: where, what, and what was probably meant.

use std::fmt;
use std::ops::Range;

use super::reader::Located;
use super::suggest::did_you_mean;

/// One thing wrong with a file: where, what, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Byte range in the file; empty when the whole file is meant.
    pub at: Range<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether it may stay: the file is used as it is.
    pub warning: bool,
}

impl Diagnostic {
    /// A mistake without advice.
    pub fn new(at: Range<usize>, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), help: None, warning: false }
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

impl Diagnostics {
    /// Adds a mistake at a place; advice may be given to it.
    pub fn wrong(&mut self, at: &Range<usize>, what: impl Into<String>) -> &mut Diagnostic {
        self.list.push(Diagnostic::new(at.clone(), what));
        self.list.last_mut().expect("one was just pushed")
    }

    /// Adds what may stay but has no effect, or hardly the one that was meant.
    pub fn warn(&mut self, at: &Range<usize>, what: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = self.wrong(at, what);
        diagnostic.warning = true;
        diagnostic
    }

    /// Whether nothing hinders the use of the file.
    pub fn may_pass(&self) -> bool {
        self.list.iter().all(|d| d.warning)
    }

    /// Adds that there is no `what` of this id, with what was probably meant. An id that could not be read was noted before.
    pub fn unknown<'a>(
        &mut self,
        id: &Located<String>,
        what: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let Some(text) = id.get() else { return };
        let help = did_you_mean(text, known.clone()).unwrap_or_else(|| {
            if known.clone().count() <= 12 {
                format!("there are: {}", known.collect::<Vec<_>>().join(", "))
            } else {
                format!("`resus estate` lists what there is; '{text}' is like none of it")
            }
        });
        self.wrong(&id.at, format!("no {what} '{text}'")).help = Some(help);
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(only: Diagnostic) -> Self {
        Self { list: vec![only] }
    }
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
