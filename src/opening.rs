//! Opens a data folder for a node: keys, store, the head noted beside it, socket. It starts nothing.
//!
//! A store that is missing, empty, damaged, of another key, or older than the head noted beside it is a named error
//! with the way out; `serve` never makes one.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::edge::blobs::Blobs;
use crate::edge::blobs::Check;
use crate::edge::blobs::Checked;
use crate::edge::keystore::Source;
use crate::edge::note;
use crate::edge::note::Note;
use crate::edge::note::NoteError;
use crate::edge::set_up::SetUp;
use crate::edge::sled::SledStore;
use crate::edge::socket;
use crate::edge::telemetry::Telemetry;
use crate::edge::tls::SiteCertificate;
use crate::edge::tls::SiteCertificateError;
use crate::engine::log;
use crate::engine::log::Head;
use crate::engine::rows::RowError;
use crate::engine::store::Store;
use crate::engine::store::StoreError;
use crate::engine::store::View;
use crate::i18n::Language;
use crate::layout::Layout;
use crate::limits;
use crate::name::Digest;
use crate::node::Parts;
use crate::node::system_clock;
use crate::office::verify::Fault;
use crate::office::verify::Owner;
use crate::office::verify::Verifier;
use crate::unlock::UnlockError;
use crate::unlock::Unlocked;
use crate::unlock::unlock;

