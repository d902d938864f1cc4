//! Three nodes: a notice of one office is passed on by the second to the third, with the consent of the first; never
//! without it, and never longer or more loosely than both allow.

use chapar::limits;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::ConsentOutcome;
use chapar::wire::ConsentScope;
use chapar::wire::NoticeKind;
use chapar::wire::RelationKind;
use chapar::wire::SendNoticeRequest;
use tonic::Status;

use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::an_amendment;

const NOW: &str = "2026-11-20T06:00:00Z";
const CONSENT_UNTIL: &str = "2026-12-20T06:00:00Z";

struct World {
    sites: Vec<Site>,
    nodes: Vec<Running>,
    clock: std::sync::Arc<TestClock>,
    countries: Countries,
}

const ALT: usize = 0;
const FAR: usize = 1;
const KOR: usize = 2;

impl World {
    async fn begin() -> Self {
        Self::with(&["UZ", "TM", "KZ"]).await
    }

    /// The third office trusts these countries alone.
    async fn with(trusted: &[&str]) -> Self {
        let clock = TestClock::at(NOW);
        let mut sites = vec![Site::make("UZ-ALT", 1), Site::make("TM-FAR", 2), Site::make("KZ-KOR", 3)];
        let mut nodes = vec![];
        for site in &mut sites {
            nodes.push(site.start(std::sync::Arc::<TestClock>::clone(&clock), true).await);
        }
        let codes = ["UZ", "TM", "KZ"];
        let countries = Countries::of(&codes);
        let signed = |code: &&str| {
            let place = codes.iter().position(|one| one == code).unwrap();
            countries.roster(code, 1, &[&sites[place]])
        };
        for (i, node) in nodes.iter_mut().enumerate() {
            let trusted = if i == KOR { trusted } else { &codes };
            let rosters: Vec<_> = trusted.iter().map(signed).collect();
            node.trust(&Countries::of(trusted), &rosters).await;
        }
        Self { sites, nodes, clock, countries }
    }

    async fn send(&mut self, by: usize, draft: SendNoticeRequest) -> String {
        let sent = self.nodes[by].send(draft).await.unwrap();
        self.nodes[by].all_delivered().await;
        sent.reference
    }

    async fn refused(&mut self, by: usize, draft: SendNoticeRequest) -> String {
        self.nodes[by].send(draft).await.unwrap_err().message().to_owned()
    }

    /// The releasing officer opens a notice: without that, nobody releases what passes it on.
    async fn read(&mut self, by: usize, notice: &str) {
        let officer = format!("{}-R01", self.sites[by].code);
        let request = wire::OpenNoticeRequest { notice: notice.to_owned(), ..wire::OpenNoticeRequest::default() };
        self.nodes[by].desk_of(&officer).open_notice(request).await.unwrap();
    }

    async fn printed(&mut self, by: usize, notice: &str) -> Result<(), Status> {
        let (notice, why) = (notice.to_owned(), "case 7".to_owned());
        let request = wire::OpenNoticeRequest { notice, why, print: true, original: false };
        self.nodes[by].desk.open_notice(request).await.map(drop)
    }

    async fn open(&mut self, by: usize, notice: &str) -> Result<wire::OpenNoticeResponse, Status> {
        let request = wire::OpenNoticeRequest { notice: notice.to_owned(), ..wire::OpenNoticeRequest::default() };
        self.nodes[by].desk.open_notice(request).await.map(tonic::Response::into_inner)
    }

    /// The originator consents to what the second office asks for; the reference of the request.
    async fn consent(&mut self, of: &str, to: &[&str], outcome: ConsentOutcome) -> String {
        let to: Vec<String> = to.iter().map(|office| (*office).to_owned()).collect();
        let request = wire::ConsentRequest {
            scope: ConsentScope::Disseminate.into(),
            disseminate_to: to.clone(),
            justification: Some(wire::Text { text: "They watch the same road".to_owned(), language: "en".to_owned() }),
        };
        let part = wire::NoticeBody { consent_request: Some(request), ..wire::NoticeBody::default() };
        let asked = about(NoticeKind::ConsentRequest, RelationKind::ConsentFor, of, &["UZ-ALT"], part);
        let asked = self.send(FAR, asked).await;
        let decision = wire::ConsentDecision {
            outcome: outcome.into(),
            scope: ConsentScope::Disseminate.into(),
            // What is granted without more is what was asked.
            disseminate_to: vec![],
            conditions: None,
            expires_ms: CONSENT_UNTIL.parse::<Timestamp>().unwrap().ms(),
        };
        let part = wire::NoticeBody { consent_decision: Some(decision), ..wire::NoticeBody::default() };
        let decided = about(NoticeKind::ConsentDecision, RelationKind::ConsentFor, &asked, &["TM-FAR"], part);
        self.send(ALT, decided).await;
        asked
    }

