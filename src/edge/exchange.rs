//! Sessions over gRPC: the exchange service for peers that dial us, and one dialler for each peer that we may dial.
//!
//! A dialler tries for ever, with the back-off of `engine::peers`; while a session with its peer is live, whoever made
//! it, it waits.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::Code;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::Streaming;
use tracing::Instrument as _;
use tracing::Span;
use tracing::field::Empty;

use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::edge::dial::DialDeadlines;
use crate::edge::dial::Dialler;
use crate::edge::grpc;
use crate::edge::hub::Hub;
use crate::edge::hub::OpenLink;
use crate::edge::link;
use crate::edge::link::Ends;
use crate::edge::link::Outcome;
use crate::edge::listen::LinkPeer;
use crate::edge::status::status;
use crate::edge::stubs::exchange_service_server::ExchangeService;
use crate::edge::tls::Pins;
use crate::edge::tls::TlsKey;
use crate::engine::peers::Direction;
use crate::engine::session::Ending;
use crate::engine::session::Session;
use crate::i18n;
use crate::limits;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::GoodbyeReason;
use crate::wire::Said;

/// Frames that may wait between a session and its link: few, so that an urgent one waits for few.
const LINK_FRAMES: usize = 2;

/// The exchange service of a node.
#[derive(Clone)]
pub struct Exchange {
    hub: Arc<Hub>,
    tasks: TaskTracker,
}

impl Exchange {
    /// The service; its sessions are tasks of the tracker.
    #[must_use]
    pub const fn new(hub: Arc<Hub>, tasks: TaskTracker) -> Self {
        Self { hub, tasks }
    }
}

#[tonic::async_trait]
impl ExchangeService for Exchange {
    type SessionStream = Pin<Box<dyn Stream<Item = Result<wire::SessionResponse, Status>> + Send>>;

    async fn session(
        &self,
        request: Request<Streaming<wire::SessionRequest>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        let peer = request.extensions().get::<LinkPeer>().cloned();
        let peer = peer.ok_or_else(|| status(Code::Unauthenticated, "No peer is known.", "Dial over mutual TLS."))?;
        let (outbound, frames) = mpsc::channel(LINK_FRAMES);
        let inbound = request.into_inner().map(|message| message.map(|m| m.frame.unwrap_or_default()));
        let ends = Ends { inbound: Box::pin(inbound), outbound, pin: peer.pin };
        let hub = Arc::clone(&self.hub);
        // Opened before the first answer leaves, so that it counts as older than what happens from now on.
        let link = hub.open();
        self.tasks.spawn(async move {
            let session = Session::accepted(hub.speaker.clone(), peer.candidates, hub.uptime());
            converse(&hub, link, Direction::Accepted, session, ends).await;
        });
        let frames = ReceiverStream::new(frames).map(|frame| Ok(wire::SessionResponse { frame: Some(frame) }));
        Ok(Response::new(Box::pin(frames)))
    }
}

/// Runs a session to its end, or until it is cut, and notes how that came; says whether it was greeted.
async fn converse(
    hub: &Arc<Hub>,
    mut link: OpenLink,
    direction: Direction,
    session: Session,
    ends: Ends,
) -> (bool, Outcome) {
    let candidates = session.candidates().to_vec();
    let span = span(link.id, direction, &candidates);
    let run = link::run(Arc::clone(hub), &mut link, direction, session, ends).instrument(span.clone());
    let (outcome, peer, greeted) = tokio::select! {
        ended = run => ended,
        () = hub.cut.cancelled() => (Outcome::Broken(i18n::said("trouble-stops", &[])), None, false),
    };
    link.trouble = link::said(&outcome);
    let peer = peer.map_or_else(|| format!("{candidates:?}"), |peer| peer.to_string());
    span.in_scope(|| tracing::info!(peer.id = %peer, reason = %link.trouble, "session has ended"));
    (greeted, outcome)
}

/// The span of a session. Who the peer is, an accepted one learns from Hello.
fn span(id: u64, direction: Direction, candidates: &[OfficeCode]) -> Span {
    let way = match direction {
        Direction::Accepted => "accepted",
        Direction::Dialled => "dialled",
    };
    let span = tracing::error_span!("session", session.id = id, direction = way, peer.id = Empty);
    if let (Direction::Dialled, [only]) = (direction, candidates) {
        span.record("peer.id", tracing::field::display(only));
    }
    span
}

/// What the diallers of a node need.
pub struct Diallers {
    /// Shared with all links.
    pub hub: Arc<Hub>,
    /// Our TLS key.
    pub key: TlsKey,
    /// Which keys may talk.
    pub pins: Arc<dyn Pins>,
    /// The sessions' tasks.
    pub tasks: TaskTracker,
}

impl Diallers {
    /// Keeps one dialler for each peer that the rosters say may be dialled, until the node drains.
    pub async fn run(self) {
        let mut pulse = self.hub.commits.pulse();
        let mut running: BTreeMap<OfficeCode, CancellationToken> = BTreeMap::new();
        let mut rosters_seen = None;
        loop {
            let rosters = pulse.borrow_and_update().rosters;
            if rosters_seen != Some(rosters) {
                rosters_seen = Some(rosters);
                let wanted = endpoints(&self.hub.shared.rosters(), self.hub.me.office);
                running.retain(|peer, stop| {
                    let keep = wanted.contains_key(peer);
                    if !keep {
                        stop.cancel();
                    }
                    keep
                });
                for peer in wanted.into_keys() {
                    if let std::collections::btree_map::Entry::Vacant(vacant) = running.entry(peer) {
                        let stop = vacant.insert(self.hub.drain.child_token()).clone();
                        self.start(peer, stop);
                    }
                }
            }
            tokio::select! {
                () = self.hub.drain.cancelled() => return,
                changed = pulse.changed() => if changed.is_err() { return },
            }
        }
    }

