//! Every way in which a dispatch is turned away, each by a dispatch with one defect.

use std::collections::BTreeSet;

use chapar::domain::dispatch::Answer;
use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Lane;
use chapar::domain::dispatch::Receipt;
use chapar::domain::envelope;
use chapar::domain::envelope::EnvelopeError;
use chapar::domain::rejection::Rejection;
use chapar::domain::roster::OfficeState;
use chapar::domain::seal::BodyKey;
use chapar::domain::seal::SealKey;
use chapar::engine::accept;
use chapar::engine::accept::BrokenRule;
use chapar::engine::accept::Incoming;
use chapar::entropy::SeededEntropy;
use chapar::limits;
use chapar::name::Digest;
use chapar::name::LogId;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::Outcome;

use crate::support::craft::Craft;
use crate::support::craft::strange_key;
use crate::support::lawful;
use crate::support::office::Draft;
use crate::support::office::START_MS;
use crate::support::office::World;
use crate::support::office::carry;

fn judged(world: &World, frame: &wire::Deliver) -> Result<Incoming, BrokenRule> {
    let far = &world.far;
    let rosters = far.writer.shared().rosters();
    accept::deliver(&rosters, &far.me.addressee(), world.alt.code(), far.clock, frame)
}

/// What UZ-ALT's dispatch to TM-FAR is turned away for.
fn rejection(world: &World, craft: &Craft) -> Option<Rejection> {
    judged(world, &craft.make(&world.alt, &world.far, 1, 5)).unwrap().verdict.err()
}

fn defects() -> Vec<(Rejection, Craft)> {
    let with_header = |header| Craft { header, ..Craft::default() };
    let with_dispatch = |dispatch| Craft { dispatch, ..Craft::default() };
    let with_frame = |frame| Craft { frame, ..Craft::default() };
    let with_wrap = |wrap| Craft { wrap, ..Craft::default() };
    vec![
        (Rejection::Malformed, with_frame(|f| f.notice = vec![1, 2, 3])),
        (Rejection::Malformed, with_frame(|f| f.notice.clear())),
        (Rejection::Malformed, with_frame(|f| f.notice.clone_from(&f.dispatch))),
        (Rejection::Malformed, with_frame(|f| f.notice = vec![0; limits::ENVELOPE_BYTES + 1])),
        (Rejection::Malformed, with_header(|h| h.tlp = 0)),
        (Rejection::Malformed, with_header(|h| h.expires_ms = h.released_ms)),
        (Rejection::Malformed, with_header(|h| h.body_key_commitment.clear())),
        (Rejection::Malformed, Craft { notice: |n| n.sealed_body.clear(), ..Craft::default() }),
        (Rejection::Malformed, Craft { notice: |n| n.header = vec![255; 9], ..Craft::default() }),
        (Rejection::OtherNotice, with_dispatch(|d| d.notice = Digest([1; 32]))),
        (Rejection::Signature, Craft { notice_key: Some(strange_key()), ..Craft::default() }),
        (Rejection::Network, with_header(|h| "other.example".clone_into(&mut h.network))),
        (
            Rejection::Originator,
            with_header(|h| {
                "UZ-NCC".clone_into(&mut h.from.as_mut().unwrap().office);
                h.reference = chapar::name::Reference::new("UZ-NCC".parse().unwrap(), 26, 5).unwrap().to_string();
                "UZ-NCC-O01".clone_into(&mut h.author);
                "UZ-NCC-R01".clone_into(&mut h.releaser);
            }),
        ),
        (Rejection::NotAddressed, with_header(|h| "UZ-NCC".clone_into(&mut h.to[0].office))),
        (Rejection::Lane, with_dispatch(|d| d.stream.lane = Lane::Immediate)),
        (Rejection::Lane, with_header(|h| h.urgency = wire::Urgency::Immediate.into())),
        (Rejection::Kind, with_header(|h| h.kind = 99)),
        (Rejection::OtherWrap, with_frame(|f| f.key_wrap[0] ^= 1)),
        (Rejection::OtherWrap, with_frame(|f| f.key_wrap.clear())),
        (Rejection::OtherWrap, with_dispatch(|d| d.key_wrap = None)),
        (Rejection::KeyGone, with_wrap(|_, seal| *seal = SealKey::from_seed(&[98; 32]).public().to_vec())),
        (Rejection::Commitment, with_wrap(|key, _| *key = BodyKey::make(&mut SeededEntropy::new(97)))),
        (Rejection::Sealed, Craft { notice: |n| n.sealed_body[0] ^= 1, ..Craft::default() }),
        (Rejection::Body, Craft { plain: |p| *p = vec![255; 256], ..Craft::default() }),
        (Rejection::Body, Craft { plain: Vec::clear, ..Craft::default() }),
        (
            Rejection::Ahead,
            with_header(|h| {
                (h.created_ms, h.released_ms) =
                    (START_MS + limits::CLOCK_AHEAD_MS + 1, START_MS + limits::CLOCK_AHEAD_MS + 1);
            }),
        ),
    ]
    .into_iter()
    .chain(unlawful())
    .collect()
}

