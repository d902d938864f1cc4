//! What each fuzz target does with arbitrary bytes: reads them as a peer's or an officer's, and asserts what must hold.
//!
//! The same bodies run on stable Rust over the committed corpus and its mutations: `cargo test fuzz`.

mod accept;
mod notice;
mod session;
mod signed;

pub use accept::accept;
pub use notice::draft_json;
pub use notice::header_body;
pub use session::session;
pub use signed::envelope;
pub use signed::frame;
pub use signed::roster_card;

/// A target.
pub struct Target {
    /// Its name, and that of the folder of its corpus.
    pub name: &'static str,
    /// Its body; it panics if something does not hold.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 7] = [
    Target { name: "accept", run: accept },
    Target { name: "draft_json", run: draft_json },
    Target { name: "envelope", run: envelope },
    Target { name: "frame", run: frame },
    Target { name: "header_body", run: header_body },
    Target { name: "roster_card", run: roster_card },
    Target { name: "session", run: session },
];

/// Bytes that decide one thing after the other; zeros when they have run out.
struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    fn number(&mut self) -> u64 {
        let bytes = self.bytes(8);
        bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// At most so many bytes.
    fn bytes(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A part of its own, after its length in two bytes.
    fn part(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()) << 8 | usize::from(self.byte());
        self.bytes(length)
    }
}
