//! Bars with intervals, and the tornado.

use maud::{Markup, html};

use super::scale::{Scale, range};
use super::{COLOURS, GRID, INK, Rows, SOFT, Width, both, cut, drawing, line, over, r, words, words_within};
use crate::format::number;

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Whose.
    pub label: String,
    /// Its length.
    pub estimate: f64,
    /// Interval.
    pub low: f64,
    /// Interval.
    pub high: f64,
    /// The value in words.
    pub note: String,
}

/// Horizontal bars from zero, with intervals.
pub fn bars(id: &str, title: &str, unit: &str, rows: &[Bar], show: impl Fn(f64) -> String) -> Markup {
    both(|w| bars_drawn((id, w), title, unit, rows, &show))
}

fn bars_drawn(
    (id, w): (&str, Width),
    title: &str,
    unit: &str,
    rows: &[Bar],
    show: impl Fn(f64) -> String,
) -> Markup {
    let place = Rows::of(w, (215.0, 660.0), 38.0);
    let (left, right, top, step) = (place.left, place.right, 12.0, place.step);
    let bottom = top + step * rows.len() as f64;
    let (low, high) = range(rows.iter().flat_map(|b| [b.low, b.high, b.estimate, 0.0]));
    let pad = 0.04 * (high - low);
    let x = Scale::new((if low < 0.0 { low - pad } else { 0.0 }, high + pad), (left, right));
    let about = rows.iter().map(|b| format!("{}: {}.", b.label, b.note)).collect::<Vec<_>>().join(" ");
    let inside = html! {
        @for t in x.ticks(place.ticks) {
            (line((x.at(t), top), (x.at(t), bottom), GRID, 1.0))
            (words_within(place.width, x.at(t), bottom + 18.0, &show(t)))
        }
        @for (n, b) in rows.iter().enumerate() {
            @let y = top + step * n as f64 + place.middle;
            @let (a, z) = (x.at(b.estimate.min(0.0)), x.at(b.estimate.max(0.0)));
            (place.label(y, &b.label))
            rect x=(r(a)) y=(r(y - 10.0)) width=(r((z - a).max(1.0))) height="20" fill="#8fa9bf" {}
            (line((x.at(b.low), y), (x.at(b.high), y), INK, 2.0))
            @for end in [b.low, b.high] { (line((x.at(end), y - 6.0), (x.at(end), y + 6.0), INK, 2.0)) }
            (place.note(y, &b.note))
        }
        (line((x.at(0.0), top), (x.at(0.0), bottom), INK, 1.5))
        (words(0.5 * (left + right), bottom + 38.0, "middle", 13, SOFT, unit))
    };
    drawing((id, w), title, &format!("{title}. {about}"), (place.width, bottom + 48.0), &inside)
}

/// One parameter moved over its range.
#[derive(Clone, Debug)]
pub struct Swing {
    /// The parameter.
    pub label: String,
    /// Its low end in words, and the result there.
    pub low: (String, f64),
    /// Its high end in words, and the result there.
    pub high: (String, f64),
}

/// The tornado: how far each parameter moves a result from `centre`.
pub fn tornado(id: &str, title: &str, unit: &str, centre: f64, rows: &[Swing]) -> Markup {
    both(|w| tornado_drawn((id, w), title, unit, centre, rows))
}

fn tornado_drawn((id, w): (&str, Width), title: &str, unit: &str, centre: f64, rows: &[Swing]) -> Markup {
    // Names of parameters are long: they stand over their bars.
    let (left, right, top, step) = (14.0, if w == Width::Wide { 846.0 } else { 386.0 }, 34.0, 58.0);
    let bottom = top + step * rows.len() as f64;
    let (low, high) = range(rows.iter().flat_map(|s| [s.low.1, s.high.1, centre]));
    let pad = 0.12 * (high - low);
    let x = Scale::new(((low - pad).min(low), high + pad), (left, right));
    let about = rows
        .iter()
        .map(|s| {
            format!("{}: {} at {}, {} at {}.", s.label, number(s.low.1), s.low.0, number(s.high.1), s.high.0)
        })
        .collect::<Vec<_>>()
        .join(" ");
    let inside = html! {
        @for t in x.ticks(if w == Width::Wide { 6 } else { 3 }) {
            (line((x.at(t), top), (x.at(t), bottom), GRID, 1.0))
            (words_within(right + 14.0, x.at(t), bottom + 18.0, &number(t)))
        }
        rect x=(r(left)) y="6" width="14" height="12" fill=(COLOURS[0]) {}
        (words(left + 20.0, 17.0, "start", 13, SOFT, "at its low end"))
        rect x=(r(left + 130.0)) y="6" width="14" height="12" fill="#fff" stroke=(COLOURS[3]) stroke-width="2" {}
        (words(left + 150.0, 17.0, "start", 13, SOFT, "at its high end"))
        (line((x.at(centre), top), (x.at(centre), bottom), INK, 1.5))
        @for (n, s) in rows.iter().enumerate() {
            @let y = top + step * n as f64 + 36.0;
            (over(left, y - 18.0, 13, &cut(&s.label, right - left, 13)))
            @let (a, z) = (x.at(s.low.1.min(centre)), x.at(s.low.1.max(centre)));
            rect x=(r(a)) y=(r(y - 12.0)) width=(r((z - a).max(1.0))) height="11" fill=(COLOURS[0]) {}
            @let (a, z) = (x.at(s.high.1.min(centre)), x.at(s.high.1.max(centre)));
            rect x=(r(a)) y=(r(y + 1.0)) width=(r((z - a).max(1.0))) height="11" fill="#fff" stroke=(COLOURS[3]) stroke-width="2" {}
        }
        (words(0.5 * (left + right), bottom + 38.0, "middle", 13, SOFT, unit))
    };
    drawing((id, w), title, &format!("{title}. {about}"), (right + 14.0, bottom + 48.0), &inside)
}
