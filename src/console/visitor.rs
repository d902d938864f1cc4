//! Who asks for a page: a visitor with a language, an officer who has signed in, an officer who sends a form.

use std::sync::Arc;

use axum::extract::FromRequest;
use axum::extract::FromRequestParts;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use axum_extra::extract::CookieJar;

use crate::console::Desk;
use crate::console::form::Fields;
use crate::console::places::Asked;
use crate::console::session::Session;
use crate::console::shell;
use crate::console::sign_in;
use crate::console::when::Zone;
use crate::i18n::Words;
use crate::limits;
use crate::name::OfficerId;
use crate::office::officers::Officer as Enrolled;
use crate::wire::Role;

/// The cookie of a session.
pub(super) const SESSION: &str = "session";
/// The cookie of whoever is about to sign in: the form of the sign-in carries the same.
pub(super) const DOOR: &str = "sign-in";
/// The cookie of a browser in which an officer has signed in before.
pub(super) const BROWSER: &str = "browser";
/// The cookie of a language.
pub(super) const LANGUAGE: &str = "chapar-language";
/// The cookie of a theme: `light` or `dark`; none for that of the system.
pub(super) const THEME: &str = "chapar-theme";

/// The cookie of the size of text, in percent; none for that of the browser.
pub(super) const SIZE: &str = "chapar-size";
/// Sizes that may be chosen.
pub(super) const SIZES: &[&str] = &["", "110", "125", "150"];

/// The cookie of single keys: `off`; none if they are on.
pub(super) const KEYS: &str = "chapar-keys";

/// The cookie of the sound of an immediate notice: `off`; none if it is on.
pub(super) const SOUND: &str = "chapar-sound";

/// The cookie of the longest pause, in minutes; what is none that may be set counts as the usual one.
pub(super) const REST: &str = "chapar-rest";

/// The cookie of a second time zone, by its IANA name; none if one is enough.
pub(super) const ZONE: &str = "chapar-zone";

/// How the address of a page ends that a browser asks for again by itself; nobody need be there.
pub(super) const BY_ITSELF: &str = "again=1";

const MINUTE_MS: u64 = 60 * 1000;

/// Headers of a proxy: whoever asks through one is not at this machine.
const PASSED_ON: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// Pages that an officer sees who has yet to set a passphrase.
const BEFORE_PASSPHRASE: [&str; 3] = ["/passphrase", "/settings", "/sign-out"];

/// Anybody.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) desk: Arc<Desk>,
    pub(super) words: Arc<Words>,
    pub(super) theme: &'static str,
    /// Size of text; empty for that of the browser.
    pub(super) size: &'static str,
    /// Whether single keys do something.
    pub(super) has_keys: bool,
    /// Whether an immediate notice makes a sound.
    pub(super) has_sound: bool,
    /// Pause after which a session ends, ms.
    pub(super) rest_ms: u64,
    /// The time zone that is shown beside that of the office.
    pub(super) zone: Option<&'static Zone>,
    /// Whether the connection comes from this machine, and nobody says that it passes on what another asks for.
    pub(super) is_here: bool,
    /// What the cookie of a session holds; empty for none.
    pub(super) cookie: String,
    /// What the cookie of the sign-in holds; empty for none.
    pub(super) door: String,
    /// What the cookie of a browser that may be known holds; empty for none.
    pub(super) browser: String,
    /// Path and query of the page.
    pub(super) path: String,
}

/// An officer who has signed in.
#[derive(Clone)]
pub(super) struct Officer {
    pub(super) visitor: Visitor,
    pub(super) session: Session,
    pub(super) enrolled: Enrolled,
}

/// An officer who sends a form of this session.
pub(super) struct Posted {
    pub(super) officer: Officer,
    pub(super) fields: Fields,
}

impl Officer {
    pub(super) fn id(&self) -> &OfficerId {
        self.session.signed_in.officer()
    }

    /// Whether the officer has one of these roles.
    pub(super) fn is(&self, roles: &[Role]) -> bool {
        self.enrolled.enrolment.roles.iter().any(|role| roles.contains(role))
    }

    pub(super) fn words(&self) -> &Words {
        &self.visitor.words
    }
}

