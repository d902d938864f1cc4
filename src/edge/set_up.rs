//! The set-up of a new office in a browser: the file that is there until the list of its tasks is closed, and in it, until
//! the first administrator has a passphrase, the stretched form of the setup code and when it ends. The code itself is kept
//! nowhere.
//!
//! - Six words of the short list of the EFF for dice: 62 bits, guessed at a price of Argon2id each, for half an hour.
//! - It stays good until the passphrase that it sets is durable; then the log itself says that it is over.

use std::fmt;
use std::fs;
use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use diceware_wordlists::EFF_SHORT_WORDLIST_1 as LIST;
use serde::Deserialize;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::edge::disk;
use crate::edge::env::Stopwatch;
use crate::edge::passphrase;
use crate::edge::passphrase::PassphraseError;
use crate::entropy::Entropy;
use crate::entropy::random;
use crate::limits;
use crate::time::Timestamp;

/// For the user of the node alone.
const MODE: u32 = 0o600;
/// Largest such file.
const FILE_BYTES: usize = 1024;
/// The most draws of a word that all words have an equal share of.
const FAIR: usize = (1 << 16) - (1 << 16) % LIST.len();

/// Why a setup code lets nobody in.
#[derive(Debug, thiserror::Error)]
pub enum SetupCodeError {
    /// It is another one.
    #[error("the setup code is another one")]
    Wrong,
    /// There were too many wrong ones.
    #[error("there were too many wrong setup codes")]
    Wait,
    /// Its time is over.
    #[error("the setup code has ended")]
    Ended,
    /// The office is set up, or was made without a console.
    #[error("no setup code is good for anything here")]
    Over,
    /// The file cannot be read or written, or is no such file.
    #[error("{}: {error}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It cannot be stretched.
    #[error(transparent)]
    Stretch(#[from] PassphraseError),
}

/// A setup code. It shows nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupCode(Zeroizing<String>);

impl SetupCode {
    /// Six words with hyphens between them, for whoever is to type them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SetupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupCode(..)")
    }
}

/// What the file holds.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Until the first passphrase is set.
    code: Option<Stretched>,
}

/// A code as it is kept. It shows nothing of itself.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Stretched {
    /// PHC string.
    hash: String,
    /// UTC ms.
    until_ms: i64,
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> SetupCodeError {
    |error| SetupCodeError::Io { path: path.to_owned(), error }
}

impl Kept {
    fn read(path: &Path) -> Result<Self, SetupCodeError> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SetupCodeError::Over),
            file => file.map_err(failed(path))?,
        };
        let bytes = disk::read_at_most(file, FILE_BYTES).map_err(failed(path))?;
        serde_json::from_slice(&bytes).map_err(|_| failed(path)(io::ErrorKind::InvalidData.into()))
    }

    fn write(&self, path: &Path) -> Result<(), SetupCodeError> {
        let bytes = serde_json::to_vec(self).map_err(|error| failed(path)(io::Error::other(error)))?;
        disk::replace(path, &bytes, MODE).map_err(failed(path))
    }
}

/// Makes the code of a new office, and the file for it.
///
/// # Errors
/// If the disk fails.
pub fn make(path: &Path, now: Timestamp, entropy: &mut dyn Entropy) -> Result<SetupCode, SetupCodeError> {
    let code = draw(entropy);
    let hash = passphrase::hash(&bare(code.as_str()), entropy)?;
    let until_ms = now.plus_ms(limits::SETUP_CODE_MS).ms();
    Kept { code: Some(Stretched { hash, until_ms }) }.write(path)?;
    Ok(code)
}

/// Makes another code in place of the one that is there, while none was used.
///
/// # Errors
/// If one was used, the office is set up, or the disk fails.
pub fn renew(path: &Path, now: Timestamp, entropy: &mut dyn Entropy) -> Result<SetupCode, SetupCodeError> {
    let _unused = Kept::read(path)?.code.ok_or(SetupCodeError::Over)?;
    make(path, now, entropy)
}

