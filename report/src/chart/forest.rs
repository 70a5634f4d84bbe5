//! Paired differences from the baseline, each with its interval.

use maud::{Markup, html};

use super::scale::{Scale, range};
use super::{COLOURS, GRID, INK, Rows, SOFT, Width, both, drawing, line, r, words, words_within};
use crate::format::{number, signed};

/// One row.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Whose.
    pub label: String,
    /// Difference.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Words at the right, such as `better in 194 of 200 runs`.
    pub note: String,
}

/// The chart; below zero is better.
pub fn forest(id: &str, title: &str, unit: &str, rows: &[Difference]) -> Markup {
    both(|w| drawn(w, id, title, unit, rows))
}

fn drawn(w: Width, id: &str, title: &str, unit: &str, rows: &[Difference]) -> Markup {
    let at = Rows::of(w, (215.0, 640.0), 34.0);
    let (left, right, top, step) = (at.left, at.right, 30.0, at.step);
    let height = top + step * rows.len() as f64 + 48.0;
    let (low, high) = range(rows.iter().flat_map(|d| [d.low, d.high, 0.0]));
    let pad = 0.06 * (high - low);
    let x = Scale::new((low - pad, high + pad), (left, right));
    let bottom = top + step * rows.len() as f64;
    let about = format!(
        "{title}. Below zero is better than the baseline. {}",
        rows.iter()
            .map(|d| format!(
                "{}: {} ({} to {}), {}.",
                d.label,
                signed(d.estimate),
                signed(d.low),
                signed(d.high),
                d.note
            ))
            .collect::<Vec<_>>()
            .join(" ")
    );
    let inside = html! {
        @for t in x.ticks(at.ticks) {
            (line((x.at(t), top), (x.at(t), bottom), GRID, 1.0))
            (words_within(at.width, x.at(t), bottom + 18.0, &number(t)))
        }
        (line((x.at(0.0), top - 8.0), (x.at(0.0), bottom), INK, 1.5))
        (words(left, top - 14.0, "start", 13, SOFT, "← better"))
        (words(right, top - 14.0, "end", 13, SOFT, "worse →"))
        @for (n, d) in rows.iter().enumerate() {
            @let y = top + step * n as f64 + at.middle;
            @let sure = d.low > 0.0 || d.high < 0.0;
            (at.label(y, &d.label))
            (line((x.at(d.low), y), (x.at(d.high), y), COLOURS[0], 3.0))
            @for end in [d.low, d.high] { (line((x.at(end), y - 6.0), (x.at(end), y + 6.0), COLOURS[0], 2.0)) }
            circle cx=(r(x.at(d.estimate))) cy=(r(y)) r="6" fill=(if sure { COLOURS[0] } else { "#fff" }) stroke=(COLOURS[0]) stroke-width="2" {}
            (at.note(y, &d.note))
        }
        (words(0.5 * (left + right), bottom + 38.0, "middle", 13, SOFT, &format!("{unit}; filled: the 95 % interval leaves zero out")))
    };
    drawing((id, w), title, &about, (at.width, height), &inside)
}