/// Why a data folder does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// Settings or keys.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row of it.
    #[error(transparent)]
    Row(#[from] RowError),
    /// It holds no log.
    #[error("the store holds no log")]
    Empty,
    /// It is older than the head noted beside it, or another one.
    #[error("the store is not the one whose head is noted beside it: it has {size} entries, the note says {noted}")]
    Older {
        /// Entries in the store.
        size: u64,
        /// Entries in the note.
        noted: u64,
    },
    /// The note was missing, and the store was found wrong.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// The note cannot be written.
    #[error("the head cannot be noted beside the store: {0}")]
    Note(#[from] NoteError),
    /// The certificate of the console cannot be used.
    #[error(transparent)]
    Certificate(#[from] SiteCertificateError),
    /// The socket cannot be bound.
    #[error("the socket cannot be bound: {0}")]
    Socket(std::io::Error),
}

/// Compares a store with the head noted beside it: the note may be older, by a power cut, but must be of this log.
///
/// # Errors
/// If the store is older or another one.
pub fn compare(view: &dyn View, noted: &note::Head) -> Result<Head, OpeningError> {
    let head = Head::read(view)?.ok_or(OpeningError::Empty)?;
    let older = OpeningError::Older { size: head.size, noted: noted.size };
    if noted.size > head.size || Digest(log::root_at(view, noted.size)?) != noted.root {
        return Err(older);
    }
    Ok(head)
}

/// Whose log a data folder holds.
#[must_use]
pub fn owner(unlocked: &Unlocked) -> Owner {
    Owner {
        network: unlocked.identity.network.clone(),
        office: unlocked.identity.office,
        key: unlocked.identity.signing.public(),
        vault: Some(unlocked.identity.vault.clone()),
    }
}

/// A data folder that verifies.
#[derive(Clone, Copy, Debug)]
pub struct Sound {
    /// The head of its log.
    pub head: Head,
    /// Whether there was a note to compare it with: without one nobody can tell whether the store is the newest.
    pub is_noted: bool,
    /// The files of attachments.
    pub files: Checked,
}

/// What is being verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The log; entries are counted.
    Entries,
    /// The files of attachments; bytes are counted.
    Files,
}

/// Verifies the store of a stopped node, on a copy, compares it with the head noted beside it, and looks at the files of
/// attachments. `progress` is told how much of how much is checked.
///
/// # Errors
/// The first fault; or what keeps the folder from being read.
pub fn verify_offline(
    layout: &Layout,
    source: Source<'_>,
    mut progress: impl FnMut(Part, u64, u64),
) -> Result<Sound, OpeningError> {
    let unlocked = unlock(layout, source)?;
    let copy = Copy::beside(layout);
    let store = SledStore::open_copy(&layout.store(), &copy.0)?;
    let (head, is_noted) = match note::read(&layout.head()) {
        Ok(Some(noted)) => (compare(&store, &noted)?, true),
        Ok(None) | Err(NoteError::Unreadable) => (Head::read(&store)?.ok_or(OpeningError::Empty)?, false),
        Err(error) => return Err(error.into()),
    };
    let mut verifier = Verifier::new(owner(&unlocked));
    while !verifier.step(&store, head.size, VERIFY_STEP)? {
        progress(Part::Entries, verifier.checked(), head.size);
    }
    progress(Part::Entries, verifier.checked(), head.size);
    let head = verifier.finish(&store)?;
    let (blobs, mut check) = (Blobs::at(layout.attachments()), Check::new(&store)?);
    while !check.step(&store, &blobs)? {
        progress(Part::Files, check.checked().bytes, check.checked().of_bytes);
    }
    Ok(Sound { head, is_noted, files: check.checked() })
}

/// Entries verified between two words of progress.
const VERIFY_STEP: u64 = 256;

/// The folder of a copy; removed when dropped.
struct Copy(PathBuf);

impl Copy {
    fn beside(layout: &Layout) -> Self {
        remove_abandoned(layout.data());
        Self(layout.data().join(format!("verify-{}", std::process::id())))
    }
}

/// Removes the copies of verifications that were killed.
fn remove_abandoned(data: &Path) {
    for entry in std::fs::read_dir(data).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("verify-")?.parse::<u32>().ok());
        if process.is_some_and(|id| !Path::new("/proc").join(id.to_string()).exists()) {
            // If it cannot be removed, it only takes space.
            let _removed = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // It may never have been made.
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}

/// Opens everything that a node needs.
///
/// # Errors
/// If something is missing, wrong, or in use by another process.
pub fn open(layout: &Layout, source: Source<'_>) -> Result<Parts, OpeningError> {
    let unlocked = unlock(layout, source)?;
    let files = unlocked.config.console_files(layout.data());
    let certificate = files.map(|[certificate, key]| SiteCertificate::load(&certificate, &key)).transpose()?;
    let telemetry = Arc::new(Telemetry::default());
    let store = SledStore::open(&layout.store())?.measured(Arc::clone(&telemetry));
    let note = match note::read(&layout.head()) {
        Ok(Some(noted)) => {
            compare(&store, &noted)?;
            Note::open(&layout.head())?
        }
        missing @ (Ok(None) | Err(NoteError::Unreadable)) => {
            // Without the note only the store itself can tell: all of it.
            tracing::warn!("the head noted beside the store is missing or unreadable: the whole log is verified");
            let head = Verifier::new(owner(&unlocked)).finish(&store)?;
            if missing.is_err() {
                std::fs::remove_file(layout.head()).map_err(NoteError::from)?;
            }
            Note::create(&layout.head(), note::Head { size: head.size, root: Digest(head.root) })?
        }
        Err(error) => return Err(error.into()),
    };
    let socket = socket::bind(&layout.socket(), unlocked.config.socket.group.as_deref());
    Ok(Parts {
        listen: unlocked.config.listen,
        connections_per_address: unlocked.config.connections_per_address.unwrap_or(limits::CONNECTIONS_PER_ADDRESS),
        quota: unlocked.config.quota,
        metrics: unlocked.config.metrics,
        console: unlocked.config.console,
        certificate,
        languages: Language::all(),
        set_up: SetUp::at(layout.set_up(), layout.card(unlocked.config.office)),
        telemetry,
        identity: unlocked.identity,
        tls: unlocked.tls,
        custody: unlocked.custody.to_string(),
        store: Arc::new(store) as Arc<dyn Store>,
        note,
        socket: socket.map_err(OpeningError::Socket)?,
        attachments: layout.attachments(),
        disk: layout.data().to_owned(),
        clock: system_clock(),
    })
}
