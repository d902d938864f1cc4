//! What is found, what is not, and that nothing is left of what was removed.

use super::*;
use crate::name::Reference;
use crate::time::Timestamp;
use crate::wire::Folder;
use crate::wire::NoticeBody;
use crate::wire::NoticeKind;

const OPEN: u32 = 1;
const OVERDUE: u32 = 2;

fn digest(number: u8) -> Digest {
    Digest([number; 32])
}

/// A received notice with this number, a minute later than the one before.
fn facts(number: u8) -> Facts {
    let from = "TM-FAR".parse().unwrap();
    // A number that has no check character is skipped.
    let reference = (u32::from(number) * 10..).find_map(|n| Reference::new(from, 26, n)).unwrap();
    Facts {
        notice: digest(number),
        reference,
        kind: NoticeKind::VehicleAlert,
        from,
        to: vec!["UZ-ALT".parse().unwrap()],
        index: u64::from(number),
        time: Timestamp::ZERO.plus_ms(i64::from(number) * 60_000),
        folder: Folder::Inbox,
        state: OPEN,
        exercise: false,
    }
}

fn content(names: &[&str], numbers: &[&str], texts: &[&str]) -> Content {
    let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    Content { names: owned(names), numbers: owned(numbers), texts: owned(texts) }
}

fn index() -> Index {
    let mut index = Index::default();
    index.insert(facts(1), &content(&["Мисолов Ғафур"], &["80 О 007 КХ"], &["Героин в раме прицепа"]));
    index.insert(facts(2), &content(&["Misolov Gʻafur", "غفور مثالی"], &["+998901234567"], &["Yuk mashinasi"]));
    index.insert(facts(3), &content(&["Хаёлова-Мисолова Гулноза"], &["ZZZU0004171"], &["Изъятие героина"]));
    index.insert(facts(4), &Content::default());
    index
}

fn found(index: &Index, query: &str) -> Vec<u8> {
    index.search(query, &Filters::default(), 10).newest.iter().map(|hit| hit.notice.0[0]).collect()
}

#[test]
fn every_word_must_be_there_and_the_newest_comes_first() {
    let index = index();
    for (query, notices) in [
        ("героин", vec![3, 1]),
        ("ГЕРОИНА", vec![3]),
        ("прицепа героин", vec![1]),
        ("прицепа изъятие", vec![]),
        // The last word may be a beginning, another may not.
        ("раме приц", vec![1]),
        ("приц раме", vec![]),
        ("г", vec![]),
        ("", vec![4, 3, 2, 1]),
        (" — ", vec![4, 3, 2, 1]),
    ] {
        assert_eq!(found(&index, query), notices, "{query}");
    }
}

#[test]
fn names_are_found_in_any_script_and_order() {
    let index = index();
    for (query, notices) in [
        ("Gafur Misolov", vec![2, 1]),
        ("Гафур", vec![2, 1]),
        ("غفور", vec![2, 1]),
        ("Хаелова", vec![3]),
        ("Khayolova Gulnoza", vec![3]),
        ("Gulnoza Gafur", vec![]),
    ] {
        assert_eq!(found(&index, query), notices, "{query}");
    }
}

#[test]
fn as_many_words_as_are_asked_for_are_enough_and_whole_hits_come_first() {
    let index = index();
    let found = |query: &str, words: usize| {
        let hits = index.search(query, &Filters { words, ..Filters::default() }, 10).newest;
        hits.iter().map(|hit| (hit.notice.0[0], hit.partial)).collect::<Vec<_>>()
    };
    for (query, words, notices) in [
        ("Misolov Gafur Ivanovich", 0, vec![]),
        ("Misolov Gafur Ivanovich", 2, vec![(2, true), (1, true)]),
        ("Мисолов Гафур прицепа", 2, vec![(1, false), (2, true)]),
        ("Misolov Gafur", 2, vec![(2, false), (1, false)]),
        ("Gafur", 2, vec![(2, false), (1, false)]),
        ("Gulnoza Gafur Ivanovich", 2, vec![]),
        ("", 2, vec![(4, false), (3, false), (2, false), (1, false)]),
    ] {
        assert_eq!(found(query, words), notices, "{query}");
    }
}

