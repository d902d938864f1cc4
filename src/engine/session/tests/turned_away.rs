//! A session that takes nothing more of its peer: what was taken is answered, our own goes on, then the peer hears why.

use super::*;

fn deliver(sequence: u64, bytes: usize) -> Event {
    frame(Kind::Deliver(waiting(Lane::Routine, sequence, bytes).deliver))
}

/// A live session in which the peer's first dispatch was turned away, for so long.
fn turned_away(retry_ms: u32) -> Hand {
    let mut hand = Hand::live();
    nothing_waits(&mut hand);
    assert!(matches!(hand.on(deliver(1, 9))[..], [Action::Accept(_)]));
    // Something of ours may wait: that is being read.
    hand.on(Event::Queued);
    hand.on(Event::OverQuota(retry_ms));
    hand
}

/// Nothing waits in any lane.
fn nothing_waits(hand: &mut Hand) {
    for lane in Lane::URGENT_FIRST {
        hand.load(lane, 1, 0, 0);
    }
}

fn not_ready(retry_after_ms: u32) -> Kind {
    Kind::Goodbye(wire::Goodbye { reason: GoodbyeReason::NotReady.into(), retry_after_ms })
}

#[test]
fn what_was_taken_is_answered_before_a_session_ends_that_takes_no_more() {
    for (event, ending, alarms) in [
        (Event::NotReady(70), Ending::NotReady(60), vec![]),
        (Event::OverQuota(70), Ending::OverQuota(60), vec![Action::Alarm(Alarm::Quota)]),
    ] {
        let mut hand = Hand::live();
        nothing_waits(&mut hand);
        for sequence in 1..=3 {
            assert!(matches!(hand.on(deliver(sequence, 9))[..], [Action::Accept(_)]));
        }
        // The third is not taken, nor any that comes later; the two before are being judged.
        assert_eq!(hand.on(event), alarms);
        assert_eq!(hand.on(deliver(4, 9)), []);
        assert_eq!(hand.flush_all(), (vec![], vec![]), "not yet");
        hand.on(Event::Answered(receipt(1)));
        hand.after(10, Event::Answered(receipt(2)));
        let (sent, actions) = hand.flush_all();
        assert_eq!(actions, [Action::Close(ending)]);
        let [Kind::Receipt(first), Kind::Receipt(second), bye] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!((first.encode_to_vec(), second.encode_to_vec()), (receipt(1), receipt(2)));
        assert_eq!(bye, &not_ready(60), "what is left of the time");
    }
}

#[test]
fn receipts_of_an_earlier_session_still_go_when_this_one_takes_no_more() {
    let held = Held { through: 2, ..Held::default() };
    let known = Standing { held: BTreeMap::from([(Lane::Routine, held)]), ..standing() };
    let (mut hand, _) = Hand::greeted(hello(), known);
    nothing_waits(&mut hand);
    hand.on(deliver(3, 9));
    hand.on(Event::OverQuota(1));
    hand.on(Event::Receipts { lane: Lane::Routine, receipts: vec![receipt(1), receipt(2)] });
    let (sent, actions) = hand.flush_all();
    assert_eq!(sent.iter().filter(|kind| matches!(kind, Kind::Receipt(_))).count(), 2, "{sent:?}");
    assert_eq!(actions.last(), Some(&Action::Close(Ending::OverQuota(1))));
}

