//! The glossary: what words of the program, its reports and the field mean, each with where it comes from. The page of the book is the
//! one place in which they stand.

use std::sync::OnceLock;

use crate::Report;

const PAGE: &str = include_str!("../../docs/glossary.md");

/// Terms that a page explains at its foot where it uses them: how the page writes them, and their entry.
const AT_THE_FOOT: &[(&str, &str)] = &[
    ("strateg", "strategy"),
    ("baseline", "baseline"),
    ("lever", "lever"),
    ("playbook", "playbook, rule"),
    ("contacts", "contact"),
    ("harm-weighted", "harm-weighted contacts, harm"),
    ("weighted by", "harm weight"),
    ("replicate", "replicate"),
    (" runs", "replicate"),
    ("luck", "common random numbers, common luck"),
    ("difference", "difference (from the baseline), paired difference"),
    ("better", "wins, better"),
    ("wins", "wins, better"),
    ("95 % interval", "confidence interval, 95 %"),
    ("adjusted p", "adjusted p, Holm"),
    ("5 to 95 %", "quantile, 5–95 %"),
    ("median", "Kaplan–Meier median"),
    ("restricted mean", "restricted mean"),
    ("past the end", "censored"),
    ("capacity is back", "recovery time"),
    ("regret", "regret"),
    ("satisfic", "satisficing"),
    ("of all five", "Shapley value, share of all five"),
    ("tornado", "tornado"),
    ("judgement", "judgement"),
    ("hhi", "concentration (HHI)"),
    ("felt by", "felt by"),
    ("backlog", "backlog"),
    ("typical", "typical figure"),
    ("records exposed", "records exposed"),
    ("times a year", "frequency"),
    ("is expected", "expected a year, annual loss"),
    ("one year in", "exceedance, one year in …"),
];

/// A term of the glossary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The term; several names are apart by commas.
    pub term: String,
    /// What it means, plain words first.
    pub meaning: String,
    /// Where it comes from.
    pub source: String,
}

impl Term {
    /// Each of its names, without what stands in brackets behind one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.term.split(", ").map(|n| n.split(" (").next().unwrap_or(n).trim())
    }
}

/// Text without the marks of Markdown: of a link its words, of emphasis what is emphasised.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let (before, link) = rest.split_at(open);
        let whole = link.find("](").and_then(|mid| link[mid..].find(')').map(|end| (mid, mid + end)));
        let Some((mid, end)) = whole else { break };
        out += before;
        out += &link[1..mid];
        rest = &link[end + 1..];
    }
    (out + rest).replace(['*', '`'], "").trim().to_owned()
}

/// All terms, in the order of the page.
pub fn terms() -> &'static [Term] {
    static TERMS: OnceLock<Vec<Term>> = OnceLock::new();
    TERMS.get_or_init(|| {
        let cells = |line: &str| -> Option<Term> {
            let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
            let mut cells = row.split(" | ").map(plain);
            let (term, meaning, source) = (cells.next()?, cells.next()?, cells.next()?);
            (term != "term").then_some(Term { term, meaning, source })
        };
        PAGE.lines().filter_map(cells).collect()
    })
}

/// The term of this name, or those that have it as a part of theirs, whatever the case.
pub fn find(name: &str) -> Vec<&'static Term> {
    let wanted = name.trim().to_lowercase();
    let is = |t: &&Term| t.term.to_lowercase() == wanted || t.names().any(|n| n.to_lowercase() == wanted);
    let exact: Vec<_> = terms().iter().filter(is).collect();
    if !exact.is_empty() || wanted.len() < 3 {
        return exact;
    }
    terms().iter().filter(|t| t.term.to_lowercase().contains(&wanted)).collect()
}

/// The terms that a page uses and its reader may not know.
pub fn used_in(report: &Report) -> Vec<&'static Term> {
    let mut text = report.verdict.join("\n");
    for s in &report.sections {
        text += &format!("\n{}\n{}", s.title, s.text.join("\n"));
        for t in &s.tables {
            text += &format!("\n{}", t.caption);
            t.columns.iter().for_each(|c| text += &format!("\n{}", c.head));
            // Names of parameters are not what a page is about.
            if s.id != "parameters" {
                t.rows.iter().flatten().for_each(|c| text += &format!("\n{}", c.shown));
            }
        }
    }
    let text = text.to_lowercase();
    let mut out: Vec<&Term> = vec![];
    for (written, entry) in AT_THE_FOOT.iter().filter(|(written, _)| text.contains(written)) {
        let term = terms().iter().find(|t| t.term == *entry);
        debug_assert!(term.is_some(), "the glossary has no '{entry}' for '{written}'");
        out.extend(term.filter(|t| !out.contains(t)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Section;

    #[test]
    fn every_row_of_the_glossary_is_read() {
        let rows = PAGE.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| term |")).count();
        assert_eq!(terms().len(), rows);
        assert!(rows > 150);
        for t in terms() {
            assert!(!t.meaning.is_empty() && !t.source.is_empty() && !t.meaning.contains("]("), "{t:?}");
        }
        for (written, entry) in AT_THE_FOOT {
            assert!(terms().iter().any(|t| t.term == *entry), "{written}: no '{entry}'");
        }
    }

    #[test]
    fn a_term_is_found_by_each_of_its_names() {
        let term = |name| find(name).first().map(|t| t.term.as_str());
        assert_eq!(term("wins"), Some("wins, better"));
        assert_eq!(term("BETTER"), Some("wins, better"));
        assert_eq!(term("paired difference"), Some("difference (from the baseline), paired difference"));
        assert_eq!(term("difference"), Some("difference (from the baseline), paired difference"));
        assert_eq!(term("restricted"), Some("restricted mean"));
        assert!(find("zzz").is_empty() && find("").is_empty());
    }

    #[test]
    fn a_page_explains_what_it_uses() {
        let section = Section { text: vec!["The regret of the baseline".into()], ..Section::default() };
        let report = Report { sections: vec![section], ..Report::default() };
        let used: Vec<&str> = used_in(&report).iter().map(|t| t.term.as_str()).collect();
        assert_eq!(used, ["baseline", "regret"]);
    }
}
