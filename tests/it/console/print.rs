//! Printing is asked for with a reason, recorded, and refused by the node where a text must not leave; what was corrected is
//! marked; what is not real says so on each page about it.

use chapar::wire::AuditView;
use chapar::wire::NoticeKind;
use chapar::wire::Role;
use chapar::wire::Tlp;
use chapar::wire::Traffic;
use chapar::wire::Urgency;

use crate::binary::PASSPHRASE;
use crate::console::enrol;
use crate::console::recorded;
use crate::support::browser::Browser;
use crate::world::a_notice;
use crate::world::an_amendment;
use crate::world::two;

const TIME: &str = "2026-11-20T06:00:00Z";
const WHY: &str = "case 7 of 2026";

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_made_for_a_reason_and_recorded() {
    let (_alt, mut a, _far, mut f, _) = two(TIME).await;
    let reference = a.send(a_notice(&["TM-FAR"], Urgency::Routine, "kestrel")).await.unwrap().reference;
    let mut strict = a_notice(&["TM-FAR"], Urgency::Routine, "kestrel");
    strict.header.as_mut().unwrap().tlp = Tlp::AmberStrict.into();
    let kept = a.send(strict).await.unwrap().reference;
    a.all_delivered().await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let address = format!("/n/{reference}/print");
    browser.get(&format!("/n/{reference}")).await.says(&format!("href=\"{address}\""));
    let form = browser.get(&address).await;
    assert_eq!((form.status, form.body.contains("kestrel")), (200, false), "it shows no text");
    for why in ["", "x"] {
        let refused = browser.send(&address, &[("why", why)]).await;
        assert_eq!((refused.status, refused.body.contains("kestrel")), (422, false), "{why}");
        refused.says("role=\"alert\"");
    }
    assert_eq!(recorded(&mut f, AuditView::Exports).await, []);
    let sheet = browser.send(&address, &[("why", WHY)]).await;
    assert_eq!(sheet.status, 200);
    sheet.says("kestrel").says("Printed at TM-FAR by TM-FAR-R01, 20 Nov 2026").says("class=\"wm\"").says("TLP:AMBER");
    assert!(!sheet.body.contains("unprinted") && !sheet.body.contains("/do/"));
    let printed = ("TM-FAR-R01".to_owned(), reference.clone(), WHY.to_owned());
    assert_eq!(recorded(&mut f, AuditView::Exports).await, std::slice::from_ref(&printed));
    // What is opened to be read does not go to paper by itself.
    browser.send(&format!("/n/{reference}/open"), &[]).await.says("unprinted").says("kestrel");
    // Of another office, and not to leave without its consent.
    let refused = browser.send(&format!("/n/{kept}/print"), &[("why", WHY)]).await;
    assert_eq!((refused.status, refused.body.contains("kestrel")), (422, false));
    refused.says("role=\"alert\"").says(&format!("href=\"/compose/consent-request?re={kept}\""));
    assert_eq!(recorded(&mut f, AuditView::Exports).await, [printed]);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_protects_data_opens_a_text_and_may_say_why() {
    const OWN: &str = "a passphrase of my own";
    let (_alt, mut a, _far, mut f, _) = two(TIME).await;
    let reference = a.send(a_notice(&["TM-FAR"], Urgency::Routine, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let first = enrol(&mut f, "TM-FAR-D01", Role::DataProtectionOfficer).await;
    let mut browser = Browser::of(f.console, "D01", &first).await;
    browser.send("/passphrase", &[("new", OWN), ("again", OWN)]).await;
    let page = browser.get(&format!("/n/{reference}")).await;
    page.says(&format!("action=\"/n/{reference}/open\"")).says("name=\"why\"");
    assert!(!page.body.contains("/do/take"));
    browser.send(&format!("/n/{reference}/open"), &[("why", WHY)]).await.says("kestrel");
    let read = ("TM-FAR-D01".to_owned(), reference.clone(), WHY.to_owned());
    assert_eq!(recorded(&mut f, AuditView::Reads).await, [read]);
    let mut officer = Browser::of(f.console, "R01", PASSPHRASE).await;
    let page = officer.get(&format!("/n/{reference}")).await;
    assert!(!page.body.contains("name=\"why\""), "to read what was received is an officer's duty");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_shows_what_it_changed() {
    let (_alt, mut a, _far, f, _) = two(TIME).await;
    let reference =
        a.send(a_notice(&["TM-FAR"], Urgency::Routine, "a red truck with five axles")).await.unwrap().reference;
    a.send(an_amendment(NoticeKind::Correction, &reference, "a blue truck with five axles")).await.unwrap();
    a.all_delivered().await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let page = browser.send(&format!("/n/{reference}/open"), &[]).await;
    page.says("Show what changed");
    page.says(
        "<bdi>a </bdi><del><span aria-hidden=\"true\">− </span><bdi>red </bdi></del><bdi>truck with five axles</bdi>",
    );
    page.says(
        "<bdi>a </bdi><ins><span aria-hidden=\"true\">+ </span><bdi>blue </bdi></ins><bdi>truck with five axles</bdi>",
    );
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_real_says_so_on_each_page_about_it() {
    const BANNER: &str = "<p class=\"exercise\">EXERCISE. Not real.</p>";
    let (_alt, mut a, _far, f, _) = two(TIME).await;
    let mut notice = a_notice(&["TM-FAR"], Urgency::Routine, "kestrel");
    notice.header.as_mut().unwrap().traffic = Traffic::Exercise.into();
    let draft = a.desk.clone().send_notice(notice.clone()).await.unwrap().into_inner().draft.unwrap();
    let reference = a.send(notice).await.unwrap().reference;
    let real = a.send(a_notice(&["TM-FAR"], Urgency::Routine, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let address = format!("/n/{reference}");
    browser.get(&address).await.says(BANNER);
    browser.get(&format!("{address}/print")).await.says(BANNER);
    browser.send(&format!("{address}/open"), &[]).await.says(BANNER);
    assert!(!browser.get(&format!("/n/{real}")).await.body.contains(BANNER));
    let mut releasing = Browser::of(a.console, "R01", PASSPHRASE).await;
    releasing.send(&format!("/release/{}", draft.number), &[]).await.says(BANNER);
    // The form as it is sent, with something missing.
    let word = chapar::domain::kinds::word(NoticeKind::Coordination);
    let sent =
        releasing.send(&format!("/compose/{word}"), &[("header.traffic_status", "EXERCISE"), ("do", "submit")]).await;
    assert_eq!(sent.status, 422);
    sent.says(BANNER);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