#[test]
fn numbers_are_found_in_their_normal_form() {
    let index = index();
    for (query, notices) in [
        ("80O007KX", vec![1]),
        ("80 О 007 КХ", vec![1]),
        ("80-o-007-kx", vec![1]),
        ("80O007", vec![1]),
        ("۸۰O007KX", vec![1]),
        ("80O008KX", vec![]),
        ("+998 90 123-45-67", vec![2]),
        ("zzzu 000417-1", vec![3]),
    ] {
        assert_eq!(found(&index, query), notices, "{query}");
    }
}

#[test]
fn references_are_found_whole_or_by_part() {
    let index = index();
    let reference = facts(2).reference;
    for query in [reference.to_string(), reference.to_string().to_lowercase(), reference.short()] {
        assert_eq!(found(&index, &query), [2], "{query}");
    }
    assert_eq!(found(&index, "TM-FAR-26"), [4, 3, 2, 1]);
    assert_eq!(found(&index, &format!("{reference} Misolov")), [2]);
    assert_eq!(found(&index, "TM-FAR"), [0; 0]);
}

#[test]
fn a_hit_says_why() {
    let index = index();
    let why = |query: &str| index.search(query, &Filters::default(), 1).newest[0].why;
    assert_eq!(why("изъятие"), Why::WORD);
    assert_eq!(why("Gulnoza"), Why::NAME);
    assert_eq!(why("80O007KX"), Why::NUMBER);
    assert_eq!(why(&facts(3).reference.to_string()), Why::REFERENCE);
    let both = why("Gulnoza изъятие");
    assert!(both.has(Why::NAME) && both.has(Why::WORD) && !both.has(Why::NUMBER));
    assert_eq!(why(""), Why::default());
}

#[test]
fn filters_narrow_what_is_found() {
    let mut index = index();
    let issued = Facts {
        kind: NoticeKind::Reply,
        from: "UZ-ALT".parse().unwrap(),
        to: vec!["TM-FAR".parse().unwrap(), "KG-DOS".parse().unwrap()],
        folder: Folder::Outbox,
        state: 0,
        ..facts(5)
    };
    index.insert(issued, &content(&[], &[], &["Ответ: героин"]));
    let all = Filters::default;
    let time = |number: u8| Some(facts(number).time);
    for (filters, notices) in [
        (all(), vec![5, 3, 1]),
        (Filters { kinds: vec![NoticeKind::Reply, NoticeKind::Refusal], ..all() }, vec![5]),
        (Filters { offices: vec!["TM-FAR".parse().unwrap()], ..all() }, vec![5, 3, 1]),
        (Filters { offices: vec!["KG-DOS".parse().unwrap(), "KZ-KOR".parse().unwrap()], ..all() }, vec![5]),
        (Filters { offices: vec!["KZ-KOR".parse().unwrap()], ..all() }, vec![]),
        (Filters { exercise: true, ..all() }, vec![]),
        (Filters { since: time(3), ..all() }, vec![5, 3]),
        (Filters { before: time(3), ..all() }, vec![1]),
        (Filters { folder: Some(Folder::Outbox), ..all() }, vec![5]),
        (Filters { state: OPEN | OVERDUE, ..all() }, vec![3, 1]),
        (Filters { state: OVERDUE, ..all() }, vec![]),
    ] {
        let hits = index.search("героин", &filters, 10);
        assert_eq!(hits.newest.iter().map(|hit| hit.notice.0[0]).collect::<Vec<_>>(), notices, "{filters:?}");
        assert_eq!(hits.total, notices.len());
        // Capped, and still counted.
        let one = index.search("героин", &filters, 1);
        assert_eq!((one.newest.first(), one.total), (hits.newest.first(), hits.total));
    }
    index.set_state(digest(1), OVERDUE);
    assert_eq!(index.search("героин", &Filters { state: OVERDUE, ..all() }, 10).total, 1);
}

