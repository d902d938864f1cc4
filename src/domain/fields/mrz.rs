//! Machine readable zones, ICAO Doc 9303: TD1 (cards, part 5) and TD3 (passports, part 4), and their check digits.
//!
//! Not who the holder is: nothing but the check digits is read.

use std::ops::Range;
use std::slice;

use crate::domain::fields::Flag;
use crate::domain::fields::Look;
use crate::domain::fields::document::is_sign;

/// The filler.
const FILLER: u8 = b'<';

/// Number of lines and length of each.
const TD1: (usize, usize) = (3, 30);
const TD3: (usize, usize) = (2, 44);

/// Looks at the lines, in order; names the first check digit that does not fit.
pub(super) fn look(lines: &[String]) -> Look {
    let zone = lines.concat().into_bytes();
    let is = |(count, length)| lines.len() == count && lines.iter().all(|line| line.len() == length);
    let alone = |over: Range<usize>| fits(&zone, slice::from_ref(&over));
    let checks = if !zone.iter().copied().all(is_sign) {
        return Look::Refused;
    } else if is(TD3) {
        [
            (Flag::MrzNumber, alone(44..53)),
            (Flag::MrzBirth, alone(57..63)),
            (Flag::MrzExpiry, alone(65..71)),
            // Empty optional data may have a filler for its check digit.
            (Flag::MrzOptional, alone(72..86) || zone.iter().skip(72).take(15).all(|sign| *sign == FILLER)),
            (Flag::MrzComposite, fits(&zone, &[44..54, 57..64, 65..87])),
        ]
    } else if is(TD1) {
        [
            (Flag::MrzNumber, alone(5..14) || long_number_fits(&zone)),
            (Flag::MrzBirth, alone(30..36)),
            (Flag::MrzExpiry, alone(38..44)),
            // Its optional data have no check digit of their own.
            (Flag::MrzOptional, true),
            (Flag::MrzComposite, fits(&zone, &[5..30, 30..37, 38..45, 48..59])),
        ]
    } else {
        return Look::Refused;
    };
    checks.into_iter().find(|(_, fits)| !fits).map_or(Look::Fine, |(flag, _)| Look::Flagged(flag))
}

/// A number of more than nine signs has a filler for its check digit and runs on in the optional data, up to a filler;
/// its check digit is the last sign before that.
fn long_number_fits(td1: &[u8]) -> bool {
    let rest = td1.iter().skip(15).take(15).take_while(|sign| **sign != FILLER).count();
    td1.get(14) == Some(&FILLER) && rest > 1 && fits(td1, &[5..14, 15..14 + rest])
}

/// Whether the sign after the last range is the check digit of all: their values times 7, 3, 1 and again, summed,
/// modulo 10. Digits count as themselves, letters from 10 on, the filler 0.
fn fits(zone: &[u8], over: &[Range<usize>]) -> bool {
    let values = over.iter().filter_map(|range| zone.get(range.clone())).flatten().map(|sign| match sign {
        b'0'..=b'9' => u32::from(sign - b'0'),
        b'A'..=b'Z' => u32::from(sign - b'A') + 10,
        _ => 0,
    });
    let sum: u32 = values.zip([7, 3, 1].into_iter().cycle()).map(|(value, weight)| value * weight).sum();
    let digit = over.last().and_then(|last| zone.get(last.end));
    digit.is_some_and(|digit| char::from(*digit).to_digit(10) == Some(sum % 10))
}
