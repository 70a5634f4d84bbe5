//! The comparison of strategies.

use resus_engine::catalogue::outcome::Outcome;
use resus_engine::estate::OrgId;
use resus_engine::scenario::Scenario;
use resus_engine::sim::ledger::entries::CURVE_STEP;
use resus_engine::stats::{mean, quantile, sorted};
use resus_engine::study::comparison::{Comparison, Summary};
use resus_engine::study::felt::{By, Subject};
use resus_engine::study::replicates::Study;
use resus_engine::study::tornado::Tornado;

use super::who::{self, Wish};
use super::{closing, parameter_name};
use crate::chart::{self, Difference, Dot, Mark, Panel, Swing};
use crate::format::{
    better_in, capital, days, in_runs, in_runs_of, number, p_value, percent, pounds, signed,
};
use crate::{Cell, Column, Report, RunInfo, Section, Table, verdict as words};

/// Single runs drawn in each panel of recovery.
const SAMPLES: usize = 20;
/// Parameters shown in the tornado.
const SWINGS: usize = 12;
const DIFFERENCE: &str = "difference from the baseline";
/// Names written on a map.
const NAMED: usize = 4;
/// Most organisations drawn one by one.
const MARKS: usize = 2000;
/// Below this share of capacity lost, recovery has ended as far as a picture shows.
const ENDED: f64 = 0.005;

/// What a report of a comparison tells beside the comparison itself.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The tornado of the strategy with the least harm; without bars where none was made.
    pub tornado: Tornado,
    /// What was asked for of who feels it.
    pub wish: Wish,
}

/// The report of a comparison whose study kept its details.
pub fn compare(
    scenario: &Scenario,
    study: &Study,
    c: &Comparison,
    beside: &Beside,
    verdict: &[String],
    run: &RunInfo,
) -> Report {
    let page = Page { scenario, study, c };
    let t = &beside.tornado;
    let mut sections = vec![
        page.differences("harm", Outcome::Harm, "Which strategy keeps most care going"),
        page.recovery(),
        page.trade_offs(),
    ];
    if let Some(felt) = &study.felt {
        let shown = page.shown().into_iter().map(|k| (k, page.name(k))).collect();
        sections.extend(who::sections(&who::Told { scenario, felt, strategies: shown }, &beside.wish));
    }
    sections.extend([
        page.spread(),
        page.differences("contacts", Outcome::ContactsNotServed, "Contacts not served on the day"),
        page.differences("cost", Outcome::CostTotal, "What it costs in all"),
        page.robust(),
    ]);
    if !t.bars.is_empty() {
        sections.push(page.tornado(t));
    }
    sections.push(page.all());
    let mut end = closing(scenario, run);
    if let Some(saved) = c.saved {
        end[0].text.insert(2, words::comparison::saved(saved));
    }
    sections.extend(end);
    Report {
        board: Some(page.board(t, run)),
        bar: run.bar(),
        title: "Response strategies compared".into(),
        subtitle: run.line(scenario),
        verdict: verdict.to_vec(),
        sections,
    }
}

struct Page<'a> {
    scenario: &'a Scenario,
    study: &'a Study,
    c: &'a Comparison,
}