fn draw(entropy: &mut dyn Entropy) -> SetupCode {
    let longest = LIST.iter().map(|word| word.len()).max().unwrap_or_default();
    let mut code = Zeroizing::new(String::with_capacity(limits::SETUP_CODE_WORDS * (longest + 1)));
    let mut words = 0;
    while words < limits::SETUP_CODE_WORDS {
        let drawn = usize::from(u16::from_be_bytes(random(entropy)));
        // A word with a hyphen of its own would look like two.
        let word = LIST.get(drawn % LIST.len()).filter(|word| drawn < FAIR && !word.contains('-'));
        let Some(word) = word else { continue };
        if words > 0 {
            code.push('-');
        }
        code.push_str(word);
        words += 1;
    }
    SetupCode(code)
}

/// A code without what stands between its words, in small letters: people type spaces, and telephones begin with a capital.
fn bare(code: &str) -> Zeroizing<String> {
    let mut bare = Zeroizing::new(String::with_capacity(code.len()));
    bare.extend(code.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()));
    bare
}

/// The set-up of an office, as its node has it.
pub struct SetUp {
    file: PathBuf,
    card: PathBuf,
    is_open: AtomicBool,
    tries: Mutex<Option<Tries>>,
}

/// Wrong codes in a row, and when the last was.
struct Tries {
    wrong: u32,
    since: Stopwatch,
}

impl fmt::Debug for SetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetUp").field("is_open", &self.is_open).finish_non_exhaustive()
    }
}

impl SetUp {
    /// The set-up with this file, which is open while the file is there; and where the card of the office is.
    #[must_use]
    pub fn at(file: PathBuf, card: PathBuf) -> Self {
        let is_open = AtomicBool::new(file.exists());
        Self { file, card, is_open, tries: Mutex::new(None) }
    }

    /// Whether the list of tasks has not been closed yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// Checks a code. It blocks, and takes the memory of a passphrase.
    ///
    /// # Errors
    /// If it is wrong, too many were, or its time is over.
    pub fn check(&self, code: &str, now: Timestamp) -> Result<(), SetupCodeError> {
        self.may_try()?;
        let kept = Kept::read(&self.file)?.code.ok_or(SetupCodeError::Over)?;
        // More than it had at first is left of it if the clock was set back.
        if !(1..=limits::SETUP_CODE_MS).contains(&kept.until_ms.saturating_sub(now.ms())) {
            return Err(SetupCodeError::Ended);
        }
        let fits = code.len() <= limits::PASSPHRASE_BYTES && passphrase::fits(&bare(code), &kept.hash);
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if fits {
            *tries = None;
            return Ok(());
        }
        let wrong = tries.as_ref().map_or(0, |tries| tries.wrong).saturating_add(1);
        *tries = Some(Tries { wrong, since: Stopwatch::start() });
        Err(SetupCodeError::Wrong)
    }

