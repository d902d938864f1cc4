//! Acts of the page of a notice: a text that is open stays so, and what the node would refuse is said beforehand.

use chapar::wire;
use chapar::wire::AttachmentKind;
use chapar::wire::AuditView;
use chapar::wire::ConsentOutcome;
use chapar::wire::ConsentScope;
use chapar::wire::Role;
use chapar::wire::Tlp;
use chapar::wire::Urgency;

use crate::binary::PASSPHRASE;
use crate::consent::decision;
use crate::consent::request;
use crate::console::attachments::bring;
use crate::console::enrol;
use crate::console::recorded;
use crate::local::Local;
use crate::support::browser::Browser;
use crate::world::a_notice;
use crate::world::two;

const NOW: &str = "2026-11-20T06:00:00Z";

async fn log_size(local: &mut Local) -> u64 {
    let status = local.inspect.get_status(wire::GetStatusRequest {}).await.unwrap().into_inner();
    status.head.unwrap().size
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_open_stays_open_after_an_act() {
    let (_alt, mut a, _far, mut f, _) = two(NOW).await;
    let reference = a.send(a_notice(&["TM-FAR"], Urgency::Priority, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let address = format!("/n/{reference}");
    let opened = browser.send(&format!("{address}/open"), &[]).await;
    opened.says(&format!("action=\"{address}/do/ack\"")).says("name=\"open\" value=\"yes\"");
    for (i, verb) in ["ack", "take", "close", "reopen"].into_iter().enumerate() {
        let done = browser.send(&format!("{address}/do/{verb}"), &[("open", "yes")]).await;
        assert_eq!(done.status, 200, "{verb}: {}", done.body);
        done.says("kestrel").says("name=\"open\"");
        assert!(
            !done.body.contains(&format!("action=\"{address}/do/ack"))
                && !done.body.contains("role=\"alert\" tabindex"),
            "{verb}"
        );
        // The text was shown once more, and that is an entry.
        assert_eq!(recorded(&mut f, AuditView::Reads).await.len(), i + 2, "{verb}");
    }
    // What is refused leaves it open as well, and says why.
    let refused = browser.send(&format!("{address}/do/ack"), &[("open", "yes")]).await;
    assert_eq!(refused.status, 422);
    refused.says("kestrel").says("was acknowledged by this office");
    // From the header it leads back to the header.
    let taken = browser.send(&format!("{address}/do/close"), &[]).await;
    assert_eq!(taken.leads_to(), (303, address.as_str()));
    assert_eq!(recorded(&mut f, AuditView::Reads).await.len(), 6);
    // Whoever goes back from a picture has the text again.
    let picture = browser.get(&format!("{address}/a/{}/view", "00".repeat(32))).await;
    picture.says(&format!("method=\"post\" action=\"{address}/open\"")).says("id=\"view-close\"");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledge_is_offered_to_whoever_has_opened_the_text() {
    const OWN: &str = "a passphrase of my own";
    const AFTER: &str = "Acknowledge comes after Open";
    let (_alt, mut a, _far, mut f, _) = two(NOW).await;
    let reference = a.send(a_notice(&["TM-FAR"], Urgency::Priority, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let first = enrol(&mut f, "TM-FAR-O07", Role::Officer).await;
    let mut other = Browser::of(f.console, "O07", &first).await;
    other.send("/passphrase", &[("new", OWN), ("again", OWN)]).await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let address = format!("/n/{reference}");
    let page = browser.get(&address).await;
    page.says(AFTER).says(&format!("action=\"{address}/do/take\""));
    assert!(!page.body.contains("/do/ack"));
    let opened = browser.send(&format!("{address}/open"), &[]).await;
    assert!(!opened.body.contains(AFTER));
    let page = browser.get(&address).await;
    page.says(&format!("action=\"{address}/do/ack\""));
    assert!(!page.body.contains(AFTER));
    // The node asks of each officer whether it was read.
    let page = other.get(&address).await;
    page.says(AFTER);
    assert!(!page.body.contains("/do/ack"));
    let refused = other.send(&format!("{address}/do/ack"), &[]).await;
    assert_eq!(refused.status, 422);
    refused.says("You have not opened");
    browser.send(&format!("{address}/do/ack"), &[("open", "yes")]).await;
    assert!(!other.get(&address).await.body.contains(AFTER), "once for the office");
    // The acknowledgement itself: nothing of it is opened, acknowledged or awaited, on either side.
    let ack = wire::ListNoticesRequest { folder: wire::Folder::Outbox.into(), ..wire::ListNoticesRequest::default() };
    let ack = f.desk.list_notices(ack).await.unwrap().into_inner().notices.remove(0).header.unwrap().reference;
    f.all_delivered().await;
    let mut there = Browser::of(a.console, "R01", PASSPHRASE).await;
    for side in [&mut browser, &mut there] {
        let page = side.get(&format!("/n/{ack}")).await;
        page.says("An acknowledgement has no text.");
        assert!(!page.body.contains(AFTER) && !page.body.contains("/do/ack") && !page.body.contains("not yet"));
    }
    browser.get(&format!("/n/{ack}")).await.says("Delivered");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_consent_says_so_before_it_is_asked_for() {
    const BARRED: &str = "<button class=\"btn\" disabled aria-describedby=\"barred\">";
    let (_alt, mut a, _far, mut f, _) = two(NOW).await;
    let mut strict = a_notice(&["TM-FAR"], Urgency::Priority, "kestrel");
    strict.header.as_mut().unwrap().tlp = Tlp::AmberStrict.into();
    let strict = a.send(strict).await.unwrap().reference;
    let amber = a.send(a_notice(&["TM-FAR"], Urgency::Priority, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let ask = |reference: &str| format!("href=\"/compose/consent-request?re={reference}\"");
    let (print, forward) = (
        |reference: &str| format!("href=\"/n/{reference}/print\""),
        |reference: &str| format!("href=\"/compose/forward?re={reference}\""),
    );
    for opens in [false, true] {
        let shown = |reference: String| {
            let (mut browser, address) = (browser.clone(), format!("/n/{reference}"));
            async move {
                if opens { browser.send(&format!("{address}/open"), &[]).await } else { browser.get(&address).await }
            }
        };
        let page = shown(strict.clone()).await;
        assert_eq!(page.body.matches(BARRED).count(), 2, "{}", page.body);
        page.says(&ask(&strict)).says(&format!("{strict} stays here")).says(&format!("{strict} may not be passed on"));
        assert!(!page.body.contains(&print(&strict)) && !page.body.contains(&forward(&strict)));
        let page = shown(amber.clone()).await;
        assert_eq!(page.body.matches(BARRED).count(), 1);
        page.says(&print(&amber)).says(&format!("{amber} may not be passed on"));
        assert!(!page.body.contains(&forward(&amber)));
    }
    // Nor is a reason asked for.
    let page = browser.get(&format!("/n/{strict}/print")).await;
    assert_eq!(page.status, 200);
    page.says("stays here").says(&ask(&strict));
    assert!(!page.body.contains("name=\"why\""));
    browser.get(&format!("/n/{amber}/print")).await.says("name=\"why\"");

    // With a consent both may be done.
    let asked = f.send(request(ConsentScope::Disseminate, &strict)).await.unwrap().reference;
    f.all_delivered().await;
    a.send(decision(ConsentOutcome::Granted, ConsentScope::Disseminate, &asked, "2027-01-01T00:00:00Z")).await.unwrap();
    a.all_delivered().await;
    let page = browser.get(&format!("/n/{strict}")).await;
    page.says(&print(&strict)).says(&forward(&strict));
    assert!(!page.body.contains("barred"));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_opening_of_a_draft_covers_the_previews_beside_it() {
    let (_alt, mut a, _far, f, _) = two(NOW).await;
    let pictures = [
        bring(&a, "photo-label.jpg", AttachmentKind::Photo).await,
        bring(&a, "photo-exif-gps.jpg", AttachmentKind::Photo).await,
    ];
    let mut notice = a_notice(&["TM-FAR"], Urgency::Routine, "kestrel");
    notice.body.as_mut().unwrap().attachments = pictures.to_vec();
    let draft = a.desk.clone().send_notice(notice).await.unwrap().into_inner().draft.unwrap();
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    let [photo, scan] = pictures.map(|key| format!("/drafts/{}/a/{}", draft.number, hex::encode(&key.digest)));
    let page = browser.send(&format!("/release/{}", draft.number), &[]).await;
    page.says(&format!("src=\"{photo}/preview\"")).says(&format!("src=\"{scan}/preview\""));
    // Each picture leads to the viewer, where the other one can be laid beside it.
    let digests = [&photo, &scan].map(|path| path.rsplit_once('/').unwrap().1.to_owned());
    let query = format!("with={}&#38;with={}", digests[0], digests[1]);
    page.says(&format!("href=\"{photo}/view?{query}\""));
    let view = browser.get(&format!("{photo}/view?{}", query.replace("&#38;", "&"))).await;
    view.says(&format!("<option value=\"{scan}\">picture 2</option>")).says("id=\"view-slide\"");
    assert!(!view.body.contains("picture 1</option>") && !view.body.contains("photo-label"));
    let alone = browser.get(&format!("{photo}/view?with=%3Cb%3E&with=/n/x")).await;
    assert!(!alone.body.contains("view-other"), "what is no picture's name is left out");

    let mut size = log_size(&mut a).await;
    for (path, entries) in [
        (format!("{photo}/preview"), 0),
        (format!("{scan}/preview"), 0),
        (format!("{photo}/preview"), 1),
        (scan, 1),
        (photo, 1),
    ] {
        assert_eq!(browser.get(&path).await.status, 200);
        let now = log_size(&mut a).await;
        assert_eq!(now - size, entries, "{path}");
        size = now;
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
