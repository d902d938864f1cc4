//! Vehicle identification numbers, ISO 3779; who must use position 9 as a check digit follows from ISO 3780.

use crate::domain::fields::Flag;
use crate::domain::fields::Look;

/// What each position counts; the ninth is the check digit itself.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// Never refuses: older vehicles have chassis numbers of any form.
pub(super) fn look(vin: &str) -> Look {
    let values: Option<Vec<u32>> = vin.bytes().map(value).collect();
    let Some(values) = values.filter(|values| values.len() == WEIGHTS.len()) else {
        return Look::Flagged(Flag::VinForm);
    };
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let digit = char::from_digit(sum % 11, 10).unwrap_or('X');
    // 1 to 5 is North America, L is China; makers elsewhere put there what they like.
    let binding = vin.starts_with(['1', '2', '3', '4', '5', 'L']);
    Look::of_digit(Some(!binding || vin.chars().nth(8) == Some(digit)), Flag::VinDigit)
}

/// What a sign counts; I, O and Q are none.
fn value(sign: u8) -> Option<u32> {
    Some(u32::from(match sign {
        b'0'..=b'9' => sign - b'0',
        b'A'..=b'H' => sign - b'A' + 1,
        b'J'..=b'N' => sign - b'J' + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => sign - b'S' + 2,
        _ => return None,
    }))
}
