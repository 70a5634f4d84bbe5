//! A map of places by how much they feel: one tile for each, about where it lies; or their real shapes, when somebody has them.

use maud::{Markup, html};

use super::scale::{Scale, range};
use super::{INK, SOFT, Width, both, cut, drawing, path, r, words};
use crate::boundaries::Shape;
use crate::format::number;

/// One place.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Its name.
    pub name: String,
    /// Latitude of its middle.
    pub lat: f64,
    /// Longitude of its middle.
    pub lon: f64,
    /// How much it feels, at least 0.
    pub value: f64,
}

/// A column and a row for each place, so that those in the north stand above, those in the west at the left, and none on another: rows hold
/// about as many places, from north to south, and the places of a row stand from west to east.
fn grid(tiles: &[Tile]) -> (Vec<(usize, usize)>, usize, usize) {
    let n = tiles.len().max(1);
    // A tile is wider than high, and so is its name.
    let columns = ((n as f64).sqrt() * 0.95).ceil().max(1.0) as usize;
    let rows = n.div_ceil(columns);
    let mut order: Vec<usize> = (0..tiles.len()).collect();
    order.sort_by(|a, b| tiles[*b].lat.total_cmp(&tiles[*a].lat).then(a.cmp(b)));
    let mut at = vec![(0, 0); tiles.len()];
    for row in 0..rows {
        let mut here: Vec<usize> = order
            .iter()
            .copied()
            .skip(row * tiles.len() / rows)
            .take((row + 1) * tiles.len() / rows - row * tiles.len() / rows)
            .collect();
        here.sort_by(|a, b| tiles[*a].lon.total_cmp(&tiles[*b].lon).then(a.cmp(b)));
        let gap = columns - here.len();
        for (column, tile) in here.into_iter().enumerate() {
            at[tile] = (gap / 2 + column, row);
        }
    }
    (at, columns, rows)
}

/// Fill and ink by how much it is of the most, by the square root, so that middling places are seen.
fn shade(value: f64, most: f64) -> (String, &'static str) {
    let share = if most > 0.0 { (value / most).clamp(0.0, 1.0).sqrt() } else { 0.0 };
    let tone = |light: f64, dark: f64| (light + (dark - light) * share) as u32;
    let fill = format!("#{:02x}{:02x}{:02x}", tone(240.0, 18.0), tone(244.0, 67.0), tone(245.0, 109.0));
    (fill, if share > 0.55 { "#ffffff" } else { INK })
}

fn about(title: &str, panels: &[(String, Vec<Tile>)]) -> String {
    let each = panels.iter().map(|(name, tiles)| {
        let mut order: Vec<&Tile> = tiles.iter().filter(|t| t.value > 0.0).collect();
        order.sort_by(|a, b| b.value.total_cmp(&a.value));
        let most: Vec<String> =
            order.iter().take(3).map(|t| format!("{} {}", t.name, number(t.value))).collect();
        let most = if most.is_empty() {
            "nothing anywhere".to_owned()
        } else {
            format!("most in {}", most.join(", "))
        };
        format!("{name}: {most}, of {} places.", tiles.len())
    });
    format!("{title}. {}", each.collect::<Vec<_>>().join(" "))
}

/// Tiles, one panel for each strategy; the number stands in each, so that colour is not needed to read it.
pub fn tiles(id: &str, title: &str, unit: &str, panels: &[(String, Vec<Tile>)]) -> Markup {
    both(|w| {
        let across = if w == Width::Wide { 2 } else { 1 };
        let wide = if w == Width::Wide { 430.0 } else { 400.0 };
        let most = panels.iter().flat_map(|p| &p.1).map(|t| t.value).fold(0.0, f64::max);
        let (_, columns, rows) = panels.first().map_or((vec![], 1, 1), |p| grid(&p.1));
        let (tile, height) = ((wide - 16.0) / columns as f64, 36.0);
        let tall = 36.0 + height * rows as f64;
        let inside = html! {
            @for (n, (name, places)) in panels.iter().enumerate() {
                @let (x0, y0) = (wide * (n % across) as f64 + 4.0, tall * (n / across) as f64);
                (words(x0, y0 + 20.0, "start", 14, INK, &cut(name, wide - 16.0, 14)))
                @for (t, (column, row)) in places.iter().zip(grid(places).0) {
                    @let (fill, ink) = shade(t.value, most);
                    @let (x, y) = (x0 + tile * column as f64, y0 + 30.0 + height * row as f64);
                    rect x=(r(x)) y=(r(y)) width=(r(tile - 2.0)) height=(r(height - 2.0)) fill=(fill) stroke="#aeb7bd" stroke-width="0.5" {}
                    (words(x + 3.0, y + 13.0, "start", 10, ink, &cut(&t.name, tile - 2.0, 10)))
                    @if t.value > 0.0 { (words(x + 3.0, y + 28.0, "start", 12, ink, &number(t.value))) }
                }
            }
            (words(4.0, tall * panels.len().div_ceil(across) as f64 + 16.0, "start", 13, SOFT, unit))
        };
        let height = tall * panels.len().div_ceil(across) as f64 + 26.0;
        drawing((id, w), title, &about(title, panels), (wide * across as f64, height), &inside)
    })
}

