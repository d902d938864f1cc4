//! The life of a notice at both ends: acknowledged, taken, answered, corrected, withdrawn, closed; in whatever order it
//! all arrives.

mod board;
mod consent;
mod erased;
mod exercise;
mod shift;
mod stage;

use std::slice::from_ref;

use chapar::domain::entry::Closing;
use chapar::domain::officer::Enrolment;
use chapar::domain::roster::OfficeState;
use chapar::name::Digest;
use chapar::office::Command;
use chapar::office::HandleRefused;
use chapar::office::Handled;
use chapar::office::Issued;
use chapar::office::standing::Overdue;
use chapar::office::standing::Overdues;
use chapar::wire;
use chapar::wire::Awaited;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::NoticeState;
use chapar::wire::Traffic;

use crate::office::life::stage::answer;
use crate::office::life::stage::first;
use crate::office::life::stage::reply;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::office::one_for_everything;

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

#[test]
fn a_warning_is_acknowledged_taken_fed_back_and_closed() {
    let World { mut alt, mut far, .. } = World::new();
    let warning = first(&alt, NoticeKind::SuspiciousConsignment, &["TM-FAR"]);
    let warning = alt.issue(warning);
    assert_eq!((alt.states(&warning), alt.awaited(&warning)), (vec![NoticeState::Queued], (Awaited::Receipt, false)));
    carry(&mut alt, &mut far);
    assert_eq!(alt.states(&warning), [NoticeState::Delivered]);
    assert_eq!(far.states(&warning), [NoticeState::New]);
    let reference = warning.reference;
    assert_eq!(far.acknowledge(&warning), Err(HandleRefused::NotOpened(reference)));
    far.open(&warning);
    let noted = far.acknowledge(&warning).unwrap();
    assert_eq!(noted.to, [alt.code()]);
    let by = noted.reference;
    assert_eq!(far.acknowledge(&warning), Err(HandleRefused::Acknowledged { notice: reference, by }));
    assert_eq!(alt.states(&warning), [NoticeState::Delivered], "it is not here yet");
    carry(&mut far, &mut alt);
    assert_eq!((alt.states(&warning), alt.awaited(&warning).0), (vec![NoticeState::Acknowledged], Awaited::Answer));
    assert_eq!(alt.acknowledge(&noted), Err(HandleRefused::IsAcknowledgement(by)));

    assert_eq!(far.take_case("TM-FAR-O01", &warning), Ok(Handled { reference, former: None }));
    assert_eq!(far.take_case("TM-FAR-O01", &warning), Err(HandleRefused::Yours(reference)));
    let former = Some("TM-FAR-O01".parse().unwrap());
    let second = Enrolment { id: "TM-FAR-O02".parse().unwrap(), uid: None, ..one_for_everything(far.code()) };
    let enrolment = wire::Enrolment { until_ms: 0, roles: vec![wire::Role::Officer.into()], ..second.message() };
    far.commit(vec![Command::Enrol { actor: far.officer(), enrolment, hash: None }]);
    assert_eq!(far.take_case("TM-FAR-O02", &warning), Ok(Handled { reference, former }), "the former is named");
    assert_eq!(far.entries_of(EntryKind::Taken)[1].note, "TM-FAR-O01");
    let standing = far.standing(&warning);
    assert_eq!((standing.taken_by.as_str(), standing.sides[0].state()), ("TM-FAR-O02", NoticeState::Acknowledged));
    assert_eq!(alt.take_case("UZ-ALT-O01", &warning), Err(HandleRefused::Own(reference)));

    let draft = answer(&far, NoticeKind::Feedback, &warning);
    let feedback = far.issue(draft);
    assert_eq!((far.states(&warning), far.awaited(&warning).0), (vec![NoticeState::Answered], Awaited::Unspecified));
    carry(&mut far, &mut alt);
    assert_eq!(alt.states(&warning), [NoticeState::Actioned]);
    alt.close(&warning, Closing::Close).unwrap();
    assert_eq!(alt.close(&warning, Closing::Close), Err(HandleRefused::Closed(reference)));
    assert_eq!((alt.states(&warning), far.states(&warning)), (vec![NoticeState::Closed], vec![NoticeState::Answered]));
    far.close(&warning, Closing::Close).unwrap();
    assert_eq!(far.take_case("TM-FAR-O01", &warning), Err(HandleRefused::Closed(reference)));
    far.close(&warning, Closing::Reopen).unwrap();
    assert_eq!(far.close(&warning, Closing::Reopen), Err(HandleRefused::Open(reference)));
    let around = alt.standings(|standings| standings.related(warning.digest).unwrap());
    let around: Vec<_> = around.iter().map(|one| (one.kind(), one.inward)).collect();
    assert_eq!(around, [(NoticeKind::Acknowledgement, true), (NoticeKind::Feedback, true)]);
    let around = far.standings(|standings| standings.related(feedback.digest).unwrap());
    assert_eq!(around[0].notice.as_ref().unwrap().reference, reference.to_string());
    assert!(!around[0].inward);
    for office in [&alt, &far] {
        office.verifies();
    }
}

