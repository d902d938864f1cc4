//! The request of a person: what is found, what the sheet says, and what of all that was typed is kept nowhere.

use std::time::Duration;

use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::Role;

use crate::console::readings::person;
use crate::console::recorded;
use crate::local::PAUSE;
use crate::support::browser::Browser;
use crate::support::browser::Page;
use crate::world::a_notice;
use crate::world::an_amendment;
use crate::world::two;

/// Sends the form until the search follows the log; the test's own deadline is the only one.
async fn found(browser: &mut Browser, fields: &[(&str, &str)], reference: &str) -> Page {
    let looks = async {
        loop {
            let page = browser.send("/privacy/request", fields).await;
            if page.body.contains(reference) {
                return page;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), looks).await.expect("found within a minute")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_what_is_held_and_nothing_typed_is_kept() {
    const ADDRESSED: &str = "Addressed to, not known to have it:";
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let mut notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "Kestrel Almazov");
    let narrative = wire::Text { text: "Seen as 01 Z 777 QX".to_owned(), language: "en".to_owned() };
    notice.body.as_mut().unwrap().narrative = Some(narrative);
    let reference = a.send(notice).await.unwrap().reference;
    let other = a.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, "Two trucks")).await.unwrap().reference;
    a.all_delivered().await;
    let mut decider = person(&mut f, "TM-FAR-D01", Role::DataProtectionOfficer).await;
    let mut auditor = person(&mut f, "TM-FAR-U01", Role::Auditor).await;
    let form = decider.get("/privacy/request").await;
    form.says("name=\"person\"").says("name=\"document\"").says("name=\"plate\"");
    let typed = [("person", "Kestrel Almazov"), ("plate", "777 QX"), ("why", "case 9")];
    assert_eq!(auditor.send("/privacy/request", &typed).await.status, 403);
    assert_eq!(decider.send("/privacy/request", &[("why", "case 9")]).await.status, 422);
    let refused = decider.send("/privacy/request", &[("person", "Kestrel Almazov")]).await;
    assert_eq!(refused.status, 422);
    refused.says("value=\"Kestrel Almazov\"");
    assert_eq!(recorded(&mut f, AuditView::Reads).await, []);

    let page = found(&mut decider, &typed, &reference).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.body.matches(&format!("href=\"/n/{reference}\"")).count(), 1, "once, however often it is found");
    assert!(!page.body.contains(&other));
    let (form, sheet) = page.body.split_once("Answer: what this office holds").unwrap();
    assert!(form.contains("class=\"card noprint\"") && !sheet.contains("Kestrel") && !sheet.contains("777"));
    for said in ["1 notice of this office holds such data", "case 9", "UZ-ALT", "TM-FAR", "1 Jun 2029", "TM-UZ/2023-04"]
    {
        assert!(sheet.contains(said), "{said} is not in {sheet}");
    }
    // Each hit is an entry, with the reason and no word of what was typed.
    let read = recorded(&mut f, AuditView::Reads).await;
    let hit = ("TM-FAR-D01".to_owned(), reference.clone(), "case 9".to_owned());
    assert!(!read.is_empty() && read.iter().all(|one| *one == hit), "{read:?}");

    // What corrects it repeats it, and is named with it, whether or not the search finds it.
    let correction = an_amendment(wire::NoticeKind::Correction, &reference, "Two other trucks");
    let correction = a.send(correction).await.unwrap().reference;
    a.all_delivered().await;
    let fields = [("plate", reference.as_str()), ("why", "case 9")];
    let corrected = found(&mut decider, &fields, &correction).await;
    corrected.says(&format!("correction (corrects)<br><a class=\"mono nowrap\" href=\"/n/{correction}\">"));

    // Of a name two words are enough; such a notice is marked, and not printed.
    let page = found(&mut decider, &[("person", "Kestrel Almazov Ivanovich"), ("why", "case 9")], &reference).await;
    page.says("<tr class=\"noprint\"><td><span class=\"tag\">likely</span> ")
        .says("No notice of this office holds all");
    page.says("hold at least two words of the name, but not all");
    // What is withdrawn is held as well.
    a.send(an_amendment(wire::NoticeKind::Withdrawal, &reference, "recalled")).await.unwrap();
    a.all_delivered().await;
    let withdrawn = found(&mut decider, &typed, &reference).await;
    withdrawn.says(&format!("(withdrawn)<br><a class=\"mono nowrap\" href=\"/n/{reference}\">"));

    let erase = format!("/privacy?notice={reference}&#38;reason=DATA_SUBJECT_REQUEST#erase");
    page.says(&format!("href=\"{erase}\""));
    let order = decider.get(&format!("/privacy?notice={reference}&reason=DATA_SUBJECT_REQUEST")).await;
    assert_eq!(order.field("notice"), reference);
    order.says("value=\"DATA_SUBJECT_REQUEST\" selected");
    decider
        .send("/privacy/request", &[("person", "Nobody Such"), ("why", "case 9")])
        .await
        .says("No notice of this office");
    // At its sender: who has confirmed it has it, of others that is not known.
    let mut sender = person(&mut a, "UZ-ALT-D01", Role::DataProtectionOfficer).await;
    assert!(!found(&mut sender, &typed, &reference).await.body.contains(ADDRESSED));
    f.stop().await.unwrap();
    let reference = a.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, "Lanner Almazov")).await.unwrap().reference;
    let sent = found(&mut sender, &[("person", "Lanner Almazov"), ("why", "case 9")], &reference).await;
    sent.says(&format!("<span class=\"muted\">{ADDRESSED}</span><br>TM-FAR"));
    a.stop().await.unwrap();
}
