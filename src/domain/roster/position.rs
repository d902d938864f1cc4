//! Where an office is, as near as its town and no nearer: a whole number of hundredths of a degree.

use std::fmt;
use std::str::FromStr;

use crate::domain::envelope::Malformed;
use crate::wire;

/// A degree, and a hundredth of it, in units of the wire.
const DEGREE_E7: i32 = 10_000_000;
const TOWN_E7: i32 = DEGREE_E7 / 100;
/// Decimals of a degree that the wire can hold.
const DECIMALS: usize = 7;

/// A place on the earth, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    lat_e7: i32,
    lon_e7: i32,
}

/// What was typed is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a latitude and a longitude in degrees, as in 39.42,63.80")]
pub struct NoPosition;

impl Position {
    /// The nearest one that is said of a place; `None` if it is none on the earth. Degrees times 10^7.
    #[must_use]
    pub fn near(lat_e7: i32, lon_e7: i32) -> Option<Self> {
        let is_one = lat_e7.unsigned_abs() <= 90 * DEGREE_E7.unsigned_abs()
            && lon_e7.unsigned_abs() <= 180 * DEGREE_E7.unsigned_abs();
        let town = |e7: i32| (e7 + e7.signum() * (TOWN_E7 / 2)) / TOWN_E7 * TOWN_E7;
        is_one.then(|| Self { lat_e7: town(lat_e7), lon_e7: town(lon_e7) })
    }

    /// From a message.
    ///
    /// # Errors
    /// If it is no place, or is said nearer than to its town.
    pub fn read(wire: &wire::OfficePosition) -> Result<Self, Malformed> {
        let position = Self::near(wire.lat_e7, wire.lon_e7).filter(|position| position.write() == *wire);
        position.ok_or(Malformed("the position of an office is no place, or nearer than its town"))
    }

    /// As a message.
    #[must_use]
    pub const fn write(self) -> wire::OfficePosition {
        wire::OfficePosition { lat_e7: self.lat_e7, lon_e7: self.lon_e7 }
    }
}

impl FromStr for Position {
    type Err = NoPosition;

    /// Degrees, as in `39.42,63.80`; what is nearer than a town is rounded.
    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (lat, lon) = text.split_once(',').ok_or(NoPosition)?;
        let [lat, lon] = [lat, lon].map(|degrees| e7(degrees.trim()).ok_or(NoPosition));
        Self::near(lat?, lon?).ok_or(NoPosition)
    }
}

/// Degrees times 10^7.
fn e7(degrees: &str) -> Option<i32> {
    let (sign, digits) = degrees.strip_prefix('-').map_or((1, degrees), |digits| (-1, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str, most| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole, 3) || !are_digits(decimals, DECIMALS) {
        return None;
    }
    let decimals = format!("{decimals:0<DECIMALS$}").parse::<i32>().ok()?;
    Some(sign * whole.parse::<i32>().ok()?.checked_mul(DEGREE_E7)?.checked_add(decimals)?)
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let degrees = |e7: i32| {
            let hundredths = e7.unsigned_abs() / TOWN_E7.unsigned_abs();
            format!("{}{}.{:02}", if e7 < 0 { "-" } else { "" }, hundredths / 100, hundredths % 100)
        };
        write!(f, "{},{}", degrees(self.lat_e7), degrees(self.lon_e7))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_place_is_said_to_its_town() {
        let said = |text: &str| text.parse::<Position>().map(|position| position.to_string());
        assert_eq!(said("39.4151234,63.8033"), Ok("39.42,63.80".to_owned()));
        assert_eq!(said(" -0.004 , -179.996"), Ok("0.00,-180.00".to_owned()));
        assert_eq!(said("90,180"), Ok("90.00,180.00".to_owned()));
        for text in ["", "39.4", "90.01,0", "0,180.0001", "39.42;63.8", "39.,63", "+1,2", "1,2,3", "1e1,2", "214.9,999"]
        {
            assert_eq!(said(text), Err(NoPosition), "{text}");
        }
        let near = wire::OfficePosition { lat_e7: 394_150_001, lon_e7: 0 };
        assert!(Position::read(&near).is_err(), "nearer than a town");
        assert!(Position::read(&wire::OfficePosition { lat_e7: 910_000_000, lon_e7: 0 }).is_err());
    }

    proptest! {
        #[test]
        fn no_numbers_panic_and_what_is_written_is_read(lat_e7: i32, lon_e7: i32) {
            let _ = Position::read(&wire::OfficePosition { lat_e7, lon_e7 });
            if let Some(position) = Position::near(lat_e7, lon_e7) {
                prop_assert_eq!(Position::read(&position.write()), Ok(position));
                prop_assert_eq!(position.to_string().parse(), Ok(position));
            }
        }
    }
}
