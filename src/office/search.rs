//! Search over the notices whose text this office may read, in memory only: nothing of it is ever stored or sent.
//!
//! Not a judge of who may search, and no writer of access entries: its callers are both.
//!
//! - A notice is found if every word of the query is in it, or as many as are asked for: as a word of its text, as a name in any spelling, as a
//!   number such as a plate, or as its reference or a part of that. The last word may be the beginning of a word.
//! - Once a notice is removed, no word of it is left.

mod content;
mod follow;
mod row;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Bound;

use crate::domain::fields::plate_norm;
use crate::domain::spelling;
use crate::domain::spelling::Asked;
use crate::domain::spelling::Key;
use crate::domain::words;
use crate::domain::words::Compound;
use crate::limits;
use crate::name::Digest;

pub use content::Content;
pub use follow::Followed;
pub use row::Facts;
pub use row::Filters;
use row::Row;
pub use row::state_bit;

/// First characters of terms: what sort of thing the rest is.
const WORD: char = 'w';
const NAME: char = 'n';
const NUMBER: char = '#';

/// Why a notice is among the hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Why(u8);

impl Why {
    /// For a word of its text.
    pub const WORD: Self = Self(1);
    /// For a name.
    pub const NAME: Self = Self(2);
    /// For a plate or another number.
    pub const NUMBER: Self = Self(4);
    /// For its reference.
    pub const REFERENCE: Self = Self(8);

    /// Whether this is a reason.
    #[must_use]
    pub const fn has(self, reason: Self) -> bool {
        self.0 & reason.0 != 0
    }

    const fn is_none(self) -> bool {
        self.0 == 0
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A notice that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The notice.
    pub notice: Digest,
    /// Why; nothing if the query has no words.
    pub why: Why,
    /// Whether it has only some of the words.
    pub partial: bool,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Those with all words before others, then the newest; at most as many as were asked for.
    pub newest: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
}

/// The index. It holds the words of all texts: its `Debug` shows counts only.
#[derive(Default)]
pub struct Index {
    rows: Vec<Row>,
    places: BTreeMap<Digest, u32>,
    /// For each term the places of the notices that have it, in their order.
    terms: BTreeMap<Box<str>, Vec<u32>>,
}

/// For each notice, by its place, why a part of the query finds it.
struct Marks(Vec<Why>);

impl Index {
    /// Adds a notice, in place of what was known of it. A kind without text has an empty content.
    pub fn insert(&mut self, facts: Facts, content: &Content) {
        if self.places.contains_key(&facts.notice) {
            self.remove(&BTreeSet::from([facts.notice]));
        }
        // 2^32 notices do not fit into memory.
        let Ok(place) = u32::try_from(self.rows.len()) else { return };
        self.places.insert(facts.notice, place);
        self.rows.push(Row::new(facts));
        for term in terms(content) {
            self.terms.entry(term).or_default().push(place);
        }
    }

    /// Removes notices, and every word that no other notice has. It goes through the whole index, for one notice as for
    /// many: those that expire together are removed together.
    pub fn remove(&mut self, notices: &BTreeSet<Digest>) {
        let mut kept = 0;
        let moved = self.rows.iter().map(|row| {
            (!notices.contains(&row.facts.notice)).then(|| {
                kept += 1_u32;
                kept - 1
            })
        });
        let moved = moved.collect::<Vec<_>>();
        let to = |place: &u32| usize::try_from(*place).ok().and_then(|place| *moved.get(place)?);
        self.rows.retain(|row| !notices.contains(&row.facts.notice));
        self.places = self.places.iter().filter_map(|(notice, place)| Some((*notice, to(place)?))).collect();
        self.terms.retain(|_, places| {
            *places = places.iter().filter_map(to).collect();
            !places.is_empty()
        });
    }

    /// What is known of a notice.
    #[must_use]
    pub fn facts(&self, notice: Digest) -> Option<&Facts> {
        let place = usize::try_from(*self.places.get(&notice)?).ok()?;
        self.rows.get(place).map(|row| &row.facts)
    }

    /// The notices that are in one of these states.
    pub fn in_state(&self, states: u32) -> impl Iterator<Item = Digest> {
        self.rows.iter().filter(move |row| row.facts.state & states != 0).map(|row| row.facts.notice)
    }

