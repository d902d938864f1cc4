//! The request of a person: which notices of this office hold data about who asks, and a sheet with the answer. What is typed is
//! searched for as in any search, each hit is an access entry first; it stands in no address, title or log.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use tonic::Status;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::readings;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::ErasureReason;
use crate::wire::LegalBasisKind;
use crate::wire::NoticeKind;
use crate::wire::Purpose;
use crate::wire::RelationKind;
use crate::wire::json::Word as _;

/// Who answers such a request.
const ANSWERS: Call = Call::Erase;

/// What is known of a person, each searched for by itself: the names of the fields.
const SOUGHT: [&str; 3] = ["person", "document", "plate"];

#[derive(Template)]
#[template(path = "request.html")]
struct Page {
    shell: Shell,
    /// As they were typed.
    fields: Fields,
    refused: Option<(String, String)>,
    answer: Option<Answer>,
}

/// What this office holds.
struct Answer {
    held: Vec<Held>,
    /// How many notices, in words.
    said: String,
    /// That there are more than were looked at; empty if there are not.
    more: String,
    why: String,
}

/// A notice that holds such data. Nothing of its text.
struct Held {
    reference: String,
    /// EXERCISE or TEST; empty for what is real.
    exercise: String,
    kind: String,
    /// What it does to one that was found, if it was not found itself.
    because: String,
    since: String,
    /// Offices that have a copy.
    offices: Vec<String>,
    basis: String,
    purpose: String,
    /// Until when it is kept, or why it is gone.
    until: String,
    /// Where its erasure is ordered; empty if it is gone.
    erase: String,
}

pub(super) async fn page(officer: Officer) -> Response {
    if let Some(denied) = shell::denied(&officer, ANSWERS) {
        return denied;
    }
    made(&Page::of(&officer, Fields::default()))
}

/// Looks for a person: every hit is written down before it is shown.
pub(super) async fn answer(Posted { officer, fields }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, ANSWERS) {
        return denied;
    }
    let mut page = Page::of(&officer, fields);
    match held(&officer, &page.shell, &page.fields).await {
        Ok(answer) => page.answer = Some(answer),
        Err(status) => page.refused = Some(shell::refusal(&page.shell.words, &status)),
    }
    made_again(&page, page.refused.is_some())
}

impl Page {
    fn of(officer: &Officer, fields: Fields) -> Self {
        Self { shell: Shell::for_officer(officer, "console-request"), fields, refused: None, answer: None }
    }
}

async fn held(officer: &Officer, shell: &Shell, fields: &Fields) -> Result<Answer, Status> {
    let why = fields.get("why").trim().to_owned();
    let sought: Vec<&str> =
        SOUGHT.iter().map(|name| fields.get(name)).filter(|typed| !typed.trim().is_empty()).collect();
    // Nothing typed is refused as a search for nothing is.
    let sought = if sought.is_empty() { vec![""] } else { sought };
    let (mut found, mut seen, mut is_whole) = (vec![], BTreeSet::new(), true);
    for text in sought {
        let request = wire::SearchNoticesRequest {
            text: text.to_owned(),
            why: why.clone(),
            ..wire::SearchNoticesRequest::default()
        };
        let answer = officer.visitor.desk.api.search_notices(officer.call(request)).await?.into_inner();
        is_whole &= u64::try_from(answer.hits.len()) == Ok(answer.total);
        let hits = answer.hits.into_iter().filter_map(|hit| hit.notice).map(|notice| (notice.digest, String::new()));
        found.extend(hits.filter(|(digest, _)| seen.insert(digest.clone())));
    }
    let (mut held, mut next) = (vec![], 0);
    while let Some((digest, because)) = found.get(next).cloned() {
        next += 1;
        let request = wire::GetNoticeRequest { notice: hex::encode(&digest) };
        let got = officer.visitor.desk.api.get_notice(officer.call(request)).await?.into_inner();
        // What corrects or passes on such a text repeats it, under a key of its own.
        for related in got.related.iter().filter(|related| related.inward && repeats(related.kind())) {
            let digest = related.notice.clone().unwrap_or_default().digest;
            if seen.insert(digest.clone()) {
                found.push((digest, shell.words.label::<RelationKind>(related.relation)));
            }
        }
        held.push(Held::of(shell, because, &got));
    }
    let count = held.len().to_string();
    let key = if held.is_empty() { "console-request-none" } else { "console-request-found" };
    let more = if is_whole { String::new() } else { shell.get("console-request-more") };
    Ok(Answer { said: shell.with(key, "count", &count), held, more, why })
}

/// Whether a notice of this kind repeats the text of the one that it is about.
const fn repeats(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::Correction | NoticeKind::Withdrawal | NoticeKind::Forward)
}

impl Held {
    fn of(shell: &Shell, because: String, got: &wire::GetNoticeResponse) -> Self {
        let notice = got.summary.clone().unwrap_or_default();
        let header = notice.header.clone().unwrap_or_default();
        let reference = header.reference.clone();
        let mut offices: Vec<String> = vec![];
        for party in header.from.iter().chain(&header.to).chain(&header.cc) {
            let said = [party.office.clone(), shell.name_of(&party.office)].join(" ").trim().to_owned();
            if !offices.contains(&said) {
                offices.push(said);
            }
        }
        let basis = header.legal_basis.clone().unwrap_or_default();
        let reason = ErasureReason::DataSubjectRequest.word();
        let order = || form::address("/privacy", &[("notice", &reference), ("reason", reason)]) + "#erase";
        let (until, erase) = got.erasure.as_ref().map_or_else(
            || (shell.when.moment(got.kept_until_ms), order()),
            |erasure| (readings::gone(shell, erasure), String::new()),
        );
        Self {
            exercise: mark::exercise(shell, &header),
            kind: shell.words.label::<NoticeKind>(header.kind),
            since: shell.when.moment(notice.time_ms),
            offices,
            basis: [shell.words.label::<LegalBasisKind>(basis.kind), basis.reference].join(" "),
            because,
            purpose: shell.words.label::<Purpose>(header.purpose),
            until,
            erase,
            reference,
        }
    }
}
