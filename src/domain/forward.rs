//! A notice of a third office that is passed on (P-05): what a FORWARD holds, and whether it is whole.
//!
//! Not whether its originator consented: only the office that passes it on can tell.
//!
//! - The reader opens the original with its own key and checks its first signature: nobody need trust the office between.
//! - Corrections that count go with it, so that nobody passes on what is known to be wrong.

use crate::domain::corrected::corrected;
use crate::domain::envelope::PublicKey;
use crate::domain::envelope::Unverified;
use crate::domain::notice::AttachmentRef;
use crate::domain::notice::Header;
use crate::domain::roster::Rosters;
use crate::domain::seal::BodyKey;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::same_traffic;
use crate::limits;
use crate::name::Digest;
use crate::wire;
use crate::wire::Handling;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;
use crate::wire::Tlp;

/// What is wrong with what a FORWARD holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForwardError {
    /// An envelope is none of a notice.
    #[error("an envelope is none of a notice")]
    Envelope,
    /// A text does not open with its key.
    #[error("a text does not open with its key")]
    Text,
    /// A correction is not one of this notice.
    #[error("a correction is not one of this notice")]
    Correction,
}

/// A notice as it was passed on, opened. It holds the text: no `Debug`.
pub struct PassedOn {
    original: Unverified<SealedNotice>,
    corrections: Vec<Unverified<SealedNotice>>,
    /// The text, with the corrections in it.
    pub body: wire::NoticeBody,
}

/// Opens what a FORWARD holds.
///
/// # Errors
/// If it is not one whole notice with corrections of it.
pub fn read(forward: &wire::Forward) -> Result<PassedOn, ForwardError> {
    let (original, mut body) = opened(&forward.envelope, &forward.body_key)?;
    let header = &original.claim().header;
    if forward.corrections.len() > limits::FORWARDED_CORRECTIONS {
        return Err(ForwardError::Correction);
    }
    let mut corrections: Vec<Unverified<SealedNotice>> = vec![];
    for correction in &forward.corrections {
        let (read, text) = opened(&correction.envelope, &correction.body_key)?;
        let of_it = &read.claim().header;
        let before = corrections.last().map_or(header.created, |last| last.claim().header.created);
        let digests: Vec<Digest> = corrections.iter().map(Unverified::digest).chain([original.digest()]).collect();
        // In the order in which they were made, each once: nobody between chooses which of them counts last.
        let is_of_it = of_it.from == header.from
            && of_it.network == header.network
            && same_traffic(of_it.terms.traffic, header.terms.traffic)
            && of_it.created >= before
            && !digests.contains(&read.digest())
            && of_it.terms.relations.iter().any(|one| {
                // By its digest: a reference alone may mean another notice.
                one.kind == RelationKind::Corrects && one.digest.is_some_and(|digest| digests.contains(&digest))
            });
        let text = text.correction.filter(|_| is_of_it).ok_or(ForwardError::Correction)?;
        body = corrected(header.terms.kind, &body, &text).map_err(|_| ForwardError::Correction)?;
        corrections.push(read);
    }
    Ok(PassedOn { original, corrections, body })
}

fn opened(envelope: &[u8], key: &[u8]) -> Result<(Unverified<SealedNotice>, wire::NoticeBody), ForwardError> {
    let read = Unverified::<SealedNotice>::read(envelope).map_err(|_| ForwardError::Envelope)?;
    let key = BodyKey::from_bytes(key).ok_or(ForwardError::Text)?;
    let body = read.claim().open(&key).map_err(|_| ForwardError::Text)?;
    // A forward in a forward would hide whose word it is.
    if read.claim().header.terms.kind == NoticeKind::Forward { Err(ForwardError::Envelope) } else { Ok((read, body)) }
}

impl PassedOn {
    /// Header of the original.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.original.claim().header
    }

    /// Header of the original as a message, with every field.
    #[must_use]
    pub fn header_message(&self) -> wire::NoticeHeader {
        self.original.claim().header_message()
    }

    /// Digest of the original.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.original.digest()
    }

    /// Digests of the original and of its corrections.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        [&self.original].into_iter().chain(&self.corrections).map(Unverified::digest)
    }

    /// Headers of the corrections, in the order in which they were made.
    pub fn corrections(&self) -> impl Iterator<Item = &Header> {
        self.corrections.iter().map(|one| &one.claim().header)
    }

    /// Attachments of the original and of its corrections, each once.
    #[must_use]
    pub fn attachments(&self) -> Vec<AttachmentRef> {
        let mut all: Vec<AttachmentRef> = vec![];
        for one in [self.header()].into_iter().chain(self.corrections()).flat_map(|header| &header.attachments) {
            if !all.iter().any(|earlier| earlier.digest == one.digest) {
                all.push(*one);
            }
        }
        all
    }

    /// Whether it, or a correction of it, holds personal data.
    #[must_use]
    pub fn has_personal_data(&self) -> bool {
        [self.header()].into_iter().chain(self.corrections()).any(|header| header.terms.personal_data)
    }

    /// The markings that hold: the strictest of the original and of its corrections (P-07).
    #[must_use]
    pub fn markings(&self) -> (Tlp, Vec<Handling>) {
        strictest([self.header()].into_iter().chain(self.corrections()))
    }

    /// The originator's key that signed the original, if keys that count for those times have signed all of it: for what has
    /// just come, or is about to go.
    #[must_use]
    pub fn signed_by(&self, rosters: &Rosters) -> Option<PublicKey> {
        self.signed(|header| rosters.keys_at(header.from, header.created))
    }

    /// The same, also by keys that were found in wrong hands later: for what was verified and logged here before (PROTOCOL 9).
    #[must_use]
    pub fn was_signed_by(&self, rosters: &Rosters) -> Option<PublicKey> {
        let listed = |header: &Header| {
            rosters.office(header.from).map(|office| office.keys_listed_at(header.created)).unwrap_or_default()
        };
        self.signed(listed)
    }

    fn signed(&self, keys: impl Fn(&Header) -> Vec<PublicKey>) -> Option<PublicKey> {
        let signer =
            |notice: &Unverified<SealedNotice>| Some(notice.clone().verify(&keys(&notice.claim().header)).ok()?.by());
        let by = signer(&self.original)?;
        self.corrections.iter().all(|one| signer(one).is_some()).then_some(by)
    }
}

/// The strictest audience and all conditions of use of several headers.
#[must_use]
pub fn strictest<'a>(headers: impl IntoIterator<Item = &'a Header>) -> (Tlp, Vec<Handling>) {
    let (mut tlp, mut handling) = (Tlp::Clear, vec![]);
    for terms in headers.into_iter().map(|header| &header.terms) {
        // The narrower the audience, the smaller the number.
        tlp = if i32::from(terms.tlp) < i32::from(tlp) { terms.tlp } else { tlp };
        let new: Vec<Handling> = terms.handling.iter().filter(|code| !handling.contains(*code)).copied().collect();
        handling.extend(new);
    }
    (tlp, handling)
}

#[cfg(test)]
mod tests;