#[test]
fn a_seizure_is_corrected_and_withdrawn_and_all_take_note_suspended_or_not() {
    let mut world = World::new();
    let draft = first(&world.alt, NoticeKind::SeizureReport, &["TM-FAR", "UZ-NCC"]);
    let seizure = world.alt.issue(draft);
    carry(&mut world.alt, &mut world.far);
    carry(&mut world.alt, &mut world.ncc);
    let suspended = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    for office in [&mut world.alt, &mut world.far] {
        office.import(from_ref(&suspended)).unwrap();
        office.settle();
    }
    let correction = |office: &TestOffice, target: &Issued, subject: &str| {
        let mut draft = answer(office, NoticeKind::Correction, target);
        let fields = &mut draft.body.as_mut().unwrap().correction.as_mut().unwrap().replaced_fields;
        let text = wire::Text { text: subject.to_owned(), language: "en".to_owned() };
        fields[0].value = Some(wire::field_change::Value::Text(text));
        draft
    };
    let mut draft = correction(&world.alt, &seizure, "second");
    draft.header.tlp = wire::Tlp::AmberStrict.into();
    let second = world.alt.issue(draft);
    assert_eq!(second.to, seizure.to, "all who have it are told");
    carry(&mut world.alt, &mut world.far);
    carry(&mut world.alt, &mut world.ncc);
    for office in [&world.alt, &world.far, &world.ncc] {
        let standing = office.standing(&seizure);
        assert_eq!(standing.corrected_by.unwrap().reference, second.reference.to_string());
        assert_eq!(office.subject(&seizure).unwrap(), "second");
    }
    assert_eq!(world.alt.awaited(&second).0, Awaited::Acknowledgement);
    world.far.open(&second);
    world.far.acknowledge(&second).unwrap();
    carry(&mut world.far, &mut world.alt);
    assert_eq!(world.alt.states(&second), [NoticeState::Acknowledged, NoticeState::Delivered]);

    let mut draft = correction(&world.alt, &second, "third");
    draft.header.tlp = wire::Tlp::AmberStrict.into();
    let third = world.alt.issue(draft);
    assert_eq!(world.alt.subject(&seizure).unwrap(), "third", "a correction of a correction");
    assert_eq!(world.alt.standing(&seizure).corrected_by.unwrap().reference, third.reference.to_string());
    let marked = world.alt.reading(&seizure).amendments.iter().map(wire::Amendment::tlp).collect::<Vec<_>>();
    assert_eq!(marked, [wire::Tlp::AmberStrict; 2], "tightened, and not loosened again");
    let draft = answer(&world.alt, NoticeKind::Withdrawal, &third);
    world.alt.issue(draft);
    assert_eq!(world.alt.subject(&seizure).unwrap(), "second", "that correction is withdrawn, the notice stands");
    let draft = answer(&world.alt, NoticeKind::Withdrawal, &seizure);
    let withdrawal = world.alt.issue(draft);
    carry(&mut world.alt, &mut world.far);
    assert_eq!(world.far.standing(&seizure).withdrawn_by.unwrap().reference, withdrawal.reference.to_string());
    assert_eq!(world.far.subject(&seizure), None);
    assert_eq!(world.far.awaited(&seizure).0, Awaited::Unspecified);
    world.far.open(&withdrawal);
    world.far.acknowledge(&withdrawal).unwrap();
    carry(&mut world.far, &mut world.alt);
    assert_eq!(world.alt.states(&withdrawal)[0], NoticeState::Acknowledged);
    for office in [&world.alt, &world.far, &world.ncc] {
        office.verifies();
    }
}

