//! `doctor`: what it finds in a folder that is well, and in one that is not.

use std::fs;
use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::binary::Binary;
use crate::binary::Output;
use crate::binary::free_port;

/// The findings of one check that have this result.
fn found(output: &Output, check: &str, result: &str) -> Vec<Value> {
    let objects = output.objects();
    objects.into_iter().filter(|finding| finding["check"] == check && finding["result"] == result).collect()
}

/// It fails by this check, and by no other, and says what to do.
#[track_caller]
fn fails(office: &Binary, check: &str, said: &str) {
    let output = office.run(&["doctor"]);
    assert_eq!(output.code, Some(1), "{output:#?}");
    let failed = found(&output, check, "failed");
    assert!(failed.iter().any(|one| one["what"].as_str().unwrap().contains(said)), "{said:?} is not in {failed:?}");
    assert!(failed.iter().all(|one| !one["do"].as_str().unwrap().is_empty()));
    let all = output.objects().iter().filter(|finding| finding["result"] == "failed").count();
    assert_eq!(all, failed.len(), "{output:#?}");
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_that_is_well_is_called_so_beside_a_node_and_without_one() {
    let root = tempfile::tempdir().unwrap();
    let mut office = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let stopped = office.run(&["doctor"]).done();
    assert_eq!(found(&stopped, "port", "ok").len(), 1, "{stopped:#?}");
    // Custody `file` is for tests: the one warning that must be there.
    assert!(found(&stopped, "custody", "warning")[0]["what"].as_str().unwrap().contains("WARNING"));
    office.start();
    let running = office.run(&["doctor"]).done();
    assert!(found(&running, "node", "ok")[0]["what"].as_str().unwrap().contains("process"), "{running:#?}");
    assert!(found(&running, "port", "ok")[0]["what"].as_str().unwrap().contains("the node has"), "{running:#?}");
    let left: Vec<_> = fs::read_dir(&office.data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("doctor")), "{left:?}");
}

#[test]
fn what_is_wrong_with_a_folder_is_found() {
    let root = tempfile::tempdir().unwrap();
    let port = free_port();
    let office = Binary::init(root.path(), "UZ-ALT", Some(port));
    let path = |name: &str| office.data.join(name);

    mode(&path("store"), 0o755);
    fails(&office, "access", "store");
    mode(&path("config.toml"), 0o644);
    fails(&office, "access", "config.toml");
    assert_eq!(found(&office.run(&["doctor"]), "access", "failed").len(), 2, "all are said");
    mode(&path("config.toml"), 0o600);
    mode(&path("store"), 0o700);
    mode(&path("keys/office.key"), 0o644);
    fails(&office, "keys", "chmod 600");
    mode(&path("keys/office.key"), 0o600);

    fs::rename(path("keys/vault.key"), path("vault")).unwrap();
    fails(&office, "keys", "vault.key");
    fs::rename(path("vault"), path("keys/vault.key")).unwrap();

    let config = fs::read_to_string(path("config.toml")).unwrap();
    fs::write(path("config.toml"), config.replace("listen", "lisen")).unwrap();
    fails(&office, "config", "unknown field");
    fs::write(path("config.toml"), config).unwrap();

    fs::create_dir_all(path("store/blobs")).unwrap();
    fs::write(path("store/blobs/1"), "x").unwrap();
    fails(&office, "store", "blobs");
    fs::remove_file(path("store/blobs/1")).unwrap();
    fs::rename(path("store/conf"), path("conf")).unwrap();
    fails(&office, "store", "store");
    fs::rename(path("conf"), path("store/conf")).unwrap();

    let other = TcpListener::bind(port).unwrap();
    fails(&office, "port", "cannot be had");
    drop(other);

    let future =
        fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000));
    fs::File::options().write(true).open(path("head")).unwrap().set_times(future).unwrap();
    fails(&office, "clock", "before the last commit");
    fs::remove_file(path("head")).unwrap();
    fs::create_dir(path("verify-1")).unwrap();
    let warned = office.run(&["doctor"]).done();
    assert_eq!([found(&warned, "head", "warning").len(), found(&warned, "left over", "warning").len()], [1, 1]);

    let nothing = crate::binary::chapar(&["--data", &root.path().join("none").display().to_string(), "doctor"]);
    assert_eq!(nothing.code, Some(1));
}
