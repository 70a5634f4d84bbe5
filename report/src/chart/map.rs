//! Where it spreads: organisations at their places, by how often they are hit.

use maud::{Markup, html};

use super::scale::{Scale, range};
use super::{COLOURS, INK, SOFT, Width, both, cut, drawing, r, words};

/// One organisation.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Latitude.
    pub lat: f64,
    /// Longitude.
    pub lon: f64,
    /// Share of runs in which it is hit.
    pub hit: f64,
    /// Name, written beside it when it is among the most often hit.
    pub name: Option<String>,
}

/// Classes of how often: (from, size, filled, words).
const CLASSES: [(f64, f64, bool, &str); 4] = [
    (0.2, 9.0, true, "hit in 20 % of runs or more"),
    (0.05, 6.5, true, "in 5 to 20"),
    (1e-9, 4.5, false, "in fewer than 5"),
    (-1.0, 1.5, true, "never"),
];

fn class(hit: f64) -> usize {
    CLASSES.iter().position(|c| hit >= c.0).unwrap_or(CLASSES.len() - 1)
}

/// Named marks from the top down, each with the shift that keeps its name off the one above.
fn apart(marks: &[Mark], y: impl Fn(&Mark) -> f64) -> Vec<(&Mark, f64)> {
    let mut named: Vec<&Mark> = marks.iter().filter(|m| m.name.is_some()).collect();
    named.sort_by(|a, b| y(a).total_cmp(&y(b)));
    let mut last = f64::NEG_INFINITY;
    named
        .into_iter()
        .map(|m| {
            let at = y(m).max(last + 14.0);
            last = at;
            (m, at - y(m))
        })
        .collect()
}

/// Round dots, as a path of lines without length.
fn dots(points: impl Iterator<Item = (f64, f64)>) -> String {
    use std::fmt::Write as _;
    points.fold(String::new(), |mut d, (x, y)| {
        let _ = write!(d, "M{} {}h0", r(x), r(y));
        d
    })
}

/// Maps side by side, each with its title.
pub fn map(id: &str, title: &str, panels: &[(String, Vec<Mark>)]) -> Markup {
    both(|w| drawn((id, w), title, panels))
}

fn drawn((id, w): (&str, Width), title: &str, panels: &[(String, Vec<Mark>)]) -> Markup {
    let (wide, tall, columns) = if w == Width::Wide { (430.0, 400.0, 2) } else { (400.0, 380.0, 1) };
    let rows = panels.len().div_ceil(columns) as f64;
    let (south, north) = range(panels.iter().flat_map(|p| p.1.iter().map(|m| m.lat)));
    let (west, east) = range(panels.iter().flat_map(|p| p.1.iter().map(|m| m.lon)));
    let inside = html! {
        @for (n, (name, marks)) in panels.iter().enumerate() {
            @let (x0, y0) = (wide * (n % columns) as f64, tall * (n / columns) as f64);
            @let x = Scale::new((west, east), (x0 + 20.0, x0 + wide - 30.0));
            @let y = Scale::new((south, north), (y0 + tall - 24.0, y0 + 40.0));
            @let order = { let mut o: Vec<&Mark> = marks.iter().collect(); o.sort_by(|a, b| a.hit.total_cmp(&b.hit)); o };
            (words(x0 + 20.0, y0 + 20.0, "start", 14, INK, &cut(name, wide - 40.0, 14)))
            rect x=(r(x0 + 8.0)) y=(r(y0 + 28.0)) width=(r(wide - 20.0)) height=(r(tall - 40.0)) fill="none" stroke="#d8dde0" {}
            // Most are never hit: all of them are one path, so that the page stays small.
            path d=(dots(marks.iter().filter(|m| m.hit <= 0.0).map(|m| (x.at(m.lon), y.at(m.lat))))) fill="none" stroke="#8b979f" stroke-width="3" stroke-linecap="round" {}
            @for m in order.into_iter().filter(|m| m.hit > 0.0) {
                @let (_, size, filled, _) = CLASSES[class(m.hit)];
                circle cx=(r(x.at(m.lon))) cy=(r(y.at(m.lat))) r=(size) fill=(if !filled { "#fff" } else if m.hit > 0.0 { COLOURS[2] } else { "#8b979f" }) stroke=(if m.hit > 0.0 { COLOURS[2] } else { "none" }) stroke-width="1.5" fill-opacity="0.85" {}
            }
            @for (m, shift) in apart(marks, |m| y.at(m.lat)) {
                @let end = x.at(m.lon) > x0 + wide * 0.55;
                (words(x.at(m.lon) + if end { -12.0 } else { 12.0 }, y.at(m.lat) + 4.0 + shift, if end { "end" } else { "start" }, 12, INK, m.name.as_deref().unwrap_or("")))
            }
        }
        @for (n, (_, size, filled, label)) in CLASSES.iter().enumerate() {
            @let x = 20.0 + 215.0 * (n % (2 * columns)) as f64;
            @let y = tall * rows + 12.0 + 22.0 * (n / (2 * columns)) as f64;
            circle cx=(r(x)) cy=(r(y)) r=(size) fill=(if !filled { "#fff" } else if n < 3 { COLOURS[2] } else { "#8b979f" }) stroke=(if n < 3 { COLOURS[2] } else { "none" }) stroke-width="1.5" {}
            (words(x + 16.0, y + 5.0, "start", 13, SOFT, label))
        }
    };
    let about = panels
        .iter()
        .map(|(name, marks)| {
            let often = marks.iter().filter(|m| m.hit >= 0.05).count();
            format!("{name}: {often} of {} organisations are hit in 5 % of runs or more.", marks.len())
        })
        .collect::<Vec<_>>()
        .join(" ");
    let height = tall * rows + if w == Width::Wide { 30.0 } else { 52.0 };
    drawing((id, w), title, &format!("{title}. {about}"), (wide * columns as f64, height), &inside)
}
