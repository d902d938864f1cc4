//! Times and numbers as people read them.

use crate::time::Timestamp;

/// A time in UTC, to the second.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    rfc_3339(&time.to_string())
}

/// The same, of an RFC 3339 text.
#[must_use]
pub fn rfc_3339(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}

/// A number of thousandths, with what stands between groups of three digits and before decimals.
#[must_use]
pub fn thousandths(milli: u64, group: &str, point: &str) -> String {
    let whole = (milli / 1000).to_string();
    let mut text = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push_str(group);
        }
        text.push(digit);
    }
    let rest = format!("{:03}", milli % 1000);
    match rest.trim_end_matches('0') {
        "" => text,
        decimals => text + point + decimals,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_it() {
        let numbers = [0, 5, 1_500, 999_000, 9_412_000, 1_234_567_890].map(|milli| thousandths(milli, ",", "."));
        assert_eq!(numbers, ["0", "0.005", "1.5", "999", "9,412", "1,234,567.89"]);
        assert_eq!(moment(Timestamp::clamped(1000)), "1970-01-01 00:00:01");
    }
}
