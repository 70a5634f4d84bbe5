//! Reading what a person wrote: RON with the place of every mistake, all mistakes at once, and what was probably meant.

mod diagnostic;
mod reader;
mod suggest;

pub use diagnostic::{Diagnostic, Diagnostics};
pub(crate) use reader::by_beginning;
pub use reader::{DEEPEST, LARGEST_ESTATE, LARGEST_FILE, Located, read, read_within};
pub use suggest::{did_you_mean, nearest, suggest};
