//! `status`: the node at a glance, and what is still to be done.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::init::custody;
use crate::cli::output::pairs;
use crate::cli::peer;
use crate::wire;

pub(super) fn run(global: &Global) -> Result<(), Failure> {
    let status = client::status(global)?;
    let out = global.output();
    if out.json { out.object(&object(&status)) } else { out.text(global.with_data(&sheet(&status))) }
}

fn object(status: &wire::GetStatusResponse) -> Value {
    let head = status.head.clone().unwrap_or_default();
    let peers = status.peers.iter().map(|peer| {
        let state = peer::state(peer);
        json!({"office": peer.office, "state": state, "connected": peer.connected, "waiting": peer.waiting})
    });
    json!({
        "office": status.office,
        "network": status.network,
        "log_id": hex::encode(&status.log_id),
        "size": head.size,
        "root": hex::encode(&head.root),
        "storage_key": status.storage_key,
        "version": status.version,
        "peers": peers.collect::<Value>(),
        "missing": status.missing,
        "alarms": status.alarms,
    })
}

fn sheet(status: &wire::GetStatusResponse) -> String {
    let head = status.head.clone().unwrap_or_default();
    let entries = if head.size == 1 { "1 entry".to_owned() } else { format!("{} entries", head.size) };
    let kept = status.storage_key.parse().map_or_else(|_| status.storage_key.clone(), |word| custody(word).to_owned());
    let rosters = status.countries.iter().filter(|country| country.version > 0);
    let rosters: Vec<String> = rosters.map(|country| format!("{} {}", country.country, country.version)).collect();
    let alarms = match status.alarms {
        0 => "none".to_owned(),
        number => format!("{number}: see them with chapar log show"),
    };
    let mut sheet = pairs(&[
        ("Office", format!("{} in {}", status.office, status.network)),
        ("Version", status.version.clone()),
        ("Log", format!("{}, {entries}", hex::encode(&status.log_id))),
        ("Root", hex::encode(&head.root)),
        ("Storage key", kept),
        ("Rosters", if rosters.is_empty() { "none".to_owned() } else { rosters.join(", ") }),
        ("Alarms", alarms),
    ]);
    if !status.peers.is_empty() {
        sheet.push_str("\n\n");
        sheet.push_str(&peer::peers(&status.peers));
    }
    let parted = |peer: &&wire::PeerStatus| !peer.connected && !peer.trouble.is_empty();
    let troubles: Vec<String> =
        status.peers.iter().filter(parted).map(|p| format!("{}: {}", p.office, p.trouble)).collect();
    match (status.missing.is_empty(), troubles.is_empty()) {
        (true, true) => sheet.push_str("\n\nNothing is missing."),
        (true, false) => sheet.push_str("\n\nThe set-up is complete."),
        (false, _) => list(&mut sheet, "Still to be done:", &status.missing),
    }
    if !troubles.is_empty() {
        list(&mut sheet, "Without a link:", &troubles);
    }
    sheet
}

fn list(sheet: &mut String, title: &str, lines: &[String]) {
    sheet.push_str("\n\n");
    sheet.push_str(title);
    for line in lines {
        sheet.push_str("\n  - ");
        sheet.push_str(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said() {
        let mut status = wire::GetStatusResponse {
            office: "UZ-ALT".to_owned(),
            storage_key: "file".to_owned(),
            missing: vec!["Trust it: chapar peer trust UZ".to_owned()],
            ..wire::GetStatusResponse::default()
        };
        let text = sheet(&status);
        assert!(text.ends_with("Still to be done:\n  - Trust it: chapar peer trust UZ"), "{text}");
        assert!(text.contains("WARNING"), "{text}");
        status.missing.clear();
        assert!(sheet(&status).ends_with("Nothing is missing."));
        let keys: Vec<String> = object(&status).as_object().unwrap().keys().cloned().collect();
        let expected =
            ["alarms", "log_id", "missing", "network", "office", "peers", "root", "size", "storage_key", "version"];
        assert_eq!(keys, expected);
    }
}
