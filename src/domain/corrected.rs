//! The text of a notice with a correction in it: one whole new body (DOMAIN 6.7, ruling 8).
//!
//! Not which correction is current, nor whether it may tighten or loosen a marking.
//!
//! - A path names an existing place by the names of the draft file: `body.seizure.items[0].quantity_milli`.
//! - The new body is checked as any body of its kind; what does not fit changes nothing.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::domain::notice;
use crate::wire::Correction;
use crate::wire::FieldChange;
use crate::wire::NoticeBody;
use crate::wire::NoticeKind;
use crate::wire::field_change;

/// A correction does not fit the text that it corrects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the correction does not fit the text that it corrects")]
pub struct Unfit;

/// The text of a notice of a kind with a correction in it. A correction that only confirms changes nothing.
///
/// # Errors
/// If a path leads nowhere, or the new text is no body of the kind.
pub fn corrected(kind: NoticeKind, body: &NoticeBody, correction: &Correction) -> Result<NoticeBody, Unfit> {
    let mut new = match &correction.full_replacement {
        Some(whole) => (**whole).clone(),
        None if correction.replaced_fields.is_empty() => return Ok(body.clone()),
        None => body.clone(),
    };
    if !correction.replaced_fields.is_empty() {
        let mut rendered = notice::render_body(&new).map_err(|_| Unfit)?;
        for change in &correction.replaced_fields {
            // A file is replaced as a whole, by a whole text.
            if change.path.starts_with("body.attachments") {
                return Err(Unfit);
            }
            let path = change.path.strip_prefix("body.").ok_or(Unfit)?;
            *place(&mut rendered, path).ok_or(Unfit)? = value(change).ok_or(Unfit)?;
        }
        let changed: NoticeBody = serde_json::from_value(rendered).map_err(|_| Unfit)?;
        // What a draft writes in its header is no place that a path leads to.
        let NoticeBody { units, handling_note, purpose_note, attachments, .. } = new;
        new = NoticeBody { units, handling_note, purpose_note, attachments, ..changed };
    }
    // A correction never changes what is passed on.
    new.forward = new.forward.and(body.forward.clone());
    new.padding.clear();
    notice::check_body(kind, &new).map_err(|_| Unfit)?;
    Ok(new)
}

/// The value that a path leads to; a field that is not there yet is made in the object that would hold it.
fn place<'a>(root: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut here = root;
    for part in path.split('.') {
        let (name, indexes) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
        if name.is_empty() {
            return None;
        }
        let fields: &mut Map<String, Value> = here.as_object_mut()?;
        here = fields.entry(name).or_insert(Value::Null);
        if !indexes.is_empty() {
            for index in indexes.strip_suffix(']')?.split("][") {
                here = here.get_mut(index.parse::<usize>().ok()?)?;
            }
        }
    }
    Some(here)
}

fn value(change: &FieldChange) -> Option<Value> {
    match change.value.as_ref()? {
        field_change::Value::Text(text) => serde_json::to_value(text).ok(),
        field_change::Value::Word(word) => Some(json!(word)),
        field_change::Value::Number(number) => Some(json!(number)),
        field_change::Value::Flag(flag) => Some(json!(flag)),
    }
}

#[cfg(test)]
mod tests;
