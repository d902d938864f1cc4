//! What a session does, one name for each thing.

use prost::Message as _;

use super::*;

/// Our routine lane, in which three places have a receipt and two more were given.
fn five_sent() -> BTreeMap<Lane, Sent> {
    let sent = Sent { placed: 5, acked: 3, acked_digest: Some(Digest([3; 32])), ..Sent::default() };
    BTreeMap::from([(Lane::Routine, sent)])
}

/// Ends a greeting: the alarm if there is one, the goodbye and the ending.
fn end_of_greeting(hello: wire::Hello, standing: Standing) -> (Vec<Action>, Vec<GoodbyeReason>, Ending) {
    let (mut hand, alarms) = Hand::greeted(hello, standing);
    let (sent, actions) = hand.flush_all();
    let [Action::Close(ending)] = actions[..] else { panic!("{actions:?}") };
    assert!(!hand.session.wants_frames());
    // By our Hello the peer finds the same as we.
    let is_lost = goodbyes(&sent) == [GoodbyeReason::StateLost];
    assert_eq!(matches!(sent[0], Kind::Hello(_)), is_lost, "{ending:?}");
    (alarms, goodbyes(&sent), ending)
}

fn own_state_lost(hello: wire::Hello, standing: Standing) {
    let (alarms, byes, ending) = end_of_greeting(hello, standing);
    assert_eq!(alarms, [Action::Alarm(Alarm::OwnStateLost)]);
    assert_eq!((byes, ending), (vec![GoodbyeReason::StateLost], Ending::OwnStateLost));
}

/// TM-FAR's Hello, which holds our routine stream up to a place with this digest.
fn holds(through: u64, digest: u8) -> wire::Hello {
    wire::Hello { held: vec![position("UZ-ALT", "TM-FAR", Lane::Routine, through, digest)], ..hello() }
}

/// What is claimed without our own signature ends the session, and is no alarm.
fn unproven(hello: wire::Hello, standing: Standing) {
    let (alarms, byes, ending) = end_of_greeting(hello, standing);
    assert_eq!(alarms, []);
    assert_eq!(byes, [GoodbyeReason::StateLost]);
    assert!(matches!(ending, Ending::Protocol(_)), "{ending:?}");
}

#[test]
fn a_peer_that_shows_a_later_dispatch_of_ours_proves_that_our_store_went_back() {
    own_state_lost(holds_with_proof(6), Standing { sent: five_sent(), ..standing() });
    own_state_lost(holds_with_proof(6), standing());
    unproven(holds(6, 6), Standing { sent: five_sent(), ..standing() });
    unproven(holds(u64::MAX, 6), standing());
    let claim = |change: fn(&mut wire::Position)| {
        let mut hello = holds_with_proof(6);
        change(&mut hello.held[0]);
        unproven(hello, Standing { sent: five_sent(), ..standing() });
    };
    claim(|said| said.digest.clear());
    claim(|said| said.through = 7);
    claim(|said| said.proof.truncate(9));
    // Signed, but not by us.
    let (_, theirs) = signed_dispatch("TM-FAR", "UZ-ALT", 6);
    let mut hello = holds_with_proof(6);
    (hello.held[0].digest, hello.held[0].proof) = (theirs.digest.0.to_vec(), theirs.bytes);
    unproven(hello, Standing { sent: five_sent(), ..standing() });
}

#[test]
fn a_peer_that_shows_another_dispatch_of_ours_at_a_place_proves_that_our_store_went_back() {
    let known = |at_held| {
        let sent = BTreeMap::from([(Lane::Routine, Sent { at_held, ..five_sent()[&Lane::Routine].clone() })]);
        Standing { sent, ..standing() }
    };
    own_state_lost(holds_with_proof(5), known(Some(Digest([5; 32]))));
    unproven(holds(5, 6), known(Some(Digest([5; 32]))));
    for fine in [Some(Digest([6; 32])), None] {
        let (hand, _) = Hand::greeted(holds(5, 6), known(fine));
        assert!(hand.session.wants_frames(), "the same dispatch, or one that is not known any more");
    }
}

