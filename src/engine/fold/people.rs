//! Officers, as the entries about them say.

use prost::Message as _;

use crate::domain::officer::Enrolment;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::name::OfficerId;
use crate::wire;

/// Enrolled, changed or revoked; what was proposed is settled by it. A revoked officer's passphrase counts no more.
pub(super) fn officer(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let enrolment = enrolment(index, entry)?;
    let key = key::officer(&enrolment.id);
    let before: wire::OfficerRow = rows::message(rows, &key, "officer")?.unwrap_or_default();
    let mut row = wire::OfficerRow { enrolment: Some(enrolment.message()), index, ..before };
    if enrolment.is_revoked() {
        row.passphrase.clear();
        row.one_time = false;
    }
    rows.put(key, row.encode_to_vec());
    rows.delete(key::proposal(&enrolment.id));
    Ok(())
}

pub(super) fn proposed(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let enrolment = enrolment(index, entry)?;
    let row = wire::ProposalRow {
        enrolment: Some(enrolment.message()),
        index,
        proposer: entry.actor.clone(),
        passphrase: entry.code == 1,
    };
    rows.put(key::proposal(&enrolment.id), row.encode_to_vec());
    Ok(())
}

pub(super) fn declined(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    rows.delete(key::proposal(&officer_of(index, entry)?));
    Ok(())
}

pub(super) fn passphrase_set(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let key = key::officer(&officer_of(index, entry)?);
    let row: Option<wire::OfficerRow> = rows::message(rows, &key, "officer")?;
    let row = row.ok_or_else(|| damaged("officer", index))?;
    let row = wire::OfficerRow { passphrase: entry.object.clone(), one_time: entry.code == 1, ..row };
    rows.put(key, row.encode_to_vec());
    Ok(())
}

fn enrolment(index: u64, entry: &wire::Entry) -> Result<Enrolment, RowError> {
    let enrolment = entry.enrolment.as_ref().and_then(|enrolment| Enrolment::read(enrolment).ok());
    enrolment.ok_or_else(|| damaged("entry", index))
}

fn officer_of(index: u64, entry: &wire::Entry) -> Result<OfficerId, RowError> {
    let id = entry.enrolment.as_ref().and_then(|enrolment| enrolment.id.parse().ok());
    id.ok_or_else(|| damaged("entry", index))
}
