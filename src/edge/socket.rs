//! The node's Unix socket: where the node listens and the command line connects. Who the caller is, the api asks.
//!
//! Invariants:
//! - the socket lies in a folder of its own, which only owner and group may enter;
//! - a socket on which a process answers is never removed;
//! - both calls are made within a tokio runtime;
//! - a path of any length works: the system's limit is passed by way of an open folder.

use std::ffi::OsStr;
use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::fs::Permissions;
use std::io;
use std::io::ErrorKind;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::fs::chown;
use std::path::Path;
use std::path::PathBuf;

use tokio::net::UnixListener;
use tokio::net::UnixStream;

/// Longest path of a socket (`sun_path`, without the zero at its end).
const PATH_BYTES: usize = 107;
const FOLDER_MODE: u32 = 0o750;
const SOCKET_MODE: u32 = 0o660;

/// Listens at a path, whose folder is made if it is not there; members of the group may connect.
///
/// # Errors
/// [`ErrorKind::AddrInUse`] if a process answers there; [`ErrorKind::NotFound`] if there is no such group.
pub fn bind(path: &Path, group: Option<&str>) -> io::Result<UnixListener> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE))?,
    }
    match connect(path) {
        Ok(_) => return Err(io::Error::new(ErrorKind::AddrInUse, "a node answers there already")),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = reach(path, |path| UnixListener::bind(path))?;
    if let Some(group) = group {
        let id = group_id(group)?;
        chown(folder, None, Some(id))?;
        chown(path, None, Some(id))?;
    }
    // Nobody but owner and group could enter the folder until now.
    fs::set_permissions(path, Permissions::from_mode(SOCKET_MODE))?;
    Ok(listener)
}

/// Connects to the node that listens at a path.
///
/// # Errors
/// [`ErrorKind::NotFound`] or [`ErrorKind::ConnectionRefused`] if none does.
pub fn connect(path: &Path) -> io::Result<UnixStream> {
    let stream = reach(path, |path| std::os::unix::net::UnixStream::connect(path))?;
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

/// Gives `use_it` a path that is short enough for a socket.
fn reach<T>(path: &Path, use_it: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    if path.as_os_str().len() <= PATH_BYTES {
        return use_it(path);
    }
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let folder = File::open(path.parent().ok_or(ErrorKind::InvalidInput)?)?;
    let short: PathBuf = ["/proc/self/fd", &folder.as_raw_fd().to_string()].iter().collect();
    use_it(&short.join(name))
}

/// The number of a group, from the system's own list or as written.
fn group_id(group: &str) -> io::Result<u32> {
    if let Ok(id) = group.parse() {
        return Ok(id);
    }
    let groups = fs::read("/etc/group")?;
    let found = groups.split(|byte| *byte == b'\n').find_map(|line| {
        let mut fields = line.split(|byte| *byte == b':').map(OsStr::from_bytes);
        (fields.next()? == group).then(|| fields.nth(1)?.to_str()?.parse().ok())?
    });
    found
        .ok_or_else(|| io::Error::new(ErrorKind::NotFound, format!("there is no Unix group {group:?} on this machine")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;
    use tokio::io::AsyncWriteExt as _;

    async fn passes(path: &Path) {
        let listener = bind(path, None).unwrap();
        let mut here = connect(path).unwrap();
        let (mut there, _) = listener.accept().await.unwrap();
        here.write_all(b"x").await.unwrap();
        assert_eq!(there.read_u8().await.unwrap(), b'x');
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(path), mode(path.parent().unwrap())), (SOCKET_MODE, FOLDER_MODE));
        assert_eq!(bind(path, None).unwrap_err().kind(), ErrorKind::AddrInUse);
        drop(listener);
        assert_eq!(connect(path).unwrap_err().kind(), ErrorKind::ConnectionRefused);
        bind(path, None).unwrap();
    }

    #[tokio::test]
    async fn officers_connect_and_a_stale_socket_is_removed() {
        let data = tempfile::tempdir().unwrap();
        passes(&data.path().join("run").join("chapar.sock")).await;
    }

    #[tokio::test]
    async fn a_long_path_works() {
        let data = tempfile::tempdir().unwrap();
        let deep = data.path().join("a".repeat(90)).join("b".repeat(90));
        fs::create_dir_all(&deep).unwrap();
        passes(&deep.join("run").join("chapar.sock")).await;
    }

    #[tokio::test]
    async fn nobody_listens() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("run").join("chapar.sock");
        assert_eq!(connect(&path).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn groups_are_found() {
        assert_eq!(group_id("12").unwrap(), 12);
        assert_eq!(group_id("root").unwrap(), 0);
        assert!(group_id("no such group").unwrap_err().to_string().contains("no such group"));
    }
}
