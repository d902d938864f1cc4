//! Names: the vectors, other transliterations of them, and how seldom different names collide.

use std::collections::BTreeSet;

use super::*;
use crate::limits;

mod transliterate;

struct Entry {
    lang: String,
    as_written: String,
    latin: Vec<String>,
    must_match: Vec<String>,
    must_not_match: Vec<String>,
}

impl Entry {
    fn filed(&self) -> BTreeSet<Key> {
        std::iter::once(&self.as_written).chain(&self.latin).flat_map(|name| filed(name)).collect()
    }
}

fn entries() -> Vec<Entry> {
    let file = include_str!("../../../tests/data/names.json");
    let file: serde_json::Value = serde_json::from_str(file).unwrap();
    let texts = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let entries = file["entries"].as_array().unwrap().iter();
    let entries: Vec<_> = entries
        .map(|entry| Entry {
            lang: entry["lang"].as_str().unwrap().to_owned(),
            as_written: entry["as_written"].as_str().unwrap().to_owned(),
            latin: entry["latin"].as_array().unwrap().iter().map(|l| l["text"].as_str().unwrap().to_owned()).collect(),
            must_match: texts(&entry["must_match"]),
            must_not_match: texts(&entry["must_not_match"]),
        })
        .collect();
    assert!(entries.len() > 100);
    entries
}

fn finds(query: &str, filed: &BTreeSet<Key>) -> bool {
    let compounds: Vec<_> = words::compounds(query).collect();
    asked(&compounds).iter().all(|word| word.is_in(filed))
}

/// Whether two spellings may be one name, whichever of them was written.
fn same(one: &str, other: &str) -> bool {
    let (there, back) = (finds(one, &filed(other)), finds(other, &filed(one)));
    assert_eq!(there, back, "{one} and {other}");
    there
}

