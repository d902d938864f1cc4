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

use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::edge::dial::DialDeadlines;
use crate::edge::dial::Dialler;
use crate::edge::grpc;
use crate::edge::hub::Hub;
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
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;

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
        self.tasks.spawn(async move {
            let session = Session::accepted(hub.speaker.clone(), peer.candidates, hub.clock.now());
            converse(&hub, Direction::Accepted, session, ends).await;
        });
        let frames = ReceiverStream::new(frames).map(|frame| Ok(wire::SessionResponse { frame: Some(frame) }));
        Ok(Response::new(Box::pin(frames)))
    }
}

/// Runs a session to its end and notes how that came; says whether it was greeted, and when the peer wants another.
async fn converse(hub: &Arc<Hub>, direction: Direction, session: Session, ends: Ends) -> (bool, Outcome) {
    let (id, told) = hub.open();
    let (outcome, peer, greeted) = link::run(Arc::clone(hub), id, told, direction, session, ends).await;
    let words = link::in_words(&outcome);
    tracing::info!(peer.office = ?peer, reason = %words, "session has ended");
    hub.ended(peer, id, &words);
    (greeted, outcome)
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
            Err(error) => tracing::error!(peer.office = %peer, %error, "no dialler can be made"),
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
    let mut next = if hub.me.office < peer { hub.clock.now() } else { hub.dial_at(peer) };
    loop {
        while hub.is_live(peer) {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = sessions.changed() => if changed.is_err() { return },
            }
            next = hub.dial_at(peer);
        }
        let pause = Duration::from_millis(next.since_ms(hub.clock.now()).max(0).unsigned_abs());
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        if hub.is_live(peer) {
            continue;
        }
        next = tokio::select! {
            () = stop.cancelled() => return,
            next = once(hub, dialler, peer) => next,
        };
    }
}

/// Dials every endpoint until one answers, and holds the session; then when to dial again.
async fn once(hub: &Arc<Hub>, dialler: &Dialler, peer: OfficeCode) -> Timestamp {
    let endpoints = endpoints(&hub.shared.rosters(), hub.me.office).remove(&peer).unwrap_or_default();
    let mut trouble = format!("{peer} has no endpoint");
    for endpoint in endpoints {
        match dialler.dial(&endpoint).await {
            Ok(link) => {
                let (outbound, frames) = mpsc::channel(LINK_FRAMES);
                let frames = ReceiverStream::new(frames).map(|frame| wire::SessionRequest { frame: Some(frame) });
                let session = grpc::exchange_client(link.channel).session(frames).await;
                let inbound = match session {
                    Ok(response) => response.into_inner(),
                    Err(status) => {
                        status.message().clone_into(&mut trouble);
                        continue;
                    }
                };
                let inbound = inbound.map(|message| message.map(|m| m.frame.unwrap_or_default()));
                let ends = Ends { inbound: Box::pin(inbound), outbound, pin: link.peer.pin };
                let session = Session::dialled(hub.speaker.clone(), peer, hub.clock.now());
                let (greeted, outcome) = converse(hub, Direction::Dialled, session, ends).await;
                let not_before = match outcome {
                    Outcome::Ended(Ending::Peer(_, retry_ms)) => hub.clock.now().plus_ms(i64::from(retry_ms)),
                    _ => Timestamp::ZERO,
                };
                let next = if greeted { hub.dial_at(peer) } else { hub.dial_failed(peer, &link::in_words(&outcome)) };
                return next.max(not_before);
            }
            Err(error) => {
                tracing::debug!(peer.office = %peer, %error, "a dial has failed");
                trouble = error.to_string();
            }
        }
    }
    hub.dial_failed(peer, &trouble)
}
