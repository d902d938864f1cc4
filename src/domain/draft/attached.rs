//! What a draft file says of the pictures that go with it. The pictures themselves are for whoever reads the file.

use serde_json::Value;

use crate::domain::policy::Findings;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::limits;
use crate::name::Digest;

/// An attachment, as a draft lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The field that lists it, as in `body.attachments[0]`.
    pub path: String,
    /// Where the picture is, from the folder of the draft or the one above it.
    pub file: Option<String>,
    /// What its digest is said to be; `None` if that is none.
    pub digest: Option<Digest>,
    /// How long it is said to be, bytes.
    pub size: Option<u64>,
}

/// A picture, as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its digest.
    pub digest: Digest,
    /// Its length, bytes.
    pub size: u64,
}

/// Takes the attachments out of a body and out of the one that it puts in place of another, in their order.
pub(super) fn take(body: Option<&mut Value>) -> Result<Vec<Attached>, Problem> {
    let Some(body) = body else { return Ok(vec![]) };
    let mut taken = take_from(body, "body")?;
    if let Some(whole) = body.pointer_mut("/correction/full_replacement") {
        taken.extend(take_from(whole, "body.correction.full_replacement")?);
    }
    Ok(taken)
}

fn take_from(body: &mut Value, path: &str) -> Result<Vec<Attached>, Problem> {
    let Some(listed) = body.as_object_mut().and_then(|body| body.remove("attachments")) else { return Ok(vec![]) };
    let path = format!("{path}.attachments");
    let Value::Array(listed) = listed else {
        return Err(Problem::new(path, Cause::Sort("anything but a list")));
    };
    if listed.len() > limits::LIST {
        return Err(Problem::new(path, Cause::Many { max: limits::LIST }));
    }
    Ok(listed.iter().enumerate().map(|(i, value)| read(value, format!("{path}[{i}]"))).collect())
}

fn read(value: &Value, path: String) -> Attached {
    let digest = value.get("sha256").and_then(Value::as_str).filter(|hex| *hex == hex.to_ascii_lowercase());
    let digest = digest.and_then(|hex| Digest::try_from(hex::decode(hex).ok()?.as_slice()).ok());
    let file = value.get("file").and_then(Value::as_str).map(str::to_owned);
    Attached { path, file, digest, size: value.get("size").and_then(Value::as_u64) }
}

/// P-21: an attachment has a digest, and it is that of the picture; a picture is not empty and not too large. `found` are
/// the pictures, each `None` that was looked for in vain: that is said.
pub fn check(attached: &[Attached], found: &[Option<Found>], findings: &mut Findings) {
    for (i, attachment) in attached.iter().enumerate() {
        let path = &attachment.path;
        if let (Some(None), Some(_)) = (found.get(i), &attachment.file) {
            findings.flags.push(Finding::new(Rule::Policy(21), format!("{path}.file"), "p21-picture-not-here"));
        }
        let found = found.get(i).copied().flatten();
        if attachment.digest.is_none() || found.is_some_and(|found| Some(found.digest) != attachment.digest) {
            let finding = Finding::new(Rule::Policy(21), format!("{path}.sha256"), "p21-other-picture");
            findings.problems.push(finding);
        }
        let fits = attachment.size.is_some_and(|size| (1..=limits::ATTACHMENT_BYTES).contains(&size));
        let other = found.is_some_and(|found| Some(found.size) != attachment.size);
        if !fits || other {
            let finding = Finding::new(Rule::of_field("attachment.size"), format!("{path}.size"), "attachment-size");
            findings.problems.push(finding.with("max", limits::ATTACHMENT_BYTES));
        }
    }
}
