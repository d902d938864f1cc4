//! What stands around the content of every page: head, navigation, foot.

mod said;

use std::sync::Arc;

use askama::Template;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::Uri;
use axum::response::Html;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::assets::ASSETS;
use crate::console::assets::Assets;
use crate::console::exercise::Banner;
use crate::console::form::Fields;
use crate::console::privacy;
use crate::console::set_up;
use crate::console::sign_in;
use crate::console::speech::Speech;
use crate::console::visitor::Officer;
use crate::console::visitor::Visitor;
use crate::console::when::When;
use crate::domain::roster::Rosters;
use crate::edge::hub::NotNow;
use crate::i18n::Language;
use crate::i18n::Words;
use crate::name::OfficeCode;
use crate::office::call::Call;
use crate::wire;
use crate::wire::Awaited;
use crate::wire::Role;

pub(super) use crate::console::shell::said::code;
pub(super) use crate::console::shell::said::denied;
pub(super) use crate::console::shell::said::refusal;
pub(super) use crate::console::shell::said::refused;
pub(super) use crate::console::shell::said::said;
pub(super) use crate::console::shell::said::sentence;
pub(super) use crate::console::shell::said::sentence_with;

/// A place in the navigation.
pub(super) struct Place {
    pub(super) path: &'static str,
    pub(super) icon: &'static str,
    /// What it is called, as a key.
    pub(super) key: &'static str,
    roles: &'static [Role],
}

impl Place {
    /// What it is called where there is little room.
    pub(super) fn short(&self) -> &'static str {
        match self.key {
            "console-compose" => "console-compose-short",
            "console-privacy" => "console-privacy-short",
            "console-officers" => "console-officers-short",
            key => key,
        }
    }
}

/// Places that a small screen has room for.
const TABS: usize = 5;

/// Roles that write and read notices.
const DESK: &[Role] = Call::Write.roles();
/// Roles that see headers.
const LISTS: &[Role] = Call::List.roles();
/// Everybody.
const ALL: &[Role] = Call::Status.roles();

/// All places, in their order; each officer sees those of the own roles.
const PLACES: [Place; 17] = [
    Place { path: "/inbox", icon: "inbox", key: "console-inbox", roles: LISTS },
    Place { path: "/compose", icon: "file-plus", key: "console-compose", roles: DESK },
    Place { path: "/sent", icon: "send", key: "console-sent", roles: LISTS },
    Place { path: "/drafts", icon: "file-pen", key: "console-drafts", roles: Call::Drafts.roles() },
    Place { path: "/release", icon: "clipboard-check", key: "console-release", roles: Call::Release.roles() },
    Place { path: "/search", icon: "search", key: "console-search", roles: Call::Search.roles() },
    Place { path: "/offices", icon: "network", key: "console-offices", roles: ALL },
    Place { path: "/log", icon: "clipboard-check", key: "console-log", roles: Call::Log.roles() },
    Place { path: "/audit", icon: "scan-search", key: "console-audit", roles: Call::Audit.roles() },
    Place { path: "/privacy", icon: "hourglass", key: "console-privacy", roles: privacy::LOOKS.roles() },
    Place { path: "/officers", icon: "user-check", key: "console-officers", roles: Call::Log.roles() },
    Place { path: "/roster", icon: "key-round", key: "console-roster", roles: Call::Log.roles() },
    Place { path: "/keys", icon: "clock", key: "console-keys-page", roles: Call::Log.roles() },
    Place { path: "/stats", icon: "chart-column", key: "console-stats", roles: Call::Statistics.roles() },
    Place { path: "/exercise", icon: "radio", key: "console-exercise-page", roles: ALL },
    Place { path: "/help", icon: "circle-help", key: "console-help", roles: ALL },
    Place { path: "/settings", icon: "tag", key: "console-settings", roles: ALL },
];

/// All places, on a small screen.
static MORE: Place = Place { path: "/more", icon: "ellipsis", key: "console-more", roles: ALL };
/// Single keys, and what they do, as a key of the words.
type Key = (&'static [&'static str], &'static str);
const KEYS: [Key; 9] = [
    (&["G", "I"], "console-key-inbox"),
    (&["G", "S"], "console-key-sent"),
    RELEASE,
    (&["N"], "console-key-new"),
    (&["/"], "console-key-search"),
    (&["J", "K"], "console-key-move"),
    (&["A"], "console-key-acknowledge"),
    (&["?"], "console-key-list"),
    (&["Esc"], "console-key-close"),
];

/// The keys of a page that only those see who release.
const RELEASE: Key = (&["G", "R"], "console-key-release");

