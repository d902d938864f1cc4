//! The page that a monitor reads.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use prometheus_client::registry::Unit;

use crate::domain::dispatch::Lane;
use crate::domain::rejection::Rejection;
use crate::edge::glance::Glance;
use crate::edge::telemetry::Tally;
use crate::edge::telemetry::Telemetry;
use crate::name::OfficeCode;
use crate::wire::EntryKind;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPeer {
    peer: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Waiting {
    peer: String,
    lane: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Side {
    side: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Number {
    number: u32,
}

/// A value that may have a fraction.
type Fraction = Gauge<f64, std::sync::atomic::AtomicU64>;

impl Telemetry {
    /// Everything, as text.
    ///
    /// # Errors
    /// If a value cannot be written.
    pub(super) fn page(&self, me: OfficeCode, glance: &Glance, tally: &Tally) -> Result<String, std::fmt::Error> {
        let mut page = Registry::with_prefix("chapar");
        let node = [("office", me.to_string()), ("version", env!("CARGO_PKG_VERSION").to_owned())];
        page.register("node", "The node", Info::new(node.to_vec()));
        self.measured(&mut page);
        state(&mut page, glance);
        peers(&mut page, glance);
        counted(&mut page, tally);
        let mut text = String::new();
        encode(&mut text, &page)?;
        Ok(text)
    }

    fn measured(&self, page: &mut Registry) {
        let commits = "Time of one commit, until it is durable";
        page.register_with_unit("commit", commits, Unit::Seconds, self.commits.clone());
        page.register("commit_commands", "Commands that share a commit", self.commands.clone());
        page.register_with_unit("sync", "Time of one fdatasync of the store", Unit::Seconds, self.syncs.clone());
    }
}

fn state(page: &mut Registry, glance: &Glance) {
    let ready = "1 while the node takes new notices, 0 while its clock is behind or its disk nearly full";
    page.register("ready", ready, whole(glance.ready.is_ok()));
    page.register("log_entries", "Entries of the log", whole(glance.head.size));
    page.register("alarms", "Alarms in the log", whole(glance.alarms));
    let overdue: Family<Side, Gauge> = Family::default();
    for (side, count) in [("issued", glance.overdue.issued), ("received", glance.overdue.received)] {
        put(&overdue.get_or_create(&Side { side }), count);
    }
    let help = "Notices whose receipt, acknowledgement or answer is overdue, by who issued them; no exercises";
    page.register("overdue_notices", help, overdue);
    if let Some(free) = glance.free_bytes {
        page.register_with_unit("disk_free", "Free space on the disk of the store", Unit::Bytes, whole(free));
    }
    let behind = Fraction::default();
    behind.set(seconds(glance.clock_behind_ms.max(0)));
    page.register_with_unit("clock_behind", "How far the clock is behind the last entry", Unit::Seconds, behind);
    let (received, sent) = glance.attachment_bytes;
    for (name, help, bytes) in [
        ("attachments_received", "Attachments received from peers and kept since the start", received),
        ("attachments_sent", "Attachments sent to peers since the start", sent),
    ] {
        page.register_with_unit(name, help, Unit::Bytes, total(bytes));
    }
    let sessions = glance.peers.iter().filter(|peer| peer.connected).count();
    page.register("sessions", "Live sessions", whole(u64::try_from(sessions).unwrap_or(u64::MAX)));
}

fn peers(page: &mut Registry, glance: &Glance) {
    let up: Family<OfPeer, Gauge> = Family::default();
    let offset: Family<OfPeer, Fraction> = Family::default();
    let waiting: Family<Waiting, Gauge> = Family::default();
    let oldest: Family<OfPeer, Fraction> = Family::default();
    let awaited: Family<OfPeer, Gauge> = Family::default();
    for peer in &glance.peers {
        let label = OfPeer { peer: peer.office.code.to_string() };
        up.get_or_create(&label).set(peer.connected.into());
        if peer.note.last_session.is_some() {
            offset.get_or_create(&label).set(seconds(peer.note.clock_offset_ms));
        }
        for (lane, count) in &peer.queue.lanes {
            put(&waiting.get_or_create(&Waiting { peer: label.peer.clone(), lane: name(*lane) }), *count);
        }
        put(&waiting.get_or_create(&Waiting { peer: label.peer.clone(), lane: "none" }), peer.queue.unplaced);
        let age = peer.queue.since.map_or(0, |since| glance.now.since_ms(since).max(0));
        oldest.get_or_create(&label).set(seconds(age));
        put(&awaited.get_or_create(&label), peer.awaited.count);
    }
    page.register("session_up", "1 while a session with the peer is live", up);
    page.register_with_unit(
        "peer_clock_offset",
        "Clock of the peer minus ours at the last Hello",
        Unit::Seconds,
        offset,
    );
    let notices = "Notices for the peer without a receipt; lane none: held back, as while it is suspended";
    page.register("waiting_notices", notices, waiting);
    page.register_with_unit("waiting_oldest", "How long the oldest of them waits", Unit::Seconds, oldest);
    page.register("awaited_attachments", "Attachments of received notices that are still to come", awaited);
}

fn counted(page: &mut Registry, tally: &Tally) {
    let count = |name, help: &str, kind| (name, help.to_owned(), total(tally.of(kind)));
    for (name, help, counter) in [
        count("notices_issued", "Notices signed here since the start", EntryKind::Issued),
        count("notices_received", "Notices accepted here since the start", EntryKind::Received),
    ] {
        page.register(name, help, counter);
    }
    let stored: Family<Outcome, Counter> = Family::default();
    let (got, given): (Family<Number, Counter>, Family<Number, Counter>) = Default::default();
    // All that there can be, so that a rate begins at 0.
    for number in Rejection::ALL.map(|rejection| rejection as u32) {
        let _zero = (got.get_or_create_owned(&Number { number }), given.get_or_create_owned(&Number { number }));
    }
    let _zero = ["delivered", "rejected"].map(|outcome| stored.get_or_create_owned(&Outcome { outcome }));
    for (number, count) in tally.by_code(EntryKind::ReceiptStored) {
        let outcome = if number == 0 { "delivered" } else { "rejected" };
        stored.get_or_create(&Outcome { outcome }).inc_by(count);
        if number > 0 {
            got.get_or_create(&Number { number }).inc_by(count);
        }
    }
    for (number, count) in tally.by_code(EntryKind::Rejected) {
        given.get_or_create(&Number { number }).inc_by(count);
    }
    page.register("receipts_stored", "Receipts of peers stored since the start, by outcome", stored);
    page.register("rejections_got", "Rejections by peers since the start, by number", got);
    page.register("rejections_given", "Dispatches of peers rejected here since the start, by number", given);
}

const fn name(lane: Lane) -> &'static str {
    match lane {
        Lane::Immediate => "immediate",
        Lane::Priority => "priority",
        Lane::Routine => "routine",
    }
}

fn whole(value: impl Into<u64>) -> Gauge {
    let gauge = Gauge::default();
    put(&gauge, value.into());
    gauge
}

fn put(gauge: &Gauge, value: u64) {
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
}

fn total(count: u64) -> Counter {
    let counter = Counter::default();
    counter.inc_by(count);
    counter
}

/// Milliseconds as seconds.
fn seconds(ms: i64) -> f64 {
    std::time::Duration::from_millis(ms.unsigned_abs()).as_secs_f64() * if ms < 0 { -1.0 } else { 1.0 }
}
