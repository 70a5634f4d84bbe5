//! The SIR mode against the package that network epidemiologists use: EoN 2.0, `fast_SIR`, on the same graph.

use std::fmt::Write as _;
use std::process::Command;

use resus_engine::stats::agreement::two_samples;
use resus_engine::study::sir::Network;
use resus_engine::study::verification::LEVEL;

const RUNS: &str = "300";

/// One column of a CSV text.
fn column(text: &str, name: &str) -> Vec<f64> {
    let mut lines = text.lines();
    let at = lines.next().unwrap().split(',').position(|h| h == name).unwrap();
    lines.map(|l| l.split(',').nth(at).unwrap().parse().unwrap()).collect()
}

#[test]
#[ignore = "needs Python with EoN 2.0 (RESUS_PYTHON names the interpreter): .ci/run passes it"]
fn outbreaks_are_those_of_eon() {
    let python = std::env::var("RESUS_PYTHON").unwrap_or_else(|_| "python3".into());
    let folder = std::env::temp_dir().join(format!("resus-networks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (edges, ours) = (folder.join("edges.csv"), folder.join("ours.csv"));
    let network = Network::random(1000, 6.0, 11).unwrap();
    let mut text = String::new();
    for a in 0..network.nodes() {
        for b in network.neighbours(a).iter().filter(|b| a < **b) {
            writeln!(text, "{a},{b}").unwrap();
        }
    }
    std::fs::write(&edges, text).unwrap();
    for (transmission, recovery) in [("0.25", "0.1"), ("0.03", "0.1")] {
        let done = Command::new(env!("CARGO_BIN_EXE_resus-under-test"))
            .args([
                "verify",
                "sir",
                "--replicates",
                RUNS,
                "--transmission",
                transmission,
                "--recovery",
                recovery,
            ])
            .arg("--edges")
            .arg(&edges)
            .arg("--csv")
            .arg(&ours)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let theirs = Command::new(&python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/reference/sir.py"))
            .arg(&edges)
            .args([transmission, recovery, RUNS, "5"])
            .output()
            .expect("Python starts");
        assert!(theirs.status.success(), "{}", String::from_utf8_lossy(&theirs.stderr));
        let ours = std::fs::read_to_string(&ours).unwrap();
        let theirs = String::from_utf8(theirs.stdout).unwrap();
        for quantity in ["final_size", "peak", "peak_at"] {
            let agreement = two_samples(&column(&ours, quantity), &column(&theirs, quantity));
            println!("transmission {transmission}, {quantity}: {agreement:?}");
            assert!(agreement.p >= LEVEL, "transmission {transmission}, {quantity}: {agreement:?}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
