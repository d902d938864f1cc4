//! Times as people of an office read them: the day first, 24 hours, the clock of the office's country.

mod day;
mod months;
mod typed;
mod zone;

pub(super) use zone::Zone;

use std::sync::Arc;

use jiff::Timestamp as Instant;
use jiff::ZonedDateTime;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::i18n::Words;
use crate::name::Country;
use crate::time::DAY_MS;
use crate::time::Timestamp;

const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// The clock of an office, for a reader at a moment.
#[derive(Clone)]
pub(super) struct When {
    zone: TimeZone,
    words: Arc<Words>,
    now: Timestamp,
    /// A second clock, and how it is called, as a key.
    second: Option<(TimeZone, &'static str)>,
}

impl When {
    /// The clock of a country; UTC for one that is not known here.
    pub(super) fn of(country: Country, words: impl Into<Arc<Words>>, now: Timestamp) -> Self {
        Self { zone: zone_of(country).unwrap_or(TimeZone::UTC), words: words.into(), now, second: None }
    }

    /// The same with a second clock beside it.
    pub(super) fn beside(self, zone: Option<&Zone>) -> Self {
        let second = zone.and_then(|zone| Some((TimeZone::get(zone.name).ok()?, zone.key)));
        Self { second, ..self }
    }

    /// The time of a moment by the second clock, and how that is called, as a key; `None` if there is none, or it shows the
    /// same then.
    pub(super) fn second(&self, ms: i64) -> Option<(&'static str, String)> {
        let (zone, key) = self.second.as_ref()?;
        Some((*key, self.by(zone, ms)?))
    }

    /// The time of a moment by the clock of another country, with the day if that is another one; `None` if the clocks show
    /// the same then, or that country's is not known here.
    pub(super) fn there(&self, country: Country, ms: i64) -> Option<String> {
        self.by(&zone_of(country)?, ms)
    }

