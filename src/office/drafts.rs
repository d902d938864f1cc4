//! Drafts: written, submitted, thrown away. The text is sealed at rest, each form of it under a key of its own.
//!
//! - A draft is its author's alone until it is submitted. That of an officer who has left is whose who saves it next.
//! - A submitted draft does not change: its entry names the form that waits.

mod ends;
mod kept;
mod list;
mod newer;

use prost::Message as _;
use zeroize::Zeroizing;

use crate::domain::entry::Entry;
use crate::domain::notice;
use crate::domain::policy;
use crate::domain::rule::Finding;
use crate::domain::seal;
use crate::domain::seal::BodyKey;
use crate::engine::rows::RowError;
use crate::engine::rows::drafts;
use crate::engine::rows::drafts::Numbers;
use crate::engine::rows::key;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::issue::Approval;
use crate::office::issue::IssueRefused;
use crate::office::issue::Issued;
use crate::office::standing::Newest;
use crate::office::writer::Step;
use crate::wire;
use crate::wire::NoticeKind;

pub use ends::ends;
pub use list::Drafts;
pub(super) use list::body_of;
pub(super) use list::has_left;
pub(in crate::office) use list::open;
pub(super) use list::opened;
pub use list::releasers;

/// Associated data of a sealed draft: it opens as nothing else.
pub(super) const SEALED: &[u8] = b"chapar draft v1";

/// A draft that was saved, submitted, returned or thrown away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// Its number.
    pub number: u64,
    /// What the officer should see.
    pub flags: Vec<Finding>,
}

/// What became of a notice that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is on its way.
    Issued(Issued),
    /// It waits for release.
    Submitted(Drafted),
}

/// Why a draft stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftRefused {
    /// There is no such draft, or it is none of this officer's business.
    #[error("there is no draft {0} for you")]
    Unknown(u64),
    /// It waits for release.
    #[error("the draft {0} waits for release")]
    Pending(u64),
    /// It does not wait for release.
    #[error("the draft {0} does not wait for release")]
    NotPending(u64),
    /// It was saved since in another form than the one that was to be replaced.
    #[error("the draft {0} was saved meanwhile")]
    Outdated(u64),
    /// What stands in its form is not finished.
    #[error("the form of the draft {0} is not finished")]
    Unfinished(u64),
    /// Another form of it waits than the one that was read.
    #[error("the notice changed while you read it")]
    Changed,
    /// The text that it puts in place of another was written before that one was corrected.
    #[error("{0} has been corrected with {1} since")]
    Newer(Reference, Reference),
    /// Nobody releases or returns what that officer has not read.
    #[error("you have not read {0}")]
    NotRead(Reference),
    /// It says that an officer has read something: so it follows from the opening, and is not written.
    #[error("an acknowledgement is not written by hand")]
    ByHand,
    /// Nobody releases an own notice.
    #[error("you wrote {0}")]
    Own(Reference, Vec<OfficerId>),
    /// Whoever returns a notice says why.
    #[error("a notice is returned with a comment of 1 to {max} characters", max = limits::COMMENT_CHARS)]
    Comment,
    /// Too many drafts.
    #[error("an officer has at most {each} drafts, the office {max}", each = limits::DRAFTS_EACH, max = limits::DRAFTS)]
    Full,
    /// An attachment is no file that the officer has brought in, or that the draft has.
    #[error("{0} names no file that is here")]
    File(String),
    /// The header is too large for a draft.
    #[error("the header has {0} bytes, more than {max}", max = limits::DRAFT_HEADER_BYTES)]
    Header(usize),
    /// It cannot be sent.
    #[error(transparent)]
    Issue(#[from] IssueRefused),
}

/// A draft that may be shown, and what the rules say of it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedDraft {
    /// The form of it.
    pub form: Digest,
    /// What the officer should see; or what keeps it from being submitted or released.
    pub judged: Result<Vec<Finding>, IssueRefused>,
}

