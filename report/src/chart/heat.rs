//! A heat map: how much, by row and column; the number stands in each cell, so that colour is not needed to read it.

use maud::{Markup, html};

use super::{INK, SOFT, Width, both, cut, drawing, r, words};
use crate::format::{number, whole};

/// Rows × columns of numbers ≥ 0; shades are by the square root, so that middling cells are seen.
pub fn heat(id: &str, title: &str, unit: &str, columns: &[String], rows: &[(String, Vec<f64>)]) -> Markup {
    let (left, top, tall) = (225.0, 118.0, 30.0);
    let wide = ((790.0 - left) / columns.len().max(1) as f64).min(90.0);
    let most = rows.iter().flat_map(|row| &row.1).copied().fold(0.0, f64::max).max(1e-9);
    let bottom = top + tall * rows.len() as f64;
    let inside = html! {
        @for (c, name) in columns.iter().enumerate() {
            @let x = left + wide * (c as f64 + 0.5);
            text x=(r(x)) y=(r(top - 8.0)) font-size="13" fill=(INK) transform={ "rotate(-40 " (r(x)) " " (r(top - 8.0)) ")" } { (name) }
        }
        @for (n, (name, values)) in rows.iter().enumerate() {
            @let y = top + tall * n as f64;
            (words(left - 10.0, y + 20.0, "end", 13, INK, &cut(name, left - 14.0, 13)))
            @for (c, v) in values.iter().enumerate() {
                @let share = (v / most).sqrt();
                @let shade = |light: f64, dark: f64| (light + (dark - light) * share) as u32;
                @let (fill, ink) = (format!("#{:02x}{:02x}{:02x}", shade(255.0, 18.0), shade(255.0, 67.0), shade(255.0, 109.0)), if share > 0.55 { "#ffffff" } else { INK });
                rect x=(r(left + wide * c as f64)) y=(r(y)) width=(r(wide - 1.0)) height=(r(tall - 1.0)) fill=(fill) stroke="#d8dde0" stroke-width="0.5" {}
                @if *v >= 0.5 { (words(left + wide * (c as f64 + 0.5), y + 19.0, "middle", 11, ink, &whole(*v))) }
            }
        }
        (words(left, bottom + 20.0, "start", 13, SOFT, unit))
    };
    let about = rows
        .iter()
        .map(|(name, values)| {
            let worst = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            worst.map_or(String::new(), |(c, v)| format!("{name}: most in {} ({}).", columns[c], number(*v)))
        })
        .collect::<Vec<_>>()
        .join(" ");
    // A telephone has no room for a grid: it is told in words which care suffers most.
    let most_of = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).filter(|c| values[*c] >= 1.0).collect();
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        order
            .iter()
            .take(3)
            .map(|c| format!("{} {}", columns[*c], whole(values[*c])))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let narrow = html! {
        @for (n, (name, values)) in rows.iter().enumerate() {
            @let y = 20.0 + 46.0 * n as f64;
            (words(8.0, y, "start", 14, INK, &cut(name, 384.0, 14)))
            (words(8.0, y + 18.0, "start", 13, SOFT, &cut(&most_of(values), 384.0, 13)))
        }
        (words(8.0, 18.0 + 46.0 * rows.len() as f64, "start", 13, SOFT, &cut(unit, 384.0, 13)))
    };
    let about = format!("{title}. {about}");
    both(|w| match w {
        Width::Wide => drawing((id, w), title, &about, (860.0, bottom + 30.0), &inside),
        Width::Narrow => drawing((id, w), title, &about, (400.0, 30.0 + 46.0 * rows.len() as f64), &narrow),
    })
}
