//! A strip of twelve months: when keys and enrolments count, drawn. A table says the same in words.

use crate::console::when::When;
use crate::time::DAY_MS;

/// Days before an end that are marked: time to begin, and time to be done.
pub(super) const MARKS: [i64; 2] = [30, 10];

const MONTHS: usize = 12;
/// Sizes of the drawing, in its own units.
const LABEL: i64 = 240;
const MONTH: i64 = 58;
const RIGHT: i64 = LABEL + MONTH * 12;
const WIDTH: i64 = RIGHT + 24;
const TOP: i64 = 44;
const ROW: i64 = 34;

/// A drawing.
pub(super) struct Calendar {
    pub(super) width: i64,
    pub(super) height: i64,
    /// Where months begin, and their names.
    pub(super) months: Vec<(i64, String)>,
    pub(super) today: i64,
    pub(super) bars: Vec<Bar>,
}

/// What has a row.
pub(super) struct Span {
    pub(super) label: String,
    /// UTC ms; 0 if it is not said.
    pub(super) from_ms: i64,
    /// UTC ms; `None` while it is open.
    pub(super) until_ms: Option<i64>,
}

/// A row: where its bar stands, if it is within these months, and the marks before its end.
pub(super) struct Bar {
    pub(super) y: i64,
    pub(super) label: String,
    /// Where it begins, and how long it is; nothing of it may be seen.
    pub(super) x: i64,
    pub(super) width: i64,
    /// Whether it goes on beyond the right side.
    pub(super) goes_on: bool,
    /// Where the marks stand, and what is written there.
    pub(super) marks: Vec<(i64, i64)>,
}

impl Calendar {
    /// Draws it, from the first of this month on.
    pub(super) fn of(when: &When, spans: Vec<Span>) -> Self {
        let months = when.months(MONTHS + 1);
        let (begin, end) = match (months.first(), months.last()) {
            (Some((begin, _)), Some((end, _))) if end > begin => (*begin, *end),
            _ => (when.now().ms(), when.now().ms().saturating_add(365 * DAY_MS)),
        };
        let place = |ms: i64| {
            let into = i128::from(ms.clamp(begin, end) - begin) * i128::from(RIGHT - LABEL);
            LABEL + i64::try_from(into / i128::from(end - begin)).unwrap_or_default()
        };
        let bars = spans.into_iter().zip(0_i64..).map(|(span, row)| {
            let until = span.until_ms.unwrap_or(i64::MAX);
            let x = place(span.from_ms);
            let mark = |days: i64| (until.saturating_sub(days * DAY_MS), days);
            let shown = |(ms, _): &(i64, i64)| span.until_ms.is_some() && (begin..end).contains(ms);
            Bar {
                y: TOP + row * ROW,
                label: span.label,
                x,
                width: if until <= begin || span.from_ms >= end { 0 } else { (place(until) - x).max(2) },
                goes_on: until > end && span.from_ms < end,
                marks: MARKS.into_iter().map(mark).filter(shown).map(|(ms, days)| (place(ms), days)).collect(),
            }
        });
        let bars: Vec<Bar> = bars.collect();
        Self {
            width: WIDTH,
            height: TOP + ROW * i64::try_from(bars.len()).unwrap_or_default() + 8,
            months: months.into_iter().take(MONTHS).map(|(ms, name)| (place(ms), name)).collect(),
            today: place(when.now().ms()),
            bars,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use crate::i18n::Words;

    #[test]
    fn a_bar_is_where_its_time_is() {
        let at = |time: &str| time.parse::<crate::time::Timestamp>().unwrap();
        let when = When::of("UZ".parse().unwrap(), Words::of(Language::english()), at("2026-11-16T00:00:00Z"));
        let span = |from: i64, until| Span { label: String::new(), from_ms: from, until_ms: until };
        let ms = |time: &str| at(time).ms();
        let calendar = Calendar::of(
            &when,
            vec![
                span(0, None),
                span(0, Some(ms("2027-05-01T00:00:00Z"))),
                span(0, Some(ms("2026-10-01T00:00:00Z"))),
                span(ms("2028-01-01T00:00:00Z"), None),
                span(0, Some(ms("2026-11-21T00:00:00Z"))),
            ],
        );
        assert_eq!(calendar.months.len(), 12);
        assert_eq!((calendar.months[0].1.as_str(), calendar.months[0].0), ("Nov 2026", LABEL));
        assert!(calendar.months[0].0 < calendar.today && calendar.today < calendar.months[1].0);
        let [open, half, passed, future, soon] = calendar.bars.as_slice() else { panic!() };
        assert_eq!((open.x, open.width, open.goes_on, open.marks.len()), (LABEL, RIGHT - LABEL, true, 0));
        assert_eq!((half.x, half.goes_on), (LABEL, false));
        let days: Vec<i64> = half.marks.iter().map(|(_, days)| *days).collect();
        assert_eq!(days, [30, 10]);
        assert!(half.marks[0].0 < half.marks[1].0 && half.marks[1].0 < half.x + half.width);
        assert_eq!((passed.width, passed.goes_on, passed.marks.len()), (0, false, 0));
        assert_eq!((future.width, future.goes_on), (0, false));
        assert_eq!(soon.marks.iter().map(|(_, days)| *days).collect::<Vec<_>>(), [10], "the other mark has passed");
    }
}
