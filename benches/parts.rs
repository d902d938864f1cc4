//! What the single parts cost: commits, signatures, sealing, accept, the session machine, the verification of a
//! log of 100,000 entries, and search. `cargo bench --bench parts`, or with a name: `cargo bench --bench parts -- verify`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench"
)]

#[path = "parts/finding.rs"]
mod finding;
#[path = "parts/search.rs"]
mod search;

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Arc;

use chapar::domain::access::Access;
use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Lane;
use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::domain::envelope::Unverified;
use chapar::domain::officer::Enrolment;
use chapar::domain::officer::ROLES;
use chapar::domain::policy::Agreement;
use chapar::domain::policy::Agreements;
use chapar::domain::policy::CHECKLIST;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::Key;
use chapar::domain::roster::Office;
use chapar::domain::roster::OfficeState;
use chapar::domain::seal;
use chapar::domain::seal::BodyKey;
use chapar::domain::seal::SealKey;
use chapar::domain::seal::VaultKey;
use chapar::domain::seal::WrapPath;
use chapar::edge::memory::MemoryStore;
use chapar::edge::sled::SledStore;
use chapar::engine::accept;
use chapar::engine::rows::drafts;
use chapar::engine::session::Event;
use chapar::engine::session::Session;
use chapar::engine::session::Speaker;
use chapar::engine::session::Standing;
use chapar::engine::session::VERSION;
use chapar::engine::session::Waiting;
use chapar::engine::store;
use chapar::engine::store::Batch;
use chapar::entropy::SeededEntropy;
use chapar::limits;
use chapar::name::Digest;
use chapar::name::Fingerprint;
use chapar::name::OfficeCode;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::Identity;
use chapar::office::Reply;
use chapar::office::Sent;
use chapar::office::Vault;
use chapar::office::Writer;
use chapar::office::read;
use chapar::office::verify::Owner;
use chapar::office::verify::Verifier;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::frame::Kind;
use criterion::BatchSize;
use criterion::Criterion;
use criterion::Throughput;
use criterion::criterion_group;
use criterion::criterion_main;

/// Entries of the log that is verified, and notices in it; the rest are openings of notices.
const ENTRIES: usize = 100_000;
const NOTICES: usize = 10_000;

/// One office in memory.
struct Desk {
    me: Identity,
    store: MemoryStore,
    writer: Writer,
}

/// What the notices rest on.
fn agreements() -> Arc<Agreements> {
    let agreement = Agreement {
        kind: wire::LegalBasisKind::Agreement,
        countries: ["TM", "UZ"].map(|country| country.parse().unwrap()).into_iter().collect(),
        purposes: vec![wire::Purpose::DrugTrafficking],
        retention_days: None,
    };
    let mut agreements = Agreements::default();
    agreements.add("B/1", agreement).unwrap();
    Arc::new(agreements)
}

fn now() -> Timestamp {
    "2026-11-20T06:00:00Z".parse().unwrap()
}

impl Desk {
    fn new(code: &str, seed: u8) -> Self {
        let me = Identity {
            network: "bench.example".parse().unwrap(),
            office: code.parse().unwrap(),
            agency: wire::Agency::Border,
            signing: SigningKey::from_seed(&[seed; 32]),
            seal_keys: vec![SealKey::from_seed(&[seed; 32])],
            vault: Vault::fixed(VaultKey::from_bytes([seed; 32])),
            agreements: agreements(),
        };
        let store = MemoryStore::new();
        let officers = ["O01", "R01"].map(|id| Enrolment {
            id: format!("{code}-{id}").parse().unwrap(),
            roles: ROLES.to_vec(),
            uid: None,
            until: Timestamp::clamped(i64::MAX),
        });
        let mut entropy = SeededEntropy::new(seed.into());
        Writer::create(&store, &me, &officers, Timestamp::ZERO, &mut entropy).unwrap();
        let writer = Writer::open(Arc::new(store.clone()), me.clone(), Box::new(entropy)).unwrap();
        Self { me, store, writer }
    }

    fn code(&self) -> OfficeCode {
        self.me.office
    }

    fn ask(&mut self, commands: Vec<Command>) -> Vec<Reply> {
        self.writer.commit(now(), commands).unwrap().into_inner()
    }

    fn listed(&self) -> Office {
        fn key<T>(key: T) -> Vec<Key<T>> {
            vec![Key { key, from: Timestamp::ZERO, until: None, compromised: None }]
        }
        Office {
            code: self.code(),
            agency: wire::Agency::Border,
            names: vec![],
            state: OfficeState::Active,
            endpoints: vec![],
            tls_keys: key(Digest([1; 32])),
            office_keys: key(self.me.signing.public()),
            seal_keys: key(self.me.seal_keys[0].public().to_vec()),
            position: None,
        }
    }

