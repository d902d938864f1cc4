//! The words for people: every code list is whole, and every key has its words in every language, and is used.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use chapar::i18n::Language;
use chapar::i18n::Words;
use fluent_bundle::FluentResource;

use crate::codegen::descriptors;

/// Code lists of the domain description (6.2): the enum, and its values after the one that says nothing.
const LISTS: [(&str, &str); 26] = [
    ("Urgency", "ROUTINE PRIORITY IMMEDIATE"),
    ("Traffic", "ACTUAL EXERCISE TEST"),
    ("Tlp", "RED AMBER_STRICT AMBER GREEN CLEAR"),
    ("Handling", "H0 H1 H2 H3"),
    (
        "PermittedAction",
        "NONE_CONTACT_FIRST INFORM_ONLY DISCREET_CHECK SPECIFIC_CHECK DETAIN_IF_LAWFUL SEIZE_IF_LAWFUL",
    ),
    ("Reliability", "A B C D E F"),
    ("Credibility", "1 2 3 4 5 6"),
    ("Assertion", "FACT ASSESSMENT UNVERIFIED"),
    (
        "Purpose",
        "DRUG_TRAFFICKING PRECURSOR_DIVERSION SMUGGLING_GOODS WEAPONS TRAFFICKING_PERSONS MIGRANT_SMUGGLING CURRENCY \
         WILDLIFE DOCUMENT_FRAUD OTHER",
    ),
    ("LegalBasisKind", "AGREEMENT NATIONAL_LAW MUTUAL_ASSISTANCE"),
    ("Agency", "BORDER CUSTOMS POLICE_MIA DRUG_CONTROL OTHER"),
    ("SubjectCategory", "SUSPECT CONVICTED VICTIM WITNESS CONTACT DRIVER_UNVERIFIED MISSING OTHER"),
    (
        "DrugClass",
        "HEROIN OPIUM MORPHINE OPIOID_OTHER CANNABIS_HERB CANNABIS_RESIN CANNABIS_OIL CANNABIS_PLANT COCAINE \
         AMPHETAMINE METHAMPHETAMINE MDMA NPS_SYNTH_CANNABINOID NPS_CATHINONE NPS_OTHER PSYCHOTROPIC_PHARMA \
         PRECURSOR_T1 PRECURSOR_T2 PRECURSOR_NONSCHEDULED UNKNOWN",
    ),
    (
        "ItemClass",
        "DRUG PRECURSOR TOBACCO ALCOHOL WEAPON AMMUNITION EXPLOSIVE CURRENCY PRECIOUS_METAL MEDICINE FUEL WILDLIFE \
         CULTURAL COUNTERFEIT OTHER",
    ),
    ("TestStatus", "NOT_TESTED FIELD_TEST_POSITIVE LAB_CONFIRMED LAB_NEGATIVE"),
    (
        "DetectionMethod",
        "RISK_PROFILE XRAY DOG PHYSICAL_SEARCH TRACE_DETECTOR DENSITY_METER INTELLIGENCE TIP_OFF CHANCE OTHER",
    ),
    (
        "ConcealmentPlace",
        "VEHICLE_FLOOR FUEL_TANK TYRE ENGINE CHASSIS_MAGNET CARGO_MIXED CARGO_IMPREGNATED CONTAINER_STRUCTURE \
         RAIL_CAR_FLOOR LUGGAGE CLOTHING BODY_EXTERNAL BODY_INTERNAL ANIMAL CHILD_EQUIPMENT POST NONE OTHER",
    ),
    ("TransportMode", "ROAD_TRUCK ROAD_CAR BUS MOTORCYCLE RAIL PEDESTRIAN ANIMAL RIVER AIR UAV POST UNKNOWN"),
    ("Direction", "INBOUND OUTBOUND TRANSIT GREEN_BORDER"),
    ("ReplyOutcome", "FULL PARTIAL NIL INTERIM"),
    (
        "RefusalGround",
        "NOT_HELD NOT_COMPETENT JUDICIAL_AUTHORISATION_NEEDED SECURITY_OR_ONGOING_CASE PERSON_AT_RISK \
         DISPROPORTIONATE NOT_WITHIN_AGREEMENT INACCURATE_OR_OUTDATED OTHER",
    ),
    ("FeedbackOutcome", "NOT_SEEN SEEN_PASSED CHECKED_NOTHING CHECKED_SEIZED REFUSED_ENTRY DETAINED"),
    (
        "AmendmentReason",
        "ERROR DUPLICATE PURPOSE_ENDED COURT_ORDER DATA_SUBJECT_REQUEST SOURCE_COMPROMISED SUPERSEDED CONFIRMED \
         UNCONFIRMED",
    ),
    (
        "RelationKind",
        "REPLY_TO CORRECTS WITHDRAWS FEEDBACK_ON ACKNOWLEDGES CONSENT_FOR AGREES_TO SAME_CASE DUPLICATE_OF FORWARDS",
    ),
    ("DeliveryPhase", "PROPOSED AGREED ACTIVE HANDED_OVER COMPLETED ABORTED"),
    ("Role", "OFFICER RELEASING_OFFICER ADMINISTRATOR AUDITOR DATA_PROTECTION_OFFICER NODE"),
];

