//! The end of a shift on its page: what one takes care of, to whom it can go, and what is said at the sign-out.

use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::EntryKind;
use chapar::wire::Role;
use chapar::wire::Urgency;
use prost::Message as _;

use crate::binary::PASSPHRASE;
use crate::console::enrol;
use crate::console::recorded;
use crate::support::browser::Browser;
use crate::world::a_notice;
use crate::world::two;

const PAGE: &str = "/settings/hand-over";

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_ends_with_its_work_in_other_hands() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    enrol(&mut f, "TM-FAR-O07", Role::Officer).await;
    enrol(&mut f, "TM-FAR-U07", Role::Auditor).await;
    let mut sent = vec![];
    for subject in ["one", "two"] {
        sent.push(a.send(a_notice(&["TM-FAR"], Urgency::Routine, subject)).await.unwrap().reference);
    }
    a.all_delivered().await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;

    // Nothing is taken: nothing to give, and no list is recorded.
    let page = browser.get(PAGE).await;
    page.says("You take care of no open notice.").says("Your drafts stay yours");
    assert!(!page.body.contains("<select"));
    browser.get("/settings").await.says("You take care of no open notice.").says("href=\"/settings/hand-over\"");
    assert_eq!(browser.send(PAGE, &[("to", "TM-FAR-O07")]).await.status, 422);
    assert_eq!(recorded(&mut f, AuditView::Lists).await, []);

    for reference in &sent {
        assert_eq!(browser.send(&format!("/n/{reference}/do/take"), &[]).await.status, 303);
    }
    browser.get("/settings").await.says("You take care of 2 open notices.");
    let page = browser.get("/inbox?view=mine").await;
    page.says("Mine <b>2</b>").says(&sent[0]).says(&sent[1]);
    assert!(!browser.get("/sent").await.body.contains("Mine"));
    let page = browser.get(PAGE).await;
    for reference in &sent {
        page.says(&format!("href=\"/n/{reference}\""));
    }
    page.says("value=\"TM-FAR-O07\"");
    assert!(!page.body.contains("TM-FAR-U07") && !page.body.contains("value=\"TM-FAR-R01\""), "{}", page.body);
    assert_eq!(recorded(&mut f, AuditView::Lists).await.len(), 2, "of the inbox, and of the page");

    // Who leaves is told, and leaves.
    assert_eq!(browser.send("/sign-out", &[]).await.leads_to(), (303, "/sign-in?taken=2"));
    let page = browser.get("/sign-in?taken=2").await;
    page.says("You are signed out; 2 open notices are still yours.").says("/sign-in?next=%2Fsettings%2Fhand-over");
    for odd in ["0", "-1", "two", "", "99999999999999999999999"] {
        assert!(!browser.get(&format!("/sign-in?taken={odd}")).await.body.contains("still yours"), "{odd}");
    }

    let mut browser = browser.signed_in("R01", PASSPHRASE).await;
    for (to, said) in [
        ("", "Nobody was chosen."),
        ("O07", "<h2"),
        ("TM-FAR-U07", "TM-FAR-U07 cannot take care of notices now."),
        ("TM-FAR-R01", "TM-FAR-R01 has these notices already."),
    ] {
        let page = browser.send(PAGE, &[("to", to)]).await;
        assert_eq!(page.status, 422, "{to}");
        page.says(said).says("<select");
    }
    let given = browser.send(PAGE, &[("to", "TM-FAR-O07")]).await;
    assert_eq!(given.leads_to(), (303, "/settings/hand-over?to=TM-FAR-O07&given=2"));
    let page = browser.get("/settings/hand-over?to=TM-FAR-O07&given=2").await;
    page.says("2 notices are now in the care of TM-FAR-O07.").says("You take care of no open notice.");
    let page = browser.get("/settings/hand-over?to=%3Cb%3E&given=2").await;
    assert!(!page.body.contains("in the care of"), "it repeats nothing that is no officer");
    browser.get("/inbox").await.says("TM-FAR-O07");
    browser.get("/inbox?view=mine").await.says("Nothing here.").says("Mine <b>0</b>");
    assert_eq!(browser.send("/sign-out", &[]).await.leads_to(), (303, "/sign-in"));

    let rows = f.list(wire::Folder::Inbox).await;
    let taken: Vec<_> = rows.iter().map(|row| row.standing.as_ref().unwrap().taken_by.as_str()).collect();
    assert_eq!(taken, ["TM-FAR-O07"; 2]);
    let log =
        f.inspect.list_entries(wire::ListEntriesRequest { start: 0, page_size: 1_000 }).await.unwrap().into_inner();
    let kinds = log.entries.iter().map(|one| wire::Entry::decode(one.entry.as_slice()).unwrap().kind());
    assert_eq!(kinds.filter(|kind| *kind == EntryKind::HandedOver).count(), 2);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
