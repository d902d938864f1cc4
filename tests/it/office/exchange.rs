//! From an officer's draft to the other office's disk, and the receipt back.

use chapar::domain::dispatch::Answer;
use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Lane;
use chapar::domain::dispatch::Receipt;
use chapar::domain::entry::Alarm;
use chapar::domain::envelope;
use chapar::domain::envelope::Unverified;
use chapar::name::Digest;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::Outcome;
use chapar::wire::Urgency;

use crate::support::craft::Craft;
use crate::support::office::Draft;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::office::start;

fn receipt_of(bytes: &[u8]) -> Receipt {
    Unverified::<Receipt>::read(bytes).unwrap().claim().clone()
}

fn dispatch_of(frame: &wire::Deliver) -> Dispatch {
    Unverified::<Dispatch>::read(&frame.dispatch).unwrap().claim().clone()
}

#[test]
fn a_notice_arrives_and_its_receipt_comes_back_both_ways() {
    let World { mut alt, mut far, mut ncc, .. } = World::new();
    let there = alt.issue(Draft::to(&["TM-FAR", "UZ-NCC"]));
    let back = far.issue(Draft::to(&["UZ-ALT"]).urgency(Urgency::Immediate));
    assert_eq!(alt.deliveries(there.digest), [(Outcome::Unspecified, 0), (Outcome::Unspecified, 0)]);
    carry(&mut alt, &mut far);
    assert_eq!(alt.deliveries(there.digest), [(Outcome::Delivered, 0), (Outcome::Unspecified, 0)]);
    carry(&mut far, &mut alt);
    carry(&mut alt, &mut ncc);
    assert_eq!(alt.deliveries(there.digest), [(Outcome::Delivered, 0); 2]);
    assert_eq!(far.deliveries(back.digest), [(Outcome::Delivered, 0)]);
    for (office, notice) in [(&far, there.digest), (&ncc, there.digest), (&alt, back.digest)] {
        assert_eq!(office.inbox(), [notice]);
        assert_eq!(office.text(notice), Draft::to(&[]).body);
        assert_eq!(office.entries_of(EntryKind::Received)[0].subject, notice.0);
    }
    assert_eq!(alt.text(there.digest), Draft::to(&[]).body, "the sender can read its own notice");
    assert_eq!(alt.entries_of(EntryKind::ReceiptStored).len(), 2);
    assert!(Lane::URGENT_FIRST.iter().all(|lane| alt.waiting(&far, *lane).is_empty()));
}

#[test]
fn a_receipt_names_the_entry_that_was_committed_with_it() {
    let World { mut alt, mut far, .. } = World::new();
    alt.issue(Draft::to(&["TM-FAR"]));
    let frame = alt.waiting(&far, Lane::Routine).remove(0);
    let receipt = far.take(alt.code(), &frame).unwrap();
    let digest = Unverified::<Receipt>::read(&receipt).unwrap().digest();
    assert_eq!(far.entries_of(EntryKind::Received)[0].object, digest.0);
    let receipt = receipt_of(&receipt);
    assert!(receipt.answers(&dispatch_of(&frame), Unverified::<Dispatch>::read(&frame.dispatch).unwrap().digest()));
    assert_eq!(receipt.answer, Answer::Delivered);
}

#[test]
fn a_known_place_gets_the_receipt_it_has_byte_for_byte() {
    let World { mut alt, mut far, .. } = World::new();
    alt.issue(Draft::to(&["TM-FAR"]));
    let frame = alt.waiting(&far, Lane::Routine).remove(0);
    let first = far.take(alt.code(), &frame).unwrap();
    let head = far.writer.shared().head();
    far.clock = far.clock.plus_ms(5000);
    assert_eq!(far.take(alt.code(), &frame).unwrap(), first);
    far.reopen();
    assert_eq!(far.take(alt.code(), &frame).unwrap(), first);
    assert_eq!(far.writer.shared().head(), head, "nothing is written");
}

