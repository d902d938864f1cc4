//! One entry: its place in the tree, its time, the envelopes it names and their signatures.

use prost::Message as _;

use crate::domain::access::Access;
use crate::domain::access::List;
use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Receipt;
use crate::domain::entry::Alarm;
use crate::domain::entry::NODE;
use crate::domain::envelope::Payload;
use crate::domain::envelope::PublicKey;
use crate::domain::envelope::Unverified;
use crate::domain::envelope::Verified;
use crate::domain::exercise::Exercise;
use crate::domain::notice::Header;
use crate::domain::roster::Change;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Says;
use crate::engine::log;
use crate::engine::rows;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::verify::Fault;
use crate::office::verify::Verifier;
use crate::office::verify::bytes_of;
use crate::office::verify::fault;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::ErasureReason;
use crate::wire::NoticeKind;

impl Verifier {
    pub(super) fn entry(&mut self, view: &dyn View, index: u64) -> Result<(), Fault> {
        let bytes = rows::entry_bytes(view, index)?;
        for (place, hash) in log::hashes_of(view, index, &bytes)? {
            if log::hash_at(view, place)? != Some(hash) {
                return Err(fault("fault-entry-changed").with("index", index).with("place", place));
            }
        }
        let entry =
            wire::Entry::decode(bytes.as_slice()).map_err(|_| fault("fault-entry-unreadable").with("index", index))?;
        let time = Timestamp::from_ms(entry.time_ms).map_err(|_| fault("fault-entry-time"))?;
        if time < self.time {
            return Err(fault("fault-entry-older").with("index", index));
        }
        self.time = time;
        if entry.salt.len() != 16 {
            return Err(fault("fault-entry-salt").with("index", index));
        }
        self.named_by(view, index, &entry)?;
        self.fold(view, index, &entry)
    }

    /// Checks what an entry names, by its kind.
    fn named_by(&mut self, view: &dyn View, index: u64, entry: &wire::Entry) -> Result<(), Fault> {
        let kind = EntryKind::try_from(entry.kind).unwrap_or(EntryKind::Unspecified);
        let ours = vec![self.owner.key];
        match kind {
            EntryKind::LogOpened if index == 0 && entry.subject == self.owner.key.0 => {
                let born = (entry.peer.as_str(), entry.note.as_str());
                let is_owner = born == (&self.owner.office.to_string(), self.owner.network.as_str());
                self.expect(is_owner, "fault-log-other")
            }
            EntryKind::LogOpened => Err(fault("fault-log-opened")),
            _ if index == 0 => Err(fault("fault-log-beginning")),
            EntryKind::DraftOpened
            | EntryKind::Officer
            | EntryKind::OfficerProposed
            | EntryKind::OfficerDeclined
            | EntryKind::PassphraseSet
            | EntryKind::ExpiryAnnounced
            | EntryKind::ExpiryConfirmed => Ok(()),
            EntryKind::ExerciseStarted | EntryKind::ExerciseEnded => self.exercise(entry),
            EntryKind::Erased => self.erased(entry),
            EntryKind::VaultRotated => self.expect(entry.sequence <= index, "fault-vault-covers"),
            EntryKind::ClockConfirmed => self.expect(entry.note.parse::<Timestamp>().is_ok(), "fault-clock"),
            EntryKind::Submitted => {
                self.drafted = true;
                let reference = entry.note.parse::<Reference>();
                let ours = reference.is_ok_and(|reference| reference.office() == self.owner.office);
                self.expect(ours, "fault-submission-reference")
            }
            EntryKind::Returned => {
                let waits =
                    entry.note.parse().is_ok_and(|reference| self.projections.contains_key(&key::submitted(reference)));
                self.expect(waits, "fault-returned")
            }
            EntryKind::ConfigChanged => {
                let before = self.projections.get(key::AGREEMENTS);
                let is_news = entry.actor == NODE && before != Some(&entry.subject);
                self.expect(is_news, "fault-agreements")
            }
            EntryKind::Accessed | EntryKind::Taken | EntryKind::HandedOver | EntryKind::Closed => {
                self.handled(view, entry, kind)
            }
            EntryKind::Issued => {
                let notice = self.envelope::<SealedNotice>(view, &entry.subject, |_, _| ours)?;
                let header = &notice.value().header;
                self.expect(header.from == self.owner.office, "fault-issued")?;
                self.released(entry, header)?;
                self.says(header.terms.kind, entry.code)
            }
            EntryKind::Dispatched => {
                let dispatch = self.envelope::<Dispatch>(view, &entry.object, |_, _| ours)?;
                let to = dispatch.value().to.to_string();
                self.same_place(entry, dispatch.value(), &to)
            }
            EntryKind::ReceiptStored => {
                let receipt =
                    self.envelope::<Receipt>(view, &entry.object, |rosters, r| rosters.keys_at(r.from, r.received))?;
                let dispatch = self.envelope::<Dispatch>(view, &receipt.value().dispatch.0, |_, _| ours)?;
                let answers = receipt.value().answers(dispatch.value(), dispatch.digest());
                self.expect(answers, "fault-receipt")?;
                self.same_place(entry, dispatch.value(), &receipt.value().from.to_string())
            }
            EntryKind::Received | EntryKind::Rejected => self.taken(view, entry, kind),
            EntryKind::Roster => self.roster(view, entry),
            EntryKind::CountryTrusted => {
                let country = entry.peer.parse().map_err(|_| fault("fault-no-country"))?;
                let fingerprint = rows::fingerprint(country, &entry.object)?;
                self.rosters
                    .pin(country, fingerprint)
                    .map(drop)
                    .map_err(|error| fault("fault-roster").with("cause", error))
            }
            EntryKind::Alarm => self.alarm(view, entry),
            EntryKind::ReadingAsked => self.reading_asked(entry),
            EntryKind::ReadingDecided => self.reading_decided(entry),
            _ => self.keeping(view, index, entry, kind),
        }
    }

