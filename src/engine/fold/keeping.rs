//! Reviews of texts and periods of retention, as the entries about them say.

use prost::Message as _;

use crate::domain::notice::Header;
use crate::domain::sealed::SealedNotice;
use crate::engine::fold;
use crate::engine::fold::ends;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key::keeping as key;
use crate::engine::rows::key::notice as notice_key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

/// A text is here from the entry with this index on; the row says when it is reviewed. A forward that was issued here is
/// also among the texts of the kind of what it passes on, by the release of that: it ends with it.
pub(super) fn kept(
    rows: &mut dyn Write,
    index: u64,
    notice: Digest,
    header: &Header,
    row: wire::NoticeRow,
) -> Result<wire::NoticeRow, RowError> {
    for kept in kept_rows(rows, notice, header, &row)? {
        rows.put(kept, index.to_be_bytes().to_vec());
    }
    if let Some(review) = header.terms.review {
        rows.put(key::review(review, notice), vec![]);
    }
    Ok(wire::NoticeRow { review_ms: header.terms.review.map_or(0, Timestamp::ms), ..row })
}

/// By which kinds and releases a text is found.
fn kept_rows(
    view: &dyn View,
    notice: Digest,
    header: &Header,
    row: &wire::NoticeRow,
) -> Result<Vec<Vec<u8>>, RowError> {
    let original = if row.issued { passed_on(view, header)? } else { None };
    let headers = [Some(header), original.as_ref()].into_iter().flatten();
    Ok(headers.map(|one| key::kept(one.terms.kind, one.released, notice)).collect())
}

/// The header of what a forward passes on, if it is one and that came here.
///
/// # Errors
/// If a row cannot be read.
pub fn passed_on(view: &dyn View, header: &Header) -> Result<Option<Header>, RowError> {
    let forwards = header.terms.relations.iter().find(|one| one.kind == RelationKind::Forwards);
    let digest = forwards.filter(|_| header.terms.kind == NoticeKind::Forward).and_then(|one| one.digest);
    match digest {
        Some(digest) if view.get(&notice_key(digest))?.is_some() => {
            Ok(Some(rows::envelope::<SealedNotice>(view, digest)?.claim().header.clone()))
        }
        _ => Ok(None),
    }
}

/// The text is gone.
pub(super) fn gone(
    rows: &mut dyn Write,
    notice: Digest,
    header: &Header,
    row: &wire::NoticeRow,
) -> Result<(), RowError> {
    for kept in kept_rows(rows, notice, header, row)? {
        rows.delete(kept);
    }
    if row.review_ms > 0 {
        rows.delete(key::review(Timestamp::clamped(row.review_ms), notice));
    }
    Ok(())
}

/// A text is still needed.
pub(super) fn reviewed(rows: &mut dyn Write, index: u64, notice: Digest, entry: &wire::Entry) -> Result<(), RowError> {
    let row = fold::notice_row(rows, notice)?;
    let next: Timestamp = entry.note.parse().map_err(|_| damaged("entry", index))?;
    if row.kept_until_ms == 0 || row.review_ms == 0 {
        return Err(damaged("review", notice));
    }
    rows.delete(key::review(Timestamp::clamped(row.review_ms), notice));
    rows.put(key::review(next, notice), vec![]);
    rows.put(notice_key(notice), wire::NoticeRow { review_ms: next.ms(), ..row }.encode_to_vec());
    Ok(())
}

/// A period is in force; what was proposed for the kind is settled by it.
pub(super) fn set(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let (kind, days) = said(index, entry)?;
    let announced = ends::duties(rows)?.announced;
    let before_days = match retention(rows, kind)? {
        Some(row) if row.index < announced => row.days,
        Some(row) => row.before_days,
        None => 0,
    };
    rows.put(key::retention(kind), wire::RetentionRow { days, index, before_days }.encode_to_vec());
    rows.delete(key::retention_proposal(kind));
    Ok(())
}

pub(super) fn proposed(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let (kind, days) = said(index, entry)?;
    let row = wire::RetentionProposalRow { days, index, proposer: entry.actor.clone() };
    rows.put(key::retention_proposal(kind), row.encode_to_vec());
    Ok(())
}

pub(super) fn declined(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    rows.delete(key::retention_proposal(said(index, entry)?.0));
    Ok(())
}

/// For how long texts of a kind are kept; `None` for as long as notices say.
///
/// # Errors
/// If the row cannot be read.
pub fn retention(view: &dyn View, kind: NoticeKind) -> Result<Option<wire::RetentionRow>, RowError> {
    rows::message(view, &key::retention(kind), "retention")
}

/// The longer period that is proposed for a kind.
///
/// # Errors
/// If the row cannot be read.
pub fn retention_proposal(view: &dyn View, kind: NoticeKind) -> Result<Option<wire::RetentionProposalRow>, RowError> {
    rows::message(view, &key::retention_proposal(kind), "proposed retention")
}

fn said(index: u64, entry: &wire::Entry) -> Result<(NoticeKind, u32), RowError> {
    let kind = i32::try_from(entry.code).ok().and_then(|code| NoticeKind::try_from(code).ok());
    let days = u32::try_from(entry.sequence).ok();
    kind.zip(days).ok_or_else(|| damaged("entry", index))
}
