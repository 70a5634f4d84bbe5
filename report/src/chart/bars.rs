//! Bars with intervals, and the tornado.

use maud::{Markup, html};

use super::scale::{Scale, range};
use super::{COLOURS, GRID, INK, SOFT, cut, drawing, line, r, words};
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
    let (left, right, top, step) = (215.0, 660.0, 12.0, 38.0);
    let bottom = top + step * rows.len() as f64;
    let (low, high) = range(rows.iter().flat_map(|b| [b.low, b.high, b.estimate, 0.0]));
    let pad = 0.04 * (high - low);
    let x = Scale::new((if low < 0.0 { low - pad } else { 0.0 }, high + pad), (left, right));
    let about = rows.iter().map(|b| format!("{}: {}.", b.label, b.note)).collect::<Vec<_>>().join(" ");
    let inside = html! {
        @for t in x.ticks(5) {
            (line((x.at(t), top), (x.at(t), bottom), GRID, 1.0))
            (words(x.at(t), bottom + 18.0, "middle", 13, SOFT, &show(t)))
        }
        @for (n, b) in rows.iter().enumerate() {
            @let y = top + step * (n as f64 + 0.5);
            @let (a, z) = (x.at(b.estimate.min(0.0)), x.at(b.estimate.max(0.0)));
            (words(left - 12.0, y + 5.0, "end", 14, INK, &cut(&b.label, left - 16.0, 14)))
            rect x=(r(a)) y=(r(y - 10.0)) width=(r((z - a).max(1.0))) height="20" fill="#8fa9bf" {}
            (line((x.at(b.low), y), (x.at(b.high), y), INK, 2.0))
            @for end in [b.low, b.high] { (line((x.at(end), y - 6.0), (x.at(end), y + 6.0), INK, 2.0)) }
            (words(right + 12.0, y + 5.0, "start", 13, SOFT, &b.note))
        }
        (line((x.at(0.0), top), (x.at(0.0), bottom), INK, 1.5))
        (words(0.5 * (left + right), bottom + 38.0, "middle", 13, SOFT, unit))
    };
    drawing(id, title, &format!("{title}. {about}"), (860.0, bottom + 48.0), &inside)
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
    let (left, right, top, step) = (285.0, 790.0, 34.0, 36.0);
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
        @for t in x.ticks(5) {
            (line((x.at(t), top), (x.at(t), bottom), GRID, 1.0))
            (words(x.at(t), bottom + 18.0, "middle", 13, SOFT, &number(t)))
        }
        rect x=(r(left)) y="6" width="14" height="12" fill=(COLOURS[0]) {}
        (words(left + 20.0, 17.0, "start", 13, SOFT, "at its low end"))
        rect x=(r(left + 130.0)) y="6" width="14" height="12" fill="#fff" stroke=(COLOURS[3]) stroke-width="2" {}
        (words(left + 150.0, 17.0, "start", 13, SOFT, "at its high end"))
        @for (n, s) in rows.iter().enumerate() {
            @let y = top + step * (n as f64 + 0.5);
            (words(left - 12.0, y + 5.0, "end", 13, INK, &cut(&s.label, left - 16.0, 13)))
            @let (a, z) = (x.at(s.low.1.min(centre)), x.at(s.low.1.max(centre)));
            rect x=(r(a)) y=(r(y - 12.0)) width=(r((z - a).max(1.0))) height="11" fill=(COLOURS[0]) {}
            @let (a, z) = (x.at(s.high.1.min(centre)), x.at(s.high.1.max(centre)));
            rect x=(r(a)) y=(r(y + 1.0)) width=(r((z - a).max(1.0))) height="11" fill="#fff" stroke=(COLOURS[3]) stroke-width="2" {}
        }
        (line((x.at(centre), top), (x.at(centre), bottom), INK, 1.5))
        (words(0.5 * (left + right), bottom + 38.0, "middle", 13, SOFT, unit))
    };
    drawing(id, title, &format!("{title}. {about}"), (860.0, bottom + 48.0), &inside)
}
