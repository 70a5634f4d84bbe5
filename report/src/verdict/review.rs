//! What an evaluator would say of the decisions of an exercise.

use resus_engine::exercise::review::Judged;
use resus_engine::exercise::session::Session;

use crate::format::{counted, in_runs_of, number};

/// How much of the exercise was played, the decision that was worth most, the largest chance missed, the dearest delay.
pub fn sentences(session: &Session, judged: &[Judged]) -> Vec<String> {
    let x = session.exercise();
    let mut out = vec![format!(
        "{} given and {} of {} answered between STARTEX and the end.",
        counted(session.state().given.iter().flatten().count(), "inject was", "injects were"),
        session.state().decisions.len(),
        counted(x.questions.len(), "question", "questions")
    )];
    let worth = |j: &&Judged| j.chosen().difference.estimate;
    if let Some(best) = judged
        .iter()
        .filter(|j| j.chosen().difference.high < 0.0)
        .min_by(|a, b| worth(a).total_cmp(&worth(b)))
    {
        out.push(format!(
            "The decision that was worth most: “{}” – about {} less harm than no decision, better {}.",
            x.questions[best.question].options[best.option].text,
            number(-worth(&best)),
            in_runs_of(&best.chosen().wins)
        ));
    }
    if let Some(j) = judged.iter().filter(|j| surely_better(j)).max_by(|a, b| missed(a).total_cmp(&missed(b)))
    {
        out.push(format!(
            "The largest chance missed: “{}” instead of “{}” could have spared about {} more.",
            x.questions[j.question].options[j.best()].text,
            x.questions[j.question].options[j.option].text,
            number(missed(j))
        ));
    }
    if let Some((j, d)) = judged
        .iter()
        .filter_map(|j| j.delay.map(|d| (j, d)))
        .filter(|(_, d)| d.low > 0.0)
        .max_by(|a, b| a.1.estimate.total_cmp(&b.1.estimate))
    {
        out.push(format!(
            "The dearest delay: {} minutes until “{}” cost about {} [{} to {}].",
            j.times.1 - j.times.0,
            x.questions[j.question].options[j.option].text,
            number(d.estimate),
            number(d.low),
            number(d.high)
        ));
    }
    out
}

/// Whether another answer was better by more than the intervals leave open.
fn surely_better(j: &Judged) -> bool {
    j.outlooks[j.best() + 1].difference.high < j.chosen().difference.low
}

/// Harm that the best answer would have spared beyond the one chosen.
fn missed(j: &Judged) -> f64 {
    j.chosen().harm - j.outlooks[j.best() + 1].harm
}
