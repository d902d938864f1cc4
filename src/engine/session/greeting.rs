//! Hello: who speaks, whether both stores agree on what was exchanged, which rosters the other lacks.

use std::collections::BTreeMap;

use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Lane;
use crate::domain::dispatch::Receipt;
use crate::domain::dispatch::Stream;
use crate::domain::entry::Alarm;
use crate::domain::envelope::PublicKey;
use crate::domain::envelope::Unverified;
use crate::engine::session::Action;
use crate::engine::session::Ending;
use crate::engine::session::Held;
use crate::engine::session::Phase;
use crate::engine::session::RosterNote;
use crate::engine::session::Sent;
use crate::engine::session::Session;
use crate::engine::session::Standing;
use crate::engine::session::VERSION;
use crate::engine::session::lane::Outbound;
use crate::limits;
use crate::name::Country;
use crate::name::Digest;
use crate::name::LogId;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::GoodbyeReason;
use crate::wire::frame::Kind;

/// What both sides say of one stream.
enum Agreement {
    /// They agree.
    Agree,
    /// Our store lacks what the peer proves that we have signed.
    OwnLost,
    /// The peer's store lacks what we hold its receipts for.
    PeerLost,
    /// The peer claims more than our store knows, and proves nothing.
    Unproven,
}

impl Session {
    pub(super) fn opened(&mut self, now: Timestamp) -> Vec<Action> {
        self.opened = now;
        self.heard = now;
        let mut actions = vec![Action::WakeAt(now.plus_ms(limits::HELLO_MS))];
        if let (true, Some(peer)) = (self.dialled && !self.hello_sent, self.expected.first()) {
            self.loading = true;
            actions.push(Action::LoadStanding { peer: *peer, held: vec![] });
        }
        actions
    }

    /// The peer's Hello: checks that need no store.
    pub(super) fn hello(&mut self, hello: wire::Hello) -> Vec<Action> {
        if hello.version_min > VERSION || hello.version_max < VERSION {
            return self.part(GoodbyeReason::Version, 0, Ending::Version);
        }
        let named = hello.office.parse().ok().filter(|office| self.expected.contains(office));
        // If the log is another, one of us lacks the other's newest roster.
        let meant = hello.network == self.me.network.as_str()
            && hello.peer == self.me.office.to_string()
            && hello.peer_log_id == self.me.log_id.0;
        let (Some(peer), true) = (named, meant) else {
            return self.part(GoodbyeReason::NotInRoster, 0, Ending::NotInRoster);
        };
        self.loading = true;
        let held = hello.held.clone();
        self.hello = Some(hello);
        vec![Action::LoadStanding { peer, held }]
    }

    /// Where we stand: first for our Hello, then, with the peer's Hello, for going live.
    pub(super) fn standing(&mut self, now: Timestamp, standing: &Standing) -> Vec<Action> {
        if self.phase != Phase::Greeting || !self.loading {
            return vec![];
        }
        self.loading = false;
        let Some(hello) = self.hello.take() else {
            self.say_hello(standing, self.expected.first().map(ToString::to_string).unwrap_or_default());
            return vec![];
        };
        let log_id = LogId::try_from(hello.log_id.as_slice()).ok();
        let (Some(peer_log), Ok(peer)) = (log_id.filter(|id| standing.peer_log == Some(*id)), hello.office.parse())
        else {
            return self.part(GoodbyeReason::NotInRoster, 0, Ending::NotInRoster);
        };
        self.peer = Some(peer);
        if !self.hello_sent {
            self.say_hello(standing, hello.office.clone());
        }
        let mut actions = vec![Action::Greeted { peer, clock: Timestamp::clamped(hello.clock_ms) }];
        for lane in Lane::URGENT_FIRST {
            let sent = standing.sent.get(&lane).cloned().unwrap_or_default();
            let held = standing.held.get(&lane).cloned().unwrap_or_default();
            let outgoing = Stream { from_log: self.me.log_id, to_log: peer_log, lane };
            let incoming = Stream { from_log: peer_log, to_log: self.me.log_id, lane };
            let they_hold = said(&hello.held, outgoing);
            let they_acked = said(&hello.acked, incoming);
            match agreement(self.me.key, (&sent, &they_hold, outgoing), (&held, &they_acked, incoming)) {
                Agreement::Agree => {}
                _ if standing.disturbed => return self.part(GoodbyeReason::Done, 0, Ending::Overtaken),
                Agreement::OwnLost => {
                    self.part(GoodbyeReason::StateLost, 0, Ending::OwnStateLost);
                    return vec![Action::Alarm(Alarm::OwnStateLost)];
                }
                Agreement::PeerLost => {
                    self.part(GoodbyeReason::StateLost, 0, Ending::PeerStateLost);
                    return vec![Action::Alarm(Alarm::PeerStateLost)];
                }
                Agreement::Unproven => {
                    let rule = "a Hello claims more than this store knows, without proof";
                    return self.part(GoodbyeReason::StateLost, 0, Ending::Protocol(rule));
                }
            }
            self.lanes.insert(lane, Outbound::new(sent.acked, they_hold.through, hello.window, now));
            if they_acked.through < held.through {
                self.resend.insert(lane, (they_acked.through, held.through));
                actions.extend(self.next_receipts(lane));
            }
        }
        self.phase = Phase::Live;
        self.attachments.look();
        self.known_rosters = known(&hello.rosters);
        self.offer(&standing.rosters);
        actions.push(Action::WakeAt(now.plus_ms(limits::IDLE_MS / 4)));
        actions
    }

