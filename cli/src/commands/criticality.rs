//! `resus criticality`.

use resus_engine::scenario::Scenario;
use resus_engine::study::criticality::{CLASSES, Criticality, CriticalityOptions, LASTS, criticality};
use resus_report::{RunInfo, pages, verdict};
use serde_json::json;

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
    let made = args.common.made(
        &source,
        "criticality",
        &more,
        format!("{} runs of each leader and length", args.replicates),
    );
    args.files.write(&pages::criticality(&scenario, &c, &made))?;
    if args.common.running.json {
        return super::print(&to_json(&c, &made, &scenario));
    }
    super::print(&(Common::heading(&scenario, &made) + &to_text(&c, &scenario)))
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

fn to_json(c: &Criticality, made: &RunInfo, scenario: &Scenario) -> String {
    let e = &scenario.estate;
    let leaders: Vec<_> = c
        .leaders
        .iter()
        .map(|l| {
            let hurt: Vec<_> = LASTS
                .iter()
                .zip(&l.hurt)
                .map(|(hours, h)| json!({ "hours": hours, "harm": h.harm.estimate, "low": h.harm.low, "high": h.harm.high, "organisations": h.organisations, "backlog_days": h.backlog, "backlog_open": h.open }))
                .collect();
            let by: serde_json::Map<String, serde_json::Value> = l.by_service.iter().map(|(k, v)| (k.name().to_owned(), json!(v))).collect();
            json!({ "class": CLASSES[l.target.class()], "id": l.target.id(e), "name": l.target.name(e), "losses": hurt, "harm_by_service_72h": by })
        })
        .collect();
    let selections: Vec<_> = c
        .selections
        .iter()
        .map(|(of, s)| json!({ "class": CLASSES[of[0].class()], "best": of[s.best].id(e), "survivors": s.survivors.iter().map(|i| of[*i].id(e)).collect::<Vec<_>>(), "runs": s.taken }))
        .collect();
    let markets: Vec<_> = c
        .markets
        .iter()
        .map(|m| {
            let shares: Vec<_> = m
                .shares
                .iter()
                .map(|(h, s)| json!({ "supplier": h.map(|h| e.org(h).id.clone()), "share": s }))
                .collect();
            json!({ "platform": m.platform.name(), "concentration": m.concentration, "shares": shares })
        })
        .collect();
    let all = json!({ "format": "resus-criticality-1", "version": made.version, "scenario": made.source, "hash": format!("{:016x}", scenario.hash), "what_if": scenario.what_if,
        "seed": made.seed, "replicates": c.replicates, "candidates": c.candidates, "verdict": verdict::criticality::sentences(c, e), "leaders": leaders, "selections": selections, "markets": markets });
    format!("{all:#}\n")
}
