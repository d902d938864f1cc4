//! `log verify` names every row in which a byte was changed, and every row that is missing or that nothing explains.

use std::collections::BTreeMap;

use chapar::domain::access::List;
use chapar::domain::access::Overview;
use chapar::domain::access::Why;
use chapar::domain::draft;
use chapar::domain::entry::Access;
use chapar::domain::entry::Closing;
use chapar::domain::entry::Entry;
use chapar::domain::exercise::Exercise;
use chapar::domain::reading::Verdict;
use chapar::engine::fold;
use chapar::engine::log::Head;
use chapar::engine::rows::key;
use chapar::engine::store;
use chapar::engine::store::Pending;
use chapar::engine::store::Row;
use chapar::engine::store::Store as _;
use chapar::engine::store::StoreError;
use chapar::engine::store::View;
use chapar::i18n::ENGLISH;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::ExerciseStep;
use chapar::office::ReadingStep;
use chapar::office::Reply;
use chapar::office::verify::Fault;
use chapar::office::verify::Owner;
use chapar::office::verify::Verifier;
use chapar::time::Timestamp;
use chapar::wire;

use crate::desks::Desk;
use crate::desks::deliver;
use crate::desks::desks;
use crate::samples::issue;
use crate::support::second;
use crate::world::a_notice;
use chapar::office::Sent;

/// A store in which some rows are others than they were.
struct Changed<'a> {
    base: &'a dyn View,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl View for Changed<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.changes.get(key).cloned().map_or_else(|| self.base.get(key), Ok)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Row>, StoreError> {
        let mut rows: BTreeMap<Vec<u8>, Vec<u8>> = self.base.scan(from, to, usize::MAX)?.into_iter().collect();
        for (key, change) in self.changes.range(from.to_vec()..to.to_vec()) {
            match change {
                Some(value) => drop(rows.insert(key.clone(), value.clone())),
                None => drop(rows.remove(key)),
            }
        }
        Ok(rows.into_iter().take(limit).collect())
    }
}

fn verify(desk: &Desk, view: &dyn View) -> Result<u64, Fault> {
    let owner = Owner {
        network: desk.me.network.clone(),
        office: desk.me.office,
        key: desk.me.signing.public(),
        vault: Some(desk.me.vault.clone()),
    };
    Verifier::new(owner).finish(view).map(|head| head.size)
}

/// An office with every sort of row: sent, delivered, waiting, held back, received.
fn a_busy_office() -> Desk {
    let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
    let (alt, far): (OfficeCode, OfficeCode) = ("UZ-ALT".parse().unwrap(), "TM-FAR".parse().unwrap());
    let mut desks = desks();
    let send = |desks: &mut BTreeMap<OfficeCode, Desk>, from: OfficeCode, name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices").join(name);
        let options = draft::Options { without_attachments: true };
        let parsed = draft::parse(&std::fs::read(path).unwrap(), options).unwrap();
        issue(desks.get_mut(&from).unwrap(), now, parsed).unwrap();
    };
    send(&mut desks, alt, "64-coordination-meeting.json");
    deliver(&mut desks, alt, far, now);
    // Thirty-six kilobytes of text: an envelope over several rows, in another office's hands first.
    send(&mut desks, far, "03-seizure-yarn-heroin.json");
    deliver(&mut desks, far, alt, now);
    send(&mut desks, alt, "64-coordination-meeting.json");
    let mut desk = desks.remove(&alt).unwrap();
    let id = |id: &str| -> OfficerId { format!("{alt}-{id}").parse().unwrap() };
    // The last one may only be proposed: then there are two administrators.
    let (decides, administers) = (wire::Role::DataProtectionOfficer, wire::Role::Administrator);
    let enrolled = [("O04", wire::Role::Officer), ("D01", decides), ("A02", administers), ("A03", administers)];
    for (officer, role) in enrolled {
        let roles = vec![role.into()];
        let enrolment = wire::Enrolment { id: id(officer).to_string(), roles, uid: None, until_ms: 0 };
        let hash = Some("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$dGhlIGhhc2g".to_owned());
        let reply = desk.ask(now, Command::Enrol { actor: id("O01"), enrolment, hash });
        assert!(matches!(reply, Reply::Enrolled(Ok(_))), "{reply:?}");
    }
    let received = desk.store.scan(key::INBOX, &key::after(key::INBOX), 1).unwrap().remove(0).1;
    let (officer, notice) = ("UZ-ALT-O01".parse().unwrap(), Digest::try_from(received.as_slice()).unwrap());
    let handled = [
        Command::Agreements,
        Command::Overview { officer: desk.officer(), overview: Overview::List { list: List::Inbox, rows: 1 } },
        Command::Access { officer, notices: vec![notice], access: Access::View, why: None, attachment: None },
        Command::Acknowledge { officer: "UZ-ALT-O01".parse().unwrap(), notice },
        Command::Take { officer: "UZ-ALT-O01".parse().unwrap(), notice },
        Command::HandOver { officer: id("O01"), to: id("O04"), notices: vec![notice] },
        Command::Close { officer: "UZ-ALT-O01".parse().unwrap(), notice, closing: Closing::Close },
    ];
    for command in handled {
        let reply = desk.ask(now, command);
        let done = matches!(
            reply,
            Reply::Agreed
                | Reply::Accessed
                | Reply::Acknowledged(Ok(_))
                | Reply::Taken(Ok(_))
                | Reply::HandedOver(Ok(_))
                | Reply::Closed(Ok(_))
        );
        assert!(done, "{reply:?}");
    }
    let asks = ReadingStep::Ask { notice, why: Why::needed("case 7").unwrap() };
    let Reply::Reading(Ok(request)) = desk.ask(now, Command::Reading { officer: id("O01"), step: asks }) else {
        panic!()
    };
    let decides = ReadingStep::Decide { request, verdict: Verdict::Granted };
    for (officer, step) in [("D01", decides), ("O01", ReadingStep::Open { notice, amendments: vec![] })] {
        let reply = desk.ask(now, Command::Reading { officer: id(officer), step });
        assert!(matches!(reply, Reply::Reading(Ok(_))), "{reply:?}");
    }
    drafts(&mut desk, now);
    exercises(&mut desk, now);
    desk
}