/// Real shapes, one panel for each strategy. A tile without a shape is told in the table only.
pub fn shapes(id: &str, title: &str, unit: &str, panels: &[(String, Vec<Tile>)], shapes: &[Shape]) -> Markup {
    let (west, east) = range(shapes.iter().flat_map(Shape::points).map(|p| p.0));
    let (south, north) = range(shapes.iter().flat_map(Shape::points).map(|p| p.1));
    // A degree of longitude is shorter than one of latitude.
    let narrowing = (0.5 * (south + north)).to_radians().cos();
    both(|w| {
        let across = if w == Width::Wide { 2 } else { 1 };
        let wide = if w == Width::Wide { 430.0 } else { 400.0 };
        let draw = wide - 24.0;
        let ratio = (north - south) / ((east - west) * narrowing).max(1e-9);
        let (width, height) =
            if ratio * draw > 560.0 { (560.0 / ratio.max(1e-9), 560.0) } else { (draw, ratio * draw) };
        let tall = height + 44.0;
        let most = panels.iter().flat_map(|p| &p.1).map(|t| t.value).fold(0.0, f64::max);
        let inside = html! {
            @for (n, (name, places)) in panels.iter().enumerate() {
                @let (x0, y0) = (wide * (n % across) as f64 + 8.0, tall * (n / across) as f64);
                @let x = Scale::new((west, east), (x0, x0 + width));
                @let y = Scale::new((south, north), (y0 + 32.0 + height, y0 + 32.0));
                (words(x0, y0 + 20.0, "start", 14, INK, &cut(name, wide - 16.0, 14)))
                @for shape in shapes {
                    @let value = places.iter().find(|t| t.name == shape.place).map_or(0.0, |t| t.value);
                    @let d = shape.rings.iter().map(|ring| outline(ring, &x, &y)).collect::<String>();
                    path d=(d) fill=(shade(value, most).0) fill-rule="evenodd" stroke="#425563" stroke-width="0.6" { title { (shape.place) ": " (number(value)) } }
                }
            }
            (words(8.0, tall * panels.len().div_ceil(across) as f64 + 14.0, "start", 13, SOFT, unit))
        };
        let height = tall * panels.len().div_ceil(across) as f64 + 26.0;
        drawing((id, w), title, &about(title, panels), (wide * across as f64, height), &inside)
    })
}

/// A ring as a path; points that fall on the one before at the size of the picture are left out.
fn outline(ring: &[(f64, f64)], x: &Scale, y: &Scale) -> String {
    let mut points: Vec<(f64, f64)> =
        ring.iter().map(|(lon, lat)| (x.at(*lon).round(), y.at(*lat).round())).collect();
    points.dedup();
    if points.len() < 4 {
        return String::new();
    }
    path(points.into_iter()) + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tile_lies_on_another_and_north_is_above() {
        for n in [1usize, 2, 5, 7, 36, 42, 43, 100] {
            let tiles: Vec<Tile> = (0..n)
                .map(|k| Tile {
                    name: k.to_string(),
                    lat: 50.0 + (k * 7 % n) as f64 / n as f64,
                    lon: -3.0 + (k * 5 % n) as f64 / n as f64,
                    value: 0.0,
                })
                .collect();
            let (at, columns, rows) = grid(&tiles);
            let distinct: std::collections::BTreeSet<_> = at.iter().collect();
            assert_eq!(distinct.len(), n);
            assert!(at.iter().all(|(c, r)| *c < columns && *r < rows), "{n}");
            for a in 0..n {
                for b in 0..n {
                    assert!(at[a].1 <= at[b].1 || tiles[a].lat <= tiles[b].lat);
                    assert!(
                        at[a].1 != at[b].1
                            || (at[a].0 < at[b].0) == (tiles[a].lon < tiles[b].lon)
                            || a == b
                            || tiles[a].lon.total_cmp(&tiles[b].lon).is_eq()
                    );
                }
            }
        }
    }
}
