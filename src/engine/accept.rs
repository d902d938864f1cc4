//! Accept (PROTOCOL 5): what a peer delivers becomes an arrival, or a rejection with a number; total.
//!
//! Signatures and the body are checked here, before the writer and beside it. What depends on the store, place and
//! known digest, is the writer's: its checks are law.

use std::sync::Arc;

use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Receipt;
use crate::domain::envelope::EnvelopeError;
use crate::domain::envelope::Unverified;
use crate::domain::envelope::Verified;
use crate::domain::forward;
use crate::domain::kinds;
use crate::domain::notice;
use crate::domain::notice::Header;
use crate::domain::policy;
use crate::domain::policy::Agreements;
use crate::domain::policy::Case;
use crate::domain::policy::NothingKnown;
use crate::domain::rejection::Rejection;
use crate::domain::roster::Office;
use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::domain::seal::BodyKey;
use crate::domain::seal::SealError;
use crate::domain::seal::SealKey;
use crate::domain::seal::WrapPath;
use crate::domain::sealed::OpenError;
use crate::domain::sealed::SealedNotice;
use crate::domain::sealed::UNKNOWN_KIND;
use crate::domain::standing::Says;
use crate::limits;
use crate::name::Digest;
use crate::name::LogId;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeKind;

/// Who accepts.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// This office.
    pub office: OfficeCode,
    /// Its open log.
    pub log_id: LogId,
    /// Its seal keys, newest first.
    pub seal_keys: Vec<SealKey>,
    /// What notices to it may rest on.
    pub agreements: Arc<Agreements>,
}

/// A notice that passed every check that needs no store.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The notice.
    pub notice: Verified<SealedNotice>,
    /// Its body key; `None` if it has no body, or has expired on the way.
    pub key: Option<BodyKey>,
    /// What its text adds to its header.
    pub says: Says,
    /// What a forward passes on, if its originator's signature was checked here: reference and digest.
    pub passed_on: Option<(Reference, Digest)>,
}

/// A dispatch that can be answered: it is the peer's, to us, in a stream between the open logs.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The dispatch.
    pub dispatch: Verified<Dispatch>,
    /// What came with it.
    pub verdict: Result<Arrival, Rejection>,
    /// Node time at which it was judged.
    pub judged: Timestamp,
}

/// A frame that no answer can be given to; it ends the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenRule {
    /// The envelope is no envelope of this type, or not signed by the peer.
    #[error("{0}")]
    Envelope(#[from] EnvelopeError),
    /// It belongs to another network, pair of offices or pair of logs.
    #[error("it belongs to another network, pair of offices or pair of logs")]
    Misplaced,
}

/// Judges what a peer delivers. `now` is node time.
///
/// # Errors
/// If the dispatch itself cannot be answered.
pub fn deliver(
    rosters: &Rosters,
    me: &Addressee,
    peer: OfficeCode,
    now: Timestamp,
    frame: &wire::Deliver,
) -> Result<Incoming, BrokenRule> {
    judged(rosters, me, peer, Now { time: now, is_sure: true }, frame)
}

/// The same by an unsure clock, where nobody is ahead of it. `now` is the time of the last entry.
///
/// # Errors
/// As [`deliver`].
pub fn deliver_unsure(
    rosters: &Rosters,
    me: &Addressee,
    peer: OfficeCode,
    now: Timestamp,
    frame: &wire::Deliver,
) -> Result<Incoming, BrokenRule> {
    judged(rosters, me, peer, Now { time: now, is_sure: false }, frame)
}

/// Node time, and whether the clock vouches for it.
#[derive(Clone, Copy)]
struct Now {
    time: Timestamp,
    is_sure: bool,
}

