//! The consonants of a word: what Arabic script shows of it, and what is compared with a word in another script.
//!
//! Written with the sounds of [`letters`](super::letters). و and ی are not among them, since they are vowels as often.

use std::collections::BTreeSet;

use crate::domain::spelling::sounds::is_vowel_sound;
use crate::domain::spelling::sounds::without_doubles;
use crate::domain::words;
use crate::limits;

/// Fewer consonants do not say enough.
const LEAST: usize = 2;

/// Of a word with vowels, from its sounds; `None` if there are too few.
pub(super) fn of_sounds(sounds: &str) -> Option<String> {
    let sounds = sounds.strip_suffix('h').unwrap_or(sounds);
    // Arabic script writes the surnames with ف.
    let surname = sounds.ends_with("av") || sounds.ends_with("iv");
    let consonants = sounds.chars().filter(|sound| !is_vowel_sound(*sound) && *sound != 'v');
    enough(without_doubles(consonants.chain(surname.then_some('f'))))
}

/// Of a word in Arabic script; none if there are too few.
pub(super) fn of_arabic(word: &str) -> BTreeSet<String> {
    let folded = words::fold(word);
    // At the end of a word ه is mostly the vowel.
    let letters = folded.strip_suffix('ه').unwrap_or(&folded);
    let mut letters = letters.chars().take(limits::WORD_CHARS).collect::<Vec<_>>();
    if let Some(last) = letters.last_mut() {
        // As speakers and other scripts have it.
        *last = match *last {
            'د' => 'ت',
            'ب' => 'پ',
            other => other,
        };
    }
    // Pashto ښ and ږ sound otherwise in the north than in the south.
    let north: String = letters.iter().filter_map(|letter| consonant(*letter, 'h', 'g')).collect();
    let south: String = letters.iter().filter_map(|letter| consonant(*letter, 'x', 'j')).collect();
    [north, south].into_iter().filter_map(|reading| enough(without_doubles(reading.chars()))).collect()
}

fn enough(consonants: String) -> Option<String> {
    (consonants.chars().count() >= LEAST).then_some(consonants)
}

/// The sound of a letter, `xeen` and `zhey` being those of ښ and ږ; `None` for what may be a vowel or is not spoken.
const fn consonant(letter: char, xeen: char, zhey: char) -> Option<char> {
    Some(match letter {
        'ب' => 'b',
        'پ' => 'p',
        'ت' | 'ط' | 'ټ' => 't',
        'ث' | 'س' | 'ص' | 'څ' => 's',
        'ج' | 'ژ' => 'j',
        'چ' => 'c',
        'ح' | 'خ' | 'ه' => 'h',
        'د' | 'ډ' => 'd',
        'ذ' | 'ز' | 'ض' | 'ظ' | 'ځ' => 'z',
        'ر' | 'ړ' => 'r',
        'ش' => 'x',
        'ښ' => xeen,
        'ږ' => zhey,
        'غ' | 'گ' => 'g',
        'ف' => 'f',
        'ق' | 'ک' => 'k',
        'ل' => 'l',
        'م' => 'm',
        'ن' | 'ڼ' | 'ں' => 'n',
        'ا' | 'و' | 'ی' | 'ع' | 'ء' => return None,
        other => other,
    })
}
