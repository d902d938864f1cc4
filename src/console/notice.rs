//! A notice: its header, its text once it is opened, how far it has come, and what can be done about it.

mod opened;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use tonic::Status;

use crate::console::attachments;
use crate::console::delivery;
use crate::console::delivery::Track;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::mark::Mark;
use crate::console::notice::opened::Text;
use crate::console::readings;
use crate::console::readings::Before;
use crate::console::readings::Opening;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::console::writings;
use crate::console::writings::Writing;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::LegalBasisKind;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::PermittedAction;
use crate::wire::Purpose;
use crate::wire::RelationKind;

/// The field of an act from a page whose text is open.
const OPEN: &str = "open";

#[derive(Template)]
#[template(path = "notice.html")]
struct Page {
    shell: Shell,
    reference: String,
    kind: String,
    exercise: String,
    urgency: Mark,
    tlp: (&'static str, &'static str),
    handling: Vec<(String, String)>,
    /// Names and values of the header.
    about: Vec<(String, String)>,
    issued: bool,
    tracks: Vec<Track>,
    related: Vec<(String, String)>,
    acts: Vec<Act>,
    /// What comes only once this officer has opened it, as a key; empty for nothing.
    after_open: &'static str,
    /// What can be written about it, or made of it.
    writings: Vec<Writing>,
    /// Why some of that would be refused now: what, and what to do.
    barred: Vec<(String, String)>,
    /// What a reader must know before opening it, each with its class.
    bars: Vec<(&'static str, String)>,
    /// What was done a moment ago, where the page does not show it by itself; or empty.
    told: String,
    /// What was refused a moment ago.
    refused: Option<(String, String)>,
    /// The text, once it is opened.
    text: Option<Text>,
    /// Whether its kind has a text.
    has_text: bool,
    opening: Opening,
    /// Whether it is made to be printed.
    sheet: bool,
    /// Why its text is gone; empty while it is here.
    gone: String,
    /// Who may decide whether the reader may read it, if that one may ask.
    asks: Option<String>,
    /// How many files are attached to it, and how far they are, in words; empty if none are.
    attached: String,
}

/// A button: where it posts, its class, icon and key.
struct Act {
    verb: &'static str,
    class: &'static str,
    icon: &'static str,
    key: &'static str,
}

/// The header of a notice; nothing is opened.
pub(super) async fn page(officer: Officer, Path(reference): Path<String>) -> Response {
    shown(&officer, &reference, None, StatusCode::OK).await
}

async fn shown(officer: &Officer, reference: &str, refused: Option<(String, String)>, code: StatusCode) -> Response {
    let request = wire::GetNoticeRequest { notice: reference.to_owned() };
    match officer.visitor.desk.api.get_notice(officer.call(request)).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            let summary = answer.summary.clone().unwrap_or_default();
            let mut page = Page::of(officer, &summary, &answer.related, answer.opened).barred(officer).await;
            let Before { gone, bars, asks, granted } = Before::of(&page.shell, officer, &answer);
            page.bars.extend(bars);
            let expires_ms = summary.header.as_ref().map_or(0, |header| header.expires_ms);
            if let Some(due) = answer.due.as_ref().filter(|due| due.ends_ms < expires_ms) {
                let ends = page.shell.with_second(page.shell.when.moment(due.ends_ms), due.ends_ms);
                page.about.push((page.shell.get("console-ends-here"), ends));
            }
            if !gone.is_empty() {
                page.writings.retain(|writing| writing.key != writings::PRINT);
            }
            let attached = attachments::in_words(officer.words(), &answer.attachments);
            let opening = if granted { Opening::Free } else { page.opening };
            let page = Page { refused, opening, gone, asks, attached, ..page };
            (code, made(&page)).into_response()
        }
        Err(status) => shell::refused(officer, &status),
    }
}

/// Opens it: one access entry, then the text.
pub(super) async fn open(Path(reference): Path<String>, Posted { officer, fields }: Posted) -> Response {
    match opened(&officer, &reference, fields.get("why")).await {
        Ok(page) => made(&page),
        Err(status) => not_done(&officer, &reference, &status).await,
    }
}

async fn opened(officer: &Officer, reference: &str, why: &str) -> Result<Page, Status> {
    let (notice, why) = (reference.to_owned(), why.to_owned());
    let request = wire::OpenNoticeRequest { notice, why, print: false, original: true };
    let opened = officer.visitor.desk.api.open_notice(officer.call(request)).await?.into_inner();
    let mut page = Page::opened(officer, &opened).barred(officer).await;
    if let Some(text) = &mut page.text {
        let attachments = std::mem::take(&mut text.attachments);
        text.attachments = attachments.savable(officer, &page.reference).await;
    }
    Ok(page)
}

