//! A second officer lets a draft go, or returns it; another one confirms what was sent in an emergency, or the node
//! withdraws it (DOMAIN 6.4, P-03, P-04).

use crate::domain::entry::Entry;
use crate::domain::policy;
use crate::domain::sealed::SealedNotice;
use crate::domain::text;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::drafts;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::call::Call;
use crate::office::drafts::DraftRefused;
use crate::office::drafts::Drafted;
use crate::office::drafts::body_of;
use crate::office::drafts::has_left;
use crate::office::drafts::open;
use crate::office::drafts::releasers;
use crate::office::follow_up;
use crate::office::handle::HandleRefused;
use crate::office::issue::Approval;
use crate::office::issue::Issued;
use crate::office::issue::Submitted;
use crate::office::officers::Denied;
use crate::office::writer::Step;
use crate::time::Timestamp;
use crate::wire;

/// What was sent in an emergency and is not confirmed, and when it was sent.
///
/// # Errors
/// If a row cannot be read.
pub fn unconfirmed(view: &dyn View) -> Result<Vec<(Reference, Timestamp)>, RowError> {
    let named =
        |(digest, released)| Ok((rows::envelope::<SealedNotice>(view, digest)?.claim().header.reference, released));
    emergencies(view)?.into_iter().map(named).collect()
}

/// Those that nobody has confirmed yet.
pub(super) fn emergencies(view: &dyn View) -> Result<Vec<(Digest, Timestamp)>, RowError> {
    let read = |(row_key, value): (Vec<u8>, Vec<u8>)| {
        let digest = row_key.get(1..).and_then(|digest| Digest::try_from(digest).ok());
        let released = value.as_slice().try_into().map(i64::from_be_bytes).ok();
        let read = digest.zip(released.map(Timestamp::clamped));
        read.ok_or_else(|| damaged("emergency", hex::encode(&row_key)))
    };
    view.scan(key::UNCONFIRMED, &key::after(key::UNCONFIRMED), usize::MAX)?.into_iter().map(read).collect()
}

/// A draft that waits for release.
struct Waiting {
    row: wire::DraftRow,
    author: OfficerId,
    submitted: Submitted,
    readers: Vec<String>,
    /// The entry of its submission.
    index: u64,
}

impl Waiting {
    /// Whether an officer has read it, in the form that waits.
    fn was_read_by(&self, officer: &OfficerId) -> bool {
        self.readers.iter().any(|reader| reader == officer.as_str())
    }
}

