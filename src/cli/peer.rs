//! `peer`: the other offices, and the countries whose keys count.

mod test;

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::titled;
use crate::cli::problems;
use crate::cli::words;
use crate::i18n::Words;
use crate::name::Country;
use crate::name::Fingerprint;
use crate::wire;
use crate::wire::OfficeState;

/// What is done about other offices.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// List the other offices, and how it stands with each
    List,
    /// Probe the way to an office step by step: roster, name, port, TLS, its health
    Test(test::Args),
    /// Trust a country's key, once its fingerprint was compared
    Trust(Trust),
}

/// Whom to trust.
#[derive(clap::Args)]
pub(super) struct Trust {
    /// Country, two letters, as in UZ
    country: Country,
    /// Fingerprint of its key, as the country reads it out
    fingerprint: Fingerprint,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::List => list(global),
        Verb::Test(args) => test::run(&args, global),
        Verb::Trust(trust) => self::trust(trust, global),
    }
}

fn list(global: &Global) -> Result<(), Failure> {
    let status = client::status(global)?;
    let out = global.output();
    if out.json {
        return status.peers.iter().try_for_each(|peer| {
            out.object(&json!({
                "office": peer.office,
                "state": state(peer),
                "connected": peer.connected,
                "waiting": peer.waiting,
                "last_session_at": words::time(peer.last_session_ms),
                "trouble": words::text(&peer.trouble),
                "trouble_key": words::key(peer.trouble_said.as_ref()),
                "waiting_since": words::time(peer.waiting_since_ms),
                "clock_offset_ms": peer.clock_offset_ms,
                "attachments": to_come_object(peer),
                "problems": problems::objects(of_peer(&status, peer)),
            }))
        });
    }
    let words = global.words();
    if status.peers.is_empty() {
        out.note(words.say("peers-none", &[("command", global.command("status"))]));
        return Ok(());
    }
    out.text(peers(&status.peers, &words))?;
    let known: Vec<&wire::Problem> = status.peers.iter().flat_map(|peer| of_peer(&status, peer)).collect();
    if known.is_empty() {
        return Ok(());
    }
    out.text(global.with_data(&format!("\n{}", problems::sheet(known, &words))))
}

/// What is wrong about a peer.
fn of_peer<'a>(
    status: &'a wire::GetStatusResponse,
    peer: &'a wire::PeerStatus,
) -> impl Iterator<Item = &'a wire::Problem> {
    status.problems.iter().filter(|problem| problem.peer == peer.office)
}

/// The keys of what stands above the columns.
const HEADER: [&str; 6] =
    ["column-office", "column-name", "column-state", "column-link", "column-waiting", "column-last-session"];

/// The peers as a table.
pub(super) fn peers(peers: &[wire::PeerStatus], words: &Words) -> String {
    let rows = peers.iter().map(|peer| {
        let link = words.get(if peer.connected { "link-up" } else { "link-down" });
        let names: Vec<&str> = peer.names.iter().map(|name| name.name.as_str()).collect();
        let last = words::moment(peer.last_session_ms);
        let waiting = match words::moment(peer.waiting_since_ms) {
            since if since.is_empty() => peer.waiting.to_string(),
            since => words.say("peer-waiting", &[("count", peer.waiting.to_string()), ("since", since)]),
        };
        [peer.office.clone(), names.join(" / "), words.label::<OfficeState>(peer.state), link, waiting, last]
    });
    titled(words, HEADER, rows.collect())
}

/// What is still to come of the attachments of a peer; `None` if nothing is.
pub(super) fn to_come(peer: &wire::PeerStatus, words: &Words) -> Option<String> {
    (peer.attachments > 0).then(|| words.attachments_to_come(peer))
}

/// The same for programs.
pub(super) fn to_come_object(peer: &wire::PeerStatus) -> Value {
    json!({
        "to_come": peer.attachments,
        "bytes": peer.attachment_bytes,
        "bytes_here": peer.attachment_bytes_here,
    })
}

/// The state of a peer as its country lists it, for programs.
pub(super) fn state(peer: &wire::PeerStatus) -> String {
    words::words::<OfficeState>(peer.state)
}

fn trust(trust: Trust, global: &Global) -> Result<(), Failure> {
    let (country, fingerprint) = (trust.country.to_string(), trust.fingerprint.to_string());
    let request = wire::TrustCountryRequest { country: country.clone(), fingerprint: fingerprint.clone() };
    let answer = client::ask(global, async |mut client| Ok(client.inspect.trust_country(request).await?.into_inner()))?;
    let out = global.output();
    let replaced = answer.replaced;
    if out.json {
        return out
            .object(&json!({"country": country, "fingerprint": fingerprint, "replaced": words::text(&replaced)}));
    }
    let words = global.words();
    out.text(words.say("peer-trusted", &[("country", country), ("fingerprint", fingerprint)]))?;
    if !replaced.is_empty() {
        out.text(words.say("peer-not-trusted", &[("fingerprint", replaced)]))?;
    }
    out.note(words.say("roster-next", &[("command", global.command("roster import FILE"))]));
    Ok(())
}
