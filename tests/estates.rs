//! Estates that are not written by hand: a whole country from published counts, and one's own from tables.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use resus_engine::catalogue::kinds::OrgRole;
use resus_engine::catalogue::kinds::{AssetKind, OrgKind, ServiceKind};
use resus_engine::estate::import::{Directory, Refused, Sheet, Sheets, Table, Tables, example, import};
use resus_engine::estate::{Estate, OrgId, Organisation};
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
        (OrgKind::CareBoard, 36),
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
            (&o.name, o.kind, o.size, o.place),
            (&same.name, same.kind, same.size, same.place),
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
    f.file("27.csv", &trusts());
    for (args, words) in [
        (&["etr.csv", "absent.csv"][..], "cannot be read"),
        (&["etr.csv", "27.csv"], "KIND=27.csv"),
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

/// The whole country, or a part of it, on a day.
fn england_on(day: &str, only: &str) -> String {
    let (_, text) = bundled::scenario("national-worm").unwrap();
    let text = text.replaced("2026-05-15T11:00", &format!("{day}T11:00"));
    if only.is_empty() { text } else { text.replaced("seed: 7", &format!("only: [{only:?}], seed: 7")) }
}

/// Regions in which somebody gives care.
fn care_systems(e: &Estate) -> std::collections::BTreeSet<&str> {
    let gives = e.organisations.iter().filter(|o| o.kind.role() == OrgRole::Provider);
    gives.map(|o| e.regions[o.region as usize].as_str()).collect()
}

#[test]
fn there_are_as_many_care_systems_as_on_the_day_each_with_its_board() {
    // 42 from July 2022, 36 from 1 April 2026: written statement to Parliament, 9 September 2025.
    for (day, systems) in [("2022-08-04", 42), ("2026-03-31", 42), ("2026-04-01", 36)] {
        let s = scenario(&england_on(day, ""));
        let e = &s.estate;
        let boards: Vec<&str> = (e.organisations.iter().filter(|o| o.kind == OrgKind::CareBoard))
            .map(|o| e.regions[o.region as usize].as_str())
            .collect();
        assert_eq!((care_systems(e).len(), boards.len()), (systems, systems), "{day}");
        for region in care_systems(e) {
            assert_eq!(boards.iter().filter(|b| **b == region).count(), 1, "{day}: {region}");
        }
        for o in e.organisations.iter().filter(|o| o.kind.role() == OrgRole::Provider) {
            assert_eq!(o.helped_by.map(|b| e.org(b).region), Some(o.region), "{day}: {}", o.id);
        }
        // Boards together serve everybody, in thousands.
        let served: f64 =
            e.organisations.iter().filter(|o| o.kind == OrgKind::CareBoard).map(|o| o.size).sum();
        assert!((served / 57_100.0 - 1.0).abs() < 0.001, "{day}: {served}");
    }
}

#[test]
fn a_cut_names_care_systems_of_its_day() {
    let help = |day, only| {
        let loaded = load(&england_on(day, only), None);
        diagnostics(&loaded)[0].help.clone().unwrap()
    };
    assert!(help("2026-05-15", "Heathgate").contains("a part of 'Heathgate and Ravensmead'"));
    assert!(help("2026-03-31", "Heathgate and Ravensmead").contains("still Heathgate and Ravensmead"));
    let one = scenario(&england_on("2026-05-15", "Heathgate and Ravensmead"));
    // Whoever serves people on both sides of a border is in both cuts, and belongs to one.
    let practices = |day, system: &str| {
        let s = scenario(&england_on(day, system));
        let e = &s.estate;
        let here = |o: &Organisation| e.regions[o.region as usize] == system;
        e.organisations.iter().filter(|o| o.kind == OrgKind::GpPractice && here(o)).count()
    };
    let parts = ["Heathgate", "Ravensmead"].map(|part| practices("2026-03-31", part));
    assert_eq!(practices("2026-05-15", "Heathgate and Ravensmead"), parts[0] + parts[1]);
    // All of the regions that nothing happened to stay as they were.
    let north = |day| scenario(&england_on(day, "North West")).estate.organisations.len();
    assert_eq!(north("2026-03-31"), north("2026-04-01"));
    let later = scenario(&england_on("2027-04-01", "London"));
    assert!(later.warnings.iter().any(|w| w.what.contains("not known")), "{:?}", later.warnings);
    assert!(one.warnings.iter().all(|w| !w.what.contains("not known")));
}

/// A spreadsheet as CSV, and perhaps one of suppliers.
fn sheets(organisations: &str, suppliers: &str) -> Tables {
    let sheet = |name: &str, text: &str| {
        let table = Table { name: name.into(), bytes: text.as_bytes().to_vec() };
        Sheet::csv(&table).unwrap()
    };
    let suppliers = Some(suppliers).filter(|s| !s.is_empty()).map(|s| sheet("suppliers.csv", s));
    Tables {
        plain: Some(Sheets { organisations: sheet("mine.csv", organisations), suppliers }),
        ..Tables::default()
    }
}

/// The estate that comes of tables.
fn built(tables: &Tables) -> Estate {
    let made = import(tables, &england()).unwrap_or_else(|r| panic!("{r:?}"));
    let f = Folder::new(&format!("built-{}", made.text.len()));
    f.file("estate.ron", &made.text);
    let text = r#"(format: 1, title: "Mine", starts: "2026-11-13T18:30", horizon: "10 days", estate: File("estate.ron"),
        strategies: [Standard("as-things-stand")], baseline: "as-things-stand")"#;
    let loaded = load(text, Some(&f.0)).unwrap_or_else(|e| panic!("{e}\n{}", made.text));
    std::sync::Arc::unwrap_or_clone(loaded.estate)
}