/// What a node with laxer rules than ours would let through.
fn unlawful() -> Vec<(Rejection, Craft)> {
    let with_header = |header| Craft { header, ..Craft::default() };
    let with_body = |body| Craft { body, ..Craft::default() };
    vec![
        (Rejection::Incomplete, with_body(|b| b.modus_operandi.as_mut().unwrap().concealment.clear())),
        (
            Rejection::Incomplete,
            with_header(|h| h.relations = vec![lawful::acknowledges(h.reference.parse().unwrap())]),
        ),
        (Rejection::StateSecret, with_header(|h| h.classification = wire::Classification::Secret.into())),
        (Rejection::OneOfficer, with_header(|h| h.releaser.clone_from(&h.author))),
        (Rejection::OneOfficer, with_header(|h| h.releaser.clear())),
        (Rejection::Emergency, with_header(|h| h.emergency = true)),
        (
            Rejection::EndlessConsent,
            Craft {
                header: |h| {
                    h.kind = NoticeKind::ConsentDecision.into();
                    h.relations = vec![lawful::acknowledges(h.reference.parse().unwrap())];
                    h.relations[0].kind = wire::RelationKind::ConsentFor.into();
                },
                body: |b| {
                    b.modus_operandi = None;
                    b.consent_decision = Some(wire::ConsentDecision {
                        outcome: wire::ConsentOutcome::Granted.into(),
                        scope: wire::ConsentScope::UseInCourt.into(),
                        ..wire::ConsentDecision::default()
                    });
                },
                ..Craft::default()
            },
        ),
        (
            Rejection::Incomplete,
            Craft {
                header: |h| {
                    h.kind = NoticeKind::Forward.into();
                    h.relations = vec![lawful::acknowledges(h.reference.parse().unwrap())];
                    h.relations[0].kind = wire::RelationKind::Forwards.into();
                },
                body: |b| {
                    b.modus_operandi = None;
                    b.forward = Some(wire::Forward { envelope: vec![7; 300], ..wire::Forward::default() });
                },
                ..Craft::default()
            },
        ),
        (Rejection::Looser, with_body(|b| b.marking.as_mut().unwrap().tlp = wire::Tlp::Clear.into())),
        (Rejection::TlpRed, with_header(|h| h.tlp = wire::Tlp::Red.into())),
        (
            Rejection::Category,
            with_body(|b| {
                b.persons = vec![wire::Person { local_id: "p1".to_owned(), ..wire::Person::default() }];
            }),
        ),
        (
            Rejection::Retention,
            with_header(|h| h.expires_ms = START_MS + i64::from(limits::KEPT_DAYS) * 86_400_000 + 1),
        ),
        (Rejection::Retention, with_header(|h| h.personal_data = true)),
        (Rejection::Agreement, with_header(|h| h.legal_basis.as_mut().unwrap().reference.push('0'))),
        (Rejection::Agreement, with_header(|h| h.purpose = wire::Purpose::Wildlife.into())),
        (
            Rejection::Agreement,
            with_header(|h| h.legal_basis.as_mut().unwrap().kind = wire::LegalBasisKind::NationalLaw.into()),
        ),
    ]
}

