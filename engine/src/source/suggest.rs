//! What was probably meant by a name that there is not.

/// The nearest of `known` to `wrong`, when it is near enough to have been meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(wrong, k), k))
        .filter(|(d, k)| *d <= 1 + wrong.len().min(k.len()) / 3)
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

pub(super) fn did_you_mean(wrong: &str, known: &[&'static str]) -> String {
    match nearest(wrong, known.iter().copied()) {
        Some(k) => format!("did you mean '{k}'?"),
        None => format!("one of: {}", known.join(", ")),
    }
}
