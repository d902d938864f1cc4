//! What a correction keeps and forgets of a text in which a field is changed.

use serde_json::Value;
use serde_json::json;

use crate::console::compose::correct;
use crate::console::compose::path;
use crate::console::compose::read;
use crate::console::compose::show;
use crate::console::compose::tests::filled;
use crate::console::compose::tests::with_setting;
use crate::console::form::Fields;
use crate::domain::kinds;
use crate::wire::NoticeKind;

/// What a correction makes of a text with these things in it, once these fields are typed.
fn corrected(of: NoticeKind, odd: &[(&str, Value)], typed: &[(&str, &str)]) -> (Fields, Value) {
    let whole = |name: &str| format!("body.correction.full_replacement.{name}");
    with_setting(|setting| {
        let own = Fields(vec![("of".to_owned(), kinds::word(of))]);
        let all = correct::fields(NoticeKind::Correction, &own);
        let fields = Fields([filled(&all).0, own.0.clone()].concat());
        let mut draft = read::read(NoticeKind::Correction, &all, &fields, setting).draft;
        for (name, value) in odd {
            path::put(&mut draft, &whole(name), value.clone());
        }
        let mut fields = show::show(&all, &draft, setting.when);
        fields.0.extend(correct::carried_into(&own, &draft));
        let shown = fields.clone();
        for (name, value) in typed {
            fields = fields.without(name);
            fields.0.push(((*name).to_owned(), (*value).to_owned()));
        }
        let written = read::read(NoticeKind::Correction, &all, &fields, setting);
        assert_eq!(written.faults, []);
        (shown, path::get(&written.draft, "body.correction.full_replacement").unwrap().clone())
    })
}

#[test]
fn what_hangs_on_a_changed_field_goes_with_it() {
    let (name, document) = ("persons[0].names[0]", "persons[0].documents[0]");
    let place = "alert.last_seen.place";
    let odd = [
        (&*format!("{name}.latin"), json!("AB")),
        (&*format!("{name}.scheme"), json!("ICAO_9303")),
        (&*format!("{name}.kind"), json!("ALIAS")),
        (&*format!("{document}.mrz"), json!(["P<"])),
        (&*format!("{document}.check_status"), json!("FAIL")),
        (&*format!("{place}.lat_e7"), json!(1)),
        (&*format!("{place}.description"), json!("the yard")),
    ];
    let person = |typed: &[(&str, &str)]| corrected(NoticeKind::PersonAlert, &odd, typed).1;
    let at = |text: &Value, path: &str| path::get(text, path).cloned();
    let same = person(&[]);
    assert_eq!(at(&same, &format!("{name}.latin")), Some(json!("AB")));
    let new = person(&[("body.persons[0].names[0].given", "Али")]);
    let names = json!({"family": "AB", "given": "Али", "patronymic": "AB", "as_written": "AB Али AB", "script": "Latn", "kind": "ALIAS"});
    assert_eq!(at(&new, name), Some(names));
    assert_eq!(at(&new, &format!("{document}.mrz")), Some(json!(["P<"])));
    let parts = ["body.persons[0].names[0].family", "body.persons[0].names[0].given"];
    let new = person(&[(parts[0], ""), (parts[1], ""), ("body.persons[0].names[0].patronymic", "")]);
    assert_eq!(at(&new, name), None);
    let new = person(&[("body.persons[0].documents[0].number", "N7")]);
    assert_eq!(at(&new, &format!("{document}.mrz")), None);
    assert_eq!(at(&new, &format!("{document}.check_status")), Some(json!("ABSENT")));
    let new = person(&[("body.alert.last_seen.place.bcp_name", "Oybek")]);
    assert_eq!(at(&new, place), Some(json!({"bcp_name": "Oybek", "description": "the yard"})));
    // A number that looks odd says so, one that does not says nothing.
    let vehicle = |vin: &str| corrected(NoticeKind::VehicleAlert, &[], &[("body.vehicles[0].vin_raw", vin)]).1;
    assert_eq!(at(&vehicle("AB"), "vehicles[0].vin_flags"), Some(json!(["FORMAT"])));
    assert_eq!(at(&vehicle("1M8GDM9AXKP042788"), "vehicles[0].vin_flags"), None);
    assert_eq!(at(&vehicle("1M8GDM9A1KP042788"), "vehicles[0].vin_flags"), Some(json!(["CHECK_DIGIT"])));
    // What the form shows is the officer's to change.
    let odd = |path: &'static str| (path, json!("x"));
    let typed = |path: &'static str| (path, "acetone");
    let precursor = [odd("precursor_alert.items[0].inn"), odd("precursor_alert.items[0].cas")];
    let typed_in = typed("body.precursor_alert.items[0].substance_name");
    let new = corrected(NoticeKind::PrecursorAlert, &precursor, &[typed_in]).1;
    assert_eq!((at(&new, precursor[0].0), at(&new, precursor[1].0)), (None, Some(json!("x"))));
    let seizure = [odd("seizure.items[0].cas")];
    let new = corrected(NoticeKind::SeizureReport, &seizure, &[typed("body.seizure.items[0].substance_name")]).1;
    assert_eq!(at(&new, seizure[0].0), None);
}

#[test]
fn a_changed_time_or_text_keeps_what_its_field_does_not_say() {
    let odd = [
        ("narrative", json!({"text": "Ikki qator", "lang": "uz"})),
        ("alert.last_seen.at.approximate", json!(true)),
        ("alert.last_seen.at.tz", json!("Asia/Dushanbe")),
        ("alert.valid_until", json!("2026-12-13T09:00:31.074Z")),
    ];
    let change = |typed: &[(&str, &str)]| corrected(NoticeKind::PersonAlert, &odd, typed);
    let at = |text: &Value, path: &str| path::get(text, path).cloned();
    let (shown, same) = change(&[]);
    assert_eq!(shown.get("body.alert.valid_until.time"), "14:00", "by the minute");
    assert_eq!(at(&same, "alert.valid_until"), Some(odd[3].1.clone()), "as it was");
    let new = change(&[("body.narrative", "Uch qator"), ("body.alert.last_seen.at.from.time", "13:00")]).1;
    assert_eq!(at(&new, "narrative"), Some(json!({"text": "Uch qator", "lang": "uz"})));
    let window = at(&new, "alert.last_seen.at").unwrap();
    assert_eq!((&window["approximate"], &window["tz"]), (&json!(true), &json!("Asia/Dushanbe")));
    assert_eq!(window["from"], json!("2026-11-13T08:00:00.000Z"));
    // The language of the form is that of the texts that were in it.
    let new = change(&[("lang", "en")]).1;
    assert_eq!((at(&new, "subject.lang"), at(&new, "narrative.lang")), (Some(json!("en")), Some(json!("uz"))));
}
