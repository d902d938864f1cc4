//! One office with its store and its writer, and a world of three: two in one country, one in another.

use std::sync::Arc;

use chapar::domain::access::Access;
use chapar::domain::dispatch::Lane;
use chapar::domain::envelope::SigningKey;
use chapar::domain::officer::Enrolment;
use chapar::domain::officer::ROLES;
use chapar::domain::roster::RosterError;
use chapar::domain::seal::SealKey;
use chapar::domain::seal::VaultKey;
use chapar::edge::memory::MemoryStore;
use chapar::engine::accept;
use chapar::engine::rows;
use chapar::engine::store::CommitError;
use chapar::engine::store::Durable;
use chapar::engine::store::Store;
use chapar::entropy::SeededEntropy;
use chapar::name::Digest;
use chapar::name::LogId;
use chapar::name::OfficeCode;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::Identity;
use chapar::office::IssueRefused;
use chapar::office::Issued;
use chapar::office::Reply;
use chapar::office::Sent;
use chapar::office::Vault;
use chapar::office::Writer;
use chapar::office::read;
use chapar::office::verify::Owner;
use chapar::office::verify::Verifier;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::Urgency;

use super::land::Land;
use super::lawful;
use super::second;

pub(crate) const NETWORK: &str = "demo.example";
/// When all offices are made: 2026-11-24T08:00:00Z.
pub(crate) const START_MS: i64 = 1_795_507_200_000;

pub(crate) fn start() -> Timestamp {
    Timestamp::clamped(START_MS)
}

fn seed(code: &str, what: &str) -> [u8; 32] {
    Digest::of(format!("{code} {what}").as_bytes()).0
}

/// The keys of an office; `birth` tells those of another log of the same office apart.
pub(crate) fn identity(code: &str, birth: &str) -> Identity {
    Identity {
        network: NETWORK.parse().unwrap(),
        office: code.parse().unwrap(),
        agency: wire::Agency::Border,
        signing: SigningKey::from_seed(&seed(code, birth)),
        seal_keys: vec![SealKey::from_seed(&seed(code, "seal"))],
        vault: Vault::fixed(VaultKey::from_bytes(seed(code, "vault"))),
        agreements: lawful::agreements(),
    }
}

/// An office.
pub(crate) struct TestOffice {
    pub(crate) me: Identity,
    pub(crate) store: MemoryStore,
    pub(crate) writer: Writer,
    pub(crate) clock: Timestamp,
}

impl TestOffice {
    pub(crate) fn new(me: Identity) -> Self {
        let store = MemoryStore::new();
        Writer::create(
            &store,
            &me,
            &[one_for_everything(me.office), second::enrolment(me.office)],
            start(),
            &mut SeededEntropy::new(1),
        )
        .unwrap();
        let writer = open(&me, store.clone(), 2);
        Self { me, store, writer, clock: start() }
    }

    /// Stops and starts again: only the store stays.
    pub(crate) fn reopen(&mut self) {
        let entropy = self.store.last_number().unwrap() + 1000;
        self.writer = open(&self.me, self.store.clone(), entropy);
    }

    /// Goes on with a store that fails now and then, of the same rows.
    pub(crate) fn reopen_with(&mut self, store: MemoryStore) {
        let entropy = self.store.last_number().unwrap() + 5000;
        self.writer = open(&self.me, store, entropy);
    }

    pub(crate) fn code(&self) -> OfficeCode {
        self.me.office
    }

    pub(crate) fn officer(&self) -> OfficerId {
        officer_of(&self.me)
    }

    pub(crate) fn try_commit(&mut self, commands: Vec<Command>) -> Result<Vec<Reply>, CommitError> {
        self.writer.commit(self.clock, commands).map(Durable::into_inner)
    }

    pub(crate) fn commit(&mut self, commands: Vec<Command>) -> Vec<Reply> {
        self.try_commit(commands).unwrap()
    }

    fn one(&mut self, command: Command) -> Reply {
        self.commit(vec![command]).pop().unwrap()
    }

    /// Commits while there is work without commands; how often.
    pub(crate) fn settle(&mut self) -> usize {
        (0..100).take_while(|_| self.writer.has_work() && self.commit(vec![]).is_empty()).count()
    }

