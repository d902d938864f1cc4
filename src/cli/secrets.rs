//! Where the storage key comes from when a person or the service manager hands it over. Secrets are never arguments.

use std::fs::File;
use std::io;
use std::io::ErrorKind;
use std::path::Path;

use zeroize::Zeroizing;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::failure::sentence;
use crate::config::ConfigError;
use crate::edge::disk;
use crate::edge::keystore::KeyStoreError;
use crate::edge::keystore::Source;
use crate::limits;
use crate::name::OfficerId;
use crate::unlock::UnlockError;
use crate::unlock::Unlocked;
use crate::unlock::unlock;

/// Asks for the passphrase at the terminal.
///
/// # Errors
/// If there is no terminal.
pub fn passphrase() -> io::Result<Zeroizing<String>> {
    rpassword::prompt_password("Passphrase of the storage key: ").map(Zeroizing::new)
}

/// Asks for a new passphrase, twice.
pub(super) fn new_passphrase() -> io::Result<Zeroizing<String>> {
    let first = rpassword::prompt_password("New passphrase of the storage key: ").map(Zeroizing::new)?;
    let second = rpassword::prompt_password("The same again: ").map(Zeroizing::new)?;
    if first == second { Ok(first) } else { Err(io::Error::new(ErrorKind::InvalidInput, "the two are not the same")) }
}

/// Asks for the passphrase of an officer.
pub(super) fn officer_passphrase(officer: &OfficerId) -> Result<Zeroizing<String>, Failure> {
    let asked = rpassword::prompt_password(format!("Passphrase of {officer}: "));
    asked.map(Zeroizing::new).map_err(|error| no_terminal(&error))
}

/// Asks for a new passphrase of an officer, twice.
pub(super) fn new_officer_passphrase() -> Result<Zeroizing<String>, Failure> {
    let ask = |question| rpassword::prompt_password(question).map(Zeroizing::new).map_err(|error| no_terminal(&error));
    let first = ask("New passphrase: ")?;
    if first == ask("The same again: ")? {
        return Ok(first);
    }
    Err(Failure::config("The two are not the same.", "Type it again, twice."))
}

/// The passphrase in a file: its first line.
pub(super) fn passphrase_in(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let failed = |what: &dyn std::fmt::Display| {
        Failure::config(format!("{}: {what}.", path.display()), "Name a file with the passphrase in its first line.")
    };
    let bytes = File::open(path).and_then(|file| disk::read_at_most(file, limits::PASSPHRASE_BYTES + 2));
    let bytes = Zeroizing::new(bytes.map_err(|error| failed(&error))?);
    let text = std::str::from_utf8(&bytes).map_err(|_| failed(&"it is not UTF-8 text"))?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn no_terminal(error: &io::Error) -> Failure {
    Failure::config(
        format!("The passphrase cannot be asked for: {error}."),
        "Run it at a terminal, or name a file with --passphrase-file.",
    )
}

/// Whether there is an office in the data folder at all.
pub(super) fn expect_office(global: &Global) -> Result<(), Failure> {
    if global.layout().config().exists() {
        return Ok(());
    }
    Err(Failure::config(
        format!("There is no office in the folder {}.", global.data.display()),
        "Name its folder with --data, or make it: chapar init --help",
    ))
}

/// Unlocks the office of the data folder.
pub(super) fn unlocked(global: &Global) -> Result<Unlocked, Failure> {
    expect_office(global)?;
    let source = Source { credentials: global.credentials.as_deref(), passphrase: &mut passphrase };
    unlock(&global.layout(), source).map_err(Failure::from)
}

impl From<KeyStoreError> for Failure {
    fn from(error: KeyStoreError) -> Self {
        let way_out = match &error {
            KeyStoreError::Credential => "Start it as the service, or choose another --storage-key.",
            KeyStoreError::NoPassphrase(error) if error.kind() == ErrorKind::InvalidInput => "Type it again, twice.",
            KeyStoreError::NoPassphrase(_) => "Run it at a terminal, and type the passphrase there.",
            KeyStoreError::Permissions { .. } => "Do that, and ask yourself who could have read the keys.",
            KeyStoreError::ShortPassphrase => "Choose a longer one.",
            KeyStoreError::WrongKey => "Try again with the passphrase, credential or storage key of this office.",
            KeyStoreError::Damaged(_) => "Restore the folder of the keys from the backup.",
            KeyStoreError::Io { error, .. } => match error.kind() {
                ErrorKind::NotFound => "Restore the folder of the keys from the backup.",
                ErrorKind::StorageFull => "Make space on that disk.",
                _ => "Look at the folder of the keys and who may read it.",
            },
            KeyStoreError::BadName | KeyStoreError::Exists(_) => "Look at the folder of the keys and who may read it.",
        };
        Self::config(sentence(&error.to_string()), way_out)
    }
}

impl From<UnlockError> for Failure {
    fn from(error: UnlockError) -> Self {
        let text = sentence(&error.to_string());
        let way_out = match error {
            UnlockError::Keys(error) => return error.into(),
            UnlockError::Config(ConfigError::Io { error, .. }) if error.kind() == ErrorKind::PermissionDenied => {
                "Run it as the Unix user of the node: its files are for that user alone."
            }
            UnlockError::Config(_) => "Correct the file.",
            UnlockError::Certificate { .. } => "Restore the certificate from the backup.",
            UnlockError::Key(_) => "Restore the folder of the keys from the backup.",
        };
        Self::config(text, way_out)
    }
}
