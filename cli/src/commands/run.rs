//! `resus run`.

use resus_engine::catalogue::outcome::Outcome as O;
use resus_engine::estate::{AssetId, ServiceId};
use resus_engine::scenario::Scenario;
use resus_engine::sim::Simulation;
use resus_engine::sim::core::record::Record;
use resus_engine::sim::core::trace::{Event, EventKind, NO_CAUSE};
use resus_engine::source::did_you_mean;
use resus_engine::study::comparison::compare;
use resus_report::json::{Document as _, Run, Story};
use resus_report::{RunInfo, event_words};

use super::Common;
use crate::failure::{CommandResult, Failure, bad_input};
use crate::progress;
use crate::source::strategy;
use crate::table::{cut, number, table, wrap};

/// Run one strategy: one replicate tells its story, many tell the spread.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Strategy, by id; the baseline without it.
    #[arg(long)]
    strategy: Option<String>,
    /// Replicates, 200 without it; with 1 the story of the first is told.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    replicates: Option<u64>,
    /// Which replicate is told: its story, or with --why the chain of causes. The first without it.
    #[arg(long)]
    replicate: Option<u64>,
    /// Trace the loss of a service or asset (`organisation/kind`, or an organisation) back to the entry, link by link.
    #[arg(long, value_name = "ID")]
    why: Option<String>,
    /// Tell everything, also each small organisation's steps.
    #[arg(long)]
    all: bool,
}

/// Replicates without any other wish.
const USUAL: u64 = 200;

/// Runs and prints.
pub fn run(args: &Args) -> CommandResult {
    let (source, scenario) = args.common.load()?;
    let s = args.strategy.as_deref().map_or(Ok(scenario.baseline), |id| strategy(&scenario, id))?;
    if let (Some(_), Some(2..)) = (args.replicate, args.replicates) {
        return Err(bad_input(
            "--replicate tells the story of one replicate, --replicates the spread of many",
            "leave out one of the two",
        ));
    }
    let told = args.replicate.unwrap_or(0);
    if args.replicates == Some(1) || args.replicate.is_some() || args.why.is_some() {
        let (record, events) = Simulation::new(&scenario).run_traced(args.common.running.seed, told, s);
        if let Some(id) = &args.why {
            return super::print(&why(&scenario, &events, id)?);
        }
        let out = if args.common.running.json {
            let more = format!(" --strategy {} --replicate {told}", scenario.strategies[s].id);
            let info = args.common.run_info(&source, "run", &more, format!("replicate {told}"));
            Story::new(&scenario, s, told, &record, &events, &info).text()
        } else {
            story(&scenario, s, (args.common.running.seed, told), &record, &events, args.all)
        };
        return super::print(&out);
    }
    let plan = args.common.running.plan(args.replicates.unwrap_or(USUAL));
    let study = progress::run_study(&scenario, &[s], plan, args.common.running.silent())?;
    if study.finished() == 0 {
        return Err(Failure::Stopped);
    }
    let c = compare(&scenario, &[s], s, &study, args.common.running.seed);
    let of = &c.strategies[0];
    let partial = if study.partial() {
        format!(" PARTIAL: {} of {} replicates.", study.finished(), study.asked)
    } else {
        String::new()
    };
    let out = if args.common.running.json {
        let n = study.finished();
        let more = format!(" --strategy {} --replicates {n}", scenario.strategies[s].id);
        let info = args.common.run_info(&source, "run", &more, format!("{n} replicates"));
        Run::new(&scenario, &c, &RunInfo { partial: study.partial(), ..info }).text()
    } else {
        let mut rows =
            vec![["outcome", "n", "mean", "median", "5–95 %", "censored"].map(String::from).to_vec()];
        for v in &of.outcomes {
            let censored =
                if v.censored > 0.0 { format!("{:.0} %", v.censored * 100.0) } else { String::new() };
            rows.push(vec![
                v.outcome.label().into(),
                v.n.to_string(),
                number(v.mean),
                v.median.map_or("past end".into(), number),
                format!("{}–{}", number(v.low), number(v.high)),
                censored,
            ]);
        }
        format!(
            "{}\nstrategy: {} · {} replicates, seed {}.{partial}\n{}\n{}",
            scenario.title,
            scenario.strategies[s].name,
            study.finished(),
            args.common.running.seed,
            super::unstated(&scenario),
            table(&rows)
        )
    };
    super::print(&out)?;
    if study.partial() { Err(Failure::Stopped) } else { Ok(()) }
}

