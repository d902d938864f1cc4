//! The payload `notice`: a header in clear and a sealed body, two byte strings that are kept exactly (PROTOCOL 3).

use prost::Message as _;

use crate::domain::envelope::Malformed;
use crate::domain::envelope::Payload;
use crate::domain::kinds::Kind;
use crate::domain::notice;
use crate::domain::notice::Header;
use crate::domain::seal::BodyKey;
use crate::domain::seal::SealError;
use crate::wire;
use crate::wire::NoticeKind;

/// What is wrong with a notice of a kind that this version does not offer.
pub const UNKNOWN_KIND: Malformed = Malformed("the kind is not known here");

/// A notice that is or was on its way.
#[derive(Clone, Debug)]
pub struct SealedNotice {
    /// What the header says, checked.
    pub header: Header,
    /// The header's exact bytes: associated data of the body.
    pub header_bytes: Vec<u8>,
    /// The sealed body; empty if the kind has none.
    pub sealed_body: Vec<u8>,
}

/// Why a body cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Key, header and ciphertext do not belong together.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The plaintext is no body, or breaks a rule of shape.
    #[error("the body breaks a rule: {0}")]
    Body(String),
}

impl OpenError {
    fn attachments() -> Self {
        Self::Body("its attachments are not those that the header lists".to_owned())
    }
}

impl Payload for SealedNotice {
    const TYPE: &'static str = "application/vnd.chapar.notice.v1";

    fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let wire = wire::Notice::decode(payload).map_err(|_| Malformed("not a notice"))?;
        let message = wire::NoticeHeader::decode(wire.header.as_slice()).map_err(|_| Malformed("not a header"))?;
        if NoticeKind::try_from(message.kind).ok().and_then(Kind::of).is_none() {
            return Err(UNKNOWN_KIND);
        }
        let header = notice::check_header(&message).map_err(|_| Malformed("the header breaks a rule"))?;
        if header.body_key_commitment.is_some() == wire.sealed_body.is_empty() {
            return Err(Malformed("a body without a commitment, or a commitment without a body"));
        }
        if header.body_key_commitment.is_none() && !header.attachments.is_empty() {
            return Err(Malformed("attachments whose keys are in no body"));
        }
        Ok(Self { header, header_bytes: wire.header, sealed_body: wire.sealed_body })
    }
}

impl SealedNotice {
    /// The header as a message, with every field.
    #[must_use]
    pub fn header_message(&self) -> wire::NoticeHeader {
        // It was read once already.
        wire::NoticeHeader::decode(self.header_bytes.as_slice()).unwrap_or_default()
    }

    /// Opens and checks the body.
    ///
    /// # Errors
    /// If it does not open with this key, or is not a body of this kind.
    pub fn open(&self, key: &BodyKey) -> Result<wire::NoticeBody, OpenError> {
        let commitment = self.header.body_key_commitment.ok_or(SealError::Commitment)?;
        let plain = key.open(&self.header_bytes, &commitment.0, &self.sealed_body)?;
        let body = wire::NoticeBody::decode(plain.as_slice()).map_err(|_| OpenError::Body("not a body".to_owned()))?;
        notice::check_body(self.header.terms.kind, &body).map_err(|problem| OpenError::Body(problem.to_string()))?;
        // What a forward passes on is read apart: here only what it lists first can be compared.
        let own = notice::file_keys(&body).count();
        let (own, passed_on) = self.header.attachments.split_at_checked(own).ok_or_else(OpenError::attachments)?;
        let is_forward = self.header.terms.kind == NoticeKind::Forward;
        if !notice::agree(own, &body) || !(is_forward || passed_on.is_empty()) {
            return Err(OpenError::attachments());
        }
        Ok(body)
    }
}
