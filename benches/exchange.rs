//! Two offices in processes of their own on loopback: pipelined notices per second until the sender holds all signed
//! receipts, single sends, memory, and the disk's own fdatasync rate in the same run. Prints Markdown.
//!
//! `cargo bench --bench exchange` (`CHAPAR_NOTICES=1000` for a short run).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::large_futures,
    clippy::similar_names,
    reason = "a bench"
)]

use std::io::BufRead as _;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use chapar::edge::stubs::desk_service_client::DeskServiceClient;
use chapar::edge::stubs::inspect_service_client::InspectServiceClient;
use chapar::wire;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tonic::transport::Channel;
use tonic::transport::Endpoint;

/// Sends that wait for an answer at the same time.
const CALLERS: usize = 64;

struct Office {
    data: PathBuf,
    node: Child,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

fn chapar(folder: &Path, words: &str) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_chapar"))
        .current_dir(folder)
        .args(words.split_whitespace())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    assert!(done.status.success(), "chapar {words}");
    String::from_utf8(done.stdout).unwrap()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn start(folder: &Path, name: &str) -> Office {
    let mut node = Command::new(env!("CARGO_BIN_EXE_chapar"))
        .current_dir(folder)
        .args(["--data", name, "--json", "serve", "--trace", "warn"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufReader::new(node.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("exchange"), "{line}");
    Office { data: folder.join(name), node }
}

fn offices(folder: &Path) -> [Office; 2] {
    for (country, office, name) in [("UZ", "UZ-ALT", "alt"), ("TM", "TM-FAR", "far")] {
        let port = free_port();
        chapar(folder, &format!("country new --dir c{country} --country {country} --network bench.example"));
        chapar(
            folder,
            &format!(
                "init --data {name} --office {office} --network bench.example --listen 127.0.0.1:{port} --endpoint 127.0.0.1:{port} --storage-key file"
            ),
        );
        chapar(folder, &format!("country add --dir c{country} {name}/{office}.card --yes"));
        chapar(folder, &format!("country sign --dir c{country} --out {country}.roster"));
    }
    let offices = [start(folder, "alt"), start(folder, "far")];
    for country in ["UZ", "TM"] {
        let printed = chapar(folder, &format!("country sign --dir c{country} --out {country}.roster"));
        let fingerprint = printed.lines().find_map(|line| line.strip_prefix("fingerprint: ")).unwrap().to_owned();
        for name in ["alt", "far"] {
            chapar(folder, &format!("--data {name} peer trust {country} {fingerprint}"));
        }
    }
    for name in ["alt", "far"] {
        chapar(folder, &format!("--data {name} roster import UZ.roster TM.roster"));
    }
    offices
}

async fn channel(office: &Office) -> Channel {
    let path = office.data.join("run/chapar.sock");
    Endpoint::from_static("http://node")
        .connect_with_connector(tower::service_fn(move |_| {
            let path = path.clone();
            async move { UnixStream::connect(path).await.map(TokioIo::new) }
        }))
        .await
        .unwrap()
}

async fn until_delivered(inspect: &mut InspectServiceClient<Channel>) {
    loop {
        let status = inspect.get_status(wire::GetStatusRequest {}).await.unwrap().into_inner();
        if status.peers.iter().all(|peer| peer.waiting == 0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn a_notice() -> wire::SendNoticeRequest {
    let text = |text: String| Some(wire::Text { text, language: "en".to_owned() });
    wire::SendNoticeRequest {
        header: Some(wire::NoticeHeader {
            to: vec![wire::Party { office: "TM-FAR".to_owned(), agency: 0 }],
            kind: wire::NoticeKind::Feedback.into(),
            urgency: wire::Urgency::Routine.into(),
            traffic: wire::Traffic::Test.into(),
            expires_ms: 4_000_000_000_000,
            tlp: wire::Tlp::Amber.into(),
            handling: vec![wire::Handling::H0.into()],
            permitted_action: wire::PermittedAction::InformOnly.into(),
            purpose: wire::Purpose::DrugTrafficking.into(),
            legal_basis: Some(wire::LegalBasis {
                kind: wire::LegalBasisKind::Agreement.into(),
                reference: "B/1".to_owned(),
            }),
            schema_version: 1,
            ..wire::NoticeHeader::default()
        }),
        body: Some(wire::NoticeBody {
            subject: text("A notice of the bench".to_owned()),
            narrative: text("x".repeat(900)),
            feedback: Some(wire::Feedback {
                outcome: wire::FeedbackOutcome::NotSeen.into(),
                ..wire::Feedback::default()
            }),
            ..wire::NoticeBody::default()
        }),
    }
}

/// fdatasync of an appended 4 KiB block, per second, over a second.
fn raw_syncs(folder: &Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("raw")).unwrap();
    let (begun, mut count) = (Instant::now(), 0_u32);
    while begun.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / begun.elapsed().as_secs_f64()
}

fn resident_mib(office: &Office) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", office.node.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

fn disk_bytes(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("store/db")).unwrap().len()
}

fn percentile(sorted: &[Duration], per_cent: usize) -> f64 {
    sorted[(sorted.len() - 1) * per_cent / 100].as_secs_f64() * 1000.0
}

#[tokio::main]
async fn main() {
    let notices: usize = std::env::var("CHAPAR_NOTICES").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let folder = tempfile::Builder::new().prefix("bench").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let offices = offices(folder.path());
    let channel = channel(&offices[0]).await;
    let (desk, mut inspect) = (DeskServiceClient::new(channel.clone()), InspectServiceClient::new(channel));
    // The link is up once the first is delivered.
    desk.clone().send_notice(a_notice()).await.unwrap();
    until_delivered(&mut inspect).await;
    let idle: Vec<f64> = offices.iter().map(resident_mib).collect();

    let mut singles = vec![];
    for _ in 0..500 {
        let begun = Instant::now();
        desk.clone().send_notice(a_notice()).await.unwrap();
        singles.push(begun.elapsed());
    }
    until_delivered(&mut inspect).await;
    singles.sort();
    let syncs_before = raw_syncs(folder.path());

    let disk_before = disk_bytes(&offices[0].data) + disk_bytes(&offices[1].data);
    let begun = Instant::now();
    let callers = (0..CALLERS).map(|caller| {
        let mut desk = desk.clone();
        let mine = notices / CALLERS + usize::from(caller < notices % CALLERS);
        tokio::spawn(async move {
            for _ in 0..mine {
                desk.send_notice(a_notice()).await.unwrap();
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let sent = begun.elapsed();
    until_delivered(&mut inspect).await;
    let receipted = begun.elapsed();
    let syncs = f64::midpoint(syncs_before, raw_syncs(folder.path()));
    let disk = disk_bytes(&offices[0].data) + disk_bytes(&offices[1].data) - disk_before;

    #[expect(clippy::cast_precision_loss, reason = "a figure to read")]
    let (count, disk) = (notices as f64, disk as f64);
    let rate = count / receipted.as_secs_f64();
    println!("| figure | value |\n|---|---:|");
    println!("| pipelined, until all receipts are held | {rate:.0} notices/s ({notices} of 1 kB) |");
    println!("| the same, until all sends are answered | {:.0} notices/s |", count / sent.as_secs_f64());
    println!("| raw fdatasync of 4 KiB, before and after | {syncs:.0}/s |");
    println!("| notices per raw fdatasync | {:.2} |", rate / syncs);
    println!("| single send p50, p99 | {:.2} ms, {:.2} ms |", percentile(&singles, 50), percentile(&singles, 99));
    println!("| single send p50 in raw fdatasyncs | {:.1} |", percentile(&singles, 50) / 1000.0 * syncs);
    println!("| resident, idle | {:.1} + {:.1} MiB |", idle[0], idle[1]);
    println!("| resident, after the run | {:.1} + {:.1} MiB |", resident_mib(&offices[0]), resident_mib(&offices[1]));
    println!("| on disk, both offices | {:.1} KiB a notice |", disk / count / 1024.0);
}
