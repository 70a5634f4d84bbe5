//! `resus estate import`.

use std::path::{Path, PathBuf};

use resus_engine::estate::import::{
    Directory, Imported, LARGEST_TABLE, Refused, Rejected, Sheet, Sheets, Table, Tables, import,
};
use resus_engine::scenario::spec::ScenarioSpec;
use resus_engine::scenario::{bundled, check_part, england, load};
use resus_engine::source::{read as read_ron, suggest};
use resus_engine::units::Date;
use resus_report::estate_sheet;
use resus_report::json::{Document as _, Import};

use crate::commands::{print, write};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::table::{table, wrap};

/// Make an estate's file from a spreadsheet of your own, or from the published organisation directory.
///
/// A spreadsheet (xlsx or CSV) has a row for each organisation: name, kind, and what is known of size, region, place and suppliers;
/// `resus estate template` writes an example. Files of the directory are told by the names under which they are published: etr
/// (trusts), epraccur (practices), edispensary (pharmacies), ecarehomesite (care homes); any other name needs its kind before it:
/// practices=mine.csv. A scenario then uses the estate as `estate: File("estate.ron")`; --scenario writes one. The tables beside it have
/// a header; docs/how-to/import-an-estate.md has their columns.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A spreadsheet (.xlsx or .csv), or files of the directory: etr.csv, or KIND=FILE with trusts, practices, pharmacies or care-homes.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Where to write the estate.
    #[arg(long, value_name = "ESTATE.ron")]
    out: PathBuf,
    /// Also write a scenario that plays on it, in the same folder; it must not exist.
    #[arg(long, value_name = "SCENARIO.ron")]
    scenario: Option<PathBuf>,
    /// The bundled scenario that it is made from.
    #[arg(long, value_name = "NAME", default_value = "friday-night", requires = "scenario")]
    like: String,
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
    /// Who hosts what for whom; beside a spreadsheet in CSV also its sheet of suppliers.
    #[arg(long, value_name = "FILE.csv")]
    suppliers: Option<PathBuf>,
    /// The directory's list of successors (succ.csv): what your tables say of those that are no more counts for who came after.
    #[arg(long, value_name = "FILE.csv")]
    succession: Option<PathBuf>,
    /// The day for which the directory is asked, such as 2026-04-01; without it as it is now.
    #[arg(long, value_name = "DATE", value_parser = date)]
    date: Option<Date>,
    /// Write nothing if any row is rejected.
    #[arg(long)]
    strict: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).map_err(|e| e.to_string())
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
    let scenario = args.scenario.as_deref().map(|file| ready_scenario(file, args)).transpose()?;
    let tables = tables(args)?;
    let made = import(&tables, &england()).map_err(mistakes)?;
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
    if let Some((file, text)) = &scenario {
        // The scenario may ask for what this estate has not.
        if let Err(wrong) = load(text, Some(folder)) {
            let first = wrong.list.first().map_or(String::new(), |d| d.what.clone());
            return Err(bad_input(
                format!(
                    "{} is written, but '{}' cannot be played on it: {first}",
                    args.out.display(),
                    args.like
                ),
                "choose another one with --like; `resus list` shows them",
            ));
        }
        write(file, text.as_bytes())?;
    }
    print(&if args.json {
        Import::new(&args.out.display().to_string(), &made).text()
    } else {
        as_text(args, &made)
    })
}

/// All that is wrong with a spreadsheet, one line each, before the failure.
fn mistakes(refused: Refused) -> Failure {
    for mistake in &refused.mistakes {
        eprintln!("{mistake}");
    }
    let what = if refused.mistakes.is_empty() {
        refused.what
    } else {
        format!("{}; nothing was written", refused.what)
    };
    bad_input(what, refused.help)
}

fn tables(args: &Args) -> Result<Tables, Failure> {
    let (mut directories, mut plain) = (vec![], None);
    for file in &args.files {
        match told(file) {
            Some((kind, path)) => directories.push((kind, read(Path::new(path))?)),
            None if plain.is_some() => {
                return Err(bad_input(
                    format!("'{file}' is a second spreadsheet"),
                    "put all organisations into one; files of the directory have their kind before them: practices=FILE",
                ));
            }
            None => plain = Some(spreadsheet(file)?),
        }
    }
    let optional = |file: &Option<PathBuf>| file.as_deref().map(read).transpose();
    let mut suppliers = optional(&args.suppliers)?;
    if let (Some(sheets), Some(table)) = (&mut plain, &suppliers) {
        let sheet = Sheet::csv(table).map_err(mistakes)?;
        let by_organisation = sheet
            .rows
            .first()
            .is_some_and(|(_, heads)| heads.iter().any(|h| h.trim().eq_ignore_ascii_case("organisation")));
        if !by_organisation {
            (sheets.suppliers, suppliers) = (Some(sheet), None);
        }
    }
    Ok(Tables {
        plain,
        directories,
        on: args.date,
        succession: optional(&args.succession)?,
        organisations: optional(&args.organisations)?,
        places: optional(&args.places)?,
        assets: optional(&args.assets)?,
        services: optional(&args.services)?,
        dependencies: optional(&args.dependencies)?,
        suppliers,
    })
}

