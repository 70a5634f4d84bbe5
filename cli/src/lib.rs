//! The command line of resus: parses, calls the engine, prints. No mathematics here.

mod commands;
mod exercise;
mod failure;
mod money;
mod progress;
mod source;
mod subject;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tabletop cyber-exercise simulation for health and care.
#[derive(Parser, Debug)]
#[command(
    name = "resus",
    bin_name = "resus",
    version,
    about,
    after_help = "Exit codes: 0 done, 1 something failed, 2 bad input, 130 stopped by Ctrl-C or SIGTERM with partial results."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Check scenario files and report every mistake.
    Check(commands::check::Args),
    /// Run one strategy: one replicate tells its story, many tell the spread.
    Run(commands::run::Args),
    /// Compare response strategies on the same replicates.
    Compare(commands::compare::Args),
    /// What each of the five pillars is worth.
    Pillars(commands::pillars::Args),
    /// What hurts patients most when it is lost.
    Criticality(commands::criticality::Args),
    /// What to buy for a budget.
    Plan(commands::plan::Args),
    /// What several scenarios come to in a year, and what strategies change.
    Portfolio(commands::portfolio::Args),
    /// Run a tabletop exercise, prepare one, or rehearse it.
    Exercise(commands::exercise::Args),
    /// Review an exercise: an after-action report with the value of each decision.
    Review(commands::review::Args),
    /// Describe a scenario's estate.
    Estate(commands::estate::Args),
    /// Hold the model against real incidents.
    Evidence(commands::evidence::Args),
    /// Fit uncertain parameters to real incidents.
    Calibrate(commands::calibrate::Args),
    /// Measure how fast a scenario runs on this machine.
    Bench(commands::bench::Args),
    /// Hold the engine's processes against their laws.
    Verify(commands::verify::Args),
    /// Print the reference of the scenario format, or of JSON.
    Schema(commands::schema::Args),
    /// List what there is: scenarios, levers, playbooks, strategies, outcomes, actions, parameters, words.
    List(commands::list::Args),
    /// Explain a word of tables and reports.
    Explain(commands::explain::Args),
    /// Write a commented starter scenario.
    New(commands::new::Args),
    /// Print completions for a shell.
    Completions(commands::completions::Args),
}

/// Parses the command line, runs, and gives the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let done = match cli.command {
        Command::Check(args) => commands::check::run(&args),
        Command::Run(args) => commands::run::run(&args),
        Command::Compare(args) => commands::compare::run(&args),
        Command::Pillars(args) => commands::pillars::run(&args),
        Command::Criticality(args) => commands::criticality::run(&args),
        Command::Plan(args) => commands::plan::run(&args),
        Command::Portfolio(args) => commands::portfolio::run(&args),
        Command::Exercise(args) => commands::exercise::run(&args),
        Command::Review(args) => commands::review::run(&args),
        Command::Estate(args) => commands::estate::run(&args),
        Command::Evidence(args) => commands::evidence::run(&args),
        Command::Calibrate(args) => commands::calibrate::run(&args),
        Command::Bench(args) => commands::bench::run(&args),
        Command::Verify(args) => commands::verify::run(&args),
        Command::Schema(args) => commands::schema::run(&args),
        Command::List(args) => commands::list::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::New(args) => commands::new::run(&args),
        Command::Completions(args) => commands::completions::run::<Cli>(&args),
    };
    failure::exit_code(done)
}
