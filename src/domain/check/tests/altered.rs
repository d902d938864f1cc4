//! Valid samples, changed in one place: what they break then.

use serde_json::json;

use super::*;

/// What a valid sample breaks once it is changed; the other valid ones are at hand.
fn altered(name: &str, change: impl Fn(&mut Value)) -> Vec<String> {
    let all = samples("notices");
    let sample = changed(name, change);
    let now = "2026-11-20T06:00:00Z".parse().unwrap();
    let files = Files::of(all.iter().filter_map(|(_, _, file)| file.as_ref().ok()), now);
    let book = Samples::of_samples();
    let periods = Periods::default();
    let book = Book { offices: &book, agreements: &book.agreements, periods: &periods };
    let checks = Checks { book: Some(book), now };
    let problems = match File::read(sample.to_string().as_bytes()) {
        Ok(file) => checks.check(&file, &files, &Taken::default(), &[]).problems,
        Err(problems) => problems,
    };
    problems.iter().map(|problem| format!("{} {}", problem.rule, problem.path)).collect()
}

#[test]
fn absent_codes_and_reserved_reasons_are_refused() {
    let seizure = first_of("SEIZURE_REPORT");
    let found = altered(&seizure, |sample| {
        sample["body"]["seizure"].as_object_mut().unwrap().remove("direction");
        sample["body"]["marking"] = json!({});
    });
    assert!(found.contains(&"P-01 body.seizure.direction".to_owned()), "{found:?}");
    assert!(found.contains(&"P-01 body.marking.source_reliability".to_owned()), "{found:?}");
    for reason in ["CONFIRMED", "UNCONFIRMED"] {
        let found = altered(&first_of("WITHDRAWAL"), |sample| {
            sample["body"]["withdrawal"]["reason_code"] = reason.into();
        });
        assert_eq!(found, ["F:body.withdrawal.reason_code body.withdrawal.reason_code"]);
    }
}

#[test]
fn a_reference_is_taken_with_and_without_labels_whatever_the_title() {
    let without_label = |title: &str, subject: Option<&str>| {
        let sample = changed("03-seizure-yarn-heroin", |sample| {
            sample["header"]["identifier"].as_object_mut().unwrap().remove("notice_id");
            sample["title"] = title.into();
            if let Some(subject) = subject {
                sample["body"]["subject"]["text"] = subject.into();
            }
        });
        File::read(sample.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}"))
    };
    let now = "2026-11-20T06:00:00Z".parse().unwrap();
    let (first, again) = (without_label("a", None), without_label("b", None));
    let other = without_label("a", Some("Another one"));
    let files = Files::of([&first, &again, &other].into_iter(), now);
    let mut taken = Taken::default();
    taken.take(&first);
    let broken = |file: &File| {
        let findings = Checks { book: None, now }.check(file, &files, &taken, &[]);
        findings.problems.iter().map(|problem| problem.message).collect::<Vec<_>>()
    };
    assert_eq!(broken(&again), [""; 0], "a title is no part of the notice");
    assert_eq!(broken(&other), ["reference-taken"]);
}

#[test]
fn no_notice_is_about_itself() {
    let found = altered("67-correction-after-expiry", |sample| {
        let released = sample["header"]["release_at"].clone();
        let identifier = sample["header"]["identifier"].clone();
        sample["header"]["created_at"] = released;
        let relation = &mut sample["header"]["relates_to"][0];
        relation["id"] = identifier["notice_id"].clone();
        relation["human_ref"] = identifier["human_ref"].clone();
    });
    assert!(found.contains(&"F:header.relates_to.id header.relates_to[0].id".to_owned()), "{found:?}");
}

/// A confirmation of the emergency release among the samples, changed.
fn confirmed(change: impl Fn(&mut Value)) -> Vec<String> {
    altered("17-vehicle-alert-emergency", |sample| {
        let about = sample["header"]["identifier"].clone();
        let header = &mut sample["header"];
        header["kind"] = "CORRECTION".into();
        header["relates_to"] = json!([
            {"type": "CORRECTS", "id": about["notice_id"], "human_ref": about["human_ref"]}
        ]);
        header["identifier"] = json!({});
        for (field, time) in [("created_at", "06:00"), ("release_at", "06:25"), ("valid_from", "06:25")] {
            header[field] = format!("2026-11-20T{time}:00Z").into();
        }
        header["expires_at"] = "2026-12-20T00:00:00Z".into();
        for field in ["alert", "vehicles"] {
            sample["body"].as_object_mut().unwrap().remove(field);
        }
        sample["body"]["correction"] = json!({"reason_code": "CONFIRMED"});
        let release = &mut sample["release"];
        release["emergency"] = false.into();
        release["author"] = "TJ-ISH-O02".into();
        release["releaser"] = "TJ-ISH-R01".into();
        change(sample);
    })
}

