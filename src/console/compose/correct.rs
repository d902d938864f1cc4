//! The form of a correction: that of the kind that is corrected, with the text as it now reads (DOMAIN 6.7, ruling 8).
//!
//! - It writes one whole new body in place of the old one. Its own subject and grade are those of that body.
//! - It carries the text: what no field shows, or was changed in none, stays as it is, also in another language.
//! - To show it is to open the text, so it is asked for by a form, and recorded.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use serde_json::Value;
use serde_json::json;

use crate::console::attachments;
use crate::console::compose::address;
use crate::console::compose::answers;
use crate::console::compose::carried::Carried;
use crate::console::compose::changed;
use crate::console::compose::changed::Tongue;
use crate::console::compose::field::Field;
use crate::console::compose::field::Part;
use crate::console::compose::follow;
use crate::console::compose::header;
use crate::console::compose::newest;
use crate::console::compose::page::Filled;
use crate::console::compose::page::Shape;
use crate::console::compose::page::shown;
use crate::console::compose::path;
use crate::console::compose::read::LANGUAGE;
use crate::console::compose::read::Written;
use crate::console::compose::show;
use crate::console::compose::start;
use crate::console::compose::table;
use crate::console::compose::turned::PARTS;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::console::when::When;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::domain::kinds;
use crate::domain::template::about;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;
use crate::wire::json::Word as _;

/// The field that names the kind which is corrected, and the one that holds the text that it begins with.
const OF: &str = "of";
const BASE: &str = "base";
/// Where the new body stands in the draft file.
const WHOLE: &str = "body.correction.full_replacement";
/// Why it is corrected: the fields of a correction itself, besides those of its header.
const WHY: [&str; 2] = ["body.correction.reason_code", "body.correction.reason"];

/// The kind that a form corrects with a whole text; `None` for any other form.
pub(super) fn corrected(kind: NoticeKind, fields: &Fields) -> Option<NoticeKind> {
    kinds::from_word(fields.get(OF)).filter(|_| kind == NoticeKind::Correction)
}

/// What a form says of that, to go with it.
pub(super) fn carried(fields: &Fields) -> Vec<(String, String)> {
    fields.0.iter().filter(|(name, _)| [OF, BASE, newest::STANDS_ON].contains(&name.as_str())).cloned().collect()
}

/// The same, of a form that goes into another shape with this draft file.
pub(super) fn carried_into(fields: &Fields, file: &Value) -> Vec<(String, String)> {
    let stands_on = fields.0.iter().filter(|(name, _)| name == newest::STANDS_ON).cloned();
    if fields.has(OF) {
        said(fields.get(OF), path::get(file, WHOLE)).into_iter().chain(stands_on).collect()
    } else {
        vec![]
    }
}

fn said(of: &str, whole: Option<&Value>) -> Vec<(String, String)> {
    let whole = whole.map(|whole| (BASE.to_owned(), whole.to_string()));
    std::iter::once((OF.to_owned(), of.to_owned())).chain(whole).collect()
}

/// The fields of a form: of such a correction to whom it goes and why, then those of the kind that it corrects.
pub(super) fn fields(kind: NoticeKind, typed: &Fields) -> Vec<Field> {
    let Some(of) = corrected(kind, typed) else { return table::fields(kind) };
    let own = answers::CORRECTION.iter().filter(|field| field.path == header::TO.path || WHY.contains(&field.path));
    let text = table::fields(of).into_iter().filter(|field| field.path.starts_with("body."));
    let rest = header::PRESETS.iter().filter(|field| field.path.starts_with("header."));
    own.copied().chain(text).chain(rest.copied()).collect()
}

/// Whether a form is one of a correction: its times are shown by the minute, for what is not changed stays as it is.
pub(super) fn is_form(all: &[Field]) -> bool {
    all.iter().any(|field| WHY.contains(&field.path)) && all.iter().all(|field| !field.path.contains("replaced_fields"))
}

