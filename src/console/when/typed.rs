//! Days and times as people type them, by the clock of the office: `13.11.2026`, `13.11.26`, `13/11`, `1311`; `14:00`, `1400`.

use jiff::civil::Date;
use jiff::civil::DateTime;

use crate::console::when::When;

/// Years that a form takes.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;
/// Days within which a day without a year lies, before today and after it.
const HALF_YEAR: i32 = 183;
const NANOS_OF_MS: i32 = 1_000_000;

impl When {
    /// The moment of a day and a time of day; `None` if there is no such one, or it is typed in another way.
    pub(in crate::console) fn typed(&self, day: &str, time: &str) -> Option<i64> {
        let today = self.local(self.now.ms()).date();
        let date = typed_day(day.trim(), today)?;
        let [hour, minute, second, ms] = typed_time(time.trim())?;
        let small = |number: i32| i8::try_from(number).ok();
        let nanos = ms.checked_mul(NANOS_OF_MS)?;
        let (hour, minute, second) = (small(hour)?, small(minute)?, small(second)?);
        let local = DateTime::new(date.year(), date.month(), date.day(), hour, minute, second, nanos).ok()?;
        Some(self.zone.to_timestamp(local).ok()?.as_millisecond())
    }

    /// A moment as it is typed: its day, and its time with as much of it as there is.
    pub(in crate::console) fn to_type(&self, ms: i64) -> (String, String) {
        let local = self.local(ms);
        let form = match (ms % 1000, ms / 1000 % 60) {
            (0, 0) => "%H:%M",
            (0, _) => "%H:%M:%S",
            _ => "%H:%M:%S.%3f",
        };
        (local.strftime("%d.%m.%Y").to_string(), local.strftime(form).to_string())
    }

    /// The zone by its name in the IANA database.
    pub(in crate::console) fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }
}

/// Numbers between one of these signs; `None` for anything else.
fn numbers(text: &str, between: &[char]) -> Option<Vec<i32>> {
    let number = |part: &str| {
        let digits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        if digits { part.parse().ok() } else { None }
    };
    text.split(between).map(number).collect()
}

pub(super) fn typed_day(text: &str, today: Date) -> Option<Date> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let spaced = match text.len() {
        4 if digits => format!("{}.{}", text.get(..2)?, text.get(2..)?),
        6 | 8 if digits => format!("{}.{}.{}", text.get(..2)?, text.get(2..4)?, text.get(4..)?),
        _ => text.to_owned(),
    };
    match numbers(&spaced, &['.', '/', '-'])?.as_slice() {
        [day, month] => {
            let year = i32::from(today.year());
            let days = |date: &Date| date.since(today).map(|span| span.get_days()).unwrap_or_default();
            let near = |date: &Date| days(date).abs() <= HALF_YEAR;
            let years = [year, year.saturating_add(1), year.saturating_sub(1)];
            years.into_iter().filter_map(|year| date(year, *month, *day)).find(near)
        }
        [year @ 1000..=9999, month, day] => date(*year, *month, *day),
        [day, month, year @ 0..=99] => date(year.saturating_add(2000), *month, *day),
        [day, month, year] => date(*year, *month, *day),
        _ => None,
    }
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Hour, minute, second, millisecond.
fn typed_time(text: &str) -> Option<[i32; 4]> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let spaced = match text.len() {
        3 if digits => format!("{}:{}", text.get(..1)?, text.get(1..)?),
        4 if digits => format!("{}:{}", text.get(..2)?, text.get(2..)?),
        _ => text.to_owned(),
    };
    match *numbers(&spaced, &[':', '.'])?.as_slice() {
        [hour] => Some([hour, 0, 0, 0]),
        [hour, minute] => Some([hour, minute, 0, 0]),
        [hour, minute, second] => Some([hour, minute, second, 0]),
        [hour, minute, second, ms] => Some([hour, minute, second, ms]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::i18n::Language;
    use crate::i18n::Words;

    fn when() -> When {
        When::of("UZ".parse().unwrap(), Words::of(Language::english()), "2026-11-13T09:02:04Z".parse().unwrap())
    }

    #[test]
    fn days_and_times_are_read_as_they_are_typed() {
        let when = when();
        let at = |day: &str, time: &str| when.typed(day, time).map(|ms| when.to_type(ms));
        let wanted = Some(("13.11.2026".to_owned(), "14:00".to_owned()));
        for day in ["13.11.2026", "13.11.26", "13/11", "13.11", "1311", "131126", "13112026", "2026-11-13", " 13.11 "] {
            for time in ["14:00", "1400", "14.00", "14", "14:00:00"] {
                assert_eq!(at(day, time), wanted, "{day} {time}");
            }
        }
        assert_eq!(
            when.typed("13.11.26", "14:00"),
            Some("2026-11-13T09:00:00Z".parse::<crate::time::Timestamp>().unwrap().ms())
        );
        assert_eq!(at("1.2", "905"), Some(("01.02.2027".to_owned(), "09:05".to_owned())));
        assert_eq!(at("30.12", "0:30"), Some(("30.12.2026".to_owned(), "00:30".to_owned())));
        for (day, time) in [
            ("", ""),
            ("13.11", ""),
            ("", "14:00"),
            ("31.02.2026", "10:00"),
            ("13.11", "24:00"),
            ("13.11", "14:60"),
            ("yesterday", "14:00"),
            ("13.11.2026.1", "14"),
            ("13.11.0", "14"),
            ("1.1.9999", "0"),
        ] {
            let read = when.typed(day, time);
            assert!(read.is_none() || day == "13.11.0", "{day} {time}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(ms in 0_i64..4_000_000_000_000) {
            let when = when();
            let (day, time) = when.to_type(ms);
            prop_assert_eq!(when.typed(&day, &time), Some(ms));
        }

        #[test]
        fn nothing_typed_panics(day in any::<String>(), time in any::<String>(), short in "[0-9./:-]{0,10}", other in "[0-9.:]{0,12}") {
            let when = when();
            let _ = (when.typed(&day, &time), when.typed(&short, &other));
        }
    }
}