#[test]
fn a_peer_that_shows_receipts_we_do_not_know_proves_that_our_store_went_back() {
    let known = |through, digest| {
        let held = Held { through, digest: Some(digest), dispatch: vec![] };
        Standing { held: BTreeMap::from([(Lane::Routine, held)]), ..standing() }
    };
    let (acked, digest) = acked_with_proof(5);
    own_state_lost(acked.clone(), known(4, Digest([4; 32])));
    own_state_lost(acked.clone(), known(5, Digest([9; 32])));
    let (hand, _) = Hand::greeted(acked.clone(), known(5, digest));
    assert!(hand.session.wants_frames());
    let mut without = acked;
    without.acked[0].proof.clear();
    unproven(without, known(4, Digest([4; 32])));
}

#[test]
fn a_peer_that_holds_less_than_it_receipted_has_gone_back() {
    for hello in [hello(), holds(2, 2)] {
        let (alarms, byes, ending) = end_of_greeting(hello, Standing { sent: five_sent(), ..standing() });
        assert_eq!(alarms, [Action::Alarm(Alarm::PeerStateLost)]);
        assert_eq!((byes, ending), (vec![GoodbyeReason::StateLost], Ending::PeerStateLost));
    }
}

#[test]
fn a_hello_that_another_session_overtook_proves_nothing() {
    for hello in [hello(), holds(6, 6)] {
        let standing = Standing { sent: five_sent(), disturbed: true, ..standing() };
        let (alarms, byes, ending) = end_of_greeting(hello, standing);
        assert_eq!(alarms, []);
        assert_eq!((byes, ending), (vec![GoodbyeReason::Done], Ending::Overtaken));
    }
}

#[test]
fn who_greets_wrongly_is_refused() {
    type Defect = fn(&mut wire::Hello);
    let strange = (GoodbyeReason::NotInRoster, Ending::NotInRoster);
    let version = (GoodbyeReason::Version, Ending::Version);
    let defects: [((GoodbyeReason, Ending), Defect); 10] = [
        (version, |h| h.version_min = VERSION + 1),
        (version, |h| (h.version_min, h.version_max) = (0, 0)),
        (strange, |h| h.network.push('x')),
        (strange, |h| "UZ-NCC".clone_into(&mut h.office)),
        (strange, |h| h.office.clear()),
        (strange, |h| "UZ-NCC".clone_into(&mut h.peer)),
        (strange, |h| h.log_id = log_of("UZ-NCC").0.to_vec()),
        (strange, |h| h.log_id.clear()),
        (strange, |h| h.peer_log_id = log_of("UZ-NCC").0.to_vec()),
        (strange, |h| h.peer_log_id.clear()),
    ];
    for ((reason, ending), defect) in defects {
        let mut bad = hello();
        defect(&mut bad);
        let (_, byes, end) = end_of_greeting(bad.clone(), standing());
        assert_eq!((byes, end), (vec![reason], ending), "{bad:?}");
    }
    let (_, byes, end) = end_of_greeting(hello(), Standing::default());
    assert_eq!((byes, end), (vec![GoodbyeReason::NotInRoster], Ending::NotInRoster), "no log in the roster");
}

#[test]
fn both_sides_say_hello_with_what_they_have() {
    let held = Held { through: 4, digest: Some(Digest([4; 32])), dispatch: vec![] };
    let known = Standing { sent: five_sent(), held: BTreeMap::from([(Lane::Priority, held)]), ..standing() };
    let dialled = Session::dialled(speaker("UZ-ALT"), office("TM-FAR"), Timestamp::ZERO);
    let mut hand = Hand { session: dialled, ..Hand::accepted() };
    let actions = hand.on(Event::Opened);
    let wanted = Action::LoadStanding { peer: office("TM-FAR"), held: vec![] };
    assert_eq!(actions.last(), Some(&wanted));
    hand.on(Event::Standing(Box::new(known.clone())));
    let dialled = hand.flush();
    let (mut hand, _) = Hand::greeted(
        holds(3, 3),
        Standing {
            sent: BTreeMap::from([(
                Lane::Routine,
                Sent { at_held: Some(Digest([3; 32])), ..known.sent[&Lane::Routine].clone() },
            )]),
            ..known
        },
    );
    let accepted = hand.flush();
    assert_eq!(dialled, accepted);
    let [Kind::Hello(said)] = &dialled[..] else { panic!("{dialled:?}") };
    assert_eq!((said.office.as_str(), said.peer.as_str()), ("UZ-ALT", "TM-FAR"));
    assert_eq!(said.held, [position("TM-FAR", "UZ-ALT", Lane::Priority, 4, 4)]);
    assert_eq!(said.acked, [position("UZ-ALT", "TM-FAR", Lane::Routine, 3, 3)]);
}

