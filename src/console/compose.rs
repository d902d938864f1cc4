//! Composing: what can be started, the forms of all kinds, and the form of the draft file itself for what no form holds.
//!
//! One table (`table`) says the fields of each kind; the page, what it writes, and where an error belongs come from it.

mod alerts;
mod answers;
mod autosave;
mod carried;
mod changed;
mod correct;
pub(in crate::console) mod field;
mod follow;
mod header;
mod newest;
pub(in crate::console) mod offices;
mod page;
mod path;
mod read;
mod reports;
mod send;
mod show;
mod start;
mod table;
mod talks;
mod things;
mod traffic;
mod turned;
mod unfinished;
mod view;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::mark::capital;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::domain::kinds;
use crate::domain::template;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::NoticeKind;

pub(super) use autosave::autosave;
pub(super) use correct::correct;
pub(super) use page::edit;
pub(super) use page::edit_opened;
pub(super) use page::page;
pub(super) use send::Point;
pub(super) use send::points;
pub(super) use send::statement;
pub(super) use send::write;

#[derive(Template)]
#[template(path = "start.html")]
struct Start {
    shell: Shell,
    /// The notice that it will be of the same case as; empty for none.
    re: String,
    groups: Vec<(&'static str, Vec<Choice>)>,
}

/// A kind that can be started.
struct Choice {
    address: String,
    kind: String,
    help: &'static str,
}

/// Whether it is the code of a language that texts are in.
pub(super) fn is_language(code: &str) -> bool {
    read::LANGUAGES.iter().any(|(known, _)| *known == code)
}

/// The address of a kind's form.
pub(super) fn address(kind: NoticeKind, re: &str) -> String {
    form::address(&format!("/compose/{}", kinds::word(kind)), &[("re", re)])
}

/// The kinds that one can start.
pub(super) async fn start(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Write) {
        return denied;
    }
    let re = Fields(query).get("re").to_owned();
    let desk = &officer.visitor.desk;
    let header = if re.is_empty() {
        None
    } else {
        let request = wire::GetNoticeRequest { notice: re.clone() };
        match desk.api.get_notice(officer.call(request)).await {
            Ok(found) => found.into_inner().summary.unwrap_or_default().header,
            Err(status) => return shell::refused(&officer, &status),
        }
    };
    let (me, now) = (desk.api.hub.me.office, desk.api.hub.node_time());
    let fits = |kind: NoticeKind| header.as_ref().is_none_or(|header| template::about(kind, header, me, now).is_some());
    let shell = Shell::for_officer(&officer, "console-compose");
    let choice = |(kind, help): &(NoticeKind, &'static str)| Choice {
        address: address(*kind, &re),
        kind: capital(&shell.words.label::<NoticeKind>((*kind).into())),
        help,
    };
    let fitting = |kinds: &[(NoticeKind, &'static str)]| -> Vec<Choice> {
        kinds.iter().filter(|(kind, _)| fits(*kind)).map(choice).collect()
    };
    let groups = table::GROUPS.iter().map(|(key, kinds)| (*key, fitting(kinds)));
    let groups = groups.filter(|(_, kinds)| !kinds.is_empty()).collect();
    made(&Start { shell, re, groups })
}

#[cfg(test)]
mod tests;
