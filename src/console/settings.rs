//! What a browser remembers of its reader: language, theme, size of text, whether an immediate notice makes a sound, whether
//! single keys do something, how long a pause may last, a second time zone. Nothing here is a secret, and nobody need sign in.

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
use crate::console::visitor::REST;
use crate::console::visitor::SIZE;
use crate::console::visitor::SIZES;
use crate::console::visitor::SOUND;
use crate::console::visitor::THEME;
use crate::console::visitor::ZONE;
use crate::console::visitor::rest_ms;
use crate::console::when::Zone;
use crate::name::Country;
use crate::office::call::Call;

/// What may be chosen beside a language: the field, its cookie, whether a value is one of it; the empty one forgets.
type Choice = (&'static str, &'static str, fn(&str) -> bool);

const CHOICES: [Choice; 6] = [
    ("theme", THEME, |chosen| ["", "light", "dark"].contains(&chosen)),
    ("size", SIZE, |chosen| SIZES.contains(&chosen)),
    ("sound", SOUND, |chosen| ["", "off"].contains(&chosen)),
    ("keys", KEYS, |chosen| ["", "off"].contains(&chosen)),
    ("rest", REST, |chosen| rest_ms(chosen).is_some()),
    ("zone", ZONE, |chosen| chosen.is_empty() || Zone::named(chosen).is_some()),
];

/// Pauses that are offered, in minutes.
pub(super) const PAUSES: [&str; 5] = ["5", "10", "15", "20", "30"];

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    shell: Shell,
    /// The longest pause, in minutes.
    rest: String,
    zone: Option<&'static Zone>,
    zones: Vec<&'static Zone>,
    /// How many open notices the officer takes care of; `None` for one who takes care of none by role.
    taken: Option<usize>,
}

pub(super) async fn page(officer: Officer) -> Response {
    let shell = Shell::for_officer(&officer, "console-settings");
    let own = officer.visitor.desk.api.hub.me.office.country();
    let countries: Vec<Country> = shell.rosters.offices().map(|office| office.code.country()).collect();
    let zone = officer.visitor.zone;
    // One that was chosen stays there.
    let zones = Zone::all().filter(|one| Some(*one) == zone || one.is_of(&countries) && Some(*one) != Zone::of(own));
    let taken = if officer.is(Call::Handle.roles()) {
        officer.visitor.desk.api.taken_by(officer.id().clone()).await.ok()
    } else {
        None
    };
    made(&Settings { rest: officer.visitor.rest_minutes(), zones: zones.collect(), shell, zone, taken })
}

/// Keeps a choice, and goes back to where it was made.
pub(super) async fn save(State(desk): State<Arc<Desk>>, jar: CookieJar, request: Request) -> Response {
    let fields = Fields::of(request).await;
    let mut jar = jar;
    let language = fields.get("language");
    if desk.speech.languages().any(|known| known.code() == language) {
        jar = jar.add(cookie(&desk, LANGUAGE, language.to_owned()));
    }
    for (field, name, is_one) in CHOICES {
        let chosen = fields.get(field).to_owned();
        if !fields.has(field) || !is_one(&chosen) {
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
