//! The text of a notice as it now reads, with what became of it, and how far a negotiation has come.

use std::collections::BTreeSet;

use crate::domain::corrected::corrected;
use crate::domain::negotiation;
use crate::domain::negotiation::Negotiation;
use crate::domain::negotiation::Step;
use crate::domain::negotiation::Word;
use crate::domain::notice::Terms;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Act;
use crate::domain::standing::same_traffic;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::name::Digest;
use crate::name::Reference;
use crate::office::read;
use crate::office::standing::Amended;
use crate::office::standing::Standings;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeKind;

/// A text with its corrections.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// As it now reads; `None` for a kind without text, once the text is gone, and once it is withdrawn.
    pub body: Option<wire::NoticeBody>,
    /// As it was sent, where that differs.
    pub original: Option<wire::NoticeBody>,
    /// Corrections and withdrawals, in the order of the log.
    pub amendments: Vec<wire::Amendment>,
}

/// The correction that a notice now reads by.
pub(in crate::office) struct Newest {
    pub(in crate::office) index: u64,
    pub(in crate::office) at: Timestamp,
    pub(in crate::office) reference: Reference,
}

impl Standings<'_> {
    /// Corrections and withdrawals whose text is part of what a reader of a notice sees.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn amendments(&self, digest: Digest) -> Result<Vec<Digest>, RowError> {
        Ok(self.amended_of(digest)?.1.iter().map(|one| one.found.digest).collect())
    }

    /// The correction that a notice now reads by: the index of its entry, when it was issued or received, its reference;
    /// `None` if there is none.
    pub(in crate::office) fn newest(&self, digest: Digest) -> Result<Option<Newest>, RowError> {
        let (_, amended) = self.amended_of(digest)?;
        let mut standing = amended.into_iter().filter(|one| one.stands && one.act == Act::Corrects);
        let Some(Amended { found, .. }) = standing.next_back() else { return Ok(None) };
        let at = Timestamp::clamped(rows::entry(self.view, found.index)?.time_ms);
        Ok(Some(Newest { index: found.index, at, reference: found.header.reference }))
    }

    pub(super) fn amended_of(&self, digest: Digest) -> Result<(Terms, Vec<Amended>), RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let header = &notice.claim().header;
        let found = self.relating(digest, header.reference)?;
        Ok((header.terms.clone(), self.amended(header, digest, found)?))
    }

    /// The text of a notice as it now reads; `None` if it is gone or withdrawn.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn text(&self, digest: Digest) -> Result<Option<wire::NoticeBody>, RowError> {
        Ok(self.as_read(digest)?.body)
    }

    /// The text of a notice with what became of it.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn as_read(&self, digest: Digest) -> Result<Reading, RowError> {
        self.reading(digest, self.open(digest)?, &self.amendments(digest)?)
    }

    /// The text of a notice as it now reads, of the text as it was sent, with these of its corrections and withdrawals.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn reading(
        &self,
        digest: Digest,
        sent: Option<wire::NoticeBody>,
        with: &[Digest],
    ) -> Result<Reading, RowError> {
        let (terms, amended) = self.amended_of(digest)?;
        let (mut tlp, mut handling) = (terms.tlp, terms.handling);
        let (mut body, mut amendments) = (sent.clone(), vec![]);
        let mut is_withdrawn = false;
        for one in amended.into_iter().filter(|one| with.contains(&one.found.digest)) {
            let text = self.open(one.found.digest)?.unwrap_or_default();
            let mut amendment = wire::Amendment {
                notice: Some(one.found.name()),
                kind: one.found.related.kind.into(),
                time_ms: rows::entry(self.view, one.found.index)?.time_ms,
                ..wire::Amendment::default()
            };
            if let Some(correction) = text.correction {
                amendment.reason_code = correction.reason_code;
                amendment.reason.clone_from(&correction.reason);
                if one.stands
                    && let Some(before) = &body
                    && let Ok(after) = corrected(terms.kind, before, &correction)
                {
                    body = Some(after);
                    // Markings are tightened, never loosened: the smaller the number, the narrower the audience.
                    let new = &one.found.header.terms;
                    tlp = if i32::from(new.tlp) < i32::from(tlp) { new.tlp } else { tlp };
                    let added: Vec<_> = new.handling.iter().filter(|code| !handling.contains(code)).copied().collect();
                    handling.extend(added);
                    amendment.applied = true;
                }
            } else if one.act == Act::Withdraws {
                let withdrawal = text.withdrawal.unwrap_or_default();
                amendment.reason_code = withdrawal.reason_code;
                amendment.reason = withdrawal.reason;
                amendment.applied = one.stands;
                is_withdrawn |= one.stands;
            }
            amendment.tlp = tlp.into();
            amendment.handling = handling.iter().map(|code| (*code).into()).collect();
            amendments.push(amendment);
        }
        if is_withdrawn {
            body = None;
        }
        let original = if body == sent { None } else { sent };
        Ok(Reading { body, original, amendments })
    }

    /// How far the negotiation has come to which a notice belongs; `None` if it is no controlled delivery.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn negotiation(&self, digest: Digest) -> Result<Option<wire::Negotiation>, RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        if notice.claim().header.terms.kind != NoticeKind::ControlledDelivery {
            return Ok(None);
        }
        let (mut negotiation, mut not_agreed) = (Negotiation::default(), vec![]);
        for digest in self.in_turn(digest)? {
            let (reference, step) = self.step(digest)?;
            if !step.is_some_and(|step| negotiation.take(&step)) {
                not_agreed.push(reference);
            }
        }
        Ok(Some(wire::Negotiation { phase: negotiation.phase().into(), not_agreed }))
    }

    /// All notices of a negotiation: in the order of the log, but each after those that it answers.
    fn in_turn(&self, digest: Digest) -> Result<Vec<Digest>, RowError> {
        let mut waiting: Vec<(u64, Digest, Vec<Digest>)> = vec![];
        let mut left = vec![digest];
        while let Some(digest) = left.pop() {
            if waiting.iter().any(|(_, known, _)| *known == digest) {
                continue;
            }
            let index = read::notice_row(self.view, digest)?.ok_or_else(|| damaged("notice", digest))?.index;
            let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
            let header = &notice.claim().header;
            let mut answered = vec![];
            for relation in &header.terms.relations {
                if negotiation::joins(header.terms.kind, relation.kind)
                    && let Some(target) = self.target(relation)?
                    && self.negotiates(target, header.terms.traffic)?
                {
                    answered.push(target);
                }
            }
            left.extend(&answered);
            let answers = self.relating(digest, header.reference)?.into_iter().filter(|one| {
                negotiation::joins(one.related.kind, one.related.relation)
                    && same_traffic(one.related.traffic, header.terms.traffic)
            });
            left.extend(answers.map(|one| one.digest));
            waiting.push((index, digest, answered));
        }
        waiting.sort_by_key(|(index, ..)| *index);
        let mut in_turn: Vec<Digest> = vec![];
        while !waiting.is_empty() {
            let is_next = |answered: &[Digest]| answered.iter().all(|one| in_turn.contains(one));
            // References that answer each other in a ring cannot be put in turn; then the log decides.
            let next = waiting.iter().position(|(_, _, answered)| is_next(answered)).unwrap_or(0);
            in_turn.push(waiting.remove(next).1);
        }
        Ok(in_turn)
    }

    fn negotiates(&self, target: Digest, traffic: wire::Traffic) -> Result<bool, RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, target)?;
        let terms = &notice.claim().header.terms;
        Ok(terms.kind == NoticeKind::ControlledDelivery && same_traffic(terms.traffic, traffic))
    }

    /// What a notice does to the negotiation, by its text as it now reads; `None` if that is gone or withdrawn.
    fn step(&self, digest: Digest) -> Result<(String, Option<Step>), RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let header = &notice.claim().header;
        let kind = header.terms.kind;
        let body = self.text(digest)?.unwrap_or_default();
        let (says, authorised) = match (body.controlled_delivery, body.refusal) {
            (Some(delivery), _) => {
                let countries = delivery.authorisations.iter().filter_map(|one| one.country.parse().ok());
                (Some(Word::Phase(delivery.phase())), countries.collect())
            }
            (None, Some(_)) => (Some(Word::Refuses), BTreeSet::new()),
            (None, None) => (None, BTreeSet::new()),
        };
        let step = says.map(|says| Step {
            by: header.from.country(),
            to: header.terms.to.iter().map(|office| office.country()).collect(),
            says,
            authorised,
            answers: header.terms.relations.iter().any(|one| negotiation::joins(kind, one.kind)),
        });
        Ok((header.reference.to_string(), step))
    }
}
