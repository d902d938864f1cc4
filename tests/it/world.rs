//! Real nodes in one process: own keys, own sled, own ports, real mutual TLS; a clock that the test sets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Deref;
use std::ops::DerefMut;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::Key;
use chapar::domain::roster::Office;
use chapar::domain::roster::OfficeState;
use chapar::domain::seal::SealKey;
use chapar::domain::seal::VaultKey;
use chapar::edge::note;
use chapar::edge::note::Note;
use chapar::edge::set_up::SetUp;
use chapar::edge::sled::SledStore;
use chapar::edge::telemetry::Telemetry;
use chapar::edge::tls::SiteCertificate;
use chapar::edge::tls::TlsKey;
use chapar::engine::quota::Quota;
use chapar::entropy::SeededEntropy;
use chapar::i18n::Language;
use chapar::limits;
use chapar::name::Country;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::node::Node;
use chapar::node::NodeError;
use chapar::node::Parts;
use chapar::office::Command;
use chapar::office::Identity;
use chapar::office::Vault;
use chapar::office::Writer;
use chapar::time::Clock;
use chapar::time::Timestamp;
use chapar::wire;
use tokio::net::UnixListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::local::Local;
use crate::support::lawful;
use crate::support::office::one_for_everything;
use crate::support::second;

/// Time passes for all that runs in this runtime, at once.
pub(crate) async fn pass(ms: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_millis(ms)).await;
    tokio::time::resume();
}

/// The network of all tests.
pub(crate) const NETWORK: &str = "test.example";
/// When the logs are opened: not long before what the clocks of the tests show.
const BORN: &str = "2026-11-20T06:00:00Z";

/// A clock that the test sets.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn at(time: &str) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(time.parse::<Timestamp>().unwrap().ms())))
    }

    pub(crate) fn set(&self, time: &str) {
        self.0.store(time.parse::<Timestamp>().unwrap().ms(), Ordering::SeqCst);
    }

    /// Sets it on, or back.
    pub(crate) fn turn(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::clamped(self.0.load(Ordering::SeqCst))
    }
}

/// An office that exists on disk, running or not.
pub(crate) struct Site {
    pub(crate) code: OfficeCode,
    pub(crate) identity: Identity,
    pub(crate) tls: TlsKey,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) endpoint: Option<SocketAddr>,
    pub(crate) state: OfficeState,
    pub(crate) quota: Quota,
    pub(crate) metrics: Option<SocketAddr>,
    /// Of its console.
    pub(crate) certificate: Option<SiteCertificate>,
    /// The languages of its pages.
    pub(crate) languages: Vec<Language>,
}

/// The keys of an office, from a seed.
pub(crate) fn identity(code: OfficeCode, seed: u64) -> Identity {
    let byte = u8::try_from(seed).unwrap();
    Identity {
        network: NETWORK.parse().unwrap(),
        office: code,
        agency: wire::Agency::Border,
        signing: SigningKey::from_seed(&[byte; 32]),
        seal_keys: vec![SealKey::from_seed(&[byte; 32])],
        vault: Vault::fixed(VaultKey::from_bytes([byte; 32])),
        agreements: lawful::agreements(),
    }
}

/// Makes store, log and note of an office in a folder, as `init` does.
pub(crate) fn create(folder: &Path, identity: &Identity, seed: u64) -> SledStore {
    create_at(folder, identity, seed, BORN)
}

fn create_at(folder: &Path, identity: &Identity, seed: u64, born: &str) -> SledStore {
    let (path, mut entropy, born) = (folder.join("store"), SeededEntropy::new(seed), born.parse().unwrap());
    let store = SledStore::create(&path).unwrap();
    let officers = [one_for_everything(identity.office), second::enrolment(identity.office)];
    Writer::create(&store, identity, &officers, born, &mut entropy).unwrap();
    let store = Arc::new(store);
    let mut writer = Writer::open(Arc::<SledStore>::clone(&store), identity.clone(), Box::new(entropy)).unwrap();
    let passphrase = Command::Passphrase { officer: second::id(identity.office), hash: second::hash() };
    writer.commit(born, vec![passphrase]).unwrap();
    let head = writer.shared().head();
    let noted = note::Head { size: head.size, root: Digest(head.root) };
    Note::create(&folder.join("head"), noted).unwrap();
    drop(writer);
    Arc::into_inner(store).unwrap()
}

