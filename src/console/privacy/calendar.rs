//! How much is due on each of the next days or in each of the next weeks, drawn; a table below says the same.

use crate::console::shell::Shell;
use crate::time::DAY_MS;
use crate::wire;

/// Spans of a picture: two weeks of days, or a quarter of weeks.
const DAYS: u32 = 14;
const WEEKS: u32 = 13;
/// Sizes of the drawing, in its own units.
const SPAN: i64 = 56;
const BAR: i64 = 20;
const TOP: i64 = 24;
const TALL: i64 = 110;
const LABELS: i64 = 26;

/// A drawing, and its table.
pub(super) struct Calendar {
    pub(super) width: i64,
    pub(super) height: i64,
    /// Where bars stand on.
    pub(super) base: i64,
    pub(super) spans: Vec<Span>,
    /// Whether each span is a week.
    pub(super) weeks: bool,
    /// Whether anything is due in it.
    pub(super) is_empty: bool,
}

/// A day or a week.
pub(super) struct Span {
    /// The middle of it.
    pub(super) x: i64,
    /// What stands below it.
    pub(super) label: String,
    /// The same, whole.
    pub(super) name: String,
    pub(super) ends: Bar,
    pub(super) reviews: Bar,
}

/// How much.
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) count: u32,
}

/// What is asked for a calendar that begins today.
pub(super) fn asked(shell: &Shell, weeks: bool) -> wire::CountDueRequest {
    let now = shell.when.now().ms();
    let today = shell.when.begin_of(&shell.when.to_type(now).0).unwrap_or(now);
    let (span_ms, spans) = if weeks { (7 * DAY_MS, WEEKS) } else { (DAY_MS, DAYS) };
    wire::CountDueRequest { from_ms: today, span_ms, spans }
}

impl Calendar {
    pub(super) fn of(shell: &Shell, asked: &wire::CountDueRequest, counts: &[wire::DueCount]) -> Self {
        let most = counts.iter().flat_map(|count| [count.ends, count.reviews]).max().unwrap_or_default().max(1);
        let weeks = asked.span_ms > DAY_MS;
        let base = TOP + TALL;
        let bar = |count: u32, x: i64| {
            let height = i64::from(count).saturating_mul(TALL) / i64::from(most);
            let height = if count == 0 { 0 } else { height.max(2) };
            Bar { x, y: base - height, width: BAR, height, count }
        };
        let spans = counts.iter().zip(0_i64..).map(|(count, place)| {
            let x = place * SPAN + SPAN / 2;
            let begin = asked.from_ms.saturating_add(asked.span_ms.saturating_mul(place));
            let first = shell.when.day(begin);
            let last = shell.when.day(begin.saturating_add(asked.span_ms).saturating_sub(1));
            Span {
                x,
                label: shell.when.to_type(begin).0.get(..5).unwrap_or_default().to_owned(),
                name: if weeks { format!("{first} – {last}") } else { first },
                ends: bar(count.ends, x - BAR - 1),
                reviews: bar(count.reviews, x + 1),
            }
        });
        Self {
            width: SPAN * i64::try_from(counts.len()).unwrap_or_default(),
            height: base + LABELS,
            base,
            spans: spans.collect(),
            weeks,
            is_empty: counts.iter().all(|count| count.ends == 0 && count.reviews == 0),
        }
    }
}
