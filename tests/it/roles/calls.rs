//! Every role with every call, over the socket of a real node.

use super::*;

type Channelled = InterceptedService<Channel, As>;

/// Says who calls, with which passphrase.
#[derive(Clone)]
struct As(OfficerId, &'static str);

impl tonic::service::Interceptor for As {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert(sign_in::OFFICER, self.0.as_str().parse().unwrap());
        let passphrase = MetadataValue::from_bytes(self.1.as_bytes());
        request.metadata_mut().insert_bin(sign_in::PASSPHRASE, passphrase);
        Ok(request)
    }
}

struct Caller {
    desk: DeskServiceClient<Channelled>,
    inspect: InspectServiceClient<Channelled>,
}

/// An office with one officer of each role, who sign in with a passphrase.
pub(crate) struct Office {
    site: Site,
    pub(crate) node: crate::world::Running,
    clock: Arc<TestClock>,
    channel: Channel,
}

impl Office {
    pub(crate) async fn start() -> Self {
        let mut site = Site::make("UZ-ALT", 1);
        let store = chapar::edge::sled::SledStore::open(&site.folder.path().join("store")).unwrap();
        let entropy = Box::new(SeededEntropy::new(5));
        let mut writer = Writer::open(Arc::new(store), site.identity.clone(), entropy).unwrap();
        let mut commands = vec![];
        // The administrator last: from then on there are two, and a second person must agree.
        for role in [Role::ReleasingOfficer, Role::Auditor, Role::DataProtectionOfficer, Role::Administrator] {
            let enrolment = enrolled(of(role), &[role]).message();
            let enrolment = wire::Enrolment { until_ms: 0, ..enrolment };
            commands.push(Command::Enrol { actor: id("O01"), enrolment, hash: Some(hash("only once, only once")) });
            commands.push(Command::Passphrase { officer: of(role), hash: hash(PASSPHRASE) });
        }
        // Until here the first officer is one for everything.
        let officer = wire::Enrolment { until_ms: 0, ..enrolled(id("O01"), &[Role::Officer]).message() };
        commands.push(Command::Enrol { actor: of(Role::Administrator), enrolment: officer, hash: None });
        let mut order = |command| {
            let reply = writer.commit(start(), vec![command]).unwrap().into_inner().remove(0);
            assert!(!matches!(reply, Reply::Denied(_) | Reply::Enrolled(Err(_)) | Reply::Decided(Err(_))), "{reply:?}");
            writer.shared().officers().proposals.get(&id("O01")).map_or(0, |proposal| proposal.index)
        };
        let mut proposal = 0;
        for command in commands {
            proposal = order(command);
        }
        order(Command::Decide {
            actor: of(Role::DataProtectionOfficer),
            officer: id("O01"),
            proposal,
            agree: true,
            hash: None,
        });
        order(Command::Passphrase { officer: id("O01"), hash: hash(PASSPHRASE) });
        drop(writer);
        let clock = TestClock::at("2026-11-24T08:00:00Z");
        let node = site.start(Arc::<TestClock>::clone(&clock), false).await;
        let channel = crate::local::channel(&site.folder.path().join("sock")).await.unwrap();
        Self { site, node, clock, channel }
    }

    /// Trusts a country that lists TM-FAR.
    pub(crate) async fn knows_far(&self) {
        let (far, countries) = (Site::make("TM-FAR", 2), Countries::of(&["TM"]));
        let mut inspect = self.by(of(Role::Administrator), PASSPHRASE).inspect;
        let fingerprint = countries.0.values().map(|key| Fingerprint::of_key(&key.public().0).to_string()).collect();
        inspect.trust_country(wire::TrustCountryRequest { country: "TM".to_owned(), fingerprint }).await.unwrap();
        let rosters = vec![countries.roster("TM", 1, &[&far])];
        inspect.import_rosters(wire::ImportRostersRequest { rosters }).await.unwrap();
    }

    fn by(&self, officer: OfficerId, passphrase: &'static str) -> Caller {
        let caller = As(officer, passphrase);
        Caller {
            desk: DeskServiceClient::with_interceptor(self.channel.clone(), caller.clone()),
            inspect: InspectServiceClient::with_interceptor(self.channel.clone(), caller),
        }
    }
}

