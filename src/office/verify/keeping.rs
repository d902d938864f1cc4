//! Reviews and periods of retention: each entry says what could be done when it was written.

use prost::Message as _;

use crate::domain::policy::cap_days;
use crate::domain::policy::review_days;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::key;
use crate::engine::rows::key::keeping;
use crate::engine::store::View;
use crate::name::Digest;
use crate::office::verify::Fault;
use crate::office::verify::Verifier;
use crate::office::verify::fault;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::NoticeKind;
use crate::wire::ReviewReason;

impl Verifier {
    /// Checks what an entry about reviews or periods names; any other kind is none that a log has.
    pub(super) fn keeping(
        &self,
        view: &dyn View,
        index: u64,
        entry: &wire::Entry,
        kind: EntryKind,
    ) -> Result<(), Fault> {
        match kind {
            EntryKind::Reviewed => self.reviewed(view, entry),
            EntryKind::RetentionSet | EntryKind::RetentionProposed | EntryKind::RetentionDeclined => {
                self.retention(entry, kind)
            }
            _ => Err(fault("fault-entry-kind").with("index", index)),
        }
    }

    /// A review is of a text that was here and had one, and the next one is neither past nor too late.
    fn reviewed(&self, view: &dyn View, entry: &wire::Entry) -> Result<(), Fault> {
        let wrong = || fault("fault-review");
        let digest = Digest::try_from(entry.subject.as_slice()).map_err(|_| fault("fault-no-notice"))?;
        let row = self.projections.get(&key::notice(digest)).ok_or_else(wrong)?;
        let row = wire::NoticeRow::decode(row.as_slice()).map_err(|_| wrong())?;
        let kind = rows::envelope::<SealedNotice>(view, digest)?.claim().header.terms.kind;
        let next: Timestamp = entry.note.parse().map_err(|_| wrong())?;
        let away = next.since_ms(self.time);
        let is_reason =
            i32::try_from(entry.code).is_ok_and(|code| ReviewReason::try_from(code).is_ok()) && entry.code > 0;
        let in_time = away > 0 && away <= review_days(kind) * DAY_MS && next.ms() <= row.kept_until_ms;
        if is_reason && in_time && row.review_ms > 0 { Ok(()) } else { Err(wrong()) }
    }

    /// A period is within the cap of its kind; one that is longer than what was in force was proposed by another officer.
    fn retention(&self, entry: &wire::Entry, sort: EntryKind) -> Result<(), Fault> {
        let wrong = || fault("fault-retention");
        let kind = i32::try_from(entry.code).ok().and_then(|code| NoticeKind::try_from(code).ok()).ok_or_else(wrong)?;
        let cap = cap_days(kind).ok_or_else(wrong)?;
        let row = self.projections.get(&keeping::retention(kind));
        let row = row.map(|row| wire::RetentionRow::decode(row.as_slice())).transpose().map_err(|_| wrong())?;
        let proposal = self.projections.get(&keeping::retention_proposal(kind));
        let proposal = proposal.map(|row| wire::RetentionProposalRow::decode(row.as_slice())).transpose();
        let proposal = proposal.map_err(|_| wrong())?;
        let (days, in_force) = (entry.sequence, u64::from(row.map_or(cap, |row| row.days)));
        let is_longer = days > in_force && days <= u64::from(cap);
        let holds = match sort {
            EntryKind::RetentionProposed => is_longer,
            EntryKind::RetentionDeclined => proposal.is_some(),
            _ if is_longer => proposal.is_some_and(|proposal| {
                u64::from(proposal.days) == days && proposal.proposer == entry.peer && entry.peer != entry.actor
            }),
            _ => days > 0 && days < in_force && entry.peer.is_empty(),
        };
        if holds { Ok(()) } else { Err(wrong()) }
    }
}
