//! Chance that can be repeated, and what a run is told from outside.

/// Chance that can be repeated: `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// Chance of this seed, the same each time.
    pub(crate) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Chance of `CHAPAR_SEED`, or of a seed that is always the same; it is printed.
    pub(crate) fn from_outside() -> Self {
        let seed = number("CHAPAR_SEED").unwrap_or(20_261_124);
        println!("CHAPAR_SEED={seed}");
        Self(seed)
    }

    /// A number below `limit`, or 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit.max(1)
    }

    /// True in one of two cases.
    pub(crate) fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    /// A place in a list that is not empty.
    pub(crate) fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap()
    }
}

/// A number that a variable of the environment gives to a run.
#[expect(clippy::disallowed_methods, reason = "a run is repeated or made longer from outside")]
pub(crate) fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// A text that a variable of the environment gives to a process.
#[expect(clippy::disallowed_methods, reason = "this process was started by a test")]
pub(crate) fn text(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}
