//! The table of forms: what each form writes is a draft, and comes back as it was.

mod corrected;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;

use crate::console::compose::correct;
use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::field::Part;
use crate::console::compose::path;
use crate::console::compose::read;
use crate::console::compose::read::Setting;
use crate::console::compose::show;
use crate::console::compose::start;
use crate::console::compose::table;
use crate::console::form::Fields;
use crate::console::when::When;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::domain::kinds;
use crate::domain::notice;
use crate::domain::policy::Agreement;
use crate::domain::policy::Agreements;
use crate::domain::template::template;
use crate::i18n::Language;
use crate::i18n::Words;
use crate::time::Timestamp;
use crate::wire::LegalBasisKind;
use crate::wire::NoticeKind;
use crate::wire::Purpose;

const NOW: &str = "2026-11-13T09:02:00Z";

fn when() -> When {
    When::of("UZ".parse().unwrap(), Words::of(Language::english()), NOW.parse().unwrap())
}

fn agreements() -> Agreements {
    let mut all = Agreements::default();
    for (reference, countries, purpose) in [
        ("KG-UZ/1", ["KG", "UZ"], Purpose::DrugTrafficking),
        ("TM-UZ/1", ["TM", "UZ"], Purpose::Wildlife),
        ("TM-UZ/2", ["TM", "UZ"], Purpose::DrugTrafficking),
    ] {
        let countries = countries.iter().map(|code| code.parse().unwrap()).collect();
        let agreement =
            Agreement { kind: LegalBasisKind::Agreement, countries, purposes: vec![purpose], retention_days: None };
        all.add(reference, agreement).unwrap();
    }
    all
}

fn with_setting<T>(what: impl FnOnce(&Setting<'_>) -> T) -> T {
    let (when, agreements) = (when(), agreements());
    what(&Setting { when: &when, me: "UZ-ALT".parse().unwrap(), agreements: &agreements })
}

fn written_by_hand() -> impl Iterator<Item = NoticeKind> {
    kinds::all().filter(|kind| *kind != NoticeKind::Acknowledgement)
}

/// Something that fits each field.
fn filled(all: &[Field]) -> Fields {
    let mut fields =
        vec![("lang".to_owned(), "ru".to_owned()), ("relation".to_owned(), "CASE TM-FAR-26-000001-X".into())];
    for field in all {
        let mut add = |suffix: &str, value: &str| fields.push((format!("{}{suffix}", field.path), value.to_owned()));
        let code = |list: &str| read::codes(list).into_iter().next().unwrap();
        match field.control {
            // Words that belong to other codes than those chosen here.
            _ if field.path == "header.purpose.text" => {}
            Control::Line | Control::Words | Control::Capitals => add("", "AB"),
            Control::Number => add("", "7"),
            Control::Numbers => add("", "1, 3"),
            Control::Title => add("", "О чём"),
            Control::Text => add("", "Первая строка\r\nвторая строка"),
            Control::Lines => add("", "один\r\n\r\nдва"),
            Control::Radios(list) | Control::Select(list) | Control::Many(list) => add("", &code(list)),
            Control::YesNo => add("", "yes"),
            Control::Moment => {
                add(".day", if field.path == "header.valid_from" { "13.11.26" } else { "13.12.26" });
                add(".time", "1400");
            }
            Control::Window => {
                for (name, value) in
                    [(".from.day", "13/11"), (".from.time", "14:00"), (".to.day", "14.11.2026"), (".to.time", "900")]
                {
                    add(name, value);
                }
            }
            Control::Parties if field.path == "header.cc" => add("", "KG-KAI"),
            Control::Parties | Control::Offices | Control::Office => add("", "TM-FAR"),
            Control::Quantity => {
                for (name, value) in [(".amount", "9.386"), (".unit", "KGM"), (".basis", "NET")] {
                    add(name, value);
                }
            }
            Control::Handling => add("", "H1"),
            Control::Basis => add("", "AGREEMENT TM-UZ/1"),
        }
    }
    Fields(fields)
}

fn reference() -> String {
    (0..37)
        .filter_map(|i| "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*".chars().nth(i))
        .map(|check| format!("TM-FAR-26-000001-{check}"))
        .find(|text| text.parse::<crate::name::Reference>().is_ok())
        .unwrap()
}

fn parsed(draft: &Value) -> Draft {
    draft::parse(draft.to_string().as_bytes(), draft::Options::default())
        .unwrap_or_else(|error| panic!("{error}: {draft}"))
}

#[test]
fn what_is_filled_in_counts_from_this_minute() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    for now in ["2026-11-20T06:00:00Z", "2026-11-20T06:00:00.001Z", "2026-11-20T06:00:59.999Z"] {
        assert_eq!(start::whole_minute(at(now)), at("2026-11-20T06:00:00Z"), "a period of days is not gone beyond");
    }
}