fn code<T>(answer: Result<T, Status>) -> Code {
    answer.map_or_else(|status| status.code(), |_| Code::Ok)
}

/// Does each call, with something that a node answers in some way if only the caller may ask.
async fn all(mut caller: Caller) -> Vec<(&'static str, bool)> {
    let Caller { desk, inspect } = &mut caller;
    let list = wire::ListNoticesRequest { folder: wire::Folder::Inbox.into(), ..wire::ListNoticesRequest::default() };
    let notice = || "UZ-ALT-26-000001-K".to_owned();
    let why = || "the calls of a role".to_owned();
    let open = |print| wire::OpenNoticeRequest { notice: notice(), why: why(), print, original: false };
    let export = wire::ExportNoticeRequest { notice: notice(), why: why() };
    let search =
        wire::SearchNoticesRequest { text: "word".to_owned(), why: why(), ..wire::SearchNoticesRequest::default() };
    let audit = wire::AuditRequest { view: wire::AuditView::Reads.into(), ..wire::AuditRequest::default() };
    let passphrase = wire::SetPassphraseRequest { passphrase: "short".to_owned() };
    let finish = wire::FinishAttachmentRequest { name: "a".to_owned(), kind: 1, ..Default::default() };
    let attachment = |export, draft: &str| wire::GetAttachmentRequest {
        notice: if draft.is_empty() { notice() } else { String::new() },
        draft: draft.to_owned(),
        digest: vec![1; 32],
        export,
        why: why(),
        preview: false,
    };
    let fetch = wire::FetchAttachmentRequest { notice: notice(), digest: vec![1; 32] };
    let erase = wire::EraseNoticeRequest { notice: notice(), ..wire::EraseNoticeRequest::default() };
    let decide = wire::DecideOfficerRequest { officer: "UZ-ALT-O99".to_owned(), agree: true, proposal: 0 };
    let codes = [
        ("send", code(desk.send_notice(a_notice(&["TM-FAR"], wire::Urgency::Routine, "x")).await)),
        ("save draft", code(desk.save_draft(wire::SaveDraftRequest::default()).await)),
        ("drafts", code(desk.list_drafts(wire::ListDraftsRequest {}).await)),
        ("open draft", code(desk.open_draft(wire::OpenDraftRequest { draft: notice() }).await)),
        ("get draft", code(desk.get_draft(wire::GetDraftRequest { draft: notice() }).await)),
        ("submit", code(desk.submit_draft(wire::SubmitDraftRequest { draft: notice() }).await)),
        ("release", code(desk.release_draft(wire::ReleaseDraftRequest::default()).await)),
        ("return", code(desk.return_draft(wire::ReturnDraftRequest::default()).await)),
        (
            "discard",
            code(desk.discard_draft(wire::DiscardDraftRequest { draft: notice(), ..Default::default() }).await),
        ),
        ("confirm", code(desk.confirm_notice(wire::ConfirmNoticeRequest { notice: notice() }).await)),
        ("list", code(desk.list_notices(list).await)),
        ("open", code(desk.open_notice(open(false)).await)),
        ("print", code(desk.open_notice(open(true)).await)),
        ("search", code(desk.search_notices(search.clone()).await)),
        ("search held", code(desk.search_notices(wire::SearchNoticesRequest { held: true, ..search }).await)),
        ("get", code(desk.get_notice(wire::GetNoticeRequest { notice: notice() }).await)),
        ("take", code(desk.take_notice(wire::TakeNoticeRequest { notice: notice() }).await)),
        ("hand over", code(desk.hand_over(wire::HandOverRequest { to: "UZ-ALT-O77".to_owned() }).await)),
        ("close", code(desk.close_notice(wire::CloseNoticeRequest { notice: notice(), reopen: false }).await)),
        ("acknowledge", code(desk.acknowledge_notice(wire::AcknowledgeNoticeRequest { notice: notice() }).await)),
        ("watch", code(desk.watch_inbox(wire::WatchInboxRequest { after: 0 }).await)),
        ("export", code(desk.export_notice(export).await)),
        ("status", code(inspect.get_status(wire::GetStatusRequest {}).await)),
        ("entries", code(inspect.list_entries(wire::ListEntriesRequest { start: 0, page_size: 1 }).await)),
        ("prove", code(inspect.prove_entry(wire::ProveEntryRequest { index: 0 }).await)),
        ("audit", code(inspect.audit(audit).await)),
        ("statistics", code(inspect.get_statistics(wire::GetStatisticsRequest::default()).await)),
        ("verify", code(inspect.verify_log(wire::VerifyLogRequest {}).await)),
        ("trust", code(inspect.trust_country(wire::TrustCountryRequest::default()).await)),
        ("test", code(inspect.test_peer(wire::TestPeerRequest::default()).await)),
        ("import", code(inspect.import_rosters(wire::ImportRostersRequest::default()).await)),
        ("officers", code(inspect.list_officers(wire::ListOfficersRequest {}).await)),
        ("enrol", code(inspect.enrol_officer(wire::EnrolOfficerRequest::default()).await)),
        ("decide", code(inspect.decide_officer(decide).await)),
        ("erase", code(desk.erase_notice(erase).await)),
        ("ask reading", code(desk.ask_reading(wire::AskReadingRequest { notice: notice(), why: why() }).await)),
        ("decide reading", code(desk.decide_reading(wire::DecideReadingRequest::default()).await)),
        ("readings", code(desk.list_readings(wire::ListReadingsRequest {}).await)),
        ("keys", code(inspect.list_keys(wire::ListKeysRequest {}).await)),
        ("due", code(inspect.list_due(wire::ListDueRequest::default()).await)),
        ("count due", code(inspect.count_due(wire::CountDueRequest::default()).await)),
        ("review", code(inspect.review_notice(wire::ReviewNoticeRequest::default()).await)),
        ("periods", code(inspect.list_retention(wire::ListRetentionRequest {}).await)),
        ("count period", code(inspect.count_retention(wire::CountRetentionRequest::default()).await)),
        ("set period", code(inspect.set_retention(wire::SetRetentionRequest::default()).await)),
        ("decide period", code(inspect.decide_retention(wire::DecideRetentionRequest::default()).await)),
        ("begin file", code(desk.begin_attachment(wire::BeginAttachmentRequest::default()).await)),
        ("put file", code(desk.put_attachment(wire::PutAttachmentRequest::default()).await)),
        ("finish file", code(desk.finish_attachment(finish).await)),
        ("discard file", code(desk.discard_attachment(wire::DiscardAttachmentRequest::default()).await)),
        ("read file", code(desk.get_attachment(attachment(false, "")).await)),
        ("export file", code(desk.get_attachment(attachment(true, "")).await)),
        ("read file of draft", code(desk.get_attachment(attachment(false, "1")).await)),
        ("exercise", code(desk.get_exercise(wire::GetExerciseRequest {}).await)),
        ("start exercise", code(desk.start_exercise(wire::StartExerciseRequest::default()).await)),
        ("end exercise", code(desk.end_exercise(wire::EndExerciseRequest { index: 0 }).await)),
        ("fetch file", code(desk.fetch_attachment(fetch).await)),
        ("confirm clock", code(inspect.confirm_clock(wire::ConfirmClockRequest { shown_ms: 0 }).await)),
        ("confirm expiry", code(inspect.confirm_expiry(wire::ConfirmExpiryRequest { count: 1 }).await)),
        ("passphrase", code(inspect.set_passphrase(passphrase).await)),
    ];
    codes.into_iter().map(|(call, code)| (call, code != Code::PermissionDenied)).collect()
}

