//! `resus compare`.

use std::path::{Path, PathBuf};

use resus_engine::catalogue::outcome::Outcome as O;
use resus_engine::estate::OrgId;
use resus_engine::scenario::Scenario;
use resus_engine::source::did_you_mean;
use resus_engine::study::comparison::{Comparison, Precision, compare, to_precision};
use resus_engine::study::felt::By;
use resus_engine::study::replicates::{ReplicationPlan, Study};
use resus_engine::study::tornado;
use resus_engine::units::{Quantity as _, Share};
use resus_report::format::raw;
use resus_report::json::{Compare, Document as _};
use resus_report::pages::{Beside, Wish};
use resus_report::{RunInfo, boundaries, pages, verdict};

use super::{BoardArgs, Common, Files};
use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::source::strategy;
use crate::table::{cut, number, percent, signed, table, wrap};

/// Compare response strategies on the same replicates.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Strategies to compare, by id; the baseline is always among them.
    #[arg(long, value_delimiter = ',')]
    strategies: Vec<String>,
    /// Replicates of each strategy; without it 500, or 100 of an estate with more than 5,000 organisations.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000), conflicts_with = "precision")]
    replicates: Option<u64>,
    /// Go on until the 95 % intervals of the baseline's mean harm and of each difference from it are within this share of that
    /// mean, at most --most replicates.
    #[arg(long, value_name = "SHARE", value_parser = precision)]
    precision: Option<f64>,
    /// Most replicates with --precision.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    most: u64,
    /// Also print who feels it: by kind of care, by organisation, by region.
    #[arg(long, value_name = "WHOM", value_delimiter = ',')]
    by: Vec<Whom>,
    /// Set this organisation, by id, among those of its kind.
    #[arg(long, value_name = "ID")]
    organisation: Option<String>,
    #[command(flatten)]
    files: Files,
    /// Leave out of the report what moves each parameter over its range: it takes longer than all the rest.
    #[arg(long)]
    no_tornado: bool,
    /// Real shapes of the estate's regions for the map of the report: polygons in degrees, each with the region's name as a property.
    #[arg(long, value_name = "FILE.geojson", requires = "report")]
    boundaries: Option<PathBuf>,
    #[command(flatten)]
    board: BoardArgs,
}

/// By what it is told who feels it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Whom {
    /// Kind of care.
    Care,
    /// Organisation.
    Organisation,
    /// Region of the estate; in a country the care system.
    Region,
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
const SHOWN: [O; 8] = [
    O::Harm,
    O::HarmRecords,
    O::ContactsNotServed,
    O::ContactsLost,
    O::OrganisationsAffected,
    O::HostsEncrypted,
    O::CostTotal,
    O::RecordsExposed,
];
const TIMES: [O; 4] = [O::Recovery50, O::Recovery95, O::OrganisationsBack95, O::BacklogDays];