#[test]
fn nobody_else_corrects_or_withdraws() {
    let World { mut alt, mut far, .. } = World::new();
    let draft = first(&alt, NoticeKind::SeizureReport, &["TM-FAR"]);
    let seizure = alt.issue(draft);
    carry(&mut alt, &mut far);
    for kind in [NoticeKind::Correction, NoticeKind::Withdrawal] {
        let mut draft = answer(&alt, kind, &seizure);
        (draft.header.from, draft.header.to) = (None, Draft::to(&["UZ-ALT"]).header.to);
        // What a node sends whose software does not keep the rule.
        if far.try_issue(draft).is_ok() {
            carry(&mut far, &mut alt);
        }
    }
    let standing = alt.standing(&seizure);
    assert_eq!((standing.corrected_by, standing.withdrawn_by), (None, None));
    assert!(alt.subject(&seizure).is_some());
}

#[test]
fn a_request_is_answered_step_by_step() {
    let World { mut alt, mut far, .. } = World::new();
    let draft = first(&alt, NoticeKind::RequestForInformation, &["TM-FAR"]);
    let request = alt.issue(draft);
    carry(&mut alt, &mut far);
    let draft = reply(&far, &request, wire::ReplyOutcome::Interim);
    far.issue(draft);
    carry(&mut far, &mut alt);
    let side = alt.standing(&request).sides.remove(0);
    assert_eq!((side.state(), side.interim_replies), (NoticeState::Delivered, 1), "an interim reply is no answer");
    assert_eq!(far.states(&request), [NoticeState::New]);
    for outcome in [wire::ReplyOutcome::Partial, wire::ReplyOutcome::Full] {
        let draft = reply(&far, &request, outcome);
        far.issue(draft);
        carry(&mut far, &mut alt);
        assert_eq!(
            (alt.states(&request), far.states(&request)),
            (vec![NoticeState::Actioned], vec![NoticeState::Answered])
        );
    }
}

#[test]
fn a_reply_that_comes_before_its_request_counts_when_that_comes() {
    let World { mut alt, mut far, mut ncc, .. } = World::new();
    let draft = first(&alt, NoticeKind::RequestForInformation, &["TM-FAR", "UZ-NCC"]);
    let request = alt.issue(draft);
    carry(&mut alt, &mut far);
    let mut draft = reply(&far, &request, wire::ReplyOutcome::Full);
    draft.header.cc = Draft::to(&["UZ-NCC"]).header.to;
    let full = far.issue(draft);
    carry(&mut far, &mut ncc);
    let around = ncc.standings(|standings| standings.related(full.digest).unwrap());
    assert_eq!((around[0].kind(), around[0].time_ms), (NoticeKind::Unspecified, 0), "it is not here");
    carry(&mut alt, &mut ncc);
    let around = ncc.standings(|standings| standings.related(request.digest).unwrap());
    assert_eq!((around[0].kind(), around[0].from.as_str()), (NoticeKind::Reply, "TM-FAR"));
    assert_eq!(ncc.states(&request), [NoticeState::New], "another office's answer is not ours");
    ncc.verifies();
}