impl Step<'_> {
    /// Closes a draft for release.
    pub(super) fn submit(
        &mut self,
        officer: &OfficerId,
        number: u64,
    ) -> Result<Result<Drafted, DraftRefused>, RowError> {
        let row = match self.writable(officer, number)? {
            Ok(row) => row,
            Err(refused) => return Ok(Err(refused)),
        };
        let form = drafts::form(&row.form)?;
        let text = open(&self.rows, &self.me.vault, form)?;
        if !text.unfinished.is_empty() {
            return Ok(Err(DraftRefused::Unfinished(number)));
        }
        let body = body_of(&text, form)?;
        let is_newer = |newest: &Newest| newest.at.ms() > row.saved_ms;
        if let Some(newer) = self.newer(text.header.as_ref(), body.as_ref(), is_newer)? {
            return Ok(Err(newer));
        }
        let flags = match self.may_be_submitted(text.header.unwrap_or_default(), body.as_ref())? {
            Ok(flags) => flags,
            Err(refused) => return Ok(Err(refused.into())),
        };
        let reference = match row.reference.parse() {
            Ok(reserved) => reserved,
            Err(_) => match self.next_reference()? {
                Some(next) => next,
                None => return Ok(Err(IssueRefused::NoNumber.into())),
            },
        };
        self.close_for_release(officer, number, row, reference)?;
        Ok(Ok(Drafted { number, flags }))
    }

    /// From now on a draft waits for release, under its reference.
    fn close_for_release(
        &mut self,
        officer: &OfficerId,
        number: u64,
        mut row: wire::DraftRow,
        reference: Reference,
    ) -> Result<(), RowError> {
        self.append(Entry::submitted(officer, drafts::form(&row.form)?, reference))?;
        row.reference = reference.to_string();
        officer.as_str().clone_into(&mut row.author);
        drafts::put_row(&mut self.rows, number, &row);
        Ok(())
    }

    /// Lets a notice go that one officer sends alone in an emergency; submits any other one, or does nothing. It takes the
    /// place of a draft if a number is given.
    pub(super) fn send(
        &mut self,
        officer: &OfficerId,
        number: Option<u64>,
        over: Option<Digest>,
        header: wire::NoticeHeader,
        mut body: Option<wire::NoticeBody>,
        statement: &wire::Statement,
    ) -> Result<Result<Sent, DraftRefused>, RowError> {
        if header.kind() == NoticeKind::Acknowledgement {
            return Ok(Err(DraftRefused::ByHand));
        }
        let before = match self.replaced(officer, number, over)? {
            Ok(before) => before,
            Err(refused) => return Ok(Err(refused)),
        };
        let brought = match self.know_files(officer, before.as_ref(), &header, body.as_mut())? {
            Ok(brought) => brought,
            Err(path) => return Ok(Err(DraftRefused::File(path))),
        };
        if header.emergency {
            let approval = Approval::Alone(officer, statement);
            let issued = self.issue(&approval, header, body)?;
            if issued.is_ok() {
                self.drop_uploads(brought)?;
                if let (Some(number), Some(row)) = (number, &before) {
                    self.drop_draft(number, row)?;
                }
            }
            return Ok(issued.map(Sent::Issued).map_err(DraftRefused::from));
        }
        // All or nothing: nothing is kept of what cannot be submitted.
        let flags = match self.may_be_submitted(header.clone(), body.as_ref())? {
            Ok(flags) => flags,
            Err(refused) => return Ok(Err(refused.into())),
        };
        let reserved = before.and_then(|row| row.reference.parse().ok());
        let Some(reference) = reserved.map_or_else(|| self.next_reference(), |reserved| Ok(Some(reserved)))? else {
            return Ok(Err(IssueRefused::NoNumber.into()));
        };
        let (number, row) = match self.put_draft(officer, number, over, header, body, vec![])? {
            Ok(kept) => kept,
            Err(refused) => return Ok(Err(refused)),
        };
        self.close_for_release(officer, number, row, reference)?;
        Ok(Ok(Sent::Submitted(Drafted { number, flags })))
    }

    /// Reads a draft, or an attachment of it: another officer's is an entry before it is shown.
    pub(super) fn open_draft(
        &mut self,
        officer: &OfficerId,
        number: u64,
        attachment: Option<Digest>,
    ) -> Result<Result<OpenedDraft, DraftRefused>, RowError> {
        let unknown = Ok(Err(DraftRefused::Unknown(number)));
        let Some(row) = drafts::row(&self.rows, number)? else { return unknown };
        if !self.drafts(officer).sees(&row)? {
            return unknown;
        }
        let form = drafts::form(&row.form)?;
        let text = open(&self.rows, &self.me.vault, form)?;
        let body = body_of(&text, form)?;
        let judged = self.may_be_submitted(text.header.unwrap_or_default(), body.as_ref())?;
        if row.author != officer.as_str() {
            self.append(Entry::draft_opened(officer, form, &row.reference).of_attachment(attachment))?;
        }
        Ok(Ok(OpenedDraft { form, judged }))
    }

    /// Throws a draft away.
    pub(super) fn discard(
        &mut self,
        officer: &OfficerId,
        number: u64,
        over: Option<Digest>,
    ) -> Result<Result<Drafted, DraftRefused>, RowError> {
        match self.replaced(officer, Some(number), over)? {
            Ok(before) => before.iter().try_for_each(|row| self.drop_draft(number, row))?,
            Err(refused) => return Ok(Err(refused)),
        }
        Ok(Ok(Drafted { number, flags: vec![] }))
    }

    /// Removes a draft with its texts and their keys.
    pub(super) fn drop_draft(&mut self, number: u64, row: &wire::DraftRow) -> Result<(), RowError> {
        for form in [&row.form, &row.returned].into_iter().filter(|form| !form.is_empty()) {
            drafts::drop_text(&mut self.rows, drafts::form(form)?)?;
        }
        self.rows.delete(key::draft(number));
        let numbers = drafts::numbers(&self.rows)?;
        drafts::put_numbers(&mut self.rows, Numbers { count: numbers.count.saturating_sub(1), ..numbers });
        Ok(())
    }

    /// Seals a text of a draft under a key of its own.
    pub(super) fn seal(&mut self, text: &wire::DraftText) -> Digest {
        self.seal_bytes(SEALED, Zeroizing::new(text.encode_to_vec()))
    }

    /// Seals what is kept like a text of a draft, under a key of its own.
    pub(super) fn seal_bytes(&mut self, sort: &[u8], plain: Zeroizing<Vec<u8>>) -> Digest {
        let body_key = BodyKey::make(self.entropy);
        let sealed = body_key.seal(sort, &plain);
        let form = Digest::of(&sealed);
        drafts::put_text(&mut self.rows, form, &sealed);
        self.rows.put(key::body_key(form), self.me.vault.wrap(&body_key, form, self.entropy));
        form
    }

    /// The drafts as an officer may see them.
    fn drafts<'a>(&'a self, officer: &'a OfficerId) -> Drafts<'a> {
        Drafts { view: &self.rows, vault: &self.me.vault, officers: &self.officers, officer, now: self.now }
    }

    /// A draft that an officer may change now.
    fn writable(&self, officer: &OfficerId, number: u64) -> Result<Result<wire::DraftRow, DraftRefused>, RowError> {
        let Some(row) = drafts::row(&self.rows, number)? else { return Ok(Err(DraftRefused::Unknown(number))) };
        let own = row.author == officer.as_str();
        let left = has_left(&self.officers, &row.author, self.now);
        let may = own || (left && self.drafts(officer).sees(&row)?);
        if !may {
            return Ok(Err(DraftRefused::Unknown(number)));
        }
        if drafts::submission(&self.rows, &row)?.is_some() {
            return Ok(Err(DraftRefused::Pending(number)));
        }
        Ok(Ok(row))
    }

    /// The draft that an officer may replace now, in this form if one is named; `None` if none is given.
    fn replaced(
        &self,
        officer: &OfficerId,
        number: Option<u64>,
        over: Option<Digest>,
    ) -> Result<Result<Option<wire::DraftRow>, DraftRefused>, RowError> {
        let Some(number) = number else { return Ok(Ok(None)) };
        let found = self.writable(officer, number)?;
        Ok(found.and_then(|row| match over {
            Some(over) if row.form != over.0 => Err(DraftRefused::Outdated(number)),
            _ => Ok(Some(row)),
        }))
    }

    /// About how large a draft is as a signed notice: its padded text with what is passed on in it, its header with what the
    /// node adds, the signature.
    fn size_of(&self, header: &wire::NoticeHeader, body: Option<&wire::NoticeBody>) -> Result<usize, RowError> {
        let passed_on = match self.forwarded(header)? {
            Some(digest) => self.standings().whole(digest)?.map_or(0, |whole| whole.encoded_len()),
            None => 0,
        };
        let listed: usize =
            body.map_or(0, |body| notice::file_keys(body).map(|file| notice::listed(file).encoded_len() + 3).sum());
        let text = body.map_or(0, |body| seal::padded(body).len());
        Ok(header.encoded_len() + text + listed + passed_on + limits::SIGNED_ROOM_BYTES)
    }

    /// Whether a draft could be released but for what its releasing officer states.
    fn may_be_submitted(
        &self,
        header: wire::NoticeHeader,
        body: Option<&wire::NoticeBody>,
    ) -> Result<Result<Vec<Finding>, IssueRefused>, RowError> {
        let (header, terms) = match self.checked(header, body) {
            Ok(checked) => checked,
            Err(refused) => return Ok(Err(refused)),
        };
        // What can never be released is not handed to whoever cannot change it.
        let bytes = self.size_of(&header, body)?;
        if bytes > limits::ENVELOPE_BYTES {
            return Ok(Err(IssueRefused::TooLarge(bytes)));
        }
        let policy::Findings { problems, flags } = self.judged(&header, &terms, body, None)?;
        Ok(if problems.is_empty() { Ok(flags) } else { Err(IssueRefused::Policy(problems)) })
    }
}
