//! What is wrong with the node and its links, and what to do: one sentence each way, most urgent first.
//!
//! It only looks at what it is given. The remedies name verbs of `chapar`, without the data folder.

mod officers;

use crate::domain::envelope::PublicKey;
use crate::domain::policy::CONFIRM_MS;
use crate::domain::roster::Office;
use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::edge::glance::Glance;
use crate::edge::glance::Peer;
use crate::edge::people::moment;
use crate::i18n::ENGLISH;
use crate::i18n::Names;
use crate::i18n::said;
use crate::limits;
use crate::name::Country;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::office::sureness::Unsure;
use crate::time::Timestamp;
use crate::wire::Problem;
use crate::wire::Said;

/// Who is looked at.
pub(super) struct Me<'a> {
    /// The office.
    pub(super) office: OfficeCode,
    /// Its office key.
    pub(super) key: PublicKey,
    /// Whether notices may rest on anything.
    pub(super) has_agreements: bool,
    /// Where its storage key comes from, as a word.
    pub(super) custody: &'a str,
}

/// Everything that is wrong.
pub(super) fn found(me: &Me<'_>, rosters: &Rosters, glance: &Glance) -> Vec<Problem> {
    let mut found = node(glance);
    found.extend(set_up(me, rosters));
    found.extend(officers::found(&glance.officers, glance.now, me.office));
    let own = rosters.office(me.office);
    found.extend(glance.peers.iter().flat_map(|peer| of_peer(peer, own, glance)));
    if me.custody == "file" {
        found.push(problem("problem-key-beside", &[]));
    }
    found
}

/// A message of `i18n/`, which also says what to do.
fn problem(key: &str, names: Names<'_>) -> Problem {
    in_english(Problem { what_said: Some(said(key, names)), ..Problem::default() })
}

/// What is wrong, and what to do, each as a message.
fn of(what: Said, remedy: Said) -> Problem {
    in_english(Problem { what_said: Some(what), remedy_said: Some(remedy), ..Problem::default() })
}

fn in_english(problem: Problem) -> Problem {
    let (what, remedy) = ENGLISH.problem(&problem);
    Problem { what, remedy, ..problem }
}

/// A message that names a length of time.
fn with_length(key: &str, ms: i64, names: Names<'_>) -> Said {
    let (count, unit) = match ms.abs() / 1000 {
        seconds if seconds < 120 => (seconds, "length-s"),
        seconds if seconds < 120 * 60 => (seconds / 60, "length-min"),
        seconds if seconds < 48 * 3600 => (seconds / 3600, "length-h"),
        seconds => (seconds / 86_400, "length-days"),
    };
    let count = [("count", count.to_string())];
    said(key, &[names, &count].concat()).with_keys("length", [unit])
}

/// Of the machine and the log.
fn node(glance: &Glance) -> Vec<Problem> {
    let mut found = vec![];
    if let Some(unsure) = glance.unsure {
        let (key, ms) = match unsure {
            Unsure::Behind(ms) => ("problem-clock-behind", ms),
            Unsure::Ahead(ms) => ("problem-clock-ahead", ms),
            Unsure::Peers(ms) => ("problem-clock-peers", ms),
        };
        found.push(of(with_length(key, ms, &[]), said("problem-clock-do", &[])));
    }
    found.extend(ends(glance));
    let sizes = |free: u64| [("free_bytes", free.to_string()), ("stops_bytes", limits::FREE_BYTES_MIN.to_string())];
    match glance.free_bytes {
        Some(free) if free < limits::FREE_BYTES_MIN => found.push(problem("problem-disk-full", &sizes(free))),
        Some(free) if free < limits::FREE_BYTES_LOW => found.push(problem("problem-disk-low", &sizes(free))),
        _ => {}
    }
    if glance.alarms > 0 {
        found.push(problem("problem-alarms", &[("count", glance.alarms.to_string())]));
    }
    for (key, count) in
        [("problem-overdue-here", glance.overdue.received), ("problem-overdue-there", glance.overdue.issued)]
    {
        if count > 0 {
            found.push(problem(key, &[("count", count.to_string())]));
        }
    }
    found.extend(unconfirmed(&glance.emergencies));
    found
}

/// What was sent in an emergency and waits for a second officer.
fn unconfirmed(emergencies: &[(Reference, Timestamp)]) -> Option<Problem> {
    let (first, released) = emergencies.iter().min_by_key(|(_, released)| *released)?;
    let names = [
        ("count", emergencies.len().to_string()),
        ("reference", first.to_string()),
        ("until", moment(released.plus_ms(CONFIRM_MS))),
    ];
    Some(problem("problem-unconfirmed", &names))
}

/// Of what ends.
fn ends(glance: &Glance) -> Vec<Problem> {
    let (ends, mut found) = (&glance.ends, vec![]);
    if ends.unconfirmed > 0 {
        found.push(problem("problem-many-ends", &[("count", ends.unconfirmed.to_string())]));
    }
    if ends.reviews_overdue > 0 {
        found.push(problem("problem-reviews", &[("count", ends.reviews_overdue.to_string())]));
    }
    if !glance.vault_trouble.is_empty() {
        found.push(problem("problem-vault-key", &[("cause", glance.vault_trouble.clone())]));
    }
    found
}

