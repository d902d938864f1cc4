//! Readings under break-glass, page by page, role by role, and what is said of a text that is gone.

use std::sync::Arc;

use chapar::domain::officer::ENROLLED_MS;
use chapar::limits;
use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::ConsentOutcome;
use chapar::wire::ConsentScope;
use chapar::wire::Role;
use tonic::Code;

use crate::binary::PASSPHRASE;
use crate::consent;
use crate::console::enrol;
use crate::console::recorded;
use crate::support::browser::Browser;
use crate::world::Running;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::two;
use crate::world::two_by;

/// Enrols an officer and signs in, with the passphrase of all tests.
pub(super) async fn person(node: &mut Running, id: &str, role: Role) -> Browser {
    let first = enrol(node, id, role).await;
    let mut browser = Browser::of(node.console, id, &first).await;
    let own = [("new", PASSPHRASE), ("again", PASSPHRASE)];
    assert_eq!(browser.send("/passphrase", &own).await.status, 303);
    browser
}

/// The entry of the request that the page of privacy has a form for.
async fn request(decider: &mut Browser) -> String {
    decider.get("/privacy").await.field("entry")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_reads_one_text_once_another_has_approved_it() {
    let clock = TestClock::at("2026-11-20T06:00:00Z");
    let (_alt, mut a, mut far, mut f, _) = two_by(&clock, "TM-FAR").await;
    let reference = a.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let mut auditor = person(&mut f, "TM-FAR-U01", Role::Auditor).await;
    let mut other = person(&mut f, "TM-FAR-U02", Role::Auditor).await;
    let mut decider = person(&mut f, "TM-FAR-D01", Role::DataProtectionOfficer).await;
    let mut officer = Browser::of(f.console, "R01", PASSPHRASE).await;
    let (page, opens, asks) =
        (format!("/n/{reference}"), format!("/n/{reference}/open"), format!("/n/{reference}/ask"));

    // Nobody has asked: the header, and a form that asks.
    let shown = auditor.get(&page).await;
    shown.says("Ask to read").says("It is decided by: TM-FAR-D01");
    assert!(!shown.body.contains(&format!("action=\"{opens}\"")) && !shown.body.contains("kestrel"));
    assert!(!officer.get(&page).await.body.contains("Ask to read"), "who opens by role asks nothing");
    auditor.send(&opens, &[]).await.says("You may see the header").says("press Ask to read");
    assert_eq!(auditor.send(&asks, &[("why", "")]).await.status, 422);
    assert_eq!(officer.send(&asks, &[("why", "case 7")]).await.status, 422);
    assert!(!decider.get("/inbox").await.body.contains("waits"));
    assert_eq!(auditor.send(&asks, &[("why", "case 7")]).await.leads_to(), (303, page.as_str()));

    // It waits.
    auditor.get(&page).await.says("It waits for TM-FAR-D01");
    auditor.send(&asks, &[("why", "case 7")]).await.says("waits already");
    decider.get("/inbox").await.says("1 request to read a text waits");
    let list = auditor.get("/privacy").await;
    list.says("waits for a decision").says("case 7");
    assert!(!list.body.contains("name=\"decision\""));
    let entry = request(&mut decider).await;
    let decision = |word, reason| [("entry", entry.as_str()), ("decision", word), ("reason", reason)];
    for browser in [&mut officer, &mut auditor] {
        assert_eq!(browser.send("/privacy/readings", &decision("grant", "")).await.status, 403);
    }
    for (fields, status) in
        [(decision("refuse", ""), 422), (decision("refuse", "no need"), 303), (decision("grant", ""), 422)]
    {
        assert_eq!(decider.send("/privacy/readings", &fields).await.status, status, "{fields:?}");
    }

    // It was refused, is asked again, and is granted.
    auditor.get(&page).await.says("TM-FAR-D01 has refused your request").says("no need").says("Ask to read");
    assert_eq!(auditor.send(&asks, &[("why", "case 7")]).await.status, 303);
    let entry = request(&mut decider).await;
    let grant = [("entry", entry.as_str()), ("decision", "grant")];
    assert_eq!(decider.send("/privacy/readings", &grant).await.leads_to(), (303, "/privacy"));
    decider.send("/privacy/readings", &grant).await.says("TM-FAR-D01 has decided the request");
    let shown = auditor.get(&page).await;
    shown.says("TM-FAR-D01 has approved your request").says(&format!("action=\"{opens}\""));
    assert!(!shown.body.contains("name=\"why\"") && !shown.body.contains("/print\""));
    let opened = auditor.send(&opens, &[]).await;
    opened.says("kestrel").says("Read under break-glass, approved by TM-FAR-D01");
    opened.says("<p class=\"paper\">A text that is read under break-glass is not printed.</p>");
    assert!(!other.send(&opens, &[]).await.body.contains("kestrel"), "only who has asked");
    for path in [format!("/n/{reference}/print"), "/search".to_owned()] {
        assert_eq!(auditor.get(&path).await.status, 403, "{path}");
    }
    assert_eq!(auditor.send(&format!("/n/{reference}/print"), &[("why", "case 7")]).await.status, 403);

    // What was asked, decided and seen stands in the audit; for the office nobody has opened it.
    let by = |officer: &str, note: &str| (format!("TM-FAR-{officer}"), reference.clone(), note.to_owned());
    let all = [by("U01", "case 7"), by("D01", "no need"), by("U01", "case 7"), by("D01", ""), by("U01", "case 7")];
    assert_eq!(recorded(&mut f, AuditView::Readings).await, all);
    assert_eq!(recorded(&mut f, AuditView::Reads).await, [by("U01", "case 7")]);
    auditor.get("/audit?view=readings").await.says("viewed under break-glass").says("decided: granted");
    officer.get("/inbox").await.says("Not opened");

    // A restart keeps it; a day ends it.
    f.stop().await.unwrap();
    let mut f = far.start(Arc::<TestClock>::clone(&clock), true).await;
    let mut auditor = Browser::of(f.console, "TM-FAR-U01", PASSPHRASE).await;
    auditor.send(&opens, &[]).await.says("kestrel");
    // By an unsure clock node time stands still: nothing is asked, decided or opened by it.
    a.stop().await.unwrap();
    clock.turn(ENROLLED_MS);
    let unsure = auditor.send(&opens, &[]).await;
    assert!(unsure.status == 422 && !unsure.body.contains("kestrel"));
    unsure.says("is released, erased, ended or read under break-glass now");
    unsure_too(&mut auditor, &asks, &[("why", "case 7")]).await;
    let mut decider = Browser::of(f.console, "TM-FAR-D01", PASSPHRASE).await;
    unsure_too(&mut decider, "/privacy/readings", &grant).await;
    clock.turn(-ENROLLED_MS);
    auditor.send(&opens, &[]).await.says("kestrel");
    clock.turn(limits::BREAK_GLASS_MS);
    auditor.send(&opens, &[]).await.says("You may see the header");
    auditor.get(&page).await.says("Ask to read");
    assert_eq!(f.verify().await.fault, "");
    f.stop().await.unwrap();
}

async fn unsure_too(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
    let page = browser.send(path, fields).await;
    assert_eq!(page.status, 422, "{path}");
    page.says("is released, erased, ended or read under break-glass now");
}

#[tokio::test(flavor = "multi_thread")]
async fn under_break_glass_nothing_is_said_that_other_texts_say() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let mut notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "kestrel");
    notice.header.as_mut().unwrap().tlp = wire::Tlp::AmberStrict.into();
    let reference = a.send(notice).await.unwrap().reference;
    a.all_delivered().await;
    let asked = f.send(consent::request(ConsentScope::Disseminate, &reference)).await.unwrap().reference;
    f.all_delivered().await;
    let until = "2026-12-20T06:00:00Z";
    a.send(consent::decision(ConsentOutcome::Granted, ConsentScope::Disseminate, &asked, until)).await.unwrap();
    a.all_delivered().await;
    person(&mut f, "TM-FAR-U01", Role::Auditor).await;
    person(&mut f, "TM-FAR-D01", Role::DataProtectionOfficer).await;
    let (mut auditor, mut decider) = (f.desk_of("TM-FAR-U01"), f.desk_of("TM-FAR-D01"));
    let why = "case 7".to_owned();
    let asked = auditor.ask_reading(wire::AskReadingRequest { notice: reference.clone(), why: why.clone() }).await;
    let index = asked.unwrap().into_inner().reading.unwrap().index;
    decider.decide_reading(wire::DecideReadingRequest { index, grant: true, ..Default::default() }).await.unwrap();
    let opens = || wire::OpenNoticeRequest { notice: reference.clone(), why: why.clone(), ..Default::default() };
    let by_role = decider.open_notice(opens()).await.unwrap().into_inner();
    assert_eq!(by_role.consents.len(), 1);
    let granted = auditor.open_notice(opens()).await.unwrap().into_inner();
    assert!(granted.body.is_some() && granted.consents.is_empty());
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_protects_data_says_why_a_text_is_opened() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let reference = a.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let mut decider = person(&mut f, "TM-FAR-D01", Role::DataProtectionOfficer).await;
    let (page, opens) = (format!("/n/{reference}"), format!("/n/{reference}/open"));
    let field = decider.get(&page).await;
    field.says("name=\"why\" maxlength=\"200\" aria-describedby=\"why-h\" required");
    let refused = decider.send(&opens, &[("why", " ")]).await;
    assert_eq!(refused.status, 422);
    refused.says("a justification is missing");
    let asked =
        |why: &str| wire::OpenNoticeRequest { notice: reference.clone(), why: why.to_owned(), ..Default::default() };
    let mut desk = f.desk_of("TM-FAR-D01");
    assert_eq!(desk.open_notice(asked("")).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(recorded(&mut f, AuditView::Reads).await, [], "what was not shown is not recorded");
    desk.open_notice(asked("case 8")).await.unwrap();
    decider.send(&opens, &[("why", "case 9")]).await.says("kestrel");
    let by = |why: &str| ("TM-FAR-D01".to_owned(), reference.clone(), why.to_owned());
    assert_eq!(recorded(&mut f, AuditView::Reads).await, [by("case 8"), by("case 9")]);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_text_is_gone_is_said_before_anybody_opens_it() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let reference = a.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let mut auditor = person(&mut f, "TM-FAR-U01", Role::Auditor).await;
    let mut officer = Browser::of(f.console, "R01", PASSPHRASE).await;
    let page = format!("/n/{reference}");
    let may_open = format!("action=\"{page}/open\"");
    officer.get(&page).await.says(&may_open);
    let reason = wire::ErasureReason::DataSubjectRequest.into();
    f.desk.erase_notice(wire::EraseNoticeRequest { notice: reference.clone(), reason }).await.unwrap();
    for browser in [&mut officer, &mut auditor] {
        let shown = browser.get(&page).await;
        shown.says("Erased 20 Nov 2026 by order of the data-protection officer: request of the data subject.");
        shown.says("class=\"kind gone\"");
        for not in [may_open.as_str(), "Ask to read", "/print\""] {
            assert!(!shown.body.contains(not), "{not}");
        }
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
