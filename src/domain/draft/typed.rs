//! From JSON values to the messages of the wire, with errors that name the field and repeat no value.
//!
//! serde's own deserializer of JSON values would do, but its errors quote what they find.

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error as _;
use serde::de::IntoDeserializer;
use serde::de::Unexpected;
use serde::de::Visitor;
use serde::de::value::MapDeserializer;
use serde::de::value::SeqDeserializer;
use serde::forward_to_deserialize_any;
use serde_json::Number;
use serde_json::Value;

use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::time::TimeError;

/// Reads a message; `root` is what paths begin with.
pub(super) fn from_value<'de, T: Deserialize<'de>>(value: Value, root: &str) -> Result<T, Problem> {
    serde_path_to_error::deserialize(Node(value)).map_err(|error| {
        let path = error.path().clone();
        Problem::under(root, &path, error.into_inner().0)
    })
}

/// What serde finds wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Fault(Cause);

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        // What reads a time can only tell it as a text.
        let text = message.to_string();
        let time = [TimeError::Form, TimeError::Range].into_iter().find(|error| error.to_string() == text);
        Self(time.map_or(Cause::Form(text), Cause::Time))
    }

    fn invalid_type(found: Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self(Cause::Sort(match found {
            Unexpected::Bool(_) => "true or false",
            Unexpected::Float(_) => "a number with a decimal point or of that size",
            Unexpected::Map => "an object",
            Unexpected::Seq => "a list",
            Unexpected::Signed(_) | Unexpected::Unsigned(_) => "a number",
            Unexpected::Str(_) => "a text",
            _ => "a value of this sort",
        }))
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self(Cause::Range)
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self(Cause::Unknown)
    }
}

struct Node(Value);

impl IntoDeserializer<'_, Fault> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::Number(number) => visit_number(&number, visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(list) => visitor.visit_seq(SeqDeserializer::new(list.into_iter().map(Node))),
            Value::Object(map) => {
                visitor.visit_map(MapDeserializer::new(map.into_iter().map(|(name, value)| (name, Node(value)))))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    // A list of values without names is no message.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Array(_) => Err(Fault::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Fault> {
    if let Some(number) = number.as_u64() {
        return visitor.visit_u64(number);
    }
    match (number.as_i64(), number.as_f64()) {
        (Some(number), _) => visitor.visit_i64(number),
        (None, Some(number)) => visitor.visit_f64(number),
        (None, None) => Err(Fault(Cause::Range)),
    }
}
