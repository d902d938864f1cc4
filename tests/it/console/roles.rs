//! Every page with every role.

use chapar::domain::officer::ROLES;
use chapar::wire::Role;

use crate::roles::Office;
use crate::roles::PASSPHRASE;
use crate::roles::of;
use crate::support::browser::Browser;

/// Status of a page: officer, releasing officer, administrator, auditor, data protection officer.
const TABLE: [(&str, [u16; 5]); 59] = [
    ("/inbox", [200, 200, 403, 200, 200]),
    ("/inbox?view=overdue&office=TM-FAR&kind=FEEDBACK&skip=50", [200, 200, 403, 200, 200]),
    ("/sent", [200, 200, 403, 200, 200]),
    ("/n/UZ-ALT-26-000001-K", [404, 404, 403, 404, 404]),
    ("/n/UZ-ALT-26-000001-K/print", [404, 404, 403, 403, 404]),
    ("/n/UZ-ALT-26-000001-K/attached", [404, 404, 403, 404, 404]),
    (VIEWER, [404, 404, 403, 403, 404]),
    ("/n/none", [404, 404, 403, 404, 404]),
    ("/compose", [200, 200, 403, 403, 403]),
    ("/compose/vehicle-alert", [200, 200, 403, 403, 403]),
    ("/compose/none", [404, 404, 403, 403, 403]),
    ("/drafts", [200, 200, 403, 403, 200]),
    ("/drafts/1", [404, 404, 403, 403, 404]),
    ("/drafts/none", [404, 404, 403, 403, 404]),
    ("/drafts/1/edit", [404, 404, 403, 403, 404]),
    ("/drafts/1/attach", [200, 200, 403, 403, 403]),
    ("/release", [403, 200, 403, 403, 403]),
    ("/release/1", [403, 404, 403, 403, 403]),
    ("/search", [200, 200, 403, 403, 200]),
    ("/offices", [200; 5]),
    ("/offices?view=plan", [200; 5]),
    ("/offices/UZ-ALT", [404; 5]),
    ("/offices/none", [404; 5]),
    ("/log", [403, 403, 200, 200, 200]),
    ("/log?since=none&skip=none", [403, 403, 200, 200, 200]),
    ("/log/0", [403, 403, 200, 200, 200]),
    ("/log/none", [404; 5]),
    // Nothing has been verified: it leads to the log.
    ("/log/verify", [403, 403, 303, 303, 303]),
    ("/audit", [403, 403, 403, 200, 200]),
    ("/privacy", [403, 403, 200, 200, 200]),
    ("/privacy/request", [403, 403, 403, 403, 200]),
    ("/privacy?span=weeks", [403, 403, 200, 200, 200]),
    ("/privacy/due", [403, 403, 403, 200, 200]),
    ("/privacy/due?by=end&days=none&after=none", [403, 403, 403, 200, 200]),
    ("/privacy/review/UZ-ALT-26-000001-K", [403, 403, 403, 404, 404]),
    ("/privacy/retention", [403, 403, 200, 200, 200]),
    ("/privacy/retention?kind=none&days=none", [403, 403, 200, 200, 422]),
    ("/officers", [200; 5]),
    ("/officers/UZ-ALT-O01", [403, 403, 200, 403, 403]),
    ("/officers/none", [403, 403, 404, 403, 403]),
    ("/roster", [200; 5]),
    ("/first-run", [403, 403, 200, 403, 403]),
    // There is no card in the folder of this office.
    ("/first-run/card", [403, 403, 404, 403, 403]),
    ("/keys", [403, 403, 200, 200, 200]),
    ("/stats", [200; 5]),
    ("/stats?months=none", [200; 5]),
    ("/stats.csv", [200; 5]),
    ("/clock", [200; 5]),
    ("/exercise", [200; 5]),
    ("/help", [200; 5]),
    ("/help/card", [200; 5]),
    ("/help/card?role=AUDITOR", [200; 5]),
    ("/help/card?role=none", [200; 5]),
    ("/more", [200; 5]),
    ("/settings", [200; 5]),
    ("/settings/hand-over", [200, 200, 403, 403, 403]),
    ("/healthz", [200; 5]),
    ("/passphrase", [200; 5]),
    ("/none", [404; 5]),
];

/// A file that is not here.
const VIEWER: &str = "/n/UZ-ALT-26-000001-K/a/0000000000000000000000000000000000000000000000000000000000000000/view";

