//! Sealing (PROTOCOL 3 and 4): body key, commitment, ciphertext, padding; wraps in transit and at rest.
//!
//! - A body key encrypts one byte string, ever, so its nonce is zero.
//! - The commitment is checked before decryption: one ciphertext opens to one text.

mod wrap;

use std::fmt;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::KeyInit as _;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::aead::Payload as Message;
use prost::Message as _;
use zeroize::Zeroize;
use zeroize::ZeroizeOnDrop;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::entropy::random;
use crate::limits;
use crate::name::Digest;
use crate::wire;

pub use wrap::ENCAPSULATION_BYTES;
pub use wrap::Encapsulation;
pub use wrap::SEAL_PUBLIC_BYTES;
pub use wrap::SealKey;
pub use wrap::WRAP_BYTES;
pub use wrap::WrapPath;
pub use wrap::is_seal_key;

const COMMITMENT: &[u8] = b"chapar body key v1";
const NONCE_BYTES: usize = 12;

/// What is wrong with something sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The body key is not the one that the header commits to.
    #[error("the body key is not the one that the header commits to")]
    Commitment,
    /// The ciphertext was not made with this key and this header.
    #[error("the body cannot be decrypted")]
    Body,
    /// The wrap was not made for this seal key, notice and pair of offices.
    #[error("the key wrap does not open")]
    Wrap,
    /// The wrapped key at rest is damaged, or of another vault key.
    #[error("the body key at rest does not open")]
    Vault,
    /// Not the bytes of a public seal key.
    #[error("not a seal key")]
    PublicKey,
}

/// The key of one body. Wiped when dropped, never shown.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct BodyKey([u8; 32]);

impl fmt::Debug for BodyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyKey")
    }
}

impl BodyKey {
    /// A fresh one.
    pub fn make(entropy: &mut dyn Entropy) -> Self {
        Self(random(entropy))
    }

    /// The key with these bytes; `None` if there are not 32 of them.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the header says of it: SHA-256("chapar body key v1" ‖ key).
    #[must_use]
    pub fn commitment(&self) -> Digest {
        let mut text = Zeroizing::new(COMMITMENT.to_vec());
        text.extend_from_slice(&self.0);
        Digest::of(&text)
    }

    /// Seals a plaintext under this header.
    #[must_use]
    pub fn seal(&self, header: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let message = Message { msg: plaintext, aad: header };
        // Encryption fails only beyond 256 GiB.
        self.cipher().encrypt(&[0; NONCE_BYTES].into(), message).unwrap_or_default()
    }

    /// Opens a sealed body.
    ///
    /// # Errors
    /// [`SealError::Commitment`] or [`SealError::Body`].
    pub fn open(&self, header: &[u8], commitment: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if commitment != self.commitment().0 {
            return Err(SealError::Commitment);
        }
        let message = Message { msg: sealed, aad: header };
        let plain = self.cipher().decrypt(&[0; NONCE_BYTES].into(), message).map_err(|_| SealError::Body)?;
        Ok(Zeroizing::new(plain))
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&self.0.into())
    }
}

/// The key that wraps all body keys at rest. Wiped when dropped, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct VaultKey([u8; 32]);

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey")
    }
}

impl VaultKey {
    /// The key with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Wraps the body key of a notice: nonce ‖ ciphertext, bound to the notice.
    pub fn wrap(&self, key: &BodyKey, notice: Digest, entropy: &mut dyn Entropy) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = random(entropy);
        let message = Message { msg: &key.0, aad: &notice.0 };
        // Encryption fails only beyond 256 GiB.
        let ciphertext = self.cipher().encrypt(&nonce.into(), message).unwrap_or_default();
        [nonce.as_slice(), &ciphertext].concat()
    }

    /// Opens what [`VaultKey::wrap`] made.
    ///
    /// # Errors
    /// [`SealError::Vault`].
    pub fn unwrap_key(&self, wrapped: &[u8], notice: Digest) -> Result<BodyKey, SealError> {
        let (nonce, ciphertext) = wrapped.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Vault)?;
        let message = Message { msg: ciphertext, aad: &notice.0 };
        let key = self.cipher().decrypt(&(*nonce).into(), message).map_err(|_| SealError::Vault)?;
        let key = Zeroizing::new(key);
        key.as_slice().try_into().map(BodyKey).map_err(|_| SealError::Vault)
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&self.0.into())
    }
}

