//! Days of the calendar, and dates of which the day, or the day and the month, is not known (ISO 8601).

use jiff::civil::Date;

use crate::domain::fields::Look;

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
pub(super) fn look(partial: &str) -> Look {
    let whole = match partial.len() {
        4 => format!("{partial}-01-01"),
        7 => format!("{partial}-01"),
        _ => partial.to_owned(),
    };
    Look::of_form(day(&whole).is_some())
}

/// The day of `YYYY-MM-DD`, from the year 1 on; `None` if there is no such day.
pub(super) fn day(text: &str) -> Option<Date> {
    let form = "0000-00-00";
    let same = |(sign, wanted): (char, char)| if wanted == '0' { sign.is_ascii_digit() } else { sign == wanted };
    let fits = text.len() == form.len() && text.chars().zip(form.chars()).all(same);
    text.parse().ok().filter(|date: &Date| fits && date.year() > 0)
}