/// The enums of the wire: name, and the words of the values after the first.
fn lists() -> BTreeMap<String, Vec<String>> {
    let set = descriptors();
    let enums = set.file.iter().flat_map(|file| &file.enum_type);
    let list = |list: &prost_types::EnumDescriptorProto| {
        let values: Vec<&str> = list.value.iter().map(prost_types::EnumValueDescriptorProto::name).collect();
        let prefix = values[0].strip_suffix("UNSPECIFIED").expect("value 0 says nothing");
        let words = values.iter().skip(1).map(|value| value.strip_prefix(prefix).unwrap().to_owned());
        (list.name().to_owned(), words.collect())
    };
    enums.map(list).collect()
}

/// `NoticeKind` as `notice-kind`.
fn kebab(name: &str) -> String {
    let dashed = name.chars().flat_map(|c| c.is_uppercase().then_some('-').into_iter().chain(c.to_lowercase()));
    dashed.skip(1).collect()
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The codes of the languages, as their files are named.
fn languages() -> Vec<String> {
    let files = std::fs::read_dir(root("i18n")).unwrap().map(|file| file.unwrap().path());
    let codes: Vec<String> = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert!(codes.len() > 1);
    codes
}

/// The keys of a language, attributes as `key.name`, each with its words.
fn keys(language: &str) -> BTreeMap<String, String> {
    let source = std::fs::read_to_string(root(&format!("i18n/{language}.ftl"))).unwrap();
    assert!(FluentResource::try_new(source.clone()).is_ok(), "{language} is no Fluent");
    let (mut found, mut message, mut last) = (BTreeMap::new(), String::new(), String::new());
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let (key, words) = line.split_once('=').unwrap_or((line, ""));
        let key = match key.trim().strip_prefix('.') {
            Some(attribute) => format!("{message}.{attribute}"),
            None if line.starts_with(' ') => {
                // What goes on over lines belongs to the key above.
                found.entry(last.clone()).and_modify(|words: &mut String| *words += line);
                continue;
            }
            None if line.is_empty() => continue,
            None => key.trim().to_owned(),
        };
        key.split('.').next().unwrap().clone_into(&mut message);
        last.clone_from(&key);
        assert_eq!(found.insert(key.clone(), words.trim().to_owned()), None, "{key} is there twice in {language}");
    }
    found
}

/// What a date is made of, as far as a language needs it.
const DATES: [&str; 2] = ["date-day", "date-month"];
const PARTS: [&str; 5] = ["day", "day-two", "month", "month-two", "year"];

/// What a text has filled in.
fn names(words: &str) -> BTreeSet<&str> {
    words.split('$').skip(1).map(|rest| rest.split([' ', '}', ',']).next().unwrap()).collect()
}