#[test]
fn of_what_is_removed_no_word_is_left() {
    let mut index = index();
    index.remove(&BTreeSet::from([digest(1), digest(2), digest(9)]));
    assert_eq!(index.notices(), 2);
    assert_eq!(found(&index, "героин"), [3]);
    assert_eq!(found(&index, "Gafur"), [0; 0]);
    assert!(!index.terms.keys().any(|term| term.contains("прицеп") || term.contains("998901234567")));
    // What comes later is found, and what stayed is still itself.
    index.insert(facts(1), &content(&[], &[], &["Прицеп"]));
    assert_eq!(found(&index, "прицеп"), [1]);
    assert_eq!(found(&index, "Gulnoza"), [3]);
    index.remove(&[1, 3, 4].map(digest).into());
    assert!(index.terms.is_empty() && index.rows.is_empty() && index.places.is_empty());
}

#[test]
fn a_notice_that_comes_again_is_known_anew() {
    let mut index = index();
    index.insert(facts(1), &content(&[], &[], &["Гашиш"]));
    assert_eq!(index.notices(), 4);
    assert_eq!(found(&index, "героин"), [3]);
    assert_eq!(found(&index, "гашиш"), [1]);
    assert_eq!(found(&index, ""), [4, 3, 2, 1]);
}

#[test]
fn one_notice_and_one_query_have_bounds() {
    let mut index = Index::default();
    let many: Vec<String> = (0..2 * limits::NOTICE_TERMS).map(|number| format!("w{number}")).collect();
    index.insert(facts(1), &content(&["Мисолов"], &["80 О 007 КХ"], &[&many.join(" ")]));
    assert_eq!(index.terms.len(), limits::NOTICE_TERMS);
    assert_eq!(
        (found(&index, "Misolov"), found(&index, "80O007KX"), found(&index, &many[0])),
        (vec![1], vec![1], vec![1])
    );
    assert!(index.bytes() > limits::NOTICE_TERMS);
    // Four o, and as many readings as there may be.
    index.insert(facts(2), &content(&["Bobobobobo Boboyoroboto"], &[], &[]));
    assert!(index.terms.len() < limits::NOTICE_TERMS + 4 * limits::READINGS + 2);
    assert_eq!(check_query(" — "), Err(QueryError::Empty));
    assert_eq!(check_query(&"a-".repeat(limits::QUERY_WORDS)), Ok(()));
    assert_eq!(check_query(&"a-".repeat(limits::QUERY_WORDS + 1)), Err(QueryError::Long));
    assert_eq!(check_query(&"x".repeat(limits::QUERY_CHARS + 1)), Err(QueryError::Long));
    assert_eq!(words_of(&format!("a {}", "b-".repeat(limits::QUERY_WORDS))).len(), 1);
}

#[test]
fn debug_shows_no_word() {
    let shown = format!("{:?}", index());
    assert!(shown.starts_with("Index { notices: 4, terms: "), "{shown}");
    assert!(!shown.to_lowercase().contains("геро") && !shown.contains("80"), "{shown}");
}

#[test]
fn the_samples_are_found_by_their_own_words() {
    let (mut index, mut numbers) = (Index::default(), vec![]);
    for (i, file) in std::fs::read_dir("tests/data/notices").unwrap().enumerate() {
        let draft = std::fs::read(file.unwrap().path()).unwrap();
        let draft: serde_json::Value = serde_json::from_slice(&draft).unwrap();
        // Forms of a draft file only.
        let subject = serde_json::json!({"subject": draft["body"]["subject"], "narrative": draft["body"]["narrative"]});
        let subject = subject.as_object().unwrap().clone().into_iter().filter(|(_, text)| !text.is_null());
        let body: NoticeBody = serde_json::from_value(subject.collect()).unwrap();
        let number = u8::try_from(i + 1).unwrap();
        let content = Content::of(&body).unwrap();
        index.insert(facts(number), &content);
        numbers.push((number, content));
    }
    assert!(numbers.len() > 70);
    for (number, content) in numbers {
        for text in &content.texts {
            let filters = Filters::default();
            for word in words::compounds(text).flat_map(|compound| compound.spellings().collect::<Vec<_>>()) {
                let hits = index.search(&word, &filters, 100);
                assert!(hits.newest.iter().any(|hit| hit.notice == digest(number)), "{word}");
            }
        }
    }
}
