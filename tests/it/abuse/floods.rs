//! Floods of HTTP/2 frames by an office that stands in the rosters.

use chapar::limits;
use tokio::io::AsyncReadExt as _;

use crate::abuse::raw;
use crate::abuse::raw::frame;
use crate::abuse::raw::stream;
use crate::abuse::scene::Scene;
use crate::hostile::foe::End;

/// Frames of each flood.
const FRAMES: u32 = 100_000;

/// One flood: what it begins with, and the frame of each number.
struct Flood {
    name: &'static str,
    begin: Vec<u8>,
    next: fn(u32) -> Vec<u8>,
    /// It never reads what the node says.
    deaf: bool,
    /// The node must have closed the connection before the flood was over.
    closed: bool,
}

fn flood(name: &'static str, begin: Vec<u8>, closed: bool, next: fn(u32) -> Vec<u8>) -> Flood {
    Flood { name, begin, next, deaf: false, closed }
}

/// Headers of about so many bytes.
fn filler(bytes: usize) -> Vec<u8> {
    (0..bytes / 100).flat_map(|number| raw::header(&format!("x-{number:08}"), &"y".repeat(88))).collect()
}

fn floods() -> Vec<Flood> {
    let call = raw::call("/chapar.v1.ExchangeService/Session");
    let hello = || raw::session(1);
    vec![
        flood("PING", vec![], false, |n| frame(raw::PING, 0, 0, &u64::from(n).to_be_bytes())),
        flood("SETTINGS", vec![], false, |_| frame(raw::SETTINGS, 0, 0, &[])),
        flood("SETTINGS that move the window of a stream", hello(), false, |n| {
            frame(raw::SETTINGS, 0, 0, &[&[0, 4][..], &(n % 2).to_be_bytes()].concat())
        }),
        flood("WINDOW_UPDATE", hello(), false, |n| frame(raw::WINDOW_UPDATE, 0, n % 2, &[0, 0, 0, 1])),
        flood("PRIORITY", vec![], false, |n| frame(raw::PRIORITY, 0, stream(n), &[0, 0, 0, 0, 16])),
        flood("GOAWAY", vec![], false, |_| frame(raw::GOAWAY, 0, 0, &[0; 8])),
        flood("frames of no known kind", vec![], false, |_| frame(0x55, 0, 1, &[9; 64])),
        flood("empty DATA", hello(), true, |_| frame(raw::DATA, 0, 1, &[])),
        flood("DATA of one byte", hello(), false, |_| frame(raw::DATA, 0, 1, &[0])),
        flood("rapid reset", vec![], true, |n| {
            [raw::session(stream(n)), frame(raw::RST_STREAM, 0, stream(n), &[0, 0, 0, 8])].concat()
        }),
        flood("resets that the node is made to send", vec![], true, |n| {
            [raw::session(stream(n)), frame(raw::WINDOW_UPDATE, 0, stream(n), &[0; 4])].concat()
        }),
        flood("calls without end", vec![], true, |n| raw::session(stream(n))),
        flood("CONTINUATION", frame(raw::HEADERS, 0, 1, &call), true, |_| {
            frame(raw::CONTINUATION, 0, 1, &filler(1_000))
        }),
        flood("header lists over the limit", vec![], false, |n| {
            let list = [raw::call("/chapar.v1.ExchangeService/Session"), filler(20_000)].concat();
            let (first, rest) = list.split_at(10_000);
            let first = frame(raw::HEADERS, 0, stream(n), first);
            [first, frame(raw::CONTINUATION, raw::END_HEADERS, stream(n), rest)].concat()
        }),
        flood("a bomb of HPACK", vec![], true, |n| {
            // One entry of nearly the whole table, named again and again by one byte.
            let entry = [&[0x40][..], &raw::string("x-bomb"), &raw::string(&"z".repeat(4_000))].concat();
            let bomb = [raw::call("/"), entry, vec![0xBE; 10_000]].concat();
            frame(raw::HEADERS, raw::END_HEADERS, stream(n), &bomb)
        }),
        flood(
            "DATA beyond the window",
            frame(raw::HEADERS, raw::END_HEADERS, 1, &raw::call("/no/such")),
            false,
            |_| frame(raw::DATA, 0, 1, &[7; 16_384]),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_of_http_2_frames() {
    let mut scene = Scene::set("").await;
    let deaf = floods().into_iter().filter(|flood| ["PING", "SETTINGS", "calls without end"].contains(&flood.name));
    let deaf: Vec<Flood> = deaf.map(|flood| Flood { deaf: true, closed: false, ..flood }).collect();
    for Flood { name, begin, next, deaf, closed } in floods().into_iter().chain(deaf) {
        let io = raw::connect(&scene.foe.site.tls, "UZ-ALT".parse().unwrap(), scene.endpoint).await;
        let frames = std::iter::once(begin).chain((0..FRAMES).map(next));
        let name = if deaf { format!("{name}, deaf") } else { name.to_owned() };
        let end = scene.under(&name, raw::flood(io, frames, deaf)).await;
        println!("    {} KiB written, {}", end.written / 1024, if end.closed { "closed" } else { "not closed" });
        assert!(!closed || end.closed, "{name}: {end:?}");
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_listed_is_heard_by_nobody() {
    let mut scene = Scene::set("").await;
    let stranger = chapar::edge::tls::TlsKey::make("KZ-NEW".parse().unwrap()).unwrap();
    let endpoint = scene.endpoint;
    let heard = scene.under("strangers", async move {
        let mut heard = 0;
        for _ in 0..200 {
            let mut io = raw::connect(&stranger, "UZ-ALT".parse().unwrap(), endpoint).await;
            let mut answer = vec![];
            // The alert is an error of reading; what came before it would be HTTP/2.
            let _refused = io.read_to_end(&mut answer).await;
            heard += answer.len();
        }
        heard
    });
    assert_eq!(heard.await, 0);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_at_their_limit_and_messages_without_bottom() {
    let mut scene = Scene::set("").await;
    // Groups in groups, a length that lies, and the largest frame of nothing but empty items.
    let groups = vec![0x0B; 200_000];
    let lie = vec![0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    // Hello (field 1) with as many empty positions (field 9) as the limit allows.
    let mut items = vec![0x0A];
    prost::encoding::encode_varint(u64::try_from(limits::FRAME_BYTES - 4).unwrap(), &mut items);
    items.extend([0x4A, 0x00].repeat(limits::FRAME_BYTES / 2 - 2));
    assert_eq!(items.len(), limits::FRAME_BYTES);
    for (name, bytes) in [("groups", groups), ("a lie", lie), ("empty items", items)] {
        let endpoint = scene.endpoint.to_string();
        let mut links = vec![];
        for _ in 0..8 {
            links.push(scene.foe.dial(&endpoint).await);
        }
        let ends = scene.under(name, async move {
            let mut ends = vec![];
            for mut link in links {
                link.say_frame(&bytes).await;
                ends.push(link.end().await);
            }
            ends
        });
        for end in ends.await {
            assert!(!matches!(end, End::Error(tonic::Code::Internal)), "{name}: {end:?}");
        }
    }
    scene.end().await;
}
