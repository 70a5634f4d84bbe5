//! `resus new`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use resus_engine::scenario::bundled::STARTER;

use crate::failure::{CommandResult, bad_input};

/// Write a commented starter scenario.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// File to make; it must not exist.
    file: PathBuf,
}

/// Writes it; nothing is ever overwritten.
pub fn run(args: &Args) -> CommandResult {
    let file = OpenOptions::new().write(true).create_new(true).open(&args.file);
    let name = args.file.display();
    file.and_then(|mut f| f.write_all(STARTER.as_bytes())).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => bad_input(format!("'{name}' exists already"), "give a new name"),
        _ => bad_input(
            format!("'{name}' cannot be written: {e}"),
            "give a file in a folder that you may write to",
        ),
    })?;
    super::print(&format!(
        "{name} is ready: change it, then try `resus check {name}` and `resus compare {name}`.\n"
    ))
}
