//! Fields of a body that every kind fills in the same way, and how they fit each other (DOMAIN 6.3).
//!
//! Not the numbers of things and persons, and not the mandatory fields of a kind.

use std::collections::BTreeSet;

use crate::domain::notice::NODE_AUTHOR;
use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::limits;
use crate::time::Timestamp;
use crate::wire::AmendmentReason;
use crate::wire::Item;
use crate::wire::NoticeBody;
use crate::wire::RefusalGround;
use crate::wire::RefusalScope;
use crate::wire::Text;
use crate::wire::TimeWindow;
use crate::wire::Urgency;

/// Fewest characters of the justification of a request.
const JUSTIFICATION_CHARS: usize = 30;

/// All of them.
pub(super) fn fields(case: &Case<'_>, findings: &mut Findings) {
    let Some(body) = case.body else { return };
    match &body.subject {
        Some(subject) if !subject.text.trim().is_empty() => {}
        _ => stop(findings, "body.subject", "subject-missing"),
    }
    if body.marking.is_none() {
        stop(findings, "body.marking", "grade-missing");
    }
    languages(body, findings);
    windows(body, findings);
    persons(body, findings);
    items(body, findings);
    request(case, body, findings);
    refusal(body, findings);
    authorisations(body, findings);
    against_times(case, body, findings);
}

fn stop(findings: &mut Findings, path: &str, message: &'static str) {
    findings.stop(Finding::new(Rule::of_field(path), path, message));
}

/// Every text names its language (BCP 47).
fn languages(body: &NoticeBody, findings: &mut Findings) {
    let mut check = |path: String, text: &Text| {
        if text.language.is_empty() {
            let path = format!("{path}.lang");
            findings.stop(Finding::new(Rule::of_field("text.lang"), path, "language-missing"));
        }
    };
    each_text(body, &mut check);
    for (i, translation) in body.translations.iter().enumerate() {
        if translation.language.is_empty() {
            let path = format!("body.translations[{i}].lang");
            findings.stop(Finding::new(Rule::of_field("text.lang"), path, "language-missing"));
        }
    }
}

fn each_text(body: &NoticeBody, check: &mut dyn FnMut(String, &Text)) {
    let mut one = |path: &str, text: &Option<Text>| {
        if let Some(text) = text {
            check(format!("body.{path}"), text);
        }
    };
    one("subject", &body.subject);
    one("narrative", &body.narrative);
    if let Some(alert) = &body.alert {
        one("alert.action_note", &alert.action_note);
    }
    if let Some(alert) = &body.document_alert {
        one("document_alert.forgery_description", &alert.forgery);
    }
    if let Some(modus) = &body.modus_operandi {
        one("modus_operandi.description", &modus.description);
    }
    if let Some(request) = &body.request {
        one("request.justification", &request.justification);
        one("request.availability_reason", &request.availability_reason);
        one("request.urgency_reason", &request.urgency_reason);
    }
    if let Some(reply) = &body.reply {
        one("reply.further_info_needed", &reply.further_info_needed);
        for (i, answer) in reply.answers.iter().enumerate() {
            one(&format!("reply.answers[{i}].text"), &answer.text);
        }
    }
    if let Some(refusal) = &body.refusal {
        one("refusal.text", &refusal.text);
    }
    if let Some(feedback) = &body.feedback {
        one("feedback.text", &feedback.text);
    }
    if let Some(delivery) = &body.controlled_delivery {
        one("controlled_delivery.evidence_handover", &delivery.evidence_handover);
        one("controlled_delivery.costs", &delivery.costs);
    }
    if let Some(correction) = &body.correction {
        one("correction.reason", &correction.reason);
    }
    if let Some(withdrawal) = &body.withdrawal {
        one("withdrawal.reason", &withdrawal.reason);
    }
    if let Some(request) = &body.consent_request {
        one("consent_request.justification", &request.justification);
    }
    if let Some(decision) = &body.consent_decision {
        one("consent_decision.conditions", &decision.conditions);
    }
    let lists: [(&str, &[Text]); 4] = [
        ("suspicious_consignment.risk_indicators", body.suspicion.as_ref().map_or(&[], |s| &s.risk_indicators)),
        ("request.questions", body.request.as_ref().map_or(&[], |r| &r.questions)),
        (
            "controlled_delivery.abort_conditions",
            body.controlled_delivery.as_ref().map_or(&[], |d| &d.abort_conditions),
        ),
        ("coordination.agenda", body.coordination.as_ref().map_or(&[], |c| &c.agenda)),
    ];
    for (path, texts) in lists {
        for (i, text) in texts.iter().enumerate() {
            check(format!("body.{path}[{i}]"), text);
        }
    }
}

