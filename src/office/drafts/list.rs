//! Drafts as an officer may see them. Nothing here writes.

use prost::Message as _;

use crate::domain::notice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::drafts;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::drafts::SEALED;
use crate::office::drafts::ends;
use crate::office::officers::Officers;
use crate::office::read::Found;
use crate::office::release;
use crate::office::vault::Vault;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::DraftState;
use crate::wire::Role;

/// Opens a sealed text of a draft.
///
/// # Errors
/// If it is not there, or does not open.
pub(in crate::office) fn open(view: &dyn View, vault: &Vault, form: Digest) -> Result<wire::DraftText, RowError> {
    opened(view, vault, form, SEALED, "draft")
}

/// Opens what is sealed under its digest with this associated data; `what` names it in an error.
///
/// # Errors
/// If it is not there, or does not open.
pub(in crate::office) fn opened<M: prost::Message + Default>(
    view: &dyn View,
    vault: &Vault,
    form: Digest,
    associated: &[u8],
    what: &'static str,
) -> Result<M, RowError> {
    let sealed = drafts::text(view, form)?;
    let row = view.get(&key::body_key(form))?.ok_or_else(|| damaged("body key", form))?;
    let body_key = vault.unwrap_key(&row, form).map_err(|_| damaged("body key", form))?;
    let plain = body_key.open(associated, &body_key.commitment().0, &sealed).map_err(|_| damaged(what, form))?;
    M::decode(plain.as_slice()).map_err(|_| damaged(what, form))
}

/// The body in the text of a draft.
///
/// # Errors
/// If it cannot be read.
pub(in crate::office) fn body_of(text: &wire::DraftText, form: Digest) -> Result<Option<wire::NoticeBody>, RowError> {
    let body = text.body.as_deref().map(wire::NoticeBody::decode).transpose();
    let body = body.map_err(|_| damaged("draft", form))?;
    Ok(body.map(|body| wire::NoticeBody { padding: vec![], ..body }))
}

/// Whether an officer writes no more: revoked, the enrolment has ended, or other roles.
#[must_use]
pub(in crate::office) fn has_left(officers: &Officers, author: &str, now: Timestamp) -> bool {
    let author: Option<OfficerId> = author.parse().ok();
    let found = author.and_then(|author| officers.all.get(&author));
    let writes = |role| found.is_some_and(|officer| officer.enrolment.holds(role, now));
    !writes(Role::Officer) && !writes(Role::ReleasingOfficer)
}

/// Officers who may release what this author wrote.
pub fn releasers<'a>(
    officers: &'a Officers,
    author: &'a str,
    now: Timestamp,
) -> impl Iterator<Item = &'a OfficerId> + 'a {
    let all = officers.holding(Role::ReleasingOfficer, now).map(|officer| &officer.enrolment.id);
    all.filter(move |id| id.as_str() != author)
}

/// The drafts of an office, for one officer.
pub struct Drafts<'a> {
    /// The store.
    pub view: &'a dyn View,
    /// Opens the texts.
    pub vault: &'a Vault,
    /// Who is who.
    pub officers: &'a Officers,
    /// Who looks.
    pub officer: &'a OfficerId,
    /// When.
    pub now: Timestamp,
}