impl Step<'_> {
    /// Releases a draft of another officer, in the form that was read.
    pub(super) fn release(
        &mut self,
        officer: &OfficerId,
        number: u64,
        form: Digest,
        statement: &wire::Statement,
    ) -> Result<Result<Issued, DraftRefused>, RowError> {
        let waiting = match self.waiting_draft(number)? {
            Ok(waiting) => waiting,
            Err(refused) => return Ok(Err(refused)),
        };
        let was_read = waiting.was_read_by(officer);
        let Waiting { row, author, submitted, index, .. } = waiting;
        if author == *officer {
            let others = releasers(&self.officers, author.as_str(), self.now).cloned().collect();
            return Ok(Err(DraftRefused::Own(submitted.reference, others)));
        }
        if submitted.form != form {
            return Ok(Err(DraftRefused::Changed));
        }
        if !was_read {
            return Ok(Err(DraftRefused::NotRead(submitted.reference)));
        }
        let text = open(&self.rows, &self.me.vault, form)?;
        let body = body_of(&text, form)?;
        // It was submitted with the text as it then read.
        if let Some(newer) = self.newer(text.header.as_ref(), body.as_ref(), |newest| newest.index > index)? {
            return Ok(Err(newer));
        }
        let approval = Approval::Second { author: &author, releaser: officer, statement, submitted };
        let issued = match self.issue(&approval, text.header.unwrap_or_default(), body)? {
            Ok(issued) => issued,
            Err(refused) => return Ok(Err(refused.into())),
        };
        self.drop_draft(number, &row)?;
        Ok(Ok(issued))
    }

    /// Returns a draft that was read to its author with a comment, or gives it back to the author who asks for it.
    pub(super) fn return_draft(
        &mut self,
        officer: &OfficerId,
        number: u64,
        comment: &str,
    ) -> Result<Result<Result<Drafted, DraftRefused>, Denied>, RowError> {
        let waiting = match self.waiting_draft(number)? {
            Ok(waiting) => waiting,
            Err(refused) => return Ok(Ok(Err(refused))),
        };
        let was_read = waiting.was_read_by(officer);
        let Waiting { mut row, author, submitted, .. } = waiting;
        let own = author == *officer;
        if !own && let Err(denied) = self.officers.permit(officer, Call::Release, self.now) {
            return Ok(Err(denied));
        }
        if !own && !was_read {
            return Ok(Ok(Err(DraftRefused::NotRead(submitted.reference))));
        }
        let comment = comment.trim();
        let fits = if comment.is_empty() { own } else { text::check_text(comment, limits::COMMENT_CHARS).is_ok() };
        if !fits {
            return Ok(Ok(Err(DraftRefused::Comment)));
        }
        if !own || !comment.is_empty() {
            // What was returned, and why, stays beside what becomes of it.
            let submitted_text = open(&self.rows, &self.me.vault, submitted.form)?;
            let (comment, returned_by) = (comment.to_owned(), officer.to_string());
            let returned = self.seal(&wire::DraftText { comment, returned_by, ..submitted_text });
            if !row.returned.is_empty() {
                drafts::drop_text(&mut self.rows, drafts::form(&row.returned)?)?;
            }
            row.returned = returned.0.to_vec();
            self.note_files(&mut row)?;
        }
        row.returned_ms = self.now.ms();
        drafts::put_row(&mut self.rows, number, &row);
        self.append(Entry::returned(officer, submitted.form, submitted.reference))?;
        Ok(Ok(Ok(Drafted { number, flags: vec![] })))
    }

    /// What was submitted by officers who write no more waits no more (P-18): another one must answer for it first.
    pub(super) fn return_left_behind(&mut self) -> Result<(), RowError> {
        for (number, row) in drafts::all(&self.rows)? {
            if !has_left(&self.officers, &row.author, self.now) {
                continue;
            }
            if let Some(submission) = drafts::submission(&self.rows, &row)? {
                let reference = row.reference.parse().map_err(|_| damaged("draft", &row.reference))?;
                self.append(Entry::left_behind(drafts::form(&submission.form)?, reference))?;
                let row = wire::DraftRow { returned_ms: self.now.ms(), ..row };
                drafts::put_row(&mut self.rows, number, &row);
            }
        }
        Ok(())
    }

    /// A releasing officer confirms what another officer sent in an emergency.
    pub(super) fn confirm(
        &mut self,
        officer: &OfficerId,
        digest: Digest,
    ) -> Result<Result<Issued, HandleRefused>, RowError> {
        let Some(header) = self.known(digest)? else { return Ok(Err(HandleRefused::Unknown(digest))) };
        let reference = header.reference;
        if self.rows.get(&key::unconfirmed(digest))?.is_none() {
            return Ok(Err(HandleRefused::NoEmergency(reference)));
        }
        if header.author.as_ref() == Some(officer) {
            let others = releasers(&self.officers, officer.as_str(), self.now).cloned().collect();
            return Ok(Err(HandleRefused::OwnEmergency(reference, others)));
        }
        if !self.has_opened(digest, officer)? {
            return Ok(Err(HandleRefused::NotOpened(reference)));
        }
        let body = self.body(digest)?;
        let (draft, body) = follow_up::confirmation(&self.me.agreements, &header, digest, body, self.now);
        let draft = self.kept_here(draft)?;
        let (draft, statement) = (self.still_there(draft), wire::Statement::default());
        Ok(self.issue(&Approval::Alone(officer, &statement), draft, Some(body))?.map_err(HandleRefused::from))
    }

    /// Withdraws what was sent in an emergency and not confirmed in time.
    pub(super) fn withdraw_unconfirmed(&mut self) -> Result<(), RowError> {
        let is_due = |(_, released): &(Digest, Timestamp)| released.plus_ms(policy::CONFIRM_MS) <= self.now;
        let due: Vec<_> = emergencies(&self.rows)?.into_iter().filter(is_due).take(limits::COMMIT_COMMANDS).collect();
        for (digest, _) in due {
            let header = self.known(digest)?.ok_or_else(|| damaged("emergency", digest))?;
            let body = self.body(digest)?;
            let (draft, body) = follow_up::withdrawal(&self.me.agreements, &header, digest, body, self.now);
            let draft = self.kept_here(draft)?;
            // What cannot be withdrawn now, because no addressee takes part any more, stays unconfirmed for all to see.
            let _issued = self.issue(&Approval::Node, self.still_there(draft), Some(body))?;
        }
        Ok(())
    }

    /// Without the addressees that take part no more: nobody can tell them.
    fn still_there(&self, mut draft: wire::NoticeHeader) -> wire::NoticeHeader {
        let there = |party: &wire::Party| party.office.parse().is_ok_and(|office| self.takes_part(office));
        draft.to.retain(there);
        draft.cc.retain(there);
        draft
    }

    fn waiting_draft(&self, number: u64) -> Result<Result<Waiting, DraftRefused>, RowError> {
        let Some(row) = drafts::row(&self.rows, number)? else { return Ok(Err(DraftRefused::Unknown(number))) };
        let Some(submission) = drafts::submission(&self.rows, &row)? else {
            return Ok(Err(DraftRefused::NotPending(number)));
        };
        let about = || damaged("draft", number);
        let reference: Reference = row.reference.parse().map_err(|_| about())?;
        let author = submission.author.parse().map_err(|_| about())?;
        let at = Timestamp::clamped(rows::entry(&self.rows, submission.index)?.time_ms);
        let submitted = Submitted { reference, at, form: drafts::form(&submission.form)? };
        Ok(Ok(Waiting { row, author, submitted, readers: submission.readers, index: submission.index }))
    }
}