#[test]
fn receipts_that_a_cut_has_swallowed_are_sent_again() {
    let held = Held { through: 5, digest: Some(Digest([5; 32])), dispatch: vec![] };
    let acked = wire::Hello { acked: vec![position("TM-FAR", "UZ-ALT", Lane::Priority, 3, 3)], ..hello() };
    let held = BTreeMap::from([(Lane::Priority, held)]);
    let (mut hand, actions) = Hand::greeted(acked, Standing { held, ..standing() });
    assert!(actions.contains(&Action::LoadReceipts { lane: Lane::Priority, after: 3, through: 5 }), "{actions:?}");
    hand.flush();
    // What comes meanwhile is answered after them.
    hand.on(frame(Kind::Deliver(wire::Deliver::default())));
    hand.on(Event::Answered(receipt(6)));
    assert_eq!(hand.flush(), []);
    hand.on(Event::Receipts { lane: Lane::Priority, receipts: vec![receipt(4), receipt(5)] });
    let sent: Vec<_> = [4, 5, 6].map(|n| wire::Envelope::decode(receipt(n).as_slice()).unwrap()).into();
    assert_eq!(hand.flush(), sent.into_iter().map(Kind::Receipt).collect::<Vec<_>>());
}

#[test]
fn a_hole_that_late_receipts_made_does_not_stop_a_lane() {
    let mut sent = five_sent();
    sent.get_mut(&Lane::Routine).unwrap().at_held = Some(Digest([4; 32]));
    let (mut hand, actions) = Hand::greeted(holds(4, 4), Standing { sent, ..standing() });
    assert!(actions.contains(&Action::Load { lane: Lane::Routine, after: 4, limit: limits::LOAD }), "{actions:?}");
    // The receipt for place 5 came over an earlier session and was stored after the greeting.
    hand.load(Lane::Routine, 6, 7, 10);
    assert_eq!(places(&hand.flush()), [(Lane::Routine, 6), (Lane::Routine, 7)]);
}

#[test]
fn dispatches_in_flight_are_as_many_as_the_peer_takes() {
    for (window, flight) in [(0, 1), (3, 3), (limits::WINDOW, 256), (limits::WINDOW + 1, 256)] {
        let (mut hand, _) = Hand::greeted(wire::Hello { window, ..hello() }, standing());
        hand.load(Lane::Routine, 1, 64, 1);
        assert_eq!(places(&hand.pump(Lane::Routine, 1)).len(), flight);
        hand.on(Event::ReceiptStored { lane: Lane::Routine, sequence: 1 });
        assert_eq!(places(&hand.flush()).len(), 1, "one more for one receipt");
    }
}

#[test]
fn no_more_frames_are_wanted_than_a_peer_may_have_in_flight() {
    let mut hand = Hand::live();
    for sequence in 1..=u64::from(limits::WINDOW) * 3 {
        assert!(hand.session.wants_frames());
        hand.on(frame(Kind::Deliver(waiting(Lane::Routine, sequence, 1).deliver)));
    }
    assert!(!hand.session.wants_frames());
    hand.on(Event::Answered(receipt(1)));
    assert!(hand.session.wants_frames());
}

#[test]
fn rosters_that_the_peer_lacks_come_before_notices() {
    let note = |code: &str, version: u8| RosterNote {
        country: code.parse().unwrap(),
        version: version.into(),
        bytes: receipt(version),
    };
    let known = |code: &str, version| wire::RosterVersion { country: code.to_owned(), version };
    let rosters = vec![note("TJ", 1), note("TM", 4), note("UZ", 7)];
    let has = wire::Hello { rosters: vec![known("TM", 5), known("UZ", 6)], ..hello() };
    let (mut hand, _) = Hand::greeted(has, Standing { rosters, ..standing() });
    hand.load(Lane::Immediate, 1, 1, 10);
    let versions = |sent: &[Kind]| -> Vec<Vec<u8>> {
        sent.iter().filter_map(|k| if let Kind::Roster(r) = k { Some(r.payload.clone()) } else { None }).collect()
    };
    let sent = hand.flush();
    assert_eq!(versions(&sent), [[1], [7]]);
    assert!(matches!(sent[..], [Kind::Hello(_), Kind::Roster(_), Kind::Roster(_), Kind::Deliver(_)]), "{sent:?}");
    hand.on(Event::Queued);
    hand.on(Event::Rosters(vec![note("TJ", 2), note("TM", 5), note("UZ", 7)]));
    hand.load(Lane::Immediate, 2, 2, 10);
    let sent = hand.flush();
    assert!(matches!(sent[..], [Kind::Roster(_), Kind::Deliver(_)]), "{sent:?}");
    assert_eq!(versions(&sent), [[2]]);
}

