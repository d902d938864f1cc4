//! The steps of a notice, and who may move it.

use proptest::prelude::*;

use super::*;

const HOUR_MS: i64 = 60 * 60 * 1000;

fn office(code: &str) -> OfficeCode {
    code.parse().unwrap()
}

fn time(ms: i64) -> Timestamp {
    Timestamp::clamped(1_795_507_200_000 + ms)
}

/// A notice of UZ-ALT to TM-FAR.
fn subject(kind: NoticeKind) -> Subject {
    Subject {
        kind,
        urgency: Urgency::Priority,
        traffic: Traffic::Actual,
        from: office("UZ-ALT"),
        to: vec![office("TM-FAR")],
        released: time(0),
        is_answer: false,
    }
}

fn related(from: &str, kind: NoticeKind, relation: RelationKind) -> Related {
    Related { from: office(from), kind, traffic: Traffic::Actual, relation, says: Says::Nothing }
}

fn waits(side: Side) -> Option<(Awaited, i64)> {
    side.waits.map(|waits| (waits.what, waits.due.since_ms(waits.since)))
}

#[test]
fn a_warning_goes_step_by_step() {
    let warning = subject(NoticeKind::SuspiciousConsignment);
    let far = office("TM-FAR");
    let stands = |delivery, progress, desk| {
        let side = warning.issued(far, delivery, progress, desk);
        (side.state, waits(side))
    };
    let (none, open) = (Progress::default(), Desk::default());
    let here = Delivery::Delivered(time(HOUR_MS));
    assert_eq!(stands(Delivery::Queued, none, open), (NoticeState::Queued, Some((Awaited::Receipt, HOUR_MS))));
    assert_eq!(stands(here, none, open), (NoticeState::Delivered, Some((Awaited::Acknowledgement, 4 * HOUR_MS))));
    let noted = Progress { acknowledged: true, ..none };
    let answer = Some((Awaited::Answer, 72 * HOUR_MS));
    assert_eq!(stands(here, noted, open), (NoticeState::Acknowledged, answer));
    assert_eq!(stands(Delivery::Queued, noted, open), (NoticeState::Acknowledged, answer), "the receipt is late");
    let done = Progress { answered: true, ..none };
    assert_eq!(stands(here, done, open), (NoticeState::Actioned, None));
    let closed = Desk { closed: true, ..open };
    assert_eq!(stands(here, none, closed), (NoticeState::Closed, None));
    assert_eq!(stands(Delivery::Undeliverable, none, closed), (NoticeState::Undeliverable, None), "never silent");
    let withdrawn = Desk { withdrawn: true, ..open };
    assert_eq!(stands(here, none, withdrawn), (NoticeState::Delivered, None));
}

#[test]
fn deadlines_run_from_receipt() {
    let side = subject(NoticeKind::RequestForInformation).received(
        office("TM-FAR"),
        time(50 * HOUR_MS),
        Progress::default(),
        Desk { taken: true, ..Desk::default() },
    );
    let waits = side.waits.unwrap();
    assert_eq!((side.state, waits.since, waits.due), (NoticeState::Taken, time(50 * HOUR_MS), time(54 * HOUR_MS)));
    assert_eq!([waits.is_overdue(time(54 * HOUR_MS)), waits.is_overdue(time(54 * HOUR_MS + 1))], [false, true]);
}

#[test]
fn what_is_awaited_follows_from_the_kind() {
    let stands = |kind, office: &str, desk| {
        let side =
            subject(kind).issued(office.parse().unwrap(), Delivery::Delivered(time(0)), Progress::default(), desk);
        side.waits.map(|waits| waits.what)
    };
    let open = Desk::default();
    let note = Some(Awaited::Acknowledgement);
    assert_eq!(stands(NoticeKind::SeizureReport, "TM-FAR", open), note);
    assert_eq!(stands(NoticeKind::SeizureReport, "TM-NCC", open), None, "a copy is for information");
    assert_eq!(stands(NoticeKind::Correction, "TM-NCC", open), note, "but everybody acknowledges a correction");
    let withdrawn = Desk { withdrawn: true, ..open };
    assert_eq!(stands(NoticeKind::Withdrawal, "TM-NCC", withdrawn), note);
    assert_eq!(stands(NoticeKind::ModusOperandi, "TM-FAR", open), None);
    assert_eq!(stands(NoticeKind::Acknowledgement, "TM-FAR", open), None);
    let noted = |kind| {
        let noted = Progress { acknowledged: true, ..Progress::default() };
        let side = subject(kind).issued(office("TM-FAR"), Delivery::Delivered(time(0)), noted, open);
        side.waits.map(|waits| waits.what)
    };
    assert_eq!(noted(NoticeKind::VehicleAlert), None, "feedback only on a hit");
    assert_eq!(noted(NoticeKind::SuspiciousConsignment), Some(Awaited::Answer));
    assert_eq!(noted(NoticeKind::SeizureReport), None);
    let mut answer = subject(NoticeKind::Coordination);
    answer.is_answer = true;
    let side = answer.issued(office("TM-FAR"), Delivery::Delivered(time(0)), Progress::default(), open);
    assert_eq!(side.waits, None, "an answer is not answered");
}