/// The sheet to print: one access entry, then the text as it reads now, with nothing to be done about it.
pub(super) async fn sheet(officer: &Officer, reference: &str, why: &str) -> Result<Response, Status> {
    let (notice, why) = (reference.to_owned(), why.to_owned());
    let request = wire::OpenNoticeRequest { notice, why, print: true, original: false };
    let opened = officer.visitor.desk.api.open_notice(officer.call(request)).await?.into_inner();
    let mut page = Page { acts: vec![], writings: vec![], sheet: true, ..Page::opened(officer, &opened) };
    if let Some(text) = &mut page.text {
        let names = [
            ("officer", text.reader.clone()),
            ("office", page.shell.office.clone()),
            ("time", page.shell.when.zoned(opened.read_ms)),
        ];
        text.recorded = page.shell.words.say("console-printed", &names);
    }
    Ok(made(&page))
}

/// Acknowledges, takes, closes, opens a case again, or confirms.
pub(super) async fn act(
    Path((reference, verb)): Path<(String, String)>,
    Posted { officer, fields }: Posted,
) -> Response {
    let (api, notice) = (&officer.visitor.desk.api, reference.clone());
    let done = match verb.as_str() {
        "ack" => api.acknowledge_notice(officer.call(wire::AcknowledgeNoticeRequest { notice })).await.map(|_| ()),
        "take" => api.take_notice(officer.call(wire::TakeNoticeRequest { notice })).await.map(|_| ()),
        "close" => api.close_notice(officer.call(wire::CloseNoticeRequest { notice, reopen: false })).await.map(|_| ()),
        "reopen" => api.close_notice(officer.call(wire::CloseNoticeRequest { notice, reopen: true })).await.map(|_| ()),
        "confirm" => api.confirm_notice(officer.call(wire::ConfirmNoticeRequest { notice })).await.map(|_| ()),
        _ => return shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-page"),
    };
    after(&officer, &reference, &fields, done, "").await
}

/// The page after an act from it, with what was done, if it shows that by no other way. A text that was open there is opened
/// again, which is an entry as each opening is.
pub(super) async fn after(
    officer: &Officer,
    reference: &str,
    fields: &Fields,
    done: Result<(), Status>,
    told: &str,
) -> Response {
    if fields.has(OPEN)
        && let Ok(page) = opened(officer, reference, "").await
    {
        let told = if done.is_ok() && !told.is_empty() { page.shell.get(told) } else { String::new() };
        let refused = done.err().map(|status| shell::refusal(officer.words(), &status));
        let page = Page { told, refused, ..page };
        return shell::made_again(&page, page.refused.is_some());
    }
    match done {
        Ok(()) => Redirect::to(&format!("/n/{reference}")).into_response(),
        Err(status) => not_done(officer, reference, &status).await,
    }
}

/// The page again, with why it was not done.
pub(super) async fn not_done(officer: &Officer, reference: &str, status: &Status) -> Response {
    let refused = shell::refusal(officer.words(), status);
    shown(officer, reference, Some(refused), StatusCode::UNPROCESSABLE_ENTITY).await
}

impl Page {
    fn opened(officer: &Officer, opened: &wire::OpenNoticeResponse) -> Self {
        let page = Self::of(officer, &opened.summary.clone().unwrap_or_default(), &opened.related, true);
        // The text says the same, and why.
        let bars = readings::opened(&page.shell, opened.reading.as_ref());
        Self { text: Some(Text::of(&page.shell, opened)), bars, ..page }
    }

    /// The same, with what would be refused now, and why: the node says so.
    async fn barred(mut self, officer: &Officer) -> Self {
        let api = &officer.visitor.desk.api;
        for writing in &mut self.writings {
            let why = match writing.key {
                writings::FORWARD => api.not_passed_on(&self.reference).await,
                writings::PRINT => api.stays(&self.reference).await,
                _ => None,
            };
            writing.barred = why.is_some();
            self.barred.extend(why.map(|status| shell::refusal(officer.words(), &status)));
        }
        // What to do is the same for all of it.
        if let [others @ .., _] = self.barred.as_mut_slice() {
            for (_, next) in others {
                next.clear();
            }
        }
        self
    }

    fn of(officer: &Officer, summary: &wire::NoticeSummary, related: &[wire::Related], opened: bool) -> Self {
        let header = summary.header.clone().unwrap_or_default();
        let mut shell = Shell::for_officer(officer, "console-notice");
        shell.exercise = mark::exercise(&shell, &header);
        let has_text = !header.body_key_commitment.is_empty();
        let standing = summary.standing.clone().unwrap_or_default();
        let issued = header.from.as_ref().is_some_and(|from| from.office == shell.office);
        let mut writings = if shell.may_write { writings::about(&header, &standing, issued) } else { vec![] };
        if has_text && officer.is(Call::Print.roles()) {
            writings.push(Writing::new(format!("/n/{}/print", header.reference), "printer", writings::PRINT));
        }
        let acts = if shell.may_write { acts(officer, summary, issued) } else { vec![] };
        let (waiting, acts): (Vec<Act>, Vec<Act>) =
            acts.into_iter().partition(|act| act.verb == "ack" && has_text && !opened);
        Self {
            reference: header.reference.clone(),
            kind: shell.words.label::<NoticeKind>(header.kind),
            exercise: shell.exercise.clone(),
            urgency: mark::urgency(&shell, &header),
            tlp: mark::tlp(&header),
            handling: mark::handling(&shell, &header),
            about: about(&shell, &header),
            issued,
            tracks: if issued { delivery::tracks(&shell, summary, related) } else { vec![] },
            related: related.iter().map(|one| self::related(&shell, one)).collect(),
            acts,
            after_open: if waiting.is_empty() { "" } else { "console-ack-after-open" },
            writings,
            barred: vec![],
            bars: warnings(&shell, &standing),
            told: String::new(),
            refused: None,
            text: None,
            has_text,
            opening: Opening::by_role(officer, has_text),
            gone: String::new(),
            asks: None,
            sheet: false,
            attached: String::new(),
            shell,
        }
    }
}

