//! Names: offices, officers, digests, logs, references, fingerprints.

mod fingerprint;
mod reference;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use sha2::Digest as _;

pub use fingerprint::Fingerprint;
pub use reference::Reference;

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not two capital letters.
    #[error("a country is two capital letters (ISO 3166-1), as in UZ")]
    Country,
    /// Not 32 bytes, or not 64 hex digits.
    #[error("a digest is 32 bytes, written as 64 hex digits")]
    Digest,
    /// Not 32 letters and digits of Crockford's base 32.
    #[error("a fingerprint is eight groups of four letters and digits, as country new and init print it")]
    Fingerprint,
    /// Not 8 bytes.
    #[error("a log id is 8 bytes, written as 16 hex digits")]
    LogId,
    /// Not a lower-case DNS-like name.
    #[error("a network is a lower-case name of at most 64 letters, digits, dots and hyphens, as in demo.example")]
    Network,
    /// Not `CC-XXX`.
    #[error("an office is two capital letters, a hyphen and three capital letters or digits, as in UZ-ALT")]
    Office,
    /// Not an office code, a hyphen, a capital letter and two digits.
    #[error("an officer is an office, a hyphen, a capital letter and two digits, as in UZ-ALT-O01")]
    Officer,
    /// Not a reference, or its check character is wrong.
    #[error("a reference is written as in UZ-ALT-26-000123-3, and its last character checks the others")]
    Reference,
}

/// A country, ISO 3166-1 alpha-2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// An office, `CC-XXX`: ISO 3166-1 alpha-2, hyphen, three of A-Z and 0-9 (PROTOCOL 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficeCode([u8; 6]);

/// An officer, by an id that only the office can turn into a person: `UZ-ALT-O01`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficerId(String);

/// A network: a lower-case DNS-like name, in every signed payload.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(String);

/// SHA-256, as a rule of the PAE of a signed thing, which it identifies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// The open log of an office: the first 8 bytes of SHA-256 of its office key (PROTOCOL 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub [u8; 8]);

impl FromStr for Country {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(NameError::Country),
        }
    }
}

impl FromStr for OfficeCode {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let bytes: [u8; 6] = text.as_bytes().try_into().map_err(|_| NameError::Office)?;
        let [a, b, hyphen, rest @ ..] = bytes;
        let fits = a.is_ascii_uppercase()
            && b.is_ascii_uppercase()
            && hyphen == b'-'
            && rest.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if fits { Ok(Self(bytes)) } else { Err(NameError::Office) }
    }
}

impl OfficeCode {
    /// The office's country.
    #[must_use]
    pub const fn country(self) -> Country {
        let [a, b, ..] = self.0;
        Country([a, b])
    }

    /// The bytes of the code, for keys of rows and for signed texts.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 6] {
        &self.0
    }
}

impl FromStr for OfficerId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (office, rest) = text.split_at_checked(6).ok_or(NameError::Officer)?;
        office.parse::<OfficeCode>().map_err(|_| NameError::Officer)?;
        match rest.as_bytes() {
            [b'-', letter, a, b] if letter.is_ascii_uppercase() && a.is_ascii_digit() && b.is_ascii_digit() => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(NameError::Officer),
        }
    }
}

impl OfficerId {
    /// The office that the id belongs to.
    #[must_use]
    pub fn of(&self, office: OfficeCode) -> bool {
        self.0.as_bytes().starts_with(office.as_bytes())
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Network {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let label = |l: &str| {
            !l.is_empty()
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if text.len() <= 64 && text.split('.').all(label) { Ok(Self(text.to_owned())) } else { Err(NameError::Network) }
    }
}

impl Network {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Digest {
    /// SHA-256 of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = NameError;

    fn try_from(bytes: &[u8]) -> Result<Self, NameError> {
        bytes.try_into().map(Self).map_err(|_| NameError::Digest)
    }
}

impl FromStr for Digest {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let bytes = hex::decode(text).map_err(|_| NameError::Digest)?;
        Self::try_from(bytes.as_slice())
    }
}

impl LogId {
    /// The log that an office key was born with.
    #[must_use]
    pub fn of_key(office_key: &[u8; 32]) -> Self {
        Self(*Digest::of(office_key).0.first_chunk().unwrap_or(&[0; 8]))
    }
}

impl TryFrom<&[u8]> for LogId {
    type Error = NameError;

    fn try_from(bytes: &[u8]) -> Result<Self, NameError> {
        bytes.try_into().map(Self).map_err(|_| NameError::LogId)
    }
}

macro_rules! text_of {
    ($name:ident, |$this:ident| $text:expr) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $this = self;
                f.write_str($text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}
text_of!(Country, |country| std::str::from_utf8(&country.0).unwrap_or("??"));
text_of!(OfficeCode, |office| std::str::from_utf8(&office.0).unwrap_or("??-???"));
text_of!(OfficerId, |officer| &officer.0);
text_of!(Network, |network| &network.0);
text_of!(Digest, |digest| &hex::encode(digest.0));
text_of!(LogId, |log| &hex::encode(log.0));
