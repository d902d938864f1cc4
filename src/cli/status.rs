//! `status`: the node at a glance, and what is still to be done.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::exercise;
use crate::cli::expiry;
use crate::cli::failure::Failure;
use crate::cli::output::named;
use crate::cli::peer;
use crate::cli::problems;
use crate::cli::words;
use crate::i18n::Words;
use crate::wire;

pub(super) fn run(global: &Global) -> Result<(), Failure> {
    let status = client::status(global)?;
    let out = global.output();
    if out.json { out.object(&object(&status)) } else { out.text(global.with_data(&sheet(&status, &global.words()))) }
}

fn object(status: &wire::GetStatusResponse) -> Value {
    let head = status.head.clone().unwrap_or_default();
    let peers = status.peers.iter().map(|peer| {
        let state = peer::state(peer);
        json!({
            "office": peer.office,
            "state": state,
            "connected": peer.connected,
            "waiting": peer.waiting,
            "attachments": peer::to_come_object(peer),
        })
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
        "exercise": exercise::object(status.exercise.as_ref()),
    })
}

fn sheet(status: &wire::GetStatusResponse, words: &Words) -> String {
    let head = status.head.clone().unwrap_or_default();
    let rosters = status.countries.iter().filter(|country| country.version > 0);
    let rosters: Vec<String> = rosters.map(|country| format!("{} {}", country.country, country.version)).collect();
    let ends = status.ends.clone().unwrap_or_default();
    let none = || words.get("status-none");
    let alarms = if status.alarms == 0 { none() } else { status.alarms.to_string() };
    let takes = if status.ready { "status-takes" } else { "status-takes-none" };
    let since = [("version", status.version.clone()), ("since", words::moment(status.started_ms))];
    let entries = [("log", hex::encode(&status.log_id)), ("count", head.size.to_string())];
    let disk = match status.free_bytes {
        None => words.get("status-disk-unknown"),
        Some(free) => words.say("status-disk-free", &[("free", words.size(free))]),
    };
    let office = [("office", status.office.clone()), ("network", status.network.clone())];
    let mut sheet = named(
        words,
        &[
            ("status-office", words.say("status-in", &office)),
            ("status-node", words.say(takes, &since)),
            ("status-log", words.say("status-log-entries", &entries)),
            ("status-root", hex::encode(&head.root)),
            ("status-storage-key", status.storage_key.clone()),
            ("status-disk", disk),
            ("expiry-ending", expiry::ending(&ends, words)),
            ("vault-key", expiry::vault(&ends, words)),
            ("status-exercise", exercise::line(status.exercise.as_ref(), words)),
            ("status-rosters", if rosters.is_empty() { none() } else { rosters.join(", ") }),
            ("status-alarms", alarms),
        ],
    );
    if !status.peers.is_empty() {
        sheet.push_str("\n\n");
        sheet.push_str(&peer::peers(&status.peers, words));
        for peer in &status.peers {
            if let Some(to_come) = peer::to_come(peer, words) {
                sheet.push('\n');
                sheet
                    .push_str(&words.say("peer-attachments-of", &[("office", peer.office.clone()), ("what", to_come)]));
            }
        }
    }
    sheet.push_str("\n\n");
    sheet.push_str(&problems::sheet(&status.problems, words));
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

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
        let en = Words::of(Language::english());
        let text = sheet(&status, &en);
        assert!(text.contains("takes no new notices") && text.contains("3.0 GiB free"), "{text}");
        assert!(
            text.ends_with("1. The key of UZ is not trusted yet\n     Do: Compare it, then: chapar peer trust UZ"),
            "{text}"
        );
        assert_eq!(object(&status)["problems"][0]["do"], "Compare it, then: chapar peer trust UZ");
        status.problems.clear();
        assert!(sheet(&status, &en).ends_with("Nothing is wrong."));
        assert_eq!((&object(&status)["missing"], &object(&status)["problems"]), (&json!([]), &json!([])));
    }
}
