//! The form of a correction begins with the text as it now reads, and puts one whole new text in its place.

use std::sync::Arc;

use chapar::wire;
use chapar::wire::AttachmentKind;
use chapar::wire::AuditView;
use chapar::wire::NoticeKind;
use chapar::wire::Role;
use chapar::wire::Urgency;

use crate::binary::PASSPHRASE;
use crate::console::attachments::bring;
use crate::console::attachments::until_here;
use crate::console::enrol;
use crate::console::recorded;
use crate::support::browser::Browser;
use crate::support::paper::Paper;
use crate::world::Countries;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::an_amendment;
use crate::world::two;

const NOW: &str = "2026-11-20T06:00:00Z";
const OWN: &str = "a passphrase of my own";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_changed_stays_and_what_is_changed_reaches_the_other_office() {
    let (_alt, mut a, _far, mut f, _) = two(NOW).await;
    let photo = bring(&a, "photo-label.jpg", AttachmentKind::Photo).await;
    let mut notice = a_notice(&["TM-FAR"], Urgency::Routine, "a red truck");
    notice.header.as_mut().unwrap().handling = vec![wire::Handling::H1.into(), wire::Handling::H3.into()];
    let body = notice.body.as_mut().unwrap();
    "only by its addressees".clone_into(&mut body.handling_note);
    body.attachments = vec![photo];
    let reference = a.send(notice).await.unwrap().reference;
    until_here(&f, &reference).await;
    // Who writes is neither the author of the notice nor who releases the correction.
    let first = enrol(&mut a, "UZ-ALT-O07", Role::Officer).await;
    let mut browser = Browser::of(a.console, "O07", &first).await;
    browser.send("/passphrase", &[("new", OWN), ("again", OWN)]).await;
    let address = format!("/n/{reference}");
    browser.get(&address).await.says(&format!("method=\"post\" action=\"{address}/correct\""));
    assert_eq!(browser.get(&format!("{address}/correct")).await.leads_to(), (303, address.as_str()));
    assert_eq!(browser.post(&format!("{address}/correct"), &[]).await.status, 403, "without a token");
    let before = recorded(&mut a, AuditView::Reads).await.len();

    let page = browser.send(&format!("{address}/correct"), &[]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.says("Correction · Modus operandi").says("photo-label.jpg");
    assert_eq!(recorded(&mut a, AuditView::Reads).await.len(), before + 1, "the form shows the text");
    let paper = Paper::of(&page);
    for (name, value) in [
        ("body.subject", "a red truck"),
        ("body.modus_operandi.description", "Behind a false wall"),
        ("body.modus_operandi.concealment", "OTHER"),
        ("body.marking.source_reliability", "F"),
        ("header.to", "TM-FAR"),
        ("header.tlp", "AMBER"),
        ("header.handling.text", "only by its addressees"),
        ("relation", &format!("CORRECTS {reference}")),
        ("body.correction.reason", ""),
    ] {
        assert_eq!(paper.get(name), value, "{name}");
    }
    // Why it is corrected is the officer's to say.
    let refused = paper.press(&mut browser, "submit").await;
    assert_eq!(refused.status, 422);
    refused.says("a red truck").says("href=\"#body-correction-reason\"");
    // It is kept while it is written, with its file, and found again; in each shape it is the same.
    let paper = paper.with("body.correction.reason_code", "ERROR").with("body.correction.reason", "the colour");
    let token = paper.get("token").to_owned();
    let kept = paper.clone().with("body.subject", "a blue truck").keep(&mut browser, &token).await;
    let draft = format!("/drafts/{}", paper.clone().kept(&kept).get("draft"));
    let paper = Paper::of(&browser.get(&format!("{draft}/edit")).await);
    assert_eq!((paper.get("body.subject"), paper.get("of")), ("a blue truck", "modus-operandi"));
    let file = Paper::of(&paper.press(&mut browser, "show-expert").await);
    assert!(file.get("json").contains("\"full_replacement\""), "{}", file.get("json"));
    let long = file.press(&mut browser, "show-long").await;
    assert_eq!(long.status, 200, "{}", long.body);
    let long = Paper::of(&long);
    assert_eq!((long.get("body.subject"), long.get("body.correction.reason")), ("a blue truck", "the colour"));
    let saved = long.press(&mut browser, "save").await;
    assert_eq!(saved.leads_to(), (303, draft.as_str()), "{}", saved.body);
    let paper = Paper::of(&browser.get(&format!("{draft}/edit")).await);
    assert_eq!((paper.get("body.subject"), paper.get("of"), paper.get("json")), ("a blue truck", "modus-operandi", ""));
    let sent = paper.press(&mut browser, "submit").await;
    assert_eq!(sent.leads_to(), (303, draft.as_str()), "{}", sent.body);
    let waiting = drafts(&a).await.remove(0);
    a.release(wire::DraftSummary { releasers: vec!["UZ-ALT-R01".to_owned()], ..waiting }).await.unwrap();
    a.all_delivered().await;

    let open = wire::OpenNoticeRequest { notice: reference.clone(), ..wire::OpenNoticeRequest::default() };
    let opened = f.desk.open_notice(open).await.unwrap().into_inner();
    assert!(opened.amendments[0].applied);
    let body = opened.body.unwrap();
    assert_eq!(body.subject.unwrap().text, "a blue truck");
    assert_eq!(body.modus_operandi.unwrap().description.unwrap().text, "Behind a false wall");
    assert_eq!((body.handling_note.as_str(), body.attachments.len()), ("only by its addressees", 1));
    // The next one begins with what that one has made of it.
    let page = browser.send(&format!("{address}/correct"), &[]).await;
    assert_eq!(Paper::of(&page).get("body.subject"), "a blue truck");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

async fn drafts(local: &crate::local::Local) -> Vec<wire::DraftSummary> {
    local.desk_of("UZ-ALT-R01").list_drafts(wire::ListDraftsRequest {}).await.unwrap().into_inner().drafts
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_field_shows_stays_and_what_is_of_another_office_is_not_corrected() {
    let (_alt, mut a, _far, mut f, _) = two(NOW).await;
    let mut notice = a_notice(&["TM-FAR"], Urgency::Routine, "a red truck");
    let body = notice.body.as_mut().unwrap();
    // A language of its own, and a part that the form of the kind has no fields for.
    body.narrative = Some(wire::Text { text: "Видели вчера".to_owned(), language: "ru".to_owned() });
    let unit = |number: &str| wire::TransportUnit { wagon: number.to_owned(), ..wire::TransportUnit::default() };
    body.transport_units = vec![unit("12345678"), unit("87654321")];
    let sent = notice.body.clone().unwrap();
    let reference = a.send(notice).await.unwrap().reference;
    let withdrawn = a.send(a_notice(&["TM-FAR"], Urgency::Routine, "a red truck")).await.unwrap().reference;
    a.send(an_amendment(NoticeKind::Withdrawal, &withdrawn, "seen twice")).await.unwrap();
    a.all_delivered().await;
    let first = enrol(&mut a, "UZ-ALT-O07", Role::Officer).await;
    let mut browser = Browser::of(a.console, "O07", &first).await;
    browser.send("/passphrase", &[("new", OWN), ("again", OWN)]).await;
    let paper = Paper::of(&browser.send(&format!("/n/{reference}/correct"), &[]).await);
    assert_eq!(paper.get("body.narrative"), "Видели вчера", "it is in the long form");
    let paper = paper.with("body.subject", "a blue truck").with("body.correction.reason_code", "ERROR");
    let sent_in = paper.with("body.correction.reason", "the colour").press(&mut browser, "submit").await;
    assert_eq!(sent_in.status, 303, "{}", sent_in.body);
    let waiting = drafts(&a).await.remove(0);
    a.release(wire::DraftSummary { releasers: vec!["UZ-ALT-R01".to_owned()], ..waiting }).await.unwrap();
    a.all_delivered().await;
    let open = wire::OpenNoticeRequest { notice: reference.clone(), ..wire::OpenNoticeRequest::default() };
    let read = f.desk.open_notice(open).await.unwrap().into_inner().body.unwrap();
    let subject = Some(wire::Text { text: "a blue truck".to_owned(), language: "en".to_owned() });
    assert_eq!(read, wire::NoticeBody { subject, ..sent });
    // What has no text any more has nothing to begin with.
    let none = browser.send(&format!("/n/{withdrawn}/correct"), &[]).await;
    assert_eq!(none.leads_to(), (303, format!("/compose/correction?re={withdrawn}").as_str()));
    let mut other = Browser::of(f.console, "R01", PASSPHRASE).await;
    assert!(!other.get(&format!("/n/{reference}")).await.body.contains("/correct\""));
    let before = recorded(&mut f, AuditView::Reads).await.len();
    let refused = other.send(&format!("/n/{reference}/correct"), &[]).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    refused.says("cannot be corrected here");
    assert_eq!(recorded(&mut f, AuditView::Reads).await.len(), before, "nothing was opened");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_correction_is_not_undone_and_what_one_changes_is_seen_before_release() {
    let clock = TestClock::at(NOW);
    let (mut alt, mut far) = (Site::make("UZ-ALT", 1), Site::make("TM-FAR", 2));
    let mut a = alt.start(Arc::<TestClock>::clone(&clock), true).await;
    let f = far.start(Arc::<TestClock>::clone(&clock), true).await;
    let countries = Countries::of(&["UZ", "TM"]);
    a.trust(&countries, &[countries.roster("UZ", 1, &[&alt]), countries.roster("TM", 1, &[&far])]).await;
    let reference = a.send(a_notice(&["TM-FAR"], Urgency::Routine, "a red truck")).await.unwrap().reference;
    let first = enrol(&mut a, "UZ-ALT-O07", Role::Officer).await;
    let mut browser = Browser::of(a.console, "O07", &first).await;
    browser.send("/passphrase", &[("new", OWN), ("again", OWN)]).await;
    let address = format!("/n/{reference}/correct");
    let mut begun = vec![];
    for _ in 0..4 {
        let paper = Paper::of(&browser.send(&address, &[]).await).with("body.correction.reason_code", "ERROR");
        begun.push(paper.with("body.correction.reason", "the colour"));
    }
    let [nothing, blue, green, old] = begun.try_into().unwrap();
    let refused = nothing.press(&mut browser, "submit").await;
    assert_eq!(refused.status, 422);
    refused.says("The correction changes nothing.");
    let blue = blue.with("body.subject", "a blue truck").press(&mut browser, "submit").await;
    let green = green.with("body.subject", "a green truck");
    let waits = green.clone().press(&mut browser, "submit").await;
    assert_eq!((blue.status, waits.status), (303, 303), "{} {}", blue.body, waits.body);
    let kept = old.clone().with("body.subject", "an old truck").press(&mut browser, "save").await;
    let kept = kept.leads_to().1.to_owned();

    // Who releases it sees what it changes.
    let waiting = |all: Vec<wire::DraftSummary>, address: &str| {
        let draft = all.into_iter().find(|one| address == format!("/drafts/{}", one.number)).unwrap();
        wire::DraftSummary { releasers: vec!["UZ-ALT-R01".to_owned()], ..draft }
    };
    let blue = waiting(drafts(&a).await, blue.leads_to().1);
    let second = waiting(drafts(&a).await, waits.leads_to().1);
    let mut releaser = Browser::of(a.console, "R01", PASSPHRASE).await;
    let by_releaser = |(actor, of, _): &(String, String, String)| actor == "UZ-ALT-R01" && *of == reference;
    let before = recorded(&mut a, AuditView::Reads).await.into_iter().filter(by_releaser).count();
    let page = releaser.send(&format!("/release/{}", blue.number), &[]).await;
    page.says("What the correction changes").says("a red truck").says("<bdi>a blue truck</bdi></ins>");
    let after = recorded(&mut a, AuditView::Reads).await.into_iter().filter(by_releaser).count();
    assert_eq!(after, before + 1, "the text was opened too");

    clock.turn(1000);
    let by = a.release(blue).await.unwrap().reference;
    let newer = format!("{reference} has been corrected with {by} since");
    let refused = a.release(second).await.unwrap_err();
    assert!(refused.message().contains(&newer), "{}", refused.message());
    browser.send(&format!("{kept}/do/submit"), &[]).await.says(&newer);
    // It is so in a form, whether it was kept or not; and there is a way on.
    let edited = Paper::of(&browser.get(&format!("{kept}/edit")).await);
    for paper in [old.with("body.subject", "an old truck"), edited] {
        let refused = paper.press(&mut browser, "submit").await;
        assert_eq!(refused.status, 422);
        refused.says(&newer).says(&format!("method=\"post\" action=\"{address}\""));
    }
    let paper = Paper::of(&browser.send(&address, &[]).await).with("body.correction.reason_code", "ERROR");
    let paper = paper.with("body.correction.reason", "the colour").with("body.subject", "an old truck");
    let sent = paper.press(&mut browser, "submit").await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let last = waiting(drafts(&a).await, sent.leads_to().1);
    a.release(last).await.unwrap();
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
