//! Earlier notices that a notice relates to, as far as this office has them.

use crate::domain::forward;
use crate::domain::notice::Relation;
use crate::domain::policy;
use crate::domain::policy::Case;
use crate::domain::policy::Earlier;
use crate::domain::policy::Known;
use crate::domain::policy::Target;
use crate::domain::rejection::Rejection;
use crate::domain::roster::Office;
use crate::domain::roster::OfficeState;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Says;
use crate::engine::accept::Arrival;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View as _;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::office::read;
use crate::office::standing::Standings;
use crate::office::writer::Step;
use crate::wire;
use crate::wire::RelationKind;

/// The other ends of a header's relations, in their order.
pub(super) struct Related(Vec<Found>);

enum Found {
    Known(Box<Here>),
    Unknown,
    Contradicted,
}

/// A notice that is here; its text only if it is corrected.
struct Here {
    earlier: Earlier,
    text: Option<wire::NoticeBody>,
}

impl Known for Related {
    fn find(&self, place: usize, _relation: &wire::Relation) -> Target<'_> {
        match self.0.get(place) {
            Some(Found::Known(here)) => Target::Known(&here.earlier),
            Some(Found::Contradicted) => Target::Contradicted,
            Some(Found::Unknown) | None => Target::Unknown,
        }
    }

    fn text(&self, place: usize) -> Option<&wire::NoticeBody> {
        match self.0.get(place)? {
            Found::Known(here) => here.text.as_ref(),
            Found::Contradicted | Found::Unknown => None,
        }
    }
}

