//! Charts as SVG: still pictures with their own title and description; a table beside each says the same in numbers.

mod bars;
mod curves;
mod forest;
mod heat;
mod map;
mod scale;
mod scatter;
mod tiles;

pub use bars::{Bar, Swing, bars, tornado};
pub use curves::{Panel, curves};
pub use forest::{Difference, forest};
pub use heat::heat;
pub use map::{Mark, map};
pub use scatter::{Dot, frontier, scatter};
pub use tiles::{Tile, shapes, tiles};

use std::fmt::Write as _;

use maud::{Markup, html};

/// Colours of lines and marks that are told apart by shape or label too; at least 3:1 on white.
pub const COLOURS: [&str; 4] = ["#12436D", "#1F7F78", "#801650", "#C2500F"];
/// Text.
pub const INK: &str = "#0b0c0c";
/// Axes and quiet text; 7:1 on white.
pub const SOFT: &str = "#425563";
/// Grids.
pub const GRID: &str = "#d8dde0";

/// For what width a chart is drawn: its letters are to be read on a page and on a telephone, so that it cannot be one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// A page or a screen.
    Wide,
    /// A telephone held upright.
    Narrow,
}

/// A chart in both widths; the page shows the one that fits.
pub(crate) fn both(draw: impl Fn(Width) -> Markup) -> Markup {
    html! {
        div class="wide" { (draw(Width::Wide)) }
        div class="narrow" { (draw(Width::Narrow)) }
    }
}

/// Where things stand in a chart of rows: beside their labels on a page, below them on a telephone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    /// Of the whole drawing.
    pub width: f64,
    /// Where the scale begins …
    pub left: f64,
    /// … and ends.
    pub right: f64,
    /// Height of a row.
    pub step: f64,
    /// From the top of a row to its middle.
    pub middle: f64,
    /// Ticks of the scale.
    pub ticks: usize,
    beside: bool,
}

impl Rows {
    /// On a page `left` and `right` are where the scale begins and ends, and `step` is the height of a row.
    pub fn of(w: Width, (left, right): (f64, f64), step: f64) -> Self {
        match w {
            Width::Wide => {
                Self { width: 860.0, left, right, step, middle: 0.5 * step, ticks: 5, beside: true }
            }
            Width::Narrow => Self {
                width: 400.0,
                left: 14.0,
                right: 386.0,
                step: step + 38.0,
                middle: 34.0,
                ticks: 3,
                beside: false,
            },
        }
    }
    /// A row's label, at the height of its middle.
    pub fn label(&self, y: f64, text: &str) -> Markup {
        if self.beside {
            words(self.left - 12.0, y + 5.0, "end", 14, INK, &cut(text, self.left - 16.0, 14))
        } else {
            over(self.left, y - 17.0, 14, &cut(text, self.right - self.left, 14))
        }
    }
    /// A row's note.
    pub fn note(&self, y: f64, text: &str) -> Markup {
        if self.beside {
            words(self.right + 14.0, y + 5.0, "start", 13, SOFT, text)
        } else {
            words(self.left, y + 25.0, "start", 13, SOFT, text)
        }
    }
}

/// A drawing of `width` × `height` with its title and description for those who do not see it.
pub(crate) fn drawing(
    (id, w): (&str, Width),
    title: &str,
    about: &str,
    (width, height): (f64, f64),
    inside: &Markup,
) -> Markup {
    let id = if w == Width::Narrow { format!("{id}-narrow") } else { id.to_owned() };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox={ "0 0 " (width) " " (r(height)) } aria-labelledby={ (id) "-t " (id) "-d" } {
            title id={ (id) "-t" } { (title) }
            desc id={ (id) "-d" } { (about) }
            (inside)
        }
    }
}

/// Rounded to a tenth of a pixel.
pub(crate) fn r(v: f64) -> f64 {
    if v.is_finite() { (v * 10.0).round() / 10.0 } else { 0.0 }
}

/// Words at a place; `anchor` is `start`, `middle` or `end`.
pub(crate) fn words(x: f64, y: f64, anchor: &str, size: u32, colour: &str, text: &str) -> Markup {
    html! { text x=(r(x)) y=(r(y)) text-anchor=(anchor) font-size=(size) fill=(colour) { (text) } }
}

/// Words around `x`, moved so far that they stand within a drawing of `width`.
pub(crate) fn words_within(width: f64, x: f64, y: f64, text: &str) -> Markup {
    let half = 0.5 * wide_as(text, 13) + 2.0;
    words(x.min(width - half).max(half), y, "middle", 13, SOFT, text)
}

/// About as many pixels as a text takes at most at `size`.
pub(crate) fn wide_as(text: &str, size: u32) -> f64 {
    text.chars().count() as f64 * f64::from(size) * 0.58
}

/// Words that are read over a grid.
pub(crate) fn over(x: f64, y: f64, size: u32, text: &str) -> Markup {
    html! { text x=(r(x)) y=(r(y)) font-size=(size) fill=(INK) stroke="#fff" stroke-width="4" paint-order="stroke" { (text) } }
}

/// A straight line.
pub(crate) fn line((x1, y1): (f64, f64), (x2, y2): (f64, f64), colour: &str, width: f64) -> Markup {
    html! { line x1=(r(x1)) y1=(r(y1)) x2=(r(x2)) y2=(r(y2)) stroke=(colour) stroke-width=(width) {} }
}

/// A line through points, as a path.
pub(crate) fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    points.enumerate().fold(String::new(), |mut d, (n, (x, y))| {
        let _ = write!(d, "{}{} {}", if n == 0 { 'M' } else { 'L' }, r(x), r(y));
        d
    })
}

/// Cut to about `width` pixels at `size`.
pub(crate) fn cut(text: &str, width: f64, size: u32) -> String {
    let most = (width / (f64::from(size) * 0.52)) as usize;
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
    }
}
