//! Drafts: list them, show one, and what has changed since it was returned.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::attachment;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::notice::new::Which;
use crate::cli::notice::sheet::sheet;
use crate::cli::output::Output;
use crate::cli::output::table;
use crate::cli::words;
use crate::domain::draft;
use crate::domain::draft::Change;
use crate::domain::kinds;
use crate::i18n::Words;
use crate::wire;
use crate::wire::DraftState;
use crate::wire::Urgency;
use crate::wire::json::Word as _;

/// A draft to show.
#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    which: Which,
    /// Print it as a draft file, to change it
    #[arg(long)]
    form: bool,
}

pub(super) fn list(global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    let request = wire::ListDraftsRequest {};
    let drafts =
        client::ask(global, async |mut client| Ok(client.desk.list_drafts(request).await?.into_inner()))?.drafts;
    if out.json {
        return drafts.iter().try_for_each(|draft| out.object(&object(draft)));
    }
    if drafts.is_empty() {
        out.note(words.get("drafts-none"));
        return Ok(());
    }
    let header = [
        "column-number",
        "column-reference",
        "column-kind",
        "column-urgency",
        "column-author",
        "column-state",
        "column-saved",
        "column-ends",
    ];
    let rows = drafts.iter().map(|draft| row(draft, &words)).collect();
    out.text(table(header.map(|key| words.get(key)).each_ref().map(String::as_str), rows))?;
    for draft in drafts.iter().filter(|draft| !draft.comment.is_empty() && draft.state() == DraftState::Returned) {
        out.note(returned_note(draft, &words));
    }
    if drafts.iter().any(|draft| draft.ends_ms != 0) {
        out.note(words.get("drafts-end"));
    }
    Ok(())
}

fn row(draft: &wire::DraftSummary, words: &Words) -> [String; 8] {
    let header = draft.header.clone().unwrap_or_default();
    let label = |list: &str, word: &str| words.known(&format!("{list}-{word}")).unwrap_or_else(|| word.to_owned());
    let state = label("draft-state", draft.state().word());
    let state = if header.personal_data { words.say("draft-personal-data", &[("state", state)]) } else { state };
    [
        draft.number.to_string(),
        draft.reference.clone(),
        label("notice-kind", header.kind().word()),
        label("urgency", header.urgency().word()),
        draft.author.clone(),
        state,
        words::moment(draft.saved_ms),
        words::moment(draft.ends_ms),
    ]
}

/// Who returned a draft, and why.
fn returned_note(draft: &wire::DraftSummary, words: &Words) -> String {
    let names = [
        ("number", draft.number.to_string()),
        ("officer", draft.returned_by.clone()),
        ("comment", draft.comment.clone()),
    ];
    words.say("draft-returned-by", &names)
}

/// A draft for programs.
pub(super) fn object(draft: &wire::DraftSummary) -> Value {
    let header = draft.header.clone().unwrap_or_default();
    let to: Vec<&str> = header.to.iter().chain(&header.cc).map(|party| party.office.as_str()).collect();
    json!({
        "number": draft.number,
        "state": words::word::<DraftState>(draft.state),
        "reference": words::text(&draft.reference),
        "kind": kinds::word(header.kind()),
        "urgency": words::word::<Urgency>(header.urgency),
        "to": to,
        "author": draft.author,
        "author_left": draft.left,
        "saved_at": words::time(draft.saved_ms),
        "submitted_at": words::time(draft.submitted_ms),
        "ends_at": words::time(draft.ends_ms),
        "personal_data": header.personal_data,
        "releasers": draft.releasers,
        "returned_by": words::text(&draft.returned_by),
        "comment": words::text(&draft.comment),
    })
}