    /// What officers see and do is about a notice that is here, or about none.
    fn handled(&self, view: &dyn View, entry: &wire::Entry, kind: EntryKind) -> Result<(), Fault> {
        if kind == EntryKind::HandedOver {
            self.handed_over(entry)?;
        }
        let access = Access::of(entry.code).filter(|_| kind == EntryKind::Accessed);
        let is_sort = access.is_some() || kind != EntryKind::Accessed;
        self.expect(is_sort, "fault-access-sort")?;
        if access == Some(Access::List) {
            let shown = List::of(&entry.note).is_some_and(|list| list.may_have(entry.sequence));
            self.expect(shown, "fault-list")?;
        }
        if access.is_some_and(|access| !access.is_of_a_notice()) {
            return self.expect(entry.subject.is_empty(), "fault-counts");
        }
        let digest = Digest::try_from(entry.subject.as_slice()).map_err(|_| fault("fault-no-notice"))?;
        let notice = rows::envelope::<SealedNotice>(view, digest).ok().filter(|_| self.named.contains(&digest));
        let notice = notice.ok_or_else(|| fault("fault-notice-elsewhere"))?;
        let listed = &notice.claim().header.attachments;
        if access == Some(Access::View) && entry.sequence > 0 {
            self.read_granted(view, entry, digest)?;
        }
        let is_of_it = entry.object.is_empty() || listed.iter().any(|one| one.digest.0 == *entry.object);
        self.expect(is_of_it, "fault-access-attachment")
    }

    /// What waited for release was released in the form that waited, by another officer than its author.
    fn released(&self, entry: &wire::Entry, header: &Header) -> Result<(), Fault> {
        let waited = self.projections.get(&key::submitted(header.reference));
        let waited = waited.map(|row| wire::SubmittedRow::decode(row.as_slice())).transpose();
        let waited = waited.map_err(|_| fault("fault-submission"))?;
        let author = header.author.as_ref().map(ToString::to_string).unwrap_or_default();
        let holds = match (&waited, &header.releaser) {
            (Some(waited), Some(releaser)) => {
                waited.form == entry.object
                    && waited.author == author
                    && *releaser.as_str() == entry.actor
                    && author != entry.actor
            }
            (None, None) => entry.object.is_empty(),
            (Some(_), None) | (None, Some(_)) => false,
        };
        self.expect(holds, "fault-released")
    }

    /// Only who takes care of a notice gives it to another officer.
    fn handed_over(&self, entry: &wire::Entry) -> Result<(), Fault> {
        let digest = Digest::try_from(entry.subject.as_slice()).map_err(|_| fault("fault-no-notice"))?;
        let case = self.projections.get(&key::case(digest)).map(|row| wire::CaseRow::decode(row.as_slice()));
        let is_own = case.is_some_and(|case| case.is_ok_and(|case| case.taken_by == entry.actor));
        let is_other = entry.note.parse::<OfficerId>().is_ok() && entry.note != entry.actor;
        self.expect(is_own && is_other, "fault-handed-over")
    }

