//! What a forward needs of the notice that it passes on: whether it may go, and its envelopes and keys.

use std::collections::BTreeSet;

use crate::domain::forward;
use crate::domain::forward::strictest;
use crate::domain::policy::Bounds;
use crate::domain::policy::Consented;
use crate::domain::policy::Passable;
use crate::domain::policy::broken;
use crate::domain::seal::BodyKey;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Act;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::name::Digest;
use crate::office::standing::Amended;
use crate::office::standing::Standings;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::ConsentOutcome;
use crate::wire::ConsentScope;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

/// An envelope and the key of its text.
type Keyed = (Vec<u8>, Vec<u8>);

impl Standings<'_> {
    /// What decides whether a notice may be passed on.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn passable(&self, digest: Digest) -> Result<Passable, RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let terms = &notice.claim().header.terms;
        let headers = self.headers(digest)?;
        let (tlp, handling) = strictest(&headers);
        let personal_data = headers.iter().any(|header| header.terms.personal_data);
        let consents = self.consents(digest)?.into_iter().filter(|one| one.scope() == ConsentScope::Disseminate);
        let whole = match self.text(digest)? {
            Some(_) => self.whole(digest)?,
            None => None,
        };
        let passed_on = whole.and_then(|whole| forward::read(&whole).ok());
        Ok(Passable {
            is_here: passed_on.is_some(),
            is_signed: passed_on.as_ref().is_some_and(|one| one.signed_by(self.rosters).is_some()),
            broken: passed_on.as_ref().map(broken).unwrap_or_default(),
            bounds: Bounds { tlp, handling, expires: terms.expires, personal_data },
            purpose: terms.purpose,
            permitted_action: terms.permitted_action,
            consents: consents.map(|one| consented(&one)).collect::<Result<_, _>>()?,
        })
    }

    /// A notice with its corrections, as a forward holds them; `None` if a text of them is gone, or they do not make one text.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn whole(&self, digest: Digest) -> Result<Option<wire::Forward>, RowError> {
        let Some((envelope, body_key)) = self.with_key(digest)? else { return Ok(None) };
        let mut corrections = vec![];
        for one in self.amended_of(digest)?.1 {
            if !one.stands || one.act != Act::Corrects {
                continue;
            }
            let Some((envelope, body_key)) = self.with_key(one.found.digest)? else { return Ok(None) };
            corrections.push(wire::ForwardedCorrection { envelope, body_key });
        }
        let whole = wire::Forward { envelope, body_key, corrections, consent_digest: vec![] };
        // What its addressees could not read is not passed on.
        Ok(forward::read(&whole).is_ok().then_some(whole))
    }

    /// Forwards by this office that hold a notice, as the original or as a correction, and whose text is still here.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn own_forwards(&self, digest: Digest) -> Result<Vec<Digest>, RowError> {
        let erased = digest;
        let (mut own, mut seen, mut left) = (vec![], BTreeSet::new(), vec![digest]);
        while let Some(digest) = left.pop() {
            if !seen.insert(digest) {
                continue;
            }
            let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
            let header = &notice.claim().header;
            for one in self.relating(digest, header.reference)? {
                let forwards =
                    one.related.kind == NoticeKind::Forward && one.related.relation == RelationKind::Forwards;
                if forwards && one.related.from == self.me && self.holds(one.digest, erased)? {
                    own.push(one.digest);
                }
            }
            // A correction goes with what it corrects.
            for relation in header.terms.relations.iter().filter(|one| one.kind == RelationKind::Corrects) {
                left.extend(self.target(relation)?);
            }
        }
        Ok(own)
    }

    /// Whether the text of a forward is here and holds a notice, as the original or as a correction of it.
    fn holds(&self, forward: Digest, notice: Digest) -> Result<bool, RowError> {
        let part = self.open(forward)?.and_then(|body| body.forward);
        Ok(part.is_some_and(|part| forward::read(&part).is_ok_and(|one| one.digests().any(|held| held == notice))))
    }

    /// What an officer has read who knows what a forward passes on: the notice, and its corrections that count.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn parts(&self, digest: Digest) -> Result<Vec<Digest>, RowError> {
        let counts = |one: &Amended| one.stands && one.act == Act::Corrects;
        let corrections = self.amended_of(digest)?.1.into_iter().filter(counts).map(|one| one.found.digest);
        Ok(corrections.chain([digest]).collect())
    }

    /// The envelope of a notice and its body key; `None` if the key is gone.
    fn with_key(&self, digest: Digest) -> Result<Option<Keyed>, RowError> {
        let Some(wrapped) = self.view.get(&key::body_key(digest))? else { return Ok(None) };
        let opened: BodyKey =
            self.vault.keys().unwrap_key(&wrapped, digest).map_err(|error| damaged("body key", error))?;
        let bytes = rows::envelope_bytes(self.view, digest)?.ok_or_else(|| damaged("envelope", digest))?;
        Ok(Some((bytes, opened.bytes().to_vec())))
    }
}

fn consented(consent: &wire::Consent) -> Result<Consented, RowError> {
    let decision = consent.decision.as_ref().and_then(|name| Digest::try_from(name.digest.as_slice()).ok());
    Ok(Consented {
        decision: decision.ok_or_else(|| damaged("consent", "without a decision"))?,
        to: consent.disseminate_to.iter().filter_map(|office| office.parse().ok()).collect(),
        until: Timestamp::clamped(consent.expires_ms),
        in_part: consent.outcome() == ConsentOutcome::Partial,
    })
}