/// A window begins before it ends; one instant is a window as well (DOMAIN 6.7, ruling 6).
fn windows(body: &NoticeBody, findings: &mut Findings) {
    let mut check = |path: &str, window: &TimeWindow| {
        if window.from_ms == 0 || window.to_ms == 0 {
            // Where the kind needs the window, that has been said.
            if path == "alert.last_seen.at" || path.starts_with("coordination") {
                let rule = Rule::of_field("window.order");
                findings.stop(Finding::new(rule, format!("body.{path}"), "window-without-end"));
            }
        } else if window.from_ms > window.to_ms {
            findings.stop(Finding::new(Rule::of_field("window.order"), format!("body.{path}"), "window-reversed"));
        }
    };
    let last_seen = body.alert.as_ref().and_then(|alert| alert.last_seen.as_ref()?.at.as_ref());
    let windows = [
        ("seizure.occurred", body.seizure.as_ref().and_then(|seizure| seizure.occurred.as_ref())),
        ("suspicious_consignment.expected_crossing", body.suspicion.as_ref().and_then(|s| s.expected.as_ref())),
        ("alert.last_seen.at", last_seen),
        ("feedback.at", body.feedback.as_ref().and_then(|feedback| feedback.at.as_ref())),
        ("controlled_delivery.window", body.controlled_delivery.as_ref().and_then(|d| d.window.as_ref())),
    ];
    for (path, window) in windows {
        if let Some(window) = window {
            check(path, window);
        }
    }
    for (i, window) in body.coordination.iter().flat_map(|c| c.proposed_times.iter().enumerate()) {
        check(&format!("coordination.proposed_times[{i}]"), window);
    }
}

/// Each person has a name and an id of its own in the body.
fn persons(body: &NoticeBody, findings: &mut Findings) {
    let mut ids = BTreeSet::new();
    for (i, person) in body.persons.iter().enumerate() {
        if !ids.insert(&person.local_id) {
            let path = format!("body.persons[{i}].local_id");
            findings.stop(Finding::new(Rule::of_field("person.local_id"), path, "person-id-twice"));
        }
        let named = person.names.iter().any(|name| !name.as_written.trim().is_empty());
        if !named {
            let path = format!("body.persons[{i}].names");
            findings.stop(Finding::new(Rule::of_field("person.names"), path, "person-without-name"));
        }
    }
}

/// The items of whichever part has some, with the part's name in a draft.
fn all_items(body: &NoticeBody) -> impl Iterator<Item = (String, &Item)> {
    let parts: [(&str, &[Item]); 3] = [
        ("seizure", body.seizure.as_ref().map_or(&[], |part| &part.items)),
        ("precursor_alert", body.precursor.as_ref().map_or(&[], |part| &part.items)),
        ("controlled_delivery", body.controlled_delivery.as_ref().map_or(&[], |part| &part.items)),
    ];
    parts.into_iter().flat_map(|(part, items)| {
        items.iter().enumerate().map(move |(i, item)| (format!("body.{part}.items[{i}]"), item))
    })
}

/// A value has its currency, a purity is no more than all of it, a quantity is more than none.
fn items(body: &NoticeBody, findings: &mut Findings) {
    for (path, item) in all_items(body) {
        let mut stop = |field: &str, rule: &'static str, message| {
            findings.stop(Finding::new(Rule::Field(rule.into()), format!("{path}.{field}"), message));
        };
        if item.quantity_milli.is_none_or(|quantity| quantity == 0) {
            stop("quantity_milli", "item.quantity_milli", "quantity-missing");
        }
        if item.value_minor.is_some() == item.currency.is_empty() {
            stop("currency", "item.currency", "value-and-currency");
        }
        if item.purity_percent.is_some_and(|percent| percent > 100) {
            stop("purity_pct", "item.purity_pct", "purity-over-100");
        }
    }
}

