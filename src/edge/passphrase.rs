//! Passphrases of officers: stretched with Argon2id (RFC 9106) and kept as a PHC string, never as they are.

use argon2::Algorithm;
use argon2::Argon2;
use argon2::Params;
use argon2::Version;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::entropy::random;
use crate::limits;

/// Cost (RFC 9106, second recommendation, with one lane): KiB of memory, passes, lanes.
const COST: [u32; 3] = [64 * 1024, 3, 1];
/// Digits and letters that are not mistaken for others (Crockford's Base32); 5 bits each.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why something is no new passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// Too short.
    #[error("a passphrase has at least {min} characters; several words are best", min = limits::PASSPHRASE_CHARS_MIN)]
    Short,
    /// Too long.
    #[error("a passphrase has at most {max} bytes", max = limits::PASSPHRASE_BYTES)]
    Long,
    /// It is the one that an administrator gave.
    #[error("the first passphrase is known to who gave it")]
    First,
    /// Argon2 does not take it.
    #[error("the passphrase cannot be stretched")]
    Stretch,
}

/// The stored form of a new passphrase.
///
/// # Errors
/// If it is too short or too long.
pub fn hash(passphrase: &str, entropy: &mut dyn Entropy) -> Result<String, PassphraseError> {
    expect_new(passphrase)?;
    stretch(passphrase, &random(entropy))
}

/// Takes as long as [`fits`], for an officer who has no passphrase or does not exist: nobody's time tells who there is.
pub fn fits_nobody(passphrase: &str) {
    // What comes of it is of no use to anybody.
    let _ = std::hint::black_box(stretch(passphrase, &[0; 16]));
}

fn stretch(passphrase: &str, salt: &[u8; 16]) -> Result<String, PassphraseError> {
    let [memory, passes, lanes] = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|_| PassphraseError::Stretch)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash =
        argon2.hash_password_with_salt(composed(passphrase).as_bytes(), salt).map_err(|_| PassphraseError::Stretch)?;
    Ok(hash.to_string())
}

/// Whether something may be a new passphrase, before it is stretched.
///
/// # Errors
/// If it is too short or too long.
pub fn expect_new(passphrase: &str) -> Result<(), PassphraseError> {
    if passphrase.len() > limits::PASSPHRASE_BYTES {
        return Err(PassphraseError::Long);
    }
    let is_short = passphrase.chars().count() < limits::PASSPHRASE_CHARS_MIN;
    if is_short { Err(PassphraseError::Short) } else { Ok(()) }
}

/// Whether a passphrase is the one whose stored form this is; in a time that does not tell how far it is right.
#[must_use]
pub fn fits(passphrase: &str, stored: &str) -> bool {
    passphrase.len() <= limits::PASSPHRASE_BYTES
        && PasswordHash::new(stored)
            .is_ok_and(|hash| Argon2::default().verify_password(composed(passphrase).as_bytes(), &hash).is_ok())
}

/// A passphrase that only serves to set another one: 20 letters and digits, 100 bits.
#[must_use]
pub fn one_time(entropy: &mut dyn Entropy) -> Zeroizing<String> {
    let bytes = Zeroizing::new(random::<20>(entropy));
    let mut words = Zeroizing::new(String::with_capacity(23));
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 && i % 5 == 0 {
            words.push('-');
        }
        words.extend(LETTERS.get(usize::from(byte % 32)).map(|letter| char::from(*letter)));
    }
    words
}

/// Keyboards differ in how they compose letters. NFC is at most three times as long, so nothing is moved.
fn composed(passphrase: &str) -> Zeroizing<String> {
    let mut composed = Zeroizing::new(String::with_capacity(3 * passphrase.len()));
    composed.extend(passphrase.nfc());
    composed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn a_passphrase_fits_its_stored_form_alone() {
        let mut entropy = SeededEntropy::new(1);
        let stored = hash("Оʻзбекча cafe\u{301} сўз", &mut entropy).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{stored}");
        assert!(fits("Оʻзбекча café сўз", &stored));
        assert!(!fits("Оʻзбекча cafe сўз", &stored));
        assert!(!fits("", "") && !fits("x", "$argon2id$"));
        assert_ne!(hash("Оʻзбекча café сўз", &mut entropy).unwrap(), stored);
    }

    #[test]
    fn a_new_passphrase_has_a_least_and_a_most_length() {
        let mut entropy = SeededEntropy::new(1);
        assert_eq!(hash("elevenchars", &mut entropy), Err(PassphraseError::Short));
        assert_eq!(hash(&"x".repeat(limits::PASSPHRASE_BYTES + 1), &mut entropy), Err(PassphraseError::Long));
    }

    #[test]
    fn one_time_passphrases_differ_and_can_be_read_out() {
        let mut entropy = SeededEntropy::new(1);
        let (one, other) = (one_time(&mut entropy), one_time(&mut entropy));
        assert_ne!(one, other);
        assert_eq!(one.len(), 23);
        assert!(one.chars().all(|c| c == '-' || LETTERS.contains(&u8::try_from(c).unwrap())));
    }
}