/// What the navigation of each shows.
const PLACES: [(&str, [bool; 5]); 6] = [
    ("/inbox", [true, true, false, true, true]),
    ("/sent", [true, true, false, true, true]),
    ("/keys", [false, false, true, true, true]),
    ("/privacy", [false, false, true, true, true]),
    ("/exercise", [true; 5]),
    ("/settings", [true; 5]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_open_to_its_roles_alone() {
    let office = Office::start().await;
    let mut found = TABLE.map(|(path, _)| (path, [0; 5]));
    for (column, role) in ROLES.into_iter().enumerate() {
        let mut browser = Browser::of(office.node.console, of(role).as_str(), PASSPHRASE).await;
        for (i, (path, statuses)) in TABLE.into_iter().enumerate() {
            let page = browser.get(path).await;
            found[i].1[column] = page.status;
            assert!(!page.body.contains("chapar "), "{path} for {role:?} names a command");
            if page.status == 403 && statuses[column] == 403 {
                page.says("This needs one of these roles: ").says(of(role).as_str());
                // Whom to ask: somebody to whom the page is open.
                let (_, ask) = page.body.split_once("Ask one of them: ").expect("who has the role");
                let named = ROLES.into_iter().zip(statuses).find(|(other, _)| ask.starts_with(of(*other).as_str()));
                assert!(named.is_some_and(|(_, status)| status != 403), "{path} for {role:?}: {ask}");
            }
        }
        let page = browser.get("/settings").await;
        for (place, shown) in PLACES {
            assert_eq!(page.body.contains(&format!("<a href=\"{place}\"")), shown[column], "{place} for {role:?}");
        }
        let live = browser.listen().await.map(drop);
        assert_eq!(live, if PLACES[0].1[column] { Ok(()) } else { Err(204) }, "{role:?}");
        // Whoever writes no notices does nothing about them.
        let taken = browser.send("/n/UZ-ALT-26-000001-K/do/take", &[]).await;
        let writes = column < 2;
        assert_eq!(taken.status, if TABLE[0].1[column] == 200 { 404 } else { 403 }, "{role:?}");
        assert!(writes || !taken.body.contains("name=\"why\""));
        let given = browser.send("/settings/hand-over", &[("to", "UZ-ALT-O77")]).await;
        assert_eq!(given.status, if writes { 422 } else { 403 }, "{role:?}");
        let hands_over = browser.get("/settings").await.body.contains("href=\"/settings/hand-over\"");
        assert_eq!(hands_over, writes, "{role:?}");
    }
    let other: Vec<_> = found.into_iter().zip(TABLE).filter(|(found, wanted)| found != wanted).collect();
    assert_eq!(other, [], "found, and wanted");
    office.node.stop().await.unwrap();
}

/// A releasing officer starts and ends an exercise; while it is on, every page of every role says so, and none afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_every_role_says_that_an_exercise_is_on() {
    const BANNER: &str =
        "<p class=\"exercise drill\">EXERCISE. Not real. <bdi>Dostyk &#38; 26</bdi>, since 24 Nov 2026, 13:00.";
    let office = Office::start().await;
    office.knows_far().await;
    let form = [("name", "Dostyk & 26"), ("office", "TM-FAR"), ("until.day", "25.11.2026"), ("until.time", "10:00")];
    let mut browsers = vec![];
    for role in ROLES {
        let mut browser = Browser::of(office.node.console, of(role).as_str(), PASSPHRASE).await;
        let page = browser.get("/exercise").await;
        page.says("No exercise is on.");
        let may = role == Role::ReleasingOfficer;
        assert_eq!(page.body.contains("action=\"/exercise/start\""), may, "{role:?}");
        if !may {
            for path in ["/exercise/start", "/exercise/end"] {
                let refused = browser.send(path, &form).await;
                assert_eq!(refused.status, 403, "{path} for {role:?}");
                refused.says("Ask one of them: ").says(of(Role::ReleasingOfficer).as_str());
            }
        }
        browsers.push(browser);
    }
    let releasing = &mut browsers[1].clone();
    assert_eq!(releasing.send("/exercise/start", &form).await.leads_to(), (303, "/exercise"));
    for (browser, role) in browsers.iter_mut().zip(ROLES) {
        for (path, _) in TABLE {
            let page = browser.get(path).await;
            let is_page = page.header("content-type").starts_with("text/html");
            assert_eq!(
                page.body.contains(BANNER),
                is_page && page.status != 303,
                "{path} for {role:?}: {}",
                page.status
            );
        }
        let page = browser.get("/exercise").await;
        page.says("25 Nov 2026, 10:00").says("UZ-ALT-R01").says("TM-FAR");
        assert_eq!(page.body.contains("action=\"/exercise/end\""), role == Role::ReleasingOfficer, "{role:?}");
    }
    // Nobody who has not signed in hears of it.
    let nobody = &mut Browser::at(office.node.console);
    assert!(
        !nobody.get("/sign-in").await.body.contains("Dostyk") && !nobody.get("/none").await.body.contains("Dostyk")
    );
    // Nobody ends it but by the page of the very one.
    let index = releasing.get("/exercise").await.field("index");
    let refused = releasing.send("/exercise/end", &[("index", "1")]).await;
    assert_eq!(refused.status, 422);
    refused.says("Another exercise is on now: “Dostyk &#38; 26”").says("role=\"alert\"");
    assert_eq!(releasing.send("/exercise/end", &[("index", &index)]).await.leads_to(), (303, "/exercise"));
    for (browser, role) in browsers.iter_mut().zip(ROLES) {
        for path in ["/exercise", "/settings", "/none", "/offices"] {
            assert!(!browser.get(path).await.body.contains("drill"), "{path} for {role:?}");
        }
    }
    office.node.stop().await.unwrap();
}

/// An auditor looks at what ends; those who may, let it end and erase.
#[tokio::test(flavor = "multi_thread")]
async fn privacy_is_looked_at_by_more_than_act_there() {
    let office = Office::start().await;
    let erasure = [("notice", "UZ-ALT-26-000001-K"), ("reason", "COURT_ORDER"), ("passphrase", PASSPHRASE)];
    for (role, erases, lets_end) in [
        (Role::Auditor, 403, 403),
        (Role::Administrator, 403, 422),
        (Role::DataProtectionOfficer, 422, 422),
        (Role::Officer, 403, 403),
    ] {
        let mut browser = Browser::of(office.node.console, of(role).as_str(), PASSPHRASE).await;
        let page = browser.get("/privacy").await;
        let shows = page.body.contains("action=\"/privacy/erase\"");
        assert_eq!(shows, erases != 403, "{role:?}");
        assert!(!page.body.contains("action=\"/privacy/ends\""), "nothing waits");
        assert_eq!(browser.send("/privacy/erase", &erasure).await.status, erases, "{role:?}");
        assert_eq!(
            browser.send("/privacy/ends", &[("count", "7"), ("passphrase", PASSPHRASE)]).await.status,
            lets_end,
            "{role:?}"
        );
    }
    office.node.stop().await.unwrap();
}
