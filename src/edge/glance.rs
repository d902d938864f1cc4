//! The node at one moment: what `status` shows and what the metrics count, read once for both.

use std::sync::Arc;

use crate::domain::roster::Office;
use crate::edge::attachments::ToCome;
use crate::edge::hub::Hub;
use crate::edge::hub::NotNow;
use crate::edge::hub::PeerNote;
use crate::engine::log::Head;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Reference;
use crate::office::Ends;
use crate::office::Queue;
use crate::office::officers::Officers;
use crate::office::standing::Overdue;
use crate::office::sureness::Unsure;
use crate::office::unconfirmed;
use crate::time::Timestamp;

/// The node at one moment.
#[derive(Clone, Debug)]
pub struct Glance {
    /// The moment, by the clock of the machine.
    pub now: Timestamp,
    /// When the node started, by the same clock.
    pub started: Timestamp,
    /// Whether it releases new notices, or why not.
    pub ready: Result<(), NotNow>,
    /// Why the clock is unsure; `None` while it is sure.
    pub unsure: Option<Unsure>,
    /// What ends and what is erased.
    pub ends: Ends,
    /// What was sent in an emergency and waits for a confirmation, and when it was sent.
    pub emergencies: Vec<(Reference, Timestamp)>,
    /// Why the vault key could not be changed, in words; empty if it could.
    pub vault_trouble: String,
    /// The durable head.
    pub head: Head,
    /// How far the clock is behind the last entry, ms; negative if it is ahead of it.
    pub clock_behind_ms: i64,
    /// Free bytes on the disk of the store, if the system says.
    pub free_bytes: Option<u64>,
    /// Who is enrolled.
    pub officers: Arc<Officers>,
    /// Entries of kind ALARM.
    pub alarms: u64,
    /// Notices that await something whose time has passed.
    pub overdue: Overdue,
    /// Bytes of attachments received from peers and sent to them since the start.
    pub attachment_bytes: (u64, u64),
    /// Every other office in the rosters.
    pub peers: Vec<Peer>,
}

/// A peer at that moment.
#[derive(Clone, Debug)]
pub struct Peer {
    /// As its country lists it.
    pub office: Office,
    /// Whether a session is live.
    pub connected: bool,
    /// What the hub has noted.
    pub note: PeerNote,
    /// What waits for it.
    pub queue: Queue,
    /// Attachments that are still to come from it.
    pub awaited: ToCome,
    /// Whether another piece of them may be pulled today.
    pub may_pull: bool,
}

impl Glance {
    /// Looks now.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn take(hub: &Hub, view: &dyn View) -> Result<Self, RowError> {
        let (rosters, size) = (hub.shared.rosters(), hub.shared.head().size);
        let mut peers = vec![];
        for office in rosters.offices().filter(|office| office.code != hub.me.office) {
            peers.push(Peer {
                connected: hub.is_live(office.code),
                note: hub.note(office.code),
                queue: Queue::of(view, office)?,
                may_pull: hub.may_pull(office.code),
                awaited: hub.attachments.awaited_from(view, office.code, size)?,
                office: office.clone(),
            });
        }
        Ok(Self {
            now: hub.clock.now(),
            started: hub.started_at,
            ready: hub.may_release(),
            unsure: hub.node_clock.sure().err(),
            vault_trouble: hub.shared.vault_trouble(),
            ends: Ends::of(view, hub.node_time())?,
            emergencies: unconfirmed(view)?,
            head: hub.shared.head(),
            clock_behind_ms: hub.clock_behind_ms(),
            free_bytes: hub.free_bytes(),
            officers: hub.shared.officers(),
            alarms: rows::number(view, key::ALARMS, "alarm count")?,
            overdue: hub.overdue(view)?,
            attachment_bytes: hub.attachments.counts(),
            peers,
        })
    }
}
