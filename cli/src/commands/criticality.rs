//! `resus criticality`.

use resus_engine::scenario::Scenario;
use resus_engine::study::criticality::{CLASSES, Criticality, CriticalityOptions, criticality};
use resus_report::json::{self, Document as _};
use resus_report::{pages, verdict};

use super::{Common, Files};
use crate::failure::{CommandResult, Failure};
use crate::progress;
use crate::table::{cut, number, percent, table, wrap};

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
    let info = args.common.run_info(
        &source,
        "criticality",
        &more,
        format!("{} runs of each leader and length", args.replicates),
    );
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
        let mut rows =
            vec![["lost", "4 h", "24 h", "72 h", "week", "felt by", "backlog"].map(String::from).to_vec()];
        for l in c.leaders.iter().filter(|l| l.target.class() == class) {
            let mut row = vec![cut(&l.target.name(e), 36)];
            row.extend(l.hurt.iter().map(|h| number(h.harm.estimate)));
            row.push(format!("{:.0}", l.hurt[2].organisations));
            row.push(format!("{:.0} d", l.hurt[2].backlog));
            rows.push(row);
        }
        if rows.len() > 1 {
            out += &format!("\n{name}: harm-weighted contacts by how long they are lost\n{}", table(&rows));
        }
    }
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
    out + "\nNobody attacks here. Felt by: organisations, and backlog: days until nobody\nwaits, after a loss of 72 hours. HHI: sum of squared shares; 1 is a monopoly.\n"
}
