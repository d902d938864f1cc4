//! Reviews of texts: what is due, and that one is still needed.

use chapar::limits;
use chapar::name::Digest;
use chapar::office::Command;
use chapar::office::Ends;
use chapar::office::Reply;
use chapar::office::due;
use chapar::office::review;
use chapar::office::review::ReviewRefused;
use chapar::office::review::Reviewed;
use chapar::time::Timestamp;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::ReviewReason;

use crate::support::office::Draft;
use crate::support::office::START_MS;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::office::duties;
use crate::support::office::start;

const DAY: i64 = 86_400_000;

/// A notice that ends, and is to be reviewed before, after so many days.
fn draft(ends: i64, review: i64) -> Draft {
    let mut draft = Draft::to(&["TM-FAR"]).expiring(ends * DAY);
    draft.header.review_ms = START_MS + review * DAY;
    draft
}

fn reviewed(
    office: &mut TestOffice,
    notice: Digest,
    reason: ReviewReason,
    next: Option<Timestamp>,
) -> Result<Reviewed, ReviewRefused> {
    let command = Command::Review { officer: office.officer(), notice, reason, next };
    match office.commit(vec![command]).pop() {
        Some(Reply::Reviewed(done)) => done,
        other => panic!("{other:?}"),
    }
}

/// References of what is to be reviewed within so many days, three at a time.
fn listed(office: &TestOffice, days: i64) -> Vec<String> {
    let (now, before) = (office.clock, office.clock.plus_ms(days * DAY));
    let (mut all, mut after) = (vec![], None);
    loop {
        let (rows, next) = due::reviews(&office.store, now, before, after, 3).unwrap();
        assert!(rows.len() <= 3);
        all.extend(rows.into_iter().map(|row| row.reference));
        match next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}

fn overdue(office: &TestOffice) -> u32 {
    Ends::of(&office.store, office.clock).unwrap().reviews_overdue
}

#[test]
fn what_is_due_is_listed_the_earliest_first_in_pages() {
    let mut world = World::new();
    let alt = &mut world.alt;
    let notices: Vec<_> = [20, 5, 9, 1, 7].into_iter().map(|review| alt.issue(draft(40, review))).collect();
    let plain = alt.issue(Draft::to(&["TM-FAR"]).expiring(3 * DAY));
    carry(alt, &mut world.far);
    let names = |places: &[usize]| places.iter().map(|place| notices[*place].reference.to_string()).collect::<Vec<_>>();
    for office in [&mut world.alt, &mut world.far] {
        assert_eq!(listed(office, 30), names(&[3, 1, 4, 2, 0]));
        assert_eq!((listed(office, 8), overdue(office)), (names(&[3, 1, 4]), 0));
        let (rows, next) = due::endings(&office.store, office.clock, start().plus_ms(40 * DAY + 1), None, 4).unwrap();
        assert_eq!((rows[0].reference.clone(), rows.len()), (plain.reference.to_string(), 4));
        let (rest, end) = due::endings(&office.store, office.clock, start().plus_ms(40 * DAY + 1), next, 4).unwrap();
        assert_eq!((rest.len(), end), (2, None));
        // Days count from a time; what was due before stands beside them.
        let (counts, before) = due::count(&office.store, start().plus_ms(2 * DAY), DAY, 4).unwrap();
        let counts: Vec<_> = counts.iter().map(|count| (count.ends, count.reviews)).collect();
        assert_eq!(counts, [(0, 0), (1, 0), (0, 0), (0, 1)]);
        assert_eq!((before.ends, before.reviews), (0, 1));
        office.clock = office.clock.plus_ms(6 * DAY);
        assert_eq!(overdue(office), 2);
    }
}

#[test]
fn a_text_that_is_still_needed_is_reviewed_again_before_it_ends() {
    let mut world = World::new();
    let notice = world.alt.issue(draft(40, 5));
    let plain = world.alt.issue(Draft::to(&["TM-FAR"]).expiring(40 * DAY));
    carry(&mut world.alt, &mut world.far);
    let far = &mut world.far;
    far.clock = far.clock.plus_ms(6 * DAY);
    let needed = ReviewReason::CaseOpen;
    let (at, ends) = (|days: i64| start().plus_ms(days * DAY), start().plus_ms(40 * DAY));
    let cases = [
        (plain.digest, needed, None, ReviewRefused::NoReview(plain.reference)),
        (Digest([7; 32]), needed, None, ReviewRefused::NoText),
        (notice.digest, ReviewReason::Unspecified, None, ReviewRefused::Reason),
        (notice.digest, needed, Some(at(6)), ReviewRefused::Early),
        (notice.digest, needed, Some(ends.plus_ms(1)), ReviewRefused::Late(ends)),
    ];
    for (of, reason, next, refusal) in cases {
        assert_eq!(reviewed(far, of, reason, next), Err(refusal));
    }
    let done = reviewed(far, notice.digest, needed, Some(at(12))).unwrap();
    assert_eq!((done.reference, done.next), (notice.reference, at(12)));
    let entry = &far.entries()[usize::try_from(done.index).unwrap()];
    assert_eq!((entry.kind(), entry.code, entry.note.as_str()), (EntryKind::Reviewed, 2, "2026-12-06T08:00:00.000Z"));
    assert_eq!(entry.subject, notice.digest.0);
    far.reopen();
    assert_eq!((overdue(far), listed(far, 5), listed(far, 7).len()), (0, vec![], 1));
    assert_eq!(far.verified(), Ok(()));
    // None named: as late as may be, which is its end.
    assert_eq!(reviewed(far, notice.digest, needed, None).unwrap().next, ends);
    duties(far, 0);
    (0..36).for_each(|_| duties(far, DAY));
    assert_eq!(far.text(notice.digest), None);
    assert_eq!((reviewed(far, notice.digest, needed, None), overdue(far)), (Err(ReviewRefused::NoText), 0));
    assert_eq!(far.verified(), Ok(()));
}

#[test]
fn a_person_alert_is_reviewed_within_thirty_days() {
    let (now, ends) = (start(), start().plus_ms(400 * DAY));
    assert_eq!(review::latest(NoticeKind::PersonAlert, now, ends), now.plus_ms(30 * DAY));
    assert_eq!(review::latest(NoticeKind::SeizureReport, now, ends), now.plus_ms(limits::REVIEW_DAYS * DAY));
    assert_eq!(review::latest(NoticeKind::PersonAlert, now, now.plus_ms(DAY)), now.plus_ms(DAY));
}
