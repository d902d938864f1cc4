//! References: what people and the radio call a notice.

use std::fmt;
use std::str::FromStr;

use crate::name::NameError;
use crate::name::OfficeCode;

/// A reference for people and the radio: `UZ-ALT-26-000123-3`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    office: OfficeCode,
    year: u8,
    number: u32,
    check: u8,
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

    /// The last two digits of the year in which it was given.
    #[must_use]
    pub const fn year(self) -> u8 {
        self.year
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

    /// Whether a text has the form of a reference, but its last character does not fit the others: one of them is mistyped.
    #[must_use]
    pub fn is_mistyped(text: &str) -> bool {
        Self::of_form(text).is_some_and(|reference| !reference.fits())
    }

    /// A reference of which the last character may not fit the others.
    fn of_form(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(4, '-');
        let (check, number, year, office) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        let &[check] = check.as_bytes() else { return None };
        if !(digits(number, 6) && digits(year, 2)) {
            return None;
        }
        Some(Self { office: office.parse().ok()?, year: year.parse().ok()?, number: number.parse().ok()?, check })
    }

    /// A reader takes I and O, which a writer skips.
    fn fits(self) -> bool {
        self.computed_check() == Some(self.check) && self.check != b'*'
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
        Self::of_form(text).filter(|reference| reference.fits()).ok_or(NameError::Reference)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