impl Step<'_> {
    /// Looks for the notices that a draft relates to.
    pub(super) fn related(&self, relations: &[wire::Relation]) -> Result<Related, RowError> {
        relations.iter().map(|relation| self.found(relation)).collect::<Result<_, _>>().map(Related)
    }

    fn found(&self, relation: &wire::Relation) -> Result<Found, RowError> {
        let by_reference = self.resolve(&relation.reference)?;
        let digest = match (Digest::try_from(relation.digest.as_slice()).ok(), by_reference) {
            (Some(named), _) if self.is_called(named, &relation.reference)? => named,
            (Some(named), Some(found)) if named != found => return Ok(Found::Contradicted),
            // It is here, but its reference is another.
            (Some(named), None) if self.has(named)? => return Ok(Found::Contradicted),
            (_, Some(found)) => found,
            (_, None) => return Ok(Found::Unknown),
        };
        let asks = relation.kind() == RelationKind::ReplyTo;
        let mut earlier = self.earlier(digest, asks)?;
        // It is here, so it was released, whatever the clock of its sender says.
        earlier.released = earlier.released.min(self.now);
        if relation.kind() == RelationKind::Forwards {
            earlier.passable = Some(self.standings().passable(digest)?);
        }
        let text = if relation.kind() == RelationKind::Corrects { self.text(digest)? } else { None };
        Ok(Found::Known(Box::new(Here { earlier, text })))
    }

    /// What the rules look at in a notice that is here; its questions only if they are asked for.
    fn earlier(&self, digest: Digest, asks: bool) -> Result<Earlier, RowError> {
        let notice = rows::envelope::<SealedNotice>(&self.rows, digest)?;
        let header = &notice.claim().header;
        let row = read::notice_row(&self.rows, digest)?.ok_or_else(|| damaged("notice", digest))?;
        let says = Says::of_code(header.terms.kind, rows::entry(&self.rows, row.index)?.code);
        Ok(Earlier {
            reference: header.reference,
            kind: header.terms.kind,
            answered_as: says.unwrap_or(Says::Nothing).answered_as(header.terms.kind),
            traffic: header.terms.traffic,
            from: header.from,
            // Who takes part no more can neither be told nor left out.
            to: header.addressees().filter(|office| self.takes_part(*office)).collect(),
            released: header.released,
            tlp: header.terms.tlp,
            handling: header.terms.handling.clone(),
            emergency: Some(header.emergency),
            officers: header.author.iter().chain(&header.releaser).cloned().collect(),
            questions: if asks { self.questions(digest)? } else { None },
            passable: None,
        })
    }

    /// The digest of the notice that a reference stands for, if one is here.
    pub(super) fn resolve(&self, reference: &str) -> Result<Option<Digest>, RowError> {
        let Ok(reference) = reference.parse::<Reference>() else { return Ok(None) };
        rows::digest(&self.rows, &key::reference(reference), "reference")
    }

    /// The digest of the notice that a relation means; empty if it is not known here. A digest that is given decides
    /// between two notices with one reference.
    pub(super) fn digest_of(&self, relation: &wire::Relation) -> Result<Vec<u8>, RowError> {
        let given = Digest::try_from(relation.digest.as_slice()).ok();
        let digest = match given {
            Some(given) if self.is_called(given, &relation.reference)? => Some(given),
            _ => self.resolve(&relation.reference)?,
        };
        Ok(digest.map(|digest| digest.0.to_vec()).unwrap_or_default())
    }

    /// Whether a notice is here and has this reference.
    fn is_called(&self, notice: Digest, reference: &str) -> Result<bool, RowError> {
        if !self.has(notice)? {
            return Ok(false);
        }
        let found = rows::envelope::<SealedNotice>(&self.rows, notice)?;
        Ok(reference.parse() == Ok(found.claim().header.reference))
    }

    fn has(&self, notice: Digest) -> Result<bool, RowError> {
        Ok(self.rows.get(&key::notice(notice))?.is_some())
    }

    /// Whether an office is this one, or one that a notice can reach.
    pub(super) fn takes_part(&self, office: OfficeCode) -> bool {
        let listed = self.rosters.office(office);
        let reached = |listed: &Office| {
            listed.state != OfficeState::Revoked && listed.log_id().is_some() && listed.seal_key().is_some()
        };
        office == self.me.office || listed.is_some_and(reached)
    }

    /// The text of a notice as it now reads.
    fn text(&self, digest: Digest) -> Result<Option<wire::NoticeBody>, RowError> {
        self.standings().text(digest)
    }

    pub(super) fn standings(&self) -> Standings<'_> {
        let (vault, rosters) = (&self.me.vault, &self.rosters);
        Standings { view: &self.rows, vault, rosters, me: self.me.office, now: self.now }
    }

    /// How many questions a notice asks; `None` if its text is gone, or no request.
    fn questions(&self, digest: Digest) -> Result<Option<usize>, RowError> {
        let Some(body) = self.body(digest)? else { return Ok(None) };
        let body = match body.forward.as_ref().map(forward::read) {
            Some(Ok(passed_on)) => passed_on.body,
            _ => body,
        };
        Ok(body.request.map(|request| request.questions.len()))
    }

    /// The text of a notice; `None` if it has none, or it is gone.
    pub(super) fn body(&self, digest: Digest) -> Result<Option<wire::NoticeBody>, RowError> {
        let Some(row) = self.rows.get(&key::body_key(digest))? else { return Ok(None) };
        let key = self.me.vault.unwrap_key(&row, digest).map_err(|_| damaged("body key", digest))?;
        let notice = rows::envelope::<SealedNotice>(&self.rows, digest)?;
        let body = notice.claim().open(&key).map_err(|_| damaged("body", digest))?;
        Ok(Some(wire::NoticeBody { padding: vec![], ..body }))
    }

    /// Why a notice that has come does not fit one that is here: real and exercise touch (P-16), it is an answer from or to
    /// whom it cannot be, or confirms what it cannot (P-04). One that is not here is no error.
    pub(super) fn unfit(&self, arrival: &Arrival) -> Result<Option<Rejection>, RowError> {
        let notice = arrival.notice.value();
        let header = &notice.header;
        let found = |relation: &Relation| {
            let by_reference = || rows::digest(&self.rows, &key::reference(relation.reference), "reference");
            let digest = relation.digest.map_or_else(by_reference, |digest| Ok(Some(digest)))?;
            match digest {
                Some(digest) if self.has(digest)? => {
                    Ok(Found::Known(Box::new(Here { earlier: self.earlier(digest, false)?, text: None })))
                }
                _ => Ok(Found::Unknown),
            }
        };
        let known = Related(header.terms.relations.iter().map(found).collect::<Result<_, RowError>>()?);
        let case = Case {
            header: &notice.header_message(),
            terms: &header.terms,
            from: Some(header.from),
            body: None,
            created: header.created,
            released: header.released,
            release: None,
            book: None,
            known: &known,
        };
        let is_about_something_here = known.0.iter().any(|found| matches!(found, Found::Known(_)));
        if self.me.agreements.disables(Some(self.me.office.country()), header.from) && !is_about_something_here {
            // Only what is about a notice that is here comes from a disabled country (P-11, P-15).
            return Ok(Some(Rejection::Agreement));
        }
        let findings = policy::judge_related(&case, arrival.says == Says::Confirms);
        Ok(findings.problems.first().map(|finding| Rejection::of_rule(&finding.rule)))
    }
}
