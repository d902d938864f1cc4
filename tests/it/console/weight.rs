//! What the pages weigh: CONSOLE's budget, for lines of 64 kbit/s and laptops of 2012.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chapar::domain::officer::ROLES;
use chapar::domain::roster::Office;
use chapar::wire;
use chapar::wire::AttachmentKind;
use chapar::wire::Role;
use chapar::wire::Urgency;

use crate::binary::PASSPHRASE;
use crate::console::attachments;
use crate::console::enrol;
use crate::support::browser::Browser;
use crate::world::a_notice;
use crate::world::two;

/// Most bytes of a page, unpacked: as much is read and laid out.
const PAGE: usize = 60_000;
/// Most bytes of the style and of the script of a page, unpacked as well.
const STYLE: usize = 30_000;
const SCRIPT: usize = 90_000;
/// More rows than one page has.
const NOTICES: usize = 60;
/// Of pages that are alike, as notices, so many are looked at.
const ALIKE: usize = 3;

/// The paths that a page leads to.
fn links(body: &str) -> impl Iterator<Item = String> {
    let plain = |rest: &str| rest.split('"').next().unwrap_or_default().replace("&#38;", "&");
    body.split(" href=\"/").skip(1).map(move |rest| format!("/{}", plain(rest).split('#').next().unwrap_or_default()))
}

/// The addresses of style and script that a page names.
fn assets(body: &str) -> impl Iterator<Item = String> {
    body.split('"').filter(|word| word.starts_with("/assets/")).map(str::to_owned)
}

/// The style sheets of a page, and its script.
fn loads(body: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    assets(body).partition(|asset| asset.rsplit('.').next() == Some("css"))
}

/// The files that they may name.
fn all() -> BTreeSet<String> {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| matches!(name.rsplit('.').next(), Some("css" | "js"))).collect()
}

/// What pages have in common that are alike: the address without its numbers and values.
fn sort(link: &str) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let plain = path.split('/').map(|step| if step.contains(|c: char| c.is_ascii_digit()) { "#" } else { step });
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    plain.chain(names).collect::<Vec<_>>().join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_within_the_budget() {
    let (alt, mut a, _far, mut f, countries) = two("2026-11-20T06:00:00Z").await;
    let name = |language: &str, name: &str| wire::LocalName { language: language.to_owned(), name: name.to_owned() };
    let names = vec![name("en", "Alat, Bukhara Region"), name("ru", "Алат, Бухарская область")];
    let roster = countries.roster_of("UZ", 2, vec![Office { names, ..alt.listed() }]);
    f.import(&[roster]).await.unwrap();
    for number in 0..NOTICES {
        let urgency = [Urgency::Routine, Urgency::Priority, Urgency::Immediate][number % 3];
        a.send(a_notice(&["TM-FAR"], urgency, "A subject")).await.unwrap();
        f.send(a_notice(&["UZ-ALT"], urgency, "A subject")).await.unwrap();
    }
    let photo = attachments::bring(&a, "photo-label.jpg", AttachmentKind::Photo).await;
    let reference = attachments::send(&a, wire::Tlp::Amber, &[photo]).await;
    attachments::until_here(&f, &reference).await;
    a.all_delivered().await;
    f.all_delivered().await;
    let (mut heaviest, mut seen, mut loaded) = ((0, String::new()), BTreeSet::new(), BTreeSet::new());
    // Once there are two administrators, a second person must agree.
    let (last, roles) = (Role::Administrator, ROLES.into_iter().filter(|role| *role != Role::Administrator));
    for (number, role) in roles.chain([last]).enumerate() {
        let id = format!("TM-FAR-O1{number}");
        let first = enrol(&mut f, &id, role).await;
        let mut browser = Browser::of(f.console, &id, &first).await;
        browser.send("/passphrase", &[("new", PASSPHRASE), ("again", PASSPHRASE)]).await;
        browser.post("/settings", &[("language", "ru")]).await;
        let (mut known, mut sorts) = (BTreeSet::new(), BTreeMap::new());
        let mut waiting = vec!["/more".to_owned()];
        while let Some(path) = waiting.pop() {
            let page = browser.get(&path).await;
            if !page.header("content-type").starts_with("text/html") {
                continue;
            }
            assert!(page.status < 500, "{path} for {role:?}: {}", page.body);
            assert!(page.body.len() <= PAGE, "{path} for {role:?} has {} bytes", page.body.len());
            loaded.insert(loads(&page.body));
            heaviest = heaviest.max((page.body.len(), path.clone()));
            seen.insert(path.split('?').next().unwrap().to_owned());
            for link in links(&page.body).filter(|link| !link.starts_with("/assets/")) {
                let alike: &mut usize = sorts.entry(sort(&link)).or_default();
                if *alike < ALIKE && known.insert(link.clone()) {
                    *alike += 1;
                    waiting.push(link);
                }
            }
        }
        if role == Role::Officer {
            let inbox = browser.get("/inbox").await;
            assert_eq!(inbox.body.matches("class=\"open\"").count(), 50, "a full page");
            let opened = browser.send(&format!("/n/{reference}/open"), &[]).await;
            assert!(opened.status == 200 && opened.body.len() <= PAGE, "{} bytes", opened.body.len());
            let view = links(&opened.body).find(|link| link.ends_with("/view")).unwrap();
            let viewer = browser.get(&view).await;
            assert!(viewer.status == 200 && viewer.body.len() <= PAGE, "{} bytes", viewer.body.len());
            loaded.extend([loads(&opened.body), loads(&viewer.body)]);
        }
    }
    println!("the heaviest of {} pages: {heaviest:?}", seen.len());
    for path in
        ["/inbox", "/compose", "/release", "/offices", "/log", "/audit", "/privacy", "/officers", "/stats", "/help"]
    {
        assert!(seen.contains(path), "{path} is missing in {seen:?}");
    }
    let mut browser = Browser::at(f.console);
    loaded.insert(loads(&browser.get("/sign-in").await.body));
    let mut weights = BTreeMap::new();
    for asset in loaded.iter().flat_map(|(style, script)| style.union(script)) {
        if !weights.contains_key(asset) {
            let (packed, plain) = (browser.packed(asset).await, browser.get(asset).await.body.len());
            println!("{asset}: {plain} bytes, {packed} packed");
            weights.insert(asset.clone(), plain);
        }
    }
    // The pages that were walked need all of it: nothing is left unweighed.
    let plain = |asset: &String| asset.split_once('-').unwrap().1.to_owned();
    assert_eq!(weights.keys().map(plain).collect::<BTreeSet<_>>(), all());
    let weight = |assets: &BTreeSet<String>| assets.iter().map(|asset| weights[asset]).sum::<usize>();
    for (style, script) in &loaded {
        let (of_style, of_script) = (weight(style), weight(script));
        println!("{of_style} bytes of style, {of_script} of script: {style:?} {script:?}");
        assert!(of_style > 0 && of_style <= STYLE, "{of_style} bytes: {style:?}");
        assert!(of_script > 0 && of_script <= SCRIPT, "{of_script} bytes: {script:?}");
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
