//! The lines above the inbox, and the help, each for the officer who asks.

use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::Folder;
use chapar::wire::Role;
use chapar::wire::Urgency;

use crate::binary::PASSPHRASE;
use crate::console::enrol;
use crate::console::recorded;
use crate::local::Local;
use crate::support::browser::Browser;
use crate::world::a_notice;
use crate::world::two;

async fn work(local: &mut Local) -> wire::OpenWork {
    let request =
        wire::ShowBoardRequest { folder: Folder::Inbox.into(), page_size: 1, ..wire::ShowBoardRequest::default() };
    local.desk.show_board(request).await.unwrap().into_inner().work.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_an_officer_stands_above_the_inbox() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    a.send(a_notice(&["TM-FAR"], Urgency::Routine, "one")).await.unwrap();
    a.all_delivered().await;
    let mut releaser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let page = releaser.get("/inbox").await;
    page.says("1 of 1 office reachable")
        .says("Nothing waits for a link")
        .says("No drafts of yours")
        .says("Nothing to release");

    let draft = f.desk.send_notice(a_notice(&["UZ-ALT"], Urgency::Routine, "two")).await.unwrap().into_inner().draft;
    let number = draft.unwrap().number;
    f.desk.save_draft(wire::SaveDraftRequest::default()).await.unwrap();
    assert_eq!(
        work(&mut f).await,
        wire::OpenWork { drafts: 1, ..wire::OpenWork::default() },
        "the own one waits for another"
    );
    releaser.get("/inbox").await.says("No drafts of yours").says("1 to release");
    assert_eq!(recorded(&mut f, AuditView::Reads).await, [], "a count opens no draft");

    releaser.send(&format!("/release/{number}"), &[]).await;
    let comment = [("comment", "Which floor?")];
    assert_eq!(releaser.send(&format!("/release/{number}/return"), &comment).await.status, 303);
    assert_eq!(work(&mut f).await, wire::OpenWork { drafts: 1, returned: 1, ..wire::OpenWork::default() });
    releaser.get("/inbox").await.says("Nothing to release");

    a.stop().await.unwrap();
    releaser.get("/inbox").await.says("0 of 1 office reachable").says("UZ-ALT: no link since");
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn help_has_the_tasks_of_the_reader() {
    let (_alt, a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let first = enrol(&mut f, "TM-FAR-A07", Role::Administrator).await;
    let mut releaser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let mut administrator = Browser::of(f.console, "A07", &first).await;
    let own = [("new", "a passphrase of one's own"), ("again", "a passphrase of one's own")];
    assert_eq!(administrator.send("/passphrase", &own).await.status, 303);
    let (release, leaver) = ("Release what another officer wrote", "Shut out an officer who leaves");
    assert!(!releaser.get("/help").await.says(release).body.contains(leaver));
    assert!(!administrator.get("/help").await.says(leaver).body.contains(release));
    // The card to print is of one role, in the language of the page.
    assert!(!releaser.get("/help/card").await.says(release).body.contains(leaver));
    let card = releaser.get("/help/card?role=ADMINISTRATOR").await;
    assert!(!card.says(leaver).says("TM-FAR · Administrator").body.contains(release));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_shows_towns_and_says_the_same_in_words() {
    let (_alt, a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    f.until("a session", |status| status.peers.iter().any(|peer| peer.connected)).await;
    let mut here = Browser::of(f.console, "R01", PASSPHRASE).await;
    // Only this office says where it is.
    let page = here.get("/offices?view=plan").await;
    page.says("aria-label=\"TM-FAR: this office\"").says("39.21, 63.59").says("not said").says("town-level");
    assert!(!page.body.contains("aria-label=\"UZ-ALT: ") && page.body.matches("<svg class=\"plan\"").count() == 1);
    assert!(!here.get("/offices").await.says("/offices?view=plan").body.contains("39.21"));
    let mut there = Browser::of(a.console, "R01", PASSPHRASE).await;
    let dot = "<a href=\"/offices/TM-FAR\" aria-label=\"TM-FAR: reachable\">";
    there.get("/offices?view=plan").await.says(dot).says("<td>reachable</td>").says("</svg>reachable</span>");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