fn judged(
    rosters: &Rosters,
    me: &Addressee,
    peer: OfficeCode,
    now: Now,
    frame: &wire::Deliver,
) -> Result<Incoming, BrokenRule> {
    let read = Unverified::<Dispatch>::read(&frame.dispatch)?;
    let claim = read.claim();
    let from_log = rosters.office(peer).and_then(Office::log_id);
    let ours = claim.network == *rosters.network()
        && claim.from == peer
        && claim.to == me.office
        && claim.stream.to_log == me.log_id
        && Some(claim.stream.from_log) == from_log;
    if !ours {
        return Err(BrokenRule::Misplaced);
    }
    let keys = rosters.keys_at(peer, claim.sent);
    let dispatch = read.verify(&keys)?;
    let verdict = arrival(rosters, me, now, frame, dispatch.value());
    Ok(Incoming { dispatch, verdict, judged: now.time })
}

fn arrival(
    rosters: &Rosters,
    me: &Addressee,
    now: Now,
    frame: &wire::Deliver,
    dispatch: &Dispatch,
) -> Result<Arrival, Rejection> {
    let read = Unverified::<SealedNotice>::read(&frame.notice).map_err(|error| match error {
        EnvelopeError::Payload(UNKNOWN_KIND) => Rejection::Kind,
        _ => Rejection::Malformed,
    })?;
    if read.digest() != dispatch.notice {
        return Err(Rejection::OtherNotice);
    }
    let header = &read.claim().header;
    if header.network != dispatch.network {
        return Err(Rejection::Network);
    }
    if header.from != dispatch.from {
        return Err(Rejection::Originator);
    }
    if !header.addressees().any(|office| office == me.office) {
        return Err(Rejection::NotAddressed);
    }
    if header.terms.urgency != dispatch.stream.lane.urgency() {
        return Err(Rejection::Lane);
    }
    if now.is_sure && header.created.since_ms(now.time) > limits::CLOCK_AHEAD_MS {
        return Err(Rejection::Ahead);
    }
    for office in [dispatch.from, me.office] {
        match rosters.office(office).map(|office| office.state) {
            Some(OfficeState::Active) => {}
            Some(OfficeState::Suspended) if kinds::passes_suspension(header.terms.kind) => {}
            Some(OfficeState::Suspended) => return Err(Rejection::Suspended),
            Some(OfficeState::Revoked) => return Err(Rejection::Revoked),
            // Our own roster may not be here yet; the peer's is, or there were no session.
            None if office == me.office => {}
            None => return Err(Rejection::Signature),
        }
    }
    let keys = rosters.keys_at(header.from, header.created);
    let notice = read.verify(&keys).map_err(|_| Rejection::Signature)?;
    let (key, body) = opened(me, now.time, frame, dispatch, &notice)?.unzip();
    lawful(me, notice.value(), body.as_ref())?;
    let passed_on = passed_on(rosters, &notice.value().header, body.as_ref())?;
    let says = body.map_or(Says::Nothing, |body| Says::of(notice.value().header.terms.kind, &body));
    Ok(Arrival { notice, key, says, passed_on })
}

/// Applies the rules of policy that an addressee can judge (PROTOCOL 5): by the times of the header, never by our clock.
fn lawful(me: &Addressee, notice: &SealedNotice, body: Option<&wire::NoticeBody>) -> Result<(), Rejection> {
    let header = &notice.header;
    let case = Case {
        header: &notice.header_message(),
        terms: &header.terms,
        from: Some(header.from),
        body,
        created: header.created,
        released: header.released,
        release: None,
        book: None,
        known: &NothingKnown,
    };
    let findings = policy::judge_received(&case, me.office, &me.agreements);
    findings.problems.first().map_or(Ok(()), |finding| Err(Rejection::of_rule(&finding.rule)))
}

