//! A session over a link: turns frames, commits and time into events, and actions into frames, reads and commits.
//!
//! Judging runs beside the session, on a thread of its own; what was judged goes to the writer in the order in which it
//! came, so that places stay in order.

mod attachments;
mod judging;
mod outcome;
mod words;

pub use outcome::Outcome;
pub use words::in_words;
pub use words::said;
pub use words::said_of_call;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio_stream::Stream;

use crate::domain::dispatch;
use crate::domain::entry::Alarm;
use crate::edge::commit::Pulse;
use crate::edge::commit::Stopped;
use crate::edge::hub::Hub;
use crate::edge::hub::OpenLink;
use crate::edge::hub::Told;
use crate::edge::link::attachments::Files;
use crate::edge::link::judging::Judging;
use crate::edge::link::judging::Sent;
use crate::engine::accept::BrokenRule;
use crate::engine::peers::Direction;
use crate::engine::quota::Coming;
use crate::engine::rows::RowError;
use crate::engine::session::Action;
use crate::engine::session::Event;
use crate::engine::session::Session;
use crate::engine::store::View;
use crate::i18n;
use crate::limits;
use crate::name::Digest;
use crate::name::LogId;
use crate::name::OfficeCode;
use crate::office::Command;
use crate::office::Reply;
use crate::office::read;
use crate::time::Timestamp;
use crate::wire;

/// Frames of the peer; an error is the end of the link.
pub type Inbound = std::pin::Pin<Box<dyn Stream<Item = Result<wire::Frame, tonic::Status>> + Send>>;

/// The two ends of a link, below TLS already proven.
pub struct Ends {
    /// Frames of the peer.
    pub inbound: Inbound,
    /// Frames for the peer.
    pub outbound: mpsc::Sender<wire::Frame>,
    /// SPKI pin of the peer's TLS key: it must stay in the rosters.
    pub pin: Digest,
}

struct Driver {
    hub: Arc<Hub>,
    id: u64,
    direction: Direction,
    session: Session,
    ends: Ends,
    /// The peer's log that the session began with.
    peer_log: Option<LogId>,
    /// The changes here that the session knows of.
    seen: Pulse,
    permit: Option<mpsc::OwnedPermit<wire::Frame>>,
    judging: Judging,
    files: Files,
    committing: FuturesOrdered<oneshot::Receiver<Reply>>,
    wake: Option<Timestamp>,
    greeted: bool,
}

/// Runs a session until it ends, and says how; whether it was greeted comes second.
pub async fn run(
    hub: Arc<Hub>,
    link: &mut OpenLink,
    direction: Direction,
    session: Session,
    ends: Ends,
) -> (Outcome, Option<OfficeCode>, bool) {
    let mut driver = Driver {
        judging: Judging::new(Arc::clone(&hub)),
        files: Files::new(Arc::clone(&hub)),
        hub,
        id: link.id,
        direction,
        session,
        ends,
        peer_log: None,
        seen: Pulse::default(),
        permit: None,
        committing: FuturesOrdered::new(),
        wake: None,
        greeted: false,
    };
    let outcome = driver.drive(&mut link.told).await;
    if outcome.leaves_work() {
        driver.keep_what_came().await;
    }
    (outcome, driver.session.peer(), driver.greeted)
}

impl Driver {
    async fn drive(&mut self, told: &mut mpsc::Receiver<Told>) -> Outcome {
        let mut pulse = self.hub.commits.pulse();
        self.seen = *pulse.borrow_and_update();
        let drain = self.hub.drain.clone();
        let mut put_first = self.hub.attachments.until_put_first();
        let mut draining = false;
        let mut events = vec![Event::Opened];
        loop {
            for event in events.drain(..) {
                if let Some(outcome) = self.feed(event).await {
                    return outcome;
                }
            }
            let wake = self.wake.map_or(limits::IDLE_MS, |wake| wake.since_ms(self.hub.uptime()).max(0));
            let wake = Duration::from_millis(wake.unsigned_abs());
            let free = self.committing.len() < limits::COMMIT_COMMANDS;
            tokio::select! {
                () = drain.cancelled(), if !draining => {
                    draining = true;
                    events.push(Event::Drain);
                }
                Some(Told::Replaced) = told.recv() => events.push(Event::Duplicate),
                Ok(()) = put_first.changed() => events.push(Event::Sooner),
                changed = pulse.changed() => {
                    if changed.is_err() {
                        return Outcome::Failed(Stopped.to_string());
                    }
                    let last = std::mem::replace(&mut self.seen, *pulse.borrow_and_update());
                    // Rosters first: the peer judges what was placed by them.
                    if self.seen.rosters != last.rosters {
                        events.push(self.rosters_changed());
                    }
                    if self.seen.placed != last.placed || self.seen.rosters != last.rosters {
                        events.push(Event::Queued);
                    }
                }
                permit = self.ends.outbound.clone().reserve_owned(), if self.permit.is_none() => match permit {
                    Ok(permit) => {
                        self.permit = Some(permit);
                        events.push(Event::Writable);
                    }
                    Err(_) => return Outcome::Broken(i18n::said("trouble-link-broke", &[])),
                },
                Some(reply) = self.committing.next() => match reply {
                    Ok(reply) => events.push(replied(reply)),
                    Err(_) => return Outcome::Failed(Stopped.to_string()),
                },
                Some(judged) = self.judging.next(), if free => match judged {
                    Ok(Ok(command)) => match self.hub.commits.submit(command).await {
                        Ok(reply) => self.committing.push_back(reply),
                        Err(stopped) => return Outcome::Failed(stopped.to_string()),
                    },
                    Ok(Err(rule)) => events.push(self.broken(rule)),
                    Err(error) => return Outcome::Failed(error.to_string()),
                },
                Some(done) = self.files.next() => match done {
                    Ok(event) => events.push(event),
                    Err(outcome) => return outcome,
                },
                frame = self.ends.inbound.next(), if self.session.wants_frames() => match frame {
                    Some(Ok(frame)) => events.push(Event::Frame(Box::new(frame))),
                    Some(Err(status)) => return Outcome::Broken(said_of_call(&status)),
                    None => return Outcome::Broken(i18n::said("trouble-link-closed", &[])),
                },
                () = tokio::time::sleep(wake) => {
                    self.wake = None;
                    events.push(Event::Tick);
                }
            }
        }
    }

