//! Previews beside a text: the entry of its opening covers one look at each of its attachments, for a while.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::time::Timestamp;
use crate::wire;

/// Who has opened a text when, and an attachment of it that was not seen beside it yet.
type Unseen = (Timestamp, OfficerId, Digest);

/// The previews that entries of openings cover. What is forgotten is an entry of its own.
#[derive(Default)]
pub(super) struct Previews(Mutex<VecDeque<Unseen>>);

impl Previews {
    /// An officer has opened a text with these attachments; its entry is durable.
    pub(super) fn opened(&self, now: Timestamp, officer: &OfficerId, attachments: &[wire::AttachmentHere]) {
        let mut unseen = self.unseen();
        for digest in attachments.iter().filter_map(|one| Digest::try_from(one.digest.as_slice()).ok()) {
            unseen.retain(|(_, by, other)| (by, other) != (officer, &digest));
            unseen.push_back((now, officer.clone(), digest));
        }
        let over = unseen.len().saturating_sub(limits::PREVIEWS);
        unseen.drain(..over);
    }

    /// Whether such an entry covers this preview. It does so once.
    pub(super) fn covered(&self, now: Timestamp, officer: &OfficerId, attachment: Digest) -> bool {
        let mut unseen = self.unseen();
        unseen.retain(|(opened, ..)| now.since_ms(*opened) < limits::PREVIEW_MS);
        let found = unseen.iter().position(|(_, by, digest)| (by, digest) == (officer, &attachment));
        found.and_then(|at| unseen.remove(at)).is_some()
    }

    fn unseen(&self) -> MutexGuard<'_, VecDeque<Unseen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(bytes: impl IntoIterator<Item = u16>) -> Vec<wire::AttachmentHere> {
        let digest = |byte: u16| Digest::of(&byte.to_be_bytes());
        let one = |byte| wire::AttachmentHere { digest: digest(byte).0.to_vec(), ..wire::AttachmentHere::default() };
        bytes.into_iter().map(one).collect()
    }

    #[test]
    fn an_opening_covers_each_preview_once_for_its_officer_and_for_a_while() {
        let (previews, now) = (Previews::default(), Timestamp::clamped(1_000_000));
        let [me, other]: [OfficerId; 2] = ["UZ-ALT-O01", "UZ-ALT-O02"].map(|id| id.parse().unwrap());
        let digest = |byte: u16| Digest::of(&byte.to_be_bytes());
        previews.opened(now, &me, &listed([1, 2, 3]));
        assert!(!previews.covered(now, &other, digest(1)));
        assert!(!previews.covered(now, &me, digest(4)));
        assert!(previews.covered(now, &me, digest(1)));
        assert!(!previews.covered(now, &me, digest(1)), "once");
        assert!(previews.covered(now.plus_ms(limits::PREVIEW_MS - 1), &me, digest(2)));
        assert!(!previews.covered(now.plus_ms(limits::PREVIEW_MS), &me, digest(3)), "not for ever");
        // Opened twice, it is covered once more, not twice.
        previews.opened(now, &me, &listed([1]));
        previews.opened(now, &me, &listed([1]));
        assert!(previews.covered(now, &me, digest(1)) && !previews.covered(now, &me, digest(1)));
    }

    #[test]
    fn of_too_many_the_oldest_is_forgotten() {
        let (previews, now) = (Previews::default(), Timestamp::clamped(1));
        let me: OfficerId = "UZ-ALT-O01".parse().unwrap();
        let all = u16::try_from(limits::PREVIEWS).unwrap();
        previews.opened(now, &me, &listed(0..=all));
        assert!(!previews.covered(now, &me, Digest::of(&0_u16.to_be_bytes())));
        assert!(previews.covered(now, &me, Digest::of(&1_u16.to_be_bytes())));
    }
}
