//! A session that takes no more dispatches: it answers those that it took, then says why, and when to come again.

use super::*;

#[test]
fn what_was_taken_is_answered_before_a_session_ends_that_takes_no_more() {
    for (event, ending, alarms) in [
        (Event::NotReady(70), Ending::NotReady, vec![]),
        (Event::OverQuota(70), Ending::OverQuota, vec![Action::Alarm(Alarm::Quota)]),
    ] {
        let mut hand = Hand::live();
        let deliver = |sequence| frame(Kind::Deliver(waiting(Lane::Routine, sequence, 9).deliver));
        for sequence in 1..=3 {
            assert!(matches!(hand.on(deliver(sequence))[..], [Action::Accept(_)]));
        }
        // The third is not taken, nor any that comes later; the two before are being judged.
        assert_eq!(hand.on(event), alarms);
        assert_eq!(hand.on(deliver(4)), []);
        assert_eq!(hand.flush_all(), (vec![], vec![]), "not yet");
        hand.on(Event::Answered(receipt(1)));
        hand.on(Event::Answered(receipt(2)));
        let bye = wire::Goodbye { reason: GoodbyeReason::NotReady.into(), retry_after_ms: 70 };
        let (sent, actions) = hand.flush_all();
        assert_eq!(actions, [Action::Close(ending)]);
        let [Kind::Receipt(first), Kind::Receipt(second), Kind::Goodbye(said)] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!((first.encode_to_vec(), second.encode_to_vec(), said), (receipt(1), receipt(2), &bye));
    }
}

#[test]
fn receipts_of_an_earlier_session_still_go_when_this_one_takes_no_more() {
    let held = Held { through: 2, ..Held::default() };
    let known = Standing { held: BTreeMap::from([(Lane::Routine, held)]), ..standing() };
    let (mut hand, _) = Hand::greeted(hello(), known);
    hand.on(frame(Kind::Deliver(waiting(Lane::Routine, 3, 9).deliver)));
    hand.on(Event::OverQuota(1));
    hand.on(Event::Receipts { lane: Lane::Routine, receipts: vec![receipt(1), receipt(2)] });
    let (sent, actions) = hand.flush_all();
    assert_eq!(sent.iter().filter(|kind| matches!(kind, Kind::Receipt(_))).count(), 2, "{sent:?}");
    assert_eq!(actions.last(), Some(&Action::Close(Ending::OverQuota)));
}
