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
use crate::edge::keystore;
use crate::edge::people::length;
use crate::edge::people::moment;
use crate::edge::people::size;
use crate::limits;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::office::standing::Overdue;
use crate::office::sureness::Unsure;
use crate::time::Timestamp;
use crate::wire::Problem;

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
        found.push(problem(keystore::BESIDE_THE_KEYS, keystore::NOT_BESIDE_THE_KEYS));
    }
    found
}

fn problem(what: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem { what: what.into(), remedy: remedy.into(), ..Problem::default() }
}

/// Of the machine and the log.
fn node(glance: &Glance) -> Vec<Problem> {
    let mut found = vec![];
    if let Some(unsure) = glance.unsure {
        let what = match unsure {
            Unsure::Behind(ms) => format!("The clock is {} behind the last entry of the log", length(ms)),
            Unsure::Ahead(ms) => format!("The clock is {} ahead of the last entry of the log", length(ms)),
            Unsure::Peers(ms) => format!("The clock is {} off those of the other offices", length(ms.abs())),
        };
        found.push(problem(
            format!("{what}: no new notices are taken, and no text ends"),
            "Set it right (NTP); the node goes on by itself. If it is right, as after a long stop: chapar clock show",
        ));
    }
    found.extend(ends(glance));
    let stops = size(limits::FREE_BYTES_MIN);
    match glance.free_bytes {
        Some(free) if free < limits::FREE_BYTES_MIN => found.push(problem(
            format!("The disk has only {} left: no new notices are taken", size(free)),
            format!("Make space: from {stops} on the node goes on by itself."),
        )),
        Some(free) if free < limits::FREE_BYTES_LOW => found.push(problem(
            format!("The disk has {} left", size(free)),
            format!("Make space: below {stops} no new notices are taken."),
        )),
        _ => {}
    }
    if glance.alarms > 0 {
        let (are, alarms) = if glance.alarms == 1 { ("is", "alarm") } else { ("are", "alarms") };
        found.push(problem(
            format!("There {are} {} {alarms} in the log", glance.alarms),
            "Look at the entries of kind alarm: chapar log show. Then call the office or country that they name.",
        ));
    }
    found.extend(overdue(glance.overdue));
    found.extend(unconfirmed(&glance.emergencies));
    found
}

/// What was sent in an emergency and waits for a second officer.
fn unconfirmed(emergencies: &[(Reference, Timestamp)]) -> Option<Problem> {
    let (first, released) = emergencies.iter().min_by_key(|(_, released)| *released)?;
    let (count, until) = (emergencies.len(), moment(released.plus_ms(CONFIRM_MS)));
    let were = if count == 1 { "notice was" } else { "notices were" };
    Some(problem(
        format!("{count} {were} sent in an emergency and not confirmed: the node withdraws {first} after {until}"),
        format!("A releasing officer who did not send it reads it, then: chapar notice confirm {first}"),
    ))
}

/// What another office, or this one, owes beyond its time.
fn overdue(overdue: Overdue) -> Vec<Problem> {
    let are = |count: u64| {
        if count == 1 { "1 notice is overdue".to_owned() } else { format!("{count} notices are overdue") }
    };
    let mut found = vec![];
    if overdue.received > 0 {
        found.push(problem(
            format!("{}: this office owes an acknowledgement or an answer", are(overdue.received)),
            "See which: chapar inbox --overdue. Acknowledge or answer, or close what needs nothing more.",
        ));
    }
    if overdue.issued > 0 {
        found.push(problem(
            format!("{}: another office owes a receipt, an acknowledgement or an answer", are(overdue.issued)),
            "See which: chapar outbox --overdue. Call that office, or close what needs nothing more.",
        ));
    }
    found
}

/// Of what ends.
fn ends(glance: &Glance) -> Vec<Problem> {
    let (ends, mut found) = (&glance.ends, vec![]);
    if ends.unconfirmed > 0 {
        found.push(problem(
            format!("{} texts have ended, more than may end at once: none does", ends.unconfirmed),
            format!(
                "See whether the clock and the number can be right. If so: chapar expiry confirm {}",
                ends.unconfirmed
            ),
        ));
    }
    if !glance.vault_trouble.is_empty() {
        found.push(problem(
            "The vault key could not be changed: what was erased last could still be opened with the old one",
            format!(
                "Look at the folder of keys and its disk ({}). It is tried again every hour.",
                glance.vault_trouble
            ),
        ));
    }
    found
}

/// What the set-up still lacks.
fn set_up(me: &Me<'_>, rosters: &Rosters) -> Vec<Problem> {
    let country = me.office.country();
    let import = "Ask the keeper of the roster for the newest one, then: chapar roster import FILE";
    let mut found = vec![];
    match rosters.countries().get(&country).map(|pin| pin.roster.is_some()) {
        None => found.push(problem(
            format!("The key of {country} is not trusted yet"),
            format!("Compare its fingerprint by voice, then: chapar peer trust {country} FINGERPRINT"),
        )),
        Some(false) => found.push(problem(format!("The roster of {country} is not imported yet"), import)),
        Some(true) => found.extend(own_entry(me, rosters.office(me.office))),
    }
    for (other, pin) in rosters.countries().iter().filter(|(other, _)| **other != country) {
        if pin.roster.is_none() {
            found.push(problem(format!("The roster of {other} is not imported yet"), import));
        }
    }
    if rosters.offices().all(|one| one.code == me.office) {
        found.push(problem(
            "No other office is known yet",
            "Trust another country's key and import its roster: chapar peer trust, chapar roster import",
        ));
    }
    if !me.has_agreements {
        found.push(problem(
            "No agreement is configured: nothing can be sent, and what comes is rejected",
            "Add an [[agreement]] for each that your country has to config.toml, and start the node again.",
        ));
    }
    found.into_iter().map(|problem| Problem { set_up: true, ..problem }).collect()
}