    /// Takes what came before the end: on a link that breaks again and again, or with a peer that soon says goodbye each
    /// time, nothing else would ever arrive.
    async fn keep_what_came(&mut self) {
        while self.session.wants_frames()
            && let Some(Some(Ok(frame))) = self.ends.inbound.next().now_or_never()
        {
            if self.feed(Event::Frame(Box::new(frame))).await.is_some() {
                break;
            }
        }
        while let Some(Ok(Ok(command))) = self.judging.next().await {
            if self.hub.commits.submit(command).await.is_err() {
                break;
            }
        }
        while let Some(Ok(_)) = self.files.next().await {}
    }

    /// Hands an event to the machine and does what it wants; reads and imports answer at once.
    async fn feed(&mut self, event: Event) -> Option<Outcome> {
        let mut events = std::collections::VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let now = self.hub.uptime();
            for action in self.session.on(now, event) {
                match self.act(action).await {
                    Ok(Some(event)) => events.push_back(event),
                    Ok(None) => {}
                    Err(outcome) => return Some(outcome),
                }
            }
        }
        None
    }

    async fn act(&mut self, action: Action) -> Result<Option<Event>, Outcome> {
        match action {
            Action::Send(frame) => {
                if let Some(permit) = self.permit.take() {
                    permit.send(*frame);
                }
            }
            Action::WakeAt(time) => self.wake = Some(time),
            Action::Close(ending) => return Err(Outcome::Ended(ending)),
            Action::Greeted { peer, clock } => {
                self.greeted = self.hub.admit(peer, self.id, self.direction, clock);
                if !self.greeted {
                    return Ok(Some(Event::Duplicate));
                }
                if self.direction == Direction::Accepted {
                    tracing::Span::current().record("peer.id", tracing::field::display(peer));
                }
                tracing::info!(peer.id = %peer, dialled = self.direction == Direction::Dialled, "session is live");
            }
            Action::Accept(deliver) => return Ok(self.judge_deliver(deliver)),
            Action::StoreReceipt(envelope) => return Ok(self.judge_receipt(envelope)),
            Action::Alarm(alarm) => {
                if alarm == Alarm::OwnStateLost {
                    self.state_lost();
                }
                if let Some(peer) = self.session.peer() {
                    let written = self.hub.commits.ask(Command::Alarm { alarm, peer }).await;
                    written.map_err(|stopped| Outcome::Failed(stopped.to_string()))?;
                }
            }
            Action::LoadWanted { .. } | Action::ReadChunk { .. } | Action::StoreChunk { .. } => {
                if let Some(peer) = self.session.peer() {
                    self.files.push(peer, action);
                }
            }
            Action::Import(bytes) => return Self::import(&self.hub, bytes).await.map(Some),
            Action::LoadStanding { peer, held } => {
                let (me, id, pin) = (self.hub.speaker.log_id, self.id, self.ends.pin);
                let hub = Arc::clone(&self.hub);
                let standing = Self::read(&self.hub, move |view| {
                    let rosters = hub.shared.rosters();
                    let mut standing = read::standing(view, &rosters, me, peer, &held)?;
                    standing.clock = hub.clock.now();
                    standing.disturbed = hub.disturbed(peer, id);
                    // The handshake was long ago: the key must count now.
                    if !rosters.by_pin(pin).any(|office| office.code == peer) {
                        standing.peer_log = None;
                    }
                    Ok(standing)
                });
                let standing = standing.await?;
                self.peer_log = standing.peer_log;
                return Ok(Some(Event::Standing(Box::new(standing))));
            }
            Action::Load { lane, after, limit } => {
                let (Some(peer), Some(log)) = (self.session.peer(), self.peer_log) else {
                    return Ok(Some(Event::Loaded { lane, waiting: vec![] }));
                };
                let waiting =
                    Self::read(&self.hub, move |view| read::waiting(view, peer, log, lane, after, limit)).await?;
                // Under rosters that the peer does not have yet it would judge wrongly: first those, then what they let
                // pass; the pulse that tells of them is on its way.
                let known = self.hub.shared.roster_changes() == self.seen.rosters;
                return Ok(Some(Event::Loaded { lane, waiting: if known { waiting } else { vec![] } }));
            }
            Action::LoadReceipts { lane, after, through } => {
                let Some(from_log) = self.peer_log else {
                    return Ok(Some(Event::Receipts { lane, receipts: vec![] }));
                };
                let stream = dispatch::Stream { from_log, to_log: self.hub.speaker.log_id, lane };
                let receipts = Self::read(&self.hub, move |view| read::receipts(view, stream, after, through)).await?;
                return Ok(Some(Event::Receipts { lane, receipts }));
            }
        }
        Ok(None)
    }

    /// Reads on a thread that may block.
    async fn read<T: Send + 'static>(
        hub: &Hub,
        what: impl FnOnce(&dyn View) -> Result<T, RowError> + Send + 'static,
    ) -> Result<T, Outcome> {
        let store = Arc::clone(&hub.store);
        let read = tokio::task::spawn_blocking(move || what(&*store)).await;
        let read = read.map_err(|error| Outcome::Failed(error.to_string()))?;
        read.map_err(|error| {
            hub.fatal(error.to_string());
            Outcome::Failed(error.to_string())
        })
    }

    fn judge_deliver(&mut self, deliver: Box<wire::Deliver>) -> Option<Event> {
        if let Err(reason) = self.hub.ready() {
            tracing::warn!(%reason, "no new notices are taken");
            return Some(Event::NotReady(limits::NOT_READY_RETRY_MS));
        }
        let Some(peer) = self.session.peer() else { return Some(Event::Broken("a dispatch came before Hello")) };
        if let Err(over) = self.hub.spend(peer, Coming::of(&deliver)) {
            return Some(Event::OverQuota(over.retry_ms));
        }
        self.judging.push(peer, Sent::Deliver(deliver));
        None
    }

    fn judge_receipt(&mut self, envelope: Box<wire::Envelope>) -> Option<Event> {
        let Some(peer) = self.session.peer() else { return Some(Event::Broken("a receipt came before Hello")) };
        self.judging.push(peer, Sent::Receipt(envelope));
        None
    }

    fn broken(&self, rule: BrokenRule) -> Event {
        tracing::warn!(peer.id = ?self.session.peer(), %rule, "a frame broke a rule");
        match rule {
            BrokenRule::Envelope(_) => Event::Broken("a signed frame could not be verified"),
            BrokenRule::Misplaced => Event::Broken("a signed frame belongs to another stream"),
        }
    }

    async fn import(hub: &Hub, bytes: Vec<u8>) -> Result<Event, Outcome> {
        let reply = hub.commits.ask(Command::Import { actor: None, rosters: vec![bytes] }).await;
        match reply {
            Ok(Reply::Imported(Ok(changes))) => {
                for change in changes.iter().filter(|change| change.changed) {
                    tracing::info!(country = %change.country, version = change.version, "a roster came into force");
                }
            }
            // A country that nobody has pinned here, or an older version: no reason to part.
            Ok(Reply::Imported(Err(error))) => tracing::debug!(%error, "a roster was not taken"),
            Ok(_) => {}
            Err(stopped) => return Err(Outcome::Failed(stopped.to_string())),
        }
        Ok(Event::Imported)
    }

    /// Rosters have changed: is the peer still who it was, with the log that the session began with?
    fn rosters_changed(&self) -> Event {
        let rosters = self.hub.shared.rosters();
        let mut listed = rosters.by_pin(self.ends.pin);
        let in_force = match self.session.peer() {
            Some(peer) => listed.any(|office| office.code == peer && office.log_id() == self.peer_log),
            None => listed.next().is_some(),
        };
        if in_force { Event::Rosters(read::roster_notes(&rosters)) } else { Event::Revoked }
    }

    /// The node stops at once, whether the peer can still be told or not.
    fn state_lost(&self) {
        let peer = self.session.peer().map_or_else(|| "a peer".to_owned(), |peer| peer.to_string());
        self.hub.fatal(format!("{peer} proves that this node's store went back in time"));
    }
}

fn replied(reply: Reply) -> Event {
    match reply {
        Reply::Answered(Ok(receipt)) => Event::Answered(receipt),
        Reply::ReceiptStored(Ok((lane, sequence))) => Event::ReceiptStored { lane, sequence },
        Reply::Answered(Err(rule)) | Reply::ReceiptStored(Err(rule)) => Event::Broken(rule),
        // The session asks for nothing else.
        _ => Event::Queued,
    }
}
