//! Signing in and out, and the first passphrase of one's own.

use askama::Template;
use axum::extract::Query;
use axum::extract::Request;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use std::sync::Arc;
use tonic::Status;

use crate::console::Desk;
use crate::console::again;
use crate::console::form;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::DOOR;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::console::visitor::SESSION;
use crate::console::visitor::Visitor;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::wire;

/// Fields of the sign-in itself, and what is never held; every other one is of a form that waits for it.
const OWN: [&str; 8] = ["officer", "passphrase", "next", "token", "whose", "current", "new", "again"];

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    shell: Shell,
    officer: String,
    next: String,
    /// A form that goes on after the sign-in.
    held: Vec<(String, String)>,
    /// Id of the officer who wrote it; empty if it is not known.
    whose: String,
    /// What was wrong, and what to do.
    refused: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "go_on.html")]
struct GoOn {
    shell: Shell,
    next: String,
    held: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "passphrase.html")]
struct Passphrase {
    shell: Shell,
    /// The passphrase that is to be changed was given by an administrator.
    one_time: bool,
    refused: Option<(String, String)>,
}

/// Where to sign in, and go on to this page afterwards.
pub(super) fn address(next: &str) -> String {
    form::address("/sign-in", &[("next", next)])
}

/// A path of this console, for what was asked; else the first page.
pub(super) fn local(next: &str) -> String {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let is_path = is_path && !next.contains(char::is_control);
    if is_path { next.to_owned() } else { "/".to_owned() }
}

/// An officer's id as people type it: `UZ-ALT-O02`, or `O02` at the office itself.
pub(super) fn named(text: &str, office: OfficeCode) -> Option<OfficerId> {
    let text = text.trim().to_ascii_uppercase();
    text.parse().or_else(|_| format!("{office}-{text}").parse()).ok()
}

pub(super) async fn page(visitor: Visitor, Query(query): Query<Vec<(String, String)>>) -> Response {
    let next = local(Fields(query).get("next"));
    Form { next, ..Form::default() }.shown(&visitor, StatusCode::OK)
}

/// The form of the sign-in.
#[derive(Default)]
struct Form {
    officer: String,
    next: String,
    held: Vec<(String, String)>,
    whose: String,
    refused: Option<(String, String)>,
}

impl Form {
    /// The page with this form.
    fn shown(self, visitor: &Visitor, code: StatusCode) -> Response {
        let Self { officer, next, held, whose, refused } = self;
        let (jar, shell) = with_door(visitor, "console-sign-in");
        (code, jar, made(&SignIn { shell, officer, next, held, whose, refused })).into_response()
    }
}

/// What stands around a form of whoever has not signed in: it carries what a cookie of this browser holds, which another site
/// cannot know or set.
pub(super) fn with_door(visitor: &Visitor, title: &'static str) -> (CookieJar, Shell) {
    let mut jar = CookieJar::new();
    let mut token = visitor.door.clone();
    if token.is_empty() {
        token = visitor.desk.sessions.secret();
        let site = &visitor.desk.site;
        jar = jar.add(site.cookie(site.cookie_name(DOOR), token.clone()));
    }
    (jar, Shell { token, ..Shell::of(visitor, title) })
}

/// The sign-in over a form whose session has ended: nothing of it is lost. A form that names no officer is of no session.
pub(super) fn held(visitor: &Visitor, fields: Fields) -> Response {
    let named = fields.get("token").split_once('.').and_then(|(officer, _)| officer.parse::<OfficerId>().ok());
    let whose = named.map(|officer| officer.to_string()).unwrap_or_default();
    let fields = if whose.is_empty() { Fields::default() } else { fields };
    let held = fields.0.into_iter().filter(|(name, _)| !OWN.contains(&name.as_str())).collect();
    let (next, refused) = (local(&visitor.path), Some(shell::said(&visitor.words, "console-session-over")));
    Form { officer: whose.clone(), next, held, whose, refused }.shown(visitor, StatusCode::UNAUTHORIZED)
}

/// Whether this is what the cookie of the sign-in holds: another site knows it not.
pub(super) fn is_door(visitor: &Visitor, token: &str) -> bool {
    !visitor.door.is_empty() && Digest::of(visitor.door.as_bytes()) == Digest::of(token.as_bytes())
}

