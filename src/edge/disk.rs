//! Files and folders that are whole or not there. It knows nothing of what is in them.
//!
//! Invariants:
//! - a file is written beside, synced and renamed: a reader sees the old content or the new one;
//! - a folder is filled beside its place and renamed at the end; what was not finished is removed, by the next attempt
//!   if the process was killed.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::io;
use std::io::ErrorKind;
use std::io::Read;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::path::PathBuf;

/// Writes a file durably in place of the one that was there.
///
/// # Errors
/// If the disk fails; then the old file is as it was.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = beside(path, ".new")?;
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).mode(mode).open(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        // The file that could not be written is of no use; the first error counts.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    sync(holder(path))
}

/// All of a source, if it is not longer than `max` bytes.
///
/// # Errors
/// If it cannot be read; [`ErrorKind::FileTooLarge`] if it is longer.
pub fn read_at_most(source: impl Read, max: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    source.take(max as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > max {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("larger than {max} bytes")));
    }
    Ok(bytes)
}

/// A folder that is being filled beside the place where it will be.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    target: PathBuf,
    /// Held while it is being filled: tells a killed attempt from one that is at work.
    folder: File,
}

impl Unfinished {
    /// Begins a folder that will be at `target`, where nothing or an empty folder may be.
    ///
    /// # Errors
    /// [`ErrorKind::WouldBlock`] if another process is filling it; otherwise if the disk fails.
    pub fn begin(target: &Path, mode: u32) -> io::Result<Self> {
        let path = beside(target, ".unfinished")?;
        if path.exists() {
            File::open(&path)?.try_lock()?;
            fs::remove_dir_all(&path)?;
        }
        DirBuilder::new().mode(mode).create(&path)?;
        let folder = File::open(&path)?;
        folder.try_lock()?;
        Ok(Self { path, target: target.into(), folder })
    }

    /// Where to put the files.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the folder into its place, durably.
    ///
    /// # Errors
    /// If something is there by now, or the disk fails.
    pub fn finish(self) -> io::Result<()> {
        self.folder.sync_all()?;
        fs::rename(&self.path, &self.target)?;
        sync(holder(&self.target))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once it is in its place there is nothing left to remove; otherwise the next attempt tries again.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A hidden name in the same folder.
fn beside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the path ends with no name"))?;
    let hidden: OsString = [OsStr::new("."), name, OsStr::new(ending)].into_iter().collect();
    Ok(path.with_file_name(hidden))
}

fn holder(path: &Path) -> &Path {
    path.parent().filter(|holder| !holder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("file");
        fs::write(data.path().join(".file.new"), "left by a killed process").unwrap();
        for text in ["one", "two"] {
            replace(&path, text.as_bytes(), 0o600).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(names(data.path()), ["file"]);
        assert!(replace(&data.path().join("none/file"), b"x", 0o600).is_err());
        assert!(replace(Path::new(".."), b"x", 0o600).is_err());
    }

    #[test]
    fn reading_is_limited() {
        assert_eq!(read_at_most(&b"four"[..], 4).unwrap(), b"four");
        assert_eq!(read_at_most(&b"four"[..], 3).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_folder_is_finished_or_not_there() {
        let data = tempfile::tempdir().unwrap();
        let target = data.path().join("office");
        let begun = Unfinished::begin(&target, 0o700).unwrap();
        fs::write(begun.path().join("key"), "half").unwrap();
        drop(begun);
        assert!(names(data.path()).is_empty());

        fs::create_dir(&target).unwrap();
        let begun = Unfinished::begin(&target, 0o700).unwrap();
        fs::write(begun.path().join("key"), "whole").unwrap();
        assert_eq!(Unfinished::begin(&target, 0o700).unwrap_err().kind(), ErrorKind::WouldBlock);
        begun.finish().unwrap();
        assert_eq!(names(data.path()), ["office"]);
        assert_eq!(fs::read_to_string(target.join("key")).unwrap(), "whole");

        let late = Unfinished::begin(&target, 0o700).unwrap();
        assert!(late.finish().is_err(), "the place is taken");
        assert_eq!(fs::read_to_string(target.join("key")).unwrap(), "whole");
    }

    #[test]
    fn what_a_killed_process_left_is_removed() {
        let data = tempfile::tempdir().unwrap();
        let left = data.path().join(".office.unfinished");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("key"), "half").unwrap();
        let begun = Unfinished::begin(&data.path().join("office"), 0o700).unwrap();
        assert!(names(begun.path()).is_empty());
    }
}
