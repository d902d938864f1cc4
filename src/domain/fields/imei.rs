//! Device numbers, IMEI (3GPP TS 23.003): 15 digits, the last by the formula of Luhn (ISO/IEC 7812-1).

use crate::domain::fields::Flag;
use crate::domain::fields::Look;
use crate::domain::fields::digits;

/// Digits of an IMEI.
const DIGITS: usize = 15;

pub(super) fn look(imei: &str) -> Look {
    Look::of_digit(digits(imei).filter(|digits| digits.len() == DIGITS).map(|digits| luhn(&digits)), Flag::ImeiDigit)
}

/// From the right every second digit is doubled, and the two digits of a double are added.
fn luhn(digits: &[u32]) -> bool {
    let mut doubled = [false, true].into_iter().cycle();
    let counted = digits.iter().rev().map(|digit| match doubled.next() {
        Some(true) => digit * 2 / 10 + digit * 2 % 10,
        _ => *digit,
    });
    counted.sum::<u32>() % 10 == 0
}
