//! Sealing (PROTOCOL 3 and 4): body key, commitment, ciphertext, padding; wraps in transit and at rest.
//!
//! - A body key encrypts one byte string, ever, so its nonce is zero.
//! - The commitment is checked before decryption: one ciphertext opens to one text.
//! - In transit the body key is wrapped by HPKE (RFC 9180): base mode, X-Wing, HKDF-SHA256, ChaCha20-Poly1305.

use std::convert::Infallible;
use std::fmt;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::KeyInit as _;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::aead::Payload as Message;
use hpke::Deserializable as _;
use hpke::Kem as _;
use hpke::Serializable as _;
use hpke::rand_core;
use prost::Message as _;
use zeroize::Zeroize;
use zeroize::ZeroizeOnDrop;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::entropy::random;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::wire;

type Kem = hpke::kem::XWing;
type Kdf = hpke::kdf::HkdfSha256;
type Aead = hpke::aead::ChaCha20Poly1305;

/// Length of a seal key's public half: X25519 and ML-KEM-768.
pub const SEAL_PUBLIC_BYTES: usize = 1216;
/// Length of a key wrap: the encapsulation, the body key and a tag.
pub const WRAP_BYTES: usize = 1120 + 32 + 16;

const WRAP_INFO: &[u8] = b"chapar key wrap v1";
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

    /// Wraps the key for an addressee's seal key.
    ///
    /// # Errors
    /// [`SealError::PublicKey`] if the seal key is none.
    pub fn wrap(&self, seal_key: &[u8], path: &WrapPath, entropy: &mut dyn Entropy) -> Result<Vec<u8>, SealError> {
        let public = <Kem as hpke::Kem>::PublicKey::from_bytes(seal_key).map_err(|_| SealError::PublicKey)?;
        let (encapsulated, mut ciphertext) = hpke::single_shot_seal_with_rng::<Aead, Kdf, Kem>(
            &hpke::OpModeS::Base,
            &public,
            WRAP_INFO,
            &self.0,
            &path.bytes(),
            &mut Rng(entropy),
        )
        .map_err(|_| SealError::PublicKey)?;
        let mut wrap = encapsulated.to_bytes().to_vec();
        wrap.append(&mut ciphertext);
        Ok(wrap)
    }
}

/// Whether these bytes are a seal key that something can be wrapped to.
#[must_use]
pub fn is_seal_key(bytes: &[u8]) -> bool {
    <Kem as hpke::Kem>::PublicKey::from_bytes(bytes).is_ok()
}

/// What a key wrap is bound to, as associated data: notice digest ‖ from ‖ to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrapPath {
    /// Which notice.
    pub notice: Digest,
    /// Who dispatches it.
    pub from: OfficeCode,
    /// To whom.
    pub to: OfficeCode,
}

impl WrapPath {
    fn bytes(&self) -> Vec<u8> {
        [self.notice.0.as_slice(), self.from.as_bytes(), self.to.as_bytes()].concat()
    }
}

/// A seal key: both halves. Wiped when dropped, never shown.
#[derive(Clone)]
pub struct SealKey {
    seed: Zeroizing<[u8; 32]>,
    public: Vec<u8>,
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

impl SealKey {
    /// The key pair that HPKE derives from these 32 bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let (_, public) = Kem::derive_keypair(seed);
        Self { seed: Zeroizing::new(*seed), public: public.to_bytes().to_vec() }
    }

    /// The public half, 1,216 bytes.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// Opens a key wrap that was made for this seal key.
    ///
    /// # Errors
    /// [`SealError::Wrap`].
    pub fn unwrap_key(&self, wrap: &[u8], path: &WrapPath) -> Result<BodyKey, SealError> {
        let (encapsulated, ciphertext) = wrap.split_at_checked(WRAP_BYTES - 48).ok_or(SealError::Wrap)?;
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| SealError::Wrap)?;
        let (private, _) = Kem::derive_keypair(self.seed.as_slice());
        let key = hpke::single_shot_open::<Aead, Kdf, Kem>(
            &hpke::OpModeR::Base,
            &private,
            &encapsulated,
            WRAP_INFO,
            ciphertext,
            &path.bytes(),
        )
        .map_err(|_| SealError::Wrap)?;
        let key = Zeroizing::new(key);
        key.as_slice().try_into().map(BodyKey).map_err(|_| SealError::Wrap)
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

/// Handed-in chance, for HPKE.
struct Rng<'a>(&'a mut dyn Entropy);

impl rand_core::TryRng for Rng<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(random(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(random(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Rng<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A counter: every fill differs from the one before.
    struct Counter(u8);

    impl Entropy for Counter {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_mul(7).wrapping_add(3);
                *byte = self.0;
            }
        }
    }

    fn path() -> WrapPath {
        WrapPath { notice: Digest([9; 32]), from: "UZ-ALT".parse().unwrap(), to: "TM-FAR".parse().unwrap() }
    }

    #[test]
    fn a_wrap_opens_for_its_key_and_its_path_only() {
        let (seal_key, other) = (SealKey::from_seed(&[1; 32]), SealKey::from_seed(&[2; 32]));
        assert_eq!(seal_key.public().len(), SEAL_PUBLIC_BYTES);
        let key = BodyKey::make(&mut Counter(0));
        let wrap = key.wrap(seal_key.public(), &path(), &mut Counter(1)).unwrap();
        assert_eq!(wrap.len(), WRAP_BYTES);
        assert_eq!(seal_key.unwrap_key(&wrap, &path()).unwrap(), key);
        assert_eq!(other.unwrap_key(&wrap, &path()), Err(SealError::Wrap));
        let elsewhere = WrapPath { to: "UZ-NCC".parse().unwrap(), ..path() };
        assert_eq!(seal_key.unwrap_key(&wrap, &elsewhere), Err(SealError::Wrap));
        assert_eq!(key.wrap(&[0; 7], &path(), &mut Counter(1)), Err(SealError::PublicKey));
    }

    #[test]
    fn a_body_opens_with_its_header_and_its_key_only() {
        let (key, other) = (BodyKey::make(&mut Counter(0)), BodyKey::make(&mut Counter(5)));
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
        let key = BodyKey::make(&mut Counter(0));
        let wrapped = vault.wrap(&key, Digest([1; 32]), &mut Counter(9));
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
            let _ = SealKey::from_seed(&[1; 32]).unwrap_key(&bytes, &path());
            let _ = VaultKey::from_bytes([1; 32]).unwrap_key(&bytes, Digest([0; 32]));
            let _ = BodyKey::make(&mut Counter(0)).wrap(&bytes, &path(), &mut Counter(0));
        }
    }
}
