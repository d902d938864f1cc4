//! The sounds of a Latin or Cyrillic word: all ways in which it may be read, each in one settled form.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::domain::fields::decimal;
use crate::domain::spelling::letters;
use crate::domain::words::is_apostrophe;
use crate::limits;

/// The readings of a word, at least one; a word may read as nothing.
pub(super) fn of(word: &str) -> BTreeSet<String> {
    let word = plain(word);
    let mut readings = vec![String::new()];
    let (mut before, mut rest) = (None, word.as_str());
    while let Some(letter) = rest.chars().next() {
        let (letters, sounds) = letters::together(rest).unwrap_or_else(|| {
            let (this, after) = rest.split_at(letter.len_utf8());
            (this, sounds_between(before, letter, after.chars().next()).unwrap_or(this))
        });
        readings = grown(readings, sounds);
        before = letters.chars().last();
        rest = rest.get(letters.len()..).unwrap_or_default();
    }
    readings.into_iter().map(|reading| settled(&reading)).collect()
}

/// Lower case; marks only on letters that sound otherwise with them; one form of apostrophe.
fn plain(word: &str) -> String {
    let lower = word.nfkc().take(limits::WORD_CHARS).collect::<String>().to_lowercase();
    let mut plain = String::with_capacity(lower.len());
    for c in lower.nfc() {
        if is_apostrophe(c) {
            plain.push(letters::APOSTROPHE);
        } else if letters::alone(c).is_some() {
            plain.push(c);
        } else {
            let base = std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c));
            plain.extend(base.map(|c| decimal(c).unwrap_or(c)));
        }
    }
    plain
}

/// The sounds of a letter between two others.
fn sounds_between(before: Option<char>, letter: char, after: Option<char>) -> Option<&'static str> {
    let after_vowel = before.is_some_and(is_vowel);
    match letter {
        // ISO 9 writes й so.
        'j' if after_vowel && !after.is_some_and(|after| after != 'y' && is_vowel(after)) => Some("j|i"),
        // Кайыңды is Каинда to Russian ears.
        'y' | 'ы' if before.is_some() && !after_vowel && after.is_none() => Some("i|a"),
        _ => letters::alone(letter),
    }
}

fn is_vowel(letter: char) -> bool {
    letters::alone(letter).is_some_and(|sounds| sounds.starts_with(is_vowel_sound))
}

/// Whether a sound is a vowel.
pub(super) const fn is_vowel_sound(sound: char) -> bool {
    matches!(sound, 'a' | 'i' | 'u')
}

/// Each reading with each of these sounds behind it; once there are too many, with the most usual only.
fn grown(readings: Vec<String>, sounds: &str) -> Vec<String> {
    let room = limits::READINGS / readings.len().max(1);
    let choices: Vec<_> = sounds.split('|').collect();
    let choices = if choices.len() <= room { choices.as_slice() } else { choices.get(..1).unwrap_or_default() };
    choices.iter().flat_map(|sound| readings.iter().map(move |reading| format!("{reading}{sound}"))).collect()
}

/// What speakers do not keep apart, or spellings do not show: doubled sounds, a glide before a vowel, the voice of a
/// final stop, the h of -llah.
fn settled(reading: &str) -> String {
    let single = without_doubles(reading.chars());
    let mut kept: Vec<char> = vec![];
    let mut sounds = single.chars().peekable();
    while let Some(sound) = sounds.next() {
        let glides = sound == 'i' && matches!(sounds.peek(), Some('a' | 'u'));
        let after_consonant = kept.last().is_some_and(|last| !is_vowel_sound(*last));
        if !(glides && after_consonant) {
            kept.push(sound);
        }
    }
    if kept.ends_with(&['l', 'a', 'h']) {
        kept.pop();
    }
    if let Some(last) = kept.last_mut() {
        *last = match *last {
            'd' => 't',
            'b' => 'p',
            other => other,
        };
    }
    without_doubles(kept.into_iter())
}

/// Sounds without those that repeat the one before.
pub(super) fn without_doubles(sounds: impl Iterator<Item = char>) -> String {
    let mut single = String::new();
    for sound in sounds {
        if !single.ends_with(sound) {
            single.push(sound);
        }
    }
    single
}