/// What such a form writes, from what its fields write as a draft of the kind that it corrects.
pub(super) fn read(written: Written, all: &[Field], fields: &Fields, when: &When) -> Written {
    // Of nothing all is new.
    let nothing = || path::get(&written.draft, "body").map(emptied).unwrap_or_default();
    let base: Value = serde_json::from_str(fields.get(BASE)).unwrap_or_else(|_| nothing());
    let stood = show::show(all, &json!({"body": base}), when);
    let is_own = |field: &&Field| field.path.starts_with("body.") && !WHY.contains(&field.path);
    let (mut whole, mut same) = (json!({"body": base}), vec![]);
    let tongue = Tongue { stood: stood.get(LANGUAGE), said: fields.get(LANGUAGE) };
    for field in all.iter().filter(is_own) {
        if stands(&stood, field) == stands(fields, field) {
            same.push(field.path);
            if let Some(text) = path::get_mut(&mut whole, field.path) {
                tongue.retell(text);
            }
            continue;
        }
        changed::forget(&mut whole, all, field);
        let new = path::get(&written.draft, field.path).cloned().unwrap_or_default();
        changed::put(&mut whole, field, new, tongue);
    }
    changed::forget_nameless(&mut whole);
    follow::complete(&mut whole);
    let why = path::get(&written.draft, "body.correction").cloned();
    let mut draft = wrapped(written.draft, whole.get_mut("body").map(Value::take).unwrap_or_default(), why);
    path::close_up(&mut draft);
    let faults = written.faults.into_iter().filter(|fault| !same.contains(&fault.path)).collect();
    Written { draft, faults, missing: written.missing }
}

/// The parts of a text that are there and hold nothing.
fn emptied(body: &Value) -> Value {
    let parts = body.as_object().into_iter().flatten().filter(|(name, _)| *name != "correction");
    parts.filter(|(_, part)| **part == json!({})).map(|(name, part)| (name.clone(), part.clone())).collect()
}

/// What stands in a field, however a browser ends its lines and in whatever order its codes come.
fn stands(fields: &Fields, field: &Field) -> Vec<(String, String)> {
    let own = |name: &str| name.strip_prefix(field.path).is_some_and(|rest| rest.is_empty() || PARTS.contains(&rest));
    let plain = |value: &str| value.replace("\r\n", "\n").trim().to_owned();
    let all = fields.0.iter().filter(|(name, _)| own(name)).map(|(name, value)| (name.clone(), plain(value)));
    let mut all: Vec<_> = all.filter(|(_, value)| !value.is_empty()).collect();
    all.sort();
    all
}

/// The draft file of a correction: `file` has its header, `whole` is the new text.
fn wrapped(mut file: Value, whole: Value, why: Option<Value>) -> Value {
    path::put(&mut file, "header.kind", json!(NoticeKind::Correction.word()));
    let part = |name: &str| whole.get(name).cloned().unwrap_or_default();
    let why = why.unwrap_or_else(|| json!({}));
    let mut body = json!({"subject": part("subject"), "marking": part("marking"), "correction": why});
    path::put(&mut body, "correction.full_replacement", whole);
    path::put(&mut file, "body", body);
    file
}

/// The way back; any other file as it is.
pub(super) fn unwrapped(file: &Value) -> Value {
    let mut file = file.clone();
    if let Some(mut body) = path::get_mut(&mut file, WHOLE).map(Value::take) {
        let own = path::get(&file, "body.correction").cloned().unwrap_or_default();
        path::put(&mut body, "correction", own);
        path::put(&mut file, "body", body);
    }
    file
}

/// A draft whose new body has what a draft file writes beside the codes of a header.
pub(super) fn noted(mut draft: Draft) -> Draft {
    if let Some(body) = &mut draft.body {
        let (units, handling, purpose) = (body.units.clone(), body.handling_note.clone(), body.purpose_note.clone());
        if let Some(whole) = body.correction.as_mut().and_then(|own| own.full_replacement.as_deref_mut()) {
            (whole.units, whole.handling_note, whole.purpose_note) = (units, handling, purpose);
        }
    }
    draft
}