impl Site {
    /// Makes an office.
    pub(crate) fn make(code: &str, seed: u64) -> Self {
        Self::make_at(code, seed, BORN)
    }

    /// Makes an office at a time.
    pub(crate) fn make_at(code: &str, seed: u64, born: &str) -> Self {
        let code: OfficeCode = code.parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let identity = identity(code, seed);
        drop(create_at(folder.path(), &identity, seed, born));
        let tls = TlsKey::make(code).unwrap();
        let (state, quota) = (OfficeState::Active, Quota::default());
        Self {
            code,
            identity,
            tls,
            folder,
            endpoint: None,
            state,
            quota,
            metrics: None,
            certificate: None,
            languages: Language::all(),
        }
    }

    /// As its country's roster lists it.
    pub(crate) fn listed(&self) -> Office {
        fn key<T>(key: T) -> Vec<Key<T>> {
            vec![Key { key, from: Timestamp::ZERO, until: None, compromised: None }]
        }
        Office {
            code: self.code,
            agency: wire::Agency::Border,
            names: vec![],
            state: self.state,
            endpoints: self.endpoint.iter().map(ToString::to_string).collect(),
            tls_keys: key(self.tls.pin()),
            office_keys: key(self.identity.signing.public()),
            seal_keys: key(self.identity.seal_keys[0].public().to_vec()),
            // One of them says where it is.
            position: "39.21,63.59".parse().ok().filter(|_| self.code.to_string() == "TM-FAR"),
        }
    }

    /// Starts its node, with an exchange port of its own if it listens; where that is bound goes into its roster entry.
    pub(crate) async fn start(&mut self, clock: Arc<dyn Clock>, listens: bool) -> Running {
        let socket_path = self.folder.path().join("sock");
        if socket_path.exists() {
            std::fs::remove_file(&socket_path).unwrap();
        }
        let telemetry = Arc::new(Telemetry::default());
        let store = SledStore::open(&self.folder.path().join("store")).unwrap();
        let parts = Parts {
            identity: self.identity.clone(),
            tls: self.tls.clone(),
            custody: "file".to_owned(),
            store: Arc::new(store.measured(Arc::clone(&telemetry))),
            note: Note::open(&self.folder.path().join("head")).unwrap(),
            // After a restart the port must be the one that the rosters name.
            listen: listens.then(|| self.endpoint.unwrap_or_else(|| "127.0.0.1:0".parse().unwrap())),
            connections_per_address: limits::CONNECTIONS_PER_ADDRESS,
            quota: self.quota,
            metrics: self.metrics,
            console: Some("127.0.0.1:0".parse().unwrap()),
            certificate: self.certificate.clone(),
            languages: self.languages.clone(),
            set_up: SetUp::at(self.folder.path().join("set-up"), self.folder.path().join("card")),
            telemetry: Arc::clone(&telemetry),
            socket: UnixListener::bind(&socket_path).unwrap(),
            attachments: self.folder.path().join("attachments"),
            disk: self.folder.path().to_owned(),
            clock,
        };
        let node = Node::start(parts).await.unwrap();
        self.endpoint = node.exchange();
        let (metrics, console) = (node.metrics(), node.console());
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(node.run(async move {
            let _ = stopped.await;
        }));
        Running { local: Local::connect(&socket_path).await, metrics, console, stop, task }
    }
}

/// A running node and its local clients.
pub(crate) struct Running {
    local: Local,
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) console: Option<SocketAddr>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), NodeError>>,
}

impl Running {
    /// Drains and stops the node.
    pub(crate) async fn stop(self) -> Result<(), NodeError> {
        drop(self.local);
        let _ = self.stop.send(());
        self.task.await.unwrap()
    }
}

impl Deref for Running {
    type Target = Local;

