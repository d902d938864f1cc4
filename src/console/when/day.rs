//! Days alone, as people type them: when they begin and end at the office.

use jiff::civil::Date;

use crate::console::when::When;
use crate::console::when::typed::typed_day;

impl When {
    /// When a typed day begins at the office, UTC ms, such as `13.11.2026`, `13/11/26` or `2026-11-13`; `None` if it is none.
    pub(in crate::console) fn begin_of(&self, typed: &str) -> Option<i64> {
        self.midnight(self.day_of(typed)?)
    }

    /// When it ends there: the first millisecond of the next day.
    pub(in crate::console) fn end_of(&self, typed: &str) -> Option<i64> {
        self.midnight(self.day_of(typed)?.tomorrow().ok()?)
    }

    fn day_of(&self, typed: &str) -> Option<Date> {
        typed_day(typed.trim(), self.local(self.now.ms()).date())
    }

    pub(in crate::console::when) fn midnight(&self, day: Date) -> Option<i64> {
        Some(day.to_zoned_datetime(self.zone.clone()).ok()?.timestamp().as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use crate::i18n::Words;

    #[test]
    fn the_day_comes_first() {
        let now = "2026-11-13T09:02:04Z".parse().unwrap();
        let when = When::of("UZ".parse().unwrap(), Words::of(Language::english()), now);
        let begin = "2026-11-12T19:00:00Z".parse::<crate::time::Timestamp>().unwrap().ms();
        for typed in ["13.11.2026", " 13.11.26 ", "13/11/2026", "2026-11-13", "13-11-26"] {
            assert_eq!(when.begin_of(typed), Some(begin), "{typed}");
        }
        assert_eq!(when.end_of("13.11.2026"), Some(begin + 24 * 60 * 60 * 1000));
        for typed in ["", "13", "11.13.2026", "30.02.2026", "1.1.1.1", "-1.2.2026", "a.b.c"] {
            assert_eq!(when.begin_of(typed), None, "{typed}");
        }
    }
}
