//! The folder of a country: the seed of its key as text, and the roster of the next version, not signed yet.
//!
//! Invariants:
//! - both files are written whole or not at all; the key never changes;
//! - what is kept could be signed: every limit of a roster holds;
//! - a version that may have been signed is not the next one: it rises before the signed roster leaves the folder.

use std::fs::File;
use std::io;
use std::io::ErrorKind;
use std::path::Path;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::cli::failure::Failure;
use crate::cli::failure::sentence;
use crate::domain::envelope::Payload as _;
use crate::domain::envelope::Signed;
use crate::domain::envelope::SigningKey;
use crate::domain::envelope::Unverified;
use crate::domain::envelope::sign;
use crate::domain::roster::CountryRoster;
use crate::domain::roster::Office;
use crate::edge::disk;
use crate::edge::disk::Unfinished;
use crate::entropy::Entropy;
use crate::limits;
use crate::name::Country;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::time::Timestamp;

const KEY: &str = "country.key";
const ROSTER: &str = "roster.next";
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// What the file of the key begins with; the seed in hex follows.
const KEY_SORT: &str = "chapar-country-key-v1 ";
const KEY_BYTES: usize = 256;

/// The open folder; other commands on it wait meanwhile.
pub(super) struct Folder {
    path: PathBuf,
    key: SigningKey,
    /// The roster of the next version.
    pub(super) roster: CountryRoster,
    _lock: File,
}

impl Folder {
    /// Makes a country: its key and an empty roster.
    pub(super) fn create(
        path: &Path,
        country: Country,
        network: Network,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<CountryRoster, Failure> {
        if path.exists() {
            return Err(Failure::config(
                format!("There is something at {} already.", path.display()),
                "Choose another --dir; a country has one key, which is made once.",
            ));
        }
        let mut seed = Zeroizing::new([0; 32]);
        entropy.fill(seed.as_mut_slice());
        let key = SigningKey::from_seed(&seed);
        let roster = CountryRoster {
            network,
            country,
            version: 1,
            issued: now,
            country_key: key.public(),
            next_country_key: None,
            offices: vec![],
        };
        let text = Zeroizing::new(format!("{KEY_SORT}{}\n", *Zeroizing::new(hex::encode(*seed))));
        let made = Unfinished::begin(path, FOLDER_MODE).and_then(|folder| {
            disk::replace(&folder.path().join(KEY), text.as_bytes(), FILE_MODE)?;
            disk::replace(&folder.path().join(ROSTER), &roster.encode(), FILE_MODE)?;
            folder.finish()
        });
        made.map_err(|error| failed(path, &error))?;
        Ok(roster)
    }

    /// Opens the folder of a country.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let damaged = |name| {
            Failure::config(
                format!("{} is damaged.", path.join(name).display()),
                "Restore the folder of the country from its backup.",
            )
        };
        let read = |name: &str, max| {
            let file = File::open(path.join(name));
            file.and_then(|file| disk::read_at_most(file, max)).map_err(|error| failed(&path.join(name), &error))
        };
        let lock = File::open(path.join(KEY)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::config(
                format!("There is no country in the folder {}.", path.display()),
                "Name its folder with --dir, or make it: chapar country new --help",
            ),
            _ => failed(&path.join(KEY), &error),
        })?;
        lock.lock().map_err(|error| failed(&path.join(KEY), &error))?;
        let text = Zeroizing::new(read(KEY, KEY_BYTES)?);
        let key = seed(&text).map(|seed| SigningKey::from_seed(&seed)).ok_or_else(|| damaged(KEY))?;
        let roster = CountryRoster::decode(&read(ROSTER, limits::ROSTER_BYTES)?).map_err(|_| damaged(ROSTER))?;
        if roster.country_key != key.public() {
            return Err(damaged(ROSTER));
        }
        Ok(Self { path: path.into(), key, roster, _lock: lock })
    }

    /// An office of the roster.
    pub(super) fn office(&mut self, code: OfficeCode) -> Result<&mut Office, Failure> {
        let country = self.roster.country;
        let found = self.roster.offices.iter_mut().find(|office| office.code == code);
        found.ok_or_else(|| {
            Failure::config(
                format!("The roster of {country} does not list {code}."),
                "See which it lists: chapar country show --help; or add its card: chapar country add --help",
            )
        })
    }

    /// Keeps the roster, if it could be signed.
    pub(super) fn save(&self) -> Result<(), Failure> {
        self.signed(&self.roster)?;
        let path = self.path.join(ROSTER);
        disk::replace(&path, &self.roster.encode(), FILE_MODE).map_err(|error| failed(&path, &error))
    }

    /// Signs the next version, and counts on.
    pub(super) fn sign(&mut self, now: Timestamp) -> Result<(CountryRoster, Signed), Failure> {
        let roster = CountryRoster { issued: now, ..self.roster.clone() };
        let signed = self.signed(&roster)?;
        self.roster.version += 1;
        self.save()?;
        Ok((roster, signed))
    }

    fn signed(&self, roster: &CountryRoster) -> Result<Signed, Failure> {
        let signed = sign::<CountryRoster>(&self.key, roster.encode());
        match Unverified::<CountryRoster>::read(&signed.bytes) {
            Ok(_) => Ok(signed),
            Err(error) => Err(Failure::config(
                sentence(&format!("the roster cannot be signed: {error}")),
                "Nothing was changed. Leave out what is too much.",
            )),
        }
    }
}

fn seed(text: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let text = std::str::from_utf8(text).ok()?.strip_prefix(KEY_SORT)?.trim_end();
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text, seed.as_mut_slice()).ok()?;
    Some(seed)
}

/// A file or folder that the disk does not give or take.
pub(super) fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::config(format!("{}: {error}.", path.display()), "Look at the folder, its disk and who may write there.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn versions_rise_before_a_roster_leaves() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("uzc");
        let (country, network) = ("UZ".parse().unwrap(), "demo.example".parse().unwrap());
        let made = Folder::create(&path, country, network, Timestamp::ZERO, &mut SeededEntropy::new(1)).unwrap();
        for version in 1..4 {
            let now = Timestamp::ZERO.plus_ms(version);
            let (roster, signed) = Folder::open(&path).unwrap().sign(now).unwrap();
            assert_eq!((roster.version, roster.issued), (version.unsigned_abs(), now));
            let read = Unverified::<CountryRoster>::read(&signed.bytes).unwrap();
            assert_eq!(read.verify(&[made.country_key]).unwrap().value(), &roster);
        }
    }

    #[test]
    fn damage_is_named() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("uzc");
        let (country, network) = ("UZ".parse().unwrap(), "demo.example".parse().unwrap());
        Folder::create(&path, country, network, Timestamp::ZERO, &mut SeededEntropy::new(1)).unwrap();
        for name in [KEY, ROSTER] {
            let whole = std::fs::read(path.join(name)).unwrap();
            std::fs::write(path.join(name), &whole[..whole.len() / 2]).unwrap();
            let failure = Folder::open(&path).err().unwrap();
            assert!(failure.error.ends_with(&format!("{name} is damaged.")), "{failure}");
            std::fs::write(path.join(name), whole).unwrap();
        }
    }
}