    fn deref(&self) -> &Local {
        &self.local
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Local {
        &mut self.local
    }
}

/// Two running nodes that know each other.
pub(crate) async fn two(now: &str) -> (Site, Running, Site, Running, Countries) {
    two_with("TM-FAR", now).await
}

/// The same, the second of which is this office.
pub(crate) async fn two_with(other: &str, now: &str) -> (Site, Running, Site, Running, Countries) {
    two_by(&TestClock::at(now), other).await
}

/// The same, by a clock that the test holds.
pub(crate) async fn two_by(clock: &Arc<TestClock>, other: &str) -> (Site, Running, Site, Running, Countries) {
    let (mut alt, mut far) = (Site::make("UZ-ALT", 1), Site::make(other, 2));
    let mut a = alt.start(Arc::<TestClock>::clone(clock), true).await;
    let mut f = far.start(Arc::<TestClock>::clone(clock), true).await;
    let country = &far.code.country().to_string();
    let countries = Countries::of(&["UZ", country]);
    let rosters = [countries.roster("UZ", 1, &[&alt]), countries.roster(country, 1, &[&far])];
    a.trust(&countries, &rosters).await;
    f.trust(&countries, &rosters).await;
    (alt, a, far, f, countries)
}

/// The countries' keys.
pub(crate) struct Countries(pub(crate) BTreeMap<Country, SigningKey>);

impl Countries {
    pub(crate) fn of(codes: &[&str]) -> Self {
        let key = |code: &&str| (code.parse().unwrap(), SigningKey::from_seed(&[code.as_bytes()[0]; 32]));
        Self(codes.iter().map(key).collect())
    }

    /// A signed roster of a country's sites.
    pub(crate) fn roster(&self, country: &str, version: u64, sites: &[&Site]) -> Vec<u8> {
        let own = sites.iter().filter(|site| site.code.country().to_string() == country);
        self.roster_of(country, version, own.map(|site| site.listed()).collect())
    }

    /// A signed roster of these offices.
    pub(crate) fn roster_of(&self, country: &str, version: u64, offices: Vec<Office>) -> Vec<u8> {
        let country: Country = country.parse().unwrap();
        let key = &self.0[&country];
        let roster = CountryRoster {
            network: NETWORK.parse().unwrap(),
            country,
            version,
            issued: Timestamp::ZERO,
            country_key: key.public(),
            next_country_key: None,
            offices,
        };
        envelope::sign::<CountryRoster>(key, roster.encode()).bytes
    }
}

/// A small notice to these offices.
pub(crate) fn a_notice(to: &[&str], urgency: wire::Urgency, subject: &str) -> wire::SendNoticeRequest {
    let party = |office: &&str| wire::Party { office: (*office).to_owned(), agency: 0 };
    wire::SendNoticeRequest {
        header: Some(wire::NoticeHeader {
            to: to.iter().map(party).collect(),
            kind: lawful::KIND.into(),
            urgency: urgency.into(),
            traffic: wire::Traffic::Actual.into(),
            expires_ms: "2029-06-01T00:00:00Z".parse::<Timestamp>().unwrap().ms(),
            tlp: wire::Tlp::Amber.into(),
            handling: vec![wire::Handling::H0.into()],
            permitted_action: wire::PermittedAction::InformOnly.into(),
            purpose: wire::Purpose::DrugTrafficking.into(),
            legal_basis: Some(lawful::basis()),
            schema_version: 1,
            ..wire::NoticeHeader::default()
        }),
        body: Some(lawful::body(subject)),
        statement: Some(second::statement()),
        ..wire::SendNoticeRequest::default()
    }
}

/// A correction or a withdrawal of a notice of this kind: what one or the other says is the subject.
pub(crate) fn an_amendment(kind: wire::NoticeKind, of: &str, subject: &str) -> wire::SendNoticeRequest {
    let mut draft = a_notice(&["TM-FAR"], wire::Urgency::Routine, subject);
    let text = draft.body.take().unwrap();
    let mut body = wire::NoticeBody {
        subject: text.subject.clone(),
        marking: text.marking.clone(),
        ..wire::NoticeBody::default()
    };
    let (reason_code, reason) = (wire::AmendmentReason::Error.into(), text.subject.clone());
    let relation = if kind == wire::NoticeKind::Withdrawal {
        body.withdrawal = Some(wire::Withdrawal { reason_code, reason });
        wire::RelationKind::Withdraws
    } else {
        let full_replacement = Some(Box::new(text));
        let correction = wire::Correction { reason_code, reason, full_replacement, ..wire::Correction::default() };
        body.correction = Some(Box::new(correction));
        wire::RelationKind::Corrects
    };
    draft.body = Some(body);
    let header = draft.header.as_mut().unwrap();
    header.kind = kind.into();
    header.relations =
        vec![wire::Relation { kind: relation.into(), reference: of.to_owned(), ..wire::Relation::default() }];
    draft
}