    fn start(&self, peer: OfficeCode, stop: CancellationToken) {
        let dialler = Dialler::new(&self.key, Arc::clone(&self.pins), peer, DialDeadlines::default());
        let hub = Arc::clone(&self.hub);
        match dialler {
            Ok(dialler) => drop(self.tasks.spawn(async move { for_ever(&hub, &dialler, peer, &stop).await })),
            Err(error) => tracing::error!(peer.id = %peer, %error, "no dialler can be made"),
        }
    }
}

/// The peers that may be dialled, and where.
fn endpoints(rosters: &Rosters, me: OfficeCode) -> BTreeMap<OfficeCode, Vec<String>> {
    let may = |office: &&crate::domain::roster::Office| {
        office.code != me && office.state != OfficeState::Revoked && !office.endpoints.is_empty()
    };
    rosters.offices().filter(may).map(|office| (office.code, office.endpoints.clone())).collect()
}

async fn for_ever(hub: &Arc<Hub>, dialler: &Dialler, peer: OfficeCode, stop: &CancellationToken) {
    let mut sessions = hub.sessions_changed();
    // Of two that start together, the one whose code sorts first dials at once.
    let mut next = if hub.me.office < peer { hub.uptime() } else { hub.dial_at(peer) };
    loop {
        while hub.is_live(peer) {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = sessions.changed() => if changed.is_err() { return },
            }
            next = hub.dial_at(peer);
        }
        let pause = Duration::from_millis(next.since_ms(hub.uptime()).max(0).unsigned_abs());
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        if hub.is_live(peer) {
            continue;
        }
        next = once(hub, dialler, peer, stop).await;
    }
}

/// Dials every endpoint until one answers, and holds the session, which ends by itself; then when to dial again.
async fn once(hub: &Arc<Hub>, dialler: &Dialler, peer: OfficeCode, stop: &CancellationToken) -> Timestamp {
    let endpoints = endpoints(&hub.shared.rosters(), hub.me.office).remove(&peer).unwrap_or_default();
    let mut trouble = i18n::said("trouble-no-endpoint", &[("peer", peer.to_string())]);
    for endpoint in endpoints {
        let ends = tokio::select! {
            () = stop.cancelled() => return Timestamp::ZERO,
            ends = dial(dialler, &endpoint) => ends,
        };
        match ends {
            Ok(ends) => {
                let link = hub.open();
                let session = Session::dialled(hub.speaker.clone(), peer, hub.uptime());
                let (greeted, outcome) = converse(hub, link, Direction::Dialled, session, ends).await;
                let next = if greeted { hub.dial_at(peer) } else { hub.dial_failed(peer, link::said(&outcome)) };
                return next.max(hub.uptime().plus_ms(i64::from(pause_ms(&outcome))));
            }
            Err(error) => {
                tracing::debug!(peer.id = %peer, %error, "a dial has failed");
                trouble = error;
            }
        }
    }
    hub.dial_failed(peer, trouble)
}

/// Least pause before the next session, by how the last one ended, ms.
#[must_use]
pub fn pause_ms(outcome: &Outcome) -> u32 {
    match outcome {
        // It would only happen again.
        Outcome::Ended(
            Ending::Peer(GoodbyeReason::Protocol | GoodbyeReason::StateLost | GoodbyeReason::Version, _)
            | Ending::Protocol(_)
            | Ending::PeerStateLost,
        ) => limits::NOT_READY_RETRY_MS,
        // Two nodes of one office would take the session from each other without a pause.
        Outcome::Ended(Ending::Duplicate | Ending::Peer(GoodbyeReason::Duplicate, _)) => limits::DUPLICATE_PAUSE_MS,
        // When the peer may come again, and soon in any case: what we have for it does not wait for its quota.
        Outcome::Ended(Ending::NotReady(retry_ms) | Ending::OverQuota(retry_ms)) => {
            (*retry_ms).min(limits::NOT_READY_RETRY_MS)
        }
        Outcome::Ended(Ending::Peer(_, retry_ms)) => (*retry_ms).min(limits::RETRY_MS_MAX),
        _ => 0,
    }
}

/// A link to an endpoint, on which the peer has taken the call.
async fn dial(dialler: &Dialler, endpoint: &str) -> Result<Ends, Said> {
    let answered = dialler.dial(endpoint).await.map_err(|error| error.said())?;
    let (outbound, frames) = mpsc::channel(LINK_FRAMES);
    let frames = ReceiverStream::new(frames).map(|frame| wire::SessionRequest { frame: Some(frame) });
    let mut client = grpc::exchange_client(answered.channel);
    let deadline = Duration::from_millis(limits::HELLO_MS.unsigned_abs());
    let called = tokio::time::timeout(deadline, client.session(frames)).await;
    let called = called.map_err(|_| i18n::said("trouble-not-taken", &[]))?;
    let inbound = called.map_err(|status| link::said_of_call(&status))?.into_inner();
    let inbound = inbound.map(|message| message.map(|m| m.frame.unwrap_or_default()));
    Ok(Ends { inbound: Box::pin(inbound), outbound, pin: answered.peer.pin })
}
