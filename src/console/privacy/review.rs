//! One text is reviewed by its header: still needed, or no longer.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::mark::Mark;
use crate::console::mark::capital;
use crate::console::privacy::due;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::i18n::Words;
use crate::office::call::Call;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::ReviewReason;
use crate::wire::json::Word as _;

#[derive(Template)]
#[template(path = "review.html")]
struct Page {
    shell: Shell,
    reference: String,
    /// EXERCISE or TEST; empty for what is real.
    exercise: String,
    kind: String,
    from: String,
    to: String,
    /// Whether it names a person, in words.
    personal: String,
    released: String,
    review: Mark,
    ends: Mark,
    by_retention: bool,
    /// Whether the officer may say that it is still needed, and erase it.
    may_review: bool,
    may_erase: bool,
    reasons: Vec<(&'static str, String, bool)>,
    /// The day of the next review, as it is typed; the last one that may be.
    next: String,
    latest: String,
    refused: Option<(String, String)>,
}

pub(in crate::console) async fn page(officer: Officer, Path(reference): Path<String>) -> Response {
    shown(&officer, reference, &Fields::default(), None).await
}

/// Writes that the text is still needed.
pub(in crate::console) async fn needed(Path(reference): Path<String>, Posted { officer, fields }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Review) {
        return denied;
    }
    let found = match header(&officer, &reference).await {
        Ok((_, found)) => found,
        Err(answer) => return answer,
    };
    let shell = Shell::for_officer(&officer, "console-review");
    let Some(next_ms) = next(&shell, fields.get("next"), found.next_review_ms) else {
        let refused = shell::said(officer.words(), "console-no-day");
        return shown(&officer, reference, &fields, Some(refused)).await;
    };
    let reason = ReviewReason::from_word(fields.get("reason")).unwrap_or_default();
    let request = wire::ReviewNoticeRequest { notice: reference.clone(), reason: reason.into(), next_ms };
    match officer.visitor.desk.api.review_notice(officer.call(request)).await {
        Ok(_) => {
            let list = [("by", "review"), ("days", "7"), (due::NEEDED, found.reference.as_str())];
            Redirect::to(&form::address("/privacy/due", &list)).into_response()
        }
        Err(refusal) => {
            let refused = shell::refusal(officer.words(), &refusal);
            shown(&officer, reference, &fields, Some(refused)).await
        }
    }
}

/// That a text is still needed, and until when, as the books say it now; empty if no notice is named, or it is overdue.
pub(super) async fn recorded(officer: &Officer, shell: &Shell, reference: &str) -> String {
    if reference.is_empty() {
        return String::new();
    }
    match header(officer, reference).await {
        Ok((_, due)) if due.review_ms > shell.when.now().ms() => {
            let names = [("reference", due.reference), ("time", shell.when.moment(due.review_ms))];
            shell.words.say("console-review-recorded", &names)
        }
        _ => String::new(),
    }
}

/// The moment of the next review on a day, UTC ms: the end of that day; 0 for the latest one, also on its own day.
fn next(shell: &Shell, day: &str, latest_ms: i64) -> Option<i64> {
    if day.trim().is_empty() {
        return Some(0);
    }
    let (begin, end) = (shell.when.begin_of(day)?, shell.when.end_of(day)?);
    Some(if (begin..end).contains(&latest_ms) { 0 } else { end })
}

/// The header of a notice whose text is here, and what is due of it.
async fn header(officer: &Officer, reference: &str) -> Result<(wire::NoticeHeader, wire::DueRow), Response> {
    if let Some(denied) = shell::denied(officer, Call::Due) {
        return Err(denied);
    }
    let request = wire::GetNoticeRequest { notice: reference.to_owned() };
    match officer.visitor.desk.api.get_notice(officer.call(request)).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            let header = answer.summary.and_then(|summary| summary.header);
            let none = || shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "refused-no-text");
            header.zip(answer.due).ok_or_else(none)
        }
        Err(refusal) => Err(shell::refused(officer, &refusal)),
    }
}

async fn shown(officer: &Officer, reference: String, fields: &Fields, refused: Option<(String, String)>) -> Response {
    let (header, due) = match header(officer, &reference).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let mut shell = Shell::for_officer(officer, "console-review");
    shell.exercise = mark::exercise(&shell, &header);
    let chosen = fields.get("reason");
    let reasons = Words::codes("review-reason");
    let reason = |word: &'static str| (word, shell.get(&format!("review-reason-{word}")), word == chosen);
    let latest = shell.when.to_type(due.next_review_ms).0;
    let to: Vec<&str> = header.to.iter().chain(&header.cc).map(|party| party.office.as_str()).collect();
    let page = Page {
        reference: due.reference.clone(),
        exercise: shell.exercise.clone(),
        kind: capital(&shell.words.label::<NoticeKind>(due.kind)),
        from: due.from.clone(),
        to: to.join(", "),
        personal: shell.get(if due.personal_data { "value-yes" } else { "value-no" }),
        released: shell.when.moment(header.released_ms),
        review: due::mark(&shell, due.review_ms, "console-due-overdue"),
        ends: due::mark(&shell, due.ends_ms, "console-due-ended"),
        by_retention: due.by_retention,
        may_review: officer.is(Call::Review.roles()) && due.review_ms > 0,
        may_erase: officer.is(Call::Erase.roles()),
        reasons: reasons.into_iter().map(reason).collect(),
        next: if fields.has("next") { fields.get("next").to_owned() } else { latest.clone() },
        latest,
        shell,
        refused,
    };
    made_again(&page, page.refused.is_some())
}
