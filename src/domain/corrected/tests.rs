//! Corrections that fit, and those that do not.

use super::*;
use crate::domain::draft;
use crate::wire::Text;

fn seizure() -> NoticeBody {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notices/03-seizure-yarn-heroin.json");
    let bytes = std::fs::read(path).unwrap();
    draft::parse(&bytes, draft::Options { without_attachments: true }).unwrap().body.unwrap()
}

fn change(path: &str, value: field_change::Value) -> Correction {
    let change = FieldChange { path: path.to_owned(), value: Some(value) };
    Correction { replaced_fields: vec![change], ..Correction::default() }
}

fn number(path: &str, number: i64) -> Correction {
    change(path, field_change::Value::Number(number))
}

#[test]
fn fields_are_replaced_where_their_path_leads() {
    let before = seizure();
    let after = corrected(NoticeKind::SeizureReport, &before, &number("body.seizure.items[0].quantity_milli", 12_345));
    let after = after.unwrap();
    let items = |body: &NoticeBody| body.seizure.clone().unwrap().items;
    assert_eq!(items(&after)[0].quantity_milli, Some(12_345));
    assert_ne!(after, before);
    let mut back = after;
    back.seizure.as_mut().unwrap().items[0].quantity_milli = items(&before)[0].quantity_milli;
    assert_eq!(back, before, "nothing else has changed, units and notes included");
    let text = Text { text: "New subject".to_owned(), language: "en".to_owned() };
    let named = change("body.subject", field_change::Value::Text(text.clone()));
    assert_eq!(corrected(NoticeKind::SeizureReport, &before, &named).unwrap().subject, Some(text));
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let before = seizure();
    for path in [
        "seizure.items[0].quantity_milli",
        "body.seizure.items[99].quantity_milli",
        "body.seizure.items[x].quantity_milli",
        "body.seizure.items[0.quantity_milli",
        "body.seizure.no_such_list[0]",
        "body.no_such_field",
        "body.narrative.text",
        "body..subject",
        "body",
        "",
    ] {
        assert_eq!(corrected(NoticeKind::SeizureReport, &before, &number(path, 1)), Err(Unfit), "{path}");
    }
    let whole = Correction { full_replacement: Some(Box::new(NoticeBody::default())), ..Correction::default() };
    assert_eq!(corrected(NoticeKind::SeizureReport, &before, &whole), Err(Unfit), "no body of the kind");
    assert_eq!(corrected(NoticeKind::SeizureReport, &before, &Correction::default()), Ok(before.clone()));
}

#[test]
fn a_whole_new_body_takes_its_place() {
    let mut new = seizure();
    new.subject = None;
    let whole = Correction { full_replacement: Some(Box::new(new.clone())), ..Correction::default() };
    assert_eq!(corrected(NoticeKind::SeizureReport, &seizure(), &whole), Ok(new));
}
