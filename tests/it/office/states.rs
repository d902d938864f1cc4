//! Offices that are suspended, revoked, unknown, or have a new log: what waits, what is refused, what goes again.

use std::slice::from_ref;

use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Lane;
use chapar::domain::envelope::Unverified;
use chapar::domain::rejection::Rejection;
use chapar::domain::roster::OfficeState;
use chapar::limits;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::office::Command;
use chapar::office::IssueRefused;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::Outcome;
use chapar::wire::Urgency;

use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::office::identity;
use crate::support::office::start;

const QUEUED: (Outcome, u32) = (Outcome::Unspecified, 0);
const DELIVERED: (Outcome, u32) = (Outcome::Delivered, 0);

/// Place and notice of each dispatch that waits in a lane.
fn placed(from: &TestOffice, to: &TestOffice, lane: Lane) -> Vec<(u64, Digest)> {
    let read = |frame: &wire::Deliver| {
        let dispatch = Unverified::<Dispatch>::read(&frame.dispatch).unwrap();
        (dispatch.claim().sequence, dispatch.claim().notice)
    };
    from.waiting(to, lane).iter().map(read).collect()
}

fn code(text: &str) -> OfficeCode {
    text.parse().unwrap()
}

#[test]
fn nothing_is_issued_to_who_does_not_take_part() {
    let mut world = World::new();
    let revoked = world.tm.set_state("TM-FAR", OfficeState::Revoked);
    let keyless = world.uz.next(|roster| roster.offices[1].seal_keys[0].until = Some(start()));
    world.alt.import(&[revoked, keyless]).unwrap();
    let head = world.alt.writer.shared().head();
    let mut refused = |to: &[&str]| world.alt.try_issue(Draft::to(to)).unwrap_err();
    assert_eq!(refused(&["TM-FAR"]), IssueRefused::Revoked(code("TM-FAR")));
    assert_eq!(refused(&["UZ-NCC"]), IssueRefused::Keyless(code("UZ-NCC")));
    assert_eq!(refused(&["TM-XXX"]), IssueRefused::Unknown(code("TM-XXX")));
    assert_eq!(refused(&["KG-OSH"]), IssueRefused::Unknown(code("KG-OSH")));
    let mut draft = Draft::to(&["UZ-ALT"]);
    draft.header.from = Some(wire::Party { office: "TM-FAR".to_owned(), agency: 0 });
    draft.header.to.clear();
    draft.header.cc = vec![];
    assert!(matches!(world.alt.try_issue(draft), Err(IssueRefused::Shape(_))));
    assert_eq!(world.alt.writer.shared().head(), head, "nothing is written");
}

#[test]
fn a_draft_of_another_office_or_out_of_time_is_refused() {
    let World { mut alt, .. } = World::new();
    let mut foreign = Draft::to(&["UZ-NCC"]);
    foreign.header.from = Some(wire::Party { office: "TM-FAR".to_owned(), agency: 0 });
    assert_eq!(alt.try_issue(foreign), Err(IssueRefused::From("TM-FAR".to_owned())));
    assert_eq!(alt.try_issue(Draft::to(&["TM-FAR"]).expiring(0)), Err(IssueRefused::Expired));
    let mut large = Draft::to(&["TM-FAR"]);
    let text = "я".repeat(limits::LONG_TEXT_CHARS);
    let translation = wire::Translation { text, language: "ru".to_owned(), ..wire::Translation::default() };
    large.body.as_mut().unwrap().translations = vec![translation; 5];
    assert!(matches!(alt.try_issue(large), Err(IssueRefused::TooLarge(_))));
    alt.issue(Draft::to(&["TM-FAR"]).expiring(1));
}

/// TM-FAR has sent UZ-ALT a notice, which it may acknowledge.
fn with_one_received() -> (World, Digest) {
    let mut world = World::new();
    let received = world.far.issue(Draft::to(&["UZ-ALT"])).digest;
    carry(&mut world.far, &mut world.alt);
    (world, received)
}

