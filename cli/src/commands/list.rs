//! `resus list`.

use resus_engine::scenario::bundled;
use resus_engine::scenario::spec::ScenarioSpec;
use resus_engine::source::read;
use resus_report::json::{BundledScenario, Document as _, List};

use crate::failure::CommandResult;
use crate::source::Source;
use crate::table::wrap;

/// List the bundled scenarios.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Prints name, title and what each is about.
pub fn run(args: &Args) -> CommandResult {
    let mut out = String::new();
    let mut list = vec![];
    for (n, (name, path, _)) in bundled::SCENARIOS.iter().enumerate() {
        // Only what it says of itself: a whole country takes its time to build.
        let text = Source::open(Some(path))?.text;
        let (spec, _) = read::<ScenarioSpec>(&text);
        let Some(s) = spec else { continue };
        let default = if n == 0 { " (the default)" } else { "" };
        let default = format!("{default}{}", if s.exercise.is_some() { ", with an exercise" } else { "" });
        out += &format!("{name}{default}\n    {}\n{}    scenarios/{path}\n", s.title, wrap(&s.about, 4));
        list.push(BundledScenario {
            name,
            path,
            title: s.title,
            about: s.about,
            default: n == 0,
            exercise: s.exercise.is_some(),
        });
    }
    super::print(&if args.json { List(list).text() } else { out })
}
