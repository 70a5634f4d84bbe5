//! Curves over time with their bands, one small panel for each strategy, the baseline dashed in each.

use maud::{Markup, html};

use super::scale::Scale;
use super::{COLOURS, GRID, INK, SOFT, Width, both, cut, drawing, line, path, words};

/// One panel.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Whose.
    pub label: String,
    /// At each point of time: 5 % quantile, mean, 95 % quantile.
    pub band: Vec<(f64, f64, f64)>,
    /// Some single runs.
    pub samples: Vec<Vec<f64>>,
}

/// Panels of share (0 to 1) against days, `step` days from point to point; `baseline` is the mean to compare with.
pub fn curves(id: &str, title: &str, unit: &str, step: f64, baseline: &[f64], panels: &[Panel]) -> Markup {
    both(|w| drawn((id, w), (title, unit), step, baseline, panels))
}

fn drawn(
    (id, w): (&str, Width),
    (title, unit): (&str, &str),
    step: f64,
    baseline: &[f64],
    panels: &[Panel],
) -> Markup {
    let (columns, wide, tall) = if w == Width::Wide { (2usize, 430.0, 190.0) } else { (1, 400.0, 190.0) };
    let floor = panels
        .iter()
        .flat_map(|p| p.band.iter().map(|b| b.0).chain(p.samples.iter().flatten().copied()))
        .fold(0.9f64, f64::min);
    let floor = (floor * 10.0).floor() / 10.0;
    let points = panels.iter().map(|p| p.band.len()).max().unwrap_or(2);
    let days = step * (points.max(2) - 1) as f64;
    let rows = panels.len().div_ceil(columns);
    let inside = html! {
        @for (n, p) in panels.iter().enumerate() {
            @let (x0, y0) = (wide * (n % columns) as f64, tall * (n / columns) as f64);
            @let x = Scale::new((0.0, days), (x0 + 46.0, x0 + wide - 16.0));
            @let y = Scale::new((floor, 1.0), (y0 + tall - 36.0, y0 + 28.0));
            @let at = |k: usize, v: f64| (x.at(step * k as f64), y.at(v));
            (words(x0 + 46.0, y0 + 18.0, "start", 14, INK, &cut(&p.label, wide - 60.0, 14)))
            @for t in y.ticks(3) {
                (line((x.at(0.0), y.at(t)), (x.at(days), y.at(t)), GRID, 1.0))
                (words(x0 + 40.0, y.at(t) + 4.0, "end", 12, SOFT, &format!("{:.0} %", t * 100.0)))
            }
            @for t in x.ticks(5) { (words(x.at(t), y0 + tall - 20.0, "middle", 12, SOFT, &format!("{t}"))) }
            @let upper = p.band.iter().enumerate().map(|(k, b)| at(k, b.2));
            @let lower = p.band.iter().enumerate().rev().map(|(k, b)| at(k, b.0));
            path d={ (path(upper.chain(lower))) "Z" } fill="#b9cbd9" fill-opacity="0.6" {}
            @for s in p.samples.iter().take(if w == Width::Wide { p.samples.len() } else { 6 }) { path d=(path(s.iter().enumerate().map(|(k, v)| at(k, *v)))) fill="none" stroke="#6f8aa0" stroke-width="0.6" {} }
            path d=(path(baseline.iter().enumerate().map(|(k, v)| at(k, *v)))) fill="none" stroke=(COLOURS[3]) stroke-width="2" stroke-dasharray="6 4" {}
            path d=(path(p.band.iter().enumerate().map(|(k, b)| at(k, b.1)))) fill="none" stroke=(COLOURS[0]) stroke-width="2.5" {}
        }
        (words(0.5 * wide * columns as f64, tall * rows as f64 + 14.0, "middle", 13, SOFT, unit))
    };
    let about = panels
        .iter()
        .map(|p| {
            let lowest = p.band.iter().map(|b| b.1).fold(1.0f64, f64::min);
            let last = p.band.last().map_or(1.0, |b| b.1);
            format!(
                "{}: mean falls to {:.0} %, and is {:.0} % at the end.",
                p.label,
                lowest * 100.0,
                last * 100.0
            )
        })
        .collect::<Vec<_>>()
        .join(" ");
    drawing(
        (id, w),
        title,
        &format!("{title}. {about}"),
        (wide * columns as f64, tall * rows as f64 + 24.0),
        &inside,
    )
}
