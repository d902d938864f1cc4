//! Key wraps in transit (PROTOCOL 4): a body key on its way to an addressee's seal key.
//!
//! HPKE (RFC 9180) in base mode with X-Wing, HKDF-SHA256 and ChaCha20-Poly1305. One encapsulation serves many wraps:
//! - the key of each wrap is exported from it (RFC 9180 section 5.3) for one notice on one path, and used once;
//! - so wraps open in any order, each alone;
//! - whoever has opened an encapsulation remembers it: the next wraps under it cost no public-key operation.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::KeyInit as _;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::aead::Payload as Message;
use hpke::Deserializable as _;
use hpke::HpkeError;
use hpke::Kem as _;
use hpke::Serializable as _;
use hpke::aead::AeadCtxR;
use hpke::aead::AeadCtxS;
use hpke::rand_core;
use zeroize::Zeroizing;

use crate::domain::seal::BodyKey;
use crate::domain::seal::NONCE_BYTES;
use crate::domain::seal::SealError;
use crate::entropy::Entropy;
use crate::entropy::random;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;

type Kem = hpke::kem::XWing;
type Kdf = hpke::kdf::HkdfSha256;
type Aead = hpke::aead::ChaCha20Poly1305;

/// Length of a seal key's public half: X25519 and ML-KEM-768.
pub const SEAL_PUBLIC_BYTES: usize = 1216;
/// Length of an encapsulation, with which every wrap begins.
pub const ENCAPSULATION_BYTES: usize = 1120;
/// Length of a key wrap: the encapsulation, the body key and a tag.
pub const WRAP_BYTES: usize = ENCAPSULATION_BYTES + 32 + 16;

const WRAP_INFO: &[u8] = b"chapar key wrap v1";

/// What a key wrap is bound to: notice digest ‖ from ‖ to.
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

    /// The cipher for the one key that goes this way under an encapsulation.
    fn cipher(&self, export: impl FnOnce(&[u8], &mut [u8]) -> Result<(), HpkeError>) -> Option<ChaCha20Poly1305> {
        let mut key = Zeroizing::new([0; 32]);
        // Only a longer key could not be exported.
        export(&self.bytes(), key.as_mut_slice()).ok()?;
        Some(ChaCha20Poly1305::new((&*key).into()))
    }
}

/// The sender's side of an encapsulation to a seal key. Its secrets are wiped when it is dropped, never shown.
pub struct Encapsulation {
    seal_key: Vec<u8>,
    bytes: Vec<u8>,
    context: AeadCtxS<Aead, Kdf, Kem>,
}

impl fmt::Debug for Encapsulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encapsulation")
    }
}

impl Encapsulation {
    /// A fresh one, to this seal key.
    ///
    /// # Errors
    /// [`SealError::PublicKey`] if the seal key is none.
    pub fn make(seal_key: &[u8], entropy: &mut dyn Entropy) -> Result<Self, SealError> {
        let public = <Kem as hpke::Kem>::PublicKey::from_bytes(seal_key).map_err(|_| SealError::PublicKey)?;
        let base = hpke::OpModeS::Base;
        let made = hpke::setup_sender_with_rng::<Aead, Kdf, Kem>(&base, &public, WRAP_INFO, &mut Rng(entropy));
        let (encapsulated, context) = made.map_err(|_| SealError::PublicKey)?;
        Ok(Self { seal_key: seal_key.to_vec(), bytes: encapsulated.to_bytes().to_vec(), context })
    }

    /// The public half of the seal key that it is for.
    #[must_use]
    pub fn seal_key(&self) -> &[u8] {
        &self.seal_key
    }

    /// Wraps the key of a notice: [`WRAP_BYTES`] bytes.
    #[must_use]
    pub fn wrap(&self, key: &BodyKey, path: &WrapPath) -> Vec<u8> {
        let cipher = path.cipher(|info, key| self.context.export(info, key));
        let message = Message { msg: &key.0, aad: &[] };
        // Encryption fails only beyond 256 GiB.
        let sealed = cipher.and_then(|cipher| cipher.encrypt(&[0; NONCE_BYTES].into(), message).ok());
        [self.bytes.as_slice(), &sealed.unwrap_or_default()].concat()
    }
}

/// Whether these bytes are a seal key that something can be wrapped to.
#[must_use]
pub fn is_seal_key(bytes: &[u8]) -> bool {
    <Kem as hpke::Kem>::PublicKey::from_bytes(bytes).is_ok()
}

type Receiver = Arc<AeadCtxR<Aead, Kdf, Kem>>;

