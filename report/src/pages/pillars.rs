//! What each of the five pillars is worth.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::catalogue::pillar::Pillar;
use resus_engine::scenario::Scenario;
use resus_engine::stats::intervals::Interval;
use resus_engine::study::pillars::{Pillars, STEPS, Shares, Yearly};

use super::closing;
use crate::chart::{self, Bar};
use crate::format::{number, p_value, percent, pounds};
use crate::verdict::portfolio::with as with_ends;
use crate::{Cell, Column, Report, RunInfo, Section, Table, verdict};

fn show(o: Outcome, v: f64) -> String {
    match o {
        Outcome::CostTotal => pounds(v),
        Outcome::Recovery95 => format!("{:.1} days", v / 24.0).replace('-', "−"),
        _ => number(v),
    }
}

fn with(o: Outcome, i: &Interval) -> Cell {
    Cell::interval(i, format!("{} [{} to {}]", show(o, i.estimate), show(o, i.low), show(o, i.high)))
}

/// What all five do to the mean, in words.
fn moved(o: Outcome, whole: &Interval) -> String {
    let (how, sign) = if whole.estimate < 0.0 { ("raise", -1.0) } else { ("lower", 1.0) };
    let (low, high) = (sign * whole.low, sign * whole.high);
    format!(
        "{how} it by {} [{} to {}]",
        show(o, sign * whole.estimate),
        show(o, low.min(high)),
        show(o, low.max(high))
    )
}

/// The report.
pub fn pillars(scenario: &Scenario, p: &Pillars, run: &RunInfo) -> Report {
    let mut sections: Vec<Section> = vec![];
    for s in &p.outcomes {
        // Harm first: it is what the pillars are for.
        let at = if s.outcome == Outcome::Harm { 0 } else { sections.len() };
        sections.insert(at, worth(s));
    }
    sections.extend(p.yearly.as_ref().map(yearly));
    sections.push(together(p));
    sections.push(levels(p));
    sections.push(sets(p));
    sections.extend(closing(scenario, run));
    Report {
        board: Some(board(scenario, p, run)),
        bar: run.bar(),
        title: "What each of the five pillars is worth".into(),
        subtitle: run.line(scenario),
        verdict: verdict::pillars::sentences(p),
        sections,
    }
}

fn board(scenario: &Scenario, p: &Pillars, run: &RunInfo) -> crate::Board {
    let of = |o| verdict::board::of_pillars(p, o);
    let (contacts, back) = (of(Outcome::ContactsNotServed), of(Outcome::Recovery95));
    let mut board = verdict::board::pillars(p);
    board.risk = crate::Risk {
        impact: format!(
            "As things stand: {} contacts not served on the day; 95 % of capacity is back after {}, on average",
            number(contacts.start),
            show(Outcome::Recovery95, back.start)
        ),
        ..verdict::board::cause(scenario)
    };
    let after = back.start - back.whole.estimate;
    run.own.fill(&mut board.risk, Some(back.start), Some(("all five pillars", after)));
    board.basis = verdict::board::basis(scenario, &run.replicates, verdict::board::OF_RUNS);
    board
}

fn worth(s: &Shares) -> Section {
    let o = s.outcome;
    // Times are drawn in days.
    let drawn = |v: f64| if o == Outcome::Recovery95 { v / 24.0 } else { v };
    let bars: Vec<Bar> = Pillar::ALL
        .iter()
        .zip(&s.pillars)
        .map(|(p, w)| Bar {
            label: p.label().into(),
            estimate: drawn(w.shapley.estimate),
            low: drawn(w.shapley.low),
            high: drawn(w.shapley.high),
            note: if w.share.estimate.is_finite() {
                percent(w.share.estimate)
            } else {
                show(o, w.shapley.estimate)
            },
        })
        .collect();
    let mut table = Table::new(
        format!("Benefit in {}, with 95 % intervals; above zero is better than today", o.label()),
        [
            Column::text("pillar"),
            Column::interval("alone", o.unit()),
            Column::interval("added last", o.unit()),
            Column::interval("Shapley value", o.unit()),
            Column::interval("share of all five", "share"),
        ],
    );
    for (p, w) in Pillar::ALL.iter().zip(&s.pillars) {
        let share = if w.share.estimate.is_finite() {
            Cell::interval(
                &w.share,
                format!(
                    "{} [{} to {}]",
                    percent(w.share.estimate),
                    percent(w.share.low),
                    percent(w.share.high)
                ),
            )
        } else {
            Cell::text("no benefit to share")
        };
        table.row([Cell::text(p.label()), with(o, &w.alone), with(o, &w.last), with(o, &w.shapley), share]);
    }
    Section {
        id: format!("worth-{}", o.id().replace('_', "-")),
        title: format!("Who brings what: {}", o.label()),
        text: vec![format!(
            "As things stand the mean is {}; all five pillars together {}. A bar is the pillar’s Shapley value, its average contribution over all \
             orders in which the five can be added; bars add up to the whole.",
            show(o, s.start),
            moved(o, &s.whole)
        )],
        charts: vec![chart::bars(
            &format!("c-{}", o.id()),
            &format!("Benefit by pillar: {}", o.label()),
            &format!(
                "lower by, {} (right is better); per cent: share of the whole",
                if o == Outcome::Recovery95 { "days" } else { o.unit() }
            ),
            &bars,
            |v| if o == Outcome::CostTotal { pounds(v) } else { number(v) },
        )],
        tables: vec![table],
    }
}