#[test]
fn a_real_notice_about_an_exercise_is_turned_away_where_both_are_known() {
    let mut world = World::new();
    let exercise = world.alt.issue(Draft::to(&["TM-FAR"]));
    carry(&mut world.alt, &mut world.far);
    let numbers = world.far.entries().len();
    for (place, traffic, wanted) in [
        (2, wire::Traffic::Actual, Answer::from(Rejection::Exercise)),
        (3, wire::Traffic::Test, Answer::Delivered),
        (4, wire::Traffic::Exercise, Answer::Delivered),
    ] {
        let mut craft = Craft::default();
        let relation = wire::Relation {
            kind: wire::RelationKind::SameCase.into(),
            digest: if place == 3 { vec![] } else { exercise.digest.0.to_vec() },
            reference: exercise.reference.to_string(),
        };
        craft.relations = vec![relation];
        craft.traffic = Some(traffic);
        let frame = craft.make(&world.alt, &world.far, place, u32::try_from(place).unwrap() + 5);
        let receipt = world.far.take(world.alt.code(), &frame).unwrap();
        assert_eq!(envelope::Unverified::<Receipt>::read(&receipt).unwrap().claim().answer, wanted, "{traffic:?}");
    }
    assert_eq!(world.far.entries().len(), numbers + 3);
    // What is not here is no error.
    let mut craft = Craft { traffic: Some(wire::Traffic::Actual), ..Craft::default() };
    craft.relations = vec![wire::Relation {
        kind: wire::RelationKind::SameCase.into(),
        digest: vec![7; 32],
        reference: exercise.reference.to_string(),
    }];
    let frame = craft.make(&world.alt, &world.far, 5, 11);
    let receipt = world.far.take(world.alt.code(), &frame).unwrap();
    assert_eq!(envelope::Unverified::<Receipt>::read(&receipt).unwrap().claim().answer, Answer::Delivered);
}

#[test]
fn an_answer_from_an_office_that_was_not_asked_is_turned_away_where_that_is_known() {
    let mut world = World::new();
    let asked = world.alt.issue(Draft::to(&["TM-FAR"]));
    carry(&mut world.alt, &mut world.far);
    // It answers its own notice; of a notice that is not here nobody can tell.
    for (place, digest, wanted) in
        [(2, asked.digest.0.to_vec(), Answer::from(Rejection::Incomplete)), (3, vec![7; 32], Answer::Delivered)]
    {
        let craft = Craft {
            header: |h| h.kind = NoticeKind::Refusal.into(),
            body: |b| {
                b.modus_operandi = None;
                b.refusal = Some(wire::Refusal {
                    ground: wire::RefusalGround::NotHeld.into(),
                    scope: wire::RefusalScope::Whole.into(),
                    ..wire::Refusal::default()
                });
            },
            relations: vec![wire::Relation {
                kind: wire::RelationKind::ReplyTo.into(),
                digest,
                reference: asked.reference.to_string(),
            }],
            ..Craft::default()
        };
        let frame = craft.make(&world.alt, &world.far, place, u32::try_from(place).unwrap() + 5);
        let receipt = world.far.take(world.alt.code(), &frame).unwrap();
        assert_eq!(envelope::Unverified::<Receipt>::read(&receipt).unwrap().claim().answer, wanted);
    }
}