#[test]
fn an_emergency_release_is_confirmed_in_time_and_by_another_officer() {
    assert_eq!(confirmed(|_| ()), [""; 0]);
    let late = confirmed(|sample| sample["header"]["release_at"] = "2026-11-22T23:53:00Z".into());
    assert_eq!(late, ["P-04 header.release_at"]);
    let own = confirmed(|sample| sample["release"]["releaser"] = "TJ-ISH-O02".into());
    assert!(own.contains(&"P-04 release.releaser".to_owned()), "{own:?}");
    let found = altered("68-correction-full-replacement", |sample| {
        sample["body"]["correction"] = json!({"reason_code": "CONFIRMED"});
        sample["header"]["release_at"] = sample["header"]["created_at"].clone();
    });
    assert_eq!(found, ["P-04 header.relates_to[0]"]);
}

#[test]
fn a_basis_without_a_reference_is_not_stated() {
    let basis = |reference: Option<&str>| {
        altered(&first_of("SEIZURE_REPORT"), |sample| match reference {
            Some(reference) => sample["header"]["legal_basis"]["ref"] = reference.into(),
            None => drop(sample["header"]["legal_basis"].as_object_mut().unwrap().remove("ref")),
        })
    };
    assert_eq!(basis(None), ["P-01 header.legal_basis.ref"]);
    let found = basis(Some("driver Ivan Obraztsov, see above"));
    assert_eq!(found, ["F:header.legal_basis.ref header.legal_basis.ref"]);
}

#[test]
fn what_stands_in_place_of_a_body_is_judged_as_its_kind() {
    let found = altered("68-correction-full-replacement", |sample| {
        let body = &mut sample["body"]["correction"]["full_replacement"];
        body["marking"]["tlp"] = "CLEAR".into();
        body.as_object_mut().unwrap().remove("subject");
    });
    let inside = "body.correction.full_replacement";
    assert!(found.contains(&format!("P-07 {inside}.marking.tlp")), "{found:?}");
    assert!(found.contains(&format!("F:body.subject {inside}.subject")), "{found:?}");
}

#[test]
fn what_replaces_a_body_of_a_notice_that_is_not_here_is_judged_as_the_kind_that_it_fits() {
    let found = altered("68-correction-full-replacement", |sample| {
        sample["header"]["relates_to"] = json!([{"type": "CORRECTS", "human_ref": "KZ-SYP-26-000999-L"}]);
        let whole = sample["body"]["correction"]["full_replacement"].as_object_mut().unwrap();
        whole["alert"].as_object_mut().unwrap().remove("valid_until");
    });
    assert_eq!(
        found.last().unwrap(),
        "K:CARGO_ALERT.valid_until body.correction.full_replacement.alert.valid_until",
        "{found:?}"
    );
}

#[test]
fn fields_that_are_replaced_are_those_of_the_text_and_keep_its_rules() {
    let replaced = |path: &str, value: Value| {
        altered("67-correction-after-expiry", |sample| {
            sample["body"]["correction"]["replaced_fields"] = json!([{"path": path, "value": value}]);
        })
    };
    assert_eq!(replaced("body.vehicles[0].colour", json!("red")), [""; 0]);
    let misses = ["F:correction.path body.correction.replaced_fields[0]"];
    for (path, value) in [
        ("body.vehicles[7].colour", json!("red")),
        ("body.vehicles[0].color", json!("red")),
        ("header.tlp", json!("CLEAR")),
        ("body.vehicles[0].colour", json!(7)),
    ] {
        assert_eq!(replaced(path, value), misses, "{path}");
    }
    let found = replaced("body.vehicles[0].plate_country", json!("ZZ"));
    assert_eq!(found, ["F:vehicle.plate_country body.correction.replaced_fields"]);
    let found = replaced("body.marking.tlp", json!("CLEAR"));
    assert_eq!(found, ["P-07 body.correction.replaced_fields"]);
}

#[test]
fn paths_are_short_and_few() {
    let key = format!("\u{202E}{}", "k".repeat(10_000));
    let found = altered(&first_of("REPLY"), |sample| {
        sample["body"][&key] = vec!["UNSPECIFIED"; 1_000].into();
    });
    assert_eq!(found.len(), 100);
    assert!(found.iter().all(|line| line.chars().count() < 130 && !line.contains('\u{202E}')), "{found:?}");
}