/// What the pillars bring in a year, and what they cost.
fn yearly(y: &Yearly) -> Section {
    let mut table = Table::new(
        "In a year",
        [
            Column::text("pillar"),
            Column::interval("harm averted", "index"),
            Column::interval("loss avoided", "£"),
            Column::number("set-up, once", "£"),
            Column::number("each year", "£"),
        ],
    );
    let rows = Pillar::ALL.iter().map(|p| p.label()).zip(&y.pillars).chain([("all five", &y.whole)]);
    for (name, p) in rows {
        table.row([
            Cell::text(name),
            Cell::interval(&p.harm, with_ends(&p.harm, number)),
            Cell::interval(&p.avoided, with_ends(&p.avoided, pounds)),
            Cell::pounds(p.set_up),
            Cell::pounds(p.running),
        ]);
    }
    Section {
        id: "a-year".into(),
        title: "In a year".into(),
        text: vec![
            verdict::pillars::how_often(y),
            "Pillars by their Shapley values, so that they add up to all five. Loss is what incidents cost without what levers cost; their set-up is paid once and their running each year."
                .into(),
        ],
        tables: vec![table],
        ..Section::default()
    }
}

fn together(p: &Pillars) -> Section {
    let mut table = Table::new(
        "Pairs by how much more (above zero) or less they are worth together than apart",
        [
            Column::text("outcome"),
            Column::text("pair"),
            Column::text("unit"),
            Column::interval("interaction [95 %]", "unit of the row").named("interaction"),
            Column::number("adjusted p", "probability"),
        ],
    );
    for s in &p.outcomes {
        for pair in s.pairs.iter().filter(|x| x.p <= 0.05).take(4) {
            let (a, b) = pair.of;
            table.row([
                Cell::text(s.outcome.label()),
                Cell::text(format!("{} + {}", Pillar::ALL[a].label(), Pillar::ALL[b].label())),
                Cell::text(s.outcome.unit()),
                with(s.outcome, &pair.worth),
                Cell::of(pair.p, p_value(Some(pair.p))),
            ]);
        }
    }
    let text = if table.rows.is_empty() {
        "No pair is worth more or less together by an amount that can be told from zero.".to_owned()
    } else {
        "Only pairs whose interaction can be told from zero, adjusted for the ten pairs (Holm). Below zero: they do part of the same work, so the second brings less once the first is there.".to_owned()
    };
    Section {
        id: "pairs".into(),
        title: "Pillars together".into(),
        text: vec![text],
        tables: vec![table],
        ..Section::default()
    }
}

fn levels(p: &Pillars) -> Section {
    let harm = &p.outcomes[1];
    let mut table = Table::new(
        "Benefit in harm of one pillar alone, by how far it is raised from its starting level",
        &["pillar"],
    );
    let step = |s: &f64| {
        Column::interval(percent(*s), harm.outcome.unit()).named(&format!("raised by {}", percent(*s)))
    };
    table.columns.extend(STEPS.iter().map(step));
    for (pillar, w) in Pillar::ALL.iter().zip(&harm.pillars) {
        table.row(
            std::iter::once(Cell::text(pillar.label())).chain(w.steps.iter().map(|s| with(harm.outcome, s))),
        );
    }
    Section {
        id: "levels".into(),
        title: "Maturity by degrees".into(),
        text: vec!["A level is the share of organisations that each of the pillar’s levers reaches. Playbook and order of work are those of the baseline throughout: what others are worth, “resus compare” tells.".into()],
        tables: vec![table],
        ..Section::default()
    }
}

fn sets(p: &Pillars) -> Section {
    let mut table = Table::new("All 32 combinations: means", &["pillars in place"]);
    table.columns.extend(p.outcomes.iter().map(|s| Column::number(s.outcome.label(), s.outcome.unit())));
    let mut order: Vec<usize> = (0..32).collect();
    order.sort_by(|a, b| p.outcomes[1].means[*a].total_cmp(&p.outcomes[1].means[*b]));
    for set in order {
        let cells = p.outcomes.iter().map(|s| Cell::of(s.means[set], show(s.outcome, s.means[set])));
        table.row(std::iter::once(Cell::text(verdict::pillars::set_in_words(set))).chain(cells));
    }
    Section {
        id: "combinations".into(),
        title: "All combinations".into(),
        text: vec!["The least harm first.".into()],
        tables: vec![table],
        ..Section::default()
    }
}

/// A section on levers that have no effect in the scenario, from the sentences of [`verdict::idle`]; none when each has one.
pub fn without_effect(sentences: &[String]) -> Option<Section> {
    let (heading, levers) = sentences.split_first()?;
    let mut table = Table::new("Levers without effect here", &["lever, pillar, and why"]);
    for lever in levers {
        table.row([Cell::text(lever.as_str())]);
    }
    Some(Section {
        id: "without-effect".into(),
        title: "What has no effect here".into(),
        text: vec![heading.clone()],
        tables: vec![table],
        ..Section::default()
    })
}
