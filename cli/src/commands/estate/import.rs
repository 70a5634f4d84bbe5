//! `resus estate import`.

use std::path::{Path, PathBuf};

use resus_engine::estate::import::{Directory, Imported, LARGEST_TABLE, Rejected, Table, Tables, import};
use resus_engine::scenario::{check_part, england};
use resus_report::json::{Document as _, Import};

use crate::commands::{print, write};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::table::{table, wrap};

/// Make an estate's file from the published organisation directory (CSV, 27 columns, no header), and tables of your own.
///
/// The files are told by the names under which they are published: etr (trusts), epraccur (practices), edispensary (pharmacies),
/// ecarehomesite (care homes); any other name needs its kind before it: practices=mine.csv. A scenario then uses the estate as
/// `estate: File("estate.ron")`. The tables beside it have a header; docs/how-to/import-an-estate.md has their columns.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of the directory: etr.csv, or KIND=FILE with trusts, practices, pharmacies or care-homes.
    #[arg(required = true, value_name = "ORGS.csv")]
    files: Vec<String>,
    /// Where to write the estate.
    #[arg(long, value_name = "ESTATE.ron")]
    out: PathBuf,
    /// Kinds, sizes and regions of organisations, where the directory is silent or wrong.
    #[arg(long, value_name = "FILE.csv")]
    organisations: Option<PathBuf>,
    /// Latitude and longitude of postcodes.
    #[arg(long, value_name = "FILE.csv")]
    places: Option<PathBuf>,
    /// Systems and fleets of organisations.
    #[arg(long, value_name = "FILE.csv")]
    assets: Option<PathBuf>,
    /// Care services of organisations.
    #[arg(long, value_name = "FILE.csv")]
    services: Option<PathBuf>,
    /// What services depend on.
    #[arg(long, value_name = "FILE.csv")]
    dependencies: Option<PathBuf>,
    /// Who hosts what for whom.
    #[arg(long, value_name = "FILE.csv")]
    suppliers: Option<PathBuf>,
    /// Write nothing if any row is rejected.
    #[arg(long)]
    strict: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Imports, checks what came of it, and writes.
pub fn run(args: &Args) -> CommandResult {
    let folder = args.out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() || args.out.is_dir() {
        return Err(bad_input(
            format!("'{}' cannot be written", args.out.display()),
            "give a file in a folder that exists",
        ));
    }
    let mut directories = vec![];
    for file in &args.files {
        let (kind, path) = told(file)?;
        directories.push((kind, read(Path::new(path))?));
    }
    let optional = |file: &Option<PathBuf>| file.as_deref().map(read).transpose();
    let tables = Tables {
        directories,
        organisations: optional(&args.organisations)?,
        places: optional(&args.places)?,
        assets: optional(&args.assets)?,
        services: optional(&args.services)?,
        dependencies: optional(&args.dependencies)?,
        suppliers: optional(&args.suppliers)?,
    };
    let made = import(&tables, &england()).map_err(|r| bad_input(&r.what, r.help))?;
    if args.strict && !made.rejected.is_empty() {
        print(&rejected(&made.rejected))?;
        return Err(bad_input(
            "rows were rejected, and nothing was written",
            "mend them, or leave out --strict",
        ));
    }
    // What was made must load: what the tables say together may still be impossible.
    if let Some((_, diagnostics)) = check_part(&made.text)
        && let Some(first) = diagnostics.first()
    {
        let more =
            if diagnostics.len() > 1 { format!(" ({} more)", diagnostics.len() - 1) } else { String::new() };
        return Err(bad_input(
            format!("the tables together make no estate: {}{more}", first.what),
            first.help.clone().unwrap_or_else(|| "mend the table that says so".into()),
        ));
    }
    write(&args.out, made.text.as_bytes())?;
    print(&if args.json {
        Import::new(&args.out.display().to_string(), &made).text()
    } else {
        as_text(args, &made)
    })
}

/// Which file of the directory it is, and its path.
fn told(file: &str) -> Result<(Directory, &str), Failure> {
    if let Some((word, path)) = file.split_once('=')
        && let Some((kind, ..)) = Directory::ALL.into_iter().find(|d| d.1 == word)
    {
        return Ok((kind, path));
    }
    let stem = Path::new(file).file_stem().map_or(String::new(), |s| s.to_string_lossy().to_lowercase());
    let known = Directory::ALL.into_iter().find(|d| stem.starts_with(d.2));
    known.map(|d| (d.0, file)).ok_or_else(|| {
        let words: Vec<&str> = Directory::ALL.iter().map(|d| d.1).collect();
        bad_input(
            format!("'{file}' does not say what it lists"),
            format!("write KIND={file}, where KIND is {}", words.join(", ")),
        )
    })
}

fn read(path: &Path) -> Result<Table, Failure> {
    let name = path.display().to_string();
    let wrong = |e: String| bad_input(format!("'{name}' cannot be read: {e}"), "give a CSV file");
    let size = std::fs::metadata(path).map_err(|e| wrong(e.to_string()))?.len();
    if size > LARGEST_TABLE as u64 {
        return Err(wrong(format!("it is larger than {} MiB", LARGEST_TABLE >> 20)));
    }
    let bytes = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    Ok(Table { name, bytes })
}

fn rejected(list: &[Rejected]) -> String {
    let mut out =
        format!("{} row{} rejected:\n", list.len(), if list.len() == 1 { " was" } else { "s were" });
    for r in list {
        out += &format!("{}, line {}: {}\n", r.table, r.line, r.reason);
    }
    out
}

fn as_text(args: &Args, made: &Imported) -> String {
    let mut rows = vec![["kind", "organisations"].map(String::from).to_vec()];
    rows.extend(made.kinds.iter().map(|(k, n)| vec![k.label().into(), n.to_string()]));
    let mut out = format!("{}\n\n{}\n", args.out.display(), table(&rows));
    for note in &made.notes {
        out += &wrap(note, 0);
    }
    if !made.rejected.is_empty() {
        out += &format!("\n{}", rejected(&made.rejected));
    }
    out + &format!(
        "\nUse it in a scenario beside it: estate: File({:?})\n",
        args.out.file_name().unwrap_or_default().to_string_lossy()
    )
}
