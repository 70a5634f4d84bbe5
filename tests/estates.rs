//! Estates that are not written by hand: a whole country from published counts, and one's own from tables.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use resus_engine::catalogue::kinds::{AssetKind, OrgKind, ServiceKind};
use resus_engine::estate::import::{Directory, Table, Tables, import};
use resus_engine::scenario::{bundled, check_part, england, load};
use resus_engine::streams::{StreamName, Streams};
use resus_tests::Replaced as _;
use resus_tests::diagnostics;
use resus_tests::{cut, scenario};

#[test]
fn england_has_the_published_counts_and_volumes() {
    let s = scenario(bundled::scenario("national-worm").unwrap().1);
    let e = &s.estate;
    let count = |kind| e.organisations.iter().filter(|o| o.kind == kind).count();
    // design: evidence.md, "England's estate"; the templates carry each figure's source.
    for (kind, published) in [
        (OrgKind::CareBoard, 42),
        (OrgKind::AmbulanceTrust, 10),
        (OrgKind::PathologyNetwork, 29),
        (OrgKind::SocialCare, 153),
        (OrgKind::GpPractice, 6200),
        (OrgKind::Pharmacy, 10_400),
        (OrgKind::CareHome, 14_500),
        (OrgKind::HomeCare, 11_000),
    ] {
        assert!((count(kind) as f64 / f64::from(published) - 1.0).abs() < 0.02, "{kind:?}: {}", count(kind));
    }
    let trusts: usize =
        [OrgKind::AcuteTrust, OrgKind::MentalHealthTrust, OrgKind::CommunityTrust, OrgKind::AmbulanceTrust]
            .into_iter()
            .map(count)
            .sum();
    assert_eq!(trusts, 208);
    assert!(e.hosts() > 1_200_000);
    let yearly =
        |kind| e.services.iter().filter(|s| s.kind == kind).map(|s| s.level * 24.0 * 365.0).sum::<f64>();
    for (kind, published) in [
        (ServiceKind::Emergency, 26e6),
        (ServiceKind::Outpatients, 96e6),
        (ServiceKind::GpAppointments, 383e6),
    ] {
        assert!((yearly(kind) / published - 1.0).abs() < 0.06, "{kind:?}: {}", yearly(kind));
    }
    // Two record systems serve nearly all practices.
    let mut customers: Vec<usize> = e
        .assets
        .iter()
        .filter(|a| a.kind == AssetKind::GpRecord && e.org(a.owner).kind == OrgKind::Supplier)
        .map(|a| a.customers.iter().filter(|o| e.org(**o).kind == OrgKind::GpPractice).count())
        .collect();
    customers.sort_unstable();
    let two: usize = customers.iter().rev().take(2).sum();
    assert!(two as f64 > 0.9 * count(OrgKind::GpPractice) as f64, "{customers:?}");
}

#[test]
fn few_people_have_a_small_hospital() {
    let beds = |people: u32| -> f64 {
        let s = scenario(&resus_tests::sized("friday-night", people));
        s.estate.organisations.iter().filter(|o| o.kind == OrgKind::AcuteTrust).map(|o| o.size).sum()
    };
    // One trust of the template's mean size serves 400,000.
    let one = beds(400_000);
    assert!((beds(50_000) / one - 0.125).abs() < 0.01, "{} of {one}", beds(50_000));
    assert!((beds(300_000) / one - 0.75).abs() < 0.01);
    assert!((beds(800_000) / one - 2.0).abs() < 0.01);
}