impl FromRequestParts<Arc<Desk>> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        let cookie = |name: &str| jar.get(name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|accepted| accepted.to_str().ok());
        let words = match cookie(LANGUAGE) {
            chosen if chosen.is_empty() => desk.speech.words(accepted.unwrap_or_default()),
            chosen => desk.speech.words(&chosen),
        };
        let theme = match cookie(THEME).as_str() {
            "light" => "light",
            "dark" => "dark",
            _ => "",
        };
        let chosen = cookie(SIZE);
        let size = SIZES.iter().find(|size| **size == chosen).copied().unwrap_or_default();
        let (has_keys, has_sound) = (cookie(KEYS) != "off", cookie(SOUND) != "off");
        let rest_ms = rest_ms(&cookie(REST)).unwrap_or(limits::REST_MS);
        let is_passed_on = PASSED_ON.iter().any(|name| parts.headers.contains_key(*name));
        let is_here = !is_passed_on && parts.extensions.get().is_some_and(Asked::is_local);
        let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        Ok(Self {
            desk: Arc::clone(desk),
            words,
            theme,
            size,
            has_keys,
            has_sound,
            rest_ms,
            zone: Zone::named(&cookie(ZONE)),
            is_here,
            cookie: cookie(&desk.site.cookie_name(SESSION)),
            door: cookie(&desk.site.cookie_name(DOOR)),
            browser: cookie(&desk.site.cookie_name(BROWSER)),
            path,
        })
    }
}

/// The pause that a setting names in minutes, ms; `None` for one that may not be set.
pub(super) fn rest_ms(minutes: &str) -> Option<u64> {
    let ms = minutes.parse::<u64>().ok()?.checked_mul(MINUTE_MS)?;
    (limits::REST_MS_MIN..=limits::REST_MS_MAX).contains(&ms).then_some(ms)
}

impl Visitor {
    /// The pause after which a session ends, in minutes.
    pub(super) fn rest_minutes(&self) -> String {
        (self.rest_ms / MINUTE_MS).to_string()
    }

    /// What is said of a session that has ended, and what to do.
    pub(super) fn over(&self) -> (String, String) {
        let names = [("minutes", self.rest_minutes())];
        let next = self.words.advice("console-session-over", &names).unwrap_or_default();
        (self.words.say("console-session-over", &names), next)
    }

    /// The officer whose session it is.
    pub(super) fn officer(self) -> Option<Officer> {
        let sessions = &self.desk.sessions;
        let session = if self.path.ends_with(BY_ITSELF) {
            sessions.peek(&self.cookie)?
        } else {
            sessions.find(&self.cookie, self.rest_ms)?
        };
        let enrolled = self.desk.api.enrolled(&session.signed_in)?;
        Some(Officer { visitor: self, session, enrolled })
    }
}

impl Visitor {
    /// The same, without keeping the session.
    pub(super) fn peek(&self) -> Option<Officer> {
        let session = self.desk.sessions.peek(&self.cookie)?;
        let enrolled = self.desk.api.enrolled(&session.signed_in)?;
        Some(Officer { visitor: self.clone(), session, enrolled })
    }
}

impl FromRequestParts<Arc<Desk>> for Officer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Self::Rejection> {
        let Ok(visitor) = Visitor::from_request_parts(parts, desk).await;
        let Some(officer) = visitor.clone().officer() else {
            return Err(Redirect::to(&sign_in::address(&visitor.path)).into_response());
        };
        let waits = officer.enrolled.one_time && !BEFORE_PASSPHRASE.contains(&parts.uri.path());
        if waits { Err(Redirect::to("/passphrase").into_response()) } else { Ok(officer) }
    }
}

impl FromRequest<Arc<Desk>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, desk: &Arc<Desk>) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, desk).await;
        let path = parts.uri.path().to_owned();
        let fields = Fields::of(Request::from_parts(parts, body)).await;
        // A session that has ended keeps what was written: it goes on after the sign-in.
        let Some(officer) = visitor.clone().officer() else { return Err(sign_in::held(&visitor, fields)) };
        if fields.get("token") != officer.session.token {
            return Err(shell::sentence(&officer.visitor, StatusCode::FORBIDDEN, "console-other-session"));
        }
        if officer.enrolled.one_time && !BEFORE_PASSPHRASE.contains(&path.as_str()) {
            return Err(Redirect::to("/passphrase").into_response());
        }
        Ok(Self { officer, fields: fields.without("token") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_one_that_may_be_set() {
        let least = limits::REST_MS_MIN / MINUTE_MS;
        let most = limits::REST_MS_MAX / MINUTE_MS;
        for (minutes, ms) in
            [(least, Some(limits::REST_MS_MIN)), (most, Some(limits::REST_MS_MAX)), (15, Some(limits::REST_MS))]
        {
            assert_eq!(rest_ms(&minutes.to_string()), ms);
        }
        for minutes in [least - 1, most + 1, 0, u64::MAX] {
            assert_eq!(rest_ms(&minutes.to_string()), None);
        }
        for typed in ["", "-5", "7.5", "NaN", "15 min"] {
            assert_eq!(rest_ms(typed), None, "{typed}");
        }
    }
}
