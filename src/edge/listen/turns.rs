//! Handshakes under way: when there are too many, the oldest gives way.
//!
//! An honest peer shakes hands within a few round trips; whoever only holds a place is the oldest soon. To turn the
//! newest away instead would let a few slow connections keep everybody out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Weak;

use tokio::task::AbortHandle;

/// Kept by a handshake until it is finished.
#[derive(Debug, Default)]
pub(super) struct Turn(Arc<()>);

/// All handshakes under way, the oldest first.
#[derive(Debug)]
pub(super) struct Turns {
    most: usize,
    under_way: VecDeque<(Weak<()>, AbortHandle)>,
}

impl Turns {
    pub(super) const fn new(most: usize) -> Self {
        Self { most, under_way: VecDeque::new() }
    }

    /// Makes room for one more; says whether the oldest had to give way.
    pub(super) fn make_room(&mut self) -> bool {
        if self.under_way.len() >= self.most {
            self.under_way.retain(|(turn, _)| turn.strong_count() > 0);
        }
        self.under_way.len() >= self.most && self.give_way()
    }

    /// The oldest one ends, if there is one.
    pub(super) fn give_way(&mut self) -> bool {
        while let Some((turn, oldest)) = self.under_way.pop_front() {
            if turn.strong_count() > 0 {
                oldest.abort();
                return true;
            }
        }
        false
    }

    /// A handshake begins in this task.
    pub(super) fn begin(&mut self, turn: Weak<()>, task: AbortHandle) {
        self.under_way.push_back((turn, task));
    }
}

impl Turn {
    pub(super) fn watch(&self) -> Weak<()> {
        Arc::downgrade(&self.0)
    }
}
