//! Where a notice stands, for people and for programs; and which notices a list shows.
//!
//! Exercises and tests are kept apart: a list shows either what is real or what is not.

use serde_json::Value;
use serde_json::json;

use crate::cli::output::Output;
use crate::cli::words;
use crate::domain::kinds;
use crate::i18n::Words;
use crate::wire;
use crate::wire::Awaited;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::Traffic;
use crate::wire::json::Word as _;

/// Which notices a list shows.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Filter {
    /// Only in these states, as in new,taken
    #[arg(long, value_name = "STATE,…", value_delimiter = ',', value_parser = state_of)]
    state: Vec<NoticeState>,
    /// Only of these kinds, as in vehicle-alert
    #[arg(long, value_name = "KIND,…", value_delimiter = ',', value_parser = kind_of)]
    kind: Vec<NoticeKind>,
    /// Only what awaits something whose time has passed
    #[arg(long)]
    overdue: bool,
    /// Exercises and tests, which are not shown otherwise
    #[arg(long)]
    exercise: bool,
}

pub(super) fn state_of(word: &str) -> Result<NoticeState, String> {
    NoticeState::from_word(&word.to_ascii_uppercase()).ok_or_else(|| {
        let states = (1..).map_while(|number| NoticeState::try_from(number).ok());
        let states: Vec<String> = states.map(|state| state.word().to_ascii_lowercase()).collect();
        format!("states are {}", states.join(", "))
    })
}

pub(super) fn kind_of(word: &str) -> Result<NoticeKind, &'static str> {
    kinds::from_word(word).ok_or("chapar notice template, without a kind, lists the kinds")
}

/// Where a notice stands with each side.
pub(super) fn sides(notice: &wire::NoticeSummary) -> &[wire::Side] {
    notice.standing.as_ref().map(|standing| standing.sides.as_slice()).unwrap_or_default()
}

fn is_real(notice: &wire::NoticeSummary) -> bool {
    notice.header.as_ref().is_none_or(|header| header.traffic() == Traffic::Actual)
}

impl Filter {
    /// Whether a list shows a notice.
    pub(super) fn shows(&self, notice: &wire::NoticeSummary) -> bool {
        let kind = notice.header.as_ref().map(wire::NoticeHeader::kind);
        is_real(notice) != self.exercise
            && (self.kind.is_empty() || kind.is_some_and(|kind| self.kind.contains(&kind)))
            && (self.state.is_empty() || sides(notice).iter().any(|side| self.state.contains(&side.state())))
            && (!self.overdue || sides(notice).iter().any(|side| side.overdue))
    }

    /// Says how many notices are not shown because they are exercises or tests.
    pub(super) fn tell_apart(&self, all: &[wire::NoticeSummary], out: &Output, words: &Words) {
        let apart = all.iter().filter(|notice| !is_real(notice)).count();
        if apart > 0 && !self.exercise {
            out.note(words.say("list-exercises", &[("count", apart.to_string())]));
        }
    }
}

/// Where a notice stands with one side, in words.
pub(super) fn state(notice: &wire::NoticeSummary, side: &wire::Side, words: &Words) -> String {
    let standing = notice.standing.clone().unwrap_or_default();
    let mut said = vec![];
    if let Some(header) = notice.header.as_ref().filter(|_| !is_real(notice)) {
        said.push(words.label::<Traffic>(header.traffic).to_uppercase());
    }
    if notice.header.as_ref().is_some_and(|header| header.emergency) {
        said.push(emergency(&standing, words));
    }
    if standing.withdrawn_by.is_some() {
        said.push(words.get("mark-withdrawn"));
    } else if standing.corrected_by.is_some() {
        said.push(words.get("mark-corrected"));
    }
    said.push(match side.state() {
        NoticeState::Taken => words.say("mark-taken", &[("officer", standing.taken_by)]),
        _ => words.label::<NoticeState>(side.state),
    });
    if side.interim_replies > 0 {
        said.push(words.say("mark-interim", &[("count", side.interim_replies.to_string())]));
    }
    if side.overdue {
        said.push(words.say("mark-overdue", &[("what", words.label::<Awaited>(side.awaited))]).to_uppercase());
    }
    said.retain(|word| !word.is_empty());
    said.join(", ")
}

/// That one officer sent it alone, and whether another one stands by it.
fn emergency(standing: &wire::Standing, words: &Words) -> String {
    let confirmation = standing.confirmation.clone().unwrap_or_default();
    let time = [("time", words::moment(confirmation.due_ms))];
    match (confirmation.confirmed_by, &standing.withdrawn_by) {
        (Some(by), _) => words.say("mark-emergency-confirmed", &[("reference", by.reference)]),
        (None, Some(_)) => words.get("mark-emergency"),
        (None, None) if confirmation.overdue => words.say("mark-emergency-overdue", &time),
        (None, None) => words.say("mark-emergency-unconfirmed", &time),
    }
}