#[test]
fn every_defect_has_its_number() {
    let world = World::new();
    assert_eq!(rejection(&world, &Craft::default()), None, "what is made by hand is right without a defect");
    let just_in_time = Craft {
        header: |h| {
            (h.created_ms, h.released_ms) = (START_MS + limits::CLOCK_AHEAD_MS, START_MS + limits::CLOCK_AHEAD_MS);
        },
        ..Craft::default()
    };
    assert_eq!(rejection(&world, &just_in_time), None);
    for (at, (wanted, craft)) in defects().iter().enumerate() {
        assert_eq!(rejection(&world, craft), Some(*wanted), "defect {at}");
    }
    // By the state of an office, and by what the store holds.
    let by_state = [Rejection::Suspended, Rejection::Revoked, Rejection::Exercise];
    let covered: BTreeSet<_> = defects().iter().map(|(rejection, _)| *rejection).chain(by_state).collect();
    assert_eq!(covered, BTreeSet::from(Rejection::ALL), "every number is produced here");
}

#[test]
fn a_state_that_is_not_active_turns_away() {
    let acknowledgement = Craft {
        header: |header| {
            header.kind = NoticeKind::Acknowledgement.into();
            header.relations = vec![lawful::acknowledges(header.reference.parse().unwrap())];
            header.body_key_commitment.clear();
        },
        notice: |notice| notice.sealed_body.clear(),
        ..Craft::default()
    };
    for (state, wanted) in [(OfficeState::Suspended, Rejection::Suspended), (OfficeState::Revoked, Rejection::Revoked)]
    {
        for code in ["UZ-ALT", "TM-FAR"] {
            let mut world = World::new();
            let roster = if code == "UZ-ALT" { &mut world.uz } else { &mut world.tm }.set_state(code, state);
            world.far.import(&[roster]).unwrap();
            assert_eq!(rejection(&world, &Craft::default()), Some(wanted), "{code}");
            let passes = if state == OfficeState::Suspended { None } else { Some(wanted) };
            assert_eq!(rejection(&world, &acknowledgement), passes, "{code}: acknowledgements pass suspension");
        }
    }
}

#[test]
fn a_key_in_wrong_hands_counts_for_nothing_any_more() {
    let mut world = World::new();
    let from = world.alt.clock;
    let compromised = world.uz.next(|roster| {
        roster.offices[0].office_keys.push(crate::support::land::open(strange_key().public(), from));
        roster.offices[0].office_keys[1].compromised = Some(from);
    });
    world.far.import(&[compromised]).unwrap();
    assert_eq!(rejection(&world, &Craft::default()), None);
    let stolen = Craft { notice_key: Some(strange_key()), ..Craft::default() };
    assert_eq!(rejection(&world, &stolen), Some(Rejection::Signature));
}

#[test]
fn a_rejection_is_a_receipt_with_its_number_and_the_stream_goes_on() {
    let mut world = World::new();
    let (mut sequence, alt, far) = (0, world.alt.code(), world.far.code());
    for (wanted, craft) in defects() {
        let frame = craft.make(&world.alt, &world.far, sequence + 1, 5);
        if judged(&world, &frame).unwrap().dispatch.value().stream.lane != Lane::Routine {
            continue;
        }
        sequence += 1;
        let receipt = world.far.take(alt, &frame).unwrap();
        let receipt = envelope::Unverified::<Receipt>::read(&receipt).unwrap().claim().clone();
        assert_eq!((receipt.answer, receipt.sequence), (wanted.into(), sequence));
        let entry = world.far.entries_of(EntryKind::Rejected).pop().unwrap();
        assert_eq!((entry.code, entry.sequence), (wanted.number(), sequence));
        assert_eq!(world.far.text(receipt.notice), None, "no body key of a rejected notice is kept");
    }
    assert_eq!(world.far.inbox(), []);
    world.far.take(alt, &Craft::default().make(&world.alt, &world.far, sequence + 1, 5)).unwrap();
    assert_eq!(world.far.inbox().len(), 1);
    assert_eq!(far, world.far.code());
}

