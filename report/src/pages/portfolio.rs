//! What several scenarios come to in a year.

use resus_engine::stats::annual_loss::CHANCES;
use resus_engine::stats::intervals::Interval;
use resus_engine::study::portfolio::{Measure, Portfolio, PortfolioRisk};

use super::closing;
use crate::chart::{self, Bar};
use crate::format::{number, often, percent, pounds, rate};
use crate::verdict::portfolio::{sentences, with};
use crate::{Cell, Column, Report, RunInfo, Section, Table, verdict};

fn show(m: Measure, v: f64) -> String {
    match m {
        Measure::Harm => number(v),
        Measure::Loss => pounds(v),
    }
}

fn cell(m: Measure, i: &Interval) -> Cell {
    Cell::interval(i, with(i, |v| show(m, v)))
}

/// What is measured, in words.
const fn what(m: Measure) -> &'static str {
    match m {
        Measure::Harm => "harm",
        Measure::Loss => "loss",
    }
}

/// “1 in 20”.
fn one_in(chance: f64) -> String {
    format!("1 in {:.0}", 1.0 / chance)
}

/// The report.
pub fn portfolio(p: &Portfolio, r: &PortfolioRisk, run: &RunInfo) -> Report {
    let scenario = p.as_one();
    let titles: Vec<&str> = p.members.iter().map(|m| m.scenario.title.as_str()).collect();
    let mut sections: Vec<Section> = Measure::ALL.into_iter().map(|m| shares(&titles, r, m)).collect();
    sections.push(exceedance(r));
    if r.strategies.len() > 1 {
        sections.push(strategies(r));
        sections.push(by_scenario(&titles, r));
    }
    sections.push(frequencies(p, r));
    sections.extend(closing(&scenario, run));
    let mut board = verdict::board::portfolio(&titles, r);
    board.risk = crate::Risk {
        event: "Any of the scenarios of this portfolio".into(),
        impact: format!(
            "As things stand: {} of loss and {} of harm a year, as expected",
            pounds(r.base().annual[Measure::Loss as usize].estimate),
            number(r.base().annual[Measure::Harm as usize].estimate)
        ),
        ..verdict::board::cause(&scenario)
    };
    run.own.fill(&mut board.risk, None, None);
    if run.own.likelihood.is_none() {
        let all: f64 = r.members.iter().map(|m| m.per_year.estimate).sum();
        board.risk.likelihood = format!("one of them {}; for the board to score, 1 to 5", often(all));
    }
    board.basis = verdict::board::basis(&scenario, &run.replicates, verdict::board::OF_RUNS_AND_FREQUENCIES);
    Report {
        board: Some(board),
        bar: run.bar(),
        title: format!("{}: what it costs and harms", p.title),
        subtitle: run.line(&scenario),
        verdict: sentences(&titles, r),
        sections,
    }
}

/// Which scenario brings how much.
fn shares(titles: &[&str], r: &PortfolioRisk, m: Measure) -> Section {
    let k = m as usize;
    let whole = r.base().annual[k];
    let mut table = Table::new(
        format!("Expected {} by scenario, as things stand", what(m)),
        [
            Column::text("scenario"),
            Column::number("times a year", "times a year"),
            Column::interval("of one incident", m.unit()),
            Column::interval("in a year", m.unit()),
            Column::number("share", "share"),
            Column::number("the largest in", "share of draws"),
        ],
    );
    let mut bars = vec![];
    for (title, x) in titles.iter().zip(&r.members) {
        let year = x.annual[k];
        table.row([
            Cell::text(*title),
            Cell::of(x.per_year.estimate, rate(x.per_year.estimate)),
            cell(m, &x.incident[k]),
            cell(m, &year),
            Cell::percent(x.share[k]),
            Cell::percent(x.largest[k]),
        ]);
        bars.push(Bar {
            label: (*title).into(),
            estimate: year.estimate,
            low: year.low,
            high: year.high,
            note: percent(x.share[k]),
        });
    }
    Section {
        id: format!("expected-{}", what(m)),
        title: format!("Expected {} a year", what(m)),
        text: vec![format!(
            "All of them together: {} a year. Expected is how often an incident comes times what one comes to. Intervals are of 95 % and hold both what is uncertain \
             in the frequencies and what the number of runs leaves open.{}",
            with(&whole, |v| show(m, v)),
            if m == Measure::Loss {
                " Loss is the value of activity that is lost, people’s time in response, ransom, notification and penalties; what levers cost is paid without an incident, too, and told apart."
            } else {
                ""
            }
        )],
        charts: vec![chart::bars(
            &format!("c-{}", what(m)),
            &format!("Expected {} a year by scenario", what(m)),
            &format!("{} a year ({}); per cent: share of the whole", what(m), m.unit()),
            &bars,
            |v| show(m, v),
        )],
        tables: vec![table],
    }
}

