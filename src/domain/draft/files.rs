//! Attachments that a draft file names by where they lie. They are brought in first; then the draft names them by digest.

use serde_json::Value;

use crate::domain::draft::Draft;
use crate::domain::draft::typed;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::text;
use crate::limits;
use crate::wire::AttachmentKey;

/// A file that goes with a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The field that names it, as in `body.attachments[0]`.
    pub path: String,
    /// Where it lies, from the folder of the draft or the one above it.
    pub file: String,
    /// What the draft says of it; what it does not say is empty.
    pub said: AttachmentKey,
    /// Its place in the list.
    index: usize,
    /// Whether it is an attachment of the body that a correction puts in place of another.
    in_replacement: bool,
}

/// Takes them out of a body and out of the one that it puts in place of another; what has a digest stays.
pub(super) fn take(body: &mut Value) -> Result<Vec<Named>, Problem> {
    let mut named = take_from(body, "body", false)?;
    if let Some(whole) = body.pointer_mut("/correction/full_replacement") {
        named.extend(take_from(whole, "body.correction.full_replacement", true)?);
    }
    Ok(named)
}

fn take_from(body: &mut Value, path: &str, in_replacement: bool) -> Result<Vec<Named>, Problem> {
    let Some(Value::Array(listed)) = body.get_mut("attachments") else { return Ok(vec![]) };
    if listed.len() > limits::ATTACHMENTS_OWN {
        let max = limits::ATTACHMENTS_OWN;
        return Err(Problem::new(format_args!("{path}.attachments"), Cause::Many { max }));
    }
    let (mut named, mut kept) = (vec![], vec![]);
    for (index, mut one) in std::mem::take(listed).into_iter().enumerate() {
        let path = format!("{path}.attachments[{index}]");
        match one.as_object_mut().and_then(|fields| fields.remove("file")) {
            None => kept.push(one),
            Some(Value::String(file)) => {
                text::check_texts(&one, &path)?;
                let mut said: AttachmentKey = typed::from_value(one, &path)?;
                if said.name.is_empty() {
                    file.rsplit('/').next().unwrap_or_default().clone_into(&mut said.name);
                }
                named.push(Named { path, file, said, index, in_replacement });
            }
            Some(_) => return Err(Problem::new(format_args!("{path}.file"), Cause::Sort("anything but a text"))),
        }
    }
    *listed = kept;
    if listed.is_empty()
        && let Some(fields) = body.as_object_mut()
    {
        fields.remove("attachments");
    }
    Ok(named)
}

impl Draft {
    /// Puts a file that was brought in to the place where it was named. In the order in which they are named.
    pub fn put(&mut self, named: &Named, found: AttachmentKey) {
        let Some(body) = &mut self.body else { return };
        let whole = body.correction.as_mut().and_then(|correction| correction.full_replacement.as_deref_mut());
        let list = match (named.in_replacement, whole) {
            (true, Some(whole)) => &mut whole.attachments,
            _ => &mut body.attachments,
        };
        list.insert(named.index.min(list.len()), found);
    }
}
