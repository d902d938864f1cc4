//! Entries about the office itself: its officers, its exercises, and for how long it keeps texts.

use crate::domain::entry::Entry;
use crate::domain::exercise::Exercise;
use crate::domain::officer::Enrolment;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::NoticeKind;
use crate::wire::ReviewReason;

impl Entry {
    /// An officer was enrolled, changed or revoked; `proposer` is who had proposed it, if a second person agreed.
    #[must_use]
    pub fn officer(actor: &OfficerId, enrolment: &Enrolment, proposer: Option<&OfficerId>) -> Self {
        let proposer = proposer.map(OfficerId::as_str).unwrap_or_default();
        Self::of_officer(EntryKind::Officer, actor, &enrolment.id).with(proposer, 0).enrolling(enrolment)
    }

    /// A change of an officer was proposed and waits for a second person.
    #[must_use]
    pub fn officer_proposed(actor: &OfficerId, enrolment: &Enrolment, passphrase: bool) -> Self {
        let entry = Self::of_officer(EntryKind::OfficerProposed, actor, &enrolment.id);
        entry.with("", passphrase.into()).enrolling(enrolment)
    }

    /// A proposed change was turned down, or taken back.
    #[must_use]
    pub fn officer_declined(actor: &OfficerId, officer: &OfficerId) -> Self {
        let mut entry = Self::of_officer(EntryKind::OfficerDeclined, actor, officer);
        entry.0.enrolment = Some(wire::Enrolment { id: officer.to_string(), ..wire::Enrolment::default() });
        entry
    }

    /// A passphrase was set; `hash` is the stored form of it.
    #[must_use]
    pub fn passphrase_set(actor: &OfficerId, officer: &OfficerId, hash: &str, one_time: bool) -> Self {
        let mut entry = Self::of_officer(EntryKind::PassphraseSet, actor, officer).with("", one_time.into());
        entry.0.object = Digest::of(hash.as_bytes()).0.to_vec();
        entry.0.enrolment = Some(wire::Enrolment { id: officer.to_string(), ..wire::Enrolment::default() });
        entry
    }

    fn of_officer(kind: EntryKind, actor: &OfficerId, officer: &OfficerId) -> Self {
        Self::new(kind, actor.as_str()).about(Digest::of(officer.as_str().as_bytes()), None)
    }

    fn enrolling(mut self, enrolment: &Enrolment) -> Self {
        self.0.enrolment = Some(enrolment.message());
        self
    }

    /// An exercise of this office began.
    #[must_use]
    pub fn exercise_started(officer: &OfficerId, exercise: &Exercise) -> Self {
        let mut entry = Self::new(EntryKind::ExerciseStarted, officer.as_str());
        entry.0.exercise = Some(exercise.message());
        entry
    }

    /// The exercise ended that began with the entry of this index.
    #[must_use]
    pub fn exercise_ended(officer: &OfficerId, began: u64) -> Self {
        let mut entry = Self::new(EntryKind::ExerciseEnded, officer.as_str());
        entry.0.sequence = began;
        entry
    }

    /// The text of a notice is still needed; note: when that is looked at again.
    #[must_use]
    pub fn reviewed(officer: &OfficerId, notice: Digest, reason: ReviewReason, next: Timestamp) -> Self {
        let entry = Self::new(EntryKind::Reviewed, officer.as_str()).about(notice, None);
        let mut entry = entry.with("", i32::from(reason).unsigned_abs());
        entry.0.note = next.to_string();
        entry
    }

    /// Texts of a kind are kept for so many days; `proposer` is who had proposed it, if a second person agreed.
    #[must_use]
    pub fn retention_set(officer: &OfficerId, kind: NoticeKind, days: u32, proposer: Option<&OfficerId>) -> Self {
        let proposer = proposer.map(OfficerId::as_str).unwrap_or_default();
        Self::of_retention(EntryKind::RetentionSet, officer, kind, days, proposer)
    }

    /// A longer period was proposed and waits for a second person.
    #[must_use]
    pub fn retention_proposed(officer: &OfficerId, kind: NoticeKind, days: u32) -> Self {
        Self::of_retention(EntryKind::RetentionProposed, officer, kind, days, "")
    }

    /// A proposed period was turned down, or taken back.
    #[must_use]
    pub fn retention_declined(officer: &OfficerId, kind: NoticeKind) -> Self {
        Self::of_retention(EntryKind::RetentionDeclined, officer, kind, 0, "")
    }

    fn of_retention(sort: EntryKind, officer: &OfficerId, kind: NoticeKind, days: u32, proposer: &str) -> Self {
        let mut entry = Self::new(sort, officer.as_str()).with(proposer, i32::from(kind).unsigned_abs());
        entry.0.sequence = days.into();
        entry
    }
}
