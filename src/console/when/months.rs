//! Months as calendars show them.

use crate::console::when::When;

impl When {
    /// When so many months begin at the office, UTC ms, from the present one on, and their names, as in `Nov 2026` or
    /// `11.2026`.
    pub(in crate::console) fn months(&self, count: usize) -> Vec<(i64, String)> {
        let first = self.local(self.now.ms()).date().first_of_month();
        let days = std::iter::successors(Some(first), |day| day.last_of_month().tomorrow().ok());
        days.take(count).filter_map(|day| Some((self.midnight(day)?, self.said("date-month", day)))).collect()
    }
}
