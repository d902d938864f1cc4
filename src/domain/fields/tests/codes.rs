//! Codes that are none of their lists, and references to nobody.

use super::*;

#[test]
fn codes_are_of_their_lists_and_references_name_persons_of_the_body() {
    let cases = [
        ("03", "/subject/lang", json!("Русский"), "body.subject.lang text.lang"),
        ("03", "/seizure/occurred/tz", json!("x"), "body.seizure.occurred.tz window.tz"),
        ("03", "/seizure/place/country", json!("ZZ"), "body.seizure.place.country country"),
        ("03", "/seizure/route/0/country", json!("Uzbekistan"), "body.seizure.route[0].country country"),
        ("03", "/persons/0/nationality", json!(["UZ", "ZZZZ"]), "body.persons[0].nationality country"),
        ("03", "/persons/0/names/0/script", json!("Grek"), "body.persons[0].names[0].script name.script"),
        (
            "03",
            "/persons/0/documents",
            json!([{"type": "X", "number": "A1", "issuer": "ZZZ"}]),
            "body.persons[0].documents[0].issuer document.issuer, body.persons[0].documents[0].type document.type",
        ),
        (
            "03",
            "/persons/0/documents",
            json!([{"type": "P", "number": "A1", "check_status": "OK"}]),
            "body.persons[0].documents[0].check_status document.check_status, \
             body.persons[0].documents[0].issuer document.issuer",
        ),
        ("03", "/seizure/items/0/possessor_ref", json!("nobody"), "body.seizure.items[0].possessor_ref reference"),
        ("03", "/vehicles/0/owner_ref", json!("nobody"), "body.vehicles[0].owner_ref reference"),
        ("03", "/vehicles/0/plate_country", json!("ZZ"), "body.vehicles[0].plate_country vehicle.plate_country"),
        ("25", "/document_alert/holder_ref", json!("p9"), "body.document_alert.holder_ref reference"),
        (
            "64",
            "/coordination/proposed_times/0/tz",
            json!("+05:00"),
            "body.coordination.proposed_times[0].tz window.tz",
        ),
        (
            "68",
            "/correction/full_replacement/subject/lang",
            json!("xq"),
            "body.correction.full_replacement.subject.lang text.lang",
        ),
    ];
    for (number, pointer, value, wanted) in cases {
        let (_, refused) = changed(number, pointer, value);
        assert_eq!(refused.join(", "), wanted, "{number} {pointer}");
    }
    let mut item = samples().remove("03").unwrap()["body"]["seizure"]["items"][0].clone();
    item["value_minor"] = json!(100);
    item["currency"] = json!("zloty");
    let (_, refused) = changed("03", "/seizure/items", json!([item]));
    assert_eq!(refused, ["body.seizure.items[0].currency item.currency"]);
}
