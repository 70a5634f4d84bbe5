//! Who feels it: by kind of care, by place with a map, by organisation, and one organisation among its peers.

use resus_engine::estate::{Estate, OrgId};
use resus_engine::scenario::Scenario;
use resus_engine::study::felt::{By, Felt, Line, Mean, Subject};

use crate::boundaries::Shape;
use crate::chart::{self, Tile};
use crate::format::{number, percent, signed};
use crate::{Cell, Column, Section, Table};

/// Organisations in the table; JSON has more.
const ORGANISATIONS: usize = 40;
/// Below this share of the largest harm an organisation is left out of the table.
const SLIGHT: f64 = 1e-3;
/// From so many places on a map says more than their list.
const MAPPED: usize = 4;

/// What a reader asked for beside the comparison.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Real shapes of places, for the map.
    pub shapes: Vec<Shape>,
    /// The organisation that is set among its peers.
    pub organisation: Option<OrgId>,
}

/// Of which strategies it is told: by position in the study, with their names; the first is the baseline.
pub(super) struct Told<'a> {
    pub scenario: &'a Scenario,
    pub felt: &'a Felt,
    pub strategies: Vec<(usize, String)>,
}

/// Hours that a scenario lasts.
pub fn hours(scenario: &Scenario) -> f64 {
    f64::from(scenario.horizon) / 60.0
}

/// The sections.
pub(super) fn sections(told: &Told, wish: &Wish) -> Vec<Section> {
    let mut out = vec![care(told)];
    let places = told.felt.lines(By::Place);
    if told.scenario.estate.regions.len() > 1 {
        out.push(place(told, wish, &places));
    }
    out.push(organisations(told));
    out.extend(wish.organisation.and_then(|o| peers(told, o)));
    out
}

fn columns(told: &Told, first: &str) -> Vec<Column> {
    let mut out = vec![Column::text(first)];
    for (k, (_, name)) in told.strategies.iter().enumerate() {
        let named = |head: &str, unit: &str| Column::number(format!("{name}: {head}"), unit);
        out.push(named("contacts not served", "contacts"));
        out.push(named("harm", "index"));
        if k > 0 {
            let difference = format!("{name}: harm, difference from the baseline");
            out.push(Column::interval("harm: difference [95 %]", "index").named(&difference));
        }
        out.push(named("days until back", "days"));
    }
    out
}

fn cells(told: &Told, line: &Line) -> Vec<Cell> {
    let mut out = vec![];
    for (k, _) in &told.strategies {
        let m = &line.means[*k];
        out.extend([Cell::number(m.unmet), Cell::number(m.harm)]);
        if let Some(d) = &m.difference {
            out.push(Cell::interval(
                d,
                format!("{} [{} to {}]", signed(d.estimate), signed(d.low), signed(d.high)),
            ));
        }
        out.push(back(m));
    }
    out
}

fn back(m: &Mean) -> Cell {
    let past = if m.late > 0.0 { format!(" ({} past the end)", percent(m.late)) } else { String::new() };
    Cell::of(m.days, format!("{:.1}{past}", m.days))
}

/// Which strategies stand in the table, in words.
fn heads(told: &Told) -> String {
    let names: Vec<String> = told.strategies.iter().map(|s| format!("“{}”", s.1)).collect();
    names.join(", then ")
}

const BACK: &str = "Days until back: from the first impact until none of its services is below 95 % of its capacity any more, cut at the end of the time \
                    looked at, 0 in runs in which none was.";

fn care(told: &Told) -> Section {
    let e = &told.scenario.estate;
    let mut table = Table::new(format!("By kind of care, means: {}", heads(told)), columns(told, "care"));
    let felt = |l: &&Line| l.means.iter().any(|m| m.unmet > 0.0 || m.harm > 0.0);
    for line in told.felt.lines(By::Care).iter().filter(felt) {
        table.row(std::iter::once(Cell::text(line.subject.name(e))).chain(cells(told, line)));
    }
    Section {
        id: "by-care".into(),
        title: "Which care suffers".into(),
        text: vec![format!(
            "{BACK} The model has kinds of care, and no groups of patients. Harm of records is of no kind of care and stands under places and organisations."
        )],
        tables: vec![table],
        ..Section::default()
    }
}

/// The middle of a place, of those of its organisations whose place is known.
fn middle(e: &Estate, place: u32) -> Option<(f64, f64)> {
    let known: Vec<(f64, f64)> = e.by_region[place as usize].iter().filter_map(|o| e.org(*o).place).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| known.iter().map(of).sum::<f64>() / known.len() as f64;
    (!known.is_empty()).then(|| (mean(|p| p.0), mean(|p| p.1)))
}

