//! When a text ends: until when its body key is kept, and the daily duties around it (PROTOCOL 4 and 10).
//!
//! A body key lies in the store exactly as long as the notice has an end here. A correction or a withdrawal ends no
//! earlier than the notice that it is about (DOMAIN 6.7, ruling 7), whichever of the two came first.

use prost::Message as _;

use crate::domain::notice::Header;
use crate::domain::sealed::SealedNotice;
use crate::engine::fold;
use crate::engine::fold::attachments;
use crate::engine::fold::keeping;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::ErasureReason;
use crate::wire::RelationKind;

/// Rows read at a time.
const PAGE: usize = 64;

/// Until when the body key of a notice may be kept here.
///
/// # Errors
/// If a row cannot be read.
pub fn kept_until(view: &dyn View, header: &Header) -> Result<Timestamp, RowError> {
    let mut until = header.terms.expires;
    for target in amended(header) {
        if let Some(row) = rows::message::<wire::NoticeRow>(view, &key::notice(target), "notice")?
            && is_from(view, target, header)?
        {
            until = until.max(Timestamp::clamped(row.kept_until_ms));
        }
    }
    Ok(until)
}

/// The daily duties, as far as they have been done.
///
/// # Errors
/// If the row cannot be read.
pub fn duties(view: &dyn View) -> Result<wire::DutiesRow, RowError> {
    Ok(rows::message(view, key::DUTIES, "duties")?.unwrap_or_default())
}

pub(super) fn put_duties(rows: &mut dyn Write, change: impl FnOnce(&mut wire::DutiesRow)) -> Result<(), RowError> {
    let mut row = duties(rows)?;
    change(&mut row);
    rows.put(key::DUTIES.to_vec(), row.encode_to_vec());
    Ok(())
}

/// The notices that one corrects or withdraws.
pub fn amended(header: &Header) -> impl Iterator<Item = Digest> {
    let amends = |kind| matches!(kind, RelationKind::Corrects | RelationKind::Withdraws);
    header.terms.relations.iter().filter(move |relation| amends(relation.kind)).filter_map(|relation| relation.digest)
}

/// Whether a notice is of the same originator: nobody else can make a text last longer.
fn is_from(view: &dyn View, notice: Digest, header: &Header) -> Result<bool, RowError> {
    Ok(rows::envelope::<SealedNotice>(view, notice)?.claim().header.from == header.from)
}

/// The body key of a notice is in the store now, unless the notice has ended already or was erased; `index` is the
/// entry that brought it, `time` that of the entry.
pub(super) fn keep(
    rows: &mut dyn Write,
    index: u64,
    time: Timestamp,
    notice: Digest,
    header: &Header,
) -> Result<(), RowError> {
    let row = fold::notice_row(rows, notice)?;
    let until = kept_until(rows, header)?;
    if row.erased > 0 || row.kept_until_ms > 0 || until <= time {
        return Ok(());
    }
    for target in amended(header) {
        rows.put(key::amendment(target, notice), vec![]);
    }
    attachments::kept(rows, index, notice, row.issued, header);
    let row = keeping::kept(rows, index, notice, header, row)?;
    put_end(rows, notice, row, until, index);
    lengthen(rows, notice, until)
}

fn put_end(rows: &mut dyn Write, notice: Digest, row: wire::NoticeRow, until: Timestamp, index: u64) {
    rows.put(key::notice(notice), wire::NoticeRow { kept_until_ms: until.ms(), ..row }.encode_to_vec());
    rows.put(key::end(until, notice), index.to_be_bytes().to_vec());
}

/// What amends a notice, and what amends that, ends no earlier than the notice. A digest is of what existed before, so
/// there is no circle.
fn lengthen(rows: &mut dyn Write, notice: Digest, until: Timestamp) -> Result<(), RowError> {
    let mut targets = vec![notice];
    while let Some(target) = targets.pop() {
        let from = rows::envelope::<SealedNotice>(rows, target)?.claim().header.from;
        for amendment in amendments(rows, target)? {
            let row = fold::notice_row(rows, amendment)?;
            let before = Timestamp::clamped(row.kept_until_ms);
            let is_same = rows::envelope::<SealedNotice>(rows, amendment)?.claim().header.from == from;
            if row.kept_until_ms == 0 || before >= until || !is_same {
                continue;
            }
            let index = rows::number(rows, &key::end(before, amendment), "end")?;
            rows.delete(key::end(before, amendment));
            put_end(rows, amendment, row, until, index);
            targets.push(amendment);
        }
    }
    Ok(())
}

fn amendments(view: &dyn View, target: Digest) -> Result<Vec<Digest>, RowError> {
    let (mut from, to) = (key::amendments(target), key::after(&key::amendments(target)));
    let mut found = vec![];
    loop {
        let page = view.scan(&from, &to, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(found) };
        from.clone_from(last);
        from.push(0);
        for (row_key, _) in page {
            let digest = row_key.get(34..).and_then(|digest| Digest::try_from(digest).ok());
            found.push(digest.ok_or_else(|| damaged("amendment", target))?);
        }
    }
}

/// The body key of a notice has left the store.
pub(super) fn erased(rows: &mut dyn Write, index: u64, notice: Digest, code: u32) -> Result<(), RowError> {
    let row = fold::notice_row(rows, notice)?;
    if row.kept_until_ms == 0 {
        return Err(damaged("end", notice));
    }
    let end = key::end(Timestamp::clamped(row.kept_until_ms), notice);
    let brought = rows::number(rows, &end, "end")?;
    let read = rows::envelope::<SealedNotice>(rows, notice)?;
    attachments::gone(rows, brought, notice, &read.claim().header);
    keeping::gone(rows, notice, &read.claim().header, &row)?;
    rows.delete(end);
    let row = wire::NoticeRow { kept_until_ms: 0, review_ms: 0, erased: index, ..row };
    rows.put(key::notice(notice), row.encode_to_vec());
    let reason = i32::try_from(code).ok().and_then(|code| ErasureReason::try_from(code).ok());
    let by_order = !matches!(reason, Some(ErasureReason::Expired | ErasureReason::Retention));
    put_duties(rows, |duties| {
        duties.erased = index;
        if by_order {
            duties.ordered = index;
        }
    })
}
