//! The demo plays its story to the end, and everything in it is delivered and verified.

use std::path::Path;

use serde_json::Value;

use crate::cli::keys;
use crate::cli::run;

/// Notices of the story, with one delivery for each addressee: warning 2, acknowledgement 1, feedback 1, seizure report 2,
/// correction 2; alert, request, exercise, modus operandi and its withdrawal 1 each.
const DELIVERIES: u64 = 13;

#[test]
fn the_demo_tells_its_story() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let out = run(at, &["demo", "--exit", "--json", "--data", "kept"]).ok();
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [opened, played] = lines.as_slice() else { panic!("{out}") };
    assert_eq!(keys(opened), ["offices"].into());
    assert_eq!(keys(played), ["data", "delivered", "entries", "ok"].into());
    assert_eq!((&played["ok"], &played["delivered"]), (&Value::Bool(true), &DELIVERIES.into()));
    let offices = opened["offices"].as_array().unwrap();
    assert_eq!(offices.len(), 3);
    let verified = offices.iter().map(|office| {
        let data = office["data"].as_str().unwrap();
        assert!(Path::new(data).starts_with(at.canonicalize().unwrap()));
        run(at, &["log", "verify", "--offline", "--json", "--data", data]).object()["size"].as_u64().unwrap()
    });
    // What was verified while the nodes ran is there when they have stopped; a node may have written more.
    assert!(verified.sum::<u64>() >= played["entries"].as_u64().unwrap());
    run(at, &["demo", "--exit", "--data", "kept"]).fails(1, "is not empty");
}

#[test]
fn the_demo_speaks_russian() {
    let folder = tempfile::tempdir().unwrap();
    let played = run(folder.path(), &["demo", "--exit", "--lang", "ru", "--data", "kept"]);
    let acts: Vec<&str> = played.err.lines().filter_map(|line| line.split_once(". ")).map(|(act, _)| act).collect();
    assert_eq!(acts.iter().filter(|act| act.len() == 1).count(), 7, "{}", played.err);
    assert!(played.err.contains("ИСПРАВЛЕНО извещением TM-FAR-"), "{}", played.err);
    assert!(played.err.contains("Изъятие 9 386 г") && played.err.contains("Изъятие 9 412 г"), "{}", played.err);
    assert!(played.err.contains("TM-FAR → UZ-ALT  в очереди"), "{}", played.err);
    let out = played.ok();
    assert!(out.contains("(13) есть подписанная квитанция"), "{out}");
}
