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
use crate::console::session::Session;
use crate::console::shell;
use crate::console::sign_in;
use crate::i18n::Language;
use crate::i18n::Words;
use crate::name::OfficerId;
use crate::office::officers::Officer as Enrolled;
use crate::wire::Role;

/// The cookie of a language.
pub(super) const LANGUAGE: &str = "chapar-language";
/// The cookie of a theme: `light` or `dark`; none for that of the system.
pub(super) const THEME: &str = "chapar-theme";

/// The cookie of single keys: `off`; none if they are on.
pub(super) const KEYS: &str = "chapar-keys";

/// How the address of a page ends that a browser asks for again by itself; nobody need be there.
pub(super) const BY_ITSELF: &str = "again=1";

/// Pages that an officer sees who has yet to set a passphrase.
const BEFORE_PASSPHRASE: [&str; 3] = ["/passphrase", "/settings", "/sign-out"];

/// Anybody.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) desk: Arc<Desk>,
    pub(super) words: Arc<Words>,
    pub(super) language: Language,
    pub(super) theme: &'static str,
    /// Whether single keys do something.
    pub(super) has_keys: bool,
    /// What the cookie of a session holds; empty for none.
    pub(super) cookie: String,
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
        let language = match cookie(LANGUAGE) {
            chosen if chosen.is_empty() => Language::of_locale(accepted.unwrap_or_default()),
            chosen => Language::of_locale(&chosen),
        };
        let theme = match cookie(THEME).as_str() {
            "light" => "light",
            "dark" => "dark",
            _ => "",
        };
        let has_keys = cookie(KEYS) != "off";
        let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let words = desk.words(language);
        Ok(Self {
            desk: Arc::clone(desk),
            words,
            language,
            theme,
            has_keys,
            cookie: cookie(&desk.session_cookie()),
            path,
        })
    }
}

impl Visitor {
    /// The officer whose session it is.
    pub(super) fn officer(self) -> Option<Officer> {
        let sessions = &self.desk.sessions;
        let session =
            if self.path.ends_with(BY_ITSELF) { sessions.peek(&self.cookie)? } else { sessions.find(&self.cookie)? };
        let enrolled = self.desk.api.enrolled(&session.signed_in)?;
        Some(Officer { visitor: self, session, enrolled })
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
