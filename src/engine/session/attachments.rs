//! Attachments: pulled one at a time, and served, behind everything else (PROTOCOL 8).
//!
//! Invariants:
//! - one fetch is unanswered, or its bytes are not stored yet; two while answers come within a second. So no more than
//!   [`limits::CHUNK_BYTES`] of a slow link are ever ahead of an urgent notice;
//! - an answer is what was asked for, all of it, or empty: then the peer does not have it, and is not asked for it again
//!   before long; for what came wrong twice it is not asked again at all;
//! - the peer has no more than two fetches unanswered either;
//! - after each piece a more urgent attachment may take the place of the one that is being pulled.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;

use crate::engine::session::Action;
use crate::engine::session::Ending;
use crate::engine::session::Phase;
use crate::engine::session::Pulled;
use crate::engine::session::Session;
use crate::engine::session::Wanted;
use crate::limits;
use crate::name::Digest;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::GoodbyeReason;
use crate::wire::frame::Kind;

/// A piece that was asked for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    wanted: Wanted,
    offset: u64,
    length: usize,
    at: Timestamp,
}

/// What is pulled from the peer, and what it pulls.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Attachments {
    /// Something may be wanted that was not looked at.
    look: bool,
    looking: bool,
    /// A piece was asked for since the last look: looking again and again holds nothing up.
    went_on: bool,
    /// The last answer came within [`limits::FAST_CHUNK_MS`].
    is_fast: bool,
    /// What is being pulled, and its next byte.
    pulling: Option<(Wanted, u64)>,
    asked: VecDeque<Asked>,
    /// Pieces that are being stored.
    storing: usize,
    /// What came wrong once.
    spoilt: BTreeSet<Digest>,
    /// What is not asked for, and since when; without a time, to the end of the session.
    refused: BTreeMap<Digest, Option<Timestamp>>,
    /// Fetches of the peer without an answer on the link.
    owed: usize,
    answers: VecDeque<wire::Chunk>,
}

impl Attachments {
    /// Something may be wanted.
    pub(super) const fn look(&mut self) {
        self.look = true;
    }

    /// Somebody waits for one: also what the peer did not have a while ago is asked for again.
    pub(super) fn sooner(&mut self) {
        self.refused.retain(|_, since| since.is_none());
        self.look = true;
    }

    /// What is missing is looked for now and then: the node may have become ready, the peer may have it by now.
    pub(super) fn tick(&mut self, now: Timestamp) {
        self.refused.retain(|_, since| since.is_none_or(|since| now.since_ms(since) < limits::FETCH_AGAIN_MS));
        self.look |= self.pulling.is_none();
    }

    /// The question what to pull next, if it is time for it.
    fn next_look(&mut self) -> Option<Action> {
        let idle = self.asked.is_empty() && self.storing == 0;
        let due = self.look && !self.looking && idle && (self.pulling.is_none() || self.went_on);
        if !due || self.refused.len() >= limits::REFUSED_ATTACHMENTS {
            return None;
        }
        (self.look, self.looking, self.went_on) = (false, true, false);
        Some(Action::LoadWanted { not: self.refused.keys().copied().collect() })
    }

    pub(super) fn wanted(&mut self, wanted: Option<Wanted>) {
        if std::mem::take(&mut self.looking) {
            self.pulling = wanted.map(|wanted| (wanted, wanted.arrived));
        }
    }

    fn next_fetch(&mut self, now: Timestamp) -> Option<Kind> {
        let most = if self.is_fast { limits::FETCHES } else { 1 };
        let must_look = self.looking || (self.look && self.went_on);
        if must_look || self.asked.len() + self.storing >= most {
            return None;
        }
        let (wanted, next) = self.pulling.as_mut()?;
        let length = usize::try_from(wanted.size.saturating_sub(*next)).unwrap_or(usize::MAX).min(limits::CHUNK_BYTES);
        if length == 0 {
            return None;
        }
        let asked = Asked { wanted: *wanted, offset: *next, length, at: now };
        *next = next.saturating_add(length as u64);
        self.asked.push_back(asked);
        self.went_on = true;
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        Some(Kind::Fetch(wire::Fetch { digest: asked.wanted.digest.0.to_vec(), offset: asked.offset, length }))
    }