    async fn end(self) {
        for mut node in self.nodes {
            assert_eq!(node.verify().await.fault, "");
            node.stop().await.unwrap();
        }
        drop(self.sites);
    }
}

fn about(kind: NoticeKind, relation: RelationKind, of: &str, to: &[&str], part: wire::NoticeBody) -> SendNoticeRequest {
    let mut draft = a_notice(to, wire::Urgency::Priority, "about another notice");
    let text = draft.body.take().unwrap();
    draft.body = Some(wire::NoticeBody { subject: text.subject, marking: text.marking, ..part });
    let header = draft.header.as_mut().unwrap();
    header.kind = kind.into();
    header.relations =
        vec![wire::Relation { kind: relation.into(), reference: of.to_owned(), ..wire::Relation::default() }];
    draft
}

fn forward(of: &str, to: &[&str], change: impl FnOnce(&mut wire::NoticeHeader)) -> SendNoticeRequest {
    let part = wire::NoticeBody { forward: Some(wire::Forward::default()), ..wire::NoticeBody::default() };
    let mut draft = about(NoticeKind::Forward, RelationKind::Forwards, of, to, part);
    let header = draft.header.as_mut().unwrap();
    header.expires_ms = CONSENT_UNTIL.parse::<Timestamp>().unwrap().ms();
    header.handling = vec![wire::Handling::H1.into(), wire::Handling::H2.into()];
    change(header);
    draft
}

/// A notice of the first office to the second one that must not be passed on.
async fn a_marked_notice(world: &mut World) -> String {
    let mut draft = a_notice(&["TM-FAR"], wire::Urgency::Routine, "magnets under a trailer");
    draft.header.as_mut().unwrap().handling = vec![wire::Handling::H1.into(), wire::Handling::H2.into()];
    world.send(ALT, draft).await
}

