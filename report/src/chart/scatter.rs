//! Two aims against each other: options and their Pareto set; and benefit against money.

use maud::{Markup, html};

use super::scale::{Scale, range};
use super::{COLOURS, GRID, INK, SOFT, Width, both, drawing, line, path, r, wide_as, words, words_within};

/// One option.
#[derive(Clone, Debug)]
pub struct Dot {
    /// Its name.
    pub label: String,
    /// Across.
    pub x: f64,
    /// Up.
    pub y: f64,
    /// How sure it is in the Pareto set, in [0, 1].
    pub sure: f64,
}

/// Options by two aims, both of which are to be small.
pub fn scatter(
    id: &str,
    title: &str,
    axes: (&str, &str),
    dots: &[Dot],
    show: impl Fn(f64) -> String,
    money: impl Fn(f64) -> String,
) -> Markup {
    both(|w| scatter_drawn((id, w), title, axes, dots, (&show, &money)))
}

fn scatter_drawn(
    (id, w): (&str, Width),
    title: &str,
    axes: (&str, &str),
    dots: &[Dot],
    (show, money): (&dyn Fn(f64) -> String, &dyn Fn(f64) -> String),
) -> Markup {
    let wide = w == Width::Wide;
    let (left, right, top, bottom) =
        if wide { (78.0, 660.0, 20.0, 380.0) } else { (62.0, 380.0, 20.0, 300.0) };
    // There is no room for names on a telephone: dots are numbered, and named below.
    let name = |n: usize| if wide { dots[n].label.clone() } else { (n + 1).to_string() };
    let (apart, ticks) = if wide { (190.0, 6) } else { (24.0, 3) };
    let (_, high_x) = range(dots.iter().map(|d| d.x));
    let (_, high_y) = range(dots.iter().map(|d| d.y));
    let x = Scale::new((0.0, high_x * 1.08), (left, right));
    let y = Scale::new((0.0, high_y * 1.08), (bottom, top));
    // Labels that would lie on each other move down, or up where there is no more room.
    let mut places: Vec<(f64, f64)> = vec![];
    let mut order: Vec<usize> = (0..dots.len()).collect();
    order.sort_by(|a, b| dots[*b].y.total_cmp(&dots[*a].y));
    let mut labels = vec![(0.0, 0.0); dots.len()];
    for i in order {
        let (px, py) = (x.at(dots[i].x) + 12.0, y.at(dots[i].y) + 5.0);
        let free =
            |py: &f64| !places.iter().any(|(qx, qy)| (qx - px).abs() < apart && (qy - py).abs() < 16.0);
        let steps = |by: f64| (0..=dots.len()).map(move |k| py + by * k as f64);
        let place = steps(16.0).filter(|py| *py < bottom).chain(steps(-16.0)).find(free).unwrap_or(py);
        places.push((px, place));
        labels[i] = (px, place);
    }
    let about = dots
        .iter()
        .map(|d| {
            format!(
                "{}: {} and {}, in the Pareto set in {:.0} % of resamples.",
                d.label,
                show(d.x),
                money(d.y),
                d.sure * 100.0
            )
        })
        .collect::<Vec<_>>()
        .join(" ");
    let inside = html! {
        @for t in x.ticks(ticks) {
            (line((x.at(t), top), (x.at(t), bottom), GRID, 1.0))
            (words_within(if wide { 860.0 } else { 400.0 }, x.at(t), bottom + 18.0, &show(t)))
        }
        @for t in y.ticks(6) {
            (line((left, y.at(t)), (right, y.at(t)), GRID, 1.0))
            (words(left - 8.0, y.at(t) + 4.0, "end", 13, SOFT, &money(t)))
        }
        @for (n, (d, (lx, ly))) in dots.iter().zip(&labels).enumerate() {
            @let on = d.sure >= 0.5;
            circle cx=(r(x.at(d.x))) cy=(r(y.at(d.y))) r="7" fill=(if on { COLOURS[0] } else { "#fff" }) stroke=(COLOURS[0]) stroke-width="2" {}
            // Where there is no room at the right it stands at the left.
            @let fits = lx + wide_as(&name(n), 13) < if wide { 860.0 } else { 400.0 };
            @let (lx, anchor) = if fits { (*lx, "start") } else { (lx - 24.0, "end") };
            (words(lx, *ly, anchor, 13, INK, &name(n)))
        }
        @if wide {
            (words(0.5 * (left + right), bottom + 40.0, "middle", 13, SOFT, &format!("{} → (left and down is better; filled: in the Pareto set)", axes.0)))
        } @else {
            (words(14.0, bottom + 40.0, "start", 13, SOFT, &format!("{} →", axes.0)))
            (words(14.0, bottom + 58.0, "start", 13, SOFT, "left and down is better; filled: in the Pareto set"))
            @for (n, d) in dots.iter().enumerate() {
                (words(14.0, bottom + 80.0 + 18.0 * n as f64, "start", 13, INK, &format!("{} {}", n + 1, d.label)))
            }
        }
        (words(if wide { left } else { 14.0 }, top - 6.0, "start", 13, SOFT, &format!("↑ {}", axes.1)))
    };
    let size = if wide { (860.0, bottom + 50.0) } else { (400.0, bottom + 76.0 + 18.0 * dots.len() as f64) };
    drawing((id, w), title, &format!("{title}. {about}"), size, &inside)
}