/// One that has ended, and one that is on.
fn exercises(desk: &mut Desk, now: Timestamp) {
    let asked =
        wire::Exercise { name: "Dostyk".to_owned(), offices: vec!["TM-FAR".to_owned()], until_ms: now.plus_ms(1).ms() };
    let officer = desk.officer();
    let mut step = |step| match desk.ask(now, Command::Exercise { officer: officer.clone(), step }) {
        Reply::Exercise(done) => done.unwrap(),
        other => panic!("{other:?}"),
    };
    let began = step(ExerciseStep::Start(asked.clone()));
    step(ExerciseStep::End(began));
    step(ExerciseStep::Start(asked));
}

/// Drafts that are written, wait for release, and were returned; and an emergency that nobody has confirmed.
fn drafts(desk: &mut Desk, now: Timestamp) {
    let notice = |urgency| {
        let wire::SendNoticeRequest { header, body, .. } = a_notice(&["TM-FAR"], urgency, "a draft");
        (header.unwrap(), body)
    };
    let (office, officer) = (desk.me.office, desk.officer());
    let (header, body) = notice(wire::Urgency::Routine);
    let save = second::save(officer, None, Box::new(header.clone()), body.clone().map(Box::new));
    assert!(matches!(desk.ask(now, save), Reply::Drafted(Ok(_))));
    let numbers = [0, 1].map(|_| match desk.ask(now, second::send(office, header.clone(), body.clone())) {
        Reply::Sent(Ok(Sent::Submitted(drafted))) => drafted.number,
        other => panic!("{other:?}"),
    });
    let read = desk.ask(now, second::read(office, numbers[1]));
    assert!(matches!(read, Reply::DraftOpened(Ok(_))), "{read:?}");
    let comment = "Say which road".to_owned();
    let back = Command::Return { officer: second::id(office), draft: numbers[1], comment };
    assert!(matches!(desk.ask(now, back), Reply::Drafted(Ok(_))));
    let (header, body) = notice(wire::Urgency::Immediate);
    let header = wire::NoticeHeader { emergency: true, ..header };
    let sent = desk.ask(now, second::send(office, header, body));
    assert!(matches!(sent, Reply::Sent(Ok(Sent::Issued(_)))), "{sent:?}");
}

fn rows(view: &dyn View) -> Vec<Row> {
    view.scan(&[], &[u8::MAX; 65], usize::MAX).unwrap()
}

#[test]
fn a_store_as_it_was_written_has_no_fault() {
    let desk = a_busy_office();
    let size = verify(&desk, &*desk.store).unwrap();
    assert_eq!(size, desk.writer.shared().head().size);
    let sorts: std::collections::BTreeSet<u8> = rows(&*desk.store).iter().map(|(key, _)| key[0]).collect();
    assert!(
        sorts.len() >= 24,
        "all sorts of rows are there: {}",
        String::from_utf8_lossy(&sorts.into_iter().collect::<Vec<_>>())
    );
}

