//! `resus compare`.

use std::path::Path;

use resus_engine::catalogue::outcome::Outcome as O;
use resus_engine::scenario::Scenario;
use resus_engine::study::comparison::{Comparison, Precision, compare, to_precision};
use resus_engine::study::replicates::{ReplicationPlan, Study};
use resus_engine::study::tornado;
use resus_engine::units::{Quantity as _, Share};
use resus_report::format::raw;
use resus_report::json::{Compare, Document as _};
use resus_report::{RunInfo, pages, verdict};

use super::{Common, Files};
use crate::failure::{CommandResult, Failure};
use crate::progress;
use crate::source::strategy;
use crate::table::{cut, number, signed, table, wrap};

/// Compare response strategies on the same replicates.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Strategies to compare, by id; the baseline is always among them.
    #[arg(long, value_delimiter = ',')]
    strategies: Vec<String>,
    /// Replicates of each strategy; 500 without it.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000), conflicts_with = "precision")]
    replicates: Option<u64>,
    /// Go on until the 95 % intervals of the baseline's mean harm and of each difference from it are within this share of that
    /// mean, at most --most replicates.
    #[arg(long, value_name = "SHARE", value_parser = precision)]
    precision: Option<f64>,
    /// Most replicates with --precision.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    most: u64,
    #[command(flatten)]
    files: Files,
}

/// A share as a person writes it: 5% or 0.05.
pub fn share(text: &str) -> Result<f64, String> {
    let share =
        Share::from_text(text).or_else(|e| text.parse::<f64>().map_err(|_| e).and_then(Share::from_number));
    share.map(Share::get).map_err(|e| e.to_string())
}

/// A share that can be reached.
fn precision(text: &str) -> Result<f64, String> {
    let share = share(text)?;
    if share > 0.0 { Ok(share) } else { Err("no number of runs is that precise; write 5% or 0.05".into()) }
}

/// The outcomes that the tables show; JSON and CSV have all.
const SHOWN: [O; 6] =
    [O::Harm, O::ContactsNotServed, O::ContactsLost, O::HostsEncrypted, O::CostTotal, O::RecordsExposed];
const TIMES: [O; 4] = [O::Recovery80, O::Recovery95, O::Recovery100, O::BacklogDays];

/// Replicates without any other wish.
const USUAL: u64 = 500;
/// Replicates at each end of a parameter's range in the report.
const AT_EACH_END: u64 = 60;

/// Runs and prints.
pub fn run(args: &Args) -> CommandResult {
    args.files.check()?;
    let (source, scenario) = args.common.load()?;
    let mut chosen: Vec<usize> = if args.strategies.is_empty() {
        (0..scenario.strategies.len()).collect()
    } else {
        vec![scenario.baseline]
    };
    for id in &args.strategies {
        let s = strategy(&scenario, id)?;
        if !chosen.contains(&s) {
            chosen.push(s);
        }
    }
    let seed = args.common.running.seed;
    let plan = ReplicationPlan {
        detail: args.files.any(),
        ..args.common.running.plan(args.replicates.unwrap_or(USUAL))
    };
    let quiet = args.common.running.silent();
    let (study, reached) = match args.precision {
        None => (progress::run_study(&scenario, &chosen, plan, quiet)?, None),
        Some(precision) => {
            let ask = Precision { share: precision, most: args.most };
            let (study, reached) = progress::with_progress(None, quiet, |progress| {
                to_precision(&scenario, &chosen, plan, ask, progress)
            })?;
            (study, Some(reached))
        }
    };
    if study.finished() == 0 {
        return Err(Failure::Stopped);
    }
    let comparison = compare(&scenario, &chosen, scenario.baseline, &study, seed);
    let mut verdict = verdict::comparison::sentences(&scenario, &comparison);
    if let (Some(reached), Some(share)) = (reached, args.precision) {
        verdict.push(verdict::comparison::precision(reached, share, study.finished()));
    }
    let more = if args.strategies.is_empty() {
        String::new()
    } else {
        format!(" --strategies {}", args.strategies.join(","))
    };
    let n = study.finished();
    let info = args.common.run_info(
        &source,
        "compare",
        &format!("{more} --replicates {n}"),
        format!("{n} replicates of each strategy"),
    );
    let info = RunInfo { partial: study.partial(), ..info };
    if args.files.any() {
        let harm = |k: &usize| comparison.strategies[*k].get(O::Harm).mean;
        let best = (0..chosen.len())
            .filter(|k| *k != comparison.baseline)
            .min_by(|a, b| harm(a).total_cmp(&harm(b)));
        let swings = match best.filter(|_| !study.partial() && !scenario.campaigns.is_empty()) {
            None => tornado::Tornado::default(),
            Some(best) => {
                let ends =
                    ReplicationPlan { replicates: AT_EACH_END.min(study.finished()), detail: false, ..plan };
                let total = tornado::ranged(&scenario).len() as u64 * 4 * ends.replicates + ends.replicates;
                progress::with_progress(Some(total), quiet, |progress| {
                    tornado::tornado(&scenario, chosen[best], O::Harm, ends, progress)
                })?
            }
        };
        let name = |k: usize| &scenario.strategies[chosen[k]].name;
        let turned = best
            .and_then(|best| verdict::comparison::turned_by(&swings, name(best), name(comparison.baseline)));
        let verdict: Vec<String> = verdict.iter().cloned().chain(turned).collect();
        args.files.write(&pages::compare(&scenario, &study, &comparison, &swings, &verdict, &info))?;
    }
    if let Some(folder) = &args.files.csv {
        csv(folder, &scenario, &chosen, &study, &comparison)
            .map_err(|e| Failure::Other(miette::miette!("cannot write {}: {e}", folder.display())))?;
    }
    let text = if args.common.running.json {
        Compare::new(&scenario, &comparison, &study, &verdict, &info).text()
    } else {
        to_text(&scenario, &source.name, seed, &study, &comparison, &verdict)
    };
    super::print(&text)?;
    if study.partial() { Err(Failure::Stopped) } else { Ok(()) }
}