fn wrong(tables: &Tables) -> Refused {
    import(tables, &england()).expect_err("there are mistakes")
}

#[test]
fn what_a_sheet_does_not_say_is_typical_and_nothing_is_drawn() {
    let e = built(&sheets(
        "kind,name\nacute trust,Northmere\nacute trust,Southmere\nspecialist trust,Eastmere\nmental-health trust,Westmere\n",
        "",
    ));
    let org = |id: &str| e.org(e.find_org(id).unwrap());
    let (north, south) = (org("northmere"), org("southmere"));
    // The median of the templates: 640 beds.
    assert_eq!((north.size, south.size), (640.0, 640.0));
    assert_eq!(north.posture, south.posture, "luck would make one look better than the other");
    assert!((north.posture.unsupported - 0.0086).abs() < 1e-12);
    assert_eq!((north.place, north.stated.size, north.stated.controls), (None, false, false));
    let t = e.typical_figures().unwrap();
    // Beside the four: a care board, the national centre and the national services, whose size and systems are known.
    assert_eq!((t.organisations, t.size, t.controls, t.systems, t.unplaced), (7, 6, 7, 6, 7));
    // Specialists are smaller, and have no emergency department.
    let (special, mental) = (org("eastmere"), org("westmere"));
    assert!(special.size < 200.0 && mental.kind == OrgKind::MentalHealthTrust);
    let gives = |o: OrgId, kind| e.org(o).services.clone().any(|s| e.services[s as usize].kind == kind);
    let special = e.find_org("eastmere").unwrap();
    assert!(!gives(special, ServiceKind::Emergency) && gives(special, ServiceKind::Theatres));
    assert!(scenario(bundled::scenario("friday-night").unwrap().1).estate.typical_figures().is_none());
}

#[test]
fn without_places_neighbours_are_those_of_the_region() {
    let e = built(&sheets(
        "name,kind,region\nA,acute trust,North\nB,acute trust,South\nC,acute trust,South\nD,acute trust,North\nE,acute trust,South\nF,acute trust,South\n",
        "",
    ));
    let emergency = |id: &str| {
        let org = e.org(e.find_org(id).unwrap());
        org.services
            .clone()
            .map(|s| &e.services[s as usize])
            .find(|s| s.kind == ServiceKind::Emergency)
            .unwrap()
    };
    let near = |id: &str| -> Vec<&str> {
        emergency(id).neighbours.iter().map(|n| e.org(e.service(*n).owner).id.as_str()).collect()
    };
    assert_eq!(near("b"), ["c", "e", "f"]);
    assert_eq!(near("e"), ["f", "b", "c"], "not everybody turns to the same one");
    assert_eq!(near("a")[0], "d");
    // Those whose places are known are told by distance.
    let e = built(&sheets(
        "name,kind,region,lat,long\nA,acute trust,X,52,-1\nB,acute trust,X,53,-1\nC,acute trust,X,52.1,-1\nD,acute trust,X,,\nE,acute trust,Y,52.01,-1\n",
        "",
    ));
    let a = e.org(e.find_org("a").unwrap());
    let s = a
        .services
        .clone()
        .map(|s| &e.services[s as usize])
        .find(|s| s.kind == ServiceKind::Emergency)
        .unwrap();
    let near: Vec<&str> = s.neighbours.iter().map(|n| e.org(e.service(*n).owner).id.as_str()).collect();
    assert_eq!(near, ["c", "b", "d"], "of the region first those whose distance is known");
    assert_eq!(e.typical_figures().unwrap().unplaced, 5, "one trust, two boards, two national bodies");
}