    pub(crate) fn trust(&mut self, land: &Land) -> Result<(), RosterError> {
        let (officer, country, fingerprint) = (self.officer(), land.country(), land.fingerprint());
        match self.one(Command::Trust { officer, country, fingerprint }) {
            Reply::Trusted(result) => result.map(drop),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn import(&mut self, rosters: &[Vec<u8>]) -> Result<Vec<wire::ImportedRoster>, RosterError> {
        match self.one(Command::Import { actor: Some(self.officer()), rosters: rosters.to_vec() }) {
            Reply::Imported(result) => result,
            other => panic!("{other:?}"),
        }
    }

    /// The command that lets a notice go; what comes before it is done.
    pub(crate) fn issue_command(&mut self, draft: Draft) -> Command {
        let send = second::send(self.code(), draft.header.clone(), draft.body.clone());
        match self.one(send) {
            Reply::Sent(Ok(Sent::Submitted(drafted))) => {
                self.one(second::read(self.code(), drafted.number));
                second::release(self.code(), &self.store, drafted.number)
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn try_issue(&mut self, draft: Draft) -> Result<Issued, IssueRefused> {
        let (code, store) = (self.code(), self.store.clone());
        second::issue(code, &store, (draft.header, draft.body), |command| self.one(command))
    }

    pub(crate) fn issue(&mut self, draft: Draft) -> Issued {
        self.try_issue(draft).unwrap()
    }

    /// Opens and acknowledges a notice that has come: of a kind that passes suspension, and has no body.
    pub(crate) fn note(&mut self, notice: Digest) -> Digest {
        let (officer, notices) = (self.officer(), vec![notice]);
        self.one(Command::Access {
            officer: officer.clone(),
            notices,
            access: Access::View,
            why: None,
            attachment: None,
        });
        match self.one(Command::Acknowledge { officer, notice }) {
            Reply::Acknowledged(issued) => issued.unwrap().digest,
            other => panic!("{other:?}"),
        }
    }

    /// What waits for a peer in one of its logs.
    pub(crate) fn waiting_in(&self, peer: OfficeCode, log: LogId, lane: Lane) -> Vec<wire::Deliver> {
        let waiting = read::waiting(&self.store, peer, log, lane, 0, usize::MAX).unwrap();
        assert!(waiting.is_sorted_by_key(|one| one.sequence));
        waiting.into_iter().map(|one| one.deliver).collect()
    }

    pub(crate) fn waiting(&self, peer: &Self, lane: Lane) -> Vec<wire::Deliver> {
        self.waiting_in(peer.code(), peer.me.log_id(), lane)
    }

    /// Judges what a peer delivers and commits the answer: a receipt, or the rule that is broken.
    pub(crate) fn take(&mut self, from: OfficeCode, frame: &wire::Deliver) -> Result<Vec<u8>, String> {
        let rosters = self.writer.shared().rosters();
        let incoming = accept::deliver(&rosters, &self.me.addressee(), from, self.clock, frame);
        let incoming = incoming.map_err(|error| error.to_string())?;
        match self.one(Command::Arrive(Box::new(incoming))) {
            Reply::Answered(result) => result.map_err(ToOwned::to_owned),
            other => panic!("{other:?}"),
        }
    }

    /// Judges a peer's receipt and commits it.
    pub(crate) fn store_receipt(&mut self, from: OfficeCode, receipt: &[u8]) -> Result<(Lane, u64), String> {
        let rosters = self.writer.shared().rosters();
        let receipt = accept::receipt(&rosters, self.code(), from, receipt).map_err(|error| error.to_string())?;
        match self.one(Command::Receipt(Box::new(receipt))) {
            Reply::ReceiptStored(result) => result.map_err(ToOwned::to_owned),
            other => panic!("{other:?}"),
        }
    }

    /// How the notice stands with each addressee, in their order.
    pub(crate) fn deliveries(&self, notice: Digest) -> Vec<(wire::Outcome, u32)> {
        let summary = read::summary(&self.store, notice).unwrap();
        summary.deliveries.iter().map(|one| (one.outcome(), one.rejection)).collect()
    }

    /// Digests in the inbox, oldest first.
    pub(crate) fn inbox(&self) -> Vec<Digest> {
        let size = self.writer.shared().head().size;
        let (inbox, _) = read::arrived(&self.store, 0, size, usize::MAX).unwrap();
        inbox.iter().map(|one| Digest::try_from(one.digest.as_slice()).unwrap()).collect()
    }

    pub(crate) fn text(&self, notice: Digest) -> Option<wire::NoticeBody> {
        let body = read::body(&self.store, &self.me.vault, notice).unwrap();
        body.map(|body| wire::NoticeBody { padding: vec![], ..body })
    }

    /// Whether its log and its rows are whole, or the message of what is wrong.
    pub(crate) fn verified(&self) -> Result<(), &'static str> {
        let owner = Owner {
            network: self.me.network.clone(),
            office: self.me.office,
            key: self.me.signing.public(),
            vault: Some(self.me.vault.clone()),
        };
        Verifier::new(owner).finish(&self.store).map(drop).map_err(|fault| fault.message)
    }

    pub(crate) fn entries(&self) -> Vec<wire::Entry> {
        (0..self.writer.shared().head().size).map(|index| rows::entry(&self.store, index).unwrap()).collect()
    }

    pub(crate) fn entries_of(&self, kind: EntryKind) -> Vec<wire::Entry> {
        self.entries().into_iter().filter(|entry| entry.kind() == kind).collect()
    }

    /// Codes of all alarms in the log.
    pub(crate) fn alarms(&self) -> Vec<u32> {
        self.entries_of(EntryKind::Alarm).iter().map(|entry| entry.code).collect()
    }
}

fn officer_of(me: &Identity) -> OfficerId {
    format!("{}-O01", me.office).parse().unwrap()
}

/// An officer for everything, as no office would enrol one: for tests that are not about roles.
pub(crate) fn one_for_everything(office: OfficeCode) -> Enrolment {
    let uid = Some(rustix::process::getuid().as_raw());
    let id = format!("{office}-O01").parse().unwrap();
    Enrolment { id, roles: ROLES.to_vec(), uid, until: Timestamp::clamped(i64::MAX) }
}

fn open(me: &Identity, store: MemoryStore, entropy: u64) -> Writer {
    Writer::open(Arc::new(store), me.clone(), Box::new(SeededEntropy::new(entropy))).unwrap()
}

/// A draft that passes.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) header: wire::NoticeHeader,
    pub(crate) body: Option<wire::NoticeBody>,
}

impl Draft {
    /// A routine report of a day's worth.
    pub(crate) fn to(addressees: &[&str]) -> Self {
        let party = |office: &&str| wire::Party { office: (*office).to_owned(), agency: 0 };
        Self {
            header: wire::NoticeHeader {
                to: addressees.iter().map(party).collect(),
                kind: lawful::KIND.into(),
                urgency: Urgency::Routine.into(),
                traffic: wire::Traffic::Exercise.into(),
                expires_ms: START_MS + 86_400_000,
                tlp: wire::Tlp::Amber.into(),
                handling: vec![wire::Handling::H1.into()],
                permitted_action: wire::PermittedAction::InformOnly.into(),
                purpose: wire::Purpose::DrugTrafficking.into(),
                legal_basis: Some(lawful::basis()),
                ..wire::NoticeHeader::default()
            },
            body: Some(lawful::body("Two trucks")),
        }
    }

    pub(crate) fn urgency(mut self, urgency: Urgency) -> Self {
        self.header.urgency = urgency.into();
        self
    }

    pub(crate) fn expiring(mut self, after_ms: i64) -> Self {
        self.header.expires_ms = START_MS + after_ms;
        self
    }
}

/// UZ-ALT, TM-FAR and UZ-NCC with the countries that list them; every office trusts both and has both rosters.
pub(crate) struct World {
    pub(crate) alt: TestOffice,
    pub(crate) far: TestOffice,
    pub(crate) ncc: TestOffice,
    pub(crate) uz: Land,
    pub(crate) tm: Land,
}

impl World {
    pub(crate) fn new() -> Self {
        let [alt, far, ncc] = ["UZ-ALT", "TM-FAR", "UZ-NCC"].map(|code| TestOffice::new(identity(code, "first")));
        let (uz, tm) = (Land::new("UZ", &[&alt.me, &ncc.me]), Land::new("TM", &[&far.me]));
        let mut world = Self { alt, far, ncc, uz, tm };
        let rosters = [world.uz.signed(), world.tm.signed()];
        for office in [&mut world.alt, &mut world.far, &mut world.ncc] {
            office.trust(&world.uz).unwrap();
            office.trust(&world.tm).unwrap();
            office.import(&rosters).unwrap();
            office.settle();
        }
        world
    }
}

/// Time passes, and the duties of the day are done.
pub(crate) fn duties(office: &mut TestOffice, after_ms: i64) {
    office.clock = office.clock.plus_ms(after_ms);
    office.commit(vec![Command::Duties]);
    office.settle();
}

/// Moves everything that waits at one office for another, urgent first, and the receipts back.
pub(crate) fn carry(from: &mut TestOffice, to: &mut TestOffice) {
    for lane in Lane::URGENT_FIRST {
        for frame in from.waiting(to, lane) {
            let receipt = to.take(from.code(), &frame).unwrap();
            from.store_receipt(to.code(), &receipt).unwrap();
        }
    }
}
