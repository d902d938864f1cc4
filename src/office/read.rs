//! Reads: what is in inbox and outbox, what a session must send, where a notice stands. Nothing here writes.
//!
//! Readers take the durable head first and read only what it covers; rows that change in place are read one at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::Message as _;

use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Lane;
use crate::domain::dispatch::Stream;
use crate::domain::envelope::EnvelopeError;
use crate::domain::envelope::PublicKey;
use crate::domain::envelope::Verified;
use crate::domain::roster::Office;
use crate::domain::roster::Rosters;
use crate::domain::sealed::OpenError;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::session::Held;
use crate::engine::session::RosterNote;
use crate::engine::session::Sent;
use crate::engine::session::Standing;
use crate::engine::session::Waiting;
use crate::engine::store::View;
use crate::limits;
use crate::name::Country;
use crate::name::Digest;
use crate::name::LogId;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::office::vault::Vault;
use crate::wire;

/// Rows read at a time to count them.
const COUNT_ROWS: usize = 512;

/// The rosters in force, as the store has them.
///
/// # Errors
/// If a row cannot be read, or a roster does not verify any more.
pub fn rosters(view: &dyn View, network: &Network) -> Result<Rosters, RowError> {
    let mut rosters = Rosters::new(network.clone());
    for (row_key, value) in view.scan(key::PINS, &key::after(key::PINS), usize::from(u16::MAX))? {
        let country = row_key.get(1..).and_then(|code| std::str::from_utf8(code).ok()?.parse::<Country>().ok());
        let country = country.ok_or_else(|| damaged("pin", hex::encode(&row_key)))?;
        let pinned = rosters.pin(country, rows::fingerprint(country, &value)?);
        pinned.map_err(|_| damaged("pin", country))?;
        let row: Option<wire::RosterRow> = rows::message(view, &key::roster(country), "roster")?;
        if let Some(row) = row {
            let digest = Digest::try_from(row.digest.as_slice()).map_err(|_| damaged("roster", country))?;
            let bytes = rows::envelope_bytes(view, digest)?.ok_or_else(|| damaged("envelope", digest))?;
            rosters.put_back(&bytes).map_err(|_| damaged("roster", country))?;
        }
    }
    Ok(rosters)
}

/// The rosters in force, as a session offers them.
#[must_use]
pub fn roster_notes(rosters: &Rosters) -> Vec<RosterNote> {
    let in_force = rosters.countries().values().filter_map(|pin| pin.roster.as_ref());
    in_force
        .map(|roster| RosterNote {
            country: roster.value().country,
            version: roster.value().version,
            bytes: roster.bytes().to_vec(),
        })
        .collect()
}

/// Where we stand with a peer that says it holds this of our streams.
///
/// # Errors
/// If a row cannot be read.
pub fn standing(
    view: &dyn View,
    rosters: &Rosters,
    me: LogId,
    peer: OfficeCode,
    held: &[wire::Position],
) -> Result<Standing, RowError> {
    let mut standing = Standing { rosters: roster_notes(rosters), ..Standing::default() };
    let Some(peer_log) = rosters.office(peer).and_then(Office::log_id) else { return Ok(standing) };
    standing.peer_log = Some(peer_log);
    for lane in Lane::URGENT_FIRST {
        let said = held.iter().take(limits::LIST).find(|position| {
            position.from_log == me.0 && position.to_log == peer_log.0 && position.lane == lane.number()
        });
        standing.sent.insert(lane, sent(view, peer, peer_log, lane, said)?);
        let row: Option<wire::IncomingRow> = rows::message(view, &key::incoming(peer, peer_log, lane), "stream")?;
        let row = row.unwrap_or_default();
        let digest = Digest::try_from(row.digest.as_slice()).ok();
        let dispatch = signed(view, digest)?;
        standing.held.insert(lane, Held { through: row.through, digest, dispatch });
    }
    Ok(standing)
}