/// What bad years come to.
fn exceedance(r: &PortfolioRisk) -> Section {
    let curve =
        |m: Measure| {
            let mut table = Table::new(
                format!("{} of a year that is exceeded with a given chance", crate::format::capital(what(m))),
                [Column::text("strategy")],
            );
            table.columns.extend(CHANCES.iter().map(|c| {
                Column::number(one_in(*c), m.unit()).named(&format!("exceeded with {}", percent(*c)))
            }));
            for s in &r.strategies {
                let values = s.exceeded[m as usize].iter().map(|v| Cell::of(*v, show(m, *v)));
                table.row(std::iter::once(Cell::text(&s.name)).chain(values));
            }
            table
        };
    let m = Measure::Loss;
    let bars: Vec<Bar> = (CHANCES.iter().zip(&r.base().exceeded[m as usize]))
        .map(|(c, v)| Bar {
            label: format!("{} years", one_in(*c)),
            estimate: *v,
            low: *v,
            high: *v,
            note: show(m, *v),
        })
        .collect();
    Section {
        id: "exceedance".into(),
        title: "What bad years come to".into(),
        text: vec![format!(
            "{} years were drawn: in each, how often every scenario comes, from the range of its frequency; then as many incidents as chance brings at that frequency, each one of the {} \
             simulated ones. In {} of years nothing happens as things stand. A year’s sum is told, not that of its worst incident; all strategies meet the same years.",
            number(r.years as f64),
            r.replicates,
            percent(r.quiet)
        )],
        charts: vec![chart::bars(
            "c-exceedance",
            "Loss that is exceeded, as things stand",
            "loss of a year (£)",
            &bars,
            |v| show(m, v),
        )],
        tables: Measure::ALL.into_iter().rev().map(curve).collect(),
    }
}

/// The strategies over all scenarios.
fn strategies(r: &PortfolioRisk) -> Section {
    let mut table = Table::new(
        "Strategies over the whole portfolio",
        [
            Column::text("strategy"),
            Column::interval("harm a year", "index"),
            Column::interval("harm lowered by", "index"),
            Column::interval("loss a year", "£"),
            Column::interval("loss avoided", "£"),
            Column::number("levers: set-up", "£"),
            Column::number("levers: each year", "£"),
        ],
    );
    for s in &r.strategies {
        let lowers =
            |m: Measure| s.lowers.map_or_else(|| Cell::text("baseline"), |l| cell(m, &l[m as usize]));
        table.row([
            Cell::text(&s.name),
            cell(Measure::Harm, &s.annual[0]),
            lowers(Measure::Harm),
            cell(Measure::Loss, &s.annual[1]),
            lowers(Measure::Loss),
            Cell::pounds(s.levers.0),
            Cell::pounds(s.levers.1),
        ]);
    }
    Section {
        id: "strategies".into(),
        title: "What strategies change".into(),
        text: vec!["Differences are of the same frequencies, years and simulated incidents, so that they come from the strategies. Levers are paid once for all scenarios, whether or not anything happens.".into()],
        tables: vec![table],
        ..Section::default()
    }
}

/// Whether a strategy is robust: what it changes in each of the scenarios.
fn by_scenario(titles: &[&str], r: &PortfolioRisk) -> Section {
    let table = |m: Measure| {
        let mut table = Table::new(
            format!("Expected {} a year by scenario and strategy", what(m)),
            [Column::text("scenario")],
        );
        table.columns.extend(r.strategies.iter().map(|s| Column::number(s.name.as_str(), m.unit())));
        for (n, title) in titles.iter().enumerate() {
            let cells = r.strategies.iter().map(|s| {
                let v = s.members[n][m as usize];
                Cell::of(v, show(m, v))
            });
            table.row(std::iter::once(Cell::text(*title)).chain(cells));
        }
        table
    };
    Section {
        id: "robust".into(),
        title: "In which scenario a strategy helps".into(),
        text: vec![
            "One that helps over the whole may do harm in one of the scenarios: here it shows.".into(),
        ],
        tables: Measure::ALL.into_iter().map(table).collect(),
        ..Section::default()
    }
}

/// How often each scenario comes, and by what that is known.
fn frequencies(p: &Portfolio, r: &PortfolioRisk) -> Section {
    let mut table = Table::new(
        "Frequencies",
        [
            Column::text("scenario"),
            Column::number("expected", "times a year"),
            Column::range("90 % range", ["5 % quantile".into(), "95 % quantile".into()], "times a year"),
            Column::text("in words"),
            Column::text("source"),
        ],
    );
    for (m, x) in p.members.iter().zip(&r.members) {
        let i = &x.per_year;
        table.row([
            Cell::text(&m.scenario.title),
            Cell::of(i.estimate, rate(i.estimate)),
            Cell { shown: format!("{} to {}", rate(i.low), rate(i.high)), ..Cell::range(i.low, i.high) },
            Cell::text(often(i.estimate)),
            Cell::text(&m.frequency.source),
        ]);
    }
    Section {
        id: "frequencies".into(),
        title: "How often each comes".into(),
        text: vec!["A frequency is of the whole estate of the scenario, and counts incidents as the scenario begins them, those that come to nothing among them. It is log-normal around what is expected. Scenarios come independently of each other.".into()],
        tables: vec![table],
        ..Section::default()
    }
}