/// The plaintext of a body, padded with zeros to a multiple of [`limits::PADDING_BYTES`].
#[must_use]
pub fn padded(body: &wire::NoticeBody) -> Zeroizing<Vec<u8>> {
    let bare = wire::NoticeBody { padding: vec![], ..body.clone() };
    let mut plain = bare.encode_to_vec();
    let mut zeros = 0;
    while !(plain.len() + padding_field(zeros)).is_multiple_of(limits::PADDING_BYTES) {
        zeros += 1;
    }
    if zeros > 0 {
        // A field at the end is what an encoder that knows only its place would write as well.
        let field = wire::NoticeBody { padding: vec![0; zeros], ..wire::NoticeBody::default() };
        plain.append(&mut field.encode_to_vec());
    }
    Zeroizing::new(plain)
}

/// Length of the padding field with so many zeros: key, length, zeros; nothing for none.
fn padding_field(zeros: usize) -> usize {
    match zeros {
        0 => 0,
        _ => 1 + prost::length_delimiter_len(zeros) + zeros,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use proptest::prelude::*;

    #[test]
    fn a_body_opens_with_its_header_and_its_key_only() {
        let (key, other) = (BodyKey::make(&mut SeededEntropy::new(0)), BodyKey::make(&mut SeededEntropy::new(5)));
        let sealed = key.seal(b"header", b"text");
        let commitment = key.commitment().0;
        assert_eq!(key.open(b"header", &commitment, &sealed).unwrap().as_slice(), b"text");
        assert_eq!(key.open(b"Header", &commitment, &sealed).unwrap_err(), SealError::Body);
        assert_eq!(other.open(b"header", &commitment, &sealed).unwrap_err(), SealError::Commitment);
        assert_eq!(other.open(b"header", &other.commitment().0, &sealed).unwrap_err(), SealError::Body);
    }

    #[test]
    fn a_key_at_rest_is_bound_to_its_notice() {
        let vault = VaultKey::from_bytes([4; 32]);
        let key = BodyKey::make(&mut SeededEntropy::new(0));
        let wrapped = vault.wrap(&key, Digest([1; 32]), &mut SeededEntropy::new(9));
        assert_eq!(vault.unwrap_key(&wrapped, Digest([1; 32])).unwrap(), key);
        assert_eq!(vault.unwrap_key(&wrapped, Digest([2; 32])), Err(SealError::Vault));
        assert_eq!(vault.unwrap_key(&wrapped[..5], Digest([1; 32])), Err(SealError::Vault));
        assert_eq!(format!("{vault:?} {key:?}"), "VaultKey BodyKey");
    }

    proptest! {
        #[test]
        fn plaintexts_hide_their_length(text in ".{0,700}") {
            let subject = Some(wire::Text { text, language: "en".to_owned() });
            let body = wire::NoticeBody { subject, ..wire::NoticeBody::default() };
            let plain = padded(&body);
            prop_assert_eq!(plain.len() % limits::PADDING_BYTES, 0);
            let mut back = wire::NoticeBody::decode(plain.as_slice()).unwrap();
            prop_assert!(back.padding.iter().all(|b| *b == 0));
            back.padding.clear();
            prop_assert_eq!(back, body);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..1300)) {
            let _ = VaultKey::from_bytes([1; 32]).unwrap_key(&bytes, Digest([0; 32]));
        }
    }
}
