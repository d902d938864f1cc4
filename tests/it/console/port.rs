//! The port of the console: whoever holds connections keeps nobody out, and every wait has an end.

use std::net::SocketAddr;
use std::time::Duration;

use chapar::limits;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::binary::PASSPHRASE;
use crate::support::browser::Browser;
use crate::world::pass;
use crate::world::two;

/// What the node says when it wants the rest of a form.
const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// A connection that has sent this.
async fn sent(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// A form whose rest does not come; the node waits for it.
async fn half_a_form(address: SocketAddr) -> TcpStream {
    half(address, "POST /sign-in", "Content-Type: application/x-www-form-urlencoded").await
}

/// The same with these headers.
async fn half(address: SocketAddr, what: &str, headers: &str) -> TcpStream {
    let head = format!("{what} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\nContent-Length: 9");
    let mut stream = sent(address, &format!("{head}\r\nExpect: 100-continue\r\n\r\n")).await;
    let mut said = vec![0; GO_ON.len()];
    stream.read_exact(&mut said).await.unwrap();
    assert_eq!(said, GO_ON);
    stream
}

/// The header by which this browser is known.
fn known(browser: &Browser) -> String {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("Cookie: {}", cookies.join("; "))
}

/// What still comes until the end; how it ended is no matter.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = vec![];
    let _ended = stream.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_ask_for_nothing_give_way() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let address = f.console.unwrap();
    let asked = format!("GET /sign-in HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let mut held = vec![];
    for number in 0..limits::CONSOLE_CONNECTIONS {
        // Silent ones, half headers, and some that have had their answer and rest.
        let mut stream = sent(address, ["", "GET / HTTP/1.1\r\nHost:", &asked][number % 3]).await;
        if number % 3 == 2 {
            let mut said = [0; 12];
            stream.read_exact(&mut said).await.unwrap();
            assert_eq!(said, *b"HTTP/1.1 200");
        }
        held.push(stream);
    }
    let mut browser = Browser::at(f.console);
    // Before any of them would end by itself.
    let page = timeout(Duration::from_millis(limits::HEADER_MS / 2), browser.get("/sign-in")).await;
    assert_eq!(page.unwrap().status, 200);
    assert_eq!(rest(held.remove(0)).await, "", "the oldest has given way");
    assert_eq!(browser.signed_in("R01", PASSPHRASE).await.get("/inbox").await.status, 200);
    // The newest has not.
    let mut newest = held.pop().unwrap();
    newest
        .write_all(format!("GET /nowhere HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    assert!(rest(newest).await.contains("HTTP/1.1 "));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_do_not_come_keep_nobody_out() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut held = vec![];
    for _ in 0..limits::CONSOLE_CONNECTIONS {
        held.push(half_a_form(f.console.unwrap()).await);
    }
    let mut browser = Browser::at(f.console);
    assert_eq!(browser.get("/sign-in").await.status, 200);
    assert_eq!(browser.signed_in("R01", PASSPHRASE).await.get("/inbox").await.status, 200);
    assert_eq!(rest(held.remove(0)).await, "", "the oldest has given way");
    // The others are held open until they are whole: nothing else has ended them.
    let mut newest = held.pop().unwrap();
    newest.write_all(b"officer=x").await.unwrap();
    let mut said = [0; 12];
    newest.read_exact(&mut said).await.unwrap();
    assert_eq!(said, *b"HTTP/1.1 403");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_when_all_places_are_at_work_gets_in_after_one_ends() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let officer = known(&Browser::of(f.console, "R01", PASSPHRASE).await);
    let headers = format!("{officer}\r\nContent-Type: application/x-www-form-urlencoded");
    let mut held = vec![];
    for _ in 0..limits::CONSOLE_CONNECTIONS {
        held.push(half(f.console.unwrap(), "POST /sign-in", &headers).await);
    }
    let mut browser = Browser::at(f.console);
    let (page, ()) = tokio::join!(browser.get("/sign-in"), async { drop(held.pop()) });
    assert_eq!(page.status, 200);
    for stream in &mut held {
        stream.write_all(b"officer=x").await.unwrap();
        let mut said = [0; 12];
        stream.read_exact(&mut said).await.unwrap();
        assert_eq!(said, *b"HTTP/1.1 403", "whoever was at work is answered");
    }
    drop(held);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test]
async fn a_header_that_does_not_come_ends_its_connection() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let address = f.console.unwrap();
    let (silent, half) = (sent(address, "").await, sent(address, "GET /sign-in HTTP/1.1\r\nHost: x\r\n").await);
    let mut resting = sent(address, &format!("GET /assets/x HTTP/1.1\r\nHost: {address}\r\n\r\n")).await;
    let mut said = [0; 12];
    resting.read_exact(&mut said).await.unwrap();
    assert_eq!(said, *b"HTTP/1.1 404");
    pass(limits::HEADER_MS).await;
    assert_eq!(rest(silent).await, "");
    assert!(!rest(half).await.contains("200"));
    assert!(rest(resting).await.ends_with("\r\n\r\n"), "nothing comes after the answer");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test]
async fn a_form_that_does_not_come_is_answered_by_a_page() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let (address, officer) = (f.console.unwrap(), known(&browser));
    let form = format!("{officer}\r\nContent-Type: application/x-www-form-urlencoded");
    let piece = format!("{officer}\r\nchapar-token: {}\r\nAccept: text/plain", browser.token().await);
    // Whoever has not signed in has least time for it, a piece of a file on a slow line most.
    let stranger = half_a_form(address).await;
    let signed_in = half(address, "POST /session/keep", &form).await;
    let piece = half(address, "PATCH /attachments/00", &piece).await;
    let late = "The page took longer than it may.";
    for (stream, ms, kind) in [
        (stranger, limits::STRANGER_FORM_MS, "content-type: text/html"),
        (signed_in, limits::PAGE_MS - limits::STRANGER_FORM_MS, "content-type: text/html"),
        (piece, limits::PIECE_MS - limits::PAGE_MS, "content-type: text/plain"),
    ] {
        let mut byte = [0];
        assert!(stream.try_read(&mut byte).is_err(), "{kind}: it is waited for");
        pass(ms).await;
        let answer = rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
        for words in [kind, late, "Try again in a minute"] {
            assert!(answer.contains(words), "{words} is not in {answer}");
        }
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_waits_for_no_connection_at_rest() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let address = f.console.unwrap();
    let (silent, half) = (sent(address, "").await, sent(address, "GET / HTTP/1.1\r\n").await);
    let form = half_a_form(address).await;
    let stops = tokio::spawn(f.stop());
    assert_eq!(rest(silent).await, "");
    let mut form = form;
    form.write_all(b"officer=x").await.unwrap();
    assert!(rest(form).await.starts_with("HTTP/1.1 403 "), "what is in flight is answered");
    drop(half);
    stops.await.unwrap().unwrap();
    a.stop().await.unwrap();
}
