//! One file for each subcommand.

pub mod check;
pub mod compare;
pub mod completions;
pub mod estate;
pub mod list;
pub mod new;
pub mod run;

use std::io::Write as _;

use crate::{Failure, Outcome};

/// Prints to standard output; a closed pipe is no failure.
pub fn print(text: &str) -> Outcome {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Other(miette::miette!("cannot print: {e}")))
        }
        _ => Ok(()),
    }
}

/// What is wrong with what was given, and what to do.
pub fn bad_input(what: impl std::fmt::Display, help: impl Into<String>) -> Failure {
    let help = help.into();
    Failure::Input(miette::miette!(help = help, "{what}"))
}
