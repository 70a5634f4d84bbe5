//! `resus estate template`.

use std::path::{Path, PathBuf};

use resus_engine::estate::import::example;
use resus_engine::scenario::england;
use resus_report::estate_sheet;

use crate::commands::{print, write};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::table::wrap;

/// Write a filled example of the spreadsheet that `resus estate import` reads: invented names for so many people, every column, and
/// which kinds of organisation and systems there are.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = true)]
pub struct Args {
    /// Write it as a workbook, with sheets of explanations.
    #[arg(long, value_name = "FILE.xlsx")]
    xlsx: Option<PathBuf>,
    /// Write its first sheet as CSV.
    #[arg(long, value_name = "FILE.csv")]
    csv: Option<PathBuf>,
    /// People whom the example's care system serves.
    #[arg(long, default_value_t = 500_000, value_parser = clap::value_parser!(u32).range(50_000..=3_000_000), requires = "Args")]
    population: u32,
}

/// Writes what is asked for, and says what to do with it.
pub fn run(args: &Args) -> CommandResult {
    let example = example(&england(), args.population);
    for file in [&args.xlsx, &args.csv].into_iter().flatten() {
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() || file.is_dir() {
            return Err(bad_input(
                format!("'{}' cannot be written", file.display()),
                "give a file in a folder that exists",
            ));
        }
        if file.exists() {
            return Err(bad_input(
                format!("'{}' exists already", file.display()),
                "give a new name: nothing is overwritten",
            ));
        }
    }
    let mut names = vec![];
    if let Some(file) = &args.xlsx {
        let bytes = estate_sheet::template(&example)
            .map_err(|e| Failure::Other(miette::miette!("the workbook cannot be made: {e}")))?;
        write(file, &bytes)?;
        names.push(file.display().to_string());
    }
    if let Some(file) = &args.csv {
        write(file, resus_report::msel::csv(&example.organisations).as_bytes())?;
        names.push(file.display().to_string());
    }
    let rows = example.organisations.len() - 1;
    let mut out = format!("{}: {rows} rows, filled with invented names.\n", names.join(", "));
    let first = &names[0];
    out += &wrap(
        &format!(
            "Put your own organisations in their place, one a row. Leave empty what you do not know: it will be typical of its kind, and reports say so. Then: resus estate import {first} --out estate.ron"
        ),
        0,
    );
    if args.xlsx.is_none() {
        out += "\nkind of organisation: what its size is in (typical)\n";
        for kind in example.kinds.iter().skip(1) {
            out += &format!("  {}: {} ({})\n", kind[0], kind[1], kind[2]);
        }
    }
    print(&out)
}
