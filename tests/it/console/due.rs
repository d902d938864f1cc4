//! What is due for review, what ends, and for how long texts are kept, on pages.

use std::collections::BTreeMap;

use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::Role;

use crate::binary::PASSPHRASE;
use crate::console::enrol;
use crate::console::recorded;
use crate::support::browser::Browser;
use crate::world::Running;
use crate::world::a_notice;
use crate::world::two;

const NOW: &str = "2026-11-20T06:00:00Z";
const SUBJECT: &str = "kestrel";
const KIND: (&str, &str) = ("kind", "MODUS_OPERANDI");

/// Whoever has all roles signs in.
async fn for_everything(local: &mut Running) -> Browser {
    let passphrase = wire::SetPassphraseRequest { passphrase: PASSPHRASE.to_owned() };
    local.inspect.set_passphrase(passphrase).await.unwrap();
    Browser::of(local.console, "O01", PASSPHRASE).await
}

fn a_notice_to_review() -> wire::SendNoticeRequest {
    let mut notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, SUBJECT);
    notice.header.as_mut().unwrap().review_ms = "2026-11-23T06:00:00Z".parse::<Timestamp>().unwrap().ms();
    notice
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_listed_for_review_and_said_to_be_needed() {
    let (_alt, mut a, _far, f, _) = two(NOW).await;
    let reference = a.send(a_notice_to_review()).await.unwrap().reference;
    let mut exercise = a_notice_to_review();
    exercise.header.as_mut().unwrap().traffic = wire::Traffic::Exercise.into();
    let exercise = a.send(exercise).await.unwrap().reference;
    let mut browser = for_everything(&mut a).await;
    let page = browser.get("/privacy").await;
    // The picture, and the table that says the same.
    page.says("<svg class=\"months\"")
        .says("<td class=\"nowrap\">23 Nov 2026</td><td class=\"num\">0</td><td class=\"num\">2</td>");
    page.says("href=\"/privacy/retention\"");
    browser.get("/privacy?span=weeks").await.says("20 Nov 2026 – 26 Nov 2026");
    let lists = |list: &(String, String, String)| list.2 == "REVIEWS" || list.2 == "ENDS";
    let seen = recorded(&mut a, AuditView::Lists).await;
    assert!(!seen.iter().any(lists), "counts are no list: {seen:?}");
    let address = format!("/privacy/review/{reference}");
    assert!(!browser.get("/privacy/due?by=review&days=1").await.body.contains(&reference));
    assert!(!browser.get("/privacy/due?by=end&days=90").await.body.contains(&reference));
    let page = browser.get("/privacy/due?by=review&days=7").await;
    page.says(&reference).says("23 Nov 2026, 11:00").says(&format!("href=\"{address}\""));
    page.says(&format!("{exercise}</a> <span class=\"tag\">EXERCISE</span>"));
    assert!(!page.body.contains(SUBJECT) && page.body.matches("EXERCISE").count() == 1);
    browser.get(&format!("/privacy/review/{exercise}")).await.says("<h1><span class=\"tag\">EXERCISE</span>");
    let seen = recorded(&mut a, AuditView::Lists).await;
    assert_eq!(seen.iter().filter(|list| lists(list)).count(), 1, "{seen:?}");

    let page = browser.get(&address).await;
    page.says("Still needed").says("No longer needed").says("value=\"NO_LONGER_NEEDED\"").says("UZ-ALT");
    assert!(!page.body.contains(SUBJECT));
    for (reason, next, said) in [
        ("", "30.11.2026", "says why"),
        ("CASE_OPEN", "some day", "no day"),
        ("CASE_OPEN", "30.11.2028", "later than"),
        ("CASE_OPEN", "1.11.2026", "in the past"),
    ] {
        let refused = browser.send(&address, &[("reason", reason), ("next", next)]).await;
        assert_eq!(refused.status, 422, "{reason} {next}");
        refused.says(said).says("role=\"alert\"");
        assert_eq!(refused.field("next"), next, "what is typed stays");
    }
    // A day that was typed outlives the session.
    let form =
        [("token", browser.token().await), ("reason", "CASE_OPEN".to_owned()), ("next", "30.11.2026".to_owned())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut other = Browser { cookies: BTreeMap::new(), ..browser.clone() };
    let held = other.post(&address, &form).await;
    assert_eq!(
        (held.status, held.field("next").as_str(), held.field("sign-in-next")),
        (401, "30.11.2026", address.clone())
    );
    let done = browser.send(&address, &[("reason", "CASE_OPEN"), ("next", "30.11.2026")]).await;
    let next = format!("/privacy/due?by=review&days=7&needed={reference}");
    assert_eq!(done.leads_to(), (303, next.as_str()));
    let said = format!("Recorded: {reference} is still needed; its next review is due 1 Dec 2026, 00:00");
    browser.get(&next).await.says(&said);
    assert!(!browser.get("/privacy/due?by=review&days=7").await.body.contains(&reference));
    browser.get("/privacy/due?by=review&days=30").await.says(&reference).says("1 Dec 2026, 00:00");
    // Reviewed again, for as long as may be, by the day that the form begins with.
    let latest = browser.get(&address).await.field("next");
    let done = browser.send(&address, &[("reason", "LEGAL_DUTY"), ("next", &latest)]).await;
    assert_eq!(done.leads_to().0, 303);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_says_what_it_would_do_before_it_is_set() {
    let (_alt, mut a, _far, f, _) = two(NOW).await;
    let reference = a.send(a_notice_to_review()).await.unwrap().reference;
    let mut browser = for_everything(&mut a).await;
    let first = enrol(&mut a, "UZ-ALT-D02", Role::DataProtectionOfficer).await;
    let mut second = Browser::of(a.console, "UZ-ALT-D02", &first).await;
    second.send("/passphrase", &[("new", PASSPHRASE), ("again", PASSPHRASE)]).await;
    let page = "/privacy/retention";
    let would = browser.get(&format!("{page}?kind=MODUS_OPERANDI&days=20")).await;
    would.says("would be kept for 20 days").says("Ending earlier than now: 1 text; of them").says(": 0 texts.");
    assert!(!browser.get(page).await.body.contains(">20</td>"), "GET changes nothing");
    for (days, said) in
        [("0", "from 1 to 1826"), ("1827", "from 1 to 1826"), ("many", "from 1 to"), ("1826", "already")]
    {
        let refused = browser.get(&format!("{page}?kind=MODUS_OPERANDI&days={days}")).await;
        assert_eq!(refused.status, 422, "{days}");
        refused.says(said);
    }
    let stale = browser.send(page, &[KIND, ("days", "20"), ("seen", "10")]).await;
    assert_eq!(stale.status, 422);
    stale.says("the period in force is 1826 days by now");
    assert!(!browser.get(page).await.body.contains(">20</td>"));
    let shorter = [KIND, ("days", "20"), ("seen", "1826"), ("passphrase", PASSPHRASE)];
    assert_eq!(browser.send(page, &shorter).await.leads_to(), (303, page));
    browser.get(page).await.says("<td class=\"num\">20</td><td class=\"num\">1826</td>");
    // The page of a notice says when its text ends here.
    browser.get(&format!("/n/{reference}")).await.says("Text ends here").says("10 Dec 2026");
    // A form of its kind ends within it.
    browser.get("/compose/modus-operandi").await.says("value=\"10.12.2026\"");

    assert_eq!(browser.send(page, &[KIND, ("days", "30"), ("seen", "20")]).await.leads_to(), (303, page));
    let own = browser.get(page).await;
    own.says("proposes to keep texts of this kind longer: modus operandi, days: 30").says("Take back");
    assert!(!own.body.contains("name=\"agree\" value=\"yes\""), "nobody agrees to what is his own");
    // Whom it waits for is told, and nobody else.
    let waits = "1 longer retention period waits for a second person";
    second.get("/privacy").await.says(waits).says("href=\"/privacy/retention\"");
    second.get("/inbox").await.says(waits);
    assert!(!browser.get("/privacy").await.body.contains(waits));
    let (decide, proposal) = (format!("{page}/decide"), own.field("proposal"));
    let fields = [KIND, ("agree", "yes"), ("proposal", proposal.as_str())];
    assert_eq!(browser.send(&decide, &fields).await.status, 422);
    assert_eq!(second.send(&decide, &[KIND, ("agree", "yes"), ("proposal", "1")]).await.status, 422);
    assert_eq!(second.send(&decide, &fields).await.leads_to(), (303, page));
    // What shortens takes the passphrase again.
    let refused = browser.send(page, &[KIND, ("days", "10"), ("seen", "30"), ("passphrase", "wrong")]).await;
    assert_eq!(refused.status, 422);
    refused.says("would be kept for 10 days");
    browser.get(page).await.says("<td class=\"num\">30</td><td class=\"num\">1826</td>");
    assert!(!second.get("/privacy").await.body.contains(waits));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