    /// A piece has come.
    fn came(&mut self, now: Timestamp, chunk: wire::Chunk) -> Result<Option<Action>, &'static str> {
        let asked = self.asked.pop_front().ok_or("a piece of an attachment came that nobody had asked for")?;
        let digest = asked.wanted.digest;
        let is_whole = chunk.data.is_empty() || chunk.data.len() == asked.length;
        if chunk.digest != digest.0 || chunk.offset != asked.offset || !is_whole {
            return Err("a piece of an attachment is not the one that was asked for");
        }
        self.is_fast = now.since_ms(asked.at) <= limits::FAST_CHUNK_MS;
        if chunk.data.is_empty() {
            self.refused.entry(digest).or_insert(Some(now));
            self.stop(digest);
        }
        // Also of one that has just been given up: a piece was still on its way.
        if self.refused.contains_key(&digest) {
            return Ok(None);
        }
        self.storing += 1;
        Ok(Some(Action::StoreChunk { wanted: asked.wanted, offset: asked.offset, data: chunk.data }))
    }

    /// A piece is dealt with.
    pub(super) fn stored(&mut self, digest: Digest, pulled: Pulled) {
        self.storing = self.storing.saturating_sub(1);
        match pulled {
            Pulled::Arriving => {}
            Pulled::Over => self.stop(digest),
            Pulled::NotNow => {
                self.stop(digest);
                self.look = false;
            }
            Pulled::Spoilt => {
                if !self.spoilt.insert(digest) {
                    self.refused.insert(digest, None);
                }
                self.stop(digest);
            }
        }
    }

    /// Pulls another one, or looks again how far this one is.
    fn stop(&mut self, digest: Digest) {
        if self.pulling.take_if(|(wanted, _)| wanted.digest == digest).is_some() {
            self.look = true;
        }
    }

    /// The peer asks for a piece.
    fn ask(&mut self, fetch: &wire::Fetch) -> Result<Action, &'static str> {
        let digest = Digest::try_from(fetch.digest.as_slice()).map_err(|_| "a fetch names no attachment")?;
        let length = usize::try_from(fetch.length).unwrap_or(usize::MAX);
        if !(1..=limits::CHUNK_BYTES).contains(&length) {
            return Err("a fetch asks for nothing, or for more than a piece");
        }
        if self.owed >= limits::FETCHES {
            return Err("more fetches came than may be unanswered");
        }
        self.owed += 1;
        Ok(Action::ReadChunk { digest, offset: fetch.offset, length })
    }

    pub(super) fn read(&mut self, chunk: wire::Chunk) {
        if self.answers.len() < self.owed {
            self.answers.push_back(chunk);
        }
    }

    fn next_answer(&mut self) -> Option<Kind> {
        let chunk = self.answers.pop_front()?;
        self.owed = self.owed.saturating_sub(1);
        Some(Kind::Chunk(chunk))
    }
}

impl Session {
    /// A fetch of the peer. Once we drain, nothing is served any more: the peer goes on in another session.
    pub(super) fn fetch(&mut self, fetch: &wire::Fetch) -> Vec<Action> {
        if self.phase == Phase::Draining {
            return vec![];
        }
        match self.attachments.ask(fetch) {
            Ok(action) => vec![action],
            Err(rule) => self.part(GoodbyeReason::Protocol, 0, Ending::Protocol(rule)),
        }
    }

    /// A piece that the peer sends.
    pub(super) fn chunk(&mut self, now: Timestamp, chunk: wire::Chunk) -> Vec<Action> {
        match self.attachments.came(now, chunk) {
            Ok(action) => action.into_iter().collect(),
            Err(rule) => self.part(GoodbyeReason::Protocol, 0, Ending::Protocol(rule)),
        }
    }

    /// The question what to pull, while something may be pulled.
    pub(super) fn look_for_attachments(&mut self) -> Option<Action> {
        if self.phase == Phase::Live && self.turned_away.is_none() { self.attachments.next_look() } else { None }
    }

    /// What goes out when nothing else does: a fetch, then a piece for the peer.
    pub(super) fn next_of_attachments(&mut self, now: Timestamp) -> Option<Kind> {
        let fetch = if self.turned_away.is_none() { self.attachments.next_fetch(now) } else { None };
        fetch.or_else(|| self.attachments.next_answer())
    }
}