/// Replicates without any other wish …
const USUAL: u64 = 500;
/// … and of a country, of which each takes long.
const USUAL_OF_A_COUNTRY: u64 = 100;
/// Rows of a table of who feels it.
const FELT: usize = 15;

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
    let wish = wish(args, &scenario)?;
    let usual = if super::is_large(&scenario) { USUAL_OF_A_COUNTRY } else { USUAL };
    let counted = args.common.running.json || !args.by.is_empty() || wish.organisation.is_some();
    let plan = ReplicationPlan {
        detail: args.files.any() || counted,
        ..args.common.running.plan(args.replicates.unwrap_or(usual))
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
        &format!("{more} --replicates {n}{}{}", asked_of_whom(args), args.board.own().1),
        format!("{n} replicates of each strategy"),
    );
    let mut info = RunInfo { partial: study.partial(), own: args.board.own().0, ..info };
    if args.files.any() {
        let harm = |k: &usize| comparison.strategies[*k].get(O::Harm).mean;
        let best = (0..chosen.len())
            .filter(|k| *k != comparison.baseline)
            .min_by(|a, b| harm(a).total_cmp(&harm(b)));
        // Tables alone go without: it would take longer than all that they tell.
        let wanted =
            args.files.page() && !args.no_tornado && !study.partial() && !scenario.campaigns.is_empty();
        let swings = match best.filter(|_| wanted) {
            None => tornado::Tornado::default(),
            Some(best) => {
                let effort = tornado::Effort::usual(&scenario, study.finished());
                let rows = tornado::moved(&scenario, chosen[best], O::Harm).len();
                progress::with_progress(Some(effort.runs(rows)), quiet, |progress| {
                    tornado::tornado(&scenario, chosen[best], O::Harm, (plan, effort), progress)
                })?
            }
        };
        info.partial |= swings.unfinished;
        let name = |k: usize| &scenario.strategies[chosen[k]].name;
        let turned = best
            .and_then(|best| verdict::comparison::turned_by(&swings, name(best), name(comparison.baseline)));
        let verdict: Vec<String> = verdict.iter().cloned().chain(turned).collect();
        let beside = Beside { tornado: swings, wish: wish.clone() };
        args.files.write(&pages::compare(&scenario, &study, &comparison, &beside, &verdict, &info))?;
    }
    if let Some(folder) = &args.files.csv {
        csv(folder, &scenario, &chosen, &study, &comparison)
            .map_err(|e| Failure::Other(miette::miette!("cannot write {}: {e}", folder.display())))?;
    }
    let text = if args.common.running.json {
        Compare::new(&scenario, &comparison, &study, (&verdict, wish.organisation), &info).text()
    } else {
        to_text(&scenario, &source.name, seed, &study, &comparison, &verdict)
            + &who(&scenario, &study, &comparison, &args.by, wish.organisation)
    };
    super::print(&text)?;
    if info.partial { Err(Failure::Stopped) } else { Ok(()) }
}

/// What was asked for of who feels it, as it is written.
fn asked_of_whom(args: &Args) -> String {
    let mut out = String::new();
    if let Some(id) = &args.organisation {
        out += &format!(" --organisation {id}");
    }
    if let Some(file) = &args.boundaries {
        out += &format!(" --boundaries '{}'", file.display());
    }
    if args.no_tornado {
        out += " --no-tornado";
    }
    out
}

/// The organisation and the shapes that were asked for, found and read before anything is run.
fn wish(args: &Args, scenario: &Scenario) -> Result<Wish, Failure> {
    let e = &scenario.estate;
    let mut wish = Wish::default();
    if let Some(id) = &args.organisation {
        let found = e.find_org(id).ok_or_else(|| {
            let ids = e.organisations.iter().map(|o| o.id.as_str());
            let help = did_you_mean(id, ids).unwrap_or_else(|| "`resus estate --json` lists them".into());
            bad_input(format!("no organisation '{id}' in this scenario"), help)
        })?;
        if e.org(found).services.is_empty() {
            let help = "name one that does: a trust, a practice, a pharmacy, a care home";
            return Err(bad_input(format!("'{id}' gives no care that could be compared"), help));
        }
        wish.organisation = Some(found);
    }
    if let Some(file) = &args.boundaries {
        let name = file.display();
        let unread =
            |e: String| bad_input(format!("'{name}' cannot be read: {e}"), "give a GeoJSON file in UTF-8");
        let size = std::fs::metadata(file).map_err(|e| unread(e.to_string()))?.len();
        if size > boundaries::LARGEST as u64 {
            let help = "take boundaries that are generalised for maps of a country";
            return Err(bad_input(
                format!("'{name}' is larger than {} MiB", boundaries::LARGEST >> 20),
                help,
            ));
        }
        let text = std::fs::read_to_string(file).map_err(|e| unread(e.to_string()))?;
        let (shapes, without) = boundaries::read(&text, &e.regions)
            .map_err(|bad| bad_input(format!("'{name}': {}", bad.what), bad.help))?;
        if !without.is_empty() && !args.common.running.quiet {
            eprintln!("note: no shape in '{name}' for {}.", without.join(", "));
        }
        wish.shapes = shapes;
    }
    Ok(wish)
}

