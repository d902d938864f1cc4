//! Numbers of travel documents, in the signs of ICAO Doc 9303.

use crate::domain::fields::Look;

/// Most signs: Doc 9303 prints nine, and lets longer numbers run on.
const SIGNS: usize = 12;

pub(super) fn look(number: &str) -> Look {
    Look::of_form((1..=SIGNS).contains(&number.len()) && number.bytes().all(is_sign))
}

/// Whether a byte is a capital letter, a digit or the filler.
pub(super) fn is_sign(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'<')
}
