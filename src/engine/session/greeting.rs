//! Hello: who speaks, whether both stores agree on what was exchanged, which rosters the other lacks.

use std::collections::BTreeMap;

use crate::domain::dispatch::Lane;
use crate::domain::entry::Alarm;
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
    /// Our store lacks what the peer proves to have had from us.
    OwnLost,
    /// The peer's store lacks what we prove to have had from it.
    PeerLost,
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
        let (Some(peer), true, true) =
            (named, hello.network == self.me.network.as_str(), hello.peer == self.me.office.to_string())
        else {
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
            self.say_hello(now, standing, self.expected.first().map(ToString::to_string).unwrap_or_default());
            return vec![];
        };
        let log_id = LogId::try_from(hello.log_id.as_slice()).ok();
        let (Some(peer_log), Ok(peer)) = (log_id.filter(|id| standing.peer_log == Some(*id)), hello.office.parse())
        else {
            return self.part(GoodbyeReason::NotInRoster, 0, Ending::NotInRoster);
        };
        self.peer = Some(peer);
        if !self.hello_sent {
            self.say_hello(now, standing, hello.office.clone());
        }
        let mut actions = vec![Action::Greeted { peer, clock: Timestamp::clamped(hello.clock_ms) }];
        for lane in Lane::URGENT_FIRST {
            let sent = standing.sent.get(&lane).copied().unwrap_or_default();
            let held = standing.held.get(&lane).copied().unwrap_or_default();
            let they_hold = position(&hello.held, self.me.log_id, peer_log, lane);
            let they_acked = position(&hello.acked, peer_log, self.me.log_id, lane);
            match agreement(&sent, &held, &they_hold, &they_acked) {
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
            }
            self.lanes.insert(lane, Outbound::new(sent.acked, they_hold.through, hello.window, now));
            if they_acked.through < held.through {
                self.resending += 1;
                actions.push(Action::LoadReceipts { lane, after: they_acked.through, through: held.through });
            }
        }
        self.phase = Phase::Live;
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

    fn say_hello(&mut self, now: Timestamp, standing: &Standing, peer: String) {
        let me = self.me.log_id;
        let place = |from: LogId, to: LogId, lane: Lane, through: u64, digest: Option<Digest>| wire::Position {
            from_log: from.0.to_vec(),
            to_log: to.0.to_vec(),
            lane: lane.number(),
            through,
            digest: digest.map(|d| d.0.to_vec()).unwrap_or_default(),
        };
        let (mut held, mut acked) = (vec![], vec![]);
        if let Some(peer_log) = standing.peer_log {
            for (lane, one) in standing.held.iter().filter(|(_, one)| one.through > 0) {
                held.push(place(peer_log, me, *lane, one.through, one.digest));
            }
            for (lane, one) in standing.sent.iter().filter(|(_, one)| one.acked > 0) {
                acked.push(place(me, peer_log, *lane, one.acked, one.acked_digest));
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
            clock_ms: now.ms(),
            acked,
        }));
        self.hello_sent = true;
    }
}

fn known(versions: &[wire::RosterVersion]) -> BTreeMap<crate::name::Country, u64> {
    let most = versions.iter().take(limits::LIST);
    most.filter_map(|one| Some((one.country.parse().ok()?, one.version))).collect()
}

/// What a Hello says of a stream; nothing is the same as none.
fn position(positions: &[wire::Position], from: LogId, to: LogId, lane: Lane) -> Held {
    let of_stream = |p: &&wire::Position| p.from_log == from.0 && p.to_log == to.0 && p.lane == lane.number();
    let found = positions.iter().take(limits::LIST).find(of_stream);
    found
        .map_or_else(Held::default, |p| Held { through: p.through, digest: Digest::try_from(p.digest.as_slice()).ok() })
}

fn agreement(sent: &Sent, held: &Held, they_hold: &Held, they_acked: &Held) -> Agreement {
    // They hold more of our stream than we sent, or another dispatch at that place.
    if they_hold.through > sent.placed {
        return Agreement::OwnLost;
    }
    if they_hold.through < sent.acked {
        return Agreement::PeerLost;
    }
    if they_hold.through > 0 && they_hold.digest != sent.at_held {
        return Agreement::OwnLost;
    }
    // They have receipts of ours that we do not know, or know for another dispatch.
    if they_acked.through > held.through {
        return Agreement::OwnLost;
    }
    if they_acked.through > 0 && they_acked.through == held.through && they_acked.digest != held.digest {
        return Agreement::OwnLost;
    }
    Agreement::Agree
}
