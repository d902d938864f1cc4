//! DSSE v1 envelopes over protobuf (PROTOCOL 2): what is signed, how it is checked, what identifies it.
//!
//! - Signed and hashed are the bytes that were received, never an encoding made again.
//! - [`Verified`] has one constructor, [`Unverified::verify`]: store, log and links take nothing else from outside.

use std::fmt;
use std::sync::Arc;

use ed25519_dalek::Signer as _;
use ed25519_dalek::VerifyingKey;
use prost::Message as _;
use sha2::Digest as _;

use crate::limits;
use crate::name::Digest;
use crate::wire;

/// An Ed25519 public key (RFC 8032).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// The key's id: SHA-256 of its 32 bytes, in DSSE a hint in lower-case hex.
    #[must_use]
    pub fn id(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0))
    }
}

/// An Ed25519 private key; wiped when dropped, never shown.
#[derive(Clone)]
pub struct SigningKey(Arc<ed25519_dalek::SigningKey>);

impl SigningKey {
    /// The key of a 32-byte seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Arc::new(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey of {:?}", self.public())
    }
}

/// What a payload is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub &'static str);

/// A thing that is signed: one of the five payload types.
pub trait Payload: Sized {
    /// Payload type of DSSE.
    const TYPE: &'static str;

    /// Reads the payload.
    ///
    /// # Errors
    /// If it is not one, or breaks a rule that needs nothing but itself.
    fn decode(payload: &[u8]) -> Result<Self, Malformed>;
}

/// What is wrong with an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not a serialized envelope.
    #[error("not an envelope")]
    NotAnEnvelope,
    /// Its payload breaks a rule.
    #[error("the payload is malformed: {0}")]
    Payload(Malformed),
    /// No signature of a key that counts.
    #[error("no signature by a key that counts")]
    Signature,
    /// Larger than the limit.
    #[error("larger than {} bytes", limits::ENVELOPE_BYTES)]
    TooLarge,
    /// Another payload type than expected.
    #[error("not the payload type that is expected here")]
    Type,
}

/// Pre-authentication encoding of DSSE v1: what a signature covers.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// The digest of a signed thing: SHA-256 of its PAE, without signatures.
#[must_use]
pub fn digest(payload_type: &str, payload: &[u8]) -> Digest {
    let mut hash = sha2::Sha256::new();
    hash.update(format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()));
    hash.update(payload);
    Digest(hash.finalize().into())
}

/// A thing that this node signed itself: digest and the serialized envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Identifies it.
    pub digest: Digest,
    /// The serialized envelope.
    pub bytes: Vec<u8>,
}

/// Signs a payload.
#[must_use]
pub fn sign<T: Payload>(key: &SigningKey, payload: Vec<u8>) -> Signed {
    let text = pae(T::TYPE, &payload);
    let signature =
        wire::Signature { sig: key.0.sign(&text).to_bytes().to_vec(), keyid: key.public().id().to_string() };
    let envelope = wire::Envelope { payload, payload_type: T::TYPE.to_owned(), signatures: vec![signature] };
    Signed { digest: Digest::of(&text), bytes: envelope.encode_to_vec() }
}

/// An envelope that was read, its signatures not checked: look, but do not act.
#[derive(Clone, Debug)]
pub struct Unverified<T> {
    value: T,
    digest: Digest,
    envelope: wire::Envelope,
    bytes: Vec<u8>,
}

impl<T: Payload> Unverified<T> {
    /// Reads a serialized envelope of this payload type.
    ///
    /// # Errors
    /// If it is too large, no envelope, of another type, or its payload is malformed.
    pub fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > limits::ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLarge);
        }
        let envelope = wire::Envelope::decode(bytes).map_err(|_| EnvelopeError::NotAnEnvelope)?;
        if envelope.payload_type != T::TYPE {
            return Err(EnvelopeError::Type);
        }
        let value = T::decode(&envelope.payload).map_err(EnvelopeError::Payload)?;
        let digest = digest(T::TYPE, &envelope.payload);
        Ok(Self { value, digest, envelope, bytes: bytes.to_vec() })
    }

    /// What it claims.
    pub const fn claim(&self) -> &T {
        &self.value
    }

    /// Its digest, which does not depend on who signed it.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Checks that one of these keys signed it.
    ///
    /// # Errors
    /// [`EnvelopeError::Signature`] if none did.
    pub fn verify(self, keys: &[PublicKey]) -> Result<Verified<T>, EnvelopeError> {
        let text = pae(T::TYPE, &self.envelope.payload);
        let by = keys.iter().find(|key| self.envelope.signatures.iter().any(|s| verifies(key, &text, &s.sig)));
        match by {
            Some(by) => Ok(Verified { value: self.value, digest: self.digest, by: *by, bytes: self.bytes }),
            None => Err(EnvelopeError::Signature),
        }
    }
}