#[test]
fn the_sender_sees_the_number() {
    let World { mut alt, mut far, .. } = World::new();
    far.me.seal_keys = vec![SealKey::from_seed(&[98; 32])];
    far.reopen();
    let notice = alt.issue(Draft::to(&["TM-FAR"])).digest;
    carry(&mut alt, &mut far);
    assert_eq!(alt.deliveries(notice), [(Outcome::Rejected, Rejection::KeyGone.number())]);
    assert_eq!(alt.entries_of(EntryKind::ReceiptStored)[0].code, Rejection::KeyGone.number());
    assert_eq!(far.inbox(), []);
}

#[test]
fn what_cannot_be_answered_breaks_a_rule() {
    let world = World::new();
    let with_dispatch = |dispatch| Craft { dispatch, ..Craft::default() };
    let with_frame = |frame| Craft { frame, ..Craft::default() };
    let signature = BrokenRule::Envelope(EnvelopeError::Signature);
    let broken: Vec<(BrokenRule, Craft)> = vec![
        (EnvelopeError::NotAnEnvelope.into(), with_frame(|f| f.dispatch = vec![255; 9])),
        (EnvelopeError::Type.into(), with_frame(|f| f.dispatch.clear())),
        (EnvelopeError::Type.into(), with_frame(|f| f.dispatch.clone_from(&f.notice))),
        (EnvelopeError::TooLarge.into(), with_frame(|f| f.dispatch = vec![0; limits::ENVELOPE_BYTES + 1])),
        (signature, Craft { dispatch_key: Some(strange_key()), ..Craft::default() }),
        (signature, Craft { dispatch_key: Some(world.ncc.me.signing.clone()), ..Craft::default() }),
        (BrokenRule::Misplaced, with_dispatch(|d| d.network = "other.example".parse().unwrap())),
        (BrokenRule::Misplaced, with_dispatch(|d| d.from = "UZ-NCC".parse().unwrap())),
        (BrokenRule::Misplaced, with_dispatch(|d| d.to = "UZ-NCC".parse().unwrap())),
        (BrokenRule::Misplaced, with_dispatch(|d| d.stream.from_log = LogId([1; 8]))),
        (BrokenRule::Misplaced, with_dispatch(|d| d.stream.to_log = LogId([1; 8]))),
    ];
    for (at, (wanted, craft)) in broken.iter().enumerate() {
        let broken = judged(&world, &craft.make(&world.alt, &world.far, 1, 5)).unwrap_err();
        assert_eq!(broken, *wanted, "defect {at}");
    }
    for sequence in [0, u64::MAX] {
        let broken = judged(&world, &Craft::default().make(&world.alt, &world.far, sequence, 5)).unwrap_err();
        assert!(matches!(broken, BrokenRule::Envelope(EnvelopeError::Payload(_))), "{broken:?}");
    }
}

#[test]
fn a_receipt_of_anybody_else_breaks_a_rule() {
    let world = World::new();
    let dispatch = Craft::default().make(&world.alt, &world.far, 1, 5);
    let read = envelope::Unverified::<Dispatch>::read(&dispatch.dispatch).unwrap();
    let receipt = read.claim().answered(read.digest(), Rejection::Body.into(), world.alt.clock);
    let rosters = world.alt.writer.shared().rosters();
    let judge = |bytes: &[u8]| accept::receipt(&rosters, world.alt.code(), world.far.code(), bytes);
    let sign = |key| envelope::sign::<Receipt>(key, receipt.encode()).bytes;
    assert_eq!(judge(&sign(&world.far.me.signing)).unwrap().value(), &receipt);
    let signature = BrokenRule::Envelope(EnvelopeError::Signature);
    assert_eq!(judge(&sign(&world.alt.me.signing)).unwrap_err(), signature);
    assert_eq!(judge(&sign(&strange_key())).unwrap_err(), signature);
    assert_eq!(judge(&dispatch.dispatch).unwrap_err(), EnvelopeError::Type.into());
    assert_eq!(judge(&[255; 9]).unwrap_err(), EnvelopeError::NotAnEnvelope.into());
}
