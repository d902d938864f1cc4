//! What became of a notice, beside its sheet: corrections, deadlines, the notices around it, a negotiation.

use serde_json::Value;
use serde_json::json;

use crate::cli::standing;
use crate::cli::words;
use crate::i18n::Words;
use crate::wire;
use crate::wire::AmendmentReason;
use crate::wire::ConsentOutcome;
use crate::wire::ConsentScope;
use crate::wire::DeliveryPhase;
use crate::wire::Handling;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;
use crate::wire::Tlp;

/// What a reader must know before the text.
pub(super) fn marks(opened: &wire::OpenNoticeResponse, words: &Words) -> Vec<String> {
    let unconfirmed = opened.summary.as_ref().and_then(|summary| standing::unconfirmed(summary, words));
    let mut marks: Vec<String> = unconfirmed.into_iter().collect();
    marks.extend(opened.amendments.iter().map(|one| amendment(one, words)));
    if let Some(negotiation) = &opened.negotiation {
        let agreed = matches!(
            negotiation.phase(),
            DeliveryPhase::Agreed | DeliveryPhase::Active | DeliveryPhase::HandedOver | DeliveryPhase::Completed
        );
        let phase = words.label::<DeliveryPhase>(negotiation.phase);
        let mut said = match negotiation.phase() {
            DeliveryPhase::Unspecified => words.get("sheet-not-agreed"),
            _ if agreed => words.say("sheet-phase", &[("phase", phase)]),
            _ => words.say("sheet-phase-not-agreed", &[("phase", phase)]),
        };
        if !negotiation.not_agreed.is_empty() {
            said.push('\n');
            said.push_str(&words.say("sheet-void", &[("references", negotiation.not_agreed.join(", "))]));
        }
        marks.push(said);
    }
    marks.extend(opened.consents.iter().map(|one| consent(one, words)));
    marks
}

fn consent(consent: &wire::Consent, words: &Words) -> String {
    let scope = words.label::<ConsentScope>(consent.scope);
    let scope = [scope, consent.disseminate_to.join(", ")].into_iter().filter(|part| !part.is_empty());
    let names = [
        ("reference", consent.decision.clone().unwrap_or_default().reference),
        ("scope", scope.collect::<Vec<_>>().join(": ")),
        ("time", words::moment(consent.expires_ms)),
    ];
    match consent.outcome() {
        ConsentOutcome::Partial => words.say("sheet-consent-in-part", &names),
        _ => words.say("sheet-consent", &names),
    }
}

fn amendment(amendment: &wire::Amendment, words: &Words) -> String {
    let reason = amendment.reason.as_ref().map(|reason| reason.text.clone()).unwrap_or_default();
    let code = words.label::<AmendmentReason>(amendment.reason_code);
    let why = [code, reason].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    let names = [
        ("reference", amendment.notice.clone().unwrap_or_default().reference),
        ("time", words::moment(amendment.time_ms)),
        ("why", why),
    ];
    match (amendment.kind(), amendment.reason_code(), amendment.applied) {
        (NoticeKind::Withdrawal, _, true) => words.say("sheet-withdrawn", &names),
        (NoticeKind::Correction, AmendmentReason::Confirmed, true) => words.say("sheet-confirmed", &names),
        (NoticeKind::Correction, _, true) => words.say("sheet-corrected", &names),
        _ => words.say("sheet-unapplied", &names),
    }
}

/// Deadlines, and the notices around it.
pub(super) fn below(opened: &wire::OpenNoticeResponse, words: &Words) -> Vec<String> {
    let summary = opened.summary.clone().unwrap_or_default();
    let mut below = vec![];
    let sides: Vec<String> = standing::sides(&summary)
        .iter()
        .map(|side| {
            let state = standing::state(&summary, side, words);
            let awaited = standing::awaited(side, words).map(|awaited| format!("; {awaited}")).unwrap_or_default();
            format!("  {}: {state}{awaited}", side.office)
        })
        .collect();
    if !sides.is_empty() {
        below.push(format!("{}\n{}", words.get("sheet-standing"), sides.join("\n")));
    }
    let this = summary.header.clone().unwrap_or_default().reference;
    let related: Vec<String> = opened.related.iter().map(|one| format!("  {}", line(one, &this, words))).collect();
    if !related.is_empty() {
        below.push(format!("{}\n{}", words.get("sheet-related"), related.join("\n")));
    }
    below
}

fn line(related: &wire::Related, this: &str, words: &Words) -> String {
    let names = [
        ("this", this.to_owned()),
        ("reference", related.notice.clone().unwrap_or_default().reference),
        ("relation", words.label::<RelationKind>(related.relation)),
        ("kind", words.label::<NoticeKind>(related.kind)),
        ("office", related.from.clone()),
        ("time", words::moment(related.time_ms)),
    ];
    match (related.inward, related.kind) {
        (true, _) => words.say("related-inward", &names),
        (false, 0) => words.say("related-not-here", &names),
        (false, _) => words.say("related-outward", &names),
    }
}

/// Where it stands with each side.
pub(super) fn sides(summary: &wire::NoticeSummary) -> Value {
    let side = |side: &wire::Side| {
        let mut object = json!({"office": side.office});
        standing::add_side(&mut object, side);
        object
    };
    standing::sides(summary).iter().map(side).collect()
}

/// Corrections and withdrawals.
pub(super) fn amendments(amendments: &[wire::Amendment]) -> Value {
    let object = |one: &wire::Amendment| {
        json!({
            "notice": standing::name(one.notice.as_ref()),
            "kind": words::word::<NoticeKind>(one.kind),
            "reason_code": words::word::<AmendmentReason>(one.reason_code),
            "reason": one.reason.as_ref().map(|reason| json!({"text": reason.text, "lang": reason.language})),
            "time": words::time(one.time_ms),
            "applied": one.applied,
            "tlp": words::word::<Tlp>(one.tlp),
            "handling": one.handling.iter().map(|code| words::word::<Handling>(*code)).collect::<Value>(),
        })
    };
    amendments.iter().map(object).collect()
}

/// The notices around it.
pub(super) fn objects(related: &[wire::Related]) -> Value {
    let object = |one: &wire::Related| {
        json!({
            "notice": standing::name(one.notice.as_ref()),
            "relation": words::word::<RelationKind>(one.relation),
            "direction": if one.inward { "to_this" } else { "from_this" },
            "kind": words::word::<NoticeKind>(one.kind),
            "from": words::text(&one.from),
            "time": words::time(one.time_ms),
        })
    };
    related.iter().map(object).collect()
}

/// Consents that count.
pub(super) fn consents(consents: &[wire::Consent]) -> Value {
    let object = |one: &wire::Consent| {
        json!({
            "decision": standing::name(one.decision.as_ref()),
            "request": standing::name(one.request.as_ref()),
            "scope": words::word::<ConsentScope>(one.scope),
            "outcome": words::word::<ConsentOutcome>(one.outcome),
            "disseminate_to": one.disseminate_to,
            "expires_at": words::time(one.expires_ms),
        })
    };
    consents.iter().map(object).collect()
}

/// How far a negotiation has come; null for none.
pub(super) fn negotiation(negotiation: Option<&wire::Negotiation>) -> Value {
    negotiation.map_or(
        Value::Null,
        |one| json!({"phase": words::word::<DeliveryPhase>(one.phase), "not_agreed": one.not_agreed}),
    )
}
