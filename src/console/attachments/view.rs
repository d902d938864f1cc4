//! The viewer of a picture: a page that knows the marking of its notice, and has nothing of its text but the picture.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::response::Response;

use crate::console::drafts;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::limits;
use crate::name::Digest;
use crate::office::call::Call;
use crate::wire;

/// The field of a picture that can be laid beside the one that is looked at: its digest, as in the header of its notice.
pub(super) const WITH: &str = "with";

#[derive(Template)]
#[template(path = "viewer.html")]
struct Page {
    shell: Shell,
    /// Where the picture is.
    picture: String,
    /// What it belongs to, and where that is.
    of: String,
    back: String,
    /// Whether a text is open there, which is opened again by whoever goes back.
    opens: bool,
    /// Other pictures of the same text, by their numbers in it, each with its address.
    others: Vec<(usize, String)>,
    tlp: (&'static str, &'static str),
    handling: Vec<(String, String)>,
    /// Who looks, when, and what may be done with it.
    watermark: String,
    /// Whether it is shown in its own size, where there is no script.
    is_real: bool,
}

/// The picture of a notice.
pub(super) async fn of_notice(
    officer: Officer,
    Path((reference, digest)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Open) {
        return denied;
    }
    let request = wire::GetNoticeRequest { notice: reference.clone() };
    match officer.visitor.desk.api.get_notice(officer.call(request)).await {
        Ok(found) => {
            let header = found.into_inner().summary.unwrap_or_default().header.unwrap_or_default();
            shown(&officer, &header, &reference, &format!("/n/{reference}"), &digest, &Fields(query))
        }
        Err(status) => shell::refused(&officer, &status),
    }
}

/// The picture of a draft.
pub(super) async fn of_draft(
    officer: Officer,
    Path((number, digest)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    match drafts::one(&officer, &number).await {
        Ok(draft) => {
            let header = draft.header.unwrap_or_default();
            shown(&officer, &header, &number, &format!("/drafts/{number}"), &digest, &Fields(query))
        }
        Err(status) => shell::refused(&officer, &status),
    }
}

fn shown(
    officer: &Officer,
    header: &wire::NoticeHeader,
    of: &str,
    back: &str,
    digest: &str,
    query: &Fields,
) -> Response {
    let shell = Shell::for_officer(officer, "console-viewer");
    let (tlp, handling) = (mark::tlp(header), mark::handling(&shell, header));
    let mut said = vec![shell.office.clone(), shell.officer.clone(), shell.moment(), tlp.1.to_owned()];
    said.extend(handling.iter().map(|(code, _)| code.clone()));
    // It is dark whatever the theme: eyes see more of a picture then; and it has the whole window.
    let shell = Shell { theme: "dark", places: vec![], ..shell };
    let is_digest = |one: &&str| Digest::try_from(hex::decode(one).unwrap_or_default().as_slice()).is_ok();
    let all = query.all(WITH).filter(is_digest).take(limits::ATTACHMENTS).enumerate();
    let others = all.filter(|(_, other)| *other != digest).map(|(i, other)| (i + 1, format!("{back}/a/{other}")));
    made(&Page {
        picture: format!("{back}/a/{digest}"),
        opens: back.starts_with("/n/"),
        others: others.collect(),
        of: of.to_owned(),
        back: back.to_owned(),
        tlp,
        handling,
        watermark: said.join(" · "),
        is_real: query.get("size") == "real",
        shell,
    })
}