#[test]
fn frames_wait_until_a_roster_is_in_force() {
    let mut hand = Hand::live();
    let roster = wire::Envelope { payload: vec![1], ..wire::Envelope::default() };
    assert_eq!(hand.on(frame(Kind::Roster(roster.clone()))), [Action::Import(roster.encode_to_vec())]);
    assert!(!hand.session.wants_frames());
    hand.on(Event::Imported);
    assert!(hand.session.wants_frames());
}

#[test]
fn an_immediate_notice_passes_a_backlog_within_one_frame() {
    let mut hand = Hand::live();
    hand.load(Lane::Routine, 1, 60, 100);
    hand.load(Lane::Priority, 1, 60, 100);
    for _ in 0..10 {
        hand.on(Event::Writable);
    }
    hand.on(Event::Queued);
    hand.load(Lane::Immediate, 1, 1, 100);
    hand.sent.clear();
    hand.on(Event::Writable);
    assert_eq!(places(&std::mem::take(&mut hand.sent)), [(Lane::Immediate, 1)]);
    assert_eq!(places(&hand.flush())[..2], [(Lane::Priority, 11), (Lane::Priority, 12)]);
}

#[test]
fn a_drain_finishes_what_is_in_flight_and_begins_nothing() {
    let mut hand = Hand::live();
    hand.load(Lane::Routine, 1, 3, 10);
    hand.on(Event::Writable);
    hand.on(frame(Kind::Deliver(waiting(Lane::Priority, 1, 10).deliver)));
    assert_eq!(places(&std::mem::take(&mut hand.sent)), [(Lane::Routine, 1)]);
    assert_eq!(hand.on(Event::Drain), []);
    assert_eq!(hand.flush_all(), (vec![], vec![]));
    hand.on(Event::ReceiptStored { lane: Lane::Routine, sequence: 1 });
    assert_eq!(hand.flush_all(), (vec![], vec![]), "the peer's dispatch has no answer yet");
    hand.on(Event::Answered(receipt(1)));
    let (sent, actions) = hand.flush_all();
    assert!(matches!(sent[..], [Kind::Receipt(_), Kind::Goodbye(_)]), "{sent:?}");
    assert_eq!((goodbyes(&sent), actions), (vec![GoodbyeReason::Done], vec![Action::Close(Ending::Done)]));
}

#[test]
fn two_that_drain_do_not_wait_for_each_other() {
    let mut hand = Hand::live();
    hand.load(Lane::Routine, 1, 1, 10);
    assert_eq!(places(&hand.flush()), [(Lane::Routine, 1)]);
    hand.on(Event::Drain);
    let actions = hand.on(frame(Kind::Deliver(waiting(Lane::Routine, 1, 10).deliver)));
    assert_eq!((goodbyes(&hand.sent), actions), (vec![GoodbyeReason::Done], vec![Action::Close(Ending::Done)]));
}

#[test]
fn who_does_not_greet_in_time_is_left() {
    let mut hand = Hand::accepted();
    assert_eq!(hand.after(limits::HELLO_MS - 1, Event::Tick), [Action::WakeAt(Timestamp::clamped(limits::HELLO_MS))]);
    assert_eq!(hand.after(1, Event::Tick), [Action::Close(Ending::NoHello)]);
}

#[test]
fn a_session_with_work_in_flight_and_no_answer_ends() {
    let mut hand = Hand::live();
    hand.after(limits::IDLE_MS * 5, Event::Tick);
    assert!(hand.session.wants_frames(), "nothing is in flight: a quiet link is a good one");
    hand.load(Lane::Routine, 1, 1, 10);
    hand.flush();
    assert!(matches!(hand.after(limits::IDLE_MS - 1, Event::Tick)[..], [Action::WakeAt(_)]), "it has its whole time");
    assert_eq!(hand.after(1, Event::Tick), [Action::Close(Ending::Idle)]);
}

