//! `resus check`.

use crate::failure::{CommandResult, Failure};
use crate::source::Source;

/// Check scenario files and report every mistake.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Scenario files.
    #[arg(required = true)]
    files: Vec<String>,
}

/// Checks each file; all are checked before it ends.
pub fn run(args: &Args) -> CommandResult {
    let mut last = None;
    for file in &args.files {
        match Source::open(Some(file)).and_then(|s| s.check()) {
            Ok(found) => super::print(&format!("{file}: {found}\n"))?,
            Err(Failure::Input(report)) => {
                if let Some(Failure::Input(earlier)) = last.replace(Failure::Input(report)) {
                    eprintln!("{earlier:?}");
                }
            }
            Err(other) => return Err(other),
        }
    }
    last.map_or(Ok(()), Err)
}
