//! Keys with their ends, as the roster in force and the enrolments say.

use chapar::domain::roster::Key;
use chapar::domain::roster::Office as Listed;
use chapar::domain::seal::SealKey;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::KeyUse;

use crate::binary::PASSPHRASE;
use crate::local::Local;
use crate::support::browser::Browser;
use crate::world::two;

async fn keys(local: &mut Local) -> Vec<(KeyUse, String, bool, bool)> {
    let keys = local.inspect.list_keys(wire::ListKeysRequest {}).await.unwrap().into_inner().keys;
    keys.into_iter().map(|key| (key.r#use(), key.owner, key.held, key.listed)).collect()
}

/// The same entry, with the seal key retired at this time and another one that the node does not have.
fn changed(entry: Listed, until: &str) -> Listed {
    let mut seal_keys = entry.seal_keys.clone();
    seal_keys[0].until = Some(until.parse().unwrap());
    let key = SealKey::from_seed(&[77; 32]).public().to_vec();
    seal_keys.push(Key { key, from: Timestamp::ZERO, until: None, compromised: None });
    Listed { seal_keys, tls_keys: vec![], ..entry }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_what_the_roster_says() {
    let (alt, mut a, _far, f, countries) = two("2026-11-20T06:00:00Z").await;
    let own = |of: KeyUse| (of, "UZ-ALT".to_owned(), true, true);
    let country = |code: &str| (KeyUse::Country, code.to_owned(), false, true);
    let usual = [own(KeyUse::Tls), own(KeyUse::Office), own(KeyUse::Seal), country("TM"), country("UZ")];
    assert_eq!(keys(&mut a).await, usual);
    // Whoever has all roles signs in.
    let passphrase = wire::SetPassphraseRequest { passphrase: PASSPHRASE.to_owned() };
    a.inspect.set_passphrase(passphrase).await.unwrap();
    let mut browser = Browser::of(a.console, "O01", PASSPHRASE).await;
    let page = browser.get("/keys").await;
    assert_eq!(page.status, 200);
    page.says("no end stated").says("in use").says("<svg class=\"months\"").says("Nov 2026").says("UZ-ALT-R01");
    assert!(!page.body.contains("node does not hold it") && !page.body.contains("not in the roster in force"));

    let roster = countries.roster_of("UZ", 2, vec![changed(alt.listed(), "2026-12-08T00:00:00Z")]);
    a.import(&[roster]).await.unwrap();
    let found = keys(&mut a).await;
    assert_eq!(found[0], (KeyUse::Tls, "UZ-ALT".to_owned(), true, false), "the node has it, the roster does not");
    assert_eq!(found[2..4], [own(KeyUse::Seal), (KeyUse::Seal, "UZ-ALT".to_owned(), false, true)]);
    let page = browser.get("/keys").await;
    page.says("not in the roster in force").says("this node does not hold it");
    page.says("8 Dec 2026")
        .says("chip wait\"><svg class=\"i\" aria-hidden=\"true\"><use href=\"#hourglass\"/></svg>17 days left");
    // In the picture the time to be done is marked, that to begin has passed: today is within 30 days of the end.
    page.says(">10</text>");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn fingerprints_are_shown_to_be_read_out() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    let page = browser.get("/roster").await;
    page.says("<svg class=\"qr\"").says("QR code of the fingerprint of UZ");
    let (_, aloud) = page.body.split_once("<ol class=\"say\"").unwrap();
    let (aloud, _) = aloud.split_once("</ol>").unwrap();
    assert_eq!(aloud.matches("<li>").count(), 8);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