    /// Notes the state of a notice, if it is known here.
    pub fn set_state(&mut self, notice: Digest, state: u32) {
        let place = self.places.get(&notice).and_then(|place| usize::try_from(*place).ok());
        if let Some(row) = place.and_then(|place| self.rows.get_mut(place)) {
            row.facts.state = state;
        }
    }

    /// About how much memory it needs, bytes: a postings list grows by doubling, and a map of short keys is half empty.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let term = size_of::<(Box<str>, Vec<u32>)>();
        let terms =
            self.terms.iter().map(|(text, places)| 2 * term + text.len() + places.capacity() * size_of::<u32>());
        let row = size_of::<Row>() + 2 * size_of::<(Digest, u32)>();
        terms.sum::<usize>() + self.rows.iter().map(|line| row + line.reference.len()).sum::<usize>()
    }

    /// How many notices it knows.
    #[must_use]
    pub const fn notices(&self) -> usize {
        self.rows.len()
    }

    /// Finds the notices that pass the filters and have every word of the query, or as many as the filters say; all that pass if
    /// it has no words.
    #[must_use]
    pub fn search(&self, query: &str, filters: &Filters, limit: usize) -> Hits {
        let compounds = words_of(query);
        let asked = spelling::asked(&compounds);
        let last = compounds.len().saturating_sub(1);
        let enough = if filters.words == 0 { compounds.len() } else { filters.words.min(compounds.len()) };
        let (mut marks, mut whole) = (self.nothing(), self.nothing());
        let mut counts = vec![0_usize; self.rows.len()];
        for (i, (compound, asked)) in compounds.iter().zip(&asked).enumerate() {
            let these = self.compound(compound, asked, i == last);
            counts.iter_mut().zip(&these.0).for_each(|(count, why)| *count += usize::from(!why.is_none()));
            marks.add(&these);
        }
        if last > 0 {
            // A plate or a telephone number may be written in groups.
            self.number(&plate_norm(query), true, &mut whole);
        }
        let why = |place: usize, count: usize| match (marks.at(place), whole.at(place)) {
            (why, whole) if count == compounds.len() => Some((why.and(whole), false)),
            (_, whole) if !whole.is_none() => Some((whole, false)),
            (why, _) if count >= enough => Some((why, true)),
            _ => None,
        };
        let passing = self.rows.iter().zip(counts).enumerate().filter(|(_, (row, _))| filters.pass(&row.facts));
        let found = passing.filter_map(|(place, (row, count))| {
            let (why, partial) = why(place, count)?;
            Some((row.facts.index, Hit { notice: row.facts.notice, why, partial }))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_unstable_by_key(|(index, hit)| (hit.partial, Reverse(*index)));
        let total = found.len();
        Hits { newest: found.into_iter().take(limit).map(|(_, hit)| hit).collect(), total }
    }

    /// Why one compound of a query finds each notice.
    fn compound(&self, compound: &Compound<'_>, asked: &Asked, last: bool) -> Marks {
        let whole = compound.parts().concat();
        let mut marks = self.all(compound.parts().iter().enumerate(), |(i, part), marks| {
            self.word(part, last && i + 1 == compound.parts().len(), marks);
        });
        self.word(&whole, last, &mut marks);
        marks.add(&self.all(asked.parts().iter(), |keys, marks| self.name(keys, marks)));
        self.name(asked.whole(), &mut marks);
        let number = plate_norm(&whole);
        self.number(&number, last, &mut marks);
        if number.len() >= limits::REFERENCE_PART_CHARS && number.contains(|c: char| c.is_ascii_digit()) {
            let rows = marks.0.iter_mut().zip(&self.rows);
            rows.filter(|(_, row)| row.reference.contains(&number)).for_each(|(why, _)| *why = why.and(Why::REFERENCE));
        }
        marks
    }

    /// What all parts find.
    fn all<T>(&self, parts: impl Iterator<Item = T>, find: impl Fn(T, &mut Marks)) -> Marks {
        let found = parts.map(|part| {
            let mut marks = self.nothing();
            find(part, &mut marks);
            marks
        });
        found.reduce(|earlier, these| Marks::both(earlier, &these)).unwrap_or_else(|| self.nothing())
    }

    fn nothing(&self) -> Marks {
        Marks(vec![Why::default(); self.rows.len()])
    }

    fn word(&self, word: &str, begins: bool, marks: &mut Marks) {
        let word = words::fold(word);
        let begins = begins && word.chars().count() >= limits::PREFIX_CHARS;
        self.term(WORD, &word, begins, Why::WORD, marks);
    }

    fn name(&self, keys: &BTreeSet<Key>, marks: &mut Marks) {
        for key in keys {
            self.term(NAME, key.as_str(), false, Why::NAME, marks);
        }
    }

    fn number(&self, number: &str, begins: bool, marks: &mut Marks) {
        let begins = begins && number.chars().count() >= limits::PREFIX_CHARS;
        self.term(NUMBER, number, begins, Why::NUMBER, marks);
    }

    /// Marks the notices that have a term, or with `begins` one that begins so.
    fn term(&self, sort: char, text: &str, begins: bool, why: Why, marks: &mut Marks) {
        let term = format!("{sort}{text}");
        if begins {
            let from = self.terms.range::<str, _>((Bound::Included(term.as_str()), Bound::Unbounded));
            from.take_while(|(found, _)| found.starts_with(&term)).for_each(|(_, places)| marks.mark(places, why));
        } else if let Some(places) = self.terms.get(term.as_str()) {
            marks.mark(places, why);
        }
    }
}

impl Marks {
    fn at(&self, place: usize) -> Why {
        self.0.get(place).copied().unwrap_or_default()
    }

    fn mark(&mut self, places: &[u32], why: Why) {
        for place in places {
            if let Some(marked) = usize::try_from(*place).ok().and_then(|place| self.0.get_mut(place)) {
                *marked = marked.and(why);
            }
        }
    }

    fn add(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(why, other)| *why = why.and(*other));
    }

    /// What both find, and why either does.
    fn both(mut one: Self, other: &Self) -> Self {
        for (why, other) in one.0.iter_mut().zip(&other.0) {
            *why = if why.is_none() || other.is_none() { Why::default() } else { why.and(*other) };
        }
        one
    }
}

/// The words of a query that count: as many as have no more parts than there may be.
fn words_of(query: &str) -> Vec<Compound<'_>> {
    let mut parts = 0;
    let counts = |compound: &Compound<'_>| {
        parts += compound.parts().len();
        parts <= limits::QUERY_WORDS
    };
    words::compounds(query).take_while(counts).collect()
}