/// Benefit (with interval) against money spent.
pub fn frontier(
    id: &str,
    title: &str,
    axes: (&str, &str),
    points: &[(f64, super::Bar)],
    show: impl Fn(f64) -> String,
    money: impl Fn(f64) -> String,
) -> Markup {
    both(|w| frontier_drawn((id, w), title, axes, points, (&show, &money)))
}

fn frontier_drawn(
    (id, w): (&str, Width),
    title: &str,
    axes: (&str, &str),
    points: &[(f64, super::Bar)],
    (show, money): (&dyn Fn(f64) -> String, &dyn Fn(f64) -> String),
) -> Markup {
    let wide = w == Width::Wide;
    let (left, right, top, bottom) =
        if wide { (78.0, 820.0, 24.0, 320.0) } else { (58.0, 380.0, 24.0, 280.0) };
    let (_, most) = range(points.iter().map(|p| p.0));
    let (low, high) = range(points.iter().flat_map(|p| [p.1.low, p.1.high, 0.0]));
    let x = Scale::new((0.0, most * 1.05), (left, right));
    let y = Scale::new((low, high * 1.08), (bottom, top));
    let mut line_points: Vec<(f64, f64)> = vec![(0.0, 0.0)];
    line_points.extend(points.iter().map(|p| (p.0, p.1.estimate)));
    let d = path(line_points.iter().map(|(a, b)| (x.at(*a), y.at(*b))));
    let about =
        points.iter().map(|(m, b)| format!("{}: {}.", money(*m), b.note)).collect::<Vec<_>>().join(" ");
    let inside = html! {
        @for t in x.ticks(if wide { 6 } else { 3 }) {
            (line((x.at(t), top), (x.at(t), bottom), GRID, 1.0))
            (words_within(if wide { 860.0 } else { 400.0 }, x.at(t), bottom + 18.0, &money(t)))
        }
        @for t in y.ticks(5) {
            (line((left, y.at(t)), (right, y.at(t)), GRID, 1.0))
            (words(left - 8.0, y.at(t) + 4.0, "end", 13, SOFT, &show(t)))
        }
        path d=(d) fill="none" stroke=(COLOURS[0]) stroke-width="2" {}
        @for (m, b) in points {
            (line((x.at(*m), y.at(b.low)), (x.at(*m), y.at(b.high)), INK, 2.0))
            circle cx=(r(x.at(*m))) cy=(r(y.at(b.estimate))) r="6" fill=(COLOURS[0]) {}
        }
        (words(0.5 * (left + right), bottom + 40.0, "middle", 13, SOFT, axes.0))
        (words(if wide { left } else { 14.0 }, top - 8.0, "start", 13, SOFT, &format!("↑ {}", axes.1)))
    };
    drawing(
        (id, w),
        title,
        &format!("{title}. {about}"),
        (if wide { 860.0 } else { 400.0 }, bottom + 50.0),
        &inside,
    )
}