#[test]
fn every_kind_has_a_form_with_words() {
    let languages = [Words::of(Language::english()), Words::of(Language::of_locale("ru"))];
    for kind in written_by_hand() {
        let all = table::fields(kind);
        let paths: BTreeSet<_> = all.iter().map(|field| field.path).collect();
        assert_eq!(paths.len(), all.len(), "{kind:?} has a field twice");
        for field in &all {
            let keys = [field.key, field.hint, field.of.0];
            for key in keys.into_iter().filter(|key| !key.is_empty()) {
                assert!(languages.iter().all(|words| words.known(key).is_some()), "{key}");
            }
            if let Control::Radios(list) | Control::Select(list) | Control::Many(list) = field.control {
                assert!(!read::codes(list).is_empty(), "{list}");
            }
        }
        let needed = all.iter().find(|field| field.needed && field.part == Part::Long);
        assert_eq!(needed, None, "{kind:?} needs what its short form does not show");
    }
    assert_eq!(table::fields(NoticeKind::Acknowledgement), []);
}

#[test]
fn short_forms_have_at_most_twelve_fields() {
    for kind in written_by_hand().filter(|kind| *kind != NoticeKind::ControlledDelivery) {
        let all = table::fields(kind);
        let count = all.iter().filter(|field| field.part == Part::Short).count();
        assert!((2..=12).contains(&count), "{kind:?} asks for {count}");
    }
}

#[test]
fn what_a_form_writes_is_a_draft_and_comes_back() {
    with_setting(|setting| {
        for kind in written_by_hand() {
            let all = table::fields(kind);
            let mut fields = filled(&all).without("relation");
            fields.0.push(("relation".to_owned(), format!("CASE {}", reference())));
            let written = read::read(kind, &all, &fields, setting);
            assert_eq!((written.faults, written.missing), (vec![], vec![]), "{kind:?}");
            let draft = parsed(&written.draft);
            assert_eq!(draft.header.kind(), kind);
            assert_eq!(draft.header.relations.len(), 1);
            assert!(
                show::holds(&all, &draft.header, draft.body.as_ref(), &Fields::default(), setting),
                "{kind:?}: {}",
                written.draft
            );
            // Every field has written something.
            let shown = show::show(&all, &written.draft, setting.when);
            for field in all.iter().filter(|field| field.path != "header.purpose.text") {
                assert!(shown.0.iter().any(|(name, _)| name.starts_with(field.path)), "{kind:?} {}", field.path);
            }
        }
    });
}