fn to_text(
    scenario: &Scenario,
    name: &str,
    seed: u64,
    study: &Study,
    c: &Comparison,
    verdict: &[String],
) -> String {
    let partial = if study.partial() {
        format!(" PARTIAL: {} of {} replicates.", study.finished(), study.asked)
    } else {
        String::new()
    };
    let mut out = format!(
        "{}\n{name} · {} replicates of each strategy, seed {seed}.{partial}\n\n",
        scenario.title, c.replicates
    );
    for sentence in verdict {
        out += &wrap(sentence, 0);
    }
    let label = |s: usize| cut(&scenario.strategies[s].name, 22);
    for o in SHOWN {
        out += &format!("\n{}, less is better\n", o.label());
        let mut rows = vec![
            ["strategy", "mean", "median", "5–95 %", "difference [95 %]", "wins"].map(String::from).to_vec(),
        ];
        for s in &c.strategies {
            let v = s.get(o);
            let (difference, better) = v.paired.map_or(("baseline".into(), String::new()), |p| {
                (
                    format!("{} [{}, {}]", signed(p.difference), signed(p.interval.0), signed(p.interval.1)),
                    format!("{:.0}%", p.wins.share() * 100.0),
                )
            });
            let spread = format!("{}–{}", number(v.low), number(v.high));
            rows.push(vec![
                cut(&label(s.strategy), 16),
                number(v.mean),
                v.median.map_or("–".into(), number),
                spread,
                difference,
                better,
            ]);
        }
        out += &table(&rows);
    }
    out += "\ntime from impact: restricted mean (Kaplan–Meier median, ∞ past the end)\n";
    let mut rows = vec![["strategy", "80 %", "95 %", "100 %", "no backlog"].map(String::from).to_vec()];
    for s in &c.strategies {
        let mut row = vec![label(s.strategy)];
        for o in TIMES {
            let v = s.get(o);
            let days = |t: f64| if o == O::BacklogDays { t } else { t / 24.0 };
            row.push(format!(
                "{:.1} d ({})",
                days(v.mean),
                v.median.map_or("∞".into(), |m| format!("{:.1}", days(m)))
            ));
        }
        rows.push(row);
    }
    out += &table(&rows);
    out += "\nHarm is an index for comparing strategies, no count of injured people.\n\"Wins\": share of replicates better than the baseline, ties counted half.\n";
    if let Some(saved) = c.saved {
        out += &wrap(&verdict::comparison::saved(saved), 0);
    }
    out
}

/// Writes both files under other names first, so that no half-written one is left.
fn csv(
    folder: &Path,
    scenario: &Scenario,
    chosen: &[usize],
    study: &Study,
    c: &Comparison,
) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let write = |name: &str,
                 fill: &dyn Fn(&mut csv::Writer<std::fs::File>) -> csv::Result<()>|
     -> Result<(), Box<dyn std::error::Error>> {
        let part = folder.join(format!("{name}.part"));
        let mut writer = csv::Writer::from_path(&part)?;
        fill(&mut writer)?;
        writer.flush()?;
        Ok(std::fs::rename(part, folder.join(name))?)
    };
    write("replicates.csv", &|w| {
        let head = ["strategy", "replicate"].into_iter().map(String::from);
        let columns = O::ALL.iter().flat_map(|o| {
            if o.is_time() {
                vec![o.id().into(), format!("{}_censored", o.id())]
            } else {
                vec![o.id().into()]
            }
        });
        w.write_record(head.chain(columns))?;
        for (k, s) in chosen.iter().enumerate() {
            for (n, r) in study.records[k].iter().enumerate() {
                let mut row = vec![scenario.strategies[*s].id.clone(), n.to_string()];
                for o in O::ALL {
                    row.push(r.get(*o).map_or(String::new(), raw));
                    if o.is_time() {
                        row.push(u8::from(r.censored(*o)).to_string());
                    }
                }
                w.write_record(row)?;
            }
        }
        Ok(())
    })?;
    write("summary.csv", &|w| {
        w.write_record([
            "strategy",
            "outcome",
            "unit",
            "n",
            "mean",
            "median",
            "q05",
            "q95",
            "censored",
            "difference",
            "low",
            "high",
            "better",
            "adjusted_p",
        ])?;
        for s in &c.strategies {
            for v in &s.outcomes {
                let p = v.paired;
                let f = |x: Option<f64>| x.map_or(String::new(), raw);
                w.write_record([
                    scenario.strategies[s.strategy].id.clone(),
                    v.outcome.id().into(),
                    v.outcome.unit().into(),
                    v.n.to_string(),
                    raw(v.mean),
                    f(v.median),
                    raw(v.low),
                    raw(v.high),
                    raw(v.censored),
                    f(p.map(|p| p.difference)),
                    f(p.map(|p| p.interval.0)),
                    f(p.map(|p| p.interval.1)),
                    f(p.map(|p| p.wins.share())),
                    f(p.and_then(|p| p.p)),
                ])?;
            }
        }
        Ok(())
    })
}