/// That it was withdrawn or corrected.
fn warnings(shell: &Shell, standing: &wire::Standing) -> Vec<(&'static str, String)> {
    let said = |key, name: &wire::NoticeName| shell.with(key, "reference", &name.reference);
    let withdrawn = standing.withdrawn_by.as_ref().map(|name| ("bad", said("console-warn-withdrawn", name)));
    let corrected = standing.corrected_by.as_ref().map(|name| ("wait", said("console-warn-corrected", name)));
    // What is withdrawn is not read as corrected.
    withdrawn.or(corrected).into_iter().collect()
}

/// The facts of a header, each with its name.
pub(super) fn about(shell: &Shell, header: &wire::NoticeHeader) -> Vec<(String, String)> {
    let parties = |parties: &[wire::Party]| {
        let named =
            |party: &wire::Party| [party.office.clone(), shell.name_of(&party.office)].join(" ").trim().to_owned();
        parties.iter().map(named).collect::<Vec<_>>().join(", ")
    };
    let basis = header.legal_basis.clone().unwrap_or_default();
    let from: Vec<wire::Party> = header.from.iter().cloned().collect();
    let words = &shell.words;
    let moment = |ms| shell.with_second(shell.when.moment(ms), ms);
    let there = from.iter().map(|from| shell.elsewhere(&from.office, header.released_ms));
    let released: Vec<String> = [shell.when.moment(header.released_ms)].into_iter().chain(there).collect();
    let facts = [
        ("sheet-from", parties(&from)),
        ("sheet-to", parties(&header.to)),
        ("sheet-cc", parties(&header.cc)),
        ("sheet-author", header.author.clone()),
        ("sheet-releaser", header.releaser.clone()),
        ("sheet-emergency", if header.emergency { words.get("value-yes") } else { String::new() }),
        ("sheet-released", released.join(" · ").trim_end_matches(" · ").to_owned()),
        ("sheet-expires", moment(header.expires_ms)),
        ("sheet-review", moment(header.review_ms)),
        ("sheet-action", words.label::<PermittedAction>(header.permitted_action)),
        ("sheet-purpose", words.label::<Purpose>(header.purpose)),
        ("sheet-legal-basis", [words.label::<LegalBasisKind>(basis.kind), basis.reference].join(" ")),
        ("sheet-personal-data", words.get(if header.personal_data { "value-yes" } else { "value-no" })),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (words.get(key), value)).collect()
}

/// A notice around it: its reference, and what one does to the other.
fn related(shell: &Shell, related: &wire::Related) -> (String, String) {
    let reference = related.notice.clone().unwrap_or_default().reference;
    let parts = [
        shell.words.label::<RelationKind>(related.relation),
        shell.words.label::<NoticeKind>(related.kind),
        related.from.clone(),
        shell.when.moment(related.time_ms),
    ];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let arrow = if related.inward { "←" } else { "→" };
    (reference, format!("{arrow} {}", said.join(" · ")))
}

/// What this officer may do about it now.
fn acts(officer: &Officer, summary: &wire::NoticeSummary, issued: bool) -> Vec<Act> {
    let standing = summary.standing.clone().unwrap_or_default();
    let state = standing.sides.first().map(wire::Side::state).unwrap_or_default();
    let mut acts = vec![];
    let mut add = |may: bool, verb, class, icon, key| {
        if may {
            acts.push(Act { verb, class, icon, key });
        }
    };
    let waits = matches!(state, NoticeState::New | NoticeState::Taken);
    let may_ack =
        !issued && waits && summary.header.as_ref().is_some_and(|one| one.kind() != NoticeKind::Acknowledgement);
    add(may_ack, "ack", "go", "check-check", "console-acknowledge");
    let is_own = standing.taken_by == officer.id().as_str();
    add(!issued && !standing.closed && !is_own, "take", "", "user-check", "console-take");
    let unconfirmed = standing.confirmation.is_some_and(|one| one.confirmed_by.is_none());
    let may_confirm = issued && unconfirmed && officer.is(&[wire::Role::ReleasingOfficer]);
    add(may_confirm, "confirm", "go", "clipboard-check", "console-confirm");
    add(!standing.closed, "close", "", "check", "console-close");
    add(standing.closed, "reopen", "", "undo-2", "console-reopen");
    acts
}
