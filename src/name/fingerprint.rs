//! Fingerprints: what people compare aloud.

use std::fmt;
use std::str::FromStr;

use crate::name::Digest;
use crate::name::NameError;

/// What people compare aloud: 160 bits of a SHA-256 in Crockford's base 32, eight groups of four.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 20]);

/// Crockford's base 32: no I, L, O, U.
const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Fingerprint {
    /// The fingerprint of a public key.
    #[must_use]
    pub fn of_key(key: &[u8; 32]) -> Self {
        let mut named = b"chapar fingerprint v1".to_vec();
        named.extend_from_slice(key);
        Self::of_digest(Digest::of(&named))
    }

    /// The fingerprint of a signed thing, such as a card.
    #[must_use]
    pub fn of_digest(digest: Digest) -> Self {
        let mut bytes = [0; 20];
        for (to, from) in bytes.iter_mut().zip(digest.0) {
            *to = from;
        }
        Self(bytes)
    }
}

impl TryFrom<&[u8]> for Fingerprint {
    type Error = NameError;

    fn try_from(bytes: &[u8]) -> Result<Self, NameError> {
        bytes.try_into().map(Self).map_err(|_| NameError::Fingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 5 bytes are 8 letters, hence two groups.
        for (i, five) in self.0.chunks(5).enumerate() {
            let bits = five.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
            for place in 0..8_u32 {
                if place % 4 == 0 && (i > 0 || place > 0) {
                    f.write_str("-")?;
                }
                let digit = (bits >> (35 - 5 * place)) & 31;
                let letter = usize::try_from(digit).ok().and_then(|d| BASE32.get(d)).unwrap_or(&b'?');
                write!(f, "{}", char::from(*letter))?;
            }
        }
        Ok(())
    }
}

impl FromStr for Fingerprint {
    type Err = NameError;

    /// Reads it as people type it: any case, with or without hyphens and spaces, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut bytes = Vec::with_capacity(20);
        let (mut bits, mut count) = (0_u64, 0_u32);
        for c in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let digit = BASE32.iter().position(|b| char::from(*b) == c).ok_or(NameError::Fingerprint)?;
            bits = bits << 5 | u64::try_from(digit).map_err(|_| NameError::Fingerprint)?;
            count += 1;
            if count % 8 == 0 {
                bytes.extend_from_slice(bits.to_be_bytes().get(3..).unwrap_or_default());
                bits = 0;
            }
            if count > 32 {
                return Err(NameError::Fingerprint);
            }
        }
        if count != 32 {
            return Err(NameError::Fingerprint);
        }
        Self::try_from(bytes.as_slice())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