impl Page<'_> {
    fn name(&self, k: usize) -> String {
        self.scenario.strategies[self.c.strategies[k].strategy].name.clone()
    }
    fn baseline(&self) -> String {
        self.name(self.c.baseline)
    }
    fn of(&self, k: usize, o: Outcome) -> &Summary {
        self.c.strategies[k].get(o)
    }

    /// The baseline, and the one with the least harm where that is another.
    fn shown(&self) -> Vec<usize> {
        let harm = |k: &usize| self.of(*k, Outcome::Harm).mean;
        let base = self.c.baseline;
        let best = (0..self.c.strategies.len()).min_by(|a, b| harm(a).total_cmp(&harm(b))).unwrap_or(base);
        if best == base { vec![base] } else { vec![base, best] }
    }

    fn board(&self, t: &Tornado, run: &RunInfo) -> crate::Board {
        let names: Vec<String> = (0..self.c.strategies.len()).map(|k| self.name(k)).collect();
        let costs: Vec<f64> =
            self.c.strategies.iter().map(|s| self.scenario.strategies[s.strategy].cost).collect();
        let mut board = words::board::comparison(&names, &costs, self.c, t);
        let base = self.c.baseline;
        let contacts = self.of(base, Outcome::ContactsNotServed);
        let mut impact = format!(
            "Under “{}” {} contacts are not served on the day on average, {} to {} in nine of ten runs",
            self.baseline(),
            number(contacts.mean),
            number(contacts.low),
            number(contacts.high)
        );
        // Of the organisation that is harmed most under a strategy: for how long its services are lost in full, on average over them.
        let e = &self.scenario.estate;
        let lines = self.study.felt.as_ref().map(|f| f.lines(By::Organisation)).unwrap_or_default();
        let worst = |k: usize| {
            let line = lines.iter().max_by(|a, b| a.means[k].harm.total_cmp(&b.means[k].harm))?;
            let Subject::Organisation(o) = line.subject else { return None };
            Some((o, line.means[k].service_days / e.org(o).services.len().max(1) as f64))
        };
        if let Some((o, lost)) = worst(base).filter(|w| w.1 > 0.0) {
            impact += &format!(
                "; {}, which is hit hardest, loses the equivalent of {} of all its services",
                e.org(o).name,
                days(lost)
            );
        }
        let interrupted = |k: usize| worst(k).map(|w| 24.0 * w.1);
        board.risk = crate::Risk { impact, ..words::board::cause(self.scenario) };
        let chosen = words::board::chosen(&names, self.c);
        let name = chosen.map_or(String::new(), |k| format!("“{}”", names[k]));
        let after = chosen.and_then(interrupted).map(|hours| (name.as_str(), hours));
        run.own.fill(&mut board.risk, interrupted(base), after);
        board.basis = words::board::basis(self.scenario, &run.replicates, words::board::OF_RUNS);
        board
    }

    fn differences(&self, id: &str, o: Outcome, title: &str) -> Section {
        let others = (0..self.c.strategies.len()).filter(|k| *k != self.c.baseline);
        let rows: Vec<Difference> = others
            .filter_map(|k| {
                let p = self.of(k, o).paired.filter(|p| p.interval.0.is_finite())?;
                let note = better_in(&p.wins);
                Some(Difference {
                    label: self.name(k),
                    estimate: p.difference,
                    low: p.interval.0,
                    high: p.interval.1,
                    note,
                })
            })
            .collect();
        let mut table = Table::new(
            format!("{}, by strategy", o.label()),
            [
                Column::text("strategy"),
                Column::number("mean", o.unit()),
                Column::number("median", o.unit()),
                Column::range("5 to 95 %", ["5 % quantile".into(), "95 % quantile".into()], o.unit()),
                Column::number(DIFFERENCE, o.unit()),
                Column::range("95 % interval", Column::ends(DIFFERENCE), o.unit()),
                Column::number("better", "share of runs with ties half"),
                Column::number("adjusted p", "probability"),
            ],
        );
        for k in 0..self.c.strategies.len() {
            let s = self.of(k, o);
            let mut row = vec![
                Cell::text(self.name(k)),
                Cell::number(s.mean),
                s.median.map_or(Cell::text("past the end"), Cell::number),
                Cell::range(s.low, s.high),
            ];
            match s.paired {
                None => row.extend(["baseline", "", "", ""].map(Cell::text)),
                Some(p) => row.extend([
                    Cell::signed(p.difference),
                    Cell::range(p.interval.0, p.interval.1),
                    Cell::of(p.wins.share(), in_runs_of(&p.wins)),
                    Cell::of(p.p.unwrap_or(f64::NAN), p_value(p.p)),
                ]),
            }
            table.row(row);
        }
        let heading = format!("{}: difference from {}", capital(o.label()), self.baseline());
        Section {
            id: id.into(),
            title: title.into(),
            text: vec![format!(
                "Each mark is the mean difference from “{}” over {} runs with the same luck, the line its 95 % interval. To the left of the line in the middle is \
                 better. “Better in” counts single runs.",
                self.baseline(),
                self.c.replicates
            )],
            charts: vec![chart::forest(&format!("c-{id}"), &heading, o.unit(), &rows)],
            tables: vec![table],
        }
    }

    fn recovery(&self) -> Section {
        let step = CURVE_STEP as f64 / 24.0;
        // As far as all runs reach: past that the average would be over the lucky ones only.
        let reach = |k: usize| {
            self.study.details[k].iter().filter(|d| !d.capacity.is_empty()).map(|d| d.capacity.len()).min()
        };
        let watched = (0..self.c.strategies.len()).filter_map(reach).min().unwrap_or(1).max(2);
        let at = |d: &resus_engine::sim::ledger::entries::Detail, t: usize| {
            d.capacity.get(t).map_or(1.0, |v| f64::from(*v))
        };
        // The picture ends when recovery has, in nineteen of twenty runs of every strategy, and a little later.
        let low = |k: usize, t: usize| {
            quantile(&sorted(&self.study.details[k].iter().map(|d| at(d, t)).collect::<Vec<_>>()), 0.05)
        };
        let last =
            (0..watched).rev().find(|t| (0..self.c.strategies.len()).any(|k| low(k, *t) < 1.0 - ENDED));
        let points = last.map_or(watched, |t| (t + 2 + t / 8).min(watched));
        let ended = if points < watched { ", and ends when it is back in 95 % of runs" } else { "" };
        let panels: Vec<Panel> = (0..self.c.strategies.len())
            .map(|k| {
                let runs = &self.study.details[k];
                let band = (0..points)
                    .map(|t| {
                        let all = sorted(&runs.iter().map(|d| at(d, t)).collect::<Vec<_>>());
                        (quantile(&all, 0.05), mean(&all), quantile(&all, 0.95))
                    })
                    .collect();
                let samples =
                    runs.iter().take(SAMPLES).map(|d| (0..points).map(|t| at(d, t)).collect()).collect();
                Panel { label: self.name(k), band, samples }
            })
            .collect();
        let baseline: Vec<f64> = panels[self.c.baseline].band.iter().map(|b| b.1).collect();
        let mut table = Table::new(
            "Days from the first impact until those affected have their care back for good: restricted mean, and Kaplan–Meier median",
            std::iter::once(Column::text("strategy")).chain(
                ["50 % of care", "95 % of care", "95 % of organisations", "no backlog"].into_iter().flat_map(
                    |of| {
                        [
                            Column::number(format!("{of}: mean"), "days"),
                            Column::number("median", "days").named(&format!("{of}: median")),
                        ]
                    },
                ),
            ),
        );
        for k in 0..self.c.strategies.len() {
            let mut row = vec![Cell::text(self.name(k))];
            for o in
                [Outcome::Recovery50, Outcome::Recovery95, Outcome::OrganisationsBack95, Outcome::BacklogDays]
            {
                let s = self.of(k, o);
                let days = |v: f64| if o == Outcome::BacklogDays { v } else { v / 24.0 };
                row.push(Cell::of(days(s.mean), format!("{:.1}", days(s.mean))));
                row.push(
                    s.median
                        .map_or(Cell::text("past the end"), |m| Cell::of(days(m), format!("{:.1}", days(m)))),
                );
            }
            table.row(row);
        }
        Section {
            id: "recovery".into(),
            title: "How care comes back".into(),
            text: vec![format!(
                "Share of the system’s harm-weighted capacity from the first impact on{ended}. Solid: the mean. Band: 90 % of runs. Thin: {SAMPLES} single runs. Dashed: the \
                 mean of “{}”. Runs without an impact stay at 100 %.",
                self.baseline()
            )],
            charts: vec![chart::curves(
                "c-recovery",
                "Capacity after the first impact",
                "days from the first impact",
                step,
                &baseline,
                &panels,
            )],
            tables: vec![table],
        }
    }

    fn trade_offs(&self) -> Section {
        let dots: Vec<Dot> = (0..self.c.strategies.len())
            .map(|k| Dot {
                label: self.name(k),
                x: self.of(k, Outcome::Harm).mean,
                y: self.of(k, Outcome::CostTotal).mean,
                sure: self.c.pareto[k],
            })
            .collect();
        let mut table = Table::new(
            "Care disruption, recovery and cost together",
            [
                Column::text("strategy"),
                Column::number("harm, mean", Outcome::Harm.unit()),
                Column::number("days to 95 % of affected care, mean", "days"),
                Column::number("total cost, mean", "£"),
                Column::number("in the Pareto set", "share of resamples"),
            ],
        );
        for k in 0..self.c.strategies.len() {
            let days = self.of(k, Outcome::Recovery95).mean / 24.0;
            table.row([
                Cell::text(self.name(k)),
                Cell::number(self.of(k, Outcome::Harm).mean),
                Cell::of(days, format!("{days:.1}")),
                Cell::pounds(self.of(k, Outcome::CostTotal).mean),
                Cell::of(self.c.pareto[k], format!("in {} of resamples", percent(self.c.pareto[k]))),
            ]);
        }
        Section {
            id: "trade-offs".into(),
            title: "What is given up for what".into(),
            text: vec![
                "A strategy is in the Pareto set when no other is at least as good in all of care disruption, recovery and cost and better in one. Choosing one \
                 outside it gives something up for nothing."
                    .into(),
            ],
            charts: vec![chart::scatter(
                "c-pareto",
                "Harm against total cost",
                ("harm-weighted contacts, mean", "total cost with levers, mean"),
                &dots,
                number,
                pounds,
            )],
            tables: vec![table],
        }
    }

    fn spread(&self) -> Section {
        let e = &self.scenario.estate;
        let n = self.c.replicates.max(1) as f64;
        let hit = |k: usize| {
            let mut counts = vec![0u32; e.organisations.len()];
            for d in &self.study.details[k] {
                d.hit.iter().for_each(|o| counts[o.ix()] += 1);
            }
            counts.into_iter().map(|c| f64::from(c) / n).collect::<Vec<f64>>()
        };
        let shown = self.shown();
        let shares: Vec<Vec<f64>> = shown.iter().map(|k| hit(*k)).collect();
        let mut order: Vec<usize> =
            (0..e.organisations.len()).filter(|o| shares.iter().any(|s| s[*o] > 0.0)).collect();
        order.sort_by(|a, b| shares[0][*b].total_cmp(&shares[0][*a]).then(a.cmp(b)));
        // Tens of thousands of marks are no picture; places have a map of their own.
        let drawn = e.organisations.len() <= MARKS;
        let panels: Vec<(String, Vec<Mark>)> = shown
            .iter()
            .zip(&shares)
            .map(|(k, share)| {
                let mut often: Vec<usize> = (0..share.len()).filter(|o| share[*o] > 0.0).collect();
                often.sort_by(|a, b| share[*b].total_cmp(&share[*a]).then(a.cmp(b)));
                often.truncate(NAMED);
                let mark = |(n, o): (usize, &resus_engine::estate::Organisation)| {
                    let (lat, lon) = o.place?;
                    Some(Mark { lat, lon, hit: share[n], name: often.contains(&n).then(|| o.name.clone()) })
                };
                (self.name(*k), e.organisations.iter().enumerate().filter_map(mark).collect())
            })
            .collect();
        let places = match e.typical_figures() {
            None => {
                "Places are invented. Suppliers and national bodies stand together at the left. ".to_owned()
            }
            Some(t) if t.unplaced == 0 => String::new(),
            Some(t) => format!(
                "{} of {} organisations have no place, and are on no map. ",
                t.unplaced, t.organisations
            ),
        };
        let mut table = Table::new(
            "Share of runs in which an organisation is entered or struck; the 30 most often hit",
            &["organisation", "kind"],
        );
        table.columns.extend(shown.iter().map(|k| Column::number(self.name(*k), "share of runs")));
        for o in order.into_iter().take(30) {
            let org = e.org(OrgId(o as u32));
            table.row(
                [Cell::text(&org.name), Cell::text(org.kind.label())]
                    .into_iter()
                    .chain(shares.iter().map(|s| Cell::of(s[o], in_runs(s[o], self.c.replicates)))),
            );
        }
        Section {
            id: "spread".into(),
            title: "Where it spreads".into(),
            text: vec![format!(
                "{places}An organisation counts as hit when an intruder was inside or its systems were struck; being cut off as a precaution does not count."
            )],
            charts: if drawn { vec![chart::map("c-map", "Where it spreads", &panels)] } else { vec![] },
            tables: vec![table],
        }
    }

    fn robust(&self) -> Section {
        let mut table = Table::new(
            "Regret and satisficing in harm over all runs",
            [
                Column::text("strategy"),
                Column::number("mean regret", Outcome::Harm.unit()),
                Column::number("regret exceeded in 5 % of runs", Outcome::Harm.unit()),
                Column::number("harm at most half of the baseline’s mean", "share of runs"),
            ],
        );
        for (k, r) in self.c.robustness.iter().enumerate() {
            table.row([
                Cell::text(self.name(k)),
                Cell::number(r.mean_regret),
                Cell::number(r.high_regret),
                Cell::of(r.satisfies, in_runs(r.satisfies, self.c.replicates)),
            ]);
        }
        Section {
            id: "robustness".into(),
            title: "How wrong each choice may be".into(),
            text: vec![
                "Each run is a world of its own, with its own luck and its own draw of whatever the scenario marks as uncertain. Regret is how much more harm a \
                 strategy does in a world than the best of those compared would have done there."
                    .into(),
            ],
            tables: vec![table],
            ..Section::default()
        }
    }

    fn tornado(&self, t: &Tornado) -> Section {
        let bars = &t.bars;
        let swings: Vec<Swing> = bars
            .iter()
            .take(SWINGS)
            .map(|b| {
                let (low, high) = b.row.description.shown.clone().unwrap_or_default();
                Swing { label: parameter_name(&b.row), low: (low, b.baseline.0), high: (high, b.baseline.1) }
            })
            .collect();
        let mut table = Table::new(
            "Each parameter at both ends of its range: harm under the baseline, and the best strategy’s difference from it",
            [
                Column::text("parameter"),
                Column::text("path"),
                Column::text("range"),
                Column::number("runs", "runs"),
                Column::number("baseline at the low end", Outcome::Harm.unit()),
                Column::number("at the high end", Outcome::Harm.unit()).named("baseline at the high end"),
                Column::interval("difference at the low end", Outcome::Harm.unit()),
                Column::interval("at the high end", Outcome::Harm.unit()).named("difference at the high end"),
                Column::text("does the answer turn?"),
            ],
        );
        for b in bars {
            let (low, high) = b.row.description.shown.clone().unwrap_or_default();
            table.row([
                Cell::text(parameter_name(&b.row)),
                Cell::text(b.row.path.clone()),
                Cell::text(format!("{low} to {high}")),
                Cell::of(b.replicates as f64, b.replicates.to_string()),
                Cell::number(b.baseline.0),
                Cell::number(b.baseline.1),
                Cell::interval(&b.difference.0, signed(b.difference.0.estimate)),
                Cell::interval(&b.difference.1, signed(b.difference.1.estimate)),
                Cell::text(if b.turns() { "yes" } else { "no" }),
            ]);
        }
        let turning: Vec<String> =
            bars.iter().filter(|b| b.turns()).map(|b| parameter_name(&b.row)).collect();
        let turns = if turning.is_empty() {
            "Of none is it shown that the best strategy becomes worse than the baseline at an end of its range.".to_owned()
        } else {
            format!("The answer turns on: {}.", turning.join("; "))
        };
        let unfinished = if t.unfinished { " It was stopped before all were moved." } else { "" };
        Section {
            id: "tornado".into(),
            title: "What the answer hangs on".into(),
            text: vec![format!(
                "One parameter at a time is moved to the low and to the high end of its plausible range: all of them on a few runs, those that move most on more, as the table says. The {SWINGS} that move harm under “{}” most are drawn.{unfinished} {turns}",
                self.baseline()
            )],
            charts: vec![chart::tornado(
                "c-tornado",
                "Harm under the baseline when one parameter moves",
                "harm-weighted contacts, mean",
                t.centre,
                &swings,
            )],
            tables: vec![table],
        }
    }

    fn all(&self) -> Section {
        let mut table = Table::new("All outcomes, means by strategy", &["outcome", "unit"]);
        let unit = "unit of the row";
        table.columns.extend((0..self.c.strategies.len()).map(|k| Column::number(self.name(k), unit)));
        for o in Outcome::ALL {
            let means = (0..self.c.strategies.len()).map(|k| Cell::number(self.of(k, *o).mean));
            table.row([Cell::text(o.label()), Cell::text(o.unit())].into_iter().chain(means));
        }
        Section {
            id: "outcomes".into(),
            title: "All outcomes".into(),
            text: vec![
                "Means over all runs; of times that lie past the horizon in some, restricted means.".into(),
            ],
            tables: vec![table],
            ..Section::default()
        }
    }
}