fn clock(minutes: u32) -> String {
    format!("day {} {:>3}h", minutes / 1440 + 1, minutes / 60)
}

/// Events worth telling one by one; the rest is counted hour by hour.
fn tells(scenario: &Scenario, e: &Event) -> bool {
    let big = |o: resus_engine::estate::OrgId| scenario.estate.org(o).staff >= 200.0;
    let asset = |a: resus_engine::estate::AssetId| big(scenario.estate.asset(a).owner);
    match e.kind {
        EventKind::AlertRead { .. } => false,
        EventKind::Ordered { org, .. }
        | EventKind::Refused { org, .. }
        | EventKind::Done { org, .. }
        | EventKind::Recovered { org }
        | EventKind::Declared { org }
        | EventKind::Suspected { org, .. }
        | EventKind::Evicted { org } => big(org),
        EventKind::AssetLost { asset: a, .. }
        | EventKind::AssetCut { asset: a, .. }
        | EventKind::AssetBack { asset: a }
        | EventKind::Reinfected { asset: a } => asset(a),
        EventKind::ServiceDisturbed { service, .. } | EventKind::ServiceRestored { service } => {
            big(scenario.estate.service(service).owner)
        }
        EventKind::Began { .. }
        | EventKind::Entered { .. }
        | EventKind::Stopped { .. }
        | EventKind::Reached { .. }
        | EventKind::CarriedOn { .. }
        | EventKind::Detonated { .. }
        | EventKind::RecordsTaken { .. }
        | EventKind::NationKnows { .. }
        | EventKind::NationalIncident
        | EventKind::HuntFailed { .. }
        | EventKind::InstanceBack { .. }
        | EventKind::KillSwitchFound
        | EventKind::KillSwitchRegistered => true,
    }
}

fn story(
    scenario: &Scenario,
    s: usize,
    (seed, replicate): (u64, u64),
    record: &Record,
    events: &[Event],
    all: bool,
) -> String {
    let mut out = format!(
        "{}\nstrategy: {} · replicate {replicate}, seed {seed}\n{}\n",
        scenario.title,
        scenario.strategies[s].name,
        super::unstated(scenario)
    );
    let mut sorted: Vec<&Event> = events.iter().collect();
    sorted.sort_by_key(|e| e.at);
    let mut at = 0;
    // Alerts alone do not make an hour worth telling: they are counted in the next that is.
    let mut alerts = 0;
    while at < sorted.len() {
        let hour = sorted[at].at / 60;
        let group: Vec<&Event> = sorted[at..].iter().take_while(|e| e.at / 60 == hour).copied().collect();
        at += group.len();
        let read = group.iter().filter(|e| matches!(e.kind, EventKind::AlertRead { .. })).count();
        alerts += read;
        if !all && read == group.len() {
            continue;
        }
        out += &format!("{}  {}\n", clock(hour * 60), scenario.calendar.starts.label(hour * 60));
        let mut rest: Vec<(&str, usize)> = vec![];
        if !all && alerts > 0 {
            rest.push(("alerts read", alerts));
            alerts = 0;
        }
        for e in group {
            if !all && matches!(e.kind, EventKind::AlertRead { .. }) {
                continue;
            }
            if all || tells(scenario, e) {
                out += &format!("  {}\n", cut(&event_words::sentence(scenario, e), 78));
            } else {
                match rest.iter_mut().find(|r| r.0 == event_words::kind(e)) {
                    Some(r) => r.1 += 1,
                    None => rest.push((event_words::kind(e), 1)),
                }
            }
        }
        if !rest.is_empty() {
            let list: Vec<String> = rest.iter().map(|(k, n)| format!("{n} {k}")).collect();
            out += &wrap(&format!("elsewhere: {}", list.join(", ")), 2);
        }
    }
    if events.is_empty() {
        out += "Nothing happened: no way in succeeded within the horizon.\n";
    }
    out += "\n";
    let mut rows = vec![["outcome", "value", "unit"].map(String::from).to_vec()];
    for o in O::ALL {
        let value = record
            .get(*o)
            .map_or("–".into(), |v| if record.censored(*o) { format!("> {}", number(v)) } else { number(v) });
        rows.push(vec![o.label().into(), value, o.unit().into()]);
    }
    out + &table(&rows)
}

