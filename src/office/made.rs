//! Requests that must not be done twice (docs/programs.md): who did not hear the answer asks again with the same key.
//!
//! - A key is an officer's own. It is remembered in the commit that made something, and for some days.
//! - Neither the key nor what was asked is kept: only digests, which nobody can guess from.

use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::drafts;
use crate::engine::rows::key;
use crate::engine::rows::made;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::command::Command;
use crate::office::drafts::DraftRefused;
use crate::office::drafts::Drafted;
use crate::office::drafts::Sent;
use crate::office::enrol::Enrolled;
use crate::office::issue::Issued;
use crate::office::reply::Reply;
use crate::office::writer::Step;
use crate::time::DAY_MS;
use crate::wire;

/// The key of a request, and what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    key: Digest,
    content: Digest,
}

impl Once {
    /// Of an officer's request with a key. `None` for a key of another length than it may have.
    #[must_use]
    pub fn of(officer: &OfficerId, key: &[u8], request: &impl prost::Message) -> Option<Self> {
        if !(limits::IDEMPOTENCY_KEY_BYTES_MIN..=limits::IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len()) {
            return None;
        }
        let named = [officer.as_str().as_bytes(), &[0], key].concat();
        let content = [key, &request.encode_to_vec()].concat();
        Some(Self { key: Digest::of(&named), content: Digest::of(&content) })
    }
}

impl Step<'_> {
    /// Does what is asked, unless a request with this key did it.
    pub(super) fn once(&mut self, once: Once, command: Command) -> Result<Reply, RowError> {
        if let Some(row) = made::row(&self.rows, once.key)? {
            return if row.content == once.content.0 { self.again(command, &row) } else { Ok(Reply::KeyUsed) };
        }
        let reply = self.command(command)?;
        let (draft, reference) = match &reply {
            Reply::Sent(Ok(Sent::Issued(issued))) => (0, issued.reference.to_string()),
            Reply::Sent(Ok(Sent::Submitted(drafted))) => {
                let row = drafts::row(&self.rows, drafted.number)?.unwrap_or_default();
                (drafted.number, row.reference)
            }
            Reply::Drafted(Ok(drafted)) => (drafted.number, String::new()),
            Reply::Enrolled(Ok(_)) => (0, String::new()),
            // Nothing was made.
            _ => return Ok(reply),
        };
        let row = wire::MadeRow { time_ms: self.now.ms(), content: once.content.0.to_vec(), draft, reference };
        made::put(&mut self.rows, once.key, &row)?;
        Ok(reply)
    }

    /// Forgets what was made some days ago.
    pub(super) fn forget_made(&mut self) -> Result<(), RowError> {
        made::forget_before(&mut self.rows, self.now.plus_ms(-limits::MADE_KEPT_DAYS * DAY_MS))
    }

    /// What a request made that is asked again.
    fn again(&self, command: Command, row: &wire::MadeRow) -> Result<Reply, RowError> {
        let is_there = row.draft > 0 && drafts::row(&self.rows, row.draft)?.is_some();
        let drafted = Drafted { number: row.draft, flags: vec![] };
        let gone = DraftRefused::Unknown(row.draft);
        Ok(match command {
            Command::Save { .. } => Reply::Drafted(if is_there { Ok(drafted) } else { Err(gone) }),
            Command::Enrol { enrolment, .. } => {
                let known = |id: &OfficerId| {
                    let proposed = self.officers.proposals.get(id);
                    let proposed = proposed.map(|proposal| (proposal.enrolment.clone(), Some(proposal.index)));
                    proposed.or_else(|| Some((self.officers.all.get(id)?.enrolment.clone(), None)))
                };
                match enrolment.id.parse().ok().as_ref().and_then(known) {
                    Some((enrolment, proposal)) => {
                        Reply::Enrolled(Ok(Enrolled { enrolment, proposal, repeated: true }))
                    }
                    None => Reply::KeyUsed,
                }
            }
            _ if is_there => Reply::Sent(Ok(Sent::Submitted(drafted))),
            _ => Reply::Sent(self.issued_as(&row.reference)?.map(Sent::Issued).ok_or(gone)),
        })
    }

    /// The notice of a reference, as it was issued; `None` if its draft never became one.
    fn issued_as(&self, reference: &str) -> Result<Option<Issued>, RowError> {
        let Ok(reference) = reference.parse::<Reference>() else { return Ok(None) };
        let Some(digest) = rows::digest(&self.rows, &key::reference(reference), "reference")? else { return Ok(None) };
        let header = self.standings().summary(digest)?.header.unwrap_or_default();
        let to = header.to.iter().chain(&header.cc).filter_map(|party| party.office.parse().ok()).collect();
        Ok(Some(Issued { digest, reference, to, flags: vec![] }))
    }
}
