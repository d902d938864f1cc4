//! Attachments: pulled one at a time behind everything else, resumed, checked against what was asked, and served.

use super::*;

const CHUNK: u64 = limits::CHUNK_BYTES as u64;

fn wanted(byte: u8, size: u64, arrived: u64) -> Wanted {
    Wanted { digest: Digest([byte; 32]), size, arrived }
}

/// A live session that pulls this.
fn pulling(one: Wanted) -> Hand {
    let mut hand = Hand::live();
    assert_eq!(hand.on(Event::Wanted(Some(one))), []);
    hand
}

fn fetch(byte: u8, offset: u64, length: u64) -> Kind {
    Kind::Fetch(wire::Fetch { digest: vec![byte; 32], offset, length: u32::try_from(length).unwrap() })
}

fn piece(byte: u8, offset: u64, length: u64) -> wire::Chunk {
    wire::Chunk { digest: vec![byte; 32], offset, data: vec![byte; usize::try_from(length).unwrap()] }
}

fn chunk(byte: u8, offset: u64, length: u64) -> Event {
    frame(Kind::Chunk(piece(byte, offset, length)))
}

fn stored(byte: u8, pulled: Pulled) -> Event {
    Event::ChunkStored { digest: Digest([byte; 32]), pulled }
}

fn look(not: &[u8]) -> Action {
    Action::LoadWanted { not: not.iter().map(|byte| Digest([*byte; 32])).collect() }
}

/// A session that broke off, because of a rule.
fn broke_a_rule(mut hand: Hand, event: Event) {
    let mut actions = hand.on(event);
    let (sent, later) = hand.flush_all();
    actions.extend(later);
    assert_eq!(goodbyes(&sent), [GoodbyeReason::Protocol]);
    assert!(matches!(actions[..], [Action::Close(Ending::Protocol(_))]), "{actions:?}");
}

#[test]
fn an_attachment_is_pulled_piece_by_piece_from_where_it_was() {
    let size = 3 * CHUNK + 5;
    let mut hand = pulling(wanted(1, size, CHUNK + 2));
    assert_eq!(hand.flush(), [fetch(1, CHUNK + 2, CHUNK)], "one, as long as nothing is known of the link");
    let kept = |offset, length| Action::StoreChunk {
        wanted: wanted(1, size, CHUNK + 2),
        offset,
        data: piece(1, 0, length).data,
    };
    assert_eq!(hand.after(1_001, chunk(1, CHUNK + 2, CHUNK)), [kept(CHUNK + 2, CHUNK)]);
    assert_eq!(hand.flush(), [], "not before it is kept");
    hand.on(stored(1, Pulled::Arriving));
    assert_eq!(hand.flush(), [fetch(1, 2 * CHUNK + 2, CHUNK)], "the last answer was slow");
    assert_eq!(hand.after(1_000, chunk(1, 2 * CHUNK + 2, CHUNK)), [kept(2 * CHUNK + 2, CHUNK)]);
    assert_eq!(hand.flush(), [fetch(1, 3 * CHUNK + 2, 3)], "the last one came within a second");
    hand.on(stored(1, Pulled::Arriving));
    assert_eq!(hand.flush(), [], "there is no more of it");
    assert_eq!(hand.on(chunk(1, 3 * CHUNK + 2, 3)), [kept(3 * CHUNK + 2, 3)]);
    assert_eq!(hand.on(stored(1, Pulled::Over)), [look(&[])]);
    hand.on(Event::Wanted(Some(wanted(2, 9, 0))));
    assert_eq!(hand.flush(), [fetch(2, 0, 9)]);
}

#[test]
fn on_a_fast_link_two_pieces_are_on_their_way() {
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    hand.flush();
    hand.after(5, chunk(1, 0, CHUNK));
    hand.on(stored(1, Pulled::Arriving));
    assert_eq!(hand.flush(), [fetch(1, CHUNK, CHUNK), fetch(1, 2 * CHUNK, CHUNK)]);
    hand.after(5, chunk(1, CHUNK, CHUNK));
    assert_eq!(hand.flush(), [], "the first is not kept yet");
    hand.on(stored(1, Pulled::Arriving));
    assert_eq!(hand.flush(), [fetch(1, 3 * CHUNK, CHUNK)]);
}

