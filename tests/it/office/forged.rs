//! Entries about reviews and periods that no writer would have written: `log verify` names them.

use chapar::domain::entry::Entry;
use chapar::engine::fold;
use chapar::engine::log::Head;
use chapar::engine::store;
use chapar::engine::store::Pending;
use chapar::engine::store::Store as _;
use chapar::name::Digest;
use chapar::name::OfficerId;
use chapar::office::verify::Fault;
use chapar::office::verify::Owner;
use chapar::office::verify::Verifier;
use chapar::time::Timestamp;
use chapar::wire::NoticeKind;
use chapar::wire::ReviewReason;

use crate::support::lawful;
use crate::support::office::Draft;
use crate::support::office::START_MS;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::start;

const DAY: i64 = 86_400_000;

/// Writes entries as a writer would that does not ask whether it may.
fn written(office: &TestOffice, entries: Vec<Entry>) -> Result<(), Fault> {
    let number = office.store.last_number().unwrap() + 1;
    let mut rows = Pending::new(&office.store, number);
    let mut head = Head::read(&office.store).unwrap().unwrap();
    for entry in entries {
        let (entry, bytes) = entry.stamped(office.clock, [7; 16]);
        let index = head.append(&mut rows, bytes, office.clock).unwrap();
        fold::fold(&mut rows, index, &entry).unwrap();
    }
    head.close(&mut rows, number).unwrap();
    store::commit(&office.store, &rows.into_batch(), head).unwrap();
    let me = &office.me;
    let (network, vault) = (me.network.clone(), Some(me.vault.clone()));
    let owner = Owner { network, office: me.office, key: me.signing.public(), vault };
    Verifier::new(owner).finish(&office.store).map(drop)
}

#[test]
fn what_could_not_be_decided_does_not_verify() {
    type Make = fn(&OfficerId, &OfficerId, Digest) -> Vec<Entry>;
    const K: NoticeKind = lawful::KIND;
    const SEVEN: fn() -> Timestamp = || start().plus_ms(7 * DAY);
    let cases: [(&str, Make); 12] = [
        ("", |d, _, notice| vec![Entry::reviewed(d, notice, ReviewReason::CaseOpen, SEVEN())]),
        ("fault-review", |d, _, notice| vec![Entry::reviewed(d, notice, ReviewReason::Unspecified, SEVEN())]),
        ("fault-review", |d, _, notice| vec![Entry::reviewed(d, notice, ReviewReason::CaseOpen, start())]),
        ("fault-review", |d, _, notice| {
            vec![Entry::reviewed(d, notice, ReviewReason::CaseOpen, start().plus_ms(10 * DAY + 1))]
        }),
        ("", |d, _, _| vec![Entry::retention_set(d, K, 9, None)]),
        ("fault-retention", |d, _, _| vec![Entry::retention_set(d, K, 0, None)]),
        ("fault-retention", |d, _, _| vec![Entry::retention_set(d, NoticeKind::Acknowledgement, 9, None)]),
        ("fault-retention", |d, _, _| vec![Entry::retention_set(d, K, 9, None), Entry::retention_set(d, K, 10, None)]),
        ("fault-retention", |d, _, _| {
            let (set, proposed) = (Entry::retention_set(d, K, 9, None), Entry::retention_proposed(d, K, 20));
            vec![set, proposed, Entry::retention_set(d, K, 20, Some(d))]
        }),
        ("fault-retention", |d, other, _| {
            let (set, proposed) = (Entry::retention_set(d, K, 9, None), Entry::retention_proposed(d, K, 20));
            vec![set, proposed, Entry::retention_set(other, K, 21, Some(d))]
        }),
        ("", |d, other, _| {
            let (set, proposed) = (Entry::retention_set(d, K, 9, None), Entry::retention_proposed(d, K, 20));
            vec![set, proposed, Entry::retention_set(other, K, 20, Some(d))]
        }),
        ("fault-retention", |d, _, _| vec![Entry::retention_declined(d, K)]),
    ];
    for (number, (fault, make)) in cases.into_iter().enumerate() {
        let mut alt = World::new().alt;
        let mut draft = Draft::to(&["TM-FAR"]).expiring(10 * DAY);
        draft.header.review_ms = START_MS + 5 * DAY;
        let notice = alt.issue(draft).digest;
        let other = "UZ-ALT-D02".parse().unwrap();
        let found = written(&alt, make(&alt.officer(), &other, notice)).map_or_else(|fault| fault.message, |()| "");
        assert_eq!(found, fault, "case {number}");
    }
}
