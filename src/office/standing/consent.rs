//! The consents of originators that count now, and what the marking of a notice keeps from being done without one.
//!
//! A consent is a decision of the originator, granted at least in part, to a request of this office about that notice. Of
//! several decisions to one request for the same scope the last one counts, as it now reads.

use crate::domain::access;
use crate::domain::notice::Header;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Act;
use crate::domain::standing::Subject;
use crate::domain::standing::same_traffic;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::office::standing::Amended;
use crate::office::standing::Found;
use crate::office::standing::Standings;
use crate::wire;
use crate::wire::ConsentScope;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

/// A notice that may be neither exported nor printed here (P-05).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// It.
    pub notice: Reference,
    /// Whose consent would lift that.
    pub originator: OfficeCode,
    /// Whether it passes on what is of another office; no consent lifts that.
    pub is_forward: bool,
}

impl Standings<'_> {
    /// Whether the marking of a notice keeps it here, as it is marked now: a correction may have tightened that, a consent to
    /// pass it on lifts it.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn kept(&self, digest: Digest) -> Result<Option<Kept>, RowError> {
        let headers = self.headers(digest)?;
        let is_kept = headers.iter().any(|header| !access::may_leave(header, self.me));
        if !is_kept || self.has_consent(digest, ConsentScope::Disseminate)? {
            return Ok(None);
        }
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let header = &notice.claim().header;
        let is_forward = header.terms.kind == NoticeKind::Forward;
        Ok(Some(Kept { notice: header.reference, originator: header.from, is_forward }))
    }

    /// A notice of another office that may not be passed on to any office now (P-05), and whose consent would lift that.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn not_passed_on(&self, digest: Digest) -> Result<Option<(Reference, OfficeCode)>, RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let header = &notice.claim().header;
        if header.from == self.me || self.has_consent(digest, ConsentScope::Disseminate)? {
            return Ok(None);
        }
        Ok(Some((header.reference, header.from)))
    }

    /// Whether the marking of a notice bars it from use in court, as it is marked now (P-06).
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn not_for_court(&self, digest: Digest) -> Result<bool, RowError> {
        let is_barred = self.headers(digest)?.iter().any(access::not_for_court);
        Ok(is_barred && !self.has_consent(digest, ConsentScope::UseInCourt)?)
    }

    /// The consents to what this office asked about a notice of another office.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn consents(&self, digest: Digest) -> Result<Vec<wire::Consent>, RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let header = &notice.claim().header;
        let mut consents = vec![];
        // What a forward passes on is not its sender's to consent to; whose it is, this office cannot ask about it.
        if header.terms.kind == NoticeKind::Forward {
            return Ok(consents);
        }
        for request in self.relating(digest, header.reference)? {
            let is_ours = request.related.kind == NoticeKind::ConsentRequest
                && request.related.relation == RelationKind::ConsentFor
                && request.related.from == self.me
                && header.from != self.me
                && same_traffic(request.related.traffic, header.terms.traffic);
            if is_ours {
                consents.extend(self.consents_to(&request, header.from)?);
            }
        }
        Ok(consents)
    }

    fn has_consent(&self, digest: Digest, scope: ConsentScope) -> Result<bool, RowError> {
        Ok(self.consents(digest)?.iter().any(|consent| consent.scope() == scope))
    }

    /// The header of a notice, and those of its corrections and withdrawals.
    pub(super) fn headers(&self, digest: Digest) -> Result<Vec<Header>, RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let amended = self.amended_of(digest)?.1.into_iter().map(|one| one.found.header);
        Ok(amended.chain([notice.claim().header.clone()]).collect())
    }

    fn consents_to(&self, request: &Found, originator: OfficeCode) -> Result<Vec<wire::Consent>, RowError> {
        let mut consents: Vec<wire::Consent> = vec![];
        if is_withdrawn(&self.amended_of(request.digest)?.1) {
            return Ok(consents);
        }
        let asked = Subject::of(&request.header, request.related.says);
        for answer in self.relating(request.digest, request.header.reference)? {
            let decides = answer.related.kind == NoticeKind::ConsentDecision
                && answer.related.from == originator
                && asked.act(&answer.related) == Some(Act::Answers);
            let decision = if decides { self.decision(answer.digest)? } else { None };
            let Some(decision) = decision else { continue };
            consents.retain(|earlier| earlier.scope != decision.scope);
            if let Some(until) = access::consents_until(&decision, &answer.header, self.now) {
                let mut to = decision.disseminate_to;
                if to.is_empty() && decision.scope == i32::from(ConsentScope::Disseminate) {
                    to = self.asked_for(request)?;
                }
                consents.push(wire::Consent {
                    decision: Some(answer.name()),
                    request: Some(request.name()),
                    scope: decision.scope,
                    outcome: decision.outcome,
                    disseminate_to: to,
                    expires_ms: until.ms(),
                });
            }
        }
        Ok(consents)
    }

    /// The offices that a request names. What is granted without more is what was asked; of a request that its office has
    /// corrected nobody can tell which text was granted.
    fn asked_for(&self, request: &Found) -> Result<Vec<String>, RowError> {
        let is_corrected = self.amended_of(request.digest)?.1.iter().any(|one| one.act == Act::Corrects);
        let asked = if is_corrected { None } else { self.open(request.digest)?.and_then(|body| body.consent_request) };
        Ok(asked.map(|asked| asked.disseminate_to).unwrap_or_default())
    }

    /// A decision as it now reads; `None` if it is withdrawn, or its text or that of a correction of it is gone.
    fn decision(&self, digest: Digest) -> Result<Option<wire::ConsentDecision>, RowError> {
        for one in self.amended_of(digest)?.1 {
            if one.stands && one.act == Act::Corrects && self.open(one.found.digest)?.is_none() {
                return Ok(None);
            }
        }
        Ok(self.text(digest)?.and_then(|body| body.consent_decision))
    }
}

fn is_withdrawn(amended: &[Amended]) -> bool {
    amended.iter().any(|one| one.stands && one.act == Act::Withdraws)
}
