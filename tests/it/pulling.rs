//! Attachments between real nodes: pulled behind everything else, resumed where a cut left them, whole in the end, and
//! deleted once nothing names them.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use chapar::engine::quota::Quota;
use chapar::limits;
use chapar::wire;
use chapar::wire::Urgency;
use tokio::time::timeout;

use crate::binary::Binary;
use crate::binary::PASSPHRASE;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::cable::Scene;
use crate::local::Local;
use crate::local::PAUSE;
use crate::observability::asked;
use crate::support::browser::Browser;
use crate::support::proxy::Cable;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::two;

const NOW: &str = "2026-11-20T06:00:00Z";

/// Bytes that do not repeat.
fn file(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// Brings a file in.
async fn bring(node: &Local, bytes: &[u8]) -> wire::AttachmentKey {
    let mut desk = node.desk.clone();
    let begin = wire::BeginAttachmentRequest { size_bytes: bytes.len() as u64, ..Default::default() };
    let upload = desk.begin_attachment(begin).await.unwrap().into_inner().upload;
    let mut offset = 0;
    while offset < bytes.len() {
        let end = bytes.len().min(offset + limits::UPLOAD_PIECE_BYTES);
        let (upload, data) = (upload.clone(), bytes[offset..end].to_vec());
        let put = wire::PutAttachmentRequest { upload, offset: offset as u64, data };
        offset = usize::try_from(desk.put_attachment(put).await.unwrap().into_inner().offset).unwrap();
    }
    let finish = wire::FinishAttachmentRequest {
        upload,
        name: "sample.bin".to_owned(),
        kind: wire::AttachmentKind::Other.into(),
        ..Default::default()
    };
    desk.finish_attachment(finish).await.unwrap().into_inner().attachment.unwrap()
}

/// Sends a notice with these files; its digest in hex.
async fn send(node: &Local, to: &str, urgency: Urgency, files: &[Vec<u8>]) -> String {
    let mut notice = a_notice(&[to], urgency, "with files");
    for bytes in files {
        let attachment = bring(node, bytes).await;
        notice.body.as_mut().unwrap().attachments.push(attachment);
    }
    hex::encode(node.send(notice).await.unwrap().digest)
}

/// How much of each attachment of a notice is here; none if the notice is not.
async fn here(node: &Local, notice: &str) -> Vec<wire::AttachmentHere> {
    let request = wire::GetNoticeRequest { notice: notice.to_owned() };
    node.desk.clone().get_notice(request).await.map(|answer| answer.into_inner().attachments).unwrap_or_default()
}

/// Waits until something is so of what is here.
async fn until(node: &Local, notice: &str, what: &str, holds: impl Fn(&[wire::AttachmentHere]) -> bool) {
    let waits = async {
        while !holds(&here(node, notice).await) {
            tokio::time::sleep(PAUSE).await;
        }
    };
    assert!(timeout(Duration::from_mins(2), waits).await.is_ok(), "{what}: {:?}", here(node, notice).await);
}

fn is_whole(files: &[wire::AttachmentHere]) -> bool {
    !files.is_empty() && files.iter().all(|one| one.arrived_bytes == one.size_bytes)
}

/// The attachments of a received notice, opened.
async fn opened(node: &Local, notice: &str) -> Vec<Vec<u8>> {
    let mut desk = node.desk.clone();
    let open = wire::OpenNoticeRequest { notice: notice.to_owned(), ..Default::default() };
    let body = desk.open_notice(open).await.unwrap().into_inner().body.unwrap();
    let mut files = vec![];
    for attachment in body.attachments {
        let get =
            wire::GetAttachmentRequest { notice: notice.to_owned(), digest: attachment.digest, ..Default::default() };
        // All of it may be here, and its digest not be checked yet.
        let mut answer = desk.get_attachment(get.clone()).await;
        while answer.as_ref().is_err_and(|status| status.code() == tonic::Code::Unavailable) {
            tokio::time::sleep(PAUSE).await;
            answer = desk.get_attachment(get.clone()).await;
        }
        let mut pieces = answer.unwrap().into_inner();
        let mut bytes = vec![];
        while let Some(piece) = pieces.message().await.unwrap() {
            bytes.extend(piece.data);
        }
        files.push(bytes);
    }
    files
}

/// A metric of a node, by its name and labels.
async fn metric(address: Option<SocketAddr>, name: &'static str) -> u64 {
    let page = tokio::task::spawn_blocking(move || asked(address.unwrap(), "GET /metrics").1).await.unwrap();
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is not in\n{page}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_cable_takes_back_no_more_than_what_was_on_its_way() {
    let cable = Cable { cut_after: Some(90_000), ..Cable::default() };
    let scene = Scene::set(cable).await;
    let bytes = file(700_000, 1);
    let notice = send(&scene.dials, "TM-FAR", Urgency::Routine, std::slice::from_ref(&bytes)).await;
    until(&scene.listens, &notice, "it is whole", is_whole).await;
    assert_eq!(opened(&scene.listens, &notice).await, [bytes]);

    let (cuts, size) = (scene.cable.connections(), here(&scene.listens, &notice).await[0].size_bytes);
    let served = metric(scene.dials.metrics, "chapar_attachments_sent_bytes_total").await;
    let came = metric(scene.listens.metrics, "chapar_attachments_received_bytes_total").await;
    println!("{cuts} connections, {size} bytes, {served} served, {came} came");
    assert!(cuts > 7, "it was cut in the middle: {cuts} connections");
    assert_eq!(came, size, "what is here is not fetched again");
    let lost = (limits::FETCHES * limits::CHUNK_BYTES) as u64;
    assert!((size..=size + cuts * lost).contains(&served), "{served} bytes for {size}");
    assert_eq!(metric(scene.listens.metrics, "chapar_awaited_attachments{peer=\"UZ-ALT\"}").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_of_urgent_notices_come_first_and_notices_pass_them_all() {
    let mut scene = Scene::set(Cable { rate: Some(60_000), ..Cable::default() }).await;
    scene.listens.until("there is a session", |status| status.peers.iter().any(|peer| peer.connected)).await;
    let bulk = send(&scene.listens, "UZ-ALT", Urgency::Routine, &[file(2_000_000, 2)]).await;
    until(&scene.dials, &bulk, "it comes", |files| files.iter().any(|one| one.arrived_bytes > 0)).await;
    let urgent = send(&scene.listens, "UZ-ALT", Urgency::Immediate, &[file(30_000, 3)]).await;
    until(&scene.dials, &urgent, "the urgent one is whole", is_whole).await;
    let waits = here(&scene.dials, &bulk).await;
    assert!(!is_whole(&waits), "it waits");
    // Once the digest of the urgent one is checked.
    let left = |status: &wire::GetStatusResponse| {
        status.peers.iter().any(|peer| {
            let some_here = (1..peer.attachment_bytes).contains(&peer.attachment_bytes_here);
            (peer.attachments, peer.attachment_bytes, some_here) == (1, waits[0].size_bytes, true)
        })
    };
    scene.dials.until("the bulk is to come, and some of it is here", left).await;
    scene.cable.set(Cable::default());
    until(&scene.dials, &bulk, "it goes on", is_whole).await;
    assert_eq!(opened(&scene.dials, &bulk).await, [file(2_000_000, 2)]);
    assert_eq!(opened(&scene.dials, &urgent).await, [file(30_000, 3)]);
    let size = here(&scene.dials, &bulk).await[0].size_bytes + here(&scene.dials, &urgent).await[0].size_bytes;
    assert_eq!(metric(scene.dials.metrics, "chapar_attachments_received_bytes_total").await, size);
    for node in [&mut scene.dials, &mut scene.listens] {
        assert_eq!(node.verify().await.fault, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_officer_waits_for_comes_before_what_is_more_urgent() {
    let mut scene = Scene::set(Cable { rate: Some(60_000), ..Cable::default() }).await;
    scene.listens.until("there is a session", |status| status.peers.iter().any(|peer| peer.connected)).await;
    let urgent = send(&scene.listens, "UZ-ALT", Urgency::Immediate, &[file(2_000_000, 7)]).await;
    until(&scene.dials, &urgent, "it comes", |files| files.iter().any(|one| one.arrived_bytes > 0)).await;
    let other = send(&scene.listens, "UZ-ALT", Urgency::Routine, &[file(30_000, 8)]).await;
    until(&scene.dials, &other, "its notice is here", |files| !files.is_empty()).await;
    let digest = |files: &[wire::AttachmentHere]| hex::encode(&files[0].digest);
    let mut browser = Browser::of(scene.dials.console, "R01", PASSPHRASE).await;
    let place = format!("/n/{other}/a/{}/fetch", digest(&here(&scene.dials, &other).await));
    let opened = browser.send(&format!("/n/{other}/open"), &[]).await;
    opened.says("Fetch now").says("/fetch\"").says("data-asks");
    let asked = browser.send(&place, &[("open", "yes")]).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    asked.says("goes before all others").says("with files");
    until(&scene.dials, &other, "it is whole", is_whole).await;
    assert!(!is_whole(&here(&scene.dials, &urgent).await), "it waits");
    // What is here is asked for in vain, and nothing is wrong with that; what is nowhere is refused.
    assert_eq!(browser.send(&place, &[]).await.status, 303);
    let none = browser.send(&format!("/n/{other}/a/{}/fetch", "00".repeat(32)), &[]).await;
    assert_eq!(none.status, 422);

    let place = format!("/n/{urgent}/a/{}/fetch", digest(&here(&scene.dials, &urgent).await));
    let Scene { mut dials, listens, .. } = scene;
    listens.stop().await.unwrap();
    dials.until("there is no session", |status| status.peers.iter().all(|peer| !peer.connected)).await;
    let refused = browser.send(&place, &[("open", "yes")]).await;
    assert_eq!(refused.status, 422);
    refused.says("There is no link to TM-FAR").says("with files");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_quota_of_files_is_told() {
    let (_alt, a, mut far, f, _) = two(NOW).await;
    f.stop().await.unwrap();
    far.quota = Quota { attachment_bytes_per_day: limits::CHUNK_BYTES as u64, ..Quota::default() };
    let mut f = far.start(TestClock::at(NOW), true).await;
    let notice = send(&a, "TM-FAR", Urgency::Routine, &[file(200_000, 9)]).await;
    let told = |status: &wire::GetStatusResponse| {
        status.problems.iter().any(|one| one.peer == "UZ-ALT" && one.what.starts_with("The files of today from UZ-ALT"))
    };
    f.until("the quota is used up, and that is told", told).await;
    let digest = here(&f, &notice).await[0].digest.clone();
    let fetch = wire::FetchAttachmentRequest { notice, digest };
    let refused = f.desk.clone().fetch_attachment(fetch).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unavailable);
    assert!(refused.message().starts_with("The files of today from UZ-ALT are used up."), "{}", refused.message());
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

/// Names of the files in the folder of attachments.
fn files(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder.join("attachments")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_damaged_is_fetched_again_and_what_nothing_names_is_deleted() {
    let (alt, a, far, f, _countries) = two(NOW).await;
    let (one, two) = (file(200_000, 4), file(1, 5));
    // As a power cut may leave it: long enough, and zeros.
    let mut notice = a_notice(&["TM-FAR"], Urgency::Routine, "with files");
    for bytes in [&one, &two] {
        let attachment = bring(&a, bytes).await;
        let arriving = format!("attachments/{}.UZ-ALT", hex::encode(&attachment.digest));
        fs::write(far.folder.path().join(arriving), vec![0; if bytes.len() > 1 { 150_000 } else { 17 }]).unwrap();
        notice.body.as_mut().unwrap().attachments.push(attachment);
    }
    fs::write(far.folder.path().join("attachments").join("00".repeat(32)), "nothing names it").unwrap();
    let notice = hex::encode(a.send(notice).await.unwrap().digest);
    until(&f, &notice, "they are whole", is_whole).await;
    assert_eq!(opened(&f, &notice).await, [one, two]);

    let erase = wire::EraseNoticeRequest { notice, reason: wire::ErasureReason::Unlawful.into() };
    f.desk.clone().erase_notice(erase).await.unwrap();
    assert_eq!(Local::clone(&f).verify().await.fault, "");
    let gone = async {
        while !files(far.folder.path()).is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
    };
    assert!(timeout(Duration::from_mins(1), gone).await.is_ok(), "{:?}", files(far.folder.path()));
    assert_eq!(files(alt.folder.path()).len(), 2, "the sender was ordered nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_in_the_middle_goes_on_where_it_was() {
    let root = tempfile::tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let mut far = Binary::init(root.path(), "TM-FAR", Some(free_port()));
    introduce(root.path(), &mut [&mut alt, &mut far]);
    let bytes = file(30_000_000, 6);
    let notice =
        send(&Local::connect(&alt.socket()).await, "TM-FAR", Urgency::Routine, std::slice::from_ref(&bytes)).await;
    let mut before = 0;
    for share in [1, 3] {
        let node = Local::connect(&far.socket()).await;
        until(&node, &notice, "some of it is here", |files| {
            files.iter().any(|one| one.arrived_bytes >= one.size_bytes * share / 8)
        })
        .await;
        drop(node);
        far.kill();
        let folder = far.data.join("attachments");
        let arriving = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
        assert!(arriving > before, "it went on: {arriving} bytes after {before}");
        before = arriving;
        far.start();
        let node = Local::connect(&far.socket()).await;
        let left = here(&node, &notice).await[0].arrived_bytes;
        assert!(left >= before, "nothing was thrown away: {left} bytes after {before}");
    }
    let node = Local::connect(&far.socket()).await;
    until(&node, &notice, "it is whole", is_whole).await;
    assert_eq!(opened(&node, &notice).await, [bytes]);
    let verified = far.run(&["log", "verify"]).done().object();
    assert_eq!((&verified["attachments"], &verified["attachments_to_come"]), (&1.into(), &0.into()));
    // The file of the one who attached it is cut short.
    let path = fs::read_dir(alt.data.join("attachments")).unwrap().next().unwrap().unwrap().path();
    assert!(alt.stop().success() && far.stop().success());
    assert_eq!(alt.run(&["log", "verify", "--offline"]).done().object()["attachments"], 1);
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1_000).unwrap();
    let wrong = alt.run(&["log", "verify", "--offline"]);
    assert_eq!((wrong.code, wrong.objects()[0]["key"].as_str()), (Some(6), Some("fault-attachment-changed")));
    let digest = path.file_name().unwrap().to_string_lossy().into_owned();
    assert!(wrong.failure()["error"].as_str().unwrap().contains(&digest), "{wrong:#?}");
}