#[test]
fn a_receipt_that_is_known_changes_nothing() {
    let World { mut alt, mut far, .. } = World::new();
    alt.issue(Draft::to(&["TM-FAR"]));
    let frame = alt.waiting(&far, Lane::Routine).remove(0);
    let receipt = far.take(alt.code(), &frame).unwrap();
    assert_eq!(alt.store_receipt(far.code(), &receipt), Ok((Lane::Routine, 1)));
    let head = alt.writer.shared().head();
    assert_eq!(alt.store_receipt(far.code(), &receipt), Ok((Lane::Routine, 1)));
    assert_eq!(alt.writer.shared().head(), head);
}

#[test]
fn a_known_notice_in_a_new_place_is_delivered_but_appears_once() {
    let World { alt, mut far, .. } = World::new();
    let frame = Craft::default().make(&alt, &far, 1, 5);
    far.take(alt.code(), &frame).unwrap();
    let again = Craft { dispatch: |dispatch| dispatch.sequence = 2, ..Craft::default() }.make(&alt, &far, 1, 5);
    assert_eq!(again.notice, frame.notice);
    let receipt = far.take(alt.code(), &again).unwrap();
    assert_eq!((receipt_of(&receipt).answer, receipt_of(&receipt).sequence), (Answer::Delivered, 2));
    assert_eq!(far.inbox().len(), 1);
    assert!(far.alarms().is_empty());
}

#[test]
fn a_skipped_place_is_not_answered() {
    let World { alt, mut far, .. } = World::new();
    let head = far.writer.shared().head();
    for sequence in [2, 9, u64::MAX - 1] {
        let frame = Craft::default().make(&alt, &far, sequence, 5);
        assert_eq!(far.take(alt.code(), &frame), Err("a dispatch skipped a place".to_owned()));
    }
    assert_eq!(far.writer.shared().head(), head);
    assert!(far.take(alt.code(), &Craft::default().make(&alt, &far, 1, 5)).is_ok());
}

#[test]
fn two_dispatches_with_one_place_are_an_alarm_and_the_end_of_the_session() {
    let World { alt, mut far, .. } = World::new();
    let frames = [5, 6, 7].map(|number| Craft::default().make(&alt, &far, 1, number));
    let first = far.take(alt.code(), &frames[0]).unwrap();
    for _ in 0..2 {
        assert_eq!(far.take(alt.code(), &frames[1]), Err("two dispatches have one place".to_owned()));
    }
    assert!(far.take(alt.code(), &frames[2]).is_err());
    assert_eq!(far.alarms(), [Alarm::PlaceTwice as u32], "one alarm, however often");
    let kept = far.entries_of(EntryKind::Alarm)[0].object.clone();
    assert_eq!(kept, Unverified::<Dispatch>::read(&frames[1].dispatch).unwrap().digest().0);
    assert_eq!(far.inbox().len(), 1);
    assert_eq!(far.take(alt.code(), &frames[0]).unwrap(), first, "the first keeps its place");
}

#[test]
fn one_reference_for_two_notices_is_an_alarm_and_both_are_kept() {
    let World { alt, mut far, .. } = World::new();
    let other = Craft { header: |header| header.tlp = wire::Tlp::Green.into(), ..Craft::default() };
    far.take(alt.code(), &Craft::default().make(&alt, &far, 1, 5)).unwrap();
    let receipt = far.take(alt.code(), &other.make(&alt, &far, 2, 5)).unwrap();
    assert_eq!(receipt_of(&receipt).answer, Answer::Delivered);
    assert_eq!(far.alarms(), [Alarm::ReferenceTwice as u32]);
    assert_eq!(far.entries_of(EntryKind::Alarm)[0].subject, receipt_of(&receipt).notice.0);
    assert_eq!(far.inbox().len(), 2);
}

#[test]
fn what_expires_on_the_way_is_delivered_without_a_body_key() {
    let World { mut alt, mut far, .. } = World::new();
    let notice = alt.issue(Draft::to(&["TM-FAR"]).expiring(1000)).digest;
    let in_time = alt.issue(Draft::to(&["TM-FAR"]).expiring(1001)).digest;
    far.clock = start().plus_ms(1000);
    carry(&mut alt, &mut far);
    assert_eq!(alt.deliveries(notice), [(Outcome::Delivered, 0)]);
    assert_eq!(far.inbox(), [notice, in_time]);
    assert_eq!(far.text(notice), None);
    assert!(far.text(in_time).is_some());
}