#[test]
fn heads_are_read_as_people_write_them_in_any_order() {
    let text = "Our estate;;;;;;\n\nSIZE;Care board;Type;Organisation name;GP record;Contact;Multi-factor\n\
                1,200 patients;North;GP surgery;High Street;Medora;Jo;85%\n;North;Hospital;Northmere;;;\n8,000;North;gp;Low Road;Own;;0.5\n";
    let tables = sheets(text, "");
    let made = import(&tables, &england()).unwrap_or_else(|r| panic!("{r:?}"));
    assert!(made.notes.iter().any(|n| n.contains("columns passed over: Contact")), "{:?}", made.notes);
    let e = built(&tables);
    let org = |id: &str| e.org(e.find_org(id).unwrap());
    assert_eq!((org("high-street").size, org("low-road").size), (1200.0, 8000.0));
    assert!((org("high-street").posture.multi_factor - 0.85).abs() < 1e-12);
    let own = |id: &str| {
        let id = e.find_org(id).unwrap();
        e.assets_of(id).any(|a| e.asset(a).kind == AssetKind::GpRecord)
    };
    assert!(!own("high-street") && own("low-road"));
    assert_eq!(e.org(e.find_org("medora").unwrap()).kind, OrgKind::Supplier);
}

#[test]
fn a_row_may_count_many_and_a_sheet_of_suppliers_say_for_whom() {
    let e = built(&sheets(
        "name,kind,count,suppliers\nNorthmere,acute trust,,\n,GP practice,3,\n,GP practice,2,GP record: Surgeline\n,care home,,\n".replace(",care home,,\n", "").as_str(),
        "supplier,system,hosts,customers\nMedora,GP record; telephony,50,\nLabco,laboratory system,,Northmere\nRing,telephony,,all GP practices\n",
    ));
    let practices: Vec<&str> =
        e.organisations.iter().filter(|o| o.kind == OrgKind::GpPractice).map(|o| o.id.as_str()).collect();
    assert_eq!(
        practices,
        ["gp-practice-1", "gp-practice-2", "gp-practice-3", "gp-practice-4", "gp-practice-5"]
    );
    let customers = |id: &str, kind| {
        let id = e.find_org(id).unwrap();
        e.assets_of(id).map(|a| e.asset(a)).find(|a| a.kind == kind).map(|a| a.customers.len())
    };
    assert_eq!(customers("surgeline", AssetKind::GpRecord), Some(2));
    assert_eq!(customers("labco", AssetKind::Laboratory), Some(1));
    assert_eq!(customers("ring", AssetKind::Telephony), Some(5));
    let medora = e.find_org("medora").unwrap();
    let hosts = |kind| e.assets_of(medora).map(|a| e.asset(a)).find(|a| a.kind == kind).map(|a| a.hosts);
    assert_eq!((hosts(AssetKind::GpRecord), hosts(AssetKind::Telephony)), (Some(50), Some(50)));
}