/// Who may do what: officer, releasing officer, administrator, auditor, data protection officer.
const TABLE: [(&str, [bool; 5]); 60] = [
    ("send", [true, true, false, false, false]),
    ("save draft", [true, true, false, false, false]),
    ("drafts", [true, true, false, false, true]),
    ("open draft", [true, true, false, false, false]),
    ("get draft", [true, true, false, false, true]),
    ("submit", [true, true, false, false, false]),
    ("release", [false, true, false, false, false]),
    ("return", [true, true, false, false, false]),
    ("discard", [true, true, false, false, false]),
    ("confirm", [false, true, false, false, false]),
    ("list", [true, true, false, true, true]),
    // An auditor under break-glass, once that was granted.
    ("open", [true, true, false, true, true]),
    ("print", [true, true, false, false, true]),
    ("search", [true, true, false, false, true]),
    ("search held", [false, false, false, false, true]),
    ("get", [true, true, false, true, true]),
    ("take", [true, true, false, false, false]),
    ("hand over", [true, true, false, false, false]),
    ("close", [true, true, false, false, false]),
    ("acknowledge", [true, true, false, false, false]),
    ("watch", [true, true, false, true, true]),
    ("export", [true, true, false, true, true]),
    ("status", [true, true, true, true, true]),
    ("entries", [false, false, true, true, true]),
    ("prove", [false, false, true, true, true]),
    ("audit", [false, false, false, true, true]),
    ("statistics", [true; 5]),
    ("verify", [false, false, true, true, true]),
    ("trust", [false, false, true, false, false]),
    ("test", [false, false, true, false, false]),
    ("import", [false, false, true, false, false]),
    ("officers", [true, true, true, true, true]),
    ("enrol", [false, false, true, false, false]),
    ("decide", [false, false, true, false, true]),
    ("erase", [false, false, false, false, true]),
    ("ask reading", [false, false, false, true, false]),
    ("decide reading", [false, false, false, false, true]),
    ("readings", [false, false, false, true, true]),
    ("keys", [false, false, true, true, true]),
    ("due", [false, false, false, true, true]),
    ("count due", [false, false, true, true, true]),
    ("review", [false, false, false, false, true]),
    ("periods", [true; 5]),
    ("count period", [false, false, false, false, true]),
    ("set period", [false, false, false, false, true]),
    ("decide period", [false, false, true, false, true]),
    ("begin file", [true, true, false, false, false]),
    ("put file", [true, true, false, false, false]),
    ("finish file", [true, true, false, false, false]),
    ("discard file", [true, true, false, false, false]),
    ("read file", [true, true, false, false, true]),
    ("export file", [true, true, false, false, true]),
    ("read file of draft", [true, true, false, false, false]),
    ("exercise", [true; 5]),
    ("start exercise", [false, true, false, false, false]),
    ("end exercise", [false, true, false, false, false]),
    ("fetch file", [true, true, false, false, true]),
    ("confirm clock", [false, true, true, false, false]),
    ("confirm expiry", [false, false, true, false, true]),
    ("passphrase", [true, true, true, true, true]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_open_to_its_roles_alone() {
    let office = Office::start().await;
    for (column, role) in ROLES.into_iter().enumerate() {
        let found = all(office.by(of(role), PASSPHRASE)).await;
        let expected: Vec<_> = TABLE.iter().map(|(call, may)| (*call, may[column])).collect();
        assert_eq!(found, expected, "{role:?}");
    }
    office.node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_an_acknowledgement() {
    let office = Office::start().await;
    let mut desk = office.by(of(Role::Officer), PASSPHRASE).desk;
    let mut send = a_notice(&["TM-FAR"], wire::Urgency::Routine, "x");
    send.header.as_mut().unwrap().kind = wire::NoticeKind::Acknowledgement.into();
    let save = wire::SaveDraftRequest { header: send.header.clone(), ..wire::SaveDraftRequest::default() };
    for refused in [desk.send_notice(send).await.map(drop), desk.save_draft(save).await.map(drop)] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let said = "An acknowledgement is not written by hand.\nOpen the notice, then: chapar notice ack REF";
        assert_eq!(refused.message(), said);
    }
    office.node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_is_shut_out_at_once_also_as_watcher() {
    let office = Office::start().await;
    let mut officer = office.by(of(Role::Officer), PASSPHRASE);
    let mut watch = officer.desk.watch_inbox(wire::WatchInboxRequest { after: 0 }).await.unwrap().into_inner();
    let revoke = wire::Enrolment { id: of(Role::Officer).to_string(), ..wire::Enrolment::default() };
    let revoke = wire::EnrolOfficerRequest { enrolment: Some(revoke), ..Default::default() };
    let mut administrator = office.by(of(Role::Administrator), PASSPHRASE);
    let answer = administrator.inspect.enrol_officer(revoke).await.unwrap().into_inner();
    assert!(!answer.proposed);
    assert_eq!(watch.message().await.unwrap_err().code(), Code::PermissionDenied);
    let denied = officer.inspect.get_status(wire::GetStatusRequest {}).await.unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied, "{denied}");
    office.node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_that_has_ended_shuts_out() {
    let office = Office::start().await;
    let mut auditor = office.by(of(Role::Auditor), PASSPHRASE);
    auditor.inspect.get_status(wire::GetStatusRequest {}).await.unwrap();
    let mut administrator = office.by(of(Role::Administrator), PASSPHRASE);
    office.clock.turn(chapar::domain::officer::ENROLLED_MS);
    // A clock that is unsure ends no enrolment: the one who may vouch for it would be shut out as well.
    auditor.inspect.get_status(wire::GetStatusRequest {}).await.unwrap();
    let shown_ms = chapar::time::Clock::now(&*office.clock).ms();
    administrator.inspect.confirm_clock(wire::ConfirmClockRequest { shown_ms }).await.unwrap();
    let ended = auditor.inspect.get_status(wire::GetStatusRequest {}).await.unwrap_err();
    assert!(ended.message().starts_with("The enrolment of UZ-ALT-U01 has ended."), "{ended}");
    office.node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passphrases_are_told_nothing_and_make_their_officer_wait() {
    let office = Office::start().await;
    let status = || wire::GetStatusRequest {};
    let said = |answer: Result<_, Status>| answer.map(drop).unwrap_err().message().to_owned();
    // Nobody of this name, somebody without a passphrase, a wrong one: all the same.
    let wrong = "The officer or the passphrase is wrong.";
    for (officer, passphrase) in [("O77", PASSPHRASE), ("U01", "correct horse batterx"), ("O01", "")] {
        let answer = office.by(id(officer), passphrase).inspect.get_status(status()).await;
        assert!(said(answer).starts_with(wrong));
    }
    // A first passphrase is not good once the own one is set.
    let answer = office.by(id("R01"), "only once, only once").inspect.get_status(status()).await;
    assert!(said(answer).starts_with(wrong));
    // After a wrong one neither another nor the right one is looked at.
    for passphrase in ["correct horse batterx", PASSPHRASE] {
        let answer = office.by(id("R01"), passphrase).inspect.get_status(status()).await;
        let waits = "After a wrong passphrase for UZ-ALT-R01 none is looked at for 1 s more.";
        assert!(said(answer).starts_with(waits));
    }
    // Others do not wait with that one.
    office.by(id("D01"), PASSPHRASE).inspect.get_status(status()).await.unwrap();
    office.node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_passphrase_serves_to_set_another_one_alone() {
    let office = Office::start().await;
    let enrolment = wire::Enrolment { until_ms: 0, ..enrolled(id("O05"), &[Role::Officer]).message() };
    let request = wire::EnrolOfficerRequest { enrolment: Some(enrolment), passphrase: true, ..Default::default() };
    let mut administrator = office.by(of(Role::Administrator), PASSPHRASE);
    // The first officer was an administrator as well, until another took that over: one is left.
    let first = administrator.inspect.enrol_officer(request).await.unwrap().into_inner().passphrase;
    let first: &'static str = first.leak();
    let mut officer = office.by(id("O05"), first);
    let denied = officer.inspect.get_status(wire::GetStatusRequest {}).await.unwrap_err();
    assert!(denied.message().contains("only serves to set another one"), "{denied}");
    let short = wire::SetPassphraseRequest { passphrase: "too short".to_owned() };
    assert_eq!(officer.inspect.set_passphrase(short).await.unwrap_err().code(), Code::InvalidArgument);
    let own = wire::SetPassphraseRequest { passphrase: "a passphrase of my own".to_owned() };
    officer.inspect.set_passphrase(own).await.unwrap();
    office.by(id("O05"), "a passphrase of my own").inspect.get_status(wire::GetStatusRequest {}).await.unwrap();
    assert_eq!(code(officer.inspect.get_status(wire::GetStatusRequest {}).await), Code::PermissionDenied);
    assert!(office.site.folder.path().exists());
    office.node.stop().await.unwrap();
}
