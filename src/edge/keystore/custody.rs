//! How the storage key of an office is kept.

use std::fmt;
use std::str::FromStr;

/// How the storage key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Custody {
    /// The service manager hands it over, sealed to this machine: the node starts alone, a stolen disk tells nothing.
    Credential,
    /// In a file beside the keys: whoever has the disk has the keys. For tests and demonstrations.
    File,
    /// From a passphrase: somebody must come to start the node, a stolen machine tells nothing.
    Prompt,
}

/// What speaks against [`Custody::File`].
pub const BESIDE_THE_KEYS: &str =
    "WARNING: the storage key is kept in a file beside the keys: whoever gets this disk can read everything";
/// What to do about it.
pub const NOT_BESIDE_THE_KEYS: &str =
    "For real work make the office anew: chapar init with --storage-key credential or prompt.";

/// A word that names no custody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the storage key is kept as one of: credential, file, prompt")]
pub struct UnknownCustody;

impl fmt::Display for Custody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Credential => "credential",
            Self::File => "file",
            Self::Prompt => "prompt",
        })
    }
}

impl FromStr for Custody {
    type Err = UnknownCustody;

    fn from_str(word: &str) -> Result<Self, UnknownCustody> {
        let all = [Self::Credential, Self::File, Self::Prompt];
        all.into_iter().find(|custody| custody.to_string() == word).ok_or(UnknownCustody)
    }
}
