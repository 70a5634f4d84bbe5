//! `review --json`: what the decisions of an exercise were worth.

use std::collections::BTreeMap;

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::exercise::review::Judged;
use resus_engine::exercise::session::Session;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, finite};
use crate::RunInfo;
use crate::pages::Ending;

/// What one answer to a question was worth.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ReviewedOption {
    /// The answer, by id.
    option: String,
    /// Harm-weighted contacts to the end of the scenario, mean over futures.
    harm: Option<f64>,
    /// Harm beyond that of no decision; below zero is better.
    difference: Option<f64>,
    /// Lower end of its 95 % interval (BCa bootstrap).
    low: Option<f64>,
    /// Upper end of the 95 % interval.
    high: Option<f64>,
    /// Share of futures in which it does less harm than no decision, ties counted half.
    better: f64,
    /// Total cost, in pounds, mean.
    cost: Option<f64>,
}

/// What a delay cost.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct DelayCost {
    /// Harm of answering when one did rather than at once, in harm-weighted contacts.
    harm: Option<f64>,
    /// Lower end of its 95 % interval.
    low: Option<f64>,
    /// Upper end of the 95 % interval.
    high: Option<f64>,
}

/// One decision.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ReviewedDecision {
    /// The question, by id.
    question: String,
    /// The answer taken, by id.
    option: String,
    /// Minute of the scenario in which the question opened.
    opened: u32,
    /// Minute of the scenario in which it was answered.
    answered: u32,
    /// All answers that there were.
    options: Vec<ReviewedOption>,
    /// What the delay cost; null when nothing was ordered or no time passed.
    delay: Option<DelayCost>,
}

/// How a branch ends when everybody follows the playbook from its end on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct BranchEnd {
    /// Name of the branch, with its journal's path before it where several journals are given.
    name: String,
    /// Outcomes at the end of the scenario, by id, in the outcome's unit; null where there is no value.
    outcomes: BTreeMap<&'static str, Option<f64>>,
}

/// What the decisions of an exercise were worth.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Review {
    /// Version of resus.
    version: String,
    /// Path of the journal.
    journal: String,
    /// The branch that is reviewed.
    branch: String,
    /// Its decisions, in order.
    decisions: Vec<ReviewedDecision>,
    /// All branches with their outcomes.
    branches: Vec<BranchEnd>,
}

impl Review {
    /// Of the decisions of the branch at hand, and how all branches end.
    pub fn new(session: &Session, judged: &[Judged], endings: &[Ending], run: &RunInfo) -> Self {
        let outcomes =
            |e: &Ending| Outcome::ALL.iter().map(|o| (o.id(), e.record.get(*o).and_then(finite))).collect();
        Self {
            version: run.version.clone(),
            journal: run.source.clone(),
            branch: session.branch().name.clone(),
            decisions: judged.iter().map(|j| decision(session, j)).collect(),
            branches: endings
                .iter()
                .map(|e| BranchEnd { name: e.name.clone(), outcomes: outcomes(e) })
                .collect(),
        }
    }
}

fn decision(session: &Session, j: &Judged) -> ReviewedDecision {
    let question = &session.exercise().questions[j.question];
    // No decision stands before the answers.
    let options = question.options.iter().zip(&j.outlooks[1..]).map(|(option, o)| ReviewedOption {
        option: option.id.clone(),
        harm: finite(o.harm),
        difference: finite(o.difference.estimate),
        low: finite(o.difference.low),
        high: finite(o.difference.high),
        better: o.wins.share(),
        cost: finite(o.cost),
    });
    ReviewedDecision {
        question: question.id.clone(),
        option: question.options[j.option].id.clone(),
        opened: j.times.0,
        answered: j.times.1,
        options: options.collect(),
        delay: j.delay.map(|d| DelayCost {
            harm: finite(d.estimate),
            low: finite(d.low),
            high: finite(d.high),
        }),
    }
}

impl Document for Review {
    const COMMAND: &'static str = "review --json";
    const FORMAT: Option<&'static str> = Some("resus-review-1");
}
