//! Why a command ended without doing all that it was asked, and with which exit code.

use std::process::ExitCode;

use resus_engine::exercise::session::UserError;

/// Why a command ended without doing all it was asked.
#[derive(Debug)]
pub enum Failure {
    /// What was given is wrong: exit code 2.
    Input(miette::Report),
    /// Something else failed: exit code 1.
    Other(miette::Report),
    /// Ctrl-C: partial results were printed; exit code 130.
    Stopped,
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        bad_input(error.what, error.help)
    }
}

/// What a command comes to.
pub type CommandResult = Result<(), Failure>;

/// What is wrong with what was given, and what to do.
pub fn bad_input(what: impl std::fmt::Display, help: impl Into<String>) -> Failure {
    let help = help.into();
    Failure::Input(miette::miette!(help = help, "{what}"))
}

/// Prints a failure to standard error and gives the exit code of what a command came to.
pub fn exit_code(result: CommandResult) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Stopped) => ExitCode::from(130),
        Err(Failure::Input(report)) => {
            eprintln!("{report:?}");
            ExitCode::from(2)
        }
        Err(Failure::Other(report)) => {
            eprintln!("{report:?}");
            ExitCode::from(1)
        }
    }
}
