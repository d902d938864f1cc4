//! A form that is not finished: every character of it, as its page reads it again.
//!
//! Its draft has a header with the bare facts for lists; the text is what stands in the form.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::console::compose::field::Field;
use crate::console::compose::path;
use crate::console::compose::read;
use crate::console::compose::read::RELATION;
use crate::console::compose::read::Setting;
use crate::console::form::Fields;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;
use crate::wire::Traffic;
use crate::wire::Urgency;
use crate::wire::json::Word as _;

/// A form as it is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct Unfinished {
    /// Its shape, as a word.
    pub(super) shape: String,
    /// The notice that it is about; empty for none.
    pub(super) re: String,
    /// What is typed, by the names of the fields.
    pub(super) fields: Vec<(String, String)>,
}

impl Unfinished {
    /// For the call that keeps it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// As it was kept; `None` if another program kept it.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// The header of its draft: what a list says of it.
pub(super) fn header(kind: NoticeKind, all: &[Field], fields: &Fields, setting: &Setting<'_>) -> wire::NoticeHeader {
    let file = match fields.get("json") {
        "" => read::read(kind, all, fields, setting).draft,
        json => serde_json::from_str(json).unwrap_or_default(),
    };
    let word = |name: &str| path::get(&file, name).and_then(Value::as_str).unwrap_or_default();
    let parties = |name: &str| {
        let listed = path::get(&file, name).and_then(Value::as_array).into_iter().flatten();
        let codes = listed.filter_map(|party| party.get("office_code")?.as_str()?.parse::<OfficeCode>().ok());
        codes.map(|code| wire::Party { office: code.to_string(), agency: 0 }).collect()
    };
    wire::NoticeHeader {
        kind: kind.into(),
        to: parties("header.to"),
        cc: parties("header.cc"),
        urgency: Urgency::from_word(word("header.urgency")).unwrap_or(Urgency::Routine).into(),
        // Until it says that it holds none.
        personal_data: path::get(&file, "header.contains_personal_data").and_then(Value::as_bool).unwrap_or(true),
        relations: corrects(kind, fields).into_iter().collect(),
        traffic: Traffic::from_word(word("header.traffic_status")).unwrap_or(Traffic::Actual).into(),
        ..wire::NoticeHeader::default()
    }
}

/// What a correction corrects: the files of that text may be in the form.
fn corrects(kind: NoticeKind, fields: &Fields) -> Option<wire::Relation> {
    let (_, reference) = fields.get(RELATION).split_once(' ').filter(|_| kind == NoticeKind::Correction)?;
    let reference = reference.parse::<Reference>().ok()?.to_string();
    Some(wire::Relation { kind: RelationKind::Corrects.into(), reference, ..wire::Relation::default() })
}