#[test]
fn all_mistakes_of_a_sheet_are_named_by_their_cells_at_once() {
    let r = wrong(&sheets(
        "name,kind,size,count,lat,long,suppliers,patching\n\
         Northmere,acute trst,640,,,,,\n\
         Northmere,acute trust,many,,,,,\n\
         ,pharmacy,,,,,,\n\
         A,pharmacy,,2.5,,,,\n\
         B,pharmacy,-1,,53,,,\n\
         C,pharmacy,,,-1.5,53.2,,\n\
         D,pharmacy,,,,,GP recrd: X,\n\
         E,pharmacy,,,,,X,7\n\
         F,ambulance trust,1200000 people,,,,,\n",
        "supplier,system,customers\nX,,\nY,GP record,all hospices\nZ,nothing,\n",
    ));
    let expected = [
        "mine.csv, line 2, column 2 (kind): no kind 'acute trst'; did you mean 'acute trust'?",
        "mine.csv, line 3, column 3 (size): 'many' is no number above 0, at most 10,000,000",
        "mine.csv, line 3, column 1 (name): 'Northmere' stands in row 2, too; give one of them an id of its own",
        "mine.csv, line 4, column 1 (name): no name is given; only a row that counts more than one organisation does without",
        "mine.csv, line 5, column 4 (count): '2.5' is no whole number from 1 to 100000",
        "mine.csv, line 6, column 3 (size): '-1' is no number above 0, at most 10,000,000",
        "mine.csv, line 6, column 5 (lat): '53', '' is no latitude and longitude in degrees",
        "mine.csv, line 7, column 5 (lat): latitude -1.5 and longitude 53.2 seem to have changed places",
        "mine.csv, line 8, column 7 (suppliers): no kind 'GP recrd'; did you mean 'GP record'?",
        "mine.csv, line 9, column 8 (patching): 7 is not a share between 0 and 1 (or 0% and 100%)",
        "mine.csv, line 10, column 3 (size): '1200000 people': the size of an ambulance trust is in thousand people; give the number alone",
        "suppliers.csv, line 2, column 2 (system): what does it run? A system, such as GP record",
        "suppliers.csv, line 3, column 3 (customers): there is no hospice in the sheet",
        "suppliers.csv, line 4, column 2 (system): no kind 'nothing'",
    ];
    assert_eq!(r.mistakes, expected);
    // A misspelt head is no column to pass over; one that is there twice is one too many.
    let r = wrong(&sheets("name,kind,sise,size,beds\nA,pharmacy,,,\n", ""));
    assert_eq!(
        r.mistakes,
        [
            "mine.csv, line 1, column 3: no column 'sise'; did you mean 'size'?",
            "mine.csv, line 1, column 5 (beds): a second column of the same"
        ]
    );
    let r = wrong(&sheets("a,b,c\n1,2,3\n", ""));
    assert!(r.what.contains("no row of heads") && r.help.contains("estate template"), "{r:?}");
    let r = wrong(&sheets("name,kind,count\n,pharmacy,60000\n,care home,60000\n", ""));
    assert!(r.mistakes[0].contains("at most 100000 organisations"), "{r:?}");
}

#[test]
fn a_size_in_other_units_is_looked_at_again() {
    let made = import(&sheets("name,kind,size\nA,ambulance trust,1200000\n", ""), &england()).unwrap();
    let note = made.notes.iter().find(|n| n.starts_with("Look again")).unwrap();
    assert!(note.contains("thousand people where a typical ambulance trust has 1200"), "{note}");
}