/// Why a query is not looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It has no word.
    #[error("there is no word to look for")]
    Empty,
    /// It is too long.
    #[error("the query has more than {} characters or {} words", limits::QUERY_CHARS, limits::QUERY_WORDS)]
    Long,
}

/// Checks that a query has words, and that all of them count.
///
/// # Errors
/// If it has none, or too many.
pub fn check_query(query: &str) -> Result<(), QueryError> {
    if query.chars().count() > limits::QUERY_CHARS {
        return Err(QueryError::Long);
    }
    match words::compounds(query).map(|compound| compound.parts().len()).sum() {
        0 => Err(QueryError::Empty),
        parts if parts > limits::QUERY_WORDS => Err(QueryError::Long),
        _ => Ok(()),
    }
}

/// The terms of a content. Names and numbers are words as well. If there are too many, those of numbers and names stay.
fn terms(content: &Content) -> BTreeSet<Box<str>> {
    let numbers = content.numbers.iter().map(|number| (NUMBER, plate_norm(number)));
    let names = content.names.iter().flat_map(|name| spelling::filed(name));
    let names = names.map(|key| (NAME, key.as_str().to_owned()));
    let texts = content.numbers.iter().chain(&content.names).chain(&content.texts);
    let words = texts.flat_map(|text| words::compounds(text));
    let words = words.flat_map(|compound| compound.spellings().collect::<Vec<_>>());
    let words = words.map(|word| (WORD, words::fold(&word)));
    let mut terms = BTreeSet::new();
    for (sort, text) in numbers.chain(names).chain(words) {
        if terms.len() == limits::NOTICE_TERMS {
            break;
        }
        terms.insert(format!("{sort}{text}").into_boxed_str());
    }
    terms
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (notices, terms) = (self.rows.len(), self.terms.len());
        f.debug_struct("Index").field("notices", &notices).field("terms", &terms).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
