//! Names: offices, officers, digests, logs, references, fingerprints.

use std::fmt;
use std::str::FromStr;

use sha2::Digest as _;

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

/// What people compare aloud: 160 bits of a SHA-256 in Crockford's base 32, eight groups of four.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 20]);

/// A reference for people and the radio: `UZ-ALT-26-000123-3`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    office: OfficeCode,
    year: u8,
    number: u32,
    check: u8,
}

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
        let Digest([a, b, c, d, e, f, g, h, ..]) = Digest::of(office_key);
        Self([a, b, c, d, e, f, g, h])
    }
}

impl TryFrom<&[u8]> for LogId {
    type Error = NameError;

    fn try_from(bytes: &[u8]) -> Result<Self, NameError> {
        bytes.try_into().map(Self).map_err(|_| NameError::LogId)
    }
}

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

/// Digits and letters of ISO 7064 MOD 37-2, in the order of their values; `*` is the 37th.
const MOD_37_2: &[u8; 37] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";

/// The check character of ISO 7064 MOD 37-2; `None` if a character has no value.
fn mod_37_2(text: &[u8]) -> Option<u8> {
    let mut p = 0;
    for byte in text {
        let value = MOD_37_2.iter().take(36).position(|c| c == byte)?;
        p = (p + value) * 2 % 37;
    }
    MOD_37_2.get((38 - p) % 37).copied()
}

impl Reference {
    /// Largest running number.
    pub const MAX_NUMBER: u32 = 999_999;

    /// The reference with this running number, year as in `26`; `None` for numbers that are skipped, because their
    /// check character would be `*`, `I` or `O`.
    #[must_use]
    pub fn new(office: OfficeCode, year: u8, number: u32) -> Option<Self> {
        if year > 99 || number > Self::MAX_NUMBER {
            return None;
        }
        let reference = Self { office, year, number, check: b'*' };
        let check = reference.computed_check()?;
        if matches!(check, b'*' | b'I' | b'O') { None } else { Some(Self { check, ..reference }) }
    }

    /// The office that gave it.
    #[must_use]
    pub const fn office(self) -> OfficeCode {
        self.office
    }

    /// Its running number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }

    /// The part that people say when it is clear which office they mean: number and check character, `123-3`.
    #[must_use]
    pub fn short(self) -> String {
        format!("{}-{}", self.number, char::from(self.check))
    }

    fn computed_check(self) -> Option<u8> {
        let text = format!("{}{:02}{:06}", self.office, self.year, self.number);
        let plain: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
        mod_37_2(&plain)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}-{:06}-{}", self.office, self.year, self.number, char::from(self.check))
    }
}

impl FromStr for Reference {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut parts = text.rsplitn(4, '-');
        let (Some(check), Some(number), Some(year), Some(office)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NameError::Reference);
        };
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        let (&[check], true, true) = (check.as_bytes(), digits(number, 6), digits(year, 2)) else {
            return Err(NameError::Reference);
        };
        let reference = Self {
            office: office.parse().map_err(|_| NameError::Reference)?,
            year: year.parse().map_err(|_| NameError::Reference)?,
            number: number.parse().map_err(|_| NameError::Reference)?,
            check,
        };
        // A reader takes I and O, which a writer skips.
        if reference.computed_check() == Some(check) && check != b'*' {
            Ok(reference)
        } else {
            Err(NameError::Reference)
        }
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
        text_of!(debug $name);
    };
    (debug $name:ident) => {
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
text_of!(debug Fingerprint);
text_of!(debug Reference);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_reference_of_the_protocol_is_right() {
        let reference: Reference = "UZ-ALT-26-000123-3".parse().unwrap();
        assert_eq!(reference.short(), "123-3");
        assert_eq!(Reference::new("UZ-ALT".parse().unwrap(), 26, 123), Some(reference));
        assert!("UZ-ALT-26-000123-4".parse::<Reference>().is_err());
    }

    #[test]
    fn skipped_numbers_have_no_reference() {
        let office: OfficeCode = "UZ-ALT".parse().unwrap();
        let given = (1..=1000).filter_map(|n| Reference::new(office, 26, n)).count();
        assert!(given < 1000 && given > 850, "{given}");
    }

    #[test]
    fn fingerprints_are_read_as_people_type_them() {
        let fingerprint = Fingerprint::of_key(&[7; 32]);
        let text = fingerprint.to_string();
        assert_eq!(text.len(), 39);
        for typed in [text.to_lowercase(), text.replace('-', " "), text.replace('0', "o"), text.replace('1', "l")] {
            assert_eq!(typed.parse(), Ok(fingerprint), "{typed}");
        }
        assert!(text.replace('-', "")[1..].parse::<Fingerprint>().is_err());
        assert!(format!("{text}0").parse::<Fingerprint>().is_err());
    }

    proptest! {
        #[test]
        fn names_come_back(bytes in any::<[u8; 20]>(), number in 0..=Reference::MAX_NUMBER) {
            let fingerprint = Fingerprint(bytes);
            prop_assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
            if let Some(reference) = Reference::new("TM-FAR".parse().unwrap(), 26, number) {
                prop_assert_eq!(reference.to_string().parse(), Ok(reference));
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,45}") {
            let _ = text.parse::<Country>();
            let _ = text.parse::<OfficeCode>();
            let _ = text.parse::<OfficerId>();
            let _ = text.parse::<Network>();
            let _ = text.parse::<Digest>();
            let _ = text.parse::<Fingerprint>();
            let _ = text.parse::<Reference>();
        }
    }
}