#[test]
fn from_the_example_to_an_answer() {
    let f = Folder::new("example");
    let run = |args: &[&str]| {
        let o = f.resus(args);
        assert!(o.status.success(), "{args:?}: {}", String::from_utf8_lossy(&o.stderr));
        String::from_utf8(o.stdout).unwrap()
    };
    run(&["estate", "template", "--xlsx", "mine.xlsx", "--csv", "mine.csv", "--population", "200000"]);
    let (of, same) = (["mine.xlsx", "mine.csv"], ["workbook.ron", "csv.ron"]);
    for (file, out) in of.iter().zip(same) {
        run(&["estate", "import", file, "--out", out]);
        assert!(run(&["check", out]).contains("good"));
    }
    // The workbook says hosts of suppliers, too.
    let orgs = |file: &str| {
        let text = std::fs::read_to_string(f.0.join(file)).unwrap();
        text.lines().filter(|l| l.contains("kind: GpPractice")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(orgs(same[0]), orgs(same[1]));
    assert!(orgs(same[0]).len() > 15);
    run(&["estate", "import", "mine.xlsx", "--out", "estate.ron", "--scenario", "mine.ron"]);
    let text = run(&["compare", "mine.ron", "--replicates", "3", "--strategies", "all-pillars"]);
    assert!(text.contains("Not their own: of"), "{text}");
    let said = run(&["estate", "mine.ron"]).replace('\n', " ");
    assert!(said.contains("typical of their kind (the median)"), "{said}");
    let json: serde_json::Value = serde_json::from_str(&run(&["estate", "mine.ron", "--json"])).unwrap();
    assert!(json["typical"]["size"].as_u64().unwrap() > 10, "{}", json["typical"]);
    // Nothing is overwritten, and nothing is half written.
    let again = f.resus(&["estate", "import", "mine.xlsx", "--out", "estate.ron", "--scenario", "mine.ron"]);
    assert_eq!(again.status.code(), Some(2));
    f.file("bad.csv", "name,kind\nA,acute trst\nB,pharmcy\n");
    let bad = f.resus(&["estate", "import", "bad.csv", "--out", "bad.ron"]);
    let said = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert_eq!(bad.status.code(), Some(2));
    assert!(said.contains("line 2, column 2 (kind)") && said.contains("line 3, column 2 (kind)"), "{said}");
    assert!(!f.0.join("bad.ron").exists());
    let all = example(&england(), 500_000);
    assert!(all.organisations.len() > 15 && all.kinds.len() > OrgKind::ALL.len() - 1);
}

#[test]
fn the_directory_is_read_as_of_a_day_and_figures_go_to_who_came_after() {
    let dated = |code: &str, name: &str, opens: &str, closes: &str| {
        row(code, name, closes, if closes.is_empty() { "A" } else { "C" }, "").replace("20010401", opens)
    };
    let directory = [
        dated("R1A", "WESTHAVEN HOSPITALS TRUST", "20010401", "20260331"),
        dated("R1B", "EASTHAVEN HOSPITALS TRUST", "20010401", "20260331"),
        dated("R1C", "HAVEN HOSPITALS TRUST", "20260401", ""),
    ]
    .concat();
    let table = |name: &str, text: &str| Table { name: name.into(), bytes: text.as_bytes().to_vec() };
    let tables = |on: &str| Tables {
        directories: vec![(Directory::Trusts, table("etr.csv", &directory))],
        on: Some(resus_engine::units::Date::parse(on).unwrap()),
        succession: Some(table(
            "succ.csv",
            "\"R1A\",\"R1C\",\"M\",\"20260401\",\"\"\n\"R1B\",\"R1C\",\"M\",\"20260401\",\"\"\n",
        )),
        organisations: Some(table("organisations.csv", "organisation,size\nR1A,500\nR1B,300\n")),
        ..Tables::default()
    };
    let before = import(&tables("2026-03-31"), &england()).unwrap_or_else(|r| panic!("{r:?}"));
    assert_eq!(before.kinds[&OrgKind::AcuteTrust], 2);
    assert!(before.rejected.iter().any(|r| r.reason == "'R1C' opens on 20260401"), "{:?}", before.rejected);
    assert!(before.text.contains("size: 500.0") && before.text.contains("size: 300.0"));
    let after = import(&tables("2026-04-01"), &england()).unwrap_or_else(|r| panic!("{r:?}"));
    assert_eq!(after.kinds[&OrgKind::AcuteTrust], 1);
    assert!(after.text.contains("id: \"r1c\"") && after.text.contains("size: 800.0"), "{}", after.text);
    assert!(after.notes.iter().any(|n| n.contains("R1A, R1B")), "{:?}", after.notes);
    // Who came after whom in a circle leads nowhere, and to no endless search.
    let circle = Tables {
        succession: Some(table("succ.csv", "R1A,R1B,M,20260401,\nR1B,R1A,M,20260401,\n")),
        ..tables("2026-04-01")
    };
    assert_eq!(
        import(&circle, &england())
            .unwrap()
            .rejected
            .iter()
            .filter(|r| r.table == "organisations.csv")
            .count(),
        2
    );
    // With heads, as the directory's search gives it.
    let headed = "Organisation Code,Successor Organisation Code,Succession Reason,Succession Effective Date\nR1A,R1C,Merger,2026-04-01\n";
    let headed = Tables { succession: Some(table("succ.csv", headed)), ..tables("2026-04-01") };
    assert!(import(&headed, &england()).unwrap().text.contains("size: 500.0"));
}
