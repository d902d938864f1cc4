//! Privacy: what ends soon, orders to erase a text, and which drafts there are. Nothing here shows a text.

mod calendar;
pub(super) mod due;
pub(super) mod retention;
pub(super) mod review;

use askama::Template;
use axum::extract::Query;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use tonic::Status;

use crate::console::again;
use crate::console::duty::Duty;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::mark::Mark;
use crate::console::privacy::calendar::Calendar;
use crate::console::readings;
use crate::console::readings::Readings;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::i18n::Words;
use crate::limits;
use crate::office::call::Call;
use crate::wire;
use crate::wire::DraftState;
use crate::wire::ErasureReason;
use crate::wire::NoticeKind;
use crate::wire::json::Word as _;

/// Who looks at the page: those who watch over the office, as they do over its log.
pub(super) const LOOKS: Call = Call::Log;

/// Reasons of the node, which nobody orders.
const BY_NODE: [ErasureReason; 2] = [ErasureReason::Expired, ErasureReason::Retention];

#[derive(Template)]
#[template(path = "privacy.html")]
struct Page {
    shell: Shell,
    /// What ends and what is erased, each with its key.
    ends: Vec<(&'static str, String)>,
    /// How much is due, day by day or week by week.
    calendar: Calendar,
    reviews_overdue: u32,
    /// Whether the officer may see which texts.
    may_list: bool,
    /// How many texts wait for a confirmation.
    unconfirmed: u32,
    /// Whether the officer may let them end.
    may_confirm: bool,
    /// Whether the officer may order an erasure.
    may_erase: bool,
    fields: Fields,
    reasons: Vec<(&'static str, String, bool)>,
    drafts: Vec<Draft>,
    /// What was done a moment ago.
    done: Vec<String>,
    refused: Option<(String, String)>,
    /// Requests to read under break-glass.
    readings: Option<Readings>,
    /// That a longer period waits for the reader.
    longer: Option<Duty>,
}

/// A draft, without anything that was written.
struct Draft {
    number: u64,
    state: String,
    kind: String,
    urgency: Mark,
    author: String,
    to: String,
    saved: String,
    ends: String,
}

/// What came of an order.
#[derive(Default)]
struct Outcome {
    done: Vec<String>,
    fields: Fields,
    refused: Option<(String, String)>,
}

pub(super) async fn page(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    // Which notice, and why: an answer to a person leads here with both.
    shown(&officer, Outcome { fields: Fields(query), ..Outcome::default() }).await
}

/// The page again, with why something was not done.
pub(super) async fn refused(officer: &Officer, status: &Status) -> Response {
    let refused = Some(shell::refusal(officer.words(), status));
    shown(officer, Outcome { refused, ..Outcome::default() }).await
}

/// Lets more texts end at once than the node may by itself; the passphrase is asked for again.
pub(super) async fn confirm(Posted { officer, fields }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::ConfirmExpiry) {
        return denied;
    }
    match confirmed(&officer, &fields).await {
        Ok(()) => Redirect::to("/privacy").into_response(),
        Err(refused) => shown(&officer, Outcome { refused: Some(refused), ..Outcome::default() }).await,
    }
}

async fn confirmed(officer: &Officer, fields: &Fields) -> Result<(), (String, String)> {
    again::checked(officer, fields.get("passphrase")).await?;
    let request = wire::ConfirmExpiryRequest { count: fields.get("count").parse().unwrap_or_default() };
    let done = officer.visitor.desk.api.confirm_expiry(officer.call(request)).await;
    done.map(drop).map_err(|refusal| shell::refusal(officer.words(), &refusal))
}

/// Erases a text by order; the passphrase is asked for again.
pub(super) async fn erase(Posted { officer, fields }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Erase) {
        return denied;
    }
    let outcome = match erased(&officer, &fields).await {
        Ok(done) => Outcome { done, ..Outcome::default() },
        Err(refused) => Outcome { refused: Some(refused), fields, ..Outcome::default() },
    };
    shown(&officer, outcome).await
}

