//! CAS registry numbers: 2 to 7 digits, 2 digits, a check digit.

use crate::domain::fields::Flag;
use crate::domain::fields::Look;
use crate::domain::fields::digits;

pub(super) fn look(cas: &str) -> Look {
    Look::of_digit(fits(cas), Flag::CasDigit)
}

/// The digits before the last, counted from the right from 1: the sum of digit times place, modulo 10, is the last.
fn fits(cas: &str) -> Option<bool> {
    let (rest, last) = cas.rsplit_once('-')?;
    let (first, second) = rest.split_once('-')?;
    let form = (2..=7).contains(&first.len()) && second.len() == 2 && last.len() == 1;
    let last = digits(last).filter(|_| form)?;
    let before = digits(first)?.into_iter().chain(digits(second)?).rev();
    let sum: u32 = (1..).zip(before.collect::<Vec<_>>()).map(|(place, digit)| place * digit).sum();
    Some(last == [sum % 10])
}
