//! A link between two offices, as the network has it: frames in order, and lost with the link.

use std::collections::VecDeque;

use crate::node::At;

/// Frames that wait between a session and its link, as in the node.
pub(crate) const LINK_FRAMES: usize = 2;
/// Frames that the network and the receiver hold of one direction.
const WINDOW_FRAMES: usize = 16;

/// One direction.
#[derive(Default)]
pub(crate) struct Pipe {
    /// With the sender.
    pub(crate) queued: VecDeque<Vec<u8>>,
    /// Under way.
    pub(crate) flying: VecDeque<Vec<u8>>,
    /// With the receiver, not read yet.
    pub(crate) landed: VecDeque<Vec<u8>>,
    /// When the last frame that is under way lands.
    pub(crate) last: i64,
    /// The sender sends no more.
    pub(crate) closed: bool,
    /// What flies does not land.
    pub(crate) lossy: bool,
}

impl Pipe {
    /// Whether a frame can be put on the line.
    pub(crate) fn takes(&self) -> bool {
        !self.queued.is_empty() && self.flying.len() + self.landed.len() < WINDOW_FRAMES
    }

    /// Whether nothing will come any more.
    pub(crate) fn is_dry(&self) -> bool {
        self.closed && self.queued.is_empty() && self.flying.is_empty() && self.landed.is_empty()
    }
}

/// A link. Side 0 has dialled.
pub(crate) struct Line {
    /// The processes at both ends.
    pub(crate) nodes: [usize; 2],
    /// Their sessions.
    pub(crate) ends: [Option<At>; 2],
    /// What flows to each side.
    pub(crate) to: [Pipe; 2],
    /// Both sides have a session on it.
    pub(crate) open: bool,
    pub(crate) cut: bool,
    /// Time that a frame takes.
    pub(crate) delay: i64,
}

impl Line {
    /// The link is gone, with all that was on it.
    pub(crate) fn break_down(&mut self) {
        self.cut = true;
        for pipe in &mut self.to {
            // Whoever has not seen it yet sends into nothing.
            *pipe = Pipe { closed: true, lossy: true, ..Pipe::default() };
        }
    }
}
