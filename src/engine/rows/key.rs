//! Keys of rows. The first byte is the sort.

mod attachments;
pub mod keeping;
mod readings;

use crate::domain::dispatch::Lane;
use crate::domain::dispatch::Stream;
use crate::name::Country;
use crate::name::Digest;
use crate::name::LogId;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::time::Timestamp;

pub use attachments::EVERY_ATTACHMENT;
pub use attachments::all_attachments;
pub use attachments::all_to_come_since;
pub use attachments::attachment;
pub use attachments::to_come;
pub use readings::READINGS;
pub use readings::reading;

/// Size, root and time of the log.
pub const HEAD: &[u8] = b"h";
/// Largest running number that a reference of ours has.
pub const NUMBER: &[u8] = b"m";
/// Index of the alarm that this store went back in time; such a log is not continued.
pub const STATE_LOST: &[u8] = b"z";
/// How many slots for envelopes are taken.
pub const SLOTS: &[u8] = b"l";
/// How many alarms the log holds.
pub const ALARMS: &[u8] = b"y";
/// Digest of the agreements under which the node runs; none before the first.
pub const AGREEMENTS: &[u8] = b"G";
/// Index of the entry with which the exercise began that is on; none while none is.
pub const EXERCISE: &[u8] = b"X";
/// Where the node stands with its daily duties; a row of the sort of those that say when a text ends.
pub const DUTIES: &[u8] = b"E";

