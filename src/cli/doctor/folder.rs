//! The data folder: who can get at what, keys and their custody, the files of the store.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;

use crate::cli::doctor::Finding;
use crate::cli::doctor::Node;
use crate::cli::doctor::Patient;
use crate::edge::keystore;
use crate::edge::keystore::Custody;
use crate::edge::keystore::VAULT_KEY;
use crate::edge::note;
use crate::i18n::ENGLISH;
use crate::layout::Layout;
use crate::unlock;

/// Names of the files of keys, without their ends.
const KEYS: [&str; 5] = [unlock::OFFICE_KEY, unlock::SEAL_KEY, VAULT_KEY, unlock::TLS_KEY, unlock::MADE];

pub(super) fn look(patient: &Patient) -> Vec<Finding> {
    let layout = &patient.layout;
    let mut found = permissions(patient);
    found.extend(keys(layout));
    found.push(head(layout));
    found.extend(store(patient));
    found.push(left_over(layout));
    found
}

/// Each path has at most the permissions that it was made with, and belongs to whoever looks; what fails comes first.
fn permissions(patient: &Patient) -> Vec<Finding> {
    let layout = &patient.layout;
    let run = layout.socket().parent().map(Path::to_owned);
    let paths = [
        (Some(layout.data().to_owned()), Layout::MODE),
        (Some(layout.config()), 0o600),
        (Some(layout.head()), 0o600),
        (Some(layout.store()), 0o700),
        (run, 0o750),
        (Some(layout.socket()), 0o660),
    ];
    let owner = rustix::process::geteuid().as_raw();
    let as_user = "Run doctor as the user who runs the node.";
    let (mut failed, mut warned) = (vec![], vec![]);
    for (path, mode) in paths.into_iter().filter_map(|(path, mode)| Some((path?, mode))) {
        let there = match fs::metadata(&path) {
            Ok(there) => there,
            // What a node makes at its start, or another check misses.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                failed.push(Finding::failed("access", format!("{}: {error}", path.display()), as_user));
                continue;
            }
        };
        if there.permissions().mode() & 0o777 & !mode != 0 {
            let what = format!("others can get at {} more than they should", path.display());
            failed.push(Finding::failed("access", what, format!("chmod {mode:o} {}", path.display())));
        }
        if there.uid() != owner {
            let what = format!("{} belongs to user {}, not to user {owner}", path.display(), there.uid());
            warned.push(Finding::warning("access", what, as_user));
        }
    }
    failed.append(&mut warned);
    if failed.is_empty() {
        failed.push(Finding::ok("access", "folders and files are for their owner, the socket for its group"));
    }
    failed
}

fn keys(layout: &Layout) -> Vec<Finding> {
    let missing = KEYS.map(|name| layout.keys().join(format!("{name}.key"))).into_iter().chain([layout.certificate()]);
    let missing: Vec<String> = missing.filter(|path| !path.exists()).map(|path| path.display().to_string()).collect();
    if !missing.is_empty() {
        let what = format!("missing: {}", missing.join(", "));
        return vec![Finding::failed("keys", what, "Put the folder keys back from the backup: keys never change.")];
    }
    let custody = match keystore::inspect(&layout.keys()) {
        Ok(custody) => custody,
        Err(error) => {
            let remedy = "Correct it, and ask who could have read or changed the keys.";
            return vec![Finding::failed("keys", error.to_string(), remedy)];
        }
    };
    let kept = match custody {
        Custody::Credential => Finding::ok("custody", "the service manager hands the storage key over"),
        Custody::Prompt => Finding::ok("custody", "a person types the passphrase of the storage key at every start"),
        Custody::File => Finding::warning("custody", keystore::BESIDE_THE_KEYS, keystore::NOT_BESIDE_THE_KEYS),
    };
    vec![Finding::ok("keys", "all are there, and for their owner only"), kept]
}

fn head(layout: &Layout) -> Finding {
    match note::read(&layout.head()) {
        Ok(Some(noted)) => Finding::ok("head", format!("noted beside the store, of size {}", noted.size)),
        Ok(None) | Err(note::NoteError::Unreadable) => Finding::warning(
            "head",
            "the head of the log is not noted beside the store, or damaged",
            "The next start verifies the whole log and notes it again: see its trace.",
        ),
        Err(error) => Finding::failed("head", error.to_string(), "Look at the disk, and who may read the folder."),
    }
}

/// What sled has in its folder; it is never opened here, since opening writes.
fn store(patient: &Patient) -> Vec<Finding> {
    let path = patient.layout.store();
    let size = |name: &str| fs::metadata(path.join(name)).map(|there| there.len());
    let bytes = match (size("db"), size("conf")) {
        (Ok(bytes), Ok(_)) => bytes,
        (Err(error), _) | (_, Err(error)) => {
            let remedy =
                "The wrong disk or folder? serve never makes a store. Bring back the newest copy of the folder.";
            return vec![Finding::failed("store", format!("{}: {error}", path.display()), remedy)];
        }
    };
    let mut found = vec![Finding::ok("store", format!("{} in use", ENGLISH.size(bytes)))];
    let names = names(&path);
    if !self::names(&path.join("blobs")).is_empty() {
        found.push(Finding::failed(
            "store",
            "store/blobs holds files: they may not survive a power cut",
            "Stop the node, copy the whole data folder, and report it. Then: chapar log verify --offline",
        ));
    }
    if patient.node == Node::Stopped && names.iter().any(|name| name.ends_with(".generating")) {
        let what = "a snapshot was left unfinished, as by a power cut";
        found.push(Finding::ok("store", format!("{what}; the next start removes it")));
    }
    if names.iter().any(|name| name == "aside") {
        found.push(Finding::warning(
            "store",
            "damaged snapshots were set aside in store/aside: the disk or the machine may be failing",
            "Look at the disk. Then: chapar log verify, and if that is well remove store/aside.",
        ));
    }
    found
}

/// Copies that a killed `log verify --offline` has left.
fn left_over(layout: &Layout) -> Finding {
    let left = names(layout.data()).into_iter().find(|name| name.starts_with("verify-"));
    match left {
        Some(name) => Finding::warning(
            "left over",
            format!("{name} is the copy of a log verify --offline that runs, or was killed"),
            format!("If none runs: rm -r {}", layout.data().join(&name).display()),
        ),
        None => Finding::ok("left over", "nothing"),
    }
}

/// The names in a folder; none if it cannot be read.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
}
