//! The first run: a setup code sets the passphrase of the first administrator, once, on this machine; then a list of what is
//! to be set up, which follows the node.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;

use crate::binary::Binary;
use crate::binary::NETWORK;
use crate::binary::chapar;
use crate::binary::free_port;
use crate::local::Local;
use crate::support::browser::Browser;
use crate::support::browser::Page;

const OWN: &str = "an own one, for once";
const WRONG: &str = "acid-acorn-acre-acts-afar-affix";
/// Rounds, in each of which the node is killed at another moment.
const ROUNDS: u32 = 4;

/// What a node said of its console, as a browser has it.
pub(super) fn browser(said: &Value) -> Browser {
    let address = said["console"].as_str().unwrap().strip_prefix("http://").unwrap();
    Browser::at(address.trim_end_matches('/').parse().ok())
}

/// Sends the form of the setup code, with everything that its page has.
pub(super) async fn enter(browser: &mut Browser, code: &str, new: &str, again: &str) -> Page {
    let token = browser.get("/sign-in").await.field("token");
    browser.post("/first-run", &[("token", &token), ("code", code), ("new", new), ("again", again)]).await
}

/// Whether the code is over: the page leads to the sign-in.
async fn is_over(browser: &Browser, code: &str) -> bool {
    let mut other = Browser { cookies: std::collections::BTreeMap::new(), ..browser.clone() };
    let wanted = (303, "/sign-in?next=%2Ffirst-run");
    let asked = other.get("/first-run").await.leads_to() == wanted;
    asked && enter(&mut other, code, "another one, for once", "another one, for once").await.leads_to() == wanted
}