pub(super) async fn sign_in(
    visitor: Visitor,
    State(desk): State<Arc<Desk>>,
    jar: CookieJar,
    request: Request,
) -> Response {
    let fields = Fields::of(request).await;
    let next = local(fields.get("next"));
    let held: Vec<_> = fields.0.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).cloned().collect();
    let (typed, whose) = (fields.get("officer").to_owned(), fields.get("whose").to_owned());
    let form = |refused| Form {
        officer: typed,
        next: next.clone(),
        held: held.clone(),
        whose: whose.clone(),
        refused: Some(refused),
    };
    if !is_door(&visitor, fields.get("token")) {
        let refused = shell::said(&visitor.words, "console-sign-in-again");
        return form(refused).shown(&visitor, StatusCode::FORBIDDEN);
    }
    let signed_in = match named(fields.get("officer"), desk.api.hub.me.office) {
        Some(officer) => desk.api.sign_in(&officer, fields.get("passphrase").as_bytes()).await,
        None => Err(Status::from(crate::edge::sign_in::SignInError::Wrong)),
    };
    let signed_in = match signed_in {
        Ok(signed_in) => signed_in,
        Err(status) => {
            let refused = shell::refusal(&visitor.words, &status);
            return form(refused).shown(&visitor, StatusCode::FORBIDDEN);
        }
    };
    let is_another = !(held.is_empty() && whose.is_empty()) && signed_in.officer().to_string() != whose;
    desk.sessions.end(&visitor.cookie);
    let begun = desk.sessions.begin(signed_in);
    let jar = jar.add(cookie(&desk, begun.cookie));
    if is_another {
        return (jar, Redirect::to("/")).into_response();
    }
    if held.is_empty() {
        return (jar, Redirect::to(&next)).into_response();
    }
    let shell = Shell { token: begun.session.token, ..Shell::of(&visitor, "console-go-on") };
    (jar, made(&GoOn { shell, next, held })).into_response()
}

pub(super) fn cookie(desk: &Desk, value: String) -> Cookie<'static> {
    desk.site.cookie(desk.site.cookie_name(SESSION), value)
}

pub(super) async fn sign_out(jar: CookieJar, posted: Posted) -> Response {
    let Visitor { desk, cookie: held, .. } = posted.officer.visitor;
    desk.sessions.end(&held);
    (jar.remove(cookie(&desk, String::new())), Redirect::to("/sign-in")).into_response()
}

/// Keeps a session whose officer is at work: that the form came in has kept it.
pub(super) async fn keep(_posted: Posted) -> StatusCode {
    StatusCode::NO_CONTENT
}

pub(super) async fn passphrase_page(officer: Officer) -> Response {
    let one_time = officer.enrolled.one_time;
    made(&Passphrase { shell: Shell::for_officer(&officer, "console-passphrase"), one_time, refused: None })
}

pub(super) async fn passphrase(jar: CookieJar, Posted { officer, fields }: Posted) -> Response {
    let (new, again) = (fields.get("new").to_owned(), fields.get("again"));
    let (words, one_time) = (officer.words(), officer.enrolled.one_time);
    // Whoever finds a screen without its officer sets no passphrase.
    let known = if one_time { Ok(()) } else { again::checked(&officer, fields.get("current")).await };
    let refused = if let Err(refused) = known {
        Some(refused)
    } else if new == again {
        let request = wire::SetPassphraseRequest { passphrase: new.clone() };
        let set = officer.visitor.desk.api.set_passphrase(officer.call(request)).await;
        set.err().map(|status| shell::refusal(words, &status))
    } else {
        Some(shell::said(words, "console-passphrases-differ"))
    };
    if refused.is_some() {
        let page = Passphrase { shell: Shell::for_officer(&officer, "console-passphrase"), one_time, refused };
        return (StatusCode::UNPROCESSABLE_ENTITY, made(&page)).into_response();
    }
    let desk = &officer.visitor.desk;
    desk.sessions.end(&officer.visitor.cookie);
    match desk.api.sign_in(officer.id(), new.as_bytes()).await {
        Ok(signed_in) => {
            let begun = desk.sessions.begin(signed_in);
            (jar.add(cookie(desk, begun.cookie)), Redirect::to("/")).into_response()
        }
        Err(_) => Redirect::to("/sign-in").into_response(),
    }
}
