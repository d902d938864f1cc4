//! What waits for release, which numbers are taken, and which emergency releases wait for a confirmation.

use prost::Message as _;

use crate::domain::notice::Header;
use crate::domain::standing::Says;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::name::Digest;
use crate::name::Reference;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

/// A draft waits for release, and has its reference.
pub(super) fn submitted(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let reference = reference(index, entry)?;
    let row = wire::SubmittedRow { index, author: entry.actor.clone(), form: entry.subject.clone(), readers: vec![] };
    rows.put(key::submitted(reference), row.encode_to_vec());
    reserve(rows, reference)
}

/// Another officer has read it, in the form that waits.
pub(super) fn opened(rows: &mut dyn Write, entry: &wire::Entry) -> Result<(), RowError> {
    // A draft that was never submitted has no reference. Whoever looks at an attachment has not read the text by that.
    let Ok(reference) = entry.note.parse::<Reference>() else { return Ok(()) };
    if !entry.object.is_empty() {
        return Ok(());
    }
    let row_key = key::submitted(reference);
    let waits: Option<wire::SubmittedRow> = rows::message(rows, &row_key, "submitted draft")?;
    if let Some(mut row) = waits.filter(|row| row.form == entry.subject && !row.readers.contains(&entry.actor)) {
        row.readers.push(entry.actor.clone());
        rows.put(row_key, row.encode_to_vec());
    }
    Ok(())
}

/// It is its author's again.
pub(super) fn returned(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    rows.delete(key::submitted(reference(index, entry)?));
    Ok(())
}

/// No later reference has this number or a smaller one.
pub(super) fn reserve(rows: &mut dyn Write, reference: Reference) -> Result<(), RowError> {
    let number = u64::from(reference.number()).max(rows::number(rows, key::NUMBER, "number")?);
    rows.put(key::NUMBER.to_vec(), number.to_be_bytes().to_vec());
    Ok(())
}

/// A notice was released: it waits no more, or waits for a confirmation, or ends such a wait.
pub(super) fn released(rows: &mut dyn Write, notice: Digest, header: &Header, code: u32) {
    rows.delete(key::submitted(header.reference));
    if header.emergency {
        rows.put(key::unconfirmed(notice), header.released.ms().to_be_bytes().to_vec());
    }
    let withdraws = header.terms.kind == NoticeKind::Withdrawal;
    for relation in &header.terms.relations {
        let ends = match relation.kind {
            RelationKind::Withdraws => withdraws,
            RelationKind::Corrects => code == Says::Confirms.code(),
            _ => false,
        };
        if let (true, Some(target)) = (ends, relation.digest) {
            rows.delete(key::unconfirmed(target));
        }
    }
}

fn reference(index: u64, entry: &wire::Entry) -> Result<Reference, RowError> {
    entry.note.parse().map_err(|_| damaged("entry", index))
}
