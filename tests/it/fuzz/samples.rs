//! Valid samples for the corpus of each fuzz target.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chapar::domain::draft;
use chapar::domain::draft::Options;
use chapar::domain::envelope;
use chapar::domain::roster::Card;
use chapar::engine::session::VERSION;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::frame::Kind;
use prost::Message as _;
use serde_json::Value;

use crate::support::office::Draft;
use crate::support::office::World;
use crate::support::office::carry;

type Sample = (String, Vec<u8>);

/// Files of a target's corpus, by name.
pub(super) fn of(target: &str) -> Vec<Sample> {
    match target {
        "accept" => deliveries().into_iter().map(|(name, frame)| (name, accepted(&frame))).collect(),
        "draft_json" => drafts().into_iter().collect(),
        "envelope" => signed(),
        "frame" => frames(),
        "header_body" => header_bodies(),
        "roster_card" => signed().into_iter().filter(|(name, _)| !name.starts_with("notice")).collect(),
        "session" => sessions(),
        other => panic!("there are no samples for {other}"),
    }
}

fn named(name: &str, bytes: Vec<u8>) -> Sample {
    (name.to_owned(), bytes)
}

/// A length in two bytes, and the bytes.
fn part(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

/// The smallest of the sample drafts of each kind.
fn drafts() -> BTreeMap<String, Vec<u8>> {
    let mut drafts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices")).unwrap() {
        let draft: Value = serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
        let kind = draft["header"]["kind"].as_str().unwrap().to_lowercase();
        let bytes = serde_json::to_vec(&draft).unwrap();
        if drafts.get(&kind).is_none_or(|known| (known.len(), known) > (bytes.len(), &bytes)) {
            drafts.insert(kind, bytes);
        }
    }
    drafts
}

/// Header and body of those drafts, as a node would send them; and one with an attachment.
fn header_bodies() -> Vec<Sample> {
    let attachment = wire::AttachmentKey {
        digest: vec![8; 32],
        key: vec![9; 32],
        media_type: "image/png".to_owned(),
        name: "scan.png".to_owned(),
        size_bytes: 100_000,
        file_digest: vec![10; 32],
        kind: wire::AttachmentKind::XrayJpeg.into(),
        required: true,
        ..wire::AttachmentKey::default()
    };
    let sample = |kind: &str, json: &[u8], attachments: Vec<wire::AttachmentKey>| {
        let draft = draft::parse(json, Options { without_attachments: true }).unwrap();
        let sealed = |one: &wire::AttachmentKey| chapar::domain::chunks::sealed_size(one.size_bytes);
        let listed = |one| wire::AttachmentRef { digest: vec![8; 32], size_bytes: sealed(one) };
        let header = wire::NoticeHeader {
            network: "demo.example".to_owned(),
            reference: chapar::name::Reference::new("UZ-ALT".parse().unwrap(), 26, 1).unwrap().to_string(),
            created_ms: draft.header.valid_from_ms.max(1),
            released_ms: draft.header.valid_from_ms.max(1),
            author: format!("{}-O01", draft.header.from.as_ref().unwrap().office),
            releaser: format!("{}-R01", draft.header.from.as_ref().unwrap().office),
            body_key_commitment: if draft.body.is_some() { vec![7; 32] } else { vec![] },
            schema_version: 1,
            attachments: attachments.iter().map(listed).collect(),
            ..draft.header
        };
        let body = wire::NoticeBody { attachments, ..draft.body.unwrap_or_default() }.encode_to_vec();
        named(kind, [part(&header.encode_to_vec()), body].concat())
    };
    let drafts = drafts();
    let with_one = sample("with-attachment", &drafts["modus_operandi"], vec![attachment]);
    drafts.iter().map(|(kind, json)| sample(kind, json, vec![])).chain([with_one]).collect()
}

/// Frames that carry a notice with a body, and one without.
fn deliveries() -> Vec<(String, wire::Deliver)> {
    let mut world = World::new();
    let noted = world.alt.issue(Draft::to(&["TM-FAR"])).digest;
    carry(&mut world.alt, &mut world.far);
    world.far.issue(Draft::to(&["UZ-ALT"]));
    world.far.note(noted);
    let frames = world.far.waiting(&world.alt, chapar::domain::dispatch::Lane::Routine);
    ["with-body", "without-body"].map(str::to_owned).into_iter().zip(frames).collect()
}

/// Such a frame as the target takes it: without signatures.
fn accepted(frame: &wire::Deliver) -> Vec<u8> {
    let payload = |bytes: &[u8]| wire::Envelope::decode(bytes).unwrap().payload;
    let parts = [part(&payload(&frame.dispatch)), part(&payload(&frame.notice))].concat();
    [&[0][..], &parts, &frame.key_wrap].concat()
}