#[test]
fn everything_else_goes_before_attachments() {
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    hand.on(frame(fetch(7, 0, 10)));
    hand.on(Event::ChunkRead(piece(7, 0, 10)));
    hand.load(Lane::Routine, 1, 2, 10);
    hand.on(Event::Answered(receipt(1)));
    let sent = hand.flush();
    let [Kind::Receipt(_), Kind::Deliver(_), Kind::Deliver(_), asked, answer] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((asked, answer), (&fetch(1, 0, CHUNK), &Kind::Chunk(piece(7, 0, 10))));
}

#[test]
fn an_urgent_notice_waits_for_one_piece_at_most() {
    let mut hand = Hand::live();
    for offset in [0, CHUNK] {
        let read = Action::ReadChunk { digest: Digest([7; 32]), offset, length: limits::CHUNK_BYTES };
        assert_eq!(hand.on(frame(fetch(7, offset, CHUNK))), [read]);
        hand.on(Event::ChunkRead(piece(7, offset, CHUNK)));
    }
    hand.on(Event::Writable);
    hand.load(Lane::Immediate, 1, 1, 100);
    let sent = hand.flush();
    assert!(matches!(sent[..], [Kind::Chunk(_), Kind::Deliver(_), Kind::Chunk(_)]), "{sent:?}");
}

#[test]
fn a_more_urgent_attachment_takes_the_place_of_another_one() {
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    hand.flush();
    // A notice came; its receipt goes.
    hand.on(Event::Answered(receipt(1)));
    hand.after(5, chunk(1, 0, CHUNK));
    assert_eq!(hand.on(stored(1, Pulled::Arriving)), [look(&[])]);
    hand.flush();
    hand.on(Event::Wanted(Some(wanted(2, 5, 0))));
    assert_eq!(hand.flush(), [fetch(2, 0, 5)]);
    hand.on(chunk(2, 0, 5));
    assert_eq!(hand.on(stored(2, Pulled::Over)), [look(&[])]);
    hand.on(Event::Wanted(Some(wanted(1, 9 * CHUNK, CHUNK))));
    assert_eq!(hand.flush()[0], fetch(1, CHUNK, CHUNK), "it goes on where it was");
}

#[test]
fn notices_without_end_do_not_stop_what_is_being_pulled() {
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    for number in 0..5 {
        hand.on(Event::Answered(receipt(1)));
        let fetched: Vec<_> = hand.flush().into_iter().filter(|kind| matches!(kind, Kind::Fetch(_))).collect();
        assert_eq!(fetched, [fetch(1, number * CHUNK, CHUNK)]);
        hand.on(Event::Answered(receipt(1)));
        hand.on(chunk(1, number * CHUNK, CHUNK));
        assert_eq!(hand.on(stored(1, Pulled::Arriving)), [look(&[])]);
        hand.on(Event::Wanted(Some(wanted(1, 9 * CHUNK, (number + 1) * CHUNK))));
    }
}

#[test]
fn what_the_peer_does_not_have_is_not_asked_for_again_before_long() {
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    hand.flush();
    hand.on(chunk(1, 0, CHUNK));
    hand.on(stored(1, Pulled::Arriving));
    assert_eq!(hand.flush().len(), 2);
    assert_eq!(hand.on(chunk(1, CHUNK, 0)), [], "another piece is still on its way");
    assert_eq!(hand.flush(), []);
    assert_eq!(hand.on(chunk(1, 2 * CHUNK, CHUNK)), [look(&[1])], "and is of no use");
    assert_eq!(hand.on(Event::Wanted(None)), []);
    assert_eq!(hand.flush(), []);
    hand.now = hand.now.plus_ms(limits::FETCH_AGAIN_MS - 1);
    assert!(hand.on(Event::Tick).contains(&look(&[1])));
    hand.on(Event::Wanted(None));
    assert!(hand.after(1, Event::Tick).contains(&look(&[])));
}

