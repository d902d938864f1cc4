//! `chapar bench` with the real binary: small numbers of notices, all figures, nothing left behind.

use crate::binary::chapar;

#[test]
fn a_bench_measures_two_offices_and_stops_them() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bench");
    let data = data.to_str().unwrap();
    let words = ["--data", data, "--json", "bench", "--notices", "20", "--singles", "2", "--queued", "5"];
    let figures = chapar(&words).object();
    for (key, figure) in figures.as_object().unwrap() {
        assert!(figure["value"].as_f64().unwrap() >= 0.0 && figure["unit"].is_string(), "{key}: {figure}");
    }
    for key in [
        "rate_1kB",
        "rate_8kB",
        "single_p50",
        "receipt_p99",
        "inbox_p50",
        "drain_rate",
        "cpu_1kB",
        "resident_idle_sender",
    ] {
        assert!(figures[key]["value"].as_f64().unwrap() > 0.0, "{key}: {figures}");
    }
    // Both nodes have ended: their stores can be opened, and hold everything.
    for office in ["sender", "addressee"] {
        let office = format!("{data}/{office}");
        let verified = chapar(&["--data", &office, "--json", "log", "verify", "--offline"]).object();
        assert!(verified["size"].as_u64().unwrap() > 48, "{verified}");
    }
    // Nothing is overwritten by a second one.
    let second = chapar(&words);
    assert_eq!(second.code, Some(1), "{second:?}");
}
