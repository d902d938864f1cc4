//! The console: pages for the people of an office, in a browser on this machine (docs/console.md).
//!
//! It asks the node through the same calls as the command line does; nothing here decides. Pages are whole without script;
//! what people read stands in `i18n/`.
//!
//! - Plain HTTP on a loopback address, or TLS by a certificate that browsers trust.
//! - `GET` changes nothing but access entries; every other request carries the session's token.

mod again;
mod assets;
mod attachments;
mod audit;
mod browsers;
mod calendar;
mod changes;
mod clock;
mod compose;
mod delivery;
mod door;
mod drafts;
mod duty;
mod enrol;
mod entry;
mod events;
mod exercise;
mod first_run;
mod form;
mod gate;
mod guard;
mod hand_over;
mod healthz;
mod help;
mod inbox;
mod keys;
mod log;
mod mark;
mod notice;
mod officers;
mod offices;
mod picture;
mod places;
mod port;
mod print;
mod privacy;
mod qr;
mod readings;
mod release;
mod renew;
mod request;
mod roster;
mod search;
mod session;
mod set_up;
mod settings;
mod shell;
mod sign_in;
mod site;
mod speech;
mod statistics;
mod text;
mod unread;
mod verification;
mod visitor;
mod when;
mod writings;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::console::browsers::Browsers;
use crate::console::session::Sessions;
use crate::console::site::Site;
use crate::console::speech::Speech;
use crate::console::verification::Verification;
use crate::edge::api::Api;
use crate::edge::env::SystemEntropy;
use crate::edge::tls::SiteCertificate;
use crate::i18n::Language;
use crate::limits;

/// The console of a node, bound and not yet served.
pub struct Console {
    listener: TcpListener,
    site: Site,
    tls: Option<TlsAcceptor>,
    languages: Vec<Language>,
}

/// Where a console is.
#[derive(Clone, Debug)]
pub struct At {
    /// Address and port.
    pub address: SocketAddr,
    /// What people type.
    pub url: String,
    /// The same for who has a setup code, while the office is not set up.
    pub first_run: Option<String>,
}

/// What every page is made with.
struct Desk {
    api: Arc<Api>,
    sessions: Sessions,
    browsers: Browsers,
    /// Room for streams of what arrives.
    streams: Arc<Semaphore>,
    site: Site,
    verification: Verification,
    speech: Arc<Speech>,
}

impl Console {
    /// Binds a loopback address, or any with a certificate, for pages in these languages; port 0 takes a free one.
    ///
    /// # Errors
    /// If it cannot be bound, or is open to a network without TLS.
    pub async fn bind(
        address: SocketAddr,
        certificate: Option<SiteCertificate>,
        languages: Vec<Language>,
    ) -> std::io::Result<Self> {
        if certificate.is_none() && !address.ip().is_loopback() {
            let what = "without a certificate the console is served on a loopback address alone";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, what));
        }
        let listener = TcpListener::bind(address).await?;
        let tls = certificate.as_ref().map(|certificate| TlsAcceptor::from(certificate.config()));
        let site = Site::new(listener.local_addr()?, certificate);
        Ok(Self { listener, site, tls, languages })
    }

    /// Where it is.
    #[must_use]
    pub fn at(&self, api: &Api) -> At {
        let (address, url) = (self.site.address(), self.site.url());
        let is_first = address.ip().is_loopback() && api.first_administrator().is_some();
        At { first_run: is_first.then(|| format!("{url}first-run")), address, url }
    }

    /// Serves until `stop`; what is in flight is finished, within a deadline.
    pub async fn run(self, api: Arc<Api>, entropy: SystemEntropy, stop: CancellationToken) {
        let desk = Arc::new(Desk {
            api,
            sessions: Sessions::new(entropy),
            browsers: Browsers::default(),
            streams: Arc::new(Semaphore::new(limits::STREAMS_LIVE)),
            site: self.site,
            verification: Verification::default(),
            speech: Arc::new(Speech::new(self.languages)),
        });
        desk.api.forget_code().await;
        let pages = guard::around(pages(), attachments::pieces(), attachments::files(), &desk).with_state(desk);
        port::serve(self.listener, self.tls, pages, stop).await;
    }
}