/// What a forward passes on is signed by its originator, where a roster of that country is in force here; else its readers are
/// told that nobody could check it.
fn passed_on(
    rosters: &Rosters,
    forward: &Header,
    body: Option<&wire::NoticeBody>,
) -> Result<Option<(Reference, Digest)>, Rejection> {
    let part = body.and_then(|body| Some((body, body.forward.as_ref()?)));
    let Some((body, Ok(passed_on))) = part.map(|(body, part)| (body, forward::read(part))) else { return Ok(None) };
    // Its header lists what its text has, and then these.
    let listed = forward.attachments.get(notice::file_keys(body).count()..);
    if listed != Some(passed_on.attachments().as_slice()) {
        return Err(Rejection::Body);
    }
    let header = passed_on.header();
    let is_signed = passed_on.signed_by(rosters).is_some();
    let is_listed = rosters.countries().get(&header.from.country()).is_some_and(|pin| pin.roster.is_some());
    match (is_signed, is_listed) {
        (true, _) => Ok(Some((header.reference, passed_on.digest()))),
        (false, true) => Err(Rejection::Signature),
        (false, false) => Ok(None),
    }
}

/// The body key and the body; `None` if there is no body, or it has expired on the way.
fn opened(
    me: &Addressee,
    now: Timestamp,
    frame: &wire::Deliver,
    dispatch: &Dispatch,
    notice: &Verified<SealedNotice>,
) -> Result<Option<(BodyKey, wire::NoticeBody)>, Rejection> {
    let wrap = if frame.key_wrap.is_empty() { None } else { Some(Digest::of(&frame.key_wrap)) };
    if wrap != dispatch.key_wrap {
        return Err(Rejection::OtherWrap);
    }
    let header = &notice.value().header;
    if header.body_key_commitment.is_none() {
        return Ok(None);
    }
    // A correction or a withdrawal may be kept as long as what it is about; the writer knows how long that is.
    let amends = matches!(header.terms.kind, NoticeKind::Correction | NoticeKind::Withdrawal) && wrap.is_some();
    if header.terms.expires <= now && !amends {
        // It is logged and receipted, but its text is not kept.
        return Ok(None);
    }
    let path = WrapPath { notice: dispatch.notice, from: dispatch.from, to: me.office };
    let key = me.seal_keys.iter().find_map(|key| key.unwrap_key(&frame.key_wrap, &path).ok());
    let key = key.ok_or(Rejection::KeyGone)?;
    match notice.value().open(&key) {
        Ok(body) => Ok(Some((key, body))),
        Err(OpenError::Seal(SealError::Commitment)) => Err(Rejection::Commitment),
        Err(OpenError::Seal(_)) => Err(Rejection::Sealed),
        Err(OpenError::Body(_)) => Err(Rejection::Body),
    }
}

/// Judges a receipt of a peer for a dispatch of ours. That it answers one that waits is the writer's to check.
///
/// # Errors
/// If it is no receipt of the peer to us.
pub fn receipt(
    rosters: &Rosters,
    me: OfficeCode,
    peer: OfficeCode,
    bytes: &[u8],
) -> Result<Verified<Receipt>, BrokenRule> {
    let read = Unverified::<Receipt>::read(bytes)?;
    let claim = read.claim();
    if claim.network != *rosters.network() || claim.from != peer || claim.to != me {
        return Err(BrokenRule::Misplaced);
    }
    let keys = rosters.keys_at(peer, claim.received);
    Ok(read.verify(&keys)?)
}

/// Whether the keys that were found to have signed count by other rosters as well: those of the commit.
#[must_use]
pub fn still_counts(rosters: &Rosters, incoming: &Incoming) -> bool {
    let dispatch = incoming.dispatch.value();
    rosters.keys_at(dispatch.from, dispatch.sent).contains(&incoming.dispatch.by())
}

/// A verdict by the rosters of the commit, which may be newer than those it was given by.
///
/// # Errors
/// The rejection that it was, or is by these rosters.
pub fn confirmed(rosters: &Rosters, verdict: Result<Arrival, Rejection>) -> Result<Arrival, Rejection> {
    let arrival = verdict?;
    let header = &arrival.notice.value().header;
    let keys = rosters.keys_at(header.from, header.created);
    if keys.contains(&arrival.notice.by()) { Ok(arrival) } else { Err(Rejection::Signature) }
}
