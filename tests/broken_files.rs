//! Files that are wrong in every way end in an error with a place, never in a panic.

use resus_engine::scenario::{bundled, load};
use resus_tests::Replaced as _;
use resus_tests::diagnostics;

#[test]
fn hostile_and_broken_files_end_in_mistakes() {
    let small = resus_tests::sized("friday-night", 100_000);
    let broken = [
        (String::new(), ""),
        ("(".repeat(100_000), "nested"),
        ("\u{0}\u{1}".into(), ""),
        (small.replaced("\"60 days\"", "\"60 dayz\""), "duration"),
        (small.replaced("\"60 days\"", "\"9000 days\""), "ten years"),
        (small.replaced("\"60 days\"", "60"), "unit"),
        (small.replaced("horizon", "horizn"), "no field"),
        (small.replaced("as-things-stand\",\n", "as-thing-stand\",\n"), "no strategy"),
        (small.replaced("AcuteTrust", "AcuteTrst"), "AcuteTrst"),
        (small.replaced("format: 1", "format: 99"), "format 99"),
        (small.replaced("population: 100000", "population: 4000000000"), "population"),
        (small.replaced("crew: 3", "crew: 0"), "crew"),
        (small.replaced("\"2026-11-13T18:30\"", "\"2026-02-30T18:30\""), "date"),
        (small.replaced("(value: 1.5, low: 0.3, high: 6,", "(value: -1.5, low: -3, high: 6,"), "between 0"),
    ];
    for (text, expected) in broken {
        let loaded = load(&text, None);
        assert!(loaded.is_err(), "{expected}");
        assert!(
            diagnostics(&loaded).iter().any(|m| m.what.contains(expected)),
            "{expected}: {:?}",
            diagnostics(&loaded)
        );
        assert!(diagnostics(&loaded).iter().all(|m| m.at.end <= text.len()));
    }
}

#[test]
fn what_cannot_happen_is_said() {
    let small = resus_tests::sized("friday-night", 100_000);
    let update = resus_tests::sized("bad-update", 100_000);
    let broken = [
        (small.replaced("\"2026-11-13T18:30\"", "\"2027-03-28T01:30\""), "clocks jump"),
        (small.replaced("most: 1", "most: 0"), "lets nobody in"),
        (small.replaced("low: \"0h\", high: \"24h\"", "low: \"60 days\", high: \"70 days\""), "over"),
        (update.replaced("payloads: [Disrupt]", "payloads: [StealRecords]"), "nothing fails"),
        (
            update.replaced("assets: [Endpoints, Servers, GpRecord]", "assets: [NationalNetwork]"),
            "none of these",
        ),
        (update.replaced("sd: 0.2), roll_out", "sd: 0.7), roll_out"), "standard deviation"),
    ];
    for (text, expected) in broken {
        let refused = ["clocks jump", "lets nobody in", "standard deviation"].contains(&expected);
        let loaded = load(&text, None);
        assert_eq!(loaded.is_err(), refused, "{expected}");
        let found = loaded.map_or_else(|wrong| wrong.list, |scenario| scenario.warnings);
        assert!(found.iter().any(|m| m.what.contains(expected) && m.at.end > 0), "{expected}: {found:?}");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_without_a_panic() {
    let text = bundled::STARTER;
    for end in (0..text.len() - 3).step_by(37).filter(|e| text.is_char_boundary(*e)) {
        assert!(load(&text[..end], None).is_err());
    }
}

#[test]
fn all_mistakes_come_at_once() {
    let text = resus_tests::sized("friday-night", 100_000)
        .replaced("\"switch-off\"", "\"swich-off\"")
        .replaced("\"defend-as-one\"", "\"defend-as-on\"")
        .replaced("crew: 3", "crew: 0");
    let loaded = load(&text, None);
    assert_eq!(diagnostics(&loaded).len(), 3, "{:?}", diagnostics(&loaded));
    assert!(diagnostics(&loaded).iter().any(|m| m.help.as_deref() == Some("did you mean 'switch-off'?")));
}

#[test]
fn a_file_with_a_character_changed_never_panics() {
    use resus_engine::streams::{StreamName, Streams};
    let text: Vec<char> =
        bundled::STARTER.replaced("population: 300000", "population: 60000").chars().collect();
    let streams = Streams::new(1, 0);
    let (mut good, mut bad) = (0, 0);
    for case in 0..600 {
        let key = streams.stream(StreamName::Test { n: case });
        let mut text = text.clone();
        for n in 0..=(case % 3) {
            let at = (key.nth(3 * n).uniform() * text.len() as f64) as usize;
            let signs: Vec<char> = "(){}[]\"',:.-0919eé%£/*\n".chars().collect();
            let sign = signs[(key.nth(3 * n + 1).uniform() * signs.len() as f64) as usize];
            if key.nth(3 * n + 2).uniform() < 0.5 { text[at] = sign } else { text.insert(at, sign) }
        }
        let loaded = load(&text.into_iter().collect::<String>(), None);
        assert_eq!(loaded.is_ok(), diagnostics(&loaded).is_empty());
        *(if loaded.is_ok() { &mut good } else { &mut bad }) += 1;
    }
    assert!(good > 20 && bad > 200, "{good} good, {bad} bad");
}
