//! Two nodes: a consent lets an officer print and export what the marking of its originator keeps here, until it ends.

use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::ConsentOutcome;
use chapar::wire::ConsentScope;
use chapar::wire::NoticeKind;
use tonic::Code;
use tonic::Status;

use crate::local::Local;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::two_by;

async fn print(local: &mut Local, notice: &str) -> Result<wire::OpenNoticeResponse, Status> {
    let (notice, why) = (notice.to_owned(), "case 7".to_owned());
    let request = wire::OpenNoticeRequest { notice, why, print: true, original: false };
    local.desk.open_notice(request).await.map(tonic::Response::into_inner)
}

async fn export(local: &mut Local, notice: &str) -> Result<wire::ExportNoticeResponse, Status> {
    let request = wire::ExportNoticeRequest { notice: notice.to_owned(), why: "case 7".to_owned() };
    local.desk.export_notice(request).await.map(tonic::Response::into_inner)
}

/// A notice about consent for another one.
fn about(kind: NoticeKind, of: &str, to: &str, part: wire::NoticeBody) -> wire::SendNoticeRequest {
    let mut draft = a_notice(&[to], wire::Urgency::Priority, "consent");
    let text = draft.body.take().unwrap();
    draft.body = Some(wire::NoticeBody { subject: text.subject, marking: text.marking, ..part });
    let header = draft.header.as_mut().unwrap();
    header.kind = kind.into();
    let relation = wire::RelationKind::ConsentFor.into();
    header.relations = vec![wire::Relation { kind: relation, reference: of.to_owned(), ..wire::Relation::default() }];
    draft
}

pub(crate) fn request(scope: ConsentScope, of: &str) -> wire::SendNoticeRequest {
    let request = wire::ConsentRequest {
        scope: scope.into(),
        disseminate_to: if scope == ConsentScope::Disseminate { vec!["TM-FAR".to_owned()] } else { vec![] },
        justification: Some(wire::Text { text: "It belongs to a case here".to_owned(), language: "en".to_owned() }),
    };
    let part = wire::NoticeBody { consent_request: Some(request), ..wire::NoticeBody::default() };
    about(NoticeKind::ConsentRequest, of, "UZ-ALT", part)
}

pub(crate) fn decision(outcome: ConsentOutcome, scope: ConsentScope, of: &str, until: &str) -> wire::SendNoticeRequest {
    let decision = wire::ConsentDecision {
        outcome: outcome.into(),
        scope: scope.into(),
        disseminate_to: if scope == ConsentScope::Disseminate { vec!["TM-FAR".to_owned()] } else { vec![] },
        conditions: None,
        expires_ms: until.parse::<Timestamp>().unwrap().ms(),
    };
    let part = wire::NoticeBody { consent_decision: Some(decision), ..wire::NoticeBody::default() };
    about(NoticeKind::ConsentDecision, of, "TM-FAR", part)
}

/// Time passes, and an officer of the node confirms it.
async fn at(clock: &TestClock, local: &mut Local, time: &str) {
    clock.set(time);
    let shown_ms = time.parse::<Timestamp>().unwrap().ms();
    local.inspect.confirm_clock(wire::ConfirmClockRequest { shown_ms }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_originator_consents_to_may_leave_until_the_consent_ends() {
    let clock = TestClock::at("2026-11-20T06:00:00Z");
    let (_alt, mut a, _far, mut f, _) = two_by(&clock, "TM-FAR").await;
    let mut draft = a_notice(&["TM-FAR"], wire::Urgency::Routine, "marked");
    draft.header.as_mut().unwrap().handling = vec![wire::Handling::H1.into(), wire::Handling::H2.into()];
    let marked = a.send(draft).await.unwrap().reference;
    a.all_delivered().await;

    let refused = print(&mut f, &marked).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    for said in ["no consent of UZ-ALT", "DISSEMINATE", &format!("consent-request --about {marked}")] {
        assert!(refused.message().contains(said), "{said} is not in {}", refused.message());
    }
    assert_eq!(export(&mut f, &marked).await.unwrap_err().code(), Code::FailedPrecondition);

    let asked = f.send(request(ConsentScope::Disseminate, &marked)).await.unwrap().reference;
    let for_court = f.send(request(ConsentScope::UseInCourt, &marked)).await.unwrap().reference;
    f.all_delivered().await;
    let until = "2026-12-20T06:00:00Z";
    let granted = decision(ConsentOutcome::Granted, ConsentScope::Disseminate, &asked, until);
    let granted = a.send(granted).await.unwrap().reference;
    a.all_delivered().await;
    let printed = print(&mut f, &marked).await.unwrap();
    assert!(printed.not_for_court, "that is another scope");
    assert_eq!(printed.consents.len(), 1);
    assert_eq!(printed.consents[0].decision.as_ref().unwrap().reference, granted);
    assert!(export(&mut f, &marked).await.unwrap().not_for_court);
    let in_part = decision(ConsentOutcome::Partial, ConsentScope::UseInCourt, &for_court, "2026-12-10T06:00:00Z");
    a.send(in_part).await.unwrap();
    a.all_delivered().await;
    assert!(!print(&mut f, &marked).await.unwrap().not_for_court);
    assert!(!export(&mut f, &marked).await.unwrap().not_for_court);

    at(&clock, &mut f, "2026-12-10T06:00:00Z").await;
    assert!(print(&mut f, &marked).await.unwrap().not_for_court, "the consent for court has ended");
    at(&clock, &mut f, until).await;
    assert_eq!(print(&mut f, &marked).await.unwrap_err().code(), Code::FailedPrecondition);
    assert_eq!(export(&mut f, &marked).await.unwrap_err().code(), Code::FailedPrecondition);
    assert_eq!(f.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
