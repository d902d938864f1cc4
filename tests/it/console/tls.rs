//! The console on a network: TLS by a certificate of an authority that browsers trust, or nothing.

use std::fs;
use std::fs::Permissions;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::UNIX_EPOCH;

use chapar::edge::env::SystemClock;
use chapar::edge::tls::SiteCertificate;
use chapar::time::Clock as _;
use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertifiedIssuer;
use rcgen::IsCa;
use rcgen::KeyPair;
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::version::TLS13;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::binary::Binary;
use crate::binary::PASSPHRASE;
use crate::console::first_run;
use crate::support::browser::Browser;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;

const NAME: &str = "alt.example";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// An authority, and the files of a certificate by it.
struct Authority {
    roots: Arc<RootCertStore>,
    certificate: PathBuf,
    key: PathBuf,
}

impl Authority {
    fn make(folder: &Path, days: i64) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let own = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([NAME.to_owned()]).unwrap();
        let end = SystemClock.now().ms() + days * DAY_MS + DAY_MS / 24;
        params.not_after = (UNIX_EPOCH + Duration::from_millis(u64::try_from(end).unwrap())).into();
        let leaf = params.signed_by(&own, &authority).unwrap();
        let [certificate, key] = ["console.pem", "console.key"].map(|name| folder.join(name));
        fs::write(&certificate, leaf.pem() + &authority.pem()).unwrap();
        fs::write(&key, own.serialize_pem()).unwrap();
        fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).unwrap();
        Self { roots: Arc::new(roots), certificate, key }
    }

    fn client(&self, protocols: &[&[u8]]) -> Arc<ClientConfig> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .unwrap()
            .with_root_certificates(Arc::clone(&self.roots))
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Arc::new(config)
    }

    /// A node whose console is served over TLS, and a browser there.
    async fn node(&self) -> (Site, Running, Browser) {
        let mut site = Site::make("UZ-ALT", 1);
        site.certificate = Some(SiteCertificate::load(&self.certificate, &self.key).unwrap());
        let node = site.start(TestClock::at("2026-11-20T06:00:00Z"), false).await;
        let mut browser = Browser::at(node.console);
        browser.secure = Some((self.client(&[b"h2", b"http/1.1"]), NAME));
        (site, node, browser)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_on_the_network_signs_in_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let (_site, node, mut browser) = Authority::make(folder.path(), 90).node().await;
    let port = browser.address.port();
    let page = browser.get("/sign-in").await;
    assert_eq!((page.status, page.header("strict-transport-security")), (200, "max-age=31536000"));
    let mut cookies: Vec<String> = page.headers("set-cookie").map(ToOwned::to_owned).collect();
    let page = browser.sign_in("R01", PASSPHRASE).await;
    assert_eq!(page.status, 303);
    cookies.extend(page.headers("set-cookie").map(ToOwned::to_owned));
    assert_eq!(cookies.len(), 3);
    for name in ["sign-in", "session", "browser"] {
        let begin = format!("__Host-chapar-{name}-{port}=");
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(&begin)).unwrap();
        for word in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(word), "{cookie}");
        }
    }
    let settings = browser.post("/settings", &[("language", "ru")]).await;
    assert!(settings.header("set-cookie").contains("Secure"));
    let mut stream = browser.listen().await.ok().unwrap();
    assert!(stream.next().await.is_some());
    for (host, status) in [
        (format!("{NAME}:{port}"), 200),
        (NAME.to_owned(), 403),
        (format!("127.0.0.1:{port}"), 403),
        (format!("localhost:{port}"), 403),
        (format!("far.example:{port}"), 403),
        (format!("sub.{NAME}:{port}"), 403),
        (String::new(), 403),
    ] {
        assert_eq!(browser.ask("GET /inbox", &[("Host", host.clone())], "").await.status, status, "{host}");
    }
    let token = browser.token().await;
    for (origin, status) in [
        (format!("https://{NAME}:{port}"), 204),
        (format!("http://{NAME}:{port}"), 403),
        (format!("https://{NAME}"), 403),
        (format!("https://far.example:{port}"), 403),
    ] {
        let page = browser.post_from("/session/keep", &[("Origin", origin.clone())], &[("token", &token)]).await;
        assert_eq!(page.status, status, "{origin}");
    }
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_http_1_1_over_tls_is_spoken_there() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::make(folder.path(), 90);
    let (_site, node, browser) = authority.node().await;
    let name = || ServerName::try_from(NAME).unwrap();
    let shake = async |config| {
        let stream = TcpStream::connect(browser.address).await.unwrap();
        TlsConnector::from(config).connect(name(), stream).await
    };
    let shaken = shake(authority.client(&[b"h2", b"http/1.1"])).await.unwrap();
    assert_eq!(shaken.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
    assert!(shake(authority.client(&[b"h2"])).await.is_err());
    let mut plain = TcpStream::connect(browser.address).await.unwrap();
    plain.write_all(format!("GET /sign-in HTTP/1.1\r\nHost: {}\r\n\r\n", browser.address).as_bytes()).await.unwrap();
    let mut said = vec![];
    let _ended = plain.read_to_end(&mut said).await;
    assert!(!said.windows(4).any(|bytes| bytes == b"HTTP"), "a plain request has no answer");
    assert_eq!(browser.clone().get("/sign-in").await.status, 200);
    node.stop().await.unwrap();
}