    fn may_try(&self) -> Result<(), SetupCodeError> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.as_ref().is_some_and(|tries| tries.wrong >= limits::SIGN_IN_TRIES) {
            let pause = Duration::from_millis(limits::SIGN_IN_PAUSE_MS);
            if tries.as_ref().is_some_and(|tries| tries.since.elapsed() < pause) {
                return Err(SetupCodeError::Wait);
            }
            *tries = None;
        }
        Ok(())
    }

    /// The code is over: it set a passphrase, or another way was taken. The list of tasks stays.
    ///
    /// # Errors
    /// If the disk fails; the log says all the same that the code is over.
    pub fn used(&self) -> Result<(), SetupCodeError> {
        if !self.is_open() || Kept::read(&self.file)?.code.is_none() {
            return Ok(());
        }
        Kept::default().write(&self.file)
    }

    /// Closes the list of tasks for good.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn close(&self) -> Result<(), SetupCodeError> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&self.file)(error)),
            _ => self.is_open.store(false, Ordering::Relaxed),
        }
        Ok(())
    }

    /// The card of the office, as its country is to have it.
    ///
    /// # Errors
    /// If it is not there, or cannot be read.
    pub fn card(&self) -> io::Result<Vec<u8>> {
        disk::read_at_most(File::open(&self.card)?, limits::ENVELOPE_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use std::os::unix::fs::PermissionsExt as _;

    const BEGIN: Timestamp = Timestamp::ZERO;

    fn made() -> (tempfile::TempDir, SetUp, String) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("set-up");
        let code = make(&file, BEGIN, &mut SeededEntropy::new(1)).unwrap();
        (folder, SetUp::at(file, PathBuf::new()), code.as_str().to_owned())
    }

    #[test]
    fn a_code_is_six_words_and_only_its_stretched_form_is_kept() {
        let (_folder, set_up, code) = made();
        let words: Vec<&str> = code.split('-').collect();
        assert_eq!(words.len(), 6, "{code}");
        assert!(words.iter().all(|word| LIST.contains(word)));
        let other = draw(&mut SeededEntropy::new(2));
        assert!(other.as_str() != code && format!("{other:?}") == "SetupCode(..)");
        let kept = fs::read_to_string(&set_up.file).unwrap();
        assert!(kept.contains("$argon2id$") && words.iter().all(|word| !kept.contains(&format!("{word}-"))), "{kept}");
        assert_eq!(fs::metadata(&set_up.file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(format!("{set_up:?}"), "SetUp { is_open: true, .. }");
        for typed in [code.replace('-', " "), code.to_ascii_uppercase(), format!(" {code} ")] {
            set_up.check(&typed, BEGIN).unwrap();
        }
    }

    #[test]
    fn a_code_lasts_half_an_hour_and_no_set_back_clock_makes_it_longer() {
        let (_folder, set_up, code) = made();
        let at = |ms| set_up.check(&code, BEGIN.plus_ms(ms));
        at(limits::SETUP_CODE_MS - 1).unwrap();
        assert!(matches!(at(limits::SETUP_CODE_MS), Err(SetupCodeError::Ended)));
        let path = set_up.file.clone();
        let another = renew(&path, BEGIN.plus_ms(limits::SETUP_CODE_MS), &mut SeededEntropy::new(3)).unwrap();
        assert!(matches!(set_up.check(another.as_str(), BEGIN), Err(SetupCodeError::Ended)), "the clock was set back");
        assert!(matches!(at(limits::SETUP_CODE_MS), Err(SetupCodeError::Wrong)), "the former one");
        set_up.check(another.as_str(), BEGIN.plus_ms(limits::SETUP_CODE_MS)).unwrap();
    }

    #[test]
    fn wrong_codes_are_slowed_down_and_a_used_one_is_over() {
        let (_folder, set_up, code) = made();
        for _ in 0..limits::SIGN_IN_TRIES {
            assert!(matches!(set_up.check("acid acorn acre acts afar affix", BEGIN), Err(SetupCodeError::Wrong)));
        }
        assert!(matches!(set_up.check(&code, BEGIN), Err(SetupCodeError::Wait)), "right or wrong");
        *set_up.tries.lock().unwrap() = None;
        set_up.check(&code, BEGIN).unwrap();
        set_up.used().unwrap();
        assert!(matches!(set_up.check(&code, BEGIN), Err(SetupCodeError::Over)) && set_up.is_open());
        assert!(matches!(renew(&set_up.file, BEGIN, &mut SeededEntropy::new(4)), Err(SetupCodeError::Over)));
        set_up.close().unwrap();
        set_up.close().unwrap();
        assert!(!set_up.is_open() && !set_up.file.exists());
        assert!(matches!(set_up.check(&code, BEGIN), Err(SetupCodeError::Over)));
        fs::write(&set_up.file, "{\"code\":{\"hash\":\"\"}}").unwrap();
        assert!(matches!(set_up.check(&code, BEGIN), Err(SetupCodeError::Io { .. })));
    }
}