fn pages() -> Router<Arc<Desk>> {
    Router::new()
        .route("/", get(shell::home))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/session/keep", post(sign_in::keep))
        .route("/session/renew", post(renew::renew))
        .route("/first-run", get(first_run::page).post(first_run::set))
        .route("/first-run/card", get(set_up::card))
        .route("/first-run/close", post(set_up::close))
        .route("/passphrase", get(sign_in::passphrase_page).post(sign_in::passphrase))
        .route("/settings", get(settings::page).post(settings::save))
        .route(hand_over::PATH, get(hand_over::page).post(hand_over::give))
        .route("/healthz", get(healthz::healthz))
        .route("/events", get(events::events))
        .route("/inbox", get(inbox::inbox))
        .route("/sent", get(inbox::sent))
        .route("/n/{reference}", get(notice::page))
        .route("/n/{reference}/open", post(notice::open))
        .route("/n/{reference}/ask", post(readings::ask))
        .route("/n/{reference}/print", get(print::page).post(print::print))
        .route("/n/{reference}/correct", post(compose::correct))
        .route("/n/{reference}/do/{verb}", post(notice::act))
        .route("/compose", get(compose::start))
        .route("/compose/{kind}", get(compose::page).post(compose::write))
        .route("/compose/{kind}/autosave", post(compose::autosave))
        .route("/drafts", get(drafts::list))
        .route("/drafts/{number}", get(drafts::page))
        .route("/drafts/{number}/open", post(drafts::open))
        .route("/drafts/{number}/edit", get(compose::edit).post(compose::edit_opened))
        .route("/drafts/{number}/do/{verb}", post(drafts::act))
        .route("/release", get(release::queue))
        .route("/release/{number}", get(release::one).post(release::open))
        .route("/release/{number}/release", post(release::release))
        .route("/release/{number}/return", post(release::give_back))
        .merge(attachments::pages())
        .merge(watched())
        .route("/assets/{name}", get(assets::asset))
        .fallback(shell::nothing)
        .method_not_allowed_fallback(shell::posted_only)
}

/// Search, and what administrators, auditors and data-protection officers see and do.
fn watched() -> Router<Arc<Desk>> {
    Router::new()
        .route("/search", get(search::page).post(search::search))
        .route("/offices", get(offices::page))
        .route("/offices/{code}", get(offices::office))
        .route("/offices/{code}/test", post(offices::test))
        .route("/log", get(log::page))
        .route("/log/verify", get(verification::page).post(verification::verify))
        .route("/log/{index}", get(entry::page))
        .route("/officers", get(officers::page).post(enrol::add))
        .route("/officers/{id}", get(officers::officer).post(enrol::change))
        .route("/officers/{id}/revoke", post(enrol::revoke))
        .route("/officers/{id}/decide", post(enrol::decide))
        .route("/keys", get(keys::page))
        .route("/audit", get(audit::page))
        .route("/privacy", get(privacy::page))
        .route("/privacy/ends", post(privacy::confirm))
        .route("/privacy/erase", post(privacy::erase))
        .route("/privacy/readings", post(readings::decide))
        .route("/privacy/request", get(request::page).post(request::answer))
        .route("/privacy/due", get(privacy::due::page))
        .route("/privacy/review/{reference}", get(privacy::review::page).post(privacy::review::needed))
        .route("/privacy/retention", get(privacy::retention::page).post(privacy::retention::set))
        .route("/privacy/retention/decide", post(privacy::retention::decide))
        .route("/stats", get(statistics::page))
        .route("/stats.csv", get(statistics::csv))
        .route("/exercise", get(exercise::page))
        .route("/exercise/start", post(exercise::start))
        .route("/exercise/end", post(exercise::end))
        .route("/clock", get(clock::page).post(clock::confirm))
        .route("/roster", get(roster::page))
        .route("/roster/trust", post(roster::trust))
        .route("/roster/import", post(roster::import))
        .route("/help", get(help::page))
        .route("/help/card", get(help::card))
        .route("/more", get(help::more))
}
