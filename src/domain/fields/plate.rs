//! The form of a number plate in which plates are compared and searched.
//!
//! Never sent and never shown instead of the plate as written: it is for search only (DOMAIN P-20).

use unicode_normalization::UnicodeNormalization as _;

/// Cyrillic capitals and the Latin ones that look alike.
const LOOK_ALIKES: [(char, char); 12] = [
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
];

/// The zeros of Unicode's decimal digits; the other nine follow each.
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0,
    0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60,
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// Upper case, letters and digits only, digits of any script as 0-9, look-alikes as Latin letters.
#[must_use]
pub fn plate_norm(raw: &str) -> String {
    let upper = raw.nfc().collect::<String>().to_uppercase();
    let kept = upper.chars().filter(|c| c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(*c));
    kept.map(|c| decimal(c).unwrap_or_else(|| latin(c))).collect()
}

/// The value of a decimal digit of any script, as 0-9.
#[must_use]
pub fn decimal(c: char) -> Option<char> {
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&u32::from(c)))?;
    char::from_digit(u32::from(c) - zero, 10)
}

fn latin(c: char) -> char {
    LOOK_ALIKES.iter().find(|(cyrillic, _)| *cyrillic == c).map_or(c, |(_, latin)| *latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_of_the_vectors_have_their_normal_form() {
        let file = include_str!("../../../tests/data/identifiers.json");
        let vectors: serde_json::Value = serde_json::from_str(file).unwrap();
        let plates: Vec<_> = vectors["vectors"].as_array().unwrap().iter().filter(|v| v["type"] == "plate").collect();
        assert!(plates.len() > 5);
        for plate in plates {
            let raw = plate["value"].as_str().unwrap();
            assert_eq!(plate_norm(raw), plate["normalised"].as_str().unwrap(), "{raw}");
        }
    }

    #[test]
    fn digits_of_other_scripts_are_digits() {
        assert_eq!(plate_norm("۱۲ ب ٣٤\u{64E} ９"), "12ب349");
        assert_eq!(plate_norm("\u{1E950}\u{1E959}"), "09");
    }
}