/// The same before the text of a notice, as long as nobody has confirmed or withdrawn it.
pub(super) fn unconfirmed(notice: &wire::NoticeSummary, words: &Words) -> Option<String> {
    let standing = notice.standing.as_ref().filter(|standing| standing.withdrawn_by.is_none())?;
    let confirmation = standing.confirmation.as_ref().filter(|one| one.confirmed_by.is_none())?;
    let time = [("time", words::moment(confirmation.due_ms))];
    Some(words.say(if confirmation.overdue { "sheet-unconfirmed-late" } else { "sheet-unconfirmed" }, &time))
}

/// What is awaited, for the sheet of a notice.
pub(super) fn awaited(side: &wire::Side, words: &Words) -> Option<String> {
    (side.awaited() != Awaited::Unspecified).then(|| {
        let names = [
            ("office", side.office.clone()),
            ("what", words.label::<Awaited>(side.awaited)),
            ("since", words::moment(side.since_ms)),
            ("due", words::moment(side.due_ms)),
        ];
        words.say("sheet-awaited", &names)
    })
}

/// Adds where a notice stands with one side.
pub(super) fn add_side(object: &mut Value, side: &wire::Side) {
    let Some(fields) = object.as_object_mut() else { return };
    let state = side.state().word().to_ascii_lowercase();
    let state = if side.state() == NoticeState::Unspecified { Value::Null } else { json!(state) };
    let added = [
        ("state", state),
        ("interim_replies", json!(side.interim_replies)),
        ("awaited", words::word::<Awaited>(side.awaited)),
        ("awaited_since", words::time(side.since_ms)),
        ("due_at", words::time(side.due_ms)),
        ("overdue", json!(side.overdue)),
    ];
    fields.extend(added.map(|(name, value)| (name.to_owned(), value)));
}

/// Adds what has become of a notice.
pub(super) fn add(object: &mut Value, notice: &wire::NoticeSummary) {
    let Some(fields) = object.as_object_mut() else { return };
    let (traffic, standing) = (notice.header.as_ref().map_or(0, |header| header.traffic), notice.standing.clone());
    let standing = standing.unwrap_or_default();
    let added = [
        ("traffic_status", words::word::<Traffic>(traffic)),
        ("taken_by", words::text(&standing.taken_by)),
        ("closed", json!(standing.closed)),
        ("confirmation", confirmation(standing.confirmation.as_ref())),
        ("corrected_by", name(standing.corrected_by.as_ref())),
        ("withdrawn_by", name(standing.withdrawn_by.as_ref())),
    ];
    fields.extend(added.map(|(name, value)| (name.to_owned(), value)));
}

/// Whether a second officer stands by an emergency release; null for any other notice.
fn confirmation(confirmation: Option<&wire::Confirmation>) -> Value {
    confirmation.map_or(Value::Null, |one| {
        json!({
            "confirmed_by": name(one.confirmed_by.as_ref()),
            "due_at": words::time(one.due_ms),
            "overdue": one.overdue,
        })
    })
}

/// Both names of a notice; null for none.
pub(super) fn name(notice: Option<&wire::NoticeName>) -> Value {
    notice.map_or(
        Value::Null,
        |name| json!({"reference": words::text(&name.reference), "digest": words::digest(&name.digest)}),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn what_one_officer_sent_is_confirmed_or_waits() {
        let name = |reference: &str| Some(wire::NoticeName { reference: reference.to_owned(), digest: vec![] });
        let said = |confirmed_by, withdrawn_by, overdue, language| {
            let confirmation = Some(wire::Confirmation { confirmed_by, due_ms: 72 * 3_600_000, overdue });
            let header = wire::NoticeHeader { emergency: true, traffic: 1, ..wire::NoticeHeader::default() };
            let standing = wire::Standing { confirmation, withdrawn_by, ..wire::Standing::default() };
            let notice = wire::NoticeSummary {
                header: Some(header),
                standing: Some(standing),
                ..wire::NoticeSummary::default()
            };
            let words = Words::of(language);
            let mut object = json!({});
            add(&mut object, &notice);
            (
                state(&notice, &wire::Side::default(), &words),
                unconfirmed(&notice, &words),
                object["confirmation"].clone(),
            )
        };
        let (list, sheet, object) = said(None, None, false, Language::english());
        assert_eq!(list, "sent by one officer, to be confirmed until 1970-01-04 00:00:00 (UTC)");
        assert!(sheet.unwrap().contains("unless a second officer of that office confirms it until 1970-01-04"));
        assert_eq!(object, json!({"confirmed_by": null, "due_at": "1970-01-04T00:00:00.000Z", "overdue": false}));
        let (list, sheet, _) = said(None, None, true, Language::of_locale("ru"));
        assert_eq!(list, "отправлено одним сотрудником, НЕ ПОДТВЕРЖДЕНО в срок, до 1970-01-04 00:00:00 (UTC)");
        assert!(sheet.unwrap().contains("не подтверждено"));
        let (list, sheet, object) = said(name("R"), None, false, Language::english());
        assert_eq!((list.as_str(), sheet), ("sent by one officer, confirmed by R", None));
        assert_eq!(object["confirmed_by"]["reference"], "R");
        let (list, sheet, _) = said(None, name("W"), true, Language::english());
        assert_eq!((list.as_str(), sheet), ("sent by one officer, WITHDRAWN", None));
    }
}
