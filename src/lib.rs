//! Chapar: a secure message broker with which Border Liaison Offices of different countries exchange signed
//! intelligence notices.
//!
//! One house, six floors, arrows only down (`docs/architecture.md`): words ([`wire`], [`name`], [`time`], [`entropy`],
//! [`limits`]), [`domain`], [`engine`], [`office`], [`edge`], and the top, which wires them together and speaks to people.

pub mod cli;
pub mod config;
pub mod console;
pub mod domain;
pub mod edge;
pub mod engine;
pub mod entropy;
pub mod i18n;
pub mod layout;
pub mod limits;
pub mod name;
pub mod node;
pub mod office;
pub mod opening;
pub mod time;
pub mod unlock;
pub mod wire;
