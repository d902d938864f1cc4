//! A small library in C between a process and its disk: it records what is written, or lets calls fail. Rust without
//! `unsafe` cannot stand there.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

/// The shim, compiled once for all tests of a run. `gcc` is there: the crypto library needs it too.
static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/shim.c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shim-{}.so", std::process::id()));
    let mut gcc = Command::new("gcc");
    gcc.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&library).args([source, "-ldl"]);
    let output = gcc.output().expect("gcc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    library
});

/// A call of a process on one of its files.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    Read,
    Sync,
    Write,
}

/// With a recording: the call of `sync_data` in which the process dies.
pub(crate) const DIES: &str = "CHAPAR_SHIM_DIES";

/// Environment with which all changes of the files in `folder` are recorded to the file `record`, which is there.
pub(crate) fn recording(folder: &Path, record: &Path) -> Vec<(&'static str, PathBuf)> {
    vec![
        ("LD_PRELOAD", LIBRARY.clone()),
        ("CHAPAR_SHIM_FOLDER", folder.canonicalize().unwrap()),
        ("CHAPAR_SHIM_RECORD", record.to_owned()),
    ]
}

/// Environment with which the process is killed at a call that changes or syncs a file in `folder`, counted from when the
/// file `trigger` is there.
pub(crate) fn killing(folder: &Path, call: u32, trigger: &Path) -> Vec<(&'static str, PathBuf)> {
    vec![
        ("LD_PRELOAD", LIBRARY.clone()),
        ("CHAPAR_SHIM_KILLS", call.to_string().into()),
        ("CHAPAR_SHIM_KILLS_IN", folder.canonicalize().unwrap()),
        ("CHAPAR_SHIM_TRIGGER", trigger.to_owned()),
    ]
}

/// Environment with which calls on a file fail with the number `error` of the system, while the file `trigger` exists.
pub(crate) fn failing(call: Call, file: &Path, error: i32, trigger: &Path) -> Vec<(&'static str, PathBuf)> {
    let call = match call {
        Call::Read => "read",
        Call::Sync => "sync",
        Call::Write => "write",
    };
    vec![
        ("LD_PRELOAD", LIBRARY.clone()),
        ("CHAPAR_SHIM_CALL", call.into()),
        ("CHAPAR_SHIM_ERRNO", error.to_string().into()),
        ("CHAPAR_SHIM_FILE", file.canonicalize().unwrap()),
        ("CHAPAR_SHIM_TRIGGER", trigger.to_owned()),
    ]
}
