//! Times: UTC milliseconds since 1970, written as RFC 3339, and the rule of node time (PROTOCOL 10).

use std::fmt;
use std::str::FromStr;

/// A day of 24 hours, milliseconds.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A point in time, UTC milliseconds since 1970-01-01, between the years 1970 and 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// What is wrong with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not `YYYY-MM-DDThh:mm:ssZ`, with or without three decimals.
    #[error("a time must be written as in 2026-11-24T08:00:00Z, in UTC, with at most three decimals")]
    Form,
    /// Before 1970 or after 9999.
    #[error("a time must lie between the years 1970 and 9999")]
    Range,
}

/// Milliseconds at the end of the year 9999.
const MAX_MS: i64 = 253_402_300_799_999;

impl Timestamp {
    /// 1970-01-01, the least time.
    pub const ZERO: Self = Self(0);

    /// A time from UTC milliseconds since 1970.
    ///
    /// # Errors
    /// If it lies outside the years 1970 to 9999.
    pub const fn from_ms(ms: i64) -> Result<Self, TimeError> {
        if ms < 0 || ms > MAX_MS { Err(TimeError::Range) } else { Ok(Self(ms)) }
    }

    /// The nearest time there is to these milliseconds; for clocks, which must not fail.
    #[must_use]
    pub fn clamped(ms: i64) -> Self {
        Self(ms.clamp(0, MAX_MS))
    }

    /// UTC milliseconds since 1970.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// This much later, `ms` milliseconds, or the last time there is.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self::clamped(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The calendar year in UTC.
    #[must_use]
    pub fn year(self) -> i16 {
        self.civil().map_or(1970, jiff::civil::DateTime::year)
    }

    fn civil(self) -> Option<jiff::civil::DateTime> {
        let instant = jiff::Timestamp::from_millisecond(self.0).ok()?;
        Some(jiff::tz::Offset::UTC.to_datetime(instant))
    }
}

/// A clock; time is handed in, so that tests and simulation have their own.
pub trait Clock: Send + Sync {
    /// What the clock shows.
    fn now(&self) -> Timestamp;
}

/// Node time: the larger of the system clock and the time of the last entry (PROTOCOL 10).
#[must_use]
pub fn node_time(clock: Timestamp, last_entry: Timestamp) -> Timestamp {
    clock.max(last_entry)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(t) = self.civil() else { return f.write_str("1970-01-01T00:00:00.000Z") };
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.millisecond()
        )
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let shape = text.len() == 20 || text.len() == 24;
        let fits = shape
            && text.bytes().enumerate().all(|(i, b)| match i {
                4 | 7 => b == b'-',
                10 => b == b'T',
                13 | 16 => b == b':',
                19 if text.len() == 24 => b == b'.',
                _ if i + 1 == text.len() => b == b'Z',
                _ => b.is_ascii_digit(),
            });
        // A leap second (":60") has no place in UTC milliseconds.
        if !fits || text.get(17..19).is_none_or(|seconds| seconds > "59") {
            return Err(TimeError::Form);
        }
        let instant: jiff::Timestamp = text.parse().map_err(|_| TimeError::Form)?;
        Self::from_ms(instant.as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_and_written() {
        let time: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        assert_eq!(time.to_string(), "2026-11-24T08:00:00.000Z");
        assert_eq!("2026-11-24T08:00:00.250Z".parse::<Timestamp>().unwrap().ms() - time.ms(), 250);
        assert_eq!(time.year(), 2026);
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in [
            "",
            "2026-11-24",
            "2026-11-24T08:00:00+05:00",
            "2026-11-24t08:00:00Z",
            "2026-11-24 08:00:00Z",
            "2026-11-24T08:00:60Z",
            "2026-13-24T08:00:00Z",
            "2026-02-30T08:00:00Z",
            "2026-11-24T08:00:00.1234Z",
            "1969-12-31T23:59:59Z",
            "٢٠٢٦-11-24T08:00:00Z",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
    }

    #[test]
    fn node_time_never_runs_back() {
        let (early, late) = (Timestamp(5), Timestamp(9));
        assert_eq!(node_time(early, late), late);
        assert_eq!(node_time(late, early), late);
    }

    proptest! {
        #[test]
        fn every_time_comes_back(ms in 0..=MAX_MS) {
            let time = Timestamp::from_ms(ms).unwrap();
            prop_assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