    fn taken(&mut self, view: &dyn View, entry: &wire::Entry, kind: EntryKind) -> Result<(), Fault> {
        let ours = vec![self.owner.key];
        let receipt = self.envelope::<Receipt>(view, &entry.object, |_, _| ours)?;
        let dispatch =
            self.envelope::<Dispatch>(view, &receipt.value().dispatch.0, |rosters, d| rosters.keys_at(d.from, d.sent))?;
        let answers = receipt.value().answers(dispatch.value(), dispatch.digest());
        self.expect(answers, "fault-receipt")?;
        self.same_place(entry, dispatch.value(), &dispatch.value().from.to_string())?;
        if kind == EntryKind::Received {
            let notice = self.envelope::<SealedNotice>(view, &entry.subject, |rosters, n| {
                rosters.keys_at(n.header.from, n.header.created)
            })?;
            self.says(notice.value().header.terms.kind, entry.code)?;
        }
        Ok(())
    }

    fn says(&self, kind: NoticeKind, code: u32) -> Result<(), Fault> {
        self.expect(Says::of_code(kind, code).is_some(), "fault-says")
    }

    /// An erasure is of a text that was here, and its row is gone by what the fold says of it.
    fn erased(&self, entry: &wire::Entry) -> Result<(), Fault> {
        let reason = i32::try_from(entry.code).ok().and_then(|code| ErasureReason::try_from(code).ok());
        let is_reason = reason.is_some_and(|reason| reason != ErasureReason::Unspecified);
        self.expect(is_reason, "fault-erasure-reason")?;
        let by_node = matches!(reason, Some(ErasureReason::Expired | ErasureReason::Retention));
        self.expect(by_node == (entry.actor == NODE), "fault-erasure-by")
    }

    /// One begins while none is on; the one that is on ends.
    fn exercise(&self, entry: &wire::Entry) -> Result<(), Fault> {
        let on = self.projections.get(key::EXERCISE);
        if entry.kind() == EntryKind::ExerciseEnded {
            let is_on = on.is_some_and(|began| *began == entry.sequence.to_be_bytes());
            return self.expect(is_on, "fault-exercise-ended");
        }
        let is_one = entry.exercise.as_ref().is_some_and(|exercise| Exercise::read(exercise).is_ok());
        self.expect(is_one && on.is_none(), "fault-exercise-started")
    }

    fn roster(&mut self, view: &dyn View, entry: &wire::Entry) -> Result<(), Fault> {
        let digest = Digest::try_from(entry.subject.as_slice()).map_err(|_| fault("fault-no-roster"))?;
        let bytes = bytes_of(view, digest)?;
        self.named.insert(digest);
        match self.rosters.check(&bytes) {
            Ok(Change::InForce(roster)) if roster.digest() == digest => {
                self.rosters.put(roster);
                Ok(())
            }
            Ok(_) => Err(fault("fault-roster-other").with("digest", digest)),
            Err(error) => Err(fault("fault-envelope").with("digest", digest).with("cause", error)),
        }
    }

    /// Evidence is kept with the alarm; it is what its digest says.
    fn alarm(&mut self, view: &dyn View, entry: &wire::Entry) -> Result<(), Fault> {
        let Ok(object) = Digest::try_from(entry.object.as_slice()) else { return Ok(()) };
        let is_roster = entry.code == Alarm::RosterFork as u32;
        let bytes = bytes_of(view, object)?;
        let digest = if is_roster {
            Unverified::<crate::domain::roster::CountryRoster>::read(&bytes).map(|read| read.digest())
        } else {
            Unverified::<Dispatch>::read(&bytes).map(|read| read.digest())
        };
        self.named.insert(object);
        self.expect(digest == Ok(object), "fault-evidence")
    }

    /// An envelope that is what its digest says, signed by a key that counts.
    fn envelope<T: Payload>(
        &mut self,
        view: &dyn View,
        digest: &[u8],
        keys: impl FnOnce(&crate::domain::roster::Rosters, &T) -> Vec<PublicKey>,
    ) -> Result<Verified<T>, Fault> {
        let digest = Digest::try_from(digest).map_err(|_| fault("fault-no-envelope"))?;
        let read = rows::envelope::<T>(view, digest)?;
        let keys = keys(&self.rosters, read.claim());
        self.named.insert(digest);
        read.verify(&keys).map_err(|error| fault("fault-envelope").with("digest", digest).with("cause", error))
    }

    fn same_place(&self, entry: &wire::Entry, dispatch: &Dispatch, peer: &str) -> Result<(), Fault> {
        let same = entry.subject == dispatch.notice.0
            && entry.peer == peer
            && entry.lane == dispatch.stream.lane.number()
            && entry.sequence == dispatch.sequence;
        self.expect(same, "fault-place")
    }

    #[expect(clippy::unused_self, reason = "reads as a sentence")]
    pub(super) fn expect(&self, holds: bool, otherwise: &'static str) -> Result<(), Fault> {
        if holds { Ok(()) } else { Err(fault(otherwise)) }
    }
}
