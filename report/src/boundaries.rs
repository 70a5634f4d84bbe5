//! Real shapes of places from a file of boundaries (GeoJSON, RFC 7946), for the map of who feels it.

use serde_json::Value;

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 64 << 20;
/// Most shapes.
const SHAPES: usize = 2000;
/// Most points of all shapes together.
const POINTS: usize = 2_000_000;

/// The shape of a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The place, as the estate names it.
    pub place: String,
    /// Outlines and holes, as (longitude, latitude) in degrees.
    pub rings: Vec<Vec<(f64, f64)>>,
}

impl Shape {
    pub(crate) fn points(&self) -> impl Iterator<Item = &(f64, f64)> {
        self.rings.iter().flatten()
    }
}

/// What is wrong with a file of boundaries, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadBoundaries {
    /// What is wrong, and where.
    pub what: String,
    /// What to do.
    pub help: String,
}

fn bad(what: impl Into<String>, help: impl Into<String>) -> BadBoundaries {
    BadBoundaries { what: what.into(), help: help.into() }
}

/// The shapes of `places` from the text of a feature collection of polygons: a feature is a place's when one of its properties is the
/// place's name, in any case. Also the places that have no shape in it.
///
/// # Errors
/// When it is no such text, too large, not in degrees, or when no feature bears the name of a place.
pub fn read(text: &str, places: &[String]) -> Result<(Vec<Shape>, Vec<String>), BadBoundaries> {
    const FORM: &str = "give a GeoJSON FeatureCollection of polygons in degrees (WGS 84)";
    if text.len() > LARGEST {
        return Err(bad(
            format!("it is larger than {} MiB", LARGEST >> 20),
            "take boundaries that are generalised for maps of a country",
        ));
    }
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|e| bad(format!("line {}, column {}: it is no JSON: {e}", e.line(), e.column()), FORM))?;
    if value["type"] != "FeatureCollection" {
        return Err(bad("its type is not FeatureCollection", FORM));
    }
    let features = value["features"].as_array().ok_or_else(|| bad("it has no list `features`", FORM))?;
    if features.len() > SHAPES {
        return Err(bad(
            format!("it has {} features, more than {SHAPES}", features.len()),
            "take boundaries of care systems, not of smaller areas",
        ));
    }
    let (mut shapes, mut points) = (vec![], 0);
    let mut names: Vec<String> = vec![];
    for (n, feature) in features.iter().enumerate() {
        let properties = feature["properties"].as_object();
        let texts = || properties.into_iter().flat_map(|p| p.values()).filter_map(Value::as_str);
        let place = places.iter().find(|p| texts().any(|t| same(t, p)));
        names.extend(texts().filter(|t| t.chars().any(char::is_alphabetic)).map(str::to_owned).next());
        let Some(place) = place else { continue };
        let geometry = &feature["geometry"];
        let polygons: Vec<&Value> = match geometry["type"].as_str() {
            Some("Polygon") => vec![&geometry["coordinates"]],
            Some("MultiPolygon") => {
                geometry["coordinates"].as_array().map(|a| a.iter().collect()).unwrap_or_default()
            }
            other => {
                let kind = other.unwrap_or("none");
                return Err(bad(
                    format!("feature {n} (“{place}”): its geometry is {kind}, not Polygon or MultiPolygon"),
                    FORM,
                ));
            }
        };
        let mut rings = vec![];
        for ring in polygons.iter().filter_map(|p| p.as_array()).flatten() {
            rings.push(outline(ring, n, place, &mut points)?);
        }
        if rings.is_empty() {
            return Err(bad(format!("feature {n} (“{place}”): its geometry has no coordinates"), FORM));
        }
        shapes.push(Shape { place: place.clone(), rings });
    }
    if shapes.is_empty() {
        let some =
            |list: &[String]| list.iter().take(4).map(|n| format!("“{n}”")).collect::<Vec<_>>().join(", ");
        return Err(bad(
            format!(
                "no feature bears the name of a place of the estate; it has {}",
                if names.is_empty() { "no names".into() } else { some(&names) }
            ),
            format!("give features a property with the place’s name; the estate’s are {} …", some(places)),
        ));
    }
    let without = places.iter().filter(|p| shapes.iter().all(|s| s.place != **p)).cloned().collect();
    Ok((shapes, without))
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// A ring of positions; counts its points.
fn outline(
    ring: &Value,
    n: usize,
    place: &str,
    points: &mut usize,
) -> Result<Vec<(f64, f64)>, BadBoundaries> {
    let list = ring.as_array().map(Vec::as_slice).unwrap_or_default();
    *points += list.len();
    if *points > POINTS {
        return Err(bad(
            format!("its shapes have more than {POINTS} points"),
            "take boundaries that are generalised for maps of a country",
        ));
    }
    list.iter()
        .map(|p| {
            let at = |k: usize| p.get(k).and_then(Value::as_f64).filter(|v| v.is_finite());
            let (Some(lon), Some(lat)) = (at(0), at(1)) else {
                return Err(bad(format!("feature {n} (“{place}”): a position is no pair of numbers"), "write positions as [longitude, latitude]"));
            };
            if lon.abs() > 180.0 || lat.abs() > 90.0 {
                return Err(bad(
                    format!("feature {n} (“{place}”): [{lon}, {lat}] is no longitude and latitude in degrees"),
                    "convert the boundaries to WGS 84 (EPSG:4326) first; those in metres are on the national grid",
                ));
            }
            Ok((lon, lat))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(name: &str, geometry: &str) -> String {
        format!(
            r#"{{"type": "Feature", "properties": {{"code": "E1", "ICB23NM": "{name}"}}, "geometry": {geometry}}}"#
        )
    }
    fn collection(features: &[String]) -> String {
        format!(r#"{{"type": "FeatureCollection", "features": [{}]}}"#, features.join(","))
    }
    const SQUARE: &str = r#"{"type": "Polygon", "coordinates": [[[-1, 52], [0, 52], [0, 53], [-1, 52]]]}"#;
    const TWO: &str = r#"{"type": "MultiPolygon", "coordinates": [[[[-1, 52], [0, 52], [0, 53], [-1, 52]]], [[[2, 52], [3, 52], [3, 53], [2, 52]]]]}"#;

    fn places() -> Vec<String> {
        ["Here", "There", "Nowhere"].map(String::from).to_vec()
    }

    #[test]
    fn shapes_are_found_by_any_property_that_is_a_places_name() {
        let text =
            collection(&[feature("HERE ", SQUARE), feature("There", TWO), feature("Elsewhere", "null")]);
        let (shapes, without) = read(&text, &places()).unwrap();
        assert_eq!(
            shapes.iter().map(|s| (s.place.as_str(), s.rings.len())).collect::<Vec<_>>(),
            [("Here", 1), ("There", 2)]
        );
        assert_eq!(shapes[0].rings[0][2], (0.0, 53.0));
        assert_eq!(without, ["Nowhere"]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let metres = SQUARE.replace("[-1, 52]", "[412000, 289000]");
        for (text, what) in [
            ("{".to_owned(), "line 1"),
            ("[]".to_owned(), "not FeatureCollection"),
            (r#"{"type": "FeatureCollection"}"#.to_owned(), "no list `features`"),
            (collection(&[feature("Elsewhere", SQUARE)]), "it has “Elsewhere”"),
            (
                collection(&[feature("Here", r#"{"type": "Point", "coordinates": [0, 52]}"#)]),
                "feature 0 (“Here”): its geometry is Point",
            ),
            (collection(&[feature("Here", &metres)]), "[412000, 289000] is no longitude"),
            (collection(&[feature("Here", &SQUARE.replace("[0, 52]", "[\"a\", 52]"))]), "no pair of numbers"),
            (collection(&[feature("Here", r#"{"type": "Polygon", "coordinates": []}"#)]), "no coordinates"),
            (collection(&vec![feature("x", "null"); SHAPES + 1]), "2001 features"),
        ] {
            let wrong = read(&text, &places()).unwrap_err();
            assert!(wrong.what.contains(what), "{} for {what}", wrong.what);
            assert!(!wrong.help.is_empty());
        }
    }
}
