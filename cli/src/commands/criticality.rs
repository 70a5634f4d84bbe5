//! `resus criticality`.

use resus_engine::scenario::Scenario;
use resus_engine::scenario::bundled::WEIGHTINGS;
use resus_engine::study::criticality::{CLASSES, Criticality, CriticalityOptions, criticality};
use resus_report::json::{self, Document as _};
use resus_report::{RunInfo, pages, verdict};

use super::{BoardArgs, Common, Files};
use crate::failure::{CommandResult, Failure};
use crate::progress;
use crate::table::{counted, cut, number, percent, table, wrap};

/// What hurts patients most when it is lost, attacked or not: systems, organisations, services, suppliers.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Runs of each leader and length of loss, each at another minute of the week.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    replicates: u64,
    /// Most runs of one candidate in the selection of the worst.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    most: u64,
    /// Leaders of each class that are simulated in full.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=200))]
    leaders: u16,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    board: BoardArgs,
}

/// Runs and prints.
pub fn run(args: &Args) -> CommandResult {
    args.files.check()?;
    let (source, scenario) = args.common.load()?;
    let options = CriticalityOptions {
        seed: args.common.running.seed,
        replicates: args.replicates,
        most: args.most,
        leaders: usize::from(args.leaders),
        threads: args.common.running.threads,
    };
    let Some(c) = progress::with_progress(None, args.common.running.silent(), |progress| {
        criticality(&scenario, options, progress)
    })?
    else {
        return Err(Failure::Stopped);
    };
    let more = format!(" --replicates {} --most {} --leaders {}", args.replicates, args.most, args.leaders);
    let (own, board) = args.board.own();
    let info = args.common.run_info(
        &source,
        "criticality",
        &(more + &board),
        format!("{} of each leader and length", counted(args.replicates as usize, "run", "runs")),
    );
    let info = RunInfo { own, ..info };
    args.files.write(&pages::criticality(&scenario, &c, &info))?;
    if args.common.running.json {
        return super::print(&json::Criticality::new(&scenario, &c, &info).text());
    }
    super::print(&(Common::heading(&scenario, &info) + &to_text(&c, &scenario)))
}

fn to_text(c: &Criticality, scenario: &Scenario) -> String {
    let e = &scenario.estate;
    let mut out = String::new();
    for sentence in verdict::criticality::sentences(c, e) {
        out += &wrap(&sentence, 0);
    }
    for (class, name) in CLASSES.iter().enumerate() {
        let head = ["lost", "4 h", "24 h", "72 h", "week", "records", "felt by", "backlog"];
        let mut rows = vec![head.map(String::from).to_vec()];
        for l in c.leaders.iter().filter(|l| l.target.class() == class) {
            let mut row = vec![cut(&l.target.name(e), 25)];
            row.extend(l.hurt.iter().map(|h| number(h.harm.estimate)));
            row.push(number(l.holding.harm));
            row.push(format!("{:.0}", l.hurt[2].organisations));
            row.push(format!("{:.0} d", l.hurt[2].backlog));
            rows.push(row);
        }
        if rows.len() > 1 {
            out += &format!(
                "\n{name}: harm by how long they are lost, and of a theft of records\n{}",
                table(&rows)
            );
        }
    }
    out += &holders(c, scenario);
    out += &reweighted(c, scenario);
    out += "\nplatforms: how much of the care that needs one hangs on whom\n";
    let mut rows = vec![["platform", "HHI", "largest", "share"].map(String::from).to_vec()];
    for m in &c.markets {
        let (host, share) = m.shares[0];
        rows.push(vec![
            m.platform.label().into(),
            format!("{:.2}", m.concentration),
            cut(verdict::criticality::host_in_words(host, e), 34),
            percent(share),
        ]);
    }
    out += &table(&rows);
    out + "\nNobody attacks here. Ranked by 72 h and records together. Records: harm that is\nexpected where a crew takes as many as crews do. Felt by: organisations, and\nbacklog: days until nobody waits, after a loss of 72 hours. HHI: sum of squared\nshares; 1 is a monopoly. `resus estate` tells the shares of care by a sum, in\nwhich paper works from the start, neighbours have room and nobody turns up\nelsewhere; here all of that is simulated.\n"
}

/// Who holds what of people.
fn holders(c: &Criticality, scenario: &Scenario) -> String {
    let head = ["holds records", "people", "clinical", "mental h.", "safeg.", "entry", "harm"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for (target, h) in &c.holders {
        let mut row = vec![cut(&target.name(&scenario.estate), 25), number(h.people)];
        // The first kind, who they are and where they live, is held of all.
        row.extend(h.by_kind.iter().skip(1).map(|n| number(*n)));
        row.push(number(h.harm));
        rows.push(row);
    }
    if rows.len() == 1 {
        return String::new();
    }
    format!(
        "\nwhat is held of people: of how many each kind of record, and the harm of theft\n{}entry: how to enter somebody's home.\n",
        table(&rows)
    )
}

/// How the ranking changes under other weightings.
fn reweighted(c: &Criticality, scenario: &Scenario) -> String {
    let mut out = String::new();
    for (class, name) in CLASSES.iter().enumerate() {
        let mut head = vec![(*name).to_owned(), "as set".into()];
        head.extend(WEIGHTINGS.iter().map(|w| w.0.to_owned()));
        let mut rows = vec![head];
        for r in c.reweighted.iter().filter(|r| r.target.class() == class) {
            let mut row = vec![cut(&r.target.name(&scenario.estate), 38)];
            row.extend(r.rank.iter().map(ToString::to_string));
            rows.push(row);
        }
        if rows.len() > 1 {
            out += &format!("\n{}", table(&rows));
        }
    }
    if out.is_empty() {
        return out;
    }
    let about: Vec<String> = WEIGHTINGS.iter().map(|w| format!("{}: {}", w.0, w.1)).collect();
    let about = wrap(&format!("places under other weights of harm ({})", about.join("; ")), 0);
    format!("\n{about}{out}")
}