/// The chain of causes of the first loss of what `id` names.
fn why(scenario: &Scenario, events: &[Event], id: &str) -> Result<String, Failure> {
    let e = &scenario.estate;
    let known: Vec<String> = (0..e.assets.len() as u32)
        .map(|a| e.asset_id(AssetId(a)))
        .chain((0..e.services.len() as u32).map(|s| e.service_id(ServiceId(s))))
        .chain(e.organisations.iter().map(|o| o.id.clone()))
        .collect();
    if !known.iter().any(|k| k == id) {
        let help = did_you_mean(id, known.iter().map(String::as_str))
            .unwrap_or_else(|| "write organisation/kind; `resus estate --json` lists them".to_owned());
        return Err(bad_input(format!("nothing is called '{id}'"), help));
    }
    let is = |what: &EventKind| match what {
        EventKind::AssetLost { asset, .. } | EventKind::AssetCut { asset, .. } => {
            e.asset_id(*asset) == id || e.org(e.asset(*asset).owner).id == id
        }
        EventKind::ServiceDisturbed { service, .. } => {
            e.service_id(*service) == id || e.org(e.service(*service).owner).id == id
        }
        EventKind::Entered { org, .. } | EventKind::CarriedOn { org, .. } => e.org(*org).id == id,
        EventKind::Began { .. }
        | EventKind::Stopped { .. }
        | EventKind::Reached { .. }
        | EventKind::Detonated { .. }
        | EventKind::RecordsTaken { .. }
        | EventKind::AssetBack { .. }
        | EventKind::Reinfected { .. }
        | EventKind::Suspected { .. }
        | EventKind::Declared { .. }
        | EventKind::NationKnows { .. }
        | EventKind::AlertRead { .. }
        | EventKind::NationalIncident
        | EventKind::Ordered { .. }
        | EventKind::Refused { .. }
        | EventKind::Done { .. }
        | EventKind::Evicted { .. }
        | EventKind::HuntFailed { .. }
        | EventKind::Recovered { .. }
        | EventKind::InstanceBack { .. }
        | EventKind::KillSwitchFound
        | EventKind::KillSwitchRegistered
        | EventKind::ServiceRestored { .. } => false,
    };
    let Some(mut at) = events.iter().position(|e| is(&e.kind)) else {
        return Ok(format!("'{id}' was not disturbed in this replicate.\n"));
    };
    let mut out = String::new();
    let mut indent = 0;
    for _ in 0..100 {
        let event = &events[at];
        let link = if indent == 0 { "" } else { "because " };
        out +=
            &wrap(&format!("{}  {link}{}", clock(event.at), event_words::sentence(scenario, event)), indent);
        if event.cause == NO_CAUSE || event.cause as usize >= at {
            break;
        }
        at = event.cause as usize;
        indent = (indent + 2).min(20);
    }
    Ok(out)
}