#[test]
fn a_cut_has_the_organisations_of_the_nation() {
    let whole = scenario(bundled::scenario("national-worm").unwrap().1);
    let part = scenario(&cut("national-worm"));
    assert!(part.estate.organisations.len() < whole.estate.organisations.len() / 20);
    let by_id = |id: &str| whole.estate.find_org(id).map(|o| whole.estate.org(o));
    for o in &part.estate.organisations {
        let same = by_id(&o.id).unwrap_or_else(|| panic!("the nation has no {}", o.id));
        assert_eq!(
            (&o.name, o.kind, o.size, o.lat),
            (&same.name, same.kind, same.size, same.lat),
            "{}",
            o.id
        );
    }
    let odd = cut("national-worm").replaced("Tamarstow", "Tamarstw");
    let loaded = load(&odd, None);
    assert!(diagnostics(&loaded).iter().any(|m| m.help.as_deref().is_some_and(|h| h.contains("Tamarstow"))));
}

/// A row of the directory.
fn row(code: &str, name: &str, close: &str, status: &str, setting: &str) -> String {
    let mut cells = vec![String::new(); 27];
    for (n, text) in [
        (0, code),
        (1, name),
        (2, "Y99"),
        (3, "QZZ"),
        (9, "ZZ1 1ZZ"),
        (10, "20010401"),
        (11, close),
        (12, status),
        (25, setting),
    ] {
        cells[n] = format!("\"{text}\"");
    }
    cells.join(",") + "\r\n"
}

fn trusts() -> String {
    [
        row("R1A", "WESTHAVEN HOSPITALS TRUST", "", "", ""),
        row("R1B", "WESTHAVEN AMBULANCE SERVICE", "", "", ""),
        row("R1C", "OLD TRUST", "20200331", "", ""),
        "\"R1D\",\"SHORT\"\r\n".into(),
    ]
    .concat()
}

