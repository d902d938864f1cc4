//! Writing: nothing that is typed is lost, nothing is sent twice.

use chapar::domain::policy::CHECKLIST;
use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::Role;
use chapar::wire::json::Word as _;
use tonic::Code;

use crate::binary::PASSPHRASE;
use crate::console::enrol;
use crate::console::recorded;
use crate::local::Local;
use crate::support::browser::Browser;
use crate::support::paper::Paper;
use crate::support::paper::written;
use crate::world::two;

const NOW: &str = "2026-11-20T06:00:00Z";

/// All drafts of an office, by their numbers.
async fn drafts(local: &Local) -> Vec<wire::DraftSummary> {
    let mut all = local.desk.clone().list_drafts(wire::ListDraftsRequest {}).await.unwrap().into_inner().drafts;
    all.sort_by_key(|draft| draft.number);
    all
}

async fn log_size(local: &mut Local) -> u64 {
    let status = local.inspect.get_status(wire::GetStatusRequest {}).await.unwrap().into_inner();
    status.head.unwrap().size
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_comes_twice_makes_one_notice() {
    let (_alt, mut a, _far, f, _) = two(NOW).await;
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    // Saved twice, by a double click or because the answer did not come.
    let saved = paper.press(&mut browser, "save").await;
    assert_eq!(saved.leads_to(), (303, "/drafts/1"), "{}", saved.body);
    assert_eq!(paper.press(&mut browser, "save").await.leads_to(), (303, "/drafts/1"));
    // What was changed since is told, kept, and goes on as another one if its writer wants it so.
    let other = paper.clone().with("body.subject", "Another one");
    let told = other.press(&mut browser, "save").await;
    assert_eq!(told.status, 422);
    told.says("This was sent already").says("value=\"Another one\"");
    assert_eq!(Paper::of(&told).press(&mut browser, "save").await.leads_to(), (303, "/drafts/2"));

    // Submitted twice: as a new one, and from its draft.
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    for _ in 0..2 {
        assert_eq!(paper.press(&mut browser, "submit").await.leads_to(), (303, "/drafts/3"));
    }
    let paper = Paper::of(&browser.get("/drafts/1/edit").await);
    for _ in 0..2 {
        assert_eq!(paper.press(&mut browser, "submit").await.leads_to(), (303, "/drafts/1"));
    }
    // An emergency goes out once.
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let mut paper = paper.with("header.urgency", "IMMEDIATE").with("passphrase", PASSPHRASE);
    paper.fields.extend(CHECKLIST.map(|point| ("check".to_owned(), point.word().to_owned())));
    let (one, again) = (paper.press(&mut browser, "emergency").await, paper.press(&mut browser, "emergency").await);
    assert_eq!(one.status, 303, "{}", one.body);
    assert_eq!(one.leads_to(), again.leads_to());
    assert_eq!(a.list(wire::Folder::Outbox).await.len(), 1);
    a.all_delivered().await;
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_kept_as_it_stands() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    // Nobody could send this.
    let odd = "the 13.1x, \"&<' Ўў Ққ پ چ";
    let paper = paper.with("header.expires_at.day", odd).with("header.expires_at.time", "");
    let token = paper.get("token").to_owned();
    for wrong in ["", "TM-FAR-R01.00", &token[..token.len() - 1]] {
        assert_eq!(paper.keep(&mut browser, wrong).await.status, 401);
    }
    let first = paper.keep(&mut browser, &token).await;
    let time = first.header("chapar-time").to_owned();
    assert!(time.starts_with("11:00"), "the clock of the office: {time}");
    // The same again, whose answer did not come, is the same draft in the same form.
    let again = paper.keep(&mut browser, &token).await;
    assert_eq!(
        (again.header("chapar-draft"), again.header("etag")),
        (first.header("chapar-draft"), first.header("etag"))
    );
    let paper = paper.kept(&first);
    let same = paper.keep(&mut browser, &token).await;
    assert_eq!((same.status, same.header("etag")), (204, first.header("etag")), "nothing changed, nothing is saved");
    let stale = paper.clone();
    let paper = paper
        .clone()
        .with("body.subject", "Seen in a second window")
        .kept(&paper.with("body.subject", "Seen in a second window").keep(&mut browser, &token).await);
    assert!(drafts(&a).await[0].form.is_empty(), "nobody else sees more than the bare facts");
    let open = wire::OpenDraftRequest { draft: "1".to_owned() };
    assert_eq!(a.desk.clone().open_draft(open).await.unwrap_err().code(), Code::NotFound);

    // Somebody saved it meanwhile: told, with the form that is there now.
    let conflict = stale.clone().with("body.subject", "Typed here").keep(&mut browser, &token).await;
    assert_eq!((conflict.status, conflict.header("etag").trim_matches('"')), (409, paper.get("version")));
    conflict.says("was saved meanwhile");
    assert!(conflict.header("content-type").starts_with("text/plain"));
    // So it is without script: told, and who presses again keeps it.
    let mine = stale.with("body.subject", "Typed here").with("header.expires_at.day", "01.12.2026");
    let told = mine.with("header.expires_at.time", "10:00").press(&mut browser, "save").await;
    assert_eq!(told.status, 422);
    told.says("was saved meanwhile").says("value=\"Typed here\"").says("href=\"/drafts/1/edit\"");
    browser.get("/drafts/1/edit").await.says("value=\"Seen in a second window\"");

    // It is no text yet: not shown in a list, not submitted, and its form is there again with each character.
    let list = browser.get("/drafts").await;
    list.says("not finished").says("TM-FAR");
    assert!(!list.body.contains("second window") && !list.body.contains("false wall"));
    browser.get("/inbox").await.says("<b>1 draft</b>");
    let refused = browser.send("/drafts/1/do/submit", &[]).await;
    assert_eq!(refused.status, 422);
    refused.says("has not been finished");
    browser.get("/drafts/1").await.says("everything that was typed is there");
    let found = Paper::of(&browser.get("/drafts/1/edit").await);
    let kept = |paper: &Paper| {
        let own = ["token", "key", "fresh", "passphrase", "officer", "version"];
        let mut all = paper.fields.clone();
        all.retain(|(name, value)| !own.contains(&name.as_str()) && !value.is_empty());
        all.sort();
        all
    };
    assert_eq!(kept(&found), kept(&paper));
    let fixed = found.with("header.expires_at.day", "01.12.2026").with("header.expires_at.time", "10:00");
    assert_eq!(fixed.press(&mut browser, "submit").await.leads_to(), (303, "/drafts/1"));
    assert_eq!(drafts(&a).await.len(), 1);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_under_a_form_goes_on_over_it() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let token = paper.get("token").to_owned();
    // The page of the form carries what the page of the sign-in does; another site knows it not.
    let door = browser.get(&paper.action).await.field("door");
    let cookies = browser.cookies.clone();
    browser.send("/sign-out", &[]).await;
    browser.cookies = cookies;
    assert_eq!(paper.keep(&mut browser, &token).await.status, 401);
    let right = [("officer", "UZ-ALT-R01"), ("passphrase", PASSPHRASE), ("door", door.as_str())];
    for door in ["", "x"] {
        let refused = browser.post_from("/session/renew", &[], &[right[0], right[1], ("door", door)]).await;
        assert_eq!((refused.status, refused.header("chapar-token")), (403, ""));
        refused.says("The page of the sign-in was out of date");
    }
    let wrong = browser.post("/session/renew", &[("officer", "UZ-ALT-O77"), right[1], right[2]]).await;
    assert_eq!((wrong.status, wrong.header("chapar-token")), (403, ""));
    wrong.says("wrong");
    let elsewhere = [("Origin", "http://evil.example".to_owned()), ("Sec-Fetch-Site", "cross-site".to_owned())];
    assert_eq!(browser.post_from("/session/renew", &elsewhere, &right).await.status, 403);
    let renewed = browser.post("/session/renew", &right).await;
    let token = renewed.header("chapar-token").to_owned();
    assert_eq!((renewed.status, token.starts_with("UZ-ALT-R01.")), (204, true));
    // Another window of the same session hears of its token, and nothing ends.
    let cookies = browser.cookies.clone();
    assert_eq!(browser.post("/session/renew", &right).await.header("chapar-token"), token);
    assert_eq!(browser.cookies, cookies);
    let kept = paper.keep(&mut browser, &token).await;
    let paper = paper.clone().kept(&kept).with("token", &token);
    // What has just begun is thrown away by its form.
    assert_eq!(paper.press(&mut browser, "cancel").await.leads_to(), (303, "/drafts"));
    assert_eq!(paper.press(&mut browser, "cancel").await.leads_to(), (303, "/drafts"), "twice as well");
    assert_eq!(browser.get("/drafts/1").await.status, 404);
    // A form whose draft is gone goes on as a new one.
    let gone = paper.keep(&mut browser, &token).await;
    assert_eq!(gone.status, 410);
    gone.says("not there any more");
    assert!(gone.header("content-type").starts_with("text/plain"));
    let paper = paper.with("draft", "").with("version", "").with("key", gone.header("chapar-key"));
    assert_eq!(paper.keep(&mut browser, &token).await.header("chapar-draft"), "2");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_submit_leaves_the_form_as_it_was() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let token = paper.get("token").to_owned();
    let paper = paper.clone().kept(&paper.keep(&mut browser, &token).await);
    let right = paper.get("header.expires_at.day").to_owned();
    let over = paper.with("header.expires_at.day", "01.11.2026").with("header.valid_from.day", "");
    let refused = over.with("header.valid_from.time", "").press(&mut browser, "submit").await;
    assert_eq!(refused.status, 422);
    refused.says("01.11.2026");
    // Its script keeps it as it stands, and what is put right goes its way at once.
    let paper = Paper::of(&refused);
    let paper = paper.clone().kept(&paper.keep(&mut browser, &token).await);
    let corrected = paper.with("header.expires_at.day", &right);
    assert_eq!(corrected.press(&mut browser, "submit").await.leads_to(), (303, "/drafts/1"));
    assert_eq!(drafts(&a).await.len(), 1);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_leaves_what_was_saved_since() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let token = paper.get("token").to_owned();
    let paper = paper.clone().kept(&paper.keep(&mut browser, &token).await);
    let other = Paper::of(&browser.get("/drafts/1/edit").await).with("body.subject", "Saved by hand");
    assert_eq!(other.press(&mut browser, "save").await.leads_to(), (303, "/drafts/1"));
    let told = paper.press(&mut browser, "cancel").await;
    assert_eq!(told.status, 422);
    told.says("was saved meanwhile").says("kestrel").says("href=\"/drafts/1/edit\"");
    // It has a life of its own by now.
    assert!(!told.body.contains("value=\"cancel\""));
    assert_eq!(Paper::of(&told).press(&mut browser, "cancel").await.leads_to(), (303, "/drafts"));
    browser.get("/drafts/1").await.says("Saved by hand");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_whose_draft_was_thrown_away_is_made_anew() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    assert_eq!(paper.press(&mut browser, "save").await.leads_to(), (303, "/drafts/1"));
    assert_eq!(browser.send("/drafts/1/do/discard", &[]).await.leads_to(), (303, "/drafts"));
    // Its page is still there, with the key that made the draft.
    let told = paper.press(&mut browser, "save").await;
    assert_eq!(told.status, 422);
    told.says("not there any more").says("kestrel");
    assert_eq!(Paper::of(&told).press(&mut browser, "save").await.leads_to(), (303, "/drafts/2"));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_language_or_shape_keeps_what_is_typed() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let paper = paper.with("header.expires_at.day", "tomorrow");
    let typed = |paper: &Paper| {
        let names = ["body.subject", "body.modus_operandi.description", "header.to", "header.expires_at.day", "key"];
        names.map(|name| paper.get(name).replace('\r', ""))
    };
    let russian = paper.press(&mut browser, "language-ru").await;
    assert_eq!(russian.status, 200);
    russian.says("<html lang=\"ru\"").says("Сохранить черновик");
    assert_eq!(typed(&Paper::of(&russian)), typed(&paper));
    browser.get("/inbox").await.says("<html lang=\"ru\"");
    let english = Paper::of(&russian).press(&mut browser, "language-en").await;
    let long = Paper::of(&Paper::of(&english).press(&mut browser, "show-long").await);
    assert_eq!(typed(&long), typed(&paper));
    // What only the long form shows goes with the short one.
    let long = long.with("body.narrative", "In the long form alone");
    let short = Paper::of(&long.press(&mut browser, "show-short").await);
    assert_eq!((short.get("body.narrative"), typed(&short)), ("In the long form alone", typed(&paper)));
    // A file has no room for what cannot be read: it is said, and nothing is lost.
    let refused = short.press(&mut browser, "show-expert").await;
    assert_eq!(refused.status, 422);
    assert_eq!(typed(&Paper::of(&refused)), typed(&paper));
    let short = short.with("header.expires_at.day", "01.12.2026").with("header.expires_at.time", "10:00");
    let file = Paper::of(&short.press(&mut browser, "show-expert").await);
    assert!(file.get("json").contains("In the long form alone"), "{}", file.get("json"));
    let back = Paper::of(&file.press(&mut browser, "show-long").await);
    assert_eq!((back.get("body.narrative"), typed(&back)), ("In the long form alone", typed(&short)));
    let wider = file.clone().with("json", &file.get("json").replacen("\"body\": {", "\"body\": {\n\"unknown\": 1,", 1));
    let refused = wider.press(&mut browser, "show-long").await;
    assert_eq!(refused.status, 422);
    refused.says("no fields for everything");
    assert_eq!(Paper::of(&refused).get("json"), wider.get("json"));
    let broken = file.with("json", "{").press(&mut browser, "show-long").await;
    assert_eq!((broken.status, Paper::of(&broken).get("json")), (422, "{"));
    assert_eq!(browser.get("/drafts/1").await.status, 404, "nothing was saved");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_another_is_opened_by_an_act() {
    let (_alt, mut a, _far, f, _) = two(NOW).await;
    let first = enrol(&mut a, "UZ-ALT-O07", Role::Officer).await;
    let own = "an own one, for once";
    let mut leaver = Browser::of(a.console, "O07", &first).await;
    leaver.send("/passphrase", &[("new", own), ("again", own)]).await;
    let (mut leaver, paper) = written(a.console, "O07", own, "TM-FAR").await;
    assert_eq!(paper.press(&mut leaver, "save").await.leads_to(), (303, "/drafts/1"));
    let lists = recorded(&mut a, AuditView::Lists).await;
    let size = log_size(&mut a).await;
    leaver.get("/drafts/1").await.says("false wall");
    leaver.get("/drafts/1/edit").await.says("false wall");
    let mut other = Browser::of(a.console, "R01", PASSPHRASE).await;
    assert_eq!(other.get("/drafts/1").await.status, 404, "it is its author's alone");

    let revoked = wire::Enrolment { id: "UZ-ALT-O07".to_owned(), ..wire::Enrolment::default() };
    let request = wire::EnrolOfficerRequest { enrolment: Some(revoked), ..Default::default() };
    a.inspect.enrol_officer(request).await.unwrap();
    let revoked = log_size(&mut a).await;
    assert_eq!(revoked, size + 1, "an own draft is opened without an entry");
    for address in ["/drafts/1", "/drafts/1/edit", "/drafts/1/open"] {
        let page = other.get(address).await;
        assert!(!page.body.contains("false wall"), "{address}");
    }
    assert_eq!(other.get("/drafts/1/edit").await.leads_to(), (303, "/drafts/1"));
    assert_eq!((log_size(&mut a).await, recorded(&mut a, AuditView::Lists).await), (revoked, lists));
    other.send("/drafts/1/open", &[]).await.says("false wall");
    assert_eq!(log_size(&mut a).await, revoked + 1);
    let paper = Paper::of(&other.send("/drafts/1/edit", &[]).await);
    assert_eq!(log_size(&mut a).await, revoked + 2);
    assert_eq!(paper.press(&mut other, "save").await.leads_to(), (303, "/drafts/1"));
    other.get("/drafts/1").await.says("UZ-ALT-R01").says("false wall");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