#[test]
fn the_vectors_are_found_and_only_they() {
    let mut faults = vec![];
    for entry in entries() {
        let filed = entry.filed();
        let missed = entry.must_match.iter().filter(|query| !finds(query, &filed)).map(|q| ("misses", q));
        let wrong = entry.must_not_match.iter().filter(|query| finds(query, &filed)).map(|q| ("wrongly has", q));
        faults.extend(missed.chain(wrong).map(|(what, query)| format!("{} {what} {query}", entry.as_written)));
    }
    assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn nearly_all_vectors_are_found_without_their_latin_forms() {
    let (mut all, mut missed) = (0, 0);
    let mut names = BTreeSet::new();
    for entry in entries() {
        let filed = filed(&entry.as_written);
        for query in entry.must_match.iter().chain(&entry.latin) {
            all += 1;
            if !finds(query, &filed) {
                missed += 1;
                names.insert(entry.as_written.clone());
            }
        }
    }
    assert_eq!((all, missed), (1349, 12));
    // Names of one place in two languages rather than spellings of one name.
    assert_eq!(names, ["Aşgabat", "Qorasuv", "Өзгөн", "Панҷакент"].map(ToOwned::to_owned).into());
}

#[test]
fn other_transliterations_are_found() {
    let mut counted = 0;
    let mut faults = vec![];
    for entry in entries() {
        for scheme in transliterate::SCHEMES {
            let Some(latin) = transliterate::by(scheme, &entry.as_written, &entry.lang) else { continue };
            counted += 1;
            if !finds(&latin, &filed(&entry.as_written)) || !finds(&entry.as_written, &filed(&latin)) {
                faults.push(format!("{} {latin}", entry.as_written));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {counted}\n{}", faults.len(), faults.join("\n"));
    assert!(counted > 150, "{counted}");
}

#[test]
fn arabic_script_and_the_others_meet_in_consonants() {
    for (arabic, other) in [
        ("غفور", "Ғафур"),
        ("غفور", "G'afur"),
        ("غفوروف", "Ғаффоров"),
        ("یوسف", "Юсуф"),
        ("جمعه", "Джума"),
        ("محمد", "Muhammad"),
        ("رحمت‌الله", "Раҳматулло"),
        ("فیض‌آباد", "Faizabad"),
        ("اسحاق", "Isʼhoq"),
        ("ښایسته", "Shayista"),
        ("ښایسته", "Khaista"),
    ] {
        assert!(same(arabic, other), "{arabic} {other}");
    }
    for (arabic, other) in [("غفور", "Ғаффоров"), ("یوسف", "Асад"), ("محمد", "Ahmad"), ("خان", "Қон")]
    {
        assert!(!same(arabic, other), "{arabic} {other}");
    }
    // Both with vowels, or both without: consonants do not decide.
    assert!(!same("Karim", "Karam"));
    assert!(!same("کریم", "کرم"));
}

#[test]
fn common_names_that_differ_are_kept_apart() {
    for (one, other) in [
        ("Hasan", "Husan"),
        ("Хасан", "Husayn"),
        ("Karim", "Karam"),
        ("Салим", "Salom"),
        ("Murod", "Mirod"),
        ("Холов", "Хаёлов"),
        ("Rahim", "Rahmon"),
        ("Алиев", "Валиев"),
        ("Собиров", "Сабуров"),
        ("Иванов", "Иванова"),
        ("Азизов", "Азимов"),
        ("Юнусов", "Юсупов"),
        ("Қодир", "Ғадир"),
        ("Назаров", "Низоров"),
        ("Достук", "Дустлик"),
    ] {
        assert!(!same(one, other), "{one} {other}");
    }
    for (one, other) in [
        ("Рахимов", "Rahimov"),
        ("Raximov", "Rakhimov"),
        ("Ҷӯраев", "Juraev"),
        ("Жўраев", "Djuraev"),
        ("Joʻrayev", "Джураев"),
        ("Юлдашев", "Yoʻldoshev"),
        ("Abdulla", "Абдуллоҳ"),
        ("Максим", "Maxim"),
        ("Zokir", "Закир"),
        ("Нуриддин", "Nooriddin"),
    ] {
        assert!(same(one, other), "{one} {other}");
    }
}

/// The pairs that may be one name, and how many pairs there are.
fn collisions(words: &BTreeSet<String>) -> (usize, Vec<String>) {
    let words: Vec<_> = words.iter().collect();
    let pairs = words.iter().enumerate().flat_map(|(i, one)| words.iter().skip(i + 1).map(move |other| (one, other)));
    let pairs: Vec<_> = pairs.collect();
    let same = pairs.iter().filter(|(one, other)| same(one, other)).map(|(one, other)| format!("{one} {other}"));
    (pairs.len(), same.collect())
}

#[test]
fn different_names_of_the_vectors_seldom_collide() {
    // Measured: one of 3,110 pairs of words of one language, and those two are one name.
    let entries = entries();
    let languages: BTreeSet<_> = entries.iter().map(|entry| entry.lang.clone()).collect();
    let (mut all, mut colliding) = (0, vec![]);
    for language in languages {
        let own = entries.iter().filter(|entry| entry.lang == language);
        let compounds = own.flat_map(|entry| words::compounds(&entry.as_written));
        let spellings = compounds.flat_map(|compound| compound.spellings().collect::<Vec<_>>());
        let (pairs, more) = collisions(&spellings.collect());
        all += pairs;
        colliding.extend(more);
    }
    assert_eq!((all, colliding), (3110, vec!["Джахангир Джахонгир".to_owned()]));
}

#[test]
fn common_surnames_do_not_collide() {
    let surnames = "Abdullayev Ahmedov Aliyev Aminov Asadov Ashurov Azimov Azizov Boboyev Davlatov Ergashev Fayzullayev \
        Gafurov Halilov Hamidov Hasanov Holov Husanov Ibragimov Ismoilov Jalolov Joʻrayev Kamolov Karimov Kodirov \
        Komilov Mahmudov Mamatov Mirzayev Muminov Murodov Nazarov Nematov Niyozov Nurmatov Olimov Ortiqov Oripov \
        Qosimov Rahimov Rahmonov Rajabov Rasulov Rustamov Sabirov Sadikov Safarov Saidov Salimov Sattorov Sharipov \
        Soliyev Sultonov Tojiyev Toshmatov Tursunov Umarov Usmonov Vohidov Xayolov Xudoyberdiyev Yunusov Yusupov \
        Yoʻldoshev Zaripov Zokirov";
    let surnames: BTreeSet<String> = surnames.split_whitespace().map(ToOwned::to_owned).collect();
    let (pairs, colliding) = collisions(&surnames);
    assert!(pairs > 2000);
    assert_eq!(colliding, [""; 0]);
}

#[test]
fn words_written_apart_find_what_is_written_as_one() {
    for (query, name) in
        [("Faiz Abad", "Faizabad"), ("فیض آباد", "Faizabad"), ("Imam Nazar Taxmin", "Taxmin Ymamnazar")]
    {
        assert!(finds(query, &filed(name)), "{query}");
    }
    assert!(!finds("Faiz Taxmin", &filed("Faizabad Taxmin")));
}

#[test]
fn any_text_has_keys_and_not_too_many() {
    for text in ["", "'", "ъ", "محمد", "漢字", "o".repeat(20_000).as_str(), "شاه-o-x-sh-ё", "A\u{301}\u{200D}"]
    {
        assert!(finds(text, &filed(text)));
        assert!(filed(text).len() <= 4 * 2 * limits::READINGS, "{}", filed(text).len());
    }
    assert!(same("漢字", "漢字"));
    assert!(!same("漢字", "日本"));
    assert!(same("12", "۱۲"));
}