fn verifies(key: &PublicKey, text: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(&key.0) else { return false };
    let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return false };
    key.verify_strict(text, &signature).is_ok()
}

/// A thing from outside whose signature by a key that counts has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
    digest: Digest,
    by: PublicKey,
    bytes: Vec<u8>,
}

impl<T> Verified<T> {
    /// What it says.
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// Identifies it.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The key whose signature was checked.
    pub const fn by(&self) -> PublicKey {
        self.by
    }

    /// The envelope as it was received.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The value and the bytes.
    pub fn into_parts(self) -> (T, Vec<u8>) {
        (self.value, self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, PartialEq, Eq)]
    struct Plain(Vec<u8>);

    impl Payload for Plain {
        const TYPE: &'static str = "http://example.com/HelloWorld";

        fn decode(payload: &[u8]) -> Result<Self, Malformed> {
            Ok(Self(payload.to_vec()))
        }
    }

    #[test]
    fn the_pae_is_that_of_the_dsse_protocol() {
        // The example of the DSSE v1 protocol document.
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(pae(Plain::TYPE, b"hello world"), expected);
        assert_eq!(digest(Plain::TYPE, b"hello world"), Digest::of(expected));
    }

    #[test]
    fn only_a_key_that_counts_verifies() {
        let (ours, other) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
        let signed = sign::<Plain>(&ours, b"text".to_vec());
        let read = || Unverified::<Plain>::read(&signed.bytes).unwrap();
        assert_eq!(read().verify(&[other.public()]).unwrap_err(), EnvelopeError::Signature);
        assert_eq!(read().verify(&[]).unwrap_err(), EnvelopeError::Signature);
        let verified = read().verify(&[other.public(), ours.public()]).unwrap();
        assert_eq!((verified.by(), verified.digest()), (ours.public(), signed.digest));
        assert_eq!(verified.bytes(), signed.bytes);
    }

    #[test]
    fn size_is_limited() {
        let key = SigningKey::from_seed(&[1; 32]);
        let overhead = sign::<Plain>(&key, vec![0; 100_000]).bytes.len() - 100_000;
        let fits = limits::ENVELOPE_BYTES - overhead;
        assert!(Unverified::<Plain>::read(&sign::<Plain>(&key, vec![0; fits]).bytes).is_ok());
        let larger = sign::<Plain>(&key, vec![0; fits + 1]);
        assert_eq!(Unverified::<Plain>::read(&larger.bytes).unwrap_err(), EnvelopeError::TooLarge);
    }

    #[test]
    fn a_private_key_is_not_shown() {
        let shown = format!("{:?}", SigningKey::from_seed(&[0xAB; 32]));
        assert!(!shown.contains("abab") && !shown.contains("171"), "{shown}");
    }

    proptest! {
        #[test]
        fn a_changed_byte_never_verifies(payload in prop::collection::vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>(), by in 1..=255_u8) {
            let key = SigningKey::from_seed(&[3; 32]);
            let signed = sign::<Plain>(&key, payload.clone());
            let mut bytes = signed.bytes;
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            // Only the hint may be changed without notice; then all that was signed is the same.
            if let Ok(verified) = Unverified::<Plain>::read(&bytes).and_then(|read| read.verify(&[key.public()])) {
                prop_assert_eq!(verified.digest(), signed.digest);
                prop_assert_eq!(&verified.value().0, &payload);
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = Unverified::<Plain>::read(&bytes);
        }
    }
}