    /// Sends the rosters of which the peer has an older version, or none.
    pub(super) fn offer(&mut self, rosters: &[RosterNote]) {
        for note in rosters {
            let known = self.known_rosters.entry(note.country).or_default();
            if *known < note.version
                && let Ok(envelope) = prost::Message::decode(note.bytes.as_slice())
            {
                *known = note.version;
                self.control.push_back(Kind::Roster(envelope));
            }
        }
    }

    fn say_hello(&mut self, standing: &Standing, peer: String) {
        let me = self.me.log_id;
        let (mut held, mut acked) = (vec![], vec![]);
        if let Some(peer_log) = standing.peer_log {
            for (lane, one) in standing.held.iter().filter(|(_, one)| one.through > 0) {
                let stream = Stream { from_log: peer_log, to_log: me, lane: *lane };
                held.push(position(stream, one.through, one.digest, &one.dispatch));
            }
            for (lane, one) in standing.sent.iter().filter(|(_, one)| one.acked > 0) {
                let stream = Stream { from_log: me, to_log: peer_log, lane: *lane };
                acked.push(position(stream, one.acked, one.acked_digest, &one.acked_receipt));
            }
        }
        let rosters = standing.rosters.iter();
        self.control.push_back(Kind::Hello(wire::Hello {
            version_min: VERSION,
            version_max: VERSION,
            network: self.me.network.to_string(),
            office: self.me.office.to_string(),
            peer,
            log_id: me.0.to_vec(),
            held,
            rosters: rosters
                .map(|r| wire::RosterVersion { country: r.country.to_string(), version: r.version })
                .collect(),
            window: limits::WINDOW,
            clock_ms: standing.clock.ms(),
            acked,
            peer_log_id: standing.peer_log.map(|log| log.0.to_vec()).unwrap_or_default(),
        }));
        self.hello_sent = true;
    }
}

fn known(versions: &[wire::RosterVersion]) -> BTreeMap<Country, u64> {
    let most = versions.iter().take(limits::LIST);
    most.filter_map(|one| Some((one.country.parse().ok()?, one.version))).collect()
}

/// A position as a Hello writes it, with what the peer itself has signed for it.
fn position(stream: Stream, through: u64, digest: Option<Digest>, proof: &[u8]) -> wire::Position {
    wire::Position {
        from_log: stream.from_log.0.to_vec(),
        to_log: stream.to_log.0.to_vec(),
        lane: stream.lane.number(),
        through,
        digest: digest.map(|d| d.0.to_vec()).unwrap_or_default(),
        proof: proof.to_vec(),
    }
}

/// What a Hello says of a stream.
#[derive(Default)]
struct Said {
    through: u64,
    digest: Option<Digest>,
    proof: Vec<u8>,
}

/// Nothing said is the same as none.
fn said(positions: &[wire::Position], stream: Stream) -> Said {
    let of_stream = |p: &&wire::Position| {
        p.from_log == stream.from_log.0 && p.to_log == stream.to_log.0 && p.lane == stream.lane.number()
    };
    let found = positions.iter().take(limits::LIST).find(of_stream);
    found.map_or_else(Said::default, |p| Said {
        through: p.through,
        digest: Digest::try_from(p.digest.as_slice()).ok(),
        proof: p.proof.clone(),
    })
}

/// Compares both directions. That our own store lacks something counts only with our own signature on it.
fn agreement(
    key: PublicKey,
    (sent, they_hold, outgoing): (&Sent, &Said, Stream),
    (held, they_acked, incoming): (&Held, &Said, Stream),
) -> Agreement {
    if they_hold.through < sent.acked {
        return Agreement::PeerLost;
    }
    let known = they_hold.through <= sent.placed;
    // A place of which nothing is known any more proves nothing.
    let other = known && they_hold.through > 0 && sent.at_held.is_some() && they_hold.digest != sent.at_held;
    if !known || other {
        return if dispatched(key, they_hold, outgoing) { Agreement::OwnLost } else { Agreement::Unproven };
    }
    let known = they_acked.through <= held.through;
    let other = they_acked.through > 0 && they_acked.through == held.through && they_acked.digest != held.digest;
    if !known || other {
        return if receipted(key, they_acked, incoming) { Agreement::OwnLost } else { Agreement::Unproven };
    }
    Agreement::Agree
}

/// Whether the proof is a dispatch of ours for that place.
fn dispatched(key: PublicKey, said: &Said, stream: Stream) -> bool {
    let Ok(read) = Unverified::<Dispatch>::read(&said.proof) else { return false };
    let fits = read.claim().stream == stream && read.claim().sequence == said.through;
    fits && Some(read.digest()) == said.digest && read.verify(&[key]).is_ok()
}

/// Whether the proof is a receipt of ours for that place.
fn receipted(key: PublicKey, said: &Said, stream: Stream) -> bool {
    let Ok(read) = Unverified::<Receipt>::read(&said.proof) else { return false };
    let fits = read.claim().stream == stream && read.claim().sequence == said.through;
    fits && Some(read.claim().dispatch) == said.digest && read.verify(&[key]).is_ok()
}
