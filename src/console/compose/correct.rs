//! The form of a correction: that of the kind that is corrected, with the text as it now reads (DOMAIN 6.7, ruling 8).
//!
//! - It writes one whole new body in place of the old one. Its own subject and grade are those of that body.
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
use crate::console::compose::field::Field;
use crate::console::compose::field::Part;
use crate::console::compose::header;
use crate::console::compose::page::Filled;
use crate::console::compose::page::Shape;
use crate::console::compose::page::expert;
use crate::console::compose::page::setting;
use crate::console::compose::page::shown;
use crate::console::compose::path;
use crate::console::compose::read;
use crate::console::compose::read::Setting;
use crate::console::compose::show;
use crate::console::compose::start;
use crate::console::compose::table;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::domain::kinds;
use crate::domain::notice;
use crate::domain::template::about;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;
use crate::wire::json::Word as _;

/// The field that names the kind which is corrected.
const OF: &str = "of";
/// Where the new body stands in the draft file.
const WHOLE: &str = "body.correction.full_replacement";
/// Why it is corrected: the fields of a correction itself, besides those of its header.
const WHY: [&str; 2] = ["body.correction.reason_code", "body.correction.reason"];

/// The kind that a form corrects with a whole text; `None` for any other form.
pub(super) fn corrected(kind: NoticeKind, fields: &Fields) -> Option<NoticeKind> {
    kinds::from_word(fields.get(OF)).filter(|_| kind == NoticeKind::Correction)
}

/// What a form says of that, to go with it into another shape.
pub(super) fn carried(fields: &Fields) -> Option<(String, String)> {
    fields.has(OF).then(|| said(fields.get(OF)))
}

fn said(of: &str) -> (String, String) {
    (OF.to_owned(), of.to_owned())
}

/// The fields of a form: of such a correction to whom it goes and why, then those of the kind that it corrects.
pub(super) fn fields(kind: NoticeKind, typed: &Fields) -> Vec<Field> {
    let Some(of) = corrected(kind, typed) else { return table::fields(kind) };
    let own = answers::CORRECTION.iter().filter(|field| field.path == header::TO.path || WHY.contains(&field.path));
    let text = table::fields(of).into_iter().filter(|field| field.path.starts_with("body."));
    let rest = header::PRESETS.iter().filter(|field| field.path.starts_with("header."));
    own.copied().chain(text).chain(rest.copied()).collect()
}

/// The draft file of a correction, made of one of the kind that it corrects, in which the reason stands beside the text.
pub(super) fn wrapped(mut file: Value) -> Value {
    path::put(&mut file, "header.kind", json!(NoticeKind::Correction.word()));
    let mut whole = file.get_mut("body").map(Value::take).unwrap_or_default();
    let own = whole.as_object_mut().and_then(|fields| fields.remove("correction"));
    let part = |name: &str| whole.get(name).cloned().unwrap_or_default();
    let mut body =
        json!({"subject": part("subject"), "marking": part("marking"), "correction": own.unwrap_or(json!({}))});
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
pub(super) async fn carried_by(
    officer: &Officer,
    header: &wire::NoticeHeader,
    body: Option<&wire::NoticeBody>,
) -> Option<(String, String)> {
    body.and_then(notice::replacement)?;
    let relation = header.relations.iter().find(|one| one.kind() == RelationKind::Corrects)?;
    let request = wire::GetNoticeRequest { notice: relation.reference.clone() };
    let found = officer.visitor.desk.api.get_notice(officer.call(request)).await.ok()?.into_inner();
    Some(said(&kinds::word(found.summary?.header?.kind())))
}

/// The form, with the text as it now reads: one access entry first.
pub(in crate::console) async fn correct(Path(reference): Path<String>, Posted { officer, .. }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Write) {
        return denied;
    }
    let desk = &officer.visitor.desk;
    let request = wire::OpenNoticeRequest { notice: reference.clone(), ..wire::OpenNoticeRequest::default() };
    let opened = match desk.api.open_notice(officer.call(request)).await {
        Ok(opened) => opened.into_inner(),
        Err(status) => return shell::refused(&officer, &status),
    };
    let Some(mut body) = opened.body else {
        return Redirect::to(&address(NoticeKind::Correction, &reference)).into_response();
    };
    let mut target = opened.summary.unwrap_or_default().header.unwrap_or_default();
    if let Some(amendment) = opened.amendments.last() {
        // As strict as corrections have made it.
        target.tlp = amendment.tlp;
        target.handling.clone_from(&amendment.handling);
    }
    body.padding.clear();
    let attached = attachments::fields(Some(&mut body));
    let now = start::whole_minute(desk.api.hub.node_time());
    let begun = about(NoticeKind::Correction, &target, desk.api.hub.me.office, now);
    let (Some(file), Ok((known, whole))) = (begun, draft::render(&target, Some(&body))) else {
        return shell::sentence(&officer.visitor, StatusCode::UNPROCESSABLE_ENTITY, "console-not-about");
    };
    let file = begin(file, &known, whole);
    let shell = Shell::for_officer(&officer, "console-compose");
    let of = Fields(vec![said(&kinds::word(target.kind()))]);
    let all = fields(NoticeKind::Correction, &of);
    let setting = setting(&officer, &shell);
    let mut fields = show::show(&all, &file, setting.when);
    fields.0.extend(of.0);
    let shape = match holds(&all, &fields, &body, &setting) {
        false => Shape::Expert,
        true if has_long(&all, &fields) => Shape::Long,
        true => Shape::Short,
    };
    let mut fields = if shape == Shape::Expert {
        Fields(expert(&file).0.into_iter().chain(carried(&fields)).collect())
    } else {
        WHY.into_iter().fold(fields, Fields::without)
    };
    fields.0.extend(attached);
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

/// Whether the form of the kind holds everything of a text: what it would write is that text again.
fn holds(all: &[Field], fields: &Fields, body: &wire::NoticeBody, setting: &Setting<'_>) -> bool {
    let written = read::read(NoticeKind::Correction, all, fields, setting);
    let again = draft::parse(written.draft.to_string().as_bytes(), draft::Options::default()).map(noted);
    let again = again.ok().filter(|_| written.faults.is_empty()).and_then(|again| again.body);
    let again = again.as_ref().and_then(notice::replacement);
    // Units of offices are of the header, as its parties are.
    again.is_some_and(|again| wire::NoticeBody { units: body.units.clone(), ..again.clone() } == *body)
}

fn has_long(all: &[Field], fields: &Fields) -> bool {
    let stands = |path: &str| fields.0.iter().any(|(name, value)| name.starts_with(path) && !value.is_empty());
    all.iter().any(|field| field.part == Part::Long && stands(field.path))
}
