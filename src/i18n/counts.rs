//! Counts of notices as people and their spreadsheets read them (P-22).

use crate::i18n::Words;
use crate::wire;
use crate::wire::DrugClass;
use crate::wire::Folder;
use crate::wire::ItemClass;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::Purpose;
use crate::wire::StatisticsBy;
use crate::wire::Unit;
use crate::wire::Urgency;
use crate::wire::json::Word;
use crate::wire::json::word_of;

/// What stands above the columns of comma-separated values.
const CSV_HEADER: &str = "folder,by,value,count,amount,unit,median_minutes,overdue_percent";

/// An amount of units; `None` if there is none, or it is withheld.
#[must_use]
pub fn amount(row: &wire::StatisticsRow) -> Option<String> {
    let shown = !row.withheld && row.unit() != Unit::Unspecified;
    shown.then(|| match (row.quantity_milli / 1_000, row.quantity_milli % 1_000) {
        (whole, 0) => whole.to_string(),
        (whole, parts) => format!("{whole}.{parts:03}").trim_end_matches('0').to_owned(),
    })
}

/// Whether a row is about a time, not a number of notices.
#[must_use]
pub fn is_time(row: &wire::StatisticsRow) -> bool {
    matches!(row.by(), StatisticsBy::Receipt | StatisticsBy::Acknowledgement | StatisticsBy::Answer)
}

/// How many; `None` if that is not told.
#[must_use]
pub fn count(row: &wire::StatisticsRow) -> Option<u64> {
    let is_told = if is_time(row) { row.count > 0 } else { !row.withheld };
    is_told.then_some(row.count)
}

/// Comma-separated values. They are codes, offices, months and numbers: none has a comma.
#[must_use]
pub fn csv(rows: &[wire::StatisticsRow]) -> String {
    let line = |row: &wire::StatisticsRow| {
        let withheld = || if row.withheld { "withheld".to_owned() } else { String::new() };
        let of_time = |value: Option<u32>| match value {
            _ if !is_time(row) => String::new(),
            Some(value) => value.to_string(),
            None => withheld(),
        };
        let count = match count(row) {
            Some(count) => count.to_string(),
            None if is_time(row) => String::new(),
            None => withheld(),
        };
        let (folder, by) = (word_of::<Folder>(row.folder), word_of::<StatisticsBy>(row.by));
        let unit = word_of::<Unit>(row.unit);
        let amount = amount(row).unwrap_or_default();
        let (folder, by, unit) = (folder.unwrap_or_default(), by.unwrap_or_default(), unit.unwrap_or_default());
        let (median, overdue) = (of_time(row.median_minutes), of_time(row.overdue_percent));
        [folder, by, &row.value, &count, &amount, unit, &median, &overdue].join(",")
    };
    std::iter::once(CSV_HEADER.to_owned()).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

impl Words {
    /// What was counted.
    #[must_use]
    pub fn counted(&self, row: &wire::StatisticsRow) -> String {
        if row.withheld && row.value.is_empty() {
            return self.get("statistics-all");
        }
        let known = match row.by() {
            StatisticsBy::Kind => self.of_word::<NoticeKind>(&row.value),
            StatisticsBy::Urgency | StatisticsBy::Receipt | StatisticsBy::Acknowledgement | StatisticsBy::Answer => {
                self.of_word::<Urgency>(&row.value)
            }
            StatisticsBy::Purpose => self.of_word::<Purpose>(&row.value),
            StatisticsBy::Class => {
                self.of_word::<DrugClass>(&row.value).or_else(|| self.of_word::<ItemClass>(&row.value))
            }
            StatisticsBy::Outcome => {
                self.of_word::<NoticeState>(&row.value).or_else(|| Some(self.get("outcome-withdrawn")))
            }
            StatisticsBy::Office | StatisticsBy::Month | StatisticsBy::Unspecified => None,
        };
        known.unwrap_or_else(|| row.value.clone())
    }

    /// The median of a time, and how many of a hundred were late.
    #[must_use]
    pub fn times(&self, row: &wire::StatisticsRow) -> (String, String) {
        let of = |told: Option<String>| {
            told.unwrap_or_else(|| if row.withheld { self.get("statistics-withheld") } else { "–".to_owned() })
        };
        let percent = |percent: u32| self.say("statistics-percent", &[("percent", percent.to_string())]);
        (of(row.median_minutes.map(|minutes| self.lasted(minutes))), of(row.overdue_percent.map(percent)))
    }

    /// How long something took, by whole minutes, hours or days.
    fn lasted(&self, minutes: u32) -> String {
        let (key, count) = match minutes {
            0 => ("age-now", 0),
            1..120 => ("age-minutes", minutes),
            120..2880 => ("age-hours", minutes / 60),
            _ => ("age-days", minutes / 1440),
        };
        self.say(key, &[("count", count.to_string())])
    }

    fn of_word<E: Word + Into<i32>>(&self, word: &str) -> Option<String> {
        Some(self.label::<E>(E::from_word(word)?.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::ENGLISH;

    #[test]
    fn a_withheld_count_is_told_to_no_spreadsheet() {
        let row = wire::StatisticsRow {
            folder: Folder::Outbox.into(),
            by: StatisticsBy::Class.into(),
            value: "HEROIN".to_owned(),
            count: 4,
            unit: Unit::Kgm.into(),
            quantity_milli: 1_250,
            ..wire::StatisticsRow::default()
        };
        let withheld = wire::StatisticsRow { withheld: true, count: 0, quantity_milli: 0, ..row.clone() };
        let told = csv(&[row.clone(), withheld]);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines, [CSV_HEADER, "OUTBOX,CLASS,HEROIN,4,1.25,KGM,,", "OUTBOX,CLASS,HEROIN,withheld,,KGM,,"]);
        assert_eq!(ENGLISH.counted(&row), "heroin");
        let all = wire::StatisticsRow { by: row.by, withheld: true, ..wire::StatisticsRow::default() };
        assert_eq!(ENGLISH.counted(&all), "all");
    }

    #[test]
    fn a_time_is_told_without_its_count_outside() {
        let row = wire::StatisticsRow {
            folder: Folder::Inbox.into(),
            by: StatisticsBy::Answer.into(),
            value: "ROUTINE".to_owned(),
            median_minutes: Some(75),
            withheld: true,
            ..wire::StatisticsRow::default()
        };
        assert_eq!(csv(std::slice::from_ref(&row)).lines().nth(1), Some("INBOX,ANSWER,ROUTINE,,,,75,withheld"));
        let inside = wire::StatisticsRow { withheld: false, count: 7, overdue_percent: Some(14), ..row.clone() };
        assert_eq!(csv(std::slice::from_ref(&inside)).lines().nth(1), Some("INBOX,ANSWER,ROUTINE,7,,,75,14"));
        assert_eq!(ENGLISH.times(&row), ("75 minutes".to_owned(), "withheld".to_owned()));
        let said = |minutes| ENGLISH.times(&wire::StatisticsRow { median_minutes: minutes, ..inside.clone() }).0;
        assert_eq!([None, Some(0), Some(120), Some(2880)].map(said), ["–", "less than a minute", "2 hours", "2 days"]);
    }
}