#[test]
fn a_notice_for_a_suspended_office_waits_without_a_place() {
    let (mut world, received) = with_one_received();
    let suspended = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    world.alt.import(from_ref(&suspended)).unwrap();
    world.far.import(&[suspended]).unwrap();
    let notice = world.alt.issue(Draft::to(&["TM-FAR", "UZ-NCC"])).digest;
    let later = world.alt.issue(Draft::to(&["TM-FAR"])).digest;
    let passes = world.alt.note(received);
    assert_eq!(placed(&world.alt, &world.far, Lane::Routine), [(1, passes)]);
    assert_eq!(placed(&world.alt, &world.ncc, Lane::Routine), [(1, notice)]);
    carry(&mut world.alt, &mut world.far);
    assert_eq!(world.alt.deliveries(passes), [DELIVERED]);
    world.alt.reopen();
    world.alt.settle();
    assert_eq!(placed(&world.alt, &world.far, Lane::Routine), [], "not by starting again either");
    let active = world.tm.set_state("TM-FAR", OfficeState::Active);
    for office in [&mut world.alt, &mut world.far] {
        office.import(from_ref(&active)).unwrap();
        office.settle();
    }
    assert_eq!(placed(&world.alt, &world.far, Lane::Routine), [(2, notice), (3, later)]);
    carry(&mut world.alt, &mut world.far);
    assert_eq!(world.alt.deliveries(notice), [DELIVERED, QUEUED]);
    assert_eq!(world.far.inbox(), [passes, notice, later]);
}

/// Without its key the addressee would turn it away for good, although it has not expired.
#[test]
fn what_lost_its_text_while_it_waited_goes_once_it_has_expired() {
    const EXPIRES_MS: i64 = 20 * 24 * 3_600_000;
    let mut world = World::new();
    let suspended = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    world.alt.import(&[suspended]).unwrap();
    let notice = world.alt.issue(Draft::to(&["TM-FAR"]).expiring(EXPIRES_MS)).digest;
    let later = world.alt.issue(Draft::to(&["TM-FAR"])).digest;
    let (officer, reason) = (world.alt.officer(), wire::ErasureReason::NoLongerNeeded);
    world.alt.commit(vec![Command::Erase { officer, notice, reason }]);
    let active = world.tm.set_state("TM-FAR", OfficeState::Active);
    for office in [&mut world.alt, &mut world.far] {
        office.import(from_ref(&active)).unwrap();
        office.settle();
    }
    assert_eq!(placed(&world.alt, &world.far, Lane::Routine), [(1, later)]);
    carry(&mut world.alt, &mut world.far);
    for after_ms in [EXPIRES_MS, limits::CLOCK_UNSURE_MS + limits::ANNOUNCED_MS] {
        assert_eq!(world.alt.deliveries(notice), [QUEUED]);
        for office in [&mut world.alt, &mut world.far] {
            office.clock = office.clock.plus_ms(after_ms);
            office.commit(vec![Command::Duties]);
            office.settle();
        }
        carry(&mut world.alt, &mut world.far);
    }
    assert_eq!(world.alt.deliveries(notice), [DELIVERED]);
    assert_eq!((world.far.inbox(), world.far.text(notice)), (vec![later, notice], None));
}

#[test]
fn what_was_rejected_as_suspended_goes_again_when_the_office_is_active() {
    let mut world = World::new();
    let suspended = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    world.far.import(from_ref(&suspended)).unwrap();
    let notice = world.alt.issue(Draft::to(&["TM-FAR"])).digest;
    carry(&mut world.alt, &mut world.far);
    assert_eq!(world.alt.entries_of(EntryKind::ReceiptStored)[0].code, Rejection::Suspended.number());
    assert_eq!(world.alt.deliveries(notice), [QUEUED], "it waits, it is not turned away for good");
    world.alt.settle();
    world.alt.import(&[suspended]).unwrap();
    world.alt.settle();
    assert_eq!(placed(&world.alt, &world.far, Lane::Routine), []);
    let active = world.tm.set_state("TM-FAR", OfficeState::Active);
    for office in [&mut world.far, &mut world.alt] {
        office.import(from_ref(&active)).unwrap();
        office.settle();
    }
    assert_eq!(placed(&world.alt, &world.far, Lane::Routine), [(2, notice)]);
    carry(&mut world.alt, &mut world.far);
    assert_eq!(world.alt.deliveries(notice), [DELIVERED]);
    assert_eq!(world.far.inbox(), [notice]);
}