#[test]
fn the_time_to_answer_begins_anew_with_every_frame() {
    let mut hand = Hand::live();
    hand.load(Lane::Routine, 1, 2, 10);
    hand.flush();
    hand.after(limits::IDLE_MS - 1, frame(Kind::Receipt(wire::Envelope::default())));
    hand.on(Event::ReceiptStored { lane: Lane::Routine, sequence: 1 });
    assert!(matches!(hand.after(limits::IDLE_MS - 1, Event::Tick)[..], [Action::WakeAt(_)]));
    assert_eq!(hand.after(1, Event::Tick), [Action::Close(Ending::Idle)]);
}

/// A routine lane that never runs out of notices of so many bytes; all in flight get their receipts every `rtt_ms`.
/// How many bytes are in flight each time.
fn flights(notice_bytes: usize, rtt_ms: i64, rounds: usize) -> Vec<u64> {
    let mut hand = Hand::live();
    hand.load(Lane::Routine, 1, 64, notice_bytes);
    let mut last = 0;
    let mut flight = || {
        let sent = hand.pump(Lane::Routine, notice_bytes);
        last += u64::try_from(sent.len()).unwrap();
        hand.after(rtt_ms, Event::ReceiptStored { lane: Lane::Routine, sequence: last });
        sent.iter().map(|kind| if let Kind::Deliver(one) = kind { one.encoded_len() as u64 } else { 0 }).sum()
    };
    (0..rounds).map(|_| flight()).collect()
}

#[test]
fn the_byte_window_is_one_second_of_the_measured_rate() {
    // Ten flights a second: the window grows tenfold with each, until 256 dispatches are in flight.
    let fast = flights(4096, 100, 6);
    assert!(fast[0] <= limits::WINDOW_BYTES_MIN && fast[1] > 8 * fast[0] && fast[1] <= 10 * fast[0], "{fast:?}");
    let all = u64::from(limits::WINDOW) * 4096;
    assert!(fast[2] > 8 * fast[1] && (all..all + all / 10).contains(&fast[5]), "{fast:?}");
}

#[test]
fn the_byte_window_has_a_least_and_a_largest_size() {
    for flight in flights(4096, 4000, 6) {
        assert!((limits::WINDOW_BYTES_MIN / 2..=limits::WINDOW_BYTES_MIN).contains(&flight), "{flight}");
    }
    let large = flights(50_000, 100, 6);
    assert!((50_000..51_000).contains(&large[0]), "one goes even if it is larger than the window: {large:?}");
    assert!((limits::WINDOW_BYTES_MAX - 51_000..=limits::WINDOW_BYTES_MAX).contains(&large[5]), "{large:?}");
}

#[test]
fn a_session_that_must_end_says_why() {
    type Case = (Event, GoodbyeReason, u32, Ending);
    let cases: [Case; 3] = [
        (Event::Broken("a rule"), GoodbyeReason::Protocol, 0, Ending::Protocol("a rule")),
        (Event::Duplicate, GoodbyeReason::Duplicate, 0, Ending::Duplicate),
        (Event::Revoked, GoodbyeReason::NotInRoster, 0, Ending::NotInRoster),
    ];
    for (event, reason, retry_after_ms, ending) in cases {
        let mut hand = Hand::live();
        hand.load(Lane::Routine, 1, 3, 10);
        hand.on(Event::Answered(receipt(1)));
        hand.on(event);
        let bye = wire::Goodbye { reason: reason.into(), retry_after_ms };
        assert_eq!(hand.flush_all(), (vec![Kind::Goodbye(bye)], vec![Action::Close(ending)]));
        // And hears why the other one does.
        let mut hand = Hand::live();
        let closed = Action::Close(Ending::Peer(reason, retry_after_ms));
        assert_eq!(hand.on(frame(Kind::Goodbye(bye))), [closed]);
    }
}

#[test]
fn a_link_that_takes_no_more_does_not_hold_the_end_up() {
    let mut hand = Hand::live();
    hand.load(Lane::Routine, 1, 1, 10);
    assert_eq!(hand.on(Event::Revoked), []);
    assert_eq!(hand.after(1, Event::Tick), [Action::Close(Ending::NotInRoster)]);
}
