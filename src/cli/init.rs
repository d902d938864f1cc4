//! `init`: a new office, whole or not at all: keys, store, settings, card and setup code.

mod told;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::cli::Global;
use crate::cli::card;
use crate::cli::failure::Failure;
use crate::cli::failure::sentence;
use crate::cli::notice::Listed;
use crate::cli::secrets::new_passphrase;
use crate::config::Config;
use crate::config::Socket;
use crate::config::agency;
use crate::config::agreement;
use crate::domain::envelope::SigningKey;
use crate::domain::officer::ENROLLED_MS;
use crate::domain::officer::Enrolment;
use crate::domain::policy::Agreements;
use crate::domain::seal::SealKey;
use crate::domain::seal::VaultKey;
use crate::edge::disk;
use crate::edge::disk::Unfinished;
use crate::edge::env::SystemClock;
use crate::edge::env::SystemEntropy;
use crate::edge::keystore::Custody;
use crate::edge::keystore::KeyStore;
use crate::edge::keystore::Source;
use crate::edge::keystore::VAULT_KEY;
use crate::edge::note;
use crate::edge::note::Note;
use crate::edge::set_up;
use crate::edge::set_up::SetupCode;
use crate::edge::sled::SledStore;
use crate::edge::tls::TlsKey;
use crate::engine::quota::Quota;
use crate::entropy::Entropy;
use crate::layout::Layout;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::name::LogId;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::office::Identity;
use crate::office::Vault;
use crate::office::Writer;
use crate::time::Clock as _;
use crate::time::Timestamp;
use crate::unlock;
use crate::unlock::Unlocked;
use crate::wire::Agency;
use crate::wire::Role;

/// Permissions of the certificate.
const CERTIFICATE_MODE: u32 = 0o600;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Office, as in UZ-ALT
    #[arg(long)]
    office: OfficeCode,
    /// Network, as in demo.example
    #[arg(long)]
    network: Network,
    /// Agency that runs the office: border, customs, police-mia, drug-control or other
    #[arg(long, default_value = "border", value_parser = agency)]
    agency: Agency,
    /// Address and port where other offices may connect; without it the office only dials
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// host:port under which other offices reach it; may be given several times
    #[arg(long = "endpoint", value_name = "HOST:PORT", requires = "listen")]
    endpoints: Vec<String>,
    /// Loopback address and port of the console, the pages for officers in a browser on this machine; or none
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7480", value_parser = console)]
    console: Port,
    /// File of offices and agreements, as of `notice check`: its agreements go into config.toml
    #[arg(long, value_name = "FILE")]
    agreements: Option<PathBuf>,
    /// How the key of all keys is kept: prompt (a passphrase), credential (of the service manager), file (for tests)
    #[arg(long, default_value = "prompt")]
    storage_key: Custody,
}

/// A port, or none.
type Port = Option<SocketAddr>;

fn console(text: &str) -> Result<Port, std::net::AddrParseError> {
    if text == "none" { Ok(None) } else { text.parse().map(Some) }
}

/// What a new office is to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its data folder; nothing, or an empty folder, may be there.
    pub data: PathBuf,
    /// Its code.
    pub office: OfficeCode,
    /// Its network.
    pub network: Network,
    /// Who runs it.
    pub agency: Agency,
    /// Where it listens.
    pub listen: Option<SocketAddr>,
    /// Where its console is.
    pub console: Option<SocketAddr>,
    /// Whether its first administrator gets a setup code for the console.
    pub set_up: bool,
    /// Where others reach it.
    pub endpoints: Vec<String>,
    /// What its notices may rest on.
    pub agreements: Agreements,
    /// How its storage key is kept.
    pub custody: Custody,
    /// Unix user of its first officer, the administrator.
    pub uid: u32,
}

/// A new office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initialized {
    /// Its log.
    pub log_id: LogId,
    /// Its first officer, the administrator.
    pub officer: OfficerId,
    /// The file of its card.
    pub card: PathBuf,
    /// What its country compares.
    pub fingerprint: Fingerprint,
    /// With which its first administrator sets a passphrase at the console.
    pub setup_code: Option<SetupCode>,
}