fn practices() -> String {
    [
        row("A1", "HIGH STREET SURGERY", "", "A", "4"),
        row("A2", "WALK-IN CENTRE", "", "A", "1"),
        row("A1", "HIGH STREET AGAIN", "", "A", "4"),
    ]
    .concat()
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("resus-estates-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.join(name), text).unwrap();
        name.to_owned()
    }
    fn resus(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
            .args(args)
            .current_dir(&self.0)
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn tables_become_an_estate_and_every_rejected_row_is_listed() {
    let f = Folder::new("import");
    f.file("etr.csv", &trusts());
    f.file("mine.csv", &practices());
    f.file("organisations.csv", "organisation,kind,size\nR1A,,800\nR9Z,,3\n");
    f.file("assets.csv", "organisation,asset,hosts\nR1A,Endpoints,5000\nR1A,endpoint,5\n");
    f.file("services.csv", "organisation,service,daily\nR1A,emergency,300\nA1,GP appointments,9\n");
    f.file(
        "dependencies.csv",
        "organisation,service,on,loss\nR1A,emergency,imaging system,25%\nR1A,emergency,imaging,2\n",
    );
    f.file("suppliers.csv", "organisation,asset,supplier,hosts\nA1,GP record,Quillrec,250\n");
    let args = [
        "estate",
        "import",
        "etr.csv",
        "practices=mine.csv",
        "--out",
        "estate.ron",
        "--organisations",
        "organisations.csv",
        "--assets",
        "assets.csv",
        "--services",
        "services.csv",
        "--dependencies",
        "dependencies.csv",
        "--suppliers",
        "suppliers.csv",
        "--json",
    ];
    let done = f.resus(&args);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let made: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let rejected: Vec<String> = made["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| format!("{}:{} {}", r["table"].as_str().unwrap(), r["line"], r["reason"].as_str().unwrap()))
        .collect();
    let expected = [
        "etr.csv:3 'R1C' closed on 20200331",
        "etr.csv:4 2 columns instead of 27",
        "mine.csv:2 'A2' is no GP practice: prescribing setting 1",
        "mine.csv:3 'A1' was listed before",
        "organisations.csv:3 no organisation 'r9z'; did you mean 'r1a'?",
        "assets.csv:3 no kind 'endpoint'; did you mean 'endpoints'?",
        "services.csv:3 contacts a day need the organisation's size: give it with --organisations",
        "dependencies.csv:3 loss: 2 is not a share between 0 and 1 (or 0% and 100%)",
    ];
    assert_eq!(rejected, expected);
    f.file(
        "mine.ron",
        r#"(
    format: 1, title: "Mine", starts: "2026-11-13T18:30", horizon: "10 days", estate: File("estate.ron"),
    campaigns: [(id: "w", entries: [(via: ExposedService, at: Kind(AcuteTrust), per_day: 2, most: 1)], payloads: [Encrypt], spread: Worm())],
    strategies: [Standard("as-things-stand")], baseline: "as-things-stand",
)"#,
    );
    let text = std::fs::read_to_string(f.0.join("mine.ron")).unwrap();
    let loaded = load(&text, Some(&f.0));
    let s = loaded.unwrap_or_else(|e| panic!("{e}"));
    let e = &s.estate;
    let hospital = e.find_org("r1a").unwrap();
    let asset = |kind| e.assets.iter().find(|a| a.owner == hospital && a.kind == kind);
    assert_eq!(asset(AssetKind::Endpoints).unwrap().hosts, 5000);
    assert!(asset(AssetKind::PatientRecord).is_some(), "what no table states comes from the template");
    let emergency =
        e.services.iter().find(|s| s.owner == hospital && s.kind == ServiceKind::Emergency).unwrap();
    assert!((emergency.level * 24.0 - 300.0).abs() < 1e-6);
    let supplier = e.find_org("quillrec").unwrap();
    let records = e.assets.iter().find(|a| a.owner == supplier && a.kind == AssetKind::GpRecord).unwrap();
    assert_eq!((records.hosts, records.customers.len()), (250, 1));
    assert_eq!(e.org(e.find_org("r1b").unwrap()).kind, OrgKind::AmbulanceTrust);
    assert!(f.resus(&["compare", "mine.ron", "--replicates", "3"]).status.success());
}

#[test]
fn what_is_no_table_is_refused_and_nothing_is_written() {
    let f = Folder::new("refused");
    f.file("etr.csv", &trusts());
    f.file("closed.csv", &row("R1C", "OLD TRUST", "20200331", "", ""));
    f.file("head.csv", "organisation,hosts\nR1A,5\n");
    f.file("empty.csv", "");
    for (args, words) in [
        (&["etr.csv", "absent.csv"][..], "KIND=absent.csv"),
        (&["trusts=absent.csv"], "cannot be read"),
        (&["trusts=head.csv"], "27 columns"),
        (&["trusts=empty.csv"], "27 columns"),
        (&["trusts=closed.csv"], "no organisation is left"),
        (&["etr.csv", "--assets", "head.csv"], "no column 'asset'"),
        (&["etr.csv", "--assets", "empty.csv"], "empty.csv is empty"),
        (&["etr.csv", "--strict"], "rejected"),
    ] {
        let done = f.resus(&[&["estate", "import", "--out", "out.ron"], args].concat());
        let said = String::from_utf8_lossy(&done.stderr).replace("\n ", "");
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        assert!(said.contains(words), "{args:?}: {said}");
        assert!(!Path::new(&f.0.join("out.ron")).exists(), "{args:?}");
    }
}

#[test]
fn tables_with_bytes_changed_never_panic_and_what_is_made_of_them_loads() {
    let streams = Streams::new(1, 0);
    let template = england();
    let good = trusts().into_bytes();
    for n in 0..400u64 {
        let key = streams.stream(StreamName::Test { n });
        let mut bytes = good.clone();
        for change in 0..3 {
            let at = (key.nth(2 * change).uniform() * bytes.len() as f64) as usize;
            bytes[at] = (key.nth(2 * change + 1).uniform() * 256.0) as u8;
        }
        let table = Table { name: "etr.csv".into(), bytes };
        let tables = Tables { directories: vec![(Directory::Trusts, table)], ..Tables::default() };
        if let Ok(made) = import(&tables, &template) {
            let (what, diagnostics) = check_part(&made.text).unwrap();
            assert_eq!((what, diagnostics.len()), ("an estate", 0), "{diagnostics:?}\n{}", made.text);
        }
    }
}