/// An envelope of each payload type.
fn signed() -> Vec<Sample> {
    let mut world = World::new();
    world.far.issue(Draft::to(&["UZ-ALT"]));
    let frame = world.far.waiting(&world.alt, chapar::domain::dispatch::Lane::Routine).remove(0);
    let receipt = world.alt.take(world.far.code(), &frame).unwrap();
    let card = Card {
        network: world.uz.roster.network.clone(),
        issued: Timestamp::ZERO,
        office: world.uz.roster.offices[0].clone(),
    };
    let card = envelope::sign::<Card>(&world.alt.me.signing, card.encode()).bytes;
    vec![
        named("card", card),
        named("dispatch", frame.dispatch),
        named("notice", frame.notice),
        named("receipt", receipt),
        named("roster", world.uz.signed()),
    ]
}

fn hello() -> wire::Hello {
    let position =
        wire::Position { from_log: vec![1; 8], to_log: vec![2; 8], lane: 1, through: 7, ..wire::Position::default() };
    wire::Hello {
        version_min: VERSION,
        version_max: VERSION,
        network: "demo.example".to_owned(),
        office: "TM-FAR".to_owned(),
        peer: "UZ-ALT".to_owned(),
        log_id: vec![2; 8],
        peer_log_id: vec![1; 8],
        held: vec![position.clone()],
        acked: vec![position],
        rosters: vec![wire::RosterVersion { country: "TM".to_owned(), version: 3 }],
        window: 256,
        clock_ms: 5,
    }
}

/// A message with a frame of each kind.
fn frames() -> Vec<Sample> {
    let envelope = |name: &str| {
        let (_, bytes) = signed().into_iter().find(|(found, _)| found == name).unwrap();
        wire::Envelope::decode(bytes.as_slice()).unwrap()
    };
    let goodbye = wire::Goodbye { reason: wire::GoodbyeReason::NotReady.into(), retry_after_ms: 30_000 };
    let kinds = [
        ("hello", Kind::Hello(hello())),
        ("deliver", Kind::Deliver(deliveries().remove(0).1)),
        ("receipt", Kind::Receipt(envelope("receipt"))),
        ("roster", Kind::Roster(envelope("roster"))),
        ("fetch", Kind::Fetch(wire::Fetch { digest: vec![8; 32], offset: 16_384, length: 16_384 })),
        ("chunk", Kind::Chunk(wire::Chunk { digest: vec![8; 32], offset: 16_384, data: vec![11; 300] })),
        ("goodbye", Kind::Goodbye(goodbye)),
    ];
    let message = |kind| wire::SessionRequest { frame: Some(wire::Frame { kind: Some(kind) }) }.encode_to_vec();
    kinds.into_iter().map(|(name, kind)| named(name, message(kind))).collect()
}

/// The choices of a few sessions: greeted, then dispatches both ways, and each way to end.
fn sessions() -> Vec<Sample> {
    const OPENED: &[u8] = &[0];
    /// A Hello that is right, with a window of 9; standing that agrees.
    const HELLO: &[u8] = &[1, 9, 0];
    const STANDING: &[u8] = &[7, 0, 0];
    const WRITABLE: &[u8] = &[8];
    let accepted = [&[0], OPENED, HELLO, STANDING, WRITABLE].concat();
    let dialled = [&[1], OPENED, STANDING, WRITABLE, HELLO, STANDING, WRITABLE].concat();
    let loaded: Vec<u8> = [&[12, 0][..], &1_u64.to_be_bytes(), &[3], &[5; 12]].concat();
    let stored = [&[14, 0][..], &1_u64.to_be_bytes()].concat();
    let out = [loaded, WRITABLE.repeat(3), stored].concat();
    let came = [&[2, 1, 2, 3, 4][..], &[2, 5, 6, 7, 8], &[13, 0, 0], &[3, 0, 1, 9], &[4, 0, 1, 9], &[16]].concat();
    let mut all = vec![
        named("greeted", accepted.clone()),
        named("dialled", dialled.clone()),
        named("out-and-in", [&dialled, out.as_slice(), &came].concat()),
        named(
            "resent",
            [
                &accepted[..accepted.len() - 4],
                &[7, 170, 3][..],
                &9_u64.to_be_bytes(),
                &[0, 0, 8, 8, 15, 0, 2, 0, 0, 0, 0, 8, 8],
            ]
            .concat(),
        ),
    ];
    for (name, end) in [("drain", 18), ("not-ready", 19), ("over-quota", 20), ("broken", 21), ("revoked", 22)] {
        all.push(named(name, [&accepted, came.as_slice(), &[end, 1], &[13, 0, 0], WRITABLE, &[17, 200]].concat()));
    }
    all
}
