//! While an exercise is on, each new form asks whether it is real; what is about another notice is what that one is. A
//! restart changes nothing, and nothing of it is counted.

use std::sync::Arc;

use chapar::domain::kinds;
use chapar::wire;
use chapar::wire::NoticeKind;
use chapar::wire::Traffic;
use chapar::wire::Urgency;

use crate::binary::PASSPHRASE;
use crate::support::browser::Browser;
use crate::support::paper::Paper;
use crate::support::paper::written;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::two;

const NOW: &str = "2026-11-20T06:00:00Z";
const QUESTION: &str = "Real or exercise?";
const TRAFFIC: &str = "header.traffic_status";

/// Starts one in which TM-FAR takes part.
async fn start(browser: &mut Browser, name: &str) -> u16 {
    let end = [("until.day", "20.11.2026"), ("until.time", "20:00")];
    let form = [[("name", name), ("office", "TM-FAR")].as_slice(), &end].concat();
    browser.send("/exercise/start", &form).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn each_new_form_asks_whether_it_is_real() {
    let (_alt, mut a, _far, f, _) = two(NOW).await;
    let (mut browser, early) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    assert_eq!(early.get(TRAFFIC), "ACTUAL");
    let saved = early.clone().with("body.subject", "Saved before").press(&mut browser, "save").await;
    assert_eq!(saved.leads_to(), (303, "/drafts/1"));
    assert_eq!(start(&mut browser, "Dostyk").await, 303);
    for kind in kinds::all().filter(|kind| *kind != NoticeKind::Acknowledgement) {
        let word = kinds::word(kind);
        let page = browser.get(&format!("/compose/{word}")).await;
        page.says(&format!("<span class=\"n\">0.</span>{QUESTION}")).says("<span class=\"n\">1.</span>");
        assert_eq!(Paper::of(&page).get(TRAFFIC), "", "{word}: nothing is chosen");
        let file = browser.get(&format!("/compose/{word}?form=expert")).await;
        assert!(!Paper::of(&file).get("json").contains("traffic_status"), "{word}");
    }
    // Without an answer: the summary leads to the question. So it is with a form that was begun before, and with a file.
    let (_, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let paper = paper.with("token", early.get("token"));
    for form in [&paper, &early] {
        for button in ["submit", "save"] {
            let refused = form.press(&mut browser, button).await;
            assert_eq!(refused.status, 422, "{button}");
            refused.says("class=\"errsum\"").says(&format!("<a href=\"#header-traffic_status\">{QUESTION} "));
            assert_eq!(Paper::of(&refused).get(TRAFFIC), "");
        }
    }
    let file = Paper::of(&browser.get("/compose/coordination?form=expert").await);
    let refused = file.press(&mut browser, "submit").await;
    assert_eq!(refused.status, 422);
    refused.says(&format!("{QUESTION} "));
    let draft = Paper::of(&browser.get("/drafts/1/edit").await);
    assert_eq!((draft.get(TRAFFIC), draft.get("body.subject")), ("", "Saved before"));
    // An answer is kept while it is written, and in another shape of the form.
    let token = paper.get("token").to_owned();
    let answered = paper.clone().with(TRAFFIC, "ACTUAL");
    assert!(!answered.get("exercise").is_empty());
    let kept = answered.clone().kept(&answered.keep(&mut browser, &token).await);
    let again = Paper::of(&browser.get(&format!("/drafts/{}/edit", kept.get("draft"))).await);
    assert_eq!(again.get(TRAFFIC), "ACTUAL");
    assert_eq!(Paper::of(&kept.press(&mut browser, "show-long").await).get(TRAFFIC), "ACTUAL");
    assert_eq!(kept.press(&mut browser, "submit").await.status, 303);
    let (_, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let paper = paper.with("token", &token).with(TRAFFIC, "EXERCISE");
    assert_eq!(paper.press(&mut browser, "submit").await.status, 303);
    // Afterwards nobody is asked.
    let index = browser.get("/exercise").await.field("index");
    assert_eq!(browser.send("/exercise/end", &[("index", &index)]).await.status, 303);
    let page = browser.get("/compose/modus-operandi").await;
    assert!(!page.body.contains(QUESTION) && Paper::of(&page).get(TRAFFIC) == "ACTUAL");
    let drafts = a.desk.list_drafts(wire::ListDraftsRequest {}).await.unwrap().into_inner().drafts;
    let traffic = |draft: &wire::DraftSummary| draft.header.as_ref().unwrap().traffic();
    assert!(drafts.iter().any(|draft| traffic(draft) == Traffic::Exercise));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exercise_corrects_nothing_real_and_is_not_counted() {
    let (_alt, mut a, _far, f, _) = two(NOW).await;
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    assert_eq!(start(&mut browser, "Dostyk").await, 303);
    let real = a.send(a_notice(&["TM-FAR"], Urgency::Routine, "kestrel")).await.unwrap().reference;
    a.all_delivered().await;
    let counted = browser.get("/stats.csv").await.body;
    assert!(counted.contains("OUTBOX,KIND,"), "{counted}");
    let mut notice = a_notice(&["TM-FAR"], Urgency::Routine, "kestrel");
    notice.header.as_mut().unwrap().traffic = Traffic::Exercise.into();
    let exercise = a.send(notice).await.unwrap().reference;
    a.all_delivered().await;
    assert_eq!(browser.get("/stats.csv").await.body, counted, "exercises are not counted");
    for (reference, wanted, said) in [(&real, "ACTUAL", "Actual"), (&exercise, "EXERCISE", "Exercise")] {
        let page = browser.get(&format!("/compose/correction?re={reference}")).await;
        page.says(QUESTION).says(&format!("{said}: it is about {reference}, and is what that notice is."));
        let paper = Paper::of(&page);
        assert_eq!(
            (paper.get(TRAFFIC), page.body.contains("type=\"radio\" name=\"header.traffic_status\"")),
            (wanted, false)
        );
        // Whoever tries all the same is told what is wrong, and what to do.
        let other = if wanted == "ACTUAL" { "EXERCISE" } else { "ACTUAL" };
        let paper = paper.with("body.subject", "Corrected").with("body.correction.reason", "Wrong");
        let paper = paper.with("body.correction.reason_code", "ERROR");
        let paper = paper.with("body.correction.replaced_fields[0].value", "Corrected");
        let refused = paper.clone().with(TRAFFIC, other).press(&mut browser, "submit").await;
        assert_eq!(refused.status, 422);
        refused.says("A real notice and an exercise or a test are about each other.");
        refused.says("Give both the same traffic status, or take the relation out.");
        assert_eq!(Paper::of(&refused).get(TRAFFIC), wanted);
        let done = paper.press(&mut browser, "submit").await;
        assert_eq!(done.status, 303, "{}", done.body);
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_it_and_of_two_who_start_one_wins() {
    let (mut alt, a, _far, f, _) = two(NOW).await;
    let browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    let (mut one, mut other) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(start(&mut one, "Dostyk"), start(&mut other, "Atameken"));
    assert_eq!([first, second].iter().filter(|status| **status == 303).count(), 1, "{first} {second}");
    let name = if first == 303 { "Dostyk" } else { "Atameken" };
    let refused = one.send("/exercise/start", &[("name", "x"), ("until.day", "20.11.2026"), ("until.time", "20:00")]);
    refused.await.says(&format!("The exercise “{name}” is on since 2026-11-20 06:00:00 UTC; UZ-ALT-R01 started it."));
    a.stop().await.unwrap();
    let clock = TestClock::at("2026-11-20T14:59:00Z");
    let mut a = alt.start(Arc::<TestClock>::clone(&clock), true).await;
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    let page = browser.get("/settings").await;
    page.says(&format!("EXERCISE. Not real. <bdi>{name}</bdi>"));
    assert!(!page.body.contains("has passed"));
    let status = a.status().await.exercise.unwrap();
    assert_eq!((status.exercise.unwrap().name.as_str(), status.is_over_time), (name, false));
    clock.set("2026-11-20T15:00:00Z");
    browser.get("/settings").await.says("Its planned end, 20 Nov 2026, 20:00, has passed.");
    assert!(a.status().await.exercise.unwrap().is_over_time);
    assert_eq!(a.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