#[test]
fn a_relation_by_reference_alone_is_found_at_both_ends() {
    let World { mut alt, mut ncc, .. } = World::new();
    let draft = first(&alt, NoticeKind::RequestForInformation, &["UZ-NCC"]);
    let request = alt.issue(draft);
    let mut draft = first(&ncc, NoticeKind::Coordination, &["UZ-ALT"]);
    let (kind, reference) = (wire::RelationKind::SameCase.into(), request.reference.to_string());
    draft.header.relations = vec![wire::Relation { kind, digest: vec![], reference }];
    ncc.issue(draft);
    carry(&mut ncc, &mut alt);
    carry(&mut alt, &mut ncc);
    for office in [&alt, &ncc] {
        let around = office.standings(|standings| standings.related(request.digest).unwrap());
        assert_eq!((around[0].kind(), around[0].inward), (NoticeKind::Coordination, true));
        office.verifies();
    }
}

#[test]
fn deadlines_run_from_receipt_and_exercises_are_not_counted() {
    let World { mut alt, mut far, .. } = World::new();
    let draft = first(&alt, NoticeKind::SuspiciousConsignment, &["TM-FAR"]);
    let real = alt.issue(draft);
    let mut draft = first(&alt, NoticeKind::SuspiciousConsignment, &["TM-FAR"]);
    draft.header.traffic = Traffic::Exercise.into();
    let exercise = alt.issue(draft);
    let none = Overdue::default();
    for office in [&mut alt, &mut far] {
        office.clock = office.clock.plus_ms(DAY_MS);
    }
    assert_eq!(alt.awaited(&real), (Awaited::Receipt, true));
    assert_eq!(alt.overdue(), Overdue { issued: 1, ..none });
    carry(&mut alt, &mut far);
    assert_eq!(
        (alt.awaited(&real), far.awaited(&real)),
        ((Awaited::Acknowledgement, false), (Awaited::Acknowledgement, false))
    );
    assert_eq!([alt.overdue(), far.overdue()], [none, none]);
    for office in [&mut alt, &mut far] {
        office.clock = office.clock.plus_ms(4 * 60 * MINUTE_MS + 1);
    }
    assert_eq!((alt.awaited(&exercise), far.awaited(&exercise).1), ((Awaited::Acknowledgement, true), true));
    assert_eq!([alt.overdue(), far.overdue()], [Overdue { issued: 1, ..none }, Overdue { received: 1, ..none }]);
    let mut kept = Overdues::default();
    let mut count = |office: &TestOffice| {
        let end = office.writer.shared().head().size;
        office.standings(|standings| kept.count(standings, end).unwrap())
    };
    assert_eq!(count(&far).received, 1);
    far.open(&real);
    far.acknowledge(&real).unwrap();
    assert_eq!(count(&far).received, 0, "what was kept follows the log");
    far.clock = far.clock.plus_ms(3 * DAY_MS);
    assert_eq!(count(&far).received, 1, "now the feedback is overdue");
    far.close(&real, Closing::Close).unwrap();
    assert_eq!(count(&far).received, 0);
}

#[test]
fn an_exercise_never_touches_what_is_real() {
    let World { mut alt, mut far, .. } = World::new();
    let draft = first(&alt, NoticeKind::RequestForInformation, &["TM-FAR"]);
    let request = alt.issue(draft);
    carry(&mut alt, &mut far);
    let mut draft = reply(&far, &request, wire::ReplyOutcome::Full);
    draft.header.traffic = Traffic::Exercise.into();
    if far.try_issue(draft).is_ok() {
        carry(&mut far, &mut alt);
    }
    assert_eq!(alt.states(&request), [NoticeState::Delivered]);
}