/// The file of the set-up, with other words in it.
fn change(office: &Binary, change: impl FnOnce(&mut Value)) {
    let path = office.data.join("set-up");
    let mut kept: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut kept);
    fs::write(path, kept.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_sets_the_first_passphrase_once() {
    let root = tempfile::tempdir().unwrap();
    let (mut office, code) = Binary::init_with_code(root.path(), "UZ-ALT", None);
    let before = fs::read(office.data.join("set-up")).unwrap();
    let said = office.start();
    let mut browser = browser(&said);
    assert_eq!(said["first_run"], format!("{}first-run", said["console"].as_str().unwrap()));
    let page = browser.get("/first-run").await;
    assert_eq!(page.status, 200);
    page.says("UZ-ALT-A01").says("<label for=\"code\">Setup code</label>").says("setup-code</span>");
    for place in ["/first-run/card", "/officers"] {
        assert_eq!(browser.clone().get(place).await.status, 303, "{place}: nobody has signed in");
    }

    // Not from a page of this console.
    let form = [("code", code.as_str()), ("new", OWN), ("again", OWN)];
    assert_eq!(browser.post("/first-run", &form).await.status, 403);
    let elsewhere = [("Origin", "http://far.example".to_owned())];
    assert_eq!(browser.post_from("/first-run", &elsewhere, &form).await.status, 403);
    for (typed, new, again, says) in [
        (WRONG, OWN, OWN, "The setup code is wrong."),
        ("", OWN, OWN, "The setup code is wrong."),
        (&code, OWN, "another one", "are not the same"),
        (&code, "short", "short", "at least 12 characters"),
    ] {
        let page = enter(&mut browser, typed, new, again).await;
        assert_eq!((page.status, page.headers("set-cookie").count()), (403, 0), "{says}");
        page.says(says).says(&format!("value=\"{typed}\""));
    }

    // As people type it.
    let typed = code.replace('-', " ").to_uppercase();
    let page = enter(&mut browser, &typed, OWN, OWN).await;
    assert_eq!(page.leads_to(), (303, "/first-run"), "{}", page.body);
    let list = browser.get("/first-run").await;
    assert_eq!(list.status, 200);
    list.says("Set up this office").says("2 of 5 done").says("UZ-ALT-A01").says("UZ-ALT.card</span>");
    assert!(is_over(&browser, &code).await);
    assert_eq!(fs::read_to_string(office.data.join("set-up")).unwrap(), "{\"code\":null}");
    let over = office.run(&["setup-code"]);
    assert_eq!(over.code, Some(1));
    assert!(over.failure()["error"].as_str().unwrap().contains("No setup code is needed"), "{over:?}");

    // The log says who set it; nothing else says what the code was.
    let log = office.run(&["log", "show"]).done();
    let set = log.objects().into_iter().filter(|entry| entry["kind"] == "PASSPHRASE_SET").collect::<Vec<_>>();
    assert_eq!((set.len(), &set[0]["actor"]), (1, &Value::from("UZ-ALT-A01")));
    let first = code.split('-').next().unwrap();
    assert!(!office.trace().contains(&code) && !office.trace().contains(&format!(" {first} ")), "{}", office.trace());

    // A copy of the file that is put back is good for nothing, by the log.
    fs::write(office.data.join("set-up"), &before).unwrap();
    assert!(is_over(&browser, &code).await);
    office.kill();
    fs::write(office.data.join("set-up"), &before).unwrap();
    let said = office.start();
    assert_eq!(said["first_run"], Value::Null);
    let browser = self::browser(&said);
    assert!(is_over(&browser, &code).await);
    assert_eq!(browser.clone().sign_in("A01", OWN).await.leads_to(), (303, "/"));
    assert_eq!(fs::read_to_string(office.data.join("set-up")).unwrap(), "{\"code\":null}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_is_made_anew_and_wrong_ones_are_slowed_down() {
    let root = tempfile::tempdir().unwrap();
    let (mut office, code) = Binary::init_with_code(root.path(), "UZ-ALT", None);
    let mut browser = browser(&office.start());
    change(&office, |kept| {
        let until = kept["code"]["until_ms"].as_i64().unwrap();
        kept["code"]["until_ms"] = (until - 30 * 60 * 1000).into();
    });
    let page = enter(&mut browser, &code, OWN, OWN).await;
    assert_eq!(page.status, 403);
    page.says("The setup code has ended.");
    let another = office.run(&["setup-code"]).done().object()["setup_code"].as_str().unwrap().to_owned();
    assert_ne!(another, code);
    for typed in [code.as_str(), WRONG, WRONG, WRONG, WRONG] {
        enter(&mut browser, typed, OWN, OWN).await.says("The setup code is wrong.");
    }
    let page = enter(&mut browser, &another, OWN, OWN).await;
    assert_eq!(page.status, 403);
    page.says("too many wrong setup codes");
    let russian = [("Accept-Language", "ru".to_owned())];
    browser.ask("GET /first-run", &russian, "").await.says("Код настройки").says("действуют 30 минут");

    // Whoever is the administrator by the Unix user may do it by hand; then no code is good for anything.
    office.run(&["officer", "add", "UZ-ALT-O01", "--role", "officer", "--passphrase"]).done();
    assert!(is_over(&browser, &another).await);
    assert_eq!(office.run(&["setup-code"]).code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_leaves_the_code_or_the_passphrase_and_never_neither() {
    let root = tempfile::tempdir().unwrap();
    let (mut office, code) = Binary::init_with_code(root.path(), "UZ-ALT", None);
    let mut at = browser(&office.start());
    // The code was right, and the passphrase is none.
    assert_eq!(enter(&mut at, &code, "short", "short").await.status, 403);
    let mut is_set = false;
    for round in 0..ROUNDS {
        let asked = tokio::spawn({
            let (mut browser, code) = (at.clone(), code.clone());
            async move {
                let token = browser.get("/sign-in").await.field("token");
                let form = [("token", token.as_str()), ("code", &code), ("new", OWN), ("again", OWN)];
                browser.post("/first-run", &form).await.status
            }
        });
        for _ in 0..round * round * 400 {
            tokio::task::yield_now().await;
        }
        office.kill();
        let answered = asked.await.is_ok_and(|status| status == 303);
        at = browser(&office.start());
        is_set = at.clone().sign_in("A01", OWN).await.status == 303;
        assert!(is_set || !answered, "what was answered is kept");
        if is_set {
            break;
        }
    }
    if !is_set {
        assert_eq!(enter(&mut at, &code, OWN, OWN).await.leads_to(), (303, "/first-run"));
        office.kill();
        at = browser(&office.start());
        assert_eq!(at.clone().sign_in("A01", OWN).await.status, 303);
    }
    assert!(is_over(&at, &code).await);
}

/// Countries of these offices, with their fingerprints, and the files of their rosters.
fn countries(root: &Path, offices: [&Binary; 2]) -> Vec<(String, String, String)> {
    let country = |office: &Binary| {
        let (country, dir) = (office.code[..2].to_owned(), root.join(&office.code[..2]).display().to_string());
        let made = chapar(&["country", "new", "--dir", &dir, "--country", &country, "--network", NETWORK]).done();
        let fingerprint = made.stdout.lines().find_map(|line| line.strip_prefix("fingerprint: ")).unwrap().to_owned();
        let card = office.data.join(format!("{}.card", office.code)).display().to_string();
        chapar(&["country", "add", "--dir", &dir, &card, "--yes"]).done();
        let file = root.join(format!("{country}.roster")).display().to_string();
        chapar(&["country", "sign", "--dir", &dir, "--out", &file]).done();
        (country, fingerprint, file)
    };
    offices.map(country).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_follows_the_node_until_all_is_done() {
    let root = tempfile::tempdir().unwrap();
    let listens: SocketAddr = free_port();
    let (mut alt, code) = Binary::init_with_code(root.path(), "UZ-ALT", Some(listens));
    let mut far = Binary::init(root.path(), "TM-FAR", None);
    let mut browser = browser(&alt.start());
    assert_eq!(enter(&mut browser, &code, OWN, OWN).await.status, 303);
    let card = browser.get("/first-run/card").await;
    assert_eq!(card.bytes, fs::read(alt.data.join("UZ-ALT.card")).unwrap());
    assert_eq!(card.header("content-disposition"), "attachment; filename=\"UZ-ALT.card\"");
    let line = "This office is being set up: ";
    browser.get("/offices").await.says(&format!("{line}2 of 5 done.")).says("href=\"/first-run\"");
    browser
        .get("/first-run")
        .await
        .says("5. Line test with another office")
        .says("after 3")
        .says("comes with the roster");

    // The first officers, on the page of officers.
    for (id, role) in [("O01", "OFFICER"), ("R01", "RELEASING_OFFICER")] {
        let page = browser.send("/officers", &[("id", id), ("role", role), ("first", "yes")]).await;
        assert_eq!(page.status, 200, "{}", page.body);
    }
    browser.get("/first-run").await.says("3 of 5 done").says("UZ-ALT-O01, UZ-ALT-R01");

    // Country keys and rosters, on the page of rosters.
    let countries = countries(root.path(), [&alt, &far]);
    for (country, fingerprint, _) in &countries {
        let form = [("country", country.as_str()), ("fingerprint", fingerprint), ("compared", "yes")];
        assert_eq!(browser.send("/roster/trust", &form).await.status, 200);
    }
    browser.get("/first-run").await.says("3 of 5 done").says("after 3");
    for (.., file) in &countries {
        use base64::Engine as _;
        let roster = base64::engine::general_purpose::STANDARD.encode(fs::read(file).unwrap());
        assert_eq!(browser.send("/roster/import", &[("roster", &roster)]).await.status, 200);
    }
    let page = browser.get("/first-run").await;
    page.says("4 of 5 done").says("5. Line test with TM-FAR").says("action=\"/offices/TM-FAR/test\"");
    page.says("lists this office and its log").says("version 1, 1 office");
    assert_eq!(browser.send("/offices/TM-FAR/test", &[]).await.status, 200);
    browser.get("/offices").await.says(&format!("{line}4 of 5 done."));

    far.start();
    for (country, fingerprint, _) in &countries {
        far.run(&["peer", "trust", country, fingerprint]).done();
    }
    let files: Vec<&str> = countries.iter().map(|(.., file)| file.as_str()).collect();
    far.run(&[&["roster", "import"], files.as_slice()].concat()).done();
    Local::connect(&alt.socket()).await.until("they are linked", |status| status.peers[0].connected).await;
    assert!(!browser.get("/offices").await.body.contains(line), "all is done");
    browser.get("/first-run").await.says("5 of 5 done").says("action=\"/first-run/close\"");

    // Who has another role neither sees nor closes it.
    let first = browser.send("/officers/UZ-ALT-O01", &[("role", "OFFICER"), ("first", "yes")]).await;
    let (_, first) = first.body.split_once("<p class=\"say\" translate=\"no\">").unwrap();
    let first = first.split('<').next().unwrap();
    let mut officer = Browser::of(Some(browser.address), "O01", first).await;
    assert_eq!(officer.get("/first-run").await.leads_to(), (303, "/passphrase"));
    let own = [("current", first), ("new", OWN), ("again", OWN)];
    assert_eq!(officer.send("/passphrase", &own).await.status, 303);
    assert_eq!(officer.get("/first-run").await.status, 403);
    assert_eq!(officer.send("/first-run/close", &[]).await.status, 403);
    assert!(alt.data.join("set-up").exists());

    assert!(far.stop().success());
    assert!(alt.stop().success());
    browser = self::browser(&alt.start()).signed_in("A01", OWN).await;
    browser.get("/offices").await.says(&format!("{line}4 of 5 done."));
    assert_eq!(browser.send("/first-run/close", &[]).await.leads_to(), (303, "/"));
    assert!(!browser.get("/offices").await.body.contains(line) && !alt.data.join("set-up").exists());
    let page = browser.get("/first-run").await;
    assert!(page.status == 200 && !page.body.contains("/first-run/close"));
}
