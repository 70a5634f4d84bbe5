//! `resus completions`.

use crate::failure::CommandResult;

/// Print completions for a shell.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Shell.
    shell: clap_complete::Shell,
}

/// Prints the completions of the command `C`.
pub fn run<C: clap::CommandFactory>(args: &Args) -> CommandResult {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut C::command(), "resus", &mut text);
    super::print(&String::from_utf8_lossy(&text))
}