/// One of our streams to a peer, and our dispatch at the place up to which it says that it holds the stream.
fn sent(
    view: &dyn View,
    peer: OfficeCode,
    peer_log: LogId,
    lane: Lane,
    said: Option<&wire::Position>,
) -> Result<Sent, RowError> {
    let row: Option<wire::OutgoingRow> = rows::message(view, &key::outgoing(peer, peer_log, lane), "stream")?;
    let row = row.unwrap_or_default();
    let acked_digest = Digest::try_from(row.acked_digest.as_slice()).ok();
    let at_held = match said.map(|position| position.through) {
        Some(through) if through == row.acked => acked_digest,
        // It may be gone meanwhile, with the receipt for it: then nothing is known of that place.
        Some(through) => rows::digest(view, &key::queued(peer, peer_log, lane, through), "queue")?,
        None => None,
    };
    let acked_receipt = signed(view, Digest::try_from(row.acked_receipt.as_slice()).ok())?;
    Ok(Sent { placed: row.placed, acked: row.acked, acked_digest, acked_receipt, at_held })
}

/// A signed thing, to be shown as a proof; empty if there is none.
fn signed(view: &dyn View, digest: Option<Digest>) -> Result<Vec<u8>, RowError> {
    let Some(digest) = digest else { return Ok(vec![]) };
    rows::envelope_bytes(view, digest)?.ok_or_else(|| damaged("envelope", digest))
}

/// What waits in a lane for a peer beyond a place.
///
/// # Errors
/// If a row cannot be read.
pub fn waiting(
    view: &dyn View,
    peer: OfficeCode,
    peer_log: LogId,
    lane: Lane,
    after: u64,
    limit: usize,
) -> Result<Vec<Waiting>, RowError> {
    let mut from = key::queued(peer, peer_log, lane, after.saturating_add(1));
    let to = key::after(&key::queue_in(peer, peer_log, lane));
    let mut waiting = vec![];
    while waiting.len() < limit {
        let page = view.scan(&from, &to, limit - waiting.len())?;
        let Some((last, _)) = page.last() else { break };
        from.clone_from(last);
        from.push(0);
        for (_, value) in page {
            let digest = Digest::try_from(value.as_slice()).map_err(|_| damaged("queue", peer))?;
            // What a receipt has taken away meanwhile does not wait any more.
            waiting.extend(delivery(view, digest)?);
        }
    }
    Ok(waiting)
}

/// A dispatch as it goes to the peer; `None` if its key wrap is gone, with the receipt for it.
fn delivery(view: &dyn View, digest: Digest) -> Result<Option<Waiting>, RowError> {
    let bytes = |digest| rows::envelope_bytes(view, digest)?.ok_or_else(|| damaged("envelope", digest));
    let signed = bytes(digest)?;
    let dispatch = rows::parsed::<Dispatch>(&signed, digest)?;
    let Dispatch { to, stream, sequence, .. } = dispatch.claim();
    let key_wrap = view.get(&key::key_wrap(*to, *stream, *sequence))?.unwrap_or_default();
    if dispatch.claim().key_wrap.is_some() && key_wrap.is_empty() {
        return Ok(None);
    }
    let deliver = wire::Deliver { notice: bytes(dispatch.claim().notice)?, dispatch: signed, key_wrap };
    Ok(Some(Waiting { sequence: dispatch.claim().sequence, deliver }))
}

/// Our receipts for places of a peer's stream.
///
/// # Errors
/// If a row cannot be read.
pub fn receipts(view: &dyn View, stream: Stream, after: u64, through: u64) -> Result<Vec<Vec<u8>>, RowError> {
    let (from, to) = (key::place(stream, after.saturating_add(1)), key::place(stream, through.saturating_add(1)));
    let mut receipts = vec![];
    for (_, value) in view.scan(&from, &to, limits::LOAD_RECEIPTS)? {
        let row = wire::PlaceRow::decode(value.as_slice()).map_err(|_| damaged("place", after))?;
        let digest = Digest::try_from(row.receipt_digest.as_slice()).map_err(|_| damaged("place", after))?;
        receipts.push(rows::envelope_bytes(view, digest)?.ok_or_else(|| damaged("envelope", digest))?);
    }
    Ok(receipts)
}