fn join(sort: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = vec![sort];
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

fn lane(lane: Lane) -> [u8; 1] {
    [match lane {
        Lane::Routine => 1,
        Lane::Priority => 2,
        Lane::Immediate => 3,
    }]
}

/// First key after all keys that begin with this.
#[must_use]
pub fn after(prefix: &[u8]) -> Vec<u8> {
    let mut key = prefix.to_vec();
    while let Some(last) = key.pop() {
        if last < u8::MAX {
            key.push(last + 1);
            return key;
        }
    }
    vec![u8::MAX; 64]
}

/// An entry, by its index.
#[must_use]
pub fn entry(index: u64) -> Vec<u8> {
    join(b'e', &[&index.to_be_bytes()])
}

/// A run of hashes of the tree: [`HASHES`](crate::engine::log::HASHES) of them, the last run fewer.
#[must_use]
pub fn hashes(run: u64) -> Vec<u8> {
    join(b't', &[&run.to_be_bytes()])
}

/// Where an envelope is kept.
#[must_use]
pub fn envelope(digest: Digest) -> Vec<u8> {
    join(b'v', &[&digest.0])
}

/// A part of the envelope in a slot.
#[must_use]
pub fn slot(slot: u64, part: u16) -> Vec<u8> {
    join(b's', &[&slot.to_be_bytes(), &part.to_be_bytes()])
}

/// A body key, wrapped under the vault key.
#[must_use]
pub fn body_key(notice: Digest) -> Vec<u8> {
    join(b'k', &[&notice.0])
}

/// The key wrap of a dispatch in transit.
#[must_use]
pub fn key_wrap(office: OfficeCode, stream: Stream, sequence: u64) -> Vec<u8> {
    join(b'w', &[office.as_bytes(), &stream.to_log.0, &lane(stream.lane), &sequence.to_be_bytes()])
}

/// A notice.
#[must_use]
pub fn notice(digest: Digest) -> Vec<u8> {
    join(b'n', &[&digest.0])
}

/// An inbox row; newest first.
#[must_use]
pub fn inbox(index: u64) -> Vec<u8> {
    join(b'i', &[&(!index).to_be_bytes()])
}

/// An outbox row; newest first.
#[must_use]
pub fn outbox(index: u64) -> Vec<u8> {
    join(b'o', &[&(!index).to_be_bytes()])
}

/// The notice that a reference stands for.
#[must_use]
pub fn reference(reference: Reference) -> Vec<u8> {
    join(b'f', &[reference.to_string().as_bytes()])
}

/// Where a notice stands with an addressee.
#[must_use]
pub fn delivery(notice: Digest, office: OfficeCode) -> Vec<u8> {
    join(b'd', &[&notice.0, office.as_bytes()])
}

/// A dispatch without a receipt.
#[must_use]
pub fn queued(office: OfficeCode, to_log: LogId, in_lane: Lane, sequence: u64) -> Vec<u8> {
    join(b'q', &[office.as_bytes(), &to_log.0, &lane(in_lane), &sequence.to_be_bytes()])
}

/// All dispatches to an office without a receipt.
#[must_use]
pub fn queue(office: OfficeCode) -> Vec<u8> {
    join(b'q', &[office.as_bytes()])
}

/// The queue of an office but for its open log: rows sort by log, so these are the ranges on both sides.
#[must_use]
pub fn queue_beside(office: OfficeCode, open: LogId) -> [(Vec<u8>, Vec<u8>); 2] {
    let (all, open) = (queue(office), queue_to(office, open));
    let (beyond, end) = (after(&open), after(&all));
    [(all, open), (beyond, end)]
}

/// All dispatches in a log of an office without a receipt.
#[must_use]
pub fn queue_to(office: OfficeCode, to_log: LogId) -> Vec<u8> {
    join(b'q', &[office.as_bytes(), &to_log.0])
}

/// All dispatches in a lane without a receipt.
#[must_use]
pub fn queue_in(office: OfficeCode, to_log: LogId, in_lane: Lane) -> Vec<u8> {
    join(b'q', &[office.as_bytes(), &to_log.0, &lane(in_lane)])
}

/// A notice without a place, by the index of its ISSUED entry.
#[must_use]
pub fn held(office: OfficeCode, index: u64) -> Vec<u8> {
    join(b'g', &[office.as_bytes(), &index.to_be_bytes()])
}

/// All notices for an office without a place.
#[must_use]
pub fn all_held(office: OfficeCode) -> Vec<u8> {
    join(b'g', &[office.as_bytes()])
}

/// One of our streams to an office.
#[must_use]
pub fn outgoing(office: OfficeCode, to_log: LogId, in_lane: Lane) -> Vec<u8> {
    join(b'a', &[office.as_bytes(), &to_log.0, &lane(in_lane)])
}

/// One of an office's streams to us.
#[must_use]
pub fn incoming(office: OfficeCode, from_log: LogId, in_lane: Lane) -> Vec<u8> {
    join(b'b', &[office.as_bytes(), &from_log.0, &lane(in_lane)])
}

/// An answered place of an incoming stream.
#[must_use]
pub fn place(stream: Stream, sequence: u64) -> Vec<u8> {
    join(b'u', &[&stream.from_log.0, &stream.to_log.0, &lane(stream.lane), &sequence.to_be_bytes()])
}

/// An access to a notice, by the index of its entry.
#[must_use]
pub fn access(notice: Digest, index: u64) -> Vec<u8> {
    join(b'A', &[&notice.0, &index.to_be_bytes()])
}

/// All accesses to a notice.
#[must_use]
pub fn accesses(notice: Digest) -> Vec<u8> {
    join(b'A', &[&notice.0])
}

/// A text that ends, by when it does.
#[must_use]
pub fn end(until: Timestamp, notice: Digest) -> Vec<u8> {
    join(b'E', &[&[1], &ms(until), &notice.0])
}

/// All texts that end.
#[must_use]
pub fn ends() -> (Vec<u8>, Vec<u8>) {
    (join(b'E', &[&[1]]), join(b'E', &[&[2]]))
}

/// All texts that end before a time.
#[must_use]
pub fn ends_before(time: Timestamp) -> (Vec<u8>, Vec<u8>) {
    (join(b'E', &[&[1]]), join(b'E', &[&[1], &ms(time)]))
}

fn ms(time: Timestamp) -> [u8; 8] {
    time.ms().unsigned_abs().to_be_bytes()
}

/// A notice that corrects or withdraws another one, and has a text here.
#[must_use]
pub fn amendment(target: Digest, notice: Digest) -> Vec<u8> {
    join(b'E', &[&[2], &target.0, &notice.0])
}

/// All of them for one notice.
#[must_use]
pub fn amendments(target: Digest) -> Vec<u8> {
    join(b'E', &[&[2], &target.0])
}

/// All body keys.
pub const BODY_KEYS: &[u8] = b"k";
/// A notice that relates to another one by its digest; in the order of the log.
#[must_use]
pub fn related(target: Digest, index: u64) -> Vec<u8> {
    join(b'x', &[b"d", &target.0, &index.to_be_bytes()])
}

/// All notices that relate to another one by its digest.
#[must_use]
pub fn all_related(target: Digest) -> Vec<u8> {
    join(b'x', &[b"d", &target.0])
}

/// A notice that relates to another one by its reference alone; in the order of the log.
#[must_use]
pub fn related_by_name(target: Reference, index: u64) -> Vec<u8> {
    join(b'x', &[b"r", target.to_string().as_bytes(), &index.to_be_bytes()])
}

/// All notices that relate to another one by its reference alone.
#[must_use]
pub fn all_related_by_name(target: Reference) -> Vec<u8> {
    join(b'x', &[b"r", target.to_string().as_bytes()])
}

/// What was done here about a notice.
#[must_use]
pub fn case(notice: Digest) -> Vec<u8> {
    join(b'T', &[b"c", &notice.0])
}

/// Officers who have opened a notice.
#[must_use]
pub fn opened_by(notice: Digest) -> Vec<u8> {
    join(b'T', &[b"o", &notice.0])
}

/// The first time that an officer opened a notice.
#[must_use]
pub fn opened(notice: Digest, officer: &OfficerId) -> Vec<u8> {
    join(b'T', &[b"o", &notice.0, officer.as_str().as_bytes()])
}

/// The roster of a country that is in force.
#[must_use]
pub fn roster(country: Country) -> Vec<u8> {
    join(b'r', &[country.to_string().as_bytes()])
}

/// The pinned fingerprint of a country.
#[must_use]
pub fn pin(country: Country) -> Vec<u8> {
    join(b'c', &[country.to_string().as_bytes()])
}

/// An officer.
#[must_use]
pub fn officer(officer: &OfficerId) -> Vec<u8> {
    join(b'j', &[officer.as_str().as_bytes()])
}

/// A change of an officer that waits for a second person.
#[must_use]
pub fn proposal(officer: &OfficerId) -> Vec<u8> {
    join(b'P', &[officer.as_str().as_bytes()])
}

/// The stored hash of an officer's passphrase.
#[must_use]
pub fn passphrase(officer: &OfficerId) -> Vec<u8> {
    join(b'p', &[officer.as_str().as_bytes()])
}

/// A draft, by its number in the office.
#[must_use]
pub fn draft(number: u64) -> Vec<u8> {
    join(b'D', &[b"d", &number.to_be_bytes()])
}

/// A part of the sealed text of a draft, by its digest.
#[must_use]
pub fn draft_text(form: Digest, part: u16) -> Vec<u8> {
    join(b'D', &[b"t", &form.0, &part.to_be_bytes()])
}

/// The whole sealed text of a draft.
#[must_use]
pub fn whole_draft_text(form: Digest) -> Vec<u8> {
    join(b'D', &[b"t", &form.0])
}

/// A file that an officer is bringing in, by its id.
#[must_use]
pub fn upload(id: Digest) -> Vec<u8> {
    join(b'D', &[b"u", &id.0])
}

/// A draft that waits for release, by the reference reserved for it.
#[must_use]
pub fn submitted(reference: Reference) -> Vec<u8> {
    join(b'S', &[reference.to_string().as_bytes()])
}

/// An emergency release that nobody has confirmed yet.
#[must_use]
pub fn unconfirmed(notice: Digest) -> Vec<u8> {
    join(b'U', &[&notice.0])
}

/// What the request with this key made.
#[must_use]
pub fn made(of: Digest) -> Vec<u8> {
    join(b'K', &[b"k", &of.0])
}

/// The key of a request that made something, by its number.
#[must_use]
pub fn made_order(number: u64) -> Vec<u8> {
    join(b'K', &[b"t", &number.to_be_bytes()])
}

/// The number of the newest request that is remembered by its key.
pub const MADE_NUMBER: &[u8] = b"Kn";
/// All requests that are remembered by their keys, in their order.
pub const MADE_ORDER: &[u8] = b"Kt";
/// The number of the newest draft, and how many there are.
pub const DRAFT_NUMBERS: &[u8] = b"Dn";
/// All drafts.
pub const DRAFTS: &[u8] = b"Dd";
/// All files that officers are bringing in.
pub const UPLOADS: &[u8] = b"Du";
/// All sealed texts of drafts.
pub const DRAFT_TEXTS: &[u8] = b"Dt";
/// All drafts that wait for release.
pub const SUBMITTED: &[u8] = b"S";
/// All emergency releases that nobody has confirmed yet.
pub const UNCONFIRMED: &[u8] = b"U";
/// All officers.
pub const OFFICERS: &[u8] = b"j";
/// All proposed changes of officers.
pub const PROPOSALS: &[u8] = b"P";
/// All hashes of passphrases.
pub const PASSPHRASES: &[u8] = b"p";
/// All pinned fingerprints.
pub const PINS: &[u8] = b"c";
/// All inbox rows.
pub const INBOX: &[u8] = b"i";
/// All outbox rows.
pub const OUTBOX: &[u8] = b"o";