#[test]
fn a_late_answer_of_a_suspended_office_that_is_active_again_goes_again_once() {
    let mut world = World::new();
    let suspended = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    world.far.import(&[suspended]).unwrap();
    let notice = world.alt.issue(Draft::to(&["TM-FAR"])).digest;
    let frame = world.alt.waiting(&world.far, Lane::Routine).remove(0);
    let receipt = world.far.take(world.alt.code(), &frame).unwrap();
    let active = world.tm.set_state("TM-FAR", OfficeState::Active);
    // Node time may stand still meanwhile: the clock was ahead and has been put right.
    world.alt.import(&[active]).unwrap();
    world.alt.settle();
    world.alt.store_receipt(code("TM-FAR"), &receipt).unwrap();
    world.alt.settle();
    assert_eq!(placed(&world.alt, &world.far, Lane::Routine), [(2, notice)]);
    // A peer that still says so, in spite of the roster, is not asked again and again.
    carry(&mut world.alt, &mut world.far);
    world.alt.settle();
    assert_eq!(placed(&world.alt, &world.far, Lane::Routine), []);
    assert_eq!(world.alt.deliveries(notice), [QUEUED]);
}

#[test]
fn a_suspended_office_holds_its_own_notices_back() {
    let (mut world, received) = with_one_received();
    let suspended = world.uz.set_state("UZ-ALT", OfficeState::Suspended);
    world.alt.import(from_ref(&suspended)).unwrap();
    world.far.import(&[suspended]).unwrap();
    let notice = world.alt.issue(Draft::to(&["TM-FAR"])).digest;
    let passes = world.alt.note(received);
    carry(&mut world.alt, &mut world.far);
    assert_eq!(world.far.inbox(), [passes]);
    let active = world.uz.set_state("UZ-ALT", OfficeState::Active);
    for office in [&mut world.far, &mut world.alt] {
        office.import(from_ref(&active)).unwrap();
        office.settle();
    }
    carry(&mut world.alt, &mut world.far);
    assert_eq!(world.alt.deliveries(notice), [DELIVERED]);
    assert_eq!(world.far.entries_of(EntryKind::Rejected), [], "nothing was sent in vain");
}

#[test]
fn a_new_log_gets_all_that_is_unanswered_in_order_from_one() {
    let mut world = World::new();
    let routine: Vec<_> = (0..5).map(|_| world.alt.issue(Draft::to(&["TM-FAR"])).digest).collect();
    let urgent = Draft::to(&["TM-FAR"]).urgency(Urgency::Immediate);
    let urgent: Vec<_> = (0..2).map(|_| world.alt.issue(urgent.clone()).digest).collect();
    let frames = world.alt.waiting(&world.far, Lane::Routine);
    let receipts: Vec<_> = frames.iter().map(|f| world.far.take(world.alt.code(), f).unwrap()).collect();
    for receipt in &receipts[..2] {
        world.alt.store_receipt(world.far.code(), receipt).unwrap();
    }
    let mut reborn = TestOffice::new(identity("TM-FAR", "second"));
    reborn.trust(&world.uz).unwrap();
    reborn.trust(&world.tm).unwrap();
    let roster = world.tm.set_key(&reborn.me, world.alt.clock);
    reborn.import(&[world.uz.signed(), roster.clone()]).unwrap();
    world.alt.import(&[roster]).unwrap();
    world.alt.settle();
    let in_new_log = |wanted: &[Digest]| (1..).zip(wanted.iter().copied()).collect::<Vec<_>>();
    assert_eq!(placed(&world.alt, &reborn, Lane::Routine), in_new_log(&routine[2..]));
    assert_eq!(placed(&world.alt, &reborn, Lane::Immediate), in_new_log(&urgent));
    assert!(Lane::URGENT_FIRST.iter().all(|lane| placed(&world.alt, &world.far, *lane).is_empty()));
    let late = world.alt.store_receipt(reborn.code(), &receipts[2]);
    assert_eq!(late, Err("a receipt is for a place that was given up".to_owned()));
    world.alt.reopen();
    world.alt.settle();
    assert_eq!(placed(&world.alt, &reborn, Lane::Routine).len(), 3, "once is enough");
    carry(&mut world.alt, &mut reborn);
    assert_eq!(reborn.inbox(), [urgent, routine[2..].to_vec()].concat());
    assert!(routine.iter().all(|notice| world.alt.deliveries(*notice) == [DELIVERED]));
}

