//! What of an estate its author stated, and what not.

use resus_engine::estate::Estate;

use super::list;

/// Which figures of an estate of one's own are typical of a kind and not an organisation's own; nothing where all organisations are
/// invented, or every figure is stated.
pub fn unstated(e: &Estate) -> Option<String> {
    let t = e.typical_figures()?;
    let parts: Vec<String> = [
        ("the size", t.size),
        ("the controls", t.controls),
        ("the systems", t.systems),
        ("the care services", t.care),
    ]
    .into_iter()
    .filter(|(_, n)| *n > 0)
    .map(|(what, n)| {
        format!("{what} of {}", if n == t.organisations { "all".to_owned() } else { n.to_string() })
    })
    .collect();
    let mut out = String::new();
    if !parts.is_empty() {
        out = format!(
            "Not their own: of {} organisations {} are typical of their kind (the median); none is drawn by luck. Between organisations that differ in nothing that was stated a ranking says nothing.",
            t.organisations,
            list(&parts, "and"),
        );
    }
    if t.unplaced > 0 {
        let gap = if out.is_empty() { "" } else { " " };
        out += &format!(
            "{gap}{} no place: their neighbours are those of the same region, and no map shows them.",
            if t.unplaced == 1 { "One has".to_owned() } else { format!("{} have", t.unplaced) }
        );
    }
    Some(out).filter(|o| !o.is_empty())
}

/// What the organisations of an estate are: invented, or somebody's own.
pub fn whose(e: &Estate) -> String {
    match e.typical_figures() {
        None => "The organisations are invented.".into(),
        Some(_) => format!(
            "The organisations are those of the estate that was given.{}",
            unstated(e).map_or(String::new(), |u| format!(" {u}"))
        ),
    }
}
