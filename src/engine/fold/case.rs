//! What relates to a notice, and what officers of this office did about it.
//!
//! A relation is kept whether or not the other notice is here: each finds the other, whichever comes first.

use prost::Message as _;

use crate::domain::entry::Access;
use crate::domain::entry::Closing;
use crate::domain::notice::Header;
use crate::domain::notice::Relation;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

/// A notice relates to others; the digest decides where there is one.
pub(super) fn related(rows: &mut dyn Write, index: u64, notice: Digest, relations: &[Relation]) {
    for relation in relations {
        let row_key = match relation.digest {
            Some(digest) => key::related(digest, index),
            None => key::related_by_name(relation.reference, index),
        };
        rows.put(row_key, notice.0.to_vec());
    }
}

/// This office acknowledges what it has received: once.
pub(super) fn acknowledged(rows: &mut dyn Write, notice: Digest, header: &Header) -> Result<(), RowError> {
    if header.terms.kind != NoticeKind::Acknowledgement {
        return Ok(());
    }
    let targets = header.terms.relations.iter().filter(|one| one.kind == RelationKind::Acknowledges);
    for target in targets.filter_map(|one| one.digest) {
        change(rows, target, |row| {
            if row.acknowledged_by.is_empty() {
                row.acknowledged_by = notice.0.to_vec();
            }
        })?;
    }
    Ok(())
}

/// An officer got to see a notice; to open it is more.
pub(super) fn accessed(rows: &mut dyn Write, index: u64, notice: Digest, entry: &wire::Entry) -> Result<(), RowError> {
    rows.put(key::access(notice, index), entry.code.to_be_bytes().to_vec());
    // An attachment is seen by who has opened the text before; who reads under break-glass has not opened it for the office.
    if entry.code != Access::View as u32 || !entry.object.is_empty() || entry.sequence > 0 {
        return Ok(());
    }
    let officer: OfficerId = entry.actor.parse().map_err(|_| damaged("entry", index))?;
    let opened = key::opened(notice, &officer);
    if rows.get(&opened)?.is_none() {
        rows.put(opened, index.to_be_bytes().to_vec());
    }
    Ok(())
}

/// An officer takes care of a notice.
pub(super) fn taken(rows: &mut dyn Write, notice: Digest, entry: &wire::Entry) -> Result<(), RowError> {
    change(rows, notice, |row| entry.actor.clone_into(&mut row.taken_by))
}

/// Another officer takes care of it.
pub(super) fn handed_over(rows: &mut dyn Write, notice: Digest, entry: &wire::Entry) -> Result<(), RowError> {
    change(rows, notice, |row| entry.note.clone_into(&mut row.taken_by))
}

/// A notice is closed, or open again.
pub(super) fn closed(rows: &mut dyn Write, notice: Digest, entry: &wire::Entry) -> Result<(), RowError> {
    change(rows, notice, |row| row.closed = entry.code == Closing::Close as u32)
}

fn change(rows: &mut dyn Write, notice: Digest, change: impl FnOnce(&mut wire::CaseRow)) -> Result<(), RowError> {
    let row_key = key::case(notice);
    let mut row: wire::CaseRow = rows::message(rows, &row_key, "case")?.unwrap_or_default();
    change(&mut row);
    rows.put(row_key, row.encode_to_vec());
    Ok(())
}
