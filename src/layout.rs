//! Where the files of an office lie in its data folder.

use std::path::Path;
use std::path::PathBuf;

use crate::name::OfficeCode;

/// A data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout(PathBuf);

impl Layout {
    /// Permissions of a data folder: officers of the group pass through it to the socket, nobody else lists it.
    pub const MODE: u32 = 0o711;

    /// The data folder at this path.
    #[must_use]
    pub const fn new(data: PathBuf) -> Self {
        Self(data)
    }

    /// The folder itself.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.0
    }

    /// Settings that an administrator may edit.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.0.join("config.toml")
    }

    /// Folder of the private keys, each sealed under the storage key.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// The TLS certificate, DER.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.keys().join("tls.crt")
    }

    /// Folder of the store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    /// Folder of the ciphertext of attachments.
    #[must_use]
    pub fn attachments(&self) -> PathBuf {
        self.0.join("attachments")
    }

    /// Of the set-up in a browser: there until its list is closed.
    #[must_use]
    pub fn set_up(&self) -> PathBuf {
        self.0.join("set-up")
    }

    /// The head of the log, noted beside the store.
    #[must_use]
    pub fn head(&self) -> PathBuf {
        self.0.join("head")
    }

    /// The socket of the running node, in a folder of its own.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.0.join("run").join("chapar.sock")
    }

    /// The office's card, to be given to its country.
    #[must_use]
    pub fn card(&self, office: OfficeCode) -> PathBuf {
        self.0.join(format!("{office}.card"))
    }
}
