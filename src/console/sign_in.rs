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
use crate::console::session::Session;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::BROWSER;
use crate::console::visitor::DOOR;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::console::visitor::SESSION;
use crate::console::visitor::Visitor;
use crate::edge::api::SignedIn;
use crate::edge::sign_in::Door;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::office::call::Call;
use crate::office::officers::Officer as Enrolled;
use crate::wire;

/// Fields of the sign-in itself, which no other form has; every other one is of a form that waits for it.
const OFFICER: &str = "sign-in-officer";
const NEXT: &str = "sign-in-next";
const WHOSE: &str = "sign-in-whose";
/// Fields that are secrets wherever they stand, and never held.
const SECRET: [&str; 5] = ["token", "passphrase", "current", "new", "again"];

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
    /// Who may sign in now, to choose from; none for a browser on a network.
    officers: Vec<String>,
    /// How many open notices the officer takes care of who has just signed out.
    taken: usize,
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
    let query = Fields(query);
    let next = local(query.get("next"));
    let taken = query.get("taken").parse().unwrap_or_default();
    Form { next, taken, ..Form::default() }.shown(&visitor, StatusCode::OK)
}

/// The form of the sign-in.
#[derive(Default)]
struct Form {
    officer: String,
    next: String,
    held: Vec<(String, String)>,
    whose: String,
    taken: usize,
    refused: Option<(String, String)>,
}

impl Form {
    /// The page with this form.
    fn shown(self, visitor: &Visitor, code: StatusCode) -> Response {
        let Self { officer, next, held, whose, taken, refused } = self;
        let (jar, shell) = with_door(visitor, "console-sign-in");
        let officers = if visitor.is_here { enabled(visitor) } else { vec![] };
        (code, jar, made(&SignIn { shell, officer, next, held, whose, officers, taken, refused })).into_response()
    }
}

/// The officers who may sign in now.
fn enabled(visitor: &Visitor) -> Vec<String> {
    let hub = &visitor.desk.api.hub;
    let (officers, now) = (hub.shared.officers(), hub.node_time());
    let is_enabled =
        |one: &&Enrolled| one.passphrase.is_some() && !one.enrolment.is_revoked() && now < one.enrolment.until;
    officers.all.values().filter(is_enabled).map(|one| one.enrolment.id.to_string()).collect()
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
    let held = waiting(fields);
    let (next, refused) = (local(&visitor.path), Some(visitor.over()));
    Form { officer: whose.clone(), next, held, whose, taken: 0, refused }.shown(visitor, StatusCode::UNAUTHORIZED)
}

/// The fields of a form that waits for a sign-in.
fn waiting(fields: Fields) -> Vec<(String, String)> {
    let is_own = |name: &str| [OFFICER, NEXT, WHOSE].contains(&name) || SECRET.contains(&name);
    fields.0.into_iter().filter(|(name, _)| !is_own(name)).collect()
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
    let next = local(fields.get(NEXT));
    let (typed, whose) = (fields.get(OFFICER).to_owned(), fields.get(WHOSE).to_owned());
    let held = if whose.is_empty() { vec![] } else { waiting(fields.clone()) };
    let form = |refused| Form {
        officer: typed,
        next: next.clone(),
        held: held.clone(),
        whose: whose.clone(),
        taken: 0,
        refused: Some(refused),
    };
    if !is_door(&visitor, fields.get("token")) {
        let refused = shell::said(&visitor.words, "console-sign-in-again");
        return form(refused).shown(&visitor, StatusCode::FORBIDDEN);
    }
    let officer = named(fields.get(OFFICER), desk.api.hub.me.office);
    // A form never goes on as somebody else's, and is not thrown away either.
    if !whose.is_empty() && officer.as_ref().is_some_and(|officer| officer.to_string() != whose) {
        let (names, words) = ([("officer", whose.clone())], &visitor.words);
        let next = words.advice("console-sign-in-other", &names).unwrap_or_default();
        return form((words.say("console-sign-in-other", &names), next)).shown(&visitor, StatusCode::FORBIDDEN);
    }
    let signed_in = match officer {
        Some(officer) => {
            let door = desk.browsers.door(&officer, &visitor.browser);
            desk.api.sign_in(&officer, fields.get("passphrase").as_bytes(), door).await
        }
        None => Err(Status::from(crate::edge::sign_in::SignInError::Wrong)),
    };
    let signed_in = match signed_in {
        Ok(signed_in) => signed_in,
        Err(status) => {
            let refused = shell::refusal(&visitor.words, &status);
            return form(refused).shown(&visitor, StatusCode::FORBIDDEN);
        }
    };
    let (jar, session) = begin(&visitor, jar, signed_in);
    if held.is_empty() {
        return (jar, Redirect::to(&next)).into_response();
    }
    let shell = Shell { token: session.token, ..Shell::of(&visitor, "console-go-on") };
    (jar, made(&GoOn { shell, next, held })).into_response()
}

/// Begins the session of an officer who has signed in, in place of the one of this browser, which is known from now on.
pub(super) fn begin(visitor: &Visitor, jar: CookieJar, signed_in: SignedIn) -> (CookieJar, Session) {
    let desk = &visitor.desk;
    desk.sessions.end(&visitor.cookie);
    let known = desk.browsers.remember(signed_in.officer(), &visitor.browser, || desk.sessions.secret());
    let mut browser = desk.site.cookie(desk.site.cookie_name(BROWSER), known);
    browser.make_permanent();
    let begun = desk.sessions.begin(signed_in, visitor.rest_ms);
    (jar.add(cookie(desk, begun.cookie)).add(browser), begun.session)
}

fn cookie(desk: &Desk, value: String) -> Cookie<'static> {
    desk.site.cookie(desk.site.cookie_name(SESSION), value)
}

pub(super) async fn sign_out(jar: CookieJar, posted: Posted) -> Response {
    // What cannot be counted does not keep anybody from leaving.
    let taken = if posted.officer.is(Call::Handle.roles()) {
        posted.officer.visitor.desk.api.taken_by(posted.officer.id().clone()).await.unwrap_or_default()
    } else {
        0
    };
    let Visitor { desk, cookie: held, .. } = posted.officer.visitor;
    desk.sessions.end(&held);
    let taken = if taken == 0 { String::new() } else { taken.to_string() };
    let next = form::address("/sign-in", &[("taken", &taken)]);
    (jar.remove(cookie(&desk, String::new())), Redirect::to(&next)).into_response()
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
    match desk.api.sign_in(officer.id(), new.as_bytes(), Door::Own(&officer.session.token)).await {
        Ok(signed_in) => {
            let (jar, _) = begin(&officer.visitor, jar, signed_in);
            (jar, Redirect::to("/")).into_response()
        }
        Err(_) => Redirect::to("/sign-in").into_response(),
    }
}
