//! Every page with every role.

use chapar::domain::officer::ROLES;

use crate::roles::Office;
use crate::roles::PASSPHRASE;
use crate::roles::of;
use crate::support::browser::Browser;

/// Status of a page: officer, releasing officer, administrator, auditor, data protection officer.
const TABLE: [(&str, [u16; 5]); 6] = [
    ("/inbox", [200, 200, 403, 200, 200]),
    ("/inbox?view=overdue&office=TM-FAR&kind=FEEDBACK&skip=50", [200, 200, 403, 200, 200]),
    ("/sent", [200, 200, 403, 200, 200]),
    ("/n/UZ-ALT-26-000001-K", [404, 404, 403, 404, 404]),
    ("/settings", [200; 5]),
    ("/passphrase", [200; 5]),
];

/// What the navigation of each shows.
const PLACES: [(&str, [bool; 5]); 3] =
    [("/inbox", [true, true, false, true, true]), ("/sent", [true, true, false, true, true]), ("/settings", [true; 5])];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_open_to_its_roles_alone() {
    let office = Office::start().await;
    for (column, role) in ROLES.into_iter().enumerate() {
        let mut browser = Browser::of(office.node.console, of(role).as_str(), PASSPHRASE).await;
        for (path, statuses) in TABLE {
            let page = browser.get(path).await;
            assert_eq!(page.status, statuses[column], "{path} for {role:?}");
            if page.status == 403 {
                page.says("This page is for: officer").says("Ask one of them: ").says("UZ-ALT-O01");
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
    }
    office.node.stop().await.unwrap();
}
