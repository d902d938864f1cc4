//! Days as people type them.

use jiff::civil::Date;

use crate::console::when::When;

impl When {
    /// When a typed day begins at the office, UTC ms, such as `13.11.2026`, `13/11/26` or `2026-11-13`; `None` if it is none.
    pub(in crate::console) fn begin_of(&self, typed: &str) -> Option<i64> {
        self.midnight(day(typed)?)
    }

    /// When it ends there: the first millisecond of the next day.
    pub(in crate::console) fn end_of(&self, typed: &str) -> Option<i64> {
        self.midnight(day(typed)?.tomorrow().ok()?)
    }

    fn midnight(&self, day: Date) -> Option<i64> {
        Some(day.to_zoned_datetime(self.zone.clone()).ok()?.timestamp().as_millisecond())
    }

    /// A day as it may be typed again: `13.11.2026`.
    pub(in crate::console) fn typed(&self, ms: i64) -> String {
        self.local(ms).strftime("%d.%m.%Y").to_string()
    }
}

/// The day first, or a year of four digits first.
fn day(typed: &str) -> Option<Date> {
    let mut parts = typed.trim().split(['.', '/', '-']);
    let (first, month, last, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let year = match (year.len(), year.parse::<i16>().ok()?) {
        (2, year) => 2000 + year,
        (4, year) => year,
        _ => return None,
    };
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn the_day_comes_first() {
        let now = "2026-11-13T09:02:04Z".parse().unwrap();
        let when = When::of("UZ".parse().unwrap(), Language::En, now);
        let begin = "2026-11-12T19:00:00Z".parse::<crate::time::Timestamp>().unwrap().ms();
        for typed in ["13.11.2026", " 13.11.26 ", "13/11/2026", "2026-11-13", "13-11-26"] {
            assert_eq!(when.begin_of(typed), Some(begin), "{typed}");
        }
        assert_eq!(when.end_of("13.11.2026"), Some(begin + 24 * 60 * 60 * 1000));
        assert_eq!(when.typed(begin), "13.11.2026");
        for typed in ["", "13", "13.11", "11.13.2026", "30.02.2026", "1.1.1.1", "13.11.226", "-1.2.2026", "a.b.c"] {
            assert_eq!(when.begin_of(typed), None, "{typed}");
        }
    }
}
