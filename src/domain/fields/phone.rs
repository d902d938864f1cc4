//! Telephone numbers, ITU-T E.164, with the plus; how a number was written stands beside it.

use crate::domain::fields::Look;

/// Fewest and most digits; no country code begins with 0.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

pub(super) fn look(number: &str) -> Look {
    let digits = number.strip_prefix('+').unwrap_or_default();
    let fits = DIGITS.contains(&digits.len()) && digits.bytes().all(|sign| sign.is_ascii_digit());
    Look::of_form(fits && !digits.starts_with('0'))
}