#[test]
fn lanes_have_places_of_their_own_and_the_wrap_goes_with_the_receipt() {
    let World { mut alt, mut far, .. } = World::new();
    for urgency in [Urgency::Routine, Urgency::Immediate, Urgency::Routine, Urgency::Priority] {
        alt.issue(Draft::to(&["TM-FAR"]).urgency(urgency));
    }
    let places = |lane| alt.waiting(&far, lane).iter().map(|one| dispatch_of(one).sequence).collect::<Vec<_>>();
    assert_eq!(Lane::URGENT_FIRST.map(places), [vec![1], vec![1], vec![1, 2]]);
    let frame = alt.waiting(&far, Lane::Priority).remove(0);
    let stream = dispatch_of(&alt.waiting(&far, Lane::Priority)[0]).stream;
    let wrap = chapar::engine::rows::key::key_wrap(far.code(), stream, 1);
    let kept =
        |office: &crate::support::office::TestOffice| chapar::engine::store::View::get(&office.store, &wrap).unwrap();
    assert_eq!(kept(&alt), Some(frame.key_wrap));
    carry(&mut alt, &mut far);
    assert_eq!((kept(&alt), kept(&far)), (None, None), "a wrap is never at rest longer than it must");
}

/// Signs a receipt as TM-FAR would, but for what is changed.
fn signed_receipt(world: &World, frame: &wire::Deliver, change: impl FnOnce(&mut Receipt)) -> Vec<u8> {
    let read = Unverified::<Dispatch>::read(&frame.dispatch).unwrap();
    let mut receipt = read.claim().answered(read.digest(), Answer::Delivered, start());
    change(&mut receipt);
    envelope::sign::<Receipt>(&world.far.me.signing, receipt.encode()).bytes
}

#[test]
fn a_receipt_must_answer_what_waits() {
    let mut world = World::new();
    world.alt.issue(Draft::to(&["TM-FAR"]));
    world.alt.issue(Draft::to(&["TM-FAR"]));
    let frames = world.alt.waiting(&world.far, Lane::Routine);
    let far = world.far.code();
    let (other, time) = (Digest([1; 32]), Timestamp::ZERO);
    let bad = [
        ("never sent", signed_receipt(&world, &frames[0], |r| r.sequence = 3)),
        ("never sent", signed_receipt(&world, &frames[0], |r| r.stream.lane = Lane::Immediate)),
        ("never sent", signed_receipt(&world, &frames[0], |r| r.stream.from_log = r.stream.to_log)),
        ("never sent", signed_receipt(&world, &frames[0], |r| r.stream.to_log = r.stream.from_log)),
        ("skipped a place", signed_receipt(&world, &frames[1], |_| {})),
        ("does not repeat", signed_receipt(&world, &frames[0], |r| r.dispatch = other)),
        ("does not repeat", signed_receipt(&world, &frames[0], |r| r.notice = other)),
        ("another network", signed_receipt(&world, &frames[0], |r| r.network = "other.example".parse().unwrap())),
        ("pair of offices", signed_receipt(&world, &frames[0], |r| r.from = r.to)),
        ("pair of offices", signed_receipt(&world, &frames[0], |r| r.to = r.from)),
    ];
    let head = world.alt.writer.shared().head();
    for (why, receipt) in bad {
        let refused = world.alt.store_receipt(far, &receipt).unwrap_err();
        assert!(refused.contains(why), "{refused}, not {why}");
    }
    assert_eq!(world.alt.writer.shared().head(), head);
    let good = signed_receipt(&world, &frames[0], |r| r.received = time);
    assert_eq!(world.alt.store_receipt(far, &good), Ok((Lane::Routine, 1)), "its time is the addressee's affair");
}