/// A seal key: both halves. Wiped when dropped, never shown.
#[derive(Clone)]
pub struct SealKey {
    seed: Zeroizing<[u8; 32]>,
    public: Vec<u8>,
    /// Encapsulations that were opened last; what opens does not depend on them.
    opened: Arc<Mutex<VecDeque<(Digest, Receiver)>>>,
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
        Self { seed: Zeroizing::new(*seed), public: public.to_bytes().to_vec(), opened: Arc::default() }
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
        let (encapsulation, sealed) = wrap.split_at_checked(ENCAPSULATION_BYTES).ok_or(SealError::Wrap)?;
        let id = Digest::of(encapsulation);
        let known = self.remembered(id);
        let context = match &known {
            Some(context) => Arc::clone(context),
            None => Arc::new(self.open(encapsulation)?),
        };
        let cipher = path.cipher(|info, key| context.export(info, key)).ok_or(SealError::Wrap)?;
        let message = Message { msg: sealed, aad: &[] };
        let key = cipher.decrypt(&[0; NONCE_BYTES].into(), message).map_err(|_| SealError::Wrap)?;
        let key = Zeroizing::new(key);
        let key = key.as_slice().try_into().map(BodyKey).map_err(|_| SealError::Wrap)?;
        if known.is_none() {
            // Only one that has opened something is worth its place.
            self.remember(id, context);
        }
        Ok(key)
    }

    fn open(&self, encapsulation: &[u8]) -> Result<AeadCtxR<Aead, Kdf, Kem>, SealError> {
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulation).map_err(|_| SealError::Wrap)?;
        let (private, _) = Kem::derive_keypair(self.seed.as_slice());
        let base = hpke::OpModeR::Base;
        hpke::setup_receiver(&base, &private, &encapsulated, WRAP_INFO).map_err(|_| SealError::Wrap)
    }

    fn remembered(&self, id: Digest) -> Option<Receiver> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.iter().find(|(one, _)| *one == id).map(|(_, context)| Arc::clone(context))
    }

    fn remember(&self, id: Digest, context: Receiver) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.iter().all(|(one, _)| *one != id) {
            opened.truncate(limits::ENCAPSULATIONS - 1);
            opened.push_front((id, context));
        }
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
    use crate::entropy::SeededEntropy;
    use proptest::prelude::*;

    fn path(notice: u8) -> WrapPath {
        WrapPath { notice: Digest([notice; 32]), from: "UZ-ALT".parse().unwrap(), to: "TM-FAR".parse().unwrap() }
    }

    #[test]
    fn a_wrap_opens_for_its_key_and_its_path_only() {
        let (seal_key, other) = (SealKey::from_seed(&[1; 32]), SealKey::from_seed(&[2; 32]));
        assert_eq!(seal_key.public().len(), SEAL_PUBLIC_BYTES);
        let key = BodyKey::make(&mut SeededEntropy::new(0));
        let wrap = Encapsulation::make(seal_key.public(), &mut SeededEntropy::new(1)).unwrap().wrap(&key, &path(9));
        assert_eq!(wrap.len(), WRAP_BYTES);
        let back = WrapPath { from: path(9).to, to: path(9).from, ..path(9) };
        let elsewhere = WrapPath { to: "UZ-NCC".parse().unwrap(), ..path(9) };
        // The first time and from memory alike.
        for _ in 0..2 {
            assert_eq!(seal_key.unwrap_key(&wrap, &path(9)).unwrap(), key);
            for wrong in [path(8), back, elsewhere] {
                assert_eq!(seal_key.unwrap_key(&wrap, &wrong), Err(SealError::Wrap));
            }
        }
        assert_eq!(other.unwrap_key(&wrap, &path(9)), Err(SealError::Wrap));
        assert_eq!(Encapsulation::make(&[0; 7], &mut SeededEntropy::new(1)).unwrap_err(), SealError::PublicKey);
    }

    #[test]
    fn an_encapsulation_serves_many_wraps_in_any_order() {
        let seal_key = SealKey::from_seed(&[1; 32]);
        let encapsulation = Encapsulation::make(seal_key.public(), &mut SeededEntropy::new(1)).unwrap();
        let keys: Vec<BodyKey> = (0..9).map(|n| BodyKey::make(&mut SeededEntropy::new(n))).collect();
        let wraps: Vec<Vec<u8>> = (0..).zip(&keys).map(|(n, key)| encapsulation.wrap(key, &path(n))).collect();
        for (n, wrap) in (0..9).zip(&wraps).rev() {
            assert_eq!(wrap[..ENCAPSULATION_BYTES], wraps[0][..ENCAPSULATION_BYTES]);
            assert_eq!(seal_key.unwrap_key(wrap, &path(n)).unwrap(), keys[usize::from(n)]);
        }
        // One key under two paths looks like two.
        let (one, other) = (encapsulation.wrap(&keys[0], &path(1)), encapsulation.wrap(&keys[0], &path(2)));
        assert_ne!(one[ENCAPSULATION_BYTES..], other[ENCAPSULATION_BYTES..]);
    }

    #[test]
    fn memory_is_bounded_and_forgets_the_oldest() {
        let seal_key = SealKey::from_seed(&[1; 32]);
        let key = BodyKey::make(&mut SeededEntropy::new(0));
        let many = 0..u8::try_from(limits::ENCAPSULATIONS + 3).unwrap();
        let wraps = many.map(|n| {
            Encapsulation::make(seal_key.public(), &mut SeededEntropy::new(n.into())).unwrap().wrap(&key, &path(n))
        });
        let wraps: Vec<Vec<u8>> = wraps.collect();
        for _ in 0..2 {
            for (n, wrap) in (0..).zip(&wraps) {
                assert_eq!(seal_key.unwrap_key(wrap, &path(n)).unwrap(), key);
                assert!(seal_key.opened.lock().unwrap().len() <= limits::ENCAPSULATIONS);
            }
        }
        // What opens nothing is not remembered.
        let before = seal_key.opened.lock().unwrap().front().unwrap().0;
        assert!(seal_key.unwrap_key(&[5; WRAP_BYTES], &path(0)).is_err());
        assert_eq!(seal_key.opened.lock().unwrap().front().unwrap().0, before);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..1300)) {
            let _ = SealKey::from_seed(&[1; 32]).unwrap_key(&bytes, &path(0));
            let _ = Encapsulation::make(&bytes, &mut SeededEntropy::new(0));
        }
    }
}