#[test]
fn what_an_officer_waits_for_may_take_its_place_after_the_next_piece() {
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    assert_eq!(hand.flush(), [fetch(1, 0, CHUNK)]);
    assert_eq!(hand.on(Event::Sooner), [], "a piece is on its way");
    hand.on(chunk(1, 0, CHUNK));
    assert_eq!(hand.on(stored(1, Pulled::Arriving)), [look(&[])]);
    hand.on(Event::Wanted(Some(wanted(2, 5, 0))));
    assert_eq!(hand.flush(), [fetch(2, 0, 5)]);
    // Also what the peer did not have a moment ago.
    assert_eq!(hand.on(chunk(2, 0, 0)), [look(&[2])]);
    hand.on(Event::Wanted(None));
    assert_eq!(hand.on(Event::Sooner), [look(&[])]);
}

#[test]
fn what_came_wrong_begins_again_once() {
    let mut hand = pulling(wanted(1, 5, 0));
    hand.flush();
    hand.on(chunk(1, 0, 5));
    assert_eq!(hand.on(stored(1, Pulled::Spoilt)), [look(&[])]);
    hand.on(Event::Wanted(Some(wanted(1, 5, 0))));
    assert_eq!(hand.flush(), [fetch(1, 0, 5)]);
    hand.on(chunk(1, 0, 5));
    assert_eq!(hand.on(stored(1, Pulled::Spoilt)), [look(&[1])]);
    hand.on(Event::Wanted(None));
    assert!(hand.after(limits::FETCH_AGAIN_MS, Event::Tick).contains(&look(&[1])), "not in this session");
}

#[test]
fn a_node_that_can_keep_nothing_pulls_nothing_until_later() {
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    hand.flush();
    hand.after(1_001, chunk(1, 0, CHUNK));
    assert_eq!(hand.on(stored(1, Pulled::NotNow)), []);
    assert_eq!(hand.flush(), []);
    assert!(hand.on(Event::Tick).contains(&look(&[])));
    // And not from a peer of whom nothing is taken, which still gets what it asks for.
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    hand.on(frame(Kind::Deliver(waiting(Lane::Routine, 1, 9).deliver)));
    hand.on(Event::NotReady(60_000));
    hand.on(frame(fetch(7, 0, 10)));
    hand.on(Event::ChunkRead(piece(7, 0, 10)));
    assert_eq!(hand.flush(), [Kind::Chunk(piece(7, 0, 10))]);
}

#[test]
fn a_piece_that_was_not_asked_for_breaks_a_rule() {
    broke_a_rule(Hand::live(), chunk(1, 0, 1));
    let asked = || {
        let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
        hand.flush();
        hand
    };
    broke_a_rule(asked(), chunk(2, 0, CHUNK));
    broke_a_rule(asked(), chunk(1, 1, CHUNK));
    broke_a_rule(asked(), chunk(1, 0, CHUNK + 1));
    broke_a_rule(asked(), chunk(1, 0, CHUNK - 1));
    broke_a_rule(asked(), chunk(2, 0, 0));
}

#[test]
fn a_peer_that_asks_for_more_than_it_may_breaks_a_rule() {
    broke_a_rule(Hand::live(), frame(fetch(1, 0, 0)));
    broke_a_rule(Hand::live(), frame(fetch(1, 0, CHUNK + 1)));
    broke_a_rule(Hand::live(), frame(Kind::Fetch(wire::Fetch { digest: vec![1; 31], offset: 0, length: 1 })));
    let mut hand = Hand::live();
    hand.on(frame(fetch(1, 0, 1)));
    hand.on(Event::ChunkRead(piece(1, 0, 1)));
    hand.on(frame(fetch(1, 1, 1)));
    broke_a_rule(hand, frame(fetch(1, 2, 1)));
    // One that was answered does not count.
    let mut hand = Hand::live();
    for offset in 0..9 {
        hand.on(frame(fetch(1, offset, 1)));
        hand.on(Event::ChunkRead(piece(1, offset, 1)));
        assert_eq!(hand.flush(), [Kind::Chunk(piece(1, offset, 1))]);
    }
}

#[test]
fn a_drain_begins_no_piece_and_keeps_the_one_that_comes() {
    let mut hand = pulling(wanted(1, 9 * CHUNK, 0));
    hand.load(Lane::Routine, 1, 1, 10);
    hand.flush();
    hand.on(Event::Drain);
    assert!(matches!(hand.on(chunk(1, 0, CHUNK))[..], [Action::StoreChunk { .. }]));
    hand.on(stored(1, Pulled::Arriving));
    assert_eq!(hand.on(frame(fetch(7, 0, 10))), []);
    assert_eq!(hand.flush(), []);
}