pub(super) fn add(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

pub(in crate::cli) fn findings(findings: &[wire::Finding]) -> Value {
    findings.iter().map(|one| json!({"rule": one.rule, "path": one.path, "what": one.what})).collect()
}

/// What the officer should see, though it stops nothing.
pub(super) fn tell_flags(flags: &[wire::Finding], out: &Output, words: &Words) {
    for flag in flags {
        out.note(format_args!("{} {}: {}", words.get("check-flag"), flag.path, words.finding(flag)));
    }
}

/// Opens a draft; the node records it if another officer wrote it.
pub(super) fn open(name: &str, global: &Global) -> Result<wire::OpenDraftResponse, Failure> {
    let request = wire::OpenDraftRequest { draft: name.to_owned() };
    client::ask(global, async |mut client| Ok(client.desk.open_draft(request).await?.into_inner()))
}

/// A draft in the names of a draft file; `null` for a body that it has not.
fn rendered(header: Option<&wire::NoticeHeader>, body: Option<&wire::NoticeBody>) -> Result<(Value, Value), Failure> {
    let header = header.cloned().unwrap_or_default();
    draft::render(&header, body).map_err(|problem| {
        Failure::config(format!("The draft cannot be shown yet: {problem}."), "Go on with it where it was begun.")
    })
}

/// The draft as an addressee would read it.
pub(super) fn text(opened: &wire::OpenDraftResponse, words: &Words) -> Result<String, Failure> {
    let summary = opened.draft.clone().unwrap_or_default();
    let (reference, author) = (summary.reference, summary.author);
    let header = wire::NoticeHeader { reference, author, ..summary.header.unwrap_or_default() };
    let (header, mut body) = rendered(Some(&header), opened.body.as_ref())?;
    attachment::for_people(&mut body, &opened.attachments, words);
    Ok(sheet(words, &header, &body, "", ""))
}

/// What has changed since the draft was returned; empty if it never was.
pub(super) fn changes(opened: &wire::OpenDraftResponse) -> Result<Vec<Change>, Failure> {
    if opened.returned_header.is_none() {
        return Ok(vec![]);
    }
    let header = opened.draft.as_ref().and_then(|draft| draft.header.as_ref());
    let new = rendered(header, opened.body.as_ref())?;
    let old = rendered(opened.returned_header.as_ref(), opened.returned_body.as_ref())?;
    Ok(draft::changes(&old, &new))
}

/// Changes for people: each path, what stood there, and what stands there now.
pub(super) fn changes_text(changes: &[Change]) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let side = |sign: &str, value: &Value| {
        if value.is_null() { String::new() } else { format!("\n  {sign} {}", plain(value).replace('\n', "\n    ")) }
    };
    let one = |change: &Change| format!("{}{}{}", change.path, side("-", &change.old), side("+", &change.new));
    changes.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn changes_object(changes: &[Change]) -> Value {
    changes.iter().map(|one| json!({"path": one.path, "old": one.old, "new": one.new})).collect()
}

pub(super) fn show(args: &Args, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    let opened = open(&args.which.draft, global)?;
    let summary = opened.draft.clone().unwrap_or_default();
    if args.form {
        let (header, body) = rendered(summary.header.as_ref(), opened.body.as_ref())?;
        let file = if body.is_null() { json!({"header": header}) } else { json!({"header": header, "body": body}) };
        return out.document(&file);
    }
    let changes = changes(&opened)?;
    if out.json {
        let (header, body) = rendered(summary.header.as_ref(), opened.body.as_ref())?;
        let mut object = object(&summary);
        let problems = findings(&opened.problems);
        for (name, value) in
            [("header", header), ("body", body), ("problems", problems), ("flags", findings(&opened.flags))]
        {
            add(&mut object, name, value);
        }
        add(&mut object, "changes", changes_object(&changes));
        return out.object(&object);
    }
    out.text(text(&opened, &words)?)?;
    state(&opened, &changes, &out, &words)
}

/// What stands below the text of a draft.
pub(super) fn state(
    opened: &wire::OpenDraftResponse,
    changes: &[Change],
    out: &Output,
    words: &Words,
) -> Result<(), Failure> {
    let summary = opened.draft.clone().unwrap_or_default();
    if !summary.returned_by.is_empty() {
        out.text(format_args!("\n{}", returned_note(&summary, words)))?;
        if !changes.is_empty() {
            out.text(format_args!("\n{}\n{}", words.get("draft-changes"), changes_text(changes)))?;
        }
    }
    for problem in &opened.problems {
        let place = problem.place();
        let place = if place.is_empty() { place } else { format!("{place}: ") };
        out.note(format_args!("{} {place}{}", words.get("draft-problem"), words.finding(problem)));
    }
    tell_flags(&opened.flags, out, words);
    Ok(())
}

pub(super) fn diff(args: &Which, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    let opened = open(&args.draft, global)?;
    let summary = opened.draft.clone().unwrap_or_default();
    if opened.returned_header.is_none() {
        let number = [("number", summary.number.to_string())];
        return Err(Failure::said(Kind::Config, "draft-never-returned", &number));
    }
    let changes = changes(&opened)?;
    if out.json {
        return out.object(
            &json!({"number": summary.number, "comment": summary.comment, "changes": changes_object(&changes)}),
        );
    }
    out.note(returned_note(&summary, &words));
    if changes.is_empty() {
        out.note(words.get("draft-unchanged"));
        return Ok(());
    }
    out.text(changes_text(&changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_name_what_was_and_what_is() {
        let change = |path: &str, old: Value, new: Value| Change { path: path.to_owned(), old, new };
        let changes = [
            change("body.a.b", json!(1), json!(2)),
            change("body.a.c[1]", Value::Null, json!("y")),
            change("body.d", Value::Null, json!("z")),
        ];
        assert_eq!(changes_text(&changes), "body.a.b\n  - 1\n  + 2\nbody.a.c[1]\n  + y\nbody.d\n  + z");
    }
}
