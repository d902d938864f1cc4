//! Floor 1: rules and proof types. Pure: no I/O, clock or randomness; they are handed in.

pub mod access;
pub mod check;
pub mod corrected;
pub mod dispatch;
pub mod draft;
pub mod entry;
pub mod envelope;
pub mod fields;
pub mod forward;
pub mod kinds;
pub mod negotiation;
pub mod notice;
pub mod officer;
pub mod policy;
pub mod problem;
pub mod rejection;
pub mod roster;
pub mod rule;
pub mod seal;
pub mod sealed;
pub mod spelling;
pub mod standing;
pub mod template;
pub mod text;
pub mod words;
