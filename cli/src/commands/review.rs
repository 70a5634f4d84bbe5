//! `resus review`.

use std::path::PathBuf;

use resus_engine::exercise::journal::Command;
use resus_engine::exercise::review::{Judged, decisions};
use resus_engine::exercise::session::Session;
use resus_report::RunInfo;
use resus_report::json::{Document as _, Review};
use resus_report::pages::{self, Ending};
use resus_report::session_words::course;

use super::{Files, exercise::resume_read_only};
use crate::failure::CommandResult;
use crate::table::{cut, number, short_wins, signed, table, wrap};

/// What an exercise showed: an after-action report with the value of each decision, and an improvement plan.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Journals of `resus exercise`; the first is reviewed, the others are compared with it.
    #[arg(required = true)]
    journals: Vec<PathBuf>,
    /// Branch that is reviewed; the one at hand when the session ended without it.
    #[arg(long)]
    branch: Option<String>,
    /// Futures behind the value of each decision.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    forks: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    files: Files,
}

fn decided(session: &Session) -> String {
    let x = session.exercise();
    let list: Vec<String> = session
        .state()
        .decisions
        .iter()
        .map(|d| format!("{}: {}", x.questions[d.question].id, x.questions[d.question].options[d.option].id))
        .collect();
    if list.is_empty() { "none".into() } else { list.join(", ") }
}

/// Every branch of a session; nothing is written to its journal.
fn endings(session: &mut Session, prefix: &str) -> Vec<Ending> {
    let here = session.branch().name.clone();
    let names: Vec<String> = session.branches().iter().map(|b| b.name.clone()).collect();
    let mut out = vec![];
    for name in names {
        if session.apply(Command::Switch { name: name.clone() }).is_ok() {
            out.push(Ending {
                name: format!("{prefix}{name}"),
                record: session.ending(),
                decisions: decided(session),
            });
        }
    }
    let _ = session.apply(Command::Switch { name: here });
    out
}

/// Reviews and prints.
pub fn run(args: &Args) -> CommandResult {
    args.files.check()?;
    let mut sessions = args.journals.iter().map(|p| resume_read_only(p)).collect::<Result<Vec<_>, _>>()?;
    if let Some(name) = &args.branch {
        sessions[0].apply(Command::Switch { name: name.clone() })?;
    }
    let several = sessions.len() > 1;
    let mut list = vec![];
    for (session, path) in sessions.iter_mut().zip(&args.journals) {
        let prefix = if several { format!("{}: ", path.display()) } else { String::new() };
        list.extend(endings(session, &prefix));
    }
    let session = &sessions[0];
    let judged = decisions(session, args.forks);
    let name = args.journals[0].display().to_string();
    let info = RunInfo {
        source: name.clone(),
        seed: session.seed(),
        replicates: format!("{} futures of each course", args.forks),
        version: env!("CARGO_PKG_VERSION").into(),
        command: format!("resus review {name} --branch {} --forks {}", session.branch().name, args.forks),
        partial: false,
        own: resus_report::BoardsOwn::default(),
    };
    let report = pages::review(session, &judged, &list, &info);
    args.files.write(&report)?;
    if args.json {
        return super::print(&Review::new(session, &judged, &list, &info).text());
    }
    super::print(&to_text(session, &judged, &list, &report.verdict))
}

fn to_text(session: &Session, judged: &[Judged], endings: &[Ending], verdict: &[String]) -> String {
    let x = session.exercise();
    let mut out = format!("{}\nbranch {}\n\n", session.scenario().title, session.branch().name);
    for sentence in verdict {
        out += &wrap(sentence, 0);
    }
    for j in judged {
        let q = &x.questions[j.question];
        out += &format!(
            "\n{}",
            wrap(
                &format!("{} ({}, answered after {} min)", q.text, x.teams[q.to].name, j.times.1 - j.times.0),
                0
            )
        );
        let mut rows =
            vec![["answer", "harm against no decision [95 %]", "better"].map(String::from).to_vec()];
        for (k, o) in j.outlooks.iter().enumerate().skip(1) {
            let taken = if k == j.option + 1 { "✓ " } else { "  " };
            let d = &o.difference;
            rows.push(vec![
                cut(&format!("{taken}{}", course(q, o.option)), 36),
                format!("{} [{}, {}]", signed(d.estimate), signed(d.low), signed(d.high)),
                short_wins(&o.wins),
            ]);
        }
        out += &table(&rows);
        if let Some(d) = &j.delay {
            out +=
                &format!("  the delay cost {} [{}, {}]\n", number(d.estimate), signed(d.low), signed(d.high));
        }
    }
    if endings.len() > 1 {
        out += "\nbranches and sessions, with their own luck to the end of the scenario\n";
        let mut rows = vec![["branch", "harm", "hosts encrypted", "decisions"].map(String::from).to_vec()];
        for e in endings {
            use resus_engine::catalogue::outcome::Outcome as O;
            let value = |o| e.record.get(o).map_or("–".into(), number);
            rows.push(vec![
                cut(&e.name, 22),
                value(O::Harm),
                value(O::HostsEncrypted),
                cut(&e.decisions, 30),
            ]);
        }
        out += &table(&rows);
    }
    out + "\nHarm is an index, no count of injured people. A decision is judged by what could\nbe expected of it: for a day nothing else is ordered, then the playbook rules.\n"
}