/// Which file of the directory it is, and its path; nothing of what is a spreadsheet.
fn told(file: &str) -> Option<(Directory, &str)> {
    if let Some((word, path)) = file.split_once('=')
        && let Some((kind, ..)) = Directory::ALL.into_iter().find(|d| d.1 == word)
    {
        return Some((kind, path));
    }
    let path = Path::new(file);
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        return None;
    }
    let stem = path.file_stem().map_or(String::new(), |s| s.to_string_lossy().to_lowercase());
    Directory::ALL.into_iter().find(|d| stem.starts_with(d.2)).map(|d| (d.0, file))
}

/// A spreadsheet: a workbook, or CSV.
fn spreadsheet(file: &str) -> Result<Sheets, Failure> {
    let table = read(Path::new(file))?;
    if !table.bytes.starts_with(b"PK") && !table.bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let words: Vec<&str> = Directory::ALL.iter().map(|d| d.1).collect();
        let organisations = Sheet::csv(&table).map_err(mistakes)?;
        if organisations.rows.first().is_some_and(|r| r.1.len() == 27) {
            return Err(bad_input(
                format!(
                    "'{file}' looks like a file of the organisation directory, and does not say what it lists"
                ),
                format!("write KIND={file}, where KIND is {}", words.join(", ")),
            ));
        }
        return Ok(Sheets { organisations, suppliers: None });
    }
    let mut sheets = estate_sheet::workbook(&table.bytes, file)
        .map_err(|e| bad_input(format!("'{file}' cannot be read: {e}"), "give an .xlsx or a CSV file"))?;
    let named = |sheets: &[(String, Sheet)], names: &[&str]| {
        sheets.iter().position(|s| names.contains(&s.0.trim().to_lowercase().as_str()))
    };
    let suppliers = named(&sheets, &["suppliers", "supplier"]).map(|n| sheets.remove(n).1);
    let first = named(&sheets, &["organisations", "organizations", "estate"]).unwrap_or(0);
    if sheets.is_empty() {
        return Err(bad_input(format!("'{file}' has no sheet of organisations"), "add one"));
    }
    Ok(Sheets { organisations: sheets.swap_remove(first).1, suppliers })
}

/// A bundled scenario on the estate that is made, without its exercise: where to, and its text.
fn ready_scenario(file: &Path, args: &Args) -> Result<(PathBuf, String), Failure> {
    let name = file.display();
    let folder = |path: &Path| path.parent().map(Path::to_owned).unwrap_or_default();
    if folder(file) != folder(&args.out) {
        return Err(bad_input(
            format!("'{name}' is in another folder than the estate"),
            "a scenario and its estate lie beside each other",
        ));
    }
    if file.exists() {
        return Err(bad_input(format!("'{name}' exists already"), "give a new name: nothing is overwritten"));
    }
    let Some((path, text)) = bundled::scenario(&args.like) else {
        let help = suggest(&args.like, "there are: ", bundled::SCENARIOS.iter().map(|s| s.0));
        return Err(bad_input(format!("no bundled scenario '{}'", args.like), help));
    };
    let (spec, _) = read_ron::<ScenarioSpec>(text);
    let spec = spec.expect("a bundled scenario can be read");
    let estate = format!("File({:?})", args.out.file_name().unwrap_or_default().to_string_lossy());
    let mut changes = vec![(spec.estate.at.clone(), estate)];
    if let Some(exercise) = &spec.exercise {
        // From the remark before it to the comma behind it.
        let mut from = text[..exercise.at.start].rfind("exercise:").unwrap_or(exercise.at.start);
        from = text[..from].rfind('\n').map_or(from, |n| n + 1);
        while let Some(line) = text[..from].trim_end_matches('\n').rsplit('\n').next()
            && line.trim_start().starts_with("//")
        {
            from = text[..from].trim_end_matches('\n').len() - line.len();
        }
        let rest = &text[exercise.at.end..];
        let to = exercise.at.end + rest.find(',').map_or(0, |n| n + 1);
        changes.push((from..to, String::new()));
    }
    changes.sort_by_key(|c| std::cmp::Reverse(c.0.start));
    let mut text = text.to_owned();
    for (at, with) in changes {
        text.replace_range(at, &with);
    }
    // What stands over it speaks of its own estate.
    let body = text.find("\n(").map_or(text.as_str(), |at| &text[at + 1..]);
    let head = format!(
        "// Made by `resus estate import` from scenarios/{path}, to be played on an estate of your own.\n"
    );
    Ok((file.to_owned(), head + body))
}

fn read(path: &Path) -> Result<Table, Failure> {
    let name = path.display().to_string();
    let wrong = |e: String| bad_input(format!("'{name}' cannot be read: {e}"), "give an .xlsx or a CSV file");
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
    out + &match &args.scenario {
        Some(file) => format!("\nPlay on it: resus compare {}\n", file.display()),
        None => format!(
            "\nUse it in a scenario beside it: estate: File({:?})\n",
            args.out.file_name().unwrap_or_default().to_string_lossy()
        ),
    }
}
