//! The request of a person: which notices of this office hold data about who asks, and a sheet with the answer.
//!
//! - What is typed is searched for in every text that is kept, also what was withdrawn or replaced by a correction; each hit is an
//!   access entry first. What is typed stands in no address, title or log.
//! - A notice that has only some words of a name may be about somebody else: it is shown to who answers, and not printed.

use std::collections::BTreeSet;
use std::collections::VecDeque;

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
use crate::wire::Outcome;
use crate::wire::Purpose;
use crate::wire::RelationKind;
use crate::wire::json::Word as _;

/// Who answers such a request.
const ANSWERS: Call = Call::SearchHeld;

/// What is known of a person, each searched for by itself: the names of the fields, and how many of the words are enough; 0 for
/// all. Of a name two are: records leave a patronymic out, or have another one.
const SOUGHT: [(&str, u32); 3] = [("person", 2), ("document", 0), ("plate", 0)];

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
    /// How many hold only some words of the name, and whether there are more; empty for none.
    likely: String,
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
    /// What it does to one that was found, if it was not found itself; that it is withdrawn.
    marks: String,
    /// Whether it holds only some words of the name.
    likely: bool,
    since: String,
    /// Offices that have a copy.
    offices: Vec<String>,
    /// Offices that it is for, and of which it is not known here that they have it.
    addressed: Vec<String>,
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

/// A notice that was found.
struct Found {
    digest: Vec<u8>,
    because: String,
    likely: bool,
}

async fn held(officer: &Officer, shell: &Shell, fields: &Fields) -> Result<Answer, Status> {
    let why = fields.get("why").trim().to_owned();
    let sought = SOUGHT.iter().map(|(name, words)| (fields.get(name), *words));
    let mut sought: Vec<(&str, u32)> = sought.filter(|(typed, _)| !typed.trim().is_empty()).collect();
    if sought.is_empty() {
        // Nothing typed is refused as a search for nothing is.
        sought.push(("", 0));
    }
    let (mut found, mut more, mut more_likely): (Vec<Found>, _, _) = (vec![], String::new(), String::new());
    for (text, words) in sought {
        let request = wire::SearchNoticesRequest {
            text: text.to_owned(),
            why: why.clone(),
            held: true,
            words,
            ..wire::SearchNoticesRequest::default()
        };
        let answer = officer.visitor.desk.api.search_notices(officer.call(request)).await?.into_inner();
        if u64::try_from(answer.hits.len()) != Ok(answer.total) {
            // Those that have all words come first.
            if answer.hits.last().is_some_and(|hit| hit.partial) {
                more_likely = shell.get("console-request-likely-more");
            } else {
                more = shell.get("console-request-more");
            }
        }
        for (notice, likely) in answer.hits.into_iter().filter_map(|hit| Some((hit.notice?, hit.partial))) {
            match found.iter_mut().find(|one| one.digest == notice.digest) {
                Some(known) => known.likely &= likely,
                None => found.push(Found { digest: notice.digest, because: String::new(), likely }),
            }
        }
    }
    found.sort_by_key(|one| one.likely);
    let mut seen: BTreeSet<Vec<u8>> = found.iter().map(|one| one.digest.clone()).collect();
    let (mut held, mut found) = (vec![], VecDeque::from(found));
    while let Some(one) = found.pop_front() {
        let request = wire::GetNoticeRequest { notice: hex::encode(&one.digest) };
        let got = officer.visitor.desk.api.get_notice(officer.call(request)).await?.into_inner();
        // What corrects or passes on such a text repeats it, under a key of its own.
        for related in got.related.iter().filter(|related| related.inward && repeats(related.kind())) {
            let digest = related.notice.clone().unwrap_or_default().digest;
            if seen.insert(digest.clone()) {
                let because = shell.words.label::<RelationKind>(related.relation);
                found.push_back(Found { digest, because, likely: one.likely });
            }
        }
        held.push(Held::of(shell, one, &got));
    }
    let likely = held.iter().filter(|one| one.likely).count();
    let said = match held.len() - likely {
        0 if likely == 0 => shell.get("console-request-none"),
        0 => shell.get("console-request-none-whole"),
        count => shell.with("console-request-found", "count", &count.to_string()),
    };
    let likely = if likely == 0 {
        String::new()
    } else {
        let likely = shell.with("console-request-likely", "count", &likely.to_string());
        [likely, more_likely].join(" ").trim().to_owned()
    };
    Ok(Answer { held, said, likely, more, why })
}

/// Whether a notice of this kind repeats the text of the one that it is about.
const fn repeats(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::Correction | NoticeKind::Withdrawal | NoticeKind::Forward)
}

impl Held {
    fn of(shell: &Shell, found: Found, got: &wire::GetNoticeResponse) -> Self {
        let notice = got.summary.clone().unwrap_or_default();
        let header = notice.header.clone().unwrap_or_default();
        let reference = header.reference.clone();
        let (offices, addressed) = offices(shell, &notice, &header);
        let basis = header.legal_basis.clone().unwrap_or_default();
        let reason = ErasureReason::DataSubjectRequest.word();
        let order = || form::address("/privacy", &[("notice", &reference), ("reason", reason)]) + "#erase";
        let (until, erase) = match (&got.erasure, &got.due) {
            (Some(erasure), _) => (readings::gone(shell, erasure), String::new()),
            // The office may keep it for less time than the notice says.
            (None, Some(due)) => (shell.when.moment(due.ends_ms), order()),
            (None, None) => (String::new(), String::new()),
        };
        let is_withdrawn = notice.standing.as_ref().is_some_and(|standing| standing.withdrawn_by.is_some());
        let withdrawn = if is_withdrawn { shell.get("console-request-withdrawn") } else { String::new() };
        let marks: Vec<String> = [found.because, withdrawn].into_iter().filter(|mark| !mark.is_empty()).collect();
        Self {
            exercise: mark::exercise(shell, &header),
            kind: shell.words.label::<NoticeKind>(header.kind),
            since: shell.when.moment(notice.time_ms),
            offices,
            addressed,
            basis: [shell.words.label::<LegalBasisKind>(basis.kind), basis.reference].join(" "),
            marks: marks.join(", "),
            likely: found.likely,
            purpose: shell.words.label::<Purpose>(header.purpose),
            until,
            erase,
            reference,
        }
    }
}

/// Offices that have a copy of a notice, and others that it is for.
fn offices(shell: &Shell, notice: &wire::NoticeSummary, header: &wire::NoticeHeader) -> (Vec<String>, Vec<String>) {
    let from = header.from.as_ref().map(|from| from.office.clone()).unwrap_or_default();
    let delivered = notice.deliveries.iter().filter(|one| one.outcome() == Outcome::Delivered);
    let have: BTreeSet<&str> =
        delivered.map(|one| one.office.as_str()).chain([from.as_str(), shell.office.as_str()]).collect();
    let mut all: Vec<&str> = vec![];
    for party in header.from.iter().chain(&header.to).chain(&header.cc) {
        if !all.contains(&party.office.as_str()) {
            all.push(&party.office);
        }
    }
    let (offices, addressed): (Vec<&str>, Vec<&str>) = all.into_iter().partition(|office| have.contains(office));
    let named = |office: &str| [office.to_owned(), shell.name_of(office)].join(" ").trim().to_owned();
    (offices.into_iter().map(named).collect(), addressed.into_iter().map(named).collect())
}
