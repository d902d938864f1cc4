//! Codes of the Harmonized System (WCO): six digits, zeros in front included; longer codes are national.

use crate::domain::fields::Look;

/// Digits of a subheading.
const DIGITS: usize = 6;

pub(super) fn look(code: &str) -> Look {
    Look::of_form(code.len() == DIGITS && code.bytes().all(|sign| sign.is_ascii_digit()))
}
