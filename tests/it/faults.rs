//! The disk of a node of the real binary fails: the node stops, or does not start, and says why; when the disk works
//! again it starts with everything that it has answered.

use std::collections::BTreeSet;
use std::fs;
use std::fs::File;
use std::path::PathBuf;

use chapar::wire;
use chapar::wire::Folder;
use chapar::wire::Urgency;
use rustix::io::Errno;
use serde_json::Value;
use serde_json::json;

use crate::binary::Binary;
use crate::binary::Output;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::local::Local;
use crate::support::shim;
use crate::support::shim::Call;
use crate::world::a_notice;

/// What is said of a disk that does not work, and the way out when the node does not start.
const IO: &str = "The store failed: Input/output error (os error 5).";
const LOOK: &str = "Look at the data folder, its disk and who may read it.";

/// Sends after which the disk fails.
const SENDS: usize = 20;

/// An office whose disk fails, and its peer, whose disk works.
struct Scene {
    office: Binary,
    peer: Binary,
    /// The disk fails while this file is there.
    trigger: PathBuf,
    /// Digests of the notices whose sending was answered.
    answered: BTreeSet<Vec<u8>>,
    _root: tempfile::TempDir,
}

impl Scene {
    /// Both run, and know each other; calls of this kind on the office's store can be made to fail.
    fn set(call: Call, error: Errno) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut office = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
        let mut peer = Binary::init(root.path(), "TM-FAR", Some(free_port()));
        let trigger = root.path().join("the disk fails");
        let store = office.data.join("store").join("db");
        office.environment = shim::failing(call, &store, error.raw_os_error(), &trigger);
        introduce(root.path(), &mut [&mut office, &mut peer]);
        Self { office, peer, trigger, answered: BTreeSet::new(), _root: root }
    }

    fn break_disk(&self) {
        File::create(&self.trigger).unwrap();
    }

    fn mend_disk(&self) {
        fs::remove_file(&self.trigger).unwrap();
    }

    /// Sends until so many are answered, or one is not.
    async fn send(&mut self, count: usize) {
        let Some(local) = Local::try_connect(&self.office.socket()).await else { return };
        for number in 0..count {
            let notice = a_notice(&["TM-FAR"], Urgency::Routine, &format!("number {number}"));
            let Ok(answer) = local.send(notice).await else { return };
            self.answered.insert(answer.digest);
        }
    }

    /// It starts, and everything that was answered is there, is delivered, and is proven by both logs.
    async fn is_whole(&mut self) {
        self.office.start();
        let mut local = Local::connect(&self.office.socket()).await;
        local.all_delivered().await;
        let outbox = local.list(Folder::Outbox).await;
        let sent: BTreeSet<Vec<u8>> = outbox.iter().map(|row| row.digest.clone()).collect();
        assert_eq!(sent.len(), outbox.len(), "nothing is twice in the outbox");
        assert!(sent.is_superset(&self.answered), "what was answered is there");
        assert!(outbox.iter().all(|row| row.deliveries[0].outcome() == wire::Outcome::Delivered));
        for office in [&mut self.office, &mut self.peer] {
            let word = office.run(&["log", "verify"]).done().object();
            assert_eq!(word["ok"], json!(true), "{word}");
            assert!(office.stop().success(), "{}", office.trace());
        }
    }
}

/// What a node says at its end, and its exit code.
#[track_caller]
fn said(output: &Output) -> (Option<i32>, Value, Value) {
    let failure = output.failure();
    assert!(!output.stderr.contains("panicked"), "{output:#?}");
    (output.code, failure["error"].clone(), failure["do"].clone())
}

/// The disk fails while the node runs, and still when it is started again; then it is mended.
async fn fails_and_is_mended(call: Call, error: Errno, what: &str, way_out: &str) {
    let mut scene = Scene::set(call, error);
    scene.send(SENDS).await;
    assert_eq!(scene.answered.len(), SENDS);
    scene.break_disk();
    scene.send(SENDS).await;
    assert_eq!(scene.answered.len(), SENDS, "nothing is answered that is not durable");
    assert_eq!(said(&scene.office.ended_by_itself()), (Some(1), json!(what), json!(way_out)));
    assert_eq!(said(&scene.office.refused()), (Some(1), json!(what), json!(way_out)));
    scene.mend_disk();
    scene.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_does_not_sync() {
    fails_and_is_mended(Call::Sync, Errno::IO, IO, LOOK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_is_full() {
    let way_out = "Make space on it and start the node again; nothing is lost.";
    fails_and_is_mended(Call::Write, Errno::NOSPC, "The disk is full.", way_out).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_does_not_read() {
    let mut scene = Scene::set(Call::Read, Errno::IO);
    scene.send(SENDS).await;
    assert!(scene.office.stop().success());
    scene.break_disk();
    assert_eq!(said(&scene.office.refused()), (Some(1), json!(IO), json!(LOOK)));
    // What it has not read yet when it starts, it reads when somebody asks for it.
    scene.mend_disk();
    scene.office.start();
    scene.break_disk();
    let asked = scene.office.run(&["outbox"]);
    assert_ne!(asked.code, Some(0), "{asked:#?}");
    assert_eq!(said(&scene.office.ended_by_itself()), (Some(1), json!(IO), json!(LOOK)));
    scene.mend_disk();
    scene.is_whole().await;
}
