//! Projections: rows that follow from the entries and the envelopes they name (PROTOCOL 6).
//!
//! The writer folds each entry into the rows of the same commit; `log verify` folds all of them again into an empty
//! map and compares. There is no other code that writes these rows.

mod attachments;
mod case;
pub mod ends;
pub mod keeping;
mod people;
mod readings;
mod release;

use prost::Message as _;

use crate::domain::dispatch::Answer;
use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Receipt;
use crate::domain::entry::Alarm;
use crate::domain::rejection::Rejection;
use crate::domain::roster::CountryRoster;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;

/// The sorts of rows that [`fold`] writes; verify compares them all. The key wraps are among them as far as they go.
pub const SORTS: &[u8] = b"ABEFGPSTUXabcdfgijmnoqruxyz";

/// Folds an entry into the rows. The envelopes that it names are read from the same rows.
///
/// # Errors
/// If an envelope that the entry names, or a row that an earlier entry made, is not there.
pub fn fold(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    match EntryKind::try_from(entry.kind) {
        Ok(EntryKind::Issued) => issued(rows, index, entry),
        Ok(EntryKind::Submitted) => release::submitted(rows, index, entry),
        Ok(EntryKind::Returned) => release::returned(rows, index, entry),
        Ok(EntryKind::DraftOpened) => release::opened(rows, entry),
        Ok(EntryKind::Dispatched) => dispatched(rows, index, object(entry, index)?),
        Ok(EntryKind::ReceiptStored) => receipt_stored(rows, object(entry, index)?),
        Ok(EntryKind::Received) => {
            let is_wrapped = answered(rows, object(entry, index)?)?;
            received(rows, index, time(entry), subject(entry, index)?, is_wrapped)
        }
        Ok(EntryKind::Rejected) => answered(rows, object(entry, index)?).map(drop),
        Ok(EntryKind::Erased) => ends::erased(rows, index, subject(entry, index)?, entry.code),
        Ok(EntryKind::VaultRotated) => ends::put_duties(rows, |duties| {
            (duties.rotated, duties.rotated_ms) = (index, entry.time_ms);
            duties.complete_before = duties.complete_before.max(entry.sequence);
        }),
        Ok(EntryKind::ExpiryAnnounced) => ends::put_duties(rows, |duties| {
            (duties.announced, duties.announced_ms, duties.ending) = (index, entry.time_ms, entry.code);
        }),
        Ok(EntryKind::ExpiryConfirmed) => ends::put_duties(rows, |duties| {
            (duties.confirmed, duties.confirmed_count) = (index, entry.code);
        }),
        Ok(EntryKind::ClockConfirmed) => ends::put_duties(rows, |duties| duties.clock_confirmed = index),
        Ok(EntryKind::Accessed) if entry.subject.is_empty() => Ok(()),
        Ok(EntryKind::Accessed) => case::accessed(rows, index, subject(entry, index)?, entry),
        Ok(EntryKind::Taken) => case::taken(rows, subject(entry, index)?, entry),
        Ok(EntryKind::HandedOver) => case::handed_over(rows, subject(entry, index)?, entry),
        Ok(EntryKind::Closed) => case::closed(rows, subject(entry, index)?, entry),
        Ok(EntryKind::Roster) => roster(rows, subject(entry, index)?),
        Ok(EntryKind::CountryTrusted) => {
            let country = entry.peer.parse().map_err(|_| damaged("entry", index))?;
            rows.put(key::pin(country), entry.object.clone());
            Ok(())
        }
        Ok(EntryKind::Alarm) => {
            let alarms = rows::number(rows, key::ALARMS, "alarms")? + 1;
            rows.put(key::ALARMS.to_vec(), alarms.to_be_bytes().to_vec());
            if entry.code == Alarm::OwnStateLost as u32 {
                rows.put(key::STATE_LOST.to_vec(), index.to_be_bytes().to_vec());
            }
            Ok(())
        }
        Ok(EntryKind::ConfigChanged) => {
            rows.put(key::AGREEMENTS.to_vec(), subject(entry, index)?.0.to_vec());
            Ok(())
        }
        Ok(EntryKind::ExerciseStarted) => {
            rows.put(key::EXERCISE.to_vec(), index.to_be_bytes().to_vec());
            Ok(())
        }
        Ok(EntryKind::ExerciseEnded) => {
            rows.delete(key::EXERCISE.to_vec());
            Ok(())
        }
        Ok(EntryKind::Officer) => people::officer(rows, index, entry),
        Ok(EntryKind::OfficerProposed) => people::proposed(rows, index, entry),
        Ok(EntryKind::OfficerDeclined) => people::declined(rows, index, entry),
        Ok(EntryKind::PassphraseSet) => people::passphrase_set(rows, index, entry),
        Ok(EntryKind::ReadingAsked) => readings::asked(rows, index, entry),
        Ok(EntryKind::ReadingDecided) => readings::decided(rows, index, entry),
        Ok(EntryKind::Reviewed) => keeping::reviewed(rows, index, subject(entry, index)?, entry),
        Ok(EntryKind::RetentionSet) => keeping::set(rows, index, entry),
        Ok(EntryKind::RetentionProposed) => keeping::proposed(rows, index, entry),
        Ok(EntryKind::RetentionDeclined) => keeping::declined(rows, index, entry),
        _ => Ok(()),
    }
}

