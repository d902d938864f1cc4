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
const CSV_HEADER: &str = "folder,by,value,count,amount,unit";

/// An amount of units; `None` if there is none, or it is withheld.
#[must_use]
pub fn amount(row: &wire::StatisticsRow) -> Option<String> {
    let shown = !row.withheld && row.unit() != Unit::Unspecified;
    shown.then(|| match (row.quantity_milli / 1_000, row.quantity_milli % 1_000) {
        (whole, 0) => whole.to_string(),
        (whole, parts) => format!("{whole}.{parts:03}").trim_end_matches('0').to_owned(),
    })
}

/// Comma-separated values. They are codes, offices, months and numbers: none has a comma.
#[must_use]
pub fn csv(rows: &[wire::StatisticsRow]) -> String {
    let line = |row: &wire::StatisticsRow| {
        let count = if row.withheld { "withheld".to_owned() } else { row.count.to_string() };
        let (folder, by) = (word_of::<Folder>(row.folder), word_of::<StatisticsBy>(row.by));
        let unit = word_of::<Unit>(row.unit);
        let amount = amount(row).unwrap_or_default();
        [folder.unwrap_or_default(), by.unwrap_or_default(), &row.value, &count, &amount, unit.unwrap_or_default()]
            .join(",")
    };
    std::iter::once(CSV_HEADER.to_owned()).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

impl Words {
    /// What was counted.
    #[must_use]
    pub fn counted(&self, row: &wire::StatisticsRow) -> String {
        let known = match row.by() {
            StatisticsBy::Kind => self.of_word::<NoticeKind>(&row.value),
            StatisticsBy::Urgency => self.of_word::<Urgency>(&row.value),
            StatisticsBy::Purpose => self.of_word::<Purpose>(&row.value),
            StatisticsBy::Class => {
                self.of_word::<DrugClass>(&row.value).or_else(|| self.of_word::<ItemClass>(&row.value))
            }
            StatisticsBy::Outcome => {
                self.of_word::<NoticeState>(&row.value).or_else(|| Some(self.get("mark-withdrawn")))
            }
            StatisticsBy::Office | StatisticsBy::Month | StatisticsBy::Unspecified => None,
        };
        known.unwrap_or_else(|| row.value.clone())
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
            withheld: false,
        };
        let withheld = wire::StatisticsRow { withheld: true, count: 0, quantity_milli: 0, ..row.clone() };
        let told = csv(&[row.clone(), withheld]);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines, [CSV_HEADER, "OUTBOX,CLASS,HEROIN,4,1.25,KGM", "OUTBOX,CLASS,HEROIN,withheld,,KGM"]);
        assert_eq!(ENGLISH.counted(&row), "heroin");
    }
}
