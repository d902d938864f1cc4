//! Container numbers, ISO 6346: owner, category, serial number, check digit.

use crate::domain::fields::Flag;
use crate::domain::fields::Look;

pub(super) fn look(number: &str) -> Look {
    Look::of_digit(fits(number.as_bytes()), Flag::ContainerDigit)
}

/// Each sign's value times two to its place, summed, modulo 11; a remainder of 10 is written as 0.
fn fits(number: &[u8]) -> Option<bool> {
    let (owner, rest) = number.split_at_checked(3)?;
    let (category, serial) = rest.split_first()?;
    let digit = serial.last().filter(|_| serial.len() == 7 && serial.iter().all(u8::is_ascii_digit))?;
    if !(owner.iter().all(u8::is_ascii_uppercase) && b"UJZ".contains(category)) {
        return None;
    }
    let sum: u32 = number.iter().take(10).enumerate().map(|(place, sign)| value(*sign) << place).sum();
    Some(sum % 11 % 10 == value(*digit))
}

/// Digits count as themselves, letters from 10 on without the multiples of 11: A is 10, B 12, Z 38.
fn value(sign: u8) -> u32 {
    let skipped = match sign {
        b'0'..=b'9' => return u32::from(sign - b'0'),
        b'A' => 0,
        b'B'..=b'K' => 1,
        b'L'..=b'U' => 2,
        _ => 3,
    };
    u32::from(sign.saturating_sub(b'A')) + 10 + skipped
}