/// The office with these lines at the top of its config.toml.
fn configured(office: &Binary, config: &str, lines: &str) {
    let console = "console = \"127.0.0.1:0\"\n";
    assert!(config.contains(console));
    fs::write(office.data.join("config.toml"), config.replace(console, lines)).unwrap();
}

/// What `doctor` says of the console: result and words.
fn examined(office: &Binary) -> Vec<(String, String)> {
    let of_console = |finding: &serde_json::Value| finding["check"] == "console";
    let words = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let found = office.run(&["doctor"]).objects();
    found.iter().filter(|one| of_console(one)).map(|one| (words(one, "result"), words(one, "what"))).collect()
}

#[test]
fn without_a_certificate_nothing_is_open_to_a_network() {
    let root = tempfile::tempdir().unwrap();
    let mut office = Binary::init(root.path(), "UZ-ALT", None);
    let config = fs::read_to_string(office.data.join("config.toml")).unwrap();
    let files = "console_certificate = \"console.pem\"\nconsole_key = \"console.key\"\n";
    let open = format!("console = \"0.0.0.0:0\"\n{files}");
    for (lines, error, remedy) in [
        ("console = \"0.0.0.0:0\"\n", "0.0.0.0:0 is open to other machines", "Correct the file"),
        (
            "console = \"0.0.0.0:0\"\nconsole_certificate = \"console.pem\"\n",
            "console_key: it is missing",
            "Correct the file",
        ),
        (&open, "console.pem: No such file", "Correct console_certificate and console_key"),
    ] {
        configured(&office, &config, lines);
        let refused = office.refused();
        assert_eq!(refused.code, Some(1));
        let failure = refused.failure();
        assert!(failure["error"].as_str().unwrap().contains(error), "{failure}");
        assert!(failure["do"].as_str().unwrap().contains(remedy), "{failure}");
    }
    assert_eq!(examined(&office)[0].0, "failed");

    let _authority = Authority::make(&office.data, 90);
    let port = office.start()["console"].as_str().unwrap().to_owned();
    assert!(port.starts_with("https://alt.example:"), "{port}");
    assert!(office.stop().success());
    let found = examined(&office);
    assert_eq!(found[0].0, "ok");
    assert!(found[0].1.ends_with("fits its key, and ends in 90 days"), "{found:?}");
    for (days, result, words) in [(29, "warning", "ends in 29 days"), (-1, "failed", "has ended on")] {
        Authority::make(&office.data, days);
        let found = examined(&office);
        assert_eq!(found[0].0, result, "{found:?}");
        assert!(found[0].1.contains(words), "{found:?}");
    }
    fs::set_permissions(office.data.join("console.key"), Permissions::from_mode(0o644)).unwrap();
    let found = examined(&office);
    assert!(found[0].0 == "failed" && found[0].1.contains("every user of this machine"), "{found:?}");
}

/// The address of this machine on a network, if it has one; nothing is sent.
fn on_a_network() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("203.0.113.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_network_nobody_sets_an_office_up() {
    let root = tempfile::tempdir().unwrap();
    let (mut office, code) = Binary::init_with_code(root.path(), "UZ-ALT", None);
    let config = fs::read_to_string(office.data.join("config.toml")).unwrap();
    let files = "console_certificate = \"console.pem\"\nconsole_key = \"console.key\"\n";
    let authority = Authority::make(&office.data, 90);
    configured(&office, &config, &format!("console = \"127.0.0.1:0\"\n{files}"));
    let said = office.start();
    assert!(said["first_run"].as_str().unwrap().starts_with("https://alt.example:"), "{said}");
    assert!(office.stop().success());

    configured(&office, &config, &format!("console = \"0.0.0.0:0\"\n{files}"));
    let said = office.start();
    assert_eq!(said["first_run"], serde_json::Value::Null, "it is open to a network");
    let port = said["console"].as_str().unwrap().rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap();
    let at = |ip: IpAddr| {
        let mut browser = Browser::at(Some(SocketAddr::new(ip, port)));
        browser.secure = Some((authority.client(&[b"http/1.1"]), NAME));
        browser
    };
    if let Some(ip) = on_a_network() {
        let mut far = at(ip);
        let page = far.get("/first-run").await;
        assert_eq!(page.status, 403);
        page.says("on the machine of the node alone");
        let page = first_run::enter(&mut far, &code, PASSPHRASE, PASSPHRASE).await;
        assert_eq!(page.status, 403);
        page.says("on the machine of the node alone");
    }
    let mut near = at(IpAddr::V4(Ipv4Addr::LOCALHOST));
    assert_eq!(near.get("/first-run").await.status, 200);
    assert_eq!(first_run::enter(&mut near, &code, PASSPHRASE, PASSPHRASE).await.leads_to(), (303, "/first-run"));
    assert!(office.stop().success());
}
