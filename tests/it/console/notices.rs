//! Notices on pages: lists show headers alone, opening is one entry, a form outlives its session.

use chapar::wire;
use chapar::wire::AuditView;

use crate::binary::PASSPHRASE;
use crate::console::recorded;
use crate::support::browser::Browser;
use crate::world::a_notice;
use crate::world::two;
use crate::world::two_with;

const SUBJECT: &str = "<script>alert(\"kestrel\")</script> & more";
const ESCAPED: &str = "&#60;script&#62;alert(&#34;kestrel&#34;)&#60;/script&#62; &#38; more";
/// Words that stand in the text alone.
const WORDS: [&str; 3] = ["kestrel", "01 Z 777 QX", "Behind a false wall"];

fn notice() -> wire::SendNoticeRequest {
    let mut notice = a_notice(&["TM-FAR"], wire::Urgency::Priority, SUBJECT);
    let narrative = wire::Text { text: "Seen as 01 Z 777 QX".to_owned(), language: "en".to_owned() };
    notice.body.as_mut().unwrap().narrative = Some(narrative);
    notice
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_shown_by_its_opening_alone_which_is_one_entry() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let reference = a.send(notice()).await.unwrap().reference;
    a.all_delivered().await;
    let mut reader = Browser::of(f.console, "R01", PASSPHRASE).await;
    let mut sender = Browser::of(a.console, "R01", PASSPHRASE).await;
    let address = format!("/n/{reference}");
    let headers = [
        reader.get("/inbox").await,
        reader.get("/inbox?view=action").await,
        reader.get(&address).await,
        sender.get("/sent").await,
        sender.get(&address).await,
    ];
    for page in &headers {
        assert_eq!(page.status, 200);
        page.says(&reference);
        let found: Vec<&str> = WORDS.into_iter().filter(|word| page.body.contains(word)).collect();
        assert_eq!(found, Vec::<&str>::new());
    }
    // Nothing but the lists is recorded, and nobody opens anything by following a link.
    assert_eq!(recorded(&mut f, AuditView::Reads).await, []);
    let list = |name: &str| ("TM-FAR-R01".to_owned(), String::new(), name.to_owned());
    assert_eq!(recorded(&mut f, AuditView::Lists).await, [list("INBOX"), list("INBOX")]);
    assert_eq!(reader.get(&format!("{address}/open")).await.leads_to(), (303, address.as_str()));
    assert_eq!(reader.post(&format!("{address}/open"), &[]).await.status, 403);
    assert_eq!(recorded(&mut f, AuditView::Reads).await, []);

    let opened = reader.send(&format!("{address}/open"), &[]).await;
    assert_eq!(opened.status, 200);
    opened.says(ESCAPED).says("01 Z 777 QX").says("Behind a false wall").says("verified");
    assert!(!opened.body.contains(SUBJECT));
    let title = opened.body.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
    assert!(WORDS.iter().all(|word| !title.contains(word)), "{title}");
    let read = [("TM-FAR-R01".to_owned(), reference.clone(), String::new())];
    assert_eq!(recorded(&mut f, AuditView::Reads).await, read);
    // The page shows the header again, and the next opening is another entry.
    assert!(!reader.get(&address).await.body.contains("kestrel"));
    assert_eq!(recorded(&mut f, AuditView::Reads).await, read);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_about_a_notice_is_done_once() {
    let (_alt, mut a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let reference = a.send(notice()).await.unwrap().reference;
    a.all_delivered().await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let address = format!("/n/{reference}");
    let refused = browser.send(&format!("{address}/do/ack"), &[]).await;
    assert_eq!(refused.status, 422, "nobody has read it");
    refused.says("role=\"alert\"").says(&reference);
    browser.send(&format!("{address}/open"), &[]).await;
    for verb in ["ack", "take", "close", "reopen"] {
        let done = browser.send(&format!("{address}/do/{verb}"), &[]).await;
        assert_eq!(done.leads_to(), (303, address.as_str()), "{verb}: {}", done.body);
    }
    assert_eq!(browser.send(&format!("{address}/do/ack"), &[]).await.status, 422);
    assert_eq!(browser.send(&format!("{address}/do/destroy"), &[]).await.status, 404);
    assert_eq!(
        browser.get(&format!("{address}/do/ack")).await.leads_to(),
        (303, address.as_str()),
        "GET changes nothing"
    );
    let fetch = browser.get(&format!("{address}/a/{}/fetch", "0".repeat(64))).await;
    assert_eq!(fetch.leads_to(), (303, address.as_str()), "an attachment has no page");
    a.until("the acknowledgement is there", |status| status.head.as_ref().unwrap().size > 0).await;
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_comes_after_its_session_loses_nothing() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let reference = a.send(notice()).await.unwrap().reference;
    a.all_delivered().await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let (token, cookies) = (browser.token().await, browser.cookies.clone());
    browser.send("/sign-out", &[]).await;
    browser.cookies = cookies;
    let address = format!("/n/{reference}/open");
    let why = "case 7: \"<&'";
    let page = browser.post(&address, &[("token", &token), ("why", why)]).await;
    assert_eq!(page.status, 401);
    page.says("You were signed out");
    let held = "case 7: &#34;&#60;&#38;&#39;";
    assert_eq!((page.field("why").as_str(), page.field("sign-in-next")), (held, address.clone()));
    // It never goes on as somebody else's.
    let (whose, door) = (page.field("sign-in-whose"), page.field("token"));
    assert_eq!(whose, "TM-FAR-R01");
    let others = [
        ("sign-in-officer", "R01"),
        ("passphrase", PASSPHRASE),
        ("sign-in-next", &address),
        ("sign-in-whose", "TM-FAR-R02"),
    ];
    let others = [others.as_slice(), &[("why", why), ("token", &door)]].concat();
    let page = browser.post("/sign-in", &others).await;
    assert_eq!((page.status, page.field("why").as_str()), (403, held));
    page.says("This form is of TM-FAR-R02");
    // A sign-in that fails loses nothing either.
    let fields = |officer| {
        let own = [("sign-in-officer", officer), ("passphrase", PASSPHRASE), ("token", &*door)];
        [own.as_slice(), &[("sign-in-next", &*address), ("sign-in-whose", &*whose), ("why", why)]].concat()
    };
    let page = browser.post("/sign-in", &fields("O77")).await;
    assert_eq!((page.status, page.field("why").as_str(), page.field("sign-in-next")), (403, held, address.clone()));
    let page = browser.post("/sign-in", &fields("R01")).await;
    assert_eq!((page.status, page.field("why").as_str()), (200, held));
    page.says(&format!("action=\"{address}\""));
    assert_eq!(recorded(&mut f, AuditView::Reads).await, [], "it waits for the officer");
    let opened = browser.post(&address, &[("token", &page.field("token")), ("why", why)]).await;
    assert_eq!(opened.status, 200);
    let read = ("TM-FAR-R01".to_owned(), reference, why.to_owned());
    assert_eq!(recorded(&mut f, AuditView::Reads).await, [read]);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ticked_for_another_text_does_not_count() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let draft = a.desk.clone().send_notice(notice()).await.unwrap().into_inner().draft.unwrap();
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    let address = format!("/release/{}", draft.number);
    let form = browser.send(&address, &[]).await.field("form");
    assert_eq!(form, hex::encode(&draft.form));
    let ticked = browser.send(&format!("{address}/release"), &[("form", &form), ("check", "NECESSITY")]).await;
    assert_eq!(ticked.status, 422);
    ticked.says("value=\"NECESSITY\" checked").says("Enter your passphrase");
    let other = browser.send(&format!("{address}/release"), &[("form", "00"), ("check", "NECESSITY")]).await;
    assert_eq!(other.status, 422);
    other.says("The notice changed while you read it");
    assert!(!other.body.contains("checked"));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

/// Bishkek is an hour ahead of Tashkent.
#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_said_by_both_clocks_where_they_differ() {
    let (_alt, mut a, _dos, k, _) = two_with("KG-DOS", "2026-11-20T06:00:00Z").await;
    let to_there = a_notice(&["KG-DOS"], wire::Urgency::Priority, SUBJECT);
    let reference = a.send(to_there).await.unwrap().reference;
    a.all_delivered().await;
    let mut there = Browser::of(k.console, "R01", PASSPHRASE).await;
    let mut here = Browser::of(a.console, "R01", PASSPHRASE).await;
    there.get("/inbox").await.says("12:00<span class=\"sub\">there 11:00</span>");
    there.get(&format!("/n/{reference}")).await.says("<dd>20 Nov 2026, 12:00 · there 11:00</dd>");
    let issued = here.get(&format!("/n/{reference}")).await;
    issued.says("<dd>20 Nov 2026, 11:00</dd>").says("<time>11:00</time> <small class=\"muted\">there 12:00</small>");
    assert!(!here.get("/sent").await.body.contains("there 1"));
    a.stop().await.unwrap();
    k.stop().await.unwrap();
}