#[test]
fn every_changed_byte_is_named() {
    let desk = a_busy_office();
    let mut tried = 0;
    for (key, value) in rows(&*desk.store) {
        // Every byte of a short row; of a long one the ends and a sample.
        let places: Vec<usize> =
            (0..value.len()).filter(|at| value.len() < 96 || at % 37 == 0 || *at + 1 == value.len()).collect();
        for at in places {
            let mut changed = value.clone();
            changed[at] ^= 1 << (at % 8);
            let view = Changed { base: &*desk.store, changes: BTreeMap::from([(key.clone(), Some(changed))]) };
            let fault = verify(&desk, &view);
            assert!(fault.is_err(), "byte {at} of row {}", hex::encode(&key));
            assert!(ENGLISH.known(fault.unwrap_err().message).is_some());
            tried += 1;
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn every_missing_and_every_unexplained_row_is_named() {
    let desk = a_busy_office();
    for (key, value) in rows(&*desk.store) {
        let view = Changed { base: &*desk.store, changes: BTreeMap::from([(key.clone(), None)]) };
        assert!(verify(&desk, &view).is_err(), "row {} is missing", hex::encode(&key));
        let mut beside = key.clone();
        *beside.last_mut().unwrap() ^= 0x40;
        if desk.store.get(&beside).unwrap().is_none() {
            let view = Changed { base: &*desk.store, changes: BTreeMap::from([(beside.clone(), Some(value))]) };
            assert!(verify(&desk, &view).is_err(), "row {} is unexplained", hex::encode(&beside));
        }
    }
}

#[test]
fn the_faulty_entry_is_named_by_its_index() {
    let desk = a_busy_office();
    let key = key::entry(3);
    let mut entry = desk.store.get(&key).unwrap().unwrap();
    entry[0] ^= 4;
    let view = Changed { base: &*desk.store, changes: BTreeMap::from([(key, Some(entry))]) };
    assert_eq!(verify(&desk, &view).unwrap_err().index, Some(3));
}

/// Writes an entry that no office would, with the rows that follow from it.
fn forged(desk: &Desk, now: Timestamp, entry: Entry) {
    let number = desk.store.last_number().unwrap() + 1;
    let mut head = Head::read(&*desk.store).unwrap().unwrap();
    let mut rows = Pending::new(&*desk.store, number);
    let (entry, bytes) = entry.stamped(now, [7; 16]);
    let index = head.append(&mut rows, bytes, now).unwrap();
    fold::fold(&mut rows, index, &entry).unwrap();
    head.close(&mut rows, number).unwrap();
    store::commit(&*desk.store, &rows.into_batch(), head).unwrap();
}

#[test]
fn an_exercise_that_cannot_have_begun_or_ended_is_named() {
    let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
    let exercise =
        Exercise { name: "Dostyk".to_owned(), offices: ["TM-FAR".parse().unwrap()].into(), until: now.plus_ms(1) };
    let nameless = Exercise { name: String::new(), ..exercise.clone() };
    let desk = || desks().remove(&"UZ-ALT".parse::<OfficeCode>().unwrap()).unwrap();
    let verified = |entries: &dyn Fn(&OfficerId, u64) -> Vec<Entry>| {
        let desk = desk();
        let size = desk.writer.shared().head().size;
        for entry in entries(&desk.officer(), size) {
            forged(&desk, now, entry);
        }
        verify(&desk, &*desk.store).map_err(|fault| fault.message)
    };
    let start = |officer: &OfficerId| Entry::exercise_started(officer, &exercise);
    assert!(verified(&|officer, size| vec![start(officer), Entry::exercise_ended(officer, size)]).is_ok());
    let (began, ended) = (Err("fault-exercise-started"), Err("fault-exercise-ended"));
    assert_eq!(verified(&|officer, _| vec![start(officer), start(officer)]), began, "two at once");
    assert_eq!(verified(&|officer, _| vec![Entry::exercise_started(officer, &nameless)]), began);
    assert_eq!(verified(&|officer, size| vec![Entry::exercise_ended(officer, size)]), ended, "none is on");
    assert_eq!(verified(&|officer, size| vec![start(officer), Entry::exercise_ended(officer, size + 1)]), ended);
}

#[test]
fn lists_and_agreements_that_cannot_have_been_are_named() {
    let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
    let desk = || desks().remove(&"UZ-ALT".parse::<OfficeCode>().unwrap()).unwrap();
    let list = |list, rows| {
        let mut desk = desk();
        let overview = Overview::List { list, rows };
        desk.ask(now, Command::Overview { officer: desk.officer(), overview });
        verify(&desk, &*desk.store)
    };
    assert!(list(List::Drafts, 1).is_ok() && list(List::Arrivals, 0).is_ok());
    assert!(list(List::Inbox, 0).unwrap_err().to_string().contains("has no rows"));
    let mut desk = desk();
    for _ in 0..2 {
        assert!(matches!(desk.ask(now, Command::Agreements), Reply::Agreed));
    }
    let size = verify(&desk, &*desk.store).unwrap();
    let row = (key::AGREEMENTS.to_vec(), Some(vec![7; 32]));
    let view = Changed { base: &*desk.store, changes: BTreeMap::from([row]) };
    assert!(verify(&desk, &view).unwrap_err().to_string().contains("the agreements projection"));
    assert_eq!(desk.writer.shared().head().size, size);
}