/// What a request must say (SCO customs agreement 2007, Art. 11; Directive (EU) 2023/977, Art. 4).
fn request(case: &Case<'_>, body: &NoticeBody, findings: &mut Findings) {
    let Some(request) = &body.request else { return };
    let mut stop = |field: &str, message| {
        let path = format!("body.request.{field}");
        findings.stop(Finding::new(Rule::Field(format!("request.{field}").into()), path, message));
    };
    if request.questions.is_empty() || request.questions.len() > limits::QUESTIONS {
        stop("questions", "questions-count");
    }
    let justification = request.justification.as_ref().map_or(0, |text| text.text.trim().chars().count());
    if justification < JUSTIFICATION_CHARS {
        stop("justification", "justification-short");
    }
    let no_reason = request.urgency_reason.as_ref().is_none_or(|text| text.text.trim().is_empty());
    if case.terms.urgency != Urgency::Routine && no_reason {
        stop("urgency_reason", "urgency-without-reason");
    }
    if request.due_ms != 0 && Timestamp::clamped(request.due_ms) <= case.released {
        stop("due_at", "due-before-release");
    }
}

/// A refusal in part says which questions, and ground OTHER says which (DOMAIN 6.3).
fn refusal(body: &NoticeBody, findings: &mut Findings) {
    let Some(refusal) = &body.refusal else { return };
    if refusal.scope() == RefusalScope::Part && refusal.questions.is_empty() {
        let rule = Rule::of_field("refusal.question_nos");
        findings.stop(Finding::new(rule, "body.refusal.question_nos", "refusal-of-which"));
    }
    if refusal.ground() == RefusalGround::Other && refusal.text.is_none() {
        stop(findings, "body.refusal.text", "refusal-without-words");
    }
}

/// A country's word names who gave it, under which reference, when, and by which officer it is stated (DOMAIN 6.3).
fn authorisations(body: &NoticeBody, findings: &mut Findings) {
    let authorisations =
        body.controlled_delivery.iter().flat_map(|delivery| delivery.authorisations.iter().enumerate());
    for (i, one) in authorisations {
        let said =
            [&one.authority, &one.reference, &one.officer, &one.country].iter().all(|text| !text.trim().is_empty());
        if !said || one.at_ms == 0 {
            let rule = Rule::of_field("controlled_delivery.authorisation");
            let path = format!("body.controlled_delivery.authorisations[{i}]");
            findings.stop(Finding::new(rule, path, "authorisation-incomplete"));
        }
    }
}

/// That nobody confirmed a release is for the node to say; an officer confirms by a correction alone.
pub(super) fn reserved_reasons(case: &Case<'_>, findings: &mut Findings) {
    let Some(body) = case.body else { return };
    if case.header.author == NODE_AUTHOR {
        return;
    }
    let withdrawn = body.withdrawal.as_ref().is_some_and(|withdrawal| {
        matches!(withdrawal.reason_code(), AmendmentReason::Confirmed | AmendmentReason::Unconfirmed)
    });
    let corrected = body.correction.as_ref().is_some_and(|one| one.reason_code() == AmendmentReason::Unconfirmed);
    for path in [(withdrawn, "body.withdrawal.reason_code"), (corrected, "body.correction.reason_code")] {
        if let (true, path) = path {
            stop(findings, path, "reason-reserved");
        }
    }
}

/// Nothing happened after it was reported, and no alert counts longer than its notice (DOMAIN 6.7, ruling 4).
fn against_times(case: &Case<'_>, body: &NoticeBody, findings: &mut Findings) {
    let occurred = body.seizure.as_ref().and_then(|seizure| seizure.occurred.as_ref());
    if occurred.is_some_and(|window| Timestamp::clamped(window.from_ms) > case.released) {
        let rule = Rule::of_field("seizure.occurred");
        findings.stop(Finding::new(rule, "body.seizure.occurred", "seized-after-release"));
    }
    let until = body.alert.as_ref().map_or(0, |alert| alert.valid_until_ms);
    if until != 0 && Timestamp::clamped(until) > case.terms.expires {
        let rule = Rule::of_field("alert.valid_until");
        findings.stop(Finding::new(rule, "body.alert.valid_until", "alert-outlives-notice"));
    }
}