/// What stands around a page.
pub(super) struct Shell {
    pub(super) words: Arc<Words>,
    pub(super) language: Language,
    /// The languages that may be chosen.
    pub(super) speech: Arc<Speech>,
    pub(super) theme: &'static str,
    /// Size of text in percent; empty for that of the browser.
    pub(super) size: &'static str,
    /// Single keys, and what they do; none if they are switched off.
    pub(super) keys: Vec<Key>,
    /// Whether an immediate notice makes a sound.
    pub(super) has_sound: bool,
    /// How long a session lasts without its officer, ms.
    pub(super) rest_ms: u64,
    /// What is said when it has ended.
    pub(super) over: String,
    pub(super) office: String,
    pub(super) office_name: String,
    /// Id of the officer; empty if nobody has signed in.
    pub(super) officer: String,
    pub(super) roles: String,
    pub(super) token: String,
    /// What the sign-in over a form carries, as the page of the sign-in does; empty if this browser has nothing of it.
    pub(super) door: String,
    pub(super) path: String,
    pub(super) places: Vec<&'static Place>,
    /// The page, as a key.
    pub(super) title: &'static str,
    pub(super) assets: &'static Assets,
    pub(super) when: When,
    /// Whether the officer writes notices.
    pub(super) may_write: bool,
    /// Why nothing is released or ends now, as the clock is unsure; empty while it is sure.
    pub(super) unsure: String,
    /// Where the officer confirms the clock; empty for one who may not.
    pub(super) clock_page: &'static str,
    /// Whether the officer sees lists, and so hears of what arrives.
    pub(super) is_live: bool,
    /// The exercise that is on, for an officer.
    pub(super) on: Option<Banner>,
    /// How far the set-up of a new office is; empty if nothing is to be done, or not by this officer.
    pub(super) set_up: String,
    /// EXERCISE or TEST, if the page is about what is not real; else empty.
    pub(super) exercise: String,
    pub(super) rosters: Arc<Rosters>,
}

impl Shell {
    /// Around a page for anybody.
    pub(super) fn of(visitor: &Visitor, title: &'static str) -> Self {
        let hub = &visitor.desk.api.hub;
        let office = hub.me.office;
        let rosters = hub.shared.rosters();
        let when = When::of(office.country(), Arc::clone(&visitor.words), hub.node_time()).beside(visitor.zone);
        let mut shell = Self {
            words: Arc::clone(&visitor.words),
            language: visitor.words.language().clone(),
            speech: Arc::clone(&visitor.desk.speech),
            theme: visitor.theme,
            size: visitor.size,
            keys: if visitor.has_keys { KEYS.into() } else { vec![] },
            has_sound: visitor.has_sound,
            rest_ms: visitor.rest_ms,
            over: visitor.over().0,
            office: office.to_string(),
            office_name: String::new(),
            officer: String::new(),
            roles: String::new(),
            token: String::new(),
            door: visitor.door.clone(),
            path: visitor.path.clone(),
            places: vec![],
            title,
            assets: &ASSETS,
            when,
            may_write: false,
            unsure: hub
                .node_clock
                .sure()
                .err()
                .map(|why| visitor.words.get(NotNow::Unsure(why).message()))
                .unwrap_or_default(),
            clock_page: "",
            is_live: false,
            on: None,
            set_up: String::new(),
            exercise: String::new(),
            rosters,
        };
        shell.office_name = shell.name_of(&shell.office);
        shell
    }

    /// Around a page for an officer.
    pub(super) fn for_officer(officer: &Officer, title: &'static str) -> Self {
        let roles = &officer.enrolled.enrolment.roles;
        let shell = Self::of(&officer.visitor, title);
        let releases = officer.is(Call::Release.roles());
        let roles: Vec<String> = roles.iter().map(|role| officer.words().label::<Role>((*role).into())).collect();
        Self {
            on: Banner::of(&shell, officer),
            officer: officer.id().to_string(),
            roles: roles.join(", "),
            token: officer.session.token.clone(),
            may_write: officer.is(DESK),
            clock_page: if officer.is(Call::ConfirmClock.roles()) { "/clock" } else { "" },
            is_live: officer.is(LISTS) && !officer.enrolled.one_time,
            set_up: set_up::line(officer),
            places: PLACES.iter().filter(|place| officer.is(place.roles)).collect(),
            keys: shell.keys.into_iter().filter(|key| releases || *key != RELEASE).collect(),
            ..shell
        }
    }

    /// Words of a key.
    pub(super) fn get(&self, key: &str) -> String {
        self.words.get(key)
    }

    /// The same with one name filled in.
    pub(super) fn with(&self, key: &str, name: &'static str, value: &str) -> String {
        self.words.say(key, &[(name, value.to_owned())])
    }

