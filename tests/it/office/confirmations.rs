//! An addressee judges what confirms an emergency release against that release, if it is here.

use chapar::domain::dispatch::Answer;
use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Lane;
use chapar::domain::dispatch::Receipt;
use chapar::domain::envelope;
use chapar::domain::rejection::Rejection;
use chapar::name::Digest;
use chapar::name::Reference;
use chapar::office::Issued;
use chapar::wire;
use chapar::wire::AmendmentReason;
use chapar::wire::NoticeKind;
use chapar::wire::RelationKind;
use chapar::wire::Urgency;

use crate::office::release::HOUR;
use crate::support::craft::Craft;
use crate::support::office::Draft;
use crate::support::office::START_MS;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;

/// A notice that one officer of the originator sent alone.
fn alone() -> Craft {
    Craft {
        header: |h| {
            (h.emergency, h.urgency) = (true, Urgency::Immediate.into());
            h.releaser.clear();
        },
        dispatch: |d| d.stream.lane = Lane::Immediate,
        ..Craft::default()
    }
}

/// The correction of one officer that confirms a notice.
fn confirmation(notice: Digest, reference: &str, header: fn(&mut wire::NoticeHeader)) -> Craft {
    Craft {
        relations: vec![wire::Relation {
            kind: RelationKind::Corrects.into(),
            digest: notice.0.to_vec(),
            reference: reference.to_owned(),
        }],
        header,
        body: |b| {
            b.modus_operandi = None;
            let reason_code = AmendmentReason::Confirmed.into();
            b.correction = Some(Box::new(wire::Correction { reason_code, ..wire::Correction::default() }));
        },
        ..Craft::default()
    }
}

/// By the second officer, who lets it go alone.
fn by_second(header: &mut wire::NoticeHeader) {
    header.kind = NoticeKind::Correction.into();
    header.author = std::mem::take(&mut header.releaser);
}

/// By the officer who sent the emergency.
fn by_sender(header: &mut wire::NoticeHeader) {
    header.kind = NoticeKind::Correction.into();
    header.releaser.clear();
}

/// After the time for it.
fn late(header: &mut wire::NoticeHeader) {
    by_second(header);
    header.released_ms = START_MS + 72 * HOUR + 1;
    header.expires_ms = START_MS + 90 * HOUR;
}

fn digest(frame: &wire::Deliver) -> Digest {
    envelope::Unverified::<Dispatch>::read(&frame.dispatch).unwrap().claim().notice
}

fn answer(to: &mut TestOffice, from: &TestOffice, frame: &wire::Deliver) -> Answer {
    let receipt = to.take(from.code(), frame).unwrap();
    envelope::Unverified::<Receipt>::read(&receipt).unwrap().claim().answer
}

#[test]
fn a_confirmation_that_is_none_is_turned_away_where_that_is_known() {
    let mut world = World::new();
    let emergency = alone().make(&world.alt, &world.far, 1, 5);
    let by_two = Craft::default().make(&world.alt, &world.far, 1, 6);
    // Another office has sent one as well.
    let other = Draft::to(&["TM-FAR"]).urgency(Urgency::Immediate);
    let other = world.ncc.sent_alone(other).unwrap();
    carry(&mut world.ncc, &mut world.far);
    assert_eq!(answer(&mut world.far, &world.alt, &emergency), Answer::Delivered);
    assert_eq!(answer(&mut world.far, &world.alt, &by_two), Answer::Delivered);
    let reference = |number| Reference::new(world.alt.code(), 26, number).unwrap().to_string();
    let (here, of_two) = ((digest(&emergency), reference(5)), (digest(&by_two), reference(6)));
    let no_emergency = Answer::from(Rejection::Emergency);
    let cases: Vec<(&str, Craft, Answer)> = vec![
        ("of what two have released", confirmation(of_two.0, &of_two.1, by_second), no_emergency),
        ("of another office", confirmation(other.digest, &other.reference.to_string(), by_second), no_emergency),
        ("by who sent it", confirmation(here.0, &here.1, by_sender), no_emergency),
        ("too late", confirmation(here.0, &here.1, late), no_emergency),
        ("of what is not here", confirmation(Digest([7; 32]), &here.1, by_sender), Answer::Delivered),
        ("by another officer", confirmation(here.0, &here.1, by_second), Answer::Delivered),
    ];
    for (place, (what, craft, wanted)) in (2..).zip(&cases) {
        let frame = craft.make(&world.alt, &world.far, place, u32::try_from(place).unwrap() + 6);
        assert_eq!(answer(&mut world.far, &world.alt, &frame), *wanted, "{what}");
    }
    let issued = issued(here.0, &here.1);
    let confirmed_by = world.far.standing(&issued).confirmation.unwrap().confirmed_by.unwrap();
    assert_eq!(confirmed_by.reference, reference(13));
    world.far.verifies();
}

/// What comes before the notice that it is about is judged by nobody; it counts no more for that.
#[test]
fn a_confirmation_by_who_sent_it_does_not_count_whichever_comes_first() {
    let mut world = World::new();
    let emergency = alone().make(&world.alt, &world.far, 1, 5);
    let reference = Reference::new(world.alt.code(), 26, 5).unwrap().to_string();
    let early = confirmation(digest(&emergency), &reference, by_sender).make(&world.alt, &world.far, 1, 6);
    assert_eq!(answer(&mut world.far, &world.alt, &early), Answer::Delivered);
    assert_eq!(answer(&mut world.far, &world.alt, &emergency), Answer::Delivered);
    let issued = issued(digest(&emergency), &reference);
    assert_eq!(world.far.standing(&issued).confirmation.unwrap().confirmed_by, None);
    let amendments = world.far.standings(|standings| {
        let with = standings.amendments(issued.digest).unwrap();
        standings.reading(issued.digest, world.far.text(issued.digest), &with).unwrap().amendments
    });
    assert_eq!(amendments.iter().map(|one| one.applied).collect::<Vec<_>>(), [false]);
}

fn issued(digest: Digest, reference: &str) -> Issued {
    Issued { digest, reference: reference.parse().unwrap(), to: vec![], flags: vec![] }
}
