//! Connections that begin and go no further, and too many of them; and valid notices that nobody needs.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::net::SocketAddr;

use chapar::limits;
use chapar::wire::GetStatusRequest;
use chapar::wire::GoodbyeReason;
use chapar::wire::frame::Kind;
use rustix::process::Resource;
use rustix::process::Rlimit;
use rustix::process::getrlimit;
use rustix::process::prlimit;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpSocket;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::abuse::scene::Scene;
use crate::hostile::foe::End;
use crate::local::Local;

/// Half-open connections in all, and how many of them are kept open here at a time.
const HALF_OPEN: u32 = 10_000;
const KEPT: usize = 700;

/// The beginning of a TLS record with a `ClientHello` that never comes.
const BEGINNING: [u8; 9] = [22, 3, 1, 2, 0, 1, 0, 1, 252];

/// A connection from one of many addresses.
async fn connect(from: u32, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::from_bits(0x7F01_0000 + from), 0).into())?;
    socket.connect(to).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_handshakes_that_do_not_end() {
    let mut scene = Scene::set("").await;
    let (endpoint, idle) = (scene.endpoint, scene.files());
    let attack = async move {
        let mut kept: VecDeque<TcpStream> = VecDeque::new();
        for number in 0..HALF_OPEN {
            let socket = connect(number % 1_000, endpoint).await.unwrap();
            kept.push_back(socket);
            if kept.len() > KEPT {
                kept.pop_front();
            }
            // Some say nothing; the others a byte now and then.
            for (at, socket) in kept.iter_mut().enumerate().skip(number as usize % 64).step_by(64) {
                // It may have been closed by now.
                let _written = socket.write_all(&BEGINNING[at % 9..=at % 9]).await;
            }
        }
        kept
    };
    let kept = scene.under("10,000 handshakes that do not end", attack).await;
    let most = idle + limits::HANDSHAKES + 64;
    assert!(scene.files() <= most, "{} files, {idle} before", scene.files());
    // They are all still there, and yet a peer connects.
    let link = scene.foe.greeted(&endpoint.to_string()).await;
    assert!(scene.victim.trace().contains("too many handshakes: the oldest gives way"), "{}", scene.victim.trace());
    drop((link, kept));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_calls_at_once_on_one_local_connection() {
    let mut scene = Scene::set("").await;
    let local = Local::of(&scene.victim).await;
    let calls = async move {
        let mut calls = JoinSet::new();
        for _ in 0..4_000 {
            let mut local = local.clone();
            calls.spawn(async move { local.inspect.get_status(GetStatusRequest {}).await.map(drop) });
        }
        // Each waits for its turn; none is refused, and the connection lasts.
        calls.join_all().await.into_iter().collect::<Result<(), _>>().unwrap();
    };
    scene.under("4,000 calls at once on one local connection", calls).await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_connections_from_one_address() {
    let mut scene = Scene::set("").await;
    let (endpoint, idle) = (scene.endpoint, scene.files());
    let attack = async move {
        let mut kept = vec![];
        for _ in 0..600 {
            kept.push(connect(7, endpoint).await.unwrap());
        }
        kept
    };
    let kept = scene.under("600 connections from one address", attack).await;
    let most = idle + limits::CONNECTIONS_PER_ADDRESS + 4;
    assert!(scene.files() <= most, "{} files, {idle} before", scene.files());
    drop((scene.foe.greeted(&endpoint.to_string()).await, kept));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_descriptors_are_left() {
    let mut scene = Scene::set("").await;
    let pid = scene.victim.pid();
    let usual = prlimit(Some(pid), Resource::Nofile, getrlimit(Resource::Nofile)).unwrap();
    let few = Rlimit { current: Some(scene.files() as u64 + 8), ..usual };
    prlimit(Some(pid), Resource::Nofile, few).unwrap();
    let endpoint = scene.endpoint;
    let attack = async move {
        let mut kept = vec![];
        for number in 0..60 {
            kept.push(connect(number, endpoint).await.unwrap());
        }
        kept
    };
    let kept = scene.under("no file descriptors are left", attack).await;
    assert!(scene.victim.trace().contains("a connection cannot be accepted"), "{}", scene.victim.trace());
    drop(kept);
    prlimit(Some(pid), Resource::Nofile, usual).unwrap();
    drop(scene.foe.greeted(&endpoint.to_string()).await);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn valid_but_useless_notices_over_the_quota() {
    const QUOTA: usize = 200;
    let mut scene = Scene::set(&format!("\n[quota]\ndispatches_per_day = {QUOTA}\n")).await;
    let frames: Vec<_> = (0..QUOTA + 50).map(|number| scene.foe.issue(&format!("useless {number}"))).collect();
    let mut link = scene.foe.greeted(&scene.endpoint.to_string()).await;
    let end = scene.under("notices over the quota", async move {
        for frame in frames {
            link.say(Kind::Deliver(frame)).await;
        }
        link.end().await
    });
    assert_eq!(end.await, End::Goodbye(GoodbyeReason::NotReady));
    let alarms = scene.victim.run(&["log", "show", "--limit", "1000"]).done();
    assert_eq!(alarms.stdout.matches("\"ALARM\"").count(), 1);
    assert_eq!(alarms.stdout.matches("\"KZ-BAD\"").count(), QUOTA + 1, "what was taken, and the alarm");
    scene.end().await;
}
