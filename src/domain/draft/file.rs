//! A draft file with everything that stands in it: the draft, and what its officers state about it.
//!
//! A node asks its officers itself and sets times and references; who checks a file alone has only what it says. Labels
//! (`notice_id`, `relates_to[].id`) are names by which files name each other, nothing else.

use std::fmt;

use serde_json::Map;
use serde_json::Value;

use crate::domain::draft::Draft;
use crate::domain::draft::DraftError;
use crate::domain::draft::Options;
use crate::domain::draft::attached;
use crate::domain::draft::attached::Attached;
use crate::domain::draft::from_json;
use crate::domain::draft::json_of;
use crate::domain::notice;
use crate::domain::notice::Terms;
use crate::domain::policy::Release;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::time::Timestamp;
use crate::wire::CheckPoint;
use crate::wire::json::Word as _;

/// What a file says of itself and for people: no part of the draft.
const REMARKS: [&str; 3] = ["base", "expect", "title"];

/// Most findings of one sort that are kept: a file may hold any number.
const MOST_FINDINGS: usize = 100;

/// How a draft writes a value that is not stated.
const UNSPECIFIED: &str = "UNSPECIFIED";

/// A draft file.
pub struct File {
    /// The draft, its shape checked.
    pub draft: Draft,
    /// Its header, checked.
    pub terms: Terms,
    /// Its sender, by itself or by its reference; `None` if it does not say so yet.
    pub from: Option<OfficeCode>,
    /// The label by which other files name it.
    pub label: Option<String>,
    /// The reference that it states.
    pub reference: Option<String>,
    /// When it says that it was closed.
    pub created: Option<Timestamp>,
    /// When it says that it was released.
    pub released: Option<Timestamp>,
    /// The labels that its relations name.
    pub related: Vec<Option<String>>,
    /// Which addressees of `to` it names officers of.
    pub officers_named: Vec<bool>,
    /// Its attachments.
    pub attached: Vec<Attached>,
    /// What the officers state; `None` if it says nothing of them yet.
    pub release: Option<Release>,
    /// Of all that stands in it, to tell two files with one label apart.
    pub digest: Digest,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// What keeps it from being read as a draft; never empty.
    pub fn read(bytes: &[u8]) -> Result<Self, Vec<Finding>> {
        let mut file = json_of(bytes).map_err(|error| vec![unreadable(error)])?;
        if let Some(whole) = file.as_object_mut() {
            whole.retain(|name, _| !REMARKS.contains(&name.as_str()));
        }
        let digest = Digest::of(file.to_string().as_bytes());
        let mut zeros = vec![];
        zero_values(&file, "", &mut zeros);
        if !zeros.is_empty() {
            return Err(zeros);
        }
        Self::of(&mut file, digest).map_err(|problem| vec![problem.into()])
    }

    fn of(file: &mut Value, digest: Digest) -> Result<Self, Problem> {
        let release = release(file.get("release"))?;
        let mut header = file.get("header").cloned().unwrap_or_default();
        let stated = |field: &str| header.get(field).cloned();
        let (created, released) =
            (time(stated("created_at"), "created_at")?, time(stated("release_at"), "release_at")?);
        // By this before anything else is compared with the end: what follows from it would only repeat it.
        if let (Some(released), Some(expires)) = (released, time(stated("expires_at"), "expires_at")?)
            && expires <= released
        {
            return Err(Problem::new("header.expires_at", Cause::Early { than: "header.release_at" }));
        }
        let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
        let identifier = header.get("identifier").cloned().unwrap_or_default();
        let related = header.get("relates_to").and_then(Value::as_array).into_iter().flatten();
        let related = related.map(|relation| text(relation, "id")).collect();
        let mut officers_named = vec![];
        for list in ["to", "cc"] {
            let parties = header.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
            for party in parties.filter_map(Value::as_object_mut) {
                let named = party.remove("officer_ids").is_some();
                if list == "to" {
                    officers_named.push(named);
                }
            }
        }
        let attached = attached::take(file.get_mut("body"))?;
        if let Some(whole) = file.as_object_mut() {
            whole.insert("header".to_owned(), header);
        }
        let draft = from_json(file.take(), Options { without_attachments: true })?;
        let terms = notice::check_draft(&draft.header)?;
        let reference = text(&identifier, "human_ref");
        let named = reference.as_deref().and_then(|reference| reference.parse::<Reference>().ok());
        let from = draft.header.from.as_ref().map(|from| from.office.parse()).transpose();
        let from = from.map_err(|what| Problem::new("header.from.office_code", Cause::Name(what)))?;
        Ok(Self {
            from: from.or_else(|| named.map(Reference::office)),
            draft,
            terms,
            label: text(&identifier, "notice_id"),
            reference,
            created,
            released,
            related,
            officers_named,
            attached,
            release,
            digest,
        })
    }
}

