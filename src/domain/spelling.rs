//! Spellings of a name: whether two of them may be one name, whatever the script. For search only: never sent, never shown.
//!
//! A word of a name has *keys*, short codes of how it may be read. Two words may be the same name if they have a key in
//! common, so an index looks names up without comparing each with each.
//!
//! - Latin and Cyrillic words have keys of their sounds. They tell a from u, and both from i; o may be read as a or u.
//! - Arabic script leaves out short vowels: between it and the others only the consonants are compared. Two words that
//!   are both written with vowels are never compared so.
//! - A compound is found by its parts and as a whole, a name by any of its words in any order.

mod consonants;
mod letters;
mod sounds;

use std::collections::BTreeSet;

use crate::domain::words;
use crate::domain::words::Compound;

/// A code of how a word may be read. It tells much of the word: it is handled like one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Box<str>);

impl Key {
    /// A code; its first character says of what, so that only like is compared with like.
    fn new(of: char, code: &str) -> Self {
        Self(format!("{of}{code}").into())
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Of the sounds of a word with vowels.
const SOUNDS: char = '=';
/// Of the letters of a word in Arabic script.
const LETTERS: char = '~';
/// Of the consonants of a written word with vowels; a word in Arabic script asks for it.
const WITH_VOWELS: char = '+';
/// Of the consonants of a written word in Arabic script; a word with vowels asks for it.
const WITHOUT_VOWELS: char = '-';

/// The keys of one word: under those it is filed, and those to look it up by.
struct Word {
    filed: BTreeSet<Key>,
    asked: BTreeSet<Key>,
}

impl Word {
    fn new(word: &str) -> Self {
        let (own, file, ask, consonants) = if words::is_arabic(word) {
            let own = BTreeSet::from([Key::new(LETTERS, &words::fold(word))]);
            (own, WITHOUT_VOWELS, WITH_VOWELS, consonants::of_arabic(word))
        } else {
            let sounds = sounds::of(word);
            let own = sounds.iter().map(|sounds| Key::new(SOUNDS, sounds)).collect();
            (own, WITH_VOWELS, WITHOUT_VOWELS, sounds.iter().filter_map(|s| consonants::of_sounds(s)).collect())
        };
        let also = |of: char| {
            let more = consonants.iter().map(move |code| Key::new(of, code));
            own.iter().cloned().chain(more).collect::<BTreeSet<_>>()
        };
        Self { filed: also(file), asked: also(ask) }
    }
}

/// The keys under which a name is filed: those of its words, of the parts of compounds, and of compounds as a whole.
#[must_use]
pub fn filed(name: &str) -> BTreeSet<Key> {
    let spellings = words::compounds(name).flat_map(|compound| compound.spellings().collect::<Vec<_>>());
    spellings.flat_map(|spelling| Word::new(&spelling).filed).collect()
}

/// What to look a name up by, for each word of a query: the name is found where each of them is found.
#[must_use]
pub fn asked(compounds: &[Compound<'_>]) -> Vec<Asked> {
    let whole = |compound: &Compound<'_>| compound.parts().concat();
    let mut before = None;
    let mut asked = vec![];
    for (i, compound) in compounds.iter().enumerate() {
        let this = whole(compound);
        let after = compounds.get(i + 1).map(|after| format!("{this}{}", whole(after)));
        let wholes = [compound.joined(), before, after.clone()];
        asked.push(Asked {
            whole: wholes.into_iter().flatten().flat_map(|whole| Word::new(&whole).asked).collect(),
            parts: compound.parts().iter().map(|part| Word::new(part).asked).collect(),
        });
        before = after;
    }
    asked
}

/// A word or compound to look up. It is found where each of its parts is found, or a whole: the compound, or the word
/// together with one beside it, since others may write both as one.
pub struct Asked {
    whole: BTreeSet<Key>,
    parts: Vec<BTreeSet<Key>>,
}

impl Asked {
    /// The keys of the wholes; none for a word alone.
    #[must_use]
    pub const fn whole(&self) -> &BTreeSet<Key> {
        &self.whole
    }

    /// The keys of each part.
    #[must_use]
    pub fn parts(&self) -> &[BTreeSet<Key>] {
        &self.parts
    }

    /// Whether it is found under these keys.
    #[must_use]
    pub fn is_in(&self, filed: &BTreeSet<Key>) -> bool {
        let found = |keys: &BTreeSet<Key>| !keys.is_disjoint(filed);
        found(&self.whole) || self.parts.iter().all(found)
    }
}

#[cfg(test)]
mod tests;
