//! Who may have an attachment, and in which order those are looked for that are still to come.

use std::collections::BTreeSet;

use chapar::edge::memory::MemoryStore;
use chapar::engine::rows::key;
use chapar::engine::session::Wanted;
use chapar::engine::store::Pending;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::office::attachments;
use chapar::office::attachments::Awaited;
use chapar::wire;
use chapar::wire::Outcome;
use chapar::wire::Urgency;
use prost::Message as _;

fn digest(byte: u8) -> Digest {
    Digest([byte; 32])
}

fn office(code: &str) -> OfficeCode {
    code.parse().unwrap()
}

fn size(size_bytes: u64) -> Vec<u8> {
    wire::AttachmentRow { size_bytes }.encode_to_vec()
}

#[test]
fn only_an_office_that_a_notice_was_dispatched_to_gets_its_attachments() {
    let store = MemoryStore::new();
    let mut rows = Pending::new(&store, 1);
    let (far, ash) = (office("TM-FAR"), office("TM-ASH"));
    let row = |dispatch: &[u8], outcome: Outcome| {
        let outcome = outcome.into();
        wire::DeliveryRow { dispatch_digest: dispatch.to_vec(), outcome, ..wire::DeliveryRow::default() }
            .encode_to_vec()
    };
    let serves = |rows: &Pending<'_>, peer| attachments::serves(rows, peer, digest(1)).unwrap();
    rows.put(key::delivery(digest(8), far), row(&[5; 32], Outcome::Unspecified));
    assert!(!serves(&rows, far), "no text with it is kept here");
    rows.put(key::attachment(digest(1), digest(7)), size(9));
    rows.put(key::attachment(digest(1), digest(8)), size(9));
    assert!(serves(&rows, far));
    assert!(!serves(&rows, ash), "it was sent nothing");
    assert!(!attachments::serves(&rows, far, digest(2)).unwrap(), "another attachment");
    for (dispatch, outcome, expected) in [
        (vec![5; 32], Outcome::Delivered, true),
        (vec![5; 32], Outcome::Rejected, false),
        (vec![], Outcome::Unspecified, false),
    ] {
        rows.put(key::delivery(digest(8), far), row(&dispatch, outcome));
        assert_eq!(serves(&rows, far), expected, "{outcome:?}");
    }
    // One of several notices is enough.
    rows.put(key::delivery(digest(7), far), row(&[5; 32], Outcome::Delivered));
    assert!(serves(&rows, far) && attachments::is_kept(&rows, digest(1)).unwrap());
    rows.delete(key::attachment(digest(1), digest(7)));
    assert!(!serves(&rows, far), "its text was erased");
}

#[test]
fn the_most_urgent_come_first_and_of_those_the_newest() {
    let store = MemoryStore::new();
    let mut rows = Pending::new(&store, 1);
    let (far, mut awaited) = (office("TM-FAR"), Awaited::default());
    for (urgency, index, byte) in
        [(Urgency::Routine, 9, 1), (Urgency::Priority, 3, 2), (Urgency::Priority, 5, 3), (Urgency::Immediate, 1, 4)]
    {
        rows.put(key::to_come(far, urgency, index, digest(byte)), size(u64::from(byte)));
    }
    rows.put(key::to_come(office("TM-ASH"), Urgency::Immediate, 2, digest(5)), size(5));
    let mut here = BTreeSet::from([digest(4)]);
    let next = |awaited: &mut Awaited, rows: &Pending<'_>, end: u64, not: &[u8], here: &BTreeSet<Digest>| {
        let not: Vec<Digest> = not.iter().map(|byte| digest(*byte)).collect();
        let found = awaited.next(rows, far, end, &not, &|one| here.contains(&one)).unwrap();
        found.map(|Wanted { digest, size, .. }| {
            assert_eq!(u64::from(digest.0[0]), size);
            size
        })
    };
    assert_eq!(next(&mut awaited, &rows, 10, &[], &here), Some(3), "4 is here");
    assert_eq!(next(&mut awaited, &rows, 10, &[3], &here), Some(2), "3 is not wanted now");
    assert_eq!(awaited.all(&rows, far, 10, &|one| here.contains(&one)).unwrap().len(), 3);
    // What comes later is seen, wherever it belongs.
    rows.put(key::to_come(far, Urgency::Immediate, 10, digest(6)), size(6));
    rows.put(key::to_come(far, Urgency::Routine, 11, digest(7)), size(7));
    assert_eq!(next(&mut awaited, &rows, 12, &[], &here), Some(6));
    here.extend([digest(6), digest(3)]);
    assert_eq!(next(&mut awaited, &rows, 12, &[], &here), Some(2));
    // A text is erased.
    rows.delete(key::to_come(far, Urgency::Priority, 3, digest(2)));
    assert_eq!(next(&mut awaited, &rows, 12, &[], &here), Some(7));
    assert_eq!(awaited.all(&rows, far, 12, &|one| here.contains(&one)).unwrap().len(), 2);
    // The same one may belong to several notices.
    rows.put(key::to_come(far, Urgency::Immediate, 12, digest(7)), size(7));
    assert_eq!(next(&mut awaited, &rows, 13, &[], &here), Some(7));
    assert_eq!(awaited.all(&rows, far, 13, &|one| here.contains(&one)).unwrap().len(), 2);
    here.extend([digest(7), digest(1)]);
    assert_eq!(next(&mut awaited, &rows, 13, &[], &here), None);
}
