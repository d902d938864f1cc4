//! What the index knows of a notice besides its words, and the filters over it.

use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::time::Timestamp;
use crate::wire::Folder;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;

/// The bit of a state.
#[must_use]
pub fn state_bit(state: NoticeState) -> u32 {
    u32::try_from(i32::from(state)).ok().and_then(|number| 1_u32.checked_shl(number)).unwrap_or_default()
}

/// What is known of a notice from its header and from what became of it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The notice.
    pub notice: Digest,
    /// Its reference.
    pub reference: Reference,
    /// What it is.
    pub kind: NoticeKind,
    /// The originator.
    pub from: OfficeCode,
    /// Addressees, copies included.
    pub to: Vec<OfficeCode>,
    /// The entry that recorded it.
    pub index: u64,
    /// When it was received or issued here.
    pub time: Timestamp,
    /// Where it lies.
    pub folder: Folder,
    /// Its states with its sides, a bit for each.
    pub state: u32,
    /// Whether it is no real traffic.
    pub exercise: bool,
}

/// What a hit must be besides; the default lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// One of these kinds; empty for any.
    pub kinds: Vec<NoticeKind>,
    /// From or to one of these offices, copies included; empty for any.
    pub offices: Vec<OfficeCode>,
    /// Received or issued at this time or later.
    pub since: Option<Timestamp>,
    /// Received or issued before this time.
    pub before: Option<Timestamp>,
    /// In this folder.
    pub folder: Option<Folder>,
    /// In one of these states with one of its sides; 0 for any.
    pub state: u32,
    /// Exercises and tests alone, or else real traffic alone (the two are never shown together).
    pub exercise: bool,
    /// Texts that were withdrawn or replaced by a correction as well.
    pub held: bool,
    /// So many words of the query are enough; 0 for all.
    pub words: usize,
}

impl Filters {
    /// Whether a notice passes.
    #[must_use]
    pub fn pass(&self, facts: &Facts) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&facts.kind))
            && (self.offices.is_empty() || self.concerns(facts))
            && self.since.is_none_or(|since| facts.time >= since)
            && self.before.is_none_or(|before| facts.time < before)
            && self.folder.is_none_or(|folder| folder == facts.folder)
            && (self.state == 0 || self.state & facts.state != 0)
            && self.exercise == facts.exercise
    }

    fn concerns(&self, facts: &Facts) -> bool {
        self.offices.iter().any(|office| *office == facts.from || facts.to.contains(office))
    }
}

/// A notice in the index.
pub(super) struct Row {
    pub(super) facts: Facts,
    /// The reference without hyphens, to look for parts of it.
    pub(super) reference: Box<str>,
}

impl Row {
    pub(super) fn new(facts: Facts) -> Self {
        let reference = facts.reference.to_string().replace('-', "").into_boxed_str();
        Self { facts, reference }
    }
}