#[test]
fn a_revoked_office_is_undeliverable_and_owes_nothing() {
    let mut world = World::new();
    let draft = first(&world.alt, NoticeKind::SuspiciousConsignment, &["TM-FAR"]);
    let warning = world.alt.issue(draft);
    let revoked = world.tm.set_state("TM-FAR", OfficeState::Revoked);
    world.alt.import(&[revoked]).unwrap();
    world.alt.clock = world.alt.clock.plus_ms(DAY_MS);
    assert_eq!(world.alt.states(&warning), [NoticeState::Undeliverable]);
    assert_eq!(world.alt.overdue(), Overdue::default());
}

#[test]
fn a_controlled_delivery_is_agreed_only_by_both_countries() {
    let World { mut alt, mut far, .. } = World::new();
    let draft = first(&alt, NoticeKind::ControlledDelivery, &["TM-FAR"]);
    let proposal = alt.issue(draft);
    carry(&mut alt, &mut far);
    let authorisation =
        |country: &str| wire::Authorisation { country: country.to_owned(), ..wire::Authorisation::default() };
    let phase = |office: &TestOffice, phase: wire::DeliveryPhase, countries: &[&str]| {
        let mut draft = answer(office, NoticeKind::ControlledDelivery, &proposal);
        let part = draft.body.as_mut().unwrap().controlled_delivery.as_mut().unwrap();
        let first = part.authorisations.first().cloned().unwrap_or_default();
        let named = |country: &&str| wire::Authorisation { country: authorisation(country).country, ..first.clone() };
        (part.phase, part.authorisations) = (phase.into(), countries.iter().map(named).collect());
        draft
    };
    let shown = |office: &TestOffice| {
        let negotiation = office.standings(|standings| standings.negotiation(proposal.digest).unwrap().unwrap());
        (negotiation.phase(), negotiation.not_agreed.len())
    };
    assert_eq!((shown(&alt), shown(&far)), ((wire::DeliveryPhase::Proposed, 0), (wire::DeliveryPhase::Proposed, 0)));
    let draft = phase(&alt, wire::DeliveryPhase::Agreed, &["UZ", "TM"]);
    alt.issue(draft);
    carry(&mut alt, &mut far);
    assert_eq!((shown(&alt), shown(&far)), ((wire::DeliveryPhase::Proposed, 1), (wire::DeliveryPhase::Proposed, 1)));
    let draft = phase(&far, wire::DeliveryPhase::Agreed, &["UZ", "TM"]);
    far.issue(draft);
    carry(&mut far, &mut alt);
    assert_eq!((shown(&alt), shown(&far)), ((wire::DeliveryPhase::Agreed, 1), (wire::DeliveryPhase::Agreed, 1)));
    let draft = phase(&far, wire::DeliveryPhase::Aborted, &["TM"]);
    far.issue(draft);
    assert_eq!(shown(&far).0, wire::DeliveryPhase::Aborted);
    let seizure = first(&alt, NoticeKind::SeizureReport, &["TM-FAR"]);
    let seizure = alt.issue(seizure);
    assert_eq!(alt.standings(|standings| standings.negotiation(seizure.digest).unwrap()), None);
}

#[test]
fn unknown_notices_are_not_handled() {
    let World { mut alt, .. } = World::new();
    let size = alt.writer.shared().head().size;
    let digest = Digest([7; 32]);
    let stranger = Issued { digest, reference: "UZ-ALT-26-000123-3".parse().unwrap(), to: vec![], flags: vec![] };
    assert_eq!(alt.take_case("UZ-ALT-O01", &stranger), Err(HandleRefused::Unknown(digest)));
    assert_eq!(alt.close(&stranger, Closing::Close), Err(HandleRefused::Unknown(digest)));
    assert_eq!(alt.acknowledge(&stranger), Err(HandleRefused::Unknown(digest)));
    assert_eq!(alt.writer.shared().head().size, size, "nothing is written");
}
