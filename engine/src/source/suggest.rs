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

/// Advice for a name that there is not: the nearest of `known`, when it is near enough to have been meant.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wrong, known).map(|k| format!("did you mean '{k}'?"))
}

/// The same, or else all that is known, after `lead`.
pub fn suggest<'a, I>(wrong: &str, lead: &str, known: I) -> String
where
    I: IntoIterator<Item = &'a str> + Clone,
{
    did_you_mean(wrong, known.clone())
        .unwrap_or_else(|| format!("{lead}{}", known.into_iter().collect::<Vec<_>>().join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_meant_and_what_is_far_is_listed() {
        let known = ["isolate-early", "all-pillars"];
        assert_eq!(did_you_mean("isolate-erly", known).as_deref(), Some("did you mean 'isolate-early'?"));
        assert_eq!(did_you_mean("backups", known), None);
        assert_eq!(suggest("backups", "there are: ", known), "there are: isolate-early, all-pillars");
    }
}
