//! A second person sees all of a change, and agrees to that one alone.

use chapar::wire::Role;

use crate::roles::Office;
use crate::roles::PASSPHRASE;
use crate::roles::of;
use crate::support::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn who_agrees_agrees_to_what_was_shown() {
    let office = Office::start().await;
    let mut first = Browser::of(office.node.console, of(Role::Administrator).as_str(), PASSPHRASE).await;
    let mut second = Browser::of(office.node.console, of(Role::DataProtectionOfficer).as_str(), PASSPHRASE).await;
    let another = [("id", "A02"), ("role", "ADMINISTRATOR"), ("first", "yes")];
    assert_eq!(first.send("/officers", &another).await.status, 200);
    // From now on there are two administrators.
    let officer = of(Role::Officer);
    let (change, decide) = (format!("/officers/{officer}"), format!("/officers/{officer}/decide"));
    let wanted = |roles: &[&'static str]| {
        let roles = roles.iter().map(|role| ("role", *role));
        [("until", "31.01.2027"), ("uid", "1007")].into_iter().chain(roles).collect::<Vec<_>>()
    };
    assert_eq!(first.send(&change, &wanted(&["OFFICER"])).await.status, 200);
    let page = second.get("/officers").await;
    page.says("<ins><span aria-hidden=\"true\">+ </span><bdi>1007</bdi></ins>").says("1 Feb 2027, 00:00");
    let shown = page.field("proposal");
    // Meanwhile another change takes its place.
    assert_eq!(first.send(&change, &wanted(&["OFFICER", "RELEASING_OFFICER"])).await.status, 200);
    for (agree, proposal) in [("yes", shown.as_str()), ("no", &shown), ("yes", ""), ("yes", "0")] {
        let refused = second.send(&decide, &[("agree", agree), ("proposal", proposal)]).await;
        assert_eq!(refused.status, 422, "{agree} {proposal}");
        refused.says("is not what is proposed now");
    }
    let page = second.get("/officers").await;
    page.says("<ins><span aria-hidden=\"true\">+ </span><bdi>officer, releasing officer</bdi></ins>");
    let now = page.field("proposal");
    assert_ne!(now, shown);
    let agreed = second.send(&decide, &[("agree", "yes"), ("proposal", &now)]).await;
    assert_eq!(agreed.leads_to(), (303, "/officers"));
    let page = second.get("/officers").await;
    page.says("officer, releasing officer");
    assert!(!page.body.contains("name=\"proposal\""));
    office.node.stop().await.unwrap();
}