/// The row of a notice.
///
/// # Errors
/// If it cannot be read.
pub fn notice_row(view: &dyn View, digest: Digest) -> Result<Option<wire::NoticeRow>, RowError> {
    rows::message(view, &key::notice(digest), "notice")
}

/// Whether the text of a notice is here.
///
/// # Errors
/// If its row cannot be read.
pub fn has_text(view: &dyn View, digest: Digest) -> Result<bool, RowError> {
    Ok(notice_row(view, digest)?.is_some_and(|row| row.kept_until_ms > 0))
}

/// A notice as a list shows it.
///
/// # Errors
/// If a row cannot be read.
pub fn summary(view: &dyn View, digest: Digest) -> Result<wire::NoticeSummary, RowError> {
    let row = notice_row(view, digest)?.ok_or_else(|| damaged("notice", digest))?;
    let read = rows::envelope::<SealedNotice>(view, digest)?;
    let notice = read.claim();
    let mut deliveries = vec![];
    if row.issued {
        for office in notice.header.addressees() {
            let delivery: Option<wire::DeliveryRow> = rows::message(view, &key::delivery(digest, office), "delivery")?;
            let delivery = delivery.ok_or_else(|| damaged("delivery", digest))?;
            deliveries.push(wire::Delivery {
                office: office.to_string(),
                outcome: delivery.outcome,
                rejection: delivery.rejection,
                received_ms: delivery.received_ms,
            });
        }
    }
    Ok(wire::NoticeSummary {
        digest: digest.0.to_vec(),
        header: Some(notice.header_message()),
        deliveries,
        time_ms: rows::entry(view, row.index)?.time_ms,
        index: row.index,
        standing: None,
    })
}

/// A page of inbox or outbox, newest first, from a token that the page before gave.
///
/// # Errors
/// If a row cannot be read.
pub fn list(
    view: &dyn View,
    folder: &[u8],
    token: &[u8],
    limit: usize,
) -> Result<(Vec<wire::NoticeSummary>, Vec<u8>), RowError> {
    let from = if token.starts_with(folder) { token } else { folder };
    let rows = view.scan(from, &key::after(folder), limit.saturating_add(1))?;
    let next = rows.get(limit).map(|(row_key, _)| row_key.clone()).unwrap_or_default();
    let mut page = vec![];
    for (_, value) in rows.iter().take(limit) {
        let digest = Digest::try_from(value.as_slice()).map_err(|_| damaged("list", hex::encode(value)))?;
        page.push(summary(view, digest)?);
    }
    Ok((page, next))
}

/// Inbox rows of entries from `after` on, oldest first, at most `limit` of a log of `size`; and where to go on.
///
/// # Errors
/// If a row cannot be read.
pub fn arrived(
    view: &dyn View,
    after: u64,
    size: u64,
    limit: usize,
) -> Result<(Vec<wire::NoticeSummary>, u64), RowError> {
    let mut rows = vec![];
    for index in after..size {
        if rows.len() == limit {
            return Ok((rows, index));
        }
        if let Some(digest) = rows::digest(view, &key::inbox(index), "inbox")? {
            rows.push(summary(view, digest)?);
        }
    }
    Ok((rows, size.max(after)))
}

/// How many inbox rows there are of entries from `after` on, of a log of `size`.
///
/// # Errors
/// If the store fails.
pub fn count_arrived(view: &dyn View, after: u64, size: u64) -> Result<usize, RowError> {
    // The newest comes first; its key is that of the last entry.
    let (mut from, to) = (key::inbox(size.saturating_sub(1)), key::after(&key::inbox(after)));
    let mut count = 0;
    while from < to {
        let rows = view.scan(&from, &to, COUNT_ROWS)?;
        count += rows.len();
        match rows.last() {
            Some((last, _)) if rows.len() == COUNT_ROWS => from = [last.as_slice(), &[0]].concat(),
            _ => break,
        }
    }
    Ok(count)
}

