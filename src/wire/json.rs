//! Words, times and bytes of a message as a draft file writes them.

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;
use serde::ser::Error as _;

use crate::time::Timestamp;

/// An enum of `proto/` whose values have a word: the value's name without the enum's prefix.
pub trait Word: Copy + Default + TryFrom<i32> + Into<i32> {
    /// Full name of the value, such as `TLP_AMBER`.
    fn full_name(self) -> &'static str;

    /// The value of a full name.
    fn from_full_name(name: &str) -> Option<Self>;

    /// Prefix of all full names, such as `TLP_`.
    #[must_use]
    fn prefix() -> &'static str {
        Self::default().full_name().trim_end_matches("UNSPECIFIED")
    }

    /// The word, such as `AMBER`.
    fn word(self) -> &'static str {
        let name = self.full_name();
        name.strip_prefix(Self::prefix()).unwrap_or(name)
    }

    /// The value of a word; `UNSPECIFIED` is none.
    #[must_use]
    fn from_word(word: &str) -> Option<Self> {
        if word == "UNSPECIFIED" {
            return None;
        }
        Self::from_full_name(&format!("{}{word}", Self::prefix()))
    }
}

/// The word of a number on the wire; `None` for 0 and for a number this version does not know.
#[must_use]
pub fn word_of<E: Word>(number: i32) -> Option<&'static str> {
    if number == 0 {
        return None;
    }
    E::try_from(number).ok().map(Word::word)
}

macro_rules! word_enum {
    ($name:ident) => {
        impl super::json::Word for $name {
            fn full_name(self) -> &'static str {
                self.as_str_name()
            }

            fn from_full_name(name: &str) -> Option<Self> {
                Self::from_str_name(name)
            }
        }
    };
}
pub(crate) use word_enum;

/// Whether a number is 0, hence not stated.
pub fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn out<E: Word>(number: i32, style: fn(&str) -> String) -> Result<String, String> {
    word_of::<E>(number).map(style).ok_or_else(|| format!("{number} is not a value of this version"))
}

fn in_<E: Word>(word: &str, read: fn(&str) -> String, write: fn(&str) -> String) -> Result<i32, String> {
    let plain = read(word);
    // The word is not repeated: what stands there by mistake may be a name.
    E::from_word(&plain).map(Into::into).ok_or_else(|| {
        let values = (1..).map_while(|number| E::try_from(number).ok());
        let words: Vec<String> = values.map(|value| write(value.word())).collect();
        format!("not one of {}", words.join(", "))
    })
}

macro_rules! style {
    ($one_out:ident, $one_in:ident, $many_out:ident, $many_in:ident, $write:expr, $read:expr, $what:literal) => {
        #[doc = concat!("Writes ", $what, ".")]
        ///
        /// # Errors
        /// If the number is 0 or unknown.
        pub fn $one_out<E: Word, S: Serializer>(number: &i32, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&out::<E>(*number, $write).map_err(S::Error::custom)?)
        }

        #[doc = concat!("Reads ", $what, ".")]
        ///
        /// # Errors
        /// If it is not the word of a value.
        pub fn $one_in<'de, E: Word, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
            in_::<E>(&String::deserialize(deserializer)?, $read, $write).map_err(D::Error::custom)
        }

        #[doc = concat!("Writes a list of ", $what, ".")]
        ///
        /// # Errors
        /// If a number is 0 or unknown.
        pub fn $many_out<E: Word, S: Serializer>(numbers: &[i32], serializer: S) -> Result<S::Ok, S::Error> {
            let words: Result<Vec<String>, String> = numbers.iter().map(|n| out::<E>(*n, $write)).collect();
            words.map_err(S::Error::custom)?.serialize(serializer)
        }

        #[doc = concat!("Reads a list of ", $what, ".")]
        ///
        /// # Errors
        /// If one is not the word of a value.
        pub fn $many_in<'de, E: Word, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i32>, D::Error> {
            let words = Vec::<String>::deserialize(deserializer)?;
            words.iter().map(|w| in_::<E>(w, $read, $write)).collect::<Result<_, _>>().map_err(D::Error::custom)
        }
    };
}

style!(word_out, word_in, words_out, words_in, str::to_owned, str::to_owned, "a word such as `AMBER`");
style!(kebab_out, kebab_in, kebabs_out, kebabs_in, to_kebab, from_kebab, "a MISP word such as `plant-matter`");
style!(path_out, path_in, paths_out, paths_in, to_path, from_path, "a text of the body such as `body.subject`");

fn to_kebab(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', "-")
}

fn from_kebab(word: &str) -> String {
    // Only the lower-case form is a word; anything else stays what is not found.
    if word.contains(|c: char| c.is_ascii_uppercase() || c == '_') {
        return "UNSPECIFIED".to_owned();
    }
    word.to_ascii_uppercase().replace('-', "_")
}

fn to_path(word: &str) -> String {
    format!("body.{}", word.to_ascii_lowercase())
}

fn from_path(path: &str) -> String {
    match path.strip_prefix("body.") {
        Some(field) if !field.contains(|c: char| c.is_ascii_uppercase()) => field.to_ascii_uppercase(),
        _ => "UNSPECIFIED".to_owned(),
    }
}

/// A time in UTC milliseconds as RFC 3339.
pub mod time {
    use super::*;

    /// Writes `2026-11-24T08:00:00.000Z`.
    ///
    /// # Errors
    /// If the time is outside the years that RFC 3339 can write.
    pub fn serialize<S: Serializer>(ms: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        let time = Timestamp::from_ms(*ms).map_err(S::Error::custom)?;
        serializer.serialize_str(&time.to_string())
    }

    /// Reads an RFC 3339 time that ends in `Z`.
    ///
    /// # Errors
    /// If it is not one.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse::<Timestamp>().map(Timestamp::ms).map_err(D::Error::custom)
    }
}

/// Bytes as lower-case hex.
pub mod hex {
    use super::*;

    /// Writes lower-case hex.
    ///
    /// # Errors
    /// None of its own.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&::hex::encode(bytes))
    }

    /// Reads hex.
    ///
    /// # Errors
    /// If it is not hex.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        ::hex::decode(String::deserialize(deserializer)?).map_err(|_| D::Error::custom("not lower-case hex"))
    }
}
