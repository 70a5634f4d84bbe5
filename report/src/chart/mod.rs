//! Charts as SVG: still pictures with their own title and description; a table beside each says the same in numbers.

mod bars;
mod curves;
mod forest;
mod heat;
mod map;
mod scale;
mod scatter;

pub use bars::{Bar, Swing, bars, tornado};
pub use curves::{Panel, curves};
pub use forest::{Difference, forest};
pub use heat::heat;
pub use map::{Mark, map};
pub use scatter::{Dot, frontier, scatter};

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

/// A drawing of `width` × `height` with its title and description for those who do not see it.
pub(crate) fn drawing(
    id: &str,
    title: &str,
    about: &str,
    (width, height): (f64, f64),
    inside: &Markup,
) -> Markup {
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