fn sources() -> String {
    let (mut text, mut folders) = (String::new(), vec![root("src"), root("templates")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

#[test]
fn code_lists_are_whole() {
    let lists = lists();
    for (name, values) in LISTS {
        assert_eq!(lists[name].join(" "), values, "{name}");
    }
    assert_eq!(lists["NoticeKind"].len(), 20);
}

#[test]
fn every_language_says_the_same() {
    let english = keys("en");
    for language in languages() {
        let own = keys(&language);
        let of_one: Vec<&String> = english
            .keys()
            .chain(own.keys())
            .filter(|key| !(english.contains_key(*key) && own.contains_key(*key)))
            .collect();
        assert_eq!(of_one, Vec::<&String>::new(), "keys of English or of {language} alone");
        for (key, words) in english.iter().filter(|(key, _)| !DATES.contains(&key.as_str())) {
            assert_eq!(names(words), names(&own[key]), "{key} in {language}");
        }
        for words in DATES.map(|key| &own[key]) {
            assert!(names(words).iter().all(|name| PARTS.contains(name)), "{words}");
        }
    }
}

/// Every file is a language of the build, and says what it is called and how it is written.
#[test]
fn every_file_is_a_language() {
    let built: BTreeSet<String> = Language::all().iter().map(|language| language.code().to_owned()).collect();
    assert_eq!(built, languages().into_iter().collect());
    for language in languages() {
        let own = keys(&language);
        assert!(matches!(own["-dir"].as_str(), "ltr" | "rtl"), "-dir of {language}");
        assert!(!own["-name"].is_empty() && own["-short"].chars().count() <= 3, "-name and -short of {language}");
        for month in 1..=12 {
            let names = PARTS.map(|name| (name, month.to_string()));
            let words = Words::of(Language::of_locale(&language));
            let (day, month) = (words.say("date-day", &names), words.say("date-month", &names));
            assert!(day.contains(&month) || month.contains(&names[2].1), "{day}, {month} in {language}");
            assert!(!(day.clone() + &month).contains(['{', '$']), "{day}, {month} in {language}");
        }
    }
}

/// Messages that name a command and are not said on pages: the command line says them, or only it can cause them.
const COMMAND_LINE: [&str; 45] = [
    "attachment-is-there",
    "attachment-name-unusable",
    "attachment-no-text",
    "attachment-not-found",
    "attachment-unwritten",
    "attachment-which",
    "check-without-offices",
    "demo-officers",
    "draft-never-returned",
    "failure-enrolled-already",
    "failure-forward-needs-words",
    "failure-no-change",
    "failure-no-folder",
    "failure-no-node",
    "failure-not-about",
    "failure-not-originator",
    "failure-not-reached",
    "failure-not-ticked",
    "failure-other-kind",
    "failure-own-forwarded",
    "failure-real-or-exercise",
    "failure-setup-code-over",
    "failure-store-open",
    "failure-was-revoked",
    "list-exercises",
    // Of the node as a whole, which `chapar status` says; the pages of offices say those of an office.
    "problem-alarms",
    "problem-clock-do",
    "problem-enrolment-do",
    "problem-key-beside",
    "problem-key-untrusted",
    "problem-many-ends",
    "problem-no-office",
    "problem-no-officer",
    "problem-no-roster",
    "problem-not-listed",
    "problem-other-key",
    "problem-overdue-here",
    "problem-overdue-there",
    "problem-proposed-do",
    "problem-unconfirmed",
    // A file of a draft; a Unix user.
    "refused-draft-file",
    "refused-nobody",
    "sheet-corrected",
    "sheet-withdrawn",
    "statistics-withheld-note",
];

/// Pages name their own places: what names a command says something else there.
#[test]
fn no_page_names_a_command() {
    for language in languages() {
        let keys = keys(&language);
        let has = |message: &str, attribute: &str| keys.contains_key(&format!("{message}.{attribute}"));
        let on_pages = keys.iter().filter_map(|(key, words)| {
            let (message, attribute) = key.split_once('.').unwrap_or((key, ""));
            let replaced = if has(message, "do") { "do" } else { "" };
            let is_said = attribute == "page" || attribute != replaced || !has(message, "page");
            is_said.then_some((message, words))
        });
        let names_one = |words: &str| words.contains("chapar ") || words.contains("--");
        let found: BTreeSet<&str> =
            on_pages.filter(|(_, words)| names_one(words)).map(|(message, _)| message).collect();
        assert_eq!(found, BTreeSet::from(COMMAND_LINE), "{language}");
    }
}

#[test]
fn every_code_has_its_label_and_every_key_its_use() {
    let mut left: BTreeSet<String> = keys("en").into_keys().collect();
    for (name, words) in lists() {
        for word in words {
            let key = format!("{}-{word}", kebab(&name));
            assert!(left.remove(&key), "{key} has no label");
        }
    }
    let mut fields = BTreeSet::from(["item_no".to_owned(), "plate_norm".to_owned()]);
    for file in &descriptors().file {
        for field in file.message_type.iter().flat_map(|message| &message.field) {
            fields.extend([field.name().to_owned(), field.json_name().to_owned()]);
        }
    }
    let source = sources();
    left.retain(|key| {
        let key = key.split('.').next().unwrap();
        let is_field = key.strip_prefix("field-").is_some_and(|field| fields.contains(field));
        !is_field && !key.starts_with('-') && !source.contains(&format!("\"{key}\""))
    });
    assert_eq!(left, BTreeSet::new(), "words that nobody says");
}

/// A key that has no words is shown as it stands.
#[test]
fn every_key_of_a_page_has_its_words() {
    let (keys, source) = (keys("en"), sources());
    let named = source.split("\"console-").skip(1).filter_map(|rest| rest.split_once('"'));
    let named = named.map(|(rest, _)| format!("console-{rest}"));
    let is_key = |name: &String| !name.ends_with('-') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let lacking: BTreeSet<String> = named.filter(is_key).filter(|name| !keys.contains_key(name)).collect();
    assert_eq!(lacking, BTreeSet::new());
}

/// Every field that a sample has is named in both languages.
#[test]
fn fields_of_the_samples_have_names() {
    let keys = keys("en");
    for entry in std::fs::read_dir(root("tests/data/notices")).unwrap() {
        let sample: serde_json::Value = serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let mut rest = vec![&sample["body"]];
        while let Some(value) = rest.pop() {
            match value {
                serde_json::Value::Array(items) => rest.extend(items),
                serde_json::Value::Object(fields) => {
                    let sent = fields.iter().filter(|(name, _)| *name != "file");
                    for (name, inner) in sent {
                        assert!(keys.contains_key(&format!("field-{name}")), "{name}");
                        rest.push(inner);
                    }
                }
                _ => {}
            }
        }
    }
}
