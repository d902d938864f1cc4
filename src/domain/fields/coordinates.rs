//! Coordinates, WGS 84: degrees times 10^7 as whole numbers, and metres by which they may be off.

use crate::domain::fields::FieldRule;
use crate::wire::Place;

/// A pole.
const LAT_E7_MAX: u32 = 90 * 10_000_000;

/// The meridian opposite Greenwich.
const LON_E7_MAX: u32 = 180 * 10_000_000;

/// The rule that a place's coordinates break, if it has any.
pub(super) fn broken(place: &Place) -> Option<FieldRule> {
    let within = |degrees: Option<i32>, max| degrees.is_some_and(|degrees| degrees.unsigned_abs() <= max);
    if place.lat_e7.is_none() && place.lon_e7.is_none() {
        None
    } else if !(within(place.lat_e7, LAT_E7_MAX) && within(place.lon_e7, LON_E7_MAX)) {
        Some(FieldRule::PlaceCoordinates)
    } else {
        (place.accuracy_m == 0).then_some(FieldRule::PlaceAccuracy)
    }
}