/// Makes a new office. On failure nothing of it is left.
///
/// # Errors
/// If the data folder is not empty, an option is wrong, the storage key is not to be had, or the disk fails.
pub fn init(
    options: &Options,
    source: Source<'_>,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Initialized, Failure> {
    let officer = format!("{}-A01", options.office).parse().map_err(Failure::internal)?;
    let config = Config {
        metrics: None,
        console: options.console,
        console_certificate: None,
        console_key: None,
        office: options.office,
        network: options.network.clone(),
        agency: options.agency,
        listen: options.listen,
        endpoints: options.endpoints.clone(),
        disabled_countries: options.agreements.disabled().clone(),
        agreements: agreement::listed(&options.agreements),
        socket: Socket::default(),
        connections_per_address: None,
        quota: Quota::default(),
    };
    config.check().map_err(|wrong| Failure::config(sentence(&wrong), "Correct the option."))?;
    expect_empty(&options.data)?;
    let failed = |error: &dyn fmt::Display| {
        Failure::config(
            format!("The office cannot be made in {}: {error}.", options.data.display()),
            "Look at the folder around it, its disk and who may write there.",
        )
    };
    if let Some(around) = options.data.parent().filter(|around| !around.as_os_str().is_empty()) {
        std::fs::create_dir_all(around).map_err(|error| failed(&error))?;
    }
    let folder = Unfinished::begin(&options.data, Layout::MODE).map_err(|error| failed(&error))?;
    let layout = Layout::new(folder.path().into());
    let keys = KeyStore::create(&layout.keys(), options.custody, source, entropy)?;
    let unlocked = make_keys(&layout, &keys, config, now, entropy)?;
    unlocked.config.save(&layout.config()).map_err(|error| failed(&error))?;
    let store = SledStore::create(&layout.store()).map_err(|error| failed(&error))?;
    let (roles, until) = (vec![Role::Administrator], now.plus_ms(ENROLLED_MS));
    let first = Enrolment { id: officer, roles, uid: Some(options.uid), until };
    let officers = std::slice::from_ref(&first);
    let head = Writer::create(&store, &unlocked.identity, officers, now, entropy).map_err(|error| failed(&error))?;
    // Its files are closed before they move.
    drop(store);
    Note::create(&layout.head(), note::Head { size: head.size, root: Digest(head.root) })
        .map_err(|error| failed(&error))?;
    let fingerprint = card::write(&layout, &unlocked, now)?;
    let setup_code = options.set_up.then(|| set_up::make(&layout.set_up(), now, entropy)).transpose();
    let setup_code = setup_code.map_err(|error| failed(&error))?;
    folder.finish().map_err(|error| failed(&error))?;
    Ok(Initialized {
        log_id: unlocked.identity.log_id(),
        officer: first.id,
        card: Layout::new(options.data.clone()).card(options.office),
        fingerprint,
        setup_code,
    })
}

/// Makes the office's keys and keeps them.
fn make_keys(
    layout: &Layout,
    keys: &KeyStore,
    config: Config,
    made: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Unlocked, Failure> {
    let mut secret = |name| -> Result<Zeroizing<[u8; 32]>, Failure> {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut_slice());
        keys.seal(name, bytes.as_slice(), entropy)?;
        Ok(bytes)
    };
    let identity = Identity {
        network: config.network.clone(),
        office: config.office,
        agency: config.agency,
        signing: SigningKey::from_seed(&*secret(unlock::OFFICE_KEY)?),
        seal_keys: vec![SealKey::from_seed(&*secret(unlock::SEAL_KEY)?)],
        vault: Vault::fixed(VaultKey::from_bytes(*secret(VAULT_KEY)?)),
        agreements: Arc::new(config.agreements()),
    };
    let tls = TlsKey::make(config.office).map_err(Failure::internal)?;
    keys.seal(unlock::TLS_KEY, tls.pkcs8(), entropy)?;
    keys.seal(unlock::MADE, &made.ms().to_be_bytes(), entropy)?;
    let written = disk::replace(&layout.certificate(), tls.certificate(), CERTIFICATE_MODE);
    written.map_err(|error| {
        Failure::config(format!("The certificate cannot be written: {error}."), "Look at the disk.")
    })?;
    Ok(Unlocked { config, identity, tls, made, custody: keys.custody() })
}