/// What people wrote to name a notice or a draft, and what it may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// One.
    One(T),
    /// None.
    None,
    /// Several: their references.
    Several(Vec<String>),
}

/// Finds a notice by reference, by short reference (`123-3`) or by digest in hex.
///
/// # Errors
/// If a row cannot be read.
pub fn find(view: &dyn View, name: &str) -> Result<Found<Digest>, RowError> {
    let name = name.trim();
    if let Ok(digest) = name.parse::<Digest>() {
        return Ok(notice_row(view, digest)?.map_or(Found::None, |_| Found::One(digest)));
    }
    let upper = name.to_ascii_uppercase();
    if let Ok(reference) = upper.parse::<Reference>() {
        let digest = rows::digest(view, &key::reference(reference), "reference")?;
        return Ok(digest.map_or(Found::None, Found::One));
    }
    let mut found = BTreeMap::new();
    // As said on the radio: 123-3, 1233 or 000123-3.
    let wanted = upper.replace('-', "");
    let wanted = wanted.trim_start_matches('0');
    if (2..=7).contains(&wanted.len()) && wanted.chars().all(|c| c.is_ascii_alphanumeric()) {
        for (row_key, value) in view.scan(b"f", &key::after(b"f"), usize::MAX)? {
            let text = row_key.get(1..).map(String::from_utf8_lossy).unwrap_or_default();
            let digest = Digest::try_from(value.as_slice());
            if let (Ok(reference), Ok(digest)) = (text.parse::<Reference>(), digest)
                && reference.short().replace('-', "") == wanted
            {
                found.insert(text.into_owned(), digest);
            }
        }
    }
    let mut digests = found.values();
    match (digests.next(), digests.next()) {
        (None, _) => Ok(Found::None),
        (Some(one), None) => Ok(Found::One(*one)),
        _ => Ok(Found::Several(found.into_keys().collect())),
    }
}

/// Why a text is not shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A row cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The text does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// The text of a notice; `None` if the kind has none, or its key is gone. The caller has written the access.
///
/// # Errors
/// If a row cannot be read, or the text does not open.
pub fn body(view: &dyn View, vault: &Vault, digest: Digest) -> Result<Option<wire::NoticeBody>, TextError> {
    let mut keys = vault.keys();
    let body_key = loop {
        let Some(wrapped) = view.get(&key::body_key(digest)).map_err(RowError::from)? else { return Ok(None) };
        let opened = keys.unwrap_key(&wrapped, digest);
        let newer = vault.keys();
        // The vault key may have changed between the two reads.
        if opened.is_ok() || Arc::ptr_eq(&keys, &newer) {
            break opened.map_err(OpenError::from)?;
        }
        keys = newer;
    };
    let notice = rows::envelope::<SealedNotice>(view, digest)?;
    Ok(Some(notice.claim().open(&body_key)?))
}

/// Checks the originator's signature of a notice again; `me` and `own_key` are this office's.
///
/// # Errors
/// If a row cannot be read. Within: if no key that its roster lists for that time has signed it.
pub fn verified(
    view: &dyn View,
    rosters: &Rosters,
    me: OfficeCode,
    own_key: PublicKey,
    digest: Digest,
) -> Result<Result<Verified<SealedNotice>, EnvelopeError>, RowError> {
    let notice = rows::envelope::<SealedNotice>(view, digest)?;
    let header = &notice.claim().header;
    let keys = if header.from == me {
        vec![own_key]
    } else {
        rosters.office(header.from).map(|office| office.keys_listed_at(header.created)).unwrap_or_default()
    };
    Ok(notice.verify(&keys))
}
