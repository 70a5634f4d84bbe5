//! What the record says of the forecasts: how many figures are covered, by how wide intervals, and whether naive forecasts do as well.

use resus_engine::scenario::Scenario;
use resus_engine::stats::scoring::PARTS;
use resus_engine::study::scorecard::Scorecard;
use resus_engine::study::validation::ValidationReport;

use super::percent;
use crate::format::{counted, p_value};

/// What the columns mean, under the tables.
pub const LEGEND: &str = "Covered: the reported figure lies in the simulated 90 % interval; of a curve, all its points lie in the band that holds 90 % of the runs' curves. Width of the interval, CRPS (continuous ranked probability score; less is better) and the scores of two naive forecasts are shares of what is feasible. Uniform: anything feasible is as likely. Rule: a constant that somebody would say who has read of such incidents. Skill: share of the better naive forecast's score that is saved; below 0 the model is worse. PIT (probability integral transform): where the reported value lies in what was simulated. Given: the scenario states it, so it is not scored.";

/// The same for incidents that were left out.
pub const LEFT_OUT_LEGEND: &str = "Fitted: with the free parameters as the other incidents have them, beside it with all of them drawn from their plausible ranges. Width of the 90 % interval as a share of what is feasible, in the median. Skill: share of the better naive forecast's score that is saved.";

/// A skill with two digits.
pub fn skill(v: f64) -> String {
    match v {
        v if v.is_finite() => format!("{v:.2}").replace('-', "−"),
        f64::NEG_INFINITY => "−∞".into(),
        _ => "–".into(),
    }
}

/// Which runs are compared; nothing where it is all of them.
pub fn compared(scenario: &Scenario, report: &ValidationReport) -> Vec<String> {
    let mut out = vec![];
    if report.happened < report.runs {
        out.push(format!(
            "The attack came to something in {} of {}.",
            report.happened,
            counted(report.runs, "run", "runs")
        ));
    }
    for (figure, runs) in &report.conditions {
        out.push(format!(
            "Given: {}, as it was, in {runs} of {}.",
            scenario.evidence[*figure].figure,
            counted(report.happened, "run", "runs")
        ));
    }
    if report.compared < report.runs {
        let are = if report.compared == 1 { "is the one run" } else { "are the runs" };
        out.push(format!("Compared {are} in which the incident happened as known: {}.", report.compared));
    }
    out
}

/// Covered, by how wide intervals, and what naive forecasts would have said.
pub fn summary(s: &Scorecard) -> Vec<String> {
    vec![
        format!(
            "{} of {} covered, by intervals of {} of what is feasible in the median; {} both naive forecasts by a quarter.",
            s.covered,
            counted(s.figures, "figure", "figures"),
            percent(s.width),
            counted(s.beat, "beats", "beat"),
        ),
        format!(
            "Skill {} against uniform, {} against the rule of thumb. Interval score {:.2}.",
            skill(s.scores.skill_uniform()),
            skill(s.scores.skill_rule()),
            s.interval_score,
        ),
    ]
}

/// The same over several incidents: each with one vote, and where the reported values lie.
pub fn overall(s: &Scorecard) -> Vec<String> {
    let mut out = summary(s);
    out.push(format!(
        "One vote each of {}: {} covered, skill {}.",
        counted(s.incidents, "incident", "incidents"),
        percent(s.covered_vote),
        skill(s.skill_vote),
    ));
    let placed: usize = s.fifths.iter().sum();
    let counts: Vec<String> = s.fifths.iter().map(ToString::to_string).collect();
    out.push(format!(
        "PIT by fifths: {}, where {:.1} each is expected; p {} that they are so uneven by chance, were figures independent (exact multinomial test).",
        counts.join(" · "),
        placed as f64 / PARTS as f64,
        p_value(Some(s.uniform_p)),
    ));
    out
}

/// Whether what incidents say of the parameters helps with one that was not among them.
pub fn left_out(ranges: &Scorecard, fitted: &Scorecard) -> Vec<String> {
    let words = |s: &Scorecard| format!("covered {}, skill {}", percent(s.covered_vote), skill(s.skill_vote));
    let verdict = match fitted.skill_vote.total_cmp(&ranges.skill_vote) {
        std::cmp::Ordering::Greater => "What the others say helps: fitted parameters have the greater skill.",
        std::cmp::Ordering::Less => {
            "What the others say does not help: the plausible ranges have the greater skill."
        }
        std::cmp::Ordering::Equal => "What the others say changes nothing.",
    };
    vec![
        format!(
            "One vote each of {}: {} with plausible ranges; {} fitted.",
            counted(ranges.incidents, "incident", "incidents"),
            words(ranges),
            words(fitted)
        ),
        verdict.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use resus_engine::study::scorecard::Scores;

    fn card(skill_vote: f64) -> Scorecard {
        Scorecard {
            incidents: 2,
            figures: 3,
            covered: 1,
            beat: 1,
            interval_score: 2.0,
            width: 0.25,
            scores: Scores { width: 0.25, crps: 0.1, uniform: 0.2, rule: 0.1 },
            covered_vote: 0.5,
            skill_vote,
            fifths: [1, 0, 0, 0, 2],
            uniform_p: 0.36,
        }
    }

    #[test]
    fn sentences_say_what_was_found() {
        let text = overall(&card(-0.25)).join(" ");
        for words in [
            "1 of 3 figures covered, by intervals of 25 %",
            "1 beats both naive forecasts by a quarter",
            "Skill 0.50 against uniform, 0.00 against the rule of thumb",
            "One vote each of 2 incidents: 50 % covered, skill −0.25",
            "1 · 0 · 0 · 0 · 2, where 0.6 each is expected; p 0.360",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!([0.456, -0.1, f64::NEG_INFINITY, f64::NAN].map(skill), ["0.46", "−0.10", "−∞", "–"]);
        assert!(left_out(&card(0.1), &card(0.2))[1].contains("helps: fitted"));
        assert!(left_out(&card(0.2), &card(0.1))[1].contains("does not help"));
        assert!(left_out(&card(0.2), &card(0.2))[1].contains("changes nothing"));
    }
}