async fn erased(officer: &Officer, fields: &Fields) -> Result<Vec<String>, (String, String)> {
    let words = officer.words();
    again::checked(officer, fields.get("passphrase")).await?;
    let notice = fields.get("notice").trim().to_owned();
    let reason = ErasureReason::from_word(fields.get("reason")).unwrap_or_default();
    let request = wire::EraseNoticeRequest { notice, reason: reason.into() };
    let answer = officer.visitor.desk.api.erase_notice(officer.call(request)).await;
    let answer = answer.map_err(|refusal| shell::refusal(words, &refusal))?.into_inner();
    let names = [("reference", answer.reference.clone()), ("index", answer.index.to_string())];
    let mut done = vec![words.say(if answer.complete { "erased" } else { "erased-later" }, &names)];
    if !answer.in_transit.is_empty() {
        done.push(words.say("erased-in-transit", &[("offices", answer.in_transit.join(", "))]));
    }
    Ok(done)
}

async fn shown(officer: &Officer, outcome: Outcome) -> Response {
    if let Some(denied) = shell::denied(officer, LOOKS) {
        return denied;
    }
    let api = &officer.visitor.desk.api;
    let ends = match api.get_status(officer.call(wire::GetStatusRequest {})).await {
        Ok(status) => status.into_inner().ends.unwrap_or_default(),
        Err(refusal) => return shell::refused(officer, &refusal),
    };
    let shell = Shell::for_officer(officer, "console-privacy");
    let asked = calendar::asked(&shell, outcome.fields.get("span") == "weeks");
    let counts = match api.count_due(officer.call(asked)).await {
        Ok(counts) => counts.into_inner().spans,
        Err(refusal) => return shell::refused(officer, &refusal),
    };
    let may_erase = officer.is(Call::Erase.roles());
    let mut refused = outcome.refused;
    // That there are drafts, administrators and auditors are not told.
    let drafts = if may_erase {
        match api.list_drafts(officer.call(wire::ListDraftsRequest {})).await {
            Ok(list) => list.into_inner().drafts,
            Err(refusal) => {
                refused = Some(shell::refusal(officer.words(), &refusal));
                vec![]
            }
        }
    } else {
        vec![]
    };
    let chosen = outcome.fields.get("reason").to_owned();
    let reasons =
        Words::codes("erasure-reason").into_iter().filter(|word| !BY_NODE.map(ErasureReason::word).contains(word));
    let reason = |word: &'static str| (word, shell.get(&format!("erasure-reason-{word}")), word == chosen);
    let page = Page {
        readings: readings::card(officer, &shell).await,
        longer: retention::duty(officer, &shell).await,
        ends: facts(&shell, &ends),
        unconfirmed: ends.unconfirmed,
        calendar: Calendar::of(&shell, &asked, &counts),
        reviews_overdue: ends.reviews_overdue,
        may_list: due::may_list(officer),
        may_confirm: officer.is(Call::ConfirmExpiry.roles()),
        may_erase,
        reasons: reasons.map(reason).collect(),
        drafts: drafts.iter().map(|draft| Draft::of(&shell, draft)).collect(),
        done: outcome.done,
        fields: outcome.fields,
        shell,
        refused,
    };
    made_again(&page, page.refused.is_some())
}

/// What ends, and how far what is erased is gone.
fn facts(shell: &Shell, ends: &wire::EndStatus) -> Vec<(&'static str, String)> {
    let words = &shell.words;
    let texts = |count: u32| words.say("expiry-texts", &[("count", count.to_string())]);
    let ending = match ends.announced_ms {
        0 => words.get("expiry-not-looked"),
        announced => {
            let by = shell.when.moment(announced.saturating_add(limits::ANNOUNCED_MS));
            words.say("console-ends-by", &[("texts", texts(ends.ending)), ("time", by)])
        }
    };
    let key = match (ends.rotated_ms, ends.incomplete) {
        (0, false) => "vault-never",
        (0, true) => "vault-never-erasing",
        (_, false) => "console-vault-changed",
        (_, true) => "console-vault-changed-erasing",
    };
    let vault = words.say(key, &[("time", shell.when.moment(ends.rotated_ms))]);
    vec![("console-ending", ending), ("console-unconfirmed", texts(ends.unconfirmed)), ("vault-key", vault)]
}

impl Draft {
    fn of(shell: &Shell, draft: &wire::DraftSummary) -> Self {
        let header = draft.header.clone().unwrap_or_default();
        let to: Vec<&str> = header.to.iter().map(|party| party.office.as_str()).collect();
        Self {
            number: draft.number,
            state: shell.words.label::<DraftState>(draft.state),
            kind: shell.words.label::<NoticeKind>(header.kind),
            urgency: mark::urgency(shell, &header),
            author: draft.author.clone(),
            to: to.join(", "),
            saved: shell.when.short(draft.saved_ms),
            ends: shell.when.moment(draft.ends_ms),
        }
    }
}