#[test]
fn our_immediate_still_goes_while_the_peer_is_turned_away() {
    let mut hand = turned_away(600_000);
    hand.load(Lane::Immediate, 1, 2, 10);
    nothing_waits(&mut hand);
    assert_eq!(places(&hand.flush()), [(Lane::Immediate, 1), (Lane::Immediate, 2)]);
    // Meanwhile the peer's own are dropped, its receipts and rosters are not.
    assert_eq!(hand.on(deliver(2, 9)), []);
    let receipt = wire::Envelope { payload: vec![1], ..wire::Envelope::default() };
    assert_eq!(hand.on(frame(Kind::Receipt(receipt.clone()))), [Action::StoreReceipt(Box::new(receipt.clone()))]);
    assert_eq!(hand.on(frame(Kind::Roster(receipt.clone()))), [Action::Import(receipt.encode_to_vec())]);
    hand.on(Event::Imported);
    // And what comes up now goes as well.
    hand.on(Event::ReceiptStored { lane: Lane::Immediate, sequence: 1 });
    let loads = hand.on(Event::Queued);
    assert!(loads.contains(&Action::Load { lane: Lane::Immediate, after: 2, limit: limits::LOAD }), "{loads:?}");
    hand.load(Lane::Immediate, 3, 3, 10);
    assert_eq!(places(&hand.flush()), [(Lane::Immediate, 3)]);
}

#[test]
fn goodbye_comes_when_nothing_of_ours_is_left() {
    let mut hand = turned_away(600_000);
    hand.load(Lane::Routine, 1, 1, 10);
    nothing_waits(&mut hand);
    assert_eq!(places(&hand.flush()), [(Lane::Routine, 1)]);
    assert_eq!(hand.flush_all(), (vec![], vec![]), "it is in flight");
    hand.on(Event::ReceiptStored { lane: Lane::Routine, sequence: 1 });
    assert_eq!(hand.sent, [not_ready(600_000)]);
    assert!(!hand.session.wants_frames());
}

#[test]
fn a_peer_that_ignores_its_windows_is_ended() {
    let over = Ending::Protocol("more dispatches came than may be in flight");
    let count = limits::UNANSWERED as u64;
    for (bytes, most) in [(9, count), (200_000, limits::UNANSWERED_BYTES / 200_100)] {
        let mut hand = turned_away(600_000);
        for sequence in 2..=most {
            assert_eq!(hand.on(deliver(sequence, bytes)), []);
        }
        assert!(hand.session.wants_frames(), "{most} may be in flight");
        hand.sent.clear();
        let more: Vec<Action> = (0..3).flat_map(|one| hand.on(deliver(most + 1 + one, bytes))).collect();
        let (sent, mut actions) = hand.flush_all();
        actions.extend(more);
        assert_eq!((goodbyes(&sent), actions), (vec![GoodbyeReason::Protocol], vec![Action::Close(over)]));
    }
}

#[test]
fn who_is_turned_away_may_try_again_in_time_though_ours_never_ends() {
    let mut hand = turned_away(70_000);
    for _ in 0..2 {
        hand.pump(Lane::Routine, 10);
        hand.after(30_000, Event::ReceiptStored { lane: Lane::Routine, sequence: 1 });
        assert!(matches!(hand.on(Event::Tick)[..], [.., Action::WakeAt(_)]));
        assert!(hand.session.wants_frames());
    }
    hand.flush();
    let (_, closed) = (hand.after(30_000, Event::Writable), hand.on(Event::Tick));
    assert_eq!(hand.sent.last(), Some(&not_ready(0)));
    assert_eq!(closed.last(), Some(&Action::Close(Ending::OverQuota(0))));
}

#[test]
fn a_peer_that_reads_nothing_and_goes_on_sending_is_left() {
    let mut hand = turned_away(600_000);
    // Our answer to another dispatch never leaves.
    hand.load(Lane::Routine, 1, 1, 10);
    hand.on(Event::Writable);
    hand.load(Lane::Routine, 2, 2, 10);
    hand.on(Event::Answered(receipt(1)));
    let roster = wire::Envelope { payload: vec![1], ..wire::Envelope::default() };
    let mut actions = vec![];
    for _ in 0..4 {
        hand.on(frame(Kind::Roster(roster.clone())));
        hand.on(Event::Imported);
        actions = hand.after(limits::IDLE_MS / 4, Event::Tick);
        if !hand.session.wants_frames() {
            break;
        }
    }
    actions.extend(hand.on(Event::Tick));
    assert!(matches!(actions.last(), Some(Action::Close(Ending::OverQuota(_)))), "{actions:?}");
}