fn own_entry(me: &Me<'_>, entry: Option<&Office>) -> Option<Problem> {
    let (office, country) = (me.office, me.office.country());
    match entry {
        None => Some(problem(
            format!("The roster of {country} does not list {office}: other offices do not know it"),
            format!("Send {office}.card to your country and import its next roster: chapar roster import FILE"),
        )),
        Some(entry) if entry.office_key() != Some(me.key) => Some(problem(
            format!(
                "The roster of {country} lists another office key for {office} than this node's: peers turn it away"
            ),
            format!("Send the card of this node to your country: chapar card writes {office}.card again."),
        )),
        Some(entry) if entry.state == OfficeState::Suspended => Some(problem(
            format!("{office} is suspended by {country}: only acknowledgements, corrections and withdrawals pass"),
            format!("Ask {country} why. What is held back goes by itself once a roster says active."),
        )),
        Some(entry) if entry.state == OfficeState::Revoked => Some(problem(
            format!("{office} is revoked by {country}: nobody connects any more"),
            format!("Ask {country} why."),
        )),
        Some(_) => None,
    }
}

fn of_peer(peer: &Peer, own: Option<&Office>, glance: &Glance) -> Vec<Problem> {
    let code = peer.office.code;
    let mut found = vec![];
    match peer.office.state {
        OfficeState::Revoked => return vec![],
        OfficeState::Suspended if peer.queue.unplaced > 0 => found.push(problem(
            format!("{code} is suspended by {}:{}", code.country(), waits(peer).unwrap_or_default()),
            "Nothing is to be done: they go by themselves once a roster says active.",
        )),
        _ => found.extend(link(peer, own, glance)),
    }
    let off = peer.note.clock_offset_ms;
    if off.abs() >= limits::CLOCK_OFF_MS {
        let side = if off > 0 { "ahead of" } else { "behind" };
        found.push(problem(
            format!("The clock of {code} was {} {side} ours at the last Hello", length(off.abs())),
            format!(
                "Compare both with the right time (NTP): a notice dated more than {} ahead is rejected.",
                length(limits::CLOCK_AHEAD_MS)
            ),
        ));
    }
    found.into_iter().map(|problem| Problem { peer: code.to_string(), ..problem }).collect()
}

/// The link is down, or nothing moves on it.
fn link(peer: &Peer, own: Option<&Office>, glance: &Glance) -> Option<Problem> {
    let (code, note) = (peer.office.code, &peer.note);
    if peer.connected {
        let since = peer.queue.since.filter(|since| glance.now.since_ms(*since) > limits::WAITING_MS)?;
        // What was queued while the link was down is given time since it came back.
        note.last_session.filter(|up| glance.now.since_ms((*up).max(since)) > limits::WAITING_MS)?;
        return Some(problem(
            format!("{code} has a link but sends no receipts:{}", waits(peer)?),
            format!("Ask the administrator of {code} to look at the status of its node."),
        ));
    }
    // A node that has just started has not had the time to connect.
    let starting = glance.now.since_ms(glance.started) < limits::LINK_GRACE_MS;
    if starting && note.trouble.is_empty() {
        return None;
    }
    let since = note.last_session.unwrap_or(glance.started);
    let why = if note.trouble.is_empty() { String::new() } else { format!(": {}", note.trouble) };
    let end = if why.ends_with('?') { "" } else { "." };
    let waiting = waits(peer).map(|waiting| format!("{end}{waiting}")).unwrap_or_default();
    let what = format!("{code} has no link since {}{why}{waiting}", utc(since));
    Some(problem(what, way_to(peer, own)))
}

fn way_to(peer: &Peer, own: Option<&Office>) -> String {
    let code = peer.office.code;
    let ours = own.map(|own| own.endpoints.as_slice()).unwrap_or_default();
    if !peer.office.endpoints.is_empty() {
        return format!("See where the way breaks: chapar peer test {code}");
    }
    if ours.is_empty() {
        return "Neither office can be dialled: one of them needs listen and endpoints in config.toml, then a new card."
            .to_owned();
    }
    format!("It only dials: ask its administrator whether its node runs and reaches {}.", ours.join(" or "))
}

/// What waits, as a sentence; `None` if nothing does.
fn waits(peer: &Peer) -> Option<String> {
    let since = peer.queue.since.map(|since| format!(" since {}", utc(since))).unwrap_or_default();
    match peer.queue.total() {
        0 => None,
        1 => Some(format!(" 1 notice waits{since}")),
        number => Some(format!(" {number} notices wait{since}")),
    }
}

fn utc(time: Timestamp) -> String {
    format!("{} UTC", moment(time))
}
