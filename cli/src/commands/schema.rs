//! `resus schema`.

use crate::failure::CommandResult;

/// Print the reference of the scenario format, or of the JSON that commands print.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The reference of what commands print with --json.
    #[arg(long)]
    json: bool,
}

/// Prints a reference as Markdown; docs/reference/ has both.
pub fn run(args: &Args) -> CommandResult {
    super::print(&if args.json {
        resus_report::json::reference()
    } else {
        resus_engine::scenario::schema::reference()
    })
}