#[test]
fn the_form_of_a_correction_is_that_of_the_text_that_it_corrects() {
    let amends = |kind: &NoticeKind| matches!(kind, NoticeKind::Correction | NoticeKind::Withdrawal);
    with_setting(|setting| {
        for of in written_by_hand().filter(|kind| !amends(kind)) {
            let carried = Fields(vec![("of".to_owned(), kinds::word(of))]);
            let all = correct::fields(NoticeKind::Correction, &carried);
            let paths: BTreeSet<_> = all.iter().map(|field| field.path).collect();
            assert_eq!(paths.len(), all.len(), "{of:?} has a field twice");
            let mut fields = filled(&all).without("relation");
            fields.0.push(("relation".to_owned(), format!("CORRECTS {}", reference())));
            fields.0.extend(carried.0.iter().cloned());
            let written = read::read(NoticeKind::Correction, &all, &fields, setting);
            assert_eq!((written.faults, written.missing), (vec![], vec![]), "{of:?}");
            let draft = correct::noted(parsed(&written.draft));
            assert_eq!(draft.header.kind(), NoticeKind::Correction);
            let alone = read::read(of, &table::fields(of), &fields, setting).draft;
            let body = draft.body.as_ref();
            assert_eq!(body.and_then(notice::replacement), parsed(&alone).body.as_ref(), "{of:?}");
            let carried = Fields(correct::carried_into(&carried, &written.draft));
            assert!(show::holds(&all, &draft.header, body, &carried, setting), "{of:?}: {}", written.draft);
        }
    });
}

#[test]
fn a_correction_changes_what_was_changed_alone() {
    with_setting(|setting| {
        let of = Fields(vec![("of".to_owned(), kinds::word(NoticeKind::PersonAlert))]);
        let all = correct::fields(NoticeKind::Correction, &of);
        let mut whole =
            read::read(NoticeKind::Correction, &all, &Fields([filled(&all).0, of.0.clone()].concat()), setting).draft;
        let place = "body.correction.full_replacement";
        // What the form has no field for, or another language than its own.
        let odd = [
            ("persons[0].names[0].as_written", json!("as it stood")),
            ("persons[1]", json!({"local_id": "p2", "category": "WITNESS", "names": []})),
            ("narrative", json!({"text": "Two lines\nof it", "lang": "en"})),
            ("alert.valid_until", json!("2026-12-13T09:00:31Z")),
        ];
        for (name, value) in odd {
            path::put(&mut whole, &format!("{place}.{name}"), value);
        }
        let mut fields = show::show(&all, &whole, setting.when);
        fields.0.extend(correct::carried_into(&of, &whole));
        // As a browser sends it.
        for (_, value) in fields.0.iter_mut().filter(|(name, _)| name == "body.narrative") {
            *value = value.replace('\n', "\r\n");
        }
        let again = |fields: &Fields| {
            let written = read::read(NoticeKind::Correction, &all, fields, setting);
            assert_eq!(written.faults, []);
            path::get(&written.draft, place).unwrap().clone()
        };
        assert_eq!(again(&fields), *path::get(&whole, place).unwrap());
        let set = |name: &str, value: &str| {
            let mut fields = fields.clone().without(name);
            fields.0.push((name.to_owned(), value.to_owned()));
            again(&fields)
        };
        let new = set("body.persons[0].names[0].family", "Каримов");
        assert_eq!(path::get(&new, "persons[0].names[0].as_written"), Some(&json!("Каримов AB AB")));
        assert_eq!(path::get(&new, "persons[0].names[0].script"), Some(&json!("Cyrl")));
        assert_eq!(path::get(&new, "persons[1].local_id"), Some(&json!("p2")));
        assert_eq!(path::get(&new, "alert.valid_until"), Some(&json!("2026-12-13T09:00:31Z")));
        // What is emptied is gone.
        assert_eq!(path::get(&set("body.narrative", " "), "narrative"), None);
    });
}