    fn by(&self, zone: &TimeZone, ms: i64) -> Option<String> {
        let there = Self { zone: zone.clone(), ..self.clone() };
        let (local, other) = (self.local(ms), there.local(ms));
        let differs = ms != 0 && local.offset() != other.offset();
        differs.then(|| if local.date() == other.date() { there.time(ms) } else { there.moment(ms) })
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    fn local(&self, ms: i64) -> ZonedDateTime {
        Instant::from_millisecond(ms).unwrap_or_default().to_zoned_datetime(self.zone.clone())
    }

    /// The zone, as in `UTC+5`.
    pub(super) fn zone(&self) -> String {
        self.zone_at(self.now.ms())
    }

    fn zone_at(&self, ms: i64) -> String {
        let seconds = self.local(ms).offset().seconds();
        let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
        match minutes % 60 {
            0 => format!("UTC{sign}{}", minutes / 60),
            rest => format!("UTC{sign}{}:{rest:02}", minutes / 60),
        }
    }

    /// A day, as in `13 Nov 2026` or `13.11.2026`.
    pub(super) fn day(&self, ms: i64) -> String {
        self.said("date-day", self.local(ms).date())
    }

    /// A day and a time, as in `13 Nov 2026, 14:02`.
    pub(super) fn moment(&self, ms: i64) -> String {
        if ms == 0 { String::new() } else { format!("{}, {}", self.day(ms), self.time(ms)) }
    }

    /// The same with the zone, as in `13 Nov 2026, 14:02 UTC+5`.
    pub(super) fn zoned(&self, ms: i64) -> String {
        [self.day(ms), ", ".to_owned(), self.time(ms), " ".to_owned(), self.zone_at(ms)].concat()
    }

    /// A time of day, as in `14:02`.
    pub(super) fn time(&self, ms: i64) -> String {
        self.local(ms).strftime("%H:%M").to_string()
    }

    /// The time of today, the day of another one.
    pub(super) fn short(&self, ms: i64) -> String {
        if self.local(ms).date() == self.local(self.now.ms()).date() { self.time(ms) } else { self.moment(ms) }
    }

    /// How much time is left until a moment, or since when it has passed.
    pub(super) fn left(&self, due_ms: i64, words: &Words) -> String {
        let left = due_ms.saturating_sub(self.now.ms());
        let passed = left < 0;
        let (key, count) = match left.unsigned_abs() {
            ms if ms < HOUR_MS.unsigned_abs() => {
                (if passed { "time-late-minutes" } else { "time-left-minutes" }, ms / MINUTE_MS.unsigned_abs())
            }
            ms if ms < 2 * DAY_MS.unsigned_abs() => {
                (if passed { "time-late-hours" } else { "time-left-hours" }, ms / HOUR_MS.unsigned_abs())
            }
            ms => (if passed { "time-late-days" } else { "time-left-days" }, ms / DAY_MS.unsigned_abs()),
        };
        words.say(key, &[("count", count.to_string())])
    }

    /// A date as the reader's language writes it: a message that has of it what it needs.
    fn said(&self, key: &str, date: Date) -> String {
        let (day, month) = (date.day(), date.month());
        let names = [
            ("day", day.to_string()),
            ("day-two", format!("{day:02}")),
            ("month", month.to_string()),
            ("month-two", format!("{month:02}")),
            ("year", date.year().to_string()),
        ];
        self.words.say(key, &names)
    }
}

fn zone_of(country: Country) -> Option<TimeZone> {
    Zone::of(country).and_then(|zone| TimeZone::get(zone.name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn another_clock_is_read_where_it_differs() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().ms();
        let when =
            When::of("UZ".parse().unwrap(), Words::of(Language::english()), "2026-11-13T09:02:04Z".parse().unwrap());
        let there = |country: &str, ms| when.there(country.parse().unwrap(), ms);
        let noon = at("2026-11-13T09:02:04Z");
        assert_eq!((there("AF", noon).unwrap(), there("KG", noon).unwrap()), ("13:32".to_owned(), "15:02".to_owned()));
        assert_eq!((there("TM", noon), there("UZ", noon), there("DE", noon), there("AF", 0)), (None, None, None, None));
        assert_eq!(there("KG", at("2026-11-13T18:30:00Z")).unwrap(), "14 Nov 2026, 00:30");
        // Almaty has had another offset until 2024.
        assert_eq!(there("KZ", noon), None);
        assert_eq!(there("KZ", at("2024-01-01T09:00:00Z")).unwrap(), "15:00");
    }

    #[test]
    fn a_second_clock_is_read_where_it_differs() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().ms();
        let when =
            When::of("UZ".parse().unwrap(), Words::of(Language::english()), "2026-11-13T09:02:04Z".parse().unwrap());
        let noon = at("2026-11-13T09:02:04Z");
        assert_eq!(when.second(noon), None);
        let by = |name| when.clone().beside(Zone::named(name));
        let told = |key, time: &str| Some((key, time.to_owned()));
        assert_eq!(by("UTC").second(noon), told("console-zone-utc", "09:02"));
        assert_eq!(by("Asia/Kabul").second(noon), told("console-zone-kabul", "13:32"));
        assert_eq!(by("UTC").second(at("2026-11-13T20:30:00Z")), told("console-zone-utc", "13 Nov 2026, 20:30"));
        assert_eq!((by("Asia/Ashgabat").second(noon), by("UTC").second(0), by("").second(noon)), (None, None, None));
    }

    #[test]
    fn times_are_those_of_the_office() {
        let now: Timestamp = "2026-11-13T09:02:04Z".parse().unwrap();
        let at = |country: &str, language| When::of(country.parse().unwrap(), Words::of(language), now);
        let (en, ru, kabul) =
            (at("UZ", Language::english()), at("TM", Language::of_locale("ru")), at("AF", Language::english()));
        assert_eq!(en.moment(now.ms()), "13 Nov 2026, 14:02");
        assert_eq!((ru.moment(now.ms()), ru.zone()), ("13.11.2026, 14:02".to_owned(), "UTC+5".to_owned()));
        assert_eq!((kabul.time(now.ms()), kabul.zone()), ("13:32".to_owned(), "UTC+4:30".to_owned()));
        assert_eq!(at("DE", Language::english()).zone(), "UTC+0");
        // Tehran had summer time until 2022.
        let summer: Timestamp = "2021-07-01T00:00:00Z".parse().unwrap();
        assert_eq!(at("IR", Language::english()).zoned(summer.ms()), "1 Jul 2021, 04:30 UTC+4:30");
        assert_eq!(ru.zoned(now.ms()), "13.11.2026, 14:02 UTC+5");
        assert_eq!(en.short(now.ms()), "14:02");
        assert_eq!(en.short(now.ms() - DAY_MS), "12 Nov 2026, 14:02");
        let words = Words::of(Language::english());
        assert_eq!(en.left(now.ms() + 29 * MINUTE_MS, &words), "29 min left");
        assert_eq!(en.left(now.ms() - 2 * HOUR_MS, &words), "overdue 2 h");
        assert_eq!(en.left(now.ms() + 3 * DAY_MS, &words), "3 days left");
    }
}
