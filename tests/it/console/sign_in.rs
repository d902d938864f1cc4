//! Signing in and out, and the first passphrase.

use chapar::wire;
use chapar::wire::Role;

use crate::binary::PASSPHRASE;
use crate::console::enrol;
use crate::support::browser::Browser;
use crate::world::two;

const OWN: &str = "an own one, for once";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_with_the_passphrase_and_ends_at_sign_out() {
    let (_alt, a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    enrol(&mut f, "TM-FAR-R07", Role::ReleasingOfficer).await;
    let mut browser = Browser::at(f.console);
    // Whoever may sign in can be chosen on this machine: who has a passphrase and has not left.
    let page = browser.get("/sign-in").await;
    page.says("<option value=\"TM-FAR-R01\">").says("<option value=\"TM-FAR-R07\">");
    assert!(!page.body.contains("TM-FAR-O01"), "{}", page.body);
    let revoked = wire::Enrolment { id: "TM-FAR-R07".to_owned(), ..wire::Enrolment::default() };
    let request = wire::EnrolOfficerRequest { enrolment: Some(revoked), ..Default::default() };
    f.inspect.enrol_officer(request).await.unwrap();
    assert!(!browser.get("/sign-in").await.body.contains("TM-FAR-R07"));
    // Whoever asks through a proxy is not at this machine.
    for name in ["Forwarded", "Via", "X-Forwarded-For"] {
        let page = browser.ask("GET /sign-in", &[(name, "192.0.2.7".to_owned())], "").await;
        assert!(page.status == 200 && !page.body.contains("TM-FAR-R01"), "{name}");
    }
    assert_eq!(browser.get("/inbox?view=done").await.leads_to(), (303, "/sign-in?next=%2Finbox%3Fview%3Ddone"));
    let page = browser.get("/sign-in?next=%2Finbox%3Fview%3Ddone").await;
    assert_eq!((page.status, page.field("sign-in-next").as_str()), (200, "/inbox?view=done"));
    page.says("TM-FAR").says("Actions are recorded");
    let russian = browser.ask("GET /sign-in", &[("Accept-Language", "ru-RU,ru;q=0.9".to_owned())], "").await;
    russian.says("<html lang=\"ru\"").says("Парольная фраза");

    // Nobody of this name, somebody without a passphrase, a wrong one, no name at all: all the same.
    for (officer, passphrase) in [("O77", PASSPHRASE), ("O01", PASSPHRASE), ("?", "?"), ("R02", "wrong")] {
        let page = browser.sign_in(officer, passphrase).await;
        assert_eq!((page.status, page.headers("set-cookie").count()), (403, 0));
        page.says("The officer or the passphrase is wrong").says(&format!("value=\"{officer}\""));
    }
    let page = browser.sign_in("r01", PASSPHRASE).await;
    assert_eq!(page.leads_to(), (303, "/"));
    let all: Vec<&str> = page.headers("set-cookie").collect();
    assert!(
        all.len() == 2 && all.iter().all(|one| one.contains("HttpOnly") && one.contains("SameSite=Strict")),
        "{all:?}"
    );
    let cookie = all.into_iter().find(|one| one.contains("session")).unwrap().to_owned();
    for word in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
    assert_eq!(browser.get("/").await.leads_to(), (303, "/inbox"));
    browser.get("/inbox").await.says("TM-FAR-R01").says("releasing officer");

    // Who signs in again has another session; the former one is over.
    let former = browser.clone();
    assert_eq!(browser.sign_in("TM-FAR-R01", PASSPHRASE).await.status, 303);
    assert_ne!(former.cookies, browser.cookies);
    assert_eq!(former.clone().get("/inbox").await.status, 303);
    let held = browser.clone();
    assert_eq!(browser.send("/sign-out", &[]).await.leads_to(), (303, "/sign-in"));
    assert!(!browser.cookies.keys().any(|name| name.contains("session")), "{:?}", browser.cookies);
    assert_eq!(held.clone().get("/inbox").await.leads_to(), (303, "/sign-in?next=%2Finbox"));

    // After a wrong one neither another nor the right one is looked at for a while, which the page says.
    browser.sign_in("R01", "wrong").await.says("The officer or the passphrase is wrong");
    for passphrase in ["wrong", PASSPHRASE] {
        let page = browser.sign_in("R01", passphrase).await;
        assert_eq!((page.status, page.headers("set-cookie").count()), (403, 0));
        page.says("none is looked at for 1 s more").says("Wait for 1 s, then try again");
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_at_the_door_keeps_nobody_from_work() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let (mut stranger, mut browser) = (Browser::at(f.console), Browser::of(f.console, "R01", PASSPHRASE).await);
    // Who does not exist waits like who does.
    for says in ["The officer or the passphrase is wrong", "for TM-FAR-O77 none is looked at for"] {
        stranger.sign_in("O77", "wrong").await.says(says);
    }
    let token = browser.token().await;
    stranger.sign_in("R01", "wrong").await.says("The officer or the passphrase is wrong");
    stranger.sign_in("R01", PASSPHRASE).await.says("none is looked at for");
    let form = [("token", token.as_str()), ("current", PASSPHRASE), ("new", OWN), ("again", OWN)];
    assert_eq!(browser.post("/passphrase", &form).await.leads_to(), (303, "/"), "a session does not wait");
    // Wrong ones of the session itself count.
    let form = ["wrong", OWN].map(|current| [("current", current), ("new", PASSPHRASE), ("again", PASSPHRASE)]);
    browser.send("/passphrase", &form[0]).await.says("The officer or the passphrase is wrong");
    browser.send("/passphrase", &form[1]).await.says("none is looked at for");
    // A browser in which the officer has signed in is no stranger.
    browser.send("/sign-out", &[]).await;
    stranger.sign_in("R01", "wrong").await;
    let (known, unknown) = (browser.sign_in("R01", OWN).await, stranger.sign_in("R01", OWN).await);
    assert_eq!((known.status, unknown.status), (303, 403), "{} {}", known.body, unknown.body);
    unknown.says("none is looked at for");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_comes_from_the_page_of_this_browser() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let (mut browser, mut other) = (Browser::at(f.console), Browser::at(f.console));
    let page = browser.get("/sign-in").await;
    let (token, cookie) = (page.field("token"), page.header("set-cookie").to_owned());
    for word in ["HttpOnly", "SameSite=Strict", "Path=/", &token] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert_eq!(browser.get("/sign-in").await.field("token"), token, "a second tab does not spoil the first");
    let foreign = other.get("/sign-in").await.field("token");
    assert_ne!(token, foreign);
    // A browser too old to say where a form comes from: another site cannot sign it in as somebody else.
    let fields = |token: &'static str| {
        let held = [("what", "kestrel"), ("sign-in-whose", "TM-FAR-R01")];
        [("sign-in-officer", "R01"), ("passphrase", PASSPHRASE), held[0], held[1], ("token", token)]
    };
    let foreign: &'static str = foreign.leak();
    for token in ["", "x", foreign] {
        let page = browser.post_from("/sign-in", &[], &fields(token)).await;
        assert_eq!((page.status, page.headers("set-cookie").count()), (403, 0), "{token}");
        page.says("The page of the sign-in was out of date").says("value=\"R01\"").says("value=\"kestrel\"");
    }
    browser.cookies.clear();
    assert_eq!(browser.post_from("/sign-in", &[], &fields("")).await.status, 403, "nor one without a cookie");
    let token = browser.get("/sign-in").await.field("token");
    assert_eq!(browser.post_from("/sign-in", &[], &fields(token.leak())).await.status, 200);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_form_goes_on_as_its_officers_alone() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let own = browser.token().await;
    browser.send("/sign-out", &[]).await;
    let door = browser.get("/sign-in").await.field("token");
    let held = browser.post("/n/UZ-ALT-26-000001-K/do/take", &[("why", "kestrel"), ("token", &own)]).await;
    assert_eq!(
        (held.status, held.field("sign-in-whose").as_str(), held.field("why").as_str()),
        (401, "TM-FAR-R01", "kestrel")
    );
    // One that names no officer is of no session: nobody's words go on as somebody else's.
    for token in [door.as_str(), "", "x.y"] {
        let held = browser.post("/n/UZ-ALT-26-000001-K/do/take", &[("why", "kestrel"), ("token", token)]).await;
        assert_eq!(held.status, 401, "{token}");
        assert!(!held.body.contains("kestrel"), "{token}");
    }
    for (whose, status) in [("", 303), ("TM-FAR-O01", 403), ("TM-FAR-R01", 200)] {
        let fields =
            [("sign-in-officer", "R01"), ("passphrase", PASSPHRASE), ("why", "kestrel"), ("sign-in-whose", whose)];
        let page = browser.post("/sign-in", &[&fields[..], &[("token", door.as_str())]].concat()).await;
        assert_eq!((page.status, page.body.contains("kestrel")), (status, status != 303), "{whose}");
        if status == 403 {
            page.says("This form is of TM-FAR-O01").says("href=\"/sign-in\"");
            assert_eq!(page.headers("set-cookie").count(), 0, "no session has begun");
        }
        // No button leads away from what is held.
        assert!(status == 303 || !page.body.contains("name=\"language\""), "{whose}");
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_to_another_site() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::at(f.console);
    for (next, leads_to) in [
        ("/sent", "/sent"),
        ("", "/"),
        ("sent", "/"),
        ("//evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let token = browser.get("/sign-in").await.field("token");
        let fields =
            [("sign-in-officer", "R01"), ("passphrase", PASSPHRASE), ("sign-in-next", next), ("token", &token)];
        assert_eq!(browser.post("/sign-in", &fields).await.leads_to(), (303, leads_to), "{next}");
        let settings = browser.post("/settings", &[("language", "en"), ("back", next)]).await;
        assert_eq!(settings.leads_to(), (303, leads_to), "{next}");
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_passphrase_opens_nothing_but_the_page_for_another_one() {
    let (_alt, a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let first = enrol(&mut f, "TM-FAR-O07", Role::Officer).await;
    let mut browser = Browser::of(f.console, "O07", &first).await;
    for path in ["/", "/inbox", "/n/UZ-ALT-26-000001-K"] {
        assert_eq!(browser.get(path).await.leads_to(), (303, "/passphrase"), "{path}");
    }
    assert_eq!(browser.listen().await.err(), Some(204));
    let opened = browser.send("/n/UZ-ALT-26-000001-K/open", &[]).await;
    assert_eq!(opened.leads_to(), (303, "/passphrase"));
    assert_eq!(browser.get("/passphrase").await.status, 200);
    for (new, again) in [(OWN, "another"), ("short", "short")] {
        let page = browser.send("/passphrase", &[("new", new), ("again", again)]).await;
        assert_eq!(page.status, 422, "{new}");
        assert!(!page.body.contains(new), "a passphrase is never shown again");
    }
    // Whoever gave the first one knows it.
    let page = browser.send("/passphrase", &[("new", &*first), ("again", &*first)]).await;
    assert_eq!(page.status, 422);
    page.says("This is the first passphrase");
    let before = browser.clone();
    assert_eq!(browser.send("/passphrase", &[("new", OWN), ("again", OWN)]).await.leads_to(), (303, "/"));
    assert_eq!(browser.get("/inbox").await.status, 200);
    assert_eq!(before.clone().get("/inbox").await.status, 303, "the session of the first one is over");
    // Nor does who finds a screen without its officer set one.
    let mut browser = Browser::of(f.console, "O07", OWN).await;
    let wanted = [("new", "a passphrase of a stranger"), ("again", "a passphrase of a stranger")];
    browser.get("/passphrase").await.says("name=\"current\"");
    assert_eq!(browser.send("/passphrase", &wanted).await.status, 422);
    let known = [wanted.as_slice(), &[("current", OWN)]].concat();
    assert_eq!(browser.send("/passphrase", &known).await.leads_to(), (303, "/"));
    assert_eq!(Browser::at(f.console).sign_in("O07", &first).await.status, 403);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