/// Who feels it, in tables: under the baseline, and what the strategy with the least harm changes.
fn who(
    scenario: &Scenario,
    study: &Study,
    c: &Comparison,
    by: &[Whom],
    organisation: Option<OrgId>,
) -> String {
    let Some(felt) = &study.felt else { return String::new() };
    let e = &scenario.estate;
    let harm = |k: &usize| c.strategies[*k].get(O::Harm).mean;
    let best = (0..c.strategies.len()).min_by(|a, b| harm(a).total_cmp(&harm(b))).unwrap_or(c.baseline);
    let name = |k: usize| scenario.strategies[c.strategies[k].strategy].name.as_str();
    let mut out = String::new();
    for whom in by {
        let (by, what) = match whom {
            Whom::Care => (By::Care, "kind of care"),
            Whom::Organisation => (By::Organisation, "organisation"),
            Whom::Region => (By::Place, "region"),
        };
        let mut lines = felt.lines(by);
        lines.retain(|l| l.means.iter().any(|m| m.harm > 0.0 || m.unmet > 0.0));
        let difference = if best == c.baseline {
            String::new()
        } else {
            format!("; difference: harm under “{}” minus that [95 %]", name(best))
        };
        out += &format!("\n{}", wrap(&format!("by {what}: under “{}”{difference}", name(c.baseline)), 0));
        let mut rows =
            vec![[what, "not served", "harm", "difference", "back, days"].map(String::from).to_vec()];
        for line in lines.iter().take(FELT) {
            let m = &line.means[c.baseline];
            let difference = line.means[best].difference.map_or("–".into(), |d| {
                format!("{} [{}, {}]", signed(d.estimate), signed(d.low), signed(d.high))
            });
            let back = format!("{}{:.1}", if m.late > 0.0 { "> " } else { "" }, m.days);
            rows.push(vec![
                cut(&line.subject.name(e), 20),
                number(m.unmet),
                number(m.harm),
                difference,
                back,
            ]);
        }
        out += &table(&rows);
        if lines.len() > FELT {
            out += &format!("… and {} more that feel anything: --json, --csv.\n", lines.len() - FELT);
        }
    }
    if !by.is_empty() {
        out += &wrap(
            "Not served: contacts not served on the day. Back: days until none of its services is below 95 % of its capacity any more; > when in some runs one still was at the end.",
            0,
        );
    }
    if let Some(peers) = organisation.and_then(|o| Some((o, felt.among_peers(e, o, pages::hours(scenario))?)))
    {
        let (org, among) = (e.org(peers.0), peers.1);
        let heading = format!(
            "{} among organisations of its kind ({}): share of the contacts due that are not served on the day",
            org.name,
            org.kind.label()
        );
        out += &format!("\n{}", wrap(&heading, 0));
        let mut rows = vec![
            ["strategy", "its own", "its kind: median", "10–90 %", "hit harder"].map(String::from).to_vec(),
        ];
        for (k, p) in among.iter().enumerate() {
            rows.push(vec![
                cut(name(k), 22),
                percent(p.share),
                percent(p.peers.1),
                format!("{}–{}", percent(p.peers.0).trim_end_matches(" %"), percent(p.peers.2)),
                format!("{} of {}", p.worse_off, p.of),
            ]);
        }
        out += &table(&rows);
    }
    out
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
        "{}\n{name} · {} replicates of each strategy, seed {seed}.{partial}\n{}\n",
        scenario.title,
        c.replicates,
        super::unstated(scenario)
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
    out += "\ndays from first impact until back for good, of patients and of organisations\naffected: restricted mean (Kaplan–Meier median, ∞ past the end)\n";
    let head = ["strategy", "50 % of care", "95 % of care", "95 % of orgs", "no backlog"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for s in &c.strategies {
        let mut row = vec![label(s.strategy)];
        for o in TIMES {
            let v = s.get(o);
            let days = |t: f64| if o == O::BacklogDays { t } else { t / 24.0 };
            row.push(format!(
                "{:.1} ({})",
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
