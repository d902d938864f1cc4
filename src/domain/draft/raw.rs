//! JSON as written, before anything is lost: a map that has a name twice, and `null`.
//!
//! Not the fields of a draft; `typed` knows those.

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Map;
use serde_json::Number;
use serde_json::Value;

use crate::domain::draft::DraftError;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;

/// Deepest nesting; a draft needs 9. The typed parse recurses, so this bounds its stack.
const DEPTH: usize = 16;

enum Raw {
    Null,
    Flag(bool),
    Number(Number),
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(String, Raw)>),
}

/// Reads JSON without `null`, without a name that is there twice, and not nested too deeply.
pub(super) fn read(text: &str) -> Result<Value, DraftError> {
    let raw: Raw =
        serde_json::from_str(text).map_err(|error| DraftError::Json { line: error.line(), column: error.column() })?;
    Ok(strict(raw, "", 0)?)
}

fn strict(raw: Raw, path: &str, depth: usize) -> Result<Value, Problem> {
    if depth > DEPTH {
        return Err(Problem::new(path, Cause::Depth));
    }
    Ok(match raw {
        Raw::Null => return Err(Problem::new(if path.is_empty() { "draft" } else { path }, Cause::Null)),
        Raw::Flag(flag) => Value::Bool(flag),
        Raw::Number(number) => Value::Number(number),
        Raw::Text(text) => Value::String(text),
        Raw::List(list) => {
            let items = list.into_iter().enumerate();
            Value::Array(
                items.map(|(i, item)| strict(item, &format!("{path}[{i}]"), depth + 1)).collect::<Result<_, _>>()?,
            )
        }
        Raw::Map(pairs) => {
            let mut map = Map::new();
            for (name, value) in pairs {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let value = strict(value, &path, depth + 1)?;
                if map.insert(name, value).is_some() {
                    return Err(Problem::new(path, Cause::Duplicate));
                }
            }
            Value::Object(map)
        }
    })
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(Raw::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        Ok(Raw::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Raw, E> {
        Ok(Number::from_f64(number).map_or(Raw::Null, Raw::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut list = vec![];
        while let Some(item) = access.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut pairs = vec![];
        while let Some(pair) = access.next_entry()? {
            pairs.push(pair);
        }
        Ok(Raw::Map(pairs))
    }
}