    /// The name of an office in the reader's language, in English if it has none there; empty for one that is not known.
    pub(super) fn name_of(&self, office: &str) -> String {
        let listed = office.parse::<OfficeCode>().ok().and_then(|code| self.rosters.office(code));
        let name = |code: &str| {
            let names = listed.iter().flat_map(|office| &office.names);
            names.into_iter().find(|name| name.language.starts_with(code)).map(|name| name.name.clone())
        };
        name(self.language.code()).or_else(|| name("en")).unwrap_or_default()
    }

    /// What is awaited of an office, and until when.
    pub(super) fn due(&self, side: &wire::Side) -> String {
        let names = [("what", self.words.label::<Awaited>(side.awaited)), ("due", self.when.moment(side.due_ms))];
        self.words.say("console-due", &names)
    }

    /// The time of a moment where an office is, if the clock there shows another one; else empty.
    pub(super) fn there(&self, office: &str, ms: i64) -> String {
        let there = office.parse::<OfficeCode>().ok().and_then(|code| self.when.there(code.country(), ms));
        there.map(|time| self.with("console-there", "time", &time)).unwrap_or_default()
    }

    /// The time of a moment by the reader's second clock, as in `UTC 09:02`; empty if there is none, or it shows the same.
    pub(super) fn beside(&self, ms: i64) -> String {
        let second = self.when.second(ms);
        second.map(|(zone, time)| format!("{} {time}", self.get(zone))).unwrap_or_default()
    }

    /// The time of a moment by the clock of another office and by the reader's second one, where they show another.
    pub(super) fn elsewhere(&self, office: &str, ms: i64) -> String {
        joined([self.there(office, ms), self.beside(ms)])
    }

    /// A time as it is shown, and the same by the reader's second clock.
    pub(super) fn with_second(&self, shown: String, ms: i64) -> String {
        joined([shown, self.beside(ms)])
    }

    /// How long ago it was.
    pub(super) fn age(&self, ms: i64) -> String {
        self.words.age(self.when.now().ms().saturating_sub(ms))
    }

    /// The time that the fields `since` and `until` of a form name, as UTC ms, 0 for none; the day of `until` is in it.
    ///
    /// # Errors
    /// If one of them is no day: what is wrong, and what to do.
    pub(super) fn times(&self, fields: &Fields) -> Result<(i64, i64), (String, String)> {
        let (since, until) = (fields.get("since"), fields.get("until"));
        let read = |typed: &str, ms: Option<i64>| if typed.trim().is_empty() { Some(0) } else { ms };
        match (read(since, self.when.begin_of(since)), read(until, self.when.end_of(until))) {
            (Some(since), Some(until)) => Ok((since, until)),
            _ => Err(said(&self.words, "console-no-day")),
        }
    }

    /// This moment, as in `13 Nov 2026, 14:02`.
    pub(super) fn moment(&self) -> String {
        self.when.moment(self.when.now().ms())
    }

    /// Whether the page is in this language.
    pub(super) fn is_in(&self, language: &Language) -> bool {
        self.language == *language
    }

    /// The places of a small screen: if there is no room for all, the last leads to the others.
    pub(super) fn tabs(&self) -> Vec<&'static Place> {
        match self.places.split_at_checked(TABS - 1) {
            Some((first, rest)) if rest.len() > 1 => [first, &[&MORE]].concat(),
            _ => self.places.clone(),
        }
    }

    /// Whether the page is at this place, or below it.
    pub(super) fn is_at(&self, place: &Place) -> bool {
        let path = self.path.split(['?', '#']).next().unwrap_or_default();
        path.strip_prefix(place.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What is not empty, beside each other.
fn joined<const N: usize>(parts: [String; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// A page, made.
pub(super) fn made(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page, made again with its form if what was sent is refused.
pub(super) fn made_again(page: &impl Template, is_refused: bool) -> Response {
    let code = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (code, made(page)).into_response()
}

/// To the first page of the officer's roles.
pub(super) async fn home(officer: Officer) -> Response {
    let first = PLACES.iter().find(|place| officer.is(place.roles)).map_or("/settings", |place| place.path);
    Redirect::to(first).into_response()
}

/// What only takes a form leads to its page: a form that was sent there is gone after a sign-in or another language.
pub(super) async fn posted_only(method: Method, uri: Uri) -> Response {
    if method != Method::GET {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let (above, _) = uri.path().rsplit_once('/').unwrap_or_default();
    let above = above.strip_suffix("/do").unwrap_or(above);
    // An attachment has no page of its own.
    let above = above.split_once("/a/").map_or(above, |(notice, _)| notice);
    Redirect::to(&sign_in::local(if above.is_empty() { "/" } else { above })).into_response()
}

/// No such page.
pub(super) async fn nothing(visitor: Visitor) -> Response {
    sentence(&visitor, StatusCode::NOT_FOUND, "console-no-page")
}