/// What the set-up still lacks.
fn set_up(me: &Me<'_>, rosters: &Rosters) -> Vec<Problem> {
    let country = me.office.country();
    let of_country = |key: &str, country: Country| problem(key, &[("country", country.to_string())]);
    let mut found = vec![];
    match rosters.countries().get(&country).map(|pin| pin.roster.is_some()) {
        None => found.push(of_country("problem-key-untrusted", country)),
        Some(false) => found.push(of_country("problem-no-roster", country)),
        Some(true) => found.extend(own_entry(me, rosters.office(me.office))),
    }
    for (other, pin) in rosters.countries().iter().filter(|(other, _)| **other != country) {
        if pin.roster.is_none() {
            found.push(of_country("problem-no-roster", *other));
        }
    }
    if rosters.offices().all(|one| one.code == me.office) {
        found.push(problem("problem-no-office", &[]));
    }
    if !me.has_agreements {
        found.push(problem("problem-no-agreement", &[]));
    }
    found.into_iter().map(|problem| Problem { set_up: true, ..problem }).collect()
}

fn own_entry(me: &Me<'_>, entry: Option<&Office>) -> Option<Problem> {
    let key = match entry {
        None => "problem-not-listed",
        Some(entry) if entry.office_key() != Some(me.key) => "problem-other-key",
        Some(entry) if entry.state == OfficeState::Suspended => "problem-suspended",
        Some(entry) if entry.state == OfficeState::Revoked => "problem-revoked",
        Some(_) => return None,
    };
    Some(problem(key, &[("office", me.office.to_string()), ("country", me.office.country().to_string())]))
}

fn of_peer(peer: &Peer, own: Option<&Office>, glance: &Glance) -> Vec<Problem> {
    let code = peer.office.code;
    let mut found = vec![];
    match peer.office.state {
        OfficeState::Revoked => return vec![],
        OfficeState::Suspended if peer.queue.unplaced > 0 => {
            let country = [("country", code.country().to_string())];
            let names = [&country, names(peer).as_slice()].concat();
            found.push(problem("problem-peer-suspended", &names));
        }
        _ => found.extend(link(peer, own, glance)),
    }
    if peer.awaited.count > 0 && !peer.may_pull {
        let names = [("office", code.to_string()), ("count", peer.awaited.count.to_string())];
        found.push(problem("problem-attachment-quota", &names));
    }
    let off = peer.note.clock_offset_ms;
    if off.abs() >= limits::CLOCK_OFF_MS {
        let key = if off > 0 { "problem-peer-clock-ahead" } else { "problem-peer-clock-behind" };
        let what = with_length(key, off, &[("office", code.to_string())]);
        found.push(of(what, with_length("problem-peer-clock-do", limits::CLOCK_AHEAD_MS, &[])));
    }
    found.into_iter().map(|problem| Problem { peer: code.to_string(), ..problem }).collect()
}

/// A peer, and what waits for it.
fn names(peer: &Peer) -> Vec<(&'static str, String)> {
    vec![
        ("office", peer.office.code.to_string()),
        ("count", peer.queue.total().to_string()),
        ("waiting", peer.queue.since.map(moment).unwrap_or_default()),
    ]
}

/// The link is down, or nothing moves on it.
fn link(peer: &Peer, own: Option<&Office>, glance: &Glance) -> Option<Problem> {
    let note = &peer.note;
    if peer.connected {
        let since = peer.queue.since.filter(|since| glance.now.since_ms(*since) > limits::WAITING_MS)?;
        // What was queued while the link was down is given time since it came back.
        note.last_session.filter(|up| glance.now.since_ms((*up).max(since)) > limits::WAITING_MS)?;
        return (peer.queue.total() > 0).then(|| problem("problem-no-receipts", &names(peer)));
    }
    // A node that has just started has not had the time to connect.
    let starting = glance.now.since_ms(glance.started) < limits::LINK_GRACE_MS;
    if starting && note.trouble.is_none() {
        return None;
    }
    let since = note.last_session.unwrap_or(glance.started);
    let trouble = note.trouble.clone().unwrap_or_else(|| said("trouble-none-yet", &[]));
    let waits = peer.queue.total() > 0;
    let end = if trouble.to_string().ends_with('?') { "" } else { "." };
    let mut names = names(peer);
    names.extend([("since", moment(since)), ("end", end.to_owned())]);
    let key = if waits { "problem-no-link-waiting" } else { "problem-no-link" };
    let ours = own.map(|own| own.endpoints.as_slice()).unwrap_or_default();
    let remedy = match (peer.office.endpoints.as_slice(), ours) {
        ([_, ..], _) => said("problem-way-breaks", &names),
        ([], []) => said("problem-nobody-listens", &[]),
        ([], ours) => said("problem-only-dials", &[("endpoints", ours.join(", "))]),
    };
    Some(of(said(key, &names).with_said("trouble", trouble), remedy))
}
