//! Search over 20,000 notices: the first answer, what the index takes in, and the memory it needs.

use std::collections::BTreeSet;
use std::hint::black_box;

use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::name::Reference;
use chapar::office::search::Content;
use chapar::office::search::Facts;
use chapar::office::search::Filters;
use chapar::office::search::Index;
use chapar::time::Timestamp;
use chapar::wire::Folder;
use chapar::wire::NoticeKind;
use criterion::Criterion;

/// Notices in the index, and words in the text of each.
const NOTICES: u32 = 20_000;
const WORDS: u32 = 150;

/// Hits of an answer.
const PAGE: usize = 50;

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(bound)).unwrap()
    }

    /// A Cyrillic word: the smaller the number, the more often it comes, as in texts.
    pub(crate) fn word(&mut self, words: u32) -> String {
        let (a, b) = (self.below(words), self.below(words));
        let mut number = u32::try_from(u64::from(a) * u64::from(b) / u64::from(words)).unwrap();
        let syllables = ["ба", "ков", "ли", "мур", "ни", "ро", "са", "тар", "ши", "жан", "ду", "ек"];
        let mut word = String::new();
        for _ in 0..5 {
            word.push_str(syllables[number as usize % syllables.len()]);
            number /= 12;
        }
        word
    }
}

fn names() -> Vec<String> {
    let file: serde_json::Value = serde_json::from_str(include_str!("../../tests/data/names.json")).unwrap();
    file["entries"].as_array().unwrap().iter().map(|entry| entry["as_written"].as_str().unwrap().to_owned()).collect()
}

/// A notice of two persons, a vehicle, a telephone and a text.
fn notice(number: u32, names: &[String], dice: &mut Dice) -> (Facts, Content) {
    let from: OfficeCode = "TM-FAR".parse().unwrap();
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    let facts = Facts {
        notice: Digest(digest),
        reference: (number * 4..).find_map(|number| Reference::new(from, 26, number)).unwrap(),
        kind: NoticeKind::VehicleAlert,
        from,
        to: vec!["UZ-ALT".parse().unwrap()],
        index: u64::from(number),
        time: Timestamp::ZERO.plus_ms(i64::from(number) * 1_000),
        folder: Folder::Inbox,
        state: 1,
        exercise: false,
    };
    let text: Vec<String> = (0..WORDS).map(|_| dice.word(60_000)).collect();
    let known = u32::try_from(names.len()).unwrap();
    let person = |dice: &mut Dice| format!("{} {}ов", names[dice.below(known) as usize], dice.word(5_000));
    let content = Content {
        names: vec![person(dice), person(dice)],
        numbers: vec![format!("80 {number:05} КХ"), format!("+99890{:07}", dice.below(10_000_000))],
        texts: vec![text.join(" ")],
    };
    (facts, content)
}

/// Memory of this process, bytes; 0 where the system does not tell.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|pages| pages.split(' ').nth(1)?.parse::<usize>().ok()).unwrap_or_default() * 4096
}

/// Measures search.
pub(crate) fn search(c: &mut Criterion) {
    let names = names();
    let mut group = c.benchmark_group("search");
    group.sample_size(20);
    let mut dice = Dice(7);
    let notices: Vec<_> = (0..NOTICES).map(|number| notice(number, &names, &mut dice)).collect();
    let before = resident();
    let mut index = Index::default();
    for (facts, content) in &notices {
        index.insert(facts.clone(), content);
    }
    let (grown, said) = ((resident() - before) / NOTICES as usize, index.bytes() / NOTICES as usize);
    println!("{index:?}, {grown} bytes a notice, by its own account {said}");
    let text = &notices[12_345].1.texts[0];
    let mut words = text.split(' ');
    let two = format!("{} {}", words.next().unwrap(), words.next().unwrap());
    let queries = [
        ("two words", two.as_str()),
        ("the beginning of a word", "ба"),
        ("a name in another script", "Gafur Namunayev"),
        ("a name in Arabic script", "غفور"),
        ("a plate", "80 12345 KX"),
        ("a reference", "TM-FAR-26-04"),
        ("nothing but filters", ""),
    ];
    for (name, query) in queries {
        assert!(index.search(query, &Filters::default(), PAGE).total > 0, "{name}");
        group.bench_function(name, |b| b.iter(|| index.search(black_box(query), &Filters::default(), PAGE)));
    }
    let (facts, content) = notice(NOTICES, &names, &mut dice);
    let only = BTreeSet::from([facts.notice]);
    group.bench_function("a notice comes and goes", |b| {
        b.iter(|| {
            index.insert(facts.clone(), &content);
            index.remove(&only);
        });
    });
    group.finish();
}