/// There must be nothing, or an empty folder.
fn expect_empty(data: &Path) -> Result<(), Failure> {
    let mut entries = match std::fs::read_dir(data) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Failure::config(
                format!("{}: {error}.", data.display()),
                "Choose a new or empty folder with --data.",
            ));
        }
        Ok(entries) => entries,
    };
    if entries.next().is_none() {
        return Ok(());
    }
    Err(Failure::config(
        format!("The folder {} is not empty.", data.display()),
        "Choose a new one with --data; an office is made once, and never over another.",
    ))
}

/// Makes the office of the command line and says what to type next.
pub(super) fn run(args: Args, global: &Global) -> Result<(), Failure> {
    let options = Options {
        data: global.data.clone(),
        office: args.office,
        network: args.network,
        agency: args.agency,
        listen: args.listen,
        console: args.console,
        set_up: args.console.is_some(),
        endpoints: args.endpoints,
        agreements: args.agreements.as_deref().map(Listed::read_agreements).transpose()?.unwrap_or_default(),
        custody: args.storage_key,
        uid: rustix::process::getuid().as_raw(),
    };
    let source = Source { credentials: global.credentials.as_deref(), passphrase: &mut new_passphrase };
    let mut entropy = SystemEntropy::open().map_err(Failure::internal)?;
    let made = init(&options, source, SystemClock.now(), &mut entropy)?;
    told::told(&options, &made, global)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::env::SystemEntropy;
    use crate::engine::log::Head;

    fn options(data: PathBuf, custody: Custody) -> Options {
        Options {
            data,
            office: "UZ-ALT".parse().unwrap(),
            network: "demo.example".parse().unwrap(),
            agency: Agency::Customs,
            listen: None,
            console: None,
            set_up: false,
            endpoints: vec![],
            agreements: Agreements::default(),
            custody,
            uid: 1000,
        }
    }

    fn made(options: &Options, passphrase: &str) -> Result<Initialized, Failure> {
        let mut ask = || Ok(Zeroizing::new(passphrase.to_owned()));
        let source = Source { credentials: None, passphrase: &mut ask };
        init(options, source, Timestamp::ZERO.plus_ms(7), &mut SystemEntropy::open().unwrap())
    }

    #[test]
    fn what_is_made_unlocks_and_belongs_together() {
        let data = tempfile::tempdir().unwrap();
        let options = options(data.path().join("alt"), Custody::Prompt);
        let made = made(&options, "correct horse battery").unwrap();
        let layout = Layout::new(options.data);
        let mut ask = || Ok(Zeroizing::new("correct horse battery".to_owned()));
        let source = Source { credentials: None, passphrase: &mut ask };
        let unlocked = unlock::unlock(&layout, source).unwrap();
        assert_eq!(unlocked.identity.log_id(), made.log_id);
        assert_eq!(unlocked.made, Timestamp::ZERO.plus_ms(7));
        let store = SledStore::open(&layout.store()).unwrap();
        let head = Head::read(&store).unwrap().unwrap();
        let noted = note::read(&layout.head()).unwrap().unwrap();
        assert_eq!((head.size, head.root), (noted.size, noted.root.0));
        // The card is written again as it was.
        let before = std::fs::read(layout.card(unlocked.config.office)).unwrap();
        card::write(&layout, &unlocked, Timestamp::ZERO.plus_ms(7)).unwrap();
        assert_eq!(std::fs::read(layout.card(unlocked.config.office)).unwrap(), before);
    }

    #[test]
    fn a_failure_leaves_nothing() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("alt");
        assert!(made(&options(path.clone(), Custody::Prompt), "short").is_err());
        assert!(made(&options(path.clone(), Custody::Credential), "").is_err());
        let wrong = Options { endpoints: vec!["alt.example:1".to_owned()], ..options(path, Custody::File) };
        assert!(made(&wrong, "").unwrap_err().error.contains("listen"));
        assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
    }
}