/// What the form of a draft carries, if the draft is such a correction and what it corrects is here.
pub(super) async fn carried_by(officer: &Officer, draft: &wire::DraftSummary, file: &Value) -> Vec<(String, String)> {
    let Some(whole) = path::get(file, WHOLE) else { return vec![] };
    let relations = draft.header.iter().flat_map(|header| &header.relations);
    let Some(relation) = relations.into_iter().find(|one| one.kind() == RelationKind::Corrects) else {
        return vec![];
    };
    let request = wire::GetNoticeRequest { notice: relation.reference.clone() };
    let found = officer.visitor.desk.api.get_notice(officer.call(request)).await.ok();
    let Some(target) = found.and_then(|found| found.into_inner().summary) else { return vec![] };
    let stands_on = newest::of_draft(officer, draft, &target).await;
    let kind = target.header.map(|header| header.kind()).unwrap_or_default();
    said(&kinds::word(kind), Some(whole)).into_iter().chain([stands_on]).collect()
}

/// The form, with the text as it now reads: one access entry first.
pub(in crate::console) async fn correct(Path(reference): Path<String>, Posted { officer, .. }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Write) {
        return denied;
    }
    let desk = &officer.visitor.desk;
    let now = start::whole_minute(desk.api.hub.node_time());
    let request = wire::GetNoticeRequest { notice: reference.clone() };
    let found = match desk.api.get_notice(officer.call(request)).await {
        Ok(found) => found.into_inner().summary.and_then(|summary| summary.header).unwrap_or_default(),
        Err(status) => return shell::refused(&officer, &status),
    };
    let issued = found.from.as_ref().is_some_and(|from| from.office == desk.api.hub.me.office.to_string());
    if !issued || about(NoticeKind::Correction, &found, desk.api.hub.me.office, now).is_none() {
        // Nothing is opened, and recorded, for nothing.
        return shell::sentence(&officer.visitor, StatusCode::UNPROCESSABLE_ENTITY, "console-not-corrected-here");
    }
    let request = wire::OpenNoticeRequest { notice: reference.clone(), ..wire::OpenNoticeRequest::default() };
    let opened = match desk.api.open_notice(officer.call(request)).await {
        Ok(opened) => opened.into_inner(),
        Err(status) => return shell::refused(&officer, &status),
    };
    let Some(mut body) = opened.body else {
        return Redirect::to(&address(NoticeKind::Correction, &reference)).into_response();
    };
    let summary = opened.summary.unwrap_or_default();
    let stands_on = newest::field(&summary);
    let mut target = summary.header.unwrap_or_default();
    if let Some(amendment) = opened.amendments.last() {
        // As strict as corrections have made it.
        target.tlp = amendment.tlp;
        target.handling.clone_from(&amendment.handling);
    }
    body.padding.clear();
    let attached = attachments::fields(Some(&mut body));
    let begun = about(NoticeKind::Correction, &target, desk.api.hub.me.office, now);
    let (Some(file), Ok((known, whole))) = (begun, draft::render(&target, Some(&body))) else {
        return shell::sentence(&officer.visitor, StatusCode::UNPROCESSABLE_ENTITY, "console-not-about");
    };
    let file = begin(file, &known, whole);
    let shell = Shell::for_officer(&officer, "console-compose");
    let mut own = said(&kinds::word(target.kind()), path::get(&file, WHOLE));
    own.push(stands_on);
    let all = fields(NoticeKind::Correction, &Fields(own.clone()));
    let mut fields = WHY.into_iter().fold(show::show(&all, &file, &shell.when), Fields::without);
    fields.0.extend(own.into_iter().chain(attached));
    let is_long = all.iter().any(|field| field.part == Part::Long && !stands(&fields, field).is_empty());
    let shape = if is_long { Shape::Long } else { Shape::Short };
    let filled = Filled::of(NoticeKind::Correction, shape, fields, Carried::new(&officer));
    shown(&officer, Filled { re: reference, ..filled }, StatusCode::OK).await
}

/// The draft file of a correction that changes nothing yet: `known` is the header of what it corrects, `whole` its text.
fn begin(mut file: Value, known: &Value, whole: Value) -> Value {
    for field in ["purpose", "handling"] {
        path::put(&mut file, &format!("header.{field}"), known.get(field).cloned().unwrap_or_default());
    }
    for field in ["subject", "marking"] {
        path::put(&mut file, &format!("body.{field}"), whole.get(field).cloned().unwrap_or_default());
    }
    path::put(&mut file, "body.correction.replaced_fields", Value::Null);
    path::put(&mut file, WHOLE, whole);
    path::close_up(&mut file);
    file
}