#[test]
fn who_may_do_what() {
    let request = subject(NoticeKind::RequestForInformation);
    let act = |from, kind, relation| request.act(&related(from, kind, relation));
    assert_eq!(act("TM-FAR", NoticeKind::Reply, RelationKind::ReplyTo), Some(Act::Answers));
    assert_eq!(act("TM-FAR", NoticeKind::Refusal, RelationKind::ReplyTo), Some(Act::Answers));
    assert_eq!(act("TM-FAR", NoticeKind::Reply, RelationKind::SameCase), None);
    assert_eq!(act("TM-FAR", NoticeKind::Feedback, RelationKind::FeedbackOn), None, "a request is not fed back on");
    assert_eq!(act("UZ-ALT", NoticeKind::Reply, RelationKind::ReplyTo), None, "nobody answers himself");
    assert_eq!(act("TM-FAR", NoticeKind::Correction, RelationKind::Corrects), None);
    assert_eq!(act("TM-FAR", NoticeKind::Withdrawal, RelationKind::Withdraws), None);
    assert_eq!(act("UZ-ALT", NoticeKind::Correction, RelationKind::Corrects), Some(Act::Corrects));
    assert_eq!(act("UZ-ALT", NoticeKind::Withdrawal, RelationKind::Withdraws), Some(Act::Withdraws));
    let said = |says| request.act(&Related { says, ..related("TM-FAR", NoticeKind::Reply, RelationKind::ReplyTo) });
    assert_eq!(said(Says::Interim), Some(Act::Interim));
    let confirms =
        Related { says: Says::Confirms, ..related("UZ-ALT", NoticeKind::Correction, RelationKind::Corrects) };
    assert_eq!(request.act(&confirms), Some(Act::Confirms));
    let exercise =
        Related { traffic: Traffic::Exercise, ..related("TM-FAR", NoticeKind::Reply, RelationKind::ReplyTo) };
    assert_eq!(request.act(&exercise), None, "P-16");
    let delivery = subject(NoticeKind::ControlledDelivery);
    for relation in [RelationKind::AgreesTo, RelationKind::ReplyTo] {
        let agrees = related("TM-FAR", NoticeKind::ControlledDelivery, relation);
        assert_eq!(delivery.act(&agrees), Some(Act::Answers));
    }
    let consent = subject(NoticeKind::ConsentRequest);
    let decision = related("TM-FAR", NoticeKind::ConsentDecision, RelationKind::ConsentFor);
    assert_eq!(consent.act(&decision), Some(Act::Answers));
}

fn any_related() -> impl Strategy<Value = Related> {
    let kinds = (1..=20).prop_map(|kind| NoticeKind::try_from(kind).unwrap());
    let relations = (1..=9).prop_map(|kind| RelationKind::try_from(kind).unwrap());
    let offices = prop::sample::select(vec!["UZ-ALT", "TM-FAR", "TM-NCC"]);
    let says = prop::sample::select(vec![Says::Nothing, Says::Interim, Says::Confirms]);
    let traffic = prop::sample::select(vec![Traffic::Actual, Traffic::Exercise, Traffic::Test]);
    (kinds, relations, offices, says, traffic).prop_map(|(kind, relation, from, says, traffic)| Related {
        traffic,
        says,
        ..related(from, kind, relation)
    })
}

fn any_subject() -> impl Strategy<Value = Subject> {
    (1..=20).prop_map(|kind| subject(NoticeKind::try_from(kind).unwrap()))
}

fn rank(state: NoticeState) -> i32 {
    state.into()
}

proptest! {
    /// Whatever arrives, in whatever order: the same things known, the same standing; and more known never leads back.
    #[test]
    fn order_does_not_matter_and_nothing_leads_back(
        subject in any_subject(),
        mut found in prop::collection::vec(any_related(), 0..8),
        more in any_related(),
    ) {
        let far = office("TM-FAR");
        let progress = subject.progress(far, &found);
        found.reverse();
        prop_assert_eq!(subject.progress(far, &found), progress);
        let before = subject.issued(far, Delivery::Delivered(time(0)), progress, Desk::default());
        found.push(more);
        let progress = subject.progress(far, &found);
        let after = subject.issued(far, Delivery::Delivered(time(0)), progress, Desk::default());
        prop_assert!(rank(after.state) >= rank(before.state));
        prop_assert!(before.waits.is_some() || after.waits.is_none(), "what was done is not asked for again");
    }

    /// Nobody's word moves another office's side, and no exercise moves what is real.
    #[test]
    fn only_the_office_itself_moves_its_side(
        subject in any_subject(),
        found in prop::collection::vec(any_related(), 0..8),
    ) {
        let others: Vec<_> =
            found.iter().filter(|one| one.from != office("TM-FAR") || one.traffic != Traffic::Actual).copied().collect();
        prop_assert_eq!(subject.progress(office("TM-FAR"), &others), Progress::default());
        for one in &found {
            let amends = matches!(subject.act(one), Some(Act::Corrects | Act::Confirms | Act::Withdraws));
            prop_assert!(!amends || one.from == subject.from);
        }
    }

    /// Nothing is awaited of what is closed or answered.
    #[test]
    fn what_is_closed_or_answered_awaits_nothing(subject in any_subject(), closed: bool, taken: bool) {
        let progress = Progress { answered: !closed, ..Progress::default() };
        let desk = Desk { closed, taken, withdrawn: false };
        prop_assert_eq!(subject.received(office("TM-FAR"), time(0), progress, desk).waits, None);
        prop_assert_eq!(subject.issued(office("TM-FAR"), Delivery::Delivered(time(0)), progress, desk).waits, None);
    }
}