impl From<DraftError> for Finding {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Problem(problem) => Self::from(problem),
            other => unreadable(other),
        }
    }
}

fn unreadable(error: DraftError) -> Finding {
    let finding = |message| Finding::new(Rule::of_field("json"), "", message);
    match error {
        DraftError::Json { line, column } => finding("file-not-json").with("line", line).with("column", column),
        DraftError::TooLarge => finding("file-too-large").with("max", limits::DRAFT_BYTES),
        DraftError::Utf8 => finding("file-not-utf8"),
        DraftError::Problem(Problem { path, what: Cause::Duplicate }) => finding("file-key-twice").with("path", path),
        DraftError::Problem(problem) => {
            let read = Finding::from(problem);
            Finding { rule: Rule::of_field("json"), ..read }
        }
    }
}

/// Values that are there but say nothing (P-01).
fn zero_values(value: &Value, path: &str, findings: &mut Vec<Finding>) {
    match value {
        Value::String(word) if word == UNSPECIFIED => {
            let path = path.strip_suffix(".code").unwrap_or(path);
            if findings.len() < MOST_FINDINGS {
                findings.push(Finding::new(Rule::Policy(1), path, "p01-not-stated"));
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                zero_values(value, &fit_to_print(format_args!("{path}[{i}]")), findings);
            }
        }
        Value::Object(map) => {
            for (name, value) in map.iter().filter(|(name, _)| !matches!(name.as_str(), "text" | "title")) {
                let dot = if path.is_empty() { "" } else { "." };
                let path = fit_to_print(format_args!("{path}{dot}{name}"));
                zero_values(value, &path, findings);
            }
        }
        _ => {}
    }
}

/// A path as a problem keeps it: short, and nothing in it steers whoever reads it.
fn fit_to_print(path: fmt::Arguments<'_>) -> String {
    Problem::new(path, Cause::Missing).path
}

fn time(value: Option<Value>, field: &str) -> Result<Option<Timestamp>, Problem> {
    let path = format!("header.{field}");
    match value {
        None => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|what| Problem::new(path, Cause::Time(what))),
        Some(_) => Err(Problem::new(path, Cause::Sort("anything but a text"))),
    }
}

fn release(value: Option<&Value>) -> Result<Option<Release>, Problem> {
    let Some(value) = value else { return Ok(None) };
    let Value::Object(fields) = value else { return Ok(Some(Release::default())) };
    let words = fields.get("checklist").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let flag = |name: &str| fields.get(name).and_then(Value::as_bool).unwrap_or(false);
    Ok(Some(Release {
        author: officer(fields, "author")?,
        releaser: officer(fields, "releaser")?,
        emergency: flag("emergency"),
        confirm_by: match fields.get("confirm_by").and_then(Value::as_str) {
            None => None,
            Some(text) => Some(text.parse().map_err(|what| Problem::new("release.confirm_by", Cause::Time(what)))?),
        },
        checklist: words.filter_map(CheckPoint::from_word).collect(),
        lawful_basis_confirmed: flag("lawful_basis_confirmed"),
    }))
}

fn officer(fields: &Map<String, Value>, name: &str) -> Result<Option<OfficerId>, Problem> {
    let Some(id) = fields.get(name).and_then(Value::as_str) else { return Ok(None) };
    id.parse().map(Some).map_err(|what| Problem::new(format_args!("release.{name}"), Cause::Name(what)))
}
