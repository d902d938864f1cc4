//! Chance is handed in: what needs random bytes takes a `&mut dyn Entropy`. No source of its own; the door to the
//! system is `edge::env`.

use crate::name::Digest;

/// A source of random bytes.
pub trait Entropy: Send {
    /// Fills all of `bytes` with random bytes that nobody else can foresee, unless the source says otherwise.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// An array of random bytes.
pub fn random<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// The same bytes for the same seed, for tests and simulation. Never for the keys of an office.
#[derive(Clone, Debug)]
pub struct SeededEntropy {
    seed: u64,
    blocks: u64,
}

impl SeededEntropy {
    /// The source for this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, blocks: 0 }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.blocks += 1;
            let block = Digest::of(&[self.seed.to_be_bytes(), self.blocks.to_be_bytes()].concat());
            for (to, from) in chunk.iter_mut().zip(block.0) {
                *to = from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(seed: u64) -> [[u8; 40]; 2] {
        let mut entropy = SeededEntropy::new(seed);
        let mut drawn = [[0; 40]; 2];
        for bytes in &mut drawn {
            entropy.fill(bytes);
        }
        drawn
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        let [first, second] = drawn(1);
        assert_ne!(first, second);
        assert_ne!(first[..8], first[32..]);
    }
}
