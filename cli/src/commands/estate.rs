//! `resus estate`.

mod import;
mod template;

use resus_engine::estate::overview::Overview;
use resus_engine::random::Resolver;
use resus_engine::streams::Streams;
use resus_report::json::{self, Document as _};

use crate::failure::CommandResult;
use crate::source::Source;
use crate::table::{counted, cut, number, table};

/// Describe a scenario's estate, or make one from a spreadsheet of your own.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    /// Scenario file or bundled name; the default scenario without it.
    file: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What can be done beside describing.
#[derive(clap::Subcommand, Debug)]
enum Part {
    /// Make an estate's file from a spreadsheet or tables of your own.
    Import(import::Args),
    /// Write a filled example of the spreadsheet that import reads.
    Template(template::Args),
}

/// Prints counts, hosts, services, who depends on whom most, single points of failure.
pub fn run(args: &Args) -> CommandResult {
    match &args.part {
        Some(Part::Import(args)) => return import::run(args),
        Some(Part::Template(args)) => return template::run(args),
        None => {}
    }
    let source = Source::open(args.file.as_deref())?;
    let scenario = source.load()?;
    let e = &*scenario.estate;
    let usual = scenario.parameters.resolve(&mut Resolver::new(Streams::new(0, 0)));
    let o = Overview::of(e, &usual.care);
    if args.json {
        return super::print(&json::Estate::new(&source.name, e, &o).text());
    }
    let mut out = format!(
        "{}\n{} organisations, {} assets, {} hosts, {} services, {} connections\n{}\n",
        source.name,
        number(e.organisations.len() as f64),
        number(e.assets.len() as f64),
        number(e.hosts() as f64),
        number(e.services.len() as f64),
        number(e.connections.len() as f64),
        super::unstated(&scenario)
    );
    let mut rows =
        vec![["kind", "organisations", "hosts", "services", "contacts a day"].map(String::from).to_vec()];
    for k in &o.kinds {
        rows.push(vec![
            k.kind.label().into(),
            k.organisations.to_string(),
            number(k.hosts as f64),
            k.services.to_string(),
            number(k.contacts),
        ]);
    }
    out += &table(&rows);
    out += "\nsuppliers, by the share of harm-weighted care of three days lost without them\n";
    let mut rows = vec![["supplier", "felt by", "share of care"].map(String::from).to_vec()];
    for s in &o.suppliers {
        rows.push(vec![
            e.org(s.org).name.clone(),
            counted(s.customers, "organisation", "organisations"),
            format!("{:.1} %", s.share * 100.0),
        ]);
    }
    out += &table(&rows);
    out += "\nsingle points of failure: systems whose loss alone costs most care\n";
    let mut rows = vec![["system", "services", "organisations", "share of care"].map(String::from).to_vec()];
    for p in &o.points {
        let a = e.asset(p.asset);
        rows.push(vec![
            cut(&format!("{}, {}", e.org(a.owner).name, a.kind.label()), 40),
            p.services.to_string(),
            p.organisations.to_string(),
            format!("{:.1} %", p.share * 100.0),
        ]);
    }
    out += &table(&rows);
    out += "\nShares by a sum over what depends on what: paper works from the start and never\ntires, neighbours have room, nobody turns up elsewhere. `resus criticality`\nsimulates all of that, adds the records that somebody holds, and may order\nthose that are close in another way.\n";
    super::print(&out)
}