impl Drafts<'_> {
    /// Whether the officer may see a draft: the own ones; a releasing officer also those that wait for release, and those of
    /// officers who have left.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn sees(&self, row: &wire::DraftRow) -> Result<bool, RowError> {
        if row.author == self.officer.as_str() {
            return Ok(true);
        }
        if !self.holds(Role::ReleasingOfficer) {
            return Ok(false);
        }
        Ok(has_left(self.officers, &row.author, self.now) || drafts::submission(self.view, row)?.is_some())
    }

    fn holds(&self, role: Role) -> bool {
        self.officers.all.get(self.officer).is_some_and(|one| one.enrolment.holds(role, self.now))
    }

    /// The one draft that a name means: a number, a reference, or a short one.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn find(&self, name: &str) -> Result<Found<u64>, RowError> {
        if let Ok(number) = name.parse::<u64>() {
            return Ok(match drafts::row(self.view, number)? {
                Some(row) if self.sees(&row)? => Found::One(number),
                _ => Found::None,
            });
        }
        let full: Option<Reference> = name.parse().ok();
        let short = name.contains('-') && full.is_none();
        let mut found = vec![];
        for (number, row) in self.seen()? {
            let means = match row.reference.parse::<Reference>() {
                Ok(reference) if short => reference.short().eq_ignore_ascii_case(name),
                Ok(reference) => full == Some(reference),
                Err(_) => false,
            };
            if means {
                found.push((number, row.reference));
            }
        }
        Ok(match found.as_slice() {
            [] => Found::None,
            [(number, _)] => Found::One(*number),
            _ => Found::Several(found.into_iter().map(|(_, reference)| reference).collect()),
        })
    }

    /// All of them: those that wait for release first, urgent and old ones first; then the others by number. Who watches
    /// over personal data sees the bare facts of each.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn list(&self) -> Result<Vec<wire::DraftSummary>, RowError> {
        let watches = self.holds(Role::DataProtectionOfficer);
        let mut list = vec![];
        for (number, row) in drafts::all(self.view)? {
            if self.sees(&row)? {
                list.push(self.summary(number, &row)?);
            } else if watches {
                list.push(facts(self.summary(number, &row)?));
            }
        }
        list.sort_by_key(|draft| {
            let pending = draft.state() == DraftState::PendingRelease;
            let urgency = draft.header.as_ref().map_or(0, |header| header.urgency);
            if pending { (0, -urgency, draft.submitted_ms, draft.number) } else { (1, 0, 0, draft.number) }
        });
        Ok(list)
    }

    /// What of them waits for the officer, in numbers; no text is opened.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn open_work(&self) -> Result<wire::OpenWork, RowError> {
        let mut work = wire::OpenWork::default();
        let releases = self.holds(Role::ReleasingOfficer);
        for (_, row) in drafts::all(self.view)? {
            let own = row.author == self.officer.as_str();
            match drafts::submission(self.view, &row)? {
                Some(_) if releases && !own => work.to_release += 1,
                None if own && !row.returned.is_empty() => work.returned += 1,
                None if own => work.drafts += 1,
                _ => {}
            }
        }
        if releases {
            work.unconfirmed = u64::try_from(release::emergencies(self.view)?.len()).unwrap_or(u64::MAX);
        }
        Ok(work)
    }

    /// A draft without its text.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn summary(&self, number: u64, row: &wire::DraftRow) -> Result<wire::DraftSummary, RowError> {
        let text = open(self.view, self.vault, drafts::form(&row.form)?)?;
        self.summed_up(number, row, &text, &self.returned(row)?.unwrap_or_default())
    }

    /// One draft without its text, as a list shows it; `None` if the officer does not see it.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn get(&self, number: u64) -> Result<Option<wire::DraftSummary>, RowError> {
        let Some(row) = drafts::row(self.view, number)? else { return Ok(None) };
        if self.sees(&row)? {
            return self.summary(number, &row).map(Some);
        }
        let watches = self.holds(Role::DataProtectionOfficer);
        watches.then(|| self.summary(number, &row).map(facts)).transpose()
    }

    /// A draft whose texts are open already.
    fn summed_up(
        &self,
        number: u64,
        row: &wire::DraftRow,
        text: &wire::DraftText,
        returned: &wire::DraftText,
    ) -> Result<wire::DraftSummary, RowError> {
        let submission = drafts::submission(self.view, row)?;
        let submitted_ms = match &submission {
            Some(submission) => rows::entry(self.view, submission.index)?.time_ms,
            None => 0,
        };
        let state = match (&submission, row.returned.is_empty()) {
            (Some(_), _) => DraftState::PendingRelease,
            (None, false) => DraftState::Returned,
            (None, true) => DraftState::Draft,
        };
        let releasers: Vec<_> = releasers(self.officers, &row.author, self.now).collect();
        Ok(wire::DraftSummary {
            number,
            state: state.into(),
            reference: row.reference.clone(),
            author: row.author.clone(),
            saved_ms: row.saved_ms,
            submitted_ms,
            header: text.header.clone(),
            form: row.form.clone(),
            may_release: submission.is_some() && releasers.contains(&self.officer),
            releasers: releasers.into_iter().map(ToString::to_string).collect(),
            returned_by: returned.returned_by.clone(),
            comment: returned.comment.clone(),
            left: has_left(self.officers, &row.author, self.now),
            ends_ms: if submission.is_some() { 0 } else { ends(row).ms() },
            unfinished: !text.unfinished.is_empty(),
        })
    }

    /// What was returned of a draft; `None` if nothing was.
    fn returned(&self, row: &wire::DraftRow) -> Result<Option<wire::DraftText>, RowError> {
        if row.returned.is_empty() {
            return Ok(None);
        }
        open(self.view, self.vault, drafts::form(&row.returned)?).map(Some)
    }

    /// A draft with its text, in the form that was opened; `None` if it has another one by now.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn text(&self, number: u64, form: Digest) -> Result<Option<wire::OpenDraftResponse>, RowError> {
        let row = drafts::row(self.view, number)?.filter(|row| row.form == form.0);
        let Some(row) = row else { return Ok(None) };
        let text = open(self.view, self.vault, form)?;
        let body = body_of(&text, form)?;
        let returned = self.returned(&row)?.unwrap_or_default();
        let returned_body = body_of(&returned, form)?;
        Ok(Some(wire::OpenDraftResponse {
            draft: Some(self.summed_up(number, &row, &text, &returned)?),
            body: body.map(notice::without_file_keys),
            returned_header: returned.header,
            returned_body: returned_body.map(notice::without_file_keys),
            unfinished: text.unfinished,
            ..wire::OpenDraftResponse::default()
        }))
    }

    /// The form of a draft that the officer may see; `None` if there is none such.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn form(&self, number: u64) -> Result<Option<Digest>, RowError> {
        match drafts::row(self.view, number)? {
            Some(row) if self.sees(&row)? => drafts::form(&row.form).map(Some),
            _ => Ok(None),
        }
    }

    /// An attachment of a draft with its key, in the form that was opened; `None` if it has none such.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn file(&self, number: u64, form: Digest, attachment: Digest) -> Result<Option<wire::AttachmentKey>, RowError> {
        let Some(row) = drafts::row(self.view, number)?.filter(|row| row.form == form.0) else { return Ok(None) };
        let mut forms = vec![form];
        if !row.returned.is_empty() {
            forms.push(drafts::form(&row.returned)?);
        }
        for form in forms {
            let body = body_of(&open(self.view, self.vault, form)?, form)?.unwrap_or_default();
            if let Some(file) = notice::file_keys(&body).find(|file| file.digest == attachment.0) {
                return Ok(Some(file.clone()));
            }
        }
        Ok(None)
    }

    fn seen(&self) -> Result<Vec<(u64, wire::DraftRow)>, RowError> {
        let mut seen = vec![];
        for (number, row) in drafts::all(self.view)? {
            if self.sees(&row)? {
                seen.push((number, row));
            }
        }
        Ok(seen)
    }
}

/// What is no text: codes, times, offices and officers. The header of a draft has not been checked, and may hold anything.
fn facts(draft: wire::DraftSummary) -> wire::DraftSummary {
    let header = draft.header.unwrap_or_default();
    let offices = |parties: Vec<wire::Party>| {
        let known = |party: &wire::Party| party.office.parse::<OfficeCode>().is_ok();
        parties.into_iter().filter(known).collect()
    };
    let header = wire::NoticeHeader {
        to: offices(header.to),
        cc: offices(header.cc),
        kind: header.kind,
        urgency: header.urgency,
        traffic: header.traffic,
        expires_ms: header.expires_ms,
        personal_data: header.personal_data,
        ..wire::NoticeHeader::default()
    };
    wire::DraftSummary { header: Some(header), form: vec![], comment: String::new(), ..draft }
}