#[test]
fn a_draft_without_its_officers_is_not_judged_by_them() {
    let found = altered(&first_of("SEIZURE_REPORT"), |sample| {
        sample.as_object_mut().unwrap().remove("release");
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn an_answer_is_of_the_office_that_was_asked_and_about_what_was_asked() {
    let refusal = "48-refusal-disproportionate";
    let found = altered(refusal, |sample| sample["body"]["refusal"]["question_nos"] = json!([1, 21]));
    assert_eq!(found, ["F:refusal.question_nos body.refusal.question_nos"]);
    // The office that proposed agrees to its own proposal.
    let found = altered("65-coordination-accept", |sample| {
        let proposal = changed("64-coordination-meeting", |_| ());
        let (from, to) = (&proposal["header"]["from"], &proposal["header"]["to"]);
        (sample["header"]["from"], sample["header"]["to"]) = (from.clone(), to.clone());
        sample["header"]["relates_to"][0]["type"] = "AGREES_TO".into();
        sample["header"]["identifier"] = json!({});
        sample["release"] = proposal["release"].clone();
    });
    assert_eq!(found, ["K:COORDINATION.from header.from"]);
}

#[test]
fn what_a_kind_must_state_is_stated() {
    let without = |name: &str, pointer: &str, field: &str| {
        altered(name, |sample| drop(sample.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(field)))
    };
    for (name, pointer, field, wanted) in [
        ("40-consent-decision-partial", "/body/consent_decision", "scope", "P-05 body.consent_decision.scope"),
        ("19-person-alert-courier", "/body/persons/0/names/0", "script", "P-01 body.persons[0].names[0].script"),
        ("19-person-alert-courier", "/body/persons/0/names/0", "kind", "P-01 body.persons[0].names[0].kind"),
        ("19-person-alert-courier", "/body/persons/0/names/0", "scheme", "P-01 body.persons[0].names[0].scheme"),
        (
            "35-rfi-van-owner",
            "/body/request/confirmation_of_oral",
            "channel",
            "P-01 body.request.confirmation_of_oral.channel",
        ),
        ("35-rfi-van-owner", "/body/request/confirmation_of_oral", "at", "P-04 body.request.confirmation_of_oral.at"),
        (
            "58-controlled-delivery-proposed",
            "/body/controlled_delivery/authorisations/0",
            "officer",
            "F:controlled_delivery.authorisation body.controlled_delivery.authorisations[0]",
        ),
    ] {
        assert_eq!(without(name, pointer, field), [wanted], "{name} without {field}");
    }
    let found = altered("03-seizure-yarn-heroin", |sample| {
        let item = sample["body"]["seizure"]["items"][0].as_object_mut().unwrap();
        item.retain(|name, _| !["substance_name", "inn", "hs6", "drug_class"].contains(&name.as_str()));
        item["class"] = "OTHER".into();
    });
    assert_eq!(found, ["K:SEIZURE_REPORT.substance body.seizure.items[0]"]);
    let found = altered("68-correction-full-replacement", |sample| {
        let unit = &mut sample["body"]["correction"]["full_replacement"]["transport_units"][0];
        unit["docs"][0].as_object_mut().unwrap().remove("type");
    });
    assert_eq!(found, ["P-01 body.correction.full_replacement.transport_units[0].docs[0].type"]);
}

#[test]
fn a_finding_names_what_is_wrong_and_not_only_where() {
    let message = |name: &str, change: &dyn Fn(&mut Value)| {
        let sample = changed(name, change).to_string();
        let now = "2026-11-20T06:00:00Z".parse().unwrap();
        let problems = match File::read(sample.as_bytes()) {
            Ok(file) => Checks { book: None, now }.check(&file, &Files::default(), &Taken::default(), &[]).problems,
            Err(problems) => problems,
        };
        problems.iter().map(|problem| format!("{} {}", problem.rule, problem.message)).collect::<Vec<_>>()
    };
    let alert = "13-vehicle-alert-truck";
    let found = message(alert, &|sample| sample["header"]["to"][0]["office_code"] = "Farap".into());
    assert_eq!(found, ["F:office_code cause-name-office"]);
    let found = message(alert, &|sample| sample["body"]["alert"]["valid_until"] = "tomorrow".into());
    assert_eq!(found, ["F:time.format cause-time"]);
    let found = message(alert, &|sample| {
        let at = json!({"from": "2026-10-01T00:00:00Z", "approximate": false, "tz": "Asia/Tashkent"});
        sample["body"]["alert"]["last_seen"] = json!({"at": at});
    });
    assert_eq!(found, ["F:window.order window-without-end"]);
}
