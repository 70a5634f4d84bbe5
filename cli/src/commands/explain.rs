//! `resus explain`.

use resus_engine::source::did_you_mean;
use resus_report::json::{Catalogue, Document as _};
use resus_report::terms::{Term, find, terms};

use super::list::{in_words, term};
use crate::failure::{CommandResult, bad_input};

/// Explain a word that tables and reports use: what it means, plain words first, and where it comes from.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The word or words, such as wins, or restricted mean.
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Prints what is found.
pub fn run(args: &Args) -> CommandResult {
    let wanted = args.words.join(" ");
    let found = find(&wanted);
    if found.is_empty() {
        let lower = wanted.to_lowercase();
        let known = terms().iter().flat_map(Term::names);
        let help =
            did_you_mean(&lower, known).unwrap_or_else(|| "`resus list terms` prints all words".into());
        return Err(bad_input(format!("the glossary has no '{wanted}'"), help));
    }
    let entries: Vec<_> = found.into_iter().map(term).collect();
    super::print(&if args.json {
        Catalogue { list: "terms".into(), entries }.text()
    } else {
        entries.iter().map(in_words).collect()
    })
}