fn time(entry: &wire::Entry) -> Timestamp {
    Timestamp::clamped(entry.time_ms)
}

fn subject(entry: &wire::Entry, index: u64) -> Result<Digest, RowError> {
    Digest::try_from(entry.subject.as_slice()).map_err(|_| damaged("entry", index))
}

fn object(entry: &wire::Entry, index: u64) -> Result<Digest, RowError> {
    Digest::try_from(entry.object.as_slice()).map_err(|_| damaged("entry", index))
}

fn issued(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let (time, notice) = (time(entry), subject(entry, index)?);
    let read = rows::envelope::<SealedNotice>(rows, notice)?;
    let header = &read.claim().header;
    rows.put(
        key::notice(notice),
        wire::NoticeRow { issued: true, index, ..wire::NoticeRow::default() }.encode_to_vec(),
    );
    rows.put(key::outbox(index), notice.0.to_vec());
    rows.put(key::reference(header.reference), notice.0.to_vec());
    release::reserve(rows, header.reference)?;
    release::released(rows, notice, header, entry.code);
    for office in header.addressees() {
        hold(rows, notice, office, index);
    }
    if header.body_key_commitment.is_some() {
        ends::keep(rows, index, time, notice, header)?;
    }
    case::related(rows, index, notice, &header.terms.relations);
    case::acknowledged(rows, notice, header)
}

/// A notice waits for a place in an addressee's stream.
fn hold(rows: &mut dyn Write, notice: Digest, office: OfficeCode, index: u64) {
    rows.put(key::delivery(notice, office), wire::DeliveryRow::default().encode_to_vec());
    rows.put(key::held(office, index), notice.0.to_vec());
}

fn dispatched(rows: &mut dyn Write, entry: u64, digest: Digest) -> Result<(), RowError> {
    let read = rows::envelope::<Dispatch>(rows, digest)?;
    let dispatch = read.claim();
    let index = notice_row(rows, dispatch.notice)?.index;
    rows.delete(key::held(dispatch.to, index));
    let before = delivery_row(rows, dispatch.notice, dispatch.to)?;
    if let Ok(old) = Digest::try_from(before.dispatch_digest.as_slice()) {
        // The addressee's log has changed: the old place is void.
        let old_dispatch = rows::envelope::<Dispatch>(rows, old)?;
        let old_dispatch = old_dispatch.claim();
        rows.delete(queued(old_dispatch));
        rows.delete(key::key_wrap(old_dispatch.to, old_dispatch.stream, old_dispatch.sequence));
    }
    let row =
        wire::DeliveryRow { dispatch_digest: digest.0.to_vec(), dispatched: entry, ..wire::DeliveryRow::default() };
    rows.put(key::delivery(dispatch.notice, dispatch.to), row.encode_to_vec());
    rows.put(queued(dispatch), digest.0.to_vec());
    let stream = key::outgoing(dispatch.to, dispatch.stream.to_log, dispatch.stream.lane);
    let mut outgoing: wire::OutgoingRow = rows::message(rows, &stream, "stream")?.unwrap_or_default();
    outgoing.placed = dispatch.sequence;
    rows.put(stream, outgoing.encode_to_vec());
    Ok(())
}

fn queued(dispatch: &Dispatch) -> Vec<u8> {
    key::queued(dispatch.to, dispatch.stream.to_log, dispatch.stream.lane, dispatch.sequence)
}