    fn addressee(&self) -> accept::Addressee {
        self.me.addressee()
    }
}

/// Two offices that know each other.
fn two() -> (Desk, Desk) {
    let (mut alt, mut far) = (Desk::new("UZ-ALT", 1), Desk::new("TM-FAR", 2));
    let mut commands = vec![];
    for office in [alt.listed(), far.listed()] {
        let country = office.code.country();
        let key = SigningKey::from_seed(&[country.to_string().as_bytes()[0]; 32]);
        let roster = CountryRoster {
            network: alt.me.network.clone(),
            country,
            version: 1,
            issued: Timestamp::ZERO,
            country_key: key.public(),
            next_country_key: None,
            offices: vec![office],
        };
        let bytes = envelope::sign::<CountryRoster>(&key, roster.encode()).bytes;
        commands.push((country, Fingerprint::of_key(&key.public().0), bytes));
    }
    for desk in [&mut alt, &mut far] {
        let officer = format!("{}-O01", desk.code()).parse::<OfficerId>().unwrap();
        for (country, fingerprint, roster) in &commands {
            let trust = Command::Trust { officer: officer.clone(), country: *country, fingerprint: *fingerprint };
            desk.ask(vec![trust, Command::Import { actor: None, rosters: vec![roster.clone()] }]);
        }
    }
    (alt, far)
}

fn header(to: OfficeCode) -> wire::NoticeHeader {
    wire::NoticeHeader {
        to: vec![wire::Party { office: to.to_string(), agency: 0 }],
        kind: wire::NoticeKind::ModusOperandi.into(),
        urgency: wire::Urgency::Routine.into(),
        traffic: wire::Traffic::Test.into(),
        expires_ms: now().plus_ms(30 * 86_400_000).ms(),
        tlp: wire::Tlp::Amber.into(),
        handling: vec![wire::Handling::H0.into()],
        permitted_action: wire::PermittedAction::InformOnly.into(),
        purpose: wire::Purpose::DrugTrafficking.into(),
        legal_basis: Some(wire::LegalBasis {
            kind: wire::LegalBasisKind::Agreement.into(),
            reference: "B/1".to_owned(),
        }),
        schema_version: 1,
        ..wire::NoticeHeader::default()
    }
}

/// About 1 kB of text.
fn body() -> wire::NoticeBody {
    let text = |text: String| Some(wire::Text { text, language: "en".to_owned() });
    wire::NoticeBody {
        subject: text("A notice of the bench".to_owned()),
        narrative: text("x".repeat(900)),
        marking: Some(wire::Marking {
            reliability: wire::Reliability::F.into(),
            credibility: wire::Credibility::Credibility6.into(),
            assertion: wire::Assertion::Unverified.into(),
            ..wire::Marking::default()
        }),
        modus_operandi: Some(wire::ModusOperandi {
            concealment: vec![wire::ConcealmentPlace::Other.into()],
            description: text("A test".to_owned()),
            ..wire::ModusOperandi::default()
        }),
        ..wire::NoticeBody::default()
    }
}

/// Drafts with these texts that wait, and the commands that release them.
fn submitted(from: &mut Desk, to: OfficeCode, bodies: Vec<wire::NoticeBody>) -> Vec<Command> {
    let officer = |id: &str| format!("{}-{id}", from.code()).parse().unwrap();
    let (author, releaser): (OfficerId, OfficerId) = (officer("O01"), officer("R01"));
    let checklist = CHECKLIST.map(Into::into).to_vec();
    let statement = wire::Statement { checklist, lawful_basis_confirmed: false };
    let send = |body| Command::Send {
        officer: author.clone(),
        draft: None,
        over: None,
        header: Box::new(header(to)),
        body: Some(Box::new(body)),
        statement: statement.clone(),
    };
    let replies = from.ask(bodies.into_iter().map(send).collect());
    let drafts = replies.iter().map(|reply| match reply {
        Reply::Sent(Ok(Sent::Submitted(drafted))) => drafted.number,
        other => panic!("{other:?}"),
    });
    let read = |draft| Command::OpenDraft { officer: releaser.clone(), draft, attachment: None };
    from.ask(drafts.map(read).collect());
    let release = |reply| {
        let Reply::Sent(Ok(Sent::Submitted(drafted))) = reply else { panic!("{reply:?}") };
        let row = drafts::row(&from.store, drafted.number).unwrap().unwrap();
        let (form, draft) = (Digest::try_from(row.form.as_slice()).unwrap(), drafted.number);
        Command::Release { officer: releaser.clone(), draft, form, statement: statement.clone() }
    };
    replies.into_iter().map(release).collect()
}

