//! What a browser remembers of its reader: language, theme, size of text, whether an immediate notice makes a sound, whether
//! single keys do something. Nothing here is a secret, and nobody need sign in.

use std::sync::Arc;

use askama::Template;
use axum::extract::Request;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;

use crate::console::Desk;
use crate::console::form::Fields;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::sign_in;
use crate::console::visitor::KEYS;
use crate::console::visitor::LANGUAGE;
use crate::console::visitor::Officer;
use crate::console::visitor::SIZE;
use crate::console::visitor::SIZES;
use crate::console::visitor::SOUND;
use crate::console::visitor::THEME;

/// What may be chosen beside a language: the field, its cookie, its values; the empty one forgets.
const CHOICES: [(&str, &str, &[&str]); 4] = [
    ("theme", THEME, &["", "light", "dark"]),
    ("size", SIZE, SIZES),
    ("sound", SOUND, &["", "off"]),
    ("keys", KEYS, &["", "off"]),
];

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    shell: Shell,
}

pub(super) async fn page(officer: Officer) -> Response {
    made(&Settings { shell: Shell::for_officer(&officer, "console-settings") })
}

/// Keeps a choice, and goes back to where it was made.
pub(super) async fn save(State(desk): State<Arc<Desk>>, jar: CookieJar, request: Request) -> Response {
    let fields = Fields::of(request).await;
    let mut jar = jar;
    let language = fields.get("language");
    if desk.speech.languages().any(|known| known.code() == language) {
        jar = jar.add(cookie(&desk, LANGUAGE, language.to_owned()));
    }
    for (field, name, values) in CHOICES {
        let chosen = fields.get(field).to_owned();
        if !fields.has(field) || !values.contains(&chosen.as_str()) {
            continue;
        }
        jar = jar.add(cookie(&desk, name, chosen));
    }
    (jar, Redirect::to(&sign_in::local(fields.get("back")))).into_response()
}

/// A cookie that keeps a choice.
pub(super) fn cookie(desk: &Desk, name: &'static str, chosen: String) -> Cookie<'static> {
    let mut cookie = desk.site.cookie(name.to_owned(), chosen);
    cookie.make_permanent();
    cookie
}