fn receipt_stored(rows: &mut dyn Write, digest: Digest) -> Result<(), RowError> {
    let read = rows::envelope::<Receipt>(rows, digest)?;
    let receipt = read.claim();
    let office = receipt.from;
    rows.delete(key::queued(office, receipt.stream.to_log, receipt.stream.lane, receipt.sequence));
    rows.delete(key::key_wrap(office, receipt.stream, receipt.sequence));
    let stream = key::outgoing(office, receipt.stream.to_log, receipt.stream.lane);
    let mut outgoing: wire::OutgoingRow = rows::message(rows, &stream, "stream")?.unwrap_or_default();
    outgoing.acked = receipt.sequence;
    outgoing.acked_digest = receipt.dispatch.0.to_vec();
    outgoing.acked_receipt = digest.0.to_vec();
    rows.put(stream, outgoing.encode_to_vec());
    if receipt.answer == Rejection::Suspended.into() {
        // It is dispatched again when the office is ACTIVE.
        let index = notice_row(rows, receipt.notice)?.index;
        hold(rows, receipt.notice, office, index);
        return Ok(());
    }
    let (outcome, rejection) = match receipt.answer {
        Answer::Delivered => (wire::Outcome::Delivered, 0),
        Answer::Rejected(number) => (wire::Outcome::Rejected, number),
    };
    let row = wire::DeliveryRow {
        dispatch_digest: receipt.dispatch.0.to_vec(),
        receipt_digest: digest.0.to_vec(),
        outcome: outcome.into(),
        rejection,
        received_ms: receipt.received.ms(),
        dispatched: 0,
    };
    rows.put(key::delivery(receipt.notice, office), row.encode_to_vec());
    Ok(())
}

/// A place of an incoming stream is answered by this receipt. Whether a key wrap came with its dispatch.
fn answered(rows: &mut dyn Write, digest: Digest) -> Result<bool, RowError> {
    let read = rows::envelope::<Receipt>(rows, digest)?;
    let receipt = read.claim();
    let place = wire::PlaceRow { dispatch_digest: receipt.dispatch.0.to_vec(), receipt_digest: digest.0.to_vec() };
    rows.put(key::place(receipt.stream, receipt.sequence), place.encode_to_vec());
    let incoming = wire::IncomingRow { through: receipt.sequence, digest: receipt.dispatch.0.to_vec() };
    let stream = key::incoming(receipt.to, receipt.stream.from_log, receipt.stream.lane);
    rows.put(stream, incoming.encode_to_vec());
    Ok(rows::envelope::<Dispatch>(rows, receipt.dispatch)?.claim().key_wrap.is_some())
}

fn received(
    rows: &mut dyn Write,
    index: u64,
    time: Timestamp,
    notice: Digest,
    is_wrapped: bool,
) -> Result<(), RowError> {
    let read = rows::envelope::<SealedNotice>(rows, notice)?;
    let header = &read.claim().header;
    // Known by its digest: no second inbox row.
    if rows.get(&key::notice(notice))?.is_none() {
        let row = wire::NoticeRow { issued: false, index, ..wire::NoticeRow::default() };
        rows.put(key::notice(notice), row.encode_to_vec());
        rows.put(key::inbox(index), notice.0.to_vec());
        let reference = key::reference(header.reference);
        if rows.get(&reference)?.is_none() {
            rows.put(reference, notice.0.to_vec());
        }
        case::related(rows, index, notice, &header.terms.relations);
    }
    let has_key = is_wrapped && header.body_key_commitment.is_some();
    if has_key {
        ends::keep(rows, index, time, notice, header)?;
    }
    Ok(())
}

fn roster(rows: &mut dyn Write, digest: Digest) -> Result<(), RowError> {
    let read = rows::envelope::<CountryRoster>(rows, digest)?;
    let row = wire::RosterRow { version: read.claim().version, digest: digest.0.to_vec() };
    rows.put(key::roster(read.claim().country), row.encode_to_vec());
    Ok(())
}

fn notice_row(rows: &dyn View, notice: Digest) -> Result<wire::NoticeRow, RowError> {
    rows::message(rows, &key::notice(notice), "notice")?.ok_or_else(|| damaged("notice", notice))
}

/// Where a notice stands with an addressee.
///
/// # Errors
/// If the row is not there or cannot be read.
pub(crate) fn delivery_row(rows: &dyn View, notice: Digest, office: OfficeCode) -> Result<wire::DeliveryRow, RowError> {
    rows::message(rows, &key::delivery(notice, office), "delivery")?.ok_or_else(|| damaged("delivery", notice))
}
