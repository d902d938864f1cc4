//! Printing a text: asked for with a reason, refused by the node where it must not leave, and recorded before the sheet is made.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tonic::Status;

use crate::console::compose;
use crate::console::mark;
use crate::console::notice;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::status::said_of;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::NoticeKind;

#[derive(Template)]
#[template(path = "print.html")]
struct Page {
    shell: Shell,
    reference: String,
    tlp: (&'static str, &'static str),
    handling: Vec<(String, String)>,
    why: String,
    /// Address of the form that asks for consent, if that is what is lacking; else empty.
    consent: String,
    refused: Option<(String, String)>,
    /// Whether it may be printed at all.
    may: bool,
}

/// Why it is printed.
pub(super) async fn page(officer: Officer, Path(reference): Path<String>) -> Response {
    shown(&officer, &reference, "", None).await
}

/// The sheet.
pub(super) async fn print(Path(reference): Path<String>, Posted { officer, fields }: Posted) -> Response {
    match notice::sheet(&officer, &reference, fields.get("why")).await {
        Ok(sheet) => sheet,
        Err(status) => shown(&officer, &reference, fields.get("why"), Some(&status)).await,
    }
}

async fn shown(officer: &Officer, reference: &str, why: &str, refused: Option<&Status>) -> Response {
    if let Some(denied) = shell::denied(officer, Call::Print) {
        return denied;
    }
    let request = wire::GetNoticeRequest { notice: reference.to_owned() };
    let header = match officer.visitor.desk.api.get_notice(officer.call(request)).await {
        Ok(found) => found.into_inner().summary.unwrap_or_default().header.unwrap_or_default(),
        Err(status) => return shell::refused(officer, &status),
    };
    // It is said before a reason is asked for.
    let (is_sent, stays) = (refused.is_some(), officer.visitor.desk.api.stays(reference).await);
    let refused = stays.as_ref().or(refused);
    let mut shell = Shell::for_officer(officer, "console-print");
    shell.exercise = mark::exercise(&shell, &header);
    let kept = refused.and_then(said_of).and_then(|refused| refused.said);
    let asks = shell.may_write && kept.is_some_and(|said| said.key == "refused-stays-here");
    let page = Page {
        consent: if asks { compose::address(NoticeKind::ConsentRequest, &header.reference) } else { String::new() },
        tlp: mark::tlp(&header),
        handling: mark::handling(&shell, &header),
        reference: header.reference,
        why: why.to_owned(),
        refused: refused.map(|status| shell::refusal(&shell.words, status)),
        may: stays.is_none(),
        shell,
    };
    made_again(&page, is_sent)
}