fn subject(body: Option<&wire::NoticeBody>) -> &str {
    &body.unwrap().subject.as_ref().unwrap().text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_office_reads_what_the_first_one_wrote_and_signed() {
    let mut world = World::begin().await;
    let original = a_marked_notice(&mut world).await;
    let refused = world.refused(FAR, forward(&original, &["KZ-KOR"], |_| {})).await;
    assert!(refused.contains("P-05") && refused.contains("UZ-ALT"), "{refused}");
    world.consent(&original, &["KZ-KOR"], ConsentOutcome::Granted).await;
    let unread = world.refused(FAR, forward(&original, &["KZ-KOR"], |_| {})).await;
    assert!(unread.contains(&format!("You have not opened {original}")), "{unread}");
    world.read(FAR, &original).await;

    let sent = world.send(FAR, forward(&original, &["KZ-KOR"], |_| {})).await;
    let opened = world.open(KOR, &sent).await.unwrap();
    assert_eq!(opened.body.as_ref().unwrap().forward, Some(wire::Forward::default()), "no envelope, no key");
    let passed_on = opened.forwarded.unwrap();
    assert_eq!(passed_on.consent.len(), 32);
    assert_eq!(subject(passed_on.body.as_ref()), "magnets under a trailer");
    let header = passed_on.header.unwrap();
    assert_eq!((header.reference.as_str(), header.from.unwrap().office.as_str()), (original.as_str(), "UZ-ALT"));
    assert_eq!(passed_on.key_id, world.sites[ALT].identity.signing.public().id().to_string());
    assert_eq!(opened.signed_by, "TM-FAR", "the office between signs for itself");
    assert!(opened.not_for_court, "its marking holds");
    for office in [FAR, KOR] {
        let kept = world.printed(office, &sent).await.unwrap_err();
        assert!(kept.message().contains("passes on a notice of another office"), "{}", kept.message());
    }
    world.printed(FAR, &original).await.unwrap();

    // Words of the original find it there; at the first office nothing relates to what it has never seen.
    let request = wire::SearchNoticesRequest {
        text: "magnets".to_owned(),
        why: "case 7".to_owned(),
        ..wire::SearchNoticesRequest::default()
    };
    let found = world.nodes[KOR].desk.search_notices(request).await.unwrap().into_inner();
    assert_eq!(found.hits.len(), 1);
    let own = world.open(ALT, &original).await.unwrap();
    assert!(own.related.iter().all(|one| one.kind() != NoticeKind::Forward));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_passed_on_beyond_the_consent_the_marking_and_the_end() {
    let mut world = World::begin().await;
    let original = a_marked_notice(&mut world).await;
    world.consent(&original, &["KZ-KOR"], ConsentOutcome::Partial).await;
    let later = "2026-12-20T06:00:00.001Z".parse::<Timestamp>().unwrap().ms();
    for (change, said) in [
        (Box::new(|header: &mut wire::NoticeHeader| header.expires_ms = later) as Box<dyn Fn(&mut _)>, "P-10"),
        (Box::new(|header: &mut wire::NoticeHeader| header.handling = vec![wire::Handling::H1.into()]), "P-07"),
        (Box::new(|header: &mut wire::NoticeHeader| header.tlp = wire::Tlp::Green.into()), "P-07"),
        (Box::new(|header: &mut wire::NoticeHeader| header.traffic = wire::Traffic::Test.into()), "P-16"),
        (
            Box::new(|header: &mut wire::NoticeHeader| {
                header.cc = vec![wire::Party { office: "UZ-ALT".to_owned(), agency: 0 }];
            }),
            "P-05",
        ),
        (Box::new(|header: &mut wire::NoticeHeader| header.relations.push(header.relations[0].clone())), "FORWARD"),
    ] {
        let refused = world.refused(FAR, forward(&original, &["KZ-KOR"], |header| change(header))).await;
        assert!(refused.contains(said), "{said} is not in {refused}");
    }
    let mut filled = forward(&original, &["KZ-KOR"], |_| {});
    filled.body.as_mut().unwrap().forward.as_mut().unwrap().envelope = b"an envelope".to_vec();
    let refused = world.refused(FAR, filled).await;
    assert!(refused.contains("K:FORWARD.forward"), "{refused}");
    let own = world.refused(ALT, forward(&original, &["KZ-KOR"], |_| {})).await;
    assert!(own.contains("K:FORWARD.from"), "{own}");

    world.read(FAR, &original).await;
    let sent = world.nodes[FAR].send(forward(&original, &["KZ-KOR"], |_| {})).await.unwrap();
    assert!(sent.flags.iter().any(|flag| flag.rule == "P-05"), "it is granted in part: {:?}", sent.flags);
    world.nodes[FAR].all_delivered().await;
    // A forward is not passed on once more: its originator is asked.
    let again = world.refused(KOR, forward(&sent.reference, &["UZ-ALT"], |_| {})).await;
    assert!(again.contains("K:FORWARD"), "{again}");

    // Once the consent has ended, so has the forward, and there is no other one.
    world.clock.set(CONSENT_UNTIL);
    let shown_ms = CONSENT_UNTIL.parse::<Timestamp>().unwrap().ms();
    world.nodes[FAR].inspect.confirm_clock(wire::ConfirmClockRequest { shown_ms }).await.unwrap();
    let late = forward(&original, &["KZ-KOR"], |header| header.expires_ms = shown_ms + 86_400_000);
    let refused = world.refused(FAR, late).await;
    assert!(refused.contains("P-05"), "{refused}");
    world.end().await;
}

/// An own forward opens what it passes on: it does not outlive that here.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_passed_on_ends_with_the_period_of_the_original() {
    let mut world = World::begin().await;
    let original = a_marked_notice(&mut world).await;
    world.consent(&original, &["KZ-KOR"], ConsentOutcome::Granted).await;
    world.read(FAR, &original).await;
    let sent = world.send(FAR, forward(&original, &["KZ-KOR"], |_| {})).await;
    let kind = NoticeKind::ModusOperandi.into();
    let period = wire::SetRetentionRequest { kind, days: 2, seen_days: limits::KEPT_DAYS };
    world.nodes[FAR].inspect.set_retention(period).await.unwrap();
    let request = wire::GetNoticeRequest { notice: sent.clone() };
    let due = world.nodes[FAR].desk.get_notice(request).await.unwrap().into_inner().due.unwrap();
    assert_eq!((due.ends_ms - NOW.parse::<Timestamp>().unwrap().ms()) / 86_400_000, 2);
    assert!(due.by_retention);
    let list = wire::ListDueRequest {
        by: wire::DueBy::End.into(),
        before_ms: due.ends_ms + 1,
        ..wire::ListDueRequest::default()
    };
    let rows = world.nodes[FAR].inspect.list_due(list).await.unwrap().into_inner().rows;
    assert_eq!(rows.iter().filter(|row| row.reference == sent).count(), 1);
    for days in 1..=2 {
        assert!(world.open(FAR, &sent).await.unwrap().forwarded.is_some(), "before day {days}");
        let shown_ms = NOW.parse::<Timestamp>().unwrap().plus_ms(days * 86_400_000 + 60_000).ms();
        world.clock.set(&Timestamp::from_ms(shown_ms).unwrap().to_string());
        world.nodes[FAR].inspect.confirm_clock(wire::ConfirmClockRequest { shown_ms }).await.unwrap();
    }
    for gone in [&original, &sent] {
        let here = world.open(FAR, gone).await.unwrap();
        assert!(here.body.is_none() && here.forwarded.is_none());
        assert_eq!(here.erasure.unwrap().reason(), wire::ErasureReason::Retention);
    }
    assert!(world.open(KOR, &sent).await.unwrap().forwarded.is_some());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_go_with_it_and_what_is_withdrawn_or_erased_does_not() {
    let mut world = World::begin().await;
    let original = a_marked_notice(&mut world).await;
    world.consent(&original, &["KZ-KOR"], ConsentOutcome::Granted).await;
    let mut correction = an_amendment(NoticeKind::Correction, &original, "magnets under a bus");
    correction.header.as_mut().unwrap().handling = vec![wire::Handling::H1.into(), wire::Handling::H2.into()];
    correction.header.as_mut().unwrap().tlp = wire::Tlp::AmberStrict.into();
    let correction = world.send(ALT, correction).await;
    let refused = world.refused(FAR, forward(&original, &["KZ-KOR"], |_| {})).await;
    assert!(refused.contains("P-07"), "the correction has tightened the marking: {refused}");
    let strict = |header: &mut wire::NoticeHeader| header.tlp = wire::Tlp::AmberStrict.into();
    world.read(FAR, &original).await;
    let sent = world.send(FAR, forward(&original, &["KZ-KOR"], strict)).await;
    let passed_on = world.open(KOR, &sent).await.unwrap().forwarded.unwrap();
    assert_eq!(subject(passed_on.body.as_ref()), "magnets under a bus");
    assert_eq!(passed_on.corrections, std::slice::from_ref(&correction));
    assert!(!passed_on.key_id.is_empty());

    // What is erased of the original is erased of the forward as well, and of the correction that goes with it.
    let erase = wire::EraseNoticeRequest { notice: correction.clone(), reason: wire::ErasureReason::Unlawful.into() };
    let erased = world.nodes[FAR].desk.erase_notice(erase).await.unwrap().into_inner();
    assert_eq!(erased.forwards, std::slice::from_ref(&sent));
    let here = world.open(FAR, &sent).await.unwrap();
    assert!(here.body.is_none() && here.forwarded.is_none() && here.erasure.is_some());
    let refused = world.refused(FAR, forward(&original, &["KZ-KOR"], strict)).await;
    assert!(refused.contains("K:FORWARD.relates_to"), "{refused}");

    let other = a_marked_notice(&mut world).await;
    world.consent(&other, &["KZ-KOR"], ConsentOutcome::Granted).await;
    let mut withdrawal = an_amendment(NoticeKind::Withdrawal, &other, "a mistake");
    withdrawal.header.as_mut().unwrap().handling = vec![wire::Handling::H1.into(), wire::Handling::H2.into()];
    world.send(ALT, withdrawal).await;
    let refused = world.refused(FAR, forward(&other, &["KZ-KOR"], |_| {})).await;
    assert!(refused.contains("K:FORWARD.relates_to"), "{refused}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_cannot_widen_what_was_granted() {
    let mut world = World::begin().await;
    let original = a_marked_notice(&mut world).await;
    world.read(FAR, &original).await;
    let asked = world.consent(&original, &["KZ-ALM"], ConsentOutcome::Granted).await;
    let refused = world.refused(FAR, forward(&original, &["KZ-KOR"], |_| {})).await;
    assert!(refused.contains("P-05"), "{refused}");
    let mut correction = an_amendment(NoticeKind::Correction, &asked, "another office");
    let header = correction.header.as_mut().unwrap();
    header.to = vec![wire::Party { office: "UZ-ALT".to_owned(), agency: 0 }];
    let body = correction.body.as_mut().unwrap().correction.as_mut().unwrap();
    body.full_replacement = None;
    let value = Some(wire::field_change::Value::Word("KZ-KOR".to_owned()));
    body.replaced_fields = vec![wire::FieldChange { path: "body.consent_request.disseminate_to[0]".to_owned(), value }];
    world.send(FAR, correction).await;
    let refused = world.refused(FAR, forward(&original, &["KZ-KOR"], |_| {})).await;
    assert!(refused.contains("P-05"), "the originator has never granted that: {refused}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_is_withdrawn_before_the_release_counts_no_more() {
    let mut world = World::begin().await;
    let original = a_marked_notice(&mut world).await;
    world.read(FAR, &original).await;
    let asked = world.consent(&original, &["KZ-KOR"], ConsentOutcome::Granted).await;
    let draft = forward(&original, &["KZ-KOR"], |_| {});
    let waits = world.nodes[FAR].desk.send_notice(draft).await.unwrap().into_inner().draft.unwrap();
    let refusal = wire::ConsentDecision {
        outcome: ConsentOutcome::Refused.into(),
        scope: ConsentScope::Disseminate.into(),
        ..wire::ConsentDecision::default()
    };
    let part = wire::NoticeBody { consent_decision: Some(refusal), ..wire::NoticeBody::default() };
    let decided = about(NoticeKind::ConsentDecision, RelationKind::ConsentFor, &asked, &["TM-FAR"], part);
    world.send(ALT, decided).await;
    let refused = world.nodes[FAR].release(waits).await.unwrap_err();
    assert!(refused.message().contains("P-05"), "{}", refused.message());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_office_in_no_roster_here_it_is_shown_that_nobody_could_check_it() {
    let mut world = World::with(&["TM", "KZ"]).await;
    let original = a_marked_notice(&mut world).await;
    world.consent(&original, &["KZ-KOR"], ConsentOutcome::Granted).await;
    world.read(FAR, &original).await;
    let sent = world.nodes[FAR].send(forward(&original, &["KZ-KOR"], |_| {})).await.unwrap().reference;
    world.nodes[FAR].until("it is delivered", |status| waiting(status, "KZ-KOR") == 0).await;
    let opened = world.open(KOR, &sent).await.unwrap().forwarded.unwrap();
    assert_eq!((opened.key_id.as_str(), subject(opened.body.as_ref())), ("", "magnets under a trailer"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_found_in_wrong_hands_signs_nothing_that_is_passed_on() {
    let mut world = World::begin().await;
    let original = a_marked_notice(&mut world).await;
    world.consent(&original, &["KZ-KOR"], ConsentOutcome::Granted).await;
    world.read(FAR, &original).await;
    let mut listed = world.sites[ALT].listed();
    listed.office_keys[0].compromised = Some("2026-11-01T00:00:00Z".parse().unwrap());
    let roster = world.countries.roster_of("UZ", 2, vec![listed]);
    world.nodes[FAR].import(&[roster]).await.unwrap();
    let refused = world.refused(FAR, forward(&original, &["KZ-KOR"], |_| {})).await;
    assert!(refused.contains("No key that counts now has signed the notice to pass on"), "{refused}");
    world.end().await;
}

/// What waits for an office.
fn waiting(status: &wire::GetStatusResponse, office: &str) -> u64 {
    status.peers.iter().filter(|peer| peer.office == office).map(|peer| peer.waiting).sum()
}