#[test]
fn a_form_begins_as_a_draft_without_hints() {
    with_setting(|setting| {
        for kind in written_by_hand() {
            let all = table::fields(kind);
            let file = template(kind, None, setting.when.now()).unwrap();
            let mut fields = show::show(&all, &start::start(&file, &all, false, setting.me), setting.when);
            let text = fields.0.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n");
            assert!(!text.contains("TM-FAR") && !text.contains("what it is"), "{kind:?}: {text}");
            fields.0.push(("header.to".to_owned(), "TM-FAR".to_owned()));
            let written = read::read(kind, &all, &fields, setting);
            assert_eq!(written.faults, []);
            assert!(!written.missing.is_empty(), "{kind:?} needs nothing");
            // It can be kept before it is whole, under the agreement that fits.
            let basis = parsed(&written.draft).header.legal_basis.unwrap();
            assert_eq!(basis.reference, "TM-UZ/2");
        }
    });
}

#[test]
fn the_form_of_the_file_is_for_what_a_form_cannot_hold() {
    with_setting(|setting| {
        let kind = NoticeKind::VehicleAlert;
        let all = table::fields(kind);
        let mut file = read::read(kind, &all, &filled(&all).without("relation"), setting).draft;
        let held = |file: &Value| {
            let draft = parsed(file);
            show::holds(&all, &draft.header, draft.body.as_ref(), &Fields::default(), setting)
        };
        assert!(held(&file));
        path::put(&mut file, "header.from", json!({"office_code": "UZ-ALT"}));
        assert!(held(&file), "its own office is no more than the node sets");
        path::put(
            &mut file,
            "body.vehicles[1]",
            json!({"type": "TRAILER", "plate_raw": "00 417 B", "plate_country": "UZ"}),
        );
        assert!(!held(&file));
    });
}

#[test]
fn faults_name_their_fields() {
    with_setting(|setting| {
        let kind = NoticeKind::SeizureReport;
        let all = table::fields(kind);
        let set = |fields: Fields, name: &str, value: &str| {
            let mut fields = fields.without(name);
            fields.0.push((name.to_owned(), value.to_owned()));
            fields
        };
        for (name, value, path, key) in [
            ("body.seizure.occurred.to.day", "1.11.26", "body.seizure.occurred", "console-fault-order"),
            ("body.seizure.occurred.from.time", "noon", "body.seizure.occurred", "console-fault-moment"),
            ("body.seizure.items[0].amount", "much", "body.seizure.items[0]", "console-fault-amount"),
            ("body.seizure.direction", "UP", "body.seizure.direction", "console-fault-choice"),
            ("header.to", "nowhere", "header.to", "console-fault-choice"),
            ("header.tlp", "RED", "header.tlp", "console-fault-choice"),
        ] {
            let written = read::read(kind, &all, &set(filled(&all), name, value), setting);
            let found: Vec<_> = written.faults.iter().map(|fault| (fault.path, fault.key)).collect();
            assert_eq!(found, [(path, key)]);
        }
        let written = read::read(kind, &all, &set(filled(&all), "body.subject", "  "), setting);
        assert_eq!(written.missing.iter().map(|fault| fault.path).collect::<Vec<_>>(), ["body.subject"]);
    });
}

proptest! {
    #[test]
    fn no_form_panics(number in 0_usize..19, values in prop::collection::vec((0_usize..80, 0_usize..10, any::<String>()), 0..60)) {
        let kind = written_by_hand().nth(number).unwrap();
        let all = table::fields(kind);
        let suffixes = ["", "", "", ".day", ".time", ".from.day", ".to.time", ".amount", ".unit", ".basis"];
        let name = |field: usize, suffix: usize| format!("{}{}", all[field % all.len()].path, suffixes[suffix]);
        let mut fields: Vec<_> = values.into_iter().map(|(field, suffix, value)| (name(field, suffix), value)).collect();
        fields.push(("relation".to_owned(), "a b c".to_owned()));
        with_setting(|setting| {
            let written = read::read(kind, &all, &Fields(fields), setting);
            let _ = draft::parse(written.draft.to_string().as_bytes(), draft::Options::default());
            let _ = show::show(&all, &written.draft, setting.when);
        });
    }
}