/// Places with their middles; where one is not known it stands nowhere in particular, for shapes alone.
fn tiles(e: &Estate, lines: &[Line], strategy: usize) -> Vec<Tile> {
    (0..e.regions.len() as u32)
        .filter_map(|n| {
            let here = &e.by_region[n as usize];
            let (lat, lon) = middle(e, n).unwrap_or_default();
            let line = lines.iter().find(|l| l.subject == Subject::Place(n));
            let care = here.iter().any(|o| !e.org(*o).services.is_empty());
            (care || line.is_some()).then(|| Tile {
                name: e.regions[n as usize].clone(),
                lat,
                lon,
                value: line.map_or(0.0, |l| l.means[strategy].harm),
            })
        })
        .collect()
}

fn place(told: &Told, wish: &Wish, lines: &[Line]) -> Section {
    let e = &told.scenario.estate;
    let mut table = Table::new(format!("By place, means: {}", heads(told)), columns(told, "place"));
    for line in lines {
        table.row(std::iter::once(Cell::text(line.subject.name(e))).chain(cells(told, line)));
    }
    let panels: Vec<(String, Vec<Tile>)> =
        told.strategies.iter().map(|(k, name)| (name.clone(), tiles(e, lines, *k))).collect();
    let (title, unit) = ("Harm by place", "harm-weighted contacts, mean; darker is worse");
    let (charts, text) = if !wish.shapes.is_empty() {
        (
            vec![chart::shapes("c-places", title, unit, &panels, &wish.shapes)],
            "Shapes are those of the file of boundaries.",
        )
    } else if lines.iter().any(|l| matches!(l.subject, Subject::Place(n) if middle(e, n).is_none())) {
        (
            vec![],
            "Some of these places are nowhere on a map: the estate does not say where their organisations are.",
        )
    } else if panels.first().is_some_and(|p| p.1.len() >= MAPPED) {
        (
            vec![chart::tiles("c-places", title, unit, &panels)],
            "One tile for each place, about where it lies: north is up. “--boundaries” draws real shapes.",
        )
    } else {
        (vec![], "An organisation belongs to the place that its estate states.")
    };
    Section {
        id: "by-place".into(),
        title: "Which places suffer".into(),
        text: vec![text.into()],
        charts,
        tables: vec![table],
    }
}

fn organisations(told: &Told) -> Section {
    let e = &told.scenario.estate;
    let lines = told.felt.lines(By::Organisation);
    let harm = |l: &Line| told.strategies.iter().map(|(k, _)| l.means[*k].harm).fold(0.0, f64::max);
    let least = SLIGHT * lines.iter().map(harm).fold(0.0, f64::max);
    let shown: Vec<&Line> = lines.iter().filter(|l| harm(l) > least).take(ORGANISATIONS).collect();
    let mut table = Table::new(
        format!("By organisation, means: {}; the {} most harmed", heads(told), shown.len()),
        columns(told, "organisation"),
    );
    for line in shown {
        table.row(std::iter::once(Cell::text(line.subject.name(e))).chain(cells(told, line)));
    }
    Section {
        id: "by-organisation".into(),
        title: "Which organisations suffer".into(),
        text: vec![format!(
            "{} of {} organisations feel anything in any run; those with less than a thousandth of the largest harm are left out here. Care counts where it was due, \
             not where it was sent.",
            lines.len(),
            e.organisations.len()
        )],
        tables: vec![table],
        ..Section::default()
    }
}

fn peers(told: &Told, org: OrgId) -> Option<Section> {
    let e = &told.scenario.estate;
    let among = told.felt.among_peers(e, org, hours(told.scenario))?;
    let line = told.felt.line(Subject::Organisation(org))?;
    let unit = "share of contacts due";
    let (name, kind) = (&e.org(org).name, e.org(org).kind.label());
    let mut table = Table::new(
        format!("{name} among organisations of its kind ({kind})"),
        [
            Column::text("strategy"),
            Column::number("not served on the day", unit),
            Column::range(
                "its kind, 10 to 90 %",
                ["10 % quantile of its kind".into(), "90 % quantile of its kind".into()],
                unit,
            ),
            Column::number("its kind, median", unit),
            Column::number("hit harder", "organisations"),
            Column::number("of", "organisations"),
            Column::number("days until back", "days"),
        ],
    );
    for (k, strategy) in &told.strategies {
        let p = &among[*k];
        let (low, high) = (p.peers.0, p.peers.2);
        table.row([
            Cell::text(strategy),
            Cell::percent(p.share),
            Cell { shown: format!("{} to {}", percent(low), percent(high)), ..Cell::range(low, high) },
            Cell::percent(p.peers.1),
            Cell::of(p.worse_off as f64, p.worse_off.to_string()),
            Cell::of(p.of as f64, p.of.to_string()),
            back(&line.means[*k]),
        ]);
    }
    let now = &among[told.strategies[0].0];
    Some(Section {
        id: "peers".into(),
        title: format!("{name} among its peers"),
        text: vec![format!(
            "Under “{}” it does not serve {} of the contacts that are due to it over the whole time, {} contacts on average; {} of {} organisations of its kind lose a \
             larger share.",
            told.strategies[0].1,
            percent(now.share),
            number(line.means[told.strategies[0].0].unmet),
            now.worse_off,
            now.of
        )],
        tables: vec![table],
        ..Section::default()
    })
}
