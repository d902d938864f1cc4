//! What stands around every page: headers, limits, and no answer to what another site asks for.

use chapar::limits;

use crate::binary::PASSPHRASE;
use crate::support::browser::Browser;
use crate::support::browser::Page;
use crate::world::two;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

#[track_caller]
fn guarded(page: &Page) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ] {
        assert_eq!(page.headers(name).collect::<Vec<_>>(), [value], "{name} of {}", page.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_its_headers_and_is_kept_nowhere() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::at(f.console);
    let mut pages = vec![(200, browser.get("/sign-in").await), (303, browser.get("/inbox").await)];
    pages.push((403, browser.sign_in("O77", PASSPHRASE).await));
    pages.push((303, browser.sign_in("R01", PASSPHRASE).await));
    for (status, path) in [(200, "/inbox"), (200, "/sent"), (200, "/settings"), (404, "/nowhere"), (404, "/n/none")] {
        pages.push((status, browser.get(path).await));
    }
    let page = browser.ask("GET /inbox", &[("Host", "evil.example".to_owned())], "").await;
    page.says("This address or form is not one of this console.\nOpen the console at");
    assert!(!page.body.contains("TM-FAR"), "another site learns nothing");
    pages.push((403, page));
    let page = browser.post("/inbox", &[]).await;
    page.says("<html").says("no such page");
    pages.push((405, page));
    let long = "a".repeat(limits::FORM_BYTES + 1);
    let russian = [("Accept-Language", "ru".to_owned())];
    let page = browser.ask("POST /inbox", &russian, &long).await;
    page.says("<html lang=\"ru\"")
        .says("Отправлено больше, чем принимает эта страница")
        .says("Вернитесь и отправьте меньше");
    page.says("href=\"/inbox\"");
    pages.push((413, page));
    // The way back is one that the node knows: to the form, or where a form is kept while it is written.
    for (path, back) in [("/roster/import", "/roster/import"), ("/compose/correction?form=long&re=x", "/drafts")] {
        let page =
            browser.ask(&format!("POST {path}"), &[("Referer", "https://evil.example/".to_owned())], &long).await;
        page.says(&format!("<a class=\"btn go\" href=\"{back}\">Back</a>"));
        assert!(!page.body.contains("evil"));
        pages.push((413, page));
    }
    pages.push((204, browser.send("/session/keep", &[]).await));
    for (status, page) in &pages {
        assert_eq!(page.status, *status, "{}", page.body);
        assert_eq!(page.header("cache-control"), "no-store");
        guarded(page);
    }
    // A script is told in two sentences what a reader is told on a page.
    for takes in ["text/plain", "*/*"] {
        let page = browser.ask("POST /session/keep", &[("Accept", takes.to_owned())], &long).await;
        assert_eq!((page.status, page.header("content-type")), (413, "text/plain; charset=utf-8"));
        assert_eq!(page.body.lines().collect::<Vec<_>>().len(), 2, "{}", page.body);
        page.says("What was sent is larger than this page takes.\n");
        guarded(&page);
    }
    let opened = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8".to_owned())];
    browser.ask("POST /session/keep", &opened, &long).await.says("<html");
    // A form as long as it may be is read.
    let long = "a".repeat(limits::FORM_BYTES - "officer=".len());
    assert_eq!(browser.post("/sign-in", &[("officer", &long)]).await.status, 403);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn style_and_script_have_a_digest_in_their_names_and_are_kept() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::at(f.console);
    let page = browser.get("/sign-in").await.body;
    let names: Vec<&str> =
        page.split('"').filter(|word| word.starts_with("/assets/")).map(|name| &name["/assets/".len()..]).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    for name in names {
        let is_style = name.rsplit('.').next() == Some("css");
        let kind = if is_style { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
        let (digest, plain) = name.split_once('-').unwrap();
        assert!(digest.len() == 16 && digest.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
        let asset = browser.get(&format!("/assets/{name}")).await;
        assert_eq!((asset.status, asset.header("content-type")), (200, kind));
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
        guarded(&asset);
        for wrong in [plain.to_owned(), format!("0000000000000000-{plain}"), format!("..%2Fassets%2F{plain}")] {
            assert_eq!(browser.get(&format!("/assets/{wrong}")).await.status, 404, "{wrong}");
        }
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_asks_for_nothing() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let mut other = Browser::of(f.console, "R01", PASSPHRASE).await;
    let (token, foreign) = (browser.token().await, other.token().await);
    assert_ne!(token, foreign);
    let port = browser.address.port();
    let keep = "/session/keep";
    for tokens in [&[][..], &[("token", "")], &[("token", foreign.as_str())], &[("tokens", token.as_str())]] {
        let page = browser.post(keep, tokens).await;
        assert_eq!(page.status, 403, "{tokens:?}");
        page.says("This form is of another session");
    }
    let fields = [("token", token.as_str())];
    let (origin, site) = (|text: String| ("Origin", text), |text: &str| ("Sec-Fetch-Site", text.to_owned()));
    let (own, evil) = (origin(format!("http://127.0.0.1:{port}")), origin("http://evil.example".to_owned()));
    let null = origin("null".to_owned());
    for (status, from) in [
        (204, vec![own.clone(), site("same-origin")]),
        (204, vec![null.clone(), site("same-origin")]),
        (204, vec![own.clone()]),
        // A browser too old to say anything: the token decides alone.
        (204, vec![]),
        (403, vec![evil.clone()]),
        (403, vec![null.clone()]),
        (403, vec![evil.clone(), site("same-origin")]),
        (403, vec![own.clone(), site("cross-site")]),
        (403, vec![own.clone(), site("same-site")]),
        (403, vec![own.clone(), site("none")]),
        (403, vec![origin(format!("https://127.0.0.1:{port}"))]),
        (403, vec![origin(format!("http://127.0.0.1:{}", port.wrapping_add(1)))]),
    ] {
        assert_eq!(browser.post_from(keep, &from, &fields).await.status, status, "{from:?}");
    }
    // The sign-in itself and the settings ask for no token, and are closed to other sites as well.
    for path in ["/sign-in", "/settings"] {
        assert_eq!(browser.post_from(path, std::slice::from_ref(&evil), &[("language", "ru")]).await.status, 403);
    }
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        ("evil.example".to_owned(), 403),
        (format!("evil.example:{port}"), 403),
        ("127.0.0.1".to_owned(), 403),
        (String::new(), 403),
    ] {
        assert_eq!(browser.ask("GET /inbox", &[("Host", host.clone())], "").await.status, status, "{host}");
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