#[test]
fn what_was_placed_goes_to_a_new_log_before_what_was_held() {
    let mut world = World::new();
    let group = |office: &mut TestOffice, size| {
        let commands = (0..size).map(|_| office.issue_command(Draft::to(&["TM-FAR"]))).collect();
        office.commit(commands);
    };
    group(&mut world.alt, 200);
    let suspended = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    world.alt.import(&[suspended]).unwrap();
    world.alt.settle();
    group(&mut world.alt, 100);
    let reborn = TestOffice::new(identity("TM-FAR", "second"));
    world.tm.set_key(&reborn.me, world.alt.clock);
    let roster = world.tm.set_state("TM-FAR", OfficeState::Active);
    world.alt.import(&[roster]).unwrap();
    assert_eq!(placed(&world.alt, &reborn, Lane::Routine).len(), 256, "not more in one commit");
    world.alt.settle();
    let issued = world.alt.entries_of(EntryKind::Issued);
    let in_order = (1..).zip(issued).map(|(place, entry)| (place, Digest::try_from(entry.subject.as_slice()).unwrap()));
    assert_eq!(placed(&world.alt, &reborn, Lane::Routine), in_order.collect::<Vec<_>>());
}

#[test]
fn what_passes_suspension_is_not_held_up_by_any_number_that_does_not() {
    let (mut world, received) = with_one_received();
    for _ in 0..3 {
        let commands = (0..100).map(|_| world.alt.issue_command(Draft::to(&["TM-FAR"]))).collect();
        world.alt.commit(commands);
    }
    let passes = world.alt.note(received);
    let reborn = TestOffice::new(identity("TM-FAR", "second"));
    world.tm.set_key(&reborn.me, world.alt.clock);
    let roster = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    world.alt.import(&[roster]).unwrap();
    world.alt.settle();
    assert_eq!(placed(&world.alt, &reborn, Lane::Routine), [(1, passes)]);
}

#[test]
fn a_thousand_that_waited_get_their_places_in_several_commits() {
    let mut world = World::new();
    let suspended = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    world.alt.import(&[suspended]).unwrap();
    world.alt.settle();
    for _ in 0..4 {
        let commands = (0..250).map(|_| world.alt.issue_command(Draft::to(&["TM-FAR"]))).collect();
        world.alt.commit(commands);
    }
    assert!(!world.alt.writer.has_work());
    let issued: Vec<_> = world.alt.entries_of(EntryKind::Issued).into_iter().map(|entry| entry.subject).collect();
    let active = world.tm.set_state("TM-FAR", OfficeState::Active);
    world.alt.import(&[active]).unwrap();
    let mut sizes = vec![placed(&world.alt, &world.far, Lane::Routine).len()];
    while world.alt.writer.has_work() {
        world.alt.commit(vec![]);
        sizes.push(placed(&world.alt, &world.far, Lane::Routine).len());
    }
    assert_eq!(sizes[..4], [256, 512, 768, 1000]);
    let all = placed(&world.alt, &world.far, Lane::Routine);
    let in_order = (1..).zip(issued).map(|(place, digest)| (place, Digest::try_from(digest.as_slice()).unwrap()));
    assert_eq!(all, in_order.collect::<Vec<_>>());
}
