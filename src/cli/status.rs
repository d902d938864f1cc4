//! `status`: the node at a glance, and what is still to be done.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::expiry;
use crate::cli::failure::Failure;
use crate::cli::output::pairs;
use crate::cli::peer;
use crate::cli::problems;
use crate::cli::words;
use crate::edge::people;
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
    let set_up = status.problems.iter().filter(|problem| problem.set_up);
    json!({
        "office": status.office,
        "network": status.network,
        "log_id": hex::encode(&status.log_id),
        "size": head.size,
        "root": hex::encode(&head.root),
        "storage_key": status.storage_key,
        "version": status.version,
        "peers": peers.collect::<Value>(),
        "missing": set_up.map(|problem| format!("{}. {}", problem.what, problem.remedy)).collect::<Value>(),
        "alarms": status.alarms,
        "problems": problems::objects(&status.problems),
        "ready": status.ready,
        "started_at": words::time(status.started_ms),
        "free_bytes": status.free_bytes,
        "ending": status.ends.as_ref().map_or(0, |ends| ends.ending),
        "vault_key_changed": words::time(status.ends.as_ref().map_or(0, |ends| ends.rotated_ms)),
    })
}

fn sheet(status: &wire::GetStatusResponse) -> String {
    let head = status.head.clone().unwrap_or_default();
    let entries = if head.size == 1 { "1 entry".to_owned() } else { format!("{} entries", head.size) };
    let rosters = status.countries.iter().filter(|country| country.version > 0);
    let rosters: Vec<String> = rosters.map(|country| format!("{} {}", country.country, country.version)).collect();
    let ends = status.ends.clone().unwrap_or_default();
    let alarms = if status.alarms == 0 { "none".to_owned() } else { status.alarms.to_string() };
    let takes = if status.ready { "takes notices" } else { "takes no new notices" };
    let mut sheet = pairs(&[
        ("Office", format!("{} in {}", status.office, status.network)),
        ("Node", format!("{takes}, version {}, since {} UTC", status.version, words::moment(status.started_ms))),
        ("Log", format!("{}, {entries}", hex::encode(&status.log_id))),
        ("Root", hex::encode(&head.root)),
        ("Storage key", status.storage_key.clone()),
        (
            "Disk",
            status.free_bytes.map_or_else(|| "not known".to_owned(), |free| format!("{} free", people::size(free))),
        ),
        ("Ending", expiry::ending(&ends)),
        ("Vault key", expiry::vault(&ends)),
        ("Rosters", if rosters.is_empty() { "none".to_owned() } else { rosters.join(", ") }),
        ("Alarms", alarms),
    ]);
    if !status.peers.is_empty() {
        sheet.push_str("\n\n");
        sheet.push_str(&peer::peers(&status.peers));
    }
    sheet.push_str("\n\n");
    sheet.push_str(&problems::sheet(&status.problems));
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_what_to_do() {
        let problem = wire::Problem {
            what: "The key of UZ is not trusted yet".to_owned(),
            remedy: "Compare it, then: chapar peer trust UZ".to_owned(),
            set_up: true,
            ..wire::Problem::default()
        };
        let mut status = wire::GetStatusResponse {
            office: "UZ-ALT".to_owned(),
            storage_key: "file".to_owned(),
            problems: vec![problem],
            free_bytes: Some(3 * 1024 * 1024 * 1024),
            ..wire::GetStatusResponse::default()
        };
        let text = sheet(&status);
        assert!(text.contains("takes no new notices") && text.contains("3.0 GiB free"), "{text}");
        assert!(
            text.ends_with("1. The key of UZ is not trusted yet\n     Do: Compare it, then: chapar peer trust UZ"),
            "{text}"
        );
        assert_eq!(object(&status)["problems"][0]["do"], "Compare it, then: chapar peer trust UZ");
        status.problems.clear();
        assert!(sheet(&status).ends_with("Nothing is wrong."));
        assert_eq!((&object(&status)["missing"], &object(&status)["problems"]), (&json!([]), &json!([])));
    }
}