/// Issues one notice.
fn issue(from: &mut Desk, to: OfficeCode) {
    let release = submitted(from, to, vec![body()]);
    from.ask(release);
}

/// What waits at one office for the other, at most so many.
fn waiting(from: &Desk, to: &Desk, after: u64, limit: usize) -> Vec<Waiting> {
    read::waiting(&from.store, to.code(), to.me.log_id(), Lane::Routine, after, limit).unwrap()
}

fn commits(c: &mut Criterion) {
    let mut group = c.benchmark_group("commit");
    for rows in [1_u64, 256] {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let store = SledStore::create(&folder.path().join("store")).unwrap();
        let mut number = 0_u64;
        group.throughput(Throughput::Elements(rows));
        group.bench_function(format!("sled, {rows} rows of 1 KiB"), |b| {
            b.iter(|| {
                number += 1;
                let mut batch = Batch::new(number);
                for row in 0..rows {
                    batch.put([number.to_be_bytes(), row.to_be_bytes()].concat(), vec![7; 1024]);
                }
                store::commit(&store, &batch, ()).unwrap()
            });
        });
    }
    group.finish();
}

fn writer(c: &mut Criterion) {
    let mut group = c.benchmark_group("writer");
    for commands in [1, 256] {
        let (alt, far) = two();
        let (alt, to) = (RefCell::new(alt), far.code());
        group.throughput(Throughput::Elements(commands as u64));
        group.bench_function(format!("issue {commands} in one commit, in memory"), |b| {
            b.iter_batched(
                || submitted(&mut alt.borrow_mut(), to, vec![body(); commands]),
                |commands| alt.borrow_mut().writer.commit(now(), commands).unwrap(),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn signatures(c: &mut Criterion) {
    let (mut alt, far) = two();
    issue(&mut alt, far.code());
    let signed = waiting(&alt, &far, 0, 1).remove(0).deliver.dispatch;
    let claim = Unverified::<Dispatch>::read(&signed).unwrap().claim().clone();
    let keys = [alt.me.signing.public()];
    c.bench_function("sign a dispatch", |b| b.iter(|| envelope::sign::<Dispatch>(&alt.me.signing, claim.encode())));
    c.bench_function("verify a dispatch", |b| {
        b.iter(|| Unverified::<Dispatch>::read(black_box(&signed)).unwrap().verify(&keys).unwrap());
    });
}

fn sealing(c: &mut Criterion) {
    let (mut alt, far) = two();
    issue(&mut alt, far.code());
    let frame = waiting(&alt, &far, 0, 1).remove(0).deliver;
    let notice = Unverified::<Dispatch>::read(&frame.dispatch).unwrap().claim().notice;
    let path = WrapPath { notice, from: alt.code(), to: far.code() };
    let seal_key = &far.me.seal_keys[0];
    let key = BodyKey::make(&mut SeededEntropy::new(1));
    let (plain, header) = (seal::padded(&body()), [7; 200]);
    let sealed = key.seal(&header, &plain);
    let commitment = key.commitment();
    c.bench_function("seal a body of 1 kB", |b| b.iter(|| key.seal(&header, black_box(&plain))));
    c.bench_function("open a body of 1 kB", |b| {
        b.iter(|| key.open(&header, &commitment.0, black_box(&sealed)).unwrap());
    });
    // A key that remembers no encapsulation yet, and one that has opened this one.
    c.bench_function("unwrap a body key, first of its encapsulation (X-Wing)", |b| {
        let fresh = || SealKey::from_seed(&[2; 32]);
        b.iter_batched(fresh, |key| key.unwrap_key(&frame.key_wrap, &path).unwrap(), BatchSize::SmallInput);
    });
    c.bench_function("unwrap a body key, of a known encapsulation", |b| {
        b.iter(|| seal_key.unwrap_key(black_box(&frame.key_wrap), &path).unwrap());
    });
}

fn accepting(c: &mut Criterion) {
    let (mut alt, far) = two();
    issue(&mut alt, far.code());
    let frame = waiting(&alt, &far, 0, 1).remove(0).deliver;
    let (me, rosters) = (far.addressee(), far.writer.shared().rosters());
    c.bench_function("accept a notice of 1 kB", |b| {
        b.iter(|| {
            let incoming = accept::deliver(&rosters, &me, alt.code(), now(), black_box(&frame)).unwrap();
            assert!(incoming.verdict.is_ok());
        });
    });
}

/// A dispatch through the machine of its sender: loaded, sent, receipted.
fn session(c: &mut Criterion) {
    let (alt, far) = two();
    let speaker = Speaker {
        network: alt.me.network.clone(),
        office: alt.code(),
        log_id: alt.me.log_id(),
        key: alt.me.signing.public(),
    };
    let mut session = Session::accepted(speaker, vec![far.code()], Timestamp::ZERO);
    let hello = wire::Hello {
        version_min: VERSION,
        version_max: VERSION,
        network: alt.me.network.to_string(),
        office: far.code().to_string(),
        peer: alt.code().to_string(),
        log_id: far.me.log_id().0.to_vec(),
        peer_log_id: alt.me.log_id().0.to_vec(),
        window: limits::WINDOW,
        ..wire::Hello::default()
    };
    let standing = Standing { peer_log: Some(far.me.log_id()), ..Standing::default() };
    let frame = Box::new(wire::Frame { kind: Some(Kind::Hello(hello)) });
    let greeting = [Event::Opened, Event::Frame(frame), Event::Standing(Box::new(standing)), Event::Writable];
    for event in greeting {
        session.on(Timestamp::ZERO, event);
    }
    let deliver = wire::Deliver { dispatch: vec![7; 300], notice: vec![7; 1_500], key_wrap: vec![7; 1_168] };
    let mut sequence = 0;
    c.bench_function("session: load, send and receipt a dispatch", |b| {
        b.iter(|| {
            sequence += 1;
            let waiting = vec![Waiting { sequence, deliver: deliver.clone() }];
            session.on(Timestamp::ZERO, Event::Queued);
            session.on(Timestamp::ZERO, Event::Loaded { lane: Lane::Routine, waiting });
            let sent = session.on(Timestamp::ZERO, Event::Writable);
            assert!(!sent.is_empty());
            session.on(Timestamp::ZERO, Event::ReceiptStored { lane: Lane::Routine, sequence })
        });
    });
}

/// The log of a sender: notices with dispatch and receipt, and openings.
fn long_log() -> Desk {
    let (mut alt, mut far) = two();
    let (me, rosters) = (far.addressee(), far.writer.shared().rosters());
    let mut digests = vec![];
    while digests.len() < NOTICES {
        let drafts =
            submitted(&mut alt, far.code(), vec![body(); limits::COMMIT_COMMANDS.min(NOTICES - digests.len())]);
        for reply in alt.ask(drafts) {
            let Reply::Released(Ok(issued)) = reply else { panic!("{reply:?}") };
            digests.push(issued.digest);
        }
        let arriving = waiting(&alt, &far, 0, limits::COMMIT_COMMANDS);
        let arriving = arriving.iter().map(|waiting| {
            let incoming = accept::deliver(&rosters, &me, alt.code(), now(), &waiting.deliver).unwrap();
            Command::Arrive(Box::new(incoming))
        });
        let replies = far.ask(arriving.collect());
        let receipts = replies.into_iter().map(|reply| {
            let Reply::Answered(Ok(receipt)) = reply else { panic!("{reply:?}") };
            let receipt = accept::receipt(&alt.writer.shared().rosters(), alt.code(), far.code(), &receipt).unwrap();
            Command::Receipt(Box::new(receipt))
        });
        let receipts: Vec<Command> = receipts.collect();
        alt.ask(receipts);
    }
    let officer: OfficerId = "UZ-ALT-O01".parse().unwrap();
    while let size = usize::try_from(alt.writer.shared().head().size).unwrap()
        && size < ENTRIES
    {
        let count = limits::COMMIT_COMMANDS.min(ENTRIES - size);
        let opened = digests.iter().cycle().skip(size % NOTICES).take(count);
        let access = |notice: &Digest| Command::Access {
            officer: officer.clone(),
            notices: vec![*notice],
            access: Access::View,
            why: None,
            attachment: None,
        };
        let commands = opened.map(access).collect();
        alt.ask(commands);
    }
    alt
}

fn verification(c: &mut Criterion) {
    let mut group = c.benchmark_group("verify");
    group.sample_size(10).throughput(Throughput::Elements(ENTRIES as u64));
    let mut log = None;
    group.bench_function("a log of 100,000 entries, 10,000 notices", |b| {
        let desk = log.get_or_insert_with(long_log);
        let owner = || Owner {
            network: desk.me.network.clone(),
            office: desk.code(),
            key: desk.me.signing.public(),
            vault: Some(desk.me.vault.clone()),
        };
        b.iter(|| {
            let head = Verifier::new(owner()).finish(&desk.store).unwrap();
            assert_eq!(head.size, ENTRIES as u64);
        });
    });
    group.finish();
}

criterion_group!(
    parts,
    commits,
    writer,
    signatures,
    sealing,
    accepting,
    session,
    verification,
    search::search,
    finding::finding
);
criterion_main!(parts);
